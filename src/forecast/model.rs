//! The model behind a forecast, fitted to the last points of a series.
//!
//! A point to come is expected to be the mean of two forecasts: the recent mean, and exponential
//! smoothing with a linear trend, multiplied by a seasonal factor. The bounds come from the errors
//! of the smoothing on past points. docs/FORECAST.md describes each step;
//! tests/model/forecast_model.py is an independent implementation.

use crate::{forecast::config::MAX_FORECAST_SEASON_LENGTH, numeric::order_stats::larger};
use core::num::NonZeroUsize;

const MAX_SEASON: usize = MAX_FORECAST_SEASON_LENGTH as usize;
/// Seasons looked back at. MAX_WINDOW limits their points, so that they fit on a small stack.
const SEASONS: usize = 16;
const MAX_WINDOW: usize = 672;
/// The span of the means and of the first level is a season, and at least this many points.
const MIN_SPAN: usize = 7;
/// The most neighbours on either side whose median a point is compared with.
const MAX_REACH: usize = 28;
/// A point up to this many times the median around it, or of its place in the season, is not
/// clipped.
const CLIP_FACTOR: f64 = 1.5;
/// Prior weight of a seasonal factor of 1, in seasons.
const PRIOR_SEASONS: f64 = 8.0;
/// Weight of each new point in the level.
const SMOOTHING: f64 = 0.2;
/// The trend is followed for the number of known points divided by this, then held.
const TREND_SHARE: usize = 4;
/// Share of each error that stays in all later points, for the width of the bounds.
const PERSISTENCE: f64 = 1.0 / 6.0;
/// The bounds are widened by this number divided by the number of known points.
const PRIOR_POINTS: f64 = 8.0;
/// Quantiles, in tenths.
const MEDIAN: usize = 5;
const P90: usize = 9;

/// A season length, if it is 1 to MAX_FORECAST_SEASON_LENGTH.
pub(crate) fn season(length: u32) -> Option<NonZeroUsize> {
    NonZeroUsize::new(length as usize).filter(|length| length.get() <= MAX_SEASON)
}

/// What to expect after the last point of a series.
pub(crate) struct Model {
    recent: f64,
    level: f64,
    trend: f64,
    trend_points: usize,
    factors: [f64; MAX_SEASON],
    season: NonZeroUsize,
    points: usize,
    typical_error: f64,
    /// All amounts here are multiples of this power of two.
    unit: f64,
}

impl Model {
    /// Fits a model to the last of `points`, oldest first, NaN where missing. `None` if too few are
    /// known.
    pub(crate) fn fit(
        points: impl DoubleEndedIterator<Item = f64> + Clone,
        season: NonZeroUsize,
    ) -> Option<Self> {
        let span = season.get().max(MIN_SPAN);
        let window = (SEASONS * span).min(MAX_WINDOW);
        let mut series = Points::NONE;
        points.rev().take(window).for_each(|point| series.push(point));
        series.reverse();
        let known = series.known().count();
        if known < span {
            return None;
        }
        let unit = series.scale();

        let mut scratch = Points::NONE;
        clip(&mut series, season, span.min(MAX_REACH), &mut scratch);
        let recent = (series.last_mean(span) + series.last_mean(2 * span)) / 2.0;
        let factors = factors(&series, season, &mut scratch);
        let places = factors.iter().take(season.get()).cycle();
        series.as_mut_slice().iter_mut().zip(places).for_each(|(point, factor)| *point /= factor);
        let (level, typical_error) = smooth(&series, span, &mut scratch);
        Some(Self {
            recent,
            level,
            trend: slope(&series),
            trend_points: known / TREND_SHARE,
            factors,
            season,
            points: series.len,
            typical_error: typical_error * (1.0 + PRIOR_POINTS / known as f64),
            unit,
        })
    }

    /// What amounts are multiples of: see point.
    pub(crate) fn unit(&self) -> f64 {
        self.unit
    }

    /// The expected point `step` steps after the last, in units.
    pub(crate) fn point(&self, step: usize) -> f64 {
        let place = (self.points + step - 1) % self.season;
        let factor = self.factors.get(place).copied().unwrap_or(1.0);
        let trend = self.trend * step.min(self.trend_points) as f64;
        (self.recent + larger(self.level + trend, 0.0) * factor) / 2.0
    }

    /// Distance of the upper bound from the forecast for the sum of the next `steps` points. Each
    /// point contributes one typical error, of which a share stays in all later points.
    pub(crate) fn half_width(&self, steps: usize) -> f64 {
        let steps = steps as f64;
        let pairs = steps * (steps - 1.0) / 2.0;
        let squares = pairs * (2.0 * steps - 1.0) / 3.0;
        let growth = steps + 2.0 * PERSISTENCE * pairs + PERSISTENCE * PERSISTENCE * squares;
        self.typical_error * square_root(growth) * self.unit
    }
}

/// Up to MAX_WINDOW numbers, oldest first; NaN is a missing point.
struct Points {
    values: [f64; MAX_WINDOW],
    len: usize,
}

impl Points {
    const NONE: Self = Self { values: [0.0; MAX_WINDOW], len: 0 };

    fn push(&mut self, value: f64) {
        if let Some(slot) = self.values.get_mut(self.len) {
            *slot = value;
            self.len += 1;
        }
    }

    fn as_slice(&self) -> &[f64] {
        self.values.get(..self.len).unwrap_or_default()
    }

    fn as_mut_slice(&mut self) -> &mut [f64] {
        self.values.get_mut(..self.len).unwrap_or_default()
    }

    fn reverse(&mut self) {
        self.as_mut_slice().reverse();
    }

    fn known(&self) -> impl DoubleEndedIterator<Item = f64> {
        known(self.as_slice())
    }

    /// Divides all points by the largest power of two not above the largest point, and returns it.
    /// The division is exact, and nothing computed from the points can overflow.
    fn scale(&mut self) -> f64 {
        let largest = self.known().fold(0.0, |largest, value| larger(value, largest));
        let power = f64::from_bits(largest.to_bits() & f64::INFINITY.to_bits());
        let unit = larger(power, f64::MIN_POSITIVE);
        self.as_mut_slice().iter_mut().for_each(|point| *point /= unit);
        unit
    }

    /// The mean of the last `count` known points.
    fn last_mean(&self, count: usize) -> f64 {
        mean(self.known().rev().take(count))
    }

    /// The quantile of the known `values` at `tenths`, interpolated linearly. Overwrites the points
    /// held here.
    fn quantile(&mut self, values: impl Iterator<Item = f64>, tenths: usize) -> f64 {
        self.len = 0;
        values.filter(|value| !value.is_nan()).for_each(|value| self.push(value));
        self.sort();
        self.at_tenths(tenths)
    }

    #[inline(never)]
    fn at_tenths(&self, tenths: usize) -> f64 {
        let sorted = self.as_slice();
        let position = sorted.len().saturating_sub(1) * tenths;
        let at = |index: usize| sorted.get(index).copied();
        let lower = at(position / 10).unwrap_or(0.0);
        let upper = at(position / 10 + 1).unwrap_or(lower);
        lower + (upper - lower) * ((position % 10) as f64 / 10.0)
    }

    /// Insertion sort: it has no panic path and is fast on few points.
    #[inline(never)]
    fn sort(&mut self) {
        let values = self.as_mut_slice();
        for end in 1..values.len() {
            for right in (1..=end).rev() {
                match values.get_mut(right - 1..=right) {
                    Some([left, right]) if *left > *right => core::mem::swap(left, right),
                    _ => break,
                }
            }
        }
    }
}

fn known(values: &[f64]) -> impl DoubleEndedIterator<Item = f64> {
    values.iter().copied().filter(|value| !value.is_nan())
}

/// The mean, or 0 if there are no values.
#[inline(never)]
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

/// The values in one place of the season, with their index.
fn in_place(
    values: &[f64],
    place: usize,
    season: NonZeroUsize,
) -> impl Iterator<Item = (usize, f64)> {
    values.iter().copied().enumerate().skip(place).step_by(season.get())
}

/// Clips lone peaks, so that a one-off charge is not expected again. The cap is the largest of
/// three: CLIP_FACTOR times the median around the point, CLIP_FACTOR times the median of its place
/// in the season, and the median around it plus the P90 of all points' distances from theirs.
#[inline(never)]
fn clip(series: &mut Points, season: NonZeroUsize, reach: usize, scratch: &mut Points) {
    let mut around = Points::NONE;
    let mut in_season = [0.0; MAX_SEASON];
    let values = series.as_slice();
    for i in 0..values.len() {
        let neighbours = i.saturating_sub(reach)..(i + reach + 1).min(values.len());
        let neighbours = known(values.get(neighbours).unwrap_or_default());
        around.push(scratch.quantile(neighbours, MEDIAN));
    }
    for (place, median) in in_season.iter_mut().enumerate().take(season.get()) {
        *median = scratch.quantile(in_place(values, place, season).map(|(_, value)| value), MEDIAN);
    }
    let distances =
        values.iter().zip(around.as_slice()).map(|(value, median)| (value - median).abs());
    let typical_distance = scratch.quantile(distances, P90);

    let usual = around.as_slice().iter().zip(in_season.iter().take(season.get()).cycle());
    for (point, (around, in_season)) in series.as_mut_slice().iter_mut().zip(usual) {
        let usual = CLIP_FACTOR * larger(*around, *in_season);
        let cap = larger(usual, around + typical_distance);
        // Comparing with NaN is false, so a missing point stays missing.
        if *point > cap {
            *point = cap;
        }
    }
}

/// The factor of each place in the season, 1 on average: the median of its points' ratios to the
/// mean of the season around them, shrunk towards 1 with the prior weight PRIOR_SEASONS.
#[inline(never)]
fn factors(series: &Points, season: NonZeroUsize, scratch: &mut Points) -> [f64; MAX_SEASON] {
    let mut factors = [1.0; MAX_SEASON];
    let values = series.as_slice();
    for (place, factor) in factors.iter_mut().enumerate().take(season.get()) {
        let shares = in_place(values, place, season).filter_map(|(i, value)| {
            let first = i.checked_sub(season.get() / 2)?;
            let around = mean(known(values.get(first..first + season.get())?));
            (around > 0.0).then_some(value / around)
        });
        let median = scratch.quantile(shares, MEDIAN);
        let seasons = scratch.len as f64;
        *factor = (seasons * median + PRIOR_SEASONS) / (seasons + PRIOR_SEASONS);
    }
    let average = mean(factors.iter().take(season.get()).copied());
    factors.iter_mut().take(season.get()).for_each(|factor| *factor /= average);
    factors
}

/// The level after the last point, by exponential smoothing from the mean of the `first` points on,
/// and the P90 of its one-step errors.
#[inline(never)]
fn smooth(series: &Points, first: usize, scratch: &mut Points) -> (f64, f64) {
    let mut level = mean(series.known().take(first));
    let errors = series.known().map(|point| {
        let error = point - level;
        level += SMOOTHING * error;
        error.abs()
    });
    let typical_error = scratch.quantile(errors, P90);
    (level, typical_error)
}

/// The slope of the least-squares line, per step.
#[inline(never)]
fn slope(series: &Points) -> f64 {
    let points = || series.as_slice().iter().enumerate().filter(|(_, value)| !value.is_nan());
    let (middle, average) = (mean(points().map(|(i, _)| i as f64)), mean(series.known()));
    let (mut rise, mut run) = (0.0, 0.0);
    for (i, value) in points() {
        let distance = i as f64 - middle;
        rise += distance * (value - average);
        run += distance * distance;
    }
    if run > 0.0 { rise / run } else { 0.0 }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn seven() -> NonZeroUsize {
        season(7).unwrap()
    }

    #[test]
    fn quantiles_lie_between_neighbours_in_proportion() {
        let mut scratch = Points::NONE;
        let values = [4.0, f64::NAN, 1.0, 3.0, 2.0];
        assert_eq!(scratch.quantile(values.into_iter(), MEDIAN), 2.5);
        assert_eq!(scratch.quantile(values.into_iter(), P90), 3.0 + 0.7);
        assert_eq!(scratch.quantile([7.0].into_iter(), P90), 7.0);
        assert_eq!(scratch.quantile([].into_iter(), MEDIAN), 0.0);
    }

    #[test]
    fn square_roots_are_within_two_units_of_the_last_place() {
        for square in [1.0, 2.0, 3.0, 4.0, 1e3, 12345.6789, 1e27, 7.7e28] {
            let error = (square_root(square) - square.sqrt()).abs();
            assert!(error <= square.sqrt() * 2.0 * f64::EPSILON, "{square}");
        }
    }

    #[test]
    fn a_constant_series_goes_on_and_its_bounds_are_tight() {
        let model = Model::fit([5.0; 30].into_iter(), seven()).unwrap();
        assert!((1..=40).all(|step| model.point(step) * model.unit() == 5.0));
        assert_eq!(model.half_width(40), 0.0);
    }

    #[test]
    fn a_lone_peak_is_cut_and_a_weekly_one_is_not() {
        let weekly = |i: usize| if i % 7 == 3 { 50.0 } else { 10.0 };
        let mut series = Points::NONE;
        (0..70).for_each(|i| series.push(if i == 30 { 500.0 } else { weekly(i) }));
        let mut scratch = Points::NONE;
        clip(&mut series, seven(), 7, &mut scratch);
        for (i, point) in series.as_slice().iter().enumerate() {
            let most = if i == 30 { 50.0 } else { weekly(i) };
            assert!(*point <= most && *point >= weekly(i), "{i}: {point}");
        }
    }

    #[test]
    fn fewer_known_points_than_a_week_are_too_few() {
        let points = [1.0, f64::NAN, 1.0, 1.0, 1.0, 1.0, 1.0];
        assert!(Model::fit(points.into_iter(), seven()).is_none());
        assert!(Model::fit(points.into_iter().chain([1.0]), seven()).is_some());
    }
}
