#!/usr/bin/python3
"""rotate --dry-run: the servers of a domain are asked themselves, their TTLs and what they serve go into the plan, and
nothing is changed."""

import os
import sys
from datetime import datetime, timedelta

from cases import RIGHT, txt
from common import KEYS
from internet import Internet, zone_text
from key_records import GOOD
from lib import DKIMCTL, Checks, Run, private_namespaces, read, temporary_folder, write

DAY = timedelta(days=1)


def times(plan):
    """Of each act, how long after the first of them it comes."""
    at = {step["act"]: datetime.fromisoformat(step["time"].replace("Z", "+00:00")) for step in plan["steps"]}
    first = min(at.values())
    return {act: time - first for act, time in at.items()}


def main():
    private_namespaces()
    folder, checks = temporary_folder(), Checks()
    write(f"{folder}/rsa2048.pem", read(f"{KEYS}/rsa2048.pem"), 0o644)
    names = ("right", "slow", "lag", "silent")
    lines = [f"dkim_key('{name}.example', 'dkim', '{folder}/rsa2048.pem');" for name in names]
    lines.append("$policy_bank{'MYNETS'} = { originating => 1, enable_dkim_signing => 1 };")
    lines.append("@dkim_signature_options_bysender_maps = ({ '.' => { ttl => 20*24*3600 } });")
    conf = write(f"{folder}/amavisd.conf", "\n".join(lines) + "\n1;\n")
    settings = write(f"{folder}/dkimctl.conf", f"state_directory = {folder}/state\n")
    net = Internet(folder)
    net.add_zone("right.example", [RIGHT])
    net.add_zone("slow.example", [txt(GOOD, ttl=3 * 24 * 3600)])
    net.add_zone("lag.example", [RIGHT])
    net.serve("ns2", "lag.example", zone_text([], ("ns1", "ns2")))
    net.add_zone("silent.example", [], ("silent",))
    net.start()
    command = [DKIMCTL, "-c", conf, "--settings", settings, "rotate", "--dry-run", "--root-hints", net.hints,
               "--trust-anchor", net.anchor]
    try:
        run = Run([*command, "--json", "right.example", "slow.example", "lag.example"])
        checks.equal("exit status", run.status, 0)
        plans = {plan["domain"].removesuffix(".example"): plan for plan in run.json()["domains"]}
        right = times(plans["right"])
        checks.equal("a day of proof", right["switch-signing"], DAY)
        checks.equal("20 days of signatures, and two hours", right["revoke-record"], 21 * DAY + timedelta(hours=2))
        checks.equal("a TTL of three days delays the proof", times(plans["slow"])["switch-signing"], 3 * DAY)
        lost = [note for note in plans["lag"]["notes"] if "ns2.provider.example/" in note and "serves no record" in note]
        checks.equal("the server without the record is named", len(lost), 1)
        text = Run([*command, "right.example"])
        checks.check("as text", b"  now                   choose the selector of a new key\n" in text.out, text)
        silent = Run([*command, "silent.example"])
        checks.equal("a domain whose server is silent: exit status", silent.status, 4)
        checks.check("nothing was made", not os.path.exists(f"{folder}/state"))
    finally:
        net.stop()
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
