/* What a writer of ledgers calls on a snapshot, and what it stores of the answer; see world.h. */
#include "ledger.h"

static const char *const DONE_NAMES[] = {"", "reserves", "extends", "posts", "settles", "releases", "records",
                                         "rolls"};

static cloudcircuit_status call(enum ledger_job what, cloudcircuit_ledger_state *states,
                                cloudcircuit_ledger_hold *holds, int64_t now, struct deed *deed, uint32_t *failed_at)
{
    const cloudcircuit_ledger_config *configs = ledgers.configs;
    int64_t *amounts = deed->job.amounts;
    cloudcircuit_ledger_decision *decisions = deed->decisions;
    const size_t n = (size_t)ledgers.count;
    const int is_one = n == 1;

    *failed_at = UINT32_MAX;
    deed->what = (int)what;
    switch (what) {
    case RESERVE:
        return is_one ? cloudcircuit_ledger_reserve(configs, states, *amounts, now, holds, decisions)
                      : cloudcircuit_ledgers_reserve(configs, states, amounts, n, now, holds, decisions, failed_at);
    case EXTEND:
        return is_one ? cloudcircuit_ledger_extend(configs, states, holds, *amounts, now, decisions)
                      : cloudcircuit_ledgers_extend(configs, states, holds, amounts, n, now, decisions, failed_at);
    case POST:
        return cloudcircuit_ledger_post(configs, states, holds, *amounts, now, decisions);
    case SETTLE:
        return is_one ? cloudcircuit_ledger_settle(configs, states, holds, *amounts, now, decisions)
                      : cloudcircuit_ledgers_settle(configs, states, holds, amounts, n, now, decisions, failed_at);
    case RELEASE:
        return is_one ? cloudcircuit_ledger_release(configs, states, holds, now, decisions)
                      : cloudcircuit_ledgers_release(configs, states, holds, n, now, decisions, failed_at);
    case RECORD:
        return is_one ? cloudcircuit_ledger_record(configs, states, *amounts, now, decisions)
                      : cloudcircuit_ledgers_record(configs, states, amounts, n, now, decisions, failed_at);
    default:
        return is_one ? cloudcircuit_ledger_roll(configs, states, *amounts, now, decisions)
                      : cloudcircuit_ledgers_roll(configs, states, amounts, n, now, decisions, failed_at);
    }
}

/* All of the several took part, or none did. */
static void check_several(struct world *w, const struct deed *deed, uint32_t failed_at)
{
    int i, changed = 0;

    for (i = 0; i < ledgers.count; i++)
        changed += deed->is_changed[i];
    promise(w, deed->what != RESERVE || failed_at == UINT32_MAX || changed == 0,
            "A call that is refused leaves every byte of all states");
    for (i = 0; i < ledgers.count && deed->what == RESERVE; i++) {
        const cloudcircuit_ledger_decision *decision = &deed->decisions[i];
        const int is_asked = deed->job.amounts[i] != INT64_MIN;

        promise(w, (deed->after[i].id != 0) == (is_asked && failed_at == UINT32_MAX),
                "Reserves on several ledgers at once: all hold their estimate, or none does.");
        promise(w, failed_at == UINT32_MAX || (uint32_t)i >= failed_at || !decision->would_refuse
                       || ledgers.configs[i].mode == CLOUDCIRCUIT_MODE_MONITOR,
                "the first ledger that refuses, or that the error is about, else UINT32_MAX");
    }
    for (i = 0; i < ledgers.count && (deed->what == RESERVE || deed->what == EXTEND); i++)
        promise(w, ledgers.configs[i].mode != CLOUDCIRCUIT_MODE_MONITOR
                       || (failed_at != (uint32_t)i && deed->decisions[i].allowed),
                "A ledger in CLOUDCIRCUIT_MODE_MONITOR never refuses: its allowed is 1 even when another one refuses");
    promise(w, deed->what != RESERVE || failed_at == UINT32_MAX || deed->decisions[failed_at].would_refuse,
            "would_refuse says which ledgers refuse.");
}

/* Calls the library on a copy of the states and keeps what it promises of a call. */
static cloudcircuit_status try_call(struct world *w, enum ledger_job what, cloudcircuit_ledger_state *states,
                                    cloudcircuit_ledger_hold *holds, struct deed *deed)
{
    cloudcircuit_ledger_state before[ROWS];
    uint32_t failed_at;
    cloudcircuit_status status;
    const size_t n = (size_t)ledgers.count;
    int i;

    memcpy(before, states, n * sizeof *states);
    memcpy(deed->before, holds, sizeof deed->before);
    memcpy(deed->after, holds, sizeof deed->after);
    status = call(what, states, deed->after, deed->now, deed, &failed_at);
    if (status != CLOUDCIRCUIT_OK) {
        promise(w, memcmp(before, states, n * sizeof *states) == 0, "On an error a state keeps every byte.");
        promise(w, memcmp(holds, deed->after, n * sizeof *holds) == 0, "keeps every byte when refused and on an error");
        return status;
    }
    tell(w, "the library %s request %d at %" PRId64 ": settled %" PRId64 ", held %" PRId64 ", %s%s",
         DONE_NAMES[what], deed->job.request, deed->now - START, deed->decisions[0].settled, deed->decisions[0].held,
         cloudcircuit_ledger_reason_name(deed->decisions[0].reason), deed->decisions[0].allowed ? "" : ", not allowed");
    for (i = 0; i < ledgers.count; i++) {
        deed->is_changed[i] = states[i].revision != before[i].revision;
        deed->limits[i] = ledgers.configs[i].limit;
        check_call(w, i, &before[i], &states[i], deed);
    }
    if (ledgers.count > 1)
        check_several(w, deed, failed_at);
    if ((what == RESERVE || what == EXTEND) && !deed->decisions[0].allowed)
        count(w, REFUSALS);
    return status;
}

/* The ledger no longer knows whether such a hold is spent: its host looks at the stored one. */
static int is_too_old(const cloudcircuit_ledger_state *states, const cloudcircuit_ledger_hold *holds)
{
    int i, is_old = 0;

    for (i = 0; i < ledgers.count; i++)
        is_old |= holds[i].id != 0 && holds[i].id < states[i].next_hold && states[i].next_hold - holds[i].id > 1024;
    return is_old;
}

/* What a request still has to be booked for. */
static void set_rest(struct deed *deed, const struct request_row *row)
{
    const struct bill *bill = &ledgers.bills[deed->job.request];
    int i;

    for (i = 0; i < ledgers.count; i++)
        deed->job.amounts[i] = bill->has_run ? bill->cost[i] - row->booked[i] : 0;
}

/* Settles or releases by the copy that the writer remembers, or the stored one. A hold of a ledger that is no more
 * cannot be settled: its cost is recorded. */
static enum answer finish(struct world *w, int place, cloudcircuit_ledger_state *states, struct request_row *row,
                          struct deed *deed)
{
    const struct writer *writer = &w->writers[place];
    const enum ledger_job what = (enum ledger_job)deed->job.what;
    cloudcircuit_status status = CLOUDCIRCUIT_ERR_HOLD_LEDGER;
    int i;

    set_rest(deed, row);
    if (row->is_done)
        return LEAVE;
    if (deed->job.is_by_copy && has_hold(writer->memory.holds) && !is_too_old(states, writer->memory.holds)) {
        cloudcircuit_ledger_hold copy[ROWS];

        memcpy(copy, writer->memory.holds, sizeof copy);
        status = try_call(w, what, states, copy, deed);
        if (status == CLOUDCIRCUIT_ERR_HOLD_SPENT)
            count(w, SPENT_HOLDS);
        promise(w, status != CLOUDCIRCUIT_OK || copy[0].id == row->holds[0].id || copy[0].ledger_id == 0,
                "every older copy of it is spent");
    }
    if (status == CLOUDCIRCUIT_ERR_HOLD_SPENT || status == CLOUDCIRCUIT_ERR_HOLD_LEDGER) {
        if (row->is_known && !has_hold(row->holds))
            return LEAVE; /* settled before, or never asked for */
        if (row->is_known)
            status = try_call(w, what, states, row->holds, deed);
    }
    if (status == CLOUDCIRCUIT_ERR_HOLD_LEDGER && what == RELEASE) {
        row->is_done = 1;
        return STORE;
    }
    if (status == CLOUDCIRCUIT_ERR_HOLD_LEDGER) {
        cloudcircuit_ledger_hold none[ROWS];

        memset(none, 0, sizeof none);
        promise(w, ledgers.has_gone_back, "The ledger that it is held in.");
        status = try_call(w, RECORD, states, none, deed);
    }
    promise(w, status == CLOUDCIRCUIT_OK, "Never refused, also when that is more than was held or goes past the limit.");
    memcpy(row->holds, deed->after, sizeof row->holds);
    row->is_done = deed->what == RECORD;
    row->is_known = 1;
    for (i = 0; i < ledgers.count; i++)
        row->booked[i] += deed->job.amounts[i];
    return STORE;
}

/* Extends or posts by the copy that the writer remembers. One that is spent was replaced by the stored one: an
 * earlier try took place, of which no reply came. */
static enum answer change_hold(struct world *w, int place, cloudcircuit_ledger_state *states,
                               struct request_row *row, struct deed *deed)
{
    struct writer *writer = &w->writers[place];
    const enum ledger_job what = (enum ledger_job)deed->job.what;
    const int is_other = memcmp(writer->memory.holds, row->holds, sizeof row->holds) != 0;
    cloudcircuit_status status = CLOUDCIRCUIT_ERR_HOLD_SPENT;

    if (!is_other || !is_too_old(states, writer->memory.holds))
        status = try_call(w, what, states, writer->memory.holds, deed);
    if (status != CLOUDCIRCUIT_OK) {
        promise(w, status == CLOUDCIRCUIT_ERR_HOLD_SPENT || ledgers.has_gone_back,
                "A hold settles once, on its own ledger: an old copy is CLOUDCIRCUIT_ERR_HOLD_SPENT.");
        count(w, SPENT_HOLDS);
        if (row->is_known)
            writer->memory = *row;
        deed->what = 0;
        return LEAVE;
    }
    memcpy(row->holds, deed->after, sizeof row->holds);
    if (what == POST)
        row->booked[0] += deed->job.amounts[0];
    return STORE;
}

enum answer decide_ledgers(struct world *w, int place, int64_t now, struct snapshot *snapshot, struct deed *deed)
{
    struct request_row *row = &snapshot->request;
    const struct request_row before = *row;
    cloudcircuit_ledger_state states[ROWS];
    enum answer result = STORE;
    int i, changed = 0;

    (void)now;
    for (i = 0; i < ledgers.count; i++) {
        const cloudcircuit_status status =
            cloudcircuit_ledger_state_decode(snapshot->rows[i], ROW_BYTES, &states[i]);

        if (status != CLOUDCIRCUIT_OK)
            return AGAIN;
    }
    switch (deed->job.what) {
    case RESERVE:
        if (row->is_known && !deed->job.is_by_copy) {
            count(w, FOUND_DONE);
            memcpy(deed->after, row->holds, sizeof deed->after);
            return LEAVE;
        }
        memset(row->holds, 0, sizeof row->holds);
        if (try_call(w, RESERVE, states, row->holds, deed) != CLOUDCIRCUIT_OK)
            promise(w, 0, "0 is always allowed.");
        memcpy(row->holds, deed->after, sizeof row->holds);
        row->is_known |= has_hold(row->holds);
        break;
    case RECORD:
        if (row->is_done)
            return LEAVE;
        if (try_call(w, RECORD, states, row->holds, deed) != CLOUDCIRCUIT_OK)
            promise(w, 0, "Books spend that was not held, or a credit. Never refused, also past the limit.");
        row->is_done = 1;
        break;
    case ROLL:
        if (try_call(w, ROLL, states, row->holds, deed) != CLOUDCIRCUIT_OK)
            promise(w, 0, "Moves to a later period. What is held stays held.");
        break;
    case EXTEND:
    case POST:
        result = change_hold(w, place, states, row, deed);
        break;
    default:
        result = finish(w, place, states, row, deed);
    }
    for (i = 0; i < ledgers.count; i++) {
        changed += deed->is_changed[i];
        if (cloudcircuit_ledger_state_encode(&states[i], snapshot->rows[i], ROW_BYTES) != CLOUDCIRCUIT_OK)
            promise(w, 0, "Writes a state as bytes that any machine reads");
    }
    /* Also a hold that alone has changed is stored. */
    return result == STORE && changed == 0 && memcmp(row, &before, sizeof before) == 0 ? LEAVE : result;
}
