#include "app/policy.hpp"
#include "settings/parse.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace dkimctl;
using namespace std::chrono_literals;

namespace {

rollover::Policy policy(const std::string& text, const std::string& domain = "example.com")
{
  const settings::Reading read = settings::parse({"/etc/dkimctl/dkimctl.conf", text});
  REQUIRE(read.usable());
  return app::policy_of(read.settings, domain);
}

}  // namespace

TEST_SUITE_BEGIN("app::policy");

TEST_CASE("without settings it is what the rollover takes for granted")
{
  const rollover::Policy got = policy("");
  const rollover::Policy standard;
  CHECK(got.publisher == standard.publisher);
  CHECK(got.automatic == standard.automatic);
  CHECK(got.interval == standard.interval);
  CHECK(got.slots == standard.slots);
  CHECK_FALSE(got.activate_window);
  CHECK(got.publish_safety == standard.publish_safety);
  CHECK(got.hold_program == standard.hold_program);
  CHECK(got.hold_person == standard.hold_person);
  CHECK(got.retain == standard.retain);
  CHECK(got.queue_lifetime == standard.queue_lifetime);
  CHECK(got.tombstone == standard.tombstone);
  CHECK(got.silent_after == standard.silent_after);
  CHECK(got.silent_runs == standard.silent_runs);
  CHECK(got.clock_margin == standard.clock_margin);
}

TEST_CASE("each setting has its place in it")
{
  CHECK(policy("auto = yes\n").automatic);
  CHECK(policy("interval = 90d\n").interval == 90 * 24h);
  CHECK(policy("slots = 3\n").slots == 3);
  const auto window = policy("activate_window = 02:00-05:30\n").activate_window;
  REQUIRE(window);
  CHECK(window->from == 2h);
  CHECK(window->to == 5h + 30min);
  CHECK(policy("publish_safety = 2h\n").publish_safety == 2h);
  CHECK(policy("hold_program = 5h\n").hold_program == 5h);
  CHECK(policy("hold_person = 30h\n").hold_person == 30h);
  CHECK(policy("retain = 9d\n").retain == 9 * 24h);
  CHECK(policy("queue_lifetime = 3d\n").queue_lifetime == 3 * 24h);
  CHECK(policy("tombstone = 0\n").tombstone == 0s);
  CHECK(policy("silent_after = 30h\n").silent_after == 30h);
  CHECK(policy("silent_runs = 4\n").silent_runs == 4);
  CHECK(policy("clock_margin = 2h\n").clock_margin == 2h);
}

TEST_CASE("a domain's own section goes before what is for all")
{
  const std::string text = "retain = 9d\n[domain \"example.com\"]\nretain = 10d\n";
  CHECK(policy(text).retain == 10 * 24h);
  CHECK(policy(text, "example.org").retain == 9 * 24h);
}

TEST_SUITE_END();
