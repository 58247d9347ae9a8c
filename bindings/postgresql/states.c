/* Breakers and rate limits: pure functions on states that the user stores, in their encoded form. */
#include "cc.h"

#include "layouts.h"

static bytea *bytes_of(size_t len)
{
    bytea *bytes = palloc(VARHDRSZ + len);

    SET_VARSIZE(bytes, VARHDRSZ + len);
    return bytes;
}

/*
 * Breaker
 */

static cloudcircuit_breaker_state decode_breaker(FunctionCallInfo fcinfo)
{
    const bytea *bytes = PG_GETARG_BYTEA_PP(0);
    cloudcircuit_breaker_state state;

    cc_check(cloudcircuit_breaker_state_decode((const uint8_t *)VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes), &state));
    return state;
}

static Datum encode_breaker(const cloudcircuit_breaker_state *state)
{
    bytea *bytes = bytes_of(CLOUDCIRCUIT_BREAKER_ENCODED_LEN);

    cc_check(cloudcircuit_breaker_state_encode(state, (uint8_t *)VARDATA(bytes), CLOUDCIRCUIT_BREAKER_ENCODED_LEN));
    return PointerGetDatum(bytes);
}

static cloudcircuit_breaker_config breaker_config(FunctionCallInfo fcinfo)
{
    cloudcircuit_breaker_config config;

    cc_check(cloudcircuit_breaker_config_init(&config));
    cc_read_argument(fcinfo, 1, &breaker_config_layout, &config);
    return config;
}

PG_FUNCTION_INFO_V1(cc_breaker_init);
Datum cc_breaker_init(PG_FUNCTION_ARGS)
{
    cloudcircuit_breaker_state state;

    cc_check(cloudcircuit_breaker_init(PG_GETARG_INT64(0), &state));
    return encode_breaker(&state);
}

PG_FUNCTION_INFO_V1(cc_breaker_view);
Datum cc_breaker_view(PG_FUNCTION_ARGS)
{
    cloudcircuit_breaker_state state = decode_breaker(fcinfo);

    return cc_answer(fcinfo, &breaker_state_layout, &state);
}

/* state, config, now */
PG_FUNCTION_INFO_V1(cc_breaker_acquire);
Datum cc_breaker_acquire(PG_FUNCTION_ARGS)
{
    cloudcircuit_breaker_config config;
    cloudcircuit_breaker_state state;
    cloudcircuit_breaker_permit permit;
    cc_part parts[2] = {{NULL, NULL, 0}, {&breaker_permit_layout, &permit, 0}};

    if (PG_ARGISNULL(0) || PG_ARGISNULL(2))
        PG_RETURN_NULL();
    config = breaker_config(fcinfo);
    state = decode_breaker(fcinfo);
    cc_check(cloudcircuit_breaker_acquire(&config, &state, PG_GETARG_INT64(2), &permit));
    parts[0].datum = encode_breaker(&state);
    return cc_answer_parts(fcinfo, 2, parts);
}

/* state, config, now */
PG_FUNCTION_INFO_V1(cc_breaker_peek);
Datum cc_breaker_peek(PG_FUNCTION_ARGS)
{
    cloudcircuit_breaker_config config;
    cloudcircuit_breaker_state state;
    cloudcircuit_breaker_permit permit;

    if (PG_ARGISNULL(0) || PG_ARGISNULL(2))
        PG_RETURN_NULL();
    config = breaker_config(fcinfo);
    state = decode_breaker(fcinfo);
    cc_check(cloudcircuit_breaker_peek(&config, &state, PG_GETARG_INT64(2), &permit));
    return cc_answer(fcinfo, &breaker_permit_layout, &permit);
}

/* state, config, permit, outcome, duration, retry_at, now */
PG_FUNCTION_INFO_V1(cc_breaker_report);
Datum cc_breaker_report(PG_FUNCTION_ARGS)
{
    cloudcircuit_breaker_config config;
    cloudcircuit_breaker_state state;
    cloudcircuit_breaker_permit permit = {0};

    if (PG_ARGISNULL(0) || PG_ARGISNULL(2) || PG_ARGISNULL(3) || PG_ARGISNULL(4) || PG_ARGISNULL(6))
        PG_RETURN_NULL();
    config = breaker_config(fcinfo);
    state = decode_breaker(fcinfo);
    cc_read_argument(fcinfo, 2, &breaker_permit_layout, &permit);
    cc_check(cloudcircuit_breaker_report(&config, &state, &permit, PG_GETARG_INT32(3), PG_GETARG_INT64(4),
                                         PG_ARGISNULL(5) ? PG_INT64_MIN : PG_GETARG_INT64(5), PG_GETARG_INT64(6)));
    return encode_breaker(&state);
}

/* state, forced_phase, until, now */
PG_FUNCTION_INFO_V1(cc_breaker_force);
Datum cc_breaker_force(PG_FUNCTION_ARGS)
{
    cloudcircuit_breaker_state state = decode_breaker(fcinfo);

    cc_check(cloudcircuit_breaker_force(&state, PG_GETARG_INT32(1), PG_GETARG_INT64(2), PG_GETARG_INT64(3)));
    return encode_breaker(&state);
}

/* state, now */
PG_FUNCTION_INFO_V1(cc_breaker_reset);
Datum cc_breaker_reset(PG_FUNCTION_ARGS)
{
    cloudcircuit_breaker_state state = decode_breaker(fcinfo);

    cc_check(cloudcircuit_breaker_reset(&state, PG_GETARG_INT64(1)));
    return encode_breaker(&state);
}

/*
 * Rate limit
 */

static cloudcircuit_rate_limit_state decode_rate_limit(FunctionCallInfo fcinfo)
{
    const bytea *bytes = PG_GETARG_BYTEA_PP(0);
    cloudcircuit_rate_limit_state state;

    cc_check(cloudcircuit_rate_limit_state_decode((const uint8_t *)VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes),
                                                  &state));
    return state;
}

static Datum encode_rate_limit(const cloudcircuit_rate_limit_state *state)
{
    bytea *bytes = bytes_of(CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN);

    cc_check(cloudcircuit_rate_limit_state_encode(state, (uint8_t *)VARDATA(bytes),
                                                  CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN));
    return PointerGetDatum(bytes);
}

PG_FUNCTION_INFO_V1(cc_rate_limit_init);
Datum cc_rate_limit_init(PG_FUNCTION_ARGS)
{
    cloudcircuit_rate_limit_state state;

    cc_check(cloudcircuit_rate_limit_init(PG_GETARG_INT64(0), &state));
    return encode_rate_limit(&state);
}

PG_FUNCTION_INFO_V1(cc_rate_limit_view);
Datum cc_rate_limit_view(PG_FUNCTION_ARGS)
{
    cloudcircuit_rate_limit_state state = decode_rate_limit(fcinfo);

    return cc_answer(fcinfo, &rate_limit_state_layout, &state);
}

/* A rate limit has no defaults: a missing setting is 0, which its rules refuse. */
static cloudcircuit_rate_limit_config rate_limit_config(FunctionCallInfo fcinfo)
{
    cloudcircuit_rate_limit_config config = {0};

    cc_read_argument(fcinfo, 1, &rate_limit_config_layout, &config);
    return config;
}

static Datum answer_rate_limit(FunctionCallInfo fcinfo, const cloudcircuit_rate_limit_state *state,
                               const cloudcircuit_rate_limit_decision *decision)
{
    cc_part parts[2] = {{NULL, NULL, 0}, {&rate_limit_decision_layout, decision, 0}};

    parts[0].datum = encode_rate_limit(state);
    return cc_answer_parts(fcinfo, 2, parts);
}

/* state, config, amount, now */
PG_FUNCTION_INFO_V1(cc_rate_limit_acquire);
Datum cc_rate_limit_acquire(PG_FUNCTION_ARGS)
{
    cloudcircuit_rate_limit_config config = rate_limit_config(fcinfo);
    cloudcircuit_rate_limit_state state = decode_rate_limit(fcinfo);
    cloudcircuit_rate_limit_decision decision;

    cc_check(cloudcircuit_rate_limit_acquire(&config, &state, PG_GETARG_INT64(2), PG_GETARG_INT64(3), &decision));
    return answer_rate_limit(fcinfo, &state, &decision);
}

/* state, config, amount, now: the new state, or NULL when it refuses */
PG_FUNCTION_INFO_V1(cc_rate_limit_taken);
Datum cc_rate_limit_taken(PG_FUNCTION_ARGS)
{
    cloudcircuit_rate_limit_config config = rate_limit_config(fcinfo);
    cloudcircuit_rate_limit_state state = decode_rate_limit(fcinfo);
    cloudcircuit_rate_limit_decision decision;

    cc_check(cloudcircuit_rate_limit_acquire(&config, &state, PG_GETARG_INT64(2), PG_GETARG_INT64(3), &decision));
    if (!decision.allowed)
        PG_RETURN_NULL();
    return encode_rate_limit(&state);
}

/* state, config, taken_at, by, now */
PG_FUNCTION_INFO_V1(cc_rate_limit_adjust);
Datum cc_rate_limit_adjust(PG_FUNCTION_ARGS)
{
    cloudcircuit_rate_limit_config config = rate_limit_config(fcinfo);
    cloudcircuit_rate_limit_state state = decode_rate_limit(fcinfo);
    cloudcircuit_rate_limit_decision decision;

    cc_check(cloudcircuit_rate_limit_adjust(&config, &state, PG_GETARG_INT64(2), PG_GETARG_INT64(3),
                                            PG_GETARG_INT64(4), &decision));
    return answer_rate_limit(fcinfo, &state, &decision);
}

/* state, now */
PG_FUNCTION_INFO_V1(cc_rate_limit_reset);
Datum cc_rate_limit_reset(PG_FUNCTION_ARGS)
{
    cloudcircuit_rate_limit_state state = decode_rate_limit(fcinfo);

    cc_check(cloudcircuit_rate_limit_reset(&state, PG_GETARG_INT64(1)));
    return encode_rate_limit(&state);
}
