"""Structs and functions of the states that a host keeps, and of the holds and permits with them."""

from __future__ import annotations

from ctypes import POINTER, Structure, c_char_p

from ._native import QUICK, Address, Int32, Int64, Size, UInt32, UInt64, function


class BreakerConfig(Structure):
    _fields_ = [
        ("failure_threshold", UInt32),
        ("failure_count", UInt32),
        ("window_size", UInt32),
        ("minimum_calls", UInt32),
        ("failure_rate_ppm", UInt32),
        ("slow_call_rate_ppm", UInt32),
        ("half_open_max_probes", UInt32),
        ("half_open_calls", UInt32),
        ("half_open_failure_rate_ppm", UInt32),
        ("backoff_ppm", UInt32),
        ("jitter_ppm", UInt32),
        ("mode", UInt32),
        ("jitter_seed", UInt64),
        ("window_duration", Int64),
        ("slow_call_duration", Int64),
        ("open_duration", Int64),
        ("max_open_duration", Int64),
        ("probe_timeout", Int64),
        ("half_open_duration", Int64),
        ("trips_decay", Int64),
        ("max_retry_after", Int64),
        ("ramp_duration", Int64),
    ]


class BreakerState(Structure):
    _fields_ = [
        ("layout", UInt32),
        ("phase", Int32),
        ("revision", UInt64),
        ("generation", UInt64),
        ("updated_at", Int64),
        ("phase_since", Int64),
        ("consecutive_failures", UInt32),
        ("reserved", UInt32),
        ("open_until", Int64),
        ("forced_until", Int64),
        ("ramp_duration", Int64),
        ("ramp_credit", Int64),
        ("bucket_duration", Int64),
        ("newest_bucket", Int64),
        ("window_failures", UInt64 * 2),
        ("window_slow", UInt64 * 2),
        ("probe_deadlines", Int64 * 8),
        ("live_probes", UInt32),
        ("probes_judged", UInt32),
        ("probes_failed", UInt32),
        ("trips", UInt32),
        ("window_calls", UInt32),
        ("window_next", UInt32),
        ("streak_age", UInt32),
        ("streak_skipped", UInt32),
        ("bucket_calls", UInt32 * 16),
        ("bucket_failures", UInt32 * 16),
        ("bucket_slow", UInt32 * 16),
    ]


class BreakerPermit(Structure):
    _fields_ = [
        ("generation", UInt64),
        ("retry_after", Int64),
        ("deadline", Int64),
        ("phase", Int32),
        ("allowed", UInt32),
        ("would_refuse", UInt32),
        ("probe_slot", UInt32),
        ("clock_regressed", UInt32),
        ("reserved", UInt32),
    ]


class LedgerConfig(Structure):
    _fields_ = [
        ("limit", Int64),
        ("carry_max", Int64),
        ("debt_max", Int64),
        ("hold_duration", Int64),
        ("thresholds", Int64 * 8),
        ("threshold_count", UInt32),
        ("threshold_unit", UInt32),
        ("threshold_basis", UInt32),
        ("mode", UInt32),
    ]


class LedgerState(Structure):
    _fields_ = [
        ("layout", UInt32),
        ("crossed", UInt32),
        ("revision", UInt64),
        ("ledger_id", UInt64),
        ("next_hold", UInt64),
        ("updated_at", Int64),
        ("period", Int64),
        ("settled", Int64),
        ("carried", Int64),
        ("held", Int64),
        ("peak_settled", Int64),
        ("peak_committed", Int64),
        ("reset_hold", UInt64),
        ("dead_hold", UInt64),
        ("reset_clock", Int64),
        ("endless", Int64),
        ("ends", Int64 * 33),
        ("spent", UInt64 * 16),
        ("told", UInt32),
        ("width_shift", UInt32),
        ("reset_bucket", UInt32),
        ("reserved", UInt32),
    ]


class LedgerHold(Structure):
    _fields_ = [
        ("ledger_id", UInt64),
        ("id", UInt64),
        ("period", Int64),
        ("amount", Int64),
        ("expires_at", Int64),
    ]


class LedgerDecision(Structure):
    _fields_ = [
        ("settled", Int64),
        ("held", Int64),
        ("available", Int64),
        ("overshoot", Int64),
        ("expired", Int64),
        ("reason", Int32),
        ("allowed", UInt32),
        ("would_refuse", UInt32),
        ("clock_regressed", UInt32),
        ("crossed", UInt32),
        ("newly_crossed", UInt32),
    ]


class RateLimitConfig(Structure):
    _fields_ = [
        ("limit", Int64),
        ("duration", Int64),
        ("mode", UInt32),
        ("reserved", UInt32),
    ]


class RateLimitState(Structure):
    _fields_ = [
        ("layout", UInt32),
        ("reserved", UInt32),
        ("revision", UInt64),
        ("updated_at", Int64),
        ("width", Int64),
        ("taken", Int64 * 17),
    ]


class RateLimitDecision(Structure):
    _fields_ = [
        ("used", Int64),
        ("available", Int64),
        ("retry_after", Int64),
        ("taken_at", Int64),
        ("reason", Int32),
        ("allowed", UInt32),
        ("would_refuse", UInt32),
        ("clock_regressed", UInt32),
    ]


_CONFIG, _STATE, _PERMIT = POINTER(BreakerConfig), POINTER(BreakerState), POINTER(BreakerPermit)
breaker_init = function(QUICK, "breaker_init", Int64, _STATE)
breaker_acquire = function(QUICK, "breaker_acquire", _CONFIG, _STATE, Int64, _PERMIT)
breaker_peek = function(QUICK, "breaker_peek", _CONFIG, _STATE, Int64, _PERMIT)
breaker_report = function(QUICK, "breaker_report", _CONFIG, _STATE, _PERMIT, Int32, Int64, Int64, Int64)
breaker_report_and_acquire = function(
    QUICK, "breaker_report_and_acquire", _CONFIG, _STATE, _PERMIT, Int32, Int64, Int64, Int64, _PERMIT
)
breaker_force = function(QUICK, "breaker_force", _STATE, Int32, Int64, Int64)
breaker_reset = function(QUICK, "breaker_reset", _STATE, Int64)
breaker_state_encode = function(QUICK, "breaker_state_encode", _STATE, Address, Size)
breaker_state_decode = function(QUICK, "breaker_state_decode", c_char_p, Size, _STATE)

_RULES, _LEDGER = POINTER(LedgerConfig), POINTER(LedgerState)
_HOLD, _DECISION = POINTER(LedgerHold), POINTER(LedgerDecision)
ledger_init = function(QUICK, "ledger_init", UInt64, Int64, Int64, _LEDGER)
ledger_reserve = function(QUICK, "ledger_reserve", _RULES, _LEDGER, Int64, Int64, _HOLD, _DECISION)
ledger_extend = function(QUICK, "ledger_extend", _RULES, _LEDGER, _HOLD, Int64, Int64, _DECISION)
ledger_post = function(QUICK, "ledger_post", _RULES, _LEDGER, _HOLD, Int64, Int64, _DECISION)
ledger_settle = function(QUICK, "ledger_settle", _RULES, _LEDGER, _HOLD, Int64, Int64, _DECISION)
ledger_release = function(QUICK, "ledger_release", _RULES, _LEDGER, _HOLD, Int64, _DECISION)
ledger_record = function(QUICK, "ledger_record", _RULES, _LEDGER, Int64, Int64, _DECISION)
ledger_roll = function(QUICK, "ledger_roll", _RULES, _LEDGER, Int64, Int64, _DECISION)
ledger_reset = function(QUICK, "ledger_reset", _LEDGER, Int64, Int64)
ledger_state_encode = function(QUICK, "ledger_state_encode", _LEDGER, Address, Size)
ledger_state_decode = function(QUICK, "ledger_state_decode", c_char_p, Size, _LEDGER)

# Arrays of one item for each ledger.
_AMOUNTS, _INDEX = POINTER(Int64), POINTER(UInt32)
ledgers_reserve = function(
    QUICK, "ledgers_reserve", _RULES, _LEDGER, _AMOUNTS, Size, Int64, _HOLD, _DECISION, _INDEX
)
ledgers_extend = function(
    QUICK, "ledgers_extend", _RULES, _LEDGER, _HOLD, _AMOUNTS, Size, Int64, _DECISION, _INDEX
)
ledgers_settle = function(
    QUICK, "ledgers_settle", _RULES, _LEDGER, _HOLD, _AMOUNTS, Size, Int64, _DECISION, _INDEX
)
ledgers_release = function(QUICK, "ledgers_release", _RULES, _LEDGER, _HOLD, Size, Int64, _DECISION, _INDEX)
ledgers_record = function(QUICK, "ledgers_record", _RULES, _LEDGER, _AMOUNTS, Size, Int64, _DECISION, _INDEX)
ledgers_roll = function(QUICK, "ledgers_roll", _RULES, _LEDGER, _AMOUNTS, Size, Int64, _DECISION, _INDEX)

_RATE, _TAKEN, _ANSWER = POINTER(RateLimitConfig), POINTER(RateLimitState), POINTER(RateLimitDecision)
rate_limit_init = function(QUICK, "rate_limit_init", Int64, _TAKEN)
rate_limit_acquire = function(QUICK, "rate_limit_acquire", _RATE, _TAKEN, Int64, Int64, _ANSWER)
rate_limit_adjust = function(QUICK, "rate_limit_adjust", _RATE, _TAKEN, Int64, Int64, Int64, _ANSWER)
rate_limit_reset = function(QUICK, "rate_limit_reset", _TAKEN, Int64)
rate_limit_state_encode = function(QUICK, "rate_limit_state_encode", _TAKEN, Address, Size)
rate_limit_state_decode = function(QUICK, "rate_limit_state_decode", c_char_p, Size, _TAKEN)
