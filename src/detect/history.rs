//! What is kept of a series: windows over its latest points, in one of two sizes.

use crate::{detect::settings::MAX_PROFILE, numeric::order_stats::SortedWindow};

/// Days of the month on which charges by the month may come: the first three.
pub(crate) const CHARGE_DAYS: usize = 3;
/// Months over which such a charge is remembered.
pub(crate) const CHARGES: usize = 3;

/// The last values, by the number of their point; NaN where there is none. As many as a power of
/// two, so that finding one is a mask.
pub(crate) struct Ring<'a>(pub(super) &'a mut [f64]);

impl Ring<'_> {
    fn slot(&self, at: u64) -> usize {
        at as usize & self.0.len().wrapping_sub(1)
    }

    /// The value `back` points before point `at`. Before the first point all slots are NaN.
    pub(crate) fn before(&self, at: u64, back: u64) -> f64 {
        self.0.get(self.slot(at.wrapping_sub(back))).copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn set(&mut self, at: u64, value: f64) {
        let slot = self.slot(at);
        if let Some(slot) = self.0.get_mut(slot) {
            // One NaN for all, so that the same series leaves the same bytes on every machine.
            *slot = if value.is_nan() { f64::NAN } else { value };
        }
    }
}

/// Each phase's shares of the seasons around its points, in order.
pub(crate) struct Shares<'a> {
    pub(super) values: &'a mut [f64],
    pub(super) lens: &'a mut [u64; MAX_PROFILE],
}

impl Shares<'_> {
    /// Those of one phase, `seasons` at most.
    pub(crate) fn of(&mut self, phase: usize, seasons: usize) -> Option<SortedWindow<'_>> {
        let values = self.values.get_mut(phase * seasons..(phase + 1) * seasons)?;
        Some(SortedWindow::new(values, self.lens.get_mut(phase)?))
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

/// The windows over a series, and what else is kept of it. `N` is a power of two above
/// `Settings::window` and a season more.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct History<const N: usize> {
    /// The profile: each phase's share of the level.
    pub(super) profile: [f64; MAX_PROFILE],
    pub(super) charges: [[Charge; CHARGES]; CHARGE_DAYS],
    /// How far the last two points lay above the highest expectation, as shares of the base, the
    /// latest first.
    pub(super) excesses: [f64; 2],
    pub(super) spend: [f64; N],
    /// Means of the season that ends at each point.
    pub(super) means: [f64; N],
    /// The same means without the season's lowest and highest point.
    pub(super) centres: [f64; N],
    /// Points as shares of the season around them, by phase.
    pub(super) shares: [f64; N],
    pub(super) shares_len: [u64; MAX_PROFILE],
    /// Deviations from what was expected, as shares of the base at the time.
    pub(super) deviations: [f64; N],
    /// The deviations in ascending order.
    pub(super) sorted: [f64; N],
    pub(super) sorted_len: u64,
    /// The phase of the point to come.
    pub(super) phase: u64,
    /// The number of the point to come. At the end: a tracker that was cut off lacks it.
    pub(super) next: u64,
}

/// The longest window that fits a ShortHistory: enough for days, and less to set up.
pub(crate) const SHORT_WINDOW: usize = 98;
pub(crate) type ShortHistory = History<128>;
pub(crate) type LongHistory = History<512>;

impl<const N: usize> History<N> {
    /// All 0, which is no history: see [`History::new`].
    pub(crate) const NONE: Self = Self {
        profile: [0.0; MAX_PROFILE],
        charges: [[Charge { at: 0, excess: 0.0 }; CHARGES]; CHARGE_DAYS],
        excesses: [0.0; 2],
        spend: [0.0; N],
        means: [0.0; N],
        centres: [0.0; N],
        shares: [0.0; N],
        shares_len: [0; MAX_PROFILE],
        deviations: [0.0; N],
        sorted: [0.0; N],
        sorted_len: 0,
        phase: 0,
        next: 0,
    };

    /// The history of a series before its first point.
    pub(crate) fn new() -> Self {
        let mut new = Self::NONE;
        new.profile = [1.0; MAX_PROFILE];
        new.charges = [[Charge::NONE; CHARGES]; CHARGE_DAYS];
        new.excesses = [f64::NAN; 2];
        fill_nan(&mut new.spend);
        fill_nan(&mut new.means);
        fill_nan(&mut new.centres);
        fill_nan(&mut new.shares);
        fill_nan(&mut new.deviations);
        fill_nan(&mut new.sorted);
        new
    }
}

#[inline(never)]
fn fill_nan(values: &mut [f64]) {
    values.fill(f64::NAN);
}
