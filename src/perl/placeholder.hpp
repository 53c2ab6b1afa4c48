// What a template leaves for a program to fill in.
#pragma once

#include <cstdint>
#include <string_view>

namespace dkimctl::perl {

/// The first "PH_NAME", "{{ name }}", "<% name %>", "@NAME@" or "%%NAME%%" in `text`; empty where there is
/// none.
std::string_view placeholder(std::string_view text);

/// Of several in a line, the one that ends at or behind a column (1-based, in bytes), else the last before
/// it.
std::string_view placeholder_near(std::string_view line, std::uint32_t column);

}  // namespace dkimctl::perl
