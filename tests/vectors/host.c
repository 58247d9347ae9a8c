/*
 * Calls the library with every case of a file in tests/vectors/ and compares all that it answers,
 * doubles by their bits:
 *
 *     host [--ftz] [--unaligned] FUNCTION FILE
 *
 * --ftz flushes subnormals to zero first, as some hosts do, and then skips what need not hold;
 * --unaligned passes every pointer off its alignment. The first line of a file says what its
 * columns are. A case that fails is printed with its inputs.
 */
#include <cloudcircuit.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#define FLUSH 0x8040u /* FTZ and DAZ */
#endif

static int ftz, unaligned;
static const char *path;
static unsigned long line, wrong, mismatches, compared, skipped;
static int line_is_wrong;

/* Reading */

static char *cursor;
static const char *columns = "", *start, *end; /* the first line, and the one being read */

static void malformed(const char *what)
{
    fprintf(stderr, "%s:%lu: cannot read %s\n", path, line, what);
    exit(2);
}

static const char *token(void)
{
    char *start = cursor;
    if (*start == '\0')
        malformed("a missing column");
    cursor += strcspn(cursor, " ");
    if (*cursor != '\0')
        *cursor++ = '\0';
    return start;
}

static int is_null(void)
{
    if (cursor[0] != '-' || cursor[1] != ' ')
        return 0;
    token();
    return 1;
}

static uint64_t number(const char **text, int base)
{
    char *end;
    uint64_t n;
    if (**text == '-')
        n = (uint64_t)strtoll(*text, &end, base);
    else
        n = strtoull(*text, &end, base);
    if (end == *text)
        malformed(*text);
    *text = end;
    return n;
}

static uint64_t column(int base)
{
    const char *text = token();
    uint64_t n = number(&text, base);
    if (*text != '\0')
        malformed(text);
    return n;
}

static uint64_t integer(void) { return column(10); }
static uint64_t bits(void) { return column(16); }

/* A length. What an address of 32 bits cannot hold is the longest one, which is too long as well. */
static size_t length(uint64_t number) { return number < SIZE_MAX ? (size_t)number : SIZE_MAX; }

static double as_double(uint64_t pattern)
{
    double number;
    memcpy(&number, &pattern, sizeof number);
    return number;
}

/* The points of a series, as patterns. */
static uint64_t *points;
static size_t points_len, points_capacity;

static void append(uint64_t pattern)
{
    if (points_len == points_capacity) {
        points_capacity = points_capacity * 2 + 64;
        points = realloc(points, points_capacity * sizeof *points);
        if (points == NULL)
            exit(2);
    }
    points[points_len++] = pattern;
}

/* Doubles are in hex, integers are not. */
static void read_points(int base)
{
    points_len = 0;
    while (*cursor != '\0') {
        const char *text = token();
        if (strchr(text, '~') != NULL) {
            uint64_t part[4] = {0, 0, 0, 0}, i; /* count, seed, low, high */
            for (i = 0; i < 4; i++) {
                part[i] = number(&text, 10);
                if (*text++ != (i < 3 ? '~' : '\0'))
                    malformed("a generated run");
            }
            for (i = 0; i < part[0]; i++) {
                uint64_t z = part[1] += UINT64_C(0x9E3779B97F4A7C15);
                z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
                z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
                z ^= z >> 31;
                if (base == 16)
                    append((part[2] + (z >> 52) % (part[3] - part[2] + 1)) << 52 | z << 12 >> 12);
                else
                    append(part[2] + z % (part[3] - part[2] + 1));
            }
        } else {
            uint64_t count = 1, pattern;
            if (strchr(text, '*') != NULL) {
                count = number(&text, 10);
                text++;
            }
            pattern = number(&text, base);
            if (*text != '\0')
                malformed(text);
            while (count-- > 0)
                append(pattern);
        }
    }
}

/* Memory for the call; lines take turns in what it is filled with. */

static size_t shift(void) { return unaligned ? 1 + line % 7 : 0; }

static unsigned char fill(void) { return line % 2 ? 0xAA : 0x55; }

/* Bytes behind a result that must stay as they are. */
#define GUARD 16

static void *allocate(size_t size)
{
    unsigned char *block = malloc(size);
    if (block == NULL)
        exit(2);
    memset(block, fill(), size);
    return block;
}

/* An argument: a copy to pass and the original to compare it with. */
struct input {
    const char *name;
    const void *original;
    size_t size;
    unsigned char *block;
};

static void *place(struct input *input, const char *name, const void *original, size_t size)
{
    input->name = name;
    input->original = original;
    input->size = size;
    input->block = malloc(shift() + size + (size == 0));
    if (input->block == NULL)
        exit(2);
    if (size > 0)
        memcpy(input->block + shift(), original, size);
    return input->block + shift();
}

/* The line as it stands in the file, which token() has cut up; after a double's bits, its value. */
static void print_inputs(void)
{
    const char *word, *stop;
    printf("  columns:%s\n  case:", columns);
    for (word = start; word < end; word = stop + 1) {
        for (stop = word; stop < end && *stop != '\0' && *stop != ' ';)
            stop++;
        printf(" %.*s", (int)(stop - word), word);
        if (stop - word == 16 && strspn(word, "0123456789abcdef") >= 16)
            printf(" (%.17g)", as_double(strtoull(word, NULL, 16)));
    }
    printf("\n");
}

static void say(const char *field, uint64_t got, uint64_t expected)
{
    int is_first = !line_is_wrong;
    wrong += is_first;
    line_is_wrong = 1;
    if (++mismatches > 20)
        return;
    printf("%s:%lu: %s is %016" PRIx64 " (%" PRId64 "), expected %016" PRIx64 " (%" PRId64 ")\n",
           path, line, field, got, (int64_t)got, expected, (int64_t)expected);
    if (is_first)
        print_inputs();
}

static void unchanged(struct input *input)
{
    if (input->size > 0 && memcmp(input->block + shift(), input->original, input->size) != 0)
        say(input->name, 1, 0); /* 1 change where there should be none */
    free(input->block);
}

struct field {
    const char *name;
    size_t offset, size;
    char kind; /* d: a double, i: an integer */
};

#define FIELD(type, kind, name) {#name, offsetof(type, name), sizeof(((type *)0)->name), kind}

static int is_subnormal(uint64_t pattern)
{
    return (pattern << 1) != 0 && (pattern << 1) < UINT64_C(1) << 53;
}

/* A result that may be flushed: what rounds up to the smallest normal number was below it. */
static int is_tiny(uint64_t pattern)
{
    return is_subnormal(pattern) || (pattern << 1) == UINT64_C(1) << 53;
}

static int is_negative_subnormal(uint64_t pattern)
{
    return pattern >> 63 != 0 && is_subnormal(pattern);
}

/* With --ftz, inputs that are read as 0 may change anything. */
#define SKIP_ALL ~0u

/* Compares status and all fields; `skip` has a bit for each field that need not hold. */
static void compare(int32_t status, uint64_t expected_status, const unsigned char *block,
                    size_t size, const struct field *fields, int count, const uint64_t *expected,
                    unsigned skip)
{
    int i;
    size_t byte, covered = 0;
    if (ftz && skip == SKIP_ALL)
        skipped++;
    else if (compared++, (uint64_t)(int64_t)status != expected_status)
        say("status", (uint64_t)(int64_t)status, expected_status);
    if (block == NULL)
        return;
    for (i = 0; i < count; i++) {
        uint64_t got = 0, want = expected[i];
        covered += fields[i].size;
        if (fields[i].size == 4) {
            uint32_t half;
            memcpy(&half, block + shift() + fields[i].offset, 4);
            got = half;
            want = (uint32_t)want;
        } else {
            memcpy(&got, block + shift() + fields[i].offset, 8);
        }
        if (ftz && ((skip >> i & 1) || (fields[i].kind == 'd' && is_tiny(want))))
            skipped++;
        else if (compared++, got != want)
            say(fields[i].name, got, want);
    }
    if (covered != size)
        say("size of the struct", size, covered);
    for (byte = 0; byte < shift() + GUARD; byte++) {
        const unsigned char *outside = byte < shift() ? block + byte : block + size + byte;
        if (*outside != fill())
            say("memory beside the result", *outside, fill());
    }
}

/* One function of the library each: reads a line, calls, compares. */

static void budget(void)
{
    typedef cloudcircuit_budget_result result;
    static const struct field fields[] = {
        FIELD(result, 'd', current_spend), FIELD(result, 'd', budget_limit),
        FIELD(result, 'd', usage_ratio), FIELD(result, 'd', remaining_budget),
        FIELD(result, 'i', is_warning), FIELD(result, 'i', is_breached),
    };
    struct input config;
    uint64_t null_result = integer(), current = bits(), limit = bits(), warning = 0;
    uint64_t status, expected[6];
    int null_config = is_null(), i;
    enum { IS_WARNING = 1 << 4 }; /* its place in `fields` */
    unsigned char *block;
    unsigned skip = 0;
    cloudcircuit_status got;
    if (!null_config)
        warning = bits();
    status = integer();
    for (i = 0; i < 6; i++)
        expected[i] = i < 4 ? bits() : integer();

    block = allocate(shift() + sizeof(result) + GUARD);
    place(&config, "config", &warning, sizeof warning);
    got = cloudcircuit_check_budget(as_double(current), as_double(limit),
                                    null_config ? NULL : (void *)(config.block + shift()),
                                    null_result ? NULL : (void *)(block + shift()));
    if (is_tiny(expected[2]))
        skip = IS_WARNING;
    if (is_subnormal(current) || is_subnormal(limit) || is_subnormal(warning))
        skip = SKIP_ALL;
    compare(got, status, null_result ? NULL : block, sizeof(result), fields, 6, expected, skip);
    unchanged(&config);
    free(block);
}

static void spike(void)
{
    typedef cloudcircuit_spike_result result;
    static const struct field fields[] = {
        FIELD(result, 'd', latest_spend), FIELD(result, 'd', baseline_mean),
        FIELD(result, 'd', threshold), FIELD(result, 'i', is_spike), FIELD(result, 'i', points_used),
    };
    struct input series, config;
    uint64_t nulls = integer(), len = integer(), settings[2] = {0, 0}, status, expected[5];
    int null_config = is_null(), i;
    enum { THRESHOLD = 1 << 2, IS_SPIKE = 1 << 3 }; /* their places in `fields` */
    size_t p;
    unsigned char *block;
    unsigned skip = 0;
    cloudcircuit_status got;
    for (i = 0; i < 2 && !null_config; i++)
        settings[i] = bits();
    status = integer();
    for (i = 0; i < 4; i++)
        expected[i] = i < 3 ? bits() : integer();
    expected[4] = status == CLOUDCIRCUIT_OK ? len - 1 : 0;
    read_points(16);

    block = allocate(shift() + sizeof(result) + GUARD);
    place(&series, "spend_series", points, points_len * sizeof *points);
    place(&config, "config", settings, sizeof settings);
    got = cloudcircuit_check_anomaly_spike(nulls & 1 ? NULL : (void *)(series.block + shift()),
                                           length(len),
                                           null_config ? NULL : (void *)(config.block + shift()),
                                           nulls & 2 ? NULL : (void *)(block + shift()));
    if (status == CLOUDCIRCUIT_OK) {
        uint64_t base = expected[1] > settings[1] || settings[1] >> 63 ? expected[1] : settings[1];
        if (is_tiny(base))
            skip = THRESHOLD | IS_SPIKE;
        if (is_subnormal(expected[0]) || is_tiny(expected[2]))
            skip |= IS_SPIKE;
    }
    if (is_negative_subnormal(settings[1]))
        skip = SKIP_ALL;
    for (p = 0; p < points_len; p++)
        if (is_negative_subnormal(points[p]))
            skip = SKIP_ALL;
    compare(got, status, nulls & 2 ? NULL : block, sizeof(result), fields, 5, expected, skip);
    unchanged(&series);
    unchanged(&config);
    free(block);
}

static void breaker(void)
{
    typedef cloudcircuit_breaker_decision result;
    static const struct field fields[] = {
        FIELD(result, 'i', retry_after_steps),
        FIELD(result, 'i', is_open),
        FIELD(result, 'i', allow_operation),
    };
    struct input counters;
    uint64_t nulls = integer(), status, expected[3];
    cloudcircuit_breaker_counters given;
    unsigned char *block;
    cloudcircuit_status got;
    int i;
    given.consecutive_failures = (int64_t)integer();
    given.failure_threshold = (int64_t)integer();
    given.cooldown_steps_remaining = (int64_t)integer();
    status = integer();
    for (i = 0; i < 3; i++)
        expected[i] = integer();

    block = allocate(shift() + sizeof(result) + GUARD);
    place(&counters, "counters", &given, sizeof given);
    got = cloudcircuit_evaluate_circuit_breaker(
        nulls & 1 ? NULL : (void *)(counters.block + shift()),
        nulls & 2 ? NULL : (void *)(block + shift()));
    compare(got, status, nulls & 2 ? NULL : block, sizeof(result), fields, 3, expected, 0);
    unchanged(&counters);
    free(block);
}

static void guard(void)
{
    typedef cloudcircuit_guard_decision result;
    static const struct field fields[] = {
        FIELD(result, 'i', action),
        FIELD(result, 'i', monitor_action),
        FIELD(result, 'i', reasons),
        FIELD(result, 'i', monitor_reasons),
        FIELD(result, 'i', kinds),
        FIELD(result, 'i', reserved),
        FIELD(result, 'i', retry_after),
    };
    static cloudcircuit_signal signals[128];
    struct input inputs[2];
    cloudcircuit_guard_policy policy;
    void *passed[2] = {NULL, NULL};
    unsigned char *block;
    uint64_t nulls = integer(), count = integer(), status, expected[7];
    cloudcircuit_status got;
    uint64_t i;

    memset(inputs, 0, sizeof inputs);
    if (count > 128)
        malformed("so many signals");
    for (i = 0; i < count; i++) {
        signals[i].kind = (int32_t)integer();
        signals[i].status = (int32_t)integer();
        signals[i].reasons = (uint32_t)integer();
        signals[i].monitor_reasons = (uint32_t)integer();
        signals[i].retry_after = (int64_t)integer();
    }
    if (!(nulls & 1))
        passed[0] = place(&inputs[0], "signals", signals, (size_t)count * sizeof signals[0]);
    if (!is_null()) {
        policy.on_warning = (int32_t)integer();
        policy.on_breach = (int32_t)integer();
        policy.on_spike = (int32_t)integer();
        policy.on_leak = (int32_t)integer();
        policy.on_open = (int32_t)integer();
        policy.on_over_limit = (int32_t)integer();
        policy.on_rate = (int32_t)integer();
        policy.on_forecast = (int32_t)integer();
        policy.on_insufficient = (int32_t)integer();
        policy.on_error = (int32_t)integer();
        policy.on_missing = (int32_t)integer();
        policy.required = (uint32_t)integer();
        policy.monitor = (uint32_t)integer();
        passed[1] = place(&inputs[1], "policy", &policy, sizeof policy);
    }
    status = integer();
    for (i = 0; i < 5; i++)
        expected[i] = integer();
    expected[5] = 0;
    expected[6] = integer();

    block = allocate(shift() + sizeof(result) + GUARD);
    got = cloudcircuit_evaluate_guard(passed[0], length(count), passed[1],
                                      nulls & 2 ? NULL : (void *)(block + shift()));
    compare(got, status, nulls & 2 ? NULL : block, sizeof(result), fields, 7, expected, 0);
    for (i = 0; i < 2; i++)
        if (passed[i] != NULL)
            unchanged(&inputs[i]);
    free(block);
}

static void budget_i64(void)
{
    typedef cloudcircuit_budget_result_i64 result;
    static const struct field fields[] = {
        FIELD(result, 'i', current_spend), FIELD(result, 'i', budget_limit),
        FIELD(result, 'i', remaining_budget), FIELD(result, 'i', usage_ppm),
        FIELD(result, 'i', is_warning), FIELD(result, 'i', is_breached),
    };
    struct input config;
    cloudcircuit_budget_config_i64 settings = {0, 0};
    uint64_t null_result = integer(), current = integer(), limit = integer(), status, expected[6];
    int null_config = is_null(), i;
    unsigned char *block;
    cloudcircuit_status got;
    if (!null_config) {
        settings.warning_ppm = (uint32_t)integer();
        settings.reserved = (uint32_t)integer();
    }
    status = integer();
    for (i = 0; i < 6; i++)
        expected[i] = integer();

    block = allocate(shift() + sizeof(result) + GUARD);
    place(&config, "config", &settings, sizeof settings);
    got = cloudcircuit_check_budget_i64((int64_t)current, (int64_t)limit,
                                        null_config ? NULL : (void *)(config.block + shift()),
                                        null_result ? NULL : (void *)(block + shift()));
    compare(got, status, null_result ? NULL : block, sizeof(result), fields, 6, expected, 0);
    unchanged(&config);
    free(block);
}

static void spike_i64(void)
{
    typedef cloudcircuit_spike_result_i64 result;
    static const struct field fields[] = {
        FIELD(result, 'i', latest_spend), FIELD(result, 'i', baseline_mean),
        FIELD(result, 'i', threshold), FIELD(result, 'i', is_spike), FIELD(result, 'i', points_used),
    };
    struct input series, config;
    cloudcircuit_spike_config_i64 settings = {0, 0, 0};
    uint64_t nulls = integer(), len = integer(), status, expected[5];
    int null_config = is_null(), i;
    unsigned char *block;
    cloudcircuit_status got;
    if (!null_config) {
        settings.spike_multiplier_ppm = (uint32_t)integer();
        settings.reserved = (uint32_t)integer();
        settings.min_baseline = (int64_t)integer();
    }
    status = integer();
    for (i = 0; i < 4; i++)
        expected[i] = integer();
    expected[4] = status == CLOUDCIRCUIT_OK ? len - 1 : 0;
    read_points(10);

    block = allocate(shift() + sizeof(result) + GUARD);
    place(&series, "spend_series", points, points_len * sizeof *points);
    place(&config, "config", &settings, sizeof settings);
    got = cloudcircuit_check_anomaly_spike_i64(nulls & 1 ? NULL : (void *)(series.block + shift()),
                                               length(len),
                                               null_config ? NULL : (void *)(config.block + shift()),
                                               nulls & 2 ? NULL : (void *)(block + shift()));
    compare(got, status, nulls & 2 ? NULL : block, sizeof(result), fields, 5, expected, 0);
    unchanged(&series);
    unchanged(&config);
    free(block);
}

static void money(void)
{
    static const struct field minor[] = {{"minor", 0, 8, 'i'}}, amount[] = {{"amount", 0, 8, 'd'}};
    int is_from = strcmp(token(), "from") == 0;
    uint64_t null_result = integer(), given = is_from ? bits() : integer(), scale = integer();
    uint64_t status = integer(), expected = is_from ? integer() : bits();
    unsigned char *block = allocate(shift() + 8 + GUARD);
    void *result = null_result ? NULL : block + shift();
    cloudcircuit_status got;
    if (is_from)
        got = cloudcircuit_money_from_double(as_double(given), (uint32_t)scale, result);
    else
        got = cloudcircuit_money_to_double((int64_t)given, (uint32_t)scale, result);
    compare(got, status, null_result ? NULL : block, 8, is_from ? minor : amount, 1, &expected,
            is_from && is_subnormal(given) ? SKIP_ALL : 0);
    free(block);
}

static char *read_all(void)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t size = 0, got = 1;
    while (file != NULL && got > 0) {
        text = realloc(text, size + 65536 + 1);
        if (text == NULL)
            exit(2);
        got = fread(text + size, 1, 65536, file);
        size += got;
    }
    if (file == NULL || ferror(file)) {
        perror(path);
        exit(2);
    }
    fclose(file);
    text[size] = '\0';
    return text;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } functions[] = {
        {"budget", budget}, {"spike", spike}, {"breaker", breaker}, {"guard", guard},
        {"budget_i64", budget_i64}, {"spike_i64", spike_i64}, {"money", money},
    };
    void (*run)(void) = NULL;
    unsigned long cases = 0;
    char *text, *next;
    size_t i;

    while (argc > 1 && argv[1][0] == '-') {
        if (strcmp(argv[1], "--ftz") == 0)
            ftz = 1;
        else if (strcmp(argv[1], "--unaligned") == 0)
            unaligned = 1;
        argc--, argv++;
    }
    for (i = 0; argc == 3 && i < sizeof functions / sizeof *functions; i++)
        if (strcmp(argv[1], functions[i].name) == 0)
            run = functions[i].run;
    if (run == NULL) {
        fprintf(stderr, "usage: host [--ftz] [--unaligned] FUNCTION FILE\n");
        return 2;
    }
    path = argv[2];
    text = read_all();
    if (ftz) {
#if defined(__x86_64__)
        _mm_setcsr(_mm_getcsr() | FLUSH);
#else
        fprintf(stderr, "--ftz is for x86-64\n");
        return 2;
#endif
    }

    for (next = text; *next != '\0';) {
        start = cursor = next;
        end = next += strcspn(next, "\n");
        if (*next != '\0')
            *next++ = '\0';
        line++;
        line_is_wrong = 0;
        if (*cursor == '#') {
            columns = cursor + 1;
            continue;
        }
        cases++;
        run();
        if (*cursor != '\0')
            malformed(cursor);
    }
    free(text);
    free(points);
    printf("%lu cases, %lu wrong, %lu fields compared, %lu skipped\n", cases, wrong, compared,
           skipped);
    return wrong > 0 || cases == 0;
}
