/* The cases that the tests of the Python package cloudcircuit 0.1.0 pin. */
#include "check.h"
#include <cloudcircuit.h>

static cloudcircuit_budget_result budget(double spend, double limit, double ratio, int32_t expected)
{
    cloudcircuit_budget_config config;
    cloudcircuit_budget_result result;
    config.warning_ratio = ratio;
    CHECK(cloudcircuit_check_budget(spend, limit, &config, &result) == expected);
    return result;
}

static cloudcircuit_spike_result spike(const double *series, size_t len, double multiplier,
                                       double floor, int32_t expected)
{
    cloudcircuit_spike_config config;
    cloudcircuit_spike_result result;
    config.spike_multiplier = multiplier;
    config.min_baseline = floor;
    CHECK(cloudcircuit_check_anomaly_spike(series, len, &config, &result) == expected);
    return result;
}

static cloudcircuit_breaker_decision breaker(int64_t failed, int64_t threshold, int64_t cooldown,
                                             int32_t expected)
{
    cloudcircuit_breaker_counters counters;
    cloudcircuit_breaker_decision decision;
    counters.consecutive_failures = failed;
    counters.failure_threshold = threshold;
    counters.cooldown_steps_remaining = cooldown;
    CHECK(cloudcircuit_evaluate_circuit_breaker(&counters, &decision) == expected);
    return decision;
}

static void budgets(void)
{
    cloudcircuit_budget_result r = budget(40, 100, 0.8, CLOUDCIRCUIT_OK);
    CHECK(r.current_spend == 40 && r.budget_limit == 100);
    CHECK(r.usage_ratio == 0.4 && r.remaining_budget == 60);
    CHECK(r.is_warning == 0 && r.is_breached == 0);

    r = budget(100, 100, 0.8, CLOUDCIRCUIT_OK);
    CHECK(r.is_warning == 1 && r.is_breached == 1 && r.remaining_budget == 0);

    budget(-1, 100, 0.9, CLOUDCIRCUIT_ERR_CURRENT_SPEND);
    budget(10, 0, 0.9, CLOUDCIRCUIT_ERR_BUDGET_LIMIT);
    budget(10, 100, 0, CLOUDCIRCUIT_ERR_WARNING_RATIO);
}

static void spikes(void)
{
    const double doubled[] = {10, 10, 10, 20}, pennies[] = {0, 0, 0, 0.4};
    const double one[] = {1}, two[] = {1, 2}, negative[] = {1, -1};

    cloudcircuit_spike_result r = spike(doubled, 4, 1.5, 0, CLOUDCIRCUIT_OK);
    CHECK(r.latest_spend == 20 && r.baseline_mean == 10 && r.threshold == 15 && r.is_spike == 1);

    r = spike(pennies, 4, 2, 0.5, CLOUDCIRCUIT_OK);
    CHECK(r.baseline_mean == 0 && r.threshold == 1 && r.is_spike == 0);

    spike(one, 1, 1.5, 0, CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT);
    spike(two, 2, 1, 0, CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER);
    spike(negative, 2, 2, 0, CLOUDCIRCUIT_ERR_SPEND_SERIES);
}

static void breakers(void)
{
    cloudcircuit_breaker_decision d = breaker(2, 3, 0, CLOUDCIRCUIT_OK);
    CHECK(d.is_open == 0 && d.allow_operation == 1 && d.retry_after_steps == 0);

    d = breaker(3, 3, 0, CLOUDCIRCUIT_OK);
    CHECK(d.is_open == 1 && d.allow_operation == 0);

    d = breaker(0, 3, 2, CLOUDCIRCUIT_OK);
    CHECK(d.is_open == 1 && d.allow_operation == 0 && d.retry_after_steps == 2);

    breaker(-1, 3, 0, CLOUDCIRCUIT_ERR_CONSECUTIVE_FAILURES);
    breaker(0, 0, 0, CLOUDCIRCUIT_ERR_FAILURE_THRESHOLD);
    breaker(0, 3, -1, CLOUDCIRCUIT_ERR_COOLDOWN_STEPS_REMAINING);
}

int main(void)
{
    budgets();
    spikes();
    breakers();
    return report();
}
