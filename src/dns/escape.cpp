#include "dns/escape.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include <fmt/format.h>

namespace dkimctl::dns {
namespace {

bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

bool is_printable(char c)
{
  return c > ' ' && c < '\x7f';
}

}  // namespace

void append_escaped(std::string& out, std::string_view octets, std::string_view specials, Blank blank)
{
  for (const char c : octets) {
    if (specials.find(c) != std::string_view::npos) {
      out += '\\';
      out += c;
    } else if (is_printable(c) || (c == ' ' && blank == Blank::literal)) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "\\{:03}", static_cast<unsigned char>(c));
    }
  }
}

std::string printable(std::string_view text)
{
  constexpr std::size_t limit = 300;
  std::string out;
  append_escaped(out, text.substr(0, limit), "", Blank::literal);
  return text.size() > limit ? out + "..." : out;
}

tl::expected<char, std::string> take_octet(std::string_view& text)
{
  const char first = text.front();
  text.remove_prefix(1);
  if (first != '\\') {
    if (static_cast<unsigned char>(first) <= 0x20 || first == 0x7f) {
      return tl::unexpected(std::string{"has a blank or control character in it"});
    }
    return first;
  }
  if (text.empty()) {
    return tl::unexpected(std::string{"has a backslash at its end"});
  }
  if (!is_digit(text.front())) {
    const char escaped = text.front();
    text.remove_prefix(1);
    return escaped;
  }
  const std::string_view digits = text.substr(0, 3);
  int value = 0;
  for (const char c : digits) {
    value = value * 10 + (c - '0');
  }
  if (digits.size() < 3 || !std::ranges::all_of(digits, is_digit) || value > 255) {
    return tl::unexpected(fmt::format(R"(has '\{}', which is no octet from \000 to \255)", digits));
  }
  text.remove_prefix(3);
  return static_cast<char>(value);
}

}  // namespace dkimctl::dns
