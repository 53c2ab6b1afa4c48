// The codes of what can be wrong with a signing key, or with the record it asks for.
#pragma once

#include "base/finding.hpp"

#include <array>
#include <cstddef>

namespace dkimctl::dkim::findings {

// of the key itself
inline constexpr FindingCode kRsaPss{
    "dkim.rsa-pss", Severity::error,
    "an RSA-PSS key: amavisd signs with it, and no verifier accepts its record"};
inline constexpr FindingCode kShort{
    "dkim.short", Severity::warning,
    "a key of fewer than 1024 bits: verifiers must refuse its signatures (RFC 8301 section 3.2)"};
inline constexpr FindingCode kWeak{"dkim.weak", Severity::note,
                                   "a key of fewer than 2048 bits, which RFC 8301 section 3.2 recommends"};
// of the tags in its record
inline constexpr FindingCode kTagSyntax{"dkim.tag-syntax", Severity::error,
                                        "a tag holds what no tag may hold, so the record is not valid"};
inline constexpr FindingCode kVersion{"dkim.version", Severity::error,
                                      "v= is not DKIM1: verifiers ignore the record"};
inline constexpr FindingCode kKeyType{"dkim.key-type", Severity::error, "k= is not the type of the key"};
inline constexpr FindingCode kHash{"dkim.hash", Severity::error,
                                   "h= does not allow sha256, the only hash in use (RFC 8301 section 3.1)"};
inline constexpr FindingCode kService{"dkim.service", Severity::warning,
                                      "s= does not allow email: amavisd never signs with the key"};
inline constexpr FindingCode kTesting{"dkim.testing", Severity::note,
                                      "t=y: verifiers may treat the mail as if it were not signed"};
inline constexpr FindingCode kStrictSubdomain{"dkim.strict-subdomain", Severity::note,
                                              "t=s: verifiers refuse a signature whose i= is in a subdomain"};
inline constexpr FindingCode kObsoleteG{"dkim.obsolete-g", Severity::note,
                                        "g= is historic: RFC 6376 has no such tag"};

inline constexpr std::array kAll{kRsaPss, kShort,   kWeak,    kTagSyntax,       kVersion,  kKeyType,
                                 kHash,   kService, kTesting, kStrictSubdomain, kObsoleteG};

static_assert(is_table_of_codes(kAll, "dkim."));

}  // namespace dkimctl::dkim::findings
