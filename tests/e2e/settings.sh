#!/usr/bin/env bash
# What dkimctl.conf says is done where no option says otherwise, and with a file that is wrong nothing is done at all.
set -euo pipefail

source_dir=$(cd "$(dirname "$0")/../.." && pwd)
dkimctl=$(realpath "${DKIMCTL:-$source_dir/build/release/dkimctl}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0

# run WORD...: dkimctl, its output in `out` and `err`, its exit status in $status.
run() {
  status=0
  "$dkimctl" "$@" >out 2>err || status=$?
}

# expect WHAT STATUS: the last run's exit status, and what stands in `expected` is what it wrote to standard error.
expect() {
  if [[ $status -ne $2 ]] || ! diff -u expected err; then
    printf '%s: exit status %s, expected %s\n' "$1" "$status" "$2" >&2
    failed=1
  fi
}

# expect_line FILE TEXT WHAT
expect_line() {
  if ! grep -qF -e "$2" "$1"; then
    printf '%s: no "%s" in:\n' "$3" "$2" >&2
    head -n 20 "$1" >&2
    failed=1
  fi
}

# ---- a file that is wrong ----

cat >bad.conf <<'END'
interval = 180
max_opne = 3
[domain "example.com"]
max_open = 3 ; not more
 tombstone = 0
hold_person = 1m
END
cat >expected <<'END'
bad.conf:1:12: error: interval: '180' has no unit [settings.value]
  interval = 180
             ^~~
  hint: a number and m, h, d or w: 90m, 36h, 30d, 26w
bad.conf:2:1: error: there is no setting 'max_opne' [settings.unknown]
  max_opne = 3
  ^~~~~~~~
  hint: did you mean 'max_open'?
bad.conf:4:14: error: a comment has a line of its own [settings.syntax]
  max_open = 3 ; not more
               ^~~~~~~~~~
  hint: put it on the line above
bad.conf:5:1: error: the line begins with a blank [settings.syntax]
   tombstone = 0
  ^
  hint: begin it at the margin; a list stands on one line, with commas
bad.conf:6:15: error: hold_person: 1m is too short [settings.value]
  hold_person = 1m
                ^~
  hint: from 5m to 90d
END
host=$source_dir/tests/data/hosts/iredmail
for words in showkeys testkeys "txt example.com" config "explain a@example.com"; do
  # shellcheck disable=SC2086  # words
  run --root "$host" --settings bad.conf $words
  expect "$words" 3
  [[ ! -s out ]] || { echo "$words: printed something" >&2; failed=1; }
done

run --root "$host" --settings bad.conf --json showkeys
: >expected
expect "--json" 3
python3 - <<'END' || failed=1
import json
document = json.load(open("out"))
assert list(document) == ["schema", "findings"], document
assert [(f["code"], f["line"]) for f in document["findings"]] == [
    ("settings.value", 1), ("settings.unknown", 2), ("settings.syntax", 4), ("settings.syntax", 5), ("settings.value", 6)]
END

run --root "$host" --settings bad.conf testkeys --nagios
expect "--nagios" 3
expect_line out "DKIM UNKNOWN - bad.conf:1: '180' has no unit" "--nagios"

# ---- which file ----

echo 'dkimctl: none.conf: error: no such file or directory [settings.unreadable]
  hint: name another, or none: --settings FILE' >expected
run --root "$host" --settings none.conf showkeys
expect "a file that is named and not there" 3

mkdir -p tree/etc/dkimctl tree/srv
echo 'amavisd_conf = /srv/a.conf, /srv/b.conf' >tree/etc/dkimctl/dkimctl.conf
touch tree/srv/{a,b,c}.conf
run --root tree config
expect_line out "/srv/a.conf  (named by amavisd_conf in /etc/dkimctl/dkimctl.conf)" "the tree's own file"
expect_line out "/srv/b.conf  (named by amavisd_conf in /etc/dkimctl/dkimctl.conf)" "the tree's own file"
run --root tree -c /srv/c.conf config
expect_line out "/srv/c.conf  (named by --amavisd-conf)" "an option before the setting"
! grep -q a.conf out || { echo "an option before the setting: both are read" >&2; failed=1; }
echo 'amavisd_conf = /srv/c.conf' >tree/srv/other
run --root tree --settings /srv/other config
expect_line out "/srv/c.conf  (named by amavisd_conf in /srv/other)" "a file that is named, in the tree"

# ---- what testkeys asks ----

echo 'resolver = 127.0.0.1:1, [::1]:1' >dns.conf
run --root "$host" --settings dns.conf --json testkeys --quick example.com
expect_line out '"address": "127.0.0.1:1"' "resolver"
run --root "$host" --settings dns.conf --json testkeys --quick --resolver 127.0.0.2:1 example.com
expect_line out '"address": "127.0.0.2:1"' "--resolver before resolver"

for name in root_hints trust_anchor; do
  printf '# here\n%s = /none\n' "$name" >dns.conf
  run --root "$host" --settings dns.conf testkeys --quick
  echo "dkimctl: dns.conf:2: $name '/none': no such file or directory" >expected
  expect "$name" 3
  run --root "$host" --settings dns.conf testkeys --quick "--${name/_/-}" /nowhere
  echo "dkimctl: --${name/_/-} '/nowhere': no such file or directory" >expected
  expect "--${name/_/-} before $name" 2
done
if [[ $EUID -eq 0 ]]; then
  echo 'dns_user = nobody-has-it' >dns.conf
  run --root "$host" --settings dns.conf testkeys --quick
  echo "dkimctl: dns.conf:1: dns_user 'nobody-has-it': no such user" >expected
  expect "dns_user" 3
fi

exit "$failed"
