/* Gateways that lease slices of one budget from a store, by each of the three policies; see world.h.
 *
 * A lease is a hold in the store's ledger. Each life of a gateway has a row there with its lease and with what is
 * booked for it. A gateway decides its requests alone, on a ledger in its memory, and tells the store sums, so that
 * what comes twice or late changes nothing. The sentences are those of "What leases promise" in docs/SCALING.md. */
#include "world.h"

enum policy { WITHOUT_END, THAT_END, BOOKED_AHEAD };
enum { RENEW = 1 };

struct gateway {
    int slot;       /* its row, of this life; -1 before the first lease */
    int is_running; /* a request whose cost is not settled yet */
    int64_t cost;
    cloudcircuit_ledger_hold request;
    cloudcircuit_ledger_config config; /* limit: what it may spend in this life */
    cloudcircuit_ledger_state state;
};

static struct {
    enum policy policy;
    int has_failed_over;
    cloudcircuit_ledger_config config;
    struct gateway gateways[WRITERS];
    int owners[REQUESTS], lives[REQUESTS];
    int64_t spent[REQUESTS], counted[REQUESTS]; /* truly, by each life; of that, as lost */
    int64_t all_spent, lost, late;
} leases;

static struct {
    uint8_t row[ROW_BYTES];
    struct request_row requests[REQUESTS];
} replica;

static const char *const POLICIES[] = {"without end", "that end", "booked ahead"};

static cloudcircuit_ledger_state root_of(struct world *w)
{
    cloudcircuit_ledger_state state;

    if (cloudcircuit_ledger_state_decode(w->rows[0], ROW_BYTES, &state) != CLOUDCIRCUIT_OK)
        promise(w, 0, "Reads a state from what cloudcircuit_ledger_state_encode() wrote");
    return state;
}

static void begin(struct world *w)
{
    cloudcircuit_ledger_state state;
    int i;

    memset(&leases, 0, sizeof leases);
    leases.policy = (enum policy)draw(w, 3);
    leases.config.limit = 100 + draw(w, 400);
    leases.config.hold_duration = leases.policy == WITHOUT_END ? 0 : 100 + draw(w, 1500);
    promise(w, cloudcircuit_ledger_init(1, 0, w->now, &state) == CLOUDCIRCUIT_OK
                   && cloudcircuit_ledger_state_encode(&state, w->rows[0], ROW_BYTES) == CLOUDCIRCUIT_OK,
            "Makes a new ledger: nothing settled, nothing held, revision 0.");
    for (i = 0; i < WRITERS; i++)
        leases.gateways[i].slot = -1;
    memcpy(replica.row, w->rows[0], sizeof replica.row);
    memset(replica.requests, 0, sizeof replica.requests);
    tell(w, "leases %s, of %" PRId64 ", hold_duration %" PRId64, POLICIES[leases.policy], leases.config.limit,
         leases.config.hold_duration);
}

/*
 * Facts
 */

/* What the store let go of without knowing that it was spent. */
static void count_lost(struct world *w, int64_t clock)
{
    int slot;

    for (slot = 0; slot < w->request_count; slot++) {
        const struct request_row *row = &w->requests[slot];
        const cloudcircuit_ledger_hold *lease = &row->holds[0];
        const int64_t unknown = leases.spent[slot] - row->booked[0] - leases.counted[slot];

        if (unknown > 0 && (lease->id == 0 || lease->expires_at <= clock)) {
            leases.lost += unknown;
            leases.counted[slot] += unknown;
        }
    }
}

static void check_leases(struct world *w)
{
    const cloudcircuit_ledger_state root = root_of(w);
    int64_t booked = 0;
    int slot;

    count_lost(w, root.updated_at);
    for (slot = 0; slot < w->request_count; slot++) {
        const struct request_row *row = &w->requests[slot];
        const int64_t leased = leases.policy == BOOKED_AHEAD ? 0 : row->holds[0].amount;

        booked += row->booked[0];
        promise(w, leases.has_failed_over || leases.spent[slot] <= row->booked[0] + leased + leases.counted[slot],
                "A child spends at most what its parent's store has booked for it, plus what its lease still holds.");
    }
    promise(w, root.settled == booked, "A hold settles once, on its own ledger");
    promise(w, root.settled + root.held <= leases.config.limit + leases.late,
            "settled + held <= limit + carried after every call and through any rolls");
    promise(w, leases.all_spent <= leases.config.limit + leases.lost,
            "Money can be spent twice only where a store lets go of what a child has spent");
    promise(w, leases.has_failed_over || leases.policy != WITHOUT_END || leases.lost == 0,
            "Leases **without end** lose nothing");
    promise(w, leases.has_failed_over || leases.policy != BOOKED_AHEAD || leases.lost == 0,
            "Children that **book before they spend**, a step of the slice at a time, lose nothing either");
}

/*
 * Gateways
 */

static void renew(struct world *w, int place, uint32_t b)
{
    struct gateway *gateway = &leases.gateways[place];
    struct job *job = &w->writers[place].job;

    if (gateway->slot < 0) {
        if (w->request_count == REQUESTS)
            return;
        gateway->slot = w->request_count++;
        leases.owners[gateway->slot] = place;
        leases.lives[gateway->slot] = w->writers[place].life;
        if (cloudcircuit_ledger_init((uint64_t)gateway->slot + 2, 0, w->now, &gateway->state) != CLOUDCIRCUIT_OK)
            promise(w, 0, "Makes a new ledger: nothing settled, nothing held, revision 0.");
    }
    job->what = RENEW;
    job->request = gateway->slot;
    job->amounts[0] = w->is_over ? 0 : 10 + b % 60;
    tell(w, "gateway %d asks for a lease of %" PRId64 ", and has spent %" PRId64, place, job->amounts[0],
         gateway->state.settled);
    ask(w, place);
}

/* Decides a request alone. It costs at once what it costs, and is settled at the next step. */
static void decide_request(struct world *w, int place, uint32_t a, uint32_t b)
{
    struct gateway *gateway = &leases.gateways[place];
    const int64_t now = w->now + w->writers[place].skew, estimate = 1 + a % 30;
    cloudcircuit_ledger_decision decision;
    cloudcircuit_status status =
        cloudcircuit_ledger_reserve(&gateway->config, &gateway->state, estimate, now, &gateway->request, &decision);

    promise(w, status == CLOUDCIRCUIT_OK, "Holds an estimate if settled + held + estimate <= limit + carried");
    if (!decision.allowed) {
        count(w, REFUSALS);
        renew(w, place, b);
        return;
    }
    gateway->is_running = 1;
    gateway->cost = b % (estimate + 1);
    leases.spent[gateway->slot] += gateway->cost;
    leases.all_spent += gateway->cost;
    count(w, TAKEN);
    tell(w, "gateway %d's request costs %" PRId64, place, gateway->cost);
}

static void settle_request(struct world *w, int place)
{
    struct gateway *gateway = &leases.gateways[place];
    cloudcircuit_ledger_decision decision;

    gateway->is_running = 0;
    if (cloudcircuit_ledger_settle(&gateway->config, &gateway->state, &gateway->request, gateway->cost,
                                   w->now + w->writers[place].skew, &decision)
        != CLOUDCIRCUIT_OK)
        promise(w, 0, "Never refused, also when that is more than was held or goes past the limit.");
}

static void take_job(struct world *w, int place, uint32_t a, uint32_t b, int is_last)
{
    struct gateway *gateway = &leases.gateways[place];
    const int was_running = gateway->is_running;

    if (was_running)
        settle_request(w, place);
    if (!is_last && gateway->slot >= 0 && !was_running && b % 4 > 0)
        decide_request(w, place, a, b >> 2);
    else if ((!is_last && !was_running)
             || (is_last && gateway->slot >= 0
                 && w->requests[gateway->slot].booked[0] < gateway->state.settled))
        renew(w, place, b >> 2);
    check_leases(w);
}

/* A gateway is never busy: what it does between its leases takes no message. */
static void go_on(struct world *w, int place, uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    w->writers[place].stage = IDLE;
}

/* Another life, which knows nothing of the one before. */
static void come_back(struct world *w, int place)
{
    (void)w;
    memset(&leases.gateways[place], 0, sizeof leases.gateways[place]);
    leases.gateways[place].slot = -1;
}

/*
 * The store
 */

/* Books what the gateway has spent since, or will spend next, where that is booked ahead. */
static cloudcircuit_status book(cloudcircuit_ledger_state *state, struct request_row *row, int is_live, int64_t more,
                                struct deed *deed)
{
    cloudcircuit_ledger_hold *lease = &row->holds[0];
    cloudcircuit_status status = CLOUDCIRCUIT_OK;

    if (leases.policy == BOOKED_AHEAD)
        more = is_live ? least(more, lease->amount) : 0;
    if (more <= 0)
        return CLOUDCIRCUIT_OK;
    deed->limits[0] = more - (is_live ? least(more, lease->amount) : 0); /* late */
    if (is_live)
        status = cloudcircuit_ledger_post(&leases.config, state, lease, more, deed->now, deed->decisions);
    else if (lease->id != 0)
        status = cloudcircuit_ledger_settle(&leases.config, state, lease, more, deed->now, deed->decisions);
    else
        status = cloudcircuit_ledger_record(&leases.config, state, more, deed->now, deed->decisions);
    row->booked[0] += more;
    return status;
}

static enum answer decide(struct world *w, int place, int64_t now, struct snapshot *snapshot, struct deed *deed)
{
    const struct gateway *gateway = &leases.gateways[place];
    struct request_row *row = &snapshot->request;
    cloudcircuit_ledger_hold *lease = &row->holds[0];
    cloudcircuit_ledger_state state;
    cloudcircuit_ledger_decision *decision = deed->decisions;
    int64_t spent = gateway->state.settled, want = deed->job.amounts[0];
    cloudcircuit_status status;
    int is_live;

    if (cloudcircuit_ledger_state_decode(snapshot->rows[0], ROW_BYTES, &state) != CLOUDCIRCUIT_OK)
        return AGAIN;
    is_live = lease->id != 0 && lease->expires_at > most(now, state.updated_at);
    if (lease->id != 0 && !is_live)
        count(w, ENDED);
    if (leases.policy == BOOKED_AHEAD)
        spent += gateway->state.held + want / 2;
    status = book(&state, row, is_live, spent - row->booked[0], deed);
    promise(w, status == CLOUDCIRCUIT_OK, "Never refused, also when the part is more than the hold's amount");
    /* A roll to the same period tells what is available. */
    status = cloudcircuit_ledger_roll(&leases.config, &state, state.period, now, decision);
    promise(w, status == CLOUDCIRCUIT_OK, "A roll to the period that the ledger is in only lets ended holds go");
    want = least(want, decision->available);
    if (is_live)
        status = cloudcircuit_ledger_extend(&leases.config, &state, lease, most(0, want - lease->amount), now, decision);
    else
        status = cloudcircuit_ledger_reserve(&leases.config, &state, want, now, lease, decision);
    promise(w, status == CLOUDCIRCUIT_OK && decision->allowed, "The most that a reserve could hold now");
    deed->after[0] = *lease;
    deed->place = (uint64_t)(row->booked[0] + (leases.policy == BOOKED_AHEAD ? 0 : lease->amount));
    row->is_known = 1;
    tell(w, "the library leases gateway %d %" PRId64 " at %" PRId64 ", %" PRId64 " booked: settled %" PRId64
         ", held %" PRId64, place, lease->amount, now - START, row->booked[0], state.settled, state.held);
    if (cloudcircuit_ledger_state_encode(&state, snapshot->rows[0], ROW_BYTES) != CLOUDCIRCUIT_OK)
        promise(w, 0, "Writes a state as bytes that any machine reads");
    return STORE;
}

static void happened(struct world *w, const struct deed *deed)
{
    leases.late += deed->limits[0];
    check_leases(w);
}

static void heard(struct world *w, int place, const struct deed *deed)
{
    leases.gateways[place].config.limit = (int64_t)deed->place;
    w->writers[place].stage = IDLE;
    tell(w, "gateway %d may spend %" PRId64 " in all", place, (int64_t)deed->place);
}

/* An operator settles the lease of a gateway that died, by what its provider says. */
static void operate(struct world *w, uint32_t a, uint32_t b)
{
    const int slot = w->request_count == 0 ? 0 : (int)(b % (uint32_t)w->request_count);
    struct request_row *row = &w->requests[slot];
    const struct writer *owner = &w->writers[leases.owners[slot]];
    cloudcircuit_ledger_state state;
    cloudcircuit_ledger_decision decision;
    int64_t more = most(0, leases.spent[slot] - row->booked[0]);

    (void)a;
    if (w->request_count == 0 || row->holds[0].id == 0 || leases.policy != WITHOUT_END
        || owner->life == leases.lives[slot])
        return;
    state = root_of(w);
    leases.late += most(0, more - row->holds[0].amount);
    promise(w, cloudcircuit_ledger_settle(&leases.config, &state, &row->holds[0], more, w->now, &decision)
                   == CLOUDCIRCUIT_OK
                   && cloudcircuit_ledger_state_encode(&state, w->rows[0], ROW_BYTES) == CLOUDCIRCUIT_OK,
            "Never refused, also when that is more than was held or goes past the limit.");
    row->booked[0] += more;
    count(w, FOUND_DONE);
    tell(w, "an operator settles the lease of row %d with %" PRId64, slot, more);
    check_leases(w);
}

static void back_up(struct world *w)
{
    memcpy(replica.row, w->rows[0], sizeof replica.row);
    memcpy(replica.requests, w->requests, sizeof replica.requests);
    tell(w, "the replica has what the store has");
}

/* The store goes on as its replica, which lags: what was booked and granted since is forgotten. All links are cut. */
static void fail_over(struct world *w)
{
    int slot;

    count(w, RESTORES);
    leases.has_failed_over = 1;
    w->message_count = 0;
    for (slot = 0; slot < w->request_count; slot++) {
        const struct request_row *old = &w->requests[slot], *new = &replica.requests[slot];
        const int64_t granted = leases.policy == BOOKED_AHEAD ? 0 : old->holds[0].amount - new->holds[0].amount;

        leases.lost += most(0, old->booked[0] - new->booked[0] + granted);
    }
    memcpy(w->rows[0], replica.row, sizeof replica.row);
    memcpy(w->requests, replica.requests, sizeof replica.requests);
    tell(w, "the store fails over to its replica; %" PRId64 " may be spent twice", leases.lost);
    check_leases(w);
}

/* Everything that gateways of this life know to be spent is booked. */
static void end(struct world *w)
{
    int place;

    check_leases(w);
    if (leases.all_spent > leases.config.limit)
        count(w, OVERSPENDS);
    for (place = 0; place < w->writer_count; place++) {
        const struct gateway *gateway = &leases.gateways[place];

        promise(w, gateway->slot < 0 || leases.policy == BOOKED_AHEAD
                       || w->requests[gateway->slot].booked[0] >= gateway->state.settled,
                "A hold settles once, on its own ledger");
    }
}

const struct story LEASES = {"leases", CLOUDCIRCUIT_LEDGER_ENCODED_LEN,
                             (EVERYWHERE & ~BIT(REGRESSED)) | BIT(FOUND_DONE) | BIT(REFUSALS) | BIT(ENDED)
                                 | BIT(RESTORES) | BIT(OVERSPENDS) | BIT(TAKEN),
                             begin, take_job, go_on, decide, happened, heard, come_back, operate, back_up, fail_over,
                             end};
