// Keys that were just made: what was made, and what is to be published. Nothing here has seen a private half.
#pragma once

#include "base/finding.hpp"
#include "crypto/public_key.hpp"
#include "crypto/signature.hpp"
#include "dns/name.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace dkimctl::report {

struct NewKey {
  std::string domain;
  std::string selector;
  std::string file;
  dns::Name owner;  // of its record
  crypto::Algorithm algorithm = crypto::Algorithm::rsa_sha256;
  crypto::Bits bits;
  std::string record;  // its value
};

/// A domain for which no key was made.
struct FailedKey {
  std::string domain;
  std::string reason;  // names the domain or the file
  std::string hint;
};

struct NewKeys {
  std::vector<NewKey> keys;  // in the order of the domains
  std::vector<FailedKey> failed;
  std::vector<Finding> findings;
};

/// A line "DOMAIN SELECTOR FILE" and the record as `txt` prints it for each key, empty lines between them.
std::string new_keys_text(const NewKeys& made);

/// {"schema":1,"keys":[...],"failed":[{"domain","reason"}],"findings":[...]}; a key has "domain", "selector",
/// "owner", "algorithm" ("rsa" or "ed25519"), "bits", "file" and "record".
std::string new_keys_json(const NewKeys& made);

/// genrsa's: {"schema":1,"file":...,"bits":...,"findings":[...]}.
std::string new_file_json(const std::string& file, crypto::Bits bits, const std::vector<Finding>& findings);

}  // namespace dkimctl::report
