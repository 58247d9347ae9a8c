use crate::{
    Error, FLAG_BREACHED, FLAG_INVALID, ForecastConfig, ForecastResult, Result,
    VERDICT_INSUFFICIENT_DATA,
    columns::{counted, fits, output},
    pointer, sys, written,
};
use core::ptr;

/// Forecasts what a period, for example a month, will have cost when it ends.
///
/// `history` is the spend before the period, `period_spend` that of the period so far, in the same steps, and
/// `period_len` the number of steps of the whole period. NaN is a missing point.
///
/// ```
/// use cloudcircuit::{VERDICT_NORMAL, forecast_budget};
///
/// let forecast = forecast_budget(&[10.0; 60], &[10.0; 12], 30, 250.0, None)?;
/// assert_eq!(forecast.verdict, VERDICT_NORMAL);
/// assert_eq!(forecast.spend_to_date, 120.0);
/// assert!(forecast.is_forecast_breached());
/// # Ok::<(), cloudcircuit::Error>(())
/// ```
///
/// # Errors
///
/// When a point, a length or a setting is out of range.
pub fn forecast_budget(
    history: &[f64],
    period_spend: &[f64],
    period_len: usize,
    budget_limit: f64,
    config: Option<&ForecastConfig>,
) -> Result<ForecastResult> {
    // SAFETY: both series have their lengths, the settings are NULL or readable, and the result is written.
    unsafe {
        written(|result| {
            sys::cloudcircuit_forecast_budget(
                history.as_ptr(),
                history.len(),
                period_spend.as_ptr(),
                period_spend.len(),
                period_len,
                budget_limit,
                pointer(config),
                result,
            )
        })
    }
}

/// What [`forecast_budget_columns`] reads: a value for each series, and the points of all of them.
#[derive(Clone, Copy, Debug)]
pub struct ForecastColumns<'a> {
    /// The points of all series, end to end; each series is its history and then its period's points so far.
    pub spend: &'a [f64],
    /// One position more than there are series: series `i` is `spend[offsets[i]..offsets[i + 1]]`.
    pub offsets: &'a [i64],
    /// The time of the first point of each series; `None`: that of the config for all.
    pub start_time: Option<&'a [i64]>,
    /// How many of its last points are the period's.
    pub elapsed: &'a [i64],
    /// The number of points in the whole period.
    pub period_len: &'a [i64],
    /// The most that may be spent in the period.
    pub budget_limit: &'a [f64],
}

impl ForecastColumns<'_> {
    fn have(&self, rows: usize) -> bool {
        self.offsets.len().checked_sub(1) == Some(rows)
            && self.start_time.is_none_or(|column| column.len() == rows)
            && [self.elapsed.len(), self.period_len.len(), self.budget_limit.len()] == [rows; 3]
    }
}

/// Forecasts many series, each as [`forecast_budget`] does. Returns the number of invalid series.
///
/// Flags are [`FLAG_BREACHED`] and [`FLAG_INSUFFICIENT`](crate::FLAG_INSUFFICIENT); those of an invalid series have [`FLAG_INVALID`] too.
///
/// ```
/// use cloudcircuit::{FLAG_BREACHED, ForecastColumns, forecast_budget_columns};
///
/// let columns = ForecastColumns {
///     spend: &[[10.0; 72], [10.0; 72]].concat(),
///     offsets: &[0, 72, 144],
///     start_time: None,
///     elapsed: &[12, 12],
///     period_len: &[30, 30],
///     budget_limit: &[250.0, 400.0],
/// };
/// let mut flags = [0; 2];
/// assert_eq!(forecast_budget_columns(columns, None, &mut flags, None)?, 0);
/// assert_eq!(flags.map(u32::from), [FLAG_BREACHED, 0]);
/// # Ok::<(), cloudcircuit::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::LENGTH`] when the slices have lengths that do not go together, and when an offset or a setting is out
/// of range: every series is then refused.
pub fn forecast_budget_columns(
    columns: ForecastColumns<'_>,
    config: Option<&ForecastConfig>,
    flags: &mut [u8],
    mut results: Option<&mut [ForecastResult]>,
) -> Result<usize> {
    let rows = flags.len();
    if !columns.have(rows) || !fits(&results, rows) {
        flags.fill((FLAG_INVALID | FLAG_BREACHED) as u8);
        if let Some(results) = results {
            results.fill(REFUSED);
        }
        return Err(Error::LENGTH);
    }
    let mut invalid_rows = 0;
    // SAFETY: every buffer has as many rows as the call is told, or is NULL.
    let status = unsafe {
        sys::cloudcircuit_forecast_budget_columns(
            columns.spend.as_ptr(),
            columns.spend.len(),
            columns.offsets.as_ptr(),
            columns.start_time.map_or(ptr::null(), <[i64]>::as_ptr),
            columns.elapsed.as_ptr(),
            columns.period_len.as_ptr(),
            columns.budget_limit.as_ptr(),
            rows,
            pointer(config),
            flags.as_mut_ptr(),
            output(&mut results),
            &mut invalid_rows,
        )
    };
    counted(status, invalid_rows)
}

/// What the library writes on an error.
const REFUSED: ForecastResult = ForecastResult {
    spend_to_date: 0.0,
    forecast_spend: 0.0,
    lower_bound: 0.0,
    upper_bound: 0.0,
    forecast_ratio: 0.0,
    burn_rate: 0.0,
    exhaustion_point: 0,
    is_forecast_breached: 1,
    verdict: VERDICT_INSUFFICIENT_DATA,
};
