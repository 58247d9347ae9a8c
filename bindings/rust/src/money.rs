use crate::{Result, sys, written};

/// Converts an amount to minor units: `amount` times 10 to the power of `scale`, when no digit is lost.
///
/// ```
/// assert_eq!(cloudcircuit::money_from_double(19.99, 2)?, 1999);
/// assert_eq!(cloudcircuit::money_to_double(1999, 2)?, 19.99);
/// # Ok::<(), cloudcircuit::Error>(())
/// ```
///
/// # Errors
///
/// When the amount is not finite, does not fit or has more decimal places, or the scale is above 9.
#[inline]
pub fn money_from_double(amount: f64, scale: u32) -> Result<i64> {
    // SAFETY: the number is written.
    unsafe { written(|minor| sys::cloudcircuit_money_from_double(amount, scale, minor)) }
}

/// Converts minor units to the double nearest to `minor` divided by 10 to the power of `scale`.
///
/// # Errors
///
/// When the scale is above 9.
#[inline]
pub fn money_to_double(minor: i64, scale: u32) -> Result<f64> {
    // SAFETY: the number is written.
    unsafe { written(|amount| sys::cloudcircuit_money_to_double(minor, scale, amount)) }
}
