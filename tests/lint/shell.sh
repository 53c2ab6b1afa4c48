#!/usr/bin/env bash
# No shell script holds anything that shellcheck warns of.
set -euo pipefail
cd "$(dirname "$0")/../.."

command -v shellcheck >/dev/null || { echo "shellcheck is not installed"; exit 77; }
scripts=()
while IFS= read -r -d '' file; do
  if [[ $file == *.bash || $file == *.sh ]] || head -n 1 "$file" | grep -qaE '^#!.*[/ ](ba)?sh\b'; then
    scripts+=("$file")
  fi
done < <(find .ci conf scripts tests -type f -not -name '*.pem' -not -path '*/data/*' -not -path '*/corpus/*' -print0)
exec shellcheck -x "${scripts[@]}"
