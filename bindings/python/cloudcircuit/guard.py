"""One verdict from budget, spike and breaker, by the host's policy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag

from . import _native
from ._native import UInt32, filled, integer
from .errors import error
from .exact import ExactBudgetResult, ExactSpikeResult
from .safeguards import AnomalyCheckResult, BudgetCheckResult, CircuitBreakerDecision


class Action(IntEnum):
    """What to do with the operation, the least permissive first."""

    BLOCK = 0
    THROTTLE = 1
    ALERT = 2
    ALLOW = 3


class Signal(IntFlag):
    """What a policy can require."""

    BUDGET = 1
    SPIKE = 2
    BREAKER = 4


class Reason(IntFlag):
    """What was found."""

    WARNING = 1
    BREACH = 2
    SPIKE = 4
    OPEN = 8
    MISSING = 16


@dataclass(frozen=True, slots=True)
class GuardPolicy:
    """Which action each finding asks for, and which signals must be there."""

    on_warning: Action = Action.ALERT
    on_breach: Action = Action.BLOCK
    on_spike: Action = Action.THROTTLE
    on_open: Action = Action.BLOCK
    on_missing: Action = Action.BLOCK
    required: Signal = Signal.BUDGET | Signal.SPIKE | Signal.BREAKER


@dataclass(frozen=True, slots=True)
class GuardDecision:
    """What `evaluate_guard` decided."""

    action: Action
    """The least permissive action that a finding asked for, ALLOW without one."""
    reasons: Reason
    """Every finding, also those whose action is more permissive."""
    retry_after_steps: int
    """The breaker's, when it is open."""


DEFAULT_POLICY = GuardPolicy()


def evaluate_guard(
    budget: BudgetCheckResult | ExactBudgetResult | None,
    spike: AnomalyCheckResult | ExactSpikeResult | None,
    breaker: CircuitBreakerDecision | None,
    policy: GuardPolicy = DEFAULT_POLICY,
) -> GuardDecision:
    """Turns what the safeguards found into one action: the least permissive that the policy names.

    A signal that is None is missing, which is a finding if the policy requires it. Where a check raised, pass
    None: by default that blocks. A policy or a signal that breaks a rule raises a `CloudcircuitError`.
    """
    decision = _native.GuardDecision()
    status = _native.evaluate_guard(
        budget and _budget(budget),
        spike and _native.SpikeResult(is_spike=integer("is_spike", spike.is_spike, UInt32)),
        breaker and filled(_native.BreakerDecision, breaker),
        filled(_native.GuardPolicy, policy),
        decision,
    )
    if status:
        raise error(status)
    return GuardDecision(Action(decision.action), Reason(decision.reasons), decision.retry_after_steps)


def _budget(budget: BudgetCheckResult | ExactBudgetResult) -> _native.BudgetResult:
    return _native.BudgetResult(
        is_warning=integer("is_warning", budget.is_warning, UInt32),
        is_breached=integer("is_breached", budget.is_breached, UInt32),
    )
