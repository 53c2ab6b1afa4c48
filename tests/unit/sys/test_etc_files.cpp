#include "sys/etc_files.hpp"

#include <doctest/doctest.h>

using namespace dkimctl::sys;
using Numbers = std::vector<std::uint32_t>;
using Strings = std::vector<std::string>;

TEST_SUITE_BEGIN("sys::etc_files");

TEST_CASE("passwd: entries as they are, anything else passed over")
{
  const auto users = parse_passwd(
      "root:x:0:0:root:/root:/bin/bash\n"
      "# comment:x:1:1\n"
      "\n"
      "short:x:1\n"
      "+nis:x:2:2\n"
      "word:x:two:2\n"
      "negative:x:-1:2\n"
      "none:x:4294967295:2\n"
      "amavis:x:110:115::/var/lib/amavis:/bin/sh");
  REQUIRE(users.size() == 2);
  CHECK(users[0].name == "root");
  CHECK(users[1].name == "amavis");
  CHECK(users[1].uid == 110);
  CHECK(users[1].gid == 115);
}

TEST_CASE("group: members, and whose groups they are")
{
  const auto groups = parse_group(
      "root:x:0:\n"
      "mail:x:8:postfix,amavis\n"
      "nomembers:x:9\n"
      "again:x:8:amavis\n"
      "amavis:x:115:, clamav ,\n"
      "bad:x::amavis\n");
  REQUIRE(groups.size() == 5);
  CHECK(groups[1].members == Strings{"postfix", "amavis"});
  CHECK(groups[4].members == Strings{"clamav"});
  CHECK(groups_of(groups, "amavis") == Numbers{8});
  CHECK(groups_of(groups, "clamav") == Numbers{115});
  CHECK(groups_of(groups, "root") == Numbers{});
}

TEST_CASE("hosts: the first line with the name says what the host is called")
{
  const char* hosts =
      "127.0.0.1 localhost # mx\n"
      "# 127.0.1.1 wrong.example mx\n"
      "mx\n"
      "127.0.1.1\tmx.example.com\tMX mail\n"
      "192.0.2.1 later.example.com mx\n";
  CHECK(canonical_host_name(hosts, "mx") == "mx.example.com");
  CHECK(canonical_host_name(hosts, "mail") == "mx.example.com");
  CHECK(canonical_host_name(hosts, "later.example.com") == "later.example.com");
  CHECK(canonical_host_name(hosts, "192.0.2.1") == std::nullopt);
  CHECK(canonical_host_name(hosts, "none") == std::nullopt);
  CHECK(canonical_host_name(hosts, "") == std::nullopt);
}

TEST_CASE("hostname: the first line that says something")
{
  CHECK(parse_hostname("mx.example.com\n") == "mx.example.com");
  CHECK(parse_hostname("# a comment\n\n  mx \r\nsecond") == "mx");
  CHECK(parse_hostname("#\n").empty());
  CHECK(parse_hostname("").empty());
}

TEST_SUITE_END();
