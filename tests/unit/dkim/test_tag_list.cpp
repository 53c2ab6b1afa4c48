#include "dkim/tag_list.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

using dkimctl::Span;
using dkimctl::dkim::parse_tag_list;
using namespace std::string_view_literals;

namespace {

void check_refused(std::string_view text, Span where, std::string_view what)
{
  CAPTURE(text);
  const auto tags = parse_tag_list(text);
  REQUIRE_FALSE(tags.has_value());
  CHECK(tags.error().where == where);
  CHECK(tags.error().what == what);
}

}  // namespace

TEST_SUITE_BEGIN("dkim::parse_tag_list");

TEST_CASE("keeps order, trims folding white space, allows one final semicolon")
{
  const auto tags = parse_tag_list("v=DKIM1; k = rsa ;\r\n p=QUJD ;");
  REQUIRE(tags.has_value());
  REQUIRE(tags->size() == 3);
  CHECK(tags->at(0).name == "v");
  CHECK(tags->at(1).name == "k");
  CHECK(tags->at(1).value == "rsa");
  CHECK(tags->at(2).value == "QUJD");
  CHECK(tags->at(2).span == Span{21, 27});
}

TEST_CASE("an empty p= is a tag, not an error: it revokes the key (RFC 6376 section 3.6.1)")
{
  const auto tags = parse_tag_list("p=");
  REQUIRE(tags.has_value());
  CHECK(tags->at(0).value.empty());
  CHECK(tags->at(0).span == Span{0, 2});
}

TEST_CASE("names are case-sensitive, values may hold an equals sign")
{
  const auto tags = parse_tag_list("p=QQ==;P=x; n_1=a=b");
  REQUIRE(tags.has_value());
  REQUIRE(tags->size() == 3);
  CHECK(tags->at(0).value == "QQ==");
  CHECK(tags->at(1).name == "P");
  CHECK(tags->at(2).name == "n_1");
  CHECK(tags->at(2).value == "a=b");
}

TEST_CASE("errors point at the offending bytes")
{
  check_refused("v=DKIM1; p=A; p=B", {14, 15}, "tag 'p' occurs twice");
  check_refused("v=DKIM1; 1k=rsa", {9, 11}, "'1k' is not a tag name");
  check_refused("v=DKIM1; =rsa", {9, 9}, "'' is not a tag name");
  check_refused("v=DKIM1; rsa; p=A", {9, 12}, "expected 'tag=value'");
  check_refused("v=DKIM1;; p=A", {8, 8}, "expected 'tag=value'");
  check_refused("v=DKIM1; ;", {9, 9}, "expected 'tag=value'");
  check_refused("", {0, 0}, "expected 'tag=value'");
  check_refused(" ; p=A", {1, 1}, "expected 'tag=value'");
}

TEST_CASE("text from anybody is shown escaped and cut")
{
  check_refused("\x1b]0;p=A", {0, 3}, "expected 'tag=value'");
  check_refused("\x1b[2J\xff=A", {0, 5}, R"('\027[2J\255' is not a tag name)");
  const std::string long_name(301, '-');
  check_refused(long_name + "=A", {0, 301}, "'" + long_name.substr(0, 300) + "...' is not a tag name");
}

TEST_SUITE_END();
