#!/usr/bin/env python3
"""Turns a cloud bill in FOCUS 1.0 columns into one self-contained HTML page.

python3 report.py --limit 7000 -o report.html bill.csv
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import NoReturn

from cloudcircuit import CloudcircuitError
from spend_report.bill import Bill, BillError, read_bill
from spend_report.page import page
from spend_report.replay import Settings, check_settings, month_forecast, replay

DEFAULTS = Settings(limit=0.0)


def fail(text: object) -> NoReturn:
    sys.exit(f"report: {text}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Turns a cloud bill in FOCUS 1.0 columns into one HTML page: spend by day, the months against"
        " their budget, and what would have been blocked, throttled and alerted.",
        epilog="Exit status: 0 when the page was written, 1 for bad input, also when no row could be used"
        " (the page then says so).",
    )
    parser.add_argument("bill", help="CSV file; - for standard input")
    parser.add_argument("-o", "--output", default="-", help="where to write the page (standard output)")
    parser.add_argument("--limit", type=float, required=True, help="budget for a calendar month")
    for name, kind, metavar, text in (
        ("warning-ratio", float, "NUMBER", "share of it that warns"),
        ("multiplier", float, "NUMBER", "a day above this many times the mean of the days before is a spike"),
        ("floor", float, "NUMBER", "least mean that a spike is measured against"),
        ("failure-threshold", int, "N", "days in a row with a breach or spike that open the breaker"),
        ("cooldown", int, "DAYS", "how long it then stays open at least"),
    ):
        default = getattr(DEFAULTS, name.replace("-", "_"))
        parser.add_argument(f"--{name}", type=kind, metavar=metavar, default=default, help=f"{text} (%(default)s)")
    parser.add_argument("--where", metavar="COLUMN=VALUE", help="only rows with this value, one account say")
    parser.add_argument("--title", default="Cloud spend report")
    return parser.parse_args()


def load(path: str, where: str | None) -> Bill:
    column, equals, value = (where or "").partition("=")
    if where is not None and not equals:
        fail("--where needs COLUMN=VALUE")
    name = "standard input" if path == "-" else os.path.basename(path)
    try:
        with open(0 if path == "-" else path, newline="", encoding="utf-8-sig", errors="replace") as file:
            return read_bill(file, name, (column, value) if where else None)
    except (BillError, OSError) as error:
        fail(error)


def main() -> int:
    options = arguments()
    names = ("limit", "warning_ratio", "multiplier", "floor", "failure_threshold", "cooldown")
    settings = Settings(*(getattr(options, name) for name in names))
    try:
        check_settings(settings)
    except CloudcircuitError as error:
        fail(error)
    bill = load(options.bill, options.where)
    days = replay(bill, settings) if bill.currency is not None else []
    html = page(options.title, bill, days, settings, month_forecast(days, settings))
    try:
        with open(
            1 if options.output == "-" else options.output, "w", encoding="utf-8", closefd=options.output != "-"
        ) as file:
            file.write(html)
    except OSError as error:
        fail(error)
    if not days:
        fail(f"{bill.name}: not one row that can be used")
    return 0


if __name__ == "__main__":
    sys.exit(main())
