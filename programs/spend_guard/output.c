#include "output.h"

#include <inttypes.h>
#include <stdlib.h>

enum { MOST_LINES = 20 };

void print_left_out(const struct notes *notes, const char *name, int with_remarks)
{
    char text[REASON_TEXT];
    size_t lines = 1, i;

    if (notes->rows_left_out > 0)
        fprintf(stderr, "spend_guard: %s: %" PRIu64 " row%s left out\n", name, notes->rows_left_out,
                notes->rows_left_out == 1 ? "" : "s");
    for (i = 0; i < REASONS; i++) {
        if (notes->left_out[i].rows > 0) {
            fprintf(stderr, "spend_guard:   %s\n", reason_text(text, notes, (enum reason)i));
            lines++;
        }
    }
    for (i = 0; with_remarks && i < notes->remark_count && lines < MOST_LINES; i++, lines++)
        fprintf(stderr, "spend_guard: %s\n", notes->remarks[i]);
}

struct text shown_group(const struct answer *answer, size_t group)
{
    struct text name = answer->bill->groups[group].name;

    if (answer->options->is_whole)
        return text_of("whole bill");
    return name.length == 0 ? text_of("(none)") : name;
}

static const struct bill *sorted_bill; /* qsort has no argument for it */

static int by_money(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    int order = compare_amounts(sorted_bill->groups[b].billed, sorted_bill->groups[a].billed);

    return order != 0 ? order : (a > b) - (a < b);
}

uint32_t *groups_by_money(const struct bill *bill)
{
    uint32_t *order = resize(NULL, bill->group_count + 1, sizeof *order);
    size_t i;

    for (i = 0; i < bill->group_count; i++)
        order[i] = (uint32_t)i;
    sorted_bill = bill;
    qsort(order, bill->group_count, sizeof *order, by_money);
    return order;
}

int32_t action_for(const cloudcircuit_guard_policy *policy, uint32_t reason)
{
    return reason == CLOUDCIRCUIT_REASON_SPIKE      ? policy->on_spike
           : reason == CLOUDCIRCUIT_REASON_LEAK     ? policy->on_leak
           : reason == CLOUDCIRCUIT_REASON_BREACH   ? policy->on_breach
           : reason == CLOUDCIRCUIT_REASON_FORECAST ? policy->on_forecast
                                                    : policy->on_warning;
}
