//! Statuses
//!
//! 0 is success, every other number an error. A number is never given another meaning. Treat any
//! unknown non-zero status as an error.

use super::Status;
use crate::error;
use core::ffi::c_char;

/// Returns what a status means, in English, as a static string: the argument and the rule that it
/// broke.
///
/// status: any number. One that is no status has a message that says so; the string is never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_status_message(status: Status) -> *const c_char {
    error::message(status).as_ptr()
}

/// Returns the name of a status's constant, for example "CLOUDCIRCUIT_OK", as a static string.
///
/// status: any number. For one that is no status the string is "unknown status"; it is never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn cloudcircuit_status_name(status: Status) -> *const c_char {
    error::name(status).as_ptr()
}
