//! Ledger
//!
//! A budget that cannot be overspent. Check-then-spend lets two requests pass one last dollar; a
//! ledger holds what a request may cost before it runs, and books what it did cost afterwards. Its
//! amounts are exact: int64_t, in the host's smallest unit (cents, micros, tokens).
//!
//!     cloudcircuit_ledger_hold hold;
//!     cloudcircuit_ledger_decision decision;
//!     cloudcircuit_ledger_reserve(&config, &state, 500, &hold, &decision);
//!     if (decision.allowed)
//!         cloudcircuit_ledger_settle(&config, &state, &hold, spend_up_to(500), &decision);
//!
//! Many requests at once are safe only if every writer stores the state by compare-and-swap on its
//! revision, as the beginning of this header says. Store the hold in the same transaction: a state
//! stored without its hold holds the amount until the period ends, and a hold that is settled again
//! after a crash is booked twice.
//!
//! The reason of a decision tells where settled + held stands after the call: below the limit, at
//! it, above it, or CLOUDCIRCUIT_LEDGER_UNLIMITED. That of a refused reserve tells why. That of a
//! late hold is CLOUDCIRCUIT_LEDGER_LATE wherever it stands, which allowed, available and overshoot
//! then tell.
//!
//! Thresholds are on settled. A call that takes it to one or past it says so in newly_crossed, once
//! a period; a credit that takes it back under re-arms the threshold. Every call judges crossed again
//! by its own config: where that is not the config of the call before, crossed and the revision may
//! change even if nothing else does.
//!
//! A state, a hold and a decision to be written must not overlap. Every call with a decision
//! returns CLOUDCIRCUIT_OK, also when refused, or the first status that applies: the ones of its
//! pointers, of config, of state, then those that it lists:
//!   CLOUDCIRCUIT_ERR_NULL_POINTER     state, hold or decision is NULL
//!   CLOUDCIRCUIT_ERR_LEDGER_LIMIT     config limit is below 0
//!   CLOUDCIRCUIT_ERR_IS_UNLIMITED     is_unlimited is neither 0 nor 1
//!   CLOUDCIRCUIT_ERR_THRESHOLD_COUNT  threshold_count is above CLOUDCIRCUIT_LEDGER_MAX_THRESHOLDS
//!   CLOUDCIRCUIT_ERR_THRESHOLD_LIMIT  there are thresholds, and limit is 0 or is_unlimited 1
//!   CLOUDCIRCUIT_ERR_THRESHOLD_PPM    one of them is 0 or not above the one before
//!   CLOUDCIRCUIT_ERR_CORRUPT_STATE    state is none that the library can have written
//! On an error the state is as it was and all of the decision is 0, which does not allow.

use super::{
    Status, read_encoded, read_optional, status, update, write, write_default, write_encoded,
};
use crate::error::Error;
use crate::ledger::{self, LedgerConfig, LedgerDecision, LedgerHold, LedgerState};

/// Fills in the defaults: a limit of 0, which allows nothing, and no thresholds.
///
/// config: where to write them.
///
/// Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when config is NULL.
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_config_init(config: *mut LedgerConfig) -> Status {
    // SAFETY: the caller's config is NULL or writable.
    unsafe { write_default(config) }
}

/// Makes a new ledger: nothing settled, nothing held, revision 0. Only for a ledger that never was:
/// an older one's holds and revisions could be taken for its own. To start over, roll to a later
/// period.
///
/// period: the period that it starts in.
/// state: where to write it.
///
/// Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when state is NULL.
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_init(period: i64, state: *mut LedgerState) -> Status {
    // SAFETY: the caller's state is NULL or writable.
    unsafe { write(state, Ok(LedgerState::new(period)), LedgerState::NONE) }
}

/// Holds an estimate if settled + held + estimate <= limit, all of it or nothing.
///
/// config: NULL for the defaults, which allow nothing.
/// state: the ledger; not NULL.
/// estimate: the most that the request may cost; > 0.
/// hold: what is held; not NULL. When refused, and on an error, all of it is 0.
/// decision: the answer; not NULL.
///
/// Returns a status as above, then the first of these that applies:
///   CLOUDCIRCUIT_ERR_ESTIMATE  estimate is below 1
///   CLOUDCIRCUIT_ERR_OVERFLOW  it fits under the limit, and held or settled + held would not fit
///                              into int64_t
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_reserve(
    config: *const LedgerConfig,
    state: *mut LedgerState,
    estimate: i64,
    hold: *mut LedgerHold,
    decision: *mut LedgerDecision,
) -> Status {
    // SAFETY: the caller's config is NULL or readable.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    let answer = if hold.is_null() || decision.is_null() {
        Err(Error::NullPointer)
    } else {
        // SAFETY: the caller's state is NULL or readable and writable.
        unsafe { update(state, |state| ledger::reserve(&config, state, estimate)) }
    };
    // SAFETY: the caller's hold is NULL or writable.
    unsafe { write(hold, answer.map(|(hold, _)| hold), LedgerHold::REFUSED) };
    // SAFETY: the caller's decision is NULL or writable.
    unsafe { write(decision, answer.map(|(_, decision)| decision), LedgerDecision::REFUSED) };
    status(answer.map(|_| ()))
}

/// Books what a held request cost, also when that is more than was held or takes settled past the
/// limit, and lets the rest of the hold go. A hold from an earlier period is booked into the
/// current one, with reason CLOUDCIRCUIT_LEDGER_LATE; the roll has let its amount go.
///
/// config: NULL for the defaults.
/// state: the ledger; not NULL.
/// hold: as reserved; not NULL. Its amount becomes 0; on an error it is as it was.
/// actual: what the request cost; >= 0.
/// decision: where the ledger stands; not NULL.
///
/// Returns a status as above, then the first of these that applies:
///   CLOUDCIRCUIT_ERR_HOLD_SPENT   the hold's amount is 0: settled, released or refused
///   CLOUDCIRCUIT_ERR_HOLD_PERIOD  the hold is from a later period than the state
///   CLOUDCIRCUIT_ERR_HOLD_AMOUNT  the hold's amount is below 0, or above held in its period
///   CLOUDCIRCUIT_ERR_ACTUAL       actual is below 0
///   CLOUDCIRCUIT_ERR_OVERFLOW     settled or settled + held would not fit into int64_t
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_settle(
    config: *const LedgerConfig,
    state: *mut LedgerState,
    hold: *mut LedgerHold,
    actual: i64,
    decision: *mut LedgerDecision,
) -> Status {
    // SAFETY: the caller's pointers are NULL, or readable and, but for the config, writable.
    unsafe {
        decide_on_hold(config, state, hold, decision, |config, state, hold| {
            ledger::settle(config, state, hold, actual)
        })
    }
}

/// Lets a hold go unspent. One from an earlier period is only marked as spent, with reason
/// CLOUDCIRCUIT_LEDGER_LATE.
///
/// config: NULL for the defaults.
/// state: the ledger; not NULL.
/// hold: as reserved; not NULL. Its amount becomes 0; on an error it is as it was.
/// decision: where the ledger stands; not NULL.
///
/// Returns a status as above, then the first of these that applies:
///   CLOUDCIRCUIT_ERR_HOLD_SPENT   the hold's amount is 0: settled, released or refused
///   CLOUDCIRCUIT_ERR_HOLD_PERIOD  the hold is from a later period than the state
///   CLOUDCIRCUIT_ERR_HOLD_AMOUNT  the hold's amount is below 0, or above held in its period
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_release(
    config: *const LedgerConfig,
    state: *mut LedgerState,
    hold: *mut LedgerHold,
    decision: *mut LedgerDecision,
) -> Status {
    // SAFETY: the caller's pointers are NULL, or readable and, but for the config, writable.
    unsafe { decide_on_hold(config, state, hold, decision, ledger::release) }
}

/// Books spend that was not held, or a credit, also past the limit.
///
/// config: NULL for the defaults.
/// state: the ledger; not NULL.
/// amount: below 0 for a credit, which may take settled below 0 too.
/// decision: where the ledger stands; not NULL.
///
/// Returns a status as above, then this if it applies:
///   CLOUDCIRCUIT_ERR_OVERFLOW  settled or settled + held would not fit into int64_t
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_record(
    config: *const LedgerConfig,
    state: *mut LedgerState,
    amount: i64,
    decision: *mut LedgerDecision,
) -> Status {
    // SAFETY: the caller's pointers are NULL, or readable and, but for the config, writable.
    unsafe {
        decide(config, state, decision, |config, state| ledger::record(config, state, amount))
    }
}

/// Moves on to a later period, which starts with nothing settled, held and crossed; holds that are
/// still out become late. To the period that it is in it does nothing but judge crossed, as every
/// call does, so that every writer may roll before it reserves.
///
/// config: NULL for the defaults.
/// state: the ledger; not NULL.
/// period: the period to be in.
/// decision: where the ledger stands; not NULL.
///
/// Returns a status as above, then this if it applies:
///   CLOUDCIRCUIT_ERR_PERIOD  period is before the state's
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_roll(
    config: *const LedgerConfig,
    state: *mut LedgerState,
    period: i64,
    decision: *mut LedgerDecision,
) -> Status {
    // SAFETY: the caller's pointers are NULL, or readable and, but for the config, writable.
    unsafe { decide(config, state, decision, |config, state| ledger::roll(config, state, period)) }
}

/// # Safety
/// Each pointer is NULL, or readable and, but for the config, writable.
unsafe fn decide(
    config: *const LedgerConfig,
    state: *mut LedgerState,
    decision: *mut LedgerDecision,
    rule: impl FnOnce(&LedgerConfig, &mut LedgerState) -> Result<LedgerDecision, Error>,
) -> Status {
    if decision.is_null() {
        return Error::NullPointer.status();
    }
    // SAFETY: NULL or readable by contract.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    // SAFETY: NULL or readable and writable by contract.
    let answer = unsafe { update(state, |state| rule(&config, state)) };
    // SAFETY: writable by contract.
    unsafe { write(decision, answer, LedgerDecision::REFUSED) }
}

/// # Safety
/// As for [`decide`].
unsafe fn decide_on_hold(
    config: *const LedgerConfig,
    state: *mut LedgerState,
    hold: *mut LedgerHold,
    decision: *mut LedgerDecision,
    rule: impl FnOnce(&LedgerConfig, &mut LedgerState, &mut LedgerHold) -> Result<LedgerDecision, Error>,
) -> Status {
    if decision.is_null() {
        return Error::NullPointer.status();
    }
    // SAFETY: NULL or readable by contract.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    // SAFETY: NULL or readable and writable by contract; both are read before one is written.
    let answer = unsafe { update(hold, |hold| update(state, |state| rule(&config, state, hold))) };
    // SAFETY: writable by contract.
    unsafe { write(decision, answer, LedgerDecision::REFUSED) }
}

/// Tells whether the library can have written a state, under whatever config: each of its fields
/// fits the others. Every call above looks for itself.
///
/// state: the ledger; not NULL.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER   state is NULL
///   CLOUDCIRCUIT_ERR_CORRUPT_STATE  it cannot
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_state_validate(state: *const LedgerState) -> Status {
    // SAFETY: the caller's state is NULL or readable.
    let state = unsafe { read_optional(state) }.ok_or(Error::NullPointer);
    status(state.and_then(|state| state.check()))
}

/// Writes a state as bytes that any machine reads: its fields in order, little-endian, then the
/// CRC-32 (that of zlib and PNG) of the bytes before it, little-endian too. The first four bytes,
/// the layout, tell this form from any later one.
///
/// state: the ledger; not NULL.
/// bytes: where to write; not NULL; may overlap the state. On an error other than that of len all
/// of it is 0, which decodes to no ledger.
/// len: their number, CLOUDCIRCUIT_LEDGER_ENCODED_LEN.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER    state or bytes is NULL
///   CLOUDCIRCUIT_ERR_ENCODED_LENGTH  len is another; nothing is written
///   CLOUDCIRCUIT_ERR_CORRUPT_STATE   state is none that the library can have written
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_state_encode(
    state: *const LedgerState,
    bytes: *mut u8,
    len: usize,
) -> Status {
    // SAFETY: the caller's state is NULL or readable, its bytes are NULL or `len` writable ones.
    unsafe { write_encoded(state, bytes, len, ledger::encode) }
}

/// Reads a state from what cloudcircuit_ledger_state_encode wrote, on whatever machine.
///
/// bytes: not NULL.
/// len: their number, CLOUDCIRCUIT_LEDGER_ENCODED_LEN.
/// state: where to write it; may overlap bytes; on an error all of it is 0, which is no ledger.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER    bytes or state is NULL
///   CLOUDCIRCUIT_ERR_ENCODED_LENGTH  len is another
///   CLOUDCIRCUIT_ERR_CORRUPT_STATE   bytes are not as they were written
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledger_state_decode(
    bytes: *const u8,
    len: usize,
    state: *mut LedgerState,
) -> Status {
    // SAFETY: the caller's bytes are NULL or `len` readable ones, its state is NULL or writable.
    unsafe { read_encoded(bytes, len, state, LedgerState::NONE, ledger::decode) }
}
