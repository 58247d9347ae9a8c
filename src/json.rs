//! Results as JSON: one object in one line, for an audit log.

use crate::{
    breaker::counters::BreakerDecision, breaker::permit::BreakerPermit,
    budget::check::BudgetResult, budget::exact::BudgetResultI64, detect::config::DetectResult,
    error::Error, forecast::config::ForecastResult, guard::GuardDecision,
    ledger::decide::LedgerDecision, spike::check::SpikeResult, spike::exact::SpikeResultI64,
};

/// A buffer of this size is enough for any record of this version, with its NUL.
pub const RECORD_CAPACITY: usize = 512;

/// A record as it is written. One broken field makes it an error.
pub(crate) struct Line {
    bytes: [u8; RECORD_CAPACITY],
    len: usize,
    is_broken: bool,
}

impl Line {
    fn new() -> Self {
        Self { bytes: [0; RECORD_CAPACITY], len: 0, is_broken: false }
    }

    #[inline(never)]
    fn push(&mut self, text: &str) {
        let end = self.len + text.len();
        if let Some(room) = self.bytes.get_mut(self.len..end) {
            room.copy_from_slice(text.as_bytes());
        }
        self.len = end;
    }

    #[inline(never)]
    fn name(&mut self, name: &str) {
        self.push(if self.len == 0 { "{\"" } else { ",\"" });
        self.push(name);
        self.push("\":");
    }

    #[inline(never)]
    fn number(&mut self, name: &str, value: f64) -> &mut Self {
        self.name(name);
        self.is_broken |= !value.is_finite();
        self.push(ryu::Buffer::new().format(value));
        self
    }

    #[inline(never)]
    fn integer(&mut self, name: &str, value: i64) -> &mut Self {
        self.name(name);
        self.push(itoa::Buffer::new().format(value));
        self
    }

    #[inline(never)]
    fn unsigned(&mut self, name: &str, value: u64) -> &mut Self {
        self.name(name);
        self.push(itoa::Buffer::new().format(value));
        self
    }

    #[inline(never)]
    fn flag(&mut self, name: &str, value: u32) -> &mut Self {
        self.name(name);
        self.is_broken |= value > 1;
        self.push(if value == 0 { "false" } else { "true" });
        self
    }

    fn end(mut self) -> Result<Self, Error> {
        self.push("}");
        if self.is_broken { Err(Error::RecordField) } else { Ok(self) }
    }

    pub(crate) fn text(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or(&[])
    }
}

pub(crate) fn budget_result(result: &BudgetResult) -> Result<Line, Error> {
    let mut line = Line::new();
    line.number("current_spend", result.current_spend)
        .number("budget_limit", result.budget_limit)
        .number("usage_ratio", result.usage_ratio)
        .number("remaining_budget", result.remaining_budget)
        .flag("is_warning", result.is_warning)
        .flag("is_breached", result.is_breached);
    line.end()
}

pub(crate) fn budget_result_i64(result: &BudgetResultI64) -> Result<Line, Error> {
    let mut line = Line::new();
    line.integer("current_spend", result.current_spend)
        .integer("budget_limit", result.budget_limit)
        .integer("remaining_budget", result.remaining_budget)
        .unsigned("usage_ppm", result.usage_ppm)
        .flag("is_warning", result.is_warning)
        .flag("is_breached", result.is_breached);
    line.end()
}

pub(crate) fn spike_result(result: &SpikeResult) -> Result<Line, Error> {
    let mut line = Line::new();
    line.number("latest_spend", result.latest_spend)
        .number("baseline_mean", result.baseline_mean)
        .number("threshold", result.threshold)
        .flag("is_spike", result.is_spike);
    line.end()
}

pub(crate) fn spike_result_i64(result: &SpikeResultI64) -> Result<Line, Error> {
    let mut line = Line::new();
    line.integer("latest_spend", result.latest_spend)
        .integer("baseline_mean", result.baseline_mean)
        .integer("threshold", result.threshold)
        .flag("is_spike", result.is_spike);
    line.end()
}

pub(crate) fn breaker_decision(decision: &BreakerDecision) -> Result<Line, Error> {
    let mut line = Line::new();
    line.integer("retry_after_steps", decision.retry_after_steps)
        .flag("is_open", decision.is_open)
        .flag("allow_operation", decision.allow_operation);
    line.end()
}

pub(crate) fn breaker_permit(permit: &BreakerPermit) -> Result<Line, Error> {
    let mut line = Line::new();
    line.unsigned("generation", permit.generation)
        .integer("retry_after", permit.retry_after)
        .integer("deadline", permit.deadline)
        .integer("phase", permit.phase.into())
        .flag("allowed", permit.allowed)
        .flag("would_refuse", permit.would_refuse)
        .integer("probe_slot", permit.probe_slot.into())
        .flag("clock_regressed", permit.clock_regressed);
    line.end()
}

pub(crate) fn ledger_decision(decision: &LedgerDecision) -> Result<Line, Error> {
    let mut line = Line::new();
    line.integer("settled", decision.settled)
        .integer("held", decision.held)
        .integer("available", decision.available)
        .integer("overshoot", decision.overshoot)
        .integer("expired", decision.expired)
        .integer("reason", decision.reason.into())
        .flag("allowed", decision.allowed)
        .flag("would_refuse", decision.would_refuse)
        .flag("clock_regressed", decision.clock_regressed)
        .integer("crossed", decision.crossed.into())
        .integer("newly_crossed", decision.newly_crossed.into());
    line.end()
}

pub(crate) fn guard_decision(decision: &GuardDecision) -> Result<Line, Error> {
    let mut line = Line::new();
    line.integer("action", decision.action.into())
        .integer("reasons", decision.reasons.into())
        .integer("retry_after_steps", decision.retry_after_steps);
    line.end()
}

pub(crate) fn detect_result(result: &DetectResult) -> Result<Line, Error> {
    let mut line = Line::new();
    line.number("latest_spend", result.latest_spend)
        .number("expected_spend", result.expected_spend)
        .number("upper_bound", result.upper_bound)
        .number("excess", result.excess)
        .number("score", result.score)
        .number("leak_score", result.leak_score)
        .integer("points_used", result.points_used.into())
        .integer("verdict", result.verdict.into())
        .integer("reason", result.reason.into())
        .flag("is_leak", result.is_leak);
    line.end()
}

pub(crate) fn forecast_result(result: &ForecastResult) -> Result<Line, Error> {
    let mut line = Line::new();
    line.number("spend_to_date", result.spend_to_date)
        .number("forecast_spend", result.forecast_spend)
        .number("lower_bound", result.lower_bound)
        .number("upper_bound", result.upper_bound)
        .number("forecast_ratio", result.forecast_ratio)
        .number("burn_rate", result.burn_rate)
        .integer("exhaustion_point", result.exhaustion_point)
        .flag("is_forecast_breached", result.is_forecast_breached)
        .integer("verdict", result.verdict.into());
    line.end()
}
