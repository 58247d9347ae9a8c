/*
 * Makes a hundred calls of each caller of cost.h, or as many as its argument says, and prints its name
 * and the sum of what it answered.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cost.h"

static void run(const char *name, int64_t (*caller)(struct cost *), long calls)
{
    static const double series[] = {10, 20, 30, 40};
    static uint8_t flags[4];
    struct cost cost = {450, 1000, 0.9, 45000, 100000, 1, series, 4, flags, {0}, {0}, {0}, ""};
    int64_t sum = 0;
    long i;

    cloudcircuit_breaker_init(0, &cost.breaker);
    cloudcircuit_ledger_init(1, 202611, 0, &cost.ledger);
    cloudcircuit_rate_limit_init(0, &cost.rate);
    for (i = 0; i < calls; i++)
        sum += caller(&cost);
    printf("%s %lld\n", name, (long long)sum);
}

int main(int argc, char **argv)
{
    long calls = argc == 2 ? atol(argv[1]) : 100;

#define RUN(name)                       \
    run("c_" #name, c_##name, calls);   \
    run("cpp_" #name, cpp_##name, calls);
    COST_CALLERS(RUN)
    return 0;
}
