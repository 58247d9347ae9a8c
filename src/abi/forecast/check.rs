//! Forecast
//!
//! What will be spent by the end of the period, and is it within budget?

use crate::abi::series::slice;
use crate::abi::{Status, read_optional, write, write_default};
use crate::error::Error;
use crate::forecast::check;
use crate::forecast::config::{ForecastConfig, ForecastResult};

/// Writes the default settings.
///
/// config: receives the defaults.
///
/// Errors: NULL_POINTER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_forecast_config_init(config: *mut ForecastConfig) -> Status {
    // SAFETY: the caller's config is NULL or writable.
    unsafe { write_default(config) }
}

/// Forecasts what a period, for example a month, will have cost when it ends.
///
/// The result has the forecast, an 80 % prediction interval, and the point at which the budget is
/// used up. docs/FORECAST.md describes the method and its accuracy on realistic series.
///
/// A point is the spend of one step of time, for example a day. NaN is a missing point: it is not
/// imputed and adds nothing to spend_to_date. The forecast looks back over the last 16 seasons, at
/// least 112 points and at most 504.
///
/// Daily points with a start_time have a calendar. What came on top of usual spend on one day of
/// the month at least twice, the last day included, is expected on that day again.
///
/// The interval has no width only when all points have elapsed, and after a series of zeros. While
/// a spike or a shift is open, its upper bound is at least what the rate of the last two points
/// comes to by the end of the period.
///
/// The verdict is CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA in two cases: more than half of the
/// complete points of the period are missing; or points are still to come, and fewer than a season
/// or fewer than 7 of the points looked back at are known. forecast_spend and both bounds are then
/// spend_to_date, and is_forecast_breached is 1 only if spend_to_date has reached budget_limit.
///
/// When all points have elapsed and are complete, forecast_spend and both bounds are exactly
/// spend_to_date. Sums and quotients beyond the largest double are reported as the largest double.
/// The time of a call is proportional to history_len + period_len. It needs at most 14 KB of stack.
///
/// history:      spend before the period in the same steps, oldest first; its last point comes
///               immediately before the period's first. Each point finite, and >= 0 unless
///               negative_points says otherwise, or NaN. May be NULL if history_len is 0.
/// history_len:  number of points, 0 to CLOUDCIRCUIT_MAX_SERIES_LEN; 35 or more for good forecasts.
/// period_spend: the period's points so far, oldest first, in the unit of budget_limit; each as in
///               history. May be NULL if elapsed is 0.
/// elapsed:      number of points so far, 0 to period_len.
/// period_len:   number of points in the whole period, 1 to CLOUDCIRCUIT_MAX_PERIOD_LEN.
/// budget_limit: the most that may be spent in the period; finite and > 0.
/// config:       NULL for the defaults.
/// result:       the forecast. On an error is_forecast_breached is 1, verdict is
///               CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA and all other fields are 0.
///
/// Errors: NULL_POINTER, HISTORY_LEN, PERIOD_LEN, ELAPSED, BUDGET_LIMIT, FORECAST_SEASON_LENGTH, LAG_POINTS, NEGATIVE_POINTS, RESERVED, START_TIME, STEP, HISTORY, PERIOD_SPEND.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_forecast_budget(
    history: *const f64,
    history_len: usize,
    period_spend: *const f64,
    elapsed: usize,
    period_len: usize,
    budget_limit: f64,
    config: *const ForecastConfig,
    result: *mut ForecastResult,
) -> Status {
    // SAFETY: the caller's config is NULL or readable.
    let config = unsafe { read_optional(config) }.unwrap_or_default();
    let is_given = |series: *const f64, len| len == 0 || !series.is_null();
    let decision = if is_given(history, history_len) && is_given(period_spend, elapsed) {
        check::check_lengths(history_len, elapsed, period_len).and_then(|()| {
            // SAFETY: not NULL unless empty, as long as the caller says, and not longer than a
            // slice may be: both have just been checked.
            let history = unsafe { slice(history, history_len) };
            // SAFETY: as history, and not longer than the period.
            let period_spend = unsafe { slice(period_spend, elapsed) };
            check::forecast(history, period_spend, period_len, budget_limit, &config)
        })
    } else {
        Err(Error::NullPointer)
    };
    // SAFETY: the caller's result is NULL or writable.
    unsafe { write(result, decision, ForecastResult::REFUSED) }
}
