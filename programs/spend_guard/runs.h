/*
 * What stood out, for people: days in a row of one group with the same reason are one run,
 * and so are a leak's days with less than a week between them.
 */
#ifndef RUNS_H
#define RUNS_H

#include "judge.h"

struct run {
    const struct finding *first, *last, *worst;
    uint32_t reason; /* one CLOUDCIRCUIT_REASON bit */
    double excess;   /* above what was expected, or above the limit on the last day */
};

struct runs {
    struct run *runs; /* the one with the most money first */
    size_t count, capacity;
};

void find_runs(struct runs *runs, const struct judgement *judgement, const struct budgets *budgets);

/* The day by which a run's drivers are explained. */
const struct finding *explained_day(const struct run *run);

void free_runs(struct runs *runs);

#endif
