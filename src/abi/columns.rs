//! Columns
//!
//! Many rows in one call, in the buffer layout of Apache Arrow.
//!
//! Arrow, NumPy, Go slices and SQL engines can pass their buffers without a copy. Each row gets the
//! bits that the call for a single one answers.
//!
//! Invalid rows. An invalid row does not spoil the others. Its flags are CLOUDCIRCUIT_FLAG_INVALID
//! and every bit that refuses, its number is 0, and invalid_rows counts it. The call decides all
//! other rows and returns CLOUDCIRCUIT_ERR_INVALID_ROWS.
//!
//! Other errors. Every row is refused in the same way. After CLOUDCIRCUIT_ERR_TOO_MANY_ROWS because
//! of the number of rows, the columns are left as they were, since no memory holds them.
//!
//! Buffers. They need no alignment. NULL stands for an output that is not wanted. flags must be
//! given, and so must every input, unless there are 0 rows.
//!
//! Overlaps. An output must not overlap another buffer. The one exception: a budget call may write
//! its numbers over one of the two columns of numbers that it reads, starting at the same address.
//! Any other overlap is CLOUDCIRCUIT_ERR_OVERLAP, and the refusal is then written over the
//! overlapping buffers.
//!
//! Missing values. The _nullable functions take a validity bitmap for each column. Bit i % 8 of
//! byte i / 8 is 1 when row i - validity_offset has a value, and 0 when it is missing. Pointers to
//! numbers point at the first row. A row with a missing value is invalid, whatever its buffer
//! holds. A NULL bitmap means that no value is missing. A bitmap too long for memory refuses every
//! row.

use super::Status;
use crate::error::{Error, OK};
use core::{cell::Cell, ops, ptr, slice};

/// Which rows have a value. With NULL bits all have.
#[derive(Clone, Copy)]
pub(super) struct Validity {
    pub(super) bits: *const u8,
    pub(super) offset: usize,
}

impl Validity {
    pub(super) const ALL: Self = Self { bits: ptr::null(), offset: 0 };

    /// A set bit for each missing one of `count` rows from `first`, for 1 to 64 rows.
    ///
    /// # Safety
    /// The bitmap, if any, covers these rows.
    #[inline(always)]
    pub(super) unsafe fn missing(self, first: usize, count: usize) -> u64 {
        if self.bits.is_null() {
            return 0;
        }
        let first = self.offset + first;
        let (start, shift) = (self.bits.wrapping_add(first / 8), first % 8);
        if count == 64 {
            // SAFETY: the bitmap covers these rows by contract, and the 9th byte if bits of it are
            // left after the shift.
            let (low, high) = unsafe {
                let high = if shift == 0 { 0 } else { start.add(8).read() };
                (u64::from_le(start.cast::<u64>().read_unaligned()), u64::from(high))
            };
            return !(low >> shift | high << 1 << (63 - shift));
        }
        let mut present = 0;
        for index in 0..(shift + count).div_ceil(8) {
            // SAFETY: the bitmap covers these rows by contract.
            present |= u128::from(unsafe { start.add(index).read() }) << (8 * index);
        }
        !((present >> shift) as u64) & u64::MAX >> (64 - count)
    }

    /// # Safety
    /// The bitmap, if any, covers these rows.
    pub(super) unsafe fn any_missing(self, rows: ops::Range<usize>) -> bool {
        !self.bits.is_null()
            // SAFETY: the bitmap covers these rows by contract.
            && bitmap_chunks(rows).any(|(first, count)| unsafe { self.missing(first, count) } != 0)
    }

    /// The bytes that hold the bits of `len` rows, or `None` if no memory holds as many.
    pub(super) fn bytes(self, len: usize) -> Option<Range> {
        if self.bits.is_null() || len == 0 {
            return Some(Range::new(self.bits, 0));
        }
        let end = self.offset.checked_add(len)?.checked_add(7)? / 8;
        let start = self.offset / 8;
        Some(Range::new(self.bits.wrapping_add(start), end - start))
    }
}

/// Starts and lengths of chunks of up to 64 rows.
fn bitmap_chunks(rows: ops::Range<usize>) -> impl Iterator<Item = (usize, usize)> {
    let end = rows.end;
    rows.step_by(64).map(move |first| (first, (end - first).min(64)))
}

/// A column of numbers, some of which may be missing.
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

/// A caller's column as cells, which may share memory with other cells.
///
/// # Safety
/// `len` is 0, or the column has `len` rows, readable, and writable if a cell is set. For `'a` no
/// other thread writes to them.
pub(super) unsafe fn cells<'a, T>(column: *const T, len: usize) -> &'a [Cell<T>] {
    const { assert!(align_of::<T>() == 1) };
    match len {
        0 => &[],
        // SAFETY: `len` rows by contract. A cell has the layout of its value, here without
        // alignment.
        _ => unsafe { slice::from_raw_parts(column.cast(), len) },
    }
}

/// The addresses of a buffer. NULL has none.
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

/// Checks that the outputs overlap neither each other nor an input. Only `numbers` may be the same
/// buffer as one of `in_place`.
pub(super) fn check_overlaps(
    flags: Range,
    numbers: Range,
    invalid_rows: Range,
    inputs: &[Range],
    in_place: &[Range],
) -> Result<(), Error> {
    let all_inputs = || inputs.iter().chain(in_place);
    let is_overlap = flags.overlaps(numbers)
        || flags.overlaps(invalid_rows)
        || numbers.overlaps(invalid_rows)
        || all_inputs().any(|input| flags.overlaps(*input) || invalid_rows.overlaps(*input))
        || inputs.iter().any(|input| numbers.overlaps(*input))
        || in_place.iter().any(|input| numbers.overlaps(*input) && numbers != *input);
    if is_overlap { Err(Error::Overlap) } else { Ok(()) }
}

/// The size of a column of 8-byte numbers, if memory can hold it and a byte of flags for each.
pub(super) fn column_bytes(len: usize) -> Result<usize, Error> {
    let fits = len.checked_mul(9).is_some_and(|bytes| bytes <= isize::MAX as usize);
    if fits { Ok(len * 8) } else { Err(Error::TooManyRows) }
}

/// Writes the number of invalid rows and returns the status.
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

/// Refuses all rows. Flags are written last: where buffers overlap, they count most.
///
/// # Safety
/// Each output is NULL or writable for `len` rows, unless memory cannot hold as many.
pub(super) unsafe fn refuse_all<T>(
    numbers: *mut T,
    flags: *mut u8,
    refused: u32,
    len: usize,
    invalid_rows: *mut usize,
    error: Error,
) -> Status {
    // SAFETY: by contract each output is NULL, or writable for the rows below. Bytes need no
    // alignment.
    unsafe {
        let status = write_count(invalid_rows, len, Some(error));
        // No such columns exist if they are too long for memory.
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
