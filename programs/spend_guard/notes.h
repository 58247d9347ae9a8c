/*
 * What a reader of any output must know first: the rows that were left out, and remarks.
 */
#ifndef NOTES_H
#define NOTES_H

#include "common.h"

enum reason {
    COST_EMPTY,
    COST_NO_NUMBER,
    COST_SEPARATOR,
    COST_TOO_FINE,
    COST_TOO_LARGE,
    DATE_EMPTY,
    DATE_NO_DATE,
    PERIOD_NO_DATE,
    CURRENCY_EMPTY,
    FAR_FROM_THE_REST,
    FIELD_COUNT,
    STRAY_TEXT,
    REASONS
};

struct left_out {
    uint64_t rows, first_line;
    char first[48]; /* what stood there, as far as it helps */
};

struct notes {
    struct left_out left_out[REASONS];
    uint64_t rows_left_out;
    const char *names[REASONS]; /* the column that a reason is about */
    char **remarks;
    size_t remark_count, remark_capacity;
};

void leave_out(struct notes *notes, enum reason reason, uint64_t line, struct text text);
void remark(struct notes *notes, const char *format, ...);

/* "3 rows: BilledCost is not a number (first on line 7: 'ten')", in a buffer of this size. */
enum { REASON_TEXT = 320 };
const char *reason_text(char *to, const struct notes *notes, enum reason reason);

void free_notes(struct notes *notes);

#endif
