"""The page of a report: in a parser and in a browser, with its script and without."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import tempfile
import unittest
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from cloudcircuit.report import Report

from .bills import report
from .pages import Page, loads_nothing, pixels
from .test_report import ATTACK, BILL, HEADER, row

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
TODAY = date(2024, 4, 13)


def chromium(address: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as profile:
        return subprocess.run(
            [
                str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
                "--enable-logging=stderr", f"--user-data-dir={profile}", *arguments, address,
            ],
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )  # fmt: skip


class DemoPage(unittest.TestCase):
    """The bill of the examples, four months, as of the middle of April."""

    found: Report

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.found = report(BILL, today=TODAY, group_by="SubAccountName", settings={"limit": 2900.0})
        cls.html = cls.found.html("Spend")
        cls.file = cls.folder / "report.html"
        cls.file.write_text(cls.html, encoding="utf-8")
        cls.page = Page(cls.html)
        with open(BILL, newline="") as file:
            cls.rows = list(csv.DictReader(file))

    def marks(self, page: Page) -> None:
        """What the parser and the browser must both find: every day in the chart of all months and in its month's."""
        judged = self.found.judged
        odd = [one for one in judged.findings if one.excess > 0]
        days, flagged = len(judged.whole.days), len({one.day for one in odd})
        # Marks are for an excess of a twentieth of the day or more: three of the runaway's four days.
        marked = {one.day for one in odd if 20 * one.excess >= judged.whole.cells[one.day][0]}
        self.assertGreaterEqual(len(marked), 3)
        for drawing in ("wide", "narrow"):
            self.assertEqual(page.count("rect", "bar flagged", drawing), 2 * flagged)
            self.assertEqual(page.count("path", "flag", drawing), 2 * len(marked))
            self.assertEqual(page.count("rect", "bar spend", drawing), 2 * days)
            for tag, kind in (("path", "band"), ("path", "forecast"), ("path", "total"), ("path", "before")):
                self.assertEqual(page.count(tag, kind, drawing), 1)
        self.assertEqual(page.count("tr", inside="findings"), 1 + len(judged.findings))
        self.assertEqual(page.count("span", "badge"), len(judged.findings))
        self.assertEqual(page.count("tr", inside="daily"), 1 + 20)


class OnePage(DemoPage):
    def test_marks_and_rows(self) -> None:
        self.marks(self.page)

    def test_nothing_is_loaded(self) -> None:
        loads_nothing(self, self.page, self.html)

    def test_figures_are_exact(self) -> None:
        amounts = [Decimal(row["BilledCost"]) for row in self.rows]
        charges, credits = (sum(a for a in amounts if (a < 0) is below) for below in (False, True))
        text = self.page.text()
        for amount in (charges + credits, charges, -credits):
            self.assertIn(f"${amount:,.2f}", text)
        march: dict[str, Decimal] = {}
        for one in self.rows:
            if one["ChargePeriodStart"].startswith("2024-03"):
                march[one["ServiceName"]] = march.get(one["ServiceName"], Decimal(0)) + Decimal(one["BilledCost"])
        tables = {table.key: table for table in self.found.tables()}
        found = {row[1]: row[2] for row in tables["service-names"].rows if row[0] == date(2024, 3, 1)}
        self.assertEqual({name: total for name, total in found.items() if total}, march)
        ((total, change),) = [(row[1], row[6]) for row in tables["months"].rows if row[0] == date(2024, 3, 1)]
        february = sum(
            Decimal(one["BilledCost"]) for one in self.rows if one["ChargePeriodStart"][:7] == "2024-02"
        )
        self.assertEqual((total, change), (sum(march.values()), sum(march.values()) - february))

    def test_the_running_month_is_compared_with_as_many_days(self) -> None:
        tables = {table.key: table for table in self.found.tables()}
        before = sum(
            Decimal(one["BilledCost"])
            for one in self.rows
            if "2024-03-01" <= one["ChargePeriodStart"][:10] <= "2024-03-12"
        )
        self.assertEqual(tables["months"].rows[0][5], before)
        moved = sum(row[-2] for row in tables["service-names"].rows if row[0] == date(2024, 4, 1))  # type: ignore[misc]
        self.assertEqual(moved, before)

    def test_what_drove_a_day_is_told(self) -> None:
        lines = re.findall(r"<tr>(?:(?!</tr>).)*13 Mar 2024.*?</tr>", self.html)
        self.assertRegex(lines[0], "Research.*Throttle.*spike.*643\\.09.*Heron Compute <b>\\+\\$611\\.")

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
        self.assertIn("flagged. The table of findings has every one.", self.page.texts["daily-all-wide-text"][0])
        self.assertIn("is expected to cost", self.page.texts["month-wide-text"][0])


@unittest.skipIf(CHROMIUM is None, "SKIPPED: the page in a browser (no chromium here)")
class InABrowser(DemoPage):
    def dom(self, part: str = "", html: str | None = None) -> Page:
        file = self.file
        if html is not None:
            file = self.folder / "changed.html"
            file.write_text(html, encoding="utf-8")
        ran = chromium(file.as_uri() + part, "--dump-dom")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertNotIn("CONSOLE", ran.stderr)
        return Page(ran.stdout)

    def test_its_script_draws_the_same_tables(self) -> None:
        page = self.dom()
        self.marks(page)
        for table in ("findings", "months", "budgets", "daily", "service-names"):
            self.assertEqual("".join(page.texts[table]), "".join(self.page.texts[table]), table)
        self.assertIn(("div", "tip"), [(tag, attributes.get("id")) for tag, attributes, _ in page.elements])

    def test_a_month_and_a_search(self) -> None:
        page = self.dom("#month=2024-03&find=heron%20compute")
        charts = [attributes for tag, attributes, _ in page.elements if "data-chart" in attributes]
        self.assertEqual([one["data-chart"] for one in charts if "hidden" not in one], ["2024-03"])
        march = [one for one in self.found.judged.findings if one.day.month == 3]
        self.assertEqual(page.count("tr", inside="findings"), 1 + len(march))
        self.assertEqual(page.count("tr", inside="months"), 2)
        self.assertEqual(
            page.count("tr", inside="service-names"), 2
        )  # as many as there are, and the search finds one
        self.assertEqual(page.count("tr", inside="daily"), 1)

    def test_every_table_is_a_csv_file(self) -> None:
        """The file that a click saves, by a script that only this test adds."""
        script = (
            "<script>Blob = class { constructor(parts) { const kept = document.createElement('pre');"
            " kept.id = 'saved' + document.querySelectorAll('pre').length; kept.textContent = parts.join('');"
            " document.body.append(kept); } }; URL.createObjectURL = () => 'about:blank';"
            " HTMLAnchorElement.prototype.click = () => {};"
            " for (const button of document.querySelectorAll('.csv')) button.click();</script>"
        )
        free = re.sub('<meta http-equiv="Content-Security-Policy".*?>', "", self.html)
        page = self.dom(html=free.replace("</body>", script + "</body>"))
        for index, table in enumerate(self.found.tables()):
            rows = list(csv.reader(io.StringIO("".join(page.texts[f"saved{index}"]).lstrip("\ufeff"))))
            self.assertEqual(rows[0], [column.name for column in table.columns])
            self.assertEqual(len(rows), 1 + len(table.rows))
            for found, wanted in zip(rows[1:], table.rows):
                for text, cell in zip(found, wanted):
                    if isinstance(cell, Decimal):
                        self.assertEqual(Decimal(text), cell)
                    elif isinstance(cell, (str, date)):
                        self.assertEqual(text, str(cell))

    def test_its_own_policy_stops_what_is_not_its_own(self) -> None:
        """Also shows that a message on the console would be seen."""
        broken = self.folder / "broken.html"
        broken.write_text(self.html.replace("<main>", "<main><script>document.title = 'taken'</script>"))
        ran = chromium(broken.as_uri(), "--dump-dom")
        self.assertIn("CONSOLE", ran.stderr)
        self.assertNotIn("taken</title>", ran.stdout)

    def test_light_and_dark_and_narrow_differ(self) -> None:
        pictures = {}
        for name, options in (
            ("light", ["--window-size=1200,500"]),
            ("dark", ["--window-size=1200,500", "--blink-settings=preferredColorScheme=0"]),
            ("narrow", ["--window-size=500,500"]),
        ):
            file = self.folder / f"{name}.png"
            chromium(self.file.as_uri(), *options, f"--screenshot={file}")
            pictures[name] = pixels(file)
        light, dark = (Counter(pictures[name]).most_common(1)[0][0] for name in ("light", "dark"))
        self.assertGreater(min(light), 230)
        self.assertLess(max(dark), 60)
        for picture in pictures.values():
            self.assertGreater(len(set(picture)), 50)  # not blank


class OddBills(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def made(self, *rows: str, **options: object) -> Report:
        path = self.folder / "bill.csv"
        path.write_text(HEADER + "".join(rows))
        return report(path, **options)  # type: ignore[arg-type]

    def test_names_are_text_not_markup(self) -> None:
        cell = '"' + ATTACK.replace('"', '""') + '"'
        first = date(2024, 1, 1)
        rows = [f"{10 if i < 59 else 500},{first + timedelta(i)},USD,{cell},{cell},{cell}\n" for i in range(60)]
        found = self.made(*rows, f"{cell},2024-01-02,USD,a,b,c\n", settings={"limit": 100.0})
        html = found.html(ATTACK)
        page = Page(html)
        self.assertEqual((page.count("script"), page.count("img")), (2, 0))
        loads_nothing(self, page, html)
        self.assertIn(ATTACK, page.text())
        self.assertIn("1 row of 61 left out", page.text())
        attributes = [value for _, found, _ in page.elements for value in found.values()]
        self.assertFalse([value for value in attributes if "alert(" in value])
        json.loads(html.split('id="data">')[1].split("</script>")[0])

    def test_the_banner_is_the_first_thing(self) -> None:
        found = self.made(
            row(1, date(2024, 1, 1)),
            row(2, date(2024, 1, 2)).replace("USD", "EUR"),
            row("", date(2024, 1, 1)),
            currency="USD",
        )
        text = Page(found.html("x")).text()
        for said in ("1 row of 3 left out", "BilledCost is empty or NULL", "\u20ac2.00 in EUR"):
            self.assertLess(text.index(said), text.index("Billed "), said)

    def test_any_number_of_names(self) -> None:
        found = self.made(*(row(index + 1, date(2024, 1, 1), f"group {index}") for index in range(3000)))
        html = found.html("x")
        page = Page(html)
        self.assertIn("20 of 3,000 rows", page.text())
        data = json.loads(html.split('id="data">')[1].split("</script>")[0])
        self.assertEqual(len(data["tables"]["group-names"]["rows"]), 3000)

    def test_bills_without_charges_many_days_or_known_currencies(self) -> None:
        day = date(2024, 1, 1)
        for rows, said in (
            ([row(0, day)], "$0.00"),
            ([row(-5, day)], "\u2212$5.00"),
            ([row(1, day), row(1, date(2024, 12, 31))], "366 days"),
            ([row(10**17, day), row(10**17, date(2024, 1, 2))], "$200,000,000,000,000,000.00"),
            ([row("0.000000000000000001", day)], "$0.000000"),
            ([row(12, day).replace("USD", "XXX")], "XXX\u00a012.00"),
            ([row(12, day).replace("USD", "doubloons")], "amounts in DOUBLOONS"),
        ):
            with self.subTest(said):
                page = Page(self.made(*rows).html("x"))
                self.assertIn(said, page.text())
                for tag, attributes, _ in page.elements:
                    for name in ("x", "y", "width", "height", "d", "x1", "y1"):
                        self.assertNotRegex(attributes.get(name, ""), "nan|inf|e[+-]", tag)


if __name__ == "__main__":
    unittest.main()
