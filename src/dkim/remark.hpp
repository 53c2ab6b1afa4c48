// One thing to be said of a record, before it is known of which.
#pragma once

#include "base/finding.hpp"
#include "dns/name.hpp"

#include <string>
#include <string_view>

namespace dkimctl::dkim {

/// A hint, or part of one: where it is known which record is meant, the domain and the owner name are put in.
inline constexpr std::string_view kTakeWhatIsPrinted = "publish what dkimctl txt prints";

/// Behind it.
inline constexpr std::string_view kWhereThePanelCuts =
    "; a panel that cuts at 255 characters wants the strings of `dkimctl showkeys --format zone`";

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
