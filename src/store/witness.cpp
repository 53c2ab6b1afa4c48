#include "store/witness.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <string_view>

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

namespace dkimctl::store {
namespace {

constexpr std::size_t kRoom = 64;
constexpr unsigned kForOwner = 0600;

std::optional<std::int64_t> take_number(std::string_view& text, char end)
{
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || value < 0 || stop == text.data() + text.size() || *stop != end) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
  return value;
}

}  // namespace

std::optional<Witness> read_witness(const std::string& path)
{
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  std::array<char, kRoom> room{};
  const ssize_t size = fd < 0 ? -1 : ::read(fd, room.data(), room.size());
  if (fd >= 0) {
    ::close(fd);
  }
  std::string_view text(room.data(), size < 0 ? 0 : static_cast<std::size_t>(size));
  const auto timeline = take_number(text, ' ');
  const auto epoch = timeline ? take_number(text, '\n') : std::nullopt;
  if (!epoch || !text.empty()) {
    return std::nullopt;
  }
  return Witness{*timeline, *epoch};
}

bool write_witness(const std::string& path, const Witness& witness)
{
  // Of two processes that write at once one may fail or be late; what is left behind is no older than before.
  const std::string draft = fmt::format("{}.{}", path, ::getpid());
  const std::string text = fmt::format("{} {}\n", witness.timeline, witness.epoch);
  const int fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, kForOwner);
  if (fd < 0) {
    return false;
  }
  const bool is_written =
      ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  ::close(fd);
  if (is_written && std::rename(draft.c_str(), path.c_str()) == 0) {
    return true;
  }
  ::unlink(draft.c_str());
  return false;
}

}  // namespace dkimctl::store
