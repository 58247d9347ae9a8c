/* Messages between writers and the store, and what both do with one; see world.h. */
#include "world.h"

uint64_t revision_of(const uint8_t *row)
{
    uint64_t revision = 0;
    int i;

    for (i = 7; i >= 0; i--)
        revision = revision << 8 | row[8 + i];
    return revision;
}

/* A new message; when the network is full it is lost at once. */
static struct message *send(struct world *w, enum message_kind kind, int writer)
{
    static struct message nowhere;
    const struct writer *from = &w->writers[writer];
    struct message *message = &nowhere;

    if (w->message_count < MESSAGES)
        message = &w->messages[w->order[w->message_count++]];
    else
        count(w, LOST);
    message->kind = kind;
    message->writer = writer;
    message->life = from->life;
    message->attempt = from->attempt;
    message->request = from->job.request;
    return message;
}

void ask(struct world *w, int place)
{
    struct writer *writer = &w->writers[place];

    writer->attempt++;
    writer->stage = ASKED;
    send(w, READ, place);
}

void take_up(struct world *w, int place, const int *owners)
{
    struct writer *writer = &w->writers[place];
    int request;

    for (request = 0; request < w->request_count; request++) {
        if (owners[request] != place || !w->requests[request].is_known || w->requests[request].is_done)
            continue;
        writer->job.request = request;
        writer->memory = w->requests[request];
        writer->stage = BUSY;
        return;
    }
}

struct message *take_out(struct world *w, int place)
{
    const uint8_t slot = w->order[place];

    w->message_count--;
    memmove(&w->order[place], &w->order[place + 1], MESSAGES - (size_t)place);
    w->order[MESSAGES] = slot;
    return &w->messages[slot];
}

/*
 * Store
 */

static void answer(struct world *w, const struct message *read)
{
    struct message *message = send(w, SNAPSHOT, read->writer);

    message->life = read->life;
    message->attempt = read->attempt;
    message->request = read->request;
    message->store_now = w->now;
    memcpy(message->content.rows, w->rows, (size_t)w->row_count * ROW_BYTES);
    message->content.request = w->requests[read->request];
}

/* All of a write or nothing, as a transaction does it. */
static void store(struct world *w, const struct message *write)
{
    uint64_t *last = w->last_condition[write->writer];
    struct message *reply;
    int i, is_taken = 1;

    for (i = 0; i < w->row_count && !is_careless; i++)
        is_taken &= memcmp(w->rows[i] + CONDITION, write->conditions[i], CONDITION_BYTES) == 0;
    if (is_taken) {
        memcpy(w->rows, write->content.rows, (size_t)w->row_count * ROW_BYTES);
        w->requests[write->request] = write->content.request;
        last[0] = (uint64_t)write->attempt;
        last[1] = (uint64_t)write->life;
        count(w, WRITES);
        tell(w, "the store takes the write of writer %d: revision %" PRIu64, write->writer, revision_of(w->rows[0]));
        w->story->happened(w, &write->deed);
    } else {
        const int is_repeated = last[0] == (uint64_t)write->attempt && last[1] == (uint64_t)write->life;

        count(w, is_repeated ? REPEATED : CONFLICTS);
        tell(w, "the store refuses the write of writer %d: another one was first", write->writer);
    }
    reply = send(w, REPLY, write->writer);
    reply->life = write->life;
    reply->attempt = write->attempt;
    reply->request = write->request;
    reply->is_taken = is_taken;
    reply->deed = write->deed;
}

/*
 * Writers
 */

static void decide(struct world *w, struct message *snapshot)
{
    struct writer *writer = &w->writers[snapshot->writer];
    const int64_t now = w->is_store_clock ? snapshot->store_now : w->now + writer->skew;
    struct deed *deed = &snapshot->deed;
    enum answer result;
    int i;

    memset(deed, 0, sizeof *deed);
    deed->job = writer->job;
    deed->what = writer->job.what;
    deed->now = now;
    for (i = 0; i < w->row_count; i++)
        memcpy(snapshot->conditions[i], snapshot->content.rows[i] + CONDITION, CONDITION_BYTES);
    result = w->story->decide(w, snapshot->writer, now, &snapshot->content, deed);
    if (result == AGAIN) {
        ask(w, snapshot->writer);
    } else if (result == LEAVE) {
        w->story->heard(w, snapshot->writer, deed);
    } else {
        struct message *sent = send(w, WRITE, snapshot->writer);

        *sent = *snapshot;
        sent->kind = WRITE;
        writer->stage = WROTE;
    }
}

void arrive(struct world *w, struct message *message)
{
    const struct writer *writer = &w->writers[message->writer];
    const int is_awaited = writer->is_up && writer->life == message->life && writer->attempt == message->attempt;

    count(w, DELIVERED);
    if (message->kind == READ) {
        answer(w, message);
    } else if (message->kind == WRITE) {
        store(w, message);
    } else if (message->kind == SNAPSHOT && is_awaited && writer->stage == ASKED) {
        decide(w, message);
    } else if (message->kind == REPLY && is_awaited && writer->stage == WROTE) {
        if (message->is_taken)
            w->story->heard(w, message->writer, &message->deed);
        else
            ask(w, message->writer);
    }
}
