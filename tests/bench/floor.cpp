// bench_floor LIST: the least that any program must do which turns private keys into public ones. LIST names
// a PEM file a line. Each is opened, measured, read and closed, its base64 decoded, its first two numbers
// found and put into a SubjectPublicKeyInfo. Nothing is checked, wiped, kept or printed.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <string>

#include <openssl/asn1.h>
#include <openssl/evp.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

constexpr std::size_t kRoom = 16384;
constexpr std::size_t kLine = 65;
constexpr std::array<unsigned char, 15> kRsa{0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                             0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};

[[noreturn]] void fail(const char* what, const std::string& path)
{
  std::cerr << "bench_floor: " << what << ' ' << path << '\n';
  std::exit(1);
}

std::size_t read_whole(const std::string& path, char* out)
{
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info {};
  if (fd < 0 || ::fstat(fd, &info) != 0 || static_cast<std::size_t>(info.st_size) > kRoom) {
    fail("cannot open", path);
  }
  const ssize_t size = ::read(fd, out, static_cast<std::size_t>(info.st_size));
  ::close(fd);
  return size < 0 ? 0 : static_cast<std::size_t>(size);
}

/// Lines of 64 columns between the first and the last.
std::size_t decode(const char* text, std::size_t size, unsigned char* out)
{
  const auto* at = static_cast<const char*>(std::memchr(text, '\n', size));
  const char* const end = text + size;
  std::size_t filled = 0;
  for (++at; at < end && *at != '-';) {
    const auto* const stop =
        at + kLine <= end && at[kLine - 1] == '\n'
            ? at + kLine - 1
            : static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    const int decoded = EVP_DecodeBlock(out + filled, reinterpret_cast<const unsigned char*>(at),
                                        static_cast<int>(stop - at));
    filled += static_cast<std::size_t>(decoded);
    at = stop + 1;
  }
  return filled;
}

/// Steps over a header, and returns the length of what follows.
long enter(const unsigned char*& at, const unsigned char* end)
{
  long length = 0;
  int tag = 0;
  int klass = 0;
  ASN1_get_object(&at, &length, &tag, &klass, end - at);
  return length;
}

/// Where the elements n and e begin and end: they stand side by side, and so they will in the public key.
struct Numbers {
  const unsigned char* begin;
  const unsigned char* end;
};

Numbers find_numbers(const unsigned char* at, const unsigned char* end)
{
  enter(at, end);        // RSAPrivateKey
  at += enter(at, end);  // its version
  Numbers numbers{at, nullptr};
  at += enter(at, end);
  at += enter(at, end);
  numbers.end = at;
  return numbers;
}

unsigned char* put_header(unsigned char* out, unsigned char tag, std::size_t length)
{
  *out++ = tag;
  *out++ = 0x82;
  *out++ = static_cast<unsigned char>(length >> 8U);
  *out++ = static_cast<unsigned char>(length & 0xffU);
  return out;
}

/// All lengths in two octets, as they are for 2048 bits.
std::size_t put_public_key(unsigned char* out, const Numbers& numbers)
{
  const auto size = static_cast<std::size_t>(numbers.end - numbers.begin);
  unsigned char* at = put_header(out, 0x30, kRsa.size() + 4 + 1 + 4 + size);
  at = std::copy(kRsa.begin(), kRsa.end(), at);
  at = put_header(at, 0x03, 1 + 4 + size);
  *at++ = 0;
  at = put_header(at, 0x30, size);
  return static_cast<std::size_t>(std::copy(numbers.begin, numbers.end, at) - out);
}

}  // namespace

int main(int argc, char** argv)
{
  if (argc != 2) {
    std::cerr << "usage: bench_floor LIST\n";
    return 2;
  }
  static std::array<char, kRoom> text;
  static std::array<unsigned char, kRoom> der;
  static std::array<unsigned char, kRoom> spki;
  static volatile unsigned char sink = 0;
  std::ifstream list(argv[1]);
  for (std::string path; std::getline(list, path);) {
    const std::size_t size = decode(text.data(), read_whole(path, text.data()), der.data());
    const std::size_t written = put_public_key(spki.data(), find_numbers(der.data(), der.data() + size));
    sink = sink ^ spki[written - 1];
  }
}
