#include "story.hpp"

#include <doctest/doctest.h>

namespace dkimctl::rollover {

namespace {

Words learnt(std::vector<KeyLife>& keys, const Observation& seen, int hour,
             const Policy& policy = by_program())
{
  return kinds(learn(keys, seen, policy, now(hour)));
}

}  // namespace

TEST_CASE("a record is seen, then agreed on, and then nothing is new")
{
  std::vector keys{key("k", {event(0, EventKind::reserved), event(0, EventKind::generated)})};
  Observation seen = all_well(keys, "");
  seen.records[0].second = served(Served::absent, Served::absent);
  CHECK(learnt(keys, seen, 1) == Words{"k servers-changed", "k cache-time"});
  CHECK(learnt(keys, seen, 2).empty());
  seen.records[0].second = served(Served::ours, Served::absent);
  CHECK(learnt(keys, seen, 3) == Words{"k seen", "k server-right"});
  seen.records[0].second = served(Served::ours);
  CHECK(learnt(keys, seen, 4) == Words{"k server-right", "k agreed"});
  CHECK(learnt(keys, seen, 5).empty());
  CHECK(keys[0].at[Moment::agreed] == at(4h));
}

TEST_CASE("a server that is silent is waited for, then waived, and counts again when it is back")
{
  std::vector keys{key("k", {event(0, EventKind::reserved), event(0, EventKind::generated)})};
  Observation seen = all_well(keys, "");
  seen.records[0].second = served(Served::ours, Served::silent);
  CHECK(learnt(keys, seen, 1) ==
        Words{"k servers-changed", "k cache-time", "k seen", "k server-right", "k server-silent"});
  CHECK(learnt(keys, seen, 24).empty());
  CHECK(learnt(keys, seen, 25) == Words{"k agreed"});  // 24 h after hour 1, and the third run
  seen.records[0].second = served(Served::ours, Served::absent);
  CHECK(learnt(keys, seen, 26) == Words{"k server-wrong"});
  CHECK_FALSE(keys[0].has(Moment::agreed));
}

TEST_CASE("two runs are not several")
{
  std::vector keys{key("k", {event(0, EventKind::reserved), event(0, EventKind::generated)})};
  Observation seen = all_well(keys, "");
  seen.records[0].second = served(Served::ours, Served::silent);
  learn(keys, seen, by_program(), {at(1h), 1});
  CHECK(kinds(learn(keys, seen, by_program(), {at(100h), 2})).empty());
  CHECK(kinds(learn(keys, seen, by_program(), {at(101h), 3})) == Words{"k agreed"});
}

TEST_CASE("a lone silence is no agreement")
{
  std::vector keys{key("k", {event(0, EventKind::reserved), event(0, EventKind::generated)})};
  Observation seen = all_well(keys, "");
  seen.records[0].second = served(Served::silent, Served::silent);
  learnt(keys, seen, 1);
  learnt(keys, seen, 20);
  CHECK(learnt(keys, seen, 40).empty());
}

TEST_CASE("the daemon is believed: a switch by hand, and the key it replaced")
{
  std::vector keys{key("old", active(0)), key("new", published(1))};
  Observation seen = all_well(keys, "new");
  CHECK(learnt(keys, seen, 5) == Words{"new activated", "new confirmed", "old retired", "old unused"});
  CHECK(state_of(keys[0]) == KeyState::retired);
}

TEST_CASE("a key stays in use while an old worker runs, the configuration names it, or nobody could be asked")
{
  for (int reason = 0; reason < 3; ++reason) {
    std::vector keys{key("old", active(0) + std::vector{event(5, EventKind::retired, "new")}),
                     key("new", active(5))};
    Observation seen = all_well(keys, "new");
    if (reason == 0) {
      seen.signer.old_workers = true;
    } else if (reason == 1) {
      seen.signer.configured.emplace_back("old");
    } else {
      seen.signer.was_asked = false;
      apply(keys[1], event(5, EventKind::retired));
      apply(keys[1], event(5, EventKind::activated));  // and not confirmed
    }
    CAPTURE(reason);
    CHECK(learnt(keys, seen, 6).empty());
    CHECK_FALSE(keys[0].has(Moment::unused));
  }
}

TEST_CASE("after a change by hand the last sighting is now")
{
  std::vector keys{key("old", retired(0, 5)), key("new", active(5))};
  Observation seen = all_well(keys, "new");
  seen.signer.changed = at(4h);
  CHECK(learnt(keys, seen, 10).empty());
  seen.signer.changed = at(9h);
  CHECK(learnt(keys, seen, 10) == Words{"old unused"});
  CHECK(keys[0].at[Moment::unused] == at(10h));
  CHECK(learnt(keys, seen, 11).empty());
}

TEST_CASE("a key that was given up may have been used by whoever changed the configuration")
{
  std::vector keys{key("k", published(0) + std::vector{event(2, EventKind::cancelled)}),
                   key("old", active(0))};
  Observation seen = all_well(keys, "old");
  CHECK(learnt(keys, seen, 3).empty());
  seen.signer.changed = at(3h);
  CHECK(learnt(keys, seen, 4) == Words{"k in-use", "k unused"});
}

TEST_CASE("an old worker does not bring back a key that was seen out of use")
{
  std::vector keys{key("old", retired(0, 5)), key("new", active(5))};
  Observation seen = all_well(keys, "new");
  seen.signer.old_workers = true;
  CHECK(learnt(keys, seen, 10).empty());
}

TEST_CASE("the longest validity of a signature is kept")
{
  std::vector keys{key("k", active(0))};
  Observation seen = all_well(keys, "k");
  seen.signer.expiry = 720h;
  CHECK(learnt(keys, seen, 1) == Words{"k expiry"});
  seen.signer.expiry = 24h;
  CHECK(learnt(keys, seen, 2).empty());
  CHECK(keys[0].expiry == 720h);
}

TEST_CASE("the end of a record is seen when every server has let go of it")
{
  std::vector keys{key("old", retired(0, 5) + std::vector{event(300, EventKind::revoking)}),
                   key("new", active(5))};
  Observation seen = all_well(keys, "new");
  seen.records[0].second = served(Served::revoked, Served::ours);
  CHECK(learnt(keys, seen, 301).empty());
  seen.records[0].second = served(Served::revoked, Served::absent);
  CHECK(learnt(keys, seen, 302) == Words{"old revoked"});
  seen.records[0].second = served(Served::absent, Served::absent);
  CHECK(learnt(keys, seen, 303) == Words{"old gone"});
}

TEST_CASE("a signer that is not understood teaches nothing about use")
{
  std::vector keys{key("old", active(0) + std::vector{event(5, EventKind::retired, "new")}),
                   key("new", active(5))};
  Observation seen = all_well(keys, "new");
  seen.signer.is_known = false;
  CHECK(learnt(keys, seen, 6).empty());
}

}  // namespace dkimctl::rollover
