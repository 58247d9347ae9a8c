"""What the tests share: the golden cases of every host, read from tests/golden/cases.txt, and the seed of random tests."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parents[3]

SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(2**31))
"""Where random tests start: SEED from the environment, or new in every run. Printed, so that a failure can be repeated."""
print(f"SEED={SEED}", file=sys.stderr)


class Case(NamedTuple):
    line: str
    kind: str
    arguments: list[str]
    status: str  # "" on lines that expect nothing
    results: list[str]


def cases() -> list[Case]:
    found = []
    for line in (REPOSITORY / "tests/golden/cases.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            call, _, answer = line.partition("=>")
            kind, *arguments = call.split()
            status, *results = answer.split() or [""]
            found.append(Case(line, kind, arguments, status, results))
    return found


def words(*numbers: float) -> list[str]:
    """Numbers as the cases write them: doubles as the shortest decimal with the same bits."""
    return [repr(number) if isinstance(number, float) else str(int(number)) for number in numbers]
