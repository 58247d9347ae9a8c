/* A day of a fleet: its accounts' series through the detector in one call, for columns.py.
 *
 *     fleet LIBRARY ROUNDS ACCOUNTS    a line "accounts<TAB>ns an account" for each power of ten
 * up to ACCOUNTS: the least of all rounds. */
#define _GNU_SOURCE
#include <cloudcircuit.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { DAYS = 112, MOST = 100000 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

int main(int count, char **arguments)
{
    double *spend = malloc(sizeof *spend * DAYS * MOST);
    int64_t *offsets = malloc(sizeof *offsets * (MOST + 1));
    uint8_t *flags = malloc(MOST);
    void *library = count == 4 ? dlopen(arguments[1], RTLD_NOW) : NULL;
    __typeof__(&cloudcircuit_detect_spike_columns) detect;
    uint64_t random = 1;
    size_t i, accounts;

    if (!library || !spend || !offsets || !flags)
        return 1;
    *(void **)&detect = dlsym(library, "cloudcircuit_detect_spike_columns");
    for (i = 0; i < (size_t)DAYS * MOST; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        spend[i] = (i % 7 < 5 ? 120 : 60) + (double)(random >> 40) / 1048576;
    }
    for (i = 0; i <= MOST; i++)
        offsets[i] = (int64_t)(i * DAYS);
    for (accounts = 1; accounts <= MOST && accounts <= strtoul(arguments[3], NULL, 10); accounts *= 10) {
        size_t calls = 1000 / accounts + 1, call;
        int rounds = atoi(arguments[2]) / (accounts > 10000 ? 5 : 1) + 1;
        double least = 1e18;
        while (rounds--) {
            double before = now(), took;
            for (call = 0; call < calls; call++)
                if (detect(spend, accounts * DAYS, offsets, accounts, NULL, flags, NULL, NULL))
                    return 1;
            took = (now() - before) / (double)(calls * accounts);
            least = took < least ? took : least;
        }
        printf("%zu\t%.1f\n", accounts, least);
        fflush(stdout);
    }
    return 0;
}
