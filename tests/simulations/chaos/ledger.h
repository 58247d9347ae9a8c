/* One ledger, or several: what its host and its facts share. */
#ifndef LEDGER_H
#define LEDGER_H

#include "world.h"

enum { HOLD_FACTS = 400 };

enum ledger_job { RESERVE = 1, EXTEND, POST, SETTLE, RELEASE, RECORD, ROLL };

struct hold_fact {
    uint64_t id;
    int64_t amount, end;
    int is_spent, is_moved; /* moved by a reset, which gives it another end */
    int had_ended;          /* when it was spent: its amount is let go with what else ends up to then */
};

/* What is true of one ledger, in plain numbers. */
struct ledger_facts {
    uint64_t id, next_hold;
    int64_t settled, carried, clock, period;
    int64_t uncovered; /* what was booked without a live hold for it, and credits */
    int64_t moved_end;
    uint32_t told;
    int hold_count;
    struct hold_fact holds[HOLD_FACTS];
};

struct facts {
    struct ledger_facts ledgers[ROWS];
    int64_t booked[REQUESTS][ROWS];
};

/* What a request truly cost, as its provider bills it. */
struct bill {
    int owner, has_run, is_free; /* free: settled with more than it may cost is not asked for */
    int64_t cost[ROWS];
};

struct ledger_story {
    int count;
    int is_strict; /* nothing is booked but settles and posts, of at most their amount */
    int has_gone_back; /* to a backup: what was stored since is forgotten */
    cloudcircuit_ledger_config configs[ROWS];
    struct bill bills[REQUESTS];
    struct facts facts;
};

extern struct ledger_story ledgers;

int has_hold(const cloudcircuit_ledger_hold *holds);

/* Decides a writer's job on a snapshot. */
enum answer decide_ledgers(struct world *, int writer, int64_t now, struct snapshot *, struct deed *);

/* What each call promises of its state and its decision. */
void check_call(struct world *, int place, const cloudcircuit_ledger_state *before,
                const cloudcircuit_ledger_state *after, const struct deed *);

/* A write was stored. */
void ledger_happened(struct world *, const struct deed *);

/* The stored states agree with the facts. */
void check_ledgers(struct world *);

/* Reads the stored state. */
cloudcircuit_ledger_state stored_ledger(struct world *, int place);

#endif
