#!/usr/bin/env python3
"""Fuzzes the library through its C functions, with libFuzzer, AddressSanitizer, UndefinedBehaviorSanitizer, debug
assertions and overflow checks. Usually run as `make fuzz`:

    run.py [TARGET...] [--seconds 10] [--record]   fuzz; --record adds to the table of docs/TESTING.md
    run.py TARGET --input BASE64                   run one input again
    run.py [TARGET...] --minimise                  rewrite the corpus from all inputs found so far

A target is a C file in this folder, the sentences of the header about some functions. Its corpus is TARGET.txt: an
input a line, in base64, as the report of a finding prints it. Inputs that reach new code are kept in target/fuzz/.
"""
import argparse
import base64
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve() / "fuzz"
TABLE = ROOT / "docs/TESTING.md"
# The longest input: some hundred calls, or a series of some hundred points.
MAX_LEN = 2048
# How many bytes of base64 a target's corpus may take.
MAX_CORPUS = 16_000
RUST_FLAGS = (
    "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 "
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table "
    "-Cllvm-args=-sanitizer-coverage-trace-compares -Zsanitizer=address "
    "-Cdebug-assertions -Coverflow-checks -Copt-level=1 -Cdebuginfo=1"
)
# The precompiled core names the personality, which nothing calls where a panic aborts.
PERSONALITY = "-Wl,--defsym=rust_eh_personality=abort"
C_FLAGS = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O1", "-g", "-fno-omit-frame-pointer"]


def targets():
    return sorted(file.stem for file in HERE.glob("*.c"))


def build_library(name, flags):
    """The static library, compiled with these flags for rustc, in a folder of its own."""
    folder = BUILD / name
    folder.mkdir(parents=True, exist_ok=True)
    machine = "x86_64-unknown-linux-gnu"
    environment = dict(os.environ, RUSTC_BOOTSTRAP="1", RUSTFLAGS=flags, CARGO_PROFILE_RELEASE_LTO="off")
    cargo = os.environ.get("CARGO", "cargo")
    command = [cargo, "build", "--quiet", "--locked", "--release", "--lib", "--target", machine, "--target-dir", BUILD,
               "-Zunstable-options", "--artifact-dir", folder]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    return folder / "libcloudcircuit.a"


def write_errors():
    """errors.h: the statuses that the header lists for each function."""
    description = json.loads((ROOT / "include/cloudcircuit.json").read_text())
    lines = []
    # Where a function takes a breaker's config, its comment says "the config's as for cloudcircuit_breaker_acquire".
    acquire = next(one["errors"] for one in description["functions"] if one["name"] == "cloudcircuit_breaker_acquire")
    for function in description["functions"]:
        takes_config = any("breaker_config" in argument["type"] for argument in function["arguments"])
        errors = ", ".join(["CLOUDCIRCUIT_OK", *function.get("errors", []), *acquire * takes_config])
        name = function["name"].removeprefix("cloudcircuit_")
        lines.append(f"static const int errors_{name}[] __attribute__((unused)) = {{{errors}}};\n")
    write_if_new(BUILD / "errors.h", "".join(lines))


def build(names):
    """The instrumented library, and each target linked with it. Only the library counts edges."""
    library = build_library("address", RUST_FLAGS)
    write_errors()
    for name in names:
        program, source = BUILD / name, HERE / f"{name}.c"
        made_from = [source, HERE / "fuzz.h", BUILD / "errors.h", library]
        if not program.exists() or program.stat().st_mtime < max(file.stat().st_mtime for file in made_from):
            compiler = ["clang", *C_FLAGS, "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
            includes = ["-I", ROOT / "include", "-I", BUILD, "-I", HERE]
            subprocess.run([*compiler, *includes, "-c", source, "-o", f"{program}.o"], check=True)
            linker = ["clang", "-fsanitize=fuzzer,address,undefined", PERSONALITY]
            subprocess.run([*linker, f"{program}.o", library, "-lm", "-o", program], check=True)


def check_that_all_are_called():
    """No function of the header is without a target."""
    objects = [BUILD / f"{name}.o" for name in targets()]
    symbols = subprocess.run(["nm", "-u", *objects], stdout=subprocess.PIPE, text=True, check=True).stdout
    described = {one["name"] for one in json.loads((ROOT / "include/cloudcircuit.json").read_text())["functions"]}
    missing = described - set(re.findall(r"U (cloudcircuit_\w+)", symbols))
    if missing:
        sys.exit(f"no target calls {', '.join(sorted(missing))}")


def write_if_new(path, text):
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def unpack(name):
    """The committed corpus as a folder of files, as libFuzzer wants it."""
    folder = BUILD / "corpus" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number, line in enumerate((HERE / f"{name}.txt").read_text().split()):
        (folder / f"{number}").write_bytes(base64.b64decode(line))
    return folder


def found(name):
    """What reached new code on this machine."""
    folder = BUILD / "found" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def environment():
    # Where Rust's panic handler traps, SIGILL ends the target.
    return dict(os.environ, ASAN_OPTIONS="detect_leaks=1:handle_sigill=1", UBSAN_OPTIONS="print_stacktrace=1")


def fuzz(name, seconds, seed):
    """Runs one target and returns its executions and how many edges of the library it reached."""
    artifacts = BUILD / "artifacts" / name
    shutil.rmtree(artifacts, ignore_errors=True)
    artifacts.mkdir(parents=True)
    corpus = unpack(name)
    # libFuzzer grows inputs slowly: long ones from the start, so that long series and many calls are tried soon.
    for length in [200, 600, MAX_LEN]:
        (corpus / f"random-{length}").write_bytes(random.Random(f"{seed} {length}").randbytes(length))
    command = [BUILD / name, f"-max_total_time={seconds}", f"-seed={seed}", f"-max_len={MAX_LEN}", "-len_control=20",
               "-timeout=20", "-rss_limit_mb=2048", "-print_final_stats=1", f"-artifact_prefix={artifacts}/",
               found(name), corpus]
    # libFuzzer writes to stderr.
    done = subprocess.run(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace")
    if done.returncode:
        print(done.stdout[-6000:])
        for file in sorted(artifacts.iterdir()):
            line = base64.b64encode(file.read_bytes()).decode()
            print(f"FOUND by {name}, SEED={seed}. To run it again:\n    make fuzz FUZZ={name} INPUT={line}")
        sys.exit(f"fuzz {name}: failed, SEED={seed}")
    executions = int(re.search(r"stat::number_of_executed_units:\s*(\d+)", done.stdout)[1])
    edges = max(map(int, re.findall(r" cov: (\d+)", done.stdout)), default=0)
    print(f"{name}: {executions} executions, {edges} edges, SEED={seed}", flush=True)
    return executions, edges


def run_one(name, text):
    with tempfile.NamedTemporaryFile() as file:
        file.write(base64.b64decode(text))
        file.flush()
        sys.exit(subprocess.run([BUILD / name, file.name], env=environment()).returncode)


def minimise(name):
    """Keeps the fewest inputs that reach all edges reached so far, and of those what fits MAX_CORPUS."""
    with tempfile.TemporaryDirectory() as folder:
        command = [BUILD / name, "-set_cover_merge=1", f"-max_len={MAX_LEN}", folder, unpack(name), found(name)]
        subprocess.run(command, env=environment(), check=True, stderr=subprocess.DEVNULL)
        inputs = sorted(Path(folder).iterdir(), key=lambda file: (file.stat().st_size, file.name))
        lines, size = [], 0
        for file in inputs:
            line = base64.b64encode(file.read_bytes()).decode() + "\n"
            size += len(line)
            if size <= MAX_CORPUS:
                lines.append(line)
    (HERE / f"{name}.txt").write_text("".join(sorted(lines)))
    print(f"{name}: {len(lines)} of {len(inputs)} inputs, {sum(map(len, lines))} bytes", flush=True)


def record(results):
    """Adds executions to the table of docs/TESTING.md, and keeps the largest number of edges of each target."""
    text = TABLE.read_text()
    begin, end = "<!-- fuzzing: written by make fuzz RECORD=1 -->\n", "<!-- /fuzzing -->\n"
    before, rest = text.split(begin)
    rows, after = rest.split(end)
    known = {row[1]: (int(row[2].replace(",", "")), int(row[3].replace(",", "")))
             for row in re.finditer(r"^\| `(\w+)` \| ([\d,]+) \| ([\d,]+) \|", rows, re.M)}
    lines = ["| target | executions | edges | inputs kept |\n", "| --- | ---: | ---: | ---: |\n"]
    for name in targets():
        executions, edges = known.get(name, (0, 0))
        more, reached = results.get(name, (0, 0))
        kept = len((HERE / f"{name}.txt").read_text().split())
        lines.append(f"| `{name}` | {executions + more:,} | {max(edges, reached):,} | {kept} |\n")
    TABLE.write_text(before + begin + "".join(lines) + end + after)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", nargs="*")
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--input")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--minimise", action="store_true")
    arguments = parser.parse_args()
    assert len(targets()) >= 12, targets()
    names = arguments.target or targets()
    build(names)
    if names == targets():
        check_that_all_are_called()
    if arguments.input is not None:
        run_one(names[0], arguments.input)
    # New in every run, unless SEED repeats one.
    seed = int(os.environ.get("SEED") or time.time_ns() % 2**31)
    if arguments.minimise:
        for name in names:
            minimise(name)
            record({})
        return
    # A target a core.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = dict(zip(names, pool.map(lambda name: fuzz(name, arguments.seconds, seed), names)))
    if arguments.record:
        record(results)


if __name__ == "__main__":
    main()
