#include "runs.h"

#include <stdlib.h>
#include <string.h>

/* A leak that is seen again within a week is the same one. */
enum { DAYS_OF_A_LEAK = 7 };

static int is_of_spend(uint32_t reason)
{
    return reason == CLOUDCIRCUIT_REASON_SPIKE || reason == CLOUDCIRCUIT_REASON_LEAK;
}

static double excess_of(const struct finding *finding, uint32_t reason, const struct budgets *budgets)
{
    if (is_of_spend(reason))
        return amount_value(billed_on(finding)) - expected_on(finding);
    return amount_value(finding->to_date) - amount_value(budget_of(budgets, finding->group)->limit);
}

static void add_to_runs(struct runs *runs, size_t from, const struct finding *finding, uint32_t reason,
                        const struct budgets *budgets)
{
    double excess = excess_of(finding, reason, budgets);
    int32_t most_gap = reason == CLOUDCIRCUIT_REASON_LEAK ? DAYS_OF_A_LEAK : 1;
    struct run *run;
    size_t i;

    for (i = runs->count; i > from; i--) {
        run = &runs->runs[i - 1];
        if (run->reason == reason && run->last->day + most_gap >= finding->day) {
            run->last = finding;
            if (excess > excess_of(run->worst, reason, budgets))
                run->worst = finding;
            run->excess = is_of_spend(reason) ? run->excess + excess : excess;
            return;
        }
    }
    runs->runs = grow(runs->runs, runs->count, &runs->capacity, sizeof *runs->runs);
    run = &runs->runs[runs->count++];
    run->first = run->last = run->worst = finding;
    run->reason = reason;
    run->excess = excess;
}

static int by_excess(const void *left, const void *right)
{
    const struct run *a = left, *b = right;

    if (a->excess != b->excess)
        return a->excess > b->excess ? -1 : 1;
    return (a->first > b->first) - (a->first < b->first);
}

void find_runs(struct runs *runs, const struct judgement *judgement, const struct budgets *budgets)
{
    static const uint32_t reasons[] = {CLOUDCIRCUIT_REASON_SPIKE, CLOUDCIRCUIT_REASON_BREACH,
                                       CLOUDCIRCUIT_REASON_LEAK, CLOUDCIRCUIT_REASON_FORECAST,
                                       CLOUDCIRCUIT_REASON_WARNING};
    size_t i, from = 0, kind;

    memset(runs, 0, sizeof *runs);
    for (i = 0; i < judgement->count; i++) {
        const struct finding *finding = &judgement->findings[i];

        if (i > 0 && finding->group != judgement->findings[i - 1].group)
            from = runs->count;
        for (kind = 0; kind < sizeof reasons / sizeof reasons[0]; kind++) {
            uint32_t reason = reasons[kind];

            /* A breach says more than the warning before it and the forecast of it. */
            if ((reason == CLOUDCIRCUIT_REASON_WARNING || reason == CLOUDCIRCUIT_REASON_FORECAST) &&
                (finding->reasons & CLOUDCIRCUIT_REASON_BREACH) != 0)
                continue;
            if ((finding->reasons & reason) != 0)
                add_to_runs(runs, from, finding, reason, budgets);
        }
    }
    if (runs->count > 0)
        qsort(runs->runs, runs->count, sizeof *runs->runs, by_excess);
}

const struct finding *explained_day(const struct run *run)
{
    return run->reason == CLOUDCIRCUIT_REASON_SPIKE  ? run->worst
                                                    : run->last;
}

void free_runs(struct runs *runs)
{
    free(runs->runs);
}
