/* Records: whatever stands in a result, a writer refuses it or writes one line of JSON, never a byte past the buffer. */
#include <ctype.h>

#include "fuzz.h"

/* A reader of JSON, RFC 8259: past the value, or NULL where it is none. */
static const char *value(const char *text);

static const char *string(const char *text)
{
    if (*text++ != '"')
        return NULL;
    for (; *text != '"'; text++) {
        if ((uint8_t)*text < 0x20 || (uint8_t)*text > 0x7e)
            return NULL;
        if (*text == '\\' && !strchr("\"\\/bfnrt", *++text))
            return NULL;
    }
    return text + 1;
}

static const char *digits(const char *text)
{
    if (!isdigit((uint8_t)*text))
        return NULL;
    while (isdigit((uint8_t)*text))
        text++;
    return text;
}

static const char *number(const char *text)
{
    if (*text == '-')
        text++;
    if (*text == '0' && isdigit((uint8_t)text[1]))
        return NULL;
    text = digits(text);
    if (text && *text == '.')
        text = digits(text + 1);
    if (text && (*text == 'e' || *text == 'E')) {
        text++;
        if (*text == '-' || *text == '+')
            text++;
        text = digits(text);
    }
    return text;
}

static const char *list(const char *text, char end)
{
    if (*++text == end)
        return text + 1;
    for (;; text++) {
        if (end == '}') {
            text = string(text);
            if (!text || *text++ != ':')
                return NULL;
        }
        text = value(text);
        if (!text || (*text != ',' && *text != end))
            return NULL;
        if (*text == end)
            return text + 1;
    }
}

static const char *value(const char *text)
{
    if (*text == '{')
        return list(text, '}');
    if (*text == '[')
        return list(text, ']');
    if (*text == '"')
        return string(text);
    if (!strncmp(text, "true", 4) || !strncmp(text, "null", 4))
        return text + 4;
    if (!strncmp(text, "false", 5))
        return text + 5;
    return number(text);
}

/* A writer with its arguments but for the buffer's. */
#define WRITE(name, config, result)                                                                                    \
    do {                                                                                                               \
        static _Thread_local char line[CLOUDCIRCUIT_RECORD_CAPACITY];                                                  \
        size_t length = 7, again = 7, i, capacity = byte() | (byte() & 7) << 8;                                        \
        const void *config_ = is_default ? NULL : (config), *result_ = status && !is_default ? NULL : (result);        \
        cloudcircuit_status first = CALL(write_##name##_json, status, config_, result_, line, sizeof line, &length);   \
        char *fenced = block(capacity);                                                                                \
        cloudcircuit_status second;                                                                                    \
        memset(fenced, 0x5a, capacity);                                                                                \
        second = CALL(write_##name##_json, status, config_, result_, capacity ? fenced : NULL, capacity, &again);      \
        CHECK(first != CLOUDCIRCUIT_ERR_BUFFER_TOO_SMALL, "RECORD_CAPACITY is enough for every record");               \
        if (first) {                                                                                                   \
            CHECK(line[0] == 0 && length == 0 && again == 0, "on an error only the NUL, length 0");                    \
            CHECK(capacity == 0 || fenced[0] == 0, "only the NUL");                                                    \
        } else {                                                                                                       \
            const char *end = value(line);                                                                             \
            CHECK(strlen(line) == length &&                                                                            \
                      !strncmp(line, "{\"kind\":\"" #name "\"", sizeof "{'kind':'" #name "'" - 1),                     \
                  "a line and a NUL");                                                                                 \
            CHECK(end &&*end == 0, "the line is JSON");                                                                \
            CHECK(again == length, "length: also if the buffer is too small");                                         \
            CHECK(second == (capacity > length ? 0 : CLOUDCIRCUIT_ERR_BUFFER_TOO_SMALL), "capacity > length");         \
            CHECK(second || !strcmp(line, fenced), "the same line in any buffer");                                     \
            CHECK(!second || capacity == 0 || fenced[0] == 0, "on an error only the NUL");                             \
        }                                                                                                              \
        for (i = first || second ? 1 : again + 1; i < capacity; i++)                                                   \
            CHECK(fenced[i] == 0x5a, "nothing is written after the NUL");                                              \
        free(fenced);                                                                                                  \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    double points[3];
    int64_t units[3];
    unsigned i, kind;
    int is_default;
    cloudcircuit_status status;
    start(data, size);
    kind = byte();
    is_default = kind >> 4 & 1;
    for (i = 0; i < 3; i++)
        points[i] = point(), units[i] = amount();
        /* Each result is that of a call, with some fields changed, and so is the status. */
#define CHANGED(object) edit(&(object), sizeof(object))
#define STATUS(call)                                                                                                   \
    status = (call);                                                                                                   \
    if (kind & 32)                                                                                                     \
    status = byte() & 1 ? (int32_t)word() : byte() << 2
    switch (kind & 15) {
    case 0: {
        cloudcircuit_budget_config config = {points[2]};
        cloudcircuit_budget_result result;
        STATUS(cloudcircuit_check_budget(points[0], points[1], is_default ? NULL : &config, &result));
        CHANGED(result);
        WRITE(budget_result, &config, &result);
        break;
    }
    case 1: {
        cloudcircuit_budget_config_i64 config = {(uint32_t)units[2], 0};
        cloudcircuit_budget_result_i64 result;
        STATUS(cloudcircuit_check_budget_i64(units[0], units[1], is_default ? NULL : &config, &result));
        CHANGED(result);
        WRITE(budget_result_i64, &config, &result);
        break;
    }
    case 2: {
        cloudcircuit_spike_config config = {points[2], points[1]};
        cloudcircuit_spike_result result;
        STATUS(cloudcircuit_check_anomaly_spike(points, 3, is_default ? NULL : &config, &result));
        CHANGED(result);
        WRITE(spike_result, &config, &result);
        break;
    }
    case 3: {
        cloudcircuit_spike_config_i64 config = {(uint32_t)units[2], 0, units[1]};
        cloudcircuit_spike_result_i64 result;
        STATUS(cloudcircuit_check_anomaly_spike_i64(units, 3, is_default ? NULL : &config, &result));
        CHANGED(result);
        WRITE(spike_result_i64, &config, &result);
        break;
    }
    case 4: {
        cloudcircuit_breaker_counters counters = {units[0], units[1], units[2]};
        cloudcircuit_breaker_decision result;
        STATUS(cloudcircuit_evaluate_circuit_breaker(&counters, &result));
        CHANGED(result);
        WRITE(breaker_decision, &counters, &result);
        break;
    }
    case 5: {
        cloudcircuit_breaker_config config;
        cloudcircuit_breaker_state state;
        cloudcircuit_breaker_permit result;
        (void)!cloudcircuit_breaker_config_init(&config);
        CHANGED(config);
        (void)!cloudcircuit_breaker_init(units[0], &state);
        (void)!cloudcircuit_breaker_force(&state, 3 + byte() % 3, units[1], units[0]);
        STATUS(cloudcircuit_breaker_peek(is_default ? NULL : &config, &state, units[2], &result));
        CHANGED(result);
        WRITE(breaker_permit, &config, &result);
        break;
    }
    case 6:
    case 7: {
        cloudcircuit_ledger_config config;
        cloudcircuit_ledger_state state;
        cloudcircuit_ledger_hold hold;
        cloudcircuit_ledger_decision result;
        (void)!cloudcircuit_ledger_config_init(&config);
        CHANGED(config);
        (void)!cloudcircuit_ledger_init(1, 0, 0, &state);
        STATUS(cloudcircuit_ledger_reserve(is_default ? NULL : &config, &state, units[0], units[1], &hold, &result));
        CHANGED(result);
        WRITE(ledger_decision, &config, &result);
        break;
    }
    case 8: {
        cloudcircuit_rate_limit_config config = {units[0], units[1], byte() % 4, 0};
        cloudcircuit_rate_limit_state state;
        cloudcircuit_rate_limit_decision result;
        (void)!cloudcircuit_rate_limit_init(0, &state);
        STATUS(cloudcircuit_rate_limit_acquire(&config, &state, units[2], byte(), &result));
        CHANGED(result);
        WRITE(rate_limit_decision, &config, &result);
        break;
    }
    case 9:
    case 10: {
        cloudcircuit_detect_config config;
        cloudcircuit_detect_result result;
        double series[40];
        for (i = 0; i < 40; i++)
            series[i] = i < 37 ? 100 + i % 7 : points[i - 37];
        (void)!cloudcircuit_detect_config_init(&config);
        CHANGED(config);
        STATUS(cloudcircuit_detect_spike(series, 40, is_default ? NULL : &config, &result));
        CHANGED(result);
        WRITE(detect_result, &config, &result);
        break;
    }
    case 11:
    case 12: {
        cloudcircuit_forecast_config config;
        cloudcircuit_forecast_result result;
        double series[40];
        for (i = 0; i < 40; i++)
            series[i] = i < 37 ? 100 + i % 7 : points[i - 37];
        (void)!cloudcircuit_forecast_config_init(&config);
        CHANGED(config);
        STATUS(
            cloudcircuit_forecast_budget(series, 35, series + 35, 5, 30, 3000, is_default ? NULL : &config, &result));
        CHANGED(result);
        WRITE(forecast_result, &config, &result);
        break;
    }
    default: {
        cloudcircuit_guard_policy policy;
        cloudcircuit_guard_decision result;
        cloudcircuit_signal signal = {CLOUDCIRCUIT_SIGNAL_BUDGET, 0, word() & 2047, word() & 2047, units[0]};
        (void)!cloudcircuit_guard_policy_init(&policy);
        CHANGED(policy);
        STATUS(cloudcircuit_evaluate_guard(&signal, 1, is_default ? NULL : &policy, &result));
        CHANGED(result);
        WRITE(guard_decision, &policy, &result);
    }
    }
    return 0;
}
