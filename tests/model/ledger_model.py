"""The ledger, from the words of the design and the header; no code of the library is involved.

Plain and slow: sums have no end until they are stored, thresholds are fractions. States, holds
and decisions are values: a call answers its status, the new state, the hold if it takes one, and
a decision. With any status but "OK" the state is the one that went in.

A config of None is the defaults; a state of None is one that the library cannot have written.
"""
from collections import namedtuple
from fractions import Fraction

WITHIN, AT_LIMIT, OVER_LIMIT, EXCEEDS_LIMIT, UNLIMITED, LATE = range(1, 7)
THRESHOLDS, MILLION = 8, 1_000_000
FIRST, LAST = -(2**63), 2**63 - 1

Config = namedtuple("Config", "limit is_unlimited threshold_count threshold_ppm")
State = namedtuple("State", "crossed revision period settled held")  # crossed: of each threshold
Hold = namedtuple("Hold", "period amount")
Decision = namedtuple(
    "Decision", "settled held available overshoot allowed reason crossed newly_crossed"
)
DEFAULT = Config(0, 0, 0, (0,) * THRESHOLDS)
NO_HOLD = Hold(0, 0)
NO_DECISION = Decision(0, 0, 0, 0, 0, 0, (), ())
NONE_CROSSED = (False,) * THRESHOLDS


def refusal(config, state):
    """The status of the first thing that is wrong with what every call is passed, or None."""
    shares = (0,) + config.threshold_ppm[: config.threshold_count]
    rules = [
        ("LEDGER_LIMIT", config.limit >= 0),
        ("IS_UNLIMITED", config.is_unlimited in (0, 1)),
        ("THRESHOLD_COUNT", config.threshold_count <= THRESHOLDS),
        (
            "THRESHOLD_LIMIT",
            config.threshold_count == 0 or config.limit > 0 and not config.is_unlimited,
        ),
        ("THRESHOLD_PPM", all(low < high for low, high in zip(shares, shares[1:]))),
        ("CORRUPT_STATE", state is not None),
    ]
    for status, kept in rules:
        if not kept:
            return status


def init(period):
    return State(NONE_CROSSED, 0, period, 0, 0)


def crossed(config, settled):
    shares = [Fraction(ppm, MILLION) for ppm in config.threshold_ppm[: config.threshold_count]]
    reached = [settled >= share * config.limit for share in shares]
    return tuple(reached + [False] * (THRESHOLDS - len(shares)))


def overflows(state):
    amounts = state.settled, state.held, state.settled + state.held
    return any(not FIRST <= amount <= LAST for amount in amounts)


def decided(config, before, after, allowed=None, reason=None):
    """Where the ledger stands after a call, and the state to store."""
    after = after._replace(crossed=crossed(config, after.settled))
    if after != before:
        after = after._replace(revision=before.revision + 1)
    used = after.settled + after.held
    if config.is_unlimited:
        stands, left, over = UNLIMITED, LAST, 0
    else:
        stands = WITHIN if used < config.limit else AT_LIMIT if used == config.limit else OVER_LIMIT
        left = min(max(config.limit - used, 0), LAST)
        over = max(after.settled - config.limit, 0)
    newly = tuple(now and not then for now, then in zip(after.crossed, before.crossed))
    return after, Decision(
        after.settled,
        after.held,
        left,
        over,
        int(stands != OVER_LIMIT if allowed is None else allowed),
        reason or stands,
        after.crossed,
        newly,
    )


def reserve(config, state, estimate):
    config = config or DEFAULT
    status = refusal(config, state) or ("ESTIMATE" if estimate < 1 else None)
    if status:
        return status, state, NO_HOLD, NO_DECISION
    if not config.is_unlimited and state.settled + state.held + estimate > config.limit:
        reason = EXCEEDS_LIMIT if estimate > config.limit else OVER_LIMIT
        after, decision = decided(config, state, state, False, reason)
        return "OK", after, NO_HOLD, decision
    after = state._replace(held=state.held + estimate)
    if overflows(after):
        return "OVERFLOW", state, NO_HOLD, NO_DECISION
    after, decision = decided(config, state, after, True)
    return "OK", after, Hold(state.period, estimate), decision


def end_hold(config, state, hold, actual):
    """Lets a hold go and books what it cost."""
    config = config or DEFAULT
    status = refusal(config, state)
    if not status:
        late = hold.period < state.period
        rules = [
            ("HOLD_SPENT", hold.amount != 0),
            ("HOLD_PERIOD", hold.period <= state.period),
            ("HOLD_AMOUNT", hold.amount > 0 and (late or hold.amount <= state.held)),
            ("ACTUAL", actual >= 0),
        ]
        status = next((status for status, kept in rules if not kept), None)
    if status:
        return status, state, hold, NO_DECISION
    held = state.held - (0 if late else hold.amount)
    after = state._replace(held=held, settled=state.settled + actual)
    if overflows(after):
        return "OVERFLOW", state, hold, NO_DECISION
    after, decision = decided(config, state, after, reason=LATE if late else None)
    return "OK", after, hold._replace(amount=0), decision


def settle(config, state, hold, actual):
    return end_hold(config, state, hold, actual)


def release(config, state, hold):
    return end_hold(config, state, hold, 0)


def record(config, state, amount):
    config = config or DEFAULT
    status = refusal(config, state)
    if status:
        return status, state, NO_DECISION
    after = state._replace(settled=state.settled + amount)
    if overflows(after):
        return "OVERFLOW", state, NO_DECISION
    return "OK", *decided(config, state, after)


def roll(config, state, period):
    config = config or DEFAULT
    status = refusal(config, state) or ("PERIOD" if period < state.period else None)
    if status:
        return status, state, NO_DECISION
    after = state
    if period > state.period:
        after = State(NONE_CROSSED, state.revision, period, 0, 0)
    after, decision = decided(config, state, after)
    return "OK", after, decision


def possible(state):
    """Whether the library can have written a state, as far as its fields tell of each other."""
    rules = [
        list(state.crossed) == sorted(state.crossed, reverse=True),  # they ascend
        not any(state.crossed) or state.settled > 0,
        state.held >= 0,
        not overflows(state),
        state.revision > 0 or state == init(state.period),
    ]
    return all(rules)
