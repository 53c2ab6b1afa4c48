#!/usr/bin/env bash
# The bash completion offers the commands, the options and the values that there are.
set -euo pipefail

source_dir=$(cd "$(dirname "$0")/../.." && pwd)
dkimctl=${DKIMCTL:-$source_dir/build/release/dkimctl}
# shellcheck source=conf/completions/dkimctl.bash
. "$source_dir/conf/completions/dkimctl.bash"
compopt() { :; } # it works in a completion only
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/host" && touch "$folder/amavisd.conf"
cd "$folder"
failed=0

# expect OFFERED WORD...: the last word is the one to be completed.
expect() {
  local expected=$1
  shift
  COMP_WORDS=(dkimctl "$@")
  COMP_CWORD=$#
  _dkimctl "$dkimctl" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
  if [[ ${COMPREPLY[*]} != "$expected" ]]; then
    printf 'dkimctl %s: offered "%s", expected "%s"\n' "$*" "${COMPREPLY[*]}" "$expected" >&2
    failed=1
  fi
}

expect "showkeys" sh
expect "config explain genkey genrsa help history rotate showkeys status testkeys todo txt" ""
expect "config explain genkey genrsa help history rotate showkeys status testkeys todo txt" help ""
expect "" txt ""
expect "" __
expect "--format" showkeys --f
expect "" config --f
expect "" CONFIG --f
expect "--for --format" --f
expect "--json" explain a@b.example --j
expect "amavisd txt zone" showkeys --format ""
expect "txt" SHOWKEYS --format t
expect "txt" showkeys --format = t
expect "amavisd txt zone" showkeys --format =
expect "auto always" --color a
expect "amavisd.conf host" -c ""
expect "host" config --root ""

# Every option that the program lists is offered behind its command, with those that begin so.
lines=$("$dkimctl" __options)
while read -r command option _; do
  also=$(grep -e "^$command $option" <<<"$lines" | cut -d ' ' -f 2 | sort -u | paste -s -d ' ')
  expect "$also" "$command" "$option"
done <<<"$lines"
exit "$failed"
