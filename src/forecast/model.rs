//! The model behind a forecast, fitted to the last points of a series.
//!
//! A point to come is a level times a seasonal factor, plus the charge that comes on its day of the
//! month. The level is a weighted mean of six simple forecasts, and the bounds come from its errors
//! on past points. docs/FORECAST.md describes each step; tests/model/forecast_model.py is an
//! independent implementation.

use crate::{
    forecast::{
        clean::{self, Charges},
        input::{Input, MonthDays},
        levels::{self, Errors, Level},
        points::{MAX_WINDOW, Window, known},
        season::{MAX_SEASON, Season, span},
    },
    numeric::float::larger,
};
use core::num::NonZeroUsize;

/// Spans looked back at, as far as MAX_WINDOW goes.
const SPANS: usize = 16;
/// Weights of the two kinds of error and of the spread in the distance of the bounds.
const MEAN_WEIGHT: f64 = 0.38;
const POINT_WEIGHT: f64 = 0.4;
const SPREAD_WEIGHT: f64 = 1.1;
/// The lower bound's distance from the forecast, as a share of the upper bound's, to which a share
/// of the dip comes. Bills are more often higher than expected than lower.
const LOWER_SHARE: f64 = 0.5;
const DIP_SHARE: f64 = 0.1;
/// The bounds are widened by this number divided by the number of known points.
const PRIOR_POINTS: f64 = 18.0;
/// No bound is nearer than this share of what is still expected.
const MIN_WIDTH: f64 = 0.002;
/// A spike or shift is open while the mean of the last two points is this many errors of a point
/// above the level.
const OPEN_ERRORS: f64 = 0.8;

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
    /// While a spike or shift is open, the mean of the last two points and of their levels, else 0.
    open_rate: f64,
    open_level: f64,
    /// The power of two that is the unit of all amounts here.
    unit: f64,
}

impl Model {
    /// To be fitted in its place: it is large, and the stack is small.
    pub(crate) const BLANK: Self = Self {
        level: Level::NONE,
        errors: Errors { of_mean: 0.0, of_point: 0.0, spread: 0.0, dip: 0.0 },
        factors: [0.0; MAX_SEASON],
        charges: [0.0; MonthDays::PLACES],
        season: NonZeroUsize::MIN,
        points: 0,
        youth: 1.0,
        open_rate: 0.0,
        open_level: 0.0,
        unit: 1.0,
    };

    /// Fits a blank model to the last of the input's points, to forecast the sum of `steps` points.
    /// False if too few are known.
    #[inline(never)]
    pub(crate) fn fit(&mut self, input: Input, steps: usize) -> bool {
        let season = input.settings.season;
        let first = input.len().saturating_sub((SPANS * span(season)).min(MAX_WINDOW));
        let mut usual = Window::NONE;
        input.points(first).for_each(|point| usual.push(point));
        let known = known(usual.as_slice()).count();
        if known < span(season) {
            return false;
        }
        (self.season, self.points) = (season, usual.len());
        self.unit = scale(usual.as_mut_slice());
        self.youth = 1.0 + PRIOR_POINTS / known as f64;

        let mut paid = Window::NONE;
        let days = input.settings.month_days(first);
        clean::clip(&mut usual, season, days.clone(), &mut self.charges, &mut paid);
        clean::factors(&usual, season, &mut self.factors, &mut paid);
        self.take_season_out(&mut usual, input.points(first), days, &mut paid);
        let horizon = steps.max(span(season)).min(2 * span(season)).min(self.points / 3);
        levels::combine(&usual, &paid, season, horizon, &mut self.level, &mut self.errors);
        self.open(&paid);
        true
    }

    /// Divides by the seasonal factors: `usual`, from which peaks have been clipped, and into
    /// `paid` all points as they came, without charges.
    fn take_season_out(
        &self,
        usual: &mut Window,
        all: impl Iterator<Item = f64>,
        mut days: Option<MonthDays>,
        paid: &mut Window,
    ) {
        paid.clear();
        let factors = self.factors.iter().take(self.season.get()).cycle();
        for ((usual, point), factor) in usual.as_mut_slice().iter_mut().zip(all).zip(factors) {
            let charge = self.charge(days.as_mut());
            *usual /= factor;
            let value = larger((point / self.unit - charge) / factor, *usual);
            paid.push(if usual.is_nan() { f64::NAN } else { value });
        }
    }

    /// Finds out whether a spike or shift is open.
    fn open(&mut self, paid: &Window) {
        let (mut level, mut rate, mut count) = (0.0, 0.0, 0.0);
        for (back, value) in paid.as_slice().iter().rev().take(2).enumerate() {
            if !value.is_nan() {
                level += value;
                rate += value * self.factor(self.points - 1 - back);
                count += 1.0;
            }
        }
        let bound = self.level.at(1) + OPEN_ERRORS * self.errors.of_point;
        if level > bound * count {
            (self.open_rate, self.open_level) = (rate / count, level / count);
        }
    }

    fn factor(&self, point: usize) -> f64 {
        self.factors.get(point % self.season).copied().unwrap_or(1.0)
    }

    /// The power of two that is the unit of all amounts below.
    pub(crate) fn unit(&self) -> f64 {
        self.unit
    }

    /// What is expected `step` steps after the last point, without charges, in units.
    pub(crate) fn point(&self, step: usize) -> f64 {
        self.level.at(step) * self.factor(self.points + step - 1)
    }

    /// The charge that is expected on the next of the days, in units.
    pub(crate) fn charge(&self, days: Option<&mut MonthDays>) -> f64 {
        let day = days.and_then(Iterator::next);
        day.and_then(|day| self.charges.get(day).copied()).unwrap_or(0.0)
    }

    /// Distances of the lower and the upper bound from the forecast for the sum of `steps` points, in
    /// units, where `expected` are expected.
    ///
    /// The error of the mean is measured for up to two spans. It grows as that of a random walk
    /// beyond them.
    pub(crate) fn widths(&self, steps: usize, expected: f64) -> (f64, f64) {
        let steps = steps as f64;
        let beyond = larger(steps / span(self.season) as f64, 1.0);
        let of_mean = MEAN_WEIGHT * self.errors.of_mean * steps * square_root(beyond);
        let of_points = POINT_WEIGHT * self.errors.of_point * square_root(steps);
        let of_spread = SPREAD_WEIGHT * self.errors.spread * steps;
        let upper = (of_mean + of_points + of_spread) * self.youth + MIN_WIDTH * expected;
        (LOWER_SHARE * upper + DIP_SHARE * self.errors.dip * self.youth, upper)
    }

    /// While a spike or shift is open, where the last two points lead at `step`, else 0, in units:
    /// on a weekday it is more than after a weekend.
    pub(crate) fn open_point(&self, step: usize) -> f64 {
        larger(self.open_rate, self.open_level * self.factor(self.points + step - 1))
    }
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
