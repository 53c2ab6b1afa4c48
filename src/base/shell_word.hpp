// Words of a command that a person is told to type.
#pragma once

#include <string>
#include <string_view>

namespace dkimctl {

/// `text` as one word of a POSIX shell: as it is where that is safe, else in single quotes. A path that a
/// configuration names must not become a second command in a hint.
std::string shell_word(std::string_view text);

}  // namespace dkimctl
