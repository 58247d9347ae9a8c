"""One breaker of a built library next to its model's: each call is made of both and compared, and
what the header promises is checked on the library's bytes alone.
"""

import ctypes
import random
import struct
import zlib
from collections import Counter, namedtuple
from operator import itemgetter

import breaker_model as model
from breaker_model import *
from header import CONSTANTS, Difference, Layout, Memory, check, status_name

COMPARED = (
    "phase revision generation updated_at phase_since open_until forced_until ramp_duration"
    " ramp_credit consecutive_failures trips probes_judged probes_failed live_probes window_calls"
).split()
CONFIG = Layout("breaker_config", Config._fields)
STATE = Layout("breaker_state", COMPARED, part=True)
DEADLINES = Layout("breaker_state", ["layout", "probe_deadlines"], part=True)
PERMIT = Layout("breaker_permit", Permit._fields)
ENCODED = CONSTANTS["BREAKER_ENCODED_LEN"]
TYPES = {"p": ctypes.c_void_p, "q": ctypes.c_int64, "i": ctypes.c_int32, "n": ctypes.c_size_t}
NAMES = {
    phase: name
    for phase, name in enumerate("closed open half forced_open forced_closed".split(), 1)
}
CODE_NAMES = set(
    "OK WINDOW_SIZE MINIMUM_CALLS FAILURE_RATE_PPM SLOW_CALL_RATE_PPM HALF_OPEN_MAX_PROBES"
    " JITTER_PPM SLOW_CALL_DURATION OPEN_DURATION MAX_OPEN_DURATION PROBE_TIMEOUT FAILURE_COUNT HALF_OPEN_CALLS"
    " HALF_OPEN_FAILURE_RATE_PPM BACKOFF_PPM MODE WINDOW_DURATION HALF_OPEN_DURATION TRIPS_DECAY"
    " MAX_RETRY_AFTER RAMP_DURATION NO_RULE CORRUPT_STATE PERMIT OUTCOME DURATION STALE_PERMIT"
    " FORCED_PHASE NULL_POINTER ENCODED_LENGTH".split()
)
CHANGES = (
    "closed>open closed>forced_open closed>forced_closed open>half open>closed open>forced_open"
    " open>forced_closed half>open half>half half>closed half>forced_open half>forced_closed"
    " forced_open>half forced_open>closed forced_open>forced_closed forced_closed>closed"
    " forced_closed>forced_open closed>closed"
).split()


Stored = namedtuple("Stored", COMPARED)
for layout, kind in (CONFIG, Config), (STATE, Stored), (PERMIT, Permit):
    layout.kind = kind
    layout.in_order = itemgetter(*map(layout.names.index, kind._fields))


def record(layout, raw):
    return layout.kind._make(layout.in_order(layout.struct.unpack(raw)))


def compared(state):
    """What the library's state must say in the fields that the header explains."""
    told = {
        "live_probes": sum(1 << slot for slot, at in enumerate(state.probes) if at is not None),
        "window_calls": len(state.ring),
    }
    fields = tuple(told[name] if name in told else getattr(state, name) for name in COMPARED)
    return fields + (CONSTANTS["BREAKER_LAYOUT"],) + tuple(at or 0 for at in state.probes)


def anywhere():
    edge = random.choice((FIRST, 0, LAST)) + random.randrange(-3, 4)
    return stored(random.choice((edge, random.randrange(FIRST, LAST + 1))))


class Breaker:
    """The library's functions, the places in memory that they are passed, and what was reached."""

    def __init__(self, library):
        self.library, self.memory = library, Memory()
        self.places = []
        for shift in (0, 7):  # the other at odd addresses
            self.memory.used = -(-self.memory.used // 64) * 64 + 32 + shift
            sizes = CONFIG.size, STATE.size, PERMIT.size, PERMIT.size, ENCODED
            self.places.append([self.part(size) for size in sizes])
        report = "pppiqqq"
        self.functions = {
            name: self.bind("breaker_" + name, types)
            for name, types in {
                "acquire": "ppqp", "peek": "ppqp", "report": report,
                "report_and_acquire": report + "p", "force": "piqq", "reset": "pq", "init": "qp",
                "state_validate": "p", "state_encode": "ppn", "state_decode": "pnp",
                "config_init": "p",
            }.items()
        }  # fmt: skip
        self.calls = 0
        self.kinds, self.statuses, self.changes, self.flags = [Counter() for _ in range(4)]

    def part(self, size):
        """Places keep the address as it comes: parts of a shifted block are shifted too."""
        start = self.memory.used
        self.memory.used += -(-size // 8) * 8 + 16
        return slice(start, start + size), self.memory.base + start

    def bind(self, name, types):
        function = self.library["cloudcircuit_" + name]
        function.argtypes, function.restype = [TYPES[kind] for kind in types], ctypes.c_int32
        return function

    def call(self, name, *arguments):
        """Arguments are numbers, None, and (place, bytes); answers the status's name and the bytes
        behind each place after the call, which is made at two places and must do the same."""
        answers = []
        for places in self.places:
            passed, touched = [], []
            for argument in arguments:
                if isinstance(argument, tuple):
                    where, address = places[argument[0]]
                    self.memory.bytes[where] = argument[1]
                    touched.append(where)
                    argument = address
                passed.append(argument)
            status = self.functions[name](*passed)
            answers.append((status, [bytes(self.memory.bytes[where]) for where in touched]))
        check(answers[0] == answers[1], "a call does the same at odd addresses")
        status, written = answers[0]
        return status_name(status), written

    # Each of these makes the call and answers status, state and permit as the library has them.

    def config_of(self, config):
        return None if config is None else (0, CONFIG.pack(config))

    def made(self, kind, config, raw, arguments):
        """arguments are those between state and permit, a reported permit as a Permit."""
        passed = [] if kind in ("force", "reset") else [self.config_of(config)]
        passed.append((1, raw))
        for argument in arguments:
            passed.append((2, PERMIT.pack(argument)) if isinstance(argument, Permit) else argument)
        gives = kind in ("acquire", "peek", "report_and_acquire")
        if gives:
            passed.append((3, b"\xc3" * PERMIT.size))
        status, written = self.call(kind, *passed)
        if config is not None and kind not in ("force", "reset"):
            check(written.pop(0) == CONFIG.pack(config), "a config stays as it is")
        stored_raw = written.pop(0)
        if kind.startswith("report"):
            check(written.pop(0) == PERMIT.pack(arguments[0]), "a reported permit stays as it is")
        if not gives:
            return status, stored_raw, None
        permit = Permit(*record(PERMIT, written[0]))
        check(PERMIT.pack(permit) == written[0], "a permit's reserved fields are 0")
        return status, stored_raw, permit

    def start(self, now):
        status, (raw,) = self.call("init", now, (1, b"\xc3" * STATE.size))
        pair = raw, model.init(now)
        check(status == "OK", f"init answers {status}")
        self.compare(pair)
        return pair

    def compare(self, pair):
        raw, state = pair
        fields = tuple(record(STATE, raw)) + DEADLINES.struct.unpack(raw)
        expected = compared(state)
        if fields != expected:
            names = COMPARED + ["layout"] + [f"deadline {slot}" for slot in range(1, SLOTS + 1)]
            seen = [f"{n} {f}, expected {e}" for n, f, e in zip(names, fields, expected) if f != e]
            raise Difference(f"state: {'; '.join(seen)}\n  model: {state}")

    def step(self, config, pair, event):
        """One call of both: the pair after it and the permit given out."""
        kind, *arguments = event
        raw, state = pair
        status, after_raw, permit = self.made(kind, config, raw, arguments)
        if kind == "acquire":
            self.peeked(config, raw, *arguments, status, permit)
        if kind in ("force", "reset"):
            expected, after = getattr(model, kind)(state, *arguments)
            expected_permit = None
        elif kind == "report":
            expected, after = model.report(config, state, *arguments)
            expected_permit = None
        else:
            expected, after, expected_permit = getattr(model, kind)(config, state, *arguments)
        self.calls += 1
        self.kinds[kind] += 1
        self.statuses[status] += 1
        if status != expected:
            raise Difference(f"{kind}: status {status}, expected {expected}")
        if permit != expected_permit:
            raise Difference(f"{kind}: {permit}\n  expected {expected_permit}")
        if (after_raw == raw) != (after == state):
            what = "kept" if after_raw == raw else "changed"
            raise Difference(f"{kind}: bytes {what}, expected {after}")
        if status != "OK":
            check(after_raw == raw, "a failed call leaves the state's bytes untouched")
        self.compare((after_raw, after))
        if status == "OK":
            self.invariants(config or DEFAULT, raw, after_raw, kind, arguments[-1], permit)
        if after.generation != state.generation:
            self.changes[f"{NAMES[state.phase]}>{NAMES[after.phase]}"] += 1
        if permit and status == "OK":
            where = NAMES[permit.phase]
            self.flags[where + (" would refuse" if permit.would_refuse else " allows")] += 1
            self.flags["monitored refusals"] += permit.would_refuse and permit.allowed
            self.flags["clock regressed"] += permit.clock_regressed
        return (after_raw, after), permit

    def peeked(self, config, raw, now, expected, permit):
        """Peek answers what acquire did on a copy, and leaves every byte."""
        status, after, seen = self.made("peek", config, raw, (now,))
        self.kinds["peek"] += 1
        check(after == raw, "peek leaves every byte")
        if (status, seen) != (expected, permit._replace(generation=0)):
            raise Difference(f"peek {status} {seen}\n  acquire {expected} {permit}")

    def invariants(self, config, before, after, kind, now, permit):
        """What holds whatever the model says, from the library's bytes alone."""
        old, new = record(STATE, before), record(STATE, after)
        calls = 2 if kind == "report_and_acquire" else 1
        rise = new.revision - old.revision
        check(rise == 0 if before == after else 1 <= rise <= calls, "revision + 1 at each change")
        if kind == "reset":
            check(new.updated_at == now, "reset believes its now")
            return
        clamped = max(now, old.updated_at)
        latest = old.updated_at if before == after else clamped
        check(new.updated_at == latest, "updated_at is the last change")
        changes = new.generation - old.generation
        check((new.phase != old.phase) <= changes <= 2 * calls, "a generation for each phase")
        check(new.trips <= old.trips + calls, "one trip a call")
        if permit is None:
            return
        check(
            (permit.generation, permit.phase) == (new.generation, new.phase),
            "a permit is of its state",
        )
        check(permit.allowed == (config.mode == MONITOR or not permit.would_refuse), "allowed")
        if kind == "acquire" and config.mode == ENFORCE and permit.allowed:
            check(old.phase != OPEN or clamped >= old.open_until, "never before open_until")
            check(
                old.phase != FORCED_OPEN or clamped >= old.forced_until,
                "nor before forced_until",
            )
        if permit.would_refuse:
            check(permit.retry_after > 0 or clamped == LAST, "a refusal names when to ask again")
        else:
            check(permit.retry_after == 0, "what is let through need not wait")

    def storage(self, raw, flips):
        """Validate, encode and decode, and flips of bits that `flips` names by byte."""
        check(self.call("state_validate", (1, raw))[0] == "OK", "a reached state is valid")
        coded = raw + struct.pack("<I", zlib.crc32(raw))
        check(len(coded) == ENCODED, "the encoding is the state and its CRC")
        status, (kept, written) = self.call("state_encode", (1, raw), (4, bytes(ENCODED)), ENCODED)
        check((status, kept, written) == ("OK", raw, coded), "encode writes the documented bytes")
        status, (kept, read) = self.call(
            "state_decode", (4, coded), ENCODED, (1, bytes(STATE.size))
        )
        check((status, kept, read) == ("OK", coded, raw), "decode reads them back")
        status, (_, read) = self.call("state_decode", (4, coded), ENCODED - 1, (1, raw))
        check(status == "ENCODED_LENGTH" and not any(read), "another length is refused")
        self.statuses[status] += 1
        for at, bit in flips:
            at %= ENCODED
            broken = coded[:at] + bytes([coded[at] ^ 1 << bit]) + coded[at + 1 :]
            status, (_, read) = self.call("state_decode", (4, broken), ENCODED, (1, raw))
            check(status == "CORRUPT_STATE" and not any(read), f"a flip in byte {at} is refused")

    def spoilt(self, config, raw):
        """A state that a store has spoilt: all calls agree whether it is one."""
        size = len(raw)
        kind = random.randrange(5)
        if kind == 0:
            raw = random.choice([bytes(size), random.randbytes(size), b"\xff" * size])
        elif kind == 1:
            raw = raw[: random.randrange(size)].ljust(size, b"\0")
        else:
            at = random.randrange(size)
            raw = raw[:at] + bytes([raw[at] ^ 1 << random.randrange(8)]) + raw[at + 1 :]
        status = self.call("state_validate", (1, raw))[0]
        check(status in ("OK", "CORRUPT_STATE"), f"validate answers {status}")
        self.statuses[status] += 1
        wrong = refusals(config or DEFAULT)
        expected = wrong[0] if wrong else status
        for kind in "acquire", "peek":
            asked, after, permit = self.made(
                kind, config, raw, (random.choice([0, 99, anywhere()]),)
            )
            check(asked == expected, f"a spoilt state: {kind} answers {asked}, validate {status}")
            if asked != "OK":
                check(after == raw and permit == NO_PERMIT, "nothing is let through or changed")
        if status != "OK":
            for kind, arguments in ("force", (1, 0, 0)), ("reset", (0,)):
                asked, after, _ = self.made(kind, None, raw, arguments)
                check(asked == status and after == raw, f"{kind} of a spoilt state answers {asked}")

    def null_pointers(self):
        raw = self.start(0)[0]
        fill = (3, b"\xc3" * PERMIT.size)
        permit = (2, PERMIT.pack(NO_PERMIT))
        for kind, arguments in [
            ("acquire", (None, None, 0, fill)), ("acquire", (None, (1, raw), 0, None)),
            ("peek", (None, None, 0, fill)), ("peek", (None, (1, raw), 0, None)),
            ("report", (None, None, permit, 1, 0, NEVER, 0)),
            ("report", (None, (1, raw), None, 1, 0, NEVER, 0)),
            ("report_and_acquire", (None, None, permit, 1, 0, NEVER, 0, fill)),
            ("report_and_acquire", (None, (1, raw), None, 1, 0, NEVER, 0, fill)),
            ("report_and_acquire", (None, (1, raw), permit, 1, 0, NEVER, 0, None)),
            ("force", (None, 1, 0, 0)), ("reset", (None, 0)), ("init", (0, None)),
        ]:  # fmt: skip
            status, written = self.call(kind, *arguments)
            check(status == "NULL_POINTER", f"{kind} with NULL answers {status}")
            if fill in arguments:
                check(not any(written[-1]), "and lets nothing through")
            self.statuses[status] += 1
        permit = self.made("acquire", None, raw, (0,))[2]
        given, full = PERMIT.pack(permit), PERMIT.pack(Permit(U64, -1, -1, -1, U32, U32, U32, U32))
        for at in [at for at, byte in enumerate(full) if byte == 0]:
            forged = given[:at] + b"\1" + given[at + 1 :]
            status, _ = self.call("report", None, (1, raw), (2, forged), 1, 0, NEVER, 0)
            check(status == "PERMIT", f"a permit with reserved bytes answers {status}")
        status, (raw,) = self.call("config_init", (0, b"\xc3" * CONFIG.size))
        check(
            (status, raw) == ("OK", CONFIG.pack(DEFAULT)),
            f"defaults {Config(*record(CONFIG, raw))}",
        )

    def report(self):
        told = lambda counter: ", ".join(f"{name} {counter[name]}" for name in sorted(counter))
        print(f"calls: {told(self.kinds)}")
        print(f"statuses: {told(self.statuses)}")
        print(f"phase changes: {told(self.changes)}")
        print(f"permits: {told(self.flags)}")
        print(f"rules: {told(REACHED)}")
        print(f"not reached: {', '.join(sorted(self.missing())) or 'none'}")

    def missing(self):
        missing = [name for name in CODE_NAMES if not self.statuses[name]]
        missing += [name for name in CHANGES if not self.changes[name]]
        return missing + [name for name in RULES if not REACHED[name]]
