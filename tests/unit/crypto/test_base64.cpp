#include "crypto/base64.hpp"

#include <doctest/doctest.h>

using dkimctl::crypto::base64;

TEST_SUITE_BEGIN("crypto::base64");

TEST_CASE("the test vectors of RFC 4648 section 10")
{
  CHECK(base64("").empty());
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foobar") == "Zm9vYmFy");
}

TEST_CASE("any octets, and no line ends")
{
  CHECK(base64(std::string_view("\0\xff\xfe", 3)) == "AP/+");
  CHECK(base64(std::string(300, '\0')) == std::string(400, 'A'));
}

TEST_SUITE_END();
