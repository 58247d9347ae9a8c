"""One ledger of a built library side by side with its model: a call of both, all of it compared."""

import random
from collections import Counter

from header import CONSTANTS, Layout, Memory, check, expect_constants, function, status_name
from ledger_model import *

PUBLIC = (
    "revision", "ledger_id", "next_hold", "updated_at", "period", "settled", "carried", "held",
    "crossed",
)  # fmt: skip
CONFIG = Layout("ledger_config", Config._fields)
STATE = Layout("ledger_state", PUBLIC, part=True)
HOLD = Layout("ledger_hold", Hold._fields)
DECISION = Layout("ledger_decision", Decision._fields)
NUMBERS = {  # what the rules call by name and number
    "MODE_ENFORCE": ENFORCE, "MODE_MONITOR": MONITOR, "MODE_UNLIMITED": UNLIMITED_MODE,
    "THRESHOLD_PPM": PPM, "THRESHOLD_AMOUNT": AMOUNT, "BASIS_SETTLED": SETTLED,
    "BASIS_COMMITTED": COMMITTED,
    **{f"LEDGER_REASON_{name}": number for number, name in enumerate(REASONS, 1)},
}  # fmt: skip
FLAGS = "expired", "would_refuse", "clock_regressed", "newly_crossed"


def stored(value):
    return max(FIRST, min(LAST, value))


def anywhere():
    """Any int64_t, the ends of its range more often than the rest."""
    edge = random.choice((FIRST, 0, LAST)) + random.randrange(-3, 4)
    return stored(random.choice((edge, random.randrange(FIRST, LAST + 1))))


class Counts:
    def __init__(self):
        self.calls = 0
        self.kinds, self.statuses, self.reasons, self.flags = [Counter() for _ in range(4)]

    def add(self, kind, status, decision):
        self.calls += 1
        self.kinds[kind] += 1
        self.statuses[status] += 1
        if status == "OK":
            self.reasons[decision.reason] += 1
            for flag in FLAGS:
                if getattr(decision, flag):
                    self.flags[flag] += 1

    def report(self, needed):
        told = lambda counter: " ".join(f"{name}={counter[name]}" for name in sorted(counter))
        reasons = Counter({REASONS[number - 1]: n for number, n in self.reasons.items() if number})
        print(f"calls: {told(self.kinds)}")
        print(f"statuses: {told(self.statuses)}")
        print(f"reasons: {told(reasons)}")
        print(f"flags: {told(self.flags)}")
        print(f"not reached: {' '.join(self.missing(needed)) or 'none'}")

    def missing(self, needed):
        wanted = [name for name in sorted(needed) if not self.statuses[name]]
        wanted += [name for number, name in enumerate(REASONS, 1) if not self.reasons[number]]
        return wanted + [name for name in FLAGS if not self.flags[name]]


class Library:
    """The library's functions and the places in memory that they are passed."""

    def __init__(self, library):
        expect_constants(NUMBERS)
        self.memory = Memory()
        bind = lambda name, arguments: function(library, "ledger_" + name, arguments)
        self.calls = {
            "reserve": bind("reserve", "ppqqpp"),
            "extend": bind("extend", "pppqqp"),
            "post": bind("post", "pppqqp"),
            "settle": bind("settle", "pppqqp"),
            "release": bind("release", "pppqp"),
            "record": bind("record", "ppqqp"),
            "roll": bind("roll", "ppqqp"),
        }
        self.init, self.reset = bind("init", "Qqqp"), bind("reset", "pqq")
        self.validate = bind("state_validate", "p")
        self.encode, self.decode = bind("state_encode", "ppn"), bind("state_decode", "pnp")
        self.encoded_len = CONSTANTS["LEDGER_ENCODED_LEN"]
        self.parts = [self.place(shift) for shift in (0, 7)]  # the other at odd addresses

    def place(self, shift):
        self.memory.used += shift
        sizes = CONFIG.size, STATE.size, HOLD.size, DECISION.size, STATE.size, self.encoded_len
        return [self.memory.part(size) for size in sizes]


JUNK_HOLD, JUNK_DECISION = b"\xc3" * HOLD.size, b"\xc3" * DECISION.size


class Pair:
    """One ledger of both."""

    def __init__(self, library, counts, ledger_id, period, now, place=0):
        self.library, self.counts = library, counts
        self.bytes = library.memory.bytes
        parts = library.parts[place]
        (self.config_at, self.config), (self.state_at, self.state) = parts[:2]
        (self.hold_at, self.hold), (self.decision_at, self.decision) = parts[2:4]
        (self.probe_at, self.probe), (self.coded_at, self.coded) = parts[4:]
        self.bytes[self.state_at] = b"\xc3" * STATE.size
        status = library.init(ledger_id, period, now, self.state)
        check(status == 0, f"init answers {status_name(status)}")
        self.ledger = Ledger(ledger_id, period, now)
        self.compare_state()

    def raw(self):
        return bytes(self.bytes[self.state_at])

    def compare_state(self):
        found = STATE.struct.unpack_from(self.bytes, self.state_at.start)
        wanted = tuple([getattr(self.ledger, name) for name in STATE.names])
        if found != wanted:
            check(
                False,
                f"state {dict(zip(STATE.names, found))}, expected {dict(zip(STATE.names, wanted))}",
            )

    def step(self, kind, config, *arguments):
        """One call of both; the last argument is now. Answers the model's answer."""
        memory, ledger, hold = self.bytes, self.ledger, None
        before = bytes(memory[self.state_at])
        settings = config and CONFIG.pack(config)
        if config:
            memory[self.config_at] = settings
        memory[self.decision_at] = JUNK_DECISION
        at_config, call = self.config if config else None, self.library.calls[kind]
        if kind == "reserve":
            memory[self.hold_at] = JUNK_HOLD
            status = call(at_config, self.state, *arguments, self.hold, self.decision)
            hold = True
        elif isinstance(arguments[0], Hold):
            hold, *others = arguments
            memory[self.hold_at] = HOLD.pack(hold)
            status = call(at_config, self.state, self.hold, *others, self.decision)
        else:
            status = call(at_config, self.state, *arguments, self.decision)
        answer = getattr(ledger, kind)(config, *arguments)
        status = status_name(status)
        if status != answer.status:
            check(False, f"status {status}, expected {answer.status}")
        made = memory[self.decision_at]
        if made != DECISION.pack(answer.decision):
            check(False, f"decision {DECISION.read(made)}, expected {answer.decision}")
        if hold and memory[self.hold_at] != HOLD.pack(answer.hold):
            check(False, f"hold {HOLD.read(memory[self.hold_at])}, expected {answer.hold}")
        if config and memory[self.config_at] != settings:
            check(False, "a config stays as it is")
        after = memory[self.state_at]
        if answer.ledger is ledger:
            check(after == before, "a call that changes nothing leaves every byte")
        else:
            check(after != before, "a change is stored")
            self.ledger = answer.ledger
            self.compare_state()
        self.counts.add(kind, status, answer.decision)
        return answer

    def reset(self, period, now):
        status = status_name(self.library.reset(self.state, period, now))
        check(status == "OK", f"reset answers {status}")
        self.ledger = self.ledger.reset(period, now)
        self.compare_state()
        self.counts.kinds["reset"] += 1
        self.counts.calls += 1

    def try_available(self, config, answer, now):
        """Reserving exactly what is available succeeds, one unit more does not."""
        available = answer.decision.available
        for estimate in (available, available + 1):
            if estimate > LAST:
                continue
            self.bytes[self.probe_at] = self.bytes[self.state_at]
            arguments = self.config, self.probe, estimate, now, self.hold, self.decision
            self.bytes[self.config_at] = CONFIG.pack(config)
            status = self.library.calls["reserve"](*arguments)
            decision = DECISION.read(self.bytes[self.decision_at])
            if estimate == available:
                check(status == 0 and decision["allowed"] == 1, f"{available} is available")
            elif config.mode == ENFORCE or available == LAST:
                check(decision["allowed"] == 0, f"{estimate} is not available")

    def storage(self):
        """Validate, encode and decode, and a flip of a bit of what was encoded."""
        library, memory, length = self.library, self.bytes, self.library.encoded_len
        raw = self.raw()
        check(library.validate(self.state) == 0, "a reached state is valid")
        check(library.encode(self.state, self.coded, length) == 0, "a reached state is encoded")
        memory[self.probe_at] = b"\xc3" * STATE.size
        check(library.decode(self.coded, length, self.probe) == 0, "what was encoded is decoded")
        check(memory[self.probe_at] == raw == self.raw(), "and is the same state")
        memory[self.coded_at.start + random.randrange(length)] ^= 1 << random.randrange(8)
        status = status_name(library.decode(self.coded, length, self.probe))
        check(status == "CORRUPT_STATE", f"a flipped bit answers {status}")
        check(not any(memory[self.probe_at]), "and no state")
