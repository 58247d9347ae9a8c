//! A ledger as it is stored: the sums of a period, and what is held by when it ends.
//!
//! Holds end in buckets. A bucket is `1 << width_shift` wide and goes when its last instant is
//! reached; 33 of them, in a ring by the number of the bucket modulo 33, reach as far as any hold
//! that a width is made for: a hold lasts less than 32 widths. What has no end is in `endless`.

use super::config::{LEDGER_MAX_THRESHOLDS, LedgerConfig};
use crate::codec::{self, Fields, Stored};
use crate::error::Error;
use crate::numeric::amount;
use crate::numeric::slots::change;

/// The first field of every cloudcircuit_ledger_state; "CCL1" as little-endian bytes.
pub const LEDGER_LAYOUT: u32 = 0x314C_4343;
/// The bytes that cloudcircuit_ledger_state_encode writes.
pub const LEDGER_ENCODED_LEN: usize = 532;

const BUCKETS: usize = 33;
/// As many latest ids are known to be spent or not.
const REMEMBERED_IDS: u64 = 1024;
/// The width of the longest duration.
const MAX_WIDTH_SHIFT: u32 = 58;

/// A ledger. 528 bytes that the host stores wherever it likes and that only the library writes.
/// Zeroed memory is no ledger: every call refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct LedgerState {
    /// CLOUDCIRCUIT_LEDGER_LAYOUT.
    pub layout: u32,
    /// Bit i: threshold i was reached at the last call that changed the ledger. Those reached are the
    /// first ones, and told.
    pub crossed: u32,
    /// 0 at first, one more at every call that changed the ledger: for the host's
    /// compare-and-swap. A call that leaves revision as it was left every byte.
    pub revision: u64,
    /// Which ledger this is; holds carry it; > 0.
    pub ledger_id: u64,
    /// The id of the next hold, at least 1; holds are numbered 1, 2, ...
    pub next_hold: u64,
    /// The greatest now of the calls that changed the ledger.
    pub updated_at: i64,
    /// The budget period, for example 202612: the host's choice, later ones greater.
    pub period: i64,
    /// What was spent in the period; below 0 when credits exceed it.
    pub settled: i64,
    /// What the last roll carried into the period; below 0 for debt, > INT64_MIN.
    pub carried: i64,
    /// What is reserved, not settled and not ended; >= 0.
    pub held: i64,
    /// The greatest settled of the period, at least 0.
    pub peak_settled: i64,
    /// The greatest settled + held of the period, at least 0.
    pub peak_committed: i64,
    /// Holds with lower ids are older than the last reset; at most next_hold; 0 = there was none.
    pub reset_hold: u64,
    /// Holds with lower ids have ended because of a reset, unless they have no end; at most
    /// reset_hold.
    pub dead_hold: u64,
    /// The clock before the reset while what it moved is held, else 0.
    pub reset_clock: i64,
    /// What is held without end; >= 0.
    pub endless: i64,
    /// What is held by when it ends, each >= 0; see docs/LEDGER.md.
    pub ends: [i64; 33],
    /// A bit for each of the last 1,024 hold ids: it is spent.
    pub spent: [u64; 16],
    /// Bit i: threshold i was told in the period; at most 255.
    pub told: u32,
    /// A bucket in ends is 1 << width_shift wide; at most 58.
    pub width_shift: u32,
    /// 1 + the place in ends of what a reset moved, at most 33, while that is held; else 0.
    pub reset_bucket: u32,
    /// 0.
    pub reserved: u32,
}

const _: () = assert!(size_of::<LedgerState>() + 4 == LEDGER_ENCODED_LEN);

impl LedgerState {
    /// No ledger: every call refuses it.
    pub(crate) const NONE: Self = Self {
        layout: 0,
        crossed: 0,
        revision: 0,
        ledger_id: 0,
        next_hold: 0,
        updated_at: 0,
        period: 0,
        settled: 0,
        carried: 0,
        held: 0,
        peak_settled: 0,
        peak_committed: 0,
        reset_hold: 0,
        dead_hold: 0,
        reset_clock: 0,
        endless: 0,
        ends: [0; BUCKETS],
        spent: [0; 16],
        told: 0,
        width_shift: 0,
        reset_bucket: 0,
        reserved: 0,
    };

    fn first(ledger_id: u64, period: i64, now: i64) -> Self {
        let layout = LEDGER_LAYOUT;
        Self { layout, ledger_id, next_hold: 1, updated_at: now, period, ..Self::NONE }
    }

    pub(crate) fn new(ledger_id: u64, period: i64, now: i64) -> Result<Self, Error> {
        if ledger_id == 0 { Err(Error::LedgerId) } else { Ok(Self::first(ledger_id, period, now)) }
    }

    /// Whether calls under some config can have led here.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let is_consistent = self.layout == LEDGER_LAYOUT
            && self.reserved == 0
            && self.ledger_id > 0
            && self.next_hold > 0
            && self.width_shift <= MAX_WIDTH_SHIFT
            && self.has_consistent_sums()
            && self.has_consistent_thresholds()
            && self.has_consistent_reset()
            && self.has_consistent_ids()
            && (self.next_hold > 1 || self.held == 0)
            && (self.revision > 0
                || *self == Self::first(self.ledger_id, self.period, self.updated_at));
        if is_consistent { Ok(()) } else { Err(Error::CorruptState) }
    }

    fn has_consistent_sums(&self) -> bool {
        let Some(committed) = self.settled.checked_add(self.held) else { return false };
        amount::sum(&self.ends)
            .and_then(|ending| ending.checked_add(self.endless))
            .is_some_and(|held| held == self.held && self.endless >= 0)
            && self.carried > i64::MIN
            && self.peak_settled >= self.settled.max(0)
            && self.peak_committed >= self.peak_settled.max(committed)
    }

    fn has_consistent_thresholds(&self) -> bool {
        // Thresholds ascend: those reached come first. What is reached was told.
        self.told >> LEDGER_MAX_THRESHOLDS == 0
            && self.crossed & !self.told == 0
            && self.crossed & (self.crossed + 1) == 0
    }

    fn has_consistent_reset(&self) -> bool {
        let is_over = self.reset_bucket == 0;
        self.reset_bucket as usize <= BUCKETS
            && self.dead_hold <= self.reset_hold
            && self.reset_hold <= self.next_hold
            && (is_over || self.reset_hold > 0)
            && (!is_over || self.dead_hold == self.reset_hold && self.reset_clock == 0)
    }

    /// No id is spent that was not given out: a bit's place is that of id % 1024.
    fn has_consistent_ids(&self) -> bool {
        if self.next_hold > REMEMBERED_IDS {
            return true;
        }
        let (place, bit) = (self.next_hold / 64, self.next_hold % 64);
        let are_later_unspent = match self.spent.get(place as usize..) {
            Some([word, later @ ..]) => {
                word >> bit | later.iter().fold(0, |all, word| all | word) == 0
            }
            _ => true,
        };
        are_later_unspent && self.spent.first().is_none_or(|word| word & 1 == 0)
    }

    /// What is settled and held together; fits by `check`.
    pub(super) fn committed(&self) -> i64 {
        self.settled + self.held
    }

    // The clock and the buckets.

    /// Moves the clock on to `now`, unless that is behind it, and lets go what has ended by then.
    pub(super) fn advance(&mut self, now: i64) {
        let time = now.max(self.updated_at);
        let first = self.updated_at >> self.width_shift;
        let passed = (time >> self.width_shift).wrapping_sub(first) as u64;
        if passed > 0 {
            self.let_go(first, passed);
        }
        self.updated_at = time;
    }

    /// Lets go the `passed` buckets after the one of number `first`.
    #[inline(never)]
    fn let_go(&mut self, first: i64, passed: u64) {
        for distance in 1..=passed.min(BUCKETS as u64) {
            let slot = slot(first, distance);
            self.held -= self.ends.get_mut(slot).map_or(0, core::mem::take);
            if self.reset_bucket as usize == slot + 1 {
                self.reset_bucket = 0;
                self.reset_clock = 0;
                self.dead_hold = self.reset_hold;
            }
        }
    }

    /// The bucket of an end after the clock; `None` for one further away than any hold's.
    pub(super) fn bucket(&mut self, end: i64) -> Option<&mut i64> {
        if end == i64::MAX {
            return Some(&mut self.endless);
        }
        let rest = end & ((1 << self.width_shift) - 1);
        let number = (end >> self.width_shift) + i64::from(rest != 0);
        let first = self.updated_at >> self.width_shift;
        let distance = number.wrapping_sub(first) as u64;
        if distance > BUCKETS as u64 { None } else { self.ends.get_mut(slot(first, distance)) }
    }

    /// The bucket that a reset moved everything with an end to, while it is held.
    pub(super) fn reset_bucket(&mut self) -> Option<&mut i64> {
        self.ends.get_mut((self.reset_bucket as usize).checked_sub(1)?)
    }

    /// The last instant of that bucket: when it goes.
    pub(super) fn reset_end(&self) -> i64 {
        let first = self.updated_at >> self.width_shift;
        // From the slot after the clock's to that of the bucket.
        let buckets = BUCKETS as i64;
        let distance =
            1 + (i64::from(self.reset_bucket) - 2 - first.rem_euclid(buckets)).rem_euclid(buckets);
        let number = i128::from(first) + i128::from(distance);
        i64::try_from(number << self.width_shift).unwrap_or(i64::MAX)
    }

    /// Holds an amount for the config's duration; answers its end.
    pub(super) fn put(&mut self, config: &LedgerConfig, amount: i64) -> Result<i64, Error> {
        let end = match config.hold_duration {
            0 => i64::MAX,
            duration => self.updated_at.saturating_add(duration),
        };
        if amount > 0 {
            if end < i64::MAX {
                self.fit_width(config.width_shift());
            }
            self.put_until(end, amount)?;
        }
        Ok(end)
    }

    /// Holds an amount until an end after the clock.
    pub(super) fn put_until(&mut self, end: i64, amount: i64) -> Result<(), Error> {
        let held = self.held.checked_add(amount).ok_or(Error::Overflow)?;
        // Each bucket is part of held, so that this sum fits too.
        *self.bucket(end).ok_or(Error::Overflow)? += amount;
        self.held = held;
        Ok(())
    }

    /// Makes the buckets wide enough for a duration. They become narrower only while they are
    /// empty.
    fn fit_width(&mut self, shift: u32) {
        if self.reset_bucket == 0 && self.held == self.endless {
            self.width_shift = shift;
        } else if shift > self.width_shift {
            self.widen(shift);
        }
    }

    /// Moves every bucket to the wider one in which its last instant lies. Widths are powers of
    /// two, so that no two ends change their order.
    #[cold]
    #[inline(never)]
    fn widen(&mut self, shift: u32) {
        let by = shift - self.width_shift;
        let first = self.updated_at >> self.width_shift;
        let ends = core::mem::replace(&mut self.ends, [0; BUCKETS]);
        let reset_bucket = core::mem::take(&mut self.reset_bucket);
        self.width_shift = shift;
        for distance in 1..=BUCKETS as u64 {
            let old = slot(first, distance);
            let last = i128::from(first) + i128::from(distance) - 1;
            let distance = (last >> by) + 1 - i128::from(first >> by);
            let new = slot(first >> by, distance as u64);
            let held = ends.get(old).copied().unwrap_or(0);
            change(&mut self.ends, new, |amount| *amount += held);
            if reset_bucket as usize == old + 1 {
                self.reset_bucket = new as u32 + 1;
            }
        }
    }

    // The identity of holds.

    /// Whether it is no longer known if the hold with this id is spent.
    pub(super) fn is_forgotten(&self, id: u64) -> bool {
        id < self.next_hold.saturating_sub(REMEMBERED_IDS)
    }

    pub(super) fn is_spent(&self, id: u64) -> bool {
        let (word, bit) = spent_bit(id);
        self.spent.get(word).is_some_and(|word| word & bit != 0)
    }

    /// A forgotten id shares its bit with a later one, whose bit this is.
    pub(super) fn spend(&mut self, id: u64) {
        let (word, bit) = spent_bit(id);
        if !self.is_forgotten(id) {
            change(&mut self.spent, word, |word| *word |= bit);
        }
    }

    /// The next hold's id.
    pub(super) fn give_id(&mut self) -> Result<u64, Error> {
        let id = self.next_hold;
        self.next_hold = id.checked_add(1).ok_or(Error::Overflow)?;
        let (word, bit) = spent_bit(id);
        change(&mut self.spent, word, |word| *word &= !bit);
        Ok(id)
    }

    // Periods.

    /// Moves to another period. What is held stays.
    pub(super) fn start_period(&mut self, period: i64, carried: i64) {
        self.period = period;
        self.carried = carried;
        self.settled = 0;
        self.crossed = 0;
        self.told = 0;
        self.peak_settled = 0;
        self.peak_committed = self.held;
    }

    /// The operator's word: a period and a time that are true, also when they run back.
    pub(crate) fn reset(&mut self, period: i64, now: i64) -> Result<(), Error> {
        self.check()?;
        self.revision = self.revision.checked_add(1).ok_or(Error::Overflow)?;
        self.start_period(period, 0);

        let ending = self.held - self.endless;
        self.reset_clock = match self.reset_bucket {
            0 => self.updated_at,
            _ => self.reset_clock.max(self.updated_at),
        };
        self.reset_hold = self.next_hold;
        self.updated_at = now;
        let slot = slot(now >> self.width_shift, BUCKETS as u64);
        self.reset_bucket = slot as u32 + 1;
        self.ends = [0; BUCKETS];
        change(&mut self.ends, slot, |bucket| *bucket = ending);
        Ok(())
    }
}

/// The place of the bucket that is `distance` after the one of number `first`.
fn slot(first: i64, distance: u64) -> usize {
    (first.rem_euclid(BUCKETS as i64) as usize + distance as usize) % BUCKETS
}

fn spent_bit(id: u64) -> (usize, u64) {
    let place = id % REMEMBERED_IDS;
    ((place / 64) as usize, 1 << (place % 64))
}

impl Stored for LedgerState {
    fn walk(&mut self, fields: &mut impl Fields) {
        fields.u32(&mut self.layout);
        fields.u32(&mut self.crossed);
        fields.u64(&mut self.revision);
        fields.u64(&mut self.ledger_id);
        fields.u64(&mut self.next_hold);
        fields.i64(&mut self.updated_at);
        fields.i64(&mut self.period);
        fields.i64(&mut self.settled);
        fields.i64(&mut self.carried);
        fields.i64(&mut self.held);
        fields.i64(&mut self.peak_settled);
        fields.i64(&mut self.peak_committed);
        fields.u64(&mut self.reset_hold);
        fields.u64(&mut self.dead_hold);
        fields.i64(&mut self.reset_clock);
        fields.i64(&mut self.endless);
        fields.i64s(&mut self.ends);
        fields.u64s(&mut self.spent);
        fields.u32(&mut self.told);
        fields.u32(&mut self.width_shift);
        fields.u32(&mut self.reset_bucket);
        fields.u32(&mut self.reserved);
    }
}

pub(crate) fn encode(state: &LedgerState) -> Result<[u8; LEDGER_ENCODED_LEN], Error> {
    state.check()?;
    Ok(codec::encode(state))
}

pub(crate) fn decode(bytes: &[u8; LEDGER_ENCODED_LEN]) -> Result<LedgerState, Error> {
    let state = codec::decode(bytes, LedgerState::NONE)?;
    state.check()?;
    Ok(state)
}
