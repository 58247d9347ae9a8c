/* Ledgers: pure functions on states that the user stores, in their encoded form. */
#include "cc.h"

#include "catalog/pg_type_d.h"
#include "funcapi.h"
#include "layouts.h"
#include "utils/array.h"
#include "utils/lsyscache.h"

static cloudcircuit_ledger_state decode(Datum stored)
{
    const bytea *bytes = DatumGetByteaPP(stored);
    cloudcircuit_ledger_state state;

    cc_check(cloudcircuit_ledger_state_decode((const uint8_t *)VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes), &state));
    return state;
}

static Datum encode(const cloudcircuit_ledger_state *state)
{
    bytea *bytes = palloc(VARHDRSZ + CLOUDCIRCUIT_LEDGER_ENCODED_LEN);

    SET_VARSIZE(bytes, VARHDRSZ + CLOUDCIRCUIT_LEDGER_ENCODED_LEN);
    cc_check(cloudcircuit_ledger_state_encode(state, (uint8_t *)VARDATA(bytes), CLOUDCIRCUIT_LEDGER_ENCODED_LEN));
    return PointerGetDatum(bytes);
}

/* What every call reads: state, config, and perhaps a hold. */
typedef struct call {
    cloudcircuit_ledger_config config;
    cloudcircuit_ledger_state state;
    cloudcircuit_ledger_hold hold;
    cloudcircuit_ledger_decision decision;
} call;

/* Reads the call, unless an argument but the config, which is the second, is NULL. */
static bool read_call(FunctionCallInfo fcinfo, int hold, call *read)
{
    int i;

    for (i = 0; i < PG_NARGS(); i++) {
        if (i != 1 && PG_ARGISNULL(i))
            return false;
    }
    cc_check(cloudcircuit_ledger_config_init(&read->config));
    cc_read_argument(fcinfo, 1, &ledger_config_layout, &read->config);
    read->state = decode(PG_GETARG_DATUM(0));
    memset(&read->hold, 0, sizeof read->hold);
    if (hold > 0)
        cc_read_argument(fcinfo, hold, &ledger_hold_layout, &read->hold);
    return true;
}

/* state, hold, decision */
static Datum answer_hold(FunctionCallInfo fcinfo, const call *made)
{
    cc_part parts[3] = {
        {NULL, NULL, 0}, {&ledger_hold_layout, &made->hold, 0}, {&ledger_decision_layout, &made->decision, 0}};

    parts[0].datum = encode(&made->state);
    return cc_answer_parts(fcinfo, 3, parts);
}

/* state, decision */
static Datum answer(FunctionCallInfo fcinfo, const call *made)
{
    cc_part parts[2] = {{NULL, NULL, 0}, {&ledger_decision_layout, &made->decision, 0}};

    parts[0].datum = encode(&made->state);
    return cc_answer_parts(fcinfo, 2, parts);
}

/* ledger_id, period, now */
PG_FUNCTION_INFO_V1(cc_ledger_init);
Datum cc_ledger_init(PG_FUNCTION_ARGS)
{
    int64 id = PG_GETARG_INT64(0);
    cloudcircuit_ledger_state state;

    cc_check(cloudcircuit_ledger_init(id > 0 ? (uint64_t)id : 0, PG_GETARG_INT64(1), PG_GETARG_INT64(2), &state));
    return encode(&state);
}

PG_FUNCTION_INFO_V1(cc_ledger_view);
Datum cc_ledger_view(PG_FUNCTION_ARGS)
{
    cloudcircuit_ledger_state state = decode(PG_GETARG_DATUM(0));

    return cc_answer(fcinfo, &ledger_state_layout, &state);
}

/* state, config, estimate, now */
PG_FUNCTION_INFO_V1(cc_ledger_reserve);
Datum cc_ledger_reserve(PG_FUNCTION_ARGS)
{
    call made;

    if (!read_call(fcinfo, 0, &made))
        PG_RETURN_NULL();
    cc_check(cloudcircuit_ledger_reserve(&made.config, &made.state, PG_GETARG_INT64(2), PG_GETARG_INT64(3),
                                         &made.hold, &made.decision));
    return answer_hold(fcinfo, &made);
}

/* state, config, estimate, now: the new state, or NULL when it refuses */
PG_FUNCTION_INFO_V1(cc_ledger_reserved);
Datum cc_ledger_reserved(PG_FUNCTION_ARGS)
{
    call made;

    if (!read_call(fcinfo, 0, &made))
        PG_RETURN_NULL();
    cc_check(cloudcircuit_ledger_reserve(&made.config, &made.state, PG_GETARG_INT64(2), PG_GETARG_INT64(3),
                                         &made.hold, &made.decision));
    if (!made.decision.allowed)
        PG_RETURN_NULL();
    return encode(&made.state);
}

/* state, config, estimate: the hold that the latest reserve made, from what it left */
PG_FUNCTION_INFO_V1(cc_ledger_latest_hold);
Datum cc_ledger_latest_hold(PG_FUNCTION_ARGS)
{
    call made;
    int64 end = PG_INT64_MAX;

    if (!read_call(fcinfo, 0, &made) || made.state.next_hold < 2)
        PG_RETURN_NULL();
    if (made.config.hold_duration > 0 && made.state.updated_at <= PG_INT64_MAX - made.config.hold_duration)
        end = made.state.updated_at + made.config.hold_duration;
    made.hold.ledger_id = made.state.ledger_id;
    made.hold.id = made.state.next_hold - 1;
    made.hold.period = made.state.period;
    made.hold.amount = PG_GETARG_INT64(2);
    made.hold.expires_at = end;
    return cc_answer(fcinfo, &ledger_hold_layout, &made.hold);
}

/* state, config, hold, more, now */
PG_FUNCTION_INFO_V1(cc_ledger_extend);
Datum cc_ledger_extend(PG_FUNCTION_ARGS)
{
    call made;

    if (!read_call(fcinfo, 2, &made))
        PG_RETURN_NULL();
    cc_check(cloudcircuit_ledger_extend(&made.config, &made.state, &made.hold, PG_GETARG_INT64(3),
                                        PG_GETARG_INT64(4), &made.decision));
    return answer_hold(fcinfo, &made);
}

/* state, config, hold, part, now */
PG_FUNCTION_INFO_V1(cc_ledger_post);
Datum cc_ledger_post(PG_FUNCTION_ARGS)
{
    call made;

    if (!read_call(fcinfo, 2, &made))
        PG_RETURN_NULL();
    cc_check(cloudcircuit_ledger_post(&made.config, &made.state, &made.hold, PG_GETARG_INT64(3), PG_GETARG_INT64(4),
                                      &made.decision));
    return answer_hold(fcinfo, &made);
}

/* state, config, hold, actual, now */
PG_FUNCTION_INFO_V1(cc_ledger_settle);
Datum cc_ledger_settle(PG_FUNCTION_ARGS)
{
    call made;

    if (!read_call(fcinfo, 2, &made))
        PG_RETURN_NULL();
    cc_check(cloudcircuit_ledger_settle(&made.config, &made.state, &made.hold, PG_GETARG_INT64(3),
                                        PG_GETARG_INT64(4), &made.decision));
    return answer(fcinfo, &made);
}

/* state, config, hold, now */
PG_FUNCTION_INFO_V1(cc_ledger_release);
Datum cc_ledger_release(PG_FUNCTION_ARGS)
{
    call made;

    if (!read_call(fcinfo, 2, &made))
        PG_RETURN_NULL();
    cc_check(cloudcircuit_ledger_release(&made.config, &made.state, &made.hold, PG_GETARG_INT64(3), &made.decision));
    return answer(fcinfo, &made);
}

/* state, config, amount, now */
PG_FUNCTION_INFO_V1(cc_ledger_record);
Datum cc_ledger_record(PG_FUNCTION_ARGS)
{
    call made;

    if (!read_call(fcinfo, 0, &made))
        PG_RETURN_NULL();
    cc_check(cloudcircuit_ledger_record(&made.config, &made.state, PG_GETARG_INT64(2), PG_GETARG_INT64(3),
                                        &made.decision));
    return answer(fcinfo, &made);
}

/* state, config, period, now */
PG_FUNCTION_INFO_V1(cc_ledger_roll);
Datum cc_ledger_roll(PG_FUNCTION_ARGS)
{
    call made;

    if (!read_call(fcinfo, 0, &made))
        PG_RETURN_NULL();
    cc_check(cloudcircuit_ledger_roll(&made.config, &made.state, PG_GETARG_INT64(2), PG_GETARG_INT64(3),
                                      &made.decision));
    return answer(fcinfo, &made);
}

/* state, period, now */
PG_FUNCTION_INFO_V1(cc_ledger_reset);
Datum cc_ledger_reset(PG_FUNCTION_ARGS)
{
    cloudcircuit_ledger_state state = decode(PG_GETARG_DATUM(0));

    cc_check(cloudcircuit_ledger_reset(&state, PG_GETARG_INT64(1), PG_GETARG_INT64(2)));
    return encode(&state);
}

/*
 * Several ledgers at once
 */

#define MOST CLOUDCIRCUIT_LEDGERS_MAX_COUNT

/* The elements of an array of exactly so many, at most as many as a call takes. */
static Datum *elements(FunctionCallInfo fcinfo, int argument, int *count)
{
    ArrayType *array = PG_GETARG_ARRAYTYPE_P(argument);
    Oid type = ARR_ELEMTYPE(array);
    Datum *values;
    int16 length;
    bool by_value;
    char align;
    int found;

    if (ARR_HASNULL(array))
        ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("an array of ledgers must hold no NULL")));
    get_typlenbyvalalign(type, &length, &by_value, &align);
    deconstruct_array(array, type, length, by_value, align, &values, NULL, &found);
    if (*count < 0)
        *count = found;
    if (found != *count)
        ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("the arrays must be of one length")));
    if (found > MOST)
        cc_check(CLOUDCIRCUIT_ERR_COUNT);
    return values;
}

static Datum rows(Oid type, const cc_layout *layout, const void *from, size_t size, int count)
{
    TupleDesc row = BlessTupleDesc(cc_type_of(type));
    Datum values[MOST];
    int i;

    for (i = 0; i < count; i++)
        values[i] = cc_row(row, layout, (const char *)from + (size_t)i * size);
    return PointerGetDatum(construct_array(values, count, type, -1, false, TYPALIGN_DOUBLE));
}

/* states, configs, estimates, now: states, holds, decisions, refused_by (from 1; NULL when none refuses). */
PG_FUNCTION_INFO_V1(cc_ledgers_reserve);
Datum cc_ledgers_reserve(PG_FUNCTION_ARGS)
{
    int count = -1, i;
    Datum *stored = elements(fcinfo, 0, &count), *settings = elements(fcinfo, 1, &count);
    Datum *asked = elements(fcinfo, 2, &count);
    cloudcircuit_ledger_config configs[MOST];
    cloudcircuit_ledger_state states[MOST];
    cloudcircuit_ledger_hold holds[MOST];
    cloudcircuit_ledger_decision decisions[MOST];
    int64_t estimates[MOST];
    uint32_t refused_by;
    Datum encoded[MOST];
    cc_part parts[4] = {{NULL, NULL, 0}, {NULL, NULL, 0}, {NULL, NULL, 0}, {NULL, NULL, 0}};

    for (i = 0; i < count; i++) {
        cc_check(cloudcircuit_ledger_config_init(&configs[i]));
        cc_read_row(settings[i], &ledger_config_layout, &configs[i]);
        states[i] = decode(stored[i]);
        estimates[i] = DatumGetInt64(asked[i]);
    }
    cc_check(cloudcircuit_ledgers_reserve(configs, states, estimates, (size_t)count, PG_GETARG_INT64(3), holds,
                                          decisions, &refused_by));
    for (i = 0; i < count; i++)
        encoded[i] = encode(&states[i]);
    parts[0].datum = PointerGetDatum(construct_array(encoded, count, BYTEAOID, -1, false, TYPALIGN_INT));
    parts[1].datum = rows(cc_element_type(fcinfo, 1), &ledger_hold_layout, holds, sizeof *holds, count);
    parts[2].datum = rows(cc_element_type(fcinfo, 2), &ledger_decision_layout, decisions, sizeof *decisions, count);
    parts[3].datum = Int32GetDatum(refused_by == UINT32_MAX ? 0 : (int32)refused_by + 1);
    return cc_answer_parts(fcinfo, 4, parts);
}
