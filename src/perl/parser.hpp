// Perl text to a syntax tree, with Perl's own grounds for refusing it.
#pragma once

#include "base/source.hpp"
#include "perl/syntax.hpp"
#include "perl/vocabulary.hpp"

#include <string_view>
#include <vector>

namespace dkimctl::perl {

struct ParseResult {
  Syntax syntax;
  /// Why Perl would not compile it, in order of place: any number of undeclared names and barewords (`use
  /// strict`), and at most one syntax error, which ends the parse. Empty: it compiles.
  std::vector<ParseError> errors;
};

/// Parses one file. The views in the tree point into `text`, which must outlive it.
ParseResult parse(std::string_view text, const Vocabulary& vocabulary);

}  // namespace dkimctl::perl
