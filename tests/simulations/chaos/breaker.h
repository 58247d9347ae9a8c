/* A breaker: what its host and its facts share. */
#ifndef BREAKER_H
#define BREAKER_H

#include "world.h"

enum { ACQUIRE = 1, REPORT, OUTCOMES = 512, PROBE_FACTS = 512 };

/* An outcome of the present closed phase. */
struct outcome {
    uint64_t revision; /* after which it was reported */
    int64_t at;
    int has_failed, is_slow;
};

struct probe {
    uint64_t revision; /* with which it was acquired */
    uint64_t generation;
    uint32_t slot;
    int64_t deadline;
    int is_over; /* reported, or lost */
};

/* What is true of the breaker, in plain numbers. */
struct breaker_facts {
    int32_t phase;
    uint64_t generation;
    int64_t clock, since, open_until;
    uint32_t judged, failed, trips;
    int outcome_count, probe_count;
    struct outcome outcomes[OUTCOMES];
    struct probe probes[PROBE_FACTS];
};

struct breaker_story {
    cloudcircuit_breaker_config config;
    int64_t health_lasts; /* of what is called: well, failing and slow in turn */
    struct breaker_facts facts;
    int owners[REQUESTS];
    int has_run[REQUESTS];
    int32_t outcomes[REQUESTS];
    int64_t durations[REQUESTS];
};

extern struct breaker_story breaker;

cloudcircuit_breaker_state stored_breaker(struct world *);

/* A call changed the stored breaker, or left it: the facts say which phase it must be in. */
void breaker_happened(struct world *, const struct deed *);

/* A permit is refused as stale, on a state of this revision: its probe must be over. */
void check_stale(struct world *, const cloudcircuit_breaker_permit *, uint64_t revision);

/* An operator forced or reset it, or the story begins: the facts start over from the stored state. */
void begin_phase(struct world *, const cloudcircuit_breaker_state *);

#endif
