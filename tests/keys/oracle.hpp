// What must hold between the two ways into a private key, whatever the text.
#pragma once

#include "crypto/canonical_key.hpp"
#include "crypto/openssl_key.hpp"

#include <cctype>
#include <optional>
#include <string>
#include <string_view>

namespace dkimctl::test {

struct Verdicts {
  std::optional<crypto::PublicKey> canonical;
  Result<crypto::PublicKey, crypto::KeyError> general;
};

inline Verdicts verdicts_of(std::string_view pem)
{
  return {crypto::canonical_public_key(pem), crypto::openssl_public_key(pem)};
}

/// What the fast way took, OpenSSL takes too, for the same key.
inline bool fast_way_is_inside(const Verdicts& verdicts)
{
  return !verdicts.canonical || (verdicts.general && *verdicts.general == *verdicts.canonical);
}

/// Whether a refusal may be shown: with no part of the key, which would be a long word, and no control
/// character.
inline bool is_harmless(const crypto::KeyError& error)
{
  constexpr std::size_t kLongestWord = 12;
  std::size_t word = 0;
  for (const char c : error.what) {
    word = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/' ? word + 1 : 0;
    if (c < 0x20 || c > 0x7e || word > kLongestWord) {
      return false;
    }
  }
  return true;
}

}  // namespace dkimctl::test
