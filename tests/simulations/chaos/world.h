/*
 * chaos: hosts that share states over a store and a network in which everything fails, story after story.
 *
 * A story is a list of events that its seed draws up front: a writer goes on, a message arrives, is lost, doubled
 * or spoilt, a writer gives up waiting, dies, comes back, a clock jumps, time passes, an operator steps in, the
 * store goes back to a backup. Messages wait until an event delivers one of them, whichever, so each can be late
 * and overtaken. After the list the chaos ends and all that is left is brought to its end.
 *
 * Each writer does what the head of cloudcircuit.h says: it reads the states and its own row in one snapshot,
 * calls the library on that copy, and stores both under the condition that the revision is still the one it read.
 * What has happened is kept as facts apart, in plain numbers, when the store takes a write. After each step the
 * facts must agree with the promises of the header: every promise() names the sentence that it checks.
 *
 * main.c tells stories by the thousand and shortens one that fails. world.c is events and clocks, network.c messages
 * and the store. The hosts are ledger.c for one and for several (with ledger_calls.c and ledger_facts.c),
 * rate_limit.c, breaker.c (with breaker_facts.c) and leases.c.
 */
#ifndef WORLD_H
#define WORLD_H

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cloudcircuit.h"

enum {
    WRITERS = 8,
    ROWS = 3, /* states in one transaction */
    ROW_BYTES = CLOUDCIRCUIT_LEDGER_ENCODED_LEN,
    CONDITION = 8, /* where the revision starts in a row; behind it a ledger has its id */
    CONDITION_BYTES = 16,
    REQUESTS = 128,
    MESSAGES = 24,
    EVENTS = 500,
    START = 1000000 /* the time at which a story begins */
};

enum event_kind {
    PROCEED, /* a writer takes its next step, or a new job */
    DELIVER,
    LOSE,
    DOUBLE,
    SPOIL, /* flips a bit of a state that is under way to a writer */
    GIVE_UP,
    CRASH,
    RESTART,
    CLOCK,
    TIME,
    OPERATE,
    BACK_UP,
    RESTORE,
    EVENT_KINDS
};

struct event {
    enum event_kind kind;
    uint32_t who, a, b;
};

/* What a host stores for one request, in one transaction with the states. */
struct request_row {
    int is_known, is_done;
    int64_t booked[ROWS];
    cloudcircuit_ledger_hold holds[ROWS];
    cloudcircuit_breaker_permit permit;
    int64_t taken_at, taken;
};

struct snapshot {
    uint8_t rows[ROWS][ROW_BYTES]; /* encoded */
    struct request_row request;
};

/* What a writer is about to do, and keeps until it is done. */
struct job {
    int what, request;
    int is_by_copy; /* uses the hold that it remembers, not the stored one */
    int64_t amounts[ROWS];
};

/* What a call did, sent along with what it wrote. */
struct deed {
    struct job job;
    int what; /* often the job's */
    int64_t now;
    int is_changed[ROWS];
    cloudcircuit_ledger_hold before[ROWS], after[ROWS];
    cloudcircuit_ledger_decision decisions[ROWS];
    cloudcircuit_rate_limit_decision rate;
    cloudcircuit_breaker_permit permit;
    int64_t limits[ROWS]; /* the configs' when it was decided, and what else a story notes of them */
    uint64_t place;       /* a revision, a time or a sum that the story needs when it happens */
};

enum message_kind { READ, SNAPSHOT, WRITE, REPLY };

struct message {
    enum message_kind kind;
    int writer, life, attempt, request;
    int is_taken; /* a reply: the write was stored */
    int64_t store_now;
    uint8_t conditions[ROWS][CONDITION_BYTES];
    struct snapshot content;
    struct deed deed;
};

enum stage { IDLE, ASKED, WROTE, BUSY };

struct writer {
    int is_up, life, attempt;
    enum stage stage;
    int64_t skew, drift; /* drift: in thousandths of the time that passes */
    struct job job;
    struct request_row memory; /* what it knows of its request */
    int has_run;
};

/* What occurred, for the summary; those that a story cannot have are left out of its mask. */
enum occurrence {
    STEPS,
    DELIVERED,
    OVERTAKEN,
    LOST,
    DOUBLED,
    SPOILT,
    GAVE_UP,
    CRASHES,
    RESTARTS,
    CLOCK_BACK,
    CLOCK_AHEAD,
    DRIFTS,
    REGRESSED,
    WRITES,
    CONFLICTS,
    REPEATED, /* writes that arrived a second time, after the first was stored */
    FOUND_DONE,
    REFUSALS,
    ENDED,
    SPENT_HOLDS,
    UNVERIFIED,
    ROLLS,
    RESETS,
    RESTORES,
    OVERSPENDS,
    TAKEN,
    ADJUSTS,
    TRIPS,
    HALF_OPENS,
    PROBES,
    LOST_PROBES,
    CLOSES,
    STALE,
    FORCED,
    OCCURRENCES
};

#define BIT(occurrence) (UINT64_C(1) << (occurrence))
#define EVERYWHERE ((BIT(WRITES + 1) - 1) | BIT(CONFLICTS) | BIT(REPEATED))

struct world;

enum answer { STORE, LEAVE, AGAIN }; /* store the write; nothing to store; read again */

struct story {
    const char *name;
    size_t row_bytes;
    uint64_t occurs; /* bits of what must occur in many seeds */
    /* Draws the settings and writes the first states. */
    void (*begin)(struct world *);
    /* An idle writer takes a job: sets it and calls ask(), or does nothing. is_last: takes no new one. */
    void (*take_job)(struct world *, int writer, uint32_t a, uint32_t b, int is_last);
    /* A writer that is BUSY goes on. */
    void (*go_on)(struct world *, int writer, uint32_t a, uint32_t b);
    /* Calls the library on a snapshot, in place. */
    enum answer (*decide)(struct world *, int writer, int64_t now, struct snapshot *, struct deed *);
    /* The store took a write: facts are made here. */
    void (*happened)(struct world *, const struct deed *);
    /* The writer knows that its deed is stored, or that there was nothing to store. */
    void (*heard)(struct world *, int writer, const struct deed *);
    /* A writer that died is back, and knows what is stored. */
    void (*come_back)(struct world *, int writer);
    void (*operate)(struct world *, uint32_t a, uint32_t b);
    void (*back_up)(struct world *);
    void (*restore)(struct world *);
    /* All is over: the books must be right. */
    void (*end)(struct world *);
};

/* The store takes every write, whatever was read before: what must break the promises. */
extern int is_careless;

extern const struct story ONE_LEDGER, SEVERAL_LEDGERS, RATE_LIMIT, BREAKER, LEASES;

struct world {
    const struct story *story;
    uint64_t random;
    int64_t now; /* the store's clock, which is right */
    int is_store_clock; /* writers take now from the store, with the snapshot */
    int is_over;        /* the list is told: no more chaos, no new jobs */
    int writer_count, row_count, request_count, message_count;
    struct writer writers[WRITERS];
    uint8_t rows[ROWS][ROW_BYTES];
    struct request_row requests[REQUESTS];
    struct message messages[MESSAGES + 1]; /* one is under way to its receiver */
    uint8_t order[MESSAGES + 1];           /* of the messages; behind message_count: what is free */
    uint64_t last_condition[WRITERS][2]; /* attempt and life of the last write taken from each writer */
    int is_told, is_cut; /* cut: the end is told no further */
    int64_t counts[OCCURRENCES];
    const char *broken;
};

/* The number below a bound that comes next of the seed. */
int64_t draw(struct world *, int64_t below);

/* Prints a line of the story when it is told aloud. */
void tell(const struct world *, const char *format, ...);

/* The sentence of the header holds, or the story ends here. */
void promise(struct world *, int is_kept, const char *sentence);

void count(struct world *, enum occurrence);

int64_t least(int64_t a, int64_t b);
int64_t most(int64_t a, int64_t b);

/* A writer reads the states and its request's row, and then decides. */
void ask(struct world *, int writer);

/* A writer goes on with the first of its own requests that is stored and not done. */
void take_up(struct world *, int writer, const int *owners);

/* Takes a message out of the network. It may be read until the one after the next is sent. */
struct message *take_out(struct world *, int place);

/* A message is at its receiver, who acts on it. */
void arrive(struct world *, struct message *);

/* The revision in the encoded bytes of a state. */
uint64_t revision_of(const uint8_t *row);

/* Tells one story; the sentence that was broken, or NULL. */
const char *tell_story(const struct story *, uint64_t seed, const struct event *, int count, int is_told,
                       int64_t counts[OCCURRENCES]);

#endif
