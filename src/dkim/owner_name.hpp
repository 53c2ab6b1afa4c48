#pragma once

#include "dkim/sdid.hpp"
#include "dkim/selector.hpp"
#include "dns/name.hpp"

namespace dkimctl::dkim {

/// Where a key record is looked for: SELECTOR._domainkey.SDID, RFC 6376 section 3.6.2.1. Each may be fine by
/// itself and both together too long for a name.
Result<dns::Name> owner_name(const Selector& selector, const Sdid& sdid);

}  // namespace dkimctl::dkim
