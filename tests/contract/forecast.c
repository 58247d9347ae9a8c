/* The forecast's contract: layout, every status and its refusal, missing points, what holds when
   nothing, one point or everything has elapsed, overlaps, and sums beyond the largest double. */
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
    const size_t too_long = (size_t)CLOUDCIRCUIT_MAX_SERIES_LEN + 1;
    cloudcircuit_forecast_config config = {0, 0};
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
    config.reserved = 1;
    forecast(spend, 28, spend, 10, 30, 300, &config, CLOUDCIRCUIT_ERR_RESERVED);
    config.reserved = 0;
    forecast(calm, 28, calm, 10, 30, 300, &config, CLOUDCIRCUIT_OK);

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

/* 10 a day goes on at 10 a day, and the bounds have no width. */
static void steady(void)
{
    cloudcircuit_forecast_result r;
    size_t elapsed;
    for (elapsed = 0; elapsed <= 28; elapsed++) {
        r = forecast(calm, 28, calm, elapsed, 28, 280, NULL, CLOUDCIRCUIT_OK);
        CHECK(r.verdict == NORMAL && r.spend_to_date == 10.0 * (double)elapsed);
        CHECK(r.forecast_spend == 280 && r.lower_bound == 280 && r.upper_bound == 280);
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
    double spend[28];
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
    cloudcircuit_forecast_config config = {7, 0};
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
    return report();
}
