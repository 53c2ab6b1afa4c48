"""Who is asked what, as it is seen on the wire."""

import os
import re
import signal
import subprocess

import dns.message
import dns.query

from lib import wait_for


class Capture:
    """Every question that goes to one address while it runs."""

    def __init__(self, folder, address):
        self.path = os.path.join(folder, "capture.txt")
        self.out = open(self.path, "wb")
        argv = ["tcpdump", "-l", "-n", "--immediate-mode", "-i", "lo", f"dst {address} and port 53"]
        self.address = address
        self.process = subprocess.Popen(argv, stdout=self.out, stderr=subprocess.PIPE)
        assert b"listening" in self.process.stderr.readline() + self.process.stderr.readline()

    def stop(self):
        """What comes last is known, so that it can be waited for."""
        dns.query.udp(dns.message.make_query("last.example", "A"), self.address, timeout=5)
        wait_for(lambda: "last.example" in self.text(), 20, "the last question in the capture")
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        self.out.close()
        # "IP 127.0.0.1.4711 > 127.0.0.53.53: 4242+ [1au] TXT? dkim._domainkey.right.example. (65)"
        return [(int(m[1]), m[2], m[3]) for m in re.finditer(r": (\d+)\S*(?: \[\S+\])* ([A-Z]+)\? (\S+?)\.? ", self.text())]

    def text(self):
        with open(self.path) as f:
            return f.read()
