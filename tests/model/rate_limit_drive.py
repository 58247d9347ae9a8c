#!/usr/bin/env python3
"""Drives the rate limit of a built library side by side with its model.

    SEED=1 rate_limit_drive.py LIBRARY [EVENTS]

First the scenarios worked out by hand, then EVENTS (200000) random events in many short lives.
Every status, decision and public field of the state is compared after every call. On the library's
bytes alone: no true window of the duration has more than the limit, looked through by brute force;
what is available can be taken and one unit more cannot; what is refused fits after retry_after and
not one unit of time before. Prints how often each status and reason was reached; on a difference
the seed and the event, and exits with 1.
"""

import ctypes
import os
import random
import sys
from collections import Counter

sys.dont_write_bytecode = True
from header import (
    CONSTANTS, Difference, Layout, Memory, check, expect_constants, fresh_seed, function, has_more,
    status_name,
)  # fmt: skip
from rate_limit_model import *

PUBLIC = "revision", "updated_at"
CONFIG = Layout("rate_limit_config", Config._fields)
STATE = Layout("rate_limit_state", PUBLIC, part=True)
DECISION = Layout("rate_limit_decision", Decision._fields)
JUNK = b"\xc3" * max(STATE.size, DECISION.size)
NEEDED = "OK RATE_LIMIT RATE_DURATION MODE RESERVED AMOUNT TAKEN_AT OVERFLOW NULL_POINTER".split()
FLAGS = "would_refuse", "clock_regressed", "retry_after"


def stored(value):
    return max(FIRST, min(LAST, value))


def anywhere():
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
            self.reasons[REASONS[decision.reason]] += 1
            for flag in FLAGS:
                if getattr(decision, flag):
                    self.flags[flag] += 1

    def report(self):
        told = lambda counter: " ".join(f"{name}={counter[name]}" for name in sorted(counter))
        print(f"calls: {told(self.kinds)}")
        print(f"statuses: {told(self.statuses)}")
        print(f"reasons: {told(self.reasons)}")
        print(f"flags: {told(self.flags)}")
        print(f"not reached: {' '.join(self.missing()) or 'none'}")

    def missing(self):
        wanted = [name for name in NEEDED if not self.statuses[name]]
        wanted += [name for name in REASONS.values() if not self.reasons[name]]
        return wanted + [name for name in FLAGS if not self.flags[name]]


class Library:
    """The library's functions and the places in memory that they are passed."""

    def __init__(self, library):
        expect_constants({f"RATE_REASON_{name}": number for number, name in REASONS.items()})
        self.memory = Memory()
        bind = lambda name, arguments: function(library, "rate_limit_" + name, arguments)
        self.acquire, self.adjust = bind("acquire", "ppqqp"), bind("adjust", "ppqqqp")
        self.init, self.reset = bind("init", "qp"), bind("reset", "pq")
        self.validate = bind("state_validate", "p")
        self.encode, self.decode = bind("state_encode", "ppn"), bind("state_decode", "pnp")
        self.encoded_len = CONSTANTS["RATE_LIMIT_ENCODED_LEN"]
        self.parts = [self.place(shift) for shift in (0, 7)]  # the other at odd addresses

    def place(self, shift):
        self.memory.used += shift
        sizes = CONFIG.size, STATE.size, DECISION.size, STATE.size, self.encoded_len
        return [self.memory.part(size) for size in sizes]


class Pair:
    """One rate limit of both."""

    def __init__(self, library, counts, now, place=0):
        self.library, self.counts, self.bytes = library, counts, library.memory.bytes
        parts = library.parts[place]
        (self.config_at, self.config), (self.state_at, self.state) = parts[:2]
        (self.decision_at, self.decision), (self.probe_at, self.probe) = parts[2:4]
        self.coded_at, self.coded = parts[4]
        self.bytes[self.state_at] = JUNK[: STATE.size]
        check(library.init(now, self.state) == 0, "init makes a state")
        self.rate = RateLimit(now)
        self.compare_state()

    def compare_state(self):
        found = STATE.struct.unpack_from(self.bytes, self.state_at.start)
        wanted = tuple([getattr(self.rate, name) for name in STATE.names])
        if found != wanted:
            check(False, f"state {dict(zip(STATE.names, found))}, expected {wanted}")

    def step(self, kind, config, *arguments):
        """One call of both; the last argument is now. Answers the model's answer."""
        memory, rate = self.bytes, self.rate
        before, settings = bytes(memory[self.state_at]), CONFIG.struct.pack(*config_values(config))
        memory[self.config_at] = settings
        memory[self.decision_at] = JUNK[: DECISION.size]
        call = getattr(self.library, kind)
        status = status_name(call(self.config, self.state, *arguments, self.decision))
        answer = getattr(rate, kind)(config, *arguments)
        if status != answer.status:
            check(False, f"status {status}, expected {answer.status}")
        made = memory[self.decision_at]
        if made != DECISION.pack(answer.decision):
            check(False, f"decision {DECISION.read(made)}, expected {answer.decision}")
        check(memory[self.config_at] == settings, "a config stays as it is")
        if answer.rate is rate:
            check(memory[self.state_at] == before, "a call that changes nothing leaves every byte")
        else:
            check(memory[self.state_at] != before, "a change is stored")
            self.rate = answer.rate
            self.compare_state()
        self.counts.add(kind, status, answer.decision)
        return answer

    def without_config(self, now):
        """No limit can be guessed."""
        before = bytes(self.bytes[self.state_at])
        status = status_name(self.library.acquire(None, self.state, 0, now, self.decision))
        check(status == "NULL_POINTER", f"no config answers {status}")
        check(not any(self.bytes[self.decision_at]), "and a decision that does not allow")
        check(self.bytes[self.state_at] == before, "and leaves the state")
        self.counts.add("acquire", status, NO_DECISION)

    def reset(self, now):
        check(self.library.reset(self.state, now) == 0, "reset answers OK")
        self.rate = self.rate.reset(now)
        self.compare_state()
        self.counts.kinds["reset"] += 1
        self.counts.calls += 1

    def would_allow(self, config, amount, now):
        """What the library alone answers on a copy of the state."""
        self.bytes[self.probe_at] = self.bytes[self.state_at]
        self.bytes[self.config_at] = CONFIG.struct.pack(*config_values(config))
        status = self.library.acquire(self.config, self.probe, amount, now, self.decision)
        check(status == 0, f"a copy answers {status_name(status)}")
        return DECISION.read(self.bytes[self.decision_at])["allowed"] == 1

    def try_limits(self, config, kind, arguments, answer):
        """What is available fits, one more does not; a refused amount fits from retry_after on."""
        now, decision = arguments[-1], answer.decision
        if config.mode != ENFORCE:
            return
        check(self.would_allow(config, decision.available, now), "what is available fits")
        if decision.available < LAST:
            check(not self.would_allow(config, decision.available + 1, now), "one more does not")
        if kind == "acquire" and decision.would_refuse and decision.retry_after < LAST:
            fits_at = now + decision.retry_after
            check(decision.retry_after > 0, "what is refused does not fit now")
            if fits_at <= LAST:
                fits = self.would_allow(config, arguments[0], fits_at)
                check(fits, f"{arguments[0]} fits after {decision.retry_after}")
            if fits_at - 1 <= LAST:
                fits = self.would_allow(config, arguments[0], fits_at - 1)
                check(not fits, f"{arguments[0]} does not fit before {decision.retry_after}")

    def storage(self):
        """Validate, encode and decode, and a flip of a bit of what was encoded."""
        library, memory, length = self.library, self.bytes, self.library.encoded_len
        raw = bytes(memory[self.state_at])
        check(library.validate(self.state) == 0, "a reached state is valid")
        check(library.encode(self.state, self.coded, length) == 0, "a reached state is encoded")
        memory[self.probe_at] = JUNK[: STATE.size]
        check(library.decode(self.coded, length, self.probe) == 0, "what was encoded is decoded")
        check(memory[self.probe_at] == raw == memory[self.state_at], "and is the same state")
        memory[self.coded_at.start + random.randrange(length)] ^= 1 << random.randrange(8)
        status = status_name(library.decode(self.coded, length, self.probe))
        check(status == "CORRUPT_STATE", f"a flipped bit answers {status}")
        check(not any(memory[self.probe_at]), "and no state")


CONFIG_ORDER = [Config._fields.index(name) for name in CONFIG.names]


def config_values(config):
    return [config[place] for place in CONFIG_ORDER]


# Scenarios, worked out by hand.


def expect(answer, **fields):
    for name, value in fields.items():
        found = answer.status if name == "status" else getattr(answer.decision, name)
        check(found == value, f"{name} is {found}, worked out {value}")


def scenario_a_window(start):
    """100 in any 160: buckets of 10. What was taken at 5 counts until 9 is out of the window."""
    config, pair = Config(100, 160, ENFORCE, 0), start(0)
    expect(pair.step("acquire", config, 60, 5), allowed=1, used=60, available=40, taken_at=5)
    expect(pair.step("acquire", config, 40, 100), allowed=1, used=100, available=0, reason=WITHIN)
    expect(pair.step("acquire", config, 40, 100), allowed=0, reason=OVER_LIMIT, retry_after=69)
    expect(pair.step("acquire", config, 41, 168), allowed=0, retry_after=1)
    expect(pair.step("acquire", config, 61, 169), allowed=0, used=40, retry_after=100)
    expect(pair.step("acquire", config, 60, 169), allowed=1, used=100)
    expect(pair.step("acquire", config, 101, 169), reason=EXCEEDS_LIMIT, retry_after=LAST)
    expect(pair.step("acquire", config, 0, 169), allowed=1, reason=FREE, retry_after=0)


def scenario_sixteen_buckets_would_let_140_through(start):
    """With 16 buckets, 70 at the end of one and 70 in the 16th after it would be let through."""
    config, pair = Config(100, 16, ENFORCE, 0), start(0)
    expect(pair.step("acquire", config, 70, 0), allowed=1)
    expect(pair.step("acquire", config, 70, 15), allowed=0, retry_after=1)
    expect(pair.step("acquire", config, 70, 16), allowed=1, used=70)
    config, pair = Config(100, 160, ENFORCE, 0), start(0)
    expect(pair.step("acquire", config, 70, 9), allowed=1)
    expect(pair.step("acquire", config, 70, 160), allowed=0, retry_after=9)
    expect(pair.step("acquire", config, 70, 168), allowed=0, retry_after=1)
    expect(pair.step("acquire", config, 70, 169), allowed=1)


def scenario_a_slower_clock(start):
    """A refusal that drops an old bucket moves the clock. If it did not, a clock 15 behind would
    take 200 of 100 in one window."""
    config, pair = Config(100, 10, ENFORCE, 0), start(0)
    expect(pair.step("acquire", config, 100, 0), allowed=1)
    expect(pair.step("acquire", config, 101, 20), allowed=0, used=0)
    expect(pair.step("acquire", config, 100, 5), allowed=1, taken_at=20, clock_regressed=1)
    expect(pair.step("acquire", config, 100, 20), allowed=0, retry_after=10)
    expect(pair.step("acquire", config, 100, 10), allowed=0, retry_after=20, clock_regressed=1)


def scenario_estimate_and_actual(start):
    config, pair = Config(100, 160, ENFORCE, 0), start(0)
    expect(pair.step("acquire", config, 80, 7), allowed=1, taken_at=7)
    expect(pair.step("adjust", config, 7, -50, 20), used=30, available=70, allowed=1, taken_at=7)
    expect(pair.step("acquire", config, 0, 30), allowed=1, taken_at=30)
    expect(
        pair.step("adjust", config, 30, 90, 31), used=120, available=0, allowed=0, reason=OVER_LIMIT
    )
    expect(pair.step("adjust", config, 30, -100, 31), used=30, allowed=1)
    expect(pair.step("adjust", config, 32, 1, 40), status="TAKEN_AT", allowed=0)
    expect(pair.step("adjust", config, 7, 50, 169), used=0, reason=WITHIN)
    expect(pair.step("acquire", config, -1, 170), status="AMOUNT", allowed=0)


def scenario_modes(start):
    pair = start(0)
    monitor, unlimited = Config(100, 160, MONITOR, 0), Config(100, 160, UNLIMITED_MODE, 0)
    expect(pair.step("acquire", monitor, 90, 0), allowed=1, would_refuse=0)
    expect(
        pair.step("acquire", monitor, 20, 10), allowed=1, would_refuse=1, used=110, retry_after=159
    )
    expect(pair.step("acquire", unlimited, 1000, 10), allowed=1, would_refuse=0, reason=UNLIMITED)
    expect(pair.step("acquire", unlimited, LAST, 10), status="OVERFLOW", allowed=0)
    pair.reset(-500)
    expect(pair.step("acquire", unlimited, LAST, -500), available=0, clock_regressed=0)


def scenario_another_duration(start):
    """A bucket goes as a whole to the one of its last instant: 30 at 9, in buckets of 10 that is up
    to 9, in buckets of 2 the one from 8 to 9."""
    pair = start(0)
    long, short = Config(100, 160, ENFORCE, 0), Config(100, 32, ENFORCE, 0)
    expect(pair.step("acquire", long, 30, 3), allowed=1)
    expect(pair.step("acquire", short, 71, 20), allowed=0, used=30, retry_after=21)
    expect(pair.step("acquire", short, 71, 40), allowed=0, used=30)
    expect(pair.step("acquire", short, 71, 41), allowed=1, used=71)


SCENARIOS = [found for name, found in list(globals().items()) if name.startswith("scenario_")]


def play_scenarios(library, counts):
    for scenario in SCENARIOS:
        try:
            scenario(lambda now: Pair(library, counts, now))
        except Difference as difference:
            raise Difference(f"{scenario.__name__}: {difference}")


# Random lives.

DURATIONS = 1, 2, 15, 16, 17, 31, 32, 33, 100, 160, 1000, 86_400, 3_600_000, 2**40, LAST


class Life:
    """One rate limit, with all that may go wrong. In an honest one durations only shrink, and each
    take is adjusted at most once: there every window is looked through."""

    def __init__(self, library, counts, run):
        self.honest = run % 2 == 0
        self.wild = 0 if self.honest else random.choice((0, 0, 0.02, 0.3))
        self.clock = random.choice((0, 0, -500, 1_700_000_000_000, LAST - 3000, FIRST))
        if self.wild and random.random() < 0.3:
            self.clock = anywhere()
        self.pair = Pair(library, counts, self.clock, run // 2 % 2)
        self.config = self.some_config()
        self.takes, self.adjustable, self.available = [], [], self.config.limit

    def some_config(self):
        limit = random.choice((0, 1, 10, 100, 1000, 10**6))
        mode = random.choice((ENFORCE, ENFORCE, ENFORCE, MONITOR, UNLIMITED_MODE))
        if random.random() < self.wild:
            limit = abs(anywhere())
        config = Config(stored(limit), random.choice(DURATIONS), mode, 0)
        if not self.honest and random.random() < 0.06:
            broken = {"limit": -1, "duration": random.choice((0, -1)), "mode": 3, "reserved": 1}
            for field in random.sample(sorted(broken), random.choice((1, 1, 2))):
                config = config._replace(**{field: broken[field]})
        return config

    def change(self):
        config = self.some_config()
        if self.honest:
            config = config._replace(duration=min(config.duration, self.config.duration))
        self.config = config

    def some_time(self):
        duration, chance = max(1, self.config.duration), random.random()
        if chance < 0.5:
            self.clock += random.choice((0, 0, 1, duration // 64, duration // 16))
        elif chance < 0.53:
            self.clock += random.choice((duration, duration + duration // 16, 3 * duration))
        elif chance < 0.62:
            return stored(self.clock - random.choice((1, duration // 16, 2 * duration)))
        elif chance < 0.9:
            self.clock += int(random.random() * (duration // 8 + 2))
        self.clock = stored(self.clock)
        return anywhere() if random.random() < self.wild * 0.1 else self.clock

    def some_amount(self):
        if random.random() < self.wild:
            return anywhere()
        chance, limit = random.random(), max(0, self.config.limit)
        if chance < 0.5:
            return int(random.random() * (limit / 8 + 2))
        if chance < 0.8:
            more = random.choice((0, 0, 1, -1))
            return min(LAST, max(0, self.available + more))
        if chance < 0.9:
            return min(LAST, limit + random.choice((0, 0, 1)))
        return random.choice((0, 0, 1, -1))

    def event(self):
        now = self.some_time()
        if random.random() < 0.8:
            return "acquire", self.some_amount(), now
        if self.adjustable and (self.honest or random.random() < 0.9):
            place = random.randrange(len(self.adjustable))
            at, amount = self.adjustable[place]
            by = random.choice((-amount, -(amount // 2), 0, amount // 3))
            if self.honest:
                self.adjustable.pop(place)
            return "adjust", at, by, now
        if self.honest:
            return "acquire", self.some_amount(), now
        updated_at = self.pair.rate.updated_at
        at = random.choice(
            (updated_at, updated_at + 1, updated_at - max(0, self.config.duration), anywhere())
        )
        return "adjust", stored(at), random.choice((-1, 1, anywhere())), now

    def play(self):
        chance = random.random()
        if chance < 0.01:
            self.change()
        if chance > 0.99:
            self.pair.storage()
        if not self.honest and 0.01 < chance < 0.015:
            self.clock = stored(
                self.clock + random.choice((-1, 1)) * random.choice((0, 5, 500, 10**9))
            )
            self.pair.reset(self.clock)
            self.adjustable = []
            return
        if 0.015 < chance < 0.017:
            self.pair.without_config(self.clock)
        kind, *arguments = event = self.event()
        self.last = self.config, event
        answer = self.pair.step(kind, self.config, *arguments)
        if answer.status != "OK":
            return
        decision = answer.decision
        self.available = decision.available
        if kind == "acquire" and decision.allowed:
            self.adjustable = self.adjustable[-19:] + [(decision.taken_at, arguments[0])]
        if self.honest:
            self.windows(kind, arguments, decision)
        if decision.would_refuse and chance < 0.3 or 0.5 < chance < 0.55:
            self.pair.try_limits(self.config, kind, arguments, answer)

    def windows(self, kind, arguments, decision):
        """After every take, the window that ends with it, of what was truly taken."""
        if kind == "adjust":
            at, by, _ = arguments
            self.takes.append((at, by))
            return
        if not decision.allowed:
            return
        self.takes.append((decision.taken_at, arguments[0]))
        start = decision.taken_at - self.config.duration
        self.takes = [take for take in self.takes if take[0] > start]
        if self.config.mode == ENFORCE and arguments[0]:
            taken = sum(amount for _, amount in self.takes)
            check(taken <= self.config.limit, f"{taken} are taken in a window")


def campaign(library, counts, events, seed):
    run = 0
    while has_more(counts.calls, events, counts.missing):
        random.seed(f"rate limit {seed} {run}")
        life = Life(library, counts, run)
        life.last = None
        try:
            for number in range(random.choice((20, 100, 400))):
                life.play()
        except Difference as difference:
            raise Difference(f"seed {seed}, run {run}, event {number}: {difference}\n  {life.last}")
        run += 1
    return run


def run_all(library, events, seed):
    counts = Counts()
    try:
        play_scenarios(library, counts)
        runs = campaign(library, counts, events, seed)
    except Difference as difference:
        print(f"difference: {difference}")
        sys.exit(1)
    counts.report()
    print(f"{len(SCENARIOS)} scenarios, {counts.calls} calls in {runs} lives, 0 differences")


def main():
    events = int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
    library = Library(ctypes.CDLL(os.path.abspath(sys.argv[1])))
    run_all(library, events, fresh_seed())


if __name__ == "__main__":
    main()
