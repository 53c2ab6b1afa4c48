// What an observation adds to the story of a domain's keys.
#pragma once

#include "rollover/observation.hpp"
#include "rollover/policy.hpp"

#include <vector>

namespace dkimctl::rollover {

/// An event and the key it belongs to.
struct KeyEvent {
  KeyId key;
  Event event;
};

/// The clock of a run: what happens in it happens at this time.
struct Now {
  Time time;
  std::int64_t run = 0;
};

/// Adds to `keys`, all those of one domain, what the observation shows and was not known: only changes make
/// events, so that a run in which nothing happened adds none. Returns what it added, in order.
std::vector<KeyEvent> learn(std::vector<KeyLife>& keys, const Observation& observation, const Policy& policy,
                            Now now);

/// Adds one event to the key it belongs to.
void apply(std::vector<KeyLife>& keys, const KeyEvent& event);

}  // namespace dkimctl::rollover
