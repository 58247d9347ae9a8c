#!/usr/bin/env python3
"""Proves the library on other machines: targets.py [TARGET...], all of the table below without an argument.

For each target it builds the static library by packaging/cross.sh, which must print no warning and leave no panic in
it, and runs in its programs every host of tests/contract/, every file of tests/vectors/, the golden cases, and
tests/targets/answers.c, whose digests of answers, states and encodings must be those of x86-64.

Where a tool is missing, the target is skipped and named, and its Debian package. CLOUDCIRCUIT_NO_SKIP=1 makes that a
failure. The last line counts.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
BUILT = Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target")).resolve()
STRICT = "-O1 -static -Wall -Wextra -Wpedantic -Werror".split()
WASM = "wasm32-unknown-unknown"
WINDOWS = "x86_64-pc-windows-gnu"
REFERENCE = "x86_64-unknown-linux-gnu"
SECONDS = 300  # for one program; the slowest takes a tenth


@dataclass
class Target:
    """A row of the table. Compilers and runner are command lines."""
    triple: str
    cc: str
    cxx: str
    packages: str  # Debian's, with all the tools
    runner: str = ""  # nothing where this machine runs the program itself
    nm: str = "nm"
    make: str = "make static"  # what builds the library
    folder: str = "dist/{}"  # and where it is then

    def missing(self):
        """The tools that are not here."""
        commands = [self.cc, self.cxx, self.nm, self.runner or "true"]
        return [command.split()[0] for command in commands if not shutil.which(command.split()[0])]


def wasm_linker():
    """That of rustup, or Debian's. clang's own version may be too old for what rustc writes."""
    libraries = subprocess.run(["rustc", "--print", "target-libdir"], capture_output=True, text=True).stdout
    ours = Path(libraries.strip()).parent / "bin/gcc-ld/wasm-ld"
    return ours if ours.exists() else shutil.which("wasm-ld-22") or shutil.which("wasm-ld")


def debian(triple, tools, machine, flags=""):
    """A target with Debian's cross compiler, and qemu to run it."""
    packages = f"g++-{tools} qemu-user"
    return Target(triple, f"{tools}-gcc{flags}", f"{tools}-g++{flags}", packages, f"qemu-{machine}", f"{tools}-nm")


TARGETS = [
    Target(REFERENCE, "gcc", "g++", "g++"),
    # musl has no C++ library here: the golden cases are a program of glibc with the library that was built for musl.
    Target("x86_64-unknown-linux-musl", "musl-gcc", "g++", "musl-tools g++"),
    debian("aarch64-unknown-linux-gnu", "aarch64-linux-gnu", "aarch64"),
    debian("riscv64gc-unknown-linux-gnu", "riscv64-linux-gnu", "riscv64"),
    debian("s390x-unknown-linux-gnu", "s390x-linux-gnu", "s390x"),  # big-endian
    debian("armv7-unknown-linux-gnueabihf", "arm-linux-gnueabihf", "arm"),  # addresses of 32 bits, as the next
    # The library computes in SSE2. So do the hosts, whose own sums the x87 would round twice.
    debian("i686-unknown-linux-gnu", "i686-linux-gnu", "i386", " -msse2 -mfpmath=sse"),
]
# As the package for npm is built. The hosts are programs of WASI; C++ has no exceptions there. A stack that overflows
# meets the end of memory.
wasm_clang = f"--target=wasm32-wasi -fuse-ld={wasm_linker()} -Wl,--stack-first,-zstack-size=1048576"
TARGETS.append(
    Target(
        WASM,
        f"clang {wasm_clang}",
        f"clang++ {wasm_clang} -fno-exceptions",
        "clang lld wasi-libc libclang-rt-14-dev-wasm32 libc++-14-dev-wasm32 nodejs",
        "node --no-warnings tests/targets/wasi.mjs",
        "llvm-nm",
        "cargo build --release --lib --locked",
        "{}/release",
    )
)
windows_gcc = "-D__USE_MINGW_ANSI_STDIO=1"
TARGETS.append(
    Target(
        WINDOWS,
        f"x86_64-w64-mingw32-gcc {windows_gcc}",
        f"x86_64-w64-mingw32-g++ {windows_gcc}",
        "g++-mingw-w64-x86-64 wine64",
        "/usr/lib/wine/wine64",
        "x86_64-w64-mingw32-nm",
        "make shared static",
    )
)

# What the library may ask for; the last is made by the linker of a program.
ASKED_FOR = {"memcpy", "memmove", "memset", "memcmp", "bcmp", "_GLOBAL_OFFSET_TABLE_"}
# What would show that a panic, or unwinding, is left in the library.
PANIC = re.compile("panic|unwind|personality|core3fmt")


class Fault(Exception):
    pass


def run(command, **options):
    """What a command prints. One that fails or hangs is a fault."""
    command = [str(word) for word in command]
    try:
        done = subprocess.run(command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    except subprocess.TimeoutExpired:
        raise Fault(f"{' '.join(command)}: still running after {SECONDS} s") from None
    if done.returncode != 0:
        raise Fault(f"{' '.join(command)}: status {done.returncode}\n{done.stdout}")
    return done.stdout


def build(target):
    """Builds the static library, and returns its folder."""
    cross = [] if target.triple == REFERENCE else ["packaging/cross.sh", target.triple]
    printed = run([*cross, *target.make.split()])
    # cargo prints the warnings of what it has built before once more.
    if warning := re.search(r"^warning.*(\n.*)?", printed, re.M):
        raise Fault(warning[0])
    return BUILT / target.folder.format(target.triple if cross else "")


def check_symbols(target, library):
    """No panic is in the library, and it asks for nothing but the memory functions."""
    for line in run([target.nm, library]).splitlines():
        name = line.split()[-1] if line else ""
        if PANIC.search(name) or (" U " in line and name not in ASKED_FOR):
            raise Fault(f"the library has the symbol {name}")


def check_module(folder):
    """The module for WebAssembly imports nothing and has no panic in it."""
    run(["bindings/wasm/make_module.py", folder / "cloudcircuit.wasm", folder / "module.wasm"])


def described(what):
    return json.loads((HERE / "include/cloudcircuit.json").read_text())[what]


def check_dll(target, folder):
    """The DLL for Windows exports the functions of the header and nothing else, and answers the vectors."""
    release = BUILT / target.triple / "release"
    listing = run([target.nm, release / "libcloudcircuit.dll.a"]).splitlines()
    exported = {line.split()[-1] for line in listing if " T " in line}
    functions = {function["name"] for function in described("functions")}
    if exported != functions:
        raise Fault(f"exports of the DLL: {exported ^ functions}")
    beside = folder / "dll"
    beside.mkdir(exist_ok=True)
    shutil.copy(release / "cloudcircuit.dll", beside)
    answer_vectors(
        compile_host(target, HERE / "tests/vectors/host.c", beside, release / "libcloudcircuit.dll.a")
    )


def check_stack(host):
    """No call needs more stack than the header says, and none more than 16 KB. Returns the most that one needs."""
    needed = {name: int(size) for size, name in map(str.split, run(host, timeout=SECONDS).splitlines())}
    functions = {function["name"] for function in described("functions")}
    if needed.keys() != functions:
        raise Fault(f"stack of {needed.keys() ^ functions}")
    blocks = (HERE / "include/cloudcircuit.h").read_text().replace("\n///", "").split("\n\n")
    for name, size in needed.items():
        about = next((block for block in blocks if f"cloudcircuit_status {name}(" in block), "")
        said = re.search(r"at most (\d+) KB of stack", about)
        bound = int(said[1]) if said else 4
        if size > bound * 1024 or bound > 16:
            raise Fault(f"{name} needs {size} bytes of stack, and may need {bound} KB")
    return max(needed.values())


def compile_host(target, source, folder, library, flags=()):
    """Compiles a host with the library in it, and returns the command that runs it."""
    is_cpp = source.suffix == ".cpp"
    compiler = [*target.cxx.split(), "-std=c++17"] if is_cpp else [*target.cc.split(), "-std=c99", "-Wstrict-prototypes"]
    program = folder / source.stem
    run([*compiler, *STRICT, "-Iinclude", *flags, source, library, "-lm", "-o", program])
    return [*target.runner.split(), program]


def passes(command):
    """Runs a host that says whether all checks passed."""
    printed = run(command, timeout=SECONDS)
    if not printed.endswith("all checks passed\n"):
        raise Fault(f"{command[-1]}: {printed}")


def answer_vectors(host):
    """Every file of vectors. Returns how many lines were answered, all of them right."""
    lines = 0
    for file in sorted((HERE / "tests/vectors").glob("*.txt")):
        printed = run([*host, file.stem, file], timeout=SECONDS)
        cases, wrong, _, skipped = map(int, re.findall(r"\b\d+\b", printed))
        if wrong or skipped or cases < 2000:
            raise Fault(printed)
        lines += cases
    return lines


def golden_lines():
    cases = (HERE / "tests/golden/cases.txt").read_text().splitlines()
    return sum(not line.startswith("#") for line in cases if line)


@dataclass
class Result:
    target: Target
    fault: str = ""
    skipped: str = ""
    digests: str = ""
    counts: list = field(default_factory=list)  # hosts, vector lines, golden lines
    seconds: float = 0


def prove(target):
    """All that is checked on one target."""
    result, start = Result(target), time.monotonic()
    if missing := target.missing():
        result.skipped = f"{', '.join(missing)}: apt-get install {target.packages}"
        return result
    try:
        folder = build(target)
        library = folder / "libcloudcircuit.a"
        check_symbols(target, library)
        hosts = folder / "hosts"
        hosts.mkdir(exist_ok=True)
        contract = sorted((HERE / "tests/contract").glob("*.c"))
        for source in contract:
            passes(compile_host(target, source, hosts, library))
        vectors = answer_vectors(compile_host(target, HERE / "tests/vectors/host.c", hosts, library))
        golden = compile_host(target, HERE / "tests/bindings/cpp/golden.cpp", hosts, library)
        passes([*golden, HERE / "tests/golden/cases.txt"])
        result.counts = [len(contract), vectors, golden_lines()]
    except Fault as fault:
        result.fault = str(fault)
    result.seconds = time.monotonic() - start
    print(f"{target.triple}: {'failed' if result.fault else 'passed'} after {result.seconds:.0f} s", flush=True)
    return result


def main():
    asked = sys.argv[1:]
    if unknown := set(asked) - {target.triple for target in TARGETS}:
        sys.exit(f"targets.py: no target {', '.join(unknown)}")
    targets = [target for target in TARGETS if not asked or target.triple in asked]
    # Cargo builds for one target at a time; meanwhile the hosts of another run.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(prove, targets))
    print("\n| target | compiler | runner | hosts | vector lines | golden lines | seconds |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for result in results:
        target = result.target
        if result.counts:
            cells = [target.triple, target.cc, target.runner or "-", *result.counts, f"{result.seconds:.0f}"]
            print("| " + " | ".join(map(str, cells)) + " |")
    for result in results:
        if result.fault:
            print(f"\n{result.target.triple}: {result.fault}")
        if result.skipped:
            print(f"SKIPPED: {result.target.triple}: no {result.skipped}")
    failed = sum(bool(result.fault) for result in results)
    skipped = sum(bool(result.skipped) for result in results)
    print(f"\n{len(results) - failed - skipped} targets passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0 or (skipped > 0 and bool(os.environ.get("CLOUDCIRCUIT_NO_SKIP"))))


if __name__ == "__main__":
    main()
