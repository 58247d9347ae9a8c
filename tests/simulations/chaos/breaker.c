/* A host of a breaker in front of something that is well, failing and slow in turn; see world.h. */
#include "breaker.h"

struct breaker_story breaker;

static void write_state(struct world *w, uint8_t *row, const cloudcircuit_breaker_state *state)
{
    cloudcircuit_breaker_state read;
    cloudcircuit_status status = cloudcircuit_breaker_state_encode(state, row, CLOUDCIRCUIT_BREAKER_ENCODED_LEN);

    promise(w, status == CLOUDCIRCUIT_OK, "Writes a state as bytes that any machine reads");
    status = cloudcircuit_breaker_state_decode(row, CLOUDCIRCUIT_BREAKER_ENCODED_LEN, &read);
    promise(w, status == CLOUDCIRCUIT_OK && memcmp(&read, state, sizeof read) == 0,
            "Reads a state from what cloudcircuit_breaker_state_encode wrote");
}

static void draw_rules(struct world *w, cloudcircuit_breaker_config *config)
{
    const int window = (int)draw(w, 3);

    config->failure_threshold = draw(w, 3) == 0 ? 0 : 1 + (uint32_t)draw(w, 3);
    if (window == 1)
        config->window_size = 1 + (uint32_t)draw(w, 12);
    else if (window == 2)
        config->window_duration = 50 + draw(w, 1500);
    if (window > 0) {
        config->minimum_calls = window == 1 ? 1 + (uint32_t)draw(w, config->window_size) : 1 + (uint32_t)draw(w, 6);
        config->failure_count = (uint32_t)draw(w, 2) * (1 + (uint32_t)draw(w, window == 1 ? config->window_size : 5));
        config->failure_rate_ppm = (uint32_t)(draw(w, 2) * (200000 + draw(w, 800000)));
        config->slow_call_rate_ppm = (uint32_t)(draw(w, 2) * (200000 + draw(w, 800000)));
        config->slow_call_duration = 100;
    }
    if (draw(w, 4) == 0)
        config->max_retry_after = 1 + draw(w, 500);
    if (config->failure_count == 0 && config->failure_rate_ppm == 0 && config->slow_call_rate_ppm == 0
        && config->failure_threshold == 0)
        config->failure_threshold = 2;
}

static void begin(struct world *w)
{
    cloudcircuit_breaker_config *config = &breaker.config;
    cloudcircuit_breaker_state state;

    memset(&breaker, 0, sizeof breaker);
    promise(w, cloudcircuit_breaker_config_init(config) == CLOUDCIRCUIT_OK, "Fills in the default config.");
    draw_rules(w, config);
    config->half_open_max_probes = 1 + (uint32_t)draw(w, 4);
    config->half_open_calls = 1 + (uint32_t)draw(w, 4);
    config->mode = draw(w, 8) == 0 ? CLOUDCIRCUIT_MODE_MONITOR : CLOUDCIRCUIT_MODE_ENFORCE;
    config->half_open_failure_rate_ppm = draw(w, 2) == 0 ? 1 : 1 + (uint32_t)draw(w, 1000000);
    config->open_duration = 20 + draw(w, 200);
    config->max_open_duration = config->open_duration * (1 + draw(w, 8));
    config->backoff_ppm = 1000000 + (uint32_t)draw(w, 3000000);
    config->jitter_ppm = (uint32_t)(draw(w, 2) * draw(w, 1000000));
    config->jitter_seed = (uint64_t)draw(w, 1000);
    config->probe_timeout = 20 + draw(w, 300);
    config->half_open_duration = draw(w, 3) == 0 ? 50 + draw(w, 500) : 0;
    config->trips_decay = draw(w, 2) * (1 + draw(w, 500));
    config->ramp_duration = draw(w, 4) == 0 ? 1 + draw(w, 300) : 0;
    breaker.health_lasts = 100 + draw(w, 800);
    promise(w, cloudcircuit_breaker_init(w->now, &state) == CLOUDCIRCUIT_OK,
            "Makes a new breaker: closed, revision 0, generation 1.");
    write_state(w, w->rows[0], &state);
    breaker.facts.clock = w->now;
    begin_phase(w, &state);
    tell(w, "a breaker: failure_threshold %" PRIu32 ", failure_count %" PRIu32 ", window %" PRIu32 " or %" PRId64
         ", probes %" PRIu32 ", calls %" PRIu32, config->failure_threshold, config->failure_count, config->window_size,
         config->window_duration, config->half_open_max_probes, config->half_open_calls);
}

/*
 * Jobs
 */

static void begin_job(struct world *w, int place, int what, int request, int is_by_copy)
{
    struct job *job = &w->writers[place].job;

    job->what = what;
    job->request = request;
    job->is_by_copy = is_by_copy;
    tell(w, "writer %d wants to %s call %d", place, what == ACQUIRE ? "make" : "report", request);
    ask(w, place);
}

/* Calls of its own whose permit is stored and not reported. */
static void come_back(struct world *w, int place)
{
    take_up(w, place, breaker.owners);
}

/* Another's call that was reported, or is to be: a queue that delivers a report twice. */
static int report_again(struct world *w, int place, uint32_t b)
{
    const int request = w->request_count == 0 ? 0 : (int)(b % (uint32_t)w->request_count);
    const struct request_row *row = &w->requests[request];
    struct writer *writer = &w->writers[place];

    if (w->request_count == 0 || !row->is_known || !breaker.has_run[request] || row->permit.probe_slot == 0)
        return 0;
    writer->memory = *row;
    writer->job.amounts[0] = breaker.outcomes[request];
    writer->job.amounts[1] = breaker.durations[request];
    writer->job.amounts[2] = INT64_MIN;
    begin_job(w, place, REPORT, request, 1);
    return 1;
}

static void take_job(struct world *w, int place, uint32_t a, uint32_t b, int is_last)
{
    if (is_last)
        come_back(w, place);
    if (is_last || (a % 8 == 7 && report_again(w, place, b)) || w->request_count == REQUESTS)
        return;
    breaker.owners[w->request_count] = place;
    begin_job(w, place, ACQUIRE, w->request_count++, a >> 3 & 1);
}

/* The call is made: well, failing and slow times take turns. */
static void run(const struct world *w, int request, uint32_t b)
{
    const int64_t health = (w->now - START) / breaker.health_lasts % 4;
    const uint32_t percent = b % 100;

    breaker.outcomes[request] = percent < (health % 2 == 1 ? 75u : 8u) ? CLOUDCIRCUIT_OUTCOME_FAILURE
                                : percent > 92                         ? CLOUDCIRCUIT_OUTCOME_IGNORED
                                                                       : CLOUDCIRCUIT_OUTCOME_SUCCESS;
    breaker.durations[request] = (b >> 8) % (health == 2 ? 400 : 110);
    breaker.has_run[request] = 1;
}

static void go_on(struct world *w, int place, uint32_t a, uint32_t b)
{
    struct writer *writer = &w->writers[place];
    const int request = writer->job.request;

    if (!breaker.has_run[request])
        run(w, request, b);
    writer->job.amounts[0] = breaker.outcomes[request];
    writer->job.amounts[1] = breaker.durations[request];
    writer->job.amounts[2] = a % 4 == 0 ? w->now + (int64_t)(b % 400) - 50 : INT64_MIN;
    begin_job(w, place, REPORT, request, a >> 2 & 1);
}

/*
 * Calls
 */

static void check_permit(struct world *w, const cloudcircuit_breaker_state *before,
                         const cloudcircuit_breaker_state *after, const struct deed *deed)
{
    const cloudcircuit_breaker_permit *permit = &deed->permit;
    cloudcircuit_breaker_permit peeked, later;
    cloudcircuit_breaker_state copy = *after;
    cloudcircuit_status status = cloudcircuit_breaker_peek(&breaker.config, before, deed->now, &peeked);

    promise(w, status == CLOUDCIRCUIT_OK && peeked.allowed == permit->allowed && peeked.phase == permit->phase
                   && peeked.retry_after == permit->retry_after && peeked.generation == 0,
            "Says what cloudcircuit_breaker_acquire would answer now, and changes nothing.");
    promise(w, permit->clock_regressed == (uint32_t)(deed->now < before->updated_at),
            "1 when now was before the state's updated_at, which was then taken in its place; else 0.");
    if (deed->now < before->updated_at) {
        count(w, REGRESSED);
        status = cloudcircuit_breaker_peek(&breaker.config, before, before->updated_at, &later);
        promise(w, status == CLOUDCIRCUIT_OK && later.would_refuse == permit->would_refuse,
                "so a clock that runs back never opens the way earlier.");
    }
    promise(w, permit->phase == after->phase && permit->generation == after->generation, "The state's; 0 after an error.");
    promise(w, permit->allowed == (uint32_t)(breaker.config.mode == CLOUDCIRCUIT_MODE_MONITOR || !permit->would_refuse),
            "1 when the rules refuse the call, else 0; with CLOUDCIRCUIT_MODE_MONITOR allowed is 1 all the same.");
    if (!permit->would_refuse)
        return;
    count(w, REFUSALS);
    status = cloudcircuit_breaker_acquire(&breaker.config, &copy, deed->now + permit->retry_after, &later);
    if (after->phase == CLOUDCIRCUIT_BREAKER_OPEN || after->phase == CLOUDCIRCUIT_BREAKER_FORCED_OPEN)
        promise(w, status == CLOUDCIRCUIT_OK && !later.would_refuse,
                "how long to wait, from the caller's own now: until open_until or forced_until");
}

static void check_bytes(struct world *w, const cloudcircuit_breaker_state *before,
                        const cloudcircuit_breaker_state *after)
{
    if (after->revision == before->revision)
        promise(w, memcmp(before, after, sizeof *after) == 0,
                "A call that leaves it as it was left every byte, and need not be stored.");
    else
        promise(w, after->revision == before->revision + 1,
                "One more at every call that changed the state, 0 at first");
}

/* A report and an acquire in one call are the two in turn. */
static void check_both(struct world *w, const cloudcircuit_breaker_state *before,
                       const cloudcircuit_breaker_state *after, const struct deed *deed)
{
    const int64_t *amounts = deed->job.amounts;
    cloudcircuit_breaker_state one = *before, two = *after;
    cloudcircuit_breaker_permit first, second;
    cloudcircuit_status status =
        cloudcircuit_breaker_report_and_acquire(&breaker.config, &one, &deed->permit, (int32_t)amounts[0], amounts[1],
                                                amounts[2], deed->now, &first);

    if (status == CLOUDCIRCUIT_OK)
        status = cloudcircuit_breaker_acquire(&breaker.config, &two, deed->now, &second);
    promise(w, status == CLOUDCIRCUIT_OK && memcmp(&one, &two, sizeof one) == 0
                   && memcmp(&first, &second, sizeof first) == 0,
            "The result is that of cloudcircuit_breaker_report and then cloudcircuit_breaker_acquire");
}

static enum answer decide_acquire(struct world *w, int place, struct request_row *row,
                                  cloudcircuit_breaker_state *state, struct deed *deed)
{
    const cloudcircuit_breaker_state before = *state;
    cloudcircuit_status status;

    if (row->is_known && !deed->job.is_by_copy) {
        count(w, FOUND_DONE);
        w->writers[place].memory = *row;
        deed->what = 0;
        return LEAVE;
    }
    status = cloudcircuit_breaker_acquire(&breaker.config, state, deed->now, &deed->permit);
    promise(w, status == CLOUDCIRCUIT_OK, "A refused call is no error.");
    tell(w, "the library is asked for call %d at %" PRId64 ": %s, %s", deed->job.request, deed->now - START,
         cloudcircuit_phase_name(deed->permit.phase), deed->permit.would_refuse ? "refused" : "allowed");
    check_permit(w, &before, state, deed);
    if (deed->permit.allowed) {
        row->is_known = 1;
        row->is_done = 0;
        row->permit = deed->permit;
    }
    return STORE;
}

static enum answer decide_report(struct world *w, int place, struct request_row *row,
                                 cloudcircuit_breaker_state *state, struct deed *deed)
{
    const cloudcircuit_breaker_state before = *state;
    const int64_t *amounts = deed->job.amounts;
    cloudcircuit_status status;

    deed->permit = w->writers[place].memory.permit;
    if (row->is_done && !deed->job.is_by_copy) {
        deed->what = 0;
        return LEAVE;
    }
    status = cloudcircuit_breaker_report(&breaker.config, state, &deed->permit, (int32_t)amounts[0], amounts[1],
                                         amounts[2], deed->now);
    tell(w, "the library hears of call %d at %" PRId64 ", %s: %s, %s", deed->job.request, deed->now - START,
         cloudcircuit_outcome_name((int32_t)amounts[0]), cloudcircuit_status_name(status),
         cloudcircuit_phase_name(state->phase));
    row->is_done = row->is_known;
    if (status == CLOUDCIRCUIT_ERR_STALE_PERMIT) {
        count(w, STALE);
        promise(w, memcmp(&before, state, sizeof before) == 0,
                "A report from an earlier phase, or a second one of the same probe, changes nothing and returns "
                "CLOUDCIRCUIT_ERR_STALE_PERMIT.");
        check_stale(w, &deed->permit, before.revision);
        deed->what = 0;
        return row->is_known ? STORE : LEAVE;
    }
    promise(w, status == CLOUDCIRCUIT_OK, "Reports how an allowed call went.");
    check_both(w, &before, state, deed);
    row->is_known = 1;
    row->is_done = 1;
    return STORE;
}

static enum answer decide(struct world *w, int place, int64_t now, struct snapshot *snapshot, struct deed *deed)
{
    cloudcircuit_breaker_state before, state;
    enum answer result;

    (void)now;
    if (cloudcircuit_breaker_state_decode(snapshot->rows[0], CLOUDCIRCUIT_BREAKER_ENCODED_LEN, &state)
        != CLOUDCIRCUIT_OK)
        return AGAIN;
    before = state;
    deed->place = before.revision;
    result = deed->what == ACQUIRE ? decide_acquire(w, place, &snapshot->request, &state, deed)
                                   : decide_report(w, place, &snapshot->request, &state, deed);
    check_bytes(w, &before, &state);
    deed->is_changed[0] = state.revision != before.revision;
    write_state(w, snapshot->rows[0], &state);
    if (result == STORE && deed->what == ACQUIRE && !deed->is_changed[0])
        return LEAVE; /* the permit is used as it is */
    return result;
}

/*
 * What follows
 */

static void heard(struct world *w, int place, const struct deed *deed)
{
    struct writer *writer = &w->writers[place];

    if (deed->job.what == REPORT) {
        memset(&writer->memory, 0, sizeof writer->memory);
    } else if (deed->what == ACQUIRE) {
        writer->memory.is_known = (int)deed->permit.allowed;
        writer->memory.permit = deed->permit;
    }
    writer->stage = writer->memory.is_known ? BUSY : IDLE;
}

static void operate(struct world *w, uint32_t a, uint32_t b)
{
    static const int32_t PHASES[] = {CLOUDCIRCUIT_BREAKER_FORCED_OPEN, CLOUDCIRCUIT_BREAKER_FORCED_CLOSED,
                                     CLOUDCIRCUIT_BREAKER_CLOSED};
    const int32_t phase = PHASES[a % 3];
    cloudcircuit_breaker_state state = stored_breaker(w);
    const cloudcircuit_breaker_state before = state;
    cloudcircuit_status status;

    if (b % 4 > 0)
        return; /* or it would have little to decide by itself */
    if (a / 3 % 2 == 0) {
        count(w, RESETS);
        tell(w, "an operator resets the breaker");
        status = cloudcircuit_breaker_reset(&state, w->now);
    } else {
        count(w, FORCED);
        tell(w, "an operator forces it to be %s", cloudcircuit_phase_name(phase));
        status = cloudcircuit_breaker_force(&state, phase, w->now + (int64_t)(b / 4 % 500), w->now);
    }
    promise(w, status == CLOUDCIRCUIT_OK, "Forces the breaker open or closed until a time, or closes it.");
    write_state(w, w->rows[0], &state);
    breaker.facts.clock = state.updated_at;
    if (state.generation != before.generation)
        begin_phase(w, &state);
}

/* Whatever has happened, calls are let through again in the end. */
static void end(struct world *w)
{
    cloudcircuit_breaker_state state = stored_breaker(w);
    const int64_t later = most(breaker.facts.clock, most(state.open_until, state.forced_until))
                          + breaker.config.probe_timeout + breaker.config.ramp_duration
                          + 2 * breaker.config.max_open_duration + breaker.config.half_open_duration + 1000;
    cloudcircuit_breaker_permit permit;

    promise(w, cloudcircuit_breaker_acquire(&breaker.config, &state, later, &permit) == CLOUDCIRCUIT_OK
                   && !permit.would_refuse,
            "The first acquire after the open time is the first probe.");
}

const struct story BREAKER = {"breaker", CLOUDCIRCUIT_BREAKER_ENCODED_LEN,
                              EVERYWHERE | BIT(FOUND_DONE) | BIT(REFUSALS) | BIT(RESETS) | BIT(TRIPS) | BIT(HALF_OPENS)
                                  | BIT(PROBES) | BIT(LOST_PROBES) | BIT(CLOSES) | BIT(STALE) | BIT(FORCED),
                              begin, take_job, go_on, decide, breaker_happened, heard, come_back, operate, NULL, NULL,
                              end};
