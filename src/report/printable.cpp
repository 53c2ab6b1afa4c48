#include "report/printable.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>

#include <fmt/format.h>

namespace dkimctl::report {
namespace {

/// A row of the table of well-formed UTF-8 (Unicode 15, table 3-7): the first byte, and what the second may
/// be; the others are 80 to BF.
struct Sequence {
  unsigned char first_least, first_most;
  std::size_t size;
  unsigned char second_least, second_most;
};

// The row of C2 is split from that of C3 to DF: U+0080 to U+009F are controls.
constexpr std::array kSequences{
    Sequence{0xc2, 0xc2, 2, 0xa0, 0xbf}, Sequence{0xc3, 0xdf, 2, 0x80, 0xbf},
    Sequence{0xe0, 0xe0, 3, 0xa0, 0xbf}, Sequence{0xe1, 0xec, 3, 0x80, 0xbf},
    Sequence{0xed, 0xed, 3, 0x80, 0x9f}, Sequence{0xee, 0xef, 3, 0x80, 0xbf},
    Sequence{0xf0, 0xf0, 4, 0x90, 0xbf}, Sequence{0xf1, 0xf3, 4, 0x80, 0xbf},
    Sequence{0xf4, 0xf4, 4, 0x80, 0x8f},
};

/// U+061C, U+200E, U+200F, U+202A to U+202E and U+2066 to U+2069 change the direction of what stands beside
/// them (UAX #9), so that a name looks like another.
bool turns_the_line(std::string_view character)
{
  constexpr std::array<std::string_view, 12> kTurning{
      "\xd8\x9c",     "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac",
      "\xe2\x80\xad", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9",
  };
  return std::find(kTurning.begin(), kTurning.end(), character) != kTurning.end();
}

/// Bytes of the character that `text` begins with; 0 where it must not be shown.
std::size_t shown_size(std::string_view text)
{
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) {
    return byte(0) >= 0x20 && byte(0) != 0x7f ? 1 : 0;
  }
  const auto* const row = std::find_if(kSequences.begin(), kSequences.end(), [&](const Sequence& sequence) {
    return byte(0) >= sequence.first_least && byte(0) <= sequence.first_most;
  });
  if (row == kSequences.end() || text.size() < row->size || byte(1) < row->second_least ||
      byte(1) > row->second_most) {
    return 0;
  }
  const std::string_view rest = text.substr(2, row->size - 2);
  const bool is_whole = std::all_of(rest.begin(), rest.end(),
                                    [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; });
  return is_whole && !turns_the_line(text.substr(0, row->size)) ? row->size : 0;
}

template<class Replace>
std::string with_replaced(std::string_view text, Replace replace)
{
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = shown_size(text);
    if (size == 0) {
      replace(out, text.front());
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

}  // namespace

std::string printable(std::string_view text)
{
  return with_replaced(text, [](std::string& out, char c) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
  });
}

std::string masked(std::string_view text)
{
  return with_replaced(text, [](std::string& out, char c) { out += c == '\t' ? c : '?'; });
}

}  // namespace dkimctl::report
