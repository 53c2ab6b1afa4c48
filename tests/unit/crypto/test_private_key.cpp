#include "crypto/base64.hpp"
#include "crypto/canonical_key.hpp"
#include "crypto/openssl_key.hpp"
#include "crypto/private_key.hpp"
#include "key_files.hpp"

#include <ostream>

using namespace dkimctl::crypto;
using dkimctl::test::key_file;

TEST_SUITE_BEGIN("crypto::public_key_of");

namespace {

/// The body of a PEM text on one line.
std::string body_of(const std::string& pem)
{
  const std::size_t begin = pem.find('\n') + 1;
  std::string body = pem.substr(begin, pem.find("-----END") - begin);
  body.erase(std::remove(body.begin(), body.end(), '\n'), body.end());
  return body;
}

PublicKey accepted(const std::string& name)
{
  CAPTURE(name);
  auto key = public_key_of(key_file(name));
  REQUIRE(key.has_value());
  return *std::move(key);
}

}  // namespace

TEST_CASE("the public key is the one that openssl writes")
{
  const PublicKey key = accepted("rsa1024.pem");
  CHECK(key.type == KeyType::rsa);
  CHECK(key.modulus == Bits{1024});
  CHECK(key.exponent == 65537);
  CHECK(base64(key.spki) == body_of(key_file("public.pem")));
}

TEST_CASE("every size is its own; amavisd counts whole octets")
{
  struct Case {
    const char* file;
    std::uint32_t bits;
    std::uint32_t whole;
  };
  const Case cases[]{{"rsa512.pem", 512, 512},
                     {"rsa2047.pem", 2047, 2048},
                     {"rsa2048.pem", 2048, 2048},
                     {"rsa4096.pem", 4096, 4096},
                     {"multi-prime.pem", 2048, 2048}};
  for (const Case& c : cases) {
    const PublicKey key = accepted(c.file);
    CHECK(key.modulus == Bits{c.bits});
    CHECK(whole_octets(key.modulus) == Bits{c.whole});
  }
}

TEST_CASE("one key in many forms")
{
  const PublicKey key = accepted("rsa1024.pem");
  for (const char* name :
       {"pkcs8.pem", "crlf.pem", "text.pem", "bag.pem", "bom.pem", "two.pem", "certificate-first.pem",
        "trailing-blanks.pem", "one-line-body.pem", "columns76.pem", "inconsistent.pem"}) {
    CAPTURE(name);
    CHECK(accepted(name) == key);
  }
}

TEST_CASE("a small exponent is told")
{
  CHECK(accepted("e3.pem").exponent == 3);
}

TEST_CASE("RSA-PSS is taken for RSA, as amavisd takes it, but called by its name")
{
  const PublicKey key = accepted("pss.pem");
  CHECK(key.type == KeyType::rsa_pss);
  CHECK(key.modulus == Bits{1024});
  // rsaEncryption without parameters, in place of id-RSASSA-PSS: what Crypt::OpenSSL::RSA writes.
  CHECK(base64(key.spki).starts_with("MIGdMAsGCSqGSIb3DQEBAQOBjQAw"));
  CHECK(accepted("pss-restricted.pem").type == KeyType::rsa_pss);
}

TEST_CASE("the fast way takes what openssl writes, and gives what OpenSSL gives")
{
  for (const char* name :
       {"rsa512.pem", "rsa1024.pem", "rsa2047.pem", "rsa2048.pem", "rsa4096.pem", "e3.pem", "pkcs8.pem"}) {
    CAPTURE(name);
    const std::string pem = key_file(name);
    const auto fast = canonical_public_key(pem);
    REQUIRE(fast.has_value());
    CHECK(openssl_public_key(pem) == *fast);
  }
}

TEST_CASE("the fast way leaves alone what it does not fully know")
{
  for (const char* name :
       {"crlf.pem", "text.pem", "bag.pem", "bom.pem", "two.pem", "columns76.pem", "pss.pem",
        "multi-prime.pem", "trailing-blanks.pem", "encrypted-pkcs1.pem", "ec.pem", "truncated.pem",
        "line-missing.pem", "empty.pem", "public.pem", "key.der", "other-end.pem"}) {
    CAPTURE(name);
    CHECK_FALSE(canonical_public_key(key_file(name)).has_value());
  }
}

TEST_SUITE_END();
