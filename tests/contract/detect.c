/* Detector, scan and tracker: each status with its refusal byte for byte, what missing and
   too few points give, and that the three agree to the bit. */
#include "check.h"
#include "seed.h"
#include <cloudcircuit.h>
#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#define DAYS 700

static const cloudcircuit_detect_result REFUSED = {
    0, 0, 0, 0, 0, 0, 0, 0, CLOUDCIRCUIT_VERDICT_SPIKE, CLOUDCIRCUIT_DETECT_REASON_REFUSED, 1, 1, 0};
static const uint8_t REFUSED_ROW =
    CLOUDCIRCUIT_FLAG_SPIKE | CLOUDCIRCUIT_FLAG_LEAK | CLOUDCIRCUIT_FLAG_DROP | CLOUDCIRCUIT_FLAG_INVALID;
static const double NOT_AMOUNTS[] = {-5e-324, -1, -DBL_MAX, INFINITY, -INFINITY};

static uint64_t random_state;

static double uniform(void)
{
    if (random_state == 0)
        random_state = fresh_seed();
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (double)(random_state >> 11) / 9007199254740992.0;
}

/* Weekdays, growth, noise, gaps and now and then a spike or nothing. */
static void fill(double *series, size_t len)
{
    size_t i;
    for (i = 0; i < len; i++) {
        double level = (i % 7 < 5 ? 100 : 40) * (1 + 0.002 * (double)i);
        series[i] = level * (0.9 + 0.2 * uniform());
        if (uniform() < 0.03)
            series[i] *= 4;
        if (uniform() < 0.03)
            series[i] = 0;
        if (uniform() < 0.03)
            series[i] = NAN;
    }
}

static void defaults(void)
{
    cloudcircuit_detect_config config;
    memset(&config, 0xAA, sizeof config);
    CHECK(cloudcircuit_detect_config_init(&config) == CLOUDCIRCUIT_OK);
    CHECK(config.season_length == 0 && config.window == 0 && config.lag_points == 0);
    CHECK(config.negative_points == CLOUDCIRCUIT_NEGATIVE_POINTS_ERROR && config.score_threshold == CLOUDCIRCUIT_DEFAULT_SCORE_THRESHOLD);
    CHECK(config.min_impact == 0);
    CHECK(config.min_relative_impact == CLOUDCIRCUIT_DEFAULT_MIN_RELATIVE_IMPACT);
    CHECK(config.min_baseline == CLOUDCIRCUIT_DEFAULT_DETECT_MIN_BASELINE);
    CHECK(config.start_time == CLOUDCIRCUIT_TIME_UNKNOWN);
    CHECK(config.step == CLOUDCIRCUIT_DEFAULT_STEP);
    CHECK(cloudcircuit_detect_config_init(NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
}

/* The same status from all three, and a refusal over memory that held something else. */
static void refuses(const double *series, size_t len, const cloudcircuit_detect_config *config,
                    cloudcircuit_status expected)
{
    cloudcircuit_detect_result result;
    uint8_t flags[DAYS];
    double bounds[DAYS];
    size_t i;
    memset(&result, 0xAA, sizeof result);
    CHECK(cloudcircuit_detect_spike(series, len, config, &result) == expected);
    CHECK(SAME_BYTES(result, REFUSED));
    memset(flags, 0xAA, sizeof flags);
    memset(bounds, 0xAA, sizeof bounds);
    CHECK(cloudcircuit_scan_spikes(series, len, config, flags, bounds, NULL) == expected);
    for (i = 0; i < len && len <= DAYS && series; i++)
        CHECK(flags[i] == REFUSED_ROW && bounds[i] == 0);
}

static void bad_setting(const cloudcircuit_detect_config *config, cloudcircuit_status expected)
{
    static const double series[3] = {1, 2, 3};
    cloudcircuit_spike_tracker_state tracker, before;
    memset(&tracker, 0x55, sizeof tracker);
    memset(&before, 0, sizeof before);
    refuses(series, 3, config, expected);
    CHECK(cloudcircuit_spike_tracker_init(config, &tracker) == expected);
    CHECK(SAME_BYTES(tracker, before));
}

#define BAD(field, bad, status)                          \
    do {                                                 \
        cloudcircuit_detect_config config_;              \
        cloudcircuit_detect_config_init(&config_);       \
        config_.field = bad;                             \
        bad_setting(&config_, status);                   \
    } while (0)

static void statuses(void)
{
    static const double not_positive[] = {0, -0.0, -1, NAN, INFINITY, -INFINITY};
    double series[40];
    cloudcircuit_detect_result result;
    cloudcircuit_spike_tracker_state tracker;
    cloudcircuit_detect_config config;
    uint8_t flag = 0xAA;
    size_t i, j;

    BAD(season_length, CLOUDCIRCUIT_MAX_SEASON_LENGTH + 1, CLOUDCIRCUIT_ERR_SEASON_LENGTH);
    BAD(season_length, UINT32_MAX, CLOUDCIRCUIT_ERR_SEASON_LENGTH);
    BAD(window, 1, CLOUDCIRCUIT_ERR_DETECT_WINDOW);
    BAD(window, CLOUDCIRCUIT_MIN_DETECT_WINDOW - 1, CLOUDCIRCUIT_ERR_DETECT_WINDOW);
    BAD(window, CLOUDCIRCUIT_MAX_DETECT_WINDOW + 1, CLOUDCIRCUIT_ERR_DETECT_WINDOW);
    BAD(window, UINT32_MAX, CLOUDCIRCUIT_ERR_DETECT_WINDOW);
    BAD(lag_points, CLOUDCIRCUIT_MAX_LAG_POINTS + 1, CLOUDCIRCUIT_ERR_LAG_POINTS);
    BAD(negative_points, 3, CLOUDCIRCUIT_ERR_NEGATIVE_POINTS);
    BAD(negative_points, UINT32_MAX, CLOUDCIRCUIT_ERR_NEGATIVE_POINTS);
    BAD(start_time, INT64_MAX, CLOUDCIRCUIT_ERR_START_TIME);
    BAD(start_time, CLOUDCIRCUIT_TIME_UNKNOWN + 1, CLOUDCIRCUIT_ERR_START_TIME);
    BAD(step, 0, CLOUDCIRCUIT_ERR_STEP);
    BAD(step, -1, CLOUDCIRCUIT_ERR_STEP);
    BAD(step, ((int64_t)1 << 31) + 1, CLOUDCIRCUIT_ERR_STEP);
    for (i = 0; i < COUNT(not_positive); i++)
        BAD(score_threshold, not_positive[i], CLOUDCIRCUIT_ERR_SCORE_THRESHOLD);
    for (i = 0; i < COUNT(NOT_AMOUNTS); i++) {
        BAD(min_impact, NOT_AMOUNTS[i], CLOUDCIRCUIT_ERR_MIN_IMPACT);
        BAD(min_relative_impact, NOT_AMOUNTS[i], CLOUDCIRCUIT_ERR_MIN_RELATIVE_IMPACT);
        BAD(min_baseline, NOT_AMOUNTS[i], CLOUDCIRCUIT_ERR_MIN_BASELINE);
        for (j = 0; j < 40; j++) {
            fill(series, 40);
            series[j] = NOT_AMOUNTS[i];
            refuses(series, 40, NULL, CLOUDCIRCUIT_ERR_DETECT_POINT);
        }
    }
    cloudcircuit_detect_config_init(&config);
    config.season_length = 1;
    config.window = CLOUDCIRCUIT_MIN_DETECT_WINDOW - 1;
    bad_setting(&config, CLOUDCIRCUIT_ERR_DETECT_WINDOW);
    BAD(min_impact, NAN, CLOUDCIRCUIT_ERR_MIN_IMPACT);
    BAD(min_relative_impact, NAN, CLOUDCIRCUIT_ERR_MIN_RELATIVE_IMPACT);
    BAD(min_baseline, NAN, CLOUDCIRCUIT_ERR_MIN_BASELINE);

    refuses(NULL, 1, NULL, CLOUDCIRCUIT_ERR_NULL_POINTER);
    memset(&result, 0xAA, sizeof result);
    CHECK(cloudcircuit_detect_spike(series, SIZE_MAX, NULL, &result) ==
          CLOUDCIRCUIT_ERR_SERIES_TOO_LONG);
    CHECK(SAME_BYTES(result, REFUSED));
    CHECK(cloudcircuit_detect_spike(series, LONGEST + 1, NULL, &result) == CLOUDCIRCUIT_ERR_SERIES_TOO_LONG);
    cloudcircuit_detect_config_init(&config);
    config.step = 0;
    CHECK(cloudcircuit_detect_spike(series, LONGEST, &config, &result) == CLOUDCIRCUIT_ERR_STEP);
    CHECK(cloudcircuit_scan_spikes(series, SIZE_MAX, NULL, &flag, NULL, NULL) ==
          CLOUDCIRCUIT_ERR_SERIES_TOO_LONG);
    CHECK(cloudcircuit_scan_spikes(series, LONGEST + 1, NULL, &flag, NULL, NULL) == CLOUDCIRCUIT_ERR_SERIES_TOO_LONG);
    CHECK(cloudcircuit_detect_spike(series, 1, NULL, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_scan_spikes(NULL, 1, NULL, &flag, NULL, NULL) ==
          CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(flag == 0xAA);
    CHECK(cloudcircuit_scan_spikes(series, 1, NULL, NULL, NULL, NULL) ==
          CLOUDCIRCUIT_ERR_NULL_POINTER);

    CHECK(cloudcircuit_spike_tracker_init(NULL, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_spike_tracker_init(NULL, &tracker) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_spike_tracker_update(NULL, 1, &result) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(SAME_BYTES(result, REFUSED));
    CHECK(cloudcircuit_spike_tracker_update(&tracker, 1, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
}

static void verdicts(void)
{
    double series[120] = {0};
    cloudcircuit_detect_config config;
    cloudcircuit_detect_result result;
    size_t i;

    CHECK(cloudcircuit_detect_spike(series, 0, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA);
    CHECK(result.reason == CLOUDCIRCUIT_DETECT_REASON_MISSING && result.is_leak == 0);
    for (i = 0; i < 120; i++)
        series[i] = 100 + (double)(i * 7 % 5);
    for (i = 1; i <= 40; i++) {
        CHECK(cloudcircuit_detect_spike(series, i, NULL, &result) == CLOUDCIRCUIT_OK);
        CHECK(result.latest_spend == series[i - 1]);
        CHECK((result.verdict == CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA) == (i < 14));
        CHECK((result.reason == CLOUDCIRCUIT_DETECT_REASON_HISTORY) == (i < 14));
    }
    CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_NORMAL && result.reason == CLOUDCIRCUIT_DETECT_REASON_SCORE);

    cloudcircuit_detect_config_init(&config);
    series[119] = 300;
    CHECK(cloudcircuit_detect_spike(series, 120, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
    CHECK(result.reason == CLOUDCIRCUIT_DETECT_REASON_ONE_POINT && result.score > config.score_threshold);
    CHECK(result.latest_spend > result.upper_bound && result.upper_bound > result.expected_spend);
    CHECK(result.excess == 300 - result.expected_spend && result.points_used == 98);
    config.min_impact = result.excess + 1;
    CHECK(cloudcircuit_detect_spike(series, 120, &config, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_NORMAL);
    CHECK(result.reason == CLOUDCIRCUIT_DETECT_REASON_MIN_IMPACT && result.upper_bound > 300);
    config.min_impact = 0;
    config.min_relative_impact = 2.5;
    CHECK(cloudcircuit_detect_spike(series, 120, &config, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.reason == CLOUDCIRCUIT_DETECT_REASON_MIN_RELATIVE_IMPACT);
    CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_NORMAL);

    /* A lesser rise that lasts is a spike on its second or third day. */
    series[117] = series[118] = series[119] = 122;
    CHECK(cloudcircuit_detect_spike(series, 118, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_NORMAL);
    CHECK(cloudcircuit_detect_spike(series, 120, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.reason == CLOUDCIRCUIT_DETECT_REASON_THREE_POINTS);
    series[118] = 130;
    series[117] = 130;
    CHECK(cloudcircuit_detect_spike(series, 118, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_NORMAL);
    CHECK(cloudcircuit_detect_spike(series, 119, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.reason == CLOUDCIRCUIT_DETECT_REASON_TWO_POINTS);

    series[119] = NAN;
    CHECK(cloudcircuit_detect_spike(series, 120, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA && result.latest_spend == 0);
    CHECK(result.reason == CLOUDCIRCUIT_DETECT_REASON_MISSING && result.is_leak == 0);

    /* A little more each day for three weeks. */
    for (i = 0; i < 120; i++)
        series[i] = 100 + (i < 95 ? 0 : (double)(i - 95) * 4) + (double)(i * 7 % 5) / 5;
    for (i = 105; i < 120 && !result.is_leak; i++)
        CHECK(cloudcircuit_detect_spike(series, i, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.is_leak == 1 && result.leak_score > 1);

    /* With no least to measure against, money after nothing at all is a spike, and again is. */
    config.min_relative_impact = 0.1;
    config.min_baseline = 0;
    memset(series, 0, sizeof series);
    for (i = 60; i < 120; i += 59) {
        CHECK(cloudcircuit_detect_spike(series, i, &config, &result) == CLOUDCIRCUIT_OK);
        CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_NORMAL && result.score <= 0);
        series[i] = 5;
        CHECK(cloudcircuit_detect_spike(series, i + 1, &config, &result) == CLOUDCIRCUIT_OK);
        CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_SPIKE && result.excess == 5);
        CHECK(result.upper_bound < 1e-300 && result.score > 1e6 && isfinite(result.score));
    }

    /* The largest doubles neither hang nor pass. */
    for (i = 0; i < 120; i++)
        series[i] = DBL_MAX;
    CHECK(cloudcircuit_detect_spike(series, 120, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.upper_bound <= DBL_MAX && result.expected_spend <= DBL_MAX);

    /* A bill of 1.5e308 on the first of each month, which then does not come: as many scales are no double. */
    cloudcircuit_detect_config_init(&config);
    config.start_time = 1672531200; /* 2023-01-01 */
    for (i = 0; i < 90; i++)
        series[i] = i == 0 || i == 31 || i == 59 ? 1.5e308 : 1;
    series[90] = 0;
    CHECK(cloudcircuit_detect_spike(series, 91, &config, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.excess == -1.5e308 && result.score == -DBL_MAX && result.upper_bound < DBL_MAX);

    /* One day a week costs so much more that what another lies below its own level is nothing: a score of 0, not of -0. */
    cloudcircuit_detect_config_init(&config);
    config.min_baseline = 0;
    for (i = 0; i < 105; i++)
        series[i] = i % 7 == 6 ? 1e308 : 1e-30;
    series[105] = 9e-31;
    CHECK(cloudcircuit_detect_spike(series, 106, &config, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.excess < 0 && result.score == 0 && !signbit(result.score));
}

/* Two busy days a week, at four times the others, take weeks to learn, and stray far meanwhile. Once they are
   learnt, a quiet day that costs more than a busy one is a spike, and busy days are none. */
static void second_month(void)
{
    double series[42];
    cloudcircuit_detect_result result;
    size_t i;
    for (i = 0; i < COUNT(series); i++)
        series[i] = (i % 7 == 2 || i % 7 == 3 ? 200 : 50) + (double)(i % 3);
    for (i = 28; i < COUNT(series); i++) {
        CHECK(cloudcircuit_detect_spike(series, i + 1, NULL, &result) == CLOUDCIRCUIT_OK);
        CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_NORMAL && result.points_used == i - 3);
    }
    series[29] = 260;
    CHECK(cloudcircuit_detect_spike(series, 30, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
}

/* Charges by the month are learnt, if the dates are known. */
static void month_starts(void)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30};
    double series[181];
    cloudcircuit_detect_config config;
    cloudcircuit_detect_result result;
    size_t at = 0, month;
    int day;
    for (month = 0; month < COUNT(lengths); month++)
        for (day = 1; day <= lengths[month]; day++)
            series[at++] = 100 + 5 * uniform() + (day == 1 ? 400 : 0);
    cloudcircuit_detect_config_init(&config);
    /* Without dates it is a month since the one before, as that was. */
    CHECK(cloudcircuit_detect_spike(series, 152, &config, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_NORMAL && result.expected_spend < 120);
    CHECK(result.reason == CLOUDCIRCUIT_DETECT_REASON_RECURRING);
    config.start_time = 1672531200; /* 2023-01-01 */
    CHECK(cloudcircuit_detect_spike(series, 152, &config, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_NORMAL && result.expected_spend > 480);
    series[151] += 300;
    CHECK(cloudcircuit_detect_spike(series, 152, &config, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
}

static void constant(double *series, size_t len, double spend)
{
    size_t i;
    for (i = 0; i < len; i++)
        series[i] = spend;
}

/* What the detector finds in the last of `len` points. */
static cloudcircuit_detect_result finding(const double *series, size_t len, int64_t start_time)
{
    cloudcircuit_detect_config config;
    cloudcircuit_detect_result result;
    cloudcircuit_detect_config_init(&config);
    config.start_time = start_time;
    CHECK(cloudcircuit_detect_spike(series, len, &config, &result) == CLOUDCIRCUIT_OK);
    return result;
}

/* On a flat series the expected spend is its level, however far above it the verdict begins. */
static void flat(void)
{
    double series[100];
    cloudcircuit_detect_config config;
    cloudcircuit_detect_result result;
    constant(series, 100, 100);
    result = finding(series, 100, CLOUDCIRCUIT_TIME_UNKNOWN);
    CHECK(result.expected_spend == 100 && result.excess == 0 && result.upper_bound > 110);
    series[99] = 160;
    result = finding(series, 100, CLOUDCIRCUIT_TIME_UNKNOWN);
    CHECK(result.expected_spend == 100 && result.excess == 60);
    CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
    /* min_impact is compared with the excess. */
    cloudcircuit_detect_config_init(&config);
    config.min_impact = 60;
    CHECK(cloudcircuit_detect_spike(series, 100, &config, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_SPIKE && result.upper_bound == 160);
    config.min_impact = 61;
    CHECK(cloudcircuit_detect_spike(series, 100, &config, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.reason == CLOUDCIRCUIT_DETECT_REASON_MIN_IMPACT && result.upper_bound == 161);
}

/* The third excess at one distance recurs; one a week late, or of more than twice the height, is a spike. */
static void recurrence(void)
{
    double series[100];
    cloudcircuit_detect_result result;
    constant(series, 100, 100);
    series[39] = series[59] = series[79] = 300;
    CHECK(finding(series, 60, CLOUDCIRCUIT_TIME_UNKNOWN).verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
    result = finding(series, 80, CLOUDCIRCUIT_TIME_UNKNOWN);
    CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_NORMAL);
    CHECK(result.reason == CLOUDCIRCUIT_DETECT_REASON_RECURRING && result.score > 3.5);
    CHECK(result.latest_spend > result.upper_bound);
    series[79] = 600;
    CHECK(finding(series, 80, CLOUDCIRCUIT_TIME_UNKNOWN).verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
    series[79] = 100;
    series[86] = 300;
    CHECK(finding(series, 87, CLOUDCIRCUIT_TIME_UNKNOWN).verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
}

/* What came once before recurs at a like height, whole weeks later. Not a day off, not at twice the height, and not
   after a run of three days. */
static void weekly(void)
{
    double series[90];
    constant(series, 90, 100);
    series[60] = 300;
    series[74] = 280;
    CHECK(finding(series, 75, CLOUDCIRCUIT_TIME_UNKNOWN).reason == CLOUDCIRCUIT_DETECT_REASON_RECURRING);
    series[74] = 500;
    CHECK(finding(series, 75, CLOUDCIRCUIT_TIME_UNKNOWN).verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
    series[74] = 100;
    series[73] = 300;
    CHECK(finding(series, 74, CLOUDCIRCUIT_TIME_UNKNOWN).verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
    series[73] = 100;
    series[61] = series[62] = series[74] = 300;
    CHECK(finding(series, 75, CLOUDCIRCUIT_TIME_UNKNOWN).verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
}

/* A charge on the 15th is expected for three quarters of what came twice before, and recurs up to twice that. */
static void days_of_the_month(void)
{
    double series[90];
    cloudcircuit_detect_result result;
    constant(series, 90, 100);
    series[14] = series[45] = series[74] = 500;
    result = finding(series, 75, 1704067200); /* 2024-01-01 */
    CHECK(fabs(result.expected_spend - 400) < 1e-9);
    CHECK(result.reason == CLOUDCIRCUIT_DETECT_REASON_RECURRING);
    series[74] = 1000;
    CHECK(finding(series, 75, 1704067200).verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
    series[74] = 400;
    CHECK(finding(series, 75, 1704067200).reason == CLOUDCIRCUIT_DETECT_REASON_SCORE);
}

/* After the 31st of January and the 29th of March, the 28th of April is as near to the end of a month, the 27th is not. */
static void ends_of_months(void)
{
    double series[118];
    size_t day;
    for (day = 116; day < 118; day++) {
        constant(series, 118, 100);
        series[30] = series[87] = 300;
        series[day] = 350;
        CHECK((finding(series, day + 1, 1672531200).verdict == CLOUDCIRCUIT_VERDICT_SPIKE) == (day == 116));
    }
}

/* An outage is a fall on its first days, not a spike; a little less, a missing day and a rise are none. */
static void falls(void)
{
    double series[100];
    cloudcircuit_detect_config config;
    cloudcircuit_detect_result result;
    size_t i;
    constant(series, 100, 100);
    series[99] = 60;
    result = finding(series, 100, CLOUDCIRCUIT_TIME_UNKNOWN);
    CHECK(result.is_drop == 1 && result.verdict == CLOUDCIRCUIT_VERDICT_NORMAL);
    CHECK(result.reason == CLOUDCIRCUIT_DETECT_REASON_SCORE && result.excess == -40);
    /* 90, 0.9 times the same weekdays, is explained. One deviation is 5 % and 7 / 96 of it more, for the 96
       days that had three before them. */
    CHECK(fabs(result.drop_score - 0.3 / (0.05 * (1 + 7.0 / 96))) < 1e-9);
    /* Two days at 75 are 2.8 deviations each, times 1.2; at 74 they are 2.98. */
    series[98] = series[99] = 75;
    CHECK(finding(series, 99, CLOUDCIRCUIT_TIME_UNKNOWN).is_drop == 0);
    CHECK(finding(series, 100, CLOUDCIRCUIT_TIME_UNKNOWN).is_drop == 0);
    series[98] = series[99] = 74;
    CHECK(finding(series, 99, CLOUDCIRCUIT_TIME_UNKNOWN).is_drop == 0);
    CHECK(finding(series, 100, CLOUDCIRCUIT_TIME_UNKNOWN).is_drop == 1);
    /* Three at 84 are 1.1 each, times 3.5. */
    series[97] = series[98] = series[99] = 84;
    CHECK(finding(series, 99, CLOUDCIRCUIT_TIME_UNKNOWN).is_drop == 0);
    CHECK(finding(series, 100, CLOUDCIRCUIT_TIME_UNKNOWN).is_drop == 0); /* 6 % is below min_relative_impact */
    series[97] = series[98] = series[99] = 81;
    CHECK(finding(series, 99, CLOUDCIRCUIT_TIME_UNKNOWN).is_drop == 0);
    CHECK(finding(series, 100, CLOUDCIRCUIT_TIME_UNKNOWN).is_drop == 1);
    series[99] = NAN;
    CHECK(finding(series, 100, CLOUDCIRCUIT_TIME_UNKNOWN).is_drop == 0);

    /* min_impact, to the cent. */
    constant(series, 100, 100);
    series[99] = 60;
    cloudcircuit_detect_config_init(&config);
    config.min_impact = 40;
    CHECK(cloudcircuit_detect_spike(series, 100, &config, &result) == CLOUDCIRCUIT_OK && result.is_drop == 1);
    config.min_impact = 40.5;
    CHECK(cloudcircuit_detect_spike(series, 100, &config, &result) == CLOUDCIRCUIT_OK && result.is_drop == 0);
    /* min_relative_impact: 30 of 100 below the lowest that is explained, 90. */
    config.min_impact = 0;
    config.min_relative_impact = 0.25;
    CHECK(cloudcircuit_detect_spike(series, 100, &config, &result) == CLOUDCIRCUIT_OK && result.is_drop == 1);
    config.min_relative_impact = 0.5;
    CHECK(cloudcircuit_detect_spike(series, 100, &config, &result) == CLOUDCIRCUIT_OK && result.is_drop == 0);
    CHECK(result.drop_score > config.score_threshold);

    /* Weekends are none, from the first on that can be judged. */
    for (i = 0; i < 100; i++) {
        series[i] = i % 7 < 5 ? 100 : 30;
        CHECK(finding(series, i + 1, CLOUDCIRCUIT_TIME_UNKNOWN).is_drop == 0);
    }
    /* Nor is the return from a runaway week. */
    constant(series, 100, 100);
    constant(series + 70, 6, 400);
    for (i = 76; i < 100; i++)
        CHECK(finding(series, i + 1, CLOUDCIRCUIT_TIME_UNKNOWN).is_drop == 0);
    /* The third holiday at one distance is known. */
    constant(series, 100, 100);
    series[39] = series[59] = series[79] = 20;
    CHECK(finding(series, 60, CLOUDCIRCUIT_TIME_UNKNOWN).is_drop == 1);
    CHECK(finding(series, 80, CLOUDCIRCUIT_TIME_UNKNOWN).is_drop == 0);
    /* Three days of an outage are falls, the fourth is no news. */
    constant(series, 100, 100);
    constant(series + 80, 10, 0);
    for (i = 80; i < 90; i++)
        CHECK(finding(series, i + 1, CLOUDCIRCUIT_TIME_UNKNOWN).is_drop == (i < 83));
}

/* A credit is an error, a missing point or 0, and in a tracker an error takes nothing in. */
static void negative_points(void)
{
    double series[100], missing[100], nothing[100];
    cloudcircuit_detect_config config;
    cloudcircuit_detect_result result, expected;
    cloudcircuit_spike_tracker_state tracker, before;
    uint8_t flags[100], same[100];
    size_t i;
    for (i = 0; i < 100; i++) {
        series[i] = i % 9 == 4 ? -20 : 100 + (double)(i % 3);
        missing[i] = series[i] < 0 ? NAN : series[i];
        nothing[i] = series[i] < 0 ? 0 : series[i];
    }
    cloudcircuit_detect_config_init(&config);
    CHECK(cloudcircuit_detect_spike(series, 100, &config, &result) == CLOUDCIRCUIT_ERR_DETECT_POINT);
    for (i = CLOUDCIRCUIT_NEGATIVE_POINTS_MISSING; i <= CLOUDCIRCUIT_NEGATIVE_POINTS_ZERO; i++) {
        const double *read = i == CLOUDCIRCUIT_NEGATIVE_POINTS_MISSING ? missing : nothing;
        size_t len;
        config.negative_points = (uint32_t)i;
        CHECK(cloudcircuit_scan_spikes(series, 100, &config, flags, NULL, NULL) == CLOUDCIRCUIT_OK);
        CHECK(cloudcircuit_scan_spikes(read, 100, NULL, same, NULL, NULL) == CLOUDCIRCUIT_OK);
        CHECK(memcmp(flags, same, sizeof flags) == 0);
        CHECK(cloudcircuit_spike_tracker_init(&config, &tracker) == CLOUDCIRCUIT_OK);
        for (len = 1; len <= 100; len++) {
            CHECK(cloudcircuit_detect_spike(read, len, NULL, &expected) == CLOUDCIRCUIT_OK);
            CHECK(cloudcircuit_detect_spike(series, len, &config, &result) == CLOUDCIRCUIT_OK);
            CHECK(SAME_BYTES(result, expected));
            CHECK(cloudcircuit_spike_tracker_update(&tracker, series[len - 1], &result) == CLOUDCIRCUIT_OK);
            CHECK(SAME_BYTES(result, expected));
        }
        CHECK(cloudcircuit_spike_tracker_state_validate(&tracker) == CLOUDCIRCUIT_OK);
        CHECK(cloudcircuit_detect_spike(&NOT_AMOUNTS[4], 1, &config, &result) == CLOUDCIRCUIT_ERR_DETECT_POINT);
        CHECK(cloudcircuit_detect_spike(&NOT_AMOUNTS[3], 1, &config, &result) == CLOUDCIRCUIT_ERR_DETECT_POINT);
    }
    CHECK(cloudcircuit_spike_tracker_init(NULL, &tracker) == CLOUDCIRCUIT_OK);
    before = tracker;
    CHECK(cloudcircuit_spike_tracker_update(&tracker, -1, &result) == CLOUDCIRCUIT_ERR_DETECT_POINT);
    CHECK(SAME_BYTES(tracker, before) && tracker.revision == 0);
}

/* After two weeks at a fifth the old normal is no spike, and twice the old normal is one. */
static void after_a_holiday(void)
{
    double series[75];
    cloudcircuit_detect_result result;
    constant(series, 75, 100);
    constant(series + 60, 14, 20);
    result = finding(series, 75, CLOUDCIRCUIT_TIME_UNKNOWN);
    CHECK(result.reason == CLOUDCIRCUIT_DETECT_REASON_SCORE);
    CHECK(fabs(result.expected_spend - 20) < 1e-9 && result.upper_bound > 105);
    series[74] = 200;
    CHECK(finding(series, 75, CLOUDCIRCUIT_TIME_UNKNOWN).verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
}

/* Three to thirteen days at nothing are forgotten once the old normal is back for a day; two weeks are a new level. */
static void after_an_outage(void)
{
    static const size_t lengths[] = {3, 6, 13, 14};
    double series[76];
    size_t i;
    for (i = 0; i < COUNT(lengths); i++) {
        size_t end = 61 + lengths[i];
        constant(series, COUNT(series), 100);
        constant(series + 60, lengths[i], 0);
        CHECK(finding(series, end, CLOUDCIRCUIT_TIME_UNKNOWN).verdict == CLOUDCIRCUIT_VERDICT_NORMAL);
        CHECK(finding(series, end + 1, CLOUDCIRCUIT_TIME_UNKNOWN).expected_spend == (lengths[i] < 14 ? 100 : 0.01));
    }
    /* Whether the old normal is back is known by three of the same weekday alone. */
    constant(series, COUNT(series), 100);
    constant(series + 60, 5, 0);
    series[51] = NAN;
    CHECK(finding(series, 67, CLOUDCIRCUIT_TIME_UNKNOWN).expected_spend == 100);
    series[58] = NAN;
    CHECK(finding(series, 67, CLOUDCIRCUIT_TIME_UNKNOWN).expected_spend == 0.01);
}

/* A charge that came on 1 February is expected on any of the first three days of March, once. */
static void moving_charges(void)
{
    const int64_t january = 1672531200; /* 2023-01-01 */
    double series[62];
    size_t day;
    constant(series, COUNT(series), 100);
    series[31] = 500;
    CHECK(finding(series, 32, january).verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
    for (day = 59; day < 62; day++) {
        series[day] = 500;
        CHECK(finding(series, day + 1, january).reason == CLOUDCIRCUIT_DETECT_REASON_SCORE);
        series[day] = 100;
    }
    CHECK(fabs(finding(series, 62, january).expected_spend - 500) < 1e-9);
    series[60] = 500;
    CHECK(fabs(finding(series, 62, january).expected_spend - 100) < 1e-9);
    series[61] = 500;
    CHECK(finding(series, 62, january).verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
    /* Half of it on the first of March is not yet the charge, more is. */
    series[61] = 100;
    series[59] = 300;
    CHECK(finding(series, 61, january).verdict == CLOUDCIRCUIT_VERDICT_NORMAL);
    series[59] = 300.1;
    CHECK(finding(series, 61, january).verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
}

/* A charge is known for as many days as the window has. */
static void a_charge_a_window_before(void)
{
    double series[64];
    uint32_t window;
    constant(series, COUNT(series), 100);
    /* On the first and second of January, and on the first of February, which leaves the second. */
    series[31] = series[32] = series[62] = series[63] = 400;
    for (window = 30; window < 32; window++) {
        cloudcircuit_detect_config config;
        cloudcircuit_detect_result result;
        cloudcircuit_detect_config_init(&config);
        config.start_time = 1669852800; /* 2022-12-01 */
        config.window = window;
        CHECK(cloudcircuit_detect_spike(series, COUNT(series), &config, &result) == CLOUDCIRCUIT_OK);
        CHECK(result.expected_spend == (window == 30 ? 100 : 400));
    }
}

/* A charge is reported as expected where it is the largest explanation, not where the upper quartile of 1.05 * 64
   comes to as much. */
static void tied_charge(void)
{
    double series[61];
    size_t j;
    for (j = 0; j < 2; j++) {
        cloudcircuit_detect_config config;
        cloudcircuit_detect_result result;
        cloudcircuit_detect_config_init(&config);
        config.start_time = 1672531200; /* 2023-01-01 */
        config.season_length = 1;
        constant(series, COUNT(series), 64);
        series[31] = j ? nextafter(67.2, 68) : 67.2;
        CHECK(cloudcircuit_detect_spike(series, COUNT(series), &config, &result) == CLOUDCIRCUIT_OK);
        CHECK(result.expected_spend == (j ? series[31] : 64));
    }
}

/* In the first ten weeks what came twice recurs at any distance, and what came once in the first three weeks. */
static void young(void)
{
    static const struct {
        size_t first, second, last;
        int is_recurring;
    } cases[] = {{5, 5, 41, 1},   {20, 20, 43, 1},  {21, 21, 43, 0},  {5, 5, 69, 1},
                 {29, 40, 61, 1}, {29, 29, 61, 0}, {29, 46, 69, 1}, {29, 46, 70, 0}};
    double series[90];
    size_t i;
    for (i = 0; i < COUNT(cases); i++) {
        int32_t reason;
        constant(series, 90, 100);
        series[cases[i].first] = series[cases[i].second] = 300;
        series[cases[i].last] = 350;
        reason = finding(series, cases[i].last + 1, CLOUDCIRCUIT_TIME_UNKNOWN).reason;
        CHECK((reason == CLOUDCIRCUIT_DETECT_REASON_RECURRING) == cases[i].is_recurring);
        series[cases[i].last] = 450;
        CHECK(finding(series, cases[i].last + 1, CLOUDCIRCUIT_TIME_UNKNOWN).verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
    }
    /* A run of two days is like those of one, a longer one is not. */
    constant(series, 90, 100);
    series[30] = series[43] = 300;
    series[62] = series[63] = series[64] = 350;
    CHECK(finding(series, 64, CLOUDCIRCUIT_TIME_UNKNOWN).reason == CLOUDCIRCUIT_DETECT_REASON_RECURRING);
    CHECK(finding(series, 65, CLOUDCIRCUIT_TIME_UNKNOWN).verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
}

/* A job that costs 100 every third day, which no weekday explains, and 2 when it is off. */
static void jobs(void)
{
    double series[100];
    cloudcircuit_detect_config config;
    cloudcircuit_detect_result result;
    size_t i;
    for (i = 0; i < 100; i++)
        series[i] = i % 3 ? 2 : 100;
    result = finding(series, 100, CLOUDCIRCUIT_TIME_UNKNOWN);
    CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_NORMAL && result.expected_spend == 100);
    series[99] = 150;
    CHECK(finding(series, 100, CLOUDCIRCUIT_TIME_UNKNOWN).verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
    series[99] = 40;
    result = finding(series, 100, CLOUDCIRCUIT_TIME_UNKNOWN);
    CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_SPIKE && result.expected_spend == 2);
    /* On or off, what is expected is at least min_baseline: 135 is 35 % above 100, but 12.5 % above 120. */
    cloudcircuit_detect_config_init(&config);
    config.min_baseline = 120;
    CHECK(cloudcircuit_detect_spike(series, 100, &config, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_NORMAL && result.expected_spend == 120);
    series[99] = 135;
    CHECK(finding(series, 100, CLOUDCIRCUIT_TIME_UNKNOWN).verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
    CHECK(cloudcircuit_detect_spike(series, 100, &config, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_NORMAL && result.expected_spend == 120 && result.excess == 15);
    /* A little above 100 it leaves the series its two modes. */
    config.min_baseline = 101;
    series[99] = 100;
    CHECK(cloudcircuit_detect_spike(series, 100, &config, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.expected_spend == 101 && result.excess == -1);
}

/* What the groups of days on and off are, at their bounds. */
static void bounds_of_jobs(void)
{
    /* What the newest on day is, what the oldest off day is, and the expected spend of a day that costs 60. */
    static const struct {
        double newest, oldest, spend, expected;
    } windows[] = {
        {100, 2, 60, 100}, /* 14 days are enough */
        {NAN, 2, 60, 2},   /* 13 are not */
        {100, 1, 2, 2},    /* the seventh day off counts: the median of 1, 2, 2, 2, 3, 3, 3 */
        {100, 3, 2, 3},
    };
    double series[100];
    cloudcircuit_detect_config config;
    cloudcircuit_detect_result result;
    size_t i, j;
    cloudcircuit_detect_config_init(&config);
    config.window = 14;
    for (j = 0; j < COUNT(windows); j++) {
        for (i = 0; i < 60; i++)
            series[i] = i % 2 ? 100 : 2;
        if (j > 1)
            series[54] = series[56] = series[58] = 3;
        series[59] = windows[j].newest;
        series[46] = windows[j].oldest;
        series[60] = windows[j].spend;
        CHECK(cloudcircuit_detect_spike(series, 61, &config, &result) == CLOUDCIRCUIT_OK);
        CHECK(result.expected_spend == windows[j].expected);
    }
    /* The 10 % quantile of eleven days on is the second lowest: 90, of which 0.6 is 54. */
    config.window = 33;
    for (i = 0; i < 99; i++)
        series[i] = i % 3 ? 2 : i == 66 ? 90 : i == 81 ? 80 : 110;
    for (j = 0; j < 2; j++) {
        series[99] = j ? 54 : 53.995;
        CHECK(cloudcircuit_detect_spike(series, 100, &config, &result) == CLOUDCIRCUIT_OK);
        CHECK(result.expected_spend == (j ? 110 : 2));
    }
}

/* A step is no leak, not even in its second week. */
static void steps(void)
{
    double series[120];
    size_t i;
    constant(series, 120, 100);
    constant(series + 90, 30, 130);
    CHECK(finding(series, 91, CLOUDCIRCUIT_TIME_UNKNOWN).verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
    for (i = 94; i <= 120; i++) {
        cloudcircuit_detect_result result = finding(series, i, CLOUDCIRCUIT_TIME_UNKNOWN);
        CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_NORMAL && result.is_leak == 0);
    }
}

/* A leak of 3, 5 or 10 % a week over a level of 100 is found within four weeks, and growth of 5 % a month is none.
   With the line at 100 and the scale at its floor of 5.36 %, all of a week must lie above 106.7. */
static void leaks(void)
{
    static const double rates[] = {3, 5, 10};
    double series[140];
    uint8_t flags[140];
    size_t i, j;
    for (j = 0; j < COUNT(rates); j++) {
        constant(series, 140, 100);
        for (i = 90; i < 140; i++)
            series[i] += rates[j] / 7 * (double)(i - 89);
        for (i = 60; i <= 105; i++)
            CHECK(!finding(series, i, CLOUDCIRCUIT_TIME_UNKNOWN).is_leak);
        while (i < 140 && !finding(series, i, CLOUDCIRCUIT_TIME_UNKNOWN).is_leak)
            i++;
        CHECK(i - 90 <= 28);
        CHECK(cloudcircuit_scan_spikes(series, i, NULL, flags, NULL, NULL) == CLOUDCIRCUIT_OK);
        CHECK(flags[i - 1] == CLOUDCIRCUIT_FLAG_LEAK && flags[i - 2] == 0);
    }
    /* Weeks at 110, 120 and 130 leave a line through four weeks at 100; three are too few for one. The lift of 30
       is what min_impact is compared with. */
    for (j = 3; j <= 4; j++) {
        cloudcircuit_detect_config config;
        cloudcircuit_detect_result result;
        size_t weeks = j;
        cloudcircuit_detect_config_init(&config);
        config.season_length = 1;
        constant(series, 7 * weeks, 100);
        for (i = 0; i < 3; i++)
            constant(series + 7 * (weeks + i), 7, 110 + 10 * (double)i);
        CHECK(cloudcircuit_detect_spike(series, 7 * (weeks + 3), &config, &result) == CLOUDCIRCUIT_OK);
        CHECK(result.is_leak == (weeks == 4) && (result.leak_score > 1.25) == (weeks == 4));
        config.min_impact = 30;
        CHECK(cloudcircuit_detect_spike(series, 7 * (weeks + 3), &config, &result) == CLOUDCIRCUIT_OK);
        CHECK(result.is_leak == (weeks == 4));
        config.min_impact = nextafter(30, 31);
        CHECK(cloudcircuit_detect_spike(series, 7 * (weeks + 3), &config, &result) == CLOUDCIRCUIT_OK);
        CHECK(result.is_leak == 0);
    }
    /* 28 deviations leave a scale of 0.05 * 1.25 = 1/16, and the level is 80, so a lift of 6.25 over a line at 64
       scores 1.25, which a leak must exceed. */
    for (j = 0; j < 2; j++) {
        cloudcircuit_detect_config config;
        cloudcircuit_detect_result result;
        cloudcircuit_detect_config_init(&config);
        config.season_length = 1;
        config.window = 42;
        constant(series, 42, 64);
        constant(series + 21, 14, NAN);
        constant(series + 42, 7, 69);
        constant(series + 49, 7, 75);
        constant(series + 56, 7, 80);
        series[62] = j ? nextafter(70.25, 71) : 70.25;
        CHECK(cloudcircuit_detect_spike(series, 63, &config, &result) == CLOUDCIRCUIT_OK);
        CHECK(result.points_used == 28 && result.is_leak == j && (result.leak_score > 1.25) == j && result.leak_score >= 1.25);
    }
    for (i = 0; i < 140; i++)
        series[i] = 100 * pow(1.05, (double)i / 30);
    for (i = 60; i <= 140; i++)
        CHECK(!finding(series, i, CLOUDCIRCUIT_TIME_UNKNOWN).is_leak);
}

/* Four days above twice or below 0.65 of 64 are forgotten once a day below 1.3 or above 0.8 of it follows, and are the
   level otherwise. */
static void ends_of_runs(void)
{
    static const double cases[][2] = {{2, 1}, {2.5, 1.3}, {0.65, 1}, {0.5, 0.8}};
    double series[46];
    size_t i, j;
    for (i = 0; i < COUNT(cases); i++)
        for (j = 0; j < 4; j++) {
            cloudcircuit_detect_config config;
            cloudcircuit_detect_result result;
            double run = 64 * cases[i][0], end = 64 * cases[i][1];
            cloudcircuit_detect_config_init(&config);
            config.season_length = 1;
            if (j % 2 && end == 64)
                run = nextafter(run, run > 64 ? 1000 : 0);
            else if (j % 2)
                end = nextafter(end, 64);
            constant(series, 46, 64);
            constant(series + 40, 4, run);
            /* Also where the first day stands out by more. */
            series[40] = j < 2 ? run : run > 64 ? 256 : 0;
            series[44] = end;
            CHECK(cloudcircuit_detect_spike(series, 46, &config, &result) == CLOUDCIRCUIT_OK);
            CHECK(result.expected_spend == (j % 2 ? 64 : run));
        }
}

/* Ten days at three times the usual are no new level: two days after them the same is a spike again. Fourteen are
   one, and so are ten that go on. */
static void runaways(void)
{
    static const size_t lengths[] = {4, 10, 13};
    double series[120];
    size_t i;
    for (i = 0; i < COUNT(lengths); i++) {
        size_t end = 70 + lengths[i];
        constant(series, 120, 100);
        constant(series + 70, lengths[i], 300);
        constant(series + end + 2, 3, 300);
        CHECK(finding(series, 71, CLOUDCIRCUIT_TIME_UNKNOWN).verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
        CHECK(finding(series, end + 3, CLOUDCIRCUIT_TIME_UNKNOWN).verdict == CLOUDCIRCUIT_VERDICT_SPIKE);
    }
    /* Nor is what doubles day by day, with nothing but its excesses in the window. */
    {
        cloudcircuit_detect_config config;
        cloudcircuit_detect_result result;
        cloudcircuit_detect_config_init(&config);
        config.season_length = 1;
        config.window = 14;
        for (i = 0; i < 60; i++)
            series[i] = ldexp(1, (int)i);
        CHECK(cloudcircuit_detect_spike(series, 60, &config, &result) == CLOUDCIRCUIT_OK);
        CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_SPIKE && result.points_used == 14);
    }
    constant(series, 120, 100);
    constant(series + 70, 14, 300);
    constant(series + 86, 3, 300);
    CHECK(finding(series, 87, CLOUDCIRCUIT_TIME_UNKNOWN).verdict == CLOUDCIRCUIT_VERDICT_NORMAL);
    constant(series + 70, 10, 300);
    constant(series + 80, 40, 300);
    for (i = 75; i <= 120; i++)
        CHECK(finding(series, i, CLOUDCIRCUIT_TIME_UNKNOWN).verdict == CLOUDCIRCUIT_VERDICT_NORMAL);
}

/* Row i of the scan is what the detector finds in the first i + 1 points, and so is the tracker's
   finding; settle points move rows down. */
static void agree(const cloudcircuit_detect_config *config)
{
    double series[DAYS], expected[DAYS], bounds[DAYS];
    uint8_t flags[DAYS], settled[DAYS];
    cloudcircuit_spike_tracker_state memory[2], *tracker = memory;
    cloudcircuit_detect_config late = *config;
    cloudcircuit_status has_tracker;
    size_t i, seen = 0;

    fill(series, DAYS);
    CHECK(cloudcircuit_scan_spikes(series, DAYS, config, flags, expected, bounds) ==
          CLOUDCIRCUIT_OK);
    late.lag_points = 3;
    CHECK(cloudcircuit_scan_spikes(series, DAYS, &late, settled, NULL, NULL) == CLOUDCIRCUIT_OK);
    /* At an odd address. */
    tracker = (cloudcircuit_spike_tracker_state *)(void *)((char *)memory + (config->window % 2));
    has_tracker = cloudcircuit_spike_tracker_init(config, tracker);
    for (i = 0; i < DAYS; i++) {
        cloudcircuit_detect_result result, tracked;
        uint8_t flag = 0;
        CHECK(cloudcircuit_detect_spike(series, i + 1, config, &result) == CLOUDCIRCUIT_OK);
        flag |= result.verdict == CLOUDCIRCUIT_VERDICT_SPIKE ? CLOUDCIRCUIT_FLAG_SPIKE : 0;
        flag |= result.is_leak ? CLOUDCIRCUIT_FLAG_LEAK : 0;
        flag |= result.is_drop ? CLOUDCIRCUIT_FLAG_DROP : 0;
        flag |= result.verdict == CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA
                    ? CLOUDCIRCUIT_FLAG_INSUFFICIENT : 0;
        CHECK(flags[i] == flag);
        CHECK(SAME_BYTES(expected[i], result.expected_spend));
        CHECK(SAME_BYTES(bounds[i], result.upper_bound));
        CHECK(settled[i] == (i < 3 ? CLOUDCIRCUIT_FLAG_INSUFFICIENT : flags[i - 3]));
        seen += flag == CLOUDCIRCUIT_FLAG_SPIKE;
        if (has_tracker == CLOUDCIRCUIT_OK) {
            CHECK(cloudcircuit_spike_tracker_update(tracker, series[i], &tracked) ==
                  CLOUDCIRCUIT_OK);
            CHECK(SAME_BYTES(result, tracked));
        }
    }
    /* 700 points are too few to judge by three seasons of 240. */
    CHECK(seen > 0 || config->season_length == 240);
}

/* In units of another power of two the same is found, to the last bit: no amount is large or small in itself. */
static void units(void)
{
    static const int powers[] = {-500, -40, 40, 500};
    double series[160], scaled[160];
    cloudcircuit_detect_config config;
    cloudcircuit_detect_result result, same;
    size_t i, len, unit;
    fill(series, 160);
    cloudcircuit_detect_config_init(&config);
    config.min_baseline = 0;
    config.start_time = 1672531200;
    for (unit = 0; unit < COUNT(powers); unit++) {
        for (i = 0; i < 160; i++)
            scaled[i] = ldexp(series[i], powers[unit]);
        for (len = 10; len <= 160; len++) {
            CHECK(cloudcircuit_detect_spike(series, len, &config, &result) == CLOUDCIRCUIT_OK);
            CHECK(cloudcircuit_detect_spike(scaled, len, &config, &same) == CLOUDCIRCUIT_OK);
            same.latest_spend = ldexp(same.latest_spend, -powers[unit]);
            same.expected_spend = ldexp(same.expected_spend, -powers[unit]);
            same.upper_bound = ldexp(same.upper_bound, -powers[unit]);
            same.excess = ldexp(same.excess, -powers[unit]);
            CHECK(SAME_BYTES(result, same));
        }
    }
}

static void agreements(int is_slow)
{
    static const uint32_t seasons[] = {0, 1, 2, 12, 14, 15, 240};
    static const uint32_t windows[] = {0, 14, 29, 98, 480};
    cloudcircuit_detect_config config;
    size_t i, j;
    int hours;
    for (hours = 0; hours < 2; hours++)
        for (i = 0; i < COUNT(seasons); i++)
            for (j = 0; j < COUNT(windows); j++) {
                /* The default, and the one that looks back furthest. */
                if (is_slow && seasons[i] != 0 && (seasons[i] != 14 || windows[j] != 480))
                    continue;
                cloudcircuit_detect_config_init(&config);
                config.season_length = seasons[i];
                config.window = windows[j];
                config.step = hours ? 3600 : 86400;
                config.start_time = hours ? 1672531200 : -1672531200;
                if (windows[j] == 0 ||
                    (windows[j] >= 2 * seasons[i] && windows[j] >= (hours ? 48u : 14u)))
                    agree(&config);
            }
}

/* The result may lie on the series or the settings: they are read before it is written. */
static void overlaps(void)
{
    union { double series[120]; cloudcircuit_detect_result result; } on_series;
    union { cloudcircuit_detect_config config; cloudcircuit_detect_result result; } on_config;
    double series[120];
    cloudcircuit_detect_result expected;
    fill(series, 120);
    series[119] = 1000;
    CHECK(cloudcircuit_detect_spike(series, 120, NULL, &expected) == CLOUDCIRCUIT_OK);
    memcpy(on_series.series, series, sizeof series);
    CHECK(cloudcircuit_detect_spike(on_series.series, 120, NULL, &on_series.result) ==
          CLOUDCIRCUIT_OK);
    CHECK(SAME_BYTES(on_series.result, expected));
    cloudcircuit_detect_config_init(&on_config.config);
    CHECK(cloudcircuit_detect_spike(series, 120, &on_config.config, &on_config.result) ==
          CLOUDCIRCUIT_OK);
    CHECK(SAME_BYTES(on_config.result, expected));
}

/* Without points no buffer is needed. */
static void nothing_to_judge(void)
{
    double series[1] = {1};
    cloudcircuit_detect_result result, same;
    CHECK(cloudcircuit_detect_spike(NULL, 0, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_detect_spike(series, 0, NULL, &same) == CLOUDCIRCUIT_OK);
    CHECK(SAME_BYTES(result, same) && result.verdict == CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA);
    CHECK(result.reason == CLOUDCIRCUIT_DETECT_REASON_MISSING && result.points_used == 0);
    CHECK(cloudcircuit_scan_spikes(NULL, 0, NULL, NULL, NULL, NULL) == CLOUDCIRCUIT_OK);
}

/* season_length 24 says of hours what 0 means, weekends too. */
static void hours_of_a_day(void)
{
    enum { HOURS = 24 * 7 * 5 };
    double series[HOURS];
    cloudcircuit_detect_config usual, named;
    uint8_t flags[2][HOURS];
    double expected[2][HOURS], bounds[2][HOURS];
    size_t i;
    for (i = 0; i < HOURS; i++)
        series[i] = (i / 24 % 7 < 5 ? 100 : 10) + (double)(i % 24) + (double)(i * 7 % 5);
    CHECK(cloudcircuit_detect_config_init(&usual) == CLOUDCIRCUIT_OK);
    usual.step = 3600;
    usual.start_time = 4 * 86400; /* a Monday */
    named = usual;
    named.season_length = 24;
    CHECK(cloudcircuit_scan_spikes(series, HOURS, &usual, flags[0], expected[0], bounds[0]) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_scan_spikes(series, HOURS, &named, flags[1], expected[1], bounds[1]) == CLOUDCIRCUIT_OK);
    CHECK(SAME_BYTES(flags[0], flags[1]) && SAME_BYTES(expected[0], expected[1]));
    CHECK(SAME_BYTES(bounds[0], bounds[1]));
    CHECK(flags[1][HOURS - 1] == 0);
}

/* A day and a half at three times the usual do not hide a single hour two days later. */
static void long_runs_of_hours(void)
{
    double series[565];
    cloudcircuit_detect_config config;
    cloudcircuit_detect_result result;
    cloudcircuit_detect_config_init(&config);
    config.step = 3600;
    constant(series, COUNT(series), 10);
    constant(series + 480, 36, 30);
    series[564] = 20;
    CHECK(cloudcircuit_detect_spike(series, 565, &config, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.verdict == CLOUDCIRCUIT_VERDICT_SPIKE && result.points_used == 336);
}

/* Outputs that overlap the series or one another: every row is refused. */
static void scans_overlap(void)
{
    double memory[3 * DAYS], series[DAYS];
    uint8_t flags[DAYS + 1];
    size_t i;
    for (i = 0; i < 7; i++) {
        double *expected = memory, *upper = memory + DAYS, *spend = series;
        uint8_t *bytes = flags;
        size_t row;
        fill(series, DAYS);
        memset(flags, 0xAA, sizeof flags);
        switch (i) {
        case 0: upper = expected + DAYS - 1; break;
        case 1: upper = expected; break;
        case 2: spend = memory, fill(spend, DAYS); break;
        case 3: spend = memory + 2 * DAYS - 1, fill(spend, DAYS); break;
        case 4: bytes = (uint8_t *)memory; break;
        case 5: bytes = (uint8_t *)series + 7; break;
        case 6: bytes = (uint8_t *)(memory + DAYS) - DAYS; break;
        }
        CHECK(cloudcircuit_scan_spikes(spend, DAYS, NULL, bytes, expected, upper) == CLOUDCIRCUIT_ERR_OVERLAP);
        for (row = 0; row < DAYS; row++)
            CHECK(bytes[row] == REFUSED_ROW);
        CHECK(flags[DAYS] == 0xAA);
    }
    fill(series, DAYS);
    CHECK(cloudcircuit_scan_spikes(series, DAYS, NULL, flags, memory, memory + DAYS) == CLOUDCIRCUIT_OK);
}

/* Results and bytes within a tracker: nothing is written. */
static void trackers_overlap(void)
{
    static cloudcircuit_spike_tracker_state trackers[3], before[3];
    unsigned char *first = (unsigned char *)&trackers[1], *end = (unsigned char *)&trackers[2];
    const size_t len = CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN;
    size_t i;
    CHECK(cloudcircuit_spike_tracker_init(NULL, &trackers[1]) == CLOUDCIRCUIT_OK);
    memcpy(before, trackers, sizeof before);
    for (i = 0; i < 4; i++) {
        unsigned char *at = i % 2 ? end - 1 : first;
        unsigned char *result = i < 2 ? at : first + 1 - sizeof(cloudcircuit_detect_result);
        unsigned char *bytes = i < 2 ? at : first + 1 - len;
        CHECK(cloudcircuit_spike_tracker_update(&trackers[1], 1, (cloudcircuit_detect_result *)(void *)result)
              == CLOUDCIRCUIT_ERR_OVERLAP);
        CHECK(cloudcircuit_spike_tracker_state_encode(&trackers[1], bytes, len) == CLOUDCIRCUIT_ERR_OVERLAP);
        CHECK(cloudcircuit_spike_tracker_state_decode(bytes, len, &trackers[1]) == CLOUDCIRCUIT_ERR_OVERLAP);
        CHECK(SAME_BYTES(trackers, before));
    }
    CHECK(cloudcircuit_spike_tracker_state_encode(&trackers[1], end, len) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_spike_tracker_state_encode(&trackers[1], first - len, len) == CLOUDCIRCUIT_OK);
}

/* A tracker that could not be made is none, whatever was there before. */
static void tracker_of_nothing(void)
{
    static cloudcircuit_spike_tracker_state tracker, none;
    cloudcircuit_detect_config config;
    cloudcircuit_detect_result result;
    CHECK(cloudcircuit_detect_config_init(&config) == CLOUDCIRCUIT_OK);
    config.step = 3600; /* 24 points do not fit */
    CHECK(cloudcircuit_spike_tracker_init(NULL, &tracker) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_spike_tracker_init(&config, &tracker) == CLOUDCIRCUIT_ERR_TRACKER_SETTINGS);
    CHECK(SAME_BYTES(tracker, none));
    CHECK(cloudcircuit_spike_tracker_update(&tracker, 1, &result) == CLOUDCIRCUIT_ERR_CORRUPT_STATE);
}

/* With an argument: few agreements, for hosts that run slowly. */
int main(int argc, char **argv)
{
    (void)argv;
    defaults();
    statuses();
    verdicts();
    second_month();
    month_starts();
    flat();
    recurrence();
    weekly();
    days_of_the_month();
    ends_of_months();
    falls();
    negative_points();
    after_a_holiday();
    after_an_outage();
    moving_charges();
    a_charge_a_window_before();
    tied_charge();
    young();
    jobs();
    bounds_of_jobs();
    steps();
    leaks();
    ends_of_runs();
    runaways();
    units();
    agreements(argc > 1);
    overlaps();
    nothing_to_judge();
    hours_of_a_day();
    long_runs_of_hours();
    scans_overlap();
    trackers_overlap();
    tracker_of_nothing();
    return report();
}
