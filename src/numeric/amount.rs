//! Amounts of money, which are finite and not negative, and parts per million.

/// Parts per million of a whole.
pub(crate) const PPM: u32 = 1_000_000;

/// The amount, or `None`. -0.0 becomes 0.0, so that no result has a meaningless sign.
#[inline]
pub(crate) fn checked_amount(value: f64) -> Option<f64> {
    // Two comparisons exclude NaN, both infinities and negatives.
    (0.0..=f64::MAX).contains(&value).then_some(value + 0.0)
}

#[cfg(test)]
mod tests {
    use super::checked_amount;

    #[test]
    fn only_finite_numbers_from_zero_up_are_amounts() {
        for good in [0.0, 5e-324, 1.0, f64::MAX] {
            assert_eq!(checked_amount(good), Some(good));
        }
        for bad in [-5e-324, -1.0, f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(checked_amount(bad), None);
        }
    }

    #[test]
    fn negative_zero_counts_as_zero() {
        assert_eq!(checked_amount(-0.0).map(f64::to_bits), Some(0));
    }
}
