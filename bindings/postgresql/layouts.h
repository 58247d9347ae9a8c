/* Made from cloudcircuit.json by make_types.py: do not edit. */
static const cc_field budget_config_fields[] = {
    {"warning_ratio", 'd', 0, 1, 0},
};
static const cc_layout budget_config_layout = {"budget_config", 1, budget_config_fields};

static const cc_field budget_result_fields[] = {
    {"current_spend", 'd', 0, 1, 0},
    {"budget_limit", 'd', 8, 1, 0},
    {"usage_ratio", 'd', 16, 1, 0},
    {"remaining_budget", 'd', 24, 1, 0},
    {"is_warning", 'b', 32, 1, 0},
    {"is_breached", 'b', 36, 1, 0},
};
static const cc_layout budget_result_layout = {"budget_result", 6, budget_result_fields};

static const cc_field budget_config_i64_fields[] = {
    {"warning_ppm", 'u', 0, 1, 0},
};
static const cc_layout budget_config_i64_layout = {"budget_config_i64", 1, budget_config_i64_fields};

static const cc_field budget_result_i64_fields[] = {
    {"current_spend", 'l', 0, 1, 0},
    {"budget_limit", 'l', 8, 1, 0},
    {"remaining_budget", 'l', 16, 1, 0},
    {"usage_ppm", 'n', 24, 1, 0},
    {"is_warning", 'b', 32, 1, 0},
    {"is_breached", 'b', 36, 1, 0},
};
static const cc_layout budget_result_i64_layout = {"budget_result_i64", 6, budget_result_i64_fields};

static const cc_field spike_config_fields[] = {
    {"spike_multiplier", 'd', 0, 1, 0},
    {"min_baseline", 'd', 8, 1, 0},
};
static const cc_layout spike_config_layout = {"spike_config", 2, spike_config_fields};

static const cc_field spike_result_fields[] = {
    {"latest_spend", 'd', 0, 1, 0},
    {"baseline_mean", 'd', 8, 1, 0},
    {"threshold", 'd', 16, 1, 0},
    {"is_spike", 'b', 24, 1, 0},
    {"points_used", 'u', 28, 1, 0},
};
static const cc_layout spike_result_layout = {"spike_result", 5, spike_result_fields};

static const cc_field spike_config_i64_fields[] = {
    {"spike_multiplier_ppm", 'u', 0, 1, 0},
    {"min_baseline", 'l', 8, 1, 0},
};
static const cc_layout spike_config_i64_layout = {"spike_config_i64", 2, spike_config_i64_fields};

static const cc_field spike_result_i64_fields[] = {
    {"latest_spend", 'l', 0, 1, 0},
    {"baseline_mean", 'l', 8, 1, 0},
    {"threshold", 'l', 16, 1, 0},
    {"is_spike", 'b', 24, 1, 0},
    {"points_used", 'u', 28, 1, 0},
};
static const cc_layout spike_result_i64_layout = {"spike_result_i64", 5, spike_result_i64_fields};

static const cc_field breaker_counters_fields[] = {
    {"consecutive_failures", 'l', 0, 1, 0},
    {"failure_threshold", 'l', 8, 1, 0},
    {"cooldown_steps_remaining", 'l', 16, 1, 0},
};
static const cc_layout breaker_counters_layout = {"breaker_counters", 3, breaker_counters_fields};

static const cc_field breaker_decision_fields[] = {
    {"retry_after_steps", 'l', 0, 1, 0},
    {"is_open", 'b', 8, 1, 0},
    {"allow_operation", 'b', 12, 1, 0},
};
static const cc_layout breaker_decision_layout = {"breaker_decision", 3, breaker_decision_fields};

static const cc_field breaker_config_fields[] = {
    {"failure_threshold", 'u', 0, 1, 0},
    {"failure_count", 'u', 4, 1, 0},
    {"window_size", 'u', 8, 1, 0},
    {"minimum_calls", 'u', 12, 1, 0},
    {"failure_rate_ppm", 'u', 16, 1, 0},
    {"slow_call_rate_ppm", 'u', 20, 1, 0},
    {"half_open_max_probes", 'u', 24, 1, 0},
    {"half_open_calls", 'u', 28, 1, 0},
    {"half_open_failure_rate_ppm", 'u', 32, 1, 0},
    {"backoff_ppm", 'u', 36, 1, 0},
    {"jitter_ppm", 'u', 40, 1, 0},
    {"mode", 'u', 44, 1, 0},
    {"jitter_seed", 'q', 48, 1, 0},
    {"window_duration", 'l', 56, 1, 0},
    {"slow_call_duration", 'l', 64, 1, 0},
    {"open_duration", 'l', 72, 1, 0},
    {"max_open_duration", 'l', 80, 1, 0},
    {"probe_timeout", 'l', 88, 1, 0},
    {"half_open_duration", 'l', 96, 1, 0},
    {"trips_decay", 'l', 104, 1, 0},
    {"max_retry_after", 'l', 112, 1, 0},
    {"ramp_duration", 'l', 120, 1, 0},
};
static const cc_layout breaker_config_layout = {"breaker_config", 22, breaker_config_fields};

static const cc_field breaker_state_fields[] = {
    {"phase", 'i', 4, 1, 0},
    {"revision", 'q', 8, 1, 0},
    {"generation", 'q', 16, 1, 0},
    {"updated_at", 'l', 24, 1, 0},
    {"phase_since", 'l', 32, 1, 0},
    {"consecutive_failures", 'u', 40, 1, 0},
    {"open_until", 'l', 48, 1, 0},
    {"forced_until", 'l', 56, 1, 0},
    {"ramp_duration", 'l', 64, 1, 0},
    {"ramp_credit", 'l', 72, 1, 0},
    {"bucket_duration", 'l', 80, 1, 0},
    {"newest_bucket", 'l', 88, 1, 0},
    {"live_probes", 'u', 192, 1, 0},
    {"probes_judged", 'u', 196, 1, 0},
    {"probes_failed", 'u', 200, 1, 0},
    {"trips", 'u', 204, 1, 0},
    {"window_calls", 'u', 208, 1, 0},
    {"window_next", 'u', 212, 1, 0},
    {"streak_age", 'u', 216, 1, 0},
    {"streak_skipped", 'u', 220, 1, 0},
};
static const cc_layout breaker_state_layout = {"breaker_state", 20, breaker_state_fields};

static const cc_field breaker_permit_fields[] = {
    {"generation", 'q', 0, 1, 0},
    {"retry_after", 'l', 8, 1, 0},
    {"deadline", 'l', 16, 1, 0},
    {"phase", 'i', 24, 1, 0},
    {"allowed", 'b', 28, 1, 0},
    {"would_refuse", 'b', 32, 1, 0},
    {"probe_slot", 'u', 36, 1, 0},
    {"clock_regressed", 'b', 40, 1, 0},
};
static const cc_layout breaker_permit_layout = {"breaker_permit", 8, breaker_permit_fields};

static const cc_field ledger_config_fields[] = {
    {"amount_limit", 'l', 0, 1, 96},
    {"carry_max", 'l', 8, 1, 96},
    {"debt_max", 'l', 16, 1, 96},
    {"hold_duration", 'l', 24, 1, 96},
    {"thresholds", 'a', 32, 8, 96},
    {"threshold_unit", 'u', 100, 1, 96},
    {"threshold_basis", 'u', 104, 1, 96},
    {"mode", 'u', 108, 1, 96},
};
static const cc_layout ledger_config_layout = {"ledger_config", 8, ledger_config_fields};

static const cc_field ledger_state_fields[] = {
    {"crossed", 'u', 4, 1, 0},
    {"revision", 'q', 8, 1, 0},
    {"ledger_id", 'q', 16, 1, 0},
    {"next_hold", 'q', 24, 1, 0},
    {"updated_at", 'l', 32, 1, 0},
    {"period", 'l', 40, 1, 0},
    {"settled", 'l', 48, 1, 0},
    {"carried", 'l', 56, 1, 0},
    {"held", 'l', 64, 1, 0},
    {"peak_settled", 'l', 72, 1, 0},
    {"peak_committed", 'l', 80, 1, 0},
    {"reset_hold", 'q', 88, 1, 0},
    {"dead_hold", 'q', 96, 1, 0},
    {"reset_clock", 'l', 104, 1, 0},
    {"endless", 'l', 112, 1, 0},
    {"told", 'u', 512, 1, 0},
    {"width_shift", 'u', 516, 1, 0},
    {"reset_bucket", 'u', 520, 1, 0},
};
static const cc_layout ledger_state_layout = {"ledger_state", 18, ledger_state_fields};

static const cc_field ledger_hold_fields[] = {
    {"ledger_id", 'q', 0, 1, 0},
    {"id", 'q', 8, 1, 0},
    {"period", 'l', 16, 1, 0},
    {"amount", 'l', 24, 1, 0},
    {"expires_at", 'l', 32, 1, 0},
};
static const cc_layout ledger_hold_layout = {"ledger_hold", 5, ledger_hold_fields};

static const cc_field ledger_decision_fields[] = {
    {"settled", 'l', 0, 1, 0},
    {"held", 'l', 8, 1, 0},
    {"available", 'l', 16, 1, 0},
    {"overshoot", 'l', 24, 1, 0},
    {"expired", 'l', 32, 1, 0},
    {"reason", 'i', 40, 1, 0},
    {"allowed", 'b', 44, 1, 0},
    {"would_refuse", 'b', 48, 1, 0},
    {"clock_regressed", 'b', 52, 1, 0},
    {"crossed", 'u', 56, 1, 0},
    {"newly_crossed", 'u', 60, 1, 0},
};
static const cc_layout ledger_decision_layout = {"ledger_decision", 11, ledger_decision_fields};

static const cc_field rate_limit_config_fields[] = {
    {"amount_limit", 'l', 0, 1, 0},
    {"duration", 'l', 8, 1, 0},
    {"mode", 'u', 16, 1, 0},
};
static const cc_layout rate_limit_config_layout = {"rate_limit_config", 3, rate_limit_config_fields};

static const cc_field rate_limit_state_fields[] = {
    {"revision", 'q', 8, 1, 0},
    {"updated_at", 'l', 16, 1, 0},
    {"width", 'l', 24, 1, 0},
};
static const cc_layout rate_limit_state_layout = {"rate_limit_state", 3, rate_limit_state_fields};

static const cc_field rate_limit_decision_fields[] = {
    {"used", 'l', 0, 1, 0},
    {"available", 'l', 8, 1, 0},
    {"retry_after", 'l', 16, 1, 0},
    {"taken_at", 'l', 24, 1, 0},
    {"reason", 'i', 32, 1, 0},
    {"allowed", 'b', 36, 1, 0},
    {"would_refuse", 'b', 40, 1, 0},
    {"clock_regressed", 'b', 44, 1, 0},
};
static const cc_layout rate_limit_decision_layout = {"rate_limit_decision", 8, rate_limit_decision_fields};

static const cc_field detect_config_fields[] = {
    {"season_length", 'u', 0, 1, 0},
    {"window_points", 'u', 4, 1, 0},
    {"lag_points", 'u', 8, 1, 0},
    {"negative_points", 'u', 12, 1, 0},
    {"score_threshold", 'd', 16, 1, 0},
    {"min_impact", 'd', 24, 1, 0},
    {"min_relative_impact", 'd', 32, 1, 0},
    {"min_baseline", 'd', 40, 1, 0},
    {"start_time", 'l', 48, 1, 0},
    {"step", 'l', 56, 1, 0},
};
static const cc_layout detect_config_layout = {"detect_config", 10, detect_config_fields};

static const cc_field detect_result_fields[] = {
    {"latest_spend", 'd', 0, 1, 0},
    {"expected_spend", 'd', 8, 1, 0},
    {"upper_bound", 'd', 16, 1, 0},
    {"excess", 'd', 24, 1, 0},
    {"score", 'd', 32, 1, 0},
    {"leak_score", 'd', 40, 1, 0},
    {"drop_score", 'd', 48, 1, 0},
    {"points_used", 'u', 56, 1, 0},
    {"verdict", 'i', 60, 1, 0},
    {"reason", 'i', 64, 1, 0},
    {"is_leak", 'b', 68, 1, 0},
    {"is_drop", 'b', 72, 1, 0},
};
static const cc_layout detect_result_layout = {"detect_result", 12, detect_result_fields};

static const cc_field forecast_config_fields[] = {
    {"season_length", 'u', 0, 1, 0},
    {"lag_points", 'u', 4, 1, 0},
    {"negative_points", 'u', 8, 1, 0},
    {"start_time", 'l', 16, 1, 0},
    {"step", 'l', 24, 1, 0},
};
static const cc_layout forecast_config_layout = {"forecast_config", 5, forecast_config_fields};

static const cc_field forecast_result_fields[] = {
    {"spend_to_date", 'd', 0, 1, 0},
    {"forecast_spend", 'd', 8, 1, 0},
    {"lower_bound", 'd', 16, 1, 0},
    {"upper_bound", 'd', 24, 1, 0},
    {"forecast_ratio", 'd', 32, 1, 0},
    {"burn_rate", 'd', 40, 1, 0},
    {"exhaustion_point", 'l', 48, 1, 0},
    {"is_forecast_breached", 'b', 56, 1, 0},
    {"verdict", 'i', 60, 1, 0},
};
static const cc_layout forecast_result_layout = {"forecast_result", 9, forecast_result_fields};

static const cc_field signal_fields[] = {
    {"kind", 'i', 0, 1, 0},
    {"status", 'i', 4, 1, 0},
    {"reasons", 'u', 8, 1, 0},
    {"monitor_reasons", 'u', 12, 1, 0},
    {"retry_after", 'l', 16, 1, 0},
};
static const cc_layout signal_layout = {"signal", 5, signal_fields};

static const cc_field guard_policy_fields[] = {
    {"on_warning", 'i', 0, 1, 0},
    {"on_breach", 'i', 4, 1, 0},
    {"on_spike", 'i', 8, 1, 0},
    {"on_leak", 'i', 12, 1, 0},
    {"on_open", 'i', 16, 1, 0},
    {"on_over_limit", 'i', 20, 1, 0},
    {"on_rate", 'i', 24, 1, 0},
    {"on_forecast", 'i', 28, 1, 0},
    {"on_insufficient", 'i', 32, 1, 0},
    {"on_error", 'i', 36, 1, 0},
    {"on_missing", 'i', 40, 1, 0},
    {"required", 'u', 44, 1, 0},
    {"monitor", 'u', 48, 1, 0},
};
static const cc_layout guard_policy_layout = {"guard_policy", 13, guard_policy_fields};

static const cc_field guard_decision_fields[] = {
    {"action", 'i', 0, 1, 0},
    {"monitor_action", 'i', 4, 1, 0},
    {"reasons", 'u', 8, 1, 0},
    {"monitor_reasons", 'u', 12, 1, 0},
    {"kinds", 'u', 16, 1, 0},
    {"retry_after", 'l', 24, 1, 0},
};
static const cc_layout guard_decision_layout = {"guard_decision", 6, guard_decision_fields};
