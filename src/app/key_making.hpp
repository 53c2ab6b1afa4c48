// Makes the keys and their files, on all processors.
#pragma once

#include "app/genkey.hpp"
#include "crypto/public_key.hpp"
#include "dkim/sdid.hpp"
#include "dkim/selector.hpp"
#include "report/new_keys.hpp"
#include "sys/key_folder.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace dkimctl::app {

struct KeyToMake {
  dkim::Sdid domain;
  dkim::Selector selector;
  std::string file;  // its name in the folder
};

struct KeyOrder {
  std::vector<KeyToMake> keys;
  NewKeyType type = NewKeyType::rsa;
  crypto::Bits bits;
  sys::FileRights rights;
  std::function<void(std::size_t done, std::size_t all)> progress;  // may be empty
};

/// Adds what was made, in the order of the keys, and what failed. After a failure none is begun any more.
/// `path` is what the folder is called.
void make_keys(const sys::KeyFolder& folder, const std::string& path, const KeyOrder& order,
               report::NewKeys& made);

}  // namespace dkimctl::app
