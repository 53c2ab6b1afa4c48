// wiped_keys PEM...: reads each private key, wipes the text it was given, and then looks through this
// process's own memory for what is left of the key: its text, its bytes, its bytes in the order of a BIGNUM.
// Exit status 1 if anything is. BITS in the place of a file: a new key of that size is made.
#include "base/secret.hpp"
#include "crypto/key_generation.hpp"
#include "crypto/openssl_key.hpp"
#include "crypto/private_key.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <openssl/evp.h>

#include <fcntl.h>
#include <unistd.h>

namespace {

using dkimctl::SecretBuffer;

constexpr std::size_t kColumns = 64;
constexpr std::size_t kNeedle = 16;
constexpr unsigned char kMask = 0x5a;  // or the search would find what it looks for in itself

struct Needle {
  const char* name;
  std::array<unsigned char, kNeedle> masked;
};

struct Region {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  std::string name;
};

SecretBuffer read_secret(const char* path)
{
  SecretBuffer buffer(16384);
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  const ssize_t size = ::read(fd, buffer.data(), buffer.size());
  ::close(fd);
  buffer.shrink(size < 0 ? 0 : static_cast<std::size_t>(size));
  return buffer;
}

/// Parts of a key of one block of PEM, from its second half, which is secret.
std::vector<Needle> needles_of(const SecretBuffer& pem)
{
  const std::size_t line = pem.view().find('\n', pem.size() * 2 / 3) + 1;
  SecretBuffer der(48);
  EVP_DecodeBlock(reinterpret_cast<unsigned char*>(der.data()),
                  reinterpret_cast<const unsigned char*>(pem.view().data() + line), kColumns);
  std::vector<Needle> needles{{"text", {}}, {"bytes", {}}, {"number", {}}};
  for (std::size_t i = 0; i < kNeedle; ++i) {
    const auto mask = [](char c) {
      return static_cast<unsigned char>(static_cast<unsigned char>(c) ^ kMask);
    };
    needles[0].masked[i] = mask(pem.view()[line + 8 + i]);
    needles[1].masked[i] = mask(der.view()[8 + i]);
    needles[2].masked[kNeedle - 1 - i] = mask(der.view()[8 + i]);
  }
  return needles;
}

std::vector<Region> writable_memory()
{
  std::vector<Region> regions;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    char* rest = nullptr;  // "BEGIN-END MODE OFFSET DEVICE INODE NAME", proc(5)
    const auto begin = std::strtoull(line.c_str(), &rest, 16);
    const auto end = std::strtoull(rest + 1, &rest, 16);
    if (std::string_view{rest}.starts_with(" rw")) {
      const std::size_t name = line.find_first_of("/[");
      regions.push_back({begin, end, name == std::string::npos ? "anonymous memory" : line.substr(name)});
    }
  }
  return regions;
}

std::size_t count(const Region& region, const Needle& needle)
{
  // NOLINTBEGIN(performance-no-int-to-ptr): addresses as the kernel tells them
  const auto* const begin = reinterpret_cast<const unsigned char*>(region.begin);
  const auto* const end = reinterpret_cast<const unsigned char*>(region.end) - kNeedle;
  // NOLINTEND(performance-no-int-to-ptr)
  std::size_t found = 0;
  for (const auto* at = begin; at < end; ++at) {
    std::size_t i = 0;
    while (i < kNeedle && (at[i] ^ kMask) == needle.masked[i]) {
      ++i;
    }
    found += i == kNeedle ? 1U : 0U;
  }
  return found;
}

std::size_t leftovers(const char* path, const std::vector<Needle>& needles)
{
  std::size_t found = 0;
  for (const Region& region : writable_memory()) {
    for (const Needle& needle : needles) {
      if (const std::size_t here = count(region, needle); here > 0) {
        fmt::print("{}: {} times its {} in {}\n", path, here, needle.name, region.name);
        found += here;
      }
    }
  }
  return found;
}

std::size_t check(const char* path)
{
  SecretBuffer pem = read_secret(path);
  const std::vector<Needle> needles = needles_of(pem);
  const std::size_t before = leftovers(path, needles);
  const bool by_openssl = dkimctl::crypto::openssl_public_key(pem.view()).has_value();
  const bool usable = dkimctl::crypto::public_key_of(pem.view()).has_value();
  pem = SecretBuffer{};
  const std::size_t after = leftovers(path, needles);
  fmt::print("{}: usable {}, by OpenSSL {}; in memory {} times before, {} times after\n", path, usable,
             by_openssl, before, after);
  return before == 1 ? after : 1;  // else the search itself is broken
}

std::size_t check_new(const char* name, std::uint32_t bits)
{
  auto made = dkimctl::crypto::generate_rsa({bits});
  if (!made) {
    return 1;
  }
  const std::vector<Needle> needles = needles_of(made->pem);
  const std::size_t before = leftovers(name, needles);
  made->pem = SecretBuffer{};
  const std::size_t after = leftovers(name, needles);
  fmt::print("{} bits: in memory {} times before, {} times after\n", name, before, after);
  return before == 1 ? after : 1;
}

}  // namespace

int main(int argc, char** argv)
{
  std::size_t left = 0;
  for (int i = 1; i < argc; ++i) {
    const auto bits = static_cast<std::uint32_t>(std::strtoul(argv[i], nullptr, 10));
    left += bits > 0 ? check_new(argv[i], bits) : check(argv[i]);
  }
  return left == 0 ? 0 : 1;
}
