//! Forecasts what a period will have cost when it ends, and whether the budget lasts.

use crate::{
    error::Error,
    forecast::config::{ForecastConfig, ForecastResult, MAX_PERIOD_LEN},
    forecast::model::{self, Model},
    numeric::amount::checked_amount,
    numeric::mean::two_sum,
    numeric::order_stats::{larger, smaller},
    numeric::unaligned::Unaligned,
    series::MAX_SERIES_LEN,
    verdict::{VERDICT_INSUFFICIENT_DATA, VERDICT_NORMAL},
};

/// The lower bound's distance from the forecast, as a share of the upper bound's. Bills are more
/// often higher than expected than lower.
const LOWER_SHARE: f64 = 0.7;

/// 2^-900. Points of series below this may be subnormal, and rounding each of them would move their
/// sum by more than rounding the sum does.
const SMALL: f64 = f64::from_bits((1023 - 900) << 52);

/// Checks the lengths, which must be right before a point is read.
pub(crate) fn check_lengths(
    history_len: usize,
    elapsed: usize,
    period_len: usize,
) -> Result<(), Error> {
    // The second bound is that of a slice in Rust. It matters on 32-bit targets alone, where no
    // such buffer exists.
    let longest = (MAX_SERIES_LEN as usize).min(isize::MAX as usize / size_of::<Unaligned<f64>>());
    if history_len > longest {
        return Err(Error::HistoryLen);
    }
    if period_len == 0 || period_len > MAX_PERIOD_LEN as usize {
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
    let season = model::season(config.season_length).ok_or(Error::ForecastSeasonLength)?;
    if config.reserved != 0 {
        return Err(Error::Reserved);
    }
    if !history.iter().all(is_amount_or_missing) {
        return Err(Error::History);
    }
    if !period_spend.iter().all(is_amount_or_missing) {
        return Err(Error::PeriodSpend);
    }

    let mut spend = RunningTotal::towards(budget_limit);
    for point in period_spend {
        spend.add(known(point).unwrap_or(0.0));
    }
    let spend_to_date = spend.total();

    let elapsed = period_spend.len();
    let rest = period_len.saturating_sub(elapsed);
    let missing = period_spend.iter().filter(|point| known(point).is_none()).count();
    let model = match rest {
        0 => None,
        _ => Model::fit(history.iter().chain(period_spend).map(value), season),
    };
    let is_sufficient = missing <= elapsed / 2 && (rest == 0 || model.is_some());

    let mut half_width = 0.0;
    if let Some(model) = model.filter(|_| is_sufficient) {
        let unit = if model.unit() < SMALL && spend_to_date < 1.0 { model.unit() } else { 1.0 };
        spend.count_in(unit);
        let scale = model.unit() / unit;
        for step in 1..=rest {
            spend.add(model.point(step) * scale);
        }
        half_width = model.half_width(rest);
    }
    let forecast_spend = spend.total();
    let time_passed = elapsed as f64 / period_len as f64;
    let burn_rate = if elapsed == 0 { 0.0 } else { spend_to_date / budget_limit / time_passed };
    Ok(ForecastResult {
        spend_to_date,
        forecast_spend,
        lower_bound: larger(forecast_spend - LOWER_SHARE * half_width, spend_to_date),
        upper_bound: smaller(forecast_spend + half_width, f64::MAX),
        forecast_ratio: smaller(forecast_spend / budget_limit, f64::MAX),
        burn_rate: smaller(burn_rate, f64::MAX),
        exhaustion_point: spend.reached_at.map_or(-1, |index| index as i64),
        is_forecast_breached: spend.reached_at.is_some().into(),
        verdict: if is_sufficient { VERDICT_NORMAL } else { VERDICT_INSUFFICIENT_DATA },
    })
}

fn value(point: &Unaligned<f64>) -> f64 {
    point.get()
}

fn is_amount_or_missing(point: &Unaligned<f64>) -> bool {
    value(point).is_nan() || known(point).is_some()
}

/// The point's spend, or `None` if the point is missing.
fn known(point: &Unaligned<f64>) -> Option<f64> {
    checked_amount(value(point))
}

/// A running total and the point at which it reached the limit. The total is kept in two doubles,
/// so that rounding errors of long sums do not add up.
struct RunningTotal {
    high: f64,
    low: f64,
    /// The power of two that high and low are multiples of.
    unit: f64,
    limit: f64,
    points: usize,
    reached_at: Option<usize>,
}

impl RunningTotal {
    fn towards(limit: f64) -> Self {
        Self { high: 0.0, low: 0.0, unit: 1.0, limit, points: 0, reached_at: None }
    }

    fn add(&mut self, spend: f64) {
        let (sum, rounding_error) = two_sum(self.high, spend);
        (self.high, self.low) = two_sum(sum, self.low + rounding_error);
        // A total beyond the largest double would be infinite, and NaN after that.
        if !self.high.is_finite() {
            (self.high, self.low) = (f64::MAX, 0.0);
        }
        if self.total() >= self.limit && self.reached_at.is_none() {
            self.reached_at = Some(self.points);
        }
        self.points += 1;
    }

    /// Goes on in another unit, in which the total so far is finite.
    fn count_in(&mut self, unit: f64) {
        self.high /= unit;
        self.low /= unit;
        self.unit = unit;
    }

    fn total(&self) -> f64 {
        self.high * self.unit
    }
}
