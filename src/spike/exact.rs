//! The spike check on integers. Sums and products have 128 bits, so that nothing is rounded before
//! the decision.
//!
//! Called by `abi/spike/exact.rs`.

use crate::{
    error::Error,
    numeric::{amount::PPM, unaligned::Unaligned},
};

/// Default spike_multiplier_ppm.
pub const DEFAULT_SPIKE_MULTIPLIER_PPM: u32 = 1500000u32;

/// Settings of cloudcircuit_check_anomaly_spike_i64. 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct SpikeConfigI64 {
    /// A spike lies above this many parts per million of the baseline; > 1000000.
    pub spike_multiplier_ppm: u32,
    /// Always 0.
    pub reserved: u32,
    /// Lower bound of the baseline; >= 0, in the unit of the series; default 0.
    pub min_baseline: i64,
}

impl Default for SpikeConfigI64 {
    fn default() -> Self {
        Self { spike_multiplier_ppm: DEFAULT_SPIKE_MULTIPLIER_PPM, reserved: 0, min_baseline: 0 }
    }
}

/// Result of cloudcircuit_check_anomaly_spike_i64. 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct SpikeResultI64 {
    /// The last point of the series, which was judged.
    pub latest_spend: i64,
    /// Mean of all points before it, rounded down, also where min_baseline is larger.
    pub baseline_mean: i64,
    /// The larger of the exact mean and min_baseline, times spike_multiplier_ppm / 1000000, rounded
    /// down; at most INT64_MAX. A spend is above the exact threshold exactly when it is above this
    /// one.
    pub threshold: i64,
    /// 1 when latest_spend is above the exact threshold, else 0.
    pub is_spike: u32,
    /// Number of points in baseline_mean, at least 1; 0 after an error.
    pub points_used: u32,
}

impl SpikeResultI64 {
    pub(crate) const REFUSED: Self =
        Self { latest_spend: 0, baseline_mean: 0, threshold: 0, is_spike: 1, points_used: 0 };
}

pub(crate) fn check(
    spend_series: &[Unaligned<i64>],
    config: &SpikeConfigI64,
) -> Result<SpikeResultI64, Error> {
    let Some((latest, history)) =
        spend_series.split_last().filter(|(_, history)| !history.is_empty())
    else {
        return Err(Error::SeriesTooShort);
    };
    if config.spike_multiplier_ppm <= PPM {
        return Err(Error::SpikeMultiplierPpm);
    }
    if config.reserved != 0 {
        return Err(Error::Reserved);
    }
    let min_baseline = u64::try_from(config.min_baseline).map_err(|_| Error::MinBaseline)?;
    let latest_spend = latest.get();
    let latest = u64::try_from(latest_spend).map_err(|_| Error::SpendSeries)?;
    let sum = sum(history).ok_or(Error::SpendSeries)?;

    // A series has at most 2^31 points. Its sum has at most 94 bits, and no product over 126.
    let count = history.len() as u128;
    let baseline = sum.max(u128::from(min_baseline) * count);
    let scaled_threshold = baseline * u128::from(config.spike_multiplier_ppm);
    let scale = count * u128::from(PPM);
    let is_spike = u128::from(latest) * scale > scaled_threshold;
    Ok(SpikeResultI64 {
        latest_spend,
        baseline_mean: rounded_down(sum, count),
        threshold: rounded_down(scaled_threshold, scale),
        is_spike: is_spike.into(),
        points_used: history.len() as u32,
    })
}

/// The exact sum, or `None` if a point is negative.
fn sum(points: &[Unaligned<i64>]) -> Option<u128> {
    // Sums of 2^31 halves of points fit 63 bits, and compilers turn this loop into vector code.
    let (mut low, mut high, mut or_bits) = (0u64, 0u64, 0u64);
    for point in points {
        let point = point.get() as u64;
        or_bits |= point;
        low = low.wrapping_add(point & u64::from(u32::MAX));
        high = high.wrapping_add(point >> 32);
    }
    (or_bits >> 63 == 0).then(|| (u128::from(high) << 32) + u128::from(low))
}

fn rounded_down(dividend: u128, divisor: u128) -> i64 {
    dividend.checked_div(divisor).and_then(|q| i64::try_from(q).ok()).unwrap_or(i64::MAX)
}
