#include "close.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "currency.h"

/*
 * The days
 */

static int32_t median_day(const struct bill *bill, uint64_t rows)
{
    uint64_t before = 0;
    int32_t day = bill->low;

    while (2 * (before += bill->days[day - FIRST_DAY].rows) < rows)
        day++;
    return day;
}

/* Leaves out the days that are too far from the median one, and puts low and high to what is left. */
static void leave_out_far_days(struct bill *bill, const struct options *options, struct notes *notes)
{
    uint64_t rows = 0;
    int32_t day, median, low = bill->high, high = bill->low;
    char text[DAY_TEXT];

    for (day = bill->low; day <= bill->high; day++)
        rows += bill->days[day - FIRST_DAY].rows;
    median = median_day(bill, rows);
    for (day = bill->low; day <= bill->high; day++) {
        struct day_rows *here = &bill->days[day - FIRST_DAY];

        if (here->rows == 0)
            continue;
        if (day >= median - options->max_gap_days && day <= median + options->max_gap_days) {
            low = day < low ? day : low;
            high = day > high ? day : high;
        } else {
            leave_out(notes, FAR_FROM_THE_REST, here->first_line, text_of(day_text(text, day)));
            notes->rows_left_out += here->rows - 1;
            notes->left_out[FAR_FROM_THE_REST].rows += here->rows - 1;
            bill->rows_used -= here->rows < bill->rows_used ? here->rows : bill->rows_used;
            here->rows = 0;
        }
    }
    bill->low = low;
    bill->high = high;
}

/* Which days are judged: from the first to the last one that is over and not within the lag. */
static void choose_days(struct bill *bill, const struct options *options, struct notes *notes)
{
    char first[DAY_TEXT], last[DAY_TEXT], today[DAY_TEXT];

    bill->first_day = bill->low;
    bill->end_day = bill->last_day = bill->high;
    if (bill->last_day >= options->today)
        bill->last_day = options->today - 1;
    if (bill->last_day > bill->high - options->lag_days)
        bill->last_day = bill->high - options->lag_days;
    if (bill->last_day == bill->end_day)
        return;
    day_text(first, bill->last_day + 1);
    day_text(last, bill->end_day);
    day_text(today, options->today);
    if (bill->last_day + 1 == bill->end_day)
        remark(notes, "%s is left out of what is judged, %s; the totals have it", last,
               bill->end_day >= options->today ? "for it is not over yet" : "by --lag-days");
    else
        remark(notes, "%s to %s are left out of what is judged, %s; the totals have them", first, last,
               bill->last_day + 1 == options->today ? "for today is the first of them" : "by --lag-days");
}

/*
 * The groups
 */

static const struct names *sorted_names; /* qsort has no argument for it */

static int by_name(const void *left, const void *right)
{
    const struct text *a = &sorted_names->names[*(const uint32_t *)left].text;
    const struct text *b = &sorted_names->names[*(const uint32_t *)right].text;
    int order = memcmp(a->at, b->at, a->length < b->length ? a->length : b->length);

    return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
}

/* Numbers the groups of the chosen currency by name; those of one name are one. */
static void rank_groups(struct bill *bill)
{
    const struct names *names = &bill->names;
    uint32_t *order = resize(NULL, names->count + 1, sizeof *order), i, count = 0;

    bill->rank_of = resize(NULL, names->count + 1, sizeof *bill->rank_of);
    for (i = 0; i < names->count; i++) {
        bill->rank_of[i] = NO_KEY;
        if (is_chosen(bill, names->names[i].tag))
            order[count++] = i;
    }
    sorted_names = names;
    qsort(order, count, sizeof *order, by_name);
    bill->groups = resize(NULL, (size_t)count + 1, sizeof *bill->groups);
    memset(bill->groups, 0, ((size_t)count + 1) * sizeof *bill->groups);
    for (i = 0; i < count; i++) {
        struct text name = names->names[order[i]].text;

        if (bill->group_count == 0 || !same_text(bill->groups[bill->group_count - 1].name, name))
            bill->groups[bill->group_count++].name = name;
        bill->rank_of[order[i]] = (uint32_t)bill->group_count - 1;
    }
    free(order);
}

/* Names of two columns get a readable sign between them. */
static void show_names(struct bill *bill)
{
    size_t i;

    bill->shown_names = resize(NULL, bill->group_count + 1, sizeof *bill->shown_names);
    for (i = 0; i < bill->group_count; i++) {
        struct text *name = &bill->groups[i].name;
        const char *between = memchr(name->at, 0x1F, name->length);
        size_t before = between != NULL ? (size_t)(between - name->at) : 0;

        bill->shown_names[i] = NULL;
        if (between == NULL)
            continue;
        bill->shown_names[i] = resize(NULL, name->length + 3, 1);
        snprintf(bill->shown_names[i], name->length + 3, "%.*s / %.*s", (int)before, name->at,
                 (int)(name->length - before - 1), between + 1);
        *name = text_of(bill->shown_names[i]);
    }
}

static void add_up(struct bill *bill)
{
    size_t i, j, *starts = resize(NULL, bill->group_count + 1, sizeof *starts);

    bill->cells = tally_sort(&bill->billed_by_day, bill->rank_of, bill->group_count, bill->low, bill->high, starts);
    for (i = 0; i < bill->group_count; i++) {
        struct group *group = &bill->groups[i];

        group->cells = bill->cells + starts[i];
        group->count = starts[i + 1] - starts[i];
        for (j = 0; j < group->count; j++)
            add_amount(&group->billed, group->cells[j].amount);
    }
    bill->credit_cells = tally_sort(&bill->credits_by_day, bill->rank_of, bill->group_count, bill->low, bill->high, starts);
    for (i = 0; i < bill->group_count; i++) {
        struct group *group = &bill->groups[i];

        group->credit_cells = bill->credit_cells + starts[i];
        group->credit_count = starts[i + 1] - starts[i];
        for (j = 0; j < group->credit_count; j++)
            add_amount(&group->credits, group->credit_cells[j].amount);
        group->charges = group->billed;
        add_amount(&group->charges, minus(group->credits));
        add_amount(&bill->charges, group->charges);
        add_amount(&bill->credits, group->credits);
        add_amount(&bill->billed, group->billed);
    }
    for (i = 0; i < bill->move_count; i++) {
        const struct move *move = &bill->moves[i];

        if (move->from >= bill->low && move->from <= bill->high) {
            tally_add(&bill->moved_by_day, move->key, move->from, minus(move->amount));
            tally_add(&bill->moved_by_day, move->key, move->to, move->amount);
        }
    }
    bill->moved = tally_sort(&bill->moved_by_day, bill->rank_of, bill->group_count, FIRST_DAY, LAST_DAY, starts);
    for (i = 0; i < bill->group_count; i++) {
        bill->groups[i].moved = bill->moved + starts[i];
        bill->groups[i].moved_count = starts[i + 1] - starts[i];
    }
    free(starts);
}

/* Groups of which every row was too far from the rest. */
static void drop_empty_groups(struct bill *bill)
{
    size_t i, used = 0;

    for (i = 0; i < bill->names.count; i++) {
        if (bill->rank_of[i] != NO_KEY && bill->groups[bill->rank_of[i]].count == 0)
            bill->rank_of[i] = NO_KEY;
    }
    for (i = 0; i < bill->group_count; i++)
        used += bill->groups[i].count > 0;
    if (used < bill->group_count) {
        uint32_t *moved_to = resize(NULL, bill->group_count, sizeof *moved_to);

        for (i = used = 0; i < bill->group_count; i++) {
            moved_to[i] = (uint32_t)used;
            if (bill->groups[i].count > 0) {
                bill->shown_names[used] = bill->shown_names[i];
                bill->groups[used++] = bill->groups[i];
            } else {
                free(bill->shown_names[i]);
            }
        }
        for (i = 0; i < bill->names.count; i++) {
            if (bill->rank_of[i] != NO_KEY)
                bill->rank_of[i] = moved_to[bill->rank_of[i]];
        }
        bill->group_count = used;
        free(moved_to);
    }
}

/*
 * The months, by the period column if there is one
 */

static void add_to_months(struct amount *months, int32_t first, const struct cell *cells, size_t count)
{
    size_t i;
    int32_t day = INT32_MIN, month = 0;

    for (i = 0; i < count; i++) {
        if (cells[i].day != day) {
            struct date date = date_of(day = cells[i].day);

            month = date.year * 12 + date.month - 1 - first;
        }
        add_amount(&months[month], cells[i].amount);
    }
}

static int32_t month_of(int32_t day)
{
    struct date date = date_of(day);

    return date.year * 12 + date.month - 1;
}

static void add_up_months(struct bill *bill)
{
    int32_t low = bill->low, high = bill->high, first, i, count;
    size_t group, j;
    struct amount *months;

    for (group = 0; group < bill->group_count; group++) {
        const struct group *here = &bill->groups[group];

        for (j = 0; j < here->moved_count; j++) {
            low = here->moved[j].day < low ? here->moved[j].day : low;
            high = here->moved[j].day > high ? here->moved[j].day : high;
        }
    }
    first = month_of(low);
    count = month_of(high) - first + 1;
    months = calloc((size_t)count, sizeof *months);
    bill->months = resize(NULL, (size_t)count, sizeof *bill->months);
    if (months == NULL)
        fail("out of memory");
    for (group = 0; group < bill->group_count; group++) {
        add_to_months(months, first, bill->groups[group].cells, bill->groups[group].count);
        add_to_months(months, first, bill->groups[group].moved, bill->groups[group].moved_count);
    }
    for (i = 0; i < count; i++) {
        if (months[i].whole != 0 || months[i].fraction != 0) {
            bill->months[bill->month_count].month = first + i;
            bill->months[bill->month_count++].billed = months[i];
        }
    }
    free(months);
}

/* "2.34567E+11": what a spreadsheet leaves of an account's number. */
static int is_spoilt(struct text name)
{
    size_t i;

    for (i = 0; i < name.length && (isdigit((unsigned char)name.at[i]) || name.at[i] == '.'); i++)
        continue;
    if (i == 0 || i + 2 >= name.length || (name.at[i] != 'E' && name.at[i] != 'e') || name.at[i + 1] != '+')
        return 0;
    for (i += 2; i < name.length && isdigit((unsigned char)name.at[i]); i++)
        continue;
    return i == name.length || strncmp(name.at + i, " / ", 3) == 0;
}

static void warn_of_spoilt_names(const struct bill *bill, struct notes *notes)
{
    char names[200] = "", name[48];
    size_t i, used = 0, count = 0;

    for (i = 0; i < bill->group_count; i++) {
        if (!is_spoilt(bill->groups[i].name))
            continue;
        count++;
        clean_text(name, sizeof name, bill->groups[i].name);
        if (used + 60 < sizeof names)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", name);
    }
    if (count > 0)
        remark(notes, "%lu group name%s a spreadsheet's number, so several accounts may be in one: %s",
               (unsigned long)count, count == 1 ? " is" : "s are", names);
}

void close_bill(struct bill *bill, const struct options *options, struct notes *notes)
{
    choose_currency(bill, options);
    note_other_currencies(bill, notes);
    leave_out_far_days(bill, options, notes);
    choose_days(bill, options, notes);
    rank_groups(bill);
    show_names(bill);
    add_up(bill);
    drop_empty_groups(bill);
    add_up_months(bill);
    warn_of_spoilt_names(bill, notes);
}
