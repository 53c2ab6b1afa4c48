# What every target of ours is compiled and linked with, and how a layer is declared.

add_library(dkimctl_settings INTERFACE)
target_include_directories(dkimctl_settings INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_options(dkimctl_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor
  -Woverloaded-virtual -Wold-style-cast -Wimplicit-fallthrough -Wswitch-enum
  $<$<BOOL:${DKIMCTL_WERROR}>:-Werror>)
if(DKIMCTL_SANITIZE)
  target_compile_options(dkimctl_settings INTERFACE
    -fsanitize=${DKIMCTL_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(dkimctl_settings INTERFACE -fsanitize=${DKIMCTL_SANITIZE})
endif()
if(DKIMCTL_FUZZ)
  target_compile_options(dkimctl_settings INTERFACE -fsanitize=fuzzer-no-link)
endif()

# dkimctl_layer(NAME SOURCES file... [LAYERS layer...] [LIBRARIES lib...])
#
# One static library a layer. LAYERS are the layers it may include, as in the table of src/README.md, so that
# the linker line states the direction too. LIBRARIES are wrapped here and nowhere else, hence PRIVATE.
function(dkimctl_layer name)
  cmake_parse_arguments(arg "" "" "SOURCES;LAYERS;LIBRARIES" ${ARGN})
  add_library(dkimctl_${name} STATIC ${arg_SOURCES})
  list(TRANSFORM arg_LAYERS PREPEND dkimctl_)
  target_link_libraries(dkimctl_${name} PUBLIC ${arg_LAYERS} fmt::fmt tl::expected
    PRIVATE ${arg_LIBRARIES} dkimctl_settings)
endfunction()
