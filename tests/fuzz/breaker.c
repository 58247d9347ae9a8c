/* A breaker with state, its permits and a config that may change, under a clock that may run back. */
#include "fuzz.h"

typedef cloudcircuit_breaker_config config_t;
typedef cloudcircuit_breaker_state state_t;
typedef cloudcircuit_breaker_permit permit_t;

#define PERMITS 16

static uint32_t share(void)
{
    static const uint32_t shares[8] = {0, 1, 333333, 500000, 666667, 1000000, 1000001, 250000};
    return shares[byte() & 7];
}

static config_t some_config(void)
{
    config_t config;
    unsigned kind = byte();
    (void)!CALL(breaker_config_init, &config);
    config.failure_threshold = byte() % 8;
    config.mode = kind & 1;
    if (kind & 2)
        config.window_size = byte() % 130;
    else if (kind & 4)
        config.window_duration = amount();
    if (kind & 6) {
        config.minimum_calls = 1 + byte() % 8;
        config.failure_count = byte() % 8;
        config.failure_rate_ppm = share();
        config.slow_call_rate_ppm = share();
        config.slow_call_duration = amount();
    }
    if (kind & 8) {
        config.half_open_max_probes = byte() % 10;
        config.half_open_calls = byte() % 66;
        config.half_open_failure_rate_ppm = share();
        config.half_open_duration = amount();
        config.probe_timeout = amount();
    }
    if (kind & 16) {
        config.open_duration = amount();
        config.max_open_duration = sum(config.open_duration, byte());
        config.backoff_ppm = 1000000 + (word() & 0xffffff);
        config.jitter_ppm = share();
        config.jitter_seed = word();
    }
    if (kind & 32)
        config.trips_decay = amount();
    if (kind & 64)
        config.max_retry_after = amount();
    if (kind & 128)
        config.ramp_duration = amount();
    return config;
}

static unsigned bits(uint32_t word)
{
    return (unsigned)__builtin_popcount(word);
}

static void check_state(cloudcircuit_status status, const state_t *before, const state_t *after, unsigned steps)
{
    if (status) {
        CHECK(SAME(*before, *after), "on an error a state keeps every byte");
        CHECK(status != CLOUDCIRCUIT_ERR_CORRUPT_STATE, "a state that the library wrote is accepted");
        return;
    }
    CHECK(CALL(breaker_state_validate, after) == 0, "a state that the library wrote is valid");
    CHECK(after->revision != before->revision ? after->revision - before->revision <= steps : SAME(*before, *after),
          "a call that leaves revision as it was left every byte; others add 1");
    CHECK(after->generation - before->generation <= 4 * steps, "generation: one more at every change of phase");
    CHECK(after->phase == before->phase || after->generation > before->generation, "another phase, another generation");
}

static void check_permit(const config_t *config, const state_t *state, int64_t now, cloudcircuit_status status,
                         const permit_t *permit)
{
    if (status) {
        CHECK(IS_ZERO(*permit), "permit: on an error all of it is 0, which does not allow");
        return;
    }
    CHECK(permit->allowed == (config->mode == CLOUDCIRCUIT_MODE_MONITOR || !permit->would_refuse),
          "allowed is the opposite of would_refuse, and 1 in MONITOR");
    CHECK(permit->would_refuse || permit->retry_after == 0, "retry_after: else 0");
    CHECK(permit->retry_after >= 0, "retry_after: >= 0");
    CHECK(permit->probe_slot <= 8 && (permit->probe_slot || !permit->deadline), "deadline: a probe's, else 0");
    CHECK(permit->phase == state->phase && (permit->generation == state->generation || !permit->generation),
          "the state's");
    if (permit->would_refuse &&
        (permit->phase == CLOUDCIRCUIT_BREAKER_OPEN || permit->phase == CLOUDCIRCUIT_BREAKER_FORCED_OPEN)) {
        int64_t until = permit->phase == CLOUDCIRCUIT_BREAKER_OPEN ? state->open_until : state->forced_until;
        permit_t then;
        CHECK((__int128)now + permit->retry_after == until || permit->retry_after == INT64_MAX,
              "retry_after: until open_until or forced_until, from the caller's own now");
        if (state->forced_until == INT64_MAX)
            return; /* Never. */
        CHECK(CALL(breaker_peek, config, state, until, &then) == 0 && !then.would_refuse,
              "the first call then is a probe");
        CHECK(CALL(breaker_peek, config, state, until - 1, &then) == 0 && then.would_refuse, "and not earlier");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    config_t config;
    state_t state, before, copy;
    permit_t permits[PERMITS], peeked, next;
    int64_t now;
    int is_config_new = 0;
    start(data, size);
    memset(permits, 0, sizeof permits);
    config = some_config();
    now = amount();
    if (CALL(breaker_init, now, &state))
        return 0;
    while (input_left) {
        unsigned call = byte();
        permit_t *permit = &permits[call >> 4];
        permit_t ended = *permit;
        int32_t outcome = 1 + byte() % 4 % 3;
        cloudcircuit_status status, other;
        int64_t duration, retry_at;
        before = copy = state;
        now = tick(now);
        switch (call & 15) {
        default:
            other = CALL(breaker_peek, &config, &state, now, &peeked);
            CHECK(SAME(state, before), "a peek changes nothing");
            status = CALL(breaker_acquire, &config, &state, now, permit);
            check_state(status, &before, &state, 1);
            check_permit(&config, &state, now, status, permit);
            CHECK(status == other && peeked.generation == 0, "a peek's permit has generation 0");
            next = *permit;
            next.generation = 0;
            CHECK(SAME(next, peeked), "a peek says what acquire would answer");
            CHECK(status || permit->clock_regressed == (now < before.updated_at),
                  "clock_regressed: now was before updated_at");
            break;
        case 6:
        case 7:
        case 8:
        case 9:
            duration = amount();
            retry_at = call & 1 ? INT64_MIN : amount();
            status = CALL(breaker_report, &config, &state, permit, outcome, duration, retry_at, now);
            check_state(status, &before, &state, 1);
            CHECK(SAME(*permit, ended), "a report does not write the permit");
            if (status == 0 && permit->probe_slot && before.phase == CLOUDCIRCUIT_BREAKER_HALF_OPEN) {
                copy = state;
                other = CALL(breaker_report, &config, &copy, permit, outcome, duration, retry_at, now);
                CHECK(other == CLOUDCIRCUIT_ERR_STALE_PERMIT && SAME(copy, state),
                      "a second report of a probe is stale");
            }
            break;
        case 10:
        case 11:
            duration = amount();
            retry_at = call & 1 ? INT64_MIN : amount();
            status =
                CALL(breaker_report_and_acquire, &config, &state, &ended, outcome, duration, retry_at, now, permit);
            check_state(status, &before, &state, 2);
            check_permit(&config, &state, now, status, permit);
            other = CALL(breaker_report, &config, &copy, &ended, outcome, duration, retry_at, now);
            CHECK(status == other, "as a report and then an acquire: the status");
            if (status == 0) {
                CHECK(CALL(breaker_acquire, &config, &copy, now, &next) == 0, "and then an acquire");
                CHECK(SAME(next, *permit) && SAME(copy, state), "as a report and then an acquire: permit and state");
            }
            break;
        case 12:
            status = CALL(breaker_force, &state, 3 + byte() % 4 % 3, amount(), now);
            check_state(status, &before, &state, 1);
            break;
        case 13:
            status = CALL(breaker_reset, &state, now);
            check_state(status, &before, &state, 1);
            CHECK(state.phase == CLOUDCIRCUIT_BREAKER_CLOSED && state.updated_at == now &&
                      state.generation == before.generation + 1,
                  "reset: closed, generation + 1, now becomes updated_at");
            break;
        case 14:
            config = some_config();
            is_config_new = 1;
            break;
        case 15: /* A permit that the breaker did not write like this. */
            take((uint8_t *)permit + byte() % 6 * 8, 8);
            break;
        }
        CHECK(is_config_new || state.phase != CLOUDCIRCUIT_BREAKER_HALF_OPEN ||
                  (bits(state.live_probes) <= config.half_open_max_probes &&
                   state.probes_judged + bits(state.live_probes) <= config.half_open_calls),
              "at most half_open_max_probes are in flight, and half_open_calls are judged");
    }
    CHECK_ENCODING(breaker_state, state, CLOUDCIRCUIT_BREAKER_ENCODED_LEN);
    return 0;
}
