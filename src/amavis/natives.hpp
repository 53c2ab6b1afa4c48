// The functions that amavisd gives to its configuration files.
#pragma once

#include "amavis/configuration.hpp"

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace dkimctl::amavis {

/// What the calls of a configuration add up to while it runs. Outlives the interpreter's run.
struct Declarations {
  std::vector<DkimKey> keys;
  std::vector<Finding> findings;
  std::unordered_multimap<std::size_t, std::uint32_t> by_name;  // hash of a name -> index of a certain key
};

/// The whole of what a configuration finds around it. `host` and `declarations` must outlive the interpreter.
perl::Surroundings surroundings(const Host& host, Declarations& declarations);

}  // namespace dkimctl::amavis
