#!/usr/bin/env python3
"""Counts the instructions of each call from C through libcloudcircuit.so with callgrind, which
repeats exactly, and exits with 1 where one needs more than its bound.

Usage: instructions.py FOLDER, the folder with libcloudcircuit.so and its soname link.
"""

import os
import re
import subprocess
import sys
import tempfile

CALLS = 100  # as in instructions.c
HERE = os.path.dirname(os.path.abspath(__file__))

# Call, function, points, what was counted in instructions a call (or a point); a tenth more fails.
COUNTED = [
    ("budget", "cloudcircuit_check_budget", 0, 60),
    ("breaker", "cloudcircuit_evaluate_circuit_breaker", 0, 35),
    ("guard", "cloudcircuit_evaluate_guard", 0, 147),
    ("spike", "cloudcircuit_check_anomaly_spike", 2, 382),
    ("spike", "cloudcircuit_check_anomaly_spike", 30, 566),
    ("spike", "cloudcircuit_check_anomaly_spike", 365, 7.28),
    ("spike", "cloudcircuit_check_anomaly_spike", 10_000, 6.32),
    ("spike", "cloudcircuit_check_anomaly_spike", 100_000, 2.67),
]
PER_POINT_FROM = 365  # shorter series are counted by the call


def has_avx2():
    with open("/proc/cpuinfo") as cpu:
        return "avx2" in cpu.read().split()


def collected(program, call, function, points, folder):
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/callgrind.out",
               f"--toggle-collect={function}", program, call, str(points)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(re.search(r"Collected : (\d+)", run.stderr).group(1)) / CALLS


def main(library):
    too_many = 0
    with tempfile.TemporaryDirectory() as folder:
        program = f"{folder}/instructions"
        subprocess.run([os.environ.get("CC", "cc"), "-std=c99", "-O2", f"-I{HERE}/../include",
                        f"{HERE}/instructions.c", "-o", program, f"-L{library}", "-lcloudcircuit",
                        f"-Wl,-rpath,{library}"], check=True)
        print(f"{'call':<10}{'points':>8}{'instructions':>14}{'a point':>9}{'bound':>7}")
        for call, function, points, counted in COUNTED:
            count = collected(program, call, function, points, folder)
            per_point = count / points if points else 0
            if points == 100_000 and not has_avx2():
                counted = 6.32  # the same code as below the length at which AVX2 is asked for
            bound = 1.1 * counted
            too_many += (per_point if points >= PER_POINT_FROM else count) > bound
            a_point = f"{per_point:.2f}" if points else ""
            print(f"{call:<10}{points or '':>8}{count:>14.0f}{a_point:>9}{bound:>7.4g}")
    print(f"{len(COUNTED) - too_many} passed, {too_many} failed")
    return 1 if too_many else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(os.path.abspath(sys.argv[1])))
