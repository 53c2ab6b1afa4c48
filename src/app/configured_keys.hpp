// The keys of amavisd's configuration as a rollover sees them.
#pragma once

#include "amavis/signing.hpp"
#include "app/facts.hpp"
#include "base/host.hpp"
#include "rollover/adopt.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dkimctl::app {

/// By domain, in the order of their declarations; of several with one selector the first, with which amavisd
/// signs. Left out is what is declared for a pattern, and what cannot be told.
using FoundKeys = std::map<std::string, std::vector<rollover::FoundKey>, std::less<>>;
FoundKeys found_keys(const Facts& facts);

/// What is known of amavisd without asking it. What it refers to must outlive it.
class ConfiguredSigner {
public:
  ConfiguredSigner(const Host& host, const Facts& facts) : host_(host), facts_(facts) {}

  /// Of the keys of one domain. The running daemon counts as not asked.
  rollover::SignerView view_of(const std::string& domain, const std::vector<rollover::KeyLife>& keys);

private:
  /// What concerns all domains, found out once.
  struct Index {
    amavis::KeyUse use;
    std::set<FileId> named;                        // the files of all declared keys
    std::multimap<std::string, std::size_t> of;    // by domain, the keys that are certain
    std::set<std::string, std::less<>> uncertain;  // domains with a key that is not; "": any domain
    bool is_read = false;                          // amavisd would take the configuration
  };
  const Index& index();
  Index make_index() const;
  bool is_present(const std::string& file) const;
  bool is_used(const rollover::KeyLife& key);

  const Host& host_;
  const Facts& facts_;
  std::optional<Index> index_;
};

}  // namespace dkimctl::app
