"""The three safeguards of the Python package cloudcircuit 0.1.0, decided by libcloudcircuit.

Same names, arguments and results. The library is stricter: NaN and infinities are errors, counters are whole
numbers, and a series is added up exactly, so that the answer does not depend on the Python version.

Amounts are in the caller's currency unit, the same one throughout a call.
"""

from __future__ import annotations

from ctypes import ArgumentError
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import _native
from ._buffers import points
from .errors import error

if TYPE_CHECKING:
    from ._buffers import Series


@dataclass(frozen=True, slots=True)
class BudgetCheckResult:
    """What `check_budget` found."""

    current_spend: float
    budget_limit: float
    usage_ratio: float
    """current_spend / budget_limit."""
    remaining_budget: float
    """budget_limit - current_spend; negative when more was spent than the limit allows."""
    is_warning: bool
    is_breached: bool
    """The host must not spend more."""

    def to_json(self, warning_ratio: float = 0.9) -> str:
        """The line of `records.budget`, for the settings that the call had."""
        from . import records

        return records.budget(self, warning_ratio)


@dataclass(frozen=True, slots=True)
class AnomalyCheckResult:
    """What `check_anomaly_spike` found."""

    latest_spend: float
    baseline_mean: float
    """Mean of all points but the latest, without the floor."""
    threshold: float
    is_spike: bool

    def to_json(self, points_used: int, spike_multiplier: float = 1.5, min_baseline: float = 0.0) -> str:
        """The line of `records.spike`, for the settings that the call had."""
        from . import records

        return records.spike(self, points_used, spike_multiplier, min_baseline)


@dataclass(frozen=True, slots=True)
class CircuitBreakerDecision:
    """What `evaluate_circuit_breaker` decided."""

    is_open: bool
    allow_operation: bool
    retry_after_steps: int
    """The remaining cooldown when open, else 0; an open breaker without a cooldown says 0 too."""

    def to_json(
        self, consecutive_failures: int, failure_threshold: int = 3, cooldown_steps_remaining: int = 0
    ) -> str:
        """The line of `records.circuit_breaker`, for the settings that the call had."""
        from . import records

        return records.circuit_breaker(self, consecutive_failures, failure_threshold, cooldown_steps_remaining)


def check_budget(current_spend: float, budget_limit: float, warning_ratio: float = 0.9) -> BudgetCheckResult:
    """Checks a spend against a budget: a warning from `warning_ratio` of the limit, a breach from the limit.

    `budget_limit` is finite and > 0, `warning_ratio` in (0, 1], `current_spend` finite and >= 0; the first of
    these that is broken, in this order, raises a `CloudcircuitError`.
    """
    result = _native.BudgetResult()
    try:
        status = _native.check_budget(current_spend, budget_limit, _native.BudgetConfig(warning_ratio), result)
    except (ArgumentError, TypeError, OverflowError) as unfit:
        _native.not_numbers(
            unfit, budget_limit=budget_limit, warning_ratio=warning_ratio, current_spend=current_spend
        )
    if status:
        raise error(status)
    return BudgetCheckResult(
        result.current_spend,
        result.budget_limit,
        result.usage_ratio,
        result.remaining_budget,
        result.is_warning == 1,
        result.is_breached == 1,
    )


def check_anomaly_spike(
    spend_series: Series, spike_multiplier: float = 1.5, min_baseline: float = 0.0
) -> AnomalyCheckResult:
    """Compares the latest spend of a series with the mean of all points before it.

    A spike is a latest spend above `spike_multiplier` times that mean or `min_baseline`, whichever is larger.

    `spend_series` is any sequence of numbers in equal steps of time, latest last, at least 2 of them, each
    finite and >= 0; a buffer of doubles (`array`, `memoryview`, a NumPy column) is not copied.
    `spike_multiplier` is finite and > 1, `min_baseline` finite and >= 0. What breaks a rule raises a
    `CloudcircuitError`.
    """
    _keep, start, count = points("spend_series", spend_series)
    result = _native.SpikeResult()
    try:
        config = _native.SpikeConfig(spike_multiplier, min_baseline)
    except (TypeError, OverflowError) as unfit:
        _native.not_numbers(unfit, spike_multiplier=spike_multiplier, min_baseline=min_baseline)
    status = _native.check_anomaly_spike(start, count, config, result)
    if status:
        raise error(status)
    return AnomalyCheckResult(result.latest_spend, result.baseline_mean, result.threshold, result.is_spike == 1)


def evaluate_circuit_breaker(
    consecutive_failures: int, failure_threshold: int = 3, cooldown_steps_remaining: int = 0
) -> CircuitBreakerDecision:
    """Decides from the host's own counters whether an operation may run.

    The breaker is open when `consecutive_failures` (>= 0) reaches `failure_threshold` (> 0), or while
    `cooldown_steps_remaining` (>= 0) is above 0. What breaks a rule raises a `CloudcircuitError`.
    """
    counters = _native.BreakerCounters(
        _native.integer("consecutive_failures", consecutive_failures),
        _native.integer("failure_threshold", failure_threshold),
        _native.integer("cooldown_steps_remaining", cooldown_steps_remaining),
    )
    decision = _native.BreakerDecision()
    status = _native.evaluate_circuit_breaker(counters, decision)
    if status:
        raise error(status)
    return CircuitBreakerDecision(decision.is_open == 1, decision.allow_operation == 1, decision.retry_after_steps)
