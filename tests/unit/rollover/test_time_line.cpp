#include "rollover/time_line.hpp"
#include "told_keys.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace dkimctl::test;

namespace {

std::string text(const Story& story, const Policy& policy = {}, const std::vector<KeyLife>& others = {})
{
  std::vector<KeyLife> keys = others;
  keys.push_back(told(story));
  std::string out;
  for (const TimeLineRow& row : time_line(keys.back(), keys, policy)) {
    out += fmt::format("{}{} {}: {}\n", row.done ? "" : "then ", row.at ? time_text(*row.at) : "later",
                       row.name, row.text);
  }
  return out;
}

}  // namespace

TEST_SUITE_BEGIN("rollover::time_line");

TEST_CASE("a key that was found is due for a rollover, by whomever it begins")
{
  const std::string past =
      "2026-11-01 00:00 UTC adopted: found, not made here\n"
      "2026-11-01 00:00 UTC seen: record first seen on an authoritative server\n"
      "2026-11-01 00:00 UTC agreed: served by all authoritative servers since\n";
  CHECK(text({"dkim", adopted()}) ==
        past + "then 2027-04-30 00:00 UTC rollover: rollover due; auto = no: dkimctl rotate example.com\n");
  Policy policy;
  policy.automatic = true;
  CHECK(text({"dkim", adopted()}, policy) ==
        past +
            "then 2027-04-30 00:00 UTC rollover: rollover due; not by itself, where a person publishes: "
            "dkimctl rotate example.com\n");
  policy.publisher = Publisher::program;
  CHECK(text({"dkim", adopted()}, policy) ==
        past + "then 2027-04-30 00:00 UTC rollover: rollover due; it begins by itself\n");
  CHECK(text({"dkim", adopted() + std::vector{at(2h, K::successor_asked)}}) ==
        past +
            "2026-11-01 02:00 UTC successor_asked: rollover asked for\n"
            "then 2026-11-01 02:00 UTC rollover: the next run begins its rollover\n");
}

TEST_CASE("a new key is published, proven and signs; the time is known once all servers agree")
{
  CHECK(text({"new", {at(0s, K::reserved)}}) ==
        "2026-11-01 00:00 UTC reserved: selector chosen\n"
        "then later generated: its private key is generated\n"
        "then later published: its record is seen on an authoritative server\n"
        "then later ready: proven, once all servers have served the record for 1 d\n"
        "then later active: signs\n");
  const auto agreed =
      handed_out(0s) + std::vector{at(2h, K::seen, "ns1.example.net/192.0.2.1"), at(3h, K::agreed)};
  const std::string past =
      "2026-11-01 00:00 UTC reserved: selector chosen\n"
      "2026-11-01 00:00 UTC generated: private key generated\n"
      "2026-11-01 00:00 UTC handed_out: record handed out to be published\n"
      "2026-11-01 02:00 UTC seen: record first seen on an authoritative server\n"
      "2026-11-01 03:00 UTC agreed: served by all authoritative servers since\n";
  CHECK(text({"new", agreed}) ==
        past +
            "then 2026-11-02 03:00 UTC ready: proven, once all servers have served the record for 1 d\n"
            "then 2026-11-02 03:00 UTC active: signs\n");
  Policy policy;
  policy.activate_window = DayWindow{2h, 5h};
  CHECK(text({"new", agreed + std::vector{at(28h, K::ready)}}, policy) ==
        past +
            "2026-11-02 04:00 UTC ready: proven: may sign\n"
            "then 2026-11-02 04:00 UTC active: signs, within activate_window\n");
}

TEST_CASE("a key that is being replaced says by which, and when at the earliest")
{
  const KeyLife next = told({"new", handed_out(1h) + std::vector{at(3h, K::agreed)}, "dkim"});
  CHECK(text({"dkim", {at(0s, K::adopted)}}, {}, {next}) ==
        "2026-11-01 00:00 UTC adopted: found, not made here\n"
        "then 2026-11-02 03:00 UTC retired: replaced by new\n");
}

TEST_CASE("the end of a key waits for its retention, and of one that was found for a word")
{
  const std::vector<Event> made{at(0s, K::generated), at(0s, K::activated), at(kDay, K::retired, "new"),
                                at(kDay, K::unused)};
  const std::string past =
      "2026-11-01 00:00 UTC generated: private key generated\n"
      "2026-11-01 00:00 UTC activated: amavisd signs with it\n"
      "2026-11-02 00:00 UTC retired: replaced\n"
      "2026-11-02 00:00 UTC unused: not in use any more\n";
  CHECK(text({"old", made}) == past +
                                   "then 2026-11-09 01:00 UTC revoked: record revoked\n"
                                   "then 2026-11-09 01:00 UTC destroyed: private key destroyed, if nothing "
                                   "names it\n"
                                   "then 2026-12-09 01:00 UTC removed: record withdrawn\n");
  Policy policy;
  policy.tombstone = 0s;
  CHECK(text({"old", made}, policy) == past +
                                           "then 2026-11-09 01:00 UTC removed: record withdrawn\n"
                                           "then 2026-11-09 01:00 UTC destroyed: private key destroyed, if "
                                           "nothing names it\n");
  CHECK(text({"old", {at(0s, K::adopted), at(kDay, K::retired, "new"), at(kDay, K::unused)}}) ==
        "2026-11-01 00:00 UTC adopted: found, not made here\n"
        "2026-11-02 00:00 UTC retired: replaced\n"
        "2026-11-02 00:00 UTC unused: not in use any more\n"
        "then later revoked: record revoked, once a person has said that no other host signs with it\n"
        "then later destroyed: private key destroyed, if nothing names it\n"
        "then later removed: record withdrawn\n");
  CHECK(text({"old", made + std::vector{at(2 * kDay, K::rollback_asked)}}) ==
        past +
            "2026-11-03 00:00 UTC rollback_asked: to sign again\n"
            "then later active: signs again\n");
}

TEST_CASE("a record on its way out goes on to its end")
{
  const std::vector<Event> revoking{at(0s, K::generated), at(0s, K::activated), at(kDay, K::retired, "new"),
                                    at(8 * kDay, K::revoking)};
  const std::string past =
      "2026-11-01 00:00 UTC generated: private key generated\n"
      "2026-11-01 00:00 UTC activated: amavisd signs with it\n"
      "2026-11-02 00:00 UTC retired: replaced\n"
      "2026-11-09 00:00 UTC revoking: record about to be revoked\n";
  CHECK(text({"old", revoking}) == past +
                                       "then later revoked: record revoked\n"
                                       "then later destroyed: private key destroyed, if nothing names it\n"
                                       "then later removed: record withdrawn\n");
  CHECK(text({"old", revoking + std::vector{at(8 * kDay, K::destroyed), at(9 * kDay, K::revoked)}}) ==
        past +
            "2026-11-09 00:00 UTC destroyed: private key destroyed\n"
            "2026-11-10 00:00 UTC revoked: record revoked on all authoritative servers\n"
            "then 2026-12-10 00:00 UTC removed: record withdrawn\n");
  CHECK(text({"old", revoking + std::vector{at(9 * kDay, K::gone)}}) ==
        past +
            "2026-11-10 00:00 UTC gone: no authoritative server serves a record\n"
            "then later destroyed: private key destroyed, if nothing names it\n");
}

TEST_CASE("a failure is told with its words")
{
  CHECK(text({"new", {at(0s, K::reserved), at(0s, K::generated), at(1h, K::failed, "publish", "exit 3")}})
            .find("2026-11-01 01:00 UTC failed: failed: publish: exit 3\n") != std::string::npos);
}

TEST_SUITE_END();
