//! Spike in exact money
//!
//! The spike check on integers.

use crate::abi::series::points;
use crate::abi::{Status, read_optional, write, write_default};
use crate::spike::exact::{self as spike_i64, SpikeConfigI64, SpikeResultI64};

/// Fills in the defaults.
///
/// config: where to write them.
///
/// Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when config is NULL.
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_spike_config_i64_init(config: *mut SpikeConfigI64) -> Status {
    // SAFETY: the caller's config is NULL or writable.
    unsafe { write_default(config) }
}

/// Compares the latest spend of a series with the mean of all points before it, as
/// cloudcircuit_check_anomaly_spike, in exact integers: sums and products that nothing rounds.
///
/// spend_series: spend in equal steps of time, oldest first, latest last; every point >= 0, in one
///     minor unit. A step without spend is a 0, not left out.
/// spend_series_len: its number of points, 2 to CLOUDCIRCUIT_MAX_SERIES_LEN.
/// config: NULL for the defaults, CLOUDCIRCUIT_DEFAULT_SPIKE_MULTIPLIER_PPM and a floor of 0.
/// result: the finding; on an error is_spike is 1 and the numbers are 0.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER          spend_series or result is NULL
///   CLOUDCIRCUIT_ERR_SERIES_TOO_LONG       spend_series_len is above CLOUDCIRCUIT_MAX_SERIES_LEN
///   CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT      spend_series_len is below 2
///   CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER_PPM  spike_multiplier_ppm is not > 1000000
///   CLOUDCIRCUIT_ERR_RESERVED              config reserved is not 0
///   CLOUDCIRCUIT_ERR_MIN_BASELINE          min_baseline is not >= 0
///   CLOUDCIRCUIT_ERR_SPEND_SERIES          a point is not >= 0
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_check_anomaly_spike_i64(
    spend_series: *const i64,
    spend_series_len: usize,
    config: *const SpikeConfigI64,
    result: *mut SpikeResultI64,
) -> Status {
    // SAFETY: the caller's config is NULL or readable.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    // SAFETY: the caller's series is NULL or as long as it says, and nothing writes to it now.
    let series = unsafe { points(spend_series, spend_series_len) };
    let decision = series.and_then(|series| spike_i64::check(series, &config));
    // SAFETY: the caller's result is NULL or writable.
    unsafe { write(result, decision, SpikeResultI64::REFUSED) }
}
