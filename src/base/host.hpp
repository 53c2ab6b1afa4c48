// What pure code may ask of the host it runs on. Read-only: nothing here changes anything.
#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl {

/// What makes a file the same file under another name.
struct FileId {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 mistakes it
  friend auto operator<=>(const FileId&, const FileId&) = default;
};

enum class FileType { regular, folder, pipe, socket, block_device, character_device };

/// stat(2), links followed.
struct FileInfo {
  FileType type = FileType::regular;
  FileId id;
  std::uint32_t mode = 0;  // permission bits, 07777
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint64_t size = 0;  // bytes
};

struct TextFile {
  std::string text;
  FileInfo info;
};

struct SecretFile {
  SecretBuffer content;
  FileInfo info;
};

/// Whom the kernel would see: a user with all of its groups.
struct Identity {
  std::string name;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::vector<std::uint32_t> groups;  // supplementary groups, `gid` need not be among them
};

enum class Access { read, write };

/// What keeps somebody from a path: the file itself, or a folder above it.
struct Obstacle {
  FileType type = FileType::regular;
  std::string path;
  std::string text;  // "folder /var/lib/dkim (root:root 0700) may not be entered"
};

/// Paths are absolute, or relative to the working folder. With a root (`--root DIR`) absolute paths, and
/// absolute symbolic links met on the way, start there. Errors say `Errc::not_found`, `Errc::denied` or
/// `Errc::io`; their text is the system's reason alone, in lower case ("permission denied"), for the caller
/// to put the object before.
class Host {
public:
  Host() = default;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  virtual ~Host() = default;

  /// A whole file or pipe; more than `limit` bytes is an error.
  virtual Result<TextFile> read_text(const std::string& path, std::size_t limit) const = 0;
  /// The same into memory that is wiped.
  virtual Result<SecretFile> read_secret(const std::string& path, std::size_t limit) const = 0;
  virtual Result<FileInfo> info(const std::string& path) const = 0;
  /// The names in a folder, without "." and "..", in byte order.
  virtual Result<std::vector<std::string>> list_folder(const std::string& path) const = 0;

  /// Nothing if `who` could open `path` so; else the first thing that stands in the way. Mode, owner, groups
  /// and ACL are looked at; nobody becomes that user. An Error means that it could not be found out.
  virtual Result<std::optional<Obstacle>> obstacle(const std::string& path, const Identity& who,
                                                   Access access) const = 0;

  virtual Result<Identity> user(const std::string& name) const = 0;
  /// The group's gid.
  virtual Result<std::uint32_t> group(const std::string& name) const = 0;
  /// For messages: "amavis", or the number where there is no name.
  virtual std::string user_name(std::uint32_t uid) const = 0;
  virtual std::string group_name(std::uint32_t gid) const = 0;

  /// uname -n.
  virtual std::string node_name() const = 0;
  /// hostname --fqdn; nothing where it cannot be told (another host's tree whose /etc/hosts does not say).
  virtual std::optional<std::string> qualified_host_name() const = 0;
};

}  // namespace dkimctl
