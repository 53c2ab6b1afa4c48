"""Zone text: what of a listing loads in BIND and NSD, and what it then says."""

import os
import re
import subprocess

from lib import write

PREAMBLE = (
    b". 3600 IN SOA ns.invalid. root.invalid. 1 3600 600 86400 60\n"
    b". 3600 IN NS ns.invalid.\nns.invalid. 3600 IN A 127.0.0.1\n"
)


def blocks(listing):
    """A listing cut before each `; key#` line: (number, text)."""
    parts = re.split(rb"(?m)^(?=; key#\d+ )", listing)
    return [(int(re.match(rb"; key#(\d+)", part).group(1)), part) for part in parts if part.startswith(b"; key#")]


def meant(block):
    """(owner, value) as a listing's text says it, nothing unescaped: the value is its strings put together."""
    owner = re.search(rb"(?m)^([^;\n].*)\t3600 TXT \($", block)
    strings = re.findall(rb'(?m)^  "(.*)"\)?$', block)
    return (owner.group(1).lower() if owner else None, b"".join(strings))


def unescape(text):
    return re.sub(rb"\\(\d{3}|.)", lambda m: bytes([int(m[1])]) if m[1].isdigit() and len(m[1]) == 3 else m[1], text)


def load(folder, name, listing):
    """The set of (owner, value) when both servers' checkers take it as part of the root zone, else the reason (a str)."""
    path = write(os.path.join(folder, name), PREAMBLE + listing)
    bind = subprocess.run(
        ["named-compilezone", "-k", "ignore", "-s", "full", "-o", "-", ".", path], capture_output=True, check=False
    )
    if bind.returncode != 0:
        return "named-checkzone: " + bind.stdout.decode(errors="replace") + bind.stderr.decode(errors="replace")
    nsd = subprocess.run(["nsd-checkzone", ".", path], capture_output=True, check=False)
    if nsd.returncode != 0:
        return "nsd-checkzone: " + nsd.stdout.decode(errors="replace") + nsd.stderr.decode(errors="replace")
    found = set()
    for line in bind.stdout.splitlines():
        record = re.match(rb"(\S+)\s+\d+\s+IN\s+TXT\s+(.*)$", line)
        if record:
            strings = re.findall(rb'"((?:[^"\\]|\\.)*)"', record[2])
            found.add((unescape(record[1]).lower(), b"".join(unescape(s) for s in strings)))
    return found
