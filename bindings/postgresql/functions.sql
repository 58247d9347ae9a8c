-- Pure functions, each named as in the library's header. An error has the library's sentence, and SQLSTATE LC with the
-- status's number in three digits. NULL in is NULL out, but NULL settings are the defaults.

CREATE FUNCTION library_version() RETURNS text
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_version';

-- Budgets: on double precision, on bigint in minor units, and on numeric by the same exact integers.

CREATE FUNCTION check_budget(
    current_spend double precision, budget_limit double precision, warning_ratio double precision DEFAULT 0.9
) RETURNS budget_result
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_check_budget';

CREATE FUNCTION check_budget_i64(
    current_spend bigint, budget_limit bigint, warning_ppm bigint DEFAULT 900000
) RETURNS budget_result_i64
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_check_budget_i64';

CREATE TYPE budget_result_numeric AS (
    remaining_budget numeric,
    usage_ratio numeric, -- to six decimals, rounded down
    is_warning boolean,
    is_breached boolean
);

CREATE FUNCTION check_budget(
    current_spend numeric, budget_limit numeric, warning_ratio numeric DEFAULT 0.9
) RETURNS budget_result_numeric
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_check_budget_numeric';

CREATE FUNCTION budget_flags(
    current_spend double precision, budget_limit double precision, warning_ratio double precision DEFAULT 0.9
) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_budget_flags';

CREATE FUNCTION budget_flags_i64(
    current_spend bigint, budget_limit bigint, warning_ppm bigint DEFAULT 900000
) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_budget_flags_i64';

CREATE FUNCTION budget_flags(
    current_spend numeric, budget_limit numeric, warning_ratio numeric DEFAULT 0.9
) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_budget_flags_numeric';

CREATE FUNCTION evaluate_circuit_breaker(
    consecutive_failures bigint, failure_threshold bigint DEFAULT 3, cooldown_steps_remaining bigint DEFAULT 0
) RETURNS breaker_decision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_evaluate_circuit_breaker';

-- Money: minor units of 10^-scale.

CREATE FUNCTION money_from_double(amount double precision, scale integer) RETURNS bigint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_money_from_double';
CREATE FUNCTION money_to_double(minor bigint, scale integer) RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_money_to_double';
CREATE FUNCTION money_from_numeric(amount numeric, scale integer) RETURNS bigint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_money_from_numeric';
CREATE FUNCTION money_to_numeric(minor bigint, scale integer) RETURNS numeric
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_money_to_numeric';

-- Series as arrays, oldest point first.

CREATE FUNCTION check_anomaly_spike(
    spend_series double precision[], config spike_config DEFAULT NULL
) RETURNS spike_result
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_check_anomaly_spike';

CREATE FUNCTION check_anomaly_spike_i64(
    spend_series bigint[], config spike_config_i64 DEFAULT NULL
) RETURNS spike_result_i64
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_check_anomaly_spike_i64';

-- A NULL in the array is a missing point.
CREATE FUNCTION detect_spike(
    spend_series double precision[], config detect_config DEFAULT NULL
) RETURNS detect_result
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2000 AS 'MODULE_PATHNAME', 'cc_detect_spike';

CREATE FUNCTION scan_spikes(
    spend_series double precision[], config detect_config DEFAULT NULL
) RETURNS TABLE (place bigint, flags integer, expected_spend double precision, upper_bound double precision)
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2000 ROWS 100 AS 'MODULE_PATHNAME', 'cc_scan_spikes';

CREATE FUNCTION forecast_budget(
    history double precision[], period_spend double precision[], period_len bigint, budget_limit double precision,
    config forecast_config DEFAULT NULL
) RETURNS forecast_result
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 4000 AS 'MODULE_PATHNAME', 'cc_forecast_budget';

-- Series as rows: aggregates with ORDER BY in their brackets, or over a window. The last row of the group or frame is
-- judged. The settings are those of the first row.

CREATE FUNCTION spike_add(internal, double precision) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_spike_add';
CREATE FUNCTION spike_add(internal, double precision, spike_config) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_spike_add';
CREATE FUNCTION spike_take(internal, double precision) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_spike_take';
CREATE FUNCTION spike_take(internal, double precision, spike_config) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_spike_take';
CREATE FUNCTION spike_end(internal) RETURNS spike_result
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_spike_end';

CREATE AGGREGATE check_anomaly_spike(spend double precision) (
    SFUNC = spike_add, STYPE = internal, FINALFUNC = spike_end, FINALFUNC_MODIFY = READ_ONLY,
    MSFUNC = spike_add, MINVFUNC = spike_take, MSTYPE = internal, MFINALFUNC = spike_end,
    MFINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
CREATE AGGREGATE check_anomaly_spike(spend double precision, config spike_config) (
    SFUNC = spike_add, STYPE = internal, FINALFUNC = spike_end, FINALFUNC_MODIFY = READ_ONLY,
    MSFUNC = spike_add, MINVFUNC = spike_take, MSTYPE = internal, MFINALFUNC = spike_end,
    MFINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);

CREATE FUNCTION detect_add(internal, double precision) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_detect_add';
CREATE FUNCTION detect_add(internal, double precision, detect_config) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_detect_add';
CREATE FUNCTION detect_end(internal) RETURNS detect_result
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 2000 AS 'MODULE_PATHNAME', 'cc_detect_end';

CREATE AGGREGATE detect_spike(spend double precision) (
    SFUNC = detect_add, STYPE = internal, FINALFUNC = detect_end, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
CREATE AGGREGATE detect_spike(spend double precision, config detect_config) (
    SFUNC = detect_add, STYPE = internal, FINALFUNC = detect_end, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);

CREATE FUNCTION forecast_add(internal, double precision, boolean, bigint, double precision) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_forecast_add';
CREATE FUNCTION forecast_add(internal, double precision, boolean, bigint, double precision, forecast_config)
RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_forecast_add';
CREATE FUNCTION forecast_end(internal) RETURNS forecast_result
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 4000 AS 'MODULE_PATHNAME', 'cc_forecast_end';

-- Rows with in_period false are the history; period_len and budget_limit are those of the last row.
CREATE AGGREGATE forecast_budget(
    spend double precision, in_period boolean, period_len bigint, budget_limit double precision
) (
    SFUNC = forecast_add, STYPE = internal, FINALFUNC = forecast_end, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);
CREATE AGGREGATE forecast_budget(
    spend double precision, in_period boolean, period_len bigint, budget_limit double precision, config forecast_config
) (
    SFUNC = forecast_add, STYPE = internal, FINALFUNC = forecast_end, FINALFUNC_MODIFY = READ_ONLY, PARALLEL = SAFE
);

-- The detector's verdict on every row of a partition, each by the rows before it:
-- track_spike(spend) OVER (PARTITION BY account ORDER BY day). To the bit what detect_spike answers over the same rows,
-- for a small part of its time, because it keeps a tracker.
CREATE FUNCTION track_spike(spend double precision) RETURNS detect_result
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_track_spike';
CREATE FUNCTION track_spike(spend double precision, config detect_config) RETURNS detect_result
LANGUAGE c WINDOW IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_track_spike';

-- States, as bytes that the user stores. A call answers the new state and its decision. Times are in milliseconds;
-- clock_ms() is the database's clock.

CREATE FUNCTION clock_ms() RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL SAFE
AS 'SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) OPERATOR(pg_catalog.*) 1000)::bigint';

CREATE TYPE tracker_answer AS (state bytea, result detect_result);
CREATE FUNCTION spike_tracker_init(config detect_config DEFAULT NULL) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_spike_tracker_init';
CREATE FUNCTION spike_tracker_update(state bytea, spend double precision) RETURNS tracker_answer
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_spike_tracker_update';

CREATE TYPE breaker_answer AS (state bytea, permit breaker_permit);
CREATE FUNCTION breaker_init(now bigint) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_breaker_init';
CREATE FUNCTION breaker_view(state bytea) RETURNS breaker_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_breaker_view';
CREATE FUNCTION breaker_acquire(state bytea, config breaker_config, now bigint) RETURNS breaker_answer
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_breaker_acquire';
CREATE FUNCTION breaker_peek(state bytea, config breaker_config, now bigint) RETURNS breaker_permit
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_breaker_peek';
CREATE FUNCTION breaker_report(
    state bytea, config breaker_config, permit breaker_permit, outcome integer, duration bigint, retry_at bigint,
    now bigint
) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_breaker_report';
CREATE FUNCTION breaker_force(state bytea, forced_phase integer, until bigint, now bigint) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_breaker_force';
CREATE FUNCTION breaker_reset(state bytea, now bigint) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_breaker_reset';

CREATE TYPE rate_limit_answer AS (state bytea, decision rate_limit_decision);
CREATE FUNCTION rate_limit_init(now bigint) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_rate_limit_init';
CREATE FUNCTION rate_limit_view(state bytea) RETURNS rate_limit_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_rate_limit_view';
CREATE FUNCTION rate_limit_acquire(state bytea, config rate_limit_config, amount bigint, now bigint)
RETURNS rate_limit_answer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_rate_limit_acquire';
-- The new state, or NULL when the rate limit refuses: for one UPDATE.
CREATE FUNCTION rate_limit_taken(state bytea, config rate_limit_config, amount bigint, now bigint) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_rate_limit_taken';
CREATE FUNCTION rate_limit_adjust(state bytea, config rate_limit_config, taken_at bigint, by bigint, now bigint)
RETURNS rate_limit_answer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_rate_limit_adjust';
CREATE FUNCTION rate_limit_reset(state bytea, now bigint) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_rate_limit_reset';

CREATE TYPE ledger_hold_answer AS (state bytea, hold ledger_hold, decision ledger_decision);
CREATE TYPE ledger_answer AS (state bytea, decision ledger_decision);
CREATE FUNCTION ledger_init(ledger_id bigint, period bigint, now bigint) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_ledger_init';
CREATE FUNCTION ledger_view(state bytea) RETURNS ledger_state
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_ledger_view';
CREATE FUNCTION ledger_reserve(state bytea, config ledger_config, estimate bigint, now bigint)
RETURNS ledger_hold_answer
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_ledger_reserve';
-- The new state, or NULL when the ledger refuses: for one UPDATE, whose RETURNING makes the hold with
-- ledger_latest_hold(state, config, estimate).
CREATE FUNCTION ledger_reserved(state bytea, config ledger_config, estimate bigint, now bigint) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_ledger_reserved';
CREATE FUNCTION ledger_latest_hold(state bytea, config ledger_config, estimate bigint) RETURNS ledger_hold
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_ledger_latest_hold';
CREATE FUNCTION ledger_extend(state bytea, config ledger_config, hold ledger_hold, more bigint, now bigint)
RETURNS ledger_hold_answer
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_ledger_extend';
CREATE FUNCTION ledger_post(state bytea, config ledger_config, hold ledger_hold, part bigint, now bigint)
RETURNS ledger_hold_answer
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_ledger_post';
CREATE FUNCTION ledger_settle(state bytea, config ledger_config, hold ledger_hold, actual bigint, now bigint)
RETURNS ledger_answer
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_ledger_settle';
CREATE FUNCTION ledger_release(state bytea, config ledger_config, hold ledger_hold, now bigint) RETURNS ledger_answer
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_ledger_release';
CREATE FUNCTION ledger_record(state bytea, config ledger_config, amount bigint, now bigint) RETURNS ledger_answer
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_ledger_record';
CREATE FUNCTION ledger_roll(state bytea, config ledger_config, period bigint, now bigint) RETURNS ledger_answer
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_ledger_roll';
CREATE FUNCTION ledger_reset(state bytea, period bigint, now bigint) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_ledger_reset';

-- All hold their estimate, or none does. refused_by is the first that refuses, from 1; 0 when none does.
CREATE TYPE ledgers_answer AS (
    states bytea[], holds ledger_hold[], decisions ledger_decision[], refused_by integer
);
CREATE FUNCTION ledgers_reserve(states bytea[], configs ledger_config[], estimates bigint[], now bigint)
RETURNS ledgers_answer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_ledgers_reserve';

-- The guard: one action from what the safeguards found.

CREATE FUNCTION signal_of(budget_result) RETURNS signal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_budget_signal';
CREATE FUNCTION signal_of(budget_result_i64) RETURNS signal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_budget_signal_i64';
CREATE FUNCTION signal_of(ledger_decision) RETURNS signal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_ledger_signal';
CREATE FUNCTION signal_of(spike_result) RETURNS signal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_spike_signal';
CREATE FUNCTION signal_of(spike_result_i64) RETURNS signal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_spike_signal_i64';
CREATE FUNCTION signal_of(detect_result) RETURNS signal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_detect_signal';
CREATE FUNCTION signal_of(breaker_decision) RETURNS signal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_breaker_signal';
CREATE FUNCTION signal_of(breaker_permit) RETURNS signal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_permit_signal';
CREATE FUNCTION signal_of(rate_limit_decision) RETURNS signal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_rate_limit_signal';
CREATE FUNCTION signal_of(forecast_result) RETURNS signal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_forecast_signal';

CREATE FUNCTION evaluate_guard(signals signal[], policy guard_policy DEFAULT NULL) RETURNS guard_decision
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_evaluate_guard';

-- Constants in words.

CREATE FUNCTION action_name(bigint) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_action_name';
CREATE FUNCTION reason_name(bigint) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_reason_name';
CREATE FUNCTION signal_name(bigint) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_signal_name';
CREATE FUNCTION phase_name(bigint) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_phase_name';
CREATE FUNCTION verdict_name(bigint) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_verdict_name';
CREATE FUNCTION detect_reason_name(bigint) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_detect_reason_name';
CREATE FUNCTION ledger_reason_name(bigint) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_ledger_reason_name';
CREATE FUNCTION rate_reason_name(bigint) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'cc_rate_reason_name';
