/* The rate limit: each rule at its boundary, each status, each state that no call can have written;
   every error refuses and keeps every byte of the state; and all windows by brute force. */
#include "check.h"
#include "seed.h"
#include <cloudcircuit.h>

static const cloudcircuit_rate_limit_decision REFUSED;
static const cloudcircuit_rate_limit_state NONE;

static cloudcircuit_rate_limit_config config;
static cloudcircuit_rate_limit_state state;
static cloudcircuit_rate_limit_decision decision;
static int64_t now;

/* 100 in 160, in buckets of 10, at 1000. */
static void start(void)
{
    config.limit = 100, config.duration = 160;
    config.mode = CLOUDCIRCUIT_MODE_ENFORCE, config.reserved = 0;
    now = 1000;
    CHECK(cloudcircuit_rate_limit_init(now, &state) == CLOUDCIRCUIT_OK);
}

static uint32_t acquire(int64_t amount)
{
    CHECK(cloudcircuit_rate_limit_acquire(&config, &state, amount, now, &decision) ==
          CLOUDCIRCUIT_OK);
    return decision.allowed;
}

static void adjust(int64_t taken_at, int64_t by)
{
    CHECK(cloudcircuit_rate_limit_adjust(&config, &state, taken_at, by, now, &decision) ==
          CLOUDCIRCUIT_OK);
    CHECK(decision.taken_at == taken_at && decision.retry_after == 0);
}

#define REASON(name) CHECK(decision.reason == CLOUDCIRCUIT_RATE_REASON_##name)

/* Errors */

enum { ACQUIRE = 1, ADJUST = 2, BOTH = 3 };

static void refuse(int which, const cloudcircuit_rate_limit_config *with,
                   cloudcircuit_rate_limit_state *at, int64_t taken_at, int64_t amount,
                   cloudcircuit_status expected)
{
    int one, fill;
    for (fill = 0x55; fill <= 0xAA; fill += 0x55) {
        for (one = ACQUIRE; one <= ADJUST; one++) {
            cloudcircuit_rate_limit_state before = at ? *at : NONE;
            cloudcircuit_rate_limit_decision answer;
            cloudcircuit_status status;
            if (!(which & one))
                continue;
            memset(&answer, fill, sizeof answer);
            if (one == ACQUIRE)
                status = cloudcircuit_rate_limit_acquire(with, at, amount, now, &answer);
            else
                status = cloudcircuit_rate_limit_adjust(with, at, taken_at, amount, now, &answer);
            CHECK(status == expected);
            CHECK(SAME_BYTES(answer, REFUSED));
            CHECK(!at || SAME_BYTES(before, *at));
        }
    }
}

#define BAD(field, value, status)                                              \
    do {                                                                       \
        cloudcircuit_rate_limit_config bad = config;                           \
        cloudcircuit_rate_limit_state none = NONE;                             \
        bad.field = (value);                                                   \
        refuse(BOTH, &bad, &state, 0, 1, status);           \
        refuse(BOTH, &bad, &none, INT64_MAX, -1, status);   \
        refuse(BOTH, &bad, NULL, 0, 1, CLOUDCIRCUIT_ERR_NULL_POINTER);         \
    } while (0)

/* Both ends of each field's range, whose neighbours errors() has: every call takes them. */
static void ends_of_fields(void)
{
    static const cloudcircuit_rate_limit_config ends[] = {
        {0, 160, CLOUDCIRCUIT_MODE_ENFORCE, 0}, {INT64_MAX, 160, CLOUDCIRCUIT_MODE_ENFORCE, 0},
        {100, 1, CLOUDCIRCUIT_MODE_ENFORCE, 0}, {100, INT64_MAX, CLOUDCIRCUIT_MODE_ENFORCE, 0},
        {100, 160, CLOUDCIRCUIT_MODE_UNLIMITED, 0},
    };
    size_t i;
    for (i = 0; i < COUNT(ends); i++) {
        start();
        CHECK(acquire(1));
        config = ends[i];
        (void)acquire(1);
        adjust(now, 0);
        adjust(now, -1);
    }
}

/* A bucket whose last instant is the first that there is. */
static void the_first_instant(void)
{
    start();
    config.duration = 16, now = INT64_MIN;
    CHECK(cloudcircuit_rate_limit_init(now, &state) == CLOUDCIRCUIT_OK);
    CHECK(acquire(1) && decision.used == 1);
    CHECK(cloudcircuit_rate_limit_state_validate(&state) == CLOUDCIRCUIT_OK);
    CHECK(acquire(1) && decision.used == 2);
}

static void errors(void)
{
    cloudcircuit_rate_limit_config zeros;
    cloudcircuit_rate_limit_state before;
    start();
    BAD(limit, -1, CLOUDCIRCUIT_ERR_RATE_LIMIT);
    BAD(limit, INT64_MIN, CLOUDCIRCUIT_ERR_RATE_LIMIT);
    BAD(duration, 0, CLOUDCIRCUIT_ERR_RATE_DURATION);
    BAD(duration, -1, CLOUDCIRCUIT_ERR_RATE_DURATION);
    BAD(mode, 3, CLOUDCIRCUIT_ERR_MODE);
    BAD(reserved, 1, CLOUDCIRCUIT_ERR_RESERVED);
    memset(&zeros, 0, sizeof zeros);
    refuse(BOTH, &zeros, &state, 0, 1, CLOUDCIRCUIT_ERR_RATE_DURATION);
    refuse(BOTH, NULL, &state, 0, 1, CLOUDCIRCUIT_ERR_NULL_POINTER);
    refuse(ACQUIRE, &config, &state, 0, -1, CLOUDCIRCUIT_ERR_AMOUNT);
    refuse(ACQUIRE, &config, &state, 0, INT64_MIN, CLOUDCIRCUIT_ERR_AMOUNT);
    refuse(ADJUST, &config, &state, 1001, 1, CLOUDCIRCUIT_ERR_TAKEN_AT);
    now = 1002;
    refuse(ADJUST, &config, &state, 1001, 1, CLOUDCIRCUIT_ERR_TAKEN_AT);
    CHECK(acquire(0));
    adjust(1001, 1);

#define IS_NULL(call) CHECK((call) == CLOUDCIRCUIT_ERR_NULL_POINTER)
    IS_NULL(cloudcircuit_rate_limit_init(0, NULL));
    before = state;
    IS_NULL(cloudcircuit_rate_limit_acquire(&config, &state, 1, now, NULL));
    IS_NULL(cloudcircuit_rate_limit_adjust(&config, &state, 1, 1, now, NULL));
    CHECK(SAME_BYTES(state, before));
    IS_NULL(cloudcircuit_rate_limit_reset(NULL, 0));
    IS_NULL(cloudcircuit_rate_limit_state_validate(NULL));

    /* Sums that do not fit. */
    start();
    config.mode = CLOUDCIRCUIT_MODE_UNLIMITED;
    CHECK(acquire(INT64_MAX) && decision.available == 0);
    refuse(BOTH, &config, &state, 1000, 1, CLOUDCIRCUIT_ERR_OVERFLOW);
    now = 1010;
    refuse(BOTH, &config, &state, 1000, 1, CLOUDCIRCUIT_ERR_OVERFLOW);
    config.mode = CLOUDCIRCUIT_MODE_ENFORCE;
    CHECK(!acquire(1));
    state.revision = UINT64_MAX;
    now = 5000;
    refuse(BOTH, &config, &state, 1000, 1, CLOUDCIRCUIT_ERR_OVERFLOW);
    CHECK(cloudcircuit_rate_limit_reset(&state, 0) == CLOUDCIRCUIT_ERR_OVERFLOW);
}

/* Decisions */

static void limits(void)
{
    cloudcircuit_rate_limit_state before;
    start();
    CHECK(acquire(99) && decision.used == 99 && decision.available == 1);
    REASON(WITHIN);
    CHECK(decision.taken_at == 1000 && decision.retry_after == 0);
    before = state;
    CHECK(!acquire(2) && decision.would_refuse && SAME_BYTES(before, state));
    REASON(OVER_LIMIT);
    CHECK(acquire(1) && decision.available == 0);
    CHECK(acquire(0));
    REASON(FREE);
    CHECK(!acquire(100));
    REASON(OVER_LIMIT);
    CHECK(!acquire(101) && decision.retry_after == INT64_MAX);
    REASON(EXCEEDS_LIMIT);
    config.limit = 0;
    CHECK(!acquire(1) && acquire(0));
}

static void modes(void)
{
    start();
    config.mode = CLOUDCIRCUIT_MODE_MONITOR;
    CHECK(acquire(100) && !decision.would_refuse);
    CHECK(acquire(50) && decision.would_refuse && decision.used == 150);
    CHECK(decision.retry_after == 169 && decision.available == 0);
    REASON(OVER_LIMIT);
    config.mode = CLOUDCIRCUIT_MODE_UNLIMITED;
    CHECK(acquire(1000) && !decision.would_refuse && decision.available == INT64_MAX - 1150);
    REASON(UNLIMITED);
    adjust(1000, 1);
    REASON(UNLIMITED);
}

/* A bucket of 1000 to 1009 counts until 1009 is out: at 1169. */
static void retry_after_is_the_first_time_that_fits(void)
{
    start();
    CHECK(acquire(60));
    now = 1015;
    CHECK(acquire(40));
    now = 1016;
    CHECK(!acquire(60) && decision.retry_after == 153);
    CHECK(!acquire(61) && decision.retry_after == 163);
    now = 1168;
    CHECK(!acquire(60) && decision.retry_after == 1);
    now = 1169;
    CHECK(acquire(60) && decision.used == 100);
    CHECK(!acquire(1) && decision.retry_after == 10);

    /* From the caller's own now, which is behind. */
    now = 1159;
    CHECK(!acquire(1) && decision.retry_after == 20 && decision.clock_regressed);
    CHECK(decision.taken_at == 1169);
    now = INT64_MIN;
    CHECK(!acquire(1) && decision.retry_after == INT64_MAX);
}

/* With 16 buckets 140 of 100 get through: 70 at 1009, and 70 at 1168, 159 later. */
static void a_bucket_counts_until_its_last_instant_is_out(void)
{
    start();
    now = 1009;
    CHECK(acquire(70));
    now = 1168;
    CHECK(!acquire(31) && acquire(30));
    now = 1169;
    CHECK(acquire(70) && decision.used == 100);
}

static void adjusts(void)
{
    cloudcircuit_rate_limit_state before;
    start();
    CHECK(acquire(60));
    now = 1015;
    CHECK(acquire(40));
    adjust(1000, -20);
    CHECK(decision.used == 80 && decision.allowed);
    REASON(WITHIN);
    adjust(1000, -1000);
    CHECK(decision.used == 40);
    adjust(1015, 61);
    CHECK(decision.used == 101 && !decision.allowed && decision.would_refuse);
    REASON(OVER_LIMIT);
    adjust(1000, 5);
    CHECK(decision.used == 106);
    before = state;
    adjust(849, 7);
    CHECK(SAME_BYTES(before, state));
    adjust(850, 7);
    CHECK(decision.used == 113);
    adjust(INT64_MIN, INT64_MAX);
    CHECK(decision.used == 113);
    adjust(850, INT64_MIN), adjust(1000, INT64_MIN), adjust(1015, INT64_MIN);
    CHECK(decision.used == 0 && state.width == 0);
}

static void another_duration(void)
{
    start();
    CHECK(acquire(60));
    now = 1005;
    /* The bucket of 1000 to 1009 goes to the one of 1005, for its last instant is to come. */
    config.duration = 16;
    CHECK(!acquire(41) && decision.used == 60 && decision.retry_after == 16);
    CHECK(state.width == 1 && state.updated_at == 1005);
    now = 1021;
    CHECK(acquire(41) && decision.used == 41);
    config.duration = 160;
    CHECK(acquire(59));
    now = 1188;
    CHECK(!acquire(1));
    now = 1189;
    CHECK(acquire(100));
    config.duration = INT64_MAX;
    CHECK(!acquire(1) && state.width == INT64_C(1) << 59);
    config.duration = 1;
    now = 1190;
    CHECK(!acquire(1) && decision.retry_after == 1);
    now = 1191;
    CHECK(acquire(100) && decision.used == 100);
}

static void resets(void)
{
    start();
    now = INT64_C(1000000000000);
    CHECK(acquire(100));
    now = 1000;
    CHECK(!acquire(1) && decision.clock_regressed);
    CHECK(cloudcircuit_rate_limit_reset(&state, 1000) == CLOUDCIRCUIT_OK);
    CHECK(state.updated_at == 1000 && state.revision == 2);
    CHECK(acquire(100) && !decision.clock_regressed);
}

static uint64_t seed;

static int64_t draw(int64_t below)
{
    if (seed == 0)
        seed = fresh_seed();
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)(seed >> 33) % below;
}

/* Every window that ends at a take, of true times: never more than the limit. And what is refused
   fits exactly retry_after later. */
static void no_window_has_more(int lives)
{
    static int64_t at[400], taken[400];
    while (lives--) {
        int64_t total;
        int takes = 0, i, j;
        start();
        config.duration = 1 + draw(200);
        now = draw(1000) - 500;
        CHECK(cloudcircuit_rate_limit_init(now, &state) == CLOUDCIRCUIT_OK);
        for (i = 0; i < 400; i++) {
            now += draw(config.duration / 10 + 2);
            at[takes] = now, taken[takes] = 1 + draw(40);
            if (acquire(taken[takes])) {
                takes++;
            } else {
                cloudcircuit_rate_limit_state kept = state;
                int64_t wait = decision.retry_after;
                now += wait - 1;
                CHECK(!acquire(taken[takes]));
                now++;
                CHECK(acquire(taken[takes]));
                state = kept, now -= wait;
            }
        }
        for (i = 0; i < takes; i++) {
            for (total = 0, j = i; j >= 0 && at[j] > at[i] - config.duration; j--)
                total += taken[j];
            CHECK(total <= 100);
        }
    }
}

/* States that are none */

static void corrupt(cloudcircuit_rate_limit_state bad)
{
    unsigned char bytes[CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN], zeros[sizeof bytes] = {0};
    cloudcircuit_rate_limit_state before = bad;
    CHECK(cloudcircuit_rate_limit_state_validate(&bad) == CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    refuse(BOTH, &config, &bad, INT64_MAX, -1, CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    CHECK(cloudcircuit_rate_limit_reset(&bad, 1) == CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    CHECK(SAME_BYTES(bad, before));
    memset(bytes, 0xAA, sizeof bytes);
    CHECK(cloudcircuit_rate_limit_state_encode(&bad, bytes, sizeof bytes) ==
          CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    CHECK(SAME_BYTES(bytes, zeros));
}

#define SPOILT(field, value)                       \
    do {                                           \
        cloudcircuit_rate_limit_state bad = state; \
        bad.field = (value);                       \
        corrupt(bad);                              \
    } while (0)

static void golden(void)
{
    start();
    CHECK(acquire(30));
    now = 1015;
    CHECK(acquire(20));
    now = 1025;
    CHECK(acquire(5));
}

static void spoilt_states(void)
{
    cloudcircuit_rate_limit_state bad;
    size_t i, j;
    memset(&bad, 0, sizeof bad), corrupt(bad);
    memset(&bad, 0xFF, sizeof bad), corrupt(bad);
    for (i = 0; i < 200; i++) {
        for (j = 0; j < sizeof bad; j++)
            ((unsigned char *)&bad)[j] = (unsigned char)draw(256);
        corrupt(bad);
    }
    start();
    SPOILT(width, 10);
    golden();
    SPOILT(layout, CLOUDCIRCUIT_LEDGER_LAYOUT);
    SPOILT(reserved, 1);
    SPOILT(revision, 0);
    SPOILT(width, 0);
    SPOILT(width, -1);
    SPOILT(width, (INT64_C(1) << 59) + 1);
    SPOILT(taken[3], -1);
    SPOILT(taken[3], INT64_MAX);
    SPOILT(updated_at, INT64_MIN);

    /* A negative amount, and amounts whose sum wraps around to 128, without a low bit. */
    bad = state;
    memset(bad.taken, 0, sizeof bad.taken);
    bad.taken[3] = -128;
    corrupt(bad);
    for (i = 3; i < 7; i++)
        bad.taken[i] = INT64_C(1) << 62;
    bad.taken[7] = 128;
    corrupt(bad);
}

static const unsigned char GOLDEN[CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN] = {
    'C', 'C', 'R', '1',      /* layout */
    [8] = 3,                 /* revision */
    [16] = 0x01, 0x04,       /* updated_at 1025 */
    [24] = 10,               /* width */
    [32] = 5,                /* taken: bucket 102, 102 % 17 = 0 */
    [32 + 8 * 15] = 30,      /* bucket 100 */
    [32 + 8 * 16] = 20,      /* bucket 101 */
    [168] = 0xF5, 0xCF, 0x27, 0x01 /* zlib.crc32 of what is before */
};

static void encodings(void)
{
    unsigned char bytes[CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN + 8], untouched[sizeof bytes];
    cloudcircuit_rate_limit_state back;
    size_t i, bit;
    golden();
    memset(bytes, 0xAA, sizeof bytes);
    CHECK(cloudcircuit_rate_limit_state_encode(&state, bytes, sizeof GOLDEN) == CLOUDCIRCUIT_OK);
    CHECK(memcmp(bytes, GOLDEN, sizeof GOLDEN) == 0 && bytes[sizeof GOLDEN] == 0xAA);
    CHECK(cloudcircuit_rate_limit_state_decode(GOLDEN, sizeof GOLDEN, &back) == CLOUDCIRCUIT_OK);
    CHECK(SAME_BYTES(back, state));
    for (i = 0; i < sizeof GOLDEN; i++) {
        for (bit = 0; bit < 8; bit++) {
            bytes[i] ^= (unsigned char)(1u << bit);
            memset(&back, 0xAA, sizeof back);
            CHECK(cloudcircuit_rate_limit_state_decode(bytes, sizeof GOLDEN, &back) ==
                  CLOUDCIRCUIT_ERR_CORRUPT_STATE);
            CHECK(SAME_BYTES(back, NONE));
            bytes[i] ^= (unsigned char)(1u << bit);
        }
    }
    /* Bytes with the right checksum, of a state that no call has written: a width, and nothing taken. */
    memset(bytes + 8, 0, sizeof GOLDEN - 12);
    bytes[24] = 10;
    seal(bytes, sizeof GOLDEN);
    memset(&back, 0xAA, sizeof back);
    CHECK(cloudcircuit_rate_limit_state_decode(bytes, sizeof GOLDEN, &back) ==
          CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    CHECK(SAME_BYTES(back, NONE));
    bytes[24] = 0;
    seal(bytes, sizeof GOLDEN);
    CHECK(cloudcircuit_rate_limit_state_decode(bytes, sizeof GOLDEN, &back) == CLOUDCIRCUIT_OK);
    memcpy(bytes, GOLDEN, sizeof GOLDEN);
    for (i = 0; i < sizeof bytes; i++) {
        if (i == sizeof GOLDEN)
            continue;
        memset(&back, 0xAA, sizeof back);
        CHECK(cloudcircuit_rate_limit_state_decode(bytes, i, &back) ==
              CLOUDCIRCUIT_ERR_ENCODED_LENGTH);
        CHECK(SAME_BYTES(back, NONE));
        memcpy(untouched, bytes, sizeof bytes);
        CHECK(cloudcircuit_rate_limit_state_encode(&state, bytes, i) ==
              CLOUDCIRCUIT_ERR_ENCODED_LENGTH);
        CHECK(SAME_BYTES(bytes, untouched));
    }
    IS_NULL(cloudcircuit_rate_limit_state_encode(NULL, bytes, 1));
    IS_NULL(cloudcircuit_rate_limit_state_encode(&state, NULL, 1));
    IS_NULL(cloudcircuit_rate_limit_state_decode(NULL, 1, &back));
    IS_NULL(cloudcircuit_rate_limit_state_decode(bytes, sizeof GOLDEN, NULL));
}

/* Inputs and results in the same memory, at every alignment. */
static void overlaps(void)
{
    static unsigned char memory[512];
    size_t offset;
    for (offset = 0; offset < 8; offset++) {
        void *at = memory + offset, *there = memory + 256 + offset;
        golden();
        memcpy(there, &state, sizeof state);
        memcpy(at, &config, sizeof config);
        CHECK(cloudcircuit_rate_limit_acquire(at, there, 45, now, at) == CLOUDCIRCUIT_OK);
        memcpy(&decision, at, sizeof decision);
        CHECK(decision.allowed && decision.used == 100);
        memcpy(at, &config, sizeof config);
        CHECK(cloudcircuit_rate_limit_adjust(at, there, 1025, -45, now, at) == CLOUDCIRCUIT_OK);
        memcpy(&decision, at, sizeof decision);
        CHECK(decision.used == 55);
        memcpy(at, &state, sizeof state);
        CHECK(cloudcircuit_rate_limit_state_encode(at, at, sizeof GOLDEN) == CLOUDCIRCUIT_OK);
        CHECK(memcmp(at, GOLDEN, sizeof GOLDEN) == 0);
        CHECK(cloudcircuit_rate_limit_state_decode(at, sizeof GOLDEN, at) == CLOUDCIRCUIT_OK);
        CHECK(memcmp(at, &state, sizeof state) == 0);
    }
}

int main(int count, char **words)
{
    (void)words;
    errors();
    ends_of_fields();
    the_first_instant();
    limits();
    modes();
    retry_after_is_the_first_time_that_fits();
    a_bucket_counts_until_its_last_instant_is_out();
    adjusts();
    another_duration();
    resets();
    no_window_has_more(count > 1 ? 20 : 2000);
    spoilt_states();
    encodings();
    overlaps();
    return report();
}
