#!/usr/bin/env python3
"""Which lines and branches of src/ the tests reach through the C ABI: `make coverage`.

Builds the library with counters, runs against it the C hosts, vectors, golden cases and models at short
length, and prints lines and branches by module. What no call reaches is printed line by line, and fails;
UNREACHED below lists what may stay so.

A branch is a condition in the source with its two ways, however often it was compiled: a generic function
counts as one. Needs the LLVM tools of rustc's LLVM version (llvm-22 for Rust 1.95; LLVM=-23 takes others) and, on
x86-64, qemu-user.
"""
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.append(str(Path(__file__).resolve().parent / "support"))
from hosts import all_hosts  # noqa: E402

HERE = Path(__file__).resolve().parents[1]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target")).resolve() / "coverage"
LLVM = os.environ.get("LLVM", "-22")
CARGO = os.environ.get("CARGO", "cargo")
CC = os.environ.get("CC", "cc")
CXX = os.environ.get("CXX", "c++")
LIBRARY = TARGET / "libcloudcircuit.so"
PROFILES = TARGET / "profiles"

# The file, a text of the line that nothing reaches, and why it stays. A line that is reached, or is gone,
# fails here as well.
UNREACHED = [
    ("arch/mod.rs", "& SSE_AND_AVX_STATE == SSE_AND_AVX_STATE", "no emulator has AVX and keeps its registers from a process"),
    ("ledger/several.rs", "Self::Post", "a call that only a single ledger has"),
]

# What runs against the library next to the C hosts: the script and its arguments after the library.
PYTHON = [
    ("boundaries/drive.py",),
    ("oracle/fuzz_means.py", "200"),
    ("oracle/fuzz_integers.py", "5000"),
    ("model/breaker_drive.py", "5000"),
    ("model/ledger_drive.py", "5000"),
    ("model/ledgers_drive.py", "5000"),
    ("model/rate_limit_drive.py", "5000"),
    ("model/detect_model.py", "20"),
    ("model/tracker_encoding.py", "5"),
    ("model/forecast_model.py", "100"),
]
# CPUs without AVX, and with all that comes with AVX2 but not AVX2, for the choice of instructions.
EMULATED = ["Nehalem", "Opteron_G5"]


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done.stdout


def build():
    """The static library of `cargo build` with counters, as a shared one: the linker's start files, which ours
    does without, let the counters be written at exit."""
    flags = ["-Cinstrument-coverage", "-Zcoverage-options=branch", "-Copt-level=1", "--cfg=cloudcircuit_may_panic"]
    environment = {**os.environ, "RUSTC_BOOTSTRAP": "1", "CARGO_TARGET_DIR": str(TARGET / "cargo")}
    # With panics that unwind the crate has no panic handler, which nothing could reach.
    environment["CARGO_PROFILE_DEV_PANIC"] = "unwind"
    run(CARGO, "rustc", "--locked", "--lib", "--crate-type", "staticlib", "--", *flags, cwd=HERE, env=environment)
    archive = TARGET / "cargo/debug/libcloudcircuit.a"
    whole = ["-Wl,--whole-archive", archive, "-Wl,--no-whole-archive"]
    # Nothing unwinds.
    run(CC, "-shared", "-o", LIBRARY, *whole, "-Wl,--defsym=rust_eh_personality=0", "-lm")


def hosts():
    """How each host is compiled, and its command lines."""
    link = [f"-I{HERE}/include", f"-L{TARGET}", "-lcloudcircuit", f"-Wl,-rpath,{TARGET}", "-lm"]
    for host in all_hosts():
        program = TARGET / host.name
        commands = [[program, *words] for words in host.runs]
        if host.name == "spike_columns" and platform.machine() == "x86_64":
            commands += [["qemu-x86_64", "-cpu", cpu, program, "few"] for cpu in EMULATED]
        if host.name == "vectors":
            commands += [[program, "--unaligned", *words] for words in host.runs]
        compiler = [CXX, "-O0"] if host.is_cpp else [CC, "-O1"]
        yield [*compiler, host.standard, host.source, "-o", program, *link], commands
    for script, *arguments in PYTHON:
        yield None, [[sys.executable, "-B", HERE / "tests" / script, LIBRARY, *arguments]]


def run_host(host):
    compiler, commands = host
    start = time.monotonic()
    if compiler:
        run(*compiler)
    for command in commands:
        # Always the same random cases: what is reached must not be a matter of luck.
        counters = {"LLVM_PROFILE_FILE": str(PROFILES / "%p-%m.profraw"), "SEED": "1"}
        run(*command, env={**os.environ, **counters}, cwd=HERE)
    if "--times" in sys.argv:
        print(f"{time.monotonic() - start:6.1f} s  {' '.join(str(word) for word in commands[0])}")


def read_counts():
    """For each file of src/ the count of every line, and of both ways of every branch by its place."""
    profile = TARGET / "merged.profdata"
    run(f"llvm-profdata{LLVM}", "merge", "-sparse", *PROFILES.glob("*.profraw"), "-o", profile)
    export = [f"llvm-cov{LLVM}", "export", LIBRARY, "-instr-profile", profile, HERE / "src"]
    lines = defaultdict(dict)
    for line in run(*export, "-format=lcov").splitlines():
        if line.startswith("SF:"):
            file = str(Path(line[3:]).relative_to(HERE / "src"))
        elif line.startswith("DA:"):
            number, count = line[3:].split(",")
            lines[file][int(number)] = int(count)
    branches = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for function in json.loads(run(*export))["data"][0]["functions"]:
        for *place, taken, not_taken, at, _, _ in function["branches"]:
            file = Path(function["filenames"][at])
            if file.is_relative_to(HERE / "src"):
                ways = branches[str(file.relative_to(HERE / "src"))][tuple(place)]
                ways[0] += taken
                ways[1] += not_taken
    return lines, branches


def room(file):
    """The module of a file: the first folder, of src/abi/ the second."""
    parts = Path(file).with_suffix("").parts
    return "/".join(parts[:2]) if parts[0] == "abi" else parts[0]


def main():
    PROFILES.mkdir(parents=True, exist_ok=True)
    for old in PROFILES.glob("*"):
        old.unlink()
    start = time.monotonic()
    build()
    built = time.monotonic()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(run_host, hosts()))
    ran = time.monotonic()
    lines, branches = read_counts()

    table = defaultdict(lambda: [0, 0, 0, 0])
    missed = []
    for file in sorted(lines):
        source = (HERE / "src" / file).read_text().splitlines()
        counted = lines[file]
        ways = branches[file]
        row = table[room(file)]
        row[0] += sum(count > 0 for count in counted.values())
        row[1] += len(counted)
        row[2] += sum(count > 0 for both in ways.values() for count in both)
        row[3] += 2 * len(ways)
        found = [(number, 0, "no call reaches this line") for number, count in counted.items() if count == 0]
        for (number, column, *_), both in ways.items():
            if any(count == 0 for count in both) and counted.get(number) != 0:
                which = "neither way" if not any(both) else "never true" if both[0] == 0 else "never false"
                found.append((number, column, which))
        for number, column, what in sorted(found):
            missed.append((file, number, column, source[number - 1].strip(), what))

    print(f"{'module':20} {'lines':>11} {'branches':>11}")
    total = [sum(row[i] for row in table.values()) for i in range(4)]
    for name, (reached, all_lines, taken, all_ways) in [*sorted(table.items()), ("all", total)]:
        print(f"{name:20} {f'{reached}/{all_lines}':>11} {f'{taken}/{all_ways}':>11}")
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"built in {built - start:.0f} s, ran in {ran - built:.0f} s, counted in {time.monotonic() - ran:.0f} s; "
        f"{spent.ru_utime + spent.ru_stime:.0f} s of CPU"
    )

    allowed = set()
    for file, number, column, text, what in missed:
        known = [entry for entry in UNREACHED if entry[0] == file and entry[1] in text]
        allowed.update(map(tuple, known))
        if not known:
            print(f"src/{file}:{number}:{column}: {what}: {text}")
    stale = [entry for entry in map(tuple, UNREACHED) if entry not in allowed]
    for file, text, _ in stale:
        print(f"src/{file}: reached, or gone, and still listed as unreached: {text}")
    unlisted = [entry for entry in missed if not any(e[0] == entry[0] and e[1] in entry[3] for e in UNREACHED)]
    if not total[1] or not total[3] or unlisted or stale:
        sys.exit(f"{len(unlisted)} places of src/ that nothing reaches through the ABI")


if __name__ == "__main__":
    main()
