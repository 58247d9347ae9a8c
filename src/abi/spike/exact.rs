//! Spike in exact money
//!
//! The spike check on integers of the caller's minor unit. No decision is rounded.

use crate::abi::series::points;
use crate::abi::{Status, decide, write_default};
use crate::spike::exact::{SpikeConfigI64, SpikeResultI64, check};

/// Writes the default settings.
///
/// config: receives the defaults.
///
/// Errors: NULL_POINTER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_spike_config_i64_init(config: *mut SpikeConfigI64) -> Status {
    // SAFETY: same contract as this function's: config is NULL or writable.
    unsafe { write_default(config) }
}

/// Compares the last point of a series with the mean of all points before it, as
/// cloudcircuit_check_anomaly_spike() does, in exact integers.
///
/// spend_series:     spend in equal steps of time, oldest first, in one minor unit; each point >=
///                   0. A step without spend is a 0.
/// spend_series_len: number of points, 2 to CLOUDCIRCUIT_MAX_SERIES_LEN.
/// config:           NULL for the defaults.
/// result:           the finding. On an error is_spike is 1 and the numbers are 0.
///
/// Errors: NULL_POINTER, SERIES_TOO_LONG, SERIES_TOO_SHORT, SPIKE_MULTIPLIER_PPM, RESERVED,
/// MIN_BASELINE, SPEND_SERIES (the first that applies).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_check_anomaly_spike_i64(
    spend_series: *const i64,
    spend_series_len: usize,
    config: *const SpikeConfigI64,
    result: *mut SpikeResultI64,
) -> Status {
    // SAFETY: same contract as this function's: spend_series is NULL or spend_series_len points
    // that nothing writes to during the call, config is NULL or readable, result NULL or writable.
    unsafe {
        let series = points(spend_series, spend_series_len);
        decide(config, result, SpikeResultI64::REFUSED, |config| check(series?, config))
    }
}
