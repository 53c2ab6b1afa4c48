#include "report/history.hpp"

#include <doctest/doctest.h>

using namespace dkimctl;
using namespace dkimctl::report;
using rollover::EventKind;

namespace {

History two_events()
{
  constexpr rollover::Time kStart{std::chrono::sys_days{std::chrono::year{2026} / 11 / 1}};
  History history;
  history.entries.push_back(
      {"id",
       "example.com",
       "dkim",
       {EventKind::server_wrong, kStart, 7, "ns1.example.net/192.0.2.1", "absent", {}}});
  history.entries.push_back(
      {"id", "example.com", "dkim", {EventKind::cache_time, kStart, 7, {}, {}, std::chrono::hours{1}}});
  return history;
}

}  // namespace

TEST_SUITE_BEGIN("report::history");

TEST_CASE("an event is a line, fit for a terminal")
{
  History history = two_events();
  history.entries[1].event.detail = "unused";
  history.entries[0].event.detail = "\x1b]0;x\a";
  CHECK(history_text(history) ==
        "2026-11-01 00:00 UTC  example.com dkim: ns1.example.net/192.0.2.1 does not serve the record: "
        "\\x1b]0;x\\x07\n"
        "2026-11-01 00:00 UTC  example.com dkim: answers at its name are kept for 1 h\n");
  CHECK(history_text({}) == "nothing is on record\n");
}

TEST_CASE("the same as JSON, without what an event does not have")
{
  CHECK(history_json(two_events()) == R"({
  "schema": 1,
  "events": [
    {
      "time": "2026-11-01T00:00:00Z",
      "run": 7,
      "key": "id",
      "domain": "example.com",
      "selector": "dkim",
      "event": "server-wrong",
      "object": "ns1.example.net/192.0.2.1",
      "detail": "absent",
      "text": "ns1.example.net/192.0.2.1 does not serve the record: absent"
    },
    {
      "time": "2026-11-01T00:00:00Z",
      "run": 7,
      "key": "id",
      "domain": "example.com",
      "selector": "dkim",
      "event": "cache-time",
      "span": 3600,
      "text": "answers at its name are kept for 1 h"
    }
  ],
  "findings": []
}
)");
}

TEST_SUITE_END();
