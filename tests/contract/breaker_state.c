/* The breaker's statuses, states and memory: each status is produced, each refusal is compared byte
   for byte over memory that held something else, no error changes a state, spoilt states are refused
   field by field. The rules over time are in breaker.c. */
#include "check.h"
#include "seed.h"
#include <cloudcircuit.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
static const unsigned char FILLS[] = {0xAA, 0x55};
static const cloudcircuit_breaker_permit REFUSED = {0, 0, 0, 0, 0, 0, 0, 0, 0};
static const cloudcircuit_breaker_state NONE;
#define NONE_AT INT64_MIN

static cloudcircuit_breaker_config config;
static cloudcircuit_breaker_state state;
static cloudcircuit_breaker_permit permit;

/* Short calls on the three above. */

static int allowed(int64_t now)
{
    CHECK(cloudcircuit_breaker_acquire(&config, &state, now, &permit) == CLOUDCIRCUIT_OK);
    CHECK(permit.phase == state.phase && permit.generation == state.generation);
    CHECK(permit.allowed && !permit.would_refuse ? permit.retry_after == 0 : permit.probe_slot == 0);
    return (int)permit.allowed;
}

static cloudcircuit_status tell(const cloudcircuit_breaker_permit *given, int32_t outcome,
                                int64_t now)
{
    return cloudcircuit_breaker_report(&config, &state, given, outcome, 0, NONE_AT, now);
}

static void call(int32_t outcome, int64_t now)
{
    CHECK(allowed(now));
    CHECK(tell(&permit, outcome, now) == CLOUDCIRCUIT_OK);
}

/* A closed breaker at time 0; 10 open, 100 for a probe. */
static void reset(void)
{
    CHECK(cloudcircuit_breaker_config_init(&config) == CLOUDCIRCUIT_OK);
    config.open_duration = 10;
    config.max_open_duration = 80;
    config.probe_timeout = 100;
    CHECK(cloudcircuit_breaker_init(0, &state) == CLOUDCIRCUIT_OK);
    CHECK(state.phase == CLOUDCIRCUIT_BREAKER_CLOSED);
}

static void trip(int64_t now)
{
    int i;
    for (i = 0; i < 3; i++)
        call(CLOUDCIRCUIT_OUTCOME_FAILURE, now);
    CHECK(state.phase == CLOUDCIRCUIT_BREAKER_OPEN && state.trips == 1);
}

/* Both calls that take a permit: nothing but the next permit is written, and that refuses. */
static void refuses(const cloudcircuit_breaker_config *with, cloudcircuit_breaker_state *at,
                    const cloudcircuit_breaker_permit *given, int32_t outcome, int64_t duration,
                    cloudcircuit_status expected)
{
    size_t i;
    for (i = 0; i < COUNT(FILLS); i++) {
        cloudcircuit_breaker_state before = NONE;
        cloudcircuit_breaker_permit next, given_before = REFUSED;
        if (at)
            before = *at;
        if (given)
            given_before = *given;
        memset(&next, FILLS[i], sizeof next);
        CHECK(cloudcircuit_breaker_report(with, at, given, outcome, duration, NONE_AT, 7) == expected);
        CHECK(cloudcircuit_breaker_report_and_acquire(with, at, given, outcome, duration, 9,
                                                      7, &next) == expected);
        CHECK(SAME_BYTES(next, REFUSED));
        CHECK(!at || SAME_BYTES(before, *at));
        CHECK(!given || SAME_BYTES(given_before, *given));
    }
}

static void acquire_refuses(const cloudcircuit_breaker_config *with,
                            cloudcircuit_breaker_state *at, cloudcircuit_status expected)
{
    size_t i;
    for (i = 0; i < COUNT(FILLS); i++) {
        cloudcircuit_breaker_state before = NONE;
        cloudcircuit_breaker_permit answer;
        if (at)
            before = *at;
        memset(&answer, FILLS[i], sizeof answer);
        CHECK(cloudcircuit_breaker_acquire(with, at, 7, &answer) == expected);
        CHECK(SAME_BYTES(answer, REFUSED));
        memset(&answer, FILLS[i], sizeof answer);
        CHECK(cloudcircuit_breaker_peek(with, at, 7, &answer) == expected);
        CHECK(SAME_BYTES(answer, REFUSED));
        CHECK(!at || SAME_BYTES(before, *at));
    }
}

/* Allowed first, with the config that is then spoilt. */
#define BAD(field, value, status)                     \
    do {                                              \
        cloudcircuit_breaker_config good = config;    \
        CHECK(allowed(0));                            \
        config.field = (value);                       \
        acquire_refuses(&config, &state, status);     \
        refuses(&config, &state, &permit, 1, 0, status); \
        refuses(&config, &state, &permit, 9, -1, status); \
        config = good;                                \
    } while (0)

/* Allowed with this value, and refused with one beyond it. */
#define EDGE(field, good_value, bad_value, status)   \
    do {                                             \
        cloudcircuit_breaker_config edge = config;   \
        config.field = (good_value);                 \
        CHECK(allowed(0));                           \
        config = edge;                               \
        BAD(field, bad_value, status);               \
    } while (0)

static void configs(void)
{
    reset();
    BAD(window_size, 129, CLOUDCIRCUIT_ERR_WINDOW_SIZE);
    BAD(window_size, UINT32_MAX, CLOUDCIRCUIT_ERR_WINDOW_SIZE);
    EDGE(window_duration, 0, -1, CLOUDCIRCUIT_ERR_WINDOW_DURATION);
    EDGE(window_duration, INT64_MAX, INT64_MIN, CLOUDCIRCUIT_ERR_WINDOW_DURATION);
    BAD(window_size, 1, CLOUDCIRCUIT_ERR_MINIMUM_CALLS);
    BAD(failure_count, 1, CLOUDCIRCUIT_ERR_FAILURE_COUNT);
    BAD(failure_rate_ppm, 1, CLOUDCIRCUIT_ERR_FAILURE_RATE_PPM);
    config.slow_call_duration = 1;
    BAD(slow_call_rate_ppm, 1, CLOUDCIRCUIT_ERR_SLOW_CALL_RATE_PPM);
    config.slow_call_duration = 0;
    EDGE(half_open_max_probes, 1, 0, CLOUDCIRCUIT_ERR_HALF_OPEN_MAX_PROBES);
    EDGE(half_open_max_probes, 8, 9, CLOUDCIRCUIT_ERR_HALF_OPEN_MAX_PROBES);
    EDGE(half_open_calls, 1, 0, CLOUDCIRCUIT_ERR_HALF_OPEN_CALLS);
    EDGE(half_open_calls, 64, 65, CLOUDCIRCUIT_ERR_HALF_OPEN_CALLS);
    EDGE(half_open_failure_rate_ppm, 1, 0, CLOUDCIRCUIT_ERR_HALF_OPEN_FAILURE_RATE_PPM);
    EDGE(half_open_failure_rate_ppm, 1000000, 1000001,
         CLOUDCIRCUIT_ERR_HALF_OPEN_FAILURE_RATE_PPM);
    EDGE(backoff_ppm, 1000000, 999999, CLOUDCIRCUIT_ERR_BACKOFF_PPM);
    EDGE(backoff_ppm, 16000000, 16000001, CLOUDCIRCUIT_ERR_BACKOFF_PPM);
    EDGE(jitter_ppm, 1000000, 1000001, CLOUDCIRCUIT_ERR_JITTER_PPM);
    EDGE(mode, CLOUDCIRCUIT_MODE_MONITOR, CLOUDCIRCUIT_MODE_UNLIMITED, CLOUDCIRCUIT_ERR_MODE);
    EDGE(open_duration, 1, 0, CLOUDCIRCUIT_ERR_OPEN_DURATION);
    BAD(open_duration, INT64_MIN, CLOUDCIRCUIT_ERR_OPEN_DURATION);
    EDGE(max_open_duration, 10, 9, CLOUDCIRCUIT_ERR_MAX_OPEN_DURATION);
    EDGE(probe_timeout, 1, 0, CLOUDCIRCUIT_ERR_PROBE_TIMEOUT);
    BAD(probe_timeout, -1, CLOUDCIRCUIT_ERR_PROBE_TIMEOUT);
    EDGE(half_open_duration, 0, -1, CLOUDCIRCUIT_ERR_HALF_OPEN_DURATION);
    EDGE(trips_decay, 0, -1, CLOUDCIRCUIT_ERR_TRIPS_DECAY);
    EDGE(max_retry_after, 0, -1, CLOUDCIRCUIT_ERR_MAX_RETRY_AFTER);
    EDGE(ramp_duration, 0, -1, CLOUDCIRCUIT_ERR_RAMP_DURATION);
    BAD(failure_threshold, 0, CLOUDCIRCUIT_ERR_NO_RULE);

    /* By count. */
    config.window_size = 10, config.minimum_calls = 1, config.slow_call_duration = 1;
    EDGE(minimum_calls, 10, 11, CLOUDCIRCUIT_ERR_MINIMUM_CALLS);
    BAD(minimum_calls, 0, CLOUDCIRCUIT_ERR_MINIMUM_CALLS);
    EDGE(failure_count, 10, 11, CLOUDCIRCUIT_ERR_FAILURE_COUNT);
    EDGE(failure_rate_ppm, 1000000, 1000001, CLOUDCIRCUIT_ERR_FAILURE_RATE_PPM);
    EDGE(slow_call_rate_ppm, 1000000, 1000001, CLOUDCIRCUIT_ERR_SLOW_CALL_RATE_PPM);
    BAD(window_duration, 1, CLOUDCIRCUIT_ERR_WINDOW_DURATION);
    config.slow_call_duration = 0;
    BAD(slow_call_rate_ppm, 1, CLOUDCIRCUIT_ERR_SLOW_CALL_DURATION);

    /* By time: minimum_calls is for rates alone. */
    config.window_size = 0, config.window_duration = 100, config.minimum_calls = 0;
    config.failure_count = UINT32_MAX;
    CHECK(allowed(0));
    BAD(failure_rate_ppm, 1, CLOUDCIRCUIT_ERR_MINIMUM_CALLS);
    config.minimum_calls = UINT32_MAX;
    EDGE(failure_rate_ppm, 1000000, 1000001, CLOUDCIRCUIT_ERR_FAILURE_RATE_PPM);
    BAD(slow_call_rate_ppm, 1, CLOUDCIRCUIT_ERR_SLOW_CALL_DURATION);

    /* Each rule alone is a rule; monitor mode needs one as well. */
    reset();
    config.failure_threshold = 0, config.mode = CLOUDCIRCUIT_MODE_MONITOR;
    config.max_retry_after = 1;
    BAD(max_retry_after, 0, CLOUDCIRCUIT_ERR_NO_RULE);
    config.max_retry_after = 0, config.window_duration = 9, config.minimum_calls = 1;
    config.failure_count = 1;
    BAD(failure_count, 0, CLOUDCIRCUIT_ERR_NO_RULE);
    config.failure_count = 0, config.failure_rate_ppm = 1;
    BAD(failure_rate_ppm, 0, CLOUDCIRCUIT_ERR_NO_RULE);
    config.failure_rate_ppm = 0, config.slow_call_rate_ppm = 1, config.slow_call_duration = 1;
    BAD(slow_call_rate_ppm, 0, CLOUDCIRCUIT_ERR_NO_RULE);

    /* The config comes before the state. */
    config.probe_timeout = 0;
    memset(&state, 0, sizeof state);
    acquire_refuses(&config, &state, CLOUDCIRCUIT_ERR_PROBE_TIMEOUT);
    CHECK(cloudcircuit_breaker_config_init(NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
}

static void pointers(void)
{
    cloudcircuit_breaker_state before;
    reset();
    CHECK(allowed(0));
    before = state;
    acquire_refuses(&config, NULL, CLOUDCIRCUIT_ERR_NULL_POINTER);
    refuses(&config, NULL, &permit, 1, 0, CLOUDCIRCUIT_ERR_NULL_POINTER);
    refuses(&config, &state, NULL, 1, 0, CLOUDCIRCUIT_ERR_NULL_POINTER);
    config.open_duration = 0;
    refuses(&config, NULL, &permit, 1, 0, CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_breaker_acquire(NULL, &state, 0, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_breaker_peek(NULL, &state, 0, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_breaker_reset(NULL, 0) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_breaker_report_and_acquire(NULL, &state, &permit, 2, 0, 0, 0, NULL) ==
          CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(SAME_BYTES(before, state));
    /* Also where the call would have ended a phase. */
    reset(), trip(5), before = state;
    CHECK(cloudcircuit_breaker_acquire(&config, &state, 15, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(SAME_BYTES(before, state));
    CHECK(allowed(15) && !SAME_BYTES(before, state));
    CHECK(cloudcircuit_breaker_init(0, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_breaker_force(NULL, 1, 0, 0) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_breaker_state_validate(NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
}

static void bad_permit(cloudcircuit_breaker_permit given)
{
    refuses(&config, &state, &given, 1, 0, CLOUDCIRCUIT_ERR_PERMIT);
    refuses(&config, &state, &given, 0, -1, CLOUDCIRCUIT_ERR_PERMIT);
}

static void reports(void)
{
    static const int32_t outcomes[] = {0, 4, -1, INT32_MIN, INT32_MAX};
    static const int32_t phases[] = {0, 2, 3, 4, 5, 6, -1};
    cloudcircuit_breaker_permit given;
    size_t i;

    reset();
    CHECK(allowed(0));
    for (i = 0; i < COUNT(outcomes); i++) {
        refuses(&config, &state, &permit, outcomes[i], 0, CLOUDCIRCUIT_ERR_OUTCOME);
        refuses(&config, &state, &permit, outcomes[i], -1, CLOUDCIRCUIT_ERR_OUTCOME);
    }
    for (i = 1; i <= 3; i++) {
        refuses(&config, &state, &permit, (int32_t)i, -1, CLOUDCIRCUIT_ERR_DURATION);
        refuses(&config, &state, &permit, (int32_t)i, INT64_MIN, CLOUDCIRCUIT_ERR_DURATION);
    }
    bad_permit(REFUSED);
    for (i = 0; i < COUNT(phases); i++)
        given = permit, given.phase = phases[i], bad_permit(given);
    given = permit, given.allowed = 0, bad_permit(given);
    given = permit, given.allowed = 2, bad_permit(given);
    given = permit, given.clock_regressed = 2, bad_permit(given);
    given = permit, given.generation = 2, bad_permit(given);
    given = permit, given.generation = 0, bad_permit(given); /* a peek's */
    given = permit, given.would_refuse = 2, bad_permit(given);
    given = permit, given.reserved = 1, bad_permit(given);
    given = permit, given.retry_after = 1, bad_permit(given);
    given = permit, given.deadline = 1, bad_permit(given);
    given = permit, given.probe_slot = 1, bad_permit(given);

    trip(0);
    CHECK(allowed(10) && permit.probe_slot == 1 && permit.deadline == 110);
    given = permit, given.probe_slot = 0, bad_permit(given);
    given = permit, given.probe_slot = 9, bad_permit(given);
    given = permit, given.probe_slot = UINT32_MAX, bad_permit(given);
    given = permit, given.probe_slot = 2;
    refuses(&config, &state, &given, 1, 0, CLOUDCIRCUIT_ERR_STALE_PERMIT);
    given = permit, given.deadline = 109;
    refuses(&config, &state, &given, 1, 0, CLOUDCIRCUIT_ERR_STALE_PERMIT);
    given = permit, given.generation--;
    refuses(&config, &state, &given, 1, 0, CLOUDCIRCUIT_ERR_STALE_PERMIT);
    CHECK(!allowed(10) && permit.retry_after == 100);
    bad_permit(permit);
    /* What monitoring let through has a time to wait, but none that has passed. */
    given = permit, given.allowed = 1, given.retry_after = -1, bad_permit(given);
    given.retry_after = 1;
    CHECK(cloudcircuit_breaker_report(&config, &state, &given, 1, 0, NONE_AT, 10) == CLOUDCIRCUIT_OK);
}

static void corrupt(cloudcircuit_breaker_state bad)
{
    unsigned char bytes[CLOUDCIRCUIT_BREAKER_ENCODED_LEN], zeros[sizeof bytes] = {0};
    cloudcircuit_breaker_state before = bad;
    CHECK(cloudcircuit_breaker_state_validate(&bad) == CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    acquire_refuses(&config, &bad, CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    acquire_refuses(NULL, &bad, CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    refuses(&config, &bad, &permit, 9, -1, CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    CHECK(cloudcircuit_breaker_force(&bad, 1, 0, 0) == CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    CHECK(cloudcircuit_breaker_force(&bad, 9, 0, 0) == CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    CHECK(cloudcircuit_breaker_reset(&bad, 0) == CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    memset(bytes, 0xAA, sizeof bytes);
    CHECK(cloudcircuit_breaker_state_encode(&bad, bytes, sizeof bytes) ==
          CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    CHECK(SAME_BYTES(bytes, zeros) && SAME_BYTES(before, bad));
}

/* One field of the state spoilt. */
#define SPOILT(field, value)                     \
    do {                                         \
        cloudcircuit_breaker_state bad = state;  \
        bad.field = (value);                     \
        corrupt(bad);                            \
    } while (0)

#define SOUND(change)                                                               \
    do {                                                                            \
        cloudcircuit_breaker_state good = state;                                    \
        change;                                                                     \
        CHECK(cloudcircuit_breaker_state_validate(&good) == CLOUDCIRCUIT_OK);       \
    } while (0)

/* Each of these states breaks one rule alone; next to it the last that does not. */
static void one_rule_alone(void)
{
    cloudcircuit_breaker_state bad;
    reset();
    trip(5);
    CHECK(state.generation == 2 && state.trips == 1);
    /* Open without an outcome: from half-open, before which it was open or forced. */
    SOUND(good.trips = 0; good.consecutive_failures = 0; good.generation = 4; good.revision = 9);
    bad = state, bad.trips = 0, bad.consecutive_failures = 0, bad.generation = 3, bad.revision = 9, corrupt(bad);
    /* Open without end. */
    SOUND(good.open_until = INT64_MAX; good.updated_at = good.phase_since = INT64_MAX);

    /* Half-open as the second phase. */
    CHECK(allowed(15) && state.generation == 3);
    SOUND(good.trips = 0);
    bad = state, bad.trips = 0, bad.generation = 2, corrupt(bad);
    /* 64 probes in all, 63 of them judged. */
    SOUND(good.probes_judged = 63);
    SOUND(good.probes_judged = 62; good.live_probes = 3; good.probe_deadlines[1] = 99);
    bad = state, bad.probes_judged = 63, bad.live_probes = 3, bad.probe_deadlines[1] = 99, corrupt(bad);
    bad = state, bad.probes_judged = 64, bad.live_probes = 0, bad.probe_deadlines[0] = 0, corrupt(bad);
    SOUND(good.probes_judged = 1; good.probes_failed = 1);
    bad = state, bad.probes_judged = 1, bad.probes_failed = 2, corrupt(bad);
    SOUND(good.live_probes = 0x80; good.probe_deadlines[7] = good.probe_deadlines[0]; good.probe_deadlines[0] = 0);
    bad = state, bad.live_probes |= 0x100, corrupt(bad);

    /* Closed with a ramp: after open and half-open. */
    config.ramp_duration = 50, config.trips_decay = 10;
    CHECK(tell(&permit, CLOUDCIRCUIT_OUTCOME_SUCCESS, 16) == CLOUDCIRCUIT_OK && state.generation == 4);
    SOUND(good.trips = 0);
    bad = state, bad.trips = 0, bad.generation = 3, corrupt(bad);
    SOUND(good.revision = UINT64_MAX - 2);
    SPOILT(revision, UINT64_MAX - 1);
    reset();
    SOUND(good.revision = UINT64_MAX - 2);
    SPOILT(revision, UINT64_MAX - 1);
}

/* The last slot of the window by count, the last probe, and a permit for a slot that is free. */
static void last_places(void)
{
    int i;
    reset();
    config.failure_threshold = 0;
    config.window_size = config.minimum_calls = 128, config.failure_rate_ppm = 1000000;
    for (i = 0; i < 127; i++)
        call(i == 64 ? CLOUDCIRCUIT_OUTCOME_FAILURE : CLOUDCIRCUIT_OUTCOME_SUCCESS, i);
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, 127);
    CHECK(state.window_calls == 128 && state.window_next == 0);
    CHECK(state.window_failures[0] == 0 && state.window_failures[1] == (UINT64_C(1) << 63 | 1));
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, 128);
    CHECK(state.window_calls == 128 && state.window_next == 1 && state.window_failures[0] == 1);

    reset();
    config.half_open_max_probes = config.half_open_calls = 8;
    trip(5);
    CHECK(allowed(15) && permit.probe_slot == 1);
    permit.probe_slot = 2, permit.deadline = 0;
    CHECK(tell(&permit, CLOUDCIRCUIT_OUTCOME_SUCCESS, 16) == CLOUDCIRCUIT_ERR_STALE_PERMIT);
    for (i = 2; i <= 8; i++)
        CHECK(allowed(16) && permit.probe_slot == (uint32_t)i);
    CHECK(tell(&permit, CLOUDCIRCUIT_OUTCOME_SUCCESS, 17) == CLOUDCIRCUIT_OK && state.probes_judged == 1);
}

/* As many probes at a time as the config says, though more calls are to be judged. */
static void probes_at_a_time(void)
{
    reset();
    config.half_open_max_probes = 2, config.half_open_calls = 5;
    trip(5);
    CHECK(allowed(15) && allowed(15));
    CHECK(!allowed(15) && permit.phase == CLOUDCIRCUIT_BREAKER_HALF_OPEN);
}

/* Forced closed while it is closed: trips that it remembers are forgotten, and without any nothing changes. */
static void forced_to_what_it_is(void)
{
    cloudcircuit_breaker_state before;
    reset();
    config.trips_decay = 1000;
    trip(5);
    CHECK(allowed(15) && tell(&permit, CLOUDCIRCUIT_OUTCOME_SUCCESS, 16) == CLOUDCIRCUIT_OK);
    CHECK(state.phase == CLOUDCIRCUIT_BREAKER_CLOSED && state.trips == 1 && state.ramp_duration == 0);
    before = state;
    CHECK(cloudcircuit_breaker_force(&state, CLOUDCIRCUIT_BREAKER_CLOSED, 0, 16) == CLOUDCIRCUIT_OK);
    CHECK(state.trips == 0 && state.revision == before.revision + 1);
    before = state;
    CHECK(cloudcircuit_breaker_force(&state, CLOUDCIRCUIT_BREAKER_CLOSED, 0, 16) == CLOUDCIRCUIT_OK);
    CHECK(SAME_BYTES(before, state));
    /* A ramp of 1 is one. */
    state.ramp_duration = 1, state.generation = 4, state.revision = 9;
    CHECK(cloudcircuit_breaker_force(&state, CLOUDCIRCUIT_BREAKER_CLOSED, 0, 16) == CLOUDCIRCUIT_OK);
    CHECK(state.ramp_duration == 0 && state.revision == 10);
}

/* A call that a ramp holds back, and a monitor lets through, is judged: the breaker is closed. */
static void a_monitored_ramp_is_judged(void)
{
    cloudcircuit_breaker_permit given;
    reset();
    config.ramp_duration = 50, config.mode = CLOUDCIRCUIT_MODE_MONITOR;
    trip(5);
    CHECK(allowed(15) && tell(&permit, CLOUDCIRCUIT_OUTCOME_SUCCESS, 16) == CLOUDCIRCUIT_OK);
    CHECK(allowed(17) && allowed(17) && allowed(17));
    CHECK(permit.would_refuse == 1 && permit.phase == CLOUDCIRCUIT_BREAKER_CLOSED);
    CHECK(tell(&permit, CLOUDCIRCUIT_OUTCOME_FAILURE, 18) == CLOUDCIRCUIT_OK);
    CHECK(state.consecutive_failures == 1);
    /* Forced closed refuses nothing, and what is refused while open has no slot. */
    CHECK(cloudcircuit_breaker_force(&state, CLOUDCIRCUIT_BREAKER_FORCED_CLOSED, 90, 18) == CLOUDCIRCUIT_OK);
    CHECK(allowed(19));
    given = permit, given.would_refuse = 1, bad_permit(given);
    CHECK(cloudcircuit_breaker_force(&state, CLOUDCIRCUIT_BREAKER_FORCED_OPEN, 90, 20) == CLOUDCIRCUIT_OK);
    CHECK(allowed(21) && permit.would_refuse == 1);
    given = permit, given.probe_slot = 1, bad_permit(given);
    given = permit, given.would_refuse = 0, given.retry_after = 0, bad_permit(given);
}

/* A failure and a success in the first bucket of 10, and a later failure, alone in its bucket. */
static void a_streak(int64_t late)
{
    reset();
    config.window_duration = 160, config.failure_threshold = 2;
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, 3);
    call(CLOUDCIRCUIT_OUTCOME_SUCCESS, 5);
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, late);
    CHECK(state.bucket_duration == 10 && state.streak_skipped == 1);
}

/* Failures since the last success count as before when the buckets become shorter or longer. */
static void streaks_in_other_buckets(void)
{
    a_streak(45);
    config.window_duration = 16;
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, 55);
    CHECK(state.phase == CLOUDCIRCUIT_BREAKER_OPEN);
    a_streak(45);
    config.window_duration = 16, config.failure_threshold = 3;
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, 55);
    CHECK(cloudcircuit_breaker_state_validate(&state) == CLOUDCIRCUIT_OK && state.bucket_duration == 1);
    CHECK(state.streak_age == 15 && state.streak_skipped == 0);

    /* Three before the success, one of them in its bucket, and one after it, all in one bucket then. */
    reset();
    config.window_duration = 160, config.failure_threshold = 4;
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, 3);
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, 13);
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, 21);
    call(CLOUDCIRCUIT_OUTCOME_SUCCESS, 25);
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, 35);
    CHECK(state.streak_age == 1 && state.streak_skipped == 1);
    config.window_duration = 1600, config.failure_threshold = 3;
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, 36);
    CHECK(state.bucket_duration == 100 && state.streak_age == 0 && state.streak_skipped == 3);
    CHECK(state.phase == CLOUDCIRCUIT_BREAKER_CLOSED);
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, 37);
    CHECK(state.phase == CLOUDCIRCUIT_BREAKER_OPEN);
}

/* A window of four, full, with a failure or a slow call as its first. */
static void a_full_window(int32_t outcome, int64_t duration)
{
    int i;
    reset();
    config.failure_threshold = 0, config.window_size = config.minimum_calls = 4;
    config.failure_rate_ppm = config.slow_call_rate_ppm = 1000000, config.slow_call_duration = 1;
    for (i = 0; i < 4; i++) {
        CHECK(allowed(i));
        CHECK(cloudcircuit_breaker_report(&config, &state, &permit, i ? CLOUDCIRCUIT_OUTCOME_SUCCESS : outcome,
                                          i ? 0 : duration, NONE_AT, i) == CLOUDCIRCUIT_OK);
    }
    CHECK(state.window_calls == 4 && state.revision == 4 && state.phase == CLOUDCIRCUIT_BREAKER_CLOSED);
}

/* A success is recorded where it pushes out what a rule looks at, be its share a millionth, and only there. */
static void successes_that_count(void)
{
    a_full_window(CLOUDCIRCUIT_OUTCOME_FAILURE, 0);
    config.failure_rate_ppm = 1;
    call(CLOUDCIRCUIT_OUTCOME_SUCCESS, 5);
    CHECK(state.revision == 5);
    a_full_window(CLOUDCIRCUIT_OUTCOME_SUCCESS, 1);
    config.slow_call_rate_ppm = 1;
    call(CLOUDCIRCUIT_OUTCOME_SUCCESS, 5);
    CHECK(state.revision == 5);
    a_full_window(CLOUDCIRCUIT_OUTCOME_SUCCESS, 1);
    config.slow_call_rate_ppm = 0;
    call(CLOUDCIRCUIT_OUTCOME_SUCCESS, 5);
    CHECK(state.revision == 4);
}

/* 1 switches on what 0 switches off. */
static void the_least_of_each(void)
{
    /* A window of 1 time unit has buckets of 1: in the same instant two failures are a streak, a success ends it. */
    reset();
    config.window_duration = 1, config.failure_threshold = 2;
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, 7);
    CHECK(state.bucket_duration == 1 && state.newest_bucket == 7 && state.consecutive_failures == 0);
    CHECK(cloudcircuit_breaker_state_validate(&state) == CLOUDCIRCUIT_OK);
    call(CLOUDCIRCUIT_OUTCOME_SUCCESS, 7);
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, 7);
    CHECK(state.phase == CLOUDCIRCUIT_BREAKER_CLOSED);
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, 7);
    CHECK(state.phase == CLOUDCIRCUIT_BREAKER_OPEN);

    /* A retry_at that is heeded for 1. */
    reset();
    config.failure_threshold = 0, config.max_retry_after = 1;
    CHECK(allowed(5));
    CHECK(cloudcircuit_breaker_report(&config, &state, &permit, CLOUDCIRCUIT_OUTCOME_FAILURE, 0, 50, 5) ==
          CLOUDCIRCUIT_OK);
    CHECK(state.phase == CLOUDCIRCUIT_BREAKER_OPEN && state.open_until == 6);

    /* A millionth of slow calls. */
    reset();
    config.window_size = config.minimum_calls = 9, config.slow_call_rate_ppm = 1, config.slow_call_duration = 1;
    CHECK(allowed(5));
    CHECK(cloudcircuit_breaker_report(&config, &state, &permit, CLOUDCIRCUIT_OUTCOME_SUCCESS, 1, NONE_AT, 5) ==
          CLOUDCIRCUIT_OK);
    CHECK(state.window_slow[0] == 1);

    /* Trips that fade in 1 are remembered when it closes; half-open for 1 is over after 1. */
    reset();
    config.trips_decay = 1, config.half_open_duration = 1, config.half_open_calls = 2;
    trip(5);
    CHECK(allowed(15) && tell(&permit, CLOUDCIRCUIT_OUTCOME_SUCCESS, 15) == CLOUDCIRCUIT_OK);
    CHECK(state.phase == CLOUDCIRCUIT_BREAKER_HALF_OPEN);
    CHECK(allowed(16) && state.phase == CLOUDCIRCUIT_BREAKER_CLOSED && state.trips == 1);

    /* Time that ends: what is heeded does not last beyond it. */
    reset();
    config.failure_threshold = 0, config.max_retry_after = 100;
    CHECK(allowed(INT64_MAX - 5));
    CHECK(cloudcircuit_breaker_report(&config, &state, &permit, CLOUDCIRCUIT_OUTCOME_FAILURE, 0, INT64_MAX,
                                      INT64_MAX - 5) == CLOUDCIRCUIT_OK);
    CHECK(state.open_until == INT64_MAX);
}

/* One more than can be counted is not none again. */
static void counts_stay_at_the_most(void)
{
    reset();
    config.failure_threshold = 0, config.max_retry_after = 1;
    state.revision = UINT64_C(1) << 40, state.consecutive_failures = UINT32_MAX;
    CHECK(allowed(5) && tell(&permit, CLOUDCIRCUIT_OUTCOME_FAILURE, 5) == CLOUDCIRCUIT_OK);
    CHECK(state.consecutive_failures == UINT32_MAX && state.phase == CLOUDCIRCUIT_BREAKER_CLOSED);

    /* In a bucket by time, where all failures are from before the streak. */
    reset();
    config.window_duration = 100, config.slow_call_rate_ppm = 1000000, config.slow_call_duration = 1;
    config.minimum_calls = UINT32_MAX;
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, 65);
    state.revision = UINT64_C(1) << 40;
    state.bucket_calls[9] = state.bucket_failures[9] = state.bucket_slow[9] = UINT32_MAX;
    state.streak_skipped = UINT32_MAX;
    config.minimum_calls = 1, config.slow_call_rate_ppm = 0;
    CHECK(cloudcircuit_breaker_state_validate(&state) == CLOUDCIRCUIT_OK);
    CHECK(allowed(66) && tell(&permit, CLOUDCIRCUIT_OUTCOME_FAILURE, 66) == CLOUDCIRCUIT_OK);
    CHECK(state.phase == CLOUDCIRCUIT_BREAKER_CLOSED);
    CHECK(state.bucket_calls[9] == UINT32_MAX && state.bucket_failures[9] == UINT32_MAX);
    CHECK(state.bucket_slow[9] == UINT32_MAX);
    /* One more slow call: all are. */
    config.slow_call_rate_ppm = 1000000;
    CHECK(allowed(67));
    CHECK(cloudcircuit_breaker_report(&config, &state, &permit, CLOUDCIRCUIT_OUTCOME_SUCCESS, 1, NONE_AT, 67) ==
          CLOUDCIRCUIT_OK);
    CHECK(state.phase == CLOUDCIRCUIT_BREAKER_OPEN);

    /* Failures before the last success, in two buckets that become one. */
    reset();
    config.window_duration = 160, config.failure_threshold = 3;
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, 3);
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, 13);
    call(CLOUDCIRCUIT_OUTCOME_SUCCESS, 15);
    state.revision = UINT64_C(1) << 40;
    state.bucket_calls[1] = state.bucket_failures[1] = state.streak_skipped = UINT32_MAX;
    CHECK(cloudcircuit_breaker_state_validate(&state) == CLOUDCIRCUIT_OK);
    config.window_duration = 1600;
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, 101);
    CHECK(state.bucket_failures[0] == UINT32_MAX && state.streak_skipped == UINT32_MAX);
    CHECK(state.phase == CLOUDCIRCUIT_BREAKER_CLOSED);
}

/* A trip more than can be counted is not the first again; without a decay all are forgotten when closed. */
static void trips_stay_at_the_most(void)
{
    reset();
    state.generation = UINT64_C(1) << 33, state.revision = UINT64_C(1) << 40, state.trips = UINT32_MAX;
    state.generation += 2;
    CHECK(cloudcircuit_breaker_state_validate(&state) == CLOUDCIRCUIT_OK);
    trip(5);
    CHECK(state.phase == CLOUDCIRCUIT_BREAKER_OPEN && state.trips == 1);
    reset();
    trip(5);
    state.generation = UINT64_C(1) << 33, state.revision = UINT64_C(1) << 40, state.trips = UINT32_MAX;
    CHECK(cloudcircuit_breaker_state_validate(&state) == CLOUDCIRCUIT_OK);
    CHECK(allowed(15) && state.phase == CLOUDCIRCUIT_BREAKER_HALF_OPEN);
    CHECK(tell(&permit, CLOUDCIRCUIT_OUTCOME_FAILURE, 16) == CLOUDCIRCUIT_OK);
    CHECK(state.phase == CLOUDCIRCUIT_BREAKER_OPEN && state.trips == UINT32_MAX);
}

static void storage_errors_are_not_zero_failures(void)
{
    cloudcircuit_breaker_state bad;
    size_t cut, i;
    reset();
    memset(&bad, 0, sizeof bad), corrupt(bad);
    memset(&bad, 0xFF, sizeof bad), corrupt(bad);
    srand((unsigned)fresh_seed());
    for (i = 0; i < 1000; i++) {
        size_t j;
        for (j = 0; j < sizeof bad; j++)
            ((unsigned char *)&bad)[j] = (unsigned char)rand();
        corrupt(bad);
        bad.layout = CLOUDCIRCUIT_BREAKER_LAYOUT;
        corrupt(bad);
    }

    CHECK(cloudcircuit_breaker_state_validate(&state) == CLOUDCIRCUIT_OK);
    SPOILT(layout, CLOUDCIRCUIT_LEDGER_LAYOUT);
    SPOILT(phase, 0);
    SPOILT(phase, 6);
    SPOILT(phase, CLOUDCIRCUIT_BREAKER_OPEN);
    SPOILT(phase, CLOUDCIRCUIT_BREAKER_HALF_OPEN);
    SPOILT(phase, CLOUDCIRCUIT_BREAKER_FORCED_OPEN);
    SPOILT(revision, UINT64_MAX);
    SPOILT(generation, 0);
    SPOILT(generation, 2);
    SPOILT(phase_since, 1);
    SPOILT(reserved, 1);
    SPOILT(open_until, 1);
    SPOILT(forced_until, 1);
    SPOILT(ramp_duration, 1);
    SPOILT(ramp_credit, 1);
    SPOILT(bucket_duration, 1);
    SPOILT(bucket_duration, -1);
    SPOILT(newest_bucket, 1);
    SPOILT(streak_age, 1);
    SPOILT(streak_skipped, 1);
    SPOILT(consecutive_failures, 1);
    SPOILT(trips, 1);
    SPOILT(window_calls, 1);
    SPOILT(window_calls, 129);
    SPOILT(window_next, 1);
    SPOILT(window_next, 128);
    SPOILT(probes_judged, 1);
    SPOILT(probes_failed, 1);
    SPOILT(live_probes, 1);
    for (i = 0; i < 2; i++) {
        SPOILT(window_failures[i], 1);
        SPOILT(window_slow[i], 1);
    }
    for (i = 0; i < 8; i++)
        SPOILT(probe_deadlines[i], 1);
    for (i = 0; i < 16; i++) {
        SPOILT(bucket_calls[i], 1);
        SPOILT(bucket_failures[i], 1);
        SPOILT(bucket_slow[i], 1);
    }

    /* More outcomes than revisions, and more phases than revisions can have made. */
    config.window_size = 9, config.minimum_calls = 9, config.failure_rate_ppm = 1000000;
    for (i = 0; i < 3; i++)
        call(CLOUDCIRCUIT_OUTCOME_SUCCESS, (int64_t)i);
    CHECK(cloudcircuit_breaker_state_validate(&state) == CLOUDCIRCUIT_OK && state.revision == 3);
    SPOILT(revision, 2);
    SPOILT(generation, 2);
    SPOILT(window_next, 2);
    SPOILT(window_failures[0], 8);
    SPOILT(window_slow[1], 1);

    /* By time: 100 in buckets of 7, at 65 in bucket 9. */
    reset();
    config.window_duration = 100;
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, 60);
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, 65);
    CHECK(cloudcircuit_breaker_state_validate(&state) == CLOUDCIRCUIT_OK);
    CHECK(state.bucket_duration == 7 && state.newest_bucket == 9);
    SPOILT(bucket_duration, 8);
    SPOILT(bucket_duration, 0);
    SPOILT(bucket_duration, -7);
    SPOILT(bucket_duration, INT64_MAX);
    SPOILT(newest_bucket, 10);
    SPOILT(newest_bucket, 7);
    SPOILT(newest_bucket, INT64_MAX);
    SPOILT(streak_age, 16);
    SPOILT(streak_skipped, 2);
    SPOILT(bucket_calls[9], 0);
    SPOILT(bucket_calls[9], 2);
    SPOILT(bucket_failures[9], 2);
    SPOILT(bucket_failures[1], 1);
    SPOILT(bucket_slow[8], 2);

    /* Open. */
    reset();
    trip(5);
    CHECK(cloudcircuit_breaker_state_validate(&state) == CLOUDCIRCUIT_OK);
    SPOILT(revision, 2);
    SPOILT(phase, CLOUDCIRCUIT_BREAKER_CLOSED);
    SPOILT(phase, CLOUDCIRCUIT_BREAKER_HALF_OPEN);
    SPOILT(phase, CLOUDCIRCUIT_BREAKER_FORCED_CLOSED);
    SPOILT(phase_since, 6);
    SPOILT(open_until, 5);
    SPOILT(trips, 2);
    SPOILT(consecutive_failures, 0); /* a trip without an outcome */
    SPOILT(consecutive_failures, 4);
    SPOILT(ramp_duration, 1);
    SPOILT(live_probes, 1);
    SPOILT(probes_judged, 1);
    SPOILT(forced_until, 1);

    /* Half-open. */
    CHECK(allowed(15));
    CHECK(cloudcircuit_breaker_state_validate(&state) == CLOUDCIRCUIT_OK);
    SPOILT(live_probes, 0);
    SPOILT(live_probes, 3);
    SPOILT(live_probes, 0x101);
    SPOILT(probe_deadlines[0], 0);
    SPOILT(probe_deadlines[0], 15);
    SPOILT(probe_deadlines[1], 115);
    SPOILT(probes_failed, 1);
    SPOILT(probes_judged, 64);
    SPOILT(open_until, 16);
    SPOILT(forced_until, 1);
    SPOILT(ramp_credit, 1);
    SPOILT(trips, 2);
    SPOILT(phase_since, 16);

    /* Closed with trips and a ramp. */
    config.ramp_duration = 50, config.trips_decay = 10;
    CHECK(tell(&permit, CLOUDCIRCUIT_OUTCOME_SUCCESS, 16) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_breaker_state_validate(&state) == CLOUDCIRCUIT_OK);
    CHECK(state.trips == 1 && state.ramp_duration == 50 && state.ramp_credit == 50);
    SPOILT(trips, 2);
    SPOILT(ramp_credit, 51);
    SPOILT(ramp_credit, -1);
    SPOILT(ramp_duration, 49);
    SPOILT(ramp_duration, -1);
    SPOILT(generation, 3);
    SPOILT(phase, CLOUDCIRCUIT_BREAKER_OPEN);

    /* Forced. */
    CHECK(cloudcircuit_breaker_force(&state, 5, 20, 16) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_breaker_state_validate(&state) == CLOUDCIRCUIT_OK);
    SPOILT(open_until, 1);
    SPOILT(trips, 1);
    SPOILT(consecutive_failures, 1);
    SPOILT(ramp_duration, 1);
    SPOILT(phase, CLOUDCIRCUIT_BREAKER_CLOSED);

    one_rule_alone();

    /* Cut off, the rest zeros: what a short read leaves. Without its trips it is one that a
       retry_at has opened. */
    reset();
    trip(0);
    for (cut = 0; cut <= offsetof(cloudcircuit_breaker_state, open_until); cut++) {
        memset(&bad, 0, sizeof bad);
        memcpy(&bad, &state, cut);
        if (memcmp(&bad, &state, sizeof state) != 0)
            corrupt(bad);
    }
}

/* Many random events, twice; the fused call stands for the two that it is made of. */

static uint64_t seed;

static uint32_t draw(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

static void play(int fused, cloudcircuit_breaker_state *end)
{
    cloudcircuit_breaker_permit given[16];
    int64_t now = 0;
    int i;
    reset();
    memset(given, 0, sizeof given);
    config.window_size = 20, config.minimum_calls = 5;
    config.failure_rate_ppm = 500000, config.slow_call_rate_ppm = 700000;
    config.slow_call_duration = 50, config.failure_threshold = 4;
    config.half_open_max_probes = 3, config.half_open_calls = 5;
    config.half_open_failure_rate_ppm = 400000, config.half_open_duration = 300;
    config.max_retry_after = 40, config.trips_decay = 200, config.ramp_duration = 60;
    config.jitter_ppm = 300000, config.jitter_seed = 99;
    for (i = 0; i < 100000; i++) {
        cloudcircuit_breaker_permit *one = &given[draw(16)];
        int32_t outcome = draw(10) < 7 ? 1 : 1 + (int32_t)draw(3);
        int64_t duration = draw(100), retry_at = draw(8) ? INT64_MIN : now + draw(60);
        now += (int64_t)draw(30) - 5;
        if (draw(3) == 0) {
            CHECK(cloudcircuit_breaker_acquire(&config, &state, now, one) == CLOUDCIRCUIT_OK);
        } else if (!fused) {
            cloudcircuit_breaker_permit next = REFUSED;
            if (cloudcircuit_breaker_report(&config, &state, one, outcome, duration, retry_at,
                                            now) == 0)
                cloudcircuit_breaker_acquire(&config, &state, now, &next);
            *one = next;
        } else {
            cloudcircuit_breaker_report_and_acquire(&config, &state, one, outcome, duration,
                                                    retry_at, now, one);
        }
        CHECK(cloudcircuit_breaker_state_validate(&state) == CLOUDCIRCUIT_OK);
    }
    *end = state;
}

static void replays_give_the_same_bytes(void)
{
    cloudcircuit_breaker_state ends[3];
    seed = fresh_seed(), play(0, &ends[0]);
    seed = fresh_seed(), play(0, &ends[1]);
    seed = fresh_seed(), play(1, &ends[2]);
    CHECK(SAME_BYTES(ends[0], ends[1]));
    CHECK(SAME_BYTES(ends[0], ends[2]));
    CHECK(ends[0].generation > 100);
}

/* The portable form */

static const unsigned char GOLDEN[CLOUDCIRCUIT_BREAKER_ENCODED_LEN] = {
    0x43, 0x43, 0x42, 0x31, 3, 0, 0, 0, /* layout, phase */
    5, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, /* revision, generation */
    0x98, 0x3A, 0, 0, 0, 0, 0, 0, /* updated_at 15000 */
    0x98, 0x3A, 0, 0, 0, 0, 0, 0, /* phase_since 15000 */
    3, 0, 0, 0, 0, 0, 0, 0, /* consecutive_failures, reserved */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* open_until, forced_until */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* ramp_duration, ramp_credit */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* bucket_duration, newest_bucket */
    0x0E, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* window_failures */
    4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* window_slow */
    0xF8, 0x24, 1, 0, 0, 0, 0, 0, /* deadline 75000 */
    0, 0, 0, 0, 0, 0, 0, 0, /* slot 1 */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, /* live_probes, judged, failed, trips */
    4, 0, 0, 0, 4, 0, 0, 0, /* window_calls, window_next */
    0, 0, 0, 0, 0, 0, 0, 0, /* streak */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* bucket_calls */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* bucket_failures */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* bucket_slow */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0xF9, 0x7D, 0xEA, 0x8C, /* zlib.crc32 */
};

/* Success, failure, slow failure, failure: open from -25000 to 5000; a probe at 15000. */
static void golden(void)
{
    static const int32_t outcomes[] = {1, 2, 2, 2};
    size_t i;
    CHECK(cloudcircuit_breaker_config_init(&config) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_breaker_init(-30000, &state) == CLOUDCIRCUIT_OK);
    config.window_size = 10, config.minimum_calls = 10;
    config.slow_call_rate_ppm = 1000000, config.slow_call_duration = 500;
    for (i = 0; i < 4; i++) {
        CHECK(allowed(-25000));
        CHECK(cloudcircuit_breaker_report(&config, &state, &permit, outcomes[i], i == 2 ? 500 : 499,
                                          NONE_AT, -25000) == CLOUDCIRCUIT_OK);
    }
    CHECK(allowed(15000));
}

/* By time, buckets of 10: a slow failure at -1, a success at 15, a failure at 16. */
static void golden_by_time(void)
{
    unsigned char bytes[CLOUDCIRCUIT_BREAKER_ENCODED_LEN];
    reset();
    config.window_duration = 160, config.minimum_calls = 10;
    config.slow_call_rate_ppm = 1000000, config.slow_call_duration = 500;
    CHECK(cloudcircuit_breaker_init(-1, &state) == CLOUDCIRCUIT_OK);
    CHECK(allowed(-1));
    CHECK(cloudcircuit_breaker_report(&config, &state, &permit, 2, 500, NONE_AT, -1) ==
          CLOUDCIRCUIT_OK);
    call(CLOUDCIRCUIT_OUTCOME_SUCCESS, 15);
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, 16);
    CHECK(cloudcircuit_breaker_state_encode(&state, bytes, sizeof bytes) == CLOUDCIRCUIT_OK);
    CHECK(bytes[80] == 10 && bytes[81] == 0); /* bucket_duration */
    CHECK(bytes[88] == 1 && bytes[89] == 0);  /* newest_bucket */
    CHECK(bytes[216] == 0 && bytes[220] == 0); /* the streak starts there, after 0 failures */
    CHECK(bytes[224 + 4 * 15] == 1 && bytes[224 + 4 * 1] == 2);  /* calls of -1 and 1 */
    CHECK(bytes[288 + 4 * 15] == 1 && bytes[288 + 4 * 1] == 1);  /* failures */
    CHECK(bytes[352 + 4 * 15] == 1 && bytes[352 + 4 * 1] == 0);  /* slow */
}

static void encodings(void)
{
    unsigned char bytes[CLOUDCIRCUIT_BREAKER_ENCODED_LEN + 8];
    cloudcircuit_breaker_state back;
    size_t i, bit;
    golden();
    memset(bytes, 0xAA, sizeof bytes);
    CHECK(cloudcircuit_breaker_state_encode(&state, bytes, sizeof GOLDEN) == CLOUDCIRCUIT_OK);
    CHECK(memcmp(bytes, GOLDEN, sizeof GOLDEN) == 0 && bytes[sizeof GOLDEN] == 0xAA);
    CHECK(cloudcircuit_breaker_state_decode(GOLDEN, sizeof GOLDEN, &back) == CLOUDCIRCUIT_OK);
    CHECK(SAME_BYTES(back, state));

    /* Any one bit wrong, any length wrong. */
    for (i = 0; i < sizeof GOLDEN; i++) {
        for (bit = 0; bit < 8; bit++) {
            bytes[i] ^= (unsigned char)(1u << bit);
            memset(&back, 0xAA, sizeof back);
            CHECK(cloudcircuit_breaker_state_decode(bytes, sizeof GOLDEN, &back) ==
                  CLOUDCIRCUIT_ERR_CORRUPT_STATE);
            CHECK(SAME_BYTES(back, NONE));
            bytes[i] ^= (unsigned char)(1u << bit);
        }
    }
    /* The right checksum, of a state that no call has written: generation 0, then something in reserved. */
    bytes[16] ^= GOLDEN[16], seal(bytes, sizeof GOLDEN);
    CHECK(cloudcircuit_breaker_state_decode(bytes, sizeof GOLDEN, &back) == CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    CHECK(SAME_BYTES(back, NONE));
    bytes[16] = GOLDEN[16], bytes[44] = 1, seal(bytes, sizeof GOLDEN);
    CHECK(cloudcircuit_breaker_state_decode(bytes, sizeof GOLDEN, &back) == CLOUDCIRCUIT_ERR_CORRUPT_STATE);
    bytes[44] = 0, seal(bytes, sizeof GOLDEN);
    CHECK(memcmp(bytes, GOLDEN, sizeof GOLDEN) == 0);
    for (i = 0; i < sizeof bytes; i++) {
        unsigned char untouched[sizeof bytes];
        if (i == sizeof GOLDEN)
            continue;
        memset(&back, 0xAA, sizeof back);
        CHECK(cloudcircuit_breaker_state_decode(bytes, i, &back) ==
              CLOUDCIRCUIT_ERR_ENCODED_LENGTH);
        CHECK(SAME_BYTES(back, NONE));
        memcpy(untouched, bytes, sizeof bytes);
        CHECK(cloudcircuit_breaker_state_encode(&state, bytes, i) ==
              CLOUDCIRCUIT_ERR_ENCODED_LENGTH);
        CHECK(SAME_BYTES(bytes, untouched));
    }
    CHECK(cloudcircuit_breaker_state_encode(NULL, bytes, 1) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_breaker_state_encode(&state, NULL, 1) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_breaker_state_decode(NULL, 1, &back) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_breaker_state_decode(bytes, sizeof GOLDEN, NULL) ==
          CLOUDCIRCUIT_ERR_NULL_POINTER);
}

/* Inputs and results in the same memory, at every alignment. */
static void overlaps(void)
{
    unsigned char memory[1024];
    size_t offset;
    for (offset = 0; offset < 8; offset++) {
        void *at = memory + offset, *there = memory + offset + 512;
        cloudcircuit_breaker_permit answer;
        golden();
        memcpy(there, &state, sizeof state);

        /* The config where the permit goes. */
        config.half_open_max_probes = 2, config.half_open_calls = 2;
        memcpy(at, &config, sizeof config);
        CHECK(cloudcircuit_breaker_acquire(at, there, 15001, at) == CLOUDCIRCUIT_OK);
        memcpy(&answer, at, sizeof answer);
        CHECK(answer.allowed && answer.probe_slot == 2 && answer.deadline == 75001);

        /* A permit where the next one goes. */
        CHECK(cloudcircuit_breaker_report_and_acquire(NULL, there, at, 1, 0, 0, 15002, at) ==
              CLOUDCIRCUIT_OK);
        memcpy(&answer, at, sizeof answer);
        CHECK(answer.allowed && answer.phase == CLOUDCIRCUIT_BREAKER_CLOSED);

        /* A state where its bytes go, and back. */
        memcpy(at, &state, sizeof state);
        CHECK(cloudcircuit_breaker_state_encode(at, at, sizeof GOLDEN) == CLOUDCIRCUIT_OK);
        CHECK(memcmp(at, GOLDEN, sizeof GOLDEN) == 0);
        CHECK(cloudcircuit_breaker_state_decode(at, sizeof GOLDEN, at) == CLOUDCIRCUIT_OK);
        CHECK(memcmp(at, &state, sizeof state) == 0);
        CHECK(cloudcircuit_breaker_state_validate(at) == CLOUDCIRCUIT_OK);
        CHECK(cloudcircuit_breaker_force(at, 4, 1, 0) == CLOUDCIRCUIT_OK);
    }
}

/* A closed breaker and its config that touch, or share bytes that suit both, at every alignment. */
static void neighbours(void)
{
    static const size_t config_at[] = {256 - 128, 256 - 120, 256 + 408, 256 + 416};
    size_t offset, i;
    for (offset = 0; offset < 8; offset++) {
        for (i = 0; i < COUNT(config_at); i++) {
            unsigned char memory[1024] = {0};
            void *at = memory + 256 + offset, *with = memory + config_at[i] + offset;
            cloudcircuit_breaker_permit given;
            reset();
            /* Where the state's last bytes are the config's first, another rule is on. */
            config.failure_threshold = 5;
            config.max_retry_after = i == 2;
            memcpy(with, &config, sizeof config);
            memcpy(at, &state, sizeof state);
            memcpy(&config, with, sizeof config);

            CHECK(cloudcircuit_breaker_acquire(with, at, -1, &given) == CLOUDCIRCUIT_OK);
            CHECK(allowed(-1) && SAME_BYTES(given, permit) && given.clock_regressed);
            CHECK(cloudcircuit_breaker_report(with, at, &given, 2, 1, NONE_AT, 3) == CLOUDCIRCUIT_OK);
            CHECK(cloudcircuit_breaker_report(&config, &state, &permit, 2, 1, NONE_AT, 3) ==
                  CLOUDCIRCUIT_OK);
            CHECK(cloudcircuit_breaker_report_and_acquire(with, at, &given, 1, 1, NONE_AT, 2, &given) ==
                  CLOUDCIRCUIT_OK);
            CHECK(tell(&permit, 1, 2) == CLOUDCIRCUIT_OK && allowed(2));
            CHECK(memcmp(at, &state, sizeof state) == 0 && SAME_BYTES(given, permit));
            /* The success ends a stored run of failures, whatever the rule that is on. */
            CHECK(state.revision == 2 && state.updated_at == 3);
        }
    }
}

/* Each pointer off its alignment while the others are on it. */
static void one_off_alignment(void)
{
    size_t which, offset;
    for (which = 0; which < 3; which++) {
        for (offset = 1; offset < 8; offset++) {
            uint64_t memory[3][64] = {{0}};
            void *with = (unsigned char *)memory[0] + (which == 0 ? offset : 0);
            void *at = (unsigned char *)memory[1] + (which == 1 ? offset : 0);
            void *given = (unsigned char *)memory[2] + (which == 2 ? offset : 0);
            reset();
            memcpy(with, &config, sizeof config);
            memcpy(at, &state, sizeof state);

            CHECK(cloudcircuit_breaker_acquire(with, at, 0, given) == CLOUDCIRCUIT_OK);
            CHECK(allowed(0) && memcmp(given, &permit, sizeof permit) == 0);
            CHECK(cloudcircuit_breaker_report(with, at, given, 2, 1, 9, 1) == CLOUDCIRCUIT_OK);
            CHECK(cloudcircuit_breaker_report(&config, &state, &permit, 2, 1, 9, 1) ==
                  CLOUDCIRCUIT_OK);
            CHECK(cloudcircuit_breaker_report_and_acquire(with, at, given, 1, 1, 9, 2, given) ==
                  CLOUDCIRCUIT_OK);
            CHECK(tell(&permit, 1, 2) == CLOUDCIRCUIT_OK && allowed(2));
            CHECK(memcmp(at, &state, sizeof state) == 0);
            CHECK(memcmp(given, &permit, sizeof permit) == 0 && state.revision == 2);
        }
    }
}

/* A config whose durations are the first bytes of a state, which change as it trips: it is read
   before, at every alignment. */
static void a_config_within_the_state(void)
{
    size_t offset;
    for (offset = 0; offset < 8; offset++) {
        unsigned char memory[1024] = {0};
        void *at = memory + 256 + offset, *with = memory + 256 - 72 + offset;
        int64_t open_duration; /* the layout and the closed phase, in either byte order */
        reset();
        memcpy(&open_duration, &state, sizeof open_duration);
        state.revision = UINT64_C(1) << 62; /* the longest open_duration */
        state.generation = 2;
        config.failure_threshold = 1;
        memcpy(with, &config, sizeof config);
        memcpy(at, &state, sizeof state);
        memcpy(&config, with, sizeof config);

        CHECK(allowed(3));
        CHECK(cloudcircuit_breaker_report(with, at, &permit, 2, 1, 9, 3) == CLOUDCIRCUIT_OK);
        CHECK(cloudcircuit_breaker_report(&config, &state, &permit, 2, 1, 9, 3) == CLOUDCIRCUIT_OK);
        CHECK(memcmp(at, &state, sizeof state) == 0);
        CHECK(state.open_until == 3 + open_duration);
    }
}

/* A config at every place that shares bytes with a state, whichever of the two they suit: each call answers as on
   copies. */
static void a_config_anywhere_around_the_state(void)
{
    int place, config_first;
    for (place = -136; place <= 424; place++) {
        for (config_first = 0; config_first < 2; config_first++) {
            uint64_t memory[128] = {0};
            unsigned char *at = (unsigned char *)memory + 256, *with = at + place;
            cloudcircuit_breaker_config own;
            cloudcircuit_breaker_state apart;
            cloudcircuit_breaker_permit given, other;
            cloudcircuit_status status;
            reset();
            if (config_first)
                memcpy(with, &config, sizeof config);
            memcpy(at, &state, sizeof state);
            if (!config_first)
                memcpy(with, &config, sizeof config);
            memcpy(&own, with, sizeof own);
            memcpy(&apart, at, sizeof apart);

            status = cloudcircuit_breaker_acquire(&own, &apart, 3, &given);
            CHECK(cloudcircuit_breaker_acquire((void *)with, (void *)at, 3, &other) == status);
            CHECK(memcmp(at, &apart, sizeof apart) == 0 && SAME_BYTES(given, other));
            CHECK(allowed(3));
            memcpy(&own, with, sizeof own);
            status = cloudcircuit_breaker_report(&own, &apart, &permit, 2, 1, 9, 3);
            CHECK(cloudcircuit_breaker_report((void *)with, (void *)at, &permit, 2, 1, 9, 3) == status);
            CHECK(memcmp(at, &apart, sizeof apart) == 0);
        }
    }
}

int main(void)
{
    configs();
    pointers();
    reports();
    storage_errors_are_not_zero_failures();
    last_places();
    streaks_in_other_buckets();
    successes_that_count();
    the_least_of_each();
    probes_at_a_time();
    forced_to_what_it_is();
    a_monitored_ramp_is_judged();
    counts_stay_at_the_most();
    trips_stay_at_the_most();
    replays_give_the_same_bytes();
    encodings();
    golden_by_time();
    overlaps();
    neighbours();
    one_off_alignment();
    a_config_within_the_state();
    a_config_anywhere_around_the_state();
    return report();
}
