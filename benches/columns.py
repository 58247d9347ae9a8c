#!/usr/bin/env python3
"""Measures columns of budgets, of spikes and of a fleet next to plain loops and to other libraries.

Usage: columns.py [--quick] FOLDER, the folder with libcloudcircuit.so. Prints tables in Markdown, and without --quick
writes benches/figures.json, from which docs/make_performance.py draws. `make bench` calls it.

Each library is measured in a process of its own, because allocators and vector states of one slow another. Processes
take turns, and the least of all is taken: what the machine can do when nobody else uses it. Ratios to plain loops are
from one process. Python packages come from PyPI into an environment in the target folder."""

import argparse
import datetime
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FIGURES = HERE / "figures.json"
PACKAGES = ("numpy", "pandas", "polars", "pyarrow", "duckdb", "cloudcircuit==0.1.0")
SIZES = (100, 1_000, 10_000, 100_000, 1_000_000)
FLEETS = (1, 10, 100, 1_000, 10_000, 100_000)
PEERS = (
    "the library from Python", "NumPy, a division alone", "NumPy, as usually written", "NumPy, sparing",
    "NumPy, in blocks", "pandas", "polars", "pyarrow.compute", "DuckDB", "cloudcircuit 0.1.0",
)  # fmt: skip
FLEET_PEER = "NumPy, median and MAD"
BASE, V3 = "base", "x86-64-v3"
BARE, READ, MEMCPY = "a bare loop of divisions", "a plain read", "memcpy"


def run(*command):
    return subprocess.run([str(part) for part in command], check=True, text=True, stdout=subprocess.PIPE).stdout


def skip(what):
    print(f"skipped: {what}", file=sys.stderr)


def environment(work):
    """Python with the packages, or None."""
    python = work / "venv/bin/python"
    if not python.exists():
        run(sys.executable, "-m", "venv", work / "venv")
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    installed = run(*pip, "list", "--format=freeze").lower()
    for package in PACKAGES:
        if f"{package.partition('==')[0]}==" not in installed:
            if subprocess.run([*pip, "install", package]).returncode:
                skip(f"{package} (cannot be installed)")
    return python if subprocess.run([python, "-c", "import numpy"], capture_output=True).returncode == 0 else None


def builds(folder):
    """The library for each level of this CPU, with the compiler's flag."""
    found = {BASE: (folder / "libcloudcircuit.so", [])}
    v3 = folder.parent / "dist/x86-64-v3/libcloudcircuit.so"
    features = set(re.findall(r"\w+", Path("/proc/cpuinfo").read_text()))
    if v3.exists() and {"avx2", "fma", "bmi2", "abm", "movbe"} <= features:
        found[V3] = (v3, ["-march=x86-64-v3"])
    else:
        skip("the build for x86-64-v3 (not built, or not for this CPU)")
    return found


def keep_least(least, samples):
    for key, value in samples.items():
        least[key] = min(value, least.get(key, value))


class Columns:
    def __init__(self, folder, quick):
        self.work = folder.parent / "bench"
        self.work.mkdir(exist_ok=True)
        self.turns, self.rounds = (1, 3) if quick else (4, 15)
        self.fleets = FLEETS[:4] if quick else FLEETS
        self.python = None if quick else environment(self.work)
        self.native, self.fleet = {}, self.work / "fleet"
        for level, (library, flags) in builds(folder).items():
            copy = self.work / f"columns-{level}.so"
            shutil.copyfile(library, copy)
            program = self.work / f"columns-{level}"
            self.compile("native.c", program, *flags)
            self.native[level] = (program, copy)
        self.compile("fleet.c", self.fleet)
        self.packages = {}

    def compile(self, source, program, *flags):
        run("gcc", "-std=gnu11", "-O3", *flags, f"-I{HERE.parent}/include", HERE / "columns" / source, "-o", program,
            "-ldl")

    def measure(self):
        """Least nanoseconds: {level: {measure: {size: ns}}}, {peer: {rows: ns}}, {side: {accounts: ns}}."""
        native = {level: {} for level in self.native}
        peers, fleets, checksums = {}, {}, {}
        for turn in range(self.turns):
            for level, (program, library) in self.native.items():
                for line in run(program, library, self.rounds).splitlines():
                    measure, size, took = line.split("\t")
                    keep_least(native[level].setdefault(measure, {}), {size: float(took)})
            self.measure_fleets(fleets, 1 + self.rounds // 4)
            for name in PEERS if self.python else ():
                self.measure_peer(name, peers, checksums)
            print(f"columns: turn {turn + 1} of {self.turns}", file=sys.stderr)
        for size, found in checksums.items():
            if len(set(found.values())) != 1:
                sys.exit(f"other flags at {size} rows: {found}")
        return native, peers, fleets

    def measure_fleets(self, fleets, rounds):
        for level, (_, library) in self.native.items():
            lines = run(self.fleet, library, rounds, self.fleets[-1]).splitlines()
            keep_least(fleets.setdefault(f"the library, {level}", {}), pairs(lines))
        if self.python:
            lines = run(self.python, HERE / "columns/fleet_peer.py", rounds, *self.fleets).splitlines()
            keep_least(fleets.setdefault(FLEET_PEER, {}), pairs(lines))

    def measure_peer(self, name, peers, checksums):
        library = self.native[max(self.native)][1]
        answer = subprocess.run(
            [str(part) for part in (self.python, HERE / "columns/peers.py", name, library, self.rounds, *SIZES)],
            text=True, capture_output=True)
        if answer.returncode:
            skip(f"{name}: {(answer.stderr.splitlines() or ['failed'])[-1]}")
            return
        for line in answer.stdout.splitlines():
            first, *rest = line.split("\t")
            if first == "#":
                package, version = rest[0].split()
                self.packages[package] = version
            else:
                keep_least(peers.setdefault(name, {}), {first: float(rest[0])})
                if rest[1]:
                    checksums.setdefault(first, {})[name] = rest[1]


def pairs(lines):
    return {size: float(took) for size, took in (line.split("\t") for line in lines)}


def targets(figures):
    """(what, bound, measured, whether it is met)."""
    native, peers = figures["native"], figures["peers"]
    best = max(native)
    found = []

    def at_most(what, most, value):
        found.append((what, f"at most {most}", f"{value:.2f}", value <= most))

    def at_least(what, least, value):
        found.append((what, f"at least {least}", f"{value:.2f}", value >= least))

    for level, took in native.items():
        for size in took[BARE]:
            if size != "1000000":
                at_most(f"{int(size):,} budgets in {level} to a bare loop of divisions", 1.5,
                        took["budgets"][size] / took[BARE][size])
        for size in ("1000", "10000"):
            at_most(f"{int(size):,} budgets in {level}, one invalid in 16, to valid ones", 1.3,
                    took["budgets, one invalid in 16"][size] / took["budgets"][size])
        for size in (size for size in took[READ] if int(size) >= 100):
            at_most(f"{size} spikes over 365 points in {level} to a plain read", 1.6,
                    took["spikes"][size] / took[READ][size])
    ours = native[best]["budgets"]
    for size, usual in (("10000", 2), ("1000000", 3)):
        for name, took in peers.items():
            if name in ("the library from Python", "NumPy, a division alone") or size not in took:
                continue
            least = usual if name == "NumPy, as usually written" or size == "1000000" else 1
            at_least(f"{int(size):,} budgets: {name}, to the library", least, took[size] / ours[size])
    if alone := peers.get("NumPy, a division alone"):
        at_least("10,000 budgets: NumPy's division alone, to the library", 1, alone["10000"] / ours["10000"])
    return found


def table(head, rows):
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def by_size(title, sizes, sides):
    rows = [[name, *(f"{took[size]:.2f}" if size in took else "" for size in sizes)] for name, took in sides.items()]
    return f"### {title}\n\n" + table(["", *(f"{int(size):,}" for size in sizes)], rows)


def sections(figures):
    sizes = [str(size) for size in SIZES]
    for level, took in figures["native"].items():
        rows = {name: by for name, by in took.items() if name not in (READ, "spikes")}
        yield by_size(f"Budgets in columns, {level}: ns a row by rows in a call", sizes, rows)
        series = {name: by for name, by in took.items() if name in (READ, "spikes")}
        yield by_size(f"Spikes in columns, {level}: ns a point by series of 365 points", list(took[READ]), series)
    if figures["peers"]:
        yield by_size("Budgets in columns, from Python: ns a row by rows in a call", sizes, figures["peers"])
    fleets = figures["fleets"]
    yield by_size("A fleet's day through the detector: ns an account by accounts", list(next(iter(fleets.values()))),
                  fleets)


def machine(packages):
    cpu = Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*: (.*)", cpu)
    where = ", a virtual machine" if "hypervisor" in cpu.split() else ""
    return {"cpu": (model.group(1).strip() if model else "unknown") + where, "packages": packages,
            "date": datetime.date.today().isoformat(), "compiler": run("gcc", "--version").splitlines()[0]}


def figures():
    """What was measured before."""
    return json.loads(FIGURES.read_text()) if FIGURES.exists() else {}


def write(measured):
    FIGURES.write_text(json.dumps(measured, indent=1) + "\n")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("folder", type=Path)
    arguments = arguments.parse_args()
    columns = Columns(arguments.folder.resolve(), arguments.quick)
    native, peers, fleets = columns.measure()
    measured = figures() | {
        "native": native, "peers": peers, "fleets": fleets, "machine": machine(columns.packages)}  # fmt: skip
    print("\n\n".join(sections(measured)))
    rows = [[what, bound, value, "met" if met else "missed"] for what, bound, value, met in targets(measured)]
    print("\n" + table(["what", "target", "measured", ""], rows))
    if not arguments.quick:
        write(measured)


if __name__ == "__main__":
    main()
