//! A call on several ledgers: all take part, or none.

use super::config::LedgerConfig;
use super::decide::{self, Answer, Call, LedgerDecision};
use super::hold::LedgerHold;
use super::state::LedgerState;
use crate::error::Error;

/// The most ledgers of one call.
pub const LEDGERS_MAX_COUNT: usize = 16;
/// No ledger: what refused_by and failed_at are when there is none.
pub(crate) const LEDGERS_NONE: u32 = u32::MAX;

/// Stands for an amount where a ledger is not asked.
const NOT_ASKED: i64 = i64::MIN;

impl Call {
    /// Whether the call wants anything from this ledger.
    fn asks(&self, state: &LedgerState) -> bool {
        match *self {
            Self::Reserve { estimate: argument } | Self::Record { amount: argument } => {
                argument != NOT_ASKED
            }
            Self::Extend { hold, more: argument }
            | Self::Post { hold, part: argument }
            | Self::Settle { hold, actual: argument } => {
                argument != NOT_ASKED && hold != LedgerHold::NONE
            }
            Self::Roll { period } => period != state.period,
        }
    }

    /// The hold that was passed, to be handed back as it is.
    fn hold(&self) -> LedgerHold {
        match *self {
            Self::Extend { hold, .. } | Self::Post { hold, .. } | Self::Settle { hold, .. } => hold,
            Self::Reserve { .. } | Self::Record { .. } | Self::Roll { .. } => LedgerHold::NONE,
        }
    }
}

/// One ledger's part in a call that nobody refuses. `earlier` has the ids of those before it.
pub(crate) fn take_part(
    config: &LedgerConfig,
    state: &mut LedgerState,
    call: Call,
    now: i64,
    earlier: &[u64],
) -> Result<Answer, Error> {
    config.check()?;
    state.check()?;
    if earlier.contains(&state.ledger_id) {
        return Err(Error::Overlap);
    }
    if call.asks(state) {
        return decide::decide_checked(config, state, call, now);
    }
    let looked = decide::look(config, state, now);
    let decision = LedgerDecision { reason: 0, allowed: 1, would_refuse: 0, ..looked };
    Ok(Answer { decision, hold: call.hold() })
}

/// Whether the answer of one ledger makes the whole call a refusal.
pub(crate) fn refuses(config: &LedgerConfig, call: Call, answer: &Answer) -> bool {
    let is_permission = matches!(call, Call::Reserve { .. } | Call::Extend { .. });
    is_permission && config.enforces() && answer.decision.would_refuse == 1
}

/// One ledger's answer to a call that some ledger refuses: it keeps every byte, and holds nothing.
/// The state is to be thrown away.
#[inline(never)]
pub(crate) fn withdraw(
    config: &LedgerConfig,
    state: &mut LedgerState,
    call: Call,
    now: i64,
) -> Result<Answer, Error> {
    config.check()?;
    state.check()?;
    let asks = call.asks(state);
    let looked = decide::look(config, state, now);
    let own = take_part(config, state, call, now, &[])?;
    if !asks {
        return Ok(own);
    }
    let would_refuse = own.decision.would_refuse;
    let decision = LedgerDecision {
        reason: if would_refuse == 1 { own.decision.reason } else { looked.reason },
        allowed: u32::from(config.monitors()),
        would_refuse,
        ..looked
    };
    Ok(Answer { decision, hold: call.hold() })
}
