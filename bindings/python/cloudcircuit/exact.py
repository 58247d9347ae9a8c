"""The budget and the spike check on whole numbers: cents, micros or nanos, whatever unit the host counts in.

Nothing is rounded to reach a decision. Every number fits into 64 bits with a sign; one that does not is a
`ValueError`, a float a `TypeError`.
"""

from __future__ import annotations

import ctypes
from ctypes import ArgumentError
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import _native
from ._buffers import series
from ._native import UInt32, integer
from .errors import error

if TYPE_CHECKING:
    from ._buffers import IntegerSeries


@dataclass(frozen=True, slots=True)
class ExactBudgetResult:
    """What `check_budget` found."""

    current_spend: int
    budget_limit: int
    remaining_budget: int
    """budget_limit - current_spend; negative when more was spent than the limit allows."""
    usage_ppm: int
    """current_spend / budget_limit in parts per million, rounded down; at most 2**64 - 1."""
    is_warning: bool
    is_breached: bool
    """The host must not spend more."""

    def to_json(self, warning_ppm: int = 900_000) -> str:
        """The line of `records.exact_budget`, for the settings that the call had."""
        from . import records

        return records.exact_budget(self, warning_ppm)


@dataclass(frozen=True, slots=True)
class ExactSpikeResult:
    """What `check_anomaly_spike` found."""

    latest_spend: int
    baseline_mean: int
    """Mean of all points but the latest, without the floor, rounded down."""
    threshold: int
    """Rounded down, at most 2**63 - 1; a whole spend is above the unrounded one exactly when above this."""
    is_spike: bool
    points_used: int
    """Points in baseline_mean."""

    def to_json(self, spike_multiplier_ppm: int = 1_500_000, min_baseline: int = 0) -> str:
        """The line of `records.exact_spike`, for the settings that the call had."""
        from . import records

        return records.exact_spike(self, spike_multiplier_ppm, min_baseline)


def check_budget(current_spend: int, budget_limit: int, warning_ppm: int = 900_000) -> ExactBudgetResult:
    """Checks a spend against a budget: a warning from `warning_ppm` millionths of the limit on.

    `budget_limit` > 0, `warning_ppm` 1 to 1,000,000, `current_spend` >= 0, else a `CloudcircuitError`.
    """
    config = _native.BudgetConfigI64(integer("warning_ppm", warning_ppm, UInt32))
    result = _native.BudgetResultI64()
    status = _native.check_budget_i64(
        integer("current_spend", current_spend), integer("budget_limit", budget_limit), config, result
    )
    if status:
        raise error(status)
    return ExactBudgetResult(
        result.current_spend,
        result.budget_limit,
        result.remaining_budget,
        result.usage_ppm,
        result.is_warning == 1,
        result.is_breached == 1,
    )


def check_anomaly_spike(
    spend_series: IntegerSeries, spike_multiplier_ppm: int = 1_500_000, min_baseline: int = 0
) -> ExactSpikeResult:
    """Compares the latest spend of a series with the mean of all points before it.

    A spike is a latest spend above `spike_multiplier_ppm` millionths of that mean, taken as `min_baseline` at
    least. `spend_series` has at least 2 points >= 0, latest last; a buffer of int64 is not copied.
    `spike_multiplier_ppm` > 1,000,000, `min_baseline` >= 0, else a `CloudcircuitError`.
    """
    try:
        _keep, start, count = series(spend_series, "q")
    except OverflowError:
        raise ValueError("every point of spend_series must fit into int64_t") from None
    except TypeError:
        raise TypeError("spend_series must be a sequence of whole numbers") from None
    config = _native.SpikeConfigI64(
        integer("spike_multiplier_ppm", spike_multiplier_ppm, UInt32), 0, integer("min_baseline", min_baseline)
    )
    result = _native.SpikeResultI64()
    status = _native.check_anomaly_spike_i64(start, count, config, result)
    if status:
        raise error(status)
    return ExactSpikeResult(
        result.latest_spend, result.baseline_mean, result.threshold, result.is_spike == 1, result.points_used
    )


def from_float(amount: float, scale: int = 2) -> int:
    """The minor units of an amount: 19.99 at scale 2 is 1999.

    An amount that does not read back, with more decimal places than `scale` (0 to 9), NaN, or too large, is a
    `CloudcircuitError`: it is never rounded away.
    """
    minor = ctypes.c_int64()
    try:
        status = _native.money_from_double(amount, integer("scale", scale, UInt32), minor)
    except ArgumentError as unfit:
        _native.not_numbers(unfit, amount=amount)
    if status:
        raise error(status)
    return minor.value


def to_float(minor: int, scale: int = 2) -> float:
    """The float nearest to minor / 10**scale: exact to 15 digits, rounded beyond; scale 0 to 9."""
    amount = ctypes.c_double()
    status = _native.money_to_double(integer("minor", minor), integer("scale", scale, UInt32), amount)
    if status:
        raise error(status)
    return amount.value
