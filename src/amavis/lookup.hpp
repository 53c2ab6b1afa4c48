// How amavisd looks an address up in a list of maps (Amavis::Lookup), as far as maps of signature options go.
#pragma once

#include "base/result.hpp"
#include "perl/regex.hpp"
#include "perl/value.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dkimctl::amavis {

/// The settings that the keys of a lookup depend on.
struct LookupOptions {
  std::string recipient_delimiter;  // any of these characters begins an extension; empty: there is none
  bool localpart_is_case_sensitive = false;
};

/// Views into the address. `domain` keeps its "@" and is empty where there is none; an "@" in an address
/// literal
/// ("[...]") does not count.
struct AddressParts {
  std::string_view localpart;
  std::string_view domain;
};
AddressParts split_address(std::string_view address);

/// What an address is looked up with in a hash, from special to general: the address itself, user+ext@dom,
/// user@dom, user+ext@, user@, sub.example.com, .sub.example.com, .example.com, .com and "."; the domain as
/// dns::to_ace() makes it, hence in lower case.
std::vector<std::string> query_keys(std::string_view address, const LookupOptions& options);

/// Signature options that a map has for an address.
struct Match {
  std::string key;  // the map's key or pattern that matched: "example.com", "."; empty: it always matches
  perl::Place key_place;     // where it is written
  perl::HashPtr options;     // null if `unknown`
  perl::UnknownPtr unknown;  // set: whether it matches, and what it gives, cannot be known
};

/// A list of maps, made ready for many lookups.
class AddressMaps {
public:
  AddressMaps() = default;
  /// From a reference to @dkim_signature_options_bysender_maps, or what a policy bank has in its place.
  explicit AddressMaps(const perl::Value& maps);

  /// All matches: map after map, and in each from special to general, or pattern after pattern. What is no
  /// hash of options (a number, an access list) counts for nothing and is left out. An error says at what
  /// amavisd itself gives up.
  Result<std::vector<Match>> find(std::string_view address, const LookupOptions& options) const;

  /// The maps that are hashes, for those who look at every entry.
  std::vector<perl::HashPtr> hashes() const;

private:
  struct Pattern {
    std::optional<perl::CompiledRegex> regex;
    std::string text;
    perl::Place place;
    perl::HashPtr options;
    perl::UnknownPtr unknown;
  };
  struct Fatal {
    std::string what;
  };
  using Patterns = std::vector<Pattern>;
  /// A hash that always matches: Opaque({...}).
  struct Constant {
    perl::HashPtr options;
    perl::Place place;
  };
  using Table = std::variant<perl::HashPtr, Patterns, Constant, perl::UnknownPtr, Fatal>;

  void add(const perl::Scalar& item);
  void add_object(const perl::Object& object);
  static Pattern make_pattern(const perl::Value& argument, const perl::Place& made);
  static std::vector<Match> find_in(const Patterns& patterns, std::string_view address);

  std::vector<Table> tables_;
};

}  // namespace dkimctl::amavis
