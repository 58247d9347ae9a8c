/*
 * Calls every safeguard with random input and prints for each how many calls there were, how many succeeded, and a
 * digest of all that they answered: status, every field, the record, the bytes of the state. tests/targets.py compares
 * these lines with those of x86-64. Input and digests come from integers and single divisions, and no
 * expression draws two numbers, whose order would be the compiler's choice.
 */
#include <cloudcircuit.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static uint64_t seed;

static uint64_t any(void)
{
    uint64_t z = seed += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static uint64_t below(uint64_t end) { return any() % end; }
static int64_t up_to(uint64_t most) { return (int64_t)below(most + 1); }

/* Mostly cents, at times any bits. */
static double amount(void)
{
    uint64_t bits = any();
    double number = (double)below(10000000) / 100;
    if (below(8) == 0)
        memcpy(&number, &bits, sizeof number);
    return number;
}

static int64_t whole(void) { return below(8) ? up_to(100000) : (int64_t)(any() >> 1) - ((int64_t)1 << 62); }

/* The digest: FNV-1a over bytes that are the same in every byte order. */

#define EMPTY UINT64_C(0xCBF29CE484222325)
static uint64_t digest = EMPTY;
static unsigned long calls, succeeded;

static void feed(const void *bytes, size_t len)
{
    const unsigned char *byte = bytes;
    while (len-- > 0)
        digest = (digest ^ *byte++) * UINT64_C(0x100000001B3);
}

static void feed_number(uint64_t number)
{
    int byte;
    for (byte = 0; byte < 8; byte++, number >>= 8) {
        unsigned char low = (unsigned char)number;
        feed(&low, 1);
    }
}

/* A struct or column by the widths of its fields, such as "884". */
static void feed_fields(const void *fields, const char *widths)
{
    const unsigned char *at = fields;
    for (; *widths != '\0'; at += *widths++ - '0') {
        uint32_t half;
        uint64_t number;
        memcpy(&half, at, sizeof half);
        if (*widths == '8')
            memcpy(&number, at, sizeof number);
        else
            number = half;
        feed_number(number);
    }
}

static void feed_column(const void *numbers, size_t rows)
{
    size_t row;
    for (row = 0; row < rows; row++)
        feed_fields((const unsigned char *)numbers + 8 * row, "8");
}

static cloudcircuit_status answered(cloudcircuit_status status)
{
    calls++;
    succeeded += status == CLOUDCIRCUIT_OK;
    feed_number((uint64_t)status);
    return status;
}

/* A call's status, its result's fields and its record. */
#define ANSWER(call, result, widths, write, config)                                    \
    do {                                                                               \
        char line_[CLOUDCIRCUIT_RECORD_CAPACITY];                                      \
        size_t length_ = 0;                                                            \
        cloudcircuit_status status_ = answered(call);                                  \
        feed_fields(result, widths);                                                   \
        answered(write(status_, config, result, line_, sizeof line_, &length_));       \
        feed(line_, length_);                                                          \
    } while (0)

/* A state as bytes, and what reading them back gives, as bytes. */
#define STATE(kind, state, len)                                                        \
    do {                                                                               \
        unsigned char bytes_[len];                                                     \
        answered(cloudcircuit_##kind##_encode(state, bytes_, len));                    \
        feed(bytes_, len);                                                             \
        answered(cloudcircuit_##kind##_decode(bytes_, len, state));                    \
        answered(cloudcircuit_##kind##_encode(state, bytes_, len));                    \
        feed(bytes_, len);                                                             \
    } while (0)

static void tell(const char *safeguard)
{
    printf("%s: %lu calls, %lu succeeded, %016" PRIx64 "\n", safeguard, calls, succeeded, digest);
    calls = succeeded = 0;
    digest = EMPTY;
}

enum { ROWS = 40, POINTS = 400 };
static double numbers[POINTS], limits[POINTS], ratios[POINTS];
static int64_t cents[POINTS], cent_limits[POINTS], offsets[ROWS + 1];
static uint64_t ppms[POINTS];
static uint8_t flags[POINTS], bitmap[POINTS / 8 + 1];
static size_t invalid;

static void fill(void)
{
    size_t i, last = 0;
    for (i = 0; i < POINTS; i++) {
        numbers[i] = amount(), limits[i] = amount();
        cents[i] = whole(), cent_limits[i] = whole();
        bitmap[i / 8] = (uint8_t)any();
    }
    for (i = 0; i <= ROWS; i++) {
        offsets[i] = (int64_t)last;
        last += below(POINTS / ROWS);
    }
}

static void budgets(void)
{
    int i;
    for (i = 0; i < 3000; i++) {
        cloudcircuit_budget_config config = {(double)below(101) / 100};
        cloudcircuit_budget_config_i64 exact = {(uint32_t)below(1000001), 0};
        cloudcircuit_budget_result result;
        cloudcircuit_budget_result_i64 result_i64;
        double spend = amount(), limit = amount();
        int64_t spent = whole(), most = whole();
        ANSWER(cloudcircuit_check_budget(spend, limit, &config, &result), &result, "888844",
               cloudcircuit_write_budget_result_json, &config);
        ANSWER(cloudcircuit_check_budget_i64(spent, most, &exact, &result_i64), &result_i64, "888844",
               cloudcircuit_write_budget_result_i64_json, &exact);
        feed_number(cloudcircuit_budget_flags(spend, limit, config.warning_ratio));
        feed_number(cloudcircuit_budget_flags_i64(spent, most, exact.warning_ppm));
    }
    for (i = 0; i < 100; i++) {
        size_t rows = below(POINTS), bit = below(4);
        fill();
        answered(cloudcircuit_check_budget_columns(numbers, limits, rows, NULL, flags, ratios, &invalid));
        feed(flags, rows), feed_column(ratios, rows), feed_number(invalid);
        answered(cloudcircuit_check_budget_columns_i64_nullable(cents, bitmap, bit, cent_limits, bitmap, 0, rows, NULL,
                                                                flags, ppms, &invalid));
        feed(flags, rows), feed_column(ppms, rows), feed_number(invalid);
    }
    tell("budget");
}

static void spikes(void)
{
    int i;
    for (i = 0; i < 1000; i++) {
        cloudcircuit_spike_config config;
        cloudcircuit_spike_config_i64 exact;
        cloudcircuit_spike_result result;
        cloudcircuit_spike_result_i64 result_i64;
        size_t len = below(POINTS / 10), from = below(POINTS - len);
        config.spike_multiplier = (double)(101 + below(300)) / 100;
        config.min_baseline = (double)below(1000) / 10;
        exact.spike_multiplier_ppm = (uint32_t)(1000001 + below(3000000));
        exact.min_baseline = up_to(1000);
        exact.reserved = 0;
        if (i % 10 == 0)
            fill();
        ANSWER(cloudcircuit_check_anomaly_spike(numbers + from, len, &config, &result), &result, "88844",
               cloudcircuit_write_spike_result_json, &config);
        ANSWER(cloudcircuit_check_anomaly_spike_i64(cents + from, len, &exact, &result_i64), &result_i64, "88844",
               cloudcircuit_write_spike_result_i64_json, &exact);
        answered(cloudcircuit_check_anomaly_spike_columns_nullable(numbers, bitmap, 3, POINTS - 4, offsets, bitmap, 5, ROWS,
                                                                   &config, flags, ratios, &invalid));
        feed(flags, ROWS), feed_column(ratios, ROWS), feed_number(invalid);
    }
    tell("spike");
}

static void counters(void)
{
    int i;
    for (i = 0; i < 2000; i++) {
        cloudcircuit_breaker_counters count;
        cloudcircuit_breaker_decision decision;
        count.consecutive_failures = whole() % 8;
        count.failure_threshold = whole() % 8;
        count.cooldown_steps_remaining = whole() % 4;
        ANSWER(cloudcircuit_evaluate_circuit_breaker(&count, &decision), &decision, "844",
               cloudcircuit_write_breaker_decision_json, &count);
    }
    tell("breaker from counters");
}

static void breakers(void)
{
    int i, step;
    for (i = 0; i < 60; i++) {
        cloudcircuit_breaker_config config;
        cloudcircuit_breaker_state state;
        cloudcircuit_breaker_permit permit, next;
        int64_t now = whole();
        cloudcircuit_breaker_config_init(&config);
        config.failure_threshold = (uint32_t)below(5);
        if (below(2)) {
            config.window_size = (uint32_t)(1 + below(128));
            config.minimum_calls = (uint32_t)(1 + below(config.window_size));
        } else {
            config.window_duration = up_to(2000);
            config.minimum_calls = (uint32_t)(1 + below(10));
        }
        config.failure_rate_ppm = (uint32_t)(1 + below(800000));
        config.half_open_max_probes = (uint32_t)(1 + below(8));
        config.half_open_calls = (uint32_t)(1 + below(8));
        config.jitter_ppm = (uint32_t)below(500000), config.jitter_seed = any();
        config.open_duration = 1 + up_to(300), config.max_open_duration = 300 + up_to(5000);
        config.probe_timeout = 1 + up_to(500), config.trips_decay = up_to(1000), config.ramp_duration = up_to(300);
        answered(cloudcircuit_breaker_init(now, &state));
        for (step = 0; step < 150; step++) {
            int32_t outcome = (int32_t)(1 + below(3));
            int64_t duration = up_to(100), later = up_to(50);
            now += up_to(40) - 2;
            ANSWER(cloudcircuit_breaker_acquire(&config, &state, now, &permit), &permit, "888444444",
                   cloudcircuit_write_breaker_permit_json, &config);
            now += up_to(20);
            if (below(3) == 0)
                ANSWER(cloudcircuit_breaker_report_and_acquire(&config, &state, &permit, outcome, duration, now + later,
                                                               now, &next),
                       &next, "888444444", cloudcircuit_write_breaker_permit_json, &config);
            else
                answered(cloudcircuit_breaker_report(&config, &state, &permit, outcome, duration, now + later, now));
            if (below(40) == 0)
                answered(cloudcircuit_breaker_force(&state, outcome + 2, now + later, now));
            if (step % 4 == 0)
                STATE(breaker_state, &state, CLOUDCIRCUIT_BREAKER_ENCODED_LEN);
        }
    }
    tell("breaker");
}

#define DECISION "88888444444"

static void ledgers(void)
{
    enum { HOLDS = 5, SEVERAL = 3 };
    int i, step;
    for (i = 0; i < 60; i++) {
        cloudcircuit_ledger_config config[SEVERAL];
        cloudcircuit_ledger_state state[SEVERAL];
        cloudcircuit_ledger_hold hold[HOLDS], several[SEVERAL];
        cloudcircuit_ledger_decision decision, decisions[SEVERAL];
        int64_t now = whole(), period = whole();
        int one;
        memset(hold, 0, sizeof hold);
        for (one = 0; one < SEVERAL; one++) {
            cloudcircuit_ledger_config_init(&config[one]);
            config[one].limit = 1 + up_to(2000), config[one].hold_duration = up_to(300);
            config[one].carry_max = up_to(100), config[one].debt_max = up_to(100);
            config[one].threshold_count = 2, config[one].thresholds[0] = 500000, config[one].thresholds[1] = 900000;
            config[one].threshold_basis = (uint32_t)below(2);
            answered(cloudcircuit_ledger_init(1 + below(1000), period, now, &state[one]));
        }
        for (step = 0; step < 150; step++) {
            cloudcircuit_ledger_hold *chosen = &hold[below(HOLDS)];
            int64_t ask = up_to(300);
            uint32_t by = 0;
            now += up_to(40) - 2;
#define LEDGER(call) ANSWER(call, &decision, DECISION, cloudcircuit_write_ledger_decision_json, &config[0])
            switch (below(8)) {
            case 0:
                LEDGER(cloudcircuit_ledger_settle(&config[0], &state[0], chosen, ask, now, &decision));
                break;
            case 1:
                LEDGER(cloudcircuit_ledger_release(&config[0], &state[0], chosen, now, &decision));
                break;
            case 2:
                LEDGER(cloudcircuit_ledger_extend(&config[0], &state[0], chosen, ask, now, &decision));
                break;
            case 3:
                LEDGER(cloudcircuit_ledger_post(&config[0], &state[0], chosen, ask, now, &decision));
                break;
            case 4:
                LEDGER(cloudcircuit_ledger_record(&config[0], &state[0], ask - 100, now, &decision));
                break;
            case 5:
                period += up_to(1);
                LEDGER(cloudcircuit_ledger_roll(&config[0], &state[0], period, now, &decision));
                break;
            default:
                LEDGER(cloudcircuit_ledger_reserve(&config[0], &state[0], ask, now, chosen, &decision));
            }
            feed_fields(chosen, "88888");
            if (step % 4 == 0) {
                int64_t asks[SEVERAL];
                for (one = 0; one < SEVERAL; one++)
                    asks[one] = up_to(100);
                answered(cloudcircuit_ledgers_reserve(config, state, asks, SEVERAL, now, several, decisions, &by));
                feed_number(by);
                answered(cloudcircuit_ledgers_settle(config, state, several, asks, SEVERAL, now, decisions, &by));
                feed_number(by);
                for (one = 0; one < SEVERAL; one++) {
                    feed_fields(&several[one], "88888"), feed_fields(&decisions[one], DECISION);
                    STATE(ledger_state, &state[one], CLOUDCIRCUIT_LEDGER_ENCODED_LEN);
                }
            }
        }
    }
    tell("ledger");
}

static void rate_limits(void)
{
    int i, step;
    for (i = 0; i < 60; i++) {
        cloudcircuit_rate_limit_config config = {0, 0, 0, 0};
        cloudcircuit_rate_limit_state state;
        cloudcircuit_rate_limit_decision decision;
        int64_t now = whole();
        config.limit = 1 + up_to(500);
        config.duration = 1 + up_to(2000);
        answered(cloudcircuit_rate_limit_init(now, &state));
        for (step = 0; step < 150; step++) {
            now += up_to(60) - 3;
            ANSWER(cloudcircuit_rate_limit_acquire(&config, &state, up_to(100), now, &decision), &decision, "88884444",
                   cloudcircuit_write_rate_limit_decision_json, &config);
            if (below(3) == 0)
                ANSWER(cloudcircuit_rate_limit_adjust(&config, &state, decision.taken_at, up_to(40) - 20, now, &decision),
                       &decision, "88884444", cloudcircuit_write_rate_limit_decision_json, &config);
            if (step % 4 == 0)
                STATE(rate_limit_state, &state, CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN);
        }
    }
    tell("rate limit");
}

/* Days with a weekly season and noise, here and there a spike or a point that is missing. */
static void fill_days(size_t len, uint64_t level)
{
    size_t day;
    for (day = 0; day < len; day++) {
        uint64_t noise = below(20);
        numbers[day] = (double)(level * (100 + 10 * (day % 7) + noise)) / 97;
        if (below(30) == 0)
            numbers[day] *= (double)(2 + below(4));
        if (below(50) == 0)
            numbers[day] = NAN;
    }
}

static void detections(void)
{
    int i;
    size_t day;
    for (i = 0; i < 60; i++) {
        cloudcircuit_detect_config config;
        cloudcircuit_detect_result result;
        cloudcircuit_spike_tracker_state tracker;
        size_t len = 1 + below(POINTS);
        cloudcircuit_detect_config_init(&config);
        if (below(3) == 0)
            config.season_length = (uint32_t)below(30), config.window = (uint32_t)(60 + below(60));
        if (below(2))
            config.start_time = (int64_t)below(20000) * 86400;
        fill_days(POINTS, 1 + below(1000));
        ANSWER(cloudcircuit_detect_spike(numbers, len, &config, &result), &result, "8888888444444",
               cloudcircuit_write_detect_result_json, &config);
        answered(cloudcircuit_scan_spikes(numbers, len, &config, flags, ratios, limits));
        feed(flags, len), feed_column(ratios, len), feed_column(limits, len);
        answered(cloudcircuit_spike_tracker_init(&config, &tracker));
        for (day = 0; day < len && day < 150; day++) {
            answered(cloudcircuit_spike_tracker_update(&tracker, numbers[day], &result));
            feed_fields(&result, "8888888444444");
            if (day % 16 == 0)
                STATE(spike_tracker_state, &tracker, CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN);
        }
    }
    tell("detector");
}

static void forecasts(void)
{
    int i;
    for (i = 0; i < 300; i++) {
        cloudcircuit_forecast_config config;
        cloudcircuit_forecast_result result;
        size_t history = below(POINTS - 40), elapsed = below(32);
        double limit = (double)(1 + below(1000000)) / 10;
        cloudcircuit_forecast_config_init(&config);
        if (below(2))
            config.start_time = (int64_t)below(20000) * 86400;
        fill_days(POINTS, 1 + below(100));
        ANSWER(cloudcircuit_forecast_budget(numbers, history, numbers + history, elapsed, 31, limit, &config, &result),
               &result, "888888844", cloudcircuit_write_forecast_result_json, &config);
    }
    tell("forecast");
}

static void guards(void)
{
    int i;
    for (i = 0; i < 2000; i++) {
        cloudcircuit_signal signals[3];
        cloudcircuit_guard_decision decision;
        cloudcircuit_budget_result budget;
        cloudcircuit_spike_result spike;
        cloudcircuit_breaker_decision breaker;
        cloudcircuit_breaker_counters count = {0, 3, 0};
        cloudcircuit_status status;
        double spend = amount(), limit = amount();
        int kind;
        fill_days(9, 3);
        count.consecutive_failures = up_to(3);
        count.cooldown_steps_remaining = up_to(2);
        status = cloudcircuit_check_budget(spend, limit, NULL, &budget);
        answered(cloudcircuit_budget_signal(status, &budget, &signals[0]));
        status = cloudcircuit_check_anomaly_spike(numbers, 9, NULL, &spike);
        answered(cloudcircuit_spike_signal(status, &spike, &signals[1]));
        status = cloudcircuit_evaluate_circuit_breaker(&count, &breaker);
        answered(cloudcircuit_breaker_signal(status, &breaker, &signals[2]));
        for (kind = 0; kind < 3; kind++)
            feed_fields(&signals[kind], "44448");
        ANSWER(cloudcircuit_evaluate_guard(signals, 1 + below(3), NULL, &decision), &decision, "4444448",
               cloudcircuit_write_guard_decision_json, NULL);
    }
    tell("guard");
}

static void money(void)
{
    int i;
    for (i = 0; i < 5000; i++) {
        int64_t minor = 0;
        double major = 0;
        uint32_t scale = (uint32_t)below(11);
        answered(cloudcircuit_money_from_double(amount(), scale, &minor));
        answered(cloudcircuit_money_to_double(whole(), scale, &major));
        feed_number((uint64_t)minor), feed_column(&major, 1);
    }
    tell("money");
}

int main(void)
{
    budgets();
    spikes();
    counters();
    breakers();
    ledgers();
    rate_limits();
    detections();
    forecasts();
    guards();
    money();
    return 0;
}
