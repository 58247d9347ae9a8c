/*
 * A reader of CSV files, row by row: quoted fields with delimiters, doubled quotes and line ends in
 * them, lines that end in LF, CRLF or CR, byte order marks, rows of any length.
 */
#ifndef CSV_H
#define CSV_H

#include "common.h"

struct field {
    char *at;
    size_t length;
    int has_quotes; /* doubled ones, which csv_field() makes single */
};

struct csv {
    const char *name;
    int file;
    int is_pipe;
    char delimiter;
    unsigned char ends_plain[256]; /* which bytes end a stretch of plain text */
    uint64_t line;                 /* the line on which the next row begins, from 1 */
    uint64_t row_line;             /* that of the row read last */
    int has_stray_text;            /* the row has text between a closing quote and the next delimiter */
    struct field *fields;
    size_t count, fields_capacity;
    char *buffer; /* ends in a NUL behind what was read */
    size_t capacity, start, end;
    int at_end;
};

/* "-" is standard input. Refuses what is no text: gzip and other archives, UTF-16. */
void csv_open(struct csv *csv, const char *path);
void csv_close(struct csv *csv);

void csv_set_delimiter(struct csv *csv, char delimiter);

/* Reads the next row that is not blank; 0 at the end of the file. Fields stay until the next call. */
int csv_read(struct csv *csv);

/* Makes the row read last the next one again, for another delimiter. */
void csv_unread(struct csv *csv);

/* The row read last as one piece of text, without its line end. */
struct text csv_row(const struct csv *csv);

struct text csv_field(struct csv *csv, size_t column);

#endif
