//! Columns of series that lie end to end, each forecast as a single one is.
//!
//! Series i lies from `offsets[i]` to before `offsets[i + 1]`; its last `elapsed[i]` points are the
//! period's. Called by `abi/forecast/columns.rs`.

use crate::{
    error::Error,
    flags::{FORECAST_REFUSED, of_forecast},
    forecast::check,
    forecast::config::{ForecastConfig, ForecastResult},
    numeric::unaligned::Unaligned,
};
use core::cell::Cell;

/// A caller's column: its rows are cells, because an output may be written while inputs are read.
pub(crate) type Rows<'a, T> = &'a [Cell<Unaligned<T>>];

/// Series with their periods, and the columns for their answers.
pub(crate) struct Series<'a> {
    pub(crate) spend: &'a [Unaligned<f64>],
    pub(crate) offsets: Rows<'a, i64>,
    pub(crate) start_time: Option<Rows<'a, i64>>,
    pub(crate) elapsed: Rows<'a, i64>,
    pub(crate) period_len: Rows<'a, i64>,
    pub(crate) budget_limit: Rows<'a, f64>,
    pub(crate) flags: &'a [Cell<u8>],
    pub(crate) results: Option<Rows<'a, ForecastResult>>,
}

impl Series<'_> {
    /// Forecasts every row and returns how many are invalid.
    pub(crate) fn forecast(&self, config: &ForecastConfig) -> usize {
        let mut invalid = 0;
        for (row, flags) in self.flags.iter().enumerate() {
            let (row_flags, result) = match self.row(row, config) {
                Ok(result) => (of_forecast(result.is_forecast_breached, result.verdict), result),
                Err(_) => (FORECAST_REFUSED, ForecastResult::REFUSED),
            };
            invalid += usize::from(row_flags == FORECAST_REFUSED);
            flags.set(row_flags as u8);
            if let Some(cell) = self.results.and_then(|results| results.get(row)) {
                cell.set(result.into());
            }
        }
        invalid
    }

    fn row(&self, row: usize, config: &ForecastConfig) -> Result<ForecastResult, Error> {
        let length = |column: Rows<i64>, row: usize, error: Error| {
            let length = column.get(row).map(|cell| cell.get().get());
            length.and_then(|length| usize::try_from(length).ok()).ok_or(error)
        };
        let start = length(self.offsets, row, Error::Offsets)?;
        let end = length(self.offsets, row + 1, Error::Offsets)?;
        let points = self.spend.get(start..end).ok_or(Error::Offsets)?;
        let elapsed = length(self.elapsed, row, Error::Elapsed)?;
        let middle = points.len().checked_sub(elapsed).ok_or(Error::Elapsed)?;
        let (history, period_spend) = points.split_at_checked(middle).ok_or(Error::Elapsed)?;
        let period_len = length(self.period_len, row, Error::PeriodLen)?;
        let limit = self.budget_limit.get(row).ok_or(Error::BudgetLimit)?.get().get();
        let start_time = self.start_time.and_then(|column| column.get(row));
        let start_time = start_time.map_or(config.start_time, |cell| cell.get().get());
        let config = ForecastConfig { start_time, ..*config };
        check::check_lengths(history.len(), elapsed, period_len)?;
        check::forecast(history, period_spend, period_len, limit, &config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_leaves_its_points_during_the_call_is_refused() {
        // check_offsets refuses all of these; another thread may write them after it.
        let spend = [1.0; 20].map(Unaligned::from);
        let column = |values: &[i64]| -> Vec<_> {
            values.iter().map(|value| Cell::new(Unaligned::from(*value))).collect()
        };
        let refused = FORECAST_REFUSED as u8;
        for (offsets, expected) in [
            ([0, 10, 20], [0, 0]),
            ([0, 21, 20], [refused, refused]),
            ([0, i64::MAX, 20], [refused, refused]),
            ([-1, 10, i64::MIN], [refused, refused]),
            ([0, 10, 10], [0, refused]),
        ] {
            let flags = [const { Cell::new(0) }; 2];
            let series = Series {
                spend: &spend,
                offsets: &column(&offsets),
                start_time: None,
                elapsed: &column(&[1, 1]),
                period_len: &column(&[30, 30]),
                budget_limit: &[1e9, 1e9].map(|limit| Cell::new(Unaligned::from(limit))),
                flags: &flags,
                results: None,
            };
            let invalid = series.forecast(&ForecastConfig::default());
            assert_eq!(flags.map(Cell::into_inner), expected);
            assert_eq!(invalid, expected.iter().filter(|flags| **flags == refused).count());
        }
    }
}
