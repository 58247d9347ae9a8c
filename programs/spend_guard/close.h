/*
 * The end of reading a bill: which currency, which rows are too far from the rest, which groups.
 */
#ifndef CLOSE_H
#define CLOSE_H

#include "bill.h"

void close_bill(struct bill *bill, const struct options *options, struct notes *notes);

#endif
