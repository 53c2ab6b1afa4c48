// genkey: a new key for each of some domains, under a selector that was never in use.
#pragma once

#include "app/key_defaults.hpp"
#include "app/testkeys.hpp"
#include "base/host.hpp"
#include "base/result.hpp"
#include "base/source.hpp"
#include "dkim/sdid.hpp"
#include "dkim/selector.hpp"
#include "report/new_keys.hpp"
#include "settings/settings.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::app {

enum class Signer { amavisd, other };

/// What is asked for, as typed; empty: what KeyDefaults has.
struct KeyWishes {
  Signer signer = Signer::amavisd;
  std::optional<NewKeyType> type = {};
  std::string bits;
  std::string selector;
  std::string selector_template;
  std::string folder;
  std::string owner;  // USER[:GROUP]
};

struct GenkeyQuery {
  NamedFiles files;  // of amavisd's configuration; none: what amavisd would read
  std::string root;  // of the tree that `host` is; empty: /
  std::vector<std::string> domains;
  KeyWishes wishes;
  KeyDefaults defaults = {};
  bool ask_dns = true;
  DnsWishes dns;
  std::chrono::year_month_day today;
  /// Whether the record of what was done before has a selector; may be empty.
  std::function<bool(const dkim::Sdid&, const dkim::Selector&)> seen_before;
  /// Told now and then; may be empty.
  std::function<void(std::string_view doing, std::size_t done, std::size_t all)> progress;
};

/// A wish that makes no sense (`usage`), with its place where a text is wrong in part.
struct WishError {
  Error error;
  std::optional<Location> where;
};

/// Makes the keys on all processors. A selector that cannot be had for one domain, and a configuration that
/// amavisd would not take, leave everything as it is: `failed`, or the findings, say so. When a file fails no
/// more are begun; those that were made stay.
Result<report::NewKeys, std::vector<WishError>> genkey(const Host& host, const GenkeyQuery& query);

/// The same, each domain with the defaults that the settings have for it. Domains with the same go together.
Result<report::NewKeys, std::vector<WishError>> genkey(const Host& host, const GenkeyQuery& query,
                                                       const settings::Settings& settings);

}  // namespace dkimctl::app
