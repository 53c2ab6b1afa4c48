// Which key signs mail from an address, and why: for people and as JSON.
#pragma once

#include "amavis/am_pdp.hpp"
#include "amavis/signing.hpp"
#include "base/finding.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dkimctl::report {

/// What the running daemon says for one policy bank.
struct LiveAnswer {
  std::string bank;
  std::string endpoint;                            // where it was asked
  std::optional<amavis::LiveSignature> signature;  // nothing: it does not sign
};

struct ExplainReport {
  std::string address;                      // as it was asked for
  std::vector<amavis::Decision> decisions;  // one a policy bank, never empty; the first is the answer
  bool live_asked = false;                  // the daemon was to be asked
  std::vector<LiveAnswer> live = {};
  std::vector<Finding> findings = {};
  bool live_failed = false;  // a socket or a file did
};

/// Without the findings, which go elsewhere:
///
///     u@example.com is signed in policy banks ORIGINATING, MYNETS
///       policy bank       50-user:400:3   enable_dkim_signing of policy bank ORIGINATING
///       d=example.com     50-user:510:16  entry '.' of a signing map
///       s=dkim            50-user:505:25  the first dkim_key that fits
///       key #1            50-user:505:1   /var/lib/dkim/example.com.pem
///       a=rsa-sha256                      amavisd's default
///       c=relaxed/simple  50-user:512:16  entry '.' of a signing map
///       ttl=2592000       50-user:513:18  entry '.' of a signing map (30 days)
///
/// Policy banks with the same answer share a block. Below them, what the daemon answered, or that it did not.
std::string explain_text(const ExplainReport& report);

/// {"schema":1,"address","signs","domain","selector","algorithm","canonicalization","ttl","identity","key",
/// "because":[...],"findings":[...]} with "bank", "reason", "expires" and "file" as well, and the other banks
/// in "banks" and the daemon's answers in "live", each with the same names. What there is not is null, and so
/// is "signs" where it cannot be known, because of a dynamic value or because amavisd would not take the
/// configuration; "reason" says which.
std::string explain_json(const ExplainReport& report);

}  // namespace dkimctl::report
