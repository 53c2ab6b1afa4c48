#!/bin/bash
# hints.sh KEY_VERDICTS FOLDER: does to each broken form of rsa1024.pem what its hint says, and expects the key back.
set -euo pipefail
key_verdicts=$1 folder=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

expected=$("$key_verdicts" "$folder/rsa1024.pem" | cut -f3-)
failures=0
mend() { # FILE [ARGUMENT...]: the arguments stand for what a person would type at a prompt
  local file=$1 old=$work/old.pem new=$work/new.pem hint command got
  shift
  rm -f "$new"
  install -m 600 "$folder/$file" "$old"
  hint=$("$key_verdicts" --hint "$old")
  command=${hint#*: }
  command=${command//OLD/"$old"}
  command=${command//NEW/"$new"}
  command=${command//COPY/"$old"}
  bash -c "$command $*" </dev/null >"$work/log" 2>&1 || true
  [[ -e $new ]] || new=$old
  got=$("$key_verdicts" "$new" | cut -f3-)
  if [[ $got != "$expected" ]]; then
    echo "$file: its hint does not mend it: $hint"
    cat "$work/log"
    failures=$((failures + 1))
  fi
}

mend key.der
mend key.p12 -passin pass:
mend utf16.pem
mend encrypted-pkcs1.pem -passin pass:test
mend encrypted-pkcs8.pem -passin pass:test
mend one-line.pem
mend backslash-n.pem
mend cr.pem
mend indented.pem
if command -v ssh-keygen >/dev/null && [[ $("$key_verdicts" --hint "$folder/openssh.pem") == *ssh-keygen* ]]; then
  cp "$folder/openssh.pem" "$work/openssh.pem" && chmod 600 "$work/openssh.pem"
  ssh-keygen -q -p -m PEM -P '' -N '' -f "$work/openssh.pem" >/dev/null
  [[ $("$key_verdicts" "$work/openssh.pem" | cut -f3) == 1024 ]] || failures=$((failures + 1))
fi
exit $((failures > 0))
