// Settings that do not go together.
#pragma once

#include "base/finding.hpp"
#include "settings/settings.hpp"

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

namespace dkimctl::settings {

/// What contradicts: errors, each where one of the two is made. What a domain has from the host is said of
/// the host.
std::vector<Finding> conflicts(const Settings& settings);

/// How long a rollover of the domain takes at least, from a record's publication to its predecessor's
/// removal:
///
///     hold + publish_safety + max(retain, queue_lifetime + 2 d, longest_signature) + tombstone
///
/// `longest_signature`: the largest ttl or x in force while the old key signed.
std::chrono::seconds shortest_rollover(const Settings& settings, std::string_view domain,
                                       std::chrono::seconds longest_signature);

/// Whether the domain's interval is too short for that. It stops nothing: the domain's next rollover begins
/// when the last one has ended.
std::optional<Finding> interval_finding(const Settings& settings, std::string_view domain,
                                        std::chrono::seconds longest_signature = {});

}  // namespace dkimctl::settings
