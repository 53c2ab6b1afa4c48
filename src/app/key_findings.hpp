// What is wrong with one key, beside its file.
#pragma once

#include "amavis/key_files.hpp"
#include "base/finding.hpp"
#include "report/showkeys.hpp"

#include <vector>

namespace dkimctl::app {

/// That it is not certain, or else what is wrong with its record: each at the key's place and with its
/// number.
std::vector<Finding> key_findings(const report::ShownKey& shown, const amavis::Locate& locate);

}  // namespace dkimctl::app
