//! Money
//!
//! Conversion between doubles and integers of a minor unit. 19.99 at scale 2 is 1999.

use super::{Status, write};
use crate::money;

/// Converts an amount to minor units: amount times 10^scale, rounded to the nearest integer.
///
/// The call fails if cloudcircuit_money_to_double() would not convert the result back to the same
/// amount. An amount of up to 15 digits has one such integer. A longer one may have several; the
/// nearest is returned.
///
/// amount: finite; negative for a credit.
/// scale:  decimal places of the minor unit, 0 to CLOUDCIRCUIT_MAX_MONEY_SCALE; 2 for cents.
/// minor:  the minor units; 0 on an error.
///
/// Errors: NULL_POINTER, SCALE, AMOUNT, AMOUNT_RANGE, AMOUNT_PRECISION.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_money_from_double(
    amount: f64,
    scale: u32,
    minor: *mut i64,
) -> Status {
    // SAFETY: the caller's result is NULL or writable.
    unsafe { write(minor, money::from_double(amount, scale), 0) }
}

/// Converts minor units to the double nearest to minor / 10^scale.
///
/// Up to 15 digits the double stands for that amount alone. Longer amounts are rounded.
///
/// minor:  minor units, any number.
/// scale:  decimal places of the minor unit, 0 to CLOUDCIRCUIT_MAX_MONEY_SCALE.
/// amount: the amount; 0 on an error.
///
/// Errors: NULL_POINTER, SCALE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_money_to_double(
    minor: i64,
    scale: u32,
    amount: *mut f64,
) -> Status {
    // SAFETY: the caller's result is NULL or writable.
    unsafe { write(amount, money::to_double(minor, scale), 0.0) }
}
