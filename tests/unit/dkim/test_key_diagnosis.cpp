#include "crypto/base64.hpp"
#include "dkim/key_diagnosis.hpp"
#include "fake_internet.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace dkimctl;
using test::cname;
using test::FakeInternet;
using test::name;
using test::txt;

namespace {

constexpr const char* kOwner = "dkim._domainkey.example.com";

std::string published(const std::string& file)
{
  std::ifstream in(DKIMCTL_TEST_DATA "/keys/" + file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  const auto key = crypto::SigningKey::read(bytes.str());
  REQUIRE(key);
  return key->published();
}

const std::string& ours()
{
  static const std::string octets = published("rsa2048.pem");
  return octets;
}

std::string good()
{
  return "v=DKIM1; p=" + crypto::base64(ours());
}

/// example.com on ns1 and ns2 with these records.
FakeInternet with(const FakeInternet::Records& records)
{
  FakeInternet net;
  net.add_zone("com", {"a.nic"}, {});
  net.add_zone("example.com", {"ns1.example.net", "ns2.example.net"}, records);
  return net;
}

dkim::Vantage vantage(FakeInternet& net)
{
  dkim::Vantage vantage;
  vantage.resolvers = {net.address("resolver")};
  vantage.roots = {net.address("a.root")};
  vantage.host = name("mx.example.com");
  vantage.unused_label = "qwertzuiopasdfgh";
  return vantage;
}

dkim::KeyDiagnosis diagnose(FakeInternet& net, const dkim::Vantage& from)
{
  const dkim::KeyUnderTest key{name("example.com"), "dkim", name(kOwner), ours()};
  return net.settle([&](dns::Inquiry& inquiry) { return dkim::diagnose_key(inquiry, key, from); });
}

dkim::KeyDiagnosis diagnose(FakeInternet& net)
{
  return diagnose(net, vantage(net));
}

/// "fail: dkim.missing!", with "!" behind what is fatal.
std::string said(const dkim::KeyDiagnosis& diagnosis)
{
  std::string out = fmt::format("{}:", to_string(diagnosis.verdict));
  for (const dkim::PlacedRemark& placed : diagnosis.remarks) {
    out += fmt::format(" {}{}", placed.remark.code->code, placed.remark.fatal ? "!" : "");
    CHECK_FALSE(placed.remark.text.empty());
  }
  return out;
}

std::string said(FakeInternet net)
{
  return said(diagnose(net));
}

}  // namespace

TEST_SUITE_BEGIN("dkim::key_diagnosis");

TEST_CASE("a healthy key: nothing is said, each server is listed, the resolver is asked last")
{
  FakeInternet net = with({txt(kOwner, good())});
  const auto diagnosis = diagnose(net);
  CHECK(said(diagnosis) == "pass:");
  CHECK(diagnosis.result == "pass");
  CHECK(diagnosis.usable);
  REQUIRE(diagnosis.servers.size() == 2);
  CHECK(diagnosis.servers[0].name == "ns1.example.net");
  CHECK(diagnosis.servers[0].match);
  CHECK(diagnosis.servers[0].serial == 1);
  CHECK(diagnosis.servers[0].ttl == std::chrono::seconds{300});
  REQUIRE(diagnosis.resolver);
  CHECK(diagnosis.resolver->match);
}

TEST_CASE("no resolver is asked for a name that was not seen")
{
  for (const FakeInternet::Records& records :
       {FakeInternet::Records{}, {txt("example.com", good())}, {txt("dkim.example.com", good())}}) {
    FakeInternet net = with(records);
    static_cast<void>(diagnose(net));
    for (const dns::Question& question : net.asked) {
      CHECK((question.view != dns::View::recursive || question.name == name("example.com")));
    }
  }
}

TEST_CASE("nor while a server lags, nor behind an alias to nothing")
{
  FakeInternet lagging = with({txt(kOwner, good())});
  lagging.serve("ns2.example.net", "example.com", {});
  FakeInternet alias = with({cname(kOwner, "nobody.example.com")});
  for (FakeInternet* net : {&lagging, &alias}) {
    static_cast<void>(diagnose(*net));
    for (const dns::Question& question : net->asked) {
      CHECK((question.view != dns::View::recursive || question.name == name("example.com")));
    }
  }
}

TEST_CASE("the record of another key is not misplaced at what may be its own name")
{
  const std::string other = "v=DKIM1; p=" + crypto::base64(published("rsa1024.pem"));
  CHECK(said(with({txt("dkim._domainkey.mail.example.com", other)})) == "fail: dkim.missing!");
  CHECK(said(with({txt("example.com", other)})) == "fail: dkim.at-apex!");
}

TEST_CASE("where the record is instead")
{
  struct Case {
    const char* at;
    const char* said;
  };
  const Case cases[]{
      {"example.com", "fail: dkim.at-apex!"},
      {"_domainkey.example.com", "fail: dkim.at-domainkey!"},
      {"dkim.example.com", "fail: dkim.without-domainkey!"},
      {"dkim._domainkey.example.com.example.com", "fail: dkim.doubled-suffix!"},
      {"dkim.domainkey.example.com", "fail: dkim.misspelt-name!"},
      {"example.com._domainkey.example.com", "fail: dkim.misspelt-name!"},
      {"dkim._domainkey.mx.example.com", "fail: dkim.under-host!"},
      {"dkim._domainkey.mail.example.com", "fail: dkim.under-host!"},
      {"elsewhere.example.com", "fail: dkim.missing!"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.at);
    CHECK(said(with({txt(c.at, good())})) == c.said);
    CHECK(said(with({txt(c.at, "v=spf1 -all")})) == "fail: dkim.missing!");
  }
  CHECK(said(with({txt(kOwner, good()), txt("example.com", good())})) == "pass: dkim.at-apex");
}

TEST_CASE("the message names the right place, and how a panel wants it")
{
  FakeInternet net = with({txt("example.com", good())});
  const auto diagnosis = diagnose(net);
  REQUIRE(diagnosis.remarks.size() == 1);
  CHECK(diagnosis.remarks[0].remark.text ==
        "the record is at example.com, not at dkim._domainkey.example.com");
  CHECK(diagnosis.remarks[0].remark.hint ==
        "delete it there, and enter what `dkimctl txt example.com` prints at dkim._domainkey.example.com; a "
        "panel that "
        "adds example.com itself wants dkim._domainkey");
  CHECK(diagnosis.result == "invalid (public key: not available)");
}

TEST_CASE("servers that do not serve the same")
{
  FakeInternet net = with({txt(kOwner, good())});
  net.serve("ns2.example.net", "example.com", {});
  const auto diagnosis = diagnose(net);
  CHECK(said(diagnosis) == "fail: dkim.servers-disagree!");
  CHECK(diagnosis.remarks[0].remark.text == fmt::format("the servers do not serve the same. ns1.example.net "
                                                        "({}): the key (serial 1); ns2.example.net ({}): "
                                                        "no record (serial 1)",
                                                        net.address("ns1.example.net").text(),
                                                        net.address("ns2.example.net").text()));
  CHECK(diagnosis.servers[0].match);
  CHECK_FALSE(diagnosis.servers[1].match);
}

TEST_CASE("servers that do not answer are named and waived, unless all are so")
{
  struct Case {
    dns::Outcome outcome;
    const char* code;
  };
  const Case cases[]{
      {dns::Outcome::timeout, "dkim.server-unreachable"},
      {dns::Outcome::unreachable, "dkim.server-unreachable"},
      {dns::Outcome::refused, "dkim.server-lame"},
      {dns::Outcome::servfail, "dkim.server-lame"},
      {dns::Outcome::lame, "dkim.server-lame"},
      {dns::Outcome::garbage, "dkim.server-lame"},
      {dns::Outcome::rcode_other, "dkim.server-lame"},
      {dns::Outcome::tcp_blocked, "dkim.tcp-blocked"},
  };
  for (const Case& c : cases) {
    CAPTURE(word(c.outcome));
    FakeInternet net = with({txt(kOwner, good())});
    net.break_server("ns2.example.net", c.outcome);
    CHECK(said(net) == fmt::format("pass: {}", c.code));
    net.break_server("ns1.example.net", c.outcome);
    CHECK(said(net) == fmt::format("temporary: {0} {0} dns.no-answer!", c.code));
  }
}

TEST_CASE("a family that this host lacks is not the server's fault")
{
  FakeInternet net = with({txt(kOwner, good())});
  net.break_server("ns2.example.net", dns::Outcome::no_route);
  CHECK(said(net) == "pass:");
}

TEST_CASE("aliases are followed across zones")
{
  FakeInternet net = with({cname(kOwner, "a.example.org")});
  net.add_zone("example.org", {"ns9.example.net"},
               {cname("a.example.org", "b.example.org"), txt("b.example.org", good())});
  CHECK(said(net) == "pass:");
  net.serve("ns9.example.net", "example.org", {cname("a.example.org", "b.example.org")});
  CHECK(said(net) == "fail: dkim.cname-dangling!");
  net.serve("ns9.example.net", "example.org", {cname("a.example.org", kOwner)});
  CHECK(said(net) == "fail: dkim.cname-dangling!");
}

TEST_CASE("a zone cut below the mail domain is followed")
{
  FakeInternet net = with({});
  net.add_zone("_domainkey.example.com", {"ns9.example.net"}, {txt(kOwner, good())});
  CHECK(said(net) == "pass:");
  net.serve("ns9.example.net", "_domainkey.example.com", {});
  CHECK(said(net) == "fail: dkim.missing!");
}

TEST_CASE("a record where the delegation does not lead")
{
  FakeInternet net = with({});
  net.set_primary("hidden.example.net");
  net.serve("hidden.example.net", "example.com", {txt(kOwner, good())});
  CHECK(said(net) == "fail: dkim.wrong-zone!");
}

TEST_CASE("a domain that nobody has registered")
{
  FakeInternet net;
  net.add_zone("com", {"a.nic"}, {});
  const auto diagnosis = diagnose(net);
  CHECK(said(diagnosis) == "fail: dkim.missing!");
  CHECK(diagnosis.remarks[0].remark.text == "the domain example.com is not in DNS");
}

TEST_CASE("a zone that does not validate fails, with the reason")
{
  FakeInternet net = with({txt(kOwner, good())});
  net.validate("example.com", dns::Outcome::bogus);
  const auto diagnosis = diagnose(net);
  CHECK(said(diagnosis) == "fail: dkim.dnssec-bogus!");
  CHECK(diagnosis.remarks[0].remark.text == "DNSSEC validation fails: signature expired");
}

TEST_CASE("a resolver that says something else")
{
  FakeInternet net = with({txt(kOwner, good())});
  net.serve_inside(txt(kOwner, "v=DKIM1; p="));
  CHECK(said(net) == "pass: dns.split-horizon");
}

TEST_CASE("without a root, and with --quick, the resolvers are all there is")
{
  FakeInternet net = with({txt(kOwner, good())});
  net.break_server("a.root", dns::Outcome::timeout);
  const auto blind = diagnose(net);
  CHECK(said(blind) == "pass:");
  REQUIRE(blind.of_host.size() == 1);
  CHECK(blind.of_host[0].code->code == "dns.no-root");
  CHECK_FALSE(blind.of_host[0].fatal);

  FakeInternet missing = with({});
  auto quick = vantage(missing);
  quick.quick = true;
  const auto diagnosis = diagnose(missing, quick);
  CHECK(said(diagnosis) == "fail: dkim.missing!");
  CHECK(missing.asked.size() == 1);
}
