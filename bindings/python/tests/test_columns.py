"""Columns: the golden cases again, all lines with equal settings in one call, and proof that nothing is copied."""

from __future__ import annotations

import tracemalloc
import unittest
from array import array
from collections import defaultdict
from typing import Any

import cloudcircuit as cc
from cloudcircuit import _native, columns, flags

from .golden import Case, cases, words

try:
    import numpy as np
except ImportError:
    np = None  # type: ignore[assignment]
try:
    import pyarrow as pa
except ImportError:
    pa = None

MILLION = 1_000_000


class Buffers:
    """How one world makes columns and reads them."""

    module: Any = columns

    def column(self, code: str, numbers: list[Any]) -> Any:
        return array(code, numbers)

    def list(self, column: Any) -> list[Any]:
        return list(column.tolist())

    def spikes(self, series: list[list[float]], multiplier: float, floor: float) -> Any:
        points, offsets = array("d"), array("q", [0])
        for row in series:
            points.extend(row)
            offsets.append(len(points))
        return columns.check_anomaly_spikes(points, offsets, multiplier, floor)


class Numpy(Buffers):
    def __init__(self) -> None:
        import cloudcircuit.numpy

        self.module = cloudcircuit.numpy

    def column(self, code: str, numbers: list[Any]) -> Any:
        return np.array(numbers, dtype=code)

    def spikes(self, series: list[list[float]], multiplier: float, floor: float) -> Any:
        points = np.array([point for row in series for point in row])
        offsets = np.cumsum([0, *map(len, series)])
        return self.module.check_anomaly_spikes(points, offsets, multiplier, floor)


class Arrow(Buffers):
    """Slices with a missing row before and after the ones that count."""

    kinds = {"d": "float64", "q": "int64"}
    lists = "list_"

    def __init__(self) -> None:
        import cloudcircuit.arrow

        self.module = cloudcircuit.arrow

    def column(self, code: str, numbers: list[Any]) -> Any:
        return pa.array([None, *numbers, None], getattr(pa, self.kinds[code])())[1:-1]

    def list(self, column: Any) -> list[Any]:
        return list(column.to_pylist())

    def spikes(self, series: list[list[float]], multiplier: float, floor: float) -> Any:
        kind = getattr(pa, self.lists)(pa.float64())
        rows = pa.array([[7.0, None], *series, None], kind)[1:-1]
        return self.module.check_anomaly_spikes(rows, multiplier, floor)


class LargeArrow(Arrow):
    lists = "large_list"


def worlds() -> list[Buffers]:
    found = [Buffers()]
    if np is not None:
        found.append(Numpy())
    if pa is not None:
        found += [Arrow(), LargeArrow()]
    return found


def flags_of(case: Case, *bits: int) -> int:
    found = sum(bit for bit, value in zip(bits, case.results[-len(bits) :]) if value == "1")
    return found | (0 if case.status == "OK" else flags.INVALID)


class GoldenColumns(unittest.TestCase):
    def groups(self, kind: str, key: slice) -> dict[tuple[str, ...], list[Case]]:
        """Lines by their settings."""
        found: dict[tuple[str, ...], list[Case]] = defaultdict(list)
        for case in cases():
            if case.kind == kind:
                found[tuple(case.arguments[key])].append(case)
        return found

    def rows_are(self, found: Any, rows: list[Case], numbers: int, *bits: int) -> None:
        """`numbers` is where a line has the number that the column has."""
        world = self.world
        self.assertEqual(world.list(found.flags), [flags_of(case, *bits) for case in rows])
        self.assertEqual(words(*world.list(found.numbers)), [case.results[numbers] for case in rows])
        self.assertEqual(found.invalid_rows, sum(case.status != "OK" for case in rows))

    def compare(self, call: Any, settings: tuple[str, ...], is_valid: bool, check: Any) -> None:
        """Settings that break a rule refuse the whole call."""
        with self.subTest(world=type(self.world).__name__, settings=settings):
            if is_valid:
                check(call())
            else:
                with self.assertRaises(cc.CloudcircuitError):
                    call()

    def budgets(self, kind: str, code: str, call: str, number: Any, is_valid: Any) -> int:
        rows = 0
        for settings, lines in self.groups(kind, slice(2, 3)).items():
            spend, limit = ([number(case.arguments[i]) for case in lines] for i in (0, 1))
            for self.world in worlds():
                self.compare(
                    lambda: getattr(self.world.module, call)(
                        self.world.column(code, spend), self.world.column(code, limit), number(settings[0])
                    ),
                    settings,
                    is_valid(number(settings[0])),
                    lambda found: self.rows_are(found, lines, 0, flags.WARNING, flags.BREACHED),
                )
            rows += len(lines)
        return rows

    def test_budgets(self) -> None:
        rows = self.budgets("budget", "d", "check_budgets", float, lambda ratio: 0 < ratio <= 1)
        self.assertGreater(rows, 100)

    def test_exact_budgets(self) -> None:
        rows = self.budgets("budget_i64", "q", "check_budgets_exact", int, lambda ppm: 0 < ppm <= 10**6)
        self.assertGreater(rows, 100)

    def test_spikes(self) -> None:
        rows = 0
        for settings, lines in self.groups("spike", slice(0, 2)).items():
            multiplier, floor = map(float, settings)
            series = [[float(point) for point in case.arguments[2:]] for case in lines]
            for self.world in worlds():
                self.compare(
                    lambda: self.world.spikes(series, multiplier, floor),
                    settings,
                    1 < multiplier < float("inf") and 0 <= floor < float("inf"),
                    lambda found: self.rows_are(found, lines, 2, flags.SPIKE),
                )
            rows += len(lines)
        self.assertGreater(rows, 50)


class Layouts(unittest.TestCase):
    """What is refused, since it would have to be converted or copied."""

    limits = array("d", [100.0, 100.0, 100.0])

    def test_wrong_columns(self) -> None:
        good = self.limits
        gaps = memoryview(array("d", range(6)))[::2]
        for wrong, error, said in (
            (array("f", [1, 2, 3]), TypeError, "current_spend must hold float64"),
            (array("q", [1, 2, 3]), TypeError, "current_spend must hold float64"),
            ([1.0, 2.0, 3.0], TypeError, "current_spend must have a buffer of float64, list has none"),
            (gaps, ValueError, "current_spend must have one dimension without gaps"),
            (memoryview(bytes(24)).cast("d", [3, 1]), ValueError, "one dimension"),
        ):
            with self.assertRaisesRegex(error, said):
                columns.check_budgets(wrong, good)  # type: ignore[arg-type]
        with self.assertRaisesRegex(ValueError, "budget_limit must have 3 rows, not 2"):
            columns.check_budgets(good, good[:2])
        with self.assertRaisesRegex(ValueError, "flags must be writable"):
            columns.check_budgets(good, good, flags=bytes(3))
        with self.assertRaisesRegex(ValueError, "flags must have 3 rows, not 4"):
            columns.check_budgets(good, good, flags=bytearray(4))
        with self.assertRaisesRegex(TypeError, "usage_ratio must hold float64"):
            columns.check_budgets(good, good, usage_ratio=array("q", [0, 0, 0]))
        with self.assertRaisesRegex(ValueError, "offsets must have at least 1 item"):
            columns.check_anomaly_spikes(good, array("q"))
        with self.assertRaisesRegex(cc.CloudcircuitError, "offsets must not decrease"):
            columns.check_anomaly_spikes(good, array("q", [0, 3, 2]))
        with self.assertRaisesRegex(TypeError, "warning_ratio must be a number, not str"):
            columns.check_budgets(good, good, "0.9")  # type: ignore[arg-type]

    def test_none_at_all(self) -> None:
        none = array("d")
        found = columns.check_budgets(none, none)
        self.assertEqual((found.flags.tolist(), found.invalid_rows), ([], 0))
        self.assertEqual(columns.check_anomaly_spikes(none, array("q", [0])).flags.tolist(), [])

    @unittest.skipIf(np is None, "SKIPPED: NumPy's layouts (no numpy here)")
    def test_numpy_layouts(self) -> None:
        import cloudcircuit.numpy as ccn

        good = np.full(3, 100.0)
        for same in (
            np.array([50, 95, 100]),
            np.array([50, 95, 100], "u1"),
            np.array([50, 95, 100], "f4"),
            np.array([50, 95, 100], ">f8"),
            np.array([[50.0, 0], [95, 0], [100, 0]])[:, 0],
            np.array([100.0, 95, 50])[::-1],
            [50, 95, 100.0],
        ):
            found = ccn.check_budgets(same, good)
            self.assertEqual((found.flags.tolist(), found.numbers.tolist()), ([0, 1, 3], [0.5, 0.95, 1.0]))
            self.assertEqual(ccn.check_budgets(same, 100).flags.tolist(), [0, 1, 3])
        self.assertEqual(ccn.check_budgets(95.0, 100).flags.tolist(), [1])
        self.assertEqual(ccn.check_budgets(95.0, [100, 190]).flags.tolist(), [1, 0])
        self.assertEqual(ccn.check_budgets([], 100).flags.tolist(), [])
        for wrong, error in (
            (np.ones((3, 1)), ValueError),
            (np.array([1, None, 2], dtype=object), TypeError),
            (np.array([True, False, True]), TypeError),
            (["1", "2", "3"], TypeError),
            (np.ones(3, np.longdouble), TypeError),
            (np.array([0, 2**53 + 1, 0]), ValueError),
            (np.array([0, -(2**53) - 1, 0]), ValueError),
        ):
            with self.assertRaisesRegex(error, "current_spend must"):
                ccn.check_budgets(wrong, good)
        self.assertEqual(ccn.check_budgets(np.array([0, 2**53, 0]), good).numbers[1], 2**53 / 100)
        exact = ccn.check_budgets_exact(np.array([1, 9], "u8"), 10, warning_ppm=900_000)
        self.assertEqual(exact.flags.tolist(), [0, 1])
        for wrong, error in ((good, TypeError), (np.array([2**63] * 3, "u8"), ValueError)):
            with self.assertRaisesRegex(error, "current_spend must hold integers"):
                ccn.check_budgets_exact(wrong, 10)
        readonly = np.full(3, 95.0)
        readonly.flags.writeable = False
        self.assertEqual(ccn.check_budgets(readonly, good).flags.tolist(), [1, 1, 1])
        with self.assertRaisesRegex(ValueError, "usage_ratio must be writable"):
            ccn.check_budgets(good, good, usage_ratio=readonly)
        matrix = np.array([[10.0, 10.0, 20.0], [10.0, 10.0, 12.0]])
        self.assertEqual(ccn.check_anomaly_spikes(matrix).flags.tolist(), [flags.SPIKE, 0])
        self.assertEqual(ccn.check_anomaly_spikes(matrix[:, 1:]).flags.tolist(), [flags.SPIKE, 0])
        self.assertEqual(ccn.check_anomaly_spikes(np.empty((0, 5))).flags.tolist(), [])

    def test_series_of_pandas_and_polars(self) -> None:
        try:
            import pandas as pd
            import polars as pl
        except ImportError:
            self.skipTest("SKIPPED: Series of pandas and polars (no pandas or polars here)")
        import cloudcircuit.numpy as ccn

        for spend in (
            pd.Series([50.0, None, 100]),
            pd.Series([50, None, 100], dtype="Int64"),
            pd.Series([50, None, 100], dtype="Float64"),
            pl.Series([50.0, None, 100]),
            pl.Series([50, None, 100]),
        ):
            found = ccn.check_budgets(spend, 100)
            self.assertEqual(found.invalid_rows, 1)
            self.assertEqual((found.flags & 3).tolist(), [0, 3, 3])
        self.assertEqual(ccn.check_budgets_exact(pl.Series([1, 10]), pd.Series([10, 10])).flags.tolist(), [0, 3])
        self.assertEqual(ccn.check_budgets_exact(pd.Series([1, 10], dtype="Int64"), 10).flags.tolist(), [0, 3])
        with self.assertRaises(ValueError):
            ccn.check_budgets_exact(pd.Series([1, None], dtype="Int64"), 10)

    @unittest.skipIf(pa is None, "SKIPPED: Arrow's layouts (no pyarrow here)")
    def test_arrow_layouts(self) -> None:
        import cloudcircuit.arrow as cca

        good = pa.array([100.0, 100.0, 100.0])
        chunks = pa.chunked_array([[95.0, 1.0, 2.0]])
        self.assertEqual(cca.check_budgets(chunks, good).flags.to_pylist(), [1, 0, 0])
        chunks = pa.chunked_array([[95.0], [], [1.0, None]])
        self.assertEqual(cca.check_budgets(chunks, good).flags.to_pylist(), [1, 0, 131])
        self.assertEqual(cca.check_budgets(pa.chunked_array([], pa.float64()), good[:0]).flags.to_pylist(), [])
        for wrong, said in (
            (pa.array([1, 2, 3]), "current_spend must hold double, not int64"),
            ([1.0, 2.0, 3.0], "current_spend must be a pyarrow array, not list"),
        ):
            with self.assertRaisesRegex(TypeError, said):
                cca.check_budgets(wrong, good)
        with self.assertRaisesRegex(ValueError, "budget_limit must have 3 rows, not 2"):
            cca.check_budgets(good, good[1:])
        with self.assertRaisesRegex(TypeError, "spend_series must hold float64, not int64"):
            cca.check_anomaly_spikes(pa.array([[1, 2]]))
        with self.assertRaisesRegex(TypeError, "spend_series must be a list"):
            cca.check_anomaly_spikes(good)
        missing = cca.check_budgets(pa.array([1.0, None, 95.0, None]), pa.array([None, 100.0, 100.0, None]))
        self.assertEqual(missing.flags.to_pylist(), [131, 131, 1, 131])
        self.assertEqual(missing.invalid_rows, 3)
        rows = pa.array([[1.0, 1.0, 9.0], None, [1.0, None, 9.0], [2.0, 2.0, 2.0], [], [1.0]])
        for sliced in (rows, pa.concat_arrays([rows, rows])[3:10], rows.cast(pa.large_list(pa.float64()))[2:]):
            wanted = [
                132 if row is None or None in row or len(row) < 2 else 4 if row[-1] > 3 else 0
                for row in sliced.to_pylist()
            ]
            self.assertEqual(cca.check_anomaly_spikes(sliced).flags.to_pylist(), wanted)
        none = pa.array([], pa.list_(pa.float64()))
        self.assertEqual(cca.check_anomaly_spikes(none).flags.to_pylist(), [])


class Spy:
    """A column call of the library that keeps what it was passed."""

    def __init__(self, name: str, home: Any = _native) -> None:
        self.name, self.home, self.real = name, home, getattr(home, name)

    def __enter__(self) -> Spy:
        setattr(self.home, self.name, self)
        return self

    def __exit__(self, *_: object) -> None:
        setattr(self.home, self.name, self.real)

    def __call__(self, *arguments: Any) -> Any:
        self.arguments = arguments
        return self.real(*arguments)


class NothingIsCopied(unittest.TestCase):
    def test_the_library_writes_into_the_column_itself(self) -> None:
        spend, limit = array("d", [50.0, 95.0, 200.0]), array("d", [100.0] * 3)
        marks = bytearray(3)
        found = columns.check_budgets(spend, limit, flags=marks, usage_ratio=spend)
        self.assertEqual(spend.tolist(), [0.5, 0.95, 2.0])
        self.assertEqual(list(marks), [0, 1, 3])
        found.flags[0] = 77
        self.assertEqual(marks[0], 77)

    def test_a_million_rows_need_no_more_memory(self) -> None:
        spend, limit = array("d", [95.0]) * MILLION, array("d", [100.0]) * MILLION
        marks, ratios = bytearray(MILLION), array("d", bytes(8 * MILLION))
        offsets = array("q", range(0, MILLION + 1, 100))
        tracemalloc.start()
        try:
            columns.check_budgets(spend, limit, flags=marks, usage_ratio=ratios)
            columns.check_anomaly_spikes(spend, offsets, flags=memoryview(marks)[:10_000], threshold=False)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        self.assertLess(peak, 20_000)
        self.assertEqual((marks.count(0), marks.count(1)), (10_000, MILLION - 10_000))
        self.assertEqual(ratios.count(0.95), MILLION)

    def test_a_column_cannot_go_away_while_it_is_read(self) -> None:
        spend = array("d", [50.0] * 10)

        def resize(*_: Any) -> int:
            with self.assertRaises(BufferError):
                spend.extend([1.0] * 100_000)
            return 0

        with Spy("check_budget_columns") as spy:
            spy.real, real = resize, spy.real
            columns.check_budgets(spend, array("d", [1.0] * 10))
            spy.real = real

    @unittest.skipIf(np is None, "SKIPPED: NumPy's addresses (no numpy here)")
    def test_numpy_addresses(self) -> None:
        import cloudcircuit.numpy as ccn

        spend, limit = np.arange(10.0)[3:], np.full(7, 5.0)
        marks, ratios = np.empty(7, np.uint8), np.empty(7)
        with Spy("check_budget_columns") as spy:
            found = ccn.check_budgets(spend, limit, flags=marks, usage_ratio=ratios)
        passed = [spy.arguments[i] for i in (0, 1, 4, 5)]
        self.assertEqual(passed, [column.ctypes.data for column in (spend, limit, marks, ratios)])
        self.assertTrue(np.shares_memory(found.flags, marks) and np.shares_memory(found.numbers, ratios))
        matrix = np.ones((4, 5))
        with Spy("check_anomaly_spike_columns") as spy:
            ccn.check_anomaly_spikes(matrix)
        self.assertEqual(spy.arguments[0], matrix.ctypes.data)

    @unittest.skipIf(pa is None, "SKIPPED: Arrow's addresses (no pyarrow here)")
    def test_arrow_addresses(self) -> None:
        import cloudcircuit.arrow as cca

        spend = pa.array([1.0, None, 3.0, 4.0, 5.0])[2:]
        limit = pa.array([5.0, 5.0, 5.0])
        before = pa.total_allocated_bytes()
        with Spy("check_budget_columns_nullable") as spy:
            found = cca.check_budgets(spend, limit)
        bitmap, items = spend.buffers()
        self.assertEqual(spy.arguments[:3], (items.address + 2 * 8, bitmap.address, 2))
        self.assertEqual(spy.arguments[3:6], (limit.buffers()[1].address, None, 0))
        self.assertEqual(found.flags.buffers()[1].address, spy.arguments[8])
        series = pa.array([[1.0, 2.0], [3.0, 4.0], None], pa.large_list(pa.float64()))[1:]
        with Spy("check_anomaly_spike_columns_nullable") as spy:
            cca.check_anomaly_spikes(series)
        bitmap, offsets, _, items = series.buffers()
        self.assertEqual(spy.arguments[0], items.address)
        self.assertEqual(spy.arguments[4:7], (offsets.address + 8, bitmap.address, 1))
        del found, spy
        self.assertLess(pa.total_allocated_bytes() - before, 4096)


if __name__ == "__main__":
    unittest.main()
