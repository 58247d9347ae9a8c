#include "bill.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "close.h"

/* Two columns make one name; the byte between them is in no sane cell. */
enum { BETWEEN = 0x1F };

static struct text key_of(struct bill *bill, const struct row *row)
{
    struct text key = row->group;

    if (row->second_group.at == NULL)
        return key;
    key.length = row->group.length + 1 + row->second_group.length;
    if (key.length > bill->key_capacity) {
        bill->key_capacity = 2 * key.length;
        bill->key = resize(bill->key, bill->key_capacity, 1);
    }
    memcpy(bill->key, row->group.at, row->group.length);
    bill->key[row->group.length] = BETWEEN;
    memcpy(bill->key + row->group.length + 1, row->second_group.at, row->second_group.length);
    key.at = bill->key;
    return key;
}

static int is_currency(const struct currency *currency, struct text name)
{
    size_t i;

    for (i = 0; i < name.length && i + 1 < sizeof currency->name; i++) {
        if (currency->name[i] != (char)toupper((unsigned char)name.at[i]))
            return 0;
    }
    return currency->name[i] == '\0';
}

static uint32_t currency_number(const struct bill *bill, struct text name)
{
    uint32_t i;

    for (i = 0; i < bill->currency_count && !is_currency(&bill->currencies[i], name); i++)
        continue;
    return i;
}

static struct currency *currency_of(struct bill *bill, struct text name)
{
    uint32_t number = currency_number(bill, name);
    struct currency *currency;
    size_t i;

    if (number < bill->currency_count)
        return &bill->currencies[number];
    if (number == 200)
        fail("more than 200 currencies; --currency-column names another column for them");
    bill->currencies =
        grow(bill->currencies, bill->currency_count, &bill->currency_capacity, sizeof *bill->currencies);
    currency = &bill->currencies[bill->currency_count++];
    memset(currency, 0, sizeof *currency);
    for (i = 0; i < name.length && i + 1 < sizeof currency->name; i++)
        currency->name[i] = (char)toupper((unsigned char)name.at[i]);
    return currency;
}

/* Rows of another billing period than the month of their day. */
struct strays {
    uint64_t rows, first_line;
    struct amount billed;
};

/* The day of the billing period that is nearest to the row's: its own, the month's first or its last. */
static int32_t day_in_period(int32_t day, int32_t period)
{
    int year = period / 12, month = period % 12 + 1;
    int32_t first = day_number(year, month, 1), last = first + days_in_month(year, month) - 1;

    return day < first ? first : day > last ? last : day;
}

static void count_period(struct bill *bill, const struct row *row, uint32_t key, int is_asked, struct strays *strays)
{
    int32_t day = day_in_period(row->day, row->period);

    if (day == row->day)
        return;
    if (is_asked) {
        struct move move;

        move.key = key;
        move.from = row->day;
        move.to = day;
        move.amount = row->amount;
        bill->moves = grow(bill->moves, bill->move_count, &bill->move_capacity, sizeof *bill->moves);
        bill->moves[bill->move_count++] = move;
    }
    if (strays->rows++ == 0)
        strays->first_line = row->line;
    add_amount(&strays->billed, row->amount);
}

static void count_row(struct bill *bill, const struct row *row, const struct options *options, struct strays *strays)
{
    struct currency *currency = currency_of(bill, row->currency);
    struct day_rows *day = &bill->days[row->day - FIRST_DAY];
    uint32_t key = names_add(&bill->names, key_of(bill, row), (uint32_t)(currency - bill->currencies));

    if (currency->rows++ == 0)
        currency->first_line = row->line;
    add_amount(&currency->billed, row->amount);
    if (day->rows++ == 0)
        day->first_line = row->line;
    if (bill->rows_used++ == 0 || row->day < bill->low)
        bill->low = row->day;
    if (bill->rows_used == 1 || row->day > bill->high)
        bill->high = row->day;
    tally_add(&bill->billed_by_day, key, row->day, row->amount);
    if (is_negative(row->amount))
        tally_add(&bill->credits_by_day, key, row->day, row->amount);
    if (row->has_period)
        count_period(bill, row, key, options->columns[PERIOD] != NULL, strays);
}

static void note_what_was_read(const struct header *header, const struct options *options, const struct strays *strays,
                               struct notes *notes)
{
    char amount[AMOUNT_TEXT];

    if (header->repeated > 0)
        remark(notes, "The header came again %lu time%s and was skipped", (unsigned long)header->repeated,
               header->repeated == 1 ? "" : "s");
    if (strays->rows > 0 && options->columns[PERIOD] == NULL)
        remark(notes,
               "%lu row%s with %s in all (first on line %lu) belong%s to another month by %s: "
               "--period-column %s counts them there",
               (unsigned long)strays->rows, strays->rows == 1 ? "" : "s", amount_text(amount, strays->billed),
               (unsigned long)strays->first_line, strays->rows == 1 ? "s" : "", header->names[PERIOD],
               header->names[PERIOD]);
}

void load_bill(struct bill *bill, struct csv *csv, struct header *header, const struct options *options,
               struct notes *notes)
{
    struct strays strays;
    struct row row;

    memset(bill, 0, sizeof *bill);
    memset(&strays, 0, sizeof strays);
    bill->is_pipe = csv->is_pipe;
    bill->days = calloc((size_t)(LAST_DAY - FIRST_DAY + 1), sizeof *bill->days);
    if (bill->days == NULL)
        fail("out of memory");
    while (next_row(&row, csv, header, options, notes)) {
        count_row(bill, &row, options, &strays);
        if (csv->is_pipe && options->columns[DRIVER] != NULL) {
            uint32_t key = bill->names.last;

            tally_add(&bill->driven, names_add(&bill->drivers, row.driver, key), row.day, row.amount);
        }
    }
    bill->rows_read = bill->rows_used + notes->rows_left_out;
    note_what_was_read(header, options, &strays, notes);
    if (bill->rows_used > 0)
        close_bill(bill, options, notes);
}

int has_rows(const struct bill *bill, int32_t day)
{
    return bill->days[day - FIRST_DAY].rows > 0;
}

uint32_t group_of_row(struct bill *bill, const struct row *row)
{
    uint32_t currency = currency_number(bill, row->currency), key;

    if (row->day < bill->low || row->day > bill->high || currency == bill->currency_count)
        return NO_KEY;
    key = names_find(&bill->names, key_of(bill, row), currency);
    return key == UINT32_MAX ? NO_KEY : bill->rank_of[key];
}

void free_bill(struct bill *bill)
{
    size_t i;

    for (i = 0; bill->shown_names != NULL && i < bill->group_count; i++)
        free(bill->shown_names[i]);
    free(bill->shown_names);
    free(bill->groups);
    free(bill->months);
    free(bill->rank_of);
    free(bill->currencies);
    free(bill->days);
    free(bill->cells);
    free(bill->credit_cells);
    free(bill->moved);
    free(bill->moves);
    free(bill->key);
    names_free(&bill->names);
    names_free(&bill->drivers);
    tally_free(&bill->billed_by_day);
    tally_free(&bill->credits_by_day);
    tally_free(&bill->moved_by_day);
    tally_free(&bill->driven);
}
