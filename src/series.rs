//! The length of a series, the same limit for every safeguard that takes one, and where series begin
//! that lie end to end.

use crate::{error::Error, numeric::unaligned::Unaligned};
use core::cell::Cell;

/// The largest number of points in a series: 2^31; 2^28 - 1 where addresses have 32 bits.
pub const MAX_SERIES_LEN: u32 = 2147483648u32;

/// Checks a length before a point is read.
pub(crate) fn check_len(len: usize) -> Result<(), Error> {
    if len > MAX_SERIES_LEN as usize { Err(Error::SeriesTooLong) } else { Ok(()) }
}

/// Offsets that rise from 0 or more to the number of points or less.
///
/// They are cells because a caller that breaks the contract may change them during the call. So
/// whoever uses an offset checks it again.
pub(crate) fn check_offsets(offsets: &[Cell<Unaligned<i64>>], points: usize) -> Result<(), Error> {
    let (mut previous, mut are_rising) = (0, true);
    for offset in offsets {
        let offset = offset.get().get();
        are_rising &= previous <= offset;
        previous = offset;
    }
    let fits = usize::try_from(previous).is_ok_and(|last| last <= points);
    if are_rising && fits { Ok(()) } else { Err(Error::Offsets) }
}
