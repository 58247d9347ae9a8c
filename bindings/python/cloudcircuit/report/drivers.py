"""What drove a flagged day: the values of a column whose cost lies most above their own expectation."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from datetime import date, timedelta
from math import isnan, nan
from typing import TYPE_CHECKING

from .. import Verdict, detect_spike
from .settings import detect_config

if TYPE_CHECKING:
    from .judge import Finding, Judged

MOST = 3
LEAST_SHARE = 0.01
"""Of the largest excess; less drove nothing."""
DIMENSIONS = ("service", "account")


@dataclass(frozen=True, slots=True)
class Driver:
    value: str
    spent: float
    expected: float

    @property
    def excess(self) -> float:
        return self.spent - self.expected


Drivers = dict[tuple[str, date], dict[str, list[Driver]]]
"""By group and day: the drivers by dimension, the largest excess first."""


def drivers_of(judged: Judged) -> Drivers:
    """One pass over the rows of the groups that have a finding."""
    wanted = sorted({finding.group for finding in judged.findings})
    found: Drivers = {(finding.group, finding.day): {} for finding in judged.findings}
    for dimension in DIMENSIONS:
        if (
            dimension not in judged.bill.has
            or not wanted
            or (dimension == "account" and not accounts_differ(judged))
        ):
            continue
        values = _spend(judged, dimension, wanted)
        for finding in judged.findings:
            inside = values.get(finding.group, {})
            if len(inside) > 1 or dimension == "service":
                drivers = _ranked(finding, inside, judged)
                if drivers:
                    found[finding.group, finding.day][dimension] = drivers
    return found


def accounts_differ(judged: Judged) -> bool:
    """Whether accounts are not the groups by another name."""
    if "name" not in judged.bill.has:
        return True
    ((pairs, groups, accounts),) = judged.bill.ask(
        "SELECT count(DISTINCT (name, account)), count(DISTINCT name), count(DISTINCT account) FROM facts"
    )
    return not pairs == groups == accounts


def _spend(judged: Judged, dimension: str, groups: list[str]) -> dict[str, dict[str, dict[date, float]]]:
    """By group and value: the net cost of its days, at least 0."""
    found: dict[str, dict[str, dict[date, float]]] = {}
    for group, value, day, amount in judged.bill.ask(
        f"SELECT name, {dimension}, day, sum(amount) FROM facts WHERE day <= ?"
        " AND name IN (SELECT unnest(?::VARCHAR[])) GROUP BY ALL",
        judged.last,
        groups,
    ):
        found.setdefault(group, {}).setdefault(value, {})[day] = max(float(amount), 0.0)
    return found


def _ranked(finding: Finding, values: dict[str, dict[date, float]], judged: Judged) -> list[Driver]:
    is_budget = finding.expected is None
    best: list[Driver] = []
    missing = set(judged.missing)
    first = judged.series[finding.group].days[0]

    def spent(days: dict[date, float]) -> float:
        return _to_date(days, finding.day) if is_budget else days.get(finding.day, 0.0)

    for value, days in sorted(values.items(), key=lambda one: (-spent(one[1]), one[0])):
        amount = spent(days)
        # An excess is never above what was spent, so those that follow cannot be among the largest.
        if amount <= 0 or (len(best) == MOST and amount <= best[-1].excess):
            break
        if is_budget:
            expected = _month_before(days, finding.day)
        else:
            expected = _expected(days, first, finding.day, missing)
        best.append(Driver(value, amount, expected))
        best = sorted(best, key=lambda one: -one.excess)[:MOST]
    return [driver for driver in best if driver.excess > max(best[0].excess * LEAST_SHARE, 0.0)]


def _expected(days: dict[date, float], first: date, day: date, missing: set[date]) -> float:
    """By the detector; by the mean of the days before where there are too few for it."""
    count = (day - first).days
    at = (first + timedelta(days=index) for index in range(count + 1))
    series = array("d", (nan if one in missing else days.get(one, 0.0) for one in at))
    detection = detect_spike(series, detect_config(first))
    if detection.verdict is not Verdict.INSUFFICIENT_DATA:
        return detection.expected_spend
    known = [amount for amount in series[:-1] if not isnan(amount)]
    return sum(known) / len(known) if known else 0.0


def _to_date(days: dict[date, float], until: date) -> float:
    start = until.replace(day=1)
    return sum(amount for day, amount in days.items() if start <= day <= until)


def _month_before(days: dict[date, float], until: date) -> float:
    """The same days of the month before."""
    end = until.replace(day=1) - timedelta(days=1)
    return _to_date(days, end.replace(day=min(until.day, end.day)))
