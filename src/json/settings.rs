//! The settings in a record: a config's fields by their names, reserved ones left out.

use super::line::Line;
use crate::{
    breaker::config::BreakerConfig,
    breaker::counters::BreakerCounters,
    budget::{check::BudgetConfig, exact::BudgetConfigI64},
    detect::config::DetectConfig,
    forecast::config::ForecastConfig,
    guard::evaluate::GuardPolicy,
    ledger::config::LedgerConfig,
    names,
    rate_limit::RateLimitConfig,
    spike::{check::SpikeConfig, exact::SpikeConfigI64},
};

pub(super) fn budget(line: &mut Line, config: &BudgetConfig) {
    line.number("warning_ratio", config.warning_ratio);
}

pub(super) fn budget_i64(line: &mut Line, config: &BudgetConfigI64) {
    line.integer("warning_ppm", config.warning_ppm.into());
}

pub(super) fn spike(line: &mut Line, config: &SpikeConfig) {
    line.number("spike_multiplier", config.spike_multiplier)
        .number("min_baseline", config.min_baseline);
}

pub(super) fn spike_i64(line: &mut Line, config: &SpikeConfigI64) {
    line.integer("spike_multiplier_ppm", config.spike_multiplier_ppm.into())
        .integer("min_baseline", config.min_baseline);
}

pub(super) fn breaker_counters(line: &mut Line, counters: &BreakerCounters) {
    line.integer("consecutive_failures", counters.consecutive_failures)
        .integer("failure_threshold", counters.failure_threshold)
        .integer("cooldown_steps_remaining", counters.cooldown_steps_remaining);
}

pub(super) fn breaker(line: &mut Line, config: &BreakerConfig) {
    for (name, value) in [
        ("failure_threshold", config.failure_threshold),
        ("failure_count", config.failure_count),
        ("window_size", config.window_size),
        ("minimum_calls", config.minimum_calls),
        ("failure_rate_ppm", config.failure_rate_ppm),
        ("slow_call_rate_ppm", config.slow_call_rate_ppm),
        ("half_open_max_probes", config.half_open_max_probes),
        ("half_open_calls", config.half_open_calls),
        ("half_open_failure_rate_ppm", config.half_open_failure_rate_ppm),
        ("backoff_ppm", config.backoff_ppm),
        ("jitter_ppm", config.jitter_ppm),
    ] {
        line.integer(name, value.into());
    }
    line.word("mode", config.mode.into(), names::mode);
    line.unsigned("jitter_seed", config.jitter_seed);
    for (name, value) in [
        ("window_duration", config.window_duration),
        ("slow_call_duration", config.slow_call_duration),
        ("open_duration", config.open_duration),
        ("max_open_duration", config.max_open_duration),
        ("probe_timeout", config.probe_timeout),
        ("half_open_duration", config.half_open_duration),
        ("trips_decay", config.trips_decay),
        ("max_retry_after", config.max_retry_after),
        ("ramp_duration", config.ramp_duration),
    ] {
        line.integer(name, value);
    }
}

/// Of the thresholds those that count.
pub(super) fn ledger(line: &mut Line, config: &LedgerConfig) {
    let all = &config.thresholds[..];
    let thresholds = all.get(..config.threshold_count as usize).unwrap_or(all);
    let (unit, basis) = (config.threshold_unit, config.threshold_basis);
    line.integer("limit", config.limit)
        .integer("carry_max", config.carry_max)
        .integer("debt_max", config.debt_max)
        .integer("hold_duration", config.hold_duration)
        .integers("thresholds", thresholds)
        .integer("threshold_count", config.threshold_count.into())
        .word("threshold_unit", unit.into(), names::threshold_unit)
        .word("threshold_basis", basis.into(), names::threshold_basis)
        .word("mode", config.mode.into(), names::mode);
}

pub(super) fn rate_limit(line: &mut Line, config: &RateLimitConfig) {
    line.integer("limit", config.limit).integer("duration", config.duration).word(
        "mode",
        config.mode.into(),
        names::mode,
    );
}

pub(super) fn detect(line: &mut Line, config: &DetectConfig) {
    line.integer("season_length", config.season_length.into())
        .integer("window", config.window.into())
        .integer("lag_points", config.lag_points.into())
        .word("negative_points", config.negative_points.into(), names::negative_points)
        .number("score_threshold", config.score_threshold)
        .number("min_impact", config.min_impact)
        .number("min_relative_impact", config.min_relative_impact)
        .number("min_baseline", config.min_baseline)
        .integer("start_time", config.start_time)
        .integer("step", config.step);
}

pub(super) fn forecast(line: &mut Line, config: &ForecastConfig) {
    line.integer("season_length", config.season_length.into())
        .integer("lag_points", config.lag_points.into())
        .word("negative_points", config.negative_points.into(), names::negative_points)
        .integer("start_time", config.start_time)
        .integer("step", config.step);
}

pub(super) fn guard(line: &mut Line, policy: &GuardPolicy) {
    for (name, action) in [
        ("on_warning", policy.on_warning),
        ("on_breach", policy.on_breach),
        ("on_spike", policy.on_spike),
        ("on_leak", policy.on_leak),
        ("on_open", policy.on_open),
        ("on_over_limit", policy.on_over_limit),
        ("on_rate", policy.on_rate),
        ("on_forecast", policy.on_forecast),
        ("on_insufficient", policy.on_insufficient),
        ("on_error", policy.on_error),
        ("on_missing", policy.on_missing),
    ] {
        line.word(name, action.into(), names::action);
    }
    line.words("required", policy.required, names::signal).words(
        "monitor",
        policy.monitor,
        names::reason,
    );
}
