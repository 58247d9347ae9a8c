/* The detector, the scan and the tracker: one series, the same bits three ways, and what the header says of a result. */
#include "fuzz.h"

typedef cloudcircuit_detect_config config_t;
typedef cloudcircuit_detect_result result_t;

#define MOST 400
#define REFUSED (CLOUDCIRCUIT_FLAG_SPIKE | CLOUDCIRCUIT_FLAG_LEAK | CLOUDCIRCUIT_FLAG_DROP | CLOUDCIRCUIT_FLAG_INVALID)

static config_t some_config(void)
{
    config_t config;
    unsigned kind = byte();
    (void)!CALL(detect_config_init, &config);
    if (kind & 1)
        config.season_length = byte() % 32;
    if (kind & 2)
        config.window = 14 + byte() % 100;
    if (kind & 4)
        config.lag_points = byte() % 8;
    if (kind & 8)
        config.negative_points = byte() % 4;
    if (kind & 16)
        config.start_time = amount();
    if (kind & 32)
        config.step = byte() & 1 ? 3600 : amount();
    if (kind & 64)
        config.min_impact = point();
    if (kind & 128)
        edit(&config, sizeof config);
    return config;
}

/* A week of spend that the input varies, or anything at all. */
static void some_series(double *series, size_t len)
{
    unsigned kind = byte();
    size_t i;
    for (i = 0; i < len; i++) {
        unsigned change = byte();
        series[i] = 100 + 10 * (double)(i % 7) + (kind & 1 ? (double)i : 0);
        if (change > 250)
            series[i] = point();
        else if (change > 240)
            series[i] *= change & 7;
        else
            series[i] += change % 16 / 8.0;
        if (kind >> 1 == 1)
            series[i] = point();
        if (kind >> 1 == 2)
            series[i] = ldexp(series[i], (int)(word() % 1800) - 900);
        if (kind >> 1 == 3 && i % 30 == 3)
            series[i] += 500;
        if (kind >> 1 == 4)
            series[i] = change % 3 ? 0x1.fffffffffffffp1023 / (1 + change % 8) : 0;
    }
}

static unsigned flags_of(cloudcircuit_status status, const result_t *result)
{
    return status
               ? REFUSED
               : (result->verdict == CLOUDCIRCUIT_VERDICT_SPIKE ? CLOUDCIRCUIT_FLAG_SPIKE : 0) |
                     (result->verdict == CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA ? CLOUDCIRCUIT_FLAG_INSUFFICIENT : 0) |
                     (result->is_leak ? CLOUDCIRCUIT_FLAG_LEAK : 0) | (result->is_drop ? CLOUDCIRCUIT_FLAG_DROP : 0);
}

static void check_result(const config_t *config, cloudcircuit_status status, const result_t *result)
{
    static const int32_t verdicts[10] = {0, 1, 2, 2, 2, 1, 1, 3, 3, 1};
    result_t refused;
    memset(&refused, 0, sizeof refused);
    refused.verdict = CLOUDCIRCUIT_VERDICT_SPIKE;
    refused.is_leak = refused.is_drop = 1;
    if (status) {
        CHECK(SAME(*result, refused),
              "on an error verdict is SPIKE, is_leak and is_drop are 1 and all other fields are 0");
        return;
    }
    CHECK(result->reason >= 1 && result->reason <= 9 && result->verdict == verdicts[result->reason],
          "reason is what decided");
    CHECK(isfinite(result->latest_spend) && isfinite(result->expected_spend) && isfinite(result->excess) &&
              !isnan(result->upper_bound) && !isnan(result->score) && !isnan(result->leak_score) &&
              !isnan(result->drop_score),
          "numbers are numbers");
    CHECK(result->verdict != CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA ||
              (!result->expected_spend && !result->upper_bound && !result->excess && !result->score &&
               !result->leak_score && !result->drop_score && !result->is_leak && !result->is_drop),
          "with insufficient data expected_spend, upper_bound, excess and all scores are 0");
    CHECK(result->reason != CLOUDCIRCUIT_DETECT_REASON_ONE_POINT || result->score > config->score_threshold,
          "a spike: the score is above score_threshold");
    CHECK(result->reason != CLOUDCIRCUIT_DETECT_REASON_SCORE || result->score <= config->score_threshold,
          "normal: the score is at most score_threshold");
    CHECK(!result->is_leak || result->leak_score > 1.25, "a leak: leak_score is above 1.25");
    CHECK(!result->is_drop || result->drop_score > config->score_threshold,
          "a drop: drop_score is above score_threshold");
    CHECK(result->verdict != CLOUDCIRCUIT_VERDICT_SPIKE || result->excess >= config->min_impact,
          "a point whose excess is below min_impact is no spike");
    CHECK(result->expected_spend >= 0 && (result->verdict == 3 || result->expected_spend >= config->min_baseline),
          "the expected spend is at least min_baseline");
}

/* The first points of the series, in memory that ends with them. */
static cloudcircuit_status detect(const config_t *config, const double *series, size_t len, unsigned shift,
                                  result_t *result)
{
    double *points = buffer(len * 8, shift);
    cloudcircuit_status status;
    memcpy(points, series, len * 8);
    memset(result, 0x5a, sizeof *result);
    status = CALL(detect_spike, points, len, config, result);
    check_result(config, status, result);
    release_all();
    return status;
}

/* One point at a time into a tracker. */
static void track(const config_t *config, const double *series, const uint8_t *flags, const double *expected,
                  const double *upper, size_t len, size_t chosen)
{
    cloudcircuit_spike_tracker_state state, before;
    result_t result, whole;
    size_t i;
    cloudcircuit_status status = CALL(spike_tracker_init, config, &state);
    CHECK(!status || IS_ZERO(state), "a tracker that cannot be made is all 0");
    for (i = 0; !status && i < len; i++) {
        before = state;
        status = CALL(spike_tracker_update, &state, series[i], &result);
        check_result(config, status, &result);
        CHECK(status ? SAME(before, state) : state.revision == before.revision + 1, "changed only on success");
        CHECK(flags[0] == REFUSED || flags_of(status, &result) == flags[i], "the scan's verdict");
        CHECK(flags[0] == REFUSED || (result.expected_spend == expected[i] && result.upper_bound == upper[i]),
              "to the bit");
        if (i == chosen)
            CHECK(detect(config, series, i + 1, 0, &whole) == status && SAME(whole, result),
                  "a tracker finds what the detector finds in the whole series");
        if (i == chosen || i + 1 == len) {
            CHECK_ENCODING(spike_tracker_state, state, CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static _Thread_local double series[MOST], expected_kept[MOST], upper_kept[MOST];
    static _Thread_local uint8_t flags_kept[MOST + 1];
    config_t config;
    size_t len, i, rounds;
    unsigned shift, kind;
    double *points, *expected, *upper;
    uint8_t *flags;
    cloudcircuit_status status;
    start(data, size);
    config = some_config();
    kind = byte();
    shift = kind & 7;
    len = (byte() + (kind >> 3 & 1 ? 256u : 0)) % (MOST + 1);
    some_series(series, len);
    points = buffer(len * 8, shift);
    expected = buffer(len * 8, shift);
    upper = buffer(len * 8, 7 - shift);
    flags = buffer(len, 0);
    if (len)
        memcpy(points, series, len * 8);
    status = CALL(scan_spikes, points, len, &config, flags, expected, upper);
    memset(flags_kept, status ? REFUSED : 0, sizeof flags_kept);
    memcpy(flags_kept, flags, len);
    memcpy(expected_kept, expected, len * 8);
    memcpy(upper_kept, upper, len * 8);
    release_all();
    for (i = 0; status && i < len; i++)
        CHECK(flags_kept[i] == REFUSED && !expected_kept[i] && !upper_kept[i], "on an error all rows are refused");
    /* The whole series and some of its beginnings. */
    for (i = len, rounds = 0; i && rounds < 5; rounds++, i = len ? (byte() | byte() << 8) % len + 1 : 0) {
        result_t result;
        cloudcircuit_status alone = detect(&config, series, i, shift, &result);
        CHECK(i < len || alone == status, "the scan's status is that of the whole series");
        if (status)
            continue;
        CHECK(flags_kept[i - 1] == flags_of(alone, &result),
              "row i is what the detector finds in the first i + 1 points");
        CHECK(memcmp(&expected_kept[i - 1], &result.expected_spend, 8) == 0 &&
                  memcmp(&upper_kept[i - 1], &result.upper_bound, 8) == 0,
              "to the bit");
    }
    track(&config, series, flags_kept, expected_kept, upper_kept, len, len ? byte() % len : 0);
    return 0;
}
