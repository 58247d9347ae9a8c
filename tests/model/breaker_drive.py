"""The breaker of a built library compared with its model: one call of both, and sequences of calls."""
import random
import struct
import zlib
from ctypes import c_int32, c_int64, c_size_t
from functools import lru_cache

import breaker_model as model
from breaker_model import *
from library import CONSTANTS, Difference, Function, anywhere, check, mutated

LAYOUT = CONSTANTS["BREAKER_LAYOUT"]
CONFIG = struct.Struct("<8IQ4q")
STATE = struct.Struct("<Ii2Q3q6I4Q8q")
PERMIT = struct.Struct("<Qqqi3I")
JUNK = b"\xc3" * PERMIT.size


@lru_cache(4096)
def config_bytes(config):
    return config and CONFIG.pack(*config)


def bits(flags):
    return sum(1 << index for index, flag in enumerate(flags) if flag)


@lru_cache(4096)
def ring(outcomes, following):
    """The two bit sets of outcomes, the latest of which lies before `following`."""
    words = []
    for kind in (0, 1):
        slots = [0] * WINDOW
        for age, outcome in enumerate(reversed(outcomes), 1):
            slots[(following - age) % WINDOW] = outcome[kind]
        words += [bits(slots[:64]), bits(slots[64:])]
    return words


@lru_cache(1 << 14)
def state_bytes(state):
    return STATE.pack(
        LAYOUT,
        *state[:8],
        len(state.outcomes),
        state.next,
        state.successes,
        bits(deadline is not None for deadline in state.probes),
        *ring(state.outcomes, state.next),
        *(deadline or 0 for deadline in state.probes),
    )


def state_of(raw):
    """What a library's state says in the model's words, None if it says nothing."""
    fields = STATE.unpack(raw)
    layout, counted, following, successes, probes = fields[0], *fields[9:13]
    words, deadlines = fields[13:17], fields[17:]
    if layout != LAYOUT or counted > WINDOW or following >= WINDOW:
        return None
    failed, slow = words[0] | words[1] << 64, words[2] | words[3] << 64
    slots = [(following - age) % WINDOW for age in range(counted, 0, -1)]
    state = State(
        *fields[1:9],
        tuple((failed >> slot & 1, slow >> slot & 1) for slot in slots),
        following,
        successes,
        tuple(at if probes >> slot & 1 else None for slot, at in enumerate(deadlines)),
    )
    return state if model.possible(state) and state_bytes(state) == raw else None


class Breaker:
    def __init__(self, library):
        config, state, permit = CONFIG.size, STATE.size, PERMIT.size
        function = lambda name, *arguments: Function(library, "breaker_" + name, *arguments)
        self.init = function("init", c_int64, state)
        self.acquire = function("acquire", config, state, c_int64, permit)
        report = config, state, permit, c_int32, c_int64, c_int64
        self.report = function("report", *report)
        self.report_and_acquire = function("report_and_acquire", *report, permit)
        self.force = function("force", state, c_int32, c_int64, c_int64)
        self.validate = function("state_validate", state)
        length = CONSTANTS["BREAKER_ENCODED_LEN"]
        self.encode = function("state_encode", state, length, c_size_t)
        self.decode = function("state_decode", length, c_size_t, state)
        self.steps = self.refusals = 0

    def start(self, now):
        status, (raw,) = self.init(now, JUNK[:1] * STATE.size)
        state = model.init(now)
        check((status, raw) == ("OK", state_bytes(state)), "init makes the model's first state")
        return state

    def step(self, config, state, event, raw=None):
        """One call of both. `raw` is passed for a state of None, which is not one."""
        kind, *arguments = event
        before = raw or state_bytes(state)
        settings = config_bytes(config)
        permit = None
        if kind == "acquire":
            (now,) = arguments
            status, written = self.acquire(settings, before, now, JUNK)
            expected, after, permit = model.acquire(config, state, now)
            settings_after, stored, given = written
        elif kind == "force":
            phase, until, now = arguments
            status, (stored,) = self.force(before, phase, until, now)
            expected, after = model.force(state, phase, until, now)
            settings_after = settings
        else:
            reported, outcome, duration, now = arguments
            passed = PERMIT.pack(*reported)
            call = settings, before, passed, outcome, duration, now
            if kind == "report":
                status, (settings_after, stored, kept) = self.report(*call)
                expected, after = model.report(config, state, *arguments)
            else:
                status, (settings_after, stored, kept, given) = self.report_and_acquire(*call, JUNK)
                expected, after, permit = model.report_and_acquire(config, state, *arguments)
            check(kept == passed, "a permit that is reported stays as it is")
        self.steps += 1
        check(status == expected, f"status {status}, expected {expected}")
        check(not settings or settings_after == settings, "a config stays as it is")
        if permit is not None:
            given = Permit(*PERMIT.unpack(given))
            check(given == permit, f"{given}, expected {permit}")
        if status != "OK":
            self.refusals += 1
            check(stored == before, "a failed call leaves the state's bytes untouched")
            check(permit in (None, NO_PERMIT), "a failed call does not allow")
            return state, permit
        if stored != state_bytes(after):
            check(False, f"stored {STATE.unpack(stored)}, expected {after}")
        self.invariants(config or DEFAULT, before, stored, kind, arguments[-1], permit)
        return after, permit

    def invariants(self, config, before, after, kind, now, permit):
        """What holds whatever the model says, from the bytes of the library alone."""
        old, new = STATE.unpack(before), STATE.unpack(after)
        phase, revision, generation, updated_at, open_until, forced_until = old[1:7]
        now = max(now, updated_at)
        calls = 2 if kind == "report_and_acquire" else 1
        rise = new[2] - revision
        check(rise == 0 if before == after else 1 <= rise <= calls, "revision + 1 at each change")
        check(new[4] == (updated_at if before == after else now), "updated_at is the last change")
        changes = new[3] - generation
        check((new[1] != phase) <= changes <= calls, "generation + 1 at each change of phase")
        lives, lived = bin(new[12]).count("1"), bin(old[12]).count("1")
        most = config.half_open_max_probes
        check(lives <= max(lived, most), "never more live probes than allowed")
        if permit is None:
            return
        check((permit.generation, permit.phase) == (new[3], new[1]), "a permit is of its state")
        if permit.allowed:
            check(permit.phase in (1, 3, 5), "allowed only when closed, half-open or forced closed")
            check((permit.probe_slot > 0) == (permit.phase == 3), "half-open gives probes")
            if kind == "acquire" and phase == 2:
                check(now >= open_until, "an open breaker never allows before open_until")
            if kind == "acquire" and phase == 4:
                check(now >= forced_until, "nor one that is forced open before forced_until")
            if permit.probe_slot:
                check(lives <= most, "a probe only where one is free")
                deadline = new[16 + permit.probe_slot]
                check(deadline == permit.deadline, "a probe's deadline is stored")
        else:
            check(permit.phase in (2, 3, 4), "a refusal names its phase")
            check(permit.retry_after > 0 or now == LAST, "a refusal names when to ask again")

    def storage(self, state, flips):
        """Validate, encode and decode, and every flip of a bit that `flips` names by its byte."""
        raw = state_bytes(state)
        check(self.validate(raw)[0] == "OK", "a reached state is valid")
        coded = raw + struct.pack("<I", zlib.crc32(raw))
        status, (kept, written) = self.encode(raw, bytes(len(coded)), len(coded))
        check((status, kept, written) == ("OK", raw, coded), "encode writes the documented bytes")
        status, (kept, read) = self.decode(coded, len(coded), bytes(len(raw)))
        check((status, kept, read) == ("OK", coded, raw), "decode reads them back")
        status, (_, read) = self.decode(coded, len(coded) - 1, raw)
        check(status == "ENCODED_LENGTH" and not any(read), "another length is refused")
        for at, bit in flips:
            at %= len(coded)
            broken = coded[:at] + bytes([coded[at] ^ 1 << bit]) + coded[at + 1 :]
            status, (_, read) = self.decode(broken, len(broken), raw)
            check(status == "CORRUPT_STATE" and not any(read), f"a flip in byte {at} is refused")


# Every sequence of events, over small configs. A position is all that later events depend on:
# (state, clock, permits in flight, the permit reported last).

OPEN_TIME = 3
SMALL = DEFAULT._replace(open_duration=OPEN_TIME, max_open_duration=2 * OPEN_TIME, probe_timeout=2)
CONFIGS = {
    "one failure, one probe": SMALL._replace(failure_threshold=1),
    "two failures, two probes, two successes": SMALL._replace(
        failure_threshold=2, half_open_max_probes=2, half_open_successes=2, jitter_ppm=MILLION
    ),
    "rates of three outcomes": SMALL._replace(
        failure_threshold=0,
        window_size=3,
        minimum_calls=2,
        failure_rate_ppm=666_667,
        slow_call_rate_ppm=MILLION,
        slow_call_duration=5,
        half_open_successes=2,
    ),
}
TRIP = {  # the events that trip each of them, and bring on the next acquire's probe
    "one failure, one probe": "afw",
    "two failures, two probes, two successes": "aaffww",
    "rates of three outcomes": "aaffw",
}
STARTS = {
    "new at 0": (0, False),
    "new before time ends": (LAST - 4, False),
    "tripped at 0": (0, True),
    "tripped as time begins": (FIRST, True),
}


def follow(breaker, config, position, letter):
    """The position after an event, None where there is nothing to report."""
    state, clock, permits, last = position
    if letter in WAITS:
        return state, stored(clock + WAITS[letter]), permits, last
    if letter == "a":
        state, permit = breaker.step(config, state, ("acquire", clock))
        return state, clock, permits + (permit,) * permit.allowed, last
    if letter in FORCES:
        state, _ = breaker.step(config, state, ("force", FORCES[letter], stored(clock + 2), clock))
        return state, clock, permits, last
    kind, which, outcome, duration = REPORTS[letter]
    if which == "last":
        permit = last
    else:
        permit = permits[which] if permits else None
        permits = permits[1:] if which == 0 else permits[:-1]
    if permit is None:
        return None
    state, given = breaker.step(config, state, (kind, permit, outcome, duration, clock))
    if given and given.allowed:
        permits += (given,)
    return state, clock, permits, permit


WAITS = {"1": 1, "w": OPEN_TIME, "b": -5}
FORCES = {"O": FORCED_OPEN, "C": FORCED_CLOSED, "E": CLOSED}
REPORTS = {
    "s": ("report", 0, SUCCESS, 0),
    "f": ("report", 0, FAILURE, 5),
    "i": ("report", 0, IGNORED, 0),
    "S": ("report", -1, SUCCESS, 5),
    "r": ("report", "last", SUCCESS, 0),
    "F": ("report_and_acquire", 0, FAILURE, 0),
    "T": ("report_and_acquire", -1, SUCCESS, 0),
}
LETTERS = "a" + "".join(REPORTS) + "".join(WAITS) + "".join(FORCES)


def exhaustive(library, depth, letters=LETTERS):
    """Drives every sequence of up to `depth` events from a new breaker, and of one event less from
    one that was tripped; a position is driven once, however many sequences lead to it."""
    breaker = Breaker(library)
    sequences = 0
    for name, config in CONFIGS.items():
        for start, (clock, tripped) in STARTS.items():
            position = breaker.start(clock), clock, (), None
            path = TRIP[name] if tripped else ""
            for letter in path:
                position = follow(breaker, config, position, letter)
            level = {position: (1, path)}
            for _ in range(depth - tripped):
                following = {}
                for position, (ways, path) in level.items():
                    breaker.storage(position[0], ())
                    for letter in letters:
                        try:
                            after = follow(breaker, config, position, letter)
                        except Difference as found:
                            raise Difference(f"{found}\n  {name}, {start}, events {path + letter}")
                        if after:
                            sequences += ways
                            known = following.get(after, (0, path + letter))
                            following[after] = known[0] + ways, known[1]
                level = following
    return sequences, breaker


# Random events: clocks that jump, probes that are lost, late and repeated reports, forged permits,
# configs that change between calls, states that a store has spoilt.


def some_config():
    size = random.choice([0, 0, 1, 2, 5, 20, 63, 64, 65, 127, 128])
    open_duration = random.choice([1, 5, 40, random.randrange(1, 2**63)])
    config = Config(
        random.choice([0, 1, 2, 3, 10]),
        size,
        random.randint(1, size) if size else 0,
        random.choice([0, 1, 200_000, 333_333, 500_000, 666_667, MILLION]),
        random.choice([0, 1, 250_000, 500_000, MILLION]),
        random.choice([1, 1, 2, 3, 8]),
        random.choice([1, 2, 3, U32]),
        random.choice([0, 0, 1, 250_000, MILLION]),
        random.choice([0, 1, U64, random.getrandbits(64)]),
        random.choice([1, 10, 10, 10, LAST, 0]),
        open_duration,
        random.choice([open_duration, min(open_duration * random.randrange(1, 99), LAST), LAST]),
        random.choice([1, 4, 30, random.randrange(1, 2**63)]),
    )
    if random.random() < 0.1:
        field = random.choice(Config._fields)
        signed = field.endswith("_duration") or field == "probe_timeout"
        edges = [FIRST, -1, 0, LAST] if signed else [0, 9, 129, MILLION + 1, U32]
        config = config._replace(**{field: random.choice(edges)})
    return random.choice([config] * 15 + [None])


def some_event(clock, odds, permits, done):
    """What a host may do next, now and then what none should."""
    kind = random.choices(["acquire", "report", "report_and_acquire", "force"], (45, 40, 12, 3))[0]
    if kind == "acquire":
        return kind, clock
    if kind == "force":
        until = random.choice([clock, stored(clock + random.randrange(60)), anywhere()])
        return kind, random.choice([1, 1, 1, 4, 4, 5, 5, random.randrange(-1, 8)]), until, clock
    chance = random.random()
    if permits and chance < 0.85:
        permit = permits[random.choice([0, -1, random.randrange(len(permits))])]
    elif done and chance < 0.95:
        permit = random.choice(done)
    else:
        permit = random.choice(permits or done or [NO_PERMIT])
        field = random.choice(Permit._fields)
        limit = {"generation": U64, "phase": 2**31 - 1}.get(field, U32)
        value = getattr(permit, field) + random.choice([-1, 1, 2, 8])
        permit = permit._replace(**{field: max(0, min(limit, value))})
    outcome = random.choices([1, 2, 3, random.randrange(-1, 6)], odds)[0]
    duration = random.choice([0, 0, 9, 10, 11, LAST] + [-1] * (random.random() < 0.1))
    return kind, permit, outcome, duration, clock


def random_run(breaker, events):
    """One breaker's life, with all that may go wrong."""
    odds = random.choice([(90, 8, 2, 1), (50, 40, 10, 1), (10, 80, 9, 1), (97, 1, 1, 0)])
    jumpy = random.choice([0, 0, 0.01, 0.2])
    config, clock = some_config(), random.choice([0, 10**12, anywhere()])
    state, permits, done = breaker.start(clock), [], []
    trail = []
    for _ in range(events):
        if random.random() < 0.02:
            config = some_config()
        steps = [0, 0, 1, 3, random.randrange(50), -random.randrange(50)]
        clock = anywhere() if random.random() < jumpy else stored(clock + random.choice(steps))
        event = some_event(clock, odds, permits, done)
        trail.append((config, state, event))
        try:
            if random.random() < 0.03:
                raw = mutated(state_bytes(state), STATE)
                found = state_of(raw)
                if STATE.unpack(raw)[2] > 2**64 - 1000:
                    continue  # a revision that is never reached, and nobody says what is after it
                trail[-1] += (raw,)
                status = breaker.validate(raw)[0]
                check((status == "OK") == (found is not None), f"validate answers {status}")
                if found is None:
                    breaker.step(config, None, event, raw)
                    continue
                state = found
            state, given = breaker.step(config, state, event)
            if random.random() < 0.05:
                breaker.storage(state, [(random.randrange(999), random.randrange(8))])
        except Difference as found:
            raise Difference(f"{found}\n  event {len(trail)}: {trail[-1]}")
        if event[0].startswith("report") and event[1] in permits:
            permits.remove(event[1])
            done = done[-9:] + [event[1]]
        if given and given.allowed and random.random() < 0.95:  # else it is lost
            permits.append(given)
            done = done[-9:] + permits[:-20]
            permits = permits[-20:]
    if random.random() < 0.1:
        breaker.storage(state, [(at, random.randrange(8)) for at in range(STATE.size + 4)])


def campaign(library, events, seed):
    breaker = Breaker(library)
    run = 0
    while breaker.steps < events:
        random.seed(f"breaker {seed} {run}")
        try:
            random_run(breaker, random.choice([20, 100, 400]))
        except Difference as found:
            raise Difference(f"seed {seed}, run {run}: {found}")
        run += 1
    return run, breaker
