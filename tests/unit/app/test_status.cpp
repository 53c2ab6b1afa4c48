#include "app/status.hpp"
#include "state_folder.hpp"

#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace dkimctl;
using namespace dkimctl::test;
using namespace std::chrono_literals;
using rollover::EventKind;

namespace {

constexpr const char* kId = "11111111-1111-4111-8111-111111111111";
constexpr const char* kNew = "22222222-2222-4222-8222-222222222222";

class World {
public:
  World() { add_configuration(host); }

  report::StateReport status(const std::vector<std::string>& domains = {}) const
  {
    const auto report = app::status(host, folder.settings(), {{}, {}, domains, kStart + 24h});
    if (!report) {
      FAIL(report.error().what);
    }
    return *report;
  }
  /// A found key that was replaced a while ago, and its successor, which is handed out.
  void write_rollover() const
  {
    folder.write(host, {{{kId, "example.com", "dkim", 0, "rsa", 2048, "/com.pem", "", ""},
                         {{EventKind::adopted, kStart, 7, "/com.pem"},
                          {EventKind::servers_changed, kStart, 7, "", "ns1.example.net/192.0.2.1"},
                          {EventKind::server_right, kStart, 7, "ns1.example.net/192.0.2.1"}}},
                        {{kNew, "example.com", "new", 0, "rsa", 2048, "/new.pem", "MIIBnew", kId},
                         {{EventKind::reserved, kStart, 7, "/new.pem"},
                          {EventKind::generated, kStart, 7, "", "MIIBnew"},
                          {EventKind::servers_changed, kStart, 7, "", kServers},
                          {EventKind::handed_out, kStart, 7},
                          {EventKind::seen, kStart, 7, "ns1.example.net/192.0.2.1"},
                          {EventKind::server_right, kStart, 7, "ns1.example.net/192.0.2.1"}}}});
  }

  FakeHost host;
  StateFolder folder;
};

std::string codes(const std::vector<Finding>& findings)
{
  std::string text;
  for (const Finding& finding : findings) {
    text += fmt::format("{}{}: {} ({})", text.empty() ? "" : "\n", finding.code, finding.text, finding.hint);
  }
  return text;
}

std::string waits(const report::KeyStatus& key)
{
  std::string text;
  for (const rollover::Blocker& wait : key.waits) {
    text += fmt::format("{}: {}\n", to_string(wait.act), wait.text);
  }
  return text;
}

}  // namespace

TEST_SUITE_BEGIN("app::status");

TEST_CASE("before the first run the keys of the configuration are shown as it takes them on record")
{
  const World world;
  const auto report = world.status();
  CHECK(codes(report.findings) == "");
  CHECK_FALSE(report.last_run);
  REQUIRE(report.domains.size() == 2);
  CHECK(report.domains[1].domain == "example.org");
  REQUIRE(report.domains[0].keys.size() == 1);
  const report::KeyStatus& key = report.domains[0].keys[0];
  CHECK_FALSE(key.on_record);
  CHECK(rollover::state_of(key.life) == rollover::KeyState::active);
  CHECK(key.life.facts.id.size() == 36);
  CHECK(key.life.facts.file == "/com.pem");
  CHECK(key.life.facts.bits == 2048);
  CHECK(key.life.facts.public_key.starts_with("MIIB"));
  REQUIRE(key.rows.size() == 1);
  CHECK(key.rows[0] == rollover::TimeLineRow{"rollover", std::nullopt, false,
                                             "rollover due; auto = no: dkimctl rotate example.com"});
  CHECK(key.waits.empty());
  CHECK(report.domains[0].todos.empty());
}

TEST_CASE("keys for patterns and keys that cannot be told are left out, of several with a selector the first")
{
  World world;
  world.host.add_file("/etc/amavisd/amavisd.conf",
                      "dkim_key('*.example.com', 'dkim', '/com.pem');\n"
                      "dkim_key('.example.com', 'dkim', '/com.pem');\n"
                      "dkim_key('example.org', $ENV{S}, '/org.pem');\n"
                      "dkim_key('example.net', 'a', '/com.pem');\n"
                      "dkim_key('example.net', 'a', '/org.pem');\n1;\n");
  const auto report = world.status();
  REQUIRE(report.domains.size() == 1);
  CHECK(report.domains[0].domain == "example.net");
  REQUIRE(report.domains[0].keys.size() == 1);
  CHECK(report.domains[0].keys[0].life.facts.file == "/com.pem");
}

TEST_CASE("a domain is asked for however it is written; one that is unknown gets a suggestion")
{
  const World world;
  const auto report = world.status({"EXAMPLE.org."});
  CHECK(codes(report.findings) == "");
  REQUIRE(report.domains.size() == 1);
  CHECK(report.domains[0].domain == "example.org");
  CHECK(codes(world.status({"exmple.org"}).findings) ==
        "state.unknown-domain: it has no key, on record or in the configuration (did you mean example.org?)");
}

TEST_CASE("what is on record comes with what it waits for, on which server")
{
  const World world;
  world.write_rollover();
  const auto report = world.status({"example.com"});
  CHECK(codes(report.findings) == "");
  CHECK(report.last_run == kStart);
  REQUIRE(report.domains.size() == 1);
  const auto& keys = report.domains[0].keys;
  REQUIRE(keys.size() == 2);
  CHECK(keys[0].on_record);
  CHECK(keys[0].life.facts.id == kId);
  CHECK(waits(keys[0]).empty());
  CHECK(waits(keys[1]) == "mark-ready: ns2.example.net/192.0.2.2 serves no record\n");
  REQUIRE(report.domains[0].todos.size() == 2);
  CHECK(report.domains[0].todos[0].text ==
        "example.com: the record of new is on some servers for a day: ns2.example.net/192.0.2.2 serves no "
        "record");
  CHECK(report.domains[0].todos[1].text ==
        "example.com: the private key of new, /new.pem, is not there, or amavisd cannot read it");
}

TEST_CASE("a key that has another private key than is on record is said, and shown as it will be")
{
  World world;
  world.folder.write(world.host, {{{kId, "example.com", "dkim", 0, "rsa", 2048, "/com.pem", "MIIBother", ""},
                                   {{EventKind::adopted, kStart, 7, "/com.pem"}}}});
  const auto report = world.status({"example.com"});
  CHECK(codes(report.findings) ==
        "state.superseded: amavisd's configuration has another key for dkim than is on record (the next run "
        "takes that one on record, and the old one as gone)");
  REQUIRE(report.domains[0].keys.size() == 2);
  CHECK(rollover::state_of(report.domains[0].keys[0].life) == rollover::KeyState::removed);
  CHECK_FALSE(report.domains[0].keys[1].on_record);
}

TEST_CASE("the state of another machine is read, and said to be another's")
{
  World world;
  world.write_rollover();
  world.host.add_file("/etc/machine-id", "ffffffffffffffffffffffffffffffff\n");
  const auto report = world.status({"example.com"});
  CHECK(codes(report.findings) ==
        "state.foreign: it belongs to another machine, mail.example.com (if this host "
        "is to carry on in its place: dkimctl init --takeover)");
  CHECK(report.domains[0].keys.size() == 2);
}

TEST_CASE("an older copy that was put back is said to be one")
{
  const World world;
  world.write_rollover();
  std::ofstream(world.folder.path() + "/epoch") << "9 99\n";
  CHECK(
      codes(world.status({"example.com"}).findings) ==
      "state.restored: it is an older copy, and what happened since is not in it (the next run proves every "
      "key again)");
}

TEST_CASE("a damaged state is an error, not an empty one")
{
  const World world;
  world.write_rollover();
  std::ofstream(world.folder.path() + "/dkimctl.db", std::ios::trunc)
      << "no database, but long enough to look like one";
  const auto report = app::status(world.host, world.folder.settings(), {{}, {}, {}, kStart});
  REQUIRE_FALSE(report.has_value());
  CHECK(report.error().what.find("dkimctl.db") != std::string::npos);
}

TEST_CASE("a machine is known by its machine-id, or else its name")
{
  FakeHost host;
  CHECK(app::machine_of(host).identity == "mail.example.com");
  host.add_file("/etc/machine-id", "\n");
  CHECK(app::machine_of(host).identity == "mail.example.com");
  host.add_file("/etc/machine-id", "0123\n");
  CHECK(app::machine_of(host).identity == "0123");
  CHECK(app::machine_of(host).name == "mail.example.com");
}

TEST_CASE("the history is that of the domains that were asked for")
{
  const World world;
  const auto told = [&](const std::vector<std::string>& domains) {
    return *app::history(world.host, world.folder.settings(), {{}, {}, domains, kStart});
  };
  CHECK(told({}).entries.empty());
  world.write_rollover();
  CHECK(told({}).entries.size() == 9);
  const auto history = told({"Example.COM"});
  REQUIRE(history.entries.size() == 9);
  CHECK(history.entries[0].selector == "dkim");
  CHECK(history.entries[0].event.kind == EventKind::adopted);
  CHECK(codes(told({"example.org"}).findings) ==
        "state.unknown-domain: nothing is on record of it (`dkimctl history` lists all)");
}

TEST_SUITE_END();
