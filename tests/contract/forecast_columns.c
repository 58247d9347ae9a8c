/* Columns of forecasts row for row against the single calls, to the bit, and what refuses them. */
#include "check.h"
#include "seed.h"
#include <cloudcircuit.h>
#include <math.h>

enum { REFUSED = CLOUDCIRCUIT_FLAG_INVALID | CLOUDCIRCUIT_FLAG_BREACHED, ROWS = 400, POINTS = 60000 };

static double spend[POINTS];
static int64_t offsets[ROWS + 1], start_time[ROWS], elapsed[ROWS], period_len[ROWS];
static double limit[ROWS];

static uint8_t flags[ROWS];
static cloudcircuit_forecast_result results[ROWS];
static size_t invalid;

static size_t below(size_t end)
{
    static uint64_t state;
    if (state == 0)
        state = fresh_seed();
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)((state >> 33) % end);
}

/* Series of up to 130 points, some with a point that must not be, or a period that fits nothing. */
static void draw(void)
{
    size_t row, point;
    for (row = 0; row < ROWS; row++) {
        size_t len = below(131);
        offsets[row + 1] = offsets[row] + (int64_t)len;
        for (point = 0; point < len; point++)
            spend[(size_t)offsets[row] + point] = below(40) ? (double)below(1000) / 8 : NAN;
        start_time[row] = (int64_t)(below(1000) * 86400);
        elapsed[row] = (int64_t)below(len + 1 < 32 ? len + 1 : 32);
        period_len[row] = 31;
        limit[row] = (double)(1 + below(8000));
        switch (below(40)) {
        case 0:
            elapsed[row] = below(2) ? (below(2) ? (int64_t)len + 1 : WRAPPED + elapsed[row]) : INT64_MIN;
            break;
        case 1:
            period_len[row] = below(2) ? elapsed[row] - 1 : WRAPPED + period_len[row];
            break;
        case 2:
            limit[row] = below(2) ? 0 : NAN;
            break;
        case 3:
            start_time[row] = INT64_MAX;
            break;
        case 4:
            if (len)
                spend[(size_t)offsets[row] + below(len)] = below(2) ? -1 : INFINITY;
            break;
        default:
            break;
        }
    }
}

static cloudcircuit_status call(const int64_t *start, const cloudcircuit_forecast_config *config)
{
    memset(flags, 0xAA, sizeof flags);
    memset(results, 0xAA, sizeof results);
    invalid = 77;
    return cloudcircuit_forecast_budget_columns(spend, POINTS, offsets, start, elapsed, period_len, limit,
                                                ROWS, config, flags, results, &invalid);
}

static void rows_agree(const int64_t *start, const cloudcircuit_forecast_config *shared)
{
    size_t row, wrong = 0, bad = 0, breached = 0, insufficient = 0;
    cloudcircuit_status status = call(start, shared);
    for (row = 0; row < ROWS; row++) {
        size_t len = (size_t)(offsets[row + 1] - offsets[row]);
        const double *points = spend + offsets[row];
        cloudcircuit_forecast_result expected = {0, 0, 0, 0, 0, 0, 0, 1, CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA};
        cloudcircuit_forecast_config config;
        unsigned bits = REFUSED;
        CHECK(cloudcircuit_forecast_config_init(&config) == CLOUDCIRCUIT_OK);
        if (shared)
            config = *shared;
        if (start)
            config.start_time = start[row];
        if (elapsed[row] >= 0 && elapsed[row] <= (int64_t)len && period_len[row] >= 0 &&
            period_len[row] <= CLOUDCIRCUIT_MAX_PERIOD_LEN &&
            cloudcircuit_forecast_budget(points, len - (size_t)elapsed[row], points + len - elapsed[row],
                                         (size_t)elapsed[row], (size_t)period_len[row], limit[row],
                                         &config, &expected) == CLOUDCIRCUIT_OK)
            bits = expected.is_forecast_breached * CLOUDCIRCUIT_FLAG_BREACHED |
                   (expected.verdict == CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA) * CLOUDCIRCUIT_FLAG_INSUFFICIENT;
        wrong += flags[row] != bits || !SAME_BYTES(results[row], expected);
        bad += bits == REFUSED;
        breached += bits == CLOUDCIRCUIT_FLAG_BREACHED;
        insufficient += (bits & CLOUDCIRCUIT_FLAG_INSUFFICIENT) != 0;
    }
    CHECK(wrong == 0 && invalid == bad && bad > 0 && breached > 0 && insufficient > 0);
    CHECK(breached + insufficient + bad < ROWS);
    CHECK(status == CLOUDCIRCUIT_ERR_INVALID_ROWS);
}

/* Also of fewer rows: what lies behind them is as it was. */
static void few_refused(void)
{
    static const unsigned char untouched[sizeof *results] = {0};
    memset(flags, 0, sizeof flags);
    memset(results, 0, sizeof results);
    CHECK(cloudcircuit_forecast_budget_columns(spend, POINTS, offsets, NULL, elapsed, period_len, NULL, 3, NULL,
                                               flags, results, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(flags[2] == REFUSED && flags[3] == 0);
    CHECK(results[2].is_forecast_breached == 1 && memcmp(&results[3], untouched, sizeof untouched) == 0);
}

static void all_refused(cloudcircuit_status status, cloudcircuit_status expected)
{
    static const cloudcircuit_forecast_result refused = {0, 0, 0, 0, 0, 0, 0, 1,
                                                         CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA};
    size_t row, wrong = 0;
    for (row = 0; row < ROWS; row++)
        wrong += flags[row] != REFUSED || !SAME_BYTES(results[row], refused);
    CHECK(wrong == 0 && invalid == ROWS && status == expected);
}

static void settings(void)
{
    cloudcircuit_forecast_config config;
    cloudcircuit_forecast_config_init(&config);
    rows_agree(NULL, NULL);
    rows_agree(start_time, NULL);
    config.season_length = 5;
    config.lag_points = 3;
    config.negative_points = CLOUDCIRCUIT_NEGATIVE_POINTS_MISSING;
    config.start_time = 86400;
    rows_agree(NULL, &config);
    rows_agree(start_time, &config);

    config.season_length = 0;
    all_refused(call(NULL, &config), CLOUDCIRCUIT_ERR_FORECAST_SEASON_LENGTH);
    config.season_length = 7;
    config.lag_points = CLOUDCIRCUIT_MAX_LAG_POINTS + 1;
    all_refused(call(NULL, &config), CLOUDCIRCUIT_ERR_LAG_POINTS);
    config.lag_points = 0;
    config.negative_points = 3;
    all_refused(call(NULL, &config), CLOUDCIRCUIT_ERR_NEGATIVE_POINTS);
    config.negative_points = 0;
    config.reserved = 1;
    all_refused(call(NULL, &config), CLOUDCIRCUIT_ERR_RESERVED);
    config.reserved = 0;
    config.start_time = INT64_MAX;
    all_refused(call(NULL, &config), CLOUDCIRCUIT_ERR_START_TIME);
    config.start_time = 0;
    config.step = 0;
    all_refused(call(NULL, &config), CLOUDCIRCUIT_ERR_STEP);
}

static void bad_offsets(void)
{
    int64_t kept = offsets[7];
    offsets[7] = offsets[8] + 1;
    all_refused(call(NULL, NULL), CLOUDCIRCUIT_ERR_OFFSETS);
    offsets[7] = -1;
    all_refused(call(NULL, NULL), CLOUDCIRCUIT_ERR_OFFSETS);
    offsets[7] = kept;
    kept = offsets[ROWS];
    offsets[ROWS] = POINTS + 1;
    all_refused(call(NULL, NULL), CLOUDCIRCUIT_ERR_OFFSETS);
    offsets[ROWS] = WRAPPED + POINTS;
    all_refused(call(NULL, NULL), CLOUDCIRCUIT_ERR_OFFSETS);
    offsets[ROWS] = kept;
}

static void missing_buffers(void)
{
    size_t which;
    for (which = 0; which < 6; which++) {
        call(NULL, NULL);
        CHECK(cloudcircuit_forecast_budget_columns(
                  which == 0 ? NULL : spend, POINTS, which == 1 ? NULL : offsets, NULL,
                  which == 2 ? NULL : elapsed, which == 3 ? NULL : period_len, which == 4 ? NULL : limit,
                  ROWS, NULL, which == 5 ? NULL : flags, results, &invalid) == CLOUDCIRCUIT_ERR_NULL_POINTER);
        CHECK(invalid == ROWS && results[ROWS - 1].is_forecast_breached == 1);
        CHECK(which == 5 || flags[ROWS - 1] == REFUSED);
        /* Of one row and one point, too. */
        CHECK(cloudcircuit_forecast_budget_columns(
                  which == 0 ? NULL : spend, which == 0 ? 1 : POINTS, which == 1 ? NULL : offsets, NULL,
                  which == 2 ? NULL : elapsed, which == 3 ? NULL : period_len, which == 4 ? NULL : limit, 1,
                  NULL, which == 5 ? NULL : flags, results, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    }
    flags[ROWS - 1] = 0;
    CHECK(cloudcircuit_forecast_budget_columns(NULL, POINTS, offsets, NULL, elapsed, period_len, limit, ROWS, NULL,
                                               flags, NULL, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(flags[ROWS - 1] == REFUSED);
    /* Results and the count are not required, and without rows nothing is. */
    call(NULL, NULL);
    {
        uint8_t again[ROWS];
        CHECK(cloudcircuit_forecast_budget_columns(spend, POINTS, offsets, NULL, elapsed, period_len, limit,
                                                   ROWS, NULL, again, NULL, NULL) ==
              CLOUDCIRCUIT_ERR_INVALID_ROWS);
        CHECK(SAME_BYTES(again, flags));
    }
    CHECK(cloudcircuit_forecast_budget_columns(NULL, 0, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL,
                                               &invalid) == CLOUDCIRCUIT_OK);
    CHECK(invalid == 0);
    /* No points at all: each row is a series without any. */
    {
        int64_t none[3] = {0, 0, 0}, month[2] = {31, 31};
        double limits[2] = {1, 1};
        CHECK(cloudcircuit_forecast_budget_columns(NULL, 0, none, NULL, none, month, limits, 2, NULL, flags,
                                                   NULL, NULL) == CLOUDCIRCUIT_OK);
        CHECK(flags[0] == CLOUDCIRCUIT_FLAG_INSUFFICIENT && flags[1] == CLOUDCIRCUIT_FLAG_INSUFFICIENT);
    }
}

static void sizes(void)
{
    memset(flags, 0x55, sizeof flags);
    CHECK(cloudcircuit_forecast_budget_columns(spend, POINTS, offsets, NULL, elapsed, period_len, limit,
                                               SIZE_MAX / 64, NULL, flags, results, NULL) ==
          CLOUDCIRCUIT_ERR_TOO_MANY_ROWS);
    CHECK(cloudcircuit_forecast_budget_columns(spend, SIZE_MAX, offsets, NULL, elapsed, period_len, limit, 0,
                                               NULL, flags, results, &invalid) ==
          CLOUDCIRCUIT_ERR_TOO_MANY_ROWS);
    /* One row more than memory could hold results and flags of. */
    CHECK(cloudcircuit_forecast_budget_columns(spend, POINTS, offsets, NULL, elapsed, period_len, limit,
                                               PTRDIFF_MAX / (sizeof *results + 1) + 1, NULL, flags, results,
                                               NULL) == CLOUDCIRCUIT_ERR_TOO_MANY_ROWS);
    CHECK(flags[0] == 0x55);
}

/* The sizes of all buffers in order, with 20 points in two rows. */
static const size_t SIZES[9] = {20 * sizeof(double), 3 * 8, 2 * 8, 2 * 8, 2 * 8, 2 * 8, 2, 2 * sizeof *results,
                                sizeof invalid};

/* Next to each other, in any order, buffers do not overlap. */
static void adjoining(void)
{
    unsigned char memory[512];
    size_t one, other, i;
    for (one = 0; one < 9; one++)
        for (other = 0; other < 9; other++) {
            static const double limits[2] = {100, 100};
            static const int64_t ends[3] = {0, 10, 20}, month[2] = {31, 31};
            unsigned char *at[9], *next = memory + SIZES[one] + SIZES[other];
            if (one == other)
                continue;
            memset(memory, 0, sizeof memory);
            at[one] = memory;
            at[other] = memory + SIZES[one];
            for (i = 0; i < 9; i++)
                if (i != one && i != other) {
                    at[i] = next;
                    next += SIZES[i];
                }
            memcpy(at[1], ends, sizeof ends);
            memcpy(at[4], month, sizeof month);
            memcpy(at[5], limits, sizeof limits);
            CHECK(cloudcircuit_forecast_budget_columns(
                      (void *)at[0], 20, (void *)at[1], (void *)at[2], (void *)at[3], (void *)at[4], (void *)at[5],
                      2, NULL, at[6], (void *)at[7], (void *)at[8]) == CLOUDCIRCUIT_OK);
            CHECK(at[6][0] == 0 && at[6][1] == 0);
        }
}

/* Every output over the first and over the last byte of every other buffer. */
static void overlaps(void)
{
    static unsigned char buffers[9][512];
    int output, other, at_end;
    for (output = 6; output < 9; output++)
        for (other = 0; other < 9; other++)
            for (at_end = 0; at_end < 2; at_end++) {
                void *at[9];
                int i;
                if (other == output)
                    continue;
                memset(buffers, 0, sizeof buffers);
                for (i = 0; i < 9; i++)
                    at[i] = buffers[i];
                at[output] = buffers[other] + (at_end ? SIZES[other] - 1 : 0);
                CHECK(cloudcircuit_forecast_budget_columns(at[0], 20, at[1], at[2], at[3], at[4], at[5], 2, NULL,
                                                           at[6], at[7], at[8]) == CLOUDCIRCUIT_ERR_OVERLAP);
                CHECK(((uint8_t *)at[6])[0] == REFUSED && ((uint8_t *)at[6])[1] == REFUSED);
            }
}

/* No buffer needs an alignment. */
static void alignment(void)
{
    static unsigned char bytes[9][ROWS * 64 + POINTS * 8 + 16];
    void *at[9];
    const void *from[6] = {spend, offsets, start_time, elapsed, period_len, limit};
    size_t size[6] = {sizeof spend, sizeof offsets, sizeof start_time, sizeof elapsed, sizeof period_len,
                      sizeof limit};
    size_t i;
    for (i = 0; i < 9; i++)
        at[i] = bytes[i] + 1 + i % 7;
    for (i = 0; i < 6; i++)
        memcpy(at[i], from[i], size[i]);
    call(start_time, NULL);
    CHECK(cloudcircuit_forecast_budget_columns(at[0], POINTS, at[1], at[2], at[3], at[4], at[5], ROWS, NULL,
                                               at[6], at[7], at[8]) == CLOUDCIRCUIT_ERR_INVALID_ROWS);
    CHECK(memcmp(at[6], flags, sizeof flags) == 0 && memcmp(at[7], results, sizeof results) == 0);
    CHECK(memcmp(at[8], &invalid, sizeof invalid) == 0);
}

int main(void)
{
    draw();
    settings();
    bad_offsets();
    missing_buffers();
    few_refused();
    sizes();
    overlaps();
    adjoining();
    alignment();
    return report();
}
