#include "rollover/key_life.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

namespace dkimctl::rollover {

namespace {

template<class Enum, std::size_t N>
std::string_view name_in(const std::array<std::string_view, N>& names, Enum value)
{
  return names[static_cast<std::size_t>(value)];
}

constexpr std::array<std::string_view, kMoments> kMomentNames{
    "reserved",
    "generated",
    "adopted",
    "exported",
    "handed_out",
    "publishing",
    "called",
    "seen",
    "agreed",
    "ready",
    "switching",
    "may_sign",
    "activated",
    "confirmed",
    "lost",
    "stopping",
    "retired",
    "unused",
    "successor_asked",
    "compromised",
    "cancelled",
    "rollback_asked",
    "removal_asked",
    "retire_confirmed",
    "revoke_proposed",
    "revoking",
    "revoked",
    "withdraw_proposed",
    "withdrawing",
    "gone",
    "destroy_proposed",
    "destroying",
    "destroyed",
    "restored",
    "failed",
};
static_assert(!kMomentNames.back().empty());

constexpr std::array<std::string_view, 5> kAnswerNames{"none", "right", "absent", "other", "revoked"};
constexpr std::array<std::string_view, 8> kStateNames{"reserved", "generated", "published", "ready",
                                                      "active",   "retired",   "revoked",   "removed"};

LastAnswer last_answer(std::string_view name)
{
  for (std::size_t i = 0; i < kAnswerNames.size(); ++i) {
    if (kAnswerNames[i] == name) {
      return static_cast<LastAnswer>(i);
    }
  }
  return LastAnswer::other;
}

// Every server of a new set has yet to answer; that one is silent is remembered.
void replace_servers(KeyLife& life, const std::string& servers)
{
  std::map<std::string, ServerState, std::less<>> exceptions;
  std::istringstream words(servers);
  for (std::string server; words >> server;) {
    ServerState state;
    if (const auto known = life.exceptions.find(server); known != life.exceptions.end()) {
      state = known->second;
    }
    state.last = LastAnswer::none;
    exceptions.emplace(std::move(server), state);
  }
  life.servers = servers;
  life.exceptions = std::move(exceptions);
}

// A server that had something else, or nothing, to say restarts the agreement of all of them.
void server_right(KeyLife& life, const Event& event)
{
  const auto known = life.exceptions.find(event.object);
  if (known == life.exceptions.end()) {
    return;
  }
  if (known->second.last != LastAnswer::right) {
    life.at.clear(Moment::agreed);
    life.at.clear(Moment::ready);
  }
  life.exceptions.erase(known);
}

void server_wrong(KeyLife& life, const Event& event)
{
  life.exceptions.insert_or_assign(event.object, ServerState{last_answer(event.detail), {}, 0});
  if (life.has(Moment::activated) && !life.has(Moment::lost)) {
    life.at.set(Moment::lost, event.at);
  }
}

void server_silent(KeyLife& life, const Event& event)
{
  ServerState& state =
      life.exceptions.try_emplace(event.object, ServerState{LastAnswer::right, {}, 0}).first->second;
  if (!state.silent_since) {
    state.silent_since = event.at;
    state.silent_run = event.run;
  }
}

struct Effect {
  EventKind kind;
  void (*apply)(KeyLife& life, const Event& event);
};

// What events do beside setting and clearing times.
constexpr std::array kEffects{
    Effect{EventKind::servers_changed,
           [](KeyLife& life, const Event& event) { replace_servers(life, event.detail); }},
    Effect{EventKind::server_right, server_right},
    Effect{EventKind::server_wrong, server_wrong},
    Effect{EventKind::server_silent, server_silent},
    Effect{EventKind::cache_time,
           [](KeyLife& life, const Event& event) {
             life.cache_time = std::max(life.cache_time, event.span.value_or(Seconds{0}));
           }},
    Effect{EventKind::expiry,
           [](KeyLife& life, const Event& event) {
             life.expiry = std::max(life.expiry, event.span.value_or(Seconds{0}));
           }},
    Effect{EventKind::generated,
           [](KeyLife& life, const Event& event) { life.facts.public_key = event.detail; }},
    Effect{EventKind::failed,
           [](KeyLife& life, const Event& event) { life.failure = event.object + ": " + event.detail; }},
    Effect{EventKind::switch_failed,
           [](KeyLife& life, const Event& event) { life.failure = "signing: " + event.detail; }},
    Effect{EventKind::timeline, [](KeyLife& life, const Event&) { life.servers.clear(); }},
};

}  // namespace

std::string_view to_string(Moment moment)
{
  return name_in(kMomentNames, moment);
}

std::string_view to_string(LastAnswer answer)
{
  return name_in(kAnswerNames, answer);
}

std::string_view to_string(KeyState state)
{
  return name_in(kStateNames, state);
}

void apply(KeyLife& life, const Event& event)
{
  const EventRule& rule = rule_of(event.kind);
  for (std::size_t i = 0; i < kMoments; ++i) {
    const auto moment = static_cast<Moment>(i);
    if (rule.sets.has(moment) || (rule.begins.has(moment) && !life.has(moment))) {
      life.at.set(moment, event.at);
    }
    if (rule.clears.has(moment)) {
      life.at.clear(moment);
    }
  }
  if (rule.clears.has(Moment::failed)) {
    life.failure.clear();
  }
  if (const auto* const effect = std::ranges::find(kEffects, event.kind, &Effect::kind);
      effect != kEffects.end()) {
    effect->apply(life, event);
  }
}

KeyLife fold(KeyFacts facts, std::span<const Event> events)
{
  KeyLife life{std::move(facts), {}, {}, {}, Seconds{0}, Seconds{0}, {}, 0};
  for (const Event& event : events) {
    apply(life, event);
  }
  return life;
}

KeyState state_at(const KeyLife& life, Time when)
{
  const auto has = [&](Moment moment) { return life.has(moment) && *life.at[moment] <= when; };
  struct Row {
    Moment moment;
    KeyState state;
  };
  // the furthest first
  constexpr std::array kRows{
      Row{Moment::gone, KeyState::removed},        Row{Moment::revoked, KeyState::revoked},
      Row{Moment::retired, KeyState::retired},     Row{Moment::activated, KeyState::active},
      Row{Moment::ready, KeyState::ready},         Row{Moment::seen, KeyState::published},
      Row{Moment::generated, KeyState::generated},
  };
  for (const Row& row : kRows) {
    if (has(row.moment)) {
      return row.state;
    }
  }
  return KeyState::reserved;
}

KeyState state_of(const KeyLife& life)
{
  return state_at(life, Time::max());
}

bool is_coming(const KeyLife& life)
{
  return !life.has(Moment::activated) && !life.has(Moment::retired);
}

bool is_active(const KeyLife& life)
{
  return life.has(Moment::activated) && !life.has(Moment::retired);
}

bool is_ending(const KeyLife& life)
{
  return life.has(Moment::revoking) || life.has(Moment::withdrawing);
}

bool is_ours_to_end(const KeyLife& life)
{
  const bool known_to_others = life.has(Moment::adopted) || life.has(Moment::exported);
  return !known_to_others || life.has(Moment::retire_confirmed);
}

bool may_return(const KeyLife& life)
{
  return life.has(Moment::retired) && life.has(Moment::may_sign) && !life.has(Moment::gone) &&
         !is_ending(life);
}

bool holds_slot(const KeyLife& life)
{
  return !is_ending(life) && !life.has(Moment::gone);
}

bool is_finished(const KeyLife& life)
{
  return life.has(Moment::gone) && life.has(Moment::destroyed);
}

}  // namespace dkimctl::rollover
