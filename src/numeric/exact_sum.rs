//! Mean of a series from a sum that is never rounded, in an integer as wide as the range of doubles
//! (a long accumulator: Kulisch).
//!
//! Called by mean.rs for the rare series whose error bound leaves more than one double: a tie, an
//! overflow, a sum near the smallest doubles.

use crate::numeric::unaligned::Unaligned;

/// Bits of a double's stored fraction.
const FRACTION_BITS: u32 = 52;
/// All doubles are whole multiples of 2^-1074.
const UNITS: u64 = 1074;
/// 64-bit words for sums up to 2^31 doubles below 2^1024, in units of 2^-1074: 2,129 bits.
const WORDS: usize = 34;

/// The sum of finite, non-negative doubles as one integer, lowest word first.
struct Sum([u64; WORDS]);

impl Sum {
    fn add(&mut self, value: f64) {
        let bits = value.to_bits() & (u64::MAX >> 1);
        let exponent = (bits >> FRACTION_BITS) as u32;
        let fraction = bits & ((1 << FRACTION_BITS) - 1);
        // Subnormals have no implicit bit and share the exponent of the smallest normals.
        let (significand, shift) = match exponent {
            0 => (fraction, 0),
            _ => (fraction | (1 << FRACTION_BITS), exponent - 1),
        };
        let mut carry = u128::from(significand) << (shift % 64);
        for word in self.0.iter_mut().skip(shift as usize / 64) {
            if carry == 0 {
                break;
            }
            carry += u128::from(*word);
            *word = carry as u64;
            carry >>= 64;
        }
    }

    fn bit_length(&self) -> u32 {
        let top = self.0.iter().rposition(|word| *word != 0).unwrap_or(0) as u32;
        top * 64 + 64 - self.word(top).leading_zeros()
    }

    fn word(&self, index: u32) -> u64 {
        self.0.get(index as usize).copied().unwrap_or(0)
    }

    /// The 64 bits from bit `shift` up.
    fn bits_from(&self, shift: u32) -> u64 {
        let (index, offset) = (shift / 64, shift % 64);
        let pair = u128::from(self.word(index)) | u128::from(self.word(index + 1)) << 64;
        (pair >> offset) as u64
    }

    fn any_bit_below(&self, shift: u32) -> bool {
        let whole = self.0.iter().take(shift as usize / 64).any(|word| *word != 0);
        whole || self.word(shift / 64) & ((1 << (shift % 64)) - 1) != 0
    }

    /// The sum rounded once, ties to even, as if the exponent were unbounded: a 53-bit significand,
    /// and the number of bits by which it is shifted up.
    fn rounded(&self) -> (u64, u32) {
        let shift = self.bit_length().saturating_sub(FRACTION_BITS + 1);
        let significand = self.bits_from(shift);
        let Some(half_bit) = shift.checked_sub(1) else {
            return (significand, shift);
        };
        let half = self.bits_from(half_bit) & 1 == 1;
        let round_up = half && (self.any_bit_below(half_bit) || significand & 1 == 1);
        (significand + u64::from(round_up), shift)
    }
}

/// The exact sum of `points`, rounded once, divided by their number and rounded again. There is at
/// least one point, and each is finite and not negative.
pub(crate) fn mean(points: &[Unaligned<f64>]) -> f64 {
    let mut sum = Sum([0; WORDS]);
    for point in points {
        sum.add(point.get());
    }
    let (significand, shift) = sum.rounded();
    let count = points.len() as f64;
    // The significand's implicit bit carries into the exponent field, so that subnormals need no
    // case of their own.
    let bits = (u64::from(shift) << FRACTION_BITS) + significand;
    if bits < f64::INFINITY.to_bits() {
        return f64::from_bits(bits) / count;
    }
    // The sum is beyond the largest double, but the mean is not: divide first, then scale.
    let scale = f64::from_bits((u64::from(shift) + 1023 - UNITS) << FRACTION_BITS);
    significand as f64 / count * scale
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_of(points: &[f64]) -> f64 {
        let points: Vec<_> = points.iter().copied().map(Unaligned::from).collect();
        mean(&points)
    }

    #[test]
    fn ties_go_to_the_even_neighbour_and_the_smallest_double_breaks_them() {
        let (big, half_ulp, smallest) = (9007199254740992.0, 1.0, 5e-324);
        assert_eq!(mean_of(&[big, half_ulp]), big / 2.0);
        assert_eq!(mean_of(&[big, half_ulp, smallest]), (big + 2.0) / 3.0);
        assert_eq!(mean_of(&[big + 2.0, half_ulp]), (big + 4.0) / 2.0);
    }

    #[test]
    fn the_smallest_doubles_add_up_exactly() {
        assert_eq!(mean_of(&[5e-324, 5e-324, 1e-323]), 5e-324);
        assert_eq!(mean_of(&[f64::MIN_POSITIVE.next_down(), 5e-324]), f64::MIN_POSITIVE / 2.0);
    }

    #[test]
    fn a_sum_beyond_the_largest_double_still_has_its_mean() {
        assert_eq!(mean_of(&[f64::MAX; 2]), f64::MAX);
        assert_eq!(mean_of(&[f64::MAX; 3]), f64::MAX);
        assert_eq!(mean_of(&[f64::MAX; 1 << 15]), f64::MAX);
        assert_eq!(mean_of(&[f64::MAX, f64::MAX, 0.0, 0.0]), f64::MAX / 2.0);
    }

    #[test]
    fn negative_zeros_are_zeros() {
        assert_eq!(mean_of(&[-0.0, -0.0]).to_bits(), 0);
        assert_eq!(mean_of(&[-0.0, 3.0]), 1.5);
    }
}
