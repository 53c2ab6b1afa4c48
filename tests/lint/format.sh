#!/usr/bin/env bash
# Every C++ source is formatted as .clang-format says. That is written for clang-format 14; others differ.
set -euo pipefail
cd "$(dirname "$0")/../.."

format=$(command -v clang-format-14 || command -v clang-format) || { echo "clang-format is not installed"; exit 77; }
[[ $("$format" --version) == *"version 14."* ]] || { echo "$format is not version 14"; exit 77; }
unformatted=$(find src tests -name '*.[ch]pp' -print0 |
  { xargs -0 "$format" --dry-run -Werror 2>&1 || true; } | sed -n 's/:[0-9]*:[0-9]*: error: .*//p' | sort -u)
if [[ $unformatted ]]; then
  echo "not formatted: ${unformatted//$'\n'/, }"
  echo "hint: $format -i FILE"
  exit 1
fi
