//! A caller's series of numbers, as a slice.

use crate::error::Error;
use crate::numeric::unaligned::Unaligned;
use crate::series::check_len;
use core::slice;

/// The caller's series of `len` numbers, at any alignment. Without numbers it may be NULL.
///
/// # Safety
/// `series` is NULL or points to `len` readable numbers that nothing changes for `'a`.
pub(super) unsafe fn points<'a, T>(
    series: *const T,
    len: usize,
) -> Result<&'a [Unaligned<T>], Error> {
    if len == 0 {
        return Ok(&[]);
    }
    if series.is_null() {
        return Err(Error::NullPointer);
    }
    check_len(len)?;
    // A slice may not be larger.
    #[cfg(target_pointer_width = "32")]
    if len > isize::MAX as usize / size_of::<T>() {
        return Err(Error::SeriesTooLong);
    }
    // SAFETY: `len` numbers by contract, and a slice may be that long.
    Ok(unsafe { slice(series, len) })
}

/// A caller's numbers, at any alignment.
///
/// # Safety
/// `len` is 0, or `numbers` points to `len` readable numbers that nothing changes for `'a`, as many
/// as a slice may hold.
pub(super) unsafe fn slice<'a, T>(numbers: *const T, len: usize) -> &'a [Unaligned<T>] {
    match len {
        0 => &[],
        // SAFETY: `len` numbers by contract, and `Unaligned` needs no alignment.
        _ => unsafe { slice::from_raw_parts(numbers.cast(), len) },
    }
}
