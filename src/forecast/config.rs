//! The forecast's settings and result, with their constants.

use crate::verdict::VERDICT_INSUFFICIENT_DATA;

/// The points after which spend repeats its pattern, when the host sets none: the weekdays of
/// daily points.
pub const DEFAULT_FORECAST_SEASON_LENGTH: u32 = 7;
/// The most points that a season may have: the hours of a week.
pub const MAX_FORECAST_SEASON_LENGTH: u32 = 168;

/// Settings of cloudcircuit_forecast_budget. 8 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct ForecastConfig {
    /// The points after which spend repeats its pattern: 7 for days, 24 for hours, 12 for months,
    /// 1 for none; 1 to CLOUDCIRCUIT_MAX_FORECAST_SEASON_LENGTH.
    pub season_length: u32,
    /// Always 0.
    pub reserved: u32,
}

impl Default for ForecastConfig {
    fn default() -> Self {
        Self { season_length: DEFAULT_FORECAST_SEASON_LENGTH, reserved: 0 }
    }
}

/// What cloudcircuit_forecast_budget expects. 64 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct ForecastResult {
    /// The sum of the period's points so far; a missing point adds nothing.
    pub spend_to_date: f64,
    /// What the whole period is expected to cost; never below spend_to_date.
    pub forecast_spend: f64,
    /// In one period of ten, less than this is spent; spend_to_date to forecast_spend.
    pub lower_bound: f64,
    /// In one period of ten, more than this is spent; never below forecast_spend.
    pub upper_bound: f64,
    /// forecast_spend / budget_limit.
    pub forecast_ratio: f64,
    /// The share of the budget that is spent over the share of the period that has passed: above
    /// 1, the budget would not last at this pace. 0 when nothing has passed.
    pub burn_rate: f64,
    /// The index in the period of the first point at which spend reaches budget_limit, in the past
    /// or as forecast; -1 when it does not within the period.
    pub exhaustion_point: i64,
    /// 1 when spend reaches budget_limit within the period, in the past or as forecast, else 0.
    pub is_forecast_breached: u32,
    /// CLOUDCIRCUIT_VERDICT_NORMAL, or CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA when the points do
    /// not allow a forecast.
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
