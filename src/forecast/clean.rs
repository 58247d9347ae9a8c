//! Takes one-off peaks and charges by the day of the month out of a series, then its season.

use crate::{
    forecast::{
        input::MonthDays,
        points::{Window, mean},
        season::{MAX_SEASON, Season, span},
    },
    numeric::{
        float::{larger, smaller},
        order_stats::SmallWindow,
        slots::change,
    },
};
use core::num::NonZeroUsize;

/// The most neighbours on either side whose median a point is compared with.
const MAX_REACH: usize = 28;
/// A point up to this many times the median around it, or of its place in the season, is no peak.
const PEAK_FACTOR: f64 = 1.5;
/// Fewer points in a place of the season have no median that a peak could not decide.
const MIN_IN_PLACE: usize = 3;
/// Prior weight of a seasonal factor of 1, in seasons.
const PRIOR_SEASONS: f64 = 8.0;

/// What came on top of usual spend by the day of the month, at least twice: the second largest
/// peak.
pub(super) type Charges = [f64; MonthDays::PLACES];

/// The values in one place of the season, with their index.
fn in_place(
    values: &[f64],
    place: usize,
    season: NonZeroUsize,
) -> impl Iterator<Item = (usize, f64)> {
    values.iter().copied().enumerate().skip(place).step_by(season.get())
}

/// Calls `use_median` with the median of the known points up to `reach` before and after each.
#[inline(never)]
fn medians_around(values: &[f64], reach: usize, use_median: &mut dyn FnMut(f64, f64)) {
    let (mut memory, mut len) = ([f64::NAN; 2 * MAX_REACH + 1], 0);
    let mut around = SmallWindow::new(&mut memory, &mut len);
    values.iter().take(reach).for_each(|value| around.replace(f64::NAN, *value));
    for (i, value) in values.iter().enumerate() {
        let at = |index: Option<usize>| index.and_then(|index| values.get(index).copied());
        let old = at(i.checked_sub(reach + 1)).unwrap_or(f64::NAN);
        around.replace(old, at(i.checked_add(reach)).unwrap_or(f64::NAN));
        use_median(*value, around.median());
    }
}

/// Clips peaks, so that a one-off charge is not expected again, and collects the charges that come
/// by the day of the month; there are none yet. The cap is the largest of three: PEAK_FACTOR times the median around
/// the point, PEAK_FACTOR times the median of its place in the season, and the median around it
/// plus the P90 of all points' distances from theirs. Of a charge only the usual spend is left.
#[inline(never)]
pub(super) fn clip(
    series: &mut Window,
    season: NonZeroUsize,
    days: Option<MonthDays>,
    charges: &mut Charges,
    scratch: &mut Window,
) {
    let mut in_season: Season = [0.0; MAX_SEASON];
    for (place, median) in in_season.iter_mut().enumerate().take(season.get()) {
        scratch.sort(in_place(series.as_slice(), place, season).map(|(_, value)| value));
        if scratch.len() >= MIN_IN_PLACE {
            *median = scratch.median();
        }
    }
    let reach = span(season).min(MAX_REACH);
    scratch.clear();
    medians_around(series.as_slice(), reach, &mut |value, median| {
        if !value.is_nan() {
            scratch.push((value - median).abs());
        }
    });
    let typical_distance = scratch.sorted_tenth(9);
    scratch.clear();
    medians_around(series.as_slice(), reach, &mut |_, median| scratch.push(median));

    let usual = || scratch.as_slice().iter().zip(in_season.iter().take(season.get()).cycle());
    let cap = |(around, in_season): (&f64, &f64)| {
        larger(PEAK_FACTOR * larger(*around, *in_season), around + typical_distance)
    };
    let mut largest: Charges = [0.0; MonthDays::PLACES];
    if let Some(days) = days.clone() {
        for ((value, usual), day) in series.as_slice().iter().zip(usual()).zip(days) {
            // Comparing with NaN is false, so a missing point is no peak.
            if *value > cap(usual) {
                let excess = value - usual.0;
                let most = largest.get(day).copied().unwrap_or(0.0);
                change(charges, day, |second| *second = larger(*second, smaller(excess, most)));
                change(&mut largest, day, |largest| *largest = larger(*largest, excess));
            }
        }
    }
    let mut days = days;
    for (value, usual) in series.as_mut_slice().iter_mut().zip(usual()) {
        let day = days.as_mut().and_then(Iterator::next);
        let cap = cap(usual);
        if *value > cap {
            let is_charge =
                day.and_then(|day| charges.get(day)).is_some_and(|charge| *charge > 0.0);
            *value = if is_charge { *usual.0 } else { cap };
        }
    }
}

/// The factor of each place in the season, 1 on average: the median of its points' ratios to the
/// mean of the season around them, shrunk towards 1 with the prior weight PRIOR_SEASONS.
#[inline(never)]
pub(super) fn factors(
    series: &Window,
    season: NonZeroUsize,
    factors: &mut Season,
    scratch: &mut Window,
) {
    let values = series.as_slice();
    for (place, factor) in factors.iter_mut().enumerate().take(season.get()) {
        let shares = in_place(values, place, season).filter_map(|(i, value)| {
            let first = i.checked_sub(season.get() / 2)?;
            let around = mean(values.get(first..first + season.get())?);
            (around > 0.0).then_some(value / around)
        });
        scratch.sort(shares);
        let seasons = scratch.len() as f64;
        *factor = (seasons * scratch.median() + PRIOR_SEASONS) / (seasons + PRIOR_SEASONS);
    }
    let average = mean(factors.get(..season.get()).unwrap_or_default());
    factors.iter_mut().take(season.get()).for_each(|factor| *factor /= average);
}
