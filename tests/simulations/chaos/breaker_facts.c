/* What is true of the breaker of a story: the phase that its rules ask for, worked out apart; see world.h. */
#include "breaker.h"

cloudcircuit_breaker_state stored_breaker(struct world *w)
{
    cloudcircuit_breaker_state state;
    const cloudcircuit_status status =
        cloudcircuit_breaker_state_decode(w->rows[0], CLOUDCIRCUIT_BREAKER_ENCODED_LEN, &state);

    promise(w, status == CLOUDCIRCUIT_OK, "Reads a state from what cloudcircuit_breaker_state_encode wrote");
    return state;
}

void begin_phase(struct world *w, const cloudcircuit_breaker_state *state)
{
    struct breaker_facts *facts = &breaker.facts;

    (void)w;
    facts->phase = state->phase;
    facts->generation = state->generation;
    facts->since = state->phase_since;
    facts->open_until = state->open_until;
    facts->trips = state->trips;
    facts->judged = 0;
    facts->failed = 0;
    facts->outcome_count = 0;
}

static int is_current(const struct probe *probe)
{
    return !probe->is_over && probe->generation == breaker.facts.generation;
}

static struct probe *find_probe(const cloudcircuit_breaker_permit *permit)
{
    int i;

    for (i = breaker.facts.probe_count - 1; i >= 0; i--) {
        struct probe *probe = &breaker.facts.probes[i];

        if (is_current(probe) && probe->generation == permit->generation && probe->slot == permit->probe_slot
            && probe->deadline == permit->deadline)
            return probe;
    }
    return NULL;
}

void check_stale(struct world *w, const cloudcircuit_breaker_permit *permit, uint64_t revision)
{
    const struct probe *probe = find_probe(permit);

    promise(w, probe == NULL || probe->revision > revision || probe->deadline <= breaker.facts.clock,
            "permit must be of the current generation and a probe's not yet reported.");
    promise(w, permit->probe_slot != 0 || permit->generation != breaker.facts.generation,
            "A report from an earlier phase, or a second one of the same probe, changes nothing and returns "
            "CLOUDCIRCUIT_ERR_STALE_PERMIT.");
}

/*
 * Half-open
 */

static int reaches(uint32_t failed, uint32_t of, uint32_t ppm)
{
    return (uint64_t)failed * 1000000 >= (uint64_t)ppm * of;
}

/* What the probes that are judged decide: a phase, or 0. */
static int32_t decided(void)
{
    const cloudcircuit_breaker_config *config = &breaker.config;
    const struct breaker_facts *facts = &breaker.facts;
    const uint32_t calls = config->half_open_calls, ppm = config->half_open_failure_rate_ppm;

    if (reaches(facts->failed, calls, ppm))
        return CLOUDCIRCUIT_BREAKER_OPEN;
    if (facts->judged >= calls || !reaches(facts->failed + calls - facts->judged, calls, ppm))
        return CLOUDCIRCUIT_BREAKER_CLOSED;
    return 0;
}

static struct probe *first_lost(int64_t now)
{
    struct probe *first = NULL;
    int i;

    for (i = 0; i < breaker.facts.probe_count; i++) {
        struct probe *probe = &breaker.facts.probes[i];

        if (is_current(probe) && probe->deadline <= now && (first == NULL || probe->deadline < first->deadline))
            first = probe;
    }
    return first;
}

/* Counts what was lost by now as failed, in order of time, and half-open's end last; what that decides, and when. */
static int32_t work_off(struct world *w, int64_t now, int64_t *when)
{
    struct breaker_facts *facts = &breaker.facts;
    const int64_t lasts = breaker.config.half_open_duration;
    const int64_t end = lasts == 0 ? INT64_MAX : facts->since + lasts;
    struct probe *probe;
    int32_t phase = 0;

    while (phase == 0 && (probe = first_lost(least(now, end))) != NULL) {
        probe->is_over = 1;
        facts->judged++;
        facts->failed++;
        count(w, LOST_PROBES);
        *when = probe->deadline;
        phase = decided();
    }
    if (phase == 0 && end <= now) {
        *when = end;
        phase = facts->judged == 0 || reaches(facts->failed, facts->judged, breaker.config.half_open_failure_rate_ppm)
                    ? CLOUDCIRCUIT_BREAKER_OPEN
                    : CLOUDCIRCUIT_BREAKER_CLOSED;
    }
    return phase;
}

static void check_probes(struct world *w)
{
    uint32_t in_flight = 0;
    int i;

    for (i = 0; i < breaker.facts.probe_count; i++)
        in_flight += (uint32_t)is_current(&breaker.facts.probes[i]);
    promise(w, in_flight <= breaker.config.half_open_max_probes, "Probes in flight at once while half-open");
    promise(w, in_flight + breaker.facts.judged <= breaker.config.half_open_calls,
            "Probes that are judged while half-open");
}

/*
 * Closed
 */

/* An outcome counts as one of the latest in the window, or by its bucket's first instant. */
static int counts_in_window(int place)
{
    const struct breaker_facts *facts = &breaker.facts;
    const int64_t window = breaker.config.window_duration, length = (window + 15) / 16;

    if (window == 0)
        return (uint32_t)(facts->outcome_count - place) <= breaker.config.window_size;
    return facts->clock - facts->outcomes[place].at / length * length < window;
}

/* Whether a rule is reached after the latest outcome. */
static int is_reached(void)
{
    const cloudcircuit_breaker_config *config = &breaker.config;
    const struct breaker_facts *facts = &breaker.facts;
    uint32_t calls = 0, failures = 0, slow = 0, streak = 0;
    int i, is_streak = 1;

    for (i = facts->outcome_count - 1; i >= 0; i--) {
        const struct outcome *outcome = &facts->outcomes[i];
        const int is_counted = counts_in_window(i);

        is_streak &= outcome->has_failed;
        if (is_streak && (is_counted || config->window_duration == 0))
            streak++;
        if (!is_counted)
            continue;
        calls++;
        failures += (uint32_t)outcome->has_failed;
        slow += (uint32_t)outcome->is_slow;
    }
    return (config->failure_threshold > 0 && streak >= config->failure_threshold)
           || (config->failure_count > 0 && failures >= config->failure_count)
           || (calls >= config->minimum_calls
               && ((config->failure_rate_ppm > 0 && reaches(failures, calls, config->failure_rate_ppm))
                   || (config->slow_call_rate_ppm > 0 && reaches(slow, calls, config->slow_call_rate_ppm))));
}

/* In the order of the states that they were reported to: one that left every byte was before those stored since. */
static void note_outcome(const struct deed *deed, const struct outcome *outcome)
{
    struct breaker_facts *facts = &breaker.facts;
    int place = facts->outcome_count;

    (void)deed;
    if (facts->outcome_count + 1 == OUTCOMES) {
        printf("OUTCOMES is too small\n");
        exit(2);
    }
    for (; place > 0 && facts->outcomes[place - 1].revision > outcome->revision; place--)
        facts->outcomes[place] = facts->outcomes[place - 1];
    facts->outcomes[place] = *outcome;
    facts->outcome_count++;
}

/*
 * Calls
 */

/* What a report asks for: a phase, or 0 for none other; and since when, if a lost probe decided it. */
static int32_t report(struct world *w, const struct deed *deed, int64_t *when)
{
    struct breaker_facts *facts = &breaker.facts;
    const cloudcircuit_breaker_config *config = &breaker.config;
    const int has_failed = deed->job.amounts[0] == CLOUDCIRCUIT_OUTCOME_FAILURE;
    const int is_ignored = deed->job.amounts[0] == CLOUDCIRCUIT_OUTCOME_IGNORED;
    const int is_slow = config->slow_call_rate_ppm > 0 && deed->job.amounts[1] >= config->slow_call_duration;
    const int is_later = has_failed && config->max_retry_after > 0 && deed->job.amounts[2] > facts->clock;
    struct probe *probe;
    struct outcome outcome;
    int32_t phase;

    if (facts->phase == CLOUDCIRCUIT_BREAKER_CLOSED) {
        if (is_ignored)
            return 0;
        outcome.revision = deed->place;
        outcome.at = facts->clock;
        outcome.has_failed = has_failed;
        outcome.is_slow = is_slow;
        note_outcome(deed, &outcome);
        return deed->is_changed[0] && (is_reached() || is_later) ? CLOUDCIRCUIT_BREAKER_OPEN : 0;
    }
    if (facts->phase != CLOUDCIRCUIT_BREAKER_HALF_OPEN)
        return 0;
    probe = find_probe(&deed->permit);
    promise(w, probe != NULL, "A report from an earlier phase, or a second one of the same probe, changes nothing and "
                              "returns CLOUDCIRCUIT_ERR_STALE_PERMIT.");
    phase = work_off(w, facts->clock, when);
    if (phase != 0 || probe->is_over)
        return phase;
    *when = 0;
    probe->is_over = 1;
    if (is_ignored)
        return 0;
    facts->judged++;
    facts->failed += (uint32_t)(has_failed || is_slow);
    return is_later ? CLOUDCIRCUIT_BREAKER_OPEN : decided();
}

static void check_phase(struct world *w, int32_t phase, int64_t when, const cloudcircuit_breaker_state *state)
{
    promise(w, when == 0 || phase == 0 || state->phase_since == when,
            "A probe that has not reported by its deadline has failed as of then");
    promise(w, phase != CLOUDCIRCUIT_BREAKER_OPEN || state->phase == phase,
            "Once failed probes reach half_open_failure_rate_ppm of half_open_calls the breaker opens again");
    promise(w, phase != CLOUDCIRCUIT_BREAKER_CLOSED || state->phase == phase,
            "once all are judged or that share is out of reach it closes.");
    promise(w, phase != 0 || state->phase == breaker.facts.phase,
            "After each recorded outcome the rules that are switched on are checked");
}

static void check_open_time(struct world *w, const cloudcircuit_breaker_state *state)
{
    const cloudcircuit_breaker_config *config = &breaker.config;
    const int64_t open = state->open_until - state->phase_since;
    const int64_t longest = config->max_open_duration + config->max_open_duration * config->jitter_ppm / 1000000 + 1;

    count(w, TRIPS);
    if (state->trips <= breaker.facts.trips)
        return; /* by a retry_at or by half-open's end, which are no trips, or after some have faded */
    promise(w, open >= config->open_duration, "How long the first trip opens it");
    promise(w, open <= most(longest, config->max_retry_after), "The longest open time, before jitter");
}

/* What an acquire asks for. Open or forced, the time may be over; half-open, probes may be lost. */
static void acquire(struct world *w, const struct deed *deed, const cloudcircuit_breaker_state *state)
{
    struct breaker_facts *facts = &breaker.facts;
    int64_t when = 0;
    int32_t phase = 0;

    if (facts->phase == CLOUDCIRCUIT_BREAKER_HALF_OPEN) {
        phase = work_off(w, facts->clock, &when);
        if (phase == CLOUDCIRCUIT_BREAKER_OPEN && state->phase == CLOUDCIRCUIT_BREAKER_HALF_OPEN) {
            promise(w, state->generation == facts->generation + 2 && facts->clock >= when + breaker.config.open_duration,
                    "a new open time counts from the deadline, and if it is over already, the same acquire is the next "
                    "probe.");
        } else {
            check_phase(w, phase, when, state);
        }
    } else if (facts->phase == CLOUDCIRCUIT_BREAKER_OPEN && state->phase != CLOUDCIRCUIT_BREAKER_OPEN) {
        promise(w, facts->clock >= facts->open_until && state->phase == CLOUDCIRCUIT_BREAKER_HALF_OPEN,
                "Every call is refused until open_until.");
        count(w, HALF_OPENS);
    }
    if (state->generation != facts->generation)
        begin_phase(w, state);
    if (deed->permit.allowed && deed->permit.probe_slot > 0) {
        struct probe *probe = &facts->probes[facts->probe_count];

        if (++facts->probe_count == PROBE_FACTS) {
            printf("PROBE_FACTS is too small\n");
            exit(2);
        }
        count(w, PROBES);
        probe->revision = state->revision;
        probe->generation = deed->permit.generation;
        probe->slot = deed->permit.probe_slot;
        probe->deadline = deed->permit.deadline;
        probe->is_over = 0;
        promise(w, probe->deadline == facts->clock + breaker.config.probe_timeout,
                "By when a probe must report: at that time it is too late. Else 0.");
    }
}

void breaker_happened(struct world *w, const struct deed *deed)
{
    struct breaker_facts *facts = &breaker.facts;
    const cloudcircuit_breaker_state state = stored_breaker(w);
    const int64_t before = facts->clock;
    int64_t when = 0;

    if (deed->what == 0)
        return; /* a stale permit: its row alone was stored */
    if (deed->what == REPORT && deed->permit.would_refuse && deed->permit.phase != CLOUDCIRCUIT_BREAKER_CLOSED) {
        promise(w, !deed->is_changed[0], "Judges and books as with CLOUDCIRCUIT_MODE_ENFORCE, but refuses nothing");
        return; /* a call that was monitored alone */
    }
    facts->clock = most(facts->clock, deed->now);
    if (deed->what == REPORT) {
        if (facts->generation != deed->permit.generation)
            promise(w, !deed->is_changed[0], "A report from an earlier phase, or a second one of the same probe, changes "
                                             "nothing and returns CLOUDCIRCUIT_ERR_STALE_PERMIT.");
        else
            check_phase(w, report(w, deed, &when), when, &state);
    } else {
        acquire(w, deed, &state);
    }
    if (!deed->is_changed[0])
        facts->clock = before;
    promise(w, state.updated_at == facts->clock, "The latest time at which the state changed.");
    if (state.generation != facts->generation) {
        if (state.phase == CLOUDCIRCUIT_BREAKER_OPEN)
            check_open_time(w, &state);
        else if (state.phase == CLOUDCIRCUIT_BREAKER_CLOSED)
            count(w, CLOSES);
        begin_phase(w, &state);
    }
    check_probes(w);
}
