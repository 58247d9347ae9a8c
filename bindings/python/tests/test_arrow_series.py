"""The detector and the forecast over Arrow lists: rows against the calls of one series, and missing values."""

from __future__ import annotations

import random
import unittest
from dataclasses import replace
from typing import Any

import cloudcircuit as cc
from cloudcircuit import DetectConfig, ForecastConfig, _foresight, flags

from .golden import SEED
from .test_columns import Spy, pa

DAY = 86_400


def series(count: int) -> list[list[float | None]]:
    """Some with a missing point, a leap at the end, or too few points."""
    source = random.Random(SEED)
    found = []
    for _ in range(count):
        row: list[float | None] = [round(source.uniform(80, 120), 2) for _ in range(source.choice([3, 40, 99]))]
        if source.random() < 0.3:
            row[source.randrange(len(row))] = None
        row[-1] = source.choice([row[-1], 500.0, 0.0])
        found.append(row)
    return found


def known(row: list[float | None]) -> list[float]:
    return [float("nan") if point is None else point for point in row]


@unittest.skipIf(pa is None, "SKIPPED: series of Arrow (no pyarrow here)")
class Series(unittest.TestCase):
    def setUp(self) -> None:
        import cloudcircuit.arrow

        self.module: Any = cloudcircuit.arrow
        self.rows = series(200)

    def test_rows_are_detected_as_single_series(self) -> None:
        starts = [20_000 * DAY + DAY * (i // 9) for i in range(len(self.rows))]
        config = DetectConfig(min_impact=5.0)
        for kind in (pa.list_, pa.large_list):
            lists = pa.array([[1.0], *self.rows, None], kind(pa.float64()))[1:-1]
            found = self.module.detect_spikes(lists, config, start_time=pa.array([0, *starts])[1:])
            kinds = set()
            for i, (row, start) in enumerate(zip(self.rows, starts)):
                one = cc.detect_spike(known(row), replace(config, start_time=start))
                is_young = one.verdict is cc.Verdict.INSUFFICIENT_DATA
                bits = flags.SPIKE * one.is_spike + flags.LEAK * one.is_leak + flags.DROP * one.is_drop
                bits += flags.INSUFFICIENT * is_young
                kinds.add(bits)
                self.assertEqual((found.flags[i].as_py(), found.numbers[i].as_py()), (bits, one.score), row)
            self.assertGreaterEqual(len(kinds), 4)
            self.assertEqual(found.invalid_rows, 0)

    def test_rows_are_forecast_as_single_series(self) -> None:
        elapsed = [min(9, len(row)) for row in self.rows]
        limits = [1000.0 + 10 * i for i in range(len(self.rows))]
        starts = [20_000 * DAY + DAY * i for i in range(len(self.rows))]
        found = self.module.forecast_budgets(
            pa.array(self.rows),
            pa.array(elapsed),
            pa.array([30] * len(self.rows)),
            pa.array(limits),
            start_time=pa.array(starts),
        )
        self.assertEqual(found.invalid_rows, 0)
        results = found.results.to_pylist()
        for row, past, limit, start, bits, result in zip(
            self.rows, elapsed, limits, starts, found.flags.to_pylist(), results, strict=True
        ):
            points = known(row)
            one = cc.forecast_budget(points[:-past], points[-past:], 30, limit, ForecastConfig(start_time=start))
            self.assertEqual(result, {name: getattr(one, name) for name in result})
            self.assertEqual(bool(bits & flags.BREACHED), one.is_forecast_breached)
            self.assertEqual(bool(bits & flags.INSUFFICIENT), not one.is_sufficient)

    def test_a_missing_value_is_an_invalid_row(self) -> None:
        lists = pa.array([None, [float("inf")] * 30, [10.0] * 30])
        found = self.module.detect_spikes(lists)
        refused = flags.SPIKE | flags.LEAK | flags.DROP | flags.INVALID
        self.assertEqual((found.flags.to_pylist(), found.numbers.to_pylist()[:2]), ([refused, refused, 0], [0, 0]))
        self.assertEqual(found.invalid_rows, 2)
        good = [[10.0] * 30] * 4
        for at, missing in enumerate(([good[0], None], [5, None], [30, None], [900.0, None])):
            arguments: list[Any] = [good[:2], [5, 5], [30, 30], [900.0, 900.0]]
            arguments[at] = missing
            forecast = self.module.forecast_budgets(*map(pa.array, arguments))
            self.assertEqual(forecast.invalid_rows, 1, at)
            self.assertEqual(forecast.flags[1].as_py(), flags.BREACHED | flags.INVALID)

    def test_points_are_lent(self) -> None:
        lists = pa.array([[10.0] * 30, [11.0] * 30, [12.0] * 30], pa.large_list(pa.float64()))[1:]
        with Spy("detect_spike_columns", _foresight) as spy:
            self.module.detect_spikes(lists)
        points, _, offsets, *_ = spy.arguments
        self.assertEqual(points, lists.values.buffers()[1].address)
        self.assertEqual(offsets, lists.buffers()[1].address + 8)

    def test_none_at_all(self) -> None:
        none, whole = pa.array([], pa.list_(pa.float64())), pa.array([], pa.int64())
        self.assertEqual(self.module.detect_spikes(none, start_time=whole).flags.to_pylist(), [])
        for start_time in (None, whole):
            with self.assertRaises(ValueError):
                self.module.detect_spikes(none, DetectConfig(score_threshold=-1.0), start_time=start_time)
        found = self.module.forecast_budgets(none, whole, whole, pa.array([], pa.float64()))
        self.assertEqual((len(found.flags), found.results.num_rows), (0, 0))
        for wrong in (pa.array([[1]]), pa.array([1.0])):
            with self.assertRaisesRegex(TypeError, "spend_series must"):
                self.module.detect_spikes(wrong)
        with self.assertRaisesRegex(ValueError, "start_time must have 1 rows, not 0"):
            self.module.detect_spikes(pa.array([[1.0]]), start_time=whole)
