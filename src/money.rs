//! Conversion of amounts between doubles and integers of a minor unit, correctly rounded.

use crate::error::Error;

/// The largest scale: decimal places of a minor unit.
pub const MAX_MONEY_SCALE: u32 = 9u32;

const POWERS_OF_TEN: [u64; MAX_MONEY_SCALE as usize + 1] =
    [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

fn minor_units(scale: u32) -> Result<u64, Error> {
    POWERS_OF_TEN.get(scale as usize).copied().ok_or(Error::Scale)
}

pub(crate) fn from_double(amount: f64, scale: u32) -> Result<i64, Error> {
    let units = minor_units(scale)?;
    if !amount.is_finite() {
        return Err(Error::Amount);
    }
    let magnitude = nearest(amount.abs(), units).ok_or(Error::AmountRange)?;
    let minor =
        if amount < 0.0 { 0i64.checked_sub_unsigned(magnitude) } else { magnitude.try_into().ok() };
    let minor = minor.ok_or(Error::AmountRange)?;
    if quotient(minor, units) == amount { Ok(minor) } else { Err(Error::AmountPrecision) }
}

pub(crate) fn to_double(minor: i64, scale: u32) -> Result<f64, Error> {
    minor_units(scale).map(|units| quotient(minor, units))
}

/// The integer nearest to the exact product of a finite amount >= 0 and `units`, ties to even.
/// `None` if it needs more than 64 bits.
fn nearest(amount: f64, units: u64) -> Option<u64> {
    let bits = amount.to_bits();
    let exponent = (bits >> 52) as i32;
    // Also of 0 and subnormals, which have no leading bit: they are as near to 0 with it.
    let significand = (bits & ((1 << 52) - 1)) + (1 << 52);
    // The product has at most 83 bits.
    let product = u128::from(significand) * u128::from(units);
    let shift = exponent - 1075;
    if shift >= 0 {
        let power = 1u64.checked_shl(shift.unsigned_abs())?;
        return u64::try_from(product).ok()?.checked_mul(power);
    }
    let shift = shift.unsigned_abs();
    // Far below a half.
    let Some(whole) = product.checked_shr(shift) else { return Some(0) };
    let half = 1u128 << (shift - 1);
    let rest = product - (whole << shift);
    let round_up = rest > half || (rest == half && whole & 1 == 1);
    u64::try_from(whole + u128::from(round_up)).ok()
}

/// `minor / units`, correctly rounded.
fn quotient(minor: i64, units: u64) -> f64 {
    let magnitude = minor.unsigned_abs();
    let quotient = if magnitude < 1 << 53 {
        magnitude as f64 / units as f64
    } else {
        // `magnitude` may not be exact as a double, so divide integers, to 64 binary places. The
        // remainder cut off is below 2^-64, and no quotient is closer than 2^-60 to a point where
        // rounding changes, unless it lies on one.
        let (dividend, units) = (u128::from(magnitude) << 64, u128::from(units));
        dividend.checked_div(units).unwrap_or(0) as f64 / (1u128 << 64) as f64
    };
    if minor < 0 { -quotient } else { quotient }
}
