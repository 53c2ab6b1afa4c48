#include "dns/rrset.hpp"

#include <chrono>
#include <string>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using dkimctl::dns::make_txt;
using dkimctl::dns::Name;
using dkimctl::dns::Rrset;
using dkimctl::dns::split_txt;
using dkimctl::dns::zone_blocks;
using dkimctl::dns::zone_lines;

TEST_SUITE_BEGIN("dns::Rrset");

TEST_CASE("a short value: one string")
{
  const Rrset rrset = make_txt(Name::parse("dkim._domainkey.example.com").value(), "v=DKIM1; p=QUJD");
  CHECK(zone_lines(rrset) == "dkim._domainkey.example.com. 3600 IN TXT \"v=DKIM1; p=QUJD\"\n");
  CHECK(zone_blocks(rrset) ==
        "dkim._domainkey.example.com. 3600 IN TXT (\n"
        "  \"v=DKIM1; p=QUJD\" )\n");
}

TEST_CASE("a long value: more strings, the escapes not counted")
{
  const std::string value = std::string(254, 'A') + "\"" + "\\B";
  const Rrset rrset = make_txt(Name::parse("s.a\\.b.example").value(), value, 5min);
  const std::string first = "\"" + std::string(254, 'A') + R"(\"")";
  CHECK(zone_lines(rrset) == "s.a\\.b.example. 300 IN TXT " + first + " \"\\\\B\"\n");
  CHECK(zone_blocks(rrset) == "s.a\\.b.example. 300 IN TXT (\n  " + first + "\n  \"\\\\B\" )\n");
}

TEST_CASE("each record of the set is written out, none gives nothing")
{
  Rrset rrset{Name::parse("example.com").value(), 1h, {split_txt("v=spf1 -all"), split_txt("")}};
  CHECK(zone_lines(rrset) ==
        "example.com. 3600 IN TXT \"v=spf1 -all\"\n"
        "example.com. 3600 IN TXT \"\"\n");
  rrset.records.clear();
  CHECK(zone_lines(rrset).empty());
  CHECK(zone_blocks(rrset).empty());
}

TEST_SUITE_END();
