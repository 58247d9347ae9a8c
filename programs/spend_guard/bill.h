/*
 * A bill, added up exactly by day and group.
 */
#ifndef BILL_H
#define BILL_H

#include "names.h"
#include "rows.h"
#include "tally.h"

struct group {
    struct text name; /* as shown; empty for rows without one */
    const struct cell *cells; /* what was billed on each day that has rows, by day */
    size_t count;
    const struct cell *credit_cells; /* the part of it below 0 */
    size_t credit_count;
    const struct cell *moved; /* with a period column: what counts on another day for the budget */
    size_t moved_count;
    struct amount charges, credits, billed;
};

struct month {
    int32_t month; /* year * 12 + month - 1 */
    struct amount billed;
};

struct day_rows {
    uint64_t rows, first_line;
};

/* An amount that by its billing period counts on another day for the budget. */
struct move {
    uint32_t key;
    int32_t from, to;
    struct amount amount;
};

struct currency {
    char name[40]; /* in capitals; empty for rows without one */
    uint64_t rows, first_line;
    struct amount billed;
};

struct bill {
    const char *currency; /* "" where the bill names none */
    struct group *groups; /* sorted by name */
    size_t group_count;
    struct month *months;
    size_t month_count;
    int32_t first_day, last_day; /* those judged; last_day < first_day if none is over yet */
    int32_t end_day;             /* the last one of the bill */
    uint64_t rows_read, rows_used;
    struct amount charges, credits, billed;

    /* How it was read, and what the results point into. */
    struct names names, drivers;
    uint32_t *rank_of; /* by number of a name in names: which group it is, NO_KEY for none */
    char **shown_names;
    struct currency *currencies;
    size_t currency_count, currency_capacity, chosen;
    int32_t low, high; /* rows outside of these days are left out */
    struct day_rows *days; /* by day from FIRST_DAY on */
    struct tally billed_by_day, credits_by_day, moved_by_day;
    struct cell *cells, *credit_cells, *moved;
    struct move *moves;
    size_t move_count, move_capacity;
    int is_pipe;
    struct tally driven; /* by number in drivers and day: from a pipe while it is read, where asked for */
    char *key;           /* for the names of two columns */
    size_t key_capacity;
};

/* Reads a bill, refuses one that cannot be judged, and notes what was left out. */
void load_bill(struct bill *bill, struct csv *csv, struct header *header, const struct options *options,
               struct notes *notes);

/* Whether the bill had a row on this day. */
int has_rows(const struct bill *bill, int32_t day);

/* The group that a row of a second pass belongs to, NO_KEY if the row was not used. */
uint32_t group_of_row(struct bill *bill, const struct row *row);

void free_bill(struct bill *bill);

#endif
