/* The guard: each signal function by each result of its safeguard, each status, each refusal byte for
   byte over memory that held something else, and one verdict in whatever order the signals come. The
   rules themselves are in tests/vectors/guard.txt, case by case. */
#include "check.h"
#include <cloudcircuit.h>
#include <float.h>
#include <math.h>

static const unsigned char FILLS[] = {0xAA, 0x55};
static const cloudcircuit_guard_decision BLOCKED = {CLOUDCIRCUIT_ACTION_BLOCK,
                                                    CLOUDCIRCUIT_ACTION_BLOCK, 0, 0, 0, 0, 0};

/* Signals */

/* Every signal function alike, behind a void pointer. */
#define SIGNAL(function, type)                                                              \
    static cloudcircuit_status function(cloudcircuit_status status, const void *result,     \
                                        cloudcircuit_signal *signal)                        \
    {                                                                                       \
        return cloudcircuit_##function(status, (const cloudcircuit_##type *)result, signal); \
    }
typedef cloudcircuit_status signal_function(cloudcircuit_status, const void *,
                                            cloudcircuit_signal *);

SIGNAL(budget_signal, budget_result)
SIGNAL(budget_signal_i64, budget_result_i64)
SIGNAL(spike_signal, spike_result)
SIGNAL(spike_signal_i64, spike_result_i64)
SIGNAL(breaker_signal, breaker_decision)
SIGNAL(permit_signal, breaker_permit)
SIGNAL(ledger_signal, ledger_decision)
SIGNAL(rate_limit_signal, rate_limit_decision)
SIGNAL(detect_signal, detect_result)
SIGNAL(forecast_signal, forecast_result)

static const struct maker {
    signal_function *make;
    int32_t kind;
    cloudcircuit_status broken;
} MAKERS[] = {
    {budget_signal, CLOUDCIRCUIT_SIGNAL_BUDGET, CLOUDCIRCUIT_ERR_BUDGET_SIGNAL},
    {budget_signal_i64, CLOUDCIRCUIT_SIGNAL_BUDGET, CLOUDCIRCUIT_ERR_BUDGET_SIGNAL},
    {ledger_signal, CLOUDCIRCUIT_SIGNAL_BUDGET, CLOUDCIRCUIT_ERR_LEDGER_SIGNAL},
    {spike_signal, CLOUDCIRCUIT_SIGNAL_SPIKE, CLOUDCIRCUIT_ERR_SPIKE_SIGNAL},
    {spike_signal_i64, CLOUDCIRCUIT_SIGNAL_SPIKE, CLOUDCIRCUIT_ERR_SPIKE_SIGNAL},
    {detect_signal, CLOUDCIRCUIT_SIGNAL_SPIKE, CLOUDCIRCUIT_ERR_DETECT_SIGNAL},
    {breaker_signal, CLOUDCIRCUIT_SIGNAL_BREAKER, CLOUDCIRCUIT_ERR_BREAKER_SIGNAL},
    {permit_signal, CLOUDCIRCUIT_SIGNAL_BREAKER, CLOUDCIRCUIT_ERR_PERMIT_SIGNAL},
    {rate_limit_signal, CLOUDCIRCUIT_SIGNAL_RATE, CLOUDCIRCUIT_ERR_RATE_SIGNAL},
    {forecast_signal, CLOUDCIRCUIT_SIGNAL_FORECAST, CLOUDCIRCUIT_ERR_FORECAST_SIGNAL},
};

static int is_zero(const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    while (size-- > 0)
        if (*at++ != 0)
            return 0;
    return 1;
}

/* What every signal function does with a result that counts, or that does not. */
static void all_alike(void)
{
    static const cloudcircuit_status errors[] = {CLOUDCIRCUIT_ERR_NULL_POINTER,
                                                 CLOUDCIRCUIT_ERR_CURRENT_SPEND, -1, INT32_MAX};
    unsigned char zeroed[128] = {0}, ones[128];
    size_t i, k;
    memset(ones, 0xFF, sizeof ones);
    for (i = 0; i < COUNT(MAKERS); i++) {
        const struct maker *maker = &MAKERS[i];
        for (k = 0; k < COUNT(FILLS); k++) {
            cloudcircuit_signal signal;
            memset(&signal, FILLS[k], sizeof signal);
            CHECK(maker->make(CLOUDCIRCUIT_OK, zeroed, &signal) == maker->broken);
            CHECK(is_zero(&signal, sizeof signal));
            memset(&signal, FILLS[k], sizeof signal);
            CHECK(maker->make(CLOUDCIRCUIT_OK, ones, &signal) == maker->broken);
            CHECK(is_zero(&signal, sizeof signal));
            memset(&signal, FILLS[k], sizeof signal);
            CHECK(maker->make(CLOUDCIRCUIT_OK, NULL, &signal) == CLOUDCIRCUIT_ERR_NULL_POINTER);
            CHECK(is_zero(&signal, sizeof signal));
        }
        /* A failed call's result is not read. */
        for (k = 0; k < COUNT(errors); k++) {
            const cloudcircuit_signal failed = {maker->kind, errors[k], CLOUDCIRCUIT_REASON_ERROR, 0, 0};
            cloudcircuit_signal signal;
            CHECK(maker->make(errors[k], ones, &signal) == CLOUDCIRCUIT_OK);
            CHECK(SAME_BYTES(signal, failed));
            CHECK(maker->make(errors[k], NULL, &signal) == CLOUDCIRCUIT_OK);
            CHECK(SAME_BYTES(signal, failed));
        }
        CHECK(maker->make(CLOUDCIRCUIT_OK, zeroed, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
        CHECK(maker->make(CLOUDCIRCUIT_ERR_RESERVED, NULL, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    }
}

/* The signal of a result at some alignment, also where the result is. */
static void says(const struct maker *maker, const void *result, size_t size, uint32_t reasons,
                 uint32_t monitored, int64_t retry_after)
{
    const cloudcircuit_signal expected = {maker->kind, CLOUDCIRCUIT_OK, reasons, monitored,
                                          retry_after};
    unsigned char memory[160];
    cloudcircuit_signal signal;
    size_t shift;
    for (shift = 0; shift < 8; shift++) {
        memcpy(memory + shift, result, size);
        CHECK(maker->make(CLOUDCIRCUIT_OK, memory + shift,
                          (cloudcircuit_signal *)(void *)(memory + shift)) == CLOUDCIRCUIT_OK);
        memcpy(&signal, memory + shift, sizeof signal);
        CHECK(SAME_BYTES(signal, expected));
    }
}

#define SAYS(maker, result, reasons, monitored, retry_after) \
    says(maker, &(result), sizeof(result), reasons, monitored, retry_after)

/* A result of which one field has been changed is none. */
#define BROKEN(maker, result, field, value)                                             \
    do {                                                                                \
        cloudcircuit_signal signal;                                                     \
        memcpy(&spoilt, &(result), sizeof spoilt);                                      \
        spoilt.field = value;                                                           \
        CHECK((maker)->make(CLOUDCIRCUIT_OK, &spoilt, &signal) == (maker)->broken);     \
        CHECK(is_zero(&signal, sizeof signal));                                         \
    } while (0)

static const struct maker *of(signal_function *make)
{
    size_t i;
    for (i = 0; i < COUNT(MAKERS); i++)
        if (MAKERS[i].make == make)
            return &MAKERS[i];
    abort();
}

#define WARNING CLOUDCIRCUIT_REASON_WARNING
#define BREACH CLOUDCIRCUIT_REASON_BREACH

static void budgets(void)
{
    static const struct {
        double spend, limit;
        uint32_t reasons;
    } cases[] = {{0, 10, 0},           {8.9, 10, 0},          {9, 10, WARNING},
                 {10, 10, WARNING | BREACH}, {1e300, 1e-300, WARNING | BREACH},
                 {DBL_MAX, DBL_MAX, WARNING | BREACH}, {0, 5e-324, 0}, {-0.0, 1, 0}};
    const struct maker *maker = of(budget_signal);
    cloudcircuit_budget_result result, spoilt;
    size_t i;
    for (i = 0; i < COUNT(cases); i++) {
        CHECK(cloudcircuit_check_budget(cases[i].spend, cases[i].limit, NULL, &result) == CLOUDCIRCUIT_OK);
        SAYS(maker, result, cases[i].reasons, 0, 0);
    }
    CHECK(cloudcircuit_check_budget(5, 10, NULL, &result) == CLOUDCIRCUIT_OK);
    BROKEN(maker, result, budget_limit, 0);
    BROKEN(maker, result, budget_limit, -1);
    BROKEN(maker, result, budget_limit, NAN);
    BROKEN(maker, result, budget_limit, INFINITY);
    BROKEN(maker, result, current_spend, 10);
    BROKEN(maker, result, current_spend, -1);
    BROKEN(maker, result, current_spend, NAN);
    BROKEN(maker, result, usage_ratio, NAN);
    BROKEN(maker, result, usage_ratio, -0.5);
    BROKEN(maker, result, remaining_budget, 4);
    BROKEN(maker, result, is_breached, 1);
    BROKEN(maker, result, is_warning, 2);
    CHECK(cloudcircuit_check_budget(10, 10, NULL, &result) == CLOUDCIRCUIT_OK);
    BROKEN(maker, result, is_warning, 0);
    BROKEN(maker, result, is_breached, 0);
    BROKEN(maker, result, is_breached, 2);
    {
        /* Of zeros alone, with the flags that fit, only the limit is wrong. */
        cloudcircuit_budget_result none;
        memset(&none, 0, sizeof none);
        none.is_warning = 1;
        BROKEN(maker, none, is_breached, 1);
    }
}

static void budgets_i64(void)
{
    const struct maker *maker = of(budget_signal_i64);
    cloudcircuit_budget_result_i64 result, spoilt;
    CHECK(cloudcircuit_check_budget_i64(89, 100, NULL, &result) == CLOUDCIRCUIT_OK);
    SAYS(maker, result, 0, 0, 0);
    CHECK(cloudcircuit_check_budget_i64(90, 100, NULL, &result) == CLOUDCIRCUIT_OK);
    SAYS(maker, result, WARNING, 0, 0);
    BROKEN(maker, result, budget_limit, 0);
    BROKEN(maker, result, budget_limit, INT64_MIN);
    BROKEN(maker, result, current_spend, -1);
    BROKEN(maker, result, current_spend, 100);
    BROKEN(maker, result, remaining_budget, 9);
    BROKEN(maker, result, is_breached, 1);
    BROKEN(maker, result, is_warning, 2);
    CHECK(cloudcircuit_check_budget_i64(INT64_MAX, INT64_MAX, NULL, &result) == CLOUDCIRCUIT_OK);
    SAYS(maker, result, WARNING | BREACH, 0, 0);
    BROKEN(maker, result, is_warning, 0);
    BROKEN(maker, result, is_breached, 0);
    {
        /* One field alone is wrong, the others fit it: a limit of 0, a spend below 0. */
        cloudcircuit_budget_result_i64 none;
        memset(&none, 0, sizeof none);
        none.is_warning = 1;
        BROKEN(maker, none, is_breached, 1);
        CHECK(cloudcircuit_check_budget_i64(0, 10, NULL, &none) == CLOUDCIRCUIT_OK);
        SAYS(maker, none, 0, 0, 0);
        none.remaining_budget = 11;
        BROKEN(maker, none, current_spend, -1);
    }
}

static void spikes(void)
{
    static const double calm[] = {10, 10, 15}, spike[] = {10, 10, 15.1}, nothing[] = {0, 0};
    static const int64_t calm_i64[] = {10, 10, 15}, spike_i64[] = {10, 10, 16}, nothing_i64[] = {0, 0};
    const struct maker *maker = of(spike_signal);
    {
        cloudcircuit_spike_result result, spoilt;
        CHECK(cloudcircuit_check_anomaly_spike(spike, 3, NULL, &result) == CLOUDCIRCUIT_OK);
        CHECK(result.points_used == 2);
        SAYS(maker, result, CLOUDCIRCUIT_REASON_SPIKE, 0, 0);
        BROKEN(maker, result, is_spike, 0);
        BROKEN(maker, result, is_spike, 2);
        CHECK(cloudcircuit_check_anomaly_spike(calm, 3, NULL, &result) == CLOUDCIRCUIT_OK);
        SAYS(maker, result, 0, 0, 0);
        BROKEN(maker, result, is_spike, 1);
        BROKEN(maker, result, threshold, 9);
        result.latest_spend = 5;
        SAYS(maker, result, 0, 0, 0);
        BROKEN(maker, result, threshold, 9); /* below the mean, not below the spend */
        result.latest_spend = 15;
        BROKEN(maker, result, threshold, NAN);
        BROKEN(maker, result, threshold, INFINITY);
        BROKEN(maker, result, baseline_mean, -1);
        BROKEN(maker, result, latest_spend, -1);
        BROKEN(maker, result, latest_spend, NAN);
        BROKEN(maker, result, points_used, 0);
        /* A series of nothing is no spike, though but for points_used it is zeroed memory. */
        CHECK(cloudcircuit_check_anomaly_spike(nothing, 2, NULL, &result) == CLOUDCIRCUIT_OK);
        SAYS(maker, result, 0, 0, 0);
        BROKEN(maker, result, points_used, 0);
    }
    maker = of(spike_signal_i64);
    {
        cloudcircuit_spike_result_i64 result, spoilt;
        CHECK(cloudcircuit_check_anomaly_spike_i64(spike_i64, 3, NULL, &result) == CLOUDCIRCUIT_OK);
        CHECK(result.points_used == 2);
        SAYS(maker, result, CLOUDCIRCUIT_REASON_SPIKE, 0, 0);
        BROKEN(maker, result, is_spike, 0);
        CHECK(cloudcircuit_check_anomaly_spike_i64(calm_i64, 3, NULL, &result) == CLOUDCIRCUIT_OK);
        SAYS(maker, result, 0, 0, 0);
        BROKEN(maker, result, is_spike, 1);
        BROKEN(maker, result, threshold, 9);
        BROKEN(maker, result, baseline_mean, -1);
        BROKEN(maker, result, latest_spend, -1);
        result.latest_spend = 5;
        SAYS(maker, result, 0, 0, 0);
        BROKEN(maker, result, threshold, 9);
        CHECK(cloudcircuit_check_anomaly_spike_i64(nothing_i64, 2, NULL, &result) == CLOUDCIRCUIT_OK);
        SAYS(maker, result, 0, 0, 0);
        BROKEN(maker, result, points_used, 0);
    }
}

static void breakers(void)
{
    static const struct {
        cloudcircuit_breaker_counters counters;
        uint32_t reasons;
        int64_t retry_after;
    } cases[] = {{{2, 3, 0}, 0, 0},
                 {{3, 3, 0}, CLOUDCIRCUIT_REASON_OPEN, 0},
                 {{0, 3, 1}, CLOUDCIRCUIT_REASON_OPEN, 1},
                 {{0, 3, 7}, CLOUDCIRCUIT_REASON_OPEN, 7}};
    const struct maker *maker = of(breaker_signal);
    cloudcircuit_breaker_decision decision, spoilt;
    size_t i;
    for (i = 0; i < COUNT(cases); i++) {
        CHECK(cloudcircuit_evaluate_circuit_breaker(&cases[i].counters, &decision) == CLOUDCIRCUIT_OK);
        SAYS(maker, decision, cases[i].reasons, 0, cases[i].retry_after);
    }
    BROKEN(maker, decision, is_open, 0);
    BROKEN(maker, decision, is_open, 2);
    BROKEN(maker, decision, allow_operation, 1);
    BROKEN(maker, decision, retry_after_steps, -1);
    CHECK(cloudcircuit_evaluate_circuit_breaker(&cases[0].counters, &decision) == CLOUDCIRCUIT_OK);
    BROKEN(maker, decision, retry_after_steps, 1);
    BROKEN(maker, decision, allow_operation, 0);
}

static void permits(void)
{
    const struct maker *maker = of(permit_signal);
    cloudcircuit_breaker_config config;
    cloudcircuit_breaker_state state;
    cloudcircuit_breaker_permit permit, spoilt;
    CHECK(cloudcircuit_breaker_config_init(&config) == CLOUDCIRCUIT_OK);
    config.failure_threshold = 1;
    config.open_duration = 50;
    config.max_open_duration = 50;
    CHECK(cloudcircuit_breaker_init(0, &state) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_breaker_acquire(&config, &state, 0, &permit) == CLOUDCIRCUIT_OK);
    SAYS(maker, permit, 0, 0, 0);
    BROKEN(maker, permit, phase, 0);
    BROKEN(maker, permit, phase, 6);
    BROKEN(maker, permit, allowed, 0);
    BROKEN(maker, permit, allowed, 2);
    BROKEN(maker, permit, would_refuse, 2);
    BROKEN(maker, permit, retry_after, 1);
    CHECK(cloudcircuit_breaker_report(&config, &state, &permit, CLOUDCIRCUIT_OUTCOME_FAILURE, 0,
                                      INT64_MIN, 10) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_breaker_acquire(&config, &state, 20, &permit) == CLOUDCIRCUIT_OK);
    SAYS(maker, permit, CLOUDCIRCUIT_REASON_OPEN, 0, 40);
    BROKEN(maker, permit, would_refuse, 0);
    BROKEN(maker, permit, retry_after, -1);
    CHECK(cloudcircuit_breaker_peek(&config, &state, 20, &permit) == CLOUDCIRCUIT_OK);
    SAYS(maker, permit, CLOUDCIRCUIT_REASON_OPEN, 0, 40);
    CHECK(cloudcircuit_breaker_acquire(&config, &state, 59, &permit) == CLOUDCIRCUIT_OK);
    SAYS(maker, permit, CLOUDCIRCUIT_REASON_OPEN, 0, 1);
    config.mode = CLOUDCIRCUIT_MODE_MONITOR;
    CHECK(cloudcircuit_breaker_acquire(&config, &state, 20, &permit) == CLOUDCIRCUIT_OK);
    SAYS(maker, permit, 0, CLOUDCIRCUIT_REASON_OPEN, 40);
    CHECK(cloudcircuit_breaker_force(&state, CLOUDCIRCUIT_BREAKER_FORCED_CLOSED, 90, 20) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_breaker_acquire(&config, &state, 20, &permit) == CLOUDCIRCUIT_OK);
    SAYS(maker, permit, 0, 0, 0);
}

#define OVER CLOUDCIRCUIT_REASON_OVER_LIMIT

static void ledgers(void)
{
    const struct maker *maker = of(ledger_signal);
    cloudcircuit_ledger_config config;
    cloudcircuit_ledger_state state;
    cloudcircuit_ledger_hold hold;
    cloudcircuit_ledger_decision decision, spoilt;
    CHECK(cloudcircuit_ledger_config_init(&config) == CLOUDCIRCUIT_OK);
    config.limit = 100;
    config.threshold_count = 1;
    config.thresholds[0] = 800000;
    CHECK(cloudcircuit_ledger_init(1, 1, 0, &state) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_ledger_record(&config, &state, 79, 0, &decision) == CLOUDCIRCUIT_OK);
    SAYS(maker, decision, 0, 0, 0);
    CHECK(cloudcircuit_ledger_record(&config, &state, 1, 0, &decision) == CLOUDCIRCUIT_OK);
    SAYS(maker, decision, WARNING, 0, 0);
    BROKEN(maker, decision, crossed, 0);
    CHECK(cloudcircuit_ledger_record(&config, &state, 1, 0, &decision) == CLOUDCIRCUIT_OK);
    SAYS(maker, decision, 0, 0, 0);
    CHECK(cloudcircuit_ledger_reserve(&config, &state, 20, 0, &hold, &decision) == CLOUDCIRCUIT_OK);
    SAYS(maker, decision, OVER, 0, 0);
    BROKEN(maker, decision, would_refuse, 0);
    BROKEN(maker, decision, would_refuse, 2);
    BROKEN(maker, decision, allowed, 2);
    BROKEN(maker, decision, held, -1);
    BROKEN(maker, decision, available, -1);
    BROKEN(maker, decision, overshoot, -1);
    config.mode = CLOUDCIRCUIT_MODE_MONITOR;
    CHECK(cloudcircuit_ledger_reserve(&config, &state, 20, 0, &hold, &decision) == CLOUDCIRCUIT_OK);
    SAYS(maker, decision, 0, OVER, 0);
    config.mode = CLOUDCIRCUIT_MODE_UNLIMITED;
    config.threshold_count = 0;
    CHECK(cloudcircuit_ledger_reserve(&config, &state, 20, 0, &hold, &decision) == CLOUDCIRCUIT_OK);
    SAYS(maker, decision, 0, 0, 0);
}

static void rate_limits(void)
{
    const struct maker *maker = of(rate_limit_signal);
    cloudcircuit_rate_limit_config config = {10, 16, CLOUDCIRCUIT_MODE_ENFORCE, 0};
    cloudcircuit_rate_limit_state state;
    cloudcircuit_rate_limit_decision decision, spoilt;
    CHECK(cloudcircuit_rate_limit_init(0, &state) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_rate_limit_acquire(&config, &state, 0, 0, &decision) == CLOUDCIRCUIT_OK);
    SAYS(maker, decision, 0, 0, 0);
    CHECK(cloudcircuit_rate_limit_acquire(&config, &state, 10, 0, &decision) == CLOUDCIRCUIT_OK);
    SAYS(maker, decision, 0, 0, 0);
    BROKEN(maker, decision, retry_after, 1);
    CHECK(cloudcircuit_rate_limit_acquire(&config, &state, 1, 3, &decision) == CLOUDCIRCUIT_OK);
    SAYS(maker, decision, CLOUDCIRCUIT_REASON_RATE, 0, 13);
    BROKEN(maker, decision, would_refuse, 0);
    BROKEN(maker, decision, allowed, 2);
    BROKEN(maker, decision, retry_after, -1);
    BROKEN(maker, decision, used, -1);
    BROKEN(maker, decision, available, -1);
    CHECK(cloudcircuit_rate_limit_acquire(&config, &state, 1, 15, &decision) == CLOUDCIRCUIT_OK);
    SAYS(maker, decision, CLOUDCIRCUIT_REASON_RATE, 0, 1);
    CHECK(cloudcircuit_rate_limit_acquire(&config, &state, 11, 3, &decision) == CLOUDCIRCUIT_OK);
    SAYS(maker, decision, CLOUDCIRCUIT_REASON_RATE, 0, INT64_MAX);
    config.mode = CLOUDCIRCUIT_MODE_MONITOR;
    CHECK(cloudcircuit_rate_limit_acquire(&config, &state, 1, 3, &decision) == CLOUDCIRCUIT_OK);
    SAYS(maker, decision, 0, CLOUDCIRCUIT_REASON_RATE, decision.retry_after);
}

static void detectors(void)
{
    const struct maker *maker = of(detect_signal);
    double series[40];
    cloudcircuit_detect_result result, spoilt;
    size_t i;
    for (i = 0; i < COUNT(series); i++)
        series[i] = 100;
    CHECK(cloudcircuit_detect_spike(series, 40, NULL, &result) == CLOUDCIRCUIT_OK);
    SAYS(maker, result, 0, 0, 0);
    BROKEN(maker, result, verdict, 4);
    BROKEN(maker, result, verdict, CLOUDCIRCUIT_VERDICT_SPIKE);
    BROKEN(maker, result, reason, CLOUDCIRCUIT_DETECT_REASON_REFUSED);
    BROKEN(maker, result, reason, CLOUDCIRCUIT_DETECT_REASON_ONE_POINT);
    BROKEN(maker, result, is_leak, 2);
    BROKEN(maker, result, latest_spend, NAN);
    BROKEN(maker, result, latest_spend, -1);
    BROKEN(maker, result, is_drop, 2);
    BROKEN(maker, result, reserved, 1);
    /* A fall is no finding of the guard. */
    result.is_drop = 1;
    SAYS(maker, result, 0, 0, 0);
    result.reason = CLOUDCIRCUIT_DETECT_REASON_RECURRING;
    SAYS(maker, result, 0, 0, 0);
    result.is_leak = 1;
    SAYS(maker, result, CLOUDCIRCUIT_REASON_LEAK, 0, 0);
    series[39] = 1000;
    CHECK(cloudcircuit_detect_spike(series, 40, NULL, &result) == CLOUDCIRCUIT_OK);
    SAYS(maker, result, CLOUDCIRCUIT_REASON_SPIKE, 0, 0);
    CHECK(cloudcircuit_detect_spike(series, 5, NULL, &result) == CLOUDCIRCUIT_OK);
    SAYS(maker, result, CLOUDCIRCUIT_REASON_INSUFFICIENT, 0, 0);
    /* The refusing result, taken for one of success. */
    CHECK(cloudcircuit_detect_spike(NULL, 5, NULL, &result) != CLOUDCIRCUIT_OK);
    BROKEN(maker, result, is_leak, 1);
}

static void forecasts(void)
{
    const struct maker *maker = of(forecast_signal);
    double history[40], spend[] = {5, 5, 5};
    cloudcircuit_forecast_result result, spoilt;
    size_t i;
    for (i = 0; i < COUNT(history); i++)
        history[i] = 5;
    CHECK(cloudcircuit_forecast_budget(history, 40, spend, 3, 30, 200, NULL, &result) == CLOUDCIRCUIT_OK);
    SAYS(maker, result, 0, 0, 0);
    BROKEN(maker, result, verdict, 0);
    BROKEN(maker, result, verdict, CLOUDCIRCUIT_VERDICT_SPIKE);
    BROKEN(maker, result, is_forecast_breached, 1);
    BROKEN(maker, result, is_forecast_breached, 2);
    BROKEN(maker, result, spend_to_date, -1);
    BROKEN(maker, result, forecast_spend, 1);
    BROKEN(maker, result, forecast_spend, NAN);
    BROKEN(maker, result, forecast_spend, INFINITY);
    CHECK(cloudcircuit_forecast_budget(history, 40, spend, 3, 30, 100, NULL, &result) == CLOUDCIRCUIT_OK);
    SAYS(maker, result, CLOUDCIRCUIT_REASON_FORECAST, 0, 0);
    BROKEN(maker, result, exhaustion_point, -1);
    BROKEN(maker, result, is_forecast_breached, 2);
    CHECK(cloudcircuit_forecast_budget(NULL, 0, spend, 3, 30, 100, NULL, &result) == CLOUDCIRCUIT_OK);
    SAYS(maker, result, CLOUDCIRCUIT_REASON_INSUFFICIENT, 0, 0);
    CHECK(cloudcircuit_forecast_budget(NULL, 0, spend, 3, 30, 10, NULL, &result) == CLOUDCIRCUIT_OK);
    SAYS(maker, result, CLOUDCIRCUIT_REASON_INSUFFICIENT | CLOUDCIRCUIT_REASON_FORECAST, 0, 0);
    /* Nothing, and a limit that it does not reach. */
    spend[0] = 0;
    CHECK(cloudcircuit_forecast_budget(NULL, 0, spend, 1, 1, 0.25, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.forecast_spend == 0);
    SAYS(maker, result, 0, 0, 0);
    /* Used up by a half. */
    spend[0] = 0.5;
    CHECK(cloudcircuit_forecast_budget(NULL, 0, spend, 1, 1, 0.25, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.forecast_spend == 0.5);
    SAYS(maker, result, CLOUDCIRCUIT_REASON_FORECAST, 0, 0);
    spend[0] = 5;
    /* Used up at the first point of all. */
    CHECK(cloudcircuit_forecast_budget(history, 40, spend, 3, 30, 5, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.exhaustion_point == 0);
    SAYS(maker, result, CLOUDCIRCUIT_REASON_FORECAST, 0, 0);
    CHECK(cloudcircuit_forecast_budget(NULL, 0, spend, 3, 0, 10, NULL, &result) != CLOUDCIRCUIT_OK);
    BROKEN(maker, result, is_forecast_breached, 1);
}

/* The verdict */

static cloudcircuit_signal calm[3];
static cloudcircuit_guard_policy policy;

static void reset(void)
{
    static const cloudcircuit_signal fine[] = {{CLOUDCIRCUIT_SIGNAL_BUDGET, 0, 0, 0, 0},
                                               {CLOUDCIRCUIT_SIGNAL_SPIKE, 0, 0, 0, 0},
                                               {CLOUDCIRCUIT_SIGNAL_BREAKER, 0, 0, 0, 0}};
    memcpy(calm, fine, sizeof calm);
    CHECK(cloudcircuit_guard_policy_init(&policy) == CLOUDCIRCUIT_OK);
}

static void guard(cloudcircuit_status expected)
{
    size_t i;
    for (i = 0; i < COUNT(FILLS); i++) {
        cloudcircuit_guard_decision decision;
        memset(&decision, FILLS[i], sizeof decision);
        CHECK(cloudcircuit_evaluate_guard(calm, 3, &policy, &decision) == expected);
        CHECK((expected == CLOUDCIRCUIT_OK) != SAME_BYTES(decision, BLOCKED));
    }
    reset();
}

static void statuses(void)
{
    static const int32_t bad_actions[] = {-1, 4, INT32_MIN, INT32_MAX};
    cloudcircuit_signal many[65];
    cloudcircuit_guard_decision decision;
    size_t i;
    reset();
    guard(CLOUDCIRCUIT_OK);
    for (i = 0; i < COUNT(bad_actions); i++) {
        policy.on_warning = bad_actions[i], guard(CLOUDCIRCUIT_ERR_ON_WARNING);
        policy.on_breach = bad_actions[i], guard(CLOUDCIRCUIT_ERR_ON_BREACH);
        policy.on_spike = bad_actions[i], guard(CLOUDCIRCUIT_ERR_ON_SPIKE);
        policy.on_leak = bad_actions[i], guard(CLOUDCIRCUIT_ERR_ON_LEAK);
        policy.on_open = bad_actions[i], guard(CLOUDCIRCUIT_ERR_ON_OPEN);
        policy.on_over_limit = bad_actions[i], guard(CLOUDCIRCUIT_ERR_ON_OVER_LIMIT);
        policy.on_rate = bad_actions[i], guard(CLOUDCIRCUIT_ERR_ON_RATE);
        policy.on_forecast = bad_actions[i], guard(CLOUDCIRCUIT_ERR_ON_FORECAST);
        policy.on_insufficient = bad_actions[i], guard(CLOUDCIRCUIT_ERR_ON_INSUFFICIENT);
        policy.on_error = bad_actions[i], guard(CLOUDCIRCUIT_ERR_ON_ERROR);
        policy.on_missing = bad_actions[i], guard(CLOUDCIRCUIT_ERR_ON_MISSING);
    }
    /* The ends of each range are no errors. */
    for (i = CLOUDCIRCUIT_ACTION_BLOCK; i <= CLOUDCIRCUIT_ACTION_ALLOW; i += 3) {
        const int32_t end = (int32_t)i;
        policy.on_warning = policy.on_breach = policy.on_spike = policy.on_leak = end;
        policy.on_open = policy.on_over_limit = policy.on_rate = policy.on_forecast = end;
        policy.on_insufficient = policy.on_error = policy.on_missing = end;
        guard(CLOUDCIRCUIT_OK);
    }
    policy.required = 1, guard(CLOUDCIRCUIT_OK);
    policy.required = 31, guard(CLOUDCIRCUIT_OK);
    policy.monitor = 2047, guard(CLOUDCIRCUIT_OK);
    policy.required = 32, guard(CLOUDCIRCUIT_ERR_REQUIRED);
    policy.required = 0x80000007u, guard(CLOUDCIRCUIT_ERR_REQUIRED);
    policy.monitor = 2048, guard(CLOUDCIRCUIT_ERR_MONITOR);
    calm[1].kind = 3, guard(CLOUDCIRCUIT_ERR_SIGNAL);
    calm[1].reasons = CLOUDCIRCUIT_REASON_BREACH, guard(CLOUDCIRCUIT_ERR_SIGNAL);
    calm[2].retry_after = 1, guard(CLOUDCIRCUIT_ERR_SIGNAL);
    /* Only a breaker and a rate limit say how long to wait. */
    calm[0].reasons = WARNING | BREACH | CLOUDCIRCUIT_REASON_OVER_LIMIT, guard(CLOUDCIRCUIT_OK);
    calm[0].reasons = WARNING, calm[0].retry_after = 1, guard(CLOUDCIRCUIT_ERR_SIGNAL);
    calm[0].reasons = CLOUDCIRCUIT_REASON_OVER_LIMIT, calm[0].retry_after = 1, guard(CLOUDCIRCUIT_ERR_SIGNAL);
    calm[2].status = CLOUDCIRCUIT_ERR_RESERVED, guard(CLOUDCIRCUIT_ERR_SIGNAL);

    /* Zeroed memory blocks, whatever the policy says of errors. */
    memset(&policy, 0, sizeof policy), guard(CLOUDCIRCUIT_ERR_REQUIRED);
    for (i = 0; i < 3; i++) {
        policy.on_error = CLOUDCIRCUIT_ACTION_ALLOW;
        memset(&calm[i], 0, sizeof calm[i]), guard(CLOUDCIRCUIT_ERR_SIGNAL);
    }

    for (i = 0; i < COUNT(many); i++)
        many[i] = calm[i % 3];
    CHECK(cloudcircuit_evaluate_guard(many, CLOUDCIRCUIT_GUARD_MAX_SIGNALS, NULL, &decision) == CLOUDCIRCUIT_OK);
    CHECK(decision.action == CLOUDCIRCUIT_ACTION_ALLOW);
    CHECK(cloudcircuit_evaluate_guard(many, 65, NULL, &decision) == CLOUDCIRCUIT_ERR_COUNT);
    CHECK(SAME_BYTES(decision, BLOCKED));
    CHECK(cloudcircuit_evaluate_guard(many, SIZE_MAX, NULL, &decision) == CLOUDCIRCUIT_ERR_COUNT);
    CHECK(cloudcircuit_evaluate_guard(NULL, 1, NULL, &decision) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(SAME_BYTES(decision, BLOCKED));
    CHECK(cloudcircuit_evaluate_guard(many, 3, NULL, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_guard_policy_init(NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);

    /* No signals at all are all missing. */
    CHECK(cloudcircuit_evaluate_guard(NULL, 0, NULL, &decision) == CLOUDCIRCUIT_OK);
    CHECK(decision.action == CLOUDCIRCUIT_ACTION_BLOCK);
    CHECK(decision.reasons == CLOUDCIRCUIT_REASON_MISSING && decision.kinds == 0);
}

/* A failed call is an error, never a breach or a spike, and a host may let errors pass. */
static void failed_calls(void)
{
    cloudcircuit_budget_result budget;
    cloudcircuit_guard_decision decision;
    cloudcircuit_status status = cloudcircuit_check_budget(NAN, 1, NULL, &budget);
    reset();
    CHECK(cloudcircuit_budget_signal(status, &budget, &calm[0]) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_evaluate_guard(calm, 3, NULL, &decision) == CLOUDCIRCUIT_OK);
    CHECK(decision.action == CLOUDCIRCUIT_ACTION_BLOCK);
    CHECK(decision.reasons == CLOUDCIRCUIT_REASON_ERROR && decision.kinds == 7);
    policy.on_error = CLOUDCIRCUIT_ACTION_ALERT;
    CHECK(cloudcircuit_evaluate_guard(calm, 3, &policy, &decision) == CLOUDCIRCUIT_OK);
    CHECK(decision.action == CLOUDCIRCUIT_ACTION_ALERT);
}

/* Every order of six signals, among them two budgets: one answer. */
static void orders(void)
{
    static const cloudcircuit_signal given[6] = {
        {CLOUDCIRCUIT_SIGNAL_BUDGET, 0, WARNING, 0, 0},
        {CLOUDCIRCUIT_SIGNAL_BUDGET, 0, 0, OVER, 0},
        {CLOUDCIRCUIT_SIGNAL_SPIKE, 0, CLOUDCIRCUIT_REASON_SPIKE, 0, 0},
        {CLOUDCIRCUIT_SIGNAL_BREAKER, 0, 0, CLOUDCIRCUIT_REASON_OPEN, 90},
        {CLOUDCIRCUIT_SIGNAL_RATE, 0, CLOUDCIRCUIT_REASON_RATE, 0, 30},
        {CLOUDCIRCUIT_SIGNAL_RATE, 0, CLOUDCIRCUIT_REASON_RATE, 0, 40},
    };
    const cloudcircuit_guard_decision expected = {
        CLOUDCIRCUIT_ACTION_THROTTLE,
        CLOUDCIRCUIT_ACTION_BLOCK,
        WARNING | CLOUDCIRCUIT_REASON_SPIKE | CLOUDCIRCUIT_REASON_RATE,
        OVER | CLOUDCIRCUIT_REASON_OPEN,
        CLOUDCIRCUIT_SIGNAL_BUDGET | CLOUDCIRCUIT_SIGNAL_SPIKE | CLOUDCIRCUIT_SIGNAL_BREAKER
            | CLOUDCIRCUIT_SIGNAL_RATE,
        0,
        40,
    };
    int order, rest, i, k;
    for (order = 0; order < 720; order++) {
        cloudcircuit_signal signals[6];
        cloudcircuit_guard_decision decision;
        memcpy(signals, given, sizeof signals);
        for (rest = order, i = 6; i > 1; rest /= i, i--) {
            const cloudcircuit_signal last = signals[i - 1];
            k = rest % i;
            signals[i - 1] = signals[k];
            signals[k] = last;
        }
        CHECK(cloudcircuit_evaluate_guard(signals, 6, NULL, &decision) == CLOUDCIRCUIT_OK);
        CHECK(SAME_BYTES(decision, expected));
    }
}

/* Signals, policy and decision in the same memory, at every alignment. */
static void overlaps(void)
{
    unsigned char memory[256];
    size_t shift;
    for (shift = 0; shift < 8; shift++) {
        void *at = memory + shift;
        const cloudcircuit_signal open = {CLOUDCIRCUIT_SIGNAL_BREAKER, 0, CLOUDCIRCUIT_REASON_OPEN, 0, 2};
        cloudcircuit_guard_decision decision;
        memcpy(at, &open, sizeof open);
        CHECK(cloudcircuit_evaluate_guard(at, 1, NULL, at) == CLOUDCIRCUIT_OK);
        memcpy(&decision, at, sizeof decision);
        CHECK(decision.reasons == (CLOUDCIRCUIT_REASON_OPEN | CLOUDCIRCUIT_REASON_MISSING));
        CHECK(decision.retry_after == 2);
    }
}

int main(void)
{
    all_alike();
    budgets();
    budgets_i64();
    spikes();
    breakers();
    permits();
    ledgers();
    rate_limits();
    detectors();
    forecasts();
    statuses();
    failed_calls();
    orders();
    overlaps();
    return report();
}
