#include "settings/values.hpp"

#include "base/suggest.hpp"
#include "dns/server_address.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dkimctl::settings {
namespace {

constexpr std::array<std::string_view, 2> kYesNo{"yes", "no"};
constexpr std::size_t kMostDigits = 9;  // of a number; more are beyond every limit
constexpr std::size_t kLongestUser = 32;
constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kDurationForms = "a number and m, h, d or w: 90m, 36h, 30d, 26w";

struct Unit {
  char letter;
  std::int64_t seconds;
};
constexpr std::array kUnits{Unit{'m', 60}, Unit{'h', 3600}, Unit{'d', 86400}, Unit{'w', 604800}};
constexpr std::int64_t kDay = kUnits[2].seconds;

tl::unexpected<ParseError> wrong(Span where, std::string what, std::string hint = {})
{
  return tl::unexpected(ParseError{where, std::move(what), std::move(hint)});
}

Span all_of(std::string_view text)
{
  return {0, static_cast<std::uint32_t>(text.size())};
}

bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

bool is_letter(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Digits only, and not too many.
std::optional<std::int64_t> number(std::string_view text)
{
  std::int64_t value = 0;
  if (text.empty() || text.size() > kMostDigits || !std::ranges::all_of(text, is_digit)) {
    return std::nullopt;
  }
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// The parts between commas, without the blanks around them; they point into `text`.
std::vector<std::string_view> parts_of(std::string_view text)
{
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    std::string_view part = text.substr(begin, end - begin);
    part.remove_prefix(std::min(part.find_first_not_of(kBlanks), part.size()));
    parts.push_back(part.substr(0, part.find_last_not_of(kBlanks) + 1));
    begin = end + 1;
  }
  return parts;
}

/// Each part as `read` has it; its error is moved to where the part stands.
template<class T, class Read>
Parsed<std::vector<T>> read_list(std::string_view text, Read read)
{
  std::vector<T> list;
  for (const std::string_view part : parts_of(text)) {
    const auto begin = static_cast<std::uint32_t>(part.data() - text.data());
    if (part.empty()) {
      return wrong({begin, begin + 1}, "there is nothing between two commas");
    }
    Parsed<T> value = read(part);
    if (!value) {
      ParseError error = std::move(value).error();
      error.where = {begin + error.where.begin, begin + error.where.end};
      return tl::unexpected(std::move(error));
    }
    list.push_back(*std::move(value));
  }
  return list;
}

Parsed<dns::ServerAddress> read_server(std::string_view text)
{
  auto server = dns::parse_server(text);
  if (!server) {
    return wrong(all_of(text), fmt::format("'{}' {}", text, server.error().what),
                 std::move(server).error().hint);
  }
  return *std::move(server);
}

/// Minutes since midnight.
std::optional<std::chrono::minutes> time_of_day(std::string_view text)
{
  constexpr std::size_t kLength = 5;  // "HH:MM"
  const auto hours = number(text.substr(0, 2));
  const auto minutes = text.size() == kLength && text[2] == ':' ? number(text.substr(3)) : std::nullopt;
  if (!hours || !minutes || *minutes > 59) {
    return std::nullopt;
  }
  const std::chrono::minutes time{*hours * 60 + *minutes};
  return time <= std::chrono::hours{24} ? std::optional{time} : std::nullopt;
}

/// Where a "{" begins something else than a placeholder, or a "}" ends none; else the end.
std::size_t unbalanced(std::string_view text)
{
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '}') {
      return i;
    }
    if (text[i] == '{') {
      const std::size_t end = std::min(text.find('}', i), text.size());
      const std::string_view name = text.substr(i + 1, end - i - 1);
      if (end == text.size() || name.empty() || !std::ranges::all_of(name, is_letter)) {
        return i;
      }
      i = end;
    }
  }
  return text.size();
}

}  // namespace

Parsed<bool> read_yes_no(std::string_view text)
{
  DKIMCTL_TRY(const std::size_t index, read_choice(text, kYesNo));
  return index == 0;
}

Parsed<std::size_t> read_choice(std::string_view text, std::span<const std::string_view> choices)
{
  const auto found = std::ranges::find(choices, text);
  if (found != choices.end()) {
    return static_cast<std::size_t>(found - choices.begin());
  }
  const std::string_view meant = nearest(text, choices);
  return wrong(all_of(text),
               choices.size() == 1
                   ? fmt::format("'{}' is not '{}', and there is nothing else yet", text, choices[0])
                   : fmt::format("'{}' is none of {}", text, fmt::join(choices, ", ")),
               meant.empty() ? std::string{} : fmt::format("did you mean '{}'?", meant));
}

Parsed<std::uint32_t> read_count(std::string_view text, const Limits& limits)
{
  if (!limits.choices.empty()) {
    DKIMCTL_TRY_VOID(read_choice(text, limits.choices));
  }
  const auto value = number(text);
  if (!value) {
    return wrong(all_of(text), fmt::format("'{}' is no number", text),
                 fmt::format("from {} to {}", limits.least, limits.most));
  }
  if (*value < limits.least || *value > limits.most) {
    return wrong(all_of(text), fmt::format("{} is too {}", *value, *value < limits.least ? "small" : "large"),
                 fmt::format("from {} to {}", limits.least, limits.most));
  }
  return static_cast<std::uint32_t>(*value);
}

Parsed<std::chrono::seconds> read_duration(std::string_view text, const Limits& limits)
{
  const std::string_view digits = text.substr(0, text.empty() ? 0 : text.size() - 1);
  const auto unit = text.empty() ? kUnits.end() : std::ranges::find(kUnits, text.back(), &Unit::letter);
  const auto count = text == "0" ? std::optional<std::int64_t>{0} : number(digits);
  if (text != "0" && number(text)) {
    return wrong(all_of(text), fmt::format("'{}' has no unit", text), std::string{kDurationForms});
  }
  if (!count || (text != "0" && unit == kUnits.end())) {
    return wrong(all_of(text), fmt::format("'{}' is no duration", text), std::string{kDurationForms});
  }
  const std::int64_t value = text == "0" ? 0 : *count * unit->seconds;
  if (value < limits.least || value > limits.most) {
    return wrong(all_of(text), fmt::format("{} is too {}", text, value < limits.least ? "short" : "long"),
                 fmt::format("from {} to {}", duration_text(std::chrono::seconds{limits.least}),
                             duration_text(std::chrono::seconds{limits.most})));
  }
  return std::chrono::seconds{value};
}

std::string duration_text(std::chrono::seconds duration)
{
  const std::int64_t seconds = duration.count();
  if (seconds == 0) {
    return "0";
  }
  if (seconds % kDay == 0 && seconds >= 2 * kDay) {
    return fmt::format("{}d", seconds / kDay);
  }
  return seconds % 3600 == 0 ? fmt::format("{}h", seconds / 3600) : fmt::format("{}m", (seconds + 59) / 60);
}

Parsed<std::uint32_t> read_mode(std::string_view text, std::span<const std::string_view> choices)
{
  DKIMCTL_TRY_VOID(read_choice(text, choices));
  std::uint32_t mode = 0;
  std::from_chars(text.data(), text.data() + text.size(), mode, 8);
  return mode;
}

Parsed<std::string> read_path(std::string_view text)
{
  if (!text.starts_with('/')) {
    return wrong(all_of(text), fmt::format("'{}' is no absolute path", text), "begin it with '/'");
  }
  return std::string{text};
}

Parsed<std::vector<std::string>> read_paths(std::string_view text)
{
  return read_list<std::string>(text, read_path);
}

Parsed<std::vector<dns::ServerAddress>> read_servers(std::string_view text)
{
  return read_list<dns::ServerAddress>(text, read_server);
}

Parsed<std::string> read_user(std::string_view text)
{
  const auto allowed = [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.'; };
  if (text.empty() || text.size() > kLongestUser || is_digit(text.front()) || text.front() == '-' ||
      !std::ranges::all_of(text, allowed)) {
    return wrong(all_of(text), fmt::format("'{}' is no name of a user", text));
  }
  return std::string{text};
}

Parsed<std::optional<DayWindow>> read_window(std::string_view text)
{
  constexpr std::string_view kForms = "write it as 22:00-05:00, or always";
  if (text == "always") {
    return std::optional<DayWindow>{};
  }
  const std::size_t dash = std::min(text.find('-'), text.size());
  const auto from = time_of_day(text.substr(0, dash));
  const auto until = time_of_day(text.substr(std::min(dash + 1, text.size())));
  if (!from || !until || *from == std::chrono::hours{24}) {
    return wrong(all_of(text), fmt::format("'{}' is no time of the day until another", text),
                 std::string{kForms});
  }
  if (*from == *until) {
    return wrong(all_of(text), fmt::format("'{}' ends when it begins", text), std::string{kForms});
  }
  return std::optional{DayWindow{*from, *until}};
}

Parsed<std::string> read_template(std::string_view text)
{
  const auto allowed = [](char c) {
    return is_letter(c) || is_digit(c) || std::string_view{"-_.{}"}.find(c) != std::string_view::npos;
  };
  const auto odd = std::ranges::find_if_not(text, allowed);
  if (odd != text.end()) {
    const auto at = static_cast<std::uint32_t>(odd - text.begin());
    return wrong({at, at + 1}, "this may not be in a selector",
                 "letters, digits, '-', '_', '.' and {placeholders}");
  }
  if (const std::size_t at = unbalanced(text); at != text.size()) {
    const auto begin = static_cast<std::uint32_t>(at);
    return wrong({begin, begin + 1}, "this brace has no counterpart", "write a placeholder as {yyyy}");
  }
  return std::string{text};
}

}  // namespace dkimctl::settings
