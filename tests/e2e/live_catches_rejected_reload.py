#!/usr/bin/env python3
"""`dkimctl explain --live` notices a daemon that goes on signing with what it read long ago.

A daemon that is told to reload while it cannot read the new key says no, and keeps the old one. When the key is put
right afterwards, everything that only looks at the configuration finds it in order. The daemon, asked, tells.
"""

import os
import re
import sys

from lib import (
    POLICY_PORT,
    Checks,
    Daemon,
    Lab,
    Sink,
    SmtpError,
    amavisd,
    answers,
    dkimctl,
    generate_key,
    need,
    policy_request,
    policy_signature,
    private_namespaces,
    signature,
    temporary_folder,
    through_daemon,
    wait_for,
)

ALONE = "--amavisd-alone" in sys.argv
AUTHOR = "u@example.com"

checks = Checks()
folder = None


def selectors(lab, sink):
    """What it signs with: by mail, and as it says over AM.PDP."""
    return (
        signature(through_daemon(sink, AUTHOR))["s"],
        policy_signature(policy_request(lab, AUTHOR, "ORIGINATING"))["s"],
    )


def signs_with(lab, sink, selector):
    """False too while it cannot be reached: it binds its sockets anew when it reloads."""
    try:
        return selectors(lab, sink) == (selector, selector)
    except (OSError, SmtpError, RuntimeError):
        return False


def explain(files, *options):
    return dkimctl(files, "explain", *options, AUTHOR)


def findings(run):
    return [finding["code"] for finding in run.json()["findings"]]


def expect(name, files, selector, *, followed):
    """Plain explain tells of the configuration; --live of the daemon as well."""
    if ALONE:
        return
    plain, live = explain(files, "--json"), explain(files, "--json", "--live")
    checks.check(
        f"{name}: plain explain reads the configuration",
        plain.json()["selector"] == selector and plain.status == 0,
        plain,
    )
    codes = findings(live)
    checks.check(f"{name}: the daemon could be asked", "amavis.live-unavailable" not in codes, live)
    checks.check(
        f"{name}: --live {'is content' if followed else 'reports amavis.not-loaded'}",
        ("amavis.not-loaded" in codes) != followed and live.status == (0 if followed else 1),
        live,
    )
    text = explain(files, "--live")
    checks.check(f"{name}: the same exit status without --json", text.status == live.status, text)
    for finding in live.json()["findings"]:
        if finding["code"] == "amavis.not-loaded":
            named = "old" in finding["text"] and "new" in finding["text"]
            checks.check(f"{name}: the finding names both selectors", named, finding)
    if not followed:
        checks.check(f"{name}: a person is told", b"not-loaded" in text.out + text.err, text)


def check_rejected_reload(sink):
    lab = Lab(folder, "rejected")
    old, new = (generate_key(os.path.join(lab.folder, name + ".pem"), 1024) for name in ("old", "new"))
    conf = lab.write("keys.conf", f"dkim_key('example.com', 'old', '{old}'); 1;\n")
    files = [lab.head, conf]
    with Daemon(lab, files) as daemon:
        checks.equal("before: the daemon signs with the old key", selectors(lab, sink), ("old", "old"))
        expect("before", files, "old", followed=True)

        os.chmod(new, 0o600)  # root's: the daemon's user cannot read it
        lab.write("keys.conf", f"dkim_key('example.com', 'new', '{new}'); 1;\n")
        daemon.hang_up()
        wait_for(lambda: "Rejecting reload" in lab.log(), 60, "the reload to be rejected")
        os.chmod(new, 0o644)

        listed = amavisd(files, "showkeys")
        checks.check(
            "afterwards: amavisd showkeys finds the new key in order",
            listed.status == 0 and b"s=new," in listed.out,
            listed,
        )
        wait_for(lambda: answers(POLICY_PORT), 30, "the daemon to answer")
        checks.equal("afterwards: the daemon signs with the old key", selectors(lab, sink), ("old", "old"))
        expect("afterwards", files, "new", followed=False)

        daemon.hang_up()  # now it can read the key
        wait_for(lambda: signs_with(lab, sink, "new"), 60, "the daemon to sign with the new key")
        expect("after another reload", files, "new", followed=True)


def check_forgotten_reload(sink):
    """The plainest case: the configuration was changed and nobody reloaded, and each thing that can differ."""
    lab = Lab(folder, "forgotten")
    key = generate_key(os.path.join(lab.folder, "key.pem"), 1024)
    before = f"dkim_key('example.com', 'old', '{key}'); dkim_key('other.net', 'old', '{key}');\n"
    conf = lab.write("keys.conf", before + "1;\n")
    files = [lab.head, conf]
    entry = "@dkim_signature_options_bysender_maps = ({ '.' => { %s } });\n"
    changed = {
        "another selector": before.replace("'old'", "'new'"),
        "not signed any more": before + entry % "d => ''",
        "another domain": before + entry % "d => 'other.net'",
        "another algorithm": before + entry % "a => 'rsa-sha1'",
        "another canonicalization": before + entry % "c => 'relaxed/relaxed'",
        "another identity": before + entry % "i => 'x@example.com'",
        "another time to live": before + entry % "ttl => 3600",
    }
    with Daemon(lab, files):
        checks.equal("forgotten: the daemon signs", selectors(lab, sink), ("old", "old"))
        for name, text in changed.items():
            lab.write("keys.conf", text + "1;\n")
            if not ALONE:
                live = explain(files, "--json", "--live")
                checks.check(
                    f"forgotten, {name}: reported", "amavis.not-loaded" in findings(live) and live.status == 1, live
                )
        if not ALONE:
            lab.write("keys.conf", before + "delete $policy_bank{'MYNETS'}; delete $policy_bank{'ORIGINATING'}; 1;\n")
            for options in ([], ["--bank", "ORIGINATING"]):
                live = explain(files, "--json", "--live", *options)
                checks.check(
                    f"forgotten, no bank any more {options}: reported",
                    "amavis.not-loaded" in findings(live) and live.status == 1 and live.json()["signs"] is False,
                    live,
                )
            lab.write("keys.conf", before + "dkim_key('example.net' 'old', 'x'); 1;\n")
            live = explain(files, "--json", "--live")
            checks.check(
                "forgotten, rejected: the daemon is asked, and the configuration gives no answer",
                live.status == 3 and live.json()["signs"] is None and any(a["signs"] for a in live.json()["live"]),
                live,
            )
        lab.write("keys.conf", before + "1;\n")
        if not ALONE:
            live = explain(files, "--json", "--live")
            checks.check(
                "forgotten, put back: content", "amavis.not-loaded" not in findings(live) and live.status == 0, live
            )


def check_unavailable(sink):
    """Endpoints that cannot be asked: said so, never taken for an answer."""
    conf_of = {
        "another port speaks": "$interface_policy{'9998'} = 'MYNETS'; $unix_socketname = undef;\n",
        "access is refused": "$policy_bank{'AM.PDP-INET'}{inet_acl} = [qw(192.0.2.1)]; $unix_socketname = undef;\n",
        "always_bcc": "$always_bcc = 'copy@example.com';\n",
    }
    for number, (name, text) in enumerate(conf_of.items()):
        lab = Lab(folder, f"unavailable{number}")
        key = generate_key(os.path.join(lab.folder, "key.pem"), 1024)
        started = lab.write("started.conf", text + f"dkim_key('example.com', 'old', '{key}'); 1;\n")
        # what dkimctl reads promises an endpoint there all the same
        promised = text if name == "always_bcc" else "$unix_socketname = undef;\n"
        read = lab.write("read.conf", promised + f"dkim_key('example.com', 'old', '{key}'); 1;\n")
        with Daemon(lab, [lab.head, started]):
            checks.check(f"{name}: amavisd gives no verdict", not gives_verdict(lab), name)
            if not ALONE:
                live = explain([lab.head, read], "--json", "--live")
                checks.check(
                    f"{name}: said so",
                    "amavis.live-unavailable" in findings(live) and "amavis.not-loaded" not in findings(live),
                    live,
                )
                checks.check(f"{name}: the configuration's answer is there", live.json()["selector"] == "old", live)
    if not ALONE:
        live = explain([lab.head, read], "--json", "--live")  # the daemon is gone
        checks.check("no daemon: said so", "amavis.live-unavailable" in findings(live) and live.status == 7, live)
        lab = Lab(folder, "none")
        bare = lab.write(
            "bare.conf",
            f"$inet_socket_port = 10024; $unix_socketname = undef; dkim_key('example.com', 'old', '{folder}/forgotten/key.pem'); 1;\n",
        )
        live = explain([lab.head, bare], "--json", "--live")
        checks.check(
            "no endpoint configured: said so", "amavis.live-unavailable" in findings(live) and live.status == 1, live
        )


def gives_verdict(lab):
    try:
        policy_signature(policy_request(lab, AUTHOR, "ORIGINATING"))
        return True
    except (RuntimeError, OSError):
        return False


def check_sockets(sink):
    """Over the unix socket alone, and over a port alone; with what it leaves behind."""
    for name, text in {
        "unix socket": "$inet_socket_port = [10024, 10026];\n",
        "port": "$unix_socketname = undef;\n",
        "port by address": "$unix_socketname = undef; delete $interface_policy{'9998'}; $interface_policy{'127.0.0.1:9998'} = 'AM.PDP-INET';\n",
        "socket by path": "delete $interface_policy{'SOCK'}; $interface_policy{$unix_socketname} = 'AM.PDP-SOCK'; $inet_socket_port = [10024, 10026];\n",
        "virus scanner keeps the message": VIRUS_SCANNER,
    }.items():
        lab = Lab(folder, re.sub("[^a-z]+", "-", name))
        key = generate_key(os.path.join(lab.folder, "key.pem"), 1024)
        conf = lab.write("keys.conf", text + f"dkim_key('example.com', 'old', '{key}'); 1;\n")
        with Daemon(lab, [lab.head, conf]):
            where = POLICY_PORT if name.startswith("port") else os.path.join(lab.home, "amavisd.sock")
            asked = policy_signature(policy_request(lab, AUTHOR, "ORIGINATING", where=where))
            checks.check(f"{name}: amavisd answers there", asked and asked["s"] == "old", asked)
            if not ALONE:
                before = sorted(os.listdir(os.path.join(lab.home, "tmp")))
                live = explain([lab.head, conf], "--json", "--live")
                checks.check(
                    f"{name}: was asked and is content",
                    live.status == 0 and not set(findings(live)) & {"amavis.live-unavailable", "amavis.not-loaded"},
                    live,
                )
                left = [
                    n
                    for n in os.listdir(os.path.join(lab.home, "tmp"))
                    if n not in before and not n.startswith("amavis-")
                ]
                checks.equal(f"{name}: nothing is left behind", left, [])
                checks.check(f"{name}: nothing is delivered", not sink.messages, list(sink.messages))


VIRUS_SCANNER = r"""@bypass_virus_checks_maps = (0); $bypass_decode_parts = 0;
@keep_decoded_original_maps = (new_RE(qr'^MAIL$')); @av_scanners_backup = ();
@av_scanners = (['none', '/bin/true', '', [0], [1], qr/x/]);
"""


def main():
    global folder
    need(tools=("openssl", "setpriv"), dkimctl=not ALONE)
    private_namespaces()
    folder = temporary_folder()
    sink = Sink()
    check_rejected_reload(sink)
    check_forgotten_reload(sink)
    check_sockets(sink)
    check_unavailable(sink)
    checks.finish()


main()
