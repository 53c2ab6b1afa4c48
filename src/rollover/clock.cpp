#include "rollover/clock.hpp"

#include <algorithm>

namespace dkimctl::rollover {

ClockVerdict check_clock(const std::optional<ClockMark>& last, bool only_looked, const ClockMark& now,
                         const ClockLimits& limits)
{
  if (!last) {
    return {ClockState::steady, now.wall, Seconds{0}};
  }
  const Seconds gap = now.wall - last->wall;
  const bool same_start = last->boot == now.boot && now.since_boot >= last->since_boot;
  const Seconds step = same_start ? gap - (now.since_boot - last->since_boot) : std::min(gap, Seconds{0});
  if (step < -limits.tolerance) {
    return {ClockState::jumped_back, last->wall, step};
  }
  if (step > limits.tolerance) {
    return {ClockState::jumped_forward, now.wall, step};
  }
  const Time time = std::max(now.wall, last->wall);
  if (gap > limits.long_gap && !only_looked) {
    return {ClockState::long_gap, time, gap};
  }
  return {ClockState::steady, time, Seconds{0}};
}

}  // namespace dkimctl::rollover
