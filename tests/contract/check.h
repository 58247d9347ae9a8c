/* What the C hosts of the tests share. */
#ifndef CHECK_H
#define CHECK_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures = 0;
static unsigned long checks = 0;

/* Says what is wrong and goes on, so that one run shows all of it. */
#define CHECK(condition)                                                  \
    do {                                                                  \
        checks++;                                                         \
        if (!(condition)) {                                               \
            printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            failures++;                                                   \
        }                                                                 \
    } while (0)

#define SAME_BYTES(a, b) (sizeof(a) == sizeof(b) && memcmp(&(a), &(b), sizeof(a)) == 0)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The most points of a series: as many as fit into an object where addresses have 32 bits. */
#define LONGEST ((uint64_t)PTRDIFF_MAX / 8 < 2147483648u ? (size_t)PTRDIFF_MAX / 8 : (size_t)2147483648u)

/* 0 in an address of 32 bits. */
#define WRAPPED (INT64_C(1) << 32)

/* Ends an encoded state with the checksum of what is before: the CRC-32 of zlib, little endian. */
static inline void seal(unsigned char *bytes, size_t len)
{
    unsigned long crc = 0xFFFFFFFFul;
    size_t i, bit;
    for (i = 0; i < len - 4; i++)
        for (crc ^= bytes[i], bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xEDB88320ul : crc >> 1;
    crc ^= 0xFFFFFFFFul;
    for (i = 0; i < 4; i++)
        bytes[len - 4 + i] = (unsigned char)(crc >> 8 * i);
}

/* Ends main: the exit status, and the last line that the runner looks for. A host that checks nearly nothing fails. */
static int report(void)
{
    if (checks < 3) {
        printf("only %lu checks\n", checks);
        failures++;
    }
    printf(failures ? "%d checks failed\n" : "all checks passed\n", failures);
    return failures != 0;
}

#endif
