/*
 * What the simple rules do not answer: is a day far above what its group usually spends on such a
 * day, and what will the month have cost?
 */
#ifndef FORESIGHT_H
#define FORESIGHT_H

#include "bill.h"
#include "cloudcircuit.h"

/* Daily charges of one group from the first of the bill's first month on; before the bill, NaN. */
struct series {
    double *points;
    size_t before; /* days of the first month before the bill */
    size_t days;   /* of the bill, so far */
    long first_day;
};

static const double *bill_points(const struct series *series)
{
    return series->points + series->before;
}

static void add_day(struct series *series, double charges)
{
    series->points[series->before + series->days++] = charges;
}

static int days_in_month(const struct date *date)
{
    long first = day_number(date->year, date->month, 1);

    return (int)(day_number(date->year + date->month / 12, date->month % 12 + 1, 1) - first);
}

/* The detector's settings for one bill. The host's floor is min_baseline. */
static cloudcircuit_detect_config detect_config(const struct series *series, double floor)
{
    cloudcircuit_detect_config config;

    cloudcircuit_detect_config_init(&config);
    config.start_time = (int64_t)(series->first_day - day_number(1970, 1, 1)) * config.step;
    if (floor > config.min_baseline)
        config.min_baseline = floor;
    return config;
}

/* The latest day compared with what was expected of it. */
static cloudcircuit_status detect(const struct series *series, const cloudcircuit_detect_config *config,
                                  cloudcircuit_detect_result *finding)
{
    return cloudcircuit_detect_spike(bill_points(series), series->days, config, finding);
}

/* The charges of the month that has come to this day. */
static cloudcircuit_status forecast(const struct series *series, const struct date *date, double limit,
                                    cloudcircuit_forecast_result *result)
{
    size_t elapsed = (size_t)date->day;
    size_t earlier = series->before + series->days - elapsed;

    return cloudcircuit_forecast_budget(series->points, earlier, series->points + earlier, elapsed,
                                        (size_t)days_in_month(date), limit, NULL, result);
}

#endif
