#!/usr/bin/env bash
# The sample iRedMail host below tests/data: dkimctl lists its keys as is written down beside it, and that is what the
# real amavisd prints where the tree takes the place of this host's own files.
set -euo pipefail

source_dir=$(cd "$(dirname "$0")/../.." && pwd)
dkimctl=${DKIMCTL:-$source_dir/build/release/dkimctl}
tree=$source_dir/tests/data/hosts/iredmail
expected=$source_dir/tests/data/hosts/iredmail.showkeys
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# In namespaces of its own: mounts the tree's files over this host's and asks amavisd.
as_that_host() {
  mount --make-rprivate /
  local path
  for path in etc/amavis usr/share/amavis/conf.d etc/mailname etc/hosts; do
    [[ -e /$path ]] || touch "/$path"
    mount --bind "$1/$path" "/$path"
  done
  # There may be no folder for the keys, and none is to be left behind.
  mount -t tmpfs none /var/lib
  mkdir /var/lib/dkim
  mount --bind "$1/var/lib/dkim" /var/lib/dkim
  hostname "$(<"$1/etc/hostname")"
  "$(command -v amavisd || command -v amavisd-new)" showkeys
}

if [[ ${1:-} == --as-that-host ]]; then
  as_that_host "$2"
  exit
fi

status=0
"$dkimctl" --root "$tree" showkeys >"$work/ours" || status=$?
diff -u --label written --label dkimctl "$expected" "$work/ours"
[[ $status -le 1 ]] || { echo "dkimctl showkeys: exit status $status" >&2; exit 1; }

# fails_with STATUS TEXT WORD...: dkimctl with these words ends so, and says that.
fails_with() {
  local status=0 wanted=$1 text=$2
  shift 2
  "$dkimctl" "$@" >"$work/out" 2>"$work/err" || status=$?
  [[ $status -eq $wanted && $(<"$work/err") == *"$text"* ]] && return
  printf 'dkimctl %s: exit status %s, expected %s and: %s\n' "$*" "$status" "$wanted" "$text" >&2
  cat "$work/err" >&2
  exit 1
}

diff <("$dkimctl" --root "$tree" txt example.org 2>&1) <("$dkimctl" --root "$tree" txt example.org. 2>&1)
[[ $("$dkimctl" --root "$tree" txt example.org. 2>/dev/null || true) == *dkim._domainkey.example.org* ]]
fails_with 2 'dkimctl showkeys --format txt .example.org' --root "$tree" txt .example.org
fails_with 1 'did you mean example.org?' --root "$tree" txt exampel.org
fails_with 2 'name the folder in which' --root "$tree/none" showkeys
fails_with 2 'not a directory' --root "$tree/etc/hostname" showkeys
fails_with 3 '--root DIR, where etc lies in DIR' --root "$tree/etc" showkeys
fails_with 2 'leave --live or --root out' --root "$tree" explain --live u@example.org

[[ $EUID -eq 0 ]] || { echo "amavisd was not asked: that needs root"; exit 77; }
command -v amavisd amavisd-new >/dev/null || { echo "amavisd was not asked: it is not installed"; exit 77; }
unshare --mount --uts true 2>/dev/null || { echo "amavisd was not asked: no namespaces of its own"; exit 77; }

# As a host has it: owned by root, the keys by amavisd's user.
cp -r "$tree" "$work/host"
chmod -R u=rwX,go=rX "$work"
chown -R root:root "$work/host"
chown -R amavis:amavis "$work/host/var/lib/dkim"
chmod 0700 "$work/host/var/lib/dkim"
chmod 0400 "$work"/host/var/lib/dkim/*.pem
unshare --mount --uts "$0" --as-that-host "$work/host" >"$work/theirs"
diff -u --label written --label amavisd "$expected" "$work/theirs"
