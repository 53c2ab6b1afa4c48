"""What scripts/bench runs: makes keys, measures the programs in turn, prints a table and the ratios that must hold.

CPU is user plus system time, the figure that the ratios use: other programs on the host disturb it least.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

MIB = 1024 * 1024


class Program:
    def __init__(self, name, arguments):
        self.name = name
        self.arguments = arguments  # a function: number of keys -> argument list


class Measured:
    """Medians over several runs."""

    def __init__(self, runs):
        self.cpu = statistics.median(run[0] for run in runs)
        self.wall = statistics.median(run[1] for run in runs)
        self.peak = statistics.median(run[2] for run in runs)


def run_once(build, arguments):
    """One run with its output thrown away: CPU seconds, wall seconds, peak resident bytes."""
    done = subprocess.run([build / "tests/bench/bench_run", *arguments], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(arguments)} ended with status {done.returncode}")
    cpu, wall, peak = done.stdout.split()
    return float(cpu), float(wall), int(peak) * 1024


def measure(build, programs, count, rounds):
    """The programs take turns, so that a busy host is busy for all of them."""
    runs = {program.name: [] for program in programs}
    for turn in range(rounds + 1):
        for program in programs:
            figures = run_once(build, program.arguments(count))
            if turn > 0 or rounds == 1:  # the first one warms the caches
                runs[program.name].append(figures)
    return {name: Measured(figures) for name, figures in runs.items()}


def make_keys(build, folder, counts):
    """The largest number of keys, and a list and a configuration of the first ones for each number."""
    keys = folder / "keys"
    keys.mkdir()
    subprocess.run([build / "tests/bench/bench_make_keys", str(max(counts)), keys], check=True)
    for count in counts:
        paths = [f"{keys}/{i}.pem" for i in range(count)]
        (folder / f"list-{count}").write_text("".join(f"{path}\n" for path in paths))
        lines = [f"dkim_key('d{i}.example', 's', '{path}');\n" for i, path in enumerate(paths)]
        (folder / f"conf-{count}").write_text("use strict;\n" + "".join(lines) + "1;\n")


def print_row(count, name, measured):
    print(f"{count:>9,}  {name:<9} {measured.cpu:>9.4f} {measured.wall:>9.4f} {measured.peak / MIB:>9.1f}", flush=True)


def check_output(dkimctl, amavisd, folder, counts):
    """Speed is worth nothing if a record is missing."""
    for count in counts:
        command = [dkimctl, "-c", folder / f"conf-{count}", "showkeys"]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        if output.count(b"\n; key#") + output.startswith(b"; key#") != count:
            sys.exit(f"dkimctl does not show {count} keys")
    if amavisd:
        outputs = [subprocess.run([program, "-c", folder / f"conf-{counts[0]}", "showkeys"], check=True,
                                  stdout=subprocess.PIPE).stdout for program in (dkimctl, amavisd)]
        if outputs[0] != outputs[1]:
            sys.exit("dkimctl and amavisd do not show the same")


class Verdict:
    def __init__(self):
        self.held = True

    def line(self, text, holds):
        self.held = self.held and holds
        print(f"  {'holds ' if holds else 'BROKEN'}  {text}")


def judge(results, counts):
    """The ratios that CONTRIBUTING.md promises; true where all hold."""
    one, many, most = (results[count] for count in counts)
    verdict = Verdict()
    print()
    ratio = many["showkeys"].cpu / many["floor"].cpu
    verdict.line(f"{counts[1]:,} keys: {ratio:.2f} times the floor's CPU (2 at most)", ratio <= 2)
    peak = many["showkeys"].peak / MIB
    verdict.line(f"{counts[1]:,} keys: {peak:.1f} MiB (less than 64)", peak < 64)
    growth = most["showkeys"].cpu / many["showkeys"].cpu / (counts[2] / counts[1])
    verdict.line(f"{counts[2]:,} keys: {growth:.2f} times the CPU per key of {counts[1]:,} (1.25 at most)",
                 growth <= 1.25)
    wall = one["showkeys"].wall * 1000
    floor = one["floor"].wall * 1000
    verdict.line(f"one key: {wall:.1f} ms (less than 10), of which the floor takes {floor:.1f}", wall < 10)
    for count in counts:
        if "amavisd" in results[count]:
            ratio = results[count]["amavisd"].cpu / results[count]["showkeys"].cpu
            print(f"          {count:,} keys: amavisd takes {ratio:,.0f} times as long")
    return verdict.held


def rounds_for(count, arguments):
    return arguments.runs or {1: 21, 10000: 7}.get(count, 3)


def programs_for(count, build, folder, arguments):
    programs = [Program("floor", lambda n: [build / "tests/bench/bench_floor", folder / f"list-{n}"])]
    if dkimctl_of(build):
        programs.append(Program("showkeys", lambda n: [dkimctl_of(build), "-c", folder / f"conf-{n}", "showkeys"]))
    if count <= 10000 or arguments.full:
        programs.append(Program("general", lambda n: [build / "tests/bench/bench_general", folder / f"list-{n}"]))
    return [Program(p.name, lambda n, p=p: [str(word) for word in p.arguments(n)]) for p in programs]


def dkimctl_of(build):
    path = build / "dkimctl"
    return path if path.exists() else None


def find_amavisd():
    path = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
    return shutil.which("amavisd", path=path) or shutil.which("amavisd-new", path=path)


def compare(arguments, folder):
    build = arguments.build.resolve()
    counts = [1, 20, 200] if arguments.smoke else [1, 10000, 100000]
    amavisd = find_amavisd()
    print(f"making {counts[-1]:,} keys", flush=True)
    make_keys(build, folder, counts)
    if dkimctl_of(build):
        check_output(dkimctl_of(build), amavisd, folder, counts)
    print(f"\n{'keys':>9}  {'program':<9} {'CPU s':>9} {'wall s':>9} {'peak MiB':>9}")
    results = {}
    for count in counts:
        programs = programs_for(count, build, folder, arguments)
        results[count] = measure(build, programs, count, rounds_for(count, arguments))
        if amavisd and (count == 1 or (count == 10000 and arguments.full)):
            command = Program("amavisd", lambda n: [amavisd, "-c", str(folder / f"conf-{n}"), "showkeys"])
            results[count].update(measure(build, [command], count, 3 if count == 1 else 1))
        for name, measured in results[count].items():
            print_row(count, name, measured)
    if not dkimctl_of(build):
        print(f"{build}/dkimctl is not there: the ratios were not measured")
        return arguments.smoke
    return judge(results, counts) or arguments.smoke


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measure `dkimctl showkeys`.")
    parser.add_argument("--smoke", action="store_true", help="few keys: shows that everything runs, not how fast")
    parser.add_argument("--full", action="store_true",
                        help="also amavisd with 10,000 keys (42 s a run) and OpenSSL's decoder with 100,000")
    parser.add_argument("--runs", type=int, metavar="N", help="runs to take the median of")
    parser.add_argument("--build", type=pathlib.Path, metavar="DIR", help="use this build; otherwise build/release is made")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dkimctl-bench.") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)  # amavisd insists that its own user can read its configuration
        sys.exit(0 if compare(arguments, folder) else 1)


main()
