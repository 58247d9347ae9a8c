//! Columns of series
//!
//! Many series in one call; how columns work is told above.

use crate::abi::columns::{
    Column, Range, Validity, bitmap_chunks, check_overlaps, column_bytes, refuse_all, write_count,
};
use crate::abi::{Status, read_optional};
use crate::arch;
use crate::error::Error;
use crate::flags::{FLAG_INVALID, FLAG_SPIKE, SPIKE_REFUSED};
use crate::numeric::mean::Kernel;
use crate::numeric::unaligned::Unaligned;
use crate::spike::check::{self as spike, SpikeConfig};
use core::slice;

/// Checks many series at once, as cloudcircuit_check_anomaly_spike does each.
///
/// spend: the points of all series, end to end.
/// spend_len: how many points there are.
/// offsets: rows + 1 positions in spend: series i lies from offsets[i] to before offsets[i + 1].
///     They must not decrease. The first need not be 0, the last need not be spend_len.
/// rows: number of series, from 0.
/// config: one for all series; NULL for the defaults.
/// flags: a byte for each series: CLOUDCIRCUIT_FLAG_SPIKE or 0.
/// threshold: a double for each series, or NULL.
/// invalid_rows: how many series are invalid (shorter than 2 points too), or NULL.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER      offsets or flags is NULL, or spend is with a spend_len
///                                      above 0
///   CLOUDCIRCUIT_ERR_TOO_MANY_ROWS     no memory can hold columns of that many rows or points;
///                                      if it is the rows, flags and threshold are left alone
///   CLOUDCIRCUIT_ERR_OVERLAP           outputs overlap each other or an input
///   CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER  spike_multiplier is not finite or not > 1
///   CLOUDCIRCUIT_ERR_MIN_BASELINE      min_baseline is not finite or not >= 0
///   CLOUDCIRCUIT_ERR_OFFSETS           offsets decrease, or one is not within 0 to spend_len;
///                                      nothing is read outside of spend
///   CLOUDCIRCUIT_ERR_INVALID_ROWS      series break a rule, the others are decided
///
///
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
    let series = Series {
        spend: Column::full(spend),
        spend_len,
        offsets,
        validity: Validity::ALL,
        rows,
        flags,
        threshold,
        invalid_rows,
    };
    // SAFETY: the caller's buffers are as long as spend_len and rows say.
    unsafe { check_series(series, config) }
}

/// cloudcircuit_check_anomaly_spike_columns for columns with missing series or points. A series
/// with a missing point is invalid.
///
/// spend_validity: a validity bitmap for the points, or NULL.
/// spend_validity_offset: the bit of the point at spend.
/// series_validity: a validity bitmap for the series, or NULL.
/// series_validity_offset: the bit of the first series.
///
/// All else as there.
///
/// Errors: NULL_POINTER, TOO_MANY_ROWS, OVERLAP, SPIKE_MULTIPLIER, MIN_BASELINE, OFFSETS,
///     INVALID_ROWS.
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
    let series = Series {
        spend: Column::nullable(spend, spend_validity, spend_validity_offset),
        spend_len,
        offsets,
        validity: Validity { bits: series_validity, offset: series_validity_offset },
        rows,
        flags,
        threshold,
        invalid_rows,
    };
    // SAFETY: the caller's buffers are as long as the lengths and offsets say.
    unsafe { check_series(series, config) }
}

/// A call over series that lie end to end.
struct Series {
    spend: Column<f64>,
    spend_len: usize,
    offsets: *const i64,
    validity: Validity,
    rows: usize,
    flags: *mut u8,
    threshold: *mut f64,
    invalid_rows: *mut usize,
}

/// # Safety
/// `config` is NULL or readable, and every buffer that is not NULL is as long as `series` says.
unsafe fn check_series(series: Series, config: *const SpikeConfig) -> Status {
    // SAFETY: the caller's config is NULL or readable.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    let check = series.check().and_then(|()| config.validate());
    // SAFETY: the buffers are as long as they say, and decide is called once they are checked.
    unsafe {
        match check.and_then(|()| series.check_offsets()) {
            Ok(()) => series.decide(&config),
            Err(error) => refuse_all(
                series.threshold,
                series.flags,
                SPIKE_REFUSED,
                series.rows,
                series.invalid_rows,
                error,
            ),
        }
    }
}

impl Series {
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

    /// # Safety
    /// There are rows + 1 offsets, or no rows.
    unsafe fn check_offsets(&self) -> Result<(), Error> {
        if self.rows == 0 {
            return Ok(());
        }
        // SAFETY: readable by contract.
        let mut previous = unsafe { self.offset(0) };
        let mut are_rising = previous >= 0;
        for row in 1..=self.rows {
            // SAFETY: readable by contract.
            let next = unsafe { self.offset(row) };
            are_rising &= previous <= next;
            previous = next;
        }
        let fits = usize::try_from(previous).is_ok_and(|last| last <= self.spend_len);
        if are_rising && fits { Ok(()) } else { Err(Error::Offsets) }
    }

    /// # Safety
    /// There are more offsets than `index`.
    unsafe fn offset(&self, index: usize) -> i64 {
        // SAFETY: readable by contract.
        unsafe { self.offsets.add(index).read_unaligned() }
    }

    /// # Safety
    /// The call is checked, its offsets too, and its buffers are as long as they say.
    unsafe fn decide(&self, config: &SpikeConfig) -> Status {
        let add_up = arch::for_points(self.spend_len);
        let mut invalid = 0;
        for row in 0..self.rows {
            // SAFETY: the offsets are checked, so the series lies within spend; no output
            // overlaps it.
            let (flags, threshold) = unsafe {
                let start = self.offset(row) as usize;
                let len = self.offset(row + 1) as usize - start;
                let points = match len {
                    0 => &[],
                    _ => slice::from_raw_parts(self.spend.numbers.add(start).cast(), len),
                };
                let is_present = self.validity.missing(row, 1) == 0 && self.has_points(start, len);
                if is_present { decide_row(points, config, add_up) } else { (SPIKE_REFUSED, 0.0) }
            };
            invalid += usize::from(flags & FLAG_INVALID != 0);
            // SAFETY: the row exists.
            unsafe {
                self.flags.add(row).write(flags as u8);
                if !self.threshold.is_null() {
                    self.threshold.add(row).write_unaligned(threshold);
                }
            }
        }
        // SAFETY: NULL or writable by contract.
        unsafe { write_count(self.invalid_rows, invalid, None) }
    }

    /// # Safety
    /// The bitmap of the points, if any, covers `len` points from `start`.
    unsafe fn has_points(&self, start: usize, len: usize) -> bool {
        let validity = self.spend.validity;
        validity.bits.is_null()
            // SAFETY: covered by contract.
            || bitmap_chunks(len).all(|(first, count)| unsafe { validity.missing(start + first, count) } == 0)
    }
}

fn decide_row(points: &[Unaligned<f64>], config: &SpikeConfig, add_up: Kernel) -> (u32, f64) {
    let decision = spike::check_len(points.len());
    match decision.and_then(|()| spike::check(points, config, add_up)) {
        Ok(result) => (result.is_spike * FLAG_SPIKE, result.threshold),
        Err(_) => (SPIKE_REFUSED, 0.0),
    }
}
