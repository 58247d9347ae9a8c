//! Correctly rounded mean of a series.
//!
//! Each block of 2048 points is added to a start, a power of two above the block's sum. Every
//! addition then splits a point without error into a part that is summed exactly and a small
//! residual, which is summed in floating point (error-free vector extraction: Rump, Ogita, Oishi,
//! "Accurate floating-point summation", part I, 2008). Blocks are merged by TwoSum (Knuth). The
//! error of the whole is bounded. Where the bound leaves more than one double, exact_sum.rs
//! decides.
//!
//! The mean is therefore the same for every kernel and every order of the points. Kernels are in
//! arch/, and so are the tests, which run every kernel that the CPU has. Called by spike/ and, for
//! `two_sum`, by forecast/.

use crate::numeric::{amount::checked_amount, exact_sum, unaligned::Unaligned};

/// Points that are added to one start. A block fits the nearest cache in case it is summed twice,
/// and is long enough for the work per block not to count.
pub(crate) const BLOCK: usize = 2048;

/// The sum of some points of a block.
#[derive(Clone, Copy)]
pub(crate) struct Found {
    /// Sum of the extracted parts, without the start: exact.
    pub(crate) sum: f64,
    /// Sum of the residuals.
    pub(crate) residual: f64,
    /// The bits of no point are larger, unless one has a sign: then the highest bit is set.
    pub(crate) largest: u64,
}

/// Adds up the points of a block from a start.
pub(crate) type Kernel = fn(&[Unaligned<f64>], start: f64) -> Found;

/// The portable kernel.
#[cfg(any(not(target_arch = "x86_64"), test))]
pub(crate) fn add_up(points: &[Unaligned<f64>], start: f64) -> Found {
    let mut lanes = [Found { sum: start, residual: 0.0, largest: 0 }; 8];
    for chunk in points.chunks(lanes.len()) {
        for (lane, point) in lanes.iter_mut().zip(chunk) {
            lane.add(point.get());
        }
    }
    lanes.into_iter().fold(Found { sum: 0.0, residual: 0.0, largest: 0 }, |all, lane| Found {
        sum: all.sum + (lane.sum - start),
        residual: all.residual + lane.residual,
        largest: all.largest.max(lane.largest),
    })
}

#[cfg(any(not(target_arch = "x86_64"), test))]
impl Found {
    /// Adds a point to a sum that begins with a start. The start is so large that the addition is a
    /// Fast2Sum (Dekker): its error, the residual, is the exact difference of two sums.
    #[inline]
    fn add(&mut self, point: f64) {
        let next = self.sum + point;
        self.residual += point + (self.sum - next);
        self.sum = next;
        self.largest = self.largest.max(point.to_bits());
    }
}

/// A sum as high part plus low part.
struct Sum {
    high: f64,
    low: f64,
    /// The exact sum lies within this of high + low.
    error_bound: f64,
    /// Whether a point has a sign, as a negative number and -0.0 have.
    is_signed: bool,
}

/// The error bound of a block, in starts. Each of 2^11 residuals is at most 2^-53 starts, so their
/// sum is at most 2^-42. Each of the 2^11 additions of that sum rounds by at most 2^-53 of it:
/// 2^-84 starts in all. Twice that also covers the rounding where blocks are merged.
const ERROR_BOUND: f64 = 1.0 / (1u128 << 83) as f64;

/// 2^-800 to 2^1000. Below, residuals may have been lost among the subnormals, or subnormals
/// themselves on a thread that flushes them. Above, an intermediate sum may overflow.
const CERTAIN_RANGE: core::ops::Range<f64> = f64::from_bits(223 << 52)..f64::from_bits(2023 << 52);

impl Sum {
    #[inline]
    fn of_block(points: &[Unaligned<f64>], kernel: Kernel) -> Self {
        let at = |index: usize| points.get(index).map_or(0, |point| point.get().to_bits() as i64);
        // In most series no point is over two hundred times as large as the largest of these.
        let guess = at(0).max(at(points.len() / 2)).max(at(points.len() - 1)) as u64;
        let bound = f64::from_bits((guess & EXPONENT).min(LARGEST_GUESS) + (9 << 52));
        let (sum, largest) = Self::from_bound(bound, points, kernel);
        if f64::from_bits(largest) <= bound && !sum.is_signed {
            return sum;
        }
        let magnitudes = points.iter().map(|point| point.get().to_bits() & (u64::MAX >> 1));
        let largest = if sum.is_signed { magnitudes.fold(0, u64::max) } else { largest };
        Self::from_bound(power_above(largest), points, kernel).0
    }

    /// The sum of a block, which holds if no point is above the bound, and the largest point's
    /// bits.
    #[inline]
    fn from_bound(bound: f64, points: &[Unaligned<f64>], kernel: Kernel) -> (Self, u64) {
        let start = bound * (2 * BLOCK) as f64;
        let Found { sum, residual, largest } = kernel(points, start);
        // Fast2Sum: the sum is a multiple of the residuals' last bit, so `low` is exact.
        let high = sum + residual;
        let low = residual - (high - sum);
        let is_signed = largest >> 63 != 0;
        (Self { high, low, error_bound: start * ERROR_BOUND, is_signed }, largest)
    }

    fn and(self, other: Self) -> Self {
        let (sum, residual) = two_sum(self.high, other.high);
        let (high, low) = two_sum(sum, self.low + (residual + other.low));
        Self {
            high,
            low,
            error_bound: self.error_bound + other.error_bound,
            is_signed: self.is_signed | other.is_signed,
        }
    }

    /// The double nearest to the exact sum, if the error bound leaves only one, and whether a point
    /// has a sign.
    fn nearest(&self) -> (Option<f64>, bool) {
        let least = self.high + (self.low - self.error_bound);
        let most = self.high + (self.low + self.error_bound);
        let is_certain = least == self.high && most == self.high;
        let is_certain = is_certain && CERTAIN_RANGE.contains(&self.high);
        (is_certain.then_some(self.high), self.is_signed)
    }
}

/// The bits of a double that are its exponent.
const EXPONENT: u64 = 0x7ff << 52;

/// The exponent of the largest guess. Sums of larger points are beyond `CERTAIN_RANGE`.
const LARGEST_GUESS: u64 = 2000 << 52;

/// The least power of two above the number with these bits.
fn power_above(bits: u64) -> f64 {
    f64::from_bits((bits & EXPONENT) + (1 << 52))
}

/// TwoSum: `a + b` rounded, and the exact error of that.
pub(crate) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    (sum, (a - (sum - b_part)) + (b - b_part))
}

/// The exact sum of at least one point, rounded once, divided by the number of points and rounded
/// again. `None` if a point is not an amount. Never -0.0.
#[inline]
pub(crate) fn mean(points: &[Unaligned<f64>], kernel: Kernel) -> Option<f64> {
    let (nearest, is_signed) = if points.len() <= BLOCK {
        Sum::of_block(points, kernel).nearest()
    } else {
        nearest_of_blocks(points, kernel)
    };
    match nearest {
        Some(sum) if !is_signed => Some(sum / points.len() as f64),
        _ => checked_mean(points, nearest),
    }
}

#[inline(never)]
fn nearest_of_blocks(points: &[Unaligned<f64>], kernel: Kernel) -> (Option<f64>, bool) {
    let blocks = points.chunks(BLOCK).map(|points| Sum::of_block(points, kernel));
    blocks.reduce(Sum::and).map_or((None, false), |sum| sum.nearest())
}

/// The mean where a point may not be an amount, all are 0, or only `exact_sum` finds the sum.
#[cold]
#[inline(never)]
fn checked_mean(points: &[Unaligned<f64>], sum: Option<f64>) -> Option<f64> {
    let or_bits = points.iter().fold(0, |or_bits, point| or_bits | point.get().to_bits());
    if or_bits << 1 == 0 {
        return Some(0.0);
    }
    let is_amount = |point: &Unaligned<f64>| checked_amount(point.get()).is_some();
    if !points.iter().all(is_amount) {
        return None;
    }
    Some(sum.map_or_else(|| exact_sum::mean(points), |sum| sum / points.len() as f64))
}
