//! Scan
//!
//! A policy tried on last year's bill before it is switched on: every point of a series judged by
//! what came before it.

use crate::abi::series::points;
use crate::abi::{Status, read_optional};
use crate::detect::config::DetectConfig;
use crate::detect::scan::{self, Row};
use crate::error::{Error, OK};

/// Judges every point of a series as cloudcircuit_detect_spike would on the day: row i is, to the
/// bit, what that finds in the first i + 1 points. The cost of a row does not grow with the series.
///
/// spend_series: as for cloudcircuit_detect_spike.
/// spend_series_len: its number of points, up to CLOUDCIRCUIT_MAX_SERIES_LEN.
/// config: NULL for the defaults; lag_points moves every verdict that many rows down.
/// flags: a byte per point, CLOUDCIRCUIT_FLAG bits: SPIKE, LEAK and INSUFFICIENT, or 0 for a normal
///     point; on an error all are SPIKE, LEAK and INVALID.
/// expected_spend: NULL, or a double per point, 0 where data are insufficient and on an error.
/// upper_bound: the same of the bound.
///     The three must not overlap the series or one another.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER         spend_series or flags is NULL; nothing is written
///   CLOUDCIRCUIT_ERR_SERIES_TOO_LONG      spend_series_len is above CLOUDCIRCUIT_MAX_SERIES_LEN;
///                                         nothing is written
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
pub unsafe extern "C" fn cloudcircuit_scan_spikes(
    spend_series: *const f64,
    spend_series_len: usize,
    config: *const DetectConfig,
    flags: *mut u8,
    expected_spend: *mut f64,
    upper_bound: *mut f64,
) -> Status {
    if flags.is_null() {
        return Error::NullPointer.status();
    }
    // SAFETY: the caller's config is NULL or readable.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    // SAFETY: the caller's series is NULL or as long as it says, and nothing writes to it meanwhile.
    let series = match unsafe { points(spend_series, spend_series_len) } {
        Ok(series) => series,
        Err(error) => return error.status(),
    };
    let write_row = |at: usize, row: Row| {
        // SAFETY: the caller's columns are NULL, which flags is not, or as long as the series.
        unsafe {
            flags.add(at).write(row.flags);
            if !expected_spend.is_null() {
                expected_spend.add(at).write_unaligned(row.expected_spend);
            }
            if !upper_bound.is_null() {
                upper_bound.add(at).write_unaligned(row.upper_bound);
            }
        }
    };
    match scan::scan(series, &config, write_row) {
        Ok(()) => OK,
        Err(error) => {
            (0..series.len()).for_each(|at| write_row(at, Row::REFUSED));
            error.status()
        }
    }
}
