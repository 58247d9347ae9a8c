#!/usr/bin/env python3
"""Breaks the library on purpose, in a copy: applies each patch of tests/breaks/ and runs the check that its head names,
the cheapest that must notice. It must fail and say what the head expects.

    breaks.py [--apply] [BREAK...]

--apply only looks whether every patch still applies. Where breaks are named, the checks are not shown to be green
before. The last line counts.
"""
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target")).absolute()
TREE = TARGET / "breaks/tree"
SECONDS = 1800
ALL = 15


def head(patch):
    """What a patch breaks, the check, and the words that it must find."""
    fields = dict(re.findall(r"^(what|check|finds): +(.*)$", patch.read_text().split("\n--- ")[0], re.M))
    return fields["what"], fields["check"], fields["finds"]


def apply(patch, tree, *options):
    command = ["patch", "--quiet", "--strip=1", "--fuzz=0", "--input", patch, *options]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{patch.name} no longer applies:\n{done.stdout}{done.stderr}")


def copy():
    """The files that git knows, as they are."""
    shutil.rmtree(TREE, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HERE, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (HERE / name).is_file():
            (TREE / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(HERE / name, TREE / name)
    # Cargo goes by times, and may have built what an interrupted run had broken.
    (TREE / "src/lib.rs").touch()


def run(command):
    """Exit status and output of a check in the copy, and what it took: seconds, and those of CPU."""
    # The compiler that is unpacked for other machines is shared.
    place = {"CROSS_RUST": str(TARGET / "cross-rust"), **os.environ, "CARGO_TARGET_DIR": str(TARGET / "breaks/target"),
             "CARGO_TERM_COLOR": "never", "CARGO_INCREMENTAL": "0", "CARGO_PROFILE_DEV_DEBUG": "0"}
    start, cpu = time.monotonic(), cpu_seconds()
    done = subprocess.run(command, shell=True, cwd=TREE, env=place, text=True, timeout=SECONDS,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    took = f"{time.monotonic() - start:4.0f} s, {cpu_seconds() - cpu:3.0f} of CPU"
    return done.returncode, done.stdout, took


def cpu_seconds():
    times = os.times()
    return times.children_user + times.children_system


def restore(patch):
    apply(patch, TREE, "--reverse")
    # A check may have made these again.
    for name in ("cloudcircuit.h", "cloudcircuit_ffi.h", "cloudcircuit.json"):
        shutil.copy2(HERE / "include" / name, TREE / "include" / name)
    for name in re.findall(r"^\+\+\+ b/(.*)$", patch.read_text(), re.M):
        (TREE / name).touch()


def main():
    asked = [word for word in sys.argv[1:] if word != "--apply"]
    patches = sorted((HERE / "tests/breaks").glob("*.patch"))
    if len(patches) != ALL:
        sys.exit(f"{len(patches)} patches, not {ALL}")
    patches = [patch for patch in patches if not asked or patch.stem in asked]
    if "--apply" in sys.argv:
        for patch in patches:
            head(patch)
            apply(patch, HERE, "--dry-run")
        print(f"{len(patches)} of {len(patches)} patches apply")
        return
    copy()
    # Builds everything, so that the seconds below are those after an edit, and shows that all checks are green before.
    for check in sorted({head(patch)[1] for patch in patches}) if not asked else []:
        status, said, took = run(check)
        print(f"green before     {took}  {check}", flush=True)
        if status:
            sys.exit(f"{check} fails before anything is broken:\n{said}")
    missed = 0
    for patch in patches:
        what, check, finds = head(patch)
        apply(patch, TREE)
        status, said, took = run(check)
        restore(patch)
        found = next((line.strip() for line in said.splitlines() if re.search(finds, line)), None)
        is_caught = status != 0 and found is not None
        missed += not is_caught
        print(f"{'caught' if is_caught else 'MISSED'} {patch.stem:<9} {took}  {check}\n"
              f"       {what}\n       {found}", flush=True)
        if not is_caught:
            print(said[-4000:])
    print(f"{len(patches) - missed} of {len(patches)} breaks caught")
    sys.exit(missed > 0 or not patches)


if __name__ == "__main__":
    main()
