//! One action from all signals, by the host's policy: the least permissive that a finding asks for.

use super::signal::*;
use crate::error::Error;

/// Stop the operation. Zeroed memory blocks.
pub const ACTION_BLOCK: i32 = 0;
/// Let it run, but less of it.
pub const ACTION_THROTTLE: i32 = 1;
/// Let it run and tell somebody.
pub const ACTION_ALERT: i32 = 2;
/// Let it run.
pub const ACTION_ALLOW: i32 = 3;

/// The most signals in one call of cloudcircuit_evaluate_guard().
pub const GUARD_MAX_SIGNALS: u32 = 64;

const REASONS: u32 = (REASON_ERROR << 1) - 1;
const SIGNALS: u32 = (SIGNAL_FORECAST << 1) - 1;

/// Which action each finding asks for: the policy of cloudcircuit_evaluate_guard(). 52 bytes.
///
/// Every on_ field holds a CLOUDCIRCUIT_ACTION constant. Zeroed memory is no policy: it blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct GuardPolicy {
    /// For CLOUDCIRCUIT_REASON_WARNING; default CLOUDCIRCUIT_ACTION_ALERT.
    pub on_warning: i32,
    /// For CLOUDCIRCUIT_REASON_BREACH; default CLOUDCIRCUIT_ACTION_BLOCK.
    pub on_breach: i32,
    /// For CLOUDCIRCUIT_REASON_SPIKE; default CLOUDCIRCUIT_ACTION_THROTTLE.
    pub on_spike: i32,
    /// For CLOUDCIRCUIT_REASON_LEAK; default CLOUDCIRCUIT_ACTION_ALERT.
    pub on_leak: i32,
    /// For CLOUDCIRCUIT_REASON_OPEN; default CLOUDCIRCUIT_ACTION_BLOCK.
    pub on_open: i32,
    /// For CLOUDCIRCUIT_REASON_OVER_LIMIT; default CLOUDCIRCUIT_ACTION_BLOCK.
    pub on_over_limit: i32,
    /// For CLOUDCIRCUIT_REASON_RATE; default CLOUDCIRCUIT_ACTION_THROTTLE.
    pub on_rate: i32,
    /// For CLOUDCIRCUIT_REASON_FORECAST; default CLOUDCIRCUIT_ACTION_ALERT.
    pub on_forecast: i32,
    /// For CLOUDCIRCUIT_REASON_INSUFFICIENT; default CLOUDCIRCUIT_ACTION_ALERT.
    pub on_insufficient: i32,
    /// For CLOUDCIRCUIT_REASON_ERROR; default CLOUDCIRCUIT_ACTION_BLOCK.
    pub on_error: i32,
    /// For CLOUDCIRCUIT_REASON_MISSING; default CLOUDCIRCUIT_ACTION_BLOCK.
    pub on_missing: i32,
    /// The kinds of signals that must be there, as CLOUDCIRCUIT_SIGNAL bits, at least one; default
    /// CLOUDCIRCUIT_SIGNAL_BUDGET, _SPIKE and _BREAKER.
    pub required: u32,
    /// Findings that only monitor_action heeds, as CLOUDCIRCUIT_REASON bits; default 0.
    pub monitor: u32,
}

const _: () = assert!(size_of::<GuardPolicy>() == 52);

impl Default for GuardPolicy {
    fn default() -> Self {
        Self {
            on_warning: ACTION_ALERT,
            on_breach: ACTION_BLOCK,
            on_spike: ACTION_THROTTLE,
            on_leak: ACTION_ALERT,
            on_open: ACTION_BLOCK,
            on_over_limit: ACTION_BLOCK,
            on_rate: ACTION_THROTTLE,
            on_forecast: ACTION_ALERT,
            on_insufficient: ACTION_ALERT,
            on_error: ACTION_BLOCK,
            on_missing: ACTION_BLOCK,
            required: SIGNAL_BUDGET | SIGNAL_SPIKE | SIGNAL_BREAKER,
            monitor: 0,
        }
    }
}

impl GuardPolicy {
    /// Each finding with its action and with what is wrong when that is none.
    fn rules(&self) -> [(u32, i32, Error); 11] {
        [
            (REASON_WARNING, self.on_warning, Error::OnWarning),
            (REASON_BREACH, self.on_breach, Error::OnBreach),
            (REASON_SPIKE, self.on_spike, Error::OnSpike),
            (REASON_LEAK, self.on_leak, Error::OnLeak),
            (REASON_OPEN, self.on_open, Error::OnOpen),
            (REASON_OVER_LIMIT, self.on_over_limit, Error::OnOverLimit),
            (REASON_RATE, self.on_rate, Error::OnRate),
            (REASON_FORECAST, self.on_forecast, Error::OnForecast),
            (REASON_INSUFFICIENT, self.on_insufficient, Error::OnInsufficient),
            (REASON_ERROR, self.on_error, Error::OnFailure),
            (REASON_MISSING, self.on_missing, Error::OnMissing),
        ]
    }

    fn check(&self) -> Result<Asked, Error> {
        let mut by_action = [0; 4];
        for (reason, action, error) in self.rules() {
            *by_action.get_mut(action as usize).ok_or(error)? |= reason;
        }
        if self.required == 0 || self.required & !SIGNALS != 0 {
            return Err(Error::Required);
        }
        let [block, throttle, alert, _] = by_action;
        if self.monitor & !REASONS != 0 {
            Err(Error::Monitor)
        } else {
            Ok(Asked { block, throttle, alert })
        }
    }
}

/// A policy by its actions: the reasons that ask for each.
struct Asked {
    block: u32,
    throttle: u32,
    alert: u32,
}

impl Asked {
    /// The least permissive action that one of these reasons asks for.
    fn action(&self, reasons: u32) -> i32 {
        if reasons & self.block != 0 {
            ACTION_BLOCK
        } else if reasons & self.throttle != 0 {
            ACTION_THROTTLE
        } else if reasons & self.alert != 0 {
            ACTION_ALERT
        } else {
            ACTION_ALLOW
        }
    }
}

/// What cloudcircuit_evaluate_guard() decided. 32 bytes. Zeroed memory blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct GuardDecision {
    /// The least permissive action that a finding asks for, a CLOUDCIRCUIT_ACTION constant;
    /// CLOUDCIRCUIT_ACTION_ALLOW when there is no finding.
    pub action: i32,
    /// What action would be if nothing were monitored, neither by the policy nor by a safeguard.
    pub monitor_action: i32,
    /// Every finding, as CLOUDCIRCUIT_REASON bits, also those whose action is more permissive and
    /// those that policy.monitor names. The policy's action of each says which one decided. Which
    /// signal a finding is from is in that signal's reasons.
    pub reasons: u32,
    /// The findings that only monitor_action heeds: what policy.monitor names, and what safeguards
    /// in CLOUDCIRCUIT_MODE_MONITOR would have refused.
    pub monitor_reasons: u32,
    /// The kinds of signals that were there, as CLOUDCIRCUIT_SIGNAL bits.
    pub kinds: u32,
    /// Always 0.
    pub reserved: u32,
    /// When action is CLOUDCIRCUIT_ACTION_BLOCK or _THROTTLE: the longest retry_after of the signals
    /// that ask for it, in their unit. Else 0.
    pub retry_after: i64,
}

const _: () = assert!(size_of::<GuardDecision>() == 32);

impl GuardDecision {
    pub(crate) const REFUSED: Self = Self {
        action: ACTION_BLOCK,
        monitor_action: ACTION_BLOCK,
        reasons: 0,
        monitor_reasons: 0,
        kinds: 0,
        reserved: 0,
        retry_after: 0,
    };
}

/// Signals may come in any order and any number of each kind.
pub(crate) fn evaluate(
    signals: impl Iterator<Item = Signal>,
    policy: &GuardPolicy,
) -> Result<GuardDecision, Error> {
    let asked = policy.check()?;
    let monitor = policy.monitor;
    let mut decision = GuardDecision {
        action: ACTION_ALLOW,
        monitor_action: ACTION_ALLOW,
        ..GuardDecision::REFUSED
    };
    for signal in signals {
        signal.check()?;
        decision.kinds |= signal.kind.cast_unsigned();
        decision.add(&signal, monitor, &asked);
    }
    if policy.required & !decision.kinds != 0 {
        decision.add(&Signal { reasons: REASON_MISSING, ..Signal::NONE }, monitor, &asked);
    }
    if decision.action > ACTION_THROTTLE {
        decision.retry_after = 0;
    }
    Ok(decision)
}

impl GuardDecision {
    fn add(&mut self, signal: &Signal, monitor: u32, asked: &Asked) {
        let Signal { reasons, monitor_reasons: monitored, retry_after, .. } = *signal;
        let action = asked.action(reasons & !monitor);
        if action < self.action {
            self.retry_after = 0;
        }
        self.action = self.action.min(action);
        if action == self.action {
            self.retry_after = self.retry_after.max(retry_after);
        }
        self.monitor_action = self.monitor_action.min(asked.action(reasons | monitored));
        self.reasons |= reasons;
        self.monitor_reasons |= monitored | reasons & monitor;
    }
}
