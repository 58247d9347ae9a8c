#include "notes.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *const reasons[REASONS] = {
    "%s is empty",
    "%s is not a number",
    "%s has a thousands separator or a decimal comma",
    "%s has more than 18 decimal places",
    "%s is 10^18 or more",
    "%s is empty",
    "%s is not a date",
    "%s is not a billing period",
    "%s is empty in a bill of several currencies",
    "%s is too far from the rest of the bill (--max-gap-days)",
    "another number of fields than the header",
    "text behind a closing quote",
};

void leave_out(struct notes *notes, enum reason reason, uint64_t line, struct text text)
{
    struct left_out *left_out = &notes->left_out[reason];

    notes->rows_left_out++;
    if (left_out->rows++ == 0 || line < left_out->first_line) {
        left_out->first_line = line;
        clean_text(left_out->first, sizeof left_out->first, text);
    }
}

void remark(struct notes *notes, const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    notes->remarks = grow(notes->remarks, notes->remark_count, &notes->remark_capacity, sizeof *notes->remarks);
    notes->remarks[notes->remark_count++] = copy_text(text, strlen(text));
}

const char *reason_text(char *to, const struct notes *notes, enum reason reason)
{
    const struct left_out *left_out = &notes->left_out[reason];
    char what[160], name[64], first[64] = "";

    clean_text(name, sizeof name, text_of(notes->names[reason] ? notes->names[reason] : ""));
    snprintf(what, sizeof what, reasons[reason], name);
    if (left_out->first[0] != '\0')
        snprintf(first, sizeof first, ": '%s'", left_out->first);
    snprintf(to, REASON_TEXT, "%" PRIu64 " row%s: %s (first on line %" PRIu64 "%s)", left_out->rows,
             left_out->rows == 1 ? "" : "s", what, left_out->first_line, first);
    return to;
}

void free_notes(struct notes *notes)
{
    size_t i;

    for (i = 0; i < notes->remark_count; i++)
        free(notes->remarks[i]);
    free(notes->remarks);
}
