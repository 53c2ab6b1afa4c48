#include "perl/placeholder.hpp"

#include <array>

namespace dkimctl::perl {
namespace {

/// Between the two what is of one kind, two characters at least; empty where there is none.
std::string_view between(std::string_view line, std::string_view open, std::string_view close,
                         bool (*is_inside)(char))
{
  for (std::size_t begin = line.find(open); begin != std::string_view::npos;
       begin = line.find(open, begin + 1)) {
    std::size_t end = begin + open.size();
    while (end < line.size() && is_inside(line[end])) {
      ++end;
    }
    if (end > begin + open.size() + 1 && line.substr(end).starts_with(close)) {
      return line.substr(begin, end + close.size() - begin);
    }
  }
  return {};
}

bool is_capital(char c)
{
  return (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
}

/// How templates write what is to be filled in.
struct Placeholder {
  std::string_view open;
  std::string_view close;
  bool (*is_inside)(char);
};
constexpr std::array kPlaceholders{
    Placeholder{"{{", "}}", [](char c) { return c != '}' && c != '{' && c != '\n'; }},
    Placeholder{"<%", "%>", [](char c) { return c != '%' && c != '\n'; }},
    Placeholder{"%%", "%%", is_capital},
    Placeholder{"@", "@", is_capital},
    Placeholder{"PH_", "", is_capital},
};

}  // namespace

std::string_view placeholder(std::string_view text)
{
  for (const Placeholder& each : kPlaceholders) {
    const std::string_view found = between(text, each.open, each.close, each.is_inside);
    if (!found.empty()) {
      return found;
    }
  }
  return {};
}

std::string_view placeholder_near(std::string_view line, std::uint32_t column)
{
  std::string_view near;
  std::size_t begin = 0;
  while (begin < line.size() && begin < column) {
    const std::string_view found = placeholder(line.substr(begin));
    if (found.empty()) {
      break;
    }
    near = found;
    begin = static_cast<std::size_t>(found.data() + found.size() - line.data());
  }
  return near.empty() ? placeholder(line) : near;
}

}  // namespace dkimctl::perl
