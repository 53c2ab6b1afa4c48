#include "settings/checks.hpp"
#include "settings/parse.hpp"

#include <chrono>
#include <string>

#include <doctest/doctest.h>

using namespace dkimctl;
using namespace dkimctl::settings;
using std::chrono::hours;

namespace {

Settings settings_of(std::string text)
{
  Reading reading = settings::parse({"f", std::move(text)});
  REQUIRE(reading.usable());
  return std::move(reading.settings);
}

}  // namespace

TEST_SUITE_BEGIN("settings::checks");

TEST_CASE("what contradicts is said where it is made, of the host and of a domain once each")
{
  const Reading reading = settings::parse({"f",
                                           "hold_person = 30m\n"
                                           "long_gap = 24h\n"
                                           "[domain \"a.example\"]\n"
                                           "auto = yes\n"
                                           "[domain \"b.example\"]\n"
                                           "publish_safety = 5h\n"
                                           "hold_person = 6h\n"});
  REQUIRE(reading.findings.size() == 2);
  CHECK(reading.findings[0].code == "settings.conflict");
  CHECK(reading.findings[0].severity == Severity::error);
  CHECK(reading.findings[0].object == "hold_person");
  CHECK(reading.findings[0].text == "hold_person (30m) is shorter than publish_safety (1h)");
  CHECK(reading.findings[0].hint == "set hold_person = 1h or more");
  CHECK(reading.findings[0].where->line == 1);
  CHECK(reading.findings[1].object == "b.example");
  CHECK(reading.findings[1].text == "hold_program (4h) is shorter than publish_safety (5h)");
  CHECK(reading.findings[1].where->line == 6);
}

TEST_CASE("what is equally long does not contradict")
{
  CHECK(settings_of("publish_safety = 4h\nhold_person = 4h\n").every_domain.hold_program == hours{4});
  CHECK(settings_of("clock_margin = 24h\nlong_gap = 24h\n").host.clock_margin == hours{24});
}

TEST_CASE("an interval that is too short for its rollover is a finding, and no error")
{
  const Settings settings = settings_of("[domain \"a.example\"]\ninterval = 30d\n");
  CHECK_FALSE(interval_finding(settings, "b.example").has_value());
  CHECK(shortest_rollover(settings, "a.example", {}) == hours{24 + 1 + 7 * 24 + 30 * 24});
  const auto finding = interval_finding(settings, "a.example");
  REQUIRE(finding.has_value());
  CHECK(finding->code == "settings.interval");
  CHECK(finding->severity == Severity::warning);
  CHECK(finding->object == "a.example");
  CHECK(finding->text ==
        "the interval of a.example is 30d, and a rollover takes longer: hold_person 24h, publish_safety 1h, "
        "retain 7d, tombstone 30d");
  CHECK(finding->hint == "set interval = 39d or more; until then one rollover waits for the end of the last");
  REQUIRE(finding->where.has_value());
  CHECK(finding->where->line == 2);
}

TEST_CASE("the interval's bound is in it, and what keeps a record longest counts")
{
  const std::string common = "tombstone = 0\nhold_person = 23h\n";
  CHECK_FALSE(interval_finding(settings_of(common + "interval = 8d\n"), "a.example").has_value());
  CHECK(interval_finding(settings_of(common + "interval = 191h\n"), "a.example").has_value());

  const Settings queue = settings_of(common + "interval = 8d\nqueue_lifetime = 6d\n");
  CHECK(interval_finding(queue, "a.example")->text ==
        "the interval of a.example is 8d, and a rollover takes longer: hold_person 23h, publish_safety 1h, "
        "queue_lifetime 6d and 2d, tombstone 0");
  const Settings lifetime = settings_of(common + "interval = 8d\n");
  CHECK(
      interval_finding(lifetime, "a.example", hours{720})->text ==
      "the interval of a.example is 8d, and a rollover takes longer: hold_person 23h, publish_safety 1h, 30d "
      "for which signatures are valid, tombstone 0");
  CHECK(interval_finding(lifetime, "a.example", hours{720})->where->line == 3);
}

TEST_CASE("an interval that is nobody's wish has no place")
{
  const auto finding = interval_finding(settings_of("tombstone = 3650d\n"), "a.example");
  REQUIRE(finding.has_value());
  CHECK_FALSE(finding->where.has_value());
}

TEST_SUITE_END();
