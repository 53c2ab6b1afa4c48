// Whether a gate is open for a key.
#pragma once

#include "rollover/plan.hpp"

namespace dkimctl::rollover {

/// All that a decision rests on.
struct Situation {
  const std::vector<KeyLife>& keys;
  const Observation& observation;
  const Policy& policy;
  Now now;
  const HostView& host;
  Act act = Act::none;  // of the step that is tried
};

struct GateAnswer {
  bool open = false;
  std::string text = {};  // what is waited for; where the gate is shut
  std::optional<Time> until = {};
  std::string server = {};
};

GateAnswer check(Gate gate, const Situation& situation, const KeyLife& key);

/// The moment at which a run proposes the act, which cannot be undone.
Moment proposal_of(Act act);

}  // namespace dkimctl::rollover
