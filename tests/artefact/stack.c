/* How much stack each call needs: all of them run in a signal handler, on a stack that is painted before each call
 * and searched for the deepest byte that is no longer the paint. WebAssembly has no signals: there they run in main(). Prints the bytes and the name, a call a line. */
#define _GNU_SOURCE
#include <cloudcircuit.h>
#include <stdio.h>
#ifndef __wasm__
#include <signal.h>
#endif
#include <string.h>

#define STACK (128 * 1024)
#define PAINT 0xA5
#define POINTS 2000
#define ROWS 1000
#define ALL CLOUDCIRCUIT_LEDGERS_MAX_COUNT

#ifdef __wasm__
/* The program's own, which the linker puts below everything else. Nothing lies at NULL. */
static unsigned char *const stack = (unsigned char *)16;
#else
static unsigned char stack[STACK];
#endif
static struct {
    const char *name;
    long bytes;
} used[400];
static int count;

/* Everything that calls write lies outside of the stack. */
static double spend[POINTS], numbers[POINTS];
static int64_t cents[POINTS], offsets[ROWS + 1], amounts[ALL];
static uint64_t ppm[POINTS];
static uint8_t flags[POINTS], bitmap[POINTS / 8 + 2], bytes[4096];
static char line[CLOUDCIRCUIT_RECORD_CAPACITY];
static size_t length;
static uint32_t index_of;
static int64_t minor;
static double amount;

static cloudcircuit_budget_config budget_config;
static cloudcircuit_budget_result budget;
static cloudcircuit_budget_config_i64 budget_config_i64;
static cloudcircuit_budget_result_i64 budget_i64;
static cloudcircuit_spike_config spike_config;
static cloudcircuit_spike_result spike;
static cloudcircuit_spike_config_i64 spike_config_i64;
static cloudcircuit_spike_result_i64 spike_i64;
static cloudcircuit_breaker_counters counters;
static cloudcircuit_breaker_decision decision;
static cloudcircuit_breaker_config breaker_config;
static cloudcircuit_breaker_state breaker;
static cloudcircuit_breaker_permit permit, next;
static cloudcircuit_ledger_config ledger_configs[ALL];
static cloudcircuit_ledger_state ledgers[ALL];
static cloudcircuit_ledger_hold holds[ALL];
static cloudcircuit_ledger_decision decisions[ALL];
static cloudcircuit_rate_limit_config rate_config;
static cloudcircuit_rate_limit_state rate;
static cloudcircuit_rate_limit_decision rate_decision;
static cloudcircuit_detect_config detect_config;
static cloudcircuit_detect_result detected;
static cloudcircuit_spike_tracker_state tracker;
static cloudcircuit_forecast_config forecast_config;
static cloudcircuit_forecast_result forecast;
static const int64_t halves[] = {0, POINTS / 2, POINTS}, elapsed[] = {15, 15}, periods[] = {31, 31};
static const double limits[] = {500.0, 500.0};
static cloudcircuit_signal signals[CLOUDCIRCUIT_GUARD_MAX_SIGNALS];
static cloudcircuit_guard_policy policy;
static cloudcircuit_guard_decision guard;

/* Paints from the far end of the stack up to its own frame. */
static void __attribute__((noinline)) paint(void)
{
    volatile unsigned char *at = stack;
    volatile unsigned char here = 0;
    while (at < &here - 64) {
        *at++ = PAINT;
    }
}

static long __attribute__((noinline)) below(const volatile unsigned char *mark)
{
    const volatile unsigned char *at = stack;
    while (*at == PAINT && at < mark) {
        at++;
    }
    return (long)(mark - at);
}

/* A call is noted with the most that it needed in any of its forms here. */
static void note(const char *name, long needed)
{
    int i;
    for (i = 0; i < count && strcmp(used[i].name, name) != 0; i++) {
    }
    if (i == count) {
        used[count++].name = name;
    }
    if (used[i].bytes < needed) {
        used[i].bytes = needed;
    }
}

static volatile int64_t sink;

#define CALL(name, arguments)                               \
    do {                                                    \
        volatile unsigned char mark = 0;                    \
        paint();                                            \
        sink = (int64_t)(size_t)cloudcircuit_##name arguments; \
        note(#name, below(&mark));                          \
    } while (0)

static void __attribute__((noinline)) simple(void)
{
    CALL(version, ());
    CALL(abi_version, ());
    CALL(status_message, (CLOUDCIRCUIT_ERR_RESERVED));
    CALL(status_name, (CLOUDCIRCUIT_ERR_RESERVED));
    CALL(action_name, (1));
    CALL(reason_name, (1));
    CALL(signal_name, (1));
    CALL(phase_name, (1));
    CALL(outcome_name, (1));
    CALL(verdict_name, (1));
    CALL(detect_reason_name, (1));
    CALL(ledger_reason_name, (1));
    CALL(rate_reason_name, (1));
    CALL(mode_name, (1));
    CALL(money_from_double, (12.345, 2, &minor));
    CALL(money_to_double, (123456789, 9, &amount));

    CALL(budget_config_init, (&budget_config));
    CALL(check_budget, (95.1, 100.3, &budget_config, &budget));
    CALL(write_budget_result_json, (0, &budget_config, &budget, line, sizeof line, &length));
    CALL(budget_config_i64_init, (&budget_config_i64));
    CALL(check_budget_i64, (INT64_MAX - 1, INT64_MAX, &budget_config_i64, &budget_i64));
    CALL(write_budget_result_i64_json, (0, &budget_config_i64, &budget_i64, line, sizeof line, &length));
    CALL(budget_flags, (95.1, 100.3, 0.8));
    CALL(budget_flags_i64, (INT64_MAX - 1, INT64_MAX, 800000));
    CALL(spike_config_init, (&spike_config));
    CALL(spike_config_i64_init, (&spike_config_i64));
    CALL(check_anomaly_spike, (spend, 16, &spike_config, &spike));
    CALL(check_anomaly_spike, (spend, POINTS, &spike_config, &spike));
    CALL(write_spike_result_json, (0, &spike_config, &spike, line, sizeof line, &length));
    CALL(check_anomaly_spike_i64, (cents, POINTS, &spike_config_i64, &spike_i64));
    CALL(write_spike_result_i64_json, (0, &spike_config_i64, &spike_i64, line, sizeof line, &length));
    CALL(spike_flags, (spend, POINTS, 2.0, 1.0));

    CALL(breaker_counters_init, (&counters));
    CALL(evaluate_circuit_breaker, (&counters, &decision));
    CALL(breaker_flags, (1, 2, 3));
    CALL(write_breaker_decision_json, (0, &counters, &decision, line, sizeof line, &length));
}

/* Each of the columns as SSE2 and AVX2 kernels read them, with rows that need the slow way. */
static void __attribute__((noinline)) columns(void)
{
    CALL(check_budget_columns, (spend, numbers, POINTS, NULL, flags, numbers, &length));
    CALL(check_budget_columns_nullable,
         (spend, bitmap, 3, spend, bitmap, 5, POINTS, NULL, flags, numbers, &length));
    CALL(check_budget_columns_i64, (cents, cents, POINTS, NULL, flags, ppm, &length));
    CALL(check_budget_columns_i64_nullable,
         (cents, bitmap, 3, cents, bitmap, 5, POINTS, NULL, flags, ppm, &length));
    CALL(check_anomaly_spike_columns,
         (spend, POINTS, offsets, ROWS, NULL, flags, numbers, &length));
    CALL(check_anomaly_spike_columns_nullable,
         (spend, bitmap, 3, POINTS, offsets, bitmap, 5, ROWS, NULL, flags, numbers, &length));
}

static void __attribute__((noinline)) breakers(void)
{
    int i;
    CALL(breaker_config_init, (&breaker_config));
    breaker_config.failure_threshold = 2;
    breaker_config.failure_rate_ppm = 300000;
    breaker_config.window_duration = 1000;
    breaker_config.minimum_calls = 1;
    breaker_config.half_open_calls = CLOUDCIRCUIT_BREAKER_MAX_HALF_OPEN_CALLS;
    breaker_config.half_open_max_probes = CLOUDCIRCUIT_BREAKER_MAX_PROBES;
    breaker_config.half_open_failure_rate_ppm = 500000;
    breaker_config.ramp_duration = 1000;
    breaker_config.trips_decay = 1000;
    CALL(breaker_init, (0, &breaker));
    for (i = 0; i < 200; i++) {
        int64_t now = 137 * i;
        CALL(breaker_acquire, (&breaker_config, &breaker, now, &permit));
        CALL(breaker_peek, (&breaker_config, &breaker, now, &next));
        CALL(breaker_report, (&breaker_config, &breaker, &permit, i % 3 == 0, 7, INT64_MIN, now + 5));
        CALL(breaker_acquire, (&breaker_config, &breaker, now, &permit));
        CALL(breaker_report_and_acquire,
             (&breaker_config, &breaker, &permit, i % 5 == 0, 7, INT64_MIN, now + 50, &next));
    }
    CALL(breaker_force, (&breaker, CLOUDCIRCUIT_BREAKER_FORCED_OPEN, 100000, 99000));
    CALL(breaker_state_validate, (&breaker));
    CALL(breaker_state_encode, (&breaker, bytes, CLOUDCIRCUIT_BREAKER_ENCODED_LEN));
    CALL(breaker_state_decode, (bytes, CLOUDCIRCUIT_BREAKER_ENCODED_LEN, &breaker));
    CALL(write_breaker_permit_json, (0, &breaker_config, &permit, line, sizeof line, &length));
    CALL(breaker_reset, (&breaker, 0));
}

static void __attribute__((noinline)) one_ledger(void)
{
    const cloudcircuit_ledger_config *config = ledger_configs;
    cloudcircuit_ledger_hold spent;
    int i;
    for (i = 0; i < 40; i++) {
        int64_t now = 9 * i;
        CALL(ledger_reserve, (config, ledgers, 10, now, holds, decisions));
        spent = holds[0];
        CALL(ledger_extend, (config, ledgers, holds, 5, now + 1, decisions));
        CALL(ledger_post, (config, ledgers, holds, 3, now + 2, decisions));
        CALL(ledger_settle, (config, ledgers, holds, 2, now + i * 5, decisions));
        CALL(ledger_settle, (config, ledgers, &spent, 2, now + i * 5, decisions));
        CALL(ledger_reserve, (config, ledgers, 10, now, holds, decisions));
        CALL(ledger_release, (config, ledgers, holds, now, decisions));
        CALL(ledger_record, (config, ledgers, 1, now, decisions));
        CALL(ledger_roll, (config, ledgers, i / 9, now, decisions));
    }
    CALL(ledger_state_validate, (ledgers));
    CALL(ledger_state_encode, (ledgers, bytes, CLOUDCIRCUIT_LEDGER_ENCODED_LEN));
    CALL(ledger_state_decode, (bytes, CLOUDCIRCUIT_LEDGER_ENCODED_LEN, ledgers));
    CALL(write_ledger_decision_json, (0, config, decisions, line, sizeof line, &length));
    CALL(ledger_reset, (ledgers, 1, 1));
}

static void __attribute__((noinline)) ledgers_and_rates(void)
{
    int i;
    for (i = 0; i < ALL; i++) {
        CALL(ledger_config_init, (&ledger_configs[i]));
        ledger_configs[i].limit = 1000000;
        ledger_configs[i].hold_duration = 160;
        ledger_configs[i].threshold_count = 8;
        ledger_configs[i].threshold_basis = CLOUDCIRCUIT_BASIS_COMMITTED;
        CALL(ledger_init, ((uint64_t)i + 1, 0, 0, &ledgers[i]));
        amounts[i] = 7;
    }
    for (i = 0; i < 8; i++) {
        ledger_configs[0].thresholds[i] = ledger_configs[ALL - 1].thresholds[i] = 10000 * (i + 1);
    }
    for (i = 1; i < ALL - 1; i++) {
        ledger_configs[i].threshold_count = 0;
    }
    one_ledger();
    for (i = 0; i < 5; i++) {
        int64_t now = 1000 + 70 * i;
        CALL(ledgers_reserve, (ledger_configs, ledgers, amounts, ALL, now, holds, decisions, &index_of));
        CALL(ledgers_extend, (ledger_configs, ledgers, holds, amounts, ALL, now + 1, decisions, &index_of));
        CALL(ledgers_settle, (ledger_configs, ledgers, holds, amounts, ALL, now + 1, decisions, &index_of));
        CALL(ledgers_reserve, (ledger_configs, ledgers, amounts, ALL, now, holds, decisions, &index_of));
        CALL(ledgers_release, (ledger_configs, ledgers, holds, ALL, now, decisions, &index_of));
        CALL(ledgers_record, (ledger_configs, ledgers, amounts, ALL, now, decisions, &index_of));
        amounts[ALL - 1] = 1000001;
        CALL(ledgers_reserve, (ledger_configs, ledgers, amounts, ALL, now, holds, decisions, &index_of));
        amounts[ALL - 1] = 7;
        CALL(ledgers_roll, (ledger_configs, ledgers, amounts, ALL, now, decisions, &index_of));
    }

    rate_config.limit = 100;
    rate_config.duration = 160;
    CALL(rate_limit_init, (0, &rate));
    for (i = 0; i < 60; i++) {
        CALL(rate_limit_acquire, (&rate_config, &rate, 9, 8 * i, &rate_decision));
        CALL(rate_limit_adjust, (&rate_config, &rate, 8 * i, -2, 8 * i, &rate_decision));
    }
    CALL(rate_limit_state_validate, (&rate));
    CALL(rate_limit_state_encode, (&rate, bytes, CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN));
    CALL(rate_limit_state_decode, (bytes, CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN, &rate));
    CALL(write_rate_limit_decision_json, (0, &rate_config, &rate_decision, line, sizeof line, &length));
    CALL(rate_limit_reset, (&rate, 0));
}

static void __attribute__((noinline)) detection(void)
{
    const size_t windows[] = {0, 30, CLOUDCIRCUIT_MAX_DETECT_WINDOW};
    size_t i, j;
    CALL(detect_config_init, (&detect_config));
    CALL(forecast_config_init, (&forecast_config));
    for (i = 0; i < 6; i++) {
        detect_config.window = (uint32_t)windows[i % 3];
        detect_config.step = i < 3 ? 86400 : 3600;
        detect_config.start_time = 1700000000;
        CALL(detect_spike, (spend, POINTS, &detect_config, &detected));
        CALL(scan_spikes, (spend, POINTS, &detect_config, flags, numbers, numbers + 1));
        CALL(scan_spikes, (spend, POINTS, &detect_config, flags, NULL, NULL));
        CALL(detect_spike_columns, (spend, POINTS, halves, 2, &detect_config, flags, numbers, &length));
        detect_config.window = (uint32_t)windows[i % 2];
        CALL(spike_tracker_init, (&detect_config, &tracker));
        for (j = 0; j < 400; j++) {
            CALL(spike_tracker_update, (&tracker, spend[j], &detected));
        }
        CALL(spike_tracker_state_validate, (&tracker));
        CALL(spike_tracker_state_encode, (&tracker, bytes, CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN));
        CALL(spike_tracker_state_decode, (bytes, CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN, &tracker));
    }
    CALL(write_detect_result_json, (0, &detect_config, &detected, line, sizeof line, &length));
    for (i = 0; i < 60; i++) {
        forecast_config.season_length = i % 2 ? CLOUDCIRCUIT_MAX_FORECAST_SEASON_LENGTH : 7;
        CALL(forecast_budget, (spend, 30 * i, spend, i / 2, 31, 500.0, &forecast_config, &forecast));
    }
    for (i = 0; i < 2; i++) {
        forecast_config.season_length = i % 2 ? CLOUDCIRCUIT_MAX_FORECAST_SEASON_LENGTH : 7;
        CALL(forecast_budget_columns, (spend, POINTS, halves, NULL, elapsed, periods, limits, 2, &forecast_config, flags,
                                       NULL, &length));
    }
    CALL(write_forecast_result_json, (0, &forecast_config, &forecast, line, sizeof line, &length));
}

static void __attribute__((noinline)) guards(void)
{
    int i;
    for (i = 0; i < CLOUDCIRCUIT_GUARD_MAX_SIGNALS; i += 8) {
        CALL(budget_signal, (0, &budget, &signals[i]));
        CALL(spike_signal, (0, &spike, &signals[i + 1]));
        CALL(permit_signal, (0, &permit, &signals[i + 2]));
        CALL(ledger_signal, (0, decisions, &signals[i + 3]));
        CALL(rate_limit_signal, (0, &rate_decision, &signals[i + 4]));
        CALL(detect_signal, (0, &detected, &signals[i + 5]));
        CALL(forecast_signal, (0, &forecast, &signals[i + 6]));
        CALL(breaker_signal, (0, &decision, &signals[i + 7]));
    }
    CALL(budget_signal_i64, (0, &budget_i64, &signals[0]));
    CALL(spike_signal_i64, (0, &spike_i64, &signals[1]));
    CALL(guard_policy_init, (&policy));
    CALL(evaluate_guard, (signals, CLOUDCIRCUIT_GUARD_MAX_SIGNALS, &policy, &guard));
    CALL(write_guard_decision_json, (0, &policy, &guard, line, sizeof line, &length));
}

static void all(int number)
{
    (void)number;
    simple();
    columns();
    breakers();
    ledgers_and_rates();
    detection();
    guards();
}

int main(void)
{
    int i;
#ifndef __wasm__
    struct sigaction action;
    stack_t own;
#endif
    for (i = 0; i < POINTS; i++) {
        spend[i] = 100 + i % 7 * 3 + i * 37 % 11;
        numbers[i] = spend[i];
        cents[i] = i == 9 ? -1 : INT64_MAX - i;
        bitmap[i / 8] = (uint8_t)(i * 7);
    }
    for (i = 0; i <= ROWS; i++) {
        offsets[i] = 2 * i;
    }
#ifdef __wasm__
    all(0);
#else
    memset(&own, 0, sizeof own);
    own.ss_sp = stack;
    own.ss_size = STACK;
    memset(&action, 0, sizeof action);
    action.sa_handler = all;
    action.sa_flags = SA_ONSTACK;
    if (sigaltstack(&own, NULL) != 0 || sigaction(SIGUSR1, &action, NULL) != 0) {
        return 1;
    }
    raise(SIGUSR1);
#endif
    for (i = 0; i < count; i++) {
        printf("%ld cloudcircuit_%s\n", used[i].bytes, used[i].name);
    }
    return 0;
}
