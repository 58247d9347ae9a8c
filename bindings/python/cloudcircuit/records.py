"""Decisions as lines of JSON for an audit log: what was decided, by which version, by which settings.

    log.write(records.ledger(decision, ledger.config) + "\n")

Each function takes what a call answered, or the `CloudcircuitError` that it raised, and the settings that the call
had. Words are the library's, and numbers read back to the same bits. A result that no call can have answered
raises a `CloudcircuitError`.
"""

from __future__ import annotations

import ctypes
from functools import partial
from typing import Any

from . import _native, _results, _states, _verdict, detect
from . import ledger as _ledger
from ._native import Size, UInt32, filled, integer
from .breaker import BreakerConfig, Permit
from .detect import DetectConfig, Detection
from .errors import CloudcircuitError, error
from .exact import ExactBudgetResult, ExactSpikeResult
from .forecast import DEFAULT_CONFIG as FORECAST_CONFIG
from .forecast import BudgetForecast, ForecastConfig
from .forecast import native_config as native_forecast_config
from .guard import GuardDecision, GuardPolicy
from .ledger import LedgerConfig, LedgerDecision
from .rate_limit import RateLimitConfig, RateLimitDecision
from .safeguards import AnomalyCheckResult, BudgetCheckResult, CircuitBreakerDecision

CAPACITY = 1536


def budget(found: BudgetCheckResult | CloudcircuitError, warning_ratio: float = 0.9) -> str:
    """Of `check_budget`."""
    config = _doubles(_native.BudgetConfig, warning_ratio=warning_ratio)
    return _line(_verdict.write_budget_result_json, config, *_results.answer(found, _results.budget))


def exact_budget(found: ExactBudgetResult | CloudcircuitError, warning_ppm: int = 900_000) -> str:
    """Of `exact.check_budget`."""
    config = _native.BudgetConfigI64(integer("warning_ppm", warning_ppm, UInt32))
    return _line(_verdict.write_budget_result_i64_json, config, *_results.answer(found, _results.exact_budget))


def spike(
    found: AnomalyCheckResult | CloudcircuitError,
    points_used: int,
    spike_multiplier: float = 1.5,
    min_baseline: float = 0.0,
) -> str:
    """Of `check_anomaly_spike`. `points_used` is the number of points before the latest."""
    config = _doubles(_native.SpikeConfig, spike_multiplier=spike_multiplier, min_baseline=min_baseline)
    native = partial(_results.spike, points_used=points_used)
    return _line(_verdict.write_spike_result_json, config, *_results.answer(found, native))


def exact_spike(
    found: ExactSpikeResult | CloudcircuitError, spike_multiplier_ppm: int = 1_500_000, min_baseline: int = 0
) -> str:
    """Of `exact.check_anomaly_spike`."""
    config = _native.SpikeConfigI64(
        integer("spike_multiplier_ppm", spike_multiplier_ppm, UInt32), 0, integer("min_baseline", min_baseline)
    )
    return _line(_verdict.write_spike_result_i64_json, config, *_results.answer(found, _results.exact_spike))


def circuit_breaker(
    found: CircuitBreakerDecision | CloudcircuitError,
    consecutive_failures: int,
    failure_threshold: int = 3,
    cooldown_steps_remaining: int = 0,
) -> str:
    """Of `evaluate_circuit_breaker`."""
    counters = _native.BreakerCounters(
        integer("consecutive_failures", consecutive_failures),
        integer("failure_threshold", failure_threshold),
        integer("cooldown_steps_remaining", cooldown_steps_remaining),
    )
    return _line(_verdict.write_breaker_decision_json, counters, *_results.answer(found, _results.circuit_breaker))


def permit(found: Permit | CloudcircuitError, config: BreakerConfig) -> str:
    """Of a `Breaker`."""
    native = filled(_states.BreakerConfig, config)
    return _line(_verdict.write_breaker_permit_json, native, *_results.answer(found, _results.permit))


def ledger(found: LedgerDecision | CloudcircuitError, config: LedgerConfig) -> str:
    """Of a `Ledger`."""
    native = _ledger.native_config(config)
    return _line(_verdict.write_ledger_decision_json, native, *_results.answer(found, _results.ledger))


def rate_limit(found: RateLimitDecision | CloudcircuitError, config: RateLimitConfig) -> str:
    """Of a `RateLimit`."""
    native = filled(_states.RateLimitConfig, config)
    return _line(_verdict.write_rate_limit_decision_json, native, *_results.answer(found, _results.rate_limit))


def detection(found: Detection | CloudcircuitError, config: DetectConfig = detect.DEFAULT_CONFIG) -> str:
    """Of `detect_spike` and `SpikeTracker.update`."""
    native = detect.native_config(config)
    return _line(_verdict.write_detect_result_json, native, *_results.answer(found, _results.detection))


def forecast(found: BudgetForecast | CloudcircuitError, config: ForecastConfig | int = FORECAST_CONFIG) -> str:
    """Of `forecast_budget`."""
    native = native_forecast_config(config)
    return _line(_verdict.write_forecast_result_json, native, *_results.answer(found, _results.forecast))


def guard(found: GuardDecision | CloudcircuitError, policy: GuardPolicy = GuardPolicy()) -> str:
    """Of `evaluate_guard`."""
    native = filled(_verdict.GuardPolicy, policy)
    return _line(_verdict.write_guard_decision_json, native, *_results.answer(found, _decision))


def _decision(found: GuardDecision) -> _verdict.GuardDecision:
    return filled(_verdict.GuardDecision, found)


def _doubles(kind: Any, **settings: float) -> Any:
    try:
        return kind(**settings)
    except (TypeError, OverflowError) as unfit:
        _native.not_numbers(unfit, **settings)


def _line(write: Any, config: Any, status: int, result: Any) -> str:
    buffer, length = ctypes.create_string_buffer(CAPACITY), Size()
    refused = write(status, config, result, ctypes.addressof(buffer), CAPACITY, length)
    if refused:
        raise error(refused)
    return buffer.raw[: length.value].decode()
