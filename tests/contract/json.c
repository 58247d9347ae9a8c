/* Records. Without arguments: the rules of the buffer, and which results are refused.
 *
 *     json lines COUNT [SEED]
 *
 * writes COUNT records of every struct. Each has its fields before it, as name=d:BITS for a
 * double, i:DIGITS for an integer and b:0 or b:1 for a flag, then a tab and the record. */
#include "check.h"
#include <cloudcircuit.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>


/* Every struct alike: its fields, and its function behind a void pointer. */

struct field {
    const char *name;
    size_t offset;
    char kind; /* d, i: int64_t, u: uint64_t, w: int32_t, m: uint32_t, b: a flag */
};

struct record {
    const char *name;
    size_t size;
    struct field fields[12]; /* the last one is empty */
    cloudcircuit_status (*write)(const void *, char *, size_t, size_t *);
};

#define FIELD(type, name, kind) {#name, offsetof(cloudcircuit_##type, name), kind}
#define WRITE(type)                                                                         \
    static cloudcircuit_status write_##type(const void *result, char *buffer, size_t size, \
                                            size_t *length)                                \
    {                                                                                      \
        return cloudcircuit_write_##type##_json(result, buffer, size, length);             \
    }

WRITE(budget_result)
WRITE(spike_result)
WRITE(breaker_decision)
WRITE(guard_decision)
WRITE(budget_result_i64)
WRITE(spike_result_i64)
WRITE(breaker_permit)
WRITE(ledger_decision)
WRITE(detect_result)
WRITE(forecast_result)

static const struct record RECORDS[] = {
    {"budget_result", sizeof(cloudcircuit_budget_result),
     {FIELD(budget_result, current_spend, 'd'), FIELD(budget_result, budget_limit, 'd'),
      FIELD(budget_result, usage_ratio, 'd'), FIELD(budget_result, remaining_budget, 'd'),
      FIELD(budget_result, is_warning, 'b'), FIELD(budget_result, is_breached, 'b'), {0, 0, 0}},
     write_budget_result},
    {"spike_result", sizeof(cloudcircuit_spike_result),
     {FIELD(spike_result, latest_spend, 'd'), FIELD(spike_result, baseline_mean, 'd'),
      FIELD(spike_result, threshold, 'd'), FIELD(spike_result, is_spike, 'b'), {0, 0, 0}},
     write_spike_result},
    {"breaker_decision", sizeof(cloudcircuit_breaker_decision),
     {FIELD(breaker_decision, retry_after_steps, 'i'), FIELD(breaker_decision, is_open, 'b'),
      FIELD(breaker_decision, allow_operation, 'b'), {0, 0, 0}},
     write_breaker_decision},
    {"guard_decision", sizeof(cloudcircuit_guard_decision),
     {FIELD(guard_decision, action, 'w'), FIELD(guard_decision, reasons, 'm'),
      FIELD(guard_decision, retry_after_steps, 'i'), {0, 0, 0}},
     write_guard_decision},
    {"budget_result_i64", sizeof(cloudcircuit_budget_result_i64),
     {FIELD(budget_result_i64, current_spend, 'i'), FIELD(budget_result_i64, budget_limit, 'i'),
      FIELD(budget_result_i64, remaining_budget, 'i'), FIELD(budget_result_i64, usage_ppm, 'u'),
      FIELD(budget_result_i64, is_warning, 'b'), FIELD(budget_result_i64, is_breached, 'b'),
      {0, 0, 0}},
     write_budget_result_i64},
    {"spike_result_i64", sizeof(cloudcircuit_spike_result_i64),
     {FIELD(spike_result_i64, latest_spend, 'i'), FIELD(spike_result_i64, baseline_mean, 'i'),
      FIELD(spike_result_i64, threshold, 'i'), FIELD(spike_result_i64, is_spike, 'b'), {0, 0, 0}},
     write_spike_result_i64},
    {"breaker_permit", sizeof(cloudcircuit_breaker_permit),
     {FIELD(breaker_permit, generation, 'u'), FIELD(breaker_permit, retry_after, 'i'),
      FIELD(breaker_permit, deadline, 'i'), FIELD(breaker_permit, phase, 'w'),
      FIELD(breaker_permit, allowed, 'b'), FIELD(breaker_permit, would_refuse, 'b'),
      FIELD(breaker_permit, probe_slot, 'm'), FIELD(breaker_permit, clock_regressed, 'b'), {0, 0, 0}},
     write_breaker_permit},
    {"ledger_decision", sizeof(cloudcircuit_ledger_decision),
     {FIELD(ledger_decision, settled, 'i'), FIELD(ledger_decision, held, 'i'),
      FIELD(ledger_decision, available, 'i'), FIELD(ledger_decision, overshoot, 'i'),
      FIELD(ledger_decision, expired, 'i'), FIELD(ledger_decision, reason, 'w'),
      FIELD(ledger_decision, allowed, 'b'), FIELD(ledger_decision, would_refuse, 'b'),
      FIELD(ledger_decision, clock_regressed, 'b'), FIELD(ledger_decision, crossed, 'm'),
      FIELD(ledger_decision, newly_crossed, 'm'), {0, 0, 0}},
     write_ledger_decision},
    {"detect_result", sizeof(cloudcircuit_detect_result),
     {FIELD(detect_result, latest_spend, 'd'), FIELD(detect_result, expected_spend, 'd'),
      FIELD(detect_result, upper_bound, 'd'), FIELD(detect_result, excess, 'd'),
      FIELD(detect_result, score, 'd'), FIELD(detect_result, leak_score, 'd'),
      FIELD(detect_result, points_used, 'm'), FIELD(detect_result, verdict, 'w'),
      FIELD(detect_result, reason, 'w'), FIELD(detect_result, is_leak, 'b'), {0, 0, 0}},
     write_detect_result},
    {"forecast_result", sizeof(cloudcircuit_forecast_result),
     {FIELD(forecast_result, spend_to_date, 'd'), FIELD(forecast_result, forecast_spend, 'd'),
      FIELD(forecast_result, lower_bound, 'd'), FIELD(forecast_result, upper_bound, 'd'),
      FIELD(forecast_result, forecast_ratio, 'd'), FIELD(forecast_result, burn_rate, 'd'),
      FIELD(forecast_result, exhaustion_point, 'i'),
      FIELD(forecast_result, is_forecast_breached, 'b'), FIELD(forecast_result, verdict, 'w'),
      {0, 0, 0}},
     write_forecast_result},
};

static size_t width(char kind)
{
    return strchr("diu", kind) ? 8 : 4;
}

/* Values */

static uint64_t seed = 1;

static uint64_t any(void)
{
    uint64_t z = seed += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

/* Known to be printed or read wrong by some: long carries, halves, the edges of each form. */
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
    4.4501477170144023e-308, 6.9294956446009195e15, 1.9430376160308388e16};

static uint64_t a_double(void)
{
    static const double powers[] = {1, 10, 100, 1000, 1e4, 1e6, 1e9, 1e12};
    double number;
    uint64_t bits;
    switch (any() % 6) {
    case 0:
        number = TRAPS[any() % COUNT(TRAPS)];
        break;
    case 1: /* cents, mills, micros */
        number = (double)(any() >> (11 + any() % 50)) / powers[any() % COUNT(powers)];
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

static void fill_in(const struct record *record, unsigned char *result)
{
    const struct field *field;
    memset(result, 0, record->size);
    for (field = record->fields; field->name; field++) {
        uint64_t value = field->kind == 'd' ? a_double() : field->kind == 'b' ? any() % 2 : an_integer();
        uint32_t half = (uint32_t)value;
        if (width(field->kind) == 8)
            memcpy(result + field->offset, &value, 8);
        else
            memcpy(result + field->offset, &half, 4);
    }
}

static void say(const struct field *field, const unsigned char *result)
{
    uint64_t value = 0;
    uint32_t half = 0;
    if (width(field->kind) == 8)
        memcpy(&value, result + field->offset, 8);
    else
        memcpy(&half, result + field->offset, 4);
    printf("%s=", field->name);
    switch (field->kind) {
    case 'd': printf("d:%016" PRIx64, value); break;
    case 'i': printf("i:%" PRId64, (int64_t)value); break;
    case 'u': printf("i:%" PRIu64, value); break;
    case 'w': printf("i:%" PRId32, (int32_t)half); break;
    case 'm': printf("i:%" PRIu32, half); break;
    default: printf("b:%" PRIu32, half);
    }
}

static int print_lines(long lines)
{
    size_t i;
    for (; lines > 0; lines--) {
        for (i = 0; i < COUNT(RECORDS); i++) {
            unsigned char result[64];
            char line[CLOUDCIRCUIT_RECORD_CAPACITY];
            const struct field *field;
            fill_in(&RECORDS[i], result);
            if (RECORDS[i].write(result, line, sizeof line, NULL) != CLOUDCIRCUIT_OK)
                return 1;
            for (field = RECORDS[i].fields; field->name; field++) {
                say(field, result);
                putchar(field[1].name ? ' ' : '\t');
            }
            puts(line);
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
static void buffers(const struct record *record, const void *result)
{
    char line[CLOUDCIRCUIT_RECORD_CAPACITY];
    size_t needed = 12345, capacity;
    CHECK(record->write(result, NULL, 0, &needed) == CLOUDCIRCUIT_ERR_BUFFER_TOO_SMALL);
    CHECK(needed > 0 && needed < CLOUDCIRCUIT_RECORD_CAPACITY);
    CHECK(record->write(result, line, sizeof line, NULL) == CLOUDCIRCUIT_OK);
    CHECK(strlen(line) == needed && strchr(line, '\n') == NULL);
    for (capacity = 0; capacity <= needed + 9; capacity++) {
        unsigned char fill = capacity % 2 ? 0xAA : 0x55;
        char *buffer = malloc(capacity + (capacity == 0));
        size_t length = 12345;
        cloudcircuit_status status;
        if (buffer == NULL)
            abort();
        memset(buffer, fill, capacity + (capacity == 0));
        status = record->write(result, buffer, capacity, capacity % 3 ? &length : NULL);
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
    CHECK(record->write(result, NULL, 0, NULL) == CLOUDCIRCUIT_ERR_BUFFER_TOO_SMALL);
}

static void nulls(const struct record *record, const void *result)
{
    char line[64];
    size_t length = 12345;
    memset(line, 0xAA, sizeof line);
    CHECK(record->write(NULL, line, sizeof line, &length) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(length == 0 && line[0] == 0 && is_filled(line + 1, sizeof line - 1, 0xAA));
    length = 12345;
    CHECK(record->write(NULL, NULL, 0, &length) == CLOUDCIRCUIT_ERR_NULL_POINTER && length == 0);
    CHECK(record->write(NULL, NULL, 0, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(record->write(NULL, NULL, 5, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(record->write(result, NULL, 5, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    length = 12345;
    CHECK(record->write(result, NULL, SIZE_MAX, &length) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(length == 0);
}

/* A number that is not finite, or a flag that is none, in each field in turn. */
static void broken_fields(const struct record *record)
{
    static const double bad[] = {NAN, -NAN, INFINITY, -INFINITY};
    static const uint32_t bad_flags[] = {2, 0x80000000u, UINT32_MAX};
    const struct field *field;
    size_t i;
    for (field = record->fields; field->name; field++) {
        for (i = 0; i < 4; i++) {
            unsigned char result[64];
            char line[CLOUDCIRCUIT_RECORD_CAPACITY];
            size_t length = 12345;
            int is_number = field->kind == 'd';
            if (!is_number && (field->kind != 'b' || i == 3))
                continue;
            fill_in(record, result);
            if (is_number)
                memcpy(result + field->offset, &bad[i], 8);
            else
                memcpy(result + field->offset, &bad_flags[i], 4);
            memset(line, 0x55, sizeof line);
            CHECK(record->write(result, line, sizeof line, &length) == CLOUDCIRCUIT_ERR_RECORD_FIELD);
            CHECK(length == 0 && line[0] == 0 && is_filled(line + 1, sizeof line - 1, 0x55));
            CHECK(record->write(result, line, 0, &length) == CLOUDCIRCUIT_ERR_RECORD_FIELD);
            CHECK(record->write(result, NULL, 0, NULL) == CLOUDCIRCUIT_ERR_RECORD_FIELD);
        }
    }
}

/* Results at any alignment, and the longest fields that there are. */
static void places(const struct record *record)
{
    const struct field *field;
    unsigned char result[64], memory[80];
    char line[CLOUDCIRCUIT_RECORD_CAPACITY], other[CLOUDCIRCUIT_RECORD_CAPACITY + 1];
    size_t shift;
    fill_in(record, result);
    CHECK(record->write(result, line, sizeof line, NULL) == CLOUDCIRCUIT_OK);
    for (shift = 0; shift < 8; shift++) {
        size_t at;
        unsigned char length[16];
        memcpy(memory + shift, result, record->size);
        CHECK(record->write(memory + shift, other + shift % 2, sizeof line,
                            (size_t *)(void *)(length + shift)) == CLOUDCIRCUIT_OK);
        memcpy(&at, length + shift, sizeof at);
        CHECK(at == strlen(line) && strcmp(line, other + shift % 2) == 0);
        CHECK(memcmp(memory + shift, result, record->size) == 0);
    }
    for (field = record->fields; field->name; field++) {
        const double longest = -1.2345678901234567e-300;
        const int64_t lowest = INT64_MIN;
        if (field->kind == 'd')
            memcpy(result + field->offset, &longest, 8);
        else if (width(field->kind) == 8)
            memcpy(result + field->offset, &lowest, 8);
        else if (field->kind != 'b')
            memcpy(result + field->offset, &lowest, 4);
        else
            memset(result + field->offset, 0, 4);
    }
    CHECK(record->write(result, line, sizeof line, NULL) == CLOUDCIRCUIT_OK);
}

static void shown(void)
{
    const cloudcircuit_budget_result budget = {920.5, 1000, 0.9205, 79.5, 1, 0};
    const cloudcircuit_guard_decision guard = {CLOUDCIRCUIT_ACTION_BLOCK, 10, 3};
    const cloudcircuit_spike_result_i64 spike = {5, 2, 3, 1, 0xAAAAAAAAu};
    char line[CLOUDCIRCUIT_RECORD_CAPACITY];
    CHECK(cloudcircuit_write_budget_result_json(&budget, line, sizeof line, NULL) == CLOUDCIRCUIT_OK);
    CHECK(strcmp(line, "{\"current_spend\":920.5,\"budget_limit\":1000.0,\"usage_ratio\":0.9205,"
                       "\"remaining_budget\":79.5,\"is_warning\":true,\"is_breached\":false}") == 0);
    CHECK(cloudcircuit_write_guard_decision_json(&guard, line, sizeof line, NULL) == CLOUDCIRCUIT_OK);
    CHECK(strcmp(line, "{\"action\":0,\"reasons\":10,\"retry_after_steps\":3}") == 0);
    CHECK(cloudcircuit_write_spike_result_i64_json(&spike, line, sizeof line, NULL) == CLOUDCIRCUIT_OK);
    CHECK(strcmp(line, "{\"latest_spend\":5,\"baseline_mean\":2,\"threshold\":3,\"is_spike\":true}") == 0);
}

int main(int argc, char **argv)
{
    size_t i;
    int round;
    if (argc > 3)
        seed = strtoull(argv[3], NULL, 10);
    if (argc > 2 && strcmp(argv[1], "lines") == 0)
        return print_lines(strtol(argv[2], NULL, 10));
    for (i = 0; i < COUNT(RECORDS); i++) {
        for (round = 0; round < 20; round++) {
            unsigned char result[64];
            fill_in(&RECORDS[i], result);
            buffers(&RECORDS[i], result);
            nulls(&RECORDS[i], result);
            broken_fields(&RECORDS[i]);
            places(&RECORDS[i]);
        }
    }
    shown();
    return report();
}
