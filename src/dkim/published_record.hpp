// A key record as DNS serves it, read as a strict verifier reads it.
#pragma once

#include "crypto/signature.hpp"
#include "dkim/remark.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::dkim {

struct PublishedRecord {
  std::string key_text;                        // the value of p= without its blanks
  crypto::PublishedKey published;              // what that is
  std::optional<crypto::VerifyingKey> usable;  // set where mail can be verified with the record
  std::vector<Remark> remarks;
};

/// Reads what RFC 6376 section 3.6.1 describes, and refuses what section 6.1.2, RFC 8301 section 3 and RFC
/// 8463 section 4 let no verifier take. Unknown tags, an absent v= or k=, folding in p= and several services
/// or hashes are fine.
PublishedRecord read_record(std::string_view value);

}  // namespace dkimctl::dkim
