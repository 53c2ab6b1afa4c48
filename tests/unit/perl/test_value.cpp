#include "perl/value.hpp"

#include <doctest/doctest.h>

using dkimctl::perl::Value;

TEST_SUITE_BEGIN("perl::Value");

TEST_CASE("numbers print as Perl prints them")
{
  CHECK(Value{std::int64_t{-7}}.text() == "-7");
  CHECK(Value{0.1}.text() == "0.1");
  CHECK(Value{10.0 / 3}.text() == "3.33333333333333");
  CHECK(Value{1e15}.text() == "1e+15");
  CHECK(Value{1e3}.text() == "1000");
  CHECK(Value{}.text().empty());
}

TEST_CASE("strings count by the number they begin with")
{
  struct Case {
    const char* text;
    const char* number;
  };
  const Case cases[]{{"12abc", "12"},
                     {" 3.50 ", "3.5"},
                     {"abc", "0"},
                     {"", "0"},
                     {"-4", "-4"},
                     {"+4", "4"},
                     {".5", "0.5"},
                     {"1e3x", "1000"},
                     {"1ex", "1"},
                     {"0x1f", "0"},
                     {"5.", "5"},
                     {"inf", "Inf"},
                     {"99999999999999999999", "1e+20"}};
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(Value{c.text}.number().text() == c.number);
  }
}

TEST_CASE("false are undef, the empty string, 0 and \"0\"")
{
  CHECK_FALSE(Value{}.truth());
  CHECK_FALSE(Value{""}.truth());
  CHECK_FALSE(Value{"0"}.truth());
  CHECK_FALSE(Value{std::int64_t{0}}.truth());
  CHECK(Value{"0.0"}.truth());
  CHECK(Value{"00"}.truth());
  CHECK(Value{" "}.truth());
}

TEST_SUITE_END();
