"""The ledger of a built library compared with its model: one call of both, and sequences of calls."""
import random
import struct
import zlib
from ctypes import c_int64, c_size_t
from functools import lru_cache

import ledger_model as model
from ledger_model import *
from library import CONSTANTS, Difference, Function, anywhere, check, mutated

LAYOUT = CONSTANTS["LEDGER_LAYOUT"]
CONFIG = struct.Struct("<q2I8I")
STATE = struct.Struct("<2IQ3q")
HOLD = struct.Struct("<2q")
DECISION = struct.Struct("<4qIi2I")
JUNK = b"\xc3" * DECISION.size


@lru_cache(4096)
def config_bytes(config):
    return config and CONFIG.pack(*config[:3], *config.threshold_ppm)


def bits(flags):
    return sum(1 << index for index, flag in enumerate(flags) if flag)


@lru_cache(1 << 14)
def state_bytes(state):
    return STATE.pack(LAYOUT, bits(state.crossed), *state[1:])


def decision_fields(decision):
    return decision[:6] + (bits(decision.crossed), bits(decision.newly_crossed))


def state_of(raw):
    """What a library's state says in the model's words, None if it says nothing."""
    layout, bits, *fields = STATE.unpack(raw)
    if layout != LAYOUT or bits >> THRESHOLDS:
        return None
    state = State(tuple(bool(bits >> index & 1) for index in range(THRESHOLDS)), *fields)
    return state if model.possible(state) else None


class Ledger:
    def __init__(self, library):
        config, state, hold, decision = CONFIG.size, STATE.size, HOLD.size, DECISION.size
        function = lambda name, *arguments: Function(library, "ledger_" + name, *arguments)
        self.init = function("init", c_int64, state)
        self.reserve = function("reserve", config, state, c_int64, hold, decision)
        self.settle = function("settle", config, state, hold, c_int64, decision)
        self.release = function("release", config, state, hold, decision)
        self.record = function("record", config, state, c_int64, decision)
        self.roll = function("roll", config, state, c_int64, decision)
        self.validate = function("state_validate", state)
        length = CONSTANTS["LEDGER_ENCODED_LEN"]
        self.encode = function("state_encode", state, length, c_size_t)
        self.decode = function("state_decode", length, c_size_t, state)
        self.steps = self.refusals = 0

    def start(self, period):
        status, (raw,) = self.init(period, JUNK[: STATE.size])
        state = model.init(period)
        check((status, raw) == ("OK", state_bytes(state)), "init makes the model's first state")
        return state

    def step(self, config, state, event, raw=None):
        """One call of both; answers the new state and the hold as the call left it. `raw` is passed
        for a state of None, which is not one."""
        kind, *arguments = event
        settings = config_bytes(config)
        before = raw or state_bytes(state)
        hold = None
        if kind == "reserve":
            (estimate,) = arguments
            status, written = self.reserve(settings, before, estimate, JUNK[:16], JUNK)
            expected, after, hold, decision = model.reserve(config, state, estimate)
        elif kind in ("settle", "release"):
            held, *actual = arguments
            call = settings, before, HOLD.pack(*held), *actual, JUNK
            status, written = getattr(self, kind)(*call)
            expected, after, hold, decision = getattr(model, kind)(config, state, held, *actual)
        else:
            status, written = getattr(self, kind)(settings, before, *arguments, JUNK)
            expected, after, decision = getattr(model, kind)(config, state, *arguments)
        settings_after, stored, *holds, made = written
        self.steps += 1
        check(status == expected, f"status {status}, expected {expected}")
        check(not settings or settings_after == settings, "a config stays as it is")
        for kept in holds:
            kept = Hold(*HOLD.unpack(kept))
            check(kept == hold, f"{kept}, expected {hold}")
        made, wanted = DECISION.unpack(made), decision_fields(decision)
        check(made == wanted, f"decision {made}, expected {wanted}")
        if status != "OK":
            self.refusals += 1
            check(stored == before, "a failed call leaves the state's bytes untouched")
            check(not any(made), "a failed call does not allow")
            check(kind == "reserve" or hold in (None, arguments[0]), "nor does it touch a hold")
            return state, hold
        if stored != state_bytes(after):
            check(False, f"stored {STATE.unpack(stored)}, expected {after}")
        self.invariants(config or DEFAULT, before, stored, event, made, hold)
        return after, hold

    def invariants(self, config, before, after, event, decision, hold):
        """What holds whatever the model says, from the bytes of the library alone."""
        kind, *arguments = event
        _, crossed, revision, period, settled, held = STATE.unpack(before)
        now = STATE.unpack(after)
        allowed, reason = decision[4:6]
        check(now[2] == revision + (before != after), "revision + 1 exactly when bytes change")
        check(decision[:2] == now[4:6], "a decision says where the state stands")
        check(decision[6] == now[1], "and what has been crossed")
        check(decision[7] == now[1] & ~crossed, "newly is what was not")
        check(1 <= reason <= 6, "every decision names its reason")
        if kind == "reserve" and allowed:
            check(now[4] + now[5] <= config.limit or config.is_unlimited, "never past the limit")
            check(now[4:6] == (settled, held + arguments[0]), "a reserve holds all of its estimate")
        if kind == "reserve" and not allowed:
            check(reason in (3, 4) and now[4:6] == (settled, held), "a refusal holds nothing")
        if kind in ("settle", "release"):
            check(hold.amount == 0, "a hold ends")
            actual = arguments[1] if kind == "settle" else 0
            check(now[4] == settled + actual, "a settle books the actual amount")
            check((reason == 6) == (arguments[0].period < period), "a late hold is called late")

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
# (state, holds that are out, the hold that was ended last).


def thresholds(*ppm):
    return len(ppm), ppm + (0,) * (THRESHOLDS - len(ppm))


CONFIGS = {
    "five, with thresholds": Config(5, 0, *thresholds(1, 400_000, 500_000, MILLION, 1_200_000)),
    "nothing": Config(0, 0, *thresholds()),
    "no limit": Config(3, 1, *thresholds()),
    "all there is": Config(LAST, 0, *thresholds(500_000, MILLION, 2**32 - 1)),
}
AMOUNTS = {"all there is": LAST // 2, "no limit": LAST // 3 * 2}
LETTERS = "gGsxlrcdpe"


def follow(ledger, config, position, letter, unit):
    """The position after an event, None where there is no hold to end."""
    state, holds, last = position
    events = {
        "g": ("reserve", stored(2 * unit)),
        "G": ("reserve", stored(3 * unit)),
        "c": ("record", -unit),
        "d": ("record", stored(2 * unit)),
        "p": ("roll", state.period + 1),
        "e": ("roll", state.period - 1),
    }
    if letter in events:
        state, hold = ledger.step(config, state, events[letter])
        return state, holds + (hold,) if hold and hold.amount else holds, last
    hold = {"s": holds[:1], "x": holds[-1:], "l": holds[:1], "r": (last,)}[letter]
    if not hold or not hold[0]:
        return None
    if letter == "l":
        event = "release", hold[0]
    else:
        event = "settle", hold[0], unit if letter == "s" else stored(4 * unit)
    state, ended = ledger.step(config, state, event)
    if ended.amount:
        return state, holds, last
    return state, holds[:-1] if letter == "x" else holds[1:], ended


def stored(amount):
    return max(FIRST, min(LAST, amount))


def exhaustive(library, depth, letters=LETTERS):
    """Drives every sequence of up to `depth` events; a position is driven once, however many
    sequences lead to it."""
    ledger = Ledger(library)
    sequences = 0
    for name, config in CONFIGS.items():
        level = {(ledger.start(0), (), None): (1, "")}
        for _ in range(depth):
            following = {}
            for position, (ways, path) in level.items():
                ledger.storage(position[0], ())
                for letter in letters:
                    try:
                        after = follow(ledger, config, position, letter, AMOUNTS.get(name, 1))
                    except Difference as found:
                        raise Difference(f"{found}\n  {name}, events {path + letter}")
                    if after:
                        sequences += ways
                        known = following.get(after, (0, path + letter))
                        following[after] = known[0] + ways, known[1]
            level = following
    return sequences, ledger


# Random events: amounts of any size, holds that are lost, late, ended twice or forged, configs that
# change between calls, states that a store has spoilt.


def some_config():
    limit = random.choice([0, 1, 100, 10_000, LAST // 2, LAST, random.randrange(2**63)])
    count = random.choice([0, 0, 1, 3, 8]) if limit or random.random() < 0.05 else 0
    shares = [1, 9, 100_000, 333_333, 500_000, MILLION, 1_000_001, 2**32 - 1]
    shares = sorted(random.sample(shares, count))
    config = Config(limit, int(count == 0 and random.random() < 0.2), *thresholds(*shares))
    if random.random() < 0.1:
        broken = {"limit": -1, "is_unlimited": random.choice([1, 2]), "threshold_count": 9}
        broken["threshold_ppm"] = tuple(random.randrange(4) for _ in range(THRESHOLDS))
        field = random.choice(Config._fields)
        config = config._replace(**{field: broken[field]})
    return random.choice([config] * 15 + [None])


def some_event(config, state, holds, ended, wild):
    """What a host may do next, now and then what none should."""
    limit = config.limit if config else 0
    kinds = ["reserve", "settle", "release", "record", "roll"]
    odds = (40, 30, 10, 15, 5) if holds else (70, 2, 2, 15, 5)
    kind = random.choices(kinds, odds)[0]
    left = limit - state.settled - state.held
    scale = random.choice([1, 7, max(limit // 10, 1), max(limit, 1)])
    some = random.randint(1, scale)
    amount = random.choice([some] * 12 + [left, left + 1, left - 1] * 2 + [-1, 0])
    amount = anywhere() if random.random() < wild else stored(amount)
    if kind == "reserve":
        return kind, amount
    if kind == "record":
        return kind, random.choice([amount, stored(-amount)])
    if kind == "roll":
        step = random.choice([0, 1, 1, 1, 2, -1])
        return kind, anywhere() if random.random() < wild else stored(state.period + step)
    chance = random.random()
    if holds and chance < 0.9:
        hold = random.choice(holds)
    elif ended and chance < 0.95:
        hold = random.choice(ended)
    else:
        period = state.period + random.choice([-1, 0, 0, 1])
        hold = Hold(stored(period), stored(random.choice([0, -1, 1, state.held, state.held + 1])))
    if kind == "release":
        return kind, hold
    return kind, hold, stored(abs(amount)) if chance < 0.97 else -1


def random_run(ledger, events):
    """One ledger's life, with all that may go wrong."""
    config, state = some_config(), ledger.start(random.choice([0, 202601, anywhere()]))
    wild = random.choice([0, 0, 0.01, 0.2])
    holds, ended, trail = [], [], []
    for _ in range(events):
        if random.random() < 0.02:
            config = some_config()
        event = some_event(config, state, holds, ended, wild)
        trail.append((config, state, event))
        try:
            if random.random() < 0.03:
                raw = mutated(state_bytes(state), STATE)
                found = state_of(raw)
                if STATE.unpack(raw)[2] > 2**64 - 1000:
                    continue  # a revision that is never reached, and nobody says what is after it
                trail[-1] += (raw,)
                status = ledger.validate(raw)[0]
                check((status == "OK") == (found is not None), f"validate answers {status}")
                if found is None:
                    ledger.step(config, None, event, raw)
                    continue
                state = found
            state, hold = ledger.step(config, state, event)
            if random.random() < 0.05:
                ledger.storage(state, [(random.randrange(999), random.randrange(8))])
        except Difference as found:
            raise Difference(f"{found}\n  event {len(trail)}: {trail[-1]}")
        if event[0] == "reserve" and hold.amount and random.random() < 0.95:  # else it is lost
            holds = holds[-19:] + [hold]
        if event[0] in ("settle", "release") and hold.amount == 0 and event[1] in holds:
            holds.remove(event[1])
            ended = ended[-9:] + [hold, event[1]]
    if random.random() < 0.1:
        ledger.storage(state, [(at, random.randrange(8)) for at in range(STATE.size + 4)])


def campaign(library, events, seed):
    ledger = Ledger(library)
    run = 0
    while ledger.steps < events:
        random.seed(f"ledger {seed} {run}")
        try:
            random_run(ledger, random.choice([20, 100, 400]))
        except Difference as found:
            raise Difference(f"seed {seed}, run {run}: {found}")
        run += 1
    return run, ledger
