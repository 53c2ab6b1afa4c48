#include "sys/resolver.hpp"

#include <doctest/doctest.h>

TEST_SUITE_BEGIN("sys::canonical_name");

TEST_CASE("a name that every host knows without asking DNS")
{
  CHECK(dkimctl::sys::canonical_name("localhost").has_value());
  CHECK(dkimctl::sys::canonical_name("127.0.0.1") == "127.0.0.1");
}

TEST_SUITE_END();
