#!/usr/bin/env python3
"""Compares what spend_guard says about a bill with a replay of its own, in decimals.

    replay.py SPEND_GUARD BILL [OPTION]...

Reads the rows by Python's csv module and works out totals, days, months and groups by decimal, budgets and the
plain mean rule in exact fractions. Options are those of spend_guard; the bill must be one of good rows.
"""

import argparse
import csv
import datetime
import io
import json
import subprocess
import sys
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

DAY = datetime.timedelta(days=1)


def plain(amount):
    """The fewest digits that are exact."""
    text = f"{amount:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def total(amounts):
    with localcontext(prec=60):
        return sum(amounts, Decimal(0))


class Bill:
    """Rows as (group, day, amount); the days that are judged end with last."""

    def __init__(self, rows, today=None, lag=0):
        self.days = {day for _, day, _ in rows}
        self.first, end = min(self.days), max(self.days)
        self.last = min([end - lag * DAY] + ([today - DAY] if today else []))
        self.amounts = [amount for _, _, amount in rows]
        self.groups = {}
        for group, day, amount in rows:
            self.groups.setdefault(group, {}).setdefault(day, []).append(amount)

    def summary(self):
        return {
            "groups": len(self.groups),
            "first_day": str(self.first),
            "last_day": str(self.last),
            **self.totals(self.amounts),
        }

    @staticmethod
    def totals(amounts):
        return {
            "charges": plain(total(a for a in amounts if a >= 0)),
            "credits": plain(total(a for a in amounts if a < 0)),
            "billed": plain(total(amounts)),
        }

    def daily(self):
        lines = []
        for group in sorted(self.groups, key=str.encode):
            days = self.groups[group]
            for day in sorted(self.days):
                if min(days) <= day <= self.last:
                    lines.append([str(day), group, plain(total(days.get(day, [])))])
        return lines

    def months(self):
        months = {}
        for days in self.groups.values():
            for day, amounts in days.items():
                months.setdefault(f"{day:%Y-%m}", []).extend(amounts)
        return {month: plain(total(amounts)) for month, amounts in months.items() if total(amounts) != 0}

    def series(self, group):
        """(day, net, month to date) from the group's first day on; net is None where the bill has no row."""
        days = self.groups[group]
        day, to_date = min(days), Decimal(0)
        while day <= self.last:
            net = total(days.get(day, []))
            if day.day == 1:
                to_date = Decimal(0)
            to_date = total([to_date, net])
            yield day, net if day in self.days else None, to_date
            day += DAY

    def budget_findings(self, limit):
        """{(group, day): reasons} by a limit a month."""
        found = {}
        for group in self.groups:
            for day, _, to_date in self.series(group):
                reasons = [name for name, share in (("warning", Decimal("0.9")), ("breach", 1)) if to_date >= limit * share]
                if reasons:
                    found[group, str(day)] = reasons
        return found

    def mean_spikes(self):
        found = set()
        for group in self.groups:
            known = []
            for day, net, _ in self.series(group):
                if net is None:
                    continue
                net = max(Fraction(net), Fraction(0))
                if known and net > sum(known) / len(known) * Fraction(3, 2):
                    found.add((group, str(day)))
                known.append(net)
        return found


def same(found, expected, what):
    if found == expected:
        return
    if isinstance(found, list):
        found = [one for one in found if one not in expected][:3]
        expected = [one for one in expected if one not in found][:3]
    sys.exit(f"{what}: {str(found)[:500]} is not {str(expected)[:500]}")


def ask(guard, path, *options):
    """Status, lines of JSON, standard error."""
    done = subprocess.run([guard, "--json", *options, str(path)], capture_output=True, check=False, timeout=60)
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    if not lines:
        sys.exit(f"{path}: {done.stderr.decode()}")
    return done.returncode, lines, done.stderr.decode()


def compare(guard, path, bill, options, limit=None, by_mean=False):
    """Everything but how rows were left out; returns the answer."""
    status, lines, said = ask(guard, path, *options)
    expected = bill.summary()
    same({key: lines[-1][key] for key in expected}, expected, "summary")
    for line in lines:
        if line["kind"] == "group":
            name = line["group"] or ""
            totals = bill.totals([a for amounts in bill.groups[name].values() for a in amounts])
            same({key: line[key] for key in totals}, totals, name)
            same(line["first_day"], str(min(bill.groups[name])), name)
            days = list(bill.series(name))
            if days:
                same(line["to_date"], plain(days[-1][2]), name)
    same({line["month"]: line["billed"] for line in lines if line["kind"] == "month"}, bill.months(), "months")

    daily = subprocess.run([guard, "--csv", "daily", *options, str(path)], capture_output=True, check=False, timeout=60)
    rows = list(csv.reader(io.StringIO(daily.stdout.decode(), newline="")))
    same(rows[0], ["day", "group", "amount"], "the header of --csv daily")
    same(rows[1:], bill.daily(), "--csv daily")

    days = [line for line in lines if line["kind"] == "day"]
    if limit is not None:
        found = {}
        for line in days:
            reasons = [reason for reason in line["reasons"] if reason in ("warning", "breach")]
            if reasons:
                found[line["group"] or "", line["day"]] = reasons
        same(found, bill.budget_findings(limit), "budgets")
    if by_mean:
        found = {(line["group"] or "", line["day"]) for line in days if "spike" in line["reasons"]}
        same(found, bill.mean_spikes(), "mean rule")
    return status, lines, said


def read(path, columns):
    """The rows of a FOCUS file whose dates are all in UTC."""
    rows = []
    with open(path, newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            cells = ["" if row[column] == "NULL" else row[column] for column in columns]
            group = " / ".join(cells) if cells else "whole bill"
            rows.append((group, datetime.date.fromisoformat(row["ChargePeriodStart"][:10]), Decimal(row["BilledCost"])))
    return rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("guard")
    parser.add_argument("bill")
    parser.add_argument("--group-by", default="SubAccountId")
    parser.add_argument("--limit", type=Decimal)
    parser.add_argument("--rule")
    parser.add_argument("--today", type=datetime.date.fromisoformat)
    given = parser.parse_args()
    rows = read(Path(given.bill), [] if given.group_by == "none" else given.group_by.split(","))
    bill = Bill(rows, today=given.today)
    _, lines, _ = compare(given.guard, given.bill, bill, sys.argv[3:], given.limit, given.rule == "mean")
    print(f"rows {len(rows)} groups {len(bill.groups)} billed {lines[-1]['billed']}")


if __name__ == "__main__":
    main()
