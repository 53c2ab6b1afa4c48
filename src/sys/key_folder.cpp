#include "sys/key_folder.hpp"

#include "base/release.hpp"
#include "sys/file_writing.hpp"
#include "sys/path_walk.hpp"
#include "sys/system_error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dkimctl::sys {
namespace {

constexpr mode_t kNewFile = 0600;
constexpr FileRights kFolderAbove{0755, std::nullopt};
constexpr int kAttempts = 100;

bool is_ours(const struct stat& status)
{
  return status.st_uid == 0 || status.st_uid == ::geteuid();
}

std::string parent_of(const std::string& path)
{
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

/// As HostTree reads links, but none that somebody else could have put there.
Result<std::optional<std::string>> read_own_link(const HostTree& tree, const std::string& path)
{
  struct stat status {};
  const std::string at = tree.outside(path);
  if (::lstat(at.c_str(), &status) != 0) {
    return system_error(errno);
  }
  if (!S_ISLNK(status.st_mode)) {
    return std::optional<std::string>{};
  }
  struct stat folder {};
  if (::stat(parent_of(at).c_str(), &folder) != 0) {
    return system_error(errno);
  }
  if (!is_ours(status) || !is_ours(folder)) {
    return tl::unexpected(Error{Errc::refused, fmt::format("{} is a symbolic link of another user", path)});
  }
  std::array<char, PATH_MAX> target;  // NOLINT(cppcoreguidelines-pro-type-member-init): readlink fills it
  const ssize_t size = ::readlink(at.c_str(), target.data(), target.size());
  if (size < 0) {
    return system_error(errno);
  }
  return std::optional{std::string(target.data(), static_cast<std::size_t>(size))};
}

/// A step at a time, so that what has become a link since it was looked at is not followed.
Result<FileDescriptor> open_walked(const HostTree& tree, const std::string& path)
{
#if defined(O_PATH)
  constexpr int kEnter = O_PATH;
#elif defined(O_SEARCH)
  constexpr int kEnter = O_SEARCH;
#else
  constexpr int kEnter = O_RDONLY;
#endif
  const std::string start = path.starts_with('/') ? tree.outside("/") : ".";
  FileDescriptor at{::open(start.c_str(), kEnter | O_DIRECTORY | O_CLOEXEC)};
  for (std::size_t begin = 0; at && begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (end > begin) {
      const std::string name = path.substr(begin, end - begin);
      at = FileDescriptor{::openat(at.get(), name.c_str(), kEnter | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    }
    begin = end + 1;
  }
  if (at) {
    at = FileDescriptor{::openat(at.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};  // for fsync
  }
  if (!at) {
    return system_error(errno);
  }
  return at;
}

Result<FileDescriptor> open_folder(const HostTree& tree, const std::string& path)
{
  DKIMCTL_TRY(const WalkedPath walked,
              walk_path(path, [&](const std::string& at) { return read_own_link(tree, at); }));
  return open_walked(tree, walked.path);
}

/// 0, or errno.
int set_rights(int fd, const FileRights& rights)
{
  if (rights.owner && ::fchown(fd, rights.owner->uid, rights.owner->gid) != 0) {
    return errno;
  }
  return ::fchmod(fd, static_cast<mode_t>(rights.mode)) == 0 ? 0 : errno;
}

/// Its parent has to be told the disk, too, or a crash may take the folder and the keys in it.
Result<void> make_folder(int above, const std::string& name, const FileRights& rights)
{
  if (::mkdirat(above, name.c_str(), static_cast<mode_t>(rights.mode)) != 0) {
    return system_error(errno);
  }
  const FileDescriptor made{::openat(above, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
  int error = made ? set_rights(made.get(), rights) : errno;
  if (error == 0) {
    error = ::fsync(made.get()) == 0 && ::fsync(above) == 0 ? 0 : errno;
  }
  if (error != 0) {
    ::unlinkat(above, name.c_str(), AT_REMOVEDIR);
    return system_error(error);
  }
  return {};
}

std::string without_final_slashes(std::string path)
{
  while (path.size() > 1 && path.ends_with('/')) {
    path.pop_back();
  }
  return path;
}

Result<FileDescriptor> open_or_make_folder(const HostTree& tree, const std::string& path,
                                           const FileRights& rights)
{
  auto there = open_folder(tree, path);
  if (there || there.error().code != Errc::not_found || path == "/" || path == ".") {
    return there;
  }
  const std::size_t slash = path.rfind('/');
  DKIMCTL_TRY(const FileDescriptor above, open_or_make_folder(tree, parent_of(path), kFolderAbove));
  DKIMCTL_TRY_VOID(make_folder(above.get(), path.substr(slash + 1), rights));  // npos + 1 is 0
  return open_folder(tree, path);
}

bool is_empty(int folder)
{
  FileDescriptor again{::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  const std::unique_ptr<DIR, Release<::closedir>> entries(again ? ::fdopendir(again.get()) : nullptr);
  if (entries == nullptr) {
    return false;
  }
  static_cast<void>(again.release());
  std::size_t count = 0;
  while (::readdir(entries.get()) != nullptr) {
    ++count;
  }
  return count == 2;  // "." and ".."
}

/// What a run leaves that is killed between making a folder and giving it away.
bool is_unfinished(int folder, const FileRights& rights)
{
  struct stat status {};
  return rights.owner && ::fstat(folder, &status) == 0 && status.st_uid == ::geteuid() &&
         status.st_uid != rights.owner->uid && (status.st_mode & 07777) == rights.mode && is_empty(folder);
}

/// Links to what is open, not to what a path says.
int link_open_file(int file, int folder, const char* name)
{
#ifdef AT_EMPTY_PATH
  if (::linkat(file, "", folder, name, AT_EMPTY_PATH) == 0) {
    return 0;
  }
  if (errno != ENOENT) {  // which stands for a lack of CAP_DAC_READ_SEARCH
    return errno;
  }
#endif
  const std::string path = fmt::format("/proc/self/fd/{}", file);
  return ::linkat(AT_FDCWD, path.c_str(), folder, name, AT_SYMLINK_FOLLOW) == 0 ? 0 : errno;
}

/// 0, or errno: contents and rights are on the disk.
int fill(int file, std::string_view contents, const FileRights& rights)
{
  int error = write_all(file, contents);
  if (error == 0) {
    error = set_rights(file, rights);
  }
  return error != 0 || ::fsync(file) == 0 ? error : errno;
}

}  // namespace

Result<KeyFolder> KeyFolder::open(const HostTree& tree, const std::string& path)
{
  DKIMCTL_TRY(FileDescriptor fd, open_folder(tree, path));
  return KeyFolder{std::move(fd)};
}

Result<KeyFolder> KeyFolder::open_or_make(const HostTree& tree, const std::string& path,
                                          const FileRights& rights)
{
  DKIMCTL_TRY(FileDescriptor fd, open_or_make_folder(tree, without_final_slashes(path), rights));
  if (is_unfinished(fd.get(), rights)) {
    if (const int error = set_rights(fd.get(), rights); error != 0) {
      return system_error(error);
    }
  }
  return KeyFolder{std::move(fd)};
}

bool KeyFolder::has(const std::string& name) const
{
  struct stat status {};
  return ::fstatat(fd_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

/// The name is there; it must not be lost, nor stay where that cannot be made sure.
Result<void> KeyFolder::keep(const std::string& name) const
{
  if (::fsync(fd_.get()) != 0) {
    const int error = errno;
    ::unlinkat(fd_.get(), name.c_str(), 0);
    return system_error(error);
  }
  return {};
}

/// False: this system, or this file system, has no such files.
Result<bool> KeyFolder::create_unnamed(const std::string& name, std::string_view contents,
                                       const FileRights& rights) const
{
#ifdef O_TMPFILE
  const FileDescriptor file{::openat(fd_.get(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, kNewFile)};
  if (!file) {
    // Kernels and file systems that do not know it say one of these.
    if (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL || errno == ENOENT) {
      return false;
    }
    return system_error(errno);
  }
  int error = fill(file.get(), contents, rights);
  if (error == 0) {
    error = link_open_file(file.get(), fd_.get(), name.c_str());
    if (error == ENOENT) {  // no /proc
      return false;
    }
  }
  if (error != 0) {
    return system_error(error);
  }
  DKIMCTL_TRY_VOID(keep(name));
  return true;
#else
  return false;
#endif
}

Result<void> KeyFolder::create_named(const std::string& name, std::string_view contents,
                                     const FileRights& rights) const
{
  FileDescriptor file;
  std::string temporary;
  for (int attempt = 0; !file && attempt < kAttempts; ++attempt) {
    temporary = random_name(".dkimctl-");
    file = FileDescriptor{::openat(fd_.get(), temporary.c_str(),
                                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kNewFile)};
    if (!file && errno != EEXIST) {
      return system_error(errno);
    }
  }
  int error = file ? fill(file.get(), contents, rights) : EEXIST;
  if (error == 0 && ::linkat(fd_.get(), temporary.c_str(), fd_.get(), name.c_str(), 0) != 0) {
    error = errno;
  }
  if (file) {
    ::unlinkat(fd_.get(), temporary.c_str(), 0);
  }
  return error == 0 ? keep(name) : system_error(error);
}

Result<void> KeyFolder::create(const std::string& name, std::string_view contents,
                               const FileRights& rights) const
{
  DKIMCTL_TRY(const bool done, create_unnamed(name, contents, rights));
  return done ? Result<void>{} : create_named(name, contents, rights);
}

}  // namespace dkimctl::sys
