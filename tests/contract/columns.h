/* What the hosts of columns share: numbers, and buffers of which each ends, or begins, at a page that
   cannot be touched. Include it first. */
#ifndef COLUMNS_H
#define COLUMNS_H

#define _DEFAULT_SOURCE
#include "check.h"
#include "pages.h"
#include "seed.h"
#include <cloudcircuit.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

static uint64_t any(void)
{
    static uint64_t seed;
    uint64_t z;
    if (seed == 0)
        seed = fresh_seed();
    z = seed += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static size_t below(size_t end)
{
    return (size_t)(any() % end);
}

static uint64_t bits_of(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

/* Memory */

enum { SPEND, LIMIT, FLAGS, NUMBERS, INVALID, BITS, MORE_BITS, BUFFERS };
#define OFFSETS LIMIT
#define ROOM (3u << 20)
#define MARGIN 64

static unsigned char fill = 0xAA;

static struct {
    unsigned char *start, *end; /* of what may be touched */
    unsigned char *at;
    size_t size, after;
} memory[BUFFERS];

static void map_memory(void)
{
    size_t page = page_size(), i;
    for (i = 0; i < BUFFERS; i++) {
        unsigned char *map = reserve(ROOM + 2 * page);
        if (map == NULL || !allow(map + page, ROOM))
            abort();
        memory[i].start = map + page;
        memory[i].end = map + page + ROOM;
    }
}

/* A buffer of that size, slack bytes before the page behind it, or after the one before it. */
static void *place(int which, size_t size, size_t slack, int first)
{
    unsigned char *at = first ? memory[which].start + slack : memory[which].end - slack - size;
    size_t before = first ? slack : MARGIN, after = first ? MARGIN : slack;
    if (size + slack + MARGIN > ROOM)
        abort();
    memset(at - before, fill, before + size + after);
    memory[which].at = at - before;
    memory[which].size = before + size;
    memory[which].after = after;
    return at;
}

static int is_filled(const unsigned char *at, size_t size)
{
    size_t i;
    for (i = 0; i < size; i++)
        if (at[i] != fill)
            return 0;
    return 1;
}

/* The bytes next to a buffer of that size, which lies where place() put it. */
static int stands_alone(int which, size_t size)
{
    const unsigned char *at = memory[which].at;
    return is_filled(at, memory[which].size - size) &&
           is_filled(at + memory[which].size, memory[which].after);
}

static uint64_t number_at(const void *column, size_t row)
{
    uint64_t number;
    memcpy(&number, (const unsigned char *)column + 8 * row, 8);
    return number;
}

static size_t count_at(const void *count)
{
    size_t number;
    memcpy(&number, count, sizeof number);
    return number;
}

static void put(void *column, size_t row, uint64_t number)
{
    memcpy((unsigned char *)column + 8 * row, &number, 8);
}

static int bit_at(const uint8_t *bits, size_t bit)
{
    return bits[bit / 8] >> (bit % 8) & 1;
}

static const int64_t INTEGERS[] = {0, 1, 2, 899999, 900000, 1000000, INT64_MAX, INT64_MAX - 1,
                                   INT64_MAX / 1000000, INT64_MAX / 1000000 + 1, INT64_C(1) << 32,
                                   -1, INT64_MIN, -1000000};

static const double DOUBLES[] = {0.0, -0.0, 1, 2, 0.5, 0.9, 100, 5e-324, DBL_MIN, DBL_MAX, 1e300,
                                 1e-300, 0.1 + 0.2, 0.3, -1, -5e-324, -DBL_MAX, NAN, -NAN,
                                 INFINITY, -INFINITY};

static uint64_t a_number(int exact)
{
    size_t kind = below(4);
    uint64_t bits = any();
    if (kind == 0)
        return exact ? (uint64_t)INTEGERS[below(COUNT(INTEGERS))]
                     : bits_of(DOUBLES[below(COUNT(DOUBLES))]);
    if (kind == 1)
        return exact ? bits >> (1 + below(63)) : bits;
    return exact ? 90 + below(20) : bits_of((double)(90 + below(20)));
}

static uint64_t a_bad_number(int exact, size_t number)
{
    static const double bad[] = {NAN, -1, INFINITY, -5e-324, -INFINITY};
    static const int64_t bad_exact[] = {-1, INT64_MIN, -2, -1000000, INT64_MIN + 1};
    return exact ? (uint64_t)bad_exact[number % 5] : bits_of(bad[number % 5]);
}

static uint8_t *a_bitmap(int which, size_t bit, size_t len, int first)
{
    size_t bytes = (bit + len + 7) / 8, i;
    uint8_t *bits = place(which, bytes, 0, first);
    for (i = 0; i < bytes; i++)
        bits[i] = (uint8_t)(below(3) ? any() | any() : any() & any());
    return bits;
}

/* All rows refused, over memory that held something else. */
static void is_refused(cloudcircuit_status status, cloudcircuit_status expected,
                       const uint8_t *flags, unsigned refused, const void *numbers,
                       const size_t *invalid, size_t len)
{
    size_t row, wrong = 0, counted = len;
    for (row = 0; row < len; row++) {
        wrong += flags && flags[row] != refused;
        wrong += numbers && number_at(numbers, row) != 0;
    }
    if (invalid)
        memcpy(&counted, invalid, sizeof counted);
    CHECK(wrong == 0);
    CHECK(status == expected);
    CHECK(counted == len);
}

/* Enough for the call to ask for wider registers. No other CPU is asked. */
#if defined(__x86_64__) || defined(_M_X64)
enum { MANY = 131072 };
#else
enum { MANY = 4096 };
#endif

/* Overlaps. Buffers lie in one piece of memory; each output takes every place that touches or
   adjoins another buffer. */

struct part {
    size_t at, size;
};

static int do_overlap(struct part a, struct part b)
{
    return a.at < b.at + b.size && b.at < a.at + a.size;
}

#define ARENA 4096

static unsigned char *arena;

#endif
