/* What is true of the ledgers of a story, and what their states promise; see world.h. */
#include "ledger.h"

static int64_t base_of(int place, const cloudcircuit_ledger_state *state)
{
    return ledgers.configs[place].limit + state->carried;
}

cloudcircuit_ledger_state stored_ledger(struct world *w, int place)
{
    cloudcircuit_ledger_state state;
    const cloudcircuit_status status = cloudcircuit_ledger_state_decode(w->rows[place], ROW_BYTES, &state);

    promise(w, status == CLOUDCIRCUIT_OK, "Reads a state from what cloudcircuit_ledger_state_encode() wrote, on "
                                          "whatever machine.");
    return state;
}

static void check_bytes(struct world *w, const cloudcircuit_ledger_state *before,
                        const cloudcircuit_ledger_state *after)
{
    uint8_t bytes[CLOUDCIRCUIT_LEDGER_ENCODED_LEN];
    cloudcircuit_ledger_state read;
    cloudcircuit_status status;

    if (after->revision == before->revision) {
        promise(w, memcmp(before, after, sizeof *after) == 0, "A call that leaves revision as it was left every byte.");
        return;
    }
    promise(w, after->revision == before->revision + 1, "0 at first, one more at every call that changed the ledger");
    status = cloudcircuit_ledger_state_encode(after, bytes, sizeof bytes);
    promise(w, status == CLOUDCIRCUIT_OK, "Writes a state as bytes that any machine reads");
    status = cloudcircuit_ledger_state_decode(bytes, sizeof bytes, &read);
    promise(w, status == CLOUDCIRCUIT_OK && memcmp(&read, after, sizeof read) == 0,
            "Reads a state from what cloudcircuit_ledger_state_encode() wrote");
}

static void check_clock(struct world *w, int place, const cloudcircuit_ledger_state *before,
                        const cloudcircuit_ledger_state *after, const struct deed *deed)
{
    const cloudcircuit_ledger_decision *decision = &deed->decisions[place];
    const int is_behind = deed->now < before->updated_at;
    const int is_early = deed->what == ROLL && deed->job.amounts[place] < before->period;

    if (is_behind)
        count(w, REGRESSED);
    promise(w, decision->clock_regressed == (uint32_t)(is_behind || is_early),
            "1 when now was before the state's updated_at, or period before its period, else 0.");
    promise(w, after->updated_at == (after->revision == before->revision ? before->updated_at
                                                                         : most(before->updated_at, deed->now)),
            "The greatest now of the calls that changed the ledger.");
    if (is_early)
        promise(w, memcmp(before, after, sizeof *after) == 0, "A roll to an earlier one keeps every byte");
}

static void check_amounts(struct world *w, int place, const cloudcircuit_ledger_state *after,
                          const cloudcircuit_ledger_decision *decision)
{
    const int64_t over = after->settled - base_of(place, after);

    promise(w, decision->settled == after->settled && decision->held == after->held, "The state's, after the call.");
    promise(w, decision->available == most(0, -over - after->held),
            "The most that a reserve could hold now: limit + carried - settled - held, at least 0");
    promise(w, decision->overshoot == most(0, over), "How far settled is above limit + carried, else 0");
}

static void check_reserve(struct world *w, int place, const cloudcircuit_ledger_state *after, const struct deed *deed)
{
    const cloudcircuit_ledger_decision *decision = &deed->decisions[place];
    const cloudcircuit_ledger_hold *hold = &deed->after[place];
    const int64_t estimate = deed->job.amounts[place];
    const int64_t duration = ledgers.configs[place].hold_duration;
    const int64_t rest = after->settled + after->held - (hold->id != 0 ? hold->amount : 0);
    const int fits = estimate == 0 || rest + estimate <= base_of(place, after);

    promise(w, (decision->would_refuse == 0) == fits,
            "Holds an estimate if settled + held + estimate <= limit + carried: all of it or nothing.");
    promise(w, (decision->allowed != 0) == (hold->id != 0),
            "Of reserve and extend: 1 when what was asked for is held, else 0.");
    if (hold->id == 0)
        return;
    promise(w, hold->amount == estimate && hold->ledger_id == after->ledger_id, "Which hold of that ledger this is");
    promise(w, hold->expires_at == (duration == 0 ? INT64_MAX : after->updated_at + duration),
            "How long a hold lasts, in the unit of now");
}

static void check_settle(struct world *w, const cloudcircuit_ledger_state *before,
                         const cloudcircuit_ledger_state *after, const struct deed *deed, int place)
{
    const cloudcircuit_ledger_hold *hold = &deed->before[place];
    const int32_t reason = deed->decisions[place].reason;
    const int is_known = before->next_hold - hold->id <= 1024;

    promise(w, is_known == (reason != CLOUDCIRCUIT_LEDGER_REASON_UNVERIFIED),
            "That is exact for the last 1,024 holds; an older one is taken as not spent and reported as "
            "CLOUDCIRCUIT_LEDGER_REASON_UNVERIFIED.");
    promise(w, !is_known || hold->expires_at > after->updated_at || after->reset_hold > 0
                   || reason == CLOUDCIRCUIT_LEDGER_REASON_EXPIRED,
            "A hold that has ended is booked too, with CLOUDCIRCUIT_LEDGER_REASON_EXPIRED");
}

void check_call(struct world *w, int place, const cloudcircuit_ledger_state *before,
                const cloudcircuit_ledger_state *after, const struct deed *deed)
{
    const cloudcircuit_ledger_decision *decision = &deed->decisions[place];

    check_bytes(w, before, after);
    check_clock(w, place, before, after, deed);
    if (after->revision == before->revision && (ledgers.count > 1 || deed->what == ROLL))
        return; /* what it says is what would be, with what has ended let go */
    check_amounts(w, place, after, decision);
    if (deed->what == RESERVE && deed->job.amounts[place] != INT64_MIN)
        check_reserve(w, place, after, deed);
    if (deed->what == SETTLE && deed->before[place].id != 0)
        check_settle(w, before, after, deed, place);
}

/*
 * Facts
 */

static struct hold_fact *find_hold(struct ledger_facts *facts, uint64_t id)
{
    int i;

    for (i = 0; i < facts->hold_count; i++) {
        if (facts->holds[i].id == id)
            return &facts->holds[i];
    }
    return NULL;
}

static void add_hold(struct world *w, struct ledger_facts *facts, const cloudcircuit_ledger_hold *hold,
                     int64_t amount, int64_t end)
{
    struct hold_fact *fact;

    promise(w, hold->id == facts->next_hold, "The id of the next hold, at least 1; holds are numbered 1, 2, ...");
    facts->next_hold++;
    promise(w, hold->amount == amount && hold->expires_at == end, "What it holds; >= 0.");
    if (facts->hold_count == HOLD_FACTS) {
        printf("HOLD_FACTS is too small\n");
        exit(2);
    }
    fact = &facts->holds[facts->hold_count++];
    fact->id = hold->id;
    fact->amount = amount;
    fact->end = end;
    fact->is_spent = 0;
    fact->is_moved = 0;
    fact->had_ended = 0;
}

static void book(struct ledger_facts *facts, int request, int place, int64_t amount, int64_t covered)
{
    facts->settled += amount;
    facts->uncovered += amount < 0 ? -amount : amount - least(amount, covered);
    ledgers.facts.booked[request][place] += amount;
}

static void spend_hold(struct world *w, const struct deed *deed, int place, int64_t actual)
{
    struct ledger_facts *facts = &ledgers.facts.ledgers[place];
    struct hold_fact *fact;
    const cloudcircuit_ledger_decision *decision = &deed->decisions[place];
    int is_live, is_unverified;

    if (deed->before[place].id == 0)
        return; /* not asked */
    fact = find_hold(facts, deed->before[place].id);
    is_unverified = decision->reason == CLOUDCIRCUIT_LEDGER_REASON_UNVERIFIED;
    /* A hold too old to be known was settled with nothing, which changed no revision: another such write is stored. */
    if (fact != NULL && fact->is_spent && is_unverified && actual == 0 && (deed->what == SETTLE || deed->what == RELEASE))
        return;
    promise(w, fact != NULL && !fact->is_spent, "A hold settles once, on its own ledger: an old copy is "
                                                "CLOUDCIRCUIT_ERR_HOLD_SPENT.");
    fact->is_spent = 1;
    is_live = fact->is_moved ? decision->reason != CLOUDCIRCUIT_LEDGER_REASON_EXPIRED && !is_unverified
                             : fact->end > facts->clock;
    if (is_unverified)
        count(w, UNVERIFIED);
    /* Of several resets the state knows the latest clock alone, and may take a hold for ended. */
    fact->had_ended = !is_live || (fact->is_moved && deed->what == EXTEND);
    if (deed->what == EXTEND) {
        const int64_t duration = ledgers.configs[place].hold_duration;

        add_hold(w, facts, &deed->after[place], fact->amount + actual,
                 duration == 0 ? INT64_MAX : facts->clock + duration);
        return;
    }
    if (!is_live)
        count(w, ENDED);
    book(facts, deed->job.request, place, actual, is_live ? fact->amount : 0);
    if (deed->what == POST) {
        const int64_t end = deed->after[place].expires_at;

        promise(w, !fact->is_moved || end <= most(facts->clock, facts->moved_end),
                "at the latest about twice the longest hold_duration after now");
        add_hold(w, facts, &deed->after[place], most(0, fact->amount - actual), fact->is_moved ? end : fact->end);
    }
}

static void roll(struct world *w, struct ledger_facts *facts, int place, const struct deed *deed)
{
    const cloudcircuit_ledger_config *config = &ledgers.configs[place];
    const int64_t left = deed->limits[place] + facts->carried - facts->settled;

    if (deed->job.amounts[place] <= facts->period)
        return;
    count(w, ROLLS);
    facts->carried = left >= 0 ? least(left, config->carry_max) : -least(-left, config->debt_max);
    facts->settled = 0;
    facts->period = deed->job.amounts[place];
    facts->told = 0;
}

void ledger_happened(struct world *w, const struct deed *deed)
{
    int i;

    for (i = 0; i < ledgers.count; i++) {
        struct ledger_facts *facts = &ledgers.facts.ledgers[i];
        const int64_t duration = ledgers.configs[i].hold_duration;

        if (!deed->is_changed[i]) {
            /* A hold too old to be known, of which nothing is held or which has ended: its row alone says so. */
            struct hold_fact *fact = find_hold(facts, deed->before[i].id);

            if (fact != NULL && deed->after[i].id == 0)
                fact->is_spent = fact->had_ended = 1;
            continue;
        }
        facts->clock = most(facts->clock, deed->now);
        if (deed->what == RESERVE && deed->after[i].id != 0)
            add_hold(w, facts, &deed->after[i], deed->job.amounts[i],
                     duration == 0 ? INT64_MAX : facts->clock + duration);
        else if (deed->what == RECORD && deed->job.amounts[i] != INT64_MIN)
            book(facts, deed->job.request, i, deed->job.amounts[i], 0);
        else if (deed->what == ROLL)
            roll(w, facts, i, deed);
        else if (deed->what == SETTLE || deed->what == RELEASE || deed->what == POST
                 || (deed->what == EXTEND && deed->decisions[i].allowed))
            spend_hold(w, deed, i, deed->job.amounts[i]);
        promise(w, (deed->decisions[i].newly_crossed & facts->told) == 0,
                "Each is told in newly_crossed once a period, to one writer.");
        facts->told |= deed->decisions[i].newly_crossed;
        promise(w, (deed->decisions[i].crossed & ~facts->told) == 0,
                "Bit i: threshold i is reached and was not told before in this period.");
        if (deed->decisions[i].overshoot > 0)
            count(w, OVERSPENDS);
    }
    check_ledgers(w);
}

/* Every hold ends, at its end or up to 1/16 of hold_duration later. */
static void check_held(struct world *w, int place, const cloudcircuit_ledger_state *state)
{
    const struct ledger_facts *facts = &ledgers.facts.ledgers[place];
    const int64_t late = most(1, ledgers.configs[place].hold_duration / 16);
    int64_t fewest = 0, greatest = 0;
    int i;

    for (i = 0; i < facts->hold_count; i++) {
        const struct hold_fact *fact = &facts->holds[i];

        if (fact->is_spent && !fact->had_ended)
            continue;
        if (fact->is_moved) {
            greatest += facts->clock < facts->moved_end ? fact->amount : 0;
        } else {
            fewest += fact->end > facts->clock ? fact->amount : 0;
            greatest += fact->end > facts->clock - late ? fact->amount : 0;
        }
    }
    promise(w, state->held >= fewest, "What is reserved, not settled and not ended; >= 0.");
    promise(w, state->held <= greatest, "the amount is free again at the hold's end, or up to 1/16 of hold_duration "
                                        "later");
}

void check_ledgers(struct world *w)
{
    int i;

    for (i = 0; i < ledgers.count; i++) {
        const struct ledger_facts *facts = &ledgers.facts.ledgers[i];
        const cloudcircuit_ledger_state state = stored_ledger(w, i);

        promise(w, state.settled == facts->settled,
                "What was spent in the period; below 0 when credits exceed it.");
        promise(w, state.carried == facts->carried && state.period == facts->period,
                "What the last roll carried into the period; below 0 for debt, > INT64_MIN.");
        promise(w, state.updated_at == facts->clock, "The greatest now of the calls that changed the ledger.");
        promise(w, state.next_hold == facts->next_hold, "The id of the next hold, at least 1; holds are numbered 1, 2, ...");
        check_held(w, i, &state);
        if (ledgers.configs[i].mode == CLOUDCIRCUIT_MODE_ENFORCE)
            promise(w, state.settled + state.held <= base_of(i, &state) + facts->uncovered,
                    "settled + held <= limit + carried after every call and through any rolls");
    }
}
