// amavisd's configuration, as far as signing goes, read the way amavisd reads it.
#pragma once

#include "base/finding.hpp"
#include "base/host.hpp"
#include "perl/interpreter.hpp"

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::amavis {

/// The variables that signing depends on. A policy bank has them without the sigil.
inline constexpr std::array<std::string_view, 8> kSigningVariables{
    "$enable_dkim_signing",
    "$originating",
    "$protocol",
    "@dkim_signature_options_bysender_maps",
    "$dkim_signing_service",
    "$recipient_delimiter",
    "$localpart_is_case_sensitive",
    "%allowed_added_header_fields",
};

/// A file to be read, and why it is.
struct ConfigFile {
  std::string path;
  std::string why;      // "named by -c", "Debian's /etc/amavis/conf.d", "included by FILE:3"
  bool checked = true;  // amavisd looks at its owner and mode
};

/// One argument of dkim_key.
struct Argument {
  perl::Place place;
  std::shared_ptr<const perl::Value> other;  // what it is, where the key does not have it as text

  perl::Value value() const { return other == nullptr ? perl::Value{} : *other; }
};

/// One option of dkim_key: a tag of the key record. Order as written; a name that came twice is there once,
/// with its last value, as in Perl.
struct KeyOption {
  std::string name;
  perl::Value value;  // may be undef or unknown
  perl::Place place;
};

/// One `dkim_key` call that amavisd would accept, or that cannot be told.
struct DkimKey {
  std::uint32_t number = 0;  // declaration number, 1-based, as showkeys counts
  std::string domain;        // lower case, ACE; a pattern as amavisd prints it: "*.x.net", "(?^:^x)"
  std::string selector;      // lower case, ACE
  std::string file;          // as written; empty if it is not known or not a file
  bool pattern = false;      // a wildcard or a regex, which no owner name can be made of
  perl::RegexPtr regex;      // what `domain` is matched with, if it is a pattern
  std::vector<KeyOption> options;
  perl::Place declared;  // the whole call
  Argument domain_argument;
  Argument selector_argument;
  Argument file_argument;
  perl::UnknownPtr condition;        // set: whether amavisd declares it cannot be known
  std::vector<std::string> unknown;  // of "domain", "selector", "file", "option n": what cannot be known

  bool certain() const { return !condition && unknown.empty(); }
  /// Null where there is none of that name.
  const KeyOption* option(std::string_view name) const;
};

/// A key stays where it is: there may be 100,000 of them.
using DkimKeys = std::deque<DkimKey>;

/// A variable and what set it. `place` is nowhere for a default.
struct Variable {
  std::string name;   // with its sigil
  perl::Value value;  // an array or hash as a reference to it
  perl::Place place;
};

/// A policy bank: a name and what it overrides.
struct PolicyBank {
  std::string name;
  perl::HashPtr settings;
  /// As Perl sees it; nothing where the bank does not have it.
  const perl::Scalar* setting(std::string_view name) const;
};

class Configuration {
public:
  /// Reads the files in order, as one configuration. What is wrong is in `findings`; nothing is thrown away
  /// for it: a file that does not compile yields nothing, the others are read all the same.
  static Configuration read(const Host& host, const std::vector<ConfigFile>& files);

  const std::vector<ConfigFile>& files() const { return files_; }  // with the included ones, as read
  const DkimKeys& keys() const { return keys_; }
  const std::vector<Finding>& findings() const { return findings_; }
  /// The configuration cannot be used by amavisd (syntax, a missing file, a bad dkim_key), or not all of it
  /// could be read here.
  bool rejected() const { return rejected_; }

  /// The variables that matter here, in a fixed order (see kVariables in configuration.cpp).
  std::vector<Variable> variables() const;
  Variable variable(std::string_view name_with_sigil) const;
  std::vector<PolicyBank> banks() const;  // by name, without amavisd's own ''
  /// Set: there may be other banks, or others' settings in these.
  perl::UnknownPtr banks_unknown() const { return interpreter_->hash("policy_bank")->unknown; }
  const PolicyBank* bank(std::string_view name) const;

  /// $name, undef where it is not set.
  perl::Value scalar(std::string_view name) const;

  Location locate(const perl::Place& place) const { return interpreter_->locate(place); }

private:
  friend class Reader;
  std::vector<ConfigFile> files_;
  DkimKeys keys_;
  std::vector<Finding> findings_;
  std::vector<PolicyBank> banks_;
  bool rejected_ = false;
  std::unique_ptr<perl::Interpreter> interpreter_;
};

/// What amavisd on this host would read: Debian's two conf.d folders, or the one file of RHEL, FreeBSD or
/// OpenBSD. Empty where none of them is there.
std::vector<ConfigFile> default_files(const Host& host);

}  // namespace dkimctl::amavis
