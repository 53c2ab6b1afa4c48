// What is on record of the keys, read and not changed.
#pragma once

#include "base/finding.hpp"
#include "base/host.hpp"
#include "base/result.hpp"
#include "rollover/clock.hpp"
#include "store/database.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dkimctl::app {

/// By /etc/machine-id (machine-id(5)), which a clone of the machine has to change; else by its name.
store::Machine machine_of(const Host& host);

struct State {
  std::unique_ptr<store::Database> database;  // null: nothing is on record yet
  std::optional<rollover::ClockMark> last_run;
  std::vector<Finding> findings;  // state.foreign, state.restored
};

/// `folder` is that of the settings, `root` that of the host's tree, empty for /. A folder or a database that
/// is not there is an empty state. Fails where it cannot be read, or is damaged.
Result<State> read_state(const Host& host, const std::string& root, const std::string& folder,
                         rollover::Time now);

}  // namespace dkimctl::app
