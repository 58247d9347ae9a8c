//! Rate limit
//!
//! No more than a limit in any window of time, in exact units. For example money an hour, tokens a
//! minute or requests a second.
//!
//!     cloudcircuit_rate_limit_config config = {90000, 60000, CLOUDCIRCUIT_MODE_ENFORCE, 0};
//!     cloudcircuit_rate_limit_acquire(&config, &state, 1200, now, &decision);
//!     if (decision.allowed) {
//!         int64_t more = run() - 1200;
//!         cloudcircuit_rate_limit_adjust(&config, &state, decision.taken_at, more, now, &decision);
//!     }
//!
//! Promise. In no window of length duration is more than limit taken, wherever the window begins.
//! This needs four things: limit is not lowered, duration is not raised, nothing is adjusted
//! upwards, and mode is CLOUDCIRCUIT_MODE_ENFORCE. The price: an amount counts for duration, or up
//! to 1/16 of it longer.
//!
//! Clock. now is in the unit of duration. One before updated_at counts as updated_at and sets
//! clock_regressed; retry_after is counted from the caller's own now. After a clock that ran ahead,
//! cloudcircuit_rate_limit_reset() makes the right time true again, and forgets what was taken.
//!
//! Another duration counts from the next call on. What was taken before moves to the new buckets,
//! at the last instant at which it can have been taken.

use crate::abi::{Status, read_encoded, read_optional, status, update, write, write_encoded};
use crate::error::Error;
use crate::rate_limit::{self, RateLimitConfig, RateLimitDecision, RateLimitState};

/// Makes a new rate limit: nothing taken, revision 0.
///
/// now: the time.
/// state: where to write it.
///
/// Errors: NULL_POINTER.
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_rate_limit_init(
    now: i64,
    state: *mut RateLimitState,
) -> Status {
    // SAFETY: the caller's state is NULL or writable.
    unsafe { write(state, Ok(RateLimitState::new(now)), RateLimitState::NONE) }
}

/// Takes an amount if it fits: all of it or nothing.
///
/// config: the limit; not NULL.
/// state: the rate limit; keeps every byte on an error.
/// amount: what to take; >= 0; 0 always fits.
/// now: the time.
/// decision: the answer; wholly 0 on an error.
///
/// Errors: NULL_POINTER, RATE_LIMIT, RATE_DURATION, MODE, RESERVED, CORRUPT_STATE, AMOUNT, OVERFLOW
/// (the first that applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_rate_limit_acquire(
    config: *const RateLimitConfig,
    state: *mut RateLimitState,
    amount: i64,
    now: i64,
    decision: *mut RateLimitDecision,
) -> Status {
    // SAFETY: the caller's pointers are NULL, or readable and, but for the config, writable.
    unsafe {
        decide(config, state, decision, |config, state| {
            rate_limit::acquire(config, state, amount, now)
        })
    }
}

/// Corrects what was taken: adds the difference between estimate and actual where it was taken.
///
/// Not below 0 in its bucket. What is out of the window changes nothing. A take has no identity:
/// adjust it once, and not after a reset, or others' takes change. Never refused, also past the limit.
///
/// config: the limit; not NULL.
/// state: the rate limit; keeps every byte on an error.
/// taken_at: of the acquire's decision.
/// by: what to add; below 0 gives back.
/// now: the time.
/// decision: where the rate limit stands; wholly 0 on an error.
///
/// Errors: NULL_POINTER, RATE_LIMIT, RATE_DURATION, MODE, RESERVED, CORRUPT_STATE, TAKEN_AT,
/// OVERFLOW (the first that applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_rate_limit_adjust(
    config: *const RateLimitConfig,
    state: *mut RateLimitState,
    taken_at: i64,
    by: i64,
    now: i64,
    decision: *mut RateLimitDecision,
) -> Status {
    // SAFETY: the caller's pointers are NULL, or readable and, but for the config, writable.
    unsafe {
        decide(config, state, decision, |config, state| {
            rate_limit::adjust(config, state, taken_at, by, now)
        })
    }
}

/// Starts a rate limit over by an operator's word: nothing taken, and now is true, also backwards.
///
/// state: the rate limit; keeps every byte on an error.
/// now: the time.
///
/// Errors: NULL_POINTER, CORRUPT_STATE, OVERFLOW (the first that applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_rate_limit_reset(
    state: *mut RateLimitState,
    now: i64,
) -> Status {
    // SAFETY: the caller's state is NULL, or readable and writable.
    status(unsafe { update(state, |state| state.reset(now)) })
}

/// # Safety
/// Each pointer is NULL, or readable and, but for the config, writable.
unsafe fn decide(
    config: *const RateLimitConfig,
    state: *mut RateLimitState,
    decision: *mut RateLimitDecision,
    rule: impl FnOnce(&RateLimitConfig, &mut RateLimitState) -> Result<RateLimitDecision, Error>,
) -> Status {
    if decision.is_null() {
        return Error::NullPointer.status();
    }
    // SAFETY: NULL or readable by contract.
    let config = unsafe { read_optional(config) }.ok_or(Error::NullPointer);
    // SAFETY: NULL, or readable and writable by contract.
    let answer = config.and_then(|config| unsafe { update(state, |state| rule(&config, state)) });
    // SAFETY: writable by contract.
    unsafe { write(decision, answer, RateLimitDecision::REFUSED) }
}

/// Checks whether a state is one that the library can have written, under whatever config.
///
/// Every call checks so too.
///
/// state: the rate limit.
///
/// Errors: NULL_POINTER, CORRUPT_STATE (the first that applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_rate_limit_state_validate(
    state: *const RateLimitState,
) -> Status {
    // SAFETY: the caller's state is NULL or readable.
    let state = unsafe { read_optional(state) }.ok_or(Error::NullPointer);
    status(state.and_then(|state| state.check()))
}

/// Writes a state as bytes that any machine reads; docs/LEDGER.md has their layout.
///
/// state: the rate limit.
/// bytes: where to write; may overlap the state; wholly 0 on an error, but untouched on
///     ENCODED_LENGTH. Zeroed bytes decode to no rate limit.
/// len: CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN.
///
/// Errors: NULL_POINTER, ENCODED_LENGTH, CORRUPT_STATE (the first that applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_rate_limit_state_encode(
    state: *const RateLimitState,
    bytes: *mut u8,
    len: usize,
) -> Status {
    // SAFETY: the caller's state is NULL or readable, its bytes are NULL or `len` writable ones.
    unsafe { write_encoded(state, bytes, len, rate_limit::encode) }
}

/// Reads a state from what cloudcircuit_rate_limit_state_encode() wrote, on whatever machine.
///
/// bytes: what was written.
/// len: CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN.
/// state: where to write it; may overlap bytes; wholly 0 on an error, which is no rate limit.
///
/// Errors: NULL_POINTER, ENCODED_LENGTH, CORRUPT_STATE (the first that applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_rate_limit_state_decode(
    bytes: *const u8,
    len: usize,
    state: *mut RateLimitState,
) -> Status {
    // SAFETY: the caller's bytes are NULL or `len` readable ones, its state is NULL or writable.
    unsafe { read_encoded(bytes, len, state, RateLimitState::NONE, rate_limit::decode) }
}
