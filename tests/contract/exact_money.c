/* The checks in integer money and the conversions: each status is produced, each refusal compared
   byte for byte over memory that held something else, and inputs stay as they were. */
#include "check.h"
#include <cloudcircuit.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

static const cloudcircuit_budget_result_i64 BUDGET_REFUSED = {0, 0, 0, 0, 1, 1};
static const cloudcircuit_spike_result_i64 SPIKE_REFUSED = {0, 0, 0, 1, 0};

static const int64_t NOT_AMOUNTS[] = {-1, -2, -INT64_MAX, INT64_MIN};

static const unsigned char FILLS[] = {0xAA, 0x55};

static void budget(int64_t spend, int64_t limit, const cloudcircuit_budget_config_i64 *config,
                   cloudcircuit_status expected)
{
    size_t i;
    for (i = 0; i < COUNT(FILLS); i++) {
        cloudcircuit_budget_result_i64 result;
        cloudcircuit_budget_config_i64 before = {0, 0};
        if (config)
            before = *config;
        memset(&result, FILLS[i], sizeof result);
        CHECK(cloudcircuit_check_budget_i64(spend, limit, config, &result) == expected);
        CHECK((expected == CLOUDCIRCUIT_OK) != SAME_BYTES(result, BUDGET_REFUSED));
        CHECK(!config || SAME_BYTES(before, *config));
    }
}

static void budgets(void)
{
    static const uint32_t ppms[] = {0, 1000001, 0x80000000u, UINT32_MAX};
    cloudcircuit_budget_config_i64 config = {0, 0};
    cloudcircuit_budget_result_i64 result;
    size_t i;

    budget(1, 2, NULL, CLOUDCIRCUIT_OK);
    budget(0, 1, NULL, CLOUDCIRCUIT_OK);
    budget(INT64_MAX, INT64_MAX, NULL, CLOUDCIRCUIT_OK);
    budget(1, 0, NULL, CLOUDCIRCUIT_ERR_BUDGET_LIMIT);
    for (i = 0; i < COUNT(NOT_AMOUNTS); i++) {
        budget(1, NOT_AMOUNTS[i], NULL, CLOUDCIRCUIT_ERR_BUDGET_LIMIT);
        budget(NOT_AMOUNTS[i], 1, NULL, CLOUDCIRCUIT_ERR_CURRENT_SPEND);
        budget(NOT_AMOUNTS[i], INT64_MAX, NULL, CLOUDCIRCUIT_ERR_CURRENT_SPEND);
    }
    for (i = 0; i < COUNT(ppms); i++) {
        config.warning_ppm = ppms[i];
        config.reserved = (uint32_t)i;
        budget(1, 2, &config, CLOUDCIRCUIT_ERR_WARNING_PPM);
        budget(-1, 2, &config, CLOUDCIRCUIT_ERR_WARNING_PPM);
        budget(-1, 0, &config, CLOUDCIRCUIT_ERR_BUDGET_LIMIT);
    }
    config.warning_ppm = 1000000;
    config.reserved = 1;
    budget(1, 2, &config, CLOUDCIRCUIT_ERR_RESERVED);
    budget(-1, 2, &config, CLOUDCIRCUIT_ERR_RESERVED);
    config.reserved = UINT32_MAX;
    budget(1, 2, &config, CLOUDCIRCUIT_ERR_RESERVED);
    config.reserved = 0;
    budget(1, 2, &config, CLOUDCIRCUIT_OK);

    CHECK(cloudcircuit_check_budget_i64(1, 2, NULL, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_check_budget_i64(-1, -1, NULL, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_budget_config_i64_init(NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);

    /* A share beyond 64 bits, and the widest difference. */
    CHECK(cloudcircuit_check_budget_i64(INT64_MAX, 1, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.usage_ppm == UINT64_MAX && result.remaining_budget == 1 - INT64_MAX);
    CHECK(result.is_warning && result.is_breached);
}

static void spike(const int64_t *series, size_t len, const cloudcircuit_spike_config_i64 *config,
                  cloudcircuit_status expected)
{
    size_t i;
    for (i = 0; i < COUNT(FILLS); i++) {
        cloudcircuit_spike_result_i64 result;
        cloudcircuit_spike_config_i64 before = {0, 0, 0};
        if (config)
            before = *config;
        memset(&result, FILLS[i], sizeof result);
        CHECK(cloudcircuit_check_anomaly_spike_i64(series, len, config, &result) == expected);
        CHECK((expected == CLOUDCIRCUIT_OK) != SAME_BYTES(result, SPIKE_REFUSED));
        CHECK(result.reserved == 0);
        CHECK(!config || SAME_BYTES(before, *config));
    }
}

/* One bad point at every position of series of many lengths. */
static void bad_points(void)
{
    static const size_t lengths[] = {2, 3, 4, 5, 7, 8, 9, 16, 17, 23, 64};
    size_t i, j, at;
    for (i = 0; i < COUNT(lengths); i++) {
        size_t len = lengths[i];
        int64_t *series = malloc(len * sizeof *series), *before = malloc(len * sizeof *series);
        if (!series || !before)
            abort();
        for (at = 0; at < len; at++) {
            for (j = 0; j < COUNT(NOT_AMOUNTS); j++) {
                size_t k;
                for (k = 0; k < len; k++)
                    series[k] = k % 2 ? (int64_t)k : INT64_MAX;
                series[at] = NOT_AMOUNTS[j];
                memcpy(before, series, len * sizeof *series);
                spike(series, len, NULL, CLOUDCIRCUIT_ERR_SPEND_SERIES);
                CHECK(memcmp(before, series, len * sizeof *series) == 0);
            }
        }
        free(series);
        free(before);
    }
}

static void spikes(void)
{
    static const uint32_t ppms[] = {0, 1, 999999, 1000000};
    const int64_t series[] = {1, 2, 3}, largest[] = {INT64_MAX, INT64_MAX, INT64_MAX};
    cloudcircuit_spike_config_i64 config = {0, 0, 0};
    cloudcircuit_spike_result_i64 result;
    size_t i;

    spike(series, 3, NULL, CLOUDCIRCUIT_OK);
    spike(series, 2, NULL, CLOUDCIRCUIT_OK);
    spike(series, 1, NULL, CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT);
    spike(series, 0, NULL, CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT);
    spike(NULL, 0, NULL, CLOUDCIRCUIT_ERR_NULL_POINTER);
    spike(NULL, 3, NULL, CLOUDCIRCUIT_ERR_NULL_POINTER);
    /* Too long is refused before a point is read. */
    spike(series, (size_t)CLOUDCIRCUIT_MAX_SERIES_LEN + 1, NULL, CLOUDCIRCUIT_ERR_SERIES_TOO_LONG);
    spike(series, SIZE_MAX, NULL, CLOUDCIRCUIT_ERR_SERIES_TOO_LONG);

    for (i = 0; i < COUNT(ppms); i++) {
        config.spike_multiplier_ppm = ppms[i];
        config.reserved = (uint32_t)i;
        spike(series, 3, &config, CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER_PPM);
        spike(series, 1, &config, CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT);
    }
    config.spike_multiplier_ppm = 1000001;
    config.min_baseline = -1;
    spike(series, 3, &config, CLOUDCIRCUIT_ERR_RESERVED);
    config.reserved = 0;
    for (i = 0; i < COUNT(NOT_AMOUNTS); i++) {
        config.min_baseline = NOT_AMOUNTS[i];
        spike(series, 3, &config, CLOUDCIRCUIT_ERR_MIN_BASELINE);
        spike(NOT_AMOUNTS, 4, &config, CLOUDCIRCUIT_ERR_MIN_BASELINE);
    }
    config.min_baseline = 0;
    spike(series, 3, &config, CLOUDCIRCUIT_OK);
    config.spike_multiplier_ppm = UINT32_MAX;
    config.min_baseline = INT64_MAX;
    spike(largest, 3, &config, CLOUDCIRCUIT_OK);
    bad_points();

    CHECK(cloudcircuit_check_anomaly_spike_i64(series, 3, NULL, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_spike_config_i64_init(NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);

    CHECK(cloudcircuit_check_anomaly_spike_i64(largest, 3, NULL, &result) == CLOUDCIRCUIT_OK);
    CHECK(result.baseline_mean == INT64_MAX && result.threshold == INT64_MAX && !result.is_spike);
}

static void from_double(double amount, uint32_t scale, cloudcircuit_status expected)
{
    size_t i;
    for (i = 0; i < COUNT(FILLS); i++) {
        int64_t minor;
        memset(&minor, FILLS[i], sizeof minor);
        CHECK(cloudcircuit_money_from_double(amount, scale, &minor) == expected);
        CHECK((expected == CLOUDCIRCUIT_OK) != (minor == 0));
    }
}

static void money(void)
{
    static const uint32_t scales[] = {10, 11, 255, 256, 0x80000000u, UINT32_MAX};
    static const double not_numbers[] = {NAN, -NAN, INFINITY, -INFINITY};
    int64_t minor;
    double amount;
    size_t i;
    uint32_t scale;

    from_double(19.99, 2, CLOUDCIRCUIT_OK);
    from_double(-19.99, 2, CLOUDCIRCUIT_OK);
    from_double(-9223372036854775808.0, 0, CLOUDCIRCUIT_OK);
    for (i = 0; i < COUNT(scales); i++) {
        from_double(1, scales[i], CLOUDCIRCUIT_ERR_SCALE);
        from_double(NAN, scales[i], CLOUDCIRCUIT_ERR_SCALE);
        memset(&amount, 0xAA, sizeof amount);
        CHECK(cloudcircuit_money_to_double(1, scales[i], &amount) == CLOUDCIRCUIT_ERR_SCALE);
        CHECK(amount == 0 && !signbit(amount));
    }
    for (scale = 0; scale <= CLOUDCIRCUIT_MAX_MONEY_SCALE; scale++) {
        for (i = 0; i < COUNT(not_numbers); i++)
            from_double(not_numbers[i], scale, CLOUDCIRCUIT_ERR_AMOUNT);
        from_double(DBL_MAX, scale, CLOUDCIRCUIT_ERR_AMOUNT_RANGE);
        from_double(-DBL_MAX, scale, CLOUDCIRCUIT_ERR_AMOUNT_RANGE);
        from_double(9223372036854775808.0, scale, CLOUDCIRCUIT_ERR_AMOUNT_RANGE);
        from_double(5e-324, scale, CLOUDCIRCUIT_ERR_AMOUNT_PRECISION);
        from_double(1e-10, scale, CLOUDCIRCUIT_ERR_AMOUNT_PRECISION);
        from_double(-0.1 - 0.2, scale, CLOUDCIRCUIT_ERR_AMOUNT_PRECISION);
    }
    from_double(19.99, 1, CLOUDCIRCUIT_ERR_AMOUNT_PRECISION);
    CHECK(cloudcircuit_money_from_double(1, 0, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_money_from_double(NAN, 99, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_money_to_double(1, 0, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_money_to_double(1, 99, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);

    minor = 1;
    CHECK(cloudcircuit_money_from_double(-0.0, 2, &minor) == CLOUDCIRCUIT_OK && minor == 0);
    CHECK(cloudcircuit_money_from_double(0.1, 9, &minor) == CLOUDCIRCUIT_OK && minor == 100000000);
    CHECK(cloudcircuit_money_to_double(1999, 2, &amount) == CLOUDCIRCUIT_OK && amount == 19.99);
    CHECK(cloudcircuit_money_to_double(0, 2, &amount) == CLOUDCIRCUIT_OK && !signbit(amount));
}

/* Inputs and results in the same memory, at every alignment. */
static void overlaps(void)
{
    unsigned char memory[256];
    size_t offset;
    for (offset = 0; offset < 8; offset++) {
        void *at = memory + offset;
        const int64_t series[] = {10, 10, 10, 20};
        const cloudcircuit_budget_config_i64 config = {600000, 0};
        cloudcircuit_budget_result_i64 budget_result;
        cloudcircuit_spike_result_i64 spike_result;
        int64_t minor;

        memcpy(at, &config, sizeof config);
        CHECK(cloudcircuit_check_budget_i64(60, 100, at, at) == CLOUDCIRCUIT_OK);
        memcpy(&budget_result, at, sizeof budget_result);
        CHECK(budget_result.usage_ppm == 600000 && budget_result.is_warning);

        memcpy(at, series, sizeof series);
        CHECK(cloudcircuit_check_anomaly_spike_i64(at, 4, NULL, at) == CLOUDCIRCUIT_OK);
        memcpy(&spike_result, at, sizeof spike_result);
        CHECK(spike_result.baseline_mean == 10 && spike_result.threshold == 15);
        CHECK(spike_result.is_spike);

        CHECK(cloudcircuit_money_from_double(0.25, 2, at) == CLOUDCIRCUIT_OK);
        memcpy(&minor, at, sizeof minor);
        CHECK(minor == 25);
        CHECK(cloudcircuit_money_to_double(25, 2, at) == CLOUDCIRCUIT_OK);
    }
}

int main(void)
{
    budgets();
    spikes();
    money();
    overlaps();
    return report();
}
