//! Operations on doubles for which IEEE 754 or the language leaves something open, with all of it
//! decided. docs/ARCHITECTURE.md has the rules, and clippy.toml forbids what is not among them.
//!
//! Called by all rooms that compute in doubles.

/// The larger; the second if the first is NaN or both are equal. Unlike f64::max this defines the
/// sign of zero.
#[inline]
pub(crate) fn larger(one: f64, other: f64) -> f64 {
    if one > other { one } else { other }
}

/// The smaller; the second if the first is NaN or both are equal.
#[inline]
pub(crate) fn smaller(one: f64, other: f64) -> f64 {
    if one < other { one } else { other }
}

/// The number, or the end of `-most..=most` next to it. NaN stays NaN, and -0.0 becomes 0.0.
#[inline]
pub(crate) fn clamped(value: f64, most: f64) -> f64 {
    smaller(most, larger(-most, value)) + 0.0
}

/// The one NaN that is stored: sign and payload of a computed one are open.
#[inline]
pub(crate) fn one_nan(value: f64) -> f64 {
    if value.is_nan() { f64::NAN } else { value }
}

/// The sum in this order, from -0.0, which leaves the sign of the first number. The number that
/// Iterator::sum begins with has changed between versions of Rust.
#[inline]
pub(crate) fn sum(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(-0.0, |sum, value| sum + value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAN: u64 = f64::NAN.to_bits();

    #[test]
    fn of_equal_numbers_and_with_nan_the_second_is_taken() {
        for (one, other) in
            [(0.0, -0.0), (-0.0, 0.0), (1.0, 1.0), (f64::NAN, -0.0), (2.0, f64::NAN)]
        {
            assert_eq!(larger(one, other).to_bits(), other.to_bits());
            assert_eq!(smaller(one, other).to_bits(), other.to_bits());
        }
        assert_eq!((larger(1.0, 2.0), larger(2.0, 1.0)), (2.0, 2.0));
        assert_eq!((smaller(1.0, 2.0), smaller(2.0, 1.0)), (1.0, 1.0));
    }

    #[test]
    fn clamped_numbers_have_no_signed_zero() {
        for (value, expected) in [(-0.0, 0.0), (3.0, 2.0), (-3.0, -2.0), (-2.0, -2.0), (0.5, 0.5)] {
            assert_eq!(clamped(value, 2.0).to_bits(), f64::to_bits(expected));
        }
        for (infinity, expected) in [(f64::INFINITY, 2.0), (f64::NEG_INFINITY, -2.0)] {
            assert_eq!(clamped(infinity, 2.0), expected);
        }
        assert!(clamped(f64::NAN, 2.0).is_nan());
    }

    #[test]
    fn every_nan_is_stored_as_one() {
        for bits in [NAN, NAN | 1 << 63, NAN | 7, 0x7ff0_0000_0000_0001] {
            assert_eq!(one_nan(f64::from_bits(bits)).to_bits(), NAN);
        }
        assert_eq!(one_nan(-0.0).to_bits(), 1 << 63);
    }

    #[test]
    fn sums_are_in_order_and_keep_a_single_number() {
        assert_eq!(sum([1e16, 1.0, -1e16].into_iter()), 0.0);
        assert_eq!(sum([-1e16, 1e16, 1.0].into_iter()), 1.0);
        assert_eq!(sum([-0.0].into_iter()).to_bits(), 1 << 63);
        assert_eq!(sum([0.0, -0.0].into_iter()).to_bits(), 0);
    }
}
