"""Key records, right and wrong: their strings, the codes expected of us, and where another verifier decides otherwise the
sentence that decides between us."""

import subprocess

from common import KEYS, public_key

# RFC 6376; those of the sections are its words.
TAG_NAME = "section 3.2: tag-name = ALPHA *ALNUMPUNC"
TAG_SPEC = "section 3.2: tag-list = tag-spec *( \";\" tag-spec ) [ \";\" ], and a tag-spec has a name and a \"=\""
TWICE = "section 3.2: Tags with duplicate names MUST NOT occur within a single tag-list"
CASE = "section 3.2: Values MUST be processed as case sensitive unless the specific tag description says otherwise"
VERSION = "section 3.6.1, v=: This tag MUST be the first tag in the record."
BASE64 = "section 2.10: base64string is of ALPHA, DIGIT, \"+\", \"/\", \"=\" and FWS"
HASHES = "section 3.6.1, h=: a colon-separated list of hash algorithms that might be used; the signature is rsa-sha256"
LIST = "section 3.6.1: h= allows FWS around its colons"
FLAG_OF_OLD = "section 3.6.1 has no g=; section 3.2: unrecognized tags MUST be ignored"
SPKI = "errata 3017: most implementations want a SubjectPublicKeyInfo, so what the section says is not enough"
# RFC 8301
SHORT = "RFC 8301 section 3.2: verifiers MUST NOT consider signatures using RSA keys of less than 1024 bits as valid"


P = public_key("rsa2048")
OTHER = public_key("rsa4096")
PKCS1_PEM = subprocess.run(
    ["openssl", "rsa", "-in", f"{KEYS}/rsa2048.pem", "-RSAPublicKey_out"], capture_output=True, check=True
).stdout.decode()
PKCS1 = "".join(PKCS1_PEM.splitlines()[1:-1])
PRIVATE = "".join(open(f"{KEYS}/rsa2048.pem").read().splitlines()[1:-1])
HALF, REST = P[:200], P[200:]
GOOD = f"v=DKIM1; p={P}"


class Record:
    def __init__(self, *strings, codes="", passes=False, otherwise=None, key="rsa2048"):
        """`otherwise`: {verifier: sentence} for those that do not decide as we do."""
        self.strings = [s.encode() if isinstance(s, str) else s for s in strings]
        self.codes, self.passes, self.key = codes.split(), passes, key
        self.otherwise = otherwise or {}

    @property
    def value(self):
        return b"".join(self.strings)


def legal(*strings, otherwise=None, codes="", key="rsa2048"):
    return Record(*strings, codes=codes, passes=True, otherwise=otherwise, key=key)


MD, PY, OD = "Mail::DKIM", "dkimpy", "opendkim-testkey"
AM = "amavisd"  # Mail::DKIM with what Net::DNS makes of a record: characters, where it is UTF-8

RECORDS = [
    legal(GOOD),
    legal(f"p={P}"),
    legal(f"v=DKIM1; k=rsa; p={P}"),
    legal(f"v=DKIM1;k=rsa;p={P};"),
    legal(f" v = DKIM1 ; p = {P} ; "),
    legal("v=DKIM1; p=", P[:255], P[255:]),
    legal("v=DKIM1; p=", "", P),
    legal(f"v=DKIM1; p={HALF} {REST}"),
    legal(f"v=DKIM1; p={HALF}\t{REST}"),
    legal(f"v=DKIM1; n=some words; p={P}"),
    legal(f"v=DKIM1; s=*; p={P}"),
    legal(f"v=DKIM1; s=email; p={P}"),
    legal(f"v=DKIM1; h=sha256; p={P}"),
    legal(f"v=DKIM1; h=sha1:sha256; p={P}"),
    legal(f"v=DKIM1; h=sha1 : sha256; p={P}", otherwise={MD: LIST}),
    legal(f"v=DKIM1; x=unknown; p={P}"),
    legal(f"v=DKIM1; t=s; p={P}", codes="dkim.strict-subdomain"),
    legal(f"v=DKIM1; t=y; p={P}", codes="dkim.testing"),
    legal(f"v=DKIM1; g=*; p={P}", codes="dkim.obsolete-g"),
    legal(f"v=DKIM1; g=; p={P}", codes="dkim.obsolete-g", otherwise={MD: FLAG_OF_OLD}),
    legal(f"v=DKIM1; p={public_key('rsa1024')}", codes="dkim.weak", key="rsa1024"),
    legal(f"v=DKIM1; p={public_key('rsa4096')}", key="rsa4096"),
    legal(f"v=DKIM1; p={public_key('e3')}", codes="dkim.weak dkim.exponent", key="e3"),
    Record(f"v=DKIM1; p={public_key('rsa512')}", codes="dkim.short", key="rsa512", otherwise={MD: SHORT, OD: SHORT}),
    Record('"' + GOOD + '"', codes="dkim.literal-quotes", otherwise={MD: TAG_NAME}),
    Record(
        f'v=DKIM1; p={HALF}" "{REST}', codes="dkim.literal-quotes", otherwise={MD: BASE64, PY: BASE64, OD: BASE64}
    ),
    Record(GOOD.replace(";", "\\;"), codes="dkim.backslash"),
    Record("\u201c" + GOOD + "\u201d", codes="dkim.smart-quotes"),
    Record("\ufeff" + GOOD, codes="dkim.invisible-character", otherwise={MD: TAG_NAME}),
    Record(GOOD.replace("p=", "\u00a0p="), codes="dkim.invisible-character", otherwise={AM: TAG_NAME}),
    Record(f"v=DKIM1; p={HALF}\u200b{REST}", codes="dkim.invisible-character", otherwise={PY: BASE64}),
    Record("&quot;" + GOOD + "&quot;", codes="dkim.html-entity dkim.literal-quotes"),
    Record(GOOD.replace("; ", "%3B%20"), codes="dkim.url-encoded"),
    Record(
        f's._domainkey.example.com. 3600 IN TXT ( "{GOOD}" )',
        codes="dkim.zone-line dkim.literal-quotes",
        otherwise={PY: TAG_NAME},
    ),
    Record(f"v=DKIM1; p=-----BEGIN PUBLIC KEY-----{P}-----END PUBLIC KEY-----", codes="dkim.pem-header"),
    Record(f"v=DKIM1, k=rsa, p={P}", codes="dkim.separator"),
    Record(f"v=DKIM1 k=rsa p={P}", codes="dkim.separator"),
    Record(f"V=DKIM1; P={P}", codes="dkim.tag-syntax"),
    Record(
        f"k=rsa; v=DKIM1; p={P}",
        codes="dkim.version-not-first",
        otherwise={MD: VERSION, PY: VERSION, OD: VERSION},
    ),
    Record(f"v=dkim1; p={P}", codes="dkim.version"),
    Record(f"v=DKIM2; p={P}", codes="dkim.version"),
    Record(f"v=DKIM1; p={P}; p={P}", codes="dkim.duplicate-tag", otherwise={MD: TWICE, OD: TWICE}),
    Record(f"v=DKIM1;; p={P}", codes="dkim.tag-syntax", otherwise={MD: TAG_SPEC}),
    Record("v=DKIM1; k=rsa", codes="dkim.no-public-key"),
    Record("v=DKIM1; p=", codes="dkim.revoked"),
    Record(f"v=DKIM1; k=RSA; p={P}", codes="dkim.key-type", otherwise={OD: CASE}),
    Record(f"v=DKIM1; k=mldsa44; p={P}", codes="dkim.key-type"),
    Record(f"v=DKIM1; h=sha1; p={P}", codes="dkim.hash", otherwise={PY: HASHES, OD: HASHES}),
    Record(f"v=DKIM1; s=tlsrpt; p={P}", codes="dkim.service"),
    Record(GOOD[:255], codes="dkim.truncated"),
    Record(GOOD[:-1], codes="dkim.truncated"),
    Record(f"v=DKIM1; p={P[:100]}{P[150:]}", codes="dkim.chunk-missing"),
    Record(f"v=DKIM1; p={P[200:]}{P[:200]}", codes="dkim.chunk-order"),
    Record("v=DKIM1; p=", P[:100], P[200:], P[100:200], codes="dkim.chunk-order"),
    Record(f"v=DKIM1; p={OTHER}", codes="dkim.other-key"),
    Record(f"v=DKIM1; p={PKCS1}", codes="dkim.pkcs1", otherwise={PY: SPKI}),
    Record(f"v=DKIM1; p={PRIVATE}", codes="dkim.private-key-published"),
    Record(f"v=DKIM1; p={P[:50]}*{P[51:]}", codes="dkim.base64"),
    Record("v=DKIM1; p=yourPublicKey", codes="dkim.base64"),
    Record("", codes="dkim.tag-syntax"),
]
