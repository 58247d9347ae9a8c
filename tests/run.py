#!/usr/bin/env python3
"""Runs every test, those first that failed last time, then the cheapest and likeliest to fail; two test binaries at a time.

A failure is named when it happens, and shown when its binary ends. At the end stands what was skipped with the Debian
package that it needs, and one line that counts what passed, failed and was skipped. A test that skips a part of what
it checks counts as skipped, unless it fails; one that did not run has failed.

Usage: run.py [BINARY...], all without an argument.
"""
import os
import queue
import re
import shlex
import signal
import subprocess
import sys
import threading
import time

# What stands after a colon is how a test's name starts; the binary's other tests come later. A binary that is not listed
# comes before the first of BUILDERS.
ORDER = """
release runner tidy header vectors:quick_ contract:quick_ boundaries:quick_ lib json examples ffi model:quick_ artefact
abi dispatch contract vectors boundaries model spend_guard simulations
subproject first_decision debian install bindings
""".split()
# They run make on the same folder, so one at a time.
BUILDERS = {"artefact", "spend_guard", "subproject", "first_decision", "debian", "install", "bindings"}
AT_ONCE = 2

# Of one binary, in seconds; a test's children have limits of their own, in support/mod.rs.
LIMIT = 1200 * (5 if os.environ.get("CLOUDCIRCUIT_LONG") else 1)
CARGO = shlex.split(os.environ.get("CARGO", "cargo"))
FAILED = os.path.join(os.environ.get("CARGO_TARGET_DIR", "target"), "failed-tests.txt")

RUNNING = re.compile(r" +Running (?:unittests )?(\S+)")
DONE = re.compile(r"test (\S+) \.\.\. (ok|FAILED)")
SKIPPED = re.compile(r"SKIPPED: (\S+): (.*)$")
FRAME = re.compile(r"$|running \d+ tests?$|test \S+ (\.\.\. ok|has been running)|test result: | +(Blocking|Finished|Running) |SKIPPED: |SEED=")


def listed():
    """The names of the tests, by binary. Builds all of them."""
    command = [*CARGO, "test", "--", "--list", "--format", "terse"]
    done = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    tests, binary = {}, None
    for line in done.stdout:
        if running := RUNNING.match(line):
            folder, name = os.path.split(running[1])
            binary = {"lib.rs": "lib", "main.rs": os.path.basename(folder)}.get(name, name.removesuffix(".rs"))
            tests[binary] = []
        elif line.endswith(": test\n"):
            tests[binary].append(line.removesuffix(": test\n"))
        else:
            print(line, end="", flush=True)
    if done.wait():
        sys.exit(done.returncode)
    return tests


def pieces_of(tests):
    """Pairs of a binary and some of its tests, in the order in which they run."""
    names = [piece.partition(":")[::2] for piece in ORDER]
    if missing := {binary for binary, _ in names} - set(tests):
        sys.exit(f"tests/run.py orders binaries that there are not: {missing}")
    first_builder = min(place for place, (binary, _) in enumerate(names) if binary in BUILDERS)
    names[first_builder:first_builder] = [(binary, "") for binary in tests if (binary, "") not in names]
    left = {binary: list(names) for binary, names in tests.items()}
    failed = {}
    if os.path.exists(FAILED):
        with open(FAILED, encoding="utf-8") as file:
            for line in file:
                binary, name = line.split()
                if name in left.get(binary, []):
                    left[binary].remove(name)
                    failed.setdefault(binary, []).append(name)
    pieces = list(failed.items())
    for binary, start in names:
        if asked := [name for name in left[binary] if name.startswith(start)]:
            left[binary] = [name for name in left[binary] if name not in asked]
            pieces.append((binary, asked))
    return pieces


class Piece:
    """Some tests of one binary, that run."""

    def __init__(self, binary, names, lines):
        self.binary, self.names = binary, names
        self.output, self.failed, self.ran, self.is_over = [], [], set(), False
        self.start = time.monotonic()
        target = ["--lib"] if binary == "lib" else ["--test", binary]
        # With one thread, libtest would begin a line when a test starts, and what the test says would end in it.
        threads = max(2, os.cpu_count() or 2)
        command = [*CARGO, "test", *target, "--", f"--test-threads={threads}", "--exact", *names]
        # In one pipe, what a test says could end up inside a line of libtest.
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, errors="replace", start_new_session=True)
        self.open = [self.process.stdout, self.process.stderr]
        for pipe in self.open:
            threading.Thread(target=self.read, args=(pipe, lines), daemon=True).start()
        self.timer = threading.Timer(LIMIT, self.end)
        self.timer.start()

    def read(self, pipe, lines):
        for line in pipe:
            lines.put((self, line))
        lines.put((self, pipe))

    def end(self):
        self.is_over = True
        os.killpg(self.process.pid, signal.SIGKILL)

    def close(self):
        """Waits for the end. Answers the seconds that it took, and those of CPU."""
        _, status, used = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self.timer.cancel()
        return time.monotonic() - self.start, used.ru_utime + used.ru_stime


def main():
    # As with Ctrl-C: what runs is ended, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    asked = set(sys.argv[1:])
    waiting = [piece for piece in pieces_of(listed()) if not asked or piece[0] in asked]
    if not waiting:
        sys.exit("no such test binary")
    lines, running, failures, skipped, passed, total = queue.Queue(), [], [], {}, 0, 0.0
    began = time.monotonic()
    try:
        while waiting or running:
            builds = any(piece.binary in BUILDERS for piece in running)
            startable = [piece for piece in waiting if not (builds and piece[0] in BUILDERS)]
            if startable and len(running) < AT_ONCE:
                waiting.remove(startable[0])
                running.append(Piece(*startable[0], lines))
                continue
            piece, line = lines.get()
            if not isinstance(line, str):
                piece.open.remove(line)
                if piece.open:
                    continue
                running.remove(piece)
                seconds, cpu = piece.close()
                total += cpu
                failures += [(piece.binary, name) for name in ended(piece, seconds, cpu)]
                passed += len(piece.names)
                continue
            piece.output.append(line)
            if done := DONE.match(line):
                piece.ran.add(done[1])
                if done[2] == "FAILED":
                    piece.failed.append(done[1])
                    print(f"FAILED after {time.monotonic() - began:.0f} s: {piece.binary} {done[1]}", flush=True)
            if found := SKIPPED.search(line):
                skipped.setdefault((piece.binary, found[1]), set()).add(found[2])
    finally:
        for piece in running:
            piece.end()

    with open(FAILED, "w", encoding="utf-8") as file:
        file.writelines(f"{binary} {name}\n" for binary, name in failures)
    for test in failures:
        skipped.pop(test, None)
    if skipped:
        print("\nSkipped:")
    for (binary, test), checks in sorted(skipped.items()):
        for check in sorted(checks):
            print(f"  {binary} {test}: {check}")
    if failures:
        print("\nFailed:")
    for binary, test in failures:
        print(f"  {binary} {test}")
    print(f"\n{time.monotonic() - began:.0f} s, {total:.0f} s of CPU")
    print(f"{passed - len(failures) - len(skipped)} passed, {len(failures)} failed, {len(skipped)} skipped")
    sys.exit(1 if failures else 0)


def ended(piece, seconds, cpu):
    """Says how a piece ended. Answers which of its tests failed or did not run."""
    missing = [name for name in piece.names if name not in piece.ran]
    failed = piece.failed + missing
    is_good = not failed and piece.process.returncode == 0
    print(f"{piece.binary}: {len(piece.names) - len(failed)} of {len(piece.names)} passed, "
          f"{seconds:.1f} s, {cpu:.1f} s of CPU", flush=True)
    for line in piece.output:
        if not is_good or not FRAME.match(line):
            print(f"    {line}", end="", flush=True)
    if piece.is_over:
        print(f"    {piece.binary}: ended after its limit of {LIMIT} s", flush=True)
    # A binary that fails without a failed test is none that passed.
    return failed if is_good or failed else piece.names


if __name__ == "__main__":
    main()
