/* Columns of budgets row for row against the scalar calls, with the same bits, and so the flag calls. */
#include "columns.h"

enum {
    REFUSED = CLOUDCIRCUIT_FLAG_INVALID | CLOUDCIRCUIT_FLAG_BREACHED | CLOUDCIRCUIT_FLAG_WARNING
};

static double double_of(uint64_t bits)
{
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
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
            return REFUSED;
        flags = exact_money.is_warning | exact_money.is_breached << 1;
        *usage = exact_money.usage_ppm;
    } else {
        if (cloudcircuit_check_budget(double_of(spend), double_of(limit), config, &money))
            return REFUSED;
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


static uint64_t a_good_number(int exact, size_t row)
{
    return exact ? 1 + row % 7 : bits_of(1 + (double)(row % 7) / 4);
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
                flags = REFUSED, usage = 0;
        invalid += flags == REFUSED;
        wrong += b->flags[row] != flags;
        wrong += b->usage && number_at(b->usage, row) != usage;
    }
    CHECK(wrong == 0);
    if (b->invalid)
        memcpy(&counted, b->invalid, sizeof counted);
    CHECK(!b->invalid || counted == invalid);
    CHECK(status == (invalid ? CLOUDCIRCUIT_ERR_INVALID_ROWS : CLOUDCIRCUIT_OK));
}


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

/* Whole columns of integers of one size, near their share or near a whole number of millionths. They are decided
   together where doubles hold them; from 2^32, 2^52 millionths and 2^52 on they take more care. */
static void integers_of_every_size(void)
{
    enum { AT_SHARE, ALIKE, AT_MILLIONTHS, OF_FEW, KINDS }; /* rows that are alike are rounded alike */
    static const uint64_t ppms[] = {500000, 1000000, 1, 900000};
    unsigned size, kind, share, outputs;
    for (size = 1; size <= 63; size++) {
        for (kind = 0; kind < KINDS; kind++) {
            for (share = 0; share < COUNT(ppms); share++) {
                for (outputs = 2; outputs < 4; outputs++) {
                    struct budgets b;
                    size_t row;
                    for (row = 0; row < 48; row++) {
                        uint64_t one = any() >> (64 - size) | UINT64_C(1) << (size - 1);
                        uint64_t ppm = kind == AT_MILLIONTHS ? 1 + below(999999) : ppms[share];
                        uint64_t near = one / 1000000 * ppm + one % 1000000 * ppm / 1000000 + below(3) - 1;
                        limits[row] = kind == OF_FEW ? 1 + row % 3 : one;
                        spends[row] = kind == OF_FEW ? one : near >> 63 ? 0 : near;
                        if (kind == ALIKE && row % 16)
                            spends[row] = spends[row - 1], limits[row] = limits[row - 1];
                    }
                    b = lay_out(1, 48, 0, 0, outputs);
                    b.config = &PPMS[share];
                    rows_agree(&b, spends, limits);
                }
            }
        }
    }
    /* 2^52 is 4,503,599,627.370496 million. */
    for (size = 0; size < 2000; size++) {
        struct budgets b;
        size_t row;
        for (row = 0; row < 16; row++)
            spends[row] = UINT64_C(4503599620) + size / 100 + below(size % 100 + 1), limits[row] = 1 + row % 2;
        b = lay_out(1, 16, 0, 0, 3);
        CHECK(check_budgets(&b) == CLOUDCIRCUIT_OK);
        for (row = 0; row < 16; row++)
            CHECK(number_at(b.usage, row) == spends[row] * 1000000 / limits[row] && b.flags[row] == 3);
    }
    /* A tenth of a unit below nine tenths, which is nothing to doubles of that size. */
    for (outputs = 0; outputs < 4; outputs++) {
        struct budgets b;
        size_t row;
        for (row = 0; row < 16; row++)
            spends[row] = UINT64_C(4053239664633440) + (outputs >> 1), limits[row] = UINT64_C(4503599627370489);
        b = lay_out(1, 16, 0, 0, outputs & 1);
        CHECK(check_budgets(&b) == CLOUDCIRCUIT_OK);
        for (row = 0; row < 16; row++)
            CHECK(b.flags[row] == outputs >> 1 && (!b.usage || number_at(b.usage, row) == 899999 + (outputs >> 1)));
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
                CHECK(b.flags[at] == REFUSED && number_at(b.usage, at) == 0);
                CHECK(count_at(b.invalid) == 1);
                nothing_beside(&b);
            }
        }
    }
}

/* Bitmaps of any offset, with NaN or a value under what is missing; NULL means that all are there. */
static void missing_values(int exact)
{
    static const size_t lengths[] = {0, 1, 7, 8, 9, 16, 33, 63, 64, 65, 100, 127, MANY + 9};
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

static void refuses(struct budgets b, cloudcircuit_status expected)
{
    is_refused(check_budgets(&b), expected, b.flags, REFUSED, b.usage, b.invalid, b.len);
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
                CHECK(!b.invalid || count_at(b.invalid) == 0);
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
    static const size_t lengths[] = {SIZE_MAX, SIZE_MAX - 1, (size_t)PTRDIFF_MAX / 8, SIZE_MAX / 2, SIZE_MAX / 8,
                                     SIZE_MAX / 8 + 1, (size_t)PTRDIFF_MAX / 8 + 1, (size_t)PTRDIFF_MAX / 9 + 1};
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
            CHECK(count_at(b.invalid) == lengths[i]);
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


/* A bitmap of one column alone, whose bytes are the two from bit 72 on: next to the flags, and a byte further on. */
static void one_bitmap(int exact)
{
    enum { ROWS = 16, BIT = 72 };
    static const struct {
        int bytes_at, is_overlap;
    } places[] = {{510, 0}, {511, 1}, {527, 1}, {528, 0}};
    size_t i, row;
    int column;
    for (i = 0; i < COUNT(places); i++) {
        for (column = 0; column < 2; column++) {
            struct budgets b;
            memset(arena, 0xA5, ARENA);
            for (row = 0; row < ROWS; row++)
                spends[row] = a_good_number(exact, row), limits[row] = a_good_number(exact, row + 3);
            b = lay_out(exact, ROWS, 0, 0, 3);
            b.nullable = 1;
            b.flags = arena + 512;
            b.bits[column] = arena + places[i].bytes_at - BIT / 8;
            b.bit[column] = BIT;
            if (places[i].is_overlap)
                refuses(b, CLOUDCIRCUIT_ERR_OVERLAP);
            else
                rows_agree(&b, spends, limits);
        }
    }
}

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
                        flags[row] = REFUSED, usage[row] = 0;
                }
                b.flags = arena + parts[FLAGS].at;
                b.usage = arena + parts[NUMBERS].at;
                b.invalid = (size_t *)(void *)(arena + parts[INVALID].at);
                status = check_budgets(&b);
                if (fault) {
                    refused++;
                    CHECK(status == CLOUDCIRCUIT_ERR_OVERLAP);
                    memset(flags, REFUSED, ROWS);
                    memset(usage, 0, sizeof usage);
                    CHECK(do_overlap(parts[INVALID], parts[FLAGS]) ||
                          do_overlap(parts[INVALID], parts[NUMBERS]) ||
                          count_at(b.invalid) == ROWS);
                } else {
                    allowed++;
                    CHECK(status == CLOUDCIRCUIT_ERR_INVALID_ROWS);
                    for (row = 0; row < ROWS; row++)
                        invalid += flags[row] == REFUSED;
                    CHECK(count_at(b.invalid) == invalid);
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
        for (which = 0; which < 12; which++) {
            size_t len = lengths[i];
            struct budgets b;
            for (row = 0; row < len; row++) {
                spends[row] = which < 6 ? a_number(exact) : a_good_number(exact, row);
                limits[row] = which < 6 ? a_number(exact) : a_good_number(exact, row + 3);
                if (which % 6 >= 4)
                    limits[row] = spends[row];
            }
            b = lay_out(exact, len, (size_t)which % 8, 0, 3);
            if (which % 6 >= 4)
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

static void flag_calls(void)
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
        one_bitmap(exact);
        budgets_overlap(exact);
        usage_in_place(exact);
    }
    integers_of_every_size();
    flag_calls();
    free(arena);
    return report();
}
