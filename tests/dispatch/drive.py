#!/usr/bin/env python3
"""Which code a library runs on CPUs with and without AVX2, from the outside:

    drive.py HOST

HOST is host.c, linked with the library. It runs on those models of tests/dispatch.rs that are Haswell with and
without an extension; the log of QEMU has the instructions that it translated. tests/dispatch.rs reads the names of
functions too, which only a static library has there. This driver is for make mutants.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

TABLE = (Path(__file__).resolve().parents[1] / "dispatch.rs").read_text()
CPUS = [(cpu, wide == "true") for cpu, wide in re.findall(r'\("(Haswell[^"]*)", (true|false)\)', TABLE)]
POINTS, ROWS = (int(re.search(rf"const {name}: usize = (\d+);", TABLE)[1]) for name in ("POINTS", "ROWS"))


def ran(host, cpu, points, rows):
    """Whether sums and columns ran in wide registers, and how often the CPU was asked."""
    with tempfile.NamedTemporaryFile() as log:
        command = ["qemu-x86_64", "-cpu", cpu, "-d", "in_asm", "-D", log.name, host, str(points), str(rows)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{host} {points} {rows} on {cpu} ends with {done.returncode}\n{done.stdout}{done.stderr}")
        code = Path(log.name).read_text()
    # Sums alone multiply and add at once; columns alone divide.
    return bool(re.search(r"vfmadd\w+pd .*ymm", code)), bool(re.search("vdivpd .*ymm", code)), code.count("cpuid")


def main():
    host = sys.argv[1]
    # The loader asks too.
    *_, asked = ran(host, "Haswell", 2, 1)
    found = {
        "short calls": (ran(host, "Haswell", POINTS - 1, ROWS - 1), (False, False, asked)),
        "points": (ran(host, "Haswell", POINTS, ROWS - 1)[:2], (True, False)),
        "rows": (ran(host, "Haswell", POINTS - 1, ROWS)[:2], (False, True)),
    }
    for cpu, is_wide in CPUS:
        found[cpu] = ran(host, cpu, POINTS, ROWS)[:2], (is_wide, is_wide)
    wrong = [f"{case}: {got}, expected {expected}" for case, (got, expected) in found.items() if got != expected]
    print(*wrong, f"{len(found)} cases, {len(wrong)} wrong", sep="\n")
    sys.exit(len(wrong) > 0 or len(CPUS) < 5)


if __name__ == "__main__":
    main()
