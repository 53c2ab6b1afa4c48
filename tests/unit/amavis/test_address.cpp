#include "amavis/address.hpp"

#include <doctest/doctest.h>

using dkimctl::amavis::parse_address;
using dkimctl::amavis::quoted;
using dkimctl::amavis::without_brackets;

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
      {"User@EXAMPLE.com", "User@EXAMPLE.com", "User@EXAMPLE.com"},
      {"u@a_b.example", "u@a_b.example", "u@a_b.example"},
      {"\"a,b\"@example.com", "a,b@example.com", "\"a,b\"@example.com"},
      {"u@[IPv6:::1]", "u@[IPv6:::1]", "u@[IPv6:::1]"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto address = parse_address(c.text);
    REQUIRE(address.has_value());
    CHECK(*address == c.plain);
    CHECK(quoted(*address) == c.quoted);
  }
}

TEST_CASE("the null sender is empty, and brackets are no part of an address")
{
  CHECK(parse_address("<>") == std::string{});
  CHECK(without_brackets("<u@example.com>") == "u@example.com");
  CHECK(without_brackets("u@example.com") == "u@example.com");
  CHECK(without_brackets("<>") == "<>");
}

TEST_CASE("what is no address is refused")
{
  struct Case {
    std::string text;
    const char* what;
    const char* hint = "expected somebody@example.com";
  };
  constexpr const char* kOne =
      "give one address; what is special goes into double quotes: '\"a,b\"@example.com'";
  const Case cases[]{
      {"example.com", "'example.com' is no address: it has no domain"},
      {"", "'' is no address: it has no domain"},
      {"u@", "'u@' is no address: it has no domain"},
      {"@example.com", "'@example.com' is no address: there is nothing before the '@'"},
      {"\"\"@example.com", "'\"\"@example.com' is no address: there is nothing before the '@'"},
      {"u@example.com\nBcc: x@y.z", "a mail address has no control characters in it"},
      {"u\x7f@example.com", "a mail address has no control characters in it"},
      {"User Name <u@example.org>", "'User Name <u@example.org>' is no address: it has a name before it",
       "give the address alone: u@example.org"},
      {" user@example.org ", "' user@example.org ' is no address: it has a blank before or behind it",
       "give the address alone"},
      {"u@example.org,", "'u@example.org,' is no address: its domain has ',' in it"},
      {"u@exa mple.org", "'u@exa mple.org' is no address: its domain has ' ' in it"},
      {"u@*", "'u@*' is no address: its domain has '*' in it"},
      {"u@.", "'u@.' is no address: its domain has an empty label"},
      {"u@a..example", "'u@a..example' is no address: its domain has an empty label"},
      {"<<u@example.org>>", "'<<u@example.org>>' is no address: it has a name before it",
       "give the address alone: u@example.org"},
      {"<u@example.org", "'<u@example.org' is no address: it has '<' before the '@'", kOne},
      {"u@example.org>", "'u@example.org>' is no address: its domain has '>' in it"},
      {"a@example.com,b@example.org", "'a@example.com,b@example.org' is no address: it has more than one '@'",
       kOne},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    const auto address = parse_address(c.text);
    REQUIRE_FALSE(address.has_value());
    CHECK(address.error().code == dkimctl::Errc::usage);
    CHECK(address.error().what == c.what);
    CHECK(address.error().hint == c.hint);
  }
}

TEST_SUITE_END();
