"""Columns of Arrow arrays, with their missing values, without copying. Needs pyarrow.

A row with a missing value is invalid. A slice of an array is passed with its offset. A chunked column with more
than one chunk has no single buffer, so its chunks are copied into one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from . import columns
from ._buffers import new_column
from .columns import Lent


@dataclass(frozen=True, slots=True)
class ArrowFlagged:
    """What was found, row for row."""

    flags: pa.UInt8Array
    """`cloudcircuit.flags` bits for each row; no row is null."""
    numbers: pa.Array
    """usage_ratio, usage_ppm or threshold of each row; 0 where the row is invalid."""
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
    lists = _whole("spend_series", spend_series)
    if not (pa.types.is_list(lists.type) or pa.types.is_large_list(lists.type)):
        raise TypeError(f"spend_series must be a list or large_list of float64, not {lists.type}")
    points = lists.values
    if points.type != pa.float64():
        raise TypeError(f"spend_series must hold float64, not {points.type}")
    # Without buffers when there are no rows; else one more than rows, with the slice's own offset in it.
    bounds = lists.offsets if len(lists) else pa.array([0])
    if bounds.type != pa.int64():
        bounds = bounds.cast(pa.int64())
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
