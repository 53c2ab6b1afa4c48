// The codes of what can be said of the state, which is what is on record of the keys.
#pragma once

#include "base/finding.hpp"

#include <array>

namespace dkimctl::rollover::findings {

inline constexpr FindingCode kForeign{"state.foreign", Severity::warning, "the state is another machine's"};
inline constexpr FindingCode kRestored{"state.restored", Severity::note,
                                       "the state is an older copy that was put back"};
inline constexpr FindingCode kSuperseded{"state.superseded", Severity::note,
                                         "a key of amavisd's configuration is not the one on record"};
inline constexpr FindingCode kUnknownDomain{"state.unknown-domain", Severity::warning,
                                            "a domain has no key, on record or in the configuration"};

inline constexpr std::array kAll{kForeign, kRestored, kSuperseded, kUnknownDomain};

static_assert(is_table_of_codes(kAll, "state."));

}  // namespace dkimctl::rollover::findings
