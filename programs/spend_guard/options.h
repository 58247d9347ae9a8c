/*
 * The command line.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "amount.h"
#include "date.h"

/* The columns of a bill that are looked at. */
enum column { COST, DATE, CURRENCY, PERIOD, DRIVER, GROUP, SECOND_GROUP, COLUMNS };

enum output { OUTPUT_TABLE, OUTPUT_JSON, OUTPUT_CSV, OUTPUT_CSV_DAILY, OUTPUT_CSV_FINDINGS };

/* What --fail-on names. */
enum { FAIL_ON_BLOCK = 1, FAIL_ON_THROTTLE = 2, FAIL_ON_ALERT = 4, FAIL_ON_LEAK = 8, FAIL_ON_FORECAST = 16 };

struct options {
    const char *file;
    const char *format;
    /* As the options name them; NULL for what the format says. */
    const char *columns[COLUMNS];
    char *group_by; /* what the names of the two group columns point into */
    int is_whole;   /* --group-by none */
    const char *currency;
    enum date_order order;
    int32_t max_gap_days, today, lag_days;
    int has_limit;
    struct amount limit;
    const char *budgets;
    int by_mean, only_last;
    unsigned fail_on;
    size_t top;
    enum output output;
};

/* 0 when all that was asked for has been printed: the help or the version. */
int read_options(struct options *options, int argc, char **argv);
void free_options(struct options *options);

#endif
