"""A bill, read by DuckDB into one table of exact amounts, and what was left out of it."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Context, Decimal
from typing import Any, TypeAlias

from . import cells
from .columns import Columns
from .errors import BillError, UsageError
from .load import load
from .sources import Source, line_of, paths_of, source

MAX_GAP_DAYS = 366
EXACT = Context(prec=60)
"""Two sums have at most 39 figures."""
_OTHER_CURRENCY = "another currency"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows of a bill that do not count, all for one reason."""

    reason: str
    rows: int
    where: str
    """File and line of the first."""
    example: str
    """What stood in its cell."""


@dataclass(slots=True)
class Bill:
    """The rows that count are in the table `facts` of `connection`."""

    connection: Any
    name: str
    currency: str = ""
    rows_read: int = 0
    rows_used: int = 0
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What a reader should know of the bill that is no fault in it."""
    others: dict[str, Decimal] = field(default_factory=dict)
    """Currencies that were not chosen, with their totals."""
    first: date = date.max
    last: date = date.min
    charges: Decimal = Decimal(0)
    credits: Decimal = Decimal(0)
    effective: Decimal | None = None
    """The sum of EffectiveCost, where the bill has it."""
    titles: dict[str, str] = field(default_factory=dict)
    """What the group, the service and the account are called in tables."""
    has: set[str] = field(default_factory=set)
    """Which of group, service, account, effective and period the bill names."""

    @property
    def billed(self) -> Decimal:
        return EXACT.add(self.charges, self.credits)

    @property
    def rows_left_out(self) -> int:
        return sum(found.rows for found in self.left_out)

    def ask(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.connection.execute(question, list(values)).fetchall()
        return found


def read_bill(
    given: list[str],
    columns: Columns,
    currency: str | None = None,
    date_format: str | None = None,
    max_gap_days: int = MAX_GAP_DAYS,
) -> Bill:
    """Reads files, folders and patterns as one bill. What cannot be judged raises a `BillError`."""
    try:
        import duckdb
    except ImportError:
        raise UsageError("needs DuckDB: pip install cloudcircuit[report]") from None
    paths = paths_of(given)
    names = _short_names(paths)
    spill = os.path.join(tempfile.gettempdir(), "cloudcircuit-report")  # written only where memory is short
    connection = duckdb.connect(config={"preserve_insertion_order": True, "temp_directory": spill})
    connection.execute("SET TimeZone = 'UTC'")
    first = os.path.basename(given[0].rstrip("/")) or given[0]
    bill = Bill(connection, first if len(given) == 1 else f"{first} and {len(given) - 1} more")
    with tempfile.TemporaryDirectory() as folder:
        sources = [source(path, columns, name, folder) for path, name in zip(paths, names)]
        try:
            return _filled(bill, sources, columns, currency, date_format, max_gap_days)
        except duckdb.Error as error:
            raise BillError(f"{bill.name}: cannot be read: {str(error).splitlines()[0]}") from None


def _filled(
    bill: Bill,
    sources: list[Source],
    columns: Columns,
    currency: str | None,
    date_format: str | None,
    max_gap_days: int,
) -> Bill:
    import duckdb

    bill.titles = _titles(columns)
    rejected = load(bill, sources, columns)
    try:
        _amounts(bill)
        _days(bill, columns, date_format)
        _facts(bill, columns)
        _choose_currency(bill, currency)
        _leave_out_far(bill, max_gap_days)
        _name_left_out(bill, sources, columns, rejected)
        _totals(bill)
    except duckdb.OutOfRangeException:
        raise BillError(f"{bill.name}: the amounts add up to more than 10^20") from None
    _notes(bill, columns)
    return bill


def _titles(columns: Columns) -> dict[str, str]:
    """A column's own name where it was asked for."""
    found = {"name": " / ".join(names[0].rsplit("/", 1)[-1] for names in columns.group_by)}
    for what, usual in (("service", "Service"), ("account", "Account")):
        found[what] = getattr(columns, what)[0] if what in columns.asked else usual
    return found


def _short_names(paths: list[str]) -> list[str]:
    """The last part of each path, or the paths where two would be one."""
    short = [path.replace("\\", "/").rsplit("/", 1)[-1] for path in paths]
    return short if len(set(short)) == len(short) else paths


def _amounts(bill: Bill) -> None:
    """Forms of an amount that DuckDB would not read exactly, or would read where it must not."""
    odd = bill.ask(
        "SELECT DISTINCT text FROM (SELECT cost AS text FROM raw WHERE shape IS NULL UNION ALL"
        " SELECT effective FROM raw WHERE shape IS NULL)"
        " WHERE text IS NOT NULL AND NOT regexp_full_match(text, ?)",
        cells.PLAIN_NUMBER,
    )
    found: list[Read] = []
    for (text,) in odd:
        try:
            found.append((text, f"{cells.amount(text):f}", None))
        except cells.Unreadable as error:
            found.append((text, None, str(error)))
    _keep(bill, "amounts", found, "DECIMAL(38, 18)")


def _days(bill: Bill, columns: Columns, date_format: str | None) -> None:
    """The days of charges, and the months of billing periods where the bill names them."""
    for table, cell, read in (("days", "date", cells.day), ("periods", "period", cells.period)):
        found: list[Read] = []
        for (text,) in bill.ask(f"SELECT DISTINCT {cell} FROM raw WHERE shape IS NULL AND {cell} IS NOT NULL"):
            try:
                found.append((text, read(text, date_format).isoformat(), None))
            except cells.TwoWays as error:
                raise BillError(
                    f"{bill.name}: {columns.date[0]} '{text}' {error}; --date-format MM/DD/YYYY or DD/MM/YYYY says which"
                ) from None
            except cells.Unreadable as error:
                found.append((text, None, str(error)))
        _keep(bill, table, found, "DATE")


Read: TypeAlias = "tuple[str, str | None, str | None]"
"""A cell's text with what it means, or why it means nothing."""


def _keep(bill: Bill, table: str, found: list[Read], kind: str) -> None:
    bill.ask(
        f"CREATE TABLE {table} AS SELECT unnest(?::VARCHAR[]) AS text, unnest(?::VARCHAR[])::{kind} AS value,"
        " unnest(?::VARCHAR[]) AS fault",
        *([one[at] for one in found] for at in range(3)),
    )


def _facts(bill: Bill, columns: Columns) -> None:
    """One row for each of the bill's, with why it does not count. `fault` names the column first."""
    amount = "coalesce(a.value, CASE WHEN a.text IS NULL THEN TRY_CAST(raw.cost AS DECIMAL(38, 18)) END)"
    effective = "coalesce(e.value, CASE WHEN e.text IS NULL THEN TRY_CAST(raw.effective AS DECIMAL(38, 18)) END)"
    is_by_period = "period" in columns.asked
    own_month = "date_trunc('month', d.value)::DATE"
    month = f"coalesce(p.value, {own_month})" if is_by_period else own_month
    period_fault = "WHEN p.value IS NULL THEN 'period: ' || coalesce(p.fault, 'is empty')" if is_by_period else ""
    bill.ask(
        f"""CREATE TABLE facts AS
        SELECT file, row, cost, date, d.value AS day,
            {month} AS month, p.value AS period_month,
            name, service, account, upper(trim(currency)) AS currency,
            {amount} AS amount, coalesce({effective}, 0) AS effective,
            CASE WHEN shape IS NOT NULL THEN 'fields: ' || shape
                 WHEN a.fault IS NOT NULL THEN 'cost: ' || a.fault
                 WHEN d.fault IS NOT NULL THEN 'date: ' || d.fault
                 {period_fault} END AS fault
        FROM raw
        LEFT JOIN amounts a ON a.text = raw.cost
        LEFT JOIN amounts e ON e.text = raw.effective
        LEFT JOIN days d ON d.text = raw.date
        LEFT JOIN periods p ON p.text = raw.period"""
    )
    bill.ask("DROP TABLE raw")


def _leave_out_far(bill: Bill, max_gap_days: int) -> None:
    """A wrong year would make a bill of decades: days far from the median day do not count."""
    ((middle,),) = bill.ask("SELECT quantile_disc(day, 0.5) FROM facts WHERE fault IS NULL")
    if middle is not None:
        bill.ask(
            "UPDATE facts SET fault = ? WHERE fault IS NULL AND abs(day - ?) > ?",
            f"date: is more than {max_gap_days} days from the bill's median day {middle}",
            middle,
            max_gap_days,
        )


def _choose_currency(bill: Bill, wanted: str | None) -> None:
    """One currency a report. Rows without one take the bill's when it has one only."""
    found = {
        currency: (rows, total)
        for currency, rows, total in bill.ask(
            "SELECT coalesce(currency, ''), count(*), sum(amount) FROM facts WHERE fault IS NULL GROUP BY 1 ORDER BY 2 DESC"
        )
    }
    named = [currency for currency in found if currency]
    wanted = wanted.upper() if wanted else None
    if wanted is None and len(named) > 1:
        totals = ", ".join(
            f"{currency} {found[currency][1].normalize():f} in {found[currency][0]:,} row{'s' if found[currency][0] > 1 else ''}"
            for currency in named
        )
        raise BillError(f"{bill.name}: {len(named)} currencies: {totals}; --currency {named[0]} chooses one")
    if wanted is not None and named and wanted not in named:
        raise BillError(f"{bill.name}: no row is in {wanted}; the bill has {', '.join(named)}")
    bill.currency = wanted or (named[0] if named else "")
    for currency in named:
        if currency != bill.currency:
            bill.others[currency] = found[currency][1]
            bill.ask("UPDATE facts SET fault = ? WHERE fault IS NULL AND currency = ?", _OTHER_CURRENCY, currency)
    if "" in found and len(named) > 1:
        bill.ask(
            "UPDATE facts SET fault = 'currency: is empty' WHERE fault IS NULL AND coalesce(currency, '') = ''"
        )
    elif "" in found and named:
        rows = found[""][0]
        words = "s name no currency and are" if rows > 1 else " names no currency and is"
        bill.notes.append(f"{rows:,} row{words} taken as {bill.currency}")


def _name_left_out(
    bill: Bill, sources: list[Source], columns: Columns, rejected: dict[int, dict[int, str]]
) -> None:
    """Counts by reason, with the first line of each."""
    titles = {"cost": columns.cost, "date": columns.date, "period": columns.period, "currency": columns.currency}
    cells_at = {"cost": "cost", "date": "date", "currency": "''", "fields": "''", "period": "''"}
    for fault, rows, file, row in bill.ask(
        "SELECT fault, count(*), min(file), arg_min(row, (file, row)) FROM facts"
        " WHERE fault IS NOT NULL AND fault != ? GROUP BY 1 ORDER BY 2 DESC, 1",
        _OTHER_CURRENCY,
    ):
        what, _, reason = fault.partition(": ")
        ((example,),) = bill.ask(f"SELECT {cells_at[what]} FROM facts WHERE file = ? AND row = ?", file, row)
        line = line_of(sources[file], row, set(rejected[file])) if sources[file].kind == "csv" else row + 1
        where = (
            f"{sources[file].name}:{line or '?'}"
            if sources[file].kind == "csv"
            else f"{sources[file].name}, row {line}"
        )
        title = titles[what][0] + " " if what in titles else ""
        bill.left_out.append(LeftOut(f"{title}{reason}", rows, where, (example or "")[:48]))
    by_reason: dict[str, list[tuple[int, int]]] = {}
    for file, lines in rejected.items():
        for line, reason in lines.items():
            by_reason.setdefault(reason, []).append((file, line))
    for reason, places in by_reason.items():
        file, line = min(places)
        bill.left_out.append(LeftOut(reason, len(places), f"{sources[file].name}:{line}", ""))
        bill.rows_read += len(places)


def _totals(bill: Bill) -> None:
    # A day with rows in another currency alone is a 0 in this one, not a missing day.
    bill.ask(
        "CREATE TABLE present AS SELECT DISTINCT day FROM facts WHERE fault IS NULL OR fault = ?", _OTHER_CURRENCY
    )
    ((bill.first, bill.last),) = bill.ask("SELECT min(day), max(day) FROM present")
    ((read, used, charges, credits, effective),) = bill.ask(
        "SELECT count(*), count(*) FILTER (fault IS NULL),"
        " sum(amount) FILTER (fault IS NULL AND amount >= 0), sum(amount) FILTER (fault IS NULL AND amount < 0),"
        " sum(effective) FILTER (fault IS NULL) FROM facts"
    )
    bill.rows_read += read
    bill.rows_used = used
    if not used:
        raise BillError(f"{bill.name}: {_no_row(bill)}")
    bill.ask("DELETE FROM facts WHERE fault IS NOT NULL")
    bill.charges, bill.credits = charges or Decimal(0), credits or Decimal(0)
    bill.effective = effective if "effective" in bill.has else None


def _no_row(bill: Bill) -> str:
    if not bill.rows_read:
        return "a header and no row"
    reasons = "; ".join(f"{found.rows:,} rows: {found.reason} ({found.where})" for found in bill.left_out)
    return f"not one of {bill.rows_read:,} rows can be used: {reasons}"


def _notes(bill: Bill, columns: Columns) -> None:
    if "cost" in columns.asked:
        bill.notes.append(f"amounts are those of {columns.cost[0]}")
    spoilt = bill.ask(
        r"SELECT DISTINCT name FROM facts WHERE regexp_matches(name, '(^|/ )[0-9](\.[0-9]+)?[eE]\+[0-9]+') ORDER BY 1 LIMIT 4"
    )
    if spoilt:
        names = ", ".join(name for (name,) in spoilt)
        bill.notes.append(f"names that a spreadsheet spoilt, taken as they are: {names}")
    if "period" in columns.asked:
        return
    ((differs,),) = bill.ask("SELECT count(*) FROM facts WHERE period_month IS NOT NULL AND period_month != month")
    if differs:
        bill.notes.append(
            f"{differs:,} row{'s are' if differs > 1 else ' is'} billed in another month than the one of the charge;"
            f" --period-column {columns.period[0]} counts {'them' if differs > 1 else 'it'} there"
        )


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=index) for index in range((last - first).days + 1)]
