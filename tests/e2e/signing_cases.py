"""Configurations, and what amavisd signs with them: what `explain` must know.

Each sender comes with what a daemon was seen to do: "SELECTOR @ DOMAIN", or nothing for unsigned mail. {a} {b} {c} in
the statements are key files.
"""

import dataclasses


@dataclasses.dataclass
class Sender:
    address: str
    seen: str = None  # "selector @ domain"; None: not signed
    bank: str = None  # explain --bank
    port: int = 10026
    client: str = None  # XFORWARD ADDR
    fixed_expiry: bool = False
    findings: tuple = ()  # what explain must warn of, besides a domain that is not the author's


@dataclasses.dataclass
class Configuration:
    name: str
    statements: str
    senders: list


def plain(*rows):
    """From (address, what was seen, findings...)."""
    return [Sender(address, seen, findings=tuple(findings)) for address, seen, *findings in rows]


def maps(entries):
    return f"@dkim_signature_options_bysender_maps = ({{ {entries} }});\n"


TWO = "dkim_key('example.com', 'old', '{a}'); dkim_key('example.com', 'new', '{b}');\n"
ONE = "dkim_key('example.com', 'dkim', '{a}');\n"
SECOND = "dkim_key('second.org', 'dkim', '{b}');\n"
CATCH_ALL = "'.' => { d => 'example.com', a => 'rsa-sha256', c => 'relaxed/simple', ttl => 30*24*3600 }"

CONFIGURATIONS = [
    # which of two keys: the life of a rollover
    Configuration(
        "two keys, no map: the first declared",
        TWO,
        plain(("u@example.com", "old @ example.com"), ("u@sub.example.com", None), ("u@other.net", None)),
    ),
    Configuration(
        "the new one declared first",
        "dkim_key('example.com', 'new', '{b}'); dkim_key('example.com', 'old', '{a}');\n" + maps(CATCH_ALL),
        plain(("u@example.com", "new @ example.com"), ("u@third.net", "new @ example.com")),
    ),
    Configuration(
        "the new one declared last",
        TWO + maps(CATCH_ALL),
        plain(("u@example.com", "old @ example.com"), ("u@sub.example.com", "old @ example.com")),
    ),
    Configuration(
        "a pinned selector",
        TWO + maps("'example.com' => { s => 'new' }"),
        plain(("u@example.com", "new @ example.com"), ("u@sub.example.com", None)),
    ),
    Configuration(
        "a pin in upper case",
        TWO + maps("'example.com' => { d => 'EXAMPLE.com', s => 'NEW', a => 'rsa-sha256', ttl => 10*24*3600 }"),
        plain(("u@example.com", "new @ example.com")),
    ),
    Configuration(
        "a pin in one domain's entry beside a catch-all",
        ONE
        + "dkim_key('example.com', 'new', '{c}');\n"
        + SECOND
        + maps(
            "'example.com' => { d => 'example.com', s => 'new' }, 'second.org' => { d => 'second.org' }, " + CATCH_ALL
        ),
        plain(
            ("u@example.com", "new @ example.com"),
            ("u@second.org", "dkim @ second.org"),
            ("u@third.net", "dkim @ example.com"),
            ("u@sub.example.com", "dkim @ example.com"),
        ),
    ),
    Configuration(
        "a pin in the catch-all is inherited",
        ONE
        + "dkim_key('example.com', 'new', '{c}');\n"
        + SECOND
        + maps(
            "'second.org' => { d => 'second.org', a => 'rsa-sha256', ttl => 10*24*3600 }, "
            "'.' => { d => 'example.com', s => 'new', c => 'relaxed/simple', ttl => 30*24*3600 }"
        ),
        plain(
            ("u@example.com", "new @ example.com"),
            ("u@second.org", None, "amavis.unsigned", "amavis.catch-all-selector"),
            ("u@third.net", "new @ example.com"),
        ),
    ),
    Configuration(
        "a pin to a selector that no key has",
        ONE + "dkim_key('mf.example', 'dkim', '{b}');\n" + maps("'example.com' => { s => 'nosuch' }"),
        plain(("u@example.com", None, "amavis.unsigned"), ("u@mf.example", "dkim @ mf.example")),
    ),
    Configuration(
        "a key in test mode signs",
        "dkim_key('example.com', 'dkim', '{a}', t => 'y');\n",
        plain(("u@example.com", "dkim @ example.com")),
    ),
    # iRedMail's catch-all
    Configuration(
        "catch-all, second domain without an entry",
        ONE + SECOND + maps(CATCH_ALL),
        plain(
            ("u@example.com", "dkim @ example.com"),
            ("u@second.org", "dkim @ example.com"),
            ("u@third.net", "dkim @ example.com"),
            ("u@sub.example.com", "dkim @ example.com"),
            ("u@a.b.example.com", "dkim @ example.com"),
        ),
    ),
    Configuration(
        "catch-all, second domain with an entry",
        ONE
        + SECOND
        + maps("'second.org' => { d => 'second.org', a => 'rsa-sha256', ttl => 10*24*3600 }, " + CATCH_ALL),
        plain(
            ("u@second.org", "dkim @ second.org"),
            ("u@sub.second.org", "dkim @ example.com"),
            ("u@example.com", "dkim @ example.com"),
        ),
    ),
    Configuration(
        "an entry for a domain and all below it",
        SECOND + maps("'.second.org' => { d => 'second.org' }"),
        plain(
            ("u@second.org", "dkim @ second.org"),
            ("u@sub.second.org", "dkim @ second.org"),
            ("u@a.b.second.org", "dkim @ second.org"),
            ("u@xsecond.org", None),
        ),
    ),
    Configuration(
        "entries merge tag by tag",
        TWO
        + maps(
            "'u@example.com' => { ttl => 60 }, 'example.com' => { ttl => 120, s => 'new' }, '.example.com' => { s => 'old', c => 'simple/relaxed' }, "
            "'.com' => { a => 'rsa-sha1', c => 'simple' }, '.' => { ttl => 1, i => '@example.com' }"
        ),
        plain(
            ("u@example.com", "new @ example.com"), ("v@example.com", "new @ example.com"), ("u@x.example.com", None)
        ),
    ),
    # no climbing, wildcards
    Configuration(
        "a key is not for subdomains",
        "dkim_key('mf.example', 'dkim', '{a}');\n",
        plain(("u@mf.example", "dkim @ mf.example"), ("u@sub.mf.example", None), ("u@example", None)),
    ),
    Configuration(
        "wildcards count from where they stand",
        "dkim_key('*.example.com', 'w1', '{a}'); dkim_key('sub.example.com', 'exact', '{b}'); "
        "dkim_key('*', 'any', '{c}');\n",
        plain(
            ("u@sub.example.com", "w1 @ sub.example.com"),
            ("u@other.example.com", "w1 @ other.example.com"),
            ("u@zzz.net", "any @ zzz.net"),
            ("u@example.com", "any @ example.com"),
        ),
    ),
    Configuration(
        "a name before a wildcard",
        "dkim_key('sub.example.com', 'exact', '{b}'); dkim_key('*.example.com', 'w1', '{a}');\n",
        plain(("u@sub.example.com", "exact @ sub.example.com"), ("u@a.sub.example.com", "w1 @ a.sub.example.com")),
    ),
    Configuration(
        "regular expression as domain",
        "dkim_key(qr/^(foo|bar)\\.example$/, 're', '{a}'); dkim_key('baz.example', 's', '{b}');\n",
        plain(("u@foo.example", "re @ foo.example"), ("u@xfoo.example", None), ("u@baz.example", "s @ baz.example")),
    ),
    Configuration(
        "wildcard and pin",
        "dkim_key('*', 'any', '{a}'); dkim_key('example.com', 'own', '{b}');\n"
        + maps("'example.com' => { s => 'own' }, '.' => { s => 'any' }"),
        plain(("u@example.com", "own @ example.com"), ("u@x.net", "any @ x.net")),
    ),
    # what an entry may say
    Configuration(
        "entries that switch off, and odd ones",
        ONE
        + maps(
            "'nosign@example.com' => { d => '' }, 'nosign2@example.com' => { d => undef }, 'undefs@example.com' => undef, "
            "'scalar@example.com' => 1, 'list@example.com' => [1], 'c@example.com' => { c => 'simple/simple', ttl => 0 }, "
            "'c1@example.com' => { c => 'simple' }, 'c2@example.com' => { c => 'relaxed' }, 'c3@example.com' => { c => 'relaxed/relaxed' }, "
            "'x@example.com' => { x => 1900000000 }, 'q@example.com' => { q => 'dns/txt' }, 'bad@example.com' => { a => 'rsa-md5' }, "
            "'badc@example.com' => { c => 'foo/bar' }, 'zero@example.com' => { d => 0 }, 'other@example.com' => { d => 'else.net' }, "
            "'unk@example.com' => { foo => 'bar' }"
        ),
        plain(
            ("nosign@example.com", None),
            ("nosign2@example.com", None),
            ("undefs@example.com", "dkim @ example.com"),
            ("scalar@example.com", "dkim @ example.com"),
            ("list@example.com", "dkim @ example.com"),
            ("c@example.com", "dkim @ example.com"),
            ("c1@example.com", "dkim @ example.com"),
            ("c2@example.com", "dkim @ example.com"),
            ("c3@example.com", "dkim @ example.com"),
            ("q@example.com", "dkim @ example.com"),
            ("bad@example.com", None),
            ("badc@example.com", None),
            ("zero@example.com", None),
            ("other@example.com", None),
            ("unk@example.com", "dkim @ example.com"),
        )
        + [Sender("x@example.com", "dkim @ example.com", fixed_expiry=True)],
    ),
    Configuration(
        "undefined and empty tags",
        ONE
        + maps(
            "'s@example.com' => { s => undef }, 's2@example.com' => { s => '' }, 'a@example.com' => { a => undef }, 'c@example.com' => { c => undef }, "
            "'ttl@example.com' => { ttl => undef }, 'i@example.com' => { i => '' }, 'i2@example.com' => { i => undef }"
        ),
        plain(
            ("s@example.com", "dkim @ example.com"),
            ("s2@example.com", "dkim @ example.com"),
            ("a@example.com", "dkim @ example.com"),
            ("c@example.com", "dkim @ example.com"),
            ("ttl@example.com", "dkim @ example.com"),
            ("i@example.com", "dkim @ example.com"),
            ("i2@example.com", "dkim @ example.com"),
        ),
    ),
    Configuration(
        "subdomains and a strict key",
        "dkim_key('example.com', 'strict', '{a}', t => 's'); dkim_key('example.com', 'lax', '{b}');\n"
        + maps("'.' => { d => 'example.com' }"),
        plain(("u@sub.example.com", "strict @ example.com"), ("u@example.com", "strict @ example.com")),
    ),
    Configuration(
        "identities",
        "dkim_key('example.com', 'strict', '{a}', t => 's'); dkim_key('example.com', 'lax', '{b}');\n"
        + maps(
            "'a@example.com' => { i => 'a@example.com' }, 'b@example.com' => { i => '@sub.example.com' }, 'c@example.com' => { i => '@evil.net' }, "
            "'d@example.com' => { i => 'example.com' }, 'e@example.com' => { i => '@EXAMPLE.com' }, 'f@example.com' => { i => 'sub.example.com' }, "
            "'g@example.com' => { i => '@xexample.com' }"
        ),
        plain(
            ("a@example.com", "lax @ example.com"),
            ("b@example.com", "lax @ example.com"),
            ("c@example.com", None),
            ("d@example.com", "lax @ example.com"),
            ("f@example.com", "lax @ example.com"),
            ("g@example.com", None),
        ),
    ),
    Configuration(
        "identity and a strict key alone",
        "dkim_key('example.com', 'strict', '{a}', t => 'y:s');\n"
        + maps(
            "'a@example.com' => { i => 'a@example.com' }, 'b@example.com' => { i => '@sub.example.com' }, 'c@example.com' => { i => '@example.com' }"
        ),
        plain(
            ("a@example.com", None),
            ("b@example.com", None),
            ("c@example.com", None),
            ("u@example.com", "strict @ example.com"),
        ),
    ),
    Configuration(
        "hashes and services",
        "dkim_key('example.com', 'k1', '{a}', h => 'sha1'); dkim_key('example.com', 'k2', '{b}', s => 'tlsrpt'); "
        "dkim_key('example.com', 'k3', '{c}', s => 'email:other', h => 'sha256');\n",
        plain(("u@example.com", "k3 @ example.com")),
    ),
    Configuration(
        "rsa-sha1",
        "dkim_key('example.com', 'k1', '{a}', h => 'sha1'); dkim_key('example.com', 'k3', '{c}', h => 'sha256');\n"
        + maps("'.' => { a => 'rsa-sha1' }"),
        plain(("u@example.com", "k1 @ example.com")),
    ),
    Configuration(
        "several hashes, any service",
        "dkim_key('example.com', 'k1', '{a}', h => 'sha1:sha256', s => '*');\n",
        plain(("u@example.com", "k1 @ example.com")),
    ),
    Configuration(
        "granularity",
        "dkim_key('example.com', 'g1', '{a}', g => 'foo*'); dkim_key('example.com', 'g2', '{b}', g => 'bar'); "
        "dkim_key('example.com', 'all', '{c}');\n"
        + maps(
            "'foobar@example.com' => { i => 'foobar@example.com' }, "
            "'bar@example.com' => { i => 'bar@example.com' }, 'x@example.com' => { i => 'x@example.com' }"
        ),
        plain(
            ("foobar@example.com", "g1 @ example.com"),
            ("bar@example.com", "g2 @ example.com"),
            ("x@example.com", "all @ example.com"),
            ("u@example.com", "g1 @ example.com"),
        ),
    ),
    Configuration(
        "ed25519 fits no key",
        "dkim_key('example.com', 'k1', '{a}', k => 'ed25519');\n" + maps("'.' => { a => 'ed25519-sha256' }"),
        plain(("u@example.com", None)),
    ),
    Configuration(
        "k=ed25519 is an rsa key all the same",
        "dkim_key('example.com', 'k1', '{a}', k => 'ed25519');\n",
        plain(("u@example.com", "k1 @ example.com")),
    ),
    # how an address is looked up
    Configuration(
        "several maps, patterns, case, extensions",
        "$recipient_delimiter = '+';\ndkim_key('example.com', 'k1', '{a}'); "
        "dkim_key('example.com', 'k2', '{b}');\n@dkim_signature_options_bysender_maps = (new_RE([ qr'^boss@'i => { s => 'k2' } ]), "
        "{ 'Example.COM' => { s => 'k2', ttl => 100 }, 'user+ext@example.com' => { s => 'k2' }, 'user@example.com' => { c => 'simple/simple' }, "
        "'other@' => { s => 'k2' } });\n",
        plain(
            ("boss@example.com", "k2 @ example.com"),
            ("BOSS@example.com", "k2 @ example.com"),
            ("joe@example.com", "k1 @ example.com"),
            ("user+ext@example.com", "k2 @ example.com"),
            ("user@example.com", "k1 @ example.com"),
            ("user+foo@example.com", "k1 @ example.com"),
            ("other@example.com", "k2 @ example.com"),
            ("u@EXAMPLE.COM", "k1 @ example.com"),
            ("USER@Example.Com", "k1 @ example.com"),
        ),
    ),
    Configuration(
        "extensions without a delimiter",
        "$recipient_delimiter = undef;\n" + TWO + maps("'user@example.com' => { s => 'new' }"),
        plain(("user+ext@example.com", "old @ example.com"), ("user@example.com", "new @ example.com")),
    ),
    Configuration(
        "several patterns",
        TWO
        + "@dkim_signature_options_bysender_maps = (new_RE([ qr'@example\\.com$'i => { c => 'simple/relaxed' } ], "
        "[ qr/^news@/ => { s => 'new', c => 'relaxed' } ], [ qr/^(no)@/ => undef ]), { '.' => { ttl => 77 } });\n",
        plain(
            ("news@example.com", "new @ example.com"),
            ("u@example.com", "old @ example.com"),
            ("no@example.com", "old @ example.com"),
        ),
    ),
    Configuration(
        "maps are asked in their order",
        TWO + "@dkim_signature_options_bysender_maps = ({ '.' => { s => 'old', ttl => 5 } }, "
        "{ 'example.com' => { s => 'new', c => 'simple' } });\n",
        plain(("u@example.com", "old @ example.com")),
    ),
    Configuration(
        "unshift goes first",
        TWO
        + maps("'.' => { s => 'old' }")
        + "unshift @dkim_signature_options_bysender_maps, { 'example.com' => { s => 'new' } };\n",
        plain(("u@example.com", "new @ example.com")),
    ),
    Configuration(
        "push goes last",
        TWO
        + maps("'.' => { s => 'old' }")
        + "push(@dkim_signature_options_bysender_maps, { 'example.com' => { s => 'new', ttl => 9 } });\n",
        plain(("u@example.com", "old @ example.com")),
    ),
    Configuration(
        "the last assignment wins",
        TWO + maps("'.' => { s => 'old', ttl => 5 }") + maps("'.' => { s => 'new' }"),
        plain(("u@example.com", "new @ example.com")),
    ),
    Configuration(
        "keys of a map in upper case never match",
        TWO
        + maps(
            "'EXAMPLE.com' => { s => 'new' }, 'U@example.com' => { s => 'new' }, '.Example.com' => { s => 'new' }"
        ),
        plain(("u@example.com", "old @ example.com")),
    ),
    Configuration(
        "lc() in a map, variables, arithmetic",
        "my $days = 24*3600; $mydomain = 'example.com';\n"
        + TWO
        + maps(
            "lc('U@EXAMPLE.COM') => { s => 'new', ttl => 2*$days }, \".$mydomain\" => { d => $mydomain, 'ttl' => $days }"
        ),
        plain(("u@example.com", "new @ example.com"), ("v@sub.example.com", "old @ example.com")),
    ),
    Configuration(
        "international names",
        "dkim_key('bücher.example', 'dkim', '{a}'); dkim_key('xn--mnchen-3ya.example', 'schlüssel', '{b}');\n"
        + maps(
            "'xn--bcher-kva.example' => { ttl => 100 }, 'münchen.example' => { ttl => 200 }, '.shop.example' => { d => 'bücher.example' }"
        ),
        plain(
            ("u@bücher.example", "dkim @ xn--bcher-kva.example"),
            ("u@xn--bcher-kva.example", "dkim @ xn--bcher-kva.example"),
            ("u@BÜCHER.example", "dkim @ xn--bcher-kva.example"),
            ("u@münchen.example", "xn--schlssel-95a @ xn--mnchen-3ya.example"),
            ("u@a.shop.example", "dkim @ xn--bcher-kva.example"),
        ),
    ),
    # the domain that is compared with i= keeps its "@" in amavisd, so that any i= at all excludes keys with t=s
    Configuration(
        "an identity of the domain itself and two keys",
        "dkim_key('example.com', 'strict', '{a}', t => 's'); "
        "dkim_key('example.com', 'lax', '{b}');\n" + maps("'.' => { i => '@example.com' }"),
        plain(("u@example.com", "lax @ example.com")),
    ),
    Configuration(
        "algorithms in odd spelling",
        ONE
        + maps(
            "'up@example.com' => { a => 'RSA-SHA256' }, 'rsa@example.com' => { a => 'rsa' }, 'empty@example.com' => { a => '' }, "
            "'s512@example.com' => { a => 'rsa-sha512' }, 'c@example.com' => { c => 'SIMPLE/SIMPLE' }, 'c2@example.com' => { c => 'relaxed/' }, "
            "'c3@example.com' => { c => '' }, 'c4@example.com' => { c => 'Relaxed/Relaxed' }"
        ),
        plain(
            ("up@example.com", None),
            ("rsa@example.com", None),
            ("empty@example.com", "dkim @ example.com"),
            ("s512@example.com", None),
            ("c@example.com", "dkim @ example.com"),
            ("c2@example.com", None),
            ("c3@example.com", "dkim @ example.com"),
            ("c4@example.com", "dkim @ example.com"),
        ),
    ),
    Configuration(
        "times to live in odd spelling",
        ONE
        + maps(
            "'a@example.com' => { ttl => '86400' }, 'b@example.com' => { ttl => -5 }, 'c@example.com' => { ttl => '10 days' }, "
            "'d@example.com' => { ttl => 1e5 }, 'e@example.com' => { ttl => '' }, 'f@example.com' => { ttl => 'x' }"
        ),
        plain(*((f"{x}@example.com", "dkim @ example.com") for x in "abcdef")),
    ),
    Configuration(
        "the domain of an entry in odd spelling",
        ONE
        + "dkim_key('bücher.example', 'idn', '{b}');\n"
        + maps(
            "'a@x.net' => { d => 'Example.COM' }, 'b@x.net' => { d => 'bücher.example' }, 'c@x.net' => { d => 'BÜCHER.example' }, "
            "'d@x.net' => { d => 'example.com.' }, 'e@x.net' => { d => ' example.com' }, 'f@x.net' => { d => '.example.com' }"
        ),
        plain(
            ("a@x.net", "dkim @ example.com"),
            ("b@x.net", "idn @ xn--bcher-kva.example"),
            ("c@x.net", "idn @ xn--bcher-kva.example"),
            ("d@x.net", None),
            ("e@x.net", None),
            ("f@x.net", None),
        ),
    ),
    Configuration(
        "addresses in odd spelling",
        ONE + maps("'a b@example.com' => { ttl => 11 }, '.' => { ttl => 22 }"),
        plain(
            ('"a b"@example.com', "dkim @ example.com"),
            ("a.b-c_d@example.com", "dkim @ example.com"),
            ("a&b=c@example.com", "dkim @ example.com"),
            ("ü@example.com", "dkim @ example.com"),
            ("u@[127.0.0.1]", None),
            ("u@example.com.", None),
            ("u@localhost", None),
        ),
    ),
    # policy banks
    Configuration(
        "a bank overrides the map",
        ONE
        + "dkim_key('example.com', 'new', '{c}');\n"
        + maps("'.' => { d => 'example.com', s => 'dkim' }")
        + "$policy_bank{'ORIGINATING'}{dkim_signature_options_bysender_maps} = [{ '.' => { d => 'example.com', s => 'new' } }];\n",
        [
            Sender("u@example.com", "new @ example.com", bank="ORIGINATING"),
            Sender("u@example.com", "dkim @ example.com", bank="MYNETS", port=10024, client="127.0.0.1"),
        ],
    ),
    Configuration(
        "a bank over a bank",
        TWO + "$policy_bank{'ORIGINATING'}{dkim_signature_options_bysender_maps} = [{ '.' => { s => 'old' } }];\n"
        "$policy_bank{'MYNETS'}{dkim_signature_options_bysender_maps} = [{ '.' => { s => 'new' } }];\n",
        [
            Sender("u@example.com", "old @ example.com", bank="ORIGINATING"),
            Sender("u@example.com", "old @ example.com", bank="ORIGINATING", client="192.0.2.1"),
            Sender("u@example.com", "new @ example.com", bank="ORIGINATING,MYNETS", client="127.0.0.1"),
            Sender("u@example.com", "new @ example.com", bank="MYNETS", port=10024, client="127.0.0.1"),
        ],
    ),
    Configuration(
        "signing switched off in every bank",
        ONE + "$policy_bank{'ORIGINATING'}{enable_dkim_signing} = 0; "
        "$policy_bank{'MYNETS'}{enable_dkim_signing} = 0;\n",
        [Sender("u@example.com"), Sender("u@example.com", bank="ORIGINATING")],
    ),
    Configuration(
        "signing switched off in one bank",
        ONE + "$policy_bank{'ORIGINATING'}{enable_dkim_signing} = 0;\n",
        [
            Sender("u@example.com", bank="ORIGINATING"),
            Sender("u@example.com", "dkim @ example.com", bank="MYNETS", port=10024, client="127.0.0.1"),
        ],
    ),
    Configuration(
        "a bank that does not originate",
        ONE + "$policy_bank{'ORIGINATING'}{originating} = 0;\n",
        [Sender("u@example.com", bank="ORIGINATING")],
    ),
    Configuration(
        "signing switched on globally, banks say nothing",
        ONE + "$enable_dkim_signing = 1; "
        "$policy_bank{'ORIGINATING'} = { originating => 1 }; $policy_bank{'MYNETS'} = {};\n",
        [
            Sender("u@example.com", "dkim @ example.com", bank="ORIGINATING"),
            Sender("u@example.com", "dkim @ example.com", bank="MYNETS", port=10024, client="127.0.0.1"),
        ],
    ),
    Configuration(
        "users' own bank goes over the socket's",
        TWO + "$policy_bank{'MYUSERS'} = { dkim_signature_options_bysender_maps => "
        "[{ '.' => { s => 'new' } }] };\n",
        [Sender("u@example.com", "new @ example.com", bank="ORIGINATING,MYUSERS")],
    ),
    Configuration(
        "the header field is not allowed",
        ONE + "$allowed_added_header_fields{lc('DKIM-Signature')} = 0;\n",
        [Sender("u@example.com", bank="ORIGINATING")],
    ),
]
