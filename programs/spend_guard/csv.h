/*
 * A reader of CSV files, row by row: quoted fields with commas, doubled quotes and line ends
 * in them, lines that end in LF, CRLF or CR, a byte order mark, fields of any length.
 */
#ifndef CSV_H
#define CSV_H

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_BAD = 1 };

static void fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("spend_guard: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(EXIT_BAD);
}

static void *resize(void *memory, size_t count, size_t size)
{
    void *grown = count <= SIZE_MAX / size ? realloc(memory, count * size) : NULL;

    if (grown == NULL)
        fail("out of memory");
    return grown;
}

struct csv {
    FILE *file;
    const char *name;
    unsigned long line;     /* the line that is read, from 1 */
    unsigned long row_line; /* the line on which the row began */
    int has_stray_text;     /* the row has text between a closing quote and the next comma */
    char *text;             /* the row's fields, each with a NUL behind it */
    size_t length, capacity;
    size_t *fields; /* where in text they begin */
    size_t count, fields_capacity;
};

static void put(struct csv *csv, int byte)
{
    if (csv->length == csv->capacity) {
        csv->capacity = csv->capacity ? 2 * csv->capacity : 4096;
        csv->text = resize(csv->text, csv->capacity, 1);
    }
    csv->text[csv->length++] = (char)byte;
}

static void begin_field(struct csv *csv)
{
    if (csv->count == csv->fields_capacity) {
        csv->fields_capacity = csv->fields_capacity ? 2 * csv->fields_capacity : 64;
        csv->fields = resize(csv->fields, csv->fields_capacity, sizeof *csv->fields);
    }
    csv->fields[csv->count++] = csv->length;
}

/* The next byte, with every line outside of quotes ending in a plain \n. */
static int next_byte(struct csv *csv, int in_quotes)
{
    int byte = getc(csv->file);

    if (byte == '\r' && !in_quotes && (byte = getc(csv->file)) != '\n') {
        ungetc(byte, csv->file);
        byte = '\n';
    }
    if (byte == EOF && ferror(csv->file))
        fail("%s: %s", csv->name, strerror(errno));
    if (byte == '\0')
        fail("%s:%lu: a NUL byte; this is no CSV file in UTF-8", csv->name, csv->line);
    csv->line += byte == '\n';
    return byte;
}

/* Reads the next row that is not blank; 0 at the end of the file. */
static int read_row(struct csv *csv)
{
    enum { FRESH, PLAIN, QUOTED, CLOSED } state = FRESH;
    unsigned long quote_line = 0;

    csv->length = csv->count = 0;
    csv->has_stray_text = 0;
    csv->row_line = csv->line;
    begin_field(csv);
    for (;;) {
        unsigned long line = csv->line;
        int byte = next_byte(csv, state == QUOTED);

        if (state == QUOTED) {
            if (byte == EOF)
                fail("%s:%lu: the quote that opens here is never closed", csv->name, quote_line);
            if (byte == '"')
                state = CLOSED;
            else
                put(csv, byte);
        } else if (byte == '"' && state != PLAIN) {
            if (state == CLOSED)
                put(csv, '"');
            else
                quote_line = line;
            state = QUOTED;
        } else if (byte != ',' && byte != '\n' && byte != EOF) {
            csv->has_stray_text |= state == CLOSED;
            state = PLAIN;
            put(csv, byte);
        } else if (byte != ',' && csv->count == 1 && state == FRESH) {
            if (byte == EOF)
                return 0;
            csv->row_line = csv->line;
        } else {
            put(csv, '\0');
            if (byte != ',')
                return 1;
            begin_field(csv);
            state = FRESH;
        }
    }
}

static void skip_byte_order_mark(struct csv *csv)
{
    int byte = getc(csv->file);

    if (byte != 0xEF)
        ungetc(byte, csv->file);
    else if (getc(csv->file) != 0xBB || getc(csv->file) != 0xBF)
        fail("%s: neither CSV text nor a byte order mark", csv->name);
}

/* A field of the row; NULL, quoted or not, is the same as an empty one. */
static const char *field(const struct csv *csv, size_t index)
{
    const char *text = csv->text + csv->fields[index];

    return strcmp(text, "NULL") == 0 ? "" : text;
}

/*
 * Printing text that comes from the bill
 */

/* Bytes of the UTF-8 character at text, 0 when there is none. */
static int utf8_length(const unsigned char *text)
{
    int i, length = text[0] < 0x80   ? 1
                    : text[0] < 0xC2 ? 0
                    : text[0] < 0xE0 ? 2
                    : text[0] < 0xF0 ? 3
                    : text[0] < 0xF5 ? 4
                                     : 0;


    for (i = 1; i < length; i++) {
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    }
    /* Too long a form, a surrogate, beyond the last character. */
    if ((text[0] == 0xE0 && text[1] < 0xA0) || (text[0] == 0xED && text[1] > 0x9F) ||
        (text[0] == 0xF0 && text[1] < 0x90) || (text[0] == 0xF4 && text[1] > 0x8F))
        return 0;
    return length;
}

/* For people: control characters, with which a bill could play on a terminal, become question marks. */
static void print_text(FILE *file, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    while (*at != '\0') {
        int length = utf8_length(at);

        if (length == 0 || *at < 0x20 || *at == 0x7F || (*at == 0xC2 && at[1] < 0xA0))
            fputc('?', file);
        else
            fwrite(at, 1, (size_t)length, file);
        at += length ? length : 1;
    }
}

#endif
