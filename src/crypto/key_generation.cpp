#include "crypto/key_generation.hpp"

#include "base/release.hpp"
#include "crypto/openssl_memory.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

namespace dkimctl::crypto {
namespace {

using Bio = std::unique_ptr<BIO, Release<BIO_free>>;
using Pkey = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX_free>>;

/// A type by OpenSSL's name, and how a key of it is written.
struct Kind {
  const char* type;
  bool has_size;
  int (*write)(BIO* to, EVP_PKEY* key);
};

int write_pkcs1(BIO* to, EVP_PKEY* key)
{
  return PEM_write_bio_PrivateKey_traditional(to, key, nullptr, nullptr, 0, nullptr, nullptr);
}

int write_pkcs8(BIO* to, EVP_PKEY* key)
{
  return PEM_write_bio_PKCS8PrivateKey(to, key, nullptr, nullptr, 0, nullptr, nullptr);
}

constexpr Kind kRsa{"RSA", true, write_pkcs1};
constexpr Kind kEd25519{"ED25519", false, write_pkcs8};
constexpr Bits kEd25519Bits{256};

/// The last reason that OpenSSL gave; its queue is empty afterwards.
tl::unexpected<Error> refused(std::string_view doing)
{
  std::array<char, 256> reason{"no reason is given"};
  if (const unsigned long error = ERR_peek_last_error(); error != 0) {
    ERR_error_string_n(error, reason.data(), reason.size());
  }
  ERR_clear_error();
  return tl::unexpected(Error{Errc::crypto, fmt::format("{}: OpenSSL: {}", doing, reason.data())});
}

/// The exponent is 65537 where none is set.
Pkey generate(const Kind& kind, Bits bits)
{
  const PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind.type, nullptr));
  EVP_PKEY* key = nullptr;
  const bool ready = context != nullptr && EVP_PKEY_keygen_init(context.get()) == 1;
  const auto size = static_cast<int>(bits.count);
  if (ready && (!kind.has_size || EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), size) == 1)) {
    EVP_PKEY_generate(context.get(), &key);
  }
  return Pkey(key);
}

/// Empty where it cannot be written.
SecretBuffer pem_of(const Kind& kind, EVP_PKEY* key)
{
  const Bio bio(BIO_new(BIO_s_mem()));
  char* text = nullptr;
  const long size =
      bio != nullptr && kind.write(bio.get(), key) == 1 ? BIO_get_mem_data(bio.get(), &text) : 0;
  SecretBuffer pem(static_cast<std::size_t>(std::max(size, 0L)));
  std::copy_n(text, pem.size(), pem.data());
  return pem;
}

/// Its published half is read back from the text: what is handed out is what the file holds.
Result<NewKey> new_key(const Kind& kind, Bits bits)
{
  wipe_what_openssl_frees();
  const std::string doing = fmt::format("cannot make a key ({}, {} bits)", kind.type, bits.count);
  const Pkey key = generate(kind, bits);
  if (key == nullptr) {
    return refused(doing);
  }
  NewKey made{pem_of(kind, key.get()), Algorithm::rsa_sha256, bits, {}};
  const auto read = SigningKey::read(made.pem.view());
  if (!read) {
    return refused(doing);
  }
  made.algorithm = read->algorithm();
  made.published = read->published();
  return made;
}

}  // namespace

Result<NewKey> generate_rsa(Bits bits)
{
  return new_key(kRsa, bits);
}

Result<NewKey> generate_ed25519()
{
  return new_key(kEd25519, kEd25519Bits);
}

}  // namespace dkimctl::crypto
