// What somebody who wants new keys has typed, understood.
#pragma once

#include "app/genkey.hpp"
#include "app/key_defaults.hpp"
#include "base/host.hpp"
#include "crypto/public_key.hpp"
#include "dkim/sdid.hpp"
#include "dkim/selector.hpp"
#include "dkim/selector_template.hpp"
#include "sys/temporary_file.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dkimctl::app {

struct NewKeyPlan {
  KeyDefaults defaults;
  std::vector<dkim::Sdid> domains;  // each once
  NewKeyType type = NewKeyType::rsa;
  crypto::Bits bits;                              // of an RSA key
  std::optional<dkim::Selector> fixed;            // or
  std::optional<dkim::SelectorTemplate> pattern;  // always
  std::string folder;                             // without a slash at its end
  std::optional<sys::FileOwner> owner;            // as --owner has it
};

/// Refuses with everything that is wrong.
Result<NewKeyPlan, std::vector<WishError>> read_wishes(const Host& host, const GenkeyQuery& query);

}  // namespace dkimctl::app
