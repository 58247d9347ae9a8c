/* One ledger, its holds and a config that may change, under a clock that may run back: every sentence of the header
 * that speaks of one call, and the promise that settled + held <= limit + carried. */
#include "fuzz.h"

typedef cloudcircuit_ledger_config config_t;
typedef cloudcircuit_ledger_state state_t;
typedef cloudcircuit_ledger_hold hold_t;
typedef cloudcircuit_ledger_decision decision_t;
typedef __int128 wide;

#define HOLDS 8

static config_t some_config(void)
{
    config_t config;
    unsigned i, kind = byte();
    memset(&config, 0, sizeof config);
    config.limit = amount();
    config.carry_max = amount();
    config.debt_max = amount();
    config.hold_duration = amount();
    config.mode = kind % 16 < 12 ? 0 : kind % 16 - 12;
    config.threshold_unit = kind >> 4 & 1;
    config.threshold_basis = kind >> 5 & 1;
    config.threshold_count = kind >> 6 == 3 ? byte() % 10 : 0;
    for (i = 0; i < config.threshold_count && i < 8; i++)
        config.thresholds[i] = sum(amount(), i ? config.thresholds[i - 1] & INT32_MAX : 0);
    return config;
}

static wide clamp(wide value, wide low, wide high)
{
    return value < low ? low : value > high ? high : value;
}

static wide least(wide a, wide b)
{
    return a < b ? a : b;
}

/* What holds after every call, whichever it is. */
static void check_call(const config_t *config, int64_t now, cloudcircuit_status status, const state_t *before,
                       const state_t *after, const decision_t *decision)
{
    wide limit = config->mode == CLOUDCIRCUIT_MODE_UNLIMITED ? (wide)1 << 100 : (wide)config->limit + after->carried;
    wide committed = (wide)after->settled + after->held;
    int is_changed = before->revision != after->revision;
    if (status) {
        CHECK(SAME(*before, *after), "on an error a state keeps every byte");
        CHECK(IS_ZERO(*decision), "decision: wholly 0 on an error");
        return;
    }
    CHECK(CALL(ledger_state_validate, after) == 0, "a state that the library wrote is valid");
    CHECK(is_changed ? after->revision == before->revision + 1 : SAME(*before, *after),
          "a call that leaves revision as it was left every byte; others add 1");
    CHECK(after->updated_at == (is_changed && now > before->updated_at ? now : before->updated_at),
          "updated_at: the greatest now of the calls that changed the ledger");
    CHECK(decision->expired == 0 || is_changed, "letting go changes the state");
    CHECK(decision->settled == after->settled && decision->held == after->held && decision->crossed == after->crossed,
          "settled, held, crossed: the state's, after the call");
    /* A roll to an earlier period keeps what has ended, and counts it as let go. */
    CHECK((decision->clock_regressed && !is_changed) ||
              decision->available ==
                  clamp(least(limit - committed, least(INT64_MAX - (wide)after->held, INT64_MAX - committed)), 0,
                        INT64_MAX),
          "available: limit + carried - settled - held within the range");
    CHECK(decision->overshoot == clamp(after->settled - limit, 0, INT64_MAX),
          "overshoot: settled above limit + carried");
    CHECK((decision->newly_crossed & ~decision->crossed) == 0, "newly crossed is crossed");
    CHECK(decision->allowed == (config->mode != CLOUDCIRCUIT_MODE_ENFORCE || !decision->would_refuse),
          "allowed is the opposite of would_refuse, and 1 in MONITOR and UNLIMITED");
    CHECK(config->mode != CLOUDCIRCUIT_MODE_UNLIMITED || !decision->would_refuse, "UNLIMITED refuses nothing");
    CHECK(decision->reason >= 1 && decision->reason <= 8, "reason is a constant");
}

/* available: the most that a reserve could hold now. */
static void check_available(const config_t *config, const state_t *state, int64_t now, int64_t available)
{
    state_t copy = *state;
    hold_t hold;
    decision_t decision;
    CHECK(CALL(ledger_reserve, config, &copy, available, now, &hold, &decision) == 0 && decision.allowed,
          "a reserve of what is available is allowed");
    copy = *state;
    if (available < INT64_MAX && config->mode == CLOUDCIRCUIT_MODE_ENFORCE) {
        (void)!CALL(ledger_reserve, config, &copy, available + 1, now, &hold, &decision);
        CHECK(!decision.allowed, "a reserve of 1 more is not");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    config_t config;
    state_t state, before;
    hold_t holds[HOLDS], kept;
    decision_t decision;
    int64_t now, value;
    int is_promised, is_config_new = 0;
    start(data, size);
    memset(holds, 0, sizeof holds);
    config = some_config();
    now = amount();
    is_promised = config.mode == CLOUDCIRCUIT_MODE_ENFORCE;
    value = amount();
    if (CALL(ledger_init, (uint64_t)value, amount(), now, &state))
        return 0;
    while (input_left) {
        unsigned call = byte();
        hold_t *hold = &holds[call >> 4 & (HOLDS - 1)];
        cloudcircuit_status status;
        uint32_t told = state.told;
        int is_live;
        before = state;
        kept = *hold;
        now = tick(now);
        value = amount();
        is_live = hold->expires_at > now && hold->expires_at > state.updated_at;
        memset(&decision, 0x5a, sizeof decision);
        switch (call & 15) {
        case 0:
        case 1:
        case 2:
        case 3:
            status = CALL(ledger_reserve, &config, &state, value, now, hold, &decision);
            CHECK(status == 0 && decision.allowed ? hold->amount == value && hold->ledger_id == state.ledger_id
                                                  : IS_ZERO(*hold),
                  "hold: what is held; wholly 0 when refused and on an error");
            break;
        case 4:
        case 5:
            status = CALL(ledger_settle, &config, &state, hold, value, now, &decision);
            is_promised &= status || (is_live && value <= kept.amount);
            CHECK(status || state.settled == sum(before.settled, value), "settle books what the request cost");
            CHECK(status ? SAME(*hold, kept)
                         : hold->ledger_id == kept.ledger_id && !hold->id && !hold->amount && !hold->period &&
                               !hold->expires_at,
                  "hold: becomes spent: all but its ledger_id is 0; keeps every byte on an error");
            break;
        case 6:
            status = CALL(ledger_release, &config, &state, hold, now, &decision);
            CHECK(status || state.settled == before.settled, "release books nothing");
            break;
        case 7:
        case 8:
            status = CALL(ledger_extend, &config, &state, hold, value, now, &decision);
            CHECK(status == 0 && decision.allowed ? hold->id > kept.id && hold->amount == sum(kept.amount, value)
                                                  : SAME(*hold, kept),
                  "extend: a new id and more; keeps every byte when refused and on an error");
            break;
        case 9:
        case 10:
            status = CALL(ledger_post, &config, &state, hold, value, now, &decision);
            is_promised &= status || (is_live && value <= kept.amount);
            CHECK(status || state.settled == sum(before.settled, value), "post books the part");
            CHECK(status ? SAME(*hold, kept)
                         : hold->id > kept.id && hold->amount == (value < kept.amount ? kept.amount - value : 0),
                  "post: amount goes down by part, at most to 0; keeps every byte on an error");
            break;
        case 11:
            status = CALL(ledger_record, &config, &state, value, now, &decision);
            is_promised &= status || value == 0;
            CHECK(status || state.settled == sum(before.settled, value), "record books spend or a credit");
            break;
        case 12:
            value = sum(sum(state.period, value), -2);
            status = CALL(ledger_roll, &config, &state, value, now, &decision);
            CHECK(status || state.period == (value > before.period ? value : before.period),
                  "a roll moves to a later period");
            CHECK(status || value >= before.period || (SAME(state, before) && decision.clock_regressed),
                  "a roll to an earlier period keeps every byte and answers clock_regressed 1");
            told = 0;
            break;
        case 13:
            status = CALL(ledger_reset, &state, value, now);
            CHECK(status || (state.period == value && state.updated_at == now && !state.settled && !state.carried),
                  "reset: nothing settled or carried, period and now are true");
            CHECK(CALL(ledger_state_validate, &state) == 0, "a state that the library wrote is valid");
            is_promised = 0;
            continue;
        case 14:
            config = some_config();
            is_promised = 0;
            is_config_new = 1;
            continue;
        default: /* A hold that the ledger did not write like this. */
            take((uint8_t *)hold + byte() % sizeof *hold / 8 * 8, 8);
            is_promised = 0;
            continue;
        }
        CHECK(status != CLOUDCIRCUIT_ERR_CORRUPT_STATE, "a state that the library wrote is accepted");
        check_call(&config, now, status, &before, &state, &decision);
        if (status)
            continue;
        CHECK(decision.clock_regressed == (now < before.updated_at) || (call & 15) == 12,
              "clock_regressed: now was before updated_at");
        CHECK(is_config_new || !(told & decision.newly_crossed), "a threshold is told once a period");
        CHECK(!is_promised || (wide)state.settled + state.held <= (wide)config.limit + state.carried,
              "settled + held <= limit + carried");
        if (hold->id != kept.id && kept.id && kept.id + 1024 >= state.next_hold && (call & 15) > 3) {
            state_t copy = state;
            CHECK(CALL(ledger_release, &config, &copy, &kept, now, &decision) == CLOUDCIRCUIT_ERR_HOLD_SPENT,
                  "a hold settles once: an old copy is ERR_HOLD_SPENT");
        } else {
            check_available(&config, &state, now, decision.available);
        }
    }
    CHECK_ENCODING(ledger_state, state, CLOUDCIRCUIT_LEDGER_ENCODED_LEN);
    return 0;
}
