#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"

enum { MOST_NAME = 34, MONTHS_IN_A_LINE = 4, MOST_MONTHS = 12 };

static void print_padded(struct text text, size_t width)
{
    size_t used = text_width(text);

    print_text(stdout, text);
    for (; used < width; used++)
        putchar(' ');
}

/*
 * The bill
 */

static void print_count(uint64_t count, const char *what)
{
    struct amount amount;
    char text[AMOUNT_TEXT];

    amount.whole = (int64_t)count;
    amount.fraction = 0;
    printf("%s %s%s", money_text(text, amount, 0), what, count == 1 ? "" : "s");
}

static void print_first(const struct answer *answer, int places)
{
    const struct bill *bill = answer->bill;
    char first[DAY_TEXT], last[DAY_TEXT], text[REASON_TEXT];
    size_t i;

    if (answer->notes->rows_left_out > 0) {
        fputs("LEFT OUT  ", stdout);
        print_count(answer->notes->rows_left_out, "row");
        fputs(" of ", stdout);
        print_count(bill->rows_read, "row");
        puts(": all figures below are without them");
    }
    for (i = 0; i < REASONS; i++) {
        if (answer->notes->left_out[i].rows > 0)
            printf("          %s\n", reason_text(text, answer->notes, (enum reason)i));
    }
    for (i = 0; i < answer->notes->remark_count; i++) {
        fputs("Note      ", stdout);
        print_text(stdout, text_of(answer->notes->remarks[i]));
        putchar('\n');
    }
    printf("Bill      %s to %s, ", day_text(first, bill->first_day), day_text(last, bill->last_day));
    print_count(bill->rows_used, "row");
    if (answer->options->is_whole) {
        fputs(", as a whole", stdout);
    } else {
        fputs(", ", stdout);
        print_count(bill->group_count, "group");
        fputs(" by ", stdout);
        print_text(stdout, text_of(answer->header->names[GROUP]));
        if (answer->header->names[SECOND_GROUP] != NULL) {
            fputs(" and ", stdout);
            print_text(stdout, text_of(answer->header->names[SECOND_GROUP]));
        }
    }
    fputs("\nBilled    ", stdout);
    print_text(stdout, text_of(*bill->currency == '\0' ? "(no currency named)" : bill->currency));
    printf(" %s", money_text(text, bill->billed, places));
    printf(": charges %s", money_text(text, bill->charges, places));
    printf(", credits %s\n", money_text(text, bill->credits, places));
}

static void print_months(const struct bill *bill, int places)
{
    size_t i, first = bill->month_count > MOST_MONTHS ? bill->month_count - MOST_MONTHS : 0;
    char text[AMOUNT_TEXT];

    if (bill->month_count < 2)
        return;
    for (i = first; i < bill->month_count; i++) {
        size_t place = (i - first) % MONTHS_IN_A_LINE;

        fputs(i == first ? "Months    " : place == 0 ? "\n          " : "   ", stdout);
        printf("%04d-%02d %s", (int)bill->months[i].month / 12, (int)bill->months[i].month % 12 + 1,
               money_text(text, bill->months[i].billed, places));
    }
    putchar('\n');
}

/*
 * What stood out
 */

static void print_drivers(const struct answer *answer, const struct finding *finding, int places, const char *start)
{
    size_t i;
    char text[AMOUNT_TEXT];

    for (i = 0; i < finding->driver_count; i++) {
        fputs(i == 0 ? start : ", ", stdout);
        if (finding->drivers[i].value.length == 0) {
            fputs("(no ", stdout);
            print_text(stdout, text_of(answer->header->names[DRIVER]));
            putchar(')');
        } else {
            print_text(stdout, finding->drivers[i].value);
        }
        printf(" +%s", value_text(text, finding->drivers[i].excess, places));
    }
}

static void print_spend_run(const struct answer *answer, const struct run *run, int places)
{
    const struct finding *worst = run->worst;
    char text[AMOUNT_TEXT], day[DAY_TEXT];

    if (run->reason == CLOUDCIRCUIT_REASON_LEAK) {
        printf("creeps up week by week, to %s", money_text(text, billed_on(run->last), places));
        printf(" on %s (leak score %.1f; above 1 is a leak)", day_text(day, run->last->day),
               run->last->rule.detect.leak_score);
        print_drivers(answer, explained_day(run), places, "\n           driven by ");
        return;
    }

    printf("%s more than expected", value_text(text, run->excess, places));
    if (run->first != run->last)
        printf(", worst on %s", day_text(day, worst->day));
    printf(": %s", money_text(text, billed_on(worst), places));
    printf(" against %s", value_text(text, expected_on(worst), places));
    if (is_negative(worst->credits)) {
        printf(" (charged %s", money_text(text, worst->charges, places));
        printf(", credited %s)", money_text(text, worst->credits, places));
    }
    print_drivers(answer, explained_day(run), places, "\n           driven by ");
}

static void print_budget_run(const struct answer *answer, const struct run *run, int places)
{
    const struct budget *budget = budget_of(answer->budgets, run->last->group);
    const struct standing *standing = &answer->judgement->standings[run->last->group];
    char text[AMOUNT_TEXT];

    if (run->reason == CLOUDCIRCUIT_REASON_FORECAST) {
        printf("%s by the %s's end", value_text(text, standing->forecast.forecast_spend + standing->uncounted, places),
               period_name(budget->period));
        printf(" (%s", value_text(text, standing->forecast.lower_bound + standing->uncounted, places));
        printf(" to %s)", value_text(text, standing->forecast.upper_bound + standing->uncounted, places));
    } else {
        printf("%s this %s", money_text(text, run->last->to_date, places), period_name(budget->period));
    }
    printf(", limit %s", money_text(text, budget->limit, places));
    print_drivers(answer, explained_day(run), places, "\n           driven by ");
}

static const char *name_of(uint32_t reason)
{
    return reason == CLOUDCIRCUIT_REASON_SPIKE      ? "spike"
           : reason == CLOUDCIRCUIT_REASON_BREACH   ? "over budget"
           : reason == CLOUDCIRCUIT_REASON_LEAK     ? "slow leak"
           : reason == CLOUDCIRCUIT_REASON_FORECAST ? "will be over budget"
                                                    : "budget nearly used";
}

static void print_run(const struct answer *answer, const struct run *run, int places)
{
    char first[DAY_TEXT], last[DAY_TEXT];
    cloudcircuit_guard_policy policy = policy_of(run->first->guard.kinds);

    printf("%-9s  %s in ", cloudcircuit_action_name(action_for(&policy, run->reason)), name_of(run->reason));
    print_text(stdout, shown_group(answer, run->first->group));
    printf(", %s", day_text(first, run->first->day));
    if (run->first != run->last)
        printf(" to %s", day_text(last, run->last->day));
    fputs("\n           ", stdout);
    if (run->reason == CLOUDCIRCUIT_REASON_SPIKE || run->reason == CLOUDCIRCUIT_REASON_LEAK)
        print_spend_run(answer, run, places);
    else
        print_budget_run(answer, run, places);
    putchar('\n');
}

static void print_runs(const struct answer *answer, int places)
{
    const struct runs *runs = answer->runs;
    size_t i;

    if (runs->count == 0)
        puts(answer->options->only_last ? "\nNothing stood out on the last day" : "\nNothing stood out");
    else
        puts("\nWhat stood out");
    for (i = 0; i < runs->count && i < answer->options->top; i++)
        print_run(answer, &runs->runs[i], places);
    if (i < runs->count)
        printf("and %lu more: --top %lu shows all, --json and --csv findings have each day\n",
               (unsigned long)(runs->count - i), (unsigned long)runs->count);
}

/*
 * The groups
 */

static void print_group(const struct answer *answer, uint32_t number, size_t width, int places)
{
    const struct group *group = &answer->bill->groups[number];
    const struct standing *standing = &answer->judgement->standings[number];
    const struct budget *budget = budget_of(answer->budgets, number);
    const cloudcircuit_forecast_result *forecast = &standing->forecast;
    char text[AMOUNT_TEXT], low[AMOUNT_TEXT], high[AMOUNT_TEXT], both[2 * AMOUNT_TEXT + 8];

    print_padded(shown_group(answer, number), width);
    printf(" %14s", money_text(text, group->billed, places));
    printf(" %14s", money_text(text, group->credits, places));
    printf(" %14s", money_text(text, standing->to_date, places));
    if (standing->has_forecast) {
        value_text(low, forecast->lower_bound + standing->uncounted, places);
        value_text(high, forecast->upper_bound + standing->uncounted, places);
        snprintf(both, sizeof both, "%s to %s", low, high);
        printf(" %14s  %-24s", value_text(text, forecast->forecast_spend + standing->uncounted, places), both);
    } else {
        printf(" %14s  %-24s", "-", standing->is_judged ? "too few days" : "begins later");
    }
    if (budget != NULL) {
        double used = amount_value(standing->to_date) / amount_value(budget->limit);

        printf(" %12s", money_text(text, budget->limit, places));
        printf(" a %s, %.0f %% used", period_name(budget->period), 100.0 * used);
    }
    putchar('\n');
}

static void print_groups(const struct answer *answer, int places)
{
    const struct bill *bill = answer->bill;
    uint32_t *order = groups_by_money(bill);
    size_t i, width = 5, shown = bill->group_count < answer->options->top ? bill->group_count : answer->options->top;

    for (i = 0; i < shown; i++) {
        size_t here = text_width(shown_group(answer, order[i]));

        width = here > width && here <= MOST_NAME ? here : width;
    }
    if (shown > 0) {
        putchar('\n');
        print_padded(text_of("Group"), width);
        printf(" %14s %14s %14s %14s  %-24s%s\n", "billed", "credits", "to date", "by its end", "80 % interval",
               answer->options->has_limit || answer->options->budgets ? "        limit" : "");
    }
    for (i = 0; i < shown; i++)
        print_group(answer, order[i], width, places);
    if (shown < bill->group_count) {
        struct amount rest = bill->billed;
        char text[AMOUNT_TEXT];

        for (i = 0; i < shown; i++)
            add_amount(&rest, minus(bill->groups[order[i]].billed));
        snprintf(text, sizeof text, "%lu more", (unsigned long)(bill->group_count - shown));
        print_padded(text_of(text), width);
        printf(" %14s\n", money_text(text, rest, places));
    }
    free(order);
}

void print_table(const struct answer *answer)
{
    int places = money_places(answer->bill->charges);

    print_first(answer, places);
    print_months(answer->bill, places);
    print_runs(answer, places);
    print_groups(answer, places);
}
