/* What judging costs, in CPU time: `detect ROUNDS` prints "call<TAB>ns" for each round. The series is
   daily spend with weekdays and noise, its dates known; all calls take turns in each round. */
#define _POSIX_C_SOURCE 199309L
#include <cloudcircuit.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LONG = 100000, TURNS = 20, ROWS = 100, DAYS = 112, ELAPSED = 15, MONTH = 30 };

static double series[LONG];
static uint8_t flags[LONG];
static cloudcircuit_detect_config days, hours;
static int64_t offsets[ROWS + 1], elapsed[ROWS], months[ROWS];
static double limits[ROWS];

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void fill(void)
{
    uint64_t random = 1;
    size_t i;
    for (i = 0; i < LONG; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        series[i] = (i % 7 < 5 ? 120 : 60) + (double)(random >> 40) / 1048576;
    }
    for (i = 0; i < ROWS; i++) {
        offsets[i + 1] = (int64_t)(i + 1) * DAYS;
        elapsed[i] = ELAPSED;
        months[i] = MONTH;
        limits[i] = 1e6;
    }
}

static void report(const char *call, double before, double units)
{
    printf("%s\t%.1f\n", call, (now() - before) / units);
}

static void detects(const char *call, size_t len, const cloudcircuit_detect_config *config)
{
    cloudcircuit_detect_result result;
    double before = now();
    int i;
    for (i = 0; i < TURNS; i++)
        cloudcircuit_detect_spike(series + i, len, config, &result);
    report(call, before, TURNS);
}

static void scans(const char *call, size_t len, const cloudcircuit_detect_config *config)
{
    double before = now();
    cloudcircuit_scan_spikes(series, len, config, flags, NULL, NULL);
    report(call, before, (double)len);
}

static void tracks(const char *call, const cloudcircuit_detect_config *config)
{
    cloudcircuit_spike_tracker_state tracker;
    cloudcircuit_detect_result result;
    double before;
    int i;
    cloudcircuit_spike_tracker_init(config, &tracker);
    for (i = 0; i < 400; i++)
        cloudcircuit_spike_tracker_update(&tracker, series[i], &result);
    before = now();
    for (; i < 2400; i++)
        cloudcircuit_spike_tracker_update(&tracker, series[i], &result);
    report(call, before, 2000);
}

static void forecasts(const char *call, size_t history, uint32_t season, size_t period)
{
    cloudcircuit_forecast_config config = {season, 0, 0, 0, CLOUDCIRCUIT_TIME_UNKNOWN, 86400};
    cloudcircuit_forecast_result result;
    double before = now();
    int i;
    for (i = 0; i < TURNS; i++)
        cloudcircuit_forecast_budget(series + i, history, series + i + history, period / 2, period,
                                     1e6, &config, &result);
    report(call, before, TURNS);
}

/* The same series with the same outputs: single calls, then columns. */
static void detects_many(void)
{
    static double scores[ROWS];
    cloudcircuit_detect_result result;
    double before = now();
    size_t i;
    for (i = 0; i < ROWS; i++) {
        cloudcircuit_detect_spike(series + i * DAYS, DAYS, &days, &result);
        scores[i] = result.score;
    }
    report("detect, 100 series, single calls", before, ROWS);
    before = now();
    cloudcircuit_detect_spike_columns(series, ROWS * DAYS, offsets, ROWS, &days, flags, scores, NULL);
    report("detect, 100 series, columns", before, ROWS);
}

static void forecasts_many(void)
{
    static cloudcircuit_forecast_result results[ROWS];
    double before = now();
    size_t i;
    for (i = 0; i < ROWS; i++) {
        const double *row = series + i * DAYS;
        cloudcircuit_forecast_budget(row, DAYS - ELAPSED, row + DAYS - ELAPSED, ELAPSED, MONTH, 1e6,
                                     NULL, &results[i]);
    }
    report("forecast, 100 series, single calls", before, ROWS);
    before = now();
    cloudcircuit_forecast_budget_columns(series, ROWS * DAYS, offsets, NULL, elapsed, months, limits,
                                         ROWS, NULL, flags, results, NULL);
    report("forecast, 100 series, columns", before, ROWS);
}

int main(int argc, char **argv)
{
    int round, rounds = argc == 2 ? atoi(argv[1]) : 1;

    fill();
    cloudcircuit_detect_config_init(&days);
    days.start_time = 1672531200;
    hours = days;
    hours.step = 3600;
    for (round = 0; round < rounds; round++) {
        detects("detect, 112 days, no dates", 112, NULL);
        detects("detect, 112 days", 112, &days);
        detects("detect, 365 days", 365, &days);
        detects("detect, 1008 hours", 1008, &hours);
        scans("scan, 1,000 days, a day", 1000, &days);
        scans("scan, 10,000 days, a day", 10000, &days);
        scans("scan, 100,000 days, a day", LONG, &days);
        scans("scan, 10,000 hours, an hour", 10000, &hours);
        tracks("tracker, a day, no dates", NULL);
        tracks("tracker, a day", &days);
        forecasts("forecast, a month after 365 days", 365, 7, 30);
        forecasts("forecast, a week after 1008 hours", 1008, 168, 168);
        detects_many();
        forecasts_many();
    }
    return 0;
}
