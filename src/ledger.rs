//! A budget that holds before it spends.

use crate::codec::{self, Fields, Stored};
use crate::error::Error;
use crate::numeric::amount::PPM;

/// settled + held is below the limit.
pub const LEDGER_WITHIN: i32 = 1;
/// settled + held is the limit exactly.
pub const LEDGER_AT_LIMIT: i32 = 2;
/// settled + held is above the limit, or would be with the estimate.
pub const LEDGER_OVER_LIMIT: i32 = 3;
/// The same, and the estimate alone is above the limit: it would not fit into an empty ledger.
pub const LEDGER_EXCEEDS_LIMIT: i32 = 4;
/// There is no limit.
pub const LEDGER_UNLIMITED: i32 = 5;
/// The hold was from an earlier period.
pub const LEDGER_LATE: i32 = 6;

/// The first field of every cloudcircuit_ledger_state; "CCL1" as little-endian bytes.
pub const LEDGER_LAYOUT: u32 = 0x314C_4343;
/// The bytes that cloudcircuit_ledger_state_encode writes.
pub const LEDGER_ENCODED_LEN: usize = 44;
/// The most thresholds that a config holds.
pub const LEDGER_MAX_THRESHOLDS: u32 = 8;

/// The limit and the shares of it that are worth a word. 48 bytes. The defaults, which are
/// zeroed memory, allow nothing.
///
/// Pass the same config with every call on a state: what has been crossed is judged again each
/// time, so that a changed limit or threshold counts from the next call on.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct LedgerConfig {
    /// The most that may be settled and held together in a period; >= 0; 0 = nothing; default 0.
    pub limit: i64,
    /// 1 when there is no limit, which then counts for nothing, else 0; default 0.
    pub is_unlimited: u32,
    /// How many of threshold_ppm count, at most CLOUDCIRCUIT_LEDGER_MAX_THRESHOLDS; above 0 only
    /// when limit is above 0 and is_unlimited 0; default 0.
    pub threshold_count: u32,
    /// Shares of the limit in parts per million, each > 0 and above the one before; above 1000000
    /// too. A threshold is crossed when settled reaches it.
    pub threshold_ppm: [u32; 8],
}

impl LedgerConfig {
    fn check(&self) -> Result<(), Error> {
        if self.limit < 0 {
            return Err(Error::LedgerLimit);
        }
        if self.is_unlimited > 1 {
            return Err(Error::IsUnlimited);
        }
        if self.threshold_count > LEDGER_MAX_THRESHOLDS {
            return Err(Error::ThresholdCount);
        }
        if self.threshold_count > 0 && (self.limit == 0 || self.is_unlimited == 1) {
            return Err(Error::ThresholdLimit);
        }
        let mut below = 0;
        for &ppm in self.thresholds() {
            if ppm <= below {
                return Err(Error::ThresholdPpm);
            }
            below = ppm;
        }
        Ok(())
    }

    fn thresholds(&self) -> impl Iterator<Item = &u32> {
        self.threshold_ppm.iter().take(self.threshold_count as usize)
    }

    /// Bit i: settled reaches threshold i.
    fn crossed(&self, settled: i64) -> u32 {
        let reached = self.thresholds().filter(|&&ppm| {
            i128::from(settled) * i128::from(PPM) >= i128::from(self.limit) * i128::from(ppm)
        });
        // They ascend: those reached come first.
        (1 << reached.count()) - 1
    }
}

/// A budget, whole: the host keeps these 40 bytes wherever it likes and only the library writes
/// them. Zeroed memory is no ledger: every call refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct LedgerState {
    /// CLOUDCIRCUIT_LEDGER_LAYOUT.
    pub layout: u32,
    /// Bit i: threshold i has been crossed.
    pub crossed: u32,
    /// One more at every call that changed the state, 0 at first: for the host's
    /// compare-and-swap. A call that leaves it as it was left every byte, and need not be stored.
    pub revision: u64,
    /// The budget period, a month's number say: the host's choice, as long as later is greater.
    pub period: i64,
    /// What was spent in the period; below 0 when credits exceed it.
    pub settled: i64,
    /// What is reserved and neither settled nor released; >= 0.
    pub held: i64,
}

const _: () = assert!(size_of::<LedgerState>() + 4 == LEDGER_ENCODED_LEN);

impl LedgerState {
    /// No ledger: every call refuses it.
    pub(crate) const NONE: Self =
        Self { layout: 0, crossed: 0, revision: 0, period: 0, settled: 0, held: 0 };

    pub(crate) fn new(period: i64) -> Self {
        Self { layout: LEDGER_LAYOUT, period, ..Self::NONE }
    }

    /// Whether calls under some config can have led here.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let is_possible = self.layout == LEDGER_LAYOUT
            // The last revision is never reached, so that adding one is safe.
            && self.revision < u64::MAX
            && self.held >= 0
            && self.settled.checked_add(self.held).is_some()
            // Thresholds ascend and are above 0.
            && self.crossed >> LEDGER_MAX_THRESHOLDS == 0
            && self.crossed & (self.crossed + 1) == 0
            && (self.crossed == 0 || self.settled > 0)
            && (self.revision > 0 || *self == Self::new(self.period));
        if is_possible { Ok(()) } else { Err(Error::CorruptState) }
    }

    fn used(&self) -> Result<i64, Error> {
        self.settled.checked_add(self.held).ok_or(Error::Overflow)
    }
}

impl Stored for LedgerState {
    fn walk(&mut self, fields: &mut impl Fields) {
        fields.u32(&mut self.layout);
        fields.u32(&mut self.crossed);
        fields.u64(&mut self.revision);
        fields.i64(&mut self.period);
        fields.i64(&mut self.settled);
        fields.i64(&mut self.held);
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

/// What cloudcircuit_ledger_reserve held, to be settled or released. 16 bytes. The host stores
/// it with the state, in one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct LedgerHold {
    /// The period that it was held in.
    pub period: i64,
    /// What it holds; 0 when it is spent, or was refused.
    pub amount: i64,
}

impl LedgerHold {
    pub(crate) const REFUSED: Self = Self { period: 0, amount: 0 };

    /// Takes the amount out of the hold and, unless that is over, out of its period. Whether the
    /// hold was from an earlier one.
    fn take(&mut self, state: &mut LedgerState) -> Result<bool, Error> {
        if self.amount == 0 {
            return Err(Error::HoldSpent);
        }
        if self.period > state.period {
            return Err(Error::HoldPeriod);
        }
        let is_late = self.period < state.period;
        // What an earlier period held was let go when it ended.
        let most = if is_late { i64::MAX } else { state.held };
        if !(1..=most).contains(&self.amount) {
            return Err(Error::HoldAmount);
        }
        if !is_late {
            state.held -= self.amount;
        }
        self.amount = 0;
        Ok(is_late)
    }
}

/// What a ledger call decided. 48 bytes. Zeroed memory does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct LedgerDecision {
    /// The state's, after the call.
    pub settled: i64,
    /// The state's, after the call.
    pub held: i64,
    /// What a reserve could still hold: limit - settled - held, at least 0, at most INT64_MAX,
    /// which it also is without a limit.
    pub available: i64,
    /// How far settled is above the limit, else 0.
    pub overshoot: i64,
    /// From cloudcircuit_ledger_reserve: 1 when the estimate is held, else 0. From other calls it is
    /// no permission: 1 when settled + held is not above the limit, else 0.
    pub allowed: u32,
    /// Why: a CLOUDCIRCUIT_LEDGER constant, _WITHIN to _LATE; 0 after an error.
    pub reason: i32,
    /// The state's, after the call.
    pub crossed: u32,
    /// Bit i: threshold i is crossed and was not before this call.
    pub newly_crossed: u32,
}

impl LedgerDecision {
    pub(crate) const REFUSED: Self = Self {
        settled: 0,
        held: 0,
        available: 0,
        overshoot: 0,
        allowed: 0,
        reason: 0,
        crossed: 0,
        newly_crossed: 0,
    };
}

pub(crate) fn reserve(
    config: &LedgerConfig,
    state: &mut LedgerState,
    estimate: i64,
) -> Result<(LedgerHold, LedgerDecision), Error> {
    config.check()?;
    state.check()?;
    if estimate <= 0 {
        return Err(Error::Estimate);
    }

    let before = *state;
    let used = i128::from(before.used()?) + i128::from(estimate);
    if config.is_unlimited == 0 && used > i128::from(config.limit) {
        let decision = decide(config, state, &before)?;
        let exceeds = estimate > config.limit;
        let reason = if exceeds { LEDGER_EXCEEDS_LIMIT } else { LEDGER_OVER_LIMIT };
        return Ok((LedgerHold::REFUSED, LedgerDecision { allowed: 0, reason, ..decision }));
    }
    state.held = state.held.checked_add(estimate).ok_or(Error::Overflow)?;
    let hold = LedgerHold { period: state.period, amount: estimate };
    Ok((hold, decide(config, state, &before)?))
}

pub(crate) fn settle(
    config: &LedgerConfig,
    state: &mut LedgerState,
    hold: &mut LedgerHold,
    actual: i64,
) -> Result<LedgerDecision, Error> {
    config.check()?;
    state.check()?;
    let before = *state;
    let is_late = hold.take(state)?;
    if actual < 0 {
        return Err(Error::Actual);
    }
    state.settled = state.settled.checked_add(actual).ok_or(Error::Overflow)?;
    decide_on_hold(config, state, &before, is_late)
}

pub(crate) fn release(
    config: &LedgerConfig,
    state: &mut LedgerState,
    hold: &mut LedgerHold,
) -> Result<LedgerDecision, Error> {
    config.check()?;
    state.check()?;
    let before = *state;
    let is_late = hold.take(state)?;
    decide_on_hold(config, state, &before, is_late)
}

pub(crate) fn record(
    config: &LedgerConfig,
    state: &mut LedgerState,
    amount: i64,
) -> Result<LedgerDecision, Error> {
    config.check()?;
    state.check()?;
    let before = *state;
    state.settled = state.settled.checked_add(amount).ok_or(Error::Overflow)?;
    decide(config, state, &before)
}

pub(crate) fn roll(
    config: &LedgerConfig,
    state: &mut LedgerState,
    period: i64,
) -> Result<LedgerDecision, Error> {
    config.check()?;
    state.check()?;
    if period < state.period {
        return Err(Error::Period);
    }
    let before = *state;
    if period > state.period {
        *state = LedgerState { revision: before.revision, ..LedgerState::new(period) };
    }
    decide(config, state, &before)
}

fn decide_on_hold(
    config: &LedgerConfig,
    state: &mut LedgerState,
    before: &LedgerState,
    is_late: bool,
) -> Result<LedgerDecision, Error> {
    let decision = decide(config, state, before)?;
    let reason = if is_late { LEDGER_LATE } else { decision.reason };
    Ok(LedgerDecision { reason, ..decision })
}

/// Where the ledger stands after a call that started from `before`; closes the call.
fn decide(
    config: &LedgerConfig,
    state: &mut LedgerState,
    before: &LedgerState,
) -> Result<LedgerDecision, Error> {
    let used = state.used()?;
    state.crossed = config.crossed(state.settled);
    if state != before {
        state.revision += 1;
    }

    let (reason, available, overshoot) = if config.is_unlimited == 1 {
        (LEDGER_UNLIMITED, i64::MAX, 0)
    } else {
        let reason = match used.cmp(&config.limit) {
            core::cmp::Ordering::Less => LEDGER_WITHIN,
            core::cmp::Ordering::Equal => LEDGER_AT_LIMIT,
            core::cmp::Ordering::Greater => LEDGER_OVER_LIMIT,
        };
        let over = |amount: i64| amount.saturating_sub(config.limit).max(0);
        (reason, config.limit.saturating_sub(used).max(0), over(state.settled))
    };
    Ok(LedgerDecision {
        settled: state.settled,
        held: state.held,
        available,
        overshoot,
        allowed: (reason != LEDGER_OVER_LIMIT).into(),
        reason,
        crossed: state.crossed,
        newly_crossed: state.crossed & !before.crossed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HUNDRED: LedgerConfig = LedgerConfig {
        limit: 100,
        is_unlimited: 0,
        threshold_count: 2,
        threshold_ppm: [500_000, 1_000_000, 0, 0, 0, 0, 0, 0],
    };
    const UNLIMITED: LedgerConfig =
        LedgerConfig { limit: 0, is_unlimited: 1, threshold_count: 0, threshold_ppm: [0; 8] };

    #[test]
    fn the_last_unit_goes_to_one_request_alone() {
        let mut state = LedgerState::new(1);
        let (first, decision) = reserve(&HUNDRED, &mut state, 99).unwrap();
        assert_eq!((first.amount, decision.available, decision.reason), (99, 1, LEDGER_WITHIN));
        let (_, decision) = reserve(&HUNDRED, &mut state, 1).unwrap();
        assert_eq!((decision.available, decision.reason), (0, LEDGER_AT_LIMIT));

        let before = state;
        for (estimate, reason) in [(1, LEDGER_OVER_LIMIT), (101, LEDGER_EXCEEDS_LIMIT)] {
            let (hold, decision) = reserve(&HUNDRED, &mut state, estimate).unwrap();
            assert_eq!((hold, decision.allowed), (LedgerHold::REFUSED, 0));
            assert_eq!((decision.reason, decision.held), (reason, 100));
            assert_eq!(state, before);
        }
    }

    #[test]
    fn a_credit_makes_room_even_for_more_than_the_limit() {
        let mut state = LedgerState::new(1);
        record(&HUNDRED, &mut state, -50).unwrap();
        let (hold, decision) = reserve(&HUNDRED, &mut state, 150).unwrap();
        assert_eq!((hold.amount, decision.reason), (150, LEDGER_AT_LIMIT));
    }

    #[test]
    fn settling_past_the_limit_is_booked_and_said() {
        let mut state = LedgerState::new(1);
        let (mut hold, _) = reserve(&HUNDRED, &mut state, 10).unwrap();
        let decision = settle(&HUNDRED, &mut state, &mut hold, 130).unwrap();
        assert_eq!((decision.settled, decision.held, decision.overshoot), (130, 0, 30));
        assert_eq!((decision.allowed, decision.reason), (0, LEDGER_OVER_LIMIT));
        assert_eq!((decision.available, decision.newly_crossed), (0, 3));
        assert_eq!(settle(&HUNDRED, &mut state, &mut hold, 0), Err(Error::HoldSpent));
    }

    #[test]
    fn thresholds_are_told_once_and_again_after_a_credit() {
        let mut state = LedgerState::new(1);
        for (amount, crossed, newly_crossed) in
            [(49, 0, 0), (1, 1, 1), (10, 1, 0), (-11, 0, 0), (60, 3, 3), (-60, 0, 0)]
        {
            let decision = record(&HUNDRED, &mut state, amount).unwrap();
            assert_eq!((decision.crossed, decision.newly_crossed), (crossed, newly_crossed));
        }
    }

    #[test]
    fn thresholds_are_exact_up_to_the_largest_amounts() {
        let config = LedgerConfig {
            limit: i64::MAX,
            threshold_count: 1,
            threshold_ppm: [333_333, 0, 0, 0, 0, 0, 0, 0],
            ..HUNDRED
        };
        // The smallest settled with settled * 1000000 >= 333333 * (2^63 - 1).
        assert_eq!(config.crossed(3_074_454_271_160_912_984), 0);
        assert_eq!(config.crossed(3_074_454_271_160_912_985), 1);
        assert_eq!(config.crossed(i64::MAX), 1);
        assert_eq!(config.crossed(i64::MIN), 0);
    }

    #[test]
    fn a_late_hold_settles_into_the_current_period_and_frees_nothing() {
        let mut state = LedgerState::new(1);
        let (mut late, _) = reserve(&HUNDRED, &mut state, 60).unwrap();
        roll(&HUNDRED, &mut state, 2).unwrap();
        let (_, decision) = reserve(&HUNDRED, &mut state, 70).unwrap();
        assert_eq!((decision.settled, decision.held), (0, 70));

        let decision = settle(&HUNDRED, &mut state, &mut late, 20).unwrap();
        assert_eq!((decision.settled, decision.held), (20, 70));
        assert_eq!((decision.reason, late.amount), (LEDGER_LATE, 0));
    }

    #[test]
    fn sums_that_do_not_fit_are_errors() {
        let mut state = LedgerState::new(1);
        let (mut hold, _) = reserve(&UNLIMITED, &mut state, i64::MAX).unwrap();
        assert_eq!(reserve(&UNLIMITED, &mut state, 1), Err(Error::Overflow));
        let mut copy = state;
        assert_eq!(record(&UNLIMITED, &mut copy, 1), Err(Error::Overflow));
        settle(&UNLIMITED, &mut state, &mut hold, i64::MAX).unwrap();
        let mut copy = state;
        assert_eq!(record(&UNLIMITED, &mut copy, 1), Err(Error::Overflow));
        // Under a limit the same is plainly over it.
        let (_, decision) = reserve(&HUNDRED, &mut state, 1).unwrap();
        assert_eq!(decision.reason, LEDGER_OVER_LIMIT);
        record(&HUNDRED, &mut state, -i64::MAX).unwrap();
        assert_eq!(record(&HUNDRED, &mut state, i64::MIN).unwrap().available, i64::MAX);
    }
}
