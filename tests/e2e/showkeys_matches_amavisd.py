#!/usr/bin/env python3
"""`dkimctl showkeys` prints what `amavisd showkeys` prints, byte for byte, wherever that is a zone that loads and says
what was meant; where it is not, ours loads and standard error names the key.

With --amavisd-alone only the expectations are tried, on amavisd; dkimctl need not exist.
SEED and LISTINGS (how many random configurations) may be set in the environment.
"""

import os
import random
import re
import shutil
import subprocess
import sys

import zone
from lib import (
    DAEMON_USER,
    Checks,
    amavisd,
    amavisd_batch,
    bind_mount,
    difference,
    dkimctl,
    generate_key,
    need,
    private_namespaces,
    temporary_folder,
    write,
)
from showkeys_cases import SOURCES, declare, prepare, random_case, refusals

ALONE = "--amavisd-alone" in sys.argv
IREDMAIL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "iredmail-50-user")

checks = Checks()
folder = None


def judge(case, theirs):
    check_amavisd(case, theirs)
    if ALONE or theirs.status != 0:
        return
    ours = dkimctl(case.files, *case.args, cwd=case.cwd)
    compare(case.name, theirs, ours, case.seen_odd)


def check_amavisd(case, theirs):
    """What amavisd itself makes of it: the expectation that the comparison rests on."""
    case.seen_odd = set()
    if not checks.check(f"{case.name}: amavisd lists", theirs.status == 0, theirs):
        return
    listed = zone.blocks(theirs.out)
    if zone.load(folder, "whole.zone", theirs.out) != {zone.meant(text) for _, text in listed}:
        for number, text in listed:
            if zone.load(folder, "one.zone", text) != {zone.meant(text)}:
                case.seen_odd.add(number)
    if case.odd is not None:
        checks.equal(f"{case.name}: records that amavisd's text does not convey", case.seen_odd, case.odd)


def compare(name, theirs, ours, odd):
    checks.check(f"{name}: exit status", ours.status in (0, 1), ours)
    if not odd:
        checks.check(f"{name}: same bytes", ours.out == theirs.out, f"{difference(theirs.out, ours.out)}\n{ours}")
        return
    mine = dict(zone.blocks(ours.out))
    loaded = zone.load(folder, "ours.zone", ours.out)
    checks.check(f"{name}: ours loads", not isinstance(loaded, str), f"{loaded}\n{ours}")
    checks.equal(
        f"{name}: same keys in the same order",
        [n for n, _ in zone.blocks(ours.out)],
        [n for n, _ in zone.blocks(theirs.out)],
    )
    for number, text in zone.blocks(theirs.out):
        if number not in odd:
            checks.check(
                f"{name}: key {number} same bytes", mine.get(number) == text, difference(text, mine.get(number, b""))
            )
            continue
        owner, value = zone.meant(text)
        if re.fullmatch(rb"([a-z0-9_*-]{1,63}\.)+", owner) and not isinstance(loaded, str):
            checks.check(
                f"{name}: key {number} conveys its record",
                (owner, value) in loaded,
                f"meant {(owner, value)}\n{ours}",
            )
        domain = re.search(rb"d=([^,\n]*)", text).group(1)
        checks.check(
            f"{name}: key {number} is explained",
            domain in ours.err or b"key#%d" % number in ours.err,
            ours.err.decode(errors="replace"),
        )


# ---- configurations that amavisd refuses ----


def check_refusal(name, bad, good):
    slug = re.sub("[^a-z0-9]+", "-", name.lower())
    around = (declare("a.example", "s"), declare("z.example", "s"))
    path = write(
        os.path.join(folder, f"refused-{slug}.conf"), f"use strict;\n{around[0]}\n  {bad}\n{around[1]}\n1;\n"
    )
    right = write(
        os.path.join(folder, f"righted-{slug}.conf"), f"use strict;\n{around[0]}\n  {good}\n{around[1]}\n1;\n"
    )
    theirs, whole = amavisd([path], "showkeys"), amavisd([right], "showkeys")
    checks.check(f"refused {name}: amavisd refuses", theirs.status != 0 and b"; key#" not in theirs.out, theirs)
    checks.check(f"refused {name}: amavisd lists it when righted", whole.status == 0, whole)
    if ALONE:
        return
    ours = dkimctl([path], "showkeys")
    checks.check(f"refused {name}: exit status 3", ours.status == 3, ours)
    expected = {n: text for n, text in zone.blocks(whole.out) if b"d=bad.example," not in text}
    listed = [re.sub(rb"^; key#\d+ ", b"", text) for _, text in zone.blocks(ours.out)]
    for number, text in expected.items():
        checks.check(
            f"refused {name}: key {number} is listed all the same", re.sub(rb"^; key#\d+ ", b"", text) in listed, ours
        )
    checks.check(
        f"refused {name}: file, line and column", re.search(re.escape(path.encode()) + rb":3:\d+", ours.err), ours
    )
    checks.check(f"refused {name}: a caret", re.search(rb"(?m)^[\s|]*\^", ours.err), ours)
    loaded = zone.load(folder, "refused.zone", ours.out)
    checks.check(f"refused {name}: standard output is a zone", not isinstance(loaded, str), f"{loaded}\n{ours}")


def check_uncompilable():
    for name, text in {
        "syntax error": "dkim_key('a.example', 's', ;\n",
        "undeclared variable": "use strict;\n$nosuch = 1;\n",
        "unclosed string": "dkim_key('a.example, 's');\n",
        "too few arguments": "dkim_key('a.example', 's');\n",
        "die": "die 'no';\n",
        "missing include": "include_config_files('/nosuch.conf');\n",
    }.items():
        path = write(
            os.path.join(folder, f"broken-{name.replace(' ', '-')}.conf"), text + declare("b.example", "s") + "\n1;\n"
        )
        theirs = amavisd([path], "showkeys")
        checks.check(f"{name}: amavisd refuses", theirs.status != 0 and b"; key#" not in theirs.out, theirs)
        if not ALONE:
            ours = dkimctl([path], "showkeys")
            checks.check(f"{name}: exit status 3", ours.status == 3, ours)
            checks.check(f"{name}: says where", path.encode() + b":" in ours.err, ours)
    if not ALONE:
        ours = dkimctl([os.path.join(folder, "nosuch.conf")], "showkeys")
        checks.check("missing configuration: exit status 3", ours.status == 3 and b"nosuch.conf" in ours.err, ours)


def check_pss():
    """amavisd takes such a key and publishes what no verifier understands: an error, and the others are listed."""
    path = write(
        os.path.join(folder, "pss.conf"),
        "\n".join([declare("a.example", "s"), declare("p.example", "s", "pss"), "1;\n"]),
    )
    theirs = amavisd([path], "showkeys")
    checks.check("rsa-pss: amavisd lists it", theirs.status == 0 and b"d=p.example" in theirs.out, theirs)
    if not ALONE:
        ours = dkimctl([path], "showkeys")
        checks.check("rsa-pss: exit status 3", ours.status == 3, ours)
        checks.check("rsa-pss: the other key is listed", zone.blocks(theirs.out)[0][1] in ours.out, ours)
        checks.check("rsa-pss: is named", b"pss" in ours.err.lower(), ours)


def check_unreadable_for_daemon():
    """root can read it, the daemon's user cannot: amavisd refuses, and so do we, naming the file."""
    path = os.path.join(folder, "root-only.pem")
    generate_key(path, 1024, 0o600)
    conf = write(
        os.path.join(folder, "root-only.conf"),
        f"$daemon_user = '{DAEMON_USER}'; $daemon_group = '{DAEMON_USER}';\n"
        + declare("a.example", "s")
        + f"\ndkim_key('b.example', 's', '{path}');\n1;\n",
    )
    theirs = amavisd([conf], "showkeys")
    checks.check("unreadable for the daemon: amavisd refuses", theirs.status != 0, theirs)
    if not ALONE:
        ours = dkimctl([conf], "showkeys")
        checks.check("unreadable for the daemon: exit status 3", ours.status == 3, ours)
        checks.check(
            "unreadable for the daemon: is named",
            path.encode() in ours.err and DAEMON_USER.encode() in ours.err,
            ours,
        )
        checks.check("unreadable for the daemon: the other is listed", b"d=a.example" in ours.out, ours)


# ---- whole hosts ----
def host_tree():
    """A Debian host with iRedMail's layout, a copy of this one's /etc with its own conf.d."""
    tree = os.path.join(folder, "host")
    for sub in ("usr/share", "var/lib/dkim", "var/lib/amavis/tmp"):
        os.makedirs(os.path.join(tree, sub))
    subprocess.run(["cp", "-a", "/etc", os.path.join(tree, "etc")], check=True)
    subprocess.run(["cp", "-a", "/usr/share/amavis", os.path.join(tree, "usr/share/amavis")], check=True)
    conf_d = os.path.join(tree, "etc/amavis/conf.d")
    write(os.path.join(tree, "etc/mailname"), "mydomain.example\n")
    shutil.copy(IREDMAIL, os.path.join(conf_d, "50-user"))
    for name in (
        "50-user.2026.01.02.03.04.05",
        "50-user~",
        "50-user.bak",
        ".50-hidden",
        "60-x.conf",
        "50-user.dpkg-old",
    ):
        write(os.path.join(conf_d, name), "die 'must not be read';\n")
    write(
        os.path.join(conf_d, "60_local-Keys"),
        "dkim_key('late.example', 's2026', '/var/lib/dkim/second.example.pem'); 1;\n",
    )
    dkim = os.path.join(tree, "var/lib/dkim")
    for name, bits in (("mydomain.example", 2048), ("second.example", 1024)):
        generate_key(os.path.join(dkim, name + ".pem"), bits, 0o400)
    subprocess.run(
        ["chown", "-R", f"{DAEMON_USER}:{DAEMON_USER}", dkim, os.path.join(tree, "var/lib/amavis")], check=True
    )
    os.chmod(dkim, 0o700)
    return tree


def check_hosts():
    tree = host_tree()
    subprocess.run(["mount", "-t", "tmpfs", "none", "/var/lib"], check=True)
    for sub in ("dkim", "amavis"):
        os.mkdir(f"/var/lib/{sub}")
        bind_mount(os.path.join(tree, "var/lib", sub), f"/var/lib/{sub}")
    bind_mount(os.path.join(tree, "etc"), "/etc")
    for words in ((), (".",), ("second.example",), (".example",), ("BÜCHER.example",), ("nosuch.example",)):
        theirs = amavisd([], "showkeys", *words)
        checks.check(f"iredmail host {words}: amavisd lists", theirs.status == 0, theirs)
        if not words:
            checks.equal("iredmail host: keys", [n for n, _ in zone.blocks(theirs.out)], [1, 2, 3, 4])
        if ALONE:
            continue
        compare(f"iredmail host {words}", theirs, dkimctl([], "showkeys", *words), set())
        compare(f"iredmail host by --root {words}", theirs, dkimctl([], "--root", tree, "showkeys", *words), set())
    check_without_mailname(tree)
    check_red_hat(tree)


def check_without_mailname(tree):
    os.unlink(os.path.join(tree, "etc/mailname"))
    theirs = amavisd([], "showkeys")
    checks.check("without /etc/mailname: amavisd lists", theirs.status == 0, theirs)
    if not ALONE:
        compare("without /etc/mailname", theirs, dkimctl([], "showkeys"), set())


def check_red_hat(tree):
    """The same keys where the whole configuration is one file."""
    other = os.path.join(folder, "redhat")
    os.makedirs(os.path.join(other, "etc/amavisd"))
    os.makedirs(os.path.join(other, "var/lib"))
    for name in ("passwd", "group", "hosts"):
        subprocess.run(["cp", "-a", os.path.join(tree, "etc", name), os.path.join(other, "etc", name)], check=True)
    subprocess.run(["cp", "-a", os.path.join(tree, "var/lib/dkim"), os.path.join(other, "var/lib/dkim")], check=True)
    conf = shutil.copy(IREDMAIL, os.path.join(other, "etc/amavisd/amavisd.conf"))
    theirs = amavisd([conf], "showkeys")
    checks.check("red hat host: amavisd lists", theirs.status == 0 and len(zone.blocks(theirs.out)) == 3, theirs)
    if not ALONE:
        compare("red hat host by --root", theirs, dkimctl([], "--root", other, "showkeys"), set())
        compare("red hat host by -c", theirs, dkimctl([conf], "showkeys"), set())


# ---- all of it ----


def main():
    global folder
    need(tools=("openssl", "named-compilezone", "nsd-checkzone", "unshare"), dkimctl=not ALONE)
    private_namespaces()
    folder = temporary_folder()
    prepare(folder)
    cases = [case for source in SOURCES for case in source()]
    seed = int(os.environ.get("SEED", "20261123"))
    rng = random.Random(seed)
    cases += [random_case(number, rng) for number in range(int(os.environ.get("LISTINGS", "150")))]
    print(f"{len(cases)} listings, seed {seed}")
    batch = os.path.join(folder, "batch")
    os.mkdir(batch)
    for case, theirs in zip(cases, amavisd_batch(batch, [(case.files, case.args, case.cwd) for case in cases])):
        judge(case, theirs)
    for refusal in refusals():
        check_refusal(*refusal)
    check_uncompilable()
    check_pss()
    check_unreadable_for_daemon()
    if os.path.isdir("/etc/amavis/conf.d"):  # Debian's packaging
        check_hosts()
    checks.finish()


main()
