#include "sys/read_file.hpp"

#include "sys/file_descriptor.hpp"
#include "sys/system_error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

namespace dkimctl::sys {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kFirstGrowth = 4096;  // bytes

tl::unexpected<Error> io_error(std::string what)
{
  return tl::unexpected(Error{Errc::io, std::move(what)});
}

/// What has been read, in memory that grows to one byte more than the limit and is wiped.
class Collector {
public:
  Collector(std::size_t expected, std::size_t limit)
      : limit_(std::min(limit, std::numeric_limits<std::size_t>::max() - 1)),
        buffer_(std::min(expected, limit_) + 1)
  {}

  /// read(2), begun again after a signal.
  ssize_t read_some(int fd)
  {
    if (used_ == buffer_.size()) {
      grow();
    }
    ssize_t n = -1;
    do {
      n = ::read(fd, buffer_.data() + used_, buffer_.size() - used_);
    } while (n < 0 && errno == EINTR);
    used_ += n > 0 ? static_cast<std::size_t>(n) : 0;
    return n;
  }

  std::size_t size() const { return used_; }

  Result<void> check() const
  {
    return used_ > limit_ ? io_error(fmt::format("is larger than {} bytes", limit_)) : Result<void>{};
  }

  SecretBuffer take() &&
  {
    buffer_.shrink(used_);
    return std::move(buffer_);
  }

private:
  void grow()
  {
    SecretBuffer larger(std::min(std::max(kFirstGrowth, 2 * used_), limit_ + 1));
    std::memcpy(larger.data(), buffer_.data(), used_);
    buffer_ = std::move(larger);
  }

  std::size_t limit_;
  SecretBuffer buffer_;
  std::size_t used_ = 0;
};

/// To the end. A file that is as long as it was said to be needs no second read.
Result<void> read_regular(int fd, std::size_t expected, Collector& into)
{
  for (;;) {
    const ssize_t n = into.read_some(fd);
    if (n < 0) {
      return system_error(errno);
    }
    if (auto fits = into.check(); !fits) {
      return fits;
    }
    if (n == 0 || into.size() == expected) {
      return {};
    }
  }
}

/// Whether there is something to read, or the end, before `until`.
bool wait_readable(int fd, Clock::time_point until)
{
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    pollfd wanted{fd, POLLIN, 0};
    const int n = ::poll(&wanted, 1, static_cast<int>(std::clamp<decltype(left)>(left, 0, 60000)));
    if (n > 0) {
      return true;
    }
    if (left <= 0 || (n < 0 && errno != EINTR)) {
      return false;
    }
  }
}

enum class Taken { something, nothing_yet, end };

/// One read(2) of a descriptor that does not block.
Result<Taken> take(int fd, Collector& into)
{
  const ssize_t n = into.read_some(fd);
  if (n < 0) {
    return errno == EAGAIN ? Result<Taken>{Taken::nothing_yet} : system_error(errno);
  }
  if (auto fits = into.check(); !fits) {
    return tl::unexpected(std::move(fits).error());
  }
  return n > 0 ? Taken::something : Taken::end;
}

/// From a descriptor that does not block. While a pipe has no writer, read(2) says 0, as it does at the end;
/// poll(2) tells the two apart, unless the writer left before the pipe was opened (a finished "<(command)").
/// With a writer that is silent read(2) says EAGAIN.
Result<void> read_pipe(int fd, const PipePatience& patience, Collector& into)
{
  const Clock::time_point start = Clock::now();
  const Clock::time_point end = start + patience.whole;
  bool had_writer = false;
  for (std::optional<bool> readable;;) {
    DKIMCTL_TRY(const Taken taken, take(fd, into));
    if (taken == Taken::end && (had_writer || readable)) {
      return had_writer || *readable ? Result<void>{} : io_error("is a pipe that nobody writes to");
    }
    had_writer = had_writer || taken != Taken::end;
    if (Clock::now() >= end) {
      return io_error("is a pipe that does not end");
    }
    if (taken != Taken::something) {
      readable = wait_readable(fd, had_writer ? end : start + patience.writer);
    }
  }
}

/// Why what is no file is not read.
std::optional<std::string> refusal(FileType type)
{
  switch (type) {
  case FileType::regular:
  case FileType::pipe: return std::nullopt;
  case FileType::folder: return "is a folder";
  case FileType::socket: return "is a socket";
  case FileType::block_device:
  case FileType::character_device: return "is a device";
  }
  return std::nullopt;
}

FileType file_type(mode_t mode)
{
  switch (mode & S_IFMT) {
  case S_IFDIR: return FileType::folder;
  case S_IFIFO: return FileType::pipe;
  case S_IFSOCK: return FileType::socket;
  case S_IFBLK: return FileType::block_device;
  case S_IFCHR: return FileType::character_device;
  default: return FileType::regular;
  }
}

/// A socket cannot be opened at all, and the reason the system has for it is of no use.
tl::unexpected<Error> open_error(int error_number, const std::string& path)
{
  struct stat status {};
  if (error_number == ENXIO && ::stat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) {
    return io_error("is a socket");
  }
  return system_error(error_number);
}

}  // namespace

FileInfo file_info(const struct stat& status)
{
  return {file_type(status.st_mode),
          {status.st_dev, status.st_ino},
          status.st_mode & 07777U,
          status.st_uid,
          status.st_gid,
          static_cast<std::uint64_t>(status.st_size)};
}

Result<SecretFile> read_file(const std::string& path, std::size_t limit, const PipePatience& patience)
{
  if (path.find('\0') != std::string::npos) {
    return system_error(ENOENT);
  }
  // Without O_NONBLOCK a pipe that has no writer would hang here.
  const FileDescriptor fd{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)};
  if (!fd) {
    return open_error(errno, path);
  }
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) {
    return system_error(errno);
  }
  const FileInfo info = file_info(status);
  if (auto why = refusal(info.type)) {
    return io_error(*std::move(why));
  }
  const std::size_t expected = info.type == FileType::regular ? info.size : 0;
  if (expected > limit) {
    return io_error(fmt::format("is larger than {} bytes", limit));
  }
  Collector content(expected, limit);
  const auto done = info.type == FileType::pipe ? read_pipe(fd.get(), patience, content)
                                                : read_regular(fd.get(), expected, content);
  if (!done) {
    return tl::unexpected(done.error());
  }
  return SecretFile{std::move(content).take(), info};
}

}  // namespace dkimctl::sys
