"""What the report says of a bill: days that stand out and what drove them, budgets, exit statuses, summaries."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unittest
from datetime import date, timedelta
from decimal import Decimal
from math import isnan
from pathlib import Path
from typing import Any

from cloudcircuit import Action
from cloudcircuit.report import BillError, Report, UsageError, chosen, status_of, wording
from cloudcircuit.report.cli import main

from .bills import SMALL, case, report
from .golden import REPOSITORY

BILL = REPOSITORY / "examples/data/focus_bill.csv"
HEADER = "BilledCost,ChargePeriodStart,BillingCurrency,SubAccountId,SubAccountName,ServiceName\n"
ATTACK = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>"


def row(cost: object, at: date, group: str = "a", service: str = "Compute") -> str:
    return f"{cost},{at},USD,{group},Name of {group},{service}\n"


class Folder(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def bill(self, *rows: str) -> Path:
        path = self.folder / "bill.csv"
        path.write_text(HEADER + "".join(rows))
        return path


def kinds(found: Report) -> dict[str, set[date]]:
    """The days of each kind of finding."""
    by_kind: dict[str, set[date]] = {}
    for finding in found.judged.findings:
        for kind in finding.kinds:
            by_kind.setdefault(kind, set()).add(finding.day)
    return by_kind


class Days(Folder):
    FIRST = date(2024, 1, 1)

    def test_a_series_begins_at_its_groups_first_row_and_days_without_any_row_are_missing(self) -> None:
        days = [self.FIRST + timedelta(i) for i in range(10)]
        old = [row(10, day) for day in days if day.day not in (4, 5)]
        found = report(self.bill(*old, row(7, days[5], "new"), row(8, days[7], "new"))).judged
        self.assertEqual(found.missing, days[3:5])
        self.assertEqual(list(found.series["new"].spend), [7, 0, 8, 0, 0])
        self.assertEqual([isnan(point) for point in found.series["a"].spend], [day.day in (4, 5) for day in days])

    def test_days_that_are_not_over_are_left_out_of_what_is_judged(self) -> None:
        path = self.bill(*(row(10, self.FIRST + timedelta(i)) for i in range(10)), row(-30, self.FIRST))
        for today, lag, last in ((date(2024, 1, 10), 0, 9), (date(2024, 1, 11), 0, 10), (date(2024, 2, 1), 3, 7)):
            found = report(path, today=today, settings={"lag_days": lag})
            self.assertEqual(found.judged.last, date(2024, 1, last))
            self.assertEqual(found.bill.billed, 70)
            self.assertEqual("not over yet" in found.markdown("x"), last < 10)
        self.assertEqual(found.judged.series["a"].spend[0], 0)  # below 0 by its credit
        self.assertIn("1 day of a group below 0", found.markdown("x"))
        self.assertRaisesRegex(BillError, "no day", report, path, today=self.FIRST)

    def test_what_drove_a_day_is_ranked_by_its_excess_over_its_own_expectation(self) -> None:
        days = [self.FIRST + timedelta(i) for i in range(60)]
        rows = [
            row(100, day, "a", "Steady") + row(10, day, "a", "Jumps") + row(5, day, "b", "Other") for day in days
        ]
        rows += [row(90, days[-1], "a", "Jumps"), row(40, days[-1], "a", "New"), row(1, days[-1], "a", "Steady")]
        found = report(self.bill(*rows))
        (finding,) = found.judged.findings
        self.assertEqual((finding.group, finding.day, finding.kinds), ("a", days[-1], ("spike",)))
        drivers = found.drivers["a", days[-1]]
        self.assertEqual([one.value for one in drivers["service"]], ["Jumps", "New", "Steady"])
        # "New" has no expectation of its own; the detector takes any expectation as a cent at least.
        for one, excess in zip(drivers["service"], (90, 40, 1)):
            self.assertAlmostEqual(one.excess, excess, delta=0.011)
        self.assertNotIn("account", drivers)  # the group is one account

        whole = report(self.bill(*rows), group_by="none")
        (finding,) = whole.judged.findings
        self.assertEqual([one.value for one in whole.drivers["", days[-1]]["account"]], ["Name of a"])

    def test_the_mean_rule(self) -> None:
        rows = [row(cost, self.FIRST + timedelta(i)) for i, cost in enumerate((10, 15, 18, 30))]
        found = report(self.bill(*rows), settings={"rule": "mean"})
        self.assertEqual(kinds(found), {"spike": {date(2024, 1, 4)}})
        self.assertAlmostEqual(found.judged.findings[0].expected or 0, 43 / 3)

    @unittest.skipIf(SMALL is None, "SKIPPED: what stands out in small bills (no CLOUDCIRCUIT_BILLS here)")
    def test_small_bills(self) -> None:
        for name in ("gap", "monthly_cent", "l9"):
            self.assertEqual(kinds(report(case(name))), {}, name)
        late = {day for days in kinds(report(case("new_account"))).values() for day in days}
        self.assertFalse([day for day in late if day > date(2024, 3, 15)])
        self.assertEqual(kinds(report(case("upfront"))).get("spike"), {date(2024, 3, 14)})
        self.assertNotIn("breach", kinds(report(case("upfront"), cost="EffectiveCost")))
        for today in (date(2024, 3, 16), date(2024, 3, 17)):
            found = report(case("partial_day"), today=today)
            self.assertEqual(found.judged.last, today - timedelta(1))
        self.assertIn(date(2024, 3, 12), kinds(report(case("second_runaway")))["spike"])


class Budgets(Folder):
    def test_a_limit_for_each_group_and_the_day_it_is_reached(self) -> None:
        first = date(2024, 1, 1)
        rows = [row(10, first + timedelta(i), group) for i in range(91) for group in ("a", "b")]
        budgets = self.folder / "budgets.csv"
        for text, reached in (
            ("group,limit\na,200\n", {"a": [(1, 20), (2, 20), (3, 20)]}),
            ("group,limit,period\na,500,quarter\n*,1000,year\n", {"a": [(2, 19)], "b": [None]}),
            ("group,limit,warning_ratio,period\nb,300,0.5,\n", {"b": [(1, 30), None, (3, 30)]}),
        ):
            budgets.write_text(text)
            found = report(self.bill(*rows), settings={"budgets": str(budgets)}).judged
            days = {
                name: [period.breached and (period.breached.month, period.breached.day) for period in periods]
                for name, periods in found.periods.items()
            }
            self.assertEqual(days, reached)
        # Half of 300 is spent with the 15th of each month.
        self.assertEqual([period.warned and period.warned.day for period in found.periods["b"]], [15, 15, 15])

    def test_faults_of_the_file_are_errors_by_name(self) -> None:
        budgets = self.folder / "budgets.csv"
        for text, said in (
            ("", "the header is not group,limit"),
            ("group,amount\n", "the header is not group,limit"),
            ("group,limit,limit\na,1,2\n", "the header is not group,limit"),
            ("group,limit\na,3,000\n", ":2: another number of fields than the header"),
            ("group,limit,period\na,1\n", ":2: another number of fields than the header"),
            ("group,limit\na,1_000\n", "limit '1_000'"),
            ("group,limit\na,1\na,2\n", ":3: the group 'a' is named twice"),
            ("group,limit\nc,1\n", "the group 'c' is not in the bill"),
            ("group,limit\na,x\n", "limit 'x'"),
            ("group,limit\na,0\n", "limit '0'"),
            ("group,limit,warning_ratio\na,1,2\n", "warning_ratio '2'"),
            ("group,limit,period\na,1,week\n", "period 'week'"),
            ("group,limit\n*,1\n", "has a budget already"),
        ):
            budgets.write_text(text)
            with self.assertRaisesRegex(BillError, said):
                report(self.bill(row(1, date(2024, 1, 1))), settings={"budgets": str(budgets), "limit": 5.0})

    def test_the_forecast_of_a_steady_month(self) -> None:
        """10 a day is 300 in April; on the last day of March there is nothing to forecast."""
        rows = [row(10, date(2024, 1, 1) + timedelta(i)) for i in range(91 + 12)]
        found = report(self.bill(*rows), settings={"limit": 200.0}).judged
        ahead = found.periods["a"][-1].forecast
        assert ahead and found.outlook
        self.assertAlmostEqual(ahead.expected, 300, delta=1)
        self.assertEqual(found.standing, {"a": {"forecast"}})
        self.assertEqual([day.day for day, *_ in found.outlook.fan], list(range(13, 31)))
        for day, lower, expected, upper in found.outlook.fan:
            self.assertTrue(120 < lower <= expected <= upper, day)
            self.assertAlmostEqual(expected, 10 * day.day, delta=1)
        self.assertIsNone(report(self.bill(*rows[:91])).judged.outlook)


class Statuses(Folder):
    def run_main(self, *arguments: str) -> tuple[int, str, str]:
        ran = subprocess.run(
            [sys.executable, "-m", "cloudcircuit.report", *arguments],
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )
        return ran.returncode, ran.stdout, ran.stderr

    def test_as_cron_would_run_it(self) -> None:
        """The runaway job of the demo bill is found on its first day; a day later only if it is found again."""
        for day in range(8, 21):
            found = report(BILL, today=date(2024, 3, day + 1), settings={"last": True, "fail_on": ("throttle",)})
            here = [one for one in found.judged.findings if one.day == date(2024, 3, day)]
            is_found = any(one.action <= Action.THROTTLE for one in here)
            self.assertEqual(status_of(found), 3 if is_found else 0, day)
            if day <= 14:  # the fourth day is like the three before it
                self.assertEqual(is_found, day >= 12, day)

    def test_what_fails(self) -> None:
        first = date(2024, 1, 1)
        path = self.bill(*(row(10, first + timedelta(i)) for i in range(60)), row(500, date(2024, 2, 20)))
        for fail_on, limit, last, status in (
            ("block", None, False, 0), ("throttle", None, False, 3), ("alert", None, False, 3), ("throttle", None, True, 0),
            ("block", 400.0, False, 3), ("block", 400.0, True, 3), ("throttle", 400.0, True, 3), ("leak", 400.0, True, 0),
            ("forecast", 400.0, True, 3),  # the month is over, and above its limit
        ):  # fmt: skip
            settings: dict[str, Any] = {"fail_on": (fail_on,), "limit": limit, "last": last}
            self.assertEqual(status_of(report(path, settings=settings)), status, (fail_on, limit, last))

    def test_the_command(self) -> None:
        path = self.bill(row(1, date(2024, 1, 1)), row("1,5".join('""'), date(2024, 1, 2)))
        status, out, said = self.run_main(str(path))
        self.assertEqual(status, 4)
        self.assertIn("1 row left out", out)
        self.assertIn("1 row left out: BilledCost has a thousands separator or a decimal comma", said)
        status, out, said = self.run_main("--html", str(self.folder / "x.html"), str(self.folder / "none.csv"))
        self.assertEqual((status, out), (1, ""))
        self.assertIn("no such file", said)
        self.assertIn("cannot be judged", (self.folder / "x.html").read_text())
        for options in (
            ["--fail-on", "x"], ["--group-by", "a,b,c"], ["--limit", "0"], ["--date-format", "x"], ["--today", "x"],
            ["--lag-days", "-1"], ["--rule", "x"], ["--format", "x"],
        ):  # fmt: skip
            self.assertEqual(self.run_main(*options, str(path))[0], 2, options)
        self.assertEqual(self.run_main("--version")[0], 0)
        help_lines = self.run_main("--help")[1].splitlines()
        self.assertIn("--currency CODE", " ".join(help_lines))
        folder = self.folder / "x.html"
        outputs = ["--html", str(folder), "--webhook-json", str(self.folder / "w.json"), "--markdown", "-"]
        with open(path, "rb") as file:
            ran = subprocess.run(
                [sys.executable, "-m", "cloudcircuit.report", *outputs, "-"],
                stdin=file,
                capture_output=True,
                timeout=120,
            )
        self.assertEqual(
            (ran.returncode, json.loads((self.folder / "w.json").read_text())["blocks"][0]["type"]), (4, "header")
        )
        self.assertIn("standard input", folder.read_text())

    def test_without_duckdb_it_says_what_to_install(self) -> None:
        kept = sys.modules.get("duckdb")
        sys.modules["duckdb"] = None  # type: ignore[assignment]
        try:
            with self.assertRaisesRegex(UsageError, r"pip install cloudcircuit\[report\]"):
                report(self.bill(row(1, date(2024, 1, 1))))
            self.assertEqual(main([str(self.folder / "bill.csv")]), 2)
        finally:
            if kept is not None:
                sys.modules["duckdb"] = kept


class Summaries(Folder):
    def test_of_the_demo_bill(self) -> None:
        found = report(BILL, group_by="SubAccountName", settings={"limit": 2900.0})
        text = found.markdown("March *and* more")
        self.assertTrue(text.startswith("## March \\*and\\* more\n"))
        self.assertIn("| 13 Mar 2024 | Research | throttle | spike | $643.09 |", text)
        self.assertIn("Heron Compute +$611.", text)
        self.assertIn("reached on", text)
        payload = json.loads(found.webhook_json("March"))
        self.assertEqual(set(payload), {"text", "blocks"})
        self.assertIn("$28,320.42 billed", payload["text"])
        self.assertLess(max(len(block["text"]["text"]) for block in payload["blocks"]), 3000)

    def test_names_are_text_not_markup(self) -> None:
        first = date(2024, 1, 1)
        name = "<!here> @all *b* [x](y) `c`|d"
        rows = [row(10, first + timedelta(i), name) for i in range(59)] + [row(900, date(2024, 2, 29), name)]
        found = report(self.bill(*rows))
        self.assertNotIn("<!here>", found.webhook_json("<!channel>"))
        self.assertIn("&lt;!here&gt;", found.webhook_json("x"))
        (line,) = (line for line in found.markdown("x").splitlines() if line.startswith("| 29 Feb"))
        self.assertIn("\\<!here\\> @\u200ball \\*b\\* \\[x\\](y) \\`c\\`\\|d", line)

    def test_other_currencies_and_left_out_rows_come_first(self) -> None:
        path = self.bill(
            row(1, date(2024, 1, 1)), row(2, date(2024, 1, 1)).replace("USD", "EUR"), row("x", date(2024, 1, 1))
        )
        found = report(path, currency="usd")
        self.assertEqual((found.bill.billed, found.bill.others), (1, {"EUR": Decimal(2)}))
        for text in (found.markdown("x"), found.webhook_json("x")):
            self.assertLess(text.index("1 row left out"), text.index("Nothing stands out"))
            self.assertIn("\u20ac2.00 in EUR", text)

    def test_amounts_in_words(self) -> None:
        usd, yen, dinar, gold, none = (wording.Money(code, 50.0) for code in ("USD", "JPY", "KWD", "XAU", "<b>"))
        for text, wanted in (
            (usd(1234567.891), "$1,234,567.89"), (usd(-0.5), "\u2212$0.50"), (usd(-0.001), "$0.00"), (usd(0), "$0.00"),
            (usd(Decimal("0.125")), "$0.12"), (usd.change(5), "+$5.00"), (usd.change(-5), "\u2212$5.00"),
            (usd.change(0.001), "$0.00"),
            (yen(1234.5), "\u00a51,234"), (dinar(1.5), "KWD\u00a01.500"), (gold(2), "XAU\u00a02.00"), (none(2), "2.00"),
            (usd.short(999.6), "$1.00k"), (usd.short(1250), "$1.25k"), (usd.short(-2.5e6), "\u2212$2.50M"),
            (usd.short(0.5), "$0.50"), (yen.short(5), "\u00a55"), (usd.short(0), "$0"), (usd.short(-0.001), "$0.00"),
            (usd.axis(0), "$0"), (gold.axis(5e3), "5k"), (wording.Money("USD", 0.02)(0.0123456), "$0.012346"),
            (wording.percent(0.99999), "99.9\u2009%"), (wording.percent(1.0), "100.0\u2009%"),
            (wording.percent(2500.0), "2,500\u00d7"), (wording.plural(1, "day"), "1 day"),
        ):  # fmt: skip
            self.assertEqual(text, wanted)

    def test_presets_name_columns(self) -> None:
        self.assertEqual(chosen("aws-cur").cost, ("lineItem/UnblendedCost",))
        self.assertEqual(chosen("azure", cost="Mine", group_by="none").group_by, ())
        self.assertEqual(Action.BLOCK.word, "block")


if __name__ == "__main__":
    unittest.main()
