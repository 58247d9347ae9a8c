//! Slow leaks: spend that creeps up by too little a day to be a spike.
//!
//! The lowest point of the last season is compared with a robust line through the seasons before
//! (Theil-Sen: the median of all slopes between two means). A step lifts it as much as a leak does,
//! so the rise must also be gradual: the newest points and those of the season before have risen too.

use crate::{
    detect::baseline::{Baseline, Expectation},
    detect::settings::Settings,
    numeric::order_stats::{SmallSample, larger, smaller},
};

/// Seasons before the last one through which the line is drawn.
const LINE_SEASONS: usize = 6;
/// The newest half of a season must have risen, against the season before, by this share of the
/// mean rise of the whole season.
const NEWEST_RISE: f64 = 0.7;
/// The season before it must have risen by this share of that.
const EARLIER_RISE: f64 = 0.7;
/// The last season's mean must be this much above the largest of those before.
const NEW_HEIGHT: f64 = 1.15;

impl Baseline<'_> {
    /// How far the lowest of the last season's points, `spend` the last of them, lies above a line
    /// through the means of the seasons before, the profile taken out: a slow leak lifts it, a lone
    /// spike does not. `None` if it does not lie above, or there is no line.
    pub(crate) fn lift(
        &self,
        settings: &Settings,
        spend: f64,
        expected: &Expectation,
    ) -> Option<f64> {
        let means = self.line_means(settings)?;
        let lowest = smaller(spend / self.profile(*self.phase as usize), expected.lowest);
        // No line ends below the middle of the means, for none falls, so most points need none.
        let passed = means.iter().filter(|mean| **mean < lowest).count();
        (2 * passed >= means.len()).then(|| lowest - line(&means)).filter(|lift| *lift > 0.0)
    }

    /// Means of the seasons before the last, newest first, if all are known.
    fn line_means(&self, settings: &Settings) -> Option<[f64; LINE_SEASONS]> {
        if !settings.has_level() || (LINE_SEASONS + 1) * settings.span() > settings.window {
            return None;
        }
        let mut means = [0.0; LINE_SEASONS];
        for (season, slot) in means.iter_mut().enumerate() {
            *slot = self.means.before(*self.next, ((season + 1) * settings.span()) as u64);
        }
        means.iter().all(|mean| !mean.is_nan()).then_some(means)
    }

    /// Whether spend has risen bit by bit up to now, and not in one step.
    #[inline(never)]
    pub(crate) fn is_gradual(&self, settings: &Settings, spend: f64) -> bool {
        let span = settings.span();
        let at = |back: usize| match back {
            0 => spend,
            back => self.spend.before(*self.next, back as u64),
        };
        let season = mean((0..span).map(at));
        let highest = self.line_means(settings).unwrap_or_default();
        let highest = highest.iter().fold(0.0, |highest, mean| larger(*mean, highest));

        let share = |back: usize| {
            let back = back % settings.season.max(1);
            let phase = *self.phase as usize;
            self.profile(if phase < back { phase + settings.season - back } else { phase - back })
        };
        // The profile repeats after a span, so both points have one share.
        let rise = |back: usize| (at(back) - at(back + span)) / share(back);
        let newest = mean((0..span.div_ceil(2)).map(rise));
        let last = mean((0..span).map(rise));
        let earlier = mean((span..2 * span).map(rise));
        last > 0.0
            && newest >= NEWEST_RISE * last
            && earlier >= EARLIER_RISE * last
            && season > NEW_HEIGHT * highest
    }
}

/// The mean of the known values if they are more than half, else NaN.
fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let (all, mut sum, mut known) = (values.len(), 0.0, 0_usize);
    for value in values.filter(|value| !value.is_nan()) {
        sum += value;
        known += 1;
    }
    if 2 * known > all { sum / known as f64 } else { f64::NAN }
}

/// A robust line through means, newest first, one step beyond the newest: it rises by their median
/// slope, falls counted as none.
#[inline(never)]
fn line(means: &[f64]) -> f64 {
    // Six means have fifteen slopes.
    let mut slopes = SmallSample::new();
    for (newer, mean) in means.iter().enumerate() {
        for (steps, older) in (1_u32..).zip(means.iter().skip(newer + 1)) {
            slopes.push(larger(mean - older, 0.0) / f64::from(steps));
        }
    }
    let slope = slopes.median();
    let mut ends = SmallSample::new();
    for (steps, mean) in (1_u32..).zip(means) {
        ends.push(mean + slope * f64::from(steps));
    }
    ends.median()
}
