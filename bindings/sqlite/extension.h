/* What the files of the extension share. */
#ifndef CLOUDCIRCUIT_SQLITE_EXTENSION_H
#define CLOUDCIRCUIT_SQLITE_EXTENSION_H

#include <stddef.h>
#include <stdint.h>

#include <cloudcircuit.h>
#include <sqlite3ext.h>

SQLITE_EXTENSION_INIT3

struct series;

/* What a NULL spend is in a series. */
enum missing { NO_POINT, MISSING_POINT, MISSING_POINT_OF_NO_ANSWER };

/* A function of SQL: of one row, or of the series in a frame. It is its own user data. */
struct function {
    const char *name;
    int least, most; /* arguments */
    void (*call)(sqlite3_context *, int, sqlite3_value **);
    /* Of a series: reads the settings of the latest row, and answers what is in the frame. */
    void (*read)(sqlite3_context *, struct series *, int, sqlite3_value **);
    void (*answer)(sqlite3_context *, const struct series *);
    enum missing missing;
};

/* They end with one without a name. */
extern const struct function cc_sqlite_series[], cc_sqlite_states[];

int cc_sqlite_create_series(sqlite3 *db, const struct function *function, int arguments, int flags);

/*
 * Arguments and answers
 */

int cc_sqlite_has_null(int count, sqlite3_value **values);
int cc_sqlite_are_integers(int count, sqlite3_value **values);
/* Infinity, which every rule of the library refuses, for what is no number. */
double cc_sqlite_number(sqlite3_value *value);
void cc_sqlite_error(sqlite3_context *context, const char *message);
/* Whether the library made its decision; if not, its words are the statement's error. */
int cc_sqlite_is_ok(sqlite3_context *context, cloudcircuit_status status);
void cc_sqlite_record(sqlite3_context *context, cloudcircuit_status status, const char *record, size_t length);
/* What was written, and an end of it. */
void cc_sqlite_text(sqlite3_context *context, sqlite3_str *text);

/*
 * Settings: a JSON object of fields, as a record has it under "config"
 */

enum kind { UINT32, UINT64, INT64, DOUBLE, WORD, THRESHOLDS };

/* A field of a struct. A WORD has words for 0, 1, ..., a NULL behind the last. */
struct field {
    const char *name;
    enum kind kind;
    size_t offset;
    const char *const *words;
};

extern const struct field cc_sqlite_detect_fields[], cc_sqlite_forecast_fields[], cc_sqlite_ledger_fields[],
    cc_sqlite_rate_limit_fields[], cc_sqlite_hold_fields[];

/* Reads the fields that the object has and leaves the others. If it is not such an object, that is the statement's
 * error and the answer is 0. */
int cc_sqlite_read_fields(sqlite3_context *context, sqlite3_value *object, const struct field *fields, void *record);

/* A finite number as JSON that reads back to the same bits. */
enum { NUMBER_LEN = 40 };
const char *cc_sqlite_json(double number, char text[NUMBER_LEN]);

#endif
