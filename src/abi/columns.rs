//! Columns
//!
//! Whole fleets in one call, in Arrow's buffer layout, so that Arrow, NumPy, Go slices and SQL
//! engines pass their buffers as they are. Each row gets the bits that the call for one answers.
//!
//! Rows. A bad row does not spoil the batch: its flags hold CLOUDCIRCUIT_FLAG_INVALID and the
//! refusing bits, its number is 0, it is counted in invalid_rows, and the call returns
//! CLOUDCIRCUIT_ERR_INVALID_ROWS once all other rows are decided. On any other error every row is
//! refused that way, unless no memory can hold that many.
//!
//! Buffers. They need no alignment. NULL stands for an output that is not wanted, except for
//! flags, and with 0 rows for any buffer. The column of numbers that a budget call writes may be
//! one of those that it reads, row on row; other overlaps are an error, and the refusal then
//! overwrites what overlaps.
//!
//! Missing values. The _nullable functions take a validity bitmap for each column: bit i % 8 of
//! byte i / 8 is 1 when row i - validity_offset has a value, 0 when it is missing; pointers to
//! numbers point at the first row. A row with a missing value is invalid, whatever its buffer
//! holds. A NULL bitmap means that nothing is missing; one too long for memory refuses every row.

use super::Status;
use crate::error::{Error, OK};
use core::ptr;

/// Which rows have a value; NULL bits mean that all have.
#[derive(Clone, Copy)]
pub(super) struct Validity {
    pub(super) bits: *const u8,
    pub(super) offset: usize,
}

impl Validity {
    pub(super) const ALL: Self = Self { bits: ptr::null(), offset: 0 };

    /// Which of `count` rows from `first` are missing: a bit each, for 1 to 8 rows.
    ///
    /// # Safety
    /// The bitmap, if any, covers them.
    #[inline(always)]
    pub(super) unsafe fn missing(self, first: usize, count: usize) -> u8 {
        if self.bits.is_null() {
            return 0;
        }
        let (first, last) = (self.offset + first, self.offset + first + count - 1);
        // SAFETY: covered by contract; both may be the same byte.
        let bytes = unsafe { [self.bits.add(first / 8).read(), self.bits.add(last / 8).read()] };
        let present = (u16::from_le_bytes(bytes) >> (first % 8)) as u8;
        !present & u8::MAX >> (8 - count)
    }

    /// The bytes that hold the bits of `len` rows, or `None` if there cannot be as many.
    pub(super) fn bytes(self, len: usize) -> Option<Range> {
        if self.bits.is_null() || len == 0 {
            return Some(Range::new(self.bits, 0));
        }
        let end = self.offset.checked_add(len)?.checked_add(7)? / 8;
        let start = self.offset / 8;
        Some(Range::new(self.bits.wrapping_add(start), end - start))
    }
}

/// Starts and lengths of pieces of up to 8 out of `len` rows.
pub(super) fn bitmap_chunks(len: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..len).step_by(8).map(move |first| (first, (len - first).min(8)))
}

/// Numbers of which some may be missing.
#[derive(Clone, Copy)]
pub(super) struct Column<T> {
    pub(super) numbers: *const T,
    pub(super) validity: Validity,
}

impl<T> Column<T> {
    pub(super) fn full(numbers: *const T) -> Self {
        Self { numbers, validity: Validity::ALL }
    }

    pub(super) fn nullable(numbers: *const T, bits: *const u8, offset: usize) -> Self {
        Self { numbers, validity: Validity { bits, offset } }
    }
}

/// The bytes of a buffer; empty for NULL.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Range {
    start: usize,
    end: usize,
}

impl Range {
    pub(super) fn new<T>(buffer: *const T, bytes: usize) -> Self {
        let start = buffer.addr();
        Self { start, end: if buffer.is_null() { start } else { start.saturating_add(bytes) } }
    }

    pub(super) fn overlaps(self, other: Self) -> bool {
        self.start.max(other.start) < self.end.min(other.end)
    }
}

/// The outputs overlap neither each other nor an input, but for the column of numbers, which may
/// be one of `in_place`.
pub(super) fn check_overlaps(
    flags: Range,
    numbers: Range,
    invalid_rows: Range,
    inputs: &[Range],
    in_place: &[Range],
) -> Result<(), Error> {
    let all_inputs = || inputs.iter().chain(in_place);
    let is_fault = flags.overlaps(numbers)
        || flags.overlaps(invalid_rows)
        || numbers.overlaps(invalid_rows)
        || all_inputs().any(|input| flags.overlaps(*input) || invalid_rows.overlaps(*input))
        || inputs.iter().any(|input| numbers.overlaps(*input))
        || in_place.iter().any(|input| numbers.overlaps(*input) && numbers != *input);
    if is_fault { Err(Error::Overlap) } else { Ok(()) }
}

/// The size of a column of 8-byte numbers.
pub(super) fn column_bytes(len: usize) -> Result<usize, Error> {
    let bytes = len.checked_mul(8).filter(|bytes| *bytes <= isize::MAX as usize);
    bytes.ok_or(Error::TooManyRows)
}

/// Writes how many rows are invalid and returns the status.
///
/// # Safety
/// `invalid_rows` is NULL or writable.
pub(super) unsafe fn write_count(
    invalid_rows: *mut usize,
    count: usize,
    error: Option<Error>,
) -> Status {
    if !invalid_rows.is_null() {
        // SAFETY: not NULL, so writable by contract.
        unsafe { invalid_rows.write_unaligned(count) };
    }
    match error {
        Some(error) => error.status(),
        None if count > 0 => Error::InvalidRows.status(),
        None => OK,
    }
}

/// Refuses all rows: numbers of 0 first, so that flags stand where the two overlap.
///
/// # Safety
/// Each output is NULL or writable for `len` rows, if memory can hold as many.
pub(super) unsafe fn refuse_all<T>(
    numbers: *mut T,
    flags: *mut u8,
    refused: u32,
    len: usize,
    invalid_rows: *mut usize,
    error: Error,
) -> Status {
    // SAFETY: what is not NULL is writable by contract; bytes need no alignment.
    unsafe {
        let status = write_count(invalid_rows, len, Some(error));
        // Columns too long for memory do not exist.
        let rows = if column_bytes(len).is_ok() { len } else { 0 };
        if !numbers.is_null() {
            numbers.cast::<u8>().write_bytes(0, rows * size_of::<T>());
        }
        if !flags.is_null() {
            flags.write_bytes(refused as u8, rows);
        }
        status
    }
}
