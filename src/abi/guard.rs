//! Guard
//!
//! One verdict from budget, spike and breaker, by the host's policy.

use super::{Status, read_optional, write, write_default};
use crate::breaker::counters::BreakerDecision;
use crate::budget::check::BudgetResult;
use crate::guard::{self, GuardDecision, GuardPolicy};
use crate::spike::check::SpikeResult;

/// Fills in the default policy, as the struct's fields name it.
///
/// policy: where to write it.
///
/// Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when policy is NULL.
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_guard_policy_init(policy: *mut GuardPolicy) -> Status {
    // SAFETY: the caller's policy is NULL or writable.
    unsafe { write_default(policy) }
}

/// Turns what the safeguards found into one action: the least permissive of those that the
/// policy names for the findings, and CLOUDCIRCUIT_ACTION_ALLOW when there is none.
///
/// A signal that is NULL is missing: a finding of its own if the policy requires it, nothing
/// otherwise. For a series still too young for a spike, pass NULL and take
/// CLOUDCIRCUIT_SIGNAL_SPIKE out of policy.required.
///
/// Results of calls that failed are refusing ones and count as such: a failed spike call counts as
/// a spike, which the default policy throttles. Pass NULL instead where it shall count as missing.
/// Memory that no call has written is no signal: a zeroed budget or spike has no finding, a zeroed
/// breaker is an error.
///
/// budget: a result of cloudcircuit_check_budget, or NULL.
/// spike: a result of cloudcircuit_check_anomaly_spike, or NULL.
/// breaker: a decision of cloudcircuit_evaluate_circuit_breaker, or NULL.
/// policy: NULL for the default policy.
/// decision: the verdict; on an error it blocks, without reasons.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER    decision is NULL
///   CLOUDCIRCUIT_ERR_ON_WARNING      policy on_warning is no CLOUDCIRCUIT_ACTION constant
///   CLOUDCIRCUIT_ERR_ON_BREACH       the same of on_breach
///   CLOUDCIRCUIT_ERR_ON_SPIKE        the same of on_spike
///   CLOUDCIRCUIT_ERR_ON_OPEN         the same of on_open
///   CLOUDCIRCUIT_ERR_ON_MISSING      the same of on_missing
///   CLOUDCIRCUIT_ERR_REQUIRED        policy required has a bit that is no CLOUDCIRCUIT_SIGNAL
///   CLOUDCIRCUIT_ERR_BUDGET_SIGNAL   is_warning or is_breached is neither 0 nor 1
///   CLOUDCIRCUIT_ERR_SPIKE_SIGNAL    is_spike is neither 0 nor 1
///   CLOUDCIRCUIT_ERR_BREAKER_SIGNAL  is_open is neither 0 nor 1, allow_operation is not its
///                                    opposite, or retry_after_steps is below 0
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_evaluate_guard(
    budget: *const BudgetResult,
    spike: *const SpikeResult,
    breaker: *const BreakerDecision,
    policy: *const GuardPolicy,
    decision: *mut GuardDecision,
) -> Status {
    // SAFETY: each of the caller's signals is NULL or readable.
    let (budget, spike, breaker) =
        unsafe { (read_optional(budget), read_optional(spike), read_optional(breaker)) };
    // SAFETY: the caller's policy is NULL or readable.
    let policy = unsafe { read_optional(policy) }.unwrap_or_default();
    let verdict = guard::evaluate(budget.as_ref(), spike.as_ref(), breaker.as_ref(), &policy);
    // SAFETY: the caller's decision is NULL or writable.
    unsafe { write(decision, verdict, GuardDecision::REFUSED) }
}
