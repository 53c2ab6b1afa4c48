#include "perl/run.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

using namespace dkimctl::perl;

TEST_SUITE_BEGIN("perl::Interpreter");

TEST_CASE("strings")
{
  struct Case {
    std::string_view text;
    std::string_view domain;
  };
  const Case cases[]{
      {"$domain = \"a$x[1]b\";", "'ab'"},
      {"my @x = (1,2,3); $domain = \"a$x[1]b$x[-1]$#x\";", "'a2b32'"},
      {"my %h = (k => 'v'); $domain = \"$h{k} $h{'k'} @h{'k'}\";", "'v v v'"},
      {"my @x = (1,2,3); $domain = \"@x[0,1] @x\";", "'1 2 1 2 3'"},
      {R"(my @x = (1,2); $" = '-'; $domain = "@x";)", "'1-2'"},
      {"my $r = {a => [1, {b => 2}]}; $domain = \"$r->{a}[1]{b} $$r{a}[0] @{$r->{a}}[0]\";", "'2 1 1'"},
      {R"(my $x = 'v'; $domain = "${x}s ${\ 'y'} @{[ 1 + 2 ]} $x-> $x [1]";)", "'vs y 3 v-> v [1]'"},
      {R"($domain = "a\tb\x41\x{42}\103\$x\@y\"";)", "'a\tbABC$x@y\"'"},
      {R"($domain = "\LABC\E\Udef\E\uxyz\lXYZ\Qa.b\E.";)", "'abcDEFXyzxYZa\\.b.'"},
      {R"($domain = 'a\'b\\c\d';)", "'a'b\\c\\d'"},
      {"$domain = q{a{b}c} . q(a(b)c) . q<a<b>c> . q[a[b]c] . q!a!;", "'a{b}ca(b)ca<b>ca[b]ca'"},
      {"$domain = q # a comment\n 'x';", "'x'"},
      {"$domain = \"a\"\n\n. \"b\"\n;", "'ab'"},
      {"$domain = -x => ;", "'-x'"},
      {"$domain = 'a\r\nb';\r\n", "'a\nb'"},
      {"$domain = \"a\\\r\nb\\\rc\";", "'a\nb\rc'"},
      {"\xef\xbb\xbf$domain = 'a';", "'a'"},
      {"my $x = 1; $domain = <<A . 'end';\na$x\nA\n", "'a1\nend'"},
      {"$domain = <<'A' . <<B;\na $x\nA\nb\nB\n", "'a $x\nb\n'"},
      {"$domain = <<~A;\n    x\n      y\n    A\n", "'x\n  y\n'"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const Run run{std::string{c.text}};
    CHECK(run.failures().empty());
    CHECK(run.domain() == c.domain);
  }
}

TEST_CASE("an address without quotes is four characters")
{
  CHECK(Run{"$domain = 127.0.0.1;"}.domain() == std::string("'\x7f\0\0\x01'", 6));
}

TEST_CASE("operators and functions, in $domain")
{
  struct Case {
    std::string_view text;
    std::string_view domain;
  };
  const Case cases[]{
      {"$domain = '10' + '20abc';", "30"},
      {"$domain = 7 / 2;", "3.5"},
      {"$domain = -7 % 3;", "2"},
      {"$domain = 2 ** 10;", "1024"},
      {"$domain = -9223372036854775807 - 1; $domain = $domain ** 1;", "-9.22337203685478e+18"},
      {"$domain = hex('7fffffffffffffff');", "9223372036854775807"},
      {"$domain = hex('1ffffffffffffffff');", "3.68934881474191e+19"},
      {"$domain = 'a' lt 'b' cmp 'c';", "-1"},
      {"$domain = 1 + 1 . 1 + 1;", "22"},
      {"$domain = 'ab' x 3;", "'ababab'"},
      {"$domain = 'ab' x -1;", "''"},
      {"$domain = !1;", "''"},
      {"$domain = 'Az'; $domain++;", "'Ba'"},
      {"$domain = 'zz'; $domain++;", "'aaa'"},
      {"$domain = 'a9'; $domain++;", "'b0'"},
      {"$domain ||= 'x'; $domain .= 'y'; $domain x= 2;", "'xyxy'"},
      {"$domain //= 5; $domain **= 2; $domain %= 7; $domain -= 1;", "3"},
      {"$domain = 1 ? 'a' : 'b';", "'a'"},
      {"$domain = @list = (1,2,3);", "3"},
      {"$domain = () = (1,2,3);", "3"},
      {"$domain = join(',', reverse 1..3);", "'3,2,1'"},
      {"$domain = sprintf('%03d|%-3s|%5.1f|%x|%%', 7, 'a', 2.25, 255);", "'007|a  |  2.2|ff|%'"},
      {"$domain = substr('hello', 1, 3) . lc('ABC') . ucfirst('x') . length('four') . index('abc', 'c');",
       "'ellabcX42'"},
      {"$domain = substr('hello', -3);", "'llo'"},
      {"$domain = `hostname`; chomp $domain;", "'mail'"},
      {"use constant X => 'c'; $domain = X . '!';", "'c!'"},
      {"BEGIN { $domain = 'early' } $domain .= '+';", "'early+'"},
      {"$domain = exists $table{x} ? 'y' : 'n';", "'n'"},
      {R"($domain = ref([]) . ref({}) . ref(\1) . ref(qr/x/) . ref(\\1);)", "'ARRAYHASHSCALARRegexpREF'"},
      {"my $s = \\$domain; $$s = 'via';", "'via'"},
      {"${domain} = 'braced';", "'braced'"},
      {"$Conf::domain = 'whole';", "'whole'"},
      {"package Other; $domain = 'x'; $Conf::domain = 'y';", "'y'"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const Run run{std::string{c.text}};
    CHECK(run.failures().empty());
    CHECK(run.domain() == c.domain);
  }
}

TEST_CASE("lists, in @list")
{
  struct Case {
    std::string_view text;
    std::string_view list;
  };
  const Case cases[]{
      {"@list = qw(a b\n c);", "['a', 'b', 'c']"},
      {"@list = (1..3, 'a'..'c', 'x'..'ab');", "[1, 2, 3, 'a', 'b', 'c', 'x', 'y', 'z', 'aa', 'ab']"},
      {"@list = (1) x 3;", "[1, 1, 1]"},
      {"@list = ((1,2,3)[1], (4,5)[-1]);", "[2, 5]"},
      {"@list = (1, (2, (3)), ());", "[1, 2, 3]"},
      {"@list[1,0] = ('a','b');", "['b', 'a']"},
      {"$#list = 2; $list[0] = 'a';", "['a', undef, undef]"},
      {"@list = (1,2,3); $#list = 0;", "[1]"},
      {"@list = (1,2,3); $#list = -1;", "[]"},
      {"@list = (1,2,3); shift @list; pop @list; unshift @list, 0; push @list, 9;", "[0, 2, 9]"},
      {"@list = splice(@{[1,2,3,4]}, 1, 2);", "[2, 3]"},
      {"@list = split(/,/, 'a,b,,c,,');", "['a', 'b', '', 'c']"},
      {"@list = split(' ', ' a  b ');", "['a', 'b']"},
      {"@list = split(//, 'ab', -1);", "['a', 'b', '']"},
      {"@list = split(/(?<=,)/, 'a,b,', 9);", "['a,', 'b,', '']"},
      {"@list = split(/\\b/, 'ab cd', -1);", "['ab', ' ', 'cd', '']"},
      {"@list = split(/(?<=(b))/, 'ab');", "['ab', 'b']"},
      {"@list = split(/(a)|b/, 'xby');", "['x', undef, 'y']"},
      {"@list = split(/(b)|(c)|$/, 'abxcy', -1);",
       "['a', 'b', undef, 'x', undef, 'c', 'y', undef, undef, '']"},
      {"@list = split(/()/, 'abc');", "['a', '', 'b', '', 'c']"},
      {"@list = split(/|b/, 'bab');", "['', 'a']"},
      {"@list = split(/(x?)/, 'axb');", "['a', 'x', 'b']"},
      {"@list = sort qw(b a c);", "['a', 'b', 'c']"},
      {"@list = sort keys %{{b => 1, a => 2}};", "['a', 'b']"},
      {"my ($a, @b) = (1,2,3); @list = (@b, $a);", "[2, 3, 1]"},
      {"my ($a, $b) = (1, 2); ($a, $b) = ($b, $a); @list = ($a, $b);", "[2, 1]"},
      {"@list = (0 ? (1) : (2,3));", "[2, 3]"},
      {"my $l = \\@list; push @$l, 1, 2; $l->[2] = 3; $$l[3] = 4; ${$l}[4] = 5;", "[1, 2, 3, 4, 5]"},
      {"$list[1]{a}[0] = 'x';", "[undef, {a => ['x']}]"},
      {"@list = ([1, [2]], {a => {b => 1}}, \\'s');", "[[1, [2]], {a => {b => 1}}, \\'s']"},
      {"my @x = (1, 2); my @y = @x; $y[0] = 9; @list = (@x, @y);", "[1, 2, 9, 2]"},
      {"my @x = (1); my $x = \\@x; my $y = $x; push @$y, 2; @list = @x;", "[1, 2]"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const Run run{std::string{c.text}};
    CHECK(run.failures().empty());
    CHECK(run.list() == c.list);
  }
}

TEST_CASE("hashes, in %table")
{
  struct Case {
    std::string_view text;
    std::string_view table;
  };
  const Case cases[]{
      {"%table = (-x => 1, y => 2, 'z', 3);", "{-x => 1, y => 2, z => 3}"},
      {"%table = (a => 1, a => 2);", "{a => 2}"},
      {"%table = (a => 1, 'b');", "{a => 1, b => undef}"},
      {"$table{a}{b}[1] = 'x';", "{a => {b => [undef, 'x']}}"},
      {"@table{'a','b'} = (1,2);", "{a => 1, b => 2}"},
      {"%table = (a => 1, b => 2); delete $table{a};", "{b => 2}"},
      {"%table = (a => 1); %table = (%table, b => 2);", "{a => 1, b => 2}"},
      {"my $t = \\%table; $t->{x} = 1; $$t{y} = 2;", "{x => 1, y => 2}"},
      {"$table{q} = 1; $table{-s} = 2; $table{'a b'} = 3; $table{1.50} = 4; $table{'x' . 'z'} = 5;",
       "{-s => 2, 1.5 => 4, a b => 3, q => 1, xz => 5}"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const Run run{std::string{c.text}};
    CHECK(run.failures().empty());
    CHECK(run.table() == c.table);
  }
}

TEST_CASE("statements")
{
  struct Case {
    std::string_view text;
    std::string_view list;
  };
  const Case cases[]{
      {"if (0) { push @list, 1 } elsif (1) { push @list, 2 } else { push @list, 3 }", "[2]"},
      {"unless (0) { push @list, 1 } else { push @list, 2 }", "[1]"},
      {"push @list, 1 if 1; push @list, 2 unless 1; push @list, $_ for 3, 4;", "[1, 3, 4]"},
      {"for my $x (1,2,3,4) { next if $x == 2; last if $x == 4; push @list, $x }", "[1, 3]"},
      {"OUT: for my $x (1,2) { for my $y (1,2) { next OUT if $y == 2; push @list, \"$x$y\" } }",
       "['11', '21']"},
      {"{ push @list, 1; last; push @list, 2; } push @list, 3;", "[1, 3]"},
      {"@list = (1,2,3); $_ *= 2 foreach @list;", "[2, 4, 6]"},
      {"@list = (1,2,3); for my $x (@list) { $x .= 'a' }", "['1a', '2a', '3a']"},
      {"my ($a, $b) = (1, 2); for ($a, $b) { $_ += 10 } @list = ($a, $b);", "[11, 12]"},
      {"my $x = 'a'; BEGIN { $x = 'b' } push @list, $x;", "['a']"},
      {"@list = (1..'03');", "[1, 2, 3]"},
      {"@list = (q#b#\n => 1, q => 2);", "['b', 1, 'q', 2]"},
      {"@list = ('01'..3);", "[1, 2, 3]"},
      {"@list = ('01'..'03');", "['01', '02', '03']"},
      {"@list = ('1.5'..'3');", "[1, 2, 3]"},
      {"@list = (' 1'..'3 ');", "[1, 2, 3]"},
      {"@list = ('0'..'2');", "['0', '1', '2']"},
      {"@list = ('0.5'..'4.5');", "['0.5']"},
      {"@list = (undef..2);", "[0, 1, 2]"},
      {"@list = (undef..'c');", "['']"},
      {"my $x = 1; { my $x = 2; push @list, $x } push @list, $x;", "[2, 1]"},
      {"my $x = 'out'; for $x (1) { push @list, $x } push @list, $x;", "[1, 'out']"},
      {"for (1, 2) { my $y; push @list, $y; $y = 5 }", "[undef, undef]"},
      {"push @list, 1; return 1; push @list, 2;", "[1]"},
      {"push @list, 1; __END__\npush @list, 2;", "[1]"},
      {"push @list, 1;\n__DATA__\npush @list, 2;", "[1]"},
      {"=pod\n\npush @list, 1;\n\n=cut\n\npush @list, 2;", "[2]"},
      {"push @list, 1;\n\n=head1 to the end\n\npush @list, 2;", "[1]"},
      {"1 and push @list, 1; 0 or push @list, 2; 0 and push @list, 3;", "[1, 2]"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const Run run{std::string{c.text}};
    CHECK(run.failures().empty());
    CHECK(run.list() == c.list);
  }
}

TEST_CASE("local lasts as long as its block")
{
  const Run run{
      "$domain = 'a'; @list = (1); %table = (k => 1);\n"
      "{ local $domain = 'b'; local @list = (2); local $table{k} = 3; local $table{n} = 4;\n"
      "  key($domain, \"@list\", $table{k}, $table{n}); }\n"
      "key($domain, \"@list\", $table{k}, $table{n});\n"
      "{ local %table; key('none', scalar(%table)); }"};
  CHECK(run.calls == std::vector<std::string>{"key('b', '2', 3, 4) at main:3:3",
                                              "key('a', '1', 1, undef) at main:4:1",
                                              "key('none', 0) at main:5:17"});
  CHECK(run.domain() == "'a'");
  CHECK(run.list() == "[1]");
  CHECK(run.table() == "{k => 1}");
}

TEST_CASE("a call has its place, and each argument the place of the expression that gave it")
{
  const Run run{
      "my @more = ('c',\n  'd');\n"
      "key($domain, <<A, @more,\ntext\nA\n    name => 1 + 2);\n"};
  REQUIRE(run.calls.size() == 1);
  CHECK(run.calls[0] == "key(undef, 'text\n', 'c', 'd', 'name', 3) at main:3:1");
  std::vector<std::string> places;
  for (const Item& each : run.arguments[0]) {
    places.push_back(run.at(each.place) + " " + std::string{run.text(each.place)});
  }
  CHECK(places == std::vector<std::string>{"main:3:5 $domain", "main:3:14 <<A", "main:1:13 'c'",
                                           "main:2:3 'd'", "main:6:5 name", "main:6:13 1 + 2"});
}

TEST_CASE("the last assignment counts, with its place")
{
  const Run run{"$domain = 'a';\n  $domain = 'b';\n@list = (1,\n 2);\n$table{k}\n = 3;"};
  CHECK(run.domain() == "'b'");
  CHECK(run.at(run.scalar("domain")->set) == "main:2:3");
  CHECK(run.text(run.scalar("domain")->set) == "$domain = 'b'");
  const ArrayPtr list = run.interpreter.array("list");
  CHECK(run.text(list->set) == "@list = (1,\n 2)");
  CHECK(run.text(list->items.at(1)->set) == "2");
  const HashPtr table = run.interpreter.hash("table");
  CHECK(run.text(table->find("k")->set) == "$table{k}\n = 3");
  CHECK(run.text(table->entries.at("k").key) == "k");
  CHECK(run.at(run.scalar("host")->set) == "nowhere");
}

TEST_CASE("what dies is said where it does, and nothing behind it runs")
{
  struct Case {
    std::string_view text;
    std::string_view failure;
  };
  const Case cases[]{
      {R"(die "no\n" if !$domain;)", "main:1:1: the configuration dies here: no"},
      {"die 'no', 1;", "main:1:1: the configuration dies here: no1"},
      {"die;", "main:1:1: the configuration dies here: Died"},
      {"exit;", "main:1:1: this ends amavisd"},
      {"nosuch('a');", "main:1:1: there is no function nosuch() [check its spelling]"},
      {"dkim_kye('a');", "main:1:1: there is no function dkim_kye() [did you mean dkim_key()?]"},
      {"$domain = 1 / 0;", "main:1:11: division by zero"},
      {"use strict; my $x = 'a'; push @$x, 1;", "main:1:31: this is no reference to an array"},
      {"use strict; my $x = 'a'; $x->{k} = 1;", "main:1:26: this is no reference to a hash"},
      {"use strict; my $x = []; $domain = $$x;", "main:1:35: this is no reference to a scalar"},
      {"use strict; my $x; my @y = @$x;", "main:1:28: this is undefined, and no reference to an array"},
      {"use strict; my $x; my %y = %$x;", "main:1:28: this is undefined, and no reference to a hash"},
      {"for (1, 2) { $_ = 3 }", "main:1:14: this changes a constant"},
      {"$_ .= 'a' for 'b';", "main:1:1: this changes a constant"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const Run run{std::string{c.text} + " key('a', 'b');"};
    CHECK_FALSE(run.succeeded);
    CHECK(run.failures() == std::vector<std::string>{std::string{c.failure}});
    CHECK(run.calls.empty());
  }
}

TEST_SUITE_END();
