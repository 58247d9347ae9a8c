/*
 * What the library says about each group's days.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include "budgets.h"
#include "cloudcircuit.h"

struct driver {
    struct text value;
    struct amount billed;
    double expected, excess;
};

enum { MOST_DRIVERS = 3 };

/* A day on which there is something to say about a group. */
struct finding {
    uint32_t group;
    int32_t day;
    struct amount charges, credits, to_date; /* to_date: of the budget's period, up to this day */
    uint32_t reasons;                        /* CLOUDCIRCUIT_REASON bits */
    uint8_t has_detect, has_mean, has_budget, has_forecast;
    union {
        cloudcircuit_detect_result detect;
        cloudcircuit_spike_result mean;
    } rule;
    cloudcircuit_guard_decision guard;
    int wants_drivers;
    size_t driver_count;
    struct driver *drivers; /* MOST_DRIVERS of them where wanted */
};

/* Where a group stands on the last day. */
struct standing {
    size_t first_finding, findings;
    int has_forecast, is_judged; /* is_judged: it began by the last day */
    struct amount to_date;       /* of the budget's period, a month without a budget */
    double uncounted;            /* of to_date: days below 0, which the forecast takes as 0; <= 0 */
    cloudcircuit_forecast_result forecast;
};

struct judgement {
    struct finding *findings; /* by group, then by day */
    size_t count, capacity;
    struct standing *standings; /* by group */
    uint64_t negative_days;     /* that count as 0 in the detector and the forecast */
    int32_t worst_action;       /* a CLOUDCIRCUIT_ACTION */
    uint32_t reasons;           /* of all findings */
};

void judge(struct judgement *judgement, const struct bill *bill, const struct budgets *budgets,
           const struct options *options);

/* What was billed on the day, expected of it, and the most that is no spike. */
struct amount billed_on(const struct finding *finding);
double expected_on(const struct finding *finding);
double bound_on(const struct finding *finding);

/* The budget's answer and the guard's policy of the day, as they were when it was judged. */
void check_budget(const struct finding *finding, const struct budget *budget, cloudcircuit_budget_config *config,
                  cloudcircuit_budget_result *result);
cloudcircuit_guard_policy policy_of(uint32_t kinds);

/* Whether there is something of what --fail-on names. */
int is_failure(const struct judgement *judgement, const struct options *options);

/* The settings of the detector for a series that begins on this day, and of the forecast. */
cloudcircuit_detect_config detect_config(int32_t first_day);
cloudcircuit_forecast_config forecast_config(int32_t first_day);

/* A status that is an error ends the program in the library's words. */
void check(cloudcircuit_status status);

void free_judgement(struct judgement *judgement);

#endif
