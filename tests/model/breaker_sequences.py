"""Every sequence of breaker events over small configs, by a built library and by its model.

A position is all that later events depend on: (the library's bytes and the model's state, the
clock, the permits in flight, the one reported last, whether the mode is MONITOR).
"""

from breaker_model import *
from header import Difference

OPEN_TIME = 3
SMALL = DEFAULT._replace(open_duration=OPEN_TIME, max_open_duration=2 * OPEN_TIME, probe_timeout=2)
CONFIGS = {
    "one failure, one probe, a ramp": SMALL._replace(
        failure_threshold=1, ramp_duration=4, trips_decay=5
    ),
    "two failures, two probes at once of three, half-open ends": SMALL._replace(
        failure_threshold=2, half_open_max_probes=2, half_open_calls=3, jitter_ppm=MILLION,
        half_open_failure_rate_ppm=500_000, half_open_duration=3, max_retry_after=4,
    ),
    "rates of three outcomes": SMALL._replace(
        failure_threshold=0, window_size=3, minimum_calls=2, failure_rate_ppm=666_667,
        slow_call_rate_ppm=MILLION, slow_call_duration=5, half_open_calls=2, max_retry_after=2,
        half_open_failure_rate_ppm=MILLION, half_open_max_probes=2,
    ),
    "by time": SMALL._replace(
        failure_threshold=2, window_duration=32, minimum_calls=3, failure_count=3,
        failure_rate_ppm=500_000, backoff_ppm=1_500_000, trips_decay=4,
    ),
    "by time without rates": SMALL._replace(
        failure_threshold=2, window_duration=5, minimum_calls=1, failure_count=3, ramp_duration=3
    ),
}  # fmt: skip
TRIP = {  # the events that trip each of them, and bring on the next acquire's probe
    "one failure, one probe, a ramp": "afw",
    "two failures, two probes at once of three, half-open ends": "aaffww",
    "rates of three outcomes": "aaffw",
    "by time": "aaffw",
    "by time without rates": "aaffw",
}
STARTS = {
    "new at 0": (0, False),
    "new before time ends": (LAST - 4, False),
    "tripped at 0": (0, True),
    "tripped as time begins": (FIRST, True),
}
WAITS = {"1": 1, "w": OPEN_TIME, "b": -5}
FORCES = {"O": FORCED_OPEN, "C": FORCED_CLOSED, "E": CLOSED}
REPORTS = {  # which permit, outcome, duration, retry_at from now
    "s": ("report", 0, SUCCESS, 0, None),
    "f": ("report", 0, FAILURE, 5, None),
    "i": ("report", 0, IGNORED, 0, None),
    "S": ("report", -1, SUCCESS, 5, None),
    "R": ("report", -1, FAILURE, 0, 2),
    "r": ("report", "last", SUCCESS, 0, None),
    "F": ("report_and_acquire", 0, FAILURE, 0, None),
    "T": ("report_and_acquire", -1, SUCCESS, 0, None),
}
LETTERS = "a" + "".join(REPORTS) + "".join(WAITS) + "".join(FORCES) + "zm"


def follow(breaker, config, position, letter):
    """The position after an event, None where there is nothing to report."""
    pair, clock, permits, last, watches = position
    if letter == "m":
        return pair, clock, permits, last, not watches
    if letter in WAITS:
        return pair, stored(clock + WAITS[letter]), permits, last, watches
    if letter == "z":
        clock = stored(clock - 3)
        pair, _ = breaker.step(config, pair, ("reset", clock))
        return pair, clock, permits, last, watches
    if letter in FORCES:
        event = "force", FORCES[letter], stored(clock + 2), clock
        return breaker.step(config, pair, event)[0], clock, permits, last, watches
    config = config._replace(mode=int(watches))
    if letter == "a":
        pair, permit = breaker.step(config, pair, ("acquire", clock))
        return pair, clock, permits + (permit,) * permit.allowed, last, watches
    kind, which, outcome, duration, retry = REPORTS[letter]
    if which == "last":
        permit = last
    else:
        permit = permits[which] if permits else None
        permits = permits[1:] if which == 0 else permits[:-1]
    if permit is None:
        return None
    retry_at = NEVER if retry is None else stored(clock + retry)
    pair, given = breaker.step(config, pair, (kind, permit, outcome, duration, retry_at, clock))
    if given and given.allowed:
        permits += (given,)
    return pair, clock, permits, permit, watches


def exhaustive(breaker, depth):
    """Drives every sequence of up to `depth` events from a new breaker, and of one event less from
    one that was tripped; a position is driven once, however many sequences lead to it."""
    sequences = positions = 0
    for name, config in CONFIGS.items():
        for start, (clock, tripped) in STARTS.items():
            position = breaker.start(clock), clock, (), None, False
            path = TRIP[name] if tripped else ""
            for letter in path:
                position = follow(breaker, config, position, letter)
            level = {position: (1, path)}
            for _ in range(depth - tripped):
                following = {}
                for position, (ways, path) in level.items():
                    positions += 1
                    if positions % 16 == 0:
                        breaker.storage(position[0][0], ())
                    for letter in LETTERS:
                        try:
                            after = follow(breaker, config, position, letter)
                        except Difference as found:
                            raise Difference(f"{found}\n  {name}, {start}, events {path + letter}")
                        if after:
                            sequences += ways
                            known = following.get(after, (0, path + letter))
                            following[after] = known[0] + ways, known[1]
                level = following
    return sequences
