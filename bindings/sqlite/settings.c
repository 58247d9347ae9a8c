/*
 * Settings and holds: flat JSON objects whose names are those of the library's structs. The numbers of a record's
 * "config" read back to the same bits.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "extension.h"

static const char *const NEGATIVE_POINTS[] = {"error", "missing", "zero", NULL};
static const char *const MODES[] = {"enforce", "monitor", "unlimited", NULL};
static const char *const UNITS[] = {"ppm", "amount", NULL};
static const char *const BASES[] = {"settled", "committed", NULL};

#define FIELD(type, name, kind, words) {#name, kind, offsetof(cloudcircuit_##type, name), words}

const struct field cc_sqlite_detect_fields[] = {
    FIELD(detect_config, season_length, UINT32, NULL),
    FIELD(detect_config, window, UINT32, NULL),
    FIELD(detect_config, lag_points, UINT32, NULL),
    FIELD(detect_config, negative_points, WORD, NEGATIVE_POINTS),
    FIELD(detect_config, score_threshold, DOUBLE, NULL),
    FIELD(detect_config, min_impact, DOUBLE, NULL),
    FIELD(detect_config, min_relative_impact, DOUBLE, NULL),
    FIELD(detect_config, min_baseline, DOUBLE, NULL),
    FIELD(detect_config, start_time, INT64, NULL),
    FIELD(detect_config, step, INT64, NULL),
    {NULL, UINT32, 0, NULL},
};

const struct field cc_sqlite_forecast_fields[] = {
    FIELD(forecast_config, season_length, UINT32, NULL),
    FIELD(forecast_config, lag_points, UINT32, NULL),
    FIELD(forecast_config, negative_points, WORD, NEGATIVE_POINTS),
    FIELD(forecast_config, start_time, INT64, NULL),
    FIELD(forecast_config, step, INT64, NULL),
    {NULL, UINT32, 0, NULL},
};

const struct field cc_sqlite_ledger_fields[] = {
    FIELD(ledger_config, limit, INT64, NULL),
    FIELD(ledger_config, carry_max, INT64, NULL),
    FIELD(ledger_config, debt_max, INT64, NULL),
    FIELD(ledger_config, hold_duration, INT64, NULL),
    FIELD(ledger_config, thresholds, THRESHOLDS, NULL),
    FIELD(ledger_config, threshold_count, UINT32, NULL),
    FIELD(ledger_config, threshold_unit, WORD, UNITS),
    FIELD(ledger_config, threshold_basis, WORD, BASES),
    FIELD(ledger_config, mode, WORD, MODES),
    {NULL, UINT32, 0, NULL},
};

const struct field cc_sqlite_rate_limit_fields[] = {
    FIELD(rate_limit_config, limit, INT64, NULL),
    FIELD(rate_limit_config, duration, INT64, NULL),
    FIELD(rate_limit_config, mode, WORD, MODES),
    {NULL, UINT32, 0, NULL},
};

const struct field cc_sqlite_hold_fields[] = {
    FIELD(ledger_hold, ledger_id, UINT64, NULL),
    FIELD(ledger_hold, id, UINT64, NULL),
    FIELD(ledger_hold, period, INT64, NULL),
    FIELD(ledger_hold, amount, INT64, NULL),
    FIELD(ledger_hold, expires_at, INT64, NULL),
    {NULL, UINT32, 0, NULL},
};

/*
 * Numbers in every locale
 */

const char *cc_sqlite_json(double number, char text[NUMBER_LEN])
{
    const char *point = localeconv()->decimal_point;
    char *found;

    snprintf(text, NUMBER_LEN, "%.17g", number);
    found = strstr(text, point);
    if (found != NULL) {
        *found = '.';
        memmove(found + 1, found + strlen(point), strlen(found + strlen(point)) + 1);
    }
    return text;
}

/* As strtod, with a point. */
static double real(const char *token, size_t len, int *is_whole)
{
    char text[64], *end;
    size_t i, at = 0;
    double number;

    for (i = 0; i < len; i++) {
        const char *piece = token[i] == '.' ? localeconv()->decimal_point : NULL;
        size_t room = piece ? strlen(piece) : 1;

        if (at + room >= sizeof text) {
            *is_whole = 0;
            return 0;
        }
        memcpy(text + at, piece ? piece : token + i, room);
        at += room;
    }
    text[at] = '\0';
    number = strtod(text, &end);
    *is_whole = len > 0 && end == text + at;
    return number;
}

/* The digits of a token, and whether they are all of it and fit. */
static int whole(const char *token, size_t len, uint64_t *magnitude, int *is_negative)
{
    size_t i = 0;

    *magnitude = 0;
    *is_negative = len > 0 && token[0] == '-';
    i = (size_t)*is_negative;
    if (i == len)
        return 0;
    for (; i < len; i++) {
        uint64_t digit = (uint64_t)(token[i] - '0');

        if (token[i] < '0' || token[i] > '9' || *magnitude > (UINT64_MAX - digit) / 10)
            return 0;
        *magnitude = *magnitude * 10 + digit;
    }
    return 1;
}

static int int64(const char *token, size_t len, int64_t *number)
{
    uint64_t magnitude, most;
    int is_negative;

    if (!whole(token, len, &magnitude, &is_negative))
        return 0;
    most = (uint64_t)INT64_MAX + (uint64_t)is_negative;
    if (magnitude > most)
        return 0;
    *number = is_negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return 1;
}

/*
 * The object
 */

struct reader {
    const char *at;
    const char *token; /* what was read last, without its quotes */
    size_t len;
};

static void skip_space(struct reader *reader)
{
    while (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\n' || *reader->at == '\r')
        reader->at++;
}

static int reads(struct reader *reader, char sign)
{
    skip_space(reader);
    if (*reader->at != sign)
        return 0;
    reader->at++;
    return 1;
}

static int reads_string(struct reader *reader)
{
    if (!reads(reader, '"'))
        return 0;
    reader->token = reader->at;
    while (*reader->at != '"' && *reader->at != '\\' && *reader->at != '\0')
        reader->at++;
    reader->len = (size_t)(reader->at - reader->token);
    return reads(reader, '"');
}

static int reads_plain(struct reader *reader)
{
    skip_space(reader);
    reader->token = reader->at;
    while (*reader->at != '\0' && strchr(",]} \t\n\r\"[{:", *reader->at) == NULL)
        reader->at++;
    reader->len = (size_t)(reader->at - reader->token);
    return reader->len > 0;
}

static int reads_thresholds(struct reader *reader, cloudcircuit_ledger_config *config)
{
    config->threshold_count = 0;
    if (!reads(reader, '['))
        return 0;
    if (reads(reader, ']'))
        return 1;
    do {
        if (config->threshold_count == CLOUDCIRCUIT_LEDGER_MAX_THRESHOLDS || !reads_plain(reader) ||
            !int64(reader->token, reader->len, &config->thresholds[config->threshold_count++]))
            return 0;
    } while (reads(reader, ','));
    return reads(reader, ']');
}

static int reads_word(struct reader *reader, const struct field *field, uint32_t *number)
{
    if (!reads_string(reader))
        return 0;
    for (*number = 0; field->words[*number] != NULL; ++*number) {
        if (strlen(field->words[*number]) == reader->len &&
            memcmp(field->words[*number], reader->token, reader->len) == 0)
            return 1;
    }
    return 0;
}

static int reads_value(struct reader *reader, const struct field *field, void *record)
{
    void *place = (char *)record + field->offset;
    uint64_t magnitude;
    int is_negative, is_whole;

    switch (field->kind) {
    case THRESHOLDS:
        return reads_thresholds(reader, record);
    case WORD:
        skip_space(reader);
        if (*reader->at == '"')
            return reads_word(reader, field, place);
        /* fall through */
    case UINT32:
        if (!reads_plain(reader) || !whole(reader->token, reader->len, &magnitude, &is_negative) || is_negative ||
            magnitude > UINT32_MAX)
            return 0;
        *(uint32_t *)place = (uint32_t)magnitude;
        return 1;
    case UINT64:
        if (!reads_plain(reader) || !whole(reader->token, reader->len, &magnitude, &is_negative) || is_negative)
            return 0;
        *(uint64_t *)place = magnitude;
        return 1;
    case INT64:
        return reads_plain(reader) && int64(reader->token, reader->len, place);
    case DOUBLE:
        if (!reads_plain(reader))
            return 0;
        *(double *)place = real(reader->token, reader->len, &is_whole);
        return is_whole;
    }
    return 0;
}

static const struct field *field_of(const struct field *fields, const struct reader *name)
{
    for (; fields->name != NULL; fields++) {
        if (strlen(fields->name) == name->len && memcmp(fields->name, name->token, name->len) == 0)
            return fields;
    }
    return NULL;
}

static int refuse(sqlite3_context *context, const char *what, const struct reader *name)
{
    char message[120];

    sqlite3_snprintf(sizeof message, message, "%s %.*s", what, name->len > 60 ? 60 : (int)name->len, name->token);
    cc_sqlite_error(context, message);
    return 0;
}

int cc_sqlite_read_fields(sqlite3_context *context, sqlite3_value *object, const struct field *fields, void *record)
{
    const char *text = (const char *)sqlite3_value_text(object);
    struct reader reader = {text, "", 0};

    if (sqlite3_value_type(object) != SQLITE_TEXT || text == NULL || !reads(&reader, '{'))
        return refuse(context, "settings and holds must be JSON objects", &reader);
    if (!reads(&reader, '}')) {
        do {
            struct reader name;
            const struct field *field;

            if (!reads_string(&reader) || !reads(&reader, ':'))
                return refuse(context, "a JSON object is malformed after", &reader);
            name = reader;
            name.len = reader.len;
            field = field_of(fields, &name);
            if (field == NULL)
                return refuse(context, "there is no setting", &name);
            if (!reads_value(&reader, field, record))
                return refuse(context, "no value of this form is possible for", &name);
        } while (reads(&reader, ','));
        if (!reads(&reader, '}'))
            return refuse(context, "a JSON object is malformed after", &reader);
    }
    skip_space(&reader);
    if (*reader.at != '\0')
        return refuse(context, "a JSON object is malformed after", &reader);
    return 1;
}
