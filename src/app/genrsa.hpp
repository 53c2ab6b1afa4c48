// genrsa: a private RSA key in a file, as `amavisd genrsa` makes one.
#pragma once

#include "base/finding.hpp"
#include "base/result.hpp"
#include "crypto/public_key.hpp"

#include <string>
#include <vector>

namespace dkimctl::app {

struct GenrsaQuery {
  std::string root;  // of the tree that an absolute path is in
  std::string file;
  std::string bits;  // as typed; empty: 2048
};

struct Genrsa {
  crypto::Bits bits;
  std::string advice;             // what amavisd says of keys below 1024 bits; else empty
  std::string success;            // what it says at the end
  std::vector<Finding> findings;  // what dkimctl says
};

/// Makes the file with mode 0600, its owner who runs this; whole, or not at all. 512 to 4096 bits. Errors
/// have amavisd's words, `usage` for those of the command line; its own file is empty after most of them, and
/// in the way of a second try.
Result<Genrsa> genrsa(const GenrsaQuery& query);

}  // namespace dkimctl::app
