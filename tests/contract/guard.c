/* The guard: each status is produced, each refusal is compared byte for byte over memory that held
   something else, and what other safeguards refuse blocks. */
#include "check.h"
#include <cloudcircuit.h>
#include <math.h>

static const cloudcircuit_guard_decision REFUSED = {CLOUDCIRCUIT_ACTION_BLOCK, 0, 0};
static const unsigned char FILLS[] = {0xAA, 0x55};

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
        CHECK((expected == CLOUDCIRCUIT_OK) != SAME_BYTES(decision, REFUSED));
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
        const cloudcircuit_breaker_decision open = {2, 1, 0};
        cloudcircuit_guard_decision verdict;

        memcpy(at, &open, sizeof open);
        CHECK(cloudcircuit_evaluate_guard(NULL, NULL, at, NULL, at) == CLOUDCIRCUIT_OK);
        memcpy(&verdict, at, sizeof verdict);
        CHECK(verdict.reasons == (CLOUDCIRCUIT_REASON_OPEN | CLOUDCIRCUIT_REASON_MISSING));
        CHECK(verdict.retry_after_steps == 2);
    }
}

int main(void)
{
    guards();
    refusals_travel();
    overlaps();
    return report();
}
