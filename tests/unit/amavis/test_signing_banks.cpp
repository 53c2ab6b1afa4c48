#include "signing_fixture.hpp"

#include <doctest/doctest.h>

using namespace dkimctl::amavis;
using namespace dkimctl::amavis::testing;

namespace {

/// "ORIGINATING: d=... | MYNETS: ...".
std::string everywhere(SigningFixture& host, const std::string& address)
{
  std::string text;
  for (const Decision& decision : host.signer().decide_in_signing_banks({address})) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : " | ", decision.bank, summary(decision));
  }
  return text;
}

const std::string kSigned = "d=example.com s=dkim a=rsa-sha256 c=relaxed/simple";

}  // namespace

TEST_SUITE_BEGIN("amavis::Signer banks");

TEST_CASE("a bank signs if signing is on in it and its mail is originating")
{
  SigningFixture host;
  host.key("example.com", "dkim");
  host.bank("LOCAL", {{"originating", "1"}});
  host.bank("INCOMING", {{"enable_dkim_signing", "1"}});
  CHECK(summary(host.decide("u@example.com")) == kSigned);
  CHECK(summary(host.decide("u@example.com", "LOCAL")) ==
        "unsigned: signing is off for mail in policy bank LOCAL");
  CHECK(summary(host.decide("u@example.com", "INCOMING")) ==
        "unsigned: mail in policy bank INCOMING is not marked as originating, and only such mail is signed");
  CHECK(summary(host.decide("u@example.com", "")) ==
        "unsigned: signing is off for mail without a policy bank");
  CHECK(codes(host.decide("u@example.com", "").findings) == "signing-off");
  CHECK(summary(host.decide("u@example.com", "LOCAL, INCOMING")) == kSigned);
  CHECK(host.decide("u@example.com", "LOCAL,INCOMING").bank == "LOCAL/INCOMING");

  host.set("enable_dkim_signing", "1");
  CHECK(summary(host.decide("u@example.com", "LOCAL")) == kSigned);
  CHECK(host.decide("u@example.com", "LOCAL").because.front().why == "$enable_dkim_signing");
}

TEST_CASE("MYNETS marks its mail as originating, unless it says otherwise")
{
  SigningFixture host;
  host.key("example.com", "dkim");
  BankView& networks = host.bank("MYNETS", {{"enable_dkim_signing", "1"}});
  CHECK(summary(host.decide("u@example.com", "MYNETS")) == kSigned);
  networks.settings["originating"] = {"0", next_place()};
  CHECK(host.decide("u@example.com", "MYNETS").outcome == Outcome::does_not_sign);
}

TEST_CASE("a bank may refer to a variable, and replaces the maps as a whole")
{
  SigningFixture host;
  host.key("example.com", "dkim");
  host.key("second.org", "dkim");
  host.maps({{".", hash({{"d", "example.com"}, {"c", "relaxed"}})}});
  host.bank("OTHER",
            {{"originating", reference("1")},
             {"enable_dkim_signing", reference("1")},
             {"dkim_signature_options_bysender_maps", array({hash({{".", hash({{"d", "second.org"}})}})})}});
  CHECK(summary(host.decide("u@x.net", "OTHER")) == "d=second.org s=dkim a=rsa-sha256 c=relaxed/simple");
  CHECK(everywhere(host, "u@x.net") ==
        "ORIGINATING: d=example.com s=dkim a=rsa-sha256 c=relaxed | "
        "OTHER: d=second.org s=dkim a=rsa-sha256 c=relaxed/simple");
}

TEST_CASE("signing banks come in the order of the sockets, then MYNETS, no bank, and the rest")
{
  SigningFixture host;
  host.key("example.com", "dkim");
  host.bank("MYNETS", {{"enable_dkim_signing", "1"}});
  host.bank("ALONE", {{"originating", "1"}});
  host.bank("MLMMJ", {{"originating", "1"}, {"enable_dkim_signing", "1"}});
  host.bank("AM.PDP-SOCK", {{"protocol", "AM.PDP"}});
  host.view.listening = {"", "MLMMJ", "ORIGINATING", "AM.PDP-SOCK"};
  CHECK(everywhere(host, "u@example.com") ==
        "MLMMJ: " + kSigned + " | ORIGINATING: " + kSigned + " | MYNETS: " + kSigned);

  host.set("enable_dkim_signing", "1");
  host.set("originating", "1");
  host.view.listening = {};
  CHECK(everywhere(host, "u@example.com") == "MYNETS: " + kSigned + " | : " + kSigned +
                                                 " | ORIGINATING: " + kSigned + " | ALONE: " + kSigned +
                                                 " | MLMMJ: " + kSigned + " | AM.PDP-SOCK: " + kSigned);
}

TEST_CASE("a bank that signs but does not mark its mail signs for clients in @mynetworks")
{
  SigningFixture host;
  host.view.banks.clear();
  host.key("example.com", "dkim");
  host.bank("SUBMISSION", {{"enable_dkim_signing", "1"}});
  host.bank("MYNETS", {{"originating", "1"}});
  CHECK(everywhere(host, "u@example.com") == "SUBMISSION/MYNETS: " + kSigned);
}

TEST_CASE("MYUSERS comes over every other bank")
{
  SigningFixture host;
  host.key("example.com", "dkim");
  host.bank("MYUSERS",
            {{"dkim_signature_options_bysender_maps", array({hash({{".", hash({{"c", "simple"}})}})})}});
  CHECK(everywhere(host, "u@example.com") ==
        "ORIGINATING: " + kSigned +
            " | ORIGINATING/MYUSERS: d=example.com s=dkim a=rsa-sha256 c=simple/simple");
}

TEST_CASE("where no bank signs there is one answer that says so")
{
  SigningFixture host;
  host.view.banks.clear();
  host.key("example.com", "dkim");
  CHECK(everywhere(host, "u@example.com") == ": unsigned: no policy bank signs");
  host.set("enable_dkim_signing", "1");
  CHECK(everywhere(host, "u@example.com") ==
        ": unsigned: no policy bank that signs is marked as originating");
  const auto decisions = host.signer().decide_in_signing_banks({"u@example.com"});
  CHECK(codes(decisions.front().findings) == "signing-off");
  CHECK(decisions.front().findings[0].where == locate(host.view.settings["enable_dkim_signing"].place));
}

TEST_CASE("an unknown bank is refused with the names there are")
{
  SigningFixture host;
  host.bank("MYNETS", {});
  const auto message = [&](const char* name) {
    const auto decision = host.try_decide({"u@example.com"}, name);
    REQUIRE_FALSE(decision.has_value());
    CHECK(decision.error().code == dkimctl::Errc::usage);
    return fmt::format("{} ({})", decision.error().what, decision.error().hint);
  };
  CHECK(message("ORIGIN") ==
        "there is no policy bank 'ORIGIN' (did you mean 'ORIGINATING'? there are ORIGINATING, MYNETS)");
  CHECK(message("originating") ==
        "there is no policy bank 'originating' (did you mean 'ORIGINATING'? there are ORIGINATING, MYNETS)");
  host.view.banks.clear();
  CHECK(message("MYNETS,X") == "there is no policy bank 'MYNETS' (the configuration defines none)");
}

TEST_CASE("a signing service decides by itself")
{
  SigningFixture host;
  host.key("example.com", "dkim");
  host.set("dkim_signing_service", "[127.0.0.1]:2000");
  const Decision decision = host.decide("u@example.com");
  CHECK(summary(decision) == "unknown: the signing service [127.0.0.1]:2000 chooses the key");
  CHECK(codes(decision.findings) == "signing-service");
}

TEST_CASE("a switch that cannot be known leaves the answer open")
{
  SigningFixture host;
  host.key("example.com", "dkim");
  const auto secret = unknown("command");
  host.bank("A", {{"enable_dkim_signing", secret}, {"originating", "1"}});
  CHECK(summary(host.decide("u@example.com", "A")) ==
        "unknown: whether mail in policy bank A is signed cannot be known: command");
  host.bank("B", {}).unknown = secret;
  CHECK(host.decide("u@example.com", "B").outcome == Outcome::unknown);
  CHECK(summary(host.decide("u@example.com", "B,ORIGINATING")).starts_with("unknown"));
}

TEST_CASE("amavisd has to be allowed to add the header")
{
  struct Case {
    Pairs global;
    Pairs bank;
    bool assigned;  // the global hash as a whole
    bool allowed;
  };
  const Case cases[]{{{}, {}, false, true},
                     {{{"x-spam", "1"}}, {}, false, true},
                     {{{"x-spam", "1"}}, {}, true, false},
                     {{{"dkim-signature", "1"}}, {}, true, true},
                     {{{"dkim-signature", "0"}}, {}, false, false},
                     {{}, {{"dkim-signature", "0"}}, false, false},
                     {{}, {{"x-spam", "1"}}, false, true},
                     {{}, {{"x-spam", "1"}, {"REPLACE", "1"}}, false, false}};
  for (const Case& c : cases) {
    SigningFixture host;
    host.key("example.com", "dkim");
    const auto global = hash(c.global);
    global->set = c.assigned ? next_place() : dkimctl::perl::Place{};
    host.set("allowed_added_header_fields", global);
    if (!c.bank.empty()) {
      host.view.banks.front().settings["allowed_added_header_fields"] = {hash(c.bank), next_place()};
    }
    CAPTURE(&c - cases);
    CHECK((host.decide("u@example.com").outcome == Outcome::signs) == c.allowed);
  }
}

TEST_SUITE_END();
