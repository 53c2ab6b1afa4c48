// What people, web panels and programs do to a record on its way into DNS, and what was meant.
#pragma once

#include "dkim/remark.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace dkimctl::dkim {

struct Undisguised {
  std::string value;            // with everything mended that was found
  std::vector<Remark> remarks;  // one a kind of mistake, in the order in which they were mended
};

/// Looks at the octets, before any tag is read. What stands in n= is the domain's own affair and passes.
/// Nothing is said of what is legal: a value without any of the mistakes comes back as it is.
Undisguised undisguise(std::string_view value);

}  // namespace dkimctl::dkim
