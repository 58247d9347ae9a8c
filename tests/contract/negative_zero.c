/* -0.0 counts as 0: every call that takes a double gives the same bytes for both, results, states, encodings and
   records, whichever of its doubles have the sign. A record shows a config as it was passed: here the default. */
#include "check.h"
#include <cloudcircuit.h>

/* What a call answers, one answer after another. */
struct answers {
    unsigned char bytes[20000];
    size_t len;
};

static void add(struct answers *answers, const void *bytes, size_t len)
{
    if (len > sizeof answers->bytes - answers->len)
        abort();
    memcpy(answers->bytes + answers->len, bytes, len);
    answers->len += len;
}

#define ADD(answers, value) add(answers, &(value), sizeof(value))

enum { POINTS = 60, ROWS = 70, SLOTS = 5 };

/* A series that ends high, in which every other point is the zero in turn of the first two, and the others are
   `amount` or as much more. */
static void fill(double *series, size_t len, const double *zeros, double amount)
{
    size_t i;
    for (i = 0; i < len; i++)
        series[i] = i % 2 ? zeros[i / 2 % 2] : amount * (double)(1 + i % 7 % 3);
    series[len - 1] = 40 * amount;
}

static void budget(const double *zeros, double amount, struct answers *answers)
{
    cloudcircuit_budget_config config;
    cloudcircuit_budget_result result;
    cloudcircuit_status status;
    char record[CLOUDCIRCUIT_RECORD_CAPACITY];
    size_t length = 0;
    uint32_t flags;
    config.warning_ratio = amount > 0 ? 0.5 : zeros[0];
    status = cloudcircuit_check_budget(zeros[1], amount > 1 ? amount : zeros[2], &config, &result);
    ADD(answers, status);
    ADD(answers, result);
    memset(record, 0, sizeof record);
    status = cloudcircuit_write_budget_result_json(status, NULL, &result, record, sizeof record, &length);
    ADD(answers, status);
    add(answers, record, length);
    flags = cloudcircuit_budget_flags(zeros[1], amount > 1 ? amount : zeros[2], config.warning_ratio);
    ADD(answers, flags);
}

static void budget_columns(const double *zeros, double amount, struct answers *answers)
{
    double spends[ROWS], limits[ROWS], usages[ROWS];
    uint8_t flags[ROWS], bits[(3 + ROWS + 7) / 8];
    cloudcircuit_status status;
    size_t i, invalid = 0;
    for (i = 0; i < ROWS; i++) {
        spends[i] = i % 3 ? zeros[i % 2] : amount * (double)i;
        /* Clean stretches, and rows with a limit of 0 among others. */
        limits[i] = i < 30 || i % 5 ? 30 : zeros[2 + i % 2];
    }
    status = cloudcircuit_check_budget_columns(spends, limits, ROWS, NULL, flags, usages, &invalid);
    ADD(answers, status);
    ADD(answers, flags);
    ADD(answers, usages);
    ADD(answers, invalid);
    memset(bits, 0xF7, sizeof bits);
    status = cloudcircuit_check_budget_columns_nullable(spends, bits, 0, limits, bits, 3, ROWS, NULL, flags, usages,
                                                        &invalid);
    ADD(answers, status);
    ADD(answers, flags);
    ADD(answers, usages);
    ADD(answers, invalid);
}

static void spike(const double *zeros, double amount, struct answers *answers)
{
    double series[POINTS];
    size_t lengths[] = {2, 3, 4, 7, 8, 9, 16, 17, POINTS}, i;
    cloudcircuit_spike_config config;
    config.min_baseline = zeros[2];
    for (i = 0; i < COUNT(lengths); i++) {
        cloudcircuit_spike_result result;
        cloudcircuit_status status;
        char record[CLOUDCIRCUIT_RECORD_CAPACITY];
        size_t length = 0;
        uint32_t flags;
        config.spike_multiplier = i % 4 == 3 ? zeros[3] : 1.5;
        fill(series, lengths[i], zeros, amount);
        status = cloudcircuit_check_anomaly_spike(series, lengths[i], &config, &result);
        ADD(answers, status);
        ADD(answers, result);
        cloudcircuit_write_spike_result_json(status, NULL, &result, record, sizeof record, &length);
        add(answers, record, length);
        flags = cloudcircuit_spike_flags(series, lengths[i], config.spike_multiplier, zeros[2]);
        ADD(answers, flags);
    }
}

static void spike_columns(const double *zeros, double amount, struct answers *answers)
{
    static const int64_t offsets[] = {0, 2, 5, 6, 23, 40, POINTS};
    double series[POINTS], thresholds[COUNT(offsets) - 1];
    uint8_t flags[COUNT(offsets) - 1], bits[POINTS / 8 + 1];
    cloudcircuit_spike_config config;
    cloudcircuit_status status;
    size_t invalid = 0;
    config.min_baseline = zeros[2];
    config.spike_multiplier = 1.5;
    fill(series, POINTS, zeros, amount);
    status = cloudcircuit_check_anomaly_spike_columns(series, POINTS, offsets, COUNT(flags), &config, flags,
                                                      thresholds, &invalid);
    ADD(answers, status);
    ADD(answers, flags);
    ADD(answers, thresholds);
    memset(bits, 0xFF, sizeof bits);
    status = cloudcircuit_check_anomaly_spike_columns_nullable(series, bits, 0, POINTS, offsets, bits, 0,
                                                               COUNT(flags), &config, flags, thresholds, &invalid);
    ADD(answers, status);
    ADD(answers, flags);
    ADD(answers, thresholds);
}

/* The detector's settings with zeros wherever 0 is allowed; or where it is not, for the same refusal. */
static cloudcircuit_detect_config detect_config(const double *zeros, int is_refused)
{
    cloudcircuit_detect_config config;
    cloudcircuit_detect_config_init(&config);
    config.min_impact = zeros[2];
    config.min_relative_impact = zeros[3];
    config.min_baseline = zeros[4];
    config.window = 14;
    if (is_refused)
        config.score_threshold = zeros[0];
    return config;
}

static void detect(const double *zeros, double amount, struct answers *answers)
{
    static const int64_t offsets[] = {0, 30, POINTS};
    double series[POINTS], expected[POINTS], bounds[POINTS], scores[2];
    uint8_t flags[POINTS], row_flags[2];
    cloudcircuit_detect_result result;
    cloudcircuit_status status;
    char record[CLOUDCIRCUIT_RECORD_CAPACITY];
    size_t length, invalid = 0;
    int season, is_refused;
    fill(series, POINTS, zeros, amount);
    for (season = 0; season < 3; season++) {
        for (is_refused = 0; is_refused < 2; is_refused++) {
            cloudcircuit_detect_config config = detect_config(zeros, is_refused);
            config.season_length = season == 2 ? 24 : (uint32_t)season;
            config.window = season == 2 ? 48 : config.window;
            status = cloudcircuit_detect_spike(series, POINTS - 5 * (size_t)season, &config, &result);
            ADD(answers, status);
            ADD(answers, result);
            length = 0;
            cloudcircuit_write_detect_result_json(status, NULL, &result, record, sizeof record, &length);
            add(answers, record, length);
            status = cloudcircuit_scan_spikes(series, POINTS, &config, flags, expected, bounds);
            ADD(answers, status);
            ADD(answers, flags);
            ADD(answers, expected);
            ADD(answers, bounds);
            status = cloudcircuit_detect_spike_columns(series, POINTS, offsets, 2, &config, row_flags, scores, &invalid);
            ADD(answers, status);
            ADD(answers, row_flags);
            ADD(answers, scores);
        }
    }
}

static void tracker(const double *zeros, double amount, struct answers *answers)
{
    static cloudcircuit_spike_tracker_state state, decoded;
    uint8_t bytes[CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN];
    double series[POINTS];
    cloudcircuit_detect_config config = detect_config(zeros, 0);
    cloudcircuit_status status;
    size_t i;
    fill(series, POINTS, zeros, amount);
    status = cloudcircuit_spike_tracker_init(&config, &state);
    ADD(answers, status);
    for (i = 0; i < POINTS; i++) {
        cloudcircuit_detect_result result;
        status = cloudcircuit_spike_tracker_update(&state, series[i], &result);
        ADD(answers, status);
        ADD(answers, result);
    }
    ADD(answers, state);
    status = cloudcircuit_spike_tracker_state_encode(&state, bytes, sizeof bytes);
    ADD(answers, status);
    ADD(answers, bytes);
    status = cloudcircuit_spike_tracker_state_decode(bytes, sizeof bytes, &decoded);
    ADD(answers, status);
    CHECK(SAME_BYTES(state, decoded));
}

/* 1e-200 a day after weeks at 1e200, then less: a deviation below the smallest double is stored as 0.0. */
static void a_deviation_that_rounds_to_zero(void)
{
    const double negative_zero = -0.0;
    static cloudcircuit_spike_tracker_state state;
    uint64_t sign;
    size_t i, found = 0;
    cloudcircuit_detect_result result;
    cloudcircuit_detect_config config;
    memcpy(&sign, &negative_zero, sizeof sign);
    CHECK(cloudcircuit_detect_config_init(&config) == CLOUDCIRCUIT_OK);
    config.min_baseline = 0;
    CHECK(cloudcircuit_spike_tracker_init(&config, &state) == CLOUDCIRCUIT_OK);
    for (i = 0; i < 70; i++)
        CHECK(cloudcircuit_spike_tracker_update(&state, i < 50 ? 1e200 : i < 60 ? 1e-200 : 0.9e-200, &result) ==
              CLOUDCIRCUIT_OK);
    for (i = 0; i < COUNT(state.windows); i++)
        found += state.windows[i] == sign;
    CHECK(found == 0);
}

static void forecast(const double *zeros, double amount, struct answers *answers)
{
    static const int64_t offsets[] = {0, 30, POINTS}, elapsed[] = {5, 20}, period_len[] = {30, 30};
    double series[POINTS], limits[2];
    uint8_t flags[2];
    cloudcircuit_forecast_result results[2];
    cloudcircuit_status status;
    char record[CLOUDCIRCUIT_RECORD_CAPACITY];
    size_t length = 0, invalid = 0, history;
    fill(series, POINTS, zeros, amount);
    for (history = 0; history <= 30; history += 15) {
        cloudcircuit_forecast_result result;
        double limit = history == 15 ? zeros[2] : 100;
        status = cloudcircuit_forecast_budget(series, history, series + history, 10, 30, limit, NULL, &result);
        ADD(answers, status);
        ADD(answers, result);
        cloudcircuit_write_forecast_result_json(status, NULL, &result, record, sizeof record, &length);
        add(answers, record, length);
    }
    limits[0] = 100;
    limits[1] = zeros[3];
    status = cloudcircuit_forecast_budget_columns(series, POINTS, offsets, NULL, elapsed, period_len, limits, 2, NULL,
                                                  flags, results, &invalid);
    ADD(answers, status);
    ADD(answers, flags);
    ADD(answers, results);
}

static void money(const double *zeros, double amount, struct answers *answers)
{
    int64_t minor = -1;
    double back = 1;
    cloudcircuit_status status = cloudcircuit_money_from_double(zeros[0], 2, &minor);
    ADD(answers, status);
    ADD(answers, minor);
    status = cloudcircuit_money_to_double(amount > 0 ? 0 : minor, 2, &back);
    ADD(answers, status);
    ADD(answers, back);
}

static const struct {
    const char *name;
    void (*call)(const double *zeros, double amount, struct answers *answers);
} CALLS[] = {
    {"budget", budget},   {"budget columns", budget_columns}, {"spike", spike},
    {"spike columns", spike_columns}, {"detect", detect},     {"tracker", tracker},
    {"forecast", forecast}, {"money", money},
};

int main(void)
{
    static const double amounts[] = {0, 1, 2, 30}; /* of 2 one bit is set */
    static struct answers expected, found;
    size_t call, amount;
    unsigned signs;
    int slot;
    for (call = 0; call < COUNT(CALLS); call++) {
        for (amount = 0; amount < COUNT(amounts); amount++) {
            double zeros[SLOTS] = {0, 0, 0, 0, 0};
            memset(&expected, 0, sizeof expected);
            CALLS[call].call(zeros, amounts[amount], &expected);
            for (signs = 1; signs < 1u << SLOTS; signs++) {
                for (slot = 0; slot < SLOTS; slot++)
                    zeros[slot] = signs >> slot & 1 ? -0.0 : 0.0;
                memset(&found, 0, sizeof found);
                CALLS[call].call(zeros, amounts[amount], &found);
                if (!SAME_BYTES(expected, found)) {
                    printf("%s over %g: signs %u\n", CALLS[call].name, amounts[amount], signs);
                    failures++;
                }
            }
        }
    }
    a_deviation_that_rounds_to_zero();
    return report();
}
