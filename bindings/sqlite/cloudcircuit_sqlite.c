/*
 * Spend safeguards as SQL functions: a loadable extension for SQLite 3.31 and later.
 *
 * For one row:
 *   cc_check_budget(spend, limit [, warning_ratio])       the library's record, as JSON text: the result,
 *                                                         the settings and the library's version
 *   cc_budget_flags(spend, limit [, warning_ratio])       an integer of flags
 *   cc_check_budget_i64(spend, limit [, warning_ppm])     the same two in exact integers
 *   cc_budget_flags_i64(spend, limit [, warning_ppm])
 *   cc_evaluate_breaker(failures [, threshold [, cooldown]])   the record
 *   cc_breaker_flags(failures [, threshold [, cooldown]])      the flags
 *   cc_version()
 *
 * For a series, as a window function (OVER (PARTITION BY account ORDER BY day)) or an aggregate:
 *   cc_is_spike(spend [, multiplier [, min_baseline]])         1 or 0
 *   cc_spike_threshold(spend [, multiplier [, min_baseline]])  what the spend is a spike above
 *   cc_check_anomaly_spike(spend [, multiplier [, min_baseline]])  the record
 *   cc_spike_flags(spend [, multiplier [, min_baseline]])      the flags
 *   cc_detect_spike(spend [, score_threshold [, season_length [, min_impact [, start_time]]]])
 *                                                              the detector's record
 *
 * Flags are bits: 1 warning, 2 breached, 4 spike, 8 open, 128 invalid.
 *
 * The series. It is the rows of the frame in their order, and the last of them is judged: the
 * current row, with the frame that ORDER BY gives by default. Rows of equal ORDER BY values are in
 * each other's frame then, so add them up first. Bounded frames (ROWS 30 PRECEDING) look at so
 * many rows. The settings are those of the row that is judged. Each row costs a
 * pass over its frame, for the mean is exact; bound the frame where partitions are long.
 *
 * NULL. As in SQL's own functions: with a NULL argument a row's answer is NULL. In a series a NULL
 * spend is a missing row, which the rows after it do not see; cc_detect_spike, whose seasons need
 * every place, has a missing point there. A series of fewer than 2 spends has no answer yet, which
 * is NULL. SQLite stores NaN as NULL.
 *
 * Errors. What breaks a rule (a negative spend, text that is no number) is an error of the
 * statement: the function's name and the library's words. The _flags functions answer 128 and the
 * refusing bits in place of it, so that one bad row does not end a report.
 *
 * Numbers. Amounts are doubles, integers beyond 2^53 the nearest one. Text that looks like a number
 * counts as one, as in SQLite's arithmetic: .import makes text of every column. The _i64 functions
 * and the breaker take integers only.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include <cloudcircuit.h>
#include <sqlite3ext.h>

SQLITE_EXTENSION_INIT1

/* The spends in the frame: a queue, for rows enter it at its end and leave it at its start. */
struct series {
    double *memory;
    size_t start, len, capacity;
    double settings[4]; /* of the latest row */
    int setting_count;
    int is_null; /* the latest row has a NULL in it */
};

/* A function of SQL: of one row, or of the series in a frame. It is its own user data. */
struct function {
    const char *name;
    int least, most; /* arguments */
    void (*call)(sqlite3_context *, int, sqlite3_value **);
    void (*answer)(sqlite3_context *, const struct series *);
    int keeps_missing; /* a NULL spend is a point that is missing, else no point */
};

/*
 * Arguments and answers
 */

static int has_null(int count, sqlite3_value **values)
{
    int i;

    for (i = 0; i < count; i++) {
        if (sqlite3_value_type(values[i]) == SQLITE_NULL)
            return 1;
    }
    return 0;
}

/* Infinity, which every rule of the library refuses, for what is no number. */
static double number(sqlite3_value *value)
{
    int type = sqlite3_value_numeric_type(value);

    return type == SQLITE_INTEGER || type == SQLITE_FLOAT ? sqlite3_value_double(value) : (double)INFINITY;
}

static int are_integers(int count, sqlite3_value **values)
{
    int i;

    for (i = 0; i < count; i++) {
        if (sqlite3_value_numeric_type(values[i]) != SQLITE_INTEGER)
            return 0;
    }
    return 1;
}

/* Parts per million; 0, which the library refuses, for what does not fit. */
static uint32_t ppm(sqlite3_value *value)
{
    sqlite3_int64 number = sqlite3_value_int64(value);

    return number >= 0 && number <= (sqlite3_int64)UINT32_MAX ? (uint32_t)number : 0;
}

static void answer_error(sqlite3_context *context, const char *message)
{
    const struct function *function = sqlite3_user_data(context);
    char text[200];

    sqlite3_snprintf(sizeof text, text, "%s: %s", function->name, message);
    sqlite3_result_error(context, text, -1);
}

/* Whether the library made its decision; if not, its words are the statement's error. */
static int is_ok(sqlite3_context *context, cloudcircuit_status status)
{
    if (status != CLOUDCIRCUIT_OK)
        answer_error(context, cloudcircuit_status_message(status));
    return status == CLOUDCIRCUIT_OK;
}

static void answer_record(sqlite3_context *context, cloudcircuit_status status, const char *record, size_t length)
{
    if (is_ok(context, status))
        sqlite3_result_text(context, record, (int)length, SQLITE_TRANSIENT);
}

/*
 * Functions of one row
 */

static void version(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    (void)values;
    sqlite3_result_text(context, cloudcircuit_version(), -1, SQLITE_STATIC);
}

static void check_budget(sqlite3_context *context, int count, sqlite3_value **values)
{
    char record[CLOUDCIRCUIT_RECORD_CAPACITY];
    cloudcircuit_budget_config config = {CLOUDCIRCUIT_DEFAULT_WARNING_RATIO};
    cloudcircuit_budget_result budget;
    cloudcircuit_status status;
    size_t length = 0;

    if (has_null(count, values))
        return;
    if (count > 2)
        config.warning_ratio = number(values[2]);
    status = cloudcircuit_check_budget(number(values[0]), number(values[1]), &config, &budget);
    if (status == CLOUDCIRCUIT_OK)
        status = cloudcircuit_write_budget_result_json(status, &config, &budget, record, sizeof record, &length);
    answer_record(context, status, record, length);
}

static void budget_flags(sqlite3_context *context, int count, sqlite3_value **values)
{
    double ratio = count > 2 ? number(values[2]) : CLOUDCIRCUIT_DEFAULT_WARNING_RATIO;

    if (!has_null(count, values))
        sqlite3_result_int(context, (int)cloudcircuit_budget_flags(number(values[0]), number(values[1]), ratio));
}

static void check_budget_i64(sqlite3_context *context, int count, sqlite3_value **values)
{
    char record[CLOUDCIRCUIT_RECORD_CAPACITY];
    cloudcircuit_budget_config_i64 config = {CLOUDCIRCUIT_DEFAULT_WARNING_PPM, 0};
    cloudcircuit_budget_result_i64 budget;
    cloudcircuit_status status;
    size_t length = 0;

    if (has_null(count, values))
        return;
    if (!are_integers(count, values)) {
        answer_error(context, "minor units and parts per million must be integers");
        return;
    }
    if (count > 2)
        config.warning_ppm = ppm(values[2]);
    status = cloudcircuit_check_budget_i64(sqlite3_value_int64(values[0]), sqlite3_value_int64(values[1]), &config,
                                           &budget);
    if (status == CLOUDCIRCUIT_OK)
        status = cloudcircuit_write_budget_result_i64_json(status, &config, &budget, record, sizeof record, &length);
    answer_record(context, status, record, length);
}

static void budget_flags_i64(sqlite3_context *context, int count, sqlite3_value **values)
{
    uint32_t flags = CLOUDCIRCUIT_FLAG_WARNING | CLOUDCIRCUIT_FLAG_BREACHED | CLOUDCIRCUIT_FLAG_INVALID;

    if (has_null(count, values))
        return;
    if (are_integers(count, values))
        flags = cloudcircuit_budget_flags_i64(sqlite3_value_int64(values[0]), sqlite3_value_int64(values[1]),
                                              count > 2 ? ppm(values[2]) : CLOUDCIRCUIT_DEFAULT_WARNING_PPM);
    sqlite3_result_int(context, (int)flags);
}

static cloudcircuit_breaker_counters breaker_counters(int count, sqlite3_value **values)
{
    cloudcircuit_breaker_counters counters;

    cloudcircuit_breaker_counters_init(&counters);
    counters.consecutive_failures = sqlite3_value_int64(values[0]);
    if (count > 1)
        counters.failure_threshold = sqlite3_value_int64(values[1]);
    if (count > 2)
        counters.cooldown_steps_remaining = sqlite3_value_int64(values[2]);
    return counters;
}

static void evaluate_breaker(sqlite3_context *context, int count, sqlite3_value **values)
{
    char record[CLOUDCIRCUIT_RECORD_CAPACITY];
    cloudcircuit_breaker_counters counters;
    cloudcircuit_breaker_decision decision;
    cloudcircuit_status status;
    size_t length = 0;

    if (has_null(count, values))
        return;
    if (!are_integers(count, values)) {
        answer_error(context, "failures, threshold and cooldown must be integers");
        return;
    }
    counters = breaker_counters(count, values);
    status = cloudcircuit_evaluate_circuit_breaker(&counters, &decision);
    if (status == CLOUDCIRCUIT_OK)
        status = cloudcircuit_write_breaker_decision_json(status, &counters, &decision, record, sizeof record, &length);
    answer_record(context, status, record, length);
}

static void breaker_flags(sqlite3_context *context, int count, sqlite3_value **values)
{
    uint32_t flags = CLOUDCIRCUIT_FLAG_OPEN | CLOUDCIRCUIT_FLAG_INVALID;

    if (has_null(count, values))
        return;
    if (are_integers(count, values)) {
        cloudcircuit_breaker_counters counters = breaker_counters(count, values);

        flags = cloudcircuit_breaker_flags(counters.consecutive_failures, counters.failure_threshold,
                                           counters.cooldown_steps_remaining);
    }
    sqlite3_result_int(context, (int)flags);
}

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

    return function->keeps_missing || sqlite3_value_type(spend) != SQLITE_NULL;
}

/* A row enters the frame. */
static void step(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct series *series = sqlite3_aggregate_context(context, sizeof *series);
    int i;

    if (series == NULL) {
        sqlite3_result_error_nomem(context);
        return;
    }
    series->is_null = has_null(count, values);
    series->setting_count = count - 1;
    for (i = 1; i < count; i++)
        series->settings[i - 1] = number(values[i]);
    if (!is_point(context, values[0]))
        return;
    if (!has_room(series)) {
        sqlite3_result_error_nomem(context);
        return;
    }
    series->memory[series->start + series->len] =
        sqlite3_value_type(values[0]) == SQLITE_NULL ? (double)NAN : number(values[0]);
    series->len++;
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
}

/* Judges the frame as it is. */
static void value(sqlite3_context *context)
{
    const struct series *series = sqlite3_aggregate_context(context, 0);
    const struct function *function = sqlite3_user_data(context);

    if (series != NULL && !series->is_null && series->len >= 2)
        function->answer(context, series);
}

static void final(sqlite3_context *context)
{
    struct series *series = sqlite3_aggregate_context(context, 0);

    value(context);
    if (series != NULL)
        sqlite3_free(series->memory);
}

static cloudcircuit_status judge_spike(const struct series *series, cloudcircuit_spike_config *config,
                                       cloudcircuit_spike_result *spike)
{
    cloudcircuit_spike_config_init(config);
    if (series->setting_count > 0)
        config->spike_multiplier = series->settings[0];
    if (series->setting_count > 1)
        config->min_baseline = series->settings[1];
    return cloudcircuit_check_anomaly_spike(series->memory + series->start, series->len, config, spike);
}

static void is_spike(sqlite3_context *context, const struct series *series)
{
    cloudcircuit_spike_config config;
    cloudcircuit_spike_result spike;

    if (is_ok(context, judge_spike(series, &config, &spike)))
        sqlite3_result_int(context, (int)spike.is_spike);
}

static void spike_threshold(sqlite3_context *context, const struct series *series)
{
    cloudcircuit_spike_config config;
    cloudcircuit_spike_result spike;

    if (is_ok(context, judge_spike(series, &config, &spike)))
        sqlite3_result_double(context, spike.threshold);
}

static void check_anomaly_spike(sqlite3_context *context, const struct series *series)
{
    char record[CLOUDCIRCUIT_RECORD_CAPACITY];
    cloudcircuit_spike_config config;
    cloudcircuit_spike_result spike;
    cloudcircuit_status status = judge_spike(series, &config, &spike);
    size_t length = 0;

    if (status == CLOUDCIRCUIT_OK)
        status = cloudcircuit_write_spike_result_json(status, &config, &spike, record, sizeof record, &length);
    answer_record(context, status, record, length);
}

static void spike_flags(sqlite3_context *context, const struct series *series)
{
    cloudcircuit_spike_config config;
    cloudcircuit_spike_result spike;
    cloudcircuit_status status = judge_spike(series, &config, &spike);
    uint32_t flags = spike.is_spike ? CLOUDCIRCUIT_FLAG_SPIKE : 0;

    sqlite3_result_int(context, (int)(status == CLOUDCIRCUIT_OK ? flags : flags | CLOUDCIRCUIT_FLAG_INVALID));
}

/* A count of points; UINT32_MAX, which the library refuses, for what is none. */
static uint32_t points(double number)
{
    return number >= 0 && number < UINT32_MAX && number == (uint32_t)number ? (uint32_t)number : UINT32_MAX;
}

/* A time; INT64_MAX, which the library refuses, for what is none. */
static int64_t seconds(double number)
{
    const double most = 9007199254740992.0; /* 2^53 */

    return number >= -most && number <= most && number == floor(number) ? (int64_t)number : INT64_MAX;
}

static void detect_spike(sqlite3_context *context, const struct series *series)
{
    char record[CLOUDCIRCUIT_RECORD_CAPACITY];
    cloudcircuit_detect_config config;
    cloudcircuit_detect_result result;
    cloudcircuit_status status;
    size_t length = 0;

    cloudcircuit_detect_config_init(&config);
    if (series->setting_count > 0)
        config.score_threshold = series->settings[0];
    if (series->setting_count > 1)
        config.season_length = points(series->settings[1]);
    if (series->setting_count > 2)
        config.min_impact = series->settings[2];
    if (series->setting_count > 3)
        config.start_time = seconds(series->settings[3]);
    status = cloudcircuit_detect_spike(series->memory + series->start, series->len, &config, &result);
    if (status == CLOUDCIRCUIT_OK)
        status = cloudcircuit_write_detect_result_json(status, &config, &result, record, sizeof record, &length);
    answer_record(context, status, record, length);
}

/*
 * Registration
 */

static const struct function FUNCTIONS[] = {
    {"cc_version", 0, 0, version, NULL, 0},
    {"cc_check_budget", 2, 3, check_budget, NULL, 0},
    {"cc_budget_flags", 2, 3, budget_flags, NULL, 0},
    {"cc_check_budget_i64", 2, 3, check_budget_i64, NULL, 0},
    {"cc_budget_flags_i64", 2, 3, budget_flags_i64, NULL, 0},
    {"cc_evaluate_breaker", 1, 3, evaluate_breaker, NULL, 0},
    {"cc_breaker_flags", 1, 3, breaker_flags, NULL, 0},
    {"cc_is_spike", 1, 3, NULL, is_spike, 0},
    {"cc_spike_threshold", 1, 3, NULL, spike_threshold, 0},
    {"cc_check_anomaly_spike", 1, 3, NULL, check_anomaly_spike, 0},
    {"cc_spike_flags", 1, 3, NULL, spike_flags, 0},
    {"cc_detect_spike", 1, 5, NULL, detect_spike, 1},
};

static int create(sqlite3 *db, const struct function *function, int arguments)
{
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    void *data = (void *)(intptr_t)function;

    if (function->call != NULL)
        return sqlite3_create_function_v2(db, function->name, arguments, flags, data, function->call, NULL, NULL,
                                          NULL);
    return sqlite3_create_window_function(db, function->name, arguments, flags, data, step, final, value, inverse,
                                          NULL);
}

/* Named after the file by SQLite's rule: its letters, in lower case. */
#ifdef _WIN32
__declspec(dllexport)
#endif
int sqlite3_cloudcircuitsqlite_init(sqlite3 *db, char **error, const sqlite3_api_routines *api);

int sqlite3_cloudcircuitsqlite_init(sqlite3 *db, char **error, const sqlite3_api_routines *api)
{
    int arguments, status = SQLITE_OK;
    size_t i;

    SQLITE_EXTENSION_INIT2(api)
    (void)error;
    for (i = 0; i < sizeof FUNCTIONS / sizeof *FUNCTIONS; i++) {
        for (arguments = FUNCTIONS[i].least; arguments <= FUNCTIONS[i].most && status == SQLITE_OK; arguments++)
            status = create(db, &FUNCTIONS[i], arguments);
    }
    return status;
}
