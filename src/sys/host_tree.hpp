// Where the paths of a host tree are in the file system.
#pragma once

#include "base/host.hpp"
#include "sys/path_walk.hpp"

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace dkimctl::sys {

/// A path with its links followed.
struct TreePath {
  std::string path;  // in the tree's own words: "/etc/x", or relative to the working folder
  std::shared_ptr<const std::vector<std::string>>
      folders;                   // WalkedPath::folders; often shared by a folder's files
  std::optional<FileInfo> info;  // of what is there, if it came to light on the way
};

/// The files below a root folder. Absolute paths and absolute links start at the root, and ".." does not
/// leave it; a relative path starts at the working folder, wherever that is, and only an absolute link in it
/// leads to the root.
///
/// Folders are followed once and remembered: a tree that changes needs a new object. Not for several threads.
class HostTree {
public:
  explicit HostTree(std::string root);

  /// Whether it is the host itself, so that the kernel can be left to follow links.
  bool is_host() const { return root_.empty(); }
  /// Where a path of the tree is to be opened, if it holds no links.
  std::string outside(const std::string& path) const;
  /// Follows all links. Errors: those of lstat(2) and readlink(2), and of walk_path().
  Result<TreePath> follow(const std::string& path) const;

private:
  Result<TreePath> follow_each(const std::string& path) const;
  Result<std::optional<std::string>> read_link(const std::string& path) const;

  std::string root_;                                           // without a slash at its end; empty for "/"
  mutable std::unordered_map<std::string, TreePath> folders_;  // as they were asked for, with "." after them
};

}  // namespace dkimctl::sys
