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

/// The points that a kernel takes at a time.
pub(crate) type Chunk = [Unaligned<f64>; 8];

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
    /// OR of the bits of all points. The sign bit is set if a point has one. NaN and infinity need
    /// no bit here, because they stay in the sum.
    pub(crate) or_bits: u64,
    /// The bits of no point without a sign are larger.
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

/// Adds up chunks of a block from a start.
pub(crate) type Kernel = fn(&[Chunk], start: f64) -> Found;

/// The portable kernel.
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

/// A running sum. The start is so large that each addition is a Fast2Sum (Dekker): its error, the
/// residual, is the exact difference of two sums.
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

/// A sum as high part plus low part.
struct Sum {
    high: f64,
    low: f64,
    /// The exact sum lies within this of high + low.
    error_bound: f64,
    or_bits: u64,
}

/// The error bound of a block, in starts. Each of 2^11 residuals is at most 2^-53 starts, so their
/// sum is at most 2^-42. Each of the 2^11 additions of that sum rounds by at most 2^-53 of it:
/// 2^-84 starts in all. Twice that also covers the rounding where blocks are merged.
const ERROR_BOUND: f64 = 1.0 / (1u128 << 83) as f64;

/// 2^-800 to 2^1000. Below, residuals may have been lost among the subnormals, or subnormals
/// themselves on a thread that flushes them. Above, an intermediate sum may overflow.
const CERTAIN_RANGE: core::ops::Range<f64> = f64::from_bits(223 << 52)..f64::from_bits(2023 << 52);

impl Sum {
    fn of_block(points: &[Unaligned<f64>], kernel: Kernel) -> Self {
        let at = |index: usize| points.get(index).map_or(0.0, |point| point.get());
        // In most series no point is over a hundred times as large as the sum of these three.
        let guess = at(0) + at(points.len() / 2) + at(points.len() - 1);
        let bound = power_above(guess.to_bits() as i64) * 128.0;
        let (sum, largest) = Self::from_bound(bound, points, kernel);
        if f64::from_bits(largest as u64) <= bound {
            return sum;
        }
        Self::from_bound(power_above(largest), points, kernel).0
    }

    /// The sum of a block, which holds if no point is above the bound, and the largest point's
    /// bits.
    #[inline]
    fn from_bound(bound: f64, points: &[Unaligned<f64>], kernel: Kernel) -> (Self, i64) {
        let start = bound * (2 * BLOCK) as f64;
        let (chunks, rest) = points.as_chunks();
        let mut last = Lane::from(start);
        for point in rest {
            last.add(point);
        }
        let Found { sum, residual, or_bits, largest } = kernel(chunks, start).and(last.found());
        // Fast2Sum: the sum is a multiple of the residuals' last bit, so `low` is exact.
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

    /// The double nearest to the exact sum, if the error bound leaves only one.
    fn nearest(&self) -> Option<f64> {
        let least = self.high + (self.low - self.error_bound);
        let most = self.high + (self.low + self.error_bound);
        let is_certain = least == self.high && most == self.high;
        (is_certain && CERTAIN_RANGE.contains(&self.high)).then_some(self.high)
    }
}

/// The least power of two above the number with these bits.
fn power_above(bits: i64) -> f64 {
    const EXPONENT: u64 = 0x7ff << 52;
    f64::from_bits((bits as u64 & EXPONENT) + (1 << 52))
}

/// TwoSum: `a + b` rounded, and the exact error of that.
pub(crate) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    (sum, (a - (sum - b_part)) + (b - b_part))
}

/// The exact sum of at least one point, rounded once, divided by the number of points and rounded
/// again. `None` if a point is not an amount. Never -0.0.
pub(crate) fn mean(points: &[Unaligned<f64>], kernel: Kernel) -> Option<f64> {
    let blocks = points.chunks(BLOCK).map(|points| Sum::of_block(points, kernel));
    let sum = blocks.reduce(Sum::and)?;
    match sum.nearest() {
        Some(nearest) if sum.or_bits >> 63 == 0 => Some(nearest / points.len() as f64),
        _ if sum.or_bits << 1 == 0 => Some(0.0),
        nearest => checked_mean(points, nearest),
    }
}

/// The mean where a point may not be an amount, or where only `exact_sum` finds the sum.
#[cold]
#[inline(never)]
fn checked_mean(points: &[Unaligned<f64>], sum: Option<f64>) -> Option<f64> {
    let is_amount = |point: &Unaligned<f64>| checked_amount(point.get()).is_some();
    if !points.iter().all(is_amount) {
        return None;
    }
    Some(sum.map_or_else(|| exact_sum::mean(points), |sum| sum / points.len() as f64))
}
