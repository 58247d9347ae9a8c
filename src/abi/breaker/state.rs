//! Breaker with state
//!
//! The whole breaker: it counts, trips, waits, probes and closes again.
//! The state is the host's, plain bytes; time is an argument. Before a call the host acquires a
//! permit, after it reports the outcome with that permit:
//!
//!     cloudcircuit_breaker_permit permit;
//!     cloudcircuit_breaker_acquire(NULL, &state, now, &permit);
//!     if (permit.allowed) {
//!         int ok = call();
//!         cloudcircuit_breaker_report(NULL, &state, &permit,
//!                                     ok ? CLOUDCIRCUIT_OUTCOME_SUCCESS
//!                                        : CLOUDCIRCUIT_OUTCOME_FAILURE, duration, later);
//!     }
//!
//! Closed. Every acquire is allowed and changes nothing. Every report but an ignored one is an
//! outcome: it goes into the window and into consecutive_failures, which a success sets to 0. Then
//! each rule of the config that is switched on may trip the breaker, after a success too: a slow
//! one, or one that completes minimum_calls. The rates look at the latest window_size outcomes, or
//! at all if there are fewer.
//!
//! Open. A trip opens it until now + open time: open_duration, doubled for each earlier trip since
//! it was last closed, up to max_open_duration, then lengthened by the jitter. The jitter is
//! (most + 1) * r / 2^64 rounded down, where most is jitter_ppm of the open time rounded down and r
//! is number `generation` (the open phase's own) of the sequence that SplitMix64 draws from
//! jitter_seed. Every acquire before open_until is refused.
//!
//! Half-open. The first acquire at or after open_until makes it half-open and is the first probe.
//! At most half_open_max_probes are in flight at once; other acquires are refused until the
//! earliest deadline. A probe takes the lowest free slot, and its deadline is now + probe_timeout.
//! A probe that reports a success, slow or not, counts; when half_open_successes have, the breaker
//! closes and starts over: counters, window and trips are 0.
//! A probe that reports a failure trips it again. So does one that has not reported before its
//! deadline: the next acquire, or the next report of any probe in flight, finds that out and, in
//! place of what it came for, opens the breaker until its own now + open time.
//!
//! Forced. A host may force it open or closed until a time. Nothing is judged meanwhile, reports
//! change nothing. The first acquire at or after forced_until closes it and starts it over.
//!
//! Late and repeated reports. A report from an earlier generation, so from an earlier phase, and a
//! second one of the same probe change nothing and answer CLOUDCIRCUIT_ERR_STALE_PERMIT: what was
//! called before a trip says nothing about the phase after it. A permit is known by its generation,
//! slot and deadline: while closed, calls have no slots, and reporting one twice counts it twice;
//! a probe that follows another one in its slot at the same now, or while the clock is behind
//! updated_at, is not told from it.
//!
//! Time. A now before updated_at counts as updated_at, so that a clock that runs back never opens
//! the way earlier; retry_after is then counted from there. now may be any int64_t; an open time or
//! a deadline later than INT64_MAX is INT64_MAX, which has come when now is.
//!
//! Which clock. One for all writers of a state, that survives a restart if the state does: seconds
//! since 1970, for example. A now that is far ahead once holds the breaker there, for every later now counts
//! as that one until the clock catches up.
//!
//! A state and a permit to be written must not overlap.

use crate::abi::{
    Status, read_encoded, read_optional, status, update_in_place, write, write_default,
    write_encoded,
};
use crate::breaker::fast_path as closed;
use crate::breaker::state::{self as breaker_state, BreakerConfig, BreakerPermit, BreakerState};
use crate::breaker::transitions as machine;
use crate::error::{Error, OK};

/// Whether they can be looked at where they are, for copies would slow calls down: state and permit
/// are not NULL, all are aligned, and no byte of a config is the state's, which may change.
#[inline(always)]
fn are_in_place(
    config: *const BreakerConfig,
    state: *const BreakerState,
    permit: *const BreakerPermit,
) -> bool {
    const { assert!(align_of::<BreakerConfig>() == align_of::<BreakerState>()) };
    const { assert!(align_of::<BreakerPermit>() == align_of::<BreakerState>()) };
    let addresses = config.addr() | state.addr() | permit.addr();
    // Where the config's last byte lies, from the state's first: before it, which wraps to far above,
    // or so far up that all of the config is behind the state.
    let (config_size, state_size) = (size_of::<BreakerConfig>(), size_of::<BreakerState>());
    let last_byte = config.addr().wrapping_add(config_size - 1).wrapping_sub(state.addr());
    !state.is_null()
        && !permit.is_null()
        && addresses.is_multiple_of(align_of::<BreakerState>())
        && (config.is_null() || last_byte >= config_size + state_size - 1)
}

/// Fills in the defaults, as the struct's fields name them.
///
/// config: where to write them.
///
/// Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when config is NULL.
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_breaker_config_init(config: *mut BreakerConfig) -> Status {
    // SAFETY: the caller's config is NULL or writable.
    unsafe { write_default(config) }
}

/// Makes a new breaker: closed, revision and generation 0. Only for a breaker that never was: a
/// permit of an older one could be taken for its own. To start a breaker over, force it to
/// CLOUDCIRCUIT_BREAKER_FORCED_CLOSED and then to CLOUDCIRCUIT_BREAKER_CLOSED.
///
/// now: the time.
/// state: where to write it.
///
/// Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when state is NULL.
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_breaker_init(now: i64, state: *mut BreakerState) -> Status {
    // SAFETY: the caller's state is NULL or writable.
    unsafe { write(state, Ok(BreakerState::new(now)), BreakerState::NONE) }
}

/// Asks whether a call may run now.
///
/// config: NULL for the defaults.
/// state: the breaker; not NULL. It changes only when a phase ends or a probe starts.
/// now: the time.
/// permit: the answer, to be passed to cloudcircuit_breaker_report if allowed; on an error
/// all of it is 0, which does not allow.
///
/// Returns CLOUDCIRCUIT_OK, also when refused, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER          state or permit is NULL
///   CLOUDCIRCUIT_ERR_WINDOW_SIZE           config window_size is above
///                                          CLOUDCIRCUIT_BREAKER_MAX_WINDOW
///   CLOUDCIRCUIT_ERR_MINIMUM_CALLS         window_size is above 0 and minimum_calls is not 1 to
///                                          window_size
///   CLOUDCIRCUIT_ERR_FAILURE_RATE_PPM      failure_rate_ppm is above 1000000
///   CLOUDCIRCUIT_ERR_SLOW_CALL_RATE_PPM    slow_call_rate_ppm is above 1000000
///   CLOUDCIRCUIT_ERR_HALF_OPEN_MAX_PROBES  half_open_max_probes is not 1 to
///                                          CLOUDCIRCUIT_BREAKER_MAX_PROBES
///   CLOUDCIRCUIT_ERR_HALF_OPEN_SUCCESSES   half_open_successes is 0
///   CLOUDCIRCUIT_ERR_JITTER_PPM            jitter_ppm is above 1000000
///   CLOUDCIRCUIT_ERR_SLOW_CALL_DURATION    window_size and slow_call_rate_ppm are above 0 and
///                                          slow_call_duration is not
///   CLOUDCIRCUIT_ERR_OPEN_DURATION         open_duration is below 1
///   CLOUDCIRCUIT_ERR_MAX_OPEN_DURATION     max_open_duration is below open_duration
///   CLOUDCIRCUIT_ERR_PROBE_TIMEOUT         probe_timeout is below 1
///   CLOUDCIRCUIT_ERR_CORRUPT_STATE         state is none that the library can have written
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_breaker_acquire(
    config: *const BreakerConfig,
    state: *mut BreakerState,
    now: i64,
    permit: *mut BreakerPermit,
) -> Status {
    if are_in_place(config, state, permit)
        // SAFETY: the caller's config is NULL or readable, its state readable, both aligned.
        && let Some(answer) = unsafe { closed::acquire(config.as_ref(), &*state, now) }
    {
        // SAFETY: the caller's permit is writable.
        unsafe { permit.write_unaligned(answer) };
        return OK;
    }
    // SAFETY: the contract of this function is the same.
    unsafe { acquire(config, state, now, permit) }
}

/// The same in any phase and for any arguments. Cold, here and below, so that a closed breaker's way is
/// laid out straight.
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

/// Tells how an allowed call went.
///
/// config: NULL for the defaults; the one that the permit was acquired with.
/// state: the breaker; not NULL.
/// permit: as acquired; not NULL.
/// outcome: a CLOUDCIRCUIT_OUTCOME constant.
/// duration: how long the call took, >= 0; counts only against slow_call_duration.
/// now: the time.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies, with the state as it was:
///   CLOUDCIRCUIT_ERR_NULL_POINTER   state or permit is NULL
///   the statuses of config and state, as for cloudcircuit_breaker_acquire
///   CLOUDCIRCUIT_ERR_PERMIT         permit was refused, or is none that this breaker can have
///                                   given out
///   CLOUDCIRCUIT_ERR_OUTCOME        outcome is no CLOUDCIRCUIT_OUTCOME constant
///   CLOUDCIRCUIT_ERR_DURATION       duration is below 0
///   CLOUDCIRCUIT_ERR_STALE_PERMIT   permit is from an earlier generation, or of a probe that has
///                                   reported
///
/// A stale permit is part of life, not a fault of the host: the breaker moved on without it.
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_breaker_report(
    config: *const BreakerConfig,
    state: *mut BreakerState,
    permit: *const BreakerPermit,
    outcome: i32,
    duration: i64,
    now: i64,
) -> Status {
    if are_in_place(config, state, permit)
        // SAFETY: the caller's config is NULL or readable, the others readable, all aligned.
        && unsafe { closed::can_judge(config.as_ref(), &*state, &*permit, outcome, duration) }
    {
        // SAFETY: as above, the state is writable, none of its bytes is the config's, and no reference
        // is left to the permit, which may share some.
        unsafe { closed::judge(config.as_ref(), &mut *state, outcome, duration, now) };
        return OK;
    }
    // SAFETY: the contract of this function is the same.
    unsafe { report(config, state, permit, outcome, duration, now) }
}

/// The same in any phase and for any arguments.
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
            machine::report(&config, state, &permit, outcome, duration, now)
        })
    })
}

/// Reports one call and acquires for the next, as cloudcircuit_breaker_report and
/// cloudcircuit_breaker_acquire one after the other at the same time, in one call. The revision
/// grows by one for each of the two that changes the state.
///
/// If either is an error, that is the status, nothing is reported and the state is as it was:
/// after CLOUDCIRCUIT_ERR_STALE_PERMIT acquire alone.
///
/// config: NULL for the defaults.
/// state: the breaker; not NULL.
/// permit: of the call that ended; not NULL.
/// outcome: a CLOUDCIRCUIT_OUTCOME constant.
/// duration: how long that call took, >= 0.
/// now: the time.
/// next: the permit of the next call, may be the same memory as permit; on an error all of it is
/// 0, which does not allow.
///
/// Returns CLOUDCIRCUIT_OK, CLOUDCIRCUIT_ERR_NULL_POINTER when state, permit or next is NULL, or
/// the other statuses of cloudcircuit_breaker_report in their order.
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_breaker_report_and_acquire(
    config: *const BreakerConfig,
    state: *mut BreakerState,
    permit: *const BreakerPermit,
    outcome: i32,
    duration: i64,
    now: i64,
    next: *mut BreakerPermit,
) -> Status {
    if !next.is_null()
        && are_in_place(config, state, permit)
        // SAFETY: the caller's config is NULL or readable, the others readable, all aligned.
        && unsafe { closed::can_judge(config.as_ref(), &*state, &*permit, outcome, duration) }
    {
        // SAFETY: as above, the state is writable, none of its bytes is the config's, and no reference
        // is left to the permit, which may share some.
        let (config, state) = unsafe { (config.as_ref(), &mut *state) };
        closed::judge(config, state, outcome, duration, now);
        // Each arm writes for itself: merged, permits would go through the stack first.
        match closed::admit(state, now) {
            // SAFETY: the caller's next is writable and apart from the state.
            Some(answer) => unsafe { next.write_unaligned(answer) },
            None => {
                let config = config.unwrap_or(&BreakerConfig::DEFAULT);
                // SAFETY: as above.
                unsafe { next.write_unaligned(state.admit(config, now)) }
            }
        }
        return OK;
    }
    // SAFETY: the contract of this function is the same.
    unsafe { report_and_acquire(config, state, permit, outcome, duration, now, next) }
}

/// The same in any phase and for any arguments.
///
/// # Safety
/// As for [`cloudcircuit_breaker_report_and_acquire`].
#[cold]
#[inline(never)]
unsafe fn report_and_acquire(
    config: *const BreakerConfig,
    state: *mut BreakerState,
    permit: *const BreakerPermit,
    outcome: i32,
    duration: i64,
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
            machine::report_and_acquire(&config, state, &permit, outcome, duration, now)
        })
    });
    // SAFETY: the caller's next is writable.
    unsafe { write(next, answer, BreakerPermit::REFUSED) }
}

/// Forces the breaker open or closed until a time, whatever it is in, or closes it. To force a
/// phase that it is in already only moves its end.
///
/// state: the breaker; not NULL.
/// forced_phase: CLOUDCIRCUIT_BREAKER_FORCED_OPEN, CLOUDCIRCUIT_BREAKER_FORCED_CLOSED, or
/// CLOUDCIRCUIT_BREAKER_CLOSED to end either, or an open or half-open phase; that starts it over,
/// and does nothing to a breaker that is closed.
/// until: when the forced phase ends, INT64_MAX for never; a time that has come, also one up to
/// updated_at, ends it at the next acquire. Without effect for CLOUDCIRCUIT_BREAKER_CLOSED.
/// now: the time.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies, with the state as it was:
///   CLOUDCIRCUIT_ERR_NULL_POINTER   state is NULL
///   CLOUDCIRCUIT_ERR_CORRUPT_STATE  state is none that the library can have written
///   CLOUDCIRCUIT_ERR_FORCED_PHASE   forced_phase is none of the three
///
///
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

/// Tells whether the library can have written a state, under whatever config: each of its fields
/// fits the others. Every call above looks for itself.
///
/// state: the breaker; not NULL.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER   state is NULL
///   CLOUDCIRCUIT_ERR_CORRUPT_STATE  it cannot
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_breaker_state_validate(state: *const BreakerState) -> Status {
    // SAFETY: the caller's state is NULL or readable.
    let state = unsafe { read_optional(state) }.ok_or(Error::NullPointer);
    status(state.and_then(|state| state.check()))
}

/// Writes a state as bytes that any machine reads: its fields in order, little-endian, then the
/// CRC-32 (that of zlib and PNG) of the bytes before it, little-endian too. The first four bytes,
/// the layout, tell this form from any later one.
///
/// state: the breaker; not NULL.
/// bytes: where to write; not NULL; may overlap the state. On an error other than that of len all
/// of it is 0, which decodes to no breaker.
/// len: their number, CLOUDCIRCUIT_BREAKER_ENCODED_LEN.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER    state or bytes is NULL
///   CLOUDCIRCUIT_ERR_ENCODED_LENGTH  len is another; nothing is written
///   CLOUDCIRCUIT_ERR_CORRUPT_STATE   state is none that the library can have written
///
///
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
/// len: their number, CLOUDCIRCUIT_BREAKER_ENCODED_LEN.
/// state: where to write it; may overlap bytes; on an error all of it is 0, which is no breaker.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER    bytes or state is NULL
///   CLOUDCIRCUIT_ERR_ENCODED_LENGTH  len is another
///   CLOUDCIRCUIT_ERR_CORRUPT_STATE   bytes are not as they were written
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_breaker_state_decode(
    bytes: *const u8,
    len: usize,
    state: *mut BreakerState,
) -> Status {
    // SAFETY: the caller's bytes are NULL or `len` readable ones, its state is NULL or writable.
    unsafe { read_encoded(bytes, len, state, BreakerState::NONE, breaker_state::decode) }
}
