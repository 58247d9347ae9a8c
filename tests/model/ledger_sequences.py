#!/usr/bin/env python3
"""Every sequence of ledger events over two small configs, by a built library and by its model.

    ledger_sequences.py LIBRARY [LENGTH]

Sequences that have come to the same position (the state's bytes, the holds that are out, the hold
that was spent last, the time and the config) go on as one; the number told counts each of them.
"""

import ctypes
import os
import sys

sys.dont_write_bytecode = True
from header import Difference
from ledger_model import *
from ledger_pair import Counts, Library, Pair
from ledger_scenarios import settings

CONFIGS = {
    "ends after 2": settings(
        5, carry_max=2, debt_max=2, hold_duration=2, thresholds=(3, 5), threshold_count=2,
        threshold_unit=AMOUNT, threshold_basis=COMMITTED,
    ),
    "ends after 32": settings(
        5, carry_max=9, hold_duration=32, thresholds=(400_000, MILLION), threshold_count=2
    ),
}  # fmt: skip
LETTERS = "ga0sSleEpcC-+nbrtTwm"


def follow(pair, config, place, letter):
    """The place after a letter, None where the letter means nothing."""
    holds, copy, now, watches = place
    config = config._replace(mode=MONITOR) if watches else config
    first, last = (holds[0], holds[-1]) if holds else (None, None)
    if letter in "tTwm":  # time and config alone
        step = {"t": 1, "T": -1, "w": config.hold_duration // 2}
        return (holds, copy, now + step.get(letter, 0), watches ^ (letter == "m"))
    if letter == "r":
        pair.reset(pair.ledger.period, now - 1)
        return holds, copy, now - 1, watches
    room = pair.ledger.stand(config)[1]
    events = {
        "g": ("reserve", 2), "a": ("reserve", room), "0": ("reserve", 0),
        "s": first and ("settle", first, first.amount), "S": last and ("settle", last, 3),
        "l": first and ("release", first), "e": first and ("extend", first, 1),
        "E": last and ("extend", last, 0), "p": first and ("post", first, 1),
        "c": copy and ("settle", copy, 1), "C": copy and ("extend", copy, 1),
        "-": ("record", -1), "+": ("record", 2), "n": ("roll", pair.ledger.period + 1),
        "b": ("roll", pair.ledger.period - 1),
    }  # fmt: skip
    event = events[letter]
    if not event:
        return None
    kind, *arguments = event
    answer = pair.step(kind, config, *arguments, now)
    if answer.status != "OK":
        return place
    if kind == "reserve" and answer.hold.id:
        holds = holds + (answer.hold,)
    elif isinstance(arguments[0], Hold) and answer.hold != arguments[0]:
        rest = tuple(hold for hold in holds if hold.id != arguments[0].id)
        holds, copy = rest + ((answer.hold,) if answer.hold.id else ()), arguments[0]
    return holds, copy, now, watches


def every_sequence(library, counts, length):
    done = 0
    for name, config in CONFIGS.items():
        pair = Pair(library, counts, 7, 1, 0)
        places = {(pair.raw(), ((), None, 0, False)): (pair.ledger, 1, "")}
        for _ in range(length):
            after = {}
            for (raw, place), (ledger, ways, word) in places.items():
                for letter in LETTERS:
                    pair.bytes[pair.state_at], pair.ledger = raw, ledger
                    try:
                        found = follow(pair, config, place, letter)
                    except Difference as difference:
                        raise Difference(f"{name}, {word + letter}: {difference}")
                    if found is None or len(found[0]) > 3:
                        continue
                    key = pair.raw(), found
                    known = after.get(key)
                    after[key] = (
                        (known[0], known[1] + ways, known[2])
                        if known
                        else (pair.ledger, ways, word + letter)
                    )
                    done += ways
            places = after
    return done


def run_all(library, length):
    counts = Counts()
    try:
        done = every_sequence(library, counts, length)
    except Difference as difference:
        print(f"difference: {difference}")
        sys.exit(1)
    print(f"{done} sequences of up to {length} events, {counts.calls} calls, 0 differences")


if __name__ == "__main__":
    length = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    run_all(Library(ctypes.CDLL(os.path.abspath(sys.argv[1]))), length)
