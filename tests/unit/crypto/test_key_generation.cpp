#include "crypto/canonical_key.hpp"
#include "crypto/key_generation.hpp"
#include "crypto/private_key.hpp"

#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

using namespace dkimctl;
using crypto::Bits;
using crypto::generate_ed25519;
using crypto::generate_rsa;
using crypto::SigningKey;

TEST_SUITE_BEGIN("crypto::key_generation");

TEST_CASE("an RSA key has the size that was asked for, 65537, and the form of amavisd's genrsa")
{
  for (const std::uint32_t bits : {512U, 1024U, 1031U, 2048U}) {
    CAPTURE(bits);
    const auto made = generate_rsa({bits});
    REQUIRE(made);
    CHECK(made->algorithm == crypto::Algorithm::rsa_sha256);
    CHECK(made->bits == Bits{bits});
    CHECK(made->pem.view().starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
    CHECK(made->pem.view().ends_with("-----END RSA PRIVATE KEY-----\n"));
    const auto read = crypto::public_key_of(made->pem.view());
    REQUIRE(read);
    CHECK(read->modulus == Bits{bits});
    CHECK(read->exponent == 65537U);
    CHECK(read->spki == made->published);
    CHECK(crypto::canonical_public_key(made->pem.view()).has_value());
  }
}

TEST_CASE("an Ed25519 key is PKCS#8, and 32 octets are published")
{
  const auto made = generate_ed25519();
  REQUIRE(made);
  CHECK(made->algorithm == crypto::Algorithm::ed25519_sha256);
  CHECK(made->bits == Bits{256});
  CHECK(made->pem.view().starts_with("-----BEGIN PRIVATE KEY-----\n"));
  CHECK(made->published.size() == 32);
}

TEST_CASE("what the private half signs, the published one verifies")
{
  for (const auto& made : {generate_rsa({1024}), generate_ed25519()}) {
    REQUIRE(made);
    const auto key = SigningKey::read(made->pem.view());
    REQUIRE(key);
    const auto signature = key->sign("from:a@example.com\r\n");
    REQUIRE(signature);
    const auto published = crypto::read_published(made->published);
    REQUIRE(published.key);
    CHECK(published.key->verify("from:a@example.com\r\n", *signature));
  }
}

TEST_CASE("a size that OpenSSL does not make is refused, with its reason")
{
  const auto made = generate_rsa({256});
  REQUIRE_FALSE(made);
  CHECK(made.error().code == Errc::crypto);
  CHECK(made.error().what.starts_with("cannot make a key (RSA, 256 bits): OpenSSL: error:"));
  CHECK(made.error().what.ends_with("key size too small"));
}

TEST_CASE("threads make keys at once, and no two are the same")
{
  std::vector<std::string> published(8);
  {
    std::vector<std::jthread> workers;
    for (std::string& each : published) {
      workers.emplace_back([&each] { each = generate_rsa({512}).value().published; });
    }
  }
  for (std::size_t i = 0; i < published.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      CHECK(published[i] != published[j]);
    }
  }
}

TEST_SUITE_END();
