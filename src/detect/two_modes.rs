//! Jobs that run on some days only: two levels, and a scale of its own for each.
//!
//! Where the profile does not explain which days are the busy ones, the scale spans both kinds and
//! hides all anomalies. If the window's points fall into two groups that are clearly apart (a cut at
//! a share of the upper quantile), a point is judged against the group that it belongs to.

use crate::{
    detect::baseline::{self, Baseline},
    detect::settings::Settings,
    numeric::order_stats::{SmallSample, SortedWindow, larger},
};

/// Points that the groups are made of, and the fewest.
const MAX_POINTS: usize = 98;
const MIN_POINTS: usize = 14;
/// Below this scale the profile explains the series.
const MIN_SCALE: f64 = 0.4;
/// Days above this share of the upper quantile are on.
const CUT: f64 = 0.6;
const TOP: f64 = 0.95;
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
    pub(crate) expected: f64,
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
        let (mut memory, mut len) = ([f64::NAN; MAX_POINTS], 0);
        let mut all = SortedWindow::new(&mut memory, &mut len);
        let points = || {
            let furthest = settings.window.min(MAX_POINTS) as u64;
            (1..=furthest).map(|back| self.spend.before(*self.next, back))
        };
        points().for_each(|point| all.replace(f64::NAN, point));
        let cut = CUT * all.quantile(TOP);
        let known = all.len();
        let mut off_len = all.count_up_to(cut) as u64;
        let mut on_len = known as u64 - off_len;
        let (off, on) = memory.split_at_mut_checked(off_len as usize)?;
        let (off, on) = (SortedWindow::new(off, &mut off_len), SortedWindow::new(on, &mut on_len));
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
            let scale = baseline::scale(&on, settings, on_level);
            return Some(Mode { expected: on.quantile(HIGH), base: on_level, scale });
        }
        let mut latest = SmallSample::new();
        points()
            .filter(|point| *point <= cut)
            .take(OFF_POINTS)
            .for_each(|point| latest.push(point));
        let level = larger(latest.median(), settings.min_baseline);
        // Also the base: the median of days off is often 0.
        let expected = larger(level, off.quantile(HIGH));
        Some(Mode { expected, base: expected, scale: baseline::scale(&off, settings, expected) })
    }
}
