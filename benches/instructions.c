/* Makes one kind of call over and over, for instructions.py to count. */
#include <cloudcircuit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALLS 100

static size_t size;
static double *numbers, *limits, *ratios;
static int64_t *minors, *minor_limits, *offsets;
static uint64_t *ppm;
static uint8_t *bits;

static void *column(size_t width)
{
    void *memory = calloc(size + 2, width);
    if (!memory)
        exit(1);
    return memory;
}

static int is_called(const char *call, const char *name)
{
    return strcmp(call, name) == 0;
}

/* Each eighth call fails. */
static int32_t outcome_of(size_t call)
{
    return call % 8 == 7 ? CLOUDCIRCUIT_OUTCOME_FAILURE : CLOUDCIRCUIT_OUTCOME_SUCCESS;
}

int main(int argc, char **argv)
{
    const char *call = argc == 3 ? argv[1] : "";
    cloudcircuit_budget_result budget;
    cloudcircuit_budget_result_i64 budget_i64;
    cloudcircuit_spike_result spike;
    cloudcircuit_spike_result_i64 spike_i64;
    cloudcircuit_breaker_counters counters = {1, 3, 0};
    cloudcircuit_breaker_decision breaker;
    cloudcircuit_guard_decision guard;
    cloudcircuit_detect_result finding;
    cloudcircuit_forecast_result forecast;
    cloudcircuit_spike_tracker_state tracker;
    cloudcircuit_breaker_config rates;
    cloudcircuit_breaker_state state;
    cloudcircuit_breaker_permit permit;
    cloudcircuit_ledger_config ledger_config = {1000000, 0, 0, 1000, {500000, 900000}, 2, 0, 0, 0};
    cloudcircuit_ledger_config three_configs[3];
    cloudcircuit_ledger_state ledger, three[3];
    cloudcircuit_ledger_hold hold, three_holds[3];
    cloudcircuit_ledger_decision decision, three_decisions[3];
    const int64_t three_amounts[3] = {100, 100, 100};
    cloudcircuit_rate_limit_config rate_config = {1000000, 1000, 0, 0};
    cloudcircuit_rate_limit_state rate;
    cloudcircuit_rate_limit_decision taken;
    cloudcircuit_breaker_config by_time;
    cloudcircuit_signal signals[3];
    char line[CLOUDCIRCUIT_RECORD_CAPACITY];
    const double calm[] = {1, 1};
    size_t i, point, invalid, series_len = is_called(call, "series of 365") ? 365 : 90;

    size = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    numbers = column(sizeof *numbers);
    limits = column(sizeof *limits);
    ratios = column(sizeof *ratios);
    minors = column(sizeof *minors);
    minor_limits = column(sizeof *minor_limits);
    offsets = column(sizeof *offsets);
    ppm = column(sizeof *ppm);
    bits = column(sizeof *bits);
    for (i = 0; i < size; i++) {
        minors[i] = (int64_t)(i * 7919 % 100003);
        numbers[i] = (double)minors[i] / 100;
        minor_limits[i] = 80000;
        limits[i] = 800;
        offsets[i + 1] = (int64_t)((i + 1) * series_len < size ? (i + 1) * series_len : size);
    }
    cloudcircuit_check_budget(920.9, 1000, NULL, &budget);
    cloudcircuit_check_anomaly_spike(calm, 2, NULL, &spike);
    cloudcircuit_evaluate_circuit_breaker(&counters, &breaker);
    cloudcircuit_breaker_config_init(&rates);
    rates.window_size = 100;
    rates.minimum_calls = 10;
    rates.failure_rate_ppm = 500000;
    cloudcircuit_breaker_config_init(&by_time);
    by_time.window_duration = 1000;
    by_time.minimum_calls = 10;
    by_time.failure_rate_ppm = 500000;
    cloudcircuit_budget_signal(CLOUDCIRCUIT_OK, &budget, &signals[0]);
    cloudcircuit_spike_signal(CLOUDCIRCUIT_OK, &spike, &signals[1]);
    cloudcircuit_breaker_signal(CLOUDCIRCUIT_OK, &breaker, &signals[2]);
    cloudcircuit_breaker_init(0, &state);
    cloudcircuit_breaker_acquire(NULL, &state, 0, &permit);
    if (is_called(call, "breaker refuses"))
        cloudcircuit_breaker_force(&state, CLOUDCIRCUIT_BREAKER_FORCED_OPEN, INT64_MAX, 0);
    cloudcircuit_ledger_init(1, 202611, 0, &ledger);
    for (i = 0; i < 3; i++) {
        three_configs[i] = ledger_config;
        cloudcircuit_ledger_init(i + 1, 202611, 0, &three[i]);
    }
    cloudcircuit_rate_limit_init(0, &rate);

    cloudcircuit_spike_tracker_init(NULL, &tracker);

    for (i = 0; i < CALLS; i++) {
        int32_t status = 0;
        if (is_called(call, "budget"))
            status = cloudcircuit_check_budget((double)i, 1000, NULL, &budget);
        else if (is_called(call, "budget i64"))
            status = cloudcircuit_check_budget_i64((int64_t)i, 1000, NULL, &budget_i64);
        else if (is_called(call, "spike"))
            status = cloudcircuit_check_anomaly_spike(numbers, size, NULL, &spike);
        else if (is_called(call, "spike i64"))
            status = cloudcircuit_check_anomaly_spike_i64(minors, size, NULL, &spike_i64);
        else if (is_called(call, "breaker"))
            status = cloudcircuit_evaluate_circuit_breaker(&counters, &breaker);
        else if (is_called(call, "guard"))
            status = cloudcircuit_evaluate_guard(signals, 3, NULL, &guard);
        else if (is_called(call, "signal"))
            status = cloudcircuit_budget_signal(CLOUDCIRCUIT_OK, &budget, &signals[0]);
        else if (is_called(call, "budget flags"))
            cloudcircuit_budget_flags((double)i, 1000, 0.9);
        else if (is_called(call, "budget flags i64"))
            cloudcircuit_budget_flags_i64((int64_t)i, 1000, 900000);
        else if (is_called(call, "spike flags"))
            cloudcircuit_spike_flags(numbers, size, 1.5, 0);
        else if (is_called(call, "breaker flags"))
            cloudcircuit_breaker_flags(1, 3, 0);
        else if (is_called(call, "record"))
            status = cloudcircuit_write_budget_result_json(CLOUDCIRCUIT_OK, NULL, &budget, line,
                                                           sizeof line, NULL);
        else if (is_called(call, "budgets, flags only"))
            status = cloudcircuit_check_budget_columns(numbers, limits, size, NULL, bits, NULL,
                                                       &invalid);
        else if (is_called(call, "budgets"))
            status = cloudcircuit_check_budget_columns(numbers, limits, size, NULL, bits, ratios,
                                                       &invalid);
        else if (is_called(call, "budgets i64"))
            status = cloudcircuit_check_budget_columns_i64(minors, minor_limits, size, NULL, bits,
                                                           ppm, &invalid);
        else if (is_called(call, "detect"))
            status = cloudcircuit_detect_spike(numbers, size, NULL, &finding);
        else if (is_called(call, "scan"))
            status = cloudcircuit_scan_spikes(numbers, size, NULL, bits, NULL, NULL);
        else if (is_called(call, "tracker"))
            for (point = 0; point < size && status == CLOUDCIRCUIT_OK; point++)
                status = cloudcircuit_spike_tracker_update(&tracker, numbers[point], &finding);
        else if (is_called(call, "forecast"))
            status = cloudcircuit_forecast_budget(numbers, size, NULL, 0, 30, 1e6, NULL, &forecast);
        else if (is_called(call, "series of 90") || is_called(call, "series of 365"))
            status = cloudcircuit_check_anomaly_spike_columns(
                numbers, size, offsets, size / series_len, NULL, bits, ratios, &invalid);
        else if (is_called(call, "breaker acquires") || is_called(call, "breaker refuses"))
            status = cloudcircuit_breaker_acquire(NULL, &state, (int64_t)i, &permit);
        else if (is_called(call, "breaker reports"))
            status = cloudcircuit_breaker_report(NULL, &state, &permit, outcome_of(i), 1,
                                                 INT64_MIN, (int64_t)i);
        else if (is_called(call, "breaker does both"))
            status = cloudcircuit_breaker_report_and_acquire(NULL, &state, &permit, outcome_of(i), 1,
                                                             INT64_MIN, (int64_t)i, &permit);
        else if (is_called(call, "breaker with rates"))
            status = cloudcircuit_breaker_report_and_acquire(&rates, &state, &permit, outcome_of(i),
                                                             1, INT64_MIN, (int64_t)i, &permit);
        else if (is_called(call, "breaker by time"))
            status = cloudcircuit_breaker_report_and_acquire(&by_time, &state, &permit, outcome_of(i),
                                                             1, INT64_MIN, (int64_t)i * 10, &permit);
        else if (is_called(call, "ledger reserves"))
            status = cloudcircuit_ledger_reserve(&ledger_config, &ledger, 100, (int64_t)i, &hold,
                                                 &decision);
        else if (is_called(call, "ledger settles"))
            status = cloudcircuit_ledger_reserve(&ledger_config, &ledger, 100, (int64_t)i, &hold,
                                                 &decision) ||
                     cloudcircuit_ledger_settle(&ledger_config, &ledger, &hold, 90, (int64_t)i,
                                                &decision);
        else if (is_called(call, "ledger records"))
            status = cloudcircuit_ledger_record(&ledger_config, &ledger, 100, (int64_t)i, &decision);
        else if (is_called(call, "three ledgers"))
            status = cloudcircuit_ledgers_reserve(three_configs, three, three_amounts, 3, (int64_t)i,
                                                  three_holds, three_decisions, NULL);
        else if (is_called(call, "rate limit"))
            status = cloudcircuit_rate_limit_acquire(&rate_config, &rate, 100, (int64_t)i * 10, &taken);
        else
            return 1;
        if (status != CLOUDCIRCUIT_OK)
            return 1;
    }
    return 0;
}
