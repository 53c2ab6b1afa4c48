// What must hold between the two ways into a private key, whatever the text.
#pragma once

#include "crypto/canonical_key.hpp"
#include "crypto/openssl_key.hpp"

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

}  // namespace dkimctl::test
