"""One verdict from everything that the safeguards found, by the host's policy.

    signals = [budget_signal(budget), spike_signal(spike), permit_signal(permit)]
    if evaluate_guard(signals).action is Action.BLOCK:
        stop_spending()

Each `_signal` function takes a safeguard's result, or the `CloudcircuitError` that it raised: an error is a
finding of its own, never a breach or a spike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Any

from . import _native, _results, _verdict
from ._native import filled
from .breaker import Permit
from .detect import Detection
from .errors import CloudcircuitError, error
from .exact import ExactBudgetResult, ExactSpikeResult
from .forecast import BudgetForecast
from .ledger import LedgerDecision
from .rate_limit import RateLimitDecision
from .safeguards import AnomalyCheckResult, BudgetCheckResult, CircuitBreakerDecision


class Action(IntEnum):
    """What to do with the operation, the least permissive first."""

    BLOCK = 0
    THROTTLE = 1
    ALERT = 2
    ALLOW = 3

    @property
    def word(self) -> str:
        """As the records write it: "block"."""
        return _native.action_name(self)


class SignalKind(IntFlag):
    """What a signal is about, and what a policy can require."""

    BUDGET = 1
    """A budget, an exact budget or a ledger."""
    SPIKE = 2
    """A spike, an exact spike or a detector's finding."""
    BREAKER = 4
    """A breaker from counters, or a breaker's permit."""
    RATE = 8
    FORECAST = 16

    @property
    def words(self) -> tuple[str, ...]:
        """As the records write them: "budget" and so on."""
        return tuple(_native.signal_name(kind) for kind in type(self) if kind & self)


class Reason(IntFlag):
    """What was found."""

    WARNING = 1
    """A budget warns, or a ledger has newly crossed a threshold."""
    BREACH = 2
    SPIKE = 4
    OPEN = 8
    MISSING = 16
    """A kind of signal that the policy requires is not there."""
    LEAK = 32
    OVER_LIMIT = 64
    RATE = 128
    FORECAST = 256
    INSUFFICIENT = 512
    """The detector or the forecast had too few points."""
    ERROR = 1024
    """A safeguard's call failed."""

    @property
    def words(self) -> tuple[str, ...]:
        """As the records write them: "over_limit" and so on."""
        return tuple(_native.reason_name(reason) for reason in type(self) if reason & self)


@dataclass(frozen=True, slots=True)
class Signal:
    """What one safeguard found; made by the `_signal` functions."""

    kind: SignalKind
    status: int
    """Of the safeguard's call: 0, or the error's."""
    reasons: Reason
    monitor_reasons: Reason
    """What it would have refused but for `Mode.MONITOR`."""
    retry_after: int


@dataclass(frozen=True, slots=True)
class GuardPolicy:
    """Which action each finding asks for, and which kinds of signals must be there."""

    on_warning: Action = Action.ALERT
    on_breach: Action = Action.BLOCK
    on_spike: Action = Action.THROTTLE
    on_leak: Action = Action.ALERT
    on_open: Action = Action.BLOCK
    on_over_limit: Action = Action.BLOCK
    on_rate: Action = Action.THROTTLE
    on_forecast: Action = Action.ALERT
    on_insufficient: Action = Action.ALERT
    on_error: Action = Action.BLOCK
    on_missing: Action = Action.BLOCK
    required: SignalKind = SignalKind.BUDGET | SignalKind.SPIKE | SignalKind.BREAKER
    monitor: Reason = Reason(0)
    """Findings that only `monitor_action` heeds."""


@dataclass(frozen=True, slots=True)
class GuardDecision:
    """What `evaluate_guard` decided."""

    action: Action
    """The least permissive action that a finding asked for, ALLOW without one."""
    monitor_action: Action
    """What it would be if nothing were monitored, neither by the policy nor by a safeguard."""
    reasons: Reason
    """Every finding, also those whose action is more permissive and those that `policy.monitor` names."""
    monitor_reasons: Reason
    """The findings that only `monitor_action` heeds."""
    kinds: SignalKind
    """The kinds of signals that were there."""
    retry_after: int
    """When it blocks or throttles: the longest of the signals that ask for it, in their unit."""

    def to_json(self, policy: GuardPolicy = GuardPolicy()) -> str:
        """The line of `records.guard`, for the settings that the call had."""
        from . import records

        return records.guard(self, policy)


DEFAULT_POLICY = GuardPolicy()


def budget_signal(found: BudgetCheckResult | ExactBudgetResult | CloudcircuitError) -> Signal:
    """Of `check_budget` and `exact.check_budget`: a warning, a breach."""
    if isinstance(found, ExactBudgetResult):
        return _signal(_verdict.budget_signal_i64, 0, _results.exact_budget(found))
    return _signal(_verdict.budget_signal, *_results.answer(found, _results.budget))


def ledger_signal(found: LedgerDecision | CloudcircuitError) -> Signal:
    """Of a ledger's call: over its limit, or a threshold newly crossed. It stands for the budget.

    Pass the decision of a reserve or extend before the call runs.
    """
    return _signal(_verdict.ledger_signal, *_results.answer(found, _results.ledger))


def spike_signal(found: AnomalyCheckResult | ExactSpikeResult | CloudcircuitError) -> Signal:
    """Of `check_anomaly_spike` and `exact.check_anomaly_spike`.

    A series too short to be judged is an error: leave the signal out then, with a policy that does not require it.
    """
    if isinstance(found, ExactSpikeResult):
        return _signal(_verdict.spike_signal_i64, 0, _results.exact_spike(found))
    return _signal(_verdict.spike_signal, *_results.answer(found, _results.spike))


def detect_signal(found: Detection | CloudcircuitError) -> Signal:
    """Of `detect_spike` and `SpikeTracker.update`: a spike, a leak or insufficient data; stands for the spike."""
    return _signal(_verdict.detect_signal, *_results.answer(found, _results.detection))


def breaker_signal(found: CircuitBreakerDecision | CloudcircuitError) -> Signal:
    """Of `evaluate_circuit_breaker`: whether it is open, with its `retry_after_steps`."""
    return _signal(_verdict.breaker_signal, *_results.answer(found, _results.circuit_breaker))


def permit_signal(found: Permit | CloudcircuitError) -> Signal:
    """Of a `Breaker`: whether it refuses, and for how long. It stands for the breaker."""
    return _signal(_verdict.permit_signal, *_results.answer(found, _results.permit))


def rate_limit_signal(found: RateLimitDecision | CloudcircuitError) -> Signal:
    """Of `RateLimit.acquire`: whether it refuses, and for how long."""
    return _signal(_verdict.rate_limit_signal, *_results.answer(found, _results.rate_limit))


def forecast_signal(found: BudgetForecast | CloudcircuitError) -> Signal:
    """Of `forecast_budget`: a breach to come, or insufficient data."""
    return _signal(_verdict.forecast_signal, *_results.answer(found, _results.forecast))


def _signal(call: Any, status: int, result: Any) -> Signal:
    """A result that no safeguard can have answered raises."""
    signal = _verdict.Signal()
    refused = call(status, result, signal)
    if refused:
        raise error(refused)
    return Signal(
        SignalKind(signal.kind),
        signal.status,
        Reason(signal.reasons),
        Reason(signal.monitor_reasons),
        signal.retry_after,
    )


def evaluate_guard(signals: Iterable[Signal], policy: GuardPolicy = DEFAULT_POLICY) -> GuardDecision:
    """Turns what the safeguards found into one action: the least permissive that the policy names.

    The order of the signals never matters, and there may be several of one kind, at most 64 in all. A kind that
    the policy requires and that is not there is a finding of its own. A policy or a signal that breaks a rule
    raises a `CloudcircuitError`.
    """
    found = [filled(_verdict.Signal, signal) for signal in signals]
    decision = _verdict.GuardDecision()
    status = _verdict.evaluate_guard(
        (_verdict.Signal * len(found))(*found), len(found), filled(_verdict.GuardPolicy, policy), decision
    )
    if status:
        raise error(status)
    return GuardDecision(
        Action(decision.action),
        Action(decision.monitor_action),
        Reason(decision.reasons),
        Reason(decision.monitor_reasons),
        SignalKind(decision.kinds),
        decision.retry_after,
    )
