"""How the report reads a bill: every small bill comes to the right figures or is refused by name, made bills in many
forms come to what was written, and both are what the C tool finds."""

from __future__ import annotations

import csv
import gzip
import io
import random
import re
import tempfile
import unittest
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from cloudcircuit.report import BillError, Report
from cloudcircuit.report.cells import TwoWays, Unreadable, amount, day, period
from cloudcircuit.report.judge import Outlook
from cloudcircuit.report.page import left_out_words, remarks

from .bills import CASES, DEMO, SAMPLE, SMALL, Right, case, guard, guard_lines, has_guard, report
from .golden import SEED

JUDGED = ("new_account", "upfront", "gap", "eom_fee", "partial_day", "second_runaway", "h4")
OPTIONS = {"date_format": "--date-format", "currency": "--currency", "preset": "--format"}


class Cells(unittest.TestCase):
    def test_amounts_are_exact_or_named(self) -> None:
        for text, number in (
            ("1", "1"), ("-1.5e3", "-1500"), ("+.5", "0.5"), ("5.", "5"), (" 7\t", "7"), ("1E-7", "0.0000001"),
            ("0.000000000000000001", "1e-18"), ("1.5000000000000000000000", "1.5"), ("0e999", "0"), ("-0", "0"), ("0e99999999999", "0"),
            ("999999999999999999.999999999999999999", "999999999999999999.999999999999999999"),
        ):  # fmt: skip
            self.assertEqual(amount(text), Decimal(number), text)
        for text, said in (
            ("", "empty"), ("NULL", "empty or NULL"), ("1,000.00", "separator"), ("1234,56", "separator"),
            ("$1,000", "separator"), ("1_000", "separator"), ("1 000", "separator"), ("0x1", "no number|not a number"),
            ("inf", "not a number"), ("12.34-", "not a number"), ("\u0661", "not a number"), ("1e", "not a number"),
            ("1e18", "10\\^18"), ("0.0000000000000000001", "18 decimal places"), ("1e99999", "10\\^18"), ("1e-99999", "18 decimal places"),
        ):  # fmt: skip
            with self.assertRaisesRegex(Unreadable, said, msg=text):
                amount(text)

    def test_days_are_in_utc_or_named(self) -> None:
        leap = date(2024, 2, 29)
        for text in (
            "2024-02-29", "2024-02-29 22:00:00", "2024-02-29T22:00Z", "2024-02-29T22:00:60.123+00:00", "2024/02/29",
            "2024-02-29 22:00 UTC", "2024-03-01T00:30:00+05:30", "2024-02-28T23:30:00-0700", "2024-02-28 18:00-07",
            "20240229", "20240229T12:00Z", "2024-2-29", "2024-02-29t12:00:00z", "2024-02-29 12:00:00 GMT",
            "2024-02-29 12:00:00 +0000 UTC", "2024-02-29 9:05", "2024-02-29 12:59:59 AM", "2024-02-29 11:59 pm",
            "2024-02-28 24:00:00", "2024-02-28T24:00", "2024-02-29T12:00:00,5Z",
        ):  # fmt: skip
            self.assertEqual(day(text), leap, text)
        for text in (
            "2023-02-29", "2024-02-29T24:01Z", "2024-02-29x", "", "2024-02-29 22", "20240230", "2024-02-29Z", "null",
            "2024-02-29 13:00 AM", "2024-02-29 0:00 PM",
            "0000-01-01", "2024-02/29", "2024-02-29T22:00+25:00", "0001-01-01T00:00+01:00", "Total",
        ):  # fmt: skip
            with self.assertRaises(Unreadable, msg=text):
                day(text)
        for text in ("03/04/2024", "3.4.2024", "03-04-2024 10:00", "03/04/24", "3/4/2024 12:00:00 AM"):
            with self.assertRaises(TwoWays, msg=text):
                day(text)
            self.assertEqual((day(text, "mdy"), day(text, "dmy")), (date(2024, 3, 4), date(2024, 4, 3)))

    def test_periods_are_months(self) -> None:
        for text in (
            "2024-03",
            "202403",
            "2024-03-01",
            "2024-03-01T08:00:00Z",
            "2024-02-29T22:00:00Z",
            "2024-03-17",
        ):
            self.assertEqual(period(text), date(2024, 3, 1), text)


@unittest.skipIf(SMALL is None, "SKIPPED: the report on small bills (no CLOUDCIRCUIT_BILLS here)")
class SmallBills(unittest.TestCase):
    def test_each_comes_to_the_right_figures_or_is_refused_by_name(self) -> None:
        for name, (options, right) in CASES.items():
            with self.subTest(name):
                if isinstance(right, str):
                    with self.assertRaisesRegex(BillError, right):
                        report(case(name), **options)
                else:
                    self.comes_to(report(case(name), **options), right)

    def comes_to(self, found: Report, right: Right) -> None:
        bill = found.bill
        self.assertEqual((bill.charges, bill.credits), (Decimal(right.charges), Decimal(right.credits)))
        ((groups, days),) = bill.ask("SELECT count(DISTINCT name), count(DISTINCT day) FROM facts")
        self.assertEqual((groups, days, bill.rows_left_out), (right.groups, right.days, right.left_out))
        self.assertRegex(" ".join(remarks(found.judged)), right.said)
        self.assertEqual(bool(left_out_words(found.judged)), bool(right.left_out or bill.others))

    def test_every_file_is_a_case(self) -> None:
        assert SMALL is not None
        for path in SMALL.glob("*.csv*"):
            self.assertTrue(any(path.name.startswith(name.strip()) for name in CASES), path.name)

    def test_the_tool_finds_the_same(self) -> None:
        if not has_guard():
            self.skipTest("no spend_guard with these options here")
        for name, (options, right) in CASES.items():
            if name == "k4":
                continue  # the tool reads gzip from a pipe alone
            with self.subTest(name):
                given = [text for option, value in options.items() for text in (OPTIONS[option], value)]
                status, summary, said = guard(case(name), *given)
                if isinstance(right, str):
                    self.assertEqual(status, 1, said)
                    continue
                assert summary is not None, said
                found = report(case(name), **options).bill
                for key, value in (
                    ("charges", found.charges),
                    ("credits", found.credits),
                    ("billed", found.billed),
                ):
                    self.assertEqual(Decimal(summary[key]), value, key)
                self.assertEqual(
                    (summary["rows_left_out"], summary["rows_used"]), (found.rows_left_out, found.rows_used)
                )
                self.assertEqual((summary["first_day"], summary["last_day"]), (str(found.first), str(found.last)))
                self.assertEqual(status == 4, right.left_out > 0, said)

    def test_the_tool_finds_the_same_days_and_forecasts(self) -> None:
        if not has_guard():
            self.skipTest("no spend_guard with these options here")
        counts = {"spike": 0, "leak": 0, "breach": 0, "forecast": 0}
        for path in (DEMO, *(case(name) for name in JUDGED)):
            for column in ("SubAccountId", "none"):
                with self.subTest(path.name, by=column):
                    lines = guard_lines(path, "--limit", "2900", "--group-by", column)
                    found = report(path, group_by=column, settings={"limit": 2900.0}).judged
                    for kind in ("spike", "leak", "breach"):
                        days = (line for line in lines if line["kind"] == "day" and kind in line["reasons"])
                        tool = {(line["group"], line["day"]) for line in days}
                        own = {(one.group, str(one.day)) for one in found.findings if kind in one.kinds}
                        # Of leaks and breaches on days in a row the report names the first.
                        self.assertLessEqual(own, tool, kind)
                        self.assertEqual({group for group, _ in own}, {group for group, _ in tool}, kind)
                        self.assertTrue(kind != "spike" or own == tool)
                        counts[kind] += len(own)
                    for line in lines:
                        if line["kind"] == "group":
                            period = found.periods[line["group"]][-1]
                            self.assertEqual(Decimal(line["to_date"]), period.spent)
                            counts["forecast"] += self.forecasts_agree(line.get("forecast"), period.forecast)
        self.assertGreater(min(counts.values()), 0, counts)

    def forecasts_agree(self, tool: dict[str, Any] | None, own: Outlook | None) -> bool:
        if tool is None or own is None:
            return False  # a month that is over
        self.assertEqual(
            (own.found.forecast_spend, own.found.lower_bound, own.found.upper_bound),
            (tool["forecast_spend"], tool["lower_bound"], tool["upper_bound"]),
        )
        return True

    def test_a_billing_period_may_decide_the_month(self) -> None:
        for column, months in ((None, {3: 300, 4: 101}), ("BillingPeriodStart", {3: 400, 4: 1})):
            bill = report(case("n3"), period=column).bill
            found = dict(bill.ask("SELECT month(month), sum(amount) FROM facts GROUP BY 1"))
            self.assertEqual(found, months)

    @unittest.skipIf(SAMPLE is None, "SKIPPED: the report on the FOCUS sample (no CLOUDCIRCUIT_BILLS here)")
    def test_the_focus_sample_is_exact(self) -> None:
        assert SAMPLE is not None
        bill = report(SAMPLE / "focus_sample.csv").bill
        self.assertEqual((bill.billed, bill.rows_used), (Decimal("20.52022672899"), 1000))


class Odd(unittest.TestCase):
    """Each bill is 10 on 1 March and 20 on 2 March 2024."""

    def is_thirty(self, content: bytes) -> Report:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "odd.csv"
            path.write_bytes(content)
            found = report(path)
        self.assertEqual((found.bill.billed, found.bill.rows_left_out), (Decimal(30), 0), content[:80])
        return found

    def test_windows_code_page(self) -> None:
        found = self.is_thirty(
            b"BilledCost,ChargePeriodStart,SubAccountId\n10,2024-03-01,\x80\n20,2024-03-02,K\xf6ln\n"
        )
        self.assertEqual(set(found.judged.series), {"\u20ac", "K\u00f6ln"})

    def test_a_header_again_in_another_spelling(self) -> None:
        self.is_thirty(
            b"BilledCost , ChargePeriodStart,SubAccountId\n10,2024-03-01,a\n"
            b"billed_cost,charge_period_start,sub_account_id\n20,2024-03-02,a\n"
        )

    def test_two_byte_order_marks_before_quotes(self) -> None:
        self.is_thirty(
            '\ufeff\ufeff"BilledCost","ChargePeriodStart","SubAccountId"\n'
            '"10","2024-03-01","a"\n"20","2024-03-02","a"\n'.encode()
        )

    def test_thousands_of_columns(self) -> None:
        more = 3000
        self.is_thirty(
            f"BilledCost,ChargePeriodStart,SubAccountId{''.join(f',x{at}' for at in range(more))}\n"
            f"10,2024-03-01,a{',' * more}\n20,2024-03-02,a{',' * more}\n".encode()
        )


class MadeBills(unittest.TestCase):
    """Bills in forms drawn by a seed. What was written is known, so nothing is parsed to know what is right."""

    COLUMNS = ("BilledCost", "BillingCurrency", "ChargePeriodStart", "SubAccountId", "ServiceName", "Tags")
    BAD = ("1,000.00", "", "NULL", "ten", "1_0", "12.5-", "1e40", "0.0000000000000000001")

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def made(self, dice: random.Random) -> tuple[Path, dict[tuple[str, date], Decimal], int]:
        """A file, the net cost by group and day, the rows that must be left out."""
        cells, left_out = {}, 0
        order = dice.sample(self.COLUMNS, len(self.COLUMNS))
        text = io.StringIO()
        delimiter, ending = dice.choice(",,;\t"), dice.choice(["\n", "\n", "\r\n"])
        rows = csv.writer(
            text,
            delimiter=delimiter,
            lineterminator=ending,
            quoting=dice.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        )
        if dice.random() < 0.2:
            rows.writerow(["Costs of a month", "made today"])
        spell = dice.choice([str, str.lower, lambda name: re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()])
        header = [spell(name) for name in order] + [""] * dice.choice([0, 0, 2])
        rows.writerow(header)
        for _ in range(dice.randrange(1, 120)):
            if dice.random() < 0.02:
                rows.writerow(header)
                continue
            number = Decimal(dice.randrange(-200, 10 ** dice.randrange(2, 14))).scaleb(-dice.randrange(0, 13))
            at, group = date(2024, 1, 1) + timedelta(dice.randrange(60)), dice.choice(["a", "b", "\u00e9 & <c>"])
            row = {
                "BilledCost": self.spelled(number, dice),
                "BillingCurrency": dice.choice(["EUR", "eur"]),
                "ChargePeriodStart": self.dated(at, dice),
                "SubAccountId": group,
                "ServiceName": dice.choice(["Compute", "Storage, cold", 'The "best"']),
                "Tags": dice.choice(["", "{}", 'a\nb "c"', "x" * 300]),
            }
            if dice.random() < 0.05:
                row["BilledCost"] = dice.choice(self.BAD)
                left_out += 1
            elif dice.random() < 0.03:
                row["ChargePeriodStart"] = dice.choice(["2024-02-30", "soon", "1970-01-01", ""])
                left_out += 1
            else:
                cells[group, at] = cells.get((group, at), Decimal(0)) + number
            rows.writerow([row[name] for name in order] + [""] * (len(header) - len(order)))
        data = dice.choice(["", "\ufeff", "\ufeff\ufeff"]).encode() + text.getvalue().encode()
        path = self.folder / f"bill{dice.randrange(10**9)}.csv"
        path.write_bytes(data)
        return path, cells, left_out

    @staticmethod
    def spelled(number: Decimal, dice: random.Random) -> str:
        plain = f"{number:f}"
        return dice.choice(
            [plain, plain, f"{number:e}", f"{plain}{'0' * 3 if '.' in plain else '.000'}", f" {plain}"]
        )

    @staticmethod
    def dated(at: date, dice: random.Random) -> str:
        before = at - timedelta(1)
        return dice.choice([
            f"{at}", f"{at} 10:20:30", f"{at}T23:59:59.999Z", f"{at} 00:00:00 UTC", f"{at}T05:00+05:00",
            f"{before}T22:30:00-02:00", str(at).replace("-", "/"),
        ])  # fmt: skip

    def test_made_bills_come_to_what_was_written(self) -> None:
        used = compared = 0
        for seed in range(SEED, SEED + 60):
            dice = random.Random(seed)
            path, cells, left_out = self.made(dice)
            with self.subTest(seed=seed, path=path.name):
                if not cells:
                    self.assertRaises(BillError, report, path)
                    continue
                if seed % 3 == 0:
                    packed = path.with_name("packed.csv")  # gzip is known by its bytes
                    packed.write_bytes(gzip.compress(path.read_bytes()))
                found = report(packed if seed % 3 == 0 else path).bill
                sums = {
                    (group, at): total
                    for group, at, total in found.ask("SELECT name, day, sum(amount) FROM facts GROUP BY ALL")
                }
                self.assertEqual((sums, found.rows_left_out), (cells, left_out))
                used += 1
                if has_guard():
                    status, summary, said = guard(path)
                    assert summary is not None, said
                    self.assertEqual(
                        (Decimal(summary["billed"]), summary["rows_left_out"]), (found.billed, left_out)
                    )
                    self.assertEqual(status == 4, left_out > 0)
                    compared += 1
        self.assertGreater(used, 50)
        self.assertEqual(compared, used if has_guard() else 0)

    def test_the_first_line_of_each_reason_is_told(self) -> None:
        path = self.folder / "bill.csv"
        path.write_text(
            'Title\nBilledCost,ChargePeriodStart,SubAccountId,Tags\n1,2024-01-01,a,"x\ny"\n\nten,2024-01-01,a,\n'
            '1,2024-01-02,a,\nnine,2024-01-03,a,\n1,never,a,\n2,2024-01-01,a\n3,2024-01-01,a,"x"y\n4,2024-01-04,a,\n'
        )
        found = report(path).bill
        told = {(one.reason, one.rows, one.where, one.example) for one in found.left_out}
        self.assertEqual(told, {
            ("BilledCost is not a number", 2, "bill.csv:6", "ten"),
            ("ChargePeriodStart is no date that can be read", 1, "bill.csv:9", "never"),
            ("3 cells where the header has 4", 1, "bill.csv:10", ""),
            ("text after a closing quote", 1, "bill.csv:11", ""),
        })  # fmt: skip
        self.assertEqual((found.billed, found.rows_read, found.rows_used), (6, 8, 3))

    def test_quotes_and_line_ends_where_they_have_no_meaning_lose_nothing(self) -> None:
        header = "BilledCost,ChargePeriodStart,SubAccountId\n"
        for text, billed, left_out in (
            (header + '1,2024-01-01,5" disk\n2,2024-01-01,a\n', 3, 0),
            (header + '1,2024-01-01\n2,2024-01-01,5" disk\n', 2, 1),
            (header + "1,2024-01-01,a\r2,2024-01-01,a\n3,2024-01-01,a\r\n4,2024-01-01,a", 10, 0),
            (header + '1,2024-01-01,"x"y\n2,2024-01-01,a\n', 2, 1),
        ):
            path = self.folder / "odd.csv"
            path.write_bytes(text.encode())
            found = report(path).bill
            self.assertEqual((found.billed, found.rows_left_out), (billed, left_out), text)

    def test_what_is_no_bill_is_refused_by_name(self) -> None:
        header = "BilledCost,ChargePeriodStart,SubAccountId\n"
        for text, said in (
            ("", "empty"),
            ("a,b\n1,2\n", "no column BilledCost .*and no column ChargePeriodStart"),
            ("BilledCost,ChargePeriodStart,SubAccountId,BilledCost\n", "two columns BilledCost"),
            ("Billed_Cost,billedcost,ChargePeriodStart,SubAccountId\n", "could both be BilledCost"),
            ("BilledCost,ChargePeriodStart\n1,2024-01-01\n", "no column SubAccountId .*--group-by none"),
            (header + '"1,2024-01-01,a\n2,2024-01-01,a\n', "quote is never closed"),
            (
                header + '1,2024-01-01,a\n2,2024-01-01,"a\n3,2024-01-01,a\n4,2024-01-01,a\n',
                "quote is never closed",
            ),
            (header + '1,2024-01-01,a"b\n2,2024-01-01,"a\n3,2024-01-01,a\n', "quote is never closed"),
            ('BilledCost,ChargePeriodStart,SubAccountId,""Tags\n1,2024-01-01,a,\n', "header cannot be read"),
            (header + "ten,2024-01-01,a\n", "not one of 1 rows can be used: .*is not a number"),
            (header + "1,2024-01-01,a\nSubAccountId,BilledCost,ChargePeriodStart\n", ":3: another header"),
            ("PK\x03\x04", "workbook"),
        ):
            path = self.folder / "bad.csv"
            path.write_text(text)
            with self.assertRaisesRegex(BillError, said):
                report(path)
        self.assertRaisesRegex(BillError, "no such file", report, self.folder / "none.csv")

    def test_folders_patterns_and_parquet(self) -> None:
        header = "BilledCost,ChargePeriodStart,SubAccountId,EffectiveCost\n"
        (self.folder / "a.csv").write_text(header + "1.25,2024-01-01,a,2\n")
        (self.folder / "deep").mkdir()
        import duckdb

        part = self.folder / "deep/b.csv.gz"
        part.write_bytes(
            gzip.compress((header.replace("Cost,", "_cost,").lower() + "2.5,2024-01-02,b,1\n").encode())
        )
        duckdb.sql(
            "SELECT 0.1::DECIMAL(20, 10) AS BilledCost, TIMESTAMPTZ '2024-01-03 23:30:00-02' AS ChargePeriodStart,"
            " 'a' AS SubAccountId, 0.3::DOUBLE AS EffectiveCost, MAP {'k': 'v'} AS Tags"
        ).write_parquet(str(self.folder / "c.parquet"))
        for given in (self.folder, self.folder / "**/*.*"):
            bill = report(given).bill
            self.assertEqual((bill.billed, bill.effective), (Decimal("3.85"), Decimal("3.3")))
            self.assertEqual((bill.first, bill.last), (date(2024, 1, 1), date(2024, 1, 4)))
        self.assertRaisesRegex(BillError, "no such file", report, self.folder / "*.tsv")


if __name__ == "__main__":
    unittest.main()
