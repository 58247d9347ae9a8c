//! Statuses
//!
//! 0 is success, everything above is an error. Numbers are never used again. A host that
//! meets one it does not know has been refused all the same.

use super::Status;
use crate::error;
use core::ffi::c_char;

/// What a status means: a static English sentence that names the argument and the rule it
/// broke. Never NULL, also for a number that is no status.
///
///
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_status_message(status: Status) -> *const c_char {
    error::message(status).as_ptr()
}

/// The name of a status's constant, "CLOUDCIRCUIT_OK" for one, as a static string; "unknown
/// status" for a number that is no status. Never NULL.
///
///
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_status_name(status: Status) -> *const c_char {
    error::name(status).as_ptr()
}
