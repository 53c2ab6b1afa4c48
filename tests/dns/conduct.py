#!/usr/bin/python3
"""How testkeys goes about it: the same answer each time, no question that could do harm, a child without rights, and a
clean end whatever becomes of it."""

import json
import os
import pwd
import re
import signal
import subprocess
import sys

from capture import Capture
from cases import KEY, OTHER, RIGHT, cname, txt
from common import KEYS
from internet import RESOLVER, Internet
from key_records import GOOD
from lib import DKIMCTL, Checks, Run, private_namespaces, temporary_folder, wait_for, write

RUNS = 20

ZONES = {
    "right": [RIGHT],
    "several": [RIGHT, OTHER],
    "none": [],
    "apex": [txt(GOOD, at="@")],
    "alias": [cname("key"), KEY],
    "alias-gone": [cname("nobody.right.example.")],
    "wild": ['*._domainkey 300 IN TXT "nothing"'],
}


class Tests:
    def __init__(self, folder, net):
        self.folder, self.net, self.checks = folder, net, Checks()
        self.roots = ["--root-hints", net.hints, "--trust-anchor", net.anchor]

    def conf(self, *domains, key="rsa2048"):
        path = os.path.join(self.folder, "-".join(domains)[:60] + ".conf")
        lines = [f"dkim_key('{domain}.example', 'dkim', '{self.folder}/{key}.pem');" for domain in domains]
        return write(path, "\n".join(lines) + "\n1;\n")

    def run(self, conf, *words, **kw):
        return Run([DKIMCTL, "-c", conf, "testkeys", *words], **kw)

    def same_each_time(self):
        conf = self.conf("several", "right")
        answers = {self.run(conf, "--json", *self.roots).out for _ in range(RUNS)}
        ttl = re.compile(rb'"ttl": \d+')
        self.checks.equal(f"{RUNS} runs, one answer", len({ttl.sub(b"", answer) for answer in answers}), 1)

    def asks_no_resolver_too_early(self):
        conf = self.conf(*ZONES)
        capture = Capture(self.folder, RESOLVER)
        run = self.run(conf, "--json", *self.roots)
        questions = capture.stop()
        proven = {f"dkim._domainkey.{name}.example" for name in ("right", "several", "alias")}
        below = {name for _, _, name in questions if "_domainkey" in name or name.count(".") > 1}
        self.checks.check("the capture saw something", len(questions) > len(ZONES), questions)
        self.checks.equal("no name is asked for that every server has not", below - proven, set())
        self.checks.equal("those that they have are", below, proven)
        self.checks.check("ids differ", len({number for number, _, _ in questions}) > len(questions) / 2, questions)
        self.checks.equal("it ends with problems found", run.status, 1)

    def child_has_no_rights(self):
        conf = self.conf("silent")
        process = subprocess.Popen([DKIMCTL, "-c", conf, "testkeys", *self.roots], stdout=subprocess.DEVNULL)
        try:
            wait_for(lambda: child_of(process.pid) and seccomp(child_of(process.pid)) == "2", 20, "the child")
            status = status_of(child_of(process.pid))
            nobody = pwd.getpwnam("nobody")
            self.checks.equal("its user is nobody", status["Uid"].split(), [str(nobody.pw_uid)] * 4)
            self.checks.equal("its groups are nobody's", (status["Gid"].split(), status["Groups"]), ([str(nobody.pw_gid)] * 4, ""))
            self.checks.equal("it has no capabilities", {status[c] for c in ("CapPrm", "CapEff", "CapInh")}, {"0" * 16})
            self.checks.equal("it gets no new ones", status["NoNewPrivs"], "1")
            self.checks.equal("it is in a session of its own", os.getsid(child_of(process.pid)), child_of(process.pid))
            files = [os.readlink(f"/proc/{child_of(process.pid)}/fd/{fd}") for fd in os.listdir(f"/proc/{child_of(process.pid)}/fd")]
            self.checks.equal("it has no file open", [file for file in files if file.startswith(self.folder)], [])
        finally:
            process.kill()
            process.wait()

    def ends_cleanly(self):
        conf = self.conf("silent")
        for number in (signal.SIGKILL, signal.SIGSTOP):
            process = subprocess.Popen(
                [DKIMCTL, "-c", conf, "testkeys", *self.roots], stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            wait_for(lambda: child_of(process.pid) and seccomp(child_of(process.pid)) == "2", 20, "the child")
            os.kill(child_of(process.pid), number)
            out, err = process.communicate(timeout=120)
            name = signal.Signals(number).name
            self.checks.equal(f"{name}: status 7", process.returncode, 7)
            self.checks.equal(f"{name}: no verdict", out, b"")
            self.checks.check(f"{name}: one line says why", re.fullmatch(rb"dkimctl: \S*dkimctl-dns: it .*\n", err), err)

    def as_another_user(self):
        conf = self.conf("right", "apex")
        daemon = pwd.getpwnam("daemon")
        argv = ["setpriv", f"--reuid={daemon.pw_uid}", f"--regid={daemon.pw_gid}", "--clear-groups"]
        run = Run([*argv, DKIMCTL, "-c", conf, "testkeys", "--json", *self.roots])
        self.checks.equal("not as root: verdicts", verdicts(run), {"right.example": "pass", "apex.example": "fail"})

    def without_a_root(self):
        conf = self.conf("right", "none")
        hints = write(os.path.join(self.folder, "dead.hints"), ". 1 NS a.\na. 1 A 127.1.2.250\n")
        run = self.run(conf, "--json", "--root-hints", hints)
        self.checks.equal("no root: verdicts", verdicts(run), {"right.example": "pass", "none.example": "fail"})
        codes = [finding["code"] for finding in run.json()["findings"] if finding["code"].startswith("dns.")]
        self.checks.equal("no root: said once", codes, ["dns.no-root"])

    def with_a_wrong_anchor(self):
        anchor = write(os.path.join(self.folder, "other.ds"), self.net.signer.ds(self.net.signer.key("")) + "\n")
        run = self.run(self.conf("right"), "--json", "--root-hints", self.net.hints, "--trust-anchor", anchor)
        self.checks.equal("wrong anchor: verdict", verdicts(run), {"right.example": "temporary"})
        codes = [finding["code"] for finding in run.json()["findings"] if finding["code"].startswith("d")]
        self.checks.equal("wrong anchor: said once", codes, ["dns.bogus-root"])
        self.checks.equal("wrong anchor: status", run.status, 4)

    def without_a_family(self):
        run = self.run(self.conf("sixes"), "--json", *self.roots)
        self.checks.equal("no IPv6: verdict", verdicts(run), {"sixes.example": "pass"})
        codes = [finding["code"] for finding in run.json()["findings"] if finding["code"].startswith("d")]
        self.checks.equal("no IPv6: said once, as a note", (codes, run.status), (["dns.no-family"], 0))

    def quickly(self):
        conf = self.conf("right", "apex", "silent")
        run = self.run(conf, "--json", "--quick", timeout=120)
        expected = {"right.example": "pass", "apex.example": "fail", "silent.example": "temporary"}
        self.checks.equal("--quick: verdicts", verdicts(run), expected)
        self.checks.equal("--quick: status", run.status, 1)
        run = self.run(self.conf("right"), "--quick", "--resolver", "127.1.2.250")
        self.checks.equal("a resolver that is not there: status", run.status, 4)
        run = self.run(self.conf("right"), "--quick", "--resolver", f"{RESOLVER}:53")
        self.checks.equal("--resolver: one line", run.out, b"TESTING#1 right.example: dkim._domainkey.right.example => pass\n")
        self.checks.equal("--resolver: status", run.status, 0)

    def for_monitoring(self):
        lines = {
            ("right",): (0, rb"DKIM OK - 1 key passes \| keys=1 pass=1 fail=0 temporary=0 untested=0\n"),
            ("right", "apex"): (2, rb"DKIM CRITICAL - 1 of 2 keys fail: dkim._domainkey.apex.example: .*\[dkim.at-apex\] \|.*\n"),
            ("closed",): (3, rb"DKIM UNKNOWN - DNS does not answer for 1 of 1 key: .*\n"),
            ("lame",): (1, rb"DKIM WARNING - 1 key passes: .*\[dkim.server-lame\] \|.*\n"),
        }
        for domains, (status, line) in lines.items():
            run = self.run(self.conf(*domains), "--nagios", *self.roots)
            self.checks.check(f"--nagios {domains}", run.status == status and re.fullmatch(line, run.out), run)
        for words in (["--quik"], ["--resolver", "nowhere"], ["--dns-user", "nobody-has-it"], ["--root-hints", "/none"]):
            run = self.run(self.conf("right"), "--nagios", *words)
            good = run.status == 3 and re.fullmatch(rb"DKIM UNKNOWN - [^\n|]+\n", run.out)
            self.checks.check(f"--nagios {words}", good and run.err == b"", run)

    def wishes(self):
        for words in (["--resolver", "nowhere"], ["--dns-user", "root"], ["--root-hints", "/etc/hostname"]):
            run = self.run(self.conf("right"), *words)
            one = run.err.count(b"\n") == 2 and run.err.startswith(b"dkimctl: " + words[0].encode()) and b"  hint: " in run.err
            self.checks.check(f"{words}: a mistake of the command line", run.status == 2 and one, run)
        anchor = write(os.path.join(self.folder, "bad.ds"), ". IN DS is no anchor\n")
        run = self.run(self.conf("right"), "--root-hints", self.net.hints, "--trust-anchor", anchor)
        self.checks.check("an anchor that is none", run.status == 7 and b"trust anchors" in run.err, run)


def verdicts(run):
    return {key["domain"]: key["verdict"] for key in json.loads(run.out)["keys"]}


def child_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        children = f.read().split()
    return int(children[0]) if children else None


def status_of(pid):
    with open(f"/proc/{pid}/status") as f:
        return {line.split(":", 1)[0]: line.split(":", 1)[1].strip() for line in f}


def seccomp(pid):
    try:
        return status_of(pid).get("Seccomp")
    except OSError:
        return None


def main():
    private_namespaces()
    folder = temporary_folder()
    for key in ("rsa2048",):
        with open(f"{KEYS}/{key}.pem", "rb") as f:
            os.chown(write(f"{folder}/{key}.pem", f.read(), 0o440), 0, pwd.getpwnam("daemon").pw_gid)
    net = Internet(folder)
    for name, lines in ZONES.items():
        net.add_zone(f"{name}.example", lines)
    net.add_zone("silent.example", [], ("silent",))
    net.add_zone("closed.example", [], ("closed",))
    net.add_zone("sixes.example", [RIGHT], ("ns3", "six"))
    net.add_zone("lame.example", [RIGHT], ("ns1", "refusing"))
    net.start()
    tests = Tests(folder, net)
    try:
        for test in (
            tests.same_each_time,
            tests.asks_no_resolver_too_early,
            tests.child_has_no_rights,
            tests.ends_cleanly,
            tests.as_another_user,
            tests.without_a_root,
            tests.with_a_wrong_anchor,
            tests.without_a_family,
            tests.quickly,
            tests.for_monitoring,
            tests.wishes,
        ):
            test()
    finally:
        net.stop()
    return tests.checks.finish()


if __name__ == "__main__":
    sys.exit(main())
