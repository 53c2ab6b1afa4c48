#include "crypto/base64.hpp"

#include <doctest/doctest.h>

using dkimctl::crypto::base64;
using dkimctl::crypto::decode_base64;

TEST_SUITE_BEGIN("crypto::base64");

TEST_CASE("the test vectors of RFC 4648 section 10")
{
  CHECK(base64("").empty());
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foobar") == "Zm9vYmFy");
}

TEST_CASE("decoding takes what is base64 to its last character, and nothing else")
{
  CHECK(decode_base64("") == "");
  CHECK(decode_base64("Zg==") == "f");
  CHECK(decode_base64("Zm8=") == "fo");
  CHECK(decode_base64("AP/+") == std::string("\0\xff\xfe", 3));
  for (const char* text :
       {"Zg=", "Zg", "Zm9", "Zm 9", "Zm9v\n", "Zg==Zg==", "=Zm9", "Z===", "====", "Zm-v", "Zg=v"}) {
    CAPTURE(text);
    CHECK_FALSE(decode_base64(text));
  }
}

TEST_CASE("any octets, and no line ends")
{
  CHECK(base64(std::string_view("\0\xff\xfe", 3)) == "AP/+");
  CHECK(base64(std::string(300, '\0')) == std::string(400, 'A'));
}

TEST_SUITE_END();
