#include "settings/ini.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <ini.h>

namespace dkimctl::settings {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kCommentMarks = "#;";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string_view without_blanks_behind(std::string_view text)
{
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

bool is_comment(std::string_view line)
{
  const std::size_t begin = line.find_first_not_of(kBlanks);
  return begin == std::string_view::npos || kCommentMarks.find(line[begin]) != std::string_view::npos;
}

bool is_control(char c)
{
  const auto octet = static_cast<unsigned char>(c);
  return (octet < 0x20 && c != '\t') || octet == 0x7f;
}

/// Where a blank and a comment's mark stand behind something else; else npos.
std::size_t comment_behind(std::string_view line)
{
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (kCommentMarks.find(line[i]) != std::string_view::npos &&
        kBlanks.find(line[i - 1]) != std::string_view::npos) {
      return i;
    }
  }
  return std::string_view::npos;
}

/// What keeps a line from being read as it is meant.
struct Defect {
  std::size_t begin;  // in the line
  std::size_t end;
  std::string what;
  std::string hint;
};

std::optional<Defect> defect_of_line(std::string_view line, bool first)
{
  if (first && line.starts_with(kByteOrderMark)) {
    return Defect{0, kByteOrderMark.size(), "the file begins with a byte order mark",
                  "save it as UTF-8 without one"};
  }
  if (kBlanks.find(line.front()) != std::string_view::npos) {
    return Defect{0, line.find_first_not_of(kBlanks), "the line begins with a blank",
                  "begin it at the margin; a list stands on one line, with commas"};
  }
  const auto control = std::ranges::find_if(line, is_control);
  if (control != line.end()) {
    const auto at = static_cast<std::size_t>(control - line.begin());
    return Defect{at, at + 1, "there is a control character in the line", "delete it"};
  }
  if (const std::size_t at = comment_behind(line); at != std::string_view::npos) {
    return Defect{at, line.size(), "a comment has a line of its own", "put it on the line above"};
  }
  return std::nullopt;
}

std::optional<Defect> defect_of_section(std::string_view line)
{
  const std::size_t close = line.find(']');
  if (close == std::string_view::npos) {
    return Defect{line.size(), line.size(), "expected ']'", {}};
  }
  if (close + 1 < line.size()) {
    return Defect{close + 1, line.size(), "nothing stands behind the ']'", {}};
  }
  return std::nullopt;
}

std::optional<Defect> defect_of_entry(std::string_view line, std::size_t longest)
{
  const std::size_t separator = line.find_first_of("=:");
  if (separator == std::string_view::npos) {
    return Defect{line.size(), line.size(), "expected '='", "a setting is written NAME = VALUE"};
  }
  if (line[separator] == ':') {
    return Defect{separator, separator + 1, "expected '=', not ':'", "a setting is written NAME = VALUE"};
  }
  if (separator == 0) {
    return Defect{0, 1, "there is no name before the '='", "a setting is written NAME = VALUE"};
  }
  if (line.size() > longest) {
    return Defect{longest,
                  line.size(),
                  fmt::format("the line has {} bytes, and {} are the most", line.size(), longest),
                  {}};
  }
  return std::nullopt;
}

/// Gives inih one line after the other, and takes what it makes of it.
class Reader {
public:
  explicit Reader(std::string_view text) : text_(text), rest_(text) { read_.sections.emplace_back(); }
  IniText read();

private:
  static char* give(char* buffer, int size, void* reader)
  {
    return static_cast<Reader*>(reader)->give_line(buffer, static_cast<std::size_t>(size)) ? buffer : nullptr;
  }
  static int take(void* reader, const char* /*section*/, const char* name, const char* value)
  {
    static_cast<Reader*>(reader)->take_entry(name, value);
    return 1;
  }

  bool give_line(char* buffer, std::size_t size);
  void next_line();
  bool is_for_inih(std::size_t longest);
  void take_entry(std::string_view name, std::string_view value);
  Span span(std::size_t begin, std::size_t end) const
  {
    const auto line = static_cast<std::uint32_t>(line_.data() - text_.data());
    return {line + static_cast<std::uint32_t>(begin), line + static_cast<std::uint32_t>(end)};
  }

  std::string_view text_;
  std::string_view rest_;  // the lines that are not read yet
  std::string_view line_;  // the one that is, without what ends it
  IniText read_;
};

void Reader::next_line()
{
  line_ = rest_.substr(0, rest_.find('\n'));
  rest_.remove_prefix(std::min(line_.size() + 1, rest_.size()));
  line_.remove_suffix(line_.ends_with('\r') ? 1 : 0);
  line_ = without_blanks_behind(line_);
}

/// Whether the line is an entry that inih reads as it is meant. A section begins here.
bool Reader::is_for_inih(std::size_t longest)
{
  if (is_comment(line_)) {
    return false;
  }
  const std::size_t open = line_.find_first_not_of(kBlanks);
  const bool is_section = line_[open] == '[';
  std::optional<Defect> defect = defect_of_line(line_, line_.data() == text_.data());
  if (!defect) {
    defect = is_section ? defect_of_section(line_) : defect_of_entry(line_, longest);
  }
  if (defect) {
    read_.errors.push_back(
        {span(defect->begin, defect->end), std::move(defect->what), std::move(defect->hint)});
  }
  if (is_section) {
    // A line with a defect begins one all the same: what follows is not the section's above.
    read_.sections.push_back({span(open + 1, std::min(line_.find(']'), line_.size())), {}});
  }
  return !is_section && !defect;
}

bool Reader::give_line(char* buffer, std::size_t size)
{
  constexpr std::size_t kBehind = 2;  // a newline and a NUL
  if (rest_.empty()) {
    return false;
  }
  next_line();
  const std::size_t given = is_for_inih(size - kBehind) ? line_.size() : 0;
  std::memcpy(buffer, line_.data(), given);
  buffer[given] = '\n';
  buffer[given + 1] = '\0';
  return true;
}

void Reader::take_entry(std::string_view name, std::string_view value)
{
  const std::size_t separator = line_.find('=');
  const std::size_t begin = std::min(line_.find_first_not_of(kBlanks, separator + 1), line_.size());
  read_.sections.back().entries.push_back({span(0, name.size()), span(begin, begin + value.size())});
}

IniText Reader::read()
{
  ini_parse_stream(give, this, take, this);
  return std::move(read_);
}

}  // namespace

IniText read_ini(std::string_view text)
{
  return Reader{text}.read();
}

}  // namespace dkimctl::settings
