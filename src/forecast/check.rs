//! Forecasts what a period will have cost when it ends, and whether the budget lasts.

use crate::{
    error::Error,
    forecast::config::{ForecastConfig, ForecastResult, MAX_PERIOD_LEN},
    forecast::input::{Input, Settings},
    forecast::model::Model,
    numeric::float::{larger, smaller},
    numeric::mean::two_sum,
    numeric::unaligned::Unaligned,
    series::MAX_SERIES_LEN,
    verdict::{VERDICT_INSUFFICIENT_DATA, VERDICT_NORMAL},
};

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

/// Checks the settings, which all rows of columns share.
pub(crate) fn check_config(config: &ForecastConfig) -> Result<(), Error> {
    Settings::new(config).map(|_| ())
}

#[inline(never)]
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
    let settings = Settings::new(config)?;
    if !history.iter().all(|point| settings.read(point).is_some()) {
        return Err(Error::History);
    }
    if !period_spend.iter().all(|point| settings.read(point).is_some()) {
        return Err(Error::PeriodSpend);
    }
    Ok(decide(history, period_spend, period_len, budget_limit, &settings))
}

#[inline(never)]
fn decide(
    history: &[Unaligned<f64>],
    period_spend: &[Unaligned<f64>],
    period_len: usize,
    budget_limit: f64,
    settings: &Settings,
) -> ForecastResult {
    // The last points passed are incomplete: those of the period, before them those of history.
    let lag = settings.lag_points;
    let (complete, incomplete) = split(period_spend, lag);
    let lag_before = lag - incomplete.len();
    let (history, _) = split(history, lag_before);
    let known = |point: &Unaligned<f64>| settings.read(point).filter(|spend| !spend.is_nan());

    let mut spend = RunningTotal::towards(budget_limit);
    complete.iter().for_each(|point| spend.add(known(point).unwrap_or(0.0)));
    let complete_spend = spend.total();
    let mut so_far = spend.clone();
    incomplete.iter().for_each(|point| so_far.add(known(point).unwrap_or(0.0)));
    let spend_to_date = so_far.total();

    let rest = period_len.saturating_sub(complete.len());
    let missing = complete.iter().filter(|point| known(point).is_none()).count();
    let input = Input { history, period: complete, settings };
    let mut model = Model::BLANK;
    let is_fitted = rest > 0 && model.fit(input, rest);
    let is_sufficient = missing <= complete.len() / 2 && (rest == 0 || is_fitted);

    let (mut forecast_spend, mut open_spend) = (spend_to_date, 0.0);
    let (mut lower_width, mut upper_width) = (0.0, 0.0);
    if is_sufficient && is_fitted {
        let unit = if model.unit() < SMALL && spend_to_date < 1.0 { model.unit() } else { 1.0 };
        spend.count_in(unit);
        let scale = model.unit() / unit;
        let mut days = settings.month_days(input.len() + lag_before);
        let (mut expected, mut charged, mut open) = (0.0, 0.0, 0.0);
        let mut incomplete = incomplete.iter();
        for step in lag_before + 1..=lag_before + rest {
            let (point, charge) = (model.point(step), model.charge(days.as_mut()));
            expected += point;
            charged += charge;
            open += model.open_point(step);
            let booked = incomplete.next().and_then(known).unwrap_or(0.0);
            spend.add(larger(booked / unit, (point + charge) * scale));
        }
        forecast_spend = larger(spend.total(), spend_to_date);
        let (lower, upper) = model.widths(rest, expected + charged);
        (lower_width, upper_width) = (lower * model.unit(), upper * model.unit());
        if open > 0.0 {
            open_spend = complete_spend + (open + charged) * model.unit();
        }
        so_far = spend;
    }
    let elapsed = complete.len();
    let time_passed = elapsed as f64 / period_len as f64;
    let burn_rate = if elapsed == 0 { 0.0 } else { complete_spend / budget_limit / time_passed };
    ForecastResult {
        spend_to_date,
        forecast_spend,
        lower_bound: larger(forecast_spend - lower_width, spend_to_date),
        upper_bound: smaller(larger(open_spend, forecast_spend + upper_width), f64::MAX),
        forecast_ratio: smaller(forecast_spend / budget_limit, f64::MAX),
        burn_rate: smaller(burn_rate, f64::MAX),
        exhaustion_point: so_far.reached_at.map_or(-1, |index| index as i64),
        is_forecast_breached: so_far.reached_at.is_some().into(),
        verdict: if is_sufficient { VERDICT_NORMAL } else { VERDICT_INSUFFICIENT_DATA },
    }
}

/// The series without its last `count` points, and those.
fn split(series: &[Unaligned<f64>], count: usize) -> (&[Unaligned<f64>], &[Unaligned<f64>]) {
    let middle = series.len().saturating_sub(count);
    series.split_at_checked(middle).unwrap_or_default()
}

/// A running total and the point at which it reached the limit. The total is kept in two doubles,
/// so that rounding errors of long sums do not add up.
#[derive(Clone)]
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
