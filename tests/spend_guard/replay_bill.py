#!/usr/bin/env python3
"""Checks what spend_guard --json says about a bill, line by line.

    replay_bill.py [OPTION]... BILL OUTPUT

An implementation of its own of everything spend_guard does with good rows: CSV by the csv
module, sums by decimal, all rules in exact fractions. Words and counts must be the same,
every number within the rounding that its doubles allow. Options are those of spend_guard.
"""

import argparse
import csv
import datetime
import json
import re
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

VERSION = re.search(r'^version = "(.*)"', (Path(__file__).parents[2] / "Cargo.toml").read_text(), re.M)[1]
HALF_ULP = Fraction(1, 2**53)

# The library's default policy.
POLICY = {
    "on_warning": "alert",
    "on_breach": "block",
    "on_spike": "throttle",
    "on_leak": "alert",
    "on_open": "block",
    "on_over_limit": "block",
    "on_rate": "throttle",
    "on_forecast": "alert",
    "on_insufficient": "alert",
    "on_error": "block",
    "on_missing": "block",
}


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--group-by", default="SubAccountId")
    parser.add_argument("--limit", type=Fraction, default=Fraction(1000))
    parser.add_argument("--warning-ratio", type=float, default=0.9)
    parser.add_argument("--multiplier", type=Fraction, default=Fraction(3, 2))
    parser.add_argument("--floor", type=Fraction, default=Fraction(0))
    parser.add_argument("--failure-threshold", type=int, default=3)
    parser.add_argument("--cooldown", type=int, default=0)
    parser.add_argument("bill")
    parser.add_argument("output")
    return parser.parse_args()


def read_bill(path, group_by):
    """{group: {day: [amounts]}}, with "" for the group of a NULL cell and for the whole bill."""
    groups = {}
    with open(path, newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            group = "" if group_by == "none" else row[group_by]
            group = "" if group == "NULL" else group
            day = datetime.date.fromisoformat(row["ChargePeriodStart"][:10])
            amount = Fraction(Decimal(row["BilledCost"]))
            groups.setdefault(group, {}).setdefault(day, []).append(amount)
    return groups


def above(left, right, or_equal=False):
    """left > right, or >= right; not to be answered when rounding could decide it."""
    if left == right == 0:
        return or_equal
    if abs(left - right) <= abs(right) * HALF_ULP * 16:
        sys.exit(f"{float(left)!r} and {float(right)!r} are too close to tell rounding from a mistake")
    return left > right


def record(kind, members, config):
    """A record of the library: what was decided, by which version, and the settings that decided."""
    return {"kind": kind, "version": VERSION, "status": "CLOUDCIRCUIT_OK", **members, "config": config}


class Check:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.lines = file.read().split("\n")
        if self.lines.pop() != "":
            sys.exit("the last line has no end")
        self.at = 0

    def line(self, expected, sizes):
        """sizes: for every number, the sum of the magnitudes that went into it."""
        where = f"line {self.at + 1}"
        if self.at == len(self.lines):
            sys.exit(f"{where} is missing: {expected}")
        found = json.loads(self.lines[self.at])
        self.at += 1
        self.fields(where, found, expected, sizes)

    def fields(self, where, found, expected, sizes):
        if not isinstance(found, dict) or list(found) != list(expected):
            sys.exit(f"{where}: {found} has other fields than {list(expected)}")
        for key, value in expected.items():
            if isinstance(value, dict):
                self.fields(f"{where}, {key}", found[key], value, sizes[key])
            elif isinstance(value, Fraction):
                if abs(Fraction(found[key]) - value) > sizes[key] * HALF_ULP * 4:
                    sys.exit(f"{where}: {key} is {found[key]!r}, not {float(value)!r}: {found}")
            elif found[key] != value or type(found[key]) is not type(value):
                sys.exit(f"{where}: {key} is {found[key]!r}, not {value!r}: {found}")

    def end(self):
        if self.at != len(self.lines):
            sys.exit(f"{len(self.lines) - self.at} lines too many")


def replay_group(options, days, first, last, judged):
    """Yields the fields of every day; judged counts days and charges by action."""
    failures = cooldown = 0
    month = month_size = Fraction(0)
    series = []
    day = first
    while day <= last:
        amounts = days.get(day, [])
        charges = sum((a for a in amounts if a >= 0), Fraction(0))
        credits = sum((a for a in amounts if a < 0), Fraction(0))
        size = charges - credits
        if day.day == 1:
            month = month_size = Fraction(0)
        month += charges + credits
        month_size += size
        used = max(month, Fraction(0)) / options.limit
        series.append(charges)

        baseline = threshold = None
        spike = False
        if len(series) > 1:
            baseline = sum(series[:-1]) / (len(series) - 1)
            threshold = max(baseline, options.floor) * options.multiplier
            spike = above(charges, threshold)
        warning = above(used, Fraction(options.warning_ratio), or_equal=True)
        breach = above(used, Fraction(1), or_equal=True)
        is_open = failures >= options.failure_threshold or cooldown > 0
        findings = {"warning": warning, "breach": breach, "spike": spike, "open": is_open}
        action = "block" if breach or is_open else "throttle" if spike else "alert" if warning else "allow"
        reasons = [name for name, found in findings.items() if found]
        kinds = ["budget", "breaker"] if baseline is None else ["budget", "spike", "breaker"]
        judged[action][0] += 1
        judged[action][1] += charges
        retry_after = cooldown if is_open else 0
        yield {
            "day": str(day),
            "spend": charges + credits,
            "charges": charges,
            "credits": credits,
            "month_to_date": month,
            "action": action,
            "reasons": reasons,
            "budget": record("budget_result", {
                "current_spend": max(month, Fraction(0)),
                "budget_limit": options.limit,
                "usage_ratio": used,
                "remaining_budget": options.limit - max(month, Fraction(0)),
                "is_warning": warning,
                "is_breached": breach,
            }, {"warning_ratio": options.warning_ratio}),
            "spike": None if baseline is None else record("spike_result", {
                "latest_spend": charges,
                "baseline_mean": baseline,
                "threshold": threshold,
                "is_spike": spike,
                "points_used": len(series) - 1,
            }, {"spike_multiplier": float(options.multiplier), "min_baseline": float(options.floor)}),
            "breaker": record("breaker_decision", {
                "retry_after_steps": retry_after,
                "is_open": is_open,
                "allow_operation": not is_open,
            }, {
                "consecutive_failures": failures,
                "failure_threshold": options.failure_threshold,
                "cooldown_steps_remaining": cooldown,
            }),
            "guard": record("guard_decision", {
                "action": action,
                "monitor_action": action,
                "reasons": reasons,
                "monitor_reasons": [],
                "kinds": kinds,
                "retry_after": retry_after,
            }, {**POLICY, "required": kinds, "monitor": []}),
        }, {
            "spend": size,
            "charges": size,
            "credits": size,
            "month_to_date": month_size,
            "budget": {
                "current_spend": month_size,
                "budget_limit": options.limit,
                "usage_ratio": month_size / options.limit,
                "remaining_budget": options.limit + month_size,
                "config": {},
            },
            "spike": {"latest_spend": size, "baseline_mean": baseline, "threshold": threshold, "config": {}},
            "breaker": {"config": {}},
            "guard": {"config": {}},
        }

        cooldown = max(cooldown - 1, 0)
        failures = failures + 1 if breach or spike else 0
        if failures == options.failure_threshold:
            cooldown = options.cooldown
        day += datetime.timedelta(days=1)


def main():
    options = arguments()
    groups = read_bill(options.bill, options.group_by)
    first = min(min(days) for days in groups.values())
    last = max(max(days) for days in groups.values())
    judged = {action: [0, Fraction(0)] for action in ("block", "throttle", "alert", "allow")}
    check = Check(options.output)
    for name in sorted(groups, key=str.encode):
        shown = "whole bill" if options.group_by == "none" else name or None
        for expected, sizes in replay_group(options, groups[name], first, last, judged):
            day = {"type": "day", "day": expected.pop("day"), "group": shown}
            check.line({**day, **expected}, sizes)

    amounts = [a for days in groups.values() for day in days.values() for a in day]
    charges = sum((a for a in amounts if a >= 0), Fraction(0))
    credits = sum((a for a in amounts if a < 0), Fraction(0))
    numbers = {
        "limit": options.limit,
        "saved": judged["block"][1],
        "throttled_charges": judged["throttle"][1],
        "charges": charges,
        "credits": credits,
        "billed": charges + credits,
    }
    summary = {
        "type": "summary",
        "group_by": options.group_by,
        "currency": "USD",
        "limit": None,
        "groups": len(groups),
        "days": (last - first).days + 1,
        "blocked": judged["block"][0],
        "throttled": judged["throttle"][0],
        "alerted": judged["alert"][0],
        "allowed": judged["allow"][0],
        "saved": None,
        "throttled_charges": None,
        "rows_read": len(amounts),
        "rows_used": len(amounts),
        "rows_rejected": 0,
        "charges": None,
        "credits": None,
        "credit_rows": sum(a < 0 for a in amounts),
        "billed": None,
    }
    check.line({**summary, **numbers}, dict.fromkeys(numbers, charges - credits + options.limit))
    check.end()
    actions = " ".join(f"{action} {count}" for action, (count, _) in judged.items())
    total = sum((Decimal(a.numerator) / Decimal(a.denominator) for a in amounts), Decimal(0))
    print(f"rows {len(amounts)} days {summary['days']} groups {len(groups)} billed {total.normalize():f} {actions}")


if __name__ == "__main__":
    main()
