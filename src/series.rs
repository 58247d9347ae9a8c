//! The length of a series, the same limit for every safeguard that takes one, and the offsets of many
//! that lie end to end.

use crate::{error::Error, numeric::unaligned::Unaligned};
use core::cell::Cell;

/// The largest number of points in a series: 2^31.
pub const MAX_SERIES_LEN: u32 = 2147483648u32;

/// Checks a length before a point is read.
pub(crate) fn check_len(len: usize) -> Result<(), Error> {
    if len > MAX_SERIES_LEN as usize { Err(Error::SeriesTooLong) } else { Ok(()) }
}

/// Checks that offsets rise from 0 or more to the number of points or less.
pub(crate) fn check_offsets(offsets: &[Cell<Unaligned<i64>>], len: usize) -> Result<(), Error> {
    let (mut previous, mut are_rising) = (0, true);
    for offset in offsets {
        let offset = offset.get().get();
        are_rising &= previous <= offset;
        previous = offset;
    }
    let fits = usize::try_from(previous).is_ok_and(|last| last <= len);
    if are_rising && fits { Ok(()) } else { Err(Error::Offsets) }
}
