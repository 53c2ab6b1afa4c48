#include "crypto/canonical_key.hpp"
#include "crypto/published_form.hpp"
#include "crypto/signature.hpp"

#include <fstream>
#include <memory>
#include <sstream>

#include <doctest/doctest.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

using namespace dkimctl;

namespace {

std::string spki(const std::string& file)
{
  std::ifstream in(DKIMCTL_TEST_DATA "/keys/" + file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  const auto key = crypto::SigningKey::read(bytes.str());
  REQUIRE(key);
  return key->published();
}

/// What OpenSSL makes of the octets; nothing where it refuses them, or would write them otherwise.
std::optional<std::uint32_t> bits_by_openssl(const std::string& octets)
{
  const auto* at = reinterpret_cast<const unsigned char*>(octets.data());
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      d2i_PUBKEY(nullptr, &at, static_cast<long>(octets.size())), EVP_PKEY_free);
  ERR_clear_error();
  std::string written(octets.size() + 64, '\0');
  auto* to = reinterpret_cast<unsigned char*>(written.data());
  if (!key || EVP_PKEY_is_a(key.get(), "RSA") != 1) {
    return std::nullopt;
  }
  written.resize(static_cast<std::size_t>(i2d_PUBKEY(key.get(), &to)));
  return written == octets ? std::optional{static_cast<std::uint32_t>(EVP_PKEY_get_bits(key.get()))}
                           : std::nullopt;
}

}  // namespace

TEST_SUITE_BEGIN("crypto::canonical_spki");

TEST_CASE("the fast way takes every RSA key as OpenSSL writes it")
{
  for (const char* file :
       {"rsa512.pem", "rsa1024.pem", "rsa2047.pem", "rsa2048.pem", "rsa4096.pem", "e3.pem"}) {
    CAPTURE(file);
    const std::string octets = spki(file);
    const auto fast = crypto::canonical_spki(octets);
    REQUIRE(fast);
    CHECK(fast->spki == octets);
    CHECK(fast->modulus.count == bits_by_openssl(octets));
  }
  CHECK(crypto::canonical_spki(spki("e3.pem"))->exponent == 3);
  CHECK_FALSE(crypto::canonical_spki(spki("ed25519.pem")));
}

TEST_CASE("and nothing that OpenSSL refuses, or would write otherwise")
{
  for (const char* file : {"rsa512.pem", "rsa1024.pem", "e3.pem"}) {
    const std::string good = spki(file);
    unsigned taken = 0;
    unsigned outside = 0;
    const auto hold = [&](const std::string& octets) {
      const auto fast = crypto::canonical_spki(octets);
      taken += fast ? 1U : 0U;
      outside += fast && bits_by_openssl(octets) != fast->modulus.count ? 1U : 0U;
      const bool said_rsa = crypto::form_of(octets).form == crypto::KeyForm::rsa;
      outside += said_rsa && !bits_by_openssl(octets) ? 1U : 0U;
    };
    for (std::size_t i = 0; i < good.size(); ++i) {
      for (const unsigned change : {0x01U, 0x80U, 0xffU}) {
        std::string octets = good;
        octets[i] = static_cast<char>(static_cast<unsigned char>(octets[i]) ^ change);
        hold(octets);
      }
      hold(good.substr(0, i));
      hold(good.substr(0, i) + good.substr(i + 1));
      hold(good.substr(0, i) + '\0' + good.substr(i));
    }
    hold(good + '\0');
    CHECK(taken > good.size());  // changed within the modulus
    CHECK(outside == 0);
  }
}
