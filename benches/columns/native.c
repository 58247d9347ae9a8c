/* Columns through the library, next to plain loops over the same rows, for columns.py.
 *
 *     native LIBRARY ROUNDS    a line "measure<TAB>size<TAB>ns" for each: the least of all rounds
 *
 * Everything takes turns in every round, in CPU time. This file and the library must be compiled for
 * the same CPUs, so that a ratio compares like with like. */
#define _GNU_SOURCE
#include <cloudcircuit.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST 1000000
#define POINTS 365
#define SLICE 200000 /* rows or points in a turn, if fewer fit into a call */

static double *spend, *limit, *odd, *usage;
static int64_t *offsets;
static uint8_t *flags, *bits;
static volatile double sink;

static __typeof__(&cloudcircuit_check_budget_columns) budgets;
static __typeof__(&cloudcircuit_check_budget_columns_nullable) nullable;
static __typeof__(&cloudcircuit_check_anomaly_spike_columns) spikes;

static __attribute__((noinline)) void divide(
    const double *restrict a, const double *restrict b, double *restrict out, size_t len)
{
    size_t i;
    for (i = 0; i < len; i++)
        out[i] = a[i] / b[i];
}

static __attribute__((noinline)) double read_all(const double *points, size_t len)
{
    double sums[8] = {0};
    size_t i, lane;
    for (i = 0; i + 8 <= len; i += 8)
        for (lane = 0; lane < 8; lane++)
            sums[lane] += points[i + lane];
    return sums[0] + sums[1] + sums[2] + sums[3] + sums[4] + sums[5] + sums[6] + sums[7];
}

enum measure { DIVISIONS, BUDGETS, FLAGS, NULLABLE, INVALID, MEMCPY, READ, SPIKES, MEASURES };
static const char *const names[MEASURES] = {
    "a bare loop of divisions", "budgets", "budgets, flags only", "budgets with bitmaps",
    "budgets, one invalid in 16", "memcpy", "a plain read", "spikes"};

static void call(enum measure measure, size_t len)
{
    switch (measure) {
    case DIVISIONS: divide(spend, limit, usage, len); break;
    case BUDGETS: sink = budgets(spend, limit, len, NULL, flags, usage, NULL); break;
    case FLAGS: sink = budgets(spend, limit, len, NULL, flags, NULL, NULL); break;
    case NULLABLE: sink = nullable(spend, bits, 0, limit, bits, 0, len, NULL, flags, usage, NULL); break;
    case INVALID: sink = budgets(odd, limit, len, NULL, flags, usage, NULL); break;
    case MEMCPY: memcpy(usage, spend, len * sizeof *spend); memcpy(odd + MOST, limit, len * sizeof *limit); break;
    case READ: sink = read_all(spend, len / POINTS * POINTS); break;
    default: sink = spikes(spend, len / POINTS * POINTS, offsets, len / POINTS, NULL, flags, usage, NULL);
    }
    __asm__ volatile("" ::: "memory");
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* At different places within a page, as in real hosts: stores would hold up loads from the same. */
static void *column(size_t len)
{
    static size_t columns;
    char *memory = malloc(len + 8192);
    if (!memory)
        exit(1);
    memset(memory, 255, len + 8192);
    return memory + 4096 - (size_t)((uintptr_t)memory % 4096) + ++columns * 832 % 4096;
}

int main(int count, char **arguments)
{
    static const size_t rows[] = {100, 1000, 10000, 100000, 1000000};
    static const size_t series[] = {10, 100, 270}; /* 365 points each: as many as fit into cache */
    static double least[MEASURES][8];
    void *library = count == 3 ? dlopen(arguments[1], RTLD_NOW) : NULL;
    int rounds = library ? atoi(arguments[2]) : 0, round;
    size_t i, size;

    if (!rounds)
        return 1;
    *(void **)&budgets = dlsym(library, "cloudcircuit_check_budget_columns");
    *(void **)&nullable = dlsym(library, "cloudcircuit_check_budget_columns_nullable");
    *(void **)&spikes = dlsym(library, "cloudcircuit_check_anomaly_spike_columns");
    spend = column(MOST * 8), limit = column(MOST * 8), odd = column(2 * MOST * 8), usage = column(MOST * 8);
    offsets = column(MOST / POINTS * 8 + 8), flags = column(MOST), bits = column(MOST / 8 + 1);
    for (i = 0; i < MOST; i++) {
        spend[i] = odd[i] = (double)(i * 2654435761 % 130003) / 100;
        limit[i] = (double)(100000 + i % 977) / 100;
        if (i % 16 == 7)
            odd[i] = -1;
    }
    for (i = 0; i <= MOST / POINTS; i++)
        offsets[i] = (int64_t)(i * POINTS);
    for (round = 0; round < rounds; round++) {
        int measure;
        for (measure = 0; measure < MEASURES; measure++) {
            size_t sizes = measure < READ ? 5 : 3;
            for (size = 0; size < sizes; size++) {
                size_t len = measure < READ ? rows[size] : series[size] * POINTS;
                size_t calls = len < SLICE ? SLICE / len : 1, turn;
                double before = now(), took;
                for (turn = 0; turn < calls; turn++)
                    call(measure, len);
                took = (now() - before) / (double)(calls * len);
                if (!round || took < least[measure][size])
                    least[measure][size] = took;
            }
        }
    }
    for (i = 0; i < MEASURES; i++)
        for (size = 0; size < (i < READ ? 5 : 3); size++)
            printf("%s\t%zu\t%.4f\n", names[i], i < READ ? rows[size] : series[size], least[i][size]);
    return 0;
}
