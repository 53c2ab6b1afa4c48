#include "dns/delegation.hpp"
#include "fake_internet.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace dkimctl;
using test::FakeInternet;
using test::name;
using test::txt;

namespace {

dns::Zone find(FakeInternet& net, std::string_view domain)
{
  return net.settle([&](dns::Inquiry& inquiry) { return dns::find_zone(inquiry, name(domain)); });
}

/// "example.com.: ns1.example.net. pc ns2.example.net. c": the apex, and who names each server.
std::string text(const dns::Zone& zone)
{
  std::string out = zone.apex.text() + ":";
  for (const dns::NameServer& server : zone.servers) {
    out +=
        fmt::format(" {} {}{}", server.host.text(), server.in_parent ? "p" : "", server.in_child ? "c" : "");
  }
  return out;
}

FakeInternet internet()
{
  FakeInternet net;
  net.add_zone("com", {"a.nic"}, {});
  net.add_zone("example.com", {"ns1.example.net", "ns2.example.net"}, {txt("example.com", "v=spf1 -all")});
  return net;
}

}  // namespace

TEST_SUITE_BEGIN("dns::delegation");

TEST_CASE("a name lies in the zone whose SOA is found from the root")
{
  FakeInternet net = internet();
  const std::string expected = "example.com.: ns1.example.net. pc ns2.example.net. pc";
  for (const char* domain : {"example.com", "EXAMPLE.com", "lists.example.com", "a.b.c.example.com"}) {
    CAPTURE(domain);
    const dns::Zone zone = find(net, domain);
    CHECK(text(zone) == expected);
    CHECK(zone.validation == dns::Validation::insecure);
    REQUIRE(zone.servers[0].addresses.size() == 1);
    CHECK(zone.servers[0].addresses[0] == net.address("ns1.example.net"));
  }
  CHECK(text(find(net, "nobody.com")) == "com.: a.nic. pc");
  CHECK(text(find(net, ".")) == ".: a.root. c");
}

TEST_CASE("servers are those that parent or child names")
{
  FakeInternet net = internet();
  net.name_servers("example.com", {"ns2.example.net", "ns3.example.net"});
  CHECK(text(find(net, "example.com")) ==
        "example.com.: ns1.example.net. p ns2.example.net. pc ns3.example.net. c");
}

TEST_CASE("a zone that recursion cannot get is that which the parent delegates")
{
  FakeInternet net = internet();
  net.break_server("ns1.example.net", dns::Outcome::timeout);
  net.break_server("ns2.example.net", dns::Outcome::refused);
  const dns::Zone silent = find(net, "lists.example.com");
  CHECK(text(silent) == "example.com.: ns1.example.net. p ns2.example.net. p");
  CHECK(silent.validation == dns::Validation::unknown);

  FakeInternet bogus = internet();
  bogus.validate("example.com", dns::Outcome::bogus);
  const dns::Zone zone = find(bogus, "example.com");
  CHECK(text(zone) == "example.com.: ns1.example.net. pc ns2.example.net. pc");
  CHECK(zone.validation == dns::Validation::bogus);
  CHECK(zone.reason == "signature expired");
}

TEST_CASE("what validates is secure")
{
  FakeInternet net = internet();
  net.validate("example.com", dns::Outcome::answered);
  CHECK(find(net, "example.com").validation == dns::Validation::secure);
}

TEST_CASE("an alias lies in its own zone, not its target's")
{
  FakeInternet net = internet();
  net.add_zone("example.org", {"ns9.example.net"}, {test::cname("www.example.org", "www.example.com")});
  CHECK(text(find(net, "www.example.org")) == "example.org.: ns9.example.net. pc");
}

TEST_CASE("only servers of zones are asked, and only they")
{
  FakeInternet net = internet();
  static_cast<void>(find(net, "lists.example.com"));
  for (const dns::Question& question : net.asked) {
    CHECK(question.view != dns::View::recursive);
  }
}

TEST_CASE("a referral leads to a zone below, never up or aside")
{
  dns::Answer referral;
  referral.outcome = dns::Outcome::referral;
  const auto refer_to = [&](const char* zone) {
    referral.authority = {{name(zone), std::chrono::seconds{1}, dns::Ns{name("ns.example")}}};
    return dns::zone_below(referral, name("example.com"), name("dkim._domainkey.example.com"));
  };
  CHECK(refer_to("_domainkey.example.com") == name("_domainkey.example.com"));
  CHECK(refer_to("dkim._domainkey.example.com") == name("dkim._domainkey.example.com"));
  CHECK_FALSE(refer_to("example.com"));
  CHECK_FALSE(refer_to("com"));
  CHECK_FALSE(refer_to("."));
  CHECK_FALSE(refer_to("other.example.com"));
}
