#include "report/rotation.hpp"

#include <doctest/doctest.h>

using namespace dkimctl;
using namespace dkimctl::report;
using namespace std::chrono_literals;
using rollover::Act;

namespace {

constexpr rollover::Time kStart{std::chrono::sys_days{std::chrono::year{2026} / 11 / 1}};

DomainPlan a_plan()
{
  DomainPlan plan;
  plan.domain = "example.com";
  plan.now = kStart;
  plan.steps = {{Act::generate_key, "(new)", kStart}, {Act::revoke_record, "dkim", kStart + 24h}};
  plan.waits.push_back({"dkim",
                        {Act::mark_ready, rollover::Gate::servers_agree, "id", "ns1\x1b serves no record",
                         kStart + 1h, "ns1"}});
  plan.notes = {"so it is"};
  return plan;
}

}  // namespace

TEST_SUITE_BEGIN("report::rotation");

TEST_CASE("the steps, what they wait for and what is to be known, fit for a terminal")
{
  RotationPlan plan;
  CHECK(rotation_text(plan).empty());
  plan.domains.push_back(a_plan());
  CHECK_FALSE(is_any_refused(plan));
  plan.domains.push_back({"example.org", "example.org: no key of it signs", "dkimctl add example.org"});
  plan.domains.back().by_person = false;
  plan.domains.back().steps = {{Act::revoke_record, "dkim", kStart}};
  CHECK(is_any_refused(plan));
  CHECK(rotation_text(plan) ==
        "example.com\n"
        "  now                   make the private key of the new key\n"
        "  2026-11-02 00:00 UTC  ask a person to revoke the record of dkim, with an empty p=\n"
        "  waits: dkim: ns1\\x1b serves no record\n"
        "  note: so it is\n"
        "\n"
        "example.org\n"
        "  refused: example.org: no key of it signs\n"
        "    hint: dkimctl add example.org\n"
        "  2026-11-01 00:00 UTC  have the record of dkim revoked by program\n"
        "\n"
        "The times are the earliest: a record is published at once, every server has it, and a run looks "
        "whenever something is due.\n"
        "Nothing was changed.\n");
}

TEST_CASE("the same as JSON; the selector of the new key is not known")
{
  RotationPlan plan;
  plan.domains.push_back(a_plan());
  CHECK(rotation_json(plan) == R"({
  "schema": 1,
  "domains": [
    {
      "domain": "example.com",
      "steps": [
        {
          "act": "generate-key",
          "selector": null,
          "time": "2026-11-01T00:00:00Z",
          "text": "make the private key of the new key"
        },
        {
          "act": "revoke-record",
          "selector": "dkim",
          "time": "2026-11-02T00:00:00Z",
          "text": "ask a person to revoke the record of dkim, with an empty p="
        }
      ],
      "waits": [
        {
          "selector": "dkim",
          "act": "mark-ready",
          "text": "ns1\u001b serves no record",
          "server": "ns1",
          "until": "2026-11-01T01:00:00Z"
        }
      ],
      "notes": [
        "so it is"
      ]
    }
  ],
  "findings": []
}
)");
}

TEST_SUITE_END();
