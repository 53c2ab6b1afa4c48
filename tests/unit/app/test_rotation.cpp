#include "app/rotation.hpp"
#include "fake_internet.hpp"
#include "state_folder.hpp"

#include <deque>

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace dkimctl;
using namespace dkimctl::test;
using namespace std::chrono_literals;
using rollover::EventKind;

namespace {

class Courier final : public dns::Messenger {
public:
  explicit Courier(FakeInternet& net) : net_(net) {}

  void send(const dns::NumberedQuestion& question) override { open_.push_back(question); }
  Result<std::vector<dns::NumberedAnswer>> receive(std::chrono::milliseconds /*longest*/) override
  {
    std::vector<dns::NumberedAnswer> answers;
    for (; !open_.empty(); open_.pop_front()) {
      answers.push_back({open_.front().number, net_.answer(open_.front().question)});
    }
    return answers;
  }

private:
  FakeInternet& net_;
  std::deque<dns::NumberedQuestion> open_;
};

class World {
public:
  World()
  {
    add_configuration(host);
    const app::Facts facts = app::gather_facts(host, {});
    record = fmt::format("v=DKIM1; p={}", facts.key_files.of(0)->public_key);
    net.add_zone("example.com", {"ns1.example.net", "ns2.example.net"},
                 {txt("dkim._domainkey.example.com", record)});
  }

  report::RotationPlan plan(bool compromised = false, const std::string& settings = {})
  {
    Courier courier(net);
    dkim::Vantage vantage;
    vantage.resolvers.push_back(net.address("resolver"));
    app::RotationQuery query;
    query.state = {{}, {}, {"example.com"}, kStart + 24h};
    query.compromised = compromised;
    const auto planned = app::plan_rotation(host, folder.settings(settings), query, {vantage, courier});
    if (!planned) {
      FAIL(planned.error().what);
    }
    return *planned;
  }

  FakeHost host;
  StateFolder folder;
  FakeInternet net;
  std::string record;
};

std::string text(const report::RotationPlan& plan)
{
  const std::string all = report::rotation_text(plan);
  return all.substr(0, all.find("\n\nThe times") + 1);
}

const std::string kBegin =
    "example.com\n"
    "  now                   choose the selector of a new key\n"
    "  now                   make the private key of the new key\n"
    "  now                   hand out the record of the new key, which a person publishes\n";
const std::string kProof =
    "  2026-11-03 00:00 UTC  the new key is proven: every server has served its record for long enough\n"
    "  2026-11-03 00:00 UTC  amavisd signs with the new key\n";
const std::string kNotes =
    "  note: dkimctl did not make dkim: its end waits until somebody has said that no other host signs with "
    "it: "
    "dkimctl retire example.com dkim\n"
    "  note: amavisd has no socket at which it can be asked which key it signs with: the key that is "
    "replaced "
    "stays until it has one\n";

}  // namespace

TEST_SUITE_BEGIN("app::rotation");

TEST_CASE("a rollover of a key of the configuration, with the validity of its signatures")
{
  World world;
  const auto plan = world.plan();
  CHECK(plan.findings.empty());
  CHECK_FALSE(plan.is_silent);
  CHECK(text(plan) ==
        kBegin + kProof +
            "  2026-12-03 02:00 UTC  ask a person to revoke the record of dkim, with an empty p=\n"
            "  2026-12-03 03:00 UTC  destroy the private key of dkim\n"
            "  2027-01-02 03:00 UTC  ask a person to delete the record of dkim\n" +
            kNotes);
}

TEST_CASE("a compromised key is not kept, and settings count")
{
  World world;
  CHECK(text(world.plan(true, "tombstone = 0\n")) ==
        kBegin + kProof +
            "  2026-11-03 01:00 UTC  ask a person to delete the record of dkim\n"
            "  2026-11-03 02:00 UTC  destroy the private key of dkim\n" +
            kNotes);
}

TEST_CASE(
    "a long TTL delays the proof, a server that lost the record is named, a silent domain is said to be")
{
  World world;
  dns::Record record = txt("dkim._domainkey.example.com", world.record);
  record.ttl = 48h;
  world.net.add_zone("example.com", {"ns1.example.net", "ns2.example.net"}, {record});
  CHECK(text(world.plan()).find("2026-11-04 00:00 UTC  amavisd signs with the new key") != std::string::npos);
  world.net.serve("ns2.example.net", "example.com", {});
  CHECK(text(world.plan())
            .find("  note: example.com: put the record of dkim back, mail is signed with it: "
                  "ns2.example.net/192.0.2.") != std::string::npos);
  world.net.break_server("ns1.example.net", dns::Outcome::timeout);
  world.net.break_server("ns2.example.net", dns::Outcome::timeout);
  const auto silent = world.plan();
  CHECK(silent.is_silent);
  CHECK(text(silent).find("  note: no authoritative server answered about the record of dkim") !=
        std::string::npos);
}

TEST_CASE("what keeps the configuration from being changed is what it waits for")
{
  World world;
  world.host.add_file("/etc/amavisd/amavisd.conf",
                      "$policy_bank{'MYNETS'} = { originating => 1, enable_dkim_signing => 1 };\n"
                      "$dkim_signing_service = 'inet:127.0.0.1:20010';\n"
                      "dkim_key('example.com', 'dkim', '/com.pem');\n1;\n");
  CHECK(text(world.plan()).find("  waits: dkim: another program signs: inet:127.0.0.1:20010\n") !=
        std::string::npos);
}

TEST_CASE("one that is under way is refused, and shown; resolvers are not asked for its record too early")
{
  World world;
  world.folder.write(world.host, {{{"11111111-1111-4111-8111-111111111111", "example.com", "dkim", 0, "rsa",
                                    2048, "/com.pem", world.record.substr(12), ""},
                                   {{EventKind::adopted, kStart, 7, "/com.pem"}}},
                                  {{"22222222-2222-4222-8222-222222222222", "example.com", "new", 0, "rsa",
                                    2048, "/org.pem", "", "11111111-1111-4111-8111-111111111111"},
                                   {{EventKind::reserved, kStart, 7, "/org.pem"},
                                    {EventKind::generated, kStart, 7, "", world.record.substr(12)},
                                    {EventKind::handed_out, kStart, 7}}}});
  const auto plan = world.plan();
  REQUIRE(plan.domains.size() == 1);
  CHECK(plan.domains[0].refusal == "example.com: a rollover is under way, to selector new");
  CHECK(is_any_refused(plan));
  CHECK(text(plan).find("  waits: new: no authoritative server serves its record yet\n") ==
        std::string::npos);
  CHECK(text(plan).find("2026-11-03 00:00 UTC  amavisd signs with new\n") != std::string::npos);
  CHECK(std::ranges::none_of(world.net.asked, [](const dns::Question& question) {
    return question.view != dns::View::authoritative && question.type == dns::RrType::txt &&
           question.name == name("new._domainkey.example.com");
  }));
}

TEST_SUITE_END();
