// Upper and lower case of the 26 ASCII letters, whatever the locale: names in DNS (RFC 4343), keywords,
// hosts.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace dkimctl::ascii {

constexpr char lower(char c)
{
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline std::string lower(std::string_view text)
{
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return lower(c); });
  return out;
}

/// The same but for upper and lower case.
constexpr bool same_word(std::string_view a, std::string_view b)
{
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace dkimctl::ascii
