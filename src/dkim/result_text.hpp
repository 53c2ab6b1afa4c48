// The words in which amavisd's testkeys says what became of a key: Mail::DKIM's.
#pragma once

#include "base/finding.hpp"

#include <string_view>

namespace dkimctl::dkim {

inline constexpr std::string_view kPass = "pass";
inline constexpr std::string_view kNotAvailable = "invalid (public key: not available)";
inline constexpr std::string_view kServfail = "invalid (public key: DNS error: SERVFAIL)";
inline constexpr std::string_view kBadSignature = "fail (bad RSA signature)";

/// What a verifier says of a record with this mistake. Where Mail::DKIM would take the record and others do
/// not, what it says of the nearest mistake.
std::string_view result_text(const FindingCode& code);

}  // namespace dkimctl::dkim
