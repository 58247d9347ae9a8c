/*
 * Callers that cost.c and cost.cpp each write in their own language, to be counted and compared.
 * Those named "then" pass what one call answered on to another.
 */
#ifndef COST_H
#define COST_H

#include <stddef.h>
#include <stdint.h>

#include "cloudcircuit.h"

#ifdef __cplusplus
extern "C" {
#endif

struct cost {
    double spend, limit, ratio;
    int64_t minor, minor_limit, now;
    const double *series;
    size_t len;
    uint8_t *flags;
    cloudcircuit_breaker_state breaker;
    cloudcircuit_ledger_state ledger;
    cloudcircuit_rate_limit_state rate;
    char line[CLOUDCIRCUIT_RECORD_CAPACITY];
};

#define COST_CALLERS(CALLER) \
    CALLER(budget)           \
    CALLER(budget_config)    \
    CALLER(budget_i64)       \
    CALLER(budget_flags)     \
    CALLER(spike)            \
    CALLER(breaker)          \
    CALLER(guard_policy)     \
    CALLER(acquire)          \
    CALLER(acquire_config)   \
    CALLER(record)           \
    CALLER(rate)             \
    CALLER(columns)          \
    CALLER(money)            \
    CALLER(then_guard)       \
    CALLER(then_report)      \
    CALLER(then_settle)      \
    CALLER(then_write)

#define COST_DECLARE(name) int64_t c_##name(struct cost *cost); int64_t cpp_##name(struct cost *cost);
COST_CALLERS(COST_DECLARE)

#ifdef __cplusplus
}
#endif

#endif
