#include "dns/idn.hpp"

#include "base/ascii.hpp"
#include "dns/stringprep.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include <idn2.h>

namespace dkimctl::dns {
namespace {

constexpr std::size_t kMaxLabel = 63;  // octets, RFC 1035 section 2.3.4
constexpr std::string_view kAcePrefix = "xn--";
constexpr std::array<std::string_view, 4> kDots{".", "\u3002", "\uff0e", "\uff61"};  // RFC 3490 section 3.1

struct IdnFree {
  void operator()(void* p) const { idn2_free(p); }
};
template<class T>
using IdnString = std::unique_ptr<T, IdnFree>;

bool is_ascii(std::string_view s)
{
  return std::ranges::all_of(s, [](unsigned char c) { return c < 0x80; });
}

std::optional<std::string> lookup(const std::string& utf8, int flags)
{
  const std::basic_string<std::uint8_t> input(utf8.begin(), utf8.end());
  std::uint8_t* raw = nullptr;
  const int rc = idn2_lookup_u8(input.c_str(), &raw, flags);
  const IdnString<std::uint8_t> ace{raw};
  if (rc != IDN2_OK) {
    return std::nullopt;
  }
  const std::basic_string_view<std::uint8_t> text{ace.get()};
  return ascii::lower(std::string(text.begin(), text.end()));
}

/// The code points of an ACE or UTF-8 label; nothing if it is neither.
std::optional<std::u32string> code_points(const std::string& label)
{
  std::uint32_t* raw = nullptr;
  const int rc = idn2_to_unicode_8z4z(label.c_str(), &raw, 0);
  const IdnString<std::uint32_t> text{raw};
  if (rc != IDN2_OK) {
    return std::nullopt;
  }
  std::u32string out;
  for (const std::uint32_t* c = text.get(); *c != 0; ++c) {
    out.push_back(*c);
  }
  return out;
}

// RFC 3454 section 6: a label with right-to-left letters begins and ends with one and has no left-to-right
// ones. Only the left-to-right letters of ASCII are looked for.
bool mixes_directions(const std::u32string& label)
{
  if (std::ranges::none_of(label, is_right_to_left)) {
    return false;
  }
  return !is_right_to_left(label.front()) || !is_right_to_left(label.back()) ||
         std::ranges::any_of(label, [](char32_t c) { return c >= U'a' && c <= U'z'; });
}

bool is_hidden(char32_t c)
{
  const bool is_letter = (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z');
  return c < 0x80 && !is_letter && !(c >= U'0' && c <= U'9');
}

struct Converted {
  std::string ace;
  std::u32string mapped;  // what `ace` stands for
};

std::optional<Converted> convert_2003(const std::string& label)
{
  auto ace = lookup(label, IDN2_TRANSITIONAL);
  auto mapped = ace ? code_points(*ace) : std::nullopt;
  if (!mapped || mixes_directions(*mapped)) {
    return std::nullopt;
  }
  return Converted{*std::move(ace), *std::move(mapped)};
}

/// convert_2003() with every ASCII character that libidn2 judges, "-" among them, hidden behind a "0",
/// because IDNA2003 without the host name rules lets them pass. To Punycode one ASCII character is as good as
/// another: it counts them and copies them to the front (RFC 3492 section 6.3), where they are put back.
/// Nothing if the mapping moves, adds or takes away ASCII characters.
std::optional<std::string> convert_2003_hidden(const std::string& label, const std::u32string& input)
{
  std::string hidden = label;
  std::ranges::replace_if(hidden, is_hidden, '0');
  auto converted = convert_2003(hidden);
  const auto both_ascii = [](char32_t a, char32_t b) { return (a < 0x80) == (b < 0x80); };
  if (!converted || !std::ranges::equal(input, converted->mapped, both_ascii)) {
    return std::nullopt;
  }
  std::string plain;
  std::ranges::copy_if(label, std::back_inserter(plain), [](unsigned char c) { return c < 0x80; });
  return converted->ace.replace(kAcePrefix.size(), plain.size(), ascii::lower(plain));
}

std::optional<std::string> label_to_ace_2003(const std::string& label)
{
  if (is_ascii(label)) {
    return ascii::lower(label);
  }
  const auto input = code_points(label);
  if (!input || std::ranges::any_of(*input, is_unassigned) || ascii::lower(label).starts_with(kAcePrefix)) {
    return std::nullopt;
  }
  auto converted = convert_2003(label);
  return converted ? std::move(converted->ace) : convert_2003_hidden(label, *input);
}

/// Up to the next separator, which is taken off `rest` too; then nothing more if
/// `last`.
std::string_view next_label(std::string_view& rest, bool& last)
{
  std::size_t end = std::string_view::npos;
  std::size_t width = 0;
  for (const std::string_view dot : kDots) {
    const std::size_t at = rest.find(dot);
    if (at < end) {
      end = at;
      width = dot.size();
    }
  }
  last = end == std::string_view::npos;
  const std::string_view label = rest.substr(0, end);
  rest.remove_prefix(last ? rest.size() : end + width);
  return label;
}

std::optional<std::string> to_ace_2003(std::string_view name)
{
  std::string out;
  for (bool last = false; !last;) {
    const std::string unicode{next_label(name, last)};
    const bool is_root = last && unicode.empty();
    const auto label = label_to_ace_2003(unicode);
    if (!label || label->size() > kMaxLabel || (label->empty() && !is_root)) {
      return std::nullopt;
    }
    out += *label;
    if (!last) {
      out += '.';
    }
  }
  return out;
}

}  // namespace

std::string to_ace(std::string_view name, IdnRules rules)
{
  if (is_ascii(name)) {
    return ascii::lower(name);
  }
  const bool has_prefix = name.front() == '.' || name.front() == '@';
  const std::string_view prefix = name.substr(0, has_prefix ? 1 : 0);
  std::string_view rest = name.substr(prefix.size());
  rest = rest.substr(0, rest.find('\0'));
  const auto ace = rules == IdnRules::idna2003 ? to_ace_2003(rest) : lookup(std::string{rest}, 0);
  return ace ? std::string{prefix} + *ace : std::string{name};
}

std::string to_unicode(std::string_view name)
{
  const std::string ace = ascii::lower(name);
  const bool has_nul = ace.find('\0') != std::string::npos;
  if (!is_ascii(ace) || has_nul || ace.find(kAcePrefix) == std::string::npos) {
    return std::string{name};
  }
  char* raw = nullptr;
  const int rc = idn2_to_unicode_8z8z(ace.c_str(), &raw, 0);
  const IdnString<char> text{raw};
  if (rc != IDN2_OK) {
    return std::string{name};
  }
  std::string unicode{text.get()};
  const bool returns = to_ace(unicode) == ace || to_ace(unicode, IdnRules::idna2008) == ace;
  return returns ? unicode : std::string{name};
}

}  // namespace dkimctl::dns
