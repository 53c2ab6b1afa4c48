#include "sys/temporary_file.hpp"

#include "sys/file_writing.hpp"
#include "sys/system_error.hpp"

#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>

namespace dkimctl::sys {
namespace {

constexpr mode_t kForOne = 0600;
constexpr mode_t kForAll = 0644;
constexpr int kAttempts = 100;

/// Lets those read it who are to. 0, or errno.
int open_up(int fd, int folder, const std::optional<FileOwner>& reader)
{
  struct stat status {};
  if (::fstat(folder, &status) != 0) {
    return errno;
  }
  const bool given = reader && status.st_uid == reader->uid && ::fchown(fd, reader->uid, reader->gid) == 0;
  return ::fchmod(fd, given ? kForOne : kForAll) == 0 ? 0 : errno;
}

}  // namespace

TemporaryFile::TemporaryFile(FileDescriptor folder, std::string path)
    : folder_(std::move(folder)), path_(std::move(path))
{}

TemporaryFile::TemporaryFile(TemporaryFile&& other) noexcept
    : folder_(std::move(other.folder_)), path_(std::exchange(other.path_, {}))
{}

TemporaryFile& TemporaryFile::operator=(TemporaryFile&& other) noexcept
{
  if (this != &other) {
    remove();
    folder_ = std::move(other.folder_);
    path_ = std::exchange(other.path_, {});
  }
  return *this;
}

TemporaryFile::~TemporaryFile()
{
  remove();
}

const char* TemporaryFile::name() const
{
  return path_.c_str() + path_.rfind('/') + 1;
}

void TemporaryFile::remove() const
{
  if (!path_.empty()) {
    ::unlinkat(folder_.get(), name(), 0);
  }
}

Result<TemporaryFile> TemporaryFile::create(const std::string& folder, std::string_view contents,
                                            const std::optional<FileOwner>& reader)
{
  const auto cannot_create = [&](int error) {
    return system_error(error, fmt::format("cannot create a file in {}: ", folder));
  };
  FileDescriptor at{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!at) {
    return cannot_create(errno);
  }
  FileDescriptor fd;
  std::string name;
  for (int attempt = 0; !fd && attempt < kAttempts; ++attempt) {
    name = random_name("dkimctl-");
    fd = FileDescriptor{
        ::openat(at.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kForOne)};
    if (!fd && errno != EEXIST) {
      return cannot_create(errno);
    }
  }
  if (!fd) {
    return cannot_create(EEXIST);
  }
  const int folder_fd = at.get();
  TemporaryFile file(std::move(at), fmt::format("{}/{}", folder, name));
  int error = write_all(fd.get(), contents);
  if (error == 0) {
    error = open_up(fd.get(), folder_fd, reader);
  }
  if (error != 0) {
    return system_error(error, fmt::format("cannot write {}: ", file.path_));
  }
  return file;
}

}  // namespace dkimctl::sys
