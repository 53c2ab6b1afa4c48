#include "rollover/observation.hpp"

#include <algorithm>

namespace dkimctl::rollover {

const RecordView* Observation::record_of(const KeyId& key) const
{
  const auto found = std::ranges::find(records, key, &std::pair<KeyId, RecordView>::first);
  return found == records.end() ? nullptr : &found->second;
}

bool is_waived(const ServerState& state, const Policy& policy, Time now, std::int64_t run)
{
  return state.silent_since && now - *state.silent_since >= policy.silent_after &&
         run - state.silent_run >= policy.silent_runs - 1;
}

}  // namespace dkimctl::rollover
