#include "app/genrsa.hpp"

#include "app/key_advice.hpp"
#include "app/key_defaults.hpp"
#include "crypto/key_generation.hpp"
#include "sys/host_tree.hpp"
#include "sys/key_folder.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace dkimctl::app {
namespace {

// amavisd's limits and words: Amavis::Tools::generate_dkim_private_key of 2.13.
constexpr crypto::Bits kLeast{512};
constexpr crypto::Bits kMost{4096};
constexpr crypto::Bits kNoAdvice{1024};
constexpr sys::FileRights kRights{0600, std::nullopt};

tl::unexpected<Error> wrong(std::string_view what)
{
  return tl::unexpected(Error{Errc::usage, fmt::format("genrsa: {}", what)});
}

Result<crypto::Bits> read_bits(std::string_view text)
{
  if (text.empty()) {
    return KeyDefaults{}.bits;
  }
  const bool numeric = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  crypto::Bits bits;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits.count);
  if (!numeric) {
    return wrong("Number of bits in a key must be numeric");
  }
  if (error != std::errc{} || bits > kMost) {
    return wrong("Number of bits too large (suggested 1024..2048)");
  }
  if (bits < kLeast) {
    return wrong("Number of bits is below 512 (suggested 1024..2048)");
  }
  return bits;
}

/// As perror(3) has the system's reasons.
tl::unexpected<Error> cannot_create(const std::string& file, Error error)
{
  if (error.code != Errc::refused && !error.what.empty() && error.what.front() >= 'a' &&
      error.what.front() <= 'z') {
    error.what.front() = static_cast<char>(error.what.front() - 'a' + 'A');
  }
  return tl::unexpected(
      Error{Errc::io, fmt::format("genrsa: Can't create file \"{}\": {}", file, error.what)});
}

Result<void> create(const GenrsaQuery& query, crypto::Bits bits)
{
  const std::size_t slash = query.file.rfind('/');
  const std::string name = query.file.substr(slash + 1);  // npos + 1 is 0
  if (name.empty()) {
    return cannot_create(query.file, {Errc::io, "is a directory"});
  }
  const std::string folder = slash == std::string::npos ? "." : query.file.substr(0, slash + 1);
  const auto opened = sys::KeyFolder::open(sys::HostTree{query.root}, folder);
  if (!opened) {
    return cannot_create(query.file, opened.error());
  }
  if (opened->has(name)) {  // said before the key is made, which takes its time
    return cannot_create(query.file, {Errc::io, "file exists"});
  }
  DKIMCTL_TRY(const auto key, crypto::generate_rsa(bits));
  if (const auto made = opened->create(name, key.pem.view(), kRights); !made) {
    return cannot_create(query.file, made.error());
  }
  return {};
}

}  // namespace

Result<Genrsa> genrsa(const GenrsaQuery& query)
{
  DKIMCTL_TRY(const crypto::Bits bits, read_bits(query.bits));
  if (query.file.empty()) {
    return wrong("File name for a key not provided");
  }
  DKIMCTL_TRY_VOID(create(query, bits));
  Genrsa made{bits, {}, {}, {}};
  if (bits < kNoAdvice) {
    made.advice =
        "INFO: RFC 6376 states: Signers MUST use RSA keys of at least 1024 bits for long-lived keys.\n";
  }
  // The blank at its end is amavisd's, too: scripts compare whole lines.
  made.success = fmt::format("Private RSA key successfully written to file \"{}\" ({} bits, PEM format) ",
                             query.file, bits.count);
  if (auto advice = size_advice(query.file, bits)) {
    made.findings.push_back(*std::move(advice));
  }
  return made;
}

}  // namespace dkimctl::app
