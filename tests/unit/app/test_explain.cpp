#include "app/explain.hpp"
#include "fake_host.hpp"
#include "temporary_folder.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <unistd.h>

using namespace dkimctl;
using namespace dkimctl::app;

namespace {

constexpr const char* kConfiguration = R"(use strict;
$daemon_user = 'amavis';
$interface_policy{'10026'} = 'ORIGINATING';
$inet_socket_port = [10024, 10026];
$policy_bank{'MYNETS'} = { originating => 1, enable_dkim_signing => 1 };
$policy_bank{'ORIGINATING'} = { originating => 1, enable_dkim_signing => 1 };
dkim_key('example.com', 'dkim', '/k.pem');
dkim_key('second.org', 'dkim', '/k.pem');
@dkim_signature_options_bysender_maps = ({
  'second.org' => { d => 'second.org', s => 'dkim', ttl => 10*24*3600 },
  '.' => { d => 'example.com', a => 'rsa-sha256' },
});
1;
)";

class World {
public:
  explicit World(const std::string& configuration = kConfiguration)
  {
    host.add_user({"amavis", 110, 115, {}});
    host.add_file("/a.conf", configuration);
  }

  Result<report::ExplainReport> explain(const std::string& address, const std::string& bank = "",
                                        const AskDaemon& ask = {}) const
  {
    Facts facts = gather_facts(host, {{"/a.conf"}});
    // the key file is not what these tests are about
    std::erase_if(facts.findings,
                  [](const Finding& finding) { return finding.code == "amavis.unreadable-key"; });
    return app::explain(facts, {{}, address, bank, ask != nullptr, false}, ask);
  }

  FakeHost host;
};

std::string codes(const report::ExplainReport& report)
{
  std::string text;
  for (const Finding& finding : report.findings) {
    text += fmt::format("{}{}", text.empty() ? "" : " ", finding.code);
  }
  return text;
}

amavis::LiveSignature signature(std::string selector)
{
  return {"example.com", std::move(selector), "rsa-sha256", "relaxed/simple", "", 1000, std::nullopt};
}

/// Answers with one selector, and keeps what it was asked.
struct FakeDaemon {
  std::string selector = "dkim";
  std::vector<std::string> asked = {};

  AskDaemon ask()
  {
    return [this](std::string_view address, std::string_view banks) -> Result<LiveReply, NoReply> {
      asked.push_back(fmt::format("{} {}", address, banks));
      return LiveReply{"/run/amavisd.sock",
                       selector.empty() ? std::nullopt : std::optional{signature(selector)}};
    };
  }
};

}  // namespace

TEST_SUITE_BEGIN("app::explain");

TEST_CASE("the answer of each signing bank, with the statements of the file")
{
  const auto report = World{}.explain("u@second.org");
  REQUIRE(report.has_value());
  REQUIRE(report->decisions.size() == 2);
  CHECK(report->decisions[0].bank == "ORIGINATING");
  CHECK(report->decisions[0].domain == "second.org");
  CHECK(report->decisions[0].ttl == std::chrono::seconds{864000});
  CHECK(report->decisions[1].bank == "MYNETS");
  CHECK(codes(*report) == "amavis.pinned-selector");
  std::string rows;
  for (const amavis::Because& because : report->decisions[0].because) {
    rows += fmt::format("{}={} {}:{}\n", because.tag, because.value.value_or("-"),
                        because.where ? because.where->line : 0, because.where ? because.where->column : 0);
  }
  CHECK(rows ==
        "bank=ORIGINATING 6:74\n"
        "d=second.org 10:26\n"
        "s=dkim 10:45\n"
        "key=/k.pem 8:1\n"
        "a=rsa-sha256 11:37\n"
        "c=relaxed/simple 0:0\n"
        "ttl=864000 10:60\n");
}

TEST_CASE("one bank alone, and one that is not there")
{
  World world;
  CHECK(world.explain("u@x.net", "MYNETS")->decisions.size() == 1);
  CHECK(codes(*world.explain("u@x.net", "MYNETS")) == "amavis.misaligned");
  const auto refused = world.explain("u@x.net", "MYNET");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Errc::usage);
  CHECK(refused.error().what == "there is no policy bank 'MYNET'");
  CHECK(refused.error().hint == "did you mean 'MYNETS'? there are MYNETS, ORIGINATING");
}

TEST_CASE("what is no address is refused, and what was asked is what is told")
{
  World world;
  CHECK(world.explain("example.com").error().code == Errc::usage);
  const auto report = world.explain("\"u v\"@x.net");
  REQUIRE(report.has_value());
  CHECK(report->address == "\"u v\"@x.net");
  CHECK(report->decisions[0].address == "u v@x.net");
  CHECK(report->findings[0].object == "\"u v\"@x.net");
  CHECK(world.explain("<u@example.com>")->address == "u@example.com");
}

TEST_CASE("the null sender is told as it is written, and has nothing to sign for")
{
  World world;
  FakeDaemon daemon{""};
  const auto report = world.explain("<>", "ORIGINATING", daemon.ask());
  REQUIRE(report.has_value());
  CHECK(report->address == "<>");
  CHECK(report->decisions[0].reason == "the null sender has no domain to sign for");
  CHECK(codes(*report).empty());
  CHECK(daemon.asked == std::vector<std::string>{" ORIGINATING"});
}

TEST_CASE("errors of the configuration are told, what is not about the address is not")
{
  World world{std::string{kConfiguration} +
              "dkim_key('*.x.net', 'dkim', '/k.pem');\ndkim_key('', 's', '/k.pem');\n"};
  const auto report = world.explain("u@example.com");
  REQUIRE(report.has_value());
  CHECK(codes(*report) == "amavis.bad-argument");
}

TEST_CASE("a dynamic $enable_dkim_signing is told though a bank signs by itself")
{
  const std::string dynamic = std::string{kConfiguration} + "$enable_dkim_signing = $ENV{S};\n";
  const auto report = World{dynamic}.explain("u@example.com");
  REQUIRE(report.has_value());
  CHECK(report->decisions.size() == 2);  // mail outside of the banks is not originating, hence not signed
  CHECK(report->decisions[0].outcome == amavis::Outcome::signs);
  REQUIRE(codes(*report) == "amavis.dynamic");
  CHECK(report->findings[0].severity == Severity::warning);
  CHECK(report->findings[0].where->line == 14);

  const auto open = World{dynamic + "$originating = 1;\n"}.explain("u@example.com");
  REQUIRE(open.has_value());
  REQUIRE(open->decisions.size() == 3);
  CHECK(open->decisions[2].bank.empty());
  CHECK(open->decisions[2].outcome == amavis::Outcome::unknown);
  CHECK(open->decisions[2].reason.starts_with(
      "whether mail without a policy bank is signed cannot be known: "));
  CHECK(codes(*open) == "amavis.dynamic");
}

TEST_CASE("a dynamic place is told once, as severely as it deserves")
{
  World world{
      "$policy_bank{'A'} = { originating => 1, enable_dkim_signing => 1 };\n"
      "dkim_key($ENV{D}, 's', '/k.pem');\n1;\n"};
  const auto report = world.explain("u@example.com");
  REQUIRE(report.has_value());
  CHECK(report->decisions[0].outcome == amavis::Outcome::unknown);
  REQUIRE(codes(*report) == "amavis.dynamic");
  CHECK(report->findings[0].severity == Severity::error);
}

TEST_CASE("a configuration that amavisd does not take gives no answer, and says why")
{
  struct Case {
    const char* text;
    const char* code;
  };
  const Case cases[]{
      {"dkim_key('example.com' 's', '/k.pem');\n", "amavis.syntax"},
      {"include_config_files('/none.conf');\n", "amavis.missing-file"},
      {"die 'no';\n", "amavis.died"},
      {"dkim_key('', 's', '/k.pem');\n", "amavis.bad-argument"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.code);
    World world{std::string{c.text} + kConfiguration};
    for (const char* bank : {"", "ORIGINATING", "NONE"}) {
      const auto report = world.explain("u@example.com", bank);
      REQUIRE(report.has_value());
      REQUIRE(report->decisions.size() == 1);
      CHECK(report->decisions[0].outcome == amavis::Outcome::unknown);
      CHECK(report->decisions[0].bank == bank);
      REQUIRE(codes(*report) == c.code);
      const Finding& cause = report->findings[0];
      CHECK(report->decisions[0].reason ==
            fmt::format("amavisd does not take the configuration: /a.conf:1:{}: {}", cause.where->column,
                        cause.text));
    }
  }
  const auto unusable = app::explain(World{}.host, {{{"/a.conf"}}, "u@example.com", "", false, false});
  REQUIRE(unusable.has_value());
  CHECK(unusable->decisions[0].outcome == amavis::Outcome::unknown);
  CHECK(unusable->decisions[0].reason ==
        "amavisd does not take the configuration: /a.conf:7:33: key file /k.pem cannot be read: no such file "
        "or directory");
  World hidden;
  hidden.host.add_file("/k.pem", "", {.error = Error{Errc::denied, "permission denied"}});
  const auto denied = app::explain(hidden.host, {{{"/a.conf"}}, "u@example.com", "", false, false});
  REQUIRE(denied.has_value());
  CHECK(denied->decisions[0].reason == "key file /k.pem cannot be read: permission denied");
  World none{"1;\n"};
  CHECK(none.explain("u@example.com")->decisions[0].reason == "no policy bank signs");
  const auto nowhere = app::explain(FakeHost{}, {{}, "u@example.com", "", false, false});
  REQUIRE(nowhere.has_value());
  CHECK(nowhere->decisions[0].reason ==
        "no configuration of amavisd is where Debian, RHEL, FreeBSD or OpenBSD have it");
  CHECK(codes(*nowhere) == "amavis.missing-file");
}

TEST_CASE("a daemon that agrees is asked once a bank, and nothing is found")
{
  World world;
  FakeDaemon daemon;
  const auto report = world.explain("u@example.com", "", daemon.ask());
  REQUIRE(report.has_value());
  CHECK(daemon.asked == std::vector<std::string>{"u@example.com ORIGINATING", "u@example.com MYNETS"});
  CHECK(codes(*report).empty());
  REQUIRE(report->live.size() == 2);
  CHECK(report->live[1].bank == "MYNETS");
  CHECK(report->live[1].endpoint == "/run/amavisd.sock");
}

TEST_CASE("a daemon that signs otherwise has not loaded its configuration")
{
  World world;
  FakeDaemon daemon{"old"};
  const auto report = world.explain("u@example.com", "ORIGINATING", daemon.ask());
  REQUIRE(report.has_value());
  REQUIRE(codes(*report) == "amavis.not-loaded");
  CHECK(report->findings[0].text ==
        "in policy bank ORIGINATING: the running amavisd signs with d=example.com s=old, its configuration "
        "signs with "
        "d=example.com s=dkim");
  CHECK(report->findings[0].key == 1);
}

TEST_CASE("several banks are asked for at once")
{
  World world;
  FakeDaemon daemon;
  CHECK(world.explain("u@example.com", "ORIGINATING,MYNETS", daemon.ask()).has_value());
  CHECK(daemon.asked == std::vector<std::string>{"u@example.com ORIGINATING,MYNETS"});
}

TEST_CASE("where no bank signs, the banks of mail are asked about all the same")
{
  std::string off = kConfiguration;
  for (std::size_t at = off.find("signing => 1"); at != std::string::npos; at = off.find("signing => 1")) {
    off.replace(at, 12, "signing => 0");
  }
  World world{off};
  FakeDaemon silent{""};
  CHECK(codes(*world.explain("u@example.com", "", silent.ask())) == "amavis.signing-off");
  CHECK(silent.asked ==
        std::vector<std::string>{"u@example.com ", "u@example.com ORIGINATING", "u@example.com MYNETS"});
  FakeDaemon signing{"dkim"};
  CHECK(codes(*world.explain("u@example.com", "", signing.ask())) ==
        "amavis.signing-off amavis.not-loaded amavis.not-loaded amavis.not-loaded");
}

TEST_CASE(
    "where there are no banks the daemon is asked in those that the sockets name, and in all it may have")
{
  World world{
      "$interface_policy{'10026'} = 'ORIGINATING';\n$interface_policy{'9998'} = 'PDP';\n"
      "$inet_socket_port = [10024, 10026, 9998];\n$policy_bank{'PDP'} = { protocol => 'AM.PDP' };\n"
      "$policy_bank{'OTHER'} = { originating => 1 };\n$policy_bank{'MYUSERS'} = {};\n1;\n"};
  FakeDaemon daemon{""};
  CHECK(codes(*world.explain("u@x.net", "", daemon.ask())) == "amavis.signing-off");
  CHECK(daemon.asked ==
        std::vector<std::string>{"u@x.net ", "u@x.net ORIGINATING", "u@x.net MYNETS", "u@x.net OTHER"});
}

TEST_CASE("a bank of a socket that does not sign is asked about beside those that do")
{
  std::string off = kConfiguration;
  off.replace(off.find("$policy_bank{'ORIGINATING'} = { originating => 1, enable_dkim_signing => 1 };"), 77,
              "");
  FakeDaemon daemon;
  const auto report = World{off}.explain("u@example.com", "", daemon.ask());
  REQUIRE(report.has_value());
  CHECK(report->decisions.size() == 1);
  CHECK(daemon.asked == std::vector<std::string>{"u@example.com MYNETS", "u@example.com ORIGINATING"});
  REQUIRE(codes(*report) == "amavis.not-loaded");
  CHECK(report->findings[0].text ==
        "in policy bank ORIGINATING: the running amavisd signs with d=example.com s=dkim, its configuration "
        "says that it does not sign");
}

TEST_CASE("the daemon is asked about a bank that the configuration does not have")
{
  World world;
  FakeDaemon daemon;
  const auto report = world.explain("u@example.com", "MYNETZ", daemon.ask());
  REQUIRE(report.has_value());
  CHECK(daemon.asked == std::vector<std::string>{"u@example.com MYNETZ"});
  CHECK(codes(*report) == "amavis.unknown-bank amavis.signing-off amavis.not-loaded");
  CHECK(report->findings[0].text == "there is no policy bank 'MYNETZ'");
  CHECK(report->findings[0].hint == "did you mean 'MYNETS'? there are MYNETS, ORIGINATING");
  CHECK(report->decisions[0].reason == "signing is off for mail in policy bank MYNETZ");
}

TEST_CASE("a daemon is asked though its configuration is rejected, and nothing is compared")
{
  World world{"$interface_policy{'10026'} = 'ORIGINATING'; $inet_socket_port = 10026;\ndie;\n"};
  FakeDaemon daemon;
  const auto report = world.explain("u@example.com", "", daemon.ask());
  REQUIRE(report.has_value());
  CHECK(codes(*report) == "amavis.died");
  CHECK(daemon.asked ==
        std::vector<std::string>{"u@example.com ", "u@example.com ORIGINATING", "u@example.com MYNETS"});
  CHECK(report->live.size() == 3);
}

TEST_CASE("a daemon that cannot be asked is told once")
{
  World world;
  const AskDaemon ask = [](std::string_view, std::string_view) -> Result<LiveReply, NoReply> {
    return tl::unexpected(NoReply{{{"amavis.live-unavailable", Severity::warning, "x", "y", "", {}, {}}}});
  };
  const auto report = world.explain("u@example.com", "", ask);
  REQUIRE(report.has_value());
  CHECK(codes(*report) == "amavis.live-unavailable");
  CHECK(report->live.empty());
  CHECK(report->live_failed);
}

TEST_CASE("a socket that cannot be reached has failed; it is said once that it is asked")
{
  const TemporaryFolder folder;
  World world;
  world.host.add_user({"self", ::geteuid(), ::getegid(), {}});
  world.host.add_file("/a.conf",
                      fmt::format("{}$daemon_user = 'self'; $TEMPBASE = '{}';\n"
                                  "$unix_socketname = '{}/none.sock';\n$interface_policy{{'SOCK'}} = "
                                  "'P';\n$policy_bank{{'P'}} = {{ protocol => 'AM.PDP' }};\n",
                                  kConfiguration, folder.path(), folder.path()));
  std::vector<std::string> told;
  const auto report = app::explain(
      world.host, {{{"/a.conf"}}, "u@example.com", "", true, false, [&](const std::string& endpoint) {
                     told.push_back(endpoint);
                   }});
  REQUIRE(report.has_value());
  CHECK(report->live_failed);
  CHECK(told == std::vector<std::string>{folder.path() + "/none.sock"});
  const auto& last = report->findings.back();
  CHECK(last.code == "amavis.live-unavailable");
  CHECK(last.severity == Severity::error);
  CHECK(last.text == fmt::format("cannot connect to {}/none.sock: no such file or directory", folder.path()));
}

TEST_CASE("another host's daemon cannot be asked")
{
  const World world;
  const auto refused = app::explain(world.host, {{{"/a.conf"}}, "u@example.com", "", true, true});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Errc::usage);
}

TEST_CASE("a configuration without a socket for AM.PDP says how to make one")
{
  const World world;
  const auto report = app::explain(world.host, {{{"/a.conf"}}, "u@example.com", "", true, false});
  REQUIRE(report.has_value());
  const auto found =
      std::find_if(report->findings.begin(), report->findings.end(),
                   [](const Finding& finding) { return finding.code == "amavis.live-unavailable"; });
  REQUIRE(found != report->findings.end());
  CHECK(found->text == "no socket of the configuration speaks AM.PDP, so amavisd cannot be asked");
  CHECK(found->hint.find("$unix_socketname") != std::string::npos);
  CHECK_FALSE(report->live_failed);
}

TEST_SUITE_END();
