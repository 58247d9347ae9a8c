"""The tables of a report: one form for the page, its search and its CSV files, the summaries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeAlias

from .drivers import DIMENSIONS, Driver, Drivers, accounts_differ
from .judge import Finding, Judged, Period

Cell: TypeAlias = "str | Decimal | float | int | date | None | list[Driver]"

MOVERS = 10


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: str = "text"
    """text, money, change (money with its sign), percent, date, month, count, action, drivers."""


@dataclass(slots=True)
class Table:
    key: str
    title: str
    lead: str
    columns: list[Column]
    rows: list[list[Cell]]
    month: int | None = None
    """The column whose month the month picker chooses by."""
    stacks: bool = False
    """Whether a phone shows each row as a card: for rows with long texts."""


def tables_of(judged: Judged, drivers: Drivers) -> list[Table]:
    """All tables of the page, in its order; those without a row are left out."""
    found = [
        findings(judged, drivers),
        budgets(judged),
        months(judged),
        *names(judged),
        daily(judged),
    ]
    return [_without_empty_columns(table) for table in found if table.rows]


def _without_empty_columns(table: Table) -> Table:
    kept = [at for at in range(len(table.columns)) if any(row[at] not in (None, []) for row in table.rows)]
    table.columns = [table.columns[at] for at in kept]
    table.rows = [[row[at] for at in kept] for row in table.rows]
    return table


def label(judged: Judged, name: str, what: str = "name") -> str:
    """A group's name; one that is empty says so."""
    return name or f"(no {judged.bill.titles[what]})"


def findings(judged: Judged, drivers: Drivers) -> Table:
    has_groups = "name" in judged.bill.has
    shown = [
        dimension
        for dimension in DIMENSIONS
        if any(dimension in by_dimension for by_dimension in drivers.values())
    ]
    columns = [
        Column("Day", "date"),
        *([Column(judged.bill.titles["name"])] if has_groups else []),
        Column("Action", "action"),
    ]
    columns += [Column("Found"), Column("Spent", "money")]
    has_credits = any(one.credits for one in judged.findings)
    columns += [Column("Charges", "money"), Column("Credits", "money")] if has_credits else []
    columns += [Column("Expected", "money"), Column("Above", "change")]
    columns += [Column(f"{judged.bill.titles[dimension]} that drove it", "drivers") for dimension in shown]
    rows = []
    for one in judged.findings:
        by_dimension = drivers.get((one.group, one.day), {})
        row: list[Cell] = [one.day, *([label(judged, one.group)] if has_groups else []), one.action.word]
        row += [found_words(one), one.spent, *([one.charges, one.credits] if has_credits else [])]
        row += [one.expected, None if one.expected is None else one.excess]
        rows.append(row + [by_dimension.get(dimension, []) for dimension in shown])
    lead = (
        "Each day that stands out, and what drove it: up to three values of a column with what they cost above their"
        " own expectation. For a budget they are compared with the same days of the month before."
    )
    return Table("findings", "What needs a look", lead, columns, rows, month=0, stacks=True)


WORDS = {
    "spike": "spike",
    "leak": "slow leak",
    "drop": "drop",
    "warning": "budget warning",
    "breach": "budget reached",
    "forecast": "forecast above the budget",
}


def found_words(finding: Finding) -> str:
    return ", ".join(WORDS[kind] for kind in finding.kinds)


def budgets(judged: Judged) -> Table:
    has_groups = "name" in judged.bill.has
    columns = [Column("Period from", "month"), *([Column(judged.bill.titles["name"])] if has_groups else [])]
    columns += [Column("Spent", "money"), Column("Budget", "money"), Column("Used", "percent")]
    columns += [
        Column("Reached on", "date"),
        Column("Forecast", "money"),
        Column("Low", "money"),
        Column("High", "money"),
    ]
    rows = []
    periods = [(name, period) for name, found in judged.periods.items() for period in found]
    for name, period in sorted(periods, key=lambda one: (one[1].start, used(one[1])), reverse=True):
        ahead = period.forecast
        row: list[Cell] = [period.start, *([label(judged, name)] if has_groups else [])]
        row += [period.spent, period.budget.limit, used(period), period.breached]
        rows.append(row + ([ahead.expected, ahead.lower, ahead.upper] if ahead else [None] * 3))
    lead = "Each budget in each of its periods. Low and high hold eight periods of ten."
    return Table("budgets", "Budgets", lead, columns, rows, month=0)


def used(period: Period) -> float:
    return float(period.spent) / period.budget.limit


def months(judged: Judged) -> Table:
    columns = [
        Column("Month", "month"),
        Column("Billed", "money"),
        Column("Charges", "money"),
        Column("Credits", "money"),
    ]
    if judged.bill.effective is not None:
        columns.append(Column("Effective cost", "money"))
    columns += [Column("Compared with", "money"), Column("Change", "change"), Column("Change in %", "percent")]
    columns += [Column("Days flagged", "count")]
    flagged: dict[date, set[date]] = {}
    for finding in judged.findings:
        flagged.setdefault(finding.day.replace(day=1), set()).add(finding.day)
    rows = []
    for month, charges, credits, effective in judged.bill.ask(
        "SELECT month, coalesce(sum(amount) FILTER (amount >= 0), 0), coalesce(sum(amount) FILTER (amount < 0), 0),"
        " sum(effective) FROM facts WHERE day <= ? GROUP BY 1 ORDER BY 1 DESC",
        judged.last,
    ):
        row: list[Cell] = [month, charges + credits, charges, credits]
        row += [effective] if judged.bill.effective is not None else []
        before = _before(judged, month)
        change = None if before is None else charges + credits - before
        row += [before, change, float(change / before) if change is not None and before else None]
        rows.append(row + [len(flagged.get(month, ()))])
    table = Table("months", "Month over month", "", columns, rows, month=0)
    if not is_whole(judged, judged.last.replace(day=1)):
        table.lead = f"The running month is compared with the first {judged.last.day} days of the one before."
    return table


def is_whole(judged: Judged, month: date) -> bool:
    return (judged.last + timedelta(days=1)).replace(day=1) > month


def _window(judged: Judged, month: date) -> tuple[date, date]:
    """The month before, or as many days of it as the bill has of a running month."""
    end = month - timedelta(days=1)
    start = end.replace(day=1)
    if not is_whole(judged, month):
        end = min(end, start + timedelta(days=judged.last.day - 1))
    return start, end


def _before(judged: Judged, month: date) -> Decimal | None:
    start, end = _window(judged, month)
    ((total,),) = judged.bill.ask(
        "SELECT sum(amount) FROM facts WHERE month = ? AND (day <= ? OR day >= ?)", start, end, month
    )
    if total is None or judged.bill.first > start:
        return None
    return Decimal(total)


def names(judged: Judged) -> Iterable[Table]:
    """For each dimension: what moved most, and every name with its months."""
    has = judged.bill.has
    dimensions = [what for what in ("service", "name", "account") if what in has]
    if "name" in has and "account" in has and not accounts_differ(judged):
        dimensions.remove("account")
    for what in dimensions:
        title, key = judged.bill.titles[what], "group" if what == "name" else what
        rows = _compared(judged, what)
        effective = [Column("Effective cost", "money")] if judged.bill.effective is not None else []
        columns = [Column("Month", "month"), Column(title), Column("Billed", "money"), *effective]
        columns += [Column("Month before", "money"), Column("Change", "change")]
        if any(row[-1] is not None for row in rows):
            yield Table(f"{key}-movers", f"Top movers by {title}", "", columns, _movers(rows), month=0)
        yield Table(f"{key}-names", f"Cost by {title}", "", columns, rows, month=0)


def _compared(judged: Judged, column: str) -> list[list[Cell]]:
    """Month, name, billed, (effective,) the month before, change; the dearest of each month first."""
    running = judged.last.replace(day=1)
    _, end = _window(judged, running)
    found: dict[date, dict[str, tuple[Decimal, Decimal]]] = {}
    cut: dict[str, Decimal] = {}
    for month, name, billed, effective, to_date in judged.bill.ask(
        f"SELECT month, {column}, sum(amount), sum(effective), sum(amount) FILTER (day <= ? OR day >= ?) FROM facts"
        " WHERE day <= ? GROUP BY 1, 2",
        end,
        running,
        judged.last,
    ):
        found.setdefault(month, {})[name] = billed, effective
        if month == (running - timedelta(days=1)).replace(day=1):
            cut[name] = to_date or Decimal(0)
    rows: list[list[Cell]] = []
    for month in sorted(found, reverse=True):
        earlier = {name: amounts[0] for name, amounts in found.get(_window(judged, month)[0], {}).items()}
        if month == running:
            earlier = cut
        is_known = bool(earlier) and judged.bill.first <= _window(judged, month)[0]
        none = Decimal(0), Decimal(0)
        everyone = found[month].keys() | (earlier.keys() if is_known else set())
        for name in sorted(everyone, key=lambda one: (-found[month].get(one, none)[0], one)):
            billed, effective = found[month].get(name, none)
            before = earlier.get(name, Decimal(0)) if is_known else None
            row: list[Cell] = [month, label(judged, name, column), billed]
            row += [effective] if judged.bill.effective is not None else []
            rows.append(row + [before, None if before is None else billed - before])
    return rows


def _movers(rows: list[list[Cell]]) -> list[list[Cell]]:
    """The largest changes of each month, up or down."""
    by_month: dict[str, list[tuple[Decimal, list[Cell]]]] = {}
    for row in rows:
        if isinstance(row[-1], Decimal) and row[-1]:
            by_month.setdefault(str(row[0]), []).append((abs(row[-1]), row))
    ranked = (sorted(found, key=lambda one: -one[0])[:MOVERS] for found in by_month.values())
    return [row for found in ranked for _, row in found]


def daily(judged: Judged) -> Table:
    has_effective = judged.bill.effective is not None
    columns = [
        Column("Day", "date"),
        Column("Billed", "money"),
        Column("Charges", "money"),
        Column("Credits", "money"),
    ]
    columns += [Column("Effective cost", "money")] if has_effective else []
    columns += [Column("Found")]
    found: dict[date, dict[str, int]] = {}
    for finding in judged.findings:
        for kind in finding.kinds:
            counts = found.setdefault(finding.day, {})
            counts[kind] = counts.get(kind, 0) + 1
    rows: list[list[Cell]] = []
    missing = set(judged.missing)
    for day in reversed(judged.whole.days):
        charges, credits, effective = judged.whole.cells.get(day, (None, None, None))
        row: list[Cell] = [
            day,
            None if charges is None or credits is None else charges + credits,
            charges,
            credits,
        ]
        row += [effective] if has_effective else []
        words = [
            WORDS[kind] + (f" \u00d7 {count}" if count > 1 else "") for kind, count in found.get(day, {}).items()
        ]
        rows.append(row + ["no row in the bill" if day in missing else ", ".join(words)])
    return Table("daily", "Day by day", "", columns, rows, month=0)
