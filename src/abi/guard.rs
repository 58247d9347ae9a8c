//! Guard
//!
//! One verdict from all that the safeguards found. The host's policy decides what each finding does.
//!
//!     cloudcircuit_signal signals[2];
//!     cloudcircuit_guard_decision decision;
//!     cloudcircuit_budget_signal(budget_status, &budget, &signals[0]);
//!     cloudcircuit_permit_signal(permit_status, &permit, &signals[1]);
//!     cloudcircuit_evaluate_guard(signals, 2, &policy, &decision);
//!
//! Each _signal function takes what a safeguard's call answered, its status and its result, and has
//! the same arguments:
//!
//! status:   what the call returned. An error becomes CLOUDCIRCUIT_REASON_ERROR, never a breach or a
//!           spike.
//! result, decision or permit: what the call wrote; not read, and may be NULL, when status is an
//!           error.
//! signal:   on an error it is zeroed memory, which the guard refuses.
//!
//! A signal function returns an error of its own only for a result that its safeguard cannot have
//! written, for example zeroed memory. What a safeguard in CLOUDCIRCUIT_MODE_MONITOR would have
//! refused is kept apart and reaches monitor_action alone.

use super::{Status, read_optional, write, write_default};
use crate::breaker::{counters::BreakerDecision, permit::BreakerPermit};
use crate::budget::{check::BudgetResult, exact::BudgetResultI64};
use crate::detect::config::DetectResult;
use crate::error::{Error, OK};
use crate::forecast::config::ForecastResult;
use crate::guard::evaluate::{self, GUARD_MAX_SIGNALS, GuardDecision, GuardPolicy};
use crate::guard::signal::{self, Findings, Signal};
use crate::ledger::decide::LedgerDecision;
use crate::rate_limit::RateLimitDecision;
use crate::spike::{check::SpikeResult, exact::SpikeResultI64};

/// Makes a signal of cloudcircuit_check_budget(): is_warning and is_breached.
///
/// Errors: NULL_POINTER, BUDGET_SIGNAL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_budget_signal(
    status: i32,
    result: *const BudgetResult,
    signal: *mut Signal,
) -> Status {
    // SAFETY: the caller's result is NULL or readable, its signal NULL or writable.
    unsafe { write_signal(signal::SIGNAL_BUDGET, status, result, signal::budget, signal) }
}

/// Makes a signal of cloudcircuit_check_budget_i64(): is_warning and is_breached.
///
/// Errors: NULL_POINTER, BUDGET_SIGNAL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_budget_signal_i64(
    status: i32,
    result: *const BudgetResultI64,
    signal: *mut Signal,
) -> Status {
    // SAFETY: the caller's result is NULL or readable, its signal NULL or writable.
    unsafe { write_signal(signal::SIGNAL_BUDGET, status, result, signal::budget_i64, signal) }
}

/// Makes a signal of a ledger's call: CLOUDCIRCUIT_REASON_OVER_LIMIT when it does not allow, and
/// CLOUDCIRCUIT_REASON_WARNING when it has newly crossed a threshold.
///
/// It stands for the budget. Pass the decision of a reserve or extend before the call runs.
///
/// Errors: NULL_POINTER, LEDGER_SIGNAL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_signal(
    status: i32,
    decision: *const LedgerDecision,
    signal: *mut Signal,
) -> Status {
    // SAFETY: the caller's decision is NULL or readable, its signal NULL or writable.
    unsafe { write_signal(signal::SIGNAL_BUDGET, status, decision, signal::ledger, signal) }
}

/// Makes a signal of cloudcircuit_check_anomaly_spike(): is_spike.
///
/// A series too short to be judged is an error. Leave the signal out until there are 2 points, with a
/// policy that does not require CLOUDCIRCUIT_SIGNAL_SPIKE.
///
/// Errors: NULL_POINTER, SPIKE_SIGNAL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_spike_signal(
    status: i32,
    result: *const SpikeResult,
    signal: *mut Signal,
) -> Status {
    // SAFETY: the caller's result is NULL or readable, its signal NULL or writable.
    unsafe { write_signal(signal::SIGNAL_SPIKE, status, result, signal::spike, signal) }
}

/// Makes a signal of cloudcircuit_check_anomaly_spike_i64(): is_spike.
///
/// Errors: NULL_POINTER, SPIKE_SIGNAL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_spike_signal_i64(
    status: i32,
    result: *const SpikeResultI64,
    signal: *mut Signal,
) -> Status {
    // SAFETY: the caller's result is NULL or readable, its signal NULL or writable.
    unsafe { write_signal(signal::SIGNAL_SPIKE, status, result, signal::spike_i64, signal) }
}

/// Makes a signal of cloudcircuit_detect_spike() or cloudcircuit_spike_tracker_update(): a spike, a leak,
/// or insufficient data.
///
/// Errors: NULL_POINTER, DETECT_SIGNAL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_detect_signal(
    status: i32,
    result: *const DetectResult,
    signal: *mut Signal,
) -> Status {
    // SAFETY: the caller's result is NULL or readable, its signal NULL or writable.
    unsafe { write_signal(signal::SIGNAL_SPIKE, status, result, signal::detect, signal) }
}

/// Makes a signal of cloudcircuit_evaluate_circuit_breaker(): is_open with its retry_after_steps.
///
/// Errors: NULL_POINTER, BREAKER_SIGNAL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_breaker_signal(
    status: i32,
    decision: *const BreakerDecision,
    signal: *mut Signal,
) -> Status {
    // SAFETY: the caller's decision is NULL or readable, its signal NULL or writable.
    unsafe { write_signal(signal::SIGNAL_BREAKER, status, decision, signal::breaker, signal) }
}

/// Makes a signal of cloudcircuit_breaker_acquire(), _report_and_acquire() or _peek(): whether the breaker
/// refuses, and for how long.
///
/// Errors: NULL_POINTER, PERMIT_SIGNAL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_permit_signal(
    status: i32,
    permit: *const BreakerPermit,
    signal: *mut Signal,
) -> Status {
    // SAFETY: the caller's permit is NULL or readable, its signal NULL or writable.
    unsafe { write_signal(signal::SIGNAL_BREAKER, status, permit, signal::permit, signal) }
}

/// Makes a signal of cloudcircuit_rate_limit_acquire(): whether the rate limit refuses, and for how long.
///
/// Errors: NULL_POINTER, RATE_SIGNAL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_rate_limit_signal(
    status: i32,
    decision: *const RateLimitDecision,
    signal: *mut Signal,
) -> Status {
    // SAFETY: the caller's decision is NULL or readable, its signal NULL or writable.
    unsafe { write_signal(signal::SIGNAL_RATE, status, decision, signal::rate_limit, signal) }
}

/// Makes a signal of cloudcircuit_forecast_budget(): is_forecast_breached, or insufficient data.
///
/// Errors: NULL_POINTER, FORECAST_SIGNAL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_forecast_signal(
    status: i32,
    result: *const ForecastResult,
    signal: *mut Signal,
) -> Status {
    // SAFETY: the caller's result is NULL or readable, its signal NULL or writable.
    unsafe { write_signal(signal::SIGNAL_FORECAST, status, result, signal::forecast, signal) }
}

/// Writes the signal of a safeguard's call.
///
/// # Safety
/// `result` is NULL or readable, `signal` is NULL or writable.
unsafe fn write_signal<T: Copy>(
    kind: u32,
    status: i32,
    result: *const T,
    findings: fn(&T) -> Result<Findings, Error>,
    signal: *mut Signal,
) -> Status {
    let answer = if status == OK {
        // SAFETY: NULL or readable by contract.
        let result = unsafe { read_optional(result) }.ok_or(Error::NullPointer);
        result.and_then(|result| findings(&result)).map(|findings| Signal::new(kind, findings))
    } else {
        Ok(Signal::failed(kind, status))
    };
    // SAFETY: NULL or writable by contract.
    unsafe { write(signal, answer, Signal::NONE) }
}

/// Fills in the default policy, as the struct's fields name it.
///
/// policy: where to write it.
///
/// Errors: NULL_POINTER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_guard_policy_init(policy: *mut GuardPolicy) -> Status {
    // SAFETY: the caller's policy is NULL or writable.
    unsafe { write_default(policy) }
}

/// Turns what the safeguards found into one action: the least permissive of those that the policy
/// names for the findings, and CLOUDCIRCUIT_ACTION_ALLOW when there is none.
///
/// The order of the signals never matters, and there may be several of one kind, for example three
/// budgets. A kind that the policy requires and of which there is no signal is a finding of its own,
/// CLOUDCIRCUIT_REASON_MISSING. A signal of a call that failed meets the requirement, and
/// policy.on_error decides.
///
/// signals:  written by the _signal functions; NULL only when count is 0.
/// count:    number of signals, at most CLOUDCIRCUIT_GUARD_MAX_SIGNALS.
/// policy:   NULL for the default policy.
/// decision: the verdict; on an error both actions are CLOUDCIRCUIT_ACTION_BLOCK, without reasons.
///
/// Errors: NULL_POINTER, COUNT, ON_WARNING, ON_BREACH, ON_SPIKE, ON_LEAK, ON_OPEN, ON_OVER_LIMIT, ON_RATE, ON_FORECAST, ON_INSUFFICIENT, ON_ERROR, ON_MISSING, REQUIRED, MONITOR, SIGNAL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_evaluate_guard(
    signals: *const Signal,
    count: usize,
    policy: *const GuardPolicy,
    decision: *mut GuardDecision,
) -> Status {
    // SAFETY: the caller's policy is NULL or readable.
    let policy = unsafe { read_optional(policy) }.unwrap_or_default();
    let verdict = if signals.is_null() && count > 0 {
        Err(Error::NullPointer)
    } else if count > GUARD_MAX_SIGNALS as usize {
        Err(Error::Count)
    } else {
        // SAFETY: the caller has `count` readable signals; each is read once.
        let signals = (0..count).map(|place| unsafe { signals.add(place).read_unaligned() });
        evaluate::evaluate(signals, &policy)
    };
    // SAFETY: the caller's decision is NULL or writable.
    unsafe { write(decision, verdict, GuardDecision::REFUSED) }
}
