#include "rows.h"

#include <string.h>

/* Fields that the header has no name for must be empty. */
static int has_right_width(struct csv *csv, const struct header *header)
{
    size_t i;

    if (csv->count < header->width)
        return 0;
    for (i = header->width; i < csv->count; i++) {
        if (csv->fields[i].length > 0)
            return 0;
    }
    return 1;
}

static struct text cell(struct csv *csv, const struct header *header, int column)
{
    static const struct text nothing = {"", 0};
    struct text text;

    if (header->at[column] == ABSENT)
        return nothing;
    text = csv_field(csv, header->at[column]);
    return is_null(text) ? nothing : text;
}

/* The header of the next part, where the parts of a bill were joined. */
static int is_repeated_header(struct csv *csv, struct header *header, struct text cost)
{
    size_t i;

    if (is_same_name(cost, text_of(header->names[COST])))
        return ++header->repeated > 0;
    for (i = 0; i < csv->count; i++) {
        if (same_text(trimmed(csv_field(csv, i)), text_of(header->names[COST])))
            fail("%s:%lu: another header begins here, with its columns in another order", csv->name,
                 (unsigned long)csv->row_line);
    }
    return 0;
}

static int read_amount(struct row *row, struct csv *csv, struct header *header, struct notes *notes)
{
    static const enum reason reasons[] = {COST_EMPTY, COST_NO_NUMBER, COST_SEPARATOR, COST_TOO_FINE,
                                          COST_TOO_LARGE};
    struct text cost = csv_field(csv, header->at[COST]);
    enum amount_form form = parse_amount(cost, &row->amount);

    if (form == AMOUNT_GOOD)
        return 1;
    if (is_repeated_header(csv, header, cost))
        return 0;
    if (notes != NULL)
        leave_out(notes, is_null(trimmed(cost)) ? COST_EMPTY : reasons[form], row->line, cost);
    return 0;
}

static int read_dates(struct row *row, struct csv *csv, struct header *header, const struct options *options,
                      struct notes *notes)
{
    struct text date = csv_field(csv, header->at[DATE]), period;
    char shown[48];

    switch (parse_day(date, options->order, &row->day)) {
    case DATE_GOOD:
        break;
    case DATE_TWO_WAYS:
        clean_text(shown, sizeof shown, date);
        fail("%s:%lu: the date '%s' can be read as MM/DD/YYYY or as DD/MM/YYYY: --date-format says which",
             csv->name, (unsigned long)row->line, shown);
        return 0;
    default:
        if (notes != NULL)
            leave_out(notes, is_null(trimmed(date)) ? DATE_EMPTY : DATE_NO_DATE, row->line, date);
        return 0;
    }
    period = cell(csv, header, PERIOD);
    row->has_period = period.length > 0 && parse_period(period, options->order, &row->period);
    if (!row->has_period && options->columns[PERIOD] != NULL) {
        if (notes != NULL)
            leave_out(notes, PERIOD_NO_DATE, row->line, period);
        return 0;
    }
    return 1;
}

int next_row(struct row *row, struct csv *csv, struct header *header, const struct options *options,
             struct notes *notes)
{
    static const struct text nothing = {"", 0};

    while (csv_read(csv)) {
        row->line = csv->row_line;
        if (csv->has_stray_text || !has_right_width(csv, header)) {
            if (notes != NULL)
                leave_out(notes, csv->has_stray_text ? STRAY_TEXT : FIELD_COUNT, row->line, nothing);
            continue;
        }
        if (!read_amount(row, csv, header, notes) || !read_dates(row, csv, header, options, notes))
            continue;
        row->currency = trimmed(cell(csv, header, CURRENCY));
        row->group = cell(csv, header, GROUP);
        row->second_group = cell(csv, header, SECOND_GROUP);
        if (header->at[SECOND_GROUP] == ABSENT)
            row->second_group.at = NULL;
        row->driver = cell(csv, header, DRIVER);
        return 1;
    }
    return 0;
}
