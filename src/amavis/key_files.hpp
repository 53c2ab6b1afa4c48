// The private key files that a configuration names.
#pragma once

#include "amavis/configuration.hpp"
#include "base/finding.hpp"
#include "base/host.hpp"
#include "crypto/public_key.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::amavis {

using Locate = std::function<Location(const perl::Place&)>;

/// What a listing needs of a private key file. The private half has been wiped.
struct StoredKey {
  std::string_view path;  // what amavisd calls it: the first path declared for this file, in that DkimKey
  crypto::KeyType type = crypto::KeyType::rsa;
  crypto::Bits bits;            // as amavisd counts: in whole octets
  std::string_view public_key;  // SubjectPublicKeyInfo in base64, as p= has it; in the memory of KeyFiles
};

/// The key files of all keys, each read once.
class KeyFiles {
public:
  /// Reads, converts, wipes and drops one after the other. Nothing that is wrong with one file keeps another
  /// from being read. Findings stand in the order of the keys; what makes a key unusable is said of every key
  /// that names the file, what is only unwise once a file. `daemon` null: its rights are not looked at. The
  /// keys must outlive what was read.
  static KeyFiles read(const Host& host, const DkimKeys& keys, const Identity* daemon, const Locate& locate);

  /// `index` counts the keys that were read, from 0. Null where its file is not known, or holds no usable
  /// key.
  const StoredKey* of(std::size_t index) const
  {
    return stored_of_[index] == kNone ? nullptr : &stored_[stored_of_[index]];
  }
  const std::vector<Finding>& findings() const { return findings_; }

private:
  friend class KeyFilesReader;
  static constexpr std::uint32_t kNone = UINT32_MAX;
  std::unique_ptr<std::pmr::monotonic_buffer_resource> memory_ =
      std::make_unique<std::pmr::monotonic_buffer_resource>();  // of the public keys
  std::vector<StoredKey> stored_;
  std::vector<std::uint32_t> stored_of_;
  std::vector<Finding> findings_;
};

}  // namespace dkimctl::amavis
