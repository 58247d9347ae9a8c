/*
 * From the rows of a CSV file to charges: which column is what, and what stands in it.
 */
#ifndef ROWS_H
#define ROWS_H

#include "csv.h"
#include "notes.h"
#include "options.h"

#define ABSENT SIZE_MAX

struct header {
    size_t at[COLUMNS];     /* where each column is, ABSENT if nowhere */
    char *names[COLUMNS];   /* as the header has them, NULL if nowhere */
    size_t width;           /* without unnamed columns at the end */
    uint64_t repeated;      /* how often the header came again */
};

struct row {
    uint64_t line;
    struct text group, driver;
    struct text second_group; /* its at is NULL where groups have one column */
    struct text currency; /* empty if there is none */
    struct amount amount;
    int32_t day;
    int has_period;
    int32_t period; /* the billing period's month, as year * 12 + month - 1 */
};

/* Reads up to the header, wherever it is in the first lines, and refuses a bill without one. */
void find_header(struct header *header, struct csv *csv, const struct options *options, struct notes *notes);

/* Whether two names of a column are one: billed_cost is BilledCost. */
int is_same_name(struct text left, struct text right);

/* Reads up to the next charge; 0 at the end. What cannot be used is counted in notes, if there are any. */
int next_row(struct row *row, struct csv *csv, struct header *header, const struct options *options,
             struct notes *notes);

void free_header(struct header *header);

#endif
