// The public half of a signing key, as plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace dkimctl::crypto {

struct Bits {
  std::uint32_t count = 0;
  friend auto operator<=>(Bits, Bits) = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 mistakes it
};

enum class KeyType {
  rsa,
  rsa_pss,  // amavisd takes it for RSA and signs; verifiers refuse its key record
};

struct PublicKey {
  KeyType type = KeyType::rsa;
  Bits modulus;                           // 2047 for a modulus of 2047 bits
  std::optional<std::uint64_t> exponent;  // nothing if it needs more than 64 bits
  std::string spki;  // DER SubjectPublicKeyInfo (RFC 5280 section 4.1), in base64 the p= of the key record
  friend bool operator==(const PublicKey&, const PublicKey&) = default;
};

/// The modulus in whole octets: a key of 2047 bits is one of 2048 to amavisd, which says so.
inline Bits whole_octets(Bits bits)
{
  return {(bits.count + 7) / 8 * 8};
}

}  // namespace dkimctl::crypto
