//! Forecasts in columns
//!
//! Many series in one call, by the rules of the section on columns.

use crate::abi::columns::{Range, cells, check_overlaps, column_bytes, write_count};
use crate::abi::series::slice;
use crate::abi::{Status, read_config};
use crate::error::Error;
use crate::flags::FORECAST_REFUSED;
use crate::forecast::batch::Series;
use crate::forecast::check;
use crate::forecast::config::{ForecastConfig, ForecastResult};
use crate::series::check_offsets;

/// Forecasts many series, each as cloudcircuit_forecast_budget() does. A call needs at most 16 KB of
/// stack.
///
/// spend:        the points of all series, end to end; each series is its history and then its
///               period's points so far. Each point is as in the single call.
/// spend_len:    number of points.
/// offsets:      rows + 1 positions in spend that do not decrease, each 0 to spend_len. Series i is
///               spend[offsets[i]] to before spend[offsets[i + 1]].
/// start_time:   the time of the first point of each series, or NULL: that of the config for all.
/// elapsed:      for each series how many of its last points are the period's; 0 to its period_len,
///               and at most its points.
/// period_len:   for each series the number of points in the whole period; 1 to
///               CLOUDCIRCUIT_MAX_PERIOD_LEN.
/// budget_limit: for each series the most that may be spent in the period; finite and > 0.
/// rows:         number of series, from 0.
/// config:       one for all series; NULL for the defaults.
/// flags:        a byte for each series: the CLOUDCIRCUIT_FLAG bits BREACHED and INSUFFICIENT.
/// results:      a result for each series, or NULL.
/// invalid_rows: number of invalid series, or NULL. A series is invalid where its single call
///               would be an error.
///
/// Errors: NULL_POINTER, TOO_MANY_ROWS, OVERLAP, FORECAST_SEASON_LENGTH, LAG_POINTS,
/// NEGATIVE_POINTS, RESERVED, START_TIME, STEP, OFFSETS, INVALID_ROWS (the first that applies).
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "pointers are no struct fields on this ABI")]
pub unsafe extern "C" fn cloudcircuit_forecast_budget_columns(
    spend: *const f64,
    spend_len: usize,
    offsets: *const i64,
    start_time: *const i64,
    elapsed: *const i64,
    period_len: *const i64,
    budget_limit: *const f64,
    rows: usize,
    config: *const ForecastConfig,
    flags: *mut u8,
    results: *mut ForecastResult,
    invalid_rows: *mut usize,
) -> Status {
    let call = Call {
        spend,
        spend_len,
        offsets,
        start_time,
        elapsed,
        period_len,
        budget_limit,
        rows,
        flags,
        results,
        invalid_rows,
    };
    // SAFETY: the caller's config is NULL or readable.
    let config = unsafe { read_config(config) };
    let check = call.check().and_then(|()| check::check_config(&config));
    // SAFETY: the buffers are as long as spend_len and rows say, and outputs are apart from all
    // others, unless there was an error.
    unsafe {
        match check.and_then(|()| call.decide(&config)) {
            Ok(invalid) => write_count(invalid_rows, invalid, None),
            Err(error) => call.refuse(error),
        }
    }
}

/// A call over series that lie end to end.
struct Call {
    spend: *const f64,
    spend_len: usize,
    offsets: *const i64,
    start_time: *const i64,
    elapsed: *const i64,
    period_len: *const i64,
    budget_limit: *const f64,
    rows: usize,
    flags: *mut u8,
    results: *mut ForecastResult,
    invalid_rows: *mut usize,
}

impl Call {
    /// NULL pointers, sizes and overlaps.
    fn check(&self) -> Result<(), Error> {
        let is_missing = self.offsets.is_null()
            || self.elapsed.is_null()
            || self.period_len.is_null()
            || self.budget_limit.is_null()
            || self.flags.is_null()
            || self.spend.is_null() && self.spend_len > 0;
        if self.rows > 0 && is_missing {
            return Err(Error::NullPointer);
        }
        let results = result_bytes(self.rows)?;
        let positions = self.rows.checked_add(1).ok_or(Error::TooManyRows)?;
        let column = column_bytes(self.rows)?;
        check_overlaps(
            Range::new(self.flags, self.rows),
            Range::new(self.results, results),
            Range::new(self.invalid_rows, size_of::<usize>()),
            &[
                Range::new(self.spend, column_bytes(self.spend_len)?),
                Range::new(self.offsets, column_bytes(positions)?),
                Range::new(self.start_time, column),
                Range::new(self.elapsed, column),
                Range::new(self.period_len, column),
                Range::new(self.budget_limit, column),
            ],
            &[],
        )
    }

    /// Returns how many rows are invalid.
    ///
    /// # Safety
    /// `check` found nothing wrong, and the buffers are as long as the call says.
    unsafe fn decide(&self, config: &ForecastConfig) -> Result<usize, Error> {
        if self.rows == 0 {
            return Ok(0);
        }
        // SAFETY: with rows, a buffer is NULL only if it is empty or not wanted. No output overlaps
        // the points.
        let series = unsafe {
            Series {
                spend: slice(self.spend, self.spend_len),
                offsets: cells(self.offsets.cast(), self.rows + 1),
                start_time: (!self.start_time.is_null())
                    .then(|| cells(self.start_time.cast(), self.rows)),
                elapsed: cells(self.elapsed.cast(), self.rows),
                period_len: cells(self.period_len.cast(), self.rows),
                budget_limit: cells(self.budget_limit.cast(), self.rows),
                flags: cells(self.flags, self.rows),
                results: (!self.results.is_null()).then(|| cells(self.results.cast(), self.rows)),
            }
        };
        check_offsets(series.offsets, self.spend_len)?;
        Ok(series.forecast(config))
    }

    /// Refuses all rows. Flags are written last: where buffers overlap, they count most.
    ///
    /// # Safety
    /// Each output is NULL or writable for the rows, unless memory cannot hold as many.
    unsafe fn refuse(&self, error: Error) -> Status {
        // No such columns exist if they are too long for memory.
        let rows = if result_bytes(self.rows).is_ok() { self.rows } else { 0 };
        // SAFETY: by contract each output is NULL, or writable for the rows.
        unsafe {
            let status = write_count(self.invalid_rows, self.rows, Some(error));
            if !self.results.is_null() {
                let refuse = |row| self.results.add(row).write_unaligned(ForecastResult::REFUSED);
                (0..rows).for_each(refuse);
            }
            if !self.flags.is_null() {
                self.flags.write_bytes(FORECAST_REFUSED as u8, rows);
            }
            status
        }
    }
}

/// The size of a column of results, if memory can hold it and a byte of flags for each.
fn result_bytes(rows: usize) -> Result<usize, Error> {
    const BYTES: usize = size_of::<ForecastResult>();
    let fits = rows.checked_mul(BYTES + 1).is_some_and(|bytes| bytes <= isize::MAX as usize);
    if fits { Ok(rows * BYTES) } else { Err(Error::TooManyRows) }
}
