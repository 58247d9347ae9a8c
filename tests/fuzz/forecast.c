/* The forecast: what the header says of a result, and each row of the columns as the single call. */
#include "fuzz.h"

typedef cloudcircuit_forecast_config config_t;
typedef cloudcircuit_forecast_result result_t;

#define ROWS 4

static config_t some_config(void)
{
    config_t config;
    unsigned kind = byte();
    (void)!CALL(forecast_config_init, &config);
    if (kind & 1)
        config.season_length = byte() % 32;
    if (kind & 2)
        config.lag_points = byte() % 8;
    if (kind & 4)
        config.negative_points = byte() % 4;
    if (kind & 8)
        config.start_time = amount();
    if (kind & 16)
        config.step = amount();
    if (kind & 32)
        edit(&config, sizeof config);
    return config;
}

static void check_result(double limit, size_t elapsed, size_t period, uint32_t lag, cloudcircuit_status status,
                         const result_t *result)
{
    result_t refused;
    memset(&refused, 0, sizeof refused);
    refused.is_forecast_breached = 1;
    refused.verdict = CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA;
    if (status) {
        CHECK(SAME(*result, refused),
              "on an error is_forecast_breached is 1, verdict INSUFFICIENT_DATA, all other fields 0");
        return;
    }
    CHECK(result->verdict == CLOUDCIRCUIT_VERDICT_NORMAL || result->verdict == CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA,
          "a verdict");
    CHECK(result->spend_to_date >= 0 && result->spend_to_date <= result->lower_bound &&
              result->lower_bound <= result->forecast_spend && result->forecast_spend <= result->upper_bound &&
              isfinite(result->upper_bound),
          "spend_to_date <= lower_bound <= forecast_spend <= upper_bound, at most the largest double");
    CHECK(isfinite(result->burn_rate) && result->burn_rate >= 0 && isfinite(result->forecast_ratio),
          "quotients are finite");
    CHECK(result->forecast_ratio == fmin(result->forecast_spend / limit, 0x1.fffffffffffffp1023),
          "forecast_ratio: forecast_spend / budget_limit");
    CHECK(result->exhaustion_point >= -1 && result->exhaustion_point < (int64_t)period,
          "exhaustion_point: an index in the period or -1");
    CHECK((result->exhaustion_point >= 0) == (result->is_forecast_breached == 1),
          "breached where there is a point of exhaustion");
    CHECK(!(result->spend_to_date >= limit) || result->is_forecast_breached, "what is spent counts");
    if (result->verdict == CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA || (elapsed == period && !lag))
        CHECK(result->forecast_spend == result->spend_to_date && result->upper_bound == result->spend_to_date,
              "forecast and bounds are exactly spend_to_date");
    CHECK(result->verdict != CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA ||
              result->is_forecast_breached == (result->spend_to_date >= limit),
          "with insufficient data breached only if spend_to_date has reached budget_limit");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    config_t config;
    result_t singles[ROWS], *results;
    cloudcircuit_status statuses[ROWS], status;
    int64_t ends[ROWS + 1] = {0}, *offsets, *starts, *elapsed, *periods;
    double *spend, *limits, *series;
    uint8_t *flags;
    size_t rows, i, at, len, invalid = 0, counted = 7;
    unsigned kind, shift;
    int has_config = 1;
    start(data, size);
    config = some_config();
    kind = byte();
    shift = kind & 7;
    rows = byte() % (ROWS + 1);
    starts = kind & 8 ? buffer(rows * 8, shift) : NULL;
    offsets = buffer((rows + 1) * 8, shift);
    elapsed = buffer(rows * 8, shift);
    periods = buffer(rows * 8, shift);
    limits = buffer(rows * 8, shift);
    flags = buffer(rows, 0);
    results = kind & 16 ? buffer(rows * sizeof *results, shift) : NULL;
    for (i = 0; i < rows; i++) {
        int64_t numbers[4];
        ends[i + 1] = ends[i] + byte();
        numbers[0] = byte() % 40;
        numbers[1] = byte() == 255 ? amount() : numbers[0] + byte() % 40;
        numbers[2] = amount();
        memcpy((uint8_t *)elapsed + i * 8, &numbers[0], 8);
        memcpy((uint8_t *)periods + i * 8, &numbers[1], 8);
        if (starts)
            memcpy((uint8_t *)starts + i * 8, &numbers[2], 8);
        {
            double limit = kind & 32 ? point() : 1000;
            memcpy((uint8_t *)limits + i * 8, &limit, 8);
        }
    }
    memcpy(offsets, ends, (rows + 1) * 8);
    len = (size_t)ends[rows];
    spend = buffer(len * 8, 7 - shift);
    series = block(len * 8);
    for (at = 0; at < len; at++) {
        unsigned change = byte();
        series[at] = change > 250 || kind >> 6 == 3
                         ? point()
                         : 20 + (double)(at % 7) + change % 16 / 8.0 + (kind >> 6 == 1 && at % 30 == 2 ? 300 : 0);
    }
    memcpy(spend, series, len * 8);
    for (i = 0; i < rows; i++) {
        config_t own = config;
        size_t points = (size_t)(ends[i + 1] - ends[i]), past = (size_t)integer_at(elapsed, i), history;
        double *fenced, *period;
        if (starts)
            own.start_time = integer_at(starts, i);
        history = past <= points ? points - past : 0;
        fenced = block(history * 8);
        period = block((points - history) * 8);
        memcpy(fenced, series + ends[i], history * 8);
        memcpy(period, series + ends[i] + history, (points - history) * 8);
        if (past > points)
            past = SIZE_MAX; /* More than its points. */
        memset(&singles[i], 0x5a, sizeof singles[i]);
        statuses[i] = CALL(forecast_budget, fenced, history, period, past, (size_t)integer_at(periods, i),
                           double_at(limits, i), &own, &singles[i]);
        check_result(double_at(limits, i), past, (size_t)integer_at(periods, i), own.lag_points, statuses[i],
                     &singles[i]);
        invalid += statuses[i] != 0;
        free(fenced);
        free(period);
    }
    status = CALL(forecast_budget_columns, spend, len, offsets, starts, elapsed, periods, limits, rows, &config, flags,
                  results, &counted);
    has_config = status == 0 || status == CLOUDCIRCUIT_ERR_INVALID_ROWS;
    CHECK(!has_config || status == (invalid ? CLOUDCIRCUIT_ERR_INVALID_ROWS : 0),
          "a series is invalid where its single call is an error");
    for (i = 0; has_config && i < rows; i++) {
        unsigned wanted =
            (singles[i].is_forecast_breached ? CLOUDCIRCUIT_FLAG_BREACHED : 0) |
            (singles[i].verdict == CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA ? CLOUDCIRCUIT_FLAG_INSUFFICIENT : 0);
        if (statuses[i])
            wanted = CLOUDCIRCUIT_FLAG_BREACHED | CLOUDCIRCUIT_FLAG_INVALID;
        CHECK(flags[i] == wanted, "flags: the single call's");
        CHECK(!results || memcmp((uint8_t *)results + i * sizeof *results, &singles[i], sizeof *results) == 0,
              "results: the single call's");
        CHECK(counted == invalid, "invalid_rows counts them");
    }
    free(series);
    release_all();
    return 0;
}
