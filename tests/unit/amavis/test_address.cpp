#include "amavis/address.hpp"

#include <doctest/doctest.h>

using dkimctl::amavis::parse_address;
using dkimctl::amavis::quoted;

TEST_SUITE_BEGIN("amavis::address");

TEST_CASE("an address is taken in the form that needs no quotes, and quoted where it has to be")
{
  struct Case {
    const char* text;
    const char* plain;
    const char* quoted;
  };
  const Case cases[]{
      {"u@example.com", "u@example.com", "u@example.com"},
      {"<u@example.com>", "u@example.com", "u@example.com"},
      {"\"a b\"@example.com", "a b@example.com", "\"a b\"@example.com"},
      {"a b@example.com", "a b@example.com", "\"a b\"@example.com"},
      {"\"u\"@example.com", "u@example.com", "u@example.com"},
      {R"("a\"b\\"@example.com)", R"(a"b\@example.com)", R"("a\"b\\"@example.com)"},
      {"\"a@b\"@example.com", "a@b@example.com", "\"a@b\"@example.com"},
      {".a@example.com", ".a@example.com", "\".a\"@example.com"},
      {"a..b@example.com", "a..b@example.com", "\"a..b\"@example.com"},
      {"ü.o'brien+x@bücher.example", "ü.o'brien+x@bücher.example", "ü.o'brien+x@bücher.example"},
      {"u@[127.0.0.1]", "u@[127.0.0.1]", "u@[127.0.0.1]"},
      {"u@example.com.", "u@example.com.", "u@example.com."},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto address = parse_address(c.text);
    REQUIRE(address.has_value());
    CHECK(*address == c.plain);
    CHECK(quoted(*address) == c.quoted);
  }
}

TEST_CASE("what is no address is refused")
{
  struct Case {
    std::string text;
    const char* what;
  };
  const Case cases[]{
      {"example.com", "'example.com' is no mail address: expected somebody@example.com"},
      {"", "'' is no mail address: expected somebody@example.com"},
      {"<>", "'' is no mail address: expected somebody@example.com"},
      {"u@", "'u@' is no mail address: expected somebody@example.com"},
      {"@example.com", "'@example.com' is no mail address: there is nothing before the '@'"},
      {"\"\"@example.com", "'\"\"@example.com' is no mail address: there is nothing before the '@'"},
      {"u@example.com\nBcc: x@y.z", "a mail address has no control characters in it"},
      {"u\x7f@example.com", "a mail address has no control characters in it"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto address = parse_address(c.text);
    REQUIRE_FALSE(address.has_value());
    CHECK(address.error().code == dkimctl::Errc::usage);
    CHECK(address.error().what == c.what);
  }
}

TEST_SUITE_END();
