#include "sys/file_writing.hpp"

#include <array>
#include <cerrno>

#include <sys/random.h>
#include <unistd.h>

namespace dkimctl::sys {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

}  // namespace

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

std::string random_name(std::string_view prefix)
{
  std::array<unsigned char, 6> bytes{};
  // So few bytes come whole or not at all; what else can fail leaves a name that O_EXCL judges.
  static_cast<void>(::getrandom(bytes.data(), bytes.size(), 0));
  std::string name{prefix};
  for (const unsigned char byte : bytes) {
    name += kLetters[byte % kLetters.size()];
  }
  return name;
}

}  // namespace dkimctl::sys
