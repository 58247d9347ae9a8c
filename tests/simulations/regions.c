/*
 * regions: one budget for gateways in several regions, by leases, in a world where everything fails.
 *
 * A root store has the budget's ledger. Each region's store leases a slice of it: the lease is a hold in
 * the root's ledger, and the region has a ledger of its own over that slice. Each gateway leases from its
 * region in the same way and decides its requests alone, in memory. Messages are lost, doubled, late and
 * overtaken; links are cut; gateways die and forget; stores fail over to a replica that lags; clocks
 * differ. The same seed tells the same story.
 *
 * Checked at every step of every story:
 *   1. The root's settled + held is at most its limit and what was booked without a live lease.
 *   2. What was truly spent is at most the limit and what was lost: spend that a lease's store did not
 *      know when the lease ended, and what a failover made a store forget.
 *   3. Without failovers nothing is lost, so that the limit is never exceeded, where leases have no end, or
 *      where a child books before it spends.
 *   4. Where it books afterwards, a request is over before its lease ends, by the clock of the lease's store.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cloudcircuit.h"

enum {
    REGIONS = 3,
    GATEWAYS = 4, /* in each region */
    NODES = 1 + REGIONS + REGIONS * GATEWAYS,
    LIVES = 64, /* of a gateway; each is known to its store by a slot */
    STEP = 10,  /* ms */
    ASKING = 40000, /* ms in which requests come */
    DRAINING = 20000,
    GATEWAY_LEASE = 2000, /* ms, in stories whose leases end */
    REGION_LEASE = 8000,
    END_OF_LEASES = 1000000, /* ms; before it, as its negative, nothing is leased */
    SKEW = 50,     /* ms that a clock may be off, either way */
    LONGEST = 400, /* ms that a request may run */
    DEAREST = 500, /* what it may cost */
    PATIENCE = 600, /* ms until a message is sent again */
    MOST_LAG = 30, /* steps that a replica may lag */
    MESSAGES = 1024,
    KINDS = 6, /* of leases and stores */
    REQUESTS = 8192
};

static const int64_t LIMIT = 200000;

struct slot {
    int64_t posted; /* of what the child spent in this life */
    cloudcircuit_ledger_hold lease;
};

/* What a store keeps in one transaction: its ledger, and the leases it gave. */
struct store {
    cloudcircuit_ledger_state state;
    struct slot slots[GATEWAYS][LIVES];
};

struct node {
    int parent, place; /* -1 for the root; which child of the parent it is */
    int life;
    int64_t skew, cut_until, asked_at, epoch;
    cloudcircuit_ledger_config config; /* limit: what its lease lets it spend in this life */
    struct store store;
    int64_t lease_epoch, lease_end;
    uint64_t lease_id;
    int64_t spent[LIVES];   /* truly, by its gateways or itself */
    int64_t counted[LIVES]; /* of that, as lost */
};

/* A child tells what it spent in this life and what it wants to have left. Said twice or late, it changes
 * nothing. The parent tells how much the child may have spent in this life, and until when. */
struct message {
    int64_t due;
    int child, life, is_reply;
    int64_t spent, want;
    int64_t epoch, limit, end;
    uint64_t lease_id;
};

struct request {
    int64_t end, cost;
    int gateway, life;
    cloudcircuit_ledger_hold hold;
};

struct world {
    uint64_t state;
    int64_t now, slice;
    int leases_end, fails_over, books_ahead;
    struct node nodes[NODES];
    struct store replicas[1 + REGIONS][MOST_LAG];
    struct message messages[MESSAGES];
    struct request requests[REQUESTS];
    int message_count, request_count;
    int64_t spent, lost, late, decided, refused, sent;
};

static int64_t draw(struct world *w, int64_t below)
{
    uint64_t x = (w->state += UINT64_C(0x9E3779B97F4A7C15));

    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (int64_t)((x ^ (x >> 31)) % (uint64_t)below);
}

static int happens(struct world *w, int64_t in)
{
    return draw(w, in) == 0;
}

static void must(const struct world *w, int is_so, const char *what)
{
    if (!is_so) {
        printf("broken at %" PRId64 " ms: %s; spent %" PRId64 ", lost %" PRId64 ", late %" PRId64 "\n", w->now, what,
               w->spent, w->lost, w->late);
        exit(1);
    }
}

static int is_gateway(const struct node *node)
{
    return node->parent > 0;
}

static int64_t clock_of(const struct world *w, const struct node *node)
{
    return w->now + node->skew;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static struct slot *slot_of(struct world *w, const struct node *child, int life)
{
    return &w->nodes[child->parent].store.slots[child->place][life];
}

/*
 * Parents
 */

/* How long a lease from this store lasts: it must be over before the store's own. 0 = without end. */
static int64_t lease_duration(const struct world *w, const struct node *node)
{
    const int64_t own = node->parent < 0 ? INT64_MAX : node->lease_end - clock_of(w, node) - 2 * SKEW;

    if (!w->leases_end)
        return 0;
    return least(node->parent < 0 ? REGION_LEASE : GATEWAY_LEASE, w->books_ahead ? INT64_MAX : own);
}

/* Books what the child has spent since, then lets it hold what it wants, or its share of what is left. */
static void serve(struct world *w, struct node *parent, struct message *said)
{
    struct node *child = &w->nodes[said->child];
    struct slot *slot = slot_of(w, child, said->life);
    cloudcircuit_ledger_state *state = &parent->store.state;
    cloudcircuit_ledger_decision d;
    const int64_t now = clock_of(w, parent), duration = lease_duration(w, parent);
    const int64_t reached = now > state->updated_at ? now : state->updated_at;
    const int is_live = slot->lease.id != 0 && slot->lease.expires_at > reached;
    cloudcircuit_status status = CLOUDCIRCUIT_OK;
    int64_t more = said->spent - slot->posted, want;

    /* What is not spent yet is booked only out of what is held for it. */
    if (w->books_ahead)
        more = is_live ? least(more, slot->lease.amount) : 0;

    if (more > 0) {
        const int64_t covered = is_live ? least(more, slot->lease.amount) : 0;

        if (parent->parent < 0)
            w->late += more - covered;
        if (is_live)
            status = cloudcircuit_ledger_post(&parent->config, state, &slot->lease, more, now, &d);
        else if (slot->lease.id != 0)
            status = cloudcircuit_ledger_settle(&parent->config, state, &slot->lease, more, now, &d);
        else
            status = cloudcircuit_ledger_record(&parent->config, state, more, now, &d);
        must(w, status == CLOUDCIRCUIT_OK, "spend is booked");
        slot->posted += more;
    }
    /* A roll to the same period tells what is available. */
    status = cloudcircuit_ledger_roll(&parent->config, state, state->period, now, &d);
    must(w, status == CLOUDCIRCUIT_OK, "the ledger answers");
    /* Slices shrink as the budget runs out: half of what is left, shared by all children. */
    want = least(said->want, d.available / (2 * (parent->parent < 0 ? REGIONS : GATEWAYS)));
    if (want < DEAREST)
        want = least(DEAREST, d.available);
    if (w->leases_end && duration <= 0)
        return; /* Its own lease is nearly over: it gives none. */
    parent->config.hold_duration = duration;
    if (is_live) {
        const int64_t add = want > slot->lease.amount ? least(want - slot->lease.amount, d.available) : 0;

        status = cloudcircuit_ledger_extend(&parent->config, state, &slot->lease, add, now, &d);
    } else {
        status = cloudcircuit_ledger_reserve(&parent->config, state, want, now, &slot->lease, &d);
    }
    must(w, status == CLOUDCIRCUIT_OK, "a lease is decided");
    if (slot->lease.id == 0)
        return;
    must(w, !w->leases_end || w->books_ahead || parent->parent < 0
             || slot->lease.expires_at - parent->skew <= parent->lease_end - w->nodes[parent->parent].skew,
         "a lease ends before the one that it is a part of");
    said->is_reply = 1;
    said->epoch = parent->epoch;
    said->lease_id = slot->lease.id;
    said->limit = slot->posted + (w->books_ahead ? 0 : slot->lease.amount);
    said->end = slot->lease.expires_at;
}

/* The store goes on as a replica that lags. What it forgets may be spent twice. */
static void fail_over(struct world *w, int place)
{
    struct node *node = &w->nodes[place];
    struct store before = node->store;
    int child, life;

    node->store = w->replicas[place][(w->now / STEP + 1 + draw(w, MOST_LAG - 1)) % MOST_LAG];
    node->epoch++;
    for (child = 0; child < GATEWAYS; child++) {
        for (life = 0; life < LIVES; life++) {
            const struct slot *old = &before.slots[child][life], *new = &node->store.slots[child][life];
            const int64_t forgotten =
                old->posted - new->posted + (w->books_ahead ? 0 : old->lease.amount - new->lease.amount);

            if (forgotten > 0)
                w->lost += forgotten;
        }
    }
}

/* Leases that end in this step: what their stores do not know of is let go with them. */
static void count_ended(struct world *w)
{
    int place, life;

    for (place = 1; place < NODES; place++) {
        struct node *child = &w->nodes[place];
        const int64_t now = clock_of(w, &w->nodes[child->parent]);

        for (life = 0; life <= child->life; life++) {
            const struct slot *slot = slot_of(w, child, life);
            const int64_t unknown = child->spent[life] - slot->posted - child->counted[life];

            if (slot->lease.id != 0 && slot->lease.expires_at <= now && unknown > 0) {
                w->lost += unknown;
                child->counted[life] += unknown;
            }
        }
    }
}

/*
 * Children
 */

static void send(struct world *w, struct message message)
{
    int copies = happens(w, 20) ? 0 : happens(w, 20) ? 2 : 1;

    w->sent++;
    for (; copies > 0 && w->message_count < MESSAGES; copies--) {
        message.due = w->now + STEP * (1 + draw(w, happens(w, 10) ? 100 : 10));
        w->messages[w->message_count++] = message;
    }
}

static void ask(struct world *w, int place)
{
    struct node *node = &w->nodes[place];
    const cloudcircuit_ledger_state *state = &node->store.state;
    struct message message = {0};

    message.child = place;
    message.life = node->life;
    message.want = is_gateway(node) ? w->slice : w->slice * GATEWAYS;
    message.spent = state->settled + (w->books_ahead ? state->held + message.want / 4 : 0);
    node->asked_at = w->now;
    send(w, message);
}

static void take(struct world *w, const struct message *said)
{
    struct node *node = &w->nodes[said->child];

    if (said->life != node->life || said->epoch < node->lease_epoch
        || (said->epoch == node->lease_epoch && said->lease_id < node->lease_id))
        return; /* overtaken by a later one */
    node->lease_epoch = said->epoch;
    node->lease_id = said->lease_id;
    node->lease_end = said->end;
    node->config.limit = said->limit;
}

/* A gateway that dies forgets its ledger. Its requests run on, and cost. */
static void die(struct world *w, struct node *node)
{
    if (node->life + 1 == LIVES)
        return;
    node->life++;
    node->config.limit = 0;
    node->lease_epoch = 0;
    node->lease_id = 0;
    node->lease_end = -END_OF_LEASES;
    node->asked_at = w->now + 1000;
    must(w, !cloudcircuit_ledger_init((uint64_t)(1 + node->life), 0, clock_of(w, node), &node->store.state), "init");
}

static void start_request(struct world *w, int place)
{
    struct node *node = &w->nodes[place];
    struct request *request = &w->requests[w->request_count];
    const int64_t estimate = 1 + draw(w, DEAREST);
    const int64_t now = clock_of(w, node), lasts = STEP + draw(w, LONGEST - STEP);
    cloudcircuit_ledger_decision d;
    int i;

    w->decided++;
    /* It must be settled before the lease ends by any clock. */
    if (w->leases_end && !w->books_ahead && node->lease_end <= now + LONGEST + 2 * SKEW) {
        w->refused++;
        return;
    }
    must(w, !cloudcircuit_ledger_reserve(&node->config, &node->store.state, estimate, now, &request->hold, &d)
             && w->request_count + 1 < REQUESTS, "a request is decided");
    if (!d.allowed) {
        w->refused++;
        return;
    }
    request->end = w->now + lasts;
    request->cost = draw(w, estimate + 1);
    request->gateway = place;
    request->life = node->life;
    w->request_count++;
    must(w, !w->leases_end || w->books_ahead || request->end + w->nodes[node->parent].skew < node->lease_end,
         "the lease outlives the request");
    /* The provider bills it, whatever becomes of the gateway. */
    w->spent += request->cost;
    for (i = place; i > 0; i = w->nodes[i].parent)
        w->nodes[i].spent[i == place ? node->life : 0] += request->cost;
}

static void end_requests(struct world *w)
{
    int i = 0;

    while (i < w->request_count) {
        struct request *request = &w->requests[i];
        struct node *node = &w->nodes[request->gateway];
        cloudcircuit_ledger_decision d;

        if (request->end > w->now) {
            i++;
            continue;
        }
        if (request->life == node->life)
            must(w, !cloudcircuit_ledger_settle(&node->config, &node->store.state, &request->hold, request->cost,
                                                clock_of(w, node), &d), "a request is settled");
        *request = w->requests[--w->request_count];
    }
}

/*
 * Stories
 */

static void deliver(struct world *w)
{
    int i = 0;

    while (i < w->message_count) {
        struct message said = w->messages[i];
        const struct node *child = &w->nodes[said.child];

        if (said.due > w->now) {
            i++;
            continue;
        }
        w->messages[i] = w->messages[--w->message_count];
        if (child->cut_until > w->now)
            continue;
        if (said.is_reply) {
            take(w, &said);
        } else {
            serve(w, &w->nodes[child->parent], &said);
            if (said.is_reply)
                send(w, said);
        }
    }
}

static void step(struct world *w)
{
    int place;

    end_requests(w);
    deliver(w);
    for (place = 1; place < NODES; place++) {
        struct node *node = &w->nodes[place];

        if (happens(w, 1500))
            node->cut_until = w->now + 500 + draw(w, 6000);
        /* Dead gateways' slices would hide what a failover lets be spent twice. */
        if (is_gateway(node) && (w->leases_end || !w->fails_over) && happens(w, 8000))
            die(w, node);
        if (w->now >= node->asked_at + (is_gateway(node) ? PATIENCE : PATIENCE / 2))
            ask(w, place);
        if (is_gateway(node) && w->now < ASKING && !happens(w, 3))
            start_request(w, place);
    }
    for (place = 0; place <= REGIONS; place++) {
        w->replicas[place][w->now / STEP % MOST_LAG] = w->nodes[place].store;
        if (w->fails_over && w->now > MOST_LAG * STEP && happens(w, 1500))
            fail_over(w, place);
    }
    count_ended(w);
}

static void check(const struct world *w)
{
    const cloudcircuit_ledger_state *root = &w->nodes[0].store.state;

    must(w, root->settled + root->held <= LIMIT + w->late, "settled + held is within the limit");
    must(w, w->spent <= LIMIT + w->lost, "what was spent is within the limit and what was lost");
    must(w, w->fails_over || (w->leases_end && !w->books_ahead) || (w->lost == 0 && w->late == 0), "nothing is lost");
}

static struct world world;

static void tell(uint64_t seed, int kind, int64_t slice)
{
    struct world *w = &world;
    int place;

    memset(w, 0, sizeof *w);
    w->state = seed * KINDS + (uint64_t)kind;
    w->leases_end = kind / 2 > 0;
    w->books_ahead = kind / 2 > 1;
    w->fails_over = kind % 2;
    w->slice = slice;
    for (place = 0; place < NODES; place++) {
        struct node *node = &w->nodes[place];

        node->parent = place == 0 ? -1 : place <= REGIONS ? 0 : 1 + (place - 1 - REGIONS) / GATEWAYS;
        node->place = place <= REGIONS ? place - 1 : (place - 1 - REGIONS) % GATEWAYS;
        node->skew = draw(w, 2 * SKEW + 1) - SKEW;
        node->lease_end = -END_OF_LEASES;
        node->asked_at = -PATIENCE;
        must(w, !cloudcircuit_ledger_config_init(&node->config)
                 && !cloudcircuit_ledger_init(1 + (uint64_t)place, 0, clock_of(w, node), &node->store.state), "init");
    }
    w->nodes[0].config.limit = LIMIT;
    for (; w->now < ASKING + DRAINING; w->now += STEP) {
        step(w);
        check(w);
    }
}

int main(int count, char **arguments)
{
    static const char *const NAMES[KINDS] = {
        "without end", "without end, failovers", "that end", "that end, failovers", "booked ahead",
        "booked ahead, failovers"};
    const int64_t slices[] = {1000, 4000, 16000};
    const uint64_t first = count > 1 ? strtoull(arguments[1], NULL, 10) : 1;
    const uint64_t stories = count > 2 ? strtoull(arguments[2], NULL, 10) : 20;
    int kind, i;

    printf("A limit of %" PRId64 ", %d regions of %d gateways; seeds %" PRIu64 " to %" PRIu64 "\n", LIMIT, REGIONS,
           GATEWAYS, first, first + stories - 1);
    printf("leases                    slice   spent %%  unbooked %%  most over the limit  most that was lost  "
           "decisions a message\n");
    for (kind = 0; kind < KINDS; kind++) {
        for (i = 0; i < 3; i++) {
            int64_t spent = 0, unbooked = 0, over = 0, lost = 0, decided = 0, sent = 0;
            uint64_t seed;

            for (seed = first; seed < first + stories; seed++) {
                tell(seed, kind, slices[i]);
                spent += world.spent;
                unbooked += world.spent - world.nodes[0].store.state.settled;
                decided += world.decided - world.refused;
                sent += world.sent;
                if (world.spent - LIMIT > over)
                    over = world.spent - LIMIT;
                if (world.lost > lost)
                    lost = world.lost;
            }
            printf("%-24s %6" PRId64 " %9.1f %11.1f %20" PRId64 " %19" PRId64 " %20.1f\n", NAMES[kind], slices[i],
                   100.0 * (double)spent / (double)stories / (double)LIMIT,
                   100.0 * (double)unbooked / (double)stories / (double)LIMIT, over, lost,
                   (double)decided / (double)sent);
        }
    }
    return 0;
}
