//! Detect
//!
//! Is a point far above what its series usually does at that time? A robust weekday profile times a
//! level for daily spend, the same hour's usual spend for hourly; docs/DETECTION.md tells how, and
//! how well it does. A NaN is a missing point here, in scan and in the tracker.

use crate::abi::series::points;
use crate::abi::{Status, read_optional, write, write_default};
use crate::detect::config::{DetectConfig, DetectResult};
use crate::detect::judge;

/// Fills in the defaults.
///
/// config: where to write them.
///
/// Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when config is NULL.
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_detect_config_init(config: *mut DetectConfig) -> Status {
    // SAFETY: the caller's config is NULL or writable.
    unsafe { write_default(config) }
}

/// Judges the latest point of a series, or the one lag_points before it, by the points before it
/// alone: what was to be expected of it, how far it lies above that, and whether that far is unusual
/// for this series. Beside the verdict stands a finding of its own, a slow leak.
///
/// A series too young (13 points before a daily one, 72 before an hourly one, missing ones not
/// counted) and a missing point are CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA, never normal.
///
/// Takes time in proportion to the window, whatever the length of the series, beside one look at
/// each point; needs 40 KB of stack at most.
///
/// spend_series: spend in equal steps of time, oldest first; every point finite and >= 0, or NaN
///     where it is missing. A step without spend is a 0.
/// spend_series_len: its number of points, up to CLOUDCIRCUIT_MAX_SERIES_LEN.
/// config: NULL for the defaults. Set start_time if the dates are known.
/// result: the finding; on an error the verdict is CLOUDCIRCUIT_VERDICT_SPIKE, is_leak is 1 and the
///     numbers are 0.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER         spend_series or result is NULL
///   CLOUDCIRCUIT_ERR_SERIES_TOO_LONG      spend_series_len is above CLOUDCIRCUIT_MAX_SERIES_LEN
///   CLOUDCIRCUIT_ERR_SEASON_LENGTH        season_length is above CLOUDCIRCUIT_MAX_SEASON_LENGTH
///   CLOUDCIRCUIT_ERR_DETECT_WINDOW        window is out of range or holds no two seasons
///   CLOUDCIRCUIT_ERR_LAG_POINTS        lag_points is above CLOUDCIRCUIT_MAX_LAG_POINTS
///   CLOUDCIRCUIT_ERR_RESERVED             reserved is not 0
///   CLOUDCIRCUIT_ERR_SCORE_THRESHOLD          score_threshold is not finite or not > 0
///   CLOUDCIRCUIT_ERR_MIN_IMPACT           min_impact is not finite or not >= 0
///   CLOUDCIRCUIT_ERR_MIN_RELATIVE_IMPACT  min_relative_impact is not finite or not >= 0
///   CLOUDCIRCUIT_ERR_MIN_BASELINE         min_baseline is not finite or not >= 0
///   CLOUDCIRCUIT_ERR_START_TIME           start_time is known and beyond 2^53 seconds
///   CLOUDCIRCUIT_ERR_STEP                 step is not 1 to 2^31
///   CLOUDCIRCUIT_ERR_DETECT_POINT         a point is infinite or below 0
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_detect_spike(
    spend_series: *const f64,
    spend_series_len: usize,
    config: *const DetectConfig,
    result: *mut DetectResult,
) -> Status {
    // SAFETY: the caller's config is NULL or readable.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    // SAFETY: the caller's series is NULL or as long as it says, and nothing writes to it meanwhile.
    let series = unsafe { points(spend_series, spend_series_len) };
    let decision = series.and_then(|series| judge::detect(series, &config));
    // SAFETY: the caller's result is NULL or writable.
    unsafe { write(result, decision, DetectResult::REFUSED) }
}
