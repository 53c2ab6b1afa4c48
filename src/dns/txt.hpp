// TXT RDATA (RFC 1035 section 3.3.14): values cut into character-strings.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::dns {

/// One TXT record's character-strings: at least one, each of at most 255 octets, some may be empty.
struct Txt {
  std::vector<std::string> strings;

  /// The strings put together with nothing between them, as a verifier reads them: RFC 6376 section 3.6.2.2.
  std::string value() const;
  friend bool operator==(const Txt&, const Txt&) = default;
};

/// Cuts a value into strings of 255 octets and a last one of what is left; an empty value is one empty
/// string. A value of more than 65279 octets fits no record (65535 octets of RDATA); that is not looked at
/// here.
Txt split_txt(std::string_view value);

/// A character-string as zone text: in quotes, with '"' and '\' escaped, and what is not printable ASCII as
/// \DDD, so that any octets can be loaded. RFC 1035 section 5.1.
std::string quote(std::string_view character_string);

}  // namespace dkimctl::dns
