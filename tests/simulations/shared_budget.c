/*
 * shared_budget: many processes spend one budget and end at its limit exactly, whoever is killed.
 *
 * The budget is one row of an SQLite file: a ledger state as cloudcircuit_ledger_state_encode writes
 * it, and its revision in a column of its own. Every writer goes the way that cloudcircuit.h asks for:
 *
 * 1. It reads the row, together with the hold that it is about, in one statement.
 * 2. The library decides on that copy.
 * 3. One transaction stores the new state where the revision is still the one that was read, and with
 *    it what goes with the state: a reserved hold is inserted, a settled one is deleted, what was spent
 *    is written down.
 * 4. Where the revision has changed, nothing is stored and the writer starts over.
 *
 * Each hold ends after HOLD_MS: what a killed process held comes back then, or up to 1/16 of that time
 * later, at whatever call comes next. A process whose hold has ended spends nothing. Here that is
 * certain, since the spending is a row in the transaction that settles. Where it happens elsewhere and
 * cannot be undone, hold_duration must be longer than a request can take, and what comes after it all
 * the same is booked by the settle, with CLOUDCIRCUIT_LEDGER_REASON_EXPIRED.
 *
 * Every process that is started first has a point between reserve and settle at which it kills itself.
 * The parent kills others at random moments, starts others in their place, and audits the books while
 * they run. With --naive the processes look whether the total is below the limit and then spend, as two
 * statements; they end above it.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "cloudcircuit.h"

enum {
    MAX_PROCESSES = 64,
    KILLS_PER_PROCESS = 3,
    REQUESTS = 500,      /* at least, unless the limit is lower: sets the size of a request */
    LONGEST_WORK_MS = 6, /* what a request takes between reserve and settle */
    HOLD_MS = 160, /* hold_duration */
    TIME_LIMIT_S = 30 /* no run takes longer; a few seconds are usual */
};

#define MAX_LIMIT INT64_C(1000000000000000)

static const char HELP[] =
    "Usage: shared_budget [OPTION]...\n"
    "\n"
    "Processes spend one budget in one SQLite file while some of them are killed at random.\n"
    "\n"
    "  --processes N  how many (default 16)\n"
    "  --limit N      the budget (default 10000)\n"
    "  --seed N       what requests and kills are drawn from (default 1)\n"
    "  --naive        check, then spend, without the ledger: overspends\n"
    "  --help         this text\n"
    "\n"
    "Exit status: 0 the books agree and the limit was reached exactly, 1 otherwise.\n";

static const char SCHEMA[] =
    "PRAGMA journal_mode = WAL;"
    /* expired: all that the ledger has said to have let go because it had ended. */
    "CREATE TABLE budget (id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL,"
    " state BLOB NOT NULL, expired INTEGER NOT NULL);"
    /* Those that were not settled, also when they have ended. */
    "CREATE TABLE holds (id INTEGER PRIMARY KEY, period INTEGER NOT NULL, amount INTEGER NOT NULL,"
    " expires_at INTEGER NOT NULL);"
    /* A hold settled twice is a row that this refuses. */
    "CREATE TABLE spent (hold INTEGER UNIQUE, amount INTEGER NOT NULL, retries INTEGER NOT NULL);";

/* State and hold in one statement, so that both are of one moment. */
static const char READ[] = "SELECT revision, state, h.id, h.period, h.amount, h.expires_at FROM budget"
                           " LEFT JOIN holds h ON h.id = ?1";

/* ?1 is now. What ends after it is held; what ended longer ago than 1/16 of its duration is not. */
static const char AUDIT[] =
    "SELECT state, expired, (SELECT count(*) FROM holds), (SELECT coalesce(sum(amount), 0) FROM holds),"
    " (SELECT coalesce(sum(amount), 0) FROM holds WHERE expires_at > ?1),"
    " (SELECT coalesce(sum(amount), 0) FROM holds WHERE expires_at + ?2 > ?1),"
    " (SELECT count(*) FROM spent), (SELECT coalesce(sum(amount), 0) FROM spent),"
    " (SELECT coalesce(sum(retries), 0) FROM spent) FROM budget";

/* Where a process may kill itself: in this order it passes all of them in every request. */
enum point {
    RESERVED = 1,   /* decided, nothing stored */
    RESERVE_OPEN,   /* the state is written, the transaction open */
    RESERVE_STORED, /* committed, before the request runs */
    RUNNING,        /* half of the request is done */
    DONE,           /* the request is done, nothing read for its settle */
    SETTLED,        /* decided, nothing stored */
    SETTLE_OPEN,    /* state, hold and spending are written, the transaction open */
    SETTLE_STORED,  /* committed */
    POINTS = SETTLE_STORED
};

struct options {
    int64_t processes, limit, seed;
    int is_naive;
};

/* One look at the row. */
struct snapshot {
    sqlite3_int64 revision;
    cloudcircuit_ledger_state state;
    cloudcircuit_ledger_hold hold; /* id 0 for none */
};

/* All the books of one moment. */
struct audit {
    cloudcircuit_ledger_state state;
    int64_t now, expired, unsettled, unsettled_amount, live_amount, recent_amount, spent_rows, spent, retries;
};

/* What the parent's clean-up needs to know; children leave by _exit, which does without. */
static char folder[512], file[544];
static pid_t children[MAX_PROCESSES]; /* 0 for one that has ended */
static enum point deaths[MAX_PROCESSES]; /* where each kills itself; 0 = nowhere */

static void fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("shared_budget: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(EXIT_FAILURE);
}

static void check(cloudcircuit_status status)
{
    if (status != CLOUDCIRCUIT_OK)
        fail("%s", cloudcircuit_status_message(status));
}

static void check_sql(sqlite3 *db, int code, int wanted)
{
    if (code != wanted)
        fail("%s: %s", file, db == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(db));
}

/* SplitMix64. */
static uint64_t draw(uint64_t *random)
{
    uint64_t mixed = *random += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

static int64_t draw_up_to(uint64_t *random, int64_t most)
{
    return 1 + (int64_t)(draw(random) % (uint64_t)most);
}

/* The same clock for all processes of a machine; it never runs back. */
static int64_t now_ms(void)
{
    struct timespec now;

    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        fail("the clock: %s", strerror(errno));
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void sleep_us(int64_t us)
{
    struct timespec left;

    left.tv_sec = (time_t)(us / 1000000);
    left.tv_nsec = (long)(us % 1000000) * 1000;
    while (nanosleep(&left, &left) != 0)
        if (errno != EINTR)
            fail("sleeping: %s", strerror(errno));
}

/*
 * The file
 */

static void execute(sqlite3 *db, const char *sql)
{
    check_sql(db, sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;

    check_sql(db, sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    return statement;
}

static void bind(sqlite3 *db, sqlite3_stmt *statement, int place, int64_t value)
{
    check_sql(db, sqlite3_bind_int64(statement, place, value), SQLITE_OK);
}

/* Runs a statement that answers no rows; returns how many rows it changed. */
static int finish(sqlite3 *db, sqlite3_stmt *statement)
{
    check_sql(db, sqlite3_step(statement), SQLITE_DONE);
    check_sql(db, sqlite3_finalize(statement), SQLITE_OK);
    return sqlite3_changes(db);
}

static sqlite3 *open_file(void)
{
    sqlite3 *db;

    check_sql(NULL, sqlite3_open(file, &db), SQLITE_OK);
    check_sql(db, sqlite3_busy_timeout(db, TIME_LIMIT_S * 1000), SQLITE_OK);
    /* What a killed process has written stays written. Against power cuts, leave this at FULL. */
    execute(db, "PRAGMA synchronous = OFF");
    return db;
}

static void close_file(sqlite3 *db)
{
    check_sql(db, sqlite3_close(db), SQLITE_OK);
}

static void bind_state(sqlite3 *db, sqlite3_stmt *statement, int place,
                       const cloudcircuit_ledger_state *state)
{
    uint8_t bytes[CLOUDCIRCUIT_LEDGER_ENCODED_LEN];

    check(cloudcircuit_ledger_state_encode(state, bytes, sizeof bytes));
    check_sql(db, sqlite3_bind_blob(statement, place, bytes, sizeof bytes, SQLITE_TRANSIENT), SQLITE_OK);
}

/* A state that was cut off or overwritten is refused here, and ends the program. */
static void read_state(sqlite3_stmt *row, int column, cloudcircuit_ledger_state *state)
{
    const uint8_t *bytes = sqlite3_column_blob(row, column);

    check(cloudcircuit_ledger_state_decode(bytes, (size_t)sqlite3_column_bytes(row, column), state));
}

static void create_file(void)
{
    sqlite3 *db = open_file();
    cloudcircuit_ledger_state state;
    sqlite3_stmt *insert;

    execute(db, SCHEMA);
    check(cloudcircuit_ledger_init(1, 1, now_ms(), &state));
    insert = prepare(db, "INSERT INTO budget VALUES (1, ?1, ?2, 0)");
    bind(db, insert, 1, (int64_t)state.revision);
    bind_state(db, insert, 2, &state);
    finish(db, insert);
    close_file(db);
}

static struct audit look(void)
{
    sqlite3 *db = open_file();
    sqlite3_stmt *row;
    struct audit audit;

    /* The first read fixes the moment that is looked at: no writer had a later clock then. */
    execute(db, "BEGIN; SELECT revision FROM budget");
    audit.now = now_ms();
    row = prepare(db, AUDIT);
    bind(db, row, 1, audit.now);
    bind(db, row, 2, HOLD_MS / 16);
    check_sql(db, sqlite3_step(row), SQLITE_ROW);
    read_state(row, 0, &audit.state);
    audit.expired = sqlite3_column_int64(row, 1);
    audit.unsettled = sqlite3_column_int64(row, 2);
    audit.unsettled_amount = sqlite3_column_int64(row, 3);
    audit.live_amount = sqlite3_column_int64(row, 4);
    audit.recent_amount = sqlite3_column_int64(row, 5);
    audit.spent_rows = sqlite3_column_int64(row, 6);
    audit.spent = sqlite3_column_int64(row, 7);
    audit.retries = sqlite3_column_int64(row, 8);
    check_sql(db, sqlite3_finalize(row), SQLITE_OK);
    execute(db, "COMMIT");
    close_file(db);
    return audit;
}

/*
 * Spending with the ledger
 */

struct worker {
    sqlite3 *db;
    cloudcircuit_ledger_config config;
    uint64_t random;
    int64_t largest; /* request */
    int64_t retries; /* races lost since it last spent */
    enum point death;
    int64_t passes; /* of that point before it kills itself there */
};

static cloudcircuit_ledger_config ledger_config(int64_t limit)
{
    cloudcircuit_ledger_config config;

    check(cloudcircuit_ledger_config_init(&config));
    config.limit = limit;
    config.hold_duration = HOLD_MS;
    return config;
}

/* As if somebody killed the process here. */
static void pass(struct worker *worker, enum point point)
{
    if (worker->death == point && --worker->passes == 0)
        (void)raise(SIGKILL);
}

/* The state and, with an id above 0, the hold of that id. */
static struct snapshot read_budget(sqlite3 *db, uint64_t hold_id)
{
    sqlite3_stmt *row = prepare(db, READ);
    struct snapshot read;

    bind(db, row, 1, (int64_t)hold_id);
    check_sql(db, sqlite3_step(row), SQLITE_ROW);
    read.revision = sqlite3_column_int64(row, 0);
    read_state(row, 1, &read.state);
    read.hold.ledger_id = read.state.ledger_id;
    read.hold.id = (uint64_t)sqlite3_column_int64(row, 2);
    read.hold.period = sqlite3_column_int64(row, 3);
    read.hold.amount = sqlite3_column_int64(row, 4);
    read.hold.expires_at = sqlite3_column_int64(row, 5);
    check_sql(db, sqlite3_finalize(row), SQLITE_OK);
    return read;
}

/* The compare-and-swap: 1 with the transaction left open for what belongs to it, 0 with nothing stored. */
static int swap(struct worker *worker, const struct snapshot *read, int64_t expired)
{
    sqlite3_stmt *update;

    /* IMMEDIATE waits for the other writers here; a transaction that began as a reader could not. */
    execute(worker->db, "BEGIN IMMEDIATE");
    update = prepare(worker->db, "UPDATE budget SET revision = ?1, state = ?2, expired = expired + ?4"
                                 " WHERE revision = ?3");
    bind(worker->db, update, 1, (int64_t)read->state.revision);
    bind_state(worker->db, update, 2, &read->state);
    bind(worker->db, update, 3, read->revision);
    bind(worker->db, update, 4, expired);
    if (finish(worker->db, update) == 1)
        return 1;
    execute(worker->db, "ROLLBACK");
    worker->retries++;
    return 0;
}

static void delete_hold(sqlite3 *db, uint64_t id)
{
    sqlite3_stmt *delete = prepare(db, "DELETE FROM holds WHERE id = ?1");

    bind(db, delete, 1, (int64_t)id);
    if (finish(db, delete) != 1)
        fail("hold %" PRIu64 " is not there", id);
}

/* Returns 0 when another writer was first. */
static int store_hold(struct worker *worker, const struct snapshot *read, int64_t expired)
{
    sqlite3_stmt *insert;

    if (!swap(worker, read, expired))
        return 0;
    insert = prepare(worker->db, "INSERT INTO holds VALUES (?1, ?2, ?3, ?4)");
    bind(worker->db, insert, 1, (int64_t)read->hold.id);
    bind(worker->db, insert, 2, read->hold.period);
    bind(worker->db, insert, 3, read->hold.amount);
    bind(worker->db, insert, 4, read->hold.expires_at);
    finish(worker->db, insert);
    pass(worker, RESERVE_OPEN);
    execute(worker->db, "COMMIT");
    pass(worker, RESERVE_STORED);
    return 1;
}

static void write_spent(struct worker *worker, uint64_t hold_id, int64_t amount)
{
    sqlite3_stmt *insert = prepare(worker->db, "INSERT INTO spent VALUES (nullif(?1, 0), ?2, ?3)");

    bind(worker->db, insert, 1, (int64_t)hold_id);
    bind(worker->db, insert, 2, amount);
    bind(worker->db, insert, 3, worker->retries);
    finish(worker->db, insert);
    worker->retries = 0;
}

static void settle(struct worker *worker, uint64_t hold_id, int64_t actual)
{
    cloudcircuit_ledger_decision decision;

    for (;;) {
        struct snapshot read = read_budget(worker->db, hold_id);

        if (read.hold.id == 0)
            fail("hold %" PRIu64 " is gone", hold_id);
        check(cloudcircuit_ledger_settle(&worker->config, &read.state, &read.hold, actual, now_ms(), &decision));
        /* Others may have been given what it held: nothing may be spent on it. A process that slept while 1,024
           later holds were made is told UNVERIFIED, also of a hold that has ended. */
        if (decision.reason == CLOUDCIRCUIT_LEDGER_REASON_EXPIRED ||
            decision.reason == CLOUDCIRCUIT_LEDGER_REASON_UNVERIFIED)
            return;
        pass(worker, SETTLED);
        if (!swap(worker, &read, decision.expired))
            continue;
        delete_hold(worker->db, hold_id);
        write_spent(worker, hold_id, actual);
        pass(worker, SETTLE_OPEN);
        execute(worker->db, "COMMIT");
        pass(worker, SETTLE_STORED);
        return;
    }
}

static void work(struct worker *worker)
{
    int64_t half = draw_up_to(&worker->random, LONGEST_WORK_MS * 500);

    sleep_us(half);
    pass(worker, RUNNING);
    sleep_us(half);
}

static void spend_by_ledger(struct worker *worker)
{
    for (;;) {
        struct snapshot read = read_budget(worker->db, 0);
        int64_t estimate = draw_up_to(&worker->random, worker->largest), now = now_ms(), expired;
        cloudcircuit_ledger_decision decision;

        check(cloudcircuit_ledger_reserve(&worker->config, &read.state, estimate, now, &read.hold, &decision));
        expired = decision.expired;
        if (!decision.allowed && decision.available > 0) {
            estimate = decision.available;
            check(cloudcircuit_ledger_reserve(&worker->config, &read.state, estimate, now, &read.hold, &decision));
            expired += decision.expired;
        }
        if (decision.allowed) {
            pass(worker, RESERVED);
            if (store_hold(worker, &read, expired)) {
                work(worker);
                pass(worker, DONE);
                settle(worker, read.hold.id, draw_up_to(&worker->random, estimate));
            }
        } else if (decision.settled < worker->config.limit) {
            sleep_us(2000); /* the rest is held: by others, or by nobody until it ends */
        } else {
            return;
        }
    }
}

/*
 * Spending without it
 */

static int64_t read_total(sqlite3 *db)
{
    sqlite3_stmt *row = prepare(db, "SELECT coalesce(sum(amount), 0) FROM spent");
    int64_t total;

    check_sql(db, sqlite3_step(row), SQLITE_ROW);
    total = sqlite3_column_int64(row, 0);
    check_sql(db, sqlite3_finalize(row), SQLITE_OK);
    return total;
}

static void spend_naively(struct worker *worker)
{
    int64_t total, amount;

    while ((total = read_total(worker->db)) < worker->config.limit) {
        amount = draw_up_to(&worker->random, worker->largest);
        if (amount > worker->config.limit - total)
            amount = worker->config.limit - total;
        work(worker); /* meanwhile the others see the same total */
        write_spent(worker, 0, amount);
    }
}

/*
 * The processes
 */

static void run_worker(const struct options *options, uint64_t random, enum point death)
{
    struct worker worker;

    memset(&worker, 0, sizeof worker);
    worker.config = ledger_config(options->limit);
    worker.random = random;
    worker.death = death;
    worker.passes = draw_up_to(&worker.random, options->limit < REQUESTS ? 1 : 4);
    worker.largest = 1 + (options->limit - 1) / REQUESTS;
    worker.db = open_file();
    if (options->is_naive)
        spend_naively(&worker);
    else
        spend_by_ledger(&worker);
    close_file(worker.db);
}

static void fail_child(void)
{
    _exit(EXIT_FAILURE);
}

/* SQLite's connections do not survive a fork: the parent has none open here. */
static void start(const struct options *options, int place, enum point death, uint64_t *random)
{
    uint64_t own = draw(random);
    pid_t child;

    if (fflush(stdout) != 0)
        fail("standard output: %s", strerror(errno));
    child = fork();
    if (child < 0)
        fail("fork: %s", strerror(errno));
    if (child > 0) {
        children[place] = child;
        deaths[place] = death;
        return;
    }
    /* The latest of the handlers comes first: a child that fails leaves file and siblings alone. */
    if (atexit(fail_child) != 0)
        _exit(EXIT_FAILURE);
    alarm(TIME_LIMIT_S); /* ends it even if the parent is gone */
    run_worker(options, own, death);
    _exit(EXIT_SUCCESS);
}

/* Returns whether the child was killed. */
static int reap(int place, int status)
{
    children[place] = 0;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        return 1;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS)
        fail("a process failed");
    return 0;
}

struct run {
    struct audit end;
    int64_t kills, kills_at[POINTS + 1], audits, disagreements, late;
};

/* How many have not ended. One that has killed itself is replaced by another that does not. */
static int reap_ended(const struct options *options, struct run *run, uint64_t *random)
{
    int place, status, running = 0;

    for (place = 0; place < options->processes; place++) {
        pid_t ended = children[place] == 0 ? 0 : waitpid(children[place], &status, WNOHANG);

        if (ended < 0)
            fail("waitpid: %s", strerror(errno));
        if (ended > 0 && reap(place, status)) {
            if (deaths[place] == 0)
                fail("a process was killed by a stranger");
            run->kills_at[deaths[place]]++;
            start(options, place, 0, random);
        }
        running += children[place] != 0;
    }
    return running;
}

/* Kills one that runs and starts another in its place; 0 when it had come to its end before. */
static int kill_one(const struct options *options, uint64_t *random)
{
    int place, status;

    do
        place = (int)(draw(random) % (uint64_t)options->processes);
    while (children[place] == 0);
    if (kill(children[place], SIGKILL) != 0)
        fail("kill: %s", strerror(errno));
    if (waitpid(children[place], &status, 0) < 0)
        fail("waitpid: %s", strerror(errno));
    if (!reap(place, status))
        return 0;
    start(options, place, deaths[place], random);
    return 1;
}

/* What must hold at every moment, whoever has just been killed. */
static int books_agree(const struct audit *audit, int64_t limit)
{
    return audit->state.settled == audit->spent &&
           audit->state.held + audit->expired == audit->unsettled_amount &&
           (int64_t)audit->state.next_hold - 1 == audit->spent_rows + audit->unsettled &&
           audit->state.settled <= limit - audit->state.held;
}

/* What is held now is what has not ended, and of the rest at most what ended 1/16 of HOLD_MS ago. */
static int holds_end_in_time(const struct audit *audit, int64_t limit)
{
    cloudcircuit_ledger_config config = ledger_config(limit);
    cloudcircuit_ledger_state state = audit->state;
    cloudcircuit_ledger_decision decision;

    /* The ledger's own period: lets go what has ended, and does nothing else. */
    check(cloudcircuit_ledger_roll(&config, &state, state.period, audit->now, &decision));
    return audit->live_amount <= decision.held && decision.held <= audit->recent_amount;
}

/* Kills fall when a random amount has been spent, and a random moment later. */
static void supervise(const struct options *options, struct run *run)
{
    int64_t kills = options->processes * KILLS_PER_PROCESS;
    int64_t step = 1 + options->limit / (kills + 1) * 2, deadline = now_ms() + TIME_LIMIT_S * 1000;
    uint64_t random = (uint64_t)options->seed;
    int64_t next_kill = draw_up_to(&random, step);
    int place;

    for (place = 0; place < options->processes; place++)
        start(options, place, options->is_naive ? 0 : (enum point)(place % POINTS + 1), &random);
    while (reap_ended(options, run, &random) > 0) {
        struct audit audit = look();

        run->audits++;
        if (!options->is_naive && !books_agree(&audit, options->limit))
            run->disagreements++;
        if (!options->is_naive && !holds_end_in_time(&audit, options->limit))
            run->late++;
        if (audit.spent >= next_kill && audit.spent < options->limit && run->kills < kills) {
            sleep_us(draw_up_to(&random, LONGEST_WORK_MS * 1000));
            run->kills += kill_one(options, &random);
            next_kill += draw_up_to(&random, step);
        }
        if (now_ms() > deadline)
            fail("not done after %d seconds", TIME_LIMIT_S);
        sleep_us(1000);
    }
    run->end = look();
}

/*
 * The program
 */

static void clean_up(void)
{
    static const char *const suffixes[4] = {"", "-wal", "-shm", "-journal"};
    char path[sizeof file + 16];
    int i;

    for (i = 0; i < MAX_PROCESSES; i++) {
        if (children[i] != 0 && kill(children[i], SIGKILL) == 0)
            (void)waitpid(children[i], NULL, 0);
    }
    for (i = 0; i < 4; i++) {
        (void)snprintf(path, sizeof path, "%s%s", file, suffixes[i]);
        (void)unlink(path); /* those that SQLite has removed itself are not there */
    }
    if (rmdir(folder) != 0)
        fprintf(stderr, "shared_budget: %s: %s\n", folder, strerror(errno));
}

static void make_folder(void)
{
    const char *parent = getenv("TMPDIR");
    int length;

    if (parent == NULL || *parent == '\0')
        parent = "/tmp";
    length = snprintf(folder, sizeof folder, "%s/shared_budget-XXXXXX", parent);
    if (length < 0 || (size_t)length >= sizeof folder)
        fail("TMPDIR is too long");
    if (mkdtemp(folder) == NULL)
        fail("%s: %s", folder, strerror(errno));
    (void)snprintf(file, sizeof file, "%s/budget.sqlite", folder);
    if (atexit(clean_up) != 0)
        fail("atexit refused");
}

static void read_integer(const char *name, const char *text, int64_t least, int64_t most, int64_t *number)
{
    char *end;

    if (text == NULL)
        fail("%s needs a value", name);
    errno = 0;
    *number = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || *number < least || *number > most)
        fail("%s: '%s' is not a whole number from %" PRId64 " to %" PRId64, name, text, least, most);
}

/* 0 when --help was all that was asked for. */
static int read_options(struct options *options, int argc, char **argv)
{
    int i;

    options->processes = 16;
    options->limit = 10000;
    options->seed = 1;
    options->is_naive = 0;
    for (i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0)
            return 0;
        else if (strcmp(argv[i], "--naive") == 0)
            options->is_naive = 1;
        else if (strcmp(argv[i], "--processes") == 0)
            read_integer("--processes", argv[++i], 1, MAX_PROCESSES, &options->processes);
        else if (strcmp(argv[i], "--limit") == 0)
            read_integer("--limit", argv[++i], 1, MAX_LIMIT, &options->limit);
        else if (strcmp(argv[i], "--seed") == 0)
            read_integer("--seed", argv[++i], 0, INT64_MAX, &options->seed);
        else
            fail("unknown option %s; --help lists them", argv[i]);
    }
    return 1;
}

static void print_limit(int64_t spent, int64_t limit)
{
    if (spent == limit)
        printf("limit     reached exactly\n");
    else if (spent > limit)
        printf("limit     overspent by %" PRId64 "\n", spent - limit);
    else
        printf("limit     missed by %" PRId64 "\n", limit - spent);
}

static int print_summary(const struct options *options, const struct run *run)
{
    const struct audit *end = &run->end;
    int is_sound = run->disagreements == 0 && run->late == 0 && end->spent == options->limit;
    int point;

    printf("%s %" PRId64 " processes, limit %" PRId64 ", seed %" PRId64 "\n",
           options->is_naive ? "naive    " : "ledger   ", options->processes, options->limit, options->seed);
    printf("killed    %" PRId64 " at random, each replaced by another\n", run->kills);
    if (!options->is_naive) {
        is_sound = is_sound && books_agree(end, options->limit) && end->state.held == 0;
        printf("points   ");
        for (point = 1; point <= POINTS; point++)
            printf(" %" PRId64, run->kills_at[point]);
        printf(" killed at each point from reserve to settle, each replaced by another\n");
        printf("holds     %" PRId64 " reserved, %" PRId64 " settled, %" PRId64 " ended unsettled\n",
               (int64_t)end->state.next_hold - 1, end->spent_rows, end->unsettled);
        /* The killed took theirs with them. */
        printf("retries   at least %" PRId64 " times another writer was first\n", end->retries);
        printf("books     settled %" PRId64 ", held %" PRId64 "; wrong in %" PRId64 " of %" PRId64
               " audits\n",
               end->state.settled, end->state.held, run->disagreements, run->audits);
        printf("ends      held longer than 17/16 of %d ms in %" PRId64 " audits\n", HOLD_MS, run->late);
    }
    printf("spent     %" PRId64 " in %" PRId64 " requests\n", end->spent, end->spent_rows);
    print_limit(end->spent, options->limit);
    return is_sound;
}

int main(int argc, char **argv)
{
    struct options options;
    struct run run;
    int is_sound = 1;

    memset(&run, 0, sizeof run);
    if (read_options(&options, argc, argv)) {
        make_folder();
        create_file();
        supervise(&options, &run);
        is_sound = print_summary(&options, &run);
    } else {
        fputs(HELP, stdout);
    }
    if (fflush(stdout) != 0 || ferror(stdout))
        fail("standard output: %s", strerror(errno));
    return is_sound ? EXIT_SUCCESS : EXIT_FAILURE;
}
