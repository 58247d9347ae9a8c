"""Structs and functions of the guard and of records."""

from __future__ import annotations

from ctypes import POINTER, Structure
from typing import Any

from . import _foresight, _native, _states
from ._native import QUICK, Address, Int32, Int64, Size, UInt32, function


class Signal(Structure):
    _fields_ = [
        ("kind", Int32),
        ("status", Int32),
        ("reasons", UInt32),
        ("monitor_reasons", UInt32),
        ("retry_after", Int64),
    ]


class GuardPolicy(Structure):
    _fields_ = [
        ("on_warning", Int32),
        ("on_breach", Int32),
        ("on_spike", Int32),
        ("on_leak", Int32),
        ("on_open", Int32),
        ("on_over_limit", Int32),
        ("on_rate", Int32),
        ("on_forecast", Int32),
        ("on_insufficient", Int32),
        ("on_error", Int32),
        ("on_missing", Int32),
        ("required", UInt32),
        ("monitor", UInt32),
    ]


class GuardDecision(Structure):
    _fields_ = [
        ("action", Int32),
        ("monitor_action", Int32),
        ("reasons", UInt32),
        ("monitor_reasons", UInt32),
        ("kinds", UInt32),
        ("reserved", UInt32),
        ("retry_after", Int64),
    ]


def _signal(name: str, result: Any) -> Any:
    return function(QUICK, name, Int32, POINTER(result), POINTER(Signal))


budget_signal = _signal("budget_signal", _native.BudgetResult)
budget_signal_i64 = _signal("budget_signal_i64", _native.BudgetResultI64)
spike_signal = _signal("spike_signal", _native.SpikeResult)
spike_signal_i64 = _signal("spike_signal_i64", _native.SpikeResultI64)
breaker_signal = _signal("breaker_signal", _native.BreakerDecision)
permit_signal = _signal("permit_signal", _states.BreakerPermit)
ledger_signal = _signal("ledger_signal", _states.LedgerDecision)
rate_limit_signal = _signal("rate_limit_signal", _states.RateLimitDecision)
detect_signal = _signal("detect_signal", _foresight.DetectResult)
forecast_signal = _signal("forecast_signal", _foresight.ForecastResult)
evaluate_guard = function(
    QUICK, "evaluate_guard", POINTER(Signal), Size, POINTER(GuardPolicy), POINTER(GuardDecision)
)


def _record(name: str, config: Any, result: Any) -> Any:
    return function(
        QUICK, f"write_{name}_json", Int32, POINTER(config), POINTER(result), Address, Size, POINTER(Size)
    )


write_budget_result_json = _record("budget_result", _native.BudgetConfig, _native.BudgetResult)
write_budget_result_i64_json = _record("budget_result_i64", _native.BudgetConfigI64, _native.BudgetResultI64)
write_spike_result_json = _record("spike_result", _native.SpikeConfig, _native.SpikeResult)
write_spike_result_i64_json = _record("spike_result_i64", _native.SpikeConfigI64, _native.SpikeResultI64)
write_breaker_decision_json = _record("breaker_decision", _native.BreakerCounters, _native.BreakerDecision)
write_breaker_permit_json = _record("breaker_permit", _states.BreakerConfig, _states.BreakerPermit)
write_ledger_decision_json = _record("ledger_decision", _states.LedgerConfig, _states.LedgerDecision)
write_rate_limit_decision_json = _record("rate_limit_decision", _states.RateLimitConfig, _states.RateLimitDecision)
write_detect_result_json = _record("detect_result", _foresight.DetectConfig, _foresight.DetectResult)
write_forecast_result_json = _record("forecast_result", _foresight.ForecastConfig, _foresight.ForecastResult)
write_guard_decision_json = _record("guard_decision", GuardPolicy, GuardDecision)
