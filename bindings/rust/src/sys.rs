//! The functions of the C interface, under their names in C. Made from cloudcircuit.json by make_sys.py: do not
//! edit.
//!
//! The crate has a safe form of each. These are for code that keeps states in memory of its own. What each of
//! them asks of its pointers is in cloudcircuit.h: they need no alignment, and NULL is an error where it is not
//! allowed. The structs are those of the crate.

use crate::types::*;
use core::ffi::c_char;

unsafe extern "C" {
    /// Returns the library's version in the form of `VERSION`: a static string, never NULL.
    pub fn cloudcircuit_version() -> *const c_char;

    /// Returns the library's ABI version, the number in its soname.
    pub fn cloudcircuit_abi_version() -> u32;

    /// Returns what a status means, in English, as a static string: the argument and the rule that
    /// it broke.
    pub fn cloudcircuit_status_message(status: i32) -> *const c_char;

    /// Returns the name of a status's constant, for example "`OK`", as a static string.
    pub fn cloudcircuit_status_name(status: i32) -> *const c_char;

    /// Writes the default settings.
    pub fn cloudcircuit_budget_config_init(config: *mut BudgetConfig) -> i32;

    /// Checks a spend against a budget.
    pub fn cloudcircuit_check_budget(
        current_spend: f64,
        budget_limit: f64,
        config: *const BudgetConfig,
        result: *mut BudgetResult,
    ) -> i32;

    /// Writes the default settings.
    pub fn cloudcircuit_budget_config_i64_init(config: *mut BudgetConfigI64) -> i32;

    /// Checks a spend against a budget, as `check_budget()` does, in exact integers.
    pub fn cloudcircuit_check_budget_i64(
        current_spend: i64,
        budget_limit: i64,
        config: *const BudgetConfigI64,
        result: *mut BudgetResultI64,
    ) -> i32;

    /// Answers `check_budget()` as bits.
    pub fn cloudcircuit_budget_flags(
        current_spend: f64,
        budget_limit: f64,
        warning_ratio: f64,
    ) -> u32;

    /// Answers `check_budget_i64()` as bits.
    pub fn cloudcircuit_budget_flags_i64(
        current_spend: i64,
        budget_limit: i64,
        warning_ppm: u32,
    ) -> u32;

    /// Checks many budgets, each as `check_budget()` does.
    pub fn cloudcircuit_check_budget_columns(
        current_spend: *const f64,
        budget_limit: *const f64,
        len: usize,
        config: *const BudgetConfig,
        flags: *mut u8,
        usage_ratio: *mut f64,
        invalid_rows: *mut usize,
    ) -> i32;

    /// Checks many budgets, as `check_budget_columns()` does, where values may be missing.
    pub fn cloudcircuit_check_budget_columns_nullable(
        current_spend: *const f64,
        current_spend_validity: *const u8,
        current_spend_validity_offset: usize,
        budget_limit: *const f64,
        budget_limit_validity: *const u8,
        budget_limit_validity_offset: usize,
        len: usize,
        config: *const BudgetConfig,
        flags: *mut u8,
        usage_ratio: *mut f64,
        invalid_rows: *mut usize,
    ) -> i32;

    /// Checks many budgets, each as `check_budget_i64()` does.
    pub fn cloudcircuit_check_budget_columns_i64(
        current_spend: *const i64,
        budget_limit: *const i64,
        len: usize,
        config: *const BudgetConfigI64,
        flags: *mut u8,
        usage_ppm: *mut u64,
        invalid_rows: *mut usize,
    ) -> i32;

    /// Checks many budgets, as `check_budget_columns_i64()` does, where values may be missing.
    pub fn cloudcircuit_check_budget_columns_i64_nullable(
        current_spend: *const i64,
        current_spend_validity: *const u8,
        current_spend_validity_offset: usize,
        budget_limit: *const i64,
        budget_limit_validity: *const u8,
        budget_limit_validity_offset: usize,
        len: usize,
        config: *const BudgetConfigI64,
        flags: *mut u8,
        usage_ppm: *mut u64,
        invalid_rows: *mut usize,
    ) -> i32;

    /// Writes a `BudgetResult` as one line of JSON.
    pub fn cloudcircuit_write_budget_result_json(
        status: i32,
        config: *const BudgetConfig,
        result: *const BudgetResult,
        buffer: *mut c_char,
        capacity: usize,
        length: *mut usize,
    ) -> i32;

    /// Writes a `BudgetResultI64` as one line of JSON.
    pub fn cloudcircuit_write_budget_result_i64_json(
        status: i32,
        config: *const BudgetConfigI64,
        result: *const BudgetResultI64,
        buffer: *mut c_char,
        capacity: usize,
        length: *mut usize,
    ) -> i32;

    /// Writes the default settings.
    pub fn cloudcircuit_spike_config_init(config: *mut SpikeConfig) -> i32;

    /// Compares the last point of a series with the mean of all points before it, the baseline.
    pub fn cloudcircuit_check_anomaly_spike(
        spend_series: *const f64,
        spend_series_len: usize,
        config: *const SpikeConfig,
        result: *mut SpikeResult,
    ) -> i32;

    /// Writes the default settings.
    pub fn cloudcircuit_spike_config_i64_init(config: *mut SpikeConfigI64) -> i32;

    /// Compares the last point of a series with the mean of all points before it, as
    /// `check_anomaly_spike()` does, in exact integers.
    pub fn cloudcircuit_check_anomaly_spike_i64(
        spend_series: *const i64,
        spend_series_len: usize,
        config: *const SpikeConfigI64,
        result: *mut SpikeResultI64,
    ) -> i32;

    /// Answers `check_anomaly_spike()` as bits.
    pub fn cloudcircuit_spike_flags(
        series: *const f64,
        len: usize,
        spike_multiplier: f64,
        min_baseline: f64,
    ) -> u32;

    /// Checks many series, each as `check_anomaly_spike()` does.
    pub fn cloudcircuit_check_anomaly_spike_columns(
        spend: *const f64,
        spend_len: usize,
        offsets: *const i64,
        rows: usize,
        config: *const SpikeConfig,
        flags: *mut u8,
        threshold: *mut f64,
        invalid_rows: *mut usize,
    ) -> i32;

    /// Checks many series, as `check_anomaly_spike_columns()` does, where series or points may be
    /// missing.
    pub fn cloudcircuit_check_anomaly_spike_columns_nullable(
        spend: *const f64,
        spend_validity: *const u8,
        spend_validity_offset: usize,
        spend_len: usize,
        offsets: *const i64,
        series_validity: *const u8,
        series_validity_offset: usize,
        rows: usize,
        config: *const SpikeConfig,
        flags: *mut u8,
        threshold: *mut f64,
        invalid_rows: *mut usize,
    ) -> i32;

    /// Writes a `SpikeResult` as one line of JSON.
    pub fn cloudcircuit_write_spike_result_json(
        status: i32,
        config: *const SpikeConfig,
        result: *const SpikeResult,
        buffer: *mut c_char,
        capacity: usize,
        length: *mut usize,
    ) -> i32;

    /// Writes a `SpikeResultI64` as one line of JSON.
    pub fn cloudcircuit_write_spike_result_i64_json(
        status: i32,
        config: *const SpikeConfigI64,
        result: *const SpikeResultI64,
        buffer: *mut c_char,
        capacity: usize,
        length: *mut usize,
    ) -> i32;

    /// Fills in a closed breaker's counters: no failures, `DEFAULT_FAILURE_THRESHOLD`, no cooldown.
    pub fn cloudcircuit_breaker_counters_init(counters: *mut BreakerCounters) -> i32;

    /// Decides from the host's own counters whether an operation may run: the breaker is open when
    /// `consecutive_failures` >= `failure_threshold` or a cooldown remains.
    pub fn cloudcircuit_evaluate_circuit_breaker(
        counters: *const BreakerCounters,
        decision: *mut BreakerDecision,
    ) -> i32;

    /// Answers `evaluate_circuit_breaker()` as bits.
    pub fn cloudcircuit_breaker_flags(
        consecutive_failures: i64,
        failure_threshold: i64,
        cooldown_steps_remaining: i64,
    ) -> u32;

    /// Writes a `BreakerDecision` as one line of JSON.
    pub fn cloudcircuit_write_breaker_decision_json(
        status: i32,
        counters: *const BreakerCounters,
        decision: *const BreakerDecision,
        buffer: *mut c_char,
        capacity: usize,
        length: *mut usize,
    ) -> i32;

    /// Fills in the default config.
    pub fn cloudcircuit_breaker_config_init(config: *mut BreakerConfig) -> i32;

    /// Makes a new breaker: closed, revision 0, generation 1.
    pub fn cloudcircuit_breaker_init(now: i64, state: *mut BreakerState) -> i32;

    /// Asks whether a call may run now.
    pub fn cloudcircuit_breaker_acquire(
        config: *const BreakerConfig,
        state: *mut BreakerState,
        now: i64,
        permit: *mut BreakerPermit,
    ) -> i32;

    /// Says what `breaker_acquire` would answer now, and changes nothing.
    pub fn cloudcircuit_breaker_peek(
        config: *const BreakerConfig,
        state: *const BreakerState,
        now: i64,
        permit: *mut BreakerPermit,
    ) -> i32;

    /// Reports how an allowed call went.
    pub fn cloudcircuit_breaker_report(
        config: *const BreakerConfig,
        state: *mut BreakerState,
        permit: *const BreakerPermit,
        outcome: i32,
        duration: i64,
        retry_at: i64,
        now: i64,
    ) -> i32;

    /// Reports one call and acquires for the next at the same time.
    pub fn cloudcircuit_breaker_report_and_acquire(
        config: *const BreakerConfig,
        state: *mut BreakerState,
        permit: *const BreakerPermit,
        outcome: i32,
        duration: i64,
        retry_at: i64,
        now: i64,
        next: *mut BreakerPermit,
    ) -> i32;

    /// Forces the breaker open or closed until a time, or closes it.
    pub fn cloudcircuit_breaker_force(
        state: *mut BreakerState,
        forced_phase: i32,
        until: i64,
        now: i64,
    ) -> i32;

    /// Starts the breaker over: closed, generation + 1, all counters 0.
    pub fn cloudcircuit_breaker_reset(state: *mut BreakerState, now: i64) -> i32;

    /// Checks whether the library can have written a state, under whatever config.
    pub fn cloudcircuit_breaker_state_validate(state: *const BreakerState) -> i32;

    /// Writes a state as bytes that any machine reads.
    pub fn cloudcircuit_breaker_state_encode(
        state: *const BreakerState,
        bytes: *mut u8,
        len: usize,
    ) -> i32;

    /// Reads a state from what `breaker_state_encode` wrote, on whatever machine.
    pub fn cloudcircuit_breaker_state_decode(
        bytes: *const u8,
        len: usize,
        state: *mut BreakerState,
    ) -> i32;

    /// Writes a `BreakerPermit` as one line of JSON.
    pub fn cloudcircuit_write_breaker_permit_json(
        status: i32,
        config: *const BreakerConfig,
        permit: *const BreakerPermit,
        buffer: *mut c_char,
        capacity: usize,
        length: *mut usize,
    ) -> i32;

    /// Fills in the defaults: a limit of 0, no carry, holds without end, no thresholds.
    pub fn cloudcircuit_ledger_config_init(config: *mut LedgerConfig) -> i32;

    /// Makes a new ledger: nothing settled, nothing held, revision 0.
    pub fn cloudcircuit_ledger_init(
        ledger_id: u64,
        period: i64,
        now: i64,
        state: *mut LedgerState,
    ) -> i32;

    /// Holds an estimate if settled + held + estimate <= limit + carried: all of it or nothing.
    pub fn cloudcircuit_ledger_reserve(
        config: *const LedgerConfig,
        state: *mut LedgerState,
        estimate: i64,
        now: i64,
        hold: *mut LedgerHold,
        decision: *mut LedgerDecision,
    ) -> i32;

    /// Asks for more on a hold, and gives it a new end: now + `hold_duration`.
    pub fn cloudcircuit_ledger_extend(
        config: *const LedgerConfig,
        state: *mut LedgerState,
        hold: *mut LedgerHold,
        more: i64,
        now: i64,
        decision: *mut LedgerDecision,
    ) -> i32;

    /// Books a part of what a hold is for, and goes on holding the rest until its end.
    pub fn cloudcircuit_ledger_post(
        config: *const LedgerConfig,
        state: *mut LedgerState,
        hold: *mut LedgerHold,
        part: i64,
        now: i64,
        decision: *mut LedgerDecision,
    ) -> i32;

    /// Books what a held request cost and lets the rest of the hold go.
    pub fn cloudcircuit_ledger_settle(
        config: *const LedgerConfig,
        state: *mut LedgerState,
        hold: *mut LedgerHold,
        actual: i64,
        now: i64,
        decision: *mut LedgerDecision,
    ) -> i32;

    /// Lets a hold go whose request did not run: settles it with 0.
    pub fn cloudcircuit_ledger_release(
        config: *const LedgerConfig,
        state: *mut LedgerState,
        hold: *mut LedgerHold,
        now: i64,
        decision: *mut LedgerDecision,
    ) -> i32;

    /// Books spend that was not held, or a credit.
    pub fn cloudcircuit_ledger_record(
        config: *const LedgerConfig,
        state: *mut LedgerState,
        amount: i64,
        now: i64,
        decision: *mut LedgerDecision,
    ) -> i32;

    /// Moves to a later period.
    pub fn cloudcircuit_ledger_roll(
        config: *const LedgerConfig,
        state: *mut LedgerState,
        period: i64,
        now: i64,
        decision: *mut LedgerDecision,
    ) -> i32;

    /// Starts a ledger over by an operator's word: nothing settled or carried, period and now are
    /// true.
    pub fn cloudcircuit_ledger_reset(state: *mut LedgerState, period: i64, now: i64) -> i32;

    /// Checks whether a state is one that the library can have written, under whatever config.
    pub fn cloudcircuit_ledger_state_validate(state: *const LedgerState) -> i32;

    /// Writes a state as bytes that any machine reads; docs/LEDGER.md has their layout.
    pub fn cloudcircuit_ledger_state_encode(
        state: *const LedgerState,
        bytes: *mut u8,
        len: usize,
    ) -> i32;

    /// Reads a state from what `ledger_state_encode()` wrote, on whatever machine.
    pub fn cloudcircuit_ledger_state_decode(
        bytes: *const u8,
        len: usize,
        state: *mut LedgerState,
    ) -> i32;

    /// Reserves on several ledgers at once: all hold their estimate, or none does.
    pub fn cloudcircuit_ledgers_reserve(
        configs: *const LedgerConfig,
        states: *mut LedgerState,
        estimates: *const i64,
        count: usize,
        now: i64,
        holds: *mut LedgerHold,
        decisions: *mut LedgerDecision,
        refused_by: *mut u32,
    ) -> i32;

    /// Extends several holds at once: all of them, or none.
    pub fn cloudcircuit_ledgers_extend(
        configs: *const LedgerConfig,
        states: *mut LedgerState,
        holds: *mut LedgerHold,
        mores: *const i64,
        count: usize,
        now: i64,
        decisions: *mut LedgerDecision,
        failed_at: *mut u32,
    ) -> i32;

    /// Settles several holds at once: all of them, or none.
    pub fn cloudcircuit_ledgers_settle(
        configs: *const LedgerConfig,
        states: *mut LedgerState,
        holds: *mut LedgerHold,
        actuals: *const i64,
        count: usize,
        now: i64,
        decisions: *mut LedgerDecision,
        failed_at: *mut u32,
    ) -> i32;

    /// Releases several holds at once: all of them, or none.
    pub fn cloudcircuit_ledgers_release(
        configs: *const LedgerConfig,
        states: *mut LedgerState,
        holds: *mut LedgerHold,
        count: usize,
        now: i64,
        decisions: *mut LedgerDecision,
        failed_at: *mut u32,
    ) -> i32;

    /// Books spend that was not held on several ledgers at once: on all of them, or none.
    pub fn cloudcircuit_ledgers_record(
        configs: *const LedgerConfig,
        states: *mut LedgerState,
        amounts: *const i64,
        count: usize,
        now: i64,
        decisions: *mut LedgerDecision,
        failed_at: *mut u32,
    ) -> i32;

    /// Moves several ledgers to later periods at once: all of them, or none.
    pub fn cloudcircuit_ledgers_roll(
        configs: *const LedgerConfig,
        states: *mut LedgerState,
        periods: *const i64,
        count: usize,
        now: i64,
        decisions: *mut LedgerDecision,
        failed_at: *mut u32,
    ) -> i32;

    /// Writes a `LedgerDecision` as one line of JSON.
    pub fn cloudcircuit_write_ledger_decision_json(
        status: i32,
        config: *const LedgerConfig,
        decision: *const LedgerDecision,
        buffer: *mut c_char,
        capacity: usize,
        length: *mut usize,
    ) -> i32;

    /// Makes a new rate limit: nothing taken, revision 0.
    pub fn cloudcircuit_rate_limit_init(now: i64, state: *mut RateLimitState) -> i32;

    /// Takes an amount if it fits: all of it or nothing.
    pub fn cloudcircuit_rate_limit_acquire(
        config: *const RateLimitConfig,
        state: *mut RateLimitState,
        amount: i64,
        now: i64,
        decision: *mut RateLimitDecision,
    ) -> i32;

    /// Corrects what was taken: adds the difference between estimate and actual where it was taken.
    pub fn cloudcircuit_rate_limit_adjust(
        config: *const RateLimitConfig,
        state: *mut RateLimitState,
        taken_at: i64,
        by: i64,
        now: i64,
        decision: *mut RateLimitDecision,
    ) -> i32;

    /// Starts a rate limit over by an operator's word: nothing taken, and now is true, also
    /// backwards.
    pub fn cloudcircuit_rate_limit_reset(state: *mut RateLimitState, now: i64) -> i32;

    /// Checks whether a state is one that the library can have written, under whatever config.
    pub fn cloudcircuit_rate_limit_state_validate(state: *const RateLimitState) -> i32;

    /// Writes a state as bytes that any machine reads; docs/LEDGER.md has their layout.
    pub fn cloudcircuit_rate_limit_state_encode(
        state: *const RateLimitState,
        bytes: *mut u8,
        len: usize,
    ) -> i32;

    /// Reads a state from what `rate_limit_state_encode()` wrote, on whatever machine.
    pub fn cloudcircuit_rate_limit_state_decode(
        bytes: *const u8,
        len: usize,
        state: *mut RateLimitState,
    ) -> i32;

    /// Writes a `RateLimitDecision` as one line of JSON.
    pub fn cloudcircuit_write_rate_limit_decision_json(
        status: i32,
        config: *const RateLimitConfig,
        decision: *const RateLimitDecision,
        buffer: *mut c_char,
        capacity: usize,
        length: *mut usize,
    ) -> i32;

    /// Writes the default settings.
    pub fn cloudcircuit_detect_config_init(config: *mut DetectConfig) -> i32;

    /// Judges the latest point of a series, or the one `lag_points` before it, by the points before
    /// it.
    pub fn cloudcircuit_detect_spike(
        spend_series: *const f64,
        spend_series_len: usize,
        config: *const DetectConfig,
        result: *mut DetectResult,
    ) -> i32;

    /// Writes a `DetectResult` as one line of JSON.
    pub fn cloudcircuit_write_detect_result_json(
        status: i32,
        config: *const DetectConfig,
        result: *const DetectResult,
        buffer: *mut c_char,
        capacity: usize,
        length: *mut usize,
    ) -> i32;

    /// Judges every point of a series by the points before it.
    pub fn cloudcircuit_scan_spikes(
        spend_series: *const f64,
        spend_series_len: usize,
        config: *const DetectConfig,
        flags: *mut u8,
        expected_spend: *mut f64,
        upper_bound: *mut f64,
    ) -> i32;

    /// Judges many series, each as `detect_spike()` does.
    pub fn cloudcircuit_detect_spike_columns(
        spend: *const f64,
        spend_len: usize,
        offsets: *const i64,
        rows: usize,
        config: *const DetectConfig,
        flags: *mut u8,
        scores: *mut f64,
        invalid_rows: *mut usize,
    ) -> i32;

    /// Creates a tracker before its first point.
    pub fn cloudcircuit_spike_tracker_init(
        config: *const DetectConfig,
        tracker: *mut SpikeTrackerState,
    ) -> i32;

    /// Judges the next point of a series and adds it to the tracker.
    pub fn cloudcircuit_spike_tracker_update(
        tracker: *mut SpikeTrackerState,
        spend: f64,
        result: *mut DetectResult,
    ) -> i32;

    /// Checks whether a tracker is one that this library can have written.
    pub fn cloudcircuit_spike_tracker_state_validate(tracker: *const SpikeTrackerState) -> i32;

    /// Encodes a tracker as bytes that are the same on every machine and end in a checksum.
    pub fn cloudcircuit_spike_tracker_state_encode(
        tracker: *const SpikeTrackerState,
        bytes: *mut u8,
        len: usize,
    ) -> i32;

    /// Decodes a tracker, to the bit as it was encoded.
    pub fn cloudcircuit_spike_tracker_state_decode(
        bytes: *const u8,
        len: usize,
        tracker: *mut SpikeTrackerState,
    ) -> i32;

    /// Writes the default settings.
    pub fn cloudcircuit_forecast_config_init(config: *mut ForecastConfig) -> i32;

    /// Forecasts what a period, for example a month, will have cost when it ends.
    pub fn cloudcircuit_forecast_budget(
        history: *const f64,
        history_len: usize,
        period_spend: *const f64,
        elapsed: usize,
        period_len: usize,
        budget_limit: f64,
        config: *const ForecastConfig,
        result: *mut ForecastResult,
    ) -> i32;

    /// Writes a `ForecastResult` as one line of JSON.
    pub fn cloudcircuit_write_forecast_result_json(
        status: i32,
        config: *const ForecastConfig,
        result: *const ForecastResult,
        buffer: *mut c_char,
        capacity: usize,
        length: *mut usize,
    ) -> i32;

    /// Forecasts many series, each as `forecast_budget()` does.
    pub fn cloudcircuit_forecast_budget_columns(
        spend: *const f64,
        spend_len: usize,
        offsets: *const i64,
        start_time: *const i64,
        elapsed: *const i64,
        period_len: *const i64,
        budget_limit: *const f64,
        rows: usize,
        config: *const ForecastConfig,
        flags: *mut u8,
        results: *mut ForecastResult,
        invalid_rows: *mut usize,
    ) -> i32;

    /// Makes a signal of `check_budget()`: `is_warning` and `is_breached`.
    pub fn cloudcircuit_budget_signal(
        status: i32,
        result: *const BudgetResult,
        signal: *mut Signal,
    ) -> i32;

    /// Makes a signal of `check_budget_i64()`: `is_warning` and `is_breached`.
    pub fn cloudcircuit_budget_signal_i64(
        status: i32,
        result: *const BudgetResultI64,
        signal: *mut Signal,
    ) -> i32;

    /// Makes a signal of a ledger's call: `REASON_OVER_LIMIT` when it does not allow, and
    /// `REASON_WARNING` when it has newly crossed a threshold.
    pub fn cloudcircuit_ledger_signal(
        status: i32,
        decision: *const LedgerDecision,
        signal: *mut Signal,
    ) -> i32;

    /// Makes a signal of `check_anomaly_spike()`: `is_spike`.
    pub fn cloudcircuit_spike_signal(
        status: i32,
        result: *const SpikeResult,
        signal: *mut Signal,
    ) -> i32;

    /// Makes a signal of `check_anomaly_spike_i64()`: `is_spike`.
    pub fn cloudcircuit_spike_signal_i64(
        status: i32,
        result: *const SpikeResultI64,
        signal: *mut Signal,
    ) -> i32;

    /// Makes a signal of `detect_spike()` or `spike_tracker_update()`: a spike, a leak, or
    /// insufficient data.
    pub fn cloudcircuit_detect_signal(
        status: i32,
        result: *const DetectResult,
        signal: *mut Signal,
    ) -> i32;

    /// Makes a signal of `evaluate_circuit_breaker()`: `is_open` with its `retry_after_steps`.
    pub fn cloudcircuit_breaker_signal(
        status: i32,
        decision: *const BreakerDecision,
        signal: *mut Signal,
    ) -> i32;

    /// Makes a signal of `breaker_acquire()`, `_report_and_acquire()` or _peek(): whether the
    /// breaker refuses, and for how long.
    pub fn cloudcircuit_permit_signal(
        status: i32,
        permit: *const BreakerPermit,
        signal: *mut Signal,
    ) -> i32;

    /// Makes a signal of `rate_limit_acquire()`: whether the rate limit refuses, and for how long.
    pub fn cloudcircuit_rate_limit_signal(
        status: i32,
        decision: *const RateLimitDecision,
        signal: *mut Signal,
    ) -> i32;

    /// Makes a signal of `forecast_budget()`: `is_forecast_breached`, or insufficient data.
    pub fn cloudcircuit_forecast_signal(
        status: i32,
        result: *const ForecastResult,
        signal: *mut Signal,
    ) -> i32;

    /// Fills in the default policy, as the struct's fields name it.
    pub fn cloudcircuit_guard_policy_init(policy: *mut GuardPolicy) -> i32;

    /// Turns what the safeguards found into one action: the least permissive of those that the
    /// policy names for the findings, and `ACTION_ALLOW` when there is none.
    pub fn cloudcircuit_evaluate_guard(
        signals: *const Signal,
        count: usize,
        policy: *const GuardPolicy,
        decision: *mut GuardDecision,
    ) -> i32;

    /// Writes a `GuardDecision` as one line of JSON.
    pub fn cloudcircuit_write_guard_decision_json(
        status: i32,
        policy: *const GuardPolicy,
        decision: *const GuardDecision,
        buffer: *mut c_char,
        capacity: usize,
        length: *mut usize,
    ) -> i32;

    /// Returns the name of an action, for example "block".
    pub fn cloudcircuit_action_name(action: i32) -> *const c_char;

    /// Returns the name of one of the guard's reasons, for example "`over_limit`".
    pub fn cloudcircuit_reason_name(reason: u32) -> *const c_char;

    /// Returns the name of a kind of signal, for example "budget".
    pub fn cloudcircuit_signal_name(kind: u32) -> *const c_char;

    /// Returns the name of a breaker's phase, for example "`half_open`".
    pub fn cloudcircuit_phase_name(phase: i32) -> *const c_char;

    /// Returns the name of a call's outcome, for example "success".
    pub fn cloudcircuit_outcome_name(outcome: i32) -> *const c_char;

    /// Returns the name of a verdict, for example "`insufficient_data`".
    pub fn cloudcircuit_verdict_name(verdict: i32) -> *const c_char;

    /// Returns the name of a detector's reason, for example "`two_points`".
    pub fn cloudcircuit_detect_reason_name(reason: i32) -> *const c_char;

    /// Returns the name of a ledger's reason, for example "`at_limit`".
    pub fn cloudcircuit_ledger_reason_name(reason: i32) -> *const c_char;

    /// Returns the name of a rate limit's reason, for example "within".
    pub fn cloudcircuit_rate_reason_name(reason: i32) -> *const c_char;

    /// Returns the name of a mode, for example "enforce".
    pub fn cloudcircuit_mode_name(mode: u32) -> *const c_char;

    /// Converts an amount to minor units: amount times 10^scale, rounded to the nearest integer.
    pub fn cloudcircuit_money_from_double(amount: f64, scale: u32, minor: *mut i64) -> i32;

    /// Converts minor units to the double nearest to minor / 10^scale.
    pub fn cloudcircuit_money_to_double(minor: i64, scale: u32, amount: *mut f64) -> i32;
}
