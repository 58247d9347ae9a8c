#!/usr/bin/env python3
"""The PostgreSQL extension against a real server: check.py FOLDER_OF_LIBRARY [NAME ...] runs all checks, or those
named. Prints what each found; fails at the first fault."""
import os
import random
import re
import subprocess
import sys
import threading
from decimal import Decimal, localcontext
from fractions import Fraction

import golden
from server import Failed, server

EXTENSION = os.path.join(golden.TOP, "bindings/postgresql")
PATH = "SET search_path = public, cloudcircuit;"


def refused(on, query):
    """What psql says of a query that must fail: SQLSTATE and message."""
    try:
        said = on.psql(f"{PATH}\\set VERBOSITY verbose\n{query}")
    except Failed as error:
        found = re.search(r"ERROR:  (\w{5}): (.*)", str(error))
        assert found, error
        return found.groups()
    raise AssertionError(f"{query} answered {said}")


def golden_cases(on):
    golden.check(on)
    # A case that is wrong must be found.
    assert golden.fault(["OK", "1.0000000000000002", "0"], ["a", "b"], {"a": 1.0, "b": False})
    assert golden.fault(["OK", "1", "0"], ["a", "b"], {"a": 1, "b": True})
    assert golden.fault(["ERR_MODE", "0"], ["a"], {"a": 0}) and golden.fault(["OK", "0"], ["a"], {"error": "x"})


def errors(on):
    """The library's sentence, its number in the SQLSTATE, and no permission for what has no name."""
    cases = {
        "SELECT check_budget(-1.5, 10)": ("LC102", "current_spend must be finite and >= 0"),
        "SELECT check_budget('NaN'::numeric, 10.0)": ("LC102", "current_spend must be finite and >= 0"),
        "SELECT check_budget(1.5, 'Infinity'::numeric)": ("LC100", "budget_limit must be finite and > 0"),
        "SELECT check_budget(1.5, 10, 0.1234567)": ("LC103", "warning_ppm must be 1 to 1000000"),
        "SELECT check_budget(1e19, 1e20)": ("LC602", "amount must fit into int64_t at this scale"),
        "SELECT money_from_numeric(1.005, 2)": ("LC603", "amount must have no more decimal places than scale"),
        "SELECT money_from_numeric(1, 10)": ("LC601", "scale must be 0 to 9"),
        "SELECT detect_spike(array[1, 2, -3]::float8[])": (
            "LC907", None),
        "SELECT ledger_view('\\x00')": (
            "LC004", "len must be the constant CLOUDCIRCUIT_..._ENCODED_LEN of this kind of state"),
        "SELECT ledger_view(decode(repeat('00', 532), 'hex'))": (
            "LC003", "state must be one that the library wrote, whole and unchanged"),
        "SELECT ledger_config(-1)::text, ledger_reserve(ledger_init(1, 0, 0), ledger_config(-1), 1, 1)": (
            "LC800", None),
        "SELECT ledger_reserve('none', 1)": ("42704", 'no ledger is called "none"'),
        "SELECT breaker_acquire('none')": ("42704", 'no breaker is called "none"'),
        "SELECT rate_limit_acquire('none', 1)": ("42704", 'no rate limit is called "none"'),
        "SELECT ledger_create('bad', ledger_config(-1))": ("LC800", None),
        "SELECT rate_limit_create('bad', rate_limit_config(1))": ("LC8", None),
        "SELECT detect_spike(array[[1, 2], [3, 4]]::float8[])": ("2202E", "a series must be an array of one dimension"),
        "SELECT detect_spike(array[1.0]::float8[], detect_config(-1))": (
            "22003", "season_length of detect_config is out of range"),
        "SELECT forecast_budget(1.0, x > 1, 3, 9 ORDER BY -x) FROM generate_series(1, 3) x": ("22023", None),
    }
    for query, (state, message) in cases.items():
        found = refused(on, query + ";")
        assert found[0].startswith(state[:3]) and message in (None, found[1]), f"{query}: {found}"
        assert message is None or found[0] == state, f"{query}: {found}"
    said = on.psql(PATH + "SELECT budget_flags('NaN'::numeric, 1.0), budget_flags(float8 'NaN', 1),"
                   "budget_flags_i64(-1, 1), detect_spike(NULL::float8[]) IS NULL,"
                   "ledger_reserve(NULL, NULL, 1, 1) IS NULL, ledger_reserved(ledger_init(1, 0, 0), NULL, 1, 1) IS NULL;")
    assert said.strip() == "131|131|131|t|t|t", said
    print(f"{len(cases)} errors: the library's sentences")


def numerics(on):
    """numeric by exact rationals: thresholds a unit below, at and above, in every length of the stored form."""
    draw = random.Random(SEED)
    rows, expected = [], []

    def amount():
        digits = draw.randint(1, 17)
        return Decimal(draw.randrange(10 ** digits)).scaleb(-draw.randint(0, min(digits + 6, 17)))

    with localcontext() as context:
        context.prec = 60
        for _ in range(4000):
            limit = amount()
            share = Decimal(draw.choice([1, 500000, 900000, 999999, 1000000])).scaleb(-6)
            near = draw.choice([limit, limit * share, amount()])
            step = Decimal(1).scaleb(-draw.randint(0, 9))
            spend = near + draw.choice([-step, 0, step])
            spend = spend.quantize(Decimal(1).scaleb(-draw.randint(0, 15))) if draw.random() < 0.3 else spend
            places = max(-value.normalize().as_tuple().exponent for value in (spend, limit))
            scaled = [int(value.scaleb(max(places, 0))) for value in (spend, limit)]
            if spend < 0 or limit <= 0:
                flags = 131
            elif max(scaled) >= 2 ** 63:
                flags = 131
            else:
                flags = (Fraction(spend) >= Fraction(share) * Fraction(limit)) + 2 * (spend >= limit)
            rows.append(f"({spend:f}, {limit:f}, {share:f})")
            expected.append(str(flags))
    said = on.psql(PATH + f"SELECT budget_flags(s, l, w) FROM (VALUES {', '.join(rows)}) v(s, l, w);").split()
    wrong = [(row, answer, flags) for row, answer, flags in zip(rows, said, expected) if answer != flags]
    assert len(said) == len(rows) and not wrong, (SEED, wrong[:5])
    kinds = {kind: expected.count(kind) for kind in sorted(set(expected))}
    assert all(kinds.get(kind, 0) > 50 for kind in ("0", "1", "3", "131")), kinds
    print(f"{len(rows)} budgets in numeric: as exact rationals say {kinds}")


def parallel(on):
    """Parallel workers answer the same bits as one process."""
    on.psql("CREATE TABLE accounts AS SELECT i AS id, (i * 7919 % 100003)::float8 / 100 AS spend,"
            " (i * 104729 % 90001 + 1)::float8 / 50 AS budget, (i * 7919 % 100003)::numeric / 100 AS n,"
            " array(SELECT ((i * j * 31) % 97 + 20)::float8 FROM generate_series(1, 40) j) AS days"
            " FROM generate_series(1, 30000::bigint) i; ANALYZE accounts;")
    query = ("SELECT id, check_budget(spend, budget), budget_flags(n, 500.5), (detect_spike(days)).score"
             " FROM accounts ORDER BY id;")
    forced = (PATH + "SET max_parallel_workers_per_gather = 4; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;"
              "SET min_parallel_table_scan_size = 0;")
    plan = on.psql(forced + "EXPLAIN ANALYZE " + query)
    assert re.search(r"Workers Launched: [1-4]", plan), plan
    alone = on.psql(PATH + "SET max_parallel_workers_per_gather = 0;" + query)
    assert alone == on.psql(forced + query)
    print("parallel workers: the same bits on 30,000 accounts")


def rows_and_windows(on):
    """Aggregates, windows and arrays agree; the window function is the detector, row by row."""
    said = on.psql(PATH + """
        CREATE TABLE bill AS SELECT a AS account, d AS day,
            CASE WHEN d % 23 = 0 THEN NULL WHEN d = 50 THEN 900 ELSE 100 + (a * d * 17) % 13 + 20 * (d % 7) END::float8
            AS spend FROM generate_series(1, 3) a, generate_series(1, 80) d;
        SELECT count(*), count(*) FILTER (WHERE tracked = detected AND detected = listed) FROM (
            SELECT track_spike(spend) OVER w::text AS tracked, detect_spike(spend) OVER w::text AS detected,
                detect_spike(array_agg(spend) OVER w)::text AS listed
            FROM bill WINDOW w AS (PARTITION BY account ORDER BY day)) x;
        SELECT count(*), count(*) FILTER (WHERE s = l) FROM (
            SELECT check_anomaly_spike(spend, spike_config(2)) OVER w::text AS s,
                CASE WHEN count(spend) OVER w > 1
                THEN check_anomaly_spike(array_remove(array_agg(spend) OVER w, NULL), spike_config(2))::text END AS l
            FROM bill WINDOW w AS (PARTITION BY account ORDER BY day ROWS 5 PRECEDING)) x WHERE s IS NOT NULL;
        SELECT count(*) FROM (SELECT (track_spike(spend) OVER (PARTITION BY account ORDER BY day)).* FROM bill) x
            WHERE verdict = 2;
        SELECT account, forecast_budget(spend, day > 56, 30, 4000, forecast_config(7) ORDER BY day)::text
            = forecast_budget((SELECT array_agg(spend ORDER BY day) FROM bill b WHERE day <= 56 AND b.account = a.account),
                (SELECT array_agg(spend ORDER BY day) FROM bill b WHERE day > 56 AND b.account = a.account), 30, 4000)::text
            FROM bill a GROUP BY account ORDER BY account;
    """).split()
    assert said[0] == "240|240" and said[1].split("|")[0] == said[1].split("|")[1] != "0", said
    assert int(said[2]) >= 3 and said[3:] == ["1|t", "2|t", "3|t"], said
    print("aggregates, windows and arrays: the same answers")


def tables(on):
    """Ledgers by name: hand-worked, in the caller's transaction, several at once, and after a rollback."""
    said = on.psql(PATH + """
        SELECT ledger_create('team', ledger_config(1000)), ledger_create('company', ledger_config(1500));
        SELECT hold_id, (decision).allowed, (decision).available FROM ledger_reserve('team', 600);
        SELECT hold_id, (decision).allowed, (decision).reason FROM ledger_reserve('team', 401);
        BEGIN; SELECT hold_id FROM ledger_reserve('team', 400); ROLLBACK;
        SELECT hold_id FROM ledger_extend('team', 1, 100);
        SELECT (decision).held FROM ledger_post('team', 2, 250);
        SELECT settled, held, available FROM ledger_settle('team', 3, 300);
        SELECT hold_ids, refused_by FROM ledgers_reserve(array['team', 'company'], array[450, 450]);
        SELECT hold_ids, refused_by FROM ledgers_reserve(array['team', 'company'], array[0, 1501]);
        SELECT settled, held FROM ledger_release('company', 1);
        SELECT settled FROM ledger_record('company', -20);
        SELECT carried FROM ledger_roll('company', 1), ledger_status('company');
        SELECT count(*) FROM ledger_holds;
        SELECT ledger_forget(0);
    """).split("\n")
    assert said == ["|", "1|t|400", "|f|3", "2", "2", "450", "550|0|450", "{4,1}|", "{NULL,NULL}|company", "0|0",
                    "-20", "0", "1", "0", ""], said
    said = on.psql(PATH + """
        SELECT ledger_create('small', ledger_config(1000, hold_duration => 60000));
        SELECT hold_id FROM ledger_reserve('small', 500);
        SELECT hold_id, (decision).allowed FROM ledger_extend('small', 1, 900);
        SELECT ledger_forget(-100000000000), ledger_forget(NULL);
        SELECT hold_id FROM ledger_extend('small', 1, 0);
        SELECT action_name(4294967296), (check_anomaly_spike(x, spike_config(y) ORDER BY y)).threshold
            FROM (VALUES (10.0, 2.0), (10.0, 100.0)) v(x, y);
    """).split("\n")
    assert said == ["", "1", "|f", "0|0", "2", "unknown action|20", ""], said
    assert refused(on, "SELECT ledgers_reserve(array['team'], array[-9223372036854775808]);")[0] == "LC805"
    # Whoever may make extensions in a database may use this one there.
    on.psql("CREATE ROLE app LOGIN; CREATE DATABASE apps OWNER app;")
    said = on.psql("SET ROLE app; CREATE EXTENSION cloudcircuit;" + PATH + "SELECT ledger_create('own', ledger_config(9));"
                   "SELECT hold_id FROM ledger_reserve('own', 5); SELECT settled FROM ledger_settle('own', 1, 4);"
                   "SELECT breaker_create('b'); SELECT (breaker_acquire('b')).allowed;", "apps").split()
    assert said == ["1", "4", "t"], said
    found = refused(on, "SELECT ledger_settle('team', 3, 300);")
    assert found == ("42704", 'ledger "team" has no hold 3: it was settled or released before'), found
    said = on.psql(PATH + """
        CREATE TABLE own (id int PRIMARY KEY, most bigint, state bytea);
        INSERT INTO own VALUES (1, 100, ledger_init(5, 0, 0));
        UPDATE own SET state = ledger_reserved(state, ledger_config(most, hold_duration => 50), 70, 10)
            WHERE id = 1 AND ledger_reserved(state, ledger_config(most, hold_duration => 50), 70, 10) IS NOT NULL
            RETURNING ledger_latest_hold(state, ledger_config(most, hold_duration => 50), 70);
        UPDATE own SET state = ledger_reserved(state, ledger_config(most), 31, 11)
            WHERE id = 1 AND ledger_reserved(state, ledger_config(most), 31, 11) IS NOT NULL RETURNING 1;
        SELECT (ledger_settle(state, ledger_config(most), ledger_latest_hold(state, ledger_config(most,
            hold_duration => 50), 70), 65, 12)).decision FROM own;
    """).split("\n")
    assert said == ["(5,1,0,70,60)", "(65,0,35,0,0,1,t,f,f,0,0)", ""], said
    print("ledgers by name and in one UPDATE: as worked by hand")


def writers(on):
    """Many clients on one hot ledger end at its limit exactly; on ledgers in opposite order they never deadlock."""
    on.psql(PATH + "SELECT ledger_create('hot', ledger_config(500)); SELECT ledger_create('l' || i,"
            " ledger_config(1000000)) FROM generate_series(1, 100) i;")
    scripts = {
        "hot": "SELECT cloudcircuit.ledger_reserve('hot', 3);",
        "many": "\\set i random(1, 100)\nSELECT cloudcircuit.ledger_reserve('l' || :i, 3);",
        "both": "\\set i random(0, 1)\nSELECT cloudcircuit.ledgers_reserve(CASE :i WHEN 0 THEN array['l1', 'l2']"
                " ELSE array['l2', 'l1'] END, array[1, 1]);",
    }
    for name, script in scripts.items():
        file = os.path.join(on.root, name + ".sql")
        with open(file, "w", encoding="utf-8") as out:
            out.write(script)
        for clients in CLIENTS:
            said = on.run("pgbench", "-n", "-f", file, "-c", str(clients), "-j", "2", *HOW_LONG)
            rate = float(re.search(r"tps = ([\d.]+)", said).group(1))
            assert re.search(r"failed transactions: 0 ", said), said
            print(f"    {name}, {clients} clients: {rate:,.0f} decisions a second")
    said = on.psql(PATH + "SELECT held FROM ledger_status('hot'); SELECT count(*) FROM ledger_holds WHERE ledger = 'hot';")
    assert said.split() == ["498", "166"], said
    said = on.psql(PATH + "SELECT count(*) FROM ledgers l WHERE name ~ '^l' AND (ledger_view(state)).held"
                   " <> (SELECT coalesce(sum((hold).amount), 0) FROM ledger_holds h WHERE h.ledger = l.name);")
    assert said.split() == ["0"], said
    print("many writers: the hot ledger ends at 498 of 500, every hold is booked, no deadlock")


def isolation(on):
    """Under REPEATABLE READ the later of two writers is told to try again, and holds nothing."""
    on.psql(PATH + "SELECT ledger_create('serial', ledger_config(10));")
    errors_seen = []

    def writer():
        try:
            on.psql(PATH + "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM ledgers; SELECT pg_sleep(0.4);"
                    "SELECT (ledger_reserve('serial', 6)).hold_id; COMMIT;")
        except Failed as error:
            errors_seen.append(str(error))

    both = [threading.Thread(target=writer) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert len(errors_seen) == 1 and "could not serialize" in errors_seen[0], errors_seen
    assert on.psql(PATH + "SELECT held FROM ledger_status('serial');").split() == ["6"]
    print("repeatable read: one of two writers tries again")


def dump(on):
    """pg_dump and restore keep states, holds and ids; an upgrade keeps them too."""
    before = on.psql(PATH + "SELECT * FROM ledgers ORDER BY 1; SELECT * FROM ledger_holds ORDER BY 1, 2;")
    text = on.run("pg_dump")
    on.psql("CREATE DATABASE restored;")
    on.psql(text, database="restored")
    after = on.psql(PATH + "SELECT * FROM ledgers ORDER BY 1; SELECT * FROM ledger_holds ORDER BY 1, 2;", "restored")
    assert before == after and before.count("\n") > 100
    ids = on.psql(PATH + "SELECT ledger_create('next', ledger_config(1)); SELECT ledger_id, (SELECT max((ledger_view("
                  "state)).ledger_id) FROM ledgers WHERE name <> 'next') FROM ledger_status('next');", "restored").split()
    first, second = map(int, ids[-1].split("|"))
    assert first == second + 1, ids
    # The next version's script: here one function more.
    release = on.psql("SELECT extversion FROM pg_extension WHERE extname = 'cloudcircuit';").strip()
    folder = on.root + golden_config("sharedir") + "/extension"
    with open(f"{folder}/cloudcircuit--{release}--{release}next.sql", "w", encoding="utf-8") as script:
        script.write("CREATE FUNCTION @extschema@.added() RETURNS int LANGUAGE sql AS 'SELECT 42';\n")
    said = on.psql(f"ALTER EXTENSION cloudcircuit UPDATE TO '{release}next'; SELECT cloudcircuit.added();" + PATH
                   + "SELECT (ledger_reserve('l1', 1)).hold_id > 0;", "restored").split()
    assert said == ["42", "t"], said
    print("pg_dump, restore and an upgrade: every state kept")


def golden_config(name):
    return subprocess.check_output(["pg_config", "--" + name], text=True, timeout=60).strip()


def fuzz(on):
    """Whatever the input, an error is an error of the statement: no backend ends."""
    draw = random.Random(SEED)
    numbers = ["0", "-1", "1", "NULL", "9223372036854775807", "-9223372036854775808", "4294967295", "4294967296"]
    doubles = ["'NaN'", "'Infinity'", "'-Infinity'", "1e308", "-1e308", "4.9e-324", "0", "-0.0", "1.5", "NULL"]
    statements = []
    signatures = on.psql("SELECT p.proname || '|' || pg_get_function_identity_arguments(p.oid) || '|' || array_to_string("
                         "ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) t), ',') FROM pg_proc p JOIN pg_language l"
                         " ON l.oid = p.prolang WHERE l.lanname = 'c' AND pronamespace = 'cloudcircuit'::regnamespace AND p.prokind"
                         " = 'f' AND NOT 'internal'::regtype = ANY (p.proargtypes);").splitlines()
    attributes = dict(line.split("|") for line in on.psql(
        "SELECT t.typname || '|' || string_agg(format_type(a.atttypid, NULL), ',' ORDER BY attnum) FROM pg_type t JOIN"
        " pg_attribute a ON a.attrelid = t.typrelid WHERE t.typtype = 'c' AND a.attnum > 0 AND t.typnamespace ="
        " 'cloudcircuit'::regnamespace GROUP BY 1, t.typname;".replace("GROUP BY 1, t.typname", "GROUP BY t.typname")
    ).splitlines())

    def value(kind, depth=0):
        kind = kind.removeprefix("cloudcircuit.")
        if draw.random() < 0.05:
            return f"NULL::{kind}"
        if kind.endswith("[]"):
            inner = ", ".join(value(kind[:-2], depth + 1) for _ in range(draw.choice([0, 1, 2, 3, 20, 120])))
            return f"ARRAY[{inner}]::{kind}"
        if kind == "bytea":
            return draw.choice([
                "ledger_init(1, 0, 0)", "breaker_init(0)", "rate_limit_init(0)", "spike_tracker_init()", "'\\x00'::bytea",
                f"set_byte(ledger_init(1, 0, 0), {draw.randrange(532)}, {draw.randrange(256)})",
                f"set_byte(spike_tracker_init(), {draw.randrange(2292)}, {draw.randrange(256)})",
                f"decode(repeat('{draw.randrange(16):x}f', {draw.choice([0, 172, 420, 532, 2292])}), 'hex')"])
        if kind in attributes:
            return "ROW(" + ", ".join(value(part, depth + 1) for part in attributes[kind].split(",")) + f")::{kind}"
        if kind == "double precision":
            return draw.choice(doubles) + "::float8"
        if kind == "numeric":
            return draw.choice([*doubles, f"1e{draw.randint(-40, 40)}", str(draw.randrange(10 ** 30)),
                                f"0.{draw.randrange(10 ** 25):025}", f"-{draw.randrange(10 ** 9)}.5"]) + "::numeric"
        if kind == "boolean":
            return draw.choice(["true", "false", "NULL"]) + "::boolean"
        return draw.choice(numbers if kind == "bigint" else numbers[:4] + ["2147483647", "(-2147483648)"]) + f"::{kind}"

    for _ in range(ROUNDS):
        name, _, kinds = draw.choice(signatures).split("|")
        arguments = ", ".join(value(kind) for kind in kinds.split(",")) if kinds else ""
        statements.append(f"SELECT {name}({arguments});")
    start = on.psql("SELECT pg_postmaster_start_time();")
    said = on.psql(PATH + "\\set VERBOSITY verbose\n" + "SELECT pg_backend_pid();\n" + "\n".join(statements)
                   + "\nSELECT pg_backend_pid();", stop=False)
    lines = said.splitlines()
    assert lines[0] == lines[-1] and start == on.psql("SELECT pg_postmaster_start_time();"), (SEED, on.log())
    unexpected = [line for line in lines if re.search(r"ERROR:  (XX|42)", line)]
    assert not unexpected, (SEED, unexpected[:5])
    print(f"{ROUNDS} calls with whatever input (SEED={SEED}): {said.count('ERROR:')} errors, no backend ended")


def numeric_cost(on):
    """What numeric takes next to bigint, over 300,000 rows."""
    on.psql("CREATE TABLE amounts AS SELECT i::bigint AS b, (i / 100.0)::numeric(18, 2) AS n FROM"
            " generate_series(1, 300000) i; VACUUM ANALYZE amounts;")

    def time(query):
        plan = on.psql(PATH + "SET max_parallel_workers_per_gather = 0; SET jit = off; EXPLAIN (ANALYZE, TIMING OFF) "
                       + query)
        return float(re.search(r"Execution Time: ([\d.]+)", plan).group(1))

    times = [[time(query) for query in ("SELECT count(budget_flags_i64(b, 90000)) FROM amounts",
                                        "SELECT count(budget_flags(n, 900.00)) FROM amounts")] for _ in range(9)]
    bigint, numeric = (min(column) for column in zip(*times))
    print(f"budget_flags on numeric: {numeric / bigint:.2f} times bigint")


def update_cost(on):
    """Decisions a second in one UPDATE of the user's own, next to a plain UPDATE that checks a number."""
    on.psql(PATH + "CREATE TABLE plain (id int PRIMARY KEY, spent bigint, most bigint) WITH (fillfactor = 50);"
            "CREATE TABLE stated (id int PRIMARY KEY, most bigint, state bytea) WITH (fillfactor = 50);"
            "ALTER TABLE stated ALTER state SET STORAGE PLAIN;"
            "INSERT INTO plain SELECT i, 0, 1000000000000 FROM generate_series(1, 10000) i;"
            "INSERT INTO stated SELECT i, 1000000000000, ledger_init(i, 0, 0) FROM generate_series(1, 10000) i;"
            "VACUUM ANALYZE plain; VACUUM ANALYZE stated;")
    call = "cloudcircuit.ledger_reserved(state, cloudcircuit.ledger_config(most), 3, cloudcircuit.clock_ms())"
    for rows in (1, 10000):
        for clients in CLIENTS:
            rates = []
            for statement in ("UPDATE plain SET spent = spent + 3 WHERE id = :i AND spent + 3 <= most",
                              f"UPDATE stated SET state = {call} WHERE id = :i AND {call} IS NOT NULL",
                              "SELECT cloudcircuit.ledger_record('by_name', 3)"):
                if rows == 1 and clients == CLIENTS[0]:
                    on.psql(PATH + "DELETE FROM ledgers WHERE name = 'by_name'; SELECT ledger_create('by_name',"
                            " ledger_config(1000000000000));")
                file = os.path.join(on.root, "update.sql")
                with open(file, "w", encoding="utf-8") as out:
                    out.write(f"\\set i random(1, {rows})\n{statement};\n")
                said = on.run("pgbench", "-n", "-M", "prepared", "-f", file, "-c", str(clients), "-j", "2", *HOW_LONG)
                rates.append(float(re.search(r"tps = ([\d.]+)", said).group(1)))
            print(f"    {rows:,} rows, {clients} clients: a plain UPDATE {rates[0]:,.0f} a second, a ledger in one UPDATE"
                  f" {rates[1] / rates[0]:.2f} times, ledger_record by name (one row) {rates[2] / rates[0]:.2f} times")


CHECKS = [golden_cases, errors, numerics, rows_and_windows, parallel, tables, writers, isolation, dump, fuzz]
FIGURES = [numeric_cost, update_cost]
SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(2 ** 32)))
LONG = "CLOUDCIRCUIT_ENGINES_LONG" in os.environ
CLIENTS = [1, 4, 8, 16, 32] if LONG else [8]
# Of pgbench: by time, or by each client's number of transactions.
HOW_LONG = ["-T", "3"] if LONG else ["-t", "40"]
ROUNDS = 200000 if LONG else 4000


def main():
    library, *names = sys.argv[1:]
    with server(EXTENSION, library) as on:
        on.psql("CREATE EXTENSION cloudcircuit;")
        for check in CHECKS + FIGURES:
            if check.__name__ in names or not names and (LONG or check in CHECKS):
                check(on)


main()
