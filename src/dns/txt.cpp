#include "dns/txt.hpp"

#include "dns/escape.hpp"

#include <algorithm>

namespace dkimctl::dns {
namespace {

constexpr std::size_t kMaxString = 255;  // octets: the length is one octet, RFC 1035 section 3.3

}  // namespace

std::string Txt::value() const
{
  std::string out;
  for (const std::string& string : strings) {
    out += string;
  }
  return out;
}

Txt split_txt(std::string_view value)
{
  Txt txt;
  do {
    const std::string_view string = value.substr(0, kMaxString);
    txt.strings.emplace_back(string);
    value.remove_prefix(string.size());
  } while (!value.empty());
  return txt;
}

std::string quote(std::string_view character_string)
{
  std::string out = "\"";
  append_escaped(out, character_string, kQuotedSpecials, Blank::literal);
  out += '"';
  return out;
}

}  // namespace dkimctl::dns
