"""Columns of Arrow arrays, with their missing values, without copying. Needs pyarrow.

A row with a missing value is invalid. A slice of an array is passed with its offset. A chunked column with more
than one chunk has no single buffer, so its chunks are copied into one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute

from . import columns
from ._buffers import new_column
from ._foresight import TIME_UNKNOWN
from .columns import Lent
from .detect import DEFAULT_CONFIG, DetectConfig
from .flags import INVALID
from .forecast import DEFAULT_CONFIG as FORECAST_CONFIG
from .forecast import ForecastConfig

_compute: Any = pyarrow.compute  # whose functions are made at run time


@dataclass(frozen=True, slots=True)
class ArrowFlagged:
    """What was found, row for row."""

    flags: pa.UInt8Array
    """`cloudcircuit.flags` bits for each row; no row is null."""
    numbers: pa.Array
    """usage_ratio, usage_ppm, threshold or score of each row; 0 where the row is invalid."""
    invalid_rows: int
    """How many rows broke a rule or have a missing value, and are refused."""


def check_budgets(current_spend: pa.Array, budget_limit: pa.Array, warning_ratio: float = 0.9) -> ArrowFlagged:
    """`check_budget` for each row of two float64 arrays."""
    spend, limit = _pair(current_spend, budget_limit, pa.float64())
    flags, ratios = new_column("B", len(spend)), new_column("d", len(spend))
    invalid = columns.raw_check_budgets(_lent(spend), _lent(limit), len(spend), warning_ratio, flags, ratios)
    return _flagged(flags, ratios, pa.float64(), invalid)


def check_budgets_exact(
    current_spend: pa.Array, budget_limit: pa.Array, warning_ppm: int = 900_000
) -> ArrowFlagged:
    """`exact.check_budget` for each row of two int64 arrays."""
    spend, limit = _pair(current_spend, budget_limit, pa.int64())
    flags, usages = new_column("B", len(spend)), new_column("Q", len(spend))
    invalid = columns.raw_check_budgets_exact(_lent(spend), _lent(limit), len(spend), warning_ppm, flags, usages)
    return _flagged(flags, usages, pa.uint64(), invalid)


def check_anomaly_spikes(
    spend_series: pa.Array, spike_multiplier: float = 1.5, min_baseline: float = 0.0
) -> ArrowFlagged:
    """`check_anomaly_spike` for each row of a list or large_list of float64.

    Points are never copied; the 32-bit offsets of a list are widened, those of a large_list are used as they are.
    """
    lists = _lists(spend_series)
    points, bounds = lists.values, _bounds(lists)
    flags, thresholds = new_column("B", len(lists)), new_column("d", len(lists))
    invalid = columns.raw_check_anomaly_spikes(
        _lent(points),
        len(points),
        (_lent(bounds)[0], *_validity(lists)),
        len(lists),
        spike_multiplier,
        min_baseline,
        flags,
        thresholds,
    )
    return _flagged(flags, thresholds, pa.float64(), invalid)


def detect_spikes(
    spend_series: pa.Array, config: DetectConfig = DEFAULT_CONFIG, *, start_time: pa.Array | None = None
) -> ArrowFlagged:
    """`columns.detect_spikes` for each row of a list or large_list of float64.

    A missing value in a series is a missing point; a missing series is an invalid row. `start_time` is an int64
    for each row, as `DetectConfig.start_time`: rows next to one another that start at one time are one call.
    """
    points, bounds = _missing_points(spend_series)
    rows = len(bounds) - 1
    runs: Iterable[tuple[int, Any]] = [(rows, config.start_time)]
    if start_time is not None:
        starts = _starts(start_time, rows)
        encoded = _compute.run_end_encode(starts)
        # Without rows too, so that the config is checked.
        runs = list(zip(encoded.run_ends.to_pylist(), encoded.values.to_pylist())) or runs
    flags, scores = new_column("B", rows), new_column("d", rows)
    first = invalid = 0
    for end, start in runs:
        found = columns.detect_spikes(
            points,
            bounds[first : end + 1],
            replace(config, start_time=start),
            flags=flags[first:end],
            scores=scores[first:end],
        )
        first, invalid = end, invalid + found.invalid_rows
    return _flagged(flags, scores, pa.float64(), invalid)


@dataclass(frozen=True, slots=True)
class ArrowScanned:
    """What was found, point for point, as in `columns.Scanned`."""

    flags: pa.UInt8Array
    expected_spend: pa.DoubleArray
    upper_bound: pa.DoubleArray


def scan_spikes(spend_series: pa.Array, config: DetectConfig = DEFAULT_CONFIG) -> ArrowScanned:
    """`columns.scan_spikes` of one series, a float64 array. A missing value is a missing point."""
    points = _filled("spend_series", spend_series, pa.float64(), len(spend_series), float("nan"))
    found = columns.scan_spikes(_view(points, "d"), config)
    rows = len(points)
    numbers = (found.expected_spend, found.upper_bound)
    return ArrowScanned(
        pa.Array.from_buffers(pa.uint8(), rows, [None, pa.py_buffer(found.flags)]),
        *(pa.Array.from_buffers(pa.float64(), rows, [None, pa.py_buffer(column)]) for column in numbers),
    )


@dataclass(frozen=True, slots=True)
class ArrowForecasts:
    """What is expected, row for row."""

    flags: pa.UInt8Array
    """`cloudcircuit.flags` BREACHED and INSUFFICIENT, or INVALID and BREACHED."""
    results: pa.RecordBatch
    """The numbers of `BudgetForecast` by their names; `exhaustion_point` is null where spend does not reach the
    limit. Of an invalid row all are 0."""
    invalid_rows: int
    """How many rows broke a rule or have a missing value, and are refused."""


FORECAST_NUMBERS = (
    "spend_to_date",
    "forecast_spend",
    "lower_bound",
    "upper_bound",
    "forecast_ratio",
    "burn_rate",
    "exhaustion_point",
)


def forecast_budgets(
    spend_series: pa.Array,
    elapsed: pa.Array,
    period_len: pa.Array,
    budget_limit: pa.Array,
    config: ForecastConfig | int = FORECAST_CONFIG,
    *,
    start_time: pa.Array | None = None,
) -> ArrowForecasts:
    """`columns.forecast_budgets` for each row of a list or large_list of float64, with missing values as in
    `detect_spikes`. `elapsed`, `period_len` and `start_time` are int64, `budget_limit` is float64; a row without
    one of the first three is invalid, as is one without a limit."""
    points, bounds = _missing_points(spend_series)
    rows = len(bounds) - 1
    passed = _filled("elapsed", elapsed, pa.int64(), rows, -1)
    steps = _filled("period_len", period_len, pa.int64(), rows, -1)
    limits = _filled("budget_limit", budget_limit, pa.float64(), rows, float("nan"))
    starts = None if start_time is None else _starts(start_time, rows)
    found = columns.forecast_budgets(
        points,
        bounds,
        _view(passed, "q"),
        _view(steps, "q"),
        _view(limits, "d"),
        config,
        start_time=None if starts is None else _view(starts, "q"),
    )
    raw = pa.py_buffer(found.results)

    def field(kind: pa.DataType, place: int) -> pa.Array:
        """One of the 8 fields of 8 bytes of each result."""
        items = pa.Array.from_buffers(kind, 8 * rows, [None, raw])
        return _compute.list_element(pa.FixedSizeListArray.from_arrays(items, 8), place)

    numbers = [field(pa.float64(), place) for place in range(6)]
    exhaustion = field(pa.int64(), 6)
    numbers.append(_compute.if_else(_compute.less(exhaustion, 0), None, exhaustion))
    flags = pa.Array.from_buffers(pa.uint8(), rows, [None, pa.py_buffer(found.flags)])
    return ArrowForecasts(flags, pa.RecordBatch.from_arrays(numbers, FORECAST_NUMBERS), found.invalid_rows)


def null_where_invalid(flags: pa.UInt8Array, numbers: pa.Array) -> pa.Array:
    """The numbers as SQL has them: NULL in place of 0 where the row is invalid."""
    is_invalid = _compute.greater_equal(flags, pa.scalar(INVALID, pa.uint8()))
    return _compute.if_else(is_invalid, pa.scalar(None, numbers.type), numbers)


def _lists(spend_series: Any) -> pa.Array:
    lists = _whole("spend_series", spend_series)
    if not (pa.types.is_list(lists.type) or pa.types.is_large_list(lists.type)):
        raise TypeError(f"spend_series must be a list or large_list of float64, not {lists.type}")
    if lists.type.value_type != pa.float64():
        raise TypeError(f"spend_series must hold float64, not {lists.type.value_type}")
    return lists


def _bounds(lists: pa.Array) -> pa.Array:
    """Without buffers when there are no rows; else one more than rows, with the slice's own offset in it."""
    bounds = lists.offsets if len(lists) else pa.array([0])
    return bounds if bounds.type == pa.int64() else bounds.cast(pa.int64())


def _missing_points(spend_series: Any) -> tuple[memoryview[Any], memoryview[Any]]:
    """Points and offsets of series, for calls that know a missing point as NaN. Only where something is missing
    are they copied; infinity makes a row invalid."""
    lists = _lists(spend_series)
    if lists.null_count:
        lists = _compute.fill_null(lists, pa.scalar([float("inf")], lists.type))
    points = lists.values
    if points.null_count:
        points = points.fill_null(float("nan"))
    return _view(points, "d"), _view(_bounds(lists), "q")


def _starts(start_time: Any, rows: int) -> pa.Array:
    return _filled("start_time", start_time, pa.int64(), rows, TIME_UNKNOWN)


def _filled(name: str, column: Any, kind: pa.DataType, rows: int, missing: float) -> pa.Array:
    array = _whole(name, column)
    if array.type != kind:
        raise TypeError(f"{name} must hold {kind}, not {array.type}")
    if len(array) != rows:
        raise ValueError(f"{name} must have {rows} rows, not {len(array)}")
    return array.fill_null(missing) if array.null_count else array


def _view(array: pa.Array, code: Literal["d", "q"]) -> memoryview[Any]:
    """The numbers of an array without missing values, where they are."""
    items = memoryview(array.buffers()[1] or b"").cast("B")
    bytes_of = slice(8 * array.offset, 8 * (array.offset + len(array)))
    return items[bytes_of].cast("d") if code == "d" else items[bytes_of].cast("q")


def _whole(name: str, array: Any) -> pa.Array:
    if isinstance(array, pa.ChunkedArray):
        return array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()
    if not isinstance(array, pa.Array):
        raise TypeError(f"{name} must be a pyarrow array, not {type(array).__name__}")
    return array


def _pair(current_spend: Any, budget_limit: Any, kind: pa.DataType) -> tuple[pa.Array, pa.Array]:
    spend, limit = _whole("current_spend", current_spend), _whole("budget_limit", budget_limit)
    for name, array in (("current_spend", spend), ("budget_limit", limit)):
        if array.type != kind:
            raise TypeError(f"{name} must hold {kind}, not {array.type}")
    if len(limit) != len(spend):
        raise ValueError(f"budget_limit must have {len(spend)} rows, not {len(limit)}")
    return spend, limit


def _validity(array: pa.Array) -> tuple[int | None, int]:
    bitmap = array.buffers()[0]
    return (bitmap.address, array.offset) if bitmap is not None else (None, 0)


def _lent(array: pa.Array) -> Lent:
    """Arrays here have items of 8 bytes."""
    items = array.buffers()[1]
    return (items.address + 8 * array.offset if items is not None else None, *_validity(array))


def _flagged(flags: memoryview, numbers: memoryview, kind: pa.DataType, invalid_rows: int) -> ArrowFlagged:
    rows = len(flags)
    return ArrowFlagged(
        pa.Array.from_buffers(pa.uint8(), rows, [None, pa.py_buffer(flags)]),
        pa.Array.from_buffers(kind, rows, [None, pa.py_buffer(numbers)]),
        invalid_rows,
    )
