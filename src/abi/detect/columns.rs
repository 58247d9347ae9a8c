//! Columns of series
//!
//! The latest point of many series in one call, by the rules of the section on columns: the accounts
//! of a morning run.
//!
//! Each call goes through the whole history, of which all but the latest point was there the day
//! before. A host that keeps a tracker for each series passes that point alone, and needs about a
//! thirtieth of the time.

use crate::abi::columns::{Range, cells, check_overlaps, column_bytes, refuse_all, write_count};
use crate::abi::series::slice;
use crate::abi::{Status, read_config};
use crate::detect::batch::Series;
use crate::detect::config::DetectConfig;
use crate::detect::scan::Row;
use crate::detect::settings::Settings;
use crate::error::Error;
use crate::series::check_offsets;

/// Judges many series, each as cloudcircuit_detect_spike() does.
///
/// A series that is too short or ends in a missing point is CLOUDCIRCUIT_FLAG_INSUFFICIENT, as in
/// cloudcircuit_scan_spikes(), and not invalid. A call needs at most 16 KB of stack.
///
/// spend:        the points of all series, end to end; NaN for a missing one.
/// spend_len:    number of points.
/// offsets:      rows + 1 positions in spend that do not decrease, each 0 to spend_len. Series i is
///               spend[offsets[i]] to before spend[offsets[i + 1]].
/// rows:         number of series, from 0.
/// config:       one for all series, which start at one time; NULL for the defaults.
/// flags:        a byte for each series: 0, or the CLOUDCIRCUIT_FLAG bits SPIKE, LEAK, DROP and
///               INSUFFICIENT.
/// scores:       a double for each series, its score, or NULL; 0 where data are insufficient.
/// invalid_rows: number of invalid series, or NULL. A series with a point that
///               cloudcircuit_detect_spike() does not accept is invalid.
///
/// Errors: NULL_POINTER, TOO_MANY_ROWS, OVERLAP, SEASON_LENGTH, DETECT_WINDOW, LAG_POINTS, NEGATIVE_POINTS, SCORE_THRESHOLD, MIN_IMPACT, MIN_RELATIVE_IMPACT, MIN_BASELINE, START_TIME, STEP, OFFSETS, INVALID_ROWS (the first that applies).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_detect_spike_columns(
    spend: *const f64,
    spend_len: usize,
    offsets: *const i64,
    rows: usize,
    config: *const DetectConfig,
    flags: *mut u8,
    scores: *mut f64,
    invalid_rows: *mut usize,
) -> Status {
    let is_missing = offsets.is_null() || flags.is_null() || spend.is_null() && spend_len > 0;
    let check = || {
        if rows > 0 && is_missing {
            return Err(Error::NullPointer);
        }
        let positions = rows.checked_add(1).ok_or(Error::TooManyRows)?;
        check_overlaps(
            Range::new(flags, rows),
            Range::new(scores, column_bytes(rows)?),
            Range::new(invalid_rows, size_of::<usize>()),
            &[
                Range::new(spend, column_bytes(spend_len)?),
                Range::new(offsets, column_bytes(positions)?),
            ],
            &[],
        )
    };
    // SAFETY: the caller's config is NULL or readable.
    let config = unsafe { read_config(config) };
    let settings = check().and_then(|()| Settings::new(&config));
    let judged = settings.and_then(|settings| {
        if rows == 0 {
            return Ok(0);
        }
        // SAFETY: with rows, a buffer is NULL only if it is empty or an output that is not wanted.
        // The caller's buffers are as long as it says, and no output overlaps the points.
        let series = unsafe {
            Series {
                spend: slice(spend, spend_len),
                offsets: cells(offsets.cast(), rows + 1),
                flags: cells(flags, rows),
                scores: (!scores.is_null()).then(|| cells(scores.cast(), rows)),
            }
        };
        check_offsets(series.offsets, spend_len)?;
        Ok(series.judge(&settings))
    });
    // SAFETY: each output is NULL or as long as the caller says.
    unsafe {
        match judged {
            Ok(invalid) => write_count(invalid_rows, invalid, None),
            Err(error) => {
                refuse_all(scores, flags, Row::REFUSED.flags.into(), rows, invalid_rows, error)
            }
        }
    }
}
