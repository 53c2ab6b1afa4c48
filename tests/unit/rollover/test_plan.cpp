#include "rollover/requests.hpp"
#include "story.hpp"

#include <algorithm>

#include <doctest/doctest.h>

namespace dkimctl::rollover {

namespace {

Plan planned(const std::vector<KeyLife>& keys, const Observation& seen, int hour,
             const Policy& policy = by_program(), const HostView& host = {})
{
  return plan(keys, seen, policy, now(hour), host);
}

bool says(const Plan& plan, std::string_view text)
{
  return std::ranges::any_of(plan.blockers,
                             [&](const Blocker& one) { return one.text.find(text) != std::string::npos; });
}

std::vector<KeyLife> two(const std::vector<Event>& old_events, const std::vector<Event>& new_events)
{
  return {key("old", old_events), key("new", new_events)};
}

}  // namespace

TEST_CASE("a rollover that was asked for takes its steps in order")
{
  std::vector keys{key("old", active(0) + std::vector{event(1, EventKind::successor_asked)})};
  CHECK(acts(planned(keys, all_well(keys, "old"), 2)) == Words{"old reserve-successor"});

  keys = two(active(0), {event(2, EventKind::reserved)});
  Observation seen = all_well(keys, "old");
  CHECK(acts(planned(keys, seen, 2)) == Words{"new generate-key"});

  keys = two(active(0), {event(2, EventKind::reserved), event(2, EventKind::generated)});
  CHECK(acts(planned(keys, seen, 2)) == Words{"new publish-record"});
  CHECK(acts(planned(keys, seen, 2, Policy{})) == Words{"new hand-out-record"});

  keys = two(active(0), published(2));
  const Plan held = planned(keys, seen, 5);
  CHECK(held.actions.empty());
  CHECK(held.next == at(6h));
  CHECK(says(held, "every server agrees; resolvers may hold older answers until 2026-11-01 06:00 UTC"));
  CHECK(acts(planned(keys, seen, 6)) == Words{"new mark-ready"});

  keys = two(active(0), published(2) + std::vector{event(6, EventKind::ready)});
  CHECK(acts(planned(keys, seen, 6)) == Words{"new switch-signing"});
}

TEST_CASE("what a key that is ready waits for is named")
{
  const auto keys = two(active(0), published(2) + std::vector{event(6, EventKind::ready)});
  struct Case {
    void (*spoil)(Observation&);
    const char* text;
  };
  const std::vector<Case> cases{
      {[](Observation& o) { o.records[1].second = served(Served::ours, Served::absent); },
       "b serves no record"},
      {[](Observation& o) { o.records[1].second = served(Served::other); }, "a serves something else"},
      {[](Observation& o) { o.records[1].second = served(Served::revoked); }, "a serves p= without a key"},
      {[](Observation& o) { o.records[1].second = served(Served::silent); }, "a does not answer"},
      {[](Observation& o) { o.records.pop_back(); }, "the authoritative servers could not be asked"},
      {[](Observation& o) { o.records[1].second.everyone = View::bogus; },
       "a resolver that begins at the root cannot validate the record (DNSSEC)"},
      {[](Observation& o) { o.records[1].second.here = View::absent; },
       "the resolver of this host sees no record"},
      {[](Observation& o) { o.records[1].second.here = View::not_asked; },
       "the resolver of this host has not been asked yet"},
      {[](Observation& o) { o.signer.present.clear(); },
       "its private key is not there, or amavisd cannot read it"},
      {[](Observation& o) { o.signer.is_known = false; }, "amavisd's configuration is not understood"},
      {[](Observation& o) { o.signer.read_only = "/etc/x: another program writes it"; },
       "/etc/x: another program writes it"},
  };
  for (const Case& one : cases) {
    Observation seen = all_well(keys, "old");
    one.spoil(seen);
    CAPTURE(one.text);
    const Plan plan = planned(keys, seen, 7);
    CHECK(std::ranges::find(plan.actions, Act::switch_signing, &Action::act) == plan.actions.end());
    CHECK(says(plan, one.text));
  }
  const Plan gap =
      planned(keys, all_well(keys, "old"), 7, by_program(), {"the last run was 20 d ago", true, {}});
  CHECK(gap.actions.empty());
  CHECK(says(gap, "the last run was 20 d ago"));
}

TEST_CASE("signing is switched in the window of the day only, which may go over midnight")
{
  const auto keys = two(active(0), published(2) + std::vector{event(6, EventKind::ready)});
  Policy policy = by_program();
  policy.activate_window = DayWindow{23h, 3h};
  for (const std::pair<std::chrono::minutes, bool>& one : std::vector<std::pair<std::chrono::minutes, bool>>{
           {22h + 59min, false}, {23h, true}, {0h, true}, {2h + 59min, true}, {3h, false}}) {
    CAPTURE(one.first.count());
    HostView host;
    host.day_time = one.first;
    CHECK(planned(keys, all_well(keys, "old"), 7, policy, host).actions.empty() != one.second);
  }
  HostView host;
  host.day_time = 20h;
  CHECK(planned(keys, all_well(keys, "old"), 7, policy, host).next == at(10h));
}

TEST_CASE("a switch that was interrupted is undone before anything else")
{
  const auto keys =
      two(active(0), published(2) + std::vector{event(6, EventKind::ready), event(6, EventKind::switching)});
  CHECK(acts(planned(keys, all_well(keys, "old"), 7)) == Words{"new undo-switch"});
}

TEST_CASE("the old record is revoked after retention, when two runs agree, and not before")
{
  auto keys = two(retired(0, 10), active(10));
  const Observation seen = all_well(keys, "new");
  CHECK(planned(keys, seen, 178).actions.empty());
  CHECK(planned(keys, seen, 178).next == at(179h));
  const Plan first = planned(keys, seen, 179);
  CHECK(first.actions.empty());
  CHECK(kinds(first.notes) == Words{"old revoke-proposed"});
  apply(keys, first.notes[0]);
  CHECK(planned(keys, seen, 179).actions.empty());
  CHECK(planned(keys, seen, 179).notes.empty());
  CHECK(acts(planned(keys, seen, 180)) == Words{"old revoke-record"});
  Policy policy = by_program();
  policy.tombstone = 0s;
  CHECK(kinds(planned(keys, seen, 180, policy).notes) == Words{"old withdraw-proposed"});
}

TEST_CASE("whatever speaks against it takes the proposal back")
{
  struct Case {
    void (*spoil)(std::vector<KeyLife>&, Observation&);
    const char* text;
  };
  const std::vector<Case> cases{
      {[](std::vector<KeyLife>& k, Observation&) { apply(k[0], event(180, EventKind::exported, "other")); },
       "dkimctl did not make it: other hosts may sign with it"},
      {[](std::vector<KeyLife>& k, Observation&) { apply(k[0], event(180, EventKind::in_use)); },
       "it is in use"},
      {[](std::vector<KeyLife>&, Observation& o) { o.signer.is_known = false; },
       "amavisd's configuration is not understood"},
      {[](std::vector<KeyLife>&, Observation& o) { o.signer.signing.clear(); },
       "no other key of the domain is confirmed to sign"},
      {[](std::vector<KeyLife>&, Observation& o) {
         o.records[1].second = served(Served::ours, Served::absent);
       },
       "of its successor new: b serves no record"},
      {[](std::vector<KeyLife>&, Observation& o) { o.records[1].second.everyone = View::bogus; },
       "of its successor new: a resolver that begins at the root cannot validate the record (DNSSEC)"},
      {[](std::vector<KeyLife>&, Observation& o) { o.signer.oldest_queued = at(9h); },
       "a message in the queue is from 2026-11-01 09:00 UTC, when it may have signed"},
  };
  for (const Case& one : cases) {
    auto keys = two(retired(0, 10) + std::vector{event(179, EventKind::revoke_proposed)}, active(10));
    Observation seen = all_well(keys, "new");
    one.spoil(keys, seen);
    CAPTURE(one.text);
    const Plan plan = planned(keys, seen, 181);
    CHECK(std::ranges::find(plan.actions, Act::revoke_record, &Action::act) == plan.actions.end());
    CHECK(kinds(plan.notes) == Words{"old revoke-dropped"});
    CHECK(says(plan, one.text));
  }
}

TEST_CASE("keys of others wait for a person")
{
  auto keys = two({event(0, EventKind::adopted), event(10, EventKind::retired), event(10, EventKind::unused)},
                  active(10));
  CHECK(planned(keys, all_well(keys, "new"), 1000).notes.empty());
  apply(keys[0], event(1000, EventKind::retire_confirmed));
  CHECK(planned(keys, all_well(keys, "new"), 1168).notes.empty());
  CHECK(kinds(planned(keys, all_well(keys, "new"), 1169).notes) == Words{"old revoke-proposed"});
}

TEST_CASE("an end whose intent is on record is completed, and asked for again where it had no effect")
{
  auto keys = two(retired(0, 10) + std::vector{event(200, EventKind::revoking)}, active(10));
  const Observation seen = all_well(keys, "new");
  CHECK(acts(planned(keys, seen, 200)) == Words{"old revoke-record"});
  apply(keys[0], event(200, EventKind::revoke_sent));
  CHECK(planned(keys, seen, 200).actions.empty());
  CHECK(acts(planned(keys, seen, 201)) == Words{"old revoke-record"});
}

TEST_CASE("a private key is destroyed only when nothing names it")
{
  auto keys =
      two(retired(0, 10) + std::vector{event(200, EventKind::revoking), event(200, EventKind::revoked),
                                       event(201, EventKind::destroy_proposed)},
          active(10));
  Observation seen = all_well(keys, "new");
  CHECK(acts(planned(keys, seen, 202)) == Words{"old destroy-key"});
  seen.signer.named.emplace_back("old");
  const Plan plan = planned(keys, seen, 202);
  CHECK(plan.actions.empty());
  CHECK(says(plan, "amavisd's configuration names its private key"));
}

TEST_CASE("rollovers begin by themselves where that is wanted, and no more than may be open")
{
  std::vector keys{key("old", active(0))};
  const Observation seen = all_well(keys, "old");
  Policy policy = by_program();
  policy.interval = 240h;
  CHECK(planned(keys, seen, 300, policy).actions.empty());
  policy.automatic = true;
  CHECK(planned(keys, seen, 239, policy).actions.empty());
  CHECK(planned(keys, seen, 239, policy).next == at(240h));
  CHECK(acts(planned(keys, seen, 240, policy)) == Words{"old reserve-successor"});
  CHECK(due_since(keys, policy, at(250h)) == at(240h));
  CHECK(says(planned(keys, seen, 240, policy, {"", false, {}}),
             "as many rollovers are open on this host as max_open allows"));
  policy.interval = 24h;
  CHECK(says(planned(keys, seen, 240, policy), "interval is 1 d, and hold and retention take 7 d 7 h"));
  policy.interval = 240h;
  policy.publisher = Publisher::person;
  CHECK(planned(keys, seen, 300, policy).actions.empty());
}

TEST_CASE("one rollover at a time, unless the key is compromised")
{
  auto keys = two(retired(0, 10), active(10) + std::vector{event(11, EventKind::successor_asked)});
  CHECK(says(planned(keys, all_well(keys, "new"), 12), "the rollover with selector old is not over"));
  apply(keys[1], event(12, EventKind::compromised));
  CHECK(acts(planned(keys, all_well(keys, "new"), 12)) == Words{"new reserve-successor"});
}

TEST_CASE("a compromised key is ended as soon as its successor signs")
{
  auto keys = two(active(0) + std::vector{event(5, EventKind::compromised), event(10, EventKind::retired),
                                          event(10, EventKind::unused)},
                  active(10));
  CHECK(kinds(planned(keys, all_well(keys, "new"), 10).notes) == Words{"old revoke-proposed"});
}

TEST_CASE("the slots of a domain are used in turn, and none while a message may need it")
{
  Policy policy = by_program();
  policy.slots = 3;
  std::vector keys{key("one", retired(0, 10) + std::vector{event(11, EventKind::adopted)}),
                   key("two", retired(10, 20) + std::vector{event(21, EventKind::adopted)}),
                   key("three", active(20) + std::vector{event(30, EventKind::successor_asked)})};
  apply(keys[0], event(31, EventKind::retired));
  apply(keys[1], event(31, EventKind::retired));
  CHECK(
      says(planned(keys, all_well(keys, "three"), 40, policy), "messages may need the record in every slot"));
  apply(keys[0], event(400, EventKind::revoking));
  CHECK(acts(planned(keys, all_well(keys, "three"), 401, policy)).back() == "three reserve-successor");
}

TEST_CASE("resolvers are not asked before the hold is over")
{
  const Policy policy = by_program();
  CHECK_FALSE(may_ask_resolvers(key("k", {event(0, EventKind::generated)}), policy, at(100h)));
  CHECK_FALSE(may_ask_resolvers(key("k", published(2)), policy, at(5h)));
  CHECK(may_ask_resolvers(key("k", published(2)), policy, at(6h)));
  CHECK(may_ask_resolvers(key("k", active(2)), policy, at(2h)));
}

TEST_CASE("a lost record of a key that signs is published again, by a program, not more often than it may be")
{
  std::vector keys{key("k", active(0))};
  Observation seen = all_well(keys, "k");
  seen.records[0].second = served(Served::ours, Served::absent);
  CHECK(acts(planned(keys, seen, 5)) == Words{"k publish-record"});
  CHECK(planned(keys, seen, 5, Policy{}).actions.empty());
  apply(keys[0], event(5, EventKind::published));
  CHECK(planned(keys, seen, 5).actions.empty());
  CHECK(acts(planned(keys, seen, 6)) == Words{"k publish-record"});
}

TEST_CASE("what a person asks for is refused with the reason")
{
  const Now when = now(50);
  CHECK(ask_for_rollover({}, false, "", when).error().what == "the domain: no key of it signs");
  const auto coming = two(active(0), published(2));
  CHECK(ask_for_rollover(coming, false, "", when).error().what ==
        "example.com: a rollover is under way, to selector new");
  CHECK(kinds(*ask_for_rollover(coming, true, "stolen", when)) == Words{"old compromised"});
  CHECK(ask_for_rollover({key("k", active(0) + std::vector{event(1, EventKind::successor_asked)})}, false, "",
                         when)
            .error()
            .what == "example.com: a rollover was asked for already");
  CHECK(cancel({key("k", active(0))}, "", when).error().what == "example.com: no rollover is under way");
  CHECK(kinds(*cancel(coming, "", when)) == Words{"new cancelled"});
  CHECK(cancel(two(active(0), published(2) + std::vector{event(3, EventKind::switching)}), "", when)
            .error()
            .what == "example.com: amavisd may already sign with new");
  CHECK(ask_for_rollback({key("k", active(0))}, "", when).error().what ==
        "example.com: there is no key that signed before");
  CHECK(kinds(*ask_for_rollback(two(retired(0, 10), active(10)), "", when)) == Words{"old rollback-asked"});
  CHECK(ask_for_rollback(two(retired(0, 10) + std::vector{event(20, EventKind::revoking)}, active(10)), "",
                         when)
            .error()
            .what == "example.com: the record of old is on its way out");
  CHECK(ask_for_rollback(two(retired(0, 10) + std::vector{event(20, EventKind::compromised)}, active(10)), "",
                         when)
            .error()
            .what == "example.com: the private key of old is known to others");
  CHECK(kinds(*ask_for_removal(coming, "", when)) ==
        Words{"old removal-asked", "new cancelled", "new removal-asked"});
  CHECK(confirm_retirement(coming, "x", "", when).error().what ==
        "example.com: it has no key with selector x");
  CHECK(confirm_retirement(coming, "old", "", when).error().what ==
        "example.com: old needs no confirmation: dkimctl made it, for this host alone");
}

TEST_CASE("a rollback proves its key again, and then switches")
{
  auto keys = two(retired(0, 10) + std::vector{event(20, EventKind::rollback_asked)}, active(10));
  Observation seen = all_well(keys, "new");
  CHECK(acts(planned(keys, seen, 21)) == Words{"old switch-signing"});
  seen.records[0].second = served(Served::ours, Served::silent);
  CHECK(planned(keys, seen, 21).actions.empty());
}

TEST_CASE("a domain that is to be signed no longer stops, and its record goes without a successor")
{
  std::vector keys{key("k", active(0) + std::vector{event(5, EventKind::removal_asked)})};
  CHECK(acts(planned(keys, all_well(keys, "k"), 6)) == Words{"k stop-signing"});
  apply(keys[0], event(6, EventKind::retired));
  apply(keys[0], event(6, EventKind::unused));
  CHECK(kinds(planned(keys, all_well(keys, ""), 200).notes) == Words{"k revoke-proposed"});
}

TEST_CASE("the same arguments give the same plan")
{
  const auto keys = two(retired(0, 10), active(10));
  const Observation seen = all_well(keys, "new");
  CHECK(texts(planned(keys, seen, 100)) == texts(planned(keys, seen, 100)));
}

TEST_CASE("an end that was begun waits while its key is in use again")
{
  auto keys =
      two(retired(0, 10) + std::vector{event(200, EventKind::revoking), event(201, EventKind::in_use)},
          active(10));
  const Plan plan = planned(keys, all_well(keys, "new"), 202);
  CHECK(plan.actions.empty());
  CHECK(says(plan, "it is in use"));
}

TEST_CASE("where several keys of a domain sign, all must be confirmed before one that was replaced is ended")
{
  std::vector keys{key("old", retired(0, 10)), key("new", active(10)), key("other", active(0))};
  CHECK(kinds(planned(keys, all_well(keys, "new"), 300).notes) == Words{"old revoke-proposed"});
  keys[1] =
      key("new", published(2) + std::vector{event(6, EventKind::ready), event(10, EventKind::activated)});
  CHECK(planned(keys, all_well(keys, "other"), 300).notes.empty());
}

TEST_CASE("the record of a compromised key is not put back")
{
  auto keys = two(retired(0, 10) + std::vector{event(11, EventKind::compromised)}, active(10));
  Observation seen = all_well(keys, "new");
  seen.records[0].second = served(Served::absent, Served::absent);
  CHECK(planned(keys, seen, 12).actions.empty());
}

TEST_CASE("a key that never signed is ended where no other key signs either")
{
  std::vector keys{key("k", published(0) + std::vector{event(5, EventKind::cancelled)})};
  CHECK(kinds(planned(keys, all_well(keys, ""), 6).notes) == Words{"k withdraw-proposed"});
}

TEST_CASE("a window that ends where it begins is the whole day")
{
  const auto keys = two(active(0), published(2) + std::vector{event(6, EventKind::ready)});
  Policy policy = by_program();
  policy.activate_window = DayWindow{3h, 3h};
  CHECK(acts(planned(keys, all_well(keys, "old"), 7, policy)) == Words{"new switch-signing"});
}

}  // namespace dkimctl::rollover
