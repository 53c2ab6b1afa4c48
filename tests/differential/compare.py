#!/usr/bin/env python3
"""Holds dkimctl's evaluation of amavisd configurations against real Perl with the real Amavis::Conf.

For every configuration of tests/data/perl/expectations.tsv, and for every one that Debian's amavisd-new brings,
`oracle` says what Perl makes of it and `dkimctl config --json` what we make of it. They must agree: accepted or
refused; the same dkim_key calls at the same places with the same arguments; the same variables and policy banks.
Where the table allows it, ours may say {"$dynamic": ...} instead of a value. A different value is never right.

Exit status: 0 they agree, 1 they do not, 77 amavisd is not installed.
"""

import argparse
import contextlib
import fnmatch
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

HERE = os.path.dirname(os.path.abspath(__file__))
ORACLE = os.path.join(HERE, "oracle")
DATA = os.path.join(os.path.dirname(HERE), "data", "perl")
AMAVIS_CONF = "/usr/share/perl5/Amavis/Conf.pm"
DEBIAN_FOLDERS = ("/usr/share/amavis/conf.d", "/etc/amavis/conf.d")
DEBIAN_EXAMPLES = "/usr/share/doc/amavisd-new/examples"
SKIPPED = 77

# Findings of severity error that do not mean that amavisd would refuse the configuration: the keys of these
# configurations do not exist (unless a test says real-keys), and what amavisd would sign is another question.
# (The dkim.* findings are about what verifiers make of a record.)
NOT_REFUSED = {
    "amavis.unreadable-key", "amavis.key-mode", "amavis.dynamic",
    "amavis.unsigned", "amavis.misaligned", "amavis.catch-all-selector",
}
# These say that the keys are missing, which is what a configuration marked real-keys is refused for.
KEY_FINDINGS = {"amavis.unreadable-key", "amavis.key-mode"}

# What stands in @local_domains_maps by reference, unless a configuration sets it anew.
REFERRED_TO = {"%local_domains", "@local_domains_acl", "$local_domains_re"}

# Depends on the host's address families where a configuration leaves it alone.
HOST_DEFAULTS = {"$inet_socket_bind"}


@dataclass
class Case:
    """One configuration: files read in order, relative to `cwd` unless they are absolute."""

    name: str
    files: list
    cwd: str
    expected: str = "any"  # exact, dynamic, reject, or any: whatever Perl says
    allowed: set = field(default_factory=set)  # what may be dynamic
    required: set = field(default_factory=set)  # what must not be known
    real_keys: bool = False
    root: str = ""  # dkimctl finds the files itself, under this tree
    mailname: str = None
    fqdn: str = None

    def request(self):
        request = {"files": self.files, "cwd": self.cwd, "real_keys": self.real_keys}
        if self.mailname is not None:
            request["mailname"] = self.mailname
        if self.fqdn is not None:
            request["fqdn"] = self.fqdn
        return request

    def command(self, dkimctl):
        if self.root:
            return [dkimctl, "--root", self.root, "config", "--json"]
        options = [word for name in self.files for word in ("-c", name)]
        return [dkimctl, *options, "config", "--json"]


# -- which configurations


def read_table(data):
    """The rows of expectations.tsv as (files, expected, words of the third column)."""
    with open(os.path.join(data, "expectations.tsv"), encoding="utf-8") as table:
        for line in table:
            if line.startswith("#") or not line.strip():
                continue
            columns = line.rstrip("\n").split("\t") + [""]
            yield columns[0].split(" "), columns[1], columns[2].split()


def corpus_cases(data, folder):
    cases = []
    for files, expected, words in read_table(data):
        case = Case(" ".join(files), files, folder, expected)
        case.real_keys = "real-keys" in words
        case.required = {word[1:] for word in words if word.startswith("!")}
        case.allowed = {word for word in words if word != "real-keys" and word[0] != "!"} | case.required
        if case.allowed & REFERRED_TO:
            case.allowed.add("@local_domains_maps")
        cases.append(case)
    return cases


def run_parts(folder):
    """The names run-parts takes, in its order."""
    names = []
    with contextlib.suppress(FileNotFoundError):
        names = [name for name in os.listdir(folder) if name.replace("-", "").replace("_", "").isalnum()]
    return [os.path.join(folder, name) for name in sorted(names)]


# What Debian's own files may leave open where this host does not say it: no mailname, no qualified name.
def host_unknowns():
    unknown = set()
    if not os.path.exists("/etc/mailname"):
        unknown |= {"$mydomain", "@local_domains_acl", "@local_domains_maps"}
    named = subprocess.run(["hostname", "--fqdn"], capture_output=True, text=True, check=False)
    if named.returncode != 0 or "." not in named.stdout:
        unknown |= {"$myhostname"}
    return unknown


def example_cases(folder):
    """Debian's examples, unpacked where they are compressed. They may load modules that are not installed."""
    cases = []
    for name in sorted(os.listdir(DEBIAN_EXAMPLES)) if os.path.isdir(DEBIAN_EXAMPLES) else []:
        if ".conf" not in name:
            continue
        path = os.path.join(DEBIAN_EXAMPLES, name)
        if name.endswith(".gz"):
            copy = os.path.join(folder, name[: -len(".gz")])
            with gzip.open(path) as packed, open(copy, "wb") as unpacked:
                shutil.copyfileobj(packed, unpacked)
            path = copy
        cases.append(Case("debian examples/" + name, [path], folder, allowed={"*", "accept"}))
    return cases


def tree_case(folder):
    """A host tree made of Debian's files, which dkimctl must find and answer for by itself."""
    tree = os.path.join(folder, "tree")
    files = []
    for source in DEBIAN_FOLDERS:
        shutil.copytree(source, tree + source)
        files += run_parts(tree + source)
    etc = os.path.join(tree, "etc")
    texts = {
        "mailname": "tree.example\n", "hostname": "mail\n",
        "hosts": "127.0.0.1\tlocalhost\n127.0.1.1\tmail.tree.example mail\n",
        "passwd": "root:x:0:0:root:/root:/bin/bash\namavis:x:110:110::/var/lib/amavis:/bin/sh\n",
        "group": "root:x:0:\namavis:x:110:\n",
        "amavis/conf.d/60-dkim": "dkim_key($mydomain, 'dkim', '/var/lib/dkim/tree.pem');\n"
                                 "@dkim_signature_options_bysender_maps = ({ '.' => { d => $mydomain } });\n",
    }
    not_read = "dkim_key('not.example', 'dkim', '/var/lib/dkim/not.pem');\n"
    for name in ("60-dkim.conf", "60-dkim~", "60-dkim.dpkg-old", ".60-dkim"):
        texts["amavis/conf.d/" + name] = not_read
    for name, text in texts.items():
        with open(os.path.join(etc, name), "w", encoding="utf-8") as file:
            file.write(text)
    files.append(os.path.join(etc, "amavis/conf.d/60-dkim"))
    return Case("debian tree", files, folder, root=tree, mailname="tree.example\n", fqdn="mail.tree.example\n")


def debian_cases(folder):
    unknown = host_unknowns()
    installed = [path for source in DEBIAN_FOLDERS for path in run_parts(source)]
    cases = [Case("debian " + path, [path], folder, allowed=unknown) for path in installed]
    if installed:
        cases.append(Case("debian conf.d, all", installed, folder, allowed=unknown))
        cases.append(tree_case(folder))
    return cases + example_cases(folder)


# -- what both say


def ask_oracle(cases):
    requests = "".join(json.dumps(case.request()) + "\n" for case in cases)
    run = subprocess.run([ORACLE, "--batch"], input=requests, capture_output=True, text=True, check=False)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    if len(answers) != len(cases):
        sys.exit(f"oracle: {len(answers)} answers to {len(cases)} questions\n{run.stderr}")
    return answers


class Broken(Exception):
    """dkimctl did not answer as a program should."""


def run_dkimctl(dkimctl, case):
    try:
        return subprocess.run(case.command(dkimctl), cwd=case.cwd, capture_output=True, timeout=60, check=False)
    except subprocess.TimeoutExpired as late:
        raise Broken("dkimctl: no answer within 60 s") from late


def ask_dkimctl(dkimctl, case):
    """dkimctl's JSON, and whether it refuses the configuration. Another build of it must say the same."""
    run = run_dkimctl(dkimctl, case)
    also = os.environ.get("DKIMCTL_ALSO")
    if also:
        other = run_dkimctl(also, case)
        if (other.returncode, other.stdout) != (run.returncode, run.stdout):
            raise Broken(f"{also} says something else than {dkimctl}")
    said = run.stderr.decode("utf-8", "replace").strip()[:500]
    if run.returncode not in (0, 1, 3, 10):
        raise Broken(f"dkimctl: exit status {run.returncode}: {said}")
    try:
        answer = json.loads(run.stdout)
    except ValueError as error:
        raise Broken(f"dkimctl: standard output is not JSON ({error}): {said}") from error
    not_refused = NOT_REFUSED - KEY_FINDINGS if case.real_keys else NOT_REFUSED
    errors = [finding for finding in answer.get("findings", []) if finding["severity"] == "error"]
    refused = [finding for finding in errors if finding["code"] not in not_refused
               and not finding["code"].startswith("dkim.")]
    if refused and run.returncode != 3:
        raise Broken(f"dkimctl: exit status {run.returncode} with an error: {refused[0]['text']}")
    return answer, refused


# -- comparing

MISSING = object()


def is_dynamic(value):
    return isinstance(value, dict) and "$dynamic" in value


def has_dynamic(value):
    if isinstance(value, dict):
        return "$dynamic" in value or any(has_dynamic(inner) for inner in value.values())
    return isinstance(value, list) and any(has_dynamic(inner) for inner in value)


def show(value):
    return "nothing" if value is MISSING else json.dumps(value, ensure_ascii=False)[:300]


def differences(ours, theirs, dynamic, where):
    """Yields where and how two values differ. `dynamic`: whether ours may leave values open."""
    if is_dynamic(ours):
        if not dynamic:
            yield f"{where}: ours is dynamic ({show(ours)}), Perl has {show(theirs)}"
    elif isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted(ours.keys() | theirs.keys()):
            yield from differences(ours.get(key, MISSING), theirs.get(key, MISSING), dynamic, f"{where}{{{key}}}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (our, their) in enumerate(zip(ours, theirs)):
            yield from differences(our, their, dynamic, f"{where}[{index}]")
    elif ours is MISSING or type(ours) is not type(theirs) or ours != theirs:
        # A list or hash whose size hangs on something dynamic may say so in one of its elements.
        if not (dynamic and isinstance(ours, (list, dict)) and has_dynamic(ours)):
            yield f"{where}: ours is {show(ours)}, Perl has {show(theirs)}"


def absolute(case, path):
    path = os.path.normpath(os.path.join(case.cwd, path))
    if case.root and path.startswith(case.root + "/"):
        path = path[len(case.root):]
    return path


def same_file(case, ours, theirs):
    return isinstance(ours, str) and absolute(case, ours) == absolute(case, theirs)


def as_pairs(options):
    """dkim_key's options as the hash amavisd makes of them."""
    names = [name if isinstance(name, str) else show(name) for name in options[0::2]]
    return dict(zip(names, options[1::2]))


def key_differences(case, ours, theirs, dynamic, where):
    """How one dkim_key call differs. Names may be given as written or as amavisd keeps them."""
    for name in ("domain", "selector"):
        allowed = dynamic(f"{where}.{name}")
        if ours.get(name, MISSING) not in (theirs[name], theirs[name + "_ascii"]):
            regex = isinstance(theirs[name], dict) and theirs[name].get("$regex") == ours.get(name)
            if not regex:
                yield from differences(ours.get(name, MISSING), theirs[name], allowed, f"{where}.{name}")
    key = theirs["key"] if isinstance(theirs["key"], str) else None
    if key is not None or isinstance(ours.get("file"), str):
        yield from differences(ours.get("file", MISSING), key, dynamic(f"{where}.file"), f"{where}.file")
    options = as_pairs(theirs["options"])
    our_options = ours.get("options", MISSING)
    if isinstance(our_options, dict) and our_options.get("k") == "rsa" and options.get("k") is not None:
        options["k"] = "rsa"  # amavisd makes it so whatever was given
    yield from differences(our_options, options, dynamic(f"{where}.options"), f"{where}.options")
    declared = ours.get("declared") or {}
    if not same_file(case, declared.get("file"), theirs["file"]) or declared.get("line") != theirs["line"]:
        yield (f"{where}: ours is declared at {declared.get('file')}:{declared.get('line')}, "
               f"Perl's at {theirs['file']}:{theirs['line']}")


def uncertain(key):
    return bool(key.get("conditional")) or has_dynamic(key)


def uncertain_key_differences(case, answer, truth):
    """Where the list itself may hang on something unknown: what ours is sure of must be there, and sure.example."""
    nowhere = lambda _: False
    ours, theirs = answer.get("keys", []), truth["dkim_keys"]
    if is_dynamic(ours):
        return
    certain = [key for key in ours if not uncertain(key)]
    matched = set()
    for key in certain:
        found = [index for index, their in enumerate(theirs)
                 if index not in matched and not list(key_differences(case, key, their, nowhere, ""))]
        if found:
            matched.add(found[0])
        else:
            yield f"keys: ours is sure of {show(key)}, Perl has no such call"
    left = [their for index, their in enumerate(theirs) if index not in matched]
    for their in left:
        if isinstance(their["domain"], str) and their["domain"].startswith("sure."):
            yield f"keys: ours has not, or is not sure of, {show(their)}"
    said = len(certain) < len(ours) or any(f["code"] == "amavis.dynamic" for f in answer.get("findings", []))
    if left and not said:
        yield f"keys: ours has not {show(left[0])}, and says nothing of it"


def compare_keys(case, answer, truth, dynamic):
    if dynamic("keys"):
        yield from uncertain_key_differences(case, answer, truth)
        return
    ours, theirs = answer.get("keys", []), truth["dkim_keys"]
    if len(ours) != len(theirs):
        names = lambda keys: [f"{show(key.get('selector'))}/{show(key.get('domain'))}" for key in keys]
        yield f"keys: ours has {len(ours)}, Perl {len(theirs)}: {names(ours)} and {names(theirs)}"
    for number, (our, their) in enumerate(zip(ours, theirs), start=1):
        yield from key_differences(case, our, their, dynamic, f"key:{number}")


def compare_files(case, answer, truth):
    """Perl's list lacks what do and require read; in ours everything is there, in the same order."""
    entries = answer.get("files", [])
    ours = [absolute(case, entry["file"] if isinstance(entry, dict) else entry) for entry in entries]
    rest = iter(ours)
    for their in truth["files"]:
        if absolute(case, their) not in rest:
            yield f"files: ours are {ours}, Perl's {truth['files']}"
            return


def compare_values(case, answer, truth, dynamic):
    variables = answer.get("variables", {})
    for name, theirs in truth["variables"].items():
        if name in HOST_DEFAULTS and name not in truth["changed"]:
            continue
        ours = variables.get(name, MISSING)
        yield from differences(ours, theirs, dynamic(name), name)
        if name in case.required and not has_dynamic(ours):
            yield f"{name}: ours is {show(ours)}, which cannot be known"
    banks = answer.get("banks", {})
    for name in sorted(set(truth["banks"]) | ({} if is_dynamic(banks) else banks).keys()):
        theirs = truth["banks"].get(name, MISSING)
        ours = banks if is_dynamic(banks) else banks.get(name, MISSING)
        if isinstance(ours, dict) and isinstance(theirs, dict) and not is_dynamic(ours):
            ours = {key: value for key, value in ours.items() if key in BANK_FIELDS}
        if ours is MISSING and dynamic("banks") and any(has_dynamic(bank) for bank in banks.values()):
            continue
        if theirs is MISSING and dynamic("banks"):
            continue
        yield from differences(ours, theirs, dynamic("banks"), f"bank {name} ")


BANK_FIELDS = {
    "enable_dkim_signing", "originating", "protocol", "dkim_signature_options_bysender_maps", "dkim_signing_service",
}


def compare(case, truth, dkimctl):
    """Every way in which dkimctl's answer is wrong."""
    answer, refused = ask_dkimctl(dkimctl, case)
    dynamic = lambda what: "*" in case.allowed or what in case.allowed
    accepted = truth["ok"]
    if accepted == bool(refused):
        left_open = any(finding["code"] == "amavis.dynamic" for finding in answer.get("findings", []))
        if "accept" in case.allowed and (left_open or refused):
            return
        if refused:
            at = refused[0]
            yield f"ours refuses it: {at.get('file')}:{at.get('line')}:{at.get('column')}: {at['code']}: {at['text']}"
        else:
            yield f"ours accepts it, Perl does not: {truth['error'].strip()}"
    elif accepted:
        yield from compare_files(case, answer, truth)
        yield from compare_keys(case, answer, truth, dynamic)
        yield from compare_values(case, answer, truth, dynamic)


def check_table(case, truth):
    """Whether the table itself is right about Perl."""
    if case.expected == "any" or "accept" in case.allowed:
        return
    if truth["ok"] == (case.expected == "reject"):
        yield f"the table expects {case.expected}, but Perl says: {truth['error'] or 'ok'}"


def check_complete(data, cases):
    listed = {name for case in cases for name in case.files}
    for folder, _, names in os.walk(data):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), data)
            if path.endswith(".conf") and path not in listed:
                yield f"{path}: not in expectations.tsv"


# -- all of it


def report(name, wrong, verbose):
    if wrong:
        more = "" if verbose or len(wrong) == 1 else f" (and {len(wrong) - 1} more)"
        print(f"FAIL {name}: {wrong[0]}{more}")
        for line in wrong[1:] if verbose else []:
            print(f"     {line}")
    else:
        print(f"ok   {name}")


def judge(case, truth, dkimctl):
    wrong = list(check_table(case, truth))
    if dkimctl:
        try:
            wrong += compare(case, truth, dkimctl)
        except Broken as broken:
            wrong.append(str(broken))
        except (KeyError, TypeError, AttributeError) as error:
            wrong.append(f"dkimctl's JSON has not the shape it should have: {error!r}")
    return wrong


def open_to_everybody(folder):
    """The oracle reads these files as an unprivileged user."""
    for parent, _, names in os.walk(folder):
        os.chmod(parent, 0o755)
        for name in names:
            os.chmod(os.path.join(parent, name), 0o644)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dkimctl", metavar="PATH", help="the program; without it only the table is checked")
    parser.add_argument("--data", default=DATA, metavar="DIR", help="the configurations and their expectations.tsv")
    parser.add_argument("--only", metavar="PATTERN", help="configurations whose name matches this shell pattern")
    parser.add_argument("-v", "--verbose", action="store_true", help="every difference, not the first")
    arguments = parser.parse_args()
    if not os.path.exists(AMAVIS_CONF):
        print("skipped: amavisd is not installed")
        return SKIPPED
    dkimctl = arguments.dkimctl and os.path.abspath(arguments.dkimctl)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="dkimctl-differential-") as folder:
        copy = shutil.copytree(arguments.data, os.path.join(folder, "perl"))
        cases = corpus_cases(arguments.data, copy)
        for problem in check_complete(arguments.data, cases):
            print("FAIL " + problem)
            failed += 1
        cases += debian_cases(folder)
        open_to_everybody(folder)
        if arguments.only:
            cases = [case for case in cases if fnmatch.fnmatch(case.name, arguments.only)]
        for case, truth in zip(cases, ask_oracle(cases)):
            wrong = judge(case, truth, dkimctl)
            report(case.name, wrong, arguments.verbose)
            failed += bool(wrong)
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
