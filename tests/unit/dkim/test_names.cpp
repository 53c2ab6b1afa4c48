#include "dkim/owner_name.hpp"
#include "dkim/sdid.hpp"
#include "dkim/selector.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

using dkimctl::dkim::owner_name;
using dkimctl::dkim::Sdid;
using dkimctl::dkim::Selector;
using dkimctl::dns::IdnRules;

namespace {

template<class T>
void check_refused(std::string_view text, std::string_view what)
{
  CAPTURE(text);
  const auto parsed = T::parse(text);
  REQUIRE_FALSE(parsed.has_value());
  CHECK(parsed.error().what == what);
}

std::string selector(std::string_view text)
{
  return Selector::parse(text).value().text();
}

std::string sdid(std::string_view text)
{
  return Sdid::parse(text).value().text();
}

}  // namespace

TEST_SUITE_BEGIN("dkim names");

TEST_CASE("selectors and domains are converted, then compared")
{
  CHECK(selector("S1-2024.Mail") == "s1-2024.mail");
  CHECK(selector("s1_2048") == "s1_2048");
  CHECK(selector("sö") == "xn--s-1ga");
  CHECK(sdid("BÜCHER.Example") == "xn--bcher-kva.example");
  CHECK(sdid("straße.de") == "strasse.de");
  CHECK(Sdid::parse("straße.de", IdnRules::idna2008).value().text() == "xn--strae-oqa.de");
  CHECK(Selector::parse("ß", IdnRules::idna2008).value().text() == "xn--zca");
  CHECK(Sdid::parse("A.org").value() == Sdid::parse("a.ORG").value());
}

TEST_CASE("what is neither, and why")
{
  check_refused<Selector>("", "selector '': is empty");
  check_refused<Selector>("a b", "selector 'a b': ' ' may not be in it");
  check_refused<Selector>("a..b", "selector 'a..b': two dots follow each other");
  check_refused<Selector>("-a", "selector '-a': '-a' begins or ends with a hyphen");
  check_refused<Selector>("s.a-", "selector 's.a-': 'a-' begins or ends with a hyphen");
  check_refused<Selector>("a\nb", R"(selector 'a\010b': '\010' may not be in it)");
  check_refused<Sdid>("example.com.",
                      "domain 'example.com.': ends with a dot, which amavisd would look for in addresses");
  check_refused<Sdid>(".example.com", "domain '.example.com': begins with a dot");
  check_refused<Sdid>("*.example.com", "domain '*.example.com': is a pattern, and DNS needs one name");
  check_refused<Sdid>("localhost", "domain 'localhost': has no dot in it");
  check_refused<Sdid>("user@example.com", "domain 'user@example.com': '@' may not be in it");
  check_refused<Sdid>(
      "b\xfc"
      "cher.de",
      R"(domain 'b\252cher.de': '\252' may not be in it)");
}

TEST_CASE("lengths: 63 for a label, 253 for a name")
{
  const std::string label(63, 'a');
  CHECK(selector(label) == label);
  check_refused<Selector>(label + "b", "selector '" + label + "b': '" + label +
                                           "b' has 64 characters, the most between two dots is 63");
  const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'd');
  CHECK(sdid(longest) == longest);
  check_refused<Sdid>(longest + "d", "domain '" + longest + "d': has 254 characters, the most is 253");
}

TEST_CASE("the owner name is SELECTOR._domainkey.SDID")
{
  const auto name = owner_name(Selector::parse("S1").value(), Sdid::parse("bücher.example").value());
  REQUIRE(name.has_value());
  CHECK(name->text() == "s1._domainkey.xn--bcher-kva.example.");
}

TEST_CASE("an owner name may be too long though its parts are not")
{
  const std::string label(63, 'a');
  const std::string domain = label + "." + label + "." + label + ".de";
  const auto fits = owner_name(Selector::parse(std::string(47, 's')).value(), Sdid::parse(domain).value());
  REQUIRE(fits.has_value());
  CHECK(fits->wire_size() == 255);
  const std::string long_selector(48, 's');
  const auto name = owner_name(Selector::parse(long_selector).value(), Sdid::parse(domain).value());
  REQUIRE_FALSE(name.has_value());
  CHECK(name.error().what ==
        "name '" + long_selector + "._domainkey." + domain + ".': takes 256 octets, the longest takes 255");
}

TEST_SUITE_END();
