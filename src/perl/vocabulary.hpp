// The names that a file finds in the package it is compiled in.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

namespace dkimctl::perl {

/// A function, with its prototype as Perl writes it ("$$$;@"); nothing: any list.
struct Signature {
  std::string_view name;
  std::optional<std::string_view> prototype;
};

/// What the parser must know of names that the file itself does not declare: variables for `use strict`,
/// functions and their prototypes for the grammar of a call. Both tables are sorted by name, a variable's
/// with its sigil, and outlive it.
struct Vocabulary {
  std::string_view package;                     // "Amavis::Conf"
  std::span<const std::string_view> variables;  // with the sigil: "$mydomain", "@mynetworks"
  std::span<const Signature> functions;

  bool has_variable(std::string_view name_with_sigil) const
  {
    return std::ranges::binary_search(variables, name_with_sigil);
  }

  /// Null where there is none.
  const Signature* function(std::string_view name) const
  {
    const auto found = std::ranges::lower_bound(functions, name, {}, &Signature::name);
    return found == functions.end() || found->name != name ? nullptr : &*found;
  }

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
