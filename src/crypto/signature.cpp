#include "crypto/signature.hpp"

#include "base/release.hpp"
#include "crypto/canonical_key.hpp"
#include "crypto/openssl_memory.hpp"
#include "crypto/published_form.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <span>
#include <vector>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

namespace dkimctl::crypto {
namespace {

using Bio = std::unique_ptr<BIO, Release<BIO_free>>;
using Pkey = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Number = std::unique_ptr<BIGNUM, Release<BN_free>>;
using Numbers = std::unique_ptr<OSSL_PARAM_BLD, Release<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Release<OSSL_PARAM_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;

constexpr std::uint32_t kEd25519Bits = 256;
constexpr std::size_t kEd25519Size = 32;  // octets, RFC 8032 section 5.1.5

/// What OpenSSL has to say of bytes that are not ours stays out of its queue of errors.
class QuietErrors {
public:
  QuietErrors() { ERR_set_mark(); }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;
  ~QuietErrors() { ERR_pop_to_mark(); }
};

const unsigned char* octets_of(std::string_view text)
{
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// Without a callback OpenSSL would ask on the terminal.
int refuse_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* asked)
{
  *static_cast<bool*>(asked) = true;
  return -1;
}

bool is(const EVP_PKEY* key, const char* type)
{
  return EVP_PKEY_is_a(key, type) == 1;
}

std::string published_of(EVP_PKEY* key)
{
  std::string out;
  if (is(key, "ED25519")) {
    out.resize(kEd25519Size);
    std::size_t size = out.size();
    EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(out.data()), &size);
    return out;
  }
  const int size = i2d_PUBKEY(key, nullptr);
  if (size > 0) {
    out.resize(static_cast<std::size_t>(size));
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    i2d_PUBKEY(key, &to);
  }
  return out;
}

constexpr std::array<const char*, 8> kRsaParameters{
    OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,           OSSL_PKEY_PARAM_RSA_D,
    OSSL_PKEY_PARAM_RSA_FACTOR1,   OSSL_PKEY_PARAM_RSA_FACTOR2,     OSSL_PKEY_PARAM_RSA_EXPONENT1,
    OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1};
static_assert(kRsaParameters.size() == std::tuple_size_v<RsaNumbers>);

/// A private or a public key, in a tenth of the time that OpenSSL's decoders take. Null where OpenSSL does
/// not want the numbers.
Pkey from_numbers(std::span<const std::string_view> numbers)
{
  const bool is_private = numbers.size() > std::tuple_size_v<RsaPublicNumbers>;
  std::vector<Number> kept;  // the builder points to them
  const Numbers builder(OSSL_PARAM_BLD_new());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    kept.emplace_back(BN_bin2bn(octets_of(numbers[i]), static_cast<int>(numbers[i].size()), nullptr));
    OSSL_PARAM_BLD_push_BN(builder.get(), kRsaParameters.at(i), kept.back().get());
  }
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata_init(context.get()) == 1) {
    EVP_PKEY_fromdata(context.get(), &key, is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                      parameters.get());
  }
  return Pkey(key);
}

/// RFC 8463 section 3: Ed25519 signs the hash, RSA hashes itself.
struct Hashing {
  const EVP_MD* digest;
  std::string octets;
};

Hashing hashing(Algorithm algorithm, std::string_view octets)
{
  switch (algorithm) {
  case Algorithm::rsa_sha256: return {EVP_sha256(), std::string{octets}};
  case Algorithm::ed25519_sha256: return {nullptr, sha256(octets)};
  }
  return {nullptr, {}};
}

}  // namespace

std::string_view to_string(Algorithm algorithm)
{
  switch (algorithm) {
  case Algorithm::rsa_sha256: return "rsa-sha256";
  case Algorithm::ed25519_sha256: return "ed25519-sha256";
  }
  return {};
}

std::string sha256(std::string_view octets)
{
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(octets_of(octets), octets.size(), reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

// ---- signing

struct SigningKey::Key {
  Pkey handle;
};

Result<SigningKey, KeyError> SigningKey::read(std::string_view pem)
{
  wipe_what_openssl_frees();
  if (pem.empty() || pem.size() > INT_MAX) {
    return tl::unexpected(diagnose(pem, {}));
  }
  const QuietErrors quiet;
  Pkey quick;
  with_canonical_numbers(pem, [&](const RsaNumbers& numbers) { quick = from_numbers(numbers); });
  if (quick) {
    return SigningKey{std::make_shared<const Key>(Key{std::move(quick)}), Algorithm::rsa_sha256};
  }
  Refusal refusal;
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Pkey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse_passphrase, &refusal.asked_passphrase));
  const bool rsa = key != nullptr && is(key.get(), "RSA");
  if (!rsa && (key == nullptr || !is(key.get(), "ED25519"))) {
    const char* const type = key == nullptr ? nullptr : EVP_PKEY_get0_type_name(key.get());
    refusal.decoded_as = type == nullptr ? "" : type;
    return tl::unexpected(diagnose(pem, refusal));
  }
  return SigningKey{std::make_shared<const Key>(Key{std::move(key)}),
                    rsa ? Algorithm::rsa_sha256 : Algorithm::ed25519_sha256};
}

std::string SigningKey::published() const
{
  return published_of(key_->handle.get());
}

Result<std::string> SigningKey::sign(std::string_view octets) const
{
  const QuietErrors quiet;
  const Hashing input = hashing(algorithm_, octets);
  const Digest context(EVP_MD_CTX_new());
  std::size_t size = 0;
  std::string signature;
  const bool begun =
      EVP_DigestSignInit(context.get(), nullptr, input.digest, nullptr, key_->handle.get()) == 1 &&
      EVP_DigestSign(context.get(), nullptr, &size, octets_of(input.octets), input.octets.size()) == 1;
  signature.resize(size);
  if (!begun || EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                               octets_of(input.octets), input.octets.size()) != 1) {
    const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
    return tl::unexpected(
        Error{Errc::crypto, reason == nullptr ? "OpenSSL does not sign with the key" : reason});
  }
  signature.resize(size);
  return signature;
}

// ---- verifying

/// What OpenSSL needs is made when something is verified: most keys are only compared.
struct VerifyingKey::Key {
  std::string published;
  Bits bits;
  std::optional<std::uint64_t> exponent;
};

namespace {

/// Null where OpenSSL does not want it.
Pkey handle_of(std::string_view published, Algorithm algorithm)
{
  if (algorithm == Algorithm::ed25519_sha256) {
    return Pkey(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets_of(published), published.size()));
  }
  const auto numbers = canonical_spki_numbers(published);
  return numbers ? from_numbers(*numbers) : nullptr;
}

}  // namespace

Bits VerifyingKey::bits() const
{
  return key_->bits;
}

std::optional<std::uint64_t> VerifyingKey::exponent() const
{
  return key_->exponent;
}

std::string VerifyingKey::published() const
{
  return key_->published;
}

bool VerifyingKey::verify(std::string_view octets, std::string_view signature) const
{
  const QuietErrors quiet;
  const Hashing input = hashing(algorithm_, octets);
  const Pkey handle = handle_of(key_->published, algorithm_);
  const Digest context(EVP_MD_CTX_new());
  return handle != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, input.digest, nullptr, handle.get()) == 1 &&
         EVP_DigestVerify(context.get(), octets_of(signature), signature.size(), octets_of(input.octets),
                          input.octets.size()) == 1;
}

// ---- what was published

PublishedKey read_published(std::string_view octets)
{
  PublishedForm published = form_of(octets);
  const auto known = [&](VerifyingKey::Key key, Algorithm algorithm) {
    return PublishedKey{published.form,
                        VerifyingKey{std::make_shared<const VerifyingKey::Key>(std::move(key)), algorithm}};
  };
  switch (published.form) {
  case KeyForm::rsa:
  case KeyForm::rsa_pkcs1:
  case KeyForm::rsa_inexact: {
    const auto key = public_key_of_spki(published.canonical);
    return known({std::move(published.canonical), key.modulus, key.exponent}, Algorithm::rsa_sha256);
  }
  case KeyForm::ed25519:
  case KeyForm::ed25519_spki:
    return known({std::move(published.canonical), {kEd25519Bits}, std::nullopt}, Algorithm::ed25519_sha256);
  case KeyForm::rsa_pss:
  case KeyForm::private_key:
  case KeyForm::other:
  case KeyForm::unreadable: break;
  }
  return {published.form, std::nullopt};
}

std::optional<std::size_t> der_size(std::string_view der)
{
  // An identifier octet, then one with the length, or the number of those that have it (X.690 section 8.1.3).
  constexpr unsigned char kSequence = 0x30;
  constexpr std::size_t kMostLengthOctets = 4;
  if (der.size() < 2 || static_cast<unsigned char>(der[0]) != kSequence) {
    return std::nullopt;
  }
  const std::size_t first = static_cast<unsigned char>(der[1]);
  if (first < 0x80) {
    return 2 + first;
  }
  const std::size_t count = first - 0x80;
  if (count == 0 || count > kMostLengthOctets || der.size() < 2 + count) {
    return std::nullopt;
  }
  std::size_t length = 0;
  for (const char octet : der.substr(2, count)) {
    length = length << 8U | static_cast<unsigned char>(octet);
  }
  return 2 + count + length;
}

}  // namespace dkimctl::crypto
