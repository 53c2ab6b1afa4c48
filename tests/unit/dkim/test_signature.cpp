#include "dkim/signature.hpp"

#include <fstream>
#include <sstream>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace dkimctl;
using dkim::Canonicalization;

namespace {

std::string key_file(const std::string& name)
{
  std::ifstream in(DKIMCTL_TEST_DATA "/keys/" + name, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

constexpr std::string_view kMessage =
    "From: a@example.com\r\n"
    "To: b@example.org\r\n"
    "Subject:  folded\r\n"
    "\tsubject \r\n"
    "\r\n"
    "Some  text \r\n"
    "\r\n"
    "\r\n";

struct World {
  crypto::SigningKey key = *crypto::SigningKey::read(key_file("rsa1024.pem"));
  crypto::VerifyingKey published = *crypto::read_published(key.published()).key;

  std::string sign(std::string_view text, const dkim::SigningOptions& options = {"example.com", "s"}) const
  {
    const auto field = dkim::sign_message(dkim::split_message(text), key, options);
    REQUIRE(field);
    return *field;
  }
  /// Empty: it verifies.
  std::string verify(std::string_view text, std::string_view field) const
  {
    const auto verified = dkim::verify_message(dkim::split_message(text), field, published);
    return verified ? "" : verified.error().what;
  }
};

std::string replaced(std::string text, std::string_view from, std::string_view to)
{
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_SUITE_BEGIN("dkim::signature");

TEST_CASE("the examples of RFC 6376 section 3.4.5")
{
  const auto message = dkim::split_message("A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n");
  REQUIRE(message.fields.size() == 2);
  CHECK(dkim::canonical_field(message.fields[0], Canonicalization::relaxed) == "a:X");
  CHECK(dkim::canonical_field(message.fields[1], Canonicalization::relaxed) == "b:Y Z");
  CHECK(dkim::canonical_body(message.body, Canonicalization::relaxed) == " C\r\nD E\r\n");
  CHECK(dkim::canonical_field(message.fields[1], Canonicalization::simple) == "B : Y\t\r\n\tZ  ");
  CHECK(dkim::canonical_body(message.body, Canonicalization::simple) == " C \r\nD \t E\r\n");
}

TEST_CASE("bodies with nothing in them, and without a line end")
{
  CHECK(dkim::canonical_body("", Canonicalization::simple) == "\r\n");
  CHECK(dkim::canonical_body("", Canonicalization::relaxed).empty());
  CHECK(dkim::canonical_body("\r\n\r\n", Canonicalization::simple) == "\r\n");
  CHECK(dkim::canonical_body(" \r\n\t\r\n", Canonicalization::relaxed).empty());
  CHECK(dkim::canonical_body("x", Canonicalization::simple) == "x\r\n");
  CHECK(dkim::canonical_body("x ", Canonicalization::relaxed) == "x\r\n");
  CHECK(dkim::canonical_body("\r\nx", Canonicalization::relaxed) == "\r\nx\r\n");
}

TEST_CASE("a message without a body, and lines that are no field")
{
  CHECK(dkim::split_message("A: b").body.empty());
  CHECK(dkim::split_message("A: b\r\n\r\n").body.empty());
  CHECK(dkim::split_message("").fields.empty());
  CHECK(dkim::split_message(" x\r\nA: b\r\n").fields.size() == 2);
  CHECK(dkim::field_name("A \t: b") == "A");
  CHECK(dkim::field_name("no colon") == "no colon");
}

TEST_CASE("what was signed verifies, in every canonicalization")
{
  const World world;
  for (const auto header : {Canonicalization::simple, Canonicalization::relaxed}) {
    for (const auto body : {Canonicalization::simple, Canonicalization::relaxed}) {
      const std::string field = world.sign(kMessage, {"example.com", "s", header, body});
      CAPTURE(field);
      CHECK(world.verify(kMessage, field).empty());
      CHECK(world.verify(field + "\r\n" + std::string{kMessage}, field).empty());
    }
  }
}

TEST_CASE("what relays do is forgiven by relaxed and not by simple")
{
  const World world;
  const std::string changed = replaced(replaced(std::string{kMessage}, "Some  text ", "Some text"),
                                       "Subject:  folded\r\n\tsubject ", "SUBJECT: folded subject");
  CHECK(world.verify(changed, world.sign(kMessage)).empty());
  CHECK(world.verify(changed, world.sign(kMessage, {"example.com", "s", Canonicalization::relaxed,
                                                    Canonicalization::simple})) == "the body has changed");
  CHECK(world.verify(changed, world.sign(kMessage, {"example.com", "s", Canonicalization::simple,
                                                    Canonicalization::relaxed})) ==
        "the signature is not of that header by that key");
}

TEST_CASE("fields are taken from the bottom up, and one that is not there may not come later")
{
  const World world;
  const std::string twice = "From: x@example.com\r\n" + std::string{kMessage};
  CHECK(world.verify(twice, world.sign(kMessage)).empty());
  dkim::SigningOptions options{"example.com", "s"};
  options.fields = {"From", "From"};  // the second is signed as absent
  CHECK(world.verify(kMessage, world.sign(kMessage, options)).empty());
  CHECK(world.verify(twice, world.sign(kMessage, options)) ==
        "the signature is not of that header by that key");
}

TEST_CASE("a signature says when it was made")
{
  const World world;
  dkim::SigningOptions options{"example.com", "s"};
  options.signed_at = 1000;
  options.expires_at = 2000;
  const auto signature = dkim::parse_signature(world.sign(kMessage, options));
  REQUIRE(signature);
  CHECK(signature->domain == "example.com");
  CHECK(signature->selector == "s");
  CHECK(signature->fields == std::vector<std::string>{"From", "To", "Subject"});
  CHECK(signature->signed_at == 1000);
  CHECK(signature->expires_at == 2000);
  CHECK(signature->header == Canonicalization::relaxed);
}

TEST_CASE("l= signs the beginning of the body")
{
  const World world;
  const std::string field = world.sign(kMessage);
  CHECK(world.verify(std::string{kMessage} + "more", field) == "the body has changed");
  CHECK(world.verify(kMessage, replaced(field, "d=", "l=999; d=")) == "l= is longer than the body");
}

TEST_CASE("what no verifier may take is refused, with the reason")
{
  const std::string good = "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=s; h=From; bh=AAAA; b=AAAA";
  CHECK(dkim::parse_signature(good));
  CHECK(dkim::parse_signature(
      replaced(good, "s=s", "s=s; i=u@sub.Example.com; c=relaxed; t=1; x=1;\r\n q=dns/txt")));
  struct Case {
    std::string_view from;
    std::string_view to;
    std::string_view what;
  };
  const Case cases[]{
      {"v=1; ", "", "v= is missing"},
      {"v=1", "v=2", "v=2 is not 1"},
      {"s=s; ", "", "s= is missing"},
      {"a=rsa-sha256", "a=rsa-sha1", "a=rsa-sha1 is not in use (RFC 8301 section 3.1)"},
      {"h=From", "h=To:Subject", "h= does not have From"},
      {"bh=AAAA", "bh=A*AA", "bh= is no base64"},
      {"b=AAAA", "b=AAA", "b= is no base64"},
      {"s=s", "s=s; c=nowsp", "c= has 'nowsp', which is neither simple nor relaxed"},
      {"s=s", "s=s; l=1x", "l=1x is no number"},
      {"s=s", "s=s; i=u@other.com", "i=u@other.com is not in d=example.com"},
      {"s=s", "s=s; i=u@notexample.com", "i=u@notexample.com is not in d=example.com"},
      {"s=s", "s=s; t=2; x=1", "x= is before t="},
      {"s=s", "s=s; s=t", "tag 's' occurs twice"},
      {"s=s", "s", "expected 'tag=value'"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.to);
    const auto read = dkim::parse_signature(replaced(good, c.from, c.to));
    REQUIRE_FALSE(read);
    CHECK(read.error().what == c.what);
  }
}

TEST_CASE("a key of another type does not verify, and nothing is signed without an author")
{
  const World world;
  const auto other = crypto::SigningKey::read(key_file("ed25519.pem"));
  const auto published = crypto::read_published(other->published());
  const auto verified =
      dkim::verify_message(dkim::split_message(kMessage), world.sign(kMessage), *published.key);
  REQUIRE_FALSE(verified);
  CHECK(verified.error().what == "a=rsa-sha256 does not fit the key");
  const auto refused =
      dkim::sign_message(dkim::split_message("To: b@example.org\r\n\r\n"), world.key, {"example.com", "s"});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().what == "h= does not have From");
}

TEST_SUITE_END();
