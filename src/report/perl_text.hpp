// Perl values for people, much as a configuration would write them.
#pragma once

#include "perl/value.hpp"

#include <string>

namespace dkimctl::report {

/// 'text', undef, [ 'a', 'b' ], { a => 'b' }, \'text', qr/.../, new_RE(...), "dynamic: the construct". Long
/// lists are cut, and say how much is left out. Nothing in it moves a terminal.
std::string perl_text(const perl::Value& value);

}  // namespace dkimctl::report
