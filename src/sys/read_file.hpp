// Reading a whole file, with a bound on its size and, for a pipe, on the time.
#pragma once

#include "base/host.hpp"

#include <chrono>
#include <cstddef>
#include <string>

struct stat;

namespace dkimctl::sys {

/// How long a pipe is waited for.
struct PipePatience {
  std::chrono::milliseconds writer{2000};  // until somebody has it open for writing
  std::chrono::milliseconds whole{60000};  // from the start to the end of what is written
};

/// What stat(2) said.
FileInfo file_info(const struct stat& status);

/// Opens, asks what it is, reads and closes: nothing is looked up twice. A regular file costs open, fstat,
/// read and close. Folders, sockets and devices are errors ("is a folder"), as is more than `limit` bytes, a
/// pipe that nobody writes to, and one that does not end in time. `path` is the kernel's; one that holds a
/// NUL byte is `not_found`.
Result<SecretFile> read_file(const std::string& path, std::size_t limit, const PipePatience& patience = {});

}  // namespace dkimctl::sys
