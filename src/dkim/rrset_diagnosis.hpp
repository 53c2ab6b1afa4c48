// All TXT records at a key's owner name: there should be one.
#pragma once

#include "dkim/value_diagnosis.hpp"
#include "dns/txt.hpp"

#include <string_view>
#include <vector>

namespace dkimctl::dkim {

/// What is wrong with a set of records that should be the one key record; nothing of an empty one. Of several
/// a verifier takes any (RFC 6376 section 3.6.2.2 leaves it open), so that none of them is usable.
ValueDiagnosis diagnose_records(const std::vector<dns::Txt>& records, std::string_view expected);

}  // namespace dkimctl::dkim
