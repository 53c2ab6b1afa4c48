// What the program that reads from DNS may do: little.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <optional>

namespace dkimctl::resolver {

struct Account {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};

/// Gives up what the process does not need: its user, where one is given (and all groups), new rights by
/// exec, core files, files written, memory beyond a bound. Raises the number of descriptors to what is
/// allowed.
Result<void> confine(const std::optional<Account>& account);

/// Forbids, for good and for threads begun later, to start programs, to open any file, to control a terminal,
/// to look into other processes or signal them, to reach anything on this host, and to change rights. Call it
/// when all libraries are set up. Where the kernel has no such filters it does nothing.
Result<void> forbid_system_calls();

}  // namespace dkimctl::resolver
