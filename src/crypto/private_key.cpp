#include "crypto/private_key.hpp"

#include "crypto/canonical_key.hpp"
#include "crypto/openssl_key.hpp"

namespace dkimctl::crypto {

Result<PublicKey, KeyError> public_key_of(std::string_view pem)
{
  if (auto key = canonical_public_key(pem)) {
    return *std::move(key);
  }
  return openssl_public_key(pem);
}

}  // namespace dkimctl::crypto
