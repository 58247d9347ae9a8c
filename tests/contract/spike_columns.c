/* Columns of series row for row against the scalar calls, with the same bits, and so the flag calls. */
#include "columns.h"

enum { REFUSED = CLOUDCIRCUIT_FLAG_INVALID | CLOUDCIRCUIT_FLAG_SPIKE };

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
        return REFUSED;
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
            flags = REFUSED, threshold = 0;
        invalid += flags == REFUSED;
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
        points[point] = below(100) ? bits_of((double)(8000 + below(4000)) / 100) : a_number(0);
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

/* Short series in a column that is long enough for wider registers, which the scalar calls do not use for them. */
static void short_series_in_wide_registers(void)
{
    static const cloudcircuit_spike_config config = {1.0625, 50};
    size_t number;
    for (number = 0; number < 8; number++) {
        size_t rows = 1500, len = make_series(rows, 140);
        struct series s = lay_out_series(len, rows, number, (int)(number & 1), 3);
        CHECK(len > 65536);
        s.config = &config;
        series_agree(&s, check_series(&s));
        nothing_beside_series(&s);
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
            CHECK(count_at(s.invalid) == 1);
            CHECK(s.flags[at] == REFUSED && number_at(s.threshold, at) == 0);
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
                len = make_series(rows, rows == 100 ? 200 : 12);
                s = lay_out_series(len, rows, 0, first, number % 3 ? 3 : 0);
                s.nullable = 1;
                s.bit[0] = bit;
                s.bit[1] = (bit + number) % 16;
                bytes = (s.bit[0] + len + 7) / 8;
                if (which & 1) {
                    uint8_t *bits = place(BITS, bytes, 0, first);
                    memset(bits, 0xFF, bytes);
                    for (point = 0; point < len; point += 1 + below(rows == 100 ? 150 : 20)) {
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
    is_refused(check_series(&s), expected, s.flags, REFUSED, s.threshold, s.invalid, s.rows);
}

static void bad_offsets(void)
{
    enum { ROWS = 12, POINTS = 40 };
    static const int64_t bad[] = {-1, INT64_MIN, INT64_MAX, POINTS + 1, WRAPPED + POINTS, INT64_C(1) << 61, 1};
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
        s.spend_len = 1; /* and one that is not there */
        refuses_series(s, CLOUDCIRCUIT_ERR_NULL_POINTER);
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
                /* One series may have no points, and then needs none. */
                if (len > 0)
                    s.spend = NULL, refuses_series(s, CLOUDCIRCUIT_ERR_NULL_POINTER);
                s = lay_out_series(len, rows, 0, 0, outputs);
                s.offsets = NULL, refuses_series(s, CLOUDCIRCUIT_ERR_NULL_POINTER);
                s = lay_out_series(len, rows, 0, 0, outputs);
                s.flags = NULL, refuses_series(s, CLOUDCIRCUIT_ERR_NULL_POINTER);
            } else {
                s.spend = NULL, s.spend_len = 0, s.offsets = NULL, s.flags = NULL, s.threshold = NULL;
                CHECK(check_series(&s) == CLOUDCIRCUIT_OK);
                CHECK(!s.invalid || count_at(s.invalid) == 0);
            }
        }
    }
}

static void huge_series(void)
{
    static const size_t lengths[] = {SIZE_MAX, SIZE_MAX - 1, (size_t)PTRDIFF_MAX / 8, SIZE_MAX / 8, SIZE_MAX / 8 + 1,
                                     (size_t)PTRDIFF_MAX / 8 + 1, (size_t)PTRDIFF_MAX / 9 + 1};
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
            CHECK(count_at(s.invalid) == lengths[i]);
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
    {
        /* The most points that memory may hold, none of which is read, and one more. */
        static const int64_t falling[] = {2, 0};
        struct series s = lay_out_series(0, 1, 0, 0, 0);
        s.spend_len = (size_t)PTRDIFF_MAX / 9;
        s.offsets = falling;
        s.flags = arena;
        s.spend = arena + 8;
        refuses_series(s, CLOUDCIRCUIT_ERR_OFFSETS);
        s.spend_len++;
        refuses_series(s, CLOUDCIRCUIT_ERR_TOO_MANY_ROWS);
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
    if (SIZE_MAX / 9 <= UINT32_MAX) /* no column has room for such a row */
        return;
    spend = reserve(8 * len);
    if (spend == NULL) {
        puts("skipped: a series too long (no room for its addresses)");
        return;
    }
    if (!allow(spend, page_size()))
        abort();
    spend[0] = 1, spend[1] = 2;
    CHECK(cloudcircuit_check_anomaly_spike_columns(spend, len, positions, 2, NULL, bits, threshold,
                                                   &invalid) == CLOUDCIRCUIT_ERR_INVALID_ROWS);
    CHECK(bits[0] == CLOUDCIRCUIT_FLAG_SPIKE && threshold[0] == 1.5);
    CHECK(bits[1] == REFUSED && threshold[1] == 0 && invalid == 1);
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
                    CHECK(s.flags[row] == REFUSED);
            }
        }
    }
    CHECK(allowed == 2 * 3 * 6 && refused > 400);
}

static void flag_calls(void)
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

int main(void)
{
    map_memory();
    arena = malloc(ARENA);
    if (arena == NULL)
        return 2;
    series_of_every_length();
    short_series_in_wide_registers();
    long_series();
    a_bad_series_spoils_no_other();
    missing_points();
    bad_offsets();
    errors_refuse_every_series();
    huge_series();
    a_series_too_long_is_not_read();
    series_overlap();
    flag_calls();
    free(arena);
    return report();
}
