//! What will have been spent when the period ends, and is that within the budget?

use crate::{
    error::Error,
    forecast::model::{self as outlook, Outlook},
    numeric::amount::checked_amount,
    numeric::{mean::two_sum, unaligned::Unaligned},
    spike::check::MAX_SERIES_LEN,
};

/// A forecast was made, or the point judged is no spike.
pub const VERDICT_NORMAL: i32 = 1;
/// Too few points for an answer; nothing was guessed.
pub const VERDICT_INSUFFICIENT_DATA: i32 = 3;

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

/// What must hold before a point is read.
pub(crate) fn check_lengths(
    history_len: usize,
    elapsed: usize,
    period_len: usize,
) -> Result<(), Error> {
    // The second bound is Rust's own, and only tells on 32-bit targets, where no such buffer
    // exists.
    let longest = (MAX_SERIES_LEN as usize).min(isize::MAX as usize / size_of::<Unaligned<f64>>());
    if history_len > longest {
        return Err(Error::HistoryLen);
    }
    if period_len == 0 || period_len > longest {
        return Err(Error::PeriodLen);
    }
    if elapsed > period_len {
        return Err(Error::Elapsed);
    }
    Ok(())
}

pub(crate) fn forecast(
    history: &[Unaligned<f64>],
    period_spend: &[Unaligned<f64>],
    period_len: usize,
    budget_limit: f64,
    config: &ForecastConfig,
) -> Result<ForecastResult, Error> {
    if !(budget_limit > 0.0 && budget_limit <= f64::MAX) {
        return Err(Error::BudgetLimit);
    }
    let season = outlook::season(config.season_length).ok_or(Error::ForecastSeasonLength)?;
    if config.reserved != 0 {
        return Err(Error::Reserved);
    }
    if !history.iter().all(is_amount_or_missing) {
        return Err(Error::History);
    }
    if !period_spend.iter().all(is_amount_or_missing) {
        return Err(Error::PeriodSpend);
    }

    let mut spend = Running::towards(budget_limit);
    for point in period_spend {
        spend.add(known(point).unwrap_or(0.0));
    }
    let spend_to_date = spend.total();

    let elapsed = period_spend.len();
    let rest = period_len.saturating_sub(elapsed);
    let missing = period_spend.iter().filter(|point| known(point).is_none()).count();
    let outlook = match rest {
        0 => None,
        _ => Outlook::of(history.iter().chain(period_spend).map(value), season),
    };
    let is_sufficient = missing <= elapsed / 2 && (rest == 0 || outlook.is_some());

    let mut half_width = 0.0;
    if let Some(outlook) = outlook.filter(|_| is_sufficient) {
        for step in 1..=rest {
            spend.add(outlook.point(step));
        }
        half_width = outlook.half_width(rest);
    }
    let forecast_spend = spend.total();
    let time_passed = elapsed as f64 / period_len as f64;
    let burn_rate = if elapsed == 0 { 0.0 } else { spend_to_date / budget_limit / time_passed };
    Ok(ForecastResult {
        spend_to_date,
        forecast_spend,
        lower_bound: (forecast_spend - LOWER_SHARE * half_width).max(spend_to_date),
        upper_bound: (forecast_spend + half_width).min(f64::MAX),
        forecast_ratio: (forecast_spend / budget_limit).min(f64::MAX),
        burn_rate: burn_rate.min(f64::MAX),
        exhaustion_point: spend.reached_at.map_or(-1, |index| index as i64),
        is_forecast_breached: spend.reached_at.is_some().into(),
        verdict: if is_sufficient { VERDICT_NORMAL } else { VERDICT_INSUFFICIENT_DATA },
    })
}

/// Bills surprise upwards more than downwards: how much nearer the lower bound is.
const LOWER_SHARE: f64 = 0.7;

fn value(point: &Unaligned<f64>) -> f64 {
    point.get()
}

fn is_amount_or_missing(point: &Unaligned<f64>) -> bool {
    value(point).is_nan() || known(point).is_some()
}

/// The point's spend, or `None` if it is missing.
fn known(point: &Unaligned<f64>) -> Option<f64> {
    checked_amount(value(point))
}

/// Spend as it adds up, in two doubles so that even long sums stay exact, and when it reached the
/// limit.
struct Running {
    high: f64,
    low: f64,
    limit: f64,
    points: usize,
    reached_at: Option<usize>,
}

impl Running {
    fn towards(limit: f64) -> Self {
        Self { high: 0.0, low: 0.0, limit, points: 0, reached_at: None }
    }

    fn add(&mut self, spend: f64) {
        let (sum, rounded_off) = two_sum(self.high, spend);
        (self.high, self.low) = two_sum(sum, self.low + rounded_off);
        // Beyond the largest double it would be infinite or NaN.
        if !self.high.is_finite() {
            (self.high, self.low) = (f64::MAX, 0.0);
        }
        if self.high >= self.limit && self.reached_at.is_none() {
            self.reached_at = Some(self.points);
        }
        self.points += 1;
    }

    fn total(&self) -> f64 {
        self.high
    }
}
