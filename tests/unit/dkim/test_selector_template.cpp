#include "dkim/selector_template.hpp"

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <doctest/doctest.h>

using namespace dkimctl;
using dkim::Sdid;
using dkim::Selector;
using dkim::SelectorInputs;
using dkim::SelectorTemplate;

namespace {

using namespace std::chrono;

const Sdid kDomain = Sdid::parse("example.com").value();

/// Random letters that go through the alphabet.
SelectorInputs inputs(std::string host = "mx1.example.com")
{
  return {year{2026} / November / 8, std::move(host),
          [next = 'a']() mutable { return next == 'z' ? std::exchange(next, 'a') : next++; }};
}

/// Fills in with `seen` as what was in use.
Result<Selector> fresh(std::string_view text, const std::set<std::string>& seen = {})
{
  return SelectorTemplate::parse(text).value().fresh(
      inputs(), kDomain, [&](const Selector& selector) { return seen.contains(selector.text()); });
}

}  // namespace

TEST_SUITE_BEGIN("dkim::SelectorTemplate");

TEST_CASE("each placeholder is filled in")
{
  CHECK(fresh("{yyyy}{mm}{letter}")->text() == "202611a");
  CHECK(fresh("{yyyy}-{mm}-{dd}")->text() == "2026-11-08");
  CHECK(fresh("S{yyyy}.{host}")->text() == "s2026.mx1");
  CHECK(fresh("k{random}")->text() == "kabcdef");
}

TEST_CASE("the letter goes on until the selector is new")
{
  CHECK(fresh("{yyyy}{mm}{letter}", {"202611a", "202611b", "202611d"})->text() == "202611c");
  std::set<std::string> all;
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    all.insert(std::string{"202611"} + letter);
  }
  const auto none = fresh("{yyyy}{mm}{letter}", all);
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::config);
  CHECK(none.error().what == "example.com: every selector that '{yyyy}{mm}{letter}' gives today was in use");
  CHECK(none.error().hint == "add {random} to the template, or give --selector");
  all.erase("202611z");
  CHECK(fresh("{yyyy}{mm}{letter}", all)->text() == "202611z");
}

TEST_CASE("random letters are drawn again where they were seen")
{
  CHECK(fresh("{random}", {"abcdef", "ghijkl"})->text() == "mnopqr");
  const auto none =
      SelectorTemplate::parse("{random}")->fresh(inputs(), kDomain, [](const Selector&) { return true; });
  REQUIRE_FALSE(none);
  CHECK(none.error().hint == "give --selector");
}

TEST_CASE("a random part is added where there is none")
{
  const auto plain = SelectorTemplate::parse("{yyyy}{mm}{letter}").value().with_random_part();
  CHECK(plain.text() == "{yyyy}{mm}{letter}-{random}");
  CHECK(plain.fresh(inputs(), kDomain, [](const Selector&) { return false; })->text() == "202611a-abcdef");
  CHECK(SelectorTemplate::parse("{random}x").value().with_random_part().text() == "{random}x");
}

TEST_CASE("errors point at the fault")
{
  struct Case {
    const char* text;
    Span where;
    const char* what;
    const char* hint;
  };
  const Case cases[]{
      {"",
       {0, 0},
       "selector '': is empty",
       "a selector is letters, digits and hyphens, as in {yyyy}{mm}{letter}"},
      {"s{yyy}", {1, 6}, "'{yyy}' is no placeholder", "did you mean '{yyyy}'?"},
      {"{what}", {0, 6}, "'{what}' is no placeholder", "there are {yyyy} {mm} {dd} {letter} {random} {host}"},
      {"a{mm", {1, 4}, "'}' is missing", "a placeholder is one of {yyyy} {mm} {dd} {letter} {random} {host}"},
      {"a}{letter}",
       {1, 2},
       "'}' may not be in a selector",
       "write letters, digits, hyphens and dots, and placeholders in braces"},
      {"s b{letter}",
       {1, 2},
       "' ' may not be in a selector",
       "write letters, digits, hyphens and dots, and placeholders in braces"},
      {"{letter}{letter}", {8, 16}, "{letter} occurs twice", "keep one; {random} gives more"},
      {"-{letter}",
       {0, 9},
       "selector '-a': '-a' begins or ends with a hyphen",
       "a selector is letters, digits and hyphens, as in {yyyy}{mm}{letter}"},
      {"dkim", {0, 4}, "it gives the same selector again", "add {letter}, or {random}, or {yyyy}"},
      {"{mm}{dd}", {0, 8}, "it gives the same selector again", "add {letter}, or {random}, or {yyyy}"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto parsed = SelectorTemplate::parse(c.text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().where == c.where);
    CHECK(parsed.error().what == c.what);
    CHECK(parsed.error().hint == c.hint);
  }
}

TEST_CASE("labels of more than 63 octets and names of more than 253 are none")
{
  const std::string digits(56, '1');
  CHECK(SelectorTemplate::parse(digits + "{yyyy}{letter}"));
  CHECK_FALSE(SelectorTemplate::parse(digits + "{yyyy}{mm}{dd}"));
  const auto never = [](const Selector&) { return false; };
  const Sdid longest = Sdid::parse(std::string(63, 'a') + "." + std::string(63, 'b') + "." +
                                   std::string(63, 'c') + "." + std::string(44, 'd'))
                           .value();
  CHECK(SelectorTemplate::parse("{yyyy}{letter}")->fresh(inputs(), longest, never));
  const auto too_long = SelectorTemplate::parse("{yyyy}{mm}{letter}")->fresh(inputs(), longest, never);
  REQUIRE_FALSE(too_long);
  CHECK(too_long.error().what.find("255") != std::string::npos);
  const auto odd_host =
      SelectorTemplate::parse("{yyyy}{host}")->fresh(inputs("mäil.example.com"), kDomain, never);
  CHECK(odd_host.has_value());  // it is converted
  CHECK_FALSE(SelectorTemplate::parse("{yyyy}.{host}")->fresh(inputs("-"), kDomain, never));
}

TEST_SUITE_END();
