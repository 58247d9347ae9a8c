//! Spike
//!
//! Is the latest spend far above the mean of what came before?

use crate::abi::series::points;
use crate::abi::{Status, decide, write_default};
use crate::spike::check::{SpikeConfig, SpikeResult, check};

/// Writes the default settings.
///
/// config: receives the defaults.
///
/// Errors: NULL_POINTER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_spike_config_init(config: *mut SpikeConfig) -> Status {
    // SAFETY: same contract as this function's: config is NULL or writable.
    unsafe { write_default(config) }
}

/// Compares the last point of a series with the mean of all points before it, the baseline.
///
/// The last point is a spike above spike_multiplier times the baseline. A baseline below
/// min_baseline counts as min_baseline.
///
/// baseline_mean is the exact sum, rounded once, divided by the number of points and rounded again.
/// The order of the points does not affect it, and it is never infinite.
///
/// For a series with gaps use cloudcircuit_detect_spike(): here NaN is an error, and a spike.
///
/// spend_series:     spend in equal steps of time, oldest first; each point finite, >= 0. A step
///                   without spend is a 0.
/// spend_series_len: number of points, 2 to CLOUDCIRCUIT_MAX_SERIES_LEN.
/// config:           NULL for the defaults.
/// result:           the finding. On an error is_spike is 1 and the numbers are 0.
///
/// Errors: NULL_POINTER, SERIES_TOO_LONG, SERIES_TOO_SHORT, SPIKE_MULTIPLIER, MIN_BASELINE,
/// SPEND_SERIES (the first that applies).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_check_anomaly_spike(
    spend_series: *const f64,
    spend_series_len: usize,
    config: *const SpikeConfig,
    result: *mut SpikeResult,
) -> Status {
    // SAFETY: same contract as this function's: spend_series is NULL or spend_series_len points
    // that nothing writes to during the call, config is NULL or readable, result NULL or writable.
    unsafe {
        let series = points(spend_series, spend_series_len);
        decide(config, result, SpikeResult::REFUSED, |config| check(series?, config))
    }
}
