"""The golden cases as SQL: one script, in which every call answers a line of JSON."""
import json
import os
import struct

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../..")

# attempt() runs a query of one JSON value; step() runs a call on the stored state of its kind and stores what it
# answers. An error is told by the name of its status.
HEAD = """
SET search_path = public, cloudcircuit;
CREATE TEMP TABLE states (kind text PRIMARY KEY, state bytea);
CREATE TEMP TABLE tickets (name text PRIMARY KEY, hold ledger_hold, permit breaker_permit);
CREATE FUNCTION pg_temp.attempt(query text, state bytea DEFAULT NULL, hold ledger_hold DEFAULT NULL,
    permit breaker_permit DEFAULT NULL) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    answer json;
    name text;
BEGIN
    EXECUTE 'SELECT to_json(' || query || ')' INTO answer USING state, hold, permit;
    RETURN answer;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS name = PG_EXCEPTION_DETAIL;
    IF SQLSTATE !~ '^LC' THEN
        RAISE;
    END IF;
    RETURN json_build_object('error', name);
END $$;
CREATE FUNCTION pg_temp.step(kind text, query text, ticket text) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    s states;
    t tickets;
    answer json;
BEGIN
    SELECT * INTO s FROM states WHERE states.kind = $1;
    SELECT * INTO t FROM tickets WHERE tickets.name = ticket;
    answer := pg_temp.attempt(query, s.state, t.hold, t.permit);
    IF answer->>'error' IS NOT NULL THEN
        RETURN answer;
    END IF;
    UPDATE states SET state = (answer->>'state')::bytea WHERE states.kind = $1;
    IF answer->'hold' IS NOT NULL THEN
        INSERT INTO tickets VALUES (ticket, json_populate_record(NULL::ledger_hold, answer->'hold'))
            ON CONFLICT (name) DO UPDATE SET hold = excluded.hold;
    ELSIF answer->'permit' IS NOT NULL AND query NOT LIKE 'breaker_peek%' THEN
        INSERT INTO tickets VALUES (ticket, NULL, json_populate_record(NULL::breaker_permit, answer->'permit'))
            ON CONFLICT (name) DO UPDATE SET permit = excluded.permit;
    END IF;
    RETURN answer;
END $$;
"""


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def double(text):
    return f"float8 '{text}'"


def array(words, kind="float8"):
    return "'{" + ",".join("NaN" if word == "nan" else word for word in words) + "}'::" + kind + "[]"


def attempt(query):
    return f"SELECT pg_temp.attempt({quoted(query)});"


def step(kind, query, ticket=""):
    return f"SELECT pg_temp.step('{kind}', {quoted(query)}, {quoted(ticket)});"


def started(kind, query):
    """A new state of a kind, in a call that may fail."""
    return (f"DELETE FROM states WHERE kind = '{kind}'; INSERT INTO states SELECT '{kind}', {query};"
            "SELECT '{}'::json;")


class Script:
    """The cases in their order, with what each must answer."""

    def __init__(self):
        self.lines, self.cases = [HEAD], []
        self.settings = {}

    def add(self, line, sql, expected, pick):
        self.lines.append(sql)
        self.cases.append((line, expected, pick))

    def read(self, line):
        asked, _, expected = line.partition(" => ")
        kind, *words = asked.split()
        expected = expected.split()
        if kind.endswith("_config"):
            self.settings[kind] = words
            return
        make = getattr(self, kind)
        self.add(line, *make(words, expected))

    def budget(self, words, expected):
        sql = "check_budget(" + ", ".join(map(double, words)) + ")"
        return attempt(sql), expected, ["usage_ratio", "remaining_budget", "is_warning", "is_breached"]

    def budget_i64(self, words, expected):
        return (attempt(f"check_budget_i64({', '.join(words)})"), expected,
                ["usage_ppm", "remaining_budget", "is_warning", "is_breached"])

    def spike(self, words, expected, exact=""):
        kind = "int8" if exact else "float8"
        sql = (f"check_anomaly_spike{exact}({array(words[2:], kind)},"
               f"spike_config{exact}({kind} '{words[0]}', {kind} '{words[1]}'))")
        return attempt(sql), expected, ["latest_spend", "baseline_mean", "threshold", "is_spike"]

    def spike_i64(self, words, expected):
        return self.spike(words, expected, "_i64")

    def breaker(self, words, expected):
        return (attempt(f"evaluate_circuit_breaker({', '.join(words)})"), expected,
                ["retry_after_steps", "is_open", "allow_operation"])

    def guard(self, words, expected):
        signals = ",".join(f"ROW({word})::signal" for word in words[:-1])
        policy = "NULL" if words[-1] == "-" else f"ROW({words[-1]})::guard_policy"
        return (attempt(f"evaluate_guard(ARRAY[{signals}]::signal[], {policy})"), expected,
                ["action", "monitor_action", "reasons", "monitor_reasons", "kinds", "retry_after"])

    def money_from_double(self, words, expected):
        return attempt(f"money_from_double({double(words[0])}, {words[1]})"), expected, None

    def money_to_double(self, words, expected):
        return attempt(f"money_to_double({words[0]}, {words[1]})"), expected, None

    def config(self, kind, name):
        words = self.settings[kind]
        if kind == "ledger_config":
            words = [*words[:4], array([] if words[4] == "-" else words[4].split(","), "int8"), *words[5:]]
        return f"{name}(" + ", ".join(word if word.startswith("'") else quoted(word) for word in words) + ")"

    LEDGER = ["settled", "held", "available", "overshoot", "expired", "reason", "allowed", "would_refuse",
              "clock_regressed", "crossed", "newly_crossed"]

    def ledger(self, name, arguments, expected, ticket=""):
        config = self.config("ledger_config", "ledger_config")
        sql = f"{name}($1, {config}, {arguments})"
        return step("ledger", sql, ticket), expected, ("decision", self.LEDGER)

    def ledger_init(self, words, expected):
        return started("ledger", f"ledger_init({', '.join(words)})"), expected, []

    def ledger_reset(self, words, expected):
        return step("ledger", f"json_build_object('state', ledger_reset($1, {', '.join(words)}))"), expected, []

    def ledger_reserve(self, words, expected):
        return self.ledger("ledger_reserve", f"{words[1]}, {words[2]}", expected, words[0])

    def ledger_extend(self, words, expected):
        return self.ledger("ledger_extend", f"$2, {words[1]}, {words[2]}", expected, words[0])

    def ledger_post(self, words, expected):
        return self.ledger("ledger_post", f"$2, {words[1]}, {words[2]}", expected, words[0])

    def ledger_settle(self, words, expected):
        return self.ledger("ledger_settle", f"$2, {words[1]}, {words[2]}", expected, words[0])

    def ledger_release(self, words, expected):
        return self.ledger("ledger_release", f"$2, {words[1]}", expected, words[0])

    def ledger_record(self, words, expected):
        return self.ledger("ledger_record", ", ".join(words), expected)

    def ledger_roll(self, words, expected):
        return self.ledger("ledger_roll", ", ".join(words), expected)

    RATE = ["used", "available", "retry_after", "taken_at", "reason", "allowed", "would_refuse", "clock_regressed"]

    def rate_init(self, words, expected):
        return started("rate", f"rate_limit_init({words[0]})"), expected, []

    def rate_reset(self, words, expected):
        return step("rate", f"json_build_object('state', rate_limit_reset($1, {words[0]}))"), expected, []

    def rate_acquire(self, words, expected):
        config = self.config("rate_config", "rate_limit_config")
        sql = f"rate_limit_acquire($1, {config}, {', '.join(words)})"
        return step("rate", sql), expected, ("decision", self.RATE)

    def rate_adjust(self, words, expected):
        config = self.config("rate_config", "rate_limit_config")
        sql = f"rate_limit_adjust($1, {config}, {', '.join(words)})"
        return step("rate", sql), expected, ("decision", self.RATE)

    PERMIT = ["generation", "retry_after", "deadline", "phase", "allowed", "would_refuse", "probe_slot",
              "clock_regressed"]
    PHASE = "(SELECT to_json(breaker_view(state)) FROM states WHERE kind = 'breaker')"

    def breaker_init(self, words, expected):
        return started("breaker", f"breaker_init({words[0]})"), expected, []

    def breaker_acquire(self, words, expected):
        config = self.config("breaker_config", "breaker_config")
        return step("breaker", f"breaker_acquire($1, {config}, {words[1]})", words[0]), expected, ("permit", self.PERMIT)

    def breaker_peek(self, words, expected):
        config = self.config("breaker_config", "breaker_config")
        sql = f"breaker_peek($1, {config}, {words[1]})"
        return (f"SELECT pg_temp.attempt({quoted(sql)}, (SELECT state FROM states WHERE kind = 'breaker'));", expected,
                self.PERMIT)

    def changed(self, sql, ticket=""):
        """A call that answers nothing but the state: phase and revision are read from it, also after an error."""
        return (f"CREATE TEMP TABLE said AS {step('breaker', sql, ticket)[:-1]} AS answer;"
                f"SELECT json_build_object('error', (SELECT answer->>'error' FROM said), 'phase', ({self.PHASE})->'phase',"
                f" 'revision', ({self.PHASE})->'revision'); DROP TABLE said;")

    def breaker_report(self, words, expected):
        config = self.config("breaker_config", "breaker_config")
        sql = f"json_build_object('state', breaker_report($1, {config}, $3, {', '.join(words[1:])}))"
        return self.changed(sql, words[0]), expected, ["phase", "revision"]

    def breaker_force(self, words, expected):
        return (self.changed(f"json_build_object('state', breaker_force($1, {', '.join(words)}))"), expected,
                ["phase", "revision"])

    def breaker_reset(self, words, expected):
        return (self.changed(f"json_build_object('state', breaker_reset($1, {words[0]}))"), expected,
                ["phase", "revision"])

    DETECT = ["latest_spend", "expected_spend", "upper_bound", "excess", "score", "leak_score", "drop_score",
              "points_used", "verdict", "reason", "is_leak", "is_drop"]

    def detect(self, words, expected):
        return (attempt(f"detect_spike({array(words)}, {self.config('detect_config', 'detect_config')})"), expected,
                self.DETECT)

    def detect_scan(self, words, expected):
        scan = f"scan_spikes({array(words)}, {self.config('detect_config', 'detect_config')})"
        sql = ("(SELECT json_agg(v ORDER BY place, o) FROM " + scan + ", LATERAL (VALUES (1, flags::float8),"
               " (2, expected_spend), (3, upper_bound)) AS c(o, v))")
        return attempt(sql), expected, "all"

    def detect_init(self, _, expected):
        return started("tracker", f"spike_tracker_init({self.config('detect_config', 'detect_config')})"), expected, []

    def detect_update(self, words, expected):
        point = "NULL" if words[0] == "nan" else double(words[0])
        return step("tracker", f"spike_tracker_update($1, {point})"), expected, ("result", self.DETECT)

    def forecast(self, words, expected):
        season, lag, negative, start, step_len, period_len, limit, history, period = words
        config = f"forecast_config({season}, {lag}, {negative}, {start}, {step_len})"
        history, period = (array([] if part == "-" else part.split(",")) for part in (history, period))
        return (attempt(f"forecast_budget({history}, {period}, {period_len}, {double(limit)}, {config})"), expected,
                ["spend_to_date", "forecast_spend", "lower_bound", "upper_bound", "forecast_ratio", "burn_rate",
                 "exhaustion_point", "is_forecast_breached", "verdict"])


def same(expected, answered):
    """Doubles to the bit, integers and flags by value."""
    if isinstance(answered, bool):
        return expected == str(int(answered))
    if "." in expected or "e" in expected or "n" in expected:
        return struct.pack("<d", float(expected)) == struct.pack("<d", float(answered))
    return float(answered) == int(expected) if isinstance(answered, float) else int(answered) == int(expected)


def fault(expected, pick, answered):
    """What is wrong with an answer, or None."""
    status, *numbers = expected
    error = answered.get("error") if isinstance(answered, dict) else None
    if status != "OK" and error != "CLOUDCIRCUIT_" + status:
        return f"must be the error {status}"
    if status == "OK" and error:
        return "must be no error"
    if status != "OK" and not (isinstance(answered, dict) and "phase" in answered):
        return None
    if pick == "all":
        values = answered
    elif pick is None:
        values = [answered]
    else:
        part, names = pick if isinstance(pick, tuple) else (None, pick)
        values = [(answered[part] if part else answered)[name] for name in names]
    if pick == "all" and values is None:
        values = []
    good = len(values) == len(numbers) and all(map(same, numbers, values))
    return None if good else f"must answer {' '.join(numbers)[:300]}"


def check(server):
    script = Script()
    with open(os.path.join(TOP, "tests/golden/cases.txt"), encoding="utf-8") as cases:
        for line in cases:
            if line.strip() and not line.startswith("#"):
                script.read(line.rstrip("\n"))
    assert len(script.cases) > 900, len(script.cases)
    said = server.psql("\n".join(script.lines)).splitlines()
    assert len(said) == len(script.cases), f"{len(said)} answers to {len(script.cases)} cases: {said[-1:]}"
    faults = []
    for (line, expected, pick), answer in zip(script.cases, said):
        wrong = fault(expected, pick, json.loads(answer, parse_int=int))
        if wrong:
            faults.append(f"{line[:200]}\n    {wrong}, answered {answer[:300]}")
    assert not faults, f"{len(faults)} of {len(script.cases)} golden cases\n" + "\n".join(faults[:10])
    print(f"{len(script.cases)} golden cases: the same bits")
