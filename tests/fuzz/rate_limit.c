/* A rate limit under a clock that may run back: in no window is more than limit taken, and available and retry_after
 * are exact. */
#include "fuzz.h"

typedef cloudcircuit_rate_limit_config config_t;
typedef cloudcircuit_rate_limit_state state_t;
typedef cloudcircuit_rate_limit_decision decision_t;

#define TAKES 256

static config_t some_config(void)
{
    config_t config;
    unsigned kind = byte();
    config.limit = amount();
    config.duration = amount();
    config.mode = kind % 16 < 12 ? 0 : kind % 16 - 12;
    config.reserved = kind == 255;
    return config;
}

static int is_allowed(const config_t *config, const state_t *state, int64_t amount, int64_t now)
{
    state_t copy = *state;
    decision_t decision;
    (void)!CALL(rate_limit_acquire, config, &copy, amount, now, &decision);
    return (int)decision.allowed;
}

static void check_call(const config_t *config, int64_t now, cloudcircuit_status status, const state_t *before,
                       const state_t *after, const decision_t *decision)
{
    int is_changed = before->revision != after->revision;
    if (status) {
        CHECK(SAME(*before, *after), "on an error a state keeps every byte");
        CHECK(IS_ZERO(*decision), "decision: wholly 0 on an error");
        CHECK(status != CLOUDCIRCUIT_ERR_CORRUPT_STATE, "a state that the library wrote is accepted");
        return;
    }
    CHECK(CALL(rate_limit_state_validate, after) == 0, "a state that the library wrote is valid");
    CHECK(is_changed ? after->revision == before->revision + 1 : SAME(*before, *after),
          "a call that leaves revision as it was left every byte; others add 1");
    CHECK(after->updated_at == (is_changed && now > before->updated_at ? now : before->updated_at),
          "updated_at: the greatest now of the calls that changed the state");
    CHECK(decision->clock_regressed == (now < before->updated_at), "clock_regressed: now was before updated_at");
    CHECK(decision->used >= 0 && decision->available >= 0 && decision->retry_after >= 0,
          "used, available, retry_after: >= 0");
    CHECK(decision->allowed == (config->mode != CLOUDCIRCUIT_MODE_ENFORCE || !decision->would_refuse),
          "allowed is the opposite of would_refuse, and 1 in MONITOR and UNLIMITED");
    CHECK(config->mode != CLOUDCIRCUIT_MODE_UNLIMITED || !decision->would_refuse, "UNLIMITED refuses nothing");
    CHECK(is_allowed(config, after, decision->available, now), "what is available can be taken");
    CHECK(config->mode != CLOUDCIRCUIT_MODE_ENFORCE || decision->available == INT64_MAX ||
              !is_allowed(config, after, decision->available + 1, now),
          "1 more cannot");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static _Thread_local int64_t taken[TAKES], taken_at[TAKES];
    config_t config;
    state_t state, before;
    decision_t decision;
    unsigned takes = 0, i;
    int64_t now;
    int is_promised;
    start(data, size);
    config = some_config();
    now = amount();
    is_promised = config.mode == CLOUDCIRCUIT_MODE_ENFORCE;
    if (CALL(rate_limit_init, now, &state))
        return 0;
    while (input_left) {
        unsigned call = byte() & 15;
        int64_t value = amount();
        cloudcircuit_status status;
        before = state;
        now = tick(now);
        memset(&decision, 0x5a, sizeof decision);
        if (call < 10) {
            status = CALL(rate_limit_acquire, &config, &state, value, now, &decision);
            check_call(&config, now, status, &before, &state, &decision);
            if (status)
                continue;
            if (config.mode == CLOUDCIRCUIT_MODE_ENFORCE && decision.would_refuse) {
                int64_t wait = decision.retry_after;
                CHECK(value > config.limit ? wait == INT64_MAX : wait > 0, "retry_after: INT64_MAX = never");
                if (wait < INT64_MAX && now <= INT64_MAX - wait) {
                    CHECK(is_allowed(&config, &state, value, now + wait), "after retry_after the amount fits");
                    CHECK(!is_allowed(&config, &state, value, now + wait - 1), "and not earlier");
                }
            } else {
                CHECK(decision.would_refuse || decision.retry_after == 0, "retry_after: else 0");
            }
            if (!is_promised || !decision.allowed || takes == TAKES)
                continue;
            taken[takes] = value;
            taken_at[takes++] = decision.taken_at;
            for (i = 0; i < takes; i++) {
                /* The window that begins when take i was taken. */
                __int128 used = 0;
                unsigned j;
                for (j = 0; j < takes; j++)
                    if (taken_at[j] >= taken_at[i] && (__int128)taken_at[j] - taken_at[i] < config.duration)
                        used += taken[j];
                CHECK(used <= config.limit, "in no window of length duration is more than limit taken");
            }
        } else if (call < 13) {
            unsigned place = takes ? byte() % takes : 0;
            int64_t at = takes ? taken_at[place] : value;
            int64_t by = value;
            if (call == 10 && takes)
                by = value >= 0 && value < taken[place] ? -value : -taken[place];
            status = CALL(rate_limit_adjust, &config, &state, at, by, now, &decision);
            check_call(&config, now, status, &before, &state, &decision);
            if (status)
                continue;
            /* What a take gives back twice may be another's. */
            if (by < 0 && takes && by >= -taken[place])
                taken[place] += by;
            else
                is_promised &= by == 0;
        } else if (call == 13) {
            status = CALL(rate_limit_reset, &state, now);
            CHECK(status == 0 && state.updated_at == now && !state.width, "reset: nothing taken, and now is true");
            takes = 0;
        } else {
            config = some_config();
            is_promised = 0;
        }
    }
    CHECK_ENCODING(rate_limit_state, state, CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN);
    return 0;
}
