/* A host with an allocator of its own that counts: no call of the library may reach it. */
#include "../contract/check.h"
#include <cloudcircuit.h>
#include <stddef.h>

static unsigned char arena[1 << 16];
static size_t used;
static long allocations;

void *malloc(size_t size)
{
    void *at = arena + used;
    allocations++;
    used += (size + 15) & ~(size_t)15;
    return used <= sizeof arena ? at : NULL;
}

void *calloc(size_t count, size_t size)
{
    return malloc(count * size);
}

void *realloc(void *old, size_t size)
{
    void *at = malloc(size);
    return at && old ? memcpy(at, old, size) : at;
}

void free(void *memory)
{
    (void)memory;
}

#define CALLS 1000000

/* Rows enough for every kernel, and some that are bad. */
#define ROWS 40000

static int64_t cents[ROWS], offsets[ROWS / 2 + 1];
static double amounts[ROWS], numbers[ROWS];
static uint8_t flags[ROWS], bitmap[ROWS / 8];

static void columns(void)
{
    size_t i, invalid;
    for (i = 0; i < ROWS; i++) {
        cents[i] = (int64_t)i - 3;
        amounts[i] = (double)i - 3;
        offsets[i / 2] = (int64_t)(i / 2 * 2);
        bitmap[i / 8] = (uint8_t)i;
    }
    offsets[ROWS / 2] = ROWS;
    for (i = 0; i < 40; i++) {
        size_t len = i % 2 ? ROWS - i : i;
        cloudcircuit_check_budget_columns(amounts, amounts, len, NULL, flags, numbers, &invalid);
        cloudcircuit_check_budget_columns_nullable(amounts, bitmap, i % 9, amounts, NULL, 0,
                                                   len - len / 2, NULL, flags, NULL, &invalid);
        cloudcircuit_check_budget_columns_i64(cents, cents, len, NULL, flags, (uint64_t *)cents,
                                              &invalid);
        cloudcircuit_check_budget_columns_i64_nullable(cents, NULL, 0, cents, bitmap, i % 9,
                                                       len - len / 2, NULL, flags, NULL, &invalid);
        cloudcircuit_check_anomaly_spike_columns(amounts, ROWS, offsets, len / 2, NULL, flags,
                                                 numbers, &invalid);
        cloudcircuit_check_anomaly_spike_columns_nullable(amounts, bitmap, 0, ROWS, offsets, bitmap,
                                                          i % 9, len / 2, NULL, flags, NULL, NULL);
    }
}

static void detection(const double *series, cloudcircuit_spike_tracker_state *tracker)
{
    static uint8_t found[40];
    static char line[CLOUDCIRCUIT_RECORD_CAPACITY];
    static unsigned char bytes[CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN];
    cloudcircuit_detect_config hours;
    cloudcircuit_detect_result finding;
    cloudcircuit_forecast_result forecast;
    size_t length;
    cloudcircuit_detect_config_init(&hours);
    hours.step = 3600;
    cloudcircuit_detect_spike(series, 40, NULL, &finding);
    cloudcircuit_detect_spike(amounts, 1000, &hours, &finding);
    cloudcircuit_scan_spikes(series, 40, NULL, found, NULL, NULL);
    cloudcircuit_forecast_budget(series, 30, series + 30, 10, 31, 100, NULL, &forecast);
    cloudcircuit_write_forecast_result_json(0, NULL, &forecast, line, sizeof line, &length);
    cloudcircuit_spike_tracker_state_encode(tracker, bytes, sizeof bytes);
    cloudcircuit_spike_tracker_state_decode(bytes, sizeof bytes, tracker);
}

int main(void)
{
    static double series[40];
    static char line[CLOUDCIRCUIT_RECORD_CAPACITY];
    cloudcircuit_breaker_state machine;
    cloudcircuit_breaker_permit permit;
    cloudcircuit_ledger_config limit = {1000, 0, 0, 50, {0, 0, 0, 0, 0, 0, 0, 0}, 0, 0, 0, 0};
    cloudcircuit_rate_limit_config rate_config = {1000, 600, 0, 0};
    cloudcircuit_rate_limit_state rate;
    cloudcircuit_ledger_state ledger;
    cloudcircuit_spike_tracker_state tracker;
    long before, i;
    unsigned sum = 0;

    CHECK(malloc(1) != NULL && allocations > 0);
    before = allocations;
    cloudcircuit_breaker_init(0, &machine);
    cloudcircuit_ledger_init(1, 0, 0, &ledger);
    cloudcircuit_rate_limit_init(0, &rate);
    cloudcircuit_spike_tracker_init(NULL, &tracker);
    for (i = 0; i < CALLS; i++) {
        cloudcircuit_budget_result budget;
        cloudcircuit_spike_result spike;
        cloudcircuit_breaker_counters counters;
        cloudcircuit_breaker_decision breaker;
        cloudcircuit_guard_decision decision;
        cloudcircuit_budget_result_i64 exact_budget;
        cloudcircuit_spike_result_i64 exact_spike;
        int64_t minor;
        double amount;
        size_t length;
        cloudcircuit_ledger_hold hold;
        cloudcircuit_ledger_decision answer;
        cloudcircuit_rate_limit_decision taken;
        cloudcircuit_signal signals[5];
        uint32_t refused_by;
        int32_t status[2];
        unsigned char bytes[CLOUDCIRCUIT_BREAKER_ENCODED_LEN];
        cloudcircuit_detect_result finding;

        series[i % 40] = (double)(i % 977) - (i % 500 == 0);
        status[0] = cloudcircuit_check_budget((double)(i % 2000), (double)(i % 1000), NULL, &budget);
        status[1] = cloudcircuit_check_anomaly_spike(series, (size_t)(i % 41), NULL, &spike);
        cloudcircuit_breaker_counters_init(&counters);
        counters.consecutive_failures = i % 7 - 1;
        cloudcircuit_evaluate_circuit_breaker(&counters, &breaker);
        cloudcircuit_check_budget_i64(i % 2000, i % 1000, NULL, &exact_budget);
        cloudcircuit_check_anomaly_spike_i64(cents, (size_t)(i % 41), NULL, &exact_spike);
        cloudcircuit_money_from_double((double)i / 100, (uint32_t)(i % 11), &minor);
        cloudcircuit_money_to_double(minor, (uint32_t)(i % 11), &amount);
        sum += cloudcircuit_budget_flags(amount, 100, 0.9) + cloudcircuit_budget_flags_i64(i, 9, 1);
        sum += cloudcircuit_spike_flags(series, (size_t)(i % 41), 1.5, 0);
        sum += cloudcircuit_breaker_flags(i % 7 - 1, 3, 0);
        cloudcircuit_write_budget_result_json(status[0], NULL, &budget, line, sizeof line, &length);
        cloudcircuit_write_spike_result_json(status[1], NULL, &spike, line, (size_t)(i % 200), &length);
        cloudcircuit_write_breaker_decision_json(0, &counters, &breaker, line, sizeof line, &length);
        cloudcircuit_write_budget_result_i64_json(0, NULL, &exact_budget, line, sizeof line, &length);
        cloudcircuit_write_spike_result_i64_json(0, NULL, &exact_spike, line, sizeof line, &length);
        cloudcircuit_breaker_acquire(NULL, &machine, i * 100, &permit);
        cloudcircuit_permit_signal(0, &permit, &signals[0]);
        cloudcircuit_write_breaker_permit_json(0, NULL, &permit, line, sizeof line, &length);
        cloudcircuit_breaker_report(NULL, &machine, &permit, 1 + (i % 9 > 5), 0,
                                    INT64_MIN, i * 100);
        cloudcircuit_breaker_peek(NULL, &machine, i * 100, &permit);
        cloudcircuit_ledger_roll(&limit, &ledger, i / 100, i, &answer);
        cloudcircuit_ledger_reserve(&limit, &ledger, i % 50, i, &hold, &answer);
        cloudcircuit_ledger_signal(0, &answer, &signals[1]);
        cloudcircuit_write_ledger_decision_json(0, &limit, &answer, line, sizeof line, &length);
        cloudcircuit_ledger_settle(&limit, &ledger, &hold, i % 60, i, &answer);
        cloudcircuit_ledgers_reserve(&limit, &ledger, &minor, 1, i, &hold, &answer, &refused_by);
        cloudcircuit_rate_limit_acquire(&rate_config, &rate, i % 50, i, &taken);
        cloudcircuit_rate_limit_signal(0, &taken, &signals[2]);
        cloudcircuit_write_rate_limit_decision_json(0, &rate_config, &taken, line, sizeof line, &length);
        cloudcircuit_rate_limit_adjust(&rate_config, &rate, taken.taken_at, -(i % 20), i, &taken);
        cloudcircuit_budget_signal(status[0], &budget, &signals[3]);
        cloudcircuit_spike_signal(status[1], &spike, &signals[4]);
        cloudcircuit_evaluate_guard(signals, 5, NULL, &decision);
        cloudcircuit_write_guard_decision_json(0, NULL, &decision, line, sizeof line, &length);
        sum += (unsigned char)*cloudcircuit_action_name(decision.action);
        cloudcircuit_spike_tracker_update(&tracker, series[i % 40], &finding);
        cloudcircuit_write_detect_result_json(0, NULL, &finding, line, sizeof line, &length);
        if (i % 100 == 0) {
            cloudcircuit_breaker_state_encode(&machine, bytes, sizeof bytes);
            cloudcircuit_breaker_state_decode(bytes, sizeof bytes, &machine);
            detection(series, &tracker);
        }
        sum += (unsigned)decision.action + (unsigned char)*cloudcircuit_status_message((int32_t)i % 500);
    }
    columns();
    CHECK(allocations == before);
    CHECK(sum != 0);
    return report();
}
