"""The ledger, from the words of the rules and the header; no code of the library is involved.

Plain and slow: integers have no end, the holds' amounts are a dictionary from the end that they are
let go at, the spent ids are an exact set. A call on a Ledger answers an Answer with the ledger
after it; the one that was asked stays as it was. With any status but "OK" the answer's ledger is
the same object, and so it is when nothing changed.
"""

from collections import namedtuple
from copy import copy
from functools import lru_cache

ENFORCE, MONITOR, UNLIMITED_MODE = range(3)
PPM, AMOUNT = range(2)
SETTLED, COMMITTED = range(2)
WITHIN, AT_LIMIT, OVER_LIMIT, EXCEEDS_LIMIT, UNLIMITED, EXPIRED, FREE, UNVERIFIED = range(1, 9)
REASONS = "WITHIN AT_LIMIT OVER_LIMIT EXCEEDS_LIMIT UNLIMITED EXPIRED FREE UNVERIFIED".split()
FIRST, LAST = -(2**63), 2**63 - 1
MAX_THRESHOLDS, MILLION = 8, 10**6
REMEMBERED = 1024  # ids for which the state knows exactly whether they are spent
BUCKETS = 33  # for ends; one more has what never ends
NOT_ASKED, NONE = FIRST, 2**32 - 1
MOST_LEDGERS = 16

Config = namedtuple(
    "Config",
    "limit carry_max debt_max hold_duration thresholds threshold_count threshold_unit"
    " threshold_basis mode",
)
Hold = namedtuple("Hold", "ledger_id id period amount expires_at")
Decision = namedtuple(
    "Decision",
    "settled held available overshoot expired reason allowed would_refuse clock_regressed crossed"
    " newly_crossed",
)
Answer = namedtuple("Answer", "status ledger hold decision refuses")
Several = namedtuple("Several", "status index answers")
DEFAULT = Config(0, 0, 0, 0, (0,) * MAX_THRESHOLDS, 0, PPM, SETTLED, ENFORCE)
NO_HOLD = Hold(0, 0, 0, 0, 0)
NO_DECISION = Decision(*[0] * 11)


@lru_cache(4096)
def config_status(config):
    """The first rule that a config breaks, or None."""
    told = (0,) + config.thresholds[: config.threshold_count]
    rules = [
        ("LEDGER_LIMIT", config.limit >= 0),
        ("CARRY_MAX", config.carry_max >= 0),
        ("DEBT_MAX", config.debt_max >= 0),
        ("HOLD_DURATION", config.hold_duration >= 0),
        ("THRESHOLD_COUNT", config.threshold_count <= MAX_THRESHOLDS),
        ("THRESHOLD_UNIT", config.threshold_unit in (PPM, AMOUNT)),
        ("THRESHOLD_BASIS", config.threshold_basis in (SETTLED, COMMITTED)),
        ("MODE", config.mode in (ENFORCE, MONITOR, UNLIMITED_MODE)),
        ("THRESHOLDS", all(low < high for low, high in zip(told, told[1:]))),
        (
            "THRESHOLD_LIMIT",
            not (
                config.threshold_count
                and config.threshold_unit == PPM
                and config.mode == UNLIMITED_MODE
            ),
        ),
    ]
    return next((status for status, kept in rules if not kept), None)


@lru_cache(4096)
def width_of(duration):
    """The largest power of two that is at most a sixteenth of a duration, at least 1."""
    width = 1
    while width * 2 * 16 <= duration:
        width *= 2
    return width


class Ledger:
    """What a state says. `ends` has, by number, what is let go at number * width."""

    def __init__(self, ledger_id, period, now):
        self.ledger_id, self.period, self.updated_at = ledger_id, period, now
        self.revision, self.next_hold = 0, 1
        self.settled = self.carried = self.held = 0
        self.crossed = self.told = 0
        self.peak = [0, 0]  # by basis
        self.width, self.ends, self.endless = 1, {}, 0
        self.spent = 0  # a set of ids, as the bits of an integer
        self.reset_end = None  # the number of the bucket that a reset put all into, while it lives
        self.reset_hold = self.dead_hold = self.reset_clock = 0

    # What every call begins and ends with.

    def opened(self, now):
        """A ledger to work on, in which what has ended is let go, and how much that was."""
        new = copy(self)
        new.ends, new.peak = dict(self.ends), list(self.peak)
        new.now = max(now, self.updated_at)
        gone = [number for number in new.ends if number * new.width <= new.now]
        expired = sum(new.ends.pop(number) for number in gone)
        new.held -= expired
        if new.reset_end is not None and new.reset_end * new.width <= new.now:
            new.reset_end, new.dead_hold = None, new.reset_hold
        return new, expired

    def facts(self):
        """All that a state stores but the time and the revision."""
        return (
            self.next_hold, self.period, self.settled, self.carried, self.held, self.crossed,
            self.told, self.peak, self.width, self.ends, self.endless, self.spent, self.reset_end,
            self.reset_hold, self.dead_hold, self.reset_clock,
        )  # fmt: skip

    def stand(self, config):
        """The reason that says where the ledger stands, what is available, how far it is over."""
        cap, used = config.limit + self.carried, self.settled + self.held
        room = min(LAST - self.held, LAST - used)
        if config.mode == UNLIMITED_MODE:
            return UNLIMITED, max(0, room), 0
        stands = WITHIN if used < cap else AT_LIMIT if used == cap else OVER_LIMIT
        return stands, max(0, min(cap - used, room)), min(LAST, max(0, self.settled - cap))

    def tell(self, config):
        """Judges the thresholds; answers which are told now."""
        base, basis = config.limit + self.carried, config.threshold_basis
        value = self.settled + (self.held if basis == COMMITTED else 0)
        self.crossed = newly = 0
        for place in range(config.threshold_count):
            threshold, bit = config.thresholds[place], 1 << place
            if config.threshold_unit == AMOUNT:
                reached, above_peak = value >= threshold, threshold > self.peak[basis]
            else:
                share = threshold * base
                reached = base <= 0 or value * MILLION >= share
                above_peak = base > 0 and share > self.peak[basis] * MILLION
            if above_peak:
                self.told &= ~bit
            if reached:
                self.crossed |= bit
                newly |= bit & ~self.told
                self.told |= bit
        self.peak[SETTLED] = max(self.peak[SETTLED], self.settled)
        self.peak[COMMITTED] = max(self.peak[COMMITTED], self.settled + self.held)
        return newly

    def closed(self, new, config, now, expired, hold=NO_HOLD, refuses=None, reason=None):
        """The answer of a call that went well. `refuses` is the verdict of a call that asks."""
        sums = new.settled, new.held, new.settled + new.held
        if any(not FIRST <= amount <= LAST for amount in sums):
            return self.failed("OVERFLOW")
        newly = new.tell(config)
        stands, available, overshoot = new.stand(config)
        if refuses is None:
            refuses = stands == OVER_LIMIT
        refuses = refuses and config.mode != UNLIMITED_MODE
        if new.facts() != self.facts():
            new.revision, new.updated_at = self.revision + 1, new.now
        else:
            new = self
        decision = Decision(
            new.settled, new.held, available, overshoot, expired, reason or stands,
            int(not refuses or config.mode == MONITOR), int(refuses), int(now < self.updated_at),
            new.crossed, newly,
        )  # fmt: skip
        return Answer("OK", new, hold, decision, refuses)

    def failed(self, status, hold=NO_HOLD):
        return Answer(status, self, hold, NO_DECISION, False)

    def untouched(self, config, now):
        """Where the ledger stands, for a call that leaves every byte."""
        judged, _ = self.opened(now)
        stands, available, overshoot = judged.stand(config)
        refuses = stands == OVER_LIMIT
        return Decision(
            self.settled, self.held, available, overshoot, 0, stands,
            int(not refuses or config.mode == MONITOR), int(refuses), int(now < self.updated_at),
            self.crossed, 0,
        )  # fmt: skip

    # Holds.

    def is_older(self, hold):
        """Whether the hold is too old for the state to know that it is spent."""
        return hold.id < self.next_hold - REMEMBERED

    def is_live(self, hold):
        if hold.expires_at == LAST:
            return True
        if hold.id < self.reset_hold:
            lives = self.reset_end is not None and hold.id >= self.dead_hold
            return lives and hold.expires_at > self.reset_clock
        return hold.expires_at > self.now

    def number(self, hold):
        """Of the bucket that a live hold is in, None for the one without end."""
        if hold.expires_at == LAST:
            return None
        if hold.id < self.reset_hold:
            return self.reset_end
        return -(-hold.expires_at // self.width)

    def bucket(self, hold):
        number = self.number(hold)
        return self.endless if number is None else self.ends.get(number, 0)

    def hold_status(self, hold):
        if hold.id == 0:
            return "HOLD_SPENT"
        if hold.ledger_id != self.ledger_id:
            return "HOLD_LEDGER"
        if hold.id >= self.next_hold:
            return "HOLD_ID"
        if not self.is_older(hold) and self.spent >> hold.id & 1:
            return "HOLD_SPENT"
        if hold.amount < 0:
            return "HOLD_AMOUNT"
        if self.is_live(hold) and not self.is_older(hold) and hold.amount > self.bucket(hold):
            return "HOLD_AMOUNT"

    def take(self, hold, amount):
        """Takes up to an amount out of a hold's bucket; answers how much was there."""
        if not self.is_live(hold):
            return 0
        taken = min(amount, self.bucket(hold))
        self.put_at(self.number(hold), -taken)
        return taken

    def put_at(self, number, amount):
        self.held += amount
        if number is None:
            self.endless += amount
        else:
            self.ends[number] = self.ends.get(number, 0) + amount
            if not self.ends[number]:
                del self.ends[number]

    def put(self, config, amount):
        """Holds an amount for the config's duration; answers its end."""
        end = LAST
        if config.hold_duration:
            end = min(LAST, self.now + config.hold_duration)
        if amount and end < LAST:
            self.fit(width_of(config.hold_duration))
        if amount:
            self.put_at(None if end == LAST else -(-end // self.width), amount)
        return end

    def fit(self, width):
        if width > self.width:
            wider = {}
            rounded = lambda number: -(-number * self.width // width)
            for number, amount in self.ends.items():
                wider[rounded(number)] = wider.get(rounded(number), 0) + amount
            if self.reset_end is not None:
                self.reset_end = rounded(self.reset_end)
            self.ends, self.width = wider, width
        elif not self.ends and self.reset_end is None:
            self.width = width

    def spend(self, hold):
        if not self.is_older(hold):
            self.spent |= 1 << hold.id

    def give(self, period, amount, end):
        self.next_hold += 1
        return Hold(self.ledger_id, self.next_hold - 1, period, amount, end)

    # The calls.

    def reserve(self, config, estimate, now):
        config = config or DEFAULT
        status = config_status(config) or ("ESTIMATE" if estimate < 0 else None)
        if status:
            return self.failed(status)
        new, expired = self.opened(now)
        cap = config.limit + new.carried
        refuses, reason = False, FREE if estimate == 0 else None
        if estimate and config.mode != UNLIMITED_MODE:
            refuses = new.settled + new.held + estimate > cap
            if refuses:
                reason = EXCEEDS_LIMIT if estimate > cap else OVER_LIMIT
        hold = NO_HOLD
        if not refuses or config.mode == MONITOR:
            hold = new.give(new.period, estimate, new.put(config, estimate))
        return self.closed(new, config, now, expired, hold, refuses, reason)

    def checked(self, config, hold, now, argument, is_right):
        """The status that a call on a hold fails with, and the ledger to work on."""
        status = config_status(config)
        new, expired = self.opened(now)
        if not status:
            status = new.hold_status(hold) or (None if is_right else argument)
        return status, new, expired

    def extend(self, config, hold, more, now):
        config = config or DEFAULT
        status, new, expired = self.checked(config, hold, now, "MORE", more >= 0)
        if status:
            return self.failed(status, hold)
        older, whole = new.is_older(hold), hold.amount + more
        taken = min(hold.amount, new.bucket(hold)) if new.is_live(hold) else 0
        ask, cap = whole - taken, config.limit + new.carried
        refuses = config.mode != UNLIMITED_MODE and ask > 0 and new.settled + new.held + ask > cap
        reason = OVER_LIMIT if refuses else UNVERIFIED if older else None if ask else FREE
        after = hold
        if not refuses or config.mode == MONITOR:
            new.take(hold, hold.amount)
            new.spend(hold)
            after = new.give(hold.period, whole, new.put(config, whole))
        answer = self.closed(new, config, now, expired, after, refuses, reason)
        return answer if answer.status == "OK" else answer._replace(hold=hold)

    def post(self, config, hold, part, now):
        config = config or DEFAULT
        status, new, expired = self.checked(config, hold, now, "PART", part >= 0)
        if status:
            return self.failed(status, hold)
        older, live = new.is_older(hold), new.is_live(hold)
        reason = UNVERIFIED if older else None if live else EXPIRED
        rest, end = hold.amount - min(part, hold.amount), hold.expires_at
        if live:
            # All of it is taken, and what is left of it is put back under its new end.
            taken = new.take(hold, hold.amount)
            if older:
                rest = min(rest, max(0, taken - min(part, hold.amount)))
            if end < LAST and hold.id < new.reset_hold:
                end = min(LAST, new.reset_end * new.width)
            new.put_at(None if end == LAST else -(-end // new.width), rest)
        else:
            end = min(end, new.now)
        new.settled += part
        new.spend(hold)
        after = new.give(hold.period, rest, end)
        answer = self.closed(new, config, now, expired, after, None, reason)
        return answer if answer.status == "OK" else answer._replace(hold=hold)

    def settle(self, config, hold, actual, now):
        config = config or DEFAULT
        status, new, expired = self.checked(config, hold, now, "ACTUAL", actual >= 0)
        if status:
            return self.failed(status, hold)
        reason = UNVERIFIED if new.is_older(hold) else None if new.is_live(hold) else EXPIRED
        new.take(hold, hold.amount)
        new.settled += actual
        new.spend(hold)
        after = NO_HOLD._replace(ledger_id=hold.ledger_id)
        answer = self.closed(new, config, now, expired, after, None, reason)
        return answer if answer.status == "OK" else answer._replace(hold=hold)

    def release(self, config, hold, now):
        return self.settle(config, hold, 0, now)

    def record(self, config, amount, now):
        config = config or DEFAULT
        status = config_status(config)
        if status:
            return self.failed(status)
        new, expired = self.opened(now)
        new.settled += amount
        return self.closed(new, config, now, expired)

    def roll(self, config, period, now):
        config = config or DEFAULT
        status = config_status(config)
        if status:
            return self.failed(status)
        if period < self.period:
            decision = self.untouched(config, now)._replace(clock_regressed=1)
            return Answer("OK", self, NO_HOLD, decision, False)
        new, expired = self.opened(now)
        if period > new.period:
            left = config.limit + new.carried - new.settled
            carried = min(left, config.carry_max) if left >= 0 else -min(-left, config.debt_max)
            new.carried = 0 if config.mode == UNLIMITED_MODE else carried
            new.period, new.settled, new.told = period, 0, 0
            new.peak = [0, new.held]
        return self.closed(new, config, now, expired)

    def reset(self, period, now):
        """The ledger after it."""
        new = copy(self)
        new.settled = new.carried = new.crossed = new.told = 0
        new.peak = [0, self.held]
        new.reset_clock = self.updated_at
        if self.reset_end is None:
            new.dead_hold = self.reset_hold
        else:
            new.reset_clock = max(self.reset_clock, self.updated_at)
        new.reset_hold = self.next_hold
        new.reset_end = now // self.width + BUCKETS
        ending = sum(self.ends.values())
        new.ends = {new.reset_end: ending} if ending else {}
        new.period, new.updated_at, new.revision = period, now, self.revision + 1
        return new


def several(kind, entries, now):
    """A call on several ledgers, all or none. An entry is (config, ledger, argument, ...)."""
    if not 1 <= len(entries) <= MOST_LEDGERS:
        return Several("COUNT", NONE, None)
    answers, first_refusal = [], NONE
    for index, (config, ledger, *arguments) in enumerate(entries):
        config = config or DEFAULT
        status = config_status(config)
        if not status and any(
            other.ledger_id == ledger.ledger_id for _, other, *_ in entries[:index]
        ):
            status = "OVERLAP"
        if status:
            return Several(status, index, None)
        if is_asked(kind, ledger, arguments):
            answer = getattr(ledger, kind)(config, *arguments, now)
            if answer.status != "OK":
                return Several(answer.status, index, None)
        else:
            hold = arguments[0] if arguments and isinstance(arguments[0], Hold) else NO_HOLD
            decision = ledger.untouched(config, now)
            decision = decision._replace(reason=0, allowed=1, would_refuse=0)
            answer = Answer("OK", ledger, hold, decision, False)
        answers.append(answer)
        asks = kind in ("reserve", "extend") and answer.refuses and config.mode == ENFORCE
        if asks and first_refusal == NONE:
            first_refusal = index
    if first_refusal != NONE:
        answers = [withdrawn(kind, entry, answer, now) for entry, answer in zip(entries, answers)]
    return Several("OK", first_refusal, answers)


def is_asked(kind, ledger, arguments):
    if kind == "roll":
        return arguments[0] != ledger.period
    return NO_HOLD not in arguments and NOT_ASKED not in arguments


def withdrawn(kind, entry, answer, now):
    """The answer of one ledger where another refuses, or itself."""
    config, ledger, *arguments = entry
    hold = arguments[0] if kind == "extend" else NO_HOLD
    answer = answer._replace(ledger=ledger, hold=hold)
    if not is_asked(kind, ledger, arguments):
        return answer
    decision = ledger.untouched(config or DEFAULT, now)
    decision = decision._replace(
        would_refuse=int(answer.refuses),
        allowed=int(bool(config) and config.mode == MONITOR),
        reason=answer.decision.reason if answer.refuses else decision.reason,
    )
    return answer._replace(decision=decision)
