#!/usr/bin/env python3
"""Drives the breaker of a built library side by side with its model.

    SEED=1 breaker_drive.py LIBRARY [EVENTS [LENGTH]]

First the scenarios worked out by hand and the ramp's shares, then every sequence of up to LENGTH
(4) events over a few small configs, then EVENTS (200000) random events in many short lives. Every
status, every field of a permit and every public field of the state is compared after every call,
peek is held against the acquire that follows, and what the header promises is checked on the
library's bytes alone. Prints how often each status, phase change and rule was reached, and on a
difference the shortest sequence, or the seed and the event, and exits with 1.
"""

import ctypes
import random
import sys

sys.dont_write_bytecode = True
from breaker_model import *
from breaker_pair import Breaker, anywhere
from breaker_scenarios import scenarios
from breaker_sequences import exhaustive
from header import Difference, fresh_seed, has_more


def some_config():
    by_time = random.random() < 0.5
    size = 0 if by_time else random.choice([0, 0, 1, 2, 5, 20, 64, 127, 128])
    duration = (
        random.choice([1, 5, 16, 40, 40, 160, 1000, LAST, random.randrange(1, 2**63)]) * by_time
    )
    window = size or duration
    most = size or 20
    open_duration = random.choice([1, 5, 40, random.randrange(1, 2**63)])
    slow = random.choice([0, 0, 1, 250_000, 500_000, MILLION]) if window else 0
    config = Config(
        failure_threshold=random.choice([0, 1, 2, 3, 10]),
        failure_count=random.choice([0, 0, 1, 3, most]) % (most + 1) if window else 0,
        window_size=size,
        minimum_calls=random.randint(1, most) if window else random.choice([0, 7]),
        failure_rate_ppm=(
            random.choice([0, 1, 200_000, 333_333, 500_000, 666_667, MILLION]) if window else 0
        ),
        slow_call_rate_ppm=slow,
        half_open_max_probes=random.choice([1, 1, 2, 3, 8]),
        half_open_calls=random.choice([1, 1, 2, 3, 5, 10, 64]),
        half_open_failure_rate_ppm=random.choice([1, 1, 200_000, 333_334, 500_000, MILLION]),
        backoff_ppm=random.choice([MILLION, MILLION + 1, 1_500_000, 2 * MILLION, 16 * MILLION]),
        jitter_ppm=random.choice([0, 0, 1, 250_000, MILLION]),
        mode=random.choice([ENFORCE, ENFORCE, ENFORCE, MONITOR]),
        jitter_seed=random.choice([0, 1, U64, random.getrandbits(64)]),
        window_duration=duration,
        slow_call_duration=(
            random.choice([1, 10, 10, 10, LAST]) if slow else random.choice([0, 10, -1])
        ),
        open_duration=open_duration,
        max_open_duration=random.choice(
            [open_duration, min(open_duration * random.randrange(1, 99), LAST), LAST]
        ),
        trips_decay=random.choice([0, 0, 5, 60, 1000, LAST]),
        max_retry_after=random.choice([0, 0, 5, 50, LAST]),
        probe_timeout=random.choice([1, 4, 30, random.randrange(1, 2**63)]),
        half_open_duration=random.choice([0, 0, 1, 20, 90, LAST]),
        ramp_duration=random.choice([0, 0, 3, 40, 200, LAST]),
    )
    if random.random() < 0.15:
        for _ in range(random.choice([1, 1, 2])):
            field = random.choice(Config._fields)
            signed = field.endswith(("_duration", "_timeout", "_decay", "_after"))
            edges = [FIRST, -1, 0, 1, LAST] if signed else [0, 9, 65, 129, MILLION + 1, U32]
            config = config._replace(**{field: random.choice(edges)})
    if random.random() < 0.02:
        config = config._replace(
            failure_threshold=0, failure_count=0, failure_rate_ppm=0, slow_call_rate_ppm=0,
            max_retry_after=0,
        )  # fmt: skip
    return random.choice([config] * 15 + [None])


def changed_a_little(config):
    """The same host's config after a reload: one field moved, or the mode alone."""
    other = some_config() or DEFAULT
    field = random.choice(("mode",) + Config._fields)
    value = 1 - (config or DEFAULT).mode if field == "mode" else getattr(other, field)
    return (config or DEFAULT)._replace(**{field: value & 1 if field == "mode" else value})


def moving_window():
    """By time with few failures to a trip, at widths that later configs move."""
    return DEFAULT._replace(
        failure_threshold=random.choice([0, 2, 3, 4, 5]),
        failure_count=random.choice([3, 5, 9]),
        minimum_calls=1,
        window_duration=random.choice([5, 16, 17, 32, 40, 48, 100, 160]),
        open_duration=3,
        max_open_duration=20,
        ramp_duration=random.choice([0, 0, 10]),
    )


def fading_trips():
    """Trips that stay over a close, and failures that say when to come back."""
    return DEFAULT._replace(
        failure_threshold=random.choice([0, 1, 2]),
        half_open_calls=random.choice([1, 2]),
        half_open_failure_rate_ppm=random.choice([1, MILLION]),
        trips_decay=random.choice([3, 10, 30]),
        max_retry_after=random.choice([3, 20]),
        open_duration=2,
        max_open_duration=1_000,
        jitter_ppm=random.choice([0, MILLION]),
    )


def some_event(clock, odds, permits, done):
    """What a host may do next, now and then what none should."""
    kinds = "acquire", "report", "report_and_acquire", "force", "reset"
    kind = random.choices(kinds, (45, 40, 12, 2, 0.5))[0]
    if kind in ("acquire", "reset"):
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
        signed = field in ("retry_after", "deadline", "phase")
        limit = {"generation": U64, "phase": 2**31 - 1}.get(field, LAST if signed else U32)
        value = getattr(permit, field) + random.choice([-1, 1, 2, 8])
        permit = permit._replace(**{field: max(-limit if signed else 0, min(limit, value))})
    outcome = random.choices([1, 2, 3, random.randrange(-1, 6)], odds)[0]
    duration = random.choice([0, 0, 9, 10, 11, LAST] + [-1] * (random.random() < 0.1))
    retry_at = random.choice(
        [NEVER] * 6
        + [clock, stored(clock + random.randrange(1, 99)), stored(clock - 5), anywhere()]
    )
    return kind, permit, outcome, duration, retry_at, clock


def random_run(breaker, events):
    """One breaker's life, with all that may go wrong."""
    odds = random.choice([(90, 8, 2, 1), (50, 40, 10, 1), (10, 80, 9, 1), (97, 1, 1, 0)])
    jumpy = random.choice([0, 0, 0.01, 0.2])
    draw, changes, pace = random.choice(
        [(some_config, 0.03, 50)] * 3 + [(moving_window, 0.1, 6), (fading_trips, 0.02, 6)]
    )
    if draw != some_config:
        odds, jumpy = random.choice([(50, 50, 1, 0), (20, 70, 5, 0)]), 0
    config, clock = draw(), random.choice([0, 10**12, anywhere()])
    pair, permits, done = breaker.start(clock), [], []
    for count in range(events):
        if random.random() < (0.3 if refusals(config or DEFAULT) else changes):
            little = draw == some_config and random.random() < 0.5
            config = changed_a_little(config) if little else draw()
        steps = [0, 0, 1, 3, random.randrange(pace), -random.randrange(pace)]
        clock = anywhere() if random.random() < jumpy else stored(clock + random.choice(steps))
        event = some_event(clock, odds, permits, done)
        before = pair
        try:
            if random.random() < 0.02:
                breaker.spoilt(config, pair[0])
            pair, given = breaker.step(config, pair, event)
            if random.random() < 0.03:
                breaker.storage(pair[0], [(random.randrange(999), random.randrange(8))])
        except Difference as found:
            raise Difference(
                f"{found}\n  event {count}: {event}\n  config {config}"
                f"\n  before {before[1]}\n  {before[0].hex()}"
            )
        if event[0].startswith("report") and event[1] in permits:
            permits.remove(event[1])
            done = done[-9:] + [event[1]]
        if given and given.allowed and random.random() < 0.93:  # else it is lost
            permits.append(given)
            done = done[-9:] + permits[:-20]
            permits = permits[-20:]


def campaign(breaker, events, seed):
    run, before = 0, breaker.calls
    while has_more(breaker.calls - before, events, breaker.missing):
        random.seed(f"breaker {seed} {run}")
        try:
            random_run(breaker, random.choice([20, 100, 400]))
        except Difference as found:
            raise Difference(f"SEED={seed}, life {run}: {found}")
        run += 1
    return run


def main(make=Breaker):
    breaker = make(ctypes.CDLL(sys.argv[1]))
    events = int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
    length = int(sys.argv[3]) if len(sys.argv) > 3 else 4
    seed = fresh_seed()
    random.seed(f"breaker {seed}")
    try:
        breaker.null_pointers()
        worked_out = scenarios(breaker)
        sequences = exhaustive(breaker, length)
        runs = campaign(breaker, events, seed)
    except Difference as found:
        print(f"difference: {found}")
        sys.exit(1)
    breaker.report()
    print(
        f"{worked_out} scenarios, {sequences} sequences of up to {length} events,"
        f" {events} random events in {runs} lives, {breaker.calls} calls, 0 differences"
    )
    sys.exit(1 if breaker.missing() and events >= 100_000 else 0)


if __name__ == "__main__":
    main()
