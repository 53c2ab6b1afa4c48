// The general way into a private key: OpenSSL's own decoder.
#pragma once

#include "base/result.hpp"
#include "crypto/key_defect.hpp"
#include "crypto/public_key.hpp"

#include <string_view>

namespace dkimctl::crypto {

/// public_key_of() by OpenSSL alone, which knows every form and decides about each. Some 300 us a key.
Result<PublicKey, KeyError> openssl_public_key(std::string_view pem);

}  // namespace dkimctl::crypto
