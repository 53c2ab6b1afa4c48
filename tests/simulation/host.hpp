// The host: dkimctl's rollover over a world, with a state that can be lost, runs that can end anywhere, and
// people who do what they are asked, or something else.
#pragma once

#include "rollover/clock.hpp"
#include "rollover/plan.hpp"
#include "world.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace simulation {

/// A rule that is left out, to see whether anything depends on it.
struct Fault {
  std::string name;
  std::vector<dkimctl::rollover::Step> steps;  // empty: the real ones
  void (*policy)(dkimctl::rollover::Policy&) = nullptr;
  void (*observation)(dkimctl::rollover::Observation&) = nullptr;
  void (*keys)(std::vector<dkimctl::rollover::KeyLife>&) = nullptr;  // what the plan is made from
  bool no_clock_check = false;
  bool no_new_timeline = false;
  bool no_intent = false;   // effects before what is recorded of them
  bool asks_early = false;  // resolvers, before the hold is over
  bool no_refusal = false;  // a rollback is never refused
};

struct Outcome {
  std::vector<std::string> violations;
  std::vector<std::string> story;  // events, where asked for
  int runs = 0;
  int activations = 0;
  int ended = 0;  // keys whose record and private key came to their end
};

Outcome simulate(const History& history, const Fault& fault, bool tell);

/// Every rule of the table and beside it that keeps messages verifiable, each left out.
std::vector<Fault> faults();

}  // namespace simulation
