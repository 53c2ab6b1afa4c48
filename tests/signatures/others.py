"""others.py PROGRAM: what PROGRAM signs, Mail::DKIM and dkimpy verify; what they sign, PROGRAM verifies; and what is
changed on its way none of them takes. Keys of every size that verifiers take, both algorithms, every canonicalization."""

import os
import random
import shutil
import subprocess
import sys
import tempfile

from common import HERE, KEYS, answers, public_key

try:
    import dkim
    import nacl.encoding
    import nacl.signing
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

RSA = ["rsa1024", "rsa2047", "rsa2048", "rsa4096", "e3", "pkcs8"]
METHODS = [(header, body) for header in ("simple", "relaxed") for body in ("simple", "relaxed")]
failed = passed = 0


def check(name, holds, detail=""):
    global failed, passed
    passed, failed = passed + bool(holds), failed + (not holds)
    if not holds:
        print(f"FAIL  {name}: {detail}")


def messages(rng):
    """Blanks, folds and empty lines where canonicalizations differ; lines end in CRLF."""
    fixed = [
        b"From: a@example.com\r\nSubject: x\r\n\r\n",
        b"From: a@example.com\r\nSubject: x\r\n\r\n\r\n\r\n",
        b"From: a@example.com\r\nTo: b@example.org\r\nSubject: x\r\n\r\ntext without an end",
        b"From : a@example.com\r\nSubject:\r\n x\r\n\r\n \t\r\n\t \r\n",
    ]
    yield from fixed
    for _ in range(8):
        blank = lambda: rng.choice([b" ", b"  ", b"\t", b" \t ", b"\r\n ", b"\r\n\t "])
        fields = [
            name + b":" + blank() + b"word" + blank() + b"a@example.com" + rng.choice([b"", b" ", b"\t"])
            for name in rng.sample([b"From", b"To", b"Subject", b"Date", b"X-Other", b"to", b"SUBJECT"], 5)
        ]
        if not any(field.startswith(b"From:") for field in fields):
            fields.append(b"From: a@example.com")
        lines = [
            b"".join(rng.choice([b"a", b" ", b"\t", b"  ", b".", b"\xc3\xbc"]) for _ in range(rng.randrange(9)))
            for _ in range(rng.randrange(7))
        ]
        yield b"\r\n".join(fields) + b"\r\n\r\n" + b"\r\n".join(lines) + rng.choice([b"", b"\r\n", b"\r\n\r\n"])


def disagrees(who, text, method):
    """Where another is known not to do what the RFC says, or to do one of two things that it leaves open; no relay hands on
    such a message, but for the last."""
    body = text.partition(b"\r\n\r\n")[2]
    unterminated = body and not body.endswith(b"\r\n")
    if who == "Mail::DKIM":
        # RFC 6376 section 3.4.3: "If there is no body or no trailing CRLF on the message body, a CRLF is added."
        return unterminated and method[1] == "simple"
    # Section 3.4.4 a: "Ignore all whitespace at the end of lines. Implementations MUST NOT remove the CRLF at the end of
    # the line." dkimpy takes what has no CRLF for no line.
    if unterminated and method[1] == "relaxed" and body[-1:] in b" \t":
        return True
    # Section 3.4.2: "Delete any WSP characters remaining before and after the colon"; dkimpy does not find the field.
    return text.startswith(b"From :")


def unescaped(field):
    return field.replace("\\n", "\r\n").encode() + b"\r\n"


def dkimpy_verifies(text, record):
    try:
        return dkim.DKIM(text).verify(dnsfunc=lambda name, timeout=5: record.encode())
    except dkim.ValidationError:
        return False


def dkimpy_signs(text, method, key, algorithm):
    text = text.replace(b"From :", b"From:")  # which it does not find
    field = dkim.sign(text, b"s", b"example.com", key, canonicalize=tuple(word.encode() for word in method),
                      signature_algorithm=algorithm)
    return field + text


class World:
    def __init__(self, program, folder):
        self.program, self.folder, self.count = program, folder, 0
        self.texts = list(messages(random.Random(20261128)))
        self.cases = [(text, method) for text in self.texts for method in METHODS]

    def file(self, text):
        self.count += 1
        path = os.path.join(self.folder, str(self.count))
        with open(path, "wb") as f:
            f.write(text)
        return path

    def ours_to_them(self, name, record, mail_dkim):
        """Signed by us; unchanged, and with a letter more."""
        cases = self.cases
        fields = answers(
            [self.program],
            [["sign", f"{KEYS}/{name}.pem", "example.com", "s", *method, self.file(text)] for text, method in cases],
        )
        signed = [unescaped(field) + text for field, (text, _) in zip(fields, cases)]
        for text, (unsigned, method) in zip(signed, cases):
            other = disagrees("dkimpy", unsigned, method)
            check(f"{name} {method}: dkimpy verifies ours", dkimpy_verifies(text, record) != other, text)
            check(f"{name} {method}: dkimpy sees a change", not dkimpy_verifies(text + b"x", record), text)
        if mail_dkim:
            jobs = [["verify", record, self.file(text)] for text in signed]
            verdicts = answers(["perl", f"{HERE}/mail_dkim.pl"], jobs)
            for verdict, (unsigned, method) in zip(verdicts, cases):
                other = disagrees("Mail::DKIM", unsigned, method)
                held = (verdict == "pass") != other
                check(f"{name} {method}: Mail::DKIM verifies ours", held, f"{verdict} {unsigned}")

    def theirs_to_us(self, name, who, p, signed):
        """`signed`: for each text and method the message that they made of it."""
        verdicts = answers([self.program], [["verify", p, self.file(text)] for text in signed])
        changed = answers([self.program], [["verify", p, self.file(text + b"x")] for text in signed])
        for verdict, change, (unsigned, method) in zip(verdicts, changed, self.cases):
            other = disagrees(who, unsigned, method) and not unsigned.startswith(b"From :")
            check(f"{name} by {who} {method}: we verify", (verdict == "pass") != other, f"{verdict} {unsigned}")
            seen = change == "the body has changed"
            check(f"{name} by {who} {method}: we see a change", seen, f"{change} {unsigned}")

    def rsa(self, name):
        p = public_key(name)
        self.ours_to_them(name, f"v=DKIM1; k=rsa; p={p}", mail_dkim=True)
        fields = answers(
            ["perl", f"{HERE}/mail_dkim.pl"],
            [["sign", f"{KEYS}/{name}.pem", "example.com", "s", *method, self.file(text)] for text, method in self.cases],
        )
        signed = [unescaped(field) + text for field, (text, _) in zip(fields, self.cases)]
        self.theirs_to_us(name, "Mail::DKIM", p, signed)
        with open(f"{KEYS}/{name}.pem", "rb") as f:
            key = f.read()
        self.theirs_to_us(name, "dkimpy", p, [dkimpy_signs(*case, key, b"rsa-sha256") for case in self.cases])

    def ed25519(self):
        der = subprocess.run(
            ["openssl", "pkey", "-in", f"{KEYS}/ed25519.pem", "-outform", "DER"], capture_output=True, check=True
        ).stdout
        key = nacl.signing.SigningKey(der[-32:])
        p = key.verify_key.encode(nacl.encoding.Base64Encoder).decode()
        self.ours_to_them("ed25519", f"v=DKIM1; k=ed25519; p={p}", mail_dkim=False)  # which does not know it
        seed = nacl.encoding.Base64Encoder.encode(der[-32:])
        signed = [dkimpy_signs(*case, seed, b"ed25519-sha256") for case in self.cases]
        self.theirs_to_us("ed25519", "dkimpy", p, signed)


def main():
    for tool, arguments in (("openssl", ["version"]), ("perl", ["-MMail::DKIM", "-e", "1"])):
        if not shutil.which(tool) or subprocess.run([tool, *arguments], capture_output=True, check=False).returncode:
            print(f"skipped: {tool} {' '.join(arguments)} fails")
            sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        world = World(sys.argv[1], folder)
        for name in RSA:
            world.rsa(name)
        world.ed25519()
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


main()
