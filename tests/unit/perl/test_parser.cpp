#include "perl/parser.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

using namespace dkimctl;
using perl::Node;
using perl::NodeKind;
using perl::parse;
using perl::ParseResult;

namespace {

constexpr std::array<std::string_view, 3> kVariables{"$domain", "%table", "@list"};
constexpr std::array kFunctions{perl::Signature{"key", "$$;@"}};
static_assert(std::ranges::is_sorted(kVariables) &&
              std::ranges::is_sorted(kFunctions, {}, &perl::Signature::name));
constexpr perl::Vocabulary kVocabulary{"Conf", kVariables, kFunctions};

constexpr std::string_view kSpelling =
    "amavisd has no variable of that name: check its spelling, or declare it with 'my'";
constexpr std::string_view kDeep = "blocks or expressions are nested too deep";

/// The first node of a kind, the outermost first; null where there is none.
const Node* find(const Node& node, NodeKind kind)
{
  if (node.kind == kind) {
    return &node;
  }
  for (const Node* const kid : node.kids) {
    if (const Node* const found = find(*kid, kind)) {
      return found;
    }
  }
  return nullptr;
}

std::string repeated(std::string_view text, int count)
{
  std::string out;
  for (int i = 0; i < count; ++i) {
    out += text;
  }
  return out;
}

}  // namespace

TEST_SUITE_BEGIN("perl::parse");

TEST_CASE("what does not compile is said where it is wrong")
{
  struct Case {
    std::string_view text;
    Position where;
    std::string_view bytes;
    std::string_view what;
    std::string_view hint;
  };
  const Case cases[]{
      {"$domain = 'a'\nkey('a', 'b');",
       {1, 14},
       "",
       "expected an operator or ';' before 'key'",
       "end the statement before it with ';'"},
      {"$domain = ;", {1, 11}, ";", "expected an expression, got ';'", ""},
      {"$domain = 5 6;", {1, 13}, "6", "expected an operator or ';', got '6'", ""},
      {"$domain = 'it's';", {1, 15}, "s", "expected an operator or ';', got 's'", ""},
      {"@list = ('a', 'b'\nkey('x', 'y');",
       {2, 1},
       "key",
       "expected ','",
       "separate the elements of a list with commas"},
      {"key('a', 'b';", {1, 13}, ";", "expected ')', got ';'", ""},
      {"$domain = {a => 1;", {1, 18}, ";", "expected '}', got ';'", ""},
      {"$domain = [1, 2;", {1, 16}, ";", "expected ']', got ';'", ""},
      {"if ($domain) { $domain = 1;", {1, 14}, "{", "this '{' is never closed", "add the missing '}'"},
      {"if $domain { }", {1, 4}, "$", "expected '(', got '$'", ""},
      {"for my $x 1, 2 { }", {1, 11}, "1", "expected '(', got '1'", ""},
      {"}", {1, 1}, "}", "expected an expression, got '}'", ""},
      {"else { }", {1, 1}, "else", "expected an expression, got 'else'", ""},
      {"1 = 2;", {1, 1}, "1", "this cannot be assigned to", ""},
      {"'a' . 'b' = 'c';", {1, 1}, "'a' . 'b'", "this cannot be assigned to", ""},
      {"push(foo, 1);",
       {1, 6},
       "foo",
       "the first argument of push is no array",
       "write @name, or @{$reference}"},
      {"my $x = [];\nshift $x;",
       {2, 7},
       "$x",
       "the first argument of shift is no array",
       "write @name, or @{$reference}"},
      {"++1;", {1, 3}, "1", "this cannot be changed", ""},
      {"my $x[0] = 1;", {1, 6}, "[", "expected an operator or ';', got '['", ""},
      {"my $Conf::x = 1;", {1, 4}, "$Conf::x", "'my' cannot declare a variable of a package", ""},
      {"$domain = 1 .. 2 .. 3;", {1, 18}, "..", "'..' cannot follow '..' without parentheses", ""},
      {"$domain = \"$x[\";", {1, 15}, "", "expected an expression, got end of file", ""},
      {"$domain = \"a$\";",
       {1, 13},
       "$",
       "a '$' at the end of a string",
       "write \\$ if the character is meant"},
      {"$domain = qr/a(b/;",
       {1, 11},
       "qr/a(b/",
       "this regular expression does not compile: at offset 3: missing closing parenthesis",
       ""},
      {"use v9;", {1, 5}, "v9", "v9 asks for a Perl that there is not", ""},
      {"format STDOUT =",
       {1, 1},
       "format",
       "formats are not understood",
       "a configuration has no use for them"},
      {"lc('a', 'b');", {1, 9}, "'b'", "too many arguments for lc: it takes one", ""},
      {"sub f($) { } f(1,2);", {1, 18}, "2", "too many arguments for f: it takes 1", ""},
      {"key('a');",
       {1, 1},
       "key('a')",
       "not enough arguments for key: it takes 2, here are 1",
       "each argument is an expression of its own: a list such as qw(...) or @x counts as one"},
      {"use strict;\n$domain = foo;",
       {2, 11},
       "foo",
       "'foo' is neither quoted nor known, and 'use strict' forbids that",
       "put a string in quotes"},
      {"use strict; $domain = \"x$y\";",
       {1, 25},
       "$y",
       "variable $y is not declared, and 'use strict' forbids that",
       kSpelling},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const SourceText source("conf", std::string{c.text});
    const ParseResult result = parse(source.text(), kVocabulary);
    REQUIRE(result.errors.size() == 1);
    const ParseError& error = result.errors[0];
    CHECK(source.position(error.where.begin) == c.where);
    CHECK(source.at(error.where) == c.bytes);
    CHECK(error.what == c.what);
    CHECK(error.hint == c.hint);
  }
}

TEST_CASE("every undeclared name is reported, but only the first syntax error")
{
  const std::string text = "use strict;\n$one = 1;\n$domain = $two;\n$domain = ;\n$three = ;\n";
  const SourceText source("conf", text);
  const ParseResult result = parse(source.text(), kVocabulary);
  std::vector<std::string> all;
  for (const ParseError& error : result.errors) {
    all.push_back(std::to_string(source.position(error.where.begin).line) + " " + error.what);
  }
  CHECK(all == std::vector<std::string>{"2 variable $one is not declared, and 'use strict' forbids that",
                                        "3 variable $two is not declared, and 'use strict' forbids that",
                                        "4 expected an expression, got ';'"});
}

TEST_CASE("what Perl compiles has no errors")
{
  const std::string_view texts[]{
      "",
      "\n\n# nothing\n",
      "key('a', 'b', 'c', 'd')",  // no ';' at the end
      "key 'a', 'b';",
      "use strict; my $x; { my $y = $x; } our @z; @z = ($x);",
      "use strict; $Conf::anything = $Other::thing;",
      "no strict; $anything = bareword;",
      "%table = (if => 1, q => 2, -x => 3, y => 4, s => 5);",
      "$table{q}{s}{y} = $table{-x};",
      "$domain = 'a' if 1; $domain = 'b' unless 0; $domain = 'c' for 1, 2;",
      "LINE: for (1) { next LINE }",
      "$domain = 4 / 2; # / no pattern",
      "my $x = []; push @$x, 1; push @{$x}, 2; push my @y, 3; pop @{$x->[0]}; push((@y), 1);",
      "push(1 ? @x : @y, 1);",
      "__END__\n$domain = ;",
      "=pod\n\n$domain = ;\n\n=cut\n\n1;",
  };
  for (const std::string_view text : texts) {
    CAPTURE(text);
    CHECK(parse(text, kVocabulary).errors.empty());
  }
}

TEST_CASE("the tree has the operators' precedence, and the bytes of each node")
{
  const std::string_view text = "$domain = 1 + 2 * 3 . 'a' x 2;";
  const ParseResult result = parse(text, kVocabulary);
  REQUIRE(result.errors.empty());
  const Node* const assignment = find(*result.syntax.root, NodeKind::assignment);
  REQUIRE(assignment != nullptr);
  CHECK(assignment->span == Span{0, 29});
  CHECK(assignment->text == "=");
  CHECK(assignment->kids[0]->kind == NodeKind::scalar_variable);
  CHECK(assignment->kids[0]->text == "domain");
  const Node& concatenation = *assignment->kids[1];  // + and . are equals: (1 + (2 * 3)) . ('a' x 2)
  CHECK(concatenation.text == ".");
  CHECK(concatenation.span == Span{10, 29});
  CHECK(concatenation.kids[0]->text == "+");
  CHECK(concatenation.kids[0]->kids[1]->text == "*");
  CHECK(concatenation.kids[0]->kids[1]->span == Span{14, 19});
  CHECK(concatenation.kids[1]->text == "x");
  CHECK(concatenation.kids[1]->kids[0]->kind == NodeKind::string);
}

TEST_CASE("what looks alike is told apart")
{
  struct Case {
    std::string_view text;
    NodeKind kind;
    std::string_view bytes;
  };
  const Case cases[]{
      {"@list = ({a => 1});", NodeKind::hash_literal, "{a => 1}"},
      {"{ $domain = 1 }", NodeKind::assignment, "$domain = 1"},
      {"$domain = $x{a};", NodeKind::entry, "$x{a}"},
      {"$domain = $x[1];", NodeKind::element, "$x[1]"},
      {"$domain = \"$x[1]\";", NodeKind::element, "$x[1]"},
      {"@list = @x[1, 2];", NodeKind::array_slice, "@x[1, 2]"},
      {"@list = @x{'a', 'b'};", NodeKind::hash_slice, "@x{'a', 'b'}"},
      {"@list = (1, 2)[0];", NodeKind::list_slice, "(1, 2)[0]"},
      {"$domain = $#x;", NodeKind::array_last, "$#x"},
      {"$domain = $$x;", NodeKind::dereference, "$$x"},
      {"@list = @{$x->{a}};", NodeKind::dereference, "@{$x->{a}}"},
      {"$domain = 127.0.0.1;", NodeKind::version, "127.0.0.1"},
      {"$domain = 1.5;", NodeKind::number, "1.5"},
      {"$domain = -e '/x';", NodeKind::file_test, "-e '/x'"},
      {"%table = (-e => 1);", NodeKind::string, "-e"},
      {"$domain = <$x>;", NodeKind::read_line, "<$x>"},
      {"$domain = 1 < 2;", NodeKind::binary, "1 < 2"},
      {"$domain = `hostname`;", NodeKind::command, "`hostname`"},
      {"$domain = split /,/, 'a';", NodeKind::match, "/,/"},
      {"$domain = sub { 1 };", NodeKind::anonymous_sub, "sub { 1 }"},
      {"$domain = \\&key;", NodeKind::code_variable, "&key"},
      {"My::Class->new('a');", NodeKind::method, "My::Class->new('a')"},
      {"$x->('a');", NodeKind::code_call, "$x->('a')"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const SourceText source("conf", std::string{c.text});
    const ParseResult result = parse(source.text(), kVocabulary);
    CHECK(result.errors.empty());
    const Node* const found = find(*result.syntax.root, c.kind);
    REQUIRE(found != nullptr);
    CHECK(source.at(found->span) == c.bytes);
  }
}

TEST_CASE("BEGIN and use constant come first, and modules make functions unknown")
{
  const std::string_view text = "$domain = 1; BEGIN { 1 } use constant X => 2;";
  const ParseResult result = parse(text, kVocabulary);
  REQUIRE(result.syntax.early.size() == 2);
  CHECK(result.syntax.early[0]->span == Span{19, 24});
  CHECK_FALSE(result.syntax.imports_unknown);
  CHECK(parse("use My::Module;", kVocabulary).syntax.imports_unknown);
}

TEST_CASE("nesting is bounded, whatever it is made of")
{
  struct Case {
    std::string_view open;
    std::string_view close;
  };
  const Case cases[]{
      {"(", ")"},       {"[", "]"},       {"{", "}"},         {"if (1) {", "}"}, {"!", ""},
      {"\\", ""},       {"1 ? 2 : ", ""}, {"$domain = ", ""}, {"2 ** ", ""},     {"'a' . ", ""},
      {"1 && ", ""},    {"1 and ", ""},   {"do { ", "}"},     {"sub { ", "}"},   {"\"@{[ ", " ]}\""},
      {"key(1, ", ")"}, {"lc ", ""},      {"$$x{", "}"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.open);
    const std::string deep = repeated(c.open, 3000) + "1" + repeated(c.close, 3000) + ";";
    const ParseResult refused = parse(deep, kVocabulary);
    REQUIRE(refused.errors.size() == 1);
    const std::string shallow = repeated(c.open, 10) + "1" + repeated(c.close, 10) + ";";
    const ParseResult fine = parse(shallow, kVocabulary);
    CHECK((fine.errors.empty() || fine.errors[0].what != kDeep));
  }
}

TEST_CASE("what nests without brackets is bounded as well")
{
  const std::string chains[]{
      "$domain = 'a'" + repeated(" . 'a'", 3000) + ";",
      "$domain = 1" + repeated(" && 1", 3000) + ";",
      "my $x; $x" + repeated("->[0]", 3000) + " = 1;",
      "my $x; $x" + repeated("{a}", 3000) + " = 1;",
      "BEGIN { $domain = 'a'" + repeated(" . 'a'", 3000) + " }",
  };
  for (const std::string& chain : chains) {
    CAPTURE(chain.substr(0, 30));
    const ParseResult result = parse(chain, kVocabulary);
    REQUIRE(result.errors.size() == 1);
    CHECK(result.errors[0].what == kDeep);
  }
  CHECK(parse("$domain = 'a'" + repeated(" . 'a'", 400) + ";", kVocabulary).errors.empty());
}

TEST_SUITE_END();
