#!/usr/bin/python3
"""Every case of cases.py at once, below a root of its own, with real name servers: exactly the codes, and the verdict. And
what opendkim-testkey, and amavisd's own testkeys, say of the same records."""

import datetime
import re
import sys

from cases import CASES
from common import KEYS
from internet import ADDRESSES, ANSWERING, RESOLVER, Internet, zone_text
from key_records import AM, MD, OD
from lib import DKIMCTL, Checks, Run, amavisd, private_namespaces, temporary_folder, write

HOST_NAME = "mx1.hostdomain.example"


def texts_of(case):
    """What each server serves for the domain."""
    for server in sorted({*case.servers, *case.child, *case.by_server, "ns1"}):
        lines = case.by_server.get(server, case.lines)
        if server in ANSWERING and lines is not None:
            yield server, zone_text(lines, case.child, case.primary, case.serials.get(server, 1))


def signed(net, case, text):
    """The signed zone, and the DS records at its parent."""
    key = net.signer.key(case.domain)
    ds = [net.signer.ds(key)]
    if case.signed == "expired":
        past = [(datetime.date.today() - datetime.timedelta(days)).strftime("%Y%m%d") for days in (60, 30)]
        return net.signer.sign(case.domain, text, key, "-i", past[0], "-e", past[1]), ds
    if case.signed == "ds-only":
        return text, ds
    out = net.signer.sign(case.domain, text, key)
    if case.signed == "tampered":
        out = out.replace('"v=DKIM1;"', '"v=DKIM1; "')
    if case.signed == "other-ds":
        ds = [net.signer.ds(net.signer.key(case.domain))]
    return out, [] if case.signed == "without-ds" else ds


def add(net, case):
    ds = []
    for server, text in texts_of(case):
        for label, (servers, _) in case.extra_zones.items():
            if case.cut_at and server not in case.cut_at:
                continue
            text += "".join(f"{label} 300 IN NS {each}.provider.example.\n" for each in servers)
        if case.signed and server == "ns1":
            text, ds = signed(net, case, text)
            net.serve("ns2", case.domain, text)
        elif case.signed:
            continue
        net.serve(server, case.domain, text)
    for label, (servers, lines) in case.extra_zones.items():
        for server in servers:
            net.serve(server, f"{label}.{case.domain}", zone_text(lines, servers))
    if case.delegated:
        net.delegate(case.domain, case.servers, ds)
    if case.glue:
        net.delegate_by_glue(case.domain, case.glue)
    if case.inside:
        net.overrides.append(f'local-zone: "{case.domain}." static')
        for line in case.inside:
            name, _, rest = line.replace('"dkim._domainkey"', "dkim._domainkey").partition(" ")
            owner = case.domain if name == "@" else f"{name}.{case.domain}"
            net.overrides.append(f"local-data: '{owner}. {rest}'")


def configuration(folder):
    lines = [f"$myhostname = '{HOST_NAME}';"]
    lines += [f"dkim_key('{case.domain}', 'dkim', '{KEYS}/{case.key}.pem');" for case in CASES]
    return write(f"{folder}/amavisd.conf", "\n".join(lines) + "\n1;\n")


def check(checks, run):
    said = run.json()
    by_number = {key["number"]: key for key in said["keys"]}
    for number, case in enumerate(CASES, 1):
        key = by_number.get(number, {})
        found = [f for f in said["findings"] if f.get("key") == number and not f["code"].startswith("amavis.")]
        codes = sorted(f["code"] for f in found)
        if not checks.equal(f"{case.domain}", (key.get("verdict"), codes), (case.verdict, case.codes)):
            for finding in found:
                print(f"      {finding['code']}: {finding['text']}")
        checks.check(
            f"{case.domain}: every error says what to do",
            all(f.get("hint") for f in found if f["severity"] == "error"),
        )


def check_shared(checks, run):
    """Most cases have one key, which is said once and of no key."""
    shared = [finding for finding in run.json()["findings"] if finding["code"] == "dkim.shared-key"]
    keys = {case.key for case in CASES}
    counts = [sum(case.key == key for case in CASES) for key in keys]
    checks.equal("dkim.shared-key, once a key", len(shared), sum(count > 1 for count in counts))


def check_quick(checks, run):
    """One question to the resolver is enough for what the record itself says."""
    said = run.json()
    verdicts = {key["number"]: key["verdict"] for key in said["keys"]}
    for number, case in enumerate(CASES, 1):
        if case.record:
            codes = sorted(f["code"] for f in said["findings"] if f.get("key") == number and f["code"] != "amavis.key-mode")
            checks.equal(f"--quick {case.domain}", (verdicts[number], codes), (case.verdict, case.codes))


def check_opendkim(checks, folder):
    """opendkim-testkey asks the same resolver. Where it decides otherwise, key_records.py has the sentence."""
    forward = "server:\n do-not-query-localhost: no\nforward-zone:\n name: .\n"
    forward = write(f"{folder}/forward.conf", forward + f" forward-addr: {RESOLVER}\n")
    conf = write(f"{folder}/opendkim.conf", f"Nameservers {RESOLVER}\nResolverConfiguration {forward}\n")
    for case in (case for case in CASES if case.record):
        with open(f"{KEYS}/{case.key}.pem", "rb") as f:
            key = write(f"{folder}/opendkim-{case.key}.pem", f.read(), 0o600)
        run = Run(["opendkim-testkey", "-x", conf, "-d", case.domain, "-s", "dkim", "-k", key, "-vv"])
        expected = case.record.passes != (OD in case.record.otherwise)
        checks.check(f"opendkim-testkey {case.domain}", (run.status == 0) == expected, run)


# Where amavisd's words for what it refuses, too, are others: it stops at the first thing that it does not like.
OTHER_WORDS = {
    "dkim.zone-line": "invalid (public key: invalid data)",
    "dkim.tag-syntax": ("invalid (public key: missing p= tag)", "invalid (public key: not available)"),
}


def lines_of(run):
    """{key's number: what is behind the arrow}"""
    found = re.finditer(rb"(?m)^TESTING#(\d+) \S+: \S+ => (.*)$", run.out)
    return {int(match[1]): match[2].decode() for match in found}


def check_amavisd(checks, folder, asked):
    """amavisd's own testkeys on the same records: the same line, but where the verdicts differ (key_records.py says why),
    or where its words are OpenSSL's, which differ from one version to the next."""
    cases = [case for case in CASES if case.record and case.key != "rsa512"]  # which amavisd does not take
    for key in {case.key for case in cases}:
        with open(f"{KEYS}/{key}.pem", "rb") as f:
            write(f"{folder}/{key}.pem", f.read())
    lines = [f"dkim_key('{case.domain}', 'dkim', '{folder}/{case.key}.pem');" for case in cases]
    conf = write(f"{folder}/records.conf", "\n".join(lines) + "\n1;\n")
    theirs, ours = lines_of(amavisd([conf], "testkeys")), lines_of(Run([DKIMCTL, "-c", conf, "testkeys", *asked]))
    for number, case in enumerate(cases, 1):
        line = theirs.get(number, "")
        differs = (line == "pass") != case.record.passes
        words = [OTHER_WORDS.get(code, ()) for code in case.codes]
        same = line == ours[number] or "OpenSSL error" in line or any(line in word for word in words)
        name = f"amavisd testkeys {case.domain}: {line} and {ours[number]}"
        checks.check(name, differs == (not {MD, AM}.isdisjoint(case.record.otherwise)) and (differs or same))


def main():
    private_namespaces()
    folder = temporary_folder()
    checks = Checks()
    net = Internet(folder)
    for case in CASES:
        add(net, case)
    conf = configuration(folder)
    net.start()
    try:
        asked = ["--root-hints", net.hints, "--trust-anchor", net.anchor]
        run = Run([DKIMCTL, "-c", conf, "testkeys", "--json", *asked], timeout=300)
        if not checks.check("it ends with problems found", run.status == 1, run):
            return checks.finish()
        checks.check("nothing on stderr", run.err == b"", run.err)
        check(checks, run)
        check_shared(checks, run)
        check_quick(checks, Run([DKIMCTL, "-c", conf, "testkeys", "--quick", "--json"], timeout=300))
        check_opendkim(checks, folder)
        check_amavisd(checks, folder, asked)
    finally:
        net.stop()
    return checks.finish()


if __name__ == "__main__":
    assert set(ADDRESSES) >= set(ANSWERING)
    sys.exit(main())
