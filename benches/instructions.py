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
from concurrent.futures import ThreadPoolExecutor

CALLS = 100  # as in instructions.c
HERE = os.path.dirname(os.path.abspath(__file__))

# Call, function, size, what was counted in instructions a call (or a row or point); a tenth more
# fails. From ASKS_FROM numbers on a call asks for AVX2; without it the size before counts.
COUNTED = [
    ("budget", "check_budget", 0, 43),
    ("budget i64", "check_budget_i64", 0, 51),
    ("breaker", "evaluate_circuit_breaker", 0, 26),
    ("guard", "evaluate_guard", 0, 380),
    ("budget flags", "budget_flags", 0, 28),
    ("budget flags i64", "budget_flags_i64", 0, 28),
    ("breaker flags", "breaker_flags", 0, 13),
    ("breaker acquires", "breaker_acquire", 0, 90),
    ("breaker refuses", "breaker_acquire", 0, 434),
    ("breaker reports", "breaker_report", 0, 115),
    ("breaker does both", "breaker_report_and_acquire", 0, 131),
    ("breaker by time", "breaker_report_and_acquire", 0, 1208),
    ("breaker with rates", "breaker_report_and_acquire", 0, 702),
    ("ledger reserves", "ledger_reserve", 0, 1081),
    ("ledger settles", "ledger_settle", 0, 1119),
    ("ledger records", "ledger_record", 0, 977),
    ("three ledgers", "ledgers_reserve", 0, 9105),
    ("rate limit", "rate_limit_acquire", 0, 470),
    ("signal", "budget_signal", 0, 71),
    ("record", "write_budget_result_json", 0, 1723),
    ("spike", "check_anomaly_spike", 2, 267),
    ("spike", "check_anomaly_spike", 30, 420),
    ("spike", "check_anomaly_spike", 365, 6.42),
    ("spike", "check_anomaly_spike", 10_000, 5.84),
    ("spike", "check_anomaly_spike", 200_000, 2.02),
    ("spike flags", "spike_flags", 30, 406),
    ("spike i64", "check_anomaly_spike_i64", 30, 303),
    ("spike i64", "check_anomaly_spike_i64", 365, 4.71),
    ("budgets, flags only", "check_budget_columns", 4_096, 9.82),
    ("budgets, flags only", "check_budget_columns", 160_000, 4.06),
    ("budgets", "check_budget_columns", 4_096, 9.82),
    ("budgets", "check_budget_columns", 160_000, 4.06),
    ("budgets i64", "check_budget_columns_i64", 4_096, 20.47),
    ("budgets i64", "check_budget_columns_i64", 160_000, 9.07),
    ("series of 90", "check_anomaly_spike_columns", 9_000, 8.41),
    ("series of 90", "check_anomaly_spike_columns", 180_000, 5.96),
    ("series of 365", "check_anomaly_spike_columns", 14_600, 6.43),
    ("series of 365", "check_anomaly_spike_columns", 146_000, 3.36),
    ("detect", "detect_spike", 112, 195_150),
    ("scan", "scan_spikes", 1_000, 4_396),
    ("scan", "scan_spikes", 100_000, 4_176),
    ("tracker", "spike_tracker_update", 10, 54_773),
    ("forecast", "forecast_budget", 112, 329_690),
]
PER_NUMBER_FROM = 365  # smaller calls are counted whole
ASKS_FROM = 32_768


def has_avx2():
    with open("/proc/cpuinfo") as cpu:
        return "avx2" in cpu.read().split()


def collected(program, call, function, size):
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
               f"--toggle-collect=cloudcircuit_{function}", program, call, str(size)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(re.search(r"Collected : (\d+)", run.stderr).group(1)) / CALLS


def main(library):
    too_many = 0
    narrow = None
    with tempfile.TemporaryDirectory() as folder:
        program = f"{folder}/instructions"
        subprocess.run([os.environ.get("CC", "cc"), "-std=c99", "-O2", f"-I{HERE}/../include",
                        f"{HERE}/instructions.c", "-o", program, f"-L{library}", "-lcloudcircuit",
                        f"-Wl,-rpath,{library}"], check=True)
        print(f"{'call':<21}{'size':>8}{'instructions':>14}{'each':>9}{'bound':>7}")
        # What else the machine does changes no count. The longest are last in the table, and begin.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            counts = list(pool.map(lambda row: collected(program, *row[:3]), reversed(COUNTED)))[::-1]
        for (call, _, size, counted), count in zip(COUNTED, counts):
            each = count / size if size else 0
            if size >= ASKS_FROM and not has_avx2():
                counted = narrow
            narrow = counted
            bound = 1.1 * counted
            fails = (each if size >= PER_NUMBER_FROM else count) > bound
            too_many += fails
            print(f"{call:<21}{size or '':>8}{count:>14.0f}{f'{each:.2f}' if size else '':>9}"
                  f"{bound:>7.4g}{'  too many' if fails else ''}")
    print(f"{len(COUNTED) - too_many} passed, {too_many} failed")
    return 1 if too_many else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(os.path.abspath(sys.argv[1])))
