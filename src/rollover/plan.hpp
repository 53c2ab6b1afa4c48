// What may happen next with the keys of a domain, what stands in the way, and when it is worth looking again.
#pragma once

#include "rollover/learn.hpp"
#include "rollover/steps.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dkimctl::rollover {

/// What the host as a whole lets a domain do in this run.
struct HostView {
  std::string only_look;             // why nothing is to be decided in this run; empty: no reason
  bool may_begin = true;             // fewer rollovers are open than may be
  std::chrono::minutes day_time{0};  // after midnight, by the host's clock on the wall
};

struct Action {
  Act act = Act::none;
  KeyId key;

  friend bool operator==(const Action&, const Action&) = default;
};

/// Why a step is not taken.
struct Blocker {
  Act act = Act::none;
  Gate gate = Gate::seen;
  KeyId key;
  std::string text;           // "waits for ns2.example.com/192.0.2.2, which does not serve the record"
  std::optional<Time> until;  // when it is over, if nothing comes between
  std::string server = {};
};

struct Plan {
  std::vector<Action> actions;  // to be carried out in this order
  std::vector<KeyEvent>
      notes;  // to be recorded in any case: what a second run must agree on, or no longer does
  std::vector<Blocker> blockers;
  std::optional<Time> next;  // the next moment of interest, if no answer changes before
};

/// Pure: the same arguments, the same plan. `keys` are all those of one domain, with what was learnt of
/// `observation` (learn.hpp). `steps` is given by tests only.
Plan plan(const std::vector<KeyLife>& keys, const Observation& observation, const Policy& policy, Now now,
          const HostView& host, std::span<const Step> steps = rollover::steps());

/// Whether a resolver may be asked for the key's name: once asked too early, it would keep its absence.
bool may_ask_resolvers(const KeyLife& key, const Policy& policy, Time now);

/// A rollover has begun, and can still end with the old key in use.
bool is_open(const std::vector<KeyLife>& keys);

/// A key of the domain whose successor is due and would begin by itself: when it was.
std::optional<Time> due_since(const std::vector<KeyLife>& keys, const Policy& policy, Time now);

}  // namespace dkimctl::rollover
