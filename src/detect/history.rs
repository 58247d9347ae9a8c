//! What is kept of a series: windows over it, in memory of one of two sizes.

use crate::{
    codec::{Fields, Stored},
    detect::baseline::MAX_DEVIATION,
    detect::settings::Plan,
    numeric::order_stats::SortedWindow,
};

/// The longest season that is a profile times a level.
pub(crate) const MAX_PROFILE: usize = 14;
/// Days of the month on which charges by the month may come: the first three.
pub(crate) const CHARGE_DAYS: usize = 3;
/// Months over which such a charge is remembered.
const CHARGES: usize = 3;

/// The last values, by the number of their point; NaN where there is none. As many as a power of
/// two, so that finding one is a mask.
pub(crate) struct Ring<'a>(&'a mut [f64]);

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
    values: &'a mut [f64],
    lens: &'a mut [u64; MAX_PROFILE],
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
/// `Plan::window` and a season more.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct Memory<const N: usize> {
    /// The profile: each phase's share of the level.
    profile: [f64; MAX_PROFILE],
    charges: [[Charge; CHARGES]; CHARGE_DAYS],
    spend: [f64; N],
    /// Means of the season that ends at each point.
    means: [f64; N],
    /// The same, robust.
    centres: [f64; N],
    /// Points as shares of the season around them, by phase.
    shares: [f64; N],
    shares_len: [u64; MAX_PROFILE],
    /// Deviations from what was expected, as shares of the base at the time.
    deviations: [f64; N],
    /// The same in order.
    sorted: [f64; N],
    sorted_len: u64,
    /// The phase of the point to come.
    phase: u64,
    /// The number of the point to come. At the end: a tracker that was cut off lacks it.
    next: u64,
}

/// Windows up to this fit the smaller of two memories: enough for days, and less to set up.
pub(crate) const SMALL_WINDOW: usize = 98;
pub(crate) type Small = Memory<128>;
pub(crate) type Large = Memory<512>;

impl<const N: usize> Memory<N> {
    /// No memory.
    pub(crate) const NONE: Self = Self {
        profile: [0.0; MAX_PROFILE],
        charges: [[Charge { at: 0, excess: 0.0 }; CHARGES]; CHARGE_DAYS],
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

    /// Knows nothing.
    pub(crate) fn new() -> Self {
        let mut new = Self::NONE;
        new.profile = [1.0; MAX_PROFILE];
        new.charges = [[Charge::NONE; CHARGES]; CHARGE_DAYS];
        fill_nan(&mut new.spend);
        fill_nan(&mut new.means);
        fill_nan(&mut new.centres);
        fill_nan(&mut new.shares);
        fill_nan(&mut new.deviations);
        fill_nan(&mut new.sorted);
        new
    }

    /// Deviations begin at point `reach`: 0 at the start of a series, later where a history has
    /// been cut, so that each has all of its past.
    pub(crate) fn baseline(&mut self, reach: u64) -> Baseline<'_> {
        Baseline {
            next: &mut self.next,
            phase: &mut self.phase,
            profile: &mut self.profile,
            charges: &mut self.charges,
            reach,
            spend: Ring(&mut self.spend),
            means: Ring(&mut self.means),
            centres: Ring(&mut self.centres),
            shares: Shares { values: &mut self.shares, lens: &mut self.shares_len },
            deviations: Ring(&mut self.deviations),
            sorted: SortedWindow::new(&mut self.sorted, &mut self.sorted_len),
        }
    }
}

#[inline(never)]
fn same(one: &[f64], other: &[f64]) -> bool {
    one.iter().zip(other).all(|(one, other)| one.to_bits() == other.to_bits())
}

#[inline(never)]
fn fill_nan(values: &mut [f64]) {
    values.fill(f64::NAN);
}

/// What a memory that is stored must be.
impl Small {
    /// Whether it can be that of a series of `points`, by a quick look.
    pub(crate) fn is_after(&self, points: u64, plan: &Plan) -> bool {
        self.next == points
            // Never reached, so that adding to it is safe.
            && points < 1 << 63
            && self.sorted_len <= plan.window as u64
            && self.phase < plan.season as u64
    }

    /// Whether calls can have left these points, deviations and charges.
    fn has_possible_points(&self, plan: &Plan) -> bool {
        let is_nothing = |value: f64| value.to_bits() == f64::NAN.to_bits();
        let points = (0_u64..).zip(self.spend.iter().zip(&self.deviations)).all(
            |(slot, (&spend, &deviation))| {
                // How far back the slot's point lies, from 1.
                let age = (self.next.wrapping_sub(slot + 1) & (self.spend.len() as u64 - 1)) + 1;
                let is_missing = is_nothing(spend);
                let is_spend = spend.to_bits() <= f64::MAX.to_bits() && age <= self.next;
                let is_deviation = deviation.abs() <= MAX_DEVIATION
                    && !is_missing
                    && age <= plan.window as u64
                    && deviation.to_bits() != (-0.0_f64).to_bits();
                (is_missing || is_spend) && (is_nothing(deviation) || is_deviation)
            },
        );
        let charges = self.charges.iter().enumerate().all(|(day, charges)| {
            let mut before = self.next;
            charges.iter().all(|charge| {
                if charge.at == u64::MAX {
                    before = 0;
                    return charge.excess.to_bits() == 0;
                }
                let is_possible = charge.at < before
                    && plan.charge_day(charge.at) == Some(day)
                    && charge.excess < f64::INFINITY;
                before = charge.at;
                is_possible
            })
        });
        points && charges
    }

    /// The memory of a series of `points` with these points, deviations and charges, if there can
    /// be one: all else follows from them.
    pub(crate) fn rebuilt(&self, plan: &Plan, points: u64) -> Option<Self> {
        let given = Self { next: points, ..*self };
        if !given.is_after(points, plan) || !given.has_possible_points(plan) {
            return None;
        }
        let first = points.saturating_sub(self.spend.len() as u64);
        let phase = first.checked_rem(plan.season as u64).unwrap_or(0);
        let mut memory = Self { charges: self.charges, next: first, phase, ..Self::new() };
        let mut baseline = memory.baseline(0);
        for at in first..points {
            let slot = at as usize & (self.spend.len() - 1);
            let value = |of: &[f64; 128]| of.get(slot).copied().unwrap_or(f64::NAN);
            baseline.observe(plan, value(&self.spend), value(&self.deviations));
        }
        Some(memory)
    }

    /// The same bits in all that [`Small::rebuilt`] does not take over.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        same(&self.profile, &other.profile)
            && same(&self.spend, &other.spend)
            && same(&self.means, &other.means)
            && same(&self.centres, &other.centres)
            && same(&self.shares, &other.shares)
            && same(&self.deviations, &other.deviations)
            && same(&self.sorted, &other.sorted)
            && (self.shares_len, self.sorted_len, self.phase, self.next)
                == (other.shares_len, other.sorted_len, other.phase, other.next)
    }
}

impl Stored for Small {
    /// What all else follows from.
    fn walk(&mut self, fields: &mut impl Fields) {
        self.spend.iter_mut().for_each(|value| fields.f64(value));
        self.deviations.iter_mut().for_each(|value| fields.f64(value));
        for charge in self.charges.iter_mut().flatten() {
            fields.u64(&mut charge.at);
            fields.f64(&mut charge.excess);
        }
    }
}

/// A memory of either size, at work.
pub(crate) struct Baseline<'a> {
    pub(crate) next: &'a mut u64,
    pub(crate) phase: &'a mut u64,
    pub(crate) profile: &'a mut [f64; MAX_PROFILE],
    pub(crate) charges: &'a mut [[Charge; CHARGES]; CHARGE_DAYS],
    pub(crate) reach: u64,
    pub(crate) spend: Ring<'a>,
    pub(crate) means: Ring<'a>,
    pub(crate) centres: Ring<'a>,
    pub(crate) shares: Shares<'a>,
    pub(crate) deviations: Ring<'a>,
    pub(crate) sorted: SortedWindow<'a>,
}
