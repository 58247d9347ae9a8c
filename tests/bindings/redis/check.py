#!/usr/bin/env python3
"""The Redis module and clients against a real server: check.py MODULE [NAME ...] runs all checks, or those named.
Prints what each found; fails at the first fault. CLOUDCIRCUIT_LIBRARY names the library."""
import os
import random
import re
import subprocess
import sys
import threading
import time

import golden
from server import ReplyError, servers

sys.path.insert(0, os.path.join(golden.TOP, "bindings/python"))

from cloudcircuit import (  # noqa: E402
    BreakerConfig,
    CloudcircuitError,
    HoldSpentError,
    LedgerConfig,
    LedgerReason,
    Mode,
    Outcome,
    Phase,
    RateLimitConfig,
    StalePermitError,
)
from cloudcircuit.redis import (  # noqa: E402
    Module,
    StateMissingError,
    StoreBusyError,
    StoreError,
    SWAP,
    StoreUnavailableError,
    Swap,
)
from cloudcircuit.lease import Lease  # noqa: E402
import failures  # noqa: E402
import leases  # noqa: E402

SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(2**32)))
LONG = "CLOUDCIRCUIT_ENGINES_LONG" in os.environ
ROUNDS = 200_000 if LONG else 5_000


def raises(kind, call, *arguments):
    try:
        call(*arguments)
    except kind as error:
        return error
    raise AssertionError(f"{call} does not raise {kind.__name__}")


def golden_cases(make, module):
    server = make("golden", module).start()
    golden.check(server.connect())
    # A case that is wrong must be found.
    wrong = ["ledger_config 100 0 0 0 - 0 0 0", "ledger_init 1 202611 0 => OK",
             "ledger_reserve a 80 0 => OK 0 80 21 0 0 1 1 0 0 0 0", "ledger_record 1 0 => ERR_MODE"]
    server.connect().execute_command("FLUSHALL")
    assert len(golden.faults(server.connect(), wrong)) == 2


def clients(make, module):
    """Both ways answer the same, hand-worked: ledgers, several at once, a breaker, a rate limit, and errors."""
    connection = make("clients", module).start().connect()
    for name, store in ("module", Module(connection)), ("swap", Swap(connection)):
        config = LedgerConfig(limit=1000, hold_duration=60_000, thresholds=(500_000, 900_000))
        key = f"{{{name}}}team"
        made = store.create_ledger(key, 202611)
        assert made > 0 and raises(StoreUnavailableError, store.create_ledger, key, 202611)
        hold, decision = store.reserve(key, config, 600)
        assert decision.allowed and (decision.held, decision.available) == (600, 400) and hold.ledger_id == made
        assert abs(hold.expires_at - time.time() * 1000 - 60_000) < 10_000
        refused, decision = store.reserve(key, config, 401)
        assert not decision.allowed and decision.reason is LedgerReason.OVER_LIMIT and refused.id == 0
        assert store.extend(key, config, hold, 100).held == 700 and hold.amount == 700 and hold.id == 2
        assert store.post(key, config, hold, 250).settled == 250 and hold.amount == 450
        assert store.draw(key, config, hold, 100, 50).held == 400 and hold.amount == 400
        assert not store.draw(key, config, hold, 1, 1000).allowed and hold.amount == 400
        decision = store.settle(key, config, hold, 200)
        assert (decision.settled, decision.held, decision.newly_crossed) == (550, 0, 1), decision
        assert raises(HoldSpentError, store.settle, key, config, hold, 1).status == 807
        assert raises(CloudcircuitError, store.reserve, key, LedgerConfig(limit=-1), 1).status == 800
        hold, _ = store.reserve(key, config, 10)
        assert store.release(key, config, hold).held == 0
        assert store.record(key, config, -50).settled == 500
        assert store.roll(key, config, 202612).settled == 0
        unlimited = LedgerConfig(mode=Mode.UNLIMITED)
        assert store.reserve(key, unlimited, 5)[1].reason is LedgerReason.UNLIMITED

        other = f"{{{name}}}user"
        store.create_ledger(other, 202611, 7)
        holds, decisions = store.reserve_all([key, other], [config, LedgerConfig(limit=99)], [100, 100])
        assert not decisions[1].allowed and not any(hold.id for hold in holds) and decisions[0].held == 5
        holds, decisions = store.reserve_all([key, other], [config, LedgerConfig(limit=99)], [99, 99])
        assert all(decision.allowed for decision in decisions) and holds[1].ledger_id == 7
        error = raises(CloudcircuitError, store.reserve_all, [key, other], [config, config], [1, -1])
        assert error.failed_at == 1, error.failed_at
        assert raises(CloudcircuitError, store.reserve_all, [key, key], [config, config], [1, 1])

        api, rules = f"{name} api", BreakerConfig(failure_threshold=2, open_duration=50, max_open_duration=50)
        store.create_breaker(api)
        for _ in range(2):
            permit = store.acquire(api, rules)
            assert permit.allowed
            store.report(api, rules, permit, Outcome.FAILURE, 5)
        late, permit = permit, store.acquire(api, rules)
        assert not permit.allowed and permit.phase is Phase.OPEN and 0 < permit.retry_after <= 50
        raises(StalePermitError, store.report, api, rules, late, Outcome.SUCCESS, 5)
        time.sleep(0.06)
        permit = store.acquire(api, rules)
        assert permit.allowed and permit.probe_slot == 1
        store.report(api, rules, permit, Outcome.SUCCESS, 5)
        assert store.acquire(api, rules).phase is Phase.CLOSED

        rate, most = f"{name} rate", RateLimitConfig(100, 60_000)
        store.create_rate_limit(rate)
        decision = store.take(rate, most, 80)
        assert decision.allowed and decision.used == 80
        assert not store.take(rate, most, 30).allowed
        assert store.adjust(rate, most, decision.taken_at, -40).used == 40
        assert store.take(rate, most, 30).allowed

        assert "under" in str(raises(StateMissingError, store.reserve, "none", config, 1))
        raises(StateMissingError, store.acquire, "none", rules)
        raises((CloudcircuitError, StoreUnavailableError), store.acquire, key, rules)  # a ledger is no breaker
        connection.execute_command("RPUSH", f"{name} list", "x")
        raises(StoreUnavailableError, store.take, f"{name} list", most, 1)
    print("module and compare-and-swap: the same answers")


def command(make, module):
    """What a command is inside the server: one transaction, its effects replicated as SET, its keys known."""
    send = make("command", module).start().connect().execute_command
    send("CC.LEDGER", "a", 1)
    limit = ["LIMIT", 100, "HOLD_DURATION", 60_000]
    send("MULTI")
    send("CC.RESERVE", "a", 30, *limit)
    send("CC.RESERVE", "a", 80, *limit)
    first, second = send("EXEC")
    assert first[0][0][6] == 1 and second[0][0][6] == 0
    assert send("EVAL", "return redis.call('CC.RESERVE', KEYS[1], 20, 'LIMIT', 100)", 1, "a")[0][0][:2] == [0, 50]
    assert send("COMMAND", "GETKEYS", "CC.RESERVE", "x", 1, "LIMIT", 5, "AND", "y", 2, "and", "z", 3) == [b"x", b"y", b"z"]
    assert send("COMMAND", "GETKEYS", "CC.SETTLE", "x", *range(6), "AND", "y", *range(6), "NOW", 1) == [b"x", b"y"]
    send("PEXPIRE", "a", 1_000_000)
    send("CC.RECORD", "a", 1, *limit)
    assert send("PTTL", "a") > 900_000
    status = send("CC.STATUS", "a")
    assert dict(zip(status[::2], status[1::2]))[b"settled"] == 1
    for words in (["CC.RESERVE", "a"], ["CC.RESERVE", "a", "x"], ["CC.RESERVE", "a", 1, "LIMIT"], ["CC.RESERVE", "a", 1, "AND"],
                  ["CC.RESERVE", "a", 1, "LIMITS", 1], ["CC.SETTLE", "a", 1, 2, 3], ["CC.LEDGER", "b", 1, "ID", 0],
                  ["CC.TAKE", "a", 1, "LIMIT", 1, "DURATION", 1], ["CC.POST", "a", *range(6), "AND", "b", *range(6)],
                  ["CC.RESET", "a"], ["CC.LEDGER", "a", 1]):
        raises(ReplyError, send, *words)
    assert send("EXISTS", "b") == 0
    print("commands: in MULTI and Lua, keys known, wrong ones refused")


def lost_answers(make, module):
    """An answer that got lost: what it booked is booked once, whatever the host does next."""
    server = make("lost", module).start()

    class Lossy:
        """Loses the answers to commands of a name."""

        def __init__(self, name, script=""):
            self.name, self.script, self.connection = name, script, server.connect()

        def execute_command(self, *words):
            answer = self.connection.execute_command(*words)
            if words[0] == self.name and words[1] in (self.script, "a"):
                self.name = None
                raise ConnectionError("the answer got lost")
            return answer

    config = LedgerConfig(limit=1000, hold_duration=60_000)
    for kind, name, script in (Module, "CC.SETTLE", ""), (Swap, "EVAL", SWAP):
        server.connect().execute_command("FLUSHALL")
        store = kind(server.connect())
        store.create_ledger("a", 1)
        hold, _ = store.reserve("a", config, 100)
        raises(StoreUnavailableError, kind(Lossy(name, script)).settle, "a", config, hold, 90)
        raises(HoldSpentError, store.settle, "a", config, hold, 90)
        assert store.record("a", config, 0).settled == 90

        # A lease goes on with another slice: what the lost step had booked stays booked, and is not spent.
        lease = Lease(kind(Lossy("CC.DRAW" if kind is Module else name, script)), "a", config, slice=100, step=50, share=1)
        raises(StoreUnavailableError, lease.reserve, 10)
        held, decision = lease.reserve(10)
        assert decision.allowed and lease.settle(held, 10).settled == 10
        lease.close()
        settled = store.record("a", config, 0).settled
        assert settled == (150 if kind is Module else 100), settled
    print("lost answers: booked once")


def cluster(make, module):
    """Several keys of one hash slot in one call; keys of two are refused by the server before anything is decided."""
    port, bus = failures.free_port(), failures.free_port()
    server = make("cluster", module, "cluster-enabled yes", f"port {port}", "bind 127.0.0.1", f"cluster-port {bus}").start()
    send = server.connect().execute_command
    send("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
    end = time.monotonic() + 20
    while b"cluster_state:ok" not in send("CLUSTER", "INFO"):
        assert time.monotonic() < end, server.log()
        time.sleep(0.02)
    for key in ("{a}user", "{a}team", "{b}team"):
        send("CC.LEDGER", key, 1)
    both = send("CC.RESERVE", "{a}user", 5, "LIMIT", 9, "AND", "{a}team", 5, "LIMIT", 9)
    assert [decision[6] for decision, _ in both] == [1, 1]
    error = raises(ReplyError, send, "CC.RESERVE", "{a}user", 1, "LIMIT", 9, "AND", "{b}team", 1, "LIMIT", 9)
    assert "CROSSSLOT" in str(error), error
    print("a cluster: several keys of one hash slot")


def replicas_and_logs(make, module):
    """RDB, AOF and a replica without the module have the same bytes, by SETs alone."""
    server = make("log", module, "appendonly yes", "appendfsync always").start()
    store, send = Module(server.connect()), server.connect().execute_command
    replica = make("replica", None, "replicaof no one").start()
    # Replication needs a port; the module's effects are seen as a monitor of the log, and by loading it.
    config = LedgerConfig(limit=10**9)
    store.create_ledger("a", 1)
    holds = [store.reserve("a", config, 3)[0] for _ in range(100)]
    for hold in holds[:50]:
        store.settle("a", config, hold, 2)
    bytes_before = send("GET", "a")
    server.stop()
    written = b"".join(open(os.path.join(folder, file), "rb").read() for folder, _, files in os.walk(server.folder)
                       for file in files if file.endswith(".incr.aof"))
    assert b"KEEPTTL" in written and not re.search(rb"\$\d+\r\ncc\.", written, re.IGNORECASE)
    server.start()
    send = server.connect().execute_command
    assert send("GET", "a") == bytes_before
    send("CONFIG", "SET", "appendonly", "no")
    send("SAVE")
    server.stop()
    server.settings = ()
    server.start()
    send = server.connect().execute_command
    assert send("GET", "a") == bytes_before
    dumped = send("DUMP", "a")
    other = replica.connect()
    other.execute_command("RESTORE", "a", 0, dumped)
    # A server without the module goes on with the other way.
    decision = Swap(other).settle("a", config, holds[50], 2)
    assert (decision.settled, decision.held) == (102, 147), decision
    print("AOF, RDB and a server without the module: the same bytes")


def contended(make, module):
    """Many writers on one ledger end at the limit exactly, in both ways."""
    server = make("writers", module).start()
    config = LedgerConfig(limit=600)
    for name, kind in ("module", Module), ("swap", Swap):
        kind(server.connect()).create_ledger(name, 1)
        allowed, retries = [], []

        def writer():
            store = kind(server.connect())
            for _ in range(100):
                hold, decision = store.reserve(name, config, 1)
                if decision.allowed:
                    store.settle(name, config, hold, 1)
                    allowed.append(1)
            retries.append(getattr(store, "retries", 0))

        threads = [threading.Thread(target=writer) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        said = server.connect().execute_command("CC.STATUS", name)
        settled = dict(zip(said[::2], said[1::2]))[b"settled"]
        assert len(allowed) == settled == 600, (name, len(allowed), settled)
        print(f"8 writers, {name}: 600 of 600 settled, {sum(retries)} retries")

    class Busy:
        """Every swap comes too late."""

        def __init__(self, connection):
            self.connection = connection

        def execute_command(self, *words):
            answer = self.connection.execute_command(*words)
            return 0 if answer == 1 else answer

    raises(StoreBusyError, Swap(Busy(server.connect()), tries=3).reserve, "swap", LedgerConfig(limit=10**6), 1)


def fuzz(make, module):
    """Whatever the words, the server answers."""
    draw = random.Random(SEED)
    server = make("fuzz", module).start()
    connection = server.connect()
    commands = ["LEDGER", "RESERVE", "EXTEND", "SETTLE", "RELEASE", "RECORD", "POST", "DRAW", "ROLL", "BREAKER", "ACQUIRE",
                "PEEK", "REPORT", "FORCE", "RATE", "TAKE", "ADJUST", "RESET", "STATUS"]
    numbers = [0, 1, 2, 3, 5, 100, -1, 2**63 - 1, -(2**63), 2**63, 2**64, 2**31, 2**32, "", "x", "1.5", b"\xff\x00", "NaN"]
    options = [name.upper() for name in golden.LEDGER + golden.BREAKER + golden.RATE]
    options += ["NOW", "AND", "and", "PERIOD", "ID", "RETRY_AT", "\x00", b"\xff", "\u0100"]
    lengths = {"EXTEND": 6, "SETTLE": 6, "RELEASE": 5, "POST": 6, "DRAW": 7, "REPORT": 10, "FORCE": 2, "ADJUST": 2,
               "BREAKER": 0, "ACQUIRE": 0, "PEEK": 0, "RATE": 0, "RESET": 0, "STATUS": 0}
    errors = answers = 0
    for _ in range(ROUNDS):
        name = draw.choice(commands)
        words = [draw.choice(["a", "b", "r", "x", b"\x00\xff", ""])]
        words += [draw.choice(numbers[:6] if draw.random() < 0.8 else numbers) for _ in range(lengths.get(name, 1))]
        for _ in range(draw.choice([0, 1, 2, 5])):
            words += [draw.choice(options), draw.choice(numbers[:6] if draw.random() < 0.7 else numbers)]
        if draw.random() < 0.1:
            words = words[:draw.randrange(len(words) + 1)]
        if draw.random() < 0.02:
            state = bytearray(connection.execute_command("GET", words[0]) or b"") if words else bytearray()
            if state:
                state[draw.randrange(len(state))] ^= 1 << draw.randrange(8)
                connection.execute_command("SET", words[0], bytes(state))
        if draw.random() < 0.02:
            connection.execute_command("DEL", draw.choice(["a", "b", "r", "x"]))
        try:
            connection.execute_command(*draw.choice([[], ["COMMAND", "GETKEYS"]][:2 if draw.random() < 0.1 else 1]),
                                       "CC." + name, *words)
            answers += 1
        except ReplyError:
            errors += 1
        except OSError:
            raise AssertionError(f"SEED={SEED}: {name} {words}: {server.log()}") from None
    assert server.process.poll() is None and answers > ROUNDS // 20, (SEED, answers)
    print(f"{ROUNDS} commands of whatever words (SEED={SEED}): {answers} answers, {errors} errors, the server goes on")


def rates(make, module):
    """The clients in Go on one hot budget: decisions a second, and what goes past a limit."""
    server = make("load", module, "appendonly yes", "appendfsync everysec").start()
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "load.go")
    writers = ["1", "2", "4", "8", "16", "32"] if LONG else ["1", "8"]
    words = ["go", "run", program, server.socket, "3" if LONG else "0.2", *writers]
    done = subprocess.run(words, cwd=os.path.join(golden.TOP, "bindings/go"), stdout=subprocess.PIPE, text=True,
                          timeout=600)
    assert done.returncode == 0, done.stdout
    print(done.stdout, end="")


def nothing_twice(make, module):
    """What a lease draws is held for it, what it spent is booked, and what it did not spend is credited once."""
    server = make("twice", module).start()
    config = LedgerConfig(limit=1000, hold_duration=60_000)
    for kind in (Module, Swap):
        store, key = kind(server.connect()), kind.__name__
        store.create_ledger(key, 1)
        hold, _ = store.reserve(key, config, 10)
        wrong = raises(CloudcircuitError, store.draw, key, config, hold, 5000, 0)
        assert wrong.name == "CLOUDCIRCUIT_ERR_PART" and store.record(key, config, 0).settled == 0
        store.release(key, config, hold)

        lease = Lease(store, key, config, slice=400, step=200, share=1)
        mine, _ = lease.reserve(50)
        lease.settle(mine, 700)  # more than was estimated
        lease.close()
        assert store.record(key, config, 0).settled == 700

        time_is = [0]
        lease = Lease(store, key, config, slice=200, step=100, share=1, request_duration=10, clock=lambda: time_is[0])
        lease.reserve(50)  # by a request that dies
        raises(ValueError, lease.close)
        time_is[0] = 1000
        lease.close()
        assert store.record(key, config, 0).settled == 700

        lease = Lease(store, key, config, slice=200, step=100, share=1)
        mine, _ = lease.reserve(50)
        lease.settle(mine, 50)
        record = store.record

        def lost(*arguments, record=record):
            record(*arguments)
            raise StoreUnavailableError("the answer")

        store.record = lost
        raises(StoreUnavailableError, lease.close)
        store.record = record
        lease.close()
        assert store.record(key, config, 0).settled == 750
    many = ("CC.RESERVE", "Module", -(2**63), "LIMIT", 10, "AND", "Module", 0, "LIMIT", 10)
    assert "805" in str(raises(ReplyError, server.connect().execute_command, *many))
    # When memory is full, what was spent can still be booked.
    server.connect().execute_command("CONFIG", "SET", "maxmemory", 1)
    assert Module(server.connect()).record("Module", config, 5).settled == 755
    raises(StoreError, Module(server.connect()).reserve, "Module", config, 5)
    print("draws, closes, full memory: nothing is spent twice or lost")


CHECKS = [golden_cases, clients, command, nothing_twice, lost_answers, cluster, replicas_and_logs, contended, fuzz, *failures.CHECKS, *leases.CHECKS, rates]


def main():
    module, *names = sys.argv[1:]
    for check in CHECKS:
        if not names or check.__name__ in names:
            began = time.monotonic()
            with servers() as make:
                check(make, module)
            print(f"    {check.__name__}: {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
