"""A cloud bill as a report: what stands out and what drove it, budgets, the month's forecast. Needs DuckDB.

    from cloudcircuit.report import Settings, chosen, make

    report = make(["bills/*.csv.gz"], chosen("focus"), Settings(limit=7000.0))
    print(report.markdown("Spend in March"))

The command `cloudcircuit-report` has the same options and exit statuses as the C program `spend_guard`, and the same
figures. Every row that does not count is named: nothing is left out in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TextIO

from .. import Action
from .bill import MAX_GAP_DAYS, Bill, read_bill
from .columns import FORMATS, Columns, chosen
from .drivers import Drivers, drivers_of
from .errors import BillError, UsageError
from .judge import Finding, Judged, judge
from .page import left_out_words, page, remarks
from .settings import Settings
from .summary import markdown, webhook
from .tables import Table, tables_of

MOST_LINES = 20
"""What is said of a bill on standard error, at most."""


@dataclass(frozen=True, slots=True)
class Report:
    """A bill that was read and judged, in every form."""

    judged: Judged
    drivers: Drivers

    @property
    def bill(self) -> Bill:
        return self.judged.bill

    def tables(self) -> list[Table]:
        return tables_of(self.judged, self.drivers)

    def html(self, title: str) -> str:
        return page(title, self.judged, self.tables())

    def markdown(self, title: str) -> str:
        return markdown(title, self.judged, self.drivers)

    def webhook_json(self, title: str) -> str:
        return webhook(title, self.judged, self.drivers)

    def complain(self, to: TextIO) -> None:
        """Writes what does not count, and what a reader should know."""
        lines = [*left_out_words(self.judged), *remarks(self.judged)]
        for line in lines[:MOST_LINES]:
            print(f"cloudcircuit-report: {self.bill.name}: {line}", file=to)
        if len(lines) > MOST_LINES:
            print(f"cloudcircuit-report: and {len(lines) - MOST_LINES} more", file=to)


def make(
    bills: list[str],
    columns: Columns,
    settings: Settings,
    currency: str | None = None,
    date_format: str | None = None,
    max_gap_days: int = MAX_GAP_DAYS,
) -> Report:
    """Reads and judges files, folders and patterns as one bill. A `BillError` says why it cannot be judged."""
    bill = read_bill(bills, columns, currency, date_format, max_gap_days)
    judged = judge(bill, settings)
    return Report(judged, drivers_of(judged))


def status_of(report: Report) -> int:
    """The exit status of the command."""
    if report.bill.left_out:
        return 4
    wanted, judged = set(report.judged.settings.fail_on), report.judged
    found = [one for one in judged.findings if not judged.settings.last or one.day == judged.last]
    asked = {kind for one in found for kind in one.kinds}
    for kinds in judged.standing.values():
        asked |= kinds
    worst = {one.action for one in found}
    worst |= {Action.BLOCK} if "breach" in asked else {Action.ALERT} if asked & {"warning", "forecast"} else set()
    asked |= {action.word for action in Action if action is not Action.ALLOW and action >= min(worst, default=4)}
    return 3 if wanted & asked else 0


__all__ = [
    "FORMATS", "Bill", "BillError", "Columns", "Finding", "Judged", "Report", "Settings", "Table", "UsageError",
    "chosen", "judge", "make", "read_bill", "status_of",
]  # fmt: skip
