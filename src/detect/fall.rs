//! Falls: points far below what their series usually does at that time, for example an outage or a
//! commitment that nobody uses. A finding of its own, apart from the verdict.
//!
//! The rule for spikes, upside down: a point must lie below the lowest spend that something known
//! explains, measured by a scale whose tail is that of low deviations.

use crate::{
    detect::baseline::{self, Baseline, Expectation},
    detect::settings::Settings,
    numeric::float::{larger, smaller},
    numeric::order_stats::median_of_four,
};

/// The weights of the explanations in expectation.rs, upside down.
const OLDER_SEASONS: f64 = 0.95;
const SAME_PHASE: f64 = 0.9;
const MIN_SAME_PHASE: usize = 3;
/// The highest of the last three points: the fourth day of a fall is no news.
const LAST_THREE: f64 = 1.05;
const SEASONS: [u64; 4] = [1, 2, 3, 4];

/// How far a point lies below what is explained, as a robust z-score, and whether that is a fall.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Fall {
    pub(crate) score: f64,
    pub(crate) is_drop: bool,
}

impl Baseline<'_> {
    /// The fall that a spend is. Only for points that belong to one mode.
    #[inline(never)]
    pub(crate) fn fall(&self, settings: &Settings, spend: f64, expected: &Expectation) -> Fall {
        let Expectation { plain, base, .. } = *expected;
        if spend >= plain {
            return Fall::default();
        }
        let below = self.lowest(settings, plain) - spend;
        if below <= 0.0 {
            return Fall::default();
        }
        let before = [1, 2].map(|back| -self.deviations.before(*self.next, back));
        let scale = baseline::scale_below(&self.deviations.in_order(), settings);
        let scores = settings.weights.scores(below / base, before, scale);
        let score = scores.iter().fold(0.0, |highest, score| larger(*score, highest));
        let is_drop = score > settings.score_threshold
            && plain - spend >= settings.min_impact
            && below >= settings.min_relative_impact * base
            && !self.is_recurring(settings, -expected.deviation(spend), scale, -1.0);
        Fall { score, is_drop }
    }

    /// The lowest spend that something known explains: the level, the weeks before a runaway, the
    /// same phase before its share is learnt, and the last three points.
    fn lowest(&self, settings: &Settings, plain: f64) -> f64 {
        if !settings.has_level() {
            return plain;
        }
        let here = self.profile(*self.phase as usize);
        let before = |back: u64| SEASONS.map(|season| season * settings.span() as u64 + back);
        let older = before(1).map(|back| self.centres.before(*self.next, back));
        let (_, older) = median_of_four(older);
        let same_phase = before(0).map(|back| self.spend.before(*self.next, back));
        let (known, same_phase) = median_of_four(same_phase);
        let (mut phase, mut highest) = (*self.phase as usize, 0.0);
        for back in 1..=3 {
            phase = settings.phase_before(phase);
            let flat = self.spend.before(*self.next, back) / self.profile(phase);
            // A missing one could have been as high as any.
            highest = if flat.is_nan() { f64::INFINITY } else { larger(flat, highest) };
        }
        let mut lowest = smaller(OLDER_SEASONS * older * here, plain);
        lowest = smaller(LAST_THREE * highest * here, lowest);
        if settings.has_profile() && known >= MIN_SAME_PHASE {
            lowest = smaller(SAME_PHASE * same_phase, lowest);
        }
        lowest
    }
}
