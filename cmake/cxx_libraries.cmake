# How the C++ libraries get into the programs.
#
# Shared, libstdc++ is a quarter of what a start of dkimctl costs: about 5,000 symbols of its own to look up. Any other
# shared C++ library brings it back. So where the system has archives of them, libstdc++, Boost, fmt and SOCI are linked in; the C
# libraries stay shared, and get their security updates from the distribution. The test release.libraries sees that it is so.

option(DKIMCTL_STATIC_CXX "Link libstdc++, Boost and fmt in, where the system has archives of them" OFF)

add_library(dkimctl_cxx INTERFACE)
set(dkimctl_fmt_target fmt::fmt)
set(dkimctl_static_cxx OFF)

if(DKIMCTL_STATIC_CXX)
  include(CheckCXXSourceCompiles)
  set(CMAKE_REQUIRED_LINK_OPTIONS -static-libstdc++ -static-libgcc)
  check_cxx_source_compiles("#include <string>
    int main(int argc, char** argv) { return static_cast<int>(std::string(argv[0]).size()) + argc; }"
    DKIMCTL_LIBSTDCXX_ARCHIVE)
  unset(CMAKE_REQUIRED_LINK_OPTIONS)
  find_library(DKIMCTL_BOOST_ARCHIVE libboost_filesystem.a)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    message(STATUS "libstdc++, Boost and fmt stay shared: the compiler is not g++")
  elseif(NOT DKIMCTL_LIBSTDCXX_ARCHIVE)
    message(STATUS "libstdc++, Boost and fmt stay shared: there is no archive of libstdc++ here")
  elseif(NOT DKIMCTL_BOOST_ARCHIVE)
    message(STATUS "libstdc++, Boost and fmt stay shared: there is no archive of Boost.Filesystem here")
  else()
    set(dkimctl_static_cxx ON)
  endif()
endif()

if(dkimctl_static_cxx)
  set(Boost_USE_STATIC_LIBS ON)
  target_link_options(dkimctl_cxx INTERFACE -static-libstdc++ -static-libgcc -Wl,--gc-sections)
  if(fmt_VERSION VERSION_GREATER_EQUAL 9 AND fmt_VERSION VERSION_LESS 10)
    # Distributions package fmt as a shared library and as headers. This is its own source file, from the headers: every
    # function that they define inline, once. Which those are is known of this version.
    add_library(dkimctl_fmt STATIC ${CMAKE_CURRENT_LIST_DIR}/fmt.cpp)
    target_link_libraries(dkimctl_fmt PRIVATE fmt::fmt-header-only)
    target_compile_options(dkimctl_fmt PRIVATE -fkeep-inline-functions)
    get_target_property(dkimctl_fmt_includes fmt::fmt-header-only INTERFACE_INCLUDE_DIRECTORIES)
    target_include_directories(dkimctl_fmt SYSTEM INTERFACE ${dkimctl_fmt_includes})
    set(dkimctl_fmt_target dkimctl_fmt)
  else()
    set(dkimctl_fmt_target fmt::fmt-header-only) # in every source: slower to build, the same program
  endif()
endif()
