// The names that a file finds in the package it is compiled in.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace dkimctl::perl {

/// What the parser must know of names that the file itself does not declare: variables for `use strict`, functions
/// and their prototypes for the grammar of a call.
struct Vocabulary {
  std::unordered_set<std::string> variables;  // with the sigil: "$mydomain", "@mynetworks"
  /// Prototype as Perl writes it ("$$$;@"); nothing: any list.
  std::unordered_map<std::string, std::optional<std::string>> functions;

  bool has_variable(char sigil, std::string_view name) const
  {
    return variables.contains(std::string(1, sigil) + std::string(name));
  }
};

}  // namespace dkimctl::perl
