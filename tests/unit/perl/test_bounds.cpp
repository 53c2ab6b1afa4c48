#include "perl/run.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

using namespace dkimctl::perl;

TEST_SUITE_BEGIN("perl: every evaluation ends");

TEST_CASE("what would take too long is a failure, and what follows does not run")
{
  const std::string_view texts[]{
      "for (1..1000) { for (1..1000) { $domain = 1 } }",
      "for (1..1000) { @list = (1..1000) }",
      "for (1..1000) { @list = ('a'..'zzzzzzz') }",
      "for (1..1000) { $list[$_][4999] = 1 }",
      "for (1..1000) { $#{$list[$_]} = 4999 }",
      "for (1..1000) { @{$list[$_]}[4999] = (1) }",
      "@list = (1, 2); for (1..100) { @list = (@list, @list) }",
      "@list = (1, 2); for (1..100) { push @list, @list }",
      "@list = (1..1000); @list = (@list) x 100000;",
      "%table = (a => 1); for (1..1000) { @list = (@list, %table) }",
      "my $x = 'x' x 100000; for (1..1000) { push @list, $x }",
      "my $x = 'x' x 100000; for (1..1000) { $domain = $x . $_ }",
      "my $x = 'x' x 100000; for (1..1000) { $domain = \"$x$_\" }",
      "@list = (1..2000); for (1..1000) { unshift @list, shift @list }",
      "use constant MANY => (1..1000); for (1..1000) { push @list, MANY }",
      "my $x = 'x' x 1000; for (1..1000) { @list = split(//, $x) }",
      "for (1..1000) { eval '# ' . 'x' x 1000 }",
      "for (1..1000) { include('empty') }",
      "for (1..1000) { do './loops' }",
  };
  for (const std::string_view text : texts) {
    CAPTURE(text);
    const Run run{std::string{text} + " key('a', 'b');",
                  {{"empty", "1;"}, {"loops", "for (1..50000) { $domain = 1 }"}},
                  20'000};
    REQUIRE(run.failures().size() == 1);
    CHECK(run.interpreter.failures()[0].what == "this takes too long to evaluate");
    CHECK(run.interpreter.failures()[0].hint == "a loop runs over too many elements");
    CHECK(run.calls.empty());
  }
}

TEST_CASE("calls of subs that call one another twice end as well")
{
  std::string text = "sub f0 { $domain = 'x' }\n";
  for (int i = 1; i <= 60; ++i) {
    text += fmt::format("sub f{0} {{ f{1}(); f{1}(); }}\n", i, i - 1);
  }
  const Run run{text + "f60();", {}, 5000};
  REQUIRE(run.failures().size() == 1);
  CHECK(run.interpreter.failures()[0].what == "this takes too long to evaluate");
}

TEST_CASE("the more is read, the more may be evaluated")
{
  std::string text;
  for (int i = 0; i < 1'000; ++i) {
    text +=
        "push @list, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q';\n";
  }
  const Run run{text, {}, 5000};
  CHECK(run.failures().empty());
  CHECK(run.interpreter.array("list")->items.size() == 17'000);
}

TEST_CASE("a chain of twenty thousand references is made, and freed")
{
  const std::string more = '#' + std::string(100'000, ' ') + '\n';  // that it may take its time
  const Run run{more + "my $x; for (1..20000) { $x = [$x] } $domain = 'done';"};
  CHECK(run.failures().empty());
  CHECK(run.domain() == "'done'");
  const Run hashes{more + "my $x; for (1..10000) { $x = {a => [$x], b => 1}; } $domain = 'done';"};
  CHECK(hashes.domain() == "'done'");
}

TEST_CASE("files that include one another inside of blocks run out of depth before the stack does")
{
  std::string deep;
  std::string end;
  for (int i = 0; i < 90; ++i) {
    deep += "if (1) { ";
    end += " }";
  }
  const Run run{deep + "include('main');" + end};
  REQUIRE(run.failures().size() == 1);
  CHECK(run.interpreter.failures()[0].what == "this is nested too deep to be evaluated");
}

TEST_SUITE_END();
