/* What the C hosts of the tests share. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures = 0;

/* Says what is wrong and goes on, so that one run shows all of it. */
#define CHECK(condition)                                                  \
    do {                                                                  \
        if (!(condition)) {                                               \
            printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            failures++;                                                   \
        }                                                                 \
    } while (0)

#define SAME_BYTES(a, b) (sizeof(a) == sizeof(b) && memcmp(&(a), &(b), sizeof(a)) == 0)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

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

/* Ends main: the exit status, and the last line that the runner looks for. */
static int report(void)
{
    printf(failures ? "%d checks failed\n" : "all checks passed\n", failures);
    return failures != 0;
}

#endif
