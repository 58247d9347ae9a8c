/*
 * guarded_calls: a flaky dependency behind the breaker, as a timeline.
 *
 * Everything is simulated, the clock too: nothing sleeps, and the same seed prints the same bytes on
 * every machine. Callers want to call at random moments. The dependency is healthy for a while, then
 * in trouble of one of four kinds, then healthy again. Calls take time, so that many are under way at
 * once, and some report after the breaker has moved on.
 *
 * Each line of the timeline is a stretch in which neither the dependency nor the breaker's phase
 * changed. Calls count where they began, failures and slow calls where they were reported.
 *
 * What call number n meets depends on the seed, on n and on the dependency's condition alone. So the
 * summary can tell what the same calls would have met without a breaker.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cloudcircuit.h"

enum {
    LONGEST_CALL = 5000, /* ms; then the caller gives up, which is a failure */
    MOST_IN_FLIGHT = 512
};

static const char HELP[] =
    "Usage: guarded_calls [OPTION]...\n"
    "\n"
    "A flaky dependency behind a circuit breaker: a simulated timeline of calls and refusals.\n"
    "\n"
    "  --seed N     what outages, calls and jitter are drawn from (default 5)\n"
    "  --minutes N  how long callers keep calling, at most 600 (default 5)\n"
    "  --help       this text\n"
    "\n"
    "Exit status: 0, or 1 for wrong usage.\n";

struct options {
    int64_t seed, minutes;
};

enum condition { HEALTHY, DOWN, HUNG, SLOW, FLAKY };

static const char *const CONDITIONS[5] = {"healthy", "down", "hung", "slow", "flaky"};

/* What becomes of a call. */
struct fate {
    int is_failure;
    int64_t duration;
};

struct call {
    cloudcircuit_breaker_permit permit;
    struct fate fate;
    int64_t end;
};

/* One line of the timeline. */
struct stretch {
    int64_t from;
    enum condition condition;
    int32_t phase;
    uint64_t generation; /* of the breaker, at its start */
    int64_t calls, failures, slow, late, refused;
};

struct totals {
    int64_t wanted, calls, refused, refused_good, trips, probes, late;
    int64_t failures, unguarded_failures;
    int64_t waited, unguarded_waited; /* ms of callers in calls that failed or were slow */
};

struct simulation {
    int64_t now, end;
    uint64_t seed;
    uint64_t outages, arrivals; /* random sequences of their own */
    enum condition condition;
    int64_t next_condition, next_arrival;
    cloudcircuit_breaker_config config;
    cloudcircuit_breaker_state state;
    struct call in_flight[MOST_IN_FLIGHT];
    size_t in_flight_count;
    struct stretch stretch;
    struct totals totals;
};

static void fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("guarded_calls: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(EXIT_FAILURE);
}

static void check(cloudcircuit_status status)
{
    if (status != CLOUDCIRCUIT_OK)
        fail("%s", cloudcircuit_status_message(status));
}

/* SplitMix64. */
static uint64_t draw(uint64_t *random)
{
    uint64_t mixed = *random += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

static int64_t draw_between(uint64_t *random, int64_t least, int64_t most)
{
    return least + (int64_t)(draw(random) % (uint64_t)(most - least + 1));
}

/*
 * The dependency
 */

static struct fate fate_of(uint64_t seed, int64_t number, enum condition condition)
{
    uint64_t random = seed ^ ((uint64_t)number << 20);
    int64_t percent = draw_between(&random, 0, 99);
    struct fate fate;

    fate.is_failure = percent < 1;
    fate.duration = draw_between(&random, 20, 120);
    if (condition == DOWN) { /* most are refused at once, some hang until the caller gives up */
        fate.is_failure = 1;
        if (percent >= 70)
            fate.duration = LONGEST_CALL;
    } else if (condition == HUNG) {
        fate.is_failure = 1;
        fate.duration = LONGEST_CALL;
    } else if (condition == SLOW) {
        fate.duration = draw_between(&random, 800, 3000);
    } else if (condition == FLAKY) {
        fate.is_failure = percent < 60;
    }
    return fate;
}

static void change_condition(struct simulation *simulation)
{
    if (simulation->condition != HEALTHY) {
        simulation->condition = HEALTHY;
        simulation->next_condition += draw_between(&simulation->outages, 15000, 45000);
    } else {
        simulation->condition = (enum condition)draw_between(&simulation->outages, DOWN, FLAKY);
        simulation->next_condition += draw_between(&simulation->outages, 5000, 40000);
    }
}

/*
 * The timeline
 */

static void print_heading(const struct options *options, const cloudcircuit_breaker_config *config)
{
    printf("Breaker  trips after %" PRIu32 " failures in a row, or when of the latest %" PRIu32
           " calls (at least %" PRIu32 ")\n"
           "         %" PRIu32 " %% failed or %" PRIu32 " %% took %.1f s or longer\n",
           config->failure_threshold, config->window_size, config->minimum_calls,
           config->failure_rate_ppm / 10000, config->slow_call_rate_ppm / 10000,
           (double)config->slow_call_duration / 1000);
    printf("         opens for %.1f s, doubled with each trip up to %.1f s, and up to %" PRIu32
           " %% longer by jitter\n",
           (double)config->open_duration / 1000, (double)config->max_open_duration / 1000,
           config->jitter_ppm / 10000);
    printf("         then %" PRIu32 " probes at once, %.1f s each; %" PRIu32 " that go well close it\n",
           config->half_open_max_probes, (double)config->probe_timeout / 1000,
           config->half_open_calls);
    printf("Seed     %" PRId64
           "; times in seconds; late: reported when the phase that it began in was over\n\n",
           options->seed);
    printf("%8s %8s  %-10s %-9s %6s %7s %6s %6s %8s  %s\n", "from", "to", "dependency", "breaker", "calls",
           "failed", "slow", "late", "refused", "then");
}

static void begin_stretch(struct simulation *simulation)
{
    memset(&simulation->stretch, 0, sizeof simulation->stretch);
    simulation->stretch.from = simulation->now;
    simulation->stretch.condition = simulation->condition;
    simulation->stretch.phase = simulation->state.phase;
    simulation->stretch.generation = simulation->state.generation;
}

/* Prints what has been counted since the last line, and what ended it. */
static void end_stretch(struct simulation *simulation, const char *format, ...)
{
    const struct stretch *line = &simulation->stretch;
    va_list arguments;

    printf("%8.3f %8.3f  %-10s %-9s %6" PRId64 " %7" PRId64 " %6" PRId64 " %6" PRId64 " %8" PRId64
           "  ",
           (double)line->from / 1000, (double)simulation->now / 1000, CONDITIONS[line->condition],
           cloudcircuit_phase_name(line->phase), line->calls, line->failures, line->slow, line->late, line->refused);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    begin_stretch(simulation);
}

/* How many of the latest outcomes of the window are marked. */
static uint32_t marked(const cloudcircuit_breaker_state *state, const uint64_t marks[2], uint32_t latest)
{
    uint32_t back, count = 0;

    for (back = 1; back <= latest && back <= state->window_calls; back++) {
        uint32_t slot = (state->window_next + CLOUDCIRCUIT_BREAKER_MAX_WINDOW - back) %
                        CLOUDCIRCUIT_BREAKER_MAX_WINDOW;

        count += (uint32_t)(marks[slot / 64] >> slot % 64 & 1);
    }
    return count;
}

static void end_with_trip(struct simulation *simulation, const char *reason)
{
    const cloudcircuit_breaker_state *state = &simulation->state;

    simulation->totals.trips++;
    end_stretch(simulation, "%s: trip %" PRIu32 ", open for %.3f", reason, state->trips,
                (double)(state->open_until - simulation->now) / 1000);
}

/* The state keeps what made it trip. */
static void describe_trip(const struct simulation *simulation, char *reason, size_t size)
{
    const cloudcircuit_breaker_state *state = &simulation->state;
    const cloudcircuit_breaker_config *config = &simulation->config;
    uint32_t failures = marked(state, state->window_failures, config->window_size);
    uint32_t slow = marked(state, state->window_slow, config->window_size);
    uint32_t latest = state->window_calls < config->window_size ? state->window_calls : config->window_size;

    if (state->consecutive_failures >= config->failure_threshold)
        (void)snprintf(reason, size, "%" PRIu32 " failures in a row", state->consecutive_failures);
    else if ((uint64_t)failures * 1000000 >= (uint64_t)latest * config->failure_rate_ppm)
        (void)snprintf(reason, size, "%" PRIu32 " of %" PRIu32 " failed", failures, latest);
    else
        (void)snprintf(reason, size, "%" PRIu32 " of %" PRIu32 " were slow", slow, latest);
}

/* A new line when a call changed the phase. A report that is neither a failure nor slow, and an acquire,
 * trip a half-open breaker only because a probe has not reported before its deadline. The open time
 * counts from that deadline: when it is over too, the breaker is half-open again. */
static void follow_phase(struct simulation *simulation, int has_failed)
{
    char reason[64];

    if (simulation->state.generation == simulation->stretch.generation)
        return;
    if (simulation->state.phase == simulation->stretch.phase) {
        simulation->totals.trips++;
        end_stretch(simulation, "a probe took too long: trip %" PRIu32 ", whose open time is over too",
                    simulation->state.trips);
    } else if (simulation->state.phase == CLOUDCIRCUIT_BREAKER_HALF_OPEN) {
        end_stretch(simulation, "open time is over, probes may run");
    } else if (simulation->state.phase == CLOUDCIRCUIT_BREAKER_CLOSED) {
        end_stretch(simulation, "probes succeeded: closed");
    } else if (simulation->stretch.phase == CLOUDCIRCUIT_BREAKER_HALF_OPEN) {
        end_with_trip(simulation, has_failed ? "a probe failed or was slow" : "a probe took too long");
    } else {
        describe_trip(simulation, reason, sizeof reason);
        end_with_trip(simulation, reason);
    }
}

/*
 * Calls
 */

static int is_slow(const struct simulation *simulation, const struct fate *fate)
{
    return fate->duration >= simulation->config.slow_call_duration;
}

static int64_t wasted(const struct simulation *simulation, const struct fate *fate)
{
    return fate->is_failure || is_slow(simulation, fate) ? fate->duration : 0;
}

static void begin_call(struct simulation *simulation, const cloudcircuit_breaker_permit *permit,
                       const struct fate *fate)
{
    struct call *call = &simulation->in_flight[simulation->in_flight_count];

    if (simulation->in_flight_count++ == MOST_IN_FLIGHT)
        fail("more than %d calls at once", MOST_IN_FLIGHT);
    call->permit = *permit;
    call->fate = *fate;
    call->end = simulation->now + fate->duration;
    simulation->stretch.calls++;
    simulation->totals.calls++;
    simulation->totals.probes += permit->probe_slot > 0;
    simulation->totals.failures += fate->is_failure;
    simulation->totals.waited += wasted(simulation, fate);
}

/* A caller wants to call now. */
static void arrive(struct simulation *simulation)
{
    struct totals *totals = &simulation->totals;
    struct fate fate = fate_of(simulation->seed, totals->wanted++, simulation->condition);
    cloudcircuit_breaker_permit permit;

    totals->unguarded_failures += fate.is_failure;
    totals->unguarded_waited += wasted(simulation, &fate);
    check(cloudcircuit_breaker_acquire(&simulation->config, &simulation->state, simulation->now, &permit));
    follow_phase(simulation, 0);
    if (permit.allowed) {
        begin_call(simulation, &permit, &fate);
    } else {
        simulation->stretch.refused++;
        totals->refused++;
        totals->refused_good += !fate.is_failure && !is_slow(simulation, &fate);
    }
    simulation->next_arrival += draw_between(&simulation->arrivals, 20, 180);
}

/* A call comes back. A stale report is no fault: the breaker moved on without it. */
static void come_back(struct simulation *simulation, size_t index)
{
    struct call call = simulation->in_flight[index];
    cloudcircuit_status status;

    simulation->in_flight_count--;
    memmove(&simulation->in_flight[index], &simulation->in_flight[index + 1],
            (simulation->in_flight_count - index) * sizeof call);
    status = cloudcircuit_breaker_report(&simulation->config, &simulation->state, &call.permit,
                                         call.fate.is_failure ? CLOUDCIRCUIT_OUTCOME_FAILURE
                                                              : CLOUDCIRCUIT_OUTCOME_SUCCESS,
                                         call.fate.duration, INT64_MIN, simulation->now);
    simulation->stretch.failures += call.fate.is_failure;
    simulation->stretch.slow += is_slow(simulation, &call.fate);
    if (status == CLOUDCIRCUIT_ERR_STALE_PERMIT) {
        simulation->stretch.late++;
        simulation->totals.late++;
    } else {
        check(status);
    }
    follow_phase(simulation, call.fate.is_failure || is_slow(simulation, &call.fate));
}

/*
 * The simulation
 */

static void set_up(struct simulation *simulation, const struct options *options)
{
    cloudcircuit_breaker_config *config = &simulation->config;
    uint64_t random = (uint64_t)options->seed;

    memset(simulation, 0, sizeof *simulation);
    simulation->end = options->minutes * 60000;
    simulation->seed = draw(&random);
    simulation->outages = draw(&random);
    simulation->arrivals = draw(&random);
    simulation->condition = HEALTHY;
    simulation->next_condition = draw_between(&simulation->outages, 5000, 20000);
    simulation->next_arrival = draw_between(&simulation->arrivals, 20, 180);

    check(cloudcircuit_breaker_config_init(config));
    config->failure_threshold = 5;
    config->window_size = 20;
    config->minimum_calls = 10;
    config->failure_rate_ppm = 500000;
    config->slow_call_rate_ppm = 600000;
    config->slow_call_duration = 1000;
    config->half_open_max_probes = 3;
    config->half_open_calls = 3; /* the first that fails or is slow opens it again */
    config->open_duration = 2000;
    config->max_open_duration = 16000;
    config->jitter_ppm = 200000;
    config->jitter_seed = (uint64_t)options->seed;
    config->probe_timeout = 4000;
    check(cloudcircuit_breaker_init(0, &simulation->state));
}

/* The call that ends first, of several the one that began first; 0 when none is under way too. */
static size_t first_back(const struct simulation *simulation)
{
    size_t i, first = 0;

    for (i = 1; i < simulation->in_flight_count; i++)
        if (simulation->in_flight[i].end < simulation->in_flight[first].end)
            first = i;
    return first;
}

/* Steps to what happens next; 0 when nothing does: no caller comes and no call is under way. */
static int step(struct simulation *simulation)
{
    size_t back = first_back(simulation);
    int has_arrival = simulation->next_arrival < simulation->end;
    int64_t next = has_arrival ? simulation->next_arrival : INT64_MAX;
    int is_back = back < simulation->in_flight_count && simulation->in_flight[back].end <= next;

    if (is_back)
        next = simulation->in_flight[back].end;
    else if (!has_arrival)
        return 0;
    if (simulation->next_condition <= next) {
        enum condition before = simulation->condition;

        simulation->now = simulation->next_condition;
        change_condition(simulation);
        end_stretch(simulation, "the dependency, %s until now, is %s", CONDITIONS[before],
                    CONDITIONS[simulation->condition]);
        return 1;
    }
    simulation->now = next;
    if (is_back)
        come_back(simulation, back);
    else
        arrive(simulation);
    return 1;
}

static void print_summary(const struct totals *totals)
{
    printf("\nwanted            %8" PRId64 " calls\n", totals->wanted);
    printf("made              %8" PRId64 ", %" PRId64 " of them probes\n", totals->calls, totals->probes);
    printf("refused           %8" PRId64 ", %" PRId64 " of which would have gone well\n", totals->refused,
           totals->refused_good);
    printf("trips             %8" PRId64 "\n", totals->trips);
    printf("late reports      %8" PRId64 ", which changed nothing\n", totals->late);
    printf("failures          %8" PRId64 "; without the breaker %" PRId64 ": %" PRId64 " avoided\n",
           totals->failures, totals->unguarded_failures, totals->unguarded_failures - totals->failures);
    printf("seconds wasted    %8.0f in failed and slow calls; without the breaker %.0f\n",
           (double)totals->waited / 1000, (double)totals->unguarded_waited / 1000);
}

static void read_integer(const char *name, const char *text, int64_t least, int64_t most, int64_t *number)
{
    char *end;

    if (text == NULL)
        fail("%s needs a value", name);
    errno = 0;
    *number = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || *number < least || *number > most)
        fail("%s: '%s' is not a whole number from %" PRId64 " to %" PRId64, name, text, least, most);
}

/* 0 when --help was all that was asked for. */
static int read_options(struct options *options, int argc, char **argv)
{
    int i;

    options->seed = 5; /* every kind of trouble, every kind of trip */
    options->minutes = 5;
    for (i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0)
            return 0;
        else if (strcmp(argv[i], "--seed") == 0)
            read_integer("--seed", argv[++i], 0, INT64_MAX, &options->seed);
        else if (strcmp(argv[i], "--minutes") == 0)
            read_integer("--minutes", argv[++i], 1, 600, &options->minutes);
        else
            fail("unknown option %s; --help lists them", argv[i]);
    }
    return 1;
}

int main(int argc, char **argv)
{
    static struct simulation simulation;
    struct options options;

    if (read_options(&options, argc, argv)) {
        set_up(&simulation, &options);
        print_heading(&options, &simulation.config);
        begin_stretch(&simulation);
        while (step(&simulation))
            continue;
        end_stretch(&simulation, "the end");
        print_summary(&simulation.totals);
    } else {
        fputs(HELP, stdout);
    }
    if (fflush(stdout) != 0 || ferror(stdout))
        fail("standard output: %s", strerror(errno));
    return EXIT_SUCCESS;
}
