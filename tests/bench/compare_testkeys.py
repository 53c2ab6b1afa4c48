"""What scripts/bench runs for `testkeys`: against amavisd's, with name servers that answer late, and the figures that must
hold. Needs root, for a network of its own."""

import argparse
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
from lib import bind_mount, private_namespaces, write  # noqa: E402

MIB = 1024 * 1024
LATE = 20  # milliseconds
QUESTIONS = 100_000  # to one server


class Bench:
    def __init__(self, build, folder, count):
        self.build, self.folder, self.count = build, folder, count
        self.dkimctl = str(build / "dkimctl")
        keys = folder / "keys"
        keys.mkdir()
        subprocess.run([build / "tests/bench/bench_make_keys", str(count), keys], check=True)
        self.hints = write(folder / "hints", ". 3600 NS a.root.\na.root. 3600 A 127.1.0.1\n")
        bind_mount(write(folder / "resolv.conf", "nameserver 127.0.0.1\n"), "/etc/resolv.conf")
        self.write_records()

    def conf(self, count):
        lines = [f"dkim_key('d{i}.example', 's', '{self.folder}/keys/{i}.pem');\n" for i in range(count)]
        return write(self.folder / f"conf-{count}", "use strict;\n" + "".join(lines) + "1;\n")

    def write_records(self):
        """What the name servers serve: the p= of each key."""
        listed = subprocess.run(
            [self.dkimctl, "-c", self.conf(self.count), "showkeys", "--format", "txt"], capture_output=True, check=True
        ).stdout
        values = [line.split(b"p=")[1] for line in listed.splitlines() if line.startswith(b"Value")]
        assert len(values) == self.count
        write(self.folder / "records", b"\n".join(values) + b"\n")

    def serve(self, late):
        server = subprocess.Popen(
            [self.build / "tests/bench/bench_name_server", self.folder / "records", str(late)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        server.stdout.readline()
        return server

    def run(self, count, argv):
        """Wall seconds and peak bytes; every key must pass."""
        with tempfile.TemporaryFile() as out:
            begun = time.monotonic()
            process = subprocess.Popen(argv, stdout=out, stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.monotonic() - begun
            out.seek(0)
            passed = out.read().count(b"=> pass")
        if status != 0 or passed != count:
            sys.exit(f"{' '.join(argv)}: status {status}, {passed} of {count} keys pass")
        return wall, usage.ru_maxrss * 1024

    def testkeys(self, count, *words, runs=3):
        argv = [self.dkimctl, "-q", "-c", self.conf(count), "testkeys", "--root-hints", self.hints, *words]
        figures = sorted(self.run(count, argv) for _ in range(runs))
        return figures[len(figures) // 2]

    def lost_answers(self, count):
        """Questions to one server that got no answer, of `count` put to the DNS child at once."""
        ours, theirs = socket.socketpair()
        child = subprocess.Popen([self.build / "dkimctl-dns"], stdin=theirs, stdout=theirs)
        theirs.close()
        name = b"\x01s\x0a_domainkey\x02d0\x07example\x00"
        address = struct.pack("!H", 4) + bytes([127, 1, 1, 1]) + struct.pack("!H", 53)
        messages = [framed(struct.pack("!HH", 0, 0))]
        for number in range(count):
            tail = struct.pack("!H", len(name)) + name + address
            messages.append(framed(struct.pack("!IBBH", number, 0, 0, 16) + tail))
        answered = converse(ours, b"".join(messages), count)
        child.kill()
        child.wait()
        return count - answered.get(0, 0)


def framed(body):
    return struct.pack("!I", len(body)) + body


def converse(sock, octets, count):
    """Sends all and reads `count` answers: how many there are of each outcome."""
    outcomes, received = {}, b""
    sock.setblocking(False)
    while sum(outcomes.values()) < count:
        if octets:
            try:
                octets = octets[sock.send(octets[:65536]) :]
            except BlockingIOError:
                pass
        try:
            octets_more = sock.recv(1 << 20)
            if not octets_more:
                sys.exit("dkimctl-dns ended")
            received += octets_more
        except BlockingIOError:
            time.sleep(0.0005)
            continue
        at = 0
        while len(received) - at >= 4:
            size = struct.unpack_from("!I", received, at)[0]
            if len(received) - at - 4 < size:
                break
            outcome = received[at + 8]
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
            at += 4 + size
        received = received[at:]
    return outcomes


class Verdict:
    def __init__(self):
        self.held = True

    def line(self, text, holds):
        self.held = self.held and holds
        print(f"  {'holds ' if holds else 'BROKEN'}  {text}", flush=True)


def compare(arguments, folder):
    few, many = (10, 40) if arguments.smoke else (1000, 10000)
    questions = 2000 if arguments.smoke else QUESTIONS
    bench = Bench(arguments.build.resolve(), folder, many)
    amavisd = shutil.which("amavisd") or shutil.which("amavisd-new")
    verdict = Verdict()
    server = bench.serve(LATE)
    try:
        full, _ = bench.testkeys(few)
        quick, _ = bench.testkeys(few, "--quick")
        print(f"\n{few:,} keys, name servers that answer after {LATE} ms")
        verdict.line(f"testkeys {full:.2f} s (less than 2)", full < 2)
        verdict.line(f"testkeys --quick {quick:.2f} s (less than 0.5)", quick < 0.5)
        if amavisd:
            theirs, _ = bench.run(few, [amavisd, "-c", bench.conf(few), "testkeys"])
            print(f"          amavisd testkeys {theirs:.1f} s: {theirs / full:.1f} and {theirs / quick:.1f} times as long")
        wall, peak = bench.testkeys(many, runs=1)
        print(f"{many:,} keys")
        growth = wall / full / (many / few)
        verdict.line(f"testkeys {wall:.1f} s: {growth:.2f} times as long a key (1.25 at most)", growth <= 1.25)
        verdict.line(f"{peak / MIB:.0f} MiB (less than 128)", peak < 128 * MIB)
        lost = bench.lost_answers(questions)
        verdict.line(f"{questions:,} questions at once to one server: {lost} without an answer (none)", lost == 0)
    finally:
        server.stdin.close()
        server.wait()
    return verdict.held or arguments.smoke


def main():
    parser = argparse.ArgumentParser(description="Measure `dkimctl testkeys`.")
    parser.add_argument("--smoke", action="store_true", help="few keys: shows that everything runs, not how fast")
    parser.add_argument("--build", type=pathlib.Path, required=True, metavar="DIR", help="the build to measure")
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        print("not root: testkeys was not measured")
        return 0
    private_namespaces()
    with tempfile.TemporaryDirectory(prefix="dkimctl-bench.") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)  # amavisd insists that its own user can read its configuration
        return 0 if compare(arguments, folder) else 1


if __name__ == "__main__":
    sys.exit(main())
