/* Columns of series: spikes and the detector, every series as the single call, whatever the offsets, the validity
 * bitmaps and the alignment. */
#include "fuzz.h"

#define ROWS 24

static _Thread_local size_t rows, len, ends[ROWS + 1];
static _Thread_local int64_t *offsets;
static _Thread_local double *spend, *numbers;
static _Thread_local uint8_t *flags;
static _Thread_local size_t counted;
static _Thread_local unsigned shift;

/* Positions that mostly ascend within the points. */
static int read_offsets(void)
{
    size_t i;
    int is_ascending = 1;
    int64_t last = 0;
    offsets = buffer((rows + 1) * 8, shift);
    for (i = 0; i <= rows; i++) {
        unsigned step = byte();
        int64_t at = step > 252 ? amount() : i ? last + step % 16 : step % 4;
        if (step > 200 && step <= 252)
            at = (int64_t)len < at ? at : (int64_t)len;
        is_ascending &= at >= last && at <= (int64_t)len;
        memcpy((uint8_t *)offsets + i * 8, &at, 8);
        if (at >= 0 && at < INT32_MAX)
            last = at;
        ends[i] = (size_t)at;
    }
    return is_ascending || rows == 0; /* Then they may be NULL. */
}

/* The points of a series in memory that ends with them. */
static double *series(size_t row)
{
    size_t points = ends[row + 1] - ends[row];
    double *fenced = buffer(points * 8, shift);
    memcpy(fenced, (uint8_t *)spend + ends[row] * 8, points * 8);
    return fenced;
}

static void check_row(size_t row, cloudcircuit_status status, unsigned wanted, double number, size_t *invalid)
{
    *invalid += wanted >= CLOUDCIRCUIT_FLAG_INVALID;
    CHECK(!status == (wanted < CLOUDCIRCUIT_FLAG_INVALID), "a series is invalid where its single call is an error");
    CHECK(flags[row] == wanted, "flags: the single call's");
    CHECK(!numbers || memcmp((uint8_t *)numbers + row * 8, &number, 8) == 0, "the number: the single call's");
}

static void spikes(void)
{
    size_t i, place, invalid = 0, points_offset = byte(), rows_offset = byte();
    cloudcircuit_spike_config config = {1.5, 0};
    uint8_t *points_bits = NULL, *rows_bits = NULL;
    unsigned kind = byte();
    int is_ascending = read_offsets();
    cloudcircuit_status status;
    if (kind & 1)
        config.spike_multiplier = point();
    if (kind & 2)
        config.min_baseline = point();
    if (kind & 4) {
        points_bits = bitmap(len, points_offset);
        rows_bits = bitmap(rows, rows_offset);
        status = CALL(check_anomaly_spike_columns_nullable, spend, points_bits, points_offset, len, offsets, rows_bits,
                      rows_offset, rows, &config, flags, numbers, &counted);
    } else {
        status = CALL(check_anomaly_spike_columns, spend, len, offsets, rows, &config, flags, numbers, &counted);
    }
    if (status && status != CLOUDCIRCUIT_ERR_INVALID_ROWS) {
        CHECK(status != CLOUDCIRCUIT_ERR_OFFSETS || !is_ascending, "OFFSETS where they decrease or leave the points");
        for (i = 0; i < rows; i++)
            check_row(i, status, CLOUDCIRCUIT_FLAG_SPIKE | CLOUDCIRCUIT_FLAG_INVALID, 0, &invalid);
        return;
    }
    CHECK(is_ascending, "offsets that decrease or leave the points are an error");
    for (i = 0; i < rows; i++) {
        cloudcircuit_spike_result single;
        size_t points = ends[i + 1] - ends[i];
        double *alone = series(i);
        cloudcircuit_status answer = CALL(check_anomaly_spike, alone, points, &config, &single);
        CHECK(cloudcircuit_spike_flags(alone, points, config.spike_multiplier, config.min_baseline) ==
                  (answer ? CLOUDCIRCUIT_FLAG_SPIKE | CLOUDCIRCUIT_FLAG_INVALID
                          : single.is_spike * CLOUDCIRCUIT_FLAG_SPIKE),
              "spike_flags: the struct's");
        CHECK(answer || single.points_used == points - 1, "points_used: all before the latest");
        CHECK(answer || single.is_spike == (single.latest_spend > single.threshold),
              "is_spike: latest_spend > threshold");
        for (place = ends[i]; place < ends[i + 1]; place++)
            if (is_missing(points_bits, points_offset, place))
                answer = CLOUDCIRCUIT_ERR_SPEND_SERIES;
        if (is_missing(rows_bits, rows_offset, i))
            answer = CLOUDCIRCUIT_ERR_SPEND_SERIES;
        if (answer)
            check_row(i, answer, CLOUDCIRCUIT_FLAG_SPIKE | CLOUDCIRCUIT_FLAG_INVALID, 0, &invalid);
        else
            check_row(i, answer, single.is_spike * CLOUDCIRCUIT_FLAG_SPIKE, single.threshold, &invalid);
    }
    CHECK(counted == invalid && status == (invalid ? CLOUDCIRCUIT_ERR_INVALID_ROWS : 0), "invalid_rows counts them");
}

static void detect(void)
{
    const unsigned refused =
        CLOUDCIRCUIT_FLAG_SPIKE | CLOUDCIRCUIT_FLAG_LEAK | CLOUDCIRCUIT_FLAG_DROP | CLOUDCIRCUIT_FLAG_INVALID;
    size_t i, invalid = 0;
    cloudcircuit_detect_config config;
    int is_ascending;
    cloudcircuit_status status;
    (void)!CALL(detect_config_init, &config);
    config.window = byte() & 3 ? 14 : 0;
    config.negative_points = byte() % 4;
    config.season_length = byte() % 8;
    is_ascending = read_offsets();
    status = CALL(detect_spike_columns, spend, len, offsets, rows, &config, flags, numbers, &counted);
    if (status && status != CLOUDCIRCUIT_ERR_INVALID_ROWS) {
        CHECK(status != CLOUDCIRCUIT_ERR_OFFSETS || !is_ascending, "OFFSETS where they decrease or leave the points");
        for (i = 0; i < rows; i++)
            check_row(i, status, refused, 0, &invalid);
        return;
    }
    CHECK(is_ascending, "offsets that decrease or leave the points are an error");
    for (i = 0; i < rows; i++) {
        cloudcircuit_detect_result single;
        cloudcircuit_status answer = CALL(detect_spike, series(i), ends[i + 1] - ends[i], &config, &single);
        unsigned wanted =
            (single.verdict == CLOUDCIRCUIT_VERDICT_SPIKE ? CLOUDCIRCUIT_FLAG_SPIKE : 0) |
            (single.verdict == CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA ? CLOUDCIRCUIT_FLAG_INSUFFICIENT : 0) |
            (single.is_leak ? CLOUDCIRCUIT_FLAG_LEAK : 0) | (single.is_drop ? CLOUDCIRCUIT_FLAG_DROP : 0);
        check_row(i, answer, answer ? refused : wanted, single.score, &invalid);
    }
    CHECK(counted == invalid && status == (invalid ? CLOUDCIRCUIT_ERR_INVALID_ROWS : 0), "invalid_rows counts them");
}

/* The spike check on integers has no columns. Its threshold is exact: the mean times the multiplier, rounded down. */
static void integers(void)
{
    cloudcircuit_spike_config_i64 config = {1500000, 0, amount()};
    cloudcircuit_spike_result_i64 single;
    int64_t *points = buffer(len * 8, shift);
    __int128 total = 0;
    size_t i;
    int is_valid = len >= 2 && config.min_baseline >= 0;
    cloudcircuit_status status;
    if (byte() & 1)
        config.spike_multiplier_ppm = word();
    is_valid &= config.spike_multiplier_ppm > 1000000;
    for (i = 0; i < len; i++) {
        int64_t value = amount();
        memcpy((uint8_t *)points + i * 8, &value, 8);
        if (i + 1 < len)
            total += value;
        is_valid &= value >= 0;
    }
    status = CALL(check_anomaly_spike_i64, points, len, &config, &single);
    CHECK((status == 0) == is_valid, "an error where an argument breaks a rule");
    if (status) {
        CHECK(single.is_spike == 1 && !single.latest_spend && !single.threshold && !single.points_used,
              "on an error a spike");
        return;
    }
    CHECK(single.baseline_mean == (int64_t)(total / (__int128)(len - 1)), "baseline_mean: the mean, rounded down");
    CHECK(single.is_spike == (single.latest_spend > single.threshold),
          "above the exact threshold exactly when above this one");
    if (config.min_baseline > single.baseline_mean) {
        __int128 threshold = (__int128)config.min_baseline * config.spike_multiplier_ppm / 1000000;
        CHECK(single.threshold == (threshold > INT64_MAX ? INT64_MAX : (int64_t)threshold),
              "threshold: at most INT64_MAX");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t i;
    unsigned kind;
    start(data, size);
    kind = byte();
    shift = byte() & 7;
    rows = byte() % (ROWS + 1);
    len = byte();
    counted = 7;
    spend = buffer(len * 8, shift);
    for (i = 0; kind % 3 && i < len; i++) {
        double value = kind & 64 ? point() : (double)(i * 37 % 11 + 1);
        memcpy((uint8_t *)spend + i * 8, &value, 8);
    }
    flags = buffer(rows, 0);
    numbers = kind & 32 ? buffer(rows * 8, shift) : NULL;
    if (kind % 3 == 0)
        integers();
    else if (kind % 3 == 1)
        spikes();
    else
        detect();
    release_all();
    return 0;
}
