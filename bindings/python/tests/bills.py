"""Small bills with the right answer to each, and the C tool to compare with.

CLOUDCIRCUIT_BILLS names a folder with them, or the one next to it. CLOUDCIRCUIT_SPEND_GUARD names the built
programs/spend_guard.
"""

from __future__ import annotations

import json
import os
import subprocess
import unittest
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cloudcircuit.report import Report, Settings, chosen, make

from .golden import REPOSITORY

if find_spec("duckdb") is None:
    raise unittest.SkipTest("SKIPPED: the report (no duckdb here)")

GUARD = os.environ.get("CLOUDCIRCUIT_SPEND_GUARD")
LATER = date(2100, 1, 1)
"""Every day of a test's bill is over."""


def folder(marker: str) -> Path | None:
    given = os.environ.get("CLOUDCIRCUIT_BILLS")
    if given is None:
        return None
    places = Path(given), Path(given).parent / "bills", Path(given).parent / "data"
    return next((place for place in places if (place / marker).exists()), None)


DEMO = REPOSITORY / "examples/data/focus_bill.csv"
SMALL = folder("m3_empty.csv")
SAMPLE = folder("focus_sample.csv")


def report(
    *paths: str | Path,
    today: date = LATER,
    currency: str | None = None,
    date_format: str | None = None,
    preset: str = "focus",
    settings: dict[str, Any] | None = None,
    **columns: str | None,
) -> Report:
    chosen_settings = Settings(today=today, **(settings or {}))
    given = [str(path) for path in paths]
    return make(given, chosen(preset, **columns), chosen_settings, currency, date_format)


@dataclass(frozen=True)
class Right:
    """What a bill must come to."""

    charges: str
    credits: str = "0"
    groups: int = 1
    days: int = 10
    left_out: int = 0
    said: str = "^"
    """What the remarks must have in them."""


TEN, THREE = Right("100"), Right("30", days=3)
ONE_LEFT_OUT = Right("20", days=2, left_out=1)

# By the start of a file's name, with options. A text is what the refusal must name.
CASES: dict[str, tuple[dict[str, str], Right | str]] = {
    "a1": ({}, TEN),
    "b_": ({}, Right("100", said="2 repeated headers")),
    "c1": ({}, "month/day/year or day/month/year"),
    "c1 ": ({"date_format": "mdy"}, TEN),
    "c2": ({}, "month/day/year or day/month/year"),
    "c2 ": ({"date_format": "mdy"}, TEN),
    "d1": ({}, Right("105", days=11)),
    "d3": ({}, Right("105")),
    **{f"e0{form}": ({}, THREE) for form in range(10)},
    "e20": ({}, TEN),
    **{f"f0{form}": ({}, ONE_LEFT_OUT) for form in range(4)},
    "f06": ({}, Right("20.0000001", days=3)),
    "f07": ({}, Right("20.00000035", days=3)),
    "f08": ({}, Right("1020", days=3)),
    "f09": ({}, Right("25", days=3)),
    "f10": ({}, Right("20.5", days=3)),
    "f11": ({}, Right("25", days=3)),
    **{f"f{form}": ({}, ONE_LEFT_OUT) for form in (12, 13, 14, 19)},
    "f15": ({}, Right("20.0000004", days=3)),
    "g1": ({}, "USD 1000 .*EUR 3 "),
    "g1 ": ({"currency": "USD"}, Right("1000")),
    "g1  ": ({"currency": "EUR"}, Right("3", days=1)),
    "g2": ({}, TEN),
    "g3": ({}, Right("100", "-25", said="no currency and is taken as USD")),
    "h1": ({}, Right("5100", "-5000")),
    "h4": ({}, Right("3300", "-2800", days=33)),
    **{f"i{form}_": ({}, TEN) for form in (1, 3, 4, 5, 6, 8, 9, 10, 12, 15, 17)},
    "i11": ({}, Right("100", left_out=1)),
    "j1": ({}, TEN),
    "j4": ({}, "--cost focus.BilledCost"),
    "j6": ({}, TEN),
    "j7": ({}, "--format aws-cur"),
    "j7 ": ({"preset": "aws-cur"}, TEN),
    "k1": ({}, "UTF-16"),
    "k3": ({}, TEN),
    "k4": ({}, TEN),
    "k6": ({}, "NUL"),
    "k8": ({}, TEN),
    "l1": ({}, Right("100", left_out=1)),
    "l3": ({}, Right("60", days=6)),
    "l5": ({}, Right("100", left_out=1)),
    "l8": ({}, TEN),
    "l9": ({}, Right("20", days=2)),
    "m1": ({}, TEN),
    "m2": ({}, "no row"),
    "m3": ({}, "empty"),
    "m5": ({}, Right("100", groups=2, said=r"2\.34567E\+11")),
    "n3": ({}, Right("401", days=4, said="--period-column BillingPeriodStart")),
    "new_account": ({}, Right("16039.34", groups=2, days=152)),
    "upfront": ({}, Right("16416.5", days=121)),
    "gap": ({}, Right("8303.37", days=83)),
    "monthly_cent": ({}, Right("21000.18", days=7)),
    "eom_fee": ({}, Right("36200", days=182)),
    "partial_day": ({}, Right("7525", days=76)),
    "first_week_fee": ({}, Right("6100", days=31)),
    "second_runaway": ({}, Right("24705.75", days=106)),
}


def case(name: str) -> Path:
    """The one file whose name begins so; blanks tell cases of one file apart."""
    assert SMALL is not None
    (found,) = (path for path in SMALL.iterdir() if path.name.startswith(name.strip()))
    return found


@cache
def has_guard() -> bool:
    """Whether the tool is there, and is the one with these options."""
    if GUARD is None:
        return False
    ran = subprocess.run([GUARD, "--version"], capture_output=True, timeout=60)
    return ran.returncode == 0 and ran.stdout.startswith(b"spend_guard ")


def guard(path: Path, *options: str) -> tuple[int, dict[str, Any] | None, str]:
    """The tool's status, its summary, what it says."""
    command = [str(GUARD), "--json", "--today", str(LATER), *options, str(path)]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", timeout=60)
    lines = ran.stdout.splitlines()
    return ran.returncode, json.loads(lines[-1]) if lines else None, ran.stderr


def guard_lines(path: Path, *options: str) -> list[dict[str, Any]]:
    """Everything that the tool says of a bill."""
    command = [str(GUARD), "--json", "--today", str(LATER), *options, str(path)]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)
    lines: list[dict[str, Any]] = [json.loads(line) for line in ran.stdout.splitlines()]
    for line in lines:
        if "group" in line:  # the report has no word for a group without a name, or for the only one
            line["group"] = {None: "", "whole bill": ""}.get(line["group"], line["group"])
    return lines
