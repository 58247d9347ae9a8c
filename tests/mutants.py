#!/usr/bin/env python3
"""Changes one decision in each room of src/, in a copy, and runs `make check ROOM=...` there: it must fail.

    mutants.py [ROOM...]

An exact threshold is the kind of mistake that tests miss most easily, so most lines turn a >= into a >. Whoever
rewrites such a line replaces it below: what is no longer in the room fails, too.
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
WORK = HERE / "target/mutants"

# A room, a text that stands in one of its files, and what is put there instead.
MUTANTS = [
    ("budget", "usage_ratio >= config.warning_ratio", "usage_ratio > config.warning_ratio"),
    ("budget", "u128::from(PPM) >= u128::from(limit)", "u128::from(PPM) > u128::from(limit)"),
    ("budget", "spend[row] >= limit[row]", "spend[row] > limit[row]"),
    ("spike", "latest_spend > threshold", "latest_spend >= threshold"),
    ("spike", "* scale > scaled_threshold", "* scale >= scaled_threshold"),
    ("breaker", "counters.consecutive_failures >= counters", "counters.consecutive_failures > counters"),
    ("breaker", "self.consecutive_failures >= config.failure_threshold", "self.consecutive_failures > config.failure_threshold"),
    ("ledger", "i128::from(amount) * PPM >= i128", "i128::from(amount) * PPM > i128"),
    ("ledger", "+ ask > config.cap(", "+ ask >= config.cap("),
    ("rate_limit", "instant > i128::from(time)", "instant >= i128::from(time)"),
    ("guard", "action < self.action", "action <= self.action"),
    ("guard", "decision.action > ACTION_THROTTLE", "decision.action >= ACTION_THROTTLE"),
    ("detect", "points.len() >= MIN_LEVEL_POINTS", "points.len() > MIN_LEVEL_POINTS"),
    ("forecast", "missing <= elapsed / 2", "missing < elapsed / 2"),
    ("money", "rest == half && whole & 1 == 1", "rest == half && whole & 1 == 0"),
    ("json", "self.is_broken |= value > 1", "self.is_broken |= value > 2"),
    ("flags", "FLAG_INVALID | FLAG_SPIKE", "FLAG_SPIKE"),
    ("columns", "self.start.max(other.start) <", "self.start.max(other.start) <="),
    ("codec", "crc32(fields).to_le_bytes() != *sum", "crc32(fields).to_le_bytes()[0] != sum[0]"),
    ("error", 'c"unknown status", |(name, _)| name', 'c"no status", |(name, _)| name'),
    ("numeric", "bits < f64::INFINITY.to_bits()", "bits <= f64::INFINITY.to_bits()"),
    ("arch", "_mm_sub_pd(*sum, next)", "_mm_sub_pd(next, *sum)"),
]


def files(room):
    folders = [WORK / "tree/src" / room, WORK / "tree/src/abi" / room]
    single = [folder.with_suffix(".rs") for folder in folders]
    return [file for file in single if file.exists()] + [
        file for folder in folders for file in sorted(folder.glob("**/*.rs"))
    ]


def check(room):
    """Whether make check fails, and whether that is a test's doing."""
    environment = {**os.environ, "CARGO_TARGET_DIR": str(WORK / "target")}
    command = ["make", "check", "ROOM=" + room]
    done = subprocess.run(command, cwd=WORK / "tree", env=environment, capture_output=True, text=True)
    said = done.stdout + done.stderr
    if done.returncode and "test result: FAILED" not in said:
        sys.exit(f"make check ROOM={room} fails without a failing test:\n{said}")
    return done.returncode != 0


def survives(room, text, instead):
    for file in files(room):
        source = file.read_text()
        lines = source.splitlines(keepends=True)
        code = (i for i, line in enumerate(lines) if text in line and not line.strip().startswith("//"))
        if (at := next(code, None)) is not None:
            lines[at] = lines[at].replace(text, instead)
            file.write_text("".join(lines))
            try:
                return not check(room)
            finally:
                file.write_text(source)
    sys.exit(f"{room} no longer has: {text}")


def main():
    shutil.rmtree(WORK / "tree", ignore_errors=True)
    shutil.copytree(HERE, WORK / "tree", symlinks=True, ignore=shutil.ignore_patterns("target", ".git"))
    if check("abi"):
        sys.exit("make check ROOM=abi, which checks all rooms, fails before anything is changed")
    asked = [mutant for mutant in MUTANTS if mutant[0] in (sys.argv[1:] or [mutant[0]])]
    survivors = 0
    for room, text, instead in asked:
        is_missed = survives(room, text, instead)
        survivors += is_missed
        print(f"{'MISSED' if is_missed else 'found '} {room}: {text}  ->  {instead}", flush=True)
    print(f"{len(asked) - survivors} of {len(asked)} found")
    sys.exit(survivors > 0 or not asked)


if __name__ == "__main__":
    main()
