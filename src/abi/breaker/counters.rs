//! Circuit breaker
//!
//! May the operation run, after the failures seen so far?

use crate::abi::{Status, read_optional, write, write_default};
use crate::breaker::counters::{self as breaker, BreakerCounters, BreakerDecision};
use crate::error::Error;

/// Fills in a closed breaker's counters: no failures, CLOUDCIRCUIT_DEFAULT_FAILURE_THRESHOLD,
/// no cooldown.
///
/// counters: where to write them.
///
/// Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when counters is NULL.
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_breaker_counters_init(
    counters: *mut BreakerCounters,
) -> Status {
    // SAFETY: the caller's counters are NULL or writable.
    unsafe { write_default(counters) }
}

/// Decides from the host's own counters whether an operation may run: the breaker is open
/// when consecutive_failures >= failure_threshold or a cooldown remains.
///
/// counters: what the host has counted; not NULL.
/// decision: the answer; on an error is_open is 1, allow_operation and retry_after_steps are 0.
///
/// Errors: NULL_POINTER, CONSECUTIVE_FAILURES, FAILURE_THRESHOLD, COOLDOWN_STEPS_REMAINING (the first
/// that applies).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_evaluate_circuit_breaker(
    counters: *const BreakerCounters,
    decision: *mut BreakerDecision,
) -> Status {
    // SAFETY: the caller's counters are NULL or readable.
    let counters = unsafe { read_optional(counters) }.ok_or(Error::NullPointer);
    let answer = counters.and_then(|counters| breaker::evaluate(&counters));
    // SAFETY: the caller's decision is NULL or writable.
    unsafe { write(decision, answer, BreakerDecision::REFUSED) }
}
