"""Spend safeguards, decided by libcloudcircuit: the same answers as in every other host, to the last bit.

    from cloudcircuit import check_budget

    budget = check_budget(current_spend=920.9, budget_limit=1000.0)
    if budget.is_breached:
        stop_spending()

`safeguards` has the functions of the Python package cloudcircuit 0.1.0, which this one replaces. The others:
`exact` (whole numbers), `flags` (bits), `guard` (one verdict), `breaker` and `ledger` (states that the host
keeps), `columns`, `numpy` and `arrow` (many rows at once), `detect` (spikes by weekday and month, slow leaks),
`forecast` (what a month will cost).

Every error is a `ValueError`, most of them a `CloudcircuitError` with the library's status. Every function is
safe in any thread and after fork: the library keeps nothing.
"""

from . import _native, exact, flags
from .breaker import Breaker, BreakerConfig, Outcome, Permit, Phase
from .detect import DetectConfig, Detection, DetectReason, SpikeTracker, Verdict, detect_spike
from .errors import CloudcircuitError, CorruptStateError, StalePermitError
from .forecast import BudgetForecast, forecast_budget
from .guard import Action, GuardDecision, GuardPolicy, Reason, Signal, evaluate_guard
from .ledger import Hold, Ledger, LedgerConfig, LedgerDecision, LedgerReason
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
    "CircuitBreakerDecision",
    "CloudcircuitError",
    "CorruptStateError",
    "DetectConfig",
    "Detection",
    "DetectReason",
    "GuardDecision",
    "GuardPolicy",
    "Hold",
    "Ledger",
    "LedgerConfig",
    "LedgerDecision",
    "LedgerReason",
    "Outcome",
    "Permit",
    "Phase",
    "Reason",
    "Signal",
    "SpikeTracker",
    "StalePermitError",
    "Verdict",
    "check_anomaly_spike",
    "check_budget",
    "detect_spike",
    "evaluate_circuit_breaker",
    "evaluate_guard",
    "exact",
    "flags",
    "forecast_budget",
    "library_version",
]
