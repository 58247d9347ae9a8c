#!/usr/bin/env python3
"""Builds the library with every Rust compiler that is here, each without a warning, in release and debug, and gives
each library to the same C hosts, test vectors and golden cases: the answers must not depend on the compiler.

    compilers.py [COMPILER...]

A COMPILER is what `cargo +COMPILER` takes, default for plain cargo's, or debian for the one that
packaging/debian_rust.sh unpacks. One that is named must be here. Without names: default, the oldest that Cargo.toml
allows, stable, beta, nightly and debian, as far as they are here. The last line counts.
"""
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.append(str(Path(__file__).resolve().parent / "support"))
from hosts import all_hosts  # noqa: E402

HERE = Path(__file__).resolve().parents[1]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target")).absolute()
WORK = TARGET / "compilers"
CROSS_RUST = Path(os.environ.get("CROSS_RUST", TARGET / "cross-rust")).absolute()
STRICT = ["-O1", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
# As in tests/artefact.rs.
PANIC = re.compile("panic|unwind|personality|core3fmt")
MEMORY_FUNCTIONS = {"memcpy", "memmove", "memset", "memcmp", "bcmp"}
SECONDS = 600


def oldest():
    return re.search(r'^rust-version = "(.*)"', (HERE / "Cargo.toml").read_text(), re.M)[1]


def environment(compiler):
    """What cargo must see to build with a compiler."""
    found = {key: value for key, value in os.environ.items() if key not in ("RUSTC", "RUSTUP_TOOLCHAIN")}
    if compiler == "debian":
        found["RUSTC"] = str(CROSS_RUST / "rustc")
    elif compiler != "default":
        found["RUSTUP_TOOLCHAIN"] = compiler
        # Never fetched here.
        found["RUSTUP_AUTO_INSTALL"] = "0"
    return found


def version(compiler):
    """The compiler's own name, or None if it is not here."""
    if compiler == "debian" and compiler in sys.argv:
        subprocess.run([HERE / "packaging/debian_rust.sh"], stdout=subprocess.DEVNULL, check=True)
    place = environment(compiler)
    try:
        asked = subprocess.run([place.get("RUSTC", "rustc"), "-V"], env=place, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return asked.stdout.strip()


def build(compiler, profile):
    """The folder with the shared library, or None where it does not build."""
    name = re.sub(r"\W", "-", compiler)
    place = environment(compiler)
    place["RUSTFLAGS"] = "-D warnings"
    command = ["cargo", "build", "--quiet", "--locked", "--lib", "--target-dir", str(WORK / name)]
    if subprocess.run(command + ["--release"] * (profile == "release"), cwd=HERE, env=place).returncode:
        return None
    folder = WORK / name / profile
    link = folder / "libcloudcircuit.so.0"
    link.unlink(missing_ok=True)
    link.symlink_to("libcloudcircuit.so")
    return folder


def compile_hosts(folder):
    """Each host once: which library it gets is said when it runs. Answers each host with its command lines."""
    programs = WORK / "hosts"
    shutil.rmtree(programs, ignore_errors=True)
    programs.mkdir(parents=True)
    c, cxx = [os.environ.get("CC", "cc"), *STRICT], [os.environ.get("CXX", "c++"), "-O0"]

    def compile_one(host):
        command = [*(cxx if host.is_cpp else c), host.standard, host.source, "-o", programs / host.name]
        subprocess.run([*command, f"-I{HERE}/include", f"-L{folder}", "-lcloudcircuit", "-lm"], check=True)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(compile_one, all_hosts()))
    return [(host, [str(programs / host.name), *words]) for host in all_hosts() for words in host.runs]


def wrong(run, folder):
    """What a host says that does not find what it must, or nothing."""
    host, command = run
    place = {**os.environ, "LD_LIBRARY_PATH": str(folder)}
    done = subprocess.run(command, env=place, capture_output=True, text=True, timeout=SECONDS)
    lines = done.stdout.strip().splitlines()
    is_right = done.returncode == 0 and host.passes(done.stdout)
    return None if is_right else "\n".join([" ".join(command), *lines[-5:], done.stderr, f"status {done.returncode}"])


def symbols(folder):
    """Panic paths, and what else a library wants of its host than memory functions."""
    library = folder / "libcloudcircuit.so"
    names = subprocess.run(["nm", library], capture_output=True, text=True, check=True).stdout.split()
    wanted = subprocess.run(["nm", "-D", "-u", library], capture_output=True, text=True, check=True).stdout.split()
    return sorted({name for name in names if PANIC.search(name)} | set(wanted) - MEMORY_FUNCTIONS - {"U"})


def main():
    asked = sys.argv[1:]
    found, skipped, failed, runs = {}, [], 0, None
    for compiler in asked or ["default", oldest(), "stable", "beta", "nightly", "debian"]:
        if (name := version(compiler)) is None:
            skipped.append(compiler)
        elif name in found.values():
            print(f"{compiler} is {name} again")
        else:
            found[compiler] = name
    for compiler, name in found.items():
        for profile in ("release", "debug"):
            if (folder := build(compiler, profile)) is None:
                print(f"{name}, {profile}: does not build", flush=True)
                failed += 1
                continue
            runs = runs or compile_hosts(folder)
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                faults = [fault for fault in pool.map(lambda run: wrong(run, folder), runs) if fault]
            if profile == "release":
                faults += [f"symbol: {symbol}" for symbol in symbols(folder)]
            print(f"{name}, {profile}: {len(runs) - len(faults)} of {len(runs)} hosts and files as everywhere", flush=True)
            print("\n".join(faults), end="\n" if faults else "")
            failed += len(faults)
    for compiler in skipped:
        print(f"{'MISSING' if asked else 'SKIPPED'}: no compiler {compiler}")
    print(f"{len(found)} compilers, {failed} faults, {len(skipped)} skipped")
    sys.exit(failed > 0 or not found or bool(asked and skipped))


if __name__ == "__main__":
    main()
