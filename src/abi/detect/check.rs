//! Detect
//!
//! Is a point far above what its series usually does at that time?
//!
//! For daily spend the detector expects a level times a robust weekday profile, for hourly spend
//! the usual spend of the same hour. docs/DETECTION.md describes the method and its accuracy. NaN
//! is a missing point for the detector, the scan and the tracker. A negative point, for example a
//! credit, is an error, a missing point or 0, by negative_points.

use crate::abi::series::points;
use crate::abi::{Status, read_optional, write, write_default};
use crate::detect::config::{DetectConfig, DetectResult};
use crate::detect::judge;

/// Writes the default settings.
///
/// config: receives the defaults.
///
/// Errors: NULL_POINTER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_detect_config_init(config: *mut DetectConfig) -> Status {
    // SAFETY: the caller's config is NULL or writable.
    unsafe { write_default(config) }
}

/// Judges the latest point of a series, or the one lag_points before it, by the points before it.
///
/// The result has the spend to expect, how far the point lies above it, and whether that is unusual
/// for this series. A slow leak and a fall are reported apart from the verdict.
///
/// A missing point, and a series that is too short, are CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA,
/// never normal. A daily series needs 13 known points before the one judged, an hourly one 72.
///
/// Each point is checked; apart from that the time of a call is proportional to the window, not to
/// the series. A call needs at most 16 KB of stack, for daily points with the default window 8 KB.
///
/// spend_series:     spend in equal steps of time, oldest first; each point finite, or NaN if it is
///                   missing. >= 0, unless negative_points allows less. A step without spend is a 0.
///                   NULL only if spend_series_len is 0.
/// spend_series_len: number of points, 0 to CLOUDCIRCUIT_MAX_SERIES_LEN.
/// config:           NULL for the defaults. Set start_time if the dates are known.
/// result:           the finding. On an error verdict is CLOUDCIRCUIT_VERDICT_SPIKE, is_leak and
///                   is_drop are 1 and all other fields are 0.
///
/// Errors: NULL_POINTER, SERIES_TOO_LONG, SEASON_LENGTH, DETECT_WINDOW, LAG_POINTS, NEGATIVE_POINTS, SCORE_THRESHOLD, MIN_IMPACT, MIN_RELATIVE_IMPACT, MIN_BASELINE, START_TIME, STEP, DETECT_POINT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_detect_spike(
    spend_series: *const f64,
    spend_series_len: usize,
    config: *const DetectConfig,
    result: *mut DetectResult,
) -> Status {
    // SAFETY: the caller's config is NULL or readable.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    // SAFETY: the caller's series is NULL or as long as it says, and nothing writes to it
    // meanwhile.
    let series = unsafe { points(spend_series, spend_series_len) };
    let decision = series.and_then(|series| judge::detect(series, &config));
    // SAFETY: the caller's result is NULL or writable.
    unsafe { write(result, decision, DetectResult::REFUSED) }
}
