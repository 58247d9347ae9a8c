//! The highest spend that something known explains.
//!
//! A median of seven days follows a change within four, and so it forgets what was normal before an
//! outage or a holiday. A point is judged against the largest of several expectations, each an order
//! statistic over a longer or another window; deviations for the scale stay measured against the
//! level alone, since a maximum would make them look smaller than they are.

use crate::{
    detect::baseline::{Baseline, Expectation},
    detect::settings::Settings,
    numeric::order_stats::{SmallSample, larger, push_to_largest, smaller},
};

/// Each weight is tuned on labelled series and flat around its value.
/// The median of the trimmed means of the four seasons before the last.
const OLDER_SEASONS: f64 = 1.05;
/// The upper quartile of the last four weeks of days.
const QUARTILE: f64 = 1.05;
const QUARTILE_POINTS: u64 = 28;
const MIN_QUARTILE_POINTS: usize = 7;
/// The median of the last four points of the same phase, of which three must be known.
const SAME_PHASE: f64 = 1.1;
const MIN_SAME_PHASE: usize = 3;
/// The lowest of the last three points: the fourth day of a step is no news.
const LAST_THREE: f64 = 0.95;
/// The second largest excess around the same day of the last three months.
const SAME_DAY: f64 = 0.75;
/// Seasons looked back at.
const SEASONS: u64 = 4;

impl Baseline<'_> {
    /// What the next point should be, if enough is known for a level.
    #[inline(never)]
    pub(crate) fn expect(&self, settings: &Settings) -> Option<Expectation> {
        let mut expected = self.expect_level(settings)?;
        expected.highest = if settings.has_level() {
            let flat = self.usual_level(settings) * self.profile(*self.phase as usize);
            let usual = larger(flat, self.usual_phase(settings));
            let moving = self.moving_charge(settings, expected.charge_day);
            let charge = larger(self.usual_charge(settings, expected.base), moving);
            let charged = expected.plain + charge;
            let highest = larger(usual, expected.spend);
            if charged > highest {
                expected.reported = charged;
            }
            larger(charged, highest)
        } else {
            expected.spend
        };
        Some(expected)
    }

    /// The largest of the expectations that the profile applies to.
    #[inline(never)]
    fn usual_level(&self, settings: &Settings) -> f64 {
        let mut seasons = SmallSample::new();
        for season in 1..=SEASONS {
            let back = 1 + season * settings.span() as u64;
            seasons.push(self.centres.before(*self.next, back));
        }
        let older = if seasons.len() > 0 { OLDER_SEASONS * seasons.median() } else { 0.0 };

        // The largest points in falling order: at most a quarter of all.
        let mut largest = [0.0; QUARTILE_POINTS as usize / 4 + 1];
        let (mut known, mut lowest, mut last_three) = (0, f64::INFINITY, 0.0);
        let (mut phase, mut forgotten) = (*self.phase as usize, *self.forgotten);
        for back in 1..=QUARTILE_POINTS {
            phase = settings.phase_before(phase);
            let flat = self.spend.before(*self.next, back) / self.profile(phase);
            let is_forgotten = forgotten & 1 == 1;
            forgotten >>= 1;
            if flat.is_nan() || is_forgotten {
                continue;
            }
            known += 1;
            lowest = smaller(flat, lowest);
            if back == 3 && known == 3 {
                last_three = LAST_THREE * lowest;
            }
            // Lower ones change nothing.
            if QUARTILE * flat > older {
                push_to_largest(&mut largest, flat);
            }
        }
        let quartile = largest.get(known / 4).filter(|_| known >= MIN_QUARTILE_POINTS);
        let quartile = quartile.map_or(0.0, |quartile| QUARTILE * quartile);
        larger(larger(older, quartile), last_three)
    }

    /// What the same phase usually brings, whatever the profile has learnt so far.
    fn usual_phase(&self, settings: &Settings) -> f64 {
        if !settings.has_profile() {
            return 0.0;
        }
        let mut points = SmallSample::new();
        for season in 1..=SEASONS {
            points.push(self.spend.before(*self.next, season * settings.season as u64));
        }
        if points.len() >= MIN_SAME_PHASE { SAME_PHASE * points.median() } else { 0.0 }
    }

    /// The second largest of the excesses that the last three months brought within a day of this
    /// day of the month.
    fn usual_charge(&self, settings: &Settings, base: f64) -> f64 {
        let Some(distances) = settings.same_days_of_month(*self.next) else {
            return 0.0;
        };
        let (mut largest, mut second) = (0.0, 0.0);
        for distance in distances {
            let around = [distance - 1, distance, distance + 1];
            let highest = around.iter().fold(0.0, |highest, back| {
                larger(self.deviations.before(*self.next, *back), highest)
            });
            second = larger(second, smaller(highest, largest));
            largest = larger(highest, largest);
        }
        SAME_DAY * second * base
    }
}
