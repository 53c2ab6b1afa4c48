#!/usr/bin/python3
"""The key files of genkey and genrsa: whose they are and who can read them, on host trees laid out as iRedMail lays
them out and for this host's own users; that amavisd, OpenDKIM and OpenSSL read them; that a run which is killed or runs
out of space at any call leaves a whole key or none; and that no octet of a private key is anywhere else."""

import base64
import os
import pwd
import re
import resource
import signal
import socketserver
import subprocess
import threading
import time

import dns.exception
import dns.flags
import dns.message
import dns.rrset

from lib import DAEMON_USER, DKIMCTL, Checks, Run, amavisd, need, private_namespaces, read, temporary_folder, write

QUICK = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}  # the leak checker and strace cannot both look at a program

SANITIZED = os.access(DKIMCTL, os.R_OK) and b"__asan_init" in read(DKIMCTL)  # then it makes calls of its own, in their midst

# Where iRedMail has what: configuration, user, uid, gid. The numbers are those of nobody here.
LAYOUTS = {
    "debian": ("etc/amavis/conf.d/50-user", "amavis", 4101, 4102),
    "rhel": ("etc/amavisd/amavisd.conf", "amavis", 4201, 4202),
    "freebsd": ("usr/local/etc/amavisd.conf", "vscan", 4301, 4302),
    "openbsd": ("etc/amavisd.conf", "_vscan", 4401, 4402),
}

# The calls that a file can be changed by, or that must succeed before one is. Killed at any other, the disk is as it was
# killed at the next of these.
CALLS = ("openat", "write", "fchown", "fchmod", "fsync", "linkat", "unlinkat", "mkdirat", "newfstatat", "fstat", "close",
         "readlink", "lstat", "getdents64", "exit_group")


def openssl(*words):
    return subprocess.run(["openssl", *words], capture_output=True, check=False)


def is_whole(path):
    return openssl("rsa", "-check", "-noout", "-in", path).returncode == 0


def as_user(uid, gid, *argv, **kw):
    return Run(["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", *argv], **kw)


def state(path):
    """(mode, uid, gid)"""
    status = os.lstat(path)
    return status.st_mode & 0o7777, status.st_uid, status.st_gid


class NameServer:
    """Answers every TXT question with what it was told, by UDP what fits and by TCP all."""

    def __init__(self):
        self.records = {}
        names = self

        class Udp(socketserver.BaseRequestHandler):
            def handle(self):
                octets, sock = self.request
                sock.sendto(names.reply(octets, 512), self.client_address)

        class Tcp(socketserver.StreamRequestHandler):
            def handle(self):
                size = int.from_bytes(self.rfile.read(2), "big")
                reply = names.reply(self.rfile.read(size), 65535)
                self.wfile.write(len(reply).to_bytes(2, "big") + reply)

        for server in (socketserver.UDPServer(("127.0.0.1", 53), Udp), socketserver.TCPServer(("127.0.0.1", 53), Tcp)):
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def reply(self, octets, size):
        reply = dns.message.make_response(dns.message.from_wire(octets))
        reply.flags |= dns.flags.RA
        asked = reply.question[0]
        value = self.records.get(asked.name.to_text().lower())
        if value:
            strings = " ".join(f'"{value[i:i + 250]}"' for i in range(0, len(value), 250))
            reply.answer.append(dns.rrset.from_text(asked.name, 60, "IN", "TXT", strings))
        try:
            return reply.to_wire(max_size=size)
        except dns.exception.TooBig:
            reply.answer.clear()
            reply.flags |= dns.flags.TC
            return reply.to_wire()


class Tests:
    def __init__(self, folder):
        self.folder, self.checks, self.names = folder, Checks(), NameServer()
        forward = "server:\n do-not-query-localhost: no\nforward-zone:\n name: .\n forward-addr: 127.0.0.1\n"
        forward = write(os.path.join(folder, "forward.conf"), forward)
        text = f"Nameservers 127.0.0.1\nResolverConfiguration {forward}\n"
        self.opendkim = write(os.path.join(folder, "opendkim.conf"), text)
        self.count = 0

    def new_folder(self):
        self.count += 1
        path = os.path.join(self.folder, f"f{self.count}")
        os.mkdir(path)
        return path

    def tree(self, layout):
        """A host without keys."""
        conf, user, uid, gid = LAYOUTS[layout]
        root = self.new_folder()
        for path in (os.path.dirname(conf), "etc", "var/lib"):
            os.makedirs(os.path.join(root, path), exist_ok=True)
        write(os.path.join(root, "etc/passwd"), f"root:x:0:0::/:/bin/sh\n{user}:x:{uid}:{gid}::/:/bin/sh\n")
        write(os.path.join(root, "etc/group"), f"{user}:x:{gid}:\n")
        write(os.path.join(root, conf), f"$daemon_user = '{user}'; $daemon_group = '{user}';\n1;\n")
        return root

    def genkey(self, root, *words, **kw):
        return Run([DKIMCTL, "--root", root, "genkey", "--no-dns", *words], env=QUICK, **kw)

    # ---- whose they are, and who reads them

    def layouts(self):
        for layout, (_, _, uid, gid) in LAYOUTS.items():
            for there in (False, True):
                root = self.tree(layout)
                keys = os.path.join(root, "var/lib/dkim")
                if there:  # as iRedMail leaves it, with its own key
                    os.mkdir(keys, 0o700)
                    os.chown(keys, uid, gid)
                    write(os.path.join(keys, "example.com.pem"), "iRedMail's")
                self.layout(f"{layout}, {'a folder' if there else 'no folder'}", root, uid, gid)
                if there:
                    self.checks.equal(f"{layout}: iRedMail's key stays", read(keys + "/example.com.pem"), b"iRedMail's")

    def layout(self, name, root, uid, gid):
        run = self.genkey(root, "--json", "example.com")
        if not self.checks.equal(f"{name}: genkey", run.status, 0):
            print(run)
            return
        key = run.json()["keys"][0]
        path = root + key["file"]
        self.checks.equal(f"{name}: the file's mode and owner", state(path), (0o400, uid, gid))
        self.checks.equal(f"{name}: the folder's", state(os.path.dirname(path)), (0o700, uid, gid))
        self.checks.equal(f"{name}: /var/lib is for all", state(root + "/var/lib")[0], 0o755)
        self.checks.equal(f"{name}: its user reads it", as_user(uid, gid, "cat", path).out, read(path))
        self.checks.equal(f"{name}: nobody else", as_user(65534, 65534, "cat", path).status, 1)
        self.readers(name, key, path, uid, gid)

    def readers(self, name, key, path, uid, gid):
        self.checks.check(f"{name}: OpenSSL reads it", is_whole(path), path)
        public = openssl("rsa", "-in", path, "-pubout", "-outform", "DER").stdout
        record = "v=DKIM1; p=" + base64.b64encode(public).decode()
        self.checks.equal(f"{name}: the record is its public half", key["record"], record)
        conf = write(path + ".conf", f"use strict;\ndkim_key('example.com', '{key['selector']}', '{path}');\n1;\n")
        os.rename(conf, conf := os.path.join(self.folder, "readers.conf"))
        shown = as_user(uid, gid, "amavisd", "-c", conf, "showkeys")
        value = b"".join(re.findall(rb'(?m)^  "(.*)"\)?$', shown.out)).decode()
        self.checks.equal(f"{name}: amavisd reads it as its user", value, key["record"])
        self.names.records[key["owner"]] = key["record"]
        tested = Run(
            ["opendkim-testkey", "-x", self.opendkim, "-vv", "-d", "example.com", "-s", key["selector"], "-k", path])
        self.checks.check(f"{name}: opendkim-testkey takes it", tested.status == 0, tested)

    def this_host(self):
        """Its own amavis user, without a tree; and a folder above that keeps that user out."""
        user = pwd.getpwnam(DAEMON_USER)
        conf = write(os.path.join(self.folder, "host.conf"), f"$daemon_user = '{DAEMON_USER}';\n1;\n")
        keys = os.path.join(self.new_folder(), "dkim")
        command = [DKIMCTL, "-c", conf, "genkey", "--no-dns", "--key-dir", keys, "example.net"]
        run = Run([*command, "--json"], env=QUICK)
        self.checks.equal("this host: genkey", run.status, 0)
        path = run.json()["keys"][0]["file"]
        self.checks.equal("this host: the file is amavis's", state(path), (0o400, user.pw_uid, user.pw_gid))
        os.chmod(os.path.dirname(keys), 0o700)
        run = Run([*command, "--json"], env=QUICK)
        self.checks.equal("this host: a folder that amavis cannot enter", run.status, 3)
        self.checks.equal("this host: which is told", run.json()["findings"][-1]["code"], "amavis.unreadable-key")

    def ed25519(self):
        root = self.tree("debian")
        run = self.genkey(root, "--type", "ed25519", "example.com")
        self.checks.equal("Ed25519: not for amavisd", (run.status, os.listdir(root + "/var/lib")), (2, []))
        run = self.genkey(root, "--type", "ed25519", "--for", "other", "--owner", "4711:4712", "--json", "example.com")
        key = run.json()["keys"][0]
        self.checks.equal("Ed25519: for another", state(root + key["file"]), (0o400, 4711, 4712))
        public = openssl("pkey", "-in", root + key["file"], "-pubout", "-outform", "DER").stdout
        record = "v=DKIM1; k=ed25519; p=" + base64.b64encode(public[-32:]).decode()
        self.checks.equal("Ed25519: OpenSSL reads it", key["record"], record)

    def links(self):
        root = self.tree("debian")
        os.makedirs(root + "/srv/keys")
        os.symlink("/srv/keys", root + "/var/lib/dkim")
        self.checks.equal("a link of root's is followed, in the tree", self.genkey(root, "example.com").status, 0)
        self.checks.equal("to where it leads", len(os.listdir(root + "/srv/keys")), 1)
        os.chown(root + "/var/lib/dkim", 4711, 4711, follow_symlinks=False)
        run = self.genkey(root, "example.com")
        self.checks.equal("one of somebody else's is not", (run.status, len(os.listdir(root + "/srv/keys"))), (7, 1))
        self.checks.check("and why is said", b"is a symbolic link of another user" in run.err, run)

    # ---- as amavisd

    def like_amavisd(self):
        """The same statuses where there is one to follow, the same line, the same file."""
        cases = [["a.pem", "1024"], ["a.pem", "1024"], ["b.pem", "512"], ["c.pem", "511"], ["c.pem", "4097"],
                 ["c.pem", "x"], [], [""], ["none/c.pem", "1024"], ["link", "1024"], ["empty", "1024"]]
        folders = [self.new_folder(), self.new_folder()]
        for folder in folders:
            os.symlink("nowhere", folder + "/link")
            write(folder + "/empty", "")
        for words in cases:
            ours = Run([DKIMCTL, "-q", "genrsa", *words], cwd=folders[0], env=QUICK)
            theirs = amavisd([], "genrsa", *words, cwd=folders[1])
            lines = [re.sub(rb"^INFO: .*\n", b"", run.err + run.out) for run in (ours, theirs)]
            self.checks.equal(f"genrsa {words}: what is said", lines[0], lines[1])
            self.checks.equal(f"genrsa {words}: whether it failed", ours.status in (2, 7), theirs.status == 1)
            found = [sorted((name, state(f"{folder}/{name}")) for name in os.listdir(folder)) for folder in folders]
            self.checks.equal(f"genrsa {words}: the files", found[0], found[1])
        for folder in folders:
            heads = [read(f"{folder}/{name}").splitlines()[0] for name in ("a.pem", "b.pem")]
            self.checks.equal("genrsa: the form", heads, [b"-----BEGIN RSA PRIVATE KEY-----"] * 2)
        run = Run([DKIMCTL, "genrsa", "d.pem"], cwd=folders[0], env=QUICK)
        self.checks.check("genrsa: 2048 bits by itself", b"(2048 bits, PEM format) \n" in run.err, run)

    # ---- killed, or out of space

    def traced(self, argv, *injections, cwd=None):
        log = os.path.join(self.folder, "strace.log")
        words = [word for each in injections for word in ("-e", f"inject={each}")]
        return Run(["strace", "-f", "-o", log, *words, *argv], env=QUICK, cwd=cwd), log

    def calls_of(self, argv, begin, cwd=None):
        """(call, how many of it in its thread before and with it) from the one on that names `begin`; and the place of
        the file without a name among them."""
        run, log = self.traced(argv, cwd=cwd)
        self.checks.equal(f"{argv[1:]}: untouched, it works", run.status in (0, 1), True)
        counts, found, unnamed, begun = {}, [], None, False
        for line in read(log).decode(errors="replace").splitlines():
            call = re.match(r"(\d+) +(\w+)\(", line)
            if not call:
                continue
            counts[call.groups()] = counts.get(call.groups(), 0) + 1
            place = (call[2], counts[call.groups()])
            begun = begun or begin in line and call[2] == "openat"
            unnamed = place if "O_TMPFILE" in line else unnamed
            if begun and call[2] in CALLS and place not in found:
                found.append(place)
        return found, unnamed

    def look(self, name, folder, key, rights, leftovers):
        """What an interrupted run left: the key's name with a whole key, or without. Returns whether it is there."""
        names = os.listdir(folder) if os.path.isdir(folder) else []
        there = key in names
        others = [each for each in names if each != key]
        self.checks.check(f"{name}: nothing else", leftovers and all(o.startswith(".dkimctl-") for o in others) or not others,
                          others)
        for each in others:
            self.checks.equal(f"{name}: what is left is nobody's to read", state(f"{folder}/{each}")[0] & 0o077, 0)
        if there:
            self.checks.check(f"{name}: whole", is_whole(f"{folder}/{key}"), read(f"{folder}/{key}"))
            self.checks.equal(f"{name}: with its rights", state(f"{folder}/{key}"), rights)
        return there

    def interrupted(self, make):
        """`make()` gives a new world each time: argv, its folder of keys, the key's name, the file's and the folder's
        rights, and what marks in a trace where it begins."""
        argv, _, _, _, _, begin = make()
        calls, unnamed = self.calls_of(argv, begin)
        self.checks.check(f"{argv[1:]}: the calls were found", len(calls) > 8 and unnamed is not None, (calls, unnamed))
        named = f"openat:error=EOPNOTSUPP:when={unnamed[1]}"
        run, log = self.traced(make()[0], named)
        self.checks.check(f"{argv[1:]}: the other way is gone", b".dkimctl-" in read(log) and run.status == 1, run)
        for fallback in ([], [named]):
            for call, number in calls:
                if fallback and call == "openat":
                    continue  # one injection a call
                for harm in ("signal=KILL", "error=ENOSPC"):
                    if call in ("exit_group", "close") and harm != "signal=KILL":
                        continue  # the one cannot fail, the other changes nothing where it does
                    self.interrupt(make(), fallback, f"{call}:{harm}:when={number}")

    def interrupt(self, world, fallback, injection):
        argv, folder, key, rights, folder_rights, _ = world
        name = f"{'genrsa' if 'genrsa' in argv else 'genkey'} {injection}{' named' if fallback else ''}"
        run, _ = self.traced(argv, injection, *fallback)
        killed = "KILL" in injection
        there = self.look(name, folder, key, rights, leftovers=fallback)
        if not killed:
            # Where the call was one that does not matter, it worked; a result that cannot be written is a failure, too.
            ok = run.status in (0, 1) and there or run.status in (2, 3, 7) and (not there or injection.startswith("write"))
            self.checks.check(f"{name}: the status tells", ok, run)
        before = read(f"{folder}/{key}") if there else None
        again = Run(argv, env=QUICK)
        self.checks.equal(f"{name}: tried again", again.status, 7 if there else 1)  # 1024 bits are warned of
        self.look(f"{name}, again", folder, key, rights, leftovers=fallback)
        self.checks.check(f"{name}: then it is there", os.path.exists(f"{folder}/{key}"), again)
        self.checks.equal(f"{name}: the folder's rights", state(folder), folder_rights)
        if there:
            self.checks.equal(f"{name}: what was there stays", read(f"{folder}/{key}"), before)

    def genrsa_world(self):
        folder = self.new_folder()
        argv = [DKIMCTL, "-q", "genrsa", folder + "/k.pem", "1024"]
        return argv, folder, "k.pem", (0o600, 0, 0), (0o755, 0, 0), f'"{os.path.basename(folder)}"'

    def genkey_world(self):
        root = self.tree("openbsd")
        argv = [DKIMCTL, "--root", root, "genkey", "--no-dns", "--bits", "1024", "--selector", "s1", "example.com"]
        return argv, root + "/var/lib/dkim", "example.com.s1.pem", (0o400, 4401, 4402), (0o700, 4401, 4402), '"lib"'

    def disk_full(self):
        """A real one, with room for some keys."""
        folder = self.new_folder()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24k", "none", folder], check=True)
        argv = [DKIMCTL, "genkey", "--no-dns", "--for", "other", "--json", "--key-dir", folder, "--selector", "s"]
        domains = [f"d{i}.example" for i in range(12)]
        run = Run([*argv, *domains], env=QUICK)
        made, failed = run.json()["keys"], run.json()["failed"]
        self.checks.equal("disk full: each domain is told of once", len(made) + len(failed), len(domains))
        self.checks.check("disk full: some have keys, some not", made and failed and run.status == 7, run)
        self.checks.check("disk full: and why", any("no space left on device" in each["reason"] for each in failed), run)
        names = sorted(os.path.basename(each["file"]) for each in made)
        self.checks.equal("disk full: what is there is what was told", sorted(os.listdir(folder)), names)
        self.checks.check("disk full: whole", all(is_whole(f"{folder}/{name}") for name in names), names)
        subprocess.run(["mount", "-o", "remount,size=1m", folder], check=True)
        run = Run([*argv, *(each["domain"] for each in failed)], env=QUICK)
        self.checks.equal("disk full: with room again", (run.status, len(os.listdir(folder))), (0, len(domains)))

    # ---- secrets

    def secrets(self):
        """Every octet string that any system call is given, argv and environment among them: the text of the key goes
        into its file and nowhere else."""
        for json in ([], ["--json"]):
            root = self.tree("debian")
            log = os.path.join(self.folder, "secrets.log")
            strace = ["strace", "-f", "-xx", "-s", "1000000", "-o", log]
            run = Run([*strace, DKIMCTL, "--root", root, *json, "genkey", "--no-dns", "a.example", "b.example"], env=QUICK)
            self.checks.equal(f"secrets {json}: genkey", run.status, 0)
            trace = read(log).decode().replace(r"\x", "")
            keys = [os.path.join(root, "var/lib/dkim", name) for name in os.listdir(root + "/var/lib/dkim")]
            self.checks.equal(f"secrets {json}: two keys", len(keys), 2)
            for path in keys:
                self.no_trace_of(f"secrets {json}", path, run, trace)

    def no_trace_of(self, name, path, run, trace):
        lines = read(path).splitlines()[1:-1]
        der = base64.b64decode(b"".join(lines))
        numbers = openssl("rsa", "-in", path, "-noout", "-text").stdout.decode()
        primes = re.findall(r"(?:prime\d|privateExponent):\n((?:    [0-9a-f:]+\n)+)", numbers)
        secrets = [bytes.fromhex(re.sub(r"[\s:]", "", each)).lstrip(b"\0") for each in primes]
        self.checks.equal(f"{name}: d, p and q", len(secrets), 3)
        # The public half is in the first of the lines, too: those behind the modulus are secret.
        private = lines[8:]
        self.checks.equal(f"{name}: the lines are written once", {trace.count(line.hex()) for line in private}, {1})
        for secret in secrets:
            for form in (secret[:16], secret[::-1][:16], secret[:16].hex().encode()):
                self.checks.equal(f"{name}: no number in a call", trace.count(form.hex()), 0)
                self.checks.check(f"{name}: nor in the output", form not in run.out + run.err)
        self.checks.check(f"{name}: no line in the output", not any(line in run.out + run.err for line in private))
        self.checks.equal(f"{name}: no DER in a call", trace.count(der[300:332].hex()), 0)

    def memory(self):
        """While it runs: argv and environment as others see them; and no core file when it is ended so."""
        root = self.tree("debian")
        domains = [f"d{i}.example" for i in range(40)]
        argv = [DKIMCTL, "--root", root, "genkey", "--no-dns", "--bits", "4096", *domains]

        def cores():
            resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

        process = subprocess.Popen(argv, cwd=root, env=QUICK, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   preexec_fn=cores)
        folder = root + "/var/lib/dkim"
        until = time.monotonic() + 120
        while time.monotonic() < until and not (os.path.isdir(folder) and os.listdir(folder)):
            time.sleep(0.01)
        seen = b"".join(read(f"/proc/{process.pid}/{name}") for name in ("cmdline", "environ"))
        process.send_signal(signal.SIGABRT)
        _, status = os.waitpid(process.pid, 0)
        self.checks.check("memory: it was running", os.WIFSIGNALED(status), status)
        self.checks.check("memory: no core", not os.WCOREDUMP(status), status)
        lines = [line for name in os.listdir(folder) for line in read(f"{folder}/{name}").splitlines()[1:-1]]
        self.checks.check("memory: there were keys", len(lines) > 20, lines)
        self.checks.check("memory: nothing in argv and environment", not any(line in seen for line in lines), seen)
        elsewhere = subprocess.run(["grep", "-rlF", lines[20].decode(), root], capture_output=True, check=False).stdout
        self.checks.equal("memory: in one file only", len(elsewhere.splitlines()), 1)


def main():
    need(tools=("strace", "openssl", "opendkim-testkey", "setpriv"))
    private_namespaces()
    tests = Tests(temporary_folder())
    tests.layouts()
    tests.this_host()
    tests.ed25519()
    tests.links()
    tests.like_amavisd()
    if not SANITIZED:
        tests.interrupted(tests.genrsa_world)
        tests.interrupted(tests.genkey_world)
    tests.disk_full()
    tests.secrets()
    tests.memory()
    tests.checks.finish()


if __name__ == "__main__":
    main()
