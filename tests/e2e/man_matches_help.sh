#!/usr/bin/env bash
# dkimctl(8) has every command, every option with its letter and argument, and every exit status that --help has, and
# no others; and the completion offers the same.
set -euo pipefail

source_dir=$(cd "$(dirname "$0")/../.." && pwd)
dkimctl=${DKIMCTL:-$source_dir/build/release/dkimctl}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# compare WHAT: the files $work/help and $work/man hold the same lines, in whatever order.
compare() {
  sort -o "$work/help" "$work/help"
  sort -o "$work/man" "$work/man"
  if [[ ! -s $work/help ]] || ! diff -u --label "--help" --label "dkimctl(8)" "$work/help" "$work/man"; then
    echo "they differ in $1" >&2
    failed=1
  fi
}

# Of the page: "COMMAND -c, --option ARGUMENT" for each .It Fl in the COMMANDS section, "common ..." for those in OPTIONS.
options_of_page() {
  awk '
    /^\.Sh / { section = $2; command = section == "OPTIONS" ? "common" : "" }
    /^\.Ss / && section == "COMMANDS" { command = $2 }
    /^\.It Fl / && command != "" {
      line = command
      for (i = 2; i <= NF; i++) {
        if ($i == "Fl" && $(i + 1) == "Fl") { line = line " --" $(i + 2); i += 2 }
        else if ($i == "Fl") { line = line " -" $(i + 1) ","; i++ }
        else if ($i == "Ar") { line = line " " $(i + 1); i++ }
      }
      print line
    }' "$source_dir/man/dkimctl.8"
}

# Of a help text: the left column of its options, whatever is before a "  ".
options_of_help() { sed -n 's/^ *\(\(-., \)\?--[a-z-]*\( [][A-Z:]\+\)\?\)  .*/\1/p'; }

commands=$("$dkimctl" __options | cut -d ' ' -f 1 | uniq)

echo "$commands" >"$work/help"
awk '/^\.Sh / { section = $2 } /^\.Ss / && section == "COMMANDS" { print $2 }' "$source_dir/man/dkimctl.8" >"$work/man"
compare "the commands"

{
  "$dkimctl" --help | options_of_help | sed 's/^/common /'
  for command in $commands; do
    "$dkimctl" help "$command" | sed -n '/^Its options:/,/^Options of/p' | options_of_help | sed "s/^/$command /"
  done
} >"$work/help"
options_of_page >"$work/man"
compare "the options"

"$dkimctl" --help | sed -n '/^Exit status/,/^$/s/^  \([0-9]*\)  */\1 /p' >"$work/help"
awk '/^\.Sh / { section = $2 } section == "EXIT" && status != "" { print status, $0 }
     { status = section == "EXIT" && /^\.It [0-9]+$/ ? $2 : "" }' "$source_dir/man/dkimctl.8" >"$work/man"
compare "the exit statuses"

exit "$failed"
