//! Forecast
//!
//! What will be spent by the end of the period, and is it within budget?

use super::{Status, read_optional, write, write_default};
use crate::error::Error;
use crate::forecast::check::{self as forecast, ForecastConfig, ForecastResult};
use crate::numeric::mean::Point;
use core::slice;

/// Fills in the defaults.
///
/// config: where to write them.
///
/// Returns CLOUDCIRCUIT_OK, or CLOUDCIRCUIT_ERR_NULL_POINTER when config is NULL.
///
///
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cloudcircuit_forecast_config_init(config: *mut ForecastConfig) -> Status {
    // SAFETY: the caller's config is NULL or writable.
    unsafe { write_default(config) }
}

/// Forecasts what a period, a month say, will have cost when it ends, from its spend so far and
/// what came before it, with bounds that hold eight periods of ten, and says when the budget is
/// used up.
///
/// A point is the spend of one step of time, a day say; NaN is a missing point, for which nothing
/// is made up: it adds nothing to spend_to_date. Only the last 16 seasons count for the forecast
/// (at least 112 points, at most 672). docs/FORECAST.md tells the method, and how far off it was
/// on realistic series.
///
/// The verdict is CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA when more than half of the elapsed points
/// are missing, or when points are still to come and fewer than a season, or than 7, of those that
/// count are known. forecast_spend and both bounds are then spend_to_date, and
/// is_forecast_breached is 1 only if that has reached budget_limit already.
///
/// With all points elapsed, forecast_spend and both bounds are spend_to_date, exactly. Sums and
/// quotients beyond the largest double are reported as the largest double. A call takes time in
/// proportion to history_len and period_len.
///
/// history: spend before the period in the same steps, oldest first, the last point right before
///     the period's first; every point finite and >= 0, or NaN. May be NULL if history_len is 0.
/// history_len: its number of points, 0 to CLOUDCIRCUIT_MAX_SERIES_LEN; 35 or more serve best.
/// period_spend: the period's points so far, oldest first, in the currency unit of budget_limit;
///     every point finite and >= 0, or NaN. May be NULL if elapsed is 0.
/// elapsed: its number of points, 0 to period_len.
/// period_len: the number of points in the whole period, 1 to CLOUDCIRCUIT_MAX_SERIES_LEN.
/// budget_limit: the most that may be spent in the period; finite and > 0.
/// config: NULL for the default, CLOUDCIRCUIT_DEFAULT_FORECAST_SEASON_LENGTH.
/// result: the forecast; on an error is_forecast_breached is 1, verdict is
///     CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA and the numbers are 0, exhaustion_point too.
///
/// Returns CLOUDCIRCUIT_OK, or the first of these that applies:
///   CLOUDCIRCUIT_ERR_NULL_POINTER  result is NULL, or history or period_spend is NULL and not
///                                  empty
///   CLOUDCIRCUIT_ERR_HISTORY_LEN   history_len is above CLOUDCIRCUIT_MAX_SERIES_LEN
///   CLOUDCIRCUIT_ERR_PERIOD_LEN    period_len is 0 or above CLOUDCIRCUIT_MAX_SERIES_LEN
///   CLOUDCIRCUIT_ERR_ELAPSED       elapsed is above period_len
///   CLOUDCIRCUIT_ERR_BUDGET_LIMIT  budget_limit is not finite or not > 0
///   CLOUDCIRCUIT_ERR_FORECAST_SEASON_LENGTH  season_length is 0 or above
///                                  CLOUDCIRCUIT_MAX_FORECAST_SEASON_LENGTH
///   CLOUDCIRCUIT_ERR_RESERVED      reserved is not 0
///   CLOUDCIRCUIT_ERR_HISTORY       a point of history is infinite or negative
///   CLOUDCIRCUIT_ERR_PERIOD_SPEND  a point of period_spend is infinite or negative
///
///
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
        forecast::check_lengths(history_len, elapsed, period_len).and_then(|()| {
            // SAFETY: given, as long as the caller says, and not too long, as just checked.
            let history = unsafe { points(history, history_len) };
            // SAFETY: the same, and not longer than the period.
            let period_spend = unsafe { points(period_spend, elapsed) };
            forecast::forecast(history, period_spend, period_len, budget_limit, &config)
        })
    } else {
        Err(Error::NullPointer)
    };
    // SAFETY: the caller's result is NULL or writable.
    unsafe { write(result, decision, ForecastResult::REFUSED) }
}

/// The caller's points, at any alignment.
///
/// # Safety
/// `len` is 0, or `series` points to `len` readable doubles, no more than a slice may hold, that
/// stay as they are for `'a`.
unsafe fn points<'a>(series: *const f64, len: usize) -> &'a [Point] {
    match len {
        0 => &[],
        // SAFETY: as long as it says by contract, and bytes need no alignment.
        _ => unsafe { slice::from_raw_parts(series.cast(), len) },
    }
}
