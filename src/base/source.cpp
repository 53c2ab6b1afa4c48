#include "base/source.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dkimctl {
namespace {

constexpr std::size_t kShownLine = 160;    // bytes of a source line that are shown
constexpr std::size_t kShownBefore = 100;  // of these, at most so many before the place

/// What of a line is shown, and where the caret stands in it (0-based).
struct Window {
  std::string text;
  std::size_t caret = 0;  // in characters, as the width is
  std::size_t width = 1;
};

bool is_continuation(char c)
{
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

/// How many characters of UTF-8, each of one column but for the few that are wide or combine.
std::size_t characters(std::string_view text)
{
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !is_continuation(c); }));
}

/// Where the character begins that the byte at `at` is part of.
std::size_t character_at(std::string_view line, std::size_t at)
{
  while (at > 0 && at < line.size() && is_continuation(line[at])) {
    --at;
  }
  return at;
}

Window window(const Location& where)
{
  const std::string_view line = where.excerpt;
  const std::size_t at = std::min<std::size_t>(where.column - 1, line.size());
  const std::size_t wanted = line.size() > kShownLine && at > kShownBefore ? at - kShownBefore : 0;
  const std::size_t from = character_at(line, wanted);
  const std::size_t end = character_at(line, std::min(from + kShownLine, line.size()));
  Window shown{std::string{line.substr(from, end - from)},
               characters(line.substr(from, at - std::min(at, from))),
               std::max<std::size_t>(characters(line.substr(at, where.width)), 1)};
  for (char& c : shown.text) {
    if (c == '\t') {
      c = ' ';
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      c = '?';
    }
  }
  const std::size_t all = characters(shown.text);
  const std::size_t room = all - std::min(all, shown.caret);
  shown.width = std::clamp<std::size_t>(shown.width, 1, std::max<std::size_t>(room, 1));
  return shown;
}

}  // namespace

SourceText::SourceText(std::string path, std::string text)
    : path_(std::move(path)), text_(std::move(text)), line_starts_{0}
{
  for (std::size_t i = text_.find('\n'); i != std::string::npos; i = text_.find('\n', i + 1)) {
    line_starts_.push_back(static_cast<std::uint32_t>(i + 1));
  }
}

Position SourceText::position(std::uint32_t offset) const
{
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const auto line = static_cast<std::uint32_t>(next - line_starts_.begin());
  return {line, offset - line_starts_[line - 1] + 1};
}

std::string_view SourceText::line(std::uint32_t number) const
{
  std::string_view line = text().substr(line_starts_.at(number - 1));
  line = line.substr(0, line.find('\n'));
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line;
}

Location SourceText::locate(Span span) const
{
  // What is missing at the end of a file is missing behind its last line, where a caret can stand.
  std::uint32_t begin = span.begin;
  while (span.begin == text_.size() && begin > 0 && (text_[begin - 1] == '\n' || text_[begin - 1] == '\r')) {
    --begin;
  }
  const Position at = position(begin);
  const std::string_view text = line(at.line);
  const auto room =
      static_cast<std::uint32_t>(text.size() - std::min<std::size_t>(text.size(), at.column - 1));
  const std::uint32_t width =
      std::clamp<std::uint32_t>(span.end - span.begin, 1, std::max<std::uint32_t>(room, 1));
  return {path_, at.line, at.column, std::string{text}, width};
}

std::string render(const Location& where, std::string_view severity, std::string_view what,
                   std::string_view hint)
{
  std::string out = fmt::format("{}:{}:{}: {}: {}\n", where.file, where.line, where.column, severity, what);
  if (!where.excerpt.empty()) {
    const Window shown = window(where);
    out += fmt::format("  {}\n  {:>{}}{:~>{}}\n", shown.text, "^", shown.caret + 1, "", shown.width - 1);
  }
  if (!hint.empty()) {
    out += fmt::format("  hint: {}\n", hint);
  }
  return out;
}

std::string render(const SourceText& source, const ParseError& error)
{
  return render(source.locate(error.where), "error", error.what, error.hint);
}

}  // namespace dkimctl
