//! Scan
//!
//! The detector over a whole series, for example to try settings on last year's bill.

use crate::abi::columns::{Range, check_overlaps};
use crate::abi::series::points;
use crate::abi::{Status, read_optional};
use crate::detect::config::DetectConfig;
use crate::detect::scan::{self, Row};
use crate::error::{Error, OK};

/// Judges every point of a series by the points before it.
///
/// Row i is, to the bit, what cloudcircuit_detect_spike() finds in the first i + 1 points. The time
/// of a row does not depend on the length of the series. A call needs at most 16 KB of stack.
///
/// spend_series:     as for cloudcircuit_detect_spike().
/// spend_series_len: number of points, 0 to CLOUDCIRCUIT_MAX_SERIES_LEN.
/// config:           NULL for the defaults. lag_points moves every verdict that many rows down.
/// flags:            one byte per point: 0 for a normal point, or the CLOUDCIRCUIT_FLAG bits SPIKE,
///                   LEAK, DROP and INSUFFICIENT. On an error all rows are SPIKE, LEAK, DROP and
///                   INVALID.
/// expected_spend:   NULL, or one double per point; 0 where data are insufficient and on an error.
/// upper_bound:      as expected_spend, for the bound.
///
/// The three outputs must not overlap the series or one another; the refusal is then written over
/// the overlapping buffers. With 0 points any of them may be NULL. Nothing is written on
/// NULL_POINTER and SERIES_TOO_LONG.
///
/// Errors: NULL_POINTER, SERIES_TOO_LONG, OVERLAP, SEASON_LENGTH, DETECT_WINDOW, LAG_POINTS, NEGATIVE_POINTS, SCORE_THRESHOLD, MIN_IMPACT, MIN_RELATIVE_IMPACT, MIN_BASELINE, START_TIME, STEP, DETECT_POINT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_scan_spikes(
    spend_series: *const f64,
    spend_series_len: usize,
    config: *const DetectConfig,
    flags: *mut u8,
    expected_spend: *mut f64,
    upper_bound: *mut f64,
) -> Status {
    // SAFETY: the caller's config is NULL or readable.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    if flags.is_null() && spend_series_len > 0 {
        return Error::NullPointer.status();
    }
    // SAFETY: the caller's series is NULL or as long as it says, and nothing writes to it
    // meanwhile. Where an output overlaps it, it is not looked at again.
    let series = match unsafe { points(spend_series, spend_series_len) } {
        Ok(series) => series,
        Err(error) => return error.status(),
    };
    let write_row = |at: usize, row: Row| {
        // SAFETY: the caller's columns are NULL, which flags is not, or as long as the series.
        unsafe {
            if !expected_spend.is_null() {
                expected_spend.add(at).write_unaligned(row.expected_spend);
            }
            if !upper_bound.is_null() {
                upper_bound.add(at).write_unaligned(row.upper_bound);
            }
            flags.add(at).write(row.flags);
        }
    };
    let bytes = size_of_val(series);
    let overlaps = check_overlaps(
        Range::new(flags, series.len()),
        Range::new(expected_spend, bytes),
        Range::new(upper_bound, bytes),
        &[Range::new(spend_series, bytes)],
        &[],
    );
    match overlaps.and_then(|()| scan::scan(series, &config, write_row)) {
        Ok(()) => OK,
        Err(error) => {
            (0..spend_series_len).for_each(|at| write_row(at, Row::REFUSED));
            // Again, for flags stand where they overlap numbers.
            (0..spend_series_len).for_each(|at| {
                // SAFETY: as above.
                unsafe { flags.add(at).write(Row::REFUSED.flags) };
            });
            error.status()
        }
    }
}
