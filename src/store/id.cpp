#include "store/id.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>

#include <fmt/format.h>

#include <sys/random.h>

namespace dkimctl::store {
namespace {

constexpr std::size_t kOctets = 16;

std::array<std::uint8_t, kOctets> random_octets()
{
  std::array<std::uint8_t, kOctets> octets{};
  // So few come whole or not at all.
  while (::getrandom(octets.data(), octets.size(), 0) < 0) {
    if (errno != EINTR) {
      std::abort();  // a kernel without random numbers makes no keys either
    }
  }
  return octets;
}

}  // namespace

std::string new_id()
{
  auto octets = random_octets();
  octets[6] = static_cast<std::uint8_t>((octets[6] & 0x0fU) | 0x40U);  // version 4
  octets[8] = static_cast<std::uint8_t>((octets[8] & 0x3fU) | 0x80U);  // the variant that has versions
  std::string id;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    fmt::format_to(std::back_inserter(id), "{}{:02x}", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
                   octets[i]);
  }
  return id;
}

}  // namespace dkimctl::store
