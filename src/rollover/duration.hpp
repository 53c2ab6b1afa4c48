// Spans and times as people read them.
#pragma once

#include "rollover/moment.hpp"

#include <string>

namespace dkimctl::rollover {

/// In the largest two units that say something: "30 d", "1 d 6 h", "90 min" as "1 h 30 min", "0 s".
std::string duration_text(Seconds span);

/// "2026-11-28 03:00 UTC".
std::string time_text(Time at);

}  // namespace dkimctl::rollover
