"""Name servers that misbehave, each in a way of its own, on an address of its own."""

import random
import socket
import socketserver
import struct
import threading

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset

PORT = 53
HUGE = 300  # TXT records in one RRset

# Where each is; the name is the way.
ODD = {
    "silent": "127.1.2.1",
    "garbage": "127.1.2.2",
    "wrongid": "127.1.2.3",
    "refusing": "127.1.2.4",
    "failing": "127.1.2.5",
    "notcp": "127.1.2.6",
    "limited": "127.1.2.7",
    "noedns": "127.1.2.8",
    "endless": "127.1.2.9",
    "lame": "127.1.2.11",
    "huge": "127.1.2.12",
    "dropnine": "127.1.2.13",
    "nodataonly": "127.1.2.14",
}


def with_rcode(query, rcode):
    response = dns.message.make_response(query)
    response.set_rcode(rcode)
    return response.to_wire()


class Ways:
    """What each server makes of a query: octets, or None for silence. `honest` is a server that knows the answers."""

    def __init__(self, honest):
        self.honest = honest
        self.counts = {}

    def ask(self, query, tcp=True):
        send = dns.query.tcp if tcp else dns.query.udp
        return send(query, self.honest, timeout=2)

    def forwarded(self, query):
        return self.ask(query).to_wire()

    def silent(self, query, _tcp):
        return None

    def garbage(self, query, _tcp):
        return struct.pack("!HHHHHH", query.id, 0x8400, 1, 9, 9, 9) + query.to_wire()[12:] + random.randbytes(60)

    def wrongid(self, query, _tcp):
        response = self.ask(query)
        response.id = (query.id + 1) % 65536
        return response.to_wire()

    def refusing(self, query, _tcp):
        return with_rcode(query, dns.rcode.REFUSED)

    def failing(self, query, _tcp):
        return with_rcode(query, dns.rcode.SERVFAIL)

    def notcp(self, query, _tcp):
        if query.question[0].rdtype != dns.rdatatype.TXT:
            return self.forwarded(query)
        response = dns.message.make_response(query)
        response.flags |= dns.flags.TC | dns.flags.AA
        return response.to_wire()

    def limited(self, query, tcp):
        """Response rate limiting: by UDP one answer of ten."""
        self.counts["limited"] = self.counts.get("limited", 0) + 1
        return self.forwarded(query) if tcp or self.counts["limited"] % 10 == 0 else None

    def noedns(self, query, tcp):
        if query.edns >= 0:
            return struct.pack("!HHHHHH", query.id, 0x8001, 1, 0, 0, 0) + dns.message.make_query(
                query.question[0].name, query.question[0].rdtype
            ).to_wire()[12:]
        octets = self.forwarded(query)
        if tcp or len(octets) <= 512:
            return octets
        response = dns.message.make_response(query)
        response.flags |= dns.flags.TC | dns.flags.AA
        return response.to_wire()

    def endless(self, query, _tcp):
        question = query.question[0]
        if question.rdtype != dns.rdatatype.TXT:
            return self.forwarded(query)
        response = dns.message.make_response(query)
        response.flags |= dns.flags.AA
        target = f"hop{random.randrange(10**6)}.endless.example."
        response.answer = [dns.rrset.from_text(question.name, 300, "IN", "CNAME", target)]
        return response.to_wire()

    def lame(self, query, _tcp):
        response = self.ask(query)
        response.flags &= ~dns.flags.AA
        response.authority = []
        return response.to_wire()

    def huge(self, query, tcp):
        question = query.question[0]
        if question.rdtype != dns.rdatatype.TXT:
            return self.forwarded(query)
        response = dns.message.make_response(query)
        response.flags |= dns.flags.AA
        if not tcp:
            response.flags |= dns.flags.TC
            return response.to_wire()
        texts = [f'"record {number} of a great many{"x" * 100}"' for number in range(HUGE)]
        response.answer = [dns.rrset.from_text(question.name, 300, "IN", "TXT", *texts)]
        return response.to_wire(max_size=65535)

    def dropnine(self, query, tcp):
        return self.limited(query, tcp)

    def nodataonly(self, query, _tcp):
        """As some signers on the fly: every name is there, and has nothing (RFC 9824)."""
        response = self.ask(query)
        if response.rcode() == dns.rcode.NXDOMAIN:
            response.set_rcode(dns.rcode.NOERROR)
        return response.to_wire()


class Udp(socketserver.BaseRequestHandler):
    def handle(self):
        octets, sock = self.request
        reply = self.server.way(octets, False)
        if reply is not None:
            sock.sendto(reply, self.client_address)


class Tcp(socketserver.BaseRequestHandler):
    def handle(self):
        while True:
            head = self.request.recv(2, socket.MSG_WAITALL)
            if len(head) < 2:
                return
            octets = self.request.recv(struct.unpack("!H", head)[0], socket.MSG_WAITALL)
            reply = self.server.way(octets, True)
            if reply is not None:
                self.request.sendall(struct.pack("!H", len(reply)) + reply)


class UdpServer(socketserver.ThreadingUDPServer):
    daemon_threads = True
    max_packet_size = 4096


class TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class OddServers:
    """All of them, in threads."""

    def __init__(self, honest):
        ways = Ways(honest)
        self.servers = []
        for name, address in ODD.items():
            self.begin(UdpServer((address, PORT), Udp), getattr(ways, name))
            if name != "notcp":
                self.begin(TcpServer((address, PORT), Tcp), getattr(ways, name))

    def begin(self, server, way):
        def answer(octets, tcp):
            try:
                return way(dns.message.from_wire(octets), tcp)
            except Exception:
                return None

        server.way = answer
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.servers.append(server)

    def terminate(self):
        for server in self.servers:
            server.shutdown()

    def wait(self):
        for server in self.servers:
            server.server_close()
