// Cuts Perl text into tokens. What a '/' or a '%' is depends on whether a term or an operator is expected, so
// the parser says which with every question.
#pragma once

#include "base/source.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

namespace dkimctl::perl {

enum class Expect : std::uint8_t { term, op };

enum class TokenKind : std::uint8_t {
  end,
  word,  // identifier, with :: in it
  number,
  op,        // operator or punctuation
  variable,  // $name @name %name &name *name $#name [sigil in `sigil`, name in `text`]
  cast,      // the sigil before a '{' or a '$' [sigil in `sigil`]
  quote,     // q qq qw qx qr m s tr and their short forms
  here_document,
  read_line,  // <FH>, <$fh>, <*.c>
  broken,     // [text: what is wrong]
};

struct Token {
  TokenKind kind = TokenKind::end;
  Span span;
  std::string_view text;  // word, number, operator, name; of a quote its operator: "q", "qq", "m"...
  std::string_view sigil;
  Span body;    // of a quote or here-document, without delimiters
  Span second;  // what s/// and tr/// put in its place
  std::string_view flags;
  char delimiter = 0;  // the opening one
  bool interpolates = false;
  std::uint32_t indent = 0;  // of a <<~ document, bytes to take off each line
};

class Lexer {
public:
  explicit Lexer(std::string_view text);
  /// Only the bytes of `range`: what is interpolated into a string.
  Lexer(std::string_view text, Span range);

  /// The token at the current place; asking twice gives the same.
  const Token& peek(Expect expect);
  Token next(Expect expect);

  /// Whether, blanks and comments passed over, `=>` follows `offset`.
  bool fat_comma_at(std::uint32_t offset) const;
  /// Behind a '{': "word" or "-word" that a '}' ends, which is then a string.
  std::optional<Token> simple_key();
  /// A name where a quote operator would be read otherwise: a method, a sub. No token, nothing moved, if
  /// there is none.
  std::optional<Token> plain_word();
  /// Passes over POD, which may stand where a statement may begin.
  void pass_pod();
  /// The next byte, no blanks passed over; 0 at the end.
  char raw() const { return at(past_hidden_backslash(offset_)); }
  char at(std::uint32_t offset) const { return offset < end_ ? text_[offset] : '\0'; }
  /// The first byte that is no blank and no comment, from the current place or from `offset` on.
  char after_blanks() const { return after_blanks(offset_); }
  char after_blanks(std::uint32_t offset) const { return at(skip_blanks(offset)); }
  std::uint32_t offset() const { return offset_; }
  std::uint32_t end() const { return end_; }
  void move_to(std::uint32_t offset);
  /// Inside a string in these delimiters, where `\"` is `"`, and `\[` in qq[...] a `[`, to the expressions in
  /// it.
  void hide_backslashes_before(char delimiter) { delimiter_ = delimiter; }
  /// Where the byte at `offset` is such a backslash, the place of what it hides; else `offset`.
  std::uint32_t past_hidden_backslash(std::uint32_t offset) const;
  std::string_view text() const { return text_; }
  std::string_view slice(Span span) const { return text_.substr(span.begin, span.end - span.begin); }

private:
  std::uint32_t skip_blanks(std::uint32_t offset) const;
  std::uint32_t skip_pod(std::uint32_t offset) const;
  std::uint32_t after_newline(std::uint32_t newline) const;
  Token scan(Expect expect);
  Token scan_term(std::uint32_t begin);
  Token scan_operator(std::uint32_t begin) const;
  Token word_operator(std::uint32_t begin, std::uint32_t end) const;
  Token scan_word(std::uint32_t begin, Expect expect);
  template<class IsDigit>
  std::uint32_t digits_end(std::uint32_t at_byte, IsDigit is_part) const;
  Token scan_number_in_base(std::uint32_t begin, char base) const;
  Token scan_number(std::uint32_t begin) const;
  Token scan_sigil(std::uint32_t begin) const;
  Token scan_cast(Span sigil) const;
  Token scan_punctuation(Span sigil) const;
  Token variable(Span sigil, Span name) const;
  Token scan_hidden_quote(std::uint32_t begin) const;
  Token scan_quote(std::uint32_t begin, std::string_view op, std::uint32_t delimiter);
  /// What stands behind << or <<~.
  struct HereTag {
    std::string_view text;  // without its quotes
    std::uint32_t end = 0;  // behind the name and its quotes
    bool indented = false;
    bool interpolates = false;
  };
  std::optional<HereTag> here_tag(std::uint32_t begin) const;
  Token scan_here_document(std::uint32_t begin);
  Token scan_here_body(Token made, const HereTag& tag, std::uint32_t line_of_tag);
  bool is_indented(Span body, std::string_view indent) const;
  Token scan_read_line(std::uint32_t begin) const;
  std::uint32_t name_end(std::uint32_t begin) const;
  std::optional<std::uint32_t> closing(std::uint32_t open) const;
  std::string_view flags_at(std::uint32_t offset) const;
  Token token(TokenKind kind, std::uint32_t begin, std::uint32_t end) const;
  Token broken(std::uint32_t begin, std::uint32_t end, std::string_view what) const;

  std::string_view text_;
  std::uint32_t offset_ = 0;
  std::uint32_t end_ = 0;
  char delimiter_ = '\0';
  std::optional<Token> cached_;
  Expect cached_for_ = Expect::term;
  std::map<std::uint32_t, std::uint32_t> resume_;  // newline before here-documents -> end of the last of them
  std::map<std::uint32_t, Token> here_documents_;  // by where they were announced
};

bool is_word_start(char c);
bool is_word_char(char c);
bool is_blank(char c);  // as Perl's white space
bool is_digit(char c);

}  // namespace dkimctl::perl
