//! The highest spend that something known explains.
//!
//! A median of seven days follows a change within four, and so it forgets what was normal before an
//! outage or a holiday. A point is judged against the largest of several expectations, each an order
//! statistic over a longer or another window; deviations for the scale stay measured against the
//! level alone, since a maximum would make them look smaller than they are.

use crate::{
    detect::baseline::{Baseline, Expectation},
    detect::settings::{MAX_PROFILE, Settings},
    numeric::float::{larger, smaller},
    numeric::order_stats::{median_of_four, nth_largest},
};

/// Each weight is tuned on labelled series and flat around its value.
/// The median of the trimmed means of the four seasons before the last.
const OLDER_SEASONS: f64 = 1.05;
/// The upper quartile of the last four weeks of days.
const QUARTILE: f64 = 1.05;
const QUARTILE_POINTS: usize = 28;
const MIN_QUARTILE_POINTS: usize = 7;
/// The median of the last four points of the same phase, of which three must be known.
const SAME_PHASE: f64 = 1.1;
const MIN_SAME_PHASE: usize = 3;
/// The lowest of the last three points: the fourth day of a step is no news.
const LAST_THREE: f64 = 0.95;
/// The second largest excess around the same day of the last three months.
const SAME_DAY: f64 = 0.75;
/// Seasons looked back at.
const SEASONS: [u64; 4] = [1, 2, 3, 4];

impl Baseline<'_> {
    /// What the next point should be, if enough is known for a level.
    #[inline(never)]
    pub(crate) fn expect(&self, settings: &Settings) -> Option<Expectation> {
        let mut expected = self.expect_level(settings)?;
        expected.highest = if settings.has_level() {
            let least = larger(self.usual_phase(settings), expected.spend);
            let highest = self.usual_level(settings, least);
            let moving = self.moving_charge(settings, expected.charge_day);
            let charge = larger(self.usual_charge(settings, expected.base), moving);
            let charged = expected.plain + charge;
            if charged > highest {
                expected.reported = charged;
            }
            larger(charged, highest)
        } else {
            expected.spend
        };
        Some(expected)
    }

    /// The largest of the expectations that the profile applies to, and at least `least`.
    #[inline(never)]
    fn usual_level(&self, settings: &Settings, least: f64) -> f64 {
        let (known, median) =
            median_of_four(SEASONS.map(|season| {
                self.centres.before(*self.next, 1 + season * settings.span() as u64)
            }));
        let older = if known > 0 { OLDER_SEASONS * median } else { 0.0 };

        // The shares of the season before the next point, the newest first.
        let (mut at, mut phase) = (*self.next, *self.phase as usize);
        let mut shares = [1.0; MAX_PROFILE];
        for share in shares.iter_mut().take(settings.season) {
            phase = settings.phase_before(phase);
            *share = self.profile(phase);
        }
        // NaN where a point is missing or forgotten.
        let mut flats = [f64::NAN; QUARTILE_POINTS];
        for season in flats.chunks_mut(settings.season.max(1)) {
            for (slot, share) in season.iter_mut().zip(&shares) {
                at = at.wrapping_sub(1);
                *slot = self.spend.before(at, 0) / share;
            }
        }
        let mut forgotten = *self.forgotten;
        while forgotten > 0 {
            if let Some(slot) = flats.get_mut(forgotten.trailing_zeros() as usize) {
                *slot = f64::NAN;
            }
            forgotten &= forgotten - 1;
        }
        let [last, last_but_one, third, ..] = flats;
        let lowest = smaller(last, smaller(last_but_one, third));
        let are_known = !(last.is_nan() || last_but_one.is_nan() || third.is_nan());
        let last_three = if are_known { LAST_THREE * lowest } else { 0.0 };
        let here = self.profile(*self.phase as usize);
        let least = larger(larger(older, last_three) * here, least);

        let known = flats.iter().filter(|flat| !flat.is_nan()).count();
        if known < MIN_QUARTILE_POINTS {
            return least;
        }
        flats.iter_mut().for_each(|flat| *flat = QUARTILE * *flat * here);
        nth_largest(&flats, least, known / 4)
    }

    /// What the same phase usually brings, whatever the profile has learnt so far.
    fn usual_phase(&self, settings: &Settings) -> f64 {
        if !settings.has_profile() {
            return 0.0;
        }
        let (known, median) = median_of_four(
            SEASONS.map(|season| self.spend.before(*self.next, season * settings.season as u64)),
        );
        if known >= MIN_SAME_PHASE { SAME_PHASE * median } else { 0.0 }
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
