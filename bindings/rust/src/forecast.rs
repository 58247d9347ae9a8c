use crate::{ForecastConfig, ForecastResult, Result, pointer, sys, written};

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
