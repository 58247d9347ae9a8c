//! Spike
//!
//! Is the latest spend far above the mean of what came before?

use crate::abi::series::points;
use crate::abi::{Status, read_optional, write, write_default};
use crate::arch;
use crate::spike::check::{self as spike, SpikeConfig, SpikeResult};

/// Fills in the defaults.
///
/// config: where to write them.
///
/// Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when config is NULL.
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_spike_config_init(config: *mut SpikeConfig) -> Status {
    // SAFETY: the caller's config is NULL or writable.
    unsafe { write_default(config) }
}

/// Compares the latest spend of a series with the mean of all points before it, the baseline:
/// a spike is a latest spend above spike_multiplier times the baseline or its floor,
/// whichever is larger.
///
/// baseline_mean is the exact sum of its points, rounded once to the nearest double (beyond
/// the largest double as if there were larger ones), divided by their number and rounded
/// again. It does not depend on the order of the points, equals Python's math.fsum(points) /
/// len(points) to the last bit wherever that does not overflow, and is never infinite.
///
/// spend_series: spend in equal steps of time, oldest first, latest last; every point finite, >= 0,
///     in one currency unit. A step without spend is a 0, not left out.
/// spend_series_len: its number of points, 2 to CLOUDCIRCUIT_MAX_SERIES_LEN.
/// config: NULL for the defaults, CLOUDCIRCUIT_DEFAULT_SPIKE_MULTIPLIER and
///     CLOUDCIRCUIT_DEFAULT_MIN_BASELINE.
/// result: the finding; on an error is_spike is 1 and the numbers are 0.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER      spend_series or result is NULL
///   CLOUDCIRCUIT_ERR_SERIES_TOO_LONG   spend_series_len is above CLOUDCIRCUIT_MAX_SERIES_LEN
///   CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT  spend_series_len is below 2
///   CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER  spike_multiplier is not finite or not > 1
///   CLOUDCIRCUIT_ERR_MIN_BASELINE      min_baseline is not finite or not >= 0
///   CLOUDCIRCUIT_ERR_SPEND_SERIES      a point is not finite or not >= 0
///
/// The rule is check_anomaly_spike of the Python package cloudcircuit 0.1.0, which lets NaN
/// through and adds as its Python version does.
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_check_anomaly_spike(
    spend_series: *const f64,
    spend_series_len: usize,
    config: *const SpikeConfig,
    result: *mut SpikeResult,
) -> Status {
    // SAFETY: the caller's config is NULL or readable.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    // SAFETY: the caller's series is NULL or as long as it says, and nothing writes to it now.
    let series = unsafe { points(spend_series, spend_series_len) };
    let decision =
        series.and_then(|series| spike::check(series, &config, arch::for_points(series.len())));
    // SAFETY: the caller's result is NULL or writable.
    unsafe { write(result, decision, SpikeResult::REFUSED) }
}
