#include <stdlib.h>
#include <string.h>

#include "output.h"

static void print_cell(struct text text)
{
    size_t i;
    int is_plain = 1;

    for (i = 0; i < text.length; i++)
        is_plain = is_plain && strchr(",\"\r\n", text.at[i]) == NULL;
    if (!is_plain)
        putchar('"');
    for (i = 0; i < text.length; i++) {
        if (text.at[i] == '"')
            putchar('"');
        putchar(text.at[i]);
    }
    if (!is_plain)
        putchar('"');
}

static struct text group_cell(const struct answer *answer, size_t group)
{
    return answer->options->is_whole ? text_of("whole bill") : answer->bill->groups[group].name;
}

static void print_amount(struct amount amount)
{
    char text[AMOUNT_TEXT];

    printf(",%s", amount_text(text, amount));
}

/* Every day from a group's first on that the bill has rows on; a day without rows of the group is a 0. */
static void print_daily(const struct answer *answer)
{
    const struct bill *bill = answer->bill;
    size_t i;

    puts("day,group,amount");
    for (i = 0; i < bill->group_count; i++) {
        const struct group *group = &bill->groups[i];
        int32_t day = group->cells[0].day;
        size_t cell = 0;

        for (; day <= bill->last_day; day++) {
            static const struct amount nothing;
            char text[DAY_TEXT];
            int is_billed = cell < group->count && group->cells[cell].day == day;

            if (!has_rows(bill, day))
                continue;
            printf("%s,", day_text(text, day));
            print_cell(group_cell(answer, i));
            print_amount(is_billed ? group->cells[cell].amount : nothing);
            putchar('\n');
            cell += (size_t)is_billed;
        }
    }
}

static void print_groups(const struct answer *answer)
{
    const struct bill *bill = answer->bill;
    uint32_t *order = groups_by_money(bill);
    size_t i;

    puts("group,currency,first_day,charges,credits,billed,to_date,period,limit,forecast,forecast_low,"
         "forecast_high,findings");
    for (i = 0; i < bill->group_count; i++) {
        const struct group *group = &bill->groups[order[i]];
        const struct standing *standing = &answer->judgement->standings[order[i]];
        const struct budget *budget = budget_of(answer->budgets, order[i]);
        char text[DAY_TEXT];

        print_cell(group_cell(answer, order[i]));
        putchar(',');
        print_cell(text_of(bill->currency));
        printf(",%s", day_text(text, group->cells[0].day));
        print_amount(group->charges);
        print_amount(group->credits);
        print_amount(group->billed);
        print_amount(standing->to_date);
        printf(",%s", budget != NULL ? period_name(budget->period) : "month");
        if (budget != NULL)
            print_amount(budget->limit);
        else
            putchar(',');
        if (standing->has_forecast)
            printf(",%.6f,%.6f,%.6f", standing->forecast.forecast_spend + standing->uncounted,
                   standing->forecast.lower_bound + standing->uncounted,
                   standing->forecast.upper_bound + standing->uncounted);
        else
            fputs(",,,", stdout);
        printf(",%lu\n", (unsigned long)standing->findings);
    }
    free(order);
}

static void print_findings(const struct answer *answer)
{
    const struct judgement *judgement = answer->judgement;
    size_t i, j;

    puts("day,group,charges,credits,billed,expected,upper_bound,action,reasons,driver_1,excess_1,driver_2,"
         "excess_2,driver_3,excess_3");
    for (i = 0; i < judgement->count; i++) {
        const struct finding *finding = &judgement->findings[i];
        char text[DAY_TEXT];
        const char *between = "";
        uint32_t reason;

        printf("%s,", day_text(text, finding->day));
        print_cell(group_cell(answer, finding->group));
        print_amount(finding->charges);
        print_amount(finding->credits);
        print_amount(billed_on(finding));
        if (finding->has_detect || finding->has_mean)
            printf(",%.6f,%.6f", expected_on(finding), bound_on(finding));
        else
            fputs(",,", stdout);
        printf(",%s,", cloudcircuit_action_name(finding->guard.action));
        for (reason = 1; reason != 0 && reason <= finding->reasons; reason <<= 1) {
            if (finding->reasons & reason) {
                printf("%s%s", between, cloudcircuit_reason_name(reason));
                between = " ";
            }
        }
        for (j = 0; j < MOST_DRIVERS; j++) {
            putchar(',');
            if (j < finding->driver_count) {
                print_cell(finding->drivers[j].value);
                printf(",%.6f", finding->drivers[j].excess);
            } else {
                putchar(',');
            }
        }
        putchar('\n');
    }
}

void print_csv(const struct answer *answer)
{
    if (answer->options->output == OUTPUT_CSV_DAILY)
        print_daily(answer);
    else if (answer->options->output == OUTPUT_CSV_FINDINGS)
        print_findings(answer);
    else
        print_groups(answer);
}
