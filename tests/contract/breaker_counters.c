/* The breaker from counters: each status is produced, each refusal is compared byte for byte over
   memory that held something else, and inputs stay as they were. */
#include "check.h"
#include <cloudcircuit.h>

static const cloudcircuit_breaker_decision REFUSED = {0, 1, 0};
#define FLAGS_REFUSED (CLOUDCIRCUIT_FLAG_INVALID | CLOUDCIRCUIT_FLAG_OPEN)
static const unsigned char FILLS[] = {0xAA, 0x55};

static void breaker(int64_t failed, int64_t threshold, int64_t cooldown,
                    cloudcircuit_status expected)
{
    size_t i;
    for (i = 0; i < COUNT(FILLS); i++) {
        cloudcircuit_breaker_counters counters = {0, 0, 0}, before;
        cloudcircuit_breaker_decision decision;
        counters.consecutive_failures = failed;
        counters.failure_threshold = threshold;
        counters.cooldown_steps_remaining = cooldown;
        before = counters;
        memset(&decision, FILLS[i], sizeof decision);
        CHECK(cloudcircuit_evaluate_circuit_breaker(&counters, &decision) == expected);
        CHECK(SAME_BYTES(before, counters));
        CHECK(expected == CLOUDCIRCUIT_OK || SAME_BYTES(decision, REFUSED));
        CHECK(decision.allow_operation == !decision.is_open);
    }
}

static void breakers(void)
{
    cloudcircuit_breaker_counters counters;
    cloudcircuit_breaker_decision decision;

    breaker(0, 3, 0, CLOUDCIRCUIT_OK);
    breaker(INT64_MAX, INT64_MAX, INT64_MAX, CLOUDCIRCUIT_OK);
    breaker(-1, 3, 0, CLOUDCIRCUIT_ERR_CONSECUTIVE_FAILURES);
    breaker(INT64_MIN, 0, -1, CLOUDCIRCUIT_ERR_CONSECUTIVE_FAILURES);
    breaker(0, 0, -1, CLOUDCIRCUIT_ERR_FAILURE_THRESHOLD);
    breaker(0, INT64_MIN, 0, CLOUDCIRCUIT_ERR_FAILURE_THRESHOLD);
    breaker(0, 3, -1, CLOUDCIRCUIT_ERR_COOLDOWN_STEPS_REMAINING);
    breaker(0, 3, INT64_MIN, CLOUDCIRCUIT_ERR_COOLDOWN_STEPS_REMAINING);

    memset(&decision, 0xAA, sizeof decision);
    CHECK(cloudcircuit_evaluate_circuit_breaker(NULL, &decision) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(SAME_BYTES(decision, REFUSED));
    cloudcircuit_breaker_counters_init(&counters);
    CHECK(cloudcircuit_evaluate_circuit_breaker(&counters, NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
    CHECK(cloudcircuit_breaker_counters_init(NULL) == CLOUDCIRCUIT_ERR_NULL_POINTER);
}

static cloudcircuit_breaker_decision seed_breaker(int64_t failed, int64_t threshold, int64_t cooldown,
                                             int32_t expected)
{
    cloudcircuit_breaker_counters counters;
    cloudcircuit_breaker_decision decision;
    counters.consecutive_failures = failed;
    counters.failure_threshold = threshold;
    counters.cooldown_steps_remaining = cooldown;
    CHECK(cloudcircuit_evaluate_circuit_breaker(&counters, &decision) == expected);
    return decision;
}

/* The cases that the tests of the Python package cloudcircuit 0.1.0 pin. */
static void cases_of_the_python_package(void)
{
    cloudcircuit_breaker_decision d = seed_breaker(2, 3, 0, CLOUDCIRCUIT_OK);
    CHECK(d.is_open == 0 && d.allow_operation == 1 && d.retry_after_steps == 0);

    d = seed_breaker(3, 3, 0, CLOUDCIRCUIT_OK);
    CHECK(d.is_open == 1 && d.allow_operation == 0);

    d = seed_breaker(0, 3, 2, CLOUDCIRCUIT_OK);
    CHECK(d.is_open == 1 && d.allow_operation == 0 && d.retry_after_steps == 2);

    seed_breaker(-1, 3, 0, CLOUDCIRCUIT_ERR_CONSECUTIVE_FAILURES);
    seed_breaker(0, 0, 0, CLOUDCIRCUIT_ERR_FAILURE_THRESHOLD);
    seed_breaker(0, 3, -1, CLOUDCIRCUIT_ERR_COOLDOWN_STEPS_REMAINING);
}

static void flags(void)
{
    static const int64_t counts[] = {INT64_MIN, -1, 0, 1, 2, 3, 4, INT64_MAX - 1, INT64_MAX};
    size_t i, j, k;
    for (i = 0; i < COUNT(counts); i++) {
        for (j = 0; j < COUNT(counts); j++) {
            for (k = 0; k < COUNT(counts); k++) {
                cloudcircuit_breaker_counters counters;
                cloudcircuit_breaker_decision decision;
                uint32_t expected;
                counters.consecutive_failures = counts[i];
                counters.failure_threshold = counts[j];
                counters.cooldown_steps_remaining = counts[k];
                expected = cloudcircuit_evaluate_circuit_breaker(&counters, &decision)
                               ? FLAGS_REFUSED
                               : decision.is_open * CLOUDCIRCUIT_FLAG_OPEN;
                CHECK(cloudcircuit_breaker_flags(counts[i], counts[j], counts[k]) == expected);
            }
        }
    }
    CHECK(cloudcircuit_breaker_flags(0, 3, 0) == 0 && cloudcircuit_breaker_flags(3, 3, 0) == 8);
    CHECK(cloudcircuit_breaker_flags(0, 3, 1) == 8 && cloudcircuit_breaker_flags(0, 0, 0) == 136);
}

/* Inputs and results in the same memory, at every alignment. */
static void overlaps(void)
{
    unsigned char memory[256];
    size_t offset;
    for (offset = 0; offset < 8; offset++) {
        void *at = memory + offset;
        const int64_t counters[] = {0, 3, 2};
        cloudcircuit_breaker_decision breaker_decision;

        memcpy(at, counters, sizeof counters);
        CHECK(cloudcircuit_evaluate_circuit_breaker(at, at) == CLOUDCIRCUIT_OK);
        memcpy(&breaker_decision, at, sizeof breaker_decision);
        CHECK(breaker_decision.is_open && breaker_decision.retry_after_steps == 2);
    }
}

int main(void)
{
    breakers();
    cases_of_the_python_package();
    flags();
    overlaps();
    return report();
}
