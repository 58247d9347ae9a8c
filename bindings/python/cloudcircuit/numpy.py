"""The columns for NumPy: arrays in, arrays out, without copying. Needs NumPy.

An array of another dtype, with gaps (a[::2], a column of a matrix) or more than one dimension is refused:
convert or copy it where you can see it, with `numpy.ascontiguousarray`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import columns
from .columns import Flagged
from .detect import DEFAULT_CONFIG, DetectConfig

Doubles = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


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
    current_spend: Doubles,
    budget_limit: Doubles,
    warning_ratio: float = 0.9,
    *,
    flags: npt.NDArray[np.uint8] | None = None,
    usage_ratio: Doubles | bool = True,
) -> NumpyFlagged:
    """`columns.check_budgets` for float64 arrays."""
    return _arrays(
        columns.check_budgets(current_spend, budget_limit, warning_ratio, flags=flags, usage_ratio=usage_ratio)
    )


def check_budgets_exact(
    current_spend: Integers,
    budget_limit: Integers,
    warning_ppm: int = 900_000,
    *,
    flags: npt.NDArray[np.uint8] | None = None,
    usage_ppm: npt.NDArray[np.uint64] | bool = True,
) -> NumpyFlagged:
    """`columns.check_budgets_exact` for int64 arrays."""
    return _arrays(
        columns.check_budgets_exact(current_spend, budget_limit, warning_ppm, flags=flags, usage_ppm=usage_ppm)
    )


def check_anomaly_spikes(
    spend: Doubles,
    offsets: Integers | None = None,
    spike_multiplier: float = 1.5,
    min_baseline: float = 0.0,
    *,
    flags: npt.NDArray[np.uint8] | None = None,
    threshold: Doubles | bool = True,
) -> NumpyFlagged:
    """`columns.check_anomaly_spikes` for a float64 array and int64 offsets.

    Without offsets `spend` is a matrix whose rows are the series, latest last.
    """
    if offsets is None:
        if spend.ndim != 2:
            raise ValueError("spend must be a matrix when there are no offsets")
        rows, points = spend.shape
        offsets = np.arange(rows + 1, dtype=np.int64) * points
        if not spend.flags.c_contiguous:
            raise ValueError("spend must have its rows end to end without gaps; copy it first")
        spend = spend.reshape(-1)
    return _arrays(
        columns.check_anomaly_spikes(
            spend, offsets, spike_multiplier, min_baseline, flags=flags, threshold=threshold
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
    spend_series: Doubles,
    config: DetectConfig = DEFAULT_CONFIG,
    *,
    flags: npt.NDArray[np.uint8] | None = None,
    expected_spend: Doubles | bool = True,
    upper_bound: Doubles | bool = True,
) -> NumpyScanned:
    """`columns.scan_spikes` for a float64 array."""
    found = columns.scan_spikes(
        spend_series, config, flags=flags, expected_spend=expected_spend, upper_bound=upper_bound
    )
    numbers = (None if view is None else np.asarray(view) for view in (found.expected_spend, found.upper_bound))
    return NumpyScanned(np.asarray(found.flags), *numbers)


def _arrays(found: Flagged) -> NumpyFlagged:
    numbers = None if found.numbers is None else np.asarray(found.numbers)
    return NumpyFlagged(np.asarray(found.flags), numbers, found.invalid_rows)
