//! Ledger
//!
//! A budget that cannot be overspent. Check-then-spend lets two requests pass one last dollar. A
//! ledger holds what a request may cost before it runs, and books what it did cost afterwards.
//! Amounts are exact: int64_t, in the host's smallest unit (cents, micros, tokens).
//!
//!     cloudcircuit_ledger_hold hold;
//!     cloudcircuit_ledger_decision decision;
//!     cloudcircuit_ledger_reserve(&config, &state, 500, now, &hold, &decision);
//!     if (decision.allowed)
//!         cloudcircuit_ledger_settle(&config, &state, &hold, spend_up_to(500), now, &decision);
//!
//! Promise. settled + held <= limit + carried after every call and through any rolls, as long as
//!   - limit and carry_max are not lowered, and mode is CLOUDCIRCUIT_MODE_ENFORCE;
//!   - nothing is booked but settles and posts of live holds, of at most their amount: no record,
//!     credit, ended or free hold.
//!
//! What does not keep to that is booked all the same, and said in overshoot.
//!
//! Holds end. A request may die before it settles. Set hold_duration, so that its hold ends: the
//! amount is free again at the hold's end, or up to 1/16 of hold_duration later. The default is 0,
//! and then a hold stays until it is settled or released. Every call first lets go what has ended
//! by now, and says so in expired. That changes the state, also when the call refuses. A hold that
//! has ended still books what was spent. cloudcircuit_ledger_extend() with 0 is the heartbeat of a
//! long request.
//!
//! Holds have an identity. A hold settles once, on its own ledger: an old copy is
//! CLOUDCIRCUIT_ERR_HOLD_SPENT. That is exact for the last 1,024 holds; an older one is taken as
//! not spent and reported as CLOUDCIRCUIT_LEDGER_REASON_UNVERIFIED.
//!
//! Clock. now is in the unit of hold_duration, from where the host likes. One before updated_at
//! counts as updated_at and sets clock_regressed. A clock that runs ahead ends holds early, and they
//! stay ended: take now from the store, not from each writer. After such a clock,
//! cloudcircuit_ledger_reset() makes the right time true again. It forgets what was settled and
//! carried: book that again with cloudcircuit_ledger_record().
//!
//! Many writers. Store state and hold in one transaction, only where the stored revision is still
//! the one that was read, as the beginning of this header says. Act on a decision only after that.
//!
//! Reasons. reason is one constant. A refused request says OVER_LIMIT or EXCEEDS_LIMIT. Else reason
//! is the first that applies of UNVERIFIED, EXPIRED, FREE and UNLIMITED. Else it says how settled +
//! held compares with limit + carried after the call: WITHIN, AT_LIMIT or OVER_LIMIT.
//!
//! Thresholds. Each is told in newly_crossed once a period, to one writer. A threshold is told
//! again in the same period only if the config is changed and the threshold is then above the
//! period's highest value. Where nothing is left to share, limit + carried <= 0, every threshold in
//! parts per million is reached.
//!
//! With a breaker. A ledger may refuse after a breaker has given a permit. The call then does not
//! run: report the permit as CLOUDCIRCUIT_OUTCOME_IGNORED, or a probe's place stays taken until its
//! deadline.
//!
//!     cloudcircuit_breaker_acquire(&rules, &breaker, now, &permit);
//!     if (permit.allowed) {
//!         cloudcircuit_ledger_reserve(&config, &state, 500, now, &hold, &decision);
//!         if (!decision.allowed)
//!             cloudcircuit_breaker_report(&rules, &breaker, &permit,
//!                                         CLOUDCIRCUIT_OUTCOME_IGNORED, 0, INT64_MIN, now);
//!     }
//!
//! A state, a hold and a decision to be written must not overlap.

use crate::abi::{
    Status, read_encoded, read_optional, status, update, write, write_default, write_encoded,
};
use crate::error::{Error, OK};
use crate::ledger::config::LedgerConfig;
use crate::ledger::decide::{self, Call, LedgerDecision};
use crate::ledger::hold::LedgerHold;
use crate::ledger::state::{self, LedgerState};

/// Fills in the defaults: a limit of 0, no carry, holds without end, no thresholds.
///
/// config: where to write them.
///
/// Errors: NULL_POINTER.
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_config_init(config: *mut LedgerConfig) -> Status {
    // SAFETY: the caller's config is NULL or writable.
    unsafe { write_default(config) }
}

/// Makes a new ledger: nothing settled, nothing held, revision 0.
///
/// ledger_id: which ledger this is; > 0. Use a new id for every ledger, also for one that you make
/// again or restore from a backup: it may else accept holds of the old one, or holds of the old one
/// are taken for its own. Where it replaces the old one in a store, writers compare ledger_id next to
/// revision, or a late write of the old ledger may be stored over the new one.
/// period: the period that it starts in.
/// now: the time.
/// state: where to write it; nothing is written on an error.
///
/// Errors: NULL_POINTER, LEDGER_ID (the first that applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_init(
    ledger_id: u64,
    period: i64,
    now: i64,
    state: *mut LedgerState,
) -> Status {
    if state.is_null() {
        return Error::NullPointer.status();
    }
    match LedgerState::new(ledger_id, period, now) {
        Ok(new) => {
            // SAFETY: not NULL, so the caller's state is writable.
            unsafe { state.write_unaligned(new) };
            OK
        }
        Err(error) => error.status(),
    }
}

/// Holds an estimate if settled + held + estimate <= limit + carried: all of it or nothing.
///
/// config: NULL for the defaults.
/// state: the ledger.
/// estimate: the most that the request may cost; >= 0; 0 is always allowed.
/// now: the time.
/// hold: what is held; wholly 0 when refused and on an error.
/// decision: the answer; wholly 0 on an error.
///
/// Errors: NULL_POINTER, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION, THRESHOLD_COUNT,
/// THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT, CORRUPT_STATE, ESTIMATE,
/// OVERFLOW (the first that applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_reserve(
    config: *const LedgerConfig,
    state: *mut LedgerState,
    estimate: i64,
    now: i64,
    hold: *mut LedgerHold,
    decision: *mut LedgerDecision,
) -> Status {
    if hold.is_null() {
        // SAFETY: the caller's decision is NULL or writable.
        return unsafe { write(decision, Err(Error::NullPointer), LedgerDecision::REFUSED) };
    }
    // SAFETY: the caller's pointers are NULL, or readable and, but for the config, writable.
    unsafe {
        let held = decide(config, state, Call::Reserve { estimate }, now, decision);
        write(hold, held, LedgerHold::NONE)
    }
}

/// Asks for more on a hold, and gives it a new end: now + hold_duration.
///
/// A hold that has ended must fit again as a whole, amount + more, and then lives again. The hold
/// gets a new id: store it with the state; every older copy of it is spent. When refused, the hold
/// keeps its amount, its end and its id.
///
/// config: NULL for the defaults.
/// state: the ledger.
/// hold: the hold; keeps every byte when refused and on an error.
/// more: the amount to add; >= 0; 0 only moves the end and is always allowed while the hold lives.
/// now: the time.
/// decision: the answer; wholly 0 on an error.
///
/// Errors: NULL_POINTER, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION, THRESHOLD_COUNT,
/// THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT, CORRUPT_STATE, HOLD_SPENT,
/// HOLD_LEDGER, HOLD_ID, HOLD_AMOUNT, MORE, OVERFLOW (the first that applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_extend(
    config: *const LedgerConfig,
    state: *mut LedgerState,
    hold: *mut LedgerHold,
    more: i64,
    now: i64,
    decision: *mut LedgerDecision,
) -> Status {
    // SAFETY: the caller's pointers are NULL, or readable and, but for the config, writable.
    unsafe {
        decide_on_hold(config, state, hold, |hold| Call::Extend { hold, more }, now, decision)
    }
}

/// Books a part of what a hold is for, and goes on holding the rest until its end.
///
/// Never refused, also when the part is more than the hold's amount or goes past the limit. The
/// hold gets a new id, as with cloudcircuit_ledger_extend().
///
/// config: NULL for the defaults.
/// state: the ledger.
/// hold: the hold; its amount goes down by part, at most to 0. Keeps every byte on an error.
/// part: what was spent; >= 0.
/// now: the time.
/// decision: where the ledger stands; wholly 0 on an error.
///
/// Errors: NULL_POINTER, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION, THRESHOLD_COUNT,
/// THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT, CORRUPT_STATE, HOLD_SPENT,
/// HOLD_LEDGER, HOLD_ID, HOLD_AMOUNT, PART, OVERFLOW (the first that applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_post(
    config: *const LedgerConfig,
    state: *mut LedgerState,
    hold: *mut LedgerHold,
    part: i64,
    now: i64,
    decision: *mut LedgerDecision,
) -> Status {
    // SAFETY: the caller's pointers are NULL, or readable and, but for the config, writable.
    unsafe { decide_on_hold(config, state, hold, |hold| Call::Post { hold, part }, now, decision) }
}

/// Books what a held request cost and lets the rest of the hold go.
///
/// Never refused, also when that is more than was held or goes past the limit. A hold that has
/// ended is booked too, with CLOUDCIRCUIT_LEDGER_REASON_EXPIRED; it takes nothing from other holds.
///
/// config: NULL for the defaults.
/// state: the ledger.
/// hold: the hold; becomes spent: all but its ledger_id is 0. Keeps every byte on an error.
/// actual: what the request cost; >= 0.
/// now: the time.
/// decision: where the ledger stands; wholly 0 on an error.
///
/// Errors: NULL_POINTER, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION, THRESHOLD_COUNT,
/// THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT, CORRUPT_STATE, HOLD_SPENT,
/// HOLD_LEDGER, HOLD_ID, HOLD_AMOUNT, ACTUAL, OVERFLOW (the first that applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_settle(
    config: *const LedgerConfig,
    state: *mut LedgerState,
    hold: *mut LedgerHold,
    actual: i64,
    now: i64,
    decision: *mut LedgerDecision,
) -> Status {
    // SAFETY: the caller's pointers are NULL, or readable and, but for the config, writable.
    unsafe {
        decide_on_hold(config, state, hold, |hold| Call::Settle { hold, actual }, now, decision)
    }
}

/// Lets a hold go whose request did not run: settles it with 0.
///
/// config: NULL for the defaults.
/// state: the ledger.
/// hold: the hold; becomes spent: all but its ledger_id is 0. Keeps every byte on an error.
/// now: the time.
/// decision: where the ledger stands; wholly 0 on an error.
///
/// Errors: NULL_POINTER, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION, THRESHOLD_COUNT,
/// THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT, CORRUPT_STATE, HOLD_SPENT,
/// HOLD_LEDGER, HOLD_ID, HOLD_AMOUNT, OVERFLOW (the first that applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_release(
    config: *const LedgerConfig,
    state: *mut LedgerState,
    hold: *mut LedgerHold,
    now: i64,
    decision: *mut LedgerDecision,
) -> Status {
    // SAFETY: the caller's pointers are NULL, or readable and, but for the config, writable.
    unsafe {
        decide_on_hold(config, state, hold, |hold| Call::Settle { hold, actual: 0 }, now, decision)
    }
}

/// Books spend that was not held, or a credit. Never refused, also past the limit.
///
/// config: NULL for the defaults.
/// state: the ledger.
/// amount: what was spent; below 0 for a credit, which may take settled below 0 too.
/// now: the time.
/// decision: where the ledger stands; wholly 0 on an error.
///
/// Errors: NULL_POINTER, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION, THRESHOLD_COUNT,
/// THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT, CORRUPT_STATE, OVERFLOW
/// (the first that applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_record(
    config: *const LedgerConfig,
    state: *mut LedgerState,
    amount: i64,
    now: i64,
    decision: *mut LedgerDecision,
) -> Status {
    // SAFETY: the caller's pointers are NULL, or readable and, but for the config, writable.
    let answer = unsafe { decide(config, state, Call::Record { amount }, now, decision) };
    status(answer.map(|_| ()))
}

/// Moves to a later period. What is held stays held.
///
/// carried becomes what was left of limit + carried, at most carry_max, or minus what was
/// overspent, at most debt_max; 0 in CLOUDCIRCUIT_MODE_UNLIMITED. What is held does not count as
/// spent. Pass the config of the period that ends. A jump over several periods is one roll.
///
/// A roll to the period that the ledger is in only lets ended holds go, so every writer may roll
/// before it reserves. A roll to an earlier one keeps every byte and answers with clock_regressed 1.
///
/// config: NULL for the defaults.
/// state: the ledger.
/// period: the period to be in.
/// now: the time.
/// decision: where the ledger stands; wholly 0 on an error.
///
/// Errors: NULL_POINTER, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION, THRESHOLD_COUNT,
/// THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT, CORRUPT_STATE, OVERFLOW
/// (the first that applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_roll(
    config: *const LedgerConfig,
    state: *mut LedgerState,
    period: i64,
    now: i64,
    decision: *mut LedgerDecision,
) -> Status {
    // SAFETY: the caller's pointers are NULL, or readable and, but for the config, writable.
    let answer = unsafe { decide(config, state, Call::Roll { period }, now, decision) };
    status(answer.map(|_| ()))
}

/// Starts a ledger over by an operator's word: nothing settled or carried, period and now are true.
///
/// Both may run back: this is the way out of a clock that ran ahead. Holds with an end then end at
/// one time, at the latest about twice the longest hold_duration after now, unless they had ended
/// before. What is held without end stays: if the host has lost such a hold, only a new ledger, by
/// cloudcircuit_ledger_init() with a new id, is free of it.
///
/// state: the ledger; keeps every byte on an error.
/// period: the period to be in.
/// now: the time.
///
/// Errors: NULL_POINTER, CORRUPT_STATE, OVERFLOW (the first that applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_reset(
    state: *mut LedgerState,
    period: i64,
    now: i64,
) -> Status {
    // SAFETY: the caller's state is NULL, or readable and writable.
    status(unsafe { update(state, |state| state.reset(period, now)) })
}

/// Makes a call, writes the decision, and answers the hold.
///
/// # Safety
/// `config` is NULL or readable, `state` is NULL, or readable and writable, `decision` is NULL or
/// writable.
#[inline(never)]
unsafe fn decide(
    config: *const LedgerConfig,
    state: *mut LedgerState,
    call: Call,
    now: i64,
    decision: *mut LedgerDecision,
) -> Result<LedgerHold, Error> {
    if decision.is_null() {
        return Err(Error::NullPointer);
    }
    // SAFETY: NULL or readable by contract.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    // SAFETY: NULL, or readable and writable by contract.
    let answer = unsafe { update(state, |state| decide::decide(&config, state, call, now)) };
    // SAFETY: not NULL, so writable by contract.
    unsafe { write(decision, answer.map(|answer| answer.decision), LedgerDecision::REFUSED) };
    answer.map(|answer| answer.hold)
}

/// A call with a hold, which is written where it went well.
///
/// # Safety
/// Each pointer is NULL, or readable and, but for the config, writable.
unsafe fn decide_on_hold(
    config: *const LedgerConfig,
    state: *mut LedgerState,
    hold: *mut LedgerHold,
    call: impl FnOnce(LedgerHold) -> Call,
    now: i64,
    decision: *mut LedgerDecision,
) -> Status {
    // SAFETY: NULL or readable by contract; read before the state is written.
    let Some(given) = (unsafe { read_optional(hold) }) else {
        // SAFETY: NULL or writable by contract.
        return unsafe { write(decision, Err(Error::NullPointer), LedgerDecision::REFUSED) };
    };
    // SAFETY: the same contract as this function's.
    let kept = unsafe { decide(config, state, call(given), now, decision) };
    if let Ok(kept) = kept {
        // SAFETY: it was not NULL, so it is writable by contract.
        unsafe { hold.write_unaligned(kept) };
    }
    status(kept.map(|_| ()))
}

/// Checks whether a state is one that the library can have written, under whatever config.
///
/// Every call checks so too. Field checks cannot detect all corruption: where storage may lose
/// bytes, store the encoded form, which has a checksum.
///
/// state: the ledger.
///
/// Errors: NULL_POINTER, CORRUPT_STATE (the first that applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_state_validate(state: *const LedgerState) -> Status {
    // SAFETY: the caller's state is NULL or readable.
    let state = unsafe { read_optional(state) }.ok_or(Error::NullPointer);
    status(state.and_then(|state| state.check()))
}

/// Writes a state as bytes that any machine reads; docs/LEDGER.md has their layout.
///
/// state: the ledger.
/// bytes: where to write; may overlap the state; wholly 0 on an error, but untouched on
///     ENCODED_LENGTH. Zeroed bytes decode to no ledger.
/// len: CLOUDCIRCUIT_LEDGER_ENCODED_LEN.
///
/// Errors: NULL_POINTER, ENCODED_LENGTH, CORRUPT_STATE (the first that applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_state_encode(
    state: *const LedgerState,
    bytes: *mut u8,
    len: usize,
) -> Status {
    // SAFETY: the caller's state is NULL or readable, its bytes are NULL or `len` writable ones.
    unsafe { write_encoded(state, bytes, len, state::encode) }
}

/// Reads a state from what cloudcircuit_ledger_state_encode() wrote, on whatever machine.
///
/// bytes: what was written.
/// len: CLOUDCIRCUIT_LEDGER_ENCODED_LEN.
/// state: where to write it; may overlap bytes; wholly 0 on an error, which is no ledger.
///
/// Errors: NULL_POINTER, ENCODED_LENGTH, CORRUPT_STATE (the first that applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_state_decode(
    bytes: *const u8,
    len: usize,
    state: *mut LedgerState,
) -> Status {
    // SAFETY: the caller's bytes are NULL or `len` readable ones, its state is NULL or writable.
    unsafe { read_encoded(bytes, len, state, LedgerState::NONE, state::decode) }
}
