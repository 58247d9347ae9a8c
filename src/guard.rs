//! One action from the results of several safeguards.

use crate::{
    breaker::counters::BreakerDecision, budget::check::BudgetResult, error::Error,
    spike::check::SpikeResult,
};

/// Stop the operation. Zeroed memory blocks.
pub const ACTION_BLOCK: i32 = 0;
/// Let it run, but less of it.
pub const ACTION_THROTTLE: i32 = 1;
/// Let it run and alert somebody.
pub const ACTION_ALERT: i32 = 2;
/// Let it run.
pub const ACTION_ALLOW: i32 = 3;

/// The bit of the budget in cloudcircuit_guard_policy.required.
pub const SIGNAL_BUDGET: u32 = 1u32;
/// The bit of the spike in cloudcircuit_guard_policy.required.
pub const SIGNAL_SPIKE: u32 = 2u32;
/// The bit of the breaker in cloudcircuit_guard_policy.required.
pub const SIGNAL_BREAKER: u32 = 4u32;

/// The budget's is_warning is set.
pub const REASON_WARNING: u32 = 1u32;
/// The budget's is_breached is set.
pub const REASON_BREACH: u32 = 2u32;
/// The spike's is_spike is set.
pub const REASON_SPIKE: u32 = 4u32;
/// The breaker's is_open is set.
pub const REASON_OPEN: u32 = 8u32;
/// A required signal is NULL.
pub const REASON_MISSING: u32 = 16u32;

/// Policy of cloudcircuit_evaluate_guard(): the action that each finding asks for.
///
/// Every on_ field holds a CLOUDCIRCUIT_ACTION constant. Zeroed memory is a policy that blocks on
/// every finding but requires no signal, so it allows when all signals are NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct GuardPolicy {
    /// When the budget warns; default CLOUDCIRCUIT_ACTION_ALERT.
    pub on_warning: i32,
    /// When the budget is breached; default CLOUDCIRCUIT_ACTION_BLOCK.
    pub on_breach: i32,
    /// When the latest spend is a spike; default CLOUDCIRCUIT_ACTION_THROTTLE.
    pub on_spike: i32,
    /// When the breaker is open; default CLOUDCIRCUIT_ACTION_BLOCK.
    pub on_open: i32,
    /// When a required signal is NULL; default CLOUDCIRCUIT_ACTION_BLOCK.
    pub on_missing: i32,
    /// The signals that must not be NULL, as CLOUDCIRCUIT_SIGNAL bits; default all three.
    pub required: u32,
}

impl Default for GuardPolicy {
    fn default() -> Self {
        Self {
            on_warning: ACTION_ALERT,
            on_breach: ACTION_BLOCK,
            on_spike: ACTION_THROTTLE,
            on_open: ACTION_BLOCK,
            on_missing: ACTION_BLOCK,
            required: SIGNAL_BUDGET | SIGNAL_SPIKE | SIGNAL_BREAKER,
        }
    }
}

/// Result of cloudcircuit_evaluate_guard(). Zeroed memory blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct GuardDecision {
    /// The action, a CLOUDCIRCUIT_ACTION constant: the least permissive that a finding asks for, or
    /// CLOUDCIRCUIT_ACTION_ALLOW.
    pub action: i32,
    /// All findings, as CLOUDCIRCUIT_REASON bits, including those that ask for a more permissive
    /// action.
    pub reasons: u32,
    /// The breaker's retry_after_steps when CLOUDCIRCUIT_REASON_OPEN is among the reasons,
    /// else 0.
    pub retry_after_steps: i64,
}

impl GuardDecision {
    pub(crate) const REFUSED: Self =
        Self { action: ACTION_BLOCK, reasons: 0, retry_after_steps: 0 };
}

fn check_policy(policy: &GuardPolicy) -> Result<(), Error> {
    for (action, error) in [
        (policy.on_warning, Error::OnWarning),
        (policy.on_breach, Error::OnBreach),
        (policy.on_spike, Error::OnSpike),
        (policy.on_open, Error::OnOpen),
        (policy.on_missing, Error::OnMissing),
    ] {
        if !(ACTION_BLOCK..=ACTION_ALLOW).contains(&action) {
            return Err(error);
        }
    }
    if policy.required & !(SIGNAL_BUDGET | SIGNAL_SPIKE | SIGNAL_BREAKER) != 0 {
        return Err(Error::Required);
    }
    Ok(())
}

pub(crate) fn evaluate(
    budget: Option<&BudgetResult>,
    spike: Option<&SpikeResult>,
    breaker: Option<&BreakerDecision>,
    policy: &GuardPolicy,
) -> Result<GuardDecision, Error> {
    check_policy(policy)?;
    if budget.is_some_and(|budget| budget.is_warning > 1 || budget.is_breached > 1) {
        return Err(Error::BudgetSignal);
    }
    if spike.is_some_and(|spike| spike.is_spike > 1) {
        return Err(Error::SpikeSignal);
    }
    if breaker.is_some_and(|breaker| {
        breaker.is_open > 1
            || breaker.allow_operation != 1 - breaker.is_open
            || breaker.retry_after_steps < 0
    }) {
        return Err(Error::BreakerSignal);
    }

    let is_missing = (budget.is_none() && policy.required & SIGNAL_BUDGET != 0)
        || (spike.is_none() && policy.required & SIGNAL_SPIKE != 0)
        || (breaker.is_none() && policy.required & SIGNAL_BREAKER != 0);
    let open = breaker.filter(|breaker| breaker.is_open == 1);

    let findings = [
        (budget.is_some_and(|budget| budget.is_warning == 1), REASON_WARNING, policy.on_warning),
        (budget.is_some_and(|budget| budget.is_breached == 1), REASON_BREACH, policy.on_breach),
        (spike.is_some_and(|spike| spike.is_spike == 1), REASON_SPIKE, policy.on_spike),
        (open.is_some(), REASON_OPEN, policy.on_open),
        (is_missing, REASON_MISSING, policy.on_missing),
    ];
    let mut decision = GuardDecision {
        action: ACTION_ALLOW,
        reasons: 0,
        retry_after_steps: open.map_or(0, |breaker| breaker.retry_after_steps),
    };
    for (found, reason, action) in findings {
        if found {
            decision.action = decision.action.min(action);
            decision.reasons |= reason;
        }
    }
    Ok(decision)
}
