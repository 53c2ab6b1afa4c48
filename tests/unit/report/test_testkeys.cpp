#include "dkim/lookup_findings.hpp"
#include "dns/findings.hpp"
#include "report/testkeys.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace dkimctl;
using dkim::Verdict;
using report::KeyTests;
using report::TestOutcome;

namespace {

const amavis::Locate kLocate = [](const perl::Place& place) {
  return Location{"50-user", place.span.begin, place.span.end, "", 1};
};

amavis::DkimKey key(std::uint32_t number, std::string domain)
{
  amavis::DkimKey made;
  made.number = number;
  made.domain = std::move(domain);
  made.selector = "dkim";
  made.file = "/k.pem";
  return made;
}

const amavis::DkimKey kKey = key(1, "example.com");
const amavis::DkimKey kOther = key(2, "xn--bcher-kva.example");

report::TestedKey tested(const amavis::DkimKey& key, Verdict verdict, const std::string& result,
                         const std::vector<Finding>& findings = {})
{
  report::TestedKey tested;
  tested.shown.key = &key;
  tested.diagnosis.emplace();
  tested.diagnosis->verdict = verdict;
  tested.diagnosis->result = result;
  tested.findings = findings;
  return tested;
}

Finding finding(const FindingCode& code, Severity severity = Severity::error)
{
  Finding made = make_finding(code, {}, "what is wrong", "what to do");
  made.severity = severity;
  made.key = 1;
  return made;
}

KeyTests tests(std::vector<report::TestedKey> keys, std::vector<Finding> findings = {})
{
  return {std::move(keys), true, true, std::move(findings)};
}

const report::TestedKey kPassed = tested(kKey, Verdict::pass, "pass");
const report::TestedKey kFailed =
    tested(kOther, Verdict::fail, "invalid (public key: not available)", {finding(dkim::findings::kAtApex)});
const report::TestedKey kSilent =
    tested(kOther, Verdict::temporary, "invalid (public key: DNS error: SERVFAIL)",
           {finding(dkim::findings::kServerUnreachable, Severity::warning)});

}  // namespace

TEST_SUITE_BEGIN("report::testkeys");

TEST_CASE("amavisd's line, and what is wrong below it")
{
  CHECK(testkeys_text(tests({kPassed}), {}) ==
        "TESTING#1 example.com: dkim._domainkey.example.com => pass\n");
  CHECK(testkeys_text(tests({kFailed}), {}) ==
        "TESTING#2 b\xc3\xbc"
        "cher.example: dkim._domainkey.xn--bcher-kva.example => "
        "invalid (public key: not available)\n"
        "  error: what is wrong [dkim.at-apex]\n"
        "    hint: what to do\n");
  CHECK(testkeys_text(tests({}), {}) == "No DKIM private keys match the selection list.\n");
}

TEST_CASE("with --quiet warnings are left out")
{
  CHECK(testkeys_text(tests({kSilent}), {false, Severity::error, false}) ==
        "TESTING#2 b\xc3\xbc"
        "cher.example: dkim._domainkey.xn--bcher-kva.example => "
        "invalid (public key: DNS error: SERVFAIL)\n");
}

TEST_CASE("what it comes to: unreadable before problems before temporary")
{
  CHECK(outcome(tests({kPassed})) == TestOutcome::in_order);
  CHECK(outcome(tests({kPassed, kSilent})) == TestOutcome::temporary);
  CHECK(outcome(tests({kSilent, kFailed})) == TestOutcome::problems);
  CHECK(outcome(tests({kSilent}, {finding(dns::findings::kNoResolver)})) == TestOutcome::temporary);
  CHECK(outcome(tests({kPassed}, {finding(dns::findings::kNoResolver, Severity::warning)})) ==
        TestOutcome::problems);
  CHECK(outcome(tests({kPassed}, {finding(dns::findings::kNoRoot, Severity::note)})) ==
        TestOutcome::in_order);
}

TEST_CASE("a line for monitoring")
{
  struct Case {
    KeyTests tests;
    int status;
    const char* line;
  };
  const Case cases[]{
      {tests({kPassed}), 0, "DKIM OK - 1 key passes | keys=1 pass=1 fail=0 temporary=0 untested=0\n"},
      {tests({kPassed, kFailed}), 2,
       "DKIM CRITICAL - 1 of 2 keys fail: dkim._domainkey.xn--bcher-kva.example: what is wrong "
       "[dkim.at-apex] | "
       "keys=2 pass=1 fail=1 temporary=0 untested=0\n"},
      {tests({kSilent}), 3,
       "DKIM UNKNOWN - DNS does not answer for 1 of 1 key: dkim._domainkey.xn--bcher-kva.example: what is "
       "wrong "
       "[dkim.server-unreachable] | keys=1 pass=0 fail=0 temporary=1 untested=0\n"},
      {tests({}), 3, "DKIM UNKNOWN - no key is to be tested | keys=0 pass=0 fail=0 temporary=0 untested=0\n"},
      {tests({kPassed}, {finding(dns::findings::kSplitHorizon, Severity::warning)}), 1,
       "DKIM WARNING - 1 key passes: what is wrong [dns.split-horizon] | keys=1 pass=1 fail=0 temporary=0 "
       "untested=0\n"},
  };
  for (const Case& c : cases) {
    const auto result = testkeys_plugin(c.tests);
    CHECK(result.status == c.status);
    CHECK(result.line == c.line);
  }
  CHECK(report::plugin_unknown("a|b\nc").line == "DKIM UNKNOWN - a/b c\n");
  CHECK(report::plugin_unknown("x").status == 3);
}

TEST_CASE("JSON has what each server said")
{
  report::TestedKey key = kPassed;
  dkim::ServerView server;
  server.name = "ns1.example.net";
  server.address = {{std::string{"\xC0\x00\x02\x01", 4}}};
  server.outcome = dns::Outcome::answered;
  server.match = true;
  server.ttl = std::chrono::seconds{3600};
  server.serial = 7;
  key.diagnosis->servers = {server};
  const std::string json = testkeys_json(tests({key}), kLocate);
  for (const char* part :
       {"\"verdict\": \"pass\"", "\"name\": \"ns1.example.net\"", "\"address\": \"192.0.2.1\"",
        "\"outcome\": \"answered\"", "\"match\": true", "\"ttl\": 3600", "\"serial\": 7"}) {
    CAPTURE(part);
    CHECK(json.find(part) != std::string::npos);
  }
}
