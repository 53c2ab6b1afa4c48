"""records.py PROGRAM: what PROGRAM says of each record of key_records.py, against what Mail::DKIM and dkimpy make of a
good message with it."""

import os
import sys
import tempfile

from common import HERE, KEYS, answers, public_key
from key_records import MD, PY, RECORDS

try:
    import dkim
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

PERL = ["perl", f"{HERE}/mail_dkim.pl"]


def signed_with(folder, key):
    """A message signed by dkimpy with that key."""
    text = b"From: a@example.com\r\nSubject: x\r\n\r\ntext\r\n"
    with open(f"{KEYS}/{key}.pem", "rb") as f:
        signed = dkim.sign(text, b"s", b"example.com", f.read()) + text
    path = os.path.join(folder, key)
    with open(path, "wb") as f:
        f.write(signed)
    return path, signed


def dkimpy_takes(signed, value):
    try:
        return bool(dkim.DKIM(signed).verify(dnsfunc=lambda name, timeout=5: value))
    except Exception:  # whatever it raises, it has not verified
        return False


def main():
    program, failed = sys.argv[1], 0
    with tempfile.TemporaryDirectory() as folder:
        signed = {key: signed_with(folder, key) for key in {record.key for record in RECORDS}}
        ours = answers(
            [program],
            [["diagnose", public_key(r.key), *(s.hex() for s in r.strings)] for r in RECORDS],
        )
        theirs = answers(PERL, [["verify", "hex:" + r.value.hex(), signed[r.key][0]] for r in RECORDS])
        for record, said, verdict in zip(RECORDS, ours, theirs):
            expected = " ".join(["pass" if record.passes else "fail", *record.codes])
            takes = {MD: verdict == "pass", PY: dkimpy_takes(signed[record.key][1], record.value)}
            wrong = [f"we say {said}, expected {expected}"] if said != expected else []
            for who, passed in takes.items():
                if (passed != record.passes) != (who in record.otherwise):
                    wrong.append(f"{who} {'takes' if passed else 'refuses'} it (Mail::DKIM: {verdict})")
            if wrong:
                failed += 1
                print(f"FAIL  {record.value[:90]!r}: {'; '.join(wrong)}")
    print(f"{len(RECORDS) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
