/* Functions of one row: budgets, the breaker from counters, money, names. */
#include "cc.h"

#include "layouts.h"
#include "utils/builtins.h"

PG_MODULE_MAGIC;

#define ALL_BUDGET_FLAGS (CLOUDCIRCUIT_FLAG_WARNING | CLOUDCIRCUIT_FLAG_BREACHED | CLOUDCIRCUIT_FLAG_INVALID)
#define PPM_DECIMALS 6

PG_FUNCTION_INFO_V1(cc_version);
Datum cc_version(PG_FUNCTION_ARGS)
{
    (void)fcinfo;
    PG_RETURN_TEXT_P(cstring_to_text(cloudcircuit_version()));
}

PG_FUNCTION_INFO_V1(cc_check_budget);
Datum cc_check_budget(PG_FUNCTION_ARGS)
{
    cloudcircuit_budget_config config = {PG_GETARG_FLOAT8(2)};
    cloudcircuit_budget_result result;

    cc_check(cloudcircuit_check_budget(PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(1), &config, &result));
    return cc_answer(fcinfo, &budget_result_layout, &result);
}

PG_FUNCTION_INFO_V1(cc_budget_flags);
Datum cc_budget_flags(PG_FUNCTION_ARGS)
{
    uint32_t flags = cloudcircuit_budget_flags(PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(1), PG_GETARG_FLOAT8(2));

    PG_RETURN_INT32((int32)flags);
}

/* Parts per million; 0, which the library refuses, for what does not fit. */
static uint32_t ppm(int64 value)
{
    return value >= 0 && value <= (int64)PG_UINT32_MAX ? (uint32_t)value : 0;
}

PG_FUNCTION_INFO_V1(cc_check_budget_i64);
Datum cc_check_budget_i64(PG_FUNCTION_ARGS)
{
    cloudcircuit_budget_config_i64 config = {ppm(PG_GETARG_INT64(2)), 0};
    cloudcircuit_budget_result_i64 result;

    cc_check(cloudcircuit_check_budget_i64(PG_GETARG_INT64(0), PG_GETARG_INT64(1), &config, &result));
    return cc_answer(fcinfo, &budget_result_i64_layout, &result);
}

PG_FUNCTION_INFO_V1(cc_budget_flags_i64);
Datum cc_budget_flags_i64(PG_FUNCTION_ARGS)
{
    uint32_t flags = cloudcircuit_budget_flags_i64(PG_GETARG_INT64(0), PG_GETARG_INT64(1), ppm(PG_GETARG_INT64(2)));

    PG_RETURN_INT32((int32)flags);
}

/* The arguments of a budget in numeric as exact integers, and what is wrong with them. */
static cloudcircuit_status exact_arguments(FunctionCallInfo fcinfo, int64 minors[2], int *decimals, uint32_t *share)
{
    int64 parts;
    cc_fit fits[2];

    cc_minors_from_numerics(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1), minors, fits, decimals);
    if (fits[1] == CC_NOT_FINITE)
        return CLOUDCIRCUIT_ERR_BUDGET_LIMIT;
    *share = cc_minor_from_numeric(PG_GETARG_DATUM(2), PPM_DECIMALS, &parts) ? ppm(parts) : 0;
    if (fits[0] == CC_NOT_FINITE)
        return CLOUDCIRCUIT_ERR_CURRENT_SPEND;
    return fits[0] == CC_FITS && fits[1] == CC_FITS ? CLOUDCIRCUIT_OK : CLOUDCIRCUIT_ERR_AMOUNT_RANGE;
}

PG_FUNCTION_INFO_V1(cc_check_budget_numeric);
Datum cc_check_budget_numeric(PG_FUNCTION_ARGS)
{
    cloudcircuit_budget_config_i64 config = {0, 0};
    cloudcircuit_budget_result_i64 result;
    int64 minors[2];
    int decimals;
    cc_part parts[4] = {{NULL, NULL, 0}, {NULL, NULL, 0}, {NULL, NULL, 0}, {NULL, NULL, 0}};

    cc_check(exact_arguments(fcinfo, minors, &decimals, &config.warning_ppm));
    cc_check(cloudcircuit_check_budget_i64(minors[0], minors[1], &config, &result));
    parts[0].datum = NumericGetDatum(int64_div_fast_to_numeric(result.remaining_budget, decimals));
    parts[1].datum = NumericGetDatum(int64_div_fast_to_numeric((int64)Min(result.usage_ppm, (uint64)PG_INT64_MAX),
                                                               PPM_DECIMALS));
    parts[2].datum = BoolGetDatum(result.is_warning != 0);
    parts[3].datum = BoolGetDatum(result.is_breached != 0);
    return cc_answer_parts(fcinfo, 4, parts);
}

PG_FUNCTION_INFO_V1(cc_budget_flags_numeric);
Datum cc_budget_flags_numeric(PG_FUNCTION_ARGS)
{
    int64 minors[2];
    int decimals;
    uint32_t share;

    if (exact_arguments(fcinfo, minors, &decimals, &share) != CLOUDCIRCUIT_OK)
        PG_RETURN_INT32((int32)ALL_BUDGET_FLAGS);
    PG_RETURN_INT32((int32)cloudcircuit_budget_flags_i64(minors[0], minors[1], share));
}

PG_FUNCTION_INFO_V1(cc_evaluate_circuit_breaker);
Datum cc_evaluate_circuit_breaker(PG_FUNCTION_ARGS)
{
    cloudcircuit_breaker_counters counters;
    cloudcircuit_breaker_decision decision;

    cc_check(cloudcircuit_breaker_counters_init(&counters));
    counters.consecutive_failures = PG_GETARG_INT64(0);
    counters.failure_threshold = PG_GETARG_INT64(1);
    counters.cooldown_steps_remaining = PG_GETARG_INT64(2);
    cc_check(cloudcircuit_evaluate_circuit_breaker(&counters, &decision));
    return cc_answer(fcinfo, &breaker_decision_layout, &decision);
}

PG_FUNCTION_INFO_V1(cc_money_from_double);
Datum cc_money_from_double(PG_FUNCTION_ARGS)
{
    int64_t minor;

    cc_check(cloudcircuit_money_from_double(PG_GETARG_FLOAT8(0), (uint32_t)PG_GETARG_INT32(1), &minor));
    PG_RETURN_INT64(minor);
}

PG_FUNCTION_INFO_V1(cc_money_to_double);
Datum cc_money_to_double(PG_FUNCTION_ARGS)
{
    double amount;

    cc_check(cloudcircuit_money_to_double(PG_GETARG_INT64(0), (uint32_t)PG_GETARG_INT32(1), &amount));
    PG_RETURN_FLOAT8(amount);
}

PG_FUNCTION_INFO_V1(cc_money_from_numeric);
Datum cc_money_from_numeric(PG_FUNCTION_ARGS)
{
    int scale = PG_GETARG_INT32(1);
    int64 minors[2];
    cc_fit fits[2];
    int decimals;

    if (scale < 0 || scale > CLOUDCIRCUIT_MAX_MONEY_SCALE)
        cc_check(CLOUDCIRCUIT_ERR_SCALE);
    if (cc_minor_from_numeric(PG_GETARG_DATUM(0), scale, &minors[0]))
        PG_RETURN_INT64(minors[0]);
    cc_minors_from_numerics(PG_GETARG_DATUM(0), PG_GETARG_DATUM(0), minors, fits, &decimals);
    if (fits[0] == CC_NOT_FINITE)
        cc_check(CLOUDCIRCUIT_ERR_AMOUNT);
    cc_check(decimals > scale ? CLOUDCIRCUIT_ERR_AMOUNT_PRECISION : CLOUDCIRCUIT_ERR_AMOUNT_RANGE);
    PG_RETURN_NULL();
}

PG_FUNCTION_INFO_V1(cc_money_to_numeric);
Datum cc_money_to_numeric(PG_FUNCTION_ARGS)
{
    int scale = PG_GETARG_INT32(1);

    if (scale < 0 || scale > CLOUDCIRCUIT_MAX_MONEY_SCALE)
        cc_check(CLOUDCIRCUIT_ERR_SCALE);
    PG_RETURN_NUMERIC(int64_div_fast_to_numeric(PG_GETARG_INT64(0), scale));
}

/* The name functions of the library, each of an integer. */
#define NAME(function, type)                                                                                          \
    PG_FUNCTION_INFO_V1(cc_##function);                                                                               \
    Datum cc_##function(PG_FUNCTION_ARGS)                                                                             \
    {                                                                                                                 \
        int64 constant = PG_GETARG_INT64(0);                                                                          \
                                                                                                                      \
        /* -1 is no constant of any kind. */                                                                          \
        if (constant != (int64)(type)constant)                                                                        \
            constant = -1;                                                                                            \
        PG_RETURN_TEXT_P(cstring_to_text(cloudcircuit_##function((type)constant)));                                   \
    }

NAME(action_name, int32_t)
NAME(reason_name, uint32_t)
NAME(signal_name, uint32_t)
NAME(phase_name, int32_t)
NAME(verdict_name, int32_t)
NAME(detect_reason_name, int32_t)
NAME(ledger_reason_name, int32_t)
NAME(rate_reason_name, int32_t)
