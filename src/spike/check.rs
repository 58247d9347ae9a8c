//! Is the latest spend far above the mean of what came before?

pub(crate) use crate::series::check_len;
use crate::{
    error::Error,
    numeric::{
        amount::checked_amount,
        mean::{Kernel, mean},
        unaligned::Unaligned,
    },
};

/// How many times the baseline the latest spend must exceed to be a spike, when the host sets
/// none.
pub const DEFAULT_SPIKE_MULTIPLIER: f64 = 1.5;
/// The floor under the baseline, when the host sets none.
pub const DEFAULT_MIN_BASELINE: f64 = 0.0;

/// Settings of cloudcircuit_check_anomaly_spike. 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct SpikeConfig {
    /// The latest spend is a spike above this many times the baseline; finite and > 1.
    pub spike_multiplier: f64,
    /// The baseline is taken as at least this, so that pennies on top of nothing are no
    /// spike; finite and >= 0, in the unit of the series.
    pub min_baseline: f64,
}

impl Default for SpikeConfig {
    fn default() -> Self {
        Self { spike_multiplier: DEFAULT_SPIKE_MULTIPLIER, min_baseline: DEFAULT_MIN_BASELINE }
    }
}

/// What cloudcircuit_check_anomaly_spike found. 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct SpikeResult {
    /// The last point of the series, the one that was judged; -0.0 is reported as 0.
    pub latest_spend: f64,
    /// Mean of all points before it, without the floor.
    pub baseline_mean: f64,
    /// The larger of baseline_mean and min_baseline, times spike_multiplier; a product beyond
    /// the largest double is reported as the largest double.
    pub threshold: f64,
    /// 1 when latest_spend > threshold, else 0.
    pub is_spike: u32,
    /// Always 0.
    pub reserved: u32,
}

impl SpikeResult {
    pub(crate) const REFUSED: Self =
        Self { latest_spend: 0.0, baseline_mean: 0.0, threshold: 0.0, is_spike: 1, reserved: 0 };
}

impl SpikeConfig {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        if !(self.spike_multiplier > 1.0 && self.spike_multiplier <= f64::MAX) {
            return Err(Error::SpikeMultiplier);
        }
        checked_amount(self.min_baseline).map(|_| ()).ok_or(Error::MinBaseline)
    }
}

pub(crate) fn check(
    spend_series: &[Unaligned<f64>],
    config: &SpikeConfig,
    kernel: Kernel,
) -> Result<SpikeResult, Error> {
    let Some((latest, history)) =
        spend_series.split_last().filter(|(_, history)| !history.is_empty())
    else {
        return Err(Error::SeriesTooShort);
    };
    config.validate()?;
    let latest_spend = checked_amount(latest.get()).ok_or(Error::SpendSeries)?;
    let baseline_mean = mean(history, kernel).ok_or(Error::SpendSeries)?;

    let threshold =
        (baseline_mean.max(config.min_baseline + 0.0) * config.spike_multiplier).min(f64::MAX);
    Ok(SpikeResult {
        latest_spend,
        baseline_mean,
        threshold,
        is_spike: (latest_spend > threshold).into(),
        reserved: 0,
    })
}
