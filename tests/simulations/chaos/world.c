/* The clocks, the writers' lives and the list of events; see world.h. */
#include <setjmp.h>
#include <stdarg.h>

#include "world.h"

int is_careless;

static struct world world;
static jmp_buf broken_promise;

static const char *const MESSAGE_NAMES[] = {"question", "snapshot", "write", "reply"};

int64_t draw(struct world *w, int64_t below)
{
    uint64_t x = (w->random += UINT64_C(0x9E3779B97F4A7C15));

    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (int64_t)((x ^ (x >> 31)) % (uint64_t)below);
}

void tell(const struct world *w, const char *format, ...)
{
    va_list arguments;

    if (!w->is_told || w->is_cut)
        return;
    printf("  %7" PRId64 "  ", w->now - START);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
}

void promise(struct world *w, int is_kept, const char *sentence)
{
    if (is_kept)
        return;
    w->broken = sentence;
    longjmp(broken_promise, 1);
}

void count(struct world *w, enum occurrence what)
{
    w->counts[what]++;
}

int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/*
 * Writers
 */

static void proceed(struct world *w, int place, const struct event *event)
{
    const struct writer *writer = &w->writers[place];

    if (!writer->is_up)
        return;
    if (writer->stage == IDLE)
        w->story->take_job(w, place, event->a, event->b, w->is_over);
    else if (writer->stage == BUSY)
        w->story->go_on(w, place, event->a, event->b);
}

static void crash(struct world *w, int place)
{
    struct writer *writer = &w->writers[place];

    if (!writer->is_up)
        return;
    count(w, CRASHES);
    tell(w, "writer %d dies and forgets", place);
    writer->is_up = 0;
    writer->life++;
    writer->stage = IDLE;
    memset(&writer->memory, 0, sizeof writer->memory);
    memset(&writer->job, 0, sizeof writer->job);
    writer->has_run = 0;
}

static void restart(struct world *w, int place)
{
    if (w->writers[place].is_up)
        return;
    count(w, RESTARTS);
    tell(w, "writer %d is back", place);
    w->writers[place].is_up = 1;
    w->story->come_back(w, place);
}

static void give_up(struct world *w, int place)
{
    const struct writer *writer = &w->writers[place];

    if (!writer->is_up || (writer->stage != ASKED && writer->stage != WROTE))
        return;
    count(w, GAVE_UP);
    tell(w, "writer %d waits no longer for its %s and reads again", place,
         writer->stage == ASKED ? "snapshot" : "reply");
    ask(w, place);
}

/*
 * Clocks
 */

static void change_clock(struct world *w, int place, const struct event *event)
{
    struct writer *writer = &w->writers[place];
    const int64_t by = event->b % (event->a % 4 == 0 ? 3000 : 200);

    switch (event->a / 4 % 4) {
    case 0:
        writer->skew += by;
        count(w, CLOCK_AHEAD);
        break;
    case 1:
        writer->drift = event->b % 41 - 20;
        count(w, DRIFTS);
        break;
    default:
        writer->skew -= by;
        count(w, CLOCK_BACK);
    }
    tell(w, "writer %d's clock is %+" PRId64 " off, and drifts by %" PRId64 " of 1000", place, writer->skew,
         writer->drift);
}

static void pass_time(struct world *w, int64_t by)
{
    int i;

    w->now += by;
    for (i = 0; i < w->writer_count; i++)
        w->writers[i].skew += by * w->writers[i].drift / 1000;
    tell(w, "%" PRId64 " later", by);
}

/*
 * Events
 */

static void handle_message(struct world *w, const struct event *event)
{
    const int place = (int)(event->a % (uint32_t)w->message_count);
    struct message *message = &w->messages[w->order[place]];

    if (event->kind == SPOIL) {
        if (message->kind != SNAPSHOT)
            return;
        message->content.rows[event->b % (uint32_t)w->row_count][event->b / 8 % w->story->row_bytes] ^=
            (uint8_t)(1 << event->b % 8);
        count(w, SPOILT);
        tell(w, "the snapshot for writer %d is spoilt", message->writer);
    } else if (event->kind == DOUBLE) {
        if (w->message_count == MESSAGES)
            return;
        w->messages[w->order[w->message_count++]] = *message;
        count(w, DOUBLED);
        tell(w, "the %s of or for writer %d is doubled", MESSAGE_NAMES[message->kind], message->writer);
    } else {
        struct message *taken = take_out(w, place);

        if (event->kind == LOSE) {
            count(w, LOST);
            tell(w, "the %s of or for writer %d is lost", MESSAGE_NAMES[taken->kind], taken->writer);
        } else {
            if (place > 0)
                count(w, OVERTAKEN);
            arrive(w, taken);
        }
    }
}

static void step(struct world *w, const struct event *event)
{
    const int place = (int)(event->who % (uint32_t)w->writer_count);

    count(w, STEPS);
    switch (event->kind) {
    case PROCEED:
        proceed(w, place, event);
        break;
    case DELIVER:
    case LOSE:
    case DOUBLE:
    case SPOIL:
        if (w->message_count > 0)
            handle_message(w, event);
        break;
    case GIVE_UP:
        give_up(w, place);
        break;
    case CRASH:
        crash(w, place);
        break;
    case RESTART:
        restart(w, place);
        break;
    case CLOCK:
        change_clock(w, place, event);
        break;
    case TIME:
        pass_time(w, 1 + event->b % (event->a % 16 == 0 ? 2000 : event->a % 16 < 6 ? 100 : 10));
        break;
    case OPERATE:
        w->story->operate(w, event->a, event->b);
        break;
    case BACK_UP:
        if (w->story->back_up != NULL)
            w->story->back_up(w);
        break;
    default:
        if (w->story->restore != NULL)
            w->story->restore(w);
    }
}

/* Everyone is up, nothing is lost, and all that was begun is brought to its end. */
static void come_to_rest(struct world *w)
{
    int round, place;

    w->is_over = 1;
    for (place = 0; place < w->writer_count; place++)
        restart(w, place);
    for (round = 0; round < 4000; round++) {
        int is_waiting = w->message_count > 0;
        struct event event = {PROCEED, 0, 7, 7};

        w->is_cut = round > 100;
        if (is_waiting) {
            arrive(w, take_out(w, 0));
            continue;
        }
        for (place = 0; place < w->writer_count; place++) {
            const struct writer *writer = &w->writers[place];

            event.who = (uint32_t)place;
            if (writer->stage == ASKED || writer->stage == WROTE)
                ask(w, place);
            else
                proceed(w, place, &event);
            is_waiting |= writer->stage != IDLE;
        }
        if (!is_waiting)
            break;
    }
    w->story->end(w);
}

const char *tell_story(const struct story *story, uint64_t seed, const struct event *events, int event_count,
                       int is_told, int64_t counts[OCCURRENCES])
{
    struct world *w = &world;
    int i;

    /* Not the messages, which are 60 KB. */
    memset(w->writers, 0, sizeof w->writers);
    memset(w->requests, 0, sizeof w->requests);
    memset(w->rows, 0, sizeof w->rows);
    memset(w->counts, 0, sizeof w->counts);
    memset(w->last_condition, 0, sizeof w->last_condition);
    w->story = story;
    w->random = seed;
    w->now = START;
    w->is_over = 0;
    w->request_count = 0;
    w->message_count = 0;
    w->row_count = 1;
    w->is_told = is_told;
    w->is_cut = 0;
    w->broken = NULL;
    w->writer_count = 2 + (int)draw(w, WRITERS - 1);
    w->is_store_clock = (int)draw(w, 2);
    for (i = 0; i <= MESSAGES; i++)
        w->order[i] = (uint8_t)i;
    for (i = 0; i < w->writer_count; i++)
        w->writers[i].is_up = 1;
    if (setjmp(broken_promise) == 0) {
        tell(w, "%d writers, who take now from %s", w->writer_count,
             w->is_store_clock ? "the store" : "clocks of their own");
        story->begin(w);
        for (i = 0; i < event_count; i++)
            step(w, &events[i]);
        come_to_rest(w);
    }
    for (i = 0; i < OCCURRENCES; i++)
        counts[i] += w->counts[i];
    return w->broken;
}
