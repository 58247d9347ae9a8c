//! Excesses that have come before at a regular distance: a job that runs every third day, a charge on
//! one day of the month that was too rare or too uneven to be expected.

use crate::{detect::baseline::Baseline, detect::settings::Settings, numeric::float::larger};

/// An earlier excess counts if it was at least this share of the one judged, and this many robust
/// deviations high.
const MIN_SHARE: f64 = 0.5;
const MIN_SCORE: f64 = 5.0;
/// Whole seasons back at which one earlier excess is enough, if neither is this many times the other.
const SEASONS: usize = 4;
const MAX_RATIO: f64 = 1.5;
/// For so many seasons a series is young: twice at any distance is enough, and so is once in its first
/// seasons, in which nothing was judged or little was known.
const YOUNG_SEASONS: usize = 10;
const FIRST_SEASONS: usize = 3;
/// Starts of excesses looked back at, the latest.
const MAX_STARTS: usize = 16;

impl Baseline<'_> {
    /// Whether an excess of this `deviation` from the level has come twice before: at one distance,
    /// give or take a point, or within a day of this day of the month. Once is enough for a day or
    /// two at nearly this height whole weeks before, or in the first weeks of a young series. Points
    /// in a row are one excess, which comes when it starts. With a `sign` of -1 for falls, whose
    /// deviation is how far they lie below.
    #[inline(never)]
    pub(crate) fn is_recurring(
        &self,
        settings: &Settings,
        deviation: f64,
        scale: f64,
        sign: f64,
    ) -> bool {
        let least = larger(MIN_SHARE * deviation, MIN_SCORE * scale);
        let is_high = |back: usize| sign * self.deviations.before(*self.next, back as u64) >= least;
        let furthest = settings.window.min(*self.next as usize);
        let mut start = 0;
        while start < furthest && is_high(start + 1) {
            start += 1;
        }
        // The starts before, as distances from the next point, nearest first.
        let mut starts = [0; MAX_STARTS];
        let mut count = 0;
        for back in start + 1..=furthest {
            if is_high(back)
                && (back == furthest || !is_high(back + 1))
                && let Some(slot) = starts.get_mut(count)
            {
                *slot = back;
                count += 1;
            }
        }
        let starts = starts.get(..count).unwrap_or(&[]);
        let point = |back: usize| self.next.wrapping_sub(back as u64);
        let is_same_day =
            |back: &&usize| settings.is_near_day_of_month(point(**back), point(start));
        let is_spaced = |(nearer, back): (usize, &usize)| {
            let distance = back - start;
            starts.iter().skip(nearer + 1).any(|older| (older - back).abs_diff(distance) <= 1)
        };
        // A point or two of about this height.
        let is_like = |back: &&usize| {
            let earlier = sign * self.deviations.before(*self.next, **back as u64);
            !(is_high(**back - 1) && is_high(back.saturating_sub(2)))
                && deviation < MAX_RATIO * earlier
                && earlier < MAX_RATIO * deviation
        };
        let is_whole_seasons = |back: &usize| {
            let distance = back - start;
            distance.is_multiple_of(settings.span()) && distance <= SEASONS * settings.span()
        };
        let like = || starts.iter().filter(is_like);
        let is_young_and_like = || {
            let first = (*self.next as usize).saturating_sub(FIRST_SEASONS * settings.span());
            start < 2
                && *self.next < (YOUNG_SEASONS * settings.span()) as u64
                && (like().count() >= 2 || like().any(|back| *back > first))
        };
        starts.iter().filter(is_same_day).count() >= 2
            || starts.iter().enumerate().any(is_spaced)
            || settings.has_level() && (like().any(is_whole_seasons) || is_young_and_like())
    }
}
