/* Tells stories by the thousand; one that breaks a promise is shortened and told aloud. See world.h. */
#include "world.h"

static const struct story *const STORIES[] = {&ONE_LEDGER, &SEVERAL_LEDGERS, &RATE_LIMIT, &BREAKER, &LEASES};

enum { STORY_COUNT = (int)(sizeof STORIES / sizeof STORIES[0]) };

static const char HELP[] =
    "Usage: chaos [OPTION]... [STORY]...\n"
    "\n"
    "Hosts that share states over a store and a network in which everything fails. Each seed is a story. A story that\n"
    "breaks a promise of cloudcircuit.h is shortened to the fewest events and told.\n"
    "\n"
    "  --seed N     the first seed (default 1)\n"
    "  --seeds N    how many seeds, each for every story named (default 1000)\n"
    "  --tell       tells each story aloud, whole\n"
    "  --careless   the store takes every write, whatever the writer had read: promises must break\n"
    "  --help       this text\n"
    "\n"
    "Stories: ledger ledgers rate_limit breaker leases; without a name all of them.\n"
    "\n"
    "Exit status: 0, or 1 when a promise was broken, when something never occurred, and for wrong usage.\n";

static const char *const OCCURRENCE_NAMES[OCCURRENCES] = {
    "events", "messages delivered", "overtaken", "lost", "doubled", "spoilt", "given up", "crashes", "restarts",
    "clocks put back", "clocks put ahead", "clocks that drift", "answers to a clock that runs back", "writes",
    "conflicts", "writes repeated", "found done", "refusals", "holds ended before they were settled",
    "old copies refused", "holds too old to be known", "rolls", "resets", "restores", "decisions past the limit", "takes", "adjusts", "trips", "half-opens",
    "probes", "probes lost", "closes", "stale permits", "forced"};

/* How often each kind of event is in a list, of a thousand. */
static const int WEIGHTS[EVENT_KINDS] = {225, 550, 22, 22, 8, 25, 18, 55, 20, 45, 6, 2, 2};

static uint64_t mix(uint64_t *random)
{
    uint64_t x = (*random += UINT64_C(0x9E3779B97F4A7C15));

    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

static void draw_events(uint64_t seed, struct event *events)
{
    uint64_t random = ~seed;
    int i;

    for (i = 0; i < EVENTS; i++) {
        const uint64_t first = mix(&random), second = mix(&random);
        int64_t at = (int64_t)(first % 1000);
        int kind = 0;

        while (kind < EVENT_KINDS - 1 && at >= WEIGHTS[kind])
            at -= WEIGHTS[kind++];
        events[i].kind = (enum event_kind)kind;
        events[i].who = (uint32_t)(first >> 32);
        events[i].a = (uint32_t)second;
        events[i].b = (uint32_t)(second >> 32);
        /* Most messages arrive in turn. */
        if (kind == DELIVER && first >> 20 & 1)
            events[i].a = 0;
    }
}

/*
 * Shortening
 */

struct broken {
    const struct story *story;
    uint64_t seed;
    const char *sentence;
    int event_count, tries;
    struct event events[EVENTS];
};

/* Whether these events break the same sentence too. */
static int breaks(struct broken *broken, const struct event *events, int event_count)
{
    int64_t counts[OCCURRENCES] = {0};

    broken->tries++;
    return tell_story(broken->story, broken->seed, events, event_count, 0, counts) == broken->sentence;
}

static int without_chunk(struct broken *broken, int from, int length)
{
    struct event fewer[EVENTS];
    const int rest = broken->event_count - from - length;

    memcpy(fewer, broken->events, (size_t)from * sizeof *fewer);
    memcpy(fewer + from, broken->events + from + length, (size_t)rest * sizeof *fewer);
    if (!breaks(broken, fewer, from + rest))
        return 0;
    memcpy(broken->events, fewer, sizeof fewer);
    broken->event_count = from + rest;
    return 1;
}

/* Smaller numbers, as far as the same sentence breaks. */
static int simplify(struct broken *broken, uint32_t *number)
{
    const uint32_t was = *number;
    static const uint32_t TRIED[] = {0, 1, 2, 7};
    size_t i;

    for (i = 0; i < sizeof TRIED / sizeof TRIED[0] && TRIED[i] < was; i++) {
        *number = TRIED[i];
        if (breaks(broken, broken->events, broken->event_count))
            return 1;
    }
    *number = was;
    return 0;
}

/* Leaves out ever smaller pieces, until no event can be left out, and then makes what is left plain. */
static void shorten(struct broken *broken)
{
    int length, from, i, is_shorter = 1;

    while (is_shorter) {
        is_shorter = 0;
        for (length = most(1, broken->event_count / 2); length > 0; length /= 2) {
            from = 0;
            while (from + length <= broken->event_count) {
                if (without_chunk(broken, from, length))
                    is_shorter = 1;
                else
                    from += length;
            }
        }
        for (i = 0; i < broken->event_count; i++) {
            is_shorter |= simplify(broken, &broken->events[i].who);
            is_shorter |= simplify(broken, &broken->events[i].a);
            is_shorter |= simplify(broken, &broken->events[i].b);
        }
    }
}

static void tell_shortest(const struct story *story, uint64_t seed, const struct event *events, const char *sentence)
{
    static struct broken broken;
    int64_t counts[OCCURRENCES] = {0};

    broken.story = story;
    broken.seed = seed;
    broken.sentence = sentence;
    broken.event_count = EVENTS;
    memcpy(broken.events, events, sizeof broken.events);
    shorten(&broken);
    printf("Broken in the story %s of seed %" PRIu64 ": \"%s\"\nThe shortest story, %d events of %d:\n", story->name,
           seed, sentence, broken.event_count, EVENTS);
    (void)tell_story(story, seed, broken.events, broken.event_count, 1, counts);
    printf("Repeat: chaos --seed %" PRIu64 " --seeds 1%s %s\n", seed, is_careless ? " --careless" : "", story->name);
}

/*
 * Running
 */

static void print_counts(const struct story *story, const int64_t counts[OCCURRENCES], int64_t seeds)
{
    int i;

    printf("%s: %" PRId64 " seeds of %d events and the end; in all ", story->name, seeds, EVENTS);
    for (i = 1; i < OCCURRENCES; i++) {
        if (counts[i] > 0 || (story->occurs & BIT(i)) != 0)
            printf("%s%" PRId64 " %s", i > 1 ? ", " : "", counts[i], OCCURRENCE_NAMES[i]);
    }
    printf("\n");
}

static int tell_all(const struct story *story, uint64_t first, int64_t seeds, int is_told)
{
    static struct event events[EVENTS];
    int64_t counts[OCCURRENCES] = {0};
    uint64_t seed;
    int i, is_whole = 1;

    for (seed = first; seed < first + (uint64_t)seeds; seed++) {
        const char *sentence;

        draw_events(seed, events);
        sentence = tell_story(story, seed, events, EVENTS, is_told, counts);
        if (sentence != NULL) {
            tell_shortest(story, seed, events, sentence);
            printf("%s: broken after %" PRIu64 " seeds\n", story->name, seed - first + 1);
            return 0;
        }
    }
    print_counts(story, counts, seeds);
    for (i = 0; i < OCCURRENCES && seeds >= 10000; i++) {
        if (counts[i] == 0 && (story->occurs & BIT(i)) != 0) {
            printf("%s: never %s\n", story->name, OCCURRENCE_NAMES[i]);
            is_whole = 0;
        }
    }
    return is_whole;
}

static uint64_t number(const char *text)
{
    char *end = NULL;
    const uint64_t value = text == NULL ? 0 : strtoull(text, &end, 10);

    if (text == NULL || *text < '0' || *text > '9' || *end != '\0') {
        fprintf(stderr, "chaos: a number was expected\n%s", HELP);
        exit(1);
    }
    return value;
}

int main(int argc, char **argv)
{
    uint64_t first = 1, seeds = 1000;
    int is_told = 0, is_whole = 1, is_named[STORY_COUNT] = {0}, named = 0, i, k;

    for (i = 1; i < argc; i++) {
        int is_known = 1;

        if (strcmp(argv[i], "--seed") == 0) {
            first = number(argv[++i]);
        } else if (strcmp(argv[i], "--seeds") == 0) {
            seeds = number(argv[++i]);
        } else if (strcmp(argv[i], "--tell") == 0) {
            is_told = 1;
        } else if (strcmp(argv[i], "--careless") == 0) {
            is_careless = 1;
        } else if (strcmp(argv[i], "--help") == 0) {
            fputs(HELP, stdout);
            return 0;
        } else {
            is_known = 0;
            for (k = 0; k < STORY_COUNT; k++) {
                if (strcmp(argv[i], STORIES[k]->name) == 0) {
                    is_named[k] = is_known = 1;
                    named++;
                }
            }
        }
        if (!is_known) {
            fprintf(stderr, "chaos: %s is no option and no story\n%s", argv[i], HELP);
            return 1;
        }
    }
    for (k = 0; k < STORY_COUNT; k++) {
        if (named == 0 || is_named[k])
            is_whole &= tell_all(STORIES[k], first, (int64_t)seeds, is_told);
    }
    return is_whole ? 0 : 1;
}
