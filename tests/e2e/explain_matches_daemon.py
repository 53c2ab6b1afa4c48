#!/usr/bin/env python3
"""`dkimctl explain` says what a running amavisd does: real mail is sent through a real daemon and its DKIM-Signature
read back, the daemon is asked over AM.PDP, and `explain --live` asks it too.

With --amavisd-alone only the expectations are tried: mail and AM.PDP agree with signing_cases.py.
"""

import os
import sys

from lib import (
    Checks,
    Client,
    Daemon,
    Lab,
    Sink,
    as_explained,
    dkimctl,
    generate_key,
    in_parallel,
    message,
    need,
    policy_request,
    policy_signature,
    signature,
    temporary_folder,
)
from signing_cases import CONFIGURATIONS

ALONE = "--amavisd-alone" in sys.argv
NOT_ASKED = {"amavis.not-loaded", "amavis.live-unavailable"}

checks = Checks()


def by_mail(sink, sender):
    """The tags of the signature that a message from there was delivered with."""
    text, message_id = message(sender.address)
    client = Client(sender.port)
    if sender.client:
        client.command(b"XFORWARD ADDR=" + sender.client.encode(), b"250")
    client.send(sender.address, text)
    client.close()
    return signature(sink.wait(message_id))


def short(tags):
    return None if tags is None else f"{tags['s']} @ {tags['d']}"


def same(explained, actual, sender):
    """What differs between an answer of explain and a signature; empty where nothing does."""
    wrong = [
        f"{name}: explained {explained.get(name)!r}, signed {value!r}"
        for name, value in actual.items()
        if name != "ttl" and (explained.get(name) or None) != (value or None)
    ]
    if actual["signs"] and not sender.fixed_expiry:
        said, seen = explained.get("ttl"), actual["ttl"]
        # x= is the ceiling of the time of signing plus ttl, t= the floor of that time
        if seen is None and said or seen is not None and (said is None or seen - said not in (0, 1)):
            wrong.append(f"ttl: explained {said!r}, signed {seen!r}")
    return wrong


def author_domain(address):
    return address.rpartition("@")[2].lower().encode("idna").decode()


def aligned(author, domain):
    """As far as it can be told without a list of public suffixes: one lies below the other."""
    return author.endswith("." + domain) or domain.endswith("." + author)


def explain(files, sender, *options):
    bank = ["--bank", sender.bank] if sender.bank else []
    return dkimctl(files, "explain", "--json", *bank, *options, sender.address)


def check_explained(name, run, actual, sender):
    if not checks.check(f"{name}: exit status", run.status in (0, 1), run):
        return None
    try:
        said = run.json()
    except ValueError as error:
        checks.check(f"{name}: JSON", False, f"{error}\n{run}")
        return None
    wrong = same(said, actual, sender)
    checks.check(f"{name}: agrees", not wrong, "\n".join(wrong) + f"\n{run}")
    return said


def check_sender(name, lab, files, sink, sender):
    tags = by_mail(sink, sender)
    asked = policy_signature(policy_request(lab, sender.address, sender.bank or "ORIGINATING"))
    checks.equal(f"{name}: mail", short(tags), sender.seen)
    same_tags = [None if t is None else {k: t.get(k) for k in ("d", "s", "a", "c", "i")} for t in (asked, tags)]
    checks.equal(f"{name}: AM.PDP says the same as mail", same_tags[0], same_tags[1])
    if ALONE:
        return
    actual = as_explained(tags)
    said = check_explained(f"{name}: explain", explain(files, sender), actual, sender)
    if said and actual["signs"]:
        checks.check(f"{name}: says why", any(entry.get("file") for entry in said.get("because", [])), said)
    if said:
        codes = {finding["code"] for finding in said["findings"]}
        checks.check(f"{name}: warns", set(sender.findings) <= codes, said)
        author, domain = author_domain(sender.address), actual.get("domain")
        if domain == author or domain and not aligned(author, domain):
            misaligned = "amavis.misaligned" in codes
            checks.check(f"{name}: knows whether DMARC accepts it", misaligned == (domain != author), said)
    live = explain(files, sender, "--live")
    if check_explained(f"{name}: explain --live", live, actual, sender):
        codes = {finding["code"] for finding in live.json()["findings"]}
        checks.check(f"{name}: the daemon was asked and follows", not codes & NOT_ASKED, live)


def check_configuration(configuration):
    lab = Lab(folder, f"{CONFIGURATIONS.index(configuration)}")
    text = configuration.statements
    for letter, path in keys.items():
        text = text.replace("{%s}" % letter, path)
    files = [lab.head, lab.write("keys.conf", f"use strict;\n{text}1;\n")]
    sink = Sink()
    try:
        with Daemon(lab, files):
            for number, sender in enumerate(configuration.senders):
                name = f"{configuration.name}: {sender.address}" + (f" in {sender.bank}" if sender.bank else "")
                try:
                    check_sender(name, lab, files, sink, sender)
                except (RuntimeError, OSError, ValueError) as error:
                    checks.check(f"{name}: attempt {number}", False, repr(error))
    except RuntimeError as error:
        checks.check(f"{configuration.name}: the daemon runs", False, error)
    finally:
        sink.close()


need(tools=("openssl", "setpriv"), dkimctl=not ALONE)
folder = temporary_folder()
keys = {
    letter: generate_key(os.path.join(folder, letter + ".pem"), bits)
    for letter, bits in (("a", 1024), ("b", 2048), ("c", 1024))
}
print(f"{sum(len(c.senders) for c in CONFIGURATIONS)} senders in {len(CONFIGURATIONS)} configurations")
in_parallel(checks, CONFIGURATIONS, check_configuration)
checks.finish()
