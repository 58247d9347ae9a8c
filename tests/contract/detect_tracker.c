/* The tracker as a state: each status with its refusal, states that could not be, and the encoding:
   every bit of it, and that a tracker which went through it goes on as if it had not. */
#include "check.h"
#include "seed.h"
#include <cloudcircuit.h>
#include <float.h>
#include <math.h>
#include <stddef.h>

#define LEN CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN

typedef cloudcircuit_spike_tracker_state tracker;

static const cloudcircuit_detect_result REFUSED = {
    0, 0, 0, 0, 0, 0, 0, 0, CLOUDCIRCUIT_VERDICT_SPIKE, CLOUDCIRCUIT_DETECT_REASON_REFUSED, 1, 1, 0};
static const double NOT_AMOUNTS[] = {-5e-324, -1, -DBL_MAX, INFINITY, -INFINITY};
static const tracker NONE;
static const unsigned char NO_BYTES[LEN];

static uint64_t any(void)
{
    static uint64_t seed;
    if (seed == 0)
        seed = fresh_seed();
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return seed ^ seed >> 29;
}

static double uniform(void)
{
    return (double)(any() >> 11) / 9007199254740992.0;
}

/* Weekdays, gaps, now and then a spike or nothing. */
static double point(size_t i)
{
    double level = (i % 7 < 5 ? 100 : 40) * (0.9 + 0.2 * uniform());
    double kind = uniform();
    return kind < 0.05 ? NAN : kind < 0.1 ? 0 : kind < 0.13 ? 5 * level : level;
}

/* Sums of these are beyond the largest double. */
static double largest(size_t i)
{
    (void)i;
    return any() % 3 ? DBL_MAX / (double)(1 + any() % 8) : 0;
}

static void is_not_tracked(const cloudcircuit_detect_config *config)
{
    tracker fresh;
    memset(&fresh, 0x55, sizeof fresh);
    CHECK(cloudcircuit_spike_tracker_init(config, &fresh) == CLOUDCIRCUIT_ERR_TRACKER_SETTINGS);
    CHECK(SAME_BYTES(fresh, NONE));
}

static void init_refusals(void)
{
    cloudcircuit_detect_config config;
    CHECK(cloudcircuit_spike_tracker_init(NULL, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    cloudcircuit_detect_config_init(&config);
    config.step = 3600;
    is_not_tracked(&config);
    config.step = 86400;
    config.lag_points = 1;
    is_not_tracked(&config);
    config.lag_points = 0;
    config.season_length = 15;
    config.window = 98;
    is_not_tracked(&config);
    config.season_length = 0;
    config.window = 99;
    is_not_tracked(&config);
}

/* NULL comes before a wrong length, and a wrong length before what is in the state. */
static void encodings_of_nothing(void)
{
    static const size_t lengths[] = {0, 1, CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN - 1,
                                     CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN + 1, SIZE_MAX};
    unsigned char bytes[CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN];
    tracker state, none;
    size_t i;
    memset(&none, 0, sizeof none);
    for (i = 0; i < COUNT(lengths); i++) {
        CHECK(cloudcircuit_spike_tracker_state_encode(NULL, bytes, lengths[i]) == CLOUDCIRCUIT_ERR_NULL_POINTER);
        CHECK(cloudcircuit_spike_tracker_state_encode(&none, NULL, lengths[i]) == CLOUDCIRCUIT_ERR_NULL_POINTER);
        CHECK(cloudcircuit_spike_tracker_state_encode(NULL, NULL, lengths[i]) == CLOUDCIRCUIT_ERR_NULL_POINTER);
        CHECK(cloudcircuit_spike_tracker_state_decode(NULL, lengths[i], &state) == CLOUDCIRCUIT_ERR_NULL_POINTER);
        CHECK(SAME_BYTES(state, none));
        CHECK(cloudcircuit_spike_tracker_state_decode(bytes, lengths[i], NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
        if (lengths[i] != SIZE_MAX)
            CHECK(cloudcircuit_spike_tracker_state_encode(&none, bytes, lengths[i]) == CLOUDCIRCUIT_ERR_ENCODED_LENGTH);
    }
}

/* A state that every call refuses. */
static void is_refused(const tracker *state)
{
    tracker copy = *state;
    cloudcircuit_detect_result result;
    unsigned char bytes[LEN];
    CHECK(cloudcircuit_spike_tracker_state_validate(state) == CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    memset(bytes, 0xAA, LEN);
    CHECK(cloudcircuit_spike_tracker_state_encode(state, bytes, LEN) == CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    CHECK(memcmp(bytes, NO_BYTES, LEN) == 0);
    memset(&result, 0xAA, sizeof result);
    CHECK(cloudcircuit_spike_tracker_update(&copy, 1, &result) == CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    CHECK(SAME_BYTES(result, REFUSED) && memcmp(&copy, state, sizeof copy) == 0);
}

static void updates_refuse(const tracker *good)
{
    tracker state = *good;
    cloudcircuit_detect_result result;
    size_t i, half;
    for (i = 0; i < COUNT(NOT_AMOUNTS); i++) {
        memset(&result, 0xAA, sizeof result);
        CHECK(cloudcircuit_spike_tracker_update(&state, NOT_AMOUNTS[i], &result) ==
              CLOUDCIRCUIT_ERR_DETECT_POINT);
        CHECK(SAME_BYTES(result, REFUSED) && SAME_BYTES(state, *good));
    }
    memset(&result, 0xAA, sizeof result);
    CHECK(cloudcircuit_spike_tracker_update(NULL, 1, &result) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(SAME_BYTES(result, REFUSED));
    CHECK(cloudcircuit_spike_tracker_update(&state, 1, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_spike_tracker_state_validate(NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(SAME_BYTES(state, *good));

    is_refused(&NONE);
    /* Cut off, or written half. */
    for (half = 1; half < sizeof state; half += 97) {
        state = NONE;
        memcpy(&state, good, half);
        is_refused(&state);
    }
}

#define SPOIL(field, value)     \
    do {                        \
        state = *good;          \
        state.field = value;    \
        is_refused(&state);     \
    } while (0)

static void spoilt_heads(const tracker *good)
{
    const uint16_t eighth = 7;
    tracker state;
    size_t word;
    SPOIL(layout, 0);
    SPOIL(layout, CLOUDCIRCUIT_SPIKE_TRACKER_LAYOUT + 1);
    SPOIL(reserved, 1);
    SPOIL(revision, good->revision + 1);
    SPOIL(revision, UINT64_MAX);
    SPOIL(config.season_length, 15);
    SPOIL(config.window, 99);
    SPOIL(config.lag_points, 1);
    SPOIL(config.negative_points, 3);
    SPOIL(config.score_threshold, 0);
    SPOIL(config.min_impact, -1);
    SPOIL(config.min_relative_impact, INFINITY);
    SPOIL(config.min_baseline, NAN);
    SPOIL(config.start_time, INT64_MAX);
    SPOIL(config.step, 0);
    /* More points than time has seen, in every word that counts them. */
    state = *good;
    state.revision = (uint64_t)1 << 63;
    for (word = 0; word < COUNT(state.windows); word++)
        if (state.windows[word] == good->revision)
            state.windows[word] = state.revision;
    is_refused(&state);
    /* The next phase of a week is the eighth, or a window of 98 holds 99 deviations. */
    state = *good;
    memcpy((unsigned char *)(state.windows + 691), &eighth, sizeof eighth);
    is_refused(&state);
    SPOIL(windows[690], 99);
}

/* A word of the windows that is other: what follows from the points no longer does, but nothing
   follows from the charges, the last excesses and the oldest points. Whatever stands there, no call goes astray. */
static void spoilt_windows(const tracker *good)
{
    cloudcircuit_detect_result result;
    tracker state;
    size_t word, unseen = 0;
    int i;
    for (word = 0; word < COUNT(good->windows); word++) {
        state = *good;
        state.windows[word] ^= (uint64_t)1 << 62;
        if ((word < 14 + 12 || word >= 14 + 26) && (word < 270 || word >= 290))
            unseen += cloudcircuit_spike_tracker_state_validate(&state) == CLOUDCIRCUIT_OK;
        cloudcircuit_spike_tracker_update(&state, 1, &result);
    }
    CHECK(unseen == 0);
    for (i = 0; i < 300; i++) {
        state = *good;
        for (word = 0; word < COUNT(state.windows); word++)
            if (uniform() < 0.2)
                state.windows[word] = any();
        CHECK(cloudcircuit_spike_tracker_state_validate(&state) == CLOUDCIRCUIT_ERR_CORRUPT_STATE);
        cloudcircuit_spike_tracker_update(&state, 1, &result);
        cloudcircuit_spike_tracker_update(&state, 2, &result);
    }
}

static void bytes_refused(const unsigned char *bytes)
{
    tracker state;
    memset(&state, 0xAA, sizeof state);
    CHECK(cloudcircuit_spike_tracker_state_decode(bytes, LEN, &state) == CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    CHECK(SAME_BYTES(state, NONE));
}

static void write_word(unsigned char *bytes, uint64_t word)
{
    size_t byte;
    for (byte = 0; byte < 8; byte++)
        bytes[byte] = (unsigned char)(word >> 8 * byte);
}

/* Fields that the library never writes, of a tracker that has seen three points from the first of a month, none with a
   deviation. The largest double is a point as any. */
static void lies_of_the_young(void)
{
    static const struct { size_t at; uint64_t word; } LIES[] = {
        {80 + 8 * 5, 0x4049000000000000u},   /* a point of 50 that has not come */
        {80 + 8 * 127, 0x4049000000000000u}, /* one before the first */
        {80 + 2048, 1},                      /* a charge of the first, on the second */
        {80 + 2064, 0},                      /* a charge before one that there is not */
        {80 + 2192, 0x7FF8000000000001u},    /* a last excess that is another NaN */
    };
    unsigned char bytes[LEN], good[LEN];
    cloudcircuit_detect_config config;
    cloudcircuit_detect_result result;
    tracker state;
    size_t i;
    cloudcircuit_detect_config_init(&config);
    config.start_time = 1672531200; /* 2023-01-01 */
    CHECK(cloudcircuit_spike_tracker_init(&config, &state) == CLOUDCIRCUIT_OK);
    for (i = 0; i < 3; i++)
        CHECK(cloudcircuit_spike_tracker_update(&state, i == 1 ? DBL_MAX : 50, &result) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_spike_tracker_state_encode(&state, good, LEN) == CLOUDCIRCUIT_OK);
    for (i = 0; i < COUNT(LIES); i++) {
        memcpy(bytes, good, LEN);
        write_word(bytes + LIES[i].at, LIES[i].word);
        seal(bytes, LEN);
        bytes_refused(bytes);
    }
}

/* Points are counted to below 2^63: the last one there can be, of a tracker all of whose points are missing. */
static void the_last_point(void)
{
    unsigned char bytes[LEN];
    cloudcircuit_detect_result result;
    tracker state;
    CHECK(cloudcircuit_spike_tracker_init(NULL, &state) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_spike_tracker_state_encode(&state, bytes, LEN) == CLOUDCIRCUIT_OK);
    write_word(bytes + 8, ((uint64_t)1 << 63) - 1);
    seal(bytes, LEN);
    CHECK(cloudcircuit_spike_tracker_state_decode(bytes, LEN, &state) == CLOUDCIRCUIT_OK);
    CHECK(state.revision == ((uint64_t)1 << 63) - 1);
    CHECK(cloudcircuit_spike_tracker_state_validate(&state) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_spike_tracker_update(&state, NAN, &result) == CLOUDCIRCUIT_OK);
    is_refused(&state);
}

/* Fields that the library never writes, under a checksum that is right. */
static void sealed_lies(const unsigned char *good)
{
    static const struct { size_t at; uint64_t word; } LIES[] = {
        {0, 0x32534344},                    /* another layout */
        {0, 0x132534343u},                  /* something reserved */
        {8, 0},                             /* points before the first */
        {8, (uint64_t)1 << 63},             /* more points than time has seen */
        {80, 0xBFF0000000000000u},          /* a point of -1 */
        {80, 0x8000000000000000u},          /* of -0.0 */
        {80, 0x7FF0000000000000u},          /* of infinity */
        {80, 0x7FF8000000000001u},          /* of another NaN */
        {80 + 1024, 0x412E848200000000u},   /* a deviation of 1,000,001 */
        {80, 0x7FF8000000000000u},          /* a missing point that has a deviation */
        {80 + 1024, 0x8000000000000000u},   /* of -0.0 */
        {80 + 1024, 0xFFF8000000000000u},   /* of another NaN */
        {80 + 2048, 1000000},               /* a charge to come */
        {80 + 2048, 5},                     /* a charge of the first, on the sixth */
        {80 + 2056, 0x7FF0000000000000u},   /* an excess of infinity */
        {80 + 2192, 0x412E848200000000u},   /* a last excess of 1,000,001 */
        {80 + 2192, 0xC12E848200000000u},   /* of -1,000,001 */
        {80 + 2192, 0x4000000000000000u},   /* above the point's deviation */
        {80 + 2200, 0x7FF8000000000000u},   /* none of a point with a deviation */
        {80 + 2200, 0x8000000000000000u},   /* of -0.0 */
    };
    unsigned char bytes[LEN];
    tracker state;
    size_t i, byte;
    memcpy(bytes, good, LEN);
    seal(bytes, LEN);
    CHECK(memcmp(bytes, good, LEN) == 0);
    for (i = 0; i < COUNT(LIES); i++) {
        memcpy(bytes, good, LEN);
        write_word(bytes + LIES[i].at, LIES[i].word);
        seal(bytes, LEN);
        bytes_refused(bytes);
    }
    /* A charge twice, and one after none: they stand newest first. */
    memcpy(bytes, good, LEN);
    CHECK(memcmp(bytes + 80 + 2048, bytes + 80 + 2064, 8) != 0 && bytes[80 + 2071] == 0);
    memcpy(bytes + 80 + 2064, bytes + 80 + 2048, 16);
    seal(bytes, LEN);
    bytes_refused(bytes);
    memcpy(bytes, good, LEN);
    memset(bytes + 80 + 2048, 0xFF, 8), memset(bytes + 80 + 2056, 0, 8);
    seal(bytes, LEN);
    bytes_refused(bytes);
    for (i = 0; i < 200; i++) {
        for (byte = 16; byte < LEN; byte++)
            bytes[byte] = (unsigned char)any();
        seal(bytes, LEN);
        bytes_refused(bytes);
    }
    CHECK(cloudcircuit_spike_tracker_state_decode(good, LEN, &state) == CLOUDCIRCUIT_OK);
}

/* After nothing, any spend has the largest deviation and the largest excess that there are. */
static void the_largest_deviation(void)
{
    unsigned char bytes[LEN];
    cloudcircuit_detect_config config;
    cloudcircuit_detect_result result;
    tracker state, back;
    int i;
    cloudcircuit_detect_config_init(&config);
    CHECK(cloudcircuit_spike_tracker_init(&config, &state) == CLOUDCIRCUIT_OK);
    for (i = 0; i < 32; i++)
        CHECK(cloudcircuit_spike_tracker_update(&state, i < 31 ? 0 : 1e9, &result) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_spike_tracker_state_validate(&state) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_spike_tracker_state_encode(&state, bytes, LEN) == CLOUDCIRCUIT_OK);
    CHECK(memcmp(bytes + 80 + 1024 + 8 * 31, "\0\0\0\0\x80\x84\x2E\x41", 8) == 0); /* 1e6 */
    CHECK(cloudcircuit_spike_tracker_state_decode(bytes, LEN, &back) == CLOUDCIRCUIT_OK);
    CHECK(SAME_BYTES(back, state));
}

static void encodings_refuse(const tracker *good)
{
    unsigned char bytes[LEN + 1], other[LEN];
    tracker state = *good;
    size_t i;
    CHECK(cloudcircuit_spike_tracker_state_encode(good, bytes, LEN) == CLOUDCIRCUIT_OK);
    CHECK(memcmp(bytes, "CCS2\0\0\0\0", 8) == 0); /* little-endian anywhere */
    for (i = 0; i < 8 * LEN; i++) {
        memcpy(other, bytes, LEN);
        other[i / 8] ^= (unsigned char)(1 << i % 8);
        bytes_refused(other);
    }
    sealed_lies(bytes);
    for (i = 0; i <= LEN + 1; i++) {
        if (i == LEN)
            continue;
        state = *good;
        CHECK(cloudcircuit_spike_tracker_state_decode(bytes, i, &state) ==
              CLOUDCIRCUIT_ERR_ENCODED_LENGTH);
        CHECK(SAME_BYTES(state, NONE));
        memset(other, 0xAA, LEN);
        CHECK(cloudcircuit_spike_tracker_state_encode(good, other, i) ==
              CLOUDCIRCUIT_ERR_ENCODED_LENGTH);
        CHECK(other[0] == 0xAA && other[LEN - 1] == 0xAA);
    }
    CHECK(cloudcircuit_spike_tracker_state_decode(NULL, LEN, &state) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(SAME_BYTES(state, NONE));
    CHECK(cloudcircuit_spike_tracker_state_decode(bytes, LEN, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_spike_tracker_state_encode(NULL, bytes, LEN) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(memcmp(bytes, NO_BYTES, LEN) == 0);
    CHECK(cloudcircuit_spike_tracker_state_encode(good, NULL, LEN) == CLOUDCIRCUIT_ERR_NULL_POINTER);
}

/* One tracker is stored and read back before every point, its twin never is: to the bit the same. */
static void goes_on(uint32_t season, uint32_t window, int64_t start_time, int points, double (*spend_of)(size_t))
{
    cloudcircuit_detect_config config;
    cloudcircuit_detect_result result, expected;
    tracker twin, stored, read;
    unsigned char bytes[LEN];
    int i;
    cloudcircuit_detect_config_init(&config);
    config.season_length = season;
    config.window = window;
    config.start_time = start_time;
    CHECK(cloudcircuit_spike_tracker_init(&config, &twin) == CLOUDCIRCUIT_OK);
    stored = twin;
    for (i = 0; i < points; i++) {
        double spend = spend_of((size_t)i);
        CHECK(cloudcircuit_spike_tracker_state_validate(&stored) == CLOUDCIRCUIT_OK);
        CHECK(cloudcircuit_spike_tracker_state_encode(&stored, bytes, LEN) == CLOUDCIRCUIT_OK);
        CHECK(cloudcircuit_spike_tracker_state_decode(bytes, LEN, &read) == CLOUDCIRCUIT_OK);
        CHECK(SAME_BYTES(read, stored) && read.revision == (uint64_t)i);
        stored = read;
        CHECK(cloudcircuit_spike_tracker_update(&twin, spend, &expected) == CLOUDCIRCUIT_OK);
        CHECK(cloudcircuit_spike_tracker_update(&stored, spend, &result) == CLOUDCIRCUIT_OK);
        CHECK(SAME_BYTES(stored, twin) && SAME_BYTES(result, expected));
    }
}

int main(void)
{
    static const uint32_t SEASONS[][2] = {{0, 0}, {1, 0}, {2, 14}, {6, 98}, {7, 14}, {13, 26},
                                          {14, 98}, {14, 28}};
    cloudcircuit_detect_config config;
    cloudcircuit_detect_result result;
    tracker state;
    size_t i;

    init_refusals();
    encodings_of_nothing();
    the_largest_deviation();
    lies_of_the_young();
    the_last_point();
    cloudcircuit_detect_config_init(&config);
    config.start_time = 1672531200;
    CHECK(cloudcircuit_spike_tracker_init(&config, &state) == CLOUDCIRCUIT_OK);
    CHECK(state.layout == CLOUDCIRCUIT_SPIKE_TRACKER_LAYOUT && state.revision == 0);
    for (i = 0; i < 140; i++)
        CHECK(cloudcircuit_spike_tracker_update(&state, 50 + uniform(), &result) ==
              CLOUDCIRCUIT_OK);
    CHECK(state.revision == 140);
    for (i = 0; i < 8; i++) {
        unsigned char memory[sizeof state + 8], bytes[LEN], other[LEN];
        memcpy(memory + i, &state, sizeof state);
        CHECK(cloudcircuit_spike_tracker_state_validate((void *)(memory + i)) == CLOUDCIRCUIT_OK);
        CHECK(cloudcircuit_spike_tracker_state_encode((void *)(memory + i), bytes, LEN) == CLOUDCIRCUIT_OK);
        CHECK(cloudcircuit_spike_tracker_state_encode(&state, other, LEN) == CLOUDCIRCUIT_OK);
        CHECK(memcmp(bytes, other, LEN) == 0);
    }
    updates_refuse(&state);
    spoilt_heads(&state);
    spoilt_windows(&state);
    encodings_refuse(&state);
    for (i = 0; i < COUNT(SEASONS); i++) {
        int64_t start_time = i % 2 ? CLOUDCIRCUIT_TIME_UNKNOWN : 1672531200;
        goes_on(SEASONS[i][0], SEASONS[i][1], start_time, 300, point);
        goes_on(SEASONS[i][0], SEASONS[i][1], start_time, 300, largest);
    }
    return report();
}
