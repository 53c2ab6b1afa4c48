// Making and checking the signatures of DKIM: rsa-sha256 (RFC 6376 section 3.3.2, RFC 8301) and
// ed25519-sha256 (RFC 8463 section 3).
#pragma once

#include "base/result.hpp"
#include "crypto/key_defect.hpp"
#include "crypto/public_key.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dkimctl::crypto {

enum class Algorithm { rsa_sha256, ed25519_sha256 };

/// "rsa-sha256", as the a= of a signature has it.
std::string_view to_string(Algorithm algorithm);

/// The SHA-256 of `octets`: 32 octets.
std::string sha256(std::string_view octets);

/// A private key that can sign. Its memory is wiped when the last copy of it goes.
class SigningKey {
public:
  /// The first private key of a PEM text. Takes what public_key_of() takes, but for RSA-PSS, and Ed25519
  /// keys. `pem` stays the caller's to wipe.
  static Result<SigningKey, KeyError> read(std::string_view pem);

  Algorithm algorithm() const { return algorithm_; }
  /// What p= has, decoded: a SubjectPublicKeyInfo, or for Ed25519 the 32 octets of RFC 8463 section 4.
  std::string published() const;
  /// The signature of `octets`, which are hashed here. Refuses with `crypto` where OpenSSL does: a modulus
  /// too small for the hash, say.
  Result<std::string> sign(std::string_view octets) const;

private:
  struct Key;
  SigningKey(std::shared_ptr<const Key> key, Algorithm algorithm)
      : key_(std::move(key)), algorithm_(algorithm)
  {}
  std::shared_ptr<const Key> key_;
  Algorithm algorithm_;
};

/// A public key that can check signatures.
class VerifyingKey {
public:
  Algorithm algorithm() const { return algorithm_; }
  Bits bits() const;  // of the modulus; 256 for Ed25519
  /// Of an RSA key; nothing if it needs more than 64 bits, or for Ed25519.
  std::optional<std::uint64_t> exponent() const;
  /// As p= should have it, decoded: two keys are the same where this is.
  std::string published() const;
  bool verify(std::string_view octets, std::string_view signature) const;

private:
  friend struct PublishedKey read_published(std::string_view octets);
  struct Key;
  VerifyingKey(std::shared_ptr<const Key> key, Algorithm algorithm)
      : key_(std::move(key)), algorithm_(algorithm)
  {}
  std::shared_ptr<const Key> key_;
  Algorithm algorithm_;
};

/// What the octets are that a p= decodes to.
enum class KeyForm {
  rsa,          // SubjectPublicKeyInfo of rsaEncryption: what every verifier takes
  rsa_pkcs1,    // RSAPublicKey: what RFC 6376 section 3.6.1 says, and most verifiers do not take (RFC errata
                // 3017)
  rsa_inexact,  // of RSA, but not as RFC 3279 section 2.3.1 writes it, so that some verifiers refuse it: what
                // amavisd makes of an RSA-PSS key
  ed25519,      // 32 octets: RFC 8463 section 4
  ed25519_spki,  // the same in a SubjectPublicKeyInfo, which RFC 8463 section 4 does not allow
  rsa_pss,       // SubjectPublicKeyInfo of id-RSASSA-PSS
  private_key,   // a private key, in PKCS#1 or PKCS#8
  other,         // a SubjectPublicKeyInfo of another kind
  unreadable,
};

struct PublishedKey {
  KeyForm form = KeyForm::unreadable;
  std::optional<VerifyingKey> key;  // of the first five forms
};

/// Tells what the octets are, to the last of them. Anything may be handed in.
PublishedKey read_published(std::string_view octets);

/// How many octets the outermost value of a DER text says that there are, its own header included; nothing
/// where the text does not begin with the header of a SEQUENCE.
std::optional<std::size_t> der_size(std::string_view der);

}  // namespace dkimctl::crypto
