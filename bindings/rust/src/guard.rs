use crate::{
    BreakerDecision, BreakerPermit, BudgetResult, BudgetResultI64, DetectResult, ForecastResult,
    GuardDecision, GuardPolicy, LedgerDecision, RateLimitDecision, Result, Signal, SpikeResult,
    SpikeResultI64, json::parts, pointer, sys, written,
};

/// Turns what the safeguards found into one action: the least permissive of those that the policy names for the
/// findings, and [`ACTION_ALLOW`](crate::ACTION_ALLOW) when there is none.
///
/// The order of the signals never matters. A kind that the policy requires and that is not there is a finding of
/// its own.
///
/// ```
/// use cloudcircuit::{
///     ACTION_BLOCK, GuardPolicy, REASON_BREACH, SIGNAL_BUDGET, budget_signal, check_budget,
///     evaluate_guard,
/// };
///
/// let policy = GuardPolicy { required: SIGNAL_BUDGET, ..GuardPolicy::default() };
/// let signals = [budget_signal(&check_budget(1200.0, 1000.0, None))?];
/// let decision = evaluate_guard(&signals, Some(&policy))?;
/// assert_eq!(decision.action, ACTION_BLOCK);
/// assert_eq!(decision.reasons & REASON_BREACH, REASON_BREACH);
/// # Ok::<(), cloudcircuit::Error>(())
/// ```
///
/// # Errors
///
/// When a signal is none that a signal function wrote, or the policy is out of range. Block then.
pub fn evaluate_guard(signals: &[Signal], policy: Option<&GuardPolicy>) -> Result<GuardDecision> {
    let (first, count) = (signals.as_ptr(), signals.len());
    // SAFETY: there are that many signals, the policy is NULL or readable, and the decision is written.
    unsafe {
        written(|decision| {
            sys::cloudcircuit_evaluate_guard(first, count, pointer(policy), decision)
        })
    }
}

/// Signals, each of what one call answered.
macro_rules! signals {
    ($($(#[$doc:meta])* $name:ident($of:ident) = $function:ident;)*) => {
        $(
            $(#[$doc])*
            ///
            /// An error of the call becomes [`REASON_ERROR`](crate::REASON_ERROR).
            ///
            /// # Errors
            ///
            /// When its safeguard cannot have written the answer.
            pub fn $name(answer: &Result<$of>) -> Result<Signal> {
                let (status, result) = parts(answer);
                // SAFETY: the result is NULL with an error, else readable, and the signal is written.
                unsafe { written(|signal| sys::$function(status, result, signal)) }
            }
        )*
    };
}

signals! {
    /// Makes a signal of [`check_budget`](crate::check_budget).
    budget_signal(BudgetResult) = cloudcircuit_budget_signal;
    /// Makes a signal of [`check_budget_i64`](crate::check_budget_i64).
    budget_signal_i64(BudgetResultI64) = cloudcircuit_budget_signal_i64;
    /// Makes a signal of a [`Ledger`](crate::Ledger)'s call. It stands for the budget.
    ledger_signal(LedgerDecision) = cloudcircuit_ledger_signal;
    /// Makes a signal of [`check_anomaly_spike`](crate::check_anomaly_spike).
    spike_signal(SpikeResult) = cloudcircuit_spike_signal;
    /// Makes a signal of [`check_anomaly_spike_i64`](crate::check_anomaly_spike_i64).
    spike_signal_i64(SpikeResultI64) = cloudcircuit_spike_signal_i64;
    /// Makes a signal of [`detect_spike`](crate::detect_spike) or of a tracker's update.
    detect_signal(DetectResult) = cloudcircuit_detect_signal;
    /// Makes a signal of [`evaluate_circuit_breaker`](crate::evaluate_circuit_breaker).
    breaker_signal(BreakerDecision) = cloudcircuit_breaker_signal;
    /// Makes a signal of a [`Breaker`](crate::Breaker)'s permit.
    permit_signal(BreakerPermit) = cloudcircuit_permit_signal;
    /// Makes a signal of a [`RateLimit`](crate::RateLimit)'s acquire.
    rate_limit_signal(RateLimitDecision) = cloudcircuit_rate_limit_signal;
    /// Makes a signal of [`forecast_budget`](crate::forecast_budget).
    forecast_signal(ForecastResult) = cloudcircuit_forecast_signal;
}
