#include "common.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void say(const char *format, va_list arguments)
{
    fflush(stdout);
    fputs("spend_guard: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

void fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
    exit(STATUS_REFUSED);
}

void fail_usage(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
    fputs("spend_guard --help lists the options\n", stderr);
    exit(STATUS_USAGE);
}

void *resize(void *memory, size_t count, size_t size)
{
    void *resized = count <= SIZE_MAX / size ? realloc(memory, count * size) : NULL;

    if (resized == NULL)
        fail("out of memory");
    return resized;
}

char *copy_text(const char *at, size_t length)
{
    char *copy = resize(NULL, length + 1, 1);

    memcpy(copy, at, length);
    copy[length] = '\0';
    return copy;
}

void *grow(void *memory, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return memory;
    *capacity += *capacity / 2 + 16;
    return resize(memory, *capacity, size);
}

struct text text_of(const char *string)
{
    struct text text;

    text.at = string;
    text.length = strlen(string);
    return text;
}

int same_text(struct text left, struct text right)
{
    return left.length == right.length && memcmp(left.at, right.at, left.length) == 0;
}

int is_null(struct text text)
{
    return text.length == 0 ||
           (text.length == 4 && (memcmp(text.at, "NULL", 4) == 0 || memcmp(text.at, "null", 4) == 0));
}

static int is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

struct text trimmed(struct text text)
{
    while (text.length > 0 && is_blank(text.at[0])) {
        text.at++;
        text.length--;
    }
    while (text.length > 0 && is_blank(text.at[text.length - 1]))
        text.length--;
    return text;
}

/* Eight bytes at a time, each mixed in by a multiplication (as in wyhash, without its wide product). */
uint64_t hash_bytes(const char *at, size_t length)
{
    uint64_t hash = 0x9E3779B97F4A7C15u ^ length, word;

    for (; length >= 8; at += 8, length -= 8) {
        memcpy(&word, at, 8);
        hash = (hash ^ word) * 0xD6E8FEB86659FD93u;
        hash ^= hash >> 32;
    }
    word = 0;
    memcpy(&word, at, length);
    hash = (hash ^ word) * 0xD6E8FEB86659FD93u;
    hash ^= hash >> 32;
    hash *= 0xD6E8FEB86659FD93u;
    return hash ^ hash >> 32;
}

size_t utf8_length(const unsigned char *at, size_t length)
{
    size_t more = *at < 0x80 ? 0 : *at >= 0xC2 && *at < 0xE0 ? 1 : *at >= 0xE0 && *at < 0xF0 ? 2 : 3;
    size_t i;

    if (more == 0)
        return 1;
    if (*at < 0xC2 || *at > 0xF4 || more >= length)
        return 0;
    for (i = 1; i <= more; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    }
    /* Overlong forms, surrogates, and beyond U+10FFFF. */
    if ((*at == 0xE0 && at[1] < 0xA0) || (*at == 0xED && at[1] > 0x9F) || (*at == 0xF0 && at[1] < 0x90) ||
        (*at == 0xF4 && at[1] > 0x8F))
        return 0;
    return more + 1;
}

void print_text(FILE *to, struct text text)
{
    while (text.length > 0) {
        const unsigned char *at = (const unsigned char *)text.at;
        size_t length = utf8_length(at, text.length);

        if (length == 0 || *at < 0x20 || *at == 0x7F)
            fputc('?', to);
        else
            fwrite(at, 1, length, to);
        text.at += length ? length : 1;
        text.length -= length ? length : 1;
    }
}

void clean_text(char *to, size_t capacity, struct text text)
{
    size_t used = 0;

    while (text.length > 0) {
        const unsigned char *at = (const unsigned char *)text.at;
        size_t length = utf8_length(at, text.length);

        if (used + (length ? length : 1) >= capacity)
            break;
        if (length == 0 || *at < 0x20 || *at == 0x7F) {
            to[used++] = '?';
        } else {
            memcpy(to + used, at, length);
            used += length;
        }
        text.at += length ? length : 1;
        text.length -= length ? length : 1;
    }
    to[used] = '\0';
}

size_t text_width(struct text text)
{
    size_t width = 0;

    while (text.length > 0) {
        size_t length = utf8_length((const unsigned char *)text.at, text.length);

        width++;
        text.at += length ? length : 1;
        text.length -= length ? length : 1;
    }
    return width;
}
