/* The peer of the breaker with state: the same rules, struct, arguments, statuses and checks of
 * config, state and permit in every call, as a C programmer would write them who counts
 * instructions. host.c drives both with random calls first, and all answers must be the same bytes.
 * It asks for aligned pointers, which the library does not.
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
    CLOUDCIRCUIT_DEFAULT_FAILURE_THRESHOLD,
    0,
    0,
    0,
    0,
    CLOUDCIRCUIT_DEFAULT_HALF_OPEN_MAX_PROBES,
    CLOUDCIRCUIT_DEFAULT_HALF_OPEN_SUCCESSES,
    0,
    0,
    0,
    CLOUDCIRCUIT_DEFAULT_OPEN_DURATION,
    CLOUDCIRCUIT_DEFAULT_MAX_OPEN_DURATION,
    CLOUDCIRCUIT_DEFAULT_PROBE_TIMEOUT,
};
static const permit refused;

/* NULL means the defaults, which need no check. */
ALWAYS_INLINE int32_t check_config(const config *c)
{
    if (!c)
        return CLOUDCIRCUIT_OK;
    if (c->window_size > CLOUDCIRCUIT_BREAKER_MAX_WINDOW)
        return CLOUDCIRCUIT_ERR_WINDOW_SIZE;
    if (c->window_size && (c->minimum_calls == 0 || c->minimum_calls > c->window_size))
        return CLOUDCIRCUIT_ERR_MINIMUM_CALLS;
    if (c->failure_rate_ppm > WHOLE)
        return CLOUDCIRCUIT_ERR_FAILURE_RATE_PPM;
    if (c->slow_call_rate_ppm > WHOLE)
        return CLOUDCIRCUIT_ERR_SLOW_CALL_RATE_PPM;
    if (c->half_open_max_probes - 1 >= CLOUDCIRCUIT_BREAKER_MAX_PROBES)
        return CLOUDCIRCUIT_ERR_HALF_OPEN_MAX_PROBES;
    if (c->half_open_successes == 0)
        return CLOUDCIRCUIT_ERR_HALF_OPEN_SUCCESSES;
    if (c->jitter_ppm > WHOLE)
        return CLOUDCIRCUIT_ERR_JITTER_PPM;
    if (c->window_size && c->slow_call_rate_ppm && c->slow_call_duration <= 0)
        return CLOUDCIRCUIT_ERR_SLOW_CALL_DURATION;
    if (c->open_duration <= 0)
        return CLOUDCIRCUIT_ERR_OPEN_DURATION;
    if (c->max_open_duration < c->open_duration)
        return CLOUDCIRCUIT_ERR_MAX_OPEN_DURATION;
    if (c->probe_timeout <= 0)
        return CLOUDCIRCUIT_ERR_PROBE_TIMEOUT;
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
    uint32_t run, longest = s->consecutive_failures < 128 ? s->consecutive_failures : 128;
    bits others;

    if (s->window_calls < 128) {
        bits used = joined(s->window_failures) | joined(s->window_slow);
        if (s->window_next != s->window_calls || used >> s->window_calls)
            return 0;
    } else if (s->window_calls > 128 || s->window_next >= 128) {
        return 0;
    }
    if (s->consecutive_failures == 0) { /* most often, and then the latest outcome tells */
        uint32_t slot = s->window_next - 1;
        return !(s->window_failures[slot / 64 % 2] >> slot % 64 & 1);
    }
    others = ~latest(s->window_failures, s->window_next);
    if ((uint64_t)(others >> 64))
        run = (uint32_t)__builtin_clzll((uint64_t)(others >> 64));
    else
        run = (uint64_t)others ? 64 + (uint32_t)__builtin_clzll((uint64_t)others) : 128;
    return run == longest;
}

ALWAYS_INLINE int is_ahead(const state *s, int64_t time)
{
    return time > s->updated_at || time == MAX_TIME;
}

ALWAYS_INLINE int has_no_probes(const state *s)
{
    const int64_t *at = s->probe_deadlines;
    return !(s->probe_successes | s->live_probes) &&
           !(at[0] | at[1] | at[2] | at[3] | at[4] | at[5] | at[6] | at[7]);
}

static int is_possible_half_open(const state *s)
{
    uint32_t slot;

    if (s->forced_until || !s->trips || !s->window_calls || s->live_probes >> 8 ||
        2 * (uint64_t)s->trips > s->generation || s->open_until > s->updated_at)
        return 0;
    for (slot = 0; slot < 8; slot++)
        if (s->live_probes >> slot & 1 ? !is_ahead(s, s->probe_deadlines[slot])
                                       : s->probe_deadlines[slot] != 0)
            return 0;
    return 1;
}

ALWAYS_INLINE int is_possible(const state *s)
{
    uint64_t outcomes =
        s->consecutive_failures > s->window_calls ? s->consecutive_failures : s->window_calls;

    if (s->layout != CLOUDCIRCUIT_BREAKER_LAYOUT || s->revision >= UINT64_MAX - 1 ||
        s->generation > s->revision || !is_possible_window(s) ||
        outcomes > s->revision - s->generation + (s->trips > 0))
        return 0;
    if (s->generation == (s->phase == CLOUDCIRCUIT_BREAKER_CLOSED ? 1 : 0))
        return 0;
    switch (s->phase) {
    case CLOUDCIRCUIT_BREAKER_CLOSED:
        return !(s->trips | s->open_until | s->forced_until) && has_no_probes(s);
    case CLOUDCIRCUIT_BREAKER_OPEN:
        return s->trips && 2 * (uint64_t)s->trips - 1 <= s->generation && s->window_calls &&
               is_ahead(s, s->open_until) && !s->forced_until && has_no_probes(s);
    case CLOUDCIRCUIT_BREAKER_HALF_OPEN:
        return is_possible_half_open(s);
    case CLOUDCIRCUIT_BREAKER_FORCED_OPEN:
    case CLOUDCIRCUIT_BREAKER_FORCED_CLOSED:
        return !(s->trips | s->open_until | s->window_calls) && has_no_probes(s);
    default:
        return 0;
    }
}

ALWAYS_INLINE int is_possible_permit(const permit *p, const state *s)
{
    if (p->phase == CLOUDCIRCUIT_BREAKER_CLOSED || p->phase == CLOUDCIRCUIT_BREAKER_FORCED_CLOSED) {
        if (p->probe_slot || p->deadline)
            return 0;
    } else if (p->phase != CLOUDCIRCUIT_BREAKER_HALF_OPEN || p->probe_slot - 1 >= 8) {
        return 0;
    }
    return p->allowed == 1 && !p->retry_after && p->clock_regressed <= 1 &&
           (p->generation < s->generation ||
            (p->generation == s->generation && p->phase == s->phase));
}

ALWAYS_INLINE int64_t sum(int64_t now, uint64_t duration)
{
    int64_t time;
    return __builtin_add_overflow(now, duration, &time) ? MAX_TIME : time;
}

static uint64_t open_time(const config *c, uint32_t trips, uint64_t generation)
{
    uint64_t time = (uint64_t)c->open_duration, cap = (uint64_t)c->max_open_duration, most, z;

    time = trips < (uint32_t)__builtin_clzll(time) && time << trips < cap ? time << trips : cap;
    most = (uint64_t)((bits)time * c->jitter_ppm / WHOLE);
    z = c->jitter_seed + generation * 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return time + (uint64_t)(((bits)most + 1) * z >> 64);
}

ALWAYS_INLINE void touch(state *s, int64_t now)
{
    s->revision++;
    s->updated_at = now;
}

static void trip(const config *c, state *s, int64_t now)
{
    s->phase = CLOUDCIRCUIT_BREAKER_OPEN;
    s->generation++;
    s->open_until = sum(now, open_time(c, s->trips, s->generation));
    s->trips += s->trips < UINT32_MAX;
    s->probe_successes = s->live_probes = 0;
    memset(s->probe_deadlines, 0, sizeof s->probe_deadlines);
    touch(s, now);
}

static void close_anew(state *s, int64_t now)
{
    state fresh = {CLOUDCIRCUIT_BREAKER_LAYOUT, CLOUDCIRCUIT_BREAKER_CLOSED};

    fresh.revision = s->revision + 1;
    fresh.generation = s->generation + 1;
    fresh.updated_at = now;
    *s = fresh;
}

ALWAYS_INLINE permit allow(const state *s)
{
    permit p = {s->generation, 0, 0, s->phase, 1, 0, 0};
    return p;
}

ALWAYS_INLINE permit refuse(const state *s, int64_t until, int64_t now)
{
    permit p = {s->generation, until, 0, s->phase, 0, 0, 0};
    p.retry_after = __builtin_sub_overflow(until, now, &p.retry_after) ? MAX_TIME : until - now;
    return p;
}

static int64_t earliest_deadline(const state *s)
{
    int64_t earliest = MAX_TIME;
    uint32_t live;

    for (live = s->live_probes; live; live &= live - 1) {
        int64_t deadline = s->probe_deadlines[__builtin_ctz(live)];
        earliest = deadline < earliest ? deadline : earliest;
    }
    return earliest;
}

static int has_lost_probe(const state *s, int64_t now)
{
    return s->live_probes && now >= earliest_deadline(s);
}

static permit probe(const config *c, state *s, int64_t now)
{
    permit p;
    uint32_t slot;

    if ((uint32_t)__builtin_popcount(s->live_probes) >= c->half_open_max_probes)
        return refuse(s, earliest_deadline(s), now);
    slot = (uint32_t)__builtin_ctz(~s->live_probes);
    s->live_probes |= 1u << slot;
    s->probe_deadlines[slot] = sum(now, c->probe_timeout);
    touch(s, now);
    p = allow(s);
    p.deadline = s->probe_deadlines[slot];
    p.probe_slot = slot + 1;
    return p;
}

/* Not closed. */
static permit admit_slowly(const config *c, state *s, int64_t now)
{
    switch (s->phase) {
    case CLOUDCIRCUIT_BREAKER_OPEN:
        if (now < s->open_until)
            return refuse(s, s->open_until, now);
        s->phase = CLOUDCIRCUIT_BREAKER_HALF_OPEN;
        s->generation++;
        return probe(c, s, now);
    case CLOUDCIRCUIT_BREAKER_HALF_OPEN:
        if (!has_lost_probe(s, now))
            return probe(c, s, now);
        trip(c, s, now);
        return refuse(s, s->open_until, now);
    default:
        if (now >= s->forced_until && s->forced_until != MAX_TIME)
            close_anew(s, now);
        else if (s->phase == CLOUDCIRCUIT_BREAKER_FORCED_OPEN)
            return refuse(s, s->forced_until, now);
        return allow(s);
    }
}

ALWAYS_INLINE void admit(const config *c, state *s, int64_t now, permit *answer)
{
    uint32_t regressed = now < s->updated_at;
    permit p;

    if (s->phase == CLOUDCIRCUIT_BREAKER_CLOSED)
        p = allow(s);
    else
        p = admit_slowly(c, s, regressed ? s->updated_at : now);
    p.clock_regressed = regressed;
    *answer = p;
}

ALWAYS_INLINE void remember(uint64_t words[2], uint32_t slot, uint64_t bit)
{
    uint64_t *word = &words[slot / 64];
    *word = (*word & ~((uint64_t)1 << slot % 64)) | bit << slot % 64;
}

ALWAYS_INLINE int reaches(const uint64_t words[2], const state *s, uint32_t calls, uint32_t ppm)
{
    bits all = latest(words, s->window_next) >> (128 - calls);
    uint32_t hits = (uint32_t)(__builtin_popcountll((uint64_t)all) +
                               __builtin_popcountll((uint64_t)(all >> 64)));
    return (uint64_t)hits * WHOLE >= (uint64_t)calls * ppm;
}

ALWAYS_INLINE int must_trip(const config *c, const state *s)
{
    uint32_t calls = s->window_calls < c->window_size ? s->window_calls : c->window_size;

    if (c->failure_threshold && s->consecutive_failures >= c->failure_threshold)
        return 1;
    if (!c->window_size || calls < c->minimum_calls)
        return 0;
    return (c->failure_rate_ppm && reaches(s->window_failures, s, calls, c->failure_rate_ppm)) ||
           (c->slow_call_rate_ppm && reaches(s->window_slow, s, calls, c->slow_call_rate_ppm));
}

ALWAYS_INLINE void judge(const config *c, state *s, int is_failure, int is_slow, int64_t now)
{
    uint32_t slot = s->window_next;

    remember(s->window_failures, slot, (uint64_t)is_failure);
    remember(s->window_slow, slot, (uint64_t)is_slow);
    s->window_next = (slot + 1) % 128;
    s->window_calls += s->window_calls < 128;
    if (is_failure)
        s->consecutive_failures += s->consecutive_failures < UINT32_MAX;
    else
        s->consecutive_failures = 0;
    if (must_trip(c, s))
        trip(c, s, now);
    else
        touch(s, now);
}

static int32_t judge_probe(const config *c, state *s, const permit *p, int32_t outcome, int64_t now)
{
    uint32_t slot = p->probe_slot - 1;

    if (!(s->live_probes >> slot & 1) || s->probe_deadlines[slot] != p->deadline)
        return CLOUDCIRCUIT_ERR_STALE_PERMIT;
    if (outcome == CLOUDCIRCUIT_OUTCOME_FAILURE || has_lost_probe(s, now)) {
        trip(c, s, now);
        return CLOUDCIRCUIT_OK;
    }
    s->live_probes &= ~(1u << slot);
    s->probe_deadlines[slot] = 0;
    if (outcome == CLOUDCIRCUIT_OUTCOME_SUCCESS) {
        s->probe_successes += s->probe_successes < UINT32_MAX;
        if (s->probe_successes >= c->half_open_successes) {
            close_anew(s, now);
            return CLOUDCIRCUIT_OK;
        }
    }
    touch(s, now);
    return CLOUDCIRCUIT_OK;
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
    if (p->generation != s->generation)
        return CLOUDCIRCUIT_ERR_STALE_PERMIT;
    c = c ? c : &defaults;
    now = now > s->updated_at ? now : s->updated_at;
    if (s->phase == CLOUDCIRCUIT_BREAKER_CLOSED) {
        int is_slow = c->slow_call_duration > 0 && duration >= c->slow_call_duration;
        if (outcome != CLOUDCIRCUIT_OUTCOME_IGNORED)
            judge(c, s, outcome == CLOUDCIRCUIT_OUTCOME_FAILURE, is_slow, now);
        return CLOUDCIRCUIT_OK;
    }
    if (s->phase == CLOUDCIRCUIT_BREAKER_HALF_OPEN)
        return judge_probe(c, s, p, outcome, now);
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
        admit(c ? c : &defaults, s, now, answer);
    return status;
}

int32_t c_breaker_report(const config *c, state *s, const permit *p, int32_t outcome,
                         int64_t duration, int64_t now)
{
    if (!s || !p)
        return CLOUDCIRCUIT_ERR_NULL_POINTER;
    return report(c, s, p, outcome, duration, now);
}

int32_t c_breaker_report_and_acquire(const config *c, state *s, const permit *p, int32_t outcome,
                                     int64_t duration, int64_t now, permit *next)
{
    int32_t status = CLOUDCIRCUIT_ERR_NULL_POINTER;

    if (!next)
        return status;
    if (s && p)
        status = report(c, s, p, outcome, duration, now);
    if (status)
        *next = refused;
    else
        admit(c ? c : &defaults, s, now, next);
    return status;
}

int32_t c_breaker_init(int64_t now, state *s)
{
    state fresh = {CLOUDCIRCUIT_BREAKER_LAYOUT, CLOUDCIRCUIT_BREAKER_CLOSED};

    if (!s)
        return CLOUDCIRCUIT_ERR_NULL_POINTER;
    fresh.updated_at = now;
    *s = fresh;
    return CLOUDCIRCUIT_OK;
}
