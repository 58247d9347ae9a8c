"""The rate limit, from the words of the rules and the header; no code of the library is involved.

Plain and slow: integers have no end, what was taken is a dictionary by the number of its bucket. A
call on a RateLimit answers an Answer with the rate limit after it, the same object when nothing
changed or the status is not "OK".
"""

from collections import namedtuple
from copy import copy

ENFORCE, MONITOR, UNLIMITED_MODE = range(3)
WITHIN, OVER_LIMIT, EXCEEDS_LIMIT, UNLIMITED, FREE = 1, 3, 4, 5, 7
REASONS = {
    WITHIN: "WITHIN",
    OVER_LIMIT: "OVER_LIMIT",
    EXCEEDS_LIMIT: "EXCEEDS_LIMIT",
    UNLIMITED: "UNLIMITED",
    FREE: "FREE",
}
FIRST, LAST = -(2**63), 2**63 - 1

Config = namedtuple("Config", "limit duration mode reserved")
Decision = namedtuple(
    "Decision", "used available retry_after taken_at reason allowed would_refuse clock_regressed"
)
Answer = namedtuple("Answer", "status rate decision")
NO_DECISION = Decision(*[0] * 8)


def config_status(config):
    rules = [
        ("RATE_LIMIT", config.limit >= 0),
        ("RATE_DURATION", config.duration >= 1),
        ("MODE", config.mode in (ENFORCE, MONITOR, UNLIMITED_MODE)),
        ("RESERVED", config.reserved == 0),
    ]
    return next((status for status, kept in rules if not kept), None)


def width_of(duration):
    """A sixteenth of a duration, rounded up."""
    return -(-duration // 16)


class RateLimit:
    """What a state says. `taken` has, by number, what was taken from number * width on."""

    def __init__(self, now):
        self.revision, self.updated_at = 0, now
        self.width, self.taken = 1, {}

    def opened(self, config, now):
        """A rate limit to work on, with the config's buckets and only those that count."""
        new = copy(self)
        new.now = max(now, self.updated_at)
        new.width, new.taken = width_of(config.duration), {}
        for number, amount in self.taken.items():
            last = (number + 1) * self.width - 1
            if new.width != self.width:
                number = min(last, new.now) // new.width
            new.taken[number] = new.taken.get(number, 0) + amount
        for number in list(new.taken):
            if not new.counts(number, config):
                del new.taken[number]
        return new

    def counts(self, number, config):
        """Whether the last instant of a bucket is in the window that ends now."""
        return (number + 1) * self.width - 1 > self.now - config.duration

    def add(self, at, by):
        number = at // self.width
        self.taken[number] = max(0, self.taken.get(number, 0) + by)
        if not self.taken[number]:
            del self.taken[number]

    def used(self):
        return sum(self.taken.values())

    def retry_after(self, config, amount, now):
        """How long after the caller's now an amount fits, if nothing else is taken."""
        if amount > config.limit:
            return LAST
        left = self.used()
        for number in sorted(self.taken):
            left -= self.taken[number]
            if left + amount <= config.limit:
                fits_at = (number + 1) * self.width - 1 + config.duration
                return min(LAST, fits_at - now)

    def closed(self, new, config, now, reason, refuses, retry_after, taken_at, takes=False):
        used = new.used()
        if used > LAST:
            return Answer("OVERFLOW", self, NO_DECISION)
        unlimited = config.mode == UNLIMITED_MODE
        refuses = refuses and not unlimited
        is_same = new.taken == self.taken and (new.width == self.width or not new.taken)
        if not is_same or takes and new.now > self.updated_at:
            new.revision, new.updated_at = self.revision + 1, new.now
        else:
            new = self
        decision = Decision(
            used,
            LAST - used if unlimited else max(0, config.limit - used),
            retry_after,
            taken_at,
            reason,
            int(not refuses or config.mode == MONITOR),
            int(refuses),
            int(now < self.updated_at),
        )
        return Answer("OK", new, decision)

    def acquire(self, config, amount, now):
        status = config_status(config) or ("AMOUNT" if amount < 0 else None)
        if status:
            return Answer(status, self, NO_DECISION)
        new = self.opened(config, now)
        refuses, retry_after = False, 0
        reason = FREE if amount == 0 else UNLIMITED if config.mode == UNLIMITED_MODE else WITHIN
        if reason == WITHIN and new.used() + amount > config.limit:
            refuses, retry_after = True, new.retry_after(config, amount, now)
            reason = EXCEEDS_LIMIT if amount > config.limit else OVER_LIMIT
        takes = not refuses or config.mode == MONITOR
        at = new.now
        if takes:
            new.add(at, amount)
        return self.closed(new, config, now, reason, refuses, retry_after, at, takes)

    def adjust(self, config, taken_at, by, now):
        status = config_status(config) or ("TAKEN_AT" if taken_at > self.updated_at else None)
        if status:
            return Answer(status, self, NO_DECISION)
        new = self.opened(config, now)
        if new.counts(taken_at // new.width, config):
            new.add(taken_at, by)
        refuses = new.used() > config.limit
        reason = UNLIMITED if config.mode == UNLIMITED_MODE else OVER_LIMIT if refuses else WITHIN
        return self.closed(new, config, now, reason, refuses, 0, taken_at)

    def reset(self, now):
        new = RateLimit(now)
        new.revision = self.revision + 1
        return new
