#!/usr/bin/env python3
"""Runs `cargo test` with the given arguments. At the end names what was skipped and the Debian package that it
needs, and counts in one line what passed, failed and was skipped. Exits with cargo's status.

A test that skips a part of what it checks counts as skipped, unless it fails.
"""
import os
import re
import shlex
import subprocess
import sys

SKIPPED = re.compile(r"SKIPPED: (\S+): (.*)$")


def main():
    cargo = shlex.split(os.environ.get("CARGO", "cargo"))
    command = [*cargo, "test", "--no-fail-fast", *sys.argv[1:]]
    tests = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    binary, passed, failed, failures, skipped = "", 0, 0, set(), {}
    for line in tests.stdout:
        print(line, end="", flush=True)
        if running := re.match(r" +Running (?:unittests )?(\S+)", line):
            binary = running[1]
        elif counts := re.match(r"test result: \w+\. (\d+) passed; (\d+) failed", line):
            passed += int(counts[1])
            failed += int(counts[2])
        elif failure := re.match(r"test (\S+) \.\.\. FAILED", line):
            failures.add((binary, failure[1]))
        if found := SKIPPED.search(line):
            skipped.setdefault((binary, found[1]), set()).add(found[2])
    status = tests.wait()

    skipped = {test: checks for test, checks in skipped.items() if test not in failures}
    if skipped:
        print("\nSkipped:")
    for (binary, test), checks in sorted(skipped.items()):
        for check in sorted(checks):
            print(f"  {binary} {test}: {check}")
    print(f"\n{passed - len(skipped)} passed, {failed} failed, {len(skipped)} skipped")
    sys.exit(status)


if __name__ == "__main__":
    main()
