// The files of the store: who may have them, and how they come into being.
//
// A file that SQLite has open must not be opened and closed by anybody else in the process: that would let go
// of its locks (fcntl(2), POSIX locks). So all this comes before.
#pragma once

#include "store/failure.hpp"

#include <string>

namespace dkimctl::store {

enum class Presence : std::uint8_t { absent, present };

/// Sees that `folder` is one of ours: no symbolic link, its owner this user or root, written by nobody else.
/// One that is not there is created, mode 0700, when `create`; its parent is not.
Stored<Presence> prepare_folder(const std::string& folder, bool create);

/// The same of a file, mode 0600 and empty where it is created.
Stored<Presence> prepare_file(const std::string& file, bool create);

/// Writes to the disk what is written to the file, and gives it its final name.
Stored<void> finish_file(const std::string& draft, const std::string& file);

}  // namespace dkimctl::store
