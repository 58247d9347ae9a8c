/*
 * What every part of spend_guard needs: exit statuses, refusals, memory, text.
 */
#ifndef COMMON_H
#define COMMON_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    STATUS_FINE = 0,
    STATUS_REFUSED = 1,  /* a bill that cannot be judged */
    STATUS_USAGE = 2,
    STATUS_FINDING = 3,
    STATUS_LEFT_OUT = 4, /* rows were left out, whatever was found in the others */
};

/* A piece of text that is not ended by a NUL. */
struct text {
    const char *at;
    size_t length;
};

/* Says why on standard error and ends the program: with STATUS_REFUSED, or with STATUS_USAGE. */
void fail(const char *format, ...);
void fail_usage(const char *format, ...);

/* realloc that never returns NULL. */
void *resize(void *memory, size_t count, size_t size);
char *copy_text(const char *at, size_t length);

/* Room for one more in an array that grows by halves; capacity is kept up to date. */
void *grow(void *memory, size_t count, size_t *capacity, size_t size);

struct text text_of(const char *string);
int same_text(struct text left, struct text right);
int is_null(struct text text); /* empty, NULL or null */
struct text trimmed(struct text text);
uint64_t hash_bytes(const char *at, size_t length);

/* Text from a bill, for people: control characters and what is no UTF-8 become a question mark. */
void print_text(FILE *to, struct text text);

/* Into a buffer, cut where it is full. */
void clean_text(char *to, size_t capacity, struct text text);

/* The length of the UTF-8 character at text, 0 if there is none. */
size_t utf8_length(const unsigned char *at, size_t length);

/* How many columns of a terminal it takes, taking each character for one. */
size_t text_width(struct text text);

#endif
