/* Names: every constant has the word of its name, and everything else an "unknown" one. */
#include "check.h"
#include <cloudcircuit.h>
#include <ctype.h>

struct name {
    const char *constant; /* after CLOUDCIRCUIT_ and the group's prefix */
    int64_t value;
};

#define ACTION(name) {#name, CLOUDCIRCUIT_ACTION_##name}
#define REASON(name) {#name, CLOUDCIRCUIT_REASON_##name}
#define SIGNAL(name) {#name, CLOUDCIRCUIT_SIGNAL_##name}
#define PHASE(name) {#name, CLOUDCIRCUIT_BREAKER_##name}
#define OUTCOME(name) {#name, CLOUDCIRCUIT_OUTCOME_##name}
#define VERDICT(name) {#name, CLOUDCIRCUIT_VERDICT_##name}
#define DETECT(name) {#name, CLOUDCIRCUIT_DETECT_REASON_##name}
#define LEDGER(name) {#name, CLOUDCIRCUIT_LEDGER_REASON_##name}
#define RATE(name) {#name, CLOUDCIRCUIT_RATE_REASON_##name}
#define MODE(name) {#name, CLOUDCIRCUIT_MODE_##name}

static const struct name ACTIONS[] = {ACTION(BLOCK), ACTION(THROTTLE), ACTION(ALERT), ACTION(ALLOW)};
static const struct name REASONS[] = {REASON(WARNING), REASON(BREACH), REASON(SPIKE), REASON(OPEN),
                                      REASON(MISSING), REASON(LEAK), REASON(OVER_LIMIT), REASON(RATE),
                                      REASON(FORECAST), REASON(INSUFFICIENT), REASON(ERROR)};
static const struct name SIGNALS[] = {SIGNAL(BUDGET), SIGNAL(SPIKE), SIGNAL(BREAKER), SIGNAL(RATE),
                                      SIGNAL(FORECAST)};
static const struct name PHASES[] = {PHASE(CLOSED), PHASE(OPEN), PHASE(HALF_OPEN), PHASE(FORCED_OPEN),
                                     PHASE(FORCED_CLOSED)};
static const struct name OUTCOMES[] = {OUTCOME(SUCCESS), OUTCOME(FAILURE), OUTCOME(IGNORED)};
static const struct name VERDICTS[] = {VERDICT(NORMAL), VERDICT(SPIKE), VERDICT(INSUFFICIENT_DATA)};
static const struct name DETECTS[] = {DETECT(REFUSED), DETECT(SCORE), DETECT(ONE_POINT),
                                      DETECT(TWO_POINTS), DETECT(THREE_POINTS), DETECT(MIN_IMPACT),
                                      DETECT(MIN_RELATIVE_IMPACT), DETECT(HISTORY), DETECT(MISSING),
                                      DETECT(RECURRING)};
static const struct name LEDGERS[] = {LEDGER(WITHIN), LEDGER(AT_LIMIT), LEDGER(OVER_LIMIT),
                                      LEDGER(EXCEEDS_LIMIT), LEDGER(UNLIMITED), LEDGER(EXPIRED),
                                      LEDGER(FREE), LEDGER(UNVERIFIED)};
static const struct name RATES[] = {RATE(WITHIN), RATE(OVER_LIMIT), RATE(EXCEEDS_LIMIT),
                                    RATE(UNLIMITED), RATE(FREE)};
static const struct name MODES[] = {MODE(ENFORCE), MODE(MONITOR), MODE(UNLIMITED)};

/* One function with its constants; unsigned ones are passed on by their bits. */
#define NAMES(function, type, names, unknown)                                              \
    do {                                                                                   \
        int64_t value;                                                                     \
        size_t i;                                                                          \
        for (value = -9; value < 5000; value++)                                            \
            same(cloudcircuit_##function((type)value), names, COUNT(names), value, unknown); \
        same(cloudcircuit_##function((type)INT32_MIN), names, COUNT(names), INT32_MIN, unknown); \
        same(cloudcircuit_##function((type)INT32_MAX), names, COUNT(names), INT32_MAX, unknown); \
        for (i = 0; i < COUNT(names); i++)                                                 \
            CHECK(cloudcircuit_##function((type)names[i].value)                            \
                  == cloudcircuit_##function((type)names[i].value));                       \
    } while (0)

static void same(const char *got, const struct name *names, size_t count, int64_t value,
                 const char *unknown)
{
    char word[64] = "";
    size_t i, at;
    for (i = 0; i < count; i++)
        if (names[i].value == value)
            for (at = 0; at <= strlen(names[i].constant); at++)
                word[at] = (char)tolower((unsigned char)names[i].constant[at]);
    if (strcmp(got, word[0] != '\0' ? word : unknown) != 0) {
        printf("%ld is \"%s\", not \"%s\"\n", (long)value, got, word);
        failures++;
    }
}

int main(void)
{
    NAMES(action_name, int32_t, ACTIONS, "unknown action");
    NAMES(reason_name, uint32_t, REASONS, "unknown reason");
    NAMES(signal_name, uint32_t, SIGNALS, "unknown signal");
    NAMES(phase_name, int32_t, PHASES, "unknown phase");
    NAMES(outcome_name, int32_t, OUTCOMES, "unknown outcome");
    NAMES(verdict_name, int32_t, VERDICTS, "unknown verdict");
    NAMES(detect_reason_name, int32_t, DETECTS, "unknown reason");
    NAMES(ledger_reason_name, int32_t, LEDGERS, "unknown reason");
    NAMES(rate_reason_name, int32_t, RATES, "unknown reason");
    NAMES(mode_name, uint32_t, MODES, "unknown mode");
    return report();
}
