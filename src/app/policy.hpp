// What the settings want of a domain's rollovers.
#pragma once

#include "rollover/policy.hpp"
#include "settings/settings.hpp"

#include <string_view>

namespace dkimctl::app {

/// `domain` as dkim::Sdid has it.
rollover::Policy policy_of(const settings::Settings& settings, std::string_view domain);

}  // namespace dkimctl::app
