-- Made from cloudcircuit.json by make_types.py: do not edit.
-- The library's structs. The header tells what each column means. In settings NULL is the default.

CREATE TYPE budget_config AS (
    warning_ratio double precision
);

CREATE FUNCTION budget_config(
    warning_ratio double precision DEFAULT NULL
) RETURNS budget_config
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT ROW($1)::@extschema@.budget_config';

CREATE TYPE budget_result AS (
    current_spend double precision,
    budget_limit double precision,
    usage_ratio double precision,
    remaining_budget double precision,
    is_warning boolean,
    is_breached boolean
);

CREATE TYPE budget_config_i64 AS (
    warning_ppm bigint
);

CREATE FUNCTION budget_config_i64(
    warning_ppm bigint DEFAULT NULL
) RETURNS budget_config_i64
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT ROW($1)::@extschema@.budget_config_i64';

CREATE TYPE budget_result_i64 AS (
    current_spend bigint,
    budget_limit bigint,
    remaining_budget bigint,
    usage_ppm numeric,
    is_warning boolean,
    is_breached boolean
);

CREATE TYPE spike_config AS (
    spike_multiplier double precision,
    min_baseline double precision
);

CREATE FUNCTION spike_config(
    spike_multiplier double precision DEFAULT NULL,
    min_baseline double precision DEFAULT NULL
) RETURNS spike_config
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT ROW($1, $2)::@extschema@.spike_config';

CREATE TYPE spike_result AS (
    latest_spend double precision,
    baseline_mean double precision,
    threshold double precision,
    is_spike boolean,
    points_used bigint
);

CREATE TYPE spike_config_i64 AS (
    spike_multiplier_ppm bigint,
    min_baseline bigint
);

CREATE FUNCTION spike_config_i64(
    spike_multiplier_ppm bigint DEFAULT NULL,
    min_baseline bigint DEFAULT NULL
) RETURNS spike_config_i64
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT ROW($1, $2)::@extschema@.spike_config_i64';

CREATE TYPE spike_result_i64 AS (
    latest_spend bigint,
    baseline_mean bigint,
    threshold bigint,
    is_spike boolean,
    points_used bigint
);

CREATE TYPE breaker_counters AS (
    consecutive_failures bigint,
    failure_threshold bigint,
    cooldown_steps_remaining bigint
);

CREATE TYPE breaker_decision AS (
    retry_after_steps bigint,
    is_open boolean,
    allow_operation boolean
);

CREATE TYPE breaker_config AS (
    failure_threshold bigint,
    failure_count bigint,
    window_size bigint,
    minimum_calls bigint,
    failure_rate_ppm bigint,
    slow_call_rate_ppm bigint,
    half_open_max_probes bigint,
    half_open_calls bigint,
    half_open_failure_rate_ppm bigint,
    backoff_ppm bigint,
    jitter_ppm bigint,
    mode bigint,
    jitter_seed bigint,
    window_duration bigint,
    slow_call_duration bigint,
    open_duration bigint,
    max_open_duration bigint,
    probe_timeout bigint,
    half_open_duration bigint,
    trips_decay bigint,
    max_retry_after bigint,
    ramp_duration bigint
);

CREATE FUNCTION breaker_config(
    failure_threshold bigint DEFAULT NULL,
    failure_count bigint DEFAULT NULL,
    window_size bigint DEFAULT NULL,
    minimum_calls bigint DEFAULT NULL,
    failure_rate_ppm bigint DEFAULT NULL,
    slow_call_rate_ppm bigint DEFAULT NULL,
    half_open_max_probes bigint DEFAULT NULL,
    half_open_calls bigint DEFAULT NULL,
    half_open_failure_rate_ppm bigint DEFAULT NULL,
    backoff_ppm bigint DEFAULT NULL,
    jitter_ppm bigint DEFAULT NULL,
    mode bigint DEFAULT NULL,
    jitter_seed bigint DEFAULT NULL,
    window_duration bigint DEFAULT NULL,
    slow_call_duration bigint DEFAULT NULL,
    open_duration bigint DEFAULT NULL,
    max_open_duration bigint DEFAULT NULL,
    probe_timeout bigint DEFAULT NULL,
    half_open_duration bigint DEFAULT NULL,
    trips_decay bigint DEFAULT NULL,
    max_retry_after bigint DEFAULT NULL,
    ramp_duration bigint DEFAULT NULL
) RETURNS breaker_config
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT ROW($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)::@extschema@.breaker_config';

CREATE TYPE breaker_state AS (
    phase integer,
    revision bigint,
    generation bigint,
    updated_at bigint,
    phase_since bigint,
    consecutive_failures bigint,
    open_until bigint,
    forced_until bigint,
    ramp_duration bigint,
    ramp_credit bigint,
    bucket_duration bigint,
    newest_bucket bigint,
    live_probes bigint,
    probes_judged bigint,
    probes_failed bigint,
    trips bigint,
    window_calls bigint,
    window_next bigint,
    streak_age bigint,
    streak_skipped bigint
);

CREATE TYPE breaker_permit AS (
    generation bigint,
    retry_after bigint,
    deadline bigint,
    phase integer,
    allowed boolean,
    would_refuse boolean,
    probe_slot bigint,
    clock_regressed boolean
);

CREATE TYPE ledger_config AS (
    amount_limit bigint,
    carry_max bigint,
    debt_max bigint,
    hold_duration bigint,
    thresholds bigint[],
    threshold_unit bigint,
    threshold_basis bigint,
    mode bigint
);

CREATE FUNCTION ledger_config(
    amount_limit bigint DEFAULT NULL,
    carry_max bigint DEFAULT NULL,
    debt_max bigint DEFAULT NULL,
    hold_duration bigint DEFAULT NULL,
    thresholds bigint[] DEFAULT NULL,
    threshold_unit bigint DEFAULT NULL,
    threshold_basis bigint DEFAULT NULL,
    mode bigint DEFAULT NULL
) RETURNS ledger_config
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT ROW($1, $2, $3, $4, $5, $6, $7, $8)::@extschema@.ledger_config';

CREATE TYPE ledger_state AS (
    crossed bigint,
    revision bigint,
    ledger_id bigint,
    next_hold bigint,
    updated_at bigint,
    period bigint,
    settled bigint,
    carried bigint,
    held bigint,
    peak_settled bigint,
    peak_committed bigint,
    reset_hold bigint,
    dead_hold bigint,
    reset_clock bigint,
    endless bigint,
    told bigint,
    width_shift bigint,
    reset_bucket bigint
);

CREATE TYPE ledger_hold AS (
    ledger_id bigint,
    id bigint,
    period bigint,
    amount bigint,
    expires_at bigint
);

CREATE TYPE ledger_decision AS (
    settled bigint,
    held bigint,
    available bigint,
    overshoot bigint,
    expired bigint,
    reason integer,
    allowed boolean,
    would_refuse boolean,
    clock_regressed boolean,
    crossed bigint,
    newly_crossed bigint
);

CREATE TYPE rate_limit_config AS (
    amount_limit bigint,
    duration bigint,
    mode bigint
);

CREATE FUNCTION rate_limit_config(
    amount_limit bigint DEFAULT NULL,
    duration bigint DEFAULT NULL,
    mode bigint DEFAULT NULL
) RETURNS rate_limit_config
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT ROW($1, $2, $3)::@extschema@.rate_limit_config';

CREATE TYPE rate_limit_state AS (
    revision bigint,
    updated_at bigint,
    width bigint
);

CREATE TYPE rate_limit_decision AS (
    used bigint,
    available bigint,
    retry_after bigint,
    taken_at bigint,
    reason integer,
    allowed boolean,
    would_refuse boolean,
    clock_regressed boolean
);

CREATE TYPE detect_config AS (
    season_length bigint,
    window_points bigint,
    lag_points bigint,
    negative_points bigint,
    score_threshold double precision,
    min_impact double precision,
    min_relative_impact double precision,
    min_baseline double precision,
    start_time bigint,
    step bigint
);

CREATE FUNCTION detect_config(
    season_length bigint DEFAULT NULL,
    window_points bigint DEFAULT NULL,
    lag_points bigint DEFAULT NULL,
    negative_points bigint DEFAULT NULL,
    score_threshold double precision DEFAULT NULL,
    min_impact double precision DEFAULT NULL,
    min_relative_impact double precision DEFAULT NULL,
    min_baseline double precision DEFAULT NULL,
    start_time bigint DEFAULT NULL,
    step bigint DEFAULT NULL
) RETURNS detect_config
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT ROW($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)::@extschema@.detect_config';

CREATE TYPE detect_result AS (
    latest_spend double precision,
    expected_spend double precision,
    upper_bound double precision,
    excess double precision,
    score double precision,
    leak_score double precision,
    drop_score double precision,
    points_used bigint,
    verdict integer,
    reason integer,
    is_leak boolean,
    is_drop boolean
);

CREATE TYPE forecast_config AS (
    season_length bigint,
    lag_points bigint,
    negative_points bigint,
    start_time bigint,
    step bigint
);

CREATE FUNCTION forecast_config(
    season_length bigint DEFAULT NULL,
    lag_points bigint DEFAULT NULL,
    negative_points bigint DEFAULT NULL,
    start_time bigint DEFAULT NULL,
    step bigint DEFAULT NULL
) RETURNS forecast_config
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT ROW($1, $2, $3, $4, $5)::@extschema@.forecast_config';

CREATE TYPE forecast_result AS (
    spend_to_date double precision,
    forecast_spend double precision,
    lower_bound double precision,
    upper_bound double precision,
    forecast_ratio double precision,
    burn_rate double precision,
    exhaustion_point bigint,
    is_forecast_breached boolean,
    verdict integer
);

CREATE TYPE signal AS (
    kind integer,
    status integer,
    reasons bigint,
    monitor_reasons bigint,
    retry_after bigint
);

CREATE TYPE guard_policy AS (
    on_warning integer,
    on_breach integer,
    on_spike integer,
    on_leak integer,
    on_open integer,
    on_over_limit integer,
    on_rate integer,
    on_forecast integer,
    on_insufficient integer,
    on_error integer,
    on_missing integer,
    required bigint,
    monitor bigint
);

CREATE FUNCTION guard_policy(
    on_warning integer DEFAULT NULL,
    on_breach integer DEFAULT NULL,
    on_spike integer DEFAULT NULL,
    on_leak integer DEFAULT NULL,
    on_open integer DEFAULT NULL,
    on_over_limit integer DEFAULT NULL,
    on_rate integer DEFAULT NULL,
    on_forecast integer DEFAULT NULL,
    on_insufficient integer DEFAULT NULL,
    on_error integer DEFAULT NULL,
    on_missing integer DEFAULT NULL,
    required bigint DEFAULT NULL,
    monitor bigint DEFAULT NULL
) RETURNS guard_policy
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT ROW($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)::@extschema@.guard_policy';

CREATE TYPE guard_decision AS (
    action integer,
    monitor_action integer,
    reasons bigint,
    monitor_reasons bigint,
    kinds bigint,
    retry_after bigint
);
