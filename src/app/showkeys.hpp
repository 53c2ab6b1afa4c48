// showkeys: the keys of a configuration; txt: the records of one domain.
#pragma once

#include "app/facts.hpp"
#include "base/finding.hpp"
#include "base/host.hpp"
#include "report/showkeys.hpp"

#include <memory>
#include <string>
#include <vector>

namespace dkimctl::app {

struct ShowKeys {
  std::unique_ptr<Facts> facts;  // what `listing` refers to
  report::KeyListing listing;
  std::vector<Finding> findings;
};

/// What is asked of showkeys.
struct KeyQuery {
  NamedFiles files;
  std::vector<std::string> domains;  // as amavisd takes them; empty: all keys
};

/// The findings are those of all files, keys and records; of the keys that were not selected only the errors,
/// since amavisd does not start with those.
ShowKeys show_keys(const Host& host, const KeyQuery& query);

/// The same for `txt`, which is asked for one domain: that it has no key is a warning.
ShowKeys show_records(const Host& host, const KeyQuery& query);

}  // namespace dkimctl::app
