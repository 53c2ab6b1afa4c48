// The codes of what can be wrong with dkimctl's own settings.
#pragma once

#include "base/finding.hpp"

#include <array>

namespace dkimctl::settings::findings {

inline constexpr FindingCode kUnreadable{"settings.unreadable", Severity::error,
                                         "the settings file is not there or cannot be read"};
inline constexpr FindingCode kSyntax{"settings.syntax", Severity::error,
                                     "a line of the settings file is neither setting, section nor comment"};
inline constexpr FindingCode kUnknown{"settings.unknown", Severity::error,
                                      "there is no such setting or section"};
inline constexpr FindingCode kValue{"settings.value", Severity::error,
                                    "a setting has a value that it cannot have"};
inline constexpr FindingCode kDuplicate{"settings.duplicate", Severity::error,
                                        "a setting, or a domain's section, is there twice"};
inline constexpr FindingCode kMisplaced{"settings.misplaced", Severity::error,
                                        "a setting of the whole host is in a domain's section"};
inline constexpr FindingCode kConflict{"settings.conflict", Severity::error,
                                       "two settings contradict each other"};
inline constexpr FindingCode kDeprecated{"settings.deprecated", Severity::warning,
                                         "a setting has its old name, which goes away"};
inline constexpr FindingCode kInterval{"settings.interval", Severity::warning,
                                       "a domain's keys are to be replaced sooner than a rollover takes"};

inline constexpr std::array kAll{kUnreadable, kSyntax,   kUnknown,    kValue,   kDuplicate,
                                 kMisplaced,  kConflict, kDeprecated, kInterval};

static_assert(is_table_of_codes(kAll, "settings."));

}  // namespace dkimctl::settings::findings
