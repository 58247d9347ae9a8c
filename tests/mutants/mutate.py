#!/usr/bin/env python3
"""Changes one decision after the other in a copy of src/, and runs the tests from C, vectors and models until one fails.

    mutate.py [--changed] [--left] [--minutes COUNT] [--within SECONDS] [ROOM or file...]

A mutant that no test finds is a hole, or is the same function in other words: then it stands in equivalent.txt under
the reason. Holes that are known stand in open.txt, and files that were not gone through in whole, with a *. The run fails for a mutant that is neither found nor listed, for
one in equivalent.txt that is found, and for a line in either file that is no mutant any more.
"""
import argparse
import json
import math
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "support"))
from hosts import Host, all_hosts  # noqa: E402
from operators import Rewriter, is_for_others  # noqa: E402

ROOT = HERE.parents[1]
WORK = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve() / "mutants"
TREE, HOSTS = WORK / "tree", WORK / "hosts"
LIBRARY = WORK / "target/debug/libcloudcircuit.so"
REPORT = WORK / "report.json"
MOST = 1 << 16

# Drivers of tests/ with their arguments after the library, the seed is always the same.
MODELS = [
    ("boundaries/drive.py",),
    ("model/breaker_drive.py", "10000", "2"),
    ("model/ledger_drive.py", "5000"), ("model/ledger_drive.py", "40000"),
    ("model/ledgers_drive.py", "3000"), ("model/ledgers_drive.py", "20000"),
    ("model/rate_limit_drive.py", "5000"), ("model/rate_limit_drive.py", "40000"),
    ("model/peer_facts.py", str(ROOT / "include/cloudcircuit.h"), str(ROOT / "tests/model/peer_facts.txt")),
    ("model/detect_model.py", "5"), ("model/detect_model.py", "40"), ("model/detect_model.py", "150"), ("model/detect_model.py", "400"),
    ("model/detect_near.py", "100"), ("model/detect_near.py", "1000"), ("model/detect_near.py", "8000"),
    ("model/tracker_encoding.py", "5"), ("model/tracker_encoding.py", "20"),
    ("model/forecast_model.py", "40"), ("model/forecast_model.py", "300"), ("model/forecast_model.py", "1500"),
    ("oracle/fuzz_means.py", "300"), ("oracle/fuzz_means.py", "3000"), ("oracle/fuzz_integers.py", "20000"),
]
# Hosts that do less when they get an argument, which takes a sixth of the time.
SLOW_HOSTS = {"detect"}


@dataclass
class Test:
    name: str
    command: list
    seconds: float = 0.0
    reached: bytes = b""

    def run(self, **environment):
        """Ends what hangs by a limit on its CPU time, which other programs on the machine do not use up."""
        limit = ["sh", "-c", f'ulimit -t {3 + int(8 * self.seconds)}; exec "$@"', "sh"] if self.seconds else []
        return subprocess.run([*limit, *self.command], env={**os.environ, "SEED": "1", **environment}, cwd=WORK,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")

    def fails(self, number):
        """Whether the test notices the mutant, also by hanging."""
        return self.run(CLOUDCIRCUIT_MUTANT=str(number)).returncode != 0

    def measure(self):
        """Runs it without a mutant: it must pass."""
        reached = WORK / ("reached." + re.sub(r"\W", "_", self.name))
        reached.write_bytes(bytes(MOST))
        before = os.times()
        done = self.run(CLOUDCIRCUIT_REACHED=str(reached))
        after = os.times()
        self.seconds = after.children_user + after.children_system - before.children_user - before.children_system
        self.reached = reached.read_bytes()
        reached.unlink()
        if done.returncode:
            sys.exit(f"{self.name} fails without a mutant:\n{done.stdout}")


def room(file):
    return file.removeprefix("abi/").split("/")[0].removesuffix(".rs")


def is_left_out(file, texts):
    """Whether a file is a module of tests alone, or of code for another machine."""
    folder, _, name = file.rpartition("/")
    attribute = re.search(rf"(#\[cfg.*\])\nmod {name.removesuffix('.rs')};", texts.get(f"{folder}/mod.rs", ""))
    return bool(attribute) and is_for_others(attribute[1])


def write_tree(chosen, dropped):
    """The copy of the library in which the chosen files have mutants. Returns these."""
    files = sorted((ROOT / "src").rglob("*.rs"))
    texts = {str(file.relative_to(ROOT / "src")): file.read_text() for file in files}
    rewriter = Rewriter(texts.values(), dropped)
    shutil.rmtree(TREE / "src", ignore_errors=True)
    for name, text in texts.items():
        rewritten = rewriter.rewrite(name, text)
        if name == "lib.rs":
            rewritten = text.replace("mod abi;\n", "mod abi;\nmod mutants;\n")
        elif name not in chosen or is_left_out(name, texts):
            rewritten = text
        (TREE / "src" / name).parent.mkdir(parents=True, exist_ok=True)
        (TREE / "src" / name).write_text(rewritten)
    shutil.copy(HERE / "switch.rs", TREE / "src/mutants.rs")
    # Without the header, which cannot change and takes longer to make than the library.
    manifest = re.sub(r"\[(build|dev)-dependencies\]\n.*?(?=\n\[|\n#)", "", (ROOT / "Cargo.toml").read_text(), flags=re.S)
    (TREE / "Cargo.toml").write_text(manifest.replace('links = "cloudcircuit"', "build = false"))
    shutil.copy(ROOT / "Cargo.lock", TREE)
    return [mutant for mutant in rewriter.mutants if not is_left_out(mutant.file, texts)]


def compile_tree():
    """The numbers of mutants that do not compile; none if the library is there."""
    command = [*os.environ.get("CARGO", "cargo").split(), "rustc", "--lib", "--message-format=json", "--crate-type=cdylib",
               "--", "--cap-lints=allow", "-Clink-arg=-nostartfiles", "-Clink-arg=-Wl,--defsym=rust_eh_personality=0"]
    environment = {**os.environ, "CARGO_TARGET_DIR": str(WORK / "target"), "CARGO_PROFILE_DEV_OPT_LEVEL": "1",
                   "CARGO_PROFILE_DEV_DEBUG": "0", "CARGO_PROFILE_DEV_INCREMENTAL": "false"}
    done = subprocess.run(command, cwd=TREE, env=environment, capture_output=True, text=True)
    if done.returncode == 0:
        return set()
    wrong = set()
    for line in done.stdout.splitlines():
        said = json.loads(line).get("message")
        if not isinstance(said, dict) or said.get("level") != "error":
            continue
        for span in said["spans"]:
            if span["is_primary"]:
                before = (TREE / span["file_name"]).read_bytes()[:span["byte_start"] + 60].decode(errors="ignore")
                near = before.encode()[:span["byte_start"]].decode(errors="ignore")
                numbers = re.findall(r"(\d+) /\*arm\*/|mutants::at\((\d+)\)", near)
                wrong.add(int(next(filter(None, numbers[-1]))))
    if not wrong:
        sys.exit(done.stderr)
    return wrong


def build(chosen):
    dropped = set()
    while True:
        mutants = write_tree(chosen, dropped)
        if not (wrong := compile_tree()):
            return mutants, len(dropped)
        dropped |= wrong


def tests():
    """Every test as a program that is linked with the library of mutants, and what it reaches of them."""
    HOSTS.mkdir(parents=True, exist_ok=True)

    def compiled(host):
        program = HOSTS / host.name
        compiler = os.environ.get("CXX", "c++") if host.is_cpp else os.environ.get("CC", "cc")
        if not program.exists() or program.stat().st_mtime < max(file.stat().st_mtime for file in host.source.parent.glob("*")):
            subprocess.run([compiler, host.standard, "-w", "-O1", "-I", ROOT / "include", host.source, "-o", program, "-L",
                            LIBRARY.parent, "-lcloudcircuit", "-lm", f"-Wl,-rpath,{LIBRARY.parent}"], check=True)
        return str(program)

    found = []
    for host in all_hosts(few=False):
        for words in host.runs:
            if host.name in SLOW_HOSTS:
                words = ["few"]
            # A run of vectors is known by its file.
            name = " ".join([host.name, *words[:1] * (len(host.runs) > 1)])
            found.append(Test(name, [compiled(host), *words]))
    read = [str(HOSTS / "json"), sys.executable, str(ROOT / "tests/json/read.py")]
    found.append(Test("json/read.py", ["bash", "-o", "pipefail", "-c", '"$0" lines 300 | "$1" -B "$2"', *read]))
    spike = str(ROOT / "tests/vectors/spike.txt")
    found.append(Test("vectors --ftz", [str(HOSTS / "vectors"), "--ftz", "spike", spike]))
    dispatch = compiled(Host("dispatch", ROOT / "tests/dispatch/host.c", []))
    found.append(Test("dispatch", [sys.executable, "-B", str(ROOT / "tests/dispatch/drive.py"), dispatch]))
    for driver, *words in MODELS:
        command = [sys.executable, "-B", str(ROOT / "tests" / driver), str(LIBRARY), *words]
        found.append(Test(" ".join([driver, *words[:1]]) if words[:1] and words[0].isdigit() else driver, command))
    return found


def changed_files():
    """The files of src/ that differ from main, or from what was before the last commit that touched any."""
    def git(*words):
        done = subprocess.run(["git", "-C", ROOT, *words], capture_output=True, text=True)
        return done.stdout.split() if done.returncode == 0 else []
    last = git("log", "-1", "--format=%H", "--", "src")
    for base in git("merge-base", "HEAD", "origin/main") + [f"{commit}~1" for commit in last]:
        if files := git("diff", "--name-only", base, "--", "src"):
            return {file.removeprefix("src/") for file in files}
    return set()


def listed(name):
    """The mutants in a file; a line that begins with # says something about those after it."""
    return {line for line in (HERE / name).read_text().splitlines() if line and not line.startswith("#")}


def table(title, groups):
    outcomes = ("found", "equal", "open", "left")
    print(f"\n{title:16} {'made':>6}", *(f"{outcome:>6}" for outcome in outcomes))
    for name, counts in sorted(groups.items()):
        print(f"{name:16} {sum(counts.values()):6}", *(f"{counts[outcome]:6}" for outcome in outcomes))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changed", action="store_true", help="files of src/ that are new since main")
    parser.add_argument("--left", action="store_true", help="those that no test has found yet")
    parser.add_argument("--minutes", type=float, default=math.inf, help="leave out what cannot be tried in that time")
    parser.add_argument("--within", type=float, default=math.inf, help="only with tests that take so many seconds")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("rooms", nargs="*")
    asked = parser.parse_args()

    start = time.monotonic()
    files = {str(file.relative_to(ROOT / "src")) for file in (ROOT / "src").rglob("*.rs")}
    chosen = {file for file in files if not asked.rooms or room(file) in asked.rooms or file in asked.rooms}
    if asked.changed:
        chosen &= changed_files() or files
    mutants, dropped = build(chosen)
    every_test = tests()
    for test in every_test:
        test.measure()
    every_test = [test for test in every_test if test.seconds < asked.within]
    print("seconds:", ", ".join(f"{test.name} {test.seconds:.2f}" for test in every_test))
    equivalent, holes = listed("equivalent.txt"), listed("open.txt")
    keys = {key for mutant in mutants for key in (mutant.key, mutant.file + " *")}
    wrong = [f"no such mutant any more: {key}" for key in sorted((equivalent | holes) - keys) if key.split(" ")[0] in chosen]
    mutants = [mutant for mutant in mutants if mutant.file in chosen]
    known = json.loads(REPORT.read_text()) if REPORT.exists() else {}
    if asked.left:
        mutants = [mutant for mutant in mutants if known.get(mutant.key, ["left"])[0] != "found"]
    # At random, so that what there is no time for is not always the same. SEED= repeats an order.
    seed = int(os.environ.get("SEED") or random.randrange(2**32))
    random.Random(seed).shuffle(mutants)
    print(f"{len(mutants)} mutants in {len(chosen)} files, {dropped} more do not compile; built and {len(every_test)} tests"
          f" measured in {time.monotonic() - start:.0f} s; SEED={seed}", flush=True)

    finders, by_operator, by_room = Counter(), {}, {}

    tries, finds = Counter(), Counter()

    def judge(mutant):
        if time.monotonic() > end:
            return None
        # First what has found most in this file for its time.
        reaching = sorted((test for test in every_test if test.reached[mutant.place]), key=lambda test: (
            (test.seconds + 0.002) * (tries[mutant.file, test.name] + 1) / (finds[mutant.file, test.name] + 0.3)))
        for test in reaching:
            tries[mutant.file, test.name] += 1
            if test.fails(mutant.number):
                finds[mutant.file, test.name] += 1
                return mutant, True, test.name
        return mutant, bool(reaching), None

    left_out, end, written = 0, start + 60 * asked.minutes, start
    with ThreadPoolExecutor(asked.jobs) as pool:
        for judged in pool.map(judge, mutants):
            if not judged:
                left_out += 1
                continue
            mutant, is_reached, finder = judged
            if time.monotonic() > written + 20:
                written = time.monotonic()
                REPORT.write_text(json.dumps(known, indent=0))
            outcome = ("found" if finder else "equal" if mutant.key in equivalent else
                       "open" if holes & {mutant.key, mutant.file + " *"} else "left")
            finders[finder] += 1
            by_operator.setdefault(mutant.operator, Counter())[outcome] += 1
            by_room.setdefault(room(mutant.file), Counter())[outcome] += 1
            known[mutant.key] = [outcome, finder, mutant.operator, mutant.line]
            if outcome == "left":
                wrong.append(f"{'no test finds' if is_reached else 'no test reaches'} {mutant.key}")
                print(f"{wrong[-1]}  (line {mutant.line})", flush=True)
            elif finder and mutant.key in equivalent:
                wrong.append(f"{finder} finds what is listed as equivalent: {mutant.key}")
            elif finder and mutant.key in holes:
                print(f"{finder} finds {mutant.key}: it need not stand in open.txt any more", flush=True)
    REPORT.write_text(json.dumps(known, indent=0))
    table("operator", by_operator)
    table("room", by_room)
    print("\nfound by", ", ".join(f"{name} {count}" for name, count in finders.most_common() if name))
    print(*wrong, sep="\n")
    print(f"{len(mutants) - left_out} mutants, {left_out} left out for want of time, {len(wrong)} wrong,"
          f" {time.monotonic() - start:.0f} s; SEED={seed}")
    sys.exit(len(wrong) > 0)


if __name__ == "__main__":
    main()
