"""The command cloudcircuit-report."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from datetime import datetime, timezone

from .. import __version__
from .cells import amount, date_format, day
from .columns import FORMATS, Columns, chosen
from .errors import BillError, UsageError
from .settings import FAILURES, Settings

FINE, REFUSED, USAGE, FINDING, LEFT_OUT = 0, 1, 2, 3, 4

STATUS = """exit status:
  0 nothing that --fail-on names, 3 a finding, 4 rows were left out (also with findings),
  1 a bill that cannot be judged, 2 usage"""


def above_zero(text: str) -> float:
    number = amount(text)
    if number <= 0:
        raise ValueError(text)
    return float(number)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="cloudcircuit-report",
        description="Turns a cloud bill into a report: what stands out, what drove it, budgets, the month's forecast.\n"
        "Reads CSV, gzip and Parquet, folders and patterns of them. Without an output it prints Markdown.",
        epilog=STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("bill", nargs="+", help="file, folder or pattern; - for standard input")
    made.add_argument("--version", action="version", version=f"cloudcircuit-report {__version__}")
    out = made.add_argument_group("outputs, - for standard output")
    out.add_argument("--html", metavar="FILE", help="one page that loads nothing")
    out.add_argument("--markdown", metavar="FILE", help="a summary for a chat or a pull request")
    out.add_argument(
        "--webhook-json", metavar="FILE", help="a payload for hooks that take Slack's form; nothing is sent"
    )
    out.add_argument("--title", default="Cloud spend report")
    columns = made.add_argument_group("columns")
    columns.add_argument(
        "--format", choices=sorted(FORMATS), default="focus", help="names of columns (%(default)s)"
    )
    for name, text in (
        ("cost", "amounts"),
        ("date", "when a charge was"),
        ("currency-column", "currencies"),
        ("period-column", "billing periods, where not the month of the charge"),
        ("effective-cost", "shown with the cost (EffectiveCost)"),
    ):
        columns.add_argument(f"--{name}", metavar="COLUMN", help=text)
    columns.add_argument(
        "--group-by", metavar="COLUMN[,COLUMN]", help="whose budget and days, or none (SubAccountId)"
    )
    columns.add_argument(
        "--date-format", type=date_format, metavar="MM/DD/YYYY|DD/MM/YYYY", help="how 03/04/2024 is read"
    )
    columns.add_argument("--currency", metavar="CODE", help="which one to report, where there are several")
    columns.add_argument(
        "--max-gap-days",
        type=int,
        default=366,
        metavar="N",
        help="a row further from the bill's median day is left out (%(default)s)",
    )
    rules = made.add_argument_group("rules")
    rules.add_argument("--limit", type=above_zero, metavar="AMOUNT", help="budget of each group for a calendar month")
    rules.add_argument(
        "--budgets", metavar="FILE", help="CSV: group,limit[,warning_ratio][,period]; * every other group"
    )
    rules.add_argument(
        "--rule",
        choices=("detector", "mean"),
        default="detector",
        help="what makes a spike; mean: above 1.5 times the mean before (%(default)s)",
    )
    rules.add_argument(
        "--drivers", metavar="COLUMN[,COLUMN]", help="what may drive a day (ServiceName,SubAccountName)"
    )
    rules.add_argument(
        "--today", type=day, metavar="DATE", help="the first day that is not over (the clock's)"
    )
    rules.add_argument("--lag-days", type=int, default=0, metavar="N", help="last days to leave out (%(default)s)")
    rules.add_argument("--last", action="store_true", help="the exit status is about the last day alone")
    rules.add_argument(
        "--fail-on", default="block", metavar="WHAT[,WHAT]", help=f"of {', '.join(FAILURES)} (%(default)s)"
    )
    return made


def settings_of(options: argparse.Namespace) -> tuple[Columns, Settings]:
    fail_on = tuple(options.fail_on.split(","))
    if not set(fail_on) <= set(FAILURES):
        raise UsageError(f"--fail-on takes {', '.join(FAILURES)}, separated by commas")
    if not 0 <= options.lag_days <= 366 or not 1 <= options.max_gap_days <= 4_000_000:
        raise UsageError("--lag-days takes 0 to 366, --max-gap-days 1 to 4000000")
    for name, value in vars(options).items():
        if value == "" and name != "title":
            raise UsageError(f"--{name.replace('_', '-')} needs a value")
    own = {
        "cost": options.cost,
        "date": options.date,
        "currency": options.currency_column,
        "period": options.period_column,
        "effective": options.effective_cost,
    }
    if options.drivers:
        first, _, second = options.drivers.partition(",")
        own |= {"service": first, "account": second or None}
    settings = Settings(
        options.limit, options.budgets, options.rule,
        options.today or datetime.now(timezone.utc).date(), options.lag_days, fail_on, options.last,
    )  # fmt: skip
    return chosen(options.format, group_by=options.group_by, **own), settings


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        try:
            return _run(options, folder)
        except UsageError as error:
            print(f"cloudcircuit-report: {error}", file=sys.stderr)
            return USAGE
        except (BillError, OSError) as error:
            print(f"cloudcircuit-report: {error}", file=sys.stderr)
            return REFUSED


def _run(options: argparse.Namespace, folder: str) -> int:
    from . import make, status_of

    columns, settings = settings_of(options)
    if "-" in options.bill:
        spooled = os.path.join(folder, "standard input")
        with open(spooled, "wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        options.bill = [spooled if path == "-" else path for path in options.bill]
    try:
        report = make(options.bill, columns, settings, options.currency, options.date_format, options.max_gap_days)
    except BillError as error:
        if options.html:
            from .page import refusal

            _write(options.html, refusal(options.title, str(error)))
        raise
    if options.html:
        _write(options.html, report.html(options.title))
    if options.webhook_json:
        _write(options.webhook_json, report.webhook_json(options.title))
    if options.markdown or not (options.html or options.webhook_json):
        _write(options.markdown or "-", report.markdown(options.title))
    report.complain(sys.stderr)
    return status_of(report)


def _write(path: str, text: str) -> None:
    if path == "-":
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    else:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
