#include "store/id.hpp"
#include "store/key_row.hpp"
#include "store/schema.hpp"
#include "stored.hpp"

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace {

using namespace dkimctl::test;
using namespace dkimctl;
using store::Changes;
using store::NewKey;

void check_same(const KeyLife& a, const KeyLife& b)
{
  CHECK(a.facts.id == b.facts.id);
  CHECK(a.facts.domain == b.facts.domain);
  CHECK(a.facts.selector == b.facts.selector);
  CHECK(a.facts.use == b.facts.use);
  CHECK(a.facts.algorithm == b.facts.algorithm);
  CHECK(a.facts.bits == b.facts.bits);
  CHECK(a.facts.file == b.facts.file);
  CHECK(a.facts.public_key == b.facts.public_key);
  CHECK(a.facts.replaces == b.facts.replaces);
  CHECK(a.at == b.at);
  CHECK(a.servers == b.servers);
  CHECK(a.exceptions == b.exceptions);
  CHECK(a.cache_time == b.cache_time);
  CHECK(a.expiry == b.expiry);
  CHECK(a.failure == b.failure);
}

/// Events of every kind, in no sensible order.
std::vector<Event> any_events(std::mt19937& random, int count)
{
  constexpr const char* kObjects[]{"", "ns1.example.com/192.0.2.1", "ns2.example.com/192.0.2.2", "hook"};
  constexpr const char* kDetails[]{"", "right", "absent",
                                   "ns1.example.com/192.0.2.1 ns2.example.com/192.0.2.2",
                                   "text with 'quotes' and \xc3\xa9 :colon"};
  std::vector<Event> events;
  for (int i = 0; i < count; ++i) {
    Event event{static_cast<EventKind>(random() % rollover::kEventKinds), kStart + std::chrono::minutes(i), i,
                kObjects[random() % std::size(kObjects)], kDetails[random() % std::size(kDetails)]};
    if (random() % 2 == 0) {
      event.span = std::chrono::seconds(random() % 100'000);
    }
    events.push_back(event);
  }
  return events;
}

TEST_CASE("the row of a key is the fold of its events, step after step")
{
  const StoreFolder folder;
  auto opened = folder.open();
  auto& store = opened.database->store();
  std::mt19937 random{1};
  constexpr int kKeys = 50;
  std::vector<NewKey> keys;  // with all of their events
  for (int i = 0; i < kKeys; ++i) {
    keys.push_back(
        {facts(store::new_id(), "d" + std::to_string(i) + ".example", "s1"), any_events(random, 3)});
    keys.back().facts.use = i;
    keys.back().facts.replaces = kOther;
  }
  auto written = store.write({keys, {}});
  REQUIRE(written.has_value());
  for (int round = 1; round < 5; ++round) {
    Changes changes;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const auto more = any_events(random, round * 3);
      keys[i].events.insert(keys[i].events.end(), more.begin(), more.end());
      changes.steps.push_back({keys[i].facts.id, (*written)[i].revision, more});
    }
    written = store.write(changes);
    REQUIRE(written.has_value());
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto& [what, all] = keys[i];
    check_same((*written)[i], rollover::fold(what, all));
    const auto read = store.keys_of(what.domain);
    REQUIRE(read.has_value());
    REQUIRE(read->size() == 1);
    check_same(read->front(), rollover::fold(what, all));
    CHECK(read->front().revision == static_cast<std::int64_t>(all.size()));
    const auto events = store.events({.key = what.id}, 1000);
    REQUIRE(events.has_value());
    REQUIRE(events->size() == all.size());
    for (std::size_t position = 0; position < all.size(); ++position) {
      CHECK((*events)[position].event == all[position]);
      CHECK((*events)[position].position == static_cast<std::int64_t>(position) + 1);
    }
  }
}

TEST_CASE("times beyond 32 bits, and before 1970, are kept")
{
  const StoreFolder folder;
  auto opened = folder.open();
  const Time late{std::chrono::seconds(99'999'999'999)};
  const Time early{std::chrono::seconds(-99'999'999'999)};
  const Changes changes{{{facts(kKey, "example.com", "s1"),
                          {{EventKind::generated, late, 5'000'000'000},
                           {EventKind::activated, early, 1},
                           {EventKind::expiry, early, 1, "", "", std::chrono::seconds(6'000'000'000)}}}},
                        {}};
  REQUIRE(opened.database->store().write(changes).has_value());
  const auto keys = opened.database->store().keys_of("example.com");
  REQUIRE(keys.has_value());
  CHECK(keys->front().at[Moment::generated] == late);
  CHECK(keys->front().at[Moment::activated] == early);
  CHECK(keys->front().expiry == std::chrono::seconds(6'000'000'000));
  const auto events = opened.database->store().events({.key = kKey}, 10);
  REQUIRE(events.has_value());
  CHECK(events->front().event.run == 5'000'000'000);
}

TEST_CASE("unfinished keys come by domain and selector, finished ones not at all")
{
  const StoreFolder folder;
  auto opened = folder.open();
  auto& store = opened.database->store();
  Changes changes;
  for (const auto& [domain, selector] :
       {std::pair{"b.example", "s2"}, {"b.example", "s1"}, {"a.example", "s9"}, {"c.example", "s1"}}) {
    changes.keys.push_back({facts(store::new_id(), domain, selector), {{EventKind::reserved, kStart, 1}}});
  }
  auto& last = changes.keys.back().events;
  last.push_back({EventKind::gone, kStart, 1});
  changes.keys[0].events.push_back({EventKind::gone, kStart, 1});
  changes.keys[1].events.push_back({EventKind::destroyed, kStart, 1});
  last.push_back({EventKind::destroyed, kStart, 1});
  REQUIRE(store.write(changes).has_value());

  const auto keys = store.unfinished_keys();
  REQUIRE(keys.has_value());
  std::vector<std::string> names;
  for (const KeyLife& key : *keys) {
    CHECK_FALSE(rollover::is_finished(key));
    names.push_back(key.facts.selector + "." + key.facts.domain);
  }
  CHECK(names == std::vector<std::string>{"s9.a.example", "s1.b.example", "s2.b.example"});
  CHECK(store.keys_of("c.example")->size() == 1);
  CHECK(store.keys_of("d.example")->empty());
}

TEST_CASE("a selector is taken for ever; a slot's is used again under another number")
{
  const StoreFolder folder;
  auto opened = folder.open();
  auto& store = opened.database->store();
  const std::vector<Event> whole_life{{EventKind::gone, kStart, 1}, {EventKind::destroyed, kStart, 1}};
  REQUIRE(store.write({{{facts(kKey, "example.com", "s1"), whole_life}}, {}}).has_value());

  const auto again = store.write({{{facts(kOther, "example.com", "s1"), {}}}, {}});
  CHECK(folder.wrong(again) == "DIR/dkimctl.db: selector s1 of example.com has been used already");
  CHECK(folder.hint(again) == "choose another: none is ever used twice");
  CHECK(again.error().trouble == Trouble::constraint);

  KeyFacts slot = facts(kOther, "example.com", "s1");
  slot.use = 1;
  CHECK(store.write({{{slot, {}}, {facts(store::new_id(), "example.com", "a2"), {}}}, {}}).has_value());
  CHECK(*store.selectors_seen("example.com") == std::vector<std::string>{"a2", "s1"});
  CHECK(store.selectors_seen("example.net")->empty());
}

TEST_CASE("all or nothing: one key that another has changed holds up the whole step")
{
  const StoreFolder folder;
  auto opened = folder.open();
  auto& store = opened.database->store();
  const Event event{EventKind::handed_out, kStart, 2};
  REQUIRE(store
              .write({{{facts(kKey, "example.com", "s1"), {{EventKind::reserved, kStart, 1}}},
                       {facts(kOther, "example.net", "s1"), {{EventKind::reserved, kStart, 1}}}},
                      {}})
              .has_value());
  const auto stale = store.write({{}, {{kKey, 1, {event}}, {kOther, 0, {event}}}});
  CHECK(folder.wrong(stale) == "DIR/dkimctl.db: key s1 of example.net has been changed by another process");
  CHECK(folder.hint(stale) == "run again: it is looked at anew");
  CHECK(stale.error().trouble == Trouble::conflict);
  CHECK_FALSE(store.keys_of("example.com")->front().has(Moment::handed_out));

  const auto unknown = store.write({{}, {{"nobody", 0, {event}}}});
  CHECK(folder.wrong(unknown) == "DIR/dkimctl.db: key nobody has been changed by another process");
  CHECK(unknown.error().trouble == Trouble::conflict);

  const auto good = store.write({{}, {{kKey, 1, {event}}, {kOther, 1, {}}}});
  REQUIRE(good.has_value());
  CHECK((*good)[0].revision == 2);
  CHECK((*good)[1].revision == 1);
}

TEST_CASE("a history is the last of the events, oldest first")
{
  const StoreFolder folder;
  auto opened = folder.open();
  auto& store = opened.database->store();
  Changes changes;
  changes.keys.push_back({facts(kKey, "example.com", "s1"),
                          {{EventKind::reserved, kStart, 1}, {EventKind::handed_out, kStart + 2h, 2}}});
  changes.keys.push_back({facts(kOther, "example.net", "s1"), {{EventKind::reserved, kStart + 1h, 1}}});
  REQUIRE(store.write(changes).has_value());
  const auto told = [&](const store::EventFilter& filter, std::size_t limit) {
    std::string text;
    const auto events = store.events(filter, limit);
    for (const auto& stored : *events) {
      text += stored.domain + " " + std::string(rollover::rule_of(stored.event.kind).name) + "\n";
    }
    return text;
  };
  CHECK(told({}, 10) == "example.com reserved\nexample.net reserved\nexample.com handed-out\n");
  CHECK(told({}, 2) == "example.net reserved\nexample.com handed-out\n");
  CHECK(told({.domain = "example.com"}, 10) == "example.com reserved\nexample.com handed-out\n");
  CHECK(told({.domain = "example.com", .key = kOther}, 10) == "");
}

TEST_CASE("what no row can hold is not written")
{
  const StoreFolder folder;
  auto opened = folder.open();
  auto& store = opened.database->store();
  const std::string pem = "-----BEGIN PRIVATE KEY-----\nMIIE";
  struct Case {
    KeyFacts facts;
    const char* what;
  };
  KeyFacts secret = facts(kKey, "example.com", "s1");
  secret.public_key = pem;
  const Case cases[]{
      {facts(kKey, "Example.com", "s1"), "the domain of key s1 of Example.com cannot be stored"},
      {facts(kKey, "example.com", "s 1"), "the selector of key s 1 of example.com cannot be stored"},
      {facts(kKey, std::string(254, 'a'), "s"),
       "the domain of key s of "
       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
       "aaaaaaaaaaaaaaa"
       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa cannot be stored"},
      {facts(std::string(37, 'i'), "example.com", "s1"), "the id of key s1 of example.com cannot be stored"},
      {secret, "the public_key of key s1 of example.com cannot be stored"},
  };
  for (const Case& c : cases) {
    CHECK(folder.wrong(store.write({{{c.facts, {}}}, {}})) == c.what);
  }
  const Event event{EventKind::in_use, kStart, 1, "", pem};
  CHECK(folder.wrong(store.write({{{facts(kKey, "example.com", "s1"), {event}}}, {}})) ==
        "an event of key s1 of example.com holds a private key: not stored");
  CHECK(store.unfinished_keys()->empty());
}

TEST_CASE("ids are random UUIDs")
{
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = store::new_id();
    CHECK(id.size() == 36);
    CHECK(id[14] == '4');
    CHECK(std::string("89ab").find(id[19]) != std::string::npos);
    ids.insert(id);
  }
  CHECK(ids.size() == 1000);
}

// A change here needs a new version of the schema and a migration to it.
TEST_CASE("the tables of version 1")
{
  const auto& schema = store::current_schema();
  CHECK(schema.version == 1);
  REQUIRE(schema.tables.size() == 5);
  CHECK(store::key_column_list() ==
        "id, domain, selector, use_no, algorithm, bits, file, public_key, replaces, servers, exceptions, "
        "cache_time, "
        "expiry, failure, rev, reserved_at, generated_at, adopted_at, exported_at, handed_out_at, "
        "publishing_at, "
        "called_at, seen_at, agreed_at, ready_at, switching_at, may_sign_at, activated_at, confirmed_at, "
        "lost_at, "
        "stopping_at, retired_at, unused_at, successor_asked_at, compromised_at, cancelled_at, "
        "rollback_asked_at, "
        "removal_asked_at, retire_confirmed_at, revoke_proposed_at, revoking_at, revoked_at, "
        "withdraw_proposed_at, "
        "withdrawing_at, gone_at, destroy_proposed_at, destroying_at, destroyed_at, restored_at, failed_at");
}

TEST_CASE("the tables use only what PostgreSQL and MariaDB have as well")
{
  for (const std::string& table : store::current_schema().tables) {
    for (const char* foreign :
         {"INTEGER", "BLOB", "AUTOINCREMENT", "WITHOUT ROWID", "STRICT", "DATETIME", " INT "}) {
      CHECK(table.find(foreign) == std::string::npos);
    }
  }
}

}  // namespace
