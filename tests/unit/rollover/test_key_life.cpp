#include "rollover/adopt.hpp"
#include "rollover/duration.hpp"
#include "rollover/times.hpp"
#include "story.hpp"

#include <doctest/doctest.h>

namespace dkimctl::rollover {

TEST_CASE("spans and times read as people write them")
{
  CHECK(duration_text(0s) == "0 s");
  CHECK(duration_text(59s) == "59 s");
  CHECK(duration_text(90min) == "1 h 30 min");
  CHECK(duration_text(30h) == "1 d 6 h");
  CHECK(duration_text(720h) == "30 d");
  CHECK(duration_text(24h + 1s) == "1 d");  // two units that follow on each other
  CHECK(duration_text(-90s) == "-1 min 30 s");
  CHECK(time_text(at(27h + 5min)) == "2026-11-02 03:05 UTC");
}

TEST_CASE("an event reads as a line of a history")
{
  CHECK(phrase(event(0, EventKind::seen, "ns1/192.0.2.1")) == "record served by ns1/192.0.2.1");
  CHECK(phrase(event(0, EventKind::activated)) == "amavisd signs with it");
  CHECK(phrase(event(0, EventKind::activated, "", "found so")) == "amavisd signs with it; found so");
  CHECK(phrase(event(0, EventKind::expiry, "", "", 720h)) == "its signatures are good for 30 d");
  CHECK(phrase(event(0, EventKind::failed, "hook", "exit status 1")) == "hook failed: exit status 1");
}

TEST_CASE("every kind of event has a name of its own, and is found by it")
{
  for (const EventRule& rule : event_rules()) {
    CHECK(event_kind(rule.name) == rule.kind);
  }
  CHECK_FALSE(event_kind("unheard-of"));
}

TEST_CASE("the state follows from the times")
{
  struct Case {
    std::vector<Event> events;
    KeyState state;
  };
  const std::vector<Case> cases{
      {{}, KeyState::reserved},
      {{event(0, EventKind::reserved), event(0, EventKind::generated)}, KeyState::generated},
      {published(0), KeyState::published},
      {published(0) + std::vector{event(1, EventKind::ready)}, KeyState::ready},
      {active(0), KeyState::active},
      {{event(0, EventKind::adopted)}, KeyState::active},
      {retired(0, 1), KeyState::retired},
      {retired(0, 1) + std::vector{event(2, EventKind::activated)}, KeyState::active},
      {published(0) + std::vector{event(1, EventKind::cancelled)}, KeyState::retired},
      {retired(0, 1) + std::vector{event(2, EventKind::revoking)}, KeyState::retired},
      {retired(0, 1) + std::vector{event(2, EventKind::revoked)}, KeyState::revoked},
      {retired(0, 1) + std::vector{event(2, EventKind::gone)}, KeyState::removed},
  };
  for (const Case& one : cases) {
    const KeyLife life = key("k", one.events);
    CAPTURE(one.events.size());
    CHECK(to_string(state_of(life)) == to_string(one.state));
  }
}

TEST_CASE("the state at a time does not know what came later")
{
  const KeyLife life = key("k", retired(10, 20));
  CHECK(state_at(life, at(9h)) == KeyState::reserved);
  CHECK(state_at(life, at(15h)) == KeyState::active);
  CHECK(state_at(life, at(20h)) == KeyState::retired);
}

TEST_CASE("an agreement ends when a server says otherwise, and when the servers change")
{
  for (const Event& trouble :
       {event(5, EventKind::server_wrong, "a", "absent"), event(5, EventKind::servers_changed, "", "a b c"),
        event(5, EventKind::timeline)}) {
    KeyLife life = key("k", published(0) + std::vector{event(4, EventKind::ready)});
    apply(life, trouble);
    CHECK_FALSE(life.has(Moment::agreed));
    CHECK_FALSE(life.has(Moment::ready));
  }
}

TEST_CASE("a server that was silent ends no agreement, one that was wrong does")
{
  KeyLife life = key("k", published(0) + std::vector{event(1, EventKind::server_silent, "a"),
                                                     event(2, EventKind::server_right, "a")});
  CHECK(life.at[Moment::agreed] == at(0h));
  CHECK(life.exceptions.empty());
  life =
      key("k", published(0) + std::vector{event(1, EventKind::server_wrong, "a", "other"),
                                          event(2, EventKind::agreed),  // out of place: changes what it says
                                          event(3, EventKind::server_right, "a")});
  CHECK_FALSE(life.has(Moment::agreed));
}

TEST_CASE("a record that a key in use has lost is known as lost until all agree again")
{
  KeyLife life = key("k", active(0) + std::vector{event(5, EventKind::server_wrong, "a", "absent"),
                                                  event(6, EventKind::server_wrong, "b", "absent")});
  CHECK(life.at[Moment::lost] == at(5h));
  apply(life, event(7, EventKind::agreed));
  CHECK_FALSE(life.has(Moment::lost));
}

TEST_CASE("the hold is the longest of all that asks for one")
{
  Policy policy = by_program();
  KeyLife life = key("k", published(0));
  CHECK(hold(life, policy) == 4h);
  policy.publisher = Publisher::person;
  CHECK(hold(life, policy) == 24h);
  apply(life, event(0, EventKind::cache_time, "", "", 48h));
  CHECK(hold(life, policy) == 48h);
  apply(life, event(0, EventKind::cache_time, "", "", 1h));  // the longest counts
  CHECK(hold(life, policy) == 48h);
  policy.publish_safety = 50h;
  CHECK(hold(life, policy) == 50h);
  apply(life, event(0, EventKind::timeline));
  CHECK(hold(life, policy) == 72h);
  CHECK_FALSE(ready_time(life, policy));
  apply(life, event(3, EventKind::agreed));
  CHECK(ready_time(life, policy) == at(75h));
}

TEST_CASE("retention is the longest of all that asks for it, with a margin")
{
  Policy policy;
  KeyLife life = key("k", retired(0, 10));
  CHECK(retention(life, policy) == 7 * 24h + 1h);  // retain, and as much for the queue
  policy.queue_lifetime = 6 * 24h;
  CHECK(retention(life, policy) == 8 * 24h + 1h);
  apply(life, event(0, EventKind::expiry, "", "", 30 * 24h));
  CHECK(retention(life, policy) == 30 * 24h + 1h);
  CHECK(retention_end(life, policy) == at(10h + 30 * 24h + 1h));
}

TEST_CASE("retention counts from the last sighting, of others' keys from the word of a person")
{
  const Policy policy;
  KeyLife life =
      key("k", retired(0, 10) + std::vector{event(12, EventKind::in_use, "", "amavisd signs with it")});
  CHECK_FALSE(retention_end(life, policy));
  apply(life, event(20, EventKind::unused));
  CHECK(retention_end(life, policy) == at(20h + 169h));
  apply(life, event(30, EventKind::retire_confirmed));
  CHECK(retention_end(life, policy) == at(30h + 169h));
}

TEST_CASE("a compromised key and one that never signed have no retention")
{
  const Policy policy;
  CHECK(retention_end(
            key("k", active(0) + std::vector{event(5, EventKind::compromised), event(9, EventKind::retired)}),
            policy) == at(9h));
  CHECK(retention_end(key("k", published(0) + std::vector{event(5, EventKind::cancelled)}), policy) ==
        at(5h));
}

TEST_CASE("what is found is adopted, and is not ours to end")
{
  const auto none = adopt(
      "example.com", {key("k", active(0))}, {{"k", "/f", "rsa", 2048, "MIIx", true}}, [] { return "n"; },
      now(9));
  CHECK(none.fresh.empty());
  CHECK(none.events.empty());
  const auto adoption = adopt(
      "example.com", {}, {{"dkim", "/f", "rsa", 2048, "MIIz", true}, {"s2", "", "", 0, "MIIy", false}},
      [] { return "n"; }, now(9));
  REQUIRE(adoption.fresh.size() == 2);
  const KeyLife used = fold(adoption.fresh[0].facts, adoption.fresh[0].events);
  CHECK(state_of(used) == KeyState::active);
  CHECK_FALSE(is_ours_to_end(used));
  CHECK(used.facts.public_key == "MIIz");
  CHECK(state_of(fold(adoption.fresh[1].facts, adoption.fresh[1].events)) == KeyState::retired);
}

TEST_CASE("another key under a known selector supersedes the one on record")
{
  const auto adoption = adopt(
      "example.com", {key("k", active(0))}, {{"k", "/f", "rsa", 2048, "MIInew", true}}, [] { return "n"; },
      now(9));
  REQUIRE(adoption.events.size() == 1);
  CHECK(adoption.events[0].event.kind == EventKind::superseded);
  REQUIRE(adoption.fresh.size() == 1);
  CHECK(adoption.fresh[0].facts.use == 1);
}

TEST_CASE("what only the DNS shows ends no key that is on record")
{
  const auto found = [](const std::vector<KeyLife>& keys) {
    return adopt(
        "example.com", keys, {{"k", "", "rsa", 2048, "MIIearlier", false}}, [] { return "n"; }, now(9));
  };
  for (const auto& keys : {std::vector{key("k", active(0))}, std::vector{key("k", published(0))}}) {
    CHECK(found(keys).events.empty());
    CHECK(found(keys).fresh.empty());
  }
  KeyLife earlier = key("k", retired(0, 10) + std::vector{event(11, EventKind::superseded)});
  earlier.facts.public_key = "MIIearlier";
  CHECK(found({earlier}).fresh.empty());
}

TEST_CASE("what a person said of other hosts ends with the next export, and with the next use")
{
  for (const EventKind kind : {EventKind::exported, EventKind::activated}) {
    KeyLife life = key("k", {event(0, EventKind::adopted), event(1, EventKind::retired),
                             event(2, EventKind::retire_confirmed)});
    CHECK(is_ours_to_end(life));
    apply(life, event(3, kind));
    CHECK_FALSE(is_ours_to_end(life));
  }
}

}  // namespace dkimctl::rollover
