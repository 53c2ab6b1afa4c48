// Which names a file may use under `use strict`: Perl's own, the package's, and what the file declared.
#pragma once

#include "perl/vocabulary.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace dkimctl::perl {

/// `use strict` holds to the end of the block it stands in.
struct Strictness {
  bool vars = false;
  bool subs = false;
  bool refs = false;
  bool utf8 = false;  // `use utf8` is scoped the same way
};

class Names {
public:
  explicit Names(const Vocabulary& vocabulary);

  void enter();
  /// A block that runs as soon as it is read.
  void enter_early();
  void leave();
  Strictness& strict() { return scopes_.back().strict; }
  /// From here on names belong to another package, which knows none of the vocabulary's; or to its own again.
  /// That ends with the block.
  void use_package(std::string_view name) { scopes_.back().foreign = name != vocabulary_.package; }

  /// `name` with its sigil: "$x".
  void declare(std::string name, bool lexical);
  /// Of `my` or `state`, so that `local` cannot have it.
  bool is_lexical(const std::string& name) const;
  /// Whether an early block sees it, and it was declared outside of that block.
  bool is_lexical_around_early(const std::string& name) const;
  void declare_sub(std::string name, std::optional<std::string> prototype);
  /// From here on a word that is not known may be a function that some module exports.
  void import_unknown() { imports_unknown_ = true; }
  bool imports_unknown() const { return imports_unknown_; }

  /// Whether `use strict` lets the variable be used here.
  bool permits(char sigil, std::string_view name) const;
  bool is_sub(std::string_view name) const;
  /// Nothing where there is no such function, or it has no prototype.
  std::optional<std::string> prototype(std::string_view name) const;

private:
  struct Scope {
    std::unordered_map<std::string, bool> variables;  // true: of `my`
    Strictness strict;
    bool foreign = false;  // of another package
    bool early = false;    // runs as soon as it is read
  };
  const Vocabulary& vocabulary_;
  std::vector<Scope> scopes_;
  std::unordered_map<std::string, std::optional<std::string>> subs_;
  bool imports_unknown_ = false;
};

}  // namespace dkimctl::perl
