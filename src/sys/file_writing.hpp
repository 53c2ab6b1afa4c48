// What is needed to write a file that was not there.
#pragma once

#include <string>
#include <string_view>

namespace dkimctl::sys {

/// 0, or errno.
int write_all(int fd, std::string_view data);

/// `prefix` and six letters that nobody has chosen. It may be there all the same: O_EXCL tells.
std::string random_name(std::string_view prefix);

}  // namespace dkimctl::sys
