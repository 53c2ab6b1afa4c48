#include "app/genrsa.hpp"
#include "crypto/private_key.hpp"
#include "temporary_folder.hpp"

#include <iterator>
#include <string>

#include <doctest/doctest.h>

#include <sys/stat.h>

using dkimctl::Errc;
using dkimctl::TemporaryFolder;
using dkimctl::app::genrsa;

namespace {

std::string text_of(const std::string& path)
{
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_SUITE_BEGIN("app::genrsa");

TEST_CASE("a key of 2048 bits where no size is given, with amavisd's words")
{
  const TemporaryFolder folder;
  const std::string file = folder / "k.pem";
  const auto made = genrsa({"/", file, ""});
  REQUIRE(made);
  CHECK(made->success ==
        "Private RSA key successfully written to file \"" + file + "\" (2048 bits, PEM format) ");
  CHECK(made->advice.empty());
  CHECK(made->findings.empty());
  const auto key = dkimctl::crypto::public_key_of(text_of(file));
  REQUIRE(key);
  CHECK(key->modulus.count == 2048);
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
}

TEST_CASE("small keys are warned of")
{
  const TemporaryFolder folder;
  const auto weak = genrsa({folder.path(), "/weak.pem", "01024"});
  REQUIRE(weak);
  CHECK(weak->advice.empty());
  REQUIRE(weak->findings.size() == 1);
  CHECK(weak->findings[0].code == "dkim.weak");
  CHECK(weak->findings[0].severity == dkimctl::Severity::warning);
  CHECK(weak->findings[0].text == "the key has 1024 bits; 2048 are recommended");
  const auto shorter = genrsa({folder.path(), "/short.pem", "512"});
  REQUIRE(shorter);
  CHECK(shorter->advice ==
        "INFO: RFC 6376 states: Signers MUST use RSA keys of at least 1024 bits for long-lived keys.\n");
  CHECK(shorter->findings[0].code == "dkim.short");
  CHECK(shorter->findings[0].text == "the key has 512 bits; verifiers must refuse one of less than 1024");
}

TEST_CASE("errors are amavisd's, and nothing is made")
{
  const TemporaryFolder folder;
  folder.write("there", "old");
  const std::string there = folder / "there";
  struct Case {
    std::string file;
    const char* bits;
    Errc code;
    std::string what;
  };
  const Case cases[]{
      {folder / "a", "511", Errc::usage, "genrsa: Number of bits is below 512 (suggested 1024..2048)"},
      {folder / "a", "4097", Errc::usage, "genrsa: Number of bits too large (suggested 1024..2048)"},
      {folder / "a", "99999999999", Errc::usage, "genrsa: Number of bits too large (suggested 1024..2048)"},
      {folder / "a", "1k", Errc::usage, "genrsa: Number of bits in a key must be numeric"},
      {folder / "a", "-1024", Errc::usage, "genrsa: Number of bits in a key must be numeric"},
      {"", "", Errc::usage, "genrsa: File name for a key not provided"},
      {there, "", Errc::io, "genrsa: Can't create file \"" + there + "\": File exists"},
      {folder / "none/a", "", Errc::io,
       "genrsa: Can't create file \"" + (folder / "none/a") + "\": No such file or directory"},
      {folder / "", "", Errc::io, "genrsa: Can't create file \"" + (folder / "") + "\": Is a directory"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.file);
    CAPTURE(c.bits);
    const auto made = genrsa({"/", c.file, c.bits});
    REQUIRE_FALSE(made);
    CHECK(made.error().code == c.code);
    CHECK(made.error().what == c.what);
  }
  CHECK(text_of(there) == "old");
  CHECK_FALSE(boost::filesystem::exists(folder / "a"));
}

TEST_SUITE_END();
