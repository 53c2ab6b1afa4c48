#include "store/folder.hpp"

#include "base/ascii.hpp"
#include "base/shell_word.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dkimctl::store {
namespace {

constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;
constexpr mode_t kOthersWrite = 0022;

tl::unexpected<Failure> failed(const std::string& path, std::string_view doing)
{
  const int number = errno;
  std::string reason = std::generic_category().message(number);
  if (!reason.empty()) {
    reason.front() = ascii::lower(reason.front());
  }
  const Errc code = number == EACCES || number == EPERM ? Errc::denied : Errc::io;
  return fail(Trouble::fatal, {code, fmt::format("cannot {} {}: {}", doing, path, reason), {}});
}

tl::unexpected<Failure> refused(const std::string& path, std::string_view reason, std::string hint)
{
  return fail(Trouble::fatal, {Errc::refused, fmt::format("{}: {}", path, reason), std::move(hint)});
}

/// What stands in the way of using it, if it is of this type.
Stored<void> judge(const std::string& path, const struct stat& status, mode_t type)
{
  if ((status.st_mode & S_IFMT) != type) {
    return refused(path, type == S_IFDIR ? "is no folder" : "is no regular file",
                   "symbolic links are not followed here: give the place itself");
  }
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    return refused(path, fmt::format("belongs to user {}", status.st_uid),
                   fmt::format("chown root {}", shell_word(path)));
  }
  if ((status.st_mode & kOthersWrite) != 0) {
    return refused(
        path, fmt::format("others may write to it (mode {:04o})", status.st_mode & 07777U),
        fmt::format("chmod go-w {}, after a look at what they may have put there", shell_word(path)));
  }
  return {};
}

Stored<Presence> look_at(const std::string& path, mode_t type)
{
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) {
      return Presence::absent;
    }
    return failed(path, "look at");
  }
  DKIMCTL_TRY_VOID(judge(path, status, type));
  return Presence::present;
}

}  // namespace

Stored<Presence> prepare_folder(const std::string& folder, bool create)
{
  DKIMCTL_TRY(const Presence presence, look_at(folder, S_IFDIR));
  if (presence == Presence::present || !create) {
    return presence;
  }
  if (::mkdir(folder.c_str(), kFolderMode) != 0 && errno != EEXIST) {
    return failed(folder, "create the folder");
  }
  DKIMCTL_TRY_VOID(look_at(folder, S_IFDIR));  // somebody else may have been faster
  return Presence::absent;
}

Stored<Presence> prepare_file(const std::string& file, bool create)
{
  DKIMCTL_TRY(const Presence presence, look_at(file, S_IFREG));
  if (presence == Presence::present || !create) {
    return presence;
  }
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode);
  if (fd < 0 && errno != EEXIST) {
    return failed(file, "create");
  }
  if (fd >= 0) {
    ::close(fd);
  }
  DKIMCTL_TRY_VOID(look_at(file, S_IFREG));
  return Presence::absent;
}

Stored<void> finish_file(const std::string& draft, const std::string& file)
{
  const int fd = ::open(draft.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) {
    return failed(draft, "open");
  }
  const int synced = ::fsync(fd);
  ::close(fd);
  if (synced != 0) {
    return failed(draft, "write");
  }
  if (std::rename(draft.c_str(), file.c_str()) != 0) {
    return failed(file, "create");
  }
  return {};
}

}  // namespace dkimctl::store
