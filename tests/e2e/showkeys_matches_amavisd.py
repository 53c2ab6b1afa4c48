#!/usr/bin/env python3
"""`dkimctl showkeys` prints what `amavisd showkeys` prints, byte for byte, wherever that is a zone that loads and says
what was meant; where it is not, ours loads and standard error names the key.

With --amavisd-alone only the expectations are tried, on amavisd; dkimctl need not exist.
SEED and RANDOM (how many random configurations) may be set in the environment.
"""

import concurrent.futures
import os
import random
import re
import subprocess
import sys

import zone
from lib import (DAEMON_USER, DKIMCTL, Checks, Run, amavisd, bind_mount, difference, dkimctl, generate_key, need,
                 private_namespaces, temporary_folder, write)

ALONE = "--amavisd-alone" in sys.argv
SIZES = (512, 768, 1024, 1536, 2047, 2048, 3072, 4096)

checks = Checks()
folder = None
keys = {}


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
            self.files = [write(os.path.join(folder, f"conf-{re.sub('[^a-z0-9]+', '-', name.lower())}.conf"), text)]


def judge(case, theirs):
    check_amavisd(case, theirs)
    if ALONE or theirs.status != 0:
        return
    ours = dkimctl(case.files, *case.args, cwd=case.cwd)
    compare(case.name, theirs, ours, case.seen_odd)


def check_amavisd(case, theirs):
    """What amavisd itself makes of it: the expectation that the comparison rests on."""
    case.seen_odd = set()
    if not checks.check(f"{case.name}: amavisd lists", theirs.status == 0, theirs):
        return
    listed = zone.blocks(theirs.out)
    if zone.load(folder, "whole.zone", theirs.out) != {zone.meant(text) for _, text in listed}:
        for number, text in listed:
            if zone.load(folder, "one.zone", text) != {zone.meant(text)}:
                case.seen_odd.add(number)
    if case.odd is not None:
        checks.equal(f"{case.name}: records that amavisd's text does not convey", case.seen_odd, case.odd)


def compare(name, theirs, ours, odd):
    checks.check(f"{name}: exit status", ours.status in (0, 1), ours)
    if not odd:
        checks.check(f"{name}: same bytes", ours.out == theirs.out, f"{difference(theirs.out, ours.out)}\n{ours}")
        return
    mine = dict(zone.blocks(ours.out))
    loaded = zone.load(folder, "ours.zone", ours.out)
    checks.check(f"{name}: ours loads", not isinstance(loaded, str), f"{loaded}\n{ours}")
    checks.equal(f"{name}: same keys in the same order", [n for n, _ in zone.blocks(ours.out)],
                 [n for n, _ in zone.blocks(theirs.out)])
    for number, text in zone.blocks(theirs.out):
        if number not in odd:
            checks.check(f"{name}: key {number} same bytes", mine.get(number) == text,
                         difference(text, mine.get(number, b"")))
            continue
        owner, value = zone.meant(text)
        if re.fullmatch(rb"([a-z0-9_*-]{1,63}\.)+", owner) and not isinstance(loaded, str):
            checks.check(f"{name}: key {number} conveys its record", (owner, value) in loaded,
                         f"meant {(owner, value)}\n{ours}")
        domain = re.search(rb"d=([^,\n]*)", text).group(1)
        checks.check(f"{name}: key {number} is explained", domain in ours.err or b"key#%d" % number in ours.err,
                     ours.err.decode(errors="replace"))


# ---- the cases ----


def cases_of_sizes():
    yield Case("every size", [declare(f"k{bits}.example", "dkim", f"k{bits}") for bits in SIZES])
    for bits in SIZES:
        yield Case(f"{bits} bits", declare("example.com", "dkim", f"k{bits}"))
    yield Case("pkcs8", declare("example.com", "dkim", "pkcs8"))
    yield Case("pkcs8 and pkcs1 of one key", [declare("a.example", "s", "pkcs8"), declare("b.example", "s", "k2048")])
    for name in ("crlf", "bag", "bom", "two", "exponent3", "text"):
        yield Case(f"pem {name}", declare("example.com", "dkim", name))


def cases_of_options():
    values = {"plain": "'x1'", "empty": "''", "undef": "undef", "zero": "0"}
    for tag in "vghkstn":
        statements = [declare(f"{name}.example", "s", options=f"{tag} => {value}") for name, value in values.items()]
        yield Case(f"option {tag}", statements)
    yield Case("all options in another order", declare(
        "example.com", "s", options="t=>'y:s', s=>'email', n=>'a note', k=>'rsa', h=>'sha256:sha1', g=>'*', v=>'DKIM1'"))
    yield Case("unknown options", declare("example.com", "s", options="x => 1, foo => 'bar', 'p' => 'zzz', K => 'a'"))
    yield Case("an option twice", declare("example.com", "s", options="t => 'y', t => 's'"))
    yield Case("other key type is forced to rsa", declare("example.com", "s", options="k => 'ed25519'"))
    yield Case("number as value", declare("example.com", "s", options="t => 7, n => 1_000, h => 0x10"))
    yield Case("note with separators", declare("example.com", "s", options="n => 'semi;colon eq=ual \"quoted\" tail'"))
    yield Case("note with controls", declare("example.com", "s", options='n => "tab\\tnew\\nline\\x01\\x7f end"'))
    yield Case("note in utf-8", declare("example.com", "s", options="n => 'Schlüssel für α'"))
    yield Case("note in latin-1", [b"dkim_key('example.com', 's', '%s', n => 'caf\xe9');" % key("k1024").encode()][0]
               .decode("latin-1").encode("latin-1").decode("utf-8", "surrogateescape")) if False else None
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
    yield Case("odd key among good ones", [
        declare("a.example", "s"), declare("b.example", "s", options="n => 'b\\\\s'"), declare("c.example", "s")], odd={2})
    yield Case("option values by expression", ["my $flags = join(':', 'y', 's');", declare(
        "example.com", "s", options='t => $flags, n => "flags are $flags" . "!"')])


def cases_of_names():
    idn = {"lower": "bücher.example", "upper": "BÜCHER.EXAMPLE", "mixed": "Bücher.Example", "ace": "xn--bcher-kva.example",
           "upper ace": "XN--BCHER-KVA.example", "several labels": "müller.bücher.example", "greek": "παράδειγμα.δοκιμή",
           "cyrillic": "пример.рф", "chinese": "例え.テスト", "arabic": "مثال.إختبار", "sharp s": "straße.example",
           "final sigma": "βόλος.com", "decomposed": "bu\u0308cher.example", "full width": "ｅｘａｍｐｌｅ.com",
           "ideographic stop": "例。テスト", "underscore": "_x.bücher.example", "hyphens": "a--b.example",
           "digits": "123.example"}
    for name, domain in idn.items():
        yield Case(f"idn {name}", declare(domain, "s"), odd=None)
        yield Case(f"idn {name} as argument", [declare(domain, "s"), declare("other.example", "s")],
                   ("showkeys", domain), odd=None)
    for name, selector in {"utf-8": "schlüssel", "upper": "SEL", "mixed idn": "SCHLÜSSEL", "dotted": "a.b.c",
                           "dotted idn": "ä.b", "digits": "2026", "underscore": "s_1", "hyphen": "s-1",
                           "ace": "XN--S-1GA"}.items():
        yield Case(f"selector {name}", declare("example.com", selector))
    yield Case("upper case domain", declare("EXAMPLE.Com", "Dkim"))
    yield Case("wildcards", [declare("*.wild.example", "s"), declare("*", "any"), declare("a*b.example", "s"),
                             declare("**.example", "s")], odd=None)
    yield Case("only a wildcard", declare("*", "dkim"))
    yield Case("regular expression", declare("qr/^(?:foo|bar)\\.re\\.example$/", "s", domain_is_perl=True), odd={1})
    yield Case("regular expression with flags", declare("qr/\\.Example$/i", "s", domain_is_perl=True), odd=None)
    yield Case("regular expression of one dot", declare("qr/./", "s", domain_is_perl=True), odd=None)
    yield Case("regular expressions among names", [
        declare("a.example", "s"), declare("qr'^b'", "s", domain_is_perl=True), declare("c.example", "s")], odd={2})
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
    yield Case("concatenated", ["$MYHOME = '" + folder + "';", "dkim_key('a' . '.example', 'd' . 'kim', $MYHOME . '/k1024.pem');"])
    yield Case("loop", f"for my $d (qw(b.example a.example)) {{ dkim_key($d, 'dkim', '{key('k1024')}') }}")


def cases_of_files():
    yield Case("same file", [declare("a.example", "s"), declare("b.example", "s"), declare("c.example", "s", "k2048")])
    yield Case("symbolic link first", [declare("a.example", "s", "link"), declare("b.example", "s"), declare("c.example", "s", "hard")])
    yield Case("hard link first", [declare("a.example", "s", "hard"), declare("b.example", "s"), declare("c.example", "s", "link")])
    yield Case("dots in the path", [declare("a.example", "s", "dots"), declare("b.example", "s")])
    yield Case("double slash", [declare("a.example", "s", "slashes"), declare("b.example", "s", "link")])
    yield Case("link to a link", [declare("a.example", "s", "link2"), declare("b.example", "s", "k2048")])
    yield Case("copy is another file", [declare("a.example", "s"), declare("b.example", "s", "copy")])
    yield Case("spaces in the path", [declare("a.example", "s", "spaced")])
    yield Case("odd path", [declare("a.example", "s", "quoted")])
    write(os.path.join(folder, "relative.conf"), "dkim_key('a.example','s','k1024.pem'); dkim_key('b.example','s','./k2048.pem'); 1;\n")
    yield Case("relative paths", "", files=["./relative.conf"], cwd=folder)
    yield Case("relative file name", "", files=["relative.conf"], cwd=folder)


def filter_statements():
    return [declare("zeta.example.com", "dkim"), declare("example.org", "b"), declare("example.org", "a", "k2048"),
            declare("sub.example.com", "dkim"), declare("example.com", "dkim", "k2048"), declare("a-b.example.com", "dkim"),
            declare("sub-x.example.com", "dkim"), declare("bücher.example", "dkim"), declare("x.bücher.example", "dkim"),
            declare("*.wild.net", "dkim"), declare("com", "dkim"), declare("example.com.au", "dkim")]


def cases_of_filters():
    arguments = [(), (".",), ("example.com",), (".example.com",), ("EXAMPLE.COM",), (".Example.COM",), ("example.com.",), ("com",), (".com",),
                 ("example.org", "example.com"), ("example.com", "example.com"), ("nosuch.tld",), ("",), ("", "example.com"), ("..",),
                 ("x.wild.net",), ("X.WILD.NET",), ("wild.net",), ("*.wild.net",), ("*",), (".wild.net",), ("bücher.example",),
                 ("BÜCHER.example",), (".bücher.example",), (".BÜCHER.EXAMPLE",), ("xn--bcher-kva.example",), (".xn--bcher-kva.example",),
                 ("XN--BCHER-KVA.EXAMPLE",), (".example",), (".au", ".org"), (".com.au",), ("org.",), (" example.com",), ("example.com ",),
                 ("a-b.example.com",), ("-b.example.com",), (".b.example.com",), ("example.co",), ("xample.com",), ("e.ample.com",),
                 (".org", "bücher.example", "y.wild.net"), ("u@example.com",), ("dkim._domainkey.example.com",), ("0",)]
    text = filter_statements()
    for number, words in enumerate(arguments):
        yield Case(f"filter {number} {words}", text, ("showkeys", *words))
    yield Case("dash as argument", text, ("showkeys", "--", "example.com"), odd=None) if False else None
    yield Case("alias", text, ("showkey", "example.com"))
    yield Case("filter by regular expression", [
        declare("a.example", "s"), declare("qr/^(foo|bar)\\./", "s", domain_is_perl=True)], ("showkeys", "a.example"))
    for word in ("foo.x", "FOO.x", "xfoo.x", ".", "a.example"):
        yield Case(f"regular expression and {word}", [
            declare("a.example", "s"), declare("qr/^(foo|bar)\\./", "s", domain_is_perl=True)], ("showkeys", word), odd=None)
    for word in ("a.example", "b.a.example", ".a.example", "ab.example", "axxb.example", "example", "*"):
        yield Case(f"wildcards and {word}", [declare("*.a.example", "s"), declare("a*b.example", "s"), declare("a.example", "s")],
                   ("showkeys", word))
    for word in (".lead.example", "lead.example", "..lead.example", ".example", "."):
        yield Case(f"leading dot and {word}", [declare(".lead.example", "s"), declare("b.example", "s")], ("showkeys", word), odd=None)
    for word in ("dot.example.", "dot.example", ".dot.example.", ".example.", "."):
        yield Case(f"trailing dot and {word}", [declare("dot.example.", "s"), declare("b.example", "s")], ("showkeys", word), odd=None)
    yield Case("no keys", "$mydomain = 'example.com';")
    yield Case("no keys with an argument", "$mydomain = 'example.com';", ("showkeys", "example.com"))
    yield Case("order is kept without arguments", [declare(d, "s") for d in ("b.example", "a.example", "c.a.example", "a.com")])
    yield Case("order is sorted with arguments", [declare(d, "s") for d in ("b.example", "a.example", "c.a.example", "a.com")],
               ("showkeys", "."))
    yield Case("ties by declaration", [declare("a.example", s) for s in ("z", "m", "a")], ("showkeys", "."))
    yield Case("labels compare as bytes", [declare(d, "s") for d in ("a_b.example", "a-b.example", "a.b.example", "ab.example", "a0.example")],
               ("showkeys", "."))


def cases_of_several_files():
    a = write(os.path.join(folder, "a.conf"), declare("a.example", "dkim") + " 1;\n")
    b = write(os.path.join(folder, "b.conf"), declare("b.example", "dkim", "k2048") + " 1;\n")
    yield Case("two files", "", files=[a, b])
    yield Case("two files the other way round", "", files=[b, a])
    yield Case("two files and a filter", "", ("showkeys", "."), files=[b, a])
    includes = {
        "include": f"include_config_files('{a}', '{b}');", "include list": f"include_config_files(qw({b} {a}));",
        "optional include": f"include_optional_config_files('{folder}/none.conf', '{a}');",
        "do": f"do '{a}';", "include between": declare("x.example", "s") + f" include_config_files('{a}'); " + declare("y.example", "s"),
        "keys after 1;": declare("x.example", "s") + "\n1;\n" + declare("y.example", "s"),
        "return": declare("x.example", "s") + "\nreturn 1;\n" + declare("y.example", "s"),
    }
    for name, text in includes.items():
        yield Case(name, text)
    write(os.path.join(folder, "rel.conf"), "include_config_files('a.conf'); 1;\n")
    yield Case("include relative to the working folder", "", files=["rel.conf"], cwd=folder)


# ---- configurations that amavisd refuses ----


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


def check_refusal(name, bad, good):
    slug = re.sub("[^a-z0-9]+", "-", name.lower())
    around = (declare("a.example", "s"), declare("z.example", "s"))
    path = write(os.path.join(folder, f"refused-{slug}.conf"), f"use strict;\n{around[0]}\n  {bad}\n{around[1]}\n1;\n")
    right = write(os.path.join(folder, f"righted-{slug}.conf"), f"use strict;\n{around[0]}\n  {good}\n{around[1]}\n1;\n")
    theirs, whole = amavisd([path], "showkeys"), amavisd([right], "showkeys")
    checks.check(f"refused {name}: amavisd refuses", theirs.status != 0 and b"; key#" not in theirs.out, theirs)
    checks.check(f"refused {name}: amavisd lists it when righted", whole.status == 0, whole)
    if ALONE:
        return
    ours = dkimctl([path], "showkeys")
    checks.check(f"refused {name}: exit status 3", ours.status == 3, ours)
    expected = {n: text for n, text in zone.blocks(whole.out) if b"d=bad.example," not in text}
    listed = [re.sub(rb"^; key#\d+ ", b"", text) for _, text in zone.blocks(ours.out)]
    for number, text in expected.items():
        checks.check(f"refused {name}: key {number} is listed all the same", re.sub(rb"^; key#\d+ ", b"", text) in listed, ours)
    checks.check(f"refused {name}: file, line and column", re.search(re.escape(path.encode()) + rb":3:\d+", ours.err), ours)
    checks.check(f"refused {name}: a caret", re.search(rb"(?m)^[\s|]*\^", ours.err), ours)
    loaded = zone.load(folder, "refused.zone", ours.out)
    checks.check(f"refused {name}: standard output is a zone", not isinstance(loaded, str), f"{loaded}\n{ours}")


def check_uncompilable():
    for name, text in {"syntax error": "dkim_key('a.example', 's', ;\n", "undeclared variable": "use strict;\n$nosuch = 1;\n",
                       "unclosed string": "dkim_key('a.example, 's');\n", "too few arguments": "dkim_key('a.example', 's');\n",
                       "die": "die 'no';\n", "missing include": "include_config_files('/nosuch.conf');\n"}.items():
        path = write(os.path.join(folder, f"broken-{name.replace(' ', '-')}.conf"), text + declare("b.example", "s") + "\n1;\n")
        theirs = amavisd([path], "showkeys")
        checks.check(f"{name}: amavisd refuses", theirs.status != 0 and b"; key#" not in theirs.out, theirs)
        if not ALONE:
            ours = dkimctl([path], "showkeys")
            checks.check(f"{name}: exit status 3", ours.status == 3, ours)
            checks.check(f"{name}: says where", path.encode() + b":" in ours.err, ours)
    if not ALONE:
        ours = dkimctl([os.path.join(folder, "nosuch.conf")], "showkeys")
        checks.check("missing configuration: exit status 3", ours.status == 3 and b"nosuch.conf" in ours.err, ours)


def check_pss():
    """amavisd takes such a key and publishes what no verifier understands: an error, and the others are listed."""
    path = write(os.path.join(folder, "pss.conf"), "\n".join([declare("a.example", "s"), declare("p.example", "s", "pss"), "1;\n"]))
    theirs = amavisd([path], "showkeys")
    checks.check("rsa-pss: amavisd lists it", theirs.status == 0 and b"d=p.example" in theirs.out, theirs)
    if not ALONE:
        ours = dkimctl([path], "showkeys")
        checks.check("rsa-pss: exit status 3", ours.status == 3, ours)
        checks.check("rsa-pss: the other key is listed", zone.blocks(theirs.out)[0][1] in ours.out, ours)
        checks.check("rsa-pss: is named", b"pss" in ours.err.lower(), ours)


def check_unreadable_for_daemon():
    """root can read it, the daemon's user cannot: amavisd refuses, and so do we, naming the file."""
    path = os.path.join(folder, "root-only.pem")
    generate_key(path, 1024, 0o600)
    conf = write(os.path.join(folder, "root-only.conf"), f"$daemon_user = '{DAEMON_USER}'; $daemon_group = '{DAEMON_USER}';\n"
                 + declare("a.example", "s") + f"\ndkim_key('b.example', 's', '{path}');\n1;\n")
    theirs = amavisd([conf], "showkeys")
    checks.check("unreadable for the daemon: amavisd refuses", theirs.status != 0, theirs)
    if not ALONE:
        ours = dkimctl([conf], "showkeys")
        checks.check("unreadable for the daemon: exit status 3", ours.status == 3, ours)
        checks.check("unreadable for the daemon: is named", path.encode() in ours.err and DAEMON_USER.encode() in ours.err, ours)
        checks.check("unreadable for the daemon: the other is listed", b"d=a.example" in ours.out, ours)


# ---- whole hosts ----

IREDMAIL = r"""use strict;

# mail.mydomain.example; don't edit the lines of other programs
$daemon_user  = 'amavis';
$daemon_group = 'amavis';
$myhostname = "mail.mydomain.example";
$mydomain = $myhostname;
$localhost_name = $myhostname;
$MYHOME = '/var/lib/amavis';
$TEMPBASE = "$MYHOME/tmp";
$ENV{TMPDIR} = $TEMPBASE;
@local_domains_maps = 1;
@mynetworks = qw( 127.0.0.0/8 [::1] 192.0.2.5 );
$unix_socketname = '/var/run/amavis/amavisd.socket';
$enable_db = 0;
$inet_socket_port = [10024, 10026, 10027, 9998];
$inet_socket_bind = ['127.0.0.1'];

$policy_bank{'MYNETS'} = {   # mail from @mynetworks
    originating => 1,
    os_fingerprint_method => undef,
    allow_disclaimers => 1,
    enable_dkim_signing => 1,
};
$interface_policy{'10026'} = 'ORIGINATING';
$policy_bank{'ORIGINATING'} = {
    originating => 1,
    enable_dkim_signing => 1,
    virus_admin_maps => ["root\@$mydomain"],
    smtpd_discard_ehlo_keywords => ['8BITMIME'],
};
$interface_policy{'10027'} = 'MLMMJ';
$policy_bank{'MLMMJ'} = { originating => 1, enable_dkim_signing => 1, bypass_spam_checks_maps => [1] };
$interface_policy{'SOCK'} = 'AM.PDP-SOCK';
$policy_bank{'AM.PDP-SOCK'} = { protocol => 'AM.PDP', auth_required_release => 0 };
$interface_policy{'9998'} = 'AM.PDP-INET';
$policy_bank{'AM.PDP-INET'} = { protocol => 'AM.PDP', auth_required_release => 1 };

$sa_mail_body_size_limit = 400*1024;  # don't look at more
$defang_by_ccat{CC_BADH.",3"} = 1;
@keep_decoded_original_maps = (new_RE( qr'^MAIL-UNDECIPHERABLE$', qr'^(ASCII(?! cpio)|text)'i ));
$banned_filename_re = new_RE(
  [ qr'^\.(rpm|cpio|tar)$' => 0 ],  # "fine" in Unix archives
  qr'^(?!cid:).*\.[^./]*[A-Za-z][^./]*\.\s*(exe|vbs)[.\s]*$'i,
);
@score_sender_maps = ({ '.' => [ new_RE([qr'^(offers|optin)@'i => 5.0]), { lc('Some-List@Lists.Example') => -3.0, } ] });
@decoders = ( ['mail', \&do_mime_decode], [['cpio','tar'], \&do_pax_cpio, ['pax', 'gcpio']], );
@av_scanners = (['clamav-socket', \&ask_daemon, ["CONTSCAN {}\n", '/var/run/clamav/clamd.ctl'],
    qr/\bOK$/m, qr/\bFOUND$/m, qr/^.*?: (?!Infected Archive)(.*) FOUND$/m ]);
@storage_sql_dsn = (['DBI:mysql:database=amavisd;host=127.0.0.1;port=3306', 'amavisd', 'se#cr;et\'s']);
@lookup_sql_dsn = @storage_sql_dsn;
delete $admin_maps_by_ccat{&CC_UNCHECKED};
$signed_header_fields{'received'} = 0;
$signed_header_fields{'to'} = 1;
$enable_dkim_verification = 1;
#$enable_dkim_signing = 1;

dkim_key('mydomain.example', 'dkim', '/var/lib/dkim/mydomain.example.pem');
dkim_key("second.example", "dkim", "/var/lib/dkim/second.example.pem");
dkim_key('bücher.example', 'dkim', '/var/lib/dkim/mydomain.example.pem');

@dkim_signature_options_bysender_maps = ({
    # 'd' defaults to a domain of an author's address
    "second.example"  => { d => "second.example", a => 'rsa-sha256', ttl => 10*24*3600 },
    '.' => {d => 'mydomain.example', a => 'rsa-sha256', c => 'relaxed/simple', ttl => 30*24*3600 },
});
$log_templ = $log_verbose_templ;
$banned_namepath_re = new_RE( [qr'T=(hta|x-(msdownload))(,|\t)'xmi => 'DISCARD'] );
1;  # insure a defined return
"""


def host_tree():
    """A Debian host with iRedMail's layout, a copy of this one's /etc with its own conf.d."""
    tree = os.path.join(folder, "host")
    for sub in ("usr/share", "var/lib/dkim", "var/lib/amavis/tmp"):
        os.makedirs(os.path.join(tree, sub))
    subprocess.run(["cp", "-a", "/etc", os.path.join(tree, "etc")], check=True)
    subprocess.run(["cp", "-a", "/usr/share/amavis", os.path.join(tree, "usr/share/amavis")], check=True)
    conf_d = os.path.join(tree, "etc/amavis/conf.d")
    write(os.path.join(tree, "etc/mailname"), "mydomain.example\n")
    write(os.path.join(conf_d, "50-user"), IREDMAIL)
    for name in ("50-user.2026.01.02.03.04.05", "50-user~", "50-user.bak", ".50-hidden", "60-x.conf", "50-user.dpkg-old"):
        write(os.path.join(conf_d, name), "die 'must not be read';\n")
    write(os.path.join(conf_d, "60_local-Keys"), "dkim_key('late.example', 's2026', '/var/lib/dkim/second.example.pem'); 1;\n")
    dkim = os.path.join(tree, "var/lib/dkim")
    for name, bits in (("mydomain.example", 2048), ("second.example", 1024)):
        generate_key(os.path.join(dkim, name + ".pem"), bits, 0o400)
    subprocess.run(["chown", "-R", f"{DAEMON_USER}:{DAEMON_USER}", dkim, os.path.join(tree, "var/lib/amavis")], check=True)
    os.chmod(dkim, 0o700)
    return tree


def check_hosts():
    tree = host_tree()
    subprocess.run(["mount", "-t", "tmpfs", "none", "/var/lib"], check=True)
    for sub in ("dkim", "amavis"):
        os.mkdir(f"/var/lib/{sub}")
        bind_mount(os.path.join(tree, "var/lib", sub), f"/var/lib/{sub}")
    bind_mount(os.path.join(tree, "etc"), "/etc")
    for words in ((), (".",), ("second.example",), (".example",), ("BÜCHER.example",), ("nosuch.example",)):
        theirs = amavisd([], "showkeys", *words)
        checks.check(f"iredmail host {words}: amavisd lists", theirs.status == 0, theirs)
        if not words:
            checks.equal("iredmail host: keys", [n for n, _ in zone.blocks(theirs.out)], [1, 2, 3, 4])
        if ALONE:
            continue
        compare(f"iredmail host {words}", theirs, Run([DKIMCTL, "showkeys", *words]), set())
        compare(f"iredmail host by --root {words}", theirs, Run([DKIMCTL, "--root", tree, "showkeys", *words]), set())
    check_without_mailname(tree)
    check_red_hat(tree)


def check_without_mailname(tree):
    os.unlink(os.path.join(tree, "etc/mailname"))
    theirs = amavisd([], "showkeys")
    checks.check("without /etc/mailname: amavisd lists", theirs.status == 0, theirs)
    if not ALONE:
        compare("without /etc/mailname", theirs, Run([DKIMCTL, "showkeys"]), set())


def check_red_hat(tree):
    """The same keys where the whole configuration is one file."""
    other = os.path.join(folder, "redhat")
    os.makedirs(os.path.join(other, "etc/amavisd"))
    os.makedirs(os.path.join(other, "var/lib"))
    for name in ("passwd", "group", "hosts"):
        subprocess.run(["cp", "-a", os.path.join(tree, "etc", name), os.path.join(other, "etc", name)], check=True)
    subprocess.run(["cp", "-a", os.path.join(tree, "var/lib/dkim"), os.path.join(other, "var/lib/dkim")], check=True)
    conf = write(os.path.join(other, "etc/amavisd/amavisd.conf"), IREDMAIL)
    theirs = amavisd([conf], "showkeys")
    checks.check("red hat host: amavisd lists", theirs.status == 0 and len(zone.blocks(theirs.out)) == 3, theirs)
    if not ALONE:
        compare("red hat host by --root", theirs, Run([DKIMCTL, "--root", other, "showkeys"]), set())
        compare("red hat host by -c", theirs, dkimctl([conf], "showkeys"), set())


# ---- chance ----


def random_case(number, rng):
    domains = ["example.com", "sub.example.com", "Example.ORG", "a.b.c.example", "bücher.example", "MÜNCHEN.example", "x_y.example",
               "*.wild.net", "*", "a*.example", "qr/^re[0-9]\\./", "straße.example", "localhost", "пример.рф", "net", "dot.example."]
    selectors = ["dkim", "DKIM2", "a.b", "2026-11", "schlüssel", "s_1", "x"]
    files = ["k512", "k1024", "k1536", "k2048", "pkcs8", "link", "hard", "dots", "copy", "crlf"]
    statements, seen = [], set()
    for _ in range(rng.randint(1, 6)):
        domain, selector = rng.choice(domains), rng.choice(selectors)
        if (domain, selector) not in seen:
            seen.add((domain, selector))
            statements.append(declare(domain, selector, rng.choice(files), random_options(rng), domain.startswith("qr")))
    words = rng.sample([".", ".com", "example.com", "EXAMPLE.org", ".example", "bücher.example", ".münchen.example", "re7.x", "",
                        "a.wild.net", "nosuch.tld", "x_y.example", "пример.рф", ".net", "strasse.example", "net"], rng.choice([0, 0, 1, 1, 2, 3]))
    return Case(f"random {number}", statements, ("showkeys", *words), odd=None)


def random_options(rng):
    """Tags in any order, in either quotes."""
    letters = "abcXYZ 019.,:;=\"'@$%&()[]{}<>|/?!*+-_~^`#äß\t"
    options = []
    for tag in rng.sample("vghkstnx", rng.choice([0, 0, 1, 2, 3, 8])):
        text = rng.choice(["", "*", "y:s", "sha256", "email"])
        if tag == "n":
            text = "".join(rng.choice(letters + ("\\" if rng.random() < 0.1 else "")) for _ in range(rng.choice([0, 5, 40, 200, 300])))
        value = rng.choice(["undef", single(text), single(text), double(text)])
        options.append(f"{rng.choice([tag, single(tag)])} {rng.choice(['=>', ','])} {value}" if tag not in "sy" else f"{tag} => {value}")
    return ", ".join(option.replace(f"{tag} ,", f"'{tag}' ,") if " ," in option and not option.startswith("'") else option
                     for option in options for tag in [option[0]])


# ---- all of it ----


def make_keys():
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
    openssl("genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024", "-pkeyopt", "rsa_keygen_pubexp:3", "-out", place("exponent3"))
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
    write(place("spaced"), text) and os.rename(key("spaced"), os.path.join(folder, "with space.pem"))
    keys["spaced"] = os.path.join(folder, "with space.pem")
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


def main():
    global folder
    need(tools=("openssl", "named-compilezone", "nsd-checkzone", "unshare"), dkimctl=not ALONE)
    private_namespaces()
    folder = temporary_folder()
    make_keys()
    cases = [case for source in (cases_of_sizes, cases_of_options, cases_of_names, cases_of_files, cases_of_filters, cases_of_several_files)
             for case in source() if case]
    seed = int(os.environ.get("SEED", "20261123"))
    rng = random.Random(seed)
    cases += [random_case(number, rng) for number in range(int(os.environ.get("RANDOM", "150")))]
    print(f"{len(cases)} listings, seed {seed}")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for case, theirs in zip(cases, pool.map(lambda c: amavisd(c.files, *c.args, cwd=c.cwd), cases)):
            judge(case, theirs)
    for refusal in refusals():
        check_refusal(*refusal)
    check_uncompilable()
    check_pss()
    check_unreadable_for_daemon()
    check_hosts()
    checks.finish()


main()
