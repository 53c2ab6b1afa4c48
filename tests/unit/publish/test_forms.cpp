#include "publish/forms.hpp"

#include <chrono>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

using dkimctl::dns::make_txt;
using dkimctl::dns::Name;
using dkimctl::dns::Rrset;
using dkimctl::dns::split_txt;
using dkimctl::publish::panel_form;
using dkimctl::publish::zone_form;
using namespace std::chrono_literals;

namespace {

Name name(std::string_view text)
{
  return Name::parse(text).value();
}

const std::string kLongKey(300, 'A');

}  // namespace

TEST_SUITE_BEGIN("publish::forms");

TEST_CASE("a key record for a panel")
{
  const Rrset rrset = make_txt(name("dkim._domainkey.example.com"), "v=DKIM1; p=QUJD");
  CHECK(panel_form(rrset, name("example.com")) ==
        "Name     dkim._domainkey.example.com.\n"
        "         (if the panel adds example.com by itself: dkim._domainkey)\n"
        "Type     TXT\n"
        "TTL      3600\n"
        "Value    v=DKIM1; p=QUJD\n"
        "\n"
        "Put it at that name, not at example.com itself.\n"
        "Do not let example.com appear twice: look at the full name that the panel shows.\n"
        "Paste the value whole, on one line. Add no quotes, no backslashes, no blanks.\n");
}

TEST_CASE("a long value stays on one line, and its length is told")
{
  const Rrset rrset = make_txt(name("dkim._domainkey.example.com"), "v=DKIM1; p=" + kLongKey, 5min);
  CHECK(
      panel_form(rrset, name("Example.com.")) ==
      "Name     dkim._domainkey.example.com.\n"
      "         (if the panel adds Example.com by itself: dkim._domainkey)\n"
      "Type     TXT\n"
      "TTL      300\n"
      "Value    v=DKIM1; p=" +
          kLongKey +
          "\n"
          "\n"
          "Put it at that name, not at Example.com itself.\n"
          "Do not let Example.com appear twice: look at the full name that the panel shows.\n"
          "Paste the value whole, on one line. Add no quotes, no backslashes, no blanks.\n"
          "It has 311 characters. A panel that takes no more than 255 wants the strings of the zone form.\n");
}

TEST_CASE("a value that panels damage is given as zone text")
{
  const Rrset rrset = make_txt(name("s._domainkey.example.com"), "v=DKIM1; n=a\\b\x1b[2J; p=QUJD");
  CHECK(panel_form(rrset, name("example.com")) ==
        "Name     s._domainkey.example.com.\n"
        "         (if the panel adds example.com by itself: s._domainkey)\n"
        "Type     TXT\n"
        "TTL      3600\n"
        "Value    Not for a panel: it has quotes, backslashes or foreign letters in it.\n"
        "         Put this line into the zone file:\n"
        "s._domainkey.example.com. 3600 IN TXT \"v=DKIM1; n=a\\\\b\\027[2J; p=QUJD\"\n"
        "\n"
        "Put it at that name, not at example.com itself.\n"
        "Do not let example.com appear twice: look at the full name that the panel shows.\n");
}

TEST_CASE("one quote, backslash or byte beyond ASCII is enough")
{
  for (const std::string_view odd : {"\"", "\\", "\x7f", "\x80", "\t"}) {
    const Rrset rrset = make_txt(name("example.com"), odd);
    CHECK(panel_form(rrset, name("example.com")).find("Not for a panel") != std::string::npos);
  }
}

TEST_CASE("records at the domain itself, and two of them")
{
  const Rrset rrset{name("example.com"), 1h, {split_txt("v=spf1 -all"), split_txt("token")}};
  CHECK(panel_form(rrset, name("example.com")) ==
        "Name     example.com.\n"
        "         (if the panel adds example.com by itself: @, or nothing)\n"
        "Type     TXT\n"
        "TTL      3600\n"
        "Value    v=spf1 -all\n"
        "\n"
        "Name     example.com.\n"
        "         (if the panel adds example.com by itself: @, or nothing)\n"
        "Type     TXT\n"
        "TTL      3600\n"
        "Value    token\n"
        "\n"
        "Put it at example.com itself.\n"
        "Paste the value whole, on one line. Add no quotes, no backslashes, no blanks.\n");
}

TEST_CASE("a record outside the domain has no short name")
{
  const Rrset rrset = make_txt(name("example.com._report._dmarc.example.net"), "v=DMARC1");
  CHECK(panel_form(rrset, name("example.com")) ==
        "Name     example.com._report._dmarc.example.net.\n"
        "Type     TXT\n"
        "TTL      3600\n"
        "Value    v=DMARC1\n"
        "\n"
        "Put it at that name.\n"
        "Paste the value whole, on one line. Add no quotes, no backslashes, no blanks.\n");
}

TEST_CASE("no records, no text")
{
  const Rrset rrset{name("example.com"), 1h, {}};
  CHECK(panel_form(rrset, name("example.com")).empty());
  CHECK(zone_form(rrset).empty());
}

TEST_CASE("the zone form: strings of at most 255 octets, a line each")
{
  const Rrset rrset = make_txt(name("dkim._domainkey.example.com"), "v=DKIM1; p=" + kLongKey);
  CHECK(zone_form(rrset) ==
        "dkim._domainkey.example.com. 3600 IN TXT (\n"
        "  \"v=DKIM1; p=" +
            kLongKey.substr(0, 244) +
            "\"\n"
            "  \"" +
            kLongKey.substr(244) + "\" )\n");
}

TEST_SUITE_END();
