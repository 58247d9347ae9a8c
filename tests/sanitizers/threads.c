/* Every fuzz target over its corpus, in four threads at once. They share the library's code and the inputs, which nobody
 * writes: ThreadSanitizer, which has instrumented the library too, finds anything else that two of them touch.
 *
 *     threads TARGET FILE [TARGET FILE]...
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TARGET(name) int fuzz_##name(const uint8_t *data, size_t size);
#include "targets.h" /* TARGET(name) for each file of tests/fuzz/ */
#undef TARGET

enum { THREADS = 4, MOST = 1 << 14 };

static const struct {
    const char *name;
    int (*run)(const uint8_t *, size_t);
} targets[] = {
#define TARGET(name) {#name, fuzz_##name},
#include "targets.h"
};

static struct {
    int (*run)(const uint8_t *, size_t);
    uint8_t *data;
    size_t size;
} inputs[MOST];
static size_t count;
static pthread_barrier_t all_are_here;

static void add(const char *target, const char *path)
{
    size_t i;
    FILE *file = fopen(path, "rb");
    if (!file || count == MOST)
        abort();
    inputs[count].data = malloc(1 << 16);
    inputs[count].size = fread(inputs[count].data, 1, 1 << 16, file);
    fclose(file);
    for (i = 0; i < sizeof targets / sizeof *targets; i++)
        if (!strcmp(targets[i].name, target))
            inputs[count].run = targets[i].run;
    if (!inputs[count++].run)
        abort();
}

/* Each thread begins at another input, and in pairs they come to the same ones at the same time. */
static void *run_all(void *thread)
{
    size_t i, first = (size_t)(uintptr_t)thread / 2 * (count / 2);
    pthread_barrier_wait(&all_are_here);
    for (i = 0; i < count; i++) {
        size_t at = (first + i) % count;
        inputs[at].run(inputs[at].data, inputs[at].size);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    int i;
    for (i = 1; i + 1 < argc; i += 2)
        add(argv[i], argv[i + 1]);
    pthread_barrier_init(&all_are_here, NULL, THREADS);
    for (i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, run_all, (void *)(uintptr_t)i))
            abort();
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    printf("%d threads, %zu inputs each\n", THREADS, count);
    return count == 0;
}
