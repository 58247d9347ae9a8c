/* Golden cases of the detector, the scan, the tracker and the forecast. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

static char settings[512], tracker[ANSWER_LEN];

static void detect_config(const struct golden *golden)
{
    char *const *words = golden->words;

    snprintf(settings, sizeof settings,
             "{\"season_length\":%s,\"window\":%s,\"lag_points\":%s,\"negative_points\":%s,\"score_threshold\":%s,"
             "\"min_impact\":%s,\"min_relative_impact\":%s,\"min_baseline\":%s,\"start_time\":%s,\"step\":%s}",
             words[1], words[2], words[3], words[4], words[5], words[6], words[7], words[8], words[9], words[10]);
}

/* The words behind numbers of a case. */
static void has_verdict(const struct golden *golden, const char *record)
{
    char words[128];

    snprintf(words, sizeof words, "\"verdict\":\"%s\",\"reason\":\"%s\",",
             cloudcircuit_verdict_name((int32_t)strtol(out(golden, 9), NULL, 10)),
             cloudcircuit_detect_reason_name((int32_t)strtol(out(golden, 10), NULL, 10)));
    CHECK(strstr(record, words) != NULL, "%s in %s", words, record);
}

static void is_detected(const char *function, const struct golden *golden, const char *record)
{
    static const char *const keys[] = {"latest_spend", "expected_spend", "upper_bound", "excess",
                                       "score",        "leak_score",     "drop_score",  "points_used"};

    has_fields(function, golden, record, 8, keys);
    if (is_ok(golden)) {
        has_verdict(golden, record);
        CHECK(has_field(record, "is_leak", out(golden, 11)), "%s", record);
        CHECK(has_field(record, "is_drop", out(golden, 12)), "%s", record);
    }
}

static void detect(const struct golden *golden)
{
    const char *record;
    int points = golden->arrow - 1;

    fill_series(golden, 1);
    record = ask("SELECT cc_detect_spike(spend, ?1) FROM (SELECT spend FROM series ORDER BY step)", "s", settings);
    if (points < 2 || isnan(real(golden, golden->arrow - 1)))
        CHECK(strcmp(record, "NULL") == 0, "%s", record);
    else
        is_detected("cc_detect_spike", golden, record);
}

static int reads(const char **text, const char *expected)
{
    size_t len = strlen(expected);

    if (strncmp(*text, expected, len) != 0)
        return 0;
    *text += len;
    return 1;
}

static int reads_bits(const char **text, const char *expected)
{
    double found, wanted = strtod(expected, NULL);
    char *end;

    found = strtod(*text, &end);
    *text = end;
    return memcmp(&found, &wanted, sizeof wanted) == 0;
}

static void detect_scan(const struct golden *golden)
{
    const char *text;
    int point, points = golden->arrow - 1;

    fill_series(golden, 1);
    text = ask("SELECT cc_scan_spikes(spend, ?1) FROM (SELECT spend FROM series ORDER BY step)", "s", settings);
    for (point = 0; point < points; point++) {
        int is_right = reads(&text, point ? ",{\"flags\":" : "[{\"flags\":") &&
                       reads_bits(&text, out(golden, 3 * point + 1)) && reads(&text, ",\"expected_spend\":") &&
                       reads_bits(&text, out(golden, 3 * point + 2)) && reads(&text, ",\"upper_bound\":") &&
                       reads_bits(&text, out(golden, 3 * point + 3)) && reads(&text, "}");

        CHECK(is_right, "point %d: %s", point, text);
    }
    CHECK(strcmp(text, "]") == 0, "%s", text);
}

static void detect_init(const struct golden *golden)
{
    strcpy(tracker, ask("SELECT cc_spike_tracker_init(?1)", "s", settings));
    CHECK(is_ok(golden) && strncmp(tracker, "{\"state\":\"", 10) == 0, "%s", tracker);
}

static void detect_update(const struct golden *golden)
{
    const char *answer = ask("SELECT cc_spike_tracker_update(?1, ?2)", "sd", tracker, real(golden, 1));

    is_detected("cc_spike_tracker_update", golden, answer);
    if (is_ok(golden))
        strcpy(tracker, answer);
}

/* Adds the points of a comma-separated list to the table series. */
static int add(sqlite3_stmt *insert, char *list, int step, int in_period)
{
    char *point;

    if (strcmp(list, "-") == 0)
        return step;
    for (point = list; point != NULL; step++) {
        char *comma = strchr(point, ',');

        sqlite3_bind_int(insert, 1, step);
        sqlite3_bind_double(insert, 2, strtod(point, NULL));
        sqlite3_bind_int(insert, 3, in_period);
        CHECK(sqlite3_step(insert) == SQLITE_DONE, "%s", sqlite3_errmsg(db));
        sqlite3_reset(insert);
        point = comma ? comma + 1 : NULL;
    }
    return step;
}

static void forecast(const struct golden *golden)
{
    static const char *const keys[] = {"spend_to_date",  "forecast_spend",   "lower_bound",         "upper_bound", "forecast_ratio",
                                       "burn_rate",      "exhaustion_point", "is_forecast_breached"};
    char *const *words = golden->words;
    char config[256], verdict[64];
    const char *record;
    sqlite3_stmt *insert;
    int rows;

    snprintf(config, sizeof config,
             "{\"season_length\":%s,\"lag_points\":%s,\"negative_points\":%s,\"start_time\":%s,\"step\":%s}", words[1],
             words[2], words[3], words[4], words[5]);
    execute("DELETE FROM series");
    insert = prepare("INSERT INTO series VALUES (?1, ?2, ?3)");
    rows = add(insert, words[9], add(insert, words[8], 0, 0), 1);
    sqlite3_finalize(insert);
    record = ask("SELECT cc_forecast_budget(spend, in_period, ?1, ?2, ?3) FROM (SELECT * FROM series ORDER BY step)",
                 "ids", whole(golden, 6), real(golden, 7), config);
    if (rows == 0) {
        CHECK(strcmp(record, "NULL") == 0, "%s", record);
        return;
    }
    has_fields("cc_forecast_budget", golden, record, 8, keys);
    if (is_ok(golden)) {
        snprintf(verdict, sizeof verdict, "\"verdict\":\"%s\"",
                 cloudcircuit_verdict_name((int32_t)strtol(out(golden, 9), NULL, 10)));
        CHECK(strstr(record, verdict) != NULL, "%s in %s", verdict, record);
    }
}

int run_history(const struct golden *golden)
{
    static const struct {
        const char *call;
        void (*run)(const struct golden *);
    } calls[] = {
        {"detect_config", detect_config}, {"detect", detect},     {"detect_scan", detect_scan}, {"detect_init", detect_init},
        {"detect_update", detect_update}, {"forecast", forecast},
    };
    size_t i;

    for (i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (strcmp(golden->words[0], calls[i].call) == 0) {
            calls[i].run(golden);
            return 1;
        }
    }
    return 0;
}
