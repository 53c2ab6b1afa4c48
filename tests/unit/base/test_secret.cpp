#include "base/secret.hpp"

#include <cstring>
#include <utility>

#include <doctest/doctest.h>

using dkimctl::SecretBuffer;

TEST_SUITE_BEGIN("base::SecretBuffer");

TEST_CASE("a moved-from buffer is empty, a shortened one keeps its beginning")
{
  SecretBuffer first(6);
  std::memcpy(first.data(), "secret", 6);
  SecretBuffer second(std::move(first));
  CHECK(second.view() == "secret");
  second.shrink(3);
  CHECK(second.view() == "sec");
  CHECK(std::memcmp(second.data() + 3, "\0\0\0", 3) == 0);  // still ours, already wiped
  second.shrink(10);
  CHECK(second.size() == 3);
}

TEST_SUITE_END();
