// What is still known of the DNS from the last run, for commands that do not ask it again.
#pragma once

#include "rollover/observation.hpp"

#include <vector>

namespace dkimctl::rollover {

/// What the lives remember of the servers of each key, as if it had been seen now. Resolvers count as not
/// asked, and of the signer nothing is known. Nothing is said of a key whose servers are not known, and of
/// one whose record is on its way out before all servers have let go of it: what each of them serves by then
/// is not kept.
Observation last_known(const std::vector<KeyLife>& keys);

}  // namespace dkimctl::rollover
