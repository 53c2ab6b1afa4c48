#include "dkim/key_record.hpp"
#include "dkim/tag_list.hpp"

#include <string>

#include <doctest/doctest.h>

using dkimctl::dkim::encode_notes;
using dkimctl::dkim::KeyRecord;
using dkimctl::dkim::parse_tag_list;
using namespace std::string_literals;

TEST_SUITE_BEGIN("dkim::KeyRecord");

TEST_CASE("tags come in amavisd's order, whatever the order they are set in")
{
  KeyRecord record{"QUJD"};
  CHECK(record.value() == "p=QUJD");
  CHECK(record.set("n", "note"));
  CHECK(record.set("t", "s"));
  CHECK(record.set("s", "email"));
  CHECK(record.set("k", "rsa"));
  CHECK(record.set("h", "sha256"));
  CHECK(record.set("g", "*"));
  CHECK(record.set("v", "DKIM1"));
  CHECK(record.head() == "v=DKIM1; g=*; h=sha256; k=rsa; s=email; t=s; n=note; p=");
  CHECK(record.value() == record.head() + "QUJD");
  CHECK(record.set("t", ""));
  CHECK(record.head() == "v=DKIM1; g=*; h=sha256; k=rsa; s=email; t=; n=note; p=");
}

TEST_CASE("other names are left out; what is set can be found")
{
  KeyRecord record{""};
  CHECK_FALSE(record.set("p", "x"));
  CHECK_FALSE(record.set("", "x"));
  CHECK_FALSE(record.set("V", "x"));
  CHECK_FALSE(record.set("domain", "x"));
  CHECK(record.value() == "p=");
  CHECK(record.find("v") == nullptr);
  CHECK(record.find("p") == nullptr);
  REQUIRE(record.set("v", "DKIM1"));
  REQUIRE(record.find("v") != nullptr);
  CHECK(*record.find("v") == "DKIM1");
  CHECK(record.public_key().empty());
}

TEST_CASE("notes are encoded as amavisd does: the backslash and what is not ASCII are not")
{
  CHECK(encode_notes("a b\t=;\"\x7f\n\0z"s) == "a b=09=3D=3B=22=7F=0A=00z");
  CHECK(encode_notes("back\\slash ü '(),@") == "back\\slash ü '(),@");
}

TEST_CASE("any notes leave a record of as many tags as were set")
{
  std::string notes;
  for (int c = 0; c < 256; ++c) {
    notes += static_cast<char>(c);
  }
  KeyRecord record{"QUJD"};
  REQUIRE(record.set("n", encode_notes(notes)));
  const auto tags = parse_tag_list(record.value());
  REQUIRE(tags.has_value());
  CHECK(tags->size() == 2);
}

TEST_SUITE_END();
