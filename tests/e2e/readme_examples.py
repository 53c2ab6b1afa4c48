#!/usr/bin/env python3
"""The examples in README.md show what dkimctl prints.

Every "console" block that begins with "$ dkimctl" is run in the checkout and its standard output compared, with "2>&1"
at its end the error output too, which then may be an error; a line "..." stands for any number of lines. With --write the blocks are renewed: what stands before and after a "..." is kept as long
as before.
"""

import difflib
import os
import re
import shlex
import subprocess
import sys

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DKIMCTL = os.environ.get("DKIMCTL") or os.path.join(SOURCE, "build/release/dkimctl")
README = os.path.join(SOURCE, "README.md")
BLOCK = re.compile(r"(?<=^```console\n)\$ dkimctl (.*)\n((?:.*\n)*?)(?=```$)", re.MULTILINE)
ELISION = "..."


def run(arguments):
    words = shlex.split(arguments)
    trouble = words[-1] == "2>&1"
    done = subprocess.run([DKIMCTL, *(words[:-1] if trouble else words)], cwd=SOURCE, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT if trouble else subprocess.PIPE, text=True, check=False)
    if done.returncode > 1 and not trouble:
        sys.exit(f"dkimctl {arguments}: exit status {done.returncode}\n{done.stderr}")
    return done.stdout.splitlines()


def around_elision(shown):
    """How many lines of a block stand before its elision and how many after it, or None where it has none."""
    if ELISION not in shown:
        return None
    before = shown.index(ELISION)
    return before, len(shown) - before - 1


def elide(printed, kept):
    if kept is None or sum(kept) >= len(printed):
        return printed
    before, after = kept
    return printed[:before] + [ELISION] + printed[len(printed) - after:]


def renewed(block):
    printed = run(block.group(1))
    kept = around_elision(block.group(2).splitlines())
    # A block of nothing but "..." has not been filled in yet.
    lines = printed if kept == (0, 0) else elide(printed, kept)
    return f"$ dkimctl {block.group(1)}\n" + "".join(line + "\n" for line in lines)


def main():
    with open(README, encoding="utf-8") as file:
        text = file.read()
    if not BLOCK.search(text):
        sys.exit("README.md has no example")
    new = BLOCK.sub(renewed, text)
    if "--write" in sys.argv:
        with open(README, "w", encoding="utf-8") as file:
            file.write(new)
    elif new != text:
        sys.stdout.writelines(difflib.unified_diff(text.splitlines(True), new.splitlines(True), "README.md", "dkimctl"))
        sys.exit("hint: tests/e2e/readme_examples.py --write renews the examples")


if __name__ == "__main__":
    main()
