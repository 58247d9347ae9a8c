/* The ledger: each status is produced, each refusal is compared byte for byte over memory that held
   something else, no error changes a state or a hold, and no order of calls overspends. */
#include "check.h"
#include <cloudcircuit.h>
#include <stdlib.h>

static const unsigned char FILLS[] = {0xAA, 0x55};
static const cloudcircuit_ledger_decision REFUSED = {0, 0, 0, 0, 0, 0, 0, 0};
static const cloudcircuit_ledger_hold NO_HOLD = {0, 0};
static const cloudcircuit_ledger_state NONE;

static cloudcircuit_ledger_config config;
static cloudcircuit_ledger_state state;
static cloudcircuit_ledger_hold hold;
static cloudcircuit_ledger_decision decision;

/* A limit of 100 with thresholds at 50 and 80, nothing spent, period -3. */
static void reset(void)
{
    CHECK(cloudcircuit_ledger_config_init(&config) == CLOUDCIRCUIT_OK);
    config.limit = 100;
    config.threshold_count = 2;
    config.threshold_ppm[0] = 500000;
    config.threshold_ppm[1] = 800000;
    CHECK(cloudcircuit_ledger_init(-3, &state) == CLOUDCIRCUIT_OK);
    hold = NO_HOLD;
}

/* Short calls on the four above. */

static uint32_t reserve(int64_t estimate)
{
    CHECK(cloudcircuit_ledger_reserve(&config, &state, estimate, &hold, &decision) ==
          CLOUDCIRCUIT_OK);
    CHECK(hold.amount == (decision.allowed ? estimate : 0));
    CHECK(hold.period == (decision.allowed ? state.period : 0));
    return decision.allowed;
}

static void settle(int64_t actual)
{
    CHECK(cloudcircuit_ledger_settle(&config, &state, &hold, actual, &decision) ==
          CLOUDCIRCUIT_OK);
    CHECK(hold.amount == 0);
}

static void record(int64_t amount)
{
    CHECK(cloudcircuit_ledger_record(&config, &state, amount, &decision) == CLOUDCIRCUIT_OK);
}

/* Errors */

enum { RESERVE = 1, SETTLE = 2, RELEASE = 4, RECORD = 8, ROLL = 16, ALL = 31 };

/* The calls in `which` with `amount` for each of their arguments: they refuse and change nothing. */
static void refuse(int which, const cloudcircuit_ledger_config *with, cloudcircuit_ledger_state *at,
                   int64_t amount, cloudcircuit_status expected)
{
    int one;
    size_t i;
    for (i = 0; i < COUNT(FILLS); i++) {
        for (one = RESERVE; one <= ROLL; one *= 2) {
            cloudcircuit_ledger_state before = NONE;
            cloudcircuit_ledger_hold given = hold;
            cloudcircuit_ledger_decision answer;
            cloudcircuit_status status = -1;
            if (!(which & one))
                continue;
            if (at)
                before = *at;
            memset(&answer, FILLS[i], sizeof answer);
            if (one == RESERVE)
                status = cloudcircuit_ledger_reserve(with, at, amount, &given, &answer);
            else if (one == SETTLE)
                status = cloudcircuit_ledger_settle(with, at, &given, amount, &answer);
            else if (one == RELEASE)
                status = cloudcircuit_ledger_release(with, at, &given, &answer);
            else if (one == RECORD)
                status = cloudcircuit_ledger_record(with, at, amount, &answer);
            else
                status = cloudcircuit_ledger_roll(with, at, amount, &answer);
            CHECK(status == expected);
            CHECK(SAME_BYTES(answer, REFUSED));
            CHECK(one == RESERVE ? SAME_BYTES(given, NO_HOLD) : SAME_BYTES(given, hold));
            CHECK(!at || SAME_BYTES(before, *at));
        }
    }
}

/* One field of the config spoilt; the rest, the state too, is worse. */
#define BAD(field, value, status)                              \
    do {                                                       \
        cloudcircuit_ledger_config bad = config;               \
        cloudcircuit_ledger_state none = NONE;                 \
        bad.field = (value);                                   \
        refuse(ALL, &bad, &state, 1, status);                  \
        refuse(ALL, &bad, &none, INT64_MIN, status);           \
        refuse(ALL, &bad, NULL, 1, CLOUDCIRCUIT_ERR_NULL_POINTER); \
    } while (0)

static void configs(void)
{
    reset();
    BAD(limit, -1, CLOUDCIRCUIT_ERR_LEDGER_LIMIT);
    BAD(limit, INT64_MIN, CLOUDCIRCUIT_ERR_LEDGER_LIMIT);
    BAD(is_unlimited, 2, CLOUDCIRCUIT_ERR_IS_UNLIMITED);
    BAD(threshold_count, 9, CLOUDCIRCUIT_ERR_THRESHOLD_COUNT);
    BAD(threshold_count, UINT32_MAX, CLOUDCIRCUIT_ERR_THRESHOLD_COUNT);
    BAD(is_unlimited, 1, CLOUDCIRCUIT_ERR_THRESHOLD_LIMIT);
    BAD(limit, 0, CLOUDCIRCUIT_ERR_THRESHOLD_LIMIT);
    BAD(threshold_ppm[0], 0, CLOUDCIRCUIT_ERR_THRESHOLD_PPM);
    BAD(threshold_ppm[0], 800000, CLOUDCIRCUIT_ERR_THRESHOLD_PPM);
    BAD(threshold_ppm[1], 499999, CLOUDCIRCUIT_ERR_THRESHOLD_PPM);
    BAD(threshold_count, 3, CLOUDCIRCUIT_ERR_THRESHOLD_PPM);
    CHECK(cloudcircuit_ledger_config_init(NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);

    /* Those that do not count may be anything. */
    config.threshold_ppm[2] = 1;
    CHECK(reserve(1));
}

static void no_config_allows_nothing(void)
{
    reset();
    CHECK(cloudcircuit_ledger_reserve(NULL, &state, 1, &hold, &decision) == CLOUDCIRCUIT_OK);
    CHECK(!decision.allowed && decision.reason == CLOUDCIRCUIT_LEDGER_EXCEEDS_LIMIT);
    CHECK(SAME_BYTES(hold, NO_HOLD) && decision.available == 0);
}

static void pointers(void)
{
    cloudcircuit_ledger_state before;
    cloudcircuit_ledger_hold held;
    reset();
    CHECK(reserve(10));
    before = state, held = hold;
    refuse(ALL, &config, NULL, 1, CLOUDCIRCUIT_ERR_NULL_POINTER);

    memset(&decision, 0xAA, sizeof decision);
    CHECK(cloudcircuit_ledger_reserve(&config, &state, 1, NULL, &decision) ==
          CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(SAME_BYTES(decision, REFUSED));
    memset(&decision, 0xAA, sizeof decision);
    CHECK(cloudcircuit_ledger_settle(&config, &state, NULL, 1, &decision) ==
          CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(SAME_BYTES(decision, REFUSED));
    memset(&decision, 0xAA, sizeof decision);
    CHECK(cloudcircuit_ledger_release(&config, &state, NULL, &decision) ==
          CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(SAME_BYTES(decision, REFUSED));

    CHECK(cloudcircuit_ledger_settle(&config, &state, &hold, 1, NULL) ==
          CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_ledger_release(&config, &state, &hold, NULL) ==
          CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_ledger_record(&config, &state, 1, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_ledger_roll(&config, &state, 1, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(SAME_BYTES(held, hold));
    CHECK(cloudcircuit_ledger_reserve(&config, &state, 1, &hold, NULL) ==
          CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(SAME_BYTES(hold, NO_HOLD));
    CHECK(SAME_BYTES(before, state));
    CHECK(cloudcircuit_ledger_init(0, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_ledger_state_validate(NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
}

static void amounts(void)
{
    reset();
    refuse(RESERVE, &config, &state, 0, CLOUDCIRCUIT_ERR_ESTIMATE);
    refuse(RESERVE, &config, &state, -1, CLOUDCIRCUIT_ERR_ESTIMATE);
    refuse(RESERVE, &config, &state, INT64_MIN, CLOUDCIRCUIT_ERR_ESTIMATE);
    refuse(ROLL, &config, &state, -4, CLOUDCIRCUIT_ERR_PERIOD);
    refuse(ROLL, &config, &state, INT64_MIN, CLOUDCIRCUIT_ERR_PERIOD);

    CHECK(reserve(10));
    refuse(SETTLE, &config, &state, -1, CLOUDCIRCUIT_ERR_ACTUAL);
    refuse(SETTLE, &config, &state, INT64_MIN, CLOUDCIRCUIT_ERR_ACTUAL);
    hold.amount = 11;
    refuse(SETTLE | RELEASE, &config, &state, -1, CLOUDCIRCUIT_ERR_HOLD_AMOUNT);
    hold.amount = -1;
    refuse(SETTLE | RELEASE, &config, &state, -1, CLOUDCIRCUIT_ERR_HOLD_AMOUNT);
    hold.period = -2;
    refuse(SETTLE | RELEASE, &config, &state, -1, CLOUDCIRCUIT_ERR_HOLD_PERIOD);
    hold.period = -4; /* late, and still no amount */
    refuse(SETTLE | RELEASE, &config, &state, -1, CLOUDCIRCUIT_ERR_HOLD_AMOUNT);
    hold.amount = 0, hold.period = 9;
    refuse(SETTLE | RELEASE, &config, &state, -1, CLOUDCIRCUIT_ERR_HOLD_SPENT);
}

static void holds_are_spent_once(void)
{
    reset();
    CHECK(!reserve(101));
    refuse(SETTLE | RELEASE, &config, &state, 1, CLOUDCIRCUIT_ERR_HOLD_SPENT);
    CHECK(reserve(40));
    settle(30);
    CHECK(decision.settled == 30 && decision.held == 0 && decision.available == 70);
    refuse(SETTLE | RELEASE, &config, &state, 1, CLOUDCIRCUIT_ERR_HOLD_SPENT);
    CHECK(reserve(40));
    CHECK(cloudcircuit_ledger_release(&config, &state, &hold, &decision) == CLOUDCIRCUIT_OK);
    CHECK(decision.settled == 30 && decision.held == 0 && decision.allowed);
    refuse(SETTLE | RELEASE, &config, &state, 1, CLOUDCIRCUIT_ERR_HOLD_SPENT);
}

static void sums_that_do_not_fit(void)
{
    reset();
    CHECK(reserve(10));
    refuse(RECORD, &config, &state, INT64_MAX, CLOUDCIRCUIT_ERR_OVERFLOW);
    record(INT64_MAX - 10);
    CHECK(decision.overshoot == INT64_MAX - 110 && decision.available == 0);
    refuse(RECORD, &config, &state, 1, CLOUDCIRCUIT_ERR_OVERFLOW);
    refuse(SETTLE, &config, &state, 11, CLOUDCIRCUIT_ERR_OVERFLOW);
    CHECK(!reserve(100) && decision.reason == CLOUDCIRCUIT_LEDGER_OVER_LIMIT);
    CHECK(!reserve(INT64_MAX) && decision.reason == CLOUDCIRCUIT_LEDGER_EXCEEDS_LIMIT);

    reset();
    config.is_unlimited = 1, config.threshold_count = 0;
    CHECK(reserve(INT64_MAX) && decision.reason == CLOUDCIRCUIT_LEDGER_UNLIMITED);
    CHECK(decision.available == INT64_MAX && decision.overshoot == 0);
    refuse(RESERVE, &config, &state, 1, CLOUDCIRCUIT_ERR_OVERFLOW);
    record(INT64_MIN);
    refuse(RECORD, &config, &state, -1, CLOUDCIRCUIT_ERR_OVERFLOW);
    refuse(RESERVE, &config, &state, 1, CLOUDCIRCUIT_ERR_OVERFLOW);
    CHECK(state.settled == INT64_MIN && state.held == INT64_MAX);
}

/* What the decisions say */

static void reasons(void)
{
    reset();
    CHECK(reserve(99) && decision.reason == CLOUDCIRCUIT_LEDGER_WITHIN);
    CHECK(decision.held == 99 && decision.available == 1);
    CHECK(reserve(1) && decision.reason == CLOUDCIRCUIT_LEDGER_AT_LIMIT);
    CHECK(!reserve(1) && decision.reason == CLOUDCIRCUIT_LEDGER_OVER_LIMIT);
    CHECK(!reserve(101) && decision.reason == CLOUDCIRCUIT_LEDGER_EXCEEDS_LIMIT);
    CHECK(decision.held == 100 && decision.overshoot == 0);
    record(1);
    CHECK(!decision.allowed && decision.reason == CLOUDCIRCUIT_LEDGER_OVER_LIMIT);
    CHECK(decision.settled == 1 && decision.overshoot == 0 && decision.available == 0);
    record(-1);
    CHECK(decision.allowed && decision.reason == CLOUDCIRCUIT_LEDGER_AT_LIMIT);

    config.limit = 0, config.threshold_count = 0;
    CHECK(cloudcircuit_ledger_init(0, &state) == CLOUDCIRCUIT_OK);
    CHECK(!reserve(1) && decision.reason == CLOUDCIRCUIT_LEDGER_EXCEEDS_LIMIT);
}

static void thresholds_tell_once_and_rearm(void)
{
    reset();
    record(49);
    CHECK(decision.crossed == 0 && decision.newly_crossed == 0);
    record(1);
    CHECK(decision.crossed == 1 && decision.newly_crossed == 1);
    CHECK(reserve(10) && decision.crossed == 1 && decision.newly_crossed == 0);
    settle(60);
    CHECK(decision.crossed == 3 && decision.newly_crossed == 2 && decision.overshoot == 10);
    record(-31);
    CHECK(decision.crossed == 1 && decision.newly_crossed == 0);
    record(1);
    CHECK(decision.crossed == 3 && decision.newly_crossed == 2);
    CHECK(cloudcircuit_ledger_roll(&config, &state, -2, &decision) == CLOUDCIRCUIT_OK);
    CHECK(decision.crossed == 0 && decision.newly_crossed == 0 && decision.settled == 0);
    record(100);
    CHECK(decision.newly_crossed == 3);
    /* A higher limit counts from the next call on. */
    config.limit = 200;
    CHECK(reserve(1) && decision.crossed == 1 && decision.newly_crossed == 0);
}

static void rolls(void)
{
    cloudcircuit_ledger_state before;
    cloudcircuit_ledger_hold late;
    reset();
    CHECK(reserve(60));
    late = hold;
    before = state;
    CHECK(cloudcircuit_ledger_roll(&config, &state, -3, &decision) == CLOUDCIRCUIT_OK);
    CHECK(SAME_BYTES(before, state) && decision.held == 60);
    CHECK(cloudcircuit_ledger_roll(&config, &state, INT64_MAX, &decision) == CLOUDCIRCUIT_OK);
    CHECK(decision.held == 0 && decision.allowed && decision.reason == CLOUDCIRCUIT_LEDGER_WITHIN);
    CHECK(state.period == INT64_MAX && state.revision == 2);

    CHECK(reserve(70));
    hold = late;
    settle(20);
    CHECK(decision.reason == CLOUDCIRCUIT_LEDGER_LATE && decision.allowed);
    CHECK(decision.settled == 20 && decision.held == 70);
    hold = late;
    settle(20);
    CHECK(decision.reason == CLOUDCIRCUIT_LEDGER_LATE && !decision.allowed);
    hold = late, before = state;
    CHECK(cloudcircuit_ledger_release(&config, &state, &hold, &decision) == CLOUDCIRCUIT_OK);
    CHECK(decision.reason == CLOUDCIRCUIT_LEDGER_LATE && hold.amount == 0);
    CHECK(SAME_BYTES(before, state));
}

static void refused_reserves_need_not_be_stored(void)
{
    cloudcircuit_ledger_state before;
    reset();
    CHECK(reserve(100) && state.revision == 1);
    before = state;
    CHECK(!reserve(1) && !reserve(1000));
    CHECK(SAME_BYTES(before, state));
}

/* Any order of calls, twice: reserving never takes settled + held past the limit. */

static uint64_t seed;

static uint32_t draw(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

static void play(cloudcircuit_ledger_state *end)
{
    cloudcircuit_ledger_hold holds[16];
    int i;
    reset();
    memset(holds, 0, sizeof holds);
    for (i = 0; i < 200000; i++) {
        cloudcircuit_ledger_hold *one = &holds[draw(16)];
        int64_t used = state.settled + state.held, amount = (int64_t)draw(30);
        uint32_t what = draw(100), sum = state.crossed;
        if (what < 45 && one->amount == 0) {
            cloudcircuit_ledger_reserve(&config, &state, amount + 1, one, &decision);
            CHECK(decision.allowed == (used + amount + 1 <= 100));
            CHECK(!decision.allowed || state.settled + state.held <= 100);
        } else if (what < 80) {
            cloudcircuit_ledger_settle(&config, &state, one, amount, &decision);
        } else if (what < 90) {
            cloudcircuit_ledger_release(&config, &state, one, &decision);
        } else if (what < 99) {
            cloudcircuit_ledger_record(&config, &state, amount - 25, &decision);
        } else {
            cloudcircuit_ledger_roll(&config, &state, state.period + draw(2), &decision);
        }
        CHECK(cloudcircuit_ledger_state_validate(&state) == CLOUDCIRCUIT_OK);
        CHECK(state.crossed == (uint32_t)((state.settled >= 50) + 2 * (state.settled >= 80)));
        CHECK((decision.newly_crossed & sum) == 0);
    }
    *end = state;
}

static void replays_give_the_same_bytes(void)
{
    cloudcircuit_ledger_state first, second;
    seed = 1, play(&first);
    seed = 1, play(&second);
    CHECK(SAME_BYTES(first, second));
}

/* States that are none */

static void corrupt(cloudcircuit_ledger_state bad)
{
    unsigned char bytes[CLOUDCIRCUIT_LEDGER_ENCODED_LEN], zeros[sizeof bytes] = {0};
    CHECK(cloudcircuit_ledger_state_validate(&bad) == CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    refuse(ALL, &config, &bad, 1, CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    refuse(ALL, NULL, &bad, INT64_MIN, CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    memset(bytes, 0xAA, sizeof bytes);
    CHECK(cloudcircuit_ledger_state_encode(&bad, bytes, sizeof bytes) ==
          CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    CHECK(SAME_BYTES(bytes, zeros));
}

/* One field of the state spoilt. */
#define SPOILT(field, value)                    \
    do {                                        \
        cloudcircuit_ledger_state bad = state;  \
        bad.field = (value);                    \
        corrupt(bad);                           \
    } while (0)

static void storage_errors_are_not_an_unspent_budget(void)
{
    cloudcircuit_ledger_state bad;
    size_t i;
    reset();
    memset(&bad, 0, sizeof bad), corrupt(bad);
    memset(&bad, 0xFF, sizeof bad), corrupt(bad);
    srand(4);
    for (i = 0; i < 1000; i++) {
        size_t j;
        for (j = 0; j < sizeof bad; j++)
            ((unsigned char *)&bad)[j] = (unsigned char)rand();
        corrupt(bad);
    }
    SPOILT(layout, CLOUDCIRCUIT_BREAKER_LAYOUT);
    SPOILT(crossed, 1);
    SPOILT(revision, UINT64_MAX);
    SPOILT(held, -1);
    SPOILT(held, INT64_MIN);
    record(90);
    CHECK(reserve(5) && state.crossed == 3);
    SPOILT(crossed, 2);
    SPOILT(crossed, 5);
    SPOILT(crossed, 0x1FF);
    SPOILT(crossed, UINT32_MAX);
    SPOILT(settled, 0);
    SPOILT(settled, INT64_MAX - 4);
}

/* The portable form */

static const unsigned char GOLDEN[CLOUDCIRCUIT_LEDGER_ENCODED_LEN] = {
    'C', 'C', 'L', '1', 1, 0, 0, 0,                          /* layout, crossed */
    4, 0, 0, 0, 0, 0, 0, 0,                                  /* revision */
    0xFD, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,          /* period -3 */
    60, 0, 0, 0, 0, 0, 0, 0, 25, 0, 0, 0, 0, 0, 0, 0,        /* settled, held */
    0xA4, 0xF3, 0x49, 0x6E,                                  /* zlib.crc32 */
};

static void golden(void)
{
    reset();
    CHECK(reserve(50));
    settle(60);
    CHECK(reserve(20) && reserve(5));
}

static void encodings(void)
{
    unsigned char bytes[CLOUDCIRCUIT_LEDGER_ENCODED_LEN + 8];
    cloudcircuit_ledger_state back;
    size_t i, bit;
    golden();
    memset(bytes, 0xAA, sizeof bytes);
    CHECK(cloudcircuit_ledger_state_encode(&state, bytes, sizeof GOLDEN) == CLOUDCIRCUIT_OK);
    CHECK(memcmp(bytes, GOLDEN, sizeof GOLDEN) == 0 && bytes[sizeof GOLDEN] == 0xAA);
    CHECK(cloudcircuit_ledger_state_decode(GOLDEN, sizeof GOLDEN, &back) == CLOUDCIRCUIT_OK);
    CHECK(SAME_BYTES(back, state));

    /* Any one bit wrong, any length wrong. */
    for (i = 0; i < sizeof GOLDEN; i++) {
        for (bit = 0; bit < 8; bit++) {
            bytes[i] ^= (unsigned char)(1u << bit);
            memset(&back, 0xAA, sizeof back);
            CHECK(cloudcircuit_ledger_state_decode(bytes, sizeof GOLDEN, &back) ==
                  CLOUDCIRCUIT_ERR_CORRUPT_STATE);
            CHECK(SAME_BYTES(back, NONE));
            bytes[i] ^= (unsigned char)(1u << bit);
        }
    }
    for (i = 0; i < sizeof bytes; i++) {
        unsigned char untouched[sizeof bytes];
        if (i == sizeof GOLDEN)
            continue;
        memset(&back, 0xAA, sizeof back);
        CHECK(cloudcircuit_ledger_state_decode(bytes, i, &back) ==
              CLOUDCIRCUIT_ERR_ENCODED_LENGTH);
        CHECK(SAME_BYTES(back, NONE));
        memcpy(untouched, bytes, sizeof bytes);
        CHECK(cloudcircuit_ledger_state_encode(&state, bytes, i) ==
              CLOUDCIRCUIT_ERR_ENCODED_LENGTH);
        CHECK(SAME_BYTES(bytes, untouched));
    }
    CHECK(cloudcircuit_ledger_state_encode(NULL, bytes, 1) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_ledger_state_encode(&state, NULL, 1) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_ledger_state_decode(NULL, 1, &back) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_ledger_state_decode(bytes, sizeof GOLDEN, NULL) ==
          CLOUDCIRCUIT_ERR_NULL_POINTER);
}

/* Inputs and results in the same memory, at every alignment. */
static void overlaps(void)
{
    unsigned char memory[512];
    size_t offset;
    for (offset = 0; offset < 8; offset++) {
        void *at = memory + offset, *there = memory + offset + 128, *held = memory + offset + 256;
        golden();
        memcpy(there, &state, sizeof state);

        /* The config where the decision goes, then where the hold goes. */
        memcpy(at, &config, sizeof config);
        CHECK(cloudcircuit_ledger_reserve(at, there, 15, held, at) == CLOUDCIRCUIT_OK);
        memcpy(&decision, at, sizeof decision);
        CHECK(decision.allowed && decision.reason == CLOUDCIRCUIT_LEDGER_AT_LIMIT);
        memcpy(at, &config, sizeof config);
        CHECK(cloudcircuit_ledger_settle(at, there, held, 5, at) == CLOUDCIRCUIT_OK);
        memcpy(&decision, at, sizeof decision);
        CHECK(decision.settled == 65 && decision.held == 25);
        memcpy(held, &config, sizeof config);
        CHECK(cloudcircuit_ledger_reserve(held, there, 10, held, at) == CLOUDCIRCUIT_OK);
        memcpy(&hold, held, sizeof hold);
        CHECK(hold.amount == 10 && hold.period == -3);

        memcpy(at, &state, sizeof state);
        CHECK(cloudcircuit_ledger_state_encode(at, at, sizeof GOLDEN) == CLOUDCIRCUIT_OK);
        CHECK(memcmp(at, GOLDEN, sizeof GOLDEN) == 0);
        CHECK(cloudcircuit_ledger_state_decode(at, sizeof GOLDEN, at) == CLOUDCIRCUIT_OK);
        CHECK(memcmp(at, &state, sizeof state) == 0);
    }
}

int main(void)
{
    configs();
    no_config_allows_nothing();
    pointers();
    amounts();
    holds_are_spent_once();
    sums_that_do_not_fit();
    reasons();
    thresholds_tell_once_and_rearm();
    rolls();
    refused_reserves_need_not_be_stored();
    replays_give_the_same_bytes();
    storage_errors_are_not_an_unspent_budget();
    encodings();
    overlaps();
    return report();
}
