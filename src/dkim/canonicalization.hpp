// What of a message a signature covers, whatever relays did to its blanks: RFC 6376 section 3.4.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::dkim {

/// A message in the form of RFC 5322: lines end in CRLF. The views point into its text.
struct Message {
  std::vector<std::string_view> fields;  // "Name: value", folded lines and all, without the last CRLF
  std::string_view body;
};

/// Everything up to the first empty line is header; without one all of it. Lines before the first field, and
/// those that are none, stand among the fields as they are.
Message split_message(std::string_view text);

/// What is before the colon, without blanks behind it.
std::string_view field_name(std::string_view field);

enum class Canonicalization { simple, relaxed };

/// "simple" or "relaxed".
std::string_view to_string(Canonicalization canonicalization);

/// A header field, without a CRLF at its end: as it is (RFC 6376 section 3.4.1), or with its name in lower
/// case, unfolded, and a single blank for each run of them (section 3.4.2).
std::string canonical_field(std::string_view field, Canonicalization canonicalization);

/// The body, ending in one CRLF: empty lines at the end left out (section 3.4.3), or besides that no blanks
/// at the end of lines and one for each run of them (section 3.4.4). Of an empty body simple makes a CRLF,
/// relaxed nothing.
std::string canonical_body(std::string_view body, Canonicalization canonicalization);

}  // namespace dkimctl::dkim
