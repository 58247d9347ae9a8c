/*
 * A cloud bill in FOCUS 1.0 columns, added up by day and group.
 */
#ifndef BILL_H
#define BILL_H

#include <math.h>

#include "csv.h"

/* More than ten years; a bill that spans more has a wrong date in it. */
#define MAX_DAYS 4000

/*
 * Numbers and dates
 */

/* A sum that keeps what rounding takes from it (Neumaier): bills add up to the last digit. */
struct total {
    double sum;
    double lost;
};

static void add(struct total *total, double amount)
{
    double sum = total->sum + amount;

    if (fabs(total->sum) >= fabs(amount))
        total->lost += (total->sum - sum) + amount;
    else
        total->lost += (amount - sum) + total->sum;
    total->sum = sum;
}

static void add_total(struct total *to, const struct total *from)
{
    add(to, from->sum);
    add(to, from->lost);
}

static double value(const struct total *total)
{
    return total->sum + total->lost;
}

static size_t digits(const char *text)
{
    return strspn(text, "0123456789");
}

/* A plain decimal number; strtod alone would also take blanks, hexadecimal, inf and nan. */
static int parse_number(const char *text, double *number)
{
    const char *at = text + (*text == '-' || *text == '+');
    size_t whole = digits(at), fraction = 0;

    at += whole;
    if (*at == '.') {
        fraction = digits(++at);
        at += fraction;
    }
    if (whole + fraction == 0)
        return 0;
    if (*at == 'e' || *at == 'E') {
        at += 1 + (at[1] == '-' || at[1] == '+');
        if (digits(at) == 0)
            return 0;
        at += digits(at);
    }
    *number = strtod(text, NULL);
    return *at == '\0' && isfinite(*number);
}

static int parse_integer(const char *text, int64_t *number)
{
    const char *at = text + (*text == '-' || *text == '+');

    errno = 0;
    *number = strtoll(text, NULL, 10);
    return digits(at) > 0 && at[digits(at)] == '\0' && errno == 0;
}

/* Days since 0000-03-01: a year that starts in March ends with its leap day, if it has one. */
static long day_number(int year, int month, int day)
{
    int y = month > 2 ? year : year - 1;
    int m = month > 2 ? month - 3 : month + 9;

    return 365L * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1;
}

struct date {
    int year, month, day;
};

static struct date date_of(long number)
{
    long year = (number * 400 + 591) / 146097;
    long rest, m;
    struct date date;

    while (day_number((int)year, 3, 1) > number)
        year--;
    rest = number - day_number((int)year, 3, 1);
    m = (5 * rest + 2) / 153;
    date.day = (int)(rest - (153 * m + 2) / 5 + 1);
    date.month = (int)(m < 10 ? m + 3 : m - 9);
    date.year = (int)(m < 10 ? year : year + 1);
    return date;
}

/* Whether text begins like pattern, in which 0 stands for any digit and _ for a T or a blank. */
static int begins_like(const char *text, const char *pattern)
{
    for (; *pattern != '\0'; text++, pattern++) {
        if (*pattern == '0' ? *text < '0' || *text > '9'
            : *pattern == '_' ? *text != 'T' && *text != ' '
                              : *text != *pattern)
            return 0;
    }
    return 1;
}

/* The day of "2024-09-18 22:00:00", "2024-09-18T22:00Z" and the like; FOCUS dates are UTC. */
static int parse_day(const char *text, long *number)
{
    static const int lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year, month, day, leap;

    if (!begins_like(text, "0000-00-00"))
        return 0;
    year = atoi(text);
    month = atoi(text + 5);
    day = atoi(text + 8);
    leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > lengths[month - 1])
        return 0;
    if (month == 2 && day == 29 && !leap)
        return 0;
    *number = day_number(year, month, day);

    text += 10;
    if (*text == '\0')
        return 1;
    if (!begins_like(text, "_00:00") || atoi(text + 1) > 23 || atoi(text + 4) > 59)
        return 0;
    text += 6;
    if (begins_like(text, ":00")) {
        if (atoi(text + 1) > 60) /* a leap second */
            return 0;
        text += 3;
        if (*text == '.' && digits(text + 1) > 0)
            text += 1 + digits(text + 1);
    }
    return *text == '\0' || strcmp(text, "Z") == 0 || strcmp(text, "+00:00") == 0 ||
           strcmp(text, " UTC") == 0;
}

/*
 * The bill
 */

/* What one group was billed on one day. */
struct cell {
    char *group; /* "" for a NULL cell, and for the whole bill; NULL marks a free slot */
    long day;
    struct total charges, credits;
};

struct bill {
    struct cell *cells; /* a hash table while the rows come in, sorted by group and day after that */
    size_t count, capacity;
    char *currency; /* of the first row that was used */
    long first_day, last_day;
    uint64_t rows, rejected, credit_rows;
    struct total charges, credits;
};

static char *copy(const char *text)
{
    return strcpy(resize(NULL, strlen(text) + 1, 1), text);
}

/* The slot that holds this cell, or the free one where it belongs. */
static struct cell *slot(const struct bill *bill, const char *group, long day)
{
    uint64_t hash = 14695981039346656037u ^ (uint64_t)day;
    const char *at;
    size_t i;

    for (at = group; *at != '\0'; at++)
        hash = (hash ^ (unsigned char)*at) * 1099511628211u;
    hash *= 0x9E3779B97F4A7C15u;
    i = (size_t)(hash >> 32) & (bill->capacity - 1);
    while (bill->cells[i].group && (bill->cells[i].day != day || strcmp(bill->cells[i].group, group) != 0))
        i = (i + 1) & (bill->capacity - 1);
    return &bill->cells[i];
}

static void grow(struct bill *bill)
{
    struct cell *old = bill->cells;
    size_t i, old_capacity = bill->capacity;

    bill->capacity = old_capacity ? 2 * old_capacity : 1024;
    bill->cells = resize(NULL, bill->capacity, sizeof *bill->cells);
    for (i = 0; i < bill->capacity; i++)
        bill->cells[i].group = NULL;
    for (i = 0; i < old_capacity; i++) {
        if (old[i].group)
            *slot(bill, old[i].group, old[i].day) = old[i];
    }
    free(old);
}

static void add_row(struct bill *bill, const char *group, long day, double amount)
{
    struct cell *cell;

    if (2 * bill->count >= bill->capacity)
        grow(bill);
    cell = slot(bill, group, day);
    if (cell->group == NULL) {
        memset(cell, 0, sizeof *cell);
        cell->group = copy(group);
        cell->day = day;
        if (bill->count == 0 || day < bill->first_day)
            bill->first_day = day;
        if (bill->count == 0 || day > bill->last_day)
            bill->last_day = day;
        bill->count++;
    }
    add(amount < 0.0 ? &cell->credits : &cell->charges, amount);
    add(amount < 0.0 ? &bill->credits : &bill->charges, amount);
    bill->credit_rows += amount < 0.0;
}

static void reject(struct bill *bill, const struct csv *csv, const char *reason, const char *text)
{
    char start[48];

    bill->rejected++;
    fprintf(stderr, "%s:%lu: row rejected: %s", csv->name, csv->row_line, reason);
    if (text != NULL) {
        snprintf(start, sizeof start, "%s", text);
        fputs(": '", stderr);
        print_text(stderr, start);
        fputc('\'', stderr);
    }
    fputc('\n', stderr);
}

enum { COST, START, GROUP, CURRENCY, COLUMNS };

static const size_t ABSENT = SIZE_MAX;

/* Where the columns are. All but the currency must be there. */
static void find_columns(const struct csv *csv, const char *group_by, size_t columns[COLUMNS])
{
    const char *names[COLUMNS] = {"BilledCost", "ChargePeriodStart", NULL, "BillingCurrency"};
    int name, missing = 0;
    size_t i;

    names[GROUP] = group_by;
    for (name = 0; name < COLUMNS; name++) {
        columns[name] = ABSENT;
        for (i = 0; names[name] != NULL && i < csv->count; i++) {
            if (strcmp(csv->text + csv->fields[i], names[name]) != 0)
                continue;
            if (columns[name] != ABSENT)
                fail("%s: there are two columns %s", csv->name, names[name]);
            columns[name] = i;
        }
        if (columns[name] == ABSENT && names[name] != NULL && name != CURRENCY) {
            fprintf(stderr, "spend_guard: %s: the header has no column %s\n", csv->name, names[name]);
            missing = 1;
        }
    }
    if (missing)
        exit(EXIT_BAD);
}

static void check_span(const struct bill *bill, const struct csv *csv)
{
    if (bill->last_day - bill->first_day >= MAX_DAYS) {
        struct date first = date_of(bill->first_day), last = date_of(bill->last_day);

        fail("%s:%lu: with this row the bill runs from %04d-%02d-%02d to %04d-%02d-%02d, more than %d days",
             csv->name, csv->row_line, first.year, first.month, first.day, last.year, last.month, last.day,
             MAX_DAYS);
    }
}

static void read_cells(struct bill *bill, const struct csv *csv, const size_t columns[COLUMNS])
{
    const char *cost = field(csv, columns[COST]);
    const char *start = field(csv, columns[START]);
    const char *group = columns[GROUP] == ABSENT ? "" : field(csv, columns[GROUP]);
    const char *currency = columns[CURRENCY] == ABSENT ? "" : field(csv, columns[CURRENCY]);
    double amount;
    long day;

    if (!parse_number(cost, &amount)) {
        reject(bill, csv, "BilledCost is not a number", cost);
    } else if (!parse_day(start, &day)) {
        reject(bill, csv, "ChargePeriodStart is not a date and time in UTC", start);
    } else if (columns[CURRENCY] != ABSENT && *currency == '\0') {
        reject(bill, csv, "BillingCurrency is empty", NULL);
    } else if (bill->currency != NULL && strcmp(currency, bill->currency) != 0) {
        reject(bill, csv, "BillingCurrency is not that of the rows before", currency);
    } else {
        if (bill->currency == NULL)
            bill->currency = copy(currency);
        add_row(bill, group, day, amount);
        check_span(bill, csv);
    }
}

static void read_bill(struct bill *bill, struct csv *csv, const char *group_by)
{
    size_t columns[COLUMNS], width;

    skip_byte_order_mark(csv);
    if (!read_row(csv))
        fail("%s: empty, not even a header", csv->name);
    find_columns(csv, group_by, columns);
    width = csv->count;

    while (read_row(csv)) {
        char reason[96];

        bill->rows++;
        if (csv->has_stray_text) {
            reject(bill, csv, "text after a closing quote", NULL);
        } else if (csv->count != width) {
            snprintf(reason, sizeof reason, "%lu fields where the header has %lu", (unsigned long)csv->count,
                     (unsigned long)width);
            reject(bill, csv, reason, NULL);
        } else {
            read_cells(bill, csv, columns);
        }
    }
    if (bill->count == 0)
        fail("%s: not one row that can be used", csv->name);
}

static int by_group_and_day(const void *left, const void *right)
{
    const struct cell *a = left, *b = right;
    int order = strcmp(a->group, b->group);

    return order ? order : (a->day > b->day) - (a->day < b->day);
}

static void sort(struct bill *bill)
{
    size_t i, count = 0;

    for (i = 0; i < bill->capacity; i++) {
        if (bill->cells[i].group)
            bill->cells[count++] = bill->cells[i];
    }
    qsort(bill->cells, count, sizeof *bill->cells, by_group_and_day);
}

/* Fills an empty bill from a file, "-" for standard input; group_by is a column, or NULL for no groups. */
static void load_bill(struct bill *bill, const char *path, const char *group_by)
{
    int is_stdin = strcmp(path, "-") == 0;
    struct csv csv;

    memset(&csv, 0, sizeof csv);
    csv.name = is_stdin ? "(standard input)" : path;
    csv.file = is_stdin ? stdin : fopen(path, "rb");
    csv.line = 1;
    if (csv.file == NULL)
        fail("%s: %s", csv.name, strerror(errno));
    read_bill(bill, &csv, group_by);
    sort(bill);
    if (!is_stdin)
        fclose(csv.file);
    free(csv.text);
    free(csv.fields);
}

static void free_bill(struct bill *bill)
{
    size_t i;

    for (i = 0; i < bill->count; i++)
        free(bill->cells[i].group);
    free(bill->cells);
    free(bill->currency);
}

#endif
