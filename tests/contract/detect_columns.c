/* The detector over columns: each row is what a single call finds, an invalid row spoils no other, and every other
   error refuses all rows. */
#include "check.h"
#include "seed.h"
#include <cloudcircuit.h>
#include <math.h>
#include <stddef.h>

#define ROWS 300
#define POINTS (ROWS * 120)

static const uint8_t REFUSED =
    CLOUDCIRCUIT_FLAG_SPIKE | CLOUDCIRCUIT_FLAG_LEAK | CLOUDCIRCUIT_FLAG_DROP | CLOUDCIRCUIT_FLAG_INVALID;
static double spend[POINTS], scores[ROWS];
static int64_t offsets[ROWS + 1];
static uint8_t flags[ROWS];
static uint64_t random_state;

static double uniform(void)
{
    if (random_state == 0)
        random_state = fresh_seed();
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (double)(random_state >> 11) / 9007199254740992.0;
}

/* Series of 0 to 119 points, with gaps, spikes, falls, credits and a few that no call accepts. */
static size_t fill(void)
{
    size_t row, point, len = 0;
    for (row = 0; row < ROWS; row++) {
        size_t points = (size_t)(120 * uniform());
        offsets[row] = (int64_t)len;
        for (point = 0; point < points; point++, len++) {
            double kind = uniform();
            spend[len] = (point % 7 < 5 ? 100 : 40) * (0.95 + 0.1 * uniform());
            spend[len] = kind < 0.02 ? NAN : kind < 0.04 ? 5 * spend[len] : kind < 0.06 ? 0 : spend[len];
            if (row % 11 == 3)
                spend[len] = kind < 0.05 ? -10 : spend[len];
        }
        if (points > 0 && row % 3 == 0)
            spend[len - 1] *= 4;
        if (points > 0 && row % 17 == 5)
            spend[len - 1] = INFINITY;
    }
    offsets[ROWS] = (int64_t)len;
    return len;
}

static void agree(const cloudcircuit_detect_config *config)
{
    size_t row, invalid = 0, found = 12345, seen = 0, len = fill();
    cloudcircuit_status status =
        cloudcircuit_detect_spike_columns(spend, len, offsets, ROWS, config, flags, scores, &found);
    for (row = 0; row < ROWS; row++) {
        cloudcircuit_detect_result result;
        uint8_t flag = 0;
        if (cloudcircuit_detect_spike(spend + offsets[row], (size_t)(offsets[row + 1] - offsets[row]), config,
                                      &result) != CLOUDCIRCUIT_OK) {
            flag = REFUSED;
            invalid++;
        } else {
            flag |= result.verdict == CLOUDCIRCUIT_VERDICT_SPIKE ? CLOUDCIRCUIT_FLAG_SPIKE : 0;
            flag |= result.verdict == CLOUDCIRCUIT_VERDICT_INSUFFICIENT_DATA ? CLOUDCIRCUIT_FLAG_INSUFFICIENT : 0;
            flag |= result.is_leak ? CLOUDCIRCUIT_FLAG_LEAK : 0;
            flag |= result.is_drop ? CLOUDCIRCUIT_FLAG_DROP : 0;
        }
        CHECK(flags[row] == flag);
        CHECK(SAME_BYTES(scores[row], result.score));
        seen |= flag;
    }
    CHECK(invalid == found && invalid > 0 && status == CLOUDCIRCUIT_ERR_INVALID_ROWS);
    CHECK((seen & CLOUDCIRCUIT_FLAG_SPIKE) && (seen & CLOUDCIRCUIT_FLAG_DROP)
          && (seen & CLOUDCIRCUIT_FLAG_INSUFFICIENT));
}

static void refused(cloudcircuit_status status, cloudcircuit_status expected, size_t rows, size_t found)
{
    size_t row;
    CHECK(status == expected && found == rows);
    for (row = 0; row < rows; row++)
        CHECK(flags[row] == REFUSED && scores[row] == 0);
    memset(flags, 0xAA, sizeof flags);
    memset(scores, 0xAA, sizeof scores);
}

#define REFUSES(expected, spend, len, offsets, rows, config)                                                          \
    do {                                                                                                              \
        cloudcircuit_status status_ =                                                                                 \
            cloudcircuit_detect_spike_columns(spend, len, offsets, rows, config, flags, scores, &found);              \
        refused(status_, expected, rows, found);                                                                      \
    } while (0)

static void refusals(void)
{
    static const int64_t falling[] = {0, 3, 2}, negative[] = {-1, 0, 2}, beyond[] = {0, 1, 5};
    static const int64_t good[] = {0, 2, 4}, far[] = {0, 1, WRAPPED + 2};
    cloudcircuit_detect_config config;
    size_t found = 0;
    memset(flags, 0xAA, sizeof flags);
    memset(scores, 0xAA, sizeof scores);
    fill();
    REFUSES(CLOUDCIRCUIT_ERR_OFFSETS, spend, 4, falling, 2, NULL);
    REFUSES(CLOUDCIRCUIT_ERR_OFFSETS, spend, 4, negative, 2, NULL);
    REFUSES(CLOUDCIRCUIT_ERR_OFFSETS, spend, 4, beyond, 2, NULL);
    REFUSES(CLOUDCIRCUIT_ERR_OFFSETS, spend, 4, far, 2, NULL);
    REFUSES(CLOUDCIRCUIT_ERR_NULL_POINTER, NULL, 4, good, 2, NULL);
    REFUSES(CLOUDCIRCUIT_ERR_NULL_POINTER, spend, 4, NULL, 2, NULL);
    REFUSES(CLOUDCIRCUIT_ERR_NULL_POINTER, spend, 4, NULL, 1, NULL);
    REFUSES(CLOUDCIRCUIT_ERR_NULL_POINTER, NULL, 1, good, 2, NULL);
    REFUSES(CLOUDCIRCUIT_ERR_TOO_MANY_ROWS, spend, SIZE_MAX, good, 2, NULL);
    cloudcircuit_detect_config_init(&config);
    config.score_threshold = 0;
    REFUSES(CLOUDCIRCUIT_ERR_SCORE_THRESHOLD, spend, 4, good, 2, &config);
    cloudcircuit_detect_config_init(&config);
    config.negative_points = 3;
    REFUSES(CLOUDCIRCUIT_ERR_NEGATIVE_POINTS, spend, 4, good, 2, &config);
    CHECK(cloudcircuit_detect_spike_columns(spend, 4, good, 2, NULL, NULL, scores, &found)
          == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(found == 2 && scores[0] == 0 && scores[1] == 0);
    CHECK(cloudcircuit_detect_spike_columns(spend, 4, good, SIZE_MAX, NULL, flags, scores, &found)
          == CLOUDCIRCUIT_ERR_TOO_MANY_ROWS);
    CHECK(cloudcircuit_detect_spike_columns(spend, 4, good, 2, NULL, (uint8_t *)spend, NULL, NULL)
          == CLOUDCIRCUIT_ERR_OVERLAP);
    CHECK(cloudcircuit_detect_spike_columns(spend, 4, good, 2, NULL, flags, spend + 3, NULL) == CLOUDCIRCUIT_ERR_OVERLAP);
}

/* No rows, empty rows, and outputs that are not wanted. */
static void little(void)
{
    static const int64_t empty[] = {0, 0, 0};
    int64_t positions[] = {0, 0, 0, 0};
    size_t found = 5;
    CHECK(cloudcircuit_detect_spike_columns(NULL, 0, NULL, 0, NULL, NULL, NULL, &found) == CLOUDCIRCUIT_OK && found == 0);
    CHECK(cloudcircuit_detect_spike_columns(NULL, 0, empty, 2, NULL, flags, NULL, NULL) == CLOUDCIRCUIT_OK);
    CHECK(flags[0] == CLOUDCIRCUIT_FLAG_INSUFFICIENT && flags[1] == CLOUDCIRCUIT_FLAG_INSUFFICIENT);
    /* Right behind the last offset, and in it. */
    CHECK(cloudcircuit_detect_spike_columns(NULL, 0, positions, 2, NULL, (uint8_t *)(positions + 3), NULL, NULL)
          == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_detect_spike_columns(NULL, 0, positions, 2, NULL, (uint8_t *)(positions + 3) - 1, NULL, NULL)
          == CLOUDCIRCUIT_ERR_OVERLAP);
}

int main(void)
{
    cloudcircuit_detect_config config;
    cloudcircuit_detect_config_init(&config);
    agree(NULL);
    config.negative_points = CLOUDCIRCUIT_NEGATIVE_POINTS_ZERO;
    config.start_time = 1704067200;
    agree(&config);
    config.negative_points = CLOUDCIRCUIT_NEGATIVE_POINTS_MISSING;
    config.lag_points = 2;
    agree(&config);
    refusals();
    little();
    return report();
}
