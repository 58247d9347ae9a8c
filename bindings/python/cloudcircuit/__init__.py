"""Spend safeguards, decided by libcloudcircuit: the same answers as in every other host, to the last bit.

    from cloudcircuit import check_budget

    budget = check_budget(current_spend=920.9, budget_limit=1000.0)
    if budget.is_breached:
        stop_spending()

`safeguards` has the functions of the Python package cloudcircuit 0.1.0, which this one replaces. The others:
`exact` (whole numbers), `flags` (bits), `guard` (one verdict), `breaker`, `ledger`, `ledgers` and `rate_limit`
(states that the host keeps), `columns`, `numpy` and `arrow` (many rows at once), `detect` (spikes by weekday and
month, slow leaks), `forecast` (what a month will cost), `records` (JSON for an audit log).

Every error is a `ValueError`, most of them a `CloudcircuitError` with the library's status; only a call that a
safeguard does not let run is a `RefusedError`. Every function is safe in any thread and after fork: the library
keeps nothing.
"""

from . import _native, exact, flags, ledgers, records
from ._hosted import Mode
from ._timeline import NegativePoints
from .breaker import Breaker, BreakerConfig, Call, Outcome, Permit, Phase
from .detect import DetectConfig, Detection, DetectReason, SpikeTracker, Verdict, detect_spike
from .errors import CloudcircuitError, CorruptStateError, HoldSpentError, RefusedError, StalePermitError
from .forecast import BudgetForecast, ForecastConfig, forecast_budget
from .guard import (
    Action,
    GuardDecision,
    GuardPolicy,
    Reason,
    Signal,
    SignalKind,
    breaker_signal,
    budget_signal,
    detect_signal,
    evaluate_guard,
    forecast_signal,
    ledger_signal,
    permit_signal,
    rate_limit_signal,
    spike_signal,
)
from .ledger import (
    Hold,
    Ledger,
    LedgerConfig,
    LedgerDecision,
    LedgerReason,
    Spending,
    ThresholdBasis,
    ThresholdUnit,
)
from .rate_limit import RateLimit, RateLimitConfig, RateLimitDecision, RateReason
from .safeguards import (
    AnomalyCheckResult,
    BudgetCheckResult,
    CircuitBreakerDecision,
    check_anomaly_spike,
    check_budget,
    evaluate_circuit_breaker,
)

__version__ = "0.2.0"
library_version: str = _native.version().decode()
"""The version of the shared library that was loaded."""

__all__ = [
    "Action",
    "AnomalyCheckResult",
    "Breaker",
    "BreakerConfig",
    "BudgetCheckResult",
    "BudgetForecast",
    "Call",
    "CircuitBreakerDecision",
    "CloudcircuitError",
    "CorruptStateError",
    "DetectConfig",
    "Detection",
    "DetectReason",
    "ForecastConfig",
    "GuardDecision",
    "GuardPolicy",
    "Hold",
    "HoldSpentError",
    "Ledger",
    "LedgerConfig",
    "LedgerDecision",
    "LedgerReason",
    "Mode",
    "NegativePoints",
    "Outcome",
    "Permit",
    "Phase",
    "RateLimit",
    "RateLimitConfig",
    "RateLimitDecision",
    "RateReason",
    "Reason",
    "RefusedError",
    "Signal",
    "SignalKind",
    "Spending",
    "SpikeTracker",
    "StalePermitError",
    "ThresholdBasis",
    "ThresholdUnit",
    "Verdict",
    "breaker_signal",
    "budget_signal",
    "check_anomaly_spike",
    "check_budget",
    "detect_signal",
    "detect_spike",
    "evaluate_circuit_breaker",
    "evaluate_guard",
    "exact",
    "flags",
    "forecast_budget",
    "forecast_signal",
    "ledger_signal",
    "ledgers",
    "library_version",
    "permit_signal",
    "rate_limit_signal",
    "records",
    "spike_signal",
]
