#include "rollover/recall.hpp"
#include "told_keys.hpp"

#include <doctest/doctest.h>

using namespace dkimctl::test;

namespace {

std::string word(Served served)
{
  switch (served) {
  case Served::ours: return "ours";
  case Served::absent: return "absent";
  case Served::other: return "other";
  case Served::revoked: return "revoked";
  case Served::silent: break;
  }
  return "silent";
}

std::string recalled(const std::vector<Event>& events)
{
  const Observation observation = last_known({told({"s1", events})});
  const RecordView* const record = observation.record_of("s1");
  if (record == nullptr) {
    return "nothing";
  }
  CHECK(record->everyone == View::not_asked);
  CHECK(record->here == View::not_asked);
  CHECK_FALSE(observation.signer.is_known);
  std::string text;
  for (const ServerView& server : record->servers) {
    text += (text.empty() ? "" : " ") + server.server.substr(0, 3) + ":" + word(server.served);
  }
  return text;
}

}  // namespace

TEST_SUITE_BEGIN("rollover::recall");

TEST_CASE("what each server last said is recalled")
{
  struct Case {
    std::vector<Event> events;
    const char* expected;
  };
  const std::string ns2 = "ns2.example.net/192.0.2.2";
  const Case cases[]{
      {{at(0s, K::adopted)}, "nothing"},
      {adopted(), "ns1:ours ns2:ours"},
      {handed_out(0s), "ns1:absent ns2:absent"},
      {adopted() + std::vector{at(1h, K::server_silent, ns2)}, "ns1:ours ns2:silent"},
      {adopted() + std::vector{at(1h, K::server_wrong, ns2, "absent")}, "ns1:ours ns2:absent"},
      {adopted() + std::vector{at(1h, K::server_wrong, ns2, "other")}, "ns1:ours ns2:other"},
      {adopted() + std::vector{at(1h, K::server_wrong, ns2, "revoked")}, "ns1:ours ns2:revoked"},
      {adopted() + std::vector{at(1h, K::timeline)}, "nothing"},
      {adopted() + std::vector{at(1h, K::retired), at(kDay, K::revoking)}, "nothing"},
      {adopted() + std::vector{at(1h, K::retired), at(kDay, K::revoking), at(kDay, K::revoked)},
       "ns1:revoked ns2:revoked"},
      {adopted() + std::vector{at(1h, K::retired), at(kDay, K::withdrawing), at(kDay, K::gone)},
       "ns1:absent ns2:absent"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.expected);
    CHECK(recalled(c.events) == c.expected);
  }
}

TEST_CASE("the longest time for which answers are kept is recalled")
{
  const auto events = adopted() + std::vector{at(1h, K::cache_time, {}, {}, 7200s)};
  CHECK(last_known({told({"s1", events})}).record_of("s1")->cache_time == 7200s);
}

TEST_SUITE_END();
