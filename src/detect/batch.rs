//! Columns of series that lie end to end, each judged as a single one is.
//!
//! Series i lies from `offsets[i]` to before `offsets[i + 1]`. Called by `abi/detect/columns.rs`.

use crate::{
    detect::judge::judge_series, detect::scan::Row, detect::settings::Settings,
    flags::FLAG_INVALID, numeric::unaligned::Unaligned, series::check_len,
};
use core::cell::Cell;

/// Series, and the columns for their answers. There is one offset more than rows in each answer.
pub(crate) struct Series<'a> {
    pub(crate) spend: &'a [Unaligned<f64>],
    pub(crate) offsets: &'a [Cell<Unaligned<i64>>],
    pub(crate) flags: &'a [Cell<u8>],
    pub(crate) scores: Option<&'a [Cell<Unaligned<f64>>]>,
}

impl Series<'_> {
    /// Judges every row and returns how many are invalid. Each offset is checked on the value that
    /// is used: a caller that breaks the contract may change them during the call.
    pub(crate) fn judge(&self, settings: &Settings) -> usize {
        let mut offsets = self.offsets.iter().map(|offset| offset.get().get() as usize);
        let (mut start, mut invalid) = (offsets.next().unwrap_or(0), 0);
        for (index, (flags, end)) in self.flags.iter().zip(offsets).enumerate() {
            let points =
                self.spend.get(start..end).filter(|points| check_len(points.len()).is_ok());
            let result = points.and_then(|points| judge_series(settings, points).ok());
            let (row, score) = match result {
                Some(result) => (Row::of(&result), result.score),
                None => (Row::REFUSED, 0.0),
            };
            start = end;
            invalid += usize::from(u32::from(row.flags) & FLAG_INVALID != 0);
            flags.set(row.flags);
            if let Some(cell) = self.scores.and_then(|scores| scores.get(index)) {
                cell.set(score.into());
            }
        }
        invalid
    }
}
