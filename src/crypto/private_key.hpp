// Private keys in PEM: what amavisd would make of them.
#pragma once

#include "base/result.hpp"
#include "crypto/key_defect.hpp"
#include "crypto/public_key.hpp"

#include <string_view>

namespace dkimctl::crypto {

/// The public half of the first private key in a PEM text.
///
/// Accepts and refuses what amavisd does, which hands the bytes to Crypt::OpenSSL::RSA and that to OpenSSL's
/// PEM_read_bio_RSAPrivateKey: PKCS#1 or PKCS#8 (RFC 8017 appendix A.1.2, RFC 5208), any line ends but bare
/// CR, any text or certificate before it, any modulus. Never asks for a passphrase. Nothing says that the
/// numbers in the key belong together: neither amavisd nor this looks.
///
/// `pem` stays the caller's to wipe; whatever was copied from it is wiped on return.
Result<PublicKey, KeyError> public_key_of(std::string_view pem);

}  // namespace dkimctl::crypto
