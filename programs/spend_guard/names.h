/*
 * Names seen so far, each with a number from 0: a hash table.
 */
#ifndef NAMES_H
#define NAMES_H

#include "common.h"

struct name {
    struct text text;
    uint32_t tag; /* one text may be there under several tags */
    uint64_t hash;
};

struct names {
    struct name *names;
    size_t count, capacity;
    uint32_t *slots; /* number + 1, 0 for a free one */
    size_t slot_count;
    char **blocks; /* that hold the texts */
    size_t block_count, block_capacity, block_used, block_size;
    uint32_t last;
};

/* The number of a name, a new one if it is not there yet. */
uint32_t names_add(struct names *names, struct text text, uint32_t tag);

/* Its number, or UINT32_MAX. */
uint32_t names_find(const struct names *names, struct text text, uint32_t tag);

void names_free(struct names *names);

#endif
