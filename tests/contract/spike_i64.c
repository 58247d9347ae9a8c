/* Spikes in integer money: each status is produced, each refusal is compared byte for byte over
   memory that held something else, and inputs stay as they were. */
#include "check.h"
#include <cloudcircuit.h>
#include <stdlib.h>

static const cloudcircuit_spike_result_i64 REFUSED = {0, 0, 0, 1, 0};
static const int64_t NOT_AMOUNTS[] = {-1, -2, -INT64_MAX, INT64_MIN};
static const unsigned char FILLS[] = {0xAA, 0x55};

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
        CHECK((expected == CLOUDCIRCUIT_OK) != SAME_BYTES(result, REFUSED));
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
    spike(NULL, 0, NULL, CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT);
    spike(NULL, 3, NULL, CLOUDCIRCUIT_ERR_NULL_POINTER);
    /* Too long is refused before a point is read. */
    spike(series, LONGEST + 1, NULL, CLOUDCIRCUIT_ERR_SERIES_TOO_LONG);
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

/* Inputs and results in the same memory, at every alignment. */
static void overlaps(void)
{
    unsigned char memory[256];
    size_t offset;
    for (offset = 0; offset < 8; offset++) {
        void *at = memory + offset;
        const int64_t series[] = {10, 10, 10, 20};
        cloudcircuit_spike_result_i64 spike_result;

        memcpy(at, series, sizeof series);
        CHECK(cloudcircuit_check_anomaly_spike_i64(at, 4, NULL, at) == CLOUDCIRCUIT_OK);
        memcpy(&spike_result, at, sizeof spike_result);
        CHECK(spike_result.baseline_mean == 10 && spike_result.threshold == 15);
        CHECK(spike_result.is_spike);
    }
}

int main(void)
{
    spikes();
    overlaps();
    return report();
}
