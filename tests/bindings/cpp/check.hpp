// What the C++ tests check with; it needs no exceptions.
#pragma once

#include <cstdio>
#include <cstdlib>

inline int failures = 0;
inline long checks = 0;

#define CHECK(condition)                                                                \
    do {                                                                                \
        checks++;                                                                       \
        if (!(condition)) {                                                             \
            failures++;                                                                 \
            std::printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);         \
        }                                                                               \
    } while (0)

// The exit status of a test that must have checked at least `least` things.
inline int report(long least) {
    if (checks < least)
        std::printf("only %ld checks, not %ld\n", checks, least);
    else if (failures == 0)
        std::puts("all checks passed");
    return failures != 0 || checks < least;
}
