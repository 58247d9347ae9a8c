"""Budgets of groups: one limit for all, or a file with one for each."""

from __future__ import annotations

import calendar
import csv
from dataclasses import dataclass
from datetime import date, timedelta

from .errors import BillError

PERIODS = {"month": 1, "quarter": 3, "year": 12}
EVERY_OTHER = "*"
WHOLE_BILL = "whole bill"
"""The name of the only group where the bill is judged as a whole."""


@dataclass(frozen=True, slots=True)
class Budget:
    limit: float
    warning_ratio: float = 0.9
    period: str = "month"

    def start_of(self, day: date) -> date:
        """The first day of the budget's period that a day is in."""
        months = PERIODS[self.period]
        return date(day.year, (day.month - 1) // months * months + 1, 1)

    def end_of(self, day: date) -> date:
        """The first day after it."""
        start = self.start_of(day)
        for _ in range(PERIODS[self.period]):
            start += timedelta(days=calendar.monthrange(start.year, start.month)[1])
        return start


def read_budgets(path: str, groups: set[str]) -> dict[str, Budget]:
    """By group; `EVERY_OTHER` for those that the file does not name. A fault in the file is an error by name."""
    found: dict[str, Budget] = {}
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file)
            names = set(rows.fieldnames or ())
            unknown = names - {"group", "limit", "warning_ratio", "period"}
            if not {"group", "limit"} <= names or unknown:
                raise BillError(f"{path}: the header must be group,limit[,warning_ratio][,period]")
            for row in rows:
                where, group = f"{path}:{rows.line_num}", row["group"] or ""
                if group == WHOLE_BILL and groups == {""}:
                    group = ""
                if group in found:
                    raise BillError(f"{where}: the group {group} is named twice")
                if group != EVERY_OTHER and group not in groups:
                    raise BillError(f"{where}: the bill has no group {group}")
                found[group] = _budget(row, where)
    except OSError as error:
        raise BillError(str(error)) from None
    return found


def _budget(row: dict[str, str], where: str) -> Budget:
    numbers = {"limit": row["limit"], "warning_ratio": row.get("warning_ratio") or "0.9"}
    for name, text in numbers.items():
        try:
            if not 0 < float(text) < float("inf"):
                raise ValueError
        except (TypeError, ValueError):
            raise BillError(f"{where}: {name} '{text}' is no number above 0") from None
    if float(numbers["warning_ratio"]) > 1:
        raise BillError(f"{where}: warning_ratio '{numbers['warning_ratio']}' is above 1")
    period = row.get("period") or "month"
    if period not in PERIODS:
        raise BillError(f"{where}: period '{period}' is none of {', '.join(PERIODS)}")
    return Budget(float(numbers["limit"]), float(numbers["warning_ratio"]), period)
