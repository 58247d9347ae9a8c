//! Breaker with state
//!
//! The whole circuit breaker: it counts, opens, waits, probes and closes. The state is plain bytes
//! that the host stores; time is an argument. Acquire a permit before a call, and report the
//! outcome with that permit after it:
//!
//!     cloudcircuit_breaker_permit permit;
//!     cloudcircuit_breaker_acquire(NULL, &state, now, &permit);
//!     if (permit.allowed) {
//!         int ok = call();
//!         cloudcircuit_breaker_report(NULL, &state, &permit,
//!                                     ok ? CLOUDCIRCUIT_OUTCOME_SUCCESS
//!                                        : CLOUDCIRCUIT_OUTCOME_FAILURE,
//!                                     later - now, INT64_MIN, later);
//!     }
//!
//! Closed. Calls are allowed and their outcomes are counted. After each recorded outcome the rules
//! that are switched on are checked: failure_threshold (failures in a row), failure_count (failures
//! in the window), failure_rate_ppm and slow_call_rate_ppm (shares of the window). One that is
//! reached opens the breaker; a slow success, or one that completes minimum_calls, can do that too.
//! A success that can change no later decision leaves every byte of the state.
//!
//! Open. Calls are refused for the open time: open_duration, multiplied by backoff_ppm for each
//! trip before, at most max_open_duration, then lengthened by jitter. A failure with a retry_at,
//! the time from a Retry-After, opens the breaker until then, at most max_retry_after after now, and
//! counts no trip. If the same failure reaches a rule, the later of both times holds. By default
//! max_retry_after is 0, and retry_at is ignored.
//!
//! Half-open. The first acquire after the open time is the first probe. At most
//! half_open_max_probes are in flight, and half_open_calls are judged. While slow_call_rate_ppm is
//! above 0 a slow probe has failed. Once failed probes reach half_open_failure_rate_ppm of
//! half_open_calls the breaker opens again; once all are judged or that share is out of reach it
//! closes. An ignored probe gives its place back. A probe that has not reported by its deadline has
//! failed as of then: a new open time counts from the deadline, and if it is over already, the same
//! acquire is the next probe. After half_open_duration half-open ends: the breaker opens when no
//! probe was judged or the share of those judged is reached, else it closes.
//!
//! Closed again. Counters and windows start from 0. With ramp_duration a rising share of calls is
//! let through first. trips are forgotten, or with trips_decay fade one by one.
//!
//! Forced. cloudcircuit_breaker_force opens or closes the breaker until a time; nothing is judged
//! meanwhile. FORCED_OPEN ends in half-open, FORCED_CLOSED in closed.
//!
//! Late and repeated reports. A report from an earlier phase, or a second one of the same probe,
//! changes nothing and returns CLOUDCIRCUIT_ERR_STALE_PERMIT. Stale permits are expected under
//! concurrency. A permit is known by generation, slot and deadline: closed calls have no slot, so
//! reporting one twice counts it twice. Two probes in one slot at the same now look alike: a late
//! report of the first counts for the second.
//!
//! Other safeguards. When a call was allowed here but another safeguard, for example a ledger,
//! refuses it, report CLOUDCIRCUIT_OUTCOME_IGNORED: a probe that never ran must give its place back.
//!
//! Time. A now before updated_at counts as updated_at, so a clock that runs back never opens the
//! way earlier. retry_after is counted from the now that was passed. now may be any int64_t. A time
//! past INT64_MAX is stored as INT64_MAX. It is reached only when now is INT64_MAX.
//!
//! Which clock. One clock for all writers of a state, which survives a restart if the state does:
//! for example milliseconds since 1970. A now that is far ahead, even once, holds the breaker there
//! until the clock catches up. cloudcircuit_breaker_reset is the way out: its now is the truth.
//!
//! A state and a permit to be written must not overlap. Rules and encoding in full: docs/BREAKER.md.

use crate::abi::{
    Status, read_encoded, read_optional, status, update_in_place, write, write_default,
    write_encoded,
};
use crate::breaker::config::BreakerConfig;
use crate::breaker::fast_path::{self as closed, PermitWords, StateWords};
use crate::breaker::permit::BreakerPermit;
use crate::breaker::state::{self as breaker_state, BreakerState};
use crate::breaker::transitions as machine;
use crate::error::{Error, OK};

/// Whether they can be looked at where they are, for copies would slow calls down: config and state are
/// aligned, state and permit are not NULL. A config may overlap the state: it is read before that changes.
#[inline(always)]
fn are_in_place(
    config: *const BreakerConfig,
    state: *const BreakerState,
    permit: *const BreakerPermit,
) -> bool {
    !state.is_null() && !permit.is_null() && state.is_aligned() && config.is_aligned()
}

/// The words of a state.
///
/// # Safety
/// `state` is aligned and readable, also while the words are used.
#[inline(always)]
unsafe fn words<'a>(state: *const BreakerState) -> &'a StateWords {
    const { assert!(align_of::<StateWords>() <= align_of::<BreakerState>()) };
    // SAFETY: aligned and readable by contract, and a state is words without padding.
    unsafe { &*state.cast() }
}

/// The words of a permit.
///
/// # Safety
/// `permit` is readable, at any alignment.
#[inline(always)]
unsafe fn permit_words(permit: *const BreakerPermit) -> PermitWords {
    // SAFETY: readable by contract, and a permit is words without padding.
    unsafe { permit.cast::<PermitWords>().read_unaligned() }
}

/// Fills in the default config. Its durations are in milliseconds.
///
/// config: where to write it; not NULL.
///
/// Errors: NULL_POINTER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_breaker_config_init(config: *mut BreakerConfig) -> Status {
    // SAFETY: the caller's config is NULL or writable.
    unsafe { write_default(config) }
}

/// Makes a new breaker: closed, revision 0, generation 1.
///
/// Call it once per breaker: permits of an earlier one could be accepted. To start a breaker
/// over, use cloudcircuit_breaker_reset.
///
/// now:   the time, in the host's unit.
/// state: where to write it; not NULL.
///
/// Errors: NULL_POINTER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_breaker_init(now: i64, state: *mut BreakerState) -> Status {
    // SAFETY: the caller's state is NULL or writable.
    unsafe { write(state, Ok(BreakerState::new(now)), BreakerState::NONE) }
}

/// Asks whether a call may run now.
///
/// A refused call is no error. The state changes only when a phase ends, a probe starts or is
/// lost, or a ramp counts a call.
///
/// config: NULL for the defaults, whose durations are in milliseconds.
/// state:  the breaker; not NULL; on error it keeps every byte.
/// now:    the time, in the unit of the config's durations.
/// permit: the answer, for cloudcircuit_breaker_report if allowed; not NULL; on error all of it
///         is 0, which does not allow.
///
/// Errors: NULL_POINTER, WINDOW_SIZE, WINDOW_DURATION, MINIMUM_CALLS, FAILURE_COUNT,
/// FAILURE_RATE_PPM, SLOW_CALL_RATE_PPM, SLOW_CALL_DURATION, HALF_OPEN_MAX_PROBES,
/// HALF_OPEN_CALLS, HALF_OPEN_FAILURE_RATE_PPM, BACKOFF_PPM, JITTER_PPM, MODE, OPEN_DURATION,
/// MAX_OPEN_DURATION, PROBE_TIMEOUT, HALF_OPEN_DURATION, TRIPS_DECAY, MAX_RETRY_AFTER,
/// RAMP_DURATION, NO_RULE, CORRUPT_STATE (the first that applies).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_breaker_acquire(
    config: *const BreakerConfig,
    state: *mut BreakerState,
    now: i64,
    permit: *mut BreakerPermit,
) -> Status {
    if are_in_place(config, state, permit)
        // SAFETY: the caller's config is NULL or readable, its state readable, both aligned.
        && let Some(answer) = unsafe { closed::acquire(config.as_ref(), words(state), now) }
    {
        // SAFETY: the caller's permit is writable.
        unsafe { permit.write_unaligned(answer) };
        return OK;
    }
    // SAFETY: same contract as this function's.
    unsafe { acquire(config, state, now, permit) }
}

/// Acquires in any phase and for any arguments. Cold, here and below, so that the fast path is laid
/// out straight.
///
/// # Safety
/// As for [`cloudcircuit_breaker_acquire`].
#[cold]
#[inline(never)]
unsafe fn acquire(
    config: *const BreakerConfig,
    state: *mut BreakerState,
    now: i64,
    permit: *mut BreakerPermit,
) -> Status {
    if permit.is_null() {
        return Error::NullPointer.status();
    }
    // SAFETY: the caller's config is NULL or readable.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    // SAFETY: the caller's state is NULL or readable and writable.
    let answer = unsafe { update_in_place(state, |state| machine::acquire(&config, state, now)) };
    // SAFETY: the caller's permit is writable.
    unsafe { write(permit, answer, BreakerPermit::REFUSED) }
}

/// Says what cloudcircuit_breaker_acquire would answer now, and changes nothing.
///
/// The permit has generation 0 and cannot be reported.
///
/// config: NULL for the defaults, whose durations are in milliseconds.
/// state:  the breaker; not NULL.
/// now:    the time, in the unit of the config's durations.
/// permit: the answer; not NULL; on error all of it is 0, which does not allow.
///
/// Errors: NULL_POINTER, the config's as for cloudcircuit_breaker_acquire, CORRUPT_STATE (the
/// first that applies).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_breaker_peek(
    config: *const BreakerConfig,
    state: *const BreakerState,
    now: i64,
    permit: *mut BreakerPermit,
) -> Status {
    // SAFETY: the caller's config is NULL or readable.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    // SAFETY: the caller's state is NULL or readable.
    let state = unsafe { read_optional(state) }.ok_or(Error::NullPointer);
    let answer = state.and_then(|state| machine::peek(&config, state, now));
    // SAFETY: the caller's permit is NULL or writable.
    unsafe { write(permit, answer, BreakerPermit::REFUSED) }
}

/// Reports how an allowed call went.
///
/// A report while half-open first counts probes whose deadline has passed as failed. If that ends
/// the phase the report judges nothing and returns CLOUDCIRCUIT_OK.
///
/// config:   NULL for the defaults, whose durations are in milliseconds.
/// state:    the breaker; not NULL; on error it keeps every byte.
/// permit:   as acquired; not NULL.
/// outcome:  a CLOUDCIRCUIT_OUTCOME constant.
/// duration: how long the call took; >= 0; counts against slow_call_duration.
/// retry_at: with a failure, the time before which the called service wants no call, in the unit of
///           now: for example now plus its Retry-After, which is in seconds; INT64_MIN for none.
///           Ignored unless the config's max_retry_after is above 0 (it is 0 by default), and with
///           any other outcome.
/// now:      the time, in the unit of the config's durations.
///
/// Errors: NULL_POINTER, the config's as for cloudcircuit_breaker_acquire, CORRUPT_STATE, PERMIT,
/// OUTCOME, DURATION, STALE_PERMIT (the first that applies).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_breaker_report(
    config: *const BreakerConfig,
    state: *mut BreakerState,
    permit: *const BreakerPermit,
    outcome: i32,
    duration: i64,
    retry_at: i64,
    now: i64,
) -> Status {
    if are_in_place(config, state, permit)
        // SAFETY: the caller's config is NULL or readable, the others readable, the first two aligned.
        && unsafe {
            let (state, permit) = (words(state), permit_words(permit));
            closed::can_judge(config.as_ref(), state, &permit, outcome, duration)
        }
    {
        // SAFETY: as above, the state is writable, the config is not read again, and the permit was copied.
        unsafe { closed::judge(&mut *state, outcome, now) };
        return OK;
    }
    // SAFETY: same contract as this function's.
    unsafe { report(config, state, permit, outcome, duration, retry_at, now) }
}

/// Reports in any phase and for any arguments.
///
/// # Safety
/// As for [`cloudcircuit_breaker_report`].
#[cold]
#[inline(never)]
unsafe fn report(
    config: *const BreakerConfig,
    state: *mut BreakerState,
    permit: *const BreakerPermit,
    outcome: i32,
    duration: i64,
    retry_at: i64,
    now: i64,
) -> Status {
    // SAFETY: the caller's config is NULL or readable.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    // SAFETY: the caller's permit is NULL or readable.
    let Some(permit) = (unsafe { read_optional(permit) }) else {
        return Error::NullPointer.status();
    };
    // SAFETY: the caller's state is NULL or readable and writable.
    status(unsafe {
        update_in_place(state, |state| {
            machine::report(&config, state, &permit, outcome, duration, retry_at, now)
        })
    })
}

/// Reports one call and acquires for the next at the same time.
///
/// The result is that of cloudcircuit_breaker_report and then cloudcircuit_breaker_acquire, and
/// the revision grows by one for each of the two that changes the state. On error nothing is
/// reported: after CLOUDCIRCUIT_ERR_STALE_PERMIT, call cloudcircuit_breaker_acquire alone.
///
/// config:   NULL for the defaults, whose durations are in milliseconds.
/// state:    the breaker; not NULL; on error it keeps every byte.
/// permit:   of the call that ended; not NULL.
/// outcome:  a CLOUDCIRCUIT_OUTCOME constant.
/// duration: how long that call took; >= 0.
/// retry_at: as for cloudcircuit_breaker_report; INT64_MIN for none.
/// now:      the time, in the unit of the config's durations.
/// next:     the permit of the next call; not NULL; may be the same memory as permit; on error
///           all of it is 0, which does not allow.
///
/// Errors: NULL_POINTER, the config's as for cloudcircuit_breaker_acquire, CORRUPT_STATE, PERMIT,
/// OUTCOME, DURATION, STALE_PERMIT (the first that applies).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_breaker_report_and_acquire(
    config: *const BreakerConfig,
    state: *mut BreakerState,
    permit: *const BreakerPermit,
    outcome: i32,
    duration: i64,
    retry_at: i64,
    now: i64,
    next: *mut BreakerPermit,
) -> Status {
    if !next.is_null()
        && are_in_place(config, state, permit)
        // SAFETY: the caller's config is NULL or readable, the others readable, the first two aligned.
        && unsafe {
            let (state, permit) = (words(state), permit_words(permit));
            closed::can_judge(config.as_ref(), state, &permit, outcome, duration)
        }
    {
        // SAFETY: as above, the state is writable, the config is not read again, and the permit was copied.
        let state = unsafe { &mut *state };
        closed::judge(state, outcome, now);
        // SAFETY: the caller's next is writable and apart from the state.
        unsafe { next.write_unaligned(closed::admit(state, now)) };
        return OK;
    }
    // SAFETY: same contract as this function's.
    unsafe { report_and_acquire(config, state, permit, outcome, duration, retry_at, now, next) }
}

/// Reports and acquires in any phase and for any arguments.
///
/// # Safety
/// As for [`cloudcircuit_breaker_report_and_acquire`].
#[cold]
#[inline(never)]
#[expect(clippy::too_many_arguments, reason = "those of the C function")]
unsafe fn report_and_acquire(
    config: *const BreakerConfig,
    state: *mut BreakerState,
    permit: *const BreakerPermit,
    outcome: i32,
    duration: i64,
    retry_at: i64,
    now: i64,
    next: *mut BreakerPermit,
) -> Status {
    if next.is_null() {
        return Error::NullPointer.status();
    }
    // SAFETY: the caller's config is NULL or readable.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    // SAFETY: the caller's permit is NULL or readable.
    let permit = unsafe { read_optional(permit) }.ok_or(Error::NullPointer);
    // SAFETY: the caller's state is NULL or readable and writable.
    let answer = permit.and_then(|permit| unsafe {
        update_in_place(state, |state| {
            machine::report_and_acquire(&config, state, &permit, outcome, duration, retry_at, now)
        })
    });
    // SAFETY: the caller's next is writable.
    unsafe { write(next, answer, BreakerPermit::REFUSED) }
}

/// Forces the breaker open or closed until a time, or closes it.
///
/// The breaker starts over in the forced phase: counters, windows and trips are 0, and probes in
/// flight are forgotten. To force a phase that it is in already only moves its end.
/// CLOUDCIRCUIT_BREAKER_CLOSED ends any phase, trips and a ramp; it does nothing to a breaker that
/// is closed without them.
///
/// state:        the breaker; not NULL; on error it keeps every byte.
/// forced_phase: CLOUDCIRCUIT_BREAKER_FORCED_OPEN, _FORCED_CLOSED or _CLOSED.
/// until:        when the forced phase ends, INT64_MAX for never. A time up to updated_at ends it
///               at the next acquire. No effect for CLOUDCIRCUIT_BREAKER_CLOSED.
/// now:          the time, in the unit of the config's durations.
///
/// Errors: NULL_POINTER, CORRUPT_STATE, FORCED_PHASE (the first that applies).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_breaker_force(
    state: *mut BreakerState,
    forced_phase: i32,
    until: i64,
    now: i64,
) -> Status {
    // SAFETY: the caller's state is NULL or readable and writable.
    status(unsafe {
        update_in_place(state, |state| machine::force(state, forced_phase, until, now))
    })
}

/// Starts the breaker over: closed, generation + 1, all counters 0.
///
/// now becomes updated_at even when it is earlier. This is the way out after a clock that ran
/// ahead. Permits given out before are CLOUDCIRCUIT_ERR_STALE_PERMIT.
///
/// state: the breaker; not NULL; on error it keeps every byte.
/// now:   the true time, in the unit of the config's durations.
///
/// Errors: NULL_POINTER, CORRUPT_STATE (the first that applies).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_breaker_reset(state: *mut BreakerState, now: i64) -> Status {
    // SAFETY: the caller's state is NULL or readable and writable.
    status(unsafe { update_in_place(state, |state| machine::reset(state, now)) })
}

/// Checks whether the library can have written a state, under whatever config.
///
/// Every other call checks its state too. Fields cannot detect all corruption; the encoded form
/// has a checksum.
///
/// state: the breaker; not NULL.
///
/// Errors: NULL_POINTER, CORRUPT_STATE (the first that applies).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_breaker_state_validate(state: *const BreakerState) -> Status {
    // SAFETY: the caller's state is NULL or readable.
    let state = unsafe { read_optional(state) }.ok_or(Error::NullPointer);
    status(state.and_then(|state| state.check()))
}

/// Writes a state as bytes that any machine reads.
///
/// state: the breaker; not NULL.
/// bytes: where to write; not NULL; may overlap the state; on error, except that of len, all of
///        it is 0, which decodes to no breaker.
/// len:   CLOUDCIRCUIT_BREAKER_ENCODED_LEN.
///
/// Errors: NULL_POINTER, ENCODED_LENGTH, CORRUPT_STATE (the first that applies).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_breaker_state_encode(
    state: *const BreakerState,
    bytes: *mut u8,
    len: usize,
) -> Status {
    // SAFETY: the caller's state is NULL or readable, its bytes are NULL or `len` writable ones.
    unsafe { write_encoded(state, bytes, len, breaker_state::encode) }
}

/// Reads a state from what cloudcircuit_breaker_state_encode wrote, on whatever machine.
///
/// bytes: not NULL.
/// len:   CLOUDCIRCUIT_BREAKER_ENCODED_LEN.
/// state: where to write it; not NULL; may overlap bytes; on error all of it is 0, which is no
///        breaker.
///
/// Errors: NULL_POINTER, ENCODED_LENGTH, CORRUPT_STATE (the first that applies).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_breaker_state_decode(
    bytes: *const u8,
    len: usize,
    state: *mut BreakerState,
) -> Status {
    // SAFETY: the caller's bytes are NULL or `len` readable ones, its state is NULL or writable.
    unsafe { read_encoded(bytes, len, state, BreakerState::NONE, breaker_state::decode) }
}
