// One thing to be said of a record, before it is known of which.
#pragma once

#include "base/finding.hpp"
#include "dns/name.hpp"

#include <string>

namespace dkimctl::dkim {

struct Remark {
  const FindingCode* code = nullptr;
  std::string text;   // as Finding::text
  std::string hint;   // what to do in the zone; may be empty
  bool fatal = true;  // no verifier takes the record so; false: it is worth knowing
};

/// The same with where it was seen.
struct PlacedRemark {
  Remark remark;
  dns::Name name;      // what was asked for
  std::string server;  // "ns1.example.com (192.0.2.1)"; empty where all that answer say the same
};

}  // namespace dkimctl::dkim
