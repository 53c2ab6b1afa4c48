// The codes of what can be wrong with where a key record is, and with the servers that serve it.
#pragma once

#include "base/finding.hpp"

#include <array>

namespace dkimctl::dkim::findings {

// of where the record is
inline constexpr FindingCode kMissing{"dkim.missing", Severity::error,
                                      "there is no record where verifiers look for it"};
inline constexpr FindingCode kAtApex{
    "dkim.at-apex", Severity::error,
    "the record was entered at the domain itself, not at SELECTOR._domainkey"};
inline constexpr FindingCode kAtDomainkey{"dkim.at-domainkey", Severity::error,
                                          "the record is at _domainkey, without the selector"};
inline constexpr FindingCode kWithoutDomainkey{"dkim.without-domainkey", Severity::error,
                                               "the record is at the selector, without _domainkey"};
inline constexpr FindingCode kDoubledSuffix{
    "dkim.doubled-suffix", Severity::error,
    "the record's name has the domain twice: the panel added it to a name that had it already"};
inline constexpr FindingCode kMisspeltName{"dkim.misspelt-name", Severity::error,
                                           "the record is at a name that is misspelt"};
inline constexpr FindingCode kUnderHost{"dkim.under-host", Severity::error,
                                        "the record is below the mail server's name, not the mail domain's"};
inline constexpr FindingCode kWrongZone{
    "dkim.wrong-zone", Severity::error,
    "the record is on a server that the delegation does not name, so that nobody asks it"};
inline constexpr FindingCode kWildcard{"dkim.wildcard", Severity::warning,
                                       "a wildcard answers for every selector, so that none is ever missing"};
// of what is there
inline constexpr FindingCode kSeveralRecords{
    "dkim.several-records", Severity::error,
    "there are several TXT records at the name: each verifier takes any"};
inline constexpr FindingCode kSplitRecords{
    "dkim.split-records", Severity::error,
    "the key was cut into several records; its pieces belong into one, as strings"};
inline constexpr FindingCode kCnameDangling{"dkim.cname-dangling", Severity::error,
                                            "the name is an alias (CNAME) of one that has no record"};
inline constexpr FindingCode kCnameAndTxt{
    "dkim.cname-and-txt", Severity::error,
    "the name has a CNAME and a TXT record: only one of them may be there"};
// of the servers
inline constexpr FindingCode kServersDisagree{"dkim.servers-disagree", Severity::error,
                                              "the servers of the zone do not serve the same"};
inline constexpr FindingCode kServerLame{
    "dkim.server-lame", Severity::warning,
    "a server that is named for the zone answers, but does not serve it"};
inline constexpr FindingCode kServerUnreachable{"dkim.server-unreachable", Severity::warning,
                                                "a server that is named for the zone does not answer"};
inline constexpr FindingCode kTcpBlocked{
    "dkim.tcp-blocked", Severity::warning,
    "the record is too long for UDP, and the server does not answer by TCP"};
inline constexpr FindingCode kDnssecBogus{
    "dkim.dnssec-bogus", Severity::error,
    "DNSSEC validation fails: for most of the world the name has no record"};
inline constexpr FindingCode kTrialSignature{
    "dkim.trial-signature", Severity::error,
    "a message signed with the key does not verify, although the record is right"};
inline constexpr FindingCode kSharedKey{"dkim.shared-key", Severity::note,
                                        "several selectors or domains have the same key"};

inline constexpr FindingCode kUnprovenSelector{
    "dkim.selector-unproven", Severity::note,
    "whether the selector of a new key was ever in use could not be told"};

inline constexpr std::array kLookup{
    kMissing,     kAtApex,          kAtDomainkey,     kWithoutDomainkey,  kDoubledSuffix, kMisspeltName,
    kUnderHost,   kWrongZone,       kWildcard,        kSeveralRecords,    kSplitRecords,  kCnameDangling,
    kCnameAndTxt, kServersDisagree, kServerLame,      kServerUnreachable, kTcpBlocked,    kDnssecBogus,
    kSharedKey,   kTrialSignature,  kUnprovenSelector};

static_assert(is_table_of_codes(kLookup, "dkim."));

}  // namespace dkimctl::dkim::findings
