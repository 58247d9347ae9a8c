/*
 * What each group may spend: one limit for all, or a file of them.
 */
#ifndef BUDGETS_H
#define BUDGETS_H

#include "bill.h"

enum period { PERIOD_MONTH, PERIOD_QUARTER, PERIOD_YEAR };

struct budget {
    struct amount limit;
    double warning_ratio;
    enum period period;
};

struct budgets {
    struct budget *budgets;
    size_t count, capacity;
    uint32_t *of_group; /* number + 1 by group, 0 for no budget */
};

void load_budgets(struct budgets *budgets, const struct bill *bill, const struct options *options);

/* NULL if the group has none. */
const struct budget *budget_of(const struct budgets *budgets, size_t group);

/* The first day of the period that a day belongs to, and the first one after it. */
int32_t period_start(enum period period, int32_t day);
int32_t period_end(enum period period, int32_t day);
const char *period_name(enum period period);

void free_budgets(struct budgets *budgets);

#endif
