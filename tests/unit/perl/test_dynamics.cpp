#include "perl/run.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

using namespace dkimctl::perl;

namespace {

const std::string kEnvironment = "nowhere: Perl's own variable %ENV: ";

}  // namespace

TEST_SUITE_BEGIN("perl: what cannot be known");

TEST_CASE("it has its place, and reaches what it is assigned to")
{
  struct Case {
    std::string_view text;
    std::string_view dynamic;
    std::string_view domain;
  };
  const Case cases[]{
      {"$domain = `uname -n`;", "main:1:11: command `uname -n`: $domain", "<command `uname -n`>"},
      {"$domain = time;", "main:1:11: function time: $domain", "<function time>"},
      {"$domain = <STDIN>;", "main:1:11: input from a file: $domain", "<input from a file>"},
      {"$domain = -e '/x';", "main:1:11: file test -e: $domain", "<file test -e>"},
      {"$domain = do { 'a' };", "main:1:11: do block: $domain", "<do block>"},
      {"$domain = \\@list . '';", "main:1:11: address of a reference: $domain", "<address of a reference>"},
      {"$domain = 'abc'; $domain =~ s/a/b/;", "main:1:18: change by s///: $domain", "<change by s///>"},
      {"$domain = 'a' =~ /a/;", "main:1:11: match of a regular expression: $domain",
       "<match of a regular expression>"},
      {"$domain = 18446744073709551615;", "main:1:11: number beyond 63 bits: $domain",
       "<number beyond 63 bits>"},
      {"$domain = sprintf('%999999999d', 3);", "main:1:11: format of sprintf: $domain",
       "<format of sprintf>"},
      {"$domain = sprintf('%05s', 'ab');", "main:1:11: format of sprintf: $domain", "<format of sprintf>"},
      {R"($domain = sprintf('%5s', "a\0b");)", "main:1:11: format of sprintf: $domain",
       "<format of sprintf>"},
      {"$domain = sprintf('%5c', 65);", "main:1:11: format of sprintf: $domain", "<format of sprintf>"},
      {"$domain = sprintf('%5%');", "main:1:11: format of sprintf: $domain", "<format of sprintf>"},
      {"$domain = sprintf('%u', 1e19);", "main:1:11: format of sprintf: $domain", "<format of sprintf>"},
      {"$domain = sprintf('%g', 9**9**9);", "main:1:11: format of sprintf: $domain", "<format of sprintf>"},
      {"$domain = 1e19 % 7;", "main:1:11: operator %: $domain", "<operator %>"},
      {"$domain = sprintf('%c', 300);", "main:1:11: format of sprintf: $domain", "<format of sprintf>"},
      {"$domain = sprintf('%500s' x 3000, 'a');", "main:1:11: format of sprintf: $domain",
       "<format of sprintf>"},
      {"$domain = hex('ffffffffffffffff');", "main:1:11: number beyond 63 bits: $domain",
       "<number beyond 63 bits>"},
      {"$domain = abs(-9223372036854775807 - 1);", "main:1:11: number beyond 63 bits: $domain",
       "<number beyond 63 bits>"},
      {"$domain = '9300000000000000000'; $domain--;", "main:1:34: number beyond 63 bits: $domain",
       "<number beyond 63 bits>"},
      {"$domain = 'x' x 99999999;", "main:1:11: operator x: $domain", "<operator x>"},
      {"$domain = 'x' x 1000000; $domain = \"$domain$domain\";",
       "main:1:36: string of a size beyond reason: $domain", "<string of a size beyond reason>"},
      {"my @x = ('x' x 1000) x 2000; $domain = join('', @x);",
       "main:1:40: string of a size beyond reason: $domain", "<string of a size beyond reason>"},
      {"while (1) { $domain = 'a' }", "main:1:1: 'while' loop: $domain", "<'while' loop>"},
      {"for (my $i = 0; $i < 3; $i++) { $domain = 'a' }", "main:1:1: 'for' loop: $domain", "<'for' loop>"},
      {"sub f { $domain = 'x' } f();", "main:1:25: call of f(): $domain", "<call of f()>"},
      {"my $x; BEGIN { $x = 'a' } $domain = $x;", "main:1:4: variable x in a BEGIN block: $domain",
       "<variable x in a BEGIN block>"},
      {"my @x; BEGIN { push @x, 'a' } $domain = $x[0];", "main:1:4: variable x in a BEGIN block: $domain",
       "<variable x in a BEGIN block>"},
      {"eval { $domain = 'a' };", "main:1:1: eval block: $domain", "<eval block>"},
      {"eval '$domain = 1;';", "main:1:1: eval of a string: $domain", "<eval of a string>"},
      {"$domain = 'a' if -e '/x';", "main:1:18: file test -e: $domain", "<file test -e>"},
      {"return 1 if -e '/x'; $domain = 'a';", "main:1:13: file test -e: $domain", "<file test -e>"},
      {"$domain = (-e '/x') ? 'a' : 'b';", "main:1:12: file test -e: $domain", "<file test -e>"},
      {"$domain = -e '/x' || 'b';", "main:1:11: file test -e: $domain", "<file test -e>"},
      {"my $x = time; my $y = \"a$x\"; $domain = $y;", "main:1:9: function time: $domain", "<function time>"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const Run run{std::string{c.text}};
    CHECK(run.failures().empty());
    CHECK(run.dynamics() == std::vector<std::string>{std::string{c.dynamic}});
    CHECK(run.domain() == c.domain);
  }
}

TEST_CASE("an array or hash may be unknown in part, or altogether")
{
  struct Case {
    std::string_view text;
    std::string_view list;
    std::string_view table;
    std::string_view dynamic;
  };
  const Case cases[]{
      {"my $t = time; @list = ($t, 1);", "[<function time>, 1]", "{}", "main:1:9: function time: @list"},
      {"@list = glob('*');", "[<function glob>]", "{}", "main:1:9: function glob: @list"},
      {"@list = map { $_ } (1, 2);", "[<function map>]", "{}", "main:1:9: function map: @list"},
      {"@list = keys %{{a => 1, b => 2}};", "[<order of keys>]", "{}", "main:1:9: order of keys: @list"},
      {"my @x = (1); @list = ('a'..'zzzzzzz'); $domain = @x;", "[<range>]", "{}", "main:1:23: range: @list"},
      {"@list = (1..10_000_000);", "[<range>]", "{}", "main:1:10: range: @list"},
      {"$list[5_000_000] = 1;", "[<array of a size beyond reason>]", "{}",
       "main:1:1: array of a size beyond reason: @list"},
      {"$#list = 9223372036854775807;", "[<change of an array's size>]", "{}",
       "main:1:1: change of an array's size: @list"},
      {"my @x; push(1 ? @list : @x, 1);", "[<choice of a variable>]", "{}",
       "main:1:13: choice of a variable: @list"},
      {"$list[time] = 1;", "[<function time>]", "{}", "main:1:7: function time: @list"},
      {"push @list, 1 if -e '/x';", "[<file test -e>]", "{}", "main:1:18: file test -e: @list"},
      {"my $t = time; %table = (a => $t, b => 2);", "[]", "{a => <function time>, b => 2}",
       "main:1:9: function time: %table"},
      {"$table{time()} = 1; $table{b} = 2;", "[]", "{b => 2, <function time>}",
       "main:1:8: function time: %table"},
      {"$table{a} = 1 if -e '/x';", "[]", "{<file test -e>}", "main:1:18: file test -e: %table"},
      {"%table = map { $_ => 1 } qw(a b);", "[]", "{<function map>}", "main:1:10: function map: %table"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const Run run{std::string{c.text}};
    CHECK(run.failures().empty());
    CHECK(run.list() == c.list);
    CHECK(run.table() == c.table);
    CHECK(run.dynamics() == std::vector<std::string>{std::string{c.dynamic}});
  }
}

TEST_CASE("a call is made in every branch that may be taken, and says on what it depends")
{
  struct Case {
    std::string_view text;
    std::vector<std::string> calls;
  };
  const Case cases[]{
      {"if ($ENV{X}) { key('a', 'b') } else { key('c', 'd') } key('e', 'f');",
       {"key('a', 'b') at main:1:16 if <element of %ENV>", "key('c', 'd') at main:1:39 if <element of %ENV>",
        "key('e', 'f') at main:1:55"}},
      {"key('a', 'b') unless -e '/x';", {"key('a', 'b') at main:1:1 if <file test -e>"}},
      {"$ENV{X} && key('a', 'b');", {"key('a', 'b') at main:1:12 if <element of %ENV>"}},
      {"$ENV{X} ? key('a', 'b') : key('c', 'd');",
       {"key('a', 'b') at main:1:11 if <element of %ENV>",
        "key('c', 'd') at main:1:27 if <element of %ENV>"}},
      {"while (1) { key('a', 'b') }", {"key('a', 'b') at main:1:13 if <'while' loop>"}},
      {"for my $x (`ls`) { key($x, 'b') }", {"key(<command `ls`>, 'b') at main:1:20 if <command `ls`>"}},
      {"sub f { key('a', 'b') } f();", {"key('a', 'b') at main:1:9 if <call of f()>"}},
      {"sub f { key('a', 'b') }", {}},
      {"eval { key('a', 'b') };", {"key('a', 'b') at main:1:8 if <eval block>"}},
      {R"(eval 'key("a", "b");';)", {"key('a', 'b') at eval at main:1:1:1 if <eval of a string>"}},
      {"return 1 if $ENV{X}; key('a', 'b');", {"key('a', 'b') at main:1:22 if <element of %ENV>"}},
      {"for (1) { last if $ENV{X}; key('a', 'b') } key('c', 'd');",
       {"key('a', 'b') at main:1:28 if <element of %ENV>", "key('c', 'd') at main:1:44"}},
      {"if ($ENV{X}) { if (0) { key('a', 'b') } key('c', 'd') }",
       {"key('c', 'd') at main:1:41 if <element of %ENV>"}},
      {"key(time, 'b');", {"key(<function time>, 'b') at main:1:1"}},
      {"key('a', 'b', glob('*'));", {"key('a', 'b', <function glob>...) at main:1:1"}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const Run run{std::string{c.text}};
    CHECK(run.failures().empty());
    CHECK(run.calls == c.calls);
  }
}

TEST_CASE("what was set before, and what is set after, is known")
{
  CHECK(Run{"$domain = $ENV{X}; $domain = 'known';"}.domain() == "'known'");
  CHECK(Run{"$domain = 'known'; if ($ENV{X}) { my $domain = 'other' }"}.domain() == "'known'");
  CHECK(Run{"if ($ENV{X}) { $domain = 'a' } $domain = 'known';"}.domain() == "'known'");
  CHECK(Run{"$domain = 'known'; $table{$ENV{X}} = 1;"}.domain() == "'known'");
}

TEST_CASE("code that is not known may have changed everything")
{
  const Run run{"$domain = 'a'; @list = (1); eval $ENV{X}; $table{a} = 1;"};
  CHECK(run.domain() == "<eval of a string>");
  CHECK(run.list() == "[<eval of a string>]");
  CHECK(run.table() == "{a => 1, <eval of a string>}");
  CHECK(run.dynamics() ==
        std::vector<std::string>{kEnvironment, "main:1:34: element of %ENV: ",
                                 "main:1:29: eval of a string: dkim_key, everything set before it"});
}

TEST_CASE(
    "what a call is given by reference is not known behind it, however deep, and though it is its own part")
{
  CHECK(Run{"use X; my @x = (1); f(\\@x); @list = @x;"}.list() == "[<call of f()>]");
  CHECK(Run{"use X; @list = ('a'); my $r = \\$list[0]; f(\\@list); $domain = $$r;"}.domain() ==
        "<call of f()>");
  CHECK(Run{"use X; %table = (k => 1); my $r = \\$table{k}; f(\\%table); $domain = $$r;"}.domain() ==
        "<call of f()>");
  CHECK(Run{"use X; my %h = (a => \\@list); @list = (1); f(\\%h);"}.list() == "[<call of f()>]");
  std::string deep = "use X; @list = (1); my $x = \\@list;";
  for (int i = 0; i < 30; ++i) {
    deep += " $x = [$x];";
  }
  CHECK(Run{deep + " f($x);"}.list() == "[<call of f()>]");
  const Run cycle{
      "use X; my @x; @x = (\\@x, \\@x, \\@x, \\@x, \\@x, \\@x, \\@x, \\@x, \\@list); @list = (1); "
      "f(\\@x); @x = ();"};
  CHECK(cycle.list() == "[<call of f()>]");
}

TEST_CASE("one place is one finding, with all that it reaches")
{
  const Run run{"my $x = time; $domain = $x; @list = ($x); $table{k} = $x;"};
  CHECK(run.dynamics() == std::vector<std::string>{"main:1:9: function time: $domain, %table, @list"});
}

TEST_SUITE_END();
