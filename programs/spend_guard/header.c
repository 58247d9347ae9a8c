#include "rows.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A header further down belongs to something else. */
enum { TITLE_ROWS = 20, NORMAL_NAME = 128 };

/* The names of a provider's columns; the first of those with | between them that is there counts. */
static const struct format {
    const char *name;
    const char *columns[COLUMNS];
} formats[] = {
    {"focus",
     {"BilledCost", "ChargePeriodStart", "BillingCurrency", "BillingPeriodStart", "ServiceName", "SubAccountId",
      NULL}},
    {"aws-cur",
     {"lineItem/UnblendedCost", "lineItem/UsageStartDate", "lineItem/CurrencyCode", "bill/BillingPeriodStartDate",
      "product/ProductName|lineItem/ProductCode", "lineItem/UsageAccountId", NULL}},
    {"azure",
     {"costInBillingCurrency|PreTaxCost|Cost", "date|UsageDateTime|UsageDate",
      "billingCurrency|billingCurrencyCode|Currency",
      "billingPeriodStartDate", "meterCategory|consumedService", "SubscriptionId|SubscriptionGuid", NULL}},
};

enum { FORMATS = sizeof formats / sizeof formats[0] };

static const char *const column_options[COLUMNS] = {"--cost",    "--date",     "--currency-column",
                                                    "--period-column", "--drivers", "--group-by",
                                                    "--group-by"};

static const struct format *chosen_format(const struct options *options)
{
    size_t i;

    for (i = 0; i < FORMATS; i++) {
        if (strcmp(formats[i].name, options->format) == 0)
            return &formats[i];
    }
    fail_usage("--format: '%s' is none of focus, aws-cur and azure", options->format);
    return NULL;
}

/* Lower case without _, /, - and blanks, so that billed_cost is BilledCost. */
static void normalize(char *to, struct text name)
{
    size_t used = 0, i;

    name = trimmed(name);
    for (i = 0; i < name.length && used + 1 < NORMAL_NAME; i++) {
        if (strchr("_/- ", name.at[i]) == NULL)
            to[used++] = (char)tolower((unsigned char)name.at[i]);
    }
    to[used] = '\0';
}

int is_same_name(struct text left, struct text right)
{
    char one[NORMAL_NAME], other[NORMAL_NAME];

    normalize(one, left);
    normalize(other, right);
    return *one != '\0' && strcmp(one, other) == 0;
}

/* The column of that name, spelled so or nearly so. Two of them are refused. */
static size_t find_one(struct csv *csv, struct text name)
{
    char wanted[NORMAL_NAME], found[NORMAL_NAME];
    size_t i, exact = ABSENT, near = ABSENT, near_count = 0;

    normalize(wanted, name);
    for (i = 0; i < csv->count; i++) {
        struct text field = csv_field(csv, i);

        if (same_text(trimmed(field), name)) {
            if (exact != ABSENT)
                fail("%s: there are two columns %.*s", csv->name, (int)name.length, name.at);
            exact = i;
        }
        normalize(found, field);
        if (strcmp(found, wanted) == 0) {
            near = i;
            near_count++;
        }
    }
    if (exact == ABSENT && near_count > 1)
        fail("%s: there are %lu columns that could be %.*s", csv->name, (unsigned long)near_count,
             (int)name.length, name.at);
    return exact != ABSENT ? exact : near;
}

/* As find_one, for several names with | between them unless an option gave the name. */
static size_t find_column(struct csv *csv, const char *names, int is_given)
{
    for (;;) {
        struct text name;
        size_t at;

        name.at = names;
        name.length = is_given ? strlen(names) : strcspn(names, "|");
        at = find_one(csv, name);
        names += name.length;
        if (at != ABSENT || *names == '\0')
            return at;
        names++;
    }
}

static const char *wanted_names(const struct options *options, const struct format *format, int column)
{
    return options->columns[column] != NULL ? options->columns[column] : format->columns[column];
}

static size_t find_wanted(struct csv *csv, const struct options *options, const struct format *format, int column)
{
    return find_column(csv, wanted_names(options, format, column), options->columns[column] != NULL);
}

/* Reads the row read last again, with another delimiter. */
static void split_by(struct csv *csv, char delimiter)
{
    if (csv->delimiter != delimiter) {
        csv_unread(csv);
        csv_set_delimiter(csv, delimiter);
        csv_read(csv);
    }
}

/* Tries the delimiters on the row read last; one with the columns of cost and date stays, or one with the cost. */
static int is_header(struct csv *csv, const struct options *options, const struct format *format)
{
    const char delimiters[] = {csv->delimiter, ',', ';', '\t', '|'};
    size_t i;
    int with_date;

    for (with_date = 1; with_date >= 0; with_date--) {
        for (i = 0; i < sizeof delimiters; i++) {
            split_by(csv, delimiters[i]);
            if (!csv->has_stray_text && find_wanted(csv, options, format, COST) != ABSENT &&
                (!with_date || find_wanted(csv, options, format, DATE) != ABSENT))
                return 1;
        }
    }
    split_by(csv, delimiters[0]);
    return 0;
}

/* Excel's way to name the delimiter: a first line "sep=;". */
static int is_separator_line(const struct csv *csv)
{
    struct text row = csv_row(csv);

    return row.length == 5 && memcmp(row.at, "sep=", 4) == 0;
}

/* The other format whose columns of cost and date are there. */
static const char *other_format(struct csv *csv, const struct format *chosen)
{
    size_t i;

    for (i = 0; i < FORMATS; i++) {
        if (&formats[i] != chosen && find_column(csv, formats[i].columns[COST], 0) != ABSENT &&
            find_column(csv, formats[i].columns[DATE], 0) != ABSENT)
            return formats[i].name;
    }
    return NULL;
}

/* What may be meant by a header without this column. */
static void hint(struct csv *csv, int column, struct text name)
{
    char wanted[NORMAL_NAME], found[NORMAL_NAME];
    size_t i, length;

    normalize(wanted, name);
    length = strlen(wanted);
    for (i = 0; i < csv->count; i++) {
        struct text field = csv_field(csv, i);

        normalize(found, field);
        if (strlen(found) > length && strcmp(found + strlen(found) - length, wanted) == 0) {
            fprintf(stderr, "spend_guard: it has a column ");
            print_text(stderr, field);
            fprintf(stderr, ": name it with %s ", column_options[column]);
            print_text(stderr, field);
            fputc('\n', stderr);
            return;
        }
    }
    fprintf(stderr, "spend_guard: name another column with %s%s\n", column_options[column],
            column >= GROUP ? ", or take the bill as a whole with --group-by none" : "");
}

static int is_needed(const struct options *options, int column)
{
    if (column == GROUP)
        return !options->is_whole;
    return column <= DATE || options->columns[column] != NULL;
}

static void find_columns(struct header *header, struct csv *csv, const struct options *options,
                         const struct format *format)
{
    int column, missing = 0;

    for (column = 0; column < COLUMNS; column++) {
        const char *names = wanted_names(options, format, column);

        header->at[column] = ABSENT;
        if (names == NULL || (column == GROUP && options->is_whole))
            continue;
        header->at[column] = find_wanted(csv, options, format, column);
        if (header->at[column] != ABSENT) {
            struct text name = trimmed(csv_field(csv, header->at[column]));

            header->names[column] = copy_text(name.at, name.length);
        } else if (is_needed(options, column)) {
            const char *other = column == COST && options->columns[COST] == NULL ? other_format(csv, format) : NULL;
            struct text name;

            name.at = names;
            name.length = options->columns[column] != NULL ? strlen(names) : strcspn(names, "|");
            if (other != NULL)
                fail("%s:%lu: the header has no column %.*s, it has the names of --format %s", csv->name,
                     (unsigned long)csv->row_line, (int)name.length, names, other);
            fprintf(stderr, "spend_guard: %s:%lu: the header has no column ", csv->name, (unsigned long)csv->row_line);
            print_text(stderr, name);
            fputc('\n', stderr);
            hint(csv, column, name);
            missing = 1;
        }
    }
    if (missing)
        exit(STATUS_REFUSED);
    header->width = csv->count;
    while (header->width > 0 && trimmed(csv_field(csv, header->width - 1)).length == 0)
        header->width--;
}

void find_header(struct header *header, struct csv *csv, const struct options *options, struct notes *notes)
{
    const struct format *format = chosen_format(options);
    const char *other;
    uint64_t first_line;
    int rows = 0;

    memset(header, 0, sizeof *header);
    if (!csv_read(csv))
        fail("%s: empty, not even a header", csv->name);
    if (is_separator_line(csv)) {
        csv_set_delimiter(csv, csv_row(csv).at[4]);
        if (!csv_read(csv))
            fail("%s: empty, not even a header", csv->name);
    }
    first_line = csv->row_line;
    other = options->columns[COST] == NULL ? other_format(csv, format) : NULL;
    while (!is_header(csv, options, format)) {
        if (rows++ == TITLE_ROWS || !csv_read(csv)) {
            /* The first row is the one to complain about. */
            struct csv again;

            if (csv->is_pipe)
                fail("%s:%lu: the header has no column %.*s%s%s", csv->name, (unsigned long)first_line,
                     (int)strcspn(wanted_names(options, format, COST), "|"), wanted_names(options, format, COST),
                     other != NULL ? ", it has the names of --format " : "; name another with --cost",
                     other != NULL ? other : "");
            csv_open(&again, csv->name);
            do
                csv_read(&again);
            while (again.row_line < first_line);
            find_columns(header, &again, options, format);
            fail("%s: no header", csv->name);
        }
    }
    if (rows > 0 && notes != NULL)
        remark(notes, "The header is on line %lu; what is above it was skipped", (unsigned long)csv->row_line);
    find_columns(header, csv, options, format);
}

void free_header(struct header *header)
{
    int column;

    for (column = 0; column < COLUMNS; column++)
        free(header->names[column]);
}
