/* Golden cases of ledgers and rate limits: each answer is the state of the next line. */
#include <stdlib.h>
#include <string.h>

#include "host.h"

enum { HOLDS = 26 };

static char ledger_settings[512], ledger[ANSWER_LEN], holds[HOLDS][256];
static char rate_settings[256], rate[ANSWER_LEN];

/* A list such as [0,2] as bits. */
static unsigned long bits_of(const char *record, const char *key)
{
    unsigned long bits = 0;
    const char *list = strstr(record, key);
    char *end;

    for (list = list ? list + strlen(key) : ""; *list != '\0' && *list != ']'; list = end) {
        unsigned long bit = strtoul(list + 1, &end, 10);

        if (end == list + 1)
            break;
        bits |= 1ul << bit;
    }
    return bits;
}

/* Keeps the state of an answer that is none of an error. */
static void keep(char *state, const struct golden *golden, const char *answer)
{
    CHECK(is_ok(golden) == (strncmp(answer, "{\"state\":\"", 10) == 0), "%s", answer);
    if (is_ok(golden))
        strcpy(state, answer);
}

static void has_reason(const char *word, const char *answer)
{
    char reason[64];

    snprintf(reason, sizeof reason, "\"reason\":\"%s\",", word);
    CHECK(strstr(answer, reason) != NULL, "%s in %s", reason, answer);
}

/*
 * Ledger
 */

static void ledger_config(const struct golden *golden)
{
    char *const *words = golden->words;

    snprintf(ledger_settings, sizeof ledger_settings,
             "{\"limit\":%s,\"carry_max\":%s,\"debt_max\":%s,\"hold_duration\":%s,\"thresholds\":[%s],"
             "\"threshold_unit\":%s,\"threshold_basis\":%s,\"mode\":%s}",
             words[1], words[2], words[3], words[4], strcmp(words[5], "-") == 0 ? "" : words[5], words[6], words[7],
             words[8]);
}

static void ledger_init(const struct golden *golden)
{
    keep(ledger, golden,
         ask("SELECT cc_ledger_init(?1, ?2, ?3)", "iii", whole(golden, 1), whole(golden, 2), whole(golden, 3)));
}

static void ledger_reset(const struct golden *golden)
{
    keep(ledger, golden,
         ask("SELECT cc_ledger_reset(?1, ?2, ?3)", "sii", ledger, whole(golden, 1), whole(golden, 2)));
}

static void ledger_decides(const char *function, const struct golden *golden, const char *answer)
{
    static const char *const keys[] = {"settled", "held", "available", "overshoot", "expired"};
    static const char *const more[] = {"allowed", "would_refuse", "clock_regressed"};
    const char *decision = strstr(answer, "\"decision\":"), *hold = strstr(answer, "\"hold\":");
    int i;

    has_fields(function, golden, decision ? decision : answer, 5, keys);
    keep(ledger, golden, answer);
    if (!is_ok(golden))
        return;
    has_reason(cloudcircuit_ledger_reason_name((int32_t)strtol(out(golden, 6), NULL, 10)), answer);
    for (i = 0; i < 3; i++)
        CHECK(has_field(answer, more[i], out(golden, 7 + i)), "%s in %s", more[i], answer);
    CHECK(bits_of(answer, "\"crossed\":") == strtoul(out(golden, 10), NULL, 10), "%s", answer);
    CHECK(bits_of(answer, "\"newly_crossed\":") == strtoul(out(golden, 11), NULL, 10), "%s", answer);
    if (hold != NULL)
        sscanf(hold, "\"hold\":%255[^}]", holds[golden->words[1][0] - 'a']);
    if (hold != NULL)
        strcat(holds[golden->words[1][0] - 'a'], "}");
}

/* Of a request, of spend or of a period. */
static void ledger_amount(const char *function, const struct golden *golden, int first)
{
    char sql[96];

    snprintf(sql, sizeof sql, "SELECT %s(?1, ?2, ?3, ?4)", function);
    ledger_decides(function, golden,
                   ask(sql, "ssii", ledger_settings, ledger, whole(golden, first), whole(golden, first + 1)));
}

static void ledger_hold(const char *function, const struct golden *golden)
{
    char sql[96];
    const char *hold = holds[golden->words[1][0] - 'a'];

    snprintf(sql, sizeof sql, "SELECT %s(?1, ?2, ?3, ?4, ?5)", function);
    ledger_decides(
        function, golden,
        ask(sql, "sssii", ledger_settings, ledger, *hold ? hold : "{}", whole(golden, 2), whole(golden, 3)));
}

static void ledger_reserve(const struct golden *golden)
{
    ledger_amount("cc_ledger_reserve", golden, 2);
    if (!is_ok(golden))
        strcpy(holds[golden->words[1][0] - 'a'], "{\"id\":0}");
}

static void ledger_record(const struct golden *golden)
{
    ledger_amount("cc_ledger_record", golden, 1);
}

static void ledger_roll(const struct golden *golden)
{
    ledger_amount("cc_ledger_roll", golden, 1);
}

static void ledger_extend(const struct golden *golden)
{
    ledger_hold("cc_ledger_extend", golden);
}

static void ledger_post(const struct golden *golden)
{
    ledger_hold("cc_ledger_post", golden);
}

static void ledger_settle(const struct golden *golden)
{
    ledger_hold("cc_ledger_settle", golden);
}

static void ledger_release(const struct golden *golden)
{
    ledger_decides("cc_ledger_release", golden,
                   ask("SELECT cc_ledger_release(?1, ?2, ?3, ?4)", "sssi", ledger_settings, ledger,
                       holds[golden->words[1][0] - 'a'], whole(golden, 2)));
}

/*
 * Rate limit
 */

static void rate_config(const struct golden *golden)
{
    snprintf(rate_settings, sizeof rate_settings, "{\"limit\":%s,\"duration\":%s,\"mode\":%s}", golden->words[1],
             golden->words[2], golden->words[3]);
}

static void rate_init(const struct golden *golden)
{
    keep(rate, golden, ask("SELECT cc_rate_limit_init(?1)", "i", whole(golden, 1)));
}

static void rate_reset(const struct golden *golden)
{
    keep(rate, golden, ask("SELECT cc_rate_limit_reset(?1, ?2)", "si", rate, whole(golden, 1)));
}

static void rate_decides(const char *function, const struct golden *golden, const char *answer)
{
    static const char *const keys[] = {"used", "available", "retry_after", "taken_at"};
    static const char *const more[] = {"allowed", "would_refuse", "clock_regressed"};
    int i;

    has_fields(function, golden, answer, 4, keys);
    keep(rate, golden, answer);
    if (!is_ok(golden))
        return;
    has_reason(cloudcircuit_rate_reason_name((int32_t)strtol(out(golden, 5), NULL, 10)), answer);
    for (i = 0; i < 3; i++)
        CHECK(has_field(answer, more[i], out(golden, 6 + i)), "%s in %s", more[i], answer);
}

static void rate_acquire(const struct golden *golden)
{
    rate_decides("cc_rate_limit_acquire", golden,
                 ask("SELECT cc_rate_limit_acquire(?1, ?2, ?3, ?4)", "ssii", rate_settings, rate, whole(golden, 1),
                     whole(golden, 2)));
}

static void rate_adjust(const struct golden *golden)
{
    rate_decides("cc_rate_limit_adjust", golden,
                 ask("SELECT cc_rate_limit_adjust(?1, ?2, ?3, ?4, ?5)", "ssiii", rate_settings, rate, whole(golden, 1),
                     whole(golden, 2), whole(golden, 3)));
}

int run_state(const struct golden *golden)
{
    static const struct {
        const char *call;
        void (*run)(const struct golden *);
    } calls[] = {
        {"ledger_config", ledger_config}, {"ledger_init", ledger_init},       {"ledger_reset", ledger_reset},
        {"ledger_reserve", ledger_reserve}, {"ledger_record", ledger_record}, {"ledger_roll", ledger_roll},
        {"ledger_extend", ledger_extend}, {"ledger_post", ledger_post},       {"ledger_settle", ledger_settle},
        {"ledger_release", ledger_release}, {"rate_config", rate_config},     {"rate_init", rate_init},
        {"rate_reset", rate_reset},       {"rate_acquire", rate_acquire},     {"rate_adjust", rate_adjust},
    };
    size_t i;

    for (i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (strcmp(golden->words[0], calls[i].call) == 0) {
            calls[i].run(golden);
            return 1;
        }
    }
    return 0;
}
