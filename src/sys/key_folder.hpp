// The folder that private keys are made in.
#pragma once

#include "base/result.hpp"
#include "sys/file_descriptor.hpp"
#include "sys/host_tree.hpp"
#include "sys/temporary_file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dkimctl::sys {

/// Whose a file or folder is to be, and what others may do with it.
struct FileRights {
  std::uint32_t mode = 0600;       // whatever the umask
  std::optional<FileOwner> owner;  // nothing: whoever makes it
};

/// A folder that stays the same one whatever its path comes to mean. What of its path is a symbolic link is
/// followed only where root or this process owns both the link and the folder that holds it: with anybody
/// else's, root would write where they say. Errors are the system's reason alone, for the caller to put the
/// path before.
class KeyFolder {
public:
  /// One that is there.
  static Result<KeyFolder> open(const HostTree& tree, const std::string& path);
  /// The same, made with `rights` where it is missing, and what is missing above it with mode 0755. One that
  /// a run left behind which did not live to give it away (empty, ours, of that mode) is given away now.
  static Result<KeyFolder> open_or_make(const HostTree& tree, const std::string& path,
                                        const FileRights& rights);

  /// Whether the name is taken, be it by a symbolic link that leads nowhere.
  bool has(const std::string& name) const;

  /// Makes a file of that name, which is not replaced where it is there ("file exists"). Killed at any call,
  /// or with an error, it leaves the whole file, on the disk and with its rights, or no such name; after an
  /// error never the name. Where the file system has no files without names (O_TMPFILE), ".dkimctl-XXXXXX"
  /// may stay behind when the process is killed: with mode 0600, and in nobody's way.
  Result<void> create(const std::string& name, std::string_view contents, const FileRights& rights) const;

private:
  explicit KeyFolder(FileDescriptor fd) : fd_(std::move(fd)) {}
  Result<void> link_unnamed(int file, const std::string& name) const;
  Result<bool> create_unnamed(const std::string& name, std::string_view contents,
                              const FileRights& rights) const;
  Result<void> create_named(const std::string& name, std::string_view contents,
                            const FileRights& rights) const;
  Result<void> keep(const std::string& name) const;

  FileDescriptor fd_;
};

}  // namespace dkimctl::sys
