#include "report/explain.hpp"

#include <doctest/doctest.h>

using namespace dkimctl;
using namespace dkimctl::report;
using amavis::Decision;
using amavis::Outcome;

namespace {

Location at(std::uint32_t line, std::uint32_t column)
{
  return {"50-user", line, column, "", 1};
}

Decision signed_in(const std::string& bank)
{
  Decision decision;
  decision.outcome = Outcome::signs;
  decision.bank = bank;
  decision.address = "u@sub.example.com";
  decision.domain = "example.com";
  decision.selector = "dkim";
  decision.algorithm = "rsa-sha256";
  decision.canonicalization = "relaxed/simple";
  decision.identity = "@sub.example.com";
  decision.ttl = std::chrono::seconds{2592000};
  decision.key = 1;
  decision.key_file = "/var/lib/dkim/example.com.pem";
  decision.because = {
      {"bank", bank, false, at(400, 3), "enable_dkim_signing of policy bank " + bank},
      {"d", "example.com", false, at(510, 16), "entry '.' of a signing map"},
      {"s", "dkim", false, at(505, 25), "the first dkim_key that fits"},
      {"key", "/var/lib/dkim/example.com.pem", false, at(505, 1), "dkim_key #1"},
      {"a", "rsa-sha256", false, {}, "amavisd's default"},
      {"i", "@sub.example.com", false, {}, "the address is in a subdomain of d"},
      {"ttl", "2592000", false, at(513, 18), "entry '.' of a signing map"},
  };
  return decision;
}

Decision not_signed()
{
  Decision decision;
  decision.bank = "MLMMJ";
  decision.reason = "no key of example.com has the selector 'x\x1b'";
  decision.domain = "example.com";
  decision.because = {{"bank", "MLMMJ", false, at(401, 3), "enable_dkim_signing of policy bank MLMMJ"},
                      {"d", std::nullopt, false, at(511, 2), "entry 'x' of a signing map"}};
  return decision;
}

ExplainReport a_report()
{
  return {"u@sub.example.com", {signed_in("ORIGINATING"), signed_in("MYNETS"), not_signed()}};
}

}  // namespace

TEST_SUITE_BEGIN("report::explain");

TEST_CASE("a person is told tag by tag, banks of one answer together")
{
  ExplainReport report = a_report();
  report.live.push_back(
      {"ORIGINATING", "/run/amavisd.sock",
       amavis::LiveSignature{"example.com", "old\x1b", "rsa-sha256", "relaxed/simple", "", 1, 2}});
  report.live.push_back({"", "127.0.0.1:9998", std::nullopt});
  CHECK(explain_text(report) ==
        "u@sub.example.com is signed in policy banks ORIGINATING, MYNETS\n"
        "  policy bank         50-user:400:3   enable_dkim_signing of policy bank ORIGINATING\n"
        "  d=example.com       50-user:510:16  entry '.' of a signing map\n"
        "  s=dkim              50-user:505:25  the first dkim_key that fits\n"
        "  key #1              50-user:505:1   /var/lib/dkim/example.com.pem\n"
        "  a=rsa-sha256                        amavisd's default\n"
        "  i=@sub.example.com                  the address is in a subdomain of d\n"
        "  ttl=2592000         50-user:513:18  entry '.' of a signing map (30 days)\n"
        "u@sub.example.com is not signed in policy bank MLMMJ: no key of example.com has the selector "
        "'x\\x1b'\n"
        "  policy bank  50-user:401:3  enable_dkim_signing of policy bank MLMMJ\n"
        "  d=undef      50-user:511:2  entry 'x' of a signing map\n"
        "asked at /run/amavisd.sock, the running amavisd signs with d=example.com s=old\\x1b in policy bank "
        "ORIGINATING\n"
        "asked at 127.0.0.1:9998, the running amavisd does not sign without a policy bank\n");
}

TEST_CASE("what cannot be told, and what no bank signs")
{
  Decision unknown;
  unknown.outcome = Outcome::unknown;
  unknown.bank = "A";
  unknown.reason = "d cannot be known: element of %ENV";
  unknown.because = {{"d", "element of %ENV", true, at(1, 2), "only Perl can tell"}};
  Decision nowhere;
  nowhere.reason = "no policy bank signs";
  CHECK(explain_text({"u@x.org", {unknown}}) ==
        "u@x.org: cannot be told in policy bank A: d cannot be known: element of %ENV\n"
        "  d=? element of %ENV  50-user:1:2  only Perl can tell\n");
  CHECK(explain_text({"u@x.org", {nowhere}}) == "u@x.org is not signed anywhere: no policy bank signs\n");
  ExplainReport unanswered{"u@x.org", {nowhere}};
  unanswered.live_asked = true;
  CHECK(explain_text(unanswered) ==
        "u@x.org is not signed anywhere: no policy bank signs\nthe running amavisd could not be asked\n");
  Decision rejected;
  rejected.outcome = Outcome::unknown;
  rejected.reason = "amavisd does not take the configuration: a.conf:1:2: x";
  CHECK(explain_text({"u@x.org", {rejected}}) ==
        "u@x.org: cannot be told: amavisd does not take the configuration: a.conf:1:2: x\n");
}

TEST_CASE("JSON has the answer of the first bank, then all of them")
{
  ExplainReport report = a_report();
  report.decisions.erase(report.decisions.begin());
  report.decisions.erase(report.decisions.begin() + 1);
  report.decisions[0].because.resize(2);
  report.live.push_back({"MYNETS", "127.0.0.1:9998", std::nullopt});
  report.findings.push_back(
      {"amavis.pinned-selector", Severity::note, "u@sub.example.com", "text", "", {}, {}});
  const std::string json = explain_json(report);
  const std::string decision_text =
      R"("bank": "MYNETS",
  "signs": true,
  "reason": null,
  "domain": "example.com",
  "selector": "dkim",
  "algorithm": "rsa-sha256",
  "canonicalization": "relaxed/simple",
  "ttl": 2592000,
  "expires": null,
  "identity": "@sub.example.com",
  "key": 1,
  "file": "/var/lib/dkim/example.com.pem",
  "because": [
    {
      "tag": "bank",
      "value": "MYNETS",
      "file": "50-user",
      "line": 400,
      "column": 3,
      "why": "enable_dkim_signing of policy bank MYNETS"
    },
    {
      "tag": "d",
      "value": "example.com",
      "file": "50-user",
      "line": 510,
      "column": 16,
      "why": "entry '.' of a signing map"
    }
  ],
  "banks": [
)";
  CHECK(json.starts_with("{\n  \"schema\": 1,\n  \"address\": \"u@sub.example.com\",\n  " + decision_text));
  CHECK(json.ends_with(R"(  "live": [
    {
      "bank": "MYNETS",
      "endpoint": "127.0.0.1:9998",
      "signs": false
    }
  ],
  "findings": [
    {
      "code": "amavis.pinned-selector",
      "severity": "note",
      "object": "u@sub.example.com",
      "text": "text"
    }
  ]
}
)"));
}

TEST_CASE("JSON of mail that is not signed has no signature; what cannot be known is null, and why is marked")
{
  const std::string json = explain_json({"u@x.org", {not_signed()}});
  CHECK(json.find("\"signs\": false,\n  \"reason\": \"no key of example.com has the selector 'x\\u001b'\",\n"
                  "  \"domain\": null,\n") != std::string::npos);
  CHECK(json.find("\"tag\": \"d\",\n      \"value\": null,") != std::string::npos);

  Decision unknown;
  unknown.outcome = Outcome::unknown;
  unknown.because = {{"d", "element of %ENV", true, at(1, 2), "only Perl can tell"}};
  const std::string open = explain_json({"u@x.org", {unknown}});
  CHECK(open.find("\"signs\": null,") != std::string::npos);
  CHECK(
      open.find("\"value\": {\n        \"$dynamic\": \"element of %ENV\",\n        \"file\": \"50-user\",") !=
      std::string::npos);
}

TEST_SUITE_END();
