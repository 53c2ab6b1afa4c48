// One thing to be said of a record, before it is known of which.
#pragma once

#include "base/finding.hpp"

#include <string>

namespace dkimctl::dkim {

struct Remark {
  const FindingCode* code = nullptr;
  std::string text;   // as Finding::text
  std::string hint;   // what to do in the zone; may be empty
  bool fatal = true;  // no verifier takes the record so; false: it is worth knowing
};

}  // namespace dkimctl::dkim
