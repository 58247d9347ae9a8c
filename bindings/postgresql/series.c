/* Series: spikes, the detector and forecasts over arrays, as aggregates over ordered rows, and as a window function. */
#include "cc.h"

#include <math.h>

#include "catalog/pg_type_d.h"
#include "funcapi.h"
#include "layouts.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"
#include "windowapi.h"

/*
 * Arrays
 */

typedef struct series {
    const double *points;
    size_t count;
} series;

/* The points of an array of one dimension; a NULL is NaN, a missing point. */
static series read_series(ArrayType *array)
{
    series found;
    bits8 *bitmap = ARR_NULLBITMAP(array);
    const double *stored = (const double *)ARR_DATA_PTR(array);
    double *copy;
    size_t i, next = 0;

    if (ARR_NDIM(array) > 1)
        ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("a series must be an array of one dimension")));
    found.count = (size_t)ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
    found.points = stored;
    if (bitmap == NULL)
        return found;
    copy = MemoryContextAllocHuge(CurrentMemoryContext, found.count * sizeof *copy);
    for (i = 0; i < found.count; i++)
        copy[i] = bitmap[i / 8] & (1 << (i % 8)) ? stored[next++] : (double)NAN;
    found.points = copy;
    return found;
}

PG_FUNCTION_INFO_V1(cc_check_anomaly_spike);
Datum cc_check_anomaly_spike(PG_FUNCTION_ARGS)
{
    cloudcircuit_spike_config config;
    cloudcircuit_spike_result result;
    series spend;

    if (cc_has_null(fcinfo, 1))
        PG_RETURN_NULL();
    spend = read_series(PG_GETARG_ARRAYTYPE_P(0));
    cc_check(cloudcircuit_spike_config_init(&config));
    cc_read_argument(fcinfo, 1, &spike_config_layout, &config);
    cc_check(cloudcircuit_check_anomaly_spike(spend.points, spend.count, &config, &result));
    return cc_answer(fcinfo, &spike_result_layout, &result);
}

PG_FUNCTION_INFO_V1(cc_check_anomaly_spike_i64);
Datum cc_check_anomaly_spike_i64(PG_FUNCTION_ARGS)
{
    cloudcircuit_spike_config_i64 config;
    cloudcircuit_spike_result_i64 result;
    ArrayType *array;

    if (cc_has_null(fcinfo, 1))
        PG_RETURN_NULL();
    array = PG_GETARG_ARRAYTYPE_P(0);
    if (ARR_NDIM(array) > 1 || ARR_HASNULL(array))
        ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
                        errmsg("an exact series must be an array of one dimension without NULL")));
    cc_check(cloudcircuit_spike_config_i64_init(&config));
    cc_read_argument(fcinfo, 1, &spike_config_i64_layout, &config);
    cc_check(cloudcircuit_check_anomaly_spike_i64((const int64_t *)ARR_DATA_PTR(array),
                                                  (size_t)ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)), &config,
                                                  &result));
    return cc_answer(fcinfo, &spike_result_i64_layout, &result);
}

static cloudcircuit_detect_config detect_config(FunctionCallInfo fcinfo, int argument)
{
    cloudcircuit_detect_config config;

    cc_check(cloudcircuit_detect_config_init(&config));
    cc_read_argument(fcinfo, argument, &detect_config_layout, &config);
    return config;
}

PG_FUNCTION_INFO_V1(cc_detect_spike);
Datum cc_detect_spike(PG_FUNCTION_ARGS)
{
    cloudcircuit_detect_config config;
    cloudcircuit_detect_result result;
    series spend;

    if (cc_has_null(fcinfo, 1))
        PG_RETURN_NULL();
    spend = read_series(PG_GETARG_ARRAYTYPE_P(0));
    config = detect_config(fcinfo, 1);
    cc_check(cloudcircuit_detect_spike(spend.points, spend.count, &config, &result));
    return cc_answer(fcinfo, &detect_result_layout, &result);
}

PG_FUNCTION_INFO_V1(cc_scan_spikes);
Datum cc_scan_spikes(PG_FUNCTION_ARGS)
{
    ReturnSetInfo *set = (ReturnSetInfo *)fcinfo->resultinfo;
    series spend = {NULL, 0};
    cloudcircuit_detect_config config = detect_config(fcinfo, 1);
    size_t size, i;
    uint8_t *flags;
    double *expected, *bound;

    InitMaterializedSRF(fcinfo, 0);
    if (!cc_has_null(fcinfo, 1))
        spend = read_series(PG_GETARG_ARRAYTYPE_P(0));
    size = Max(spend.count, 1);
    flags = MemoryContextAllocHuge(CurrentMemoryContext, size);
    expected = MemoryContextAllocHuge(CurrentMemoryContext, size * sizeof *expected);
    bound = MemoryContextAllocHuge(CurrentMemoryContext, size * sizeof *bound);
    cc_check(cloudcircuit_scan_spikes(spend.points, spend.count, &config, flags, expected, bound));
    for (i = 0; i < spend.count; i++) {
        Datum values[4] = {Int64GetDatum((int64)i + 1), Int32GetDatum(flags[i]), Float8GetDatum(expected[i]),
                           Float8GetDatum(bound[i])};
        bool nulls[4] = {false};

        tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
    }
    return (Datum)0;
}

static Datum forecast(FunctionCallInfo fcinfo, series history, series period, int64 period_len, double limit,
                      const cloudcircuit_forecast_config *config)
{
    cloudcircuit_forecast_result result;

    cc_check(cloudcircuit_forecast_budget(history.points, history.count, period.points, period.count,
                                          period_len < 0 ? 0 : (size_t)period_len, limit, config, &result));
    return cc_answer(fcinfo, &forecast_result_layout, &result);
}

PG_FUNCTION_INFO_V1(cc_forecast_budget);
Datum cc_forecast_budget(PG_FUNCTION_ARGS)
{
    cloudcircuit_forecast_config config;

    if (cc_has_null(fcinfo, 4))
        PG_RETURN_NULL();
    cc_check(cloudcircuit_forecast_config_init(&config));
    cc_read_argument(fcinfo, 4, &forecast_config_layout, &config);
    return forecast(fcinfo, read_series(PG_GETARG_ARRAYTYPE_P(0)), read_series(PG_GETARG_ARRAYTYPE_P(1)),
                    PG_GETARG_INT64(2), PG_GETARG_FLOAT8(3), &config);
}

/*
 * Aggregates: the rows of a group, or of a frame, in their order
 */

typedef struct rows {
    double *points;
    size_t start, end, capacity;
    size_t history; /* of a forecast: how many came before the period */
    int64 period_len;
    double limit;
    union {
        cloudcircuit_spike_config spike;
        cloudcircuit_detect_config detect;
        cloudcircuit_forecast_config forecast;
    } config;
} rows;

static rows *rows_of(FunctionCallInfo fcinfo, bool *is_new)
{
    MemoryContext memory;
    rows *group;

    if (!AggCheckCallContext(fcinfo, &memory))
        elog(ERROR, "aggregate function called in non-aggregate context");
    *is_new = PG_ARGISNULL(0);
    if (!*is_new)
        return (rows *)PG_GETARG_POINTER(0);
    group = MemoryContextAllocZero(memory, sizeof *group);
    group->capacity = 32;
    group->points = MemoryContextAlloc(memory, group->capacity * sizeof *group->points);
    return group;
}

static void add(rows *group, double point)
{
    size_t count = group->end - group->start;

    if (group->end == group->capacity && group->start > group->capacity / 2) {
        memmove(group->points, group->points + group->start, count * sizeof *group->points);
        group->start = 0;
        group->end = count;
    }
    if (group->end == group->capacity) {
        group->capacity *= 2;
        group->points = repalloc_huge(group->points, group->capacity * sizeof *group->points);
    }
    group->points[group->end++] = point;
}

static series points_of(const rows *group)
{
    series found = {group->points + group->start, group->end - group->start};

    return found;
}

/* Of a spike's mean a NULL is no row; in a detector's series it is a missing point. */
PG_FUNCTION_INFO_V1(cc_spike_add);
Datum cc_spike_add(PG_FUNCTION_ARGS)
{
    bool is_new;
    rows *group = rows_of(fcinfo, &is_new);

    if (is_new) {
        cc_check(cloudcircuit_spike_config_init(&group->config.spike));
        cc_read_argument(fcinfo, 2, &spike_config_layout, &group->config.spike);
    }
    if (!PG_ARGISNULL(1))
        add(group, PG_GETARG_FLOAT8(1));
    PG_RETURN_POINTER(group);
}

PG_FUNCTION_INFO_V1(cc_spike_take);
Datum cc_spike_take(PG_FUNCTION_ARGS)
{
    rows *group = (rows *)PG_GETARG_POINTER(0);

    if (!PG_ARGISNULL(1))
        group->start++;
    PG_RETURN_POINTER(group);
}

PG_FUNCTION_INFO_V1(cc_spike_end);
Datum cc_spike_end(PG_FUNCTION_ARGS)
{
    const rows *group = PG_ARGISNULL(0) ? NULL : (const rows *)PG_GETARG_POINTER(0);
    cloudcircuit_spike_result result;
    series spend;

    /* Two spends are needed: before that there is no answer, which is NULL. */
    if (group == NULL || group->end - group->start < 2)
        PG_RETURN_NULL();
    spend = points_of(group);
    cc_check(cloudcircuit_check_anomaly_spike(spend.points, spend.count, &group->config.spike, &result));
    return cc_answer(fcinfo, &spike_result_layout, &result);
}

PG_FUNCTION_INFO_V1(cc_detect_add);
Datum cc_detect_add(PG_FUNCTION_ARGS)
{
    bool is_new;
    rows *group = rows_of(fcinfo, &is_new);

    if (is_new)
        group->config.detect = detect_config(fcinfo, 2);
    add(group, PG_ARGISNULL(1) ? (double)NAN : PG_GETARG_FLOAT8(1));
    PG_RETURN_POINTER(group);
}

PG_FUNCTION_INFO_V1(cc_detect_end);
Datum cc_detect_end(PG_FUNCTION_ARGS)
{
    const rows *group = PG_ARGISNULL(0) ? NULL : (const rows *)PG_GETARG_POINTER(0);
    cloudcircuit_detect_result result;
    series spend;

    if (group == NULL)
        PG_RETURN_NULL();
    spend = points_of(group);
    cc_check(cloudcircuit_detect_spike(spend.points, spend.count, &group->config.detect, &result));
    return cc_answer(fcinfo, &detect_result_layout, &result);
}

/* spend, in_period, period_len, budget_limit [, config] */
PG_FUNCTION_INFO_V1(cc_forecast_add);
Datum cc_forecast_add(PG_FUNCTION_ARGS)
{
    bool is_new;
    rows *group = rows_of(fcinfo, &is_new);
    bool in_period = !PG_ARGISNULL(2) && PG_GETARG_BOOL(2);

    if (is_new) {
        cc_check(cloudcircuit_forecast_config_init(&group->config.forecast));
        cc_read_argument(fcinfo, 5, &forecast_config_layout, &group->config.forecast);
    }
    /* NULL is refused as 0 is. */
    group->period_len = PG_ARGISNULL(3) ? 0 : PG_GETARG_INT64(3);
    group->limit = PG_ARGISNULL(4) ? 0 : PG_GETARG_FLOAT8(4);
    if (!in_period && group->history < group->end)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("rows before the period must come first: order the aggregate by time")));
    add(group, PG_ARGISNULL(1) ? (double)NAN : PG_GETARG_FLOAT8(1));
    group->history += !in_period;
    PG_RETURN_POINTER(group);
}

PG_FUNCTION_INFO_V1(cc_forecast_end);
Datum cc_forecast_end(PG_FUNCTION_ARGS)
{
    const rows *group = PG_ARGISNULL(0) ? NULL : (const rows *)PG_GETARG_POINTER(0);
    series history, period;

    if (group == NULL)
        PG_RETURN_NULL();
    history.points = group->points;
    history.count = group->history;
    period.points = group->points + group->history;
    period.count = group->end - group->history;
    return forecast(fcinfo, history, period, group->period_len, group->limit, &group->config.forecast);
}

/*
 * The tracker: as a window function, and on a state that the user stores
 */

PG_FUNCTION_INFO_V1(cc_track_spike);
Datum cc_track_spike(PG_FUNCTION_ARGS)
{
    WindowObject window = PG_WINDOW_OBJECT();
    cloudcircuit_spike_tracker_state *tracker = WinGetPartitionLocalMemory(window, sizeof *tracker);
    cloudcircuit_detect_config config;
    cloudcircuit_detect_result result;
    bool is_null;
    Datum spend;

    if (tracker->layout == 0) {
        cc_check(cloudcircuit_detect_config_init(&config));
        if (PG_NARGS() > 1) {
            Datum settings = WinGetFuncArgCurrent(window, 1, &is_null);

            if (!is_null)
                cc_read_row(settings, &detect_config_layout, &config);
        }
        cc_check(cloudcircuit_spike_tracker_init(&config, tracker));
    }
    spend = WinGetFuncArgCurrent(window, 0, &is_null);
    cc_check(cloudcircuit_spike_tracker_update(tracker, is_null ? (double)NAN : DatumGetFloat8(spend), &result));
    return cc_answer(fcinfo, &detect_result_layout, &result);
}

static Datum encoded(const cloudcircuit_spike_tracker_state *tracker)
{
    bytea *bytes = palloc(VARHDRSZ + CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN);

    SET_VARSIZE(bytes, VARHDRSZ + CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN);
    cc_check(cloudcircuit_spike_tracker_state_encode(tracker, (uint8_t *)VARDATA(bytes),
                                                     CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN));
    return PointerGetDatum(bytes);
}

PG_FUNCTION_INFO_V1(cc_spike_tracker_init);
Datum cc_spike_tracker_init(PG_FUNCTION_ARGS)
{
    cloudcircuit_detect_config config = detect_config(fcinfo, 0);
    cloudcircuit_spike_tracker_state tracker;

    cc_check(cloudcircuit_spike_tracker_init(&config, &tracker));
    return encoded(&tracker);
}

PG_FUNCTION_INFO_V1(cc_spike_tracker_update);
Datum cc_spike_tracker_update(PG_FUNCTION_ARGS)
{
    cloudcircuit_spike_tracker_state tracker;
    cloudcircuit_detect_result result;
    cc_part parts[2] = {{NULL, NULL, 0}, {&detect_result_layout, &result, 0}};
    const bytea *bytes;

    if (cc_has_null(fcinfo, 1))
        PG_RETURN_NULL();
    bytes = PG_GETARG_BYTEA_PP(0);
    cc_check(cloudcircuit_spike_tracker_state_decode((const uint8_t *)VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes),
                                                     &tracker));
    cc_check(cloudcircuit_spike_tracker_update(&tracker, PG_ARGISNULL(1) ? (double)NAN : PG_GETARG_FLOAT8(1),
                                               &result));
    parts[0].datum = encoded(&tracker);
    return cc_answer_parts(fcinfo, 2, parts);
}
