/* Size, alignment and every offset of every struct, and every constant. Compiles as C and as C++. */
#include "check.h"
#include <cloudcircuit.h>
#include <stddef.h>

/* A type's alignment is where it lands behind a single byte. That of 8 bytes is 4 on 32-bit x86. */
struct behind_a_byte {
    char byte;
    uint64_t value;
};
#define ALIGNMENT(wanted) ((wanted) == 8 ? offsetof(struct behind_a_byte, value) : (wanted))

#define STRUCT(type, size, alignment)                                   \
    do {                                                                \
        struct aligned {                                                \
            char byte;                                                  \
            cloudcircuit_##type value;                                  \
        };                                                              \
        CHECK(sizeof(cloudcircuit_##type) == (size));                   \
        CHECK(offsetof(struct aligned, value) == ALIGNMENT(alignment)); \
    } while (0)

/* The fields in order, each of one width: no padding between them, nothing missing at the end. */
#define FIELD(type, name, c_type, offset)                               \
    do {                                                                \
        cloudcircuit_##type value;                                      \
        c_type *field = &value.name;                                    \
        (void)field;                                                    \
        CHECK(offsetof(cloudcircuit_##type, name) == (offset));         \
    } while (0)

#define ARRAY(type, name, c_type, len, offset)                          \
    do {                                                                \
        cloudcircuit_##type value;                                      \
        c_type(*field)[len] = &value.name;                              \
        (void)field;                                                    \
        CHECK(offsetof(cloudcircuit_##type, name) == (offset));         \
    } while (0)

static void structs(void)
{
    STRUCT(budget_config, 8, 8);
    FIELD(budget_config, warning_ratio, double, 0);

    STRUCT(budget_result, 40, 8);
    FIELD(budget_result, current_spend, double, 0);
    FIELD(budget_result, budget_limit, double, 8);
    FIELD(budget_result, usage_ratio, double, 16);
    FIELD(budget_result, remaining_budget, double, 24);
    FIELD(budget_result, is_warning, uint32_t, 32);
    FIELD(budget_result, is_breached, uint32_t, 36);

    STRUCT(spike_config, 16, 8);
    FIELD(spike_config, spike_multiplier, double, 0);
    FIELD(spike_config, min_baseline, double, 8);

    STRUCT(spike_result, 32, 8);
    FIELD(spike_result, latest_spend, double, 0);
    FIELD(spike_result, baseline_mean, double, 8);
    FIELD(spike_result, threshold, double, 16);
    FIELD(spike_result, is_spike, uint32_t, 24);
    FIELD(spike_result, points_used, uint32_t, 28);

    STRUCT(breaker_counters, 24, 8);
    FIELD(breaker_counters, consecutive_failures, int64_t, 0);
    FIELD(breaker_counters, failure_threshold, int64_t, 8);
    FIELD(breaker_counters, cooldown_steps_remaining, int64_t, 16);

    STRUCT(breaker_decision, 16, 8);
    FIELD(breaker_decision, retry_after_steps, int64_t, 0);
    FIELD(breaker_decision, is_open, uint32_t, 8);
    FIELD(breaker_decision, allow_operation, uint32_t, 12);

    STRUCT(signal, 24, 8);
    FIELD(signal, kind, int32_t, 0);
    FIELD(signal, status, int32_t, 4);
    FIELD(signal, reasons, uint32_t, 8);
    FIELD(signal, monitor_reasons, uint32_t, 12);
    FIELD(signal, retry_after, int64_t, 16);

    STRUCT(guard_policy, 52, 4);
    FIELD(guard_policy, on_warning, int32_t, 0);
    FIELD(guard_policy, on_breach, int32_t, 4);
    FIELD(guard_policy, on_spike, int32_t, 8);
    FIELD(guard_policy, on_leak, int32_t, 12);
    FIELD(guard_policy, on_open, int32_t, 16);
    FIELD(guard_policy, on_over_limit, int32_t, 20);
    FIELD(guard_policy, on_rate, int32_t, 24);
    FIELD(guard_policy, on_forecast, int32_t, 28);
    FIELD(guard_policy, on_insufficient, int32_t, 32);
    FIELD(guard_policy, on_error, int32_t, 36);
    FIELD(guard_policy, on_missing, int32_t, 40);
    FIELD(guard_policy, required, uint32_t, 44);
    FIELD(guard_policy, monitor, uint32_t, 48);

    STRUCT(guard_decision, 32, 8);
    FIELD(guard_decision, action, int32_t, 0);
    FIELD(guard_decision, monitor_action, int32_t, 4);
    FIELD(guard_decision, reasons, uint32_t, 8);
    FIELD(guard_decision, monitor_reasons, uint32_t, 12);
    FIELD(guard_decision, kinds, uint32_t, 16);
    FIELD(guard_decision, reserved, uint32_t, 20);
    FIELD(guard_decision, retry_after, int64_t, 24);

    STRUCT(budget_config_i64, 8, 4);
    FIELD(budget_config_i64, warning_ppm, uint32_t, 0);
    FIELD(budget_config_i64, reserved, uint32_t, 4);

    STRUCT(budget_result_i64, 40, 8);
    FIELD(budget_result_i64, current_spend, int64_t, 0);
    FIELD(budget_result_i64, budget_limit, int64_t, 8);
    FIELD(budget_result_i64, remaining_budget, int64_t, 16);
    FIELD(budget_result_i64, usage_ppm, uint64_t, 24);
    FIELD(budget_result_i64, is_warning, uint32_t, 32);
    FIELD(budget_result_i64, is_breached, uint32_t, 36);

    STRUCT(spike_config_i64, 16, 8);
    FIELD(spike_config_i64, spike_multiplier_ppm, uint32_t, 0);
    FIELD(spike_config_i64, reserved, uint32_t, 4);
    FIELD(spike_config_i64, min_baseline, int64_t, 8);

    STRUCT(spike_result_i64, 32, 8);
    FIELD(spike_result_i64, latest_spend, int64_t, 0);
    FIELD(spike_result_i64, baseline_mean, int64_t, 8);
    FIELD(spike_result_i64, threshold, int64_t, 16);
    FIELD(spike_result_i64, is_spike, uint32_t, 24);
    FIELD(spike_result_i64, points_used, uint32_t, 28);
    STRUCT(breaker_config, 128, 8);
    FIELD(breaker_config, failure_threshold, uint32_t, 0);
    FIELD(breaker_config, failure_count, uint32_t, 4);
    FIELD(breaker_config, window_size, uint32_t, 8);
    FIELD(breaker_config, minimum_calls, uint32_t, 12);
    FIELD(breaker_config, failure_rate_ppm, uint32_t, 16);
    FIELD(breaker_config, slow_call_rate_ppm, uint32_t, 20);
    FIELD(breaker_config, half_open_max_probes, uint32_t, 24);
    FIELD(breaker_config, half_open_calls, uint32_t, 28);
    FIELD(breaker_config, half_open_failure_rate_ppm, uint32_t, 32);
    FIELD(breaker_config, backoff_ppm, uint32_t, 36);
    FIELD(breaker_config, jitter_ppm, uint32_t, 40);
    FIELD(breaker_config, mode, uint32_t, 44);
    FIELD(breaker_config, jitter_seed, uint64_t, 48);
    FIELD(breaker_config, window_duration, int64_t, 56);
    FIELD(breaker_config, slow_call_duration, int64_t, 64);
    FIELD(breaker_config, open_duration, int64_t, 72);
    FIELD(breaker_config, max_open_duration, int64_t, 80);
    FIELD(breaker_config, probe_timeout, int64_t, 88);
    FIELD(breaker_config, half_open_duration, int64_t, 96);
    FIELD(breaker_config, trips_decay, int64_t, 104);
    FIELD(breaker_config, max_retry_after, int64_t, 112);
    FIELD(breaker_config, ramp_duration, int64_t, 120);

    STRUCT(breaker_state, 416, 8);
    FIELD(breaker_state, layout, uint32_t, 0);
    FIELD(breaker_state, phase, int32_t, 4);
    FIELD(breaker_state, revision, uint64_t, 8);
    FIELD(breaker_state, generation, uint64_t, 16);
    FIELD(breaker_state, updated_at, int64_t, 24);
    FIELD(breaker_state, phase_since, int64_t, 32);
    FIELD(breaker_state, consecutive_failures, uint32_t, 40);
    FIELD(breaker_state, reserved, uint32_t, 44);
    FIELD(breaker_state, open_until, int64_t, 48);
    FIELD(breaker_state, forced_until, int64_t, 56);
    FIELD(breaker_state, ramp_duration, int64_t, 64);
    FIELD(breaker_state, ramp_credit, int64_t, 72);
    FIELD(breaker_state, bucket_duration, int64_t, 80);
    FIELD(breaker_state, newest_bucket, int64_t, 88);
    ARRAY(breaker_state, window_failures, uint64_t, 2, 96);
    ARRAY(breaker_state, window_slow, uint64_t, 2, 112);
    ARRAY(breaker_state, probe_deadlines, int64_t, 8, 128);
    FIELD(breaker_state, live_probes, uint32_t, 192);
    FIELD(breaker_state, probes_judged, uint32_t, 196);
    FIELD(breaker_state, probes_failed, uint32_t, 200);
    FIELD(breaker_state, trips, uint32_t, 204);
    FIELD(breaker_state, window_calls, uint32_t, 208);
    FIELD(breaker_state, window_next, uint32_t, 212);
    FIELD(breaker_state, streak_age, uint32_t, 216);
    FIELD(breaker_state, streak_skipped, uint32_t, 220);
    ARRAY(breaker_state, bucket_calls, uint32_t, 16, 224);
    ARRAY(breaker_state, bucket_failures, uint32_t, 16, 288);
    ARRAY(breaker_state, bucket_slow, uint32_t, 16, 352);

    STRUCT(breaker_permit, 48, 8);
    FIELD(breaker_permit, generation, uint64_t, 0);
    FIELD(breaker_permit, retry_after, int64_t, 8);
    FIELD(breaker_permit, deadline, int64_t, 16);
    FIELD(breaker_permit, phase, int32_t, 24);
    FIELD(breaker_permit, allowed, uint32_t, 28);
    FIELD(breaker_permit, would_refuse, uint32_t, 32);
    FIELD(breaker_permit, probe_slot, uint32_t, 36);
    FIELD(breaker_permit, clock_regressed, uint32_t, 40);
    FIELD(breaker_permit, reserved, uint32_t, 44);

    STRUCT(ledger_config, 112, 8);
    FIELD(ledger_config, limit, int64_t, 0);
    FIELD(ledger_config, carry_max, int64_t, 8);
    FIELD(ledger_config, debt_max, int64_t, 16);
    FIELD(ledger_config, hold_duration, int64_t, 24);
    ARRAY(ledger_config, thresholds, int64_t, 8, 32);
    FIELD(ledger_config, threshold_count, uint32_t, 96);
    FIELD(ledger_config, threshold_unit, uint32_t, 100);
    FIELD(ledger_config, threshold_basis, uint32_t, 104);
    FIELD(ledger_config, mode, uint32_t, 108);

    STRUCT(ledger_state, 528, 8);
    FIELD(ledger_state, layout, uint32_t, 0);
    FIELD(ledger_state, crossed, uint32_t, 4);
    FIELD(ledger_state, revision, uint64_t, 8);
    FIELD(ledger_state, ledger_id, uint64_t, 16);
    FIELD(ledger_state, next_hold, uint64_t, 24);
    FIELD(ledger_state, updated_at, int64_t, 32);
    FIELD(ledger_state, period, int64_t, 40);
    FIELD(ledger_state, settled, int64_t, 48);
    FIELD(ledger_state, carried, int64_t, 56);
    FIELD(ledger_state, held, int64_t, 64);
    FIELD(ledger_state, peak_settled, int64_t, 72);
    FIELD(ledger_state, peak_committed, int64_t, 80);
    FIELD(ledger_state, reset_hold, uint64_t, 88);
    FIELD(ledger_state, dead_hold, uint64_t, 96);
    FIELD(ledger_state, reset_clock, int64_t, 104);
    FIELD(ledger_state, endless, int64_t, 112);
    ARRAY(ledger_state, ends, int64_t, 33, 120);
    ARRAY(ledger_state, spent, uint64_t, 16, 384);
    FIELD(ledger_state, told, uint32_t, 512);
    FIELD(ledger_state, width_shift, uint32_t, 516);
    FIELD(ledger_state, reset_bucket, uint32_t, 520);
    FIELD(ledger_state, reserved, uint32_t, 524);

    STRUCT(ledger_hold, 40, 8);
    FIELD(ledger_hold, ledger_id, uint64_t, 0);
    FIELD(ledger_hold, id, uint64_t, 8);
    FIELD(ledger_hold, period, int64_t, 16);
    FIELD(ledger_hold, amount, int64_t, 24);
    FIELD(ledger_hold, expires_at, int64_t, 32);

    STRUCT(ledger_decision, 64, 8);
    FIELD(ledger_decision, settled, int64_t, 0);
    FIELD(ledger_decision, held, int64_t, 8);
    FIELD(ledger_decision, available, int64_t, 16);
    FIELD(ledger_decision, overshoot, int64_t, 24);
    FIELD(ledger_decision, expired, int64_t, 32);
    FIELD(ledger_decision, reason, int32_t, 40);
    FIELD(ledger_decision, allowed, uint32_t, 44);
    FIELD(ledger_decision, would_refuse, uint32_t, 48);
    FIELD(ledger_decision, clock_regressed, uint32_t, 52);
    FIELD(ledger_decision, crossed, uint32_t, 56);
    FIELD(ledger_decision, newly_crossed, uint32_t, 60);

    STRUCT(rate_limit_config, 24, 8);
    FIELD(rate_limit_config, limit, int64_t, 0);
    FIELD(rate_limit_config, duration, int64_t, 8);
    FIELD(rate_limit_config, mode, uint32_t, 16);
    FIELD(rate_limit_config, reserved, uint32_t, 20);

    STRUCT(rate_limit_state, 168, 8);
    FIELD(rate_limit_state, layout, uint32_t, 0);
    FIELD(rate_limit_state, reserved, uint32_t, 4);
    FIELD(rate_limit_state, revision, uint64_t, 8);
    FIELD(rate_limit_state, updated_at, int64_t, 16);
    FIELD(rate_limit_state, width, int64_t, 24);
    ARRAY(rate_limit_state, taken, int64_t, 17, 32);

    STRUCT(rate_limit_decision, 48, 8);
    FIELD(rate_limit_decision, used, int64_t, 0);
    FIELD(rate_limit_decision, available, int64_t, 8);
    FIELD(rate_limit_decision, retry_after, int64_t, 16);
    FIELD(rate_limit_decision, taken_at, int64_t, 24);
    FIELD(rate_limit_decision, reason, int32_t, 32);
    FIELD(rate_limit_decision, allowed, uint32_t, 36);
    FIELD(rate_limit_decision, would_refuse, uint32_t, 40);
    FIELD(rate_limit_decision, clock_regressed, uint32_t, 44);

    STRUCT(detect_config, 64, 8);
    FIELD(detect_config, season_length, uint32_t, 0);
    FIELD(detect_config, window, uint32_t, 4);
    FIELD(detect_config, lag_points, uint32_t, 8);
    FIELD(detect_config, negative_points, uint32_t, 12);
    FIELD(detect_config, score_threshold, double, 16);
    FIELD(detect_config, min_impact, double, 24);
    FIELD(detect_config, min_relative_impact, double, 32);
    FIELD(detect_config, min_baseline, double, 40);
    FIELD(detect_config, start_time, int64_t, 48);
    FIELD(detect_config, step, int64_t, 56);

    STRUCT(detect_result, 80, 8);
    FIELD(detect_result, latest_spend, double, 0);
    FIELD(detect_result, expected_spend, double, 8);
    FIELD(detect_result, upper_bound, double, 16);
    FIELD(detect_result, excess, double, 24);
    FIELD(detect_result, score, double, 32);
    FIELD(detect_result, leak_score, double, 40);
    FIELD(detect_result, drop_score, double, 48);
    FIELD(detect_result, points_used, uint32_t, 56);
    FIELD(detect_result, verdict, int32_t, 60);
    FIELD(detect_result, reason, int32_t, 64);
    FIELD(detect_result, is_leak, uint32_t, 68);
    FIELD(detect_result, is_drop, uint32_t, 72);
    FIELD(detect_result, reserved, uint32_t, 76);

    STRUCT(spike_tracker_state, 5624, 8);
    FIELD(spike_tracker_state, layout, uint32_t, 0);
    FIELD(spike_tracker_state, reserved, uint32_t, 4);
    FIELD(spike_tracker_state, revision, uint64_t, 8);
    FIELD(spike_tracker_state, config, cloudcircuit_detect_config, 16);
    ARRAY(spike_tracker_state, windows, uint64_t, 693, 80);

    STRUCT(forecast_config, 32, 8);
    FIELD(forecast_config, season_length, uint32_t, 0);
    FIELD(forecast_config, lag_points, uint32_t, 4);
    FIELD(forecast_config, negative_points, uint32_t, 8);
    FIELD(forecast_config, reserved, uint32_t, 12);
    FIELD(forecast_config, start_time, int64_t, 16);
    FIELD(forecast_config, step, int64_t, 24);

    STRUCT(forecast_result, 64, 8);
    FIELD(forecast_result, spend_to_date, double, 0);
    FIELD(forecast_result, forecast_spend, double, 8);
    FIELD(forecast_result, lower_bound, double, 16);
    FIELD(forecast_result, upper_bound, double, 24);
    FIELD(forecast_result, forecast_ratio, double, 32);
    FIELD(forecast_result, burn_rate, double, 40);
    FIELD(forecast_result, exhaustion_point, int64_t, 48);
    FIELD(forecast_result, is_forecast_breached, uint32_t, 56);
    FIELD(forecast_result, verdict, int32_t, 60);
}

static void constants(void)
{
    CHECK(CLOUDCIRCUIT_MAX_SERIES_LEN == 2147483648);

    CHECK(CLOUDCIRCUIT_ACTION_BLOCK == 0);
    CHECK(CLOUDCIRCUIT_ACTION_THROTTLE == 1);
    CHECK(CLOUDCIRCUIT_ACTION_ALERT == 2);
    CHECK(CLOUDCIRCUIT_ACTION_ALLOW == 3);

    CHECK(CLOUDCIRCUIT_SIGNAL_BUDGET == 1);
    CHECK(CLOUDCIRCUIT_SIGNAL_SPIKE == 2);
    CHECK(CLOUDCIRCUIT_SIGNAL_BREAKER == 4);
    CHECK(CLOUDCIRCUIT_SIGNAL_RATE == 8);
    CHECK(CLOUDCIRCUIT_SIGNAL_FORECAST == 16);

    CHECK(CLOUDCIRCUIT_REASON_WARNING == 1);
    CHECK(CLOUDCIRCUIT_REASON_BREACH == 2);
    CHECK(CLOUDCIRCUIT_REASON_SPIKE == 4);
    CHECK(CLOUDCIRCUIT_REASON_OPEN == 8);
    CHECK(CLOUDCIRCUIT_REASON_MISSING == 16);
    CHECK(CLOUDCIRCUIT_REASON_LEAK == 32);
    CHECK(CLOUDCIRCUIT_REASON_OVER_LIMIT == 64);
    CHECK(CLOUDCIRCUIT_REASON_RATE == 128);
    CHECK(CLOUDCIRCUIT_REASON_FORECAST == 256);
    CHECK(CLOUDCIRCUIT_REASON_INSUFFICIENT == 512);
    CHECK(CLOUDCIRCUIT_REASON_ERROR == 1024);

    CHECK(CLOUDCIRCUIT_FLAG_WARNING == 1);
    CHECK(CLOUDCIRCUIT_FLAG_BREACHED == 2);
    CHECK(CLOUDCIRCUIT_FLAG_SPIKE == 4);
    CHECK(CLOUDCIRCUIT_FLAG_OPEN == 8);
    CHECK(CLOUDCIRCUIT_FLAG_INSUFFICIENT == 64);
    CHECK(CLOUDCIRCUIT_FLAG_INVALID == 128);

    CHECK(CLOUDCIRCUIT_MAX_MONEY_SCALE == 9);
    CHECK(CLOUDCIRCUIT_RECORD_CAPACITY == 1536);
    CHECK(CLOUDCIRCUIT_BREAKER_CLOSED == 1);
    CHECK(CLOUDCIRCUIT_BREAKER_OPEN == 2);
    CHECK(CLOUDCIRCUIT_BREAKER_HALF_OPEN == 3);
    CHECK(CLOUDCIRCUIT_BREAKER_FORCED_OPEN == 4);
    CHECK(CLOUDCIRCUIT_BREAKER_FORCED_CLOSED == 5);
    CHECK(CLOUDCIRCUIT_OUTCOME_SUCCESS == 1);
    CHECK(CLOUDCIRCUIT_OUTCOME_FAILURE == 2);
    CHECK(CLOUDCIRCUIT_OUTCOME_IGNORED == 3);
    CHECK(CLOUDCIRCUIT_BREAKER_LAYOUT == 0x31424343);
    CHECK(CLOUDCIRCUIT_BREAKER_ENCODED_LEN == 420);
    CHECK(CLOUDCIRCUIT_BREAKER_MAX_WINDOW == 128);
    CHECK(CLOUDCIRCUIT_BREAKER_MAX_PROBES == 8);
    CHECK(CLOUDCIRCUIT_BREAKER_MAX_HALF_OPEN_CALLS == 64);
    CHECK(CLOUDCIRCUIT_MODE_ENFORCE == 0);
    CHECK(CLOUDCIRCUIT_MODE_MONITOR == 1);
    CHECK(CLOUDCIRCUIT_MODE_UNLIMITED == 2);

    CHECK(CLOUDCIRCUIT_MODE_ENFORCE == 0);
    CHECK(CLOUDCIRCUIT_MODE_MONITOR == 1);
    CHECK(CLOUDCIRCUIT_MODE_UNLIMITED == 2);
    CHECK(CLOUDCIRCUIT_THRESHOLD_PPM == 0);
    CHECK(CLOUDCIRCUIT_THRESHOLD_AMOUNT == 1);
    CHECK(CLOUDCIRCUIT_BASIS_SETTLED == 0);
    CHECK(CLOUDCIRCUIT_BASIS_COMMITTED == 1);
    CHECK(CLOUDCIRCUIT_LEDGER_REASON_WITHIN == 1);
    CHECK(CLOUDCIRCUIT_LEDGER_REASON_AT_LIMIT == 2);
    CHECK(CLOUDCIRCUIT_LEDGER_REASON_OVER_LIMIT == 3);
    CHECK(CLOUDCIRCUIT_LEDGER_REASON_EXCEEDS_LIMIT == 4);
    CHECK(CLOUDCIRCUIT_LEDGER_REASON_UNLIMITED == 5);
    CHECK(CLOUDCIRCUIT_LEDGER_REASON_EXPIRED == 6);
    CHECK(CLOUDCIRCUIT_LEDGER_REASON_FREE == 7);
    CHECK(CLOUDCIRCUIT_LEDGER_REASON_UNVERIFIED == 8);
    CHECK(CLOUDCIRCUIT_LEDGER_LAYOUT == 0x314C4343);
    CHECK(CLOUDCIRCUIT_LEDGER_ENCODED_LEN == 532);
    CHECK(CLOUDCIRCUIT_LEDGER_MAX_THRESHOLDS == 8);
    CHECK(CLOUDCIRCUIT_LEDGERS_MAX_COUNT == 16);
    CHECK(CLOUDCIRCUIT_RATE_REASON_WITHIN == 1);
    CHECK(CLOUDCIRCUIT_RATE_REASON_OVER_LIMIT == 3);
    CHECK(CLOUDCIRCUIT_RATE_REASON_EXCEEDS_LIMIT == 4);
    CHECK(CLOUDCIRCUIT_RATE_REASON_UNLIMITED == 5);
    CHECK(CLOUDCIRCUIT_RATE_REASON_FREE == 7);
    CHECK(CLOUDCIRCUIT_RATE_LIMIT_LAYOUT == 0x31524343);
    CHECK(CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN == 172);

    CHECK(CLOUDCIRCUIT_FLAG_LEAK == 16);
    CHECK(CLOUDCIRCUIT_FLAG_DROP == 32);
    CHECK(CLOUDCIRCUIT_VERDICT_NORMAL == 1);
    CHECK(CLOUDCIRCUIT_VERDICT_SPIKE == 2);
    CHECK(CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA == 3);
    CHECK(CLOUDCIRCUIT_DETECT_REASON_REFUSED == 0);
    CHECK(CLOUDCIRCUIT_DETECT_REASON_SCORE == 1);
    CHECK(CLOUDCIRCUIT_DETECT_REASON_ONE_POINT == 2);
    CHECK(CLOUDCIRCUIT_DETECT_REASON_TWO_POINTS == 3);
    CHECK(CLOUDCIRCUIT_DETECT_REASON_THREE_POINTS == 4);
    CHECK(CLOUDCIRCUIT_DETECT_REASON_MIN_IMPACT == 5);
    CHECK(CLOUDCIRCUIT_DETECT_REASON_MIN_RELATIVE_IMPACT == 6);
    CHECK(CLOUDCIRCUIT_DETECT_REASON_HISTORY == 7);
    CHECK(CLOUDCIRCUIT_DETECT_REASON_MISSING == 8);
    CHECK(CLOUDCIRCUIT_TIME_UNKNOWN == INT64_MIN);
    CHECK(CLOUDCIRCUIT_MAX_SEASON_LENGTH == 240);
    CHECK(CLOUDCIRCUIT_MIN_DETECT_WINDOW == 14);
    CHECK(CLOUDCIRCUIT_MAX_DETECT_WINDOW == 480);
    CHECK(CLOUDCIRCUIT_MAX_LAG_POINTS == 480);
    CHECK(CLOUDCIRCUIT_MAX_FORECAST_SEASON_LENGTH == 168);
    CHECK(CLOUDCIRCUIT_SPIKE_TRACKER_LAYOUT == 0x32534343);
    CHECK(CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN == 2292);

    CHECK(CLOUDCIRCUIT_OK == 0);
}

static void defaults(void)
{
    cloudcircuit_budget_config budget;
    cloudcircuit_spike_config spike;
    cloudcircuit_breaker_counters breaker;
    cloudcircuit_guard_policy guard;
    cloudcircuit_budget_config_i64 exact_budget;
    cloudcircuit_spike_config_i64 exact_spike;

    CHECK(cloudcircuit_budget_config_init(&budget) == CLOUDCIRCUIT_OK);
    CHECK(budget.warning_ratio == 0.9 && CLOUDCIRCUIT_DEFAULT_WARNING_RATIO == 0.9);

    CHECK(cloudcircuit_spike_config_init(&spike) == CLOUDCIRCUIT_OK);
    CHECK(spike.spike_multiplier == 1.5 && CLOUDCIRCUIT_DEFAULT_SPIKE_MULTIPLIER == 1.5);
    CHECK(spike.min_baseline == 0.0 && CLOUDCIRCUIT_DEFAULT_MIN_BASELINE == 0.0);

    CHECK(cloudcircuit_breaker_counters_init(&breaker) == CLOUDCIRCUIT_OK);
    CHECK(breaker.consecutive_failures == 0 && breaker.cooldown_steps_remaining == 0);
    CHECK(breaker.failure_threshold == 3 && CLOUDCIRCUIT_DEFAULT_FAILURE_THRESHOLD == 3);

    CHECK(cloudcircuit_guard_policy_init(&guard) == CLOUDCIRCUIT_OK);
    CHECK(guard.on_warning == CLOUDCIRCUIT_ACTION_ALERT);
    CHECK(guard.on_breach == CLOUDCIRCUIT_ACTION_BLOCK);
    CHECK(guard.on_spike == CLOUDCIRCUIT_ACTION_THROTTLE);
    CHECK(guard.on_leak == CLOUDCIRCUIT_ACTION_ALERT);
    CHECK(guard.on_open == CLOUDCIRCUIT_ACTION_BLOCK);
    CHECK(guard.on_over_limit == CLOUDCIRCUIT_ACTION_BLOCK);
    CHECK(guard.on_rate == CLOUDCIRCUIT_ACTION_THROTTLE);
    CHECK(guard.on_forecast == CLOUDCIRCUIT_ACTION_ALERT);
    CHECK(guard.on_insufficient == CLOUDCIRCUIT_ACTION_ALERT);
    CHECK(guard.on_error == CLOUDCIRCUIT_ACTION_BLOCK);
    CHECK(guard.on_missing == CLOUDCIRCUIT_ACTION_BLOCK);
    CHECK(guard.required == 7 && guard.monitor == 0);

    CHECK(cloudcircuit_budget_config_i64_init(&exact_budget) == CLOUDCIRCUIT_OK);
    CHECK(exact_budget.warning_ppm == 900000 && CLOUDCIRCUIT_DEFAULT_WARNING_PPM == 900000);
    CHECK(exact_budget.reserved == 0);

    CHECK(cloudcircuit_spike_config_i64_init(&exact_spike) == CLOUDCIRCUIT_OK);
    CHECK(exact_spike.spike_multiplier_ppm == 1500000);
    CHECK(CLOUDCIRCUIT_DEFAULT_SPIKE_MULTIPLIER_PPM == 1500000);
    CHECK(exact_spike.min_baseline == 0 && exact_spike.reserved == 0);
}

static void state_defaults(void)
{
    cloudcircuit_breaker_config breaker;
    cloudcircuit_ledger_config ledger, nothing;

    CHECK(cloudcircuit_breaker_config_init(&breaker) == CLOUDCIRCUIT_OK);
    CHECK(breaker.failure_threshold == 3);
    CHECK(breaker.window_size == 0 && breaker.minimum_calls == 0);
    CHECK(breaker.failure_rate_ppm == 0 && breaker.slow_call_rate_ppm == 0);
    CHECK(breaker.half_open_max_probes == 1 && CLOUDCIRCUIT_DEFAULT_HALF_OPEN_MAX_PROBES == 1);
    CHECK(breaker.half_open_calls == 1 && CLOUDCIRCUIT_DEFAULT_HALF_OPEN_CALLS == 1);
    CHECK(breaker.half_open_failure_rate_ppm == 1);
    CHECK(CLOUDCIRCUIT_DEFAULT_HALF_OPEN_FAILURE_RATE_PPM == 1);
    CHECK(breaker.backoff_ppm == 2000000 && CLOUDCIRCUIT_DEFAULT_BACKOFF_PPM == 2000000);
    CHECK(breaker.mode == CLOUDCIRCUIT_MODE_ENFORCE);
    CHECK(breaker.failure_count == 0 && breaker.window_duration == 0);
    CHECK(breaker.half_open_duration == 0 && breaker.trips_decay == 0);
    CHECK(breaker.max_retry_after == 0 && breaker.ramp_duration == 0);
    CHECK(breaker.jitter_ppm == 0 && breaker.jitter_seed == 0 && breaker.slow_call_duration == 0);
    CHECK(breaker.open_duration == 30000 && CLOUDCIRCUIT_DEFAULT_OPEN_DURATION == 30000);
    CHECK(breaker.max_open_duration == 30000 && CLOUDCIRCUIT_DEFAULT_MAX_OPEN_DURATION == 30000);
    CHECK(breaker.probe_timeout == 60000 && CLOUDCIRCUIT_DEFAULT_PROBE_TIMEOUT == 60000);

    memset(&nothing, 0, sizeof nothing);
    CHECK(cloudcircuit_ledger_config_init(&ledger) == CLOUDCIRCUIT_OK);
    CHECK(SAME_BYTES(ledger, nothing));
}

static void versions(void)
{
    char text[64];
    sprintf(text, "%d.%d.%d", CLOUDCIRCUIT_VERSION_MAJOR, CLOUDCIRCUIT_VERSION_MINOR,
            CLOUDCIRCUIT_VERSION_PATCH);
    CHECK(strcmp(text, CLOUDCIRCUIT_VERSION) == 0);
    CHECK(strcmp(text, cloudcircuit_version()) == 0);
    CHECK(cloudcircuit_abi_version() == CLOUDCIRCUIT_ABI_VERSION);
}

int main(void)
{
    structs();
    constants();
    defaults();
    state_defaults();
    versions();
    return report();
}
