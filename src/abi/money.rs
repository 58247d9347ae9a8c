//! Money
//!
//! Between doubles and exact integer minor units: 19.99 at scale 2 is 1999.

use super::{Status, write};
use crate::money;

/// Turns an amount into minor units: the integer nearest to amount times 10^scale (ties to even),
/// if cloudcircuit_money_to_double reads it back as the same amount. Up to 15 digits no other
/// integer does; beyond, several may share one double.
///
/// amount: finite; negative for credits.
/// scale: decimal places of the minor unit, 0 to CLOUDCIRCUIT_MAX_MONEY_SCALE: 2 for cents.
/// minor: the minor units; 0 on an error.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER      minor is NULL
///   CLOUDCIRCUIT_ERR_SCALE             scale is above CLOUDCIRCUIT_MAX_MONEY_SCALE
///   CLOUDCIRCUIT_ERR_AMOUNT            amount is not finite
///   CLOUDCIRCUIT_ERR_AMOUNT_RANGE      the minor units do not fit into int64_t
///   CLOUDCIRCUIT_ERR_AMOUNT_PRECISION  amount has more decimal places than scale
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_money_from_double(
    amount: f64,
    scale: u32,
    minor: *mut i64,
) -> Status {
    // SAFETY: the caller's result is NULL or writable.
    unsafe { write(minor, money::from_double(amount, scale), 0) }
}

/// Turns minor units into the double nearest to minor / 10^scale: exact to 15 digits, rounded
/// beyond.
///
/// minor: any number of minor units.
/// scale: decimal places of the minor unit, 0 to CLOUDCIRCUIT_MAX_MONEY_SCALE.
/// amount: the amount; 0 on an error.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER  amount is NULL
///   CLOUDCIRCUIT_ERR_SCALE         scale is above CLOUDCIRCUIT_MAX_MONEY_SCALE
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_money_to_double(
    minor: i64,
    scale: u32,
    amount: *mut f64,
) -> Status {
    // SAFETY: the caller's result is NULL or writable.
    unsafe { write(amount, money::to_double(minor, scale), 0.0) }
}
