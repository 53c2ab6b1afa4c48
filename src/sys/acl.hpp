// libacl, wrapped.
#pragma once

#include "base/result.hpp"
#include "sys/permission.hpp"

#include <string>

namespace dkimctl::sys {

/// The access control list of a file, links followed; an empty one where the file has none besides its mode
/// or its file system knows none.
Result<Acl> read_acl(const std::string& path);

}  // namespace dkimctl::sys
