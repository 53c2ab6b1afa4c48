// The codes of what can be wrong between this host and DNS.
#pragma once

#include "base/finding.hpp"

#include <array>

namespace dkimctl::dns::findings {

inline constexpr FindingCode kSplitHorizon{
    "dns.split-horizon", Severity::warning,
    "this host's resolver answers otherwise than the servers that the world asks"};
inline constexpr FindingCode kNoFamily{"dns.no-family", Severity::note,
                                       "this host has no way to name servers by IPv4, or by IPv6"};
inline constexpr FindingCode kNoRoot{
    "dns.no-root", Severity::note,
    "the root servers cannot be reached, so only this host's own resolvers were asked"};
inline constexpr FindingCode kNoResolver{"dns.no-resolver", Severity::error,
                                         "no resolver of this host answers"};
inline constexpr FindingCode kUnresolvable{"dns.unresolvable", Severity::error,
                                           "the servers of a domain cannot be found from the root"};

inline constexpr FindingCode kNoAnswer{"dns.no-answer", Severity::error,
                                       "no server of the zone gives an answer, so that nothing can be told"};
inline constexpr FindingCode kUnvalidated{"dns.unvalidated", Severity::error,
                                          "the zone is signed, and its record could not be validated"};
inline constexpr FindingCode kBogusRoot{
    "dns.bogus-root", Severity::error,
    "the root itself does not validate: this host's clock, or the trust anchor"};
inline constexpr FindingCode kUntested{"dns.untested", Severity::error,
                                       "the time of the run was over before the key was tested"};

inline constexpr std::array kAll{kSplitHorizon, kNoFamily,    kNoRoot,    kNoResolver, kUnresolvable,
                                 kNoAnswer,     kUnvalidated, kBogusRoot, kUntested};

static_assert(is_table_of_codes(kAll, "dns."));

}  // namespace dkimctl::dns::findings
