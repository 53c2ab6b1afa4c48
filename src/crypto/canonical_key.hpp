// The fast way into a private key, for the form in which OpenSSL writes one.
#pragma once

#include "crypto/public_key.hpp"

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace dkimctl::crypto {

/// The public half of a PEM text that is one private RSA key, exactly as `openssl genrsa` writes it, in
/// PKCS#1 or PKCS#8; nothing for any other text, which may well be a good key. What it takes,
/// openssl_public_key() takes with the same result, a hundred times slower.
///
///     text           = begin *63( 64base64 LF ) 4*64base64 LF end
///     RSAPrivateKey  = SEQUENCE { 0, n, e, d, p, q, dp, dq, qinv }
///     PrivateKeyInfo = SEQUENCE { 0, { rsaEncryption, NULL }, OCTET STRING { RSAPrivateKey } }
///
/// RFC 8017 appendix A.1.2, RFC 5208 section 5; begin and end say "RSA PRIVATE KEY" or "PRIVATE KEY". All
/// in DER, with n odd and of 512 to 16384 bits, e odd, greater than 1 and of 64 bits at most, the others
/// positive and no longer than n.
std::optional<PublicKey> canonical_public_key(std::string_view pem);

/// n, e, d, p, q, dp, dq and qinv, each as octets, the most significant first; of a public key the first two.
using RsaNumbers = std::array<std::string_view, 8>;
using RsaPublicNumbers = std::array<std::string_view, 2>;

/// SubjectPublicKeyInfo of rsaEncryption, RFC 3279 section 2.3.1, of any two positive numbers.
std::string make_spki(const RsaPublicNumbers& numbers);

/// Hands the numbers of such a text to `use`, for as long as that takes; they are wiped behind it. False, and
/// `use` is not called, for any other text.
bool with_canonical_numbers(std::string_view pem, const std::function<void(const RsaNumbers&)>& use);

/// The same for a SubjectPublicKeyInfo of rsaEncryption as RFC 3279 section 2.3.1 writes it, in DER; nothing
/// for any other octets.
std::optional<PublicKey> canonical_spki(std::string_view octets);
/// The same of any two numbers that make_spki() was given.
PublicKey public_key_of_spki(std::string_view spki);
/// The numbers in it; they point into `octets`.
std::optional<RsaPublicNumbers> canonical_spki_numbers(std::string_view octets);

}  // namespace dkimctl::crypto
