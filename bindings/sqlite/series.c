/*
 * Functions of a series, as window functions (OVER (PARTITION BY account ORDER BY day)) or aggregates.
 *
 * The series is the rows of the frame in their order, and the last of them is judged: the current row, with the frame
 * that ORDER BY gives by default. Rows of equal ORDER BY values are in each other's frame then, so add them up first.
 * The settings are those of the row that is judged. Each row costs a pass over its frame, for the mean is exact and the
 * detector looks at all of its window; bound the frame where partitions are long.
 *
 * A NULL spend is a missing row, which the rows after it do not see; to the detector, whose seasons need every place,
 * and to the forecast it is a missing point. SQLite stores NaN as NULL.
 */
#include <math.h>
#include <string.h>

#include "extension.h"

/* The spends in the frame: a queue, for rows enter it at its end and leave it at its start. */
struct series {
    double *memory;
    size_t start, len, capacity;
    size_t in_period; /* the last of them, for a forecast */
    int is_null;      /* the latest row has no answer: there is a NULL in it */
    /* Of the latest row. */
    union {
        cloudcircuit_spike_config spike;
        cloudcircuit_detect_config detect;
        struct {
            cloudcircuit_forecast_config config;
            size_t period_len;
            double budget_limit;
        } forecast;
    } settings;
};

/*
 * Functions of a series
 */

/* Room for one more spend at the end, at a cost that amortises; 0 when there is no memory. */
static int has_room(struct series *series)
{
    double *memory = series->memory;
    size_t capacity = series->capacity;

    if (series->start + series->len < capacity)
        return 1;
    if (series->start > capacity / 2) {
        memmove(memory, memory + series->start, series->len * sizeof *memory);
        series->start = 0;
        return 1;
    }
    capacity = capacity ? 2 * capacity : 32;
    memory = sqlite3_realloc64(memory, capacity * sizeof *memory);
    if (memory == NULL)
        return 0;
    series->memory = memory;
    series->capacity = capacity;
    return 1;
}

/* Whether a row of this spend is a point of the series. */
static int is_point(sqlite3_context *context, sqlite3_value *spend)
{
    const struct function *function = sqlite3_user_data(context);

    return function->missing != NO_POINT || sqlite3_value_type(spend) != SQLITE_NULL;
}

/* A row enters the frame. */
static void step(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct series *series = sqlite3_aggregate_context(context, sizeof *series);
    const struct function *function = sqlite3_user_data(context);

    if (series == NULL) {
        sqlite3_result_error_nomem(context);
        return;
    }
    series->is_null = cc_sqlite_has_null(function->missing == MISSING_POINT ? count - 1 : count,
                                         function->missing == MISSING_POINT ? values + 1 : values);
    if (!is_point(context, values[0]))
        return;
    if (!has_room(series)) {
        sqlite3_result_error_nomem(context);
        return;
    }
    series->memory[series->start + series->len] =
        sqlite3_value_type(values[0]) == SQLITE_NULL ? (double)NAN : cc_sqlite_number(values[0]);
    series->len++;
    if (!series->is_null)
        function->read(context, series, count, values);
}

/* The oldest row leaves the frame. */
static void inverse(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct series *series = sqlite3_aggregate_context(context, 0);

    (void)count;
    if (series == NULL || series->len == 0 || !is_point(context, values[0]))
        return;
    series->start++;
    series->len--;
    if (series->in_period > series->len)
        series->in_period = series->len;
}

/* Judges the frame as it is. */
static void value(sqlite3_context *context)
{
    const struct series *series = sqlite3_aggregate_context(context, 0);
    const struct function *function = sqlite3_user_data(context);

    /* One point is no series yet to those that compare the last with others. */
    if (series != NULL && !series->is_null && series->len >= (function->missing == MISSING_POINT ? 1 : 2))
        function->answer(context, series);
}

static void final(sqlite3_context *context)
{
    struct series *series = sqlite3_aggregate_context(context, 0);

    value(context);
    if (series != NULL)
        sqlite3_free(series->memory);
}

static const double *points(const struct series *series)
{
    return series->memory + series->start;
}

/*
 * Spikes
 */

static void read_spike(sqlite3_context *context, struct series *series, int count, sqlite3_value **values)
{
    cloudcircuit_spike_config *config = &series->settings.spike;

    (void)context;
    cloudcircuit_spike_config_init(config);
    if (count > 1)
        config->spike_multiplier = cc_sqlite_number(values[1]);
    if (count > 2)
        config->min_baseline = cc_sqlite_number(values[2]);
}

static cloudcircuit_status judge_spike(const struct series *series, cloudcircuit_spike_result *spike)
{
    return cloudcircuit_check_anomaly_spike(points(series), series->len, &series->settings.spike, spike);
}

static void is_spike(sqlite3_context *context, const struct series *series)
{
    cloudcircuit_spike_result spike;

    if (cc_sqlite_is_ok(context, judge_spike(series, &spike)))
        sqlite3_result_int(context, (int)spike.is_spike);
}

static void spike_threshold(sqlite3_context *context, const struct series *series)
{
    cloudcircuit_spike_result spike;

    if (cc_sqlite_is_ok(context, judge_spike(series, &spike)))
        sqlite3_result_double(context, spike.threshold);
}

static void check_anomaly_spike(sqlite3_context *context, const struct series *series)
{
    char record[CLOUDCIRCUIT_RECORD_CAPACITY];
    cloudcircuit_spike_result spike;
    cloudcircuit_status status = judge_spike(series, &spike);
    size_t length = 0;

    if (status == CLOUDCIRCUIT_OK)
        status = cloudcircuit_write_spike_result_json(status, &series->settings.spike, &spike, record, sizeof record, &length);
    cc_sqlite_record(context, status, record, length);
}

static void spike_flags(sqlite3_context *context, const struct series *series)
{
    cloudcircuit_spike_result spike;
    cloudcircuit_status status = judge_spike(series, &spike);
    uint32_t flags = spike.is_spike ? CLOUDCIRCUIT_FLAG_SPIKE : 0;

    sqlite3_result_int(context, (int)(status == CLOUDCIRCUIT_OK ? flags : flags | CLOUDCIRCUIT_FLAG_INVALID));
}

/*
 * The detector
 */

/* A count of points; UINT32_MAX, which the library refuses, for what is none. */
static uint32_t count_of(double number)
{
    return number >= 0 && number < UINT32_MAX && number == (uint32_t)number ? (uint32_t)number : UINT32_MAX;
}

/* A time; INT64_MAX, which the library refuses, for what is none. */
static int64_t seconds(double number)
{
    const double most = 9007199254740992.0; /* 2^53 */

    return number >= -most && number <= most && number == floor(number) ? (int64_t)number : INT64_MAX;
}

/* In the order of the arguments, or as an object. */
static void read_detect(sqlite3_context *context, struct series *series, int count, sqlite3_value **values)
{
    cloudcircuit_detect_config *config = &series->settings.detect;

    cloudcircuit_detect_config_init(config);
    if (count == 2 && sqlite3_value_numeric_type(values[1]) == SQLITE_TEXT) {
        cc_sqlite_read_fields(context, values[1], cc_sqlite_detect_fields, config);
        return;
    }
    if (count > 1)
        config->score_threshold = cc_sqlite_number(values[1]);
    if (count > 2)
        config->season_length = count_of(cc_sqlite_number(values[2]));
    if (count > 3)
        config->min_impact = cc_sqlite_number(values[3]);
    if (count > 4)
        config->start_time = seconds(cc_sqlite_number(values[4]));
}

static void detect_spike(sqlite3_context *context, const struct series *series)
{
    char record[CLOUDCIRCUIT_RECORD_CAPACITY];
    const cloudcircuit_detect_config *config = &series->settings.detect;
    cloudcircuit_detect_result result;
    cloudcircuit_status status = cloudcircuit_detect_spike(points(series), series->len, config, &result);
    size_t length = 0;

    if (status == CLOUDCIRCUIT_OK)
        status = cloudcircuit_write_detect_result_json(status, config, &result, record, sizeof record, &length);
    cc_sqlite_record(context, status, record, length);
}

/* An object for each point. */
static void scan_spikes(sqlite3_context *context, const struct series *series)
{
    size_t len = series->len, i;
    double *expected = sqlite3_malloc64(len * (2 * sizeof *expected + 1));
    double *upper;
    uint8_t *flags;
    char first[NUMBER_LEN], second[NUMBER_LEN];
    sqlite3_str *text;

    if (expected == NULL) {
        sqlite3_result_error_nomem(context);
        return;
    }
    upper = expected + len;
    flags = (uint8_t *)(upper + len);
    if (cc_sqlite_is_ok(context, cloudcircuit_scan_spikes(points(series), len, &series->settings.detect, flags,
                                                          expected, upper))) {
        text = sqlite3_str_new(sqlite3_context_db_handle(context));
        for (i = 0; i < len; i++)
            sqlite3_str_appendf(text, "%c{\"flags\":%d,\"expected_spend\":%s,\"upper_bound\":%s}", i ? ',' : '[',
                                flags[i], cc_sqlite_json(expected[i], first), cc_sqlite_json(upper[i], second));
        sqlite3_str_appendall(text, "]");
        cc_sqlite_text(context, text);
    }
    sqlite3_free(expected);
}

/*
 * The forecast
 */

static void read_forecast(sqlite3_context *context, struct series *series, int count, sqlite3_value **values)
{
    double period_len = cc_sqlite_number(values[2]);

    if (sqlite3_value_int(values[1]))
        series->in_period++;
    else if (series->in_period > 0)
        cc_sqlite_error(context, "rows of the history must come before those of the period");
    /* 0, which the library refuses, for what is no length. */
    series->settings.forecast.period_len = period_len > 0 && period_len < UINT32_MAX ? count_of(period_len) : 0;
    series->settings.forecast.budget_limit = cc_sqlite_number(values[3]);
    cloudcircuit_forecast_config_init(&series->settings.forecast.config);
    if (count > 4)
        cc_sqlite_read_fields(context, values[4], cc_sqlite_forecast_fields, &series->settings.forecast.config);
}

static void forecast_budget(sqlite3_context *context, const struct series *series)
{
    char record[CLOUDCIRCUIT_RECORD_CAPACITY];
    const cloudcircuit_forecast_config *config = &series->settings.forecast.config;
    size_t history = series->len - series->in_period, length = 0;
    cloudcircuit_forecast_result result;
    cloudcircuit_status status;

    status = cloudcircuit_forecast_budget(points(series), history, points(series) + history, series->in_period,
                                          series->settings.forecast.period_len, series->settings.forecast.budget_limit,
                                          config, &result);
    if (status == CLOUDCIRCUIT_OK)
        status = cloudcircuit_write_forecast_result_json(status, config, &result, record, sizeof record, &length);
    cc_sqlite_record(context, status, record, length);
}

const struct function cc_sqlite_series[] = {
    {"cc_is_spike", 1, 3, NULL, read_spike, is_spike, NO_POINT},
    {"cc_spike_threshold", 1, 3, NULL, read_spike, spike_threshold, NO_POINT},
    {"cc_check_anomaly_spike", 1, 3, NULL, read_spike, check_anomaly_spike, NO_POINT},
    {"cc_spike_flags", 1, 3, NULL, read_spike, spike_flags, NO_POINT},
    {"cc_detect_spike", 1, 5, NULL, read_detect, detect_spike, MISSING_POINT_OF_NO_ANSWER},
    {"cc_scan_spikes", 1, 2, NULL, read_detect, scan_spikes, MISSING_POINT},
    {"cc_forecast_budget", 4, 5, NULL, read_forecast, forecast_budget, MISSING_POINT},
    {NULL, 0, 0, NULL, NULL, NULL, NO_POINT},
};

int cc_sqlite_create_series(sqlite3 *db, const struct function *function, int arguments, int flags)
{
    return sqlite3_create_window_function(db, function->name, arguments, flags, (void *)(intptr_t)function, step, final,
                                          value, inverse, NULL);
}
