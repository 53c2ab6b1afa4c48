// The names that a file finds in the package it is compiled in.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace dkimctl::perl {

/// What the parser must know of names that the file itself does not declare: variables for `use strict`,
/// functions and their prototypes for the grammar of a call.
struct Vocabulary {
  std::string package;                        // "Amavis::Conf"
  std::unordered_set<std::string> variables;  // with the sigil: "$mydomain", "@mynetworks"
  /// Prototype as Perl writes it ("$$$;@"); nothing: any list.
  std::unordered_map<std::string, std::optional<std::string>> functions;

  /// The name as the package itself says it: "Amavis::Conf::dkim_key" is "dkim_key". Others stay as they are.
  std::string_view local_name(std::string_view name) const
  {
    const bool own = name.size() > package.size() + 2 && name.starts_with(package) &&
                     name.substr(package.size(), 2) == "::";
    const std::string_view local = own ? name.substr(package.size() + 2) : name;
    return local.find(':') == std::string_view::npos ? local : name;
  }
};

}  // namespace dkimctl::perl
