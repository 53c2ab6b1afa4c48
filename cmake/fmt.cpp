// fmt's own source file, from its headers: cxx_libraries.cmake has the compiler emit what they define inline.
#include <locale>

#include <fmt/format.h>

// A template that fmt's library instantiates; <fmt/chrono.h> wants it.
template std::locale fmt::detail::locale_ref::get<std::locale>() const;
