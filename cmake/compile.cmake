# What every target of ours is compiled and linked with, and how a layer is declared.

add_library(dkimctl_compiled INTERFACE)
target_include_directories(dkimctl_compiled INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_options(dkimctl_compiled INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor
  -Woverloaded-virtual -Wold-style-cast -Wimplicit-fallthrough -Wswitch-enum
  $<$<BOOL:${DKIMCTL_WERROR}>:-Werror>)
target_link_options(dkimctl_compiled INTERFACE -Wl,--as-needed) # a program starts without what it does not use
if(DKIMCTL_SANITIZE)
  # Lines for stack traces are all that is looked at; full debug information triples what is linked.
  target_compile_options(dkimctl_compiled INTERFACE
    -fsanitize=${DKIMCTL_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -gline-tables-only)
  # At a fixed address: the sanitizers' tables have 700,000 pointers, and relocating them is half of what a start takes.
  target_compile_options(dkimctl_compiled INTERFACE -fno-pie)
  target_link_options(dkimctl_compiled INTERFACE -no-pie)
  target_compile_definitions(dkimctl_compiled INTERFACE DKIMCTL_SANITIZED)
  target_link_options(dkimctl_compiled INTERFACE -fsanitize=${DKIMCTL_SANITIZE})
endif()
if(DKIMCTL_FUZZ_GUIDED)
  target_compile_options(dkimctl_compiled INTERFACE -fsanitize=fuzzer-no-link)
endif()

# What most sources include. Only to build faster: preset dev and clang-tidy, which go without, show that each source
# includes what it needs.
set(dkimctl_precompiled <algorithm> <array> <functional> <map> <memory> <optional> <span> <string> <string_view>
  <unordered_map> <utility> <variant> <vector> <fmt/format.h> <fmt/ranges.h> <tl/expected.hpp>)

# dkimctl_layer(NAME SOURCES file... [LAYERS layer...] [LIBRARIES lib...])
#
# One static library a layer. LAYERS are those it includes, of which the table of src/README.md allows more, so that
# the linker line states the direction too. LIBRARIES are wrapped here and nowhere else, hence PRIVATE.
function(dkimctl_layer name)
  cmake_parse_arguments(arg "" "" "SOURCES;LAYERS;LIBRARIES" ${ARGN})
  add_library(dkimctl_${name} STATIC ${arg_SOURCES})
  list(TRANSFORM arg_LAYERS PREPEND dkimctl_)
  target_link_libraries(dkimctl_${name} PUBLIC ${arg_LAYERS} ${dkimctl_fmt_target} tl::expected
    PRIVATE ${arg_LIBRARIES} dkimctl_compiled)
  if(DKIMCTL_PRECOMPILE AND name STREQUAL "base")
    target_precompile_headers(dkimctl_base PRIVATE ${dkimctl_precompiled})
  elseif(DKIMCTL_PRECOMPILE)
    target_precompile_headers(dkimctl_${name} REUSE_FROM dkimctl_base)
  endif()
endfunction()
