-- Breakers, ledgers and rate limits by name, in tables of the extension. All that a call changes is in the caller's
-- transaction: it holds when that commits. now is the database's clock, read once the row is locked, in milliseconds.

CREATE TABLE ledgers (
    name text PRIMARY KEY,
    config ledger_config NOT NULL,
    state bytea NOT NULL
) WITH (fillfactor = 50);
ALTER TABLE ledgers ALTER state SET STORAGE PLAIN;

CREATE TABLE ledger_holds (
    ledger text NOT NULL REFERENCES ledgers ON DELETE CASCADE,
    id bigint NOT NULL,
    hold ledger_hold NOT NULL,
    PRIMARY KEY (ledger, id)
);

-- A ledger that is made again has another id, so that it takes no hold of the old one.
CREATE SEQUENCE ledger_ids;

CREATE TABLE breakers (
    name text PRIMARY KEY,
    config breaker_config NOT NULL,
    state bytea NOT NULL
) WITH (fillfactor = 50);
ALTER TABLE breakers ALTER state SET STORAGE PLAIN;

CREATE TABLE rate_limits (
    name text PRIMARY KEY,
    config rate_limit_config NOT NULL,
    state bytea NOT NULL
) WITH (fillfactor = 50);
ALTER TABLE rate_limits ALTER state SET STORAGE PLAIN;

SELECT pg_catalog.pg_extension_config_dump('ledgers', '');
SELECT pg_catalog.pg_extension_config_dump('ledger_holds', '');
SELECT pg_catalog.pg_extension_config_dump('ledger_ids', '');
SELECT pg_catalog.pg_extension_config_dump('breakers', '');
SELECT pg_catalog.pg_extension_config_dump('rate_limits', '');

-- What no row is called is an error: a misspelt name must not allow anything.
CREATE FUNCTION unknown_name(kind text, name text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'no % is called "%"', kind, name USING ERRCODE = 'undefined_object';
END $$;

-- Ledgers

-- The ledger of a name, locked until the transaction ends.
CREATE FUNCTION locked_ledger(name text) RETURNS ledgers
LANGUAGE plpgsql AS $$
DECLARE
    found_row @extschema@.ledgers;
BEGIN
    SELECT * INTO found_row FROM @extschema@.ledgers t WHERE t.name = $1 FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM @extschema@.unknown_name('ledger', name);
    END IF;
    RETURN found_row;
END $$;

CREATE FUNCTION ledger_create(name text, config ledger_config, period bigint DEFAULT 0) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    state bytea := @extschema@.ledger_init(pg_catalog.nextval('@extschema@.ledger_ids'), period,
        @extschema@.clock_ms());
BEGIN
    -- The settings are checked by a call that changes nothing.
    PERFORM @extschema@.ledger_reserve(state, config, 0, 0);
    INSERT INTO @extschema@.ledgers VALUES (name, config, state);
END $$;

CREATE FUNCTION ledger_status(name text) RETURNS ledger_state
LANGUAGE sql STABLE AS 'SELECT @extschema@.ledger_view(l.state) FROM @extschema@.ledgers l WHERE l.name = $1';

CREATE TYPE ledger_reservation AS (hold_id bigint, decision ledger_decision);

-- hold_id is NULL when refused.
CREATE FUNCTION ledger_reserve(ledger text, estimate bigint) RETURNS ledger_reservation
LANGUAGE plpgsql AS $$
DECLARE
    l @extschema@.ledgers := @extschema@.locked_ledger(ledger);
    a @extschema@.ledger_hold_answer;
BEGIN
    a := @extschema@.ledger_reserve(l.state, l.config, estimate, @extschema@.clock_ms());
    IF a.state <> l.state THEN
        UPDATE @extschema@.ledgers t SET state = a.state WHERE t.name = ledger;
    END IF;
    IF (a.hold).id = 0 THEN
        RETURN ROW(NULL::bigint, a.decision);
    END IF;
    INSERT INTO @extschema@.ledger_holds VALUES (ledger, (a.hold).id, a.hold);
    RETURN ROW((a.hold).id, a.decision);
END $$;

-- The hold with its ledger, locked in the same order by all: first the ledger.
CREATE FUNCTION locked_hold(ledger text, hold_id bigint, OUT l ledgers, OUT hold ledger_hold)
LANGUAGE plpgsql AS $$
BEGIN
    l := @extschema@.locked_ledger(ledger);
    SELECT (h.hold).* INTO hold FROM @extschema@.ledger_holds h WHERE h.ledger = $1 AND h.id = hold_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'ledger "%" has no hold %: it was settled or released before', ledger, hold_id
            USING ERRCODE = 'undefined_object';
    END IF;
END $$;

CREATE FUNCTION ledger_settle(ledger text, hold_id bigint, actual bigint) RETURNS ledger_decision
LANGUAGE plpgsql AS $$
DECLARE
    f record := @extschema@.locked_hold(ledger, hold_id);
    a @extschema@.ledger_answer := @extschema@.ledger_settle((f.l).state, (f.l).config, f.hold, actual,
        @extschema@.clock_ms());
BEGIN
    UPDATE @extschema@.ledgers t SET state = a.state WHERE t.name = ledger;
    DELETE FROM @extschema@.ledger_holds h WHERE h.ledger = $1 AND h.id = hold_id;
    RETURN a.decision;
END $$;

CREATE FUNCTION ledger_release(ledger text, hold_id bigint) RETURNS ledger_decision
LANGUAGE sql AS 'SELECT @extschema@.ledger_settle(ledger, hold_id, 0)';

-- An extended or partly posted hold has a new id; NULL when the hold was refused and keeps its old one.
CREATE FUNCTION store_hold(ledger text, old bigint, a ledger_hold_answer) RETURNS ledger_reservation
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE @extschema@.ledgers t SET state = a.state WHERE t.name = ledger;
    UPDATE @extschema@.ledger_holds h SET id = (a.hold).id, hold = a.hold WHERE h.ledger = $1 AND h.id = old;
    RETURN ROW(NULLIF((a.hold).id, old), a.decision);
END $$;

CREATE FUNCTION ledger_extend(ledger text, hold_id bigint, more bigint) RETURNS ledger_reservation
LANGUAGE plpgsql AS $$
DECLARE
    f record := @extschema@.locked_hold(ledger, hold_id);
BEGIN
    RETURN @extschema@.store_hold(ledger, hold_id, @extschema@.ledger_extend((f.l).state, (f.l).config, f.hold, more,
        @extschema@.clock_ms()));
END $$;

CREATE FUNCTION ledger_post(ledger text, hold_id bigint, part bigint) RETURNS ledger_reservation
LANGUAGE plpgsql AS $$
DECLARE
    f record := @extschema@.locked_hold(ledger, hold_id);
BEGIN
    RETURN @extschema@.store_hold(ledger, hold_id, @extschema@.ledger_post((f.l).state, (f.l).config, f.hold, part,
        @extschema@.clock_ms()));
END $$;

CREATE FUNCTION ledger_record(ledger text, amount bigint) RETURNS ledger_decision
LANGUAGE plpgsql AS $$
DECLARE
    l @extschema@.ledgers := @extschema@.locked_ledger(ledger);
    a @extschema@.ledger_answer;
BEGIN
    a := @extschema@.ledger_record(l.state, l.config, amount, @extschema@.clock_ms());
    UPDATE @extschema@.ledgers t SET state = a.state WHERE t.name = ledger;
    RETURN a.decision;
END $$;

CREATE FUNCTION ledger_roll(ledger text, period bigint) RETURNS ledger_decision
LANGUAGE plpgsql AS $$
DECLARE
    l @extschema@.ledgers := @extschema@.locked_ledger(ledger);
    a @extschema@.ledger_answer;
BEGIN
    a := @extschema@.ledger_roll(l.state, l.config, period, @extschema@.clock_ms());
    IF a.state <> l.state THEN
        UPDATE @extschema@.ledgers t SET state = a.state WHERE t.name = ledger;
    END IF;
    RETURN a.decision;
END $$;

-- Several ledgers in one call: all hold their estimate, or none does. Rows are locked by name, so that two calls over
-- the same ledgers wait for each other and never deadlock.
CREATE FUNCTION ledgers_reserve(
    names text[], estimates bigint[], OUT hold_ids bigint[], OUT decisions ledger_decision[], OUT refused_by text
)
LANGUAGE plpgsql AS $$
DECLARE
    place integer;
    l @extschema@.ledgers;
    configs @extschema@.ledger_config[];
    states bytea[];
    a @extschema@.ledgers_answer;
BEGIN
    IF pg_catalog.cardinality(names) <> pg_catalog.cardinality(estimates) THEN
        RAISE EXCEPTION 'names and estimates must be of one length' USING ERRCODE = 'array_subscript_error';
    END IF;
    IF (SELECT pg_catalog.count(DISTINCT n) FROM pg_catalog.unnest(names) n) <> pg_catalog.cardinality(names) THEN
        RAISE EXCEPTION 'names must differ and not be NULL' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- To the library it means that a ledger is not asked.
    IF -9223372036854775808 = ANY (estimates) THEN
        RAISE EXCEPTION 'estimate must be >= 0' USING ERRCODE = 'LC805';
    END IF;
    PERFORM 1 FROM @extschema@.ledgers t WHERE t.name = ANY (names) ORDER BY t.name FOR NO KEY UPDATE;
    FOR place IN 1 .. pg_catalog.cardinality(names) LOOP
        SELECT * INTO l FROM @extschema@.ledgers t WHERE t.name = names[place];
        IF NOT FOUND THEN
            PERFORM @extschema@.unknown_name('ledger', names[place]);
        END IF;
        configs[place] := l.config;
        states[place] := l.state;
    END LOOP;
    a := @extschema@.ledgers_reserve(states, configs, estimates, @extschema@.clock_ms());
    decisions := a.decisions;
    refused_by := names[NULLIF(a.refused_by, 0)];
    FOR place IN 1 .. pg_catalog.cardinality(names) LOOP
        UPDATE @extschema@.ledgers t SET state = a.states[place]
            WHERE t.name = names[place] AND t.state <> a.states[place];
        hold_ids[place] := NULLIF((a.holds[place]).id, 0);
        IF hold_ids[place] IS NOT NULL THEN
            INSERT INTO @extschema@.ledger_holds VALUES (names[place], hold_ids[place], a.holds[place]);
        END IF;
    END LOOP;
END $$;

-- Forgets holds that ended so long ago that nobody will settle them; how many there were.
CREATE FUNCTION ledger_forget(older_than bigint) RETURNS bigint
LANGUAGE sql AS '
    WITH gone AS (
        DELETE FROM @extschema@.ledger_holds
        WHERE (hold).expires_at < @extschema@.clock_ms() - GREATEST(older_than, 0) AND older_than IS NOT NULL RETURNING 1
    ) SELECT pg_catalog.count(*) FROM gone';

-- Breakers

-- The breaker of a name, locked until the transaction ends.
CREATE FUNCTION locked_breaker(name text) RETURNS breakers
LANGUAGE plpgsql AS $$
DECLARE
    found_row @extschema@.breakers;
BEGIN
    SELECT * INTO found_row FROM @extschema@.breakers t WHERE t.name = $1 FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM @extschema@.unknown_name('breaker', name);
    END IF;
    RETURN found_row;
END $$;

CREATE FUNCTION breaker_create(name text, config breaker_config DEFAULT breaker_config()) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    state bytea := @extschema@.breaker_init(@extschema@.clock_ms());
BEGIN
    PERFORM @extschema@.breaker_peek(state, config, 0);
    INSERT INTO @extschema@.breakers VALUES (name, config, state);
END $$;

CREATE FUNCTION breaker_status(name text) RETURNS breaker_state
LANGUAGE sql STABLE AS 'SELECT @extschema@.breaker_view(b.state) FROM @extschema@.breakers b WHERE b.name = $1';

CREATE FUNCTION breaker_acquire(breaker text) RETURNS breaker_permit
LANGUAGE plpgsql AS $$
DECLARE
    b @extschema@.breakers := @extschema@.locked_breaker(breaker);
    a @extschema@.breaker_answer;
BEGIN
    a := @extschema@.breaker_acquire(b.state, b.config, @extschema@.clock_ms());
    IF a.state <> b.state THEN
        UPDATE @extschema@.breakers t SET state = a.state WHERE t.name = breaker;
    END IF;
    RETURN a.permit;
END $$;

-- The phase that it is in after the report.
CREATE FUNCTION breaker_report(
    breaker text, permit breaker_permit, outcome integer, duration bigint DEFAULT 0, retry_at bigint DEFAULT NULL
) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    b @extschema@.breakers := @extschema@.locked_breaker(breaker);
    reported bytea;
BEGIN
    reported := @extschema@.breaker_report(b.state, b.config, permit, outcome, duration, retry_at,
        @extschema@.clock_ms());
    IF reported <> b.state THEN
        UPDATE @extschema@.breakers t SET state = reported WHERE t.name = breaker;
    END IF;
    RETURN (@extschema@.breaker_view(reported)).phase;
END $$;

-- Rate limits

-- The rate limit of a name, locked until the transaction ends.
CREATE FUNCTION locked_rate_limit(name text) RETURNS rate_limits
LANGUAGE plpgsql AS $$
DECLARE
    found_row @extschema@.rate_limits;
BEGIN
    SELECT * INTO found_row FROM @extschema@.rate_limits t WHERE t.name = $1 FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM @extschema@.unknown_name('rate limit', name);
    END IF;
    RETURN found_row;
END $$;

CREATE FUNCTION rate_limit_create(name text, config rate_limit_config) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    state bytea := @extschema@.rate_limit_init(@extschema@.clock_ms());
BEGIN
    PERFORM @extschema@.rate_limit_acquire(state, config, 0, 0);
    INSERT INTO @extschema@.rate_limits VALUES (name, config, state);
END $$;

CREATE FUNCTION rate_limit_acquire(rate_limit text, amount bigint) RETURNS rate_limit_decision
LANGUAGE plpgsql AS $$
DECLARE
    r @extschema@.rate_limits := @extschema@.locked_rate_limit(rate_limit);
    a @extschema@.rate_limit_answer;
BEGIN
    a := @extschema@.rate_limit_acquire(r.state, r.config, amount, @extschema@.clock_ms());
    IF a.state <> r.state THEN
        UPDATE @extschema@.rate_limits t SET state = a.state WHERE t.name = rate_limit;
    END IF;
    RETURN a.decision;
END $$;

CREATE FUNCTION rate_limit_adjust(rate_limit text, taken_at bigint, by bigint) RETURNS rate_limit_decision
LANGUAGE plpgsql AS $$
DECLARE
    r @extschema@.rate_limits := @extschema@.locked_rate_limit(rate_limit);
    a @extschema@.rate_limit_answer;
BEGIN
    a := @extschema@.rate_limit_adjust(r.state, r.config, taken_at, by, @extschema@.clock_ms());
    UPDATE @extschema@.rate_limits t SET state = a.state WHERE t.name = rate_limit;
    RETURN a.decision;
END $$;

-- Of whoever made the extension, who need not be a superuser.
ALTER TABLE ledgers OWNER TO @extowner@;
ALTER TABLE ledger_holds OWNER TO @extowner@;
ALTER TABLE breakers OWNER TO @extowner@;
ALTER TABLE rate_limits OWNER TO @extowner@;
ALTER SEQUENCE ledger_ids OWNER TO @extowner@;
