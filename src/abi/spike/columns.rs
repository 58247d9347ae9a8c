//! Columns of series
//!
//! Many series in one call, by the rules of the section on columns.

use crate::abi::columns::{
    Column, Range, Validity, cells, check_overlaps, column_bytes, refuse_all, write_count,
};
use crate::abi::series::slice;
use crate::abi::{Status, read_config};
use crate::error::Error;
use crate::flags::SPIKE_REFUSED;
use crate::series::check_offsets;
use crate::spike::batch::Series;
use crate::spike::check::SpikeConfig;
use core::ops;

/// Checks many series, each as cloudcircuit_check_anomaly_spike() does.
///
/// spend:        the points of all series, end to end.
/// spend_len:    number of points.
/// offsets:      rows + 1 positions in spend that do not decrease, each 0 to spend_len. Series i is
///               spend[offsets[i]] to before spend[offsets[i + 1]].
/// rows:         number of series, from 0.
/// config:       one for all series; NULL for the defaults.
/// flags:        a byte for each series, CLOUDCIRCUIT_FLAG_SPIKE or 0.
/// threshold:    a double for each series, or NULL.
/// invalid_rows: number of invalid series, or NULL. A series below 2 points is invalid.
///
/// Errors: NULL_POINTER, TOO_MANY_ROWS, OVERLAP, SPIKE_MULTIPLIER, MIN_BASELINE, OFFSETS,
/// INVALID_ROWS (the first that applies).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_check_anomaly_spike_columns(
    spend: *const f64,
    spend_len: usize,
    offsets: *const i64,
    rows: usize,
    config: *const SpikeConfig,
    flags: *mut u8,
    threshold: *mut f64,
    invalid_rows: *mut usize,
) -> Status {
    let call = Call {
        spend: Column::full(spend),
        spend_len,
        offsets,
        validity: Validity::ALL,
        rows,
        flags,
        threshold,
        invalid_rows,
    };
    // SAFETY: same contract as this function's: buffers are as long as spend_len and rows say.
    unsafe { call.run(config) }
}

/// Checks many series, as cloudcircuit_check_anomaly_spike_columns() does, where series or points
/// may be missing.
///
/// A series with a missing point is invalid.
///
/// spend:                  the points of all series, end to end.
/// spend_validity:         validity bitmap of the points, or NULL.
/// spend_validity_offset:  the bit of spend[0].
/// spend_len:              number of points.
/// offsets:                rows + 1 positions in spend that do not decrease, each 0 to spend_len.
/// series_validity:        validity bitmap of the series, or NULL.
/// series_validity_offset: the bit of the first series.
/// rows:                   number of series, from 0.
/// config:                 one for all series; NULL for the defaults.
/// flags:                  a byte for each series, CLOUDCIRCUIT_FLAG_SPIKE or 0.
/// threshold:              a double for each series, or NULL.
/// invalid_rows:           number of invalid series, or NULL.
///
/// Errors: NULL_POINTER, TOO_MANY_ROWS, OVERLAP, SPIKE_MULTIPLIER, MIN_BASELINE, OFFSETS,
/// INVALID_ROWS (the first that applies).
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "pointers are no struct fields on this ABI")]
pub unsafe extern "C" fn cloudcircuit_check_anomaly_spike_columns_nullable(
    spend: *const f64,
    spend_validity: *const u8,
    spend_validity_offset: usize,
    spend_len: usize,
    offsets: *const i64,
    series_validity: *const u8,
    series_validity_offset: usize,
    rows: usize,
    config: *const SpikeConfig,
    flags: *mut u8,
    threshold: *mut f64,
    invalid_rows: *mut usize,
) -> Status {
    let call = Call {
        spend: Column::nullable(spend, spend_validity, spend_validity_offset),
        spend_len,
        offsets,
        validity: Validity { bits: series_validity, offset: series_validity_offset },
        rows,
        flags,
        threshold,
        invalid_rows,
    };
    // SAFETY: same contract as this function's: buffers are as long as spend_len, rows and the
    // bitmaps' offsets say.
    unsafe { call.run(config) }
}

/// A call over series that lie end to end.
struct Call {
    spend: Column<f64>,
    spend_len: usize,
    offsets: *const i64,
    validity: Validity,
    rows: usize,
    flags: *mut u8,
    threshold: *mut f64,
    invalid_rows: *mut usize,
}

impl Call {
    /// # Safety
    /// `config` is NULL or readable, and every buffer that is not NULL is as long as the call says.
    unsafe fn run(self, config: *const SpikeConfig) -> Status {
        // SAFETY: NULL or readable by contract.
        let config = unsafe { read_config(config) };
        let check = self.check().and_then(|()| config.validate());
        // SAFETY: the buffers are as long as the call says, and `check` found outputs apart from
        // all others.
        unsafe {
            match check.and_then(|()| self.decide(&config)) {
                Ok(invalid) => write_count(self.invalid_rows, invalid, None),
                Err(error) => {
                    let (rows, invalid_rows) = (self.rows, self.invalid_rows);
                    refuse_all(self.threshold, self.flags, SPIKE_REFUSED, rows, invalid_rows, error)
                }
            }
        }
    }

    /// NULL pointers, sizes and overlaps.
    fn check(&self) -> Result<(), Error> {
        let is_missing = self.offsets.is_null() || self.flags.is_null();
        if self.rows > 0 && (is_missing || self.spend.numbers.is_null() && self.spend_len > 0) {
            return Err(Error::NullPointer);
        }
        let positions = self.rows.checked_add(1).ok_or(Error::TooManyRows)?;
        let bitmaps = [self.spend.validity.bytes(self.spend_len), self.validity.bytes(self.rows)];
        let [Some(point_bits), Some(series_bits)] = bitmaps else {
            return Err(Error::TooManyRows);
        };
        check_overlaps(
            Range::new(self.flags, self.rows),
            Range::new(self.threshold, column_bytes(self.rows)?),
            Range::new(self.invalid_rows, size_of::<usize>()),
            &[
                Range::new(self.spend.numbers, column_bytes(self.spend_len)?),
                Range::new(self.offsets, column_bytes(positions)?),
                point_bits,
                series_bits,
            ],
            &[],
        )
    }

    /// Returns how many rows are invalid.
    ///
    /// # Safety
    /// `check` found nothing wrong, and the buffers are as long as the call says.
    unsafe fn decide(&self, config: &SpikeConfig) -> Result<usize, Error> {
        if self.rows == 0 {
            return Ok(0);
        }
        // SAFETY: with rows, a buffer is NULL only if it is empty or an output that is not wanted.
        // No output overlaps the points.
        let series = unsafe {
            Series {
                spend: slice(self.spend.numbers, self.spend_len),
                offsets: cells(self.offsets.cast(), self.rows + 1),
                flags: cells(self.flags, self.rows),
                threshold: (!self.threshold.is_null())
                    .then(|| cells(self.threshold.cast(), self.rows)),
            }
        };
        check_offsets(series.offsets, self.spend_len)?;
        // SAFETY: the bitmaps cover all rows and all points.
        let is_missing = |row, points: ops::Range<usize>| unsafe {
            self.validity.missing(row, 1) != 0 || self.spend.validity.any_missing(points)
        };
        Ok(series.check(config, is_missing))
    }
}
