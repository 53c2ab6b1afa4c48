#include "app/fresh_selectors.hpp"
#include "fake_internet.hpp"

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace dkimctl;
using app::choose_selectors;
using app::SelectorChoice;
using app::SelectorDns;
using app::SelectorRequest;
using dkim::Sdid;
using dkim::Selector;
using dkim::SelectorTemplate;
using test::cname;
using test::FakeInternet;
using test::txt;

namespace {

/// Carries questions to an internet that is a table, whose zone wild.example has a TXT record everywhere.
class Courier final : public dns::Messenger {
public:
  explicit Courier(FakeInternet& net) : net_(net) {}

  void send(const dns::NumberedQuestion& question) override { open_.push_back(question); }
  Result<std::vector<dns::NumberedAnswer>> receive(std::chrono::milliseconds /*longest*/) override
  {
    if (fails) {
      return tl::unexpected(Error{Errc::io, "dkimctl-dns: it has ended"});
    }
    std::vector<dns::NumberedAnswer> answers;
    for (; !open_.empty(); open_.pop_front()) {
      asked.push_back(open_.front().question);
      answers.push_back({open_.front().number, answer(open_.front().question)});
    }
    return answers;
  }

  std::vector<dns::Question> asked;
  bool fails = false;

private:
  dns::Answer answer(const dns::Question& question)
  {
    dns::Answer answer = net_.answer(question);
    if (question.type == dns::RrType::txt && question.name.is_in(test::name("_domainkey.wild.example"))) {
      answer.outcome = dns::Outcome::answered;
      answer.records = {txt(question.name.text(), "nothing")};
    }
    return answer;
  }

  FakeInternet& net_;
  std::deque<dns::NumberedQuestion> open_;
};

struct World {
  World()
  {
    net.add_zone("example", {"ns.example"}, {});
    net.add_zone("new.example", {"ns1.net"}, {});
    net.add_zone("used.example", {"ns1.net"},
                 {txt("202611a._domainkey.used.example", "v=DKIM1; p="),
                  cname("202611b._domainkey.used.example", "nowhere.used.example")});
    net.add_zone("wild.example", {"ns1.net"}, {});
    net.add_zone("silent.example", {"ns9.net"}, {});
    net.break_server("ns9.net", dns::Outcome::timeout);
    request.pattern = SelectorTemplate::parse("{yyyy}{mm}{letter}").value();
    using namespace std::chrono;
    request.inputs = {year{2026} / November / 28, "mx1", [] { return 'q'; }};
    request.why_seen = [this](const Sdid& domain, const Selector& selector) {
      return seen[domain.text() + " " + selector.text()];
    };
  }

  std::vector<SelectorChoice> choose(std::vector<const char*> domains)
  {
    for (const char* domain : domains) {
      request.domains.push_back(Sdid::parse(domain).value());
    }
    SelectorDns dns;
    dns.messenger = use_dns ? &courier : nullptr;
    dns.why_not = "DNS was not asked";
    dns.unused_label = "zzzzzzzz";
    return choose_selectors(request, dns);
  }

  FakeInternet net;
  Courier courier{net};
  SelectorRequest request;
  std::map<std::string, std::string> seen;
  bool use_dns = true;
};

}  // namespace

TEST_SUITE_BEGIN("app::choose_selectors");

TEST_CASE("a selector that nobody has seen")
{
  World world;
  world.seen["new.example 202611a"] = "it is declared in 50-user:1:1";
  const auto choices = world.choose({"new.example", "used.example"});
  REQUIRE(choices.size() == 2);
  CHECK(choices[0].selector->text() == "202611b");
  CHECK(choices[0].unproven.empty());
  CHECK(choices[1].selector->text() == "202611c");  // a revoked key, and an alias that leads nowhere
  CHECK(choices[1].unproven.empty());
}

TEST_CASE("no resolver is asked, and no server but those of the zones")
{
  World world;
  static_cast<void>(world.choose({"new.example", "used.example", "wild.example", "silent.example"}));
  REQUIRE(world.courier.asked.size() > 10);
  for (const dns::Question& question : world.courier.asked) {
    CHECK(question.view != dns::View::recursive);
    const bool below = question.name.text().find("_domainkey") != std::string::npos;
    CHECK((!below || question.view == dns::View::authoritative));
  }
}

TEST_CASE("where DNS cannot tell, the selector has a random part")
{
  World world;
  const auto choices = world.choose({"silent.example", "wild.example"});
  REQUIRE(choices.size() == 2);
  CHECK(choices[0].selector->text() == "202611a-qqqqqq");
  CHECK(choices[0].unproven == "no server of its zone gives an answer");
  CHECK(choices[1].selector->text() == "202611a-qqqqqq");
  CHECK(choices[1].unproven == "a wildcard answers for every selector");
}

TEST_CASE("where DNS is not asked, and where that fails")
{
  World without;
  without.use_dns = false;
  const auto unasked = without.choose({"new.example"});
  CHECK(unasked[0].selector->text() == "202611a-qqqqqq");
  CHECK(unasked[0].unproven == "DNS was not asked");
  World broken;
  broken.courier.fails = true;
  const auto failed = broken.choose({"new.example"});
  CHECK(failed[0].selector->text() == "202611a-qqqqqq");
  CHECK(failed[0].unproven == "dkimctl-dns: it has ended");
}

TEST_CASE("a fixed selector is taken or refused, never changed")
{
  World world;
  world.request.fixed = Selector::parse("202611a").value();
  world.seen["new.example 202611a"] = "it is declared in 50-user:1:1";
  const auto choices =
      world.choose({"new.example", "used.example", "silent.example", "wild.example", "other.example"});
  REQUIRE(choices.size() == 5);
  REQUIRE_FALSE(choices[0].selector);
  CHECK(choices[0].selector.error().what ==
        "new.example: selector 202611a is or was in use: it is declared in 50-user:1:1");
  REQUIRE_FALSE(choices[1].selector);
  CHECK(choices[1].selector.error().what ==
        "used.example: selector 202611a is or was in use: there is a record at "
        "202611a._domainkey.used.example");
  CHECK(choices[1].selector.error().hint == "give another --selector, or leave it out");
  CHECK(choices[2].selector->text() == "202611a");
  CHECK(choices[2].unproven == "no server of its zone gives an answer");
  CHECK(choices[3].unproven == "a wildcard answers for every selector");
  CHECK(choices[4].selector->text() == "202611a");  // a domain that nobody has registered
  CHECK(choices[4].unproven.empty());
}

TEST_CASE("when all letters are used up")
{
  World world;
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    world.seen[std::string{"new.example 202611"} + letter] = "it is there";
  }
  const auto choices = world.choose({"new.example"});
  REQUIRE_FALSE(choices[0].selector);
  CHECK(choices[0].selector.error().what ==
        "new.example: every selector that '{yyyy}{mm}{letter}' gives today was in use");
}

TEST_SUITE_END();
