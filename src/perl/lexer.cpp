#include "perl/lexer.hpp"

#include <algorithm>
#include <array>

namespace dkimctl::perl {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// Longest first: the first that fits is the operator.
constexpr std::array<std::string_view, 44> kOperators{
    "<=>", "**=", "||=", "&&=", "//=", "...", "<<=", ">>=", "->", "++", "--", "**", "=~", "!~", "==",
    "!=",  "<=",  ">=",  "&&",  "||",  "//",  "..",  "+=",  "-=", "*=", "/=", ".=", "%=", "&=", "|=",
    "^=",  "<<",  ">>",  "=>",  "::",  "+",   "-",   "*",   "/",  "%",  "=",  "<",  ">",  "!"};
constexpr std::string_view kAlwaysSingle = ",;()[]{}";  // with no longer operator that begins so
constexpr std::string_view kSingles = ".,;:?&|^~\\()[]{}";

constexpr std::array<std::string_view, 9> kQuoteWords{"q", "qq", "qw", "qx", "qr", "m", "s", "tr", "y"};

char closing_of(char open)
{
  switch (open) {
  case '(': return ')';
  case '[': return ']';
  case '{': return '}';
  case '<': return '>';
  default: return open;
  }
}

bool all_digits_below(std::string_view digits, int base)
{
  return std::ranges::all_of(digits, [base](char c) {
    const int value = is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
    return c == '_' || value < base;
  });
}

bool has_two_parts(std::string_view op)
{
  return op == "s" || op == "tr" || op == "y";
}

}  // namespace

bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}
bool is_word_start(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_word_char(char c)
{
  return is_word_start(c) || is_digit(c);
}
bool is_blank(char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

Lexer::Lexer(std::string_view text) : Lexer(text, {0, static_cast<std::uint32_t>(text.size())})
{
  if (text.starts_with(kByteOrderMark)) {
    offset_ = static_cast<std::uint32_t>(kByteOrderMark.size());
  }
}

Lexer::Lexer(std::string_view text, Span range) : text_(text), offset_(range.begin), end_(range.end) {}

void Lexer::move_to(std::uint32_t offset)
{
  offset_ = offset;
  cached_.reset();
}

const Token& Lexer::peek(Expect expect)
{
  if (!cached_ || cached_for_ != expect) {
    cached_ = scan(expect);
    cached_for_ = expect;
  }
  return *cached_;
}

Token Lexer::next(Expect expect)
{
  Token token = peek(expect);
  move_to(token.span.end);
  return token;
}

std::uint32_t Lexer::after_newline(std::uint32_t newline) const
{
  if (resume_.empty()) {
    return newline + 1;
  }
  const auto found = resume_.find(newline);
  return found == resume_.end() ? newline + 1 : found->second;
}

/// Past "=word ... =cut" that begins at `offset`, the start of a line.
std::uint32_t Lexer::skip_pod(std::uint32_t offset) const
{
  const std::size_t cut = text_.substr(0, end_).find("\n=cut", offset);
  if (cut == std::string_view::npos) {
    return end_;
  }
  const std::size_t line_end = text_.substr(0, end_).find('\n', cut + 1);
  return line_end == std::string_view::npos ? end_ : static_cast<std::uint32_t>(line_end + 1);
}

void Lexer::pass_pod()
{
  while (true) {
    const std::uint32_t begin = skip_blanks(offset_);
    const bool line_start = begin == 0 || text_[begin - 1] == '\n';
    if (at(begin) != '=' || !line_start || !is_word_start(at(begin + 1))) {
      return;
    }
    move_to(skip_pod(begin));
  }
}

std::uint32_t Lexer::skip_blanks(std::uint32_t offset) const
{
  while (offset < end_) {
    const char c = text_[offset];
    if (c == '\n') {
      offset = std::min(after_newline(offset), end_);
    } else if (is_blank(c) || c == '\0') {
      ++offset;
    } else if (c == '#') {
      const std::size_t newline = text_.find('\n', offset);
      offset = newline == std::string_view::npos ? end_ : std::min(static_cast<std::uint32_t>(newline), end_);
    } else {
      break;
    }
  }
  return offset;
}

Token Lexer::token(TokenKind kind, std::uint32_t begin, std::uint32_t end) const
{
  Token made;
  made.kind = kind;
  made.span = {begin, end};
  made.text = slice(made.span);
  return made;
}

Token Lexer::broken(std::uint32_t begin, std::uint32_t end, std::string_view what) const
{
  Token made = token(TokenKind::broken, begin, std::min(end, end_));
  made.text = what;
  return made;
}

std::uint32_t Lexer::past_hidden_backslash(std::uint32_t offset) const
{
  if (at(offset) != '\\' || (delimiter_ != '[' && delimiter_ != '{')) {
    return offset;
  }
  const char hidden = at(offset + 1);
  return hidden == delimiter_ || hidden == closing_of(delimiter_) ? offset + 1 : offset;
}

Token Lexer::scan(Expect expect)
{
  const std::uint32_t begin = past_hidden_backslash(skip_blanks(offset_));
  const char c = at(begin);
  if (begin >= end_ || c == '\x04' || c == '\x1a') {
    return token(TokenKind::end, begin, begin);
  }
  if (is_word_start(c)) {
    return scan_word(begin, expect);
  }
  return expect == Expect::term ? scan_term(begin) : scan_operator(begin);
}

Token Lexer::scan_term(std::uint32_t begin)
{
  const char c = at(begin);
  const char following = at(begin + 1);
  if (is_digit(c) || (c == '.' && is_digit(following))) {
    return scan_number(begin);
  }
  if (c == '\\' && following == delimiter_ && (following == '"' || following == '\'')) {
    return scan_hidden_quote(begin);
  }
  if (c == '@' && is_digit(following)) {
    return scan_sigil(begin);
  }
  switch (c) {
  case '\'': return scan_quote(begin, "q", begin);
  case '"': return scan_quote(begin, "qq", begin);
  case '`': return scan_quote(begin, "qx", begin);
  case '/': return scan_quote(begin, "m", begin);
  case '$':
  case '@':
  case '%':
  case '&':
  case '*': return scan_sigil(begin);
  case '<':
    if (following == '<' && (at(begin + 2) == '"' || at(begin + 2) == '\'' || at(begin + 2) == '~' ||
                             at(begin + 2) == '\\' || is_word_start(at(begin + 2)))) {
      return scan_here_document(begin);
    }
    return scan_read_line(begin);
  default: return scan_operator(begin);
  }
}

Token Lexer::scan_operator(std::uint32_t begin) const
{
  const std::string_view rest = text_.substr(begin, end_ - begin);
  if (kAlwaysSingle.find(rest.front()) != std::string_view::npos) {  // nearly all there is
    return token(TokenKind::op, begin, begin + 1);
  }
  for (const std::string_view op : kOperators) {
    if (op.front() == rest.front() && rest.starts_with(op)) {
      return token(TokenKind::op, begin, begin + static_cast<std::uint32_t>(op.size()));
    }
  }
  if (kSingles.find(rest.front()) != std::string_view::npos) {
    return token(TokenKind::op, begin, begin + 1);
  }
  const std::string_view found = rest.front() == '\'' || rest.front() == '"' || rest.front() == '`'
                                     ? "a string"
                                 : rest.front() == '$' || rest.front() == '@' ? "a variable"
                                 : is_digit(rest.front())                     ? "a number"
                                                                              : "";
  if (found.empty()) {
    return broken(begin, begin + 1, "unrecognized character");
  }
  return token(TokenKind::op, begin, begin + 1);  // the parser says what it expected instead
}

/// Where the name that begins at `begin` ends. "::" joins, and so does "'" before a letter: Perl's old "::".
std::uint32_t Lexer::name_end(std::uint32_t begin) const
{
  std::uint32_t at_byte = begin;
  while (at_byte < end_) {
    const bool old_join = at(at_byte) == '\'' && at_byte > begin && is_word_start(at(at_byte + 1));
    if (is_word_char(at(at_byte)) || old_join) {
      ++at_byte;
    } else if (at(at_byte) == ':' && at(at_byte + 1) == ':' && at(at_byte + 2) != '$') {
      at_byte += 2;
    } else {
      break;
    }
  }
  return at_byte;
}

bool Lexer::fat_comma_at(std::uint32_t offset) const
{
  const std::uint32_t place = skip_blanks(offset);
  return at(place) == '=' && at(place + 1) == '>';
}

/// A word where an operator is expected: `x=` is one, and `x3` is `x` and a number.
Token Lexer::word_operator(std::uint32_t begin, std::uint32_t end) const
{
  const bool is_x = at(begin) == 'x';
  if (is_x && end == begin + 1 && at(end) == '=' && at(end + 1) != '=' && at(end + 1) != '>' &&
      at(end + 1) != '~') {
    return token(TokenKind::op, begin, end + 1);
  }
  const bool repeats =
      is_x && end > begin + 1 && std::all_of(text_.begin() + begin + 1, text_.begin() + end, is_digit);
  return token(TokenKind::word, begin, repeats ? begin + 1 : end);
}

Token Lexer::scan_word(std::uint32_t begin, Expect expect)
{
  std::uint32_t end = begin;
  while (end < end_ && is_word_char(at(end))) {
    ++end;
  }
  if (expect == Expect::op) {
    return word_operator(begin, end);
  }
  const std::string_view simple = slice({begin, end});
  const bool quotes = std::ranges::find(kQuoteWords, simple) != kQuoteWords.end();
  const bool number_sign = quotes && at(end) == '#';  // q#...#, and no comment before a fat comma
  if (!number_sign && fat_comma_at(end)) {
    return token(TokenKind::word, begin, end);
  }
  if (quotes) {
    const bool blank = is_blank(at(end));
    const std::uint32_t delimiter = blank ? skip_blanks(end) : end;  // a '#' behind a blank: comment
    const char c = at(delimiter);
    if (delimiter < end_ && !(blank && c == '=')) {
      return scan_quote(begin, simple == "y" ? "tr" : simple, delimiter);
    }
  }
  return token(TokenKind::word, begin, name_end(begin));
}

/// Where the digits end, and the underscores between them, that begin at `at_byte`.
template<class IsDigit>
std::uint32_t Lexer::digits_end(std::uint32_t at_byte, IsDigit is_part) const
{
  while (at_byte < end_ && (is_part(at(at_byte)) || at(at_byte) == '_')) {
    ++at_byte;
  }
  return at_byte;
}

/// 0x1f, 0b11, 0o17.
Token Lexer::scan_number_in_base(std::uint32_t begin, char base) const
{
  const std::uint32_t end = digits_end(
      begin + 2, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
  const int most = base == 'x' ? 16 : base == 'b' ? 2 : 8;
  return all_digits_below(slice({begin + 2, end}), most)
             ? token(TokenKind::number, begin, end)
             : broken(begin, end, "a digit of this number is none in its base");
}

Token Lexer::scan_number(std::uint32_t begin) const
{
  const char base = static_cast<char>(at(begin + 1) | 0x20);
  if (at(begin) == '0' && (base == 'x' || base == 'b' || base == 'o')) {
    return scan_number_in_base(begin, base);
  }
  std::uint32_t end = digits_end(begin, is_digit);
  if (at(begin) == '0' && end > begin + 1 && at(end) != '.' && !all_digits_below(slice({begin, end}), 8)) {
    return broken(begin, end, "a number that begins with 0 is octal, and 8 and 9 are no octal digits");
  }
  if (at(end) == '.' && at(end + 1) != '.') {
    end = digits_end(end + 1, is_digit);
    while (at(end) == '.' && is_digit(at(end + 1))) {  // 127.0.0.1: a string of these code points
      end = digits_end(end + 1, is_digit);
    }
  }
  if ((at(end) | 0x20) == 'e') {
    const std::uint32_t sign = at(end + 1) == '-' || at(end + 1) == '+' ? 1 : 0;
    if (is_digit(at(end + 1 + sign))) {
      end = digits_end(end + 1 + sign, is_digit);
    }
  }
  return token(TokenKind::number, begin, end);
}

/// $name, @{...}, %$x ...; an operator where what begins like a sigil is none.
Token Lexer::scan_sigil(std::uint32_t begin) const
{
  const bool last = at(begin) == '$' && at(begin + 1) == '#' &&
                    (at(begin + 2) == '{' || at(begin + 2) == '$' || is_word_start(at(begin + 2)));
  const std::uint32_t sigil_end = begin + (last ? 2 : 1);
  const char c = at(sigil_end);
  const char sigil = at(begin);
  if (is_blank(c) && (sigil == '$' || sigil == '@')) {  // "$ x", though nobody writes it
    const std::uint32_t name = skip_blanks(sigil_end);
    if (is_word_start(at(name))) {
      return variable({begin, sigil_end}, {name, name_end(name)});
    }
  }
  if (is_word_start(c) || (c == ':' && at(sigil_end + 1) == ':' && is_word_start(at(sigil_end + 2)))) {
    return variable({begin, sigil_end}, {sigil_end, name_end(sigil_end)});
  }
  if (c == '{' || c == '$') {
    return scan_cast({begin, sigil_end});
  }
  return scan_punctuation({begin, sigil_end});
}

Token Lexer::variable(Span sigil, Span name) const
{
  Token made = token(TokenKind::variable, sigil.begin, name.end);
  made.sigil = slice(sigil);
  made.text = slice(name);
  return made;
}

/// Behind the sigil stands a '{' or a '$'.
Token Lexer::scan_cast(Span sigil) const
{
  const std::uint32_t end = sigil.end;
  const bool scalar = at(sigil.begin) == '$';
  const char following = at(end + 1);
  if (at(end) == '$' && scalar && !is_word_start(following) && following != '{' && following != '$' &&
      following != ':') {
    return variable(sigil, {end, end + 1});  // $$, the process
  }
  if (at(end) == '{' && scalar && following == '^') {  // ${^NAME}
    const std::size_t close = text_.find('}', end);
    const std::uint32_t ends = close == std::string_view::npos ? end_ : static_cast<std::uint32_t>(close) + 1;
    return variable(sigil, {end, std::min(ends, end_)});
  }
  Token made = token(TokenKind::cast, sigil.begin, end);
  made.sigil = made.text;
  return made;
}

/// Perl's own variables: $1, $!, $^W, @-, %+.
Token Lexer::scan_punctuation(Span sigil) const
{
  const std::uint32_t end = sigil.end;
  const char c = at(end);
  const char kind = at(sigil.begin);
  if (is_digit(c) && (kind == '$' || kind == '@')) {
    std::uint32_t digits = end;
    while (is_digit(at(digits))) {
      ++digits;
    }
    return variable(sigil, {end, digits});
  }
  if (kind == '$') {
    return c == '\0' || is_blank(c)
               ? broken(sigil.begin, end, "a variable's name is missing")
               : variable(sigil, {end, end + (c == '^' && is_word_start(at(end + 1)) ? 2 : 1)});
  }
  if (kind == '@') {
    return c == '-' || c == '+' ? variable(sigil, {end, end + 1})
                                : broken(sigil.begin, end, "an array's name is missing");
  }
  return kind == '%' && (c == '+' || c == '-' || c == '!') ? variable(sigil, {end, end + 1})
                                                           : scan_operator(sigil.begin);
}

/// The closing delimiter that belongs to the one at `open`; brackets nest, a backslash hides one.
std::optional<std::uint32_t> Lexer::closing(std::uint32_t open) const
{
  const char opens = at(open);
  const char closes = closing_of(opens);
  int depth = 0;
  for (std::uint32_t i = open + 1; i < end_; ++i) {
    const char c = text_[i];
    if (c == '\\') {
      ++i;
    } else if (c == closes && depth-- == 0) {
      return i;
    } else if (c == opens && opens != closes) {
      ++depth;
    }
  }
  return std::nullopt;
}

std::string_view Lexer::flags_at(std::uint32_t offset) const
{
  std::uint32_t end = offset;
  while (end < end_ && at(end) >= 'a' && at(end) <= 'z') {
    ++end;
  }
  return slice({offset, end});
}

/// \"...\" in a string that is itself in double quotes.
Token Lexer::scan_hidden_quote(std::uint32_t begin) const
{
  const std::string_view mark = slice({begin, begin + 2});
  const std::size_t close = text_.substr(0, end_).find(mark, begin + 2);
  if (close == std::string_view::npos) {
    return broken(begin, begin + 2, "this string is never closed");
  }
  const auto end = static_cast<std::uint32_t>(close);
  Token made = token(TokenKind::quote, begin, end + 2);
  made.text = delimiter_ == '"' ? "qq" : "q";
  made.delimiter = delimiter_;
  made.body = {begin + 2, end};
  made.interpolates = delimiter_ == '"';
  return made;
}

Token Lexer::scan_quote(std::uint32_t begin, std::string_view op, std::uint32_t delimiter)
{
  const auto unterminated = [&] {
    return broken(
        begin, delimiter + 1,
        op == "m" || op == "qr" ? "this regular expression is never closed" : "this string is never closed");
  };
  const std::optional<std::uint32_t> close = closing(delimiter);
  if (!close) {
    return unterminated();
  }
  Token made = token(TokenKind::quote, begin, *close + 1);
  made.text = op;
  made.delimiter = at(delimiter);
  made.body = {delimiter + 1, *close};
  if (has_two_parts(op)) {
    const bool brackets = closing_of(made.delimiter) != made.delimiter;
    const std::uint32_t open = brackets ? skip_blanks(*close + 1) : *close;
    const std::optional<std::uint32_t> second = open < end_ ? closing(open) : std::nullopt;
    if (!second) {
      return unterminated();
    }
    made.second = {open + 1, *second};
    made.span.end = *second + 1;
  }
  if (has_two_parts(op) || op == "m" || op == "qr") {
    made.flags = flags_at(made.span.end);
    made.span.end += static_cast<std::uint32_t>(made.flags.size());
  }
  made.interpolates = op != "q" && op != "qw" && op != "tr" && !(made.delimiter == '\'' && op != "qq");
  return made;
}

/// Whether every line of `body` that is not blank begins with `indent`.
bool Lexer::is_indented(Span body, std::string_view indent) const
{
  std::string_view rest = slice(body);
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.find_first_not_of(" \t\r") != std::string_view::npos && !line.starts_with(indent)) {
      return false;
    }
  }
  return true;
}

/// The name behind << or <<~; nothing where it is never closed.
std::optional<Lexer::HereTag> Lexer::here_tag(std::uint32_t begin) const
{
  HereTag tag;
  tag.indented = at(begin + 2) == '~';
  std::uint32_t from = begin + (tag.indented ? 3 : 2);
  while (tag.indented && at(from) == ' ') {
    ++from;
  }
  const bool backslash = at(from) == '\\';  // <<\EOT is <<'EOT'
  from += backslash ? 1 : 0;
  const bool quoted = !backslash && (at(from) == '"' || at(from) == '\'');
  tag.interpolates = !backslash && at(from) != '\'';
  if (quoted) {
    const std::optional<std::uint32_t> close = closing(from);
    if (!close) {
      return std::nullopt;
    }
    tag.text = slice({from + 1, *close});
    tag.end = *close + 1;
  } else {
    tag.end = from;
    while (is_word_char(at(tag.end))) {
      ++tag.end;
    }
    tag.text = slice({from, tag.end});
  }
  return tag;
}

Token Lexer::scan_here_document(std::uint32_t begin)
{
  if (const auto known = here_documents_.find(begin); known != here_documents_.end()) {
    return known->second;
  }
  const std::optional<HereTag> tag = here_tag(begin);
  if (!tag) {
    return broken(begin, std::min(begin + 3, end_), "the name of this here-document is never closed");
  }
  const std::size_t newline = text_.find('\n', tag->end);
  Token made = token(TokenKind::here_document, begin, tag->end);
  made.interpolates = tag->interpolates;
  if (newline == std::string_view::npos || newline >= end_) {
    return broken(begin, made.span.end, "this here-document has no text");
  }
  return scan_here_body(made, *tag, static_cast<std::uint32_t>(newline));
}

/// Up to the line that ends it.
Token Lexer::scan_here_body(Token made, const HereTag& tag, std::uint32_t line_of_tag)
{
  const std::uint32_t begin = made.span.begin;
  for (std::uint32_t line = after_newline(line_of_tag), body = line; line < end_;) {
    const std::size_t found = text_.find('\n', line);
    const std::uint32_t stop = found == std::string_view::npos ? end_ : static_cast<std::uint32_t>(found);
    std::string_view content = slice({line, stop});
    if (content.ends_with('\r')) {
      content.remove_suffix(1);
    }
    const std::size_t lead = std::min(content.find_first_not_of(" \t"), content.size());
    const std::uint32_t next_line = std::min(stop + 1, end_);
    if (content == tag.text || (tag.indented && content.substr(lead) == tag.text)) {
      made.body = {body, line};
      made.indent = tag.indented ? static_cast<std::uint32_t>(lead) : 0;
      if (!is_indented(made.body, content.substr(0, lead))) {
        return broken(begin, made.span.end, "a line of this here-document is not indented as its end is");
      }
      resume_[line_of_tag] = next_line;
      return here_documents_[begin] = made;
    }
    line = next_line;
  }
  return broken(begin, made.span.end, "this here-document is never ended");
}

Token Lexer::scan_read_line(std::uint32_t begin) const
{
  const std::size_t newline = std::min<std::size_t>(text_.find('\n', begin), end_);
  const std::size_t close = text_.find('>', begin);
  if (close == std::string_view::npos || close > newline) {
    return scan_operator(begin);
  }
  return token(TokenKind::read_line, begin, static_cast<std::uint32_t>(close) + 1);
}

std::optional<Token> Lexer::plain_word()
{
  const std::uint32_t begin = skip_blanks(offset_);
  if (!is_word_start(at(begin))) {
    return std::nullopt;
  }
  const std::uint32_t end = name_end(begin);
  move_to(end);
  return token(TokenKind::word, begin, end);
}

std::optional<Token> Lexer::simple_key()
{
  std::uint32_t begin = offset_;
  while (is_blank(at(begin))) {
    ++begin;
  }
  std::uint32_t end = begin + (at(begin) == '-' ? 1 : 0);
  if (!is_word_start(at(end))) {
    return std::nullopt;
  }
  while (is_word_char(at(end))) {
    ++end;
  }
  std::uint32_t close = end;
  while (is_blank(at(close))) {
    ++close;
  }
  if (at(past_hidden_backslash(close)) != '}') {
    return std::nullopt;
  }
  move_to(end);
  return token(TokenKind::word, begin, end);
}

}  // namespace dkimctl::perl
