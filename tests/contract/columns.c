/* Columns row for row against the scalar calls, with the same bits, and the flag calls
   likewise. Every buffer ends, or begins, at a page that cannot be touched, and the bytes next to it
   must stay as they were. */
#define _DEFAULT_SOURCE
#include "check.h"
#include <cloudcircuit.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>


enum {
    BUDGET_REFUSED = CLOUDCIRCUIT_FLAG_INVALID | CLOUDCIRCUIT_FLAG_BREACHED | CLOUDCIRCUIT_FLAG_WARNING,
    SPIKE_REFUSED = CLOUDCIRCUIT_FLAG_INVALID | CLOUDCIRCUIT_FLAG_SPIKE,
    BREAKER_REFUSED = CLOUDCIRCUIT_FLAG_INVALID | CLOUDCIRCUIT_FLAG_OPEN
};

static uint64_t seed = 1;

static uint64_t any(void)
{
    uint64_t z = seed += UINT64_C(0x9E3779B97F4A7C15);
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

static double double_of(uint64_t bits)
{
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
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
    size_t page = (size_t)sysconf(_SC_PAGESIZE), i;
    for (i = 0; i < BUFFERS; i++) {
        unsigned char *map = mmap(NULL, ROOM + 2 * page, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (map == MAP_FAILED || mprotect(map, page, PROT_NONE) != 0 ||
            mprotect(map + page + ROOM, page, PROT_NONE) != 0)
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

static void put(void *column, size_t row, uint64_t number)
{
    memcpy((unsigned char *)column + 8 * row, &number, 8);
}

static int bit_at(const uint8_t *bits, size_t bit)
{
    return bits[bit / 8] >> (bit % 8) & 1;
}

/* Budgets: double and int64_t alike, as patterns of 64 bits */

struct budgets {
    int exact, nullable;
    const void *spend, *limit;
    const uint8_t *bits[2];
    size_t bit[2], len;
    const void *config;
    uint8_t *flags;
    void *usage;
    size_t *invalid;
};

static cloudcircuit_status check_budgets(const struct budgets *b)
{
    if (b->exact && b->nullable)
        return cloudcircuit_check_budget_columns_i64_nullable(
            b->spend, b->bits[0], b->bit[0], b->limit, b->bits[1], b->bit[1], b->len, b->config,
            b->flags, b->usage, b->invalid);
    if (b->exact)
        return cloudcircuit_check_budget_columns_i64(b->spend, b->limit, b->len, b->config,
                                                     b->flags, b->usage, b->invalid);
    if (b->nullable)
        return cloudcircuit_check_budget_columns_nullable(
            b->spend, b->bits[0], b->bit[0], b->limit, b->bits[1], b->bit[1], b->len, b->config,
            b->flags, b->usage, b->invalid);
    return cloudcircuit_check_budget_columns(b->spend, b->limit, b->len, b->config, b->flags,
                                             b->usage, b->invalid);
}

/* What the scalar call answers, as a row. */
static unsigned budget_row(int exact, uint64_t spend, uint64_t limit, const void *config,
                           uint64_t *usage)
{
    cloudcircuit_budget_result money;
    cloudcircuit_budget_result_i64 exact_money;
    unsigned flags;
    *usage = 0;
    if (exact) {
        if (cloudcircuit_check_budget_i64((int64_t)spend, (int64_t)limit, config, &exact_money))
            return BUDGET_REFUSED;
        flags = exact_money.is_warning | exact_money.is_breached << 1;
        *usage = exact_money.usage_ppm;
    } else {
        if (cloudcircuit_check_budget(double_of(spend), double_of(limit), config, &money))
            return BUDGET_REFUSED;
        flags = money.is_warning | money.is_breached << 1;
        *usage = bits_of(money.usage_ratio);
    }
    return flags;
}

static const cloudcircuit_budget_config RATIOS[] = {{0.5}, {1}, {5e-324}, {0.9}};
static const cloudcircuit_budget_config_i64 PPMS[] = {{500000, 0}, {1000000, 0}, {1, 0}, {900000, 0}};

static const void *a_config(int exact, size_t number)
{
    const void *ratio = &RATIOS[number % 4], *ppm = &PPMS[number % 4];
    return number % 5 == 4 ? NULL : exact ? ppm : ratio;
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

static uint64_t a_good_number(int exact, size_t row)
{
    return exact ? 1 + row % 7 : bits_of(1 + (double)(row % 7) / 4);
}

static uint64_t a_bad_number(int exact, size_t number)
{
    static const double bad[] = {NAN, -1, INFINITY, -5e-324, -INFINITY};
    static const int64_t bad_exact[] = {-1, INT64_MIN, -2, -1000000, INT64_MIN + 1};
    return exact ? (uint64_t)bad_exact[number % 5] : bits_of(bad[number % 5]);
}

/* The answer must be that of the scalar calls on the inputs as they were before. */
static void rows_agree(const struct budgets *b, const uint64_t *spend, const uint64_t *limit)
{
    size_t row, wrong = 0, invalid = 0, counted = 0;
    cloudcircuit_status status = check_budgets(b);
    for (row = 0; row < b->len; row++) {
        uint64_t usage;
        unsigned flags = budget_row(b->exact, spend[row], limit[row], b->config, &usage);
        int column;
        for (column = 0; column < 2 && b->nullable; column++)
            if (b->bits[column] && !bit_at(b->bits[column], b->bit[column] + row))
                flags = BUDGET_REFUSED, usage = 0;
        invalid += flags == BUDGET_REFUSED;
        wrong += b->flags[row] != flags;
        wrong += b->usage && number_at(b->usage, row) != usage;
    }
    CHECK(wrong == 0);
    if (b->invalid)
        memcpy(&counted, b->invalid, sizeof counted);
    CHECK(!b->invalid || counted == invalid);
    CHECK(status == (invalid ? CLOUDCIRCUIT_ERR_INVALID_ROWS : CLOUDCIRCUIT_OK));
}

/* Enough for the call to ask for wider registers. */
enum { MANY = 131072 };

static uint64_t spends[MANY + 100], limits[MANY + 100];

/* Columns of len rows, whose outputs may be NULL, each shifted off its alignment by slack. */
static struct budgets lay_out(int exact, size_t len, size_t slack, int first, unsigned outputs)
{
    struct budgets b;
    memset(&b, 0, sizeof b);
    b.exact = exact;
    b.len = len;
    b.spend = memcpy(place(SPEND, 8 * len, slack, first), spends, 8 * len);
    b.limit = memcpy(place(LIMIT, 8 * len, (slack + 3) % 8, first), limits, 8 * len);
    b.flags = place(FLAGS, len, slack, first);
    b.usage = outputs & 1 ? place(NUMBERS, 8 * len, (8 - slack) % 8, first) : NULL;
    b.invalid = outputs & 2 ? place(INVALID, sizeof(size_t), (slack + 5) % 8, first) : NULL;
    return b;
}

static void nothing_beside(const struct budgets *b)
{
    CHECK(stands_alone(SPEND, 8 * b->len) && stands_alone(LIMIT, 8 * b->len));
    CHECK(stands_alone(FLAGS, b->len));
    CHECK(!b->usage || stands_alone(NUMBERS, 8 * b->len));
    CHECK(!b->invalid || stands_alone(INVALID, sizeof(size_t)));
    CHECK(memcmp(b->spend, spends, 8 * b->len) == 0);
    CHECK(memcmp(b->limit, limits, 8 * b->len) == 0);
}

static void budgets_of_every_length(int exact)
{
    static const size_t lengths[] = {0, 1, 2, 15, 16, 17, 31, 32, 33, 1000, MANY - 1, MANY, MANY + 15};
    size_t i, row, slack, number = 0;
    for (i = 0; i < COUNT(lengths); i++) {
        size_t len = lengths[i];
        for (slack = 0; slack < 8; slack++) {
            unsigned outputs;
            for (outputs = 0; outputs < 4; outputs++) {
                struct budgets b;
                /* Long ones take turns. */
                if (len > 1000 && outputs != (slack & 1 ? 1 : 3))
                    continue;
                number++;
                fill = number & 1 ? 0xAA : 0x55;
                for (row = 0; row < len; row++)
                    spends[row] = a_number(exact), limits[row] = a_number(exact);
                b = lay_out(exact, len, slack, number >> 1 & 1, outputs);
                b.config = a_config(exact, number);
                rows_agree(&b, spends, limits);
                nothing_beside(&b);
            }
        }
    }
}

/* A limit that is plain, and a spend near its share or the limit itself. */
static void a_plain_row(int exact, size_t row, double ratio, uint64_t ppm)
{
    uint64_t limit = 1 + (any() >> (12 + below(51))), near = below(5) - 2;
    double money = double_of((uint64_t)(1023 - 40 + below(80)) << 52 | any() >> 12);
    size_t kind = below(8);
    if (exact) {
        limits[row] = limit;
        spends[row] = limit / 1000000 * ppm + limit % 1000000 * ppm / 1000000 + near;
        if (kind < 3)
            spends[row] = kind == 0 ? any() >> (12 + below(51)) : limit + near;
        if (spends[row] >> 63)
            spends[row] = 0;
    } else {
        limits[row] = bits_of(money);
        spends[row] = bits_of(money * ratio) + near;
        if (kind < 3)
            spends[row] = kind == 0 ? any() >> 12 | UINT64_C(1000) << 52 : limits[row] + near;
    }
}

/* Rows as real columns have them, which are decided together, with and without odd ones between. */
static void plain_rows_and_odd_ones(int exact)
{
    static const double ratios[] = {0.5, 1, 5e-324, 0.9};
    static const uint64_t ppms[] = {500000, 1000000, 1, 900000};
    size_t number, row;
    for (number = 0; number < 4000; number++) {
        size_t len = 1 + below(80), share = number % 5 == 4 ? 3 : number % 4;
        size_t odd = number % 3 ? 0 : 1 + below(60);
        struct budgets b;
        if (number % 400 == 0)
            len += MANY;
        for (row = 0; row < len; row++) {
            a_plain_row(exact, row, ratios[share], ppms[share]);
            if (odd && row % odd == 0)
                *(below(2) ? &spends[row] : &limits[row]) = a_number(exact);
        }
        b = lay_out(exact, len, number % 8, (int)(number & 1), number % 7 ? 3 : 2);
        b.config = a_config(exact, number);
        rows_agree(&b, spends, limits);
        nothing_beside(&b);
    }
}

static void a_bad_row_spoils_no_other(int exact)
{
    size_t len, at, bad;
    for (len = 1; len < 36; len++) {
        for (at = 0; at < len; at++) {
            for (bad = 0; bad < 10; bad++) {
                struct budgets b;
                size_t row;
                for (row = 0; row < len; row++) {
                    spends[row] = a_good_number(exact, row);
                    limits[row] = a_good_number(exact, row + 3);
                }
                (bad < 5 ? spends : limits)[at] = a_bad_number(exact, bad);
                b = lay_out(exact, len, bad % 8, (int)(bad & 1), 3);
                rows_agree(&b, spends, limits);
                CHECK(b.flags[at] == BUDGET_REFUSED && number_at(b.usage, at) == 0);
                CHECK(number_at(b.invalid, 0) == 1);
                nothing_beside(&b);
            }
        }
    }
}

static uint8_t *a_bitmap(int which, size_t bit, size_t len, int first)
{
    size_t bytes = (bit + len + 7) / 8, i;
    uint8_t *bits = place(which, bytes, 0, first);
    for (i = 0; i < bytes; i++)
        bits[i] = (uint8_t)(below(3) ? any() | any() : any() & any());
    return bits;
}

/* Bitmaps of any offset, with NaN or a value under what is missing; NULL means that all are there. */
static void missing_values(int exact)
{
    static const size_t lengths[] = {0, 1, 7, 8, 9, 16, 33, 100, MANY + 9};
    size_t i, bit, number = 0;
    for (i = 0; i < COUNT(lengths); i++) {
        size_t len = lengths[i], bytes[2];
        for (bit = 0; bit < 16; bit++) {
            unsigned which;
            for (which = 0; which < 8; which++) {
                struct budgets b;
                size_t row;
                int first = (int)(number & 1);
                if (len > 1000 && (bit * 8 + which) % 13)
                    continue;
                number++;
                fill = number & 2 ? 0xAA : 0x55;
                for (row = 0; row < len; row++) {
                    spends[row] = which & 4 ? a_number(exact) : a_good_number(exact, row);
                    limits[row] = which & 4 ? a_number(exact) : a_good_number(exact, row + 3);
                }
                b = lay_out(exact, len, 0, first, number % 3 ? 3 : 2);
                b.nullable = 1;
                b.config = a_config(exact, number);
                b.bit[0] = bit;
                b.bit[1] = (bit + number) % 16;
                bytes[0] = (b.bit[0] + len + 7) / 8;
                bytes[1] = (b.bit[1] + len + 7) / 8;
                b.bits[0] = which & 1 ? a_bitmap(BITS, b.bit[0], len, first) : NULL;
                b.bits[1] = which & 2 ? a_bitmap(MORE_BITS, b.bit[1], len, first) : NULL;
                for (row = 0; row < len && !(which & 4); row++) {
                    if (b.bits[0] && !bit_at(b.bits[0], b.bit[0] + row) && row % 2)
                        put((void *)b.spend, row, spends[row] = a_bad_number(exact, row));
                    if (b.bits[1] && !bit_at(b.bits[1], b.bit[1] + row) && row % 3)
                        put((void *)b.limit, row, limits[row] = a_bad_number(exact, row));
                }
                rows_agree(&b, spends, limits);
                nothing_beside(&b);
                CHECK(!b.bits[0] || stands_alone(BITS, bytes[0]));
                CHECK(!b.bits[1] || stands_alone(MORE_BITS, bytes[1]));
            }
        }
    }
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

static void refuses(struct budgets b, cloudcircuit_status expected)
{
    is_refused(check_budgets(&b), expected, b.flags, BUDGET_REFUSED, b.usage, b.invalid, b.len);
}

static void errors_refuse_every_row(int exact)
{
    static const size_t lengths[] = {0, 1, 2, 15, 16, 17, 33, 1000, MANY};
    static const double ratios[] = {0, -0.5, 1.0000000000000002, NAN, INFINITY};
    static const cloudcircuit_budget_config_i64 ppms[] = {
        {0, 0}, {1000001, 0}, {UINT32_MAX, 0}, {0, 1}, {900000, 1}, {900000, UINT32_MAX}};
    size_t i, j, row;
    unsigned outputs;
    for (i = 0; i < COUNT(lengths); i++) {
        for (outputs = 0; outputs < 4; outputs++) {
            size_t len = lengths[i];
            struct budgets fine, b;
            fill = outputs & 1 ? 0xAA : 0x55;
            for (row = 0; row < len; row++)
                spends[row] = a_number(exact), limits[row] = a_number(exact);
            for (j = 0; j < (exact ? COUNT(ppms) : COUNT(ratios)); j++) {
                cloudcircuit_budget_config config;
                cloudcircuit_status expected = CLOUDCIRCUIT_ERR_WARNING_RATIO;
                b = lay_out(exact, len, j % 8, 0, outputs);
                config.warning_ratio = ratios[j % COUNT(ratios)];
                b.config = &config;
                if (exact) {
                    b.config = &ppms[j];
                    expected = j < 4 ? CLOUDCIRCUIT_ERR_WARNING_PPM : CLOUDCIRCUIT_ERR_RESERVED;
                }
                b.nullable = (int)(j & 1);
                refuses(b, expected);
                nothing_beside(&b);
            }
            fine = lay_out(exact, len, 0, 0, outputs);
            if (len > 0) {
                b = fine, b.spend = NULL, refuses(b, CLOUDCIRCUIT_ERR_NULL_POINTER);
                b = lay_out(exact, len, 0, 0, outputs);
                b.limit = NULL, refuses(b, CLOUDCIRCUIT_ERR_NULL_POINTER);
                b = lay_out(exact, len, 0, 0, outputs);
                b.flags = NULL, refuses(b, CLOUDCIRCUIT_ERR_NULL_POINTER);
                CHECK(stands_alone(FLAGS, len) && is_filled(fine.flags, len));
                b = lay_out(exact, len, 0, 0, outputs);
                b.nullable = 1, b.spend = NULL, b.limit = NULL;
                refuses(b, CLOUDCIRCUIT_ERR_NULL_POINTER);
            } else {
                b = fine, b.spend = b.limit = NULL, b.flags = NULL, b.usage = NULL;
                CHECK(check_budgets(&b) == CLOUDCIRCUIT_OK);
                CHECK(!b.invalid || number_at(b.invalid, 0) == 0);
                b.nullable = 1;
                CHECK(check_budgets(&b) == CLOUDCIRCUIT_OK);
                b.bits[0] = (const uint8_t *)b.invalid, b.bit[0] = 3; /* of no rows, no byte */
                CHECK(check_budgets(&b) == CLOUDCIRCUIT_OK);
            }
        }
    }
}

/* No memory holds these columns: nothing but the count is written. */
static void huge_lengths(int exact)
{
    static const size_t lengths[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2, SIZE_MAX / 8,
                                     SIZE_MAX / 8 + 1, (size_t)PTRDIFF_MAX / 8 + 1};
    size_t i;
    int nullable;
    for (i = 0; i < COUNT(lengths); i++) {
        for (nullable = 0; nullable < 2; nullable++) {
            struct budgets b;
            fill = nullable ? 0xAA : 0x55;
            memset(spends, fill, 16 * 8);
            memset(limits, fill, 16 * 8);
            b = lay_out(exact, 16, 0, 0, 3);
            b.len = lengths[i];
            b.nullable = nullable;
            if (nullable)
                b.bits[0] = place(BITS, 2, 0, 0), b.bit[0] = i % 2 ? SIZE_MAX : 0;
            CHECK(check_budgets(&b) == CLOUDCIRCUIT_ERR_TOO_MANY_ROWS);
            CHECK(number_at(b.invalid, 0) == lengths[i]);
            CHECK(is_filled(b.flags, 16) && is_filled(b.usage, 16 * 8));
            b.spend = NULL;
            CHECK(check_budgets(&b) == CLOUDCIRCUIT_ERR_NULL_POINTER);
            CHECK(is_filled(b.flags, 16) && is_filled(b.usage, 16 * 8));
            b.spend = memory[SPEND].end - 16 * 8;
            b.len = 16;
            nothing_beside(&b);
            /* A bitmap that is too long; an offset into none means nothing. */
            b.nullable = 1;
            b.bits[0] = place(BITS, 2, 0, 0), b.bit[0] = SIZE_MAX - i;
            refuses(b, CLOUDCIRCUIT_ERR_TOO_MANY_ROWS);
            b.bits[0] = NULL;
            rows_agree(&b, spends, limits);
        }
    }
}

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

static void budgets_overlap(int exact)
{
    enum { ROWS = 19, PARTS = 7 }; /* as in the list of buffers */
    static const struct part places[PARTS] = {
        {512, 8 * ROWS}, {1024, 8 * ROWS}, {1536, ROWS}, {2048, 8 * ROWS},
        {2560, sizeof(size_t)}, {3072, 3}, {3584, 3}}; /* of the last bitmap, what is read */
    static const int outputs[] = {FLAGS, NUMBERS, INVALID};
    uint64_t usage[ROWS];
    uint8_t flags[ROWS];
    size_t i, row, allowed = 0, refused = 0;
    int other;
    for (row = 0; row < ROWS; row++) {
        spends[row] = row % 5 ? a_good_number(exact, row) : a_bad_number(exact, row);
        limits[row] = row % 7 ? a_good_number(exact, row + 1) : a_bad_number(exact, row);
    }
    for (i = 0; i < COUNT(outputs); i++) {
        for (other = 0; other < PARTS; other++) {
            int output = outputs[i];
            size_t from = places[other].at - places[output].size;
            size_t to = places[other].at + places[other].size, at;
            for (at = from; at <= to && other != output; at++) {
                struct part parts[PARTS];
                struct budgets b;
                cloudcircuit_status status;
                size_t invalid = 0;
                int a, c, fault = 0;
                memcpy(parts, places, sizeof parts);
                parts[output].at = at;
                for (a = FLAGS; a <= INVALID; a++)
                    for (c = 0; c < PARTS; c++)
                        fault |= a != c && do_overlap(parts[a], parts[c]) &&
                                 !(a == NUMBERS && c < FLAGS && parts[a].at == parts[c].at);
                fill = at & 1 ? 0xAA : 0x55;
                memset(arena, fill, ARENA);
                memset(&b, 0, sizeof b);
                b.exact = exact, b.nullable = 1, b.len = ROWS;
                b.spend = memcpy(arena + parts[SPEND].at, spends, 8 * ROWS);
                b.limit = memcpy(arena + parts[LIMIT].at, limits, 8 * ROWS);
                b.bits[0] = memset(arena + parts[BITS].at, 0xF7, parts[BITS].size);
                memset(arena + parts[MORE_BITS].at, 0xFB, parts[MORE_BITS].size);
                b.bits[1] = arena + parts[MORE_BITS].at - 1;
                b.bit[0] = 3, b.bit[1] = 9;
                for (row = 0; row < ROWS; row++) {
                    flags[row] = (uint8_t)budget_row(exact, spends[row], limits[row], NULL, &usage[row]);
                    if (!bit_at(b.bits[0], 3 + row) || !bit_at(b.bits[1], 9 + row))
                        flags[row] = BUDGET_REFUSED, usage[row] = 0;
                }
                b.flags = arena + parts[FLAGS].at;
                b.usage = arena + parts[NUMBERS].at;
                b.invalid = (size_t *)(void *)(arena + parts[INVALID].at);
                status = check_budgets(&b);
                if (fault) {
                    refused++;
                    CHECK(status == CLOUDCIRCUIT_ERR_OVERLAP);
                    memset(flags, BUDGET_REFUSED, ROWS);
                    memset(usage, 0, sizeof usage);
                    CHECK(do_overlap(parts[INVALID], parts[FLAGS]) ||
                          do_overlap(parts[INVALID], parts[NUMBERS]) ||
                          number_at(b.invalid, 0) == ROWS);
                } else {
                    allowed++;
                    CHECK(status == CLOUDCIRCUIT_ERR_INVALID_ROWS);
                    for (row = 0; row < ROWS; row++)
                        invalid += flags[row] == BUDGET_REFUSED;
                    CHECK(number_at(b.invalid, 0) == invalid);
                }
                CHECK(memcmp(b.flags, flags, ROWS) == 0);
                CHECK(do_overlap(parts[FLAGS], parts[NUMBERS]) ||
                      (fault && do_overlap(parts[INVALID], parts[NUMBERS])) ||
                      memcmp(b.usage, usage, sizeof usage) == 0);
            }
        }
    }
    CHECK(allowed == 2 * 3 * 6 + 2 && refused > 1000);
}

/* Usage in the place of an input; all in one place, too. */
static void usage_in_place(int exact)
{
    static const size_t lengths[] = {1, 15, 16, 17, 31, 33, 1000, MANY + 1};
    size_t i, row;
    int which;
    for (i = 0; i < COUNT(lengths); i++) {
        for (which = 0; which < 6; which++) {
            size_t len = lengths[i];
            struct budgets b;
            for (row = 0; row < len; row++) {
                spends[row] = a_number(exact), limits[row] = a_number(exact);
                if (which >= 4)
                    limits[row] = spends[row];
            }
            b = lay_out(exact, len, (size_t)which, 0, 3);
            if (which >= 4)
                b.limit = b.spend;
            b.usage = (void *)(which & 1 ? b.limit : b.spend);
            b.config = a_config(exact, i + (size_t)which);
            b.nullable = which & 2;
            if (b.nullable)
                b.bits[0] = a_bitmap(BITS, 5, len, 0), b.bit[0] = 5;
            rows_agree(&b, spends, limits);
        }
    }
}

/* Series */

struct series {
    int nullable;
    const void *spend;
    size_t spend_len;
    const void *offsets;
    size_t rows;
    const uint8_t *bits[2]; /* of points, of series */
    size_t bit[2];
    const void *config;
    uint8_t *flags;
    void *threshold;
    size_t *invalid;
};

static cloudcircuit_status check_series(const struct series *s)
{
    if (s->nullable)
        return cloudcircuit_check_anomaly_spike_columns_nullable(
            s->spend, s->bits[0], s->bit[0], s->spend_len, s->offsets, s->bits[1], s->bit[1],
            s->rows, s->config, s->flags, s->threshold, s->invalid);
    return cloudcircuit_check_anomaly_spike_columns(s->spend, s->spend_len, s->offsets, s->rows,
                                                    s->config, s->flags, s->threshold, s->invalid);
}

static uint64_t points[300000];
static int64_t offsets[40001];

static unsigned spike_row(const uint64_t *series, size_t len, const void *config, uint64_t *threshold)
{
    cloudcircuit_spike_result result;
    *threshold = 0;
    if (cloudcircuit_check_anomaly_spike((const double *)(const void *)series, len, config, &result))
        return SPIKE_REFUSED;
    *threshold = bits_of(result.threshold);
    return result.is_spike * CLOUDCIRCUIT_FLAG_SPIKE;
}

static void series_agree(const struct series *s, cloudcircuit_status status)
{
    size_t row, wrong = 0, invalid = 0, spikes = 0, counted = 0;
    for (row = 0; row < s->rows; row++) {
        size_t start = (size_t)offsets[row], len = (size_t)offsets[row + 1] - start, point;
        uint64_t threshold;
        unsigned flags = spike_row(points + start, len, s->config, &threshold);
        int has_all = 1;
        if (s->nullable) {
            has_all = !s->bits[1] || bit_at(s->bits[1], s->bit[1] + row);
            for (point = start; point < start + len && s->bits[0]; point++)
                has_all &= bit_at(s->bits[0], s->bit[0] + point);
        }
        if (!has_all)
            flags = SPIKE_REFUSED, threshold = 0;
        invalid += flags == SPIKE_REFUSED;
        spikes += flags == CLOUDCIRCUIT_FLAG_SPIKE;
        wrong += s->flags[row] != flags;
        wrong += s->threshold && number_at(s->threshold, row) != threshold;
    }
    CHECK(wrong == 0);
    CHECK(s->rows < 300 || s->nullable || (spikes > 0 && spikes + invalid < s->rows));
    if (s->invalid)
        memcpy(&counted, s->invalid, sizeof counted);
    CHECK(!s->invalid || counted == invalid);
    CHECK(status == (invalid ? CLOUDCIRCUIT_ERR_INVALID_ROWS : CLOUDCIRCUIT_OK));
}

static struct series lay_out_series(size_t spend_len, size_t rows, size_t slack, int first,
                                    unsigned outputs)
{
    struct series s;
    memset(&s, 0, sizeof s);
    s.spend_len = spend_len;
    s.rows = rows;
    s.spend = memcpy(place(SPEND, 8 * spend_len, slack, first), points, 8 * spend_len);
    s.offsets = memcpy(place(OFFSETS, 8 * rows + 8, (slack + 3) % 8, first), offsets, 8 * rows + 8);
    s.flags = place(FLAGS, rows, slack, first);
    s.threshold = outputs & 1 ? place(NUMBERS, 8 * rows, (8 - slack) % 8, first) : NULL;
    s.invalid = outputs & 2 ? place(INVALID, sizeof(size_t), (slack + 5) % 8, first) : NULL;
    return s;
}

static void nothing_beside_series(const struct series *s)
{
    CHECK(stands_alone(SPEND, 8 * s->spend_len) && stands_alone(OFFSETS, 8 * s->rows + 8));
    CHECK(stands_alone(FLAGS, s->rows));
    CHECK(!s->threshold || stands_alone(NUMBERS, 8 * s->rows));
    CHECK(!s->invalid || stands_alone(INVALID, sizeof(size_t)));
    CHECK(memcmp(s->spend, points, 8 * s->spend_len) == 0);
    CHECK(memcmp(s->offsets, offsets, 8 * s->rows + 8) == 0);
}

/* Series of 0 to `most` points, not all of the buffer, with a bad point here and there. */
static size_t make_series(size_t rows, size_t most)
{
    size_t row, point, len = below(4);
    offsets[0] = (int64_t)len;
    for (row = 0; row < rows; row++) {
        len += below(8) ? 2 + below(most - 1) : below(3);
        offsets[row + 1] = (int64_t)len;
    }
    len += below(4);
    for (point = 0; point < len; point++)
        points[point] = below(100) ? bits_of((double)(80 + below(40))) : a_number(0);
    return len;
}

static void series_of_every_length(void)
{
    static const size_t lengths[] = {0, 1, 15, 16, 17, 31, 33, 1000, 40000};
    static const cloudcircuit_spike_config configs[] = {{1.5, 0}, {1.0625, 50}, {1.25, 1e300}, {2, 5e-324}};
    size_t i, slack, number = 0;
    unsigned outputs;
    for (i = 0; i < COUNT(lengths); i++) {
        for (slack = 0; slack < 8; slack++) {
            for (outputs = 0; outputs < 4; outputs++) {
                struct series s;
                size_t rows = lengths[i], len;
                if (rows > 1000 && (slack % 4 || outputs != (slack ? 2 : 3)))
                    continue;
                number++;
                fill = number & 1 ? 0xAA : 0x55;
                len = make_series(rows, rows > 1000 ? 9 : 40);
                s = lay_out_series(len, rows, slack, number >> 1 & 1, outputs);
                s.config = rows > 1000 || number % 5 == 4 ? NULL : &configs[number % 4];
                if (rows >= 300)
                    s.config = &configs[1];
                series_agree(&s, check_series(&s));
                nothing_beside_series(&s);
            }
        }
    }
}

/* One series as long as it takes for wider registers, and ends of it that judge themselves. */
static void long_series(void)
{
    static const size_t lengths[] = {2047, 2049, 4097, MANY - 1, MANY, MANY + 1, 200001};
    size_t i, point;
    for (i = 0; i < COUNT(lengths); i++) {
        size_t len = lengths[i];
        struct series s;
        for (point = 0; point < len; point++)
            points[point] = bits_of((double)(1 + below(100000)) / 100);
        offsets[0] = 0;
        offsets[1] = (int64_t)len - 5;
        offsets[2] = offsets[3] = (int64_t)len - 3;
        offsets[4] = (int64_t)len;
        if (len == MANY)
            points[len / 2] = bits_of(NAN);
        s = lay_out_series(len, 4, i % 8, 0, 3);
        series_agree(&s, check_series(&s));
        nothing_beside_series(&s);
    }
}

static void a_bad_series_spoils_no_other(void)
{
    size_t at, bad, row, point;
    for (at = 0; at < 21; at++) {
        for (bad = 0; bad < 8; bad++) {
            struct series s;
            size_t len = 0;
            offsets[0] = 0;
            for (row = 0; row < 21; row++) {
                len += row == at && bad >= 5 ? bad - 6 + (bad == 5) : 2 + row % 9;
                offsets[row + 1] = (int64_t)len;
            }
            for (point = 0; point < len; point++)
                points[point] = bits_of((double)(1 + point % 3));
            if (bad < 5)
                points[offsets[at] + (int64_t)(bad % (2 + at % 9))] = a_bad_number(0, bad);
            s = lay_out_series(len, 21, bad, (int)(at & 1), 3);
            series_agree(&s, check_series(&s));
            CHECK(number_at(s.invalid, 0) == 1);
            CHECK(s.flags[at] == SPIKE_REFUSED && number_at(s.threshold, at) == 0);
            nothing_beside_series(&s);
        }
    }
}

static void missing_points(void)
{
    static const size_t lengths[] = {0, 1, 8, 17, 100, 6000};
    size_t i, bit, row, point, number = 0;
    for (i = 0; i < COUNT(lengths); i++) {
        for (bit = 0; bit < 16; bit++) {
            unsigned which;
            for (which = 0; which < 4; which++) {
                struct series s;
                size_t rows = lengths[i], len, bytes;
                int first = (int)(number & 1);
                if (rows > 1000 && (bit * 4 + which) % 7)
                    continue;
                number++;
                fill = number & 2 ? 0xAA : 0x55;
                len = make_series(rows, 12);
                s = lay_out_series(len, rows, 0, first, number % 3 ? 3 : 0);
                s.nullable = 1;
                s.bit[0] = bit;
                s.bit[1] = (bit + number) % 16;
                bytes = (s.bit[0] + len + 7) / 8;
                if (which & 1) {
                    uint8_t *bits = place(BITS, bytes, 0, first);
                    memset(bits, 0xFF, bytes);
                    for (point = 0; point < len; point += 1 + below(20)) {
                        size_t at = s.bit[0] + point;
                        bits[at / 8] &= (uint8_t)~(1u << at % 8);
                        if (point % 2)
                            put((void *)s.spend, point, points[point] = bits_of(NAN));
                    }
                    s.bits[0] = bits;
                }
                s.bits[1] = which & 2 ? a_bitmap(MORE_BITS, s.bit[1], rows, first) : NULL;
                for (row = 0; row < rows && s.bits[1]; row++)
                    if (!bit_at(s.bits[1], s.bit[1] + row) && row % 2)
                        for (point = (size_t)offsets[row]; point < (size_t)offsets[row + 1]; point++)
                            put((void *)s.spend, point, points[point] = bits_of(INFINITY));
                series_agree(&s, check_series(&s));
                nothing_beside_series(&s);
                CHECK(!s.bits[0] || stands_alone(BITS, bytes));
                CHECK(!s.bits[1] || stands_alone(MORE_BITS, (s.bit[1] + rows + 7) / 8));
            }
        }
    }
}

static void refuses_series(struct series s, cloudcircuit_status expected)
{
    is_refused(check_series(&s), expected, s.flags, SPIKE_REFUSED, s.threshold, s.invalid, s.rows);
}

static void bad_offsets(void)
{
    enum { ROWS = 12, POINTS = 40 };
    static const int64_t bad[] = {-1, INT64_MIN, INT64_MAX, POINTS + 1, INT64_C(1) << 61, 1};
    size_t at, i;
    for (at = 0; at <= ROWS; at++) {
        for (i = 0; i < COUNT(bad); i++) {
            struct series s;
            size_t row;
            fill = i & 1 ? 0xAA : 0x55;
            for (row = 0; row <= ROWS; row++)
                offsets[row] = (int64_t)(2 + 3 * row);
            for (row = 0; row < POINTS; row++)
                points[row] = bits_of(1);
            offsets[at] = bad[i];
            s = lay_out_series(POINTS, ROWS, i, (int)(at & 1), i % 4);
            s.nullable = (int)(i & 1);
            if (at == 0 && bad[i] == 1)
                series_agree(&s, check_series(&s)); /* a first series of 4 points */
            else
                refuses_series(s, CLOUDCIRCUIT_ERR_OFFSETS);
            nothing_beside_series(&s);
        }
    }
    {
        /* All at the very end, also of nothing. */
        struct series s;
        for (i = 0; i <= ROWS; i++)
            offsets[i] = POINTS;
        s = lay_out_series(POINTS, ROWS, 0, 0, 3);
        refuses_series(s, CLOUDCIRCUIT_ERR_INVALID_ROWS);
        memset(offsets, 0, sizeof offsets[0] * (ROWS + 1));
        s = lay_out_series(0, ROWS, 0, 0, 3);
        refuses_series(s, CLOUDCIRCUIT_ERR_INVALID_ROWS);
        s = lay_out_series(0, ROWS, 0, 0, 3);
        s.spend = NULL;
        refuses_series(s, CLOUDCIRCUIT_ERR_INVALID_ROWS);
        offsets[ROWS] = INT64_MAX;
        s = lay_out_series(0, ROWS, 0, 0, 3);
        refuses_series(s, CLOUDCIRCUIT_ERR_OFFSETS);
    }
}

static void errors_refuse_every_series(void)
{
    static const double multipliers[] = {1, 0.5, -2, NAN, INFINITY};
    static const double floors[] = {-5e-324, -1, NAN, INFINITY, -INFINITY};
    static const size_t lengths[] = {0, 1, 16, 100, 33000};
    size_t i, j;
    unsigned outputs;
    for (i = 0; i < COUNT(lengths); i++) {
        for (outputs = 0; outputs < 4; outputs++) {
            size_t rows = lengths[i], len = make_series(rows, 5);
            struct series s;
            fill = outputs & 1 ? 0xAA : 0x55;
            for (j = 0; j < 5; j++) {
                cloudcircuit_spike_config config = {1.5, 0};
                config.spike_multiplier = multipliers[j];
                s = lay_out_series(len, rows, j, 0, outputs);
                s.config = &config;
                refuses_series(s, CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER);
                config.spike_multiplier = 1.5;
                config.min_baseline = floors[j];
                s = lay_out_series(len, rows, j, 1, outputs);
                s.config = &config;
                s.nullable = 1;
                refuses_series(s, CLOUDCIRCUIT_ERR_MIN_BASELINE);
                nothing_beside_series(&s);
            }
            s = lay_out_series(len, rows, 0, 0, outputs);
            if (rows > 0) {
                s.spend = NULL, refuses_series(s, CLOUDCIRCUIT_ERR_NULL_POINTER);
                s = lay_out_series(len, rows, 0, 0, outputs);
                s.offsets = NULL, refuses_series(s, CLOUDCIRCUIT_ERR_NULL_POINTER);
                s = lay_out_series(len, rows, 0, 0, outputs);
                s.flags = NULL, refuses_series(s, CLOUDCIRCUIT_ERR_NULL_POINTER);
            } else {
                s.spend = NULL, s.spend_len = 0, s.offsets = NULL, s.flags = NULL, s.threshold = NULL;
                CHECK(check_series(&s) == CLOUDCIRCUIT_OK);
                CHECK(!s.invalid || number_at(s.invalid, 0) == 0);
            }
        }
    }
}

static void huge_series(void)
{
    static const size_t lengths[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 8, SIZE_MAX / 8 + 1,
                                     (size_t)PTRDIFF_MAX / 8 + 1};
    size_t i;
    int nullable;
    for (i = 0; i < COUNT(lengths); i++) {
        for (nullable = 0; nullable < 2; nullable++) {
            struct series s;
            fill = nullable ? 0xAA : 0x55;
            memset(points, fill, 64);
            memset(offsets, fill, 64);
            s = lay_out_series(8, 7, 0, 0, 3);
            s.rows = lengths[i];
            s.nullable = nullable;
            CHECK(check_series(&s) == CLOUDCIRCUIT_ERR_TOO_MANY_ROWS);
            CHECK(number_at(s.invalid, 0) == lengths[i]);
            CHECK(is_filled(s.flags, 7) && is_filled(s.threshold, 56));
            s.rows = 7;
            nothing_beside_series(&s);
            s.flags = NULL;
            s.rows = lengths[i];
            CHECK(check_series(&s) == CLOUDCIRCUIT_ERR_NULL_POINTER);
            CHECK(is_filled(s.threshold, 56));
            /* As many points, or a bitmap that is too long. */
            s = lay_out_series(8, 7, 0, 0, 3);
            s.spend_len = lengths[i];
            refuses_series(s, CLOUDCIRCUIT_ERR_TOO_MANY_ROWS);
            s = lay_out_series(8, 7, 0, 0, 3);
            s.nullable = 1;
            s.bits[1] = place(BITS, 1, 0, 0), s.bit[1] = SIZE_MAX - i;
            refuses_series(s, CLOUDCIRCUIT_ERR_TOO_MANY_ROWS);
        }
    }
}

/* A row over CLOUDCIRCUIT_MAX_SERIES_LEN is told from its offsets alone: its points, of which there
   are 16 GB, cannot be touched. */
static void a_series_too_long_is_not_read(void)
{
    static const int64_t positions[] = {0, 2, INT64_C(2) + CLOUDCIRCUIT_MAX_SERIES_LEN + 1};
    size_t len = (size_t)positions[2], invalid = 0;
    double threshold[2] = {1, 1}, *spend;
    uint8_t bits[2] = {1, 1};
    spend = mmap(NULL, 8 * len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (spend == MAP_FAILED) {
        puts("skipped: a series too long (no room for its addresses)");
        return;
    }
    if (mprotect(spend, (size_t)sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE) != 0)
        abort();
    spend[0] = 1, spend[1] = 2;
    CHECK(cloudcircuit_check_anomaly_spike_columns(spend, len, positions, 2, NULL, bits, threshold,
                                                   &invalid) == CLOUDCIRCUIT_ERR_INVALID_ROWS);
    CHECK(bits[0] == CLOUDCIRCUIT_FLAG_SPIKE && threshold[0] == 1.5);
    CHECK(bits[1] == SPIKE_REFUSED && threshold[1] == 0 && invalid == 1);
    munmap(spend, 8 * len);
}

static void series_overlap(void)
{
    enum { ROWS = 6, POINTS = 14, PARTS = 7 };
    static const struct part places[PARTS] = {
        {512, 8 * POINTS}, {1024, 8 * ROWS + 8}, {1536, ROWS}, {2048, 8 * ROWS},
        {2560, sizeof(size_t)}, {3072, 3}, {3584, 2}};
    static const int outputs[] = {FLAGS, NUMBERS, INVALID};
    size_t i, row, allowed = 0, refused = 0;
    int other;
    for (i = 0; i < COUNT(outputs); i++) {
        for (other = 0; other < PARTS; other++) {
            int output = outputs[i];
            size_t from = places[other].at - places[output].size;
            size_t to = places[other].at + places[other].size, at;
            for (at = from; at <= to && other != output; at++) {
                struct part parts[PARTS];
                struct series s;
                cloudcircuit_status status;
                int c, d, fault = 0;
                memcpy(parts, places, sizeof parts);
                parts[output].at = at;
                for (c = FLAGS; c <= INVALID; c++)
                    for (d = 0; d < PARTS; d++)
                        fault |= c != d && do_overlap(parts[c], parts[d]);
                for (row = 0; row < POINTS; row++)
                    points[row] = bits_of((double)(row % 4));
                for (row = 0; row <= ROWS; row++)
                    offsets[row] = (int64_t)(2 * row);
                fill = at & 1 ? 0xAA : 0x55;
                memset(arena, fill, ARENA);
                memset(&s, 0, sizeof s);
                s.nullable = 1, s.rows = ROWS, s.spend_len = POINTS;
                s.spend = memcpy(arena + parts[SPEND].at, points, 8 * POINTS);
                s.offsets = memcpy(arena + parts[OFFSETS].at, offsets, 8 * ROWS + 8);
                s.bits[0] = memset(arena + parts[BITS].at, 0xFE, 3);
                s.bits[1] = memset(arena + parts[MORE_BITS].at, 0xF7, 2);
                s.bit[0] = 7, s.bit[1] = 3;
                s.flags = arena + parts[FLAGS].at;
                s.threshold = arena + parts[NUMBERS].at;
                s.invalid = (size_t *)(void *)(arena + parts[INVALID].at);
                if (!fault) {
                    static uint8_t bits[2][4];
                    struct series before = s;
                    allowed++;
                    before.bits[0] = memcpy(bits[0], s.bits[0], 3);
                    before.bits[1] = memcpy(bits[1], s.bits[1], 2);
                    series_agree(&before, check_series(&s));
                    continue;
                }
                refused++;
                status = check_series(&s);
                CHECK(status == CLOUDCIRCUIT_ERR_OVERLAP);
                for (row = 0; row < ROWS; row++)
                    CHECK(s.flags[row] == SPIKE_REFUSED);
            }
        }
    }
    CHECK(allowed == 2 * 3 * 6 && refused > 400);
}

/* Flag calls */

static void flags_of_budgets(void)
{
    size_t i, j, k;
    uint64_t usage;
    for (i = 0; i < COUNT(DOUBLES); i++) {
        for (j = 0; j < COUNT(DOUBLES); j++) {
            for (k = 0; k < COUNT(DOUBLES); k++) {
                cloudcircuit_budget_config config;
                config.warning_ratio = DOUBLES[k];
                CHECK(cloudcircuit_budget_flags(DOUBLES[i], DOUBLES[j], DOUBLES[k]) ==
                      budget_row(0, bits_of(DOUBLES[i]), bits_of(DOUBLES[j]), &config, &usage));
            }
        }
    }
    for (i = 0; i < COUNT(INTEGERS); i++) {
        for (j = 0; j < COUNT(INTEGERS); j++) {
            static const uint32_t ppms[] = {0, 1, 500000, 900000, 999999, 1000000, 1000001, UINT32_MAX};
            for (k = 0; k < COUNT(ppms); k++) {
                cloudcircuit_budget_config_i64 config = {0, 0};
                config.warning_ppm = ppms[k];
                CHECK(cloudcircuit_budget_flags_i64(INTEGERS[i], INTEGERS[j], ppms[k]) ==
                      budget_row(1, (uint64_t)INTEGERS[i], (uint64_t)INTEGERS[j], &config, &usage));
            }
        }
    }
    for (i = 0; i < 20000; i++) {
        uint64_t spend = a_number(0), limit = a_number(0);
        CHECK(cloudcircuit_budget_flags(double_of(spend), double_of(limit), 0.9) ==
              budget_row(0, spend, limit, NULL, &usage));
        spend = a_number(1), limit = a_number(1);
        CHECK(cloudcircuit_budget_flags_i64((int64_t)spend, (int64_t)limit, 900000) ==
              budget_row(1, spend, limit, NULL, &usage));
    }
    CHECK(cloudcircuit_budget_flags(9, 10, 0.9) == 1 && cloudcircuit_budget_flags(8, 10, 0.9) == 0);
    CHECK(cloudcircuit_budget_flags(10, 10, 0.9) == 3 && cloudcircuit_budget_flags(NAN, 10, 0.9) == 131);
    CHECK(cloudcircuit_budget_flags_i64(9, 10, 900000) == 1);
    CHECK(cloudcircuit_budget_flags_i64(8, 10, 900000) == 0);
    CHECK(cloudcircuit_budget_flags_i64(10, 10, 900000) == 3);
    CHECK(cloudcircuit_budget_flags_i64(-1, 10, 900000) == 131);
}

static void flags_of_spikes(void)
{
    static const double multipliers[] = {1.0625, 1.5, 1, NAN, INFINITY, 0};
    static const double floors[] = {0, -0.0, 100, -1, NAN, INFINITY};
    size_t number, len;
    for (number = 0; number < 3000; number++) {
        cloudcircuit_spike_config config;
        uint64_t threshold;
        double *series;
        len = below(30);
        for (size_t point = 0; point < len; point++)
            points[point] = below(60) ? bits_of((double)(80 + below(40))) : a_number(0);
        config.spike_multiplier = multipliers[below(3) ? 0 : below(6)];
        config.min_baseline = floors[below(3) ? 0 : below(6)];
        series = memcpy(place(SPEND, 8 * len, number % 8, (int)(number & 1)), points, 8 * len);
        CHECK(cloudcircuit_spike_flags(series, len, config.spike_multiplier, config.min_baseline) ==
              spike_row(points, len, &config, &threshold));
        CHECK(stands_alone(SPEND, 8 * len));
    }
    {
        const double series[] = {1, 1, 2};
        CHECK(cloudcircuit_spike_flags(series, 3, 1.5, 0) == 4);
        CHECK(cloudcircuit_spike_flags(series, 3, 2, 0) == 0);
        CHECK(cloudcircuit_spike_flags(series, 1, 1.5, 0) == 132);
        CHECK(cloudcircuit_spike_flags(NULL, 3, 1.5, 0) == 132);
        CHECK(cloudcircuit_spike_flags(NULL, 0, 1.5, 0) == 132);
        CHECK(cloudcircuit_spike_flags(series, SIZE_MAX, 1.5, 0) == 132);
    }
}

static void flags_of_breakers(void)
{
    static const int64_t counts[] = {INT64_MIN, -1, 0, 1, 2, 3, 4, INT64_MAX - 1, INT64_MAX};
    size_t i, j, k;
    for (i = 0; i < COUNT(counts); i++) {
        for (j = 0; j < COUNT(counts); j++) {
            for (k = 0; k < COUNT(counts); k++) {
                cloudcircuit_breaker_counters counters;
                cloudcircuit_breaker_decision decision;
                uint32_t expected;
                counters.consecutive_failures = counts[i];
                counters.failure_threshold = counts[j];
                counters.cooldown_steps_remaining = counts[k];
                expected = cloudcircuit_evaluate_circuit_breaker(&counters, &decision)
                               ? BREAKER_REFUSED
                               : decision.is_open * CLOUDCIRCUIT_FLAG_OPEN;
                CHECK(cloudcircuit_breaker_flags(counts[i], counts[j], counts[k]) == expected);
            }
        }
    }
    CHECK(cloudcircuit_breaker_flags(0, 3, 0) == 0 && cloudcircuit_breaker_flags(3, 3, 0) == 8);
    CHECK(cloudcircuit_breaker_flags(0, 3, 1) == 8 && cloudcircuit_breaker_flags(0, 0, 0) == 136);
}

int main(void)
{
    int exact;
    map_memory();
    arena = malloc(ARENA);
    if (arena == NULL)
        return 2;
    for (exact = 0; exact < 2; exact++) {
        budgets_of_every_length(exact);
        plain_rows_and_odd_ones(exact);
        a_bad_row_spoils_no_other(exact);
        missing_values(exact);
        errors_refuse_every_row(exact);
        huge_lengths(exact);
        budgets_overlap(exact);
        usage_in_place(exact);
    }
    series_of_every_length();
    long_series();
    a_bad_series_spoils_no_other();
    missing_points();
    bad_offsets();
    errors_refuse_every_series();
    huge_series();
    a_series_too_long_is_not_read();
    series_overlap();
    flags_of_budgets();
    flags_of_spikes();
    flags_of_breakers();
    free(arena);
    return report();
}
