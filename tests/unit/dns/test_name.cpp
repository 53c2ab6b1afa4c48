#include "dns/name.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

using dkimctl::dns::FinalDot;
using dkimctl::dns::Name;

namespace {

Name name(std::string_view text)
{
  const auto parsed = Name::parse(text);
  REQUIRE_MESSAGE(parsed.has_value(), parsed.error().what);
  return *parsed;
}

void check_refused(std::string_view text, std::string_view what)
{
  CAPTURE(text);
  const auto parsed = Name::parse(text);
  REQUIRE_FALSE(parsed.has_value());
  CHECK(parsed.error().what == what);
}

}  // namespace

TEST_SUITE_BEGIN("dns::Name");

TEST_CASE("a name is absolute, with or without its final dot")
{
  CHECK(name("dkim._domainkey.Example.com").text() == "dkim._domainkey.Example.com.");
  CHECK(name("example.com.").text(FinalDot::without) == "example.com");
  CHECK(name("example.com.").labels() == std::vector<std::string_view>{"example", "com"});
  CHECK(name("example.com.").wire_size() == 13);
  CHECK(name(".").is_root());
  CHECK(name(".").text() == ".");
  CHECK(name(".").text(FinalDot::without) == ".");
  CHECK(name(".").wire_size() == 1);
}

TEST_CASE("letters are compared without their case, other octets exactly")
{
  CHECK(name("Dkim._DomainKey.EXAMPLE.com") == name("dkim._domainkey.example.COM."));
  CHECK_FALSE(name("a@b") == name("a`b"));
  CHECK_FALSE(name("\\196.x") == name("\\228.x"));
  CHECK_FALSE(name("a\\.b") == name("a.b"));
  CHECK_FALSE(name("com") == name("."));
}

TEST_CASE("escapes: a dot in a label, and octets by number")
{
  CHECK(name("a\\.b.com").labels() == std::vector<std::string_view>{"a.b", "com"});
  CHECK(name("\\097\\b.com").text() == "ab.com.");
  CHECK(name("\\@.a\\032b.\\\"\\;\\(\\)\\$\\\\").text() == "\\@.a\\032b.\\\"\\;\\(\\)\\$\\\\.");
  CHECK(name("b\xc3\xbc"
             "cher")
            .text() == "b\\195\\188cher.");
}

TEST_CASE("any label that is written is read back")
{
  for (int octet = 0; octet < 256; ++octet) {
    const Name first = name(fmt::format("\\{:03}.com", octet));
    REQUIRE(first.labels().at(0) == std::string(1, static_cast<char>(octet)));
    CHECK(name(first.text()).labels() == first.labels());
  }
}

TEST_CASE("what is not a name, and why")
{
  const std::string label63(63, 'a');
  const std::string fits = label63 + "." + label63 + "." + label63 + "." + std::string(61, 'a');
  check_refused("", "name '': is empty");
  check_refused("a..b", "name 'a..b': has an empty label");
  check_refused(".a", "name '.a': has an empty label");
  check_refused("a..", "name 'a..': has an empty label");
  check_refused("..", "name '..': has an empty label");
  check_refused("x." + label63 + "a",
                "name 'x." + label63 + "a': has a label of 64 octets, the longest is 63");
  check_refused(fits + "a", "name '" + fits + "a': takes 256 octets, the longest takes 255");
  check_refused("a\\", R"(name 'a\': has a backslash at its end)");
  check_refused("a\\25x", R"(name 'a\25x': has '\25x', which is no octet from \000 to \255)");
  check_refused("a\\256", R"(name 'a\256': has '\256', which is no octet from \000 to \255)");
  check_refused("a\\1", R"(name 'a\1': has '\1', which is no octet from \000 to \255)");
  check_refused("a b", R"(name 'a b': has a blank or control character in it)");
  check_refused("a\x1b[2J", R"(name 'a\027[2J': has a blank or control character in it)");
  CHECK(name(fits).wire_size() == 255);
  CHECK(name(fits + ".").wire_size() == 255);
}

TEST_CASE("relative_to: as a zone's own lines write it")
{
  const Name owner = name("dkim._domainkey.Example.com");
  CHECK(owner.relative_to(name("example.COM")) == "dkim._domainkey");
  CHECK(owner.relative_to(name("com")) == "dkim._domainkey.Example");
  CHECK(owner.relative_to(owner) == "@");
  CHECK(owner.relative_to(name(".")) == "dkim._domainkey.Example.com");
  CHECK(name("\\@.com").relative_to(name("com")) == "\\@");
  CHECK_FALSE(owner.relative_to(name("ample.com")));
  CHECK_FALSE(owner.relative_to(name("example.org")));
  CHECK_FALSE(name("com").relative_to(owner));
}

TEST_CASE("is_below: labels, not letters, and not itself")
{
  CHECK(name("a.example.com").is_below(name("Example.com")));
  CHECK(name("com").is_below(name(".")));
  CHECK_FALSE(name("example.com").is_below(name("example.com")));
  CHECK_FALSE(name("notexample.com").is_below(name("example.com")));
  CHECK_FALSE(name("com").is_below(name("example.com")));
}

TEST_SUITE_END();
