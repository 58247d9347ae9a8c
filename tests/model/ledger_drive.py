#!/usr/bin/env python3
"""Drives the ledger of a built library side by side with its model.

    SEED=1 ledger_drive.py LIBRARY [EVENTS]

First the scenarios worked out by hand, then EVENTS (200000) random events in many short lives.
Every status, decision, hold and public field of the state is compared after every call, and what
the header promises is checked on the library's bytes alone. Prints how often each status and reason
was reached; on a difference the seed and the event, and exits with 1.
"""

import ctypes
import os
import random
import sys

sys.dont_write_bytecode = True
from header import Difference, check, fresh_seed, has_more
from ledger_model import *
from ledger_pair import Counts, Library, Pair, anywhere, stored
from ledger_scenarios import SCENARIOS, play_scenarios

NEEDED = {  # of statuses and reasons, by every long enough run
    "OK", "LEDGER_LIMIT", "CARRY_MAX", "DEBT_MAX", "HOLD_DURATION", "THRESHOLD_COUNT",
    "THRESHOLD_UNIT", "THRESHOLD_BASIS", "MODE", "THRESHOLDS", "THRESHOLD_LIMIT", "ESTIMATE",
    "MORE", "PART", "ACTUAL", "HOLD_SPENT", "HOLD_LEDGER", "HOLD_ID", "HOLD_AMOUNT", "OVERFLOW",
}  # fmt: skip

DURATIONS = 0, 1, 2, 5, 15, 16, 31, 32, 33, 160, 1000, 100_000, 2**40, LAST


def some_config(wild):
    limit = random.choice((0, 1, 100, 100, 1000, 10_000))
    if random.random() < wild:
        limit = stored(abs(anywhere()))
    some = lambda: random.choice((0, 0, limit // 4, limit, LAST if wild else 2 * limit))
    mode = random.choice((ENFORCE, ENFORCE, ENFORCE, MONITOR, UNLIMITED_MODE))
    unit = AMOUNT if mode == UNLIMITED_MODE else random.choice((PPM, AMOUNT))
    count = random.choice((0, 1, 3, 8))
    marks = (1, 100_000, 333_333, 500_000, 800_000, MILLION, MILLION + 1, 1_500_000, LAST)
    if unit == AMOUNT:
        marks = {max(1, limit * mark // MILLION) for mark in marks}
        marks = [mark for mark in marks if mark <= LAST]
    count = min(count, len(marks))
    told = tuple(sorted(random.sample(sorted(marks), count)))
    config = Config(
        limit, some(), some(), random.choice(DURATIONS[:12] if not wild else DURATIONS),
        told + (0,) * (8 - count), count, unit, random.choice((SETTLED, COMMITTED)), mode,
    )  # fmt: skip
    return spoilt(config) if random.random() < 0.06 else config


def spoilt(config):
    broken = {
        "limit": -1, "carry_max": -1, "debt_max": FIRST, "hold_duration": -1,
        "threshold_count": random.choice((9, 2**32 - 1, 8)),
        "threshold_unit": random.choice((0, 2)),
        "threshold_basis": 2, "mode": random.choice((3, 2, 2)),
        "thresholds": tuple(random.randrange(-1, 4) for _ in range(8)),
    }  # fmt: skip
    for field in random.sample(sorted(broken), random.choice((1, 1, 2))):
        config = config._replace(**{field: broken[field]})
    return config._replace(threshold_count=2) if random.random() < 0.3 else config


class Life:
    """One ledger, with all that may go wrong; an honest one with only what the promise allows."""

    def __init__(self, library, counts, run):
        self.honest = run % 3 == 0
        self.forges = run % 3 == 1  # holds that no call has given
        self.is_unverified = self.is_old = False
        self.wild = 0 if self.honest else random.choice((0, 0, 0.02, 0.3))
        self.clock = random.choice((0, 0, -50, 1_700_000_000_000, LAST - 3000, FIRST))
        if self.wild and random.random() < 0.3:
            self.clock = anywhere()
        period = anywhere() if self.wild else random.choice((0, 202601))
        ledger_id = random.choice((1, 7, 2**64 - 1))
        self.pair = Pair(library, counts, ledger_id, period, self.clock, run % 2)
        self.holds, self.copies = [], []
        self.configure()
        self.room = (self.config or DEFAULT).limit
        self.truth, self.longest = (
            {},
            (self.config or DEFAULT).hold_duration,
        )  # of honest holds, by id

    def configure(self):
        if not self.honest:
            self.config = random.choice((some_config(self.wild),) * 20 + (None,))
            return
        limit = random.choice((1, 100, 1000, 10**9, LAST // 4))
        some = lambda: random.choice((0, limit // 3, limit, 3 * limit))
        values = limit, some(), some(), random.choice(DURATIONS[:12])
        self.config = Config(*values, (500_000,) + (0,) * 7, 1, PPM, COMMITTED, ENFORCE)

    def change(self):
        """Another config; an honest one never lowers limit or carry_max."""
        if self.honest:
            config = self.config
            limit = min(LAST // 2, config.limit + random.choice((0, 0, 10)))
            self.config = config._replace(limit=limit, hold_duration=random.choice(DURATIONS[:12]))
            self.longest = max(self.longest, self.config.hold_duration)
        elif self.config and random.random() < 0.5:
            change = some_config(self.wild)
            field = random.choice(("limit", "hold_duration", "mode", "threshold_basis"))
            self.config = self.config._replace(**{field: getattr(change, field)})
        else:
            self.configure()

    def some_time(self):
        duration = self.config.hold_duration if self.config else 0
        chance = random.random()
        if chance < 0.5:
            self.clock += random.choice((0, 0, 1, duration // 64, duration // 16))
        elif chance < 0.55:
            self.clock += random.choice((duration, duration // 16 * 34, 3 * duration + 1))
        elif chance < 0.62:
            return stored(self.clock - random.choice((1, duration // 16, 3 * duration)))
        elif chance < 0.9:
            self.clock += int(random.random() * (duration // 8 + 2))
        self.clock = stored(self.clock)
        return anywhere() if random.random() < self.wild * 0.1 else self.clock

    def some_amount(self):
        if random.random() < self.wild:
            return anywhere()
        chance, room = random.random(), self.room
        if chance < 0.5:
            return int(
                random.random() * (min(room, self.config.limit if self.config else 9) / 8 + 2)
            )
        if chance < 0.6:
            return room
        if chance < 0.7:
            return min(LAST, room + 1)
        if chance < 0.75:
            return 0
        if chance < 0.77:
            return -1
        return int(random.random() * (room + 2) / 3)

    def some_hold(self):
        chance = random.random()
        if self.holds and chance < (0.4 if self.is_old else 0.9):
            return random.choice(self.holds)
        if not self.forges or self.copies and chance < 0.96:
            return random.choice(self.copies or self.holds)
        return self.forged(random.choice(self.holds or self.copies or [NO_HOLD]))

    def forged(self, hold):
        ledger, end = self.pair.ledger, hold.expires_at
        values = {
            "ledger_id": (ledger.ledger_id, 0, 3),
            "id": (0, hold.id, ledger.next_hold, max(0, ledger.next_hold - 1025), 1),
            "period": (hold.period, 0),
            "amount": (min(LAST, hold.amount + 1), -1, 0, ledger.held, LAST),
            "expires_at": (LAST, FIRST, stored(end - 1), stored(end + 999), ledger.updated_at),
        }
        field = random.choice(Hold._fields)
        return hold._replace(**{field: random.choice(values[field])})

    def event(self):
        pair, now, chance = self.pair, self.some_time(), random.random()
        if self.holds and chance < 0.55 or self.copies and chance < 0.1:
            hold = self.some_hold()
            kind = random.choice(("settle", "settle", "release", "extend", "post"))
            if kind == "release":
                return kind, hold, now
            amount = random.choice((hold.amount, hold.amount // 2, self.some_amount(), 1))
            if self.honest and kind != "extend":
                is_live = hold.expires_at > max(now, pair.ledger.updated_at)
                amount = max(-1, min(amount, hold.amount)) if is_live else 0
            return kind, hold, amount, now
        if chance < 0.85 or self.honest and chance < 0.93:
            return "reserve", self.some_amount(), now
        if chance < 0.93:
            amount = self.some_amount()
            return "record", random.choice((amount, stored(-amount))), now
        step = random.choice((0, 1, 1, 1, 2, 89, -1))
        period = (
            anywhere() if random.random() < self.wild * 0.1 else stored(pair.ledger.period + step)
        )
        return "roll", period, now

    def play(self):
        """One event; answers the arguments of the call for the report."""
        chance = random.random()
        if chance < 0.01:
            self.change()
        if chance > 0.99:
            self.pair.storage()
        if not self.honest and 0.01 < chance < 0.015:
            self.clock = stored(
                self.clock + random.choice((-1, 1)) * random.choice((0, 5, 500, 10**9))
            )
            period = stored(self.pair.ledger.period + random.choice((-1, 0, 1)))
            self.pair.reset(period, self.clock)
            return
        event = self.event()
        self.last = self.config, event
        before = self.pair.ledger
        answer = self.pair.step(event[0], self.config, *event[1:])
        if answer.decision.reason == UNVERIFIED:
            self.is_unverified = True
        if not self.forges and not self.is_unverified:
            check(answer.status != "HOLD_AMOUNT", "a hold that was given is in its bucket")
        if answer.status == "OK":
            self.room = answer.decision.available
        self.remember(event, answer, max(event[-1], before.updated_at))
        config, now = self.config or DEFAULT, event[-1]
        if answer.status == "OK":
            self.promises(config, before, event, answer, now)
        if 0.5 < chance < 0.53 and answer.status == "OK" and event[0] != "roll" and self.config:
            self.pair.try_available(config, answer, now)

    def remember(self, event, answer, time):
        kind, subject, *_ = event
        if answer.status != "OK":
            return
        given = answer.hold
        if kind == "reserve":
            if given.id and random.random() < 0.97:  # else the request dies
                self.holds = self.holds[-29:] + [given]
        elif kind in ("settle", "release", "extend", "post") and given != subject:
            self.copies = self.copies[-29:] + [subject]
            self.holds = [hold for hold in self.holds if hold.id != subject.id]
            if given.id:
                self.holds.append(given)
            if subject.expires_at > time:  # else its amount stays until its bucket goes
                self.truth.pop(subject.id, None)
        if given.id:
            self.truth[given.id] = given

    def promises(self, config, before, event, answer, now):
        """What holds whatever the model says, from the fields of the library alone."""
        kind, decision, after = event[0], answer.decision, self.pair.ledger
        cap, used = config.limit + after.carried, after.settled + after.held
        if kind == "reserve" and decision.allowed and event[1] and config.mode == ENFORCE:
            check(used <= cap, "a reserve never passes the limit")
        if kind in ("reserve", "extend") and not decision.allowed:
            check(
                after.settled == before.settled and after.held <= before.held,
                "a refusal holds nothing",
            )
        if not self.honest:
            return
        check(used <= cap, "settled + held <= limit + carried")
        if kind == "roll" and event[1] < before.period:
            return
        time = max(now, before.updated_at)
        if len(self.truth) > 60:
            late = self.longest // 16 + 2
            self.truth = {i: h for i, h in self.truth.items() if h.expires_at > time - late}
        live = sum(hold.amount for hold in self.truth.values() if hold.expires_at > time)
        late = max(1, self.longest // 16)
        most = sum(h.amount for h in self.truth.values() if h.expires_at > time - late)
        check(live <= after.held <= most, f"held {after.held} is between {live} and {most}")


def many_ids(life):
    """So many ids that the first are no longer known to be spent."""
    now = life.clock = max(life.clock, life.pair.ledger.updated_at)
    for _ in range(random.choice((1000, 1024, 1100))):
        life.pair.step("reserve", None, 0, now)
    life.is_old = True


def campaign(library, counts, events, seed):
    run = 0
    while has_more(counts.calls, events, lambda: counts.missing(NEEDED)):
        random.seed(f"ledger {seed} {run}")
        life = Life(library, counts, run)
        life.last = None
        length = random.choice((20, 100, 400))
        burst = random.randrange(length) if run % 20 == 1 and not life.honest else -1
        try:
            for number in range(length):
                if number == burst:
                    many_ids(life)
                life.play()
        except Difference as difference:
            raise Difference(f"seed {seed}, run {run}, event {number}: {difference}\n  {life.last}")
        run += 1
    return run


def main():
    library = Library(ctypes.CDLL(os.path.abspath(sys.argv[1])))
    events = int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
    run_all(library, events, fresh_seed())


def run_all(library, events, seed):
    counts = Counts()
    try:
        play_scenarios(library, counts)
        runs = campaign(library, counts, events, seed)
    except Difference as difference:
        print(f"difference: {difference}")
        sys.exit(1)
    counts.report(NEEDED)
    print(f"{len(SCENARIOS)} scenarios, {counts.calls} calls in {runs} lives, 0 differences")


if __name__ == "__main__":
    main()
