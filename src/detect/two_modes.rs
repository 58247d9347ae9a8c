//! Jobs that run on some days only: two levels, and a scale of its own for each.
//!
//! Where the profile does not explain which days are the busy ones, the scale spans both kinds and
//! hides all anomalies. If the window's points fall into two groups that are clearly apart (a cut at
//! a share of the upper quantile), a point is judged against the group that it belongs to.

use crate::{
    detect::baseline::{self, Baseline},
    detect::settings::Settings,
    numeric::float::larger,
    numeric::order_stats::{Places, SmallSample, push_to_largest},
};

/// Points that the groups are made of, and the fewest.
const MAX_POINTS: usize = 98;
const MIN_POINTS: usize = 14;
/// Below this scale the profile explains the series.
const MIN_SCALE: f64 = 0.4;
/// Days above this share of the upper quantile are on.
const CUT: f64 = 0.6;
const TOP: f64 = 0.95;
/// As many of the largest points as that quantile needs.
const LARGEST: usize = 6;
const NEAR_TOP: f64 = 0.8;
const MIN_ON: usize = 6;
const MIN_OFF: usize = 7;
/// Most days on are no job that runs now and then.
const MAX_ON_SHARE: f64 = 0.75;
/// The median of days off is below this share of that of days on.
const MAX_OFF_LEVEL: f64 = 0.2;
/// A point counts as on above this share of the low days on.
const LOW_SHARE: f64 = 0.6;
const LOW: f64 = 0.1;
/// What a mode explains.
const HIGH: f64 = 0.9;
/// Latest days off whose median is the level of days off.
const OFF_POINTS: usize = 7;

/// What a point is judged by in the group that it belongs to.
pub(crate) struct Mode {
    /// What the verdict is measured from.
    pub(crate) expected: f64,
    /// What is reported as expected.
    pub(crate) reported: f64,
    pub(crate) base: f64,
    pub(crate) scale: f64,
}

impl Baseline<'_> {
    /// The mode of a spend, if the series has two and its `scale` needs them.
    #[inline(never)]
    pub(crate) fn mode(&self, settings: &Settings, spend: f64, scale: f64) -> Option<Mode> {
        if !(scale > MIN_SCALE && settings.has_level()) {
            return None;
        }
        let furthest = settings.window.min(MAX_POINTS) as u64;
        if !self.may_have_modes(furthest) {
            return None;
        }
        let (mut places, mut len) = ([0; MAX_POINTS], 0);
        let mut order = Places { places: &mut places, len: &mut len };
        let slots = (1..=furthest).map(|back| self.spend.slot(self.next.wrapping_sub(back)));
        order.fill(self.spend.0, slots);
        let all = order.of(self.spend.0);
        let cut = CUT * all.quantile(TOP);
        let known = all.len();
        let (off, on) = all.split_at(all.count_up_to(cut));
        let (off_level, on_level) = (off.median(), on.median());
        let are_apart = known >= MIN_POINTS
            && off.len() >= MIN_OFF
            && on.len() >= MIN_ON
            && (on.len() as f64) < MAX_ON_SHARE * known as f64
            && off_level < MAX_OFF_LEVEL * on_level;
        if !are_apart {
            return None;
        }
        if spend >= LOW_SHARE * on.quantile(LOW) {
            let level = larger(on_level, settings.min_baseline);
            let scale = baseline::scale(&on, settings, level);
            let expected = larger(level, on.quantile(HIGH));
            return Some(Mode { expected, reported: level, base: level, scale });
        }
        let mut latest = SmallSample::new();
        (1..=furthest)
            .map(|back| self.spend.before(*self.next, back))
            .filter(|point| *point <= cut)
            .take(OFF_POINTS)
            .for_each(|point| latest.push(point));
        let level = larger(latest.median(), settings.min_baseline);
        // Also the base: the median of days off is often 0.
        let expected = larger(level, off.quantile(HIGH));
        let scale = baseline::scale(&off, settings, expected);
        Some(Mode { expected, reported: level, base: expected, scale })
    }

    /// Whether days off can be as low as they must be, without sorting all points: on most days that
    /// reach here they are not.
    fn may_have_modes(&self, furthest: u64) -> bool {
        let points = self.spend.last(*self.next, furthest as usize);
        let highest = points.iter().fold(0.0, |highest, run| {
            run.iter().fold(highest, |highest, point| larger(*point, highest))
        });
        // The quantile is at least this if enough points are, as they mostly are.
        let mut quantile = NEAR_TOP * highest;
        if count(points, |point| point >= quantile) < LARGEST {
            let mut largest = [0.0; LARGEST];
            for point in points.into_iter().flatten() {
                push_to_largest(&mut largest, *point);
            }
            [.., quantile] = largest;
        }
        // At most the cut, and at least what days off must be below.
        let (cut, level) = (CUT * quantile, MAX_OFF_LEVEL * highest);
        2 * count(points, |point| point < level) >= count(points, |point| point <= cut)
    }
}

fn count(runs: [&[f64]; 2], is_one: impl Fn(f64) -> bool) -> usize {
    runs.iter().map(|run| run.iter().filter(|point| is_one(**point)).count()).sum()
}
