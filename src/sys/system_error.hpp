// errno as an Error.
#pragma once

#include "base/result.hpp"

#include <string>

namespace dkimctl::sys {

/// The system's reason in lower case: "permission denied"; a folder is called a folder.
std::string system_reason(int error_number);

/// ENOENT is `not_found`, EACCES and EPERM are `denied`, the rest is `io`. ENOTDIR is `io` as well: to
/// amavisd only ENOENT makes an optional file one that is not there.
Errc system_code(int error_number);

/// Both; `doing` goes before the reason: "cannot connect to 127.0.0.1:9998: ".
tl::unexpected<Error> system_error(int error_number, const std::string& doing = {});

}  // namespace dkimctl::sys
