//! No more than a limit in any window of a length, from 17 buckets.
//!
//! A bucket is a sixteenth of the window wide, rounded up, and counts until its last instant is out
//! of the window. What counts is thus at least what was taken in the window, and what was taken
//! counts for at most 1/16 longer than the window is. With 16 buckets it would count too short.

use crate::codec::{self, Fields, Stored};
use crate::error::Error;
use crate::mode::{MODE_MONITOR, MODE_UNLIMITED};
use crate::numeric::amount;

/// used is at most the limit.
pub const RATE_REASON_WITHIN: i32 = 1;
/// used is above the limit, or would be with the amount.
pub const RATE_REASON_OVER_LIMIT: i32 = 3;
/// The amount alone is above the limit: it never fits.
pub const RATE_REASON_EXCEEDS_LIMIT: i32 = 4;
/// The mode is CLOUDCIRCUIT_MODE_UNLIMITED.
pub const RATE_REASON_UNLIMITED: i32 = 5;
/// The amount is 0, which always fits.
pub const RATE_REASON_FREE: i32 = 7;

/// The first field of every cloudcircuit_rate_limit_state; "CCR1" as little-endian bytes.
pub const RATE_LIMIT_LAYOUT: u32 = 0x3152_4343;
/// The bytes that cloudcircuit_rate_limit_state_encode writes.
pub const RATE_LIMIT_ENCODED_LEN: usize = 172;

const BUCKETS: usize = 17;
/// The width for the longest duration: 2^63 / 16.
const MAX_WIDTH: i64 = 1 << 59;

/// How much may be taken in how long. 24 bytes. There are no defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct RateLimitConfig {
    /// The most that may be taken in any window of this duration; >= 0; 0 = nothing.
    pub limit: i64,
    /// The length of the window, in the unit of now; > 0.
    pub duration: i64,
    /// CLOUDCIRCUIT_MODE_ENFORCE, _MONITOR or _UNLIMITED.
    pub mode: u32,
    /// 0.
    pub reserved: u32,
}

impl RateLimitConfig {
    fn check(&self) -> Result<(), Error> {
        if self.limit < 0 {
            Err(Error::RateLimit)
        } else if self.duration <= 0 {
            Err(Error::RateDuration)
        } else if self.mode > MODE_UNLIMITED {
            Err(Error::Mode)
        } else if self.reserved != 0 {
            Err(Error::Reserved)
        } else {
            Ok(())
        }
    }

    /// A sixteenth of the duration, rounded up.
    fn width(&self) -> i64 {
        (self.duration - 1) / 16 + 1
    }

    fn is_unlimited(&self) -> bool {
        self.mode == MODE_UNLIMITED
    }

    /// Whether an instant is in the window that ends at `time`.
    fn has_in_window(&self, instant: i128, time: i64) -> bool {
        instant > i128::from(time) - i128::from(self.duration)
    }
}

/// What was taken, and when. 168 bytes that the host stores wherever it likes and that only the
/// library writes. Zeroed memory is no rate limit: every call refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct RateLimitState {
    /// CLOUDCIRCUIT_RATE_LIMIT_LAYOUT.
    pub layout: u32,
    /// 0.
    pub reserved: u32,
    /// 0 at first, one more at every call that changed the state: for the host's compare-and-swap.
    /// A call that leaves revision as it was left every byte.
    pub revision: u64,
    /// The greatest now of the calls that changed the state.
    pub updated_at: i64,
    /// How long a bucket is, at most 2^59; 0 when nothing is taken.
    pub width: i64,
    /// What was taken in each bucket, each >= 0, by the bucket's number modulo 17; see
    /// docs/LEDGER.md.
    pub taken: [i64; 17],
}

const _: () = assert!(size_of::<RateLimitState>() + 4 == RATE_LIMIT_ENCODED_LEN);

/// A bucket that something was taken in.
#[derive(Clone, Copy)]
struct Bucket {
    /// Its last instant.
    last: i128,
    amount: i64,
}

impl RateLimitState {
    /// No rate limit: every call refuses it.
    pub(crate) const NONE: Self =
        Self { layout: 0, reserved: 0, revision: 0, updated_at: 0, width: 0, taken: [0; 17] };

    pub(crate) fn new(now: i64) -> Self {
        Self { layout: RATE_LIMIT_LAYOUT, updated_at: now, ..Self::NONE }
    }

    /// Whether calls under some config can have led here.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.checked_used().map(|_| ())
    }

    /// What is taken in all buckets of a state that is consistent.
    fn checked_used(&self) -> Result<i64, Error> {
        let used = amount::sum(&self.taken).ok_or(Error::CorruptState)?;
        let is_consistent = self.layout == RATE_LIMIT_LAYOUT
            && self.reserved == 0
            && (0..=MAX_WIDTH).contains(&self.width)
            && (self.width == 0) == (used == 0)
            // Nothing was taken before time began. From 0 on the buckets do not reach back so far.
            && (self.updated_at >= 0
                || self.buckets().next().is_none_or(|oldest| oldest.last >= i128::from(i64::MIN)))
            && (self.revision > 0 || used == 0);
        if is_consistent { Ok(used) } else { Err(Error::CorruptState) }
    }

    /// The buckets that are not empty, the oldest first.
    fn buckets(&self) -> impl Iterator<Item = Bucket> {
        let width = i128::from(self.width);
        let newest = i128::from(self.number(self.updated_at));
        let oldest_slot = self.slot(self.updated_at) + 1;
        (0..BUCKETS).filter_map(move |place| {
            let slot = (oldest_slot + place) % BUCKETS;
            let amount = self.taken.get(slot).copied().filter(|&amount| amount > 0)?;
            let number = newest + place as i128 + 1 - BUCKETS as i128;
            Some(Bucket { last: (number + 1) * width - 1, amount })
        })
    }

    /// The number of the bucket that a time is in.
    fn number(&self, time: i64) -> i64 {
        time.div_euclid(self.width.max(1))
    }

    fn slot(&self, time: i64) -> usize {
        self.number(time).rem_euclid(BUCKETS as i64) as usize
    }

    /// Adds to the bucket of a time, which must be one that counts; not below 0. Answers by how
    /// much the bucket changed.
    fn add(&mut self, time: i64, by: i64) -> Result<i64, Error> {
        let slot = self.slot(time);
        let amount = self.taken.get_mut(slot).ok_or(Error::CorruptState)?;
        let before = *amount;
        *amount = before.checked_add(by).ok_or(Error::Overflow)?.max(0);
        Ok(*amount - before)
    }

    /// Moves the clock on to `now`, unless that is behind it, takes on the config's width and drops
    /// what is out of the window. Answers how much was dropped.
    fn advance(&mut self, config: &RateLimitConfig, now: i64) -> i64 {
        let time = now.max(self.updated_at);
        let dropped = if self.width == config.width() {
            self.drop_oldest(config, time)
        } else {
            self.change_width(config, time)
        };
        self.updated_at = time;
        dropped
    }

    /// Drops the buckets that are out of the window at a time that is not before the clock.
    fn drop_oldest(&mut self, config: &RateLimitConfig, time: i64) -> i64 {
        // Where the window begins before time does, everything is in it.
        let Some(start) = time.checked_sub(config.duration - 1) else { return 0 };
        // The bucket that the window begins in is kept only by its last instant.
        let first_kept = self.number(start);
        let newest = self.number(self.updated_at);
        let behind = first_kept.saturating_sub(newest).saturating_add(BUCKETS as i64 - 1);
        let oldest_slot = self.slot(self.updated_at) + 1;
        let mut dropped = 0;
        for place in 0..behind.clamp(0, BUCKETS as i64) as usize {
            let amount = self.taken.get_mut((oldest_slot + place) % BUCKETS);
            dropped += amount.map_or(0, core::mem::take);
        }
        dropped
    }

    /// Moves every bucket as a whole to the new one of its last instant, but never into the future.
    #[cold]
    #[inline(never)]
    fn change_width(&mut self, config: &RateLimitConfig, time: i64) -> i64 {
        let before = *self;
        self.width = config.width();
        self.taken = [0; 17];
        let mut dropped = 0;
        for Bucket { last, amount } in before.buckets() {
            let at = last.min(time.into()) as i64;
            let last = (i128::from(self.number(at)) + 1) * i128::from(self.width) - 1;
            let slot = self.slot(at);
            match self.taken.get_mut(slot) {
                Some(place) if config.has_in_window(last, time) => *place += amount,
                _ => dropped += amount,
            }
        }
        dropped
    }

    pub(crate) fn reset(&mut self, now: i64) -> Result<(), Error> {
        self.check()?;
        let revision = self.revision.checked_add(1).ok_or(Error::Overflow)?;
        *self = Self { revision, ..Self::new(now) };
        Ok(())
    }
}

impl Stored for RateLimitState {
    fn walk(&mut self, fields: &mut impl Fields) {
        fields.u32(&mut self.layout);
        fields.u32(&mut self.reserved);
        fields.u64(&mut self.revision);
        fields.i64(&mut self.updated_at);
        fields.i64(&mut self.width);
        fields.i64s(&mut self.taken);
    }
}

pub(crate) fn encode(state: &RateLimitState) -> Result<[u8; RATE_LIMIT_ENCODED_LEN], Error> {
    state.check()?;
    Ok(codec::encode(state))
}

pub(crate) fn decode(bytes: &[u8; RATE_LIMIT_ENCODED_LEN]) -> Result<RateLimitState, Error> {
    let state = codec::decode(bytes, RateLimitState::NONE)?;
    state.check()?;
    Ok(state)
}

/// What a rate limit call decided. 48 bytes. Zeroed memory does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct RateLimitDecision {
    /// What counts in the window, after the call.
    pub used: i64,
    /// The most that could be taken now; >= 0.
    pub available: i64,
    /// When refused: how long after now the amount fits, if nothing else is taken; INT64_MAX =
    /// never. Else 0.
    pub retry_after: i64,
    /// When the amount was taken, for cloudcircuit_rate_limit_adjust().
    pub taken_at: i64,
    /// Why: a CLOUDCIRCUIT_RATE_REASON constant; 0 after an error.
    pub reason: i32,
    /// Of acquire: 1 when the amount is taken, else 0. Of adjust it is no permission: 1 when used
    /// is not above the limit, else 0. Always 1 in CLOUDCIRCUIT_MODE_MONITOR and _UNLIMITED.
    pub allowed: u32,
    /// 1 when the rules refuse, also in CLOUDCIRCUIT_MODE_MONITOR, else 0. 0 after an error.
    pub would_refuse: u32,
    /// 1 when now was before the state's updated_at, else 0.
    pub clock_regressed: u32,
}

impl RateLimitDecision {
    pub(crate) const REFUSED: Self = Self {
        used: 0,
        available: 0,
        retry_after: 0,
        taken_at: 0,
        reason: 0,
        allowed: 0,
        would_refuse: 0,
        clock_regressed: 0,
    };
}

/// Takes an amount if it fits.
pub(crate) fn acquire(
    config: &RateLimitConfig,
    state: &mut RateLimitState,
    amount: i64,
    now: i64,
) -> Result<RateLimitDecision, Error> {
    config.check()?;
    let mut used = state.checked_used()?;
    if amount < 0 {
        return Err(Error::Amount);
    }
    let before = Clock::of(state);
    let dropped = state.advance(config, now);
    used -= dropped;
    let time = state.updated_at;
    // Below 0 the amount alone is above the limit.
    let room = config.limit - amount;
    let would_refuse = amount > 0 && !config.is_unlimited() && used > room;
    let retry_after = if would_refuse { retry_after(config, state, used, room, now) } else { 0 };
    let reason = match amount {
        0 => RATE_REASON_FREE,
        _ if config.is_unlimited() => RATE_REASON_UNLIMITED,
        _ if amount > config.limit => RATE_REASON_EXCEEDS_LIMIT,
        _ if would_refuse => RATE_REASON_OVER_LIMIT,
        _ => RATE_REASON_WITHIN,
    };
    let allowed = !would_refuse || config.mode == MODE_MONITOR;
    if allowed {
        used = used.checked_add(state.add(time, amount)?).ok_or(Error::Overflow)?;
    }
    // Time moves on with a take of 0 too, or that could not be adjusted.
    let has_changed = dropped > 0 || allowed && (amount > 0 || time > before.updated_at);
    before.close(state, used, has_changed)?;
    let decision =
        RateLimitDecision { retry_after, taken_at: time, reason, ..RateLimitDecision::REFUSED };
    Ok(complete(config, decision, used, would_refuse, now < before.updated_at))
}

/// Adds to what was taken at a time, or gives back.
pub(crate) fn adjust(
    config: &RateLimitConfig,
    state: &mut RateLimitState,
    taken_at: i64,
    by: i64,
    now: i64,
) -> Result<RateLimitDecision, Error> {
    config.check()?;
    let mut used = state.checked_used()?;
    if taken_at > state.updated_at {
        return Err(Error::TakenAt);
    }
    let before = Clock::of(state);
    let dropped = state.advance(config, now);
    used -= dropped;
    let mut has_changed = dropped > 0;
    let last = (i128::from(state.number(taken_at)) + 1) * i128::from(state.width) - 1;
    if config.has_in_window(last, state.updated_at) {
        let added = state.add(taken_at, by)?;
        used = used.checked_add(added).ok_or(Error::Overflow)?;
        has_changed |= added != 0;
    }
    before.close(state, used, has_changed)?;
    let would_refuse = used > config.limit && !config.is_unlimited();
    let reason = match would_refuse {
        _ if config.is_unlimited() => RATE_REASON_UNLIMITED,
        true => RATE_REASON_OVER_LIMIT,
        false => RATE_REASON_WITHIN,
    };
    let decision = RateLimitDecision { taken_at, reason, ..RateLimitDecision::REFUSED };
    Ok(complete(config, decision, used, would_refuse, now < before.updated_at))
}

/// How long after the caller's own now an amount fits: when enough of the oldest buckets are out.
fn retry_after(
    config: &RateLimitConfig,
    state: &RateLimitState,
    mut used: i64,
    room: i64,
    now: i64,
) -> i64 {
    let last_out = state.buckets().find(|bucket| {
        used -= bucket.amount;
        used <= room
    });
    last_out.map_or(i64::MAX, |bucket| {
        let wait = bucket.last + i128::from(config.duration) - i128::from(now);
        i64::try_from(wait).unwrap_or(i64::MAX)
    })
}

/// The clock of a state before a call.
struct Clock {
    updated_at: i64,
    width: i64,
}

impl Clock {
    fn of(state: &RateLimitState) -> Self {
        Self { updated_at: state.updated_at, width: state.width }
    }

    /// Closes a call. Where nothing changed, every byte is as it was.
    fn close(&self, state: &mut RateLimitState, used: i64, has_changed: bool) -> Result<(), Error> {
        if used == 0 {
            state.width = 0;
        }
        // Buckets of another width may hold the same amounts.
        if has_changed || state.width != self.width {
            state.revision = state.revision.checked_add(1).ok_or(Error::Overflow)?;
        } else {
            state.updated_at = self.updated_at;
        }
        Ok(())
    }
}

fn complete(
    config: &RateLimitConfig,
    decision: RateLimitDecision,
    used: i64,
    would_refuse: bool,
    clock_regressed: bool,
) -> RateLimitDecision {
    let limit = if config.is_unlimited() { i64::MAX } else { config.limit };
    RateLimitDecision {
        used,
        available: limit.saturating_sub(used).max(0),
        allowed: u32::from(!would_refuse || config.mode == MODE_MONITOR),
        would_refuse: u32::from(would_refuse),
        clock_regressed: u32::from(clock_regressed),
        ..decision
    }
}
