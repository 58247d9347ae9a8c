//! The record of each kind of result: what was decided, and by which settings.

use super::{line::Line, settings};
use crate::{
    breaker::config::BreakerConfig,
    breaker::counters::{BreakerCounters, BreakerDecision},
    breaker::permit::BreakerPermit,
    budget::check::{BudgetConfig, BudgetResult},
    budget::exact::{BudgetConfigI64, BudgetResultI64},
    detect::config::{DetectConfig, DetectResult},
    error::{Error, OK},
    forecast::config::{ForecastConfig, ForecastResult},
    guard::evaluate::{GuardDecision, GuardPolicy},
    ledger::{config::LedgerConfig, decide::LedgerDecision},
    names,
    rate_limit::{RateLimitConfig, RateLimitDecision},
    spike::check::{SpikeConfig, SpikeResult},
    spike::exact::{SpikeConfigI64, SpikeResultI64},
};

/// How the results of one kind of call are written.
pub(crate) struct Record<C, R> {
    kind: &'static str,
    /// What a NULL config stands for, if the call takes one.
    default: fn() -> Option<C>,
    settings: fn(&mut Line, &C),
    result: fn(&mut Line, &R),
}

impl<C, R> Record<C, R> {
    /// The record of a call; of a refused one without its result, which would read as a finding.
    pub(crate) fn write(
        &self,
        line: &mut Line,
        status: i32,
        config: Option<C>,
        result: Option<&R>,
    ) -> Result<(), Error> {
        line.begin(self.kind, status);
        if status == OK {
            (self.result)(line, result.ok_or(Error::NullPointer)?);
        }
        match config.or_else(self.default) {
            Some(config) => {
                line.open("config", b'{');
                (self.settings)(line, &config);
                line.close(b'}');
            }
            None if status == OK => return Err(Error::NullPointer),
            None => line.null("config"),
        }
        line.end()
    }
}

pub(crate) const BUDGET_RESULT: Record<BudgetConfig, BudgetResult> = Record {
    kind: "budget_result",
    default: || Some(BudgetConfig::default()),
    settings: settings::budget,
    result: |line, result| {
        line.number("current_spend", result.current_spend)
            .number("budget_limit", result.budget_limit)
            .number("usage_ratio", result.usage_ratio)
            .number("remaining_budget", result.remaining_budget)
            .flag("is_warning", result.is_warning)
            .flag("is_breached", result.is_breached);
    },
};

pub(crate) const BUDGET_RESULT_I64: Record<BudgetConfigI64, BudgetResultI64> = Record {
    kind: "budget_result_i64",
    default: || Some(BudgetConfigI64::default()),
    settings: settings::budget_i64,
    result: |line, result| {
        line.integer("current_spend", result.current_spend)
            .integer("budget_limit", result.budget_limit)
            .integer("remaining_budget", result.remaining_budget)
            .unsigned("usage_ppm", result.usage_ppm)
            .flag("is_warning", result.is_warning)
            .flag("is_breached", result.is_breached);
    },
};

pub(crate) const SPIKE_RESULT: Record<SpikeConfig, SpikeResult> = Record {
    kind: "spike_result",
    default: || Some(SpikeConfig::default()),
    settings: settings::spike,
    result: |line, result| {
        line.number("latest_spend", result.latest_spend)
            .number("baseline_mean", result.baseline_mean)
            .number("threshold", result.threshold)
            .flag("is_spike", result.is_spike)
            .integer("points_used", result.points_used.into());
    },
};

pub(crate) const SPIKE_RESULT_I64: Record<SpikeConfigI64, SpikeResultI64> = Record {
    kind: "spike_result_i64",
    default: || Some(SpikeConfigI64::default()),
    settings: settings::spike_i64,
    result: |line, result| {
        line.integer("latest_spend", result.latest_spend)
            .integer("baseline_mean", result.baseline_mean)
            .integer("threshold", result.threshold)
            .flag("is_spike", result.is_spike)
            .integer("points_used", result.points_used.into());
    },
};

pub(crate) const BREAKER_DECISION: Record<BreakerCounters, BreakerDecision> = Record {
    kind: "breaker_decision",
    default: || None,
    settings: settings::breaker_counters,
    result: |line, decision| {
        line.integer("retry_after_steps", decision.retry_after_steps)
            .flag("is_open", decision.is_open)
            .flag("allow_operation", decision.allow_operation);
    },
};

pub(crate) const BREAKER_PERMIT: Record<BreakerConfig, BreakerPermit> = Record {
    kind: "breaker_permit",
    default: || Some(BreakerConfig::default()),
    settings: settings::breaker,
    result: |line, permit| {
        line.unsigned("generation", permit.generation)
            .integer("retry_after", permit.retry_after)
            .integer("deadline", permit.deadline)
            .word("phase", permit.phase.into(), names::phase)
            .flag("allowed", permit.allowed)
            .flag("would_refuse", permit.would_refuse)
            .integer("probe_slot", permit.probe_slot.into())
            .flag("clock_regressed", permit.clock_regressed);
    },
};

pub(crate) const LEDGER_DECISION: Record<LedgerConfig, LedgerDecision> = Record {
    kind: "ledger_decision",
    default: || Some(LedgerConfig::default()),
    settings: settings::ledger,
    result: |line, decision| {
        line.integer("settled", decision.settled)
            .integer("held", decision.held)
            .integer("available", decision.available)
            .integer("overshoot", decision.overshoot)
            .integer("expired", decision.expired);
        // A ledger that a call of several left as it was has no reason.
        match decision.reason {
            0 => line.null("reason"),
            reason => _ = line.word("reason", reason.into(), names::ledger_reason),
        }
        line.flag("allowed", decision.allowed)
            .flag("would_refuse", decision.would_refuse)
            .flag("clock_regressed", decision.clock_regressed)
            .places("crossed", decision.crossed)
            .places("newly_crossed", decision.newly_crossed);
    },
};

pub(crate) const RATE_LIMIT_DECISION: Record<RateLimitConfig, RateLimitDecision> = Record {
    kind: "rate_limit_decision",
    default: || None,
    settings: settings::rate_limit,
    result: |line, decision| {
        line.integer("used", decision.used)
            .integer("available", decision.available)
            .integer("retry_after", decision.retry_after)
            .integer("taken_at", decision.taken_at)
            .word("reason", decision.reason.into(), names::rate_reason)
            .flag("allowed", decision.allowed)
            .flag("would_refuse", decision.would_refuse)
            .flag("clock_regressed", decision.clock_regressed);
    },
};

pub(crate) const DETECT_RESULT: Record<DetectConfig, DetectResult> = Record {
    kind: "detect_result",
    default: || Some(DetectConfig::default()),
    settings: settings::detect,
    result: |line, result| {
        line.number("latest_spend", result.latest_spend)
            .number("expected_spend", result.expected_spend)
            .number("upper_bound", result.upper_bound)
            .number("excess", result.excess)
            .number("score", result.score)
            .number("leak_score", result.leak_score)
            .number("drop_score", result.drop_score)
            .integer("points_used", result.points_used.into())
            .word("verdict", result.verdict.into(), names::verdict)
            .word("reason", result.reason.into(), names::detect_reason)
            .flag("is_leak", result.is_leak)
            .flag("is_drop", result.is_drop);
    },
};

pub(crate) const FORECAST_RESULT: Record<ForecastConfig, ForecastResult> = Record {
    kind: "forecast_result",
    default: || Some(ForecastConfig::default()),
    settings: settings::forecast,
    result: |line, result| {
        line.number("spend_to_date", result.spend_to_date)
            .number("forecast_spend", result.forecast_spend)
            .number("lower_bound", result.lower_bound)
            .number("upper_bound", result.upper_bound)
            .number("forecast_ratio", result.forecast_ratio)
            .number("burn_rate", result.burn_rate)
            .integer("exhaustion_point", result.exhaustion_point)
            .flag("is_forecast_breached", result.is_forecast_breached)
            .word("verdict", result.verdict.into(), names::verdict);
    },
};

pub(crate) const GUARD_DECISION: Record<GuardPolicy, GuardDecision> = Record {
    kind: "guard_decision",
    default: || Some(GuardPolicy::default()),
    settings: settings::guard,
    result: |line, decision| {
        line.word("action", decision.action.into(), names::action)
            .word("monitor_action", decision.monitor_action.into(), names::action)
            .words("reasons", decision.reasons, names::reason)
            .words("monitor_reasons", decision.monitor_reasons, names::reason)
            .words("kinds", decision.kinds, names::signal)
            .integer("retry_after", decision.retry_after);
    },
};
