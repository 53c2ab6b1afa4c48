#include "rollover/clock.hpp"
#include "story.hpp"

#include <doctest/doctest.h>

namespace dkimctl::rollover {

namespace {

struct Case {
  const char* what;
  ClockMark last;
  ClockMark now;
  bool only_looked;
  ClockState state;
  Time time;
};

}  // namespace

TEST_CASE("the wall clock is held against the clock that nobody sets")
{
  const ClockMark last{at(10h), "b1", 100h, 7};
  const std::vector<Case> cases{
      {"an hour later", last, {at(11h), "b1", 101h, 8}, false, ClockState::steady, at(11h)},
      {"three minutes fast",
       last,
       {at(11h + 3min), "b1", 101h, 8},
       false,
       ClockState::steady,
       at(11h + 3min)},
      {"a small step back", last, {at(10h - 2min), "b1", 100h + 1min, 8}, false, ClockState::steady, at(10h)},
      {"a large step back", last, {at(9h), "b1", 101h, 8}, false, ClockState::jumped_back, at(10h)},
      {"a step forward", last, {at(20h), "b1", 101h, 8}, false, ClockState::jumped_forward, at(20h)},
      {"back over a restart", last, {at(9h), "b2", 1h, 8}, false, ClockState::jumped_back, at(10h)},
      {"a day off", last, {at(34h), "b2", 1h, 8}, false, ClockState::steady, at(34h)},
      {"a month without a run", last, {at(730h), "b1", 820h, 8}, false, ClockState::long_gap, at(730h)},
      {"a month off", last, {at(730h), "b2", 1h, 8}, false, ClockState::long_gap, at(730h)},
      {"and another, having looked", last, {at(730h), "b2", 1h, 8}, true, ClockState::steady, at(730h)},
  };
  for (const Case& one : cases) {
    CAPTURE(one.what);
    const ClockVerdict verdict = check_clock(one.last, one.only_looked, one.now);
    CHECK(verdict.state == one.state);
    CHECK(verdict.now == one.time);
  }
  CHECK(check_clock({}, false, last).state == ClockState::steady);
}

}  // namespace dkimctl::rollover
