#include "crypto/base64.hpp"
#include "dkim/value_diagnosis.hpp"

#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace dkimctl;

namespace {

std::string published(const std::string& name)
{
  std::ifstream in(DKIMCTL_TEST_DATA "/keys/" + name, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  const auto key = crypto::SigningKey::read(bytes.str());
  REQUIRE(key);
  return key->published();
}

/// A key and what may be published of it.
struct Key {
  explicit Key(const std::string& name) : octets(published(name)), p(crypto::base64(octets)) {}

  std::string value() const { return "v=DKIM1; p=" + p; }
  /// "pass" or "fail", and the codes.
  std::string codes(const dns::Txt& record) const
  {
    const auto diagnosis = dkim::diagnose_value(record, octets);
    std::string out = diagnosis.usable ? "pass" : "fail";
    for (const dkim::Remark& remark : diagnosis.remarks) {
      out += " " + std::string{remark.code->code};
      CHECK_FALSE(remark.text.empty());
      CHECK_FALSE((diagnosis.usable && remark.fatal));
    }
    return out;
  }
  std::string codes(std::string_view text) const { return codes(dns::split_txt(text)); }
  std::string texts(std::string_view text) const
  {
    std::vector<std::string> all;
    for (const dkim::Remark& remark : dkim::diagnose_value(dns::split_txt(text), octets).remarks) {
      all.push_back(remark.text);
    }
    return fmt::format("{}", fmt::join(all, "; "));
  }

  std::string octets;
  std::string p;
};

std::string replaced(std::string text, std::string_view from, std::string_view to)
{
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_SUITE_BEGIN("dkim::diagnose_value");

TEST_CASE("what is legal passes, and nothing is said of it")
{
  const Key key{"rsa2048.pem"};
  for (const std::string& value : {
           "v=DKIM1; p=" + key.p,
           "v=DKIM1; k=rsa; p=" + key.p,
           "p=" + key.p,
           "v=DKIM1;p=" + key.p + ";",
           "v = DKIM1 ; p = " + key.p + " ; ",
           "v=DKIM1; h=sha1 : sha256; s=*; t=; p=" + key.p,
           "v=DKIM1; s=tlsrpt:email; x_unknown=1; p=" + key.p,
           "v=DKIM1; n=\"a note\" \\ of b\xc3\xbc"
           "cher; p=" +
               key.p,
           "v=DKIM1; p=" + key.p.substr(0, 100) + " " + key.p.substr(100, 100) + "\t" + key.p.substr(200),
           "v=DKIM1; p=" + key.p.substr(0, 100) + "\r\n " + key.p.substr(100),
       }) {
    CAPTURE(value);
    CHECK(key.codes(value) == "pass");
  }
  CHECK(key.codes("v=DKIM1;\r\n p=" + key.p) == "pass");  // folding white space
  CHECK(key.codes(dns::Txt{{"v=DKIM1; p=", key.p.substr(0, 1), key.p.substr(1)}}) == "pass");
  CHECK(Key{"rsa4096.pem"}.codes(Key{"rsa4096.pem"}.value()) == "pass");
}

TEST_CASE("each mistake in the octets is named, and nothing else")
{
  const Key key{"rsa2048.pem"};
  const std::string good = key.value();
  const std::string half = key.p.substr(0, 200);
  const std::string rest = key.p.substr(200);
  struct Case {
    std::string value;
    std::string_view codes;
  };
  const Case cases[]{
      {"\"" + good + "\"", "fail dkim.literal-quotes"},
      {"v=DKIM1; p=" + half + "\" \"" + rest, "fail dkim.literal-quotes"},
      {"\"v=DKIM1; p=" + half + "\"\t\"" + rest + "\"", "fail dkim.literal-quotes"},
      {replaced(good, ";", "\\;"), "fail dkim.backslash"},
      {"\\\"" + good + "\\\"", "fail dkim.backslash dkim.literal-quotes"},
      {"\xe2\x80\x9c" + good + "\xe2\x80\x9d", "fail dkim.smart-quotes"},
      {"\xc2\xab" + good + "\xc2\xbb", "fail dkim.smart-quotes"},
      {"\xef\xbb\xbf" + good, "fail dkim.invisible-character"},
      {replaced(good, "p=", "\xc2\xa0p="), "fail dkim.invisible-character"},
      {"v=DKIM1; p=" + half + "\xe2\x80\x8b" + rest, "fail dkim.invisible-character"},
      {"v=DKIM1; p=" + half + "\x7f" + rest, "fail dkim.invisible-character"},
      {"v=DKIM1; p=" + half + "\n" + rest, "pass dkim.line-break"},
      {"v=DKIM1;\r\np=" + key.p, "pass dkim.line-break"},
      {"&quot;" + good + "&quot;", "fail dkim.html-entity dkim.literal-quotes"},
      {replaced(good, "; ", ";&nbsp;"), "fail dkim.html-entity"},
      {"v=DKIM1; p=" + half + "<br>" + rest, "fail dkim.html-entity"},
      {replaced(good, "; ", "%3B%20"), "fail dkim.url-encoded"},
      {replaced(good, "=DKIM1", "%3dDKIM1"), "fail dkim.url-encoded"},
      {"dkim._domainkey.example.com. 3600 IN TXT ( \"" + good + "\" )",
       "fail dkim.zone-line dkim.literal-quotes"},
      {"IN TXT " + good, "fail dkim.zone-line"},
      {"( " + good + " )", "fail dkim.zone-line"},
      {"v=DKIM1; p=-----BEGIN PUBLIC KEY-----" + key.p + "-----END PUBLIC KEY-----", "fail dkim.pem-header"},
      {"v=DKIM1; p=-----BEGIN PUBLIC KEY-----\n" + half + "\n" + rest,
       "fail dkim.line-break dkim.pem-header"},
      {"v=DKIM1, k=rsa, p=" + key.p, "fail dkim.separator"},
      {"v=DKIM1 k=rsa p=" + key.p, "fail dkim.separator"},
      {"v=DKIM1: p=" + key.p, "fail dkim.separator"},
      {"v=DKIM1\xef\xbc\x9b p=" + key.p, "fail dkim.separator"},
      {"V=DKIM1; P=" + key.p, "fail dkim.tag-syntax"},
      {"v=DKIM1; P=" + key.p, "fail dkim.tag-syntax"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.value);
    CHECK(key.codes(c.value) == c.codes);
  }
}

TEST_CASE("each mistake in the tags is named, and nothing else")
{
  const Key key{"rsa2048.pem"};
  const std::string p = "p=" + key.p;
  struct Case {
    std::string value;
    std::string_view codes;
  };
  const Case cases[]{
      {p + "; v=DKIM1", "fail dkim.version-not-first"},
      {"k=rsa; v=DKIM1; " + p, "fail dkim.version-not-first"},
      {"v=dkim1; " + p, "fail dkim.version"},
      {"v=DKIM 1; " + p, "fail dkim.version"},
      {"v=DKIM2; " + p, "fail dkim.version"},
      {"v=DKIM1; " + p + "; " + p, "fail dkim.duplicate-tag"},
      {"v=DKIM1; v=DKIM1; " + p, "fail dkim.duplicate-tag"},
      {"v=DKIM1;; " + p, "fail dkim.tag-syntax"},
      {"v=DKIM1; rsa; " + p, "fail dkim.tag-syntax"},
      {"v=DKIM1; 1k=rsa; " + p, "fail dkim.tag-syntax"},
      {"v=DKIM1; k=rsa", "fail dkim.no-public-key"},
      {"some other text=", "fail dkim.tag-syntax"},
      {"v=DKIM1; p=", "fail dkim.revoked"},
      {"v=DKIM1; p= ; k=rsa", "fail dkim.revoked"},
      {"v=DKIM1; k=ed25519; " + p, "fail dkim.key-type"},
      {"v=DKIM1; k=RSA; " + p, "fail dkim.key-type"},
      {"v=DKIM1; h=sha1; " + p, "fail dkim.hash"},
      {"v=DKIM1; h=; " + p, "fail dkim.hash"},
      {"v=DKIM1; s=tlsrpt; " + p, "fail dkim.service"},
      {"v=DKIM1; t=y; " + p, "pass dkim.testing"},
      {"v=DKIM1; t=s:y; " + p, "pass dkim.testing dkim.strict-subdomain"},
      {"v=DKIM1; g=*; " + p, "pass dkim.obsolete-g"},
      {"", "fail dkim.tag-syntax"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.value);
    CHECK(key.codes(c.value) == c.codes);
  }
}

TEST_CASE("a key that was cut or shuffled is told from another one")
{
  const Key key{"rsa2048.pem"};
  const std::size_t size = key.p.size();
  const std::string good = key.value();
  CHECK(key.codes(good.substr(0, 255)) == "fail dkim.truncated");
  CHECK(key.texts(good.substr(0, 255)) ==
        fmt::format("p= ends after 244 of {} characters: {} are missing", size, size - 244));
  CHECK(key.codes(good.substr(0, good.size() - 1)) == "fail dkim.truncated");
  CHECK(key.codes("v=DKIM1; p=" + key.p.substr(0, 100) + key.p.substr(150)) == "fail dkim.chunk-missing");
  CHECK(key.texts("v=DKIM1; p=" + key.p.substr(0, 100) + key.p.substr(150))
            .starts_with(fmt::format("50 of {} characters", size)));
  CHECK(key.codes("v=DKIM1; p=" + key.p.substr(244)) == "fail dkim.chunk-missing");
  CHECK(key.texts("v=DKIM1; p=" + key.p.substr(244)) ==
        fmt::format("the first 244 of {} characters of p= are missing", size));
  CHECK(key.codes("v=DKIM1; p=" + key.p.substr(200) + key.p.substr(0, 200)) == "fail dkim.chunk-order");
  CHECK(key.codes(dns::Txt{{key.p.substr(200), "v=DKIM1; p=" + key.p.substr(0, 200)}}) ==
        "fail dkim.chunk-order");
  CHECK(key.codes(dns::Txt{{"v=DKIM1; p=", key.p.substr(0, 64), key.p.substr(128), key.p.substr(64, 64)}}) ==
        "fail dkim.chunk-order");
  CHECK(key.codes(Key{"e3.pem"}.value()).ends_with("dkim.other-key"));
  CHECK(key.codes(Key{"rsa1024.pem"}.value()) == "fail dkim.weak dkim.other-key");
  CHECK(key.codes(Key{"rsa4096.pem"}.value()) == "fail dkim.other-key");
  CHECK(key.codes(Key{"rsa4096.pem"}.value().substr(0, 255)) == "fail dkim.truncated");
}

TEST_CASE("what is in p= is told, whatever it is")
{
  const Key key{"rsa2048.pem"};
  CHECK(key.codes("v=DKIM1; p=" + replaced(key.p, key.p.substr(20, 1), "*")) == "fail dkim.base64");
  CHECK(key.texts("v=DKIM1; p=MII*") == "'*' at character 4 of p= is not of base64's alphabet");
  CHECK(key.texts("v=DKIM1; p=MIIBI") == "p= has 5 characters, and base64 has them by fours");
  CHECK(key.codes("v=DKIM1; p=c29tZSB0ZXh0") == "fail dkim.base64");
  CHECK(key.codes("v=DKIM1; p=yourPublicKey") == "fail dkim.base64");
}

TEST_CASE("keys of other types and sizes")
{
  const Key ed25519{"ed25519.pem"};
  CHECK(ed25519.codes("v=DKIM1; k=ed25519; p=" + ed25519.p) == "pass");
  CHECK(ed25519.codes("v=DKIM1; p=" + ed25519.p) == "fail dkim.key-type");
  const std::string wrapped =
      crypto::base64("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21" + std::string(1, '\0') + ed25519.octets);
  CHECK(ed25519.codes("v=DKIM1; k=ed25519; p=" + wrapped) == "fail dkim.ed25519-spki");
  CHECK(Key{"rsa1024.pem"}.codes(Key{"rsa1024.pem"}.value()) == "pass dkim.weak");
  CHECK(Key{"rsa512.pem"}.codes(Key{"rsa512.pem"}.value()) == "fail dkim.short");
  CHECK(Key{"rsa2047.pem"}.codes(Key{"rsa2047.pem"}.value()) == "pass");
  CHECK(Key{"e3.pem"}.codes(Key{"e3.pem"}.value()).ends_with("dkim.exponent"));
}

TEST_SUITE_END();
