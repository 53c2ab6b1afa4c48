// What can be said of a key record before it is published.
#pragma once

#include "base/finding.hpp"
#include "dkim/key_record.hpp"

#include <string>
#include <vector>

namespace dkimctl::dkim {

/// Looks at each tag that is set, in their order: one finding a problem, `object` (the owner name) the object
/// of all. Sources: RFC 6376 section 3.2 (what a value may hold) and section 3.6.1, RFC 8301 section 3.1.
std::vector<Finding> check_record(const KeyRecord& record, const std::string& object);

}  // namespace dkimctl::dkim
