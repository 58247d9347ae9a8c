#!/usr/bin/env python3
"""The library with sanitizers in its own code, not in its hosts alone. Usually run as `make sanitize`:

AddressSanitizer, debug assertions and overflow checks: the hosts of tests/contract/, the vectors and the golden cases.
ThreadSanitizer: the fuzz targets of tests/fuzz/ over their corpus, in four threads at once.

check.py address and check.py threads run one of the two. tests/contract.rs has the hosts under
valgrind, with the library as it is released.
"""
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path += [str(HERE.parent / "fuzz"), str(HERE.parent / "support")]
import run as fuzz  # noqa: E402
from hosts import all_hosts  # noqa: E402

ROOT, BUILD = fuzz.ROOT, fuzz.BUILD / "sanitizers"
SECONDS = 600


def compile_with(compiler, *words):
    subprocess.run([*compiler, "-g", "-fno-omit-frame-pointer", "-I", ROOT / "include", *words], check=True)


def passes(*command):
    """Runs a program, which must succeed; answers its last line."""
    done = subprocess.run(command, env=fuzz.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", timeout=SECONDS)
    if done.returncode:
        print(done.stdout[-6000:])
        sys.exit(f"{' '.join(map(str, command[:3]))}: failed")
    return done.stdout.splitlines()[-1]


def address():
    library = fuzz.build_library("address", fuzz.RUST_FLAGS)
    link = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", fuzz.PERSONALITY]
    runs = 0
    for host in all_hosts():
        program, compiler = BUILD / host.name, ["clang++", "-O0"] if host.is_cpp else ["clang", "-O1"]
        compile_with([*compiler, host.standard, *link], host.source, library, "-lm", "-o", program)
        for words in host.runs:
            said = passes(program, *words)
            assert host.passes(said), (host.name, words, said)
            runs += 1
    print(f"AddressSanitizer: {runs} runs of hosts, vectors and golden cases pass")


def threads():
    # core comes without instrumentation, but most of what the library takes of it is compiled with the library. Without LTO panic
    # paths are left.
    # clang's ThreadSanitizer sees memset() and the like by itself.
    flags = ("-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer -Cdebuginfo=1 --cfg cloudcircuit_may_panic "
             "-Cllvm-args=-tsan-instrument-memintrinsics=false")
    library = fuzz.build_library("thread", flags)
    fuzz.write_if_new(BUILD / "targets.h", "".join(f"TARGET({name})\n" for name in fuzz.targets()))
    includes = ["-I", fuzz.BUILD, "-I", BUILD, "-I", ROOT / "tests/fuzz"]
    objects, inputs = [], []
    for name in fuzz.targets():
        objects.append(BUILD / f"{name}.o")
        compile_with(["clang", "-O1", "-fsanitize=thread", f"-DLLVMFuzzerTestOneInput=fuzz_{name}"], *includes, "-c",
                     ROOT / f"tests/fuzz/{name}.c", "-o", objects[-1])
        inputs += [word for file in sorted(fuzz.unpack(name).iterdir()) for word in (name, file)]
    program = BUILD / "threads"
    compile_with(["clang", "-O1", "-fsanitize=thread", fuzz.PERSONALITY], *includes, HERE / "threads.c", *objects,
                 library, "-pthread", "-lm", "-o", program)
    print(f"ThreadSanitizer: {passes(program, *inputs)}")


def main():
    BUILD.mkdir(parents=True, exist_ok=True)
    fuzz.write_errors()
    for check in [address, threads]:
        if sys.argv[1:] not in ([], [check.__name__]):
            continue
        start = time.monotonic()
        check()
        print(f"{check.__name__}: {time.monotonic() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
