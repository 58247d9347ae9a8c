/* The C callers of cost.h. */
#include "cost.h"

int64_t c_budget(struct cost *cost)
{
    cloudcircuit_budget_result budget;
    cloudcircuit_check_budget(cost->spend, cost->limit, NULL, &budget);
    return budget.is_breached;
}

int64_t c_budget_config(struct cost *cost)
{
    cloudcircuit_budget_config config = {0.8};
    cloudcircuit_budget_result budget;
    cloudcircuit_check_budget(cost->spend, cost->limit, &config, &budget);
    return budget.is_warning;
}

int64_t c_budget_i64(struct cost *cost)
{
    cloudcircuit_budget_result_i64 budget;
    cloudcircuit_check_budget_i64(cost->minor, cost->minor_limit, NULL, &budget);
    return budget.remaining_budget;
}

int64_t c_budget_flags(struct cost *cost)
{
    uint32_t flags = cloudcircuit_budget_flags(cost->spend, cost->limit, cost->ratio);
    return (flags & CLOUDCIRCUIT_FLAG_BREACHED) != 0;
}

int64_t c_spike(struct cost *cost)
{
    cloudcircuit_spike_result spike;
    cloudcircuit_check_anomaly_spike(cost->series, cost->len, NULL, &spike);
    return spike.is_spike;
}

int64_t c_breaker(struct cost *cost)
{
    cloudcircuit_breaker_counters counters = {cost->now, CLOUDCIRCUIT_DEFAULT_FAILURE_THRESHOLD, 0};
    cloudcircuit_breaker_decision decision;
    cloudcircuit_evaluate_circuit_breaker(&counters, &decision);
    return decision.allow_operation;
}

static const cloudcircuit_guard_policy lenient = {
    CLOUDCIRCUIT_ACTION_ALLOW, CLOUDCIRCUIT_ACTION_ALERT, CLOUDCIRCUIT_ACTION_ALLOW, CLOUDCIRCUIT_ACTION_ALLOW,
    CLOUDCIRCUIT_ACTION_ALERT, CLOUDCIRCUIT_ACTION_ALERT, CLOUDCIRCUIT_ACTION_ALLOW, CLOUDCIRCUIT_ACTION_ALLOW,
    CLOUDCIRCUIT_ACTION_ALLOW, CLOUDCIRCUIT_ACTION_ALERT, CLOUDCIRCUIT_ACTION_ALLOW, CLOUDCIRCUIT_SIGNAL_BUDGET, 0};

int64_t c_guard_policy(struct cost *cost)
{
    cloudcircuit_guard_decision guard;
    (void)cost;
    cloudcircuit_evaluate_guard(NULL, 0, &lenient, &guard);
    return guard.reasons & CLOUDCIRCUIT_REASON_MISSING;
}

int64_t c_acquire(struct cost *cost)
{
    cloudcircuit_breaker_permit permit;
    cloudcircuit_breaker_acquire(NULL, &cost->breaker, cost->now, &permit);
    return permit.allowed;
}

static const cloudcircuit_breaker_config patient = {5, 0, 0, 0, 0, 0, 1, 1, 1, 2000000, 0, 0, 0, 0, 0, 30000, 30000,
                                                    60000, 0, 0, 0, 0};

int64_t c_acquire_config(struct cost *cost)
{
    cloudcircuit_breaker_permit permit;
    cloudcircuit_breaker_acquire(&patient, &cost->breaker, cost->now, &permit);
    return permit.phase == CLOUDCIRCUIT_BREAKER_CLOSED;
}

static const cloudcircuit_ledger_config monthly = {1000, 0, 0, 60, {0}, 0, 0, 0, 0};

int64_t c_record(struct cost *cost)
{
    cloudcircuit_ledger_decision decision;
    cloudcircuit_ledger_record(&monthly, &cost->ledger, 7, cost->now, &decision);
    return decision.available;
}

static const cloudcircuit_rate_limit_config hourly = {1000, 3600, 0, 0};

int64_t c_rate(struct cost *cost)
{
    cloudcircuit_rate_limit_decision decision;
    cloudcircuit_rate_limit_acquire(&hourly, &cost->rate, 7, cost->now, &decision);
    return decision.available;
}

int64_t c_columns(struct cost *cost)
{
    cloudcircuit_budget_config config = {0.8};
    size_t invalid;
    cloudcircuit_check_budget_columns(cost->series, cost->series, cost->len, &config, cost->flags, NULL, &invalid);
    return (int64_t)invalid;
}

int64_t c_money(struct cost *cost)
{
    int64_t minor;
    if (cloudcircuit_money_from_double(cost->spend, 2, &minor) != CLOUDCIRCUIT_OK)
        return -1;
    return minor;
}

int64_t c_then_guard(struct cost *cost)
{
    cloudcircuit_budget_result budget;
    cloudcircuit_signal signal;
    cloudcircuit_guard_decision guard;
    cloudcircuit_status status = cloudcircuit_check_budget(cost->spend, cost->limit, NULL, &budget);
    cloudcircuit_budget_signal(status, &budget, &signal);
    cloudcircuit_evaluate_guard(&signal, 1, NULL, &guard);
    return guard.action;
}

int64_t c_then_report(struct cost *cost)
{
    cloudcircuit_breaker_permit permit;
    cloudcircuit_breaker_acquire(NULL, &cost->breaker, cost->now, &permit);
    if (!permit.allowed)
        return 0;
    return cloudcircuit_breaker_report(NULL, &cost->breaker, &permit, CLOUDCIRCUIT_OUTCOME_SUCCESS, 5,
                                       INT64_MIN, cost->now + 5);
}

int64_t c_then_settle(struct cost *cost)
{
    cloudcircuit_ledger_hold hold;
    cloudcircuit_ledger_decision reserved, settled;
    cloudcircuit_ledger_reserve(&monthly, &cost->ledger, 5, cost->now, &hold, &reserved);
    if (!reserved.allowed)
        return 0;
    cloudcircuit_ledger_settle(&monthly, &cost->ledger, &hold, 4, cost->now, &settled);
    return settled.available;
}

int64_t c_then_write(struct cost *cost)
{
    cloudcircuit_budget_result budget;
    size_t length;
    cloudcircuit_status status = cloudcircuit_check_budget(cost->spend, cost->limit, NULL, &budget);
    cloudcircuit_write_budget_result_json(status, NULL, &budget, cost->line, sizeof cost->line, &length);
    return (int64_t)length;
}
