#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <fmt/format.h>

namespace dkimctl::test {

/// A file's bytes; a file that cannot be read ends the program.
inline std::string read_file(const std::string& path)
{
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    fmt::print(stderr, "cannot open {}\n", path);
    std::exit(2);
  }
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace dkimctl::test
