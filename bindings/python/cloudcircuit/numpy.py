"""The columns for NumPy, pandas and polars: arrays or Series in, arrays out. Needs NumPy.

An array of the library's own type without gaps is read where it is. Any other numbers (other integers and floats,
arrays with gaps, Series, lists) are copied into such an array first, and one number stands for every row. No number
changes in between: an integer that a double cannot hold is a `ValueError`, and what holds no numbers a `TypeError`. A
missing value of pandas or polars becomes NaN, whose row is invalid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from . import columns
from .columns import Flagged
from .detect import DEFAULT_CONFIG, DetectConfig

Doubles = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Numbers = npt.ArrayLike
"""An array, a Series of pandas or polars, a list, or one number for every row."""


@dataclass(frozen=True, slots=True, eq=False)
class NumpyFlagged:
    """What was found, row for row."""

    flags: npt.NDArray[np.uint8]
    """`cloudcircuit.flags` bits: `found.flags & flags.BREACHED != 0` is a mask."""
    numbers: npt.NDArray[np.float64 | np.uint64] | None
    """usage_ratio, usage_ppm or threshold of each row; None when they were not asked for."""
    invalid_rows: int
    """How many rows broke a rule and are refused."""


def check_budgets(
    current_spend: Numbers,
    budget_limit: Numbers,
    warning_ratio: float = 0.9,
    *,
    flags: npt.NDArray[np.uint8] | None = None,
    usage_ratio: Doubles | bool = True,
) -> NumpyFlagged:
    """`columns.check_budgets` for numbers of any kind."""
    spend, limit = _pair(current_spend, budget_limit, np.dtype(np.float64))
    return _arrays(columns.check_budgets(spend, limit, warning_ratio, flags=flags, usage_ratio=usage_ratio))


def check_budgets_exact(
    current_spend: Numbers,
    budget_limit: Numbers,
    warning_ppm: int = 900_000,
    *,
    flags: npt.NDArray[np.uint8] | None = None,
    usage_ppm: npt.NDArray[np.uint64] | bool = True,
) -> NumpyFlagged:
    """`columns.check_budgets_exact` for integers of any kind."""
    spend, limit = _pair(current_spend, budget_limit, np.dtype(np.int64))
    return _arrays(columns.check_budgets_exact(spend, limit, warning_ppm, flags=flags, usage_ppm=usage_ppm))


def check_anomaly_spikes(
    spend: Numbers,
    offsets: Numbers | None = None,
    spike_multiplier: float = 1.5,
    min_baseline: float = 0.0,
    *,
    flags: npt.NDArray[np.uint8] | None = None,
    threshold: Doubles | bool = True,
) -> NumpyFlagged:
    """`columns.check_anomaly_spikes` for points of any kind, and integer offsets.

    Without offsets `spend` is a matrix whose rows are the series, latest last.
    """
    points = _array("spend", spend, np.dtype(np.float64))
    if offsets is None:
        if points.ndim != 2:
            raise ValueError("spend must be a matrix when there are no offsets")
        bounds = np.arange(points.shape[0] + 1, dtype=np.int64) * points.shape[1]
        points = points.reshape(-1)
    else:
        bounds = _array("offsets", offsets, np.dtype(np.int64))
    return _arrays(
        columns.check_anomaly_spikes(
            points, bounds, spike_multiplier, min_baseline, flags=flags, threshold=threshold
        )
    )


def detect_spikes(
    spend: Doubles,
    offsets: Integers,
    config: DetectConfig = DEFAULT_CONFIG,
    *,
    flags: npt.NDArray[np.uint8] | None = None,
    scores: Doubles | bool = True,
) -> NumpyFlagged:
    """`columns.detect_spikes` for a float64 array and int64 offsets."""
    return _arrays(columns.detect_spikes(spend, offsets, config, flags=flags, scores=scores))


@dataclass(frozen=True, slots=True, eq=False)
class NumpyScanned:
    """What was found, point for point."""

    flags: npt.NDArray[np.uint8]
    """`cloudcircuit.flags` SPIKE, LEAK, DROP and INSUFFICIENT; 0 is a normal point."""
    expected_spend: Doubles | None
    """0 where data are insufficient; None when it was not asked for, like the next."""
    upper_bound: Doubles | None
    """Spend above this is a spike."""


def scan_spikes(
    spend_series: Numbers,
    config: DetectConfig = DEFAULT_CONFIG,
    *,
    flags: npt.NDArray[np.uint8] | None = None,
    expected_spend: Doubles | bool = True,
    upper_bound: Doubles | bool = True,
) -> NumpyScanned:
    """`columns.scan_spikes` for points of any kind; NaN is a missing point."""
    points = _array("spend_series", spend_series, np.dtype(np.float64))
    found = columns.scan_spikes(
        points, config, flags=flags, expected_spend=expected_spend, upper_bound=upper_bound
    )
    numbers = (None if view is None else np.asarray(view) for view in (found.expected_spend, found.upper_bound))
    return NumpyScanned(np.asarray(found.flags), *numbers)


def _pair(spend: Numbers, limit: Numbers, kind: np.dtype[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    first, second = _array("current_spend", spend, kind), _array("budget_limit", limit, kind)
    if first.ndim == 0:
        first = np.full(second.shape or 1, first)
    return first, np.full(first.shape, second) if second.ndim == 0 else second


def _array(name: str, numbers: Any, kind: np.dtype[Any]) -> npt.NDArray[Any]:
    """The numbers as the library reads them: where they are if they have that form already, else copied."""
    integers = kind == np.int64
    if hasattr(getattr(numbers, "dtype", None), "na_value"):  # a nullable Series of pandas
        numbers = numbers.to_numpy(dtype=kind) if integers else numbers.to_numpy(dtype=kind, na_value=np.nan)
    found = np.asarray(numbers)
    if found.dtype.kind not in ("iu" if integers else "iuf") or found.dtype.itemsize > 8:
        raise TypeError(f"{name} must hold {'integers' if integers else 'numbers'}, not {found.dtype}")
    if found.dtype.kind in "iu" and found.dtype != kind and found.size:
        most = 2**63 - 1 if integers else 2**53
        if int(found.max()) > most or int(found.min()) < -most:
            raise ValueError(f"{name} must hold integers from {-most} to {most}")
    copy: npt.NDArray[Any] = np.asarray(found, kind, order="C")
    return copy


def _arrays(found: Flagged) -> NumpyFlagged:
    numbers = None if found.numbers is None else np.asarray(found.numbers)
    return NumpyFlagged(np.asarray(found.flags), numbers, found.invalid_rows)
