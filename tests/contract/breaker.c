/* The breaker's rules over time, each alone at its exact boundary, with expected values worked by hand
   from docs/BREAKER.md; and what is known to go wrong in breakers, with its numbers. Statuses, states
   and memory are in breaker_state.c. */
#include "check.h"
#include <cloudcircuit.h>

#define CLOSED CLOUDCIRCUIT_BREAKER_CLOSED
#define OPEN CLOUDCIRCUIT_BREAKER_OPEN
#define HALF_OPEN CLOUDCIRCUIT_BREAKER_HALF_OPEN
#define FORCED_OPEN CLOUDCIRCUIT_BREAKER_FORCED_OPEN
#define FORCED_CLOSED CLOUDCIRCUIT_BREAKER_FORCED_CLOSED
#define SUCCESS CLOUDCIRCUIT_OUTCOME_SUCCESS
#define FAILURE CLOUDCIRCUIT_OUTCOME_FAILURE
#define IGNORED CLOUDCIRCUIT_OUTCOME_IGNORED
#define OK CLOUDCIRCUIT_OK
#define STALE CLOUDCIRCUIT_ERR_STALE_PERMIT
#define NO_TIME INT64_MIN

static cloudcircuit_breaker_config config;
static cloudcircuit_breaker_state state;
static cloudcircuit_breaker_permit permit;

/* A closed breaker at time 0, no rule on; 10 open, 100 for a probe. */
static void no_rules(void)
{
    CHECK(cloudcircuit_breaker_config_init(&config) == OK);
    config.failure_threshold = 0;
    config.open_duration = 10;
    config.max_open_duration = 80;
    config.probe_timeout = 100;
    CHECK(cloudcircuit_breaker_init(0, &state) == OK);
}

/* One failure opens it. */
static void one_failure_rule(void)
{
    no_rules();
    config.failure_threshold = 1;
}

/* Acquires; a peek before says the same and changes nothing. */
static int allowed(int64_t now)
{
    cloudcircuit_breaker_state before = state;
    cloudcircuit_breaker_permit peeked;
    CHECK(cloudcircuit_breaker_peek(&config, &state, now, &peeked) == OK);
    CHECK(SAME_BYTES(before, state) && peeked.generation == 0);
    CHECK(cloudcircuit_breaker_report(&config, &state, &peeked, SUCCESS, 0, NO_TIME, now) ==
          CLOUDCIRCUIT_ERR_PERMIT);
    CHECK(cloudcircuit_breaker_acquire(&config, &state, now, &permit) == OK);
    CHECK(permit.phase == state.phase && permit.generation == state.generation);
    CHECK(permit.would_refuse || permit.retry_after == 0);
    CHECK(SAME_BYTES(before, state) == (state.revision == before.revision));
    CHECK(cloudcircuit_breaker_state_validate(&state) == OK);
    peeked.generation = permit.generation;
    CHECK(SAME_BYTES(peeked, permit));
    return (int)permit.allowed;
}

static cloudcircuit_breaker_permit allowed_permit(int64_t now)
{
    CHECK(allowed(now));
    return permit;
}

static int refused(int64_t now, int64_t retry_after)
{
    return !allowed(now) && permit.would_refuse && permit.retry_after == retry_after;
}

static cloudcircuit_status tell(cloudcircuit_breaker_permit given, int32_t outcome,
                                int64_t duration, int64_t retry_at, int64_t now)
{
    cloudcircuit_breaker_state before = state;
    cloudcircuit_status status = cloudcircuit_breaker_report(&config, &state, &given, outcome,
                                                             duration, retry_at, now);
    CHECK(status == OK || SAME_BYTES(before, state));
    CHECK(SAME_BYTES(before, state) == (state.revision == before.revision));
    CHECK(cloudcircuit_breaker_state_validate(&state) == OK);
    return status;
}

static void took(int32_t outcome, int64_t duration, int64_t now)
{
    CHECK(allowed(now) && tell(permit, outcome, duration, NO_TIME, now) == OK);
}

/* One call a letter, as in "SSF". */
static void calls(const char *letters, int64_t now)
{
    for (; *letters; letters++)
        took(*letters == 'S' ? SUCCESS : *letters == 'F' ? FAILURE : IGNORED, 0, now);
}

/* A success that leaves every byte. */
static int leaves_every_byte(int64_t duration, int64_t now)
{
    cloudcircuit_breaker_state before = state;
    took(SUCCESS, duration, now);
    return SAME_BYTES(before, state);
}

/* Closed, by count */

static void consecutive_failures(void)
{
    no_rules();
    config.failure_threshold = 3;
    calls("FFSFF", 0);
    CHECK(state.phase == CLOSED && state.consecutive_failures == 2);
    calls("IF", 1);
    CHECK(state.phase == OPEN && state.trips == 1 && state.open_until == 11);
    CHECK(state.generation == 2 && state.phase_since == 1 && state.consecutive_failures == 3);
}

static void failure_count_of_the_latest(void)
{
    no_rules();
    config.window_size = 4, config.minimum_calls = 4, config.failure_count = 2;
    calls("FSSSF", 0); /* the first has left the latest four */
    CHECK(state.phase == CLOSED);
    calls("SSF", 0);
    CHECK(state.phase == OPEN);
}

static void rates_of_the_latest(void)
{
    no_rules();
    config.window_size = 4, config.minimum_calls = 3, config.failure_rate_ppm = 500000;
    calls("FSSSS", 0); /* 1 of 3, 1 of 4, 0 of 4 */
    CHECK(state.phase == CLOSED);
    calls("F", 0);
    CHECK(state.phase == CLOSED);
    calls("F", 0);
    CHECK(state.phase == OPEN);

    no_rules(); /* 2 of 2 are not enough, and the success that makes three opens it */
    config.window_size = 4, config.minimum_calls = 3, config.failure_rate_ppm = 666666;
    calls("FF", 0);
    CHECK(state.phase == CLOSED);
    calls("S", 0);
    CHECK(state.phase == OPEN);
    no_rules(); /* two thirds, rounded up, are more than two of three */
    config.window_size = 3, config.minimum_calls = 3, config.failure_rate_ppm = 666667;
    calls("FFS", 0);
    CHECK(state.phase == CLOSED);
}

static void slow_calls(void)
{
    no_rules();
    config.window_size = 4, config.minimum_calls = 2;
    config.slow_call_rate_ppm = 500000, config.slow_call_duration = 100;
    took(SUCCESS, 99, 0);
    took(FAILURE, 99, 0);
    took(SUCCESS, 99, 0);
    took(SUCCESS, 100, 0);
    CHECK(state.phase == CLOSED); /* 1 of 4 */
    took(FAILURE, 100, 0);
    CHECK(state.phase == OPEN); /* 2 of 4 */
}

/* By time: 160 in buckets of 10 */

static void failure_count_of_a_time(void)
{
    no_rules();
    config.window_duration = 160, config.failure_count = 3;
    calls("FSF", 15);
    CHECK(!leaves_every_byte(0, 16)); /* it ends the stored run of failures */
    CHECK(leaves_every_byte(0, 17));
    calls("F", 170); /* the bucket of 15 began at 10: 160 ago */
    CHECK(state.phase == CLOSED);
    calls("F", 179);
    calls("F", 180);
    CHECK(state.phase == OPEN);

    no_rules();
    config.window_duration = 160, config.failure_count = 3;
    calls("FF", 15);
    calls("F", 169); /* 159 ago */
    CHECK(state.phase == OPEN);
}

static void a_streak_lies_within_the_time(void)
{
    no_rules(); /* three failures a week apart are no streak of an hour */
    config.failure_threshold = 3, config.window_duration = 3600000;
    calls("F", 0);
    calls("F", 604800000);
    calls("F", 1209600000);
    CHECK(state.phase == CLOSED);
    calls("FF", 1209600001);
    CHECK(state.phase == OPEN);

    no_rules(); /* a success in the middle of a bucket ends it */
    config.failure_threshold = 3, config.window_duration = 160;
    calls("FFSFF", 15);
    CHECK(state.phase == CLOSED);
    calls("F", 174); /* buckets that began at 10 are out, the failures with it */
    CHECK(state.phase == CLOSED);
    calls("FF", 175);
    CHECK(state.phase == OPEN);

    no_rules(); /* failures of before the success stay before it */
    config.failure_threshold = 3, config.window_duration = 160;
    calls("FFSF", 15);
    calls("F", 169);
    CHECK(state.phase == CLOSED);
    calls("F", 169);
    CHECK(state.phase == OPEN);
}

static void rates_of_a_time(void)
{
    no_rules();
    config.window_duration = 160, config.minimum_calls = 4, config.failure_rate_ppm = 500000;
    calls("SS", 5);
    calls("F", 25);
    calls("F", 165); /* 2 of 2, the successes are 165 old */
    CHECK(state.phase == CLOSED);
    calls("SS", 166);
    CHECK(state.phase == OPEN); /* 2 of 4, by a success */

    no_rules(); /* 30 is 16 buckets of 2, and the bucket of 0 is out at 30 */
    config.window_duration = 30, config.failure_count = 2;
    calls("F", 1);
    calls("F", 30);
    CHECK(state.phase == CLOSED && state.bucket_duration == 2);
}

/* 64 failures in 64 milliseconds of 2,000 calls a second. */
static void a_burst_is_noise_over_time(void)
{
    int by_time, i;
    for (by_time = 0; by_time < 2; by_time++) {
        no_rules();
        config.failure_rate_ppm = 500000, config.minimum_calls = 100;
        config.window_size = by_time ? 0 : 128;
        config.window_duration = by_time ? 10000 : 0;
        for (i = 0; i < 4000; i++)
            calls("S", i / 2);
        for (i = 0; i < 64; i++)
            if (state.phase == CLOSED)
                calls("F", 2000 + i);
        CHECK(state.phase == (by_time ? CLOSED : OPEN));
    }
}

static void successes_that_change_nothing_leave_every_byte(void)
{
    no_rules();
    config.failure_threshold = 3;
    CHECK(leaves_every_byte(5, 5));
    calls("F", 6);
    CHECK(!leaves_every_byte(0, 7) && leaves_every_byte(0, 8) && state.revision == 2);

    no_rules(); /* by count, for a rate: not before the window is full of good calls */
    config.window_size = 2, config.minimum_calls = 1, config.failure_rate_ppm = 1000000;
    config.slow_call_rate_ppm = 1000000, config.slow_call_duration = 9;
    CHECK(!leaves_every_byte(0, 0) && !leaves_every_byte(0, 0) && leaves_every_byte(8, 0));
    CHECK(!leaves_every_byte(9, 0)); /* slow */
    CHECK(!leaves_every_byte(0, 0) && !leaves_every_byte(0, 0) && leaves_every_byte(0, 0));

    no_rules(); /* for a count of failures: as soon as the latest have none */
    config.window_size = 2, config.minimum_calls = 1, config.failure_count = 2;
    CHECK(leaves_every_byte(0, 0));
    calls("F", 0);
    CHECK(!leaves_every_byte(0, 0) && !leaves_every_byte(0, 0) && leaves_every_byte(0, 0));

    no_rules(); /* by time, for a rate: never */
    config.window_duration = 160, config.minimum_calls = 1, config.failure_rate_ppm = 1000000;
    CHECK(!leaves_every_byte(0, 0) && !leaves_every_byte(0, 0));

    no_rules(); /* for a streak: while none is stored that can count at updated_at or later */
    config.window_duration = 160, config.failure_threshold = 3;
    CHECK(leaves_every_byte(0, 0));
    calls("F", 15);
    CHECK(!leaves_every_byte(0, 500) && leaves_every_byte(0, 501));
}

/* Half-open */

static void half_open_shares(void)
{
    /* Of four at 50 %: two failures open, three successes close, for the fourth can't reach it. */
    static const struct { const char *letters; uint32_t calls, ppm; int32_t phase; } cases[] = {
        {"F", 1, 1, OPEN}, {"S", 1, 1, CLOSED}, {"F", 1, 1000000, OPEN},
        {"SSF", 4, 1, OPEN}, {"SSS", 4, 1, HALF_OPEN}, {"SSSS", 4, 1, CLOSED},
        {"F", 4, 500000, HALF_OPEN}, {"FF", 4, 500000, OPEN}, {"FSF", 4, 500000, OPEN},
        {"SS", 4, 500000, HALF_OPEN}, {"SSS", 4, 500000, CLOSED}, {"FSSS", 4, 500000, CLOSED},
        {"FSS", 4, 500000, HALF_OPEN}, {"SFSF", 4, 500000, OPEN},
        {"FIIIIS", 4, 500000, HALF_OPEN}, {"IIIIII", 1, 1, HALF_OPEN},
        {"FF", 3, 666666, OPEN}, {"FF", 3, 666667, HALF_OPEN}, {"FFS", 3, 666667, CLOSED},
        {"FFF", 3, 666667, OPEN}, {"SS", 3, 666666, CLOSED}, {"S", 3, 666667, CLOSED},
    };
    size_t i;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        one_failure_rule();
        config.half_open_calls = cases[i].calls;
        config.half_open_failure_rate_ppm = cases[i].ppm;
        calls("F", 0);
        calls(cases[i].letters, 10);
        CHECK(state.phase == cases[i].phase);
        if (state.phase == OPEN)
            CHECK(state.trips == 2 && state.open_until == 30);
    }
}

static void probes_in_flight_and_judged_are_bounded(void)
{
    cloudcircuit_breaker_permit first, second, third;
    one_failure_rule();
    config.half_open_max_probes = 3, config.half_open_calls = 2;
    config.half_open_failure_rate_ppm = 1000000;
    calls("F", 0);
    first = allowed_permit(10);
    second = allowed_permit(20);
    CHECK(first.probe_slot == 1 && second.probe_slot == 2 && second.deadline == 120);
    CHECK(refused(21, 89)); /* two of two are on their way; at most until 110 */
    CHECK(tell(first, IGNORED, 0, NO_TIME, 22) == OK);
    CHECK(tell(first, SUCCESS, 0, NO_TIME, 22) == STALE);
    third = allowed_permit(23);
    CHECK(third.probe_slot == 1 && third.deadline == 123);
    CHECK(tell(first, SUCCESS, 0, NO_TIME, 23) == STALE);
    CHECK(tell(second, FAILURE, 0, NO_TIME, 24) == OK && state.phase == HALF_OPEN);
    CHECK(refused(25, 98));
    CHECK(tell(third, FAILURE, 0, NO_TIME, 26) == OK && state.phase == OPEN);
}

static void a_slow_probe_has_failed(void)
{
    int is_on;
    for (is_on = 0; is_on < 2; is_on++) {
        one_failure_rule();
        config.window_size = 10, config.minimum_calls = 10, config.slow_call_duration = 100;
        config.slow_call_rate_ppm = is_on ? 1000000 : 0;
        calls("F", 0);
        took(SUCCESS, 100, 10);
        CHECK(state.phase == (is_on ? OPEN : CLOSED));
    }
    config.slow_call_rate_ppm = 1000000;
    calls("F", 40), took(SUCCESS, 99, 1000);
    CHECK(state.phase == CLOSED);
}

static void half_open_duration(void)
{
    cloudcircuit_breaker_permit first;
    one_failure_rule(); /* nothing judged: open, trips and open time as they are */
    config.half_open_duration = 50;
    calls("F", 0);
    first = allowed_permit(10);
    CHECK(refused(59, 1));
    CHECK(refused(60, 10)); /* from 60 on, 10 */
    CHECK(state.phase == OPEN && state.trips == 1 && state.phase_since == 60);
    CHECK(tell(first, SUCCESS, 0, NO_TIME, 61) == STALE);

    one_failure_rule(); /* found late: the open time counts from the end, and is over */
    config.half_open_duration = 50;
    calls("F", 0);
    CHECK(allowed(10) && allowed(70) && permit.probe_slot == 1 && state.phase == HALF_OPEN);
    CHECK(state.phase_since == 70 && state.generation == 5 && state.revision == 3);

    one_failure_rule(); /* by the share of those judged: 1 of 3 at 333334 closes, at 333333 opens */
    config.half_open_duration = 50, config.half_open_calls = 6;
    config.half_open_failure_rate_ppm = 333334;
    calls("F", 0);
    calls("FSS", 10);
    CHECK(allowed(59) && state.phase == HALF_OPEN);
    CHECK(allowed(60) && state.phase == CLOSED && state.phase_since == 60);
    one_failure_rule();
    config.half_open_duration = 50, config.half_open_calls = 6;
    config.half_open_failure_rate_ppm = 333333;
    calls("F", 0);
    calls("FSS", 10);
    CHECK(refused(60, 10) && state.trips == 1);

    one_failure_rule(); /* a report after the end is OK and judges nothing */
    config.half_open_duration = 50;
    calls("F", 0);
    CHECK(allowed(10) && tell(permit, SUCCESS, 0, NO_TIME, 60) == OK);
    CHECK(state.phase == OPEN && state.open_until == 70);
}

static void a_lost_probe_has_failed_at_its_deadline(void)
{
    cloudcircuit_breaker_permit first, second;
    one_failure_rule();
    calls("F", 0);
    CHECK(allowed(10) && permit.deadline == 110);
    CHECK(refused(109, 1));
    CHECK(refused(110, 20)); /* the second trip: twice 10 */
    CHECK(state.phase == OPEN && state.open_until == 130 && state.trips == 2);

    one_failure_rule(); /* found at 129: one is left of the open time */
    calls("F", 0);
    CHECK(allowed(10) && refused(129, 1));
    one_failure_rule(); /* found at 130: that acquire is the next probe */
    calls("F", 0);
    CHECK(allowed(10) && allowed(130) && permit.probe_slot == 1 && permit.deadline == 230);
    CHECK(state.phase == HALF_OPEN && state.trips == 2 && state.revision == 3);

    one_failure_rule(); /* by its own report, which is too late */
    calls("F", 0);
    CHECK(allowed(10) && tell(permit, SUCCESS, 0, NO_TIME, 110) == OK);
    CHECK(state.phase == OPEN && state.open_until == 130);
    CHECK(tell(permit, SUCCESS, 0, NO_TIME, 111) == STALE);

    one_failure_rule(); /* one of three lost: the others go on */
    config.half_open_max_probes = 2, config.half_open_calls = 3;
    config.half_open_failure_rate_ppm = 666666;
    calls("F", 0);
    first = allowed_permit(10);
    second = allowed_permit(20);
    CHECK(tell(second, SUCCESS, 0, NO_TIME, 110) == OK);
    CHECK(state.phase == HALF_OPEN && state.probes_judged == 2 && state.probes_failed == 1);
    CHECK(tell(first, SUCCESS, 0, NO_TIME, 111) == STALE);
    CHECK(allowed(112) && tell(permit, SUCCESS, 0, NO_TIME, 112) == OK && state.phase == CLOSED);

    one_failure_rule(); /* in order of time: both lost at 200, decided by the second at 120 */
    config.half_open_max_probes = 2, config.half_open_calls = 3;
    config.half_open_failure_rate_ppm = 666666;
    calls("F", 0);
    CHECK(allowed(10) && allowed(20) && allowed(200) && state.phase == HALF_OPEN);
    CHECK(state.trips == 2 && state.probes_judged == 0);

    one_failure_rule(); /* the end is last in a tie: the probe lost at 110 counts before it */
    config.half_open_duration = 100;
    calls("F", 0);
    CHECK(allowed(10) && refused(110, 20) && state.trips == 2);
}

/* Probes that never report, over and over. */
static void lost_probes_never_stick(void)
{
    int64_t now = 10, open_time;
    int round, lost;
    one_failure_rule();
    config.half_open_max_probes = 8, config.half_open_calls = 8;
    calls("F", 0);
    for (round = 0; round < 100; round++) {
        for (lost = 0; lost < 8; lost++)
            CHECK(allowed(now));
        CHECK(refused(now + 99, 1));
        now += 100;
        open_time = round == 0 ? 20 : round == 1 ? 40 : 80;
        CHECK(refused(now, open_time) && state.phase == OPEN && state.live_probes == 0);
        now += open_time;
    }
    calls("SSSSSSSS", now);
    CHECK(state.phase == CLOSED && state.trips == 0);
}

static void late_results_never_close_a_fresh_breaker(void)
{
    cloudcircuit_breaker_permit early, probe, other;
    one_failure_rule();
    config.half_open_max_probes = 2, config.half_open_calls = 2;
    early = allowed_permit(0);
    calls("F", 0);
    CHECK(tell(early, SUCCESS, 0, NO_TIME, 1) == STALE);
    probe = allowed_permit(10);
    CHECK(tell(early, SUCCESS, 0, NO_TIME, 10) == STALE);
    other = allowed_permit(10);
    CHECK(tell(probe, FAILURE, 0, NO_TIME, 11) == OK && state.open_until == 31);
    CHECK(tell(other, SUCCESS, 0, NO_TIME, 11) == STALE);
    calls("SS", 31);
    CHECK(state.phase == CLOSED);
    CHECK(tell(early, FAILURE, 0, 99, 33) == STALE && tell(probe, FAILURE, 0, 99, 33) == STALE);
}

/* Retry-After */

static void retry_at(void)
{
    no_rules(); /* alone it is a rule; no trip, no jitter */
    config.max_retry_after = 50, config.jitter_ppm = 1000000;
    CHECK(allowed(100) && tell(permit, FAILURE, 0, 100, 100) == OK && state.phase == CLOSED);
    CHECK(allowed(100) && tell(permit, SUCCESS, 0, 120, 100) == OK && state.phase == CLOSED);
    CHECK(allowed(100) && tell(permit, IGNORED, 0, 120, 100) == OK && state.phase == CLOSED);
    CHECK(allowed(100) && tell(permit, FAILURE, 0, 101, 100) == OK && state.phase == OPEN);
    CHECK(state.open_until == 101 && state.trips == 0 && state.generation == 2);
    calls("S", 101);
    CHECK(state.phase == CLOSED);
    CHECK(allowed(200) && tell(permit, FAILURE, 0, 250, 200) == OK && state.open_until == 250);
    calls("S", 250);
    CHECK(allowed(300) && tell(permit, FAILURE, 0, INT64_MAX, 300) == OK);
    CHECK(state.open_until == 350 && state.trips == 0);

    no_rules(); /* not heeded by default */
    config.failure_threshold = 2;
    CHECK(allowed(0) && tell(permit, FAILURE, 0, 9, 0) == OK && state.phase == CLOSED);

    one_failure_rule(); /* with a rule reached, the later of both and a trip */
    config.max_retry_after = 50;
    CHECK(allowed(0) && tell(permit, FAILURE, 0, 9, 0) == OK);
    CHECK(state.open_until == 10 && state.trips == 1);
    CHECK(allowed(10) && tell(permit, FAILURE, 0, 45, 10) == OK);
    CHECK(state.open_until == 45 && state.trips == 2); /* 30 by the trip */

    one_failure_rule(); /* half-open, the share not reached: open, trips as they are */
    config.max_retry_after = 50, config.half_open_calls = 3;
    config.half_open_failure_rate_ppm = 1000000;
    calls("F", 0);
    CHECK(allowed(10) && tell(permit, FAILURE, 0, 15, 10) == OK);
    CHECK(state.phase == OPEN && state.open_until == 15 && state.trips == 1);
    calls("FF", 15); /* the third of three reaches it: the later of both, and a trip */
    CHECK(allowed(15) && tell(permit, FAILURE, 0, 34, 15) == OK);
    CHECK(state.open_until == 35 && state.trips == 2);

    no_rules(); /* ten answers of "1 second": ten seconds refused, not 435 */
    config.max_retry_after = 60000, config.open_duration = 1000, config.max_open_duration = 60000;
    config.failure_threshold = 5, config.half_open_calls = 2;
    config.half_open_failure_rate_ppm = 1000000;
    {
        int64_t now = 0;
        int i;
        for (i = 0; i < 10; i++, now += 1000)
            CHECK(allowed(now) && tell(permit, FAILURE, 0, now + 1000, now) == OK);
        CHECK(now == 10000 && state.open_until == 10000 && state.trips == 0);
    }
}

/* Growth, decay, ramp */

static void growth(void)
{
    static const int64_t by_half[] = {5, 8, 12, 18, 20, 20}; /* 7.5, 12, 18, 27 */
    int64_t now = 0;
    size_t i;
    one_failure_rule();
    config.open_duration = 5, config.max_open_duration = 20, config.backoff_ppm = 1500000;
    for (i = 0; i < sizeof by_half / sizeof by_half[0]; i++) {
        calls("F", now);
        CHECK(state.open_until == now + by_half[i] && state.trips == i + 1);
        CHECK(refused(now + by_half[i] - 1, 1));
        now += by_half[i];
    }
}

static void trips_fade(void)
{
    static const struct { int64_t closed_time; uint32_t trips; int64_t open_time; } cases[] = {
        {0, 4, 80}, {99, 4, 80}, {100, 3, 40}, {199, 3, 40}, {200, 2, 20}, {300, 1, 10},
        {5000, 1, 10},
    };
    size_t i;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t now = 1000 + cases[i].closed_time;
        one_failure_rule();
        config.trips_decay = 100, config.max_open_duration = 1000;
        calls("F", 0), calls("F", 10), calls("F", 30); /* open until 10, 30, 70 */
        calls("S", 1000);
        CHECK(state.phase == CLOSED && state.trips == 3); /* open time fades none */
        CHECK(leaves_every_byte(0, now));
        calls("F", now);
        CHECK(state.trips == cases[i].trips);
        CHECK(state.open_until == now + cases[i].open_time);
    }

    one_failure_rule(); /* without a decay a close forgets all */
    calls("F", 0), calls("F", 10), calls("S", 30);
    CHECK(state.trips == 0);
}

static void the_ramp_rises(void)
{
    static const int shares[] = {5, 15, 24, 35, 44, 55, 64, 75, 84, 95};
    int64_t now;
    int tenth, i;
    one_failure_rule();
    config.ramp_duration = 1000;
    calls("F", 0), calls("S", 10);
    CHECK(state.phase == CLOSED && state.ramp_duration == 1000 && state.ramp_credit == 1000);
    for (tenth = 0, now = 10; tenth < 10; tenth++) {
        int let_through = 0;
        for (i = 0; i < 1000; i++) {
            int64_t at = now + i / 10;
            if (allowed(at))
                let_through++;
            else
                CHECK(permit.retry_after == 1010 - at && permit.phase == CLOSED);
            if (tenth == 0 && i == 0)
                CHECK(let_through == 1); /* the first call */
        }
        CHECK(let_through / 10 == shares[tenth]); /* percent, rounded down */
        now += 100;
    }
    CHECK(leaves_every_byte(0, 1010)); /* all from here on */
    for (i = 0; i < 50; i++)
        CHECK(allowed(1010));

    one_failure_rule(); /* a failure on the ramp opens it as any */
    config.ramp_duration = 1000;
    calls("F", 0), calls("S", 10), calls("F", 10);
    CHECK(state.phase == OPEN && state.ramp_duration == 0);

    one_failure_rule(); /* none after force and reset */
    config.ramp_duration = 1000;
    calls("F", 0), calls("S", 10);
    CHECK(cloudcircuit_breaker_force(&state, CLOSED, 0, 11) == OK && state.ramp_duration == 0);
    CHECK(leaves_every_byte(0, 11) && leaves_every_byte(0, 11));
    calls("F", 20);
    CHECK(cloudcircuit_breaker_reset(&state, 21) == OK);
    CHECK(leaves_every_byte(0, 21) && leaves_every_byte(0, 21) && state.trips == 0);
}

static void jitter_is_the_documented_one(void)
{
    /* Numbers 2 and 4 of SplitMix64 from 1234567 are 3203168211198807973 and 4593380528125082431:
       501 * r / 2^64 + 1000. Generation 1 is closed, 3 half-open. */
    one_failure_rule();
    config.open_duration = config.max_open_duration = 1000;
    config.jitter_ppm = 500000, config.jitter_seed = 1234567;
    calls("F", 0);
    CHECK(state.generation == 2 && state.open_until == 1086);
    calls("F", 2000);
    CHECK(state.generation == 4 && state.open_until == 2000 + 1124);
}

/* Monitor mode */

static void monitor_refuses_nothing(void)
{
    cloudcircuit_breaker_permit open, half_open, probe;
    one_failure_rule();
    config.mode = CLOUDCIRCUIT_MODE_MONITOR;
    calls("F", 0);
    open = allowed_permit(3);
    CHECK(permit.would_refuse && permit.retry_after == 7);
    CHECK(tell(open, FAILURE, 0, 99, 4) == OK && state.revision == 1); /* judges nothing */
    probe = allowed_permit(10);
    CHECK(!permit.would_refuse && permit.probe_slot == 1);
    half_open = allowed_permit(20);
    CHECK(permit.would_refuse && permit.retry_after == 90);
    CHECK(half_open.probe_slot == 0 && half_open.deadline == 0);
    CHECK(tell(half_open, FAILURE, 0, NO_TIME, 21) == OK && state.phase == HALF_OPEN);
    config.mode = CLOUDCIRCUIT_MODE_ENFORCE; /* modes may be switched in between */
    CHECK(tell(open, SUCCESS, 0, NO_TIME, 22) == OK && tell(half_open, SUCCESS, 0, 0, 22) == OK);
    CHECK(state.phase == HALF_OPEN && refused(23, 87));
    CHECK(tell(permit, SUCCESS, 0, NO_TIME, 23) == CLOUDCIRCUIT_ERR_PERMIT);
    CHECK(tell(probe, SUCCESS, 0, NO_TIME, 24) == OK && state.phase == CLOSED);
    CHECK(cloudcircuit_breaker_force(&state, FORCED_OPEN, 50, 25) == OK);
    config.mode = CLOUDCIRCUIT_MODE_MONITOR;
    CHECK(allowed(26) && permit.would_refuse && permit.retry_after == 24);
    CHECK(tell(permit, FAILURE, 0, NO_TIME, 26) == OK);
}

/* Forced phases and reset */

static void forced_phases(void)
{
    static const int32_t phases[] = {0, OPEN, HALF_OPEN, 6, -1, INT32_MAX};
    cloudcircuit_breaker_state before;
    size_t i;
    one_failure_rule();
    before = state;
    for (i = 0; i < sizeof phases / sizeof phases[0]; i++)
        CHECK(cloudcircuit_breaker_force(&state, phases[i], 9, 0) ==
              CLOUDCIRCUIT_ERR_FORCED_PHASE);
    CHECK(cloudcircuit_breaker_force(&state, CLOSED, 9, 9) == OK);
    CHECK(SAME_BYTES(before, state));

    CHECK(cloudcircuit_breaker_force(&state, FORCED_OPEN, 50, 10) == OK);
    CHECK(state.generation == 2 && state.revision == 1 && state.updated_at == 10);
    CHECK(cloudcircuit_breaker_force(&state, FORCED_OPEN, 60, 11) == OK);
    CHECK(state.generation == 2 && state.revision == 2 && state.phase_since == 10);
    CHECK(refused(59, 1));
    CHECK(allowed(60) && state.phase == HALF_OPEN && permit.probe_slot == 1 && state.trips == 0);
    CHECK(refused(60, 100));
    CHECK(cloudcircuit_breaker_force(&state, CLOSED, 0, 61) == OK && allowed(61));
    CHECK(tell(permit, FAILURE, 0, NO_TIME, 61) == OK && state.phase == OPEN);

    CHECK(cloudcircuit_breaker_force(&state, FORCED_CLOSED, 70, 62) == OK && state.trips == 0);
    before = state;
    calls("FFFF", 69);
    CHECK(SAME_BYTES(before, state));
    CHECK(allowed(70) && state.phase == CLOSED && state.phase_since == 70);

    CHECK(cloudcircuit_breaker_force(&state, FORCED_OPEN, INT64_MAX, 71) == OK);
    CHECK(refused(INT64_MAX - 1, 1) && refused(INT64_MAX, 0)); /* never ends */

    one_failure_rule(); /* forcing clears probes */
    calls("F", 0);
    CHECK(allowed(10) && cloudcircuit_breaker_force(&state, FORCED_CLOSED, 20, 11) == OK);
    CHECK(tell(permit, SUCCESS, 0, NO_TIME, 12) == STALE);
}

/* 50 callers at the end of a forced-open phase: one gets through, not 50. */
static void no_stampede_after_forced_open(void)
{
    int i, let_through = 0;
    one_failure_rule();
    CHECK(cloudcircuit_breaker_force(&state, FORCED_OPEN, 1000, 0) == OK);
    for (i = 0; i < 50; i++)
        let_through += allowed(1000);
    CHECK(let_through == 1);
}

static void reset_is_the_way_out_of_a_bad_clock(void)
{
    cloudcircuit_breaker_permit before;
    one_failure_rule();
    before = allowed_permit(0);
    calls("F", INT64_MAX - 5);
    CHECK(!allowed(100) && permit.clock_regressed && state.updated_at == INT64_MAX - 5);
    CHECK(cloudcircuit_breaker_reset(&state, 100) == OK);
    CHECK(state.phase == CLOSED && state.updated_at == 100 && state.phase_since == 100);
    CHECK(state.generation == 3 && state.revision == 2 && state.trips == 0);
    CHECK(allowed(100) && !permit.clock_regressed);
    CHECK(tell(before, FAILURE, 0, NO_TIME, 101) == STALE);
    CHECK(cloudcircuit_breaker_reset(&state, 100) == OK && state.generation == 4);
    calls("F", 101);
    CHECK(refused(102, 9));
}

/* Time */

static void clocks_that_run_back_never_open_the_way(void)
{
    one_failure_rule();
    CHECK(cloudcircuit_breaker_init(1000, &state) == OK);
    CHECK(allowed(INT64_MIN) && permit.clock_regressed);
    calls("F", 1000);
    CHECK(refused(999, 11) && permit.clock_regressed); /* from the caller's own now */
    CHECK(refused(INT64_MIN, INT64_MAX) && permit.clock_regressed);
    CHECK(refused(1000, 10) && !permit.clock_regressed && refused(1009, 1));
    CHECK(allowed(1010) && permit.deadline == 1110 && state.updated_at == 1010);
    CHECK(refused(0, 1110) && permit.clock_regressed && state.updated_at == 1010);
}

static void times_saturate(void)
{
    one_failure_rule();
    CHECK(cloudcircuit_breaker_init(INT64_MIN, &state) == OK);
    calls("F", INT64_MAX - 5);
    CHECK(state.open_until == INT64_MAX && refused(INT64_MAX - 1, 1));
    CHECK(allowed(INT64_MAX) && permit.deadline == INT64_MAX);
    CHECK(allowed(INT64_MAX) && state.trips == 2 && state.phase == HALF_OPEN); /* lost, and over */
}

/* As many trips as there can be: one more is still as many. */
static void trips_saturate(void)
{
    one_failure_rule();
    config.trips_decay = INT64_MAX;
    state.trips = UINT32_MAX;
    state.generation = 2 * (uint64_t)UINT32_MAX + 3;
    state.revision = state.generation;
    CHECK(cloudcircuit_breaker_state_validate(&state) == OK);
    calls("F", 1);
    CHECK(state.phase == OPEN && state.trips == UINT32_MAX && state.open_until == 1 + 80);
}

/* Buckets of 10, then of 11: the failure in the first is in the last that still counts, 15 before. */
static void a_window_that_changes_keeps_its_oldest_bucket(void)
{
    no_rules();
    config.window_duration = 160, config.failure_count = 2;
    calls("F", 0);
    config.window_duration = 176;
    calls("F", 165);
    CHECK(state.phase == OPEN);

    no_rules();
    config.window_duration = 160, config.failure_count = 2;
    calls("F", 0);
    config.window_duration = 176;
    calls("F", 176);
    CHECK(state.phase == CLOSED);
}

/* The first instant is no multiple of 10, so that the bucket it is in starts before any time there is. It counts
   in longer buckets as in its own: until it is as old as the window. */
static void the_first_bucket_starts_before_time(void)
{
    static const int64_t longer[] = {170, 320, 1600, INT64_MAX};
    size_t i;
    for (i = 0; i < COUNT(longer); i++) {
        no_rules();
        CHECK(cloudcircuit_breaker_init(INT64_MIN, &state) == OK);
        config.window_duration = 160, config.failure_count = 2;
        calls("F", INT64_MIN);
        CHECK(state.newest_bucket == INT64_MIN / 10 - 1 && state.phase == CLOSED);
        config.window_duration = longer[i];
        calls("F", INT64_MIN + 3);
        CHECK(state.phase == OPEN);

        no_rules();
        CHECK(cloudcircuit_breaker_init(INT64_MIN, &state) == OK);
        config.window_duration = 160, config.failure_count = 2;
        calls("F", INT64_MIN);
        config.window_duration = longer[i];
        calls("F", longer[i] == INT64_MAX ? 0 : INT64_MIN + longer[i]);
        CHECK(state.phase == CLOSED);
    }

    /* Buckets of 1: it began 2 before the first instant. */
    for (i = 0; i < 2; i++) {
        no_rules();
        CHECK(cloudcircuit_breaker_init(INT64_MIN, &state) == OK);
        config.window_duration = 160, config.failure_count = 2;
        calls("F", INT64_MIN);
        config.window_duration = 16;
        calls("F", INT64_MIN + 13 + (int64_t)i);
        CHECK(state.phase == (i == 0 ? OPEN : CLOSED));
    }
}

/* A dependency that always takes 5 s, called ten times a second for ten minutes. The tenth outcome,
   at 5.9 s, opens it: 59 calls. Then a probe every 30 + 5 s, from 35.9 to 595.9: 17. If slow probes
   counted as successes each would close it for 59 more. */
static void a_slow_dependency_stays_cut_off(void)
{
    static cloudcircuit_breaker_permit in_flight[6000];
    int64_t tick;
    int let_through = 0;
    no_rules();
    config.window_size = 20, config.minimum_calls = 10;
    config.slow_call_rate_ppm = 500000, config.slow_call_duration = 1000;
    config.open_duration = config.max_open_duration = 30000, config.probe_timeout = 60000;
    for (tick = 0; tick < 6000; tick++) {
        if (tick >= 50 && in_flight[tick - 50].allowed)
            tell(in_flight[tick - 50], SUCCESS, 5000, NO_TIME, tick * 100);
        let_through += allowed(tick * 100);
        in_flight[tick] = permit;
    }
    CHECK(let_through == 59 + 17);
}

int main(void)
{
    consecutive_failures();
    failure_count_of_the_latest();
    rates_of_the_latest();
    slow_calls();
    failure_count_of_a_time();
    a_streak_lies_within_the_time();
    rates_of_a_time();
    a_burst_is_noise_over_time();
    successes_that_change_nothing_leave_every_byte();
    half_open_shares();
    probes_in_flight_and_judged_are_bounded();
    a_slow_probe_has_failed();
    half_open_duration();
    a_lost_probe_has_failed_at_its_deadline();
    lost_probes_never_stick();
    late_results_never_close_a_fresh_breaker();
    retry_at();
    growth();
    trips_fade();
    the_ramp_rises();
    jitter_is_the_documented_one();
    monitor_refuses_nothing();
    forced_phases();
    no_stampede_after_forced_open();
    reset_is_the_way_out_of_a_bad_clock();
    clocks_that_run_back_never_open_the_way();
    times_saturate();
    trips_saturate();
    a_window_that_changes_keeps_its_oldest_bucket();
    the_first_bucket_starts_before_time();
    a_slow_dependency_stays_cut_off();
    return report();
}
