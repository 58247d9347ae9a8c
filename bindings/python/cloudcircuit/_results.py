"""Results of the safeguards, back in the library's form: for the guard's signals and for records."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from . import _foresight, _native, _states
from ._native import filled, integer
from .breaker import Permit
from .detect import Detection, Verdict
from .errors import CloudcircuitError
from .exact import ExactBudgetResult, ExactSpikeResult
from .forecast import BudgetForecast
from .ledger import LedgerDecision
from .rate_limit import RateLimitDecision
from .safeguards import AnomalyCheckResult, BudgetCheckResult, CircuitBreakerDecision

Found = TypeVar("Found")
Native = TypeVar("Native")


def answer(found: Found | CloudcircuitError, native: Callable[[Found], Native]) -> tuple[int, Native | None]:
    """The status of a call and its result, None when it raised."""
    if isinstance(found, CloudcircuitError):
        return found.status, None
    return 0, native(found)


def budget(found: BudgetCheckResult) -> _native.BudgetResult:
    return filled(_native.BudgetResult, found)


def exact_budget(found: ExactBudgetResult) -> _native.BudgetResultI64:
    return filled(_native.BudgetResultI64, found)


def spike(found: AnomalyCheckResult, points_used: int = 1) -> _native.SpikeResult:
    return filled(_native.SpikeResult, found, points_used=integer("points_used", points_used, _native.UInt32))


def exact_spike(found: ExactSpikeResult) -> _native.SpikeResultI64:
    return filled(_native.SpikeResultI64, found)


def circuit_breaker(found: CircuitBreakerDecision) -> _native.BreakerDecision:
    return filled(_native.BreakerDecision, found)


def permit(found: Permit) -> _states.BreakerPermit:
    return filled(_states.BreakerPermit, found)


def ledger(found: LedgerDecision) -> _states.LedgerDecision:
    return filled(_states.LedgerDecision, found, **({"reason": 0} if found.reason is None else {}))


def rate_limit(found: RateLimitDecision) -> _states.RateLimitDecision:
    return filled(_states.RateLimitDecision, found)


def detection(found: Detection) -> _foresight.DetectResult:
    return filled(_foresight.DetectResult, found)


def forecast(found: BudgetForecast) -> _foresight.ForecastResult:
    return filled(
        _foresight.ForecastResult,
        found,
        exhaustion_point=-1 if found.exhaustion_point is None else found.exhaustion_point,
        verdict=Verdict.NORMAL if found.is_sufficient else Verdict.INSUFFICIENT_DATA,
    )
