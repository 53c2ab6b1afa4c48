// fmt's own source file, from its headers: cxx_libraries.cmake has the compiler emit what they define inline.
#include <fmt/format.h>
