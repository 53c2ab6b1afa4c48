#include "crypto/base64.hpp"
#include "crypto/private_key.hpp"
#include "crypto/signature.hpp"
#include "key_files.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace dkimctl;
using crypto::KeyForm;
using crypto::read_published;
using crypto::SigningKey;
using test::key_file;

namespace {

/// The lines between BEGIN and END, decoded.
std::string der_in(const std::string& pem)
{
  std::string digits;
  std::istringstream lines(pem);
  for (std::string line; std::getline(lines, line);) {
    digits += line.starts_with("-----") ? "" : line;
  }
  const auto der = crypto::decode_base64(digits);
  REQUIRE(der);
  return *der;
}

}  // namespace

TEST_SUITE_BEGIN("crypto::signature");

TEST_CASE("what a private key signs, its published key verifies, and nothing else")
{
  for (const char* name :
       {"rsa512.pem", "rsa1024.pem", "rsa2047.pem", "rsa4096.pem", "e3.pem", "ed25519.pem"}) {
    CAPTURE(name);
    const auto key = SigningKey::read(key_file(name));
    REQUIRE(key);
    const auto signature = key->sign("from:a@example.com\r\n");
    REQUIRE(signature);
    const auto published = read_published(key->published());
    REQUIRE(published.key);
    CHECK(published.key->algorithm() == key->algorithm());
    CHECK(published.key->published() == key->published());
    CHECK(published.key->verify("from:a@example.com\r\n", *signature));
    CHECK_FALSE(published.key->verify("from:b@example.com\r\n", *signature));
    CHECK_FALSE(published.key->verify("from:a@example.com\r\n", signature->substr(1)));
    CHECK_FALSE(published.key->verify("from:a@example.com\r\n", ""));
  }
}

TEST_CASE("the published half is that of public_key_of()")
{
  const std::string pem = key_file("rsa2048.pem");
  CHECK(SigningKey::read(pem)->published() == crypto::public_key_of(pem)->spki);
  const auto published = read_published(crypto::public_key_of(pem)->spki);
  CHECK(published.key->bits().count == 2048);
  CHECK(published.key->exponent() == 65537);
}

TEST_CASE("a key that does not sign for DKIM says why")
{
  CHECK(SigningKey::read("").error().what == "is empty");
  CHECK_FALSE(SigningKey::read(key_file("ec.pem")));
  CHECK_FALSE(SigningKey::read(key_file("pss.pem")));
  CHECK_FALSE(SigningKey::read(key_file("public.pem")));
  CHECK(SigningKey::read(key_file("encrypted-pkcs8.pem")).error().defect == crypto::KeyDefect::encrypted);
}

TEST_CASE("the octets of a p= are told apart")
{
  CHECK(read_published(der_in(key_file("public.pem"))).form == KeyForm::rsa);
  CHECK(read_published(der_in(key_file("public-pkcs1.pem"))).form == KeyForm::rsa_pkcs1);
  CHECK(read_published(der_in(key_file("rsa2048.pem"))).form == KeyForm::private_key);
  CHECK(read_published(der_in(key_file("pkcs8.pem"))).form == KeyForm::private_key);
  const std::string ed25519 = SigningKey::read(key_file("ed25519.pem"))->published();
  CHECK(ed25519.size() == 32);
  CHECK(read_published(ed25519).form == KeyForm::ed25519);
  const std::string prefix{"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12};  // RFC 8410 section 10.1
  CHECK(read_published(prefix + ed25519).form == KeyForm::ed25519_spki);
  CHECK(read_published(prefix + ed25519).key->published() == ed25519);
  CHECK(read_published(crypto::public_key_of(key_file("pss.pem"))->spki).form == KeyForm::rsa_inexact);
  CHECK(read_published("").form == KeyForm::unreadable);
  const std::string spki = der_in(key_file("public.pem"));
  CHECK(read_published(spki + "x").form == KeyForm::unreadable);
  CHECK(read_published(spki.substr(0, spki.size() - 1)).form == KeyForm::unreadable);
}

TEST_CASE("DER says how long it is")
{
  const std::string spki = der_in(key_file("public.pem"));
  CHECK(crypto::der_size(spki) == spki.size());
  CHECK(crypto::der_size(spki.substr(0, 20)) == spki.size());
  CHECK(crypto::der_size(std::string("\x30\x05", 2)) == 7);
  CHECK_FALSE(crypto::der_size(std::string("\x30\x80", 2)));
  CHECK_FALSE(crypto::der_size(std::string("\x30\x82\x01", 3)));
  CHECK_FALSE(crypto::der_size("0"));
  CHECK_FALSE(crypto::der_size(""));
}

TEST_SUITE_END();
