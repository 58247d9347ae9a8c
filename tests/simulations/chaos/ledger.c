/* A host of one ledger, and one of several that each request falls under; see world.h. */
#include "ledger.h"

struct ledger_story ledgers;

static struct {
    uint8_t rows[ROWS][ROW_BYTES];
    struct request_row requests[REQUESTS];
    struct facts facts;
} backup;

static const char *const JOB_NAMES[] = {"", "reserve", "extend", "post", "settle", "release", "record", "roll"};

static void write_state(struct world *w, int place, const cloudcircuit_ledger_state *state)
{
    const cloudcircuit_status status = cloudcircuit_ledger_state_encode(state, w->rows[place], ROW_BYTES);

    promise(w, status == CLOUDCIRCUIT_OK, "Writes a state as bytes that any machine reads");
}

static void new_ledger(struct world *w, int place, int64_t period)
{
    struct ledger_facts *facts = &ledgers.facts.ledgers[place];
    cloudcircuit_ledger_state state;

    facts->id += ROWS;
    facts->next_hold = 1;
    facts->hold_count = 0;
    facts->clock = w->now;
    facts->period = period;
    promise(w, cloudcircuit_ledger_init(facts->id, period, w->now, &state) == CLOUDCIRCUIT_OK,
            "Makes a new ledger: nothing settled, nothing held, revision 0.");
    write_state(w, place, &state);
}

static void begin(struct world *w, int ledger_count)
{
    static const int64_t DURATIONS[] = {0, 16, 100, 160, 1000, 1600};
    int i, k;

    memset(&ledgers, 0, sizeof ledgers);
    ledgers.count = ledger_count;
    w->row_count = ledger_count;
    ledgers.is_strict = (int)draw(w, 2);
    for (i = 0; i < ledger_count; i++) {
        cloudcircuit_ledger_config *config = &ledgers.configs[i];

        promise(w, cloudcircuit_ledger_config_init(config) == CLOUDCIRCUIT_OK, "Fills in the defaults");
        config->limit = 10 + draw(w, 150);
        config->carry_max = draw(w, 2) * draw(w, config->limit);
        config->debt_max = draw(w, 2) * draw(w, config->limit);
        config->hold_duration = DURATIONS[draw(w, 6)];
        config->threshold_count = (uint32_t)draw(w, 4);
        config->threshold_basis = (uint32_t)draw(w, 2);
        config->threshold_unit = CLOUDCIRCUIT_THRESHOLD_AMOUNT;
        for (k = 0; k < 3; k++)
            config->thresholds[k] = (k > 0 ? config->thresholds[k - 1] : 0) + 1 + draw(w, config->limit);
        config->mode = draw(w, 8) == 0 ? CLOUDCIRCUIT_MODE_MONITOR : CLOUDCIRCUIT_MODE_ENFORCE;
        ledgers.facts.ledgers[i].id = 1 + (uint64_t)i;
        new_ledger(w, i, 1);
        tell(w, "a ledger of %" PRId64 ", carry_max %" PRId64 ", debt_max %" PRId64 ", hold_duration %" PRId64 ", %s",
             config->limit, config->carry_max, config->debt_max, config->hold_duration,
             cloudcircuit_mode_name(config->mode));
    }
    memcpy(backup.rows, w->rows, sizeof backup.rows);
    memcpy(backup.requests, w->requests, sizeof backup.requests);
    backup.facts = ledgers.facts;
}

static void begin_one(struct world *w)
{
    begin(w, 1);
}

static void begin_several(struct world *w)
{
    begin(w, 2 + (int)draw(w, 2));
}

/*
 * Jobs
 */

static void begin_job(struct world *w, int place, enum ledger_job what, int request, int is_by_copy)
{
    struct job *job = &w->writers[place].job;

    job->what = what;
    job->request = request;
    job->is_by_copy = is_by_copy;
    tell(w, "writer %d wants to %s request %d%s", place, JOB_NAMES[what], request, is_by_copy ? " by its copy" : "");
    ask(w, place);
}

int has_hold(const cloudcircuit_ledger_hold *holds)
{
    return holds[0].id != 0 || holds[1].id != 0 || holds[2].id != 0;
}

static void set_amounts(struct job *job, int64_t amount)
{
    int i;

    for (i = 0; i < ROWS; i++)
        job->amounts[i] = amount;
}

/* Goes on with the first request of its own that it finds stored and not settled. What did not run yet gets a new
 * id before it does: a release from before the writer died may still be under way. */
static void come_back(struct world *w, int place)
{
    struct writer *writer = &w->writers[place];
    int request;

    for (request = 0; request < w->request_count; request++) {
        const struct request_row *row = &w->requests[request];

        if (ledgers.bills[request].owner != place || row->is_done || !has_hold(row->holds))
            continue;
        writer->memory = *row;
        writer->job.request = request;
        writer->has_run = ledgers.bills[request].has_run;
        writer->stage = BUSY;
        if (!writer->has_run) {
            set_amounts(&writer->job, 0);
            begin_job(w, place, EXTEND, request, 1);
        }
        return;
    }
}

static int new_request(struct world *w, int owner)
{
    const int request = w->request_count++;

    ledgers.bills[request].owner = owner;
    return request;
}

/* Another's request that has run, which this writer settles too: a queue that delivers twice, or a helper. */
static int take_over(struct world *w, int place, uint32_t b)
{
    const int request = w->request_count == 0 ? 0 : (int)(b % (uint32_t)w->request_count);
    const struct request_row *row = &w->requests[request];

    if (w->request_count == 0 || !row->is_known || !ledgers.bills[request].has_run)
        return 0;
    w->writers[place].memory = *row;
    w->writers[place].has_run = 1;
    begin_job(w, place, SETTLE, request, (int)(b >> 16 & 1));
    return 1;
}

static void take_job(struct world *w, int place, uint32_t a, uint32_t b, int is_last)
{
    struct writer *writer = &w->writers[place];
    struct job *job = &writer->job;
    const uint32_t kind = a % 16;
    int i, request;

    memset(&writer->memory, 0, sizeof writer->memory);
    writer->has_run = 0;
    if (is_last)
        come_back(w, place);
    if (is_last || (kind == 15 && take_over(w, place, b)) || w->request_count == REQUESTS)
        return;
    request = new_request(w, place);
    for (i = 0; i < ledgers.count; i++) {
        const uint32_t share = (b >> 4 * i) % (uint32_t)(ledgers.configs[i].limit / 2 + 1);

        job->amounts[i] = ledgers.count > 1 && (a >> (8 + 2 * i)) % 4 == 0 ? INT64_MIN : (int64_t)share;
        if (kind == 14)
            job->amounts[i] = 1 + b % 3;
        if (kind == 13 && !ledgers.is_strict)
            job->amounts[i] = b % 4 == 0 ? -(int64_t)share : (int64_t)share;
    }
    if (kind == 14) {
        for (i = 0; i < ledgers.count; i++)
            job->amounts[i] += ledgers.facts.ledgers[i].period - 2 + (a >> 8 & 1);
        begin_job(w, place, ROLL, request, 0);
    } else if (kind == 13 && !ledgers.is_strict) {
        begin_job(w, place, RECORD, request, 0);
    } else {
        begin_job(w, place, RESERVE, request, a >> 6 & 1);
    }
}

/* The operation runs, which its provider bills: at most what is held, in strict stories. */
static void run(struct world *w, int place, uint32_t b)
{
    struct writer *writer = &w->writers[place];
    struct bill *bill = &ledgers.bills[writer->job.request];
    int i;

    for (i = 0; i < ledgers.count; i++) {
        const cloudcircuit_ledger_hold *hold = &writer->memory.holds[i];
        const int64_t over = !ledgers.is_strict && b % 8 == 0 ? 10 : 0;

        bill->cost[i] = hold->id == 0 ? 0 : (b >> 3) % (hold->amount + 1) + over;
        tell(w, "writer %d: request %d runs and costs %" PRId64, place, writer->job.request, bill->cost[i]);
    }
    bill->has_run = 1;
    writer->has_run = 1;
}

/* It holds something for its request: run, ask for more, book a part, settle. */
static void go_on(struct world *w, int place, uint32_t a, uint32_t b)
{
    struct writer *writer = &w->writers[place];
    struct job *job = &writer->job;
    struct bill *bill = &ledgers.bills[job->request];
    const uint32_t kind = w->is_over ? 7 : a % 8;

    writer->has_run |= bill->has_run;
    if (!writer->has_run && kind < 2) {
        set_amounts(job, kind == 0 ? b % 20 : 0);
        begin_job(w, place, EXTEND, job->request, 1);
    } else if (!writer->has_run && (kind == 2 || w->is_over)) {
        set_amounts(job, 0);
        begin_job(w, place, RELEASE, job->request, a >> 3 & 1);
    } else if (!writer->has_run) {
        run(w, place, b);
    } else if (ledgers.count == 1 && kind < 2 && bill->cost[0] > writer->memory.booked[0]) {
        set_amounts(job, (int64_t)b % (bill->cost[0] - writer->memory.booked[0]) + 1);
        begin_job(w, place, POST, job->request, 1);
    } else {
        begin_job(w, place, SETTLE, job->request, a >> 3 & 1);
    }
}

/*
 * What follows
 */

static void heard(struct world *w, int place, const struct deed *deed)
{
    struct writer *writer = &w->writers[place];

    switch (deed->job.what) {
    case RESERVE:
        memset(&writer->memory, 0, sizeof writer->memory);
        memcpy(writer->memory.holds, deed->after, sizeof deed->after);
        break;
    case EXTEND:
    case POST:
        if (deed->what == 0)
            break;
        memcpy(writer->memory.holds, deed->after, sizeof deed->after);
        writer->memory.booked[0] += deed->what == POST ? deed->job.amounts[0] : 0;
        break;
    default:
        memset(&writer->memory, 0, sizeof writer->memory);
    }
    writer->stage = has_hold(writer->memory.holds) ? BUSY : IDLE;
    tell(w, "writer %d hears that it is so", place);
}

static void happened(struct world *w, const struct deed *deed)
{
    struct bill *bill = &ledgers.bills[deed->job.request];

    if (deed->job.what == RECORD) {
        memcpy(bill->cost, deed->job.amounts, sizeof bill->cost);
        bill->has_run = 1;
    }
    ledger_happened(w, deed);
}

/* An operator makes the store's time true again and books what a reset forgets. */
static void reset(struct world *w, int place, int64_t period)
{
    struct ledger_facts *facts = &ledgers.facts.ledgers[place];
    cloudcircuit_ledger_state state = stored_ledger(w, place);
    cloudcircuit_ledger_decision decision;
    const int64_t settled = state.settled, longest = most(33, ledgers.configs[place].hold_duration / 16 * 33 + 33);
    int i;

    count(w, RESETS);
    tell(w, "an operator resets ledger %d to period %" PRId64, place, period);
    promise(w, cloudcircuit_ledger_reset(&state, period, w->now) == CLOUDCIRCUIT_OK
                   && cloudcircuit_ledger_record(&ledgers.configs[place], &state, settled, w->now, &decision)
                          == CLOUDCIRCUIT_OK,
            "read it before, and book it again with cloudcircuit_ledger_record().");
    write_state(w, place, &state);
    facts->moved_end = most(facts->moved_end, w->now + longest);
    facts->uncovered += most(0, facts->carried) + most(0, -facts->settled);
    facts->carried = 0;
    facts->period = period;
    facts->clock = w->now;
    facts->told = decision.newly_crossed;
    for (i = 0; i < facts->hold_count; i++)
        facts->holds[i].is_moved |= facts->holds[i].end != INT64_MAX;
}

/* Others reserve and release so many that older holds are no longer known. */
static void rush(struct world *w, int place)
{
    struct ledger_facts *facts = &ledgers.facts.ledgers[place];
    cloudcircuit_ledger_state state = stored_ledger(w, place);
    cloudcircuit_ledger_decision decision;
    cloudcircuit_ledger_hold hold;
    int i;

    tell(w, "others make 1100 requests of 0 of ledger %d", place);
    facts->clock = most(facts->clock, w->now);
    for (i = 0; i < 1100; i++) {
        promise(w, cloudcircuit_ledger_reserve(&ledgers.configs[place], &state, 0, w->now, &hold, &decision)
                           == CLOUDCIRCUIT_OK
                       && cloudcircuit_ledger_release(&ledgers.configs[place], &state, &hold, w->now, &decision)
                              == CLOUDCIRCUIT_OK,
                "the most that the request may cost; >= 0; 0 is always allowed.");
        facts->next_hold++;
    }
    write_state(w, place, &state);
}

static void operate(struct world *w, uint32_t a, uint32_t b)
{
    const int place = (int)(b % (uint32_t)ledgers.count);

    if (a % 16 == 1) {
        rush(w, place);
    } else if (a % 2 == 0) {
        reset(w, place, ledgers.facts.ledgers[place].period + (int64_t)(a / 2 % 3) - 1);
    } else {
        ledgers.configs[place].limit += b % 50;
        tell(w, "ledger %d's limit is raised to %" PRId64, place, ledgers.configs[place].limit);
    }
    check_ledgers(w);
}

static void back_up(struct world *w)
{
    memcpy(backup.rows, w->rows, sizeof backup.rows);
    memcpy(backup.requests, w->requests, sizeof backup.requests);
    backup.facts = ledgers.facts;
    tell(w, "the store is backed up");
}

/* The ledgers of a backup are new ledgers: what the old ones had settled is recorded in them. */
static void restore(struct world *w)
{
    uint64_t ids[ROWS];
    int i;

    count(w, RESTORES);
    tell(w, "the store goes back to its backup");
    for (i = 0; i < ledgers.count; i++)
        ids[i] = ledgers.facts.ledgers[i].id;
    memcpy(w->rows, backup.rows, sizeof backup.rows);
    memcpy(w->requests, backup.requests, sizeof backup.requests);
    ledgers.facts = backup.facts;
    ledgers.has_gone_back = 1;
    for (i = 0; i < ledgers.count; i++) {
        struct ledger_facts *facts = &ledgers.facts.ledgers[i];
        cloudcircuit_ledger_decision decision;
        cloudcircuit_ledger_state state;

        facts->id = ids[i];
        new_ledger(w, i, facts->period);
        state = stored_ledger(w, i);
        promise(w, cloudcircuit_ledger_record(&ledgers.configs[i], &state, facts->settled, w->now, &decision)
                       == CLOUDCIRCUIT_OK,
                "Books spend that was not held, or a credit. Never refused, also past the limit.");
        write_state(w, i, &state);
        facts->carried = 0;
        facts->told = decision.newly_crossed;
        facts->uncovered = most(0, facts->settled) + most(0, -facts->settled);
    }
    check_ledgers(w);
}

/* All that ran is booked once, and all that was held has ended. */
static void end(struct world *w)
{
    int request, i, k;

    for (request = 0; request < w->request_count; request++) {
        for (i = 0; i < ledgers.count && ledgers.bills[request].has_run; i++)
            promise(w, ledgers.facts.booked[request][i] == ledgers.bills[request].cost[i] || ledgers.has_gone_back,
                    "A hold settles once, on its own ledger");
    }
    for (i = 0; i < ledgers.count; i++) {
        struct ledger_facts *facts = &ledgers.facts.ledgers[i];
        const int64_t later = most(facts->clock, facts->moved_end) + 2 * ledgers.configs[i].hold_duration + 64;
        cloudcircuit_ledger_state state = stored_ledger(w, i);
        cloudcircuit_ledger_decision decision;
        int64_t endless = 0;

        for (k = 0; k < facts->hold_count; k++)
            endless += facts->holds[k].end == INT64_MAX && !facts->holds[k].is_spent ? facts->holds[k].amount : 0;
        promise(w, cloudcircuit_ledger_roll(&ledgers.configs[i], &state, state.period, later, &decision)
                       == CLOUDCIRCUIT_OK && state.held == endless,
                "Set hold_duration, so that its hold ends");
    }
}

#define OCCUR (EVERYWHERE | BIT(FOUND_DONE) | BIT(REFUSALS) | BIT(ENDED) | BIT(SPENT_HOLDS) | BIT(UNVERIFIED) | BIT(ROLLS) | BIT(RESETS) \
               | BIT(RESTORES) | BIT(OVERSPENDS))

const struct story ONE_LEDGER = {"ledger", CLOUDCIRCUIT_LEDGER_ENCODED_LEN, OCCUR, begin_one, take_job, go_on, decide_ledgers,
                                 happened, heard, come_back, operate, back_up, restore, end};
const struct story SEVERAL_LEDGERS = {"ledgers", CLOUDCIRCUIT_LEDGER_ENCODED_LEN, OCCUR, begin_several, take_job, go_on,
                                      decide_ledgers, happened, heard, come_back, operate, back_up, restore, end};
