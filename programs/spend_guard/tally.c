#include "tally.h"

#include <stdlib.h>
#include <string.h>

static size_t slot(const struct tally *tally, uint32_t key, int32_t day)
{
    uint64_t hash = ((uint64_t)key << 32 | (uint32_t)day) * 0x9E3779B97F4A7C15u;
    size_t mask = tally->capacity - 1, i;

    hash ^= hash >> 32;
    i = (size_t)(hash * 0xD6E8FEB86659FD93u >> 24) & mask;
    while (tally->cells[i].key != NO_KEY && (tally->cells[i].key != key || tally->cells[i].day != day))
        i = (i + 1) & mask;
    return i;
}

/* At most three slots of four are in use. */
static void make_room(struct tally *tally)
{
    struct cell *old = tally->cells;
    size_t i, old_capacity = tally->capacity;

    tally->capacity = old_capacity ? 2 * old_capacity : 256;
    tally->cells = resize(NULL, tally->capacity, sizeof *tally->cells);
    for (i = 0; i < tally->capacity; i++)
        tally->cells[i].key = NO_KEY;
    for (i = 0; i < old_capacity; i++) {
        if (old[i].key != NO_KEY)
            tally->cells[slot(tally, old[i].key, old[i].day)] = old[i];
    }
    free(old);
}

void tally_add(struct tally *tally, uint32_t key, int32_t day, struct amount amount)
{
    struct cell *cell;

    if (4 * (tally->count + 1) > 3 * tally->capacity)
        make_room(tally);
    cell = &tally->cells[tally->last & (tally->capacity - 1)];
    if (cell->key != key || cell->day != day) {
        tally->last = slot(tally, key, day);
        cell = &tally->cells[tally->last];
    }
    if (cell->key == NO_KEY) {
        cell->key = key;
        cell->day = day;
        cell->amount = amount;
        tally->count++;
    } else {
        add_amount(&cell->amount, amount);
    }
}

static int by_day(const void *left, const void *right)
{
    const struct cell *a = left, *b = right;

    return (a->day > b->day) - (a->day < b->day);
}

/* Sorts the cells of one rank by day and adds up those of one day; returns how many are left. */
static size_t sort_days(struct cell *cells, size_t count)
{
    size_t i, used = 0;

    if (count > 1)
        qsort(cells, count, sizeof *cells, by_day);
    for (i = 0; i < count; i++) {
        if (used > 0 && cells[used - 1].day == cells[i].day)
            add_amount(&cells[used - 1].amount, cells[i].amount);
        else
            cells[used++] = cells[i];
    }
    return used;
}

static uint32_t rank_of_cell(const struct cell *cell, const uint32_t *rank_of, int32_t first, int32_t last)
{
    if (cell->key == NO_KEY || cell->day < first || cell->day > last)
        return NO_KEY;
    return rank_of[cell->key];
}

struct cell *tally_sort(struct tally *tally, const uint32_t *rank_of, size_t ranks, int32_t first, int32_t last,
                        size_t *starts)
{
    struct cell *sorted;
    size_t i, used = 0, total = 0;

    memset(starts, 0, (ranks + 1) * sizeof *starts);
    for (i = 0; i < tally->capacity; i++) {
        uint32_t rank = rank_of_cell(&tally->cells[i], rank_of, first, last);

        if (rank != NO_KEY)
            starts[rank + 1]++;
    }
    for (i = 0; i < ranks; i++)
        starts[i + 1] += starts[i];
    total = starts[ranks];
    sorted = resize(NULL, total + 1, sizeof *sorted);
    for (i = 0; i < tally->capacity; i++) {
        uint32_t rank = rank_of_cell(&tally->cells[i], rank_of, first, last);

        if (rank != NO_KEY) {
            sorted[starts[rank]] = tally->cells[i];
            sorted[starts[rank]++].key = rank;
        }
    }
    tally_free(tally);
    /* Each start is now the next one: move them back, and close the gaps where days were merged. */
    for (i = ranks; i > 0; i--)
        starts[i] = starts[i - 1];
    starts[0] = 0;
    for (i = 0; i < ranks; i++) {
        size_t count = sort_days(sorted + starts[i], starts[i + 1] - starts[i]);

        memmove(sorted + used, sorted + starts[i], count * sizeof *sorted);
        starts[i] = used;
        used += count;
    }
    starts[ranks] = used;
    return sorted;
}

void tally_free(struct tally *tally)
{
    free(tally->cells);
    memset(tally, 0, sizeof *tally);
}
