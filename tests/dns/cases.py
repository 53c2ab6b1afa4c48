"""What can be in DNS for a key, and what testkeys must say of it: a row a domain.

Each case is a domain below "example" whose key is tests/data/keys/KEY.pem with the selector "dkim". Codes are all that is
said of it, in any order; the verdict is "pass", "fail" or "temporary"."""

import re

from common import KEYS, public_key
from key_records import GOOD, PKCS1, RECORDS

OWNER = "dkim._domainkey"
PRIVATE_PKCS8 = "".join(open(f"{KEYS}/pkcs8.pem").read().splitlines()[1:-1])
P = public_key("rsa2048")


def strings(*parts):
    """As zone text, each part cut where it is longer than a string may be."""
    cut = []
    for part in parts:
        octets = part if isinstance(part, bytes) else part.encode()
        cut += [octets[i : i + 255] for i in range(0, len(octets), 255)] or [b""]
    return " ".join('"' + "".join(escaped(octet) for octet in string) + '"' for string in cut)


def escaped(octet):
    character = chr(octet)
    if character in '"\\':
        return "\\" + character
    return character if 32 <= octet < 127 else f"\\{octet:03}"


def txt(*parts, at=OWNER, ttl=300):
    return f"{at} {ttl} IN TXT {strings(*parts)}"


def cname(target, at=OWNER):
    return f"{at} 300 IN CNAME {target}"


class Case:
    def __init__(self, name, codes, *lines, verdict="fail", **how):
        self.name, self.codes, self.lines, self.verdict = name, sorted(codes.split()), list(lines), verdict
        self.key = how.pop("key", "rsa2048")
        self.servers = how.pop("servers", ("ns1", "ns2"))  # which the zone's parent names
        self.child = how.pop("child", self.servers)  # which its own NS records name
        self.by_server = how.pop("by_server", {})  # lines that one server has instead; None: it has no such zone
        self.serials = how.pop("serials", {})
        self.glue = how.pop("glue", ())  # servers whose addresses the parent gives for another name of the domain's own
        self.primary = how.pop("primary", "ns1")
        self.signed = how.pop("signed", None)
        self.inside = how.pop("inside", ())  # what this host's resolver says instead
        self.delegated = how.pop("delegated", True)
        self.extra_zones = how.pop("extra_zones", {})  # a zone below, by name: (servers, lines)
        self.record = how.pop("record", None)  # of key_records.py
        self.cut_at = how.pop("cut_at", ())  # the servers that know of extra_zones; all, without
        assert not how, how

    @property
    def domain(self):
        return f"{self.name}.example"


def healthy(name, *lines, codes="", **how):
    return Case(name, codes, *lines, verdict="pass", **how)


RIGHT = txt(GOOD)
OTHER = txt(f"v=DKIM1; p={public_key('rsa4096')}")
LARGE = f"v=DKIM1; p={public_key('rsa4096')}"
KEY = txt(GOOD, at="key")
SPF = '@ 300 IN TXT "v=spf1 mx -all"'

CONTENT = [
    Case(
        f"content{number}",
        " ".join(record.codes),
        txt(*record.strings),
        verdict="pass" if record.passes else "fail",
        key=record.key,
        record=record,
    )
    for number, record in enumerate(RECORDS)
]

# Beside those of key_records.py, so that each code is met in more than one form.
MORE_CONTENT = [
    Case("short2", "dkim.short", txt(f"p={public_key('rsa512')}"), key="rsa512"),
    Case("hash2", "dkim.hash", txt(f"v=DKIM1; h=sha1:md5; p={P}")),
    Case("service2", "dkim.service", txt(f"v=DKIM1; s=other:tlsrpt; p={P}")),
    healthy("testing2", txt(f"v=DKIM1; t=s:y; p={P}"), codes="dkim.strict-subdomain dkim.testing"),
    Case("backslash2", "dkim.backslash", txt(f"v=DKIM1\\; k=rsa\\; p={P}")),
    Case("smart2", "dkim.smart-quotes", txt(f"v=DKIM1; p=\u2018{P}\u2019")),
    healthy("line-break", txt(f"v=DKIM1; p={P[:100]}\n{P[100:]}"), codes="dkim.line-break"),
    healthy("line-break2", txt(f"v=DKIM1;\n p={P}"), codes="dkim.line-break"),
    healthy("folded", txt(f"v=DKIM1;\r\n p={P[:100]}\r\n {P[100:]}")),
    Case("html2", "dkim.html-entity", txt(f"v=DKIM1; p={P[:100]}<br>{P[100:]}")),
    Case("url2", "dkim.url-encoded", txt("v%3DDKIM1; p=" + P)),
    Case("zone-line2", "dkim.literal-quotes dkim.zone-line", txt(f'IN TXT "v=DKIM1; p={P}"')),
    Case("pem2", "dkim.pem-header", txt(f"v=DKIM1; k=rsa; p=-----BEGIN PUBLIC KEY----- {P} -----END PUBLIC KEY-----")),
    Case("twice2", "dkim.duplicate-tag", txt(f"v=DKIM1; k=rsa; k=rsa; p={P}")),
    Case("version-last", "dkim.version-not-first", txt(f"p={P}; v=DKIM1")),
    Case("nothing-but-v", "dkim.no-public-key", txt("v=DKIM1")),
    Case("revoked2", "dkim.revoked", txt("v=DKIM1; k=rsa; p=;")),
    Case("first-chunk", "dkim.chunk-missing", txt(f"v=DKIM1; p={P[60:]}")),
    Case("pkcs1-2", "dkim.pkcs1", txt(f"v=DKIM1; k=rsa; p={PKCS1};")),
    Case("ed25519", "dkim.ed25519-spki dkim.other-key", txt(f"v=DKIM1; k=ed25519; p={public_key('ed25519')}")),
    Case("ed25519-2", "dkim.ed25519-spki dkim.key-type dkim.other-key", txt(f"p={public_key('ed25519')}")),
    Case("private2", "dkim.private-key-published", txt(f"v=DKIM1; p={PRIVATE_PKCS8}")),
    healthy("exponent2", txt(f"p={public_key('e3')}"), key="e3", codes="dkim.exponent dkim.weak"),
    Case("pss", "dkim.rsa-pss dkim.weak", txt(f"v=DKIM1; p={public_key('pss')}"), key="pss"),
    Case("pss-published", "dkim.rsa-pss", txt(f"v=DKIM1; p={public_key('pss')}")),
    Case("spf-there", "dkim.version", txt("v=spf1 mx -all")),
    Case("one-character", "dkim.other-key", txt(f"v=DKIM1; p={P[:100]}{'A' if P[100] != 'A' else 'B'}{P[101:]}")),
    Case("nowhere", "dkim.server-unreachable dns.unresolvable", servers=("nowhere",), verdict="temporary"),
    Case("nowhere2", "dkim.server-unreachable dkim.server-unreachable dns.unresolvable", servers=("nowhere", "nirgends"), verdict="temporary"),
]

PLACES = [
    healthy("right", RIGHT, SPF),
    healthy("right-case", txt(GOOD, at="DKIM._DomainKey")),
    healthy("two-selectors", RIGHT, txt(GOOD, at="other._domainkey")),
    healthy("old-policy", RIGHT, txt("o=~; t=y", at="_domainkey")),
    Case("none", "dkim.missing"),
    Case("none-but-spf", "dkim.missing", SPF),
    Case("none-but-selector", "dkim.missing", txt(GOOD.replace(P, public_key("rsa1024")), at="other._domainkey")),
    Case("unregistered", "dkim.missing", delegated=False),
    Case("unregistered2", "dkim.missing", delegated=False),
    Case("apex", "dkim.at-apex", txt(GOOD, at="@")),
    Case("apex-without-v", "dkim.at-apex", txt(f"p={P}", at="@"), SPF),
    Case("apex-quoted", "dkim.at-apex", txt(f'"{GOOD}"', at="@")),
    healthy("apex-too", RIGHT, txt(GOOD, at="@"), codes="dkim.at-apex"),
    Case("domainkey", "dkim.at-domainkey", txt(GOOD, at="_domainkey")),
    Case("domainkey-no-v", "dkim.at-domainkey", txt(f"k=rsa; p={P}", at="_domainkey")),
    healthy("domainkey-too", RIGHT, txt(GOOD, at="_domainkey"), codes="dkim.at-domainkey"),
    Case("without", "dkim.without-domainkey", txt(GOOD, at="dkim")),
    Case("without-no-v", "dkim.without-domainkey", txt(f"p={P}", at="dkim")),
    Case("doubled", "dkim.doubled-suffix", txt(GOOD, at=f"{OWNER}.doubled.example")),
    Case("doubled-no-v", "dkim.doubled-suffix", txt(f"p={P}", at=f"{OWNER}.doubled-no-v.example")),
    Case("spelt-domainkey", "dkim.misspelt-name", txt(GOOD, at="dkim.domainkey")),
    Case("spelt-one-label", "dkim.misspelt-name", txt(GOOD, at="dkim_domainkey")),
    Case("spelt-underscore", "dkim.misspelt-name", txt(GOOD, at=f"_{OWNER}")),
    Case("spelt-plural", "dkim.misspelt-name", txt(GOOD, at="dkim._domainkeys")),
    Case("spelt-swapped", "dkim.misspelt-name", txt(GOOD, at="_domainkey.dkim")),
    Case("spelt-domain", "dkim.misspelt-name", txt(GOOD, at="spelt-domain.example._domainkey")),
    Case("spelt-dkim", "dkim.misspelt-name", txt(GOOD, at="dkim._dkim")),
    Case("under-mail", "dkim.under-host", txt(GOOD, at=f"{OWNER}.mail")),
    Case("under-mail-no-v", "dkim.under-host", txt(f"p={P}", at=f"{OWNER}.mail")),
    Case("hostdomain", "dkim.under-host", txt(LARGE, at=f"{OWNER}.mx1"), key="rsa4096"),
    Case("hosted", "dkim.under-host", key="rsa4096"),
    Case("neighbour", "dkim.missing", txt(LARGE, at=f"{OWNER}.mail")),
    Case("neighbour-apex", "dkim.at-apex", txt(LARGE, at="@")),
    Case("two-places", "dkim.at-apex dkim.without-domainkey", txt(GOOD, at="@"), txt(GOOD, at="dkim")),
    Case("hidden", "dkim.wrong-zone", by_server={"hidden": [RIGHT]}, primary="hidden"),
    Case("child-only", "dkim.wrong-zone", servers=("ns1",), child=("ns1", "ns3"), by_server={"ns3": [RIGHT]}),
    healthy("hidden-too", RIGHT, by_server={"hidden": [RIGHT]}, primary="hidden"),
    Case("wild-spf", "dkim.wildcard", '* 300 IN TXT "v=spf1 -all"'),
    Case("wild-other-key", "dkim.wildcard", txt(GOOD.replace(P, public_key("rsa4096")), at="*._domainkey")),
    healthy("wild-right", txt(GOOD, at="*._domainkey"), codes="dkim.wildcard"),
    healthy("wild-beside", RIGHT, '*._domainkey 300 IN TXT "nothing"', codes="dkim.wildcard"),
    healthy("wild-elsewhere", RIGHT, '* 300 IN TXT "nothing"'),
    Case("wild-alias", "dkim.wildcard", cname("wild-alias.example.", at="*"), SPF),
    Case("wild-alias-empty", "dkim.wildcard", cname("nothing", at="*._domainkey")),
    Case("wild-alias-apex", "dkim.at-apex dkim.wildcard", cname("wild-alias-apex.example.", at="*"), txt(LARGE, at="@")),
    Case("wild-apex", "dkim.at-apex dkim.wildcard", txt(GOOD, at="@"), '* 300 IN TXT "v=spf1 -all"'),
    Case("several", "dkim.several-records", RIGHT, OTHER),
    Case("several-spf", "dkim.several-records", RIGHT, txt("v=spf1 -all")),
    Case("several-same-key", "dkim.several-records", RIGHT, txt(f"p={P}")),
    Case("split", "dkim.split-records", txt(GOOD[:200]), txt(GOOD[200:])),
    Case("split-three", "dkim.split-records", txt(GOOD[:150]), txt(GOOD[150:300]), txt(GOOD[300:])),
]

ALIASES = [
    healthy("alias", cname("key"), txt(GOOD, at="key")),
    healthy("alias-away", cname("dkim._domainkey.right.example.")),
    healthy("alias-twice", cname("one"), cname("two", at="one"), txt(GOOD, at="two")),
    healthy("alias-chain", cname("dkim._domainkey.alias-away.example.")),
    Case("alias-gone", "dkim.cname-dangling", cname("nobody")),
    Case("alias-gone-away", "dkim.cname-dangling", cname("nobody.right.example.")),
    Case("alias-unregistered", "dkim.cname-dangling", cname("key.nobody-has-it.example.")),
    Case("alias-circle", "dkim.cname-dangling", cname("one"), cname(OWNER, at="one"), servers=("ns1", "ns3")),
    Case("alias-self", "dkim.cname-dangling", cname(OWNER), servers=("ns1", "ns3")),
    Case("alias-other", "dkim.other-key", cname("key"), txt(GOOD.replace(P, public_key("rsa4096")), at="key")),
    Case("alias-quoted", "dkim.literal-quotes", cname("key"), txt(f'"{GOOD}"', at="key")),
    healthy("alias-and-txt", cname("key"), txt(GOOD, at="key"), codes="dkim.cname-and-txt", by_server={"ns2": [RIGHT, KEY]}),
    healthy("alias-and-txt2", RIGHT, KEY, codes="dkim.cname-and-txt", by_server={"ns2": [cname("key"), txt(GOOD, at="key")]}),
    Case(
        "alias-and-old",
        "dkim.cname-and-txt",
        OTHER,
        KEY,
        by_server={"ns2": [cname("key"), KEY]},
    ),
    Case("cut-not-everywhere", "dkim.servers-disagree", extra_zones={"_domainkey": (("ns3",), [txt(GOOD, at="dkim")])}, cut_at=("ns1",)),
    Case("alias-gone-apex", "dkim.at-apex dkim.cname-dangling", cname("nobody"), txt(GOOD, at="@")),
    healthy("dname", "_domainkey 300 IN DNAME _domainkey.right.example."),
    Case("cut-wild", "dkim.wildcard", extra_zones={"_domainkey": (("ns3",), ['* 300 IN TXT "nothing"'])}),
    Case("alias-lost", "dkim.servers-disagree", cname("key"), txt(GOOD, at="key"), by_server={"ns2": [KEY]}),
    Case("endless", "dkim.cname-dangling dkim.wildcard", servers=("endless",)),
    healthy("cut", extra_zones={"_domainkey": (("ns3",), [txt(GOOD, at="dkim")])}),
    healthy("cut-deep", extra_zones={"dkim._domainkey": (("ns3", "ns1"), [txt(GOOD, at="@")])}),
    Case("cut-empty", "dkim.missing", extra_zones={"_domainkey": (("ns3",), [])}),
    Case("cut-other", "dkim.other-key", extra_zones={"_domainkey": (("ns3",), [OTHER.replace(OWNER, "dkim")])}),
    Case("cut-apex", "dkim.at-apex", txt(GOOD, at="@"), extra_zones={"_domainkey": (("ns3",), [])}),
]

SERVERS = [
    Case("lags", "dkim.servers-disagree", RIGHT, by_server={"ns2": []}, serials={"ns1": 2}),
    Case("lags-old-key", "dkim.other-key dkim.servers-disagree", RIGHT, by_server={"ns2": [OTHER]}, serials={"ns1": 2}),
    Case("disagree-three", "dkim.servers-disagree", RIGHT, servers=("ns1", "ns2", "ns3"), by_server={"ns3": []}),
    Case("disagree-bytes", "dkim.literal-quotes dkim.servers-disagree", RIGHT, by_server={"ns2": [txt(f'"{GOOD}"')]}),
    healthy("other-strings", txt(GOOD[:255], GOOD[255:]), by_server={"ns2": [txt(GOOD[:200], GOOD[200:])]}),
    healthy("other-tags", RIGHT, codes="dkim.servers-disagree", by_server={"ns2": [txt(f"k=rsa; p={P}")]}),
    healthy("no-address", RIGHT, codes="dkim.server-unreachable", servers=("ns1", "nowhere")),
    Case("stale-glue", "dkim.servers-disagree", RIGHT, servers=("ns1",), glue=("ns3",), by_server={"ns3": []}),
    healthy("lame", RIGHT, codes="dkim.server-lame", by_server={"ns2": None}),
    healthy("lame-refusing", RIGHT, codes="dkim.server-lame", servers=("ns1", "refusing")),
    healthy("lame-failing", RIGHT, codes="dkim.server-lame", servers=("ns1", "failing")),
    healthy("lame-not-aa", RIGHT, codes="dkim.server-lame", servers=("ns1", "lame")),
    healthy("lame-garbage", RIGHT, codes="dkim.server-lame", servers=("ns1", "garbage")),
    Case("all-lame", "dkim.server-lame dkim.server-lame dkim.server-lame dns.no-answer", by_server={"ns1": None, "ns2": None}, verdict="temporary"),
    Case("all-failing", "dkim.server-lame dns.no-answer", servers=("failing",), verdict="temporary"),
    healthy("one-closed", RIGHT, codes="dkim.server-unreachable", servers=("ns1", "closed")),
    healthy("one-silent", RIGHT, codes="dkim.server-unreachable", servers=("ns1", "silent")),
    healthy("one-wrong-id", RIGHT, codes="dkim.server-unreachable", servers=("ns1", "wrongid")),
    Case("all-closed", "dkim.server-unreachable dns.no-answer", servers=("closed",), verdict="temporary"),
    Case("all-silent", "dkim.server-unreachable dns.no-answer", servers=("silent",), verdict="temporary"),
    Case("silent-and-none", "dkim.missing dkim.server-unreachable", servers=("ns1", "silent")),
    healthy("tcp", RIGHT, codes="dkim.tcp-blocked", servers=("ns1", "notcp")),
    Case("all-tcp", "dkim.tcp-blocked dns.no-answer", servers=("notcp",), verdict="temporary"),
    healthy("rate", RIGHT, servers=("ns1", "limited")),
    healthy("rate2", RIGHT, servers=("ns2", "dropnine")),
    healthy("no-edns", RIGHT, servers=("ns1", "noedns")),
    healthy("no-edns2", RIGHT, servers=("noedns",)),
    healthy("says-nodata", RIGHT, servers=("nodataonly",)),
    Case("says-nodata2", "dkim.missing", servers=("nodataonly",)),
    Case("huge", "dkim.several-records dkim.wildcard", servers=("huge",)),
]

SIGNED = [
    healthy("signed", RIGHT, signed="well"),
    Case("signed-none", "dkim.missing", signed="well"),
    healthy("signed-alias", cname("key"), txt(GOOD, at="key"), signed="well"),
    healthy("signed-without-ds", RIGHT, signed="without-ds"),
    Case("bogus-record", "dkim.dnssec-bogus", txt("v=DKIM1;", f" p={P}"), signed="tampered"),
    Case("bogus-expired", "dkim.dnssec-bogus", RIGHT, signed="expired"),
    Case("bogus-ds", "dkim.dnssec-bogus", RIGHT, signed="other-ds"),
    Case("bogus-unsigned", "dkim.dnssec-bogus", RIGHT, signed="ds-only"),
]

INSIDE = [
    healthy("inside-other", RIGHT, codes="dns.split-horizon", inside=[OTHER]),
    healthy("inside-none", RIGHT, codes="dns.split-horizon", inside=['"dkim._domainkey" 300 IN A 192.0.2.1']),
    Case(
        "inside-zone",
        "dkim.missing dns.split-horizon",
        inside=["@ 300 IN SOA inside.example. h.example. 1 2 3 4 5", RIGHT],
    ),
    healthy("inside-same", RIGHT, inside=[RIGHT]),
]

CASES = [*CONTENT, *MORE_CONTENT, *PLACES, *ALIASES, *SERVERS, *SIGNED, *INSIDE]

assert len({case.name for case in CASES}) == len(CASES)
assert all(re.fullmatch(r"[a-z0-9-]+", case.name) for case in CASES)
