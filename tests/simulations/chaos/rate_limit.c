/* A host of a rate limit: takes before it runs, and gives back what was not used; see world.h. */
#include "world.h"

enum { TAKE = 1, ADJUST, TAKES = 512 };

/* What was taken and counts, by the state's clock. */
struct take {
    int request;
    int64_t at, amount;
    int64_t changes; /* of the duration, before it */
    int64_t counted; /* amount, but for what was given back after such a change: it may have been moved */
};

static struct {
    cloudcircuit_rate_limit_config config;
    int is_strict; /* nothing is adjusted upwards */
    int64_t clock, upwards, changes;
    int64_t late; /* how much longer than duration an amount may count */
    int count, first; /* takes before it are out of every window */
    struct take takes[TAKES];
    int owners[REQUESTS];
    int64_t costs[REQUESTS];
} rate;

static cloudcircuit_rate_limit_state stored_state(struct world *w)
{
    cloudcircuit_rate_limit_state state;
    const cloudcircuit_status status =
        cloudcircuit_rate_limit_state_decode(w->rows[0], CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN, &state);

    promise(w, status == CLOUDCIRCUIT_OK,
            "Reads a state from what cloudcircuit_rate_limit_state_encode() wrote, on whatever machine.");
    return state;
}

static void write_state(struct world *w, uint8_t *row, const cloudcircuit_rate_limit_state *state)
{
    cloudcircuit_rate_limit_state read;
    cloudcircuit_status status =
        cloudcircuit_rate_limit_state_encode(state, row, CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN);

    promise(w, status == CLOUDCIRCUIT_OK, "Writes a state as bytes that any machine reads");
    status = cloudcircuit_rate_limit_state_decode(row, CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN, &read);
    promise(w, status == CLOUDCIRCUIT_OK && memcmp(&read, state, sizeof read) == 0,
            "Reads a state from what cloudcircuit_rate_limit_state_encode() wrote");
}

static void begin(struct world *w)
{
    static const int64_t DURATIONS[] = {1, 16, 30, 64, 100, 500, 1000};
    cloudcircuit_rate_limit_state state;

    memset(&rate, 0, sizeof rate);
    rate.config.limit = 5 + draw(w, 100);
    rate.config.duration = DURATIONS[draw(w, 7)];
    rate.config.mode = draw(w, 8) == 0 ? CLOUDCIRCUIT_MODE_MONITOR : CLOUDCIRCUIT_MODE_ENFORCE;
    rate.is_strict = draw(w, 4) > 0;
    rate.clock = w->now;
    promise(w, cloudcircuit_rate_limit_init(w->now, &state) == CLOUDCIRCUIT_OK,
            "Makes a new rate limit: nothing taken, revision 0.");
    write_state(w, w->rows[0], &state);
    rate.late = (rate.config.duration + 15) / 16;
    tell(w, "a rate limit of %" PRId64 " in %" PRId64 ", %s", rate.config.limit, rate.config.duration,
         cloudcircuit_mode_name(rate.config.mode));
}

/*
 * Jobs
 */

static void begin_job(struct world *w, int place, int what, int request, int is_by_copy, int64_t amount)
{
    struct job *job = &w->writers[place].job;

    job->what = what;
    job->request = request;
    job->is_by_copy = is_by_copy;
    job->amounts[0] = amount;
    tell(w, "writer %d wants to %s %" PRId64 " for request %d", place, what == TAKE ? "take" : "adjust by", amount,
         request);
    ask(w, place);
}

/* What was taken and is not adjusted yet. */
static void come_back(struct world *w, int place)
{
    take_up(w, place, rate.owners);
}

static void take_job(struct world *w, int place, uint32_t a, uint32_t b, int is_last)
{
    if (is_last)
        come_back(w, place);
    if (is_last || w->request_count == REQUESTS)
        return;
    rate.owners[w->request_count] = place;
    begin_job(w, place, TAKE, w->request_count++, a & 1, b % (uint32_t)(rate.config.limit / 2 + 2));
}

/* It ran, and cost what it cost. */
static void go_on(struct world *w, int place, uint32_t a, uint32_t b)
{
    const struct writer *writer = &w->writers[place];
    const int64_t taken = writer->memory.taken;
    const int64_t over = !rate.is_strict && a % 4 == 0 ? 5 : 0;

    begin_job(w, place, ADJUST, writer->job.request, 0, (int64_t)b % (taken + 1) - taken + over);
}

/*
 * Calls
 */

static int64_t taken_since(int64_t time, int is_counted)
{
    int64_t sum = 0;
    int i;

    for (i = rate.first; i < rate.count; i++) {
        const struct take *take = &rate.takes[i];

        sum += take->at <= time ? 0 : is_counted ? take->counted : take->amount;
    }
    return sum;
}

static void check_retry(struct world *w, const cloudcircuit_rate_limit_state *state, const struct deed *deed)
{
    const int64_t wait = deed->rate.retry_after;
    cloudcircuit_rate_limit_state copy = *state;
    cloudcircuit_rate_limit_decision then;
    cloudcircuit_status status;

    if (deed->job.amounts[0] > rate.config.limit) {
        promise(w, wait == INT64_MAX, "The amount alone is above the limit: it never fits.");
        return;
    }
    status = cloudcircuit_rate_limit_acquire(&rate.config, &copy, deed->job.amounts[0], deed->now + wait - 1, &then);
    promise(w, status == CLOUDCIRCUIT_OK && then.would_refuse == 1,
            "When refused: how long after now the amount fits, if nothing else is taken");
    copy = *state;
    status = cloudcircuit_rate_limit_acquire(&rate.config, &copy, deed->job.amounts[0], deed->now + wait, &then);
    promise(w, status == CLOUDCIRCUIT_OK && then.would_refuse == 0,
            "When refused: how long after now the amount fits, if nothing else is taken");
}

static void check_call(struct world *w, const cloudcircuit_rate_limit_state *before,
                       const cloudcircuit_rate_limit_state *after, const struct deed *deed)
{
    const cloudcircuit_rate_limit_decision *decision = &deed->rate;
    const int is_take = deed->what == TAKE;
    const int64_t amount = deed->job.amounts[0];

    if (after->revision == before->revision)
        promise(w, memcmp(before, after, sizeof *after) == 0, "A call that leaves revision as it was left every byte.");
    else
        promise(w, after->revision == before->revision + 1 && after->updated_at == most(before->updated_at, deed->now),
                "The greatest now of the calls that changed the state.");
    promise(w, decision->clock_regressed == (uint32_t)(deed->now < before->updated_at),
            "1 when now was before the state's updated_at, else 0.");
    promise(w, decision->available == most(0, rate.config.limit - decision->used),
            "The most that could be taken now; >= 0.");
    if (deed->now < before->updated_at)
        count(w, REGRESSED);
    if (!is_take)
        return;
    promise(w, !decision->allowed || decision->taken_at == most(before->updated_at, deed->now),
            "When the amount was taken, for cloudcircuit_rate_limit_adjust().");
    promise(w, decision->would_refuse
                   == (uint32_t)(amount > 0
                                 && decision->used - (decision->allowed ? amount : 0) + amount > rate.config.limit),
            "Takes an amount if it fits: all of it or nothing.");
    if (decision->would_refuse && !decision->allowed)
        check_retry(w, after, deed);
}

static enum answer decide(struct world *w, int place, int64_t now, struct snapshot *snapshot, struct deed *deed)
{
    struct request_row *row = &snapshot->request;
    cloudcircuit_rate_limit_state before, state;
    cloudcircuit_status status;

    if (cloudcircuit_rate_limit_state_decode(snapshot->rows[0], CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN, &state)
        != CLOUDCIRCUIT_OK)
        return AGAIN;
    before = state;
    if (deed->what == TAKE) {
        if (row->is_known && !deed->job.is_by_copy) {
            count(w, FOUND_DONE);
            w->writers[place].memory = *row;
            deed->what = 0;
            return LEAVE;
        }
        status = cloudcircuit_rate_limit_acquire(&rate.config, &state, deed->job.amounts[0], now, &deed->rate);
        count(w, deed->rate.allowed ? TAKEN : REFUSALS);
        if (deed->rate.allowed) {
            row->is_known = 1;
            row->taken_at = deed->rate.taken_at;
            row->taken = deed->job.amounts[0];
        }
    } else {
        if (row->is_done || !row->is_known)
            return LEAVE; /* adjusted before, or by a reset forgotten */
        count(w, ADJUSTS);
        deed->place = (uint64_t)row->taken_at;
        status = cloudcircuit_rate_limit_adjust(&rate.config, &state, row->taken_at, deed->job.amounts[0], now,
                                                &deed->rate);
        row->is_done = 1;
    }
    tell(w, "the library %s %" PRId64 " at %" PRId64 ": %s, used %" PRId64, deed->what == TAKE ? "takes" : "adjusts by",
         deed->job.amounts[0], now - START, deed->rate.allowed ? "allowed" : "refused", deed->rate.used);
    promise(w, status == CLOUDCIRCUIT_OK, "Never refused, also past the limit.");
    check_call(w, &before, &state, deed);
    deed->is_changed[0] = state.revision != before.revision;
    deed->limits[0] = rate.config.duration;
    deed->limits[1] = rate.changes;
    write_state(w, snapshot->rows[0], &state);
    return deed->is_changed[0] || row->is_done ? STORE : LEAVE;
}

/*
 * Facts
 */

static void note_take(const struct deed *deed)
{
    struct take *take = &rate.takes[rate.count];

    if (rate.count + 1 == TAKES) {
        printf("TAKES is too small\n");
        exit(2);
    }
    take->request = deed->job.request;
    take->at = rate.clock;
    take->amount = take->counted = deed->job.amounts[0];
    take->changes = deed->limits[1];
    rate.count++;
}

static void note_adjust(const struct deed *deed)
{
    const int64_t by = deed->job.amounts[0];
    int i;

    rate.upwards += most(0, by);
    for (i = rate.first; i < rate.count; i++) {
        struct take *take = &rate.takes[i];

        if (take->request == deed->job.request && take->at == (int64_t)deed->place) {
            take->amount += by;
            take->counted += by > 0 || take->changes == deed->limits[1] ? by : 0;
            return;
        }
    }
}

static void happened(struct world *w, const struct deed *deed)
{
    const cloudcircuit_rate_limit_state state = stored_state(w);
    const int64_t duration = rate.config.duration;

    if (deed->is_changed[0])
        rate.clock = most(rate.clock, deed->now);
    promise(w, state.updated_at == rate.clock, "The greatest now of the calls that changed the state.");
    if (deed->what == TAKE && deed->rate.allowed)
        note_take(deed);
    else if (deed->what == ADJUST && deed->is_changed[0])
        note_adjust(deed);
    if (rate.config.mode == CLOUDCIRCUIT_MODE_ENFORCE)
        promise(w, taken_since(rate.clock - duration, 0) <= rate.config.limit + rate.upwards,
                "In no window of length duration is more than limit taken, wherever the window begins.");
    if (!deed->is_changed[0])
        return;
    promise(w, deed->rate.used >= taken_since(rate.clock - deed->limits[0], 0), "What counts in the window, after the call.");
    promise(w, deed->rate.used <= taken_since(rate.clock - deed->limits[0] - rate.late, 1),
            "an amount counts for duration, or up to 1/16 of it longer.");
}

static void heard(struct world *w, int place, const struct deed *deed)
{
    struct writer *writer = &w->writers[place];

    if (deed->job.what == TAKE && deed->what == TAKE) {
        writer->memory.is_known = (int)deed->rate.allowed;
        writer->memory.taken = deed->job.amounts[0];
    } else if (deed->job.what == ADJUST) {
        writer->memory.is_known = 0;
    }
    writer->stage = writer->memory.is_known ? BUSY : IDLE;
}

/* An operator makes the store's time true again. What was taken before is forgotten, and no longer adjusted. */
static void operate(struct world *w, uint32_t a, uint32_t b)
{
    cloudcircuit_rate_limit_state state = stored_state(w);
    int request;

    if (a % 4 == 0) {
        rate.config.duration -= (int64_t)b % rate.config.duration / 2;
        rate.changes++;
        rate.late += (rate.config.duration + 15) / 16; /* what was taken moves to buckets that end later */
        tell(w, "the duration is now %" PRId64, rate.config.duration);
        return;
    }
    if (a % 4 == 2) {
        rate.config.limit += b % 10;
        tell(w, "the limit is raised to %" PRId64, rate.config.limit);
        return;
    }
    count(w, RESETS);
    tell(w, "an operator resets the rate limit");
    promise(w, cloudcircuit_rate_limit_reset(&state, w->now) == CLOUDCIRCUIT_OK,
            "Starts a rate limit over by an operator's word: nothing taken, and now is true, also backwards.");
    write_state(w, w->rows[0], &state);
    rate.clock = w->now;
    rate.first = rate.count;
    for (request = 0; request < w->request_count; request++)
        w->requests[request].is_done |= w->requests[request].is_known;
}

/* After a while all of the limit is there again. */
static void end(struct world *w)
{
    cloudcircuit_rate_limit_state state = stored_state(w);
    cloudcircuit_rate_limit_decision decision;
    const int64_t later = rate.clock + rate.config.duration + rate.late;
    const cloudcircuit_status status =
        cloudcircuit_rate_limit_acquire(&rate.config, &state, rate.config.limit, later, &decision);

    promise(w, status == CLOUDCIRCUIT_OK && !decision.would_refuse,
            "an amount counts for duration, or up to 1/16 of it longer.");
}

const struct story RATE_LIMIT = {"rate_limit", CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN,
                                 EVERYWHERE | BIT(FOUND_DONE) | BIT(REFUSALS) | BIT(RESETS) | BIT(ADJUSTS) | BIT(TAKEN),
                                 begin, take_job, go_on, decide, happened, heard, come_back, operate, NULL, NULL, end};
