"""Shared by the comparisons with other verifiers: the keys, and programs that answer a job a line."""

import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
KEYS = os.path.join(HERE, "../data/keys")


def answers(argv, jobs):
    """A line for each job."""
    lines = "".join("\t".join(job) + "\n" for job in jobs)
    done = subprocess.run(argv, input=lines, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert len(lines) == len(jobs), done.stderr
    return lines


def public_key(name):
    command = ["openssl", "pkey", "-in", f"{KEYS}/{name}.pem", "-pubout"]
    done = subprocess.run(command, capture_output=True, check=True)
    return "".join(done.stdout.decode().splitlines()[1:-1])
