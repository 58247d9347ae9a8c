#!/usr/bin/env python3
"""Compares the library with its peers and prints Markdown tables; without --quick it also writes
them into docs/FIGURES.md, and the figures of docs/PERFORMANCE.md into figures.json.

Usage: run.py [--quick] FOLDER, the folder with libcloudcircuit.so. --quick takes less than a minute
and leaves out what does not fit into cache, instruction counts and the Python peers.

What is compared is measured in one process in turns (see host.c). A ratio is the median of the
ratios of the rounds, with the quartiles. A peer that is not installed is left out, by name.
"""

import argparse
import datetime
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys

import bill
import columns
import detection

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
DOCUMENT = f"{ROOT}/docs/FIGURES.md"
MARKS = ("<!-- made by `make bench` -->", "<!-- end of what `make bench` makes -->")

LIBRARY = "the library"
PLAIN, TWO, LANES, NEUMAIER = "plain sum", "two plain passes", "8 plain sums", "Neumaier sum"
WAYS = {f", {TWO}": "two", f", {PLAIN}": "c", f", {LANES}": "lanes", f", {NEUMAIER}": "neumaier"}
MEMCPY, READ = "memcpy of the inputs", "a read of the inputs"
AVX2_FROM = 32_768  # rows in a call from which the library asks for AVX2
CALLS = 100  # as in host.c
MILLION = 10 ** 6
PYTHON_PACKAGES = ("numpy", "pandas", "pybreaker", "cloudcircuit==0.1.0")
WINDOW = 100  # outcomes that a failure rate looks at
DEFAULT_BUILD = ", no LTO"  # as by default in cargo's release profile


def run(*command, **options):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, **options).stdout


def skip(what):
    print(f"skipped: {what}", file=sys.stderr)


def cpu_flags():
    with open("/proc/cpuinfo") as cpu:
        return cpu.read().split()


class Bench:
    def __init__(self, folder, quick):
        self.quick, self.folder = quick, folder
        self.figures = columns.figures()
        self.work = f"{folder}/../bench"
        os.makedirs(self.work, exist_ok=True)
        # A copy, so that a build meanwhile does not change what is measured.
        self.library = f"{self.work}/libcloudcircuit.so"
        shutil.copyfile(f"{folder}/libcloudcircuit.so", self.library)
        self.targets = []
        self.build()

    def build(self):
        self.host = f"{self.work}/host"
        run("cc", "-std=gnu11", "-O2", f"-I{ROOT}/include", f"{HERE}/host.c", "-o", self.host,
            "-ldl", "-lm")
        self.peers = {}
        self.compilers = [name for name in ("gcc", "clang") if shutil.which(name)]
        for name in ("gcc", "clang"):
            if name not in self.compilers:
                skip(f"C compiled by {name} (not installed)")
        self.has_avx2 = "avx2" in cpu_flags()
        if not self.has_avx2:
            skip("whatever needs AVX2 (not in this CPU)")
        for name in self.compilers:
            for suffix, flag in (("", []), (", AVX2", ["-march=x86-64-v3"])):
                if suffix and not self.has_avx2:
                    continue
                output = f"{self.work}/peers-{name}{suffix.replace(', ', '-')}.so"
                run(name, "-std=gnu11", "-O3", *flag, "-shared", "-fPIC", f"-I{ROOT}/include",
                    f"{HERE}/peers.c", "-o", output)
                self.peers[name + suffix] = output
        self.breaker_peers = {}
        for name in self.compilers:
            output = f"{self.work}/breaker-peers-{name}.so"
            run(name, "-std=gnu11", "-O3", "-shared", "-fPIC", f"-I{ROOT}/include",
                f"{HERE}/breaker_peers.c", "-o", output)
            self.breaker_peers[name] = f"c@{output}"
        self.best_c = next(name for name in reversed(self.peers))  # for a read at full speed

    def crates(self):
        """The breakers of crates.io, as sides."""
        target = f"{self.work}/breakers"
        sides = {}
        for profile, suffix in (("lto", ""), ("release", DEFAULT_BUILD)):
            build = subprocess.run(
                [os.environ.get("CARGO", "cargo"), "build", "--profile", profile, "--locked",
                 "--quiet", "--manifest-path", f"{HERE}/breakers/Cargo.toml", "--target-dir",
                 target])
            if build.returncode:
                skip("failsafe and recloser (benches/breakers cannot be built)")
                return {}
            for name in ("failsafe", "recloser"):
                sides[name + suffix] = f"{name}@{target}/{profile}/libbreakers.so"
        return sides

    def measure(self, measure, size, unit, rounds, *, prefixes=None, extras=(), sides=None,
                others=None):
        """Nanoseconds a unit of each side, one for each round, from several processes: how their
        memory happens to lie matters. `others` are measured in place of the peers."""
        prefixes = prefixes or {"": "c"}
        arguments = [f"{LIBRARY}=cloudcircuit@{self.library}"]
        arguments += [f"{peer}={side}" for peer, side in (others or {}).items()]
        for peer, path in self.peers.items() if others is None else ():
            if sides is None or peer in sides:
                arguments += [f"{peer}{suffix}={prefix}@{path}"
                              for suffix, prefix in prefixes.items()]
        if MEMCPY in extras:
            arguments.append("memcpy")
        if READ in extras:
            arguments.append(f"{READ}@{self.peers[self.best_c]}")
        processes = max(1, min(5, rounds // 3))
        took = {}
        for _ in range(processes):
            output = run(self.host, measure, str(size), str(rounds // processes), *arguments)
            for sample in output.splitlines():
                name, nanoseconds = sample.split("\t")
                name = MEMCPY if name == "memcpy" else name
                took.setdefault(name, []).append(float(nanoseconds) / unit)
        return took

    def rounds(self, usual):
        return max(usual // 5, 3) if self.quick else usual

    def target(self, what, most, measured, at_least=False):
        """Notes a target: a ratio's median may be `most`, or must be at least that."""
        met = measured[1] >= most if at_least else measured[1] <= most
        bound = "at least" if at_least else "at most"
        self.targets.append((what, f"{bound} {most:.4g}", spread(measured),
                             "met" if met else "missed"))

    # Tables

    def budgets(self):
        sizes = [(rows, self.rounds(300)) for rows in (4_096, 40_000, 200_000)]
        if not self.quick:
            sizes.append((10 * MILLION, 15))
        for rows, rounds in sizes:
            for kind, suffix in (("doubles", ""), ("`int64_t`", "-i64")):
                took = [self.measure(f"budget-{what}{suffix}", rows, rows, rounds,
                                     extras=(MEMCPY, READ)) for what in ("flags", "usage")]
                yield (f"### {rows:,} budgets, {kind}: {self.where(rows, kind)}", sides_table(
                    ("flags only", "flags and usage"), took, "ns a row"))
                self.budget_targets(rows, kind, took)

    def uses_avx2(self, rows, kind):
        return self.has_avx2 and rows >= AVX2_FROM and kind == "doubles"

    def where(self, rows, kind):
        place = "from memory" if rows >= MILLION else "in cache"
        return f"{place}, the library in {'AVX2' if self.uses_avx2(rows, kind) else 'SSE2'}"

    def budget_targets(self, rows, kind, took):
        wide = self.uses_avx2(rows, kind)
        clang = "clang, AVX2" if wide else "clang"
        for samples, what in zip(took, ("flags only", "flags and usage")):
            if rows >= MILLION:
                most = 0.8 if what == "flags only" else 1.25
                self.target(f"{rows:,} budgets in {kind} from memory, {what}, to memcpy of both inputs",
                            most, ratio(samples, MEMCPY))
            elif clang in samples:
                self.target(f"{rows:,} budgets in {kind} in cache, {what}, to {clang}", 1.0,
                            ratio(samples, clang))

    def nullable_budgets(self):
        """Two bitmaps, and one row in fifty that misses a value."""
        sizes = (4_096, 200_000)
        took = [self.measure("budget-nullable", rows, rows, self.rounds(100)) for rows in sizes]
        yield ("### Budgets in doubles with missing values: flags and usage, in cache",
               sides_table([f"{rows:,} rows" for rows in sizes], took, "ns a row"))

    def series(self):
        narrow = [name for name in self.peers if "AVX2" not in name]
        took = [self.measure("series", points, points, self.rounds(200), prefixes=WAYS,
                             sides=narrow) for points in (30, 365, 10_000)]
        took.append(self.measure("series-columns", "365x200", 365 * 200, self.rounds(200),
                                 prefixes=WAYS, sides=narrow))
        heads = ("30 points", "365 points", "10,000 points", "200 series of 365 points")
        yield ("### Series in cache, the library in SSE2", sides_table(heads, took, "ns a point"))
        for name in narrow:
            self.target(f"spike over 365 points in SSE2, to {name}, {TWO}", 0.45,
                        ratio(took[1], f"{name}, {TWO}"))
            self.target(f"200 spikes over 365 points in SSE2, to {name}, {TWO}", 0.45,
                        ratio(took[3], f"{name}, {TWO}"))

    def columns_of_series(self):
        shapes = [(365, 2_000, self.rounds(100))]
        if not self.quick:
            shapes.append((90, 100_000, 10))
        sides = [name for name in self.peers if ("AVX2" in name) == self.has_avx2]
        took = [self.measure("series-columns", f"{points}x{series}", points * series, rounds,
                             prefixes=WAYS, sides=sides, extras=(READ,))
                for points, series, rounds in shapes]
        heads = ("2,000 series of 365 points, in cache", "100,000 of 90, from memory")
        yield (f"### Columns of series, the library in {'AVX2' if self.has_avx2 else 'SSE2'}",
               sides_table(heads, took, "ns a point"))
        if self.has_avx2:
            for name in sides:
                self.target(f"2,000 spikes over 365 points in AVX2, to {name}, {TWO}", 0.25,
                            ratio(took[0], f"{name}, {TWO}"))
        if not self.quick:
            self.target("columns of 90-point series, to a read from memory", 2.2,
                        ratio(took[1], READ))

    def single_calls(self):
        calls = (("check_budget", "call-budget", 1), ("check_budget_i64", "call-budget-i64", 1),
                 ("evaluate_circuit_breaker", "call-breaker", 1),
                 ("budget_flags", "call-budget-flags", 1),
                 ("budget_flags_i64", "call-budget-flags-i64", 1),
                 ("breaker_flags", "call-breaker-flags", 1),
                 ("spike_flags", "call-spike-flags", 30))
        counted = not self.quick and bool(shutil.which("valgrind"))
        if not self.quick and not counted:
            skip("instruction counts (valgrind is not installed)")
        head = ["call", "ns"]
        for name in self.compilers:
            head += [f"{name}, ns", f"to {name}"]
        head += [f"instructions: library, {', '.join(self.compilers)}"] if counted else []
        table = [head]
        for function, measure, size in calls:
            took = self.measure(measure, size, 1, self.rounds(200), sides=self.compilers)
            row = [f"`{function}`" + (f", {size} points" if size > 1 else ""),
                   f"{statistics.median(took[LIBRARY]):.2f}"]
            for name in self.compilers:
                row += [f"{statistics.median(took[name]):.2f}", spread(ratio(took, name))]
                if size == 1:
                    self.target(f"`{function}`, to {name}'s `.so`", 1.1, ratio(took, name))
            if counted:
                sides = [("cloudcircuit", self.library)]
                sides += [("c", self.peers[name]) for name in self.compilers]
                row.append(", ".join(f"{self.count(measure, size, [function], *side):.0f}"
                                     for side in sides))
            table.append(row)
        yield "### Single calls from C", markdown(table)

    def breakers(self):
        """A call is an acquire and a report; or one report_and_acquire."""
        counted = not self.quick and bool(shutil.which("valgrind"))
        head = ["a call", "ns"]
        for name in self.compilers:
            head += [f"{name}, ns", f"to {name}"]
        head += [f"instructions: library, {', '.join(self.compilers)}"] if counted else []
        table = [head]
        kinds = (("three failures in a row", 0), (f"a failure rate over {WINDOW}", WINDOW))
        for what, measure, functions in (
                ("acquire, report", "breaker", ("breaker_acquire", "breaker_report")),
                ("report_and_acquire", "breaker-fused", ("breaker_report_and_acquire",))):
            for kind, window in kinds:
                took = self.measure(measure, window, 1, self.rounds(200), others=self.breaker_peers)
                row = [f"{what}: {kind}", f"{statistics.median(took[LIBRARY]):.1f}"]
                for name in self.compilers:
                    row += [f"{statistics.median(took[name]):.1f}", spread(ratio(took, name))]
                if counted:
                    row.append(self.breaker_instructions(f"{what}: {kind}", measure, window,
                                                         functions))
                table.append(row)
        yield "### Breakers, compared with C", markdown(table)
        crates = {} if self.quick else self.crates()
        if crates:
            yield from self.breaker_crates(kinds, crates)

    def breaker_instructions(self, what, measure, window, functions):
        ours = self.count(measure, window, functions, "cloudcircuit", self.library)
        counts = [f"{ours:.0f}"]
        for name in self.compilers:
            prefix, _, path = self.breaker_peers[name].partition("@")
            theirs = self.count(measure, window, functions, prefix, path)
            counts.append(f"{theirs:.0f}")
            self.target(f"{what}, instructions to {name}", 1.2, [ours / theirs] * 3)
        return ", ".join(counts)

    def breaker_crates(self, kinds, crates):
        no_clock, both, told, coarsely = ("no clock", "both timed by the host",
                                          "the library told the time", "told it coarsely")
        ways = (("acquire, report", ((no_clock, "breaker"), (both, "breaker-clock"),
                                     (told, "breaker-told"),
                                     (coarsely, "breaker-told-coarsely"))),
                ("report_and_acquire", ((no_clock, "breaker-fused"),
                                        (both, "breaker-fused-clock"))))
        for kind, window in kinds:
            for what, clocks in ways:
                took = [self.measure(measure, window, 1, self.rounds(200), others=crates)
                        for _, measure in clocks]
                yield (f"### Breakers, compared with crates: {kind}, {what}",
                       sides_table([clock for clock, _ in clocks], took, "ns a call"))
                if what == "acquire, report":
                    self.figures.setdefault("breakers", {}).setdefault(kind, {}).update(
                        {name: statistics.median(values) for name, values in took[1].items()
                         if not name.endswith(DEFAULT_BUILD)})
                for name in crates:
                    if name.endswith(DEFAULT_BUILD):
                        continue
                    for samples, (clock, _) in zip(took[:2], clocks):
                        self.target(f"{what}: {kind}, {clock}, to {name}", 1,
                                    ratio(samples, name))

    def records(self):
        """Lines of JSON by the library and by serde_json, in one process in turns."""
        target = f"{self.work}/records"
        build = subprocess.run(
            [os.environ.get("CARGO", "cargo"), "build", "--release", "--locked", "--quiet",
             "--manifest-path", f"{HERE}/records/Cargo.toml", "--target-dir", target])
        if build.returncode:
            skip("serde_json (benches/records cannot be built)")
            return
        said = run(f"{target}/release/records", self.library, str(self.rounds(200)))
        ours, theirs, size = zip(*([float(part) for part in line.split("\t")]
                                   for line in said.splitlines()))
        took = {LIBRARY: ours, "serde_json": theirs}
        table = [["", "ns a line", "GB/s", "the library to it"]]
        for name, times in took.items():
            middle = statistics.median(times)
            table.append([name, f"{middle:.0f}", f"{size[0] / middle:.2f}",
                          "" if name == LIBRARY else spread(ratio(took, name))])
        self.target("lines of JSON, time to serde_json's", 1.3, ratio(took, "serde_json"))
        yield f"### Records: lines of {size[0]:.0f} bytes", markdown(table)

    def python_breakers(self):
        python = self.virtual_environment()
        if not python or subprocess.run([python, "-c", "import pybreaker"],
                                        capture_output=True).returncode:
            return
        took = {}
        for sample in run(python, f"{HERE}/python_breakers.py", self.library, "20000",
                          "15").splitlines():
            name, value = sample.split("\t")
            if name == "#":
                self.packages = [*getattr(self, "packages", []), value]
            else:
                took.setdefault(name, []).append(float(value))
        table = [["", "ns a call", "to pybreaker"]]
        for name, samples in sorted(took.items(), key=lambda side: side[0].endswith("clock")):
            peer = "pybreaker, with a clock" if name.endswith("clock") else "pybreaker"
            measured = statistics.quantiles([a / b for a, b in zip(samples, took[peer])], n=4)
            is_ours = name.startswith(LIBRARY)
            table.append([name, f"{statistics.median(samples):.0f}",
                          spread(measured) if is_ours else ""])
            if is_ours:
                self.target(f"breaker from Python, {name}, to pybreaker", 1, measured)
        yield "### Breakers, from Python", markdown(table)

    def detection(self):
        python = None if self.quick else self.virtual_environment()
        return detection.sections(self.work, self.library, python, 5 if self.quick else 30,
                                  self.target)

    def bills(self):
        python = None if self.quick else self.virtual_environment()
        return bill.sections(ROOT, self.work, self.library, python, 100_000 if self.quick else 2 * MILLION,
                             1 if self.quick else 5, self.target)

    def count(self, measure, size, functions, prefix, path):
        """Instructions a call, from callgrind, which repeats exactly."""
        out = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={self.work}/callgrind.out",
             *(f"--toggle-collect={prefix}_{function}" for function in functions), self.host,
             measure, str(size), "count", f"x={prefix}@{path}"],
            check=True, text=True, capture_output=True).stderr
        return int(re.search(r"Collected : (\d+)", out).group(1)) / CALLS

    def columns(self):
        """The columns of docs/PERFORMANCE.md, which columns.py measures in processes of their own."""
        measured = columns.Columns(pathlib.Path(self.folder), self.quick)
        native, peers, fleets = measured.measure()
        self.figures |= {"native": native, "peers": peers, "fleets": fleets,
                         "machine": columns.machine(measured.packages)}
        self.packages = [f"{name} {version}" for name, version in measured.packages.items()]
        for what, bound, value, met in columns.targets(self.figures):
            self.targets.append((what, bound, value, "met" if met else "missed"))
        for section in columns.sections(self.figures):
            title, _, body = section.partition("\n\n")
            yield title, body

    def virtual_environment(self):
        folder = f"{self.work}/venv"
        python = f"{folder}/bin/python"
        if not os.path.exists(python):
            run(sys.executable, "-m", "venv", folder)
        for package in PYTHON_PACKAGES:
            name, _, version = package.partition("==")
            show = subprocess.run([python, "-m", "pip", "show", "-q", name], capture_output=True)
            if show.returncode and subprocess.run(
                    [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", package],
                    capture_output=True).returncode:
                skip(f"{name} (cannot be installed)")
                if name == "numpy":
                    return None
        return python

    def growth(self):
        clang = "clang, AVX2" if "clang, AVX2" in self.peers else next(iter(self.peers))
        table = [["rows", "flags only", "flags and usage", f"{clang}, flags and usage", MEMCPY]]
        with open("/proc/meminfo") as info:
            room = int(re.search(r"MemAvailable:\s+(\d+)", info.read()).group(1)) * 1024
        sizes = [10 ** exponent for exponent in range(3, 7 if self.quick else 9)]
        for rows in [rows for rows in sizes if rows * 60 > room]:
            skip(f"{rows:,} rows (too little memory)")
            sizes.remove(rows)
        took = {}
        for _ in range(3):  # all sizes in turns, for the machine has better and worse minutes
            for rows in sizes:
                rounds = 30 if rows < MILLION else 5 if rows < 100 * MILLION else 2
                for what, sides, extras in (("flags", (), ()), ("usage", (clang,), (MEMCPY,))):
                    samples = self.measure(f"budget-{what}", rows, rows, rounds, sides=sides,
                                           extras=extras)
                    for side, values in samples.items():
                        took.setdefault((rows, what, side), []).extend(values)
        for rows in sizes:
            values = [statistics.median(took[rows, what, side]) for what, side in
                      (("usage", LIBRARY), ("flags", LIBRARY), ("usage", clang),
                       ("usage", MEMCPY))]
            table.append([f"{rows:,}", f"{values[1]:.2f}", f"{values[0]:.2f}",
                          f"{values[2]:.2f}", f"{values[3]:.2f}"])
        yield ("### Growth: ns a row", markdown(table))

    def machine(self):
        with open("/proc/cpuinfo") as info:
            cpu = info.read()
        model = re.search(r"model name\s*: (.*)", cpu)
        model = model.group(1).strip() if model else "unknown"
        where = ", a virtual machine" if "hypervisor" in cpu.split() else ""
        yield f"- CPU: {model}, {os.cpu_count()} cores{where}; caches of a core: {caches()}"
        for name in self.compilers:
            yield f"- C: {run(name, '--version').splitlines()[0]}, `-O3`" + \
                (", for AVX2 `-march=x86-64-v3`" if self.has_avx2 else "")
        yield f"- Rust: {run('rustc', '--version').split('(')[0].strip()}"
        python = f"Python {sys.version.split()[0]}"
        yield f"- {', '.join([python, *getattr(self, 'packages', [])])}"
        if self.has_avx2:
            asked = [float(line.split("\t")[1])
                     for line in run(self.host, "cpuid", "1", "9", "asking").splitlines()]
            yield f"- Asking the CPU whether it has AVX2: {statistics.median(asked) / 1000:.1f} µs"
        yield f"- Date: {datetime.date.today().isoformat()}"

    def report(self):
        parts = [self.single_calls, self.breakers, self.budgets, self.nullable_budgets, self.series,
                 self.columns_of_series, self.growth, self.detection, self.records, self.bills]
        parts += [self.columns] if self.quick else [self.columns, self.python_breakers]
        sections = []
        for part in parts:
            for title, body in part():
                print(f"measured: {title[4:]}", file=sys.stderr)
                sections.append(f"{title}\n\n{body}")
        targets = markdown([["what", "target", "measured", ""], *self.targets])
        return "\n\n".join(["## The machine", "\n".join(self.machine()), "## Targets", targets,
                            "## Tables", *sections])


def caches():
    found = []
    base = "/sys/devices/system/cpu/cpu0/cache"
    for index in sorted(os.listdir(base)) if os.path.isdir(base) else []:
        level, kind, size = (open(f"{base}/{index}/{what}").read().strip()
                             for what in ("level", "type", "size")) \
            if index.startswith("index") else ("", "Instruction", "")
        if kind != "Instruction":
            found.append(f"L{level} {size}")
    return ", ".join(found) or "unknown"


def ratio(took, peer):
    """The library's time over a peer's: lower quartile, median, upper quartile."""
    ratios = [ours / theirs for ours, theirs in zip(took[LIBRARY], took[peer])]
    return statistics.quantiles(ratios, n=4)


def spread(quartiles):
    low, middle, high = quartiles
    if middle >= 100:
        return f"{middle:.0f} ({low:.0f} to {high:.0f})"
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def sides_table(heads, columns, unit):
    head = [""]
    for name in heads[:len(columns)]:
        head += [f"{name}: {unit}", "the library to it"]
    table = [head]
    for side in columns[0]:
        row = [side]
        for took in columns:
            row.append(f"{statistics.median(took[side]):.2f}")
            row.append("" if side == LIBRARY else spread(ratio(took, side)))
        table.append(row)
    return markdown(table)


def markdown(table):
    head, *rows = table
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("folder")
    arguments = arguments.parse_args()
    bench = Bench(os.path.abspath(arguments.folder), arguments.quick)
    report = bench.report()
    print(report)
    if not arguments.quick:
        columns.write(bench.figures)
        with open(DOCUMENT) as document:
            before, _, rest = document.read().partition(MARKS[0])
        after = rest.partition(MARKS[1])[2]
        with open(DOCUMENT, "w") as document:
            document.write(f"{before}{MARKS[0]}\n\n{report}\n\n{MARKS[1]}{after}")


if __name__ == "__main__":
    main()
