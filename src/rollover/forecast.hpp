// When a rollover would come to each of its steps, if everybody did what is asked at once and every answer
// were right: the earliest times.
#pragma once

#include "rollover/plan.hpp"

#include <string>
#include <vector>

namespace dkimctl::rollover {

struct ForecastStep {
  Act act = Act::none;
  std::string selector;  // of the key that it is done with; "(new)" of one whose selector is not chosen yet
  Time at;

  friend bool operator==(const ForecastStep&, const ForecastStep&) = default;
};

/// The selector of the key that the forecast makes.
inline constexpr std::string_view kNewSelector = "(new)";

/// The steps from `now` on, in order, until nothing is left to do for the keys that are there now, five years
/// at most. No rollover begins by itself in it. What others may still need is said not to be needed as soon
/// as a key is retired. `observation` is where it begins: its servers, their cache time and what is in force
/// of amavisd count.
std::vector<ForecastStep> forecast(std::vector<KeyLife> keys, const Observation& observation,
                                   const Policy& policy, Now now, const HostView& host);

}  // namespace dkimctl::rollover
