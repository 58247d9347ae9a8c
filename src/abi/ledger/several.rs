//! Several ledgers
//!
//! One request under several limits: of a user, of a team, of a model. All ledgers take part, or
//! none does.
//!
//!     status = cloudcircuit_ledgers_reserve(configs, states, estimates, 3, now, holds, decisions,
//!                                           &refused_by);
//!     if (status == CLOUDCIRCUIT_OK && refused_by == UINT32_MAX)
//!         run();
//!
//! Entry i of each array belongs to ledger i. The same ledger must not stand in a call twice. The
//! arrays that are written (states, holds, decisions, the index) must not overlap each other or
//! another array. Store all states and holds in one transaction.
//!
//! Errors of the whole call come first: NULL_POINTER, COUNT, and OVERLAP of arrays. The index is
//! then UINT32_MAX, which is no permission by itself. On COUNT and OVERLAP of arrays no decision and
//! no hold is written. Next come errors of single ledgers, in order: the first is the call's, and
//! the index says whose it is. Refusals come last.
//!
//! A call that is refused leaves every byte of all states: nothing that has ended is let go,
//! expired is 0, and available counts ended holds as let go, although they are not yet.
//! would_refuse says which ledgers refuse. A ledger in CLOUDCIRCUIT_MODE_MONITOR never refuses: its
//! allowed is 1 even when another one refuses, and it books only when all others allow.
//!
//! To leave a ledger out, pass INT64_MIN as its amount, a zeroed hold, or in a roll the period that
//! it is in. Its decision then says where it stands, with reason 0 and allowed 1.

use super::arrays::Ledgers;
use crate::abi::Status;
use crate::ledger::config::LedgerConfig;
use crate::ledger::decide::{Call, LedgerDecision};
use crate::ledger::hold::LedgerHold;
use crate::ledger::state::LedgerState;

/// Reserves on several ledgers at once: all hold their estimate, or none does.
///
/// configs: of each ledger; NULL for the defaults in all.
/// states: the ledgers; each keeps every byte when any refuses and on an error.
/// estimates: what each holds, as for cloudcircuit_ledger_reserve(); INT64_MIN = not asked.
/// count: the number of ledgers; 1 to CLOUDCIRCUIT_LEDGERS_MAX_COUNT.
/// now: the time.
/// holds: what each holds; wholly 0 when refused, where not asked, and on an error.
/// decisions: the answer of each; all wholly 0 on an error. allowed is 1 in all or in none of those
///     that were asked, but always 1 in CLOUDCIRCUIT_MODE_MONITOR.
/// refused_by: the first ledger that refuses, or that the error is about, else UINT32_MAX; may be
///     NULL.
///
/// Errors: NULL_POINTER, COUNT, OVERLAP, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION,
/// THRESHOLD_COUNT, THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT,
/// CORRUPT_STATE, ESTIMATE, OVERFLOW (the first that applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledgers_reserve(
    configs: *const LedgerConfig,
    states: *mut LedgerState,
    estimates: *const i64,
    count: usize,
    now: i64,
    holds: *mut LedgerHold,
    decisions: *mut LedgerDecision,
    refused_by: *mut u32,
) -> Status {
    let ledgers = Ledgers {
        configs,
        states,
        holds: Some(holds),
        makes_holds: true,
        arguments: Some(estimates),
        count,
        now,
        decisions,
        failed_at: refused_by,
    };
    // SAFETY: the caller's arrays are NULL or of `count` entries, all but configs and arguments
    // writable; the index is NULL or writable.
    unsafe { ledgers.decide(|_, estimate| Call::Reserve { estimate }) }
}

/// Extends several holds at once: all of them, or none.
///
/// configs: of each ledger; NULL for the defaults in all.
/// states: the ledgers; each keeps every byte when any refuses and on an error.
/// holds: one of each ledger; wholly 0 = not asked; each keeps every byte when any ledger refuses
///     and on an error.
/// mores: what each adds, as for cloudcircuit_ledger_extend(); INT64_MIN = not asked.
/// count: the number of ledgers; 1 to CLOUDCIRCUIT_LEDGERS_MAX_COUNT.
/// now: the time.
/// decisions: the answer of each; all wholly 0 on an error. allowed is as for
///     cloudcircuit_ledgers_reserve().
/// failed_at: the first ledger that refuses, or that the error is about, else UINT32_MAX; may be
///     NULL.
///
/// Errors: NULL_POINTER, COUNT, OVERLAP, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION,
/// THRESHOLD_COUNT, THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT,
/// CORRUPT_STATE, HOLD_SPENT, HOLD_LEDGER, HOLD_ID, HOLD_AMOUNT, MORE, OVERFLOW (the first that
/// applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledgers_extend(
    configs: *const LedgerConfig,
    states: *mut LedgerState,
    holds: *mut LedgerHold,
    mores: *const i64,
    count: usize,
    now: i64,
    decisions: *mut LedgerDecision,
    failed_at: *mut u32,
) -> Status {
    let ledgers = Ledgers {
        configs,
        states,
        holds: Some(holds),
        makes_holds: false,
        arguments: Some(mores),
        count,
        now,
        decisions,
        failed_at,
    };
    // SAFETY: the caller's arrays are NULL or of `count` entries, all but configs and arguments
    // writable; the index is NULL or writable.
    unsafe { ledgers.decide(|hold, more| Call::Extend { hold, more }) }
}

/// Settles several holds at once: all of them, or none.
///
/// A hold that is spent already is an error of the whole call; one that has ended is not.
///
/// configs: of each ledger; NULL for the defaults in all.
/// states: the ledgers; each keeps every byte on an error.
/// holds: one of each ledger; wholly 0 = not asked; each keeps every byte on an error.
/// actuals: what each cost, as for cloudcircuit_ledger_settle(); INT64_MIN = not asked.
/// count: the number of ledgers; 1 to CLOUDCIRCUIT_LEDGERS_MAX_COUNT.
/// now: the time.
/// decisions: where each stands; all wholly 0 on an error.
/// failed_at: the ledger that the error is about, else UINT32_MAX; may be NULL.
///
/// Errors: NULL_POINTER, COUNT, OVERLAP, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION,
/// THRESHOLD_COUNT, THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT,
/// CORRUPT_STATE, HOLD_SPENT, HOLD_LEDGER, HOLD_ID, HOLD_AMOUNT, ACTUAL, OVERFLOW (the first that
/// applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledgers_settle(
    configs: *const LedgerConfig,
    states: *mut LedgerState,
    holds: *mut LedgerHold,
    actuals: *const i64,
    count: usize,
    now: i64,
    decisions: *mut LedgerDecision,
    failed_at: *mut u32,
) -> Status {
    let ledgers = Ledgers {
        configs,
        states,
        holds: Some(holds),
        makes_holds: false,
        arguments: Some(actuals),
        count,
        now,
        decisions,
        failed_at,
    };
    // SAFETY: the caller's arrays are NULL or of `count` entries, all but configs and arguments
    // writable; the index is NULL or writable.
    unsafe { ledgers.decide(|hold, actual| Call::Settle { hold, actual }) }
}

/// Releases several holds at once: all of them, or none.
///
/// configs: of each ledger; NULL for the defaults in all.
/// states: the ledgers; each keeps every byte on an error.
/// holds: one of each ledger; wholly 0 = not asked; each keeps every byte on an error.
/// count: the number of ledgers; 1 to CLOUDCIRCUIT_LEDGERS_MAX_COUNT.
/// now: the time.
/// decisions: where each stands; all wholly 0 on an error.
/// failed_at: the ledger that the error is about, else UINT32_MAX; may be NULL.
///
/// Errors: NULL_POINTER, COUNT, OVERLAP, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION,
/// THRESHOLD_COUNT, THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT,
/// CORRUPT_STATE, HOLD_SPENT, HOLD_LEDGER, HOLD_ID, HOLD_AMOUNT, OVERFLOW (the first that
/// applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledgers_release(
    configs: *const LedgerConfig,
    states: *mut LedgerState,
    holds: *mut LedgerHold,
    count: usize,
    now: i64,
    decisions: *mut LedgerDecision,
    failed_at: *mut u32,
) -> Status {
    let ledgers = Ledgers {
        configs,
        states,
        holds: Some(holds),
        makes_holds: false,
        arguments: None,
        count,
        now,
        decisions,
        failed_at,
    };
    // SAFETY: the caller's arrays are NULL or of `count` entries, all but configs and arguments
    // writable; the index is NULL or writable.
    unsafe { ledgers.decide(|hold, actual| Call::Settle { hold, actual }) }
}

/// Books spend that was not held on several ledgers at once: on all of them, or none.
///
/// configs: of each ledger; NULL for the defaults in all.
/// states: the ledgers; each keeps every byte on an error.
/// amounts: what each books, as for cloudcircuit_ledger_record(); INT64_MIN = not asked.
/// count: the number of ledgers; 1 to CLOUDCIRCUIT_LEDGERS_MAX_COUNT.
/// now: the time.
/// decisions: where each stands; all wholly 0 on an error.
/// failed_at: the ledger that the error is about, else UINT32_MAX; may be NULL.
///
/// Errors: NULL_POINTER, COUNT, OVERLAP, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION,
/// THRESHOLD_COUNT, THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT,
/// CORRUPT_STATE, OVERFLOW (the first that applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledgers_record(
    configs: *const LedgerConfig,
    states: *mut LedgerState,
    amounts: *const i64,
    count: usize,
    now: i64,
    decisions: *mut LedgerDecision,
    failed_at: *mut u32,
) -> Status {
    let ledgers = Ledgers {
        configs,
        states,
        holds: None,
        makes_holds: false,
        arguments: Some(amounts),
        count,
        now,
        decisions,
        failed_at,
    };
    // SAFETY: the caller's arrays are NULL or of `count` entries, all but configs and arguments
    // writable; the index is NULL or writable.
    unsafe { ledgers.decide(|_, amount| Call::Record { amount }) }
}

/// Moves several ledgers to later periods at once: all of them, or none.
///
/// An earlier period is no error, as for cloudcircuit_ledger_roll(); the other ledgers roll.
///
/// configs: of each ledger, of the period that ends; NULL for the defaults in all.
/// states: the ledgers; each keeps every byte on an error.
/// periods: the period that each is to be in; the state's own = not asked.
/// count: the number of ledgers; 1 to CLOUDCIRCUIT_LEDGERS_MAX_COUNT.
/// now: the time.
/// decisions: where each stands; all wholly 0 on an error.
/// failed_at: the ledger that the error is about, else UINT32_MAX; may be NULL.
///
/// Errors: NULL_POINTER, COUNT, OVERLAP, LEDGER_LIMIT, CARRY_MAX, DEBT_MAX, HOLD_DURATION,
/// THRESHOLD_COUNT, THRESHOLD_UNIT, THRESHOLD_BASIS, MODE, THRESHOLDS, THRESHOLD_LIMIT,
/// CORRUPT_STATE, OVERFLOW (the first that applies).
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_ledgers_roll(
    configs: *const LedgerConfig,
    states: *mut LedgerState,
    periods: *const i64,
    count: usize,
    now: i64,
    decisions: *mut LedgerDecision,
    failed_at: *mut u32,
) -> Status {
    let ledgers = Ledgers {
        configs,
        states,
        holds: None,
        makes_holds: false,
        arguments: Some(periods),
        count,
        now,
        decisions,
        failed_at,
    };
    // SAFETY: the caller's arrays are NULL or of `count` entries, all but configs and arguments
    // writable; the index is NULL or writable.
    unsafe { ledgers.decide(|_, period| Call::Roll { period }) }
}
