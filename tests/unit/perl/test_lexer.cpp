#include "perl/lexer.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

using namespace dkimctl::perl;
using dkimctl::Span;

TEST_SUITE_BEGIN("perl::Lexer");

TEST_CASE("what a byte begins depends on what is expected")
{
  struct Case {
    std::string_view text;
    Expect expect;
    TokenKind kind;
    std::string_view whole;
    std::string_view is;  // its text
  };
  const Case cases[]{
      {"/a/", Expect::term, TokenKind::quote, "/a/", "m"},
      {"/a/", Expect::op, TokenKind::op, "/", "/"},
      {"%table", Expect::term, TokenKind::variable, "%table", "table"},
      {"%table", Expect::op, TokenKind::op, "%", "%"},
      {"<A>", Expect::term, TokenKind::read_line, "<A>", "<A>"},
      {"<A>", Expect::op, TokenKind::op, "<", "<"},
      {"x 3", Expect::op, TokenKind::word, "x", "x"},
      {"$domain", Expect::term, TokenKind::variable, "$domain", "domain"},
      {"$Amavis::Conf::x", Expect::term, TokenKind::variable, "$Amavis::Conf::x", "Amavis::Conf::x"},
      {"$#list", Expect::term, TokenKind::variable, "$#list", "list"},
      {"$$x", Expect::term, TokenKind::cast, "$", "$"},
      {"@{$x}", Expect::term, TokenKind::cast, "@", "@"},
      {"1_000.5e3", Expect::term, TokenKind::number, "1_000.5e3", "1_000.5e3"},
      {"1..3", Expect::term, TokenKind::number, "1", "1"},
      {"0x1fg", Expect::term, TokenKind::number, "0x1f", "0x1f"},
      {"<=>", Expect::op, TokenKind::op, "<=>", "<=>"},
      {"**= 2", Expect::op, TokenKind::op, "**=", "**="},
      {"//= 2", Expect::op, TokenKind::op, "//=", "//="},
      {"  # comment\n  word", Expect::term, TokenKind::word, "word", "word"},
      {"", Expect::term, TokenKind::end, "", ""},
      {"\xc2\xa0", Expect::term, TokenKind::broken, "\xc2", "unrecognized character"},
      {"$ ;", Expect::term, TokenKind::broken, "$", "a variable's name is missing"},
      {"'abc", Expect::term, TokenKind::broken, "'", "this string is never closed"},
      {"08", Expect::term, TokenKind::broken, "08",
       "a number that begins with 0 is octal, and 8 and 9 are no octal digits"},
      {"0b12", Expect::term, TokenKind::broken, "0b12", "a digit of this number is none in its base"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    Lexer lexer(c.text);
    const Token token = lexer.peek(c.expect);
    CHECK(token.kind == c.kind);
    CHECK(token.text == c.is);
    const std::string_view whole = lexer.slice(token.span);
    CHECK((c.kind == TokenKind::broken ? whole.substr(0, c.whole.size()) : whole) == c.whole);
  }
}

TEST_CASE("quotes: their bodies, with brackets that nest and delimiters that are escaped")
{
  struct Case {
    std::string_view text;
    std::string_view op;
    std::string_view body;
    std::string_view second;
    std::string_view flags;
    bool interpolates;
  };
  const Case cases[]{
      {"'a\\'b' c", "q", "a\\'b", "", "", false},
      {R"("a\"b")", "qq", "a\\\"b", "", "", true},
      {"q{a{b}c} d", "q", "a{b}c", "", "", false},
      {"q(a\\)b)", "q", "a\\)b", "", "", false},
      {"qq<a<b>>", "qq", "a<b>", "", "", true},
      {"qw[a [b] c]", "qw", "a [b] c", "", "", false},
      {"q !a!", "q", "a", "", "", false},
      {"q # a comment\n 'x'", "q", "x", "", "", false},
      {"q#a#", "q", "a", "", "", false},
      {"q xaxb", "q", "a", "", "", false},
      {"qr/a\\/b/ix;", "qr", "a\\/b", "", "ix", true},
      {"qr'a$b'", "qr", "a$b", "", "", false},
      {"s/a/b/g", "s", "a", "b", "g", true},
      {"s{a{1}} {b}", "s", "a{1}", "b", "", true},
      {"tr/a-z/A-Z/r", "tr", "a-z", "A-Z", "r", false},
      {"y/a/b/", "tr", "a", "b", "", false},
      {"m,a,", "m", "a", "", "", true},
      {"`ls`", "qx", "ls", "", "", true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    Lexer lexer(c.text);
    const Token token = lexer.next(Expect::term);
    REQUIRE(token.kind == TokenKind::quote);
    CHECK(token.text == c.op);
    CHECK(lexer.slice(token.body) == c.body);
    CHECK(lexer.slice(token.second) == c.second);
    CHECK(token.flags == c.flags);
    CHECK(token.interpolates == c.interpolates);
  }
}

TEST_CASE("here-documents begin on the next line, in their order, and are passed over")
{
  const std::string_view text = "<<A . <<'B', 1\na\nA\nb\nB\nnext";
  Lexer lexer(text);
  const Token first = lexer.next(Expect::term);
  CHECK(first.kind == TokenKind::here_document);
  CHECK(lexer.slice(first.span) == "<<A");
  CHECK(lexer.slice(first.body) == "a\n");
  CHECK(first.interpolates);
  CHECK(lexer.next(Expect::op).text == ".");
  const Token second = lexer.next(Expect::term);
  CHECK(lexer.slice(second.body) == "b\n");
  CHECK_FALSE(second.interpolates);
  CHECK(lexer.next(Expect::op).text == ",");
  CHECK(lexer.next(Expect::term).text == "1");
  CHECK(lexer.next(Expect::term).text == "next");
}

TEST_CASE("here-documents that are not right")
{
  struct Case {
    std::string_view text;
    std::string_view what;
  };
  const Case cases[]{
      {"<<A;\ntext\n", "this here-document is never ended"},
      {"<<'A;\n", "the name of this here-document is never closed"},
      {"<<~A;\n    a\n  b\n    A\n", "a line of this here-document is not indented as its end is"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    Lexer lexer(c.text);
    const Token token = lexer.next(Expect::term);
    CHECK(token.kind == TokenKind::broken);
    CHECK(token.text == c.what);
    CHECK(token.span.begin == 0);
  }
  Lexer indented("<<~A;\n    a\n      b\n    A\n");
  CHECK(indented.next(Expect::term).indent == 4);
}

TEST_CASE("a byte order mark at the beginning is blank, a word before => is a string")
{
  Lexer marked("\xef\xbb\xbf$x");
  CHECK(marked.next(Expect::term).span == Span{3, 5});
  const Lexer fat("q => 1");
  CHECK(fat.fat_comma_at(1));
  CHECK_FALSE(fat.fat_comma_at(4));
  const Lexer far("q # comment\n\n => 1");
  CHECK(far.fat_comma_at(1));
}

TEST_CASE("a lexer of a part sees nothing behind it, and its places are those of the whole")
{
  Lexer part("one two three", Span{4, 7});
  CHECK(part.next(Expect::term).span == Span{4, 7});
  CHECK(part.next(Expect::term).kind == TokenKind::end);
  CHECK(part.at(8) == '\0');
}

TEST_SUITE_END();
