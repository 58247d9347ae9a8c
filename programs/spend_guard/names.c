#include "names.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1 << 16 };

static uint64_t hash_name(struct text text, uint32_t tag)
{
    return hash_bytes(text.at, text.length) ^ tag * 0x9E3779B97F4A7C15u;
}

static int is_name(const struct name *name, struct text text, uint32_t tag)
{
    return name->tag == tag && same_text(name->text, text);
}

static size_t find_slot(const struct names *names, struct text text, uint32_t tag, uint64_t hash)
{
    size_t mask = names->slot_count - 1, i = (size_t)hash & mask;

    for (; names->slots[i] != 0; i = (i + 1) & mask) {
        const struct name *name = &names->names[names->slots[i] - 1];

        if (name->hash == hash && is_name(name, text, tag))
            break;
    }
    return i;
}

static void make_room(struct names *names)
{
    size_t i;

    names->slot_count = names->slot_count ? 2 * names->slot_count : 256;
    names->slots = resize(names->slots, names->slot_count, sizeof *names->slots);
    memset(names->slots, 0, names->slot_count * sizeof *names->slots);
    for (i = 0; i < names->count; i++) {
        const struct name *name = &names->names[i];

        names->slots[find_slot(names, name->text, name->tag, name->hash)] = (uint32_t)i + 1;
    }
}

static struct text keep(struct names *names, struct text text)
{
    if (names->block_size - names->block_used < text.length) {
        names->block_size = text.length > BLOCK ? text.length : BLOCK;
        names->block_used = 0;
        names->blocks = grow(names->blocks, names->block_count, &names->block_capacity, sizeof *names->blocks);
        names->blocks[names->block_count++] = resize(NULL, names->block_size, 1);
    }
    if (text.length > 0) {
        char *at = names->blocks[names->block_count - 1] + names->block_used;

        memcpy(at, text.at, text.length);
        names->block_used += text.length;
        text.at = at;
    } else {
        text.at = "";
    }
    return text;
}

uint32_t names_add(struct names *names, struct text text, uint32_t tag)
{
    uint64_t hash;
    size_t slot;

    if (names->count > 0 && is_name(&names->names[names->last], text, tag))
        return names->last;
    if (2 * names->count >= names->slot_count)
        make_room(names);
    hash = hash_name(text, tag);
    slot = find_slot(names, text, tag, hash);
    if (names->slots[slot] == 0) {
        struct name *name;

        if (names->count == 0x7FFFFFFE)
            fail("too many groups");
        names->names = grow(names->names, names->count, &names->capacity, sizeof *names->names);
        name = &names->names[names->count++];
        name->text = keep(names, text);
        name->tag = tag;
        name->hash = hash;
        names->slots[slot] = (uint32_t)names->count;
    }
    return names->last = names->slots[slot] - 1;
}

uint32_t names_find(const struct names *names, struct text text, uint32_t tag)
{
    size_t slot;

    if (names->count == 0)
        return UINT32_MAX;
    slot = find_slot(names, text, tag, hash_name(text, tag));
    return names->slots[slot] - 1;
}

void names_free(struct names *names)
{
    size_t i;

    for (i = 0; i < names->block_count; i++)
        free(names->blocks[i]);
    free(names->blocks);
    free(names->names);
    free(names->slots);
}
