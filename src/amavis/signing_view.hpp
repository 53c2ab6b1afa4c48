// What of a configuration decides about signatures, as plain data.
#pragma once

#include "amavis/configuration.hpp"
#include "base/source.hpp"
#include "perl/value.hpp"

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::amavis {

/// A setting and what set it; nowhere for amavisd's default.
struct Setting {
  perl::Value value;
  perl::Place place;
};

/// By name without the sigil: "enable_dkim_signing".
using Settings = std::map<std::string, Setting, std::less<>>;

struct BankView {
  std::string name;
  Settings settings;         // those it has
  perl::UnknownPtr unknown;  // set: what else it has cannot be known
};

struct SigningView {
  const DkimKeys* keys = nullptr;  // in order of declaration; must outlive the view
  Settings settings;               // the global ones
  std::vector<BankView> banks;
  std::vector<std::string> listening;  // the banks of the sockets, in order; empty: a socket without a bank
  std::function<Location(const perl::Place&)> locate;
};

/// The configuration must outlive the view.
SigningView signing_view(const Configuration& configuration);

/// One step of indirection: amavisd takes a reference to a scalar for the scalar.
const perl::Value& dereferenced(const perl::Value& value);

}  // namespace dkimctl::amavis
