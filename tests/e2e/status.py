#!/usr/bin/python3
"""status, todo, history and rotate without DNS, on the sample host: before there is a state, with one, with another
machine's, with an older copy and with a damaged one."""

import os
import shutil
import sys
import time

from lib import DKIMCTL, SOURCE, Checks, Run, skip, temporary_folder, write

STORY = os.environ.get("STORE_STORY", "")
MACHINE = "0123456789abcdef0123456789abcdef"

EMPTY = b"""\
example.com  dkim._domainkey.example.com.  active, in amavisd's configuration; the first run takes it on record
  later                 next: rollover due; auto = no: dkimctl rotate example.com

example.org  dkim._domainkey.example.org.  active, in amavisd's configuration; the first run takes it on record
  later                 next: rollover due; auto = no: dkimctl rotate example.org
"""

STATUS = b"""\
example.org  202601a._domainkey.example.org.  published since 2026-02-01 00:00 UTC
  2026-01-31 00:00 UTC  selector chosen
  2026-01-31 00:00 UTC  private key generated
  2026-01-31 00:00 UTC  record handed out to be published
  2026-02-01 00:00 UTC  record first seen on an authoritative server
  later                 next: proven, once all servers have served the record for 1 d
  later                 then: signs
                        waits: ns2\\x1b[2J.example.net/192.0.2.2 serves something else

example.org  dkim._domainkey.example.org.  active since 2026-01-02 00:00 UTC, not made here
  2026-01-02 00:00 UTC  found, not made here
  2026-01-02 00:00 UTC  record first seen on an authoritative server
  2026-01-02 00:00 UTC  served by all authoritative servers since
  later                 next: replaced by 202601a

example.org  old._domainkey.example.org.  retired since 2026-01-03 00:00 UTC
  2026-01-01 00:00 UTC  selector chosen
  2026-01-01 00:00 UTC  private key generated
  2026-01-02 00:00 UTC  record first seen on an authoritative server
  2026-01-02 00:00 UTC  served by all authoritative servers since
  2026-01-02 00:00 UTC  amavisd signs with it
  2026-01-03 00:00 UTC  replaced
  2026-01-03 00:00 UTC  not in use any more
  2026-01-21 00:00 UTC  record about to be revoked
  later                 next: record revoked
  later                 then: private key destroyed, if nothing names it
  later                 then: record withdrawn
                        to do: example.org: mend the record of 202601a: ns2\\x1b[2J.example.net/192.0.2.2 serves something else
                        to do: example.org: revoke the record of old: give it an empty p=
"""

TODO = b"""\
example.org: mend the record of 202601a: ns2\\x1b[2J.example.net/192.0.2.2 serves something else
  hint: at 202601a._domainkey.example.org there belongs this record, whole and alone

Name     202601a._domainkey.example.org.
         (if the panel adds example.org by itself: 202601a._domainkey)
Type     TXT
TTL      3600
Value    v=DKIM1; p=MIIBnew

Put it at that name, not at example.org itself.
Do not let example.org appear twice: look at the full name that the panel shows.
Paste the value whole, on one line. Add no quotes, no backslashes, no blanks.

example.org: revoke the record of old: give it an empty p=
  hint: at old._domainkey.example.org, in place of the key's record; verifiers then refuse what others sign with it

Name     old._domainkey.example.org.
         (if the panel adds example.org by itself: old._domainkey)
Type     TXT
TTL      3600
Value    v=DKIM1; p=

Put it at that name, not at example.org itself.
Do not let example.org appear twice: look at the full name that the panel shows.
Paste the value whole, on one line. Add no quotes, no backslashes, no blanks.
"""

HISTORY = b"""\
2026-01-02 00:00 UTC  example.com dkim: found in amavisd's configuration, with its private key /var/lib/dkim/example.com.pem
2026-01-02 00:00 UTC  example.com dkim: authoritative servers are ns1.example.net/192.0.2.1 ns2\\x1b[2J.example.net/192.0.2.2
2026-01-02 00:00 UTC  example.com dkim: record served by ns1.example.net/192.0.2.1
2026-01-02 00:00 UTC  example.com dkim: ns1.example.net/192.0.2.1 serves the record
2026-01-02 00:00 UTC  example.com dkim: ns2\\x1b[2J.example.net/192.0.2.2 serves the record
2026-01-02 00:00 UTC  example.com dkim: all authoritative servers serve the record
"""


class Tests:
    def __init__(self, folder):
        self.checks = Checks()
        self.root = f"{folder}/host"
        shutil.copytree(os.path.join(SOURCE, "tests/data/hosts/iredmail"), self.root, symlinks=True)
        self.machine(MACHINE)
        self.state = f"{self.root}/var/lib/dkimctl"

    def machine(self, identity):
        write(f"{self.root}/etc/machine-id", f"{identity}\n")

    def run(self, *words):
        return Run([DKIMCTL, "--root", self.root, *words])

    def expect(self, name, words, status, out, err=b""):
        run = self.run(*words)
        self.checks.equal(f"{name}: output", run.out, out)
        self.checks.equal(f"{name}: stderr", run.err, err)
        self.checks.equal(f"{name}: exit status", run.status, status)

    def without_state(self):
        self.expect("status of nothing", ["status"], 0, EMPTY)
        todo = b"no run is on record: what a person must do is known after the first\n"
        self.expect("todo of nothing", ["todo"], 0, todo)
        self.expect("history of nothing", ["history"], 0, b"nothing is on record\n")
        document = self.run("status", "--json", "EXAMPLE.org").json()
        self.checks.equal("status --json: nothing ran", document["last_run"], None)
        (domain,) = document["domains"]
        self.checks.equal("status --json: the domain", domain["domain"], "example.org")
        self.checks.equal("status --json: not on record", domain["keys"][0]["on_record"], False)
        self.checks.check("status --json: no id", "id" not in domain["keys"][0])
        unknown = (b"dkimctl: exmple.org: warning: it has no key, on record or in the configuration [state.unknown-domain]\n"
                   b"  hint: on that host: did you mean example.org?\n")
        self.expect("a mistyped domain", ["status", "exmple.org"], 1, b"", unknown)
        self.checks.check("nothing was made", not os.path.exists(self.state))
        self.expect("rotate", ["rotate"], 2, b"", b"dkimctl: rotate: it cannot begin a rollover yet, only plan one\n"
                    b"  hint: see what it would do: dkimctl rotate --dry-run\n")

    def with_state(self):
        before = self.content()
        self.expect("status", ["status", "example.org"], 0, STATUS)
        self.expect("todo", ["todo"], 10, TODO)
        self.expect("history", ["history", "example.com"], 0, HISTORY)
        status = self.run("status", "--json")
        self.checks.equal("status --json", status.status, 0)
        keys = {f"{d['domain']}/{k['selector']}": k for d in status.json()["domains"] for k in d["keys"]}
        states = {name: key["state"] for name, key in keys.items()}
        self.checks.equal("status --json: states", states, {
            "example.com/dkim": "active", "example.org/202601a": "published", "example.org/dkim": "active",
            "example.org/old": "retired"})
        self.checks.equal("status --json: last run", status.json()["last_run"], "2026-02-01T00:00:00Z")
        self.checks.equal("status --json: waits", keys["example.org/202601a"]["waits"], [{
            "act": "mark-ready", "text": "ns2\x1b[2J.example.net/192.0.2.2 serves something else",
            "server": "ns2\x1b[2J.example.net/192.0.2.2", "until": None}])
        todo = self.run("todo", "--json")
        self.checks.equal("todo --json", todo.status, 10)
        self.checks.equal("todo --json: tasks", [(t["task"], t["selector"], t["record"]) for t in todo.json()["todo"]],
                          [("mend-record", "202601a", "v=DKIM1; p=MIIBnew"), ("revoke-record", "old", "v=DKIM1; p=")])
        events = self.run("history", "--json").json()["events"]
        self.checks.equal("history --json", (len(events), events[0]["event"], events[0]["time"]),
                          (30, "reserved", "2026-01-01T00:00:00Z"))
        begin = time.monotonic()
        self.run("status")
        self.checks.check("status answers within a second", time.monotonic() - begin < 1)
        self.checks.equal("nothing was changed", self.content(), before)

    def content(self):
        found = {}
        for name in sorted(os.listdir(self.state)):
            with open(os.path.join(self.state, name), "rb") as file:
                found[name] = file.read()
        return found

    def foreign(self):
        self.machine("f" * 32)
        run = self.run("todo")
        self.checks.equal("foreign: exit status", run.status, 1)
        self.checks.equal("foreign: output", run.out, TODO)
        self.checks.equal("foreign: stderr", run.err.replace(self.root.encode(), b"ROOT"),
                          b"dkimctl: ROOT/var/lib/dkimctl: warning: it belongs to another machine, mail.example.com "
                          b"[state.foreign]\n  hint: on that host: if this host is to carry on in its place: dkimctl init "
                          b"--takeover\n")
        self.machine(MACHINE)

    def restored(self):
        witness = f"{self.state}/epoch"
        with open(witness, encoding="ascii") as file:
            text = file.read()
        write(witness, "9 99\n", 0o600)
        run = self.run("todo")
        self.checks.equal("restored: exit status", run.status, 10)
        self.checks.check("restored: said", b"note: it is an older copy" in run.err, run)
        write(witness, text, 0o600)

    def damaged(self):
        with open(f"{self.state}/dkimctl.db", "r+b") as file:
            file.write(b"\0" * 4096)
        for command in ("status", "todo", "history"):
            run = self.run(command)
            self.checks.equal(f"damaged: {command}: exit status", run.status, 7)
            self.checks.equal(f"damaged: {command}: output", run.out, b"")
            self.checks.check(f"damaged: {command}: names the file", b"dkimctl.db" in run.err, run)


def main():
    if not os.access(STORY, os.X_OK):
        skip("no store_story (set STORE_STORY)")
    tests = Tests(temporary_folder())
    tests.without_state()
    told = Run([STORY, tests.state, MACHINE])
    tests.checks.equal("the story is stored", (told.status, told.err), (0, b""))
    tests.with_state()
    tests.foreign()
    tests.restored()
    tests.damaged()
    return tests.checks.finish()


if __name__ == "__main__":
    sys.exit(main())
