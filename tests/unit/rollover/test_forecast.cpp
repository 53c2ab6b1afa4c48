#include "rollover/forecast.hpp"
#include "rollover/requests.hpp"
#include "told_keys.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace dkimctl::test;

namespace {

std::string text(std::vector<KeyLife> keys, bool compromised, const Policy& policy = {},
                 const Observation& observation = {})
{
  const Now now{kStart + 10 * kDay, 50};
  const auto asked = ask_for_rollover(keys, compromised, "", now);
  REQUIRE(asked.has_value());
  for (const KeyEvent& event : *asked) {
    apply(keys, event);
  }
  std::string out;
  for (const ForecastStep& step : forecast(keys, observation, policy, now, {.day_time = 0min})) {
    out += fmt::format("{} {} {}\n", time_text(step.at), to_string(step.act), step.selector);
  }
  return out;
}

}  // namespace

TEST_SUITE_BEGIN("rollover::forecast");

TEST_CASE("a rollover by hand: a day of proof, seven days and an hour of retention, a tombstone of 30 days")
{
  CHECK(text({told({"dkim", adopted()})}, false) ==
        "2026-11-11 00:00 UTC reserve-successor (new)\n"
        "2026-11-11 00:00 UTC generate-key (new)\n"
        "2026-11-11 00:00 UTC hand-out-record (new)\n"
        "2026-11-12 00:00 UTC mark-ready (new)\n"
        "2026-11-12 00:00 UTC switch-signing (new)\n"
        "2026-11-19 02:00 UTC revoke-record dkim\n"
        "2026-11-19 03:00 UTC destroy-key dkim\n"
        "2026-12-19 03:00 UTC withdraw-record dkim\n");
}

TEST_CASE("settings, the TTLs and the validity of signatures are counted; a compromised key is not kept")
{
  Observation observation;
  observation.records.emplace_back(
      "dkim", RecordView{.servers = {{"ns1.example.net/192.0.2.1", Served::ours}}, .cache_time = 2 * kDay});
  observation.signer.expiry = 30 * kDay;
  Policy policy;
  policy.tombstone = 0s;
  policy.automatic = true;
  policy.publisher = Publisher::program;
  CHECK(text({told({"dkim", adopted()})}, false, policy, observation) ==
        "2026-11-11 00:00 UTC reserve-successor (new)\n"
        "2026-11-11 00:00 UTC generate-key (new)\n"
        "2026-11-11 00:00 UTC publish-record (new)\n"
        "2026-11-13 00:00 UTC mark-ready (new)\n"
        "2026-11-13 00:00 UTC switch-signing (new)\n"
        "2026-12-13 02:00 UTC withdraw-record dkim\n"
        "2026-12-13 03:00 UTC destroy-key dkim\n");
  CHECK(text({told({"dkim", adopted()})}, true, policy, observation) ==
        "2026-11-11 00:00 UTC reserve-successor (new)\n"
        "2026-11-11 00:00 UTC generate-key (new)\n"
        "2026-11-11 00:00 UTC publish-record (new)\n"
        "2026-11-13 00:00 UTC mark-ready (new)\n"
        "2026-11-13 00:00 UTC switch-signing (new)\n"
        "2026-11-13 01:00 UTC withdraw-record dkim\n"
        "2026-11-13 02:00 UTC destroy-key dkim\n");
}

TEST_CASE("a new key begins to sign in the window of the day")
{
  Policy policy;
  policy.activate_window = DayWindow{2h, 5h};
  CHECK(
      text({told({"dkim", adopted()})}, false, policy).find("2026-11-12 02:00 UTC switch-signing (new)\n") !=
      std::string::npos);
}

TEST_SUITE_END();
