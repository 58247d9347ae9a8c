//! Means of series: as exact as a sum can be, at the speed of memory.

use crate::numeric::{amount::checked_amount, exact_sum, unaligned::Unaligned};

/// Points that a kernel takes at once.
pub(crate) type Chunk = [Unaligned<f64>; 8];

/// Points that are added up from one start: few enough to stay in the nearest cache if that has to
/// be done twice, many enough to make all the rest free.
const BLOCK: usize = 2048;

/// What is found in some points of a block.
///
/// They are added to a start, a power of two above the sum of the block. What lies above a fixed
/// bit of a point is then added without rounding, and what is rounded off the point is the exact
/// difference of two sums.
#[derive(Clone, Copy)]
pub(crate) struct Found {
    /// Of all that was not rounded off, without the start: exact.
    pub(crate) sum: f64,
    /// The sum of what was.
    pub(crate) residual: f64,
    /// The bits of all points: a sign bit tells of a negative one. NaN and infinity stay in the sum.
    pub(crate) or_bits: u64,
    /// No point has larger bits, but for a sign.
    pub(crate) largest: i64,
}

impl Found {
    fn and(self, other: Self) -> Self {
        Self {
            sum: self.sum + other.sum,
            residual: self.residual + other.residual,
            or_bits: self.or_bits | other.or_bits,
            largest: self.largest.max(other.largest),
        }
    }
}

/// Adds up chunks of a block from a start. Kernels differ in speed alone, for the mean is exact.
pub(crate) type Kernel = fn(&[Chunk], start: f64) -> Found;

/// The kernel for any CPU.
#[cfg(any(not(target_arch = "x86_64"), test))]
pub(crate) fn add_up(chunks: &[Chunk], start: f64) -> Found {
    let mut lanes = [Lane::from(start); 8];
    for chunk in chunks {
        for (lane, point) in lanes.iter_mut().zip(chunk) {
            lane.add(point);
        }
    }
    lanes.iter().fold(Lane::from(start).found(), |found, lane| found.and(lane.found()))
}

/// A running sum.
#[derive(Clone, Copy)]
struct Lane {
    start: f64,
    found: Found,
}

impl Lane {
    fn from(start: f64) -> Self {
        Self { start, found: Found { sum: start, residual: 0.0, or_bits: 0, largest: 0 } }
    }

    #[inline]
    fn add(&mut self, point: &Unaligned<f64>) {
        let point = point.get();
        let next = self.found.sum + point;
        self.found.residual += point + (self.found.sum - next);
        self.found.sum = next;
        self.found.or_bits |= point.to_bits();
        self.found.largest = self.found.largest.max(point.to_bits() as i64);
    }

    fn found(&self) -> Found {
        Found { sum: self.found.sum - self.start, ..self.found }
    }
}

/// A sum as high part plus low part, and the bits or_bits in its points.
struct Sum {
    high: f64,
    low: f64,
    /// How far the two may be from the exact sum.
    error_bound: f64,
    or_bits: u64,
}

/// The error_bound of a block, in starts. 2^11 points round off at most 2^-53 starts each, and adding
/// those up rounds off at most 2^-53 of 2^-42 starts each time: 2^-84 starts in all. Twice that
/// covers what is rounded where blocks are added up, too.
const ERROR_BOUND: f64 = 1.0 / (1u128 << 83) as f64;

/// Sums below this may have lost errors among the subnormals (or the subnormals themselves, on a
/// thread that flushes them), sums above could overflow on the way: 2^-800 and 2^1000.
const CERTAIN_RANGE: core::ops::Range<f64> = f64::from_bits(223 << 52)..f64::from_bits(2023 << 52);

impl Sum {
    fn of_block(points: &[Unaligned<f64>], kernel: Kernel) -> Self {
        let at = |index: usize| points.get(index).map_or(0.0, |point| point.get());
        // SmallSample series have a point over a hundred times as large as these.
        let guess = at(0) + at(points.len() / 2) + at(points.len() - 1);
        let bound = power_above(guess.to_bits() as i64) * 128.0;
        let (sum, largest) = Self::from_bound(bound, points, kernel);
        if f64::from_bits(largest as u64) <= bound {
            return sum;
        }
        Self::from_bound(power_above(largest), points, kernel).0
    }

    /// The sum of a block, right if no point is above the bound, and the bits of the largest.
    #[inline]
    fn from_bound(bound: f64, points: &[Unaligned<f64>], kernel: Kernel) -> (Self, i64) {
        let start = bound * (2 * BLOCK) as f64;
        let (chunks, rest) = points.as_chunks();
        let mut last = Lane::from(start);
        for point in rest {
            last.add(point);
        }
        let Found { sum, residual, or_bits, largest } = kernel(chunks, start).and(last.found());
        // The sum is a multiple of the last bit of what was rounded off, so this is exact.
        let high = sum + residual;
        let low = residual - (high - sum);
        (Self { high, low, error_bound: start * ERROR_BOUND, or_bits }, largest)
    }

    fn and(self, other: Self) -> Self {
        let (sum, residual) = two_sum(self.high, other.high);
        let (high, low) = two_sum(sum, self.low + (residual + other.low));
        Self {
            high,
            low,
            error_bound: self.error_bound + other.error_bound,
            or_bits: self.or_bits | other.or_bits,
        }
    }

    /// The exact sum's nearest double, where no other could be it.
    fn nearest(&self) -> Option<f64> {
        let least = self.high + (self.low - self.error_bound);
        let most = self.high + (self.low + self.error_bound);
        let is_certain = least == self.high && most == self.high;
        (is_certain && CERTAIN_RANGE.contains(&self.high)).then_some(self.high)
    }
}

/// The least power of two above a number of these bits.
fn power_above(bits: i64) -> f64 {
    const EXPONENT: u64 = 0x7ff << 52;
    f64::from_bits((bits as u64 & EXPONENT) + (1 << 52))
}

/// `a + b` rounded, and exactly what the rounding took off.
pub(crate) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    (sum, (a - (sum - b_part)) + (b - b_part))
}

/// The exact sum of `points`, rounded once, divided by their number and rounded again; `None`
/// if one is not an amount. There is at least one point.
pub(crate) fn mean(points: &[Unaligned<f64>], kernel: Kernel) -> Option<f64> {
    let blocks = points.chunks(BLOCK).map(|points| Sum::of_block(points, kernel));
    let sum = blocks.reduce(Sum::and)?;
    match sum.nearest() {
        Some(nearest) if sum.or_bits >> 63 == 0 => Some(nearest / points.len() as f64),
        _ if sum.or_bits << 1 == 0 => Some(0.0),
        nearest => checked_mean(points, nearest),
    }
}

/// The mean of points that may be no amounts, from their sum if that is certain.
#[cold]
#[inline(never)]
fn checked_mean(points: &[Unaligned<f64>], sum: Option<f64>) -> Option<f64> {
    let is_amount = |point: &Unaligned<f64>| checked_amount(point.get()).is_some();
    if !points.iter().all(is_amount) {
        return None;
    }
    Some(sum.map_or_else(|| exact_sum::mean(points), |sum| sum / points.len() as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every kernel that this CPU can run.
    fn kernels() -> Vec<Kernel> {
        let mut kernels: Vec<Kernel> = vec![add_up];
        #[cfg(target_arch = "x86_64")]
        kernels.extend(crate::arch::for_this_cpu());
        kernels
    }

    /// The mean, the same from every kernel.
    fn mean_of(points: &[f64]) -> Option<f64> {
        let points: Vec<_> = points.iter().copied().map(Unaligned::from).collect();
        let means: Vec<_> = kernels().iter().map(|kernel| mean(&points, *kernel)).collect();
        let bits: Vec<_> = means.iter().map(|mean| mean.map(f64::to_bits)).collect();
        assert!(bits.iter().all(|mean| *mean == bits[0]), "{points:?}: {means:?}");
        means[0]
    }

    /// All of the first lane's points, zeros in the others.
    fn mean_of_one_lane(points: &[f64]) -> Option<f64> {
        let lanes = |point: &f64| [*point, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        mean_of(&points.iter().flat_map(lanes).collect::<Vec<_>>())
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
    fn a_block_full_of_points_at_its_bound_adds_up_below_the_next_power() {
        // All but those from which the bound is guessed.
        let mut points = vec![1.0; BLOCK];
        for seed in 0..200_u64 {
            for (index, point) in points.iter_mut().enumerate() {
                let bits = (seed << 11 | index as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 13;
                *point = f64::from_bits(2.0f64.to_bits() - 1 - bits / 8);
            }
            for guessed_from in [0, BLOCK / 2, BLOCK - 1] {
                points[guessed_from] /= 1e6;
            }
            let unaligned: Vec<_> = points.iter().copied().map(Unaligned::from).collect();
            assert_eq!(mean_of(&points), Some(exact_sum::mean(&unaligned)));
        }
    }

    #[test]
    fn negative_zeros_are_zeros_and_negatives_are_not() {
        assert_eq!(mean_of_one_lane(&[-0.0, -0.0]).map(f64::to_bits), Some(0));
        assert_eq!(mean_of_one_lane(&[-0.0, 16.0]), Some(1.0));
        assert_eq!(mean_of_one_lane(&[-5e-324, 16.0]), None);
    }

    #[test]
    fn every_kernel_finds_the_exact_mean_at_every_length() {
        let mut seed = 1u64;
        let mut any = || {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            seed >> 11
        };
        for length in (1..70).chain([511, 2047, 2048, 2049, 2055, 5000]) {
            for spread in [0, 1, 10, 100, 1000] {
                let point = |bits: u64| {
                    let exponent = 1022 - spread / 2 + (bits >> 30) % (spread + 1);
                    f64::from_bits(exponent << 52 | bits & ((1 << 52) - 1))
                };
                let mut points: Vec<f64> = (0..length).map(|_| point(any())).collect();
                let unaligned: Vec<_> = points.iter().copied().map(Unaligned::from).collect();
                assert_eq!(mean_of(&points), Some(exact_sum::mean(&unaligned)), "{points:?}");
                for bad in [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0] {
                    let at = any() as usize % length;
                    let good = std::mem::replace(&mut points[at], bad);
                    assert_eq!(mean_of(&points), None, "{points:?}");
                    points[at] = good;
                }
            }
        }
    }
}
