//! What is kept of a series: windows over its latest points, in one of two sizes.

use crate::{
    detect::settings::MAX_PROFILE,
    numeric::float::one_nan,
    numeric::order_stats::{Ordered, Places, SmallWindow},
};

/// Days of the month on which charges by the month may come: the first three.
pub(crate) const CHARGE_DAYS: usize = 3;
/// Months over which such a charge is remembered.
pub(crate) const CHARGES: usize = 3;

/// The last values, by the number of their point; NaN where there is none. As many as a power of
/// two, so that finding one is a mask.
pub(crate) struct Ring<'a>(pub(super) &'a mut [f64]);

impl Ring<'_> {
    pub(super) fn slot(&self, at: u64) -> usize {
        at as usize & self.0.len().wrapping_sub(1)
    }

    /// The value `back` points before point `at`. Before the first point all slots are NaN.
    pub(crate) fn before(&self, at: u64, back: u64) -> f64 {
        self.0.get(self.slot(at.wrapping_sub(back))).copied().unwrap_or(f64::NAN)
    }

    /// The last `count` values before point `at`, as two runs: later and earlier ones.
    pub(crate) fn last(&self, at: u64, count: usize) -> [&[f64]; 2] {
        let (later, earlier) = self.0.split_at_checked(self.slot(at)).unwrap_or_default();
        let rest = count.saturating_sub(later.len());
        [(later, count), (earlier, rest)]
            .map(|(run, count)| run.get(run.len().saturating_sub(count)..).unwrap_or(&[]))
    }

    pub(crate) fn set(&mut self, at: u64, value: f64) {
        let slot = self.slot(at);
        if let Some(slot) = self.0.get_mut(slot) {
            // The same series leaves the same bytes on every machine.
            *slot = one_nan(value);
        }
    }
}

/// The last deviations, and their order.
pub(crate) struct Deviations<'a> {
    pub(super) ring: Ring<'a>,
    pub(super) order: Places<'a>,
    /// Whether the order follows each change. Otherwise it is there after [`Deviations::sort`].
    pub(super) keeps_order: bool,
}

impl Deviations<'_> {
    /// The deviation `back` points before point `at`.
    pub(crate) fn before(&self, at: u64, back: u64) -> f64 {
        self.ring.before(at, back)
    }

    pub(crate) fn in_order(&self) -> Ordered<'_> {
        self.order.of(self.ring.0)
    }

    /// Forgets the deviation of point `old` and sets that of point `new`.
    #[inline(always)]
    pub(crate) fn replace(&mut self, old: u64, new: u64, deviation: f64) {
        if self.keeps_order {
            return self.replace_in_order(old, new, deviation);
        }
        self.ring.set(old, f64::NAN);
        self.ring.set(new, deviation);
    }

    #[inline(never)]
    fn replace_in_order(&mut self, old: u64, new: u64, deviation: f64) {
        self.order.remove(self.ring.0, self.ring.slot(old));
        self.ring.set(old, f64::NAN);
        self.ring.set(new, deviation);
        self.order.insert(self.ring.0, self.ring.slot(new));
    }

    /// Puts all deviations in order.
    pub(crate) fn sort(&mut self) {
        self.order.fill(self.ring.0, 0..self.ring.0.len());
    }
}

/// Each phase's shares of the seasons around its points, in order.
pub(crate) struct Shares<'a> {
    pub(super) values: &'a mut [f64],
    pub(super) lens: &'a mut [u64; MAX_PROFILE],
}

impl Shares<'_> {
    /// Those of one phase, `seasons` at most.
    pub(crate) fn of(&mut self, phase: usize, seasons: usize) -> Option<SmallWindow<'_>> {
        let values = self.values.get_mut(phase * seasons..(phase + 1) * seasons)?;
        Some(SmallWindow::new(values, self.lens.get_mut(phase)?))
    }
}

/// What came on top of the expected spend on one day of one month.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub(crate) struct Charge {
    pub(crate) at: u64,
    pub(crate) excess: f64,
}

impl Charge {
    const NONE: Self = Self { at: u64::MAX, excess: 0.0 };
}

/// What all else in a history follows from.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct Kept<const POINTS: usize> {
    pub(super) spend: [f64; POINTS],
    /// Deviations from what was expected, as shares of the base at the time.
    pub(super) deviations: [f64; POINTS],
    pub(super) charges: [[Charge; CHARGES]; CHARGE_DAYS],
    /// How far the last two points lay above the highest expectation, as shares of the base, the
    /// latest first.
    pub(super) excesses: [f64; 2],
}

impl<const POINTS: usize> Kept<POINTS> {
    /// All 0, which is nothing that can be kept.
    pub(super) const NONE: Self = Self {
        spend: [0.0; POINTS],
        deviations: [0.0; POINTS],
        charges: [[Charge { at: 0, excess: 0.0 }; CHARGES]; CHARGE_DAYS],
        excesses: [0.0; 2],
    };
}

/// The windows over a series, and what else is kept of it.
///
/// `POINTS` is a power of two above `Settings::window` and a season more; `MEANS` and `CENTRES` are
/// powers of two above how far back they are needed, and a season more. All of it is on the stack of
/// a call.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct History<
    const POINTS: usize,
    const MEANS: usize,
    const CENTRES: usize,
    const SHARES: usize,
> {
    /// The profile: each phase's share of the level.
    pub(super) profile: [f64; MAX_PROFILE],
    pub(super) kept: Kept<POINTS>,
    /// Means of the season that ends at each point.
    pub(super) means: [f64; MEANS],
    /// The same means without the season's lowest and highest point.
    pub(super) centres: [f64; CENTRES],
    /// Points as shares of the season around them, by phase.
    pub(super) shares: [f64; SHARES],
    pub(super) shares_len: [u64; MAX_PROFILE],
    /// The slots of the deviations in their ascending order.
    pub(super) order: [u16; POINTS],
    pub(super) order_len: u64,
    /// The phase of the point to come.
    pub(super) phase: u16,
    /// Points in a row that stand out from their phase, up to the last one; negative if they are low.
    pub(super) run: i16,
    /// The points of runs that have ended, the last point in the lowest bit.
    pub(super) forgotten: u32,
    /// The number of the point to come. At the end: a tracker that was cut off lacks it.
    pub(super) next: u64,
}

/// The longest window that fits a ShortHistory: enough for days, and less to set up.
pub(crate) const SHORT_WINDOW: usize = 98;
pub(crate) const SHORT_POINTS: usize = 128;
pub(crate) type ShortHistory = History<SHORT_POINTS, 128, 128, SHORT_WINDOW>;
/// Season means are looked back at over 8 seasons of 14, shares over 16 of them.
pub(crate) type LongHistory = History<512, 128, 128, 224>;
/// For seasons too long for a profile.
pub(crate) type HourlyHistory = History<512, 512, 0, 0>;

impl<const POINTS: usize, const MEANS: usize, const CENTRES: usize, const SHARES: usize>
    History<POINTS, MEANS, CENTRES, SHARES>
{
    /// All 0, which is no history: see [`History::clear`].
    pub(crate) const NONE: Self = Self {
        profile: [0.0; MAX_PROFILE],
        kept: Kept::NONE,
        means: [0.0; MEANS],
        centres: [0.0; CENTRES],
        shares: [0.0; SHARES],
        shares_len: [0; MAX_PROFILE],
        order: [0; POINTS],
        order_len: 0,
        phase: 0,
        run: 0,
        forgotten: 0,
        next: 0,
    };

    /// Makes [`History::NONE`] the history of a series before its first point. In place: a value that
    /// is returned may be on the stack twice.
    pub(crate) fn clear(&mut self) {
        self.profile = [1.0; MAX_PROFILE];
        self.kept.charges = [[Charge::NONE; CHARGES]; CHARGE_DAYS];
        self.kept.excesses = [f64::NAN; 2];
        fill_nan(&mut self.kept.spend);
        fill_nan(&mut self.means);
        fill_nan(&mut self.centres);
        fill_nan(&mut self.shares);
        fill_nan(&mut self.kept.deviations);
    }
}

#[inline(never)]
fn fill_nan(values: &mut [f64]) {
    values.fill(f64::NAN);
}
