"""No more than this in any window of that length: money an hour, tokens a minute, requests a second.

    limit = RateLimit(RateLimitConfig(limit=90_000, duration=60_000), now=clock())
    decision = limit.acquire(1200, now=clock())
    if decision.allowed:
        limit.adjust(decision.taken_at, run() - 1200, now=clock())

The state is bytes that the host keeps: `encode` and `RateLimit.decode`. Many writers share it if each stores it
only where the stored revision is still the one that it read, and acts only after that.

Time is the caller's: any int, in the unit of `duration`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from . import _native, _states
from ._hosted import HostedState, Mode
from ._native import filled, integer
from .errors import error

if TYPE_CHECKING:
    from typing_extensions import Buffer

ENCODED_LEN = 172


class RateReason(IntEnum):
    """Where what is used stands to the limit, or why an amount was refused."""

    WITHIN = 1
    OVER_LIMIT = 3
    EXCEEDS_LIMIT = 4
    """The amount alone is above the limit: it never fits."""
    UNLIMITED = 5
    FREE = 7
    """The amount is 0, which always fits."""

    @property
    def word(self) -> str:
        """As the records write it: "within"."""
        return _native.rate_reason_name(self)


@dataclass(frozen=True, slots=True)
class RateLimitConfig:
    """How much may be taken in how long. There are no defaults."""

    limit: int
    """The most that may be taken in any window; 0 is nothing."""
    duration: int
    """The length of the window, > 0."""
    mode: Mode = Mode.ENFORCE


@dataclass(frozen=True, slots=True)
class RateLimitDecision:
    """What a rate limit call decided."""

    used: int
    """What counts in the window."""
    available: int
    """The most that could be taken now."""
    retry_after: int
    """When refused: how long after `now` the amount fits, if nothing else is taken; 2**63 - 1 is never."""
    taken_at: int
    """When the amount was taken, for `adjust`."""
    reason: RateReason
    allowed: bool
    """From `acquire`: the amount is taken. From `adjust` no permission: what is used is not above the limit."""
    would_refuse: bool
    """The rules refuse, also in `Mode.MONITOR`."""
    clock_regressed: bool
    """`now` was before the latest change of the state, which then counts in its place."""

    def to_json(self, config: RateLimitConfig) -> str:
        """The line of `records.rate_limit`, for the settings that the call had."""
        from . import records

        return records.rate_limit(self, config)


class RateLimit(HostedState):
    """What was taken, and when.

    A call that raises leaves the state as it was.
    """

    __slots__ = ("_config", "_native_config")
    _struct = _states.RateLimitState
    _encode = _states.rate_limit_state_encode
    _decode = _states.rate_limit_state_decode
    _encoded_len = ENCODED_LEN

    def __init__(self, config: RateLimitConfig, *, now: int) -> None:
        """A new rate limit, of which nothing is taken."""
        self.config = config
        self._state = _states.RateLimitState()
        status = _states.rate_limit_init(integer("now", now), self._state)
        if status:
            raise error(status)

    @classmethod
    def decode(cls, data: Buffer, config: RateLimitConfig) -> RateLimit:
        """The rate limit that `encode` wrote. Bytes that are not as they were written raise `CorruptStateError`,
        too few or too many of them another `CloudcircuitError`."""
        limit = cls.__new__(cls)
        limit.config = config
        limit._state = cls._decoded(data)
        return limit

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).decode, (self.encode(), self.config)

    @property
    def config(self) -> RateLimitConfig:
        """May be changed between calls. The library checks it with every call."""
        return self._config

    @config.setter
    def config(self, config: RateLimitConfig) -> None:
        self._native_config = filled(_states.RateLimitConfig, config)
        self._config = config

    def acquire(self, amount: int, now: int) -> RateLimitDecision:
        """Takes an amount >= 0 if it fits, all of it or nothing."""
        return self._decide(_states.rate_limit_acquire, integer("amount", amount), integer("now", now))

    def adjust(self, taken_at: int, by: int, now: int) -> RateLimitDecision:
        """Adds the difference between estimate and actual, below 0 to give back, to where it was taken.

        A take has no identity: adjust it once, and not after a reset. Never refused, also past the limit.
        """
        return self._decide(
            _states.rate_limit_adjust, integer("taken_at", taken_at), integer("by", by), integer("now", now)
        )

    def _decide(self, call: Any, *arguments: int) -> RateLimitDecision:
        found = _states.RateLimitDecision()
        status = call(self._native_config, self._state, *arguments, found)
        if status:
            raise error(status)
        return RateLimitDecision(
            found.used,
            found.available,
            found.retry_after,
            found.taken_at,
            RateReason(found.reason),
            found.allowed == 1,
            found.would_refuse == 1,
            found.clock_regressed == 1,
        )

    def reset(self, now: int) -> None:
        """Starts it over: nothing is taken, and `now` is the truth, also backwards."""
        status = _states.rate_limit_reset(self._state, integer("now", now))
        if status:
            raise error(status)

    def __repr__(self) -> str:
        return f"<RateLimit {self.config.limit} in {self.config.duration}, revision {self.revision}>"
