#include "drivers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of the day's amount: what is less than this above its expectation did not drive the day. */
#define LEAST_SHARE 0.05

/* Counts the rows of flagged groups by value and day. */
static void read_again(struct bill *bill, const struct options *options, const uint8_t *is_flagged)
{
    struct header header;
    struct csv csv;
    struct row row;

    csv_open(&csv, options->file);
    find_header(&header, &csv, options, NULL);
    while (next_row(&row, &csv, &header, options, NULL)) {
        uint32_t group = group_of_row(bill, &row);

        if (group != NO_KEY && is_flagged[group])
            tally_add(&bill->driven, names_add(&bill->drivers, row.driver, group), row.day, row.amount);
    }
    free_header(&header);
    csv_close(&csv);
}

static void insert(struct finding *finding, const struct driver *driver)
{
    size_t i = finding->driver_count;

    if (finding->drivers == NULL)
        finding->drivers = resize(NULL, MOST_DRIVERS, sizeof *finding->drivers);
    if (i == MOST_DRIVERS && driver->excess <= finding->drivers[i - 1].excess)
        return;
    if (i < MOST_DRIVERS)
        finding->driver_count++;
    else
        i--;
    for (; i > 0 && finding->drivers[i - 1].excess < driver->excess; i--)
        finding->drivers[i] = finding->drivers[i - 1];
    finding->drivers[i] = *driver;
}

/* Scratch for one value's days. */
struct days {
    double *points, *expected, *upper;
    uint8_t *flags;
    size_t capacity;
    int is_scanned;
};

static void make_room(struct days *days, size_t count)
{
    if (count <= days->capacity)
        return;
    days->capacity = 2 * count;
    days->points = resize(days->points, days->capacity, sizeof *days->points);
    days->expected = resize(days->expected, days->capacity, sizeof *days->expected);
    days->upper = resize(days->upper, days->capacity, sizeof *days->upper);
    days->flags = resize(days->flags, days->capacity, sizeof *days->flags);
}

/* The mean of the known days before it, where it is too early for the detector. */
static double mean_before(const struct days *days, size_t day)
{
    double sum = 0.0;
    size_t i, known = 0;

    for (i = 0; i < day; i++) {
        if (!isnan(days->points[i])) {
            sum += days->points[i];
            known++;
        }
    }
    return known > 0 ? sum / (double)known : 0.0;
}

/* What a value was expected to cost. A scan pays from the third day on that is asked for. */
static double expected_of(struct days *days, const cloudcircuit_detect_config *config, size_t day, size_t length,
                          size_t questions)
{
    cloudcircuit_detect_result result;

    if (questions <= 2) {
        check(cloudcircuit_detect_spike(days->points, day + 1, config, &result));
        return result.verdict == CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA ? mean_before(days, day)
                                                                       : result.expected_spend;
    }
    if (!days->is_scanned)
        check(cloudcircuit_scan_spikes(days->points, length, config, days->flags, days->expected, days->upper));
    days->is_scanned = 1;
    return (days->flags[day] & CLOUDCIRCUIT_FLAG_INSUFFICIENT) != 0 ? mean_before(days, day) : days->expected[day];
}

/* Of a spike or a leak the day is explained, of a budget alone its period up to the day. */
static int is_of_period(const struct finding *finding, const struct budget *budget)
{
    return budget != NULL && (finding->reasons & (CLOUDCIRCUIT_REASON_SPIKE | CLOUDCIRCUIT_REASON_LEAK)) == 0;
}

/* A leak's expectation has crept along with it, and a budget's period is measured by what was before it. */
static int is_by_mean(const struct finding *finding, const struct budget *budget)
{
    return is_of_period(finding, budget) || (finding->reasons & CLOUDCIRCUIT_REASON_SPIKE) == 0;
}

static int32_t explained_from(const struct finding *finding, const struct budget *budget, int32_t start)
{
    int32_t first;

    if (!is_of_period(finding, budget))
        return finding->day;
    first = period_start(budget->period, finding->day);
    return first > start ? first : start;
}

static double known_in(const struct days *days, int32_t first, int32_t last)
{
    double known = 0.0;
    int32_t day;

    for (day = first; day <= last; day++)
        known += !isnan(days->points[day]);
    return known;
}

/* What a value cost on these days. */
static struct amount amount_in(const struct cell *cells, size_t count, int32_t first, int32_t last)
{
    struct amount amount = {0, 0};
    size_t i;

    for (i = 0; i < count; i++) {
        if (cells[i].day >= first && cells[i].day <= last)
            add_amount(&amount, cells[i].amount);
    }
    return amount;
}

static void fill_days(struct days *days, const struct bill *bill, int32_t start, const struct cell *cells, size_t count)
{
    int32_t day;
    size_t i;

    make_room(days, (size_t)(bill->last_day - start) + 1);
    for (day = start; day <= bill->last_day; day++)
        days->points[day - start] = has_rows(bill, day) ? 0.0 : NAN;
    for (i = 0; i < count; i++) {
        double amount = amount_value(cells[i].amount);

        if (cells[i].day <= bill->last_day)
            days->points[cells[i].day - start] = amount < 0.0 ? 0.0 : amount;
    }
    days->is_scanned = 0;
}

/* One value of a group, in the light of the group's findings. */
static void weigh(struct judgement *judgement, const struct bill *bill, const struct budget *budget, uint32_t group,
                  struct text value, const struct cell *cells, size_t count, struct days *days)
{
    const struct standing *standing = &judgement->standings[group];
    int32_t start = bill->groups[group].cells[0].day;
    size_t length = (size_t)(bill->last_day - start) + 1, i, questions = 0;
    cloudcircuit_detect_config config = detect_config(start);

    fill_days(days, bill, start, cells, count);
    for (i = 0; i < standing->findings; i++) {
        const struct finding *finding = &judgement->findings[standing->first_finding + i];

        questions += finding->wants_drivers && !is_by_mean(finding, budget);
    }
    for (i = 0; i < standing->findings; i++) {
        struct finding *finding = &judgement->findings[standing->first_finding + i];
        struct driver driver;
        int32_t from;
        double least;

        if (!finding->wants_drivers || finding->day < start)
            continue;
        from = explained_from(finding, budget, start);
        least = LEAST_SHARE * amount_value(is_of_period(finding, budget) ? finding->to_date : billed_on(finding));
        memset(&driver, 0, sizeof driver);
        driver.value = value;
        driver.billed = amount_in(cells, count, from, finding->day);
        driver.excess = amount_value(driver.billed);
        if (driver.excess <= least || driver.excess <= 0.0)
            continue;
        if (is_by_mean(finding, budget))
            driver.expected =
                mean_before(days, (size_t)(from - start)) * known_in(days, from - start, finding->day - start);
        else
            driver.expected = expected_of(days, &config, (size_t)(finding->day - start), length, questions);
        driver.excess -= driver.expected;
        if (driver.excess > least && driver.excess > 0.0)
            insert(finding, &driver);
    }
}

struct owned {
    uint32_t group, value;
};

static int by_group(const void *left, const void *right)
{
    const struct owned *a = left, *b = right;

    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    return (a->value > b->value) - (a->value < b->value);
}

static void weigh_all(struct judgement *judgement, struct bill *bill, const struct budgets *budgets,
                      const uint8_t *is_flagged, int is_pipe)
{
    const struct names *values = &bill->drivers;
    struct owned *owned = resize(NULL, values->count + 1, sizeof *owned);
    uint32_t *rank_of = resize(NULL, values->count + 1, sizeof *rank_of), i;
    size_t count = 0, *starts;
    struct cell *cells;
    struct days days;

    memset(&days, 0, sizeof days);
    for (i = 0; i < values->count; i++) {
        uint32_t tag = values->names[i].tag, group = is_pipe ? bill->rank_of[tag] : tag;

        rank_of[i] = NO_KEY;
        if (group != NO_KEY && is_flagged[group]) {
            owned[count].group = group;
            owned[count++].value = i;
        }
    }
    qsort(owned, count, sizeof *owned, by_group);
    for (i = 0; i < count; i++)
        rank_of[owned[i].value] = i;
    starts = resize(NULL, count + 1, sizeof *starts);
    cells = tally_sort(&bill->driven, rank_of, count, bill->low, bill->high, starts);
    for (i = 0; i < count; i++)
        weigh(judgement, bill, budget_of(budgets, owned[i].group), owned[i].group,
              values->names[owned[i].value].text, cells + starts[i], starts[i + 1] - starts[i], &days);
    free(days.points);
    free(days.expected);
    free(days.upper);
    free(days.flags);
    free(cells);
    free(starts);
    free(rank_of);
    free(owned);
}

void find_drivers(struct judgement *judgement, struct bill *bill, const struct budgets *budgets,
                  const struct header *header, const struct options *options, struct notes *notes)
{
    uint8_t *is_flagged = calloc(bill->group_count + 1, 1);
    int is_pipe = bill->is_pipe, is_any = 0;
    size_t i;

    if (is_flagged == NULL)
        fail("out of memory");
    for (i = 0; i < judgement->count; i++) {
        if (judgement->findings[i].wants_drivers)
            is_flagged[judgement->findings[i].group] = is_any = 1;
    }
    if (bill->driven.count > 0)
        remark(notes, "What drove the days was counted along and took %lu MB of memory",
               (unsigned long)((bill->driven.capacity * sizeof *bill->driven.cells +
                                bill->drivers.count * sizeof *bill->drivers.names) / 1000000 + 1));
    if (is_any && is_pipe && bill->driven.count == 0)
        remark(notes, "From a pipe what drove the days is counted with --drivers COLUMN only");
    if (is_any && !is_pipe && header->at[DRIVER] != ABSENT)
        read_again(bill, options, is_flagged);
    if (is_any && bill->driven.count > 0)
        weigh_all(judgement, bill, budgets, is_flagged, is_pipe);
    free(is_flagged);
}
