// What a configuration file finds in amavisd: its variables with their defaults, its constants and functions.
#pragma once

#include "perl/vocabulary.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace dkimctl::amavis {

/// Whether a variable's value before any file sets it can be told without running amavisd.
enum class Initial : std::uint8_t {
  nothing,  // undef, or an empty array or hash
  known,    // a string, or an array of strings
  unknown,  // depends on the host, on amavisd's version, or is a structure of its own
};

struct Name {
  std::string_view name;  // with its sigil
  Initial initial;
  std::string_view value = {};  // of `known`; the elements of an array one a line
};

/// A constant function, such as D_PASS.
struct Constant {
  std::string_view name;
  int value;
};

/// Null where amavisd has no variable of that name. Names and defaults are those of amavisd 2.13.
const Name* variable_name(std::string_view name_with_sigil);

/// Nothing where it is none.
std::optional<int> constant(std::string_view name);

/// All of it, as the parser needs it.
perl::Vocabulary vocabulary();

}  // namespace dkimctl::amavis
