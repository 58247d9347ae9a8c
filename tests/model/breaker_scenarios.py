"""Scenarios of a breaker, their numbers worked out by hand, by a built library and by its model."""

import random

from breaker_model import *
from breaker_pair import NAMES
from header import Difference, check


class Host:
    """One breaker driven step by step, next to the model."""

    def __init__(self, breaker, now=0, **settings):
        self.breaker, self.config = breaker, DEFAULT._replace(**settings)
        self.pair = breaker.start(now)

    @property
    def state(self):
        return self.pair[1]

    def acquire(self, now):
        self.pair, permit = self.breaker.step(self.config, self.pair, ("acquire", now))
        return permit

    def report(self, permit, now, outcome=FAILURE, duration=0, retry_at=NEVER):
        event = "report", permit, outcome, duration, retry_at, now
        self.pair, _ = self.breaker.step(self.config, self.pair, event)

    def fail(self, now, **more):
        self.report(self.acquire(now), now, **more)

    def succeed(self, now, **more):
        self.report(self.acquire(now), now, SUCCESS, **more)

    def phase(self):
        return NAMES[self.state.phase]


def same(seen, expected, what):
    check(seen == expected, f"{what}: {seen}, expected {expected}")


def failures_a_week_apart(breaker):
    """Three failures a week apart trip without a window, and do not with one of a day."""
    week, day = 7 * 86_400_000, 86_400_000
    for window, phase in (0, "open"), (day, "closed"):
        host = Host(breaker, window_duration=window)
        for time in (0, week, 2 * week):
            host.fail(time)
        same(host.phase(), phase, f"three failures a week apart, window {window}")


def busy_window(breaker):
    """128 outcomes are 64 ms at 2,000 calls a second: 64 failures in a row of a burst are half of
    them, and 0.6 % of ten seconds."""
    for window, phase in ({"window_size": 128}, "open"), ({"window_duration": 10_000}, "closed"):
        rate = {"failure_threshold": 0, "minimum_calls": 100, "failure_rate_ppm": 500_000}
        host = Host(breaker, **rate, **window)
        for call in range(4_000):
            host.succeed(call // 2)
        for call in range(64):
            host.fail(2_000 + call // 2)
        same(host.phase(), phase, f"a burst of 64 failures, {window}")


def slow_for_ever(breaker):
    """Ten calls a second to a dependency that always takes 5 s: 65 get through in ten minutes, where
    2,145 did when a slow probe that succeeded closed."""
    host = Host(
        breaker, failure_threshold=0, window_size=100, minimum_calls=5, slow_call_rate_ppm=MILLION,
        slow_call_duration=5_000, open_duration=5_000, max_open_duration=60_000,
    )  # fmt: skip
    flying, calls = [], 0
    for now in range(0, 600_000, 100):
        while flying and flying[0][0] <= now:
            _, permit = flying.pop(0)
            if permit.generation == host.state.generation:
                host.report(permit, now, SUCCESS, 5_000)
        permit = host.acquire(now)
        if permit.allowed:
            calls += 1
            flying.append((now + 5_000, permit))
    same(calls, 65, "calls to a slow dependency in ten minutes")


def lost_probe(breaker):
    """Failed as of its deadline: found 1 s later the open time has 1 s less to go, found when that is
    over too the same acquire is the next probe."""
    for found, wait in (91_000, 29_000), (120_000, 0), (119_999, 1):
        host = Host(breaker, failure_threshold=1)
        host.fail(0)
        probe = host.acquire(30_000)
        same((probe.probe_slot, probe.deadline), (1, 90_000), "the probe that is lost")
        permit = host.acquire(found)
        same(permit.retry_after, wait, f"the lost probe is found at {found}")
        same(host.state.trips, 2, "and is one trip")


def lost_probe_closes(breaker):
    """A lost probe closes only where the config was changed since: of ten probes one succeeded, now
    both of two must fail. Closed as of the deadline, and the ramp counts from there."""
    host = Host(
        breaker, failure_threshold=1, half_open_max_probes=2, half_open_calls=10,
        half_open_failure_rate_ppm=300_000, ramp_duration=30_000,
    )  # fmt: skip
    host.fail(0)
    first = host.acquire(30_000)
    same(host.acquire(30_000).deadline, 90_000, "the probe that is lost")
    host.report(first, 40_000, SUCCESS)
    same(host.phase(), "half", "one success of ten")
    host.config = host.config._replace(half_open_calls=2, half_open_failure_rate_ppm=MILLION)
    asked = [host.acquire(100_000) for _ in range(3)]
    seen = [(permit.allowed, permit.retry_after) for permit in asked]
    same(seen, [(1, 0), (0, 20_000), (1, 0)], "10 s into a ramp of 30 s")


def half_open_ends(breaker):
    """Deadlines and half-open's end in order of time, the end last in a tie; the trips stay. A second
    probe starts 20 s after the first."""
    for timeout, duration, until, trips in [
        (
            40_000,
            50_000,
            80_000 + 30_000,
            1,
        ),  # one lost at 70 s, the end at 80 s, the other unjudged
        (40_000, 70_000, 100_000 + 30_000, 1),  # both lost; two of four reach no share of 3 / 4
        (50_000, 50_000, 80_000 + 30_000, 1),  # a tie: lost first, then the end
        (60_000, 50_000, 80_000 + 30_000, 1),  # none judged
    ]:
        host = Host(
            breaker, failure_threshold=1, half_open_max_probes=2, half_open_calls=4,
            half_open_failure_rate_ppm=750_000, probe_timeout=timeout, half_open_duration=duration,
        )  # fmt: skip
        host.fail(0)
        host.acquire(30_000)
        same(host.acquire(50_000).probe_slot, 2, "a second probe")
        same(
            host.acquire(105_000).retry_after, until - 105_000, f"timeout {timeout}, end {duration}"
        )
        same(host.state.trips, trips, "trips as they are")


def true_windows(breaker):
    """Next to every outcome with its time: never early, and late by less than a bucket."""
    for run in range(60):
        duration = random.choice([1, 5, 16, 17, 40, 100, 160, 1_000])
        width = -(-duration // 16)
        threshold, count = random.choice([(random.randint(1, 6), 0), (0, random.randint(1, 8))])
        host = Host(
            breaker, failure_threshold=threshold, failure_count=count, window_duration=duration,
            max_open_duration=2**60,
        )  # fmt: skip
        outcomes, now, odds = [], random.randrange(10**6), random.choice([0.3, 0.6, 0.9])
        for _ in range(100):
            now += random.choice(
                [0, 1, random.randrange(1 + duration // 4), random.randrange(1 + duration)]
            )
            failed = random.random() < odds
            host.report(host.acquire(now), now, FAILURE if failed else SUCCESS)
            outcomes.append((now, failed))
            since = max((i + 1 for i, (_, bad) in enumerate(outcomes) if not bad), default=0)
            counted = [at for at, bad in outcomes[since if threshold else 0 :] if bad]
            most = sum(now - at < duration for at in counted)
            least = sum(now - at < duration - (width - 1) for at in counted)
            if host.state.phase == OPEN:
                check(most >= threshold + count, "never early")
                host.pair, _ = breaker.step(None, host.pair, ("reset", now))
                outcomes = []
            elif failed:
                check(least < threshold + count, "late by less than a bucket")


def forced_open_ends(breaker):
    """One of 50 callers is let through at the end of FORCED_OPEN, not 50."""
    host = Host(breaker)
    host.pair, _ = breaker.step(None, host.pair, ("force", FORCED_OPEN, 1_000, 0))
    same(
        sum(host.acquire(1_000).allowed for _ in range(50)), 1, "callers at the end of FORCED_OPEN"
    )
    host.pair, _ = breaker.step(None, host.pair, ("force", FORCED_CLOSED, 2_000, 1_000))
    same(sum(host.acquire(2_000).allowed for _ in range(50)), 50, "callers after FORCED_CLOSED")


def wrong_clock(breaker):
    """One report at the end of time holds the breaker there; reset mends it."""
    host = Host(breaker, failure_threshold=1)
    host.report(host.acquire(0), LAST - 60_000)
    same(host.acquire(10**12).allowed, 0, "after a report with a wrong clock")
    same(host.state.updated_at, LAST - 60_000, "the clock that is held")
    host.pair, _ = breaker.step(None, host.pair, ("reset", 10**12))
    permit = host.acquire(10**12)
    same((permit.allowed, permit.clock_regressed), (1, 0), "after reset")
    host.fail(10**12)
    same(host.acquire(10**12).retry_after, 30_000, "and it trips as ever")


def told_to_wait_a_second(breaker):
    """Ten answers of "in 1 s" refuse for 10 s in all and are no trips, where one failed probe of two
    is not yet half-open's share."""
    host = Host(
        breaker, failure_threshold=0, max_retry_after=60_000, max_open_duration=10**9,
        half_open_calls=2, half_open_failure_rate_ppm=MILLION,
    )  # fmt: skip
    now = refused = 0
    for _ in range(10):
        host.fail(now, retry_at=now + 1_000)
        wait = host.acquire(now).retry_after
        now, refused = now + wait, refused + wait
    same((refused, host.state.trips), (10_000, 0), "ten answers of a second")
    host.fail(now, retry_at=now + 10**9)
    same(host.acquire(now).retry_after, 60_000, "at most max_retry_after")


def ramp(breaker):
    """A rising share by tenths of the ramp, in whole percent rounded down."""
    host = Host(breaker, failure_threshold=1, ramp_duration=30_000, open_duration=1_000)
    host.fail(0)
    host.succeed(30_000)
    same(host.phase(), "closed", "the ramp starts at the close")
    begin, asked, allowed = 30_000, [0] * 10, [0] * 10
    for passed in range(10, 30_000, 20):
        permit = host.acquire(begin + passed)
        asked[passed // 3_000] += 1
        allowed[passed // 3_000] += permit.allowed
        check(permit.allowed or permit.retry_after == 30_000 - passed, "the rest of the ramp")
        if passed == 10:
            same(permit.allowed, 1, "the ramp's first call")
    shares = [100 * some // all for some, all in zip(allowed, asked)]
    same(shares, [5, 15, 24, 35, 44, 55, 64, 75, 84, 95], "the ramp's shares")
    same([host.acquire(60_000).allowed for _ in range(20)], [1] * 20, "after the ramp")


def growth(breaker):
    """1,000 by 1.5, rounded up, at most 10,000: 1000 1500 2250 3375 5063 7595 10000 10000."""
    host = Host(
        breaker,
        failure_threshold=1,
        open_duration=1_000,
        max_open_duration=10_000,
        backoff_ppm=1_500_000,
    )
    now, times = 0, []
    for _ in range(8):
        host.fail(now)
        times.append(host.acquire(now).retry_after)
        now += times[-1]
    same(times, [1000, 1500, 2250, 3375, 5063, 7595, 10000, 10000], "growing open times")
    # Each time rounded up by one more, and at most 64 times.
    host = Host(
        breaker,
        failure_threshold=1,
        open_duration=1,
        max_open_duration=1_000,
        backoff_ppm=MILLION + 1,
    )
    now, times = 0, []
    for _ in range(70):
        host.fail(now)
        times.append(host.acquire(now).retry_after)
        now += times[-1]
    same(times, list(range(1, 66)) + [65] * 5, "multiplied at most 64 times")


def trips_fade(breaker):
    """Three trips, a close, then one less for each whole trips_decay; one more for a trip, and
    none for a failure that said when to come back."""
    for waited, left in (0, 3), (999, 3), (1_000, 2), (2_999, 1), (3_000, 0), (10**6, 0):
        host = Host(
            breaker, failure_threshold=1, open_duration=10, max_open_duration=100, trips_decay=1_000
        )
        now = 0
        for _ in range(3):
            host.fail(now)
            now += host.acquire(now).retry_after
        host.succeed(now)
        same((host.phase(), host.state.trips), ("closed", 3), "closed with its trips")
        closed = host.pair
        host.fail(now + waited)
        same(host.state.trips, left + 1, f"trips after {waited} of closed time")
        host.pair = closed
        host.config = host.config._replace(failure_threshold=0, max_retry_after=50)
        host.fail(now + waited, retry_at=now + waited + 20)
        same(host.state.trips, left, f"and without a trip after {waited}")


def half_open_shares(breaker):
    """Ten probes, 30 %: opens at the third failure, closes when three are out of reach."""
    for outcomes, phase in [
        ("FSF", "half"), ("FSFSF", "open"), ("SSSSSSS", "half"), ("SSSSSSSS", "closed"),
        ("FSSSSSSS", "half"), ("FSSSSSSSS", "closed"), ("FSFSSSSSS", "half"),
        ("FSFSSSSSSS", "closed"), ("FSFSSSSSSF", "open"),
    ]:  # fmt: skip
        host = Host(
            breaker, failure_threshold=1, half_open_calls=10, half_open_failure_rate_ppm=300_000
        )
        host.fail(0)
        for outcome in outcomes:
            host.report(host.acquire(30_000), 30_000, SUCCESS if outcome == "S" else FAILURE)
        same(host.phase(), phase, f"probes {outcomes}")


def no_rule(breaker):
    for mode in ENFORCE, MONITOR:
        host = Host(breaker, failure_threshold=0, mode=mode)
        same(host.acquire(0), NO_PERMIT, "a config without a rule lets nothing through")
        host.config = host.config._replace(max_retry_after=1)
        same(host.acquire(0).allowed, 1, "max_retry_after is a rule")


def good_times(breaker):
    """A thousand successes by the default config leave every byte."""
    host = Host(breaker)
    raw = host.pair[0]
    for now in range(1_000):
        host.succeed(now)
    same(host.pair[0], raw, "the state after good times")
    host.fail(1_000)
    host.succeed(1_000)
    same((host.state.revision, host.state.consecutive_failures), (2, 0), "a streak and its end")


SCENARIOS = [
    failures_a_week_apart, busy_window, slow_for_ever, lost_probe, lost_probe_closes,
    half_open_ends, true_windows, forced_open_ends, wrong_clock,
    told_to_wait_a_second, ramp, growth, trips_fade, half_open_shares, no_rule, good_times,
]  # fmt: skip


def scenarios(breaker):
    for scenario in SCENARIOS:
        try:
            scenario(breaker)
        except Difference as found:
            raise Difference(f"scenario {scenario.__name__}: {found}")
    return len(SCENARIOS)
