// One TXT record at a key's owner name: whether the key's signatures verify with it, and if not, what
// somebody did.
#pragma once

#include "crypto/signature.hpp"
#include "dkim/remark.hpp"
#include "dns/txt.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace dkimctl::dkim {

struct ValueDiagnosis {
  std::optional<crypto::VerifyingKey>
      usable;                   // set where a strict verifier takes the record, and its key is ours
  std::vector<Remark> remarks;  // none where all is well
};

/// `expected` is what p= should have, decoded: crypto::SigningKey::published(). The raw octets are looked at
/// first, then the tags of what was meant, then the key against ours; each mistake is named once.
ValueDiagnosis diagnose_value(const dns::Txt& record, std::string_view expected);

}  // namespace dkimctl::dkim
