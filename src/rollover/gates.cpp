#include "rollover/gates.hpp"

#include "rollover/duration.hpp"
#include "rollover/times.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace dkimctl::rollover {

namespace {

using M = Moment;

GateAnswer open_if(bool condition)
{
  return {.open = condition};
}

GateAnswer shut(std::string text, std::optional<Time> until = {}, std::string server = {})
{
  return {.open = false, .text = std::move(text), .until = until, .server = std::move(server)};
}

GateAnswer open()
{
  return {.open = true};
}

/// Open from `until` on.
GateAnswer open_from(const Situation& situation, std::optional<Time> until, std::string_view text)
{
  if (until && situation.now.time >= *until) {
    return open();
  }
  return until ? shut(fmt::format("{} until {}", text, time_text(*until)), until) : shut(std::string(text));
}

bool contains(const std::vector<KeyId>& keys, const KeyId& key)
{
  return std::ranges::find(keys, key) != keys.end();
}

// ---- is the step the key's at all ----

GateAnswer has_moment(const KeyLife& key, Moment moment)
{
  return open_if(key.has(moment));
}

bool was_called_lately(const Situation& situation, const KeyLife& key)
{
  const auto& called = key.at[M::called];
  return called && situation.now.time - *called < situation.policy.retry_after;
}

bool is_lacking(const Situation& situation, const KeyLife& key)
{
  const RecordView* const record = situation.observation.record_of(key.facts.id);
  return record != nullptr && std::ranges::any_of(record->servers, [](const ServerView& server) {
           return server.served != Served::ours && server.served != Served::silent;
         });
}

GateAnswer record_wanted(const Situation& situation, const KeyLife& key)
{
  const bool first = !key.has(M::seen) && !key.has(M::called);
  const bool is_ours = key.has(M::generated) || key.has(M::rollback_asked);
  return open_if(is_ours && !was_called_lately(situation, key) && (first || is_lacking(situation, key)));
}

bool has_successor(const Situation& situation, const KeyLife& key)
{
  return std::ranges::any_of(situation.keys, [&](const KeyLife& other) {
    return other.facts.replaces == key.facts.id && is_coming(other);
  });
}

GateAnswer successor_wanted(const Situation& situation, const KeyLife& key)
{
  if (!is_active(key) || has_successor(situation, key)) {
    return open_if(false);
  }
  const auto due = due_time(key, situation.policy);
  const SignerView& signer = situation.observation.signer;
  const bool signs = contains(signer.signing, key.facts.id) || contains(signer.configured, key.facts.id);
  const bool by_itself =
      situation.policy.automatic && situation.policy.publisher == Publisher::program && signs;
  return open_if(key.has(M::successor_asked) || (by_itself && due && situation.now.time >= *due));
}

// One that is impossible, since the private key is gone, holds up nothing.
GateAnswer rollback_asked(const Situation& situation, const KeyLife& key)
{
  return open_if(key.has(M::rollback_asked) && contains(situation.observation.signer.present, key.facts.id));
}

GateAnswer effect_due(const Situation& situation, const KeyLife& key)
{
  const auto& called = key.at[M::called];
  const auto intent = std::max(key.at[M::revoking], key.at[M::withdrawing]);
  return open_if(!called || (intent && *called < *intent) || !was_called_lately(situation, key));
}

GateAnswer tombstone_wanted(const Situation& situation, const KeyLife& key)
{
  return open_if(situation.policy.tombstone > Seconds{0} && key.has(M::may_sign));
}

GateAnswer negated(const GateAnswer& answer)
{
  return open_if(!answer.open);
}

// ---- what the servers and resolvers show ----

std::string_view what_is_served(Served served)
{
  switch (served) {
  case Served::ours: return "serves the record";
  case Served::absent: return "serves no record";
  case Served::other: return "serves something else";
  case Served::revoked: return "serves p= without a key";
  case Served::silent: break;
  }
  return "does not answer";
}

/// Until when a server that does not answer is waited for; nothing where its answer, or its silence, counts.
std::optional<Time> silence_ends(const Situation& situation, const KeyLife& key, const ServerView& server)
{
  const auto known = key.exceptions.find(server.server);
  if (server.served != Served::silent || known == key.exceptions.end() || !known->second.silent_since) {
    return {};
  }
  return *known->second.silent_since + situation.policy.silent_after;
}

bool is_waived_now(const Situation& situation, const KeyLife& key, const ServerView& server)
{
  const auto known = key.exceptions.find(server.server);
  return server.served == Served::silent && known != key.exceptions.end() &&
         is_waived(known->second, situation.policy, situation.now.time, situation.now.run);
}

GateAnswer servers_agree(const Situation& situation, const KeyLife& key)
{
  const RecordView* const record = situation.observation.record_of(key.facts.id);
  if (record == nullptr || record->servers.empty()) {
    return shut("the authoritative servers could not be asked");
  }
  for (const ServerView& server : record->servers) {
    if (server.served != Served::ours && !is_waived_now(situation, key, server)) {
      return shut(fmt::format("{} {}", server.server, what_is_served(server.served)),
                  silence_ends(situation, key, server), server.server);
    }
  }
  return key.has(M::agreed) ? open() : shut("the authoritative servers do not agree yet");
}

GateAnswer hold_over(const Situation& situation, const KeyLife& key)
{
  const auto ready = ready_time(key, situation.policy);
  return ready ? open_from(situation, ready, "every server agrees; resolvers may hold older answers")
               : shut("");
}

GateAnswer seen_by(View view, std::string_view who)
{
  switch (view) {
  case View::ours: return open();
  case View::not_asked: return shut(fmt::format("{} has not been asked yet", who));
  case View::absent: return shut(fmt::format("{} sees no record", who));
  case View::other: return shut(fmt::format("{} sees something else", who));
  case View::revoked: return shut(fmt::format("{} sees p= without a key", who));
  case View::bogus: break;
  }
  return shut(fmt::format("{} cannot validate the record (DNSSEC)", who));
}

View view_of(const Situation& situation, const KeyLife& key, View RecordView::*who)
{
  const RecordView* const record = situation.observation.record_of(key.facts.id);
  return record != nullptr ? record->*who : View::not_asked;
}

GateAnswer everyone_sees(const Situation& situation, const KeyLife& key)
{
  return seen_by(view_of(situation, key, &RecordView::everyone), "a resolver that begins at the root");
}

GateAnswer here_sees(const Situation& situation, const KeyLife& key)
{
  return seen_by(view_of(situation, key, &RecordView::here), "the resolver of this host");
}

// ---- the host ----

GateAnswer not_after_gap(const Situation& situation, const KeyLife& /*key*/)
{
  return situation.host.only_look.empty() ? open() : shut(situation.host.only_look);
}

GateAnswer key_present(const Situation& situation, const KeyLife& key)
{
  return contains(situation.observation.signer.present, key.facts.id)
             ? open()
             : shut("its private key is not there, or amavisd cannot read it");
}

GateAnswer editable(const Situation& situation, const KeyLife& /*key*/)
{
  const SignerView& signer = situation.observation.signer;
  if (!signer.is_known) {
    return shut("amavisd's configuration is not understood");
  }
  return signer.read_only.empty() ? open() : shut(signer.read_only);
}

GateAnswer in_window(const Situation& situation, const KeyLife& /*key*/)
{
  const auto& window = situation.policy.activate_window;
  const std::chrono::minutes day = std::chrono::hours(24);
  if (!window || window->from == window->to) {  // the whole day
    return open();
  }
  const auto since_begin = (situation.host.day_time - window->from + day) % day;
  if (since_begin < (window->to - window->from + day) % day) {
    return open();
  }
  return open_from(situation, situation.now.time + (day - since_begin), "outside of activate_window");
}

GateAnswer confirmed(const Situation& /*situation*/, const KeyLife& key)
{
  return key.has(M::confirmed) ? open() : shut("the running amavisd was not seen to sign with it");
}

// ---- a new rollover ----

GateAnswer no_open_rollover(const Situation& situation, const KeyLife& key)
{
  for (const KeyLife& other : situation.keys) {
    if (is_coming(other) || (may_return(other) && is_ours_to_end(other) && !key.has(M::compromised))) {
      return shut(fmt::format("the rollover with selector {} is not over", other.facts.selector));
    }
  }
  return open();
}

GateAnswer may_begin(const Situation& situation, const KeyLife& key)
{
  return situation.host.may_begin || key.has(M::successor_asked)
             ? open()
             : shut("as many rollovers are open on this host as max_open allows");
}

// A slot is free as soon as nobody needs the record in it, whether or not it is gone: the next one replaces
// it.
GateAnswer slot_free(const Situation& situation, const KeyLife& /*key*/)
{
  if (situation.policy.slots == 0) {
    return open();
  }
  const auto busy = std::ranges::count_if(situation.keys, holds_slot);
  return busy < situation.policy.slots ? open() : shut("messages may need the record in every slot");
}

GateAnswer interval_long_enough(const Situation& situation, const KeyLife& key)
{
  const Seconds shortest = shortest_interval(key, situation.policy);
  if (key.has(M::successor_asked) || situation.policy.interval >= shortest) {
    return open();
  }
  return shut(fmt::format("interval is {}, and hold and retention take {}",
                          duration_text(situation.policy.interval), duration_text(shortest)));
}

// ---- the end of a key ----

GateAnswer ours_to_end(const Situation& /*situation*/, const KeyLife& key)
{
  return is_ours_to_end(key) ? open() : shut("dkimctl did not make it: other hosts may sign with it");
}

GateAnswer unused(const Situation& situation, const KeyLife& key)
{
  if (!key.has(M::may_sign)) {
    return open();
  }
  if (!situation.observation.signer.is_known) {
    return shut("amavisd's configuration is not understood");
  }
  return key.has(M::unused) ? open() : shut("it is in use");
}

// Where several keys of the domain sign, for different senders, any of them may be the one that does not
// follow: so all must be confirmed.
const KeyLife* successor_of(const Situation& situation, const KeyLife& key)
{
  const SignerView& signer = situation.observation.signer;
  const KeyLife* found = nullptr;
  for (const KeyLife& other : situation.keys) {
    if (other.facts.id == key.facts.id || !is_active(other)) {
      continue;
    }
    if (!other.has(M::confirmed)) {
      return nullptr;
    }
    if (!signer.was_asked || contains(signer.signing, other.facts.id)) {
      found = &other;
    }
  }
  return found;
}

GateAnswer successor_signs(const Situation& situation, const KeyLife& key)
{
  return !key.has(M::may_sign) || key.has(M::removal_asked) || successor_of(situation, key) != nullptr
             ? open()
             : shut("no other key of the domain is confirmed to sign");
}

GateAnswer successor_proven(const Situation& situation, const KeyLife& key)
{
  if (!key.has(M::may_sign) || key.has(M::removal_asked)) {
    return open();
  }
  const KeyLife* const successor = successor_of(situation, key);
  if (successor == nullptr) {
    return shut("");
  }
  GateAnswer answer = servers_agree(situation, *successor);
  if (answer.open) {
    answer = everyone_sees(situation, *successor);
  }
  if (!answer.open) {
    answer.text = fmt::format("of its successor {}: {}", successor->facts.selector, answer.text);
  }
  return answer;
}

GateAnswer retention_over(const Situation& situation, const KeyLife& key)
{
  const auto end = retention_end(key, situation.policy);
  return end ? open_from(situation, end, "messages signed with it may be verified") : shut("");
}

GateAnswer queue_young(const Situation& situation, const KeyLife& key)
{
  const auto& queued = situation.observation.signer.oldest_queued;
  const auto& unused_at = key.at[M::unused];
  if (!key.has(M::may_sign) || key.has(M::compromised) || !queued || (unused_at && *queued > *unused_at)) {
    return open();
  }
  return shut(fmt::format("a message in the queue is from {}, when it may have signed", time_text(*queued)));
}

GateAnswer tombstone_over(const Situation& situation, const KeyLife& key)
{
  return open_from(situation, tombstone_end(key, situation.policy), "p= without a key stays");
}

GateAnswer unnamed(const Situation& situation, const KeyLife& key)
{
  const SignerView& signer = situation.observation.signer;
  if (!signer.is_known) {
    return shut("amavisd's configuration is not understood");
  }
  return contains(signer.named, key.facts.id) ? shut("amavisd's configuration names its private key")
                                              : open();
}

GateAnswer two_runs_agree(const Situation& situation, const KeyLife& key)
{
  const auto& proposed = key.at[proposal_of(situation.act)];
  return open_from(situation, (proposed ? *proposed : situation.now.time) + situation.policy.agree_after,
                   "a second run must agree, not");
}

using Check = GateAnswer (*)(const Situation& situation, const KeyLife& key);

struct Row {
  Gate gate;
  Check check;
};

template<Moment moment>
GateAnswer has(const Situation& /*situation*/, const KeyLife& key)
{
  return has_moment(key, moment);
}

template<Moment moment>
GateAnswer has_not(const Situation& /*situation*/, const KeyLife& key)
{
  return open_if(!key.has(moment));
}

constexpr std::array<Row, kGates> kRows{{
    {Gate::by_program,
     [](const Situation& s, const KeyLife& /*key*/) {
       return open_if(s.policy.publisher == Publisher::program);
     }},
    {Gate::by_person,
     [](const Situation& s, const KeyLife& /*key*/) {
       return open_if(s.policy.publisher == Publisher::person);
     }},
    {Gate::not_cancelled, has_not<M::cancelled>},
    {Gate::not_compromised, has_not<M::compromised>},
    {Gate::not_handed_out, has_not<M::handed_out>},
    {Gate::record_wanted, record_wanted},
    {Gate::switching, has<M::switching>},
    {Gate::not_switching, has_not<M::switching>},
    {Gate::rollback_asked, rollback_asked},
    {Gate::no_rollback_asked,
     [](const Situation& s, const KeyLife& key) { return negated(rollback_asked(s, key)); }},
    {Gate::removal_asked, has<M::removal_asked>},
    {Gate::no_removal_asked, has_not<M::removal_asked>},
    {Gate::unconfirmed, has_not<M::confirmed>},
    {Gate::successor_wanted, successor_wanted},
    {Gate::tombstone_wanted, tombstone_wanted},
    {Gate::no_tombstone_wanted,
     [](const Situation& s, const KeyLife& key) { return negated(tombstone_wanted(s, key)); }},
    {Gate::not_ending,
     [](const Situation& /*situation*/, const KeyLife& key) { return open_if(!is_ending(key)); }},
    {Gate::revoking, has<M::revoking>},
    {Gate::withdrawing, has<M::withdrawing>},
    {Gate::not_withdrawing, has_not<M::withdrawing>},
    {Gate::ending,
     [](const Situation& /*situation*/, const KeyLife& key) { return open_if(is_ending(key)); }},
    {Gate::not_destroyed, has_not<M::destroyed>},
    {Gate::not_destroying, has_not<M::destroying>},
    {Gate::destroying, has<M::destroying>},
    {Gate::effect_due, effect_due},
    {Gate::seen,
     [](const Situation& /*situation*/, const KeyLife& key) {
       return key.has(M::seen) ? open() : shut("no authoritative server serves its record yet");
     }},
    {Gate::servers_agree, servers_agree},
    {Gate::hold_over, hold_over},
    {Gate::everyone_sees, everyone_sees},
    {Gate::here_sees, here_sees},
    {Gate::not_after_gap, not_after_gap},
    {Gate::key_present, key_present},
    {Gate::editable, editable},
    {Gate::in_window, in_window},
    {Gate::confirmed, confirmed},
    {Gate::no_open_rollover, no_open_rollover},
    {Gate::may_begin, may_begin},
    {Gate::slot_free, slot_free},
    {Gate::interval_long_enough, interval_long_enough},
    {Gate::ours_to_end, ours_to_end},
    {Gate::unused, unused},
    {Gate::successor_signs, successor_signs},
    {Gate::successor_proven, successor_proven},
    {Gate::retention_over, retention_over},
    {Gate::queue_young, queue_young},
    {Gate::tombstone_over, tombstone_over},
    {Gate::unnamed, unnamed},
    {Gate::two_runs_agree, two_runs_agree},
}};

constexpr bool is_in_order()
{
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].gate) != i || kRows[i].check == nullptr) {
      return false;
    }
  }
  return true;
}
static_assert(is_in_order(), "a row for each gate, in the order of the gates");

}  // namespace

GateAnswer check(Gate gate, const Situation& situation, const KeyLife& key)
{
  return kRows[static_cast<std::size_t>(gate)].check(situation, key);
}

Moment proposal_of(Act act)
{
  switch (act) {
  case Act::revoke_record: return Moment::revoke_proposed;
  case Act::withdraw_record: return Moment::withdraw_proposed;
  case Act::none:
  case Act::reserve_successor:
  case Act::generate_key:
  case Act::publish_record:
  case Act::hand_out_record:
  case Act::mark_ready:
  case Act::switch_signing:
  case Act::undo_switch:
  case Act::stop_signing:
  case Act::destroy_key: break;
  }
  return Moment::destroy_proposed;
}

}  // namespace dkimctl::rollover
