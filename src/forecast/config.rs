//! The forecast's settings and result, with their constants.

use crate::timeline::{DEFAULT_STEP, NEGATIVE_POINTS_ERROR, TIME_UNKNOWN};
use crate::verdict::VERDICT_INSUFFICIENT_DATA;

/// The default season_length: a week of daily points.
pub const DEFAULT_FORECAST_SEASON_LENGTH: u32 = 7;
/// The largest season_length: the hours of a week.
pub const MAX_FORECAST_SEASON_LENGTH: u32 = 168;
/// The largest number of points in a period: 2^20, more than the minutes of a year. A call of that
/// length takes some milliseconds.
pub const MAX_PERIOD_LEN: u32 = 1048576;

/// Settings of cloudcircuit_forecast_budget().
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct ForecastConfig {
    /// Number of points after which spend repeats its pattern, 1 to
    /// CLOUDCIRCUIT_MAX_FORECAST_SEASON_LENGTH: 7 for days, 24 for hours, 12 for months, 1 for no
    /// pattern. Default CLOUDCIRCUIT_DEFAULT_FORECAST_SEASON_LENGTH.
    pub season_length: u32,
    /// For bills that fill up late: this many of the last points passed are incomplete. They count
    /// in spend_to_date as they are, and in the forecast as expected if that is more. 0 to
    /// CLOUDCIRCUIT_MAX_LAG_POINTS, default 0.
    pub lag_points: u32,
    /// What a negative point means, for example a credit: a CLOUDCIRCUIT_NEGATIVE_POINTS constant.
    /// Default CLOUDCIRCUIT_NEGATIVE_POINTS_ERROR.
    pub negative_points: u32,
    /// Must be 0.
    pub reserved: u32,
    /// Time of the first point of history, or of period_spend if history is empty, in seconds since
    /// 1970-01-01 in the bill's calendar, at most 2^53 either way. With
    /// CLOUDCIRCUIT_TIME_UNKNOWN, the default, or a step that is not a day, charges by the day of
    /// the month are not expected again.
    pub start_time: i64,
    /// Seconds between points, 1 to 2^31. Default CLOUDCIRCUIT_DEFAULT_STEP.
    pub step: i64,
}

impl Default for ForecastConfig {
    fn default() -> Self {
        Self {
            season_length: DEFAULT_FORECAST_SEASON_LENGTH,
            lag_points: 0,
            negative_points: NEGATIVE_POINTS_ERROR,
            reserved: 0,
            start_time: TIME_UNKNOWN,
            step: DEFAULT_STEP,
        }
    }
}

/// Result of cloudcircuit_forecast_budget().
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct ForecastResult {
    /// Sum of the period's points so far, incomplete ones included. A missing point adds nothing.
    pub spend_to_date: f64,
    /// Expected cost of the whole period; at least spend_to_date.
    pub forecast_spend: f64,
    /// Lower end of the 80 % prediction interval: one period in ten costs less. Between
    /// spend_to_date and forecast_spend.
    pub lower_bound: f64,
    /// Upper end of the 80 % prediction interval: one period in ten costs more. At least
    /// forecast_spend.
    pub upper_bound: f64,
    /// forecast_spend / budget_limit.
    pub forecast_ratio: f64,
    /// Share of the budget spent, divided by the share of the period elapsed, both without
    /// incomplete points. Above 1 the budget does not last at this pace. 0 when no complete point
    /// has elapsed.
    pub burn_rate: f64,
    /// Index in the period of the first point, past or forecast, at which spend reaches
    /// budget_limit; -1 if there is none.
    pub exhaustion_point: i64,
    /// 1 if spend, past or forecast, reaches budget_limit within the period, else 0.
    pub is_forecast_breached: u32,
    /// CLOUDCIRCUIT_VERDICT_NORMAL, or CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA when there are too
    /// few points for a forecast.
    pub verdict: i32,
}

impl ForecastResult {
    pub(crate) const REFUSED: Self = Self {
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
}
