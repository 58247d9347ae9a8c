"""A cloud bill in FOCUS 1.0 columns, added up by day as programs/spend_guard/bill.h does: same rows, same bits."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TextIO

MOST_DAYS = 4000
"""More than ten years; a bill that spans more has a wrong date in it."""

BREAKDOWNS = {"service": ("ServiceName",), "account": ("SubAccountName", "SubAccountId")}

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_DAY = re.compile(
    r"(\d{4}-\d\d-\d\d)([T ]([01]\d|2[0-3]):[0-5]\d(:([0-5]\d|60)(\.\d+)?)?(Z|\+00:00| UTC)?)?|", re.ASCII
)


class BillError(Exception):
    """The file is no bill, or not one that can be judged."""


@dataclass(slots=True)
class Total:
    """A sum that keeps what rounding takes from it (Neumaier)."""

    sum: float = 0.0
    lost: float = 0.0

    def add(self, amount: float) -> None:
        total = self.sum + amount
        if abs(self.sum) >= abs(amount):
            self.lost += (self.sum - total) + amount
        else:
            self.lost += (amount - total) + self.sum
        self.sum = total

    def add_total(self, other: Total) -> None:
        self.add(other.sum)
        self.add(other.lost)

    @property
    def value(self) -> float:
        return self.sum + self.lost


@dataclass(slots=True)
class Cell:
    """One day: charges, and credits and adjustments, which are the rows below 0."""

    charges: Total = field(default_factory=Total)
    credits: Total = field(default_factory=Total)


@dataclass(slots=True)
class Bill:
    name: str
    currency: str | None = None
    """Of the first row that was used; "" when the bill has no such column."""
    days: dict[date, Cell] = field(default_factory=dict)
    first: date = date.max
    last: date = date.min
    rows: int = 0
    credit_rows: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)
    """Line and reason of each row that could not be used."""
    charges: Total = field(default_factory=Total)
    credits: Total = field(default_factory=Total)
    breakdowns: dict[str, dict[str, Total]] = field(default_factory=dict)

    @property
    def billed(self) -> float:
        total = Total(self.charges.sum, self.charges.lost)
        total.add_total(self.credits)
        return total.value


def parse_number(text: str) -> float | None:
    """A plain decimal number; float alone would also take blanks, underscores, inf and nan."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if abs(number) < float("inf") else None


def parse_day(text: str) -> date | None:
    """The day of "2024-09-18 22:00:00", "2024-09-18T22:00Z" and the like; FOCUS dates are UTC."""
    found = _DAY.fullmatch(text)
    if not found or not found[1]:
        return None
    try:
        return date.fromisoformat(found[1])
    except ValueError:
        return None


def read_bill(file: TextIO, name: str, where: tuple[str, str] | None = None) -> Bill:
    """Reads rows; with `where`, a column and a value, only those count, on the days of the whole bill."""
    bill = Bill(name)
    reader = csv.reader(file, strict=True)
    header = next(_rows(bill, reader), None)
    if header is None:
        raise BillError(f"{name}: empty, not even a header")
    columns = _columns(bill, header, where)
    for row in _rows(bill, reader):
        bill.rows += 1
        reason = (
            f"{len(row)} fields where the header has {len(header)}"
            if len(row) != len(header)
            else _read_row(bill, ["" if cell == "NULL" else cell for cell in row], columns, where)
        )
        if reason:
            bill.rejected.append((reader.line_num, reason))
    return bill


def _rows(bill: Bill, reader: csv._reader) -> Iterator[list[str]]:  # type: ignore[name-defined]
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            if "unexpected end" in str(error):
                raise BillError(f"{bill.name}:{reader.line_num}: a quote is never closed") from None
            bill.rows += 1
            bill.rejected.append((reader.line_num, "text after a closing quote"))
            continue
        if row is None:
            return
        if row:
            yield row


def _columns(bill: Bill, header: list[str], where: tuple[str, str] | None) -> dict[str, int]:
    wanted = ["BilledCost", "ChargePeriodStart", *([where[0]] if where else [])]
    for name in [*wanted, "BillingCurrency"]:
        if header.count(name) > 1:
            raise BillError(f"{bill.name}: there are two columns {name}")
    missing = [name for name in wanted if name not in header]
    if missing:
        raise BillError(f"{bill.name}: the header has no column {' and no column '.join(missing)}")
    for title, names in BREAKDOWNS.items():
        if any(name in header for name in names):
            bill.breakdowns[title] = {}
    return {name: index for index, name in enumerate(header)}


def _read_row(bill: Bill, row: list[str], columns: dict[str, int], where: tuple[str, str] | None) -> str | None:
    """Adds a row up, or says why not."""
    amount, day = parse_number(row[columns["BilledCost"]]), parse_day(row[columns["ChargePeriodStart"]])
    currency = row[columns["BillingCurrency"]] if "BillingCurrency" in columns else ""
    if amount is None:
        return f"BilledCost is not a number: '{row[columns['BilledCost']][:47]}'"
    if day is None:
        return f"ChargePeriodStart is not a date and time in UTC: '{row[columns['ChargePeriodStart']][:47]}'"
    if "BillingCurrency" in columns and not currency:
        return "BillingCurrency is empty"
    if bill.currency is not None and currency != bill.currency:
        return f"BillingCurrency is not that of the rows before: '{currency[:47]}'"
    bill.currency = currency
    bill.first, bill.last = min(bill.first, day), max(bill.last, day)
    if (bill.last - bill.first).days >= MOST_DAYS:
        raise BillError(f"{bill.name}: the bill runs from {bill.first} to {bill.last}, more than {MOST_DAYS} days")
    if where is not None and row[columns[where[0]]] != where[1]:
        return None
    _add(bill, day, amount)
    for title, totals in bill.breakdowns.items():
        names = (row[columns[name]] for name in BREAKDOWNS[title] if name in columns)
        totals.setdefault(next(filter(None, names), ""), Total()).add(amount)
    return None


def _add(bill: Bill, day: date, amount: float) -> None:
    cell = bill.days.setdefault(day, Cell())
    (cell.credits if amount < 0.0 else cell.charges).add(amount)
    (bill.credits if amount < 0.0 else bill.charges).add(amount)
    bill.credit_rows += amount < 0.0


def days_of(bill: Bill) -> Iterator[date]:
    """Every day from the first to the last, also without a row."""
    day = bill.first
    while day <= bill.last:
        yield day
        day += timedelta(days=1)
