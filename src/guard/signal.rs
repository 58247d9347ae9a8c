//! What one safeguard found, in the form that the guard takes.
//!
//! Each kind of result is checked before it becomes a signal: one that no call can have written, for
//! example zeroed memory, is an error. What a safeguard in CLOUDCIRCUIT_MODE_MONITOR would have refused
//! is kept apart.

use crate::{
    breaker::counters::BreakerDecision,
    breaker::permit::BreakerPermit,
    breaker::state::{BREAKER_CLOSED, BREAKER_FORCED_CLOSED},
    budget::{check::BudgetResult, exact::BudgetResultI64},
    detect::config::{self as detect, DetectResult},
    error::{Error, OK},
    forecast::config::ForecastResult,
    ledger::decide::LedgerDecision,
    numeric::amount::checked_amount,
    rate_limit::RateLimitDecision,
    spike::{check::SpikeResult, exact::SpikeResultI64},
    verdict::{VERDICT_INSUFFICIENT_DATA, VERDICT_NORMAL, VERDICT_SPIKE},
};

/// A budget, an exact budget or a ledger.
pub const SIGNAL_BUDGET: u32 = 1u32;
/// A spike, an exact spike or a detector's answer.
pub const SIGNAL_SPIKE: u32 = 2u32;
/// A breaker from counters or a breaker's permit.
pub const SIGNAL_BREAKER: u32 = 4u32;
/// A rate limit.
pub const SIGNAL_RATE: u32 = 8u32;
/// A forecast.
pub const SIGNAL_FORECAST: u32 = 16u32;

/// The budget's is_warning is set, or a ledger has newly crossed a threshold.
pub const REASON_WARNING: u32 = 1u32;
/// The budget's is_breached is set.
pub const REASON_BREACH: u32 = 2u32;
/// The spike's is_spike is set, or the detector's verdict is a spike.
pub const REASON_SPIKE: u32 = 4u32;
/// The breaker is open or refuses the call.
pub const REASON_OPEN: u32 = 8u32;
/// A kind of signal that the policy requires is not there.
pub const REASON_MISSING: u32 = 16u32;
/// The detector's is_leak is set.
pub const REASON_LEAK: u32 = 32u32;
/// The ledger refuses, or what is settled and held is above its limit.
pub const REASON_OVER_LIMIT: u32 = 64u32;
/// The rate limit refuses.
pub const REASON_RATE: u32 = 128u32;
/// The forecast's is_forecast_breached is set.
pub const REASON_FORECAST: u32 = 256u32;
/// The detector or the forecast had too few points.
pub const REASON_INSUFFICIENT: u32 = 512u32;
/// A safeguard's call failed.
pub const REASON_ERROR: u32 = 1024u32;

/// What one safeguard found: the input of cloudcircuit_evaluate_guard(). 24 bytes.
///
/// Written by the _signal functions. Zeroed memory is no signal: the guard refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct Signal {
    /// Which safeguard: one CLOUDCIRCUIT_SIGNAL constant.
    pub kind: i32,
    /// The status of the safeguard's call.
    pub status: i32,
    /// What it found, as CLOUDCIRCUIT_REASON bits; CLOUDCIRCUIT_REASON_ERROR alone when status is an
    /// error.
    pub reasons: u32,
    /// What it would have refused but for CLOUDCIRCUIT_MODE_MONITOR, as CLOUDCIRCUIT_REASON bits.
    pub monitor_reasons: u32,
    /// How long to wait, in the unit of the safeguard's call; 0 when nothing is known.
    pub retry_after: i64,
}

const _: () = assert!(size_of::<Signal>() == 24);

/// What a safeguard's result says.
#[derive(Default)]
pub(crate) struct Findings {
    reasons: u32,
    monitor_reasons: u32,
    retry_after: i64,
}

impl Signal {
    /// No signal: the guard refuses it.
    pub(crate) const NONE: Self =
        Self { kind: 0, status: 0, reasons: 0, monitor_reasons: 0, retry_after: 0 };

    pub(crate) fn new(kind: u32, findings: Findings) -> Self {
        let Findings { reasons, monitor_reasons, retry_after } = findings;
        Self { kind: kind.cast_signed(), status: OK, reasons, monitor_reasons, retry_after }
    }

    /// The signal of a call that failed.
    pub(crate) fn failed(kind: u32, status: i32) -> Self {
        Self { kind: kind.cast_signed(), status, reasons: REASON_ERROR, ..Self::NONE }
    }

    /// Whether a _signal function can have written it.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let known = match self.kind.cast_unsigned() {
            SIGNAL_BUDGET => REASON_WARNING | REASON_BREACH | REASON_OVER_LIMIT,
            SIGNAL_SPIKE => REASON_SPIKE | REASON_LEAK | REASON_INSUFFICIENT,
            SIGNAL_BREAKER => REASON_OPEN,
            SIGNAL_RATE => REASON_RATE,
            SIGNAL_FORECAST => REASON_FORECAST | REASON_INSUFFICIENT,
            _ => return Err(Error::Signal),
        };
        let found = self.reasons | self.monitor_reasons;
        let is_consistent = if self.status == OK {
            let may_wait = found & (REASON_OPEN | REASON_RATE) != 0;
            found & !known == 0 && (self.retry_after == 0 || self.retry_after > 0 && may_wait)
        } else {
            *self
                == Self {
                    reasons: REASON_ERROR,
                    status: self.status,
                    kind: self.kind,
                    ..Self::NONE
                }
        };
        require(is_consistent, Error::Signal)
    }
}

fn require(is_kept: bool, error: Error) -> Result<(), Error> {
    if is_kept { Ok(()) } else { Err(error) }
}

/// Finite and >= 0.
fn is_amount(value: f64) -> bool {
    checked_amount(value).is_some()
}

/// The reason if the flag, 0 or 1, is set.
fn found(flag: u32, reason: u32) -> u32 {
    if flag == 1 { reason } else { 0 }
}

/// A finding of a safeguard with a mode: without permission it decides, otherwise it is monitored.
fn refusal(allowed: u32, would_refuse: u32, reason: u32, retry_after: i64) -> Findings {
    let reasons = found(1 - allowed, reason);
    let monitor_reasons = found(allowed & would_refuse, reason);
    Findings { reasons, monitor_reasons, retry_after }
}

/// Flags of a safeguard with a mode: 0 or 1, and what it does not allow it would refuse.
fn are_flags(allowed: u32, would_refuse: u32) -> bool {
    allowed | would_refuse == 1
}

pub(crate) fn budget(result: &BudgetResult) -> Result<Findings, Error> {
    let BudgetResult { current_spend: spend, budget_limit: limit, .. } = *result;
    let is_consistent = limit > 0.0
        && [limit, spend, result.usage_ratio].into_iter().all(is_amount)
        && result.remaining_budget == limit - spend
        && are_budget_flags(result.is_warning, result.is_breached, spend >= limit);
    require(is_consistent, Error::BudgetSignal)?;
    Ok(of_budget(result.is_warning, result.is_breached))
}

pub(crate) fn budget_i64(result: &BudgetResultI64) -> Result<Findings, Error> {
    let BudgetResultI64 { current_spend: spend, budget_limit: limit, .. } = *result;
    let is_consistent = limit > 0
        && spend >= 0
        && result.remaining_budget == limit - spend
        && are_budget_flags(result.is_warning, result.is_breached, spend >= limit);
    require(is_consistent, Error::BudgetSignal)?;
    Ok(of_budget(result.is_warning, result.is_breached))
}

/// A breach warns too, for a warning starts at the limit at the latest.
fn are_budget_flags(is_warning: u32, is_breached: u32, reaches_limit: bool) -> bool {
    is_warning <= 1 && is_breached == u32::from(reaches_limit) && is_breached <= is_warning
}

fn of_budget(is_warning: u32, is_breached: u32) -> Findings {
    let reasons = found(is_warning, REASON_WARNING) | found(is_breached, REASON_BREACH);
    Findings { reasons, ..Findings::default() }
}

pub(crate) fn spike(result: &SpikeResult) -> Result<Findings, Error> {
    let SpikeResult { latest_spend: latest, baseline_mean: mean, threshold, .. } = *result;
    let are_amounts = [latest, mean, threshold].into_iter().all(is_amount) && mean <= threshold;
    let is_consistent =
        are_amounts && result.points_used > 0 && result.is_spike == u32::from(latest > threshold);
    require(is_consistent, Error::SpikeSignal)?;
    Ok(of_spike(result.is_spike))
}

pub(crate) fn spike_i64(result: &SpikeResultI64) -> Result<Findings, Error> {
    let SpikeResultI64 { latest_spend: latest, baseline_mean: mean, threshold, .. } = *result;
    let is_consistent = latest >= 0
        && mean >= 0
        && mean <= threshold
        && result.points_used > 0
        && result.is_spike == u32::from(latest > threshold);
    require(is_consistent, Error::SpikeSignal)?;
    Ok(of_spike(result.is_spike))
}

fn of_spike(is_spike: u32) -> Findings {
    Findings { reasons: found(is_spike, REASON_SPIKE), ..Findings::default() }
}

pub(crate) fn breaker(decision: &BreakerDecision) -> Result<Findings, Error> {
    let retry_after = decision.retry_after_steps;
    let is_consistent = decision.is_open <= 1
        && decision.allow_operation == 1 - decision.is_open
        && (retry_after == 0 || retry_after > 0 && decision.is_open == 1);
    require(is_consistent, Error::BreakerSignal)?;
    Ok(refusal(decision.allow_operation, decision.is_open, REASON_OPEN, retry_after))
}

pub(crate) fn permit(permit: &BreakerPermit) -> Result<Findings, Error> {
    let is_consistent = are_flags(permit.allowed, permit.would_refuse)
        && (BREAKER_CLOSED..=BREAKER_FORCED_CLOSED).contains(&permit.phase)
        && (permit.retry_after == 0 || permit.retry_after > 0 && permit.would_refuse == 1);
    require(is_consistent, Error::PermitSignal)?;
    Ok(refusal(permit.allowed, permit.would_refuse, REASON_OPEN, permit.retry_after))
}

pub(crate) fn ledger(decision: &LedgerDecision) -> Result<Findings, Error> {
    let is_consistent = are_flags(decision.allowed, decision.would_refuse)
        && decision.held >= 0
        && decision.available >= 0
        && decision.overshoot >= 0
        && decision.newly_crossed & !decision.crossed == 0;
    require(is_consistent, Error::LedgerSignal)?;
    let mut findings = refusal(decision.allowed, decision.would_refuse, REASON_OVER_LIMIT, 0);
    findings.reasons |= found(u32::from(decision.newly_crossed != 0), REASON_WARNING);
    Ok(findings)
}

pub(crate) fn rate_limit(decision: &RateLimitDecision) -> Result<Findings, Error> {
    let is_consistent = are_flags(decision.allowed, decision.would_refuse)
        && decision.used >= 0
        && decision.available >= 0
        && (decision.retry_after == 0 || decision.retry_after > 0 && decision.would_refuse == 1);
    require(is_consistent, Error::RateSignal)?;
    Ok(refusal(decision.allowed, decision.would_refuse, REASON_RATE, decision.retry_after))
}

pub(crate) fn detect(result: &DetectResult) -> Result<Findings, Error> {
    let fits = match result.verdict {
        VERDICT_NORMAL => matches!(
            result.reason,
            detect::DETECT_REASON_SCORE
                | detect::DETECT_REASON_MIN_IMPACT
                | detect::DETECT_REASON_MIN_RELATIVE_IMPACT
                | detect::DETECT_REASON_RECURRING
        ),
        VERDICT_SPIKE => matches!(
            result.reason,
            detect::DETECT_REASON_ONE_POINT
                | detect::DETECT_REASON_TWO_POINTS
                | detect::DETECT_REASON_THREE_POINTS
        ),
        VERDICT_INSUFFICIENT_DATA => {
            matches!(result.reason, detect::DETECT_REASON_HISTORY | detect::DETECT_REASON_MISSING)
        }
        _ => false,
    };
    let are_flags = result.is_leak <= 1 && result.is_drop <= 1 && result.reserved == 0;
    require(fits && is_amount(result.latest_spend) && are_flags, Error::DetectSignal)?;
    let is_spike = u32::from(result.verdict == VERDICT_SPIKE);
    let reasons = found(is_spike, REASON_SPIKE)
        | found(result.is_leak, REASON_LEAK)
        | insufficient(result.verdict);
    Ok(Findings { reasons, ..Findings::default() })
}

pub(crate) fn forecast(result: &ForecastResult) -> Result<Findings, Error> {
    let ForecastResult { spend_to_date: spend, forecast_spend: forecast, .. } = *result;
    let is_breached = result.is_forecast_breached == 1;
    // A limit that is reached is above 0, and so is what reaches it.
    let is_consistent = matches!(result.verdict, VERDICT_NORMAL | VERDICT_INSUFFICIENT_DATA)
        && is_amount(spend)
        && is_amount(forecast)
        && spend <= forecast
        && result.is_forecast_breached <= 1
        && is_breached == (result.exhaustion_point >= 0)
        && (!is_breached || forecast > 0.0);
    require(is_consistent, Error::ForecastSignal)?;
    let reasons =
        found(result.is_forecast_breached, REASON_FORECAST) | insufficient(result.verdict);
    Ok(Findings { reasons, ..Findings::default() })
}

fn insufficient(verdict: i32) -> u32 {
    found(u32::from(verdict == VERDICT_INSUFFICIENT_DATA), REASON_INSUFFICIENT)
}
