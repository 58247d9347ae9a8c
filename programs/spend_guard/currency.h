/*
 * One currency a run.
 */
#ifndef CURRENCY_H
#define CURRENCY_H

#include "bill.h"

/* The bill's only one or the one asked for; anything else is refused, with the totals of each. */
void choose_currency(struct bill *bill, const struct options *options);

/* Whether rows of this currency are used. Rows without one belong to the bill's, if it has only one. */
int is_chosen(const struct bill *bill, size_t currency);

void note_other_currencies(struct bill *bill, struct notes *notes);

#endif
