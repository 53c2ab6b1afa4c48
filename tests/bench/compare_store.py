"""What scripts/bench runs last: how long a run with nothing due takes until it knows that nothing is due.

It opens the database, reads every key that something may still happen to, and decides for each domain; DNS and the
configuration are not part of it.
"""
import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile

KIB = 1024
SECONDS = 0.3
MEBIBYTES = 64


def run_once(build, folder):
    """CPU seconds, wall seconds, peak resident KiB."""
    command = [build / "tests/bench/bench_run", build / "tests/bench/bench_store", "plan", folder]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return [float(word) for word in done.stdout.split()]


def measure(build, folder, domains, rounds):
    """Medians, the first run apart, which warms the caches."""
    subprocess.run([build / "tests/bench/bench_store", "fill", folder, str(domains)], check=True,
                   stdout=subprocess.DEVNULL)
    runs = [run_once(build, folder) for _ in range(rounds + 1)][1:]
    return [statistics.median(column) for column in zip(*runs)]


def main():
    parser = argparse.ArgumentParser(description="Measure reading the store and planning.")
    parser.add_argument("--smoke", action="store_true", help="few domains: shows that it runs, not how fast")
    parser.add_argument("--build", type=pathlib.Path, required=True, metavar="DIR")
    arguments = parser.parse_args()
    domains = 100 if arguments.smoke else 10000
    with tempfile.TemporaryDirectory(prefix="dkimctl-bench.") as name:
        cpu, wall, peak = measure(arguments.build.resolve(), pathlib.Path(name) / "store", domains, 7)
    holds = cpu < SECONDS and peak / KIB < MEBIBYTES
    print(f"\n  {'holds ' if holds else 'BROKEN'}  {domains:,} domains, nothing due: {cpu:.3f} s of CPU (less than {SECONDS}), "
          f"{wall:.3f} s by the clock, {peak / KIB:.1f} MiB (less than {MEBIBYTES})")
    sys.exit(0 if holds or arguments.smoke else 1)


main()
