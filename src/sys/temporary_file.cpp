#include "sys/temporary_file.hpp"

#include "sys/file_descriptor.hpp"
#include "sys/system_error.hpp"

#include <cerrno>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>

namespace dkimctl::sys {
namespace {

constexpr mode_t kMode = 0644;

/// 0, or errno.
int write_all(int fd, std::string_view data)
{
  while (!data.empty()) {
    const ssize_t n = ::write(fd, data.data(), data.size());
    if (n < 0 && errno != EINTR) {
      return errno;
    }
    data.remove_prefix(n < 0 ? 0 : static_cast<std::size_t>(n));
  }
  return 0;
}

}  // namespace

TemporaryFile::TemporaryFile(std::string path) : path_(std::move(path)) {}

TemporaryFile::TemporaryFile(TemporaryFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}

TemporaryFile& TemporaryFile::operator=(TemporaryFile&& other) noexcept
{
  if (this != &other) {
    remove();
    path_ = std::exchange(other.path_, {});
  }
  return *this;
}

TemporaryFile::~TemporaryFile()
{
  remove();
}

void TemporaryFile::remove() const
{
  if (!path_.empty()) {
    ::unlink(path_.c_str());
  }
}

Result<TemporaryFile> TemporaryFile::create(const std::string& folder, std::string_view contents)
{
  std::string path = folder + "/dkimctl-XXXXXX";
  const FileDescriptor fd{::mkostemp(path.data(), O_CLOEXEC)};
  if (!fd) {
    return system_error(errno, fmt::format("cannot create a file in {}: ", folder));
  }
  TemporaryFile file(std::move(path));
  int error = write_all(fd.get(), contents);
  if (error == 0 && ::fchmod(fd.get(), kMode) != 0) {
    error = errno;
  }
  if (error != 0) {
    return system_error(error, fmt::format("cannot write {}: ", file.path_));
  }
  return file;
}

}  // namespace dkimctl::sys
