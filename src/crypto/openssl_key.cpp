// Crypt::OpenSSL::RSA calls the RSA functions that OpenSSL 3 calls deprecated. So does this, on purpose:
// their newer counterparts accept other keys and write another SubjectPublicKeyInfo for RSA-PSS.
#define OPENSSL_API_COMPAT 0x10100000L

#include "crypto/openssl_key.hpp"

#include "base/release.hpp"
#include "crypto/openssl_memory.hpp"

#include <array>
#include <climits>
#include <cstdint>
#include <memory>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace dkimctl::crypto {
namespace {

using Bio = std::unique_ptr<BIO, Release<BIO_free>>;
using Pkey = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Rsa = std::unique_ptr<RSA, Release<RSA_free>>;

/// Without a callback OpenSSL would ask on the terminal.
int refuse_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* asked)
{
  *static_cast<bool*>(asked) = true;
  return -1;
}

/// The bytes that an i2d function writes.
template<class T>
std::string der_of(int (*encode)(const T*, unsigned char**), const T* object)
{
  const int size = encode(object, nullptr);
  if (size <= 0) {
    return {};
  }
  std::string der(static_cast<std::size_t>(size), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  encode(object, &out);
  return der;
}

std::optional<std::uint64_t> exponent_of(const RSA* rsa)
{
  const BIGNUM* const e = RSA_get0_e(rsa);
  std::array<unsigned char, 8> octets{};
  if (e == nullptr || BN_bn2binpad(e, octets.data(), octets.size()) < 0) {
    return {};
  }
  std::uint64_t value = 0;
  for (const unsigned char octet : octets) {
    value = value << 8U | octet;
  }
  return value;
}

PublicKey public_half(const RSA* rsa)
{
  const KeyType type =
      RSA_test_flags(rsa, RSA_FLAG_TYPE_MASK) == RSA_FLAG_TYPE_RSASSAPSS ? KeyType::rsa_pss : KeyType::rsa;
  return {type, {static_cast<std::uint32_t>(RSA_bits(rsa))}, exponent_of(rsa), der_of(i2d_RSA_PUBKEY, rsa)};
}

/// "EC", "ED25519"; empty for RSA, and for what OpenSSL has no name for.
std::string other_type(const EVP_PKEY* key)
{
  const char* const name = EVP_PKEY_get0_type_name(key);
  const bool rsa = EVP_PKEY_is_a(key, "RSA") == 1 || EVP_PKEY_is_a(key, "RSA-PSS") == 1;
  return name == nullptr || rsa ? "" : name;
}

}  // namespace

Result<PublicKey, KeyError> openssl_public_key(std::string_view pem)
{
  wipe_what_openssl_frees();
  if (pem.empty() || pem.size() > INT_MAX) {
    return tl::unexpected(diagnose(pem, {}));
  }
  Refusal refusal;
  ERR_set_mark();
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const Pkey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse_passphrase, &refusal.asked_passphrase));
  const Rsa rsa(key == nullptr ? nullptr : EVP_PKEY_get1_RSA(key.get()));
  ERR_pop_to_mark();
  if (key != nullptr && rsa == nullptr) {
    refusal.decoded_as = other_type(key.get());
  }
  if (rsa == nullptr) {
    return tl::unexpected(diagnose(pem, refusal));
  }
  return public_half(rsa.get());
}

}  // namespace dkimctl::crypto
