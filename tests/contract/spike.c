/* Spikes in doubles: each status is produced, each refusal is compared byte for byte over
   memory that held something else, and inputs stay as they were. */
#include "check.h"
#include <cloudcircuit.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

static const cloudcircuit_spike_result REFUSED = {0, 0, 0, 1, 0};
static const double NOT_AMOUNTS[] = {-5e-324, -1, -DBL_MAX, NAN, -NAN, INFINITY, -INFINITY};
static const unsigned char FILLS[] = {0xAA, 0x55};

static void spike(const double *series, size_t len, const cloudcircuit_spike_config *config,
                  cloudcircuit_status expected)
{
    size_t i;
    for (i = 0; i < COUNT(FILLS); i++) {
        cloudcircuit_spike_result result;
        memset(&result, FILLS[i], sizeof result);
        CHECK(cloudcircuit_check_anomaly_spike(series, len, config, &result) == expected);
        CHECK((expected == CLOUDCIRCUIT_OK) != SAME_BYTES(result, REFUSED));
    }
}

/* One bad point at every position of series of many lengths. */
static void bad_points(void)
{
    static const size_t lengths[] = {2, 3, 7, 8, 9, 16, 17, 23, 64, 4097};
    size_t i, j, at;
    for (i = 0; i < COUNT(lengths); i++) {
        size_t len = lengths[i];
        double *series = malloc(len * sizeof *series), *before = malloc(len * sizeof *series);
        if (!series || !before)
            abort();
        for (at = 0; at < len; at += at > 40 && at < 4050 ? 37 : 1) {
            for (j = 0; j < COUNT(NOT_AMOUNTS); j++) {
                size_t k;
                for (k = 0; k < len; k++)
                    series[k] = (double)k;
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
    static const double multipliers[] = {1, 0.5, 0, -2, NAN, INFINITY, -INFINITY};
    static const double zeros[] = {0, -0.0, -0.0};
    const double series[] = {1, 2, 3};
    cloudcircuit_spike_config config;
    cloudcircuit_spike_result result;
    size_t i;

    spike(series, 3, NULL, CLOUDCIRCUIT_OK);
    spike(series, 2, NULL, CLOUDCIRCUIT_OK);
    spike(series, 1, NULL, CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT);
    spike(series, 0, NULL, CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT);
    spike(NULL, 0, NULL, CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT);
    spike(NULL, 1, NULL, CLOUDCIRCUIT_ERR_NULL_POINTER);
    spike(NULL, 3, NULL, CLOUDCIRCUIT_ERR_NULL_POINTER);
    /* Too long is refused before a point is read. */
    spike(series, LONGEST + 1, NULL, CLOUDCIRCUIT_ERR_SERIES_TOO_LONG);
    spike(series, SIZE_MAX, NULL, CLOUDCIRCUIT_ERR_SERIES_TOO_LONG);
    /* The cap itself is not: the next rule speaks, and no point is read for that either. */
    config.min_baseline = 0;
    config.spike_multiplier = 1;
    spike(series, LONGEST, &config, CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER);

    config.min_baseline = 0;
    for (i = 0; i < COUNT(multipliers); i++) {
        config.spike_multiplier = multipliers[i];
        spike(series, 3, &config, CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER);
        spike(series, 1, &config, CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT);
    }
    config.spike_multiplier = 1.5;
    for (i = 0; i < COUNT(NOT_AMOUNTS); i++) {
        config.min_baseline = NOT_AMOUNTS[i];
        spike(series, 3, &config, CLOUDCIRCUIT_ERR_MIN_BASELINE);
    }
    config.min_baseline = -0.0;
    spike(series, 3, &config, CLOUDCIRCUIT_OK);
    bad_points();

    CHECK(cloudcircuit_check_anomaly_spike(series, 3, NULL, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_spike_config_init(NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);

    CHECK(cloudcircuit_check_anomaly_spike(zeros, 3, &config, &result) == CLOUDCIRCUIT_OK);
    CHECK(!signbit(result.latest_spend) && !signbit(result.baseline_mean));
    CHECK(!signbit(result.threshold) && !result.is_spike);
}

static cloudcircuit_spike_result seed_spike(const double *series, size_t len, double multiplier,
                                       double floor, int32_t expected)
{
    cloudcircuit_spike_config config;
    cloudcircuit_spike_result result;
    config.spike_multiplier = multiplier;
    config.min_baseline = floor;
    CHECK(cloudcircuit_check_anomaly_spike(series, len, &config, &result) == expected);
    return result;
}

/* The cases that the tests of the Python package cloudcircuit 0.1.0 pin. */
static void cases_of_the_python_package(void)
{
    const double doubled[] = {10, 10, 10, 20}, pennies[] = {0, 0, 0, 0.4};
    const double one[] = {1}, two[] = {1, 2}, negative[] = {1, -1};

    cloudcircuit_spike_result r = seed_spike(doubled, 4, 1.5, 0, CLOUDCIRCUIT_OK);
    CHECK(r.latest_spend == 20 && r.baseline_mean == 10 && r.threshold == 15 && r.is_spike == 1);

    r = seed_spike(pennies, 4, 2, 0.5, CLOUDCIRCUIT_OK);
    CHECK(r.baseline_mean == 0 && r.threshold == 1 && r.is_spike == 0);

    seed_spike(one, 1, 1.5, 0, CLOUDCIRCUIT_ERR_SERIES_TOO_SHORT);
    seed_spike(two, 2, 1, 0, CLOUDCIRCUIT_ERR_SPIKE_MULTIPLIER);
    seed_spike(negative, 2, 2, 0, CLOUDCIRCUIT_ERR_SPEND_SERIES);
}

/* Inputs and results in the same memory, at every alignment. */
static void overlaps(void)
{
    unsigned char memory[256];
    size_t offset;
    for (offset = 0; offset < 8; offset++) {
        void *at = memory + offset;
        const double series[] = {10, 10, 10, 20};
        cloudcircuit_spike_result spike_result;

        memcpy(at, series, sizeof series);
        CHECK(cloudcircuit_check_anomaly_spike(at, 4, NULL, at) == CLOUDCIRCUIT_OK);
        memcpy(&spike_result, at, sizeof spike_result);
        CHECK(spike_result.baseline_mean == 10 && spike_result.is_spike);
    }
}

int main(void)
{
    spikes();
    cases_of_the_python_package();
    overlaps();
    return report();
}
