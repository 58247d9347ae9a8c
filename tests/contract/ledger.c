/* The ledger: each rule at its boundary, each status, each state that no call can have written; every
   error refuses, and keeps every byte of state and hold. Expected numbers are worked out by hand. */
#include "check.h"
#include "seed.h"
#include <cloudcircuit.h>
#include <stddef.h>

static const cloudcircuit_ledger_decision REFUSED;
static const cloudcircuit_ledger_hold NO_HOLD;
static const cloudcircuit_ledger_state NONE;

static cloudcircuit_ledger_config config;
static cloudcircuit_ledger_state state;
static cloudcircuit_ledger_hold hold;
static cloudcircuit_ledger_decision decision;
static int64_t now;

/* A limit of 100 in ledger 7, period -3, at 1000. */
static void start(void)
{
    CHECK(cloudcircuit_ledger_config_init(&config) == CLOUDCIRCUIT_OK);
    config.limit = 100;
    now = 1000;
    CHECK(cloudcircuit_ledger_init(7, -3, now, &state) == CLOUDCIRCUIT_OK);
    hold = NO_HOLD;
}

/* Calls on the five above, that are no errors. */
#define CALL(function, ...)                                                              \
    CHECK(cloudcircuit_ledger_##function(&config, &state, __VA_ARGS__, now, &decision) == \
          CLOUDCIRCUIT_OK)

static uint32_t reserve(int64_t estimate)
{
    CHECK(cloudcircuit_ledger_reserve(&config, &state, estimate, now, &hold, &decision) ==
          CLOUDCIRCUIT_OK);
    CHECK(decision.allowed ? hold.amount == estimate : SAME_BYTES(hold, NO_HOLD));
    return decision.allowed;
}

static uint32_t extend(int64_t more)
{
    CALL(extend, &hold, more);
    return decision.allowed;
}

static void post(int64_t part)
{
    CALL(post, &hold, part);
}

static void settle(int64_t actual)
{
    cloudcircuit_ledger_hold spent = NO_HOLD;
    spent.ledger_id = hold.ledger_id;
    CALL(settle, &hold, actual);
    CHECK(SAME_BYTES(hold, spent));
}

static void release(void)
{
    CHECK(cloudcircuit_ledger_release(&config, &state, &hold, now, &decision) == CLOUDCIRCUIT_OK);
}

static void record(int64_t amount)
{
    CALL(record, amount);
}

static void roll(int64_t period)
{
    CALL(roll, period);
}

#define REASON(name) CHECK(decision.reason == CLOUDCIRCUIT_LEDGER_REASON_##name)
#define STANDS(settles, holds) CHECK(decision.settled == (settles) && decision.held == (holds))

/* Errors */

enum { RESERVE = 1, EXTEND = 2, POST = 4, SETTLE = 8, RELEASE = 16, RECORD = 32, ROLL = 64 };
enum { HOLDS = EXTEND | POST | SETTLE | RELEASE, ALL = 127 };

/* The calls in `which` with `amount` for each of their arguments: they refuse and change nothing. */
static void refuse(int which, const cloudcircuit_ledger_config *with, cloudcircuit_ledger_state *at,
                   int64_t amount, cloudcircuit_status expected)
{
    int one, fill;
    for (fill = 0x55; fill <= 0xAA; fill += 0x55) {
        for (one = RESERVE; one <= ROLL; one *= 2) {
            cloudcircuit_ledger_state before = at ? *at : NONE;
            cloudcircuit_ledger_hold given = hold;
            cloudcircuit_ledger_decision answer;
            cloudcircuit_status status = -1;
            if (!(which & one))
                continue;
            memset(&answer, fill, sizeof answer);
            if (one == RESERVE)
                status = cloudcircuit_ledger_reserve(with, at, amount, now, &given, &answer);
            else if (one == EXTEND)
                status = cloudcircuit_ledger_extend(with, at, &given, amount, now, &answer);
            else if (one == POST)
                status = cloudcircuit_ledger_post(with, at, &given, amount, now, &answer);
            else if (one == SETTLE)
                status = cloudcircuit_ledger_settle(with, at, &given, amount, now, &answer);
            else if (one == RELEASE)
                status = cloudcircuit_ledger_release(with, at, &given, now, &answer);
            else if (one == RECORD)
                status = cloudcircuit_ledger_record(with, at, amount, now, &answer);
            else
                status = cloudcircuit_ledger_roll(with, at, amount, now, &answer);
            CHECK(status == expected);
            CHECK(SAME_BYTES(answer, REFUSED));
            CHECK(one == RESERVE ? SAME_BYTES(given, NO_HOLD) : SAME_BYTES(given, hold));
            CHECK(!at || SAME_BYTES(before, *at));
        }
    }
}

/* One field of the config spoilt; all that is checked later is spoilt too. */
#define BAD(field, value, status)                                        \
    do {                                                                 \
        cloudcircuit_ledger_config bad = config;                         \
        cloudcircuit_ledger_state none = NONE;                           \
        bad.field = (value);                                             \
        refuse(ALL, &bad, &state, 1, status);         \
        refuse(ALL, &bad, &none, INT64_MIN, status);  \
        refuse(ALL, &bad, NULL, 1, CLOUDCIRCUIT_ERR_NULL_POINTER);       \
    } while (0)

static void configs(void)
{
    start();
    config.threshold_count = 2;
    config.thresholds[0] = 500000, config.thresholds[1] = 800000;
    BAD(limit, -1, CLOUDCIRCUIT_ERR_LEDGER_LIMIT);
    BAD(limit, INT64_MIN, CLOUDCIRCUIT_ERR_LEDGER_LIMIT);
    BAD(carry_max, -1, CLOUDCIRCUIT_ERR_CARRY_MAX);
    BAD(debt_max, -1, CLOUDCIRCUIT_ERR_DEBT_MAX);
    BAD(hold_duration, -1, CLOUDCIRCUIT_ERR_HOLD_DURATION);
    BAD(threshold_count, 9, CLOUDCIRCUIT_ERR_THRESHOLD_COUNT);
    BAD(threshold_count, UINT32_MAX, CLOUDCIRCUIT_ERR_THRESHOLD_COUNT);
    BAD(threshold_unit, 2, CLOUDCIRCUIT_ERR_THRESHOLD_UNIT);
    BAD(threshold_basis, 2, CLOUDCIRCUIT_ERR_THRESHOLD_BASIS);
    BAD(mode, 3, CLOUDCIRCUIT_ERR_MODE);
    BAD(thresholds[0], 0, CLOUDCIRCUIT_ERR_THRESHOLDS);
    BAD(thresholds[0], 800000, CLOUDCIRCUIT_ERR_THRESHOLDS);
    BAD(thresholds[1], 499999, CLOUDCIRCUIT_ERR_THRESHOLDS);
    BAD(threshold_count, 3, CLOUDCIRCUIT_ERR_THRESHOLDS);
    BAD(mode, CLOUDCIRCUIT_MODE_UNLIMITED, CLOUDCIRCUIT_ERR_THRESHOLD_LIMIT);
    CHECK(cloudcircuit_ledger_config_init(NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);

    /* The largest and smallest that are allowed, and thresholds that do not count. */
    config.carry_max = config.debt_max = config.hold_duration = INT64_MAX;
    config.thresholds[2] = -1;
    CHECK(reserve(1));
    config.limit = 0;
    record(0);
    config.mode = CLOUDCIRCUIT_MODE_UNLIMITED, config.threshold_unit = CLOUDCIRCUIT_THRESHOLD_AMOUNT;
    record(0);
}

/* Both ends of each field's range, whose neighbours configs() has: every call takes them. */
static void ends_of_fields(void)
{
#define FIELD(name) offsetof(cloudcircuit_ledger_config, name), sizeof config.name
    static const struct { size_t at, size; int64_t value; } ends[] = {
        {FIELD(limit), 0}, {FIELD(limit), INT64_MAX}, {FIELD(carry_max), 0},
        {FIELD(carry_max), INT64_MAX}, {FIELD(debt_max), 0}, {FIELD(debt_max), INT64_MAX},
        {FIELD(hold_duration), 0}, {FIELD(hold_duration), 1}, {FIELD(hold_duration), INT64_MAX},
        {FIELD(threshold_count), 0}, {FIELD(threshold_count), 8},
        {FIELD(threshold_unit), CLOUDCIRCUIT_THRESHOLD_PPM},
        {FIELD(threshold_unit), CLOUDCIRCUIT_THRESHOLD_AMOUNT},
        {FIELD(threshold_basis), CLOUDCIRCUIT_BASIS_SETTLED},
        {FIELD(threshold_basis), CLOUDCIRCUIT_BASIS_COMMITTED},
        {FIELD(mode), CLOUDCIRCUIT_MODE_ENFORCE}, {FIELD(mode), CLOUDCIRCUIT_MODE_UNLIMITED},
        {FIELD(thresholds[0]), 1}, {FIELD(thresholds[0]), 9},
        {FIELD(thresholds[7]), 71}, {FIELD(thresholds[7]), INT64_MAX},
    };
    size_t i, j;
    for (i = 0; i < COUNT(ends); i++) {
        const uint32_t narrow = (uint32_t)ends[i].value;
        const int is_narrow = ends[i].size == sizeof narrow;
        start();
        config.threshold_count = 8, config.threshold_unit = CLOUDCIRCUIT_THRESHOLD_AMOUNT;
        for (j = 0; j < 8; j++)
            config.thresholds[j] = 10 * (int64_t)(j + 1);
        CHECK(reserve(10));
        memcpy((char *)&config + ends[i].at,
               is_narrow ? (const void *)&narrow : (const void *)&ends[i].value, ends[i].size);
        extend(0);
        post(1);
        settle(1);
        (void)reserve(1);
        if (hold.id != 0)
            release();
        record(1);
        roll(-2);
    }
}

/* NULL for each pointer of a call: an error that refuses where there is something to write. */
static void pointers(void)
{
    cloudcircuit_ledger_state before;
    cloudcircuit_ledger_hold held;
    start();
    CHECK(reserve(10));
    before = state, held = hold;
    refuse(ALL, &config, NULL, 1, CLOUDCIRCUIT_ERR_NULL_POINTER);
#define IS_NULL(call) CHECK((call) == CLOUDCIRCUIT_ERR_NULL_POINTER)
#define NO_HOLD_GIVEN(call)                     \
    memset(&decision, 0xAA, sizeof decision);   \
    IS_NULL(call);                              \
    CHECK(SAME_BYTES(decision, REFUSED))
    NO_HOLD_GIVEN(cloudcircuit_ledger_reserve(&config, &state, 1, now, NULL, &decision));
    NO_HOLD_GIVEN(cloudcircuit_ledger_extend(&config, &state, NULL, 1, now, &decision));
    NO_HOLD_GIVEN(cloudcircuit_ledger_post(&config, &state, NULL, 1, now, &decision));
    NO_HOLD_GIVEN(cloudcircuit_ledger_settle(&config, &state, NULL, 1, now, &decision));
    NO_HOLD_GIVEN(cloudcircuit_ledger_release(&config, &state, NULL, now, &decision));
    IS_NULL(cloudcircuit_ledger_extend(&config, &state, &hold, 1, now, NULL));
    IS_NULL(cloudcircuit_ledger_post(&config, &state, &hold, 1, now, NULL));
    IS_NULL(cloudcircuit_ledger_settle(&config, &state, &hold, 1, now, NULL));
    IS_NULL(cloudcircuit_ledger_release(&config, &state, &hold, now, NULL));
    IS_NULL(cloudcircuit_ledger_record(&config, &state, 1, now, NULL));
    IS_NULL(cloudcircuit_ledger_roll(&config, &state, 1, now, NULL));
    CHECK(SAME_BYTES(held, hold));
    IS_NULL(cloudcircuit_ledger_reserve(&config, &state, 1, now, &hold, NULL));
    CHECK(SAME_BYTES(hold, NO_HOLD));
    CHECK(SAME_BYTES(before, state));
    IS_NULL(cloudcircuit_ledger_init(0, 0, 0, NULL));
    IS_NULL(cloudcircuit_ledger_reset(NULL, 0, 0));
    IS_NULL(cloudcircuit_ledger_state_validate(NULL));
    CHECK(cloudcircuit_ledger_init(0, 1, 2, &state) == CLOUDCIRCUIT_ERR_LEDGER_ID);
    CHECK(SAME_BYTES(before, state));
}

static void arguments(void)
{
    start();
    refuse(RESERVE, &config, &state, -1, CLOUDCIRCUIT_ERR_ESTIMATE);
    refuse(RESERVE, &config, &state, INT64_MIN, CLOUDCIRCUIT_ERR_ESTIMATE);
    CHECK(reserve(10));
    refuse(EXTEND, &config, &state, -1, CLOUDCIRCUIT_ERR_MORE);
    refuse(POST, &config, &state, -1, CLOUDCIRCUIT_ERR_PART);
    refuse(SETTLE, &config, &state, -1, CLOUDCIRCUIT_ERR_ACTUAL);
    refuse(SETTLE, &config, &state, INT64_MIN, CLOUDCIRCUIT_ERR_ACTUAL);

    /* What a hold cannot be, the first that applies. */
    hold.amount = 11;
    refuse(HOLDS, &config, &state, -1, CLOUDCIRCUIT_ERR_HOLD_AMOUNT);
    hold.amount = -1;
    refuse(HOLDS, &config, &state, -1, CLOUDCIRCUIT_ERR_HOLD_AMOUNT);
    hold.id = 2;
    refuse(HOLDS, &config, &state, -1, CLOUDCIRCUIT_ERR_HOLD_ID);
    hold.id = UINT64_MAX;
    refuse(HOLDS, &config, &state, -1, CLOUDCIRCUIT_ERR_HOLD_ID);
    hold.ledger_id = 8;
    refuse(HOLDS, &config, &state, -1, CLOUDCIRCUIT_ERR_HOLD_LEDGER);
    hold.id = 0;
    refuse(HOLDS, &config, &state, -1, CLOUDCIRCUIT_ERR_HOLD_SPENT);
    hold = NO_HOLD;
    refuse(HOLDS, &config, &state, -1, CLOUDCIRCUIT_ERR_HOLD_SPENT);
}

static void sums_that_do_not_fit(void)
{
    start();
    CHECK(reserve(10));
    refuse(RECORD, &config, &state, INT64_MAX, CLOUDCIRCUIT_ERR_OVERFLOW);
    record(INT64_MAX - 10);
    CHECK(decision.overshoot == INT64_MAX - 110 && decision.available == 0);
    refuse(RECORD, &config, &state, 1, CLOUDCIRCUIT_ERR_OVERFLOW);
    refuse(SETTLE, &config, &state, 11, CLOUDCIRCUIT_ERR_OVERFLOW);
    refuse(POST, &config, &state, 11, CLOUDCIRCUIT_ERR_OVERFLOW);
    CHECK(!reserve(INT64_MAX));
    REASON(EXCEEDS_LIMIT);

    /* Reserving exactly what is available succeeds, also where only the range of int64_t is left. */
    start();
    config.mode = CLOUDCIRCUIT_MODE_UNLIMITED;
    record(5);
    CHECK(decision.available == INT64_MAX - 5);
    refuse(RESERVE, &config, &state, INT64_MAX - 4, CLOUDCIRCUIT_ERR_OVERFLOW);
    CHECK(reserve(INT64_MAX - 5) && decision.available == 0);
    refuse(EXTEND, &config, &state, 1, CLOUDCIRCUIT_ERR_OVERFLOW);
    refuse(EXTEND, &config, &state, INT64_MAX, CLOUDCIRCUIT_ERR_OVERFLOW);
    record(INT64_MIN);
    CHECK(decision.available == 5 && reserve(5) && decision.available == 0);
    config.mode = CLOUDCIRCUIT_MODE_MONITOR;
    refuse(RESERVE, &config, &state, 1, CLOUDCIRCUIT_ERR_OVERFLOW);

    /* The last revision and the last id. */
    start();
    CHECK(reserve(1));
    state.revision = UINT64_MAX;
    refuse(RECORD | RESERVE, &config, &state, 1, CLOUDCIRCUIT_ERR_OVERFLOW);
    CHECK(cloudcircuit_ledger_reset(&state, 0, 0) == CLOUDCIRCUIT_ERR_OVERFLOW);
    record(0);
    state.revision = 9, state.next_hold = UINT64_MAX;
    refuse(RESERVE, &config, &state, 1, CLOUDCIRCUIT_ERR_OVERFLOW);
}

/* Decisions */

static void limits(void)
{
    start();
    CHECK(reserve(99));
    REASON(WITHIN);
    STANDS(0, 99);
    CHECK(decision.available == 1);
    CHECK(!reserve(2) && decision.would_refuse);
    REASON(OVER_LIMIT);
    CHECK(!reserve(100));
    REASON(OVER_LIMIT);
    CHECK(!reserve(101));
    REASON(EXCEEDS_LIMIT);
    CHECK(reserve(1) && !decision.would_refuse);
    REASON(AT_LIMIT);
    STANDS(0, 100);
    record(1);
    REASON(OVER_LIMIT);
    CHECK(!decision.allowed && decision.would_refuse && decision.overshoot == 0);
    record(99);
    CHECK(decision.overshoot == 0 && decision.available == 0);
    record(1);
    CHECK(decision.overshoot == 1);
    record(-101);
    REASON(AT_LIMIT);
    CHECK(decision.allowed);
    record(-50);
    CHECK(decision.available == 50);
}

static void no_config_allows_only_free_requests(void)
{
    start();
    CHECK(cloudcircuit_ledger_reserve(NULL, &state, 1, now, &hold, &decision) == CLOUDCIRCUIT_OK);
    CHECK(!decision.allowed && SAME_BYTES(hold, NO_HOLD));
    REASON(EXCEEDS_LIMIT);
    CHECK(cloudcircuit_ledger_reserve(NULL, &state, 0, now, &hold, &decision) == CLOUDCIRCUIT_OK);
    CHECK(decision.allowed && hold.id == 1 && hold.expires_at == INT64_MAX);
    REASON(FREE);
}

static void modes(void)
{
    start();
    config.mode = CLOUDCIRCUIT_MODE_MONITOR;
    CHECK(reserve(100) && !decision.would_refuse);
    CHECK(reserve(1) && decision.would_refuse);
    REASON(OVER_LIMIT);
    STANDS(0, 101);
    CHECK(extend(1) && decision.would_refuse && hold.amount == 2);
    CHECK(reserve(101) && decision.would_refuse);
    REASON(EXCEEDS_LIMIT);
    settle(7);
    CHECK(decision.allowed && decision.would_refuse);

    config.mode = CLOUDCIRCUIT_MODE_UNLIMITED;
    CHECK(reserve(1000) && !decision.would_refuse && decision.overshoot == 0);
    REASON(UNLIMITED);
    CHECK(decision.available == INT64_MAX - 1109);
    config.carry_max = 50;
    roll(1);
    CHECK(state.carried == 0);
}

/* A request that keeps to its hold never overspends, whatever happens between its calls. */
static void a_hold_that_straddles_the_boundary(void)
{
    cloudcircuit_ledger_hold first;
    start();
    CHECK(reserve(100));
    first = hold;
    roll(-2);
    STANDS(0, 100);
    CHECK(!reserve(100) && !reserve(1));
    hold = first;
    settle(100);
    STANDS(100, 0);
    CHECK(!reserve(100) && decision.overshoot == 0 && first.period == -3);
}

static void ten_hour_jobs_under_an_hourly_limit(void)
{
    int hour, running = 0;
    start();
    for (hour = 0; hour < 10; hour++) {
        running += (int)reserve(100);
        roll(state.period + 1);
    }
    CHECK(running == 1 && decision.held == 100);
}

static void rolls(void)
{
    cloudcircuit_ledger_state before;
    start();
    config.carry_max = 30, config.debt_max = 50;
    record(71), roll(1);
    CHECK(state.carried == 29 && decision.available == 129);
    record(99), roll(2);
    CHECK(state.carried == 30);
    record(69), roll(3);
    CHECK(state.carried == 30);
    record(130), roll(5);
    CHECK(state.carried == 0);
    record(149), roll(6);
    CHECK(state.carried == -49 && decision.available == 51 && decision.overshoot == 0);
    record(101), roll(7);
    CHECK(state.carried == -50);
    record(101), roll(8);
    CHECK(state.carried == -50);

    /* One roll over many periods; the same period; an earlier one. */
    roll(300);
    CHECK(state.carried == 30);
    before = state;
    roll(300);
    CHECK(SAME_BYTES(before, state) && !decision.clock_regressed);
    roll(299);
    CHECK(SAME_BYTES(before, state) && decision.clock_regressed && decision.allowed);
    CHECK(decision.available == 130 && decision.reason == CLOUDCIRCUIT_LEDGER_REASON_WITHIN);
    roll(INT64_MAX), roll(INT64_MIN);
    CHECK(state.period == INT64_MAX && decision.clock_regressed);
}

/* Ends: 160 makes buckets of 8, a hold of 1003 ends at 1163, in the bucket that goes at 1168. */
static void holds_end(void)
{
    cloudcircuit_ledger_hold dead;
    cloudcircuit_ledger_state before;
    start();
    config.hold_duration = 160, now = 1003;
    CHECK(reserve(100) && hold.expires_at == 1163 && state.width_shift == 3);
    dead = hold;
    now = 1167, before = state;
    CHECK(!reserve(1) && decision.expired == 0 && SAME_BYTES(before, state));
    now = 1168;
    CHECK(!reserve(101) && decision.expired == 100 && decision.available == 100);
    CHECK(state.updated_at == 1168 && state.revision == 2);
    now = 1003;
    CHECK(reserve(100) && decision.clock_regressed && decision.expired == 0);
    CHECK(hold.expires_at == 1328);
    now = 1169;
    hold = dead;
    settle(70);
    REASON(EXPIRED);
    STANDS(70, 100);
    refuse(HOLDS, &config, &state, 1, CLOUDCIRCUIT_ERR_HOLD_SPENT);
    hold = dead;
    refuse(HOLDS, &config, &state, 1, CLOUDCIRCUIT_ERR_HOLD_SPENT);

    /* On a bucket's edge there is nothing to round. */
    start();
    config.hold_duration = 160;
    CHECK(reserve(1));
    now = 1159, record(0);
    CHECK(decision.held == 1);
    now = 1160, record(0);
    CHECK(decision.held == 0 && decision.expired == 1);

    /* Ends past the range are without end, as those of a duration of 0 are. */
    start();
    now = INT64_MAX - 1;
    CHECK(reserve(1) && hold.expires_at == INT64_MAX);
    config.hold_duration = 2;
    CHECK(reserve(1) && hold.expires_at == INT64_MAX);
    now = INT64_MAX, record(0);
    CHECK(decision.held == 2);
}

static void widths(void)
{
    static const int64_t durations[] = {1, 31, 32, 63, 64, 1000, INT64_MAX};
    static const uint32_t shifts[] = {0, 0, 1, 1, 2, 5, 58};
    size_t i;
    for (i = 0; i < COUNT(durations); i++) {
        start();
        now = i == 6 ? -1000 : 1000;
        CHECK(cloudcircuit_ledger_init(7, 1, now, &state) == CLOUDCIRCUIT_OK);
        config.hold_duration = durations[i];
        CHECK(reserve(1) && state.width_shift == shifts[i]);
    }
    /* Longer at once, also for what is held; shorter once nothing with an end is held. */
    start();
    config.hold_duration = 16, now = 1001;
    CHECK(reserve(10));
    config.hold_duration = 160;
    CHECK(reserve(5) && state.width_shift == 3);
    now = 1023, record(0);
    CHECK(decision.held == 15);
    now = 1024, record(0);
    CHECK(decision.held == 5 && decision.expired == 10);
    config.hold_duration = 16;
    CHECK(reserve(1) && state.width_shift == 3);
    now = 1168, record(0);
    CHECK(decision.held == 0 && state.width_shift == 3);
    CHECK(reserve(1) && state.width_shift == 0);
}

static void extends(void)
{
    cloudcircuit_ledger_hold first;
    cloudcircuit_ledger_state before;
    start();
    config.hold_duration = 16;
    CHECK(reserve(60));
    first = hold, before = state;
    now = 1005;
    CHECK(!extend(41) && SAME_BYTES(hold, first) && SAME_BYTES(state, before));
    REASON(OVER_LIMIT);
    CHECK(extend(40) && hold.amount == 100 && hold.expires_at == 1021 && hold.id == 2);
    REASON(AT_LIMIT);
    before = state;
    CHECK(extend(0) && hold.id == 3 && !SAME_BYTES(state, before));
    REASON(FREE);
    hold = first;
    refuse(HOLDS, &config, &state, 1, CLOUDCIRCUIT_ERR_HOLD_SPENT);

    /* One that has ended must fit again as a whole. */
    start();
    config.hold_duration = 16;
    CHECK(reserve(60));
    first = hold;
    now = 1016;
    CHECK(reserve(41));
    hold = first;
    CHECK(!extend(0) && SAME_BYTES(hold, first));
    REASON(OVER_LIMIT);
    record(-1);
    CHECK(extend(0) && hold.amount == 60 && hold.expires_at == 1032);
    REASON(AT_LIMIT);
    STANDS(-1, 101);
    settle(1);
}

static void posts(void)
{
    cloudcircuit_ledger_hold first;
    start();
    config.hold_duration = 16;
    CHECK(reserve(60));
    first = hold;
    now = 1001;
    post(20);
    STANDS(20, 40);
    CHECK(hold.id == 2 && hold.amount == 40 && hold.expires_at == 1016 && hold.period == -3);
    post(50);
    STANDS(70, 0);
    CHECK(hold.id == 3 && hold.amount == 0);
    post(0), release();
    STANDS(70, 0);
    hold = first;
    refuse(HOLDS, &config, &state, 1, CLOUDCIRCUIT_ERR_HOLD_SPENT);

    /* Of one that has ended, the rest stays ended, also by a clock that is behind. */
    CHECK(reserve(30));
    now = 1018;
    post(10);
    REASON(EXPIRED);
    STANDS(80, 0);
    CHECK(hold.amount == 20 && decision.expired == 30);
    now = 1002;
    settle(10);
    REASON(EXPIRED);
    STANDS(90, 0);
}

static void free_requests(void)
{
    start();
    record(150);
    CHECK(reserve(0) && !decision.would_refuse && hold.id == 1 && hold.amount == 0);
    REASON(FREE);
    CHECK(extend(0));
    REASON(FREE);
    CHECK(!extend(1));
    settle(5);
    STANDS(155, 0);
    REASON(OVER_LIMIT);
    refuse(HOLDS, &config, &state, 1, CLOUDCIRCUIT_ERR_HOLD_SPENT);
}

static void spent_is_known_of_the_last_1024(void)
{
    cloudcircuit_ledger_hold first, second;
    int i;
    start();
    CHECK(reserve(10));
    first = hold;
    settle(10);
    CHECK(reserve(10));
    second = hold;
    for (i = 0; i < 1022; i++)
        CHECK(reserve(0));
    CHECK(state.next_hold == 1025);
    hold = first;
    refuse(HOLDS, &config, &state, 1, CLOUDCIRCUIT_ERR_HOLD_SPENT);
    CHECK(reserve(0));
    hold = first;
    settle(1);
    REASON(UNVERIFIED);
    STANDS(11, 0);
    /* It took another's 10: settling that is an error, not an amount below 0. */
    hold = second;
    refuse(HOLDS, &config, &state, 1, CLOUDCIRCUIT_ERR_HOLD_AMOUNT);

    /* Settling an old one does not spend the id that has its bit now. */
    CHECK(reserve(20) && hold.id == 1026);
    second = hold, first.id = 2, first.amount = 5;
    hold = first;
    settle(0);
    REASON(UNVERIFIED);
    hold = second, hold.amount = 15;
    settle(15);
    STANDS(26, 0);
}

static void thresholds(void)
{
    int i;
    start();
    config.threshold_count = 2;
    config.thresholds[0] = 500000, config.thresholds[1] = 800000;
    record(49);
    CHECK(decision.crossed == 0 && decision.newly_crossed == 0);
    CHECK(reserve(51) && decision.crossed == 0);
    record(1);
    CHECK(decision.crossed == 1 && decision.newly_crossed == 1);
    record(30);
    CHECK(decision.crossed == 3 && decision.newly_crossed == 2);
    for (i = 0; i < 2; i++) {
        record(-1);
        CHECK(decision.crossed == 1 && decision.newly_crossed == 0);
        record(1);
        CHECK(decision.crossed == 3 && decision.newly_crossed == 0);
    }
    /* A limit above the peak arms again, also when the next call goes past it at once. */
    config.limit = 200;
    record(80);
    CHECK(decision.crossed == 3 && decision.newly_crossed == 3);
    roll(1);
    CHECK(decision.crossed == 0);
    record(160);
    CHECK(decision.newly_crossed == 3);

    /* Nothing left to share. */
    start();
    config.threshold_count = 1, config.thresholds[0] = 2000000, config.limit = 0;
    record(0);
    CHECK(decision.crossed == 1 && decision.newly_crossed == 1);

    /* Amounts, of what is committed, without a limit. */
    start();
    config.mode = CLOUDCIRCUIT_MODE_UNLIMITED;
    config.threshold_unit = CLOUDCIRCUIT_THRESHOLD_AMOUNT;
    config.threshold_basis = CLOUDCIRCUIT_BASIS_COMMITTED;
    config.threshold_count = 1, config.thresholds[0] = 50;
    CHECK(reserve(49) && decision.crossed == 0);
    CHECK(extend(1) && decision.newly_crossed == 1);
    release();
    CHECK(decision.crossed == 0);

    /* Exact: the smallest settled with settled * 1000000 >= 333333 * (2^63 - 1). */
    start();
    config.limit = INT64_MAX, config.threshold_count = 1, config.thresholds[0] = 333333;
    record(INT64_C(3074454271160912984));
    CHECK(decision.crossed == 0);
    record(1);
    CHECK(decision.crossed == 1);
}

/* A clock a thousand years ahead, and the way back. The width is 1: the reset's bucket ends 33 later. */
static void resets(void)
{
    cloudcircuit_ledger_hold old, late;
    start();
    config.hold_duration = 16, config.carry_max = 5;
    CHECK(reserve(20));
    late = hold;
    now = INT64_C(1000000000000);
    CHECK(reserve(60) && decision.expired == 20);
    old = hold;
    config.hold_duration = 0;
    CHECK(reserve(7));
    config.hold_duration = 16;
    record(3), now = 100;
    CHECK(!reserve(60) && decision.clock_regressed);
    CHECK(cloudcircuit_ledger_reset(&state, -9, 100) == CLOUDCIRCUIT_OK);
    CHECK(state.period == -9 && state.updated_at == 100 && state.revision == 5);
    CHECK(state.settled == 0 && state.carried == 0 && state.held == 67 && state.crossed == 0);
    CHECK(cloudcircuit_ledger_state_validate(&state) == CLOUDCIRCUIT_OK);
    CHECK(!reserve(34) && !decision.clock_regressed && reserve(33));
    now = 132;
    CHECK(!reserve(34) && decision.expired == 33);
    hold = late;
    settle(20);
    REASON(EXPIRED);
    STANDS(20, 67);
    hold = old;
    post(10);
    STANDS(30, 57);
    CHECK(hold.expires_at == 133 && hold.amount == 50);
    now = 133, record(0);
    CHECK(decision.expired == 50 && decision.held == 7);
    settle(1);
    REASON(EXPIRED);

    /* Dead by the reset, though its own end is far away. */
    start();
    config.hold_duration = 16, now = INT64_C(1000000000000);
    CHECK(reserve(60));
    CHECK(cloudcircuit_ledger_reset(&state, 1, 100) == CLOUDCIRCUIT_OK);
    now = 133;
    CHECK(reserve(100) && decision.expired == 60);
    old = hold;
    hold.id = 1, hold.expires_at = INT64_C(1000000000016);
    settle(60);
    REASON(EXPIRED);
    STANDS(60, 100);
    hold = old;
    settle(40);
    STANDS(100, 0);
}

/* Any order of calls, twice: the promise, and the same bytes. */
static uint64_t seed;

static int64_t draw(int64_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)(seed >> 33) % below;
}

static void play(cloudcircuit_ledger_state *end, int calls)
{
    static cloudcircuit_ledger_hold holds[16];
    int64_t actual, period;
    start();
    config.carry_max = 40, config.debt_max = 30;
    memset(holds, 0, sizeof holds);
    while (calls--) {
        cloudcircuit_ledger_hold *one = &holds[draw(16)];
        int64_t what = draw(100);
        now += draw(3), config.hold_duration = INT64_C(1) << draw(9);
        actual = one->expires_at > now && one->amount ? draw(one->amount + 1) : 0;
        period = state.period + draw(3) - 1;
        if (what < 40 && one->id == 0)
            cloudcircuit_ledger_reserve(&config, &state, draw(30), now, one, &decision);
        else if (what < 60)
            cloudcircuit_ledger_settle(&config, &state, one, actual, now, &decision);
        else if (what < 75)
            cloudcircuit_ledger_post(&config, &state, one, actual, now, &decision);
        else if (what < 90)
            cloudcircuit_ledger_extend(&config, &state, one, draw(9), now, &decision);
        else if (what < 95)
            cloudcircuit_ledger_release(&config, &state, one, now, &decision);
        else if (what < 98)
            *one = NO_HOLD; /* the request dies */
        else
            cloudcircuit_ledger_roll(&config, &state, period, now, &decision);
        CHECK(state.settled + state.held <= 100 + state.carried);
        CHECK(cloudcircuit_ledger_state_validate(&state) == CLOUDCIRCUIT_OK);
    }
    *end = state;
}

static void honest_requests_never_overspend(int calls)
{
    cloudcircuit_ledger_state first, second;
    seed = fresh_seed(), play(&first, calls);
    seed = fresh_seed(), play(&second, calls);
    CHECK(SAME_BYTES(first, second));
    now += 600;
    config.hold_duration = 0;
    record(0);
    CHECK(decision.held == 0);
}

/* Buckets become wider while they are full: what is held stays held, also in the last bucket of all, and in that of
   a reset. */
static void wider_buckets(void)
{
    cloudcircuit_ledger_hold first;
    start();
    config.hold_duration = 255, now = 1007;
    CHECK(reserve(20));
    first = hold;
    CHECK(state.width_shift == 3 && first.expires_at == 1262);
    config.hold_duration = 2560;
    CHECK(reserve(5) && state.width_shift == 7);
    CHECK(cloudcircuit_ledger_state_validate(&state) == CLOUDCIRCUIT_OK);
    STANDS(0, 25);
    hold = first, settle(20);
    STANDS(20, 5);

    start();
    config.hold_duration = 160;
    CHECK(reserve(20));
    first = hold;
    CHECK(cloudcircuit_ledger_reset(&state, -3, 2000) == CLOUDCIRCUIT_OK && state.reset_bucket > 0);
    now = 2000, config.hold_duration = 1600;
    CHECK(reserve(5) && state.width_shift == 6);
    CHECK(cloudcircuit_ledger_state_validate(&state) == CLOUDCIRCUIT_OK);
    CHECK(state.reset_bucket > 0 && state.ends[state.reset_bucket - 1] == 20);
    hold = first, settle(20);
    CHECK(decision.reason != CLOUDCIRCUIT_LEDGER_REASON_EXPIRED);
    STANDS(20, 5);

    /* The reset's bucket ends at 2033, so at 2034 when it is 2 wide, next to that of 2032. */
    start();
    config.hold_duration = 16;
    CHECK(reserve(20));
    first = hold;
    CHECK(cloudcircuit_ledger_reset(&state, -3, 2000) == CLOUDCIRCUIT_OK);
    now = 2000, config.hold_duration = 32;
    CHECK(reserve(5) && state.width_shift == 1 && hold.expires_at == 2032);
    now = 2033, hold = first, settle(20);
    CHECK(decision.reason != CLOUDCIRCUIT_LEDGER_REASON_EXPIRED && decision.expired == 5);
    STANDS(20, 0);

    /* An end at the last instant but one, which a reset moves. */
    start();
    CHECK(cloudcircuit_ledger_init(7, -3, INT64_MAX - 161, &state) == CLOUDCIRCUIT_OK);
    now = INT64_MAX - 161, config.hold_duration = 160;
    CHECK(reserve(20) && hold.expires_at == INT64_MAX - 1);
    CHECK(cloudcircuit_ledger_reset(&state, -3, 2000) == CLOUDCIRCUIT_OK);
    now = 2001, settle(20);
    CHECK(decision.reason != CLOUDCIRCUIT_LEDGER_REASON_EXPIRED);
    STANDS(20, 0);
}

/* Ids 1024 apart share a place. */
static void the_id_1024(void)
{
    cloudcircuit_ledger_hold spent;
    start();
    state.next_hold = 1024, state.revision = 1023;
    CHECK(reserve(5) && hold.id == 1024);
    spent = hold, settle(5);
    CHECK((state.spent[0] & 1) == 1);
    CHECK(cloudcircuit_ledger_settle(&config, &state, &spent, 5, now, &decision) == CLOUDCIRCUIT_ERR_HOLD_SPENT);
}

/* States that are none */

static void corrupt(cloudcircuit_ledger_state bad)
{
    unsigned char bytes[CLOUDCIRCUIT_LEDGER_ENCODED_LEN], zeros[sizeof bytes] = {0};
    cloudcircuit_ledger_state before = bad;
    CHECK(cloudcircuit_ledger_state_validate(&bad) == CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    refuse(ALL, &config, &bad, 1, CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    refuse(ALL, NULL, &bad, INT64_MIN, CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    CHECK(cloudcircuit_ledger_reset(&bad, 1, 1) == CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    CHECK(SAME_BYTES(bad, before));
    memset(bytes, 0xAA, sizeof bytes);
    CHECK(cloudcircuit_ledger_state_encode(&bad, bytes, sizeof bytes) ==
          CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    CHECK(SAME_BYTES(bytes, zeros));
}

/* One field of the state spoilt. */
#define SPOILT(field, value)                   \
    do {                                       \
        cloudcircuit_ledger_state bad = state; \
        bad.field = (value);                   \
        corrupt(bad);                          \
    } while (0)

static void golden(void);

static void spoilt_states(void)
{
    cloudcircuit_ledger_state bad;
    size_t i, j;
    start();
    memset(&bad, 0, sizeof bad), corrupt(bad);
    memset(&bad, 0xFF, sizeof bad), corrupt(bad);
    for (i = 0; i < 200; i++) {
        for (j = 0; j < sizeof bad; j++)
            ((unsigned char *)&bad)[j] = (unsigned char)draw(256);
        corrupt(bad);
    }
    /* A new ledger has nothing in it. */
    SPOILT(settled, 1);
    SPOILT(carried, 1);
    SPOILT(next_hold, 2);
    SPOILT(told, 1);
    SPOILT(width_shift, 1);
    SPOILT(peak_settled, 1);
    SPOILT(peak_committed, 1);

    golden();
    SPOILT(layout, CLOUDCIRCUIT_BREAKER_LAYOUT);
    SPOILT(crossed, 2);
    SPOILT(crossed, 3);
    SPOILT(crossed, UINT32_MAX);
    SPOILT(revision, 0);
    SPOILT(ledger_id, 0);
    SPOILT(next_hold, 0);
    SPOILT(next_hold, 1);
    SPOILT(settled, 61);
    SPOILT(settled, INT64_MAX - 24);
    SPOILT(carried, INT64_MIN);
    SPOILT(held, 24);
    SPOILT(held, 26);
    SPOILT(held, -1);
    SPOILT(peak_settled, 59);
    SPOILT(peak_settled, -1);
    SPOILT(peak_settled, 86);
    SPOILT(peak_committed, 84);
    SPOILT(reset_hold, 1);
    SPOILT(dead_hold, 1);
    SPOILT(reset_clock, 1);
    SPOILT(endless, 4);
    SPOILT(endless, -1);
    SPOILT(ends[14], 19);
    SPOILT(ends[32], 1);
    SPOILT(ends[0], INT64_MIN);
    SPOILT(spent[0], 3);
    SPOILT(spent[0], 16);
    SPOILT(spent[1], 1);
    SPOILT(spent[15], UINT64_C(1) << 63);
    SPOILT(told, 0);
    SPOILT(told, 0x101);
    SPOILT(width_shift, 59);
    SPOILT(reset_bucket, 1);
    SPOILT(reserved, 1);
    bad = state, bad.ends[13] = -5, bad.endless = 10, corrupt(bad);
    bad = state, bad.ends[13] += bad.endless + 1, bad.endless = -1, corrupt(bad);
    /* Each of these breaks one rule alone. A threshold reached before a lower one: */
    bad = state, bad.told = 3, bad.crossed = 2, corrupt(bad);
    /* No next hold, where nothing was ever held: */
    start(), record(5);
    SPOILT(next_hold, 0);
    /* Held, where no hold was ever given out: */
    bad = state, bad.held = bad.endless = 1, bad.peak_committed = 9;
    bad.next_hold = 2;
    CHECK(cloudcircuit_ledger_state_validate(&bad) == CLOUDCIRCUIT_OK);
    bad.next_hold = 1, corrupt(bad);
    /* The debt that is one less than none can be: */
    bad = state, bad.carried = INT64_MIN + 1;
    CHECK(cloudcircuit_ledger_state_validate(&bad) == CLOUDCIRCUIT_OK);
    /* Spent, and not given out, in a word of its own: */
    start(), record(5);
    state.next_hold = 64, state.spent[0] = UINT64_C(1) << 63;
    CHECK(cloudcircuit_ledger_state_validate(&state) == CLOUDCIRCUIT_OK);
    SPOILT(spent[1], 1);
    state.next_hold = 1024, state.spent[15] = UINT64_C(1) << 63;
    CHECK(cloudcircuit_ledger_state_validate(&state) == CLOUDCIRCUIT_OK);
    SPOILT(spent[0], 1);
    state.next_hold = 1025, state.spent[0] = 1;
    CHECK(cloudcircuit_ledger_state_validate(&state) == CLOUDCIRCUIT_OK);

    golden();
    CHECK(cloudcircuit_ledger_reset(&state, 1, 1) == CLOUDCIRCUIT_OK);
    SPOILT(reset_bucket, 34);
    SPOILT(reset_hold, 5);
    SPOILT(dead_hold, 5);
    SPOILT(reset_bucket, 0);
}

/* The portable form: what golden() leads to, from the layout in docs/LEDGER.md. */

static const unsigned char GOLDEN[CLOUDCIRCUIT_LEDGER_ENCODED_LEN] = {
    'C', 'C', 'L', '1', 1,   /* layout, crossed */
    [8] = 4,                 /* revision */
    [16] = 7,                /* ledger_id */
    [24] = 4,                /* next_hold */
    [32] = 0xEC, 0x03,       /* updated_at 1004 */
    [40] = 0xFD, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, /* period -3 */
    [48] = 60,               /* settled */
    [64] = 25,               /* held */
    [72] = 60, [80] = 85,    /* peaks */
    [112] = 5,               /* endless */
    [120 + 8 * 14] = 20,     /* ends: bucket 146, 146 % 33 = 14 */
    [384] = 2,               /* spent: id 1 */
    [512] = 1,               /* told */
    [516] = 3,               /* width_shift */
    [528] = 0x5E, 0xDE, 0x5E, 0x6A /* zlib.crc32 of what is before */
};

static void golden(void)
{
    start();
    config.threshold_unit = CLOUDCIRCUIT_THRESHOLD_AMOUNT;
    config.threshold_count = 1, config.thresholds[0] = 50;
    config.hold_duration = 160;
    CHECK(reserve(50));
    now = 1001, settle(60);
    now = 1003;
    CHECK(reserve(20));
    config.hold_duration = 0, now = 1004;
    CHECK(reserve(5));
}

static void encodings(void)
{
    unsigned char bytes[CLOUDCIRCUIT_LEDGER_ENCODED_LEN + 8], untouched[sizeof bytes];
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
    /* Bytes with the right checksum, of a state that no call has written: 25 held, and 5 of them nowhere. */
    bytes[112] = 0;
    seal(bytes, sizeof GOLDEN);
    memset(&back, 0xAA, sizeof back);
    CHECK(cloudcircuit_ledger_state_decode(bytes, sizeof GOLDEN, &back) == CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    CHECK(SAME_BYTES(back, NONE));
    bytes[112] = 5, bytes[524] = 1; /* reserved */
    seal(bytes, sizeof GOLDEN);
    CHECK(cloudcircuit_ledger_state_decode(bytes, sizeof GOLDEN, &back) == CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    bytes[524] = 0;
    seal(bytes, sizeof GOLDEN);
    CHECK(memcmp(bytes, GOLDEN, sizeof GOLDEN) == 0);
    for (i = 0; i < sizeof bytes; i++) {
        if (i == sizeof GOLDEN)
            continue;
        memset(&back, 0xAA, sizeof back);
        CHECK(cloudcircuit_ledger_state_decode(bytes, i, &back) == CLOUDCIRCUIT_ERR_ENCODED_LENGTH);
        CHECK(SAME_BYTES(back, NONE));
        memcpy(untouched, bytes, sizeof bytes);
        CHECK(cloudcircuit_ledger_state_encode(&state, bytes, i) == CLOUDCIRCUIT_ERR_ENCODED_LENGTH);
        CHECK(SAME_BYTES(bytes, untouched));
    }
    /* After a reset every field but the last has something in it. */
    CHECK(cloudcircuit_ledger_reset(&state, 1, 1) == CLOUDCIRCUIT_OK && state.reset_bucket > 0);
    CHECK(cloudcircuit_ledger_state_encode(&state, bytes, sizeof GOLDEN) == CLOUDCIRCUIT_OK);
    CHECK(bytes[520] == state.reset_bucket && bytes[524] == 0);
    CHECK(cloudcircuit_ledger_state_decode(bytes, sizeof GOLDEN, &back) == CLOUDCIRCUIT_OK);
    CHECK(SAME_BYTES(back, state));
    IS_NULL(cloudcircuit_ledger_state_encode(NULL, bytes, 1));
    IS_NULL(cloudcircuit_ledger_state_encode(&state, NULL, 1));
    IS_NULL(cloudcircuit_ledger_state_decode(NULL, 1, &back));
    IS_NULL(cloudcircuit_ledger_state_decode(bytes, sizeof GOLDEN, NULL));
}

/* Inputs and results in the same memory, at every alignment. */
static void overlaps(void)
{
    static unsigned char memory[2048];
    size_t offset;
    for (offset = 0; offset < 8; offset++) {
        void *at = memory + offset, *there = memory + 700 + offset, *held = memory + 1400 + offset;
        golden();
        memcpy(there, &state, sizeof state);

        /* The config where the decision goes, then where the hold goes, then where the state is. */
        memcpy(at, &config, sizeof config);
        CHECK(cloudcircuit_ledger_reserve(at, there, 15, now, held, at) == CLOUDCIRCUIT_OK);
        memcpy(&decision, at, sizeof decision);
        CHECK(decision.allowed && decision.reason == CLOUDCIRCUIT_LEDGER_REASON_AT_LIMIT);
        memcpy(at, &config, sizeof config);
        CHECK(cloudcircuit_ledger_settle(at, there, held, 5, now, at) == CLOUDCIRCUIT_OK);
        memcpy(&decision, at, sizeof decision);
        STANDS(65, 25);
        memcpy(held, &config, sizeof config);
        CHECK(cloudcircuit_ledger_reserve(held, there, 10, now, held, at) == CLOUDCIRCUIT_OK);
        memcpy(&hold, held, sizeof hold);
        CHECK(hold.amount == 10 && hold.period == -3 && hold.id == 5);

        memcpy(at, &state, sizeof state);
        CHECK(cloudcircuit_ledger_state_encode(at, at, sizeof GOLDEN) == CLOUDCIRCUIT_OK);
        CHECK(memcmp(at, GOLDEN, sizeof GOLDEN) == 0);
        CHECK(cloudcircuit_ledger_state_decode(at, sizeof GOLDEN, at) == CLOUDCIRCUIT_OK);
        CHECK(memcmp(at, &state, sizeof state) == 0);
    }
}

int main(int count, char **words)
{
    (void)words;
    configs();
    ends_of_fields();
    pointers();
    arguments();
    sums_that_do_not_fit();
    limits();
    no_config_allows_only_free_requests();
    modes();
    a_hold_that_straddles_the_boundary();
    ten_hour_jobs_under_an_hourly_limit();
    rolls();
    holds_end();
    widths();
    extends();
    posts();
    free_requests();
    spent_is_known_of_the_last_1024();
    thresholds();
    resets();
    honest_requests_never_overspend(count > 1 ? 2000 : 200000);
    wider_buckets();
    the_id_1024();
    spoilt_states();
    encodings();
    overlaps();
    return report();
}
