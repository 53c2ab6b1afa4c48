# How the C++ libraries get into the programs.
#
# Shared, libstdc++ is a third of what a start of dkimctl costs: about 5,000 symbols of its own to look up, and as many
# pages to copy as libcrypto's. Boost and fmt, which are C++ too, would bring it back. So where the system has archives of
# them, all three are linked in; the C libraries stay shared, and get their security updates from the distribution.

option(DKIMCTL_STATIC_CXX "Link libstdc++, Boost and fmt in, where the system has archives of them" OFF)

add_library(dkimctl_cxx INTERFACE)
set(dkimctl_fmt fmt::fmt)

if(DKIMCTL_STATIC_CXX AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(Boost_USE_STATIC_LIBS ON)
  find_package(Boost QUIET COMPONENTS filesystem)
  include(CheckCXXSourceCompiles)
  set(CMAKE_REQUIRED_LINK_OPTIONS -static-libstdc++ -static-libgcc)
  check_cxx_source_compiles("#include <string>
    int main(int argc, char** argv) { return static_cast<int>(std::string(argv[0]).size()) + argc; }"
    DKIMCTL_HAS_STATIC_LIBSTDCXX)
  unset(CMAKE_REQUIRED_LINK_OPTIONS)
  if(Boost_FOUND AND DKIMCTL_HAS_STATIC_LIBSTDCXX)
    # Distributions package fmt as a shared library and as headers. This is its own source file, from the headers: every
    # function that they define inline, once.
    add_library(dkimctl_fmt STATIC ${CMAKE_CURRENT_LIST_DIR}/fmt.cpp)
    target_link_libraries(dkimctl_fmt PRIVATE fmt::fmt-header-only)
    target_compile_options(dkimctl_fmt PRIVATE -fkeep-inline-functions)
    get_target_property(dkimctl_fmt_includes fmt::fmt-header-only INTERFACE_INCLUDE_DIRECTORIES)
    target_include_directories(dkimctl_fmt SYSTEM INTERFACE ${dkimctl_fmt_includes})
    set(dkimctl_fmt dkimctl_fmt)
    target_link_options(dkimctl_cxx INTERFACE -static-libstdc++ -static-libgcc -Wl,--gc-sections)
  else()
    message(STATUS "libstdc++, Boost and fmt stay shared: no archives of them here")
    set(Boost_USE_STATIC_LIBS OFF)
  endif()
endif()
