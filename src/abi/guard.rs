//! Guard
//!
//! One action from budget, spike and breaker, by the host's policy.

use super::{Status, read_optional, write, write_default};
use crate::breaker::counters::BreakerDecision;
use crate::budget::check::BudgetResult;
use crate::guard::{self, GuardDecision, GuardPolicy};
use crate::spike::check::SpikeResult;

/// Writes the default policy.
///
/// policy: receives the policy; struct cloudcircuit_guard_policy names the default of each field.
///
/// Errors: NULL_POINTER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_guard_policy_init(policy: *mut GuardPolicy) -> Status {
    // SAFETY: the caller's policy is NULL or writable.
    unsafe { write_default(policy) }
}

/// Combines the results of the safeguards into one action, by the host's policy.
///
/// Each finding asks for the action that the policy names for it. The least permissive of these is
/// decided, and CLOUDCIRCUIT_ACTION_ALLOW if there is no finding.
///
/// A signal that is NULL is missing, which is a finding if the policy requires the signal. While a
/// series is too young for a spike check, pass NULL and take CLOUDCIRCUIT_SIGNAL_SPIKE out of
/// policy.required.
///
/// A result of a call that failed counts as it stands: a failed spike check counts as a spike,
/// which the default policy throttles. Pass NULL to count it as missing. Zeroed memory is no
/// result: a zeroed budget or spike has no finding, and a zeroed breaker is an error.
///
/// budget:   a result of cloudcircuit_check_budget(), or NULL.
/// spike:    a result of cloudcircuit_check_anomaly_spike(), or NULL.
/// breaker:  a decision of cloudcircuit_evaluate_circuit_breaker(), or NULL.
/// policy:   NULL for the default policy.
/// decision: the action. On an error it is CLOUDCIRCUIT_ACTION_BLOCK without reasons.
///
/// Errors: NULL_POINTER, ON_WARNING, ON_BREACH, ON_SPIKE, ON_OPEN, ON_MISSING, REQUIRED, BUDGET_SIGNAL, SPIKE_SIGNAL, BREAKER_SIGNAL.
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
