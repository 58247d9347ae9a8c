/*
 * spend_guard: what libcloudcircuit would have said on every day of a cloud bill.
 *
 * It reads billing rows in FOCUS 1.0 columns, adds them up by day and group, and replays
 * the days of each group in order, from the bill's first day to its last; a day without
 * rows has a spend of 0. Each day goes like this:
 *
 * 1. The breaker answers from what was known before that day.
 * 2. The month's total so far goes through the budget, the daily charges up to this day
 *    through the spike. On the bill's first day there is nothing to compare with: the spike
 *    is left out, and the policy of that one day does not require it.
 * 3. The guard makes one verdict of the three.
 * 4. The host's counters move on: a cooldown that runs loses a day; a breach or a spike adds
 *    a failure, any other day sets the failures to 0; the failure that reaches the threshold
 *    opens the breaker and starts the cooldown.
 *
 * Credits and adjustments are rows with a negative BilledCost. They count in the month's
 * total, which the budget sees as 0 when it is below 0, but not in the daily charges, where
 * they would hide a spike.
 *
 * The bill is taken as it was: what a blocked day spent still counts on the days after it.
 *
 * With --detect the detector takes the simple rule's place in step 2, on days with history enough,
 * and finds slow leaks, which alert and block nothing. With --forecast each day has a forecast of what the
 * month's charges will be.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bill.h"
#include "cloudcircuit.h"
#include "foresight.h"

enum { EXIT_BLOCKED = 3 };

/* The library has no default for this one. */
#define DEFAULT_LIMIT 1000.0

static const char HELP[] =
    "Usage: spend_guard [OPTION]... [FILE]\n"
    "\n"
    "Replays a cloud bill through libcloudcircuit, day by day: what would have been blocked,\n"
    "throttled or alerted? FILE is CSV with FOCUS 1.0 columns; none or - is standard input.\n"
    "\n"
    "  --group-by COLUMN      one replay for each value of COLUMN (default SubAccountId);\n"
    "                         none for the whole bill in one\n"
    "  --limit AMOUNT         budget of each group for a calendar month (default %g)\n"
    "  --warning-ratio RATIO  share of the limit that warns (default %g)\n"
    "  --multiplier NUMBER    a day above NUMBER times the mean of the days before it is a\n"
    "                         spike (default %g)\n"
    "  --floor AMOUNT         least mean that a spike is measured against (default %g)\n"
    "  --failure-threshold N  days in a row with a breach or spike that open the breaker\n"
    "                         (default %" PRId64 ")\n"
    "  --cooldown DAYS        how long it then stays open at least (default %" PRId64 ")\n"
    "  --detect               spikes by the detector, which knows weekdays and the charges of a\n"
    "                         month's start, in place of --multiplier; and slow leaks\n"
    "  --forecast             what the month will have cost, and when the limit is reached\n"
    "  --findings             leave out the days without a finding\n"
    "  --json                 one JSON object a line: days, with what the library found as it\n"
    "                         records it, and last a \"type\":\"summary\"\n"
    "  --help                 this text\n"
    "\n"
    "Exit status: 0 nothing blocked, 3 something blocked, 1 bad input or usage.\n";

/* Every status is looked at: a refusal of the library ends the program in the library's words. */
static void check(cloudcircuit_status status)
{
    if (status != CLOUDCIRCUIT_OK)
        fail("%s", cloudcircuit_status_message(status));
}

/*
 * Options
 */

struct options {
    const char *file;
    const char *group_by; /* NULL for the whole bill */
    double limit;
    cloudcircuit_budget_config budget;
    cloudcircuit_spike_config spike;
    cloudcircuit_breaker_counters breaker; /* as every group starts */
    int64_t cooldown;
    int only_findings, json, detect, forecast;
};

static void print_help(const struct options *options)
{
    printf(HELP, options->limit, options->budget.warning_ratio, options->spike.spike_multiplier,
           options->spike.min_baseline, options->breaker.failure_threshold, options->cooldown);
}

static void use_defaults(struct options *options)
{
    memset(options, 0, sizeof *options);
    options->file = "-";
    options->group_by = "SubAccountId";
    options->limit = DEFAULT_LIMIT;
    check(cloudcircuit_budget_config_init(&options->budget));
    check(cloudcircuit_spike_config_init(&options->spike));
    check(cloudcircuit_breaker_counters_init(&options->breaker));
    options->cooldown = options->breaker.cooldown_steps_remaining;
}

static void use_option(struct options *options, const char *name, const char *text)
{
    double *number = strcmp(name, "--limit") == 0           ? &options->limit
                     : strcmp(name, "--warning-ratio") == 0 ? &options->budget.warning_ratio
                     : strcmp(name, "--multiplier") == 0    ? &options->spike.spike_multiplier
                     : strcmp(name, "--floor") == 0         ? &options->spike.min_baseline
                                                            : NULL;
    int64_t *integer = strcmp(name, "--failure-threshold") == 0 ? &options->breaker.failure_threshold
                       : strcmp(name, "--cooldown") == 0        ? &options->cooldown
                                                                : NULL;

    if (number == NULL && integer == NULL && strcmp(name, "--group-by") != 0)
        fail("unknown option %s; --help lists them", name);
    if (text == NULL || *text == '\0')
        fail("%s needs a value", name);
    if (number != NULL && !parse_number(text, number))
        fail("%s: '%s' is not a number", name, text);
    if (integer != NULL && !parse_integer(text, integer))
        fail("%s: '%s' is not a whole number", name, text);
    if (number == NULL && integer == NULL)
        options->group_by = strcmp(text, "none") == 0 ? NULL : text;
}

/* The rules for settings are the library's: it says on nothing spent what it would say on the bill. */
static void check_settings(const struct options *options)
{
    static const double nothing[2] = {0.0, 0.0};
    cloudcircuit_breaker_counters breaker = options->breaker;
    cloudcircuit_budget_result budget;
    cloudcircuit_spike_result spike;
    cloudcircuit_breaker_decision decision;

    breaker.cooldown_steps_remaining = options->cooldown;
    check(cloudcircuit_check_budget(0.0, options->limit, &options->budget, &budget));
    check(cloudcircuit_check_anomaly_spike(nothing, 2, &options->spike, &spike));
    check(cloudcircuit_evaluate_circuit_breaker(&breaker, &decision));
}

/* 0 when --help was all that was asked for. */
static int read_options(struct options *options, int argc, char **argv)
{
    int i, files = 0;

    use_defaults(options);
    for (i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            use_defaults(options);
            print_help(options);
            return 0;
        } else if (strcmp(argv[i], "--json") == 0) {
            options->json = 1;
        } else if (strcmp(argv[i], "--findings") == 0) {
            options->only_findings = 1;
        } else if (strcmp(argv[i], "--detect") == 0) {
            options->detect = 1;
        } else if (strcmp(argv[i], "--forecast") == 0) {
            options->forecast = 1;
        } else if (argv[i][0] == '-' && argv[i][1] != '\0') {
            char *equals = strchr(argv[i], '=');

            if (equals != NULL) {
                *equals = '\0';
                use_option(options, argv[i], equals + 1);
            } else {
                use_option(options, argv[i], argv[i + 1]);
                i++;
            }
        } else if (files++ == 0) {
            options->file = argv[i];
        } else {
            fail("one file at a time: %s is one too many", argv[i]);
        }
    }
    check_settings(options);
    return 1;
}

/*
 * The replay
 */

/* What is known of one group on one day. */
struct verdict {
    const char *group;
    struct date date;
    double spend; /* charges + credits */
    double charges, credits;
    double month; /* spend of the month so far, as billed */
    cloudcircuit_budget_result budget;
    cloudcircuit_spike_result spike; /* all 0 on the bill's first day and with --detect */
    int has_spike, is_spike;
    double baseline, threshold; /* what the day was compared with, when has_spike */
    cloudcircuit_breaker_counters counters;
    cloudcircuit_breaker_decision breaker;
    cloudcircuit_guard_policy policy;
    cloudcircuit_guard_decision guard;
    cloudcircuit_detect_config detection; /* with --detect, as the finding */
    cloudcircuit_detect_result finding;
    cloudcircuit_forecast_result forecast; /* with --forecast */
    int is_news; /* the forecast breaches, and that of the day before did not */
};

/* What the host keeps for a group from day to day. */
struct state {
    struct total month;
    struct series series;
    cloudcircuit_breaker_counters breaker;
    int is_breach_forecast;
};

struct summary {
    uint64_t groups, days;
    uint64_t actions[4]; /* days by CLOUDCIRCUIT_ACTION */
    struct total charges[4];    /* their charges */
};

/* The library takes no amount below 0; a group whose credits exceed its charges has spent nothing. */
static double at_least_zero(double amount)
{
    return amount < 0.0 ? 0.0 : amount;
}

/* The day's charges by the simple rule or by the detector, as a signal for the guard if there is one. */
static void judge_charges(const struct options *options, const struct state *state, struct verdict *verdict,
                          cloudcircuit_signal *signal)
{
    cloudcircuit_status status;

    if (options->detect) {
        verdict->detection = detect_config(&state->series, options->spike.min_baseline);
        check(status = detect(&state->series, &verdict->detection, &verdict->finding));
        verdict->has_spike = verdict->finding.verdict != CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA;
        verdict->is_spike = verdict->finding.verdict == CLOUDCIRCUIT_VERDICT_SPIKE;
        verdict->baseline = verdict->finding.expected_spend;
        verdict->threshold = verdict->finding.upper_bound;
        check(cloudcircuit_detect_signal(status, &verdict->finding, signal));
    } else if (state->series.days >= 2) {
        check(status = cloudcircuit_check_anomaly_spike(bill_points(&state->series), state->series.days,
                                                        &options->spike, &verdict->spike));
        verdict->has_spike = 1;
        verdict->is_spike = (int)verdict->spike.is_spike;
        verdict->baseline = verdict->spike.baseline_mean;
        verdict->threshold = verdict->spike.threshold;
        check(cloudcircuit_spike_signal(status, &verdict->spike, signal));
    }
}

static void judge(const struct options *options, struct state *state, struct verdict *verdict)
{
    cloudcircuit_signal signals[3];
    cloudcircuit_status status;

    verdict->counters = state->breaker;
    check(status = cloudcircuit_evaluate_circuit_breaker(&verdict->counters, &verdict->breaker));
    check(cloudcircuit_breaker_signal(status, &verdict->breaker, &signals[0]));
    check(status = cloudcircuit_check_budget(at_least_zero(verdict->month), options->limit, &options->budget,
                                             &verdict->budget));
    check(cloudcircuit_budget_signal(status, &verdict->budget, &signals[1]));
    judge_charges(options, state, verdict, &signals[2]);

    check(cloudcircuit_guard_policy_init(&verdict->policy));
    if (!verdict->has_spike)
        verdict->policy.required &= ~(uint32_t)CLOUDCIRCUIT_SIGNAL_SPIKE;
    check(cloudcircuit_evaluate_guard(signals, verdict->has_spike ? 3 : 2, &verdict->policy, &verdict->guard));
}

static void count_failures(const struct options *options, cloudcircuit_breaker_counters *breaker,
                           const struct verdict *verdict)
{
    if (breaker->cooldown_steps_remaining > 0)
        breaker->cooldown_steps_remaining--;
    if (!verdict->budget.is_breached && !verdict->is_spike)
        breaker->consecutive_failures = 0;
    else if (++breaker->consecutive_failures == breaker->failure_threshold)
        breaker->cooldown_steps_remaining = options->cooldown;
}

/* One day of one group; cell is NULL when the group has no rows on it. */
static void replay_day(const struct options *options, struct state *state, const struct cell *cell,
                       struct verdict *verdict)
{
    if (verdict->date.day == 1) {
        memset(&state->month, 0, sizeof state->month);
        state->is_breach_forecast = 0;
    }
    if (cell != NULL) {
        struct total spend = cell->charges;

        add_total(&spend, &cell->credits);
        add_total(&state->month, &spend);
        verdict->spend = value(&spend);
        verdict->charges = value(&cell->charges);
        verdict->credits = value(&cell->credits);
    }
    verdict->month = value(&state->month);
    add_day(&state->series, verdict->charges);
    judge(options, state, verdict);
    if (options->forecast) {
        check(forecast(&state->series, &verdict->date, options->limit, &verdict->forecast));
        verdict->is_news = verdict->forecast.is_forecast_breached && !state->is_breach_forecast;
        state->is_breach_forecast = (int)verdict->forecast.is_forecast_breached;
    }
    count_failures(options, &state->breaker, verdict);
}

/*
 * Output
 */

static void print_reasons(uint32_t reasons, const char *quote)
{
    const char *comma = "";
    uint32_t reason;

    for (reason = 1; reason != 0 && reason <= reasons; reason <<= 1) {
        if (reasons & reason) {
            printf("%s%s%s%s", comma, quote, cloudcircuit_reason_name(reason), quote);
            comma = ",";
        }
    }
}

/* Cents for a bill in thousands, millionths for one in pennies. */
static int decimals(const struct bill *bill)
{
    return value(&bill->charges) >= 1000.0 ? 2 : 6;
}

static const char *group_name(const struct options *options, const char *group)
{
    return options->group_by == NULL ? "whole bill" : *group == '\0' ? "(none)" : group;
}

static void print_group(const struct options *options, const char *group)
{
    printf("\n%s%s", options->group_by ? options->group_by : "", options->group_by ? " " : "");
    print_text(stdout, group_name(options, group));
    printf("\n%-10s %12s %12s %12s %8s %12s %12s  %-8s  %s\n", "day", "spend", "charges", "month", "used",
           "baseline", "threshold", "action", "reasons");
}

static void print_news(const struct verdict *day, int decimals)
{
    const cloudcircuit_forecast_result *forecast = &day->forecast;

    printf("%sforecast %.*f (%.*f to %.*f), limit reached on day %" PRId64,
           day->guard.reasons == 0 ? "" : "; ", decimals, forecast->forecast_spend,
           decimals, forecast->lower_bound, decimals, forecast->upper_bound, forecast->exhaustion_point + 1);
}

static void print_day(const struct verdict *day, int decimals)
{
    const struct date *date = &day->date;

    printf("%04d-%02d-%02d %12.*f %12.*f %12.*f %7.1f%% ", date->year, date->month, date->day, decimals,
           day->spend, decimals, day->charges, decimals, day->month, 100.0 * day->budget.usage_ratio);
    if (day->has_spike)
        printf("%12.*f %12.*f", decimals, day->baseline, decimals, day->threshold);
    else
        printf("%12s %12s", "-", "-");
    printf(day->guard.reasons == 0 && !day->is_news ? "  %s" : "  %-8s  ", cloudcircuit_action_name(day->guard.action));
    print_reasons(day->guard.reasons, "");
    if (day->guard.retry_after > 0)
        printf(" (cooldown %" PRId64 ")", day->guard.retry_after);
    if (day->is_news)
        print_news(day, decimals);
    putchar('\n');
}

static void print_json_string(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    putchar('"');
    while (*at != '\0') {
        int length = utf8_length(at);

        if (length == 0)
            fputs("\\ufffd", stdout);
        else if (*at < 0x20)
            printf("\\u%04x", *at);
        else {
            if (*at == '"' || *at == '\\')
                putchar('\\');
            fwrite(at, 1, (size_t)length, stdout);
        }
        at += length ? length : 1;
    }
    putchar('"');
}

/* 17 digits read back as the same double. */
static void print_json_number(const char *key, double number)
{
    if (isfinite(number))
        printf(",\"%s\":%.17g", key, number);
    else
        printf(",\"%s\":null", key);
}

static void print_json_count(const char *key, uint64_t count)
{
    printf(",\"%s\":%" PRIu64, key, count);
}

static void print_json_text(const char *key, const char *text)
{
    printf(",\"%s\":", key);
    if (text == NULL || *text == '\0')
        fputs("null", stdout);
    else
        print_json_string(text);
}

static void print_json_day(const struct options *options, const struct verdict *day)
{
    char record[CLOUDCIRCUIT_RECORD_CAPACITY];

    printf("{\"type\":\"day\",\"day\":\"%04d-%02d-%02d\"", day->date.year, day->date.month, day->date.day);
    print_json_text("group", options->group_by ? day->group : group_name(options, ""));
    print_json_number("spend", day->spend);
    print_json_number("charges", day->charges);
    print_json_number("credits", day->credits);
    print_json_number("month_to_date", day->month);
    print_json_text("action", cloudcircuit_action_name(day->guard.action));
    fputs(",\"reasons\":[", stdout);
    print_reasons(day->guard.reasons, "\"");
    putchar(']');
    /* What the library found, in its own words and with the settings that decided. */
    check(cloudcircuit_write_budget_result_json(CLOUDCIRCUIT_OK, &options->budget, &day->budget, record,
                                                sizeof record, NULL));
    printf(",\"budget\":%s", record);
    if (day->has_spike && !options->detect)
        check(cloudcircuit_write_spike_result_json(CLOUDCIRCUIT_OK, &options->spike, &day->spike, record,
                                                   sizeof record, NULL));
    printf(",\"spike\":%s", day->has_spike && !options->detect ? record : "null");
    check(cloudcircuit_write_breaker_decision_json(CLOUDCIRCUIT_OK, &day->counters, &day->breaker, record,
                                                   sizeof record, NULL));
    printf(",\"breaker\":%s", record);
    check(cloudcircuit_write_guard_decision_json(CLOUDCIRCUIT_OK, &day->policy, &day->guard, record,
                                                 sizeof record, NULL));
    printf(",\"guard\":%s", record);
    if (options->detect) {
        check(cloudcircuit_write_detect_result_json(CLOUDCIRCUIT_OK, &day->detection, &day->finding, record,
                                                    sizeof record, NULL));
        printf(",\"detect\":%s", record);
    }
    if (options->forecast) {
        check(cloudcircuit_write_forecast_result_json(CLOUDCIRCUIT_OK, NULL, &day->forecast, record,
                                                      sizeof record, NULL));
        printf(",\"forecast\":%s", record);
    }
    puts("}");
}

static void print_heading(const struct options *options, const struct bill *bill)
{
    struct date first = date_of(bill->first_day), last = date_of(bill->last_day);

    printf("Bill      %04d-%02d-%02d to %04d-%02d-%02d, amounts in ", first.year, first.month, first.day,
           last.year, last.month, last.day);
    print_text(stdout, *bill->currency == '\0' ? "an unnamed currency" : bill->currency);
    printf("\nBudget    %.15g a calendar month for ", options->limit);
    print_text(stdout, options->group_by ? "each " : "the whole bill");
    print_text(stdout, options->group_by ? options->group_by : "");
    printf(", warning from %.15g%%\n", 100.0 * options->budget.warning_ratio);
    if (options->detect)
        puts("Spike     charges unusually far above what was to be expected of the day: the baseline");
    else
        printf("Spike     charges above %.15g times the mean of the days before, taken as %.15g at least\n",
               options->spike.spike_multiplier, options->spike.min_baseline);
    printf("Breaker   opens after %" PRId64 " days in a row with a breach or spike",
           options->breaker.failure_threshold);
    printf(", cooldown of %" PRId64 " days\n", options->cooldown);
    puts("Credits   and adjustments, rows below 0, count in the month's total, and a total below 0 as 0;\n"
         "          they are left out of the daily charges that spikes are judged on");
}

static void print_summary(const struct bill *bill, const struct summary *summary, double billed)
{
    static const char *const done[4] = {"blocked", "throttled", "alerted", "allowed"};
    int action, places = decimals(bill);

    printf("\nSummary of %" PRIu64 " groups on %" PRIu64 " days each\n", summary->groups, summary->days);
    for (action = 0; action < 4; action++) {
        printf("%-9s %8" PRIu64 " group days with charges of %.*f\n", done[action], summary->actions[action],
               places, value(&summary->charges[action]));
    }
    printf("saved     %.15g at most: all charges of the blocked group days, none of the throttled\n",
           value(&summary->charges[CLOUDCIRCUIT_ACTION_BLOCK]));
    printf("rows      %" PRIu64 " read, %" PRIu64 " used, %" PRIu64 " rejected\n", bill->rows,
           bill->rows - bill->rejected, bill->rejected);
    printf("charges   %.15g\n", value(&bill->charges));
    printf("credits   %.15g in %" PRIu64 " rows\n", value(&bill->credits), bill->credit_rows);
    printf("billed    %.15g\n", billed);
}

static void print_json_summary(const struct options *options, const struct bill *bill,
                               const struct summary *summary, double billed)
{
    fputs("{\"type\":\"summary\"", stdout);
    print_json_text("group_by", options->group_by ? options->group_by : "none");
    print_json_text("currency", bill->currency);
    print_json_number("limit", options->limit);
    print_json_count("groups", summary->groups);
    print_json_count("days", summary->days);
    print_json_count("blocked", summary->actions[CLOUDCIRCUIT_ACTION_BLOCK]);
    print_json_count("throttled", summary->actions[CLOUDCIRCUIT_ACTION_THROTTLE]);
    print_json_count("alerted", summary->actions[CLOUDCIRCUIT_ACTION_ALERT]);
    print_json_count("allowed", summary->actions[CLOUDCIRCUIT_ACTION_ALLOW]);
    print_json_number("saved", value(&summary->charges[CLOUDCIRCUIT_ACTION_BLOCK]));
    print_json_number("throttled_charges", value(&summary->charges[CLOUDCIRCUIT_ACTION_THROTTLE]));
    print_json_count("rows_read", bill->rows);
    print_json_count("rows_used", bill->rows - bill->rejected);
    print_json_count("rows_rejected", bill->rejected);
    print_json_number("charges", value(&bill->charges));
    print_json_number("credits", value(&bill->credits));
    print_json_count("credit_rows", bill->credit_rows);
    print_json_number("billed", billed);
    puts("}");
}

/*
 * The program
 */

/* All days of one group, whose cells are the first ones at cells; returns how many they are. */
static size_t replay_group(const struct options *options, const struct bill *bill, const struct cell *cells,
                           const struct cell *end, const struct series *series, struct summary *summary)
{
    const struct cell *cell = cells;
    struct state state;
    long day;
    int has_heading = options->json;

    memset(&state, 0, sizeof state);
    state.series = *series;
    state.breaker = options->breaker;
    for (day = bill->first_day; day <= bill->last_day; day++) {
        int is_billed = cell < end && cell->day == day && strcmp(cell->group, cells->group) == 0;
        struct verdict verdict;

        memset(&verdict, 0, sizeof verdict);
        verdict.group = cells->group;
        verdict.date = date_of(day);
        replay_day(options, &state, is_billed ? cell : NULL, &verdict);
        cell += is_billed;
        summary->actions[verdict.guard.action]++;
        add(&summary->charges[verdict.guard.action], verdict.charges);

        if (options->only_findings && verdict.guard.reasons == 0 && !verdict.is_news)
            continue;
        if (!has_heading)
            print_group(options, cells->group);
        has_heading = 1;
        if (options->json)
            print_json_day(options, &verdict);
        else
            print_day(&verdict, decimals(bill));
    }
    return (size_t)(cell - cells);
}

static void replay(const struct options *options, const struct bill *bill, struct summary *summary)
{
    struct series series;
    size_t i;

    memset(&series, 0, sizeof series);
    series.first_day = bill->first_day;
    series.before = (size_t)date_of(bill->first_day).day - 1;
    summary->days = (uint64_t)(bill->last_day - bill->first_day + 1);
    series.points = resize(NULL, series.before + (size_t)summary->days, sizeof *series.points);
    for (i = 0; i < series.before; i++)
        series.points[i] = NAN;
    for (i = 0; i < bill->count; summary->groups++)
        i += replay_group(options, bill, &bill->cells[i], bill->cells + bill->count, &series, summary);
    free(series.points);
}

int main(int argc, char **argv)
{
    struct options options;
    struct bill bill;
    struct summary summary;
    struct total billed;
    int is_blocked = 0;

    memset(&bill, 0, sizeof bill);
    memset(&summary, 0, sizeof summary);
    if (read_options(&options, argc, argv)) {
        load_bill(&bill, options.file, options.group_by);
        if (!options.json)
            print_heading(&options, &bill);
        replay(&options, &bill, &summary);
        billed = bill.charges;
        add_total(&billed, &bill.credits);
        if (options.json)
            print_json_summary(&options, &bill, &summary, value(&billed));
        else
            print_summary(&bill, &summary, value(&billed));
        is_blocked = summary.actions[CLOUDCIRCUIT_ACTION_BLOCK] > 0;
        free_bill(&bill);
    }
    if (fflush(stdout) != 0 || ferror(stdout))
        fail("standard output: %s", strerror(errno));
    return is_blocked ? EXIT_BLOCKED : EXIT_SUCCESS;
}
