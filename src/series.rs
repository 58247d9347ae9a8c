//! Means of series: as exact as a sum can be, at the speed of memory.

use crate::{amount::amount, exact};

/// A point as the host's buffer holds it: the bytes of a double, at any alignment.
pub(crate) type Point = [u8; 8];

/// Points a kernel adds up before its lanes are folded: few enough to keep their rounding
/// errors tiny, many enough to make folding free.
const BLOCK: usize = 4096;

const LANES: usize = 8;

/// Eight running sums, each with what its additions have rounded off, and the bits seen in
/// any point: a sign bit tells of a negative one. NaN and infinity stay in the sums.
#[derive(Default)]
pub(crate) struct Lanes {
    sums: [f64; LANES],
    errors: [f64; LANES],
    seen: [u64; 2],
}

/// Adds up one block.
pub(crate) type Kernel = fn(&[Point]) -> Lanes;

/// The kernel in the instructions that every CPU of the target has.
pub(crate) fn lanes(points: &[Point]) -> Lanes {
    add_up(points)
}

/// The same code compiled for AVX2, with the same bits.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
pub(crate) fn lanes_avx2(points: &[Point]) -> Lanes {
    add_up(points)
}

#[inline(always)]
fn add_up(points: &[Point]) -> Lanes {
    let mut lanes = Lanes::default();
    let (chunks, rest) = points.as_chunks();
    for chunk in chunks {
        lanes.add(chunk);
    }
    if !rest.is_empty() {
        let mut padded = [Point::default(); LANES];
        for (slot, point) in padded.iter_mut().zip(rest) {
            *slot = *point;
        }
        lanes.add(&padded);
    }
    lanes
}

impl Lanes {
    // Written so that compilers see eight independent lanes: fixed arrays, no branch, `<` and `>`
    // as in minpd and maxpd. Their operand order lets a NaN through from either side.
    #[inline(always)]
    #[allow(clippy::indexing_slicing, reason = "constant bounds, checked in compilation")]
    #[allow(clippy::needless_range_loop, reason = "four arrays in step")]
    fn add(&mut self, points: &[Point; LANES]) {
        let points = points.map(f64::from_ne_bytes);
        for lane in 0..LANES {
            let (sum, point) = (self.sums[lane], points[lane]);
            self.seen[lane % 2] |= point.to_bits();
            let larger = if sum > point { sum } else { point };
            let smaller = if point < sum { point } else { sum };
            let next = larger + smaller;
            self.errors[lane] += smaller - (next - larger);
            self.sums[lane] = next;
        }
    }

    /// One sum and its error from all lanes, pairwise.
    #[allow(clippy::indexing_slicing, reason = "constant bounds, checked in compilation")]
    fn fold(mut self) -> (f64, f64) {
        for half in [4, 2, 1] {
            for lane in 0..half {
                let (sum, rounded_off) = two_sum(self.sums[lane], self.sums[lane + half]);
                self.sums[lane] = sum;
                self.errors[lane] += self.errors[lane + half] + rounded_off;
            }
        }
        (self.sums[0], self.errors[0])
    }
}

/// A sum as high part plus low part, within `high * 2^-84` of the exact one: a block's 512
/// additions a lane leave errors with an error of less than 2^-88 of the block's sum, and each of
/// up to 2^19 blocks adds less than 2^-104 of the whole.
#[derive(Default)]
struct Compensated {
    high: f64,
    low: f64,
}

/// The bound of [`Compensated`], with room to spare.
const RELATIVE_ERROR: f64 = 1.0 / (1u128 << 78) as f64;

/// Sums below this may have lost errors among the subnormals (or the subnormals themselves, on a
/// thread that flushes them), sums above could overflow on the way: 2^-900 and 2^1000.
const CERTAIN_RANGE: core::ops::Range<f64> = f64::from_bits(123 << 52)..f64::from_bits(2023 << 52);

impl Compensated {
    fn add(&mut self, lanes: Lanes) {
        let (sum, error) = lanes.fold();
        let (high, rounded_off) = two_sum(self.high, sum);
        (self.high, self.low) = two_sum(high, self.low + (rounded_off + error));
    }

    /// The exact sum's nearest double, where no other could be it.
    fn nearest(&self) -> Option<f64> {
        let slack = self.high * RELATIVE_ERROR;
        let (least, most) = (self.high + (self.low - slack), self.high + (self.low + slack));
        (least == most && CERTAIN_RANGE.contains(&least)).then_some(least)
    }
}

/// `a + b` rounded, and exactly what the rounding took off.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    (sum, (a - (sum - b_part)) + (b - b_part))
}

/// The exact sum of `points`, rounded once, divided by their number and rounded again; `None`
/// if one is not an amount. There is at least one point.
pub(crate) fn mean(points: &[Point], kernel: Kernel) -> Option<f64> {
    let mut sum = Compensated::default();
    let mut seen = 0;
    for block in points.chunks(BLOCK) {
        let lanes = kernel(block);
        seen |= lanes.seen[0] | lanes.seen[1];
        sum.add(lanes);
    }
    // Nothing but zeros.
    if seen << 1 == 0 {
        return Some(0.0);
    }
    let sum = sum.nearest();
    let may_be_negative = seen >> 63 == 1;
    if sum.is_none() || may_be_negative {
        let is_amount = |point: &Point| amount(f64::from_ne_bytes(*point)).is_some();
        if !points.iter().all(is_amount) {
            return None;
        }
    }
    Some(sum.map_or_else(|| exact::mean(points), |sum| sum / points.len() as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All of the first lane's points, zeros in the others.
    fn mean_of_one_lane(points: &[f64]) -> Option<f64> {
        let points: Vec<Point> = points
            .iter()
            .flat_map(|point| [*point, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
            .map(f64::to_ne_bytes)
            .collect();
        mean(&points, lanes)
    }

    #[test]
    fn a_sum_too_close_to_a_tie_for_its_errors_is_made_exact() {
        // Just below half an ulp of 1, and then 500 points that the running error rounds off one
        // by one, though together they reach over the half.
        let power = |exponent: i32| f64::from_bits(((1023 + exponent) as u64) << 52);
        let mut points = vec![1.0, power(-53) - power(-99)];
        points.extend([1.9 * power(-108); 500]);
        let next_after_one = 1.0 + f64::EPSILON;
        assert_eq!(mean_of_one_lane(&points), Some(next_after_one / (8 * points.len()) as f64));
    }

    #[test]
    fn negative_zeros_are_zeros_and_negatives_are_not() {
        assert_eq!(mean_of_one_lane(&[-0.0, -0.0]).map(f64::to_bits), Some(0));
        assert_eq!(mean_of_one_lane(&[-0.0, 16.0]), Some(1.0));
        assert_eq!(mean_of_one_lane(&[-5e-324, 16.0]), None);
    }
}
