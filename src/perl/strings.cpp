#include "perl/parser_impl.hpp"
#include "perl/regex.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::perl {
namespace {

constexpr std::string_view kCaseChanges = "LUQF";

std::string without_carriage_returns(std::string_view text)
{
  std::string out{text};
  for (std::size_t at = out.find("\r\n"); at != std::string::npos; at = out.find("\r\n", at)) {
    out.erase(at, 1);
  }
  return out;
}

void append_utf8(std::string& out, std::uint32_t code_point)
{
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xc0 | (code_point >> 6));
    out += static_cast<char>(0x80 | (code_point & 0x3f));
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xe0 | (code_point >> 12));
    out += static_cast<char>(0x80 | ((code_point >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code_point & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | (code_point >> 18));
    out += static_cast<char>(0x80 | ((code_point >> 12) & 0x3f));
    out += static_cast<char>(0x80 | ((code_point >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code_point & 0x3f));
  }
}

std::optional<char> simple_escape(char c)
{
  switch (c) {
  case 'n': return '\n';
  case 't': return '\t';
  case 'r': return '\r';
  case 'f': return '\f';
  case 'b': return '\b';
  case 'a': return '\a';
  case 'e': return '\x1b';
  default: return std::nullopt;
  }
}

int digit_of(char c)
{
  if (is_digit(c)) {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 99;
}

}  // namespace

/// One interpolating string: "...", a here-document, a pattern.
class StringParser {
public:
  StringParser(Parser& parser, char delimiter, bool regex)
      : parser_(parser), delimiter_(delimiter), regex_(regex)
  {}

  void read(Span body);
  Node* finish(Span span);

private:
  void escape();
  void escape_in_pattern(char c);
  void escape_in_text(char c);
  void number_escape(int base, int most_digits);
  bool escaped_number(char c);
  void braced_number();
  void dollar();
  void at_sign();
  bool starts_name(std::uint32_t offset) const;
  bool name_behind_blanks() const;
  bool subscript_follows() const;
  bool bracket_follows() const;
  Node* named(const Token& token);
  Node* subscripted(Node* node);
  void variable();
  void change_case(char which);
  void add(Node* node);
  void flush();
  char at(std::uint32_t offset) const { return parser_.lexer_.at(offset); }

  Parser& parser_;
  char delimiter_;
  bool regex_;
  std::uint32_t offset_ = 0;
  std::uint32_t end_ = 0;
  std::uint32_t constant_begin_ = 0;
  std::string constant_;
  std::string stack_;  // of L, U, Q, F that hold
  char once_ = '\0';   // l or u, for what comes next
  std::vector<Node*> parts_;
};

void StringParser::flush()
{
  if (constant_.empty()) {
    return;
  }
  std::string text = std::exchange(constant_, {});
  add(parser_.make(NodeKind::string, {constant_begin_, offset_}, parser_.keep(text)));
}

/// Wraps a part in the case changes that hold, innermost first.
void StringParser::add(Node* node)
{
  for (auto change = stack_.rbegin(); change != stack_.rend(); ++change) {
    const std::string_view name = *change == 'L'   ? "lc"
                                  : *change == 'U' ? "uc"
                                  : *change == 'F' ? "fc"
                                                   : "quotemeta";
    node = parser_.make(NodeKind::builtin, node->span, name, {node});
  }
  if (once_ != '\0') {
    node = parser_.make(NodeKind::builtin, node->span, once_ == 'l' ? "lcfirst" : "ucfirst", {node});
    once_ = '\0';
  }
  parts_.push_back(node);
}

void StringParser::read(Span body)
{
  offset_ = body.begin;
  end_ = body.end;
  constant_begin_ = offset_;
  while (offset_ < end_ && !parser_.failed_) {
    const char c = at(offset_);
    if (c == '\\' && offset_ + 1 < end_) {
      escape();
    } else if (c == '$' && offset_ + 1 < end_) {
      dollar();
    } else if (c == '@' && offset_ + 1 < end_) {
      at_sign();
    } else if (c == '$' && !regex_) {
      parser_.fail({offset_, offset_ + 1}, "a '$' at the end of a string",
                   "write \\$ if the character is meant");
    } else {
      if (!(c == '\r' && at(offset_ + 1) == '\n')) {
        constant_ += c;
      }
      ++offset_;
    }
  }
  flush();
}

Node* StringParser::finish(Span span)
{
  if (parts_.empty()) {
    return parser_.make(NodeKind::string, span);
  }
  if (parts_.size() == 1 && parts_.front()->kind == NodeKind::string) {
    parts_.front()->span = span;
    return parts_.front();
  }
  return parser_.make(NodeKind::interpolated, span, {}, parts_);
}

void StringParser::escape()
{
  const char c = at(offset_ + 1);
  const std::uint32_t begin = offset_;
  offset_ += 2;
  if (c == 'E' || kCaseChanges.find(c) != std::string_view::npos || c == 'l' || c == 'u') {
    offset_ = begin;
    flush();
    offset_ = begin + 2;
    constant_begin_ = offset_;
    change_case(c);
    return;
  }
  if (regex_) {
    escape_in_pattern(c);
  } else {
    escape_in_text(c);
  }
}

/// The pattern's own escapes stay; only an escaped delimiter loses its backslash.
void StringParser::escape_in_pattern(char c)
{
  constexpr std::string_view kMeaning = "{}[]()<>^$.|?*+\\";
  if (c != delimiter_ || is_word_char(c) || kMeaning.find(c) != std::string_view::npos) {
    constant_ += '\\';
  }
  constant_ += c;
}

void StringParser::escape_in_text(char c)
{
  if (const std::optional<char> simple = simple_escape(c)) {
    constant_ += *simple;
  } else if (c == 'c' && offset_ < end_) {
    const char upper =
        static_cast<char>(at(offset_) >= 'a' && at(offset_) <= 'z' ? at(offset_) - 0x20 : at(offset_));
    constant_ += static_cast<char>(upper ^ 0x40);
    ++offset_;
  } else if (!escaped_number(c) && !(c == '\r' && at(offset_) == '\n')) {  // Perl reads CRLF as LF
    constant_ += c;
  }
}

/// \x41, \x{41}, \101, \o{101}, \N{U+41}; false where `c` begins none of these.
bool StringParser::escaped_number(char c)
{
  const bool braced = at(offset_) == '{';
  if (braced && (c == 'x' || c == 'N')) {
    braced_number();
  } else if (c == 'x') {
    number_escape(16, 2);
  } else if (braced && c == 'o') {
    ++offset_;
    number_escape(8, 12);
    if (at(offset_) == '}') {
      ++offset_;
    }
  } else if (c >= '0' && c <= '7') {
    --offset_;
    number_escape(8, 3);
  } else {
    return false;
  }
  return true;
}

void StringParser::number_escape(int base, int most_digits)
{
  int value = 0;
  for (int i = 0; i < most_digits && offset_ < end_ && digit_of(at(offset_)) < base; ++i, ++offset_) {
    value = value * base + digit_of(at(offset_));
  }
  constant_ += static_cast<char>(value);
}

/// \x{263a}, \N{U+263a}: a code point above 255 becomes UTF-8, as when Perl prints it.
void StringParser::braced_number()
{
  const std::uint32_t begin = offset_;
  const bool named = at(begin - 1) == 'N';
  ++offset_;
  if (named && at(offset_) == 'U' && at(offset_ + 1) == '+') {
    offset_ += 2;
  }
  std::uint32_t value = 0;
  bool good = true;
  while (offset_ < end_ && at(offset_) != '}') {
    good = good && digit_of(at(offset_)) < 16 && value < 0x110000;
    value = value * 16 + static_cast<std::uint32_t>(std::min(digit_of(at(offset_)), 15));
    ++offset_;
  }
  if (!good || offset_ >= end_ || value > 0x10ffff) {
    parser_.fail({begin - 2, offset_}, "this escape names no character");
    return;
  }
  ++offset_;
  if (value < 0x100 && !named) {
    constant_ += static_cast<char>(value);
  } else {
    append_utf8(constant_, value);
  }
}

void StringParser::change_case(char which)
{
  if (which == 'E') {
    if (!stack_.empty()) {
      stack_.pop_back();
    }
  } else if (which == 'l' || which == 'u') {
    once_ = which;
  } else {
    if (which != 'Q' && !stack_.empty() && (stack_.back() == 'L' || stack_.back() == 'U')) {
      stack_.pop_back();  // \L ends \U and the other way round
    }
    stack_ += which;
  }
}

bool StringParser::starts_name(std::uint32_t offset) const
{
  return is_word_start(at(offset)) ||
         (at(offset) == ':' && at(offset + 1) == ':' && is_word_start(at(offset + 2)));
}

/// "$ x" is "$x", though nobody means it.
bool StringParser::name_behind_blanks() const
{
  std::uint32_t place = offset_ + 1;
  while (place < end_ && is_blank(at(place))) {
    ++place;
  }
  return place > offset_ + 1 && place < end_ && is_word_start(at(place));
}

void StringParser::dollar()
{
  const char c = at(offset_ + 1);
  const bool name =
      starts_name(offset_ + 1) || c == '{' || is_digit(c) ||
      (c == '$' && (starts_name(offset_ + 2) || at(offset_ + 2) == '{' || at(offset_ + 2) == '$')) ||
      (c == '#' && (at(offset_ + 2) == '{' || at(offset_ + 2) == '$' || is_word_start(at(offset_ + 2))));
  const bool special = !regex_ ? std::string_view{"&`'+!@/\\,;.0_\"-"}.find(c) != std::string_view::npos
                               : std::string_view{"&`'+!@/,;"}.find(c) != std::string_view::npos;
  if (name || special || (c == '$' && !regex_) || (!regex_ && name_behind_blanks())) {
    variable();
    return;
  }
  constant_ += '$';
  ++offset_;
}

void StringParser::at_sign()
{
  const char c = at(offset_ + 1);
  if (starts_name(offset_ + 1) || is_digit(c) || c == '{' ||
      (c == '$' && (starts_name(offset_ + 2) || at(offset_ + 2) == '{'))) {
    variable();
    return;
  }
  constant_ += '@';
  ++offset_;
}

/// Whether the '[' or '{' behind a variable in a pattern is a subscript, and no class or count of the
/// pattern.
bool StringParser::subscript_follows() const
{
  const std::uint32_t open = parser_.lexer_.offset();
  if (!regex_) {
    return true;
  }
  std::uint32_t place = open + 1;
  if (at(open) == '{') {
    return !is_digit(at(place)) && at(place) != ',';
  }
  if (at(place) == '$') {
    return true;
  }
  if (at(place) == '-') {
    ++place;
  }
  const std::uint32_t digits = place;
  while (is_digit(at(place))) {
    ++place;
  }
  return place > digits && at(place) == ']';
}

bool StringParser::bracket_follows() const
{
  return parser_.lexer_.raw() == '[' || parser_.lexer_.raw() == '{';
}

/// The variable that a token begins, with the subscript behind it if it is one.
Node* StringParser::named(const Token& token)
{
  if (token.kind == TokenKind::cast) {
    return parser_.cast(token);
  }
  if (token.kind != TokenKind::variable) {
    return parser_.unexpected(token, "a variable");
  }
  if (!bracket_follows() || subscript_follows()) {
    return parser_.variable(token);
  }
  parser_.check_name(token.sigil.front(), token.text, token.span);
  return parser_.make(token.sigil == "@" ? NodeKind::array_variable : NodeKind::scalar_variable, token.span,
                      token.text);
}

/// With what follows of ->[...], ->{...}, and of [...] and {...} behind another subscript.
Node* StringParser::subscripted(Node* node)
{
  while (!parser_.failed_ && subscript_follows()) {
    const std::uint32_t place = parser_.lexer_.offset();
    const char behind_arrow = at(parser_.lexer_.past_hidden_backslash(place + 2));
    const bool arrow =
        at(place) == '-' && at(place + 1) == '>' && (behind_arrow == '[' || behind_arrow == '{');
    const bool part = node->kind == NodeKind::element || node->kind == NodeKind::entry;
    if (!arrow && !(part && bracket_follows())) {
      break;
    }
    const char open = arrow ? behind_arrow : parser_.lexer_.raw();
    parser_.lexer_.move_to(arrow ? place + 2 : place);
    node = parser_.part_of(node, open, false);
  }
  return node;
}

/// A variable with its subscripts, read by the parser itself inside this string.
void StringParser::variable()
{
  const std::uint32_t begin = offset_;
  flush();
  Lexer outer = std::exchange(parser_.lexer_, Lexer{parser_.text_, Span{begin, end_}});
  const bool quote = delimiter_ == '"' || delimiter_ == '\'';
  if (!regex_ || quote) {  // a pattern keeps the backslash before a bracket
    parser_.lexer_.hide_backslashes_before(delimiter_);
  }
  const bool nested = std::exchange(parser_.in_string_, true);
  const std::uint32_t outer_last = parser_.last_end_;
  const Token token = parser_.take(Expect::term);
  Node* node = named(token);
  if (token.sigil != "@") {
    node = subscripted(node);
  }
  offset_ = parser_.failed_ ? end_ : parser_.lexer_.offset();
  parser_.lexer_ = std::move(outer);
  parser_.in_string_ = nested;
  if (parser_.failed_) {
    parser_.lexer_.move_to(parser_.lexer_.end());
  }
  parser_.last_end_ = outer_last;
  constant_begin_ = offset_;
  add(node);
}

Node* Parser::interpolate(Span span, Span body, char delimiter, bool regex)
{
  StringParser string(*this, delimiter, regex);
  string.read(body);
  return string.finish(span);
}

Node* Parser::single_quoted(Span span, Span body, char delimiter)
{
  const std::string_view raw = lexer_.slice(body);
  if (raw.find('\\') == std::string_view::npos && raw.find('\r') == std::string_view::npos) {
    return make(NodeKind::string, span, raw);
  }
  const std::string_view closing = delimiter == '('   ? "()"
                                   : delimiter == '[' ? "[]"
                                   : delimiter == '{' ? "{}"
                                   : delimiter == '<' ? "<>"
                                                      : std::string_view{&delimiter, 1};
  std::string text;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const bool escapes = raw[i] == '\\' && i + 1 < raw.size() &&
                         (raw[i + 1] == '\\' || closing.find(raw[i + 1]) != std::string_view::npos);
    i += escapes ? 1 : 0;
    text += raw[i];
  }
  return make(NodeKind::string, span, keep(without_carriage_returns(text)));
}

Node* Parser::word_list(const Token& token)
{
  std::vector<Node*> kids;
  for (std::uint32_t at = token.body.begin; at < token.body.end;) {
    const std::uint32_t begin = at;
    while (at < token.body.end && !is_blank(lexer_.at(at))) {
      ++at;
    }
    if (at > begin) {
      kids.push_back(single_quoted({begin, at}, {begin, at}, token.delimiter));
    } else {
      ++at;
    }
  }
  Node* const made = make(NodeKind::words, token.span, {}, kids);
  if (next_is("[")) {  // (qw(a b))[0] without the outer parentheses
    const Token open = take(Expect::op);
    return make(NodeKind::list_slice, {token.span.begin, last_end_}, {},
                {made, bracketed(open, NodeKind::list, "]")});
  }
  return made;
}

Node* Parser::here_document(const Token& token)
{
  if (token.indent == 0) {
    return token.interpolates
               ? interpolate(token.span, token.body, '\0', false)
               : make(NodeKind::string, token.span, keep(without_carriage_returns(lexer_.slice(token.body))));
  }
  StringParser string(*this, '\0', false);
  std::string raw;
  for (std::uint32_t line = token.body.begin; line < token.body.end;) {
    std::uint32_t stop = line;
    while (stop < token.body.end && lexer_.at(stop) != '\n') {
      ++stop;
    }
    stop = std::min(stop + 1, token.body.end);
    const Span content{std::min(line + token.indent, stop - 1), stop};
    if (token.interpolates) {
      string.read(content);
    } else {
      raw += without_carriage_returns(lexer_.slice(content));
    }
    line = stop;
  }
  return token.interpolates ? string.finish(token.span) : make(NodeKind::string, token.span, keep(raw));
}

/// Mistakes of a pattern that Perl would refuse for sure. Where PCRE2 merely does not know what Perl knows,
/// it passes.
void Parser::check_pattern(const Node& pattern, const Token& token)
{
  constexpr std::array<std::string_view, 5> kCertain{
      "missing closing parenthesis", "unmatched closing parenthesis", "quantifier does not follow",
      "missing terminating ]", "range out of order"};
  if (pattern.kind != NodeKind::string) {
    return;
  }
  const Result<CompiledRegex> compiled =
      CompiledRegex::compile(Regex{std::string{pattern.text}, std::string{token.flags}});
  if (compiled) {
    return;
  }
  const std::string& why = compiled.error().what;
  if (std::ranges::any_of(kCertain,
                          [&](std::string_view each) { return why.find(each) != std::string::npos; })) {
    complain(token.span, fmt::format("this regular expression does not compile: {}", why));
  }
}

/// What a quote means. Under `use utf8` text beyond ASCII is characters, which no byte string stands for.
Node* Parser::quoted(const Token& token)
{
  const std::string_view body = lexer_.slice(token.body);
  const bool text =
      token.text == "q" || token.text == "qq" || token.text == "qw" || token.kind == TokenKind::here_document;
  const bool beyond_ascii =
      std::ranges::any_of(body, [](char c) { return static_cast<unsigned char>(c) > 0x7f; });
  if (text && beyond_ascii && names_.strict().utf8) {
    return make(NodeKind::builtin, token.span, "text under 'use utf8'");
  }
  return quoted_bytes(token);
}

Node* Parser::quoted_bytes(const Token& token)
{
  if (token.kind == TokenKind::here_document) {
    return here_document(token);
  }
  const std::string_view op = token.text;
  if (op == "q") {
    return single_quoted(token.span, token.body, token.delimiter);
  }
  if (op == "qq") {
    return interpolate(token.span, token.body, token.delimiter, false);
  }
  if (op == "qw") {
    return word_list(token);
  }
  if (op == "qx") {
    Node* const command = token.interpolates ? interpolate(token.span, token.body, token.delimiter, false)
                                             : make(NodeKind::string, token.span, lexer_.slice(token.body));
    return make(NodeKind::command, token.span, {}, {command});
  }
  if (op == "qr") {
    Node* const pattern = token.interpolates ? interpolate(token.span, token.body, token.delimiter, true)
                                             : make(NodeKind::string, token.span, lexer_.slice(token.body));
    Node* const made = make(NodeKind::regex, token.span, {}, {pattern});
    made->flags = token.flags;
    check_pattern(*pattern, token);
    return made;
  }
  Node* const pattern = op == "tr" || !token.interpolates
                            ? make(NodeKind::string, token.span, lexer_.slice(token.body))
                            : interpolate(token.span, token.body, token.delimiter, true);
  Node* const made = make(NodeKind::match, token.span, op, {pattern});
  made->flags = token.flags;
  if (op != "tr") {
    check_pattern(*pattern, token);
  }
  return made;
}

}  // namespace dkimctl::perl
