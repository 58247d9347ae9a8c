/* Several ledgers in one call: all take part as the single call would have them, or none does. */
#include "fuzz.h"

typedef cloudcircuit_ledger_config config_t;
typedef cloudcircuit_ledger_state state_t;
typedef cloudcircuit_ledger_hold hold_t;
typedef cloudcircuit_ledger_decision decision_t;

#define MOST CLOUDCIRCUIT_LEDGERS_MAX_COUNT

/* The call for ledger i alone, on copies. */
static cloudcircuit_status alone(unsigned call, const config_t *config, state_t *state, hold_t *hold, int64_t value,
                                 int64_t now, decision_t *decision)
{
    switch (call) {
    case 0: return CALL(ledger_reserve, config, state, value, now, hold, decision);
    case 1: return CALL(ledger_extend, config, state, hold, value, now, decision);
    case 2: return CALL(ledger_settle, config, state, hold, value, now, decision);
    case 3: return CALL(ledger_release, config, state, hold, now, decision);
    case 4: return CALL(ledger_record, config, state, value, now, decision);
    default: return CALL(ledger_roll, config, state, value, now, decision);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    config_t configs[MOST];
    /* In blocks of their own, so that what lies past the last ledger is not touched. */
    size_t count, i;
    state_t *states, states_before[MOST];
    hold_t *holds, holds_before[MOST];
    decision_t *decisions;
    int64_t now, *values;
    start(data, size);
    count = 1 + byte() % 4;
    if (count == 4)
        count = 1 + byte() % MOST;
    states = block(count * sizeof *states);
    holds = block(count * sizeof *holds);
    decisions = block(count * sizeof *decisions);
    values = block(count * sizeof *values);
    memset(configs, 0, sizeof configs);
    memset(holds, 0, count * sizeof *holds);
    now = amount();
    for (i = 0; i < count; i++) {
        unsigned kind = byte();
        configs[i].limit = amount();
        configs[i].carry_max = amount();
        configs[i].hold_duration = amount();
        configs[i].mode = kind % 8 < 6 ? 0 : kind % 8 - 5;
        configs[i].threshold_count = kind >> 7;
        configs[i].thresholds[0] = 500000;
        /* The same ledger may stand in the call twice. */
        CHECK(CALL(ledger_init, kind % 64 == 63 ? 1 : i + 1, 0, now, &states[i]) == 0, "a ledger is made");
    }
    while (input_left) {
        unsigned call = byte() % 6;
        uint32_t index = 7;
        cloudcircuit_status status;
        now = tick(now);
        for (i = 0; i < count; i++)
            values[i] = byte() % 8 == 7 ? INT64_MIN : amount();
        if (byte() == 255)
            take(&holds[byte() % count], 16);
        memcpy(states_before, states, count * sizeof *states);
        memcpy(holds_before, holds, count * sizeof *holds);
        memset(decisions, 0x5a, count * sizeof *decisions);
        switch (call) {
        case 0: status = CALL(ledgers_reserve, configs, states, values, count, now, holds, decisions, &index); break;
        case 1: status = CALL(ledgers_extend, configs, states, holds, values, count, now, decisions, &index); break;
        case 2: status = CALL(ledgers_settle, configs, states, holds, values, count, now, decisions, &index); break;
        case 3: status = CALL(ledgers_release, configs, states, holds, count, now, decisions, &index); break;
        case 4: status = CALL(ledgers_record, configs, states, values, count, now, decisions, &index); break;
        default: status = CALL(ledgers_roll, configs, states, values, count, now, decisions, &index); break;
        }
        if (status || index != UINT32_MAX) {
            CHECK(memcmp(states, states_before, count * sizeof *states) == 0,
                  "each state keeps every byte when any refuses and on an error");
            CHECK(call == 0 ? is_zero(holds, count * sizeof *holds) || status == CLOUDCIRCUIT_ERR_OVERLAP
                            : memcmp(holds, holds_before, count * sizeof *holds) == 0,
                  "holds: wholly 0 when reserve refuses; else each keeps every byte");
            CHECK(!status || is_zero(decisions, count * sizeof *decisions), "all decisions wholly 0 on an error");
            CHECK(status == CLOUDCIRCUIT_ERR_COUNT || index < count, "the index says whose the error or refusal is");
            if (status)
                continue;
            CHECK(call <= 1, "only reserve and extend refuse");
            for (i = 0; i < index; i++)
                CHECK(!decisions[i].would_refuse || configs[i].mode == CLOUDCIRCUIT_MODE_MONITOR,
                      "the first that refuses");
            CHECK(decisions[index].would_refuse && !decisions[index].allowed, "the ledger at the index refuses");
            for (i = 0; i < count; i++)
                CHECK(decisions[i].expired == 0, "refused: expired is 0");
            continue;
        }
        for (i = 0; i < count; i++) {
            int is_left_out = call == 5 ? values[i] == states_before[i].period
                              : call == 3
                                  ? IS_ZERO(holds_before[i])
                                  : values[i] == INT64_MIN || (call != 0 && call != 4 && IS_ZERO(holds_before[i]));
            state_t state = states_before[i];
            hold_t hold = holds_before[i];
            decision_t decision;
            CHECK(CALL(ledger_state_validate, &states[i]) == 0, "a state that the library wrote is valid");
            CHECK(configs[i].mode == CLOUDCIRCUIT_MODE_ENFORCE || decisions[i].allowed, "MONITOR and UNLIMITED allow");
            if (is_left_out) {
                CHECK(decisions[i].reason == 0 && decisions[i].allowed == 1, "left out: reason 0 and allowed 1");
                continue;
            }
            CHECK(alone(call, &configs[i], &state, &hold, values[i], now, &decision) == 0,
                  "alone the call is no error either");
            CHECK(SAME(state, states[i]), "each state as after the call for it alone");
            CHECK(SAME(decision, decisions[i]), "each decision as of the call for it alone");
            CHECK(call >= 4 || SAME(hold, holds[i]), "each hold as after the call for it alone");
        }
    }
    free(states);
    free(holds);
    free(decisions);
    free(values);
    return 0;
}
