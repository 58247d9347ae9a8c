#!/usr/bin/env python3
"""Proves the library on other machines: targets.py [--whole] [TARGET...], all of the table below without a target.

For each target it builds the static library by packaging/cross.sh, which must print no warning and leave no panic in
it. Then it runs, in programs of the target, every host of tests/contract/, every file of tests/vectors/, the golden
cases, and tests/targets/answers.c, whose digests of answers, states and encodings must be those of x86-64. Hosts that
qemu runs check as much as they do under valgrind; with --whole all that they can.

Where a tool is missing, the target is skipped and named, with the Debian packages to install. CLOUDCIRCUIT_NO_SKIP=1
makes that a failure. The last line counts.
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

sys.dont_write_bytecode = True
sys.path.append(str(Path(__file__).resolve().parent / "support"))
from hosts import contract_hosts, golden_host, vectors_host  # noqa: E402

HERE = Path(__file__).resolve().parents[1]
BUILT = (HERE / os.environ.get("CARGO_TARGET_DIR", "target")).resolve()
STRICT = "-O1 -static -Wall -Wextra -Wpedantic -Werror".split()
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
    suffix: str = ""  # of a program's name
    files: tuple = ()  # what else must be here
    refusal: str = ""  # what the compiler says where the library must not build

    def missing(self):
        """The tools that are not here."""
        commands = [self.cc, self.cxx, self.nm, self.runner or "true"]
        tools = [command.split()[0] for command in commands]
        return [tool for tool in tools if not shutil.which(tool)] + [file for file in self.files if not Path(file).exists()]


def wasm_linker():
    """That of rustup, or Debian's. That of an older clang cannot read what rustc writes."""
    libraries = subprocess.run(["rustc", "--print", "target-libdir"], capture_output=True, text=True).stdout
    rustup = Path(libraries.strip()).parent / "bin/gcc-ld/wasm-ld"
    return str(rustup) if rustup.exists() else shutil.which("wasm-ld-22") or shutil.which("wasm-ld") or "wasm-ld"


def debian(triple, tools, machine, flags=""):
    """A target with Debian's cross compiler, and qemu to run it."""
    packages = f"g++-{tools} qemu-user"
    return Target(triple, f"{tools}-gcc{flags}", f"{tools}-g++{flags}", packages, f"qemu-{machine}", f"{tools}-nm")


REFERENCE = Target("x86_64-unknown-linux-gnu", "gcc", "g++", "g++")
# The hosts are programs of WASI, in which C++ has no exceptions. A stack that overflows meets the end of memory.
WASI = f"--target=wasm32-wasi -fuse-ld={wasm_linker()} -Wl,--stack-first,-zstack-size=1048576"
WASM = Target(
    "wasm32-unknown-unknown",
    f"clang {WASI}",
    f"clang++ {WASI} -fno-exceptions",
    "clang lld wasi-libc libclang-rt-14-dev-wasm32 libc++-14-dev-wasm32 nodejs",
    "node --no-warnings tests/targets/wasi.mjs",
    make="cargo build --release --lib --locked",  # as bindings/wasm/build.sh
    folder="{}/release",
    files=(wasm_linker(), "/usr/lib/wasm32-wasi/libc.a", "/usr/lib/wasm32-wasi/libc++.a"),
)
WINDOWS = Target(
    "x86_64-pc-windows-gnu",
    "x86_64-w64-mingw32-gcc -D__USE_MINGW_ANSI_STDIO=1",
    "x86_64-w64-mingw32-g++ -D__USE_MINGW_ANSI_STDIO=1",
    "g++-mingw-w64-x86-64 wine64",
    "/usr/lib/wine/wine64",
    nm="x86_64-w64-mingw32-nm",
    make="make shared static",
    suffix=".exe",
)
TARGETS = [
    REFERENCE,
    # musl has no C++ library here: the golden cases are a program of glibc with the library that was built for musl.
    Target("x86_64-unknown-linux-musl", "musl-gcc", "g++", "musl-tools g++"),
    debian("aarch64-unknown-linux-gnu", "aarch64-linux-gnu", "aarch64"),
    debian("riscv64gc-unknown-linux-gnu", "riscv64-linux-gnu", "riscv64"),
    debian("s390x-unknown-linux-gnu", "s390x-linux-gnu", "s390x"),  # big-endian
    debian("armv7-unknown-linux-gnueabihf", "arm-linux-gnueabihf", "arm"),  # addresses of 32 bits, as the next
    # The library computes in SSE2. So do the hosts, whose own sums the x87 would round twice.
    debian("i686-unknown-linux-gnu", "i686-linux-gnu", "i386", " -msse2 -mfpmath=sse"),
    Target("i586-unknown-linux-gnu", "i686-linux-gnu-gcc", "true", "gcc-i686-linux-gnu", refusal="needs SSE2"),
    WASM,
    WINDOWS,
]

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
    cross = [] if target is REFERENCE else ["packaging/cross.sh", target.triple]
    printed = run([*cross, *target.make.split()])
    # cargo prints the warnings of what it has built before once more.
    if warning := re.search(r"^warning.*(\n.*)?", printed, re.M):
        raise Fault(warning[0])
    return BUILT / target.folder.format(target.triple if cross else "")


def refuses(target):
    """Where the library would compute other bits, it does not build, and says why."""
    try:
        run(["packaging/cross.sh", target.triple, "cargo", "check", "--release", "--lib"])
    except Fault as fault:
        if target.refusal in str(fault):
            return
        raise
    raise Fault("the library builds")


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
    """The DLL for Windows exports the functions of the header, asks for the memory functions, runs nothing when it is
    loaded, and answers the vectors."""
    release = BUILT / target.triple / "release"
    about = run([target.nm.replace("-nm", "-objdump"), "-p", release / "cloudcircuit.dll"])
    exported = set(re.findall(r"\[ *\d+\].* (\w+)$", about.partition("[Ordinal/Name Pointer]")[2], re.M))
    functions = {function["name"] for function in described("functions")}
    if exported != functions:
        raise Fault(f"exports of the DLL: {exported ^ functions}")
    imported = set(re.findall(r"^\s+[0-9a-f]+\s+\d+\s+(\w+)$", about.partition("The Import Tables")[2], re.M))
    if not imported <= ASKED_FOR or not re.search(r"AddressOfEntryPoint\s+0+\n", about):
        raise Fault(f"the DLL imports {imported - ASKED_FOR}, or has an entry point")
    programs = folder / "dll"
    programs.mkdir(exist_ok=True)
    shutil.copy(release / "cloudcircuit.dll", programs)
    answer_vectors(compile_host(target, vectors_host().source, programs, release / "libcloudcircuit.dll.a"))


def check_stack(target, folder):
    """No call needs more stack than the header says, and none more than 16 KB."""
    library, painted = folder / "libcloudcircuit.a", "-Wl,-zstack-size=131072"  # as much as the host paints
    host = compile_host(target, HERE / "tests/artefact/stack.c", folder / "hosts", library, [painted])
    needed = {name: int(size) for size, name in map(str.split, run(host, timeout=SECONDS).splitlines())}
    functions = {function["name"] for function in described("functions")}
    if needed.keys() != functions:
        raise Fault(f"stack of {needed.keys() ^ functions}")
    blocks = (HERE / "include/cloudcircuit.h").read_text().split("\n\n")
    for name, size in needed.items():
        about = next((block for block in blocks if f"cloudcircuit_status {name}(" in block), "")
        said = re.search(r"at most (\d+) KB of stack", about.replace("\n///", ""))
        bound = int(said[1]) if said else 4
        if size > bound * 1024 or bound > 16:
            raise Fault(f"{name} needs {size} bytes of stack, and may need {bound} KB")


def compile_host(target, source, folder, library, flags=()):
    """Compiles a host with the library in it, and returns the command that runs it."""
    is_cpp = source.suffix == ".cpp"
    compiler = [*target.cxx.split(), "-std=c++17"] if is_cpp else [*target.cc.split(), "-std=c99", "-Wstrict-prototypes"]
    program = folder / (source.stem + target.suffix)
    run([*compiler, *STRICT, "-Iinclude", *flags, source, library, "-lm", "-o", program])
    return [*target.runner.split(), program]


def passes(host, command, words):
    """What a host prints that finds nothing wrong."""
    printed = run([*command, *words], timeout=SECONDS)
    if not host.passes(printed):
        raise Fault(f"{host.name}: {printed}")
    return printed


def answer_vectors(command):
    """Every file of vectors. Returns how many lines were answered, all of them right."""
    lines = 0
    for words in vectors_host().runs:
        printed = passes(vectors_host(), command, words)
        # Wine may say something before.
        cases = re.search(r"^(\d+) cases,", printed, re.M)
        if not cases or int(cases[1]) < 2000:
            raise Fault(printed)
        lines += int(cases[1])
    return lines


def golden_lines():
    cases = (HERE / "tests/golden/cases.txt").read_text().splitlines()
    return sum(not line.startswith("#") for line in cases if line)


def answers(target, folder):
    """The digests of a long run of calls."""
    source = HERE / "tests/targets/answers.c"
    return run(compile_host(target, source, folder, folder.parent / "libcloudcircuit.a"), timeout=SECONDS)


@dataclass
class Result:
    target: Target
    faults: list = field(default_factory=list)
    skipped: str = ""
    counts: list = field(default_factory=list)  # hosts, vector lines, golden lines
    seconds: float = 0

    def check(self, step, *arguments):
        """What a step answers, or None after a fault."""
        try:
            return step(*arguments)
        except Fault as fault:
            self.faults.append(str(fault))


def prove(target, expected, is_whole):
    """All that is checked on one target."""
    result, start = Result(target), time.monotonic()
    if missing := target.missing():
        result.skipped = f"{', '.join(missing)}: apt-get install {target.packages}"
    elif target.refusal:
        result.check(refuses, target)
    elif folder := result.check(build, target):
        prove_in_programs(result, folder, expected, is_whole)
    result.seconds = time.monotonic() - start
    state = "skipped" if result.skipped else "failed" if result.faults else "passed"
    print(f"{target.triple}: {state} after {result.seconds:.0f} s", flush=True)
    return result


def prove_in_programs(result, folder, expected, is_whole):
    target, library, hosts = result.target, folder / "libcloudcircuit.a", folder / "hosts"
    hosts.mkdir(exist_ok=True)
    if target is WASM:
        result.check(check_module, folder)
        result.check(check_stack, target, folder)
    else:
        result.check(check_symbols, target, library)
    if target is WINDOWS:
        result.check(check_dll, target, folder)
    contract = contract_hosts(few=bool(target.runner) and not is_whole)
    for host in [*contract, golden_host()]:
        if command := result.check(compile_host, target, host.source, hosts, library):
            result.check(passes, host, command, *host.runs)
    vectors = 0
    if command := result.check(compile_host, target, vectors_host().source, hosts, library):
        vectors = result.check(answer_vectors, command)
    digests = result.check(answers, target, hosts)
    if digests and digests != expected:
        result.faults.append("other answers than on x86-64:\n" + digests)
    result.counts = [len(contract), vectors, golden_lines()]


def main():
    asked = [word for word in sys.argv[1:] if word != "--whole"]
    if unknown := set(asked) - {target.triple for target in TARGETS}:
        sys.exit(f"targets.py: no target {', '.join(unknown)}")
    # What Wine keeps stands in the build folder, and no window is opened.
    os.environ |= {"WINEPREFIX": str(BUILT / "wine"), "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml="}
    targets = [target for target in TARGETS if not asked or target.triple in asked]
    try:
        folder = build(REFERENCE) / "hosts"
        folder.mkdir(exist_ok=True)
        expected = answers(REFERENCE, folder)
    except Fault as fault:
        sys.exit(f"targets.py: no answers of {REFERENCE.triple} to compare with: {fault}")
    # Cargo builds for one target at a time; meanwhile the hosts of another run.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda target: prove(target, expected, "--whole" in sys.argv), targets))
    print("\n| target | compiler | runner | hosts | vector lines | golden lines | seconds |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for result in results:
        target = result.target
        if result.counts:
            runner = Path(target.runner.split()[0]).name if target.runner else "-"
            cells = [target.triple, target.cc.split()[0], runner, *result.counts, f"{result.seconds:.0f}"]
            print("| " + " | ".join(map(str, cells)) + " |")
    for result in results:
        for fault in result.faults:
            print(f"\n{result.target.triple}: {fault}")
    for result in results:
        if result.skipped:
            print(f"SKIPPED: {result.target.triple}: no {result.skipped}")
    failed = sum(bool(result.faults) for result in results)
    skipped = sum(bool(result.skipped) for result in results)
    print(f"\n{len(results) - failed - skipped} targets passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0 or (skipped > 0 and bool(os.environ.get("CLOUDCIRCUIT_NO_SKIP"))))


if __name__ == "__main__":
    main()
