"""A private internet on loopback: a signed root, a signed top-level zone "example", name servers (NSD and BIND) on
addresses of their own, servers that misbehave, and an unbound as the resolver of this host.

A zone is text; which server serves which text is a table, so that servers may disagree."""

import os
import subprocess

from lib import bind_mount, need, wait_for, write
from odd_servers import ODD, OddServers

RESOLVER = "127.0.0.53"
ROOT, TLD = "127.1.0.1", "127.1.0.2"
ANSWERING = {"ns1": ["127.1.1.1", "fd00:1::1"], "ns2": ["127.1.1.2"], "ns3": ["127.1.1.3"], "hidden": ["127.1.1.4"]}
ADDRESSES = {**ANSWERING, **{name: [address] for name, address in ODD.items()}, "closed": ["127.1.2.250"]}
UNREACHABLE = {"six": ["2001:db8::53"]}  # there is no way to it
BIND_SERVER = "ns2"  # the others are NSD
PROVIDER = "provider.example"
TOOLS = ("opendkim-testkey", "tcpdump", "nsd", "named", "unbound", "ldns-signzone", "ldns-keygen", "ip")


def host(server):
    return f"{server}.{PROVIDER}."


def soa(primary="ns1", serial=1):
    return f"@ 300 IN SOA {host(primary)} hostmaster.{PROVIDER}. {serial} 3600 600 86400 60"


def zone_text(lines, servers, primary="ns1", serial=1):
    names = [f"@ 300 IN NS {host(server)}" for server in servers]
    return "\n".join(["$TTL 300", soa(primary, serial), *names, *lines]) + "\n"


class Signer:
    """Signs zones with a key of their own, and says what their parents have to publish."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "keys")
        os.mkdir(self.folder)

    def key(self, zone):
        made = subprocess.run(
            ["ldns-keygen", "-a", "ECDSAP256SHA256", "-k", zone or "."],
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
        )
        return os.path.join(self.folder, made.stdout.strip())

    def ds(self, key):
        with open(key + ".ds") as f:
            return f.read().strip()

    def sign(self, zone, text, key, *options):
        path = write(os.path.join(self.folder, (zone or "root") + ".zone"), text)
        signed = path + ".signed"
        subprocess.run(
            ["ldns-signzone", "-o", zone or ".", "-f", signed, *options, path, key], check=True, capture_output=True
        )
        with open(signed) as f:
            return f.read()


class Internet:
    def __init__(self, folder):
        need(tools=TOOLS)
        self.folder = os.path.join(folder, "internet")
        os.mkdir(self.folder)
        self.signer = Signer(self.folder)
        self.zones = {server: {} for server in ANSWERING}
        self.delegations = []  # lines of the zone "example"
        self.overrides = []  # lines for the resolver
        self.running = []
        self.add_provider()

    def add_provider(self):
        lines = []
        for server, addresses in {**ADDRESSES, **UNREACHABLE}.items():
            lines += [f"{server} 300 IN {'AAAA' if ':' in address else 'A'} {address}" for address in addresses]
        self.add_zone(PROVIDER, lines)

    def delegate(self, domain, servers, ds=()):
        relative = domain.removesuffix(".example")
        for server in servers:
            self.delegations.append(f"{relative} 300 IN NS {host(server)}")
            if domain == PROVIDER:
                for address in ADDRESSES[server]:
                    kind = "AAAA" if ":" in address else "A"
                    self.delegations.append(f"{server}.{relative} 300 IN {kind} {address}")
        self.delegations += ds

    def delegate_by_glue(self, domain, servers):
        """To a name server within the domain, which has addresses that only the parent gives."""
        relative = domain.removesuffix(".example")
        self.delegations.append(f"{relative} 300 IN NS ns.{domain}.")
        for server in servers:
            self.delegations += [f"ns.{relative} 300 IN A {each}" for each in ADDRESSES[server] if ":" not in each]

    def serve(self, server, domain, text):
        self.zones[server][domain] = text

    def add_zone(self, domain, lines, servers=("ns1", "ns2")):
        self.delegate(domain, servers)
        for server in servers:
            if server in ANSWERING:
                self.serve(server, domain, zone_text(lines, servers))

    # ---- running it

    def start(self):
        self.set_up_addresses()
        tld_key, root_key = self.signer.key("example"), self.signer.key("")
        tld = "\n".join(
            [
                "$TTL 300",
                "@ 300 IN SOA a.nic.example. hostmaster.nic.example. 1 3600 600 86400 60",
                "@ 300 IN NS a.nic.example.",
                f"a.nic 300 IN A {TLD}",
                *self.delegations,
            ]
        )
        root = "\n".join(
            [
                "$TTL 300",
                ". 300 IN SOA a.root. hostmaster.root. 1 3600 600 86400 60",
                ". 300 IN NS a.root.",
                f"a.root. 300 IN A {ROOT}",
                "example. 300 IN NS a.nic.example.",
                f"a.nic.example. 300 IN A {TLD}",
                self.signer.ds(tld_key),
            ]
        )
        self.nsd("root", [ROOT], {".": self.signer.sign("", root + "\n", root_key)})
        self.nsd("tld", [TLD], {"example": self.signer.sign("example", tld + "\n", tld_key)})
        for server, addresses in ANSWERING.items():
            run = self.bind if server == BIND_SERVER else self.nsd
            run(server, addresses, self.zones[server])
        self.running.append(OddServers(ANSWERING["ns1"][0]))
        self.hints = write(os.path.join(self.folder, "root.hints"), f". 3600 NS a.root.\na.root. 3600 A {ROOT}\n")
        self.anchor = write(os.path.join(self.folder, "root.ds"), self.signer.ds(root_key) + "\n")
        self.unbound()
        bind_mount(write(os.path.join(self.folder, "resolv.conf"), f"nameserver {RESOLVER}\n"), "/etc/resolv.conf")

    @staticmethod
    def set_up_addresses():
        for addresses in ADDRESSES.values():
            for address in addresses:
                options = ["nodad"] if ":" in address else []  # named listens on what the interface has only
                size = 128 if ":" in address else 32
                subprocess.run(["ip", "addr", "add", f"{address}/{size}", "dev", "lo", *options], check=True)

    def zone_files(self, server, zones):
        folder = os.path.join(self.folder, server)
        os.mkdir(folder)
        for zone, text in zones.items():
            yield zone, write(os.path.join(folder, (zone if zone != "." else "root") + ".zone"), text)

    def run(self, name, argv, listening):
        log = open(os.path.join(self.folder, name + ".log"), "wb")
        process = subprocess.Popen(argv, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
        self.running.append(process)
        wait_for(lambda: process.poll() is not None or answers_dns(listening), 60, f"{name} to answer")
        if process.poll() is not None:
            with open(log.name) as f:
                raise RuntimeError(f"{name} did not start: {f.read()[-2000:]}")

    def nsd(self, name, addresses, zones):
        lines = ["server:", " zonesdir: \"\"", " username: \"\"", " database: \"\"", " server-count: 1", " pidfile: \"\""]
        lines += [f' xfrdfile: "{self.folder}/{name}.xfrd"', f' zonelistfile: "{self.folder}/{name}.list"']
        lines += [f" ip-address: {address}" for address in addresses]
        lines += ["remote-control:", " control-enable: no"]
        for zone, path in self.zone_files(name, zones):
            lines += ["zone:", f' name: "{zone}"', f' zonefile: "{path}"']
        conf = write(os.path.join(self.folder, name + ".conf"), "\n".join(lines) + "\n")
        self.run(name, ["nsd", "-d", "-c", conf], addresses[0])

    def bind(self, name, addresses, zones):
        files = dict(self.zone_files(name, zones))
        folder = os.path.join(self.folder, name)
        lines = [f'options {{ directory "{folder}"; pid-file none; session-keyfile none; recursion no; dnssec-validation no; notify no; '
                 f'listen-on {{ {"; ".join(addresses)}; }}; listen-on-v6 {{ none; }}; minimal-responses yes; }};',
                 "controls { };"]
        lines += [f'zone "{zone}" {{ type master; file "{path}"; check-names ignore; }};' for zone, path in files.items()]
        conf = write(os.path.join(self.folder, name + ".conf"), "\n".join(lines) + "\n")
        self.run(name, ["named", "-g", "-n", "1", "-c", conf], addresses[0])

    def unbound(self):
        conf = write(
            os.path.join(self.folder, "unbound.conf"),
            "\n".join(
                [
                    "server:",
                    f" interface: {RESOLVER}",
                    " do-daemonize: no",
                    ' username: ""',
                    ' chroot: ""',
                    ' pidfile: ""',
                    " use-syslog: no",
                    " do-not-query-localhost: no",
                    " access-control: 127.0.0.0/8 allow",
                    f' root-hints: "{self.hints}"',
                    f' trust-anchor-file: "{self.anchor}"',
                    *(f" {line}" for line in self.overrides),
                    "remote-control:",
                    " control-enable: no",
                ]
            )
            + "\n",
        )
        self.run("unbound", ["unbound", "-d", "-c", conf], RESOLVER)

    def stop(self):
        for process in self.running:
            process.terminate()
        for process in self.running:
            process.wait()


def answers_dns(address):
    import dns.message
    import dns.query

    try:
        dns.query.udp(dns.message.make_query(".", "SOA"), address, timeout=0.3)
        return True
    except Exception:
        return False

