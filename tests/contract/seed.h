/* Where a host's random numbers start. */
#ifndef SEED_H
#define SEED_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* SEED from the environment, or a new one in every run; never 0, always the same in one run. It is printed, so that a
   failure can be repeated. WebAssembly has neither environment nor clock. */
static inline uint64_t fresh_seed(void)
{
    static uint64_t seed;
#ifdef __wasm__
    seed = 1;
#else
    if (seed == 0) {
        const char *given = getenv("SEED");
        seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) ^ (uint64_t)clock() << 32;
        seed += seed == 0;
        fprintf(stderr, "SEED=%llu\n", (unsigned long long)seed);
    }
#endif
    return seed;
}

#endif
