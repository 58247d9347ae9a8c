/* A verdict rests on the last few windows, so the detector cuts off what lies further back, and the scan never does:
   the same bits from both, on long series whose runs, gaps and changes of level lie around the cut. */
#include "check.h"
#include "seed.h"
#include <cloudcircuit.h>
#include <math.h>
#include <stdlib.h>

#define MOST 460

static uint64_t state;

static uint64_t any(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (state * UINT64_C(0x9E3779B97F4A7C15)) >> 11;
}

static double uniform(void)
{
    return (double)any() / 9007199254740992.0;
}

static double one_of(const double *values, size_t count)
{
    return values[any() % count];
}

/* Small windows, whose cut comes early. Every fifth series is one of hours. */
static cloudcircuit_detect_config some_config(void)
{
    static const uint32_t seasons[] = {0, 0, 1, 1, 2, 3, 5, 7};
    cloudcircuit_detect_config config;
    (void)cloudcircuit_detect_config_init(&config);
    if (any() % 5 == 0) {
        config.step = 3600;
        config.window = (uint32_t)(48 + any() % 60);
    } else {
        config.season_length = seasons[any() % COUNT(seasons)];
        config.window = (uint32_t)(14 + any() % (any() % 2 ? 3 : 50));
    }
    if (any() % 3)
        config.start_time = 1672531200 + 86400 * (int64_t)(any() % 400);
    if (any() % 2)
        config.min_relative_impact = 0;
    return config;
}

static size_t fill(double *series, uint32_t season)
{
    static const double noises[] = {0, 0.02, 0.3, 0.3}, levels[] = {0.5, 0.8, 1.3, 2};
    static const double heights[] = {0, 0.3, 0.6, 1.4, 2.2, 3, 4, 20};
    size_t len = 250 + any() % (MOST - 250), left = 0, i;
    double shares[24], level = 100, height = 1, noise = one_of(noises, COUNT(noises));
    double gaps = any() % 3 ? 0 : 0.4 * uniform();
    uint64_t rest = 10 + any() % 27;
    for (i = 0; i < COUNT(shares); i++)
        shares[i] = any() % 2 ? 1 : 0.3 + uniform();
    for (i = 0; i < len; i++) {
        if (left > 0 && --left == 0)
            height = 1;
        if (left == 0 && any() % rest == 0) {
            left = 1 + any() % 18;
            height = one_of(heights, COUNT(heights));
        }
        if (any() % 150 == 0)
            level *= one_of(levels, COUNT(levels));
        series[i] = level * shares[i % season] * height * (1 + noise * (uniform() - 0.5));
        if (any() % 60 == 0)
            series[i] *= 6;
        if (uniform() < gaps)
            series[i] = NAN;
    }
    return len;
}

static void same_as_the_scan(void)
{
    static double series[MOST], expected[MOST], bounds[MOST];
    static uint8_t flags[MOST];
    cloudcircuit_detect_config config = some_config();
    uint32_t season = config.step == 3600 ? 24 : config.season_length > 1 ? config.season_length : 7;
    size_t len = fill(series, season), i;
    CHECK(cloudcircuit_scan_spikes(series, len, &config, flags, expected, bounds) == CLOUDCIRCUIT_OK);
    for (i = 60; i < len; i++) {
        cloudcircuit_detect_result result;
        int flag;
        CHECK(cloudcircuit_detect_spike(series, i + 1, &config, &result) == CLOUDCIRCUIT_OK);
        flag = (result.verdict == CLOUDCIRCUIT_VERDICT_SPIKE ? CLOUDCIRCUIT_FLAG_SPIKE : 0) |
               (result.is_leak ? CLOUDCIRCUIT_FLAG_LEAK : 0) | (result.is_drop ? CLOUDCIRCUIT_FLAG_DROP : 0) |
               (result.verdict == CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA ? CLOUDCIRCUIT_FLAG_INSUFFICIENT : 0);
        CHECK(flags[i] == flag && SAME_BYTES(expected[i], result.expected_spend) &&
              SAME_BYTES(bounds[i], result.upper_bound));
    }
}

/* The argument is how many series: a number, or few. */
int main(int argc, char **argv)
{
    long series = argc < 2 ? 60 : strtol(argv[1], NULL, 10);
    state = fresh_seed() | 1;
    if (series < 1)
        series = 3;
    while (series-- > 0)
        same_as_the_scan();
    return report();
}
