"""The report: its numbers compared with the spend guard's and exact sums, its page in a parser and in a browser.

CLOUDCIRCUIT_SPEND_GUARD names the built programs/spend_guard/spend_guard.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from cloudcircuit import Action, DetectConfig, Verdict, detect_spike, records
from spend_report import wording
from spend_report.bill import BillError, parse_day, parse_number, read_bill
from spend_report.replay import Settings, detect_config, month_forecast, replay

from .golden import REPOSITORY
from .pages import Page, loads_nothing, pixels

BILL = REPOSITORY / "examples/data/focus_bill.csv"
GUARD = os.environ.get("CLOUDCIRCUIT_SPEND_GUARD")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HEADER = "BilledCost,ChargePeriodStart,BillingCurrency,ServiceName,SubAccountName\n"
ATTACK = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>"


def run(*arguments: str, bill: str | None = None) -> subprocess.CompletedProcess[str]:
    """report.py; `bill` is its standard input."""
    return subprocess.run(
        [sys.executable, str(REPOSITORY / "bindings/python/report.py"), *arguments],
        input=bill,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


def page_of(rows: str, *arguments: str) -> str:
    ran = run("--limit", "100", *arguments, "-", bill=HEADER + rows)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


class Numbers(unittest.TestCase):
    def read(self, where: tuple[str, str] | None = None) -> Any:
        with open(BILL, newline="", encoding="utf-8-sig") as file:
            return read_bill(file, BILL.name, where)

    @unittest.skipIf(GUARD is None, "SKIPPED: the report compared with spend_guard (no CLOUDCIRCUIT_SPEND_GUARD here)")
    def test_every_day_is_the_spend_guards(self) -> None:
        options = ("--limit", "2500", "--floor", "30", "--cooldown", "4", "--multiplier", "1.7")
        settings = Settings(2500.0, multiplier=1.7, floor=30.0, cooldown=4)
        groups = 0
        for column in ("none", "SubAccountId", "ServiceName"):
            ran = subprocess.run(
                [str(GUARD), "--json", "--group-by", column, *options, str(BILL)], capture_output=True, text=True
            )
            lines = [json.loads(line) for line in ran.stdout.splitlines()]
            summary = lines.pop()
            by_group: dict[str | None, list[Any]] = {}
            for line in lines:
                by_group.setdefault(line["group"], []).append(line)
            for group, expected in by_group.items():
                bill = self.read(None if column == "none" else (column, group or ""))
                found = replay(bill, settings)
                self.assertEqual(len(found), len(expected))
                for index, (day, line) in enumerate(zip(found, expected)):
                    # The counters, which the report does not keep, and a policy for the detector too.
                    line["breaker"]["config"] = line["guard"]["config"] = None
                    self.assertEqual(
                        self.as_line(index, day, settings), {**line, "type": None, "group": None}
                    )
                groups += 1
                if column == "none":
                    self.assertEqual(
                        (bill.charges.value, bill.credits.value, bill.billed, bill.credit_rows, bill.rows),
                        tuple(
                            summary[key] for key in ("charges", "credits", "billed", "credit_rows", "rows_read")
                        ),
                    )
        self.assertGreaterEqual(groups, 15)

    @unittest.skipIf(GUARD is None, "SKIPPED: the detector compared with spend_guard (no CLOUDCIRCUIT_SPEND_GUARD here)")
    def test_the_detector_finds_what_the_spend_guards_does(self) -> None:
        spikes = leaks = 0
        for column, floor in (("none", 0.0), ("ServiceName", 30.0)):
            ran = subprocess.run(
                [str(GUARD), "--json", "--detect", "--group-by", column, "--floor", str(floor), str(BILL)],
                capture_output=True,
                text=True,
            )
            by_group: dict[str | None, list[Any]] = {}
            for line in map(json.loads, ran.stdout.splitlines()[:-1]):
                by_group.setdefault(line["group"], []).append(line)
            self.assertGreaterEqual(len(by_group), 1)
            for group, expected in by_group.items():
                bill = self.read(None if column == "none" else (column, group or ""))
                settings = Settings(7000.0, floor=floor)
                found, config = replay(bill, settings), detect_config(bill, settings)
                lines = [json.loads(records.detection(day.detection, config)) for day in found]
                self.assertEqual(lines, [line["detect"] for line in expected])
                spikes += sum(day.detection.is_spike for day in found)
                leaks += sum(day.detection.is_leak for day in found)
        self.assertGreater(min(spikes, leaks), 0)

    def as_line(self, index: int, day: Any, settings: Settings) -> dict[str, Any]:
        """As spend_guard --json writes it."""
        spike = day.spike and records.spike(day.spike, index, settings.multiplier, settings.floor)
        return {
            "type": None,
            "day": str(day.day),
            "group": None,
            "spend": day.spend,
            "charges": day.charges,
            "credits": day.credits,
            "month_to_date": day.month_to_date,
            "action": day.guard.action.word,
            "reasons": list(day.guard.reasons.words),
            "budget": json.loads(records.budget(day.budget, settings.warning_ratio)),
            "spike": spike and json.loads(spike),
            "breaker": {**json.loads(records.circuit_breaker(day.breaker, 0)), "config": None},
            "guard": {**json.loads(records.guard(day.guard)), "config": None},
        }

    def test_rows_are_read_and_rejected_as_the_spend_guard_does(self) -> None:
        for text, number in (
            ("1", 1.0), ("-1.5e3", -1500.0), ("+.5", 0.5), ("5.", 5.0), ("1e400", None), ("", None), (" 1", None),
            ("0x1", None), ("1_0", None), ("inf", None), ("nan", None), (".", None), ("\u0661", None), ("1e", None),
        ):  # fmt: skip
            self.assertEqual(parse_number(text), number, text)
        day = date(2024, 2, 29)
        for text, found in (
            ("2024-02-29", day), ("2024-02-29 22:00:00", day), ("2024-02-29T22:00Z", day),
            ("2024-02-29T22:00:60.123+00:00", day), ("2024-02-29 22:00 UTC", day), ("2023-02-29", None),
            ("2024-02-29T24:00Z", None), ("2024-02-29x", None), ("2024-02-29 22:00+01:00", None), ("", None),
            ("2024-02-29 22", None), ("20240229", None), ("2024-02-29Z", None), ("0000-01-01", None),
        ):  # fmt: skip
            self.assertEqual(parse_day(text), found, text)

    @unittest.skipIf(GUARD is None, "SKIPPED: bad rows compared with spend_guard (no CLOUDCIRCUIT_SPEND_GUARD here)")
    def test_bad_rows(self) -> None:
        text = (
            "\ufeff" + HEADER + "1.5,2024-01-01,USD,a,b\n\nx,2024-01-01,USD,a,b\n2,2024-13-01,USD,a,b\n"
            '3,2024-01-02,,a,b\n4,2024-01-02,EUR,a,b\n5,2024-01-02\n6,2024-01-03,USD,"a"x,b\n'
            '7,2024-01-03T05:00Z,USD,"a\nb","c"\r\n0,2024-01-04,NULL,a,b\n-8,2024-01-03,USD,NULL,"NULL"\n'
            '9,"2024-01-01 24:00",USD,a,b\n1,2024-01-01Z,USD,a,b'
        )
        file = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8-sig", newline="")
        bill = read_bill(file, "x")
        ran = subprocess.run(
            [str(GUARD), "--json", "--group-by", "none"], input=text, capture_output=True, encoding="utf-8"
        )
        summary = json.loads(ran.stdout.splitlines()[-1])
        self.assertEqual(
            (bill.rows, len(bill.rejected), bill.charges.value, bill.credits.value),
            tuple(summary[key] for key in ("rows_read", "rows_rejected", "charges", "credits")),
        )
        self.assertEqual(len(bill.rejected), 9)

    def test_breakdowns_add_up_to_the_bill(self) -> None:
        bill = self.read()
        sums: dict[str, Decimal] = {}
        with open(BILL, newline="") as file:
            for row in csv.DictReader(file):
                sums[row["ServiceName"]] = sums.get(row["ServiceName"], Decimal(0)) + Decimal(row["BilledCost"])
        found = {name: total.value for name, total in bill.breakdowns["service"].items()}
        self.assertEqual(found, {name: float(total) for name, total in sums.items()})
        self.assertEqual(bill.billed, float(sum(sums.values())))
        self.assertAlmostEqual(sum(total.value for total in bill.breakdowns["account"].values()), bill.billed)

    def test_no_bill(self) -> None:
        for text, said in (
            ("", "empty"),
            ("a,b\n1,2\n", "no column BilledCost and no column ChargePeriodStart"),
            ("BilledCost,ChargePeriodStart,BilledCost\n", "two columns BilledCost"),
            ('BilledCost,ChargePeriodStart\n"1,2024-01-01\n', "a quote is never closed"),
            ("BilledCost,ChargePeriodStart\n1,2000-01-01\n1,2024-01-01\n", "more than 4000 days"),
        ):
            with self.assertRaisesRegex(BillError, said):
                read_bill(io.StringIO(text, newline=""), "x")

    def test_amounts_in_words(self) -> None:
        usd, yen, dinar, gold, none = (wording.Money(code, 50.0) for code in ("USD", "JPY", "KWD", "XAU", "<b>"))
        for text, wanted in (
            (usd(1234567.891), "$1,234,567.89"), (usd(-0.5), "\u2212$0.50"), (usd(-0.001), "$0.00"), (usd(0), "$0.00"),
            (yen(1234.5), "\u00a51,234"), (dinar(1.5), "KWD\u00a01.500"), (gold(2), "XAU\u00a02.00"), (none(2), "2.00"),
            (usd.short(999.6), "$1.00k"), (usd.short(1250), "$1.25k"), (usd.short(-2.5e6), "\u2212$2.50M"),
            (usd.short(9000.4), "$9.00k"), (usd.short(12345), "$12.3k"), (usd.short(0.5), "$0.50"), (yen.short(5), "\u00a55"),
            (usd.short(0), "$0"), (usd.short(-0.001), "$0.00"),
            (usd.axis(0), "$0"), (gold.axis(5e3), "5k"), (wording.Money("USD", 0.02)(0.0123456), "$0.012346"),
            (wording.percent(0.99999), "99.9\u2009%"), (wording.percent(1.0), "100.0\u2009%"),
            (wording.percent(2500.0), "2,500\u00d7"), (wording.plural(1, "day"), "1 day"), (wording.plural(0, "day"), "0 days"),
        ):  # fmt: skip
            self.assertEqual(text, wanted)

    def test_forecast_of_a_steady_bill(self) -> None:
        """10 a day is 300 in April, less a credit of 40 that has come; the budget of 200 goes on its 24th day."""
        first = date(2024, 1, 1)
        rows = [f"10,{first + timedelta(days=i)},USD,a,b" for i in range(91 + 12)]
        text = HEADER + "\n".join([*rows, "-40,2024-04-02,USD,a,b"])
        settings = Settings(200.0)
        found = month_forecast(replay(read_bill(io.StringIO(text, newline=""), "x"), settings), settings)
        assert found
        self.assertEqual((found.first, found.length), (date(2024, 4, 1), 30))
        for amount in (found.expected, found.lower, found.upper):
            self.assertAlmostEqual(amount, 260.0)
        self.assertEqual((found.is_breached, found.exhaustion), (True, date(2024, 4, 24)))
        whole = [*rows, *(f"10,2024-04-{day},USD,a,b" for day in range(13, 31))]
        bill = read_bill(io.StringIO(HEADER + "\n".join(whole), newline=""), "x")
        self.assertIsNone(month_forecast(replay(bill, settings), settings))


class OnePage(unittest.TestCase):
    """The bill of the examples, 120 days, as a page."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.file = Path(cls.folder) / "report.html"
        ran = run("--limit", "7000", "-o", str(cls.file), str(BILL))
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", ""), ran
        cls.html = cls.file.read_text(encoding="utf-8")
        cls.page = Page(cls.html)
        with open(BILL, newline="") as file:
            cls.actions = Counter(day.guard.action for day in replay(read_bill(file, "x"), Settings(7000.0)))
        with open(BILL, newline="") as file:
            cls.rows = list(csv.DictReader(file))
        cls.add_up()

    @classmethod
    def add_up(cls) -> None:
        """The bill in exact decimals."""
        days = [date.fromisoformat(row["ChargePeriodStart"][:10]) for row in cls.rows]
        first, last = min(days), max(days)
        cls.charges = {first + timedelta(days=i): Decimal(0) for i in range((last - first).days + 1)}
        cls.credit_days = set()
        months: dict[tuple[int, int], Decimal] = {}
        for row, day in zip(cls.rows, days):
            amount = Decimal(row["BilledCost"])
            month = day.year, day.month
            months[month] = months.get(month, Decimal(0)) + amount
            if amount < 0:
                cls.credit_days.add(day)
            else:
                cls.charges[day] += amount
        before, cls.spikes = Decimal(0), set()
        for count, (day, amount) in enumerate(cls.charges.items()):
            if count and amount * count > Decimal("1.5") * before:
                cls.spikes.add(day)
            before += amount
        points = [float(amount) for amount in cls.charges.values()]
        config = DetectConfig(start_time=first)
        cls.detections = [detect_spike(points[: count + 1], config) for count in range(len(points))]
        # No credit comes after a limit is reached, so that a month's end tells of a breach.
        cls.months, cls.breached = len(months), [month for month, total in months.items() if total >= 7000]

    def marks(self, page: Page) -> None:
        """What the browser and the parser must both find."""
        detected = sum(found.is_spike for found in self.detections)
        leaks = sum(found.is_leak for found in self.detections)
        self.assertGreaterEqual(min(detected, leaks), 1)
        days, spikes, actions = len(self.charges), len(self.spikes), self.actions
        self.assertGreaterEqual(days, 120)
        self.assertGreaterEqual(min(spikes, len(self.breached), *(actions[action] for action in Action)), 1)
        for drawing in ("wide", "narrow"):
            for tag, kind, count in (
                ("rect", "bar spend", days - spikes),
                ("rect", "bar spike", spikes),
                ("path", "flag", spikes),
                ("rect", "bar credit", len(self.credit_days)),
                ("rect", "verdict", days),
                ("circle", "detected", detected),
                ("rect", "leak", leaks),
                ("path", "usual", 1),
                ("rect", "hit", 2 * days),
                ("path", "baseline", 1),
                ("path", "threshold", 1),
                ("path", "total", self.months),
                ("path", "over", len(self.breached)),
                ("line", "limit", 1),
                ("line", "warning", 1),
                ("path", "forecast", 1),
                *(("rect", f"verdict {action.name.lower()}", actions[action]) for action in Action),
            ):
                self.assertEqual(page.count(tag, kind, drawing), count, (drawing, tag, kind))
        self.assertEqual(page.count("tr", inside="decisions"), 1 + days)
        self.assertEqual(page.count("span", "badge"), days)
        self.assertEqual(
            page.count("td", "mark"), sum(found.is_spike or found.is_leak for found in self.detections)
        )
        for table, column in (("service", "ServiceName"), ("account", "SubAccountName")):
            self.assertEqual(page.count("tr", inside=table), 1 + len({row[column] for row in self.rows}))

    def test_marks_and_rows(self) -> None:
        self.marks(self.page)

    def test_every_row_says_what_was_found(self) -> None:
        with open(BILL, newline="") as file:
            days = replay(read_bill(file, "x"), Settings(7000.0))
        rows = re.findall(
            r'<tr class="([a-z ]+)">.*?datetime="([0-9-]+)".*<td class="\w+">(.*)</td></tr>', self.html
        )
        self.assertEqual(len(rows), len(days))
        words = set()
        for (kind, day, said), found, replayed in zip(rows, self.detections, days):
            parts = ["spike"] * found.is_spike + ["slow leak"] * found.is_leak
            wanted = "too few days" if found.verdict == Verdict.INSUFFICIENT_DATA else " and ".join(parts)
            self.assertEqual((day, said), (str(replayed.day), wanted))
            self.assertEqual("quiet" in kind, replayed.guard.action is Action.ALLOW and not parts)
            words.add(said)
        self.assertEqual(words, {"", "too few days", "spike", "slow leak"})

    def test_nothing_is_loaded(self) -> None:
        loads_nothing(self, self.page, self.html)

    def test_it_can_be_read_without_seeing(self) -> None:
        ids = [attributes["id"] for _, attributes, _ in self.page.elements if "id" in attributes]
        self.assertEqual(len(ids), len(set(ids)))
        for tag, attributes, _ in self.page.elements:
            for name in attributes.get("aria-labelledby", "").split():
                self.assertIn(name, ids)
            if tag == "svg":
                self.assertEqual(attributes["role"], "img")
            if tag == "html":
                self.assertEqual(attributes["lang"], "en")
            if tag == "th":
                self.assertIn(attributes.get("scope"), ("col", "row"))
        highest = max(self.charges, key=lambda day: self.charges[day])
        self.assertIn(
            f"The highest is {wording.full_date(highest)} with ${self.charges[highest]:,.2f}."
            f" {len(self.spikes)} days above the threshold.",
            self.page.texts["daily-wide-text"][0],
        )
        months = ", ".join(f"{wording.MONTHS[month - 1]} {year}" for year, month in self.breached)
        self.assertIn(f"Breached in {months}.", self.page.texts["month-wide-text"][0])

    def test_totals_are_exact(self) -> None:
        amounts = [Decimal(row["BilledCost"]) for row in self.rows]
        charges, credits = (sum(a for a in amounts if (a < 0) is below) for below in (False, True))
        text = self.page.text()
        for amount in (charges + credits, charges, max(self.charges.values())):
            self.assertIn(f"${amount:,.2f}", text)
        self.assertIn(f"\u2212${-credits:,.2f} credits", text)

    def test_one_account(self) -> None:
        ran = run("--limit", "7000", "--where", "SubAccountName=Research", str(BILL))
        self.assertEqual(ran.returncode, 0, ran.stderr)
        amounts = [Decimal(row["BilledCost"]) for row in self.rows if row["SubAccountName"] == "Research"]
        self.assertIn(f"${sum(amounts):,.2f}", Page(ran.stdout).text())

    def chromium(self, *arguments: str, file: Path | None = None) -> subprocess.CompletedProcess[str]:
        with tempfile.TemporaryDirectory() as profile:
            return subprocess.run(
                [
                    str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                    "--disable-background-networking", "--disable-component-update", "--disable-sync",
                    "--hide-scrollbars", "--enable-logging=stderr", f"--user-data-dir={profile}", *arguments,
                    (file or self.file).as_uri(),
                ],
                capture_output=True,
                encoding="utf-8",
                timeout=120,
            )  # fmt: skip

    @unittest.skipIf(CHROMIUM is None, "SKIPPED: the page in a browser (no chromium here)")
    def test_a_browser_shows_it(self) -> None:
        ran = self.chromium("--dump-dom")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertNotIn("CONSOLE", ran.stderr)
        page = Page(ran.stdout)
        self.marks(page)
        # The script has run: the titles of days are now its tips.
        self.assertIn(("div", "tip"), [(tag, attributes.get("id")) for tag, attributes, _ in page.elements])
        self.assertEqual((self.page.count("title"), page.count("title")), (1 + 4 + 4 * len(self.charges), 1 + 4))

    @unittest.skipIf(CHROMIUM is None, "SKIPPED: the console of the page (no chromium here)")
    def test_its_own_policy_stops_what_is_not_its_own(self) -> None:
        """Also shows that a message on the console would be seen."""
        broken = Path(self.folder) / "broken.html"
        broken.write_text(self.html.replace("<main>", "<main><script>document.title = 'taken'</script>"))
        ran = self.chromium("--dump-dom", file=broken)
        self.assertIn("CONSOLE", ran.stderr)
        self.assertNotIn("taken</title>", ran.stdout)

    @unittest.skipIf(CHROMIUM is None, "SKIPPED: screenshots of the page (no chromium here)")
    def test_light_and_dark_and_narrow_differ(self) -> None:
        pictures = {}
        for name, options in (
            ("light", ["--window-size=1200,500"]),
            ("dark", ["--window-size=1200,500", "--blink-settings=preferredColorScheme=0"]),
            ("narrow", ["--window-size=500,500"]),
        ):
            file = Path(self.folder) / f"{name}.png"
            self.chromium(*options, f"--screenshot={file}")
            pictures[name] = pixels(file)
        light, dark = (Counter(pictures[name]).most_common(1)[0][0] for name in ("light", "dark"))
        self.assertGreater(min(light), 230)
        self.assertLess(max(dark), 60)
        for picture in pictures.values():
            self.assertGreater(len(set(picture)), 50)  # not blank


class OddBills(unittest.TestCase):
    def test_names_are_text_not_markup(self) -> None:
        cell = '"' + ATTACK.replace('"', '""') + '"'
        rows = f"150,2024-01-01,USD,{cell},{cell}\n{cell},2024-01-02,USD,a,b\n1,2024-01-02,{cell},a,b\n"
        html = page_of(rows, "--title", ATTACK)
        page = Page(html)
        self.assertEqual((page.count("script"), page.count("img")), (1, 0))
        loads_nothing(self, page, html)
        self.assertEqual(page.text().count(ATTACK), 1 + 1 + 2)  # title, heading, service, account
        self.assertIn(ATTACK[:47], page.text())
        self.assertIn("2 rows left out", page.text())
        attributes = [value for _, found, _ in page.elements for value in found.values()]
        self.assertFalse([value for value in attributes if "alert" in value and "(" in value])
        currency = page_of(f"150,2024-01-01,{cell},a,b\n")
        self.assertEqual(Page(currency).count("script"), 1)

    def test_no_rows(self) -> None:
        for rows, said in (("", "of 0 rows"), ("x,2024-01-01,USD,a,b\n", "of 1 row.")):
            ran = run("--limit", "100", "-", bill=HEADER + rows)
            self.assertEqual(ran.returncode, 1)
            self.assertIn("not one row that can be used", ran.stderr)
            page = Page(ran.stdout)
            self.assertIn("Nothing to judge", page.text())
            self.assertIn(said, page.text())
            self.assertEqual(page.count("svg"), 0)

    def test_one_day(self) -> None:
        page = Page(page_of("12.5,2024-02-29,EUR,a,b\n"))
        self.assertEqual((page.count("rect", "bar spend", "wide"), page.count("path", "baseline")), (1, 0))
        self.assertEqual(page.count("tr", inside="decisions"), 2)
        self.assertIn("\u20ac12.50", page.text())
        self.assertNotIn("missing", page.text())

    def test_bills_without_charges_days_or_known_currencies(self) -> None:
        for rows, said in (
            ("0,2024-01-01,USD,a,b\n", "$0.00"),
            ("-5,2024-01-01,USD,a,b\n", "\u2212$5.00"),
            ("1,2024-01-01,USD,a,b\n1,2026-12-31,USD,a,b\n", "1,096"),
            ("1e300,2024-01-01,USD,a,b\n1e300,2024-01-02,USD,a,b\n", "Block"),
            ("5e-324,2024-01-01,USD,a,b\n", "$0.000000"),
            ("12,2024-01-01,XXX,a,b\n", "XXX\u00a012.00"),
            ("12,2024-01-01,doubloons,a,b\n", "amounts in doubloons"),
            ("\n".join(f"1,2024-01-01,USD,{i},b" for i in range(30)), "22 others"),
        ):
            with self.subTest(rows[:40]):
                page = Page(page_of(rows))
                self.assertIn(said, page.text())
                for tag, attributes, _ in page.elements:
                    for name in ("x", "y", "width", "height", "d", "x1", "y1"):
                        self.assertNotRegex(attributes.get(name, ""), "nan|inf|e[+-]", tag)

    def test_bad_settings_are_refused_in_the_librarys_words(self) -> None:
        for options, said in (
            (["--limit", "0"], "budget_limit must be finite and > 0"),
            (["--limit", "nan"], "budget_limit must be finite and > 0"),
            (["--limit", "1", "--multiplier", "1"], "spike_multiplier must be finite and > 1"),
            (["--limit", "1", "--cooldown", "-1"], "cooldown_steps_remaining must be >= 0"),
            (["--limit", "1", "--where", "x"], "--where needs COLUMN=VALUE"),
            (["--limit", "1", "--where", "x=y"], "the header has no column x"),
            (["--limit", "1", "-o", "/nowhere/x.html"], "No such file"),
        ):
            ran = run(*options, str(BILL))
            self.assertEqual((ran.returncode, ran.stdout), (1, ""))
            self.assertIn(said, ran.stderr)
        self.assertEqual(run("--limit", "1", "/nowhere.csv").returncode, 1)


if __name__ == "__main__":
    unittest.main()
