// explain: which key signs mail from an address, by the configuration and by the running daemon.
#pragma once

#include "amavis/am_pdp.hpp"
#include "app/facts.hpp"
#include "base/host.hpp"
#include "base/result.hpp"
#include "report/explain.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::app {

/// Told of each place where the daemon is asked, once and before: an answer may take its time.
using OnAsking = std::function<void(const std::string& endpoint)>;

struct ExplainQuery {
  NamedFiles files;
  std::string address;
  std::string bank;         // policy banks, with commas between; empty: those that sign
  bool live = false;        // the running daemon is asked too
  bool elsewhere = false;   // the configuration is that of another tree (--root)
  OnAsking on_asking = {};  // with `live`
};

/// What the running daemon answers; `signature` nothing: it would not sign.
struct LiveReply {
  std::string endpoint;
  std::optional<amavis::LiveSignature> signature;
};

/// Why there is no answer: amavis.live-unavailable for each way that was tried, or one that says that there
/// is none.
struct NoReply {
  std::vector<Finding> findings;
  bool failed = true;  // a socket or a file did; else the configuration has nothing to ask at
};

/// Asks the daemon how it would sign a message of `address` in these policy banks.
using AskDaemon = std::function<Result<LiveReply, NoReply>(std::string_view address, std::string_view banks)>;

/// Errors are `usage`: no mail address, no such policy bank; with `live` that is a finding, since the daemon
/// may have it. Of the facts' findings the errors are told, and what makes $enable_dkim_signing dynamic; the
/// others are not about the address. Where amavisd would not take the configuration, the one answer is that
/// it cannot be told, and why. `ask` may be empty.
Result<report::ExplainReport> explain(const Facts& facts, const ExplainQuery& query, const AskDaemon& ask);

/// Reads the configuration and, with `live`, asks the daemon of this very host; with `elsewhere` that is an
/// error of usage too.
Result<report::ExplainReport> explain(const Host& host, const ExplainQuery& query);

}  // namespace dkimctl::app
