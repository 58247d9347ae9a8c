/*
 * The SQLite extension, built into this program: host CASES, the golden cases.
 *
 * Arguments are bound, so that every double arrives with its bits. Other checks compare frames with
 * series put together here, and let each allocation of SQLite fail once.
 */
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../contract/seed.h"
#include "host.h"

int sqlite3_cloudcircuitsqlite_init(sqlite3 *db, char **error, const void *api);

long checks, failures;
sqlite3 *db;

static void open_db(void)
{
    if (sqlite3_open(":memory:", &db) != SQLITE_OK || sqlite3_cloudcircuitsqlite_init(db, NULL, NULL) != SQLITE_OK) {
        puts("no database");
        exit(1);
    }
}

void execute(const char *sql)
{
    char *error = NULL;

    CHECK(sqlite3_exec(db, sql, NULL, NULL, &error) == SQLITE_OK, "%s: %s", sql, error ? error : "");
    sqlite3_free(error);
}

/* An answer of one row and one column as text: NULL as "NULL", an error as "error: " and its message. */
static const char *answer(sqlite3_stmt *statement)
{
    static char text[ANSWER_LEN];
    int status = sqlite3_step(statement);

    if (status == SQLITE_ROW) {
        const char *column = (const char *)sqlite3_column_text(statement, 0);

        snprintf(text, sizeof text, "%s", column ? column : "NULL");
    } else {
        snprintf(text, sizeof text, "error: %s", status == SQLITE_DONE ? "no row" : sqlite3_errmsg(db));
    }
    sqlite3_finalize(statement);
    return text;
}

sqlite3_stmt *prepare(const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int status = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

    CHECK(status == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
    return statement;
}

const char *ask(const char *sql, const char *types, ...)
{
    sqlite3_stmt *statement = prepare(sql);
    va_list arguments;
    int i;

    va_start(arguments, types);
    for (i = 0; types[i] != '\0'; i++) {
        if (types[i] == 'd')
            sqlite3_bind_double(statement, i + 1, va_arg(arguments, double));
        else if (types[i] == 's')
            sqlite3_bind_text(statement, i + 1, va_arg(arguments, const char *), -1, SQLITE_TRANSIENT);
        else
            sqlite3_bind_int64(statement, i + 1, va_arg(arguments, sqlite3_int64));
    }
    va_end(arguments);
    return answer(statement);
}

/*
 * Golden cases
 */

const char *out(const struct golden *golden, int index)
{
    return golden->words[golden->arrow + 1 + index];
}

int is_ok(const struct golden *golden)
{
    return strcmp(out(golden, 0), "OK") == 0;
}

double real(const struct golden *golden, int index)
{
    return strtod(golden->words[index], NULL);
}

sqlite3_int64 whole(const struct golden *golden, int index)
{
    return strtoll(golden->words[index], NULL, 10);
}

static int has_nan(const struct golden *golden, int first, int end)
{
    for (; first < end; first++) {
        if (isnan(real(golden, first)))
            return 1;
    }
    return 0;
}

const char *error_of(const char *function, const struct golden *golden)
{
    static char text[256];
    int status;

    for (status = 1; status < 1000; status++) {
        if (strcmp(cloudcircuit_status_name(status) + strlen("CLOUDCIRCUIT_"), out(golden, 0)) == 0) {
            snprintf(text, sizeof text, "error: %s: %s", function, cloudcircuit_status_message(status));
            return text;
        }
    }
    return out(golden, 0);
}

int has_field(const char *record, const char *key, const char *expected)
{
    char quoted[64];
    const char *found;
    double left, right;

    snprintf(quoted, sizeof quoted, "\"%s\":", key);
    found = strstr(record, quoted);
    if (found == NULL)
        return 0;
    found += strlen(quoted);
    if (strncmp(found, "true", 4) == 0 || strncmp(found, "false", 5) == 0)
        return strcmp(expected, *found == 't' ? "1" : "0") == 0;
    if (strpbrk(expected, ".e") == NULL)
        return strncmp(found, expected, strlen(expected)) == 0 && strchr(",}", found[strlen(expected)]) != NULL;
    left = strtod(found, NULL);
    right = strtod(expected, NULL);
    return memcmp(&left, &right, sizeof left) == 0;
}

void has_fields(const char *function, const struct golden *golden, const char *record, int count,
                       const char *const *keys)
{
    int i;

    if (!is_ok(golden)) {
        const char *error = error_of(function, golden);

        CHECK(strcmp(record, error) == 0, "%s, not %s", record, error);
        return;
    }
    for (i = 0; i < count; i++)
        CHECK(has_field(record, keys[i], out(golden, i + 1)), "%s in %s, not %s", keys[i], record, out(golden, i + 1));
}

static void is_number(const char *text, int expected)
{
    CHECK(strcmp(text, "NULL") != 0 && strtol(text, NULL, 10) == expected, "%s, not %d", text, expected);
}

static const char *const BUDGET_KEYS[] = {"usage_ratio", "remaining_budget", "is_warning", "is_breached"};
static const char *const BUDGET_I64_KEYS[] = {"usage_ppm", "remaining_budget", "is_warning", "is_breached"};
static const char *const SPIKE_KEYS[] = {"latest_spend", "baseline_mean", "threshold", "is_spike"};
static const char *const BREAKER_KEYS[] = {"retry_after_steps", "is_open", "allow_operation"};

static int budget_flags(const struct golden *golden)
{
    int flags = atoi(out(golden, 3)) * (int)CLOUDCIRCUIT_FLAG_WARNING +
                atoi(out(golden, 4)) * (int)CLOUDCIRCUIT_FLAG_BREACHED;

    return is_ok(golden) ? flags : flags | (int)CLOUDCIRCUIT_FLAG_INVALID;
}

static void budget(const struct golden *golden)
{
    double spend = real(golden, 1), limit = real(golden, 2), ratio = real(golden, 3);
    const char *record = ask("SELECT cc_check_budget(?1, ?2, ?3)", "ddd", spend, limit, ratio);

    if (has_nan(golden, 1, 4)) {
        CHECK(strcmp(record, "NULL") == 0, "%s", record);
        CHECK(strcmp(ask("SELECT cc_budget_flags(?1, ?2, ?3)", "ddd", spend, limit, ratio), "NULL") == 0, "NaN");
        return;
    }
    has_fields("cc_check_budget", golden, record, 4, BUDGET_KEYS);
    is_number(ask("SELECT cc_budget_flags(?1, ?2, ?3)", "ddd", spend, limit, ratio), budget_flags(golden));
    if (ratio == CLOUDCIRCUIT_DEFAULT_WARNING_RATIO) {
        has_fields("cc_check_budget", golden, ask("SELECT cc_check_budget(?1, ?2)", "dd", spend, limit), 4,
                   BUDGET_KEYS);
        is_number(ask("SELECT cc_budget_flags(?1, ?2)", "dd", spend, limit), budget_flags(golden));
    }
}

static void budget_i64(const struct golden *golden)
{
    sqlite3_int64 spend = whole(golden, 1), limit = whole(golden, 2), share = whole(golden, 3);

    has_fields("cc_check_budget_i64", golden, ask("SELECT cc_check_budget_i64(?1, ?2, ?3)", "iii", spend, limit, share),
               4, BUDGET_I64_KEYS);
    is_number(ask("SELECT cc_budget_flags_i64(?1, ?2, ?3)", "iii", spend, limit, share), budget_flags(golden));
    if (share == CLOUDCIRCUIT_DEFAULT_WARNING_PPM) {
        has_fields("cc_check_budget_i64", golden, ask("SELECT cc_check_budget_i64(?1, ?2)", "ii", spend, limit), 4,
                   BUDGET_I64_KEYS);
        is_number(ask("SELECT cc_budget_flags_i64(?1, ?2)", "ii", spend, limit), budget_flags(golden));
    }
}

void fill_series(const struct golden *golden, int first)
{
    sqlite3_stmt *insert;
    int i;

    execute("DELETE FROM series");
    insert = prepare("INSERT INTO series (step, spend) VALUES (?1, ?2)");
    for (i = first; i < golden->arrow; i++) {
        sqlite3_bind_int(insert, 1, i);
        sqlite3_bind_double(insert, 2, real(golden, i));
        CHECK(sqlite3_step(insert) == SQLITE_DONE, "%s", sqlite3_errmsg(db));
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
}

/* The series as an aggregate and as the last row of a window. */
static void spike(const struct golden *golden)
{
    static const char *const forms[2] = {
        "SELECT %s(spend, ?1, ?2) FROM (SELECT spend FROM series ORDER BY step)",
        "SELECT %s(spend, ?1, ?2) OVER (ORDER BY step) FROM series ORDER BY step DESC"};
    double multiplier = real(golden, 1), floor = real(golden, 2);
    int has_missing = has_nan(golden, 1, golden->arrow), is_short = golden->arrow < 5;
    int i;

    fill_series(golden, 3);
    for (i = 0; i < 2; i++) {
        char sql[128];
        const char *text;
        int flags;

        snprintf(sql, sizeof sql, forms[i], "cc_check_anomaly_spike");
        text = ask(sql, "dd", multiplier, floor);
        if (has_missing || is_short) {
            /* A missing point in the middle leaves a series to judge; missing_rows() looks at that. */
            int is_judged = has_missing && !has_nan(golden, 1, 3) && !has_nan(golden, golden->arrow - 1, golden->arrow);

            CHECK(is_judged || strcmp(text, "NULL") == 0, "%s", text);
            continue;
        }
        has_fields("cc_check_anomaly_spike", golden, text, 4, SPIKE_KEYS);

        snprintf(sql, sizeof sql, forms[i], "cc_spike_flags");
        flags = atoi(out(golden, 4)) * (int)CLOUDCIRCUIT_FLAG_SPIKE;
        is_number(ask(sql, "dd", multiplier, floor), is_ok(golden) ? flags : flags | (int)CLOUDCIRCUIT_FLAG_INVALID);

        snprintf(sql, sizeof sql, forms[i], "cc_is_spike");
        text = ask(sql, "dd", multiplier, floor);
        if (is_ok(golden)) {
            is_number(text, atoi(out(golden, 4)));
        } else {
            CHECK(strcmp(text, error_of("cc_is_spike", golden)) == 0, "%s", text);
        }

        snprintf(sql, sizeof sql, forms[i], "cc_spike_threshold");
        if (is_ok(golden)) {
            sqlite3_stmt *statement = prepare(sql);
            double threshold, expected = strtod(out(golden, 3), NULL);

            sqlite3_bind_double(statement, 1, multiplier);
            sqlite3_bind_double(statement, 2, floor);
            CHECK(sqlite3_step(statement) == SQLITE_ROW, "%s", sqlite3_errmsg(db));
            threshold = sqlite3_column_double(statement, 0);
            CHECK(memcmp(&threshold, &expected, sizeof expected) == 0, "%.17g, not %.17g", threshold, expected);
            sqlite3_finalize(statement);
        } else {
            text = ask(sql, "dd", multiplier, floor);
            CHECK(strcmp(text, error_of("cc_spike_threshold", golden)) == 0, "%s", text);
        }
    }
}

static void breaker(const struct golden *golden)
{
    sqlite3_int64 counted = whole(golden, 1), threshold = whole(golden, 2), cooldown = whole(golden, 3);
    int flags = atoi(out(golden, 2)) * (int)CLOUDCIRCUIT_FLAG_OPEN;

    has_fields("cc_evaluate_breaker", golden,
               ask("SELECT cc_evaluate_breaker(?1, ?2, ?3)", "iii", counted, threshold, cooldown), 3, BREAKER_KEYS);
    is_number(ask("SELECT cc_breaker_flags(?1, ?2, ?3)", "iii", counted, threshold, cooldown),
              is_ok(golden) ? flags : flags | (int)CLOUDCIRCUIT_FLAG_INVALID);
}

/* What SQL has no function for here. */
static const char *const NOT_WRAPPED[] = {"spike_i64", "guard", "money_from_double", "money_to_double"};

static int run(const struct golden *golden)
{
    const char *call = golden->words[0];
    size_t i;

    if (strcmp(call, "budget") == 0)
        budget(golden);
    else if (strcmp(call, "budget_i64") == 0)
        budget_i64(golden);
    else if (strcmp(call, "spike") == 0)
        spike(golden);
    else if (strcmp(call, "breaker") == 0)
        breaker(golden);
    else if (!run_history(golden) && !run_state(golden)) {
        for (i = 0; i < sizeof NOT_WRAPPED / sizeof *NOT_WRAPPED; i++) {
            if (strcmp(call, NOT_WRAPPED[i]) == 0)
                return 0;
        }
        if (strncmp(call, "breaker_", strlen("breaker_")) == 0)
            return 0;
        CHECK(0, "a kind of case that is neither wrapped nor listed: %s", call);
    }
    return 1;
}

static void golden_cases(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[4096];
    int lines = 0;

    CHECK(file != NULL, "%s", path);
    execute("CREATE TABLE series (step INTEGER PRIMARY KEY, spend REAL, in_period INTEGER)");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        struct golden golden = {{NULL}, 0, 0};
        long before = failures;
        char copy[4096];
        char *word;

        if (line[0] == '#' || line[0] == '\n')
            continue;
        strcpy(copy, line);
        for (word = strtok(line, " \n"); word != NULL && golden.count < WORDS; word = strtok(NULL, " \n")) {
            if (strcmp(word, "=>") == 0)
                golden.arrow = golden.count;
            golden.words[golden.count++] = word;
        }
        lines += run(&golden);
        if (failures != before)
            printf("  in: %s", copy);
    }
    if (file != NULL)
        fclose(file);
    CHECK(lines >= 650, "only %d lines", lines);
}

/*
 * NULLs, types, errors
 */

/* What the record of a call that was no error begins with. */
#define OK_RECORD(kind) \
    "{\"kind\":\"" kind "\",\"version\":\"" CLOUDCIRCUIT_VERSION "\",\"status\":\"CLOUDCIRCUIT_OK\","

#define NO_STATE "len must be the constant CLOUDCIRCUIT_..._ENCODED_LEN of this kind of state"

static const char *const EXPECTED[][2] = {
    {"SELECT cc_version()", CLOUDCIRCUIT_VERSION},
    {"SELECT cc_check_budget(NULL, 100)", "NULL"},
    {"SELECT cc_check_budget(50, NULL)", "NULL"},
    {"SELECT cc_check_budget(50, 100, NULL)", "NULL"},
    {"SELECT cc_check_budget(-1, NULL)", "NULL"},
    {"SELECT cc_budget_flags(NULL, 100)", "NULL"},
    {"SELECT cc_check_budget_i64(50, 100, NULL)", "NULL"},
    {"SELECT cc_budget_flags_i64(NULL, 100)", "NULL"},
    {"SELECT cc_budget_flags_i64(1.5, NULL)", "NULL"},
    {"SELECT cc_evaluate_breaker(NULL)", "NULL"},
    {"SELECT cc_breaker_flags(1, NULL)", "NULL"},
    {"SELECT cc_budget_flags('92', ' 100 ')", "1"},
    {"SELECT cc_budget_flags('9e1', 100)", "1"},
    {"SELECT cc_budget_flags(92, '100x')", "131"},
    {"SELECT cc_budget_flags('', 100)", "131"},
    {"SELECT cc_budget_flags(x'39', 100)", "131"},
    {"SELECT cc_budget_flags(9e999, 100)", "131"},
    {"SELECT cc_check_budget('none', 100)", "error: cc_check_budget: current_spend must be finite and >= 0"},
    {"SELECT cc_check_budget(1, 0)", "error: cc_check_budget: budget_limit must be finite and > 0"},
    {"SELECT cc_check_budget(1, 100, 'x')", "error: cc_check_budget: warning_ratio must be > 0 and <= 1"},
    {"SELECT cc_check_budget_i64(1.0, 100)",
     "error: cc_check_budget_i64: minor units and parts per million must be integers"},
    {"SELECT cc_check_budget_i64(95, '100')",
     OK_RECORD("budget_result_i64")
     "\"current_spend\":95,\"budget_limit\":100,\"remaining_budget\":5,\"usage_ppm\":950000,"
     "\"is_warning\":true,\"is_breached\":false,\"config\":{\"warning_ppm\":900000}}"},
    {"SELECT cc_check_budget_i64(1, 100, 5000000000)",
     "error: cc_check_budget_i64: warning_ppm must be 1 to 1000000"},
    {"SELECT cc_budget_flags_i64(1, 100, -1)", "131"},
    {"SELECT cc_budget_flags_i64(1, 100, 4295867296)", "131"}, /* 900000 + 2^32 */
    {"SELECT cc_budget_flags_i64(1, 100.5)", "131"},
    {"SELECT cc_evaluate_breaker('three')",
     "error: cc_evaluate_breaker: failures, threshold and cooldown must be integers"},
    {"SELECT cc_evaluate_breaker(3)",
     OK_RECORD("breaker_decision") "\"retry_after_steps\":0,\"is_open\":true,\"allow_operation\":false,"
     "\"config\":{\"consecutive_failures\":3,\"failure_threshold\":3,\"cooldown_steps_remaining\":0}}"},
    {"SELECT cc_breaker_flags(2)", "0"},
    {"SELECT cc_breaker_flags(2, 2)", "8"},
    {"SELECT cc_breaker_flags(2.5)", "136"},
    {"SELECT cc_breaker_flags(-1)", "136"},
    {"SELECT cc_is_spike(1) WHERE 0", "NULL"},
    {"SELECT cc_is_spike(NULL)", "NULL"},
    {"SELECT cc_is_spike(5)", "NULL"},
    {"SELECT cc_is_spike(v, NULL) FROM (SELECT 1 AS v UNION ALL SELECT 9)", "NULL"},
    {"SELECT cc_is_spike(v, 1.5, NULL) FROM (SELECT 1 AS v UNION ALL SELECT 9)", "NULL"},
    {"SELECT cc_is_spike(v) FROM (SELECT 1 AS v UNION ALL SELECT '9')", "1"},
    {"SELECT cc_is_spike(v) FROM (SELECT 1 AS v UNION ALL SELECT 'nine')",
     "error: cc_is_spike: every point of spend_series must be finite and >= 0"},
    {"SELECT cc_spike_flags(v) FROM (SELECT 'one' AS v UNION ALL SELECT 9)", "132"},
    {"SELECT cc_spike_threshold(v, 1) FROM (SELECT 1 AS v UNION ALL SELECT 9)",
     "error: cc_spike_threshold: spike_multiplier must be finite and > 1"},
    {"SELECT cc_spike_threshold(v, 2, 10) FROM (SELECT 1 AS v UNION ALL SELECT 9)", "20.0"},
    {"SELECT cc_check_anomaly_spike(v, 2, '-1') FROM (SELECT 1 AS v UNION ALL SELECT 9)",
     "error: cc_check_anomaly_spike: min_baseline must be finite and >= 0"},
    {"SELECT cc_detect_spike(5)", "NULL"},
    {"SELECT json_extract(cc_detect_spike(v), '$.verdict') FROM (SELECT 1 AS v UNION ALL SELECT 9)",
     "insufficient_data"},
    {"SELECT cc_detect_spike(v) FROM (SELECT 1 AS v UNION ALL SELECT 'nine')",
     "error: cc_detect_spike: spend or every point of spend_series must be NaN for a missing point or "
     "finite, and >= 0 unless negative_points is MISSING or ZERO"},
    {"SELECT cc_detect_spike(v, 0) FROM (SELECT 1 AS v UNION ALL SELECT 9)",
     "error: cc_detect_spike: score_threshold must be finite and > 0"},
    {"SELECT cc_detect_spike(v, 3, -1) FROM (SELECT 1 AS v UNION ALL SELECT 9)",
     "error: cc_detect_spike: season_length must be at most CLOUDCIRCUIT_MAX_SEASON_LENGTH"},
    {"SELECT cc_detect_spike(v, 3, 7.5) FROM (SELECT 1 AS v UNION ALL SELECT 9)",
     "error: cc_detect_spike: season_length must be at most CLOUDCIRCUIT_MAX_SEASON_LENGTH"},
    /* The fourth and the fifth setting, and what is not a time. */
    {"SELECT json_extract(cc_detect_spike(v, 4.5, 0, 2.5, '1704067200'), '$.config.min_impact', "
     "'$.config.start_time') FROM (SELECT 1 AS v UNION ALL SELECT 9)",
     "[2.5,1704067200]"},
    {"SELECT cc_detect_spike(v, 3, 7, -1) FROM (SELECT 1 AS v UNION ALL SELECT 9)",
     "error: cc_detect_spike: min_impact must be finite and >= 0"},
    {"SELECT cc_detect_spike(v, 3, 7, 0, 0.5) FROM (SELECT 1 AS v UNION ALL SELECT 9)",
     "error: cc_detect_spike: start_time must be CLOUDCIRCUIT_TIME_UNKNOWN or at most 2^53 seconds from 1970"},
    {"SELECT cc_detect_spike(v, 3, 7, 0, '2024-01-01') FROM (SELECT 1 AS v UNION ALL SELECT 9)",
     "error: cc_detect_spike: start_time must be CLOUDCIRCUIT_TIME_UNKNOWN or at most 2^53 seconds from 1970"},
    {"SELECT json_extract(cc_detect_spike(v, ' { \"season_length\" : 7 , \"min_impact\":2.5,\"negative_points\":\"zero\"} '), "
     "'$.config.season_length', '$.config.min_impact', '$.config.negative_points') FROM (SELECT 1 AS v UNION ALL SELECT -9)",
     "[7,2.5,\"zero\"]"},
    {"SELECT cc_detect_spike(v, '{}') IS cc_detect_spike(v) FROM (SELECT 1 AS v UNION ALL SELECT 9)", "1"},
    /* A record's config gives the record again. */
    {"SELECT cc_detect_spike(v, json_extract(r, '$.config')) IS r FROM (SELECT 1 AS v UNION ALL SELECT 9), (SELECT "
     "cc_detect_spike(v, 2.7, 5, 0.1, 86399) AS r FROM (SELECT 1 AS v UNION ALL SELECT 9))",
     "1"},
    {"SELECT json_extract(cc_ledger_record(json_extract(r, '$.config'), cc_ledger_init(1, 1, 0), 3, 1), '$.decision') IS r "
     "FROM (SELECT json_extract(cc_ledger_record('{\"limit\":9,\"thresholds\":[2,4],\"threshold_unit\":\"amount\","
     "\"threshold_basis\":\"committed\",\"mode\":\"monitor\"}', cc_ledger_init(1, 1, 0), 3, 1), '$.decision') AS r)",
     "1"},
    {"SELECT cc_scan_spikes(v) FROM (SELECT 1 AS v UNION ALL SELECT NULL)",
     "[{\"flags\":64,\"expected_spend\":0,\"upper_bound\":0},{\"flags\":64,\"expected_spend\":0,\"upper_bound\":0}]"},
    {"SELECT cc_forecast_budget(v, v < 2, 30, 5) FROM (SELECT 1 AS v UNION ALL SELECT 2)",
     "error: cc_forecast_budget: rows of the history must come before those of the period"},
    {"SELECT cc_forecast_budget(1, 1, 1.5, 5)",
     "error: cc_forecast_budget: period_len must be 1 to CLOUDCIRCUIT_MAX_PERIOD_LEN"},
    {"SELECT cc_forecast_budget(1, 1, NULL, 5)", "NULL"},
    {"SELECT cc_ledger_init(NULL, 1, 0)", "NULL"},
    {"SELECT cc_ledger_init(1.5, 1, 0)", "error: cc_ledger_init: ids, periods, amounts and times must be integers"},
    {"SELECT cc_ledger_reserve(NULL, cc_ledger_init(1, 1, 0), 1, 0)", "NULL"},
    {"SELECT cc_ledger_reserve('{\"limit\":1}', NULL, 1, 0)", "NULL"},
    /* An answer, its digits in either case and a BLOB are one state. */
    {"SELECT length(cc_state(a)) || typeof(cc_state(a)) || (hex(cc_state(a)) = upper(json_extract(a, '$.state'))) || "
     "count(DISTINCT cc_ledger_roll('{\"limit\":1}', s, 2, 5)) FROM (SELECT cc_ledger_init(1, 1, 0) AS a), (SELECT "
     "cc_ledger_init(1, 1, 0) AS s UNION ALL SELECT json_extract(cc_ledger_init(1, 1, 0), '$.state') UNION ALL SELECT "
     "hex(cc_state(cc_ledger_init(1, 1, 0))) UNION ALL SELECT cc_state(cc_ledger_init(1, 1, 0)))",
     "532blob11"},
    {"SELECT cc_ledger_roll('{\"limit\":1}', 'ab', 2, 5)", "error: cc_ledger_roll: " NO_STATE},
    {"SELECT cc_ledger_roll('{\"limit\":1}', 'abc', 2, 5)", "error: cc_ledger_roll: " NO_STATE},
    {"SELECT cc_ledger_roll('{\"limit\":1}', 7, 2, 5)", "error: cc_ledger_roll: " NO_STATE},
    {"SELECT cc_ledger_roll('{\"limit\":1}', x'', 2, 5)", "error: cc_ledger_roll: " NO_STATE},
    {"SELECT cc_ledger_roll('{\"limit\":1}', zeroblob(99999), 2, 5)", "error: cc_ledger_roll: " NO_STATE},
    {"SELECT cc_ledger_roll('{\"limit\":1}', replace(hex(zeroblob(9999)), '00', 'ab'), 2, 5)",
     "error: cc_ledger_roll: " NO_STATE},
    {"SELECT cc_state('')", "error: cc_state: " NO_STATE},
    {"SELECT cc_ledger_roll('{\"limit\":1}', zeroblob(532), 2, 5)",
     "error: cc_ledger_roll: state must be one that the library wrote, whole and unchanged"},
    {"SELECT cc_ledger_roll('{\"limits\":1}', cc_ledger_init(1, 1, 0), 2, 5)",
     "error: cc_ledger_roll: there is no setting limits"},
    {"SELECT cc_ledger_roll('[1]', cc_ledger_init(1, 1, 0), 2, 5)",
     "error: cc_ledger_roll: settings and holds must be JSON objects "},
    {"SELECT cc_ledger_roll('{\"limit\":1', cc_ledger_init(1, 1, 0), 2, 5)",
     "error: cc_ledger_roll: a JSON object is malformed after 1"},
    {"SELECT cc_ledger_roll('{\"limit\":1}x', cc_ledger_init(1, 1, 0), 2, 5)",
     "error: cc_ledger_roll: a JSON object is malformed after 1"},
    {"SELECT cc_ledger_roll('{limit:1}', cc_ledger_init(1, 1, 0), 2, 5)",
     "error: cc_ledger_roll: a JSON object is malformed after "},
    {"SELECT cc_ledger_roll('{\"limit\":1e3}', cc_ledger_init(1, 1, 0), 2, 5)",
     "error: cc_ledger_roll: no value of this form is possible for limit"},
    {"SELECT cc_ledger_roll('{\"limit\":9223372036854775808}', cc_ledger_init(1, 1, 0), 2, 5)",
     "error: cc_ledger_roll: no value of this form is possible for limit"},
    {"SELECT cc_ledger_roll('{\"mode\":\"off\"}', cc_ledger_init(1, 1, 0), 2, 5)",
     "error: cc_ledger_roll: no value of this form is possible for mode"},
    {"SELECT cc_ledger_roll('{\"thresholds\":[1,2,3,4,5,6,7,8,9]}', cc_ledger_init(1, 1, 0), 2, 5)",
     "error: cc_ledger_roll: no value of this form is possible for thresholds"},
    {"SELECT cc_detect_spike(v, '{\"season_length\":4294967296}') FROM (SELECT 1 AS v UNION ALL SELECT 9)",
     "error: cc_detect_spike: no value of this form is possible for season_length"},
    {"SELECT cc_detect_spike(v, '{\"min_impact\":1.2.3}') FROM (SELECT 1 AS v UNION ALL SELECT 9)",
     "error: cc_detect_spike: no value of this form is possible for min_impact"},
    /* A missing row is not seen: 1, 3 and not 1, 0, 3. */
    {"SELECT cc_spike_threshold(v) FROM (SELECT 1 AS v UNION ALL SELECT NULL UNION ALL SELECT 3)", "1.5"},
    /* Nor is there an answer for it. */
    {"SELECT cc_is_spike(v) FROM (SELECT 1 AS v UNION ALL SELECT 3 UNION ALL SELECT NULL)", "NULL"},
    /* Each group is a series. */
    {"SELECT group_concat(spike) FROM (SELECT cc_is_spike(v) AS spike FROM (SELECT 1 AS g, 1 AS v UNION ALL "
     "SELECT 1, 9 UNION ALL SELECT 2, 9 UNION ALL SELECT 2, 1) GROUP BY g)",
     "1,0"},
    /* In a view and in an index: they are innocuous and deterministic. */
    {"SELECT flags FROM budgets", "3"},
};

static void nulls_types_and_errors(void)
{
    size_t i;

    execute("CREATE TABLE spends (spend)");
    execute("INSERT INTO spends VALUES (100)");
    execute("CREATE INDEX breached ON spends (cc_budget_flags(spend, 100)) WHERE cc_budget_flags(spend, 100) & 2");
    execute("PRAGMA trusted_schema = OFF");
    execute("CREATE VIEW budgets AS SELECT cc_budget_flags(spend, 100) AS flags FROM spends");
    for (i = 0; i < sizeof EXPECTED / sizeof *EXPECTED; i++) {
        const char *text = answer(prepare(EXPECTED[i][0]));

        CHECK(strcmp(text, EXPECTED[i][1]) == 0, "%s: %s, not %s", EXPECTED[i][0], text, EXPECTED[i][1]);
    }
}

/*
 * Frames
 */

enum { ROWS = 300 };

static double spends[ROWS];
static int is_missing[ROWS];

static void fill_frames(void)
{
    uint32_t random = (uint32_t)fresh_seed();
    sqlite3_stmt *insert;
    int row;

    execute("CREATE TABLE frames (step INTEGER PRIMARY KEY, spend REAL)");
    insert = prepare("INSERT INTO frames VALUES (?1, ?2)");
    for (row = 0; row < ROWS; row++) {
        random = random * 1664525u + 1013904223u;
        spends[row] = row == 200 ? 1000 : (random >> 16) % 1000 / 10.0;
        is_missing[row] = row != 200 && (random >> 8) % 7 == 0;
        sqlite3_bind_int(insert, 1, row);
        sqlite3_bind_double(insert, 2, spends[row]);
        if (is_missing[row])
            sqlite3_bind_null(insert, 2);
        CHECK(sqlite3_step(insert) == SQLITE_DONE, "%s", sqlite3_errmsg(db));
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
}

/* The detector's record of rows 0 to `last`, of which a missing one is a missing point. */
static const char *detected(int last)
{
    static char record[CLOUDCIRCUIT_RECORD_CAPACITY];
    double series[ROWS];
    cloudcircuit_detect_result result;
    cloudcircuit_detect_config config;
    int row;

    for (row = 0; row <= last; row++)
        series[row] = is_missing[row] ? (double)NAN : spends[row];
    strcpy(record, "NULL");
    if (last < 1 || is_missing[last])
        return record;
    cloudcircuit_detect_config_init(&config);
    config.score_threshold = 2.5;
    config.season_length = 7;
    CHECK(cloudcircuit_detect_spike(series, (size_t)last + 1, &config, &result) == CLOUDCIRCUIT_OK, "%d", last);
    cloudcircuit_write_detect_result_json(CLOUDCIRCUIT_OK, &config, &result, record, sizeof record, NULL);
    return record;
}

static void the_detector_sees_missing_points(void)
{
    sqlite3_stmt *statement;
    int row, spikes = 0;

    statement = prepare("SELECT cc_detect_spike(spend, 2.5, 7) OVER (ORDER BY step) FROM frames ORDER BY step");
    for (row = 0; sqlite3_step(statement) == SQLITE_ROW; row++) {
        const char *found = (const char *)sqlite3_column_text(statement, 0);

        found = found ? found : "NULL";
        CHECK(strcmp(found, detected(row)) == 0, "row %d: %s", row, found);
        spikes += strstr(found, "\"verdict\":\"spike\"") != NULL;
    }
    CHECK(row == ROWS && spikes > 0, "%d rows, %d spikes", row, spikes);
    sqlite3_finalize(statement);
}

/* What the library says of rows `first` to `last`, of which a frame leaves out `excluded`. */
static void frame_is(const char *found, int first, int last, int excluded)
{
    double series[ROWS];
    char record[CLOUDCIRCUIT_RECORD_CAPACITY] = "NULL";
    cloudcircuit_spike_result spike;
    size_t len = 0;
    int row, is_null = 1;

    for (row = first < 0 ? 0 : first; row <= last && row < ROWS; row++) {
        if (row == excluded)
            continue;
        is_null = is_missing[row];
        if (!is_null)
            series[len++] = spends[row];
    }
    if (!is_null && len >= 2) {
        CHECK(cloudcircuit_check_anomaly_spike(series, len, NULL, &spike) == CLOUDCIRCUIT_OK, "%d", last);
        cloudcircuit_write_spike_result_json(CLOUDCIRCUIT_OK, NULL, &spike, record, sizeof record, NULL);
    }
    CHECK(strcmp(found ? found : "NULL", record) == 0, "rows %d to %d: %s, not %s", first, last,
          found ? found : "NULL", record);
}

static void frames(const char *clause, int before, int after, int excludes)
{
    char sql[256];
    sqlite3_stmt *statement;
    int row = 0;

    snprintf(sql, sizeof sql, "SELECT cc_check_anomaly_spike(spend) OVER (ORDER BY step %s) FROM frames ORDER BY step",
             clause);
    statement = prepare(sql);
    for (row = 0; sqlite3_step(statement) == SQLITE_ROW; row++)
        frame_is((const char *)sqlite3_column_text(statement, 0), row - before, row + after, excludes ? row : -1);
    CHECK(row == ROWS, "%s: %d rows", clause, row);
    sqlite3_finalize(statement);
}

static void frames_are_the_series_of_their_rows(void)
{
    char clause[96];
    int size;

    fill_frames();
    frames("", ROWS, 0, 0);
    for (size = 0; size < 120; size += size < 40 ? 1 : 13) {
        snprintf(clause, sizeof clause, "ROWS %d PRECEDING", size);
        frames(clause, size, 0, 0);
    }
    frames("ROWS BETWEEN 9 PRECEDING AND 3 FOLLOWING", 9, 3, 0);
    frames("ROWS BETWEEN 9 PRECEDING AND 3 PRECEDING", 9, -3, 0);
    frames("ROWS BETWEEN 2 FOLLOWING AND 20 FOLLOWING", -2, 20, 0);
    frames("ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING", 0, ROWS, 0);
    the_detector_sees_missing_points();
    frames("RANGE BETWEEN 5 PRECEDING AND CURRENT ROW", 5, 0, 0);
    frames("ROWS BETWEEN 5 PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW", 5, 0, 1);
}

/*
 * Memory
 */

static sqlite3_mem_methods plain;
static long until_failure = -1; /* allocations */

static int fails(void)
{
    return until_failure >= 0 && until_failure-- == 0;
}

static void *failing_malloc(int size)
{
    return fails() ? NULL : plain.xMalloc(size);
}

static void *failing_realloc(void *memory, int size)
{
    return fails() ? NULL : plain.xRealloc(memory, size);
}

static void use_failing_memory(void)
{
    sqlite3_mem_methods failing;

    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain);
    failing = plain;
    failing.xMalloc = failing_malloc;
    failing.xRealloc = failing_realloc;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &failing);
    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
}

/* Each allocation of a query fails once: it answers that memory is out, and the next one is right. */
static void a_query_survives_failing_memory(const char *sql, const char *expected)
{
    long allocation;
    int is_done = 0, failed = 0;

    for (allocation = 0; !is_done; allocation++) {
        sqlite3_stmt *statement = NULL;
        int status;

        until_failure = allocation;
        status = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
        if (status == SQLITE_OK)
            status = sqlite3_step(statement);
        is_done = until_failure >= 0;
        until_failure = -1;
        failed += status == SQLITE_NOMEM;
        CHECK(status == SQLITE_NOMEM || status == SQLITE_ROW, "allocation %ld: %d", allocation, status);
        if (status == SQLITE_ROW) {
            const char *text = (const char *)sqlite3_column_text(statement, 0);

            CHECK(text != NULL && strcmp(text, expected) == 0, "allocation %ld: %s", allocation, text ? text : "NULL");
        }
        sqlite3_finalize(statement);
    }
    CHECK(failed >= 5, "%s: only %d allocations", sql, failed);
}

static void queries_survive_failing_memory(void)
{
    a_query_survives_failing_memory("SELECT cc_check_budget(50, 100)",
                                    OK_RECORD("budget_result")
                                    "\"current_spend\":50.0,\"budget_limit\":100.0,\"usage_ratio\":0.5,"
                                    "\"remaining_budget\":50.0,\"is_warning\":false,\"is_breached\":false,"
                                    "\"config\":{\"warning_ratio\":0.9}}");
    a_query_survives_failing_memory(
        "WITH RECURSIVE steps(step) AS (SELECT 1 UNION ALL SELECT step + 1 FROM steps WHERE step < 200) "
        "SELECT max(threshold) FROM (SELECT cc_spike_threshold(step) OVER (ORDER BY step) AS threshold FROM steps)",
        "150.0");
    a_query_survives_failing_memory(
        "WITH RECURSIVE steps(step) AS (SELECT 1 UNION ALL SELECT step + 1 FROM steps WHERE step < 200) "
        "SELECT cc_is_spike(step) FROM steps",
        "1");
    a_query_survives_failing_memory(
        "WITH RECURSIVE steps(step) AS (SELECT 1 UNION ALL SELECT step + 1 FROM steps WHERE step < 200) "
        "SELECT json_array_length(cc_scan_spikes(step)) FROM steps",
        "200");
    a_query_survives_failing_memory("SELECT json_extract(cc_ledger_reserve('{\"limit\":9}', cc_ledger_init(1, 1, 0), 9, 0), "
                                    "'$.hold')",
                                    "{\"ledger_id\":1,\"id\":1,\"period\":1,\"amount\":9,\"expires_at\":"
                                    "9223372036854775807}");
}

int main(int argc, char **argv)
{
    use_failing_memory();
    open_db();
    golden_cases(argc == 2 ? argv[1] : "");
    nulls_types_and_errors();
    frames_are_the_series_of_their_rows();
    queries_survive_failing_memory();
    CHECK(sqlite3_close(db) == SQLITE_OK, "still open");
    CHECK(sqlite3_memory_used() == 0, "%lld bytes left", (long long)sqlite3_memory_used());
    if (checks < 12000)
        printf("only %ld checks\n", checks);
    else if (failures == 0)
        puts("all checks passed");
    return failures != 0 || checks < 12000;
}
