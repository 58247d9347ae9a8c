/* What every function keeps, whatever it is passed: each status is produced, each refusal is
   compared byte for byte over memory that held something else, and inputs stay as they were. */
#include "check.h"
#include <cloudcircuit.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

static const cloudcircuit_budget_result BUDGET_REFUSED = {0, 0, 0, 0, 1, 1};
static const cloudcircuit_spike_result SPIKE_REFUSED = {0, 0, 0, 1, 0};
static const cloudcircuit_breaker_decision BREAKER_REFUSED = {0, 1, 0};
static const cloudcircuit_guard_decision GUARD_REFUSED = {CLOUDCIRCUIT_ACTION_BLOCK, 0, 0};

static const double NOT_AMOUNTS[] = {-5e-324, -1, -DBL_MAX, NAN, -NAN, INFINITY, -INFINITY};

static const unsigned char FILLS[] = {0xAA, 0x55};

static void budget(double spend, double limit, const cloudcircuit_budget_config *config,
                   cloudcircuit_status expected)
{
    size_t i;
    for (i = 0; i < COUNT(FILLS); i++) {
        cloudcircuit_budget_result result;
        cloudcircuit_budget_config before;
        if (config)
            before = *config;
        memset(&result, FILLS[i], sizeof result);
        CHECK(cloudcircuit_check_budget(spend, limit, config, &result) == expected);
        CHECK((expected == CLOUDCIRCUIT_OK) != SAME_BYTES(result, BUDGET_REFUSED));
        CHECK(!config || SAME_BYTES(before, *config));
    }
}

static void budgets(void)
{
    static const double ratios[] = {0, -0.0, -0.5, 1.0000000000000002, 2, NAN, INFINITY, -INFINITY};
    cloudcircuit_budget_config config;
    cloudcircuit_budget_result result;
    size_t i;

    budget(1, 2, NULL, CLOUDCIRCUIT_OK);
    for (i = 0; i < COUNT(NOT_AMOUNTS); i++) {
        budget(1, NOT_AMOUNTS[i], NULL, CLOUDCIRCUIT_ERR_BUDGET_LIMIT);
        budget(NOT_AMOUNTS[i], 1, NULL, CLOUDCIRCUIT_ERR_CURRENT_SPEND);
    }
    budget(1, 0.0, NULL, CLOUDCIRCUIT_ERR_BUDGET_LIMIT);
    budget(1, -0.0, NULL, CLOUDCIRCUIT_ERR_BUDGET_LIMIT);
    for (i = 0; i < COUNT(ratios); i++) {
        config.warning_ratio = ratios[i];
        budget(1, 2, &config, CLOUDCIRCUIT_ERR_WARNING_RATIO);
        budget(-1, 2, &config, CLOUDCIRCUIT_ERR_WARNING_RATIO);
        budget(-1, 0, &config, CLOUDCIRCUIT_ERR_BUDGET_LIMIT);
    }
    config.warning_ratio = 5e-324;
    budget(1, 2, &config, CLOUDCIRCUIT_OK);
    config.warning_ratio = 1;
    budget(1, 2, &config, CLOUDCIRCUIT_OK);

    CHECK(cloudcircuit_check_budget(1, 2, NULL, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_check_budget(NAN, NAN, NULL, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_budget_config_init(NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);

    CHECK(cloudcircuit_check_budget(-0.0, 2, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(!signbit(result.current_spend) && !signbit(result.usage_ratio));
    CHECK(result.remaining_budget == 2 && !result.is_warning && !result.is_breached);

    /* A quotient beyond the largest double. */
    CHECK(cloudcircuit_check_budget(DBL_MAX, 5e-324, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.usage_ratio == DBL_MAX && result.is_warning && result.is_breached);
}

static void spike(const double *series, size_t len, const cloudcircuit_spike_config *config,
                  cloudcircuit_status expected)
{
    size_t i;
    for (i = 0; i < COUNT(FILLS); i++) {
        cloudcircuit_spike_result result;
        memset(&result, FILLS[i], sizeof result);
        CHECK(cloudcircuit_check_anomaly_spike(series, len, config, &result) == expected);
        CHECK((expected == CLOUDCIRCUIT_OK) != SAME_BYTES(result, SPIKE_REFUSED));
        CHECK(result.reserved == 0);
    }
}

/* One bad point at every position of series of many lengths. */
static void bad_points(void)
{
    static const size_t lengths[] = {2, 3, 7, 8, 9, 16, 17, 23, 64, 4097};
    size_t i, j, at;
    for (i = 0; i < COUNT(lengths); i++) {
        size_t len = lengths[i];
        double *series = malloc(len * sizeof *series), *before = malloc(len * sizeof *series);
        if (!series || !before)
            abort();
        for (at = 0; at < len; at += at > 40 && at < 4050 ? 37 : 1) {
            for (j = 0; j < COUNT(NOT_AMOUNTS); j++) {
                size_t k;
                for (k = 0; k < len; k++)
                    series[k] = (double)k;
                series[at] = NOT_AMOUNTS[j];
                memcpy(before, series, len * sizeof *series);
                spike(series, len, NULL, CLOUDCIRCUIT_ERR_SPEND_SERIES);
                CHECK(memcmp(before, series, len * sizeof *series) == 0);
            }
        }
        free(series);
        free(before);
    }
}

static void spikes(void)
{
    static const double multipliers[] = {1, 0.5, 0, -2, NAN, INFINITY, -INFINITY};
    static const double zeros[] = {0, -0.0, -0.0};
    const double series[] = {1, 2, 3};
    cloudcircuit_spike_config config;
    cloudcircuit_spike_result result;
    size_t i;

    spike(series, 3, NULL, CLOUDCIRCUIT_OK);
    spike(series, 2, NULL, CLOUDCIRCUIT_OK);
    spike(series, 1, NULL, CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT);
    spike(series, 0, NULL, CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT);
    spike(NULL, 0, NULL, CLOUDCIRCUIT_ERR_NULL_POINTER);
    spike(NULL, 3, NULL, CLOUDCIRCUIT_ERR_NULL_POINTER);
    /* Too long is refused before a point is read. */
    spike(series, (size_t)CLOUDCIRCUIT_MAX_SERIES_LEN + 1, NULL, CLOUDCIRCUIT_ERR_SERIES_TOO_LONG);
    spike(series, SIZE_MAX, NULL, CLOUDCIRCUIT_ERR_SERIES_TOO_LONG);
    /* The cap itself is not: the next rule speaks, and no point is read for that either. */
    config.min_baseline = 0;
    config.spike_multiplier = 1;
    spike(series, CLOUDCIRCUIT_MAX_SERIES_LEN, &config, CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER);

    config.min_baseline = 0;
    for (i = 0; i < COUNT(multipliers); i++) {
        config.spike_multiplier = multipliers[i];
        spike(series, 3, &config, CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER);
        spike(series, 1, &config, CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT);
    }
    config.spike_multiplier = 1.5;
    for (i = 0; i < COUNT(NOT_AMOUNTS); i++) {
        config.min_baseline = NOT_AMOUNTS[i];
        spike(series, 3, &config, CLOUDCIRCUIT_ERR_MIN_BASELINE);
    }
    config.min_baseline = -0.0;
    spike(series, 3, &config, CLOUDCIRCUIT_OK);
    bad_points();

    CHECK(cloudcircuit_check_anomaly_spike(series, 3, NULL, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_spike_config_init(NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);

    CHECK(cloudcircuit_check_anomaly_spike(zeros, 3, &config, &result) == CLOUDCIRCUIT_OK);
    CHECK(!signbit(result.latest_spend) && !signbit(result.baseline_mean));
    CHECK(!signbit(result.threshold) && !result.is_spike);
}

static void breaker(int64_t failed, int64_t threshold, int64_t cooldown,
                    cloudcircuit_status expected)
{
    size_t i;
    for (i = 0; i < COUNT(FILLS); i++) {
        cloudcircuit_breaker_counters counters = {0, 0, 0}, before;
        cloudcircuit_breaker_decision decision;
        counters.consecutive_failures = failed;
        counters.failure_threshold = threshold;
        counters.cooldown_steps_remaining = cooldown;
        before = counters;
        memset(&decision, FILLS[i], sizeof decision);
        CHECK(cloudcircuit_evaluate_circuit_breaker(&counters, &decision) == expected);
        CHECK(SAME_BYTES(before, counters));
        CHECK(expected == CLOUDCIRCUIT_OK || SAME_BYTES(decision, BREAKER_REFUSED));
        CHECK(decision.allow_operation == !decision.is_open);
    }
}

static void breakers(void)
{
    cloudcircuit_breaker_counters counters;
    cloudcircuit_breaker_decision decision;

    breaker(0, 3, 0, CLOUDCIRCUIT_OK);
    breaker(INT64_MAX, INT64_MAX, INT64_MAX, CLOUDCIRCUIT_OK);
    breaker(-1, 3, 0, CLOUDCIRCUIT_ERR_CONSECUTIVE_FAILURES);
    breaker(INT64_MIN, 0, -1, CLOUDCIRCUIT_ERR_CONSECUTIVE_FAILURES);
    breaker(0, 0, -1, CLOUDCIRCUIT_ERR_FAILURE_THRESHOLD);
    breaker(0, INT64_MIN, 0, CLOUDCIRCUIT_ERR_FAILURE_THRESHOLD);
    breaker(0, 3, -1, CLOUDCIRCUIT_ERR_COOLDOWN_STEPS_REMAINING);
    breaker(0, 3, INT64_MIN, CLOUDCIRCUIT_ERR_COOLDOWN_STEPS_REMAINING);

    memset(&decision, 0xAA, sizeof decision);
    CHECK(cloudcircuit_evaluate_circuit_breaker(NULL, &decision) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(SAME_BYTES(decision, BREAKER_REFUSED));
    cloudcircuit_breaker_counters_init(&counters);
    CHECK(cloudcircuit_evaluate_circuit_breaker(&counters, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_breaker_counters_init(NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
}

/* Signals without a finding, the default policy, and one way to break each. */
static cloudcircuit_budget_result calm_budget;
static cloudcircuit_spike_result calm_spike;
static cloudcircuit_breaker_decision calm_breaker;
static cloudcircuit_guard_policy policy;

static void reset(void)
{
    const double series[] = {1, 1};
    cloudcircuit_breaker_counters counters;
    CHECK(cloudcircuit_check_budget(1, 10, NULL, &calm_budget) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_check_anomaly_spike(series, 2, NULL, &calm_spike) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_breaker_counters_init(&counters) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_evaluate_circuit_breaker(&counters, &calm_breaker) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_guard_policy_init(&policy) == CLOUDCIRCUIT_OK);
}

static void guard(cloudcircuit_status expected)
{
    size_t i;
    for (i = 0; i < COUNT(FILLS); i++) {
        cloudcircuit_guard_decision decision;
        memset(&decision, FILLS[i], sizeof decision);
        CHECK(cloudcircuit_evaluate_guard(&calm_budget, &calm_spike, &calm_breaker, &policy,
                                          &decision) == expected);
        CHECK((expected == CLOUDCIRCUIT_OK) != SAME_BYTES(decision, GUARD_REFUSED));
    }
    reset();
}

static void guards(void)
{
    static const int32_t bad_actions[] = {-1, 4, INT32_MIN, INT32_MAX};
    size_t i;
    reset();
    guard(CLOUDCIRCUIT_OK);
    for (i = 0; i < COUNT(bad_actions); i++) {
        policy.on_warning = bad_actions[i], guard(CLOUDCIRCUIT_ERR_ON_WARNING);
        policy.on_breach = bad_actions[i], guard(CLOUDCIRCUIT_ERR_ON_BREACH);
        policy.on_spike = bad_actions[i], guard(CLOUDCIRCUIT_ERR_ON_SPIKE);
        policy.on_open = bad_actions[i], guard(CLOUDCIRCUIT_ERR_ON_OPEN);
        policy.on_missing = bad_actions[i], guard(CLOUDCIRCUIT_ERR_ON_MISSING);
    }
    policy.required = 8, guard(CLOUDCIRCUIT_ERR_REQUIRED);
    policy.required = 0x80000007u, guard(CLOUDCIRCUIT_ERR_REQUIRED);
    calm_budget.is_warning = 2, guard(CLOUDCIRCUIT_ERR_BUDGET_SIGNAL);
    calm_budget.is_breached = 0xAAAAAAAAu, guard(CLOUDCIRCUIT_ERR_BUDGET_SIGNAL);
    calm_spike.is_spike = 2, guard(CLOUDCIRCUIT_ERR_SPIKE_SIGNAL);
    calm_breaker.is_open = 2, guard(CLOUDCIRCUIT_ERR_BREAKER_SIGNAL);
    calm_breaker.allow_operation = 2, guard(CLOUDCIRCUIT_ERR_BREAKER_SIGNAL);
    calm_breaker.is_open = 1, guard(CLOUDCIRCUIT_ERR_BREAKER_SIGNAL);
    calm_breaker.retry_after_steps = -1, guard(CLOUDCIRCUIT_ERR_BREAKER_SIGNAL);
    /* A breaker decision that was never made does not allow. */
    memset(&calm_breaker, 0, sizeof calm_breaker), guard(CLOUDCIRCUIT_ERR_BREAKER_SIGNAL);

    CHECK(cloudcircuit_evaluate_guard(NULL, NULL, NULL, NULL, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_guard_policy_init(NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
}

/* A host that ignores statuses: refused results go into the guard as what they say. */
static void refusals_travel(void)
{
    cloudcircuit_budget_result budget_result;
    cloudcircuit_spike_result spike_result;
    cloudcircuit_breaker_decision breaker_decision;
    cloudcircuit_guard_decision decision;

    cloudcircuit_check_budget(NAN, 1, NULL, &budget_result);
    cloudcircuit_check_anomaly_spike(NULL, 2, NULL, &spike_result);
    cloudcircuit_evaluate_circuit_breaker(NULL, &breaker_decision);
    reset();
    CHECK(cloudcircuit_evaluate_guard(&budget_result, &calm_spike, &calm_breaker, NULL,
                                      &decision) == CLOUDCIRCUIT_OK);
    CHECK(decision.action == CLOUDCIRCUIT_ACTION_BLOCK);
    CHECK(decision.reasons == (CLOUDCIRCUIT_REASON_WARNING | CLOUDCIRCUIT_REASON_BREACH));
    CHECK(cloudcircuit_evaluate_guard(&calm_budget, &spike_result, &calm_breaker, NULL,
                                      &decision) == CLOUDCIRCUIT_OK);
    CHECK(decision.action == CLOUDCIRCUIT_ACTION_THROTTLE);
    CHECK(decision.reasons == CLOUDCIRCUIT_REASON_SPIKE);
    CHECK(cloudcircuit_evaluate_guard(&calm_budget, &calm_spike, &breaker_decision, NULL,
                                      &decision) == CLOUDCIRCUIT_OK);
    CHECK(decision.action == CLOUDCIRCUIT_ACTION_BLOCK);
    CHECK(decision.reasons == CLOUDCIRCUIT_REASON_OPEN);
}

/* Inputs and results in the same memory, at every alignment. */
static void overlaps(void)
{
    unsigned char memory[256];
    size_t offset;
    for (offset = 0; offset < 8; offset++) {
        void *at = memory + offset;
        const double series[] = {10, 10, 10, 20}, ratio = 0.5;
        const int64_t counters[] = {0, 3, 2};
        cloudcircuit_budget_result budget_result;
        cloudcircuit_spike_result spike_result;
        cloudcircuit_breaker_decision breaker_decision;
        cloudcircuit_guard_decision verdict;

        memcpy(at, &ratio, sizeof ratio);
        CHECK(cloudcircuit_check_budget(60, 100, at, at) == CLOUDCIRCUIT_OK);
        memcpy(&budget_result, at, sizeof budget_result);
        CHECK(budget_result.usage_ratio == 0.6 && budget_result.is_warning);

        memcpy(at, series, sizeof series);
        CHECK(cloudcircuit_check_anomaly_spike(at, 4, NULL, at) == CLOUDCIRCUIT_OK);
        memcpy(&spike_result, at, sizeof spike_result);
        CHECK(spike_result.baseline_mean == 10 && spike_result.is_spike);

        memcpy(at, counters, sizeof counters);
        CHECK(cloudcircuit_evaluate_circuit_breaker(at, at) == CLOUDCIRCUIT_OK);
        memcpy(&breaker_decision, at, sizeof breaker_decision);
        CHECK(breaker_decision.is_open && breaker_decision.retry_after_steps == 2);

        CHECK(cloudcircuit_evaluate_guard(NULL, NULL, at, NULL, at) == CLOUDCIRCUIT_OK);
        memcpy(&verdict, at, sizeof verdict);
        CHECK(verdict.reasons == (CLOUDCIRCUIT_REASON_OPEN | CLOUDCIRCUIT_REASON_MISSING));
        CHECK(verdict.retry_after_steps == 2);
    }
}

static void statuses(void)
{
    int32_t known = 0, status;
    for (status = -10; status < 2000; status++) {
        const char *name = cloudcircuit_status_name(status);
        const char *message = cloudcircuit_status_message(status);
        CHECK(name && *name && message && *message);
        known += strncmp(name, "CLOUDCIRCUIT_", 13) == 0;
    }
    CHECK(known == 81);
    CHECK(strcmp(cloudcircuit_status_name(CLOUDCIRCUIT_OK), "CLOUDCIRCUIT_OK") == 0);
    CHECK(strcmp(cloudcircuit_status_message(CLOUDCIRCUIT_ERR_BUDGET_LIMIT),
                 "budget_limit must be finite and > 0") == 0);
    CHECK(strcmp(cloudcircuit_status_name(INT32_MAX), "unknown status") == 0);
}

int main(void)
{
    budgets();
    spikes();
    breakers();
    guards();
    refusals_travel();
    overlaps();
    statuses();
    return report();
}
