// The keys of tests/data/keys.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

namespace dkimctl::test {

inline std::string key_file(const std::string& name)
{
  std::ifstream in(DKIMCTL_TEST_DATA "/keys/" + name, std::ios::binary);
  REQUIRE_MESSAGE(in.good(), name);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

}  // namespace dkimctl::test
