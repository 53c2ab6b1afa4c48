// Whether the clock can be trusted to have gone on since the last run.
#pragma once

#include "rollover/moment.hpp"

#include <optional>
#include <string>

namespace dkimctl::rollover {

/// A reading of the clocks.
struct ClockMark {
  Time wall;
  std::string boot;       // names the time since the last start of the system
  Seconds since_boot{0};  // of a clock that nobody sets; goes on while the system sleeps
  std::int64_t run = 0;

  friend bool operator==(const ClockMark&, const ClockMark&) = default;
};

struct ClockLimits {
  Seconds tolerance{std::chrono::minutes(5)};  // of a step that is ignored
  Seconds long_gap{std::chrono::days(14)};
};

enum class ClockState : std::uint8_t {
  steady,
  jumped_back,     // the run must stop
  jumped_forward,  // likewise
  long_gap,        // the first run after a long time only looks
};

struct ClockVerdict {
  ClockState state = ClockState::steady;
  Time now;         // what to go by: never before the last run
  Seconds step{0};  // by how much the wall clock went astray, or how long the gap was
};

/// Within one start of the system the wall clock must have moved as far as the clock that nobody sets. Across
/// a restart only a step back, or a long gap, can be told. `only_looked`: the last run did so because of such
/// a gap, hence this one need not.
ClockVerdict check_clock(const std::optional<ClockMark>& last, bool only_looked, const ClockMark& now,
                         const ClockLimits& limits = {});

}  // namespace dkimctl::rollover
