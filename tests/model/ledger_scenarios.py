"""What the ledger is for, in calls worked out by hand. "Before" is what the first ledger of this
library did."""

from header import Difference, check
from ledger_model import *
from ledger_pair import Pair


def settings(limit, **others):
    values = DEFAULT._replace(limit=limit, **others)
    return values._replace(
        thresholds=tuple(values.thresholds) + (0,) * (8 - len(values.thresholds))
    )


def expect(answer, **fields):
    for name, value in fields.items():
        found = answer.status if name == "status" else getattr(answer.decision, name)
        check(found == value, f"{name} is {found}, worked out {value}")
    return answer.hold


def scenario_two_requests_straddle_a_boundary(start):
    """Limit 100, two honest requests of 100. Before: 200 settled in the new period."""
    config, pair = settings(100), start(period=1)
    first = expect(pair.step("reserve", config, 100, 0), allowed=1, reason=AT_LIMIT, available=0)
    expect(pair.step("roll", config, 2, 1), settled=0, held=100, available=0, reason=AT_LIMIT)
    expect(pair.step("reserve", config, 100, 2), allowed=0, reason=OVER_LIMIT, held=100)
    expect(pair.step("settle", config, first, 100, 3), settled=100, held=0, overshoot=0)
    expect(pair.step("reserve", config, 100, 4), allowed=0, settled=100)


def scenario_ten_hour_jobs(start):
    """An hourly limit of 1,000, jobs of ten hours. Before: 10,000 ran at once."""
    config, pair = settings(1000), start(period=0)
    allowed = 0
    for hour in range(10):
        allowed += pair.step("reserve", config, 1000, hour * 3600).decision.allowed
        expect(pair.step("roll", config, hour + 1, hour * 3600 + 3599), held=1000)
    check(allowed == 1, f"{allowed} jobs of 1000 run at once, worked out 1")


def scenario_carry(start):
    """What is left is carried up to carry_max, what is overspent up to debt_max; what is held is
    not taken off."""
    config, pair = settings(100, carry_max=30, debt_max=50), start(period=1)
    hold = expect(pair.step("reserve", config, 90, 0), allowed=1)
    expect(pair.step("roll", config, 2, 1), held=90, available=40)  # left 100, carried 30
    expect(pair.step("settle", config, hold, 90, 2), settled=90, available=40)
    expect(pair.step("record", config, 60, 3), settled=150, overshoot=20, reason=OVER_LIMIT)
    expect(pair.step("roll", config, 3, 4), settled=0, available=80, reason=WITHIN)  # debt 20
    expect(pair.step("record", config, 200, 5), overshoot=120)
    expect(pair.step("roll", config, 9, 6), available=50)  # one roll over six periods, debt 50


def scenario_a_hold_on_another_ledger(start):
    """Before: it settled there."""
    config, pair = settings(100), start(period=1)
    hold = expect(pair.step("reserve", config, 40, 0), allowed=1)
    other = hold._replace(ledger_id=hold.ledger_id + 1)
    expect(pair.step("settle", config, other, 40, 1), status="HOLD_LEDGER", allowed=0)
    expect(pair.step("settle", config, hold._replace(id=2), 40, 1), status="HOLD_ID")
    expect(pair.step("release", config, hold, 2), held=0, allowed=1)


def scenario_a_replayed_settle(start):
    """Before: booked twice, and it took the hold of another request."""
    config, pair = settings(100), start(period=1)
    first = expect(pair.step("reserve", config, 40, 0), allowed=1)
    second = expect(pair.step("reserve", config, 40, 0), allowed=1)
    spent = expect(pair.step("settle", config, first, 30, 1), settled=30, held=40)
    check(spent == Hold(first.ledger_id, 0, 0, 0, 0), "a spent hold keeps its ledger alone")
    expect(pair.step("settle", config, first, 30, 2), status="HOLD_SPENT", settled=0, allowed=0)
    expect(pair.step("settle", config, spent, 30, 2), status="HOLD_SPENT")
    expect(pair.step("settle", config, second, 40, 3), settled=70, held=0, available=30)


def scenario_a_request_that_dies(start):
    """Before: held until the period ended. Now for at most 17/16 of 160: the width is 8."""
    config, pair = settings(100, hold_duration=160), start(period=1)
    hold = expect(pair.step("reserve", config, 100, 3), allowed=1)
    check(hold.expires_at == 163, "a hold ends 160 later")
    expect(pair.step("reserve", config, 1, 167), allowed=0, expired=0)
    expect(pair.step("reserve", config, 1, 168), allowed=1, expired=100, held=1)
    expect(pair.step("settle", config, hold, 70, 169), reason=EXPIRED, settled=70, held=1)


def scenario_a_free_request(start):
    """Before: refused with an error. Zero is allowed also in a full ledger."""
    pair = start(period=1)
    hold = expect(pair.step("reserve", None, 0, 0), allowed=1, reason=FREE, held=0)
    expect(pair.step("reserve", None, 1, 0), allowed=0, reason=EXCEEDS_LIMIT)
    expect(pair.step("settle", None, hold, 5, 1), settled=5, allowed=0, reason=OVER_LIMIT)
    expect(pair.step("reserve", None, 0, 2), allowed=1, would_refuse=0, reason=FREE)
    expect(pair.step("settle", None, hold, 5, 1), status="HOLD_SPENT")


def scenario_thresholds_are_told_once(start):
    """80, 79, 80, 79, 80 of 100 with a threshold at 80 %. Before: told three times. Then the limit
    is doubled and 160 reached: told."""
    told = dict(thresholds=(800_000,), threshold_count=1)
    config, pair = settings(100, **told), start(period=1)
    expect(pair.step("record", config, 80, 0), crossed=1, newly_crossed=1)
    for _ in range(2):
        expect(pair.step("record", config, -1, 1), crossed=0, newly_crossed=0)
        expect(pair.step("record", config, 1, 2), crossed=1, newly_crossed=0)
    expect(pair.step("record", config, -1, 3), crossed=0)
    config = settings(200, **told)
    expect(pair.step("record", config, 80, 4), settled=159, crossed=0, newly_crossed=0)
    expect(pair.step("record", config, 1, 5), settled=160, crossed=1, newly_crossed=1)
    expect(pair.step("roll", config, 2, 6), crossed=0, newly_crossed=0)
    expect(pair.step("record", config, 160, 7), crossed=1, newly_crossed=1)


def scenario_thresholds_on_committed(start):
    config = settings(
        100,
        threshold_unit=AMOUNT,
        threshold_basis=COMMITTED,
        thresholds=(50, 90),
        threshold_count=2,
    )
    pair = start(period=1)
    hold = expect(pair.step("reserve", config, 60, 0), crossed=1, newly_crossed=1)
    expect(pair.step("release", config, hold, 1), crossed=0, newly_crossed=0)
    expect(pair.step("reserve", config, 90, 2), crossed=3, newly_crossed=2)
    unlimited = config._replace(mode=UNLIMITED_MODE)
    expect(pair.step("record", unlimited, 200, 3), crossed=3, newly_crossed=0, reason=UNLIMITED)


def scenario_a_slower_clock_at_a_boundary(start):
    """Before: refused with an error at every boundary."""
    config, pair = settings(100), start(period=1)
    expect(pair.step("roll", config, 2, 10), clock_regressed=0)
    expect(pair.step("roll", config, 1, 11), status="OK", clock_regressed=1, available=100)
    expect(pair.step("reserve", config, 10, 9), allowed=1, clock_regressed=1)
    check(pair.ledger.updated_at == 10, "the clock does not run back")


def scenario_extend_and_post(start):
    config, pair = settings(100, hold_duration=10), start(period=1)
    hold = expect(pair.step("reserve", config, 60, 0), available=40)
    expect(pair.step("extend", config, hold, 41, 1), allowed=0, reason=OVER_LIMIT, held=60)
    longer = expect(pair.step("extend", config, hold, 40, 5), allowed=1, reason=AT_LIMIT, held=100)
    check(longer == Hold(hold.ledger_id, 2, 1, 100, 15), "it is 100 until 15 under a new id")
    expect(pair.step("post", config, hold, 5, 6), status="HOLD_SPENT")
    rest = expect(pair.step("post", config, longer, 30, 6), settled=30, held=70)
    check(rest == Hold(hold.ledger_id, 3, 1, 70, 15), "the rest has the same end")
    beat = expect(pair.step("extend", config, rest, 0, 14), allowed=1, reason=FREE, held=70)
    expect(pair.step("post", config, beat, 90, 24), reason=EXPIRED, expired=70, settled=120, held=0)


def scenario_a_bad_clock_is_mended(start):
    """A clock a thousand years ahead ends every hold; a reset takes the right time back."""
    config, pair = settings(100, hold_duration=16), start(period=1)
    old = expect(pair.step("reserve", config, 60, 10**12), allowed=1)
    expect(pair.step("reserve", config, 60, 100), allowed=0, clock_regressed=1)
    pair.reset(1, 100)
    expect(pair.step("reserve", config, 40, 100), allowed=1, clock_regressed=0, held=100)
    expect(pair.step("settle", config, old, 60, 101), settled=60, held=40, reason=AT_LIMIT)
    other = start(period=1)
    other.step("reserve", config, 60, 10**12)
    other.reset(1, 100)
    expect(other.step("record", config, 0, 132), expired=0, held=60)
    expect(other.step("record", config, 0, 133), expired=60, held=0)
    expect(other.step("settle", config, old, 60, 134), reason=EXPIRED, settled=60)


def scenario_an_old_id(start):
    """Spent is known exactly for the last 1,024 ids."""
    config, pair = settings(100), start(period=1)
    first = expect(pair.step("reserve", config, 10, 0), allowed=1)
    expect(pair.step("settle", config, first, 10, 0), settled=10)
    for _ in range(1023):
        pair.step("reserve", config, 0, 0)
    expect(pair.step("settle", config, first, 10, 0), status="HOLD_SPENT")
    pair.step("reserve", config, 5, 0)
    expect(pair.step("settle", config, first, 10, 0), reason=UNVERIFIED, settled=20, held=0)


def scenario_an_old_id_takes_what_is_there(start):
    """The bucket of a hold that cannot be verified may have less than it says."""
    config, pair = settings(100), start(period=1)
    first = expect(pair.step("reserve", config, 10, 0), allowed=1)
    pair.step("settle", config, first, 0, 0)
    for _ in range(1024):
        pair.step("reserve", config, 0, 0)
    second = expect(pair.step("reserve", config, 4, 0), held=4)
    tight = settings(10)
    expect(pair.step("extend", tight, first, 1, 0), allowed=0, reason=OVER_LIMIT, held=4)
    expect(pair.step("extend", config, first, 1, 0), allowed=1, reason=UNVERIFIED, held=11)
    expect(pair.step("release", config, second, 0), held=7, reason=WITHIN)
    rest = expect(pair.step("post", config, first, 2, 0), settled=2, held=5, reason=UNVERIFIED)
    check(rest.amount == 5, "7 were there, 2 are posted")


def scenario_two_resets(start):
    """A hold whose reset bucket has ended stays ended when another one begins."""
    config, pair = settings(100, hold_duration=16), start(period=1)
    old = expect(pair.step("reserve", config, 10, 1000), allowed=1)
    pair.reset(1, 0)
    expect(pair.step("record", config, 0, 33), expired=10, held=0)
    second = expect(pair.step("reserve", config, 10, 33), held=10)
    pair.reset(1, 20)
    expect(pair.step("settle", config, old, 10, 21), reason=EXPIRED, settled=10, held=10)
    expect(pair.step("settle", config, second, 10, 22), settled=20, held=0, reason=WITHIN)


def scenario_at_the_ends_of_the_range(start):
    config, pair = settings(LAST, carry_max=LAST), start(period=1)
    expect(pair.step("roll", config, 2, LAST), available=LAST)
    hold = expect(pair.step("reserve", config, LAST, LAST), allowed=1, available=0)
    expect(pair.step("reserve", config, 1, LAST), status="OVERFLOW", allowed=0)
    expect(pair.step("settle", config, hold, LAST, LAST), settled=LAST, held=0, available=0)
    expect(pair.step("record", config, 1, LAST), status="OVERFLOW")
    expect(pair.step("record", config, FIRST, LAST), settled=-1, available=LAST)


SCENARIOS = [found for name, found in list(globals().items()) if name.startswith("scenario_")]


def play_scenarios(library, counts):
    for scenario in SCENARIOS:
        try:
            now = FIRST if scenario is scenario_at_the_ends_of_the_range else 0
            scenario(lambda period: Pair(library, counts, 7, period, now))
        except Difference as difference:
            raise Difference(f"{scenario.__name__}: {difference}")
