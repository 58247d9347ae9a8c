//! Columns of series that lie end to end, each checked as a single one is.
//!
//! Series i lies from `offsets[i]` to before `offsets[i + 1]`. Called by `abi/spike/columns.rs`.

use crate::{
    arch,
    flags::{FLAG_INVALID, SPIKE_REFUSED},
    numeric::unaligned::Unaligned,
    spike::check::{SpikeConfig, row},
};
use core::{cell::Cell, ops::Range};

/// Series, and the columns for their answers.
///
/// There is one offset more than rows in each answer. The offsets are cells because a caller that
/// breaks the contract may change them during the call: each is checked on the value that is used.
pub(crate) struct Series<'a> {
    pub(crate) spend: &'a [Unaligned<f64>],
    pub(crate) offsets: &'a [Cell<Unaligned<i64>>],
    pub(crate) flags: &'a [Cell<u8>],
    pub(crate) threshold: Option<&'a [Cell<Unaligned<f64>>]>,
}

impl Series<'_> {
    /// Decides every row and returns how many are invalid. A row that `is_missing`, by its number
    /// and its points, is invalid.
    pub(crate) fn check(
        &self,
        config: &SpikeConfig,
        is_missing: impl Fn(usize, Range<usize>) -> bool,
    ) -> usize {
        let kernel = arch::kernel_for(self.spend.len());
        let mut offsets = self.offsets.iter().map(|offset| offset.get().get() as usize);
        let (mut start, mut invalid) = (offsets.next().unwrap_or(0), 0);
        for (index, (flags, end)) in self.flags.iter().zip(offsets).enumerate() {
            let (row_flags, threshold) = match self.spend.get(start..end) {
                Some(points) if !is_missing(index, start..end) => row(points, config, kernel),
                _ => (SPIKE_REFUSED, 0.0),
            };
            start = end;
            invalid += usize::from(row_flags & FLAG_INVALID != 0);
            flags.set(row_flags as u8);
            if let Some(cell) = self.threshold.and_then(|threshold| threshold.get(index)) {
                cell.set(threshold.into());
            }
        }
        invalid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Flags, thresholds and the number of invalid rows.
    fn check(offsets: &[i64]) -> ([u8; 3], [f64; 3], usize) {
        let spend = [1.0, 1.0, 2.0, 4.0, 4.0, 4.0].map(Unaligned::from);
        let offsets: Vec<_> = offsets.iter().map(|offset| Cell::new((*offset).into())).collect();
        let flags = [const { Cell::new(0) }; 3];
        let threshold = [0.0; 3].map(|value| Cell::new(Unaligned::from(value)));
        let series =
            Series { spend: &spend, offsets: &offsets, flags: &flags, threshold: Some(&threshold) };
        let invalid = series.check(&SpikeConfig::default(), |_, _| false);
        (flags.map(Cell::into_inner), threshold.map(|cell| cell.get().get()), invalid)
    }

    #[test]
    fn a_row_that_leaves_its_points_during_the_call_is_refused() {
        // check_offsets refuses all of these; another thread may write them after it.
        let refused = SPIKE_REFUSED as u8;
        assert_eq!(check(&[0, 3, 5, 6]), ([4, 0, refused], [1.5, 6.0, 0.0], 1));
        assert_eq!(check(&[0, 3, 7, 6]), ([4, refused, refused], [1.5, 0.0, 0.0], 2));
        assert_eq!(check(&[0, i64::MAX, 0, 3]), ([refused, refused, 4], [0.0, 0.0, 1.5], 2));
        assert_eq!(check(&[i64::MIN, 3, -1, 3]), ([refused; 3], [0.0; 3], 3));
    }
}
