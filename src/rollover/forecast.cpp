#include "rollover/forecast.hpp"

#include <algorithm>
#include <utility>

namespace dkimctl::rollover {

namespace {

using M = Moment;
using K = EventKind;

constexpr Seconds kLongest = std::chrono::days(5 * 365);
constexpr int kMostRuns = 1000;
constexpr int kMostRounds = 20;  // of one run, each with what the one before has made possible
constexpr std::string_view kNewId = "forecast";

class World {
public:
  World(std::vector<KeyLife> keys, const Observation& observation, const Policy& policy, Now now,
        HostView host)
      : keys_(std::move(keys)), begin_(observation), policy_(policy), now_(now), host_(std::move(host))
  {
    policy_.automatic = false;
    for (const auto& [key, record] : observation.records) {
      if (known_.servers.empty()) {
        known_.servers = record.servers;
      }
      known_.cache_time = std::max(known_.cache_time, record.cache_time);
    }
    if (known_.servers.empty()) {
      known_.servers.push_back({"everywhere", Served::ours});
    }
  }

  std::vector<ForecastStep> run()
  {
    const Time end = now_.time + kLongest;
    for (int run = 0; run < kMostRuns && now_.time <= end; ++run) {
      const auto next = run_once();
      if (!next) {
        break;
      }
      host_.day_time = day_time_at(*next);
      now_ = {*next, now_.run + 1};
    }
    return std::move(steps_);
  }

private:
  std::chrono::minutes day_time_at(Time when) const
  {
    const auto passed = std::chrono::floor<std::chrono::minutes>(when - now_.time);
    const std::chrono::minutes day = std::chrono::hours(24);
    return (host_.day_time + passed) % day;
  }

  std::optional<Time> run_once()
  {
    for (int round = 0; round < kMostRounds; ++round) {
      const Observation observation = observe();
      learn(keys_, observation, policy_, now_);
      confirm();
      const Plan next = plan(keys_, observation, policy_, now_, host_);
      for (const KeyEvent& note : next.notes) {
        apply(keys_, note);
      }
      for (const Action& action : next.actions) {
        carry_out(action);
      }
      if (next.actions.empty() && next.notes.empty()) {
        return next.next;
      }
    }
    return {};
  }

  // ---- the DNS and amavisd, as they should be ----

  static Served served(const KeyLife& key)
  {
    if (key.has(M::gone) || key.has(M::withdrawing)) {
      return Served::absent;
    }
    if (key.has(M::revoking)) {
      return Served::revoked;
    }
    const bool is_published = key.has(M::may_sign) || key.has(M::handed_out) || key.has(M::publishing);
    return is_published ? Served::ours : Served::absent;
  }

  Observation observe() const
  {
    Observation observation;
    observation.signer.is_known = true;
    observation.signer.was_asked = true;
    observation.signer.expiry = begin_.signer.expiry;
    for (const KeyLife& key : keys_) {
      RecordView record = known_;
      for (ServerView& server : record.servers) {
        server.served = served(key);
      }
      if (may_ask_resolvers(key, policy_, now_.time) && served(key) == Served::ours) {
        record.everyone = record.here = View::ours;
      }
      observation.records.emplace_back(key.facts.id, std::move(record));
      if (!key.has(M::destroyed)) {
        observation.signer.present.push_back(key.facts.id);
      }
      if (is_active(key)) {
        observation.signer.signing.push_back(key.facts.id);
        observation.signer.configured.push_back(key.facts.id);
        observation.signer.named.push_back(key.facts.id);
      }
    }
    return observation;
  }

  // What a person must say is said at once.
  void confirm()
  {
    for (KeyLife& key : keys_) {
      if (key.has(M::retired) && !is_ours_to_end(key)) {
        add(key, K::retire_confirmed);
      }
    }
  }

  // ---- what is done ----

  void add(KeyLife& key, K kind, const std::string& object = {})
  {
    apply(key, Event{kind, now_.time, now_.run, object, {}, {}});
  }

  void carry_out(const Action& action)
  {
    const auto found =
        std::ranges::find_if(keys_, [&](const KeyLife& key) { return key.facts.id == action.key; });
    if (found == keys_.end() || action.act == Act::none) {
      return;
    }
    note(action.act, *found);
    if (action.act == Act::reserve_successor) {
      reserve(*found);
      return;
    }
    effect(action.act, *found);
  }

  void note(Act act, const KeyLife& key)
  {
    const bool is_new = act == Act::reserve_successor;
    steps_.push_back({act, is_new ? std::string(kNewSelector) : key.facts.selector, now_.time});
  }

  void reserve(const KeyLife& replaced)
  {
    KeyFacts facts{std::string(kNewId) + std::to_string(++made_),
                   replaced.facts.domain,
                   std::string(kNewSelector),
                   0,
                   replaced.facts.algorithm,
                   replaced.facts.bits,
                   {},
                   {},
                   replaced.facts.id};
    const std::vector<Event> events{{K::reserved, now_.time, now_.run, {}, {}, {}}};
    keys_.push_back(fold(std::move(facts), events));
  }

  void effect(Act act, KeyLife& key)
  {
    switch (act) {
    case Act::none:
    case Act::reserve_successor: break;
    case Act::generate_key: add(key, K::generated); break;
    case Act::publish_record:
      add(key, K::publishing);
      add(key, K::published);
      break;
    case Act::hand_out_record: add(key, K::handed_out); break;
    case Act::mark_ready: add(key, K::ready); break;
    case Act::switch_signing: switch_to(key); break;
    case Act::undo_switch: add(key, K::switch_failed); break;
    case Act::stop_signing: add(key, K::retired, "nothing"); break;
    case Act::revoke_record:
      add(key, K::revoking);
      add(key, K::revoke_sent);
      break;
    case Act::withdraw_record:
      add(key, K::withdrawing);
      add(key, K::withdraw_sent);
      break;
    case Act::destroy_key:
      add(key, K::destroying);
      add(key, K::destroyed);
      break;
    }
  }

  void switch_to(KeyLife& key)
  {
    add(key, K::switching);
    add(key, K::activated);
    add(key, K::confirmed);
    for (KeyLife& other : keys_) {
      if (other.facts.id != key.facts.id && is_active(other)) {
        add(other, K::retired, key.facts.selector);
      }
    }
  }

  std::vector<KeyLife> keys_;
  const Observation& begin_;
  Policy policy_;
  Now now_;
  HostView host_;
  RecordView known_;
  int made_ = 0;
  std::vector<ForecastStep> steps_;
};

}  // namespace

std::vector<ForecastStep> forecast(std::vector<KeyLife> keys, const Observation& observation,
                                   const Policy& policy, Now now, const HostView& host)
{
  return World(std::move(keys), observation, policy, now, host).run();
}

}  // namespace dkimctl::rollover
