/* What the fuzz targets share: a reader of the input, calls that answer a documented status, and memory that ends at
 * a fence of AddressSanitizer. tests/fuzz/run.py builds each target with one of these inputs at a time. */
#ifndef FUZZ_H
#define FUZZ_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cloudcircuit.h"
#include "errors.h" /* from cloudcircuit.json: errors_<function>, the statuses that the header lists for it */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(kept, promise)                                                                                           \
    do {                                                                                                               \
        if (!(kept)) {                                                                                                 \
            fprintf(stderr, "%s:%d: not kept: %s\n", __FILE__, __LINE__, promise);                                     \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

/* Calls cloudcircuit_<name>() and checks that its status is OK or one that the header lists. */
#define CALL(name, ...)                                                                                                \
    documented(#name, errors_##name, sizeof errors_##name / sizeof *errors_##name, cloudcircuit_##name(__VA_ARGS__))

static inline cloudcircuit_status documented(const char *name, const int *errors, size_t count,
                                             cloudcircuit_status status)
{
    size_t i;
    for (i = 0; i < count; i++)
        if (errors[i] == status)
            return status;
    fprintf(stderr, "cloudcircuit_%s() answered %s, which its comment does not list\n", name,
            cloudcircuit_status_name(status));
    abort();
}

/* The input; past its end all bytes are 0. Targets keep nothing that threads would share: tests/sanitizers/ runs them all
 * at once. */
static _Thread_local const uint8_t *input_at;
static _Thread_local size_t input_left;

static inline void start(const uint8_t *data, size_t size)
{
    input_at = data;
    input_left = size;
}

static inline void take(void *out, size_t size)
{
    size_t taken = size < input_left ? size : input_left;
    memset(out, 0, size);
    if (taken)
        memcpy(out, input_at, taken);
    input_at += taken;
    input_left -= taken;
}

static inline unsigned byte(void)
{
    uint8_t value;
    take(&value, 1);
    return value;
}

static inline uint32_t word(void)
{
    uint32_t value;
    take(&value, sizeof value);
    return value;
}

static inline int64_t any_integer(void)
{
    int64_t value;
    take(&value, sizeof value);
    return value;
}

static inline double any_double(void)
{
    double value;
    take(&value, sizeof value);
    return value;
}

/* Mostly small and not negative, now and then at an end of the range or anything at all. */
static inline int64_t amount(void)
{
    static const int64_t edges[16] = {-1,
                                      1000000,
                                      999999,
                                      1000001,
                                      INT64_MAX,
                                      INT64_MAX - 1,
                                      INT64_MAX / 2,
                                      INT64_MAX / 2 + 1,
                                      INT64_MIN,
                                      INT64_MIN + 1,
                                      4294967295,
                                      4294967296,
                                      9007199254740993,
                                      1024,
                                      -1000,
                                      86400};
    unsigned kind = byte();
    if (kind < 144)
        return kind;
    if (kind < 208)
        return byte() | (int64_t)byte() << 8;
    if (kind < 248)
        return edges[kind & 15];
    return any_integer();
}

/* As amount(), in doubles: whole numbers, cents, the smallest, the largest, what is no number. */
static inline double point(void)
{
    static const double edges[16] = {
        NAN,  INFINITY, -INFINITY, -0.0,    0x1p-1074, 0x1p-1022, 0x1.fffffffffffffp1023, -1.0,
        1e-9, 0.1,      1e300,     0x1p970, 0x1p53,    1.5,       1.0000000000000002,     0.01};
    unsigned kind = byte();
    if (kind < 144)
        return kind;
    if (kind < 216)
        return (byte() | byte() << 8) / 100.0;
    if (kind < 250)
        return edges[kind & 15];
    return any_double();
}

/* Wraps around. */
static inline int64_t sum(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

/* A clock that mostly runs forward. */
static inline int64_t tick(int64_t now)
{
    unsigned kind = byte();
    if (kind < 160)
        return sum(now, kind);
    if (kind < 208)
        return sum(now, (int64_t)byte() << 6);
    if (kind < 240)
        return sum(now, 207 - (int64_t)kind);
    return amount();
}

static inline int is_zero(const void *memory, size_t size)
{
    const uint8_t *bytes = memory;
    while (size--)
        if (*bytes++)
            return 0;
    return 1;
}

#define IS_ZERO(object) is_zero(&(object), sizeof(object))
#define SAME(a, b) (memcmp(&(a), &(b), sizeof(a)) == 0)

/* A block of its own, so that one byte past its end is seen. Never NULL. */
static inline void *block(size_t size)
{
    void *memory = malloc(size);
    CHECK(memory || !size, "there is memory");
    return memory ? memory : block(1);
}

/* Buffers at odd addresses, which also end at a fence, until release_all(). */
static _Thread_local void *buffers[64];
static _Thread_local unsigned buffer_count;

static inline void *buffer(size_t size, unsigned shift)
{
    CHECK(buffer_count < 64, "there is a place for the buffer");
    buffers[buffer_count] = block(size + shift);
    memset(buffers[buffer_count], 0x5a, size + shift);
    return (uint8_t *)buffers[buffer_count++] + shift;
}

static inline void release_all(void)
{
    while (buffer_count)
        free(buffers[--buffer_count]);
}

/* Number i of a buffer at any address. */
static inline double double_at(const void *numbers, size_t i)
{
    double value;
    memcpy(&value, (const uint8_t *)numbers + i * sizeof value, sizeof value);
    return value;
}

static inline int64_t integer_at(const void *numbers, size_t i)
{
    int64_t value;
    memcpy(&value, (const uint8_t *)numbers + i * sizeof value, sizeof value);
    return value;
}

/* A validity bitmap that ends with the last row's byte, or NULL. */
static inline uint8_t *bitmap(size_t rows, size_t offset)
{
    size_t i, size = (offset + rows + 7) / 8;
    unsigned kind = byte();
    uint8_t *bits;
    if (kind < 64)
        return NULL;
    bits = buffer(size, 0);
    for (i = 0; i < size; i++)
        bits[i] = kind < 192 ? (uint8_t) ~(byte() & byte() & byte()) : (uint8_t)byte();
    return bits;
}

static inline int is_missing(const uint8_t *bits, size_t offset, size_t row)
{
    return bits && !(bits[(offset + row) / 8] >> (offset + row) % 8 & 1);
}

/* Overwrites a few fields of a struct. */
static inline void edit(void *object, size_t size)
{
    unsigned kind;
    while ((kind = byte() & 7) > 3) {
        size_t at = byte() * 4 % size;
        if (kind >= 6) {
            uint32_t value = kind == 6 ? byte() & 31 : word();
            memcpy((uint8_t *)object + at, &value, sizeof value);
        } else {
            int64_t integer = kind == 4 ? amount() : 0;
            double number = kind == 5 ? point() : 0;
            if (at + 8 > size)
                at = size - 8;
            memcpy((uint8_t *)object + at, kind == 4 ? (void *)&integer : (void *)&number, 8);
        }
    }
}

/* The checksum of an encoded state, CRC-32/ISO-HDLC, so that a changed one is not refused for it alone. */
static inline void set_checksum(uint8_t *bytes, size_t size)
{
    uint32_t sum = UINT32_MAX;
    size_t i;
    int bit;
    for (i = 0; i + 4 < size; i++)
        for (sum ^= bytes[i], bit = 0; bit < 8; bit++)
            sum = sum >> 1 ^ (sum & 1 ? 0xedb88320u : 0);
    for (i = 0; i < 4; i++)
        bytes[size - 4 + i] = (uint8_t)(~sum >> 8 * i);
}

/* Encodes a state into memory of exactly that size, decodes it, and finds every byte again. */
#define CHECK_ENCODING(name, state, size)                                                                              \
    do {                                                                                                               \
        uint8_t *bytes = block(size);                                                                                  \
        uint8_t *back = block(sizeof(state));                                                                          \
        CHECK(CALL(name##_validate, &(state)) == 0, "a state that the library wrote is valid");                        \
        CHECK(CALL(name##_encode, &(state), bytes, size) == 0, "a valid state is encoded");                            \
        CHECK(CALL(name##_decode, bytes, size, (void *)back) == 0, "an encoded state is decoded");                     \
        CHECK(memcmp(back, &(state), sizeof(state)) == 0, "a state decodes to the bit as it was");                     \
        free(bytes);                                                                                                   \
        free(back);                                                                                                    \
    } while (0)

#endif
