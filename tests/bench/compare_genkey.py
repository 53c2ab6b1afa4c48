"""What scripts/bench runs for `genkey`: as many RSA keys by it and by OpenSSL alone, in turns, and the sums compared: how
long one key takes is a matter of luck."""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

MOST = 1.10


def run(argv):
    """Wall and CPU seconds."""
    begun = time.monotonic()
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(map(str, argv))[:200]}: status {status}\n{said.decode()}")
    return time.monotonic() - begun, usage.ru_utime + usage.ru_stime


def compare(arguments, folder):
    batch, batches = (2, 2) if arguments.smoke else (50, 20)
    conf = folder / "amavisd.conf"
    conf.write_text("1;\n")
    genkey = [arguments.build / "dkimctl", "-q", "-c", conf, "genkey", "--no-dns", "--for", "other", "--key-dir", folder / "keys"]
    sums = {"genkey": [0, 0], "OpenSSL": [0, 0]}
    for turn in range(batches):
        domains = [f"d{turn}-{i}.example" for i in range(batch)]
        programs = {"genkey": [*genkey, *domains], "OpenSSL": [arguments.build / "tests/bench/bench_generate", str(batch)]}
        for name in sorted(programs, reverse=turn % 2 == 0):
            for i, seconds in enumerate(run(programs[name])):
                sums[name][i] += seconds
    count = batch * batches
    if len(list((folder / "keys").iterdir())) != count:
        sys.exit("not every key is there")
    print(f"\n{count:,} RSA keys of 2048 bits on {os.cpu_count()} processors, in turns")
    for name, (wall, cpu) in sums.items():
        print(f"          {name:<8} {wall:>8.1f} s, CPU {cpu:>8.1f} s")
    ratio = sums["genkey"][0] / sums["OpenSSL"][0]
    print(f"  {'holds ' if ratio <= MOST else 'BROKEN'}  {ratio:.3f} times as long ({MOST} at most)", flush=True)
    return ratio <= MOST or arguments.smoke


def main():
    parser = argparse.ArgumentParser(description="Measure `dkimctl genkey`.")
    parser.add_argument("--smoke", action="store_true", help="few keys: shows that everything runs, not how fast")
    parser.add_argument("--build", type=pathlib.Path, required=True, metavar="DIR", help="the build to measure")
    arguments = parser.parse_args()
    arguments.build = arguments.build.resolve()
    with tempfile.TemporaryDirectory(prefix="dkimctl-bench.") as name:
        return 0 if compare(arguments, pathlib.Path(name)) else 1


if __name__ == "__main__":
    sys.exit(main())
