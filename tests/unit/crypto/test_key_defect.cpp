#include "crypto/private_key.hpp"
#include "key_files.hpp"

#include <ostream>

#include <fmt/format.h>

using namespace dkimctl::crypto;
using dkimctl::test::key_file;

TEST_SUITE_BEGIN("crypto::KeyError");

namespace {

constexpr auto kMakeRsa = "make an RSA key: openssl genrsa -out NEW 2048";
constexpr auto kNeedsPrivate = "name the file of the private key that belongs to it";
constexpr auto kRestore = "restore the file from a backup, or make a new key: openssl genrsa -out NEW 2048";
constexpr auto kDecrypt = "write it without one: openssl pkey -in OLD -out NEW";

struct Case {
  const char* file;
  KeyDefect defect;
  const char* what;
  const char* hint;
};

const Case kCases[]{
    {"empty.pem", KeyDefect::empty, "is empty", kRestore},
    {"key.der", KeyDefect::der, "is in DER, and amavisd reads PEM only",
     "convert it: openssl pkey -inform DER -in OLD -out NEW"},
    {"key.p12", KeyDefect::pkcs12, "is a PKCS#12 file, which amavisd cannot read",
     "take the key out of it: openssl pkcs12 -in OLD -nocerts -nodes -out NEW"},
    {"utf16.pem", KeyDefect::utf16, "is written in UTF-16, which amavisd cannot read",
     "convert it: iconv -f UTF-16 -t ASCII OLD >NEW"},
    {"public.pem", KeyDefect::public_key, "holds a public key, but no private key", kNeedsPrivate},
    {"public-pkcs1.pem", KeyDefect::public_key, "holds a public key, but no private key", kNeedsPrivate},
    {"certificate.pem", KeyDefect::certificate,
     "holds a certificate or a request for one, but no private key", kNeedsPrivate},
    {"openssh.pem", KeyDefect::openssh, "is a private key in OpenSSH's own format, which amavisd cannot read",
     "convert a copy of it: ssh-keygen -p -m PEM -N '' -f COPY"},
    {"encrypted-pkcs1.pem", KeyDefect::encrypted, "is encrypted, and amavisd cannot be given its passphrase",
     kDecrypt},
    {"encrypted-pkcs8.pem", KeyDefect::encrypted, "is encrypted, and amavisd cannot be given its passphrase",
     kDecrypt},
    {"encrypted-first.pem", KeyDefect::encrypted, "is encrypted, and amavisd cannot be given its passphrase",
     kDecrypt},
    {"ec.pem", KeyDefect::wrong_type, "is a private key of type EC, and amavisd signs with RSA keys only",
     kMakeRsa},
    {"ec-first.pem", KeyDefect::wrong_type,
     "is a private key of type EC, and amavisd signs with RSA keys only", kMakeRsa},
    {"ed25519.pem", KeyDefect::wrong_type,
     "is a private key of type ED25519, and amavisd signs with RSA keys only", kMakeRsa},
    {"one-line.pem", KeyDefect::one_line, "has its lines run together into one",
     "put BEGIN and END on lines of their own: sed 's/-----[^-]*-----/\\n&\\n/g' OLD >NEW"},
    {"backslash-n.pem", KeyDefect::one_line, "has its line ends written as \\n",
     R"(make them line ends: sed 's/\\r//g; s/\\n/\n/g' OLD >NEW)"},
    {"cr.pem", KeyDefect::one_line, "has its lines ended by CR alone, which amavisd takes for one line",
     "end them by LF: tr '\\r' '\\n' <OLD >NEW"},
    {"indented.pem", KeyDefect::no_begin, "has something before BEGIN on its line",
     "take away the blanks that lines begin with: sed 's/^[[:blank:]]*//' OLD >NEW"},
    {"no-begin.pem", KeyDefect::no_begin, "has no line -----BEGIN PRIVATE KEY-----, hence is no PEM file",
     kNeedsPrivate},
    {"truncated.pem", KeyDefect::truncated, "stops before its line -----END RSA PRIVATE KEY-----", kRestore},
    {"line-missing.pem", KeyDefect::truncated, "is incomplete: 562 of the key's 610 bytes are there",
     kRestore},
    {"empty-line.pem", KeyDefect::damaged, "is damaged: line 6 is empty", kRestore},
    {"bad-character.pem", KeyDefect::damaged, "is damaged: line 5 is not base64", kRestore},
    {"other-end.pem", KeyDefect::damaged, "is damaged: line 15 ought to be -----END RSA PRIVATE KEY-----",
     kRestore},
};

KeyError refused(const std::string& pem)
{
  const auto key = public_key_of(pem);
  REQUIRE_FALSE(key.has_value());
  return key.error();
}

}  // namespace

TEST_CASE("each refusal has its reason and says what to do")
{
  for (const Case& c : kCases) {
    CAPTURE(c.file);
    const KeyError error = refused(key_file(c.file));
    CHECK(error.defect == c.defect);
    CHECK(error.what + "; " + error.hint == fmt::format("{}; {}", c.what, c.hint));
  }
}

TEST_CASE("blanks are nothing")
{
  CHECK(refused(" \r\n\t\n").what == "is empty");
}

TEST_CASE("a file that is something else")
{
  CHECK(refused("ssh-rsa AAAAB3NzaC1yc2E= x\n").defect == KeyDefect::public_key);
  CHECK(refused("use strict;\n").defect == KeyDefect::no_begin);
  CHECK(refused("-----BEGIN DH PARAMETERS-----\nMAAA\n-----END DH PARAMETERS-----\n").what ==
        "holds PEM blocks, but no private key");
}

TEST_CASE("a key that is all there, but none")
{
  CHECK(refused("-----BEGIN RSA PRIVATE KEY-----\nMAMCAQA=\n-----END RSA PRIVATE KEY-----\n").what ==
        "is damaged: its lines are in order, but what they encode is no private key");
}

TEST_CASE("a text that stops within a line, or at blank lines")
{
  const std::string pem = key_file("rsa1024.pem");
  CHECK(refused(pem.substr(0, 20)).what == "is damaged: its line -----BEGIN is incomplete");
  CHECK(refused(pem.substr(0, 31) + pem.substr(32)).defect == KeyDefect::one_line);
  CHECK(refused(pem.substr(0, 32)).defect == KeyDefect::truncated);
  CHECK(refused(pem.substr(0, 100)).defect == KeyDefect::truncated);
  CHECK(refused(pem.substr(0, 292) + "\n\n").defect == KeyDefect::truncated);
  CHECK(refused(pem.substr(0, pem.size() - 10)).defect == KeyDefect::damaged);
}

TEST_SUITE_END();
