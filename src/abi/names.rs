//! Names
//!
//! Constants in words, as the records write them.
//!
//! Each function takes any number and returns a static string, never NULL: the constant's last words
//! in lower case, or "unknown" and what it is not, for example "unknown action".

use crate::names;
use core::ffi::{CStr, c_char};

fn text(name: Option<&'static CStr>, unknown: &'static CStr) -> *const c_char {
    name.unwrap_or(unknown).as_ptr()
}

/// Returns the name of an action, for example "block".
///
/// action: a CLOUDCIRCUIT_ACTION constant, or any other number.
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_action_name(action: i32) -> *const c_char {
    text(names::action(action.into()), c"unknown action")
}

/// Returns the name of one of the guard's reasons, for example "over_limit".
///
/// reason: a CLOUDCIRCUIT_REASON bit, or any other number. Pass one bit at a time: several together
///         are "unknown reason".
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_reason_name(reason: u32) -> *const c_char {
    text(names::reason(reason.into()), c"unknown reason")
}

/// Returns the name of a kind of signal, for example "budget".
///
/// kind: a CLOUDCIRCUIT_SIGNAL bit, or any other number. Pass one bit at a time.
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_signal_name(kind: u32) -> *const c_char {
    text(names::signal(kind.into()), c"unknown signal")
}

/// Returns the name of a breaker's phase, for example "half_open".
///
/// phase: a CLOUDCIRCUIT_BREAKER phase, or any other number.
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_phase_name(phase: i32) -> *const c_char {
    text(names::phase(phase.into()), c"unknown phase")
}

/// Returns the name of a call's outcome, for example "success".
///
/// outcome: a CLOUDCIRCUIT_OUTCOME constant, or any other number.
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_outcome_name(outcome: i32) -> *const c_char {
    text(names::outcome(outcome.into()), c"unknown outcome")
}

/// Returns the name of a verdict, for example "insufficient_data".
///
/// verdict: a CLOUDCIRCUIT_VERDICT constant, or any other number.
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_verdict_name(verdict: i32) -> *const c_char {
    text(names::verdict(verdict.into()), c"unknown verdict")
}

/// Returns the name of a detector's reason, for example "two_points".
///
/// reason: a CLOUDCIRCUIT_DETECT_REASON constant, or any other number.
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_detect_reason_name(reason: i32) -> *const c_char {
    text(names::detect_reason(reason.into()), c"unknown reason")
}

/// Returns the name of a ledger's reason, for example "at_limit".
///
/// reason: a CLOUDCIRCUIT_LEDGER_REASON constant, or any other number.
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_ledger_reason_name(reason: i32) -> *const c_char {
    text(names::ledger_reason(reason.into()), c"unknown reason")
}

/// Returns the name of a rate limit's reason, for example "within".
///
/// reason: a CLOUDCIRCUIT_RATE_REASON constant, or any other number.
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_rate_reason_name(reason: i32) -> *const c_char {
    text(names::rate_reason(reason.into()), c"unknown reason")
}

/// Returns the name of a mode, for example "enforce".
///
/// mode: a CLOUDCIRCUIT_MODE constant, or any other number.
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_mode_name(mode: u32) -> *const c_char {
    text(names::mode(mode.into()), c"unknown mode")
}
