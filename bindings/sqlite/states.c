/*
 * A ledger, a rate limit and a spike tracker as pure functions: each takes the state and answers the new one, as JSON:
 *
 *     {"state":"<hex>","hold":{"ledger_id":7,"id":1,...},"decision":{the library's record}}
 *
 * A state is the library's encoded form, with its checksum: such an answer, its hexadecimal digits, or a BLOB.
 */
#include <math.h>
#include <string.h>

#include "extension.h"

static const char DIGITS[] = "0123456789abcdef";
static const char ANSWER[] = "{\"state\":\"";

/* The longest state. */
enum { STATE_LEN = CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN };

/* -1 for what is no hexadecimal digit, also for the end of a text. */
static int nibble(char digit)
{
    if ('0' <= digit && digit <= '9')
        return digit - '0';
    if ('a' <= digit && digit <= 'f')
        return digit - 'a' + 10;
    return 'A' <= digit && digit <= 'F' ? digit - 'A' + 10 : -1;
}

/* The bytes of a state, and how many there are; more or fewer than such a state has, which the library refuses, for
 * what is none. */
static size_t read_bytes(sqlite3_value *value, uint8_t bytes[STATE_LEN])
{
    const char *text;
    size_t len = (size_t)sqlite3_value_bytes(value), i;

    if (sqlite3_value_type(value) == SQLITE_BLOB) {
        if (len > 0 && len <= STATE_LEN)
            memcpy(bytes, sqlite3_value_blob(value), len);
        return len <= STATE_LEN ? len : 0;
    }
    text = (const char *)sqlite3_value_text(value);
    if (text == NULL)
        return 0;
    if (strncmp(text, ANSWER, sizeof ANSWER - 1) == 0)
        text += sizeof ANSWER - 1;
    for (i = 0; i < STATE_LEN && text[2 * i] != '\0' && text[2 * i] != '"'; i++) {
        int high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return 0;
        bytes[i] = (uint8_t)(high * 16 + low);
    }
    return text[2 * i] == '\0' || text[2 * i] == '"' ? i : 0;
}

static sqlite3_str *begin(sqlite3_context *context, const uint8_t *bytes, size_t len)
{
    sqlite3_str *text = sqlite3_str_new(sqlite3_context_db_handle(context));
    char digits[2 * STATE_LEN];
    size_t i;

    for (i = 0; i < len; i++) {
        digits[2 * i] = DIGITS[bytes[i] >> 4];
        digits[2 * i + 1] = DIGITS[bytes[i] & 15];
    }
    sqlite3_str_appendall(text, ANSWER);
    sqlite3_str_append(text, digits, (int)(2 * len));
    sqlite3_str_appendall(text, "\"");
    return text;
}

static void end(sqlite3_context *context, sqlite3_str *text, const char *record)
{
    if (record != NULL)
        sqlite3_str_appendf(text, ",\"decision\":%s", record);
    sqlite3_str_appendall(text, "}");
    cc_sqlite_text(context, text);
}

/* Whether there is something to decide: no NULL, and integers from the argument `first` on. */
static int are_given(sqlite3_context *context, int count, sqlite3_value **values, int first)
{
    if (cc_sqlite_has_null(count, values))
        return 0;
    if (cc_sqlite_are_integers(count - first, values + first))
        return 1;
    cc_sqlite_error(context, "ids, periods, amounts and times must be integers");
    return 0;
}

/* cc_state(answer): the state as a BLOB, half as long. */
static void state(sqlite3_context *context, int count, sqlite3_value **values)
{
    uint8_t bytes[STATE_LEN];
    size_t len;

    if (cc_sqlite_has_null(count, values))
        return;
    len = read_bytes(values[0], bytes);
    if (cc_sqlite_is_ok(context, len > 0 ? CLOUDCIRCUIT_OK : CLOUDCIRCUIT_ERR_ENCODED_LENGTH))
        sqlite3_result_blob(context, bytes, (int)len, SQLITE_TRANSIENT);
}

/*
 * Ledger
 */

struct ledger {
    cloudcircuit_ledger_config config;
    cloudcircuit_ledger_state state;
    cloudcircuit_ledger_hold hold;
    cloudcircuit_ledger_decision decision;
};

/* Reads settings, state and, if there is to be one, hold. The other arguments are integers. */
static int open_ledger(sqlite3_context *context, int count, sqlite3_value **values, int has_hold,
                       struct ledger *ledger)
{
    uint8_t bytes[STATE_LEN];

    memset(&ledger->hold, 0, sizeof ledger->hold);
    return are_given(context, count, values, has_hold ? 3 : 2) &&
           cc_sqlite_is_ok(context, cloudcircuit_ledger_config_init(&ledger->config)) &&
           cc_sqlite_read_fields(context, values[0], cc_sqlite_ledger_fields, &ledger->config) &&
           cc_sqlite_is_ok(context,
                           cloudcircuit_ledger_state_decode(bytes, read_bytes(values[1], bytes), &ledger->state)) &&
           (!has_hold || cc_sqlite_read_fields(context, values[2], cc_sqlite_hold_fields, &ledger->hold));
}

/* `status` is OK where only the state is to be answered. */
static void answer_ledger(sqlite3_context *context, cloudcircuit_status status, const struct ledger *ledger,
                          int has_hold, int has_decision)
{
    const cloudcircuit_ledger_hold *hold = &ledger->hold;
    uint8_t bytes[CLOUDCIRCUIT_LEDGER_ENCODED_LEN];
    char record[CLOUDCIRCUIT_RECORD_CAPACITY];
    sqlite3_str *text;

    if (status == CLOUDCIRCUIT_OK)
        status = cloudcircuit_ledger_state_encode(&ledger->state, bytes, sizeof bytes);
    if (status == CLOUDCIRCUIT_OK && has_decision)
        status = cloudcircuit_write_ledger_decision_json(status, &ledger->config, &ledger->decision, record,
                                                         sizeof record, NULL);
    if (!cc_sqlite_is_ok(context, status))
        return;
    text = begin(context, bytes, sizeof bytes);
    if (has_hold)
        sqlite3_str_appendf(
            text, ",\"hold\":{\"ledger_id\":%llu,\"id\":%llu,\"period\":%lld,\"amount\":%lld,\"expires_at\":%lld}",
            (sqlite3_uint64)hold->ledger_id, (sqlite3_uint64)hold->id, (sqlite3_int64)hold->period,
            (sqlite3_int64)hold->amount, (sqlite3_int64)hold->expires_at);
    end(context, text, has_decision ? record : NULL);
}

static void ledger_init(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct ledger ledger;
    sqlite3_int64 id;

    if (!are_given(context, count, values, 0))
        return;
    id = sqlite3_value_int64(values[0]);
    /* 0, which the library refuses, for what is no id. */
    answer_ledger(context,
                  cloudcircuit_ledger_init(id > 0 ? (uint64_t)id : 0, sqlite3_value_int64(values[1]),
                                           sqlite3_value_int64(values[2]), &ledger.state),
                  &ledger, 0, 0);
}

static void ledger_reset(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct ledger ledger;
    uint8_t bytes[STATE_LEN];

    if (!are_given(context, count, values, 1) ||
        !cc_sqlite_is_ok(context, cloudcircuit_ledger_state_decode(bytes, read_bytes(values[0], bytes), &ledger.state)))
        return;
    answer_ledger(
        context,
        cloudcircuit_ledger_reset(&ledger.state, sqlite3_value_int64(values[1]), sqlite3_value_int64(values[2])),
        &ledger, 0, 0);
}

static void ledger_reserve(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct ledger ledger;

    if (open_ledger(context, count, values, 0, &ledger))
        answer_ledger(context,
                      cloudcircuit_ledger_reserve(&ledger.config, &ledger.state, sqlite3_value_int64(values[2]),
                                                  sqlite3_value_int64(values[3]), &ledger.hold, &ledger.decision),
                      &ledger, 1, 1);
}

static void ledger_record(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct ledger ledger;

    if (open_ledger(context, count, values, 0, &ledger))
        answer_ledger(context,
                      cloudcircuit_ledger_record(&ledger.config, &ledger.state, sqlite3_value_int64(values[2]),
                                                 sqlite3_value_int64(values[3]), &ledger.decision),
                      &ledger, 0, 1);
}

static void ledger_roll(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct ledger ledger;

    if (open_ledger(context, count, values, 0, &ledger))
        answer_ledger(context,
                      cloudcircuit_ledger_roll(&ledger.config, &ledger.state, sqlite3_value_int64(values[2]),
                                               sqlite3_value_int64(values[3]), &ledger.decision),
                      &ledger, 0, 1);
}

static void ledger_extend(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct ledger ledger;

    if (open_ledger(context, count, values, 1, &ledger))
        answer_ledger(context,
                      cloudcircuit_ledger_extend(&ledger.config, &ledger.state, &ledger.hold,
                                                 sqlite3_value_int64(values[3]), sqlite3_value_int64(values[4]),
                                                 &ledger.decision),
                      &ledger, 1, 1);
}

static void ledger_post(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct ledger ledger;

    if (open_ledger(context, count, values, 1, &ledger))
        answer_ledger(context,
                      cloudcircuit_ledger_post(&ledger.config, &ledger.state, &ledger.hold,
                                               sqlite3_value_int64(values[3]), sqlite3_value_int64(values[4]),
                                               &ledger.decision),
                      &ledger, 1, 1);
}

static void ledger_settle(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct ledger ledger;

    if (open_ledger(context, count, values, 1, &ledger))
        answer_ledger(context,
                      cloudcircuit_ledger_settle(&ledger.config, &ledger.state, &ledger.hold,
                                                 sqlite3_value_int64(values[3]), sqlite3_value_int64(values[4]),
                                                 &ledger.decision),
                      &ledger, 1, 1);
}

static void ledger_release(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct ledger ledger;

    if (open_ledger(context, count, values, 1, &ledger))
        answer_ledger(context,
                      cloudcircuit_ledger_release(&ledger.config, &ledger.state, &ledger.hold,
                                                  sqlite3_value_int64(values[3]), &ledger.decision),
                      &ledger, 1, 1);
}

/*
 * Rate limit
 */

struct rate_limit {
    cloudcircuit_rate_limit_config config;
    cloudcircuit_rate_limit_state state;
    cloudcircuit_rate_limit_decision decision;
};

static int open_rate_limit(sqlite3_context *context, int count, sqlite3_value **values, struct rate_limit *rate)
{
    uint8_t bytes[STATE_LEN];

    memset(&rate->config, 0, sizeof rate->config);
    return are_given(context, count, values, 2) &&
           cc_sqlite_read_fields(context, values[0], cc_sqlite_rate_limit_fields, &rate->config) &&
           cc_sqlite_is_ok(context,
                           cloudcircuit_rate_limit_state_decode(bytes, read_bytes(values[1], bytes), &rate->state));
}

static void answer_rate_limit(sqlite3_context *context, cloudcircuit_status status, const struct rate_limit *rate,
                              int has_decision)
{
    uint8_t bytes[CLOUDCIRCUIT_RATE_LIMIT_ENCODED_LEN];
    char record[CLOUDCIRCUIT_RECORD_CAPACITY];

    if (status == CLOUDCIRCUIT_OK)
        status = cloudcircuit_rate_limit_state_encode(&rate->state, bytes, sizeof bytes);
    if (status == CLOUDCIRCUIT_OK && has_decision)
        status = cloudcircuit_write_rate_limit_decision_json(status, &rate->config, &rate->decision, record,
                                                             sizeof record, NULL);
    if (cc_sqlite_is_ok(context, status))
        end(context, begin(context, bytes, sizeof bytes), has_decision ? record : NULL);
}

static void rate_limit_init(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct rate_limit rate;

    if (are_given(context, count, values, 0))
        answer_rate_limit(context, cloudcircuit_rate_limit_init(sqlite3_value_int64(values[0]), &rate.state), &rate, 0);
}

static void rate_limit_reset(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct rate_limit rate;
    uint8_t bytes[STATE_LEN];

    if (are_given(context, count, values, 1) &&
        cc_sqlite_is_ok(context,
                        cloudcircuit_rate_limit_state_decode(bytes, read_bytes(values[0], bytes), &rate.state)))
        answer_rate_limit(context, cloudcircuit_rate_limit_reset(&rate.state, sqlite3_value_int64(values[1])), &rate,
                          0);
}

static void rate_limit_acquire(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct rate_limit rate;

    if (open_rate_limit(context, count, values, &rate))
        answer_rate_limit(context,
                          cloudcircuit_rate_limit_acquire(&rate.config, &rate.state, sqlite3_value_int64(values[2]),
                                                          sqlite3_value_int64(values[3]), &rate.decision),
                          &rate, 1);
}

static void rate_limit_adjust(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct rate_limit rate;

    if (open_rate_limit(context, count, values, &rate))
        answer_rate_limit(context,
                          cloudcircuit_rate_limit_adjust(&rate.config, &rate.state, sqlite3_value_int64(values[2]),
                                                         sqlite3_value_int64(values[3]), sqlite3_value_int64(values[4]),
                                                         &rate.decision),
                          &rate, 1);
}

/*
 * Spike tracker
 */

static void answer_tracker(sqlite3_context *context, cloudcircuit_status status,
                           const cloudcircuit_spike_tracker_state *tracker, const char *record)
{
    uint8_t bytes[CLOUDCIRCUIT_SPIKE_TRACKER_ENCODED_LEN];

    if (status == CLOUDCIRCUIT_OK)
        status = cloudcircuit_spike_tracker_state_encode(tracker, bytes, sizeof bytes);
    if (cc_sqlite_is_ok(context, status))
        end(context, begin(context, bytes, sizeof bytes), record);
}

static void spike_tracker_init(sqlite3_context *context, int count, sqlite3_value **values)
{
    cloudcircuit_spike_tracker_state tracker;
    cloudcircuit_detect_config config;

    if (!cc_sqlite_has_null(count, values) &&
        cc_sqlite_is_ok(context, cloudcircuit_detect_config_init(&config)) &&
        (count == 0 || cc_sqlite_read_fields(context, values[0], cc_sqlite_detect_fields, &config)))
        answer_tracker(context, cloudcircuit_spike_tracker_init(&config, &tracker), &tracker, NULL);
}

/* A NULL spend is a missing point. */
static void spike_tracker_update(sqlite3_context *context, int count, sqlite3_value **values)
{
    cloudcircuit_spike_tracker_state tracker;
    cloudcircuit_detect_result result;
    uint8_t bytes[STATE_LEN];
    char record[CLOUDCIRCUIT_RECORD_CAPACITY];
    double spend = sqlite3_value_type(values[1]) == SQLITE_NULL ? (double)NAN : cc_sqlite_number(values[1]);
    cloudcircuit_status status;

    (void)count;
    if (cc_sqlite_has_null(1, values) ||
        !cc_sqlite_is_ok(context,
                         cloudcircuit_spike_tracker_state_decode(bytes, read_bytes(values[0], bytes), &tracker)))
        return;
    status = cloudcircuit_spike_tracker_update(&tracker, spend, &result);
    if (status == CLOUDCIRCUIT_OK)
        status = cloudcircuit_write_detect_result_json(status, &tracker.config, &result, record, sizeof record, NULL);
    answer_tracker(context, status, &tracker, record);
}

#define STATE_FUNCTION(name, least, most) {"cc_" #name, least, most, name, NULL, NULL, NO_POINT}

const struct function cc_sqlite_states[] = {
    STATE_FUNCTION(state, 1, 1),
    STATE_FUNCTION(ledger_init, 3, 3),
    STATE_FUNCTION(ledger_reset, 3, 3),
    STATE_FUNCTION(ledger_reserve, 4, 4),
    STATE_FUNCTION(ledger_extend, 5, 5),
    STATE_FUNCTION(ledger_post, 5, 5),
    STATE_FUNCTION(ledger_settle, 5, 5),
    STATE_FUNCTION(ledger_release, 4, 4),
    STATE_FUNCTION(ledger_record, 4, 4),
    STATE_FUNCTION(ledger_roll, 4, 4),
    STATE_FUNCTION(rate_limit_init, 1, 1),
    STATE_FUNCTION(rate_limit_reset, 2, 2),
    STATE_FUNCTION(rate_limit_acquire, 4, 4),
    STATE_FUNCTION(rate_limit_adjust, 5, 5),
    STATE_FUNCTION(spike_tracker_init, 0, 1),
    STATE_FUNCTION(spike_tracker_update, 2, 2),
    {NULL, 0, 0, NULL, NULL, NULL, NO_POINT},
};
