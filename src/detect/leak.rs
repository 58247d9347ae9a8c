//! Slow leaks: spend that creeps up by too little a day to be a spike.
//!
//! The last season is compared with a robust line through those of the months before (Theil-Sen: the
//! median of all slopes between two of them), which growth does not leave. A step leaves it as much as
//! a leak does, so the rise must also be gradual: a like part of it in each of the last three seasons.
//! Each season stands for its median, so that a day of nothing or a charge moves none.

use crate::{
    detect::baseline::{Baseline, Expectation},
    detect::settings::Settings,
    numeric::float::smaller,
    numeric::order_stats::SmallSample,
};

/// The latest seasons, in each of which a leak has risen.
const LEAK_SEASONS: usize = 3;
/// Seasons before those, through which the line is drawn, and how many of them must be known.
const LINE_SEASONS: usize = 6;
const MIN_LINE_SEASONS: usize = 4;
/// The least and the most of the height above the line that one season brings.
const MIN_RISE: f64 = 0.2;
const MAX_RISE: f64 = 0.5;

impl Baseline<'_> {
    /// How far the lowest of the last season's points, `spend` the last of them, lies above the line,
    /// the profile taken out: a slow leak lifts it, a lone spike does not. `None` if it does not lie
    /// above, if the rise is not gradual, or if there is no line.
    #[inline(never)]
    pub(crate) fn lift(
        &self,
        settings: &Settings,
        spend: f64,
        expected: &Expectation,
    ) -> Option<f64> {
        if !settings.has_level() || LINE_SEASONS * settings.span() > settings.window {
            return None;
        }
        let median = |seasons| self.season_median(settings, spend, seasons);
        let lowest = smaller(spend / self.profile(*self.phase as usize), expected.lowest);
        // Few points lie above most of three seasons before: the others need no median.
        let (mut lower, mut higher) = (0, 0);
        for flat in self.flat_season(settings, LEAK_SEASONS) {
            lower += usize::from(flat < lowest);
            higher += usize::from(flat >= lowest);
            if 2 * higher > settings.span() {
                return None;
            }
        }
        if higher > lower {
            return None;
        }
        let before = median(LEAK_SEASONS);
        if before.is_nan() || lowest <= before {
            return None;
        }
        let (mut rises, mut newer) = ([0.0; LEAK_SEASONS], median(0));
        let last = newer;
        for (seasons, rise) in (1..).zip(&mut rises) {
            let older = median(seasons);
            *rise = newer - older;
            if rise.is_nan() || *rise <= 0.0 {
                return None;
            }
            newer = older;
        }
        let mut before = [0.0; LINE_SEASONS];
        for (seasons, slot) in (LEAK_SEASONS..).zip(&mut before) {
            *slot = median(seasons);
        }
        // A return to what was usual before is no leak.
        let lower = before.iter().filter(|median| **median < last).count();
        let known = before.iter().filter(|median| !median.is_nan()).count();
        if lower < known || known < MIN_LINE_SEASONS {
            return None;
        }
        let line = line(&before);
        let height = last - line;
        let is_gradual =
            rises.iter().all(|rise| *rise > MIN_RISE * height && *rise < MAX_RISE * height);
        (is_gradual && lowest > line).then_some(lowest - line)
    }

    /// The points of the season that ends so many seasons before the next point, each with its
    /// phase's share taken out.
    fn flat_season(&self, settings: &Settings, seasons: usize) -> impl Iterator<Item = f64> {
        let after = self.next.wrapping_sub((seasons * settings.span()) as u64).wrapping_add(1);
        self.flat_points(settings, after, *self.phase as usize + 1).take(settings.span())
    }

    /// The median of the season that ends so many seasons before the next point, which has this
    /// `spend`, the profile taken out; NaN if less than most of it is known.
    fn season_median(&self, settings: &Settings, spend: f64, seasons: usize) -> f64 {
        let mut points = SmallSample::new();
        let mut flats = self.flat_season(settings, seasons);
        if seasons == 0 {
            flats.next();
            points.push(spend / self.profile(*self.phase as usize));
        }
        flats.for_each(|flat| points.push(flat));
        if points.len() + settings.span() / 3 >= settings.span() {
            points.median()
        } else {
            f64::NAN
        }
    }
}

/// A robust line through medians, newest first, continued to the latest season: it rises by their
/// median slope, falls counted as none.
#[inline(never)]
fn line(medians: &[f64]) -> f64 {
    // Six medians have fifteen slopes.
    let mut slopes = SmallSample::new();
    for (newer, median) in medians.iter().enumerate() {
        for (steps, older) in (1_u32..).zip(medians.iter().skip(newer + 1)) {
            let rise = median - older;
            slopes.push(if rise < 0.0 { 0.0 } else { rise / f64::from(steps) });
        }
    }
    let slope = slopes.median();
    let mut ends = SmallSample::new();
    for (steps, median) in (LEAK_SEASONS as u32..).zip(medians) {
        ends.push(median + slope * f64::from(steps));
    }
    ends.median()
}
