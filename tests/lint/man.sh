#!/usr/bin/env bash
# mandoc finds nothing to warn about in the manual pages.
set -euo pipefail
cd "$(dirname "$0")/../.."

command -v mandoc >/dev/null || { echo "mandoc is not installed"; exit 77; }
exec mandoc -T lint -W warning man/*.[1-9]
