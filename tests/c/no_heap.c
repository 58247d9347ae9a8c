/* A host with an allocator of its own that counts: no call of the library may reach it. */
#include "check.h"
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

int main(void)
{
    static double series[40];
    long before, i;
    unsigned sum = 0;

    CHECK(malloc(1) != NULL && allocations > 0);
    before = allocations;
    for (i = 0; i < CALLS; i++) {
        cloudcircuit_budget_result budget;
        cloudcircuit_spike_result spike;
        cloudcircuit_breaker_counters counters;
        cloudcircuit_breaker_decision breaker;
        cloudcircuit_guard_decision decision;

        series[i % 40] = (double)(i % 977) - (i % 500 == 0);
        cloudcircuit_check_budget((double)(i % 2000), (double)(i % 1000), NULL, &budget);
        cloudcircuit_check_anomaly_spike(series, (size_t)(i % 41), NULL, &spike);
        cloudcircuit_breaker_counters_init(&counters);
        counters.consecutive_failures = i % 7 - 1;
        cloudcircuit_evaluate_circuit_breaker(&counters, &breaker);
        cloudcircuit_evaluate_guard(&budget, &spike, &breaker, NULL, &decision);
        sum += (unsigned)decision.action + (unsigned char)*cloudcircuit_status_message((int32_t)i % 500);
    }
    CHECK(allocations == before);
    CHECK(sum != 0);
    return report();
}
