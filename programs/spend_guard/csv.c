#define _POSIX_C_SOURCE 200809L

#include "csv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 1 << 20 };

/* Scanning stops where the text read so far ends, at a row's end, or where a row cannot end. */
enum outcome { ROW, MORE };

/* Fills the buffer behind what is left of it. */
static void fill(struct csv *csv)
{
    size_t left = csv->end - csv->start;

    if (left > 0)
        memmove(csv->buffer, csv->buffer + csv->start, left);
    csv->start = 0;
    csv->end = left;
    if (csv->capacity - left < CHUNK) {
        csv->capacity = left < CHUNK ? 2 * CHUNK : 2 * csv->capacity;
        csv->buffer = resize(csv->buffer, csv->capacity + 1, 1);
    }
    while (csv->end < csv->capacity && !csv->at_end) {
        ssize_t got = read(csv->file, csv->buffer + csv->end, csv->capacity - csv->end);

        if (got < 0 && errno != EINTR)
            fail("%s: %s", csv->name, strerror(errno));
        csv->end += got > 0 ? (size_t)got : 0;
        csv->at_end = got == 0;
    }
    csv->buffer[csv->end] = '\0';
}

static int begins_with(const struct csv *csv, const char *bytes, size_t length)
{
    return csv->end >= length && memcmp(csv->buffer, bytes, length) == 0;
}

static void refuse_what_is_no_text(const struct csv *csv)
{
    if (begins_with(csv, "\x1F\x8B", 2))
        fail("%s: gzip, not text; pipe it through gzip -dc: gzip -dc FILE | spend_guard -", csv->name);
    if (begins_with(csv, "\x28\xB5\x2F\xFD", 4))
        fail("%s: zstd, not text; pipe it through zstd -dc: zstd -dc FILE | spend_guard -", csv->name);
    if (begins_with(csv, "BZh", 3))
        fail("%s: bzip2, not text; pipe it through bzip2 -dc: bzip2 -dc FILE | spend_guard -", csv->name);
    if (begins_with(csv, "\xFD" "7zXZ", 5))
        fail("%s: xz, not text; pipe it through xz -dc: xz -dc FILE | spend_guard -", csv->name);
    if (begins_with(csv, "PAR1", 4))
        fail("%s: Parquet, not CSV", csv->name);
    if (begins_with(csv, "PK\x03\x04", 4))
        fail("%s: a zip archive or a spreadsheet, not CSV", csv->name);
    if (begins_with(csv, "\xFF\xFE", 2) || begins_with(csv, "\xFE\xFF", 2) ||
        (csv->end >= 2 && (csv->buffer[0] == '\0') != (csv->buffer[1] == '\0')))
        fail("%s: UTF-16, not UTF-8; pipe it through iconv -f UTF-16 -t UTF-8", csv->name);
}

void csv_open(struct csv *csv, const char *path)
{
    struct stat what;

    memset(csv, 0, sizeof *csv);
    csv->is_pipe = strcmp(path, "-") == 0;
    csv->name = csv->is_pipe ? "(standard input)" : path;
    csv->file = csv->is_pipe ? STDIN_FILENO : open(path, O_RDONLY);
    if (csv->file < 0)
        fail("%s: %s", csv->name, strerror(errno));
    if (!csv->is_pipe && fstat(csv->file, &what) == 0)
        csv->is_pipe = !S_ISREG(what.st_mode);
    csv->line = 1;
    csv_set_delimiter(csv, ',');
    fill(csv);
    refuse_what_is_no_text(csv);
}

void csv_close(struct csv *csv)
{
    if (csv->file != STDIN_FILENO)
        close(csv->file);
    free(csv->buffer);
    free(csv->fields);
}

void csv_set_delimiter(struct csv *csv, char delimiter)
{
    csv->delimiter = delimiter;
    memset(csv->ends_plain, 0, sizeof csv->ends_plain);
    csv->ends_plain[(unsigned char)delimiter] = 1;
    csv->ends_plain['\n'] = csv->ends_plain['\r'] = csv->ends_plain['\0'] = 1;
}

static void add_field(struct csv *csv, char *at, size_t length, int has_quotes)
{
    csv->fields = grow(csv->fields, csv->count, &csv->fields_capacity, sizeof *csv->fields);
    csv->fields[csv->count].at = at;
    csv->fields[csv->count].length = length;
    csv->fields[csv->count++].has_quotes = has_quotes;
}

/* The end of a stretch without a delimiter or line end. */
static inline char *plain_end(const struct csv *csv, char *at)
{
    while (!csv->ends_plain[(unsigned char)*at])
        at++;
    return at;
}

/*
 * The end of quoted text: its closing quote, or NULL where more must be read. With escapes, a
 * backslash hides the byte behind it, as in JSON that was put between quotes as it is.
 */
static char *quoted_end(struct csv *csv, char *at, int escapes, uint64_t *lines, int *has_quotes)
{
    char *end = csv->buffer + csv->end;

    for (;; at++) {
        while (*at != '"' && *at != '\n' && *at != '\r' && *at != '\0' && *at != '\\')
            at++;
        if (at == end)
            return NULL;
        if (*at == '"') {
            if (at[1] != '"')
                return at + 1 == end && !csv->at_end ? NULL : at;
            *has_quotes = 1;
            at++;
        } else if (*at == '\n' || (*at == '\r' && at[1] != '\n')) {
            ++*lines;
        } else if (*at == '\\') {
            at += escapes && at + 1 < end;
        } else if (*at == '\0') {
            fail("%s:%lu: a NUL byte; this is no CSV file in UTF-8", csv->name,
                 (unsigned long)(csv->line + *lines));
        }
    }
}

/* Splits the row at start into fields. escapes_after is set where a quote was closed behind a backslash. */
static enum outcome scan(struct csv *csv, int escapes, int *escapes_after, char **next, uint64_t *lines)
{
    char *at = csv->buffer + csv->start, *end = csv->buffer + csv->end;

    csv->count = 0;
    csv->has_stray_text = 0;
    *lines = 0;
    for (;;) {
        char *from = at;
        int has_quotes = 0;

        if (*at == '"') {
            uint64_t quote_line = csv->line + *lines;

            at = quoted_end(csv, at + 1, escapes, lines, &has_quotes);
            if (at == NULL) {
                if (csv->at_end && !escapes)
                    fail("%s:%lu: the quote that opens here is never closed", csv->name,
                         (unsigned long)quote_line);
                return MORE;
            }
            add_field(csv, from + 1, (size_t)(at - from - 1), has_quotes);
            at++;
            if (!csv->ends_plain[(unsigned char)*at]) {
                csv->has_stray_text = 1;
                *escapes_after |= at[-2] == '\\';
                at = plain_end(csv, at);
            }
        } else {
            at = plain_end(csv, at);
            add_field(csv, from, (size_t)(at - from), 0);
        }
        if (*at == csv->delimiter) {
            at++;
            continue;
        }
        if (*at == '\0' && at != end)
            fail("%s:%lu: a NUL byte; this is no CSV file in UTF-8", csv->name,
                 (unsigned long)(csv->line + *lines));
        if (at + (*at == '\r') >= end && !csv->at_end)
            return MORE;
        if (at < end) {
            at += *at == '\r' && at[1] == '\n' ? 2 : 1;
            ++*lines;
        }
        *next = at;
        return ROW;
    }
}

static void skip_byte_order_marks(struct csv *csv)
{
    while (csv->end - csv->start >= 3 && memcmp(csv->buffer + csv->start, "\xEF\xBB\xBF", 3) == 0)
        csv->start += 3;
}

/* The row at start, by JSON's escapes where only they make sense of it. */
static enum outcome scan_row(struct csv *csv, char **next, uint64_t *lines)
{
    int escapes_after = 0;

    if (scan(csv, 0, &escapes_after, next, lines) == MORE)
        return MORE;
    if (!csv->has_stray_text || !escapes_after)
        return ROW;
    if (scan(csv, 1, &escapes_after, next, lines) == MORE && !csv->at_end)
        return MORE;
    return csv->has_stray_text ? scan(csv, 0, &escapes_after, next, lines) : ROW;
}

static int is_blank_row(const struct csv *csv)
{
    struct text text;

    text.at = csv->fields[0].at;
    text.length = csv->fields[0].length;
    return csv->count == 1 && trimmed(text).length == 0;
}

int csv_read(struct csv *csv)
{
    for (;;) {
        char *next;
        uint64_t lines;

        if (csv->end - csv->start < 8 && !csv->at_end)
            fill(csv);
        skip_byte_order_marks(csv);
        if (csv->start == csv->end && csv->at_end)
            return 0;
        if (scan_row(csv, &next, &lines) == MORE) {
            fill(csv);
            continue;
        }
        csv->row_line = csv->line;
        csv->line += lines;
        csv->start = (size_t)(next - csv->buffer);
        if (!is_blank_row(csv))
            return 1;
    }
}

void csv_unread(struct csv *csv)
{
    csv->start = (size_t)(csv->fields[0].at - csv->buffer);
    csv->start -= csv->start > 0 && csv->buffer[csv->start - 1] == '"';
    csv->line = csv->row_line;
}

struct text csv_row(const struct csv *csv)
{
    struct text row;
    const char *end = csv->buffer + csv->start;

    row.at = csv->fields[0].at;
    row.at -= row.at > csv->buffer && row.at[-1] == '"';
    while (end > row.at && (end[-1] == '\n' || end[-1] == '\r'))
        end--;
    row.length = (size_t)(end - row.at);
    return row;
}

struct text csv_field(struct csv *csv, size_t column)
{
    struct field *field = &csv->fields[column];
    struct text text;

    if (field->has_quotes) {
        size_t i, used = 0;

        for (i = 0; i < field->length; i++, used++) {
            field->at[used] = field->at[i];
            i += field->at[i] == '"' && i + 1 < field->length && field->at[i + 1] == '"';
        }
        field->length = used;
        field->has_quotes = 0;
    }
    text.at = field->at;
    text.length = field->length;
    return text;
}
