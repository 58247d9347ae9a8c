#!/usr/bin/env python3
"""Drives the calls on several ledgers at once of a built library side by side with the model.

    SEED=1 ledgers_drive.py LIBRARY [EVENTS]

First the scenarios worked out by hand, then EVENTS (200000) random events: calls on 1 to 16
ledgers. Compared after every call: status, index, and every decision, hold and state. On a refusal
and on an error every state and hold has its bytes of before. Prints how often each status and
reason was reached; on a difference the seed and the event, and exits with 1.
"""

import ctypes
import os
import random
import struct
import sys

sys.dont_write_bytecode = True
import ledger_drive as one
from header import Difference, Memory, check, fresh_seed, function, has_more, status_name
from ledger_model import *
from ledger_pair import CONFIG, DECISION, HOLD, STATE, Counts, anywhere, stored
from ledger_scenarios import settings

ROOM = MOST_LEDGERS + 1
NEEDED = one.NEEDED | {"COUNT", "OVERLAP", "NULL_POINTER"}
KINDS = {  # the arrays between states and count, those after now
    "reserve": ("a", "hd"),
    "extend": ("ha", "d"),
    "settle": ("ha", "d"),
    "release": ("h", "d"),
    "record": ("a", "d"),
    "roll": ("a", "d"),
}
AMOUNTS = struct.Struct("=q")
JUNK_INDEX = b"\xc3" * 4


class Library:
    """The library's functions, and an array of each struct in memory."""

    def __init__(self, library):
        self.memory = Memory()
        self.calls = {}
        for kind, (first, last) in KINDS.items():
            arguments = "pp" + "p" * len(first) + "nq" + "p" * len(last) + "p"
            self.calls[kind] = function(library, f"ledgers_{kind}", arguments)
        self.init = function(library, "ledger_init", "Qqqp")
        self.parts = {
            name: self.memory.part(size * ROOM)
            for name, size in dict(
                c=CONFIG.size, s=STATE.size, a=8, h=HOLD.size, d=DECISION.size
            ).items()
        }
        self.index_at, self.index = self.memory.part(4)


class Ledgers:
    """Up to 16 ledgers of both; those in a call are copied together."""

    def __init__(self, library, counts, ids, period, now):
        self.library, self.counts, self.bytes = library, counts, library.memory.bytes
        self.models, self.states = [], []
        state_at, state = library.parts["s"]
        for ledger_id in ids:
            check(library.init(ledger_id, period, now, state) == 0, "init makes a state")
            self.states.append(bytes(self.bytes[state_at.start : state_at.start + STATE.size]))
            self.models.append(Ledger(ledger_id, period, now))

    def put(self, name, raw):
        start = self.library.parts[name][0].start
        self.bytes[start : start + len(raw)] = raw

    def get(self, name, size, count):
        start = self.library.parts[name][0].start
        raw = bytes(self.bytes[start : start + size * count])
        return [raw[at : at + size] for at in range(0, size * count, size)]

    def step(self, kind, places, configs, arguments, now, with_index=True, defaults=False):
        """One call of both. `arguments` has a tuple for each place; answers the model's answer.
        With `defaults` the array of configs is NULL."""
        library, count = self.library, len(places)
        models = [self.models[place] for place in places]
        asked = [None if defaults else config for config in configs]
        entries = list(zip(asked, models, *zip(*arguments))) if count else []
        wanted = several(kind, entries, now)

        before = [self.states[place] for place in places]
        first, last = KINDS[kind]
        holds = [HOLD.pack(argument[0]) for argument in arguments] if "h" in first else []
        amounts = [argument[-1] for argument in arguments] if "a" in first else []
        self.put("c", b"".join(CONFIG.pack(config) for config in configs))
        self.put("s", b"".join(before))
        self.put("h", b"".join(holds) if holds else b"\xc3" * HOLD.size * count)
        self.put("a", b"".join(AMOUNTS.pack(amount) for amount in amounts))
        self.put("d", b"\xc3" * DECISION.size * count)
        self.bytes[library.index_at] = JUNK_INDEX
        at = lambda name: library.parts[name][1]
        passed = [
            None if defaults else at("c"),
            at("s"),
            *map(at, first),
            count,
            now,
            *map(at, last),
        ]
        status = status_name(library.calls[kind](*passed, library.index if with_index else None))

        check(
            status == wanted.status, f"status {status}, expected {wanted.status} at {wanted.index}"
        )
        index = struct.unpack("=I", self.bytes[library.index_at])[0]
        if with_index:
            check(index == wanted.index, f"index {index}, expected {wanted.index}")
        answers = wanted.answers
        if answers is None and status != "COUNT":
            lost = [NO_HOLD] * count if kind == "reserve" else [entry[2] for entry in entries]
            answers = [Answer(status, *pair, NO_DECISION, False) for pair in zip(models, lost)]
        made = self.get("d", DECISION.size, count)
        states = self.get("s", STATE.size, count)
        kept = self.get("h", HOLD.size, count)
        for i, answer in enumerate(answers or []):
            if made[i] != DECISION.pack(answer.decision):
                check(False, f"decision {i} {DECISION.read(made[i])}, expected {answer.decision}")
            if (holds or kind == "reserve") and kept[i] != HOLD.pack(answer.hold):
                check(False, f"hold {i} {HOLD.read(kept[i])}, expected {answer.hold}")
            if answer.ledger is models[i]:
                check(states[i] == before[i], f"state {i} keeps every byte")
            else:
                found = STATE.struct.unpack(states[i])
                public = tuple([getattr(answer.ledger, name) for name in STATE.names])
                check(
                    found == public, f"state {i} {dict(zip(STATE.names, found))}, expected {public}"
                )
                check(states[i] != before[i], f"a change of state {i} is stored")
            self.models[places[i]], self.states[places[i]] = answer.ledger, states[i]
            self.counts.add(kind, status, answer.decision) if status == "OK" else None
        if status != "OK" or wanted.index != NONE:
            check(states == before, "none of it happens")
        if status != "OK":
            self.counts.add(kind, status, NO_DECISION)
        return wanted

    def overlapping(self, now):
        """Arrays that overlap, and arrays that are not there."""
        library, at = self.library, lambda name: self.library.parts[name][1]
        config = CONFIG.pack(DEFAULT)
        self.put("c", config * 2)
        self.put("s", self.states[0] + self.states[-1])
        self.put("a", AMOUNTS.pack(0) * 2)
        before = self.get("s", STATE.size, 2)
        calls = [
            ("OVERLAP", at("c"), at("s"), at("a"), at("s"), at("d")),
            ("OVERLAP", at("c"), at("s"), at("a"), at("h"), at("h")),
            ("OVERLAP", at("c"), at("s"), at("a"), at("h"), at("s") + STATE.size),
            ("OVERLAP", at("s"), at("s"), at("a"), at("h"), at("d")),
            ("OVERLAP", at("c"), at("s"), at("d"), at("h"), at("d")),
            ("NULL_POINTER", at("c"), None, at("a"), at("h"), at("d")),
            ("NULL_POINTER", at("c"), at("s"), None, at("h"), at("d")),
            ("NULL_POINTER", at("c"), at("s"), at("a"), None, at("d")),
            ("NULL_POINTER", at("c"), at("s"), at("a"), at("h"), None),
        ]
        wanted, configs, states, amounts, holds, decisions = random.choice(calls)
        count = min(2, len(self.states))
        if count < 2 and decisions == at("s") + STATE.size:
            return
        call = library.calls["reserve"]
        status = call(configs, states, amounts, count, now, holds, decisions, library.index)
        check(status_name(status) == wanted, f"status {status_name(status)}, expected {wanted}")
        check(self.get("s", STATE.size, 2) == before, "and leaves the states")
        self.counts.add("reserve", wanted, NO_DECISION)


# Scenarios, worked out by hand.


def expect_all(wanted, **fields):
    for name, values in fields.items():
        if name in ("status", "index"):
            found = getattr(wanted, name)
        else:
            found = [getattr(answer.decision, name) for answer in wanted.answers]
        check(found == values, f"{name} is {found}, worked out {values}")
    return [answer.hold for answer in wanted.answers or []]


def scenario_all_or_none(start):
    """A team of 100 and a user of 30: what the user may not, the team does not hold."""
    team, user = settings(100), settings(30)
    both = start([1, 2])
    holds = expect_all(
        both.step("reserve", [0, 1], [team, user], [(20,), (20,)], 0),
        index=NONE, allowed=[1, 1], held=[20, 20], available=[80, 10],
    )  # fmt: skip
    expect_all(
        both.step("reserve", [0, 1], [team, user], [(20,), (20,)], 1),
        status="OK", index=1, allowed=[0, 0], would_refuse=[0, 1], held=[20, 20],
        reason=[WITHIN, OVER_LIMIT], available=[80, 10],
    )  # fmt: skip
    spent = expect_all(
        both.step("settle", [0, 1], [team, user], [(holds[0], 15), (holds[1], 15)], 2),
        index=NONE, settled=[15, 15], held=[0, 0],
    )  # fmt: skip
    expect_all(
        both.step("settle", [0, 1], [team, user], [(NO_HOLD, 15), (spent[1], 15)], 3),
        status="HOLD_SPENT", index=1,
    )  # fmt: skip
    expect_all(
        both.step("record", [0, 1], [team, user], [(5,), (NOT_ASKED,)], 4),
        status="OK", settled=[20, 15], allowed=[1, 1], reason=[WITHIN, 0],
    )  # fmt: skip


def scenario_a_monitor_books_when_all_others_allow(start):
    watched, user = settings(10, mode=MONITOR), settings(30)
    both = start([1, 2])
    expect_all(
        both.step("reserve", [0, 1], [watched, user], [(20,), (20,)], 0),
        index=NONE, allowed=[1, 1], would_refuse=[1, 0], held=[20, 20],
        reason=[EXCEEDS_LIMIT, WITHIN],
    )  # fmt: skip
    expect_all(
        both.step("reserve", [0, 1], [watched, user], [(1,), (11,)], 0),
        index=1, allowed=[1, 0], would_refuse=[1, 1], held=[20, 20],
    )  # fmt: skip


def scenario_what_has_ended_in_a_refused_call(start):
    """It stays in the bytes, and is judged as if it were let go."""
    short, user = settings(100, hold_duration=10), settings(30)
    both = start([1, 2])
    both.step("reserve", [0, 1], [short, user], [(100,), (NOT_ASKED,)], 0)
    expect_all(
        both.step("reserve", [0, 1], [short, user], [(40,), (31,)], 10),
        index=1, held=[100, 0], available=[100, 30], expired=[0, 0], allowed=[0, 0],
        would_refuse=[0, 1], reason=[WITHIN, EXCEEDS_LIMIT],
    )  # fmt: skip
    expect_all(
        both.step("reserve", [0, 1], [short, user], [(40,), (30,)], 10),
        index=NONE, held=[40, 30], expired=[100, 0], allowed=[1, 1],
    )  # fmt: skip


def scenario_one_ledger_twice(start):
    both = start([1, 2, 1])
    config = settings(100)
    expect_all(
        both.step("reserve", [0, 1, 2], [config] * 3, [(1,)] * 3, 0), status="OVERLAP", index=2
    )


def scenario_roll(start):
    """The state's own period is not asked; an earlier one changes nothing."""
    config, three = settings(100, carry_max=10), start([1, 2, 3])
    expect_all(three.step("roll", [0], [config], [(2,)], 0), index=NONE)
    expect_all(
        three.step("roll", [0, 1, 2], [config] * 3, [(1,), (2,), (1,)], 5),
        index=NONE, clock_regressed=[1, 0, 0], available=[110, 110, 100], allowed=[1, 1, 1],
        reason=[WITHIN, WITHIN, 0],
    )  # fmt: skip


SCENARIOS = [found for name, found in list(globals().items()) if name.startswith("scenario_")]


def play_scenarios(library, counts):
    for scenario in SCENARIOS:
        try:
            scenario(lambda ids: Ledgers(library, counts, ids, 1, 0))
        except Difference as difference:
            raise Difference(f"{scenario.__name__}: {difference}")


# Random lives.


class Life:
    """Some ledgers that are called together, now and then with a thing that must not be."""

    def __init__(self, library, counts, run):
        size = random.choice((1, 2, 3, 3, 4, 16))
        self.wild = random.choice((0, 0, 0.003, 0.05))
        self.sour = random.choice((0, 0.01, 0.1))  # errors: one entry's fails the whole call
        self.clock = random.choice((0, -50, 1_700_000_000_000, LAST - 3000, FIRST))
        ids = random.sample(range(1, 40), size)
        if random.random() < 0.1:
            ids[-1] = ids[0]
        self.pairs = Ledgers(library, counts, ids, 202601, self.clock)
        self.rooms = [100] * size
        self.holds = [[] for _ in range(size)]
        self.copies = [[] for _ in range(size)]
        self.configs = [self.some_config() for _ in range(size)]
        self.duration = max(config.hold_duration for config in self.configs)

    def some_config(self):
        config = one.some_config(self.wild)
        while config_status(config):
            config = one.some_config(self.wild)
        if random.random() < 0.6:
            config = config._replace(limit=min(LAST, config.limit * 10))
        return config

    def some_time(self):
        chance, duration = random.random(), min(self.duration, 10**6)
        if chance < 0.08:
            return stored(self.clock - random.choice((1, duration // 16, 2 * duration)))
        if chance < 0.6:
            self.clock = stored(self.clock + int(random.random() * (duration // 8 + 2)))
        return self.clock

    def some_amount(self, place):
        chance, room = random.random(), self.rooms[place]
        if chance < self.wild:
            return anywhere()
        if chance < self.sour:
            return -1
        if chance < 0.6:
            return int(random.random() * (min(room, 1000) / 8 + 2))
        if chance < 0.75:
            return random.choice((0, room, min(LAST, room + 1)))
        return NOT_ASKED if chance < 0.9 else int(random.random() * (room + 2) / 3)

    def some_hold(self, place):
        chance = random.random()
        if chance < 1 - self.sour and self.holds[place]:
            return random.choice(self.holds[place])
        if chance < 1 - self.sour or not self.copies[place]:
            return NO_HOLD
        copy = random.choice(self.copies[place])
        field, value = random.choice(
            (
                ("id", copy.id),
                ("id", 0),
                ("ledger_id", 99),
                ("id", 2**40),
                ("amount", -1),
                ("amount", LAST),
            )
        )
        live = random.choice(self.holds[place] or [copy])
        return random.choice((copy, live._replace(**{field: value})))

    def play(self):
        chance = random.random()
        if chance < 0.02:
            place = random.randrange(len(self.configs))
            self.configs[place] = self.some_config()
        places = list(range(len(self.configs)))
        if random.random() < 0.5:
            places = random.sample(places, random.randint(1, len(places)))
        kind = random.choice(
            ("reserve",) * 5 + ("settle",) * 3 + ("extend", "release", "record", "roll")
        )
        now = self.some_time()
        if chance > 0.997:
            self.pairs.overlapping(now)
            return
        if 0.02 < chance < 0.023:
            places = [] if random.random() < 0.5 else (places * 17)[:17]
        arguments = []
        for place in places:
            if kind == "roll":
                step = random.choice((0, 0, 1, 1, 2, -1))
                arguments.append((stored(self.pairs.models[place].period + step),))
                continue
            argument = (self.some_hold(place),) if kind in ("settle", "release", "extend") else ()
            if kind != "release":
                amount = self.some_amount(place)
                if argument and amount > 0 and random.random() < 0.6:
                    amount = max(0, argument[0].amount)
                if kind == "record" and random.random() < 0.4:
                    amount = stored(-amount) if amount != NOT_ASKED else amount
                argument += (amount,)
            arguments.append(argument)
        configs = [self.configs[place] for place in places]
        if configs and random.random() < 3 * self.sour:
            configs[-1] = one.spoilt(configs[-1])
        self.last = (
            kind,
            configs,
            [self.pairs.models[place].__dict__ for place in places],
            arguments,
            now,
        )
        with_index, defaults = random.random() < 0.9, random.random() < 0.01
        wanted = self.pairs.step(kind, places, configs, arguments, now, with_index, defaults)
        if wanted.status != "OK":
            return
        for place, argument, answer in zip(places, arguments, wanted.answers):
            self.rooms[place] = answer.decision.available
            if kind == "reserve" and answer.hold.id:
                self.holds[place] = self.holds[place][-19:] + [answer.hold]
            elif kind in ("settle", "release", "extend") and answer.hold != argument[0]:
                self.copies[place] = self.copies[place][-9:] + [argument[0]]
                self.holds[place] = [h for h in self.holds[place] if h.id != argument[0].id]
                if answer.hold.id:
                    self.holds[place].append(answer.hold)


def many_ids(life):
    config, places = settings(100), list(range(len(life.configs)))[:1]
    for _ in range(1100):
        life.pairs.step("reserve", places, [config], [(0,)], life.clock)


def campaign(library, counts, events, seed):
    run = 0
    while has_more(counts.calls, events, lambda: counts.missing(NEEDED - {"PART"})):
        random.seed(f"ledgers {seed} {run}")
        life = Life(library, counts, run)
        life.last, length = None, random.choice((20, 60, 200))
        burst = random.randrange(length) if run % 40 == 1 else -1
        try:
            for number in range(length):
                if number == burst:
                    many_ids(life)
                life.play()
        except Difference as difference:
            raise Difference(f"seed {seed}, run {run}, event {number}: {difference}\n  {life.last}")
        run += 1
    return run


def run_all(library, events, seed):
    counts = Counts()
    print("every ledger of a call that is OK counts as an event")
    try:
        play_scenarios(library, counts)
        runs = campaign(library, counts, events, seed)
    except Difference as difference:
        print(f"difference: {difference}")
        sys.exit(1)
    counts.report(NEEDED - {"PART"})
    print(f"{len(SCENARIOS)} scenarios, {counts.calls} events in {runs} lives, 0 differences")


def main():
    events = int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
    library = Library(ctypes.CDLL(os.path.abspath(sys.argv[1])))
    run_all(library, events, fresh_seed())


if __name__ == "__main__":
    main()
