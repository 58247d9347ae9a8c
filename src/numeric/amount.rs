//! Amounts of money, which are finite and not negative, and parts per million.

/// Parts per million of a whole.
pub(crate) const PPM: u32 = 1_000_000;

/// The amount, or `None`. -0.0 becomes 0.0, so that no result has a meaningless sign.
#[inline]
pub(crate) fn checked_amount(value: f64) -> Option<f64> {
    // Two comparisons exclude NaN, both infinities and negatives.
    (0.0..=f64::MAX).contains(&value).then_some(value + 0.0)
}

/// The sum of amounts, or `None` if one is below 0 or the sum does not fit.
#[inline(always)]
pub(crate) fn sum<const N: usize>(amounts: &[i64; N]) -> Option<i64> {
    const { assert!(N <= 64) };
    let mut sum = 0_i64;
    let mut or_bits = 0;
    for &amount in amounts {
        sum = sum.wrapping_add(amount);
        or_bits |= amount;
    }
    // At most 64 amounts below 2^57: the sum has not wrapped.
    if or_bits as u64 >> 57 == 0 { Some(sum) } else { sum_of_any(amounts) }
}

/// [`sum`] for amounts of any size.
#[cold]
#[inline(never)]
fn sum_of_any(amounts: &[i64]) -> Option<i64> {
    amounts.iter().try_fold(0_i64, |sum, &amount| sum.checked_add(amount).filter(|_| amount >= 0))
}

#[cfg(test)]
mod tests {
    use super::{checked_amount, sum};

    #[test]
    fn sums_are_those_of_wider_integers() {
        let edges = [0, 1, (1 << 57) - 1, 1 << 57, 1 << 61, i64::MAX - 1, i64::MAX, -1, i64::MIN];
        for first in edges {
            for second in edges {
                for third in edges {
                    let amounts = [first, second, third];
                    let wide: i128 = amounts.into_iter().map(i128::from).sum();
                    let are_amounts = amounts.iter().all(|&amount| amount >= 0);
                    let expected = i64::try_from(wide).ok().filter(|_| are_amounts);
                    assert_eq!(sum(&amounts), expected);
                }
            }
        }
        assert_eq!(sum(&[(1 << 57) - 1; 63]), Some(63 * ((1 << 57) - 1)));
        assert_eq!(sum(&[1 << 57; 64]), None);
    }

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
