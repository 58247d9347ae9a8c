use crate::{
    Result, SpikeConfig, SpikeConfigI64, SpikeResult, SpikeResultI64, pointer, sys, written,
};

/// Compares the last point of a series with the mean of all points before it, the baseline.
///
/// The last point is a spike above `spike_multiplier` times the baseline. A baseline below `min_baseline` counts
/// as `min_baseline`. The series is spend in equal steps of time, oldest first.
///
/// ```
/// let spike = cloudcircuit::check_anomaly_spike(&[100.0, 110.0, 90.0, 400.0], None)?;
/// assert!(spike.is_spike());
/// assert_eq!(spike.baseline_mean, 100.0);
/// # Ok::<(), cloudcircuit::Error>(())
/// ```
///
/// # Errors
///
/// When the series has fewer than 2 points, a point is not finite and at least 0, or a setting is out of range.
#[inline]
pub fn check_anomaly_spike(
    spend_series: &[f64],
    config: Option<&SpikeConfig>,
) -> Result<SpikeResult> {
    let (series, len) = (spend_series.as_ptr(), spend_series.len());
    // SAFETY: the series has that length, the settings are NULL or readable, and the result is written.
    unsafe {
        written(|result| {
            sys::cloudcircuit_check_anomaly_spike(series, len, pointer(config), result)
        })
    }
}

/// Compares the last point of a series with the mean before it, as [`check_anomaly_spike`] does, in exact
/// integers of a minor unit.
///
/// # Errors
///
/// When the series has fewer than 2 points, a point is below 0, or a setting is out of range.
#[inline]
pub fn check_anomaly_spike_i64(
    spend_series: &[i64],
    config: Option<&SpikeConfigI64>,
) -> Result<SpikeResultI64> {
    let (series, len) = (spend_series.as_ptr(), spend_series.len());
    // SAFETY: the series has that length, the settings are NULL or readable, and the result is written.
    unsafe {
        written(|result| {
            sys::cloudcircuit_check_anomaly_spike_i64(series, len, pointer(config), result)
        })
    }
}

/// Answers [`check_anomaly_spike`] as bits: [`FLAG_SPIKE`](crate::FLAG_SPIKE) or 0. On an error it is set, with
/// [`FLAG_INVALID`](crate::FLAG_INVALID).
#[must_use]
#[inline]
pub fn spike_flags(series: &[f64], spike_multiplier: f64, min_baseline: f64) -> u32 {
    // SAFETY: the series has that length.
    unsafe {
        sys::cloudcircuit_spike_flags(series.as_ptr(), series.len(), spike_multiplier, min_baseline)
    }
}
