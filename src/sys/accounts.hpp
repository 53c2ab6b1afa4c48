// Users and groups, as this host's name service knows them.
#pragma once

#include "base/host.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace dkimctl::sys {

/// With all of its groups. `not_found` "no such user".
Result<Identity> system_user(const std::string& name);
/// `not_found` "no such group".
Result<std::uint32_t> system_group(const std::string& name);
/// Nothing where the number has no name, or it cannot be told.
std::optional<std::string> system_user_name(std::uint32_t uid);
std::optional<std::string> system_group_name(std::uint32_t gid);

}  // namespace dkimctl::sys
