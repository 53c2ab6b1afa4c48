#include "app/record_view.hpp"
#include "crypto/base64.hpp"
#include "fake_internet.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace dkimctl;
using namespace dkimctl::test;
using namespace std::chrono_literals;
using app::Resolvers;
using rollover::Served;
using rollover::View;

namespace {

// SubjectPublicKeyInfo of an RSA key of 1024 bits.
const std::string kKey =
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/"
    "zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5i"
    "jSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/"
    "NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB";
constexpr const char* kOwner = "dkim._domainkey.example.com";

dkim::KeyUnderTest key()
{
  return {name("example.com"), "dkim", name(kOwner), *crypto::decode_base64(kKey)};
}

std::string word(Served served)
{
  switch (served) {
  case Served::ours: return "ours";
  case Served::absent: return "absent";
  case Served::other: return "other";
  case Served::revoked: return "revoked";
  case Served::silent: break;
  }
  return "silent";
}

rollover::RecordView look(FakeInternet& net, Resolvers resolvers = Resolvers::left_alone)
{
  dkim::Vantage vantage;
  vantage.resolvers.push_back(net.address("resolver"));
  return net.settle(
      [&](dns::Inquiry& inquiry) { return app::view_record(inquiry, key(), vantage, resolvers); });
}

std::string servers(FakeInternet& net)
{
  std::string text;
  for (const rollover::ServerView& server : look(net).servers) {
    text += (text.empty() ? "" : " ") + server.server.substr(0, server.server.find('.')) + ":" +
            word(server.served);
  }
  return text;
}

/// example.com with one record at the key's name.
FakeInternet with(const std::string& value)
{
  FakeInternet net;
  net.add_zone("example.com", {"ns1.example.net", "ns2.example.net"}, {txt(kOwner, value)});
  return net;
}

}  // namespace

TEST_SUITE_BEGIN("app::record_view");

TEST_CASE("what each server serves is told apart")
{
  FakeInternet net = with("v=DKIM1; p=" + kKey);
  const auto record = look(net);
  REQUIRE(record.servers.size() == 2);
  CHECK(record.servers[0].server.starts_with("ns1.example.net/192.0.2."));
  CHECK(record.everyone == View::not_asked);
  CHECK(record.here == View::not_asked);
  CHECK(servers(net) == "ns1:ours ns2:ours");
  net.serve("ns2.example.net", "example.com", {});
  CHECK(servers(net) == "ns1:ours ns2:absent");
  net.serve("ns2.example.net", "example.com", {txt(kOwner, "v=DKIM1; p=")});
  CHECK(servers(net) == "ns1:ours ns2:revoked");
  net.serve("ns2.example.net", "example.com", {txt(kOwner, "v=DKIM1; p=" + kKey), txt(kOwner, "another")});
  CHECK(servers(net) == "ns1:ours ns2:other");
  net.break_server("ns2.example.net", dns::Outcome::refused);
  CHECK(servers(net) == "ns1:ours ns2:silent");
  net.break_server("ns2.example.net", dns::Outcome::no_route);
  CHECK(servers(net) == "ns1:ours");
}

TEST_CASE("aliases are followed, and every server on the way counts")
{
  FakeInternet net;
  net.add_zone("example.com", {"ns1.example.net", "ns2.example.net"}, {cname(kOwner, "k.example.org")});
  net.add_zone("example.org", {"ns3.example.net"}, {txt("k.example.org", "v=DKIM1; p=" + kKey)});
  CHECK(servers(net) == "ns1:ours ns2:ours ns3:ours");
  net.serve("ns2.example.net", "example.com", {});
  CHECK(servers(net) == "ns1:ours ns2:absent ns3:ours");
  net.serve("ns2.example.net", "example.com", {cname(kOwner, "elsewhere.example.org")});
  CHECK(servers(net) == "ns1:ours ns2:other ns3:ours");
  net.serve("ns3.example.net", "example.org", {});
  CHECK(servers(net) == "ns1:ours ns2:other ns3:absent");
}

TEST_CASE("aliases in a circle lead nowhere")
{
  FakeInternet net;
  net.add_zone("example.com", {"ns1.example.net"},
               {cname(kOwner, "a.example.com"), cname("a.example.com", kOwner)});
  CHECK(servers(net) == "ns1:other");
}

TEST_CASE("answers are kept for the longest of the TTLs and the negative ones")
{
  FakeInternet net;
  dns::Record record = txt(kOwner, "v=DKIM1; p=");
  record.ttl = 2h;
  net.add_zone("example.com", {"ns1.example.net"}, {record});
  CHECK(look(net).cache_time == 2h);
  dns::Record soa{name("example.com"), 1h,
                  dns::Soa{name("ns1.example.net"), name("h.example"), 1, {}, {}, {}, 3h}};
  net.serve("ns1.example.net", "example.com", {soa});
  CHECK(look(net).cache_time == 1h);
  std::get<dns::Soa>(soa.rdata).minimum = 20min;
  net.serve("ns1.example.net", "example.com", {soa});
  CHECK(look(net).cache_time == 20min);
}

TEST_CASE("resolvers are asked only where they may be")
{
  FakeInternet net = with("v=DKIM1; p=" + kKey);
  const auto asks_resolvers = [&] {
    return std::ranges::any_of(net.asked, [](const dns::Question& question) {
      return question.view != dns::View::authoritative && question.type == dns::RrType::txt;
    });
  };
  look(net);
  CHECK_FALSE(asks_resolvers());
  const auto record = look(net, Resolvers::asked);
  CHECK(asks_resolvers());
  CHECK(record.everyone == View::ours);
  CHECK(record.here == View::ours);
}

TEST_CASE("what resolvers see is told apart")
{
  struct Case {
    const char* value;
    View view;
  };
  for (const Case& c : {Case{"v=DKIM1; p=", View::revoked}, Case{"v=DKIM1; p=AAAA", View::other}}) {
    FakeInternet net = with(c.value);
    CHECK(look(net, Resolvers::asked).everyone == c.view);
    CHECK(look(net, Resolvers::asked).here == c.view);
  }
  FakeInternet net;
  net.add_zone("example.com", {"ns1.example.net"}, {});
  CHECK(look(net, Resolvers::asked).everyone == View::absent);
  net.validate("example.com", dns::Outcome::bogus);
  CHECK(look(net, Resolvers::asked).everyone == View::bogus);
}

TEST_SUITE_END();
