/* Decoders and raw structs: whatever the bytes, what is accepted encodes to the same bytes, is valid, and every call
 * takes it; afterwards it is still valid. What is refused is refused by every call. */
#include "fuzz.h"

/* Lets every call take the state, on a copy. What it writes must be valid, and an error must leave every byte. */
#define TRY(type, call)                                                                                                \
    do {                                                                                                               \
        type before_ = *state;                                                                                         \
        cloudcircuit_status status_ = call;                                                                            \
        CHECK(!status_ || SAME(before_, *state), "on an error a state keeps every byte");                              \
        CHECK((status_ == CLOUDCIRCUIT_ERR_CORRUPT_STATE) == !is_valid, "CORRUPT_STATE where validate says so");       \
        CHECK(!is_valid || validate(state) == 0, "a valid state stays valid");                                         \
    } while (0)

/* What both the bytes of an encoding and those of a struct are good for. */
#define CHECK_STATE(name, size)                                                                                        \
    static int is_##name(const uint8_t *bytes, cloudcircuit_##name *state)                                             \
    {                                                                                                                  \
        uint8_t *again = block(size);                                                                                  \
        int is_decoded = CALL(name##_decode, bytes, size, state) == 0;                                                 \
        memset(again, 0x5a, size);                                                                                     \
        CHECK(is_decoded || IS_ZERO(*state), "on an error all of the state is 0");                                     \
        CHECK(CALL(name##_validate, state) == (is_decoded ? 0 : CLOUDCIRCUIT_ERR_CORRUPT_STATE),                       \
              "a decoded state is valid, zeroed memory is none");                                                      \
        CHECK((CALL(name##_encode, state, again, size) == 0) == is_decoded, "a decoded state is encoded");             \
        CHECK(is_decoded ? memcmp(again, bytes, size) == 0 : is_zero(again, size),                                     \
              "to the same bytes; on an error they are 0");                                                            \
        free(again);                                                                                                   \
        return is_decoded;                                                                                             \
    }

CHECK_STATE(ledger_state, CLOUDCIRCUIT_LEDGER_ENCODED_LEN)
CHECK_STATE(rate_limit_state, CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN)
CHECK_STATE(breaker_state, CLOUDCIRCUIT_BREAKER_ENCODED_LEN)
CHECK_STATE(spike_tracker_state, CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN)

static void use_ledger(cloudcircuit_ledger_state *state)
{
    cloudcircuit_status (*validate)(const cloudcircuit_ledger_state *) = cloudcircuit_ledger_state_validate;
    cloudcircuit_ledger_config config;
    cloudcircuit_ledger_hold hold = {state->ledger_id, 1 + byte(), 0, amount(), amount()};
    cloudcircuit_ledger_decision decision;
    int is_valid = validate(state) == 0;
    if (byte() & 1)
        hold.id = (uint64_t)sum((int64_t)state->next_hold, -1 - (int64_t)byte());
    if (byte() & 1)
        hold.expires_at = INT64_MAX;
    memset(&config, 0, sizeof config);
    config.limit = amount() & INT64_MAX;
    config.hold_duration = amount() & INT64_MAX;
    TRY(cloudcircuit_ledger_state,
        CALL(ledger_reserve, &config, state, amount() & INT64_MAX, amount(), &hold, &decision));
    hold.id = hold.id ? hold.id : (hold.ledger_id = state->ledger_id, 1 + byte());
    if (is_valid && hold.id < state->next_hold) {
        cloudcircuit_ledger_state before = *state;
        cloudcircuit_status status = CALL(ledger_settle, &config, state, &hold, amount(), amount(), &decision);
        CHECK(!status || SAME(before, *state), "on an error a state keeps every byte");
        CHECK(validate(state) == 0, "a valid state stays valid");
    }
    TRY(cloudcircuit_ledger_state, CALL(ledger_record, &config, state, amount(), amount(), &decision));
    TRY(cloudcircuit_ledger_state, CALL(ledger_roll, &config, state, amount(), amount(), &decision));
    TRY(cloudcircuit_ledger_state, CALL(ledger_reset, state, amount(), amount()));
}

static void use_rate_limit(cloudcircuit_rate_limit_state *state)
{
    cloudcircuit_status (*validate)(const cloudcircuit_rate_limit_state *) = cloudcircuit_rate_limit_state_validate;
    cloudcircuit_rate_limit_config config = {amount() & INT64_MAX, 1 + byte(), byte() % 3, 0};
    cloudcircuit_rate_limit_decision decision;
    int is_valid = validate(state) == 0;
    TRY(cloudcircuit_rate_limit_state,
        CALL(rate_limit_acquire, &config, state, amount() & INT64_MAX, amount(), &decision));
    TRY(cloudcircuit_rate_limit_state,
        CALL(rate_limit_adjust, &config, state, amount(), amount(), amount(), &decision));
    TRY(cloudcircuit_rate_limit_state, CALL(rate_limit_reset, state, amount()));
}

static void use_breaker(cloudcircuit_breaker_state *state)
{
    cloudcircuit_status (*validate)(const cloudcircuit_breaker_state *) = cloudcircuit_breaker_state_validate;
    cloudcircuit_breaker_config config;
    cloudcircuit_breaker_permit permit;
    int64_t now = amount();
    int is_valid = validate(state) == 0;
    (void)!cloudcircuit_breaker_config_init(&config);
    config.half_open_max_probes = 8;
    config.half_open_calls = 64;
    if (byte() & 1)
        config.window_size = 128, config.minimum_calls = 1, config.failure_rate_ppm = 1;
    else
        config.window_duration = 16 + byte();
    TRY(cloudcircuit_breaker_state, CALL(breaker_acquire, &config, state, now, &permit));
    if (permit.allowed)
        TRY(cloudcircuit_breaker_state,
            CALL(breaker_report, &config, state, &permit, 1 + byte() % 3, byte(), INT64_MIN, tick(now)));
    TRY(cloudcircuit_breaker_state, CALL(breaker_acquire, &config, state, amount(), &permit));
    TRY(cloudcircuit_breaker_state, CALL(breaker_force, state, 4 + (byte() & 1), amount(), amount()));
    TRY(cloudcircuit_breaker_state, CALL(breaker_reset, state, amount()));
}

static void use_spike_tracker(cloudcircuit_spike_tracker_state *state)
{
    cloudcircuit_status (*validate)(const cloudcircuit_spike_tracker_state *) =
        cloudcircuit_spike_tracker_state_validate;
    cloudcircuit_detect_result result;
    int i, is_valid = validate(state) == 0;
    /* An update does not check the windows. */
    for (i = 0; i < 3; i++) {
        cloudcircuit_spike_tracker_state before = *state;
        cloudcircuit_status status = CALL(spike_tracker_update, state, point(), &result);
        CHECK(!status || SAME(before, *state), "on an error a state keeps every byte");
        CHECK(!is_valid || validate(state) == 0, "a valid state stays valid");
    }
}

/* A state that some calls made, with a few bytes of its encoding or of itself changed. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static _Thread_local uint8_t bytes[CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN];
    unsigned kind, edits, i;
    uint8_t *fenced;
    size_t len;
    union {
        cloudcircuit_ledger_state ledger;
        cloudcircuit_rate_limit_state rate_limit;
        cloudcircuit_breaker_state breaker;
        cloudcircuit_spike_tracker_state tracker;
    } state;
    start(data, size);
    kind = byte();
    memset(bytes, 0, sizeof bytes);
    switch (kind & 3) {
    case 0: {
        cloudcircuit_ledger_config config;
        cloudcircuit_ledger_hold hold;
        cloudcircuit_ledger_decision decision;
        memset(&config, 0, sizeof config);
        config.limit = INT32_MAX;
        config.hold_duration = byte();
        len = CLOUDCIRCUIT_LEDGER_ENCODED_LEN;
        (void)!cloudcircuit_ledger_init(1, 0, 0, &state.ledger);
        for (i = byte() % 8; i; i--)
            (void)!cloudcircuit_ledger_reserve(&config, &state.ledger, byte(), byte(), &hold, &decision);
        if (kind & 4)
            (void)!cloudcircuit_ledger_reset(&state.ledger, byte(), byte());
        (void)!cloudcircuit_ledger_state_encode(&state.ledger, bytes, len);
        break;
    }
    case 1: {
        cloudcircuit_rate_limit_config config = {INT32_MAX, 1 + byte(), 0, 0};
        cloudcircuit_rate_limit_decision decision;
        len = CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN;
        (void)!cloudcircuit_rate_limit_init(0, &state.rate_limit);
        for (i = byte() % 8; i; i--)
            (void)!cloudcircuit_rate_limit_acquire(&config, &state.rate_limit, byte(), byte(), &decision);
        (void)!cloudcircuit_rate_limit_state_encode(&state.rate_limit, bytes, len);
        break;
    }
    case 2: {
        cloudcircuit_breaker_config config;
        cloudcircuit_breaker_permit permit;
        (void)!cloudcircuit_breaker_config_init(&config);
        config.half_open_max_probes = config.half_open_calls = 8;
        config.open_duration = 1;
        if (kind & 4)
            config.window_size = 16;
        if (kind & 8)
            config.ramp_duration = 100;
        if ((kind & 20) == 16)
            config.window_duration = 100;
        len = CLOUDCIRCUIT_BREAKER_ENCODED_LEN;
        (void)!cloudcircuit_breaker_init(0, &state.breaker);
        for (i = byte() % 16; i; i--) {
            int64_t now = byte();
            (void)!cloudcircuit_breaker_acquire(&config, &state.breaker, now, &permit);
            if (now & 3)
                (void)!cloudcircuit_breaker_report(&config, &state.breaker, &permit, 1 + (now & 1), 0, INT64_MIN, now);
        }
        (void)!cloudcircuit_breaker_state_encode(&state.breaker, bytes, len);
        break;
    }
    default: {
        cloudcircuit_detect_config config;
        cloudcircuit_detect_result result;
        (void)!cloudcircuit_detect_config_init(&config);
        config.start_time = kind & 4 ? 0 : CLOUDCIRCUIT_TIME_UNKNOWN;
        config.window = kind & 8 ? 14 : 0;
        len = CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN;
        (void)!cloudcircuit_spike_tracker_init(&config, &state.tracker);
        for (i = byte(); i; i--)
            (void)!cloudcircuit_spike_tracker_update(&state.tracker, kind & 16 ? point() : i % 16, &result);
        (void)!cloudcircuit_spike_tracker_state_encode(&state.tracker, bytes, len);
    }
    }
    if (kind & 32)
        take(bytes, len);
    for (edits = byte() % 8; edits; edits--) {
        size_t at = (byte() | (size_t)byte() << 8) % len;
        bytes[at] = (uint8_t)byte();
    }
    if (kind & 64)
        set_checksum(bytes, len);
    fenced = block(len);
    memcpy(fenced, bytes, len);
    /* With the highest bit the fields of a struct are changed, and not those of an encoding. */
#define USE(name, state)                                                                                               \
    do {                                                                                                               \
        if (kind & 128)                                                                                                \
            edit(&state, sizeof state);                                                                                \
        if (kind & 128 || is_##name##_state(fenced, &state))                                                           \
            use_##name(&state);                                                                                        \
    } while (0)
    switch (kind & 3) {
    case 0: USE(ledger, state.ledger); break;
    case 1: USE(rate_limit, state.rate_limit); break;
    case 2: USE(breaker, state.breaker); break;
    default: USE(spike_tracker, state.tracker);
    }
    free(fenced);
    return 0;
}
