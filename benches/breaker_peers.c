/* The peer of the closed breaker: failures in a row, and a window by count with a failure count and
 * rate, in the library's structs, arguments and statuses, with checks of config, state and permit in
 * every call, as a C programmer would write it who counts instructions. It opens, but knows nothing of
 * what comes after that, nor of windows by time, slow calls, retry times, ramps and monitors. host.c
 * drives both with random calls first, and all answers must be the same bytes. It asks for aligned
 * pointers, which the library does not.
 */
#include <cloudcircuit.h>
#include <string.h>

#define WHOLE 1000000u
#define MAX_TIME INT64_MAX
#define ALWAYS_INLINE static inline __attribute__((always_inline))

typedef cloudcircuit_breaker_config config;
typedef cloudcircuit_breaker_state state;
typedef cloudcircuit_breaker_permit permit;
typedef unsigned __int128 bits;

static const config defaults = {
    .failure_threshold = CLOUDCIRCUIT_DEFAULT_FAILURE_THRESHOLD,
    .half_open_max_probes = CLOUDCIRCUIT_DEFAULT_HALF_OPEN_MAX_PROBES,
    .half_open_calls = CLOUDCIRCUIT_DEFAULT_HALF_OPEN_CALLS,
    .half_open_failure_rate_ppm = CLOUDCIRCUIT_DEFAULT_HALF_OPEN_FAILURE_RATE_PPM,
    .backoff_ppm = CLOUDCIRCUIT_DEFAULT_BACKOFF_PPM,
    .open_duration = CLOUDCIRCUIT_DEFAULT_OPEN_DURATION,
    .max_open_duration = CLOUDCIRCUIT_DEFAULT_MAX_OPEN_DURATION,
    .probe_timeout = CLOUDCIRCUIT_DEFAULT_PROBE_TIMEOUT,
};
static const permit refused;

/* NULL means the defaults, which need no check. */
ALWAYS_INLINE int32_t check_config(const config *c)
{
    int has_window;

    if (!c)
        return CLOUDCIRCUIT_OK;
    has_window = c->window_size || c->window_duration;
    if (c->window_size > CLOUDCIRCUIT_BREAKER_MAX_WINDOW)
        return CLOUDCIRCUIT_ERR_WINDOW_SIZE;
    if (c->window_duration < 0 || (c->window_size && c->window_duration))
        return CLOUDCIRCUIT_ERR_WINDOW_DURATION;
    if (c->window_size ? c->minimum_calls - 1 >= c->window_size
                       : c->window_duration && (c->failure_rate_ppm | c->slow_call_rate_ppm) &&
                             !c->minimum_calls)
        return CLOUDCIRCUIT_ERR_MINIMUM_CALLS;
    if ((c->window_size && c->failure_count > c->window_size) || (!has_window && c->failure_count))
        return CLOUDCIRCUIT_ERR_FAILURE_COUNT;
    if (c->failure_rate_ppm > (has_window ? WHOLE : 0))
        return CLOUDCIRCUIT_ERR_FAILURE_RATE_PPM;
    if (c->slow_call_rate_ppm > (has_window ? WHOLE : 0))
        return CLOUDCIRCUIT_ERR_SLOW_CALL_RATE_PPM;
    if (c->slow_call_rate_ppm && c->slow_call_duration <= 0)
        return CLOUDCIRCUIT_ERR_SLOW_CALL_DURATION;
    if (c->half_open_max_probes - 1 >= CLOUDCIRCUIT_BREAKER_MAX_PROBES)
        return CLOUDCIRCUIT_ERR_HALF_OPEN_MAX_PROBES;
    if (c->half_open_calls - 1 >= CLOUDCIRCUIT_BREAKER_MAX_HALF_OPEN_CALLS)
        return CLOUDCIRCUIT_ERR_HALF_OPEN_CALLS;
    if (c->half_open_failure_rate_ppm - 1 >= WHOLE)
        return CLOUDCIRCUIT_ERR_HALF_OPEN_FAILURE_RATE_PPM;
    if (c->backoff_ppm < WHOLE || c->backoff_ppm > 16 * WHOLE)
        return CLOUDCIRCUIT_ERR_BACKOFF_PPM;
    if (c->jitter_ppm > WHOLE)
        return CLOUDCIRCUIT_ERR_JITTER_PPM;
    if (c->mode > CLOUDCIRCUIT_MODE_MONITOR)
        return CLOUDCIRCUIT_ERR_MODE;
    if (c->open_duration <= 0)
        return CLOUDCIRCUIT_ERR_OPEN_DURATION;
    if (c->max_open_duration < c->open_duration)
        return CLOUDCIRCUIT_ERR_MAX_OPEN_DURATION;
    if (c->probe_timeout <= 0)
        return CLOUDCIRCUIT_ERR_PROBE_TIMEOUT;
    if (c->half_open_duration < 0)
        return CLOUDCIRCUIT_ERR_HALF_OPEN_DURATION;
    if (c->trips_decay < 0)
        return CLOUDCIRCUIT_ERR_TRIPS_DECAY;
    if (c->max_retry_after < 0)
        return CLOUDCIRCUIT_ERR_MAX_RETRY_AFTER;
    if (c->ramp_duration < 0)
        return CLOUDCIRCUIT_ERR_RAMP_DURATION;
    if (!(c->failure_threshold | c->failure_count | c->failure_rate_ppm | c->slow_call_rate_ppm) &&
        !c->max_retry_after)
        return CLOUDCIRCUIT_ERR_NO_RULE;
    return CLOUDCIRCUIT_OK;
}

ALWAYS_INLINE bits joined(const uint64_t words[2])
{
    return (bits)words[1] << 64 | words[0];
}

/* The latest outcome at the top. */
ALWAYS_INLINE bits latest(const uint64_t words[2], uint32_t next)
{
    bits all = joined(words);
    return all >> (next % 128) | all << (-next % 128);
}

ALWAYS_INLINE int is_possible_window(const state *s)
{
    if (s->window_calls < 128) {
        bits used = joined(s->window_failures) | joined(s->window_slow);
        return s->window_next == s->window_calls && !(used >> s->window_calls);
    }
    return s->window_calls == 128 && s->window_next < 128;
}

/* Closed, with nothing in what only other phases, a ramp or a window by time use. */
ALWAYS_INLINE int is_possible(const state *s)
{
    const int64_t *at = s->probe_deadlines;
    uint32_t counts = s->reserved | s->live_probes | s->probes_judged | s->probes_failed | s->trips |
                      s->streak_age | s->streak_skipped;
    int i;

    for (i = 0; i < 16; i++)
        counts |= s->bucket_calls[i] | s->bucket_failures[i] | s->bucket_slow[i];
    return s->layout == CLOUDCIRCUIT_BREAKER_LAYOUT && s->phase == CLOUDCIRCUIT_BREAKER_CLOSED &&
           s->generation && s->generation - 1 <= s->revision && s->revision < UINT64_MAX - 1 &&
           s->consecutive_failures <= s->revision && !counts &&
           !(s->open_until | s->forced_until | s->ramp_duration | s->ramp_credit |
             s->bucket_duration | s->newest_bucket) &&
           !(at[0] | at[1] | at[2] | at[3] | at[4] | at[5] | at[6] | at[7]) && is_possible_window(s);
}

ALWAYS_INLINE int is_possible_permit(const permit *p, const state *s)
{
    return p->allowed == 1 && p->phase == CLOUDCIRCUIT_BREAKER_CLOSED && !p->retry_after &&
           !p->deadline && !(p->would_refuse | p->probe_slot | p->reserved) &&
           p->clock_regressed <= 1 && p->generation == s->generation;
}

static void trip(const config *c, state *s, int64_t now)
{
    uint64_t time = (uint64_t)c->open_duration, most, z;

    s->phase = CLOUDCIRCUIT_BREAKER_OPEN;
    s->generation++;
    s->phase_since = now;
    s->trips = 1;
    most = (uint64_t)((bits)time * c->jitter_ppm / WHOLE);
    z = c->jitter_seed + s->generation * 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    time += (uint64_t)(((bits)most + 1) * z >> 64);
    if (__builtin_add_overflow(now, time, &s->open_until))
        s->open_until = MAX_TIME;
}

ALWAYS_INLINE void admit(const state *s, int64_t now, permit *answer)
{
    permit p = {s->generation, 0, 0, CLOUDCIRCUIT_BREAKER_CLOSED, 1, 0, 0, now < s->updated_at, 0};
    *answer = p;
}

ALWAYS_INLINE void remember(uint64_t words[2], uint32_t slot, uint64_t bit)
{
    uint64_t *word = &words[slot / 64];
    *word = (*word & ~((uint64_t)1 << slot % 64)) | bit << slot % 64;
}

ALWAYS_INLINE uint32_t failures_in_window(const config *c, const state *s)
{
    uint32_t calls = s->window_calls < c->window_size ? s->window_calls : c->window_size;
    bits all;

    if (!calls || !(s->window_failures[0] | s->window_failures[1]))
        return 0;
    all = latest(s->window_failures, s->window_next) >> (128 - calls);
    return (uint32_t)(__builtin_popcountll((uint64_t)all) +
                      __builtin_popcountll((uint64_t)(all >> 64)));
}

ALWAYS_INLINE int must_trip(const config *c, const state *s)
{
    uint32_t calls = s->window_calls < c->window_size ? s->window_calls : c->window_size, failures;

    if (c->failure_threshold && s->consecutive_failures >= c->failure_threshold)
        return 1;
    if (!(c->failure_count | c->failure_rate_ppm))
        return 0;
    failures = failures_in_window(c, s);
    return (c->failure_count && failures >= c->failure_count) ||
           (c->failure_rate_ppm && calls >= c->minimum_calls &&
            (uint64_t)failures * WHOLE >= (uint64_t)calls * c->failure_rate_ppm);
}

/* A success that changes no later decision leaves every byte. */
ALWAYS_INLINE int is_unmoved(const config *c, const state *s)
{
    if (s->consecutive_failures)
        return 0;
    if (!(c->failure_count | c->failure_rate_ppm))
        return 1;
    return (!c->failure_rate_ppm || s->window_calls >= c->window_size) && !failures_in_window(c, s);
}

ALWAYS_INLINE void judge(const config *c, state *s, int is_failure, int64_t now)
{
    if (!is_failure && is_unmoved(c, s))
        return;
    if (c->window_size) {
        uint32_t slot = s->window_next;
        remember(s->window_failures, slot, (uint64_t)is_failure);
        remember(s->window_slow, slot, 0);
        s->window_next = (slot + 1) % 128;
        s->window_calls += s->window_calls < 128;
    }
    if (is_failure)
        s->consecutive_failures += s->consecutive_failures < UINT32_MAX;
    else
        s->consecutive_failures = 0;
    if (must_trip(c, s))
        trip(c, s, now);
    s->revision++;
    s->updated_at = now;
}

ALWAYS_INLINE int32_t report(const config *c, state *s, const permit *p, int32_t outcome,
                             int64_t duration, int64_t now)
{
    int32_t status = check_config(c);

    if (status)
        return status;
    if (!is_possible(s))
        return CLOUDCIRCUIT_ERR_CORRUPT_STATE;
    if (!is_possible_permit(p, s))
        return CLOUDCIRCUIT_ERR_PERMIT;
    if (outcome < CLOUDCIRCUIT_OUTCOME_SUCCESS || outcome > CLOUDCIRCUIT_OUTCOME_IGNORED)
        return CLOUDCIRCUIT_ERR_OUTCOME;
    if (duration < 0)
        return CLOUDCIRCUIT_ERR_DURATION;
    if (outcome != CLOUDCIRCUIT_OUTCOME_IGNORED)
        judge(c ? c : &defaults, s, outcome == CLOUDCIRCUIT_OUTCOME_FAILURE,
              now > s->updated_at ? now : s->updated_at);
    return CLOUDCIRCUIT_OK;
}

int32_t c_breaker_acquire(const config *c, state *s, int64_t now, permit *answer)
{
    int32_t status;

    if (!answer)
        return CLOUDCIRCUIT_ERR_NULL_POINTER;
    status = !s ? CLOUDCIRCUIT_ERR_NULL_POINTER : check_config(c);
    if (!status && !is_possible(s))
        status = CLOUDCIRCUIT_ERR_CORRUPT_STATE;
    if (status)
        *answer = refused;
    else
        admit(s, now, answer);
    return status;
}

int32_t c_breaker_report(const config *c, state *s, const permit *p, int32_t outcome,
                         int64_t duration, int64_t retry_at, int64_t now)
{
    (void)retry_at;
    if (!s || !p)
        return CLOUDCIRCUIT_ERR_NULL_POINTER;
    return report(c, s, p, outcome, duration, now);
}

/* Opened by the report, it refuses until the open time is over. */
int32_t c_breaker_report_and_acquire(const config *c, state *s, const permit *p, int32_t outcome,
                                     int64_t duration, int64_t retry_at, int64_t now, permit *next)
{
    int32_t status = CLOUDCIRCUIT_ERR_NULL_POINTER;

    (void)retry_at;
    if (!next)
        return status;
    if (s && p)
        status = report(c, s, p, outcome, duration, now);
    if (status) {
        *next = refused;
    } else if (s->phase == CLOUDCIRCUIT_BREAKER_CLOSED) {
        admit(s, now, next);
    } else {
        permit wait = {s->generation, 0, 0, CLOUDCIRCUIT_BREAKER_OPEN, 0, 1, 0, now < s->updated_at, 0};
        if (__builtin_sub_overflow(s->open_until, now, &wait.retry_after))
            wait.retry_after = MAX_TIME;
        *next = wait;
    }
    return status;
}

int32_t c_breaker_init(int64_t now, state *s)
{
    state fresh = {.layout = CLOUDCIRCUIT_BREAKER_LAYOUT, .phase = CLOUDCIRCUIT_BREAKER_CLOSED};

    if (!s)
        return CLOUDCIRCUIT_ERR_NULL_POINTER;
    fresh.generation = 1;
    fresh.updated_at = fresh.phase_since = now;
    *s = fresh;
    return CLOUDCIRCUIT_OK;
}
