"""Budgets of groups: one limit for all, or a file with one for each."""

from __future__ import annotations

import calendar
import csv
from dataclasses import dataclass
from datetime import date, timedelta

from .cells import Unreadable, amount
from .errors import BillError

COLUMNS = ("group", "limit", "warning_ratio", "period")
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
        with open(path, newline="", encoding="utf-8-sig", errors="surrogateescape") as file:
            rows = csv.reader(file)
            names = [name.strip() for name in next(rows, [])]
            if not {"group", "limit"} <= set(names) <= set(COLUMNS) or len(set(names)) < len(names):
                raise BillError(f"{path}:1: the header is not group,limit[,warning_ratio][,period]")
            for cells in rows:
                if not cells:
                    continue
                where = f"{path}:{rows.line_num}"
                if len(cells) != len(names):  # 3,000 without quotes would be a limit of 3
                    raise BillError(f"{where}: another number of fields than the header")
                row = dict(zip(names, cells))
                group = _group(row["group"], groups)
                if group in found:
                    raise BillError(f"{where}: the group {shown(row['group'])} is named twice")
                if group != EVERY_OTHER and group not in groups:
                    raise BillError(f"{where}: the group {shown(row['group'])} is not in the bill")
                found[group] = _budget(row, where)
    except (OSError, csv.Error) as error:
        raise BillError(f"{path}: {error}" if isinstance(error, csv.Error) else str(error)) from None
    return found


def shown(text: str) -> str:
    """On a terminal: without what would not be text there."""
    return "'" + "".join(one if one.isprintable() else "\ufffd" for one in text[:48]) + "'"


def _group(name: str, groups: set[str]) -> str:
    is_whole = name == WHOLE_BILL and groups == {""}
    return "" if name not in groups and (is_whole or name == "(none)") else name


def _budget(row: dict[str, str], where: str) -> Budget:
    ratio = row.get("warning_ratio", "").strip() or "0.9"
    period = row.get("period", "").strip() or "month"
    limit = _above_zero(row["limit"])
    if limit is None:
        raise BillError(f"{where}: the limit {shown(row['limit'])} is not an amount above 0")
    warning_ratio = _above_zero(ratio)
    if warning_ratio is None or warning_ratio > 1:
        raise BillError(f"{where}: the warning_ratio {shown(ratio)} is not above 0 and at most 1")
    if period not in PERIODS:
        raise BillError(f"{where}: the period {shown(period)} is none of {', '.join(PERIODS)}")
    return Budget(limit, warning_ratio, period)


def _above_zero(text: str) -> float | None:
    try:
        number = amount(text)
    except Unreadable:
        return None
    return float(number) if number > 0 else None
