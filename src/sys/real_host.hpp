// The Host that a program runs on, or the one whose tree lies below a folder.
#pragma once

#include "base/host.hpp"
#include "sys/etc_files.hpp"
#include "sys/host_tree.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dkimctl::sys {

/// With a root other than "/" it is the host whose files lie there: absolute paths and absolute links stay
/// inside, users, groups and names are those of ROOT/etc/passwd, group, hostname and hosts, and of this
/// host's only the file system, hence the owners and modes, counts. A relative path means the working folder
/// all the same.
///
/// Beyond what Host says: messages show paths without the root. A pipe has 2 s to find a writer and 60 s to
/// end. Folders that were looked at are remembered: after a change make a new one. Not for several threads.
class RealHost final : public Host {
public:
  explicit RealHost(std::string root = "/");

  Result<TextFile> read_text(const std::string& path, std::size_t limit) const override;
  Result<SecretFile> read_secret(const std::string& path, std::size_t limit) const override;
  Result<FileInfo> info(const std::string& path) const override;
  Result<std::vector<std::string>> list_folder(const std::string& path) const override;
  /// A mode with "+" after it has an access control list besides, as ls(1) shows it.
  Result<std::optional<Obstacle>> obstacle(const std::string& path, const Identity& who,
                                           Access access) const override;
  Result<Identity> user(const std::string& name) const override;
  Result<std::uint32_t> group(const std::string& name) const override;
  std::string user_name(std::uint32_t uid) const override;
  std::string group_name(std::uint32_t gid) const override;
  /// With a root: "localhost", as the host would call itself, if no file there says.
  std::string node_name() const override;
  /// Without a root this asks the resolver, for a few seconds at most.
  std::optional<std::string> qualified_host_name() const override;

private:
  struct Accounts {
    std::vector<PasswdEntry> users;
    std::vector<GroupEntry> groups;
  };
  using MaybeObstacle = std::optional<Obstacle>;
  using Folders = std::shared_ptr<const std::vector<std::string>>;

  Result<std::string> opened_path(const std::string& path) const;
  Result<MaybeObstacle> folders_obstacle(const Folders& folders, const Identity& who) const;
  Result<MaybeObstacle> folder_obstacle(const std::string& folder, const Identity& who) const;
  Result<MaybeObstacle> judge(const std::string& path, const FileInfo& info, const Identity& who,
                              std::uint32_t wanted) const;
  void remember(const Identity& who) const;
  Result<const Accounts*> accounts() const;

  HostTree tree_;
  // What obstacle() found out for `asked_for_`, by folder, and for the last list of folders as a whole.
  mutable Identity asked_for_;
  mutable std::map<std::string, MaybeObstacle> folder_obstacles_;
  mutable std::pair<Folders, MaybeObstacle> last_folders_;
  mutable std::optional<Accounts> accounts_;  // of a tree, once read
  mutable std::map<std::uint32_t, std::string> user_names_;
  mutable std::map<std::uint32_t, std::string> group_names_;
};

}  // namespace dkimctl::sys
