/* What the files of the host share: checks, queries, and the golden cases. */
#ifndef CLOUDCIRCUIT_TESTS_SQLITE_HOST_H
#define CLOUDCIRCUIT_TESTS_SQLITE_HOST_H

#include <stdio.h>

#include <cloudcircuit.h>
#include <sqlite3.h>

extern long checks, failures;

#define CHECK(condition, ...)                             \
    do {                                                  \
        checks++;                                         \
        if (!(condition)) {                               \
            failures++;                                   \
            printf("%s:%d: %s: ", __FILE__, __LINE__, #condition); \
            printf(__VA_ARGS__);                          \
            putchar('\n');                                \
        }                                                 \
    } while (0)

extern sqlite3 *db;

void execute(const char *sql);
sqlite3_stmt *prepare(const char *sql);
/* What a query answers whose parameters are doubles ('d'), integers ('i') and texts ('s'): NULL as "NULL", an error as
 * "error: " and its message. */
const char *ask(const char *sql, const char *types, ...);

enum { WORDS = 160, ANSWER_LEN = 16384 };

struct golden {
    char *words[WORDS];
    int count, arrow; /* where "=>" is */
};

const char *out(const struct golden *golden, int index);
int is_ok(const struct golden *golden);
double real(const struct golden *golden, int index);
sqlite3_int64 whole(const struct golden *golden, int index);
/* The error that a function makes of the status that a case names. */
const char *error_of(const char *function, const struct golden *golden);
/* Whether a record has this value, the same bits if it is a double, under the key. */
int has_field(const char *record, const char *key, const char *expected);
/* Whether it has these, in the order of the case, or is the error. */
void has_fields(const char *function, const struct golden *golden, const char *record, int count,
                const char *const *keys);
/* Fills the table series with the words from `first` up to "=>". */
void fill_series(const struct golden *golden, int first);

/* Whether the case is one of a history or a state, which is then checked. */
int run_history(const struct golden *golden);
int run_state(const struct golden *golden);

#endif
