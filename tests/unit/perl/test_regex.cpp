#include "perl/regex.hpp"

#include <doctest/doctest.h>

using dkimctl::perl::CompiledRegex;
using dkimctl::perl::Regex;

TEST_SUITE_BEGIN("perl::CompiledRegex");

TEST_CASE("flags and groups are Perl's")
{
  const auto regex = CompiledRegex::compile(Regex{"^(b)oss(x)?@", "i"});
  REQUIRE(regex.has_value());
  const auto match = regex->match("BOSS@example.com");
  REQUIRE(match.has_value());
  REQUIRE(match->has_value());
  CHECK(match->value() == std::vector<std::string>{"BOSS@", "B", ""});
  CHECK_FALSE(regex->match("joe@example.com")->has_value());
}

TEST_CASE("a pattern that does not compile says where; one that never ends is an error")
{
  const auto broken = CompiledRegex::compile(Regex{"a(b", ""});
  REQUIRE_FALSE(broken.has_value());
  CHECK(broken.error().what == "at offset 3: missing closing parenthesis");
  const auto endless = CompiledRegex::compile(Regex{"^(a+)+$", ""});
  REQUIRE(endless.has_value());
  CHECK_FALSE(endless->match(std::string(64, 'a') + "b").has_value());
}

TEST_SUITE_END();
