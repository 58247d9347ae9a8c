//! A caller's series of numbers, as a slice.

use crate::error::Error;
use crate::numeric::unaligned::Unaligned;
use crate::series::check_len;
use core::slice;

/// The caller's series of `len` numbers, at any alignment.
///
/// # Safety
/// `series` is NULL or points to `len` readable numbers that nothing changes for `'a`.
pub(super) unsafe fn points<'a, T>(
    series: *const T,
    len: usize,
) -> Result<&'a [Unaligned<T>], Error> {
    if series.is_null() {
        return Err(Error::NullPointer);
    }
    check_len(len)?;
    // A slice may not be larger. Only a 32-bit target can get here, and it has no such buffer.
    if len > isize::MAX as usize / size_of::<T>() {
        return Err(Error::SeriesTooLong);
    }
    // SAFETY: not NULL, `len` numbers long by contract, and `Unaligned` needs no alignment.
    Ok(unsafe { slice::from_raw_parts(series.cast(), len) })
}
