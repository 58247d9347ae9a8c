/* Records. Without arguments: the rules of the buffer, which results are refused, and what the records
 * of refused calls say.
 *
 *     json lines COUNT
 *
 * writes COUNT records of every struct. Each has its fields before it, as name=d:BITS for a double,
 * i:DIGITS for an integer, b:0 or b:1 for a flag, s:WORD for a word and a:JSON for an array, those of
 * the settings as config.name, then a tab and the record. */
#include "check.h"
#include "seed.h"
#include <cloudcircuit.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* Every struct alike: its fields, and its function behind void pointers. */

/* Constants of one kind: from a value to a value, or bits from a place to a place. */
struct words {
    const char *(*name)(int64_t);
    int32_t low, high;
};

#define WORDS(group, type, low, high)                                                            \
    static const char *group##_word(int64_t value) { return cloudcircuit_##group##_name((type)value); } \
    static const struct words group = {group##_word, low, high};

WORDS(action, int32_t, 0, 3)
WORDS(reason, uint32_t, 0, 10)
WORDS(signal, uint32_t, 0, 4)
WORDS(phase, int32_t, 1, 5)
WORDS(verdict, int32_t, 1, 3)
WORDS(detect_reason, int32_t, 0, 9)
WORDS(ledger_reason, int32_t, 1, 8)
WORDS(mode, uint32_t, 0, 2)

static const char *rate_word(int64_t value) { return cloudcircuit_rate_reason_name((int32_t)value); }
static const struct words rate_reason = {rate_word, 3, 5};
static const char *unit_word(int64_t value) { return value == 0 ? "ppm" : "amount"; }
static const struct words unit = {unit_word, 0, 1};
static const char *basis_word(int64_t value) { return value == 0 ? "settled" : "committed"; }
static const struct words basis = {basis_word, 0, 1};
static const char *negative_points_word(int64_t value)
{
    static const char *const WORDS[] = {"error", "missing", "zero"};
    return WORDS[value];
}
static const struct words negative_points = {negative_points_word, 0, 2};

struct field {
    const char *name;
    size_t offset;
    /* d, i: int64_t, u: uint64_t, w: int32_t, m: uint32_t, b: a flag, e: a word, s: bits in words,
       p: bits by their places, t: thresholds, c: their number */
    char kind;
    const struct words *words;
};

struct record {
    const char *name;
    size_t size, config_size;
    struct field fields[14]; /* the last one is empty */
    struct field config[24];
    int needs_config;
    cloudcircuit_status (*write)(cloudcircuit_status, const void *, const void *, char *, size_t, size_t *);
};

#define FIELD(type, name, kind) {#name, offsetof(cloudcircuit_##type, name), kind, NULL}
#define WORD(type, name, kind, words) {#name, offsetof(cloudcircuit_##type, name), kind, &words}
#define END {NULL, 0, 0, NULL}
#define WRITE(type)                                                                               \
    static cloudcircuit_status write_##type(cloudcircuit_status status, const void *config,       \
                                            const void *result, char *buffer, size_t size,        \
                                            size_t *length)                                       \
    {                                                                                             \
        return cloudcircuit_write_##type##_json(status, config, result, buffer, size, length);    \
    }
#define RECORD(type, config) #type, sizeof(cloudcircuit_##type), sizeof(cloudcircuit_##config)

WRITE(budget_result)
WRITE(spike_result)
WRITE(breaker_decision)
WRITE(guard_decision)
WRITE(budget_result_i64)
WRITE(spike_result_i64)
WRITE(breaker_permit)
WRITE(ledger_decision)
WRITE(rate_limit_decision)
WRITE(detect_result)
WRITE(forecast_result)

static const struct record RECORDS[] = {
    {RECORD(budget_result, budget_config),
     {FIELD(budget_result, current_spend, 'd'), FIELD(budget_result, budget_limit, 'd'),
      FIELD(budget_result, usage_ratio, 'd'), FIELD(budget_result, remaining_budget, 'd'),
      FIELD(budget_result, is_warning, 'b'), FIELD(budget_result, is_breached, 'b'), END},
     {FIELD(budget_config, warning_ratio, 'd'), END},
     0, write_budget_result},
    {RECORD(spike_result, spike_config),
     {FIELD(spike_result, latest_spend, 'd'), FIELD(spike_result, baseline_mean, 'd'),
      FIELD(spike_result, threshold, 'd'), FIELD(spike_result, is_spike, 'b'),
      FIELD(spike_result, points_used, 'm'), END},
     {FIELD(spike_config, spike_multiplier, 'd'), FIELD(spike_config, min_baseline, 'd'), END},
     0, write_spike_result},
    {RECORD(breaker_decision, breaker_counters),
     {FIELD(breaker_decision, retry_after_steps, 'i'), FIELD(breaker_decision, is_open, 'b'),
      FIELD(breaker_decision, allow_operation, 'b'), END},
     {FIELD(breaker_counters, consecutive_failures, 'i'), FIELD(breaker_counters,
      failure_threshold, 'i'), FIELD(breaker_counters, cooldown_steps_remaining, 'i'), END},
     1, write_breaker_decision},
    {RECORD(guard_decision, guard_policy),
     {WORD(guard_decision, action, 'e', action), WORD(guard_decision, monitor_action, 'e',
      action), WORD(guard_decision, reasons, 's', reason), WORD(guard_decision,
      monitor_reasons, 's', reason), WORD(guard_decision, kinds, 's', signal),
      FIELD(guard_decision, retry_after, 'i'), END},
     {WORD(guard_policy, on_warning, 'e', action), WORD(guard_policy, on_breach, 'e', action),
      WORD(guard_policy, on_spike, 'e', action), WORD(guard_policy, on_leak, 'e', action),
      WORD(guard_policy, on_open, 'e', action), WORD(guard_policy, on_over_limit, 'e',
      action), WORD(guard_policy, on_rate, 'e', action), WORD(guard_policy, on_forecast, 'e',
      action), WORD(guard_policy, on_insufficient, 'e', action), WORD(guard_policy, on_error,
      'e', action), WORD(guard_policy, on_missing, 'e', action), WORD(guard_policy, required,
      's', signal), WORD(guard_policy, monitor, 's', reason), END},
     0, write_guard_decision},
    {RECORD(budget_result_i64, budget_config_i64),
     {FIELD(budget_result_i64, current_spend, 'i'), FIELD(budget_result_i64, budget_limit,
      'i'), FIELD(budget_result_i64, remaining_budget, 'i'), FIELD(budget_result_i64,
      usage_ppm, 'u'), FIELD(budget_result_i64, is_warning, 'b'), FIELD(budget_result_i64,
      is_breached, 'b'), END},
     {FIELD(budget_config_i64, warning_ppm, 'm'), END},
     0, write_budget_result_i64},
    {RECORD(spike_result_i64, spike_config_i64),
     {FIELD(spike_result_i64, latest_spend, 'i'), FIELD(spike_result_i64, baseline_mean, 'i'),
      FIELD(spike_result_i64, threshold, 'i'), FIELD(spike_result_i64, is_spike, 'b'),
      FIELD(spike_result_i64, points_used, 'm'), END},
     {FIELD(spike_config_i64, spike_multiplier_ppm, 'm'), FIELD(spike_config_i64,
      min_baseline, 'i'), END},
     0, write_spike_result_i64},
    {RECORD(breaker_permit, breaker_config),
     {FIELD(breaker_permit, generation, 'u'), FIELD(breaker_permit, retry_after, 'i'),
      FIELD(breaker_permit, deadline, 'i'), WORD(breaker_permit, phase, 'e', phase),
      FIELD(breaker_permit, allowed, 'b'), FIELD(breaker_permit, would_refuse, 'b'),
      FIELD(breaker_permit, probe_slot, 'm'), FIELD(breaker_permit, clock_regressed, 'b'), END},
     {FIELD(breaker_config, failure_threshold, 'm'), FIELD(breaker_config, failure_count,
      'm'), FIELD(breaker_config, window_size, 'm'), FIELD(breaker_config, minimum_calls,
      'm'), FIELD(breaker_config, failure_rate_ppm, 'm'), FIELD(breaker_config,
      slow_call_rate_ppm, 'm'), FIELD(breaker_config, half_open_max_probes, 'm'),
      FIELD(breaker_config, half_open_calls, 'm'), FIELD(breaker_config,
      half_open_failure_rate_ppm, 'm'), FIELD(breaker_config, backoff_ppm, 'm'),
      FIELD(breaker_config, jitter_ppm, 'm'), WORD(breaker_config, mode, 'e', mode),
      FIELD(breaker_config, jitter_seed, 'u'), FIELD(breaker_config, window_duration, 'i'),
      FIELD(breaker_config, slow_call_duration, 'i'), FIELD(breaker_config, open_duration,
      'i'), FIELD(breaker_config, max_open_duration, 'i'), FIELD(breaker_config,
      probe_timeout, 'i'), FIELD(breaker_config, half_open_duration, 'i'),
      FIELD(breaker_config, trips_decay, 'i'), FIELD(breaker_config, max_retry_after, 'i'),
      FIELD(breaker_config, ramp_duration, 'i'), END},
     0, write_breaker_permit},
    {RECORD(ledger_decision, ledger_config),
     {FIELD(ledger_decision, settled, 'i'), FIELD(ledger_decision, held, 'i'),
      FIELD(ledger_decision, available, 'i'), FIELD(ledger_decision, overshoot, 'i'),
      FIELD(ledger_decision, expired, 'i'), WORD(ledger_decision, reason, 'e', ledger_reason),
      FIELD(ledger_decision, allowed, 'b'), FIELD(ledger_decision, would_refuse, 'b'),
      FIELD(ledger_decision, clock_regressed, 'b'), FIELD(ledger_decision, crossed, 'p'),
      FIELD(ledger_decision, newly_crossed, 'p'), END},
     {FIELD(ledger_config, limit, 'i'), FIELD(ledger_config, carry_max, 'i'),
      FIELD(ledger_config, debt_max, 'i'), FIELD(ledger_config, hold_duration, 'i'),
      FIELD(ledger_config, thresholds, 't'), FIELD(ledger_config, threshold_count, 'c'),
      WORD(ledger_config, threshold_unit, 'e', unit), WORD(ledger_config, threshold_basis,
      'e', basis), WORD(ledger_config, mode, 'e', mode), END},
     0, write_ledger_decision},
    {RECORD(rate_limit_decision, rate_limit_config),
     {FIELD(rate_limit_decision, used, 'i'), FIELD(rate_limit_decision, available, 'i'),
      FIELD(rate_limit_decision, retry_after, 'i'), FIELD(rate_limit_decision, taken_at, 'i'),
      WORD(rate_limit_decision, reason, 'e', rate_reason), FIELD(rate_limit_decision, allowed,
      'b'), FIELD(rate_limit_decision, would_refuse, 'b'), FIELD(rate_limit_decision,
      clock_regressed, 'b'), END},
     {FIELD(rate_limit_config, limit, 'i'), FIELD(rate_limit_config, duration, 'i'),
      WORD(rate_limit_config, mode, 'e', mode), END},
     1, write_rate_limit_decision},
    {RECORD(detect_result, detect_config),
     {FIELD(detect_result, latest_spend, 'd'), FIELD(detect_result, expected_spend, 'd'),
      FIELD(detect_result, upper_bound, 'd'), FIELD(detect_result, excess, 'd'),
      FIELD(detect_result, score, 'd'), FIELD(detect_result, leak_score, 'd'),
      FIELD(detect_result, drop_score, 'd'),
      FIELD(detect_result, points_used, 'm'), WORD(detect_result, verdict, 'e', verdict),
      WORD(detect_result, reason, 'e', detect_reason), FIELD(detect_result, is_leak, 'b'),
      FIELD(detect_result, is_drop, 'b'), END},
     {FIELD(detect_config, season_length, 'm'), FIELD(detect_config, window, 'm'),
      FIELD(detect_config, lag_points, 'm'),
      WORD(detect_config, negative_points, 'e', negative_points), FIELD(detect_config, score_threshold, 'd'),
      FIELD(detect_config, min_impact, 'd'), FIELD(detect_config, min_relative_impact, 'd'),
      FIELD(detect_config, min_baseline, 'd'), FIELD(detect_config, start_time, 'i'),
      FIELD(detect_config, step, 'i'), END},
     0, write_detect_result},
    {RECORD(forecast_result, forecast_config),
     {FIELD(forecast_result, spend_to_date, 'd'), FIELD(forecast_result, forecast_spend, 'd'),
      FIELD(forecast_result, lower_bound, 'd'), FIELD(forecast_result, upper_bound, 'd'),
      FIELD(forecast_result, forecast_ratio, 'd'), FIELD(forecast_result, burn_rate, 'd'),
      FIELD(forecast_result, exhaustion_point, 'i'), FIELD(forecast_result,
      is_forecast_breached, 'b'), WORD(forecast_result, verdict, 'e', verdict), END},
     {FIELD(forecast_config, season_length, 'm'), FIELD(forecast_config, lag_points, 'm'),
      WORD(forecast_config, negative_points, 'e', negative_points), FIELD(forecast_config,
      start_time, 'i'), FIELD(forecast_config, step, 'i'), END},
     0, write_forecast_result},
};

static size_t width(char kind)
{
    return kind == 't' ? 64 : strchr("diu", kind) ? 8 : 4;
}

/* Values */

static uint64_t any(void)
{
    static uint64_t seed;
    uint64_t z;
    if (seed == 0)
        seed = fresh_seed();
    z = seed += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

/* Known to be printed or read wrong by some: long carries, halves, the edges of each form; and what is millionths to
   a divisor that is one off. */
static const double TRAPS[] = {
    0.0, -0.0, 5e-324, -5e-324, 1e-323, 2.2250738585072011e-308, 2.2250738585072014e-308,
    2.225073858507201e-308, DBL_MAX, -DBL_MAX, 1.7976931348623155e308, 9007199254740991.0,
    9007199254740992.0, 9007199254740993.0, 9007199254740994.0, 1e15, 1e16, 1e17, 1e21, 1e22, 1e23,
    9.999999999999999e22, 1.0000000000000001e23, 123456789012345680.0, 0.1, 0.2, 0.3, 0.1 + 0.2,
    1.0 / 3, 2.0 / 3, 0.0001, 0.00001, 0.000001, 1e-7, 1.2e-6, 5e-7, 4.35, 4.349999999999999, 0.615,
    9.5367431640625e-07, 8.41e21, 2.0919495182368195e19, 7.2057594037927933e16, 6.0221e23, 4.5e15,
    9.5e-3, 299792458.0, 2.98023223876953125e-8, 3.0540412e5, 8.0990312e3, 2.4414062e-4,
    4.708356024711512e18, 9.409340012568248e18, 1.2345678e0, 5.764607523034235e39,
    1.152921504606847e40, 2.305843009213694e40, 1.8014398509481984e16, 3.6028797018963964e16,
    4.4501477170144023e-308, 6.9294956446009195e15, 1.9430376160308388e16,
    1001.0 / 1000001, 123456.0 / 1000001, 1e9, 999999999.999999, 1000000000.000001, 0.001, 0.000999};

static uint64_t a_double(void)
{
    static const double powers[] = {1, 10, 100, 1000, 1e4, 1e6, 1e9, 1e12};
    double number;
    uint64_t bits;
    switch (any() % 6) {
    case 0:
        number = TRAPS[any() % COUNT(TRAPS)];
        break;
    case 1: /* cents, mills, micros, and the doubles after them */
        number = (double)(any() >> (11 + any() % 50)) / powers[any() % COUNT(powers)];
        memcpy(&bits, &number, sizeof bits);
        bits += any() % 4 == 0;
        memcpy(&number, &bits, sizeof number);
        break;
    case 2: /* whole, or a power of two and its neighbours */
        number = any() % 2 ? (double)(any() >> any() % 64) : ldexp(1, (int)(any() % 2098) - 1074);
        memcpy(&bits, &number, sizeof bits);
        bits += any() % 3 - 1;
        bits = bits == UINT64_MAX ? 0 : bits;
        memcpy(&number, &bits, sizeof number);
        break;
    case 3: /* subnormal */
        bits = any() >> (12 + any() % 52);
        memcpy(&number, &bits, sizeof number);
        break;
    default:
        do {
            bits = any();
            memcpy(&number, &bits, sizeof number);
        } while (!isfinite(number));
    }
    number = any() % 4 ? number : -number;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static uint64_t an_integer(void)
{
    static const int64_t edges[] = {0, 1, -1, INT64_MAX, INT64_MIN, INT64_C(1) << 53,
                                    (INT64_C(1) << 53) + 1, -(INT64_C(1) << 53), 999, 1000000};
    return any() % 4 == 0 ? (uint64_t)edges[any() % COUNT(edges)]
           : any() % 2    ? any() >> any() % 64
                          : (uint64_t)-(int64_t)(any() >> (1 + any() % 63));
}

/* Fields of a struct that a call can have written or been passed. */
static void fill_in(const struct field *field, unsigned char *at, size_t size)
{
    memset(at, 0, size);
    for (; field->name; field++) {
        uint64_t value = field->kind == 'd' ? a_double() : an_integer();
        uint32_t half, i;
        if (field->kind == 'b')
            value %= 2;
        else if (field->kind == 'c')
            value = any() % 9;
        else if (field->kind == 'e')
            value = (uint64_t)field->words->low
                    + any() % (uint64_t)(field->words->high - field->words->low + 1);
        else if (field->kind == 's')
            value = any() % (UINT64_C(2) << field->words->high);
        half = (uint32_t)value;
        if (field->kind == 't')
            for (i = 0; i < 8; i++, value = an_integer())
                memcpy(at + field->offset + 8 * i, &value, 8);
        else if (width(field->kind) == 8)
            memcpy(at + field->offset, &value, 8);
        else
            memcpy(at + field->offset, &half, 4);
    }
}

struct call {
    unsigned char config[128], result[128];
};

static void call(const struct record *record, struct call *filled)
{
    fill_in(record->fields, filled->result, record->size);
    fill_in(record->config, filled->config, record->config_size);
}

static cloudcircuit_status write(const struct record *record, const struct call *filled, char *buffer,
                                 size_t capacity, size_t *length)
{
    return record->write(CLOUDCIRCUIT_OK, filled->config, filled->result, buffer, capacity, length);
}

static void say(const char *prefix, const struct field *field, const unsigned char *at)
{
    const struct field *next = field + 1; /* the count follows the thresholds */
    uint64_t value = 0;
    uint32_t half = 0, i, count = 32;
    const char *separator = "";
    if (width(field->kind) == 8)
        memcpy(&value, at + field->offset, 8);
    else if (field->kind != 't')
        memcpy(&half, at + field->offset, 4);
    printf(" %s%s=", prefix, field->name);
    switch (field->kind) {
    case 'd': printf("d:%016" PRIx64, value); break;
    case 'i': printf("i:%" PRId64, (int64_t)value); break;
    case 'u': printf("i:%" PRIu64, value); break;
    case 'w': printf("i:%" PRId32, (int32_t)half); break;
    case 'm': case 'c': printf("i:%" PRIu32, half); break;
    case 'b': printf("b:%" PRIu32, half); break;
    case 'e': printf("s:%s", field->words->name(half)); break;
    default:
        printf("a:[");
        if (field->kind == 't')
            memcpy(&count, at + next->offset, 4);
        for (i = 0; i < count; i++) {
            if (field->kind == 't')
                memcpy(&value, at + field->offset + 8 * i, 8);
            else if ((half >> i & 1) == 0)
                continue;
            printf("%s", separator);
            if (field->kind == 's')
                printf("\"%s\"", field->words->name((int64_t)1 << i));
            else
                printf("%" PRId64, field->kind == 't' ? (int64_t)value : (int64_t)i);
            separator = ",";
        }
        printf("]");
    }
}

static int print_lines(long lines)
{
    size_t i;
    for (; lines > 0; lines--) {
        for (i = 0; i < COUNT(RECORDS); i++) {
            struct call filled;
            char line[CLOUDCIRCUIT_RECORD_CAPACITY];
            const struct field *field;
            call(&RECORDS[i], &filled);
            if (write(&RECORDS[i], &filled, line, sizeof line, NULL) != CLOUDCIRCUIT_OK)
                return 1;
            printf("kind=s:%s version=s:%s status=s:CLOUDCIRCUIT_OK", RECORDS[i].name,
                   CLOUDCIRCUIT_VERSION);
            for (field = RECORDS[i].fields; field->name; field++)
                say("", field, filled.result);
            for (field = RECORDS[i].config; field->name; field++)
                say("config.", field, filled.config);
            printf("\t%s\n", line);
        }
    }
    return 0;
}

/* Buffers */

static int is_filled(const char *at, size_t size, unsigned char fill)
{
    while (size-- > 0)
        if ((unsigned char)*at++ != fill)
            return 0;
    return 1;
}

/* Every capacity from none to more than enough, each in memory of just that size. */
static void buffers(const struct record *record, const struct call *filled)
{
    char line[CLOUDCIRCUIT_RECORD_CAPACITY];
    size_t needed = 12345, capacity;
    CHECK(write(record, filled, NULL, 0, &needed) == CLOUDCIRCUIT_ERR_BUFFER_TOO_SMALL);
    CHECK(needed > 0 && needed < CLOUDCIRCUIT_RECORD_CAPACITY);
    CHECK(write(record, filled, line, sizeof line, NULL) == CLOUDCIRCUIT_OK);
    CHECK(strlen(line) == needed && strchr(line, '\n') == NULL);
    for (capacity = 0; capacity <= needed + 9; capacity++) {
        unsigned char fill = capacity % 2 ? 0xAA : 0x55;
        char *buffer = malloc(capacity + (capacity == 0));
        size_t length = 12345;
        cloudcircuit_status status;
        if (buffer == NULL)
            abort();
        memset(buffer, fill, capacity + (capacity == 0));
        status = write(record, filled, buffer, capacity, capacity % 3 ? &length : NULL);
        CHECK(capacity % 3 == 0 || length == needed);
        if (capacity <= needed) {
            CHECK(status == CLOUDCIRCUIT_ERR_BUFFER_TOO_SMALL);
            CHECK(capacity == 0 ? is_filled(buffer, 1, fill)
                                : buffer[0] == 0 && is_filled(buffer + 1, capacity - 1, fill));
        } else {
            CHECK(status == CLOUDCIRCUIT_OK && memcmp(buffer, line, needed + 1) == 0);
            CHECK(is_filled(buffer + needed + 1, capacity - needed - 1, fill));
        }
        free(buffer);
    }
    CHECK(write(record, filled, NULL, 0, NULL) == CLOUDCIRCUIT_ERR_BUFFER_TOO_SMALL);
}

static void nulls(const struct record *record, const struct call *filled)
{
    const cloudcircuit_status missing = CLOUDCIRCUIT_ERR_NULL_POINTER;
    const void *config = filled->config;
    char line[CLOUDCIRCUIT_RECORD_CAPACITY];
    size_t length = 12345;
    memset(line, 0xAA, sizeof line);
    CHECK(record->write(0, config, NULL, line, sizeof line, &length) == missing);
    CHECK(length == 0 && line[0] == 0 && is_filled(line + 1, sizeof line - 1, 0xAA));
    length = 12345;
    CHECK(record->write(0, config, NULL, NULL, 0, &length) == missing && length == 0);
    CHECK(record->write(0, config, NULL, NULL, 0, NULL) == missing);
    CHECK(record->write(0, config, NULL, NULL, 5, NULL) == missing);
    CHECK(write(record, filled, NULL, 1, NULL) == missing);
    CHECK(write(record, filled, NULL, 5, NULL) == missing);
    length = 12345;
    CHECK(write(record, filled, NULL, SIZE_MAX, &length) == missing && length == 0);

    /* Without settings the defaults are written, if the call has any. */
    CHECK(record->write(0, NULL, filled->result, line, sizeof line, NULL)
          == (record->needs_config ? missing : CLOUDCIRCUIT_OK));
    CHECK(record->write(1, NULL, NULL, line, sizeof line, NULL) == CLOUDCIRCUIT_OK);
    CHECK((strstr(line, "\"config\":null}") != NULL) == record->needs_config);
}

/* A number that is not finite, a flag or a constant that is none, in each field in turn: of a call that
   succeeded it is an error, in the settings of a refused one it is written. */
static void broken_field(const struct record *record, const struct field *field, int is_config)
{
    static const double bad[] = {NAN, -NAN, INFINITY, -INFINITY};
    static const uint32_t bad_flags[] = {2, 0x80000000u, UINT32_MAX, 16};
    size_t i;
    if (strchr("dbes", field->kind) == NULL)
        return;
    for (i = 0; i < 4; i++) {
        struct call filled;
        unsigned char *at;
        char line[CLOUDCIRCUIT_RECORD_CAPACITY];
        size_t length = 12345;
        call(record, &filled);
        at = (is_config ? filled.config : filled.result) + field->offset;
        if (field->kind == 'd')
            memcpy(at, &bad[i], 8);
        else if (field->kind == 'b' || i > 0 || field->kind == 's')
            memcpy(at, &bad_flags[field->kind == 's' ? 1 + i % 2 : i], 4);
        if (field->kind == 'e' && i == 0)
            continue;
        memset(line, 0x55, sizeof line);
        CHECK(write(record, &filled, line, sizeof line, &length) == CLOUDCIRCUIT_ERR_RECORD_FIELD);
        CHECK(length == 0 && line[0] == 0 && is_filled(line + 1, sizeof line - 1, 0x55));
        CHECK(write(record, &filled, line, 0, &length) == CLOUDCIRCUIT_ERR_RECORD_FIELD);
        CHECK(write(record, &filled, NULL, 0, NULL) == CLOUDCIRCUIT_ERR_RECORD_FIELD);
        CHECK(record->write(CLOUDCIRCUIT_ERR_RESERVED, filled.config, filled.result, line, sizeof line,
                            NULL) == CLOUDCIRCUIT_OK);
    }
}

static void broken_fields(const struct record *record)
{
    const struct field *field;
    for (field = record->fields; field->name; field++)
        broken_field(record, field, 0);
    for (field = record->config; field->name; field++)
        broken_field(record, field, 1);
}

/* The longest values that there are. */
static void lengthen(const struct field *field, unsigned char *at)
{
    for (; field->name; field++) {
        const double longest = -1.2345678901234567e-300;
        const int64_t lowest = INT64_MIN;
        const uint32_t all = field->kind == 's' ? (UINT32_C(2) << field->words->high) - 1
                             : field->kind == 'b' ? 0
                             : field->kind == 'c' ? 8
                             : field->kind == 'e' ? (uint32_t)field->words->low
                                                  : UINT32_MAX;
        size_t i;
        if (field->kind == 'd')
            memcpy(at + field->offset, &longest, 8);
        else if (width(field->kind) >= 8)
            for (i = 0; i < width(field->kind); i += 8)
                memcpy(at + field->offset + i, &lowest, 8);
        else
            memcpy(at + field->offset, &all, 4);
    }
}

/* Structs at any alignment, and the longest record that there is, also of a refused call with settings
   that nothing accepts. */
static void places(const struct record *record)
{
    struct call filled;
    unsigned char memory[96], settings[144];
    char line[CLOUDCIRCUIT_RECORD_CAPACITY], other[CLOUDCIRCUIT_RECORD_CAPACITY + 1];
    size_t shift;
    cloudcircuit_status status;
    call(record, &filled);
    CHECK(write(record, &filled, line, sizeof line, NULL) == CLOUDCIRCUIT_OK);
    for (shift = 0; shift < 8; shift++) {
        size_t at;
        unsigned char length[16];
        memcpy(memory + shift, filled.result, record->size);
        memcpy(settings + shift, filled.config, record->config_size);
        CHECK(record->write(CLOUDCIRCUIT_OK, settings + shift, memory + shift, other + shift % 2,
                            sizeof line, (size_t *)(void *)(length + shift)) == CLOUDCIRCUIT_OK);
        memcpy(&at, length + shift, sizeof at);
        CHECK(at == strlen(line) && strcmp(line, other + shift % 2) == 0);
        CHECK(memcmp(memory + shift, filled.result, record->size) == 0);
        CHECK(memcmp(settings + shift, filled.config, record->config_size) == 0);
    }
    lengthen(record->fields, filled.result);
    lengthen(record->config, filled.config);
    CHECK(write(record, &filled, line, sizeof line, NULL) == CLOUDCIRCUIT_OK);
    memset(filled.config, 0xFF, sizeof filled.config);
    for (status = -1; status < 1000; status++)
        if (status != CLOUDCIRCUIT_OK)
            CHECK(record->write(status, filled.config, NULL, line, sizeof line, NULL)
                  == CLOUDCIRCUIT_OK);
}

#define SHOWS(call, text) \
    CHECK((call) == CLOUDCIRCUIT_OK && strcmp(line, text) == 0)
#define HEAD(kind) "{\"kind\":\"" kind "\",\"version\":\"" CLOUDCIRCUIT_VERSION "\","
#define INTO line, sizeof line, NULL

static void shown(void)
{
    const cloudcircuit_budget_result budget = {920.5, 1000, 0.9205, 79.5, 1, 0};
    const cloudcircuit_budget_config bad = {NAN};
    const cloudcircuit_spike_result_i64 spike = {5, 2, 3, 1, 4};
    const cloudcircuit_guard_decision guard = {
        CLOUDCIRCUIT_ACTION_THROTTLE, CLOUDCIRCUIT_ACTION_BLOCK,
        CLOUDCIRCUIT_REASON_WARNING | CLOUDCIRCUIT_REASON_RATE, CLOUDCIRCUIT_REASON_OPEN, 15, 0, 3};
    cloudcircuit_guard_policy policy;
    cloudcircuit_ledger_decision ledger;
    char line[CLOUDCIRCUIT_RECORD_CAPACITY];

    SHOWS(cloudcircuit_write_budget_result_json(0, NULL, &budget, INTO),
          HEAD("budget_result") "\"status\":\"CLOUDCIRCUIT_OK\",\"current_spend\":920.5,"
          "\"budget_limit\":1000.0,\"usage_ratio\":0.9205,\"remaining_budget\":79.5,"
          "\"is_warning\":true,\"is_breached\":false,\"config\":{\"warning_ratio\":0.9}}");
    SHOWS(cloudcircuit_write_spike_result_i64_json(0, NULL, &spike, INTO),
          HEAD("spike_result_i64") "\"status\":\"CLOUDCIRCUIT_OK\",\"latest_spend\":5,"
          "\"baseline_mean\":2,\"threshold\":3,\"is_spike\":true,\"points_used\":4,"
          "\"config\":{\"spike_multiplier_ppm\":1500000,\"min_baseline\":0}}");
    /* A refused call: no finding, but the rule, and the settings as they were. */
    SHOWS(cloudcircuit_write_budget_result_json(CLOUDCIRCUIT_ERR_WARNING_RATIO, &bad, &budget, INTO),
          HEAD("budget_result") "\"status\":\"CLOUDCIRCUIT_ERR_WARNING_RATIO\","
          "\"message\":\"warning_ratio must be > 0 and <= 1\",\"config\":{\"warning_ratio\":null}}");
    SHOWS(cloudcircuit_write_breaker_decision_json(CLOUDCIRCUIT_ERR_NULL_POINTER, NULL, NULL, INTO),
          HEAD("breaker_decision") "\"status\":\"CLOUDCIRCUIT_ERR_NULL_POINTER\","
          "\"message\":\"every required pointer must be non-NULL\",\"config\":null}");
    SHOWS(cloudcircuit_write_guard_decision_json(0, NULL, &guard, INTO),
          HEAD("guard_decision") "\"status\":\"CLOUDCIRCUIT_OK\",\"action\":\"throttle\","
          "\"monitor_action\":\"block\",\"reasons\":[\"warning\",\"rate\"],"
          "\"monitor_reasons\":[\"open\"],\"kinds\":[\"budget\",\"spike\",\"breaker\",\"rate\"],"
          "\"retry_after\":3,\"config\":{\"on_warning\":\"alert\",\"on_breach\":\"block\","
          "\"on_spike\":\"throttle\",\"on_leak\":\"alert\",\"on_open\":\"block\","
          "\"on_over_limit\":\"block\",\"on_rate\":\"throttle\",\"on_forecast\":\"alert\","
          "\"on_insufficient\":\"alert\",\"on_error\":\"block\",\"on_missing\":\"block\","
          "\"required\":[\"budget\",\"spike\",\"breaker\"],\"monitor\":[]}}");
    /* The constant that was refused stands as its number. */
    CHECK(cloudcircuit_guard_policy_init(&policy) == CLOUDCIRCUIT_OK);
    policy.on_leak = 9;
    policy.required = 33;
    CHECK(cloudcircuit_write_guard_decision_json(CLOUDCIRCUIT_ERR_ON_LEAK, &policy, NULL, INTO)
          == CLOUDCIRCUIT_OK);
    CHECK(strstr(line, "\"on_leak\":9,") != NULL);
    CHECK(strstr(line, "\"required\":[\"budget\",32],") != NULL);
    /* A ledger that took no part in a call of several says where it stands, without a reason. */
    memset(&ledger, 0, sizeof ledger);
    ledger.allowed = 1;
    CHECK(cloudcircuit_write_ledger_decision_json(0, NULL, &ledger, INTO) == CLOUDCIRCUIT_OK);
    CHECK(strstr(line, "\"reason\":null,\"allowed\":true,") != NULL);
}

int main(int argc, char **argv)
{
    size_t i;
    int round;
    if (argc > 2 && strcmp(argv[1], "lines") == 0)
        return print_lines(strtol(argv[2], NULL, 10));
    for (i = 0; i < COUNT(RECORDS); i++) {
        for (round = 0; round < 8; round++) {
            struct call filled;
            call(&RECORDS[i], &filled);
            buffers(&RECORDS[i], &filled);
            nulls(&RECORDS[i], &filled);
            broken_fields(&RECORDS[i]);
            places(&RECORDS[i]);
        }
    }
    shown();
    return report();
}
