// Mail addresses as people write them and as amavisd compares them.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace dkimctl::amavis {

/// The form that needs no quotes, as amavisd looks it up: `"a b"@example.com` is `a b@example.com`. Angle
/// brackets around the whole are taken off; "<>", the null sender, is empty. Upper case, letters beyond ASCII
/// and address literals are taken as they are, as are a blank inside of the local part and dots anywhere in
/// it, which amavisd passes over too.
///
/// Refused as `usage`, with a hint: a name before the address, blanks around it, no "@" before a domain, a
/// domain with an empty label or with anything in it that no domain has, an empty local part, RFC 5322's
/// specials in one without quotes, and control characters.
Result<std::string> parse_address(std::string_view text);

/// The text without angle brackets around the whole; "<>" stays.
std::string_view without_brackets(std::string_view text);

/// The form for a header field or an SMTP command: in quotes where the local part is no dot-atom (RFC 5322
/// section 3.2.3, RFC 6532 section 3.2).
std::string quoted(std::string_view address);

}  // namespace dkimctl::amavis
