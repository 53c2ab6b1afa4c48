#!/usr/bin/env bash
# scripts/check-layers passes on the sources as they are, and fails on each violation planted in a copy of them.
set -euo pipefail

source_dir=$(cd "$(dirname "$0")/../.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
failed=0

# expect_problem WHAT TEXT: check-layers fails on the copy and its message holds TEXT; then the copy is made anew.
expect_problem() {
  local what=$1 text=$2 output
  if output=$("$source_dir/scripts/check-layers" "$copy" 2>&1); then
    echo "not found: $what" >&2
    failed=1
  elif [[ $output != *"$text"* || $(wc -l <<<"$output") -ne 1 ]]; then
    printf 'found, but said otherwise: %s\n  expected: %s\n  got: %s\n' "$what" "$text" "$output" >&2
    failed=1
  fi
  fresh_copy
}

fresh_copy() {
  rm -rf "$copy/src"
  cp -r "$source_dir/src" "$copy/src"
  mkdir -p "$copy/src/dns/deep" "$copy/src/crypto"
}

fresh_copy
"$source_dir/scripts/check-layers" "$copy"

echo '#include "perl/lexer.hpp"' >"$copy/src/dns/deep/planted.cpp"
expect_problem "an include that the table does not allow, in a folder below the layer's" \
  "dns/deep/planted.cpp:1: 'dns' may not include 'perl' (\"perl/lexer.hpp\")"

mkdir "$copy/src/common"
expect_problem "a folder that the table does not list" "src/common: no layer of the table"

printf '#pragma once\n#  include <openssl/evp.h>\n' >"$copy/src/crypto/planted.hpp"
expect_problem "a third-party header in a header" \
  "crypto/planted.hpp:2: <openssl/evp.h> of openssl in a header; third-party headers belong in .cpp files"

echo '#include <openssl/evp.h>' >"$copy/src/dns/planted.cpp"
expect_problem "a library's header in a layer that does not wrap it" \
  "dns/planted.cpp:1: <openssl/evp.h>: 'dns' does not wrap openssl"

echo '#include <lmdb.h>' >"$copy/src/crypto/planted.cpp"
expect_problem "a library that nothing wraps" \
  "crypto/planted.cpp:1: <lmdb.h> is neither standard nor of a library that scripts/check-layers knows"

echo '#include "../base/result.hpp"' >"$copy/src/dns/planted.cpp"
expect_problem "a way around the layers' names" "\"../base/result.hpp\" does not begin with a layer's name"

echo '#include <base/result.hpp>' >"$copy/src/dns/planted.cpp"
expect_problem "one of ours in angle brackets" "<base/result.hpp> is ours: use quotation marks"

printf '#define HEADER "app/showkeys.hpp"\n#include HEADER\n' >"$copy/src/dns/planted.cpp"
expect_problem "an include that a macro names" "dns/planted.cpp:2: cannot tell what '#include HEADER' includes"

echo '#include <fstream>' >"$copy/src/dkim/planted.cpp"
expect_problem "a file opened in a pure layer" "dkim/planted.cpp:1: <fstream>: 'dkim' is pure"

echo '#include <unistd.h>' >"$copy/src/amavis/planted.hpp"
expect_problem "a system call in a pure layer" "amavis/planted.hpp:1: <unistd.h>: 'amavis' is pure"

echo 'dkimctl_layer(dns SOURCES name.cpp LAYERS base perl LIBRARIES PkgConfig::idn2)' >"$copy/src/dns/CMakeLists.txt"
expect_problem "a layer linked with one that it may not include" "'dns' may not be linked with 'perl'"

echo 'int planted;' >"$copy/src/planted.cpp"
expect_problem "a source file in no layer" "src/planted.cpp: lies in no layer"

sed -i 's/^\(| .dns. .*\)| base |/\1| base app |/' "$copy/src/README.md"
expect_problem "a table whose arrows go down" "'dns' may include 'app', which is no layer above it"

sed -i '/^|/d' "$copy/src/README.md"
if "$source_dir/scripts/check-layers" "$copy" 2>/dev/null; then
  echo "not found: a README without the table" >&2
  failed=1
fi

exit "$failed"
