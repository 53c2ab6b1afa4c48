// Mail addresses as people write them and as amavisd compares them.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace dkimctl::amavis {

/// The form that needs no quotes, as amavisd looks it up: `"a b"@example.com` is `a b@example.com`. Angle
/// brackets around the whole are taken off. Refused as `usage`: what has no "@" before a domain, an empty
/// local part, and control characters.
Result<std::string> parse_address(std::string_view text);

/// The form for a header field or an SMTP command: in quotes where the local part is no dot-atom (RFC 5322
/// section 3.2.3, RFC 6532 section 3.2).
std::string quoted(std::string_view address);

}  // namespace dkimctl::amavis
