/* The guard: one verdict from what the safeguards found. */
#include "cc.h"

#include "catalog/pg_type_d.h"
#include "layouts.h"
#include "utils/array.h"

/* A signal of a result, which was no error: errors end a statement. */
#define SIGNAL(function, struct_name)                                                                                 \
    PG_FUNCTION_INFO_V1(cc_##function);                                                                               \
    Datum cc_##function(PG_FUNCTION_ARGS)                                                                             \
    {                                                                                                                 \
        cloudcircuit_##struct_name result = {0};                                                                      \
        cloudcircuit_signal signal;                                                                                   \
                                                                                                                      \
        cc_read_argument(fcinfo, 0, &struct_name##_layout, &result);                                                  \
        cc_check(cloudcircuit_##function(CLOUDCIRCUIT_OK, &result, &signal));                                         \
        return cc_answer(fcinfo, &signal_layout, &signal);                                                            \
    }

SIGNAL(budget_signal, budget_result)
SIGNAL(budget_signal_i64, budget_result_i64)
SIGNAL(ledger_signal, ledger_decision)
SIGNAL(spike_signal, spike_result)
SIGNAL(spike_signal_i64, spike_result_i64)
SIGNAL(detect_signal, detect_result)
SIGNAL(breaker_signal, breaker_decision)
SIGNAL(permit_signal, breaker_permit)
SIGNAL(rate_limit_signal, rate_limit_decision)
SIGNAL(forecast_signal, forecast_result)

/* signals, policy */
PG_FUNCTION_INFO_V1(cc_evaluate_guard);
Datum cc_evaluate_guard(PG_FUNCTION_ARGS)
{
    ArrayType *array;
    cloudcircuit_guard_policy policy;
    cloudcircuit_guard_decision decision;
    cloudcircuit_signal *signals;
    Datum *rows;
    bool *nulls;
    int count, i;

    if (cc_has_null(fcinfo, 1))
        PG_RETURN_NULL();
    array = PG_GETARG_ARRAYTYPE_P(0);
    deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_DOUBLE, &rows, &nulls, &count);
    /* A NULL is wholly 0, which is no signal: the guard refuses it. */
    signals = palloc0((size_t)Max(count, 1) * sizeof *signals);
    for (i = 0; i < count; i++) {
        if (!nulls[i])
            cc_read_row(rows[i], &signal_layout, &signals[i]);
    }
    cc_check(cloudcircuit_guard_policy_init(&policy));
    cc_read_argument(fcinfo, 1, &guard_policy_layout, &policy);
    cc_check(cloudcircuit_evaluate_guard(signals, (size_t)count, &policy, &decision));
    return cc_answer(fcinfo, &guard_decision_layout, &decision);
}
