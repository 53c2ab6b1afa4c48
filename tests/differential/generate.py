#!/usr/bin/env python3
"""Random configurations, held against real Perl as compare.py does.

Each configuration is drawn from a grammar of what dkimctl evaluates fully, so nothing may be dynamic: what Perl
accepts must come out value by value, and what it refuses must be refused. The same --seed gives the same
configurations, each of them on its own (--first N --count 1 repeats one). Of a configuration that comes out
differently the statements that matter are kept as a file.

Exit status: 0 all agree, 1 some do not, 77 amavisd is not installed.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

import compare

MINIMISED = 20  # mismatches that are cut down; the rest is kept as it is
SCALARS_AT_THE_START = 3
LOCAL = "{ local $mydomain = 'l.example'; $local_domains{l} = \"<$mydomain>\"; }"

NASTY = list("'\"\\#;{}()[]<>/|!,@$%&*~^=+-.:?` \t\n") + ["=>", "->", "::", "#{", "1;", "__END__", "<<EOT", "it's"]
WORDS = ["a", "b", "mail", "example", "s", "y", "q", "dkim", "x1", "Key", "UP"]
WORDS += ["0", "00", "7", "10", "3.5", "1e2", "-4"]
KEYS = ["a", "b", "key", "s", "y", "q", "m", "tr", "if", "k1", "UP", "x"]
BRACKETS = {"(": ")", "{": "}", "[": "]", "<": ">"}
NAMES = {"scalar": "v", "array": "l", "hash": "h", "array_ref": "ra", "hash_ref": "rh", "nested": "n"}
CONSTANTS = ["D_PASS", "D_DISCARD", "D_REJECT", "CC_VIRUS", "CC_SPAM", "CC_CATCHALL"]


class Scope:
    """The lexical variables that may be named at a point, by kind."""

    def __init__(self, outer=None):
        self.names = {kind: list(outer.names[kind]) if outer else [] for kind in NAMES}


class Quoting:
    """Strings, in any of Perl's forms."""

    def __init__(self, rng):
        self.rng = rng

    def content(self):
        rng = self.rng
        parts = []
        for _ in range(rng.randint(0, 5)):
            parts.append(rng.choice(NASTY) if rng.random() < 0.45 else rng.choice(WORDS))
        return "".join(parts)

    def delimiters(self):
        opening = self.rng.choice(list("({[<") + list("/|!,#~^+%;:"))
        return opening, BRACKETS.get(opening, opening)

    def plain(self, text=None):
        """A string without interpolation."""
        text = self.content() if text is None else text
        if self.rng.random() < 0.7:
            return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
        opening, closing = self.delimiters()
        text = text.replace("\\", "\\\\")
        for mark in {opening, closing}:
            text = text.replace(mark, "\\" + mark)
        return "q" + opening + text + closing

    def interpolating(self, holes):
        """A double-quoted string; `holes` draws what is interpolated."""
        rng = self.rng
        if rng.random() < 0.75:
            word, opening, closing = "", '"', '"'
        else:
            opening, closing = self.delimiters()
            while opening in "#,;:^+%~/|!<":  # these are marks of Perl's own in what is interpolated
                opening, closing = self.delimiters()
            word = "qq"
        parts = []
        for _ in range(rng.randint(1, 5)):
            if rng.random() < 0.5:
                parts.append(holes(closing))
            else:
                parts.append(self.escaped(opening, closing))
        return word + opening + "".join(self.guarded(parts)) + closing

    def escaped(self, opening, closing):
        rng = self.rng
        if rng.random() < 0.2:
            return rng.choice(["\\t", "\\n", "\\x41", "\\x{42}", "\\101", "\\e", "\\0", "\\\\", "\\.", "\\U\\E", "\\-"])
        text = self.content().replace("\\", "\\\\")
        for mark in {"$", "@", opening, closing}:
            text = text.replace(mark, "\\" + mark)
        return text

    @staticmethod
    def guarded(parts):
        """Text after a variable must not read on as its subscript or name."""
        out = []
        for part in parts:
            bare = out and out[-1][:1] in "$@" and out[-1][-1:] not in "}]"
            subscript = out and out[-1][:1] in "$@" and part[:1] in ("[", "{", "-", ":", "'")
            if subscript or (bare and (part[:1].isalnum() or part[:1] == "_")):
                out.append("\\" + part[:1] if part[:1] in "[{-:'" else " " + part[:1])
                part = part[1:]
            if part:
                out.append(part)
        return out


class Grammar:
    """One configuration: its top-level statements, in order."""

    def __init__(self, rng):
        self.rng = rng
        self.quoting = Quoting(rng)
        self.count = 0

    def configuration(self):
        scope = Scope()
        statements = ["use strict;"] if self.rng.random() < 0.9 else []
        for kind in ["scalar"] * SCALARS_AT_THE_START + ["array", "hash"]:
            statements.append(self.declare(scope, kind))
        for _ in range(self.rng.randint(4, 22)):
            statements.append(self.statement(scope, 2))
        return statements + self.exports(scope) + ["1;"]

    def exports(self, scope):
        """What was computed, where it can be seen from outside."""
        names = scope.names
        pairs = [f"$local_domains{{{name}}} = ${name};" for name in names["scalar"]]
        lists = [f"push(@dkim_signature_options_bysender_maps, \\@{name});" for name in names["array"]]
        lists += [f"push(@dkim_signature_options_bysender_maps, \\%{name});" for name in names["hash"]]
        refs = names["array_ref"] + names["hash_ref"] + names["nested"]
        return pairs + lists + [f"push(@local_domains_acl, ${name});" for name in refs]

    def fresh(self, letter):
        self.count += 1
        return f"{letter}{self.count}"

    def pick(self, scope, kind):
        return self.rng.choice(scope.names[kind])

    # -- expressions

    def number(self):
        rng = self.rng
        return rng.choice([
            str(rng.randint(0, 12)), str(rng.randint(0, 100000)), "0x1F", "017", "0b101", "1_000", "1e3", "2.5", ".5",
            "0", "-3", "21*24*3600", "1.10", "1e-3", str(rng.randint(-9, 9)), rng.choice(CONSTANTS)])

    def numeric(self, scope, depth):
        rng = self.rng
        if depth <= 0 or rng.random() < 0.3:
            return self.number()
        draw = rng.randrange(9)
        inner = lambda: self.numeric(scope, depth - 1)
        if draw == 0:
            return f"({inner()} {rng.choice(['+', '-', '*'])} {inner()})"
        if draw == 1:
            return f"{inner()} {rng.choice('+-')} {inner()}"
        if draw == 2:
            return f"({inner()} / {rng.choice(['2', '3', '10', '0.5', '-4'])})"
        if draw == 3:
            return f"({inner()} % {rng.choice(['2', '3', '7', '-5'])})"
        if draw == 4:
            return f"(({inner()}) ** {rng.choice(['0', '1', '2', '3'])})"
        if draw == 5:
            return rng.choice([f"scalar(@{self.pick(scope, 'array')})", f"$#{self.pick(scope, 'array')}",
                               f"length({self.scalar(scope, depth - 1)})", f"int({inner()} * 10 / 4)"])
        if draw == 6:
            return f"({self.scalar(scope, depth - 1)} + {inner()})"
        if draw == 7:
            return f"-({inner()})"
        return f"({self.condition(scope, depth - 1)} ? {inner()} : {inner()})"

    def hole(self, scope):
        """Draws what stands in a double-quoted string, given the string's closing mark."""
        rng = self.rng

        def draw(closing):
            kinds = [
                lambda: "$" + self.pick(scope, "scalar"),
                lambda: "${" + self.pick(scope, "scalar") + "}",
                lambda: f"${self.pick(scope, 'array')}[{rng.choice(['0', '1', '-1', '9'])}]",
                lambda: f"@{self.pick(scope, 'array')}",
                lambda: f"${self.pick(scope, 'hash')}{{{rng.choice(KEYS)}}}",
                lambda: f"${self.pick(scope, 'hash')}{{'{rng.choice(KEYS)}'}}",
                lambda: f"@{{[ {self.number()} * 2 ]}}",
                lambda: "$MYHOME",
            ]
            if scope.names["hash_ref"]:
                kinds.append(lambda: f"${self.pick(scope, 'hash_ref')}->{{{rng.choice(KEYS)}}}")
            if scope.names["array_ref"]:
                kinds.append(lambda: f"${self.pick(scope, 'array_ref')}->[0]")
                kinds.append(lambda: f"@{{${self.pick(scope, 'array_ref')}}}")
            if scope.names["nested"]:
                kinds.append(lambda: f"${self.pick(scope, 'nested')}->{{list}}[0]")
            text = rng.choice(kinds)()
            balanced = closing in ")]}>" or closing not in text
            return text if balanced else "$MYHOME"

        return draw

    def string(self, scope):
        if self.rng.random() < 0.5:
            return self.quoting.plain()
        return self.quoting.interpolating(self.hole(scope))

    def element(self, scope):
        """Something that may be assigned to."""
        rng = self.rng
        kinds = [
            lambda: "$" + self.pick(scope, "scalar"),
            lambda: f"${self.pick(scope, 'array')}[{rng.choice(['0', '1', '2'])}]",
            lambda: f"${self.pick(scope, 'hash')}{{{rng.choice(KEYS)}}}",
            lambda: f"${self.pick(scope, 'hash')}{{{self.quoting.plain(rng.choice(KEYS))}}}",
        ]
        if scope.names["array_ref"]:
            name = self.pick(scope, "array_ref")
            kinds.append(lambda name=name: rng.choice([f"${name}->[1]", f"$${name}[0]", f"${{${name}}}[0]"]))
        if scope.names["hash_ref"]:
            name = self.pick(scope, "hash_ref")
            key = rng.choice(KEYS)
            kinds.append(lambda name=name: rng.choice([f"${name}->{{{key}}}", f"$${name}{{{key}}}"]))
        if scope.names["nested"]:
            name = self.pick(scope, "nested")
            kinds.append(lambda name=name: rng.choice([
                f"${name}->{{list}}[{rng.randint(0, 3)}]", f"${name}->{{map}}{{{rng.choice(KEYS)}}}",
                f"${name}->{{deep}}{{{rng.choice(KEYS)}}}->[0]"]))
        return rng.choice(kinds)()

    def scalar(self, scope, depth):
        rng = self.rng
        if depth <= 0:
            return rng.choice([self.string, self.element])(scope)
        inner = lambda: self.scalar(scope, depth - 1)
        draw = rng.randrange(13)
        if draw < 3:
            return self.string(scope)
        if draw == 3:
            return f"({inner()} . {inner()})"
        if draw == 4:
            return f"{rng.choice(['lc', 'uc', 'ucfirst', 'lcfirst'])}({inner()})"
        if draw == 5:
            return f"({inner()} x {rng.choice(['0', '1', '2', '3', '-1', '2.7'])})"
        if draw == 6:
            return f"({self.condition(scope, depth - 1)} ? {inner()} : {inner()})"
        if draw == 7:
            return f"({inner()} {rng.choice(['||', '&&', '//'])} {inner()})"
        if draw == 8:
            return f"join({self.quoting.plain(rng.choice([',', '-', '', '; ']))}, {self.list(scope, depth - 1)})"
        if draw == 9:
            return self.numeric(scope, depth)
        if draw == 10:
            if rng.random() < 0.3:
                numeric = ["%d", "%03d", "%x", "%u", "%.2f", "%g", "%+d", "%e"]
                return f"sprintf({rng.choice(numeric)!r}, {rng.choice(['7', '-3', '2.5', '1e3', '0'])})"
            return f"sprintf({rng.choice(['%s', '%s-%s', '[%5s]', '%-4s|', '%%%s'])!r}, {inner()}, {inner()})"
        if draw == 11:
            return f"({self.list(scope, depth - 1)}, 'end')[{rng.choice(['0', '1', '-1'])}]"
        return self.element(scope)

    def condition(self, scope, depth):
        rng = self.rng
        compared = lambda side, operators: f"{side(scope, depth)} {rng.choice(operators)} {side(scope, depth)}"
        kinds = [
            lambda: compared(self.scalar, ["eq", "ne", "lt", "gt", "le", "ge"]),
            lambda: compared(self.numeric, ["==", "!=", "<", ">", "<=", ">="]),
            lambda: f"!{self.element(scope)}",
            lambda: f"defined {self.element(scope)}",
            lambda: f"exists ${self.pick(scope, 'hash')}{{{rng.choice(KEYS)}}}",
            lambda: f"@{self.pick(scope, 'array')} > {rng.randint(0, 4)}",
            lambda: self.element(scope),
        ]
        text = "(" + rng.choice(kinds)() + ")"
        if depth > 0 and rng.random() < 0.25:
            text = f"({text} {rng.choice(['&&', '||', 'and', 'or', 'xor'])} {self.condition(scope, depth - 1)})"
        return text

    def list(self, scope, depth):
        rng = self.rng
        items = []
        for _ in range(rng.randint(1, 4)):
            draw = rng.randrange(9)
            if draw == 0:
                items.append("@" + self.pick(scope, "array"))
            elif draw == 1:
                items.append("qw(" + " ".join(rng.choice(WORDS) for _ in range(rng.randint(0, 4))) + ")")
            elif draw == 2:
                ends = [rng.randint(-2, 3), rng.randint(0, 4)]
                quotes = rng.choice(["{}", "{}", "'{}'", "'0{}'", "'{}.5'", "' {}'"])
                items.append(f"{quotes.format(ends[0])}..{rng.choice(['{}', quotes]).format(ends[1])}")
            elif draw == 3:
                items.append(f"@{self.pick(scope, 'hash')}{{qw({rng.choice(KEYS)} {rng.choice(KEYS)})}}")
            elif draw == 4:
                items.append(f"@{self.pick(scope, 'array')}[0, -1]")
            elif draw == 5:
                items.append(f"sort(keys(%{self.pick(scope, 'hash')}))")
            elif draw == 6:
                items.append(f"reverse({self.scalar(scope, depth - 1)}, {self.scalar(scope, depth - 1)})")
            else:
                items.append(self.scalar(scope, depth - 1))
        return self.commas(items)

    def commas(self, items):
        rng = self.rng
        separator = lambda: rng.choice([", ", ",", " , ", ",\n    ", ", # it's \"next\n    "])
        text = items[0]
        for item in items[1:]:
            text += separator() + item
        return text

    def pairs(self, scope, depth, keys=None):
        rng = self.rng
        out = []
        for _ in range(rng.randint(0, 4)):
            key = rng.choice(keys or KEYS)
            arrow = rng.choice([" => ", "=>", "\n      => "])
            if rng.random() < 0.35:
                key = self.quoting.plain(key) if rng.random() < 0.5 else f'"{key}"'
            elif rng.random() < 0.1:
                key = "-" + key
                arrow = arrow.replace("\n", "")  # on the next line "-x" would be a test of a file
            out.append(f"{key}{arrow}{self.scalar(scope, depth - 1)}")
        return self.commas(out) + rng.choice(["", ","]) if out else ""

    # -- statements

    def declare(self, scope, kind=None):
        rng = self.rng
        kind = kind or rng.choice(["scalar", "scalar", "array", "hash", "array_ref", "hash_ref", "nested"])
        name = self.fresh(NAMES[kind])
        ready = scope.names["scalar"] and scope.names["array"] and scope.names["hash"]
        if kind == "scalar":
            value = self.scalar(scope, 2) if ready else self.quoting.plain()
            text = f"my ${name} = {value};"
        elif kind == "array":
            text = f"my @{name} = ({self.list(scope, 2) if ready else self.quoting.plain()});"
        elif kind == "hash":
            text = f"my %{name} = ({self.pairs(scope, 2) if ready else 'a => 1'});"
        elif kind == "array_ref":
            value = rng.choice([f"[{self.list(scope, 2)}]", f"\\@{self.pick(scope, 'array')}"])
            text = f"my ${name} = {value};"
        elif kind == "hash_ref":
            value = rng.choice([f"{{{self.pairs(scope, 2)}}}", f"\\%{self.pick(scope, 'hash')}"])
            text = f"my ${name} = {value};"
        else:
            text = (f"my ${name} = {{ list => [{self.list(scope, 1)}], map => {{{self.pairs(scope, 1)}}},"
                    f" leaf => {self.scalar(scope, 1)} }};")
        scope.names[kind].append(name)
        return text

    def assignment(self, scope):
        rng = self.rng
        draw = rng.randrange(8)
        if draw < 3:
            return f"{self.element(scope)} = {self.scalar(scope, 2)};"
        if draw == 3:
            return f"{self.element(scope)} {rng.choice(['.=', '||=', '//=', '&&='])} {self.scalar(scope, 2)};"
        if draw == 4:
            return f"{self.element(scope)} {rng.choice(['+=', '-=', '*='])} {self.numeric(scope, 2)};"
        if draw == 5:
            return f"@{self.pick(scope, 'array')} = ({self.list(scope, 2)});"
        if draw == 6:
            one, other = self.element(scope), self.element(scope)
            return f"({one}, {other}) = ({other}, {one});"
        return f"%{self.pick(scope, 'hash')} = (%{self.pick(scope, 'hash')}, {self.pairs(scope, 2)});"

    def array_statement(self, scope):
        rng = self.rng
        target = "@" + self.pick(scope, "array")
        if scope.names["array_ref"] and rng.random() < 0.4:
            target = rng.choice(["@${0}", "@{{${0}}}"]).format(self.pick(scope, "array_ref"))
        if scope.names["nested"] and rng.random() < 0.3:
            target = "@{$" + self.pick(scope, "nested") + "->{list}}"
        return rng.choice([
            f"push({target}, {self.list(scope, 2)});", f"unshift({target}, {self.scalar(scope, 1)});",
            f"push {target}, {self.list(scope, 1)};", f"{self.element(scope)} = shift({target});",
            f"{self.element(scope)} = pop({target});", f"$_ .= 'z' for {target};"])

    def hash_statement(self, scope):
        name, key = self.pick(scope, "hash"), self.rng.choice(KEYS)
        return self.rng.choice([
            f"delete ${name}{{{key}}};", f"{self.element(scope)} = delete ${name}{{'{key}'}};",
            f"undef ${name}{{{key}}};", f"@{name}{{'{key}', 'a'}} = ({self.list(scope, 1)});", f"${name}{{{key}}}++;"])

    def setting(self, scope):
        rng = self.rng
        return rng.choice([
            f"$mydomain = {self.scalar(scope, 2)};", f"$MYHOME = {self.string(scope)};",
            f"$policy_bank{{{self.quoting.plain(rng.choice(['X', 'Y', 'MYNETS']))}}} = "
            f"{{ originating => {self.numeric(scope, 1)}, protocol => {self.scalar(scope, 1)} }};",
            f"$policy_bank{{'X'}}{{enable_dkim_signing}} = {self.scalar(scope, 1)};",
            f"$interface_policy{{{rng.randint(10024, 10027)}}} = {self.quoting.plain('X')};",
            f"@mynetworks = ({self.list(scope, 1)});", f"push(@local_domains_maps, {{{self.pairs(scope, 1)}}});"])

    def key(self, scope):
        name = self.fresh("d")
        domain = self.rng.choice([
            f"'{name}.example'", f'"{name}.$MYHOME.example"', f"'{name}.' . {self.string(scope)}"])
        selector = self.rng.choice(["'dkim'", "'s' . " + self.number(), f"lc('{name}')"])
        options = self.rng.choice(["", "", ", t => 's'", f", n => {self.scalar(scope, 1)}"])
        return f"dkim_key({domain}, {selector}, '/var/lib/dkim/' . {self.quoting.plain(name)}{options});"

    def heredoc(self, scope):
        rng = self.rng
        lines = "".join(self.quoting.content().replace("EOT", "") + "\n" for _ in range(rng.randint(0, 3)))
        if rng.random() < 0.5:
            return f"{self.element(scope)} = <<'EOT';\n{lines}EOT"
        lines = lines.replace("\\", "\\\\").replace("$", "\\$").replace("@", "\\@")
        return f"{self.element(scope)} = <<\"EOT\" . {self.string(scope)};\n{lines}$MYHOME\nEOT".replace("\n'", "\n")

    def block(self, scope, depth):
        inner = Scope(scope)
        body = [self.statement(inner, depth - 1) for _ in range(self.rng.randint(1, 3))]
        return "{\n  " + "\n  ".join(body) + "\n}"

    def conditional(self, scope, depth):
        rng = self.rng
        text = f"{rng.choice(['if', 'if', 'unless'])} {self.condition(scope, 1)} {self.block(scope, depth)}"
        while rng.random() < 0.3:
            text += f" elsif {self.condition(scope, 1)} {self.block(scope, depth)}"
        if rng.random() < 0.5:
            text += f" else {self.block(scope, depth)}"
        return text

    def loop(self, scope, depth):
        rng = self.rng
        if rng.random() < 0.4:
            return f"{self.element(scope)} .= $_ for ({self.list(scope, 1)});"
        inner = Scope(scope)
        name = self.fresh("i")
        inner.names["scalar"].append(name)
        body = f"{self.element(scope)} .= ${name};"
        leave = rng.choice(["", "", f"next if {self.condition(inner, 1)};", f"last if {self.condition(inner, 1)};"])
        nested = self.block(inner, depth) if rng.random() < 0.3 else ""
        copies = self.list(scope, 1)
        # A copy, for a loop that assigns to its variable may not run over constants.
        return f"foreach my ${name} (my @{self.fresh('c')} = ({copies})) {{\n  {leave} {body} {nested}\n}}"

    def statement(self, scope, depth):
        rng = self.rng
        draw = rng.randrange(20)
        if draw < 4:
            return self.declare(scope)
        if draw < 9:
            text = self.assignment(scope)
        elif draw == 9:
            text = self.array_statement(scope)
        elif draw == 10:
            text = self.hash_statement(scope)
        elif draw == 11:
            text = self.setting(scope)
        elif draw == 12:
            text = self.key(scope)
        elif draw == 13:
            return self.heredoc(scope)
        elif draw == 14:
            return "# it's a remark; with 'quotes\", { brackets ( and $variables"
        elif draw in (15, 16) and depth > 0:
            return self.conditional(scope, depth)
        elif draw in (17, 18) and depth > 0:
            return self.loop(scope, depth)
        elif draw == 19 and depth > 0:
            return rng.choice([self.block(scope, depth), LOCAL])
        else:
            text = self.array_statement(scope)
        if rng.random() < 0.15 and "\n" not in text and " for " not in text and text.endswith(";"):
            text = f"{text[:-1]} {rng.choice(['if', 'unless'])} {self.condition(scope, 1)};"
        return text


class Oracle:
    """One oracle for the whole run."""

    def __init__(self):
        self.process = subprocess.Popen(
            [compare.ORACLE, "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, case):
        self.process.stdin.write(json.dumps(case.request()) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit("oracle: ended early")
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Trial:
    """Writes configurations where both sides can read them, and compares."""

    def __init__(self, folder, dkimctl):
        self.folder, self.dkimctl, self.oracle = folder, dkimctl, Oracle()

    def differences(self, statements):
        path = os.path.join(self.folder, "case.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(statements) + "\n")
        case = compare.Case("case.conf", [path], self.folder)
        truth = self.oracle.ask(case)
        return (compare.judge(case, truth, self.dkimctl), truth) if self.dkimctl else ([], truth)

    def minimise(self, statements):
        """Leaves out statements as long as there is a difference."""
        size = len(statements) // 2
        while size >= 1:
            start = 0
            while start < len(statements):
                fewer = statements[:start] + statements[start + size:]
                if self.differences(fewer)[0]:
                    statements = fewer
                else:
                    start += size
            size //= 2
        return statements


def run(arguments, folder):
    trial = Trial(folder, arguments.dkimctl and os.path.abspath(arguments.dkimctl))
    failed = refused = 0
    for index in range(arguments.first, arguments.first + arguments.count):
        statements = Grammar(random.Random(f"{arguments.seed}:{index}")).configuration()
        wrong, truth = trial.differences(statements)
        refused += not truth["ok"]
        if arguments.show and not truth["ok"]:
            print(f"case {index}: {truth['error'].strip()}")
        if not wrong:
            continue
        failed += 1
        if failed <= MINIMISED:
            statements = trial.minimise(statements)
            wrong = trial.differences(statements)[0]
        os.makedirs(arguments.keep, exist_ok=True)
        kept = os.path.join(arguments.keep, f"{arguments.seed}-{index}.conf")
        with open(kept, "w", encoding="utf-8") as file:
            file.write("\n".join(statements) + "\n")
        print(f"FAIL case {index}: {wrong[0]}; kept as {kept}", flush=True)
    trial.oracle.close()
    print(f"Perl refused {refused} of {arguments.count}")
    print(f"{arguments.count - failed} passed, {failed} failed")
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dkimctl", metavar="PATH", help="the program under test; without it Perl alone is asked")
    parser.add_argument("--count", type=int, default=2000, help="how many configurations")
    parser.add_argument("--seed", type=int, default=1, help="which configurations")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="the number of the first one")
    parser.add_argument("--keep", default="mismatches", metavar="DIR", help="where those go that come out differently")
    parser.add_argument("--show", action="store_true", help="say why Perl refuses those that it refuses")
    arguments = parser.parse_args()
    if not os.path.exists(compare.AMAVIS_CONF):
        print("skipped: amavisd is not installed")
        return compare.SKIPPED
    with tempfile.TemporaryDirectory(prefix="dkimctl-generated-") as folder:
        os.chmod(folder, 0o755)
        return run(arguments, folder)


if __name__ == "__main__":
    sys.exit(main())
