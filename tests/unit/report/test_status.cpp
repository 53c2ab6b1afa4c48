#include "report/status.hpp"
#include "rollover/findings.hpp"

#include <doctest/doctest.h>

using namespace dkimctl;
using namespace dkimctl::report;
using namespace std::chrono_literals;
using rollover::EventKind;
using rollover::Task;

namespace {

constexpr rollover::Time kStart{std::chrono::sys_days{std::chrono::year{2026} / 11 / 1}};

rollover::KeyLife key(std::string selector, const std::vector<EventKind>& kinds)
{
  std::vector<rollover::Event> events;
  for (const EventKind kind : kinds) {
    events.push_back({kind, kStart, 1});
  }
  return fold({"id-" + selector, "example.com", selector, 0, "rsa", 2048, "/keys/" + selector, "MIIB", ""},
              events);
}

StateReport report_of_two()
{
  StateReport report;
  report.last_run = kStart + 1h;
  DomainStatus domain{"example.com", {}, {}};
  domain.keys.push_back({key("dkim", {EventKind::adopted, EventKind::compromised}),
                         true,
                         {{"adopted", kStart, true, "found, not made here"},
                          {"retired", kStart + 24h, false, "replaced by new"},
                          {"removed", std::nullopt, false, "record withdrawn"}},
                         {}});
  domain.keys.push_back(
      {key("new", {EventKind::reserved, EventKind::generated}),
       true,
       {},
       {{rollover::Act::mark_ready, rollover::Gate::servers_agree, "id-new",
         "ns2.example.net/192.0.2.2 serves \x1b[2J", kStart + 2h, "ns2.example.net/192.0.2.2"}}});
  domain.todos.push_back(
      {Task::publish_record, "id-new", false, "example.com: publish it", "enter it there"});
  report.domains.push_back(std::move(domain));
  return report;
}

}  // namespace

TEST_SUITE_BEGIN("report::status");

TEST_CASE(
    "each key has its state, its time line, what it waits for and what is to be done, fit for a terminal")
{
  CHECK(status_text(report_of_two()) ==
        "example.com  dkim._domainkey.example.com.  active since 2026-11-01 00:00 UTC, not made here, its "
        "private key known to others\n"
        "  2026-11-01 00:00 UTC  found, not made here\n"
        "  2026-11-02 00:00 UTC  next: replaced by new\n"
        "  later                 then: record withdrawn\n"
        "\n"
        "example.com  new._domainkey.example.com.  generated since 2026-11-01 00:00 UTC\n"
        "                        waits: ns2.example.net/192.0.2.2 serves \\x1b[2J\n"
        "                        to do: example.com: publish it\n");
}

TEST_CASE("a key that is not on record says so; where there is none, nothing is left to guess")
{
  StateReport report;
  CHECK(status_text(report) == "no key is on record, and none is declared\n");
  report.domains.push_back({"example.com", {{key("dkim", {EventKind::adopted}), false}}});
  CHECK(status_text(report) ==
        "example.com  dkim._domainkey.example.com.  active, in amavisd's "
        "configuration; the first run takes it on record\n");
  report.domains.clear();
  report.findings.push_back(make_finding(rollover::findings::kUnknownDomain, "x.example", "it has no key"));
  CHECK(status_text(report).empty());
}

TEST_CASE("the same as JSON")
{
  CHECK(status_json(report_of_two()) == R"({
  "schema": 1,
  "last_run": "2026-11-01T01:00:00Z",
  "domains": [
    {
      "domain": "example.com",
      "keys": [
        {
          "id": "id-dkim",
          "selector": "dkim",
          "owner": "dkim._domainkey.example.com.",
          "state": "active",
          "on_record": true,
          "made_here": false,
          "file": "/keys/dkim",
          "timeline": [
            {
              "name": "adopted",
              "time": "2026-11-01T00:00:00Z",
              "done": true,
              "text": "found, not made here"
            },
            {
              "name": "retired",
              "time": "2026-11-02T00:00:00Z",
              "done": false,
              "text": "replaced by new"
            },
            {
              "name": "removed",
              "time": null,
              "done": false,
              "text": "record withdrawn"
            }
          ],
          "waits": []
        },
        {
          "id": "id-new",
          "selector": "new",
          "owner": "new._domainkey.example.com.",
          "state": "generated",
          "on_record": true,
          "made_here": true,
          "file": "/keys/new",
          "timeline": [],
          "waits": [
            {
              "act": "mark-ready",
              "text": "ns2.example.net/192.0.2.2 serves \u001b[2J",
              "server": "ns2.example.net/192.0.2.2",
              "until": "2026-11-01T02:00:00Z"
            }
          ]
        }
      ],
      "todo": [
        {
          "task": "publish-record",
          "urgent": false,
          "domain": "example.com",
          "selector": "new",
          "owner": "new._domainkey.example.com.",
          "text": "example.com: publish it",
          "hint": "enter it there"
        }
      ]
    }
  ],
  "findings": []
}
)");
}

TEST_CASE("tasks are told with what is to be published, the urgent ones of all domains first")
{
  StateReport report = report_of_two();
  report.domains[0].keys[1].life.facts.public_key = "MIIBnew";
  DomainStatus other{"example.org", {}, {}};
  other.todos.push_back({Task::stop_using_key, "x", true, "example.org: stop it", "so"});
  report.domains.push_back(other);
  CHECK(is_anything_to_do(report));
  CHECK(todo_text(report) ==
        "urgent: example.org: stop it\n"
        "  hint: so\n"
        "\n"
        "example.com: publish it\n"
        "  hint: enter it there\n"
        "\n"
        "Name     new._domainkey.example.com.\n"
        "         (if the panel adds example.com by itself: new._domainkey)\n"
        "Type     TXT\n"
        "TTL      3600\n"
        "Value    v=DKIM1; p=MIIBnew\n"
        "\n"
        "Put it at that name, not at example.com itself.\n"
        "Do not let example.com appear twice: look at the full name that the panel shows.\n"
        "Paste the value whole, on one line. Add no quotes, no backslashes, no blanks.\n");
  report.domains.erase(report.domains.begin());
  CHECK(todo_json(report) == R"({
  "schema": 1,
  "todo": [
    {
      "task": "stop-using-key",
      "urgent": true,
      "domain": "example.org",
      "text": "example.org: stop it",
      "hint": "so"
    }
  ],
  "findings": []
}
)");
}

TEST_CASE("nothing to do, and nothing known, are two things")
{
  StateReport report;
  CHECK_FALSE(is_anything_to_do(report));
  CHECK(todo_text(report) == "no run is on record: what a person must do is known after the first\n");
  report.last_run = kStart;
  CHECK(todo_text(report) == "nothing is to be done by a person\n");
}

TEST_SUITE_END();
