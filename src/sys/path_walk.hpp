// Finds out where a path leads, as the kernel would, but below a root of our choice and with every folder on
// the way named. In user space: openat2(2) with RESOLVE_IN_ROOT is not everywhere, and it names no folders.
#pragma once

#include "base/result.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::sys {

/// What a symbolic link says; nothing if `path` is something else. As readlink(2), "x/." asks whether x is a
/// folder.
using ReadLink = std::function<Result<std::optional<std::string>>(const std::string& path)>;

struct WalkedPath {
  std::string path;  // where it ends: no ".", no link; ".." only at the start of a relative one
  std::vector<std::string> folders;  // every folder in which a name is looked up, in this order, each once
};

/// Follows `path` and all links in it, the last one too. An absolute path, and an absolute link, start at
/// "/", and ".." does not leave it: whoever calls and `read_link` say which folder "/" is. A relative path
/// starts at the working folder, and ".." in it goes as far up as it says.
///
/// Errors: those of `read_link`; `io` "too many levels of symbolic links" for more than 40 (Linux:
/// MAXSYMLINKS); `not_found` for an empty path.
Result<WalkedPath> walk_path(std::string_view path, const ReadLink& read_link);

}  // namespace dkimctl::sys
