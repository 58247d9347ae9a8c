//! What a series usually does: the expected next point, and the scale of deviations from it.
//!
//! Points come one by one. Everything that is kept is a window of fixed length over them, so that
//! a baseline that has seen a whole history and one that has seen its end are the same to the bit.

use crate::{
    detect::history::{
        CHARGE_DAYS, CHARGES, Charge, Deviations, History, HourlyHistory, LongHistory, Ring,
        SHORT_WINDOW, Shares, ShortHistory,
    },
    detect::settings::{MAX_PROFILE, MAX_RUN, RUN_SEASONS, Settings},
    numeric::float::{clamped, larger, one_nan, smaller},
    numeric::order_stats::{Ordered, Places, SmallSample, median_of_eight, median_of_four},
};

/// Days, and the first one of a weekend, from Monday.
const WEEK: usize = 7;
const SATURDAY: usize = 5;
/// The points whose median is the level, and how many of them there must be.
const LEVEL_POINTS: usize = 7;
const MIN_LEVEL_POINTS: usize = 3;
/// Seasons whose median spend is the least that deviations are measured against.
const USUAL_SEASONS: usize = 8;
/// The most seasons that a phase's share is learnt from.
const MAX_SHARES: usize = 16;
/// A share is shrunk towards 1 as if it had been seen there this many times more.
const SHRINKAGE: f64 = 0.75;
/// Seasons after which the deviations of those before the last are measured again.
const LEARNING_SEASONS: usize = 4;
/// A scale measured on n deviations is widened by this share divided by n.
const SMALL_SAMPLE_INFLATION: f64 = 7.0;
/// A charge of which a month has brought this share has come.
const HAS_COME: f64 = 0.5;
/// Stored deviations are clamped to this. After an all-zero history any spend has an unbounded
/// deviation, and one such value would dominate the scale for a whole window.
pub(crate) const MAX_DEVIATION: f64 = 1e6;

/// Where the same hours of other days are compared: after so many hours in a row that deviate by at
/// least this much, further ones are stored as if they deviated by no more.
pub(super) const LONG_RUN: usize = 12;
const LONG_RUN_DEVIATION: f64 = 0.1;

/// Points in a row that are this many times what their phase brought in the last seasons, of which
/// some must be known, stand out: fewer of them move no median, and more are a new level.
const RUN_HEIGHT: f64 = 2.0;
/// A run has ended with a point below this many times the same.
const RETURN_HEIGHT: f64 = 1.3;
/// The same for points that are low: an outage, or a holiday.
const LOW_HEIGHT: f64 = 0.65;
const LOW_RETURN_HEIGHT: f64 = 0.8;
const MIN_RUN_SEASONS: usize = 3;
const MIN_RUN: i16 = 4;
const MIN_LOW_RUN: i16 = 3;
/// The bits of the last four weeks.
const FORGETTABLE: u32 = (1 << 28) - 1;

/// What is known before a point is seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expectation {
    /// Level times profile without the charge, to learn it from.
    pub(super) plain: f64,
    /// With the charge: what deviations for the scale are measured from.
    pub(super) spend: f64,
    /// The largest of all expectations; NaN where only the level was asked for.
    pub(crate) highest: f64,
    /// What is reported as expected: `spend`, or `highest` if a charge by the day of the month
    /// explains it.
    pub(crate) reported: f64,
    /// What deviations are a share of.
    pub(crate) base: f64,
    /// The lowest of the season's points before it, each with its phase's share taken out.
    pub(super) lowest: f64,
    pub(super) charge_day: Option<usize>,
}

impl Expectation {
    /// The deviation of a spend, as a share of the base; NaN for a missing point.
    pub(super) fn deviation(&self, spend: f64) -> f64 {
        self.share(spend - self.spend)
    }

    /// How far a spend lies above the highest expectation, as a share of the base.
    pub(super) fn excess(&self, spend: f64) -> f64 {
        self.share(spend - self.highest)
    }

    fn share(&self, amount: f64) -> f64 {
        clamped(amount / self.base, MAX_DEVIATION)
    }
}

/// A history of any size, with a method for each step of the detector.
pub(crate) struct Baseline<'a> {
    pub(super) next: &'a mut u64,
    pub(super) phase: &'a mut u16,
    run: &'a mut i16,
    pub(super) forgotten: &'a mut u32,
    profile: &'a mut [f64; MAX_PROFILE],
    charges: &'a mut [[Charge; CHARGES]; CHARGE_DAYS],
    reach: u64,
    excesses: &'a mut [f64; 2],
    pub(super) spend: Ring<'a>,
    pub(super) means: Ring<'a>,
    pub(super) centres: Ring<'a>,
    shares: Shares<'a>,
    pub(super) deviations: Deviations<'a>,
}

impl<'a> Baseline<'a> {
    /// Deviations begin at point `reach`: 0 at the start of a series, later where a history has
    /// been cut, so that each has all of its past.
    pub(crate) fn over<
        const POINTS: usize,
        const MEANS: usize,
        const CENTRES: usize,
        const SHARES: usize,
    >(
        history: &'a mut History<POINTS, MEANS, CENTRES, SHARES>,
        reach: u64,
    ) -> Self {
        Self {
            next: &mut history.next,
            phase: &mut history.phase,
            run: &mut history.run,
            forgotten: &mut history.forgotten,
            profile: &mut history.profile,
            charges: &mut history.kept.charges,
            reach,
            excesses: &mut history.kept.excesses,
            spend: Ring(&mut history.kept.spend),
            means: Ring(&mut history.means),
            centres: Ring(&mut history.centres),
            shares: Shares { values: &mut history.shares, lens: &mut history.shares_len },
            deviations: Deviations {
                ring: Ring(&mut history.kept.deviations),
                order: Places { places: &mut history.order, len: &mut history.order_len },
                keeps_order: true,
            },
        }
    }
}

/// Lets `walk` go through a series from its start, with the smallest history that its settings fit.
pub(crate) fn with_new<T>(settings: &Settings, reach: u64, walk: impl FnOnce(Baseline) -> T) -> T {
    if settings.window <= SHORT_WINDOW {
        ShortHistory::walk(reach, walk)
    } else if settings.has_level() {
        LongHistory::walk(reach, walk)
    } else {
        HourlyHistory::walk(reach, walk)
    }
}

impl<const POINTS: usize, const MEANS: usize, const CENTRES: usize, const SHARES: usize>
    History<POINTS, MEANS, CENTRES, SHARES>
{
    /// Not inlined, so that only the history that is used is on the stack.
    #[inline(never)]
    fn walk<T>(reach: u64, walk: impl FnOnce(Baseline) -> T) -> T {
        let mut history = Self::NONE;
        history.clear();
        walk(Baseline::over(&mut history, reach))
    }
}

impl Baseline<'_> {
    /// What the next point should be by level, profile and charges, if enough is known for a level.
    #[inline(never)]
    pub(crate) fn expect_level(&self, settings: &Settings) -> Option<Expectation> {
        let (plain, lowest) = if settings.has_level() {
            let (level, lowest) = self.level(settings)?;
            (level * self.profile(*self.phase as usize), lowest)
        } else {
            (self.same_phase(settings)?, f64::NAN)
        };
        let charge_day = settings.charge_day(*self.next);
        let base = larger(self.usual(settings, plain), settings.min_baseline);
        let spend = larger(plain + self.charge(settings, charge_day), settings.min_baseline);
        let highest = f64::NAN;
        Some(Expectation { plain, spend, highest, reported: spend, base, lowest, charge_day })
    }

    /// Deviations that the scale is measured on.
    pub(crate) fn points(&self) -> u32 {
        self.deviations.in_order().len() as u32
    }

    /// How far the last two points lay above the highest expectation, the latest first; NaN where
    /// that is not known.
    pub(crate) fn last_excesses(&self) -> [f64; 2] {
        *self.excesses
    }

    /// Takes in the point that was expected; NaN when it is missing. Where nothing was expected it
    /// has no deviation.
    pub(crate) fn update(
        &mut self,
        settings: &Settings,
        spend: f64,
        expected: Option<&Expectation>,
    ) {
        let (mut deviation, mut excess) = (f64::NAN, f64::NAN);
        if let Some(expected) = expected {
            self.learn_charge(expected.charge_day, spend - expected.plain);
            if *self.next >= self.reach {
                deviation = expected.deviation(spend);
                excess = expected.excess(spend);
                if self.is_long_run(settings, deviation) {
                    (deviation, excess) = (LONG_RUN_DEVIATION, LONG_RUN_DEVIATION);
                }
            }
        }
        let [last, _] = *self.excesses;
        *self.excesses = [one_nan(excess), last];
        self.observe(settings, spend, deviation);
        let learning = (LEARNING_SEASONS * settings.season) as u64;
        if *self.next == learning && self.reach == 0 && settings.has_profile() {
            self.remeasure_deviations(settings);
        }
    }

    /// Whether a point comes late in a run of hours that are high. A day of them would be more than the
    /// tail that the scale is measured on, and hide all others for two weeks.
    fn is_long_run(&self, settings: &Settings, deviation: f64) -> bool {
        !settings.has_level()
            && deviation > LONG_RUN_DEVIATION
            && (1..=LONG_RUN as u64)
                .all(|back| self.deviations.before(*self.next, back) >= LONG_RUN_DEVIATION)
    }

    /// Measures the first seasons' deviations again, by the profile learnt meanwhile: those of a
    /// profile not known yet would keep the scale wide for a whole window.
    #[inline(never)]
    fn remeasure_deviations(&mut self, settings: &Settings) {
        let (next, phase, forgotten) = (*self.next, *self.phase, *self.forgotten);
        let last = next.saturating_sub(settings.season as u64);
        for early in next.saturating_sub(settings.window as u64)..last {
            *self.next = early;
            *self.phase = settings.phase_of(early);
            *self.forgotten = forgotten.checked_shr((next - early) as u32).unwrap_or(0);
            let spend = self.spend.before(early, 0);
            let deviation =
                self.expect_level(settings).map_or(f64::NAN, |early| early.deviation(spend));
            self.deviations.replace(early, early, deviation);
        }
        (*self.next, *self.phase, *self.forgotten) = (next, phase, forgotten);
    }

    /// Forgets a run of points that were far above or below what their phase usually brings, once it
    /// has ended: it is not what is usual. One that lasts is the new level.
    fn forget_ended_run(&mut self, settings: &Settings, spend: f64) {
        *self.forgotten = *self.forgotten << 1 & FORGETTABLE;
        let earlier = core::array::from_fn::<f64, RUN_SEASONS, _>(|season| {
            self.spend.before(*self.next, ((season + 1) * settings.span()) as u64)
        });
        // No point stands out from their median that does not stand out from two of them.
        let stands_out =
            |earlier: &&f64| (spend > RUN_HEIGHT * **earlier) | (spend < LOW_HEIGHT * **earlier);
        if *self.run == 0 && earlier.iter().filter(stands_out).count() < 2 {
            return;
        }
        let (known, median) = median_of_four(earlier);
        let is_known = known >= MIN_RUN_SEASONS;
        let usual = larger(median, settings.min_baseline);
        let run = *self.run;
        let has_ended = if run > 0 {
            run >= MIN_RUN && spend < RETURN_HEIGHT * usual
        } else {
            run <= -MIN_LOW_RUN && spend > LOW_RETURN_HEIGHT * median
        };
        *self.run = if is_known && spend > RUN_HEIGHT * usual {
            run.clamp(0, MAX_RUN) + 1
        } else if is_known && spend < LOW_HEIGHT * median {
            run.clamp(-MAX_RUN, 0) - 1
        } else {
            0
        };
        if has_ended && is_known && run.abs() <= MAX_RUN {
            *self.forgotten |= ((1 << run.unsigned_abs()) - 1) << 1;
        }
    }

    /// Takes in a point whose deviation is known.
    #[inline(never)]
    pub(crate) fn observe(&mut self, settings: &Settings, spend: f64, deviation: f64) {
        let at = *self.next;
        self.spend.set(at, spend);
        let [mean, centre] = if settings.has_level() {
            self.season_means(settings, at)
        } else {
            [self.season_mean(settings, at), f64::NAN]
        };
        self.means.set(at, mean);
        self.centres.set(at, centre);
        if settings.has_profile() {
            self.learn_share(settings, centre);
        }
        if settings.has_level() {
            self.forget_ended_run(settings, spend);
        }
        // Older means depend on points that are forgotten by now, and are not needed.
        let forgotten = at.wrapping_add(MAX_PROFILE as u64);
        self.means.set(forgotten, f64::NAN);
        self.centres.set(forgotten, f64::NAN);

        let oldest = at.wrapping_sub(settings.window as u64);
        self.deviations.replace(oldest, at, deviation);
        *self.next = at.wrapping_add(1);
        *self.phase =
            if usize::from(*self.phase) + 1 < settings.season { *self.phase + 1 } else { 0 };
    }

    /// Points taken in.
    pub(crate) fn next(&self) -> u64 {
        *self.next
    }

    /// Whether the next point teaches anything: its deviation, or in
    /// the window before those a charge by the month, which they depend on.
    pub(crate) fn needs_expectation(&self, settings: &Settings) -> bool {
        *self.next >= self.reach
            || settings.charge_day(*self.next).is_some() && *self.next >= settings.reach() as u64
    }

    pub(super) fn profile(&self, phase: usize) -> f64 {
        self.profile.get(phase).copied().unwrap_or(1.0)
    }

    /// The points before point `at` of this phase, the newest first, each with its phase's share
    /// taken out.
    #[inline(always)]
    pub(super) fn flat_points(
        &self,
        settings: &Settings,
        at: u64,
        phase: usize,
    ) -> impl Iterator<Item = f64> {
        let (mut at, mut phase) = (at, phase);
        core::iter::from_fn(move || {
            at = at.wrapping_sub(1);
            phase = settings.phase_before(phase);
            Some(self.spend.before(at, 0) / self.profile(phase))
        })
    }

    /// The median of the last known points, and the lowest of the season that ends with the next
    /// one; each point with its phase's share taken out.
    fn level(&self, settings: &Settings) -> Option<(f64, f64)> {
        let (mut points, mut lowest) = (SmallSample::new(), f64::INFINITY);
        let mut forgotten = *self.forgotten;
        let mut push = |points: &mut SmallSample, flat: f64| {
            if points.len() < LEVEL_POINTS && forgotten & 1 == 0 {
                points.push(flat);
            }
            forgotten >>= 1;
        };
        let mut flats =
            self.flat_points(settings, *self.next, *self.phase as usize).take(3 * settings.span());
        for flat in flats.by_ref().take(settings.span() - 1) {
            push(&mut points, flat);
            lowest = smaller(flat, lowest);
        }
        while points.len() < LEVEL_POINTS
            && let Some(flat) = flats.next()
        {
            push(&mut points, flat);
        }
        (points.len() >= MIN_LEVEL_POINTS).then(|| (points.median(), lowest))
    }

    /// The median of the same phase in the last seasons: of the same kind of day, if there were
    /// two.
    #[inline(never)]
    fn same_phase(&self, settings: &Settings) -> Option<f64> {
        let weekday = settings.weekday(*self.next);
        let is_weekend =
            |days: usize| weekday.is_some_and(|day| (day + 3 * WEEK - days) % WEEK >= SATURDAY);
        let points = |is_wanted: &dyn Fn(usize) -> bool| {
            let mut points = SmallSample::new();
            for season in 1..=(settings.window / settings.season.max(1)).min(SmallSample::MAX) {
                if is_wanted(season) {
                    points.push(self.spend.before(*self.next, (season * settings.season) as u64));
                }
            }
            (points.len() >= 2).then(|| points.median())
        };
        points(&|days| is_weekend(days) == is_weekend(0)).or_else(|| points(&|_| true))
    }

    /// The median of the last seasons' means, and at least this much.
    fn usual(&self, settings: &Settings, least: f64) -> f64 {
        // Looking back, later points lie where those before the first one would.
        let furthest = (settings.window as u64).min(*self.next);
        let (mut means, mut known, mut higher) = ([f64::NAN; USUAL_SEASONS], 0, 0);
        let mut back = 1;
        for slot in &mut means {
            if back > furthest {
                break;
            }
            let mean = self.means.before(*self.next, back);
            *slot = mean;
            known += i32::from(!mean.is_nan());
            higher += i32::from(mean > least);
            back += settings.span() as u64;
        }
        // Where most are no higher, nor is their median.
        if 2 * higher < known {
            return least;
        }
        let (_, median) = median_of_eight(means);
        larger(median, least)
    }

    /// One robust deviation, as a share of the base.
    pub(crate) fn scale(&self, settings: &Settings) -> f64 {
        scale(&self.deviations.in_order(), settings, 1.0)
    }

    /// The largest of the charges that came on this day of the month.
    fn charge(&self, settings: &Settings, day: Option<usize>) -> f64 {
        let day = day.and_then(|day| self.charges.get(day));
        day.map_or(&[][..], |charges| charges)
            .iter()
            .filter(|charge| self.next.wrapping_sub(charge.at) <= settings.window as u64)
            .fold(0.0, |largest, charge| larger(charge.excess, largest))
    }

    /// The largest charge that any of the first days of a month brought, unless this month has brought
    /// its own: one that comes on the first working day, for example.
    pub(super) fn moving_charge(&self, settings: &Settings, day: Option<usize>) -> f64 {
        let Some(day) = day else {
            return 0.0;
        };
        let (mut largest, mut this_month) = (0.0, 0.0);
        for charge in self.charges.as_flattened() {
            let distance = self.next.wrapping_sub(charge.at);
            if distance <= day as u64 {
                this_month = larger(charge.excess, this_month);
            } else if distance <= settings.window as u64 {
                largest = larger(charge.excess, largest);
            }
        }
        if this_month > HAS_COME * largest { 0.0 } else { largest }
    }

    fn learn_charge(&mut self, day: Option<usize>, excess: f64) {
        let day = day.filter(|_| !excess.is_nan());
        if let Some([newest, middle, oldest]) = day.and_then(|day| self.charges.get_mut(day)) {
            (*oldest, *middle) = (*middle, *newest);
            *newest = Charge { at: *self.next, excess };
        }
    }

    /// The mean of the season that ends at this point: of all of it that is there, if that is more
    /// than half.
    fn season_mean(&self, settings: &Settings, at: u64) -> f64 {
        let (mut sum, mut known) = (0.0, 0);
        for back in 0..settings.season as u64 {
            let spend = self.spend.before(at, back);
            if !spend.is_nan() {
                sum += spend;
                known += 1;
            }
        }
        if 2 * known > settings.season { sum / known as f64 } else { f64::NAN }
    }

    /// The means of the season that ends at this point: of all of it that is there, if that
    /// is more than half; and without the lowest and the highest, which a spike would be, if most
    /// is.
    pub(super) fn season_means(&self, settings: &Settings, at: u64) -> [f64; 2] {
        let mut points = (0..settings.span() as u64)
            .map(|back| self.spend.before(at, back))
            .filter(|spend| !spend.is_nan());
        let (first, second) = (points.next(), points.next());
        let mut known = u32::from(first.is_some()) + u32::from(second.is_some());
        let (first, second) = (first.unwrap_or(0.0), second.unwrap_or(0.0));
        let (mut sum, mut rest) = (first + second, 0.0);
        let (mut lowest, mut highest) = (smaller(second, first), larger(second, first));
        for spend in points {
            sum += spend;
            // Of the three the one in the middle is neither.
            let upper = larger(spend, lowest);
            lowest = smaller(spend, lowest);
            rest += smaller(upper, highest);
            highest = larger(upper, highest);
            known += 1;
        }
        let known = known as usize;
        let mean = if 2 * known > settings.span() { sum / known as f64 } else { f64::NAN };
        let is_whole = at.wrapping_add(1) >= settings.season as u64
            && known + settings.season / 3 >= settings.season;
        let centre = if known >= 5 { rest / (known - 2) as f64 } else { sum / known as f64 };
        [mean, if is_whole && centre > 0.0 { centre } else { f64::NAN }]
    }

    /// The centre of the season that ended so long before the point just set.
    fn centre_before(&self, settings: &Settings, distance: u64) -> f64 {
        if distance as usize + MAX_PROFILE <= self.centres.0.len() {
            return self.centres.before(*self.next, distance);
        }
        // Its points are still there.
        let [_, centre] = self.season_means(settings, self.next.wrapping_sub(distance));
        centre
    }

    /// The season around a point is whole with the point just set: its share of that season is
    /// known, and takes the place of the oldest one of its phase.
    fn learn_share(&mut self, settings: &Settings, centre: f64) -> Option<()> {
        let at = *self.next;
        let back = settings.season - 1 - settings.season / 2;
        let seasons = (settings.window / settings.season.max(1)).min(MAX_SHARES);
        let newest = one_nan(self.spend.before(at, back as u64) / centre);
        let distance = (seasons * settings.season) as u64;
        let mut oldest = self.spend.before(at, distance + back as u64);
        if !oldest.is_nan() {
            oldest /= self.centre_before(settings, distance);
        }

        let phase = *self.phase as usize;
        let phase = if phase < back { phase + settings.season - back } else { phase - back };
        let mut shares = self.shares.of(phase, seasons)?;
        shares.replace(oldest, newest);
        let times = shares.len() as f64;
        let median = if times > 0.0 { shares.median() } else { 1.0 };
        let share = (times * median + SHRINKAGE) / (times + SHRINKAGE);
        self.profile.get_mut(phase).map(|slot| *slot = share)
    }
}

/// One robust deviation of numbers, in `unit`s: the MAD tells how wide they are, the upper tail how
/// far cost strays when nothing is wrong, and no series is trusted to be smoother than the floor.
#[inline(never)]
pub(super) fn scale(sorted: &Ordered, settings: &Settings, unit: f64) -> f64 {
    let (middle, upper) = (sorted.median(), sorted.quantile(settings.weights.tail_quantile));
    widest(sorted, settings, middle, upper - middle, unit)
}

/// The same with the lower tail.
#[inline(never)]
pub(super) fn scale_below(sorted: &Ordered, settings: &Settings) -> f64 {
    let (middle, lower) = (sorted.median(), sorted.quantile(1.0 - settings.weights.tail_quantile));
    widest(sorted, settings, middle, middle - lower, 1.0)
}

#[inline(always)]
fn widest(sorted: &Ordered, settings: &Settings, middle: f64, tail: f64, unit: f64) -> f64 {
    let weights = &settings.weights;
    let width = larger(weights.mad * sorted.mad(middle), weights.tail * tail);
    let widest = larger(width / unit, weights.floor);
    widest * (1.0 + SMALL_SAMPLE_INFLATION / sorted.len() as f64)
}
