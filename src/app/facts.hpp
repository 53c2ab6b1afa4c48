// What every command needs to know first: the configuration and its keys.
#pragma once

#include "amavis/configuration.hpp"
#include "amavis/key_files.hpp"
#include "base/finding.hpp"
#include "base/host.hpp"

#include <optional>
#include <string>
#include <vector>

namespace dkimctl::app {

struct Facts {
  amavis::Configuration configuration;
  amavis::KeyFiles key_files;
  std::optional<Identity> daemon;  // amavisd's user; nothing where that or its rights are not known
  std::vector<Finding> findings;  // of the files, the configuration, their rights and the keys, in this order

  Location locate(const perl::Place& place) const { return configuration.locate(place); }
};

/// Configuration files of amavisd, in order, and what names them.
struct NamedFiles {
  std::vector<std::string> paths;  // empty: what amavisd on this host would read
  std::string by = "--amavisd-conf";
};

/// Reads the files that are named, or else what amavisd on this host would read, and every key file. `host`
/// must outlive the facts.
Facts gather_facts(const Host& host, const NamedFiles& named);

}  // namespace dkimctl::app
