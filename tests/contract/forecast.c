/* The forecast's contract: layout, every status and its refusal, missing, negative and incomplete points,
   charges by the day of the month, growth, open spikes, what holds when nothing, one point or everything
   has elapsed, overlaps, and sums beyond the largest double. */
#include "check.h"
#include <cloudcircuit.h>
#include <float.h>
#include <math.h>
#include <stddef.h>

#define NORMAL CLOUDCIRCUIT_VERDICT_NORMAL
#define INSUFFICIENT CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA

static const cloudcircuit_forecast_result REFUSED = {0, 0, 0, 0, 0, 0, 0, 1, INSUFFICIENT};
static const double BAD_POINTS[] = {-5e-324, -1, -DBL_MAX, INFINITY, -INFINITY};
static const double BAD_LIMITS[] = {0, -0.0, -5e-324, -1, NAN, -NAN, INFINITY, -INFINITY};
static const unsigned char FILLS[] = {0xAA, 0x55};

/* Four weeks at 10 a day. */
static double calm[28];

/* The result, the same over any memory; refused as a whole unless the status is OK. */
static cloudcircuit_forecast_result forecast(const double *history, size_t history_len,
                                             const double *spend, size_t elapsed, size_t period_len,
                                             double limit,
                                             const cloudcircuit_forecast_config *config,
                                             cloudcircuit_status expected)
{
    cloudcircuit_forecast_result results[COUNT(FILLS)];
    size_t i;
    for (i = 0; i < COUNT(FILLS); i++) {
        memset(&results[i], FILLS[i], sizeof results[i]);
        CHECK(cloudcircuit_forecast_budget(history, history_len, spend, elapsed, period_len, limit,
                                           config, &results[i]) == expected);
        CHECK((expected == CLOUDCIRCUIT_OK) != SAME_BYTES(results[i], REFUSED));
    }
    CHECK(SAME_BYTES(results[0], results[1]));
    return results[0];
}

static void statuses(void)
{
    const size_t too_long = LONGEST + 1;
    const int64_t far = (int64_t)1 << 53, slow = (int64_t)1 << 31;
    cloudcircuit_forecast_config config = {0, 0, 0, 0, 0, 0};
    double spend[28];
    size_t i, at;

    forecast(calm, 28, calm, 10, 30, 300, NULL, CLOUDCIRCUIT_OK);

    CHECK(cloudcircuit_forecast_budget(calm, 28, calm, 10, 30, 300, NULL, NULL) ==
          CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_forecast_budget(calm, 28, calm, 10, 0, 0, &config, NULL) ==
          CLOUDCIRCUIT_ERR_NULL_POINTER);
    forecast(NULL, 1, calm, 10, 30, 300, NULL, CLOUDCIRCUIT_ERR_NULL_POINTER);
    forecast(calm, 28, NULL, 1, 30, 300, NULL, CLOUDCIRCUIT_ERR_NULL_POINTER);
    forecast(NULL, SIZE_MAX, NULL, SIZE_MAX, 0, NAN, &config, CLOUDCIRCUIT_ERR_NULL_POINTER);

    /* What is too long is refused before a point is read. */
    forecast(calm, too_long, calm, 10, 30, 300, NULL, CLOUDCIRCUIT_ERR_HISTORY_LEN);
    forecast(calm, SIZE_MAX, calm, 31, 0, 300, NULL, CLOUDCIRCUIT_ERR_HISTORY_LEN);
    forecast(calm, LONGEST, calm, 31, 0, 300, NULL, CLOUDCIRCUIT_ERR_PERIOD_LEN);
    forecast(calm, 28, calm, 0, 0, 300, NULL, CLOUDCIRCUIT_ERR_PERIOD_LEN);
    forecast(calm, 28, calm, 10, CLOUDCIRCUIT_MAX_PERIOD_LEN, 300, NULL, CLOUDCIRCUIT_OK);
    forecast(calm, 28, calm, 10, CLOUDCIRCUIT_MAX_PERIOD_LEN + 1, 300, NULL, CLOUDCIRCUIT_ERR_PERIOD_LEN);
    forecast(calm, 28, calm, 10, too_long, 300, NULL, CLOUDCIRCUIT_ERR_PERIOD_LEN);
    forecast(calm, 28, calm, SIZE_MAX, SIZE_MAX, 0, NULL, CLOUDCIRCUIT_ERR_PERIOD_LEN);
    forecast(calm, 28, calm, 28, 27, 300, NULL, CLOUDCIRCUIT_ERR_ELAPSED);
    forecast(calm, 28, calm, SIZE_MAX, 30, 0, NULL, CLOUDCIRCUIT_ERR_ELAPSED);
    for (i = 0; i < COUNT(BAD_LIMITS); i++)
        forecast(calm, 28, calm, 10, 30, BAD_LIMITS[i], &config, CLOUDCIRCUIT_ERR_BUDGET_LIMIT);
    memcpy(spend, calm, sizeof spend);
    spend[0] = -1;
    forecast(spend, 28, spend, 10, 30, 300, &config, CLOUDCIRCUIT_ERR_FORECAST_SEASON_LENGTH);
    config.season_length = 169;
    forecast(spend, 28, spend, 10, 30, 300, &config, CLOUDCIRCUIT_ERR_FORECAST_SEASON_LENGTH);
    config.season_length = UINT32_MAX;
    forecast(calm, 28, calm, 10, 30, 300, &config, CLOUDCIRCUIT_ERR_FORECAST_SEASON_LENGTH);
    config.season_length = 168;
    config.lag_points = CLOUDCIRCUIT_MAX_LAG_POINTS + 1;
    config.negative_points = CLOUDCIRCUIT_NEGATIVE_POINTS_ZERO + 1;
    config.reserved = 1;
    config.start_time = far + 1;
    config.step = 0;
    forecast(spend, 28, spend, 10, 30, 300, &config, CLOUDCIRCUIT_ERR_LAG_POINTS);
    config.lag_points = CLOUDCIRCUIT_MAX_LAG_POINTS;
    forecast(spend, 28, spend, 10, 30, 300, &config, CLOUDCIRCUIT_ERR_NEGATIVE_POINTS);
    config.negative_points = UINT32_MAX;
    forecast(spend, 28, spend, 10, 30, 300, &config, CLOUDCIRCUIT_ERR_NEGATIVE_POINTS);
    config.negative_points = CLOUDCIRCUIT_NEGATIVE_POINTS_ERROR;
    forecast(spend, 28, spend, 10, 30, 300, &config, CLOUDCIRCUIT_ERR_RESERVED);
    config.reserved = 0;
    forecast(spend, 28, spend, 10, 30, 300, &config, CLOUDCIRCUIT_ERR_START_TIME);
    config.start_time = -far - 1;
    forecast(spend, 28, spend, 10, 30, 300, &config, CLOUDCIRCUIT_ERR_START_TIME);
    config.start_time = CLOUDCIRCUIT_TIME_UNKNOWN + 1;
    forecast(spend, 28, spend, 10, 30, 300, &config, CLOUDCIRCUIT_ERR_START_TIME);
    config.start_time = -far;
    forecast(spend, 28, spend, 10, 30, 300, &config, CLOUDCIRCUIT_ERR_STEP);
    config.start_time = CLOUDCIRCUIT_TIME_UNKNOWN;
    config.step = slow + 1;
    forecast(spend, 28, spend, 10, 30, 300, &config, CLOUDCIRCUIT_ERR_STEP);
    config.step = slow;
    forecast(spend, 28, spend, 10, 30, 300, &config, CLOUDCIRCUIT_ERR_HISTORY);
    config.start_time = far;
    forecast(calm, 28, calm, 10, 30, 300, &config, CLOUDCIRCUIT_OK);
    config.step = CLOUDCIRCUIT_DEFAULT_STEP;
    config.start_time = -far;
    forecast(calm, 28, calm, 10, CLOUDCIRCUIT_MAX_PERIOD_LEN, 300, &config, CLOUDCIRCUIT_OK);

    for (i = 0; i < COUNT(BAD_POINTS); i++)
        for (at = 0; at < 28; at++) {
            memcpy(spend, calm, sizeof spend);
            spend[at] = BAD_POINTS[i];
            forecast(spend, 28, spend, 28, 30, 300, NULL, CLOUDCIRCUIT_ERR_HISTORY);
            forecast(calm, 28, spend, 28, 30, 300, NULL, CLOUDCIRCUIT_ERR_PERIOD_SPEND);
            /* Also when there is nothing left to forecast. */
            forecast(NULL, 0, spend, 28, 28, 300, NULL, CLOUDCIRCUIT_ERR_PERIOD_SPEND);
            CHECK(memcmp(&spend[at], &BAD_POINTS[i], sizeof *spend) == 0);
        }
}

/* 10 a day goes on at 10 a day. The past gives the bounds no width, so they have 0.2 % of what is still
   expected, and half of that below. */
static void steady(void)
{
    cloudcircuit_forecast_result r;
    size_t elapsed;
    for (elapsed = 0; elapsed <= 28; elapsed++) {
        r = forecast(calm, 28, calm, elapsed, 28, 280, NULL, CLOUDCIRCUIT_OK);
        CHECK(r.verdict == NORMAL && r.spend_to_date == 10.0 * (double)elapsed);
        CHECK(r.forecast_spend == 280);
        CHECK(fabs(r.upper_bound - 280 - 0.02 * (double)(28 - elapsed)) < 1e-12);
        CHECK(fabs(280 - r.lower_bound - 0.01 * (double)(28 - elapsed)) < 1e-12);
        CHECK(r.forecast_ratio == 1 && r.is_forecast_breached == 1 && r.exhaustion_point == 27);
        CHECK(elapsed ? fabs(r.burn_rate - 1) < 1e-15 : r.burn_rate == 0);

        r = forecast(calm, 28, calm, elapsed, 28, 280.5, NULL, CLOUDCIRCUIT_OK);
        CHECK(r.is_forecast_breached == 0 && r.exhaustion_point == -1);
        CHECK(r.forecast_ratio == 280 / 280.5);

        r = forecast(calm, 28, calm, elapsed, 28, 45, NULL, CLOUDCIRCUIT_OK);
        CHECK(r.is_forecast_breached == 1 && r.exhaustion_point == 4);
    }
}

static void elapsed(void)
{
    double spend[28], none[28];
    cloudcircuit_forecast_result r;
    memcpy(spend, calm, sizeof spend);
    spend[27] = 1000;

    /* Before the period: its history alone speaks. */
    r = forecast(calm, 28, NULL, 0, 30, 400, NULL, CLOUDCIRCUIT_OK);
    CHECK(r.verdict == NORMAL && r.spend_to_date == 0 && r.forecast_spend == 300);
    CHECK(r.burn_rate == 0 && r.exhaustion_point == -1);

    /* One point, with no more than it: no forecast. */
    r = forecast(NULL, 0, calm, 1, 30, 300, NULL, CLOUDCIRCUIT_OK);
    CHECK(r.verdict == INSUFFICIENT && r.spend_to_date == 10 && r.forecast_spend == 10);
    CHECK(r.lower_bound == 10 && r.upper_bound == 10 && r.forecast_ratio == 10.0 / 300);
    CHECK(r.burn_rate == 10.0 / 300 / (1.0 / 30));
    CHECK(r.exhaustion_point == -1 && r.is_forecast_breached == 0);
    /* What has happened already needs none. */
    r = forecast(NULL, 0, calm, 1, 30, 10, NULL, CLOUDCIRCUIT_OK);
    CHECK(r.verdict == INSUFFICIENT && r.exhaustion_point == 0 && r.is_forecast_breached == 1);
    r = forecast(NULL, 0, NULL, 0, 30, 300, NULL, CLOUDCIRCUIT_OK);
    CHECK(r.verdict == INSUFFICIENT && r.forecast_spend == 0 && r.burn_rate == 0);

    /* A week is enough, wherever it is from. */
    r = forecast(NULL, 0, calm, 6, 30, 300, NULL, CLOUDCIRCUIT_OK);
    CHECK(r.verdict == INSUFFICIENT);
    r = forecast(NULL, 0, calm, 7, 30, 300, NULL, CLOUDCIRCUIT_OK);
    CHECK(r.verdict == NORMAL && r.forecast_spend == 300);
    r = forecast(calm, 3, calm, 4, 30, 300, NULL, CLOUDCIRCUIT_OK);
    CHECK(r.verdict == NORMAL && r.forecast_spend == 300);

    /* All elapsed: what was, however wild, and however little is known. */
    r = forecast(calm, 28, spend, 28, 28, 1270, NULL, CLOUDCIRCUIT_OK);
    CHECK(r.verdict == NORMAL && r.spend_to_date == 1270 && r.forecast_spend == 1270);
    CHECK(r.lower_bound == 1270 && r.upper_bound == 1270 && r.burn_rate == 1);
    CHECK(r.exhaustion_point == 27 && r.is_forecast_breached == 1);
    r = forecast(NULL, 0, calm, 1, 1, 11, NULL, CLOUDCIRCUIT_OK);
    CHECK(r.verdict == NORMAL && r.forecast_spend == 10 && r.is_forecast_breached == 0);

    /* Also a period without spend, after days with it: of no point more nothing is expected. */
    memset(none, 0, sizeof none);
    r = forecast(spend, 28, none, 28, 28, 300, NULL, CLOUDCIRCUIT_OK);
    CHECK(r.verdict == NORMAL && r.forecast_spend == 0 && r.lower_bound == 0 && r.upper_bound == 0);

    /* A lone peak yesterday is spent, and not expected again. */
    r = forecast(calm, 28, spend + 18, 10, 30, 5000, NULL, CLOUDCIRCUIT_OK);
    CHECK(r.spend_to_date == 1090 && r.forecast_spend < 1090 + 20 * 16);
}

static void missing(void)
{
    double spend[28], history[28];
    cloudcircuit_forecast_result r, s;
    size_t i;

    /* Nothing is made up for a missing point, in the sum or for the days to come. */
    memcpy(spend, calm, sizeof spend);
    memcpy(history, calm, sizeof history);
    spend[3] = NAN;
    history[11] = -NAN;
    r = forecast(history, 28, spend, 10, 30, 300, NULL, CLOUDCIRCUIT_OK);
    CHECK(r.verdict == NORMAL && r.spend_to_date == 90 && r.forecast_spend == 290);
    /* A 0 is something else. */
    spend[3] = 0;
    s = forecast(history, 28, spend, 10, 30, 300, NULL, CLOUDCIRCUIT_OK);
    CHECK(s.spend_to_date == 90 && s.forecast_spend < r.forecast_spend);

    /* More than half of the period's points missing. */
    for (i = 0; i < 5; i++)
        spend[i] = NAN;
    r = forecast(calm, 28, spend, 10, 30, 300, NULL, CLOUDCIRCUIT_OK);
    CHECK(r.verdict == NORMAL && r.spend_to_date == 50);
    spend[5] = NAN;
    r = forecast(calm, 28, spend, 10, 30, 300, NULL, CLOUDCIRCUIT_OK);
    CHECK(r.verdict == INSUFFICIENT && r.forecast_spend == 40 && r.upper_bound == 40);
    r = forecast(calm, 28, spend, 10, 10, 40, NULL, CLOUDCIRCUIT_OK);
    CHECK(r.verdict == INSUFFICIENT && r.is_forecast_breached && r.exhaustion_point == 9);
    r = forecast(calm, 28, spend, 1, 30, 300, NULL, CLOUDCIRCUIT_OK);
    CHECK(r.verdict == INSUFFICIENT && r.spend_to_date == 0);

    /* 10 a day, and then nothing known for longer than most levels look back: it goes on. */
    {
        double gap[100];
        for (i = 0; i < 100; i++)
            gap[i] = i < 20 ? 10 : NAN;
        r = forecast(gap, 100, NULL, 0, 30, 299, NULL, CLOUDCIRCUIT_OK);
        CHECK(r.verdict == NORMAL && fabs(r.forecast_spend - 300) < 1e-9 && r.exhaustion_point == 29);
    }

    /* Nothing known at all. */
    for (i = 0; i < 28; i++)
        history[i] = NAN;
    r = forecast(history, 28, NULL, 0, 30, 300, NULL, CLOUDCIRCUIT_OK);
    CHECK(r.verdict == INSUFFICIENT && r.forecast_spend == 0 && r.exhaustion_point == -1);

    /* No spend is known spend, and -0.0 is 0. */
    for (i = 0; i < 28; i++)
        history[i] = -0.0;
    r = forecast(history, 28, history, 10, 30, 300, NULL, CLOUDCIRCUIT_OK);
    CHECK(r.verdict == NORMAL && r.forecast_spend == 0 && !signbit(r.forecast_spend));
    CHECK(!signbit(r.spend_to_date) && !signbit(r.lower_bound) && !signbit(r.upper_bound));
    CHECK(!signbit(r.forecast_ratio) && !signbit(r.burn_rate) && r.exhaustion_point == -1);
}

/* Sums and quotients that no double can hold, and the smallest there are. */
static void extremes(void)
{
    static const uint32_t seasons[] = {1, 2, 7, 24, 168};
    double spend[28];
    size_t i, s;
    cloudcircuit_forecast_config config = {7, 0, 0, 0, CLOUDCIRCUIT_TIME_UNKNOWN, 1};
    cloudcircuit_forecast_result r;

    for (s = 0; s < COUNT(seasons); s++) {
        config.season_length = seasons[s];
        for (i = 0; i < 28; i++)
            spend[i] = i % 2 ? DBL_MAX : DBL_MAX / 4;
        r = forecast(spend, 28, spend, 10, 30, DBL_MAX, &config, CLOUDCIRCUIT_OK);
        CHECK(r.spend_to_date == DBL_MAX && r.forecast_spend == DBL_MAX);
        CHECK(r.lower_bound == DBL_MAX && r.upper_bound == DBL_MAX);
        CHECK(r.forecast_ratio == 1 && r.is_forecast_breached && r.exhaustion_point == 1);
        r = forecast(spend, 28, spend, 10, 30, 5e-324, &config, CLOUDCIRCUIT_OK);
        CHECK(r.forecast_ratio == DBL_MAX && r.burn_rate == DBL_MAX && r.exhaustion_point == 0);
        /* Only the forecast is beyond it. */
        r = forecast(spend, 28, spend, 1, 30, DBL_MAX, &config, CLOUDCIRCUIT_OK);
        CHECK(r.spend_to_date == DBL_MAX / 4 && r.upper_bound >= r.forecast_spend);
        CHECK(r.upper_bound <= DBL_MAX && r.lower_bound >= r.spend_to_date);

        for (i = 0; i < 28; i++)
            spend[i] = i % 2 ? 5e-324 : DBL_MIN;
        r = forecast(spend, 28, spend, 10, 30, 1, &config, CLOUDCIRCUIT_OK);
        CHECK(r.forecast_spend >= r.spend_to_date && r.forecast_spend < 1e-300);
        CHECK(r.lower_bound <= r.forecast_spend && r.forecast_spend <= r.upper_bound);
    }
}

/* Inputs may lie in the result, and anywhere in memory. */
static void overlaps(void)
{
    union {
        double points[28];
        cloudcircuit_forecast_config config;
        cloudcircuit_forecast_result result;
    } memory;
    unsigned char odd[28 * sizeof(double) + sizeof(cloudcircuit_forecast_result) + 1];
    cloudcircuit_forecast_result expected, found;
    double spend[28];
    size_t i;

    for (i = 0; i < 28; i++)
        spend[i] = (double)(i * i % 11);
    expected = forecast(spend, 28, spend, 10, 30, 100, NULL, CLOUDCIRCUIT_OK);

    memcpy(memory.points, spend, sizeof spend);
    CHECK(cloudcircuit_forecast_budget(memory.points, 28, memory.points, 10, 30, 100, NULL,
                                       &memory.result) == CLOUDCIRCUIT_OK);
    CHECK(SAME_BYTES(memory.result, expected));
    cloudcircuit_forecast_config_init(&memory.config);
    CHECK(cloudcircuit_forecast_budget(spend, 28, spend, 10, 30, 100, &memory.config,
                                       &memory.result) == CLOUDCIRCUIT_OK);
    CHECK(SAME_BYTES(memory.result, expected));

    memcpy(odd + 1, spend, sizeof spend);
    CHECK(cloudcircuit_forecast_budget(
              (const double *)(void *)(odd + 1), 28, (const double *)(void *)(odd + 1), 10, 30, 100,
              NULL, (cloudcircuit_forecast_result *)(void *)(odd + 1 + sizeof spend)) ==
          CLOUDCIRCUIT_OK);
    memcpy(&found, odd + 1 + sizeof spend, sizeof found);
    CHECK(SAME_BYTES(found, expected));
    CHECK(memcmp(odd + 1, spend, sizeof spend) == 0);
}

/* Amounts of a few times the smallest double: the sum is rounded once, not each point. A week of 3, 2, 3,
   2, 2, 2, 3 units has a mean of 17/7; 28 days to come are 68 units, up to what the model makes of it. */
static void smallest_amounts(void)
{
    static const double week[] = {3, 2, 3, 2, 2, 2, 3};
    const double unit = 4.9406564584124654e-324, large = 1125899906842624.0; /* 2^50 */
    double small[70], normal[70];
    cloudcircuit_forecast_result tiny, same;
    size_t i;
    for (i = 0; i < 70; i++) {
        small[i] = week[i % 7] * unit;
        normal[i] = week[i % 7] * large;
    }
    CHECK(cloudcircuit_forecast_budget(small, 70, NULL, 0, 28, 60 * unit, NULL, &tiny) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_forecast_budget(normal, 70, NULL, 0, 28, 60 * large, NULL, &same) == CLOUDCIRCUIT_OK);
    CHECK(fabs(same.forecast_spend / large - 68) < 1);
    CHECK(fabs(tiny.forecast_spend / unit - same.forecast_spend / large) <= 0.5);
    CHECK(tiny.is_forecast_breached == 1 && tiny.exhaustion_point == same.exhaustion_point);
    CHECK(tiny.upper_bound >= tiny.forecast_spend && tiny.lower_bound <= tiny.forecast_spend);

    /* Next to an incomplete point of 5 nothing is left of them. */
    {
        cloudcircuit_forecast_config config;
        CHECK(cloudcircuit_forecast_config_init(&config) == CLOUDCIRCUIT_OK);
        config.lag_points = 1;
        small[69] = 5;
        CHECK(cloudcircuit_forecast_budget(small, 68, small + 68, 2, 28, 5, &config, &tiny) == CLOUDCIRCUIT_OK);
        CHECK(tiny.verdict == NORMAL && tiny.spend_to_date == 5 && tiny.forecast_spend == 5);
        CHECK(tiny.lower_bound == 5 && tiny.upper_bound == 5 && tiny.exhaustion_point == 1);
    }

    /* The largest amounts months ago take nothing from the smallest: two are what was spent, and the budget. */
    {
        double past[111] = {1e300}, now[2] = {1e-300, 1e-300};
        cloudcircuit_forecast_config config;
        CHECK(cloudcircuit_forecast_config_init(&config) == CLOUDCIRCUIT_OK);
        config.lag_points = 1;
        CHECK(cloudcircuit_forecast_budget(past, 111, now, 2, 28, 2e-300, &config, &tiny) == CLOUDCIRCUIT_OK);
        CHECK(tiny.spend_to_date == 2e-300 && tiny.is_forecast_breached == 1 && tiny.exhaustion_point == 1);
    }

    /* A week at 1 a day, and then the smallest double on one day a week: the mean of such a week is no double. */
    for (i = 0; i < 70; i++)
        small[i] = i < 7 ? 1 : i % 7 ? 0 : unit;
    CHECK(cloudcircuit_forecast_budget(small, 70, NULL, 0, 28, 30, NULL, &tiny) == CLOUDCIRCUIT_OK);
    CHECK(tiny.verdict == NORMAL && tiny.forecast_spend >= 0 && tiny.forecast_spend < 28);
    CHECK(tiny.lower_bound <= tiny.forecast_spend && tiny.forecast_spend <= tiny.upper_bound && tiny.upper_bound < 56);
}

/* 2024-01-01, a Monday, and what follows: days of the months to the end of May. */
#define JANUARY INT64_C(1704067200)
#define DAYS 152
static const int MONTHS[] = {31, 29, 31, 30, 31};

static cloudcircuit_forecast_config dated(int64_t start_time)
{
    cloudcircuit_forecast_config config;
    CHECK(cloudcircuit_forecast_config_init(&config) == CLOUDCIRCUIT_OK);
    config.start_time = start_time;
    return config;
}

/* 100 a day, and `charge` more on one day of each month: 1 to 28, or 0 for its last. */
static void fill_days(double *days, int day, double charge)
{
    size_t month, at = 0;
    int i;
    for (month = 0; month < COUNT(MONTHS); month++)
        for (i = 1; i <= MONTHS[month]; i++)
            days[at++] = 100 + (i == (day ? day : MONTHS[month]) ? charge : 0);
}

/* May: 31 days. What comes on a day of the month at least twice is expected there, until it has come. */
static void charges_by_the_day_of_the_month(void)
{
    static const int days[] = {0, 1, 5, 15, 28};
    double all[DAYS], may;
    cloudcircuit_forecast_config config = dated(JANUARY);
    cloudcircuit_forecast_result r;
    size_t d, elapsed, before = DAYS - 31;

    for (d = 0; d < COUNT(days); d++) {
        fill_days(all, days[d], 3000);
        for (elapsed = 0; elapsed <= 31; elapsed++) {
            r = forecast(all, before, all + before, elapsed, 31, 6100, &config, CLOUDCIRCUIT_OK);
            CHECK(fabs(r.forecast_spend - 6100) < 1e-9);
            CHECK(elapsed == 31 || (r.lower_bound < 6100 && r.upper_bound > 6100 && r.upper_bound < 6120));
        }
        /* Two months of it, and one: March and April, and April alone. */
        r = forecast(all + 60, 61, NULL, 0, 31, 6100, (config = dated(JANUARY + 60 * 86400), &config),
                     CLOUDCIRCUIT_OK);
        CHECK(fabs(r.forecast_spend - 6100) < 1e-9);
        r = forecast(all + 91, 30, NULL, 0, 31, 6100, (config = dated(JANUARY + 91 * 86400), &config),
                     CLOUDCIRCUIT_OK);
        CHECK(r.forecast_spend < 4000);
        /* Without a calendar there are no such charges. */
        config = dated(CLOUDCIRCUIT_TIME_UNKNOWN);
        r = forecast(all, before, all + before, 10, 31, 6100, &config, CLOUDCIRCUIT_OK);
        may = 3100 + (days[d] && days[d] <= 10 ? 3000 : 0);
        CHECK(r.forecast_spend < may + 1000);
        config = dated(JANUARY);
        config.step = 3600;
        r = forecast(all, before, all + before, 10, 31, 6100, &config, CLOUDCIRCUIT_OK);
        CHECK(r.forecast_spend < may + 1000);
        config = dated(JANUARY);
    }
    /* The charge of a day is found where points are missing, too. */
    fill_days(all, 15, 3000);
    all[3] = all[14] = all[40] = all[100] = NAN;
    r = forecast(all, before, all + before, 10, 31, 6100, &config, CLOUDCIRCUIT_OK);
    CHECK(fabs(r.forecast_spend - 6100) < 1e-9);
}

/* 3,000 on the first day and then 100 a day, without a history: a month of 31 days comes to 6,000. */
static void the_fee_of_a_first_week_is_not_blown_up(void)
{
    double spend[31];
    cloudcircuit_forecast_config config = dated(JANUARY);
    cloudcircuit_forecast_result r;
    size_t i;
    for (i = 0; i < 31; i++)
        spend[i] = i ? 100 : 3000;
    for (i = 7; i < 31; i++) {
        r = forecast(NULL, 0, spend, i, 31, 7000, &config, CLOUDCIRCUIT_OK);
        CHECK(r.verdict == NORMAL && r.forecast_spend > 5900 && r.forecast_spend < 6100);
        CHECK(r.is_forecast_breached == 0 && r.lower_bound < r.forecast_spend);
        CHECK(r.upper_bound > r.forecast_spend && r.upper_bound < 6400);
    }
}

/* The last day is a fifth of a day. It counts as it is in what was spent, and as 100 in the forecast. */
static void incomplete_points(void)
{
    double spend[31], history[60];
    cloudcircuit_forecast_config config = dated(CLOUDCIRCUIT_TIME_UNKNOWN);
    cloudcircuit_forecast_result r, s;
    size_t i;
    for (i = 0; i < 60; i++)
        history[i] = spend[i % 31] = 100;
    spend[9] = 20;
    config.lag_points = 1;
    r = forecast(history, 60, spend, 10, 30, 3000, &config, CLOUDCIRCUIT_OK);
    CHECK(r.spend_to_date == 920 && r.forecast_spend == 3000 && r.exhaustion_point == 29);
    CHECK(fabs(r.burn_rate - 1) < 1e-15 && r.is_forecast_breached);
    s = forecast(history, 60, spend, 9, 30, 3000, NULL, CLOUDCIRCUIT_OK);
    CHECK(r.lower_bound == s.lower_bound && r.upper_bound == s.upper_bound);
    /* More than was expected is what it is. */
    spend[9] = 250;
    r = forecast(history, 60, spend, 10, 30, 3150, &config, CLOUDCIRCUIT_OK);
    CHECK(r.spend_to_date == 1150 && r.forecast_spend == 3150 && r.exhaustion_point == 29);
    r = forecast(history, 60, spend, 10, 30, 1150, &config, CLOUDCIRCUIT_OK);
    CHECK(r.exhaustion_point == 9);
    /* Nothing known of it yet. */
    spend[9] = NAN;
    r = forecast(history, 60, spend, 10, 30, 3000, &config, CLOUDCIRCUIT_OK);
    CHECK(r.spend_to_date == 900 && r.forecast_spend == 3000 && r.verdict == NORMAL);
    /* At the end of the period there is still something to come. */
    spend[9] = 20;
    r = forecast(history, 60, spend, 10, 10, 1000, &config, CLOUDCIRCUIT_OK);
    CHECK(r.spend_to_date == 920 && r.forecast_spend == 1000 && r.is_forecast_breached);
    CHECK(r.upper_bound > 1000 && r.lower_bound < 1000 && r.lower_bound >= 920);
    /* Before it, the last points of history are incomplete. */
    history[59] = 1;
    history[58] = 900;
    config.lag_points = 3;
    r = forecast(history, 60, spend + 9, 1, 30, 3000, &config, CLOUDCIRCUIT_OK);
    CHECK(r.spend_to_date == 20 && r.forecast_spend == 3000 && r.burn_rate == 0);
    /* Missing points are counted among the complete ones. */
    config.lag_points = 5;
    for (i = 0; i < 5; i++)
        spend[i + 5] = NAN;
    r = forecast(history, 58, spend, 10, 30, 3000, &config, CLOUDCIRCUIT_OK);
    CHECK(r.verdict == NORMAL && r.spend_to_date == 500 && r.forecast_spend == 3000);
    /* Without a complete point there is no forecast, and without one to come none is needed. */
    config.lag_points = 70;
    r = forecast(history, 60, spend, 10, 30, 3000, &config, CLOUDCIRCUIT_OK);
    CHECK(r.verdict == INSUFFICIENT && r.spend_to_date == 500 && r.forecast_spend == 500);
    CHECK(r.upper_bound == 500 && r.exhaustion_point == -1 && r.burn_rate == 0);
    config.lag_points = 64;
    r = forecast(history, 60, spend, 10, 30, 400, &config, CLOUDCIRCUIT_OK);
    CHECK(r.verdict == INSUFFICIENT && r.exhaustion_point == 3 && r.is_forecast_breached);
}

/* A calendar does not move with the lag: a charge of the last day, forecast with two days incomplete. */
static void incomplete_points_have_a_calendar(void)
{
    double all[DAYS];
    cloudcircuit_forecast_config config = dated(JANUARY);
    cloudcircuit_forecast_result r;
    size_t elapsed, before = DAYS - 31;
    fill_days(all, 0, 3000);
    for (config.lag_points = 0; config.lag_points < 5; config.lag_points++)
        for (elapsed = 0; elapsed <= 31; elapsed++) {
            r = forecast(all, before, all + before, elapsed, 31, 7000, &config, CLOUDCIRCUIT_OK);
            CHECK(fabs(r.forecast_spend - 6100) < 1e-9);
        }
}

static void negative_points(void)
{
    double spend[10], history[28];
    cloudcircuit_forecast_config config = dated(CLOUDCIRCUIT_TIME_UNKNOWN);
    cloudcircuit_forecast_result r, s;
    memcpy(spend, calm, sizeof spend);
    memcpy(history, calm, sizeof history);
    spend[3] = -500;
    history[5] = -DBL_MAX;
    history[6] = -5e-324;
    forecast(history, 28, spend, 10, 30, 300, &config, CLOUDCIRCUIT_ERR_HISTORY);
    config.negative_points = CLOUDCIRCUIT_NEGATIVE_POINTS_MISSING;
    r = forecast(history, 28, spend, 10, 30, 300, &config, CLOUDCIRCUIT_OK);
    CHECK(r.spend_to_date == 90 && r.forecast_spend == 290);
    config.negative_points = CLOUDCIRCUIT_NEGATIVE_POINTS_ZERO;
    s = forecast(history, 28, spend, 10, 30, 300, &config, CLOUDCIRCUIT_OK);
    spend[3] = history[5] = history[6] = 0;
    config.negative_points = CLOUDCIRCUIT_NEGATIVE_POINTS_ERROR;
    r = forecast(history, 28, spend, 10, 30, 300, &config, CLOUDCIRCUIT_OK);
    CHECK(SAME_BYTES(r, s) && r.spend_to_date == 90);
    /* Infinity is nothing that a bill says. */
    for (config.negative_points = 0; config.negative_points < 3; config.negative_points++) {
        spend[3] = -INFINITY;
        forecast(calm, 28, spend, 10, 30, 300, &config, CLOUDCIRCUIT_ERR_PERIOD_SPEND);
        spend[3] = INFINITY;
        forecast(spend, 10, calm, 10, 30, 300, &config, CLOUDCIRCUIT_ERR_HISTORY);
    }
}

/* 100, 101, 102, ...: with 84 days and ten of the month behind, the month comes to the sum of 184 to 213,
   5,955. Without growth it would come to 194 * 10 + 1,885, some 3 % less. */
static void growth_goes_on(void)
{
    double spend[94];
    cloudcircuit_forecast_result r;
    size_t i;
    for (i = 0; i < 94; i++)
        spend[i] = 100 + (double)i;
    r = forecast(spend, 84, spend + 84, 10, 30, 1e6, NULL, CLOUDCIRCUIT_OK);
    CHECK(fabs(r.forecast_spend - 5955) < 30 && r.upper_bound > 5955 && r.lower_bound < 5955);
    /* Down to nothing, and not below. */
    for (i = 0; i < 94; i++)
        spend[i] = i < 90 ? 90 - (double)i : 0;
    r = forecast(spend, 84, spend + 84, 10, 30, 1e6, NULL, CLOUDCIRCUIT_OK);
    CHECK(r.spend_to_date == 21 && r.forecast_spend >= 21 && r.forecast_spend < 60);
}

/* 100 a day and then twice and more: the upper bound is where the last two days lead. */
static void an_open_spike_widens_the_bounds(void)
{
    double spend[100];
    cloudcircuit_forecast_result r;
    double so_far, rate;
    size_t i, day;
    for (day = 1; day <= 5; day++) {
        for (i = 0; i < 100; i++)
            spend[i] = 100 + (double)(i * 7 % 5);
        for (so_far = 0, i = 84; i < 84 + 5 + day; i++)
            so_far += i < 89 ? spend[i] : (spend[i] = 300 * (double)(i - 88));
        rate = (spend[i - 1] + spend[i - 2]) / 2;
        r = forecast(spend, 84, spend + 84, 5 + day, 30, 1e6, NULL, CLOUDCIRCUIT_OK);
        CHECK(r.upper_bound >= (so_far + rate * (double)(25 - day)) * (1 - 1e-12));
        CHECK(r.forecast_spend < r.upper_bound);
    }
    /* A peak that is over for two days leaves nothing open. */
    for (i = 0; i < 100; i++)
        spend[i] = i == 91 ? 3000 : 100;
    r = forecast(spend, 84, spend + 84, 10, 30, 1e6, NULL, CLOUDCIRCUIT_OK);
    CHECK(r.spend_to_date == 3900 && r.forecast_spend < 6200 && r.upper_bound < 6400);
}

/* Weekdays at 120, weekends at 60, and all twice that from a Wednesday on. On the Sunday the last two days had 120
   each, but 240 a weekday lie ahead: the upper bound counts more than the weekend's rate for them. */
static void an_open_shift_counts_the_weekdays_to_come(void)
{
    double spend[84 + 12], so_far = 0;
    cloudcircuit_forecast_result r;
    size_t i;
    /* The first of 84 days is a Wednesday, so that the last of 96 is a Sunday. */
    for (i = 0; i < COUNT(spend); i++)
        spend[i] = ((i + 2) % 7 < 5 ? 120 : 60) * (i < 84 + 7 ? 1 : 2);
    for (i = 84; i < COUNT(spend); i++)
        so_far += spend[i];
    r = forecast(spend, 84, spend + 84, 12, 26, 1e6, NULL, CLOUDCIRCUIT_OK);
    CHECK(spend[94] == 120 && spend[95] == 120 && spend[93] == 240);
    CHECK(r.spend_to_date == so_far && r.upper_bound > so_far + 14 * 120 * 1.2);
}

/* A week of nothing a month ago: the lower bound allows for another one, and so do wider bounds. */
static void an_outage_lowers_the_lower_bound(void)
{
    double spend[94];
    cloudcircuit_forecast_result calm_month, outage;
    size_t i;
    for (i = 0; i < COUNT(spend); i++)
        spend[i] = 100 + (double)(i * 7 % 5);
    calm_month = forecast(spend, 84, spend + 84, 10, 30, 1e6, NULL, CLOUDCIRCUIT_OK);
    for (i = 54; i < 61; i++)
        spend[i] = 0;
    outage = forecast(spend, 84, spend + 84, 10, 30, 1e6, NULL, CLOUDCIRCUIT_OK);
    CHECK(fabs(outage.forecast_spend - calm_month.forecast_spend) < 150);
    CHECK(outage.lower_bound < calm_month.lower_bound - 50);
    CHECK(outage.forecast_spend - outage.lower_bound > 2 * (calm_month.forecast_spend - calm_month.lower_bound));
}

/* 300 on every third day, 3,000 in 30 days: a peak that comes again and again is usual spend. */
static void jobs_that_run_now_and_then(void)
{
    double spend[90];
    cloudcircuit_forecast_result r;
    size_t i;
    for (i = 0; i < 90; i++)
        spend[i] = i % 3 == 2 ? 300 : 0;
    r = forecast(spend, 81, spend + 81, 9, 30, 1e6, NULL, CLOUDCIRCUIT_OK);
    CHECK(r.spend_to_date == 900 && fabs(r.forecast_spend - 3000) < 100);
    CHECK(r.lower_bound < 3000 && r.upper_bound > 3000);
}

int main(void)
{
    size_t i;
    for (i = 0; i < 28; i++)
        calm[i] = 10;
    statuses();
    steady();
    elapsed();
    missing();
    extremes();
    overlaps();
    smallest_amounts();
    charges_by_the_day_of_the_month();
    the_fee_of_a_first_week_is_not_blown_up();
    incomplete_points();
    incomplete_points_have_a_calendar();
    negative_points();
    growth_goes_on();
    an_open_spike_widens_the_bounds();
    an_open_shift_counts_the_weekdays_to_come();
    an_outage_lowers_the_lower_bound();
    jobs_that_run_now_and_then();
    return report();
}
