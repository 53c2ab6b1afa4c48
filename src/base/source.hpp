// Places in a source text, and errors that point at them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl {

/// Half-open range of byte offsets, [begin, end), into one SourceText.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  friend bool operator==(Span, Span) = default;
};

/// 1-based, as compilers and editors count; column is in bytes.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  friend bool operator==(Position, Position) = default;
};

/// A syntax error. Parsers know offsets only; the path is added by whoever knows it.
struct ParseError {
  Span where;
  std::string what;  // lower case, no full stop: "expected ','"
  std::string hint;  // what to do about it; may be empty
};

/// A place as a person is shown it: detached from the source, so that it can outlive it.
struct Location {
  std::string file;
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::string excerpt;      // the source line, without its line end; may be empty
  std::uint32_t width = 1;  // bytes of `excerpt` meant, from `column`
  friend bool operator==(const Location&, const Location&) = default;
};

/// One file's text, at most 4 GiB less one byte, with its lines found once.
class SourceText {
public:
  SourceText(std::string path, std::string text);

  std::string_view path() const { return path_; }
  std::string_view text() const { return text_; }
  std::string_view at(Span span) const { return text().substr(span.begin, span.end - span.begin); }
  Position position(std::uint32_t offset) const;
  /// Without its line end (LF or CRLF).
  std::string_view line(std::uint32_t number) const;
  /// A span over several lines is shown to the end of its first.
  Location locate(Span span) const;

private:
  std::string path_;
  std::string text_;
  std::vector<std::uint32_t> line_starts_;
};

/// "FILE:LINE:COL: SEVERITY: WHAT", the line itself, and a caret under the place:
///
///     50-user:2:24: error: expected ','
///       dkim_key('example.com' 'sel', '/k');
///                              ^~~~~
///       hint: separate the arguments of dkim_key()
///
/// Control characters of the line are shown as '?', tabs as one blank; a long line is cut around the place.
std::string render(const Location& where, std::string_view severity, std::string_view what,
                   std::string_view hint = {});

/// render() as an error.
std::string render(const SourceText& source, const ParseError& error);

}  // namespace dkimctl
