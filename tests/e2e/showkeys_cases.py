"""What `showkeys` is tried on: keys, statements that declare them, and words that select some of them.

`prepare` makes the keys; only then may cases be built.
"""

import itertools
import os
import re
import subprocess

from lib import generate_key, write

SIZES = (512, 768, 1024, 1536, 2047, 2048, 3072, 4096)

folder = None
keys = {}
numbers = itertools.count()


def key(name):
    return keys[name]


def single(text):
    """A Perl single-quoted string."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def double(text):
    """A Perl double-quoted string."""
    return '"' + re.sub(r'([\\"$@])', r"\\\1", text).replace("\t", "\\t").replace("\n", "\\n") + '"'


def declare(domain, selector, name="k1024", options="", domain_is_perl=False):
    domain = domain if domain_is_perl else single(domain)
    return f"dkim_key({domain}, {single(selector)}, {single(key(name))}{', ' + options if options else ''});"


class Case:
    """One run of the two programs. `odd` lists the keys whose records amavisd's own text does not convey: None where
    that is not known beforehand."""

    def __init__(self, name, statements, args=("showkeys",), odd=(), files=None, cwd=None):
        self.name, self.args, self.odd, self.cwd = name, list(args), None if odd is None else set(odd), cwd
        self.files = files
        if files is None:
            text = "use strict;\n" + "\n".join([statements] if isinstance(statements, str) else statements) + "\n1;\n"
            self.files = [write(os.path.join(folder, f"case{next(numbers)}.conf"), text)]


# ---- keys ----


def prepare(where):
    global folder
    folder = where

    def place(name):
        keys[name] = os.path.join(folder, name + ".pem")
        return keys[name]

    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True)

    for bits in SIZES:
        generate_key(place(f"k{bits}"), bits)
    source = key("k2048")
    text = open(source, encoding="ascii").read()
    openssl("pkcs8", "-topk8", "-nocrypt", "-in", source, "-out", place("pkcs8"))
    openssl(
        "genpkey",
        "-quiet",
        "-algorithm",
        "RSA",
        "-pkeyopt",
        "rsa_keygen_bits:1024",
        "-pkeyopt",
        "rsa_keygen_pubexp:3",
        "-out",
        place("exponent3"),
    )
    openssl("genpkey", "-quiet", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:1024", "-out", place("pss"))
    openssl("genpkey", "-quiet", "-algorithm", "ED25519", "-out", place("ed25519"))
    openssl("ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", place("ec"))
    openssl("rsa", "-in", source, "-aes128", "-passout", "pass:secret", "-traditional", "-out", place("encrypted"))
    openssl("rsa", "-in", source, "-outform", "DER", "-out", place("der"))
    openssl("rsa", "-in", source, "-pubout", "-out", place("public"))
    openssl("rsa", "-in", source, "-text", "-traditional", "-out", place("text"))
    write(place("crlf"), text.replace("\n", "\r\n"))
    write(place("bag"), "Bag Attributes\n    friendlyName: dkim\nKey Attributes: <No Attributes>\n" + text)
    write(place("bom"), "\ufeff" + text)
    write(place("two"), text + open(key("k1024"), encoding="ascii").read())
    write(place("empty"), "")
    write(place("truncated"), text[: len(text) // 2])
    write(place("garbage"), "this is no key\n")
    body = text.splitlines()
    write(place("oneline"), body[0] + "".join(body[1:-1]) + body[-1])
    write(place("copy"), open(key("k1024"), encoding="ascii").read())
    keys["spaced"] = write(os.path.join(folder, "with space.pem"), text)
    keys["quoted"] = write(os.path.join(folder, "it's;#=ü.pem"), text)
    os.symlink(key("k1024"), place("link"))
    os.symlink("link.pem", place("link2"))
    os.link(key("k1024"), place("hard"))
    os.mkdir(os.path.join(folder, "sub"))
    keys["dots"] = os.path.join(folder, "sub/../k1024.pem")
    keys["slashes"] = os.path.join(folder, ".//k1024.pem")
    for path in os.listdir(folder):
        if path.endswith(".pem") and not os.path.islink(os.path.join(folder, path)):
            os.chmod(os.path.join(folder, path), 0o644)


# ---- listings ----


def cases_of_sizes():
    yield Case("every size", [declare(f"k{bits}.example", "dkim", f"k{bits}") for bits in SIZES])
    yield Case("pkcs8", declare("example.com", "dkim", "pkcs8"))
    yield Case("pkcs8 and pkcs1 of one key", [declare("a.example", "s", "pkcs8"), declare("b.example", "s", "k2048")])
    for name in ("crlf", "bag", "bom", "two", "exponent3", "text"):
        yield Case(f"pem {name}", declare("example.com", "dkim", name))


def cases_of_options():
    values = {"plain": "'x1'", "empty": "''", "undef": "undef", "zero": "0"}
    for tag in "vghkstn":
        statements = [declare(f"{name}.example", "s", options=f"{tag} => {value}") for name, value in values.items()]
        yield Case(f"option {tag}", statements)
    yield Case(
        "all options in another order",
        declare(
            "example.com",
            "s",
            options="t=>'y:s', s=>'email', n=>'a note', k=>'rsa', h=>'sha256:sha1', g=>'*', v=>'DKIM1'",
        ),
    )
    yield Case("unknown options", declare("example.com", "s", options="x => 1, foo => 'bar', 'p' => 'zzz', K => 'a'"))
    yield Case("an option twice", declare("example.com", "s", options="t => 'y', t => 's'"))
    yield Case("other key type is forced to rsa", declare("example.com", "s", options="k => 'ed25519'"))
    yield Case("number as value", declare("example.com", "s", options="t => 7, n => 1_000, h => 0x10"))
    yield Case(
        "note with separators", declare("example.com", "s", options="n => 'semi;colon eq=ual \"quoted\" tail'")
    )
    yield Case("note with controls", declare("example.com", "s", options='n => "tab\\tnew\\nline\\x01\\x7f end"'))
    yield Case("note in utf-8", declare("example.com", "s", options="n => 'Schlüssel für α'"))
    path = write(
        os.path.join(folder, "latin-1.conf"),
        declare("example.com", "s", options="n => 'caf\u00e9'").encode("latin-1"),
    )
    yield Case("note in latin-1", "", files=[path])
    yield Case("note of 239 octets", declare("example.com", "s", options=f"n => '{'x' * 239}'"))
    yield Case("note of 240 octets", declare("example.com", "s", options=f"n => '{'x' * 240}'"))
    yield Case("note of 241 octets", declare("example.com", "s", options=f"n => '{'x' * 241}'"), odd={1})
    yield Case("note of 1000 octets", declare("example.com", "s", options="n => 'x' x 1000"), odd={1})
    yield Case("long note that grows by encoding", declare("example.com", "s", options="n => '=' x 100"), odd={1})
    yield Case("note with a backslash", declare("example.com", "s", options="n => 'back\\\\slash'"), odd={1})
    yield Case("note with a backslash at its end", declare("example.com", "s", options="n => 'tail\\\\'"), odd={1})
    yield Case("note with a decimal escape", declare("example.com", "s", options="n => 'a\\\\100b'"), odd={1})
    yield Case("quotes outside the note", declare("example.com", "s", options="s => 'a\"b'"), odd={1})
    yield Case("semicolon outside the note", declare("example.com", "s", options="t => 's; x=y'"))
    yield Case(
        "odd key among good ones",
        [declare("a.example", "s"), declare("b.example", "s", options="n => 'b\\\\s'"), declare("c.example", "s")],
        odd={2},
    )
    yield Case(
        "option values by expression",
        [
            "my $flags = join(':', 'y', 's');",
            declare("example.com", "s", options='t => $flags, n => "flags are $flags" . "!"'),
        ],
    )


def cases_of_names():
    idn = {
        "lower": "bücher.example",
        "upper": "BÜCHER.EXAMPLE",
        "mixed": "Bücher.Example",
        "ace": "xn--bcher-kva.example",
        "upper ace": "XN--BCHER-KVA.example",
        "several labels": "müller.bücher.example",
        "greek": "παράδειγμα.δοκιμή",
        "cyrillic": "пример.рф",
        "chinese": "例え.テスト",
        "arabic": "مثال.إختبار",
        "sharp s": "straße.example",
        "final sigma": "βόλος.com",
        "decomposed": "bu\u0308cher.example",
        "full width": "ｅｘａｍｐｌｅ.com",
        "ideographic stop": "例。テスト",
        "underscore": "_x.bücher.example",
        "hyphens": "a--b.example",
        "digits": "123.example",
    }
    for name, domain in idn.items():
        yield Case(f"idn {name}", declare(domain, "s"), odd=None)
        yield Case(
            f"idn {name} as argument",
            [declare(domain, "s"), declare("other.example", "s")],
            ("showkeys", domain),
            odd=None,
        )
    for name, selector in {
        "utf-8": "schlüssel",
        "upper": "SEL",
        "mixed idn": "SCHLÜSSEL",
        "dotted": "a.b.c",
        "dotted idn": "ä.b",
        "digits": "2026",
        "underscore": "s_1",
        "hyphen": "s-1",
        "ace": "XN--S-1GA",
    }.items():
        yield Case(f"selector {name}", declare("example.com", selector))
    yield Case("upper case domain", declare("EXAMPLE.Com", "Dkim"))
    yield Case(
        "wildcards",
        [
            declare("*.wild.example", "s"),
            declare("*", "any"),
            declare("a*b.example", "s"),
            declare("**.example", "s"),
        ],
        odd=None,
    )
    yield Case("only a wildcard", declare("*", "dkim"))
    yield Case("regular expression", declare("qr/^(?:foo|bar)\\.re\\.example$/", "s", domain_is_perl=True), odd={1})
    yield Case("regular expression with flags", declare("qr/\\.Example$/i", "s", domain_is_perl=True), odd=None)
    yield Case("regular expression of one dot", declare("qr/./", "s", domain_is_perl=True), odd=None)
    yield Case(
        "regular expressions among names",
        [declare("a.example", "s"), declare("qr'^b'", "s", domain_is_perl=True), declare("c.example", "s")],
        odd={2},
    )
    yield Case("trailing dot", [declare("dot.example.", "s"), declare("ok.example", "s")], odd={1})
    yield Case("leading dot", [declare(".lead.example", "s"), declare("ok.example", "s")], odd={1})
    yield Case("two dots", [declare("two..dots.example", "s"), declare("ok.example", "s")], odd={1})
    yield Case("space", [declare("sp ace.example", "s"), declare("ok.example", "s")], odd={1})
    yield Case("space in the selector", [declare("sel.example", "a b"), declare("ok.example", "s")], odd={1})
    yield Case("long label", [declare("x" * 64 + ".example", "s"), declare("ok.example", "s")], odd={1})
    yield Case("longest label", declare("x" * 63 + ".example", "s"))
    yield Case("one label", declare("localhost", "s"))
    yield Case("semicolon in the domain", [declare("a;b.example", "s"), declare("ok.example", "s")], odd={1})
    yield Case("interpolated", ["$mydomain = 'my.example';", f'dkim_key("sub.$mydomain", "dkim", "{key("k1024")}");'])
    yield Case(
        "concatenated",
        ["$MYHOME = '" + folder + "';", "dkim_key('a' . '.example', 'd' . 'kim', $MYHOME . '/k1024.pem');"],
    )
    yield Case("loop", f"for my $d (qw(b.example a.example)) {{ dkim_key($d, 'dkim', '{key('k1024')}') }}")


def cases_of_files():
    yield Case(
        "same file", [declare("a.example", "s"), declare("b.example", "s"), declare("c.example", "s", "k2048")]
    )
    yield Case(
        "symbolic link first",
        [declare("a.example", "s", "link"), declare("b.example", "s"), declare("c.example", "s", "hard")],
    )
    yield Case(
        "hard link first",
        [declare("a.example", "s", "hard"), declare("b.example", "s"), declare("c.example", "s", "link")],
    )
    yield Case("dots in the path", [declare("a.example", "s", "dots"), declare("b.example", "s")])
    yield Case("double slash", [declare("a.example", "s", "slashes"), declare("b.example", "s", "link")])
    yield Case("link to a link", [declare("a.example", "s", "link2"), declare("b.example", "s", "k2048")])
    yield Case("copy is another file", [declare("a.example", "s"), declare("b.example", "s", "copy")])
    yield Case("spaces in the path", [declare("a.example", "s", "spaced")])
    yield Case("odd path", [declare("a.example", "s", "quoted")])
    write(
        os.path.join(folder, "relative.conf"),
        "dkim_key('a.example','s','k1024.pem'); dkim_key('b.example','s','./k2048.pem'); 1;\n",
    )
    yield Case("relative paths", "", files=["./relative.conf"], cwd=folder)
    yield Case("relative file name", "", files=["relative.conf"], cwd=folder)


def filter_statements():
    return [
        declare("zeta.example.com", "dkim"),
        declare("example.org", "b"),
        declare("example.org", "a", "k2048"),
        declare("sub.example.com", "dkim"),
        declare("example.com", "dkim", "k2048"),
        declare("a-b.example.com", "dkim"),
        declare("sub-x.example.com", "dkim"),
        declare("bücher.example", "dkim"),
        declare("x.bücher.example", "dkim"),
        declare("*.wild.net", "dkim"),
        declare("com", "dkim"),
        declare("example.com.au", "dkim"),
    ]


def cases_of_filters():
    arguments = [
        (),
        (".",),
        ("example.com",),
        (".example.com",),
        ("EXAMPLE.COM",),
        (".Example.COM",),
        ("example.com.",),
        ("com",),
        (".com",),
        ("example.org", "example.com"),
        ("example.com", "example.com"),
        ("nosuch.tld",),
        ("",),
        ("", "example.com"),
        ("..",),
        ("x.wild.net",),
        ("X.WILD.NET",),
        ("wild.net",),
        ("*.wild.net",),
        ("*",),
        (".wild.net",),
        ("bücher.example",),
        ("BÜCHER.example",),
        (".bücher.example",),
        (".BÜCHER.EXAMPLE",),
        ("xn--bcher-kva.example",),
        (".xn--bcher-kva.example",),
        ("XN--BCHER-KVA.EXAMPLE",),
        (".example",),
        (".au", ".org"),
        (".com.au",),
        ("org.",),
        (" example.com",),
        ("example.com ",),
        ("a-b.example.com",),
        ("-b.example.com",),
        (".b.example.com",),
        ("example.co",),
        ("xample.com",),
        ("e.ample.com",),
        (".org", "bücher.example", "y.wild.net"),
        ("u@example.com",),
        ("dkim._domainkey.example.com",),
        ("0",),
    ]
    text = filter_statements()
    for number, words in enumerate(arguments):
        yield Case(f"filter {number} {words}", text, ("showkeys", *words))
    yield Case("alias", text, ("showkey", "example.com"))
    yield Case(
        "filter by regular expression",
        [declare("a.example", "s"), declare("qr/^(foo|bar)\\./", "s", domain_is_perl=True)],
        ("showkeys", "a.example"),
    )
    for word in ("foo.x", "FOO.x", "xfoo.x", ".", "a.example"):
        yield Case(
            f"regular expression and {word}",
            [declare("a.example", "s"), declare("qr/^(foo|bar)\\./", "s", domain_is_perl=True)],
            ("showkeys", word),
            odd=None,
        )
    for word in ("a.example", "b.a.example", ".a.example", "ab.example", "axxb.example", "example", "*"):
        yield Case(
            f"wildcards and {word}",
            [declare("*.a.example", "s"), declare("a*b.example", "s"), declare("a.example", "s")],
            ("showkeys", word),
        )
    for word in (".lead.example", "lead.example", "..lead.example", ".example", "."):
        yield Case(
            f"leading dot and {word}",
            [declare(".lead.example", "s"), declare("b.example", "s")],
            ("showkeys", word),
            odd=None,
        )
    for word in ("dot.example.", "dot.example", ".dot.example.", ".example.", "."):
        yield Case(
            f"trailing dot and {word}",
            [declare("dot.example.", "s"), declare("b.example", "s")],
            ("showkeys", word),
            odd=None,
        )
    yield Case("no keys", "$mydomain = 'example.com';")
    yield Case("no keys with an argument", "$mydomain = 'example.com';", ("showkeys", "example.com"))
    yield Case(
        "order is kept without arguments",
        [declare(d, "s") for d in ("b.example", "a.example", "c.a.example", "a.com")],
    )
    yield Case(
        "order is sorted with arguments",
        [declare(d, "s") for d in ("b.example", "a.example", "c.a.example", "a.com")],
        ("showkeys", "."),
    )
    yield Case("ties by declaration", [declare("a.example", s) for s in ("z", "m", "a")], ("showkeys", "."))
    yield Case(
        "labels compare as bytes",
        [declare(d, "s") for d in ("a_b.example", "a-b.example", "a.b.example", "ab.example", "a0.example")],
        ("showkeys", "."),
    )


def cases_of_several_files():
    a = write(os.path.join(folder, "a.conf"), declare("a.example", "dkim") + " 1;\n")
    b = write(os.path.join(folder, "b.conf"), declare("b.example", "dkim", "k2048") + " 1;\n")
    yield Case("two files", "", files=[a, b])
    yield Case("two files the other way round", "", files=[b, a])
    yield Case("two files and a filter", "", ("showkeys", "."), files=[b, a])
    includes = {
        "include": f"include_config_files('{a}', '{b}');",
        "include list": f"include_config_files(qw({b} {a}));",
        "optional include": f"include_optional_config_files('{folder}/none.conf', '{a}');",
        "do": f"do '{a}';",
        "include between": declare("x.example", "s") + f" include_config_files('{a}'); " + declare("y.example", "s"),
        "keys after 1;": declare("x.example", "s") + "\n1;\n" + declare("y.example", "s"),
        "return": declare("x.example", "s") + "\nreturn 1;\n" + declare("y.example", "s"),
    }
    for name, text in includes.items():
        yield Case(name, text)
    write(os.path.join(folder, "rel.conf"), "include_config_files('a.conf'); 1;\n")
    yield Case("include relative to the working folder", "", files=["rel.conf"], cwd=folder)


SOURCES = (
    cases_of_sizes,
    cases_of_options,
    cases_of_names,
    cases_of_files,
    cases_of_filters,
    cases_of_several_files,
)


# ---- what amavisd refuses ----


def refusals():
    """(name, bad statement, the same with what is wrong put right): the key is the second of three."""
    for name in ("encrypted", "der", "ec", "ed25519", "empty", "truncated", "public", "oneline", "garbage"):
        yield f"{name} key", declare("bad.example", "s", name), declare("bad.example", "s", "k2048")
    missing = f"dkim_key('bad.example', 's', '{folder}/nosuch.pem');"
    yield "missing key file", missing, declare("bad.example", "s", "k2048")
    yield "folder as key file", f"dkim_key('bad.example', 's', '{folder}');", declare("bad.example", "s", "k2048")
    yield "duplicate", declare("a.example", "s", "k2048"), declare("bad.example", "s", "k2048")
    yield "duplicate in another case", declare("A.Example", "S", "k2048"), declare("bad.example", "s", "k2048")
    yield "empty domain", declare("", "s", "k2048"), declare("bad.example", "s", "k2048")
    yield "empty selector", declare("bad.example", "", "k2048"), declare("bad.example", "s", "k2048")
    yield "empty path", "dkim_key('bad.example', 's', '');", declare("bad.example", "s", "k2048")
    yield "odd options", declare("bad.example", "s", "k2048", options="'t'"), declare("bad.example", "s", "k2048")


# ---- chance ----


def random_case(number, rng):
    domains = [
        "example.com",
        "sub.example.com",
        "Example.ORG",
        "a.b.c.example",
        "bücher.example",
        "MÜNCHEN.example",
        "x_y.example",
        "*.wild.net",
        "*",
        "a*.example",
        "qr/^re[0-9]\\./",
        "straße.example",
        "localhost",
        "пример.рф",
        "net",
        "dot.example.",
    ]
    selectors = ["dkim", "DKIM2", "a.b", "2026-11", "schlüssel", "s_1", "x"]
    files = ["k512", "k1024", "k1536", "k2048", "pkcs8", "link", "hard", "dots", "copy", "crlf"]
    statements, seen = [], set()
    for _ in range(rng.randint(1, 6)):
        domain, selector = rng.choice(domains), rng.choice(selectors)
        if (domain, selector) not in seen:
            seen.add((domain, selector))
            statements.append(
                declare(domain, selector, rng.choice(files), random_options(rng), domain.startswith("qr"))
            )
    words = rng.sample(
        [
            ".",
            ".com",
            "example.com",
            "EXAMPLE.org",
            ".example",
            "bücher.example",
            ".münchen.example",
            "re7.x",
            "",
            "a.wild.net",
            "nosuch.tld",
            "x_y.example",
            "пример.рф",
            ".net",
            "strasse.example",
            "net",
        ],
        rng.choice([0, 0, 1, 1, 2, 3]),
    )
    return Case(f"random {number}", statements, ("showkeys", *words), odd=None)


def random_options(rng):
    """Tags in any order, in either quotes, with either comma."""
    letters = "abcXYZ 019.,:;=\"'@$%&()[]{}<>|/?!*+-_~^`#äß\t"
    options = []
    for tag in rng.sample("vghkstnx", rng.choice([0, 0, 1, 2, 3, 8])):
        text = rng.choice(["", "*", "y:s", "sha256", "email"])
        if tag == "n":
            alphabet = letters + rng.choice(["", "", "", "\\"])
            text = "".join(rng.choice(alphabet) for _ in range(rng.choice([0, 5, 40, 200, 300])))
        value = rng.choice(["undef", single(text), single(text), double(text)])
        options.append(rng.choice([f"{tag} => {value}", f"'{tag}' => {value}", f"'{tag}', {value}"]))
    return ", ".join(options)
