/*
 * Amounts by key and day: a hash table while rows come in, sorted cells after that.
 */
#ifndef TALLY_H
#define TALLY_H

#include "amount.h"

struct cell {
    uint32_t key;
    int32_t day;
    struct amount amount;
};

struct tally {
    struct cell *cells;
    size_t count, capacity; /* capacity is 0 or a power of two */
    size_t last;            /* the slot used last: rows of one key and day often follow one another */
};

enum { NO_KEY = 0x7FFFFFFF };

void tally_add(struct tally *tally, uint32_t key, int32_t day, struct amount amount);

/*
 * The cells sorted by rank and day, count of them, and where those of each rank start (ranks + 1 numbers).
 * ranks[key] is a key's rank, NO_KEY to drop it; keys of one rank are added together. Days outside of first
 * to last are dropped. Ends the table.
 */
struct cell *tally_sort(struct tally *tally, const uint32_t *rank_of, size_t ranks, int32_t first, int32_t last,
                        size_t *starts);

void tally_free(struct tally *tally);

#endif
