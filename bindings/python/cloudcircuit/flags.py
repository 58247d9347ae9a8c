"""Decisions as bits of an int, for loops where making a result object costs more than the decision.

They do not raise for a value that breaks a rule: its bits are `INVALID` together with the refusing ones. A
caller that only asks `if flags & BREACHED` is refused all the same.
"""

from __future__ import annotations

from ctypes import ArgumentError
from typing import TYPE_CHECKING, Final

from . import _native
from ._buffers import series

if TYPE_CHECKING:
    from ._buffers import Series

WARNING: Final = 1
"""The budget warns."""
BREACHED: Final = 2
"""The budget is breached."""
SPIKE: Final = 4
"""The latest spend is a spike."""
OPEN: Final = 8
"""The breaker is open."""
LEAK: Final = 16
"""Spend has crept up; of `columns.scan_spikes`, as are the next two."""
DROP: Final = 32
"""Far less was spent than usual."""
INSUFFICIENT: Final = 64
"""There is too little before the point to judge it, or it is missing itself."""
INVALID: Final = 128
"""The inputs broke a rule; the refusing bits are set as well."""

_LEAST, _MOST = -(2**63), 2**63 - 1


def budget(current_spend: float, budget_limit: float, warning_ratio: float = 0.9) -> int:
    """`check_budget` as bits: `WARNING`, `BREACHED`."""
    try:
        flags: int = _native.budget_flags(current_spend, budget_limit, warning_ratio)
        return flags
    except ArgumentError as unfit:
        _native.not_numbers(
            unfit, current_spend=current_spend, budget_limit=budget_limit, warning_ratio=warning_ratio
        )


def exact_budget(current_spend: int, budget_limit: int, warning_ppm: int = 900_000) -> int:
    """`exact.check_budget` as bits: `WARNING`, `BREACHED`."""
    if _LEAST <= current_spend <= _MOST and _LEAST <= budget_limit <= _MOST and 0 <= warning_ppm < 2**32:
        try:
            flags: int = _native.budget_flags_i64(current_spend, budget_limit, warning_ppm)
            return flags
        except ArgumentError:
            raise TypeError("amounts and warning_ppm must be whole numbers") from None
    return WARNING | BREACHED | INVALID


def spike(spend_series: Series, spike_multiplier: float = 1.5, min_baseline: float = 0.0) -> int:
    """`check_anomaly_spike` as bits: `SPIKE`."""
    _keep, start, count = series(spend_series, "d")
    try:
        flags: int = _native.spike_flags(start, count, spike_multiplier, min_baseline)
        return flags
    except ArgumentError as unfit:
        _native.not_numbers(unfit, spike_multiplier=spike_multiplier, min_baseline=min_baseline)


def breaker(consecutive_failures: int, failure_threshold: int = 3, cooldown_steps_remaining: int = 0) -> int:
    """`evaluate_circuit_breaker` as bits: `OPEN`."""
    if (
        _LEAST <= consecutive_failures <= _MOST
        and _LEAST <= failure_threshold <= _MOST
        and _LEAST <= cooldown_steps_remaining <= _MOST
    ):
        try:
            flags: int = _native.breaker_flags(consecutive_failures, failure_threshold, cooldown_steps_remaining)
            return flags
        except ArgumentError:
            raise TypeError("counters must be whole numbers") from None
    return OPEN | INVALID
