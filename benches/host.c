/* Measures one kind of call through several libraries side by side, for run.py.
 *
 *     host MEASURE SIZE ROUNDS SIDE...    a line "side nanoseconds" per side and round
 *     host MEASURE SIZE count SIDE        makes CALLS calls, for callgrind to count
 *
 * SIDE is NAME=PREFIX@LIBRARY: the call is PREFIX_call in that shared library. Two sides need no
 * call: memcpy copies the inputs, read@LIBRARY reads them. Sizes are rows, points of a series, or
 * POINTSxSERIES; those of a breaker are its window_size, with 0 for the defaults. A side without
 * PREFIX_breaker_acquire has PREFIX_breaker_calls, which makes all the calls. In every round each
 * side runs for about as long, one after the other, starting with another one each time. Time is
 * this thread's CPU time. All sides must answer alike, and no call may allocate.
 */
#define _GNU_SOURCE
#include <cloudcircuit.h>
#include <cpuid.h>
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CALLS 100
#define SLICE 300e3 /* nanoseconds */
#define VARIED 1024 /* different inputs for the calls on single budgets */
#define MAX_SIDES 16

typedef void function(void);

/* Inputs and outputs of the measured calls. */
static size_t size, rows;
static double *spend, *limit, *usage;
static int64_t *spend_i64, *limit_i64, *offsets;
static uint64_t *usage_i64;
static uint8_t *flags, *copy, *present;
static size_t input_bytes;

static volatile uint64_t sink;

static void die(const char *what, const char *which)
{
    fprintf(stderr, "host: %s %s\n", what, which);
    exit(1);
}

#ifdef __GLIBC__
/* Every allocation in this process, the libraries' too, comes through here. */
static size_t allocations;
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void *malloc(size_t bytes)
{
    allocations++;
    return __libc_malloc(bytes);
}
void *calloc(size_t count, size_t bytes)
{
    allocations++;
    return __libc_calloc(count, bytes);
}
void *realloc(void *old, size_t bytes)
{
    allocations++;
    return __libc_realloc(old, bytes);
}
void *aligned_alloc(size_t alignment, size_t bytes)
{
    allocations++;
    return __libc_memalign(alignment, bytes);
}
int posix_memalign(void **memory, size_t alignment, size_t bytes)
{
    allocations++;
    *memory = __libc_memalign(alignment, bytes);
    return *memory ? 0 : 12;
}
#else
static const size_t allocations = 0;
#endif

/* Columns start at different places within a page, as they do in real hosts: at the same place, a
 * store would hold up the loads of other columns. */
static void *column(size_t len, size_t width)
{
    static size_t columns;
    char *memory = malloc(len * width + 8192);

    if (!memory)
        die("no memory for", "a column");
    memset(memory, 0, len * width + 8192);
    return memory + 4096 - (size_t)((uintptr_t)memory % 4096) + ++columns * 320;
}

/* Each measure: a call made `times` times. */

static void budget_flags_only(function *f, size_t times)
{
    __typeof__(&cloudcircuit_check_budget_columns) call = (void *)f;
    size_t invalid;
    while (times--)
        sink += (uint64_t)call(spend, limit, size, NULL, flags, NULL, &invalid);
}

static void budget_with_usage(function *f, size_t times)
{
    __typeof__(&cloudcircuit_check_budget_columns) call = (void *)f;
    size_t invalid;
    while (times--)
        sink += (uint64_t)call(spend, limit, size, NULL, flags, usage, &invalid);
}

static void budget_i64_flags_only(function *f, size_t times)
{
    __typeof__(&cloudcircuit_check_budget_columns_i64) call = (void *)f;
    size_t invalid;
    while (times--)
        sink += (uint64_t)call(spend_i64, limit_i64, size, NULL, flags, NULL, &invalid);
}

static void budget_i64_with_usage(function *f, size_t times)
{
    __typeof__(&cloudcircuit_check_budget_columns_i64) call = (void *)f;
    size_t invalid;
    while (times--)
        sink += (uint64_t)call(spend_i64, limit_i64, size, NULL, flags, usage_i64, &invalid);
}

static void budget_nullable(function *f, size_t times)
{
    __typeof__(&cloudcircuit_check_budget_columns_nullable) call = (void *)f;
    size_t invalid;
    while (times--)
        sink += (uint64_t)call(spend, present, 3, limit, present, 0, size, NULL, flags, usage,
                               &invalid);
}

static void series(function *f, size_t times)
{
    __typeof__(&cloudcircuit_check_anomaly_spike) call = (void *)f;
    cloudcircuit_spike_result result;
    while (times--)
        sink += (uint64_t)call(spend, size, NULL, &result);
    flags[0] = (uint8_t)(result.is_spike * CLOUDCIRCUIT_FLAG_SPIKE);
    usage[0] = result.threshold;
}

static void series_columns(function *f, size_t times)
{
    __typeof__(&cloudcircuit_check_anomaly_spike_columns) call = (void *)f;
    size_t invalid;
    while (times--)
        sink += (uint64_t)call(spend, size * rows, offsets, rows, NULL, flags, usage, &invalid);
}

static void one_budget(function *f, size_t times)
{
    __typeof__(&cloudcircuit_check_budget) call = (void *)f;
    cloudcircuit_budget_result result;
    size_t i;
    for (i = 0; i < times; i++)
        call(spend[i % VARIED], limit[i % VARIED], NULL, &result);
    usage[0] = result.usage_ratio;
}

static void one_budget_i64(function *f, size_t times)
{
    __typeof__(&cloudcircuit_check_budget_i64) call = (void *)f;
    cloudcircuit_budget_result_i64 result;
    size_t i;
    for (i = 0; i < times; i++)
        call(spend_i64[i % VARIED], limit_i64[i % VARIED], NULL, &result);
    usage_i64[0] = result.usage_ppm;
}

static void one_breaker(function *f, size_t times)
{
    __typeof__(&cloudcircuit_evaluate_circuit_breaker) call = (void *)f;
    cloudcircuit_breaker_counters counters = {0, 3, 0};
    cloudcircuit_breaker_decision decision;
    size_t i;
    for (i = 0; i < times; i++) {
        counters.consecutive_failures = (int64_t)(i % 4);
        call(&counters, &decision);
    }
    flags[0] = (uint8_t)decision.is_open;
}

static void one_budgets_flags(function *f, size_t times)
{
    __typeof__(&cloudcircuit_budget_flags) call = (void *)f;
    uint32_t seen = 0;
    size_t i;
    for (i = 0; i < times; i++)
        seen += call(spend[i % VARIED], limit[i % VARIED], 0.9);
    sink += seen;
}

static void one_budgets_flags_i64(function *f, size_t times)
{
    __typeof__(&cloudcircuit_budget_flags_i64) call = (void *)f;
    uint32_t seen = 0;
    size_t i;
    for (i = 0; i < times; i++)
        seen += call(spend_i64[i % VARIED], limit_i64[i % VARIED], 900000);
    sink += seen;
}

static void one_breakers_flags(function *f, size_t times)
{
    __typeof__(&cloudcircuit_breaker_flags) call = (void *)f;
    uint32_t seen = 0;
    size_t i;
    for (i = 0; i < times; i++)
        seen += call((int64_t)(i % 4), 3, 0);
    sink += seen;
}

static void one_spikes_flags(function *f, size_t times)
{
    __typeof__(&cloudcircuit_spike_flags) call = (void *)f;
    while (times--)
        sink += call(spend, size, 1.5, 0.0);
}

static void ask_for_avx2(function *f, size_t times)
{
    unsigned a, b, c, d;
    (void)f;
    while (times--) {
        __cpuid(1, a, b, c, d);
        sink += c;
        __cpuid_count(7, 0, a, b, c, d);
        sink += b;
    }
}

/* The breaker with state: a call acquires, fails each eighth time, and reports. That trips none. */

struct breaker {
    __typeof__(&cloudcircuit_breaker_init) init;
    __typeof__(&cloudcircuit_breaker_acquire) acquire;
    __typeof__(&cloudcircuit_breaker_report) report;
    __typeof__(&cloudcircuit_breaker_report_and_acquire) report_and_acquire;
    void (*calls)(size_t times, size_t window, int with_clock);
};

static cloudcircuit_breaker_config breaker_config(uint32_t window)
{
    cloudcircuit_breaker_config config = {CLOUDCIRCUIT_DEFAULT_FAILURE_THRESHOLD};

    config.window_size = window;
    config.minimum_calls = window ? 10 : 0;
    config.failure_rate_ppm = window ? 500000 : 0;
    config.half_open_max_probes = CLOUDCIRCUIT_DEFAULT_HALF_OPEN_MAX_PROBES;
    config.half_open_calls = CLOUDCIRCUIT_DEFAULT_HALF_OPEN_CALLS;
    config.half_open_failure_rate_ppm = CLOUDCIRCUIT_DEFAULT_HALF_OPEN_FAILURE_RATE_PPM;
    config.backoff_ppm = CLOUDCIRCUIT_DEFAULT_BACKOFF_PPM;
    config.open_duration = CLOUDCIRCUIT_DEFAULT_OPEN_DURATION;
    config.max_open_duration = CLOUDCIRCUIT_DEFAULT_MAX_OPEN_DURATION;
    config.probe_timeout = CLOUDCIRCUIT_DEFAULT_PROBE_TIMEOUT;
    return config;
}

static int32_t outcome_of(size_t call)
{
    return call % 8 == 7 ? CLOUDCIRCUIT_OUTCOME_FAILURE : CLOUDCIRCUIT_OUTCOME_SUCCESS;
}

static int64_t milliseconds(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Three failures in a row are the defaults: NULL. */
static const cloudcircuit_breaker_config *chosen_config(void)
{
    static cloudcircuit_breaker_config config;

    config = breaker_config((uint32_t)size);
    return size ? &config : NULL;
}

static void breaker_calls(const struct breaker *breaker, size_t times)
{
    const cloudcircuit_breaker_config *config = chosen_config();
    cloudcircuit_breaker_state state;
    cloudcircuit_breaker_permit permit;
    size_t i;

    if (breaker->calls) {
        breaker->calls(times, size, 0);
        return;
    }
    breaker->init(0, &state);
    for (i = 0; i < times; i++) {
        breaker->acquire(config, &state, (int64_t)i, &permit);
        if (permit.allowed)
            breaker->report(config, &state, &permit, outcome_of(i), 1, INT64_MIN,
                            (int64_t)i + 1);
    }
    sink += state.revision;
}

static void breaker_calls_fused(const struct breaker *breaker, size_t times)
{
    const cloudcircuit_breaker_config *config = chosen_config();
    cloudcircuit_breaker_state state;
    cloudcircuit_breaker_permit permit;
    size_t i;

    if (breaker->calls) {
        breaker->calls(times, size, 0);
        return;
    }
    breaker->init(0, &state);
    breaker->acquire(config, &state, 0, &permit);
    for (i = 0; i < times && permit.allowed; i++)
        breaker->report_and_acquire(config, &state, &permit, outcome_of(i), 1, INT64_MIN,
                                    (int64_t)i,
                                    &permit);
    sink += state.revision;
}

static void breaker_calls_timed(const struct breaker *breaker, size_t times, clockid_t clock)
{
    const cloudcircuit_breaker_config *config = chosen_config();
    cloudcircuit_breaker_state state;
    cloudcircuit_breaker_permit permit;
    size_t i;

    breaker->init(0, &state);
    for (i = 0; i < times; i++) {
        int64_t start = milliseconds(clock), end;
        breaker->acquire(config, &state, start, &permit);
        if (!permit.allowed)
            continue;
        end = milliseconds(clock);
        breaker->report(config, &state, &permit, outcome_of(i), end - start, INT64_MIN, end);
    }
    sink += state.revision;
}

static void breaker_calls_fused_timed(const struct breaker *breaker, size_t times, clockid_t clock)
{
    const cloudcircuit_breaker_config *config = chosen_config();
    cloudcircuit_breaker_state state;
    cloudcircuit_breaker_permit permit;
    size_t i;

    breaker->init(0, &state);
    breaker->acquire(config, &state, milliseconds(clock), &permit);
    for (i = 0; i < times && permit.allowed; i++) {
        int64_t start = milliseconds(clock), end = milliseconds(clock);
        breaker->report_and_acquire(config, &state, &permit, outcome_of(i), end - start, INT64_MIN,
                                    end, &permit);
    }
    sink += state.revision;
}

static void breaker_calls_with_clock(const struct breaker *breaker, size_t times)
{
    if (breaker->calls)
        breaker->calls(times, size, 1);
    else
        breaker_calls_timed(breaker, times, CLOCK_MONOTONIC);
}

/* Sides that make their own calls read no clock but what they need themselves. */
static void breaker_calls_fused_with_clock(const struct breaker *breaker, size_t times)
{
    if (breaker->calls)
        breaker->calls(times, size, 1);
    else
        breaker_calls_fused_timed(breaker, times, CLOCK_MONOTONIC);
}

static void breaker_calls_told(const struct breaker *breaker, size_t times)
{
    if (breaker->calls)
        breaker->calls(times, size, 0);
    else
        breaker_calls_timed(breaker, times, CLOCK_MONOTONIC);
}

static void breaker_calls_told_coarsely(const struct breaker *breaker, size_t times)
{
    if (breaker->calls)
        breaker->calls(times, size, 0);
    else
        breaker_calls_timed(breaker, times, CLOCK_MONOTONIC_COARSE);
}

static const struct measure {
    const char *name, *symbol;
    void (*run)(function *, size_t times);
    void (*run_breaker)(const struct breaker *, size_t times);
} measures[] = {
    {"budget-flags", "check_budget_columns", budget_flags_only, NULL},
    {"budget-usage", "check_budget_columns", budget_with_usage, NULL},
    {"budget-nullable", "check_budget_columns_nullable", budget_nullable, NULL},
    {"budget-flags-i64", "check_budget_columns_i64", budget_i64_flags_only, NULL},
    {"budget-usage-i64", "check_budget_columns_i64", budget_i64_with_usage, NULL},
    {"series", "check_anomaly_spike", series, NULL},
    {"series-columns", "check_anomaly_spike_columns", series_columns, NULL},
    {"call-budget", "check_budget", one_budget, NULL},
    {"call-budget-i64", "check_budget_i64", one_budget_i64, NULL},
    {"call-breaker", "evaluate_circuit_breaker", one_breaker, NULL},
    {"call-budget-flags", "budget_flags", one_budgets_flags, NULL},
    {"call-budget-flags-i64", "budget_flags_i64", one_budgets_flags_i64, NULL},
    {"call-breaker-flags", "breaker_flags", one_breakers_flags, NULL},
    {"call-spike-flags", "spike_flags", one_spikes_flags, NULL},
    {"cpuid", NULL, ask_for_avx2, NULL},
    {"breaker", "breaker_acquire", NULL, breaker_calls},
    {"breaker-fused", "breaker_acquire", NULL, breaker_calls_fused},
    {"breaker-clock", "breaker_acquire", NULL, breaker_calls_with_clock},
    {"breaker-fused-clock", "breaker_acquire", NULL, breaker_calls_fused_with_clock},
    {"breaker-told", "breaker_acquire", NULL, breaker_calls_told},
    {"breaker-told-coarsely", "breaker_acquire", NULL, breaker_calls_told_coarsely},
};

struct side {
    const char *name;
    function *call;
    uint64_t (*read)(const uint64_t *, size_t);
    struct breaker breaker;
    size_t times;
};

/* Random calls of a breaker until it opens: windows by count, clocks that run back, configs and
 * permits that are none. What every side must agree on goes into flags and usage as one hash. */

static uint64_t seed, hash;

static uint64_t drawn(uint64_t below)
{
    uint64_t z = seed += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (z ^ z >> 31) % below;
}

static void note(const void *memory, size_t bytes)
{
    const uint8_t *byte = memory;

    while (bytes--)
        hash = (hash ^ *byte++) * 0x100000001B3u;
}

static cloudcircuit_breaker_config drawn_config(void)
{
    cloudcircuit_breaker_config config = breaker_config(drawn(2) ? 1 + (uint32_t)drawn(128) : 0);

    config.failure_threshold = (uint32_t)drawn(9);
    if (config.window_size) {
        config.failure_count = drawn(2) ? (uint32_t)drawn(config.window_size + 1) : 0;
        config.minimum_calls = 1 + (uint32_t)drawn(config.window_size);
        config.failure_rate_ppm = (uint32_t)drawn(3) * 400000;
    }
    config.half_open_max_probes = 1 + (uint32_t)drawn(8);
    config.half_open_calls = 1 + (uint32_t)drawn(64);
    config.jitter_ppm = (uint32_t)drawn(1000001);
    config.jitter_seed = drawn(1000);
    config.open_duration = (int64_t)drawn(40) + 1000;
    config.max_open_duration = config.open_duration + (int64_t)drawn(200);
    config.probe_timeout = (int64_t)drawn(60) + 1;
    return config;
}

/* One field that is out of its bounds. */
static void spoil(cloudcircuit_breaker_config *config)
{
    switch (drawn(10)) {
    case 0: config->window_size = 129; break;
    case 1: config->window_duration = -1; break;
    case 2: config->half_open_max_probes = 9; break;
    case 3: config->half_open_calls = 0; break;
    case 4: config->half_open_failure_rate_ppm = 0; break;
    case 5: config->backoff_ppm = 999999; break;
    case 6: config->jitter_ppm = 1000001; break;
    case 7: config->mode = CLOUDCIRCUIT_MODE_UNLIMITED; break;
    case 8: config->open_duration = 0; break;
    default: config->failure_rate_ppm = 1000001;
    }
}

static void drive_randomly(const struct breaker *breaker)
{
    cloudcircuit_breaker_config config = drawn_config();
    cloudcircuit_breaker_state state;
    cloudcircuit_breaker_permit permits[8] = {{0}};
    int64_t now = 0;
    size_t i;

    breaker->init(now, &state);
    for (i = 0; i < 500 && state.phase == CLOUDCIRCUIT_BREAKER_CLOSED; i++) {
        cloudcircuit_breaker_config spoilt = config;
        cloudcircuit_breaker_permit *permit = &permits[drawn(8)];
        int32_t outcome = (int32_t)drawn(40) ? 1 + (drawn(8) == 0) + (drawn(20) == 0)
                                             : (int32_t)drawn(6) - 1;
        int64_t duration = (int64_t)drawn(25) - (drawn(30) == 0);
        uint64_t kind = drawn(100);
        int32_t status;

        now += drawn(20) ? (int64_t)drawn(8) : (int64_t)drawn(200) - 100;
        if (kind == 0)
            spoil(&spoilt);
        if (kind == 4)
            permit->probe_slot = permit->deadline = permit->allowed = (uint32_t)drawn(3);
        if (kind < 50)
            status = breaker->acquire(&spoilt, &state, now, permit);
        else if (kind < 90)
            status = breaker->report(&spoilt, &state, permit, outcome, duration, INT64_MIN, now);
        else
            status = breaker->report_and_acquire(&spoilt, &state, permit, outcome, duration,
                                                 INT64_MIN, now, permit);
        note(&status, sizeof status);
        note(permit, sizeof *permit);
        note(&state, sizeof state);
    }
}

static void answer_randomly(const struct breaker *breaker)
{
    size_t i;

    seed = hash = 1;
    for (i = 0; i < 4000; i++)
        drive_randomly(breaker);
    flags[0] = (uint8_t)hash;
    usage[0] = (double)(hash >> 11);
}

/* Each single call, on all its inputs and on pairs of odd ones. */
static void answer_calls(const struct measure *measure, function *f)
{
    static const double odd[] = {0, -0.0, 1, 5e-324, 1.7976931348623157e308, -1, INFINITY, NAN};
    static const int64_t odd_i64[] = {0, 1, 3, 900000, INT64_MAX / 1000000 + 1, INT64_MAX, -1, INT64_MIN};
    union {
        cloudcircuit_budget_result budget;
        cloudcircuit_budget_result_i64 budget_i64;
        cloudcircuit_breaker_decision breaker;
    } result;
    size_t i, points = size < VARIED ? size : VARIED;

    hash = 1;
    for (i = 0; i < VARIED + 64; i++) {
        size_t first = i % 8, other = i / 8 % 8;
        int is_odd = i >= VARIED;
        double a = is_odd ? odd[first] : spend[i], b = is_odd ? odd[other] : limit[i];
        int64_t c = is_odd ? odd_i64[first] : ((int64_t *)spend)[i];
        int64_t d = is_odd ? odd_i64[other] : ((int64_t *)limit)[i];
        cloudcircuit_breaker_counters counters = {odd_i64[first], odd_i64[other], odd_i64[i / 64 % 8]};
        uint32_t answer = 0;

        memset(&result, 0, sizeof result);
        if (measure->run == one_budget)
            answer = (uint32_t)((__typeof__(&cloudcircuit_check_budget))(void *)f)(
                a, b, NULL, &result.budget);
        else if (measure->run == one_budget_i64)
            answer = (uint32_t)((__typeof__(&cloudcircuit_check_budget_i64))(void *)f)(
                c, d, NULL, &result.budget_i64);
        else if (measure->run == one_breaker)
            answer = (uint32_t)((__typeof__(&cloudcircuit_evaluate_circuit_breaker))(void *)f)(
                &counters, &result.breaker);
        else if (measure->run == one_budgets_flags)
            answer = ((__typeof__(&cloudcircuit_budget_flags))(void *)f)(a, b, 0.9);
        else if (measure->run == one_budgets_flags_i64)
            answer = ((__typeof__(&cloudcircuit_budget_flags_i64))(void *)f)(c, d, 900000);
        else if (measure->run == one_breakers_flags)
            answer = ((__typeof__(&cloudcircuit_breaker_flags))(void *)f)(
                counters.consecutive_failures, counters.failure_threshold,
                counters.cooldown_steps_remaining);
        else if (measure->run == one_spikes_flags)
            answer = ((__typeof__(&cloudcircuit_spike_flags))(void *)f)(
                spend + i % (VARIED - points + 1), points, 1.5, 0.0);
        note(&answer, sizeof answer);
        note(&result, sizeof result);
    }
    flags[0] = (uint8_t)hash;
    usage[0] = (double)(hash >> 11);
}

static void copy_inputs(size_t times)
{
    while (times--) {
        memcpy(copy, spend, input_bytes);
        __asm__ volatile("" ::"r"(copy) : "memory");
        if (!rows) {
            memcpy(copy + input_bytes, limit, input_bytes);
            __asm__ volatile("" ::"r"(copy) : "memory");
        }
    }
}

static void read_inputs(const struct side *side, size_t times)
{
    while (times--) {
        sink += side->read((const uint64_t *)spend, input_bytes / 8);
        if (!rows)
            sink += side->read((const uint64_t *)limit, input_bytes / 8);
    }
}

static double run(const struct measure *measure, const struct side *side, size_t times)
{
    struct timespec start, end;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    if (side->read)
        read_inputs(side, times);
    else if (measure->run_breaker)
        measure->run_breaker(&side->breaker, times);
    else if (side->call || !measure->symbol)
        measure->run(side->call, times);
    else
        copy_inputs(times);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    return (double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec);
}

/* Breakers of other libraries may allocate. */
static double run_unallocating(const struct measure *measure, const struct side *side, size_t times)
{
    size_t before = allocations;
    double took = run(measure, side, times);

    if (allocations != before && !side->breaker.calls)
        die("a call allocated:", measure->name);
    return took;
}

static void *symbol(void *library, const char *prefix, const char *name)
{
    char full[128];
    void *found;

    snprintf(full, sizeof full, "%s_%s", prefix, name);
    if (!(found = dlsym(library, full)))
        die("no", full);
    return found;
}

static struct breaker breaker_of(void *library, const char *prefix)
{
    struct breaker breaker = {0};
    char calls[128];

    snprintf(calls, sizeof calls, "%s_breaker_calls", prefix);
    if ((breaker.calls = dlsym(library, calls)))
        return breaker;
    breaker.init = symbol(library, prefix, "breaker_init");
    breaker.acquire = symbol(library, prefix, "breaker_acquire");
    breaker.report = symbol(library, prefix, "breaker_report");
    breaker.report_and_acquire = symbol(library, prefix, "breaker_report_and_acquire");
    return breaker;
}

static struct side side_named(char *argument, const struct measure *measure)
{
    struct side side = {argument, NULL, NULL, {0}, 1};
    char *path = strchr(argument, '@'), *prefix;
    void *library;

    if (!path) /* memcpy, or a measure that makes no call */
        return side;
    *path++ = 0;
    prefix = strchr(argument, '=');
    if (!(library = dlopen(path, RTLD_NOW)))
        die("cannot load", path);
    if (prefix) {
        *prefix++ = 0;
        if (measure->run_breaker)
            side.breaker = breaker_of(library, prefix);
        else
            side.call = (function *)symbol(library, prefix, measure->symbol);
    } else {
        side.read = (uint64_t(*)(const uint64_t *, size_t))symbol(library, "c", "read");
    }
    return side;
}

static void make_inputs(const char *measure, const char *sizes)
{
    char *rest;
    size_t i, n;

    size = strtoul(sizes, &rest, 10);
    rows = *rest == 'x' ? strtoul(rest + 1, NULL, 10) : 0;
    n = rows ? size * rows : size < VARIED ? VARIED : size;
    input_bytes = 8 * (rows ? n : size);
    if (strstr(measure, "i64")) {
        spend_i64 = column(n, 8);
        limit_i64 = column(n, 8);
        usage_i64 = column(n, 8);
        spend = (double *)spend_i64;
        limit = (double *)limit_i64;
        usage = (double *)usage_i64;
    } else {
        spend = column(n, 8);
        limit = column(n, 8);
        usage = column(n, 8);
    }
    for (i = 0; i < n; i++) {
        int64_t cents = (int64_t)(i * 2654435761u % 130003), most = 100000 + (int64_t)(i % 977);
        if (spend_i64) {
            spend_i64[i] = cents;
            limit_i64[i] = most;
        } else {
            spend[i] = (double)cents / 100;
            limit[i] = (double)most / 100;
        }
    }
    flags = column(n, 1);
    present = column(n / 8 + 2, 1);
    for (i = 0; i < n / 8 + 2; i++) /* one row in a hundred is missing */
        present[i] = i % 25 ? 0xff : 0xe7;
    if (rows) {
        offsets = column(rows + 1, 8);
        for (i = 0; i <= rows; i++)
            offsets[i] = (int64_t)(i * size);
    }
}

/* Whether a side answers as the first did. Naive sums may be off by a little. */
static int answers_alike(size_t outputs, const uint8_t *first_flags, const double *first_usage,
                         int to_the_bit)
{
    size_t i;

    if (memcmp(flags, first_flags, outputs) != 0)
        return 0;
    if (to_the_bit)
        return memcmp(usage, first_usage, outputs * 8) == 0;
    for (i = 0; i < outputs; i++)
        if (fabs(usage[i] - first_usage[i]) > 1e-9 * fabs(first_usage[i]))
            return 0;
    return 1;
}

static void check_answers(const struct measure *measure, const struct side *sides, size_t count)
{
    size_t outputs = rows ? rows : strncmp(measure->name, "budget", 6) ? 1 : size, i;
    int to_the_bit = strncmp(measure->name, "series", 6) != 0;
    uint8_t *first_flags = column(outputs, 1);
    double *first_usage = column(outputs, 8);

    for (i = 0; i < count; i++) {
        if (!sides[i].call && !sides[i].breaker.init)
            continue;
        memset(flags, 0xa5, outputs);
        memset(usage, 0, outputs * 8);
        if (measure->run_breaker)
            answer_randomly(&sides[i].breaker);
        else if (strncmp(measure->name, "call", 4) == 0)
            answer_calls(measure, sides[i].call);
        else
            run(measure, &sides[i], 1);
        if (i == 0) {
            memcpy(first_flags, flags, outputs);
            memcpy(first_usage, usage, outputs * 8);
        } else if (!answers_alike(outputs, first_flags, first_usage, to_the_bit)) {
            die("another answer from", sides[i].name);
        }
    }
}

int main(int argc, char **argv)
{
    struct side sides[MAX_SIDES];
    const struct measure *measure = measures;
    size_t count = 0, rounds, round, i;

    if (argc < 5 || argc - 4 > MAX_SIDES)
        die("usage:", "host MEASURE SIZE ROUNDS|count SIDE...");
    while (strcmp(measure->name, argv[1]) != 0)
        if (++measure == measures + sizeof measures / sizeof *measures)
            die("no measure", argv[1]);
    make_inputs(measure->name, argv[2]);
    for (i = 4; i < (size_t)argc; i++) {
        sides[count++] = side_named(argv[i], measure);
        if (strcmp(argv[i], "memcpy") == 0 && !copy)
            copy = column(2 * input_bytes, 1);
    }
    if (strcmp(argv[3], "count") == 0) {
        run(measure, &sides[0], CALLS);
        return 0;
    }
    rounds = strtoul(argv[3], NULL, 10);
    check_answers(measure, sides, count);
    for (i = 0; i < count; i++) {
        double once = 0;
        while ((once = run_unallocating(measure, &sides[i], sides[i].times)) < SLICE / 4)
            sides[i].times *= 2;
        sides[i].times = (size_t)((double)sides[i].times * SLICE / once);
        sides[i].times += sides[i].times == 0;
    }
    for (round = 0; round < rounds; round++) {
        double took[MAX_SIDES];
        for (i = 0; i < count; i++) {
            const struct side *side = &sides[(round + i) % count];
            took[(round + i) % count] =
                run_unallocating(measure, side, side->times) / (double)side->times;
        }
        for (i = 0; i < count; i++)
            printf("%s\t%.4f\n", sides[i].name, took[i]);
    }
    return 0;
}
