//! May the operation run, after the failures seen so far?

use crate::error::Error;

/// Consecutive failures that open the breaker, when the host sets none.
pub const DEFAULT_FAILURE_THRESHOLD: i64 = 3;

/// What the host has counted, for cloudcircuit_evaluate_circuit_breaker. 24 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct BreakerCounters {
    /// Failures since the last success; >= 0.
    pub consecutive_failures: i64,
    /// Consecutive failures from which the breaker is open; > 0.
    pub failure_threshold: i64,
    /// Steps (runs, minutes, billing cycles: the host's choice) until a cooldown ends; >= 0,
    /// 0 when there is none.
    pub cooldown_steps_remaining: i64,
}

impl Default for BreakerCounters {
    fn default() -> Self {
        Self {
            consecutive_failures: 0,
            failure_threshold: DEFAULT_FAILURE_THRESHOLD,
            cooldown_steps_remaining: 0,
        }
    }
}

/// What cloudcircuit_evaluate_circuit_breaker decided. 16 bytes. Zeroed memory does not
/// allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct BreakerDecision {
    /// The remaining cooldown when open, else 0. An open breaker without a cooldown says 0
    /// too.
    pub retry_after_steps: i64,
    /// 1 when open, else 0.
    pub is_open: u32,
    /// The opposite of is_open: 1 when the operation may run.
    pub allow_operation: u32,
}

impl BreakerDecision {
    pub(crate) const REFUSED: Self = Self { retry_after_steps: 0, is_open: 1, allow_operation: 0 };
}

pub(crate) fn evaluate(counters: &BreakerCounters) -> Result<BreakerDecision, Error> {
    if counters.consecutive_failures < 0 {
        return Err(Error::ConsecutiveFailures);
    }
    if counters.failure_threshold <= 0 {
        return Err(Error::FailureThreshold);
    }
    if counters.cooldown_steps_remaining < 0 {
        return Err(Error::CooldownStepsRemaining);
    }

    let is_open = counters.consecutive_failures >= counters.failure_threshold
        || counters.cooldown_steps_remaining > 0;
    Ok(BreakerDecision {
        // Without a cooldown this is 0, open or closed.
        retry_after_steps: counters.cooldown_steps_remaining,
        is_open: is_open.into(),
        allow_operation: (!is_open).into(),
    })
}
