"""The functions of DuckDB: the golden cases again, and rows against the calls of one row."""

from __future__ import annotations

import random
import unittest
from typing import Any

from cloudcircuit import CloudcircuitError, check_anomaly_spike, check_budget, exact, flags

from .golden import SEED, cases

try:
    import duckdb
    import pyarrow as pa
except ImportError:
    duckdb = None  # type: ignore[assignment]


def answers(call: Any, *arguments: Any) -> Any:
    """The result of a call of one row, None where it raises."""
    try:
        return call(*arguments)
    except (CloudcircuitError, TypeError, ValueError):
        return None


@unittest.skipIf(duckdb is None, "SKIPPED: functions of DuckDB (no duckdb or pyarrow here)")
class Functions(unittest.TestCase):
    def setUp(self) -> None:
        from cloudcircuit.duckdb import register

        self.con = register(duckdb.connect())
        self.addCleanup(self.con.close)

    def ask(self, sql: str, **columns: Any) -> list[tuple[Any, ...]]:
        rows = pa.table(columns)  # noqa: F841, which DuckDB finds by its name
        return self.con.sql(sql).fetchall()

    def test_budgets(self) -> None:
        rows = [tuple(map(float, case.arguments[:2])) for case in cases() if case.kind == "budget"]
        self.assertGreater(len(rows), 100)
        kind = pa.float64()
        sql = "SELECT cc_budget_flags(spend, lim), cc_usage_ratio(spend, lim) FROM rows"
        found = self.ask(sql, spend=pa.array([a for a, _ in rows], kind), lim=pa.array([b for _, b in rows], kind))
        for row, (bits, ratio) in zip(rows, found, strict=True):
            result = answers(check_budget, *row)
            self.assertEqual(bits, flags.budget(*row), row)
            self.assertEqual(ratio, None if result is None else result.usage_ratio, row)

    def test_exact_budgets(self) -> None:
        rows = [tuple(map(int, case.arguments[:2])) for case in cases() if case.kind == "budget_i64"]
        self.assertGreater(len(rows), 100)
        kind = pa.int64()
        sql = "SELECT cc_budget_flags_i64(spend, lim), cc_usage_ppm(spend, lim) FROM rows"
        found = self.ask(sql, spend=pa.array([a for a, _ in rows], kind), lim=pa.array([b for _, b in rows], kind))
        for row, (bits, ppm) in zip(rows, found, strict=True):
            result = answers(exact.check_budget, *row)
            self.assertEqual(bits, flags.exact_budget(*row), row)
            self.assertEqual(ppm, None if result is None else result.usage_ppm, row)

    def test_spikes(self) -> None:
        series = [list(map(float, case.arguments[2:])) for case in cases() if case.kind == "spike"]
        self.assertGreater(len(series), 50)
        sql = "SELECT cc_spike_flags(series), cc_spike_threshold(series) FROM rows"
        found = self.ask(sql, series=pa.array(series, pa.list_(pa.float64())))
        for row, (bits, threshold) in zip(series, found, strict=True):
            result = answers(check_anomaly_spike, row)
            self.assertEqual(bits, flags.spike(row), row)
            self.assertEqual(threshold, None if result is None else result.threshold, row)

    def test_a_null_is_an_invalid_row_and_ends_no_query(self) -> None:
        refusing = flags.WARNING | flags.BREACHED | flags.INVALID
        for call, number in (("cc_budget_flags", "cc_usage_ratio"), ("cc_budget_flags_i64", "cc_usage_ppm")):
            for arguments in ("NULL, 100", "50, NULL", "NULL, NULL"):
                found = self.con.sql(f"SELECT {call}({arguments}), {number}({arguments})").fetchall()
                self.assertEqual(found, [(refusing, None)])
        for series in ("NULL", "[1.0, NULL, 3.0]", "[]", "[1.0]"):
            found = self.con.sql(f"SELECT cc_spike_flags({series}), cc_spike_threshold({series})").fetchall()
            self.assertEqual(found, [(flags.SPIKE | flags.INVALID, None)], series)

    def test_every_chunk_is_decided(self) -> None:
        """More rows than DuckDB passes at once, in groups and with NULLs between them."""
        source = random.Random(SEED)
        spend = [source.choice([None, source.uniform(-1, 120)]) for _ in range(9000)]
        sql = "SELECT i, cc_budget_flags(spend, 100.0) FROM rows ORDER BY i"
        found = self.ask(sql, i=pa.array(range(9000)), spend=pa.array(spend, pa.float64()))
        refusing = flags.WARNING | flags.BREACHED | flags.INVALID
        for amount, (_, bits) in zip(spend, found, strict=True):
            self.assertEqual(bits, refusing if amount is None else flags.budget(amount, 100.0))
        sql = "SELECT i % 7, cc_spike_threshold(list(i::DOUBLE ORDER BY i)) FROM rows GROUP BY 1 ORDER BY 1"
        found = self.ask(sql, i=pa.array(range(9000)))
        for group, threshold in found:
            points = [float(number) for number in range(9000) if number % 7 == group]
            self.assertEqual(threshold, check_anomaly_spike(points).threshold)

    def test_settings_are_those_of_register(self) -> None:
        from cloudcircuit.duckdb import register

        with duckdb.connect() as con:
            register(con, warning_ratio=0.5, warning_ppm=500_000, spike_multiplier=3.0, min_baseline=10.0)
            sql = "SELECT cc_budget_flags(60, 100), cc_budget_flags_i64(60, 100), cc_spike_threshold([1.0, 9.0])"
            self.assertEqual(con.sql(sql).fetchall(), [(flags.WARNING, flags.WARNING, 30.0)])

    def test_register_refuses_a_setting_out_of_its_range(self) -> None:
        from cloudcircuit.duckdb import register

        wrong: dict[str, Any] = {"warning_ratio": 5.0, "warning_ppm": 2_000_000}
        wrong |= {"spike_multiplier": -1.0, "min_baseline": -1.0}
        for setting, value in wrong.items():
            with duckdb.connect() as con, self.assertRaises(CloudcircuitError, msg=setting):
                register(con, **{setting: value})
