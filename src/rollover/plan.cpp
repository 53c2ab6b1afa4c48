#include "rollover/plan.hpp"

#include "rollover/gates.hpp"
#include "rollover/times.hpp"

#include <algorithm>

namespace dkimctl::rollover {

namespace {

struct Proposal {
  EventKind made;
  EventKind dropped;
};

Proposal proposal_events(Act act)
{
  if (act == Act::revoke_record) {
    return {EventKind::revoke_proposed, EventKind::revoke_dropped};
  }
  if (act == Act::withdraw_record) {
    return {EventKind::withdraw_proposed, EventKind::withdraw_dropped};
  }
  return {EventKind::destroy_proposed, EventKind::destroy_dropped};
}

class Planner {
public:
  Planner(Situation situation, std::span<const Step> steps) : situation_(situation), steps_(steps) {}

  Plan run()
  {
    for (const KeyLife& key : situation_.keys) {
      const KeyState state = state_of(key);
      for (const Step& step : steps_) {
        if (step.state == state) {
          situation_.act = step.act;
          try_step(step, key);
        }
      }
      if (situation_.policy.automatic) {
        look_again_at(due_time(key, situation_.policy));
      }
    }
    return std::move(plan_);
  }

private:
  void try_step(const Step& step, const KeyLife& key)
  {
    const auto is_open = [&](Gate gate) { return check(gate, situation_, key).open; };
    if (!std::all_of(step.when.begin(), step.when.end(), is_open)) {
      return;
    }
    bool shut = false;
    std::string reason;
    for (const Gate gate : step.gates) {
      if (gate == Gate::two_runs_agree) {
        shut = (shut ? drop(key, reason) : propose(key)) || shut;
        continue;
      }
      const GateAnswer answer = check(gate, situation_, key);
      if (!answer.open) {
        shut = true;
        reason = reason.empty() ? answer.text : reason;
        block(gate, key, answer);
      }
    }
    if (!shut && step.act != Act::none && !(step.act == Act::switch_signing && switches())) {
      plan_.actions.push_back({step.act, key.facts.id});
    }
  }

  // A domain has one signer at a time.
  bool switches() const
  {
    return std::ranges::find(plan_.actions, Act::switch_signing, &Action::act) != plan_.actions.end();
  }

  void block(Gate gate, const KeyLife& key, const GateAnswer& answer)
  {
    look_again_at(answer.until);
    if (!answer.text.empty()) {
      plan_.blockers.push_back(
          {situation_.act, gate, key.facts.id, answer.text, answer.until, answer.server});
    }
  }

  /// Whether the act must wait for another run.
  bool propose(const KeyLife& key)
  {
    const GateAnswer answer = check(Gate::two_runs_agree, situation_, key);
    if (answer.open) {
      return false;
    }
    block(Gate::two_runs_agree, key, answer);
    if (!key.has(proposal_of(situation_.act))) {
      note(key, proposal_events(situation_.act).made, {});
    }
    return true;
  }

  bool drop(const KeyLife& key, const std::string& reason)
  {
    if (key.has(proposal_of(situation_.act))) {
      note(key, proposal_events(situation_.act).dropped, reason);
    }
    return true;
  }

  void note(const KeyLife& key, EventKind kind, const std::string& detail)
  {
    plan_.notes.push_back(
        {key.facts.id, Event{kind, situation_.now.time, situation_.now.run, {}, detail, {}}});
  }

  void look_again_at(std::optional<Time> when)
  {
    if (when && *when > situation_.now.time && (!plan_.next || *when < *plan_.next)) {
      plan_.next = when;
    }
  }

  Situation situation_;
  std::span<const Step> steps_;
  Plan plan_;
};

}  // namespace

// NOLINTNEXTLINE(readability-function-size): the steps are given by tests only
Plan plan(const std::vector<KeyLife>& keys, const Observation& observation, const Policy& policy, Now now,
          const HostView& host, std::span<const Step> steps)
{
  return Planner({keys, observation, policy, now, host, Act::none}, steps).run();
}

bool may_ask_resolvers(const KeyLife& key, const Policy& policy, Time now)
{
  const auto ready = ready_time(key, policy);
  return key.has(Moment::activated) || (ready && now >= *ready);
}

bool is_open(const std::vector<KeyLife>& keys)
{
  return std::ranges::any_of(
      keys, [](const KeyLife& key) { return is_coming(key) || (may_return(key) && is_ours_to_end(key)); });
}

std::optional<Time> due_since(const std::vector<KeyLife>& keys, const Policy& policy, Time now)
{
  std::optional<Time> since;
  if (!policy.automatic || policy.publisher != Publisher::program || is_open(keys)) {
    return since;
  }
  for (const KeyLife& key : keys) {
    const auto due = is_active(key) ? due_time(key, policy) : std::nullopt;
    if (due && *due <= now && (!since || *due < *since)) {
      since = due;
    }
  }
  return since;
}

}  // namespace dkimctl::rollover
