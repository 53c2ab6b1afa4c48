// Text that came from a file, fit for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace dkimctl::report {

/// Control characters, C1 ones and those that turn the direction of writing among them, and bytes that are
/// not UTF-8 become \xNN each; all else stays.
std::string printable(std::string_view text);

/// The same with a '?' for each such byte, so that columns stay where they are. Tabs stay.
std::string masked(std::string_view text);

}  // namespace dkimctl::report
