// Which of the declared keys fits a signature: the first one that does, in the order of declaration.
#pragma once

#include "amavis/configuration.hpp"
#include "perl/regex.hpp"
#include "perl/value.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dkimctl::amavis {

/// A signature tag as far as it bears on the choice of a key.
struct Demand {
  std::optional<std::string> value;  // nothing: any key will do
  perl::UnknownPtr unknown;          // set: what is demanded cannot be known
};

struct KeyDemand {
  std::string domain;  // d=, as dns::to_ace() makes it
  Demand selector;     // s=, the same way
  Demand algorithm;    // a=
  Demand identity;     // i=
};

/// What of a key does not fit.
enum class Misfit { domain, selector, key_type, service, hash, subdomain, granularity };

/// In words, after "key #1": "is of another selector".
std::string_view to_string(Misfit misfit);

struct Refusal {
  const DkimKey* key = nullptr;
  Misfit misfit = Misfit::domain;
};

struct KeyChoice {
  const DkimKey* key = nullptr;   // the first that certainly fits
  perl::UnknownPtr unknown;       // set: whether an earlier one fits, or is there at all, cannot be known
  std::vector<Refusal> refusals;  // the keys of the domain that do not fit, up to the one that does
};

/// The keys, made ready for many choices. They must outlive it.
class KeyRing {
public:
  explicit KeyRing(const DkimKeys& keys);
  KeyChoice choose(const KeyDemand& demand) const;
  /// The first key declared for this very domain (ACE); null where there is none.
  const DkimKey* first_of(const std::string& domain) const;

private:
  /// How a key fits: `misfit`, or perhaps (`unknown`), or certainly (neither).
  struct Fit {
    std::optional<Misfit> misfit;
    perl::UnknownPtr unknown;
  };
  std::vector<std::size_t> candidates(const std::string& domain) const;
  Fit fit(std::size_t index, const KeyDemand& demand) const;
  Fit fit_pattern(std::size_t index, const std::string& domain) const;

  const DkimKeys* keys_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_domain_;
  std::vector<std::size_t> patterns_;  // and keys whose domain cannot be known
  std::unordered_map<std::size_t, perl::CompiledRegex> regexes_;
};

}  // namespace dkimctl::amavis
