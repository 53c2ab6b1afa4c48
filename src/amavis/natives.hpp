// The functions that amavisd gives to its configuration files.
#pragma once

#include "amavis/configuration.hpp"

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <unordered_map>
#include <vector>

namespace dkimctl::amavis {

/// What the calls of a configuration add up to while it runs. Outlives the interpreter's run.
struct Declarations {
  DkimKeys keys;
  std::vector<Finding> findings;
  std::pmr::monotonic_buffer_resource memory;
  /// Hash of domain and selector -> index of a certain key.
  std::pmr::unordered_multimap<std::size_t, std::uint32_t> by_name{&memory};
};

/// The whole of what a configuration finds around it. `host` and `declarations` must outlive the interpreter.
perl::Surroundings surroundings(const Host& host, Declarations& declarations);

}  // namespace dkimctl::amavis
