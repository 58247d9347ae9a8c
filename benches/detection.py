"""Tables of what detection and forecasts cost, for run.py."""

import os
import shutil
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON_PACKAGES = ("bottleneck", "rrcf", "sesd")
# What is measured, its unit and the most that it may take.
TARGETS = [
    ("detect, 112 days, no dates", "µs", 20),
    ("detect, 112 days", "µs", 20),
    ("scan, 1,000 days, a day", "ns", 2000),
    ("scan, 10,000 days, a day", "ns", 2000),
    ("scan, 100,000 days, a day", "ns", 2000),
    ("scan, 10,000 hours, an hour", "ns", 2000),
    ("tracker, a day, no dates", "ns", 200),
    ("tracker, a day", "ns", 200),
]
# Columns may take this many times what single calls on the same series take.
MOST_IN_COLUMNS = 1.1


def samples(output):
    took = {}
    for line in output.splitlines():
        name, value = line.split("\t")
        took.setdefault(name, []).append(float(value))
    return took


def shown(values):
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:,.0f} ({low:,.0f} to {high:,.0f})"


def the_library(library, work, rounds):
    shutil.copyfile(library, f"{work}/libcloudcircuit.so.0")
    program = f"{work}/detect"
    subprocess.run(["cc", "-std=c99", "-O2", f"-I{HERE}/../include", f"{HERE}/detect.c", "-o", program,
                    library, f"-Wl,-rpath,{work}"], check=True)
    return samples(subprocess.run([program, str(rounds)], check=True, text=True, stdout=subprocess.PIPE).stdout)


def peers(python, rounds):
    """Python packages that look for anomalies in series, or that a host would build one from."""
    for package in PYTHON_PACKAGES:
        installed = subprocess.run([python, "-c", f"import {package}"], capture_output=True)
        if installed.returncode and subprocess.run(
                [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", package],
                capture_output=True).returncode:
            print(f"skipped: {package} (cannot be installed)", file=sys.stderr)
    answer = subprocess.run([python, f"{HERE}/python_detection.py", str(rounds)], text=True, capture_output=True)
    if answer.returncode:
        print("skipped: detection in Python (needs numpy and pandas)", file=sys.stderr)
        return {}
    return samples(answer.stdout)


def sections(work, library, python, rounds, target):
    """Titles and tables; `target` notes what is to be met."""
    took = the_library(library, work, rounds)
    for name, unit, most in TARGETS:
        scale = 1000 if unit == "µs" else 1
        target(f"{name}, {unit}", most, statistics.quantiles([value / scale for value in took[name]], n=4))
    for name in ("detect", "forecast"):
        single, columns = (took[f"{name}, 100 series, {way}"] for way in ("single calls", "columns"))
        ratios = [many / one for many, one in zip(columns, single)]
        target(f"{name}, columns / single calls", MOST_IN_COLUMNS, statistics.quantiles(ratios, n=4))
    if python:
        took.update(peers(python, 5))
    rows = [f"| {name} | {shown(values)} |" for name, values in took.items()]
    yield "### Detection and forecast: ns a call, or a point", "\n".join(["| | ns |", "| --- | ---: |", *rows])


if __name__ == "__main__":
    def note(what, most, quartiles):
        print(f"{what}: at most {most}, measured {quartiles[1]:.3g}: {'met' if quartiles[1] <= most else 'missed'}")

    folder = os.path.abspath(sys.argv[1])
    found = sections(folder, f"{folder}/libcloudcircuit.so", sys.argv[2] if len(sys.argv) > 2 else None, 15, note)
    for title, body in found:
        print(f"{title}\n\n{body}")
