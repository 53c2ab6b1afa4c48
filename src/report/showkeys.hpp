// The keys of a configuration, in each of the forms that showkeys has.
#pragma once

#include "amavis/configuration.hpp"
#include "amavis/key_files.hpp"
#include "base/finding.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::report {

/// A key, and what its file holds: null where it cannot be used.
struct ShownKey {
  const amavis::DkimKey* key = nullptr;
  const amavis::StoredKey* stored = nullptr;
};

struct KeyListing {
  std::vector<ShownKey> keys;  // those that were selected, in their order
  bool any_declared = false;   // whether there are others, or were to be selected from
  bool all_read = true;        // false: a file was not read to its end, so that there may be more
};

/// Takes a text in pieces, so that it need not fit into memory: 100,000 keys make 55 MB.
using Write = std::function<void(std::string_view)>;

/// amavisd's own listing. A key that cannot be used, or is not certain, is left out; its findings say so.
void write_amavisd(const KeyListing& listing, const Write& write);

/// A block a key for a web panel, empty lines between them. Left out is, besides, what has no owner name.
void write_panel(const KeyListing& listing, const Write& write);

/// The same as text for a zone file.
void write_zone(const KeyListing& listing, const Write& write);

/// {"schema":1,"keys":[...],"findings":[...]}. Each key has "number", "domain", "selector", "owner",
/// "algorithm", "bits", "file", "options", "record", "pattern" and "declared"; one whose file cannot be used
/// has no "bits", "algorithm" and "record", one that no owner name can be made of no "owner". A key that is
/// not certain has "conditional" or "unknown", what it hangs on and the names of what is not known.
std::string showkeys_json(const KeyListing& listing, const std::vector<Finding>& findings,
                          const amavis::Locate& locate);

}  // namespace dkimctl::report
