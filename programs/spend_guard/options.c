#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "cloudcircuit.h"

static const char HELP[] =
    "Usage: spend_guard [OPTION]... [FILE]\n"
    "\n"
    "Reads a cloud bill and says which days of which account stood out, what drove them, and what\n"
    "the month will cost. FILE is CSV with FOCUS columns or others that options name; none or - is\n"
    "standard input.\n"
    "\n"
    "Columns   --format focus|aws-cur|azure   whose names the columns have (default focus)\n"
    "          --cost, --date, --currency-column, --period-column COLUMN\n"
    "          --group-by COLUMN[,COLUMN]|none   (default SubAccountId); none: the bill as a whole\n"
    "          --date-format MM/DD/YYYY|DD/MM/YYYY   where the day or the month comes first\n"
    "          --currency CODE           the one to judge where a bill has several\n"
    "          --max-gap-days N          leaves out rows further from the median day (default 366)\n"
    "Days      --today DATE              it and later days are not over yet (default: the clock, UTC)\n"
    "          --lag-days N              leaves out the last N days too\n"
    "Budgets   --limit AMOUNT            of each group, for a calendar month\n"
    "          --budgets FILE            CSV: group,limit[,warning_ratio][,period]\n"
    "Judging   --rule mean               days above 1.5 times the mean before them are spikes\n"
    "          --last                    judges the last day only, for cron\n"
    "          --fail-on LIST            block,throttle,alert,leak,forecast (default block)\n"
    "Output    --top N                   groups in the table (default 10)\n"
    "          --drivers COLUMN          what drove a day, by this column (default ServiceName)\n"
    "          --json                    one object a line, a summary last\n"
    "          --csv [groups|daily|findings]\n"
    "          --version, --help\n"
    "\n"
    "Exit status: 0 nothing of what --fail-on names, 3 a finding, 4 rows left out, 1 a bill that\n"
    "cannot be judged, 2 usage. man spend_guard has the rest.\n";

static int32_t whole_number(const char *name, const char *text, long least, long most)
{
    char *end;
    long number = strtol(text, &end, 10);

    if (*text < '0' || *text > '9' || *end != '\0' || number < least || number > most)
        fail_usage("%s: '%s' is not a whole number from %ld to %ld", name, text, least, most);
    return (int32_t)number;
}

static enum date_order date_order(const char *text)
{
    static const char *const month_first[] = {"MM/DD/YYYY", "month/day/year", "mdy", "%m/%d/%Y", "us", NULL};
    static const char *const day_first[] = {"DD/MM/YYYY", "DD.MM.YYYY", "day/month/year", "dmy", "%d/%m/%Y",
                                            "eu", NULL};
    static const char *const year_first[] = {"YYYY-MM-DD", "iso", "ymd", "%Y-%m-%d", NULL};
    size_t i;

    for (i = 0; month_first[i] != NULL; i++) {
        if (strcmp(text, month_first[i]) == 0)
            return MONTH_FIRST;
    }
    for (i = 0; day_first[i] != NULL; i++) {
        if (strcmp(text, day_first[i]) == 0)
            return DAY_FIRST;
    }
    for (i = 0; year_first[i] != NULL; i++) {
        if (strcmp(text, year_first[i]) == 0)
            return ORDER_UNKNOWN;
    }
    fail_usage("--date-format: '%s' is none of MM/DD/YYYY, DD/MM/YYYY and YYYY-MM-DD", text);
    return ORDER_UNKNOWN;
}

static unsigned fail_on(const char *text)
{
    static const char *const names[] = {"block", "throttle", "alert", "leak", "forecast"};
    unsigned all = 0;

    for (;;) {
        size_t length = strcspn(text, ","), i;

        for (i = 0; i < 5 && (strlen(names[i]) != length || strncmp(names[i], text, length) != 0); i++)
            continue;
        if (i == 5)
            fail_usage("--fail-on: '%.*s' is none of block, throttle, alert, leak and forecast", (int)length,
                       text);
        all |= 1u << i;
        if (text[length] == '\0')
            return all;
        text += length + 1;
    }
}

static void set_groups(struct options *options, const char *text)
{
    char *comma;

    free(options->group_by);
    options->group_by = copy_text(text, strlen(text));
    options->columns[GROUP] = options->group_by;
    options->columns[SECOND_GROUP] = NULL;
    options->is_whole = strcmp(text, "none") == 0;
    comma = strchr(options->group_by, ',');
    if (comma != NULL) {
        *comma = '\0';
        options->columns[SECOND_GROUP] = comma + 1;
        if (comma == options->group_by || comma[1] == '\0' || strchr(comma + 1, ',') != NULL)
            fail_usage("--group-by: '%s' is not one column or two", text);
    }
}

static void set_limit(struct options *options, const char *text)
{
    static const struct amount nothing;

    if (parse_amount(text_of(text), &options->limit) != AMOUNT_GOOD ||
        compare_amounts(options->limit, nothing) <= 0)
        fail_usage("--limit: '%s' is not an amount above 0", text);
    options->has_limit = 1;
}

/* An option with a value. */
static void use_option(struct options *options, const char *name, const char *text)
{
    static const struct {
        const char *name;
        enum column column;
    } columns[] = {{"--cost", COST},
                   {"--date", DATE},
                   {"--currency-column", CURRENCY},
                   {"--period-column", PERIOD},
                   {"--drivers", DRIVER}};
    size_t i;

    if (text == NULL || *text == '\0')
        fail_usage("%s needs a value", name);
    for (i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        if (strcmp(name, columns[i].name) == 0) {
            options->columns[columns[i].column] = text;
            return;
        }
    }
    if (strcmp(name, "--group-by") == 0) {
        set_groups(options, text);
    } else if (strcmp(name, "--format") == 0) {
        options->format = text;
    } else if (strcmp(name, "--date-format") == 0) {
        options->order = date_order(text);
    } else if (strcmp(name, "--currency") == 0) {
        options->currency = text;
    } else if (strcmp(name, "--max-gap-days") == 0) {
        options->max_gap_days = whole_number(name, text, 1, 4000000);
    } else if (strcmp(name, "--today") == 0) {
        if (parse_day(text_of(text), ORDER_UNKNOWN, &options->today) != DATE_GOOD)
            fail_usage("--today: '%s' is not a date such as 2024-03-01", text);
    } else if (strcmp(name, "--lag-days") == 0) {
        options->lag_days = whole_number(name, text, 0, 366);
    } else if (strcmp(name, "--limit") == 0) {
        set_limit(options, text);
    } else if (strcmp(name, "--budgets") == 0) {
        options->budgets = text;
    } else if (strcmp(name, "--rule") == 0) {
        if (strcmp(text, "mean") != 0 && strcmp(text, "detector") != 0)
            fail_usage("--rule: '%s' is neither mean nor detector", text);
        options->by_mean = strcmp(text, "mean") == 0;
    } else if (strcmp(name, "--fail-on") == 0) {
        options->fail_on = fail_on(text);
    } else {
        options->top = (size_t)whole_number(name, text, 0, 1000000000);
    }
}

static int takes_value(const char *name)
{
    static const char *const names[] = {
        "--cost", "--date", "--currency-column", "--period-column", "--drivers", "--group-by", "--format",
        "--date-format", "--currency", "--max-gap-days", "--today", "--lag-days", "--limit", "--budgets",
        "--rule", "--fail-on", "--top"};
    size_t i;

    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0)
            return 1;
    }
    return 0;
}

/* Whether text is a form of CSV; the one without a name is that of the groups. */
static int set_csv(struct options *options, const char *text)
{
    if (text == NULL || strcmp(text, "groups") == 0)
        options->output = OUTPUT_CSV;
    else if (strcmp(text, "daily") == 0)
        options->output = OUTPUT_CSV_DAILY;
    else if (strcmp(text, "findings") == 0)
        options->output = OUTPUT_CSV_FINDINGS;
    else
        return 0;
    return 1;
}

/* One argument that begins with a dash; returns how many were used. */
static int use_argument(struct options *options, char *argument, const char *next)
{
    char *equals = strchr(argument, '=');
    const char *text = equals != NULL ? equals + 1 : NULL;

    if (equals != NULL)
        *equals = '\0';
    if (strcmp(argument, "--csv") == 0) {
        set_csv(options, NULL);
        if (text != NULL && !set_csv(options, text))
            fail_usage("--csv: '%s' is none of groups, daily and findings", text);
        return text == NULL && next != NULL && set_csv(options, next) ? 2 : 1;
    }
    if (takes_value(argument)) {
        use_option(options, argument, text != NULL ? text : next);
        return text != NULL ? 1 : 2;
    }
    if (text != NULL || (strcmp(argument, "--json") != 0 && strcmp(argument, "--last") != 0))
        fail_usage("unknown option %s", argument);
    if (strcmp(argument, "--json") == 0)
        options->output = OUTPUT_JSON;
    else
        options->only_last = 1;
    return 1;
}

int read_options(struct options *options, int argc, char **argv)
{
    int i;

    memset(options, 0, sizeof *options);
    options->format = "focus";
    options->max_gap_days = 366;
    options->today = day_now();
    options->fail_on = FAIL_ON_BLOCK;
    options->top = 10;
    for (i = 1; i < argc;) {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(HELP, stdout);
            return 0;
        }
        if (strcmp(argv[i], "--version") == 0) {
            printf("spend_guard %s\n", cloudcircuit_version());
            return 0;
        }
        if (argv[i][0] == '-' && argv[i][1] != '\0') {
            i += use_argument(options, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
        } else {
            if (options->file != NULL)
                fail_usage("one file at a time: %s is one too many", argv[i]);
            options->file = argv[i++];
        }
    }
    if (options->file == NULL)
        options->file = "-";
    if (options->budgets != NULL && strcmp(options->budgets, "-") == 0)
        fail_usage("--budgets: a file, not standard input");
    return 1;
}

void free_options(struct options *options)
{
    free(options->group_by);
}
