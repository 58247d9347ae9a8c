#include "judge.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void check(cloudcircuit_status status)
{
    if (status != CLOUDCIRCUIT_OK)
        fail("%s", cloudcircuit_status_message(status));
}

cloudcircuit_detect_config detect_config(int32_t first_day)
{
    cloudcircuit_detect_config config;

    check(cloudcircuit_detect_config_init(&config));
    config.start_time = (int64_t)first_day * 86400;
    config.step = 86400;
    return config;
}

cloudcircuit_forecast_config forecast_config(int32_t first_day)
{
    cloudcircuit_forecast_config config;

    check(cloudcircuit_forecast_config_init(&config));
    config.start_time = (int64_t)first_day * 86400;
    config.step = 86400;
    return config;
}

/* A group's days as the library takes them, from base on: doubles >= 0, NaN where the bill has no row. */
struct series {
    double *points, *expected, *upper;
    uint8_t *flags;
    size_t capacity;
    int32_t base, start, last; /* points[0] is base; before start, the group's first day, all is NaN */
};

static double *point(const struct series *series, int32_t day)
{
    return series->points + (day - series->base);
}

static size_t days_from(int32_t first, int32_t last)
{
    return last < first ? 0 : (size_t)(last - first) + 1;
}

static void make_room(struct series *series, size_t days)
{
    if (days <= series->capacity)
        return;
    series->capacity = 2 * days;
    series->points = resize(series->points, series->capacity, sizeof *series->points);
    series->expected = resize(series->expected, series->capacity, sizeof *series->expected);
    series->upper = resize(series->upper, series->capacity, sizeof *series->upper);
    series->flags = resize(series->flags, series->capacity, sizeof *series->flags);
}

static void fill_series(struct series *series, const struct bill *bill, const struct group *group, int32_t base)
{
    int32_t day;
    size_t i;

    series->base = base;
    series->start = group->cells[0].day;
    series->last = bill->last_day;
    make_room(series, days_from(base, series->last));
    for (day = base; day <= series->last; day++)
        *point(series, day) = day >= series->start && has_rows(bill, day) ? 0.0 : NAN;
    for (i = 0; i < group->count && group->cells[i].day <= series->last; i++) {
        double value = amount_value(group->cells[i].amount);

        *point(series, group->cells[i].day) = value < 0.0 ? 0.0 : value;
    }
}

/* What moves over days: the sum of the period so far, with what other days lend to it. */
struct running {
    const struct group *group;
    enum period period;
    size_t cell, credit, moved;
    int32_t start;
    struct amount to_date, uncounted; /* uncounted: days below 0 */
    struct amount billed, credits;    /* of the day */
};

static void take_day(struct running *running, int32_t day)
{
    static const struct amount nothing;
    const struct group *group = running->group;
    int32_t start = period_start(running->period, day);
    struct amount here = {0, 0};

    if (start != running->start) {
        running->start = start;
        running->to_date = running->uncounted = nothing;
    }
    running->billed = running->credits = nothing;
    if (running->cell < group->count && group->cells[running->cell].day == day)
        running->billed = group->cells[running->cell++].amount;
    if (running->credit < group->credit_count && group->credit_cells[running->credit].day == day)
        running->credits = group->credit_cells[running->credit++].amount;
    here = running->billed;
    if (running->moved < group->moved_count && group->moved[running->moved].day == day)
        add_amount(&here, group->moved[running->moved++].amount);
    add_amount(&running->to_date, here);
    if (is_negative(here))
        add_amount(&running->uncounted, here);
}

static double at_least_zero(double value)
{
    return value < 0.0 ? 0.0 : value;
}

void check_budget(const struct finding *finding, const struct budget *budget, cloudcircuit_budget_config *config,
                  cloudcircuit_budget_result *result)
{
    check(cloudcircuit_budget_config_init(config));
    config->warning_ratio = budget->warning_ratio;
    check(cloudcircuit_check_budget(at_least_zero(amount_value(finding->to_date)), amount_value(budget->limit),
                                    config, result));
}

/* Nothing is required that there is no signal of: a group may have no budget, or too few days. */
cloudcircuit_guard_policy policy_of(uint32_t kinds)
{
    cloudcircuit_guard_policy policy;

    check(cloudcircuit_guard_policy_init(&policy));
    policy.required = kinds;
    return policy;
}

struct amount billed_on(const struct finding *finding)
{
    struct amount billed = finding->charges;

    add_amount(&billed, finding->credits);
    return billed;
}

double expected_on(const struct finding *finding)
{
    return finding->has_mean ? finding->rule.mean.baseline_mean : finding->rule.detect.expected_spend;
}

double bound_on(const struct finding *finding)
{
    return finding->has_mean ? finding->rule.mean.threshold : finding->rule.detect.upper_bound;
}

/* The plain mean of the known days before it; 0 if there are none. */
static int judge_by_mean(const struct series *series, int32_t day, cloudcircuit_spike_result *result)
{
    double *known = series->upper; /* of no other use by this rule */
    size_t count = 0;
    int32_t at;

    if (isnan(*point(series, day)))
        return 0;
    for (at = series->start; at <= day; at++) {
        if (!isnan(*point(series, at)))
            known[count++] = *point(series, at);
    }
    if (count < 2)
        return 0;
    check(cloudcircuit_check_anomaly_spike(known, count, NULL, result));
    return 1;
}

/*
 * Whether the group had fewer than two days with charges before this one, and none much smaller than it:
 * what recurs, such as a monthly fee, cannot be told from a spike yet.
 */
static int is_like_the_only_charge(const struct series *series, int32_t day)
{
    double largest = 0.0;
    int32_t at, charged = 0;

    for (at = series->start; at < day && charged < 2; at++) {
        if (*point(series, at) > 0.0) {
            charged++;
            largest = *point(series, at);
        }
    }
    return charged < 2 && *point(series, day) <= 2.0 * largest;
}

/* By the rule that was chosen; what the scan found normal is not looked at again. */
static void judge_spend(struct finding *finding, const struct series *series, const struct options *options,
                        cloudcircuit_signal *signals, size_t *count)
{
    const uint32_t flags = CLOUDCIRCUIT_FLAG_SPIKE | CLOUDCIRCUIT_FLAG_LEAK;

    if (options->by_mean) {
        finding->has_mean = (uint8_t)judge_by_mean(series, finding->day, &finding->rule.mean);
        if (finding->has_mean)
            check(cloudcircuit_spike_signal(CLOUDCIRCUIT_OK, &finding->rule.mean, &signals[(*count)++]));
    } else if ((series->flags[finding->day - series->start] & flags) != 0) {
        cloudcircuit_detect_config config = detect_config(series->start);
        size_t length = days_from(series->start, finding->day);

        check(cloudcircuit_detect_spike(point(series, series->start), length, &config, &finding->rule.detect));
        finding->has_detect = finding->rule.detect.verdict != CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA &&
                              !is_like_the_only_charge(series, finding->day);
        if (finding->has_detect)
            check(cloudcircuit_detect_signal(CLOUDCIRCUIT_OK, &finding->rule.detect, &signals[(*count)++]));
    }
}

/* All that the library says about one day, and what the guard makes of it. */
static void judge_day(struct judgement *judgement, const struct running *running, const struct series *series,
                      const struct budget *budget, const struct standing *standing, const struct options *options,
                      uint32_t group, int32_t day)
{
    cloudcircuit_signal signals[3];
    cloudcircuit_guard_policy policy;
    struct finding finding;
    uint32_t kinds = 0;
    size_t count = 0, i;

    memset(&finding, 0, sizeof finding);
    finding.group = group;
    finding.day = day;
    finding.charges = running->billed;
    finding.credits = running->credits;
    add_amount(&finding.charges, minus(running->credits));
    finding.to_date = running->to_date;
    judge_spend(&finding, series, options, signals, &count);
    if (budget != NULL) {
        cloudcircuit_budget_config config;
        cloudcircuit_budget_result result;

        finding.has_budget = 1;
        check_budget(&finding, budget, &config, &result);
        check(cloudcircuit_budget_signal(CLOUDCIRCUIT_OK, &result, &signals[count++]));
    }
    if (standing != NULL && standing->has_forecast && budget != NULL) {
        finding.has_forecast = 1;
        check(cloudcircuit_forecast_signal(CLOUDCIRCUIT_OK, &standing->forecast, &signals[count++]));
    }
    if (count == 0)
        return;
    for (i = 0; i < count; i++)
        kinds |= (uint32_t)signals[i].kind;
    policy = policy_of(kinds);
    check(cloudcircuit_evaluate_guard(signals, count, &policy, &finding.guard));
    finding.reasons = finding.guard.reasons;
    if (finding.reasons == 0)
        return;
    judgement->findings =
        grow(judgement->findings, judgement->count, &judgement->capacity, sizeof *judgement->findings);
    judgement->findings[judgement->count++] = finding;
    judgement->reasons |= finding.reasons;
    if (finding.guard.action < judgement->worst_action)
        judgement->worst_action = finding.guard.action;
}

/* The period's cost by its end; without a budget as if the limit were out of reach. */
static void forecast(struct standing *standing, const struct series *series, const struct budget *budget)
{
    enum period period = budget != NULL ? budget->period : PERIOD_MONTH;
    int32_t start = period_start(period, series->last), end = period_end(period, series->last);
    cloudcircuit_forecast_config config = forecast_config(series->base);
    double limit = budget != NULL ? amount_value(budget->limit) - standing->uncounted : DBL_MAX;

    check(cloudcircuit_forecast_budget(series->points, (size_t)(start - series->base), point(series, start),
                                       days_from(start, series->last), (size_t)(end - start), limit, &config,
                                       &standing->forecast));
    standing->has_forecast = standing->forecast.verdict != CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA;
}

/* The forecast's days are those that the budget counts. */
static void count_moved(const struct series *series, const struct group *group)
{
    size_t i;

    for (i = 0; i < group->moved_count; i++) {
        int32_t day = group->moved[i].day;

        if (day >= series->base && day <= series->last) {
            double before = *point(series, day), value = amount_value(group->moved[i].amount);

            *point(series, day) = at_least_zero((isnan(before) ? 0.0 : before) + value);
        }
    }
}

/* Whether a day is worth a closer look, by what the quick forms of the calls say. */
static int is_flagged(const struct series *series, const struct running *running, const struct budget *budget,
                      const struct options *options, int32_t day)
{
    cloudcircuit_spike_result mean;
    uint32_t flags = 0;

    if (budget != NULL)
        flags |= cloudcircuit_budget_flags(at_least_zero(amount_value(running->to_date)),
                                           amount_value(budget->limit), budget->warning_ratio);
    if (day < series->start)
        return flags != 0;
    if (options->by_mean)
        return flags != 0 || (judge_by_mean(series, day, &mean) && mean.is_spike);
    return (flags | (series->flags[day - series->start] & (CLOUDCIRCUIT_FLAG_SPIKE | CLOUDCIRCUIT_FLAG_LEAK))) != 0;
}

static void judge_group(struct judgement *judgement, struct series *series, const struct bill *bill,
                        const struct budgets *budgets, const struct options *options, uint32_t number)
{
    const struct group *group = &bill->groups[number];
    const struct budget *budget = budget_of(budgets, number);
    struct standing *standing = &judgement->standings[number];
    struct running running;
    int32_t day = group->cells[0].day, period;

    standing->first_finding = judgement->count;
    if (day > bill->last_day)
        return;
    standing->is_judged = 1;
    memset(&running, 0, sizeof running);
    running.group = group;
    running.period = budget != NULL ? budget->period : PERIOD_MONTH;
    running.start = INT32_MIN;
    period = period_start(running.period, bill->last_day);
    fill_series(series, bill, group, day < period ? day : period);
    if (!options->by_mean) {
        cloudcircuit_detect_config config = detect_config(series->start);

        check(cloudcircuit_scan_spikes(point(series, series->start), days_from(series->start, series->last),
                                       &config, series->flags, series->expected, series->upper));
    }
    if (group->moved_count > 0 && group->moved[0].day < day)
        day = group->moved[0].day;
    for (; day <= bill->last_day; day++) {
        take_day(&running, day);
        judgement->negative_days += is_negative(running.billed);
        if (day == bill->last_day)
            break;
        if (!options->only_last && day >= series->start && is_flagged(series, &running, budget, options, day))
            judge_day(judgement, &running, series, budget, NULL, options, number, day);
    }
    standing->to_date = running.to_date;
    standing->uncounted = amount_value(running.uncounted);
    if (group->moved_count > 0) {
        struct series moved = *series;

        /* The last day is judged on what was charged on it, and forecast with what the period counts. */
        moved.points = resize(NULL, days_from(series->base, series->last), sizeof *moved.points);
        memcpy(moved.points, series->points, days_from(series->base, series->last) * sizeof *moved.points);
        count_moved(&moved, group);
        forecast(standing, &moved, budget);
        free(moved.points);
    } else {
        forecast(standing, series, budget);
    }
    judge_day(judgement, &running, series, budget, standing, options, number, bill->last_day);
    standing->findings = judgement->count - standing->first_finding;
}

void judge(struct judgement *judgement, const struct bill *bill, const struct budgets *budgets,
           const struct options *options)
{
    struct series series;
    uint32_t group;

    memset(judgement, 0, sizeof *judgement);
    memset(&series, 0, sizeof series);
    judgement->worst_action = CLOUDCIRCUIT_ACTION_ALLOW;
    judgement->standings = calloc(bill->group_count + 1, sizeof *judgement->standings);
    if (judgement->standings == NULL)
        fail("out of memory");
    for (group = 0; options->output != OUTPUT_CSV_DAILY && group < bill->group_count; group++)
        judge_group(judgement, &series, bill, budgets, options, group);
    free(series.points);
    free(series.expected);
    free(series.upper);
    free(series.flags);
}

int is_failure(const struct judgement *judgement, const struct options *options)
{
    int32_t action = judgement->worst_action;

    return ((options->fail_on & FAIL_ON_BLOCK) != 0 && action == CLOUDCIRCUIT_ACTION_BLOCK) ||
           ((options->fail_on & FAIL_ON_THROTTLE) != 0 && action <= CLOUDCIRCUIT_ACTION_THROTTLE) ||
           ((options->fail_on & FAIL_ON_ALERT) != 0 && action <= CLOUDCIRCUIT_ACTION_ALERT) ||
           ((options->fail_on & FAIL_ON_LEAK) != 0 && (judgement->reasons & CLOUDCIRCUIT_REASON_LEAK) != 0) ||
           ((options->fail_on & FAIL_ON_FORECAST) != 0 &&
            (judgement->reasons & CLOUDCIRCUIT_REASON_FORECAST) != 0);
}

void free_judgement(struct judgement *judgement)
{
    size_t i;

    for (i = 0; i < judgement->count; i++)
        free(judgement->findings[i].drivers);
    free(judgement->findings);
    free(judgement->standings);
}
