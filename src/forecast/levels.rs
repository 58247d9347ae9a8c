//! Six simple forecasts of the level of a series, and how well each has done on its past.
//!
//! Which of them is best differs from bill to bill: a noisy one wants a long memory, one with steps
//! a short one, a job that runs now and then a mean of everything. So each gets a weight by its
//! errors on the past of this very series (combination of forecasts, Bates and Granger 1969).

use crate::{
    forecast::{
        points::{Points, Window, known, mean},
        season::span,
    },
    numeric::float::{larger, smaller, sum},
    numeric::order_stats::SmallWindow,
};
use core::num::NonZeroUsize;

const COUNT: usize = 6;
/// Weights of a new point in the two smoothed levels.
const SLOW: f64 = 0.2;
const FAST: f64 = 0.5;
/// Weight of a new point in the trend of the slow one, for a whole span.
const TREND: f64 = 0.042;
/// The mean is of this many spans, the long median of fewer, the short one of one.
const MEAN_SPANS: usize = 8;
const LONG_SPANS: usize = 4;
const MAX_LONG: usize = 56;
const MAX_SHORT: usize = 28;
/// Growth is carried on if MIN_SAME of DIFFERENCES from span to span had one sign.
const DIFFERENCES: usize = 5;
const MIN_SAME: usize = 4;
/// Growth is followed for this many spans, then held.
const GROWTH_SPANS: usize = 4;
/// Added to each error, as a share of the mean spend, before errors are compared.
const ERROR_FLOOR: f64 = 0.001;
/// The most points of the past from which forecasts are tried.
const MAX_ORIGINS: usize = 64;

/// The level of the points to come, without season and charges.
#[derive(Clone, Copy)]
pub(super) struct Level {
    /// The six levels, weighted, without growth.
    level: f64,
    growing: [Growing; 2],
    season: NonZeroUsize,
}

impl Level {
    pub(super) const NONE: Self =
        Self { level: 0.0, growing: [Growing::NONE; 2], season: NonZeroUsize::MIN };

    pub(super) fn at(&self, step: usize) -> f64 {
        let growth = |level: &Growing| level.weight * level.growth(step as f64, self.season);
        larger(self.level + sum(self.growing.iter().map(growth)), 0.0)
    }
}

/// A level that grows: the smoothed one with a trend, or the latest.
#[derive(Clone, Copy)]
struct Growing {
    level: f64,
    /// Growth for a point.
    slope: f64,
    /// How many points ago the level was reached.
    age: f64,
    weight: f64,
}

impl Growing {
    const NONE: Self = Self { level: 0.0, slope: 0.0, age: 0.0, weight: 0.0 };

    /// What comes on top of the level `step` points after the end. The sum does not fall below 0.
    fn growth(&self, step: f64, season: NonZeroUsize) -> f64 {
        let steps = smaller(step, (GROWTH_SPANS * span(season)) as f64) + self.age;
        larger(self.slope * steps, -self.level)
    }
}

/// How far off the level has been.
pub(super) struct Errors {
    /// Of the mean of the next points, as many as were asked for: 7 of 10 were nearer.
    pub(super) of_mean: f64,
    /// Of the next point: 9 of 10 were nearer.
    pub(super) of_point: f64,
    /// How far the levels, but for the mean, lie from the weighted one on average: what they do not
    /// agree on now, the errors of the past cannot show.
    pub(super) spread: f64,
    /// How far the least sum of as many points as were asked for lies below what is expected of
    /// them: what an outage or a holiday has cost.
    pub(super) dip: f64,
}

/// A series point by point: `usual` without peaks, `paid` with all but charges by the month.
struct Walk<'a> {
    usual: &'a [f64],
    paid: &'a [f64],
    season: NonZeroUsize,
    slow: f64,
    trend: f64,
    fast: f64,
    sum: f64,
    count: f64,
    long: [f64; MAX_LONG],
    long_len: u64,
    short: [f64; MAX_SHORT],
    short_len: u64,
    points: usize,
}

impl<'a> Walk<'a> {
    fn new(usual: &'a [f64], paid: &'a [f64], season: NonZeroUsize) -> Self {
        let mut first = Points::<MAX_SHORT>::NONE;
        known(usual).take(span(season)).for_each(|value| first.push(value));
        let start = mean(first.as_slice());
        Self {
            usual,
            paid,
            season,
            slow: start,
            trend: 0.0,
            fast: start,
            sum: 0.0,
            count: 0.0,
            long: [f64::NAN; MAX_LONG],
            long_len: 0,
            short: [f64::NAN; MAX_SHORT],
            short_len: 0,
            points: 0,
        }
    }

    fn paid(&self, back: usize) -> f64 {
        let index = self.points.checked_sub(back);
        index.and_then(|index| self.paid.get(index).copied()).unwrap_or(f64::NAN)
    }

    fn advance(&mut self) {
        let span = span(self.season);
        let usual = self.usual.get(self.points).copied().unwrap_or(f64::NAN);
        if !usual.is_nan() {
            let error = usual - self.slow - self.trend;
            self.slow += self.trend + SLOW * error;
            self.trend += TREND / span as f64 * error;
            self.fast += FAST * (usual - self.fast);
        }
        let (new, old) = (self.paid(0), self.paid(MEAN_SPANS * span));
        if !new.is_nan() {
            self.sum += new;
            self.count += 1.0;
        }
        if !old.is_nan() {
            self.sum -= old;
            self.count -= 1.0;
        }
        let old = self.paid((LONG_SPANS * span).min(MAX_LONG));
        SmallWindow::new(&mut self.long, &mut self.long_len).replace(old, new);
        let old = self.paid(span.min(MAX_SHORT));
        SmallWindow::new(&mut self.short, &mut self.short_len).replace(old, new);
        self.points += 1;
    }

    /// The mean of a span of usual points, NaN if there are none: the last, or `back` before it.
    fn span_mean(&self, back: usize) -> f64 {
        let span = span(self.season);
        let end = self.points.checked_sub(back * span);
        let points = end.and_then(|end| self.usual.get(end.checked_sub(span)?..end));
        mean(points.unwrap_or_default())
    }

    /// The median difference from span to span, as a slope, if growth is to be carried on.
    fn slope(&self) -> f64 {
        let mut differences = [0.0; DIFFERENCES];
        let mut later = self.span_mean(0);
        for (back, difference) in differences.iter_mut().enumerate() {
            let earlier = self.span_mean(back + 1);
            *difference = later - earlier;
            later = earlier;
        }
        let rises = differences.iter().filter(|difference| **difference > 0.0).count();
        let falls = differences.iter().filter(|difference| **difference < 0.0).count();
        let is_known = differences.iter().all(|difference| !difference.is_nan());
        if !is_known || rises.max(falls) < MIN_SAME {
            return 0.0;
        }
        let mut sorted = Points::<DIFFERENCES>::NONE;
        sorted.sort(differences.into_iter());
        sorted.median() / span(self.season) as f64
    }

    /// The levels of the next points without growth, and the two of them that grow: the first and
    /// the last.
    fn levels(&mut self) -> ([f64; COUNT], [Growing; 2]) {
        let known_or_slow = |level: f64| if level.is_nan() { self.slow } else { level };
        let mean = known_or_slow(larger(self.sum, 0.0) / self.count);
        let latest = known_or_slow(self.span_mean(0));
        let long = SmallWindow::new(&mut self.long, &mut self.long_len).median();
        let short = SmallWindow::new(&mut self.short, &mut self.short_len).median();
        let known_or_slow = |level: f64| if level.is_nan() { self.slow } else { level };
        let (long, short) = (known_or_slow(long), known_or_slow(short));
        let age = (span(self.season) - 1) as f64 / 2.0;
        let growing = [
            Growing { level: self.slow, slope: self.trend, age: 0.0, weight: 0.0 },
            Growing { level: latest, slope: self.slope(), age, weight: 0.0 },
        ];
        ([self.slow, self.fast, mean, long, short, latest], growing)
    }
}

/// Adds the average growth of the next `horizon` points to the two levels that grow.
fn grow(levels: &mut [f64; COUNT], growing: &[Growing; 2], horizon: usize, season: NonZeroUsize) {
    let middle = (horizon as f64 + 1.0) / 2.0;
    let ([slow, .., latest], [slow_growth, latest_growth]) = (levels, growing);
    *slow += slow_growth.growth(middle, season);
    *latest += latest_growth.growth(middle, season);
}

/// Walks along the series and calls `try_level` with the six levels at up to MAX_ORIGINS points,
/// the mean of the `horizon` points after each, and the next point. Levels that grow are as growth
/// makes them on average of these. Ends at the end of the series and returns what comes after it.
#[inline(never)]
fn walk(
    (usual, paid): (&[f64], &[f64]),
    season: NonZeroUsize,
    horizon: usize,
    try_level: &mut dyn FnMut(&[f64; COUNT], f64, f64),
) -> ([f64; COUNT], [Growing; 2]) {
    let mut walk = Walk::new(usual, paid, season);
    let stride = usual.len() / MAX_ORIGINS + 1;
    let mut points = 0;
    for (at, next) in paid.iter().enumerate() {
        // Counted from the end, so that the latest points are among them.
        if points >= span(season) && (paid.len() - at) % stride == 0 {
            let (mut levels, growing) = walk.levels();
            grow(&mut levels, &growing, horizon, season);
            let mean = paid.get(at..at + horizon).map_or(f64::NAN, mean);
            try_level(&levels, mean, *next);
        }
        points += usize::from(!next.is_nan());
        walk.advance();
    }
    walk.levels()
}

/// Weights the six forecasts by their errors for the mean of `horizon` points.
#[inline(never)]
pub(super) fn combine(
    usual: &Window,
    paid: &Window,
    season: NonZeroUsize,
    horizon: usize,
    level: &mut Level,
    errors_of_level: &mut Errors,
) {
    let series = (usual.as_slice(), paid.as_slice());
    let (mut errors, mut origins, mut lowest) = ([0.0; COUNT], 0.0, f64::MAX);
    let (last, mut growing) = walk(series, season, horizon, &mut |levels, mean, _| {
        if !mean.is_nan() {
            origins += 1.0;
            lowest = smaller(mean, lowest);
            let errors = errors.iter_mut().zip(levels);
            errors.for_each(|(error, level)| *error += (mean - level).abs());
        }
    });
    let floor = ERROR_FLOOR * larger(mean(series.1), f64::MIN_POSITIVE) * larger(origins, 1.0);
    let least = errors.iter().fold(f64::MAX, |least, error| smaller(*error, least));
    // Without an error to compare, the mean of all, which has the peaks in it, gets no weight.
    if let (true, [_, _, mean, ..]) = (origins == 0.0, &mut errors) {
        *mean = f64::MAX;
    }
    let weights = errors.map(|error| {
        let ratio = (least + floor) / (error + floor);
        let square = ratio * ratio;
        let fourth = square * square;
        fourth * fourth
    });
    let total = sum(weights.into_iter());
    let weights = weights.map(|weight| weight / total);
    // Around the first level, so that equal ones stay as they are.
    let weighted = |levels: &[f64; COUNT]| -> f64 {
        let [first, ..] = *levels;
        first + sum(levels.iter().zip(weights).map(|(level, weight)| (level - first) * weight))
    };

    let (mut of_mean, mut of_point) = (Points::<MAX_ORIGINS>::NONE, Points::<MAX_ORIGINS>::NONE);
    walk(series, season, horizon, &mut |levels, mean, next| {
        let level = weighted(levels);
        if !mean.is_nan() {
            of_mean.push((mean - level).abs());
        }
        if !next.is_nan() {
            of_point.push((next - level).abs());
        }
    });
    let mut ahead = last;
    grow(&mut ahead, &growing, horizon, season);
    let ([slow, .., latest], [slow_weight, .., latest_weight]) = (&mut growing, weights);
    (slow.weight, latest.weight) = (slow_weight, latest_weight);
    *level = Level { level: weighted(&last), growing, season };
    // A young series has no past to be tried on, and its points are compared with what it came to.
    if of_point.len() < span(season) {
        of_point.clear();
        let now = level.at(0);
        known(series.1).for_each(|point| of_point.push((point - now).abs()));
    }
    let of_point = of_point.sorted_tenth(9);
    let of_mean = if of_mean.len() == 0 { of_point / 5.0 } else { of_mean.sorted_tenth(7) };
    let [slow, fast, _, long, short, latest] = ahead;
    let others = [slow, fast, long, short, latest];
    let level = weighted(&ahead);
    let spread = sum(others.into_iter().map(|other| (other - level).abs())) / others.len() as f64;
    let dip = larger(level - lowest, 0.0) * horizon as f64;
    *errors_of_level = Errors { of_mean, of_point, spread, dip };
}
