// New private keys.
#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "crypto/public_key.hpp"
#include "crypto/signature.hpp"

#include <string>

namespace dkimctl::crypto {

struct NewKey {
  SecretBuffer pem;
  Algorithm algorithm = Algorithm::rsa_sha256;
  Bits bits;              // of the modulus; 256 for Ed25519
  std::string published;  // what p= has, decoded: SigningKey::published()
};

/// An RSA key with a modulus of exactly so many bits and the exponent 65537, in PKCS#1 ("RSA PRIVATE KEY"),
/// which amavisd's own genrsa writes and every signer reads. Takes some 0.1 s for 2048 bits and 1 s for 4096,
/// and may be called by several threads at once. Refuses with `crypto` where OpenSSL does: fewer than 512
/// bits, no random numbers. What OpenSSL needed on the way is wiped.
Result<NewKey> generate_rsa(Bits bits);

/// An Ed25519 key (RFC 8463), in PKCS#8 ("PRIVATE KEY", RFC 8410 section 7): there is no older form.
Result<NewKey> generate_ed25519();

}  // namespace dkimctl::crypto
