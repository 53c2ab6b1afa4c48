#!/usr/bin/python3
"""The selectors of genkey: new to the servers of the domain, which are asked themselves, so that no resolver learns that
the record is not there yet."""

import re
import sys

from capture import Capture
from cases import cname, txt
from internet import RESOLVER, Internet
from key_records import GOOD
from lib import DKIMCTL, Checks, Run, private_namespaces, temporary_folder, write


def at(label):
    return f"{label}._domainkey"


# What the zone of each domain has, and what genkey makes of the template "s{yyyy}{letter}", the year being YYYY.
ZONES = {
    "new": ([], "sYYYYa"),
    "used": ([txt(GOOD, at=at("sYYYYa")), txt("v=DKIM1; p=", at=at("sYYYYb")), cname("gone", at=at("sYYYYc"))], "sYYYYd"),
    "wild": ([txt("nothing", at="*._domainkey")], "sYYYYa-RANDOM"),
}


def main():
    private_namespaces()
    folder, checks = temporary_folder(), Checks()
    conf = write(f"{folder}/amavisd.conf", "$daemon_user = 'amavis';\n1;\n")
    genkey = [DKIMCTL, "-c", conf, "genkey", "--json", "--bits", "1024", "--key-dir", f"{folder}/keys"]
    command = [*genkey, "--template", "s{yyyy}{letter}"]
    year = Run([*command, "--no-dns", "year.example"]).json()["keys"][0]["selector"][1:5]
    net = Internet(folder)
    for name, (lines, _) in ZONES.items():
        net.add_zone(f"{name}.example", [line.replace("YYYY", year) for line in lines])
    net.add_zone("silent.example", [], ("silent",))
    net.start()
    try:
        command += ["--root-hints", net.hints, "--trust-anchor", net.anchor]
        capture = Capture(folder, RESOLVER)
        run = Run([*command, *(f"{name}.example" for name in ZONES), "silent.example", "nobody.example"])
        questions = capture.stop()
        checks.equal("no resolver is asked for anything", {name for _, _, name in questions} - {"last.example"}, set())
        keys = {key["domain"].removesuffix(".example"): key["selector"] for key in run.json()["keys"]}
        expected = {name: selector for name, (_, selector) in ZONES.items()}
        expected |= {"silent": "sYYYYa-RANDOM", "nobody": "sYYYYa"}
        for name, selector in expected.items():
            pattern = selector.replace("YYYY", year).replace("RANDOM", "[a-z]{6}")
            checks.check(f"{name}: {selector}", re.fullmatch(pattern, keys.get(name, "")), run)
        notes = [each["object"] for each in run.json()["findings"] if each["code"] == "dkim.selector-unproven"]
        checks.equal("what is not proven is told", sorted(notes), ["silent.example", "wild.example"])
        again = Run([*command, "new.example"]).json()["keys"][0]["selector"]
        checks.equal("the next key has the next letter: its file is there", again, f"s{year}b")
        fixed = Run([*genkey, "--root-hints", net.hints, "--trust-anchor", net.anchor, "--selector", f"s{year}a",
                     "used.example"])
        checks.equal("a selector that DNS has is refused", (fixed.status, fixed.json()["keys"]), (7, []))
    finally:
        net.stop()
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
