#!/usr/bin/env bash
# dkimctl.conf(5) has an entry for every setting there is, with its default, type and scope, and no other; the commented
# conf/dkimctl.conf has each with its purpose; and without the comments' marks it says what an empty file says.
set -euo pipefail

source_dir=$(cd "$(dirname "$0")/../.." && pwd)
dkimctl=${DKIMCTL:-$source_dir/build/release/dkimctl}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

"$dkimctl" __settings >"$work/table"
[[ -s $work/table ]]

# NAME DEFAULT TYPE SCOPE, with tabs between.
page() {
  sed -n 's/^\.It Cm \([a-z_]*\) No = \(Cm \([^ ]*\) \)\?Pq \([a-z ]*\), \(host\|domain\)$/\1\t\3\t\4\t\5/p' \
    "$source_dir/man/dkimctl.conf.5"
}
diff -u --label __settings --label 'dkimctl.conf(5)' <(cut -f 1-4 "$work/table") <(page) || failed=1

# "# PURPOSE [domain]" and the line of the setting below it.
commented() {
  awk -F '\t' '{ printf "# %s%s\n#%s =%s%s\n", $5, $4 == "domain" ? " [domain]" : "", $1, $2 == "" ? "" : " ", $2 }' "$work/table"
}
diff -u --label __settings --label conf/dkimctl.conf <(commented) \
  <(grep -B 1 '^#[a-z]' "$source_dir/conf/dkimctl.conf" | grep -v '^--$') || failed=1

# said FILE: what a command says with these settings.
said() {
  "$dkimctl" -c "$work/amavisd.conf" --settings "$1" config 2>&1 || echo "exit status $?"
}
echo '1;' >"$work/amavisd.conf"
: >"$work/empty"
sed 's/^#\([a-z]\)/\1/' "$source_dir/conf/dkimctl.conf" >"$work/written"
[[ $(grep -c '^[a-z]' "$work/written") -eq $(wc -l <"$work/table") ]] || failed=1
diff -u <(said "$work/empty") <(said "$work/written") || failed=1
diff -u <(said "$work/empty") <(said "$source_dir/conf/dkimctl.conf") || failed=1

# The example of the page.
sed -n '/^\.Bd -literal/,/^\.Ed/p' "$source_dir/man/dkimctl.conf.5" | sed '/^\./d' >"$work/example"
[[ -s $work/example ]]
diff -u <(said "$work/empty") <(said "$work/example") || failed=1

exit "$failed"
