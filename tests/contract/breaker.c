/* The whole breaker: each status is produced, each refusal is compared byte for byte over memory
   that held something else, no error changes a state, and what is known to go wrong in other
   breakers does not go wrong here. */
#include "check.h"
#include <cloudcircuit.h>
#include <stdlib.h>

static const unsigned char FILLS[] = {0xAA, 0x55};
static const cloudcircuit_breaker_permit REFUSED = {0, 0, 0, 0, 0, 0, 0};
static const cloudcircuit_breaker_state NONE;

static cloudcircuit_breaker_config config;
static cloudcircuit_breaker_state state;
static cloudcircuit_breaker_permit permit;

/* Short calls on the three above. */

static int allowed(int64_t now)
{
    CHECK(cloudcircuit_breaker_acquire(&config, &state, now, &permit) == CLOUDCIRCUIT_OK);
    CHECK(permit.phase == state.phase && permit.generation == state.generation);
    CHECK(permit.allowed ? permit.retry_after == 0 : permit.probe_slot == 0);
    return (int)permit.allowed;
}

static cloudcircuit_status tell(const cloudcircuit_breaker_permit *given, int32_t outcome,
                                int64_t now)
{
    return cloudcircuit_breaker_report(&config, &state, given, outcome, 0, now);
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
        CHECK(cloudcircuit_breaker_report(with, at, given, outcome, duration, 7) == expected);
        CHECK(cloudcircuit_breaker_report_and_acquire(with, at, given, outcome, duration, 7,
                                                      &next) == expected);
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

static void configs(void)
{
    reset();
    BAD(window_size, 129, CLOUDCIRCUIT_ERR_WINDOW_SIZE);
    BAD(window_size, UINT32_MAX, CLOUDCIRCUIT_ERR_WINDOW_SIZE);
    BAD(window_size, 1, CLOUDCIRCUIT_ERR_MINIMUM_CALLS);
    config.minimum_calls = 11;
    BAD(window_size, 10, CLOUDCIRCUIT_ERR_MINIMUM_CALLS);
    BAD(failure_rate_ppm, 1000001, CLOUDCIRCUIT_ERR_FAILURE_RATE_PPM);
    BAD(slow_call_rate_ppm, 1000001, CLOUDCIRCUIT_ERR_SLOW_CALL_RATE_PPM);
    BAD(half_open_max_probes, 0, CLOUDCIRCUIT_ERR_HALF_OPEN_MAX_PROBES);
    BAD(half_open_max_probes, 9, CLOUDCIRCUIT_ERR_HALF_OPEN_MAX_PROBES);
    BAD(half_open_successes, 0, CLOUDCIRCUIT_ERR_HALF_OPEN_SUCCESSES);
    BAD(jitter_ppm, 1000001, CLOUDCIRCUIT_ERR_JITTER_PPM);
    config.window_size = 11;
    BAD(slow_call_rate_ppm, 1, CLOUDCIRCUIT_ERR_SLOW_CALL_DURATION);
    BAD(open_duration, 0, CLOUDCIRCUIT_ERR_OPEN_DURATION);
    BAD(open_duration, INT64_MIN, CLOUDCIRCUIT_ERR_OPEN_DURATION);
    BAD(max_open_duration, 9, CLOUDCIRCUIT_ERR_MAX_OPEN_DURATION);
    BAD(probe_timeout, 0, CLOUDCIRCUIT_ERR_PROBE_TIMEOUT);
    BAD(probe_timeout, -1, CLOUDCIRCUIT_ERR_PROBE_TIMEOUT);
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
    CHECK(cloudcircuit_breaker_report_and_acquire(NULL, &state, &permit, 2, 0, 0, NULL) ==
          CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(SAME_BYTES(before, state));
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
    given = permit, given.generation = 1, bad_permit(given);
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
}

/* Peers' known defects */

static void lost_probes_never_stick(void)
{
    int64_t now = 10, open_time;
    int round;
    reset();
    config.half_open_max_probes = 8;
    trip(0);
    for (round = 0; round < 100; round++) {
        int lost;
        for (lost = 0; lost < 8; lost++)
            CHECK(allowed(now));
        CHECK(!allowed(now + 99) && permit.retry_after == 1);
        now += 100;
        open_time = round == 0 ? 20 : round == 1 ? 40 : 80;
        CHECK(!allowed(now) && permit.retry_after == open_time);
        CHECK(state.phase == CLOUDCIRCUIT_BREAKER_OPEN && state.live_probes == 0);
        now += open_time;
    }
    call(CLOUDCIRCUIT_OUTCOME_SUCCESS, now);
    CHECK(state.phase == CLOUDCIRCUIT_BREAKER_CLOSED && state.trips == 0);
}

static void no_stampede_of_probes(void)
{
    uint32_t most;
    for (most = 1; most <= 8; most++) {
        uint32_t i, granted = 0;
        reset();
        config.half_open_max_probes = most;
        config.half_open_successes = 3;
        trip(0);
        for (i = 0; i < 1000; i++)
            granted += (uint32_t)allowed(10 + i % 100);
        CHECK(granted == most);

        /* A probe that ends makes room for one more, no matter how it ends. */
        reset();
        config.half_open_max_probes = most;
        config.half_open_successes = 1000;
        trip(0);
        for (i = 0; i < 20; i++) {
            int32_t outcome = i % 2 ? CLOUDCIRCUIT_OUTCOME_SUCCESS : CLOUDCIRCUIT_OUTCOME_IGNORED;
            CHECK(allowed(20 + i));
            CHECK(tell(&permit, outcome, 20 + i) == CLOUDCIRCUIT_OK);
            CHECK(tell(&permit, outcome, 20 + i) == CLOUDCIRCUIT_ERR_STALE_PERMIT);
            CHECK(state.live_probes == 0 && state.probe_successes == (i + 1) / 2);
        }
    }
}

static void late_results_never_close_a_fresh_breaker(void)
{
    cloudcircuit_breaker_permit early, probe, other;
    cloudcircuit_breaker_state before;
    reset();
    config.half_open_max_probes = 2;
    CHECK(allowed(0));
    early = permit;
    trip(0);
    refuses(&config, &state, &early, 1, 0, CLOUDCIRCUIT_ERR_STALE_PERMIT);

    CHECK(allowed(10));
    probe = permit;
    refuses(&config, &state, &early, 1, 0, CLOUDCIRCUIT_ERR_STALE_PERMIT);
    CHECK(allowed(10));
    other = permit;
    CHECK(other.probe_slot == 2);
    CHECK(tell(&probe, CLOUDCIRCUIT_OUTCOME_FAILURE, 11) == CLOUDCIRCUIT_OK);
    CHECK(state.phase == CLOUDCIRCUIT_BREAKER_OPEN && state.open_until == 31);
    refuses(&config, &state, &other, 1, 0, CLOUDCIRCUIT_ERR_STALE_PERMIT);

    /* Half-open again: the same slot, another generation. */
    CHECK(allowed(31) && permit.probe_slot == 1);
    refuses(&config, &state, &probe, 1, 0, CLOUDCIRCUIT_ERR_STALE_PERMIT);
    refuses(&config, &state, &other, 1, 0, CLOUDCIRCUIT_ERR_STALE_PERMIT);
    probe = permit;
    CHECK(tell(&probe, CLOUDCIRCUIT_OUTCOME_SUCCESS, 32) == CLOUDCIRCUIT_OK);
    CHECK(state.phase == CLOUDCIRCUIT_BREAKER_CLOSED && state.generation == 5);

    /* And a late failure opens nothing. */
    before = state;
    CHECK(tell(&early, CLOUDCIRCUIT_OUTCOME_FAILURE, 33) == CLOUDCIRCUIT_ERR_STALE_PERMIT);
    CHECK(tell(&probe, CLOUDCIRCUIT_OUTCOME_FAILURE, 33) == CLOUDCIRCUIT_ERR_STALE_PERMIT);
    CHECK(SAME_BYTES(before, state));
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

static void storage_errors_are_not_zero_failures(void)
{
    cloudcircuit_breaker_state bad;
    size_t cut, i;
    reset();
    memset(&bad, 0, sizeof bad), corrupt(bad);
    memset(&bad, 0xFF, sizeof bad), corrupt(bad);
    srand(4);
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
    SPOILT(revision, UINT64_MAX);
    SPOILT(generation, 1);
    SPOILT(open_until, 1);
    SPOILT(forced_until, 1);
    SPOILT(consecutive_failures, 1);
    SPOILT(trips, 1);
    SPOILT(window_calls, 1);
    SPOILT(window_calls, 129);
    SPOILT(window_next, 1);
    SPOILT(window_next, 128);
    SPOILT(probe_successes, 1);
    SPOILT(live_probes, 1);
    SPOILT(window_failures[0], 1);
    SPOILT(window_slow[1], 1);
    SPOILT(probe_deadlines[7], 1);

    /* More outcomes than revisions, and a phase between two that are closed. */
    for (i = 0; i < 3; i++)
        call(CLOUDCIRCUIT_OUTCOME_SUCCESS, (int64_t)i);
    CHECK(cloudcircuit_breaker_state_validate(&state) == CLOUDCIRCUIT_OK);
    SPOILT(revision, 2);
    bad = state, bad.revision = 5, bad.generation = 2;
    CHECK(cloudcircuit_breaker_state_validate(&bad) == CLOUDCIRCUIT_OK);
    bad.generation = 1, corrupt(bad);
    bad.generation = 3, corrupt(bad);

    reset();
    trip(5);
    CHECK(cloudcircuit_breaker_state_validate(&state) == CLOUDCIRCUIT_OK);
    SPOILT(revision, 2);
    SPOILT(phase, CLOUDCIRCUIT_BREAKER_CLOSED);
    SPOILT(phase, CLOUDCIRCUIT_BREAKER_FORCED_CLOSED);
    SPOILT(open_until, 5);
    SPOILT(trips, 0);
    SPOILT(trips, 2);
    SPOILT(consecutive_failures, 0);
    SPOILT(consecutive_failures, 2);
    SPOILT(consecutive_failures, 4);
    SPOILT(window_failures[0], 3);
    SPOILT(window_failures[0], 15);
    SPOILT(window_slow[0], 8);
    SPOILT(live_probes, 1);
    SPOILT(probe_successes, 1);

    /* A trip without an outcome. */
    bad = state;
    bad.consecutive_failures = bad.window_calls = bad.window_next = 0;
    bad.window_failures[0] = 0;
    corrupt(bad);

    CHECK(allowed(15));
    CHECK(cloudcircuit_breaker_state_validate(&state) == CLOUDCIRCUIT_OK);
    SPOILT(live_probes, 0);
    SPOILT(live_probes, 3);
    SPOILT(live_probes, 0x101);
    SPOILT(probe_deadlines[0], 0);
    SPOILT(probe_deadlines[0], 15);
    SPOILT(probe_deadlines[1], 115);
    SPOILT(forced_until, 1);

    CHECK(cloudcircuit_breaker_force(&state, 5, 20, 16) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_breaker_state_validate(&state) == CLOUDCIRCUIT_OK);
    SPOILT(open_until, 1);
    SPOILT(trips, 1);
    SPOILT(phase, CLOUDCIRCUIT_BREAKER_CLOSED);

    /* Cut off, the rest zeros: what a short read leaves. */
    reset();
    trip(0);
    for (cut = 0; cut < sizeof state; cut++) {
        memset(&bad, 0, sizeof bad);
        memcpy(&bad, &state, cut);
        if (memcmp(&bad, &state, sizeof state) != 0)
            corrupt(bad);
    }
}

/* Time */

static void clocks_that_run_back_never_open_the_way(void)
{
    reset();
    CHECK(cloudcircuit_breaker_init(1000, &state) == CLOUDCIRCUIT_OK);
    CHECK(allowed(INT64_MIN) && permit.clock_regressed);
    trip(1000);
    CHECK(!allowed(INT64_MIN) && permit.clock_regressed && permit.retry_after == 10);
    CHECK(!allowed(999) && permit.clock_regressed && permit.retry_after == 10);
    CHECK(!allowed(1000) && !permit.clock_regressed && permit.retry_after == 10);
    CHECK(!allowed(1009) && permit.retry_after == 1);
    CHECK(allowed(1010) && permit.deadline == 1110 && state.updated_at == 1010);
    CHECK(!allowed(0) && permit.clock_regressed && permit.retry_after == 100);
    CHECK(state.updated_at == 1010);
}

static void times_saturate(void)
{
    reset();
    CHECK(cloudcircuit_breaker_init(INT64_MIN, &state) == CLOUDCIRCUIT_OK);
    trip(INT64_MAX - 5);
    CHECK(state.open_until == INT64_MAX && !allowed(INT64_MAX - 1) && permit.retry_after == 1);
    CHECK(allowed(INT64_MAX) && permit.deadline == INT64_MAX);
    CHECK(!allowed(INT64_MAX) && permit.retry_after == 0);
    CHECK(state.phase == CLOUDCIRCUIT_BREAKER_OPEN && allowed(INT64_MAX));

    reset();
    CHECK(cloudcircuit_breaker_init(INT64_MIN, &state) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_breaker_force(&state, 4, INT64_MAX, INT64_MIN) == CLOUDCIRCUIT_OK);
    CHECK(!allowed(INT64_MIN) && permit.retry_after == INT64_MAX);
    CHECK(!allowed(INT64_MAX - 1) && !allowed(INT64_MAX)); /* never */
}

static void jitter_is_the_documented_one(void)
{
    /* 501 * r / 2^64 + 1000 for the first and the third number of SplitMix64 from 1234567: the
       second phase is half-open. */
    reset();
    config.open_duration = config.max_open_duration = 1000;
    config.jitter_ppm = 500000, config.jitter_seed = 1234567;
    trip(0);
    CHECK(state.open_until == 1175);
    call(CLOUDCIRCUIT_OUTCOME_FAILURE, 2000);
    CHECK(state.generation == 3 && state.open_until == 2000 + 1266);
}

static void forced_phases(void)
{
    static const int32_t phases[] = {0, 2, 3, 6, -1, INT32_MAX};
    cloudcircuit_breaker_state before;
    size_t i;
    reset();
    before = state;
    for (i = 0; i < COUNT(phases); i++)
        CHECK(cloudcircuit_breaker_force(&state, phases[i], 9, 0) ==
              CLOUDCIRCUIT_ERR_FORCED_PHASE);
    CHECK(cloudcircuit_breaker_force(&state, 1, 9, 9) == CLOUDCIRCUIT_OK);
    CHECK(SAME_BYTES(before, state));

    CHECK(cloudcircuit_breaker_force(&state, 4, 50, 10) == CLOUDCIRCUIT_OK);
    CHECK(state.generation == 1 && state.revision == 1 && state.updated_at == 10);
    CHECK(cloudcircuit_breaker_force(&state, 4, 60, 11) == CLOUDCIRCUIT_OK);
    CHECK(state.generation == 1 && state.revision == 2 && state.updated_at == 11);
    CHECK(!allowed(59) && permit.retry_after == 1);
    CHECK(cloudcircuit_breaker_force(&state, 1, 0, 12) == CLOUDCIRCUIT_OK && allowed(12));
    CHECK(state.generation == 2 && state.forced_until == 0);
    trip(12);
    CHECK(cloudcircuit_breaker_force(&state, 5, 70, 13) == CLOUDCIRCUIT_OK);
    for (i = 0; i < 5; i++)
        call(CLOUDCIRCUIT_OUTCOME_FAILURE, 14);
    CHECK(state.phase == CLOUDCIRCUIT_BREAKER_FORCED_CLOSED && state.revision == 7);
    CHECK(allowed(70) && state.phase == CLOUDCIRCUIT_BREAKER_CLOSED);
}

/* Many writers */

static void calls_that_change_nothing_need_not_be_stored(void)
{
    cloudcircuit_breaker_state before;
    reset();
    before = state;
    CHECK(allowed(5) && tell(&permit, CLOUDCIRCUIT_OUTCOME_IGNORED, 6) == CLOUDCIRCUIT_OK);
    CHECK(SAME_BYTES(before, state));
    trip(7);
    CHECK(state.revision == 3 && state.generation == 1);
    before = state;
    CHECK(!allowed(8));
    CHECK(SAME_BYTES(before, state));
    CHECK(allowed(17) && state.revision == 4 && state.generation == 2);
    before = state;
    CHECK(!allowed(18));
    CHECK(SAME_BYTES(before, state));
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
    config.half_open_max_probes = 3, config.half_open_successes = 2;
    config.jitter_ppm = 300000, config.jitter_seed = 99;
    for (i = 0; i < 100000; i++) {
        cloudcircuit_breaker_permit *one = &given[draw(16)];
        int32_t outcome = draw(10) < 7 ? 1 : 1 + (int32_t)draw(3);
        int64_t duration = draw(100);
        now += (int64_t)draw(30) - 5;
        if (draw(3) == 0) {
            CHECK(cloudcircuit_breaker_acquire(&config, &state, now, one) == CLOUDCIRCUIT_OK);
        } else if (!fused) {
            cloudcircuit_breaker_permit next = REFUSED;
            if (cloudcircuit_breaker_report(&config, &state, one, outcome, duration, now) == 0)
                cloudcircuit_breaker_acquire(&config, &state, now, &next);
            *one = next;
        } else {
            cloudcircuit_breaker_report_and_acquire(&config, &state, one, outcome, duration, now,
                                                    one);
        }
        CHECK(cloudcircuit_breaker_state_validate(&state) == CLOUDCIRCUIT_OK);
    }
    *end = state;
}

static void replays_give_the_same_bytes(void)
{
    cloudcircuit_breaker_state ends[3];
    seed = 1, play(0, &ends[0]);
    seed = 1, play(0, &ends[1]);
    seed = 1, play(1, &ends[2]);
    CHECK(SAME_BYTES(ends[0], ends[1]));
    CHECK(SAME_BYTES(ends[0], ends[2]));
    CHECK(ends[0].generation > 100);
}

/* The portable form */

static const unsigned char GOLDEN[CLOUDCIRCUIT_BREAKER_ENCODED_LEN] = {
    'C', 'C', 'B', '1', 3, 0, 0, 0,                  /* layout, phase */
    5, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,  /* revision, generation */
    0x98, 0x3A, 0, 0, 0, 0, 0, 0,                    /* updated_at 15000 */
    0x88, 0x13, 0, 0, 0, 0, 0, 0,                    /* open_until 5000 */
    0, 0, 0, 0, 0, 0, 0, 0,                          /* forced_until */
    3, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0,  /* failures, trips, window */
    0, 0, 0, 0, 1, 0, 0, 0,                          /* probes */
    14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* window_failures */
    4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  /* window_slow */
    0xF8, 0x24, 1, 0, 0, 0, 0, 0,                    /* deadline 75000 */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0,
    0xB6, 0xF6, 0xA0, 0x77,                          /* zlib.crc32 */
};

/* Success, failure, slow failure, failure: open from -25000 to 5000; a probe at 15000. */
static void golden(void)
{
    static const int32_t outcomes[] = {1, 2, 2, 2};
    size_t i;
    CHECK(cloudcircuit_breaker_config_init(&config) == CLOUDCIRCUIT_OK);
    CHECK(cloudcircuit_breaker_init(-30000, &state) == CLOUDCIRCUIT_OK);
    config.slow_call_duration = 500;
    for (i = 0; i < 4; i++) {
        CHECK(allowed(-25000));
        CHECK(cloudcircuit_breaker_report(&config, &state, &permit, outcomes[i], i == 2 ? 500 : 499,
                                          -25000) == CLOUDCIRCUIT_OK);
    }
    CHECK(allowed(15000));
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
    unsigned char memory[512];
    size_t offset;
    for (offset = 0; offset < 8; offset++) {
        void *at = memory + offset, *there = memory + offset + 256;
        cloudcircuit_breaker_permit answer;
        golden();
        memcpy(there, &state, sizeof state);

        /* The config where the permit goes. */
        config.half_open_max_probes = 2;
        memcpy(at, &config, sizeof config);
        CHECK(cloudcircuit_breaker_acquire(at, there, 15001, at) == CLOUDCIRCUIT_OK);
        memcpy(&answer, at, sizeof answer);
        CHECK(answer.allowed && answer.probe_slot == 2 && answer.deadline == 75001);

        /* A permit where the next one goes. */
        CHECK(cloudcircuit_breaker_report_and_acquire(NULL, there, at, 1, 0, 15002, at) ==
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
    static const size_t config_at[] = {256 - 72, 256 - 64, 256 + 160, 256 + 168};
    size_t offset, i;
    for (offset = 0; offset < 8; offset++) {
        for (i = 0; i < COUNT(config_at); i++) {
            unsigned char memory[512] = {0};
            void *at = memory + 256 + offset, *with = memory + config_at[i] + offset;
            cloudcircuit_breaker_permit given;
            reset();
            config.failure_threshold = 0;
            memcpy(with, &config, sizeof config);
            memcpy(at, &state, sizeof state);
            memcpy(&config, with, sizeof config);

            CHECK(cloudcircuit_breaker_acquire(with, at, -1, &given) == CLOUDCIRCUIT_OK);
            CHECK(allowed(-1) && SAME_BYTES(given, permit) && given.clock_regressed);
            CHECK(cloudcircuit_breaker_report(with, at, &given, 2, 1, 3) == CLOUDCIRCUIT_OK);
            CHECK(cloudcircuit_breaker_report(&config, &state, &permit, 2, 1, 3) ==
                  CLOUDCIRCUIT_OK);
            CHECK(cloudcircuit_breaker_report_and_acquire(with, at, &given, 1, 1, 2, &given) ==
                  CLOUDCIRCUIT_OK);
            CHECK(tell(&permit, 1, 2) == CLOUDCIRCUIT_OK && allowed(2));
            CHECK(memcmp(at, &state, sizeof state) == 0 && SAME_BYTES(given, permit));
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
            uint64_t memory[3][32] = {{0}};
            void *with = (unsigned char *)memory[0] + (which == 0 ? offset : 0);
            void *at = (unsigned char *)memory[1] + (which == 1 ? offset : 0);
            void *given = (unsigned char *)memory[2] + (which == 2 ? offset : 0);
            reset();
            memcpy(with, &config, sizeof config);
            memcpy(at, &state, sizeof state);

            CHECK(cloudcircuit_breaker_acquire(with, at, 0, given) == CLOUDCIRCUIT_OK);
            CHECK(allowed(0) && memcmp(given, &permit, sizeof permit) == 0);
            CHECK(cloudcircuit_breaker_report(with, at, given, 2, 1, 1) == CLOUDCIRCUIT_OK);
            CHECK(cloudcircuit_breaker_report(&config, &state, &permit, 2, 1, 1) ==
                  CLOUDCIRCUIT_OK);
            CHECK(cloudcircuit_breaker_report_and_acquire(with, at, given, 1, 1, 2, given) ==
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
        unsigned char memory[512] = {0};
        void *at = memory + 256 + offset, *with = memory + 256 - 48 + offset;
        reset();
        state.revision = UINT64_C(1) << 40;
        state.generation = 2;
        config.failure_threshold = 1;
        memcpy(with, &config, sizeof config);
        memcpy(at, &state, sizeof state);
        memcpy(&config, with, sizeof config);

        CHECK(allowed(3));
        CHECK(cloudcircuit_breaker_report(with, at, &permit, 2, 1, 3) == CLOUDCIRCUIT_OK);
        CHECK(cloudcircuit_breaker_report(&config, &state, &permit, 2, 1, 3) == CLOUDCIRCUIT_OK);
        CHECK(memcmp(at, &state, sizeof state) == 0);
        /* The layout, and a closed phase above it. */
        CHECK(state.open_until == 3 + INT64_C(0x131424343));
    }
}

int main(void)
{
    configs();
    pointers();
    reports();
    lost_probes_never_stick();
    no_stampede_of_probes();
    late_results_never_close_a_fresh_breaker();
    storage_errors_are_not_zero_failures();
    clocks_that_run_back_never_open_the_way();
    times_saturate();
    jitter_is_the_documented_one();
    forced_phases();
    calls_that_change_nothing_need_not_be_stored();
    replays_give_the_same_bytes();
    encodings();
    overlaps();
    neighbours();
    one_off_alignment();
    a_config_within_the_state();
    return report();
}
