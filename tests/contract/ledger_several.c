/* Several ledgers at once: all or none, the first refusal or error by its index, and every byte of
   states and holds kept where the call does not go through. */
#include "check.h"
#include <cloudcircuit.h>

#define MOST CLOUDCIRCUIT_LEDGERS_MAX_COUNT

static const cloudcircuit_ledger_decision REFUSED;
static const cloudcircuit_ledger_hold NO_HOLD;

static cloudcircuit_ledger_config configs[MOST + 1];
static cloudcircuit_ledger_state states[MOST + 1], before[MOST + 1];
static cloudcircuit_ledger_hold holds[MOST + 1], held[MOST + 1];
static cloudcircuit_ledger_decision decisions[MOST + 1];
static int64_t amounts[MOST + 1];
static uint32_t at;
static int64_t now = 100;

/* Ledgers 1, 2, ... with limits of 100, in period 1, at 100. */
static void start(void)
{
    size_t i;
    for (i = 0; i <= MOST; i++) {
        CHECK(cloudcircuit_ledger_config_init(&configs[i]) == CLOUDCIRCUIT_OK);
        configs[i].limit = 100;
        CHECK(cloudcircuit_ledger_init(i + 1, 1, now, &states[i]) == CLOUDCIRCUIT_OK);
        holds[i] = NO_HOLD;
        amounts[i] = 10;
    }
}

enum { RESERVE, EXTEND, SETTLE, RELEASE, RECORD, ROLL, CALLS };

static cloudcircuit_status call(int which, size_t count)
{
    at = 77;
    memcpy(before, states, sizeof states), memcpy(held, holds, sizeof holds);
    memset(decisions, 0xAA, sizeof decisions);
    switch (which) {
    case RESERVE:
        memset(holds, 0xAA, sizeof holds);
        return cloudcircuit_ledgers_reserve(configs, states, amounts, count, now, holds, decisions, &at);
    case EXTEND:
        return cloudcircuit_ledgers_extend(configs, states, holds, amounts, count, now, decisions, &at);
    case SETTLE:
        return cloudcircuit_ledgers_settle(configs, states, holds, amounts, count, now, decisions, &at);
    case RELEASE:
        return cloudcircuit_ledgers_release(configs, states, holds, count, now, decisions, &at);
    case RECORD:
        return cloudcircuit_ledgers_record(configs, states, amounts, count, now, decisions, &at);
    default:
        return cloudcircuit_ledgers_roll(configs, states, amounts, count, now, decisions, &at);
    }
}

static void goes_through(int which, size_t count)
{
    CHECK(call(which, count) == CLOUDCIRCUIT_OK && at == UINT32_MAX);
}

/* An error about ledger `index`: all refuse, and nothing changes. */
static void fails(int which, size_t count, uint32_t index, cloudcircuit_status expected)
{
    size_t i;
    CHECK(call(which, count) == expected && at == index);
    CHECK(SAME_BYTES(before, states));
    for (i = 0; i < count; i++) {
        CHECK(SAME_BYTES(decisions[i], REFUSED));
        CHECK(which == RESERVE ? SAME_BYTES(holds[i], NO_HOLD) : SAME_BYTES(holds[i], held[i]));
    }
    /* The entry after the last is not the call's. */
    CHECK(decisions[count].allowed == 0xAAAAAAAA);
    CHECK(which == RESERVE ? holds[count].id == UINT64_C(0xAAAAAAAAAAAAAAAA) : SAME_BYTES(holds[count], held[count]));
    if (which == RESERVE)
        memcpy(holds, held, sizeof holds);
}

static void all_or_none(void)
{
    size_t i;
    start();
    amounts[1] = 101, amounts[2] = 102;
    CHECK(call(RESERVE, 3) == CLOUDCIRCUIT_OK && at == 1);
    CHECK(SAME_BYTES(before, states));
    for (i = 0; i < 3; i++) {
        CHECK(SAME_BYTES(holds[i], NO_HOLD) && !decisions[i].allowed);
        CHECK(decisions[i].would_refuse == (i > 0) && decisions[i].available == 100);
        CHECK(decisions[i].reason == (i ? CLOUDCIRCUIT_LEDGER_REASON_EXCEEDS_LIMIT
                                        : CLOUDCIRCUIT_LEDGER_REASON_WITHIN));
    }
    amounts[1] = 100, amounts[2] = 1;
    goes_through(RESERVE, 3);
    for (i = 0; i < 3; i++) {
        CHECK(decisions[i].allowed && decisions[i].held == amounts[i]);
        CHECK(holds[i].ledger_id == i + 1 && holds[i].id == 1 && holds[i].amount == amounts[i]);
        CHECK(states[i].held == amounts[i] && states[i].revision == 1);
    }

    amounts[0] = 1, amounts[1] = 1, amounts[2] = 99;
    CHECK(call(EXTEND, 3) == CLOUDCIRCUIT_OK && at == 1);
    CHECK(SAME_BYTES(before, states) && SAME_BYTES(held, holds));
    CHECK(!decisions[0].allowed && !decisions[1].allowed && !decisions[2].allowed);
    amounts[1] = 0;
    goes_through(EXTEND, 3);
    CHECK(holds[0].amount == 11 && holds[1].amount == 100 && holds[2].amount == 100);

    amounts[0] = 7, amounts[1] = 120, amounts[2] = 0;
    goes_through(SETTLE, 2);
    CHECK(states[0].settled == 7 && states[1].settled == 120 && states[2].held == 100);
    CHECK(decisions[1].overshoot == 20 && !decisions[1].allowed);
    fails(SETTLE, 3, 0, CLOUDCIRCUIT_ERR_HOLD_SPENT);
    holds[0] = holds[1] = NO_HOLD;
    goes_through(RELEASE, 3);
    CHECK(states[2].held == 0 && holds[2].id == 0 && holds[2].ledger_id == 3);
    amounts[0] = -7;
    goes_through(RECORD, 2);
    CHECK(states[0].settled == 0 && states[1].settled == 240);
    amounts[0] = 2, amounts[1] = 0;
    goes_through(ROLL, 2);
    CHECK(states[0].period == 2 && states[1].period == 1 && states[1].settled == 240);
    CHECK(decisions[1].clock_regressed && !decisions[0].clock_regressed);
}

static void sixteen_are_the_most(void)
{
    int which;
    start();
    goes_through(RESERVE, MOST);
    CHECK(decisions[MOST - 1].allowed && states[MOST - 1].held == 10 && states[MOST].held == 0);
    for (which = RESERVE; which < CALLS; which++) {
        static const size_t counts[] = {0, MOST + 1, SIZE_MAX, SIZE_MAX / 528 + 2};
        size_t i;
        for (i = 0; i < COUNT(counts); i++) {
            CHECK(call(which, counts[i]) == CLOUDCIRCUIT_ERR_COUNT && at == UINT32_MAX);
            CHECK(SAME_BYTES(before, states));
            CHECK(decisions[0].allowed == 0xAAAAAAAA);
            memcpy(holds, held, sizeof holds);
        }
    }
}

static void those_not_asked_take_no_part(void)
{
    start();
    configs[1].limit = 0;
    amounts[1] = INT64_MIN;
    goes_through(RESERVE, 3);
    CHECK(states[1].revision == 0 && SAME_BYTES(holds[1], NO_HOLD));
    CHECK(decisions[1].allowed && decisions[1].reason == 0 && !decisions[1].would_refuse);
    goes_through(EXTEND, 3);
    CHECK(states[0].held == 20 && states[1].held == 0 && decisions[1].allowed);
    goes_through(RECORD, 3);
    CHECK(states[1].settled == 0);
    amounts[2] = INT64_MIN;
    goes_through(SETTLE, 3);
    CHECK(states[0].held == 0 && states[2].held == 20 && holds[2].amount == 20);
    amounts[0] = amounts[1] = 1, amounts[2] = 2;
    goes_through(ROLL, 3);
    CHECK(states[0].period == 1 && decisions[0].reason == 0 && states[2].period == 2);
}

static void a_monitor_never_refuses(void)
{
    start();
    configs[0].mode = CLOUDCIRCUIT_MODE_MONITOR;
    configs[2].mode = CLOUDCIRCUIT_MODE_UNLIMITED;
    amounts[0] = 200, amounts[2] = 1000;
    goes_through(RESERVE, 3);
    CHECK(decisions[0].allowed && decisions[0].would_refuse && states[0].held == 200);
    amounts[1] = 101;
    CHECK(call(RESERVE, 3) == CLOUDCIRCUIT_OK && at == 1 && SAME_BYTES(before, states));
    CHECK(decisions[0].allowed && decisions[0].would_refuse);
    CHECK(!decisions[1].allowed && !decisions[2].allowed && !decisions[2].would_refuse);
}

static void a_refused_call_lets_nothing_go(void)
{
    start();
    configs[0].hold_duration = 16;
    goes_through(RESERVE, 2);
    now += 50, amounts[1] = 91;
    CHECK(call(RESERVE, 2) == CLOUDCIRCUIT_OK && at == 1 && SAME_BYTES(before, states));
    CHECK(decisions[0].held == 10 && decisions[0].available == 100 && decisions[0].expired == 0);
    amounts[1] = 90;
    goes_through(RESERVE, 2);
    CHECK(decisions[0].held == 10 && decisions[0].expired == 10);
    now -= 50;
}

static void errors(void)
{
    int which;
    for (which = RESERVE; which < CALLS; which++) {
        cloudcircuit_ledger_state kept;
        start();
        goes_through(RESERVE, 3);
        amounts[0] = amounts[1] = amounts[2] = 2;
        kept = states[1];
        configs[2].limit = -1;
        fails(which, 3, 2, CLOUDCIRCUIT_ERR_LEDGER_LIMIT);
        states[1].layout = 0;
        fails(which, 3, 1, CLOUDCIRCUIT_ERR_CORRUPT_STATE);
        states[1] = states[0];
        fails(which, 3, 1, CLOUDCIRCUIT_ERR_OVERLAP);
        states[1] = kept, configs[2].limit = 100;
        if (which == EXTEND || which == SETTLE || which == RELEASE) {
            holds[1].ledger_id = 1;
            fails(which, 3, 1, CLOUDCIRCUIT_ERR_HOLD_LEDGER);
            holds[1].ledger_id = 2, holds[1].id = 2;
            fails(which, 3, 1, CLOUDCIRCUIT_ERR_HOLD_ID);
            holds[1].id = 1, holds[1].amount = 11;
            fails(which, 3, 1, CLOUDCIRCUIT_ERR_HOLD_AMOUNT);
            holds[1].id = 0;
            fails(which, 3, 1, CLOUDCIRCUIT_ERR_HOLD_SPENT);
            holds[1].id = 1, holds[1].amount = 10;
        }
        amounts[0] = 1000, amounts[2] = -1;
        if (which == RESERVE)
            fails(which, 3, 2, CLOUDCIRCUIT_ERR_ESTIMATE);
        if (which == EXTEND)
            fails(which, 3, 2, CLOUDCIRCUIT_ERR_MORE);
        if (which == SETTLE)
            fails(which, 3, 2, CLOUDCIRCUIT_ERR_ACTUAL);
        amounts[0] = 2, amounts[2] = INT64_MAX;
        if (which == SETTLE || which == RECORD) {
            goes_through(RECORD, 1);
            states[2].settled = states[2].peak_settled = 80, states[2].peak_committed = 90;
            fails(which, 3, 2, CLOUDCIRCUIT_ERR_OVERFLOW);
        }
    }
}

/* NULL where it is not allowed, and arrays that overlap: the states keep every byte. */
static void pointers(void)
{
    void *memory = states;
    start();
    memcpy(before, states, sizeof states);
#define EVERY_CALL(C, S, A, N, H, D, I, expected)                                                  \
    CHECK(cloudcircuit_ledgers_reserve(C, S, A, N, now, H, D, I) == CLOUDCIRCUIT_ERR_##expected);  \
    CHECK(cloudcircuit_ledgers_extend(C, S, H, A, N, now, D, I) == CLOUDCIRCUIT_ERR_##expected);   \
    CHECK(cloudcircuit_ledgers_settle(C, S, H, A, N, now, D, I) == CLOUDCIRCUIT_ERR_##expected);   \
    CHECK(SAME_BYTES(before, states))
#define PLAIN_CALLS(C, S, A, N, D, I, expected)                                                    \
    CHECK(cloudcircuit_ledgers_record(C, S, A, N, now, D, I) == CLOUDCIRCUIT_ERR_##expected);      \
    CHECK(cloudcircuit_ledgers_roll(C, S, A, N, now, D, I) == CLOUDCIRCUIT_ERR_##expected);        \
    CHECK(SAME_BYTES(before, states))
    EVERY_CALL(configs, NULL, amounts, 2, holds, decisions, &at, NULL_POINTER);
    EVERY_CALL(configs, states, NULL, 2, holds, decisions, &at, NULL_POINTER);
    EVERY_CALL(configs, states, amounts, 0, NULL, decisions, &at, NULL_POINTER);
    EVERY_CALL(configs, states, amounts, 2, NULL, decisions, &at, NULL_POINTER);
    CHECK(SAME_BYTES(decisions[1], REFUSED) && at == UINT32_MAX);
    EVERY_CALL(configs, states, amounts, 2, holds, NULL, NULL, NULL_POINTER);
    CHECK(SAME_BYTES(holds[1], NO_HOLD));
    PLAIN_CALLS(configs, NULL, amounts, 2, decisions, &at, NULL_POINTER);
    PLAIN_CALLS(configs, states, NULL, 2, decisions, &at, NULL_POINTER);
    PLAIN_CALLS(configs, states, amounts, 2, NULL, &at, NULL_POINTER);
    CHECK(cloudcircuit_ledgers_release(configs, states, NULL, 2, now, decisions, &at) ==
          CLOUDCIRCUIT_ERR_NULL_POINTER);

    EVERY_CALL(memory, states, amounts, 2, holds, decisions, &at, OVERLAP);
    EVERY_CALL(configs, states, memory, 2, holds, decisions, &at, OVERLAP);
    EVERY_CALL(configs, states, amounts, 2, memory, decisions, &at, OVERLAP);
    EVERY_CALL(configs, states, amounts, 2, holds, memory, &at, OVERLAP);
    EVERY_CALL(configs, states, amounts, 2, holds, decisions, memory, OVERLAP);
    EVERY_CALL(configs, states, amounts, 2, holds, (void *)&holds[1], &at, OVERLAP);
    EVERY_CALL(configs, states, (void *)&holds[1], 2, holds, decisions, &at, OVERLAP);
    PLAIN_CALLS(configs, states, memory, 2, decisions, &at, OVERLAP);
    PLAIN_CALLS(configs, states, amounts, 2, memory, &at, OVERLAP);
    PLAIN_CALLS(configs, states, amounts, 2, (void *)configs, &at, OVERLAP);

    /* The index where inputs are. It says that no entry is at fault, and is all that is written. */
    EVERY_CALL(configs, states, amounts, 2, holds, decisions, (void *)&amounts[1], OVERLAP);
    EVERY_CALL(configs, states, amounts, 2, holds, decisions, (void *)&configs[1], OVERLAP);
    PLAIN_CALLS(configs, states, amounts, 2, decisions, (void *)&amounts[1], OVERLAP);
    PLAIN_CALLS(configs, states, amounts, 2, decisions, (void *)&configs[1], OVERLAP);
    amounts[1] = 10;

    /* No configs are the defaults, and the index is not needed. */
    CHECK(cloudcircuit_ledgers_record(NULL, states, amounts, 2, now, decisions, NULL) ==
          CLOUDCIRCUIT_OK);
    CHECK(states[1].settled == 10 && decisions[1].overshoot == 10);
}

int main(void)
{
    all_or_none();
    sixteen_are_the_most();
    those_not_asked_take_no_part();
    a_monitor_never_refuses();
    a_refused_call_lets_nothing_go();
    errors();
    pointers();
    return report();
}
