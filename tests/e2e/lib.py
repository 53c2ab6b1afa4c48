"""Shared by the end-to-end tests: a private network, throw-away keys, a real amavisd, and the counting of checks.

Every test program runs alone in its own network and mount namespace, so that programs may run side by side: each has
its own loopback, and nothing it mounts is seen elsewhere. Everything it writes lies below one temporary folder.
"""

import atexit
import ctypes
import fcntl
import json
import os
import pwd
import re
import shutil
import signal
import socket
import socketserver
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback

SKIP = 77
AMAVISD = shutil.which("amavisd") or shutil.which("amavisd-new") or "/usr/sbin/amavisd"
SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DKIMCTL = os.environ.get("DKIMCTL") or os.path.join(SOURCE, "build/release/dkimctl")
DKIMCTL_ALSO = os.environ.get("DKIMCTL_ALSO")  # another build, which must answer the same

MTA_PORT = 10025  # where the daemon hands on what it accepted
MAIL_PORT = 10024
ORIGINATING_PORT = 10026
POLICY_PORT = 9998
DAEMON_USER = "amavis"


# ---- what the test needs ----


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIP)


def need(root=True, tools=(), dkimctl=True):
    """Ends the program with the exit status for "skipped" where it cannot say anything."""
    if not os.access(AMAVISD, os.X_OK):
        skip("amavisd is not installed")
    if root and os.geteuid() != 0:
        skip("needs root")
    for tool in tools:
        if not shutil.which(tool):
            skip(f"{tool} is not installed")
    if dkimctl and not os.access(DKIMCTL, os.X_OK):
        skip(f"no dkimctl at {DKIMCTL} (set DKIMCTL)")


def private_namespaces():
    """Gives this process a network of its own (loopback only) and a mount table of its own."""
    clone_newns, clone_newnet, ms_rec, ms_private = 0x00020000, 0x40000000, 0x4000, 1 << 18
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(clone_newns | clone_newnet) != 0:
        skip(f"no namespaces of its own: {os.strerror(ctypes.get_errno())}")
    if libc.mount(b"none", b"/", None, ms_rec | ms_private, None) != 0:
        skip(f"mounts cannot be made private: {os.strerror(ctypes.get_errno())}")
    siocgifflags, siocsifflags, iff_up = 0x8913, 0x8914, 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(s, siocgifflags, request))[1]
        fcntl.ioctl(s, siocsifflags, struct.pack("16sh14x", b"lo", flags | iff_up))


def bind_mount(source, target):
    subprocess.run(["mount", "--bind", source, target], check=True)


# ---- counting ----


class Checks:
    """Counts what held and what did not; `main` prints the sum and gives the exit status."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, name, ok, detail=""):
        if ok:
            self.passed += 1
            if os.environ.get("VERBOSE"):
                print(f"ok    {name}")
        else:
            self.failed += 1
            print(f"FAIL  {name}")
            for line in str(detail).rstrip().splitlines()[:40]:
                print(f"      {line}")
        sys.stdout.flush()
        return ok

    def equal(self, name, got, expected):
        return self.check(name, got == expected, difference(expected, got) if got != expected else "")

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed or not self.passed else 0)


def difference(expected, got):
    """For a person: the first line that differs where both are text, else both values."""
    if isinstance(expected, bytes) and isinstance(got, bytes):
        left, right = expected.split(b"\n"), got.split(b"\n")
        for number in range(max(len(left), len(right))):
            a = left[number] if number < len(left) else None
            b = right[number] if number < len(right) else None
            if a != b:
                return f"line {number + 1}\nexpected {a!r}\ngot      {b!r}"
    return f"expected {expected!r}\ngot      {got!r}"


# ---- folders, keys, programs ----


def temporary_folder(prefix="dkimctl-e2e-"):
    """One that others may enter, removed at the end unless KEEP is set."""
    path = tempfile.mkdtemp(prefix=prefix)
    os.chmod(path, 0o755)
    owner = os.getpid()

    def remove():
        if os.getpid() == owner and not os.environ.get("KEEP"):
            shutil.rmtree(path, ignore_errors=True)

    atexit.register(remove)
    return path


def write(path, text, mode=0o644):
    data = text if isinstance(text, bytes) else text.encode()
    with open(path, "wb") as f:
        f.write(data)
    os.chmod(path, mode)
    return path


def read(path):
    with open(path, "rb") as f:
        return f.read()


def generate_key(path, bits, mode=0o644):
    subprocess.run(["openssl", "genrsa", "-traditional", "-out", path, str(bits)], check=True, capture_output=True)
    os.chmod(path, mode)
    return path


class Run:
    """What a finished program left. It runs in a session of its own: OpenSSL asks for pass phrases on the terminal."""

    def __init__(self, argv, env=None, cwd=None, stdin=None, timeout=120):
        done = subprocess.run(
            argv,
            capture_output=True,
            env=env,
            cwd=cwd,
            stdin=stdin or subprocess.DEVNULL,
            timeout=timeout,
            check=False,
            start_new_session=True,
        )
        self.argv, self.status, self.out, self.err = argv, done.returncode, done.stdout, done.stderr

    def json(self):
        return json.loads(self.out)

    def __str__(self):
        shown = " ".join(str(a) for a in self.argv)
        return (
            f"$ {shown}\nexit status {self.status}\n{self.out.decode(errors='replace')[:3000]}\n"
            f"stderr: {self.err.decode(errors='replace')[:3000]}"
        )


def confs(files):
    return [word for file in files for word in ("-c", file)]


def amavisd(files, *args, **kw):
    return Run([AMAVISD, *confs(files), *args], **kw)


class Finished(Run):
    """What a program left that somebody else ran."""

    def __init__(self, argv, prefix):
        self.argv = argv
        with open(prefix + ".status") as f:
            self.status = os.waitstatus_to_exitcode(int(f.read()))
        self.out, self.err = (read(prefix + suffix) for suffix in (".out", ".err"))


def amavisd_batch(folder, jobs):
    """amavisd(files, *args) for each (files, args, cwd), in order; much faster, see amavisd_batch.pl. As after a reload
    it does not run itself once more to see whether its user can read the configuration."""
    argvs = [[*confs(files), *args] for files, args, _ in jobs]
    for number, (argv, (_, _, cwd)) in enumerate(zip(argvs, jobs)):
        words = [cwd or os.getcwd(), *argv]
        write(os.path.join(folder, f"{number}.job"), b"".join(os.fsencode(word) + b"\0" for word in words))
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "amavisd_batch.pl")
    step = os.cpu_count() or 1
    workers = [
        subprocess.Popen(
            ["perl", "-T", script, AMAVISD, folder, str(first), str(step)],
            env={**os.environ, "BOUND_SOCKETS": "unused"},
            start_new_session=True,
        )
        for first in range(step)
    ]
    try:
        statuses = [worker.wait(600) for worker in workers]
    finally:
        for worker in workers:
            if worker.poll() is None:
                os.killpg(worker.pid, signal.SIGKILL)
    if any(statuses):
        raise RuntimeError(f"amavisd_batch.pl: exit statuses {statuses}")
    return [Finished([AMAVISD, *argv], os.path.join(folder, str(number))) for number, argv in enumerate(argvs)]


def dkimctl(files, *args, **kw):
    """Words that begin with "-" are domains to amavisd, whatever they look like; dkimctl wants "--" before them."""
    if args and args[0] == "showkeys" and any(word.startswith("-") and not word.startswith("--") for word in args[1:]):
        args = (args[0], "--", *args[1:])
    words = [*confs(files), *args]
    run = Run([DKIMCTL, *words], **kw)
    if DKIMCTL_ALSO and "--live" not in args:
        other = Run([DKIMCTL_ALSO, *words], **kw)
        if (other.status, other.out, other.err) != (run.status, run.out, run.err):
            raise AssertionError(f"two builds answer differently:\n{run}\n{other}")
    return run


# ---- a daemon ----

HEAD = r"""use strict;
$daemon_user = '@USER@'; $daemon_group = '@USER@';
$myhostname = 'mail.example.com'; $mydomain = 'example.com';
$MYHOME = '@HOME@'; $TEMPBASE = "$MYHOME/tmp"; $ENV{TMPDIR} = $TEMPBASE;
$db_home = "$MYHOME/db"; $QUARANTINEDIR = "$MYHOME/quarantine";
$lock_file = "$MYHOME/amavisd.lock"; $pid_file = "$MYHOME/amavisd.pid";
$enable_db = 0; $enable_zmq = 0; $max_servers = 2;
@bypass_virus_checks_maps = (1); @bypass_spam_checks_maps = (1); $bypass_decode_parts = 1;
@local_domains_maps = (1); @mynetworks = qw(127.0.0.0/8);
$inet_socket_bind = '127.0.0.1'; @inet_acl = qw(127.0.0.1);
$inet_socket_port = [10024, 10026, 9998];
$unix_socketname = "$MYHOME/amavisd.sock"; $unix_socket_mode = 0660;
$interface_policy{'10026'} = 'ORIGINATING';
$interface_policy{'9998'} = 'AM.PDP-INET';
$interface_policy{'SOCK'} = 'AM.PDP-SOCK';
$policy_bank{'MYNETS'} = { originating => 1, enable_dkim_signing => 1, enable_dkim_verification => 0 };
$policy_bank{'ORIGINATING'} = { originating => 1, enable_dkim_signing => 1, enable_dkim_verification => 0,
                                smtpd_discard_ehlo_keywords => ['8BITMIME'] };
$policy_bank{'AM.PDP-INET'} = { protocol => 'AM.PDP', inet_acl => [qw(127.0.0.1 [::1])], auth_required_release => 0 };
$policy_bank{'AM.PDP-SOCK'} = { protocol => 'AM.PDP', auth_required_release => 0 };
$notify_method = 'smtp:[127.0.0.1]:10025'; $forward_method = 'smtp:[127.0.0.1]:10025';
$final_bad_header_destiny = D_PASS; $final_banned_destiny = D_PASS; $undecipherable_subject_tag = undef;
$enable_dkim_verification = 0;
$do_syslog = 0; $logfile = "$MYHOME/amavis.log"; $log_level = 5;
1;
"""


class Lab:
    """A folder in which a daemon can live: configuration owned by root, state owned by the daemon's user."""

    def __init__(self, folder, name):
        self.folder = os.path.join(folder, name)
        self.home = os.path.join(self.folder, "var")
        self.user = pwd.getpwnam(DAEMON_USER)
        os.mkdir(self.folder)
        for path in (self.home, *(os.path.join(self.home, sub) for sub in ("tmp", "db", "quarantine"))):
            os.mkdir(path)
            os.chown(path, self.user.pw_uid, self.user.pw_gid)
            os.chmod(path, 0o750)
        self.head = self.write("head.conf", HEAD.replace("@USER@", DAEMON_USER).replace("@HOME@", self.home))

    def write(self, name, text, mode=0o644):
        return write(os.path.join(self.folder, name), text, mode)

    def log(self):
        try:
            with open(os.path.join(self.home, "amavis.log"), errors="replace") as f:
                return f.read()
        except OSError:
            return ""


class Daemon:
    """amavisd in the foreground, as its own user, with the given configuration files; a context manager."""

    def __init__(self, lab, files, port=MAIL_PORT):
        self.lab, self.files, self.port = lab, files, port
        self.output = os.path.join(lab.folder, "daemon.out")

    def __enter__(self):
        argv = [
            "setpriv",
            f"--reuid={DAEMON_USER}",
            f"--regid={DAEMON_USER}",
            "--init-groups",
            AMAVISD,
            *confs(self.files),
            "foreground",
        ]
        with open(self.output, "wb") as out:
            self.process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )
        wait_for(lambda: self.process.poll() is not None or greets(self.port), 60, "the daemon to answer")
        if self.process.poll() is not None:
            with open(self.output, errors="replace") as f:
                raise RuntimeError(f"amavisd did not start: {f.read()}")
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                pass
        try:  # its own session: whatever child is left
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def hang_up(self):
        """A raw SIGHUP to the master, as no careful person sends."""
        self.process.send_signal(signal.SIGHUP)


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 0.5).close()
        return True
    except OSError:
        return False


def greets(port):
    """A child says 220 there: then the daemon listens at all its sockets. The kernel answers before, at one by one."""
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as s:
            return s.recv(3) == b"220"
    except OSError:
        return False


def wait_for(condition, seconds, what):
    """Looks until it holds; fails loudly at the deadline."""
    deadline = time.monotonic() + seconds
    pause = 0.01
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds} s in vain for {what}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.2)


# ---- the MTA behind it, and the client before it ----


class Sink:
    """An SMTP server that keeps what it is given, by Message-ID."""

    def __init__(self, port=MTA_PORT):
        self.messages = {}
        self.arrived = threading.Condition()
        sink = self

        class Session(socketserver.StreamRequestHandler):
            def say(self, text):
                self.wfile.write(text.encode() + b"\r\n")
                self.wfile.flush()

            def handle(self):
                self.say("220 sink ESMTP")
                for line in iter(self.rfile.readline, b""):
                    verb = line.strip().upper()
                    if verb.startswith(b"EHLO"):
                        self.say("250-sink\r\n250-8BITMIME\r\n250 PIPELINING")
                    elif verb.startswith(b"DATA"):
                        self.say("354 go on")
                        sink.keep(self.data())
                        self.say("250 2.0.0 ok")
                    elif verb.startswith(b"QUIT"):
                        self.say("221 bye")
                        return
                    else:
                        self.say("250 2.0.0 ok")

            def data(self):
                lines = []
                for line in iter(self.rfile.readline, b""):
                    if line == b".\r\n":
                        break
                    lines.append(line[1:] if line.startswith(b"..") else line)
                return b"".join(lines)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self.server = Server(("127.0.0.1", port), Session)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def keep(self, message):
        found = re.search(rb"(?im)^Message-ID:\s*(<[^>]*>)", message)
        with self.arrived:
            self.messages[found.group(1).decode() if found else None] = message
            self.arrived.notify_all()

    def wait(self, message_id, seconds=30):
        with self.arrived:
            if not self.arrived.wait_for(lambda: message_id in self.messages, seconds):
                raise TimeoutError(f"the message {message_id} was not delivered")
            return self.messages.pop(message_id)


class SmtpError(Exception):
    pass


class Client:
    """Speaks just enough SMTP, and sends addresses as they are."""

    def __init__(self, port=ORIGINATING_PORT):
        self.socket = socket.create_connection(("127.0.0.1", port), 30)
        self.file = self.socket.makefile("rwb")
        self.expect(b"220")
        self.command(b"EHLO client.example", b"250")

    def expect(self, code):
        while True:
            line = self.file.readline()
            if not line.startswith(code):
                raise SmtpError(line.decode(errors="replace").strip() or "connection closed")
            if line[3:4] != b"-":
                return line

    def command(self, line, code):
        self.file.write(line + b"\r\n")
        self.file.flush()
        return self.expect(code)

    def send(self, sender, message, recipient="rcpt@dest.example", parameters=""):
        self.command(f"MAIL FROM:<{sender}>{parameters}".encode(), b"250")
        self.command(f"RCPT TO:<{recipient}>".encode(), b"250")
        self.command(b"DATA", b"354")
        self.file.write(re.sub(rb"(?m)^\.", b"..", message) + b".\r\n")
        self.file.flush()
        self.expect(b"250")

    def close(self):
        try:
            self.command(b"QUIT", b"221")
        except (SmtpError, OSError):
            pass
        self.socket.close()


counter = iter(range(1, 1 << 30))


def message(author, extra=()):
    """The text of a small, faultless message, with CRLF, and its Message-ID."""
    message_id = f"<{os.getpid()}.{next(counter)}@test.invalid>"
    lines = [
        *extra,
        f"From: {author}",
        "To: <rcpt@dest.example>",
        "Subject: test",
        f"Message-ID: {message_id}",
        "Date: Mon, 23 Nov 2026 03:00:00 +0000",
        "MIME-Version: 1.0",
        "Content-Type: text/plain",
        "",
        "hello",
        "",
    ]
    return "\r\n".join(lines).encode(), message_id


def through_daemon(sink, author, sender=None, port=ORIGINATING_PORT, extra=()):
    """Sends a real message and gives the one that came out at the other end."""
    text, message_id = message(author, extra)
    client = Client(port)
    client.send(author if sender is None else sender, text)
    client.close()
    return sink.wait(message_id)


def signature(text):
    """The tags of the first DKIM-Signature, white space inside values removed; None where there is none."""
    head = re.split(rb"\r?\n\r?\n", text, maxsplit=1)[0].decode("latin-1")
    head = re.sub(r"\r?\n[ \t]+", " ", head)
    found = re.search(r"(?im)^DKIM-Signature:(.*)$", head)
    if not found:
        return None
    tags = {}
    for part in found.group(1).split(";"):
        if "=" in part:
            name, value = part.split("=", 1)
            tags[name.strip()] = re.sub(r"\s+", "", value)
    return tags


def as_explained(tags):
    """A signature in the words of `explain --json`; an empty tag is as good as none. Without c= the canonicalization is
    simple/simple (RFC 6376, section 3.5). `x` is the ceiling of a time of which `t` is the floor."""
    if tags is None:
        return {"signs": False}
    ttl = int(tags["x"]) - int(tags["t"]) if "x" in tags and "t" in tags else None
    return {
        "signs": True,
        "domain": tags["d"],
        "selector": tags["s"],
        "algorithm": tags["a"],
        "canonicalization": tags.get("c") or "simple/simple",
        "identity": tags.get("i") or None,
        "ttl": ttl,
    }


# ---- AM.PDP: what would be signed, asked of the daemon ----


def policy_request(lab, author, bank, sender=None, where=POLICY_PORT):
    """Asks as a milter would and gives the answer, decoded: a list of (name, [values]). Nothing is delivered."""
    text, _ = message(author)
    path = os.path.join(lab.home, "tmp", f"probe-{next(counter)}")
    write(path, text.replace(b"\r\n", b"\n"), 0o600)
    os.chown(path, lab.user.pw_uid, lab.user.pw_gid)
    fields = [
        ("request", "AM.PDP"),
        ("sender", f"<{author if sender is None else sender}>"),
        ("recipient", "<postmaster@invalid>"),
        ("mail_file", path),
        ("tempdir_removed_by", "client"),
        ("delivery_care_of", "client"),
        ("policy_bank", bank),
    ]
    try:
        return converse(
            where, b"".join(f"{name}={percent_encode(value)}\r\n".encode() for name, value in fields) + b"\r\n"
        )
    finally:
        os.unlink(path)


def percent_encode(text):
    return re.sub(rb"[^\x21-\x24\x26-\x7e]", lambda m: b"%%%02x" % m[0][0], text.encode()).decode()


def converse(where, request):
    s = socket.socket(socket.AF_INET if isinstance(where, int) else socket.AF_UNIX)
    with s:
        s.settimeout(30)
        s.connect(("127.0.0.1", where) if isinstance(where, int) else where)
        s.sendall(request)
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            piece = s.recv(65536)
            if not piece:
                break
            answer += piece
    decode = lambda word: re.sub(rb"%([0-9a-fA-F]{2})", lambda m: bytes([int(m[1], 16)]), word)  # noqa: E731
    lines = [line.partition(b"=") for line in answer.split(b"\r\n") if line]
    return [(name.decode(), [decode(word) for word in value.split(b" ")]) for name, _, value in lines]


def policy_signature(answer):
    """The tags of the signature in an answer, None where there is none; an answer that is no verdict is an error."""
    if ("return_value", [b"continue"]) not in answer:
        raise RuntimeError(f"the daemon did not judge the probe: {answer}")
    for name, words in answer:
        if name == "insheader" and words[1].lower() == b"dkim-signature":
            return signature(b"DKIM-Signature: " + words[2] + b"\n\n")
    return None


# ---- side by side ----


def in_parallel(checks, items, work):
    """work(item) for every item, in as many processes as there are processors, each with namespaces of its own; what
    they count is added to `checks`."""
    jobs = min(os.cpu_count() or 1, len(items))
    children = []
    for job in range(jobs):
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                os.close(reader)
                checks.passed = checks.failed = 0
                private_namespaces()
                for item in items[job::jobs]:
                    work(item)
                os.write(writer, f"{checks.passed} {checks.failed}".encode())
                status = 0
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                if status:
                    traceback.print_exc()
                os._exit(status)
        os.close(writer)
        children.append((pid, reader))
    for pid, reader in children:
        with os.fdopen(reader) as counts:
            words = counts.read().split()
        os.waitpid(pid, 0)
        if words:
            checks.passed += int(words[0])
            checks.failed += int(words[1])
        else:
            checks.check("a worker came to its end", False)
