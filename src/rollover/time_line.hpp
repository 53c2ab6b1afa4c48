// The way of one key: what has happened to it, and what is still to come, with the earliest time of each.
#pragma once

#include "rollover/key_life.hpp"
#include "rollover/policy.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::rollover {

struct TimeLineRow {
  std::string_view name;   // for programs: of a moment, or of the state that comes
  std::optional<Time> at;  // nothing: it depends on what is not known yet
  bool done = false;       // else `at` is the earliest time
  std::string text;        // for people

  friend bool operator==(const TimeLineRow&, const TimeLineRow&) = default;
};

/// What has happened comes first, by its time; then what is to come, in its order. `keys` are all those of
/// the key's domain.
std::vector<TimeLineRow> time_line(const KeyLife& key, const std::vector<KeyLife>& keys,
                                   const Policy& policy);

}  // namespace dkimctl::rollover
