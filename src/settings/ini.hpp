// The lines of an INI file, told apart by inih. This is its only user.
//
// inih makes the best of what it is given, in silence: it cuts a line at 200 bytes and a section's name at
// 49, takes a blank and ';' for a comment in the middle of a value, adds a line that begins with a blank to
// the one above, takes ':' for '=', skips a byte order mark and ends at a NUL. It is not given such lines:
// they are errors here, each with its place. Sections' lines it is not given either.
#pragma once

#include "base/source.hpp"

#include <string_view>
#include <vector>

namespace dkimctl::settings {

/// Both without the blanks around them; a value may be empty.
struct IniEntry {
  Span name;
  Span value;
};

struct IniSection {
  Span title;  // between the brackets; empty: what stands before the first section
  std::vector<IniEntry> entries;
};

struct IniText {
  std::vector<IniSection> sections;  // one at least, and the first has no title
  std::vector<ParseError> errors;    // in the order of the lines; such a line is left out
};

///     file    = *( [ comment / section / entry ] EOL )
///     comment = *WSP ( "#" / ";" ) *OCTET
///     section = "[" *OCTET "]" *WSP
///     entry   = name *WSP "=" *WSP value *WSP
///
/// At most 4 GiB less one byte.
IniText read_ini(std::string_view text);

}  // namespace dkimctl::settings
