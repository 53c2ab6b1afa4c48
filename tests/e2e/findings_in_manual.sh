#!/usr/bin/env bash
# dkimctl-findings(7) has an entry with severity and title for every code there is, and no other.
set -euo pipefail

source_dir=$(cd "$(dirname "$0")/../.." && pwd)
dkimctl=${DKIMCTL:-$source_dir/build/release/dkimctl}

page() {
  awk 'code != "" { print code, $0 }
       { code = "" }
       /^\.It Cm [a-z]+\.[a-z0-9-]+ Pq (error|warning|note)$/ { code = $3 " " $5 }' "$source_dir/man/dkimctl-findings.7" | sort
}

[[ $("$dkimctl" __findings | wc -l) -gt 0 ]]
diff -u --label __findings --label 'dkimctl-findings(7)' <("$dkimctl" __findings | sort) <(page)
