//! The model behind a forecast, fitted to the last points of a series.
//!
//! A point to come is a level times a seasonal factor, plus the charge that comes on its day of the
//! month. The level is a weighted mean of six simple forecasts, and the bounds come from its errors
//! on past points. docs/FORECAST.md describes each step; tests/model/forecast_model.py is an
//! independent implementation.

use crate::{
    forecast::{
        clean::{self, Charges, Season},
        config::MAX_FORECAST_SEASON_LENGTH,
        input::{Input, MonthDays},
        levels::{self, Errors, Level},
        points::{Points, known},
    },
    numeric::order_stats::larger,
};
use core::num::NonZeroUsize;

pub(super) const MAX_SEASON: usize = MAX_FORECAST_SEASON_LENGTH as usize;
/// Spans looked back at. MAX_WINDOW limits their points, so that they fit on a small stack.
const SPANS: usize = 16;
const MAX_WINDOW: usize = 504;
/// A span is a season, and at least this many points.
const MIN_SPAN: usize = 7;
/// Weights of the two kinds of error in the distance of the bounds.
const MEAN_WEIGHT: f64 = 0.68;
const POINT_WEIGHT: f64 = 0.62;
/// The bounds are widened by this number divided by the number of known points.
const PRIOR_POINTS: f64 = 14.0;
/// No bound is nearer than this share of what is still expected.
const MIN_WIDTH: f64 = 0.002;
/// A spike or shift is open while the mean of the last two points is this many errors of a point
/// above the level.
const OPEN_ERRORS: f64 = 0.8;

/// The points looked back at.
pub(super) type Window = Points<MAX_WINDOW>;

/// The points of a season, at least a week's.
pub(super) fn span(season: NonZeroUsize) -> usize {
    season.get().max(MIN_SPAN)
}

/// What to expect after the last point of a series.
pub(crate) struct Model {
    level: Level,
    errors: Errors,
    factors: Season,
    charges: Charges,
    season: NonZeroUsize,
    points: usize,
    /// What widens the bounds of a young series.
    youth: f64,
    /// The mean of the last two points while a spike or shift is open, else 0.
    open_rate: f64,
    /// All amounts here are multiples of this power of two.
    unit: f64,
}

impl Model {
    /// Fits a model to the last of the input's points, to forecast the sum of `steps` points.
    /// `None` if too few are known.
    #[inline(never)]
    pub(crate) fn fit(input: Input, steps: usize) -> Option<Self> {
        let season = input.settings.season;
        let first = input.len().saturating_sub((SPANS * span(season)).min(MAX_WINDOW));
        let mut usual = Window::NONE;
        input.points(first).for_each(|point| usual.push(point));
        let points = usual.len();
        let known = known(usual.as_slice()).count();
        if known < span(season) {
            return None;
        }
        let unit = scale(usual.as_mut_slice());

        let mut paid = Window::NONE;
        let days = input.settings.month_days(first);
        let charges = clean::clip(&mut usual, season, days.clone(), &mut paid);
        let factors = clean::factors(&usual, season, &mut paid);
        paid.clear();
        let mut days = days;
        let places = factors.iter().take(season.get()).cycle();
        for ((usual, all), factor) in usual.as_mut_slice().iter_mut().zip(input.points(first)).zip(places) {
            let charge = charge_on(&charges, days.as_mut());
            *usual /= factor;
            paid.push(if usual.is_nan() { f64::NAN } else { larger((all / unit - charge) / factor, *usual) });
        }
        let horizon = steps.clamp(span(season), 2 * span(season)).min(points / 3);
        let (level, errors) = levels::combine(&usual, &paid, season, horizon);

        // The rate is a mean of what was paid, the question one of levels.
        let [mut level_now, mut rate, mut count] = [0.0; 3];
        for (back, value) in paid.as_slice().iter().rev().take(2).enumerate() {
            let place = (points - 1 - back) % season;
            if !value.is_nan() {
                level_now += value;
                rate += value * factors.get(place).copied().unwrap_or(1.0);
                count += 1.0;
            }
        }
        let is_open = level_now > (level.at(1) + OPEN_ERRORS * errors.of_point) * count;
        Some(Self {
            level,
            errors,
            factors,
            charges,
            season,
            points,
            youth: 1.0 + PRIOR_POINTS / known as f64,
            open_rate: if is_open { rate / count } else { 0.0 },
            unit,
        })
    }

    /// What amounts are multiples of: see Expected.
    pub(crate) fn unit(&self) -> f64 {
        self.unit
    }

    /// Of the point `step` steps after the last: what is expected on its day of the month, in units.
    pub(crate) fn charge(&self, days: Option<&mut MonthDays>) -> f64 {
        charge_on(&self.charges, days)
    }

    /// Of the point `step` steps after the last: what is expected without a charge, in units.
    pub(crate) fn point(&self, step: usize) -> f64 {
        let factor = self.factors.get((self.points + step - 1) % self.season).copied();
        self.level.at(step) * factor.unwrap_or(1.0)
    }

    /// Distance of the upper bound from the forecast for the sum of `steps` points, in units, where
    /// `expected` are expected without charges.
    ///
    /// The error of the mean is measured for up to two spans. It grows as that of a random walk
    /// beyond them.
    pub(crate) fn half_width(&self, steps: usize, expected: f64) -> f64 {
        let steps = steps as f64;
        let beyond = larger(steps / span(self.season) as f64, 1.0);
        let of_mean = MEAN_WEIGHT * self.errors.of_mean * steps * square_root(beyond);
        let of_points = POINT_WEIGHT * self.errors.of_point * square_root(steps);
        (of_mean + of_points) * self.youth + MIN_WIDTH * expected
    }

    /// The rate of the last two points while a spike or shift is open, else 0, in units.
    pub(crate) fn open_rate(&self) -> f64 {
        self.open_rate
    }
}

fn charge_on(charges: &Charges, days: Option<&mut MonthDays>) -> f64 {
    days.and_then(Iterator::next).and_then(|day| charges.get(day).copied()).unwrap_or(0.0)
}

/// Divides all points by the largest power of two not above the largest point, and returns it. The
/// division is exact, and nothing computed from the points can overflow.
fn scale(points: &mut [f64]) -> f64 {
    let largest = known(points).fold(0.0, |largest, value| larger(value, largest));
    let power = f64::from_bits(largest.to_bits() & f64::INFINITY.to_bits());
    let unit = larger(power, f64::MIN_POSITIVE);
    points.iter_mut().for_each(|point| *point /= unit);
    unit
}

/// The square root of a number >= 1, by Newton's method. Halving the exponent starts within 7 %,
/// and each step squares the relative error.
fn square_root(square: f64) -> f64 {
    let mut root = f64::from_bits((square.to_bits() >> 1) + (1023 << 51));
    for _ in 0..5 {
        root = (root + square / root) / 2.0;
    }
    root
}
