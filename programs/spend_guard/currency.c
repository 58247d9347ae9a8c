#include "currency.h"

#include <ctype.h>
#include <string.h>

static void fail_for_currencies(const struct bill *bill, const char *format, const char *argument)
{
    char all[400] = "", amount[AMOUNT_TEXT];
    size_t i, used = 0;

    for (i = 0; i < bill->currency_count && used + 100 < sizeof all; i++) {
        const struct currency *currency = &bill->currencies[i];
        char name[40];

        clean_text(name, sizeof name, text_of(currency->name));
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s %s in %lu row%s", i == 0 ? "" : ", ",
                                 *name ? name : "(none)", amount_text(amount, currency->billed),
                                 (unsigned long)currency->rows, currency->rows == 1 ? "" : "s");
    }
    fail(format, argument, all);
}

void choose_currency(struct bill *bill, const struct options *options)
{
    size_t i, named = 0;
    char wanted[40];

    for (i = 0; i < bill->currency_count; i++) {
        if (bill->currencies[i].name[0] != '\0') {
            named++;
            bill->chosen = i;
        }
    }
    if (options->currency == NULL) {
        if (named > 1)
            fail_for_currencies(bill, "%sseveral currencies, which are not added up: %s. --currency chooses one", "");
        bill->currency = bill->currencies[bill->chosen].name;
        return;
    }
    for (i = 0; options->currency[i] != '\0' && i + 1 < sizeof wanted; i++)
        wanted[i] = (char)toupper((unsigned char)options->currency[i]);
    wanted[i] = '\0';
    for (i = 0; i < bill->currency_count && strcmp(bill->currencies[i].name, wanted) != 0; i++)
        continue;
    if (i == bill->currency_count && named > 0)
        fail_for_currencies(bill, "no row is in %s; the bill has %s", options->currency);
    bill->chosen = named > 0 ? i : 0;
    bill->currency = named > 0 ? bill->currencies[i].name : options->currency;
}

int is_chosen(const struct bill *bill, size_t currency)
{
    size_t i;

    if (currency == bill->chosen)
        return 1;
    for (i = 0; i < bill->currency_count; i++) {
        if (i != bill->chosen && i != currency)
            return 0;
    }
    return bill->currencies[currency].name[0] == '\0';
}

void note_other_currencies(struct bill *bill, struct notes *notes)
{
    static const struct text nothing = {"", 0};
    char amount[AMOUNT_TEXT], name[40];
    size_t i;

    for (i = 0; i < bill->currency_count; i++) {
        const struct currency *other = &bill->currencies[i];
        unsigned long rows = (unsigned long)other->rows;
        const char *s = rows == 1 ? "" : "s";

        if (i == bill->chosen)
            continue;
        amount_text(amount, other->billed);
        clean_text(name, sizeof name, text_of(other->name));
        if (is_chosen(bill, i)) {
            remark(notes, "%lu row%s with %s in all (first on line %lu) name%s no currency and %s taken as %s", rows,
                   s, amount, (unsigned long)other->first_line, rows == 1 ? "s" : "", rows == 1 ? "is" : "are",
                   bill->currency);
            continue;
        }
        bill->rows_used -= other->rows;
        if (other->name[0] != '\0') {
            remark(notes, "%lu row%s with %s %s (first on line %lu) %s not asked for", rows, s, name, amount,
                   (unsigned long)other->first_line, rows == 1 ? "is" : "are");
        } else {
            leave_out(notes, CURRENCY_EMPTY, other->first_line, nothing);
            notes->rows_left_out += other->rows - 1;
            notes->left_out[CURRENCY_EMPTY].rows = other->rows;
        }
    }
}
