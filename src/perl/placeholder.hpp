// What a template leaves for a program to fill in.
#pragma once

#include <string_view>

namespace dkimctl::perl {

/// The first "PH_NAME", "{{ name }}", "<% name %>", "@NAME@" or "%%NAME%%" in `text`; empty where there is
/// none.
std::string_view placeholder(std::string_view text);

}  // namespace dkimctl::perl
