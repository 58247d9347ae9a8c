//! The calls on one ledger. Each moves the clock on, lets go what has ended, does its work and says
//! where the ledger then stands.

use super::config::LedgerConfig;
use super::hold::{Found, LedgerHold};
use super::state::LedgerState;
use super::thresholds;
use crate::error::Error;

/// settled + held is below limit + carried.
pub const LEDGER_REASON_WITHIN: i32 = 1;
/// settled + held is limit + carried exactly.
pub const LEDGER_REASON_AT_LIMIT: i32 = 2;
/// settled + held is above limit + carried, or would be with what is asked for.
pub const LEDGER_REASON_OVER_LIMIT: i32 = 3;
/// The estimate alone is above limit + carried: it would not fit into an empty ledger.
pub const LEDGER_REASON_EXCEEDS_LIMIT: i32 = 4;
/// The mode is CLOUDCIRCUIT_MODE_UNLIMITED.
pub const LEDGER_REASON_UNLIMITED: i32 = 5;
/// The hold had ended: what was spent is booked, and nothing was let go for it.
pub const LEDGER_REASON_EXPIRED: i32 = 6;
/// Nothing was asked for: an estimate of 0, or an extend that only moves the end.
pub const LEDGER_REASON_FREE: i32 = 7;
/// The hold is more than 1,024 holds old: nobody knows whether it was spent before.
pub const LEDGER_REASON_UNVERIFIED: i32 = 8;

/// What a ledger call decided. 64 bytes. Zeroed memory does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct LedgerDecision {
    /// The state's, after the call.
    pub settled: i64,
    /// The state's, after the call.
    pub held: i64,
    /// The most that a reserve could hold now: limit + carried - settled - held, at least 0, and at
    /// most what keeps held and settled + held within INT64_MAX. In CLOUDCIRCUIT_MODE_UNLIMITED
    /// only the second bound counts. In CLOUDCIRCUIT_MODE_MONITOR a reserve of more is held too.
    pub available: i64,
    /// How far settled is above limit + carried, else 0; at most INT64_MAX. Always 0 in
    /// CLOUDCIRCUIT_MODE_UNLIMITED.
    pub overshoot: i64,
    /// What the call let go because it had ended.
    pub expired: i64,
    /// Why: a CLOUDCIRCUIT_LEDGER_REASON constant; 0 after an error, and for a ledger that was left
    /// out.
    pub reason: i32,
    /// Of reserve and extend: 1 when what was asked for is held, else 0. From other calls it is no
    /// permission: 1 when settled + held is not above limit + carried, else 0. Always 1 in
    /// CLOUDCIRCUIT_MODE_MONITOR and _UNLIMITED.
    pub allowed: u32,
    /// 1 when the rules refuse, also in CLOUDCIRCUIT_MODE_MONITOR, else 0. 0 after an error.
    pub would_refuse: u32,
    /// 1 when now was before the state's updated_at, or period before its period, else 0.
    pub clock_regressed: u32,
    /// The state's, after the call: bit i: threshold i is reached.
    pub crossed: u32,
    /// Bit i: threshold i is reached and was not told before in this period.
    pub newly_crossed: u32,
}

impl LedgerDecision {
    pub(crate) const REFUSED: Self = Self {
        settled: 0,
        held: 0,
        available: 0,
        overshoot: 0,
        expired: 0,
        reason: 0,
        allowed: 0,
        would_refuse: 0,
        clock_regressed: 0,
        crossed: 0,
        newly_crossed: 0,
    };

    /// Where a ledger stands by a config. Without a verdict of the rules the ledger is judged.
    fn new(config: &LedgerConfig, state: &LedgerState, verdict: Option<bool>) -> Self {
        let (cap, committed) = (config.cap(state.carried), i128::from(state.committed()));
        let room = i128::from(i64::MAX) - i128::from(state.held).max(committed);
        let left = if config.is_unlimited() { room } else { room.min(cap - committed) };
        let over = if config.is_unlimited() { 0 } else { i128::from(state.settled) - cap };
        let reason = match committed.cmp(&cap) {
            _ if config.is_unlimited() => LEDGER_REASON_UNLIMITED,
            core::cmp::Ordering::Less => LEDGER_REASON_WITHIN,
            core::cmp::Ordering::Equal => LEDGER_REASON_AT_LIMIT,
            core::cmp::Ordering::Greater => LEDGER_REASON_OVER_LIMIT,
        };
        let would_refuse = verdict.unwrap_or(committed > cap) && !config.is_unlimited();
        Self {
            settled: state.settled,
            held: state.held,
            available: amount(left),
            overshoot: amount(over),
            reason,
            allowed: u32::from(!would_refuse || config.monitors()),
            would_refuse: u32::from(would_refuse),
            crossed: state.crossed,
            ..Self::REFUSED
        }
    }
}

/// The nearest amount that is at least 0.
fn amount(value: i128) -> i64 {
    i64::try_from(value.max(0)).unwrap_or(i64::MAX)
}

/// A call with its arguments.
#[derive(Clone, Copy)]
pub(crate) enum Call {
    Reserve { estimate: i64 },
    Extend { hold: LedgerHold, more: i64 },
    Post { hold: LedgerHold, part: i64 },
    Settle { hold: LedgerHold, actual: i64 },
    Record { amount: i64 },
    Roll { period: i64 },
}

/// What a call answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) decision: LedgerDecision,
    /// The hold of the call, as the host has it from now on.
    pub(crate) hold: LedgerHold,
}

/// What the work of a call came to.
struct Done {
    hold: LedgerHold,
    /// Something to say other than where the ledger stands.
    reason: Option<i32>,
    /// What the rules say to what was asked for; `None` where nothing was asked for.
    refuses: Option<bool>,
    /// An id was given out or spent, or a period began.
    is_change: bool,
}

/// Makes a call. On an error the state is to be thrown away.
#[inline(never)]
pub(crate) fn decide(
    config: &LedgerConfig,
    state: &mut LedgerState,
    call: Call,
    now: i64,
) -> Result<Answer, Error> {
    config.check()?;
    state.check()?;
    decide_checked(config, state, call, now)
}

/// [`decide`] for a config and a state that have been checked.
pub(super) fn decide_checked(
    config: &LedgerConfig,
    state: &mut LedgerState,
    call: Call,
    now: i64,
) -> Result<Answer, Error> {
    if let Call::Roll { period } = call
        && period < state.period
    {
        let decision = LedgerDecision { clock_regressed: 1, ..look(config, state, now) };
        return Ok(Answer { decision, hold: LedgerHold::NONE });
    }

    let (updated_at, held, marks) = (state.updated_at, state.held, marks(state));
    state.advance(now);
    let expired = held - state.held;
    let done = match call {
        Call::Reserve { estimate } => reserve(config, state, estimate),
        Call::Extend { hold, more } => extend(config, state, hold, more),
        Call::Post { hold, part } => post(state, hold, part),
        Call::Settle { hold, actual } => settle(state, hold, actual),
        Call::Record { amount } => record(state, amount),
        Call::Roll { period } => roll(config, state, period),
    }?;
    state.settled.checked_add(state.held).ok_or(Error::Overflow)?;
    let newly_crossed = thresholds::judge(config, state);

    // A call that changes nothing but the clock leaves every byte: there is nothing to store.
    if done.is_change || marks != self::marks(state) {
        state.revision = state.revision.checked_add(1).ok_or(Error::Overflow)?;
    } else {
        state.updated_at = updated_at;
    }

    let stand = LedgerDecision::new(config, state, done.refuses);
    let decision = LedgerDecision {
        expired,
        reason: done.reason.unwrap_or(stand.reason),
        clock_regressed: u32::from(now < updated_at),
        newly_crossed,
        ..stand
    };
    Ok(Answer { decision, hold: done.hold })
}

/// A call that gives out and spends no id and stays in its period changes one of these, or nothing.
fn marks(state: &LedgerState) -> (i64, i64, u32, u32, u32) {
    (state.settled, state.held, state.crossed, state.told, state.reset_bucket)
}

/// Where a ledger stands that keeps every byte, judged as if what has ended were let go.
#[inline(never)]
pub(super) fn look(config: &LedgerConfig, state: &LedgerState, now: i64) -> LedgerDecision {
    let mut later = *state;
    later.advance(now);
    LedgerDecision {
        held: state.held,
        clock_regressed: u32::from(now < state.updated_at),
        ..LedgerDecision::new(config, &later, None)
    }
}

/// Whether it does not fit under the limit. Nothing always fits.
fn is_over(config: &LedgerConfig, state: &LedgerState, ask: i128) -> bool {
    ask > 0
        && !config.is_unlimited()
        && i128::from(state.settled) + i128::from(state.held) + ask > config.cap(state.carried)
}

fn reserve(config: &LedgerConfig, state: &mut LedgerState, estimate: i64) -> Result<Done, Error> {
    if estimate < 0 {
        return Err(Error::Estimate);
    }
    let ask = i128::from(estimate);
    let refuses = is_over(config, state, ask);
    let reason = match (refuses, ask) {
        (true, _) if ask > config.cap(state.carried) => Some(LEDGER_REASON_EXCEEDS_LIMIT),
        (true, _) => Some(LEDGER_REASON_OVER_LIMIT),
        (false, 0) => Some(LEDGER_REASON_FREE),
        (false, _) => None,
    };
    let is_held = !(refuses && config.enforces());
    let hold = if is_held {
        let expires_at = state.put(config, estimate)?;
        give(state, state.period, estimate, expires_at)?
    } else {
        LedgerHold::NONE
    };
    Ok(Done { hold, reason, refuses: Some(refuses), is_change: is_held })
}

/// Asks for `more` and a new end. What is no longer held of the hold is asked for too.
#[inline(never)]
fn extend(
    config: &LedgerConfig,
    state: &mut LedgerState,
    hold: LedgerHold,
    more: i64,
) -> Result<Done, Error> {
    let found = state.find(&hold)?;
    if more < 0 {
        return Err(Error::More);
    }
    let whole = i128::from(hold.amount) + i128::from(more);
    let ask = whole - i128::from(found.taken);
    let refuses = is_over(config, state, ask);
    let reason = match (refuses, ask) {
        (true, _) => Some(LEDGER_REASON_OVER_LIMIT),
        _ if found.is_forgotten => Some(LEDGER_REASON_UNVERIFIED),
        (false, 0) => Some(LEDGER_REASON_FREE),
        (false, _) => None,
    };
    let is_held = !(refuses && config.enforces());
    let hold = if is_held {
        state.take(&hold, &found);
        let whole = i64::try_from(whole).map_err(|_| Error::Overflow)?;
        let expires_at = state.put(config, whole)?;
        give(state, hold.period, whole, expires_at)?
    } else {
        hold
    };
    Ok(Done { hold, reason, refuses: Some(refuses), is_change: is_held })
}

/// Books a part; the rest lives on under a new id.
#[inline(never)]
fn post(state: &mut LedgerState, hold: LedgerHold, part: i64) -> Result<Done, Error> {
    let found = state.find(&hold)?;
    if part < 0 {
        return Err(Error::Part);
    }
    state.take(&hold, &found);
    let (rest, expires_at) = if !found.is_live {
        // A clock that runs back does not make it live again under its new id.
        (hold.amount - part.min(hold.amount), hold.expires_at.min(state.updated_at))
    } else {
        let rest = found.taken - part.min(found.taken);
        let end = if state.was_reset(&hold) { state.reset_end() } else { hold.expires_at };
        if rest > 0 {
            state.put_until(end, rest)?;
        }
        (rest, end)
    };
    state.settled = state.settled.checked_add(part).ok_or(Error::Overflow)?;
    let rest = give(state, hold.period, rest, expires_at)?;
    Ok(Done { hold: rest, reason: found.reason(), refuses: None, is_change: true })
}

fn settle(state: &mut LedgerState, hold: LedgerHold, actual: i64) -> Result<Done, Error> {
    let found = state.find(&hold)?;
    if actual < 0 {
        return Err(Error::Actual);
    }
    state.take(&hold, &found);
    state.settled = state.settled.checked_add(actual).ok_or(Error::Overflow)?;
    let is_change = !found.is_forgotten;
    Ok(Done { hold: hold.spent(), reason: found.reason(), refuses: None, is_change })
}

fn record(state: &mut LedgerState, amount: i64) -> Result<Done, Error> {
    state.settled = state.settled.checked_add(amount).ok_or(Error::Overflow)?;
    Ok(Done { hold: LedgerHold::NONE, reason: None, refuses: None, is_change: false })
}

/// Carries what is left of the period that ends, or what it has overspent. What is held is not
/// taken off: it stays held.
#[inline(never)]
fn roll(config: &LedgerConfig, state: &mut LedgerState, period: i64) -> Result<Done, Error> {
    let is_change = period > state.period;
    if is_change {
        let left = config.cap(state.carried) - i128::from(state.settled);
        let carried = match left {
            _ if config.is_unlimited() => 0,
            0.. => left.min(config.carry_max.into()) as i64,
            _ => -((-left).min(config.debt_max.into()) as i64),
        };
        state.start_period(period, carried);
    }
    Ok(Done { hold: LedgerHold::NONE, reason: None, refuses: None, is_change })
}

fn give(
    state: &mut LedgerState,
    period: i64,
    amount: i64,
    expires_at: i64,
) -> Result<LedgerHold, Error> {
    let id = state.give_id()?;
    Ok(LedgerHold { ledger_id: state.ledger_id, id, period, amount, expires_at })
}

impl Found {
    /// What there is to say of a hold that is settled or posted.
    fn reason(&self) -> Option<i32> {
        if self.is_forgotten {
            Some(LEDGER_REASON_UNVERIFIED)
        } else if self.is_live {
            None
        } else {
            Some(LEDGER_REASON_EXPIRED)
        }
    }
}
