//! The spike check on doubles: the last point of a series against the mean of those before it.
//!
//! Called by `abi/spike/check.rs` and `abi/flags.rs` for one series, by `batch.rs` for columns.

use crate::{
    arch,
    error::Error,
    flags::{self, SPIKE_REFUSED},
    numeric::{
        amount::checked_amount,
        float::{larger, smaller},
        mean::{Kernel, mean},
        unaligned::Unaligned,
    },
    series::check_len,
};

/// Default spike_multiplier.
pub const DEFAULT_SPIKE_MULTIPLIER: f64 = 1.5;
/// Default min_baseline.
pub const DEFAULT_MIN_BASELINE: f64 = 0.0;

/// Settings of cloudcircuit_check_anomaly_spike. 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct SpikeConfig {
    /// A spike lies above this many times the baseline; finite, > 1.
    pub spike_multiplier: f64,
    /// Lower bound of the baseline: small amounts over a near-zero baseline are not flagged;
    /// finite, >= 0, in the unit of the series.
    pub min_baseline: f64,
}

impl Default for SpikeConfig {
    fn default() -> Self {
        Self { spike_multiplier: DEFAULT_SPIKE_MULTIPLIER, min_baseline: DEFAULT_MIN_BASELINE }
    }
}

/// Result of cloudcircuit_check_anomaly_spike. 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct SpikeResult {
    /// The last point of the series, which was judged; 0 for -0.0.
    pub latest_spend: f64,
    /// Mean of all points before it, also where min_baseline is larger.
    pub baseline_mean: f64,
    /// The larger of baseline_mean and min_baseline, times spike_multiplier; at most the largest
    /// double.
    pub threshold: f64,
    /// 1 when latest_spend > threshold, else 0.
    pub is_spike: u32,
    /// Number of points in baseline_mean, at least 1; 0 after an error.
    pub points_used: u32,
}

impl SpikeResult {
    pub(crate) const REFUSED: Self =
        Self { latest_spend: 0.0, baseline_mean: 0.0, threshold: 0.0, is_spike: 1, points_used: 0 };
}

impl SpikeConfig {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        if !(self.spike_multiplier > 1.0 && self.spike_multiplier <= f64::MAX) {
            return Err(Error::SpikeMultiplier);
        }
        checked_amount(self.min_baseline).map(|_| ()).ok_or(Error::MinBaseline)
    }
}

/// Checks the last point against the mean of those before it.
pub(crate) fn check(
    spend_series: &[Unaligned<f64>],
    config: &SpikeConfig,
) -> Result<SpikeResult, Error> {
    if spend_series.len() < 2 {
        return Err(Error::SeriesTooShort);
    }
    config.validate()?;
    judge(spend_series, config, arch::kernel_for(spend_series.len())).ok_or(Error::SpendSeries)
}

/// Flags and threshold of one row. `config` is valid, `kernel` is the choice for the whole column.
#[inline]
pub(crate) fn row(
    spend_series: &[Unaligned<f64>],
    config: &SpikeConfig,
    kernel: Kernel,
) -> (u32, f64) {
    let is_judged = check_len(spend_series.len()).is_ok();
    match is_judged.then(|| judge(spend_series, config, kernel)).flatten() {
        Some(result) => (flags::of_spike(result.is_spike), result.threshold),
        None => (SPIKE_REFUSED, 0.0),
    }
}

/// `None` if a point is not an amount, or there are fewer than two.
#[inline(always)]
fn judge(
    spend_series: &[Unaligned<f64>],
    config: &SpikeConfig,
    kernel: Kernel,
) -> Option<SpikeResult> {
    let (latest, history) = spend_series.split_last().filter(|(_, history)| !history.is_empty())?;
    let latest_spend = checked_amount(latest.get())?;
    let baseline_mean = mean(history, kernel)?;

    // The mean is never -0.0, but min_baseline may be: then the mean is taken.
    let baseline = larger(config.min_baseline, baseline_mean);
    let threshold = smaller(baseline * config.spike_multiplier, f64::MAX);
    Some(SpikeResult {
        latest_spend,
        baseline_mean,
        threshold,
        is_spike: (latest_spend > threshold).into(),
        points_used: history.len() as u32,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_over_nothing_is_zero_without_a_sign() {
        for (point, min_baseline) in [(0.0, 0.0), (0.0, -0.0), (-0.0, 0.0), (-0.0, -0.0)] {
            let series = [point; 3].map(Unaligned::from);
            let config = SpikeConfig { min_baseline, ..SpikeConfig::default() };
            let result = check(&series, &config).unwrap();
            let numbers = [result.latest_spend, result.baseline_mean, result.threshold];
            assert_eq!(numbers.map(f64::to_bits), [0; 3]);
            assert_eq!(result.is_spike, 0);
        }
    }
}
