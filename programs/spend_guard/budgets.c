#include "budgets.h"

#include <stdlib.h>
#include <string.h>

#include "cloudcircuit.h"

enum budget_column { GROUP_NAME, LIMIT, WARNING_RATIO, PERIOD_NAME, BUDGET_COLUMNS };

static const char *const column_names[BUDGET_COLUMNS] = {"group", "limit", "warning_ratio", "period"};
static const char *const period_names[] = {"month", "quarter", "year"};

static void find_budget_columns(struct csv *csv, size_t at[BUDGET_COLUMNS])
{
    size_t i;
    int column;

    for (column = 0; column < BUDGET_COLUMNS; column++)
        at[column] = ABSENT;
    if (!csv_read(csv))
        fail("%s: empty; a budgets file begins with the header group,limit[,warning_ratio][,period]", csv->name);
    for (i = 0; i < csv->count; i++) {
        struct text name = trimmed(csv_field(csv, i));

        for (column = 0; column < BUDGET_COLUMNS && !same_text(name, text_of(column_names[column])); column++)
            continue;
        if (column == BUDGET_COLUMNS || at[column] != ABSENT)
            fail("%s:1: the header is not group,limit[,warning_ratio][,period]", csv->name);
        at[column] = i;
    }
    if (at[GROUP_NAME] == ABSENT || at[LIMIT] == ABSENT)
        fail("%s:1: the header is not group,limit[,warning_ratio][,period]", csv->name);
}

/* Refuses a row, naming the cell. */
static void refuse(const struct csv *csv, const char *before, struct text cell, const char *after)
{
    char shown[64];

    clean_text(shown, sizeof shown, cell);
    fail("%s:%lu: %s '%s' %s", csv->name, (unsigned long)csv->row_line, before, shown, after);
}

static void read_budget(struct budget *budget, struct csv *csv, const size_t at[BUDGET_COLUMNS])
{
    static const struct amount nothing = {0, 0}, one = {1, 0};
    struct text text = csv_field(csv, at[LIMIT]);
    struct amount ratio;

    if (parse_amount(text, &budget->limit) != AMOUNT_GOOD || compare_amounts(budget->limit, nothing) <= 0)
        refuse(csv, "the limit", text, "is not an amount above 0");
    budget->warning_ratio = CLOUDCIRCUIT_DEFAULT_WARNING_RATIO;
    if (at[WARNING_RATIO] != ABSENT && (text = trimmed(csv_field(csv, at[WARNING_RATIO]))).length > 0) {
        if (parse_amount(text, &ratio) != AMOUNT_GOOD || compare_amounts(ratio, nothing) <= 0 ||
            compare_amounts(ratio, one) > 0)
            refuse(csv, "the warning_ratio", text, "is not above 0 and at most 1");
        budget->warning_ratio = amount_value(ratio);
    }
    budget->period = PERIOD_MONTH;
    if (at[PERIOD_NAME] != ABSENT && (text = trimmed(csv_field(csv, at[PERIOD_NAME]))).length > 0) {
        int period = 0;

        while (period < 3 && !same_text(text, text_of(period_names[period])))
            period++;
        if (period == 3)
            refuse(csv, "the period", text, "is none of month, quarter and year");
        budget->period = (enum period)period;
    }
}

static size_t find_group(const struct bill *bill, struct text name)
{
    size_t low = 0, high = bill->group_count, i;

    /* Sorted by name but for the sign between two columns, so look at all if it is not where it should be. */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct text here = bill->groups[middle].name;
        int order = memcmp(here.at, name.at, here.length < name.length ? here.length : name.length);

        if (order < 0 || (order == 0 && here.length < name.length))
            low = middle + 1;
        else
            high = middle;
    }
    if (low < bill->group_count && same_text(bill->groups[low].name, name))
        return low;
    for (i = 0; i < bill->group_count; i++) {
        if (same_text(bill->groups[i].name, name))
            return i;
    }
    return ABSENT;
}

static uint32_t add_budget(struct budgets *budgets, const struct budget *budget)
{
    budgets->budgets = grow(budgets->budgets, budgets->count, &budgets->capacity, sizeof *budgets->budgets);
    budgets->budgets[budgets->count++] = *budget;
    return (uint32_t)budgets->count;
}

/* Returns the number of the budget for every other group, 0 if there is none. */
static uint32_t read_budgets(struct budgets *budgets, const struct bill *bill, const struct options *options)
{
    size_t at[BUDGET_COLUMNS], width;
    uint32_t others = 0;
    struct csv csv;

    csv_open(&csv, options->budgets);
    find_budget_columns(&csv, at);
    width = csv.count;
    while (csv_read(&csv)) {
        unsigned long line = (unsigned long)csv.row_line;
        struct budget budget;
        struct text name;
        size_t group;

        if (csv.has_stray_text || csv.count != width) /* 3,000 without quotes would be a limit of 3 */
            fail("%s:%lu: another number of fields than the header", csv.name, line);
        read_budget(&budget, &csv, at);
        name = csv_field(&csv, at[GROUP_NAME]);
        if (same_text(name, text_of("*"))) {
            if (others != 0 || options->has_limit)
                fail("%s:%lu: every other group has a budget already%s", csv.name, line,
                     options->has_limit ? ", by --limit" : "");
            others = add_budget(budgets, &budget);
            continue;
        }
        group = options->is_whole && same_text(name, text_of("whole bill")) ? 0 : find_group(bill, name);
        if (group == ABSENT && same_text(name, text_of("(none)")))
            group = find_group(bill, text_of(""));
        if (group == ABSENT)
            refuse(&csv, "the group", name, "is not in the bill");
        if (budgets->of_group[group] != 0)
            refuse(&csv, "the group", name, "is named twice");
        budgets->of_group[group] = add_budget(budgets, &budget);
    }
    csv_close(&csv);
    return others;
}

void load_budgets(struct budgets *budgets, const struct bill *bill, const struct options *options)
{
    uint32_t others = 0;
    size_t i;

    memset(budgets, 0, sizeof *budgets);
    budgets->of_group = calloc(bill->group_count + 1, sizeof *budgets->of_group);
    if (budgets->of_group == NULL)
        fail("out of memory");
    if (options->budgets != NULL)
        others = read_budgets(budgets, bill, options);
    if (options->has_limit) {
        struct budget budget;

        budget.limit = options->limit;
        budget.warning_ratio = CLOUDCIRCUIT_DEFAULT_WARNING_RATIO;
        budget.period = PERIOD_MONTH;
        others = add_budget(budgets, &budget);
    }
    for (i = 0; i < bill->group_count; i++) {
        if (budgets->of_group[i] == 0)
            budgets->of_group[i] = others;
    }
}

const struct budget *budget_of(const struct budgets *budgets, size_t group)
{
    return budgets->of_group[group] == 0 ? NULL : &budgets->budgets[budgets->of_group[group] - 1];
}

static int first_month(enum period period, int month)
{
    return period == PERIOD_MONTH ? month : period == PERIOD_QUARTER ? (month - 1) / 3 * 3 + 1 : 1;
}

int32_t period_start(enum period period, int32_t day)
{
    struct date date = date_of(day);

    return day_number(date.year, first_month(period, date.month), 1);
}

int32_t period_end(enum period period, int32_t day)
{
    static const int months[] = {1, 3, 12};
    struct date date = date_of(day);
    int last = first_month(period, date.month) + months[period] - 1; /* its last month */

    return day_number(date.year, last, 1) + days_in_month(date.year, last);
}

const char *period_name(enum period period)
{
    return period_names[period];
}

void free_budgets(struct budgets *budgets)
{
    free(budgets->budgets);
    free(budgets->of_group);
}
