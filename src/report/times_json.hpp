// Times in JSON.
#pragma once

#include "report/json.hpp"
#include "rollover/moment.hpp"

#include <optional>
#include <string_view>

namespace dkimctl::report {

/// "2026-11-28T03:00:00Z" (RFC 3339), or null.
void write_time(JsonWriter& json, std::string_view name, const std::optional<rollover::Time>& at);

}  // namespace dkimctl::report
