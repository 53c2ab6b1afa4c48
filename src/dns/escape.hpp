// The escapes of zone text (RFC 1035 section 5.1).
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace dkimctl::dns {

/// What a name has to escape besides blanks and what cannot be printed.
inline constexpr std::string_view kNameSpecials = ".\"\\;()@$";
/// What a character-string between quotes has to escape besides what cannot be printed.
inline constexpr std::string_view kQuotedSpecials = "\"\\";

enum class Blank { literal, escaped };

/// Appends `octets`: an octet of `specials` after a backslash, one that is not printable ASCII as \DDD.
void append_escaped(std::string& out, std::string_view octets, std::string_view specials,
                    Blank blank = Blank::escaped);

/// Text of anybody's for a message: what is not printable ASCII or a blank as \DDD, and "..." for what is
/// beyond 300 octets.
std::string printable(std::string_view text);

/// Takes one octet of a name, escaped or not, off the front of `text`, which is not empty. The error is the
/// reason: "has a backslash at its end".
tl::expected<char, std::string> take_octet(std::string_view& text);

}  // namespace dkimctl::dns
