/*
 * Spend safeguards as SQL functions: a loadable extension for SQLite 3.31 and later. README.md says what each
 * function takes and answers. Here are those of one row, and what all files share: series.c has the functions of a
 * series, states.c those of a ledger, a rate limit and a tracker, settings.c reads their settings.
 *
 * NULL. As in SQL's own functions: with a NULL argument a row's answer is NULL.
 *
 * Errors. What breaks a rule (a negative spend, text that is no number) is an error of the statement: the function's
 * name and the library's words. The _flags functions answer 128 and the refusing bits in place of it, so that one bad
 * row does not end a report.
 *
 * Numbers. Amounts are doubles, integers beyond 2^53 the nearest one. Text that looks like a number counts as one, as
 * in SQLite's arithmetic: .import makes text of every column. The _i64 functions, the breaker and the states take
 * integers only.
 */
#include <math.h>

#include "extension.h"

SQLITE_EXTENSION_INIT1

/*
 * Arguments and answers
 */

int cc_sqlite_has_null(int count, sqlite3_value **values)
{
    int i;

    for (i = 0; i < count; i++) {
        if (sqlite3_value_type(values[i]) == SQLITE_NULL)
            return 1;
    }
    return 0;
}

/* Infinity, which every rule of the library refuses, for what is no number. */
double cc_sqlite_number(sqlite3_value *value)
{
    int type = sqlite3_value_numeric_type(value);

    return type == SQLITE_INTEGER || type == SQLITE_FLOAT ? sqlite3_value_double(value) : (double)INFINITY;
}

int cc_sqlite_are_integers(int count, sqlite3_value **values)
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

void cc_sqlite_error(sqlite3_context *context, const char *message)
{
    const struct function *function = sqlite3_user_data(context);
    char text[200];

    sqlite3_snprintf(sizeof text, text, "%s: %s", function->name, message);
    sqlite3_result_error(context, text, -1);
}

/* Whether the library made its decision; if not, its words are the statement's error. */
int cc_sqlite_is_ok(sqlite3_context *context, cloudcircuit_status status)
{
    if (status != CLOUDCIRCUIT_OK)
        cc_sqlite_error(context, cloudcircuit_status_message(status));
    return status == CLOUDCIRCUIT_OK;
}

void cc_sqlite_text(sqlite3_context *context, sqlite3_str *text)
{
    int status = sqlite3_str_errcode(text), length = sqlite3_str_length(text);
    char *written = sqlite3_str_finish(text);

    if (status == SQLITE_OK && written != NULL) {
        sqlite3_result_text(context, written, length, sqlite3_free);
        return;
    }
    sqlite3_free(written);
    if (status == SQLITE_TOOBIG)
        sqlite3_result_error_toobig(context);
    else
        sqlite3_result_error_nomem(context);
}

void cc_sqlite_record(sqlite3_context *context, cloudcircuit_status status, const char *record, size_t length)
{
    if (cc_sqlite_is_ok(context, status))
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

    if (cc_sqlite_has_null(count, values))
        return;
    if (count > 2)
        config.warning_ratio = cc_sqlite_number(values[2]);
    status = cloudcircuit_check_budget(cc_sqlite_number(values[0]), cc_sqlite_number(values[1]), &config, &budget);
    if (status == CLOUDCIRCUIT_OK)
        status = cloudcircuit_write_budget_result_json(status, &config, &budget, record, sizeof record, &length);
    cc_sqlite_record(context, status, record, length);
}

static void budget_flags(sqlite3_context *context, int count, sqlite3_value **values)
{
    double ratio = count > 2 ? cc_sqlite_number(values[2]) : CLOUDCIRCUIT_DEFAULT_WARNING_RATIO;

    if (!cc_sqlite_has_null(count, values))
        sqlite3_result_int(context, (int)cloudcircuit_budget_flags(cc_sqlite_number(values[0]), cc_sqlite_number(values[1]), ratio));
}

static void check_budget_i64(sqlite3_context *context, int count, sqlite3_value **values)
{
    char record[CLOUDCIRCUIT_RECORD_CAPACITY];
    cloudcircuit_budget_config_i64 config = {CLOUDCIRCUIT_DEFAULT_WARNING_PPM, 0};
    cloudcircuit_budget_result_i64 budget;
    cloudcircuit_status status;
    size_t length = 0;

    if (cc_sqlite_has_null(count, values))
        return;
    if (!cc_sqlite_are_integers(count, values)) {
        cc_sqlite_error(context, "minor units and parts per million must be integers");
        return;
    }
    if (count > 2)
        config.warning_ppm = ppm(values[2]);
    status = cloudcircuit_check_budget_i64(sqlite3_value_int64(values[0]), sqlite3_value_int64(values[1]), &config,
                                           &budget);
    if (status == CLOUDCIRCUIT_OK)
        status = cloudcircuit_write_budget_result_i64_json(status, &config, &budget, record, sizeof record, &length);
    cc_sqlite_record(context, status, record, length);
}

static void budget_flags_i64(sqlite3_context *context, int count, sqlite3_value **values)
{
    uint32_t flags = CLOUDCIRCUIT_FLAG_WARNING | CLOUDCIRCUIT_FLAG_BREACHED | CLOUDCIRCUIT_FLAG_INVALID;

    if (cc_sqlite_has_null(count, values))
        return;
    if (cc_sqlite_are_integers(count, values))
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

    if (cc_sqlite_has_null(count, values))
        return;
    if (!cc_sqlite_are_integers(count, values)) {
        cc_sqlite_error(context, "failures, threshold and cooldown must be integers");
        return;
    }
    counters = breaker_counters(count, values);
    status = cloudcircuit_evaluate_circuit_breaker(&counters, &decision);
    if (status == CLOUDCIRCUIT_OK)
        status = cloudcircuit_write_breaker_decision_json(status, &counters, &decision, record, sizeof record, &length);
    cc_sqlite_record(context, status, record, length);
}

static void breaker_flags(sqlite3_context *context, int count, sqlite3_value **values)
{
    uint32_t flags = CLOUDCIRCUIT_FLAG_OPEN | CLOUDCIRCUIT_FLAG_INVALID;

    if (cc_sqlite_has_null(count, values))
        return;
    if (cc_sqlite_are_integers(count, values)) {
        cloudcircuit_breaker_counters counters = breaker_counters(count, values);

        flags = cloudcircuit_breaker_flags(counters.consecutive_failures, counters.failure_threshold,
                                           counters.cooldown_steps_remaining);
    }
    sqlite3_result_int(context, (int)flags);
}

/*
 * Registration
 */

static const struct function ROWS[] = {
    {"cc_version", 0, 0, version, NULL, NULL, NO_POINT},
    {"cc_check_budget", 2, 3, check_budget, NULL, NULL, NO_POINT},
    {"cc_budget_flags", 2, 3, budget_flags, NULL, NULL, NO_POINT},
    {"cc_check_budget_i64", 2, 3, check_budget_i64, NULL, NULL, NO_POINT},
    {"cc_budget_flags_i64", 2, 3, budget_flags_i64, NULL, NULL, NO_POINT},
    {"cc_evaluate_breaker", 1, 3, evaluate_breaker, NULL, NULL, NO_POINT},
    {"cc_breaker_flags", 1, 3, breaker_flags, NULL, NULL, NO_POINT},
    {NULL, 0, 0, NULL, NULL, NULL, NO_POINT},
};

static int create(sqlite3 *db, const struct function *function, int arguments)
{
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;

    if (function->call == NULL)
        return cc_sqlite_create_series(db, function, arguments, flags);
    return sqlite3_create_function_v2(db, function->name, arguments, flags, (void *)(intptr_t)function, function->call,
                                      NULL, NULL, NULL);
}

/* Named after the file by SQLite's rule: its letters, in lower case. */
#ifdef _WIN32
__declspec(dllexport)
#elif defined(__GNUC__)
__attribute__((visibility("default")))
#endif
int sqlite3_cloudcircuitsqlite_init(sqlite3 *db, char **error, const sqlite3_api_routines *api);

int sqlite3_cloudcircuitsqlite_init(sqlite3 *db, char **error, const sqlite3_api_routines *api)
{
    const struct function *const tables[] = {ROWS, cc_sqlite_series, cc_sqlite_states};
    const struct function *function;
    int arguments, status = SQLITE_OK;
    size_t i;

    SQLITE_EXTENSION_INIT2(api)
    (void)error;
    for (i = 0; i < sizeof tables / sizeof *tables; i++) {
        for (function = tables[i]; function->name != NULL; function++) {
            for (arguments = function->least; arguments <= function->most && status == SQLITE_OK; arguments++)
                status = create(db, function, arguments);
        }
    }
    return status;
}
