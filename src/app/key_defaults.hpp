// How a new key is made where nobody says otherwise.
#pragma once

#include "crypto/public_key.hpp"

#include <cstdint>
#include <string>

namespace dkimctl::app {

enum class NewKeyType { rsa, ed25519 };

struct KeyDefaults {
  std::string folder = "/var/lib/dkim";  // iRedMail's, on every system
  std::uint32_t folder_mode = 0700;
  std::uint32_t file_mode = 0400;
  std::string selector_template = "{yyyy}{mm}{letter}";
  NewKeyType type = NewKeyType::rsa;
  crypto::Bits bits{2048};  // of an RSA key
  std::string owner = {};   // USER[:GROUP]; empty: amavisd's user, or for another signer who runs this

  friend bool operator==(const KeyDefaults&, const KeyDefaults&) = default;
};

/// What dkimctl makes, but for genrsa, which takes what amavisd's takes. RFC 8301 section 3.2 has verifiers
/// refuse smaller keys and asks of them no larger ones.
inline constexpr crypto::Bits kLeastNewBits{1024};
inline constexpr crypto::Bits kMostNewBits{4096};

/// Of anything smaller it is warned: RFC 8301 section 3.2.
inline constexpr crypto::Bits kRecommendedNewBits{2048};

}  // namespace dkimctl::app
