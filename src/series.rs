//! The length of a series, the same limit for every safeguard that takes one.

use crate::error::Error;

/// The largest number of points in a series: 2^31.
pub const MAX_SERIES_LEN: u32 = 2147483648u32;

/// Checks a length before a point is read.
pub(crate) fn check_len(len: usize) -> Result<(), Error> {
    if len > MAX_SERIES_LEN as usize { Err(Error::SeriesTooLong) } else { Ok(()) }
}
